package exam

import (
	"fmt"
	"log/slog"
	"math/big"
	"slices"
	"strconv"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
)

// Series is a kind of baccalauréat.
type Series string

// The series known here.
const (
	SeriesGeneral       Series = "general"
	SeriesTechnological Series = "technological"
)

const (
	// firstBac is the first session of the weights below; the one before had its own, after the crisis of 2020.
	firstBac = 2023
	// mathsYear is the first session with mathematics in the première.
	mathsYear = 2027
	// maxAgain is how many papers may be taken again.
	maxAgain = 2
)

// Bac is the rules of the baccalauréat for an exam year and a series, as data that a caller may change.
type Bac struct {
	Year   int
	Series Series
	// Continuous are the marks of the contrôle continu, annual averages of the livret scolaire; Terminal the papers.
	Continuous, Terminal []Paper
	// OptionWeight is that of one year of an option, OptionMost the most that all options weigh.
	OptionWeight, OptionMost decimal.Decimal
	Thresholds               Thresholds
	// Rounding applies its Final; the other ones are not of this examination.
	Rounding   Roundings
	Published  ent.Rounding
	Unverified []ent.Code
	Source     string
}

// BacRules returns the rules of an exam year from 2023 and a series. It returns CodeYear or CodeSeries for others. The
// rules of a year after 2027 are those of 2027, which results say.
func BacRules(year int, series Series) (Bac, error) {
	general := series == SeriesGeneral
	switch {
	case year < firstBac || year > farYear:
		return Bac{}, fmt.Errorf("exam: %w", issue(CodeYear, "$.year", ent.CodeOf("year", strconv.Itoa(year))))
	case !general && series != SeriesTechnological:
		return Bac{}, fmt.Errorf("exam: %w", issue(CodeSeries, "$.series"))
	}
	n := func(v int64) decimal.Decimal { return decimal.New(v, 0) }
	mark := func(code PaperCode, weight int64, fr, en string) Paper { return paper(code, 10*weight, 20, fr, en) }
	again := func(p Paper) Paper { p.Control = true; return p }
	b := Bac{
		Year: year, Series: series, OptionWeight: n(2), OptionMost: n(14), Published: hundredth(),
		Thresholds: Thresholds{
			Pass: n(10), Second: Known(n(8)),
			Mentions: []MentionAt{{MentionFairlyGood, n(12)}, {MentionGood, n(14)}, {MentionVeryGood, n(16)}, {MentionCongratulated, n(18)}},
		},
		Unverified: []ent.Code{CodeUnverifiedThresholds, CodeUnverifiedRounding, CodeUnverifiedDispensed, CodeUnverifiedControl},
		Source:     "eduscol, contrôle continu of the baccalauréat, September 2025",
		Continuous: []Paper{
			mark(PaperDroppedSpeciality, 8, "spécialité suivie en première seulement", "speciality given up after the première"),
			mark(PaperHistory1, 3, "histoire-géographie, première", "history and geography, première"),
			mark(PaperHistoryT, 3, "histoire-géographie, terminale", "history and geography, terminale"),
			mark(PaperLanguageA1, 3, "langue vivante A, première", "language A, première"),
			mark(PaperLanguageAT, 3, "langue vivante A, terminale", "language A, terminale"),
			mark(PaperLanguageB1, 3, "langue vivante B, première", "language B, première"),
			mark(PaperLanguageBT, 3, "langue vivante B, terminale", "language B, terminale"),
		},
	}
	if general {
		b.Continuous = append(b.Continuous, mark(PaperScientific1, 3, "enseignement scientifique, première", "scientific subject, première"),
			mark(PaperScientificT, 3, "enseignement scientifique, terminale", "scientific subject, terminale"))
	} else {
		b.Continuous = append(b.Continuous, mark(PaperMaths1, 3, "mathématiques, première", "mathematics, première"),
			mark(PaperMathsT, 3, "mathématiques, terminale", "mathematics, terminale"))
	}
	b.Continuous = append(b.Continuous, mark(PaperSport, 6, "éducation physique et sportive", "sport"),
		mark(PaperCivics1, 1, "enseignement moral et civique, première", "civics, première"),
		mark(PaperCivicsT, 1, "enseignement moral et civique, terminale", "civics, terminale"))

	philosophy, oral := int64(8), int64(10)
	if !general {
		philosophy, oral = 4, 14
	}
	b.Terminal = []Paper{
		again(mark(PaperFrenchWritten, 5, "français, écrit", "French, written")), mark(PaperFrenchOral, 5, "français, oral", "French, oral"),
	}
	if year >= mathsYear {
		b.Terminal = append(b.Terminal, mark(PaperMathsAnticipated, 2, "mathématiques, épreuve anticipée", "mathematics, in the première"))
		oral -= 2
	}
	b.Terminal = append(b.Terminal, again(mark(PaperSpecialityA, 16, "première spécialité", "first speciality")),
		again(mark(PaperSpecialityB, 16, "seconde spécialité", "second speciality")), again(mark(PaperPhilosophy, philosophy, "philosophie", "philosophy")),
		mark(PaperGrandOral, oral, "grand oral", "grand oral"))
	if year > lastYear {
		b.Unverified = append(b.Unverified, CodeUnverifiedYear)
	}
	return b, nil
}

// Check returns what is wrong with the rules.
func (b Bac) Check() ent.Issues {
	out := append(checkPapers(b.Continuous, "$.continuous"), checkPapers(b.Terminal, "$.terminal")...)
	bad := func(path string, field ent.Field) { out = append(out, fieldIssue(CodeRule, path, field)) }
	if len(b.Continuous) == 0 || len(b.Terminal) == 0 {
		bad("$.continuous", "papers")
	}
	for _, c := range b.Continuous {
		if slices.ContainsFunc(b.Terminal, func(p Paper) bool { return p.Code == c.Code }) {
			bad("$.terminal", "code")
		}
	}
	if !inLimits(b.OptionWeight) || b.OptionWeight.Sign() <= 0 || !inLimits(b.OptionMost) || b.OptionMost.Sign() < 0 {
		bad("$.optionWeight", "weight")
	}
	out = append(out, b.Thresholds.check("$.thresholds")...)
	out = append(out, b.Rounding.check("$.rounding")...)
	if b.Rounding.Average != nil || b.Rounding.Continuous != nil || b.Rounding.Exam != nil {
		bad("$.rounding", "rounding")
	}
	if !soundRounding(b.Published) {
		bad("$.published", "rounding")
	}
	return out
}

// BacInput is what a candidate brings. It is personal data: logs redact it.
type BacInput struct {
	// Marks are those of the contrôle continu and of the papers.
	Marks []Mark
	// Options are those of optional subjects, one mark per option and year; Paper is the caller's code.
	Options []Mark
	// Control are the papers taken again in the second group. They count for a candidate who was sent there only.
	Control []Mark
}

// LogValue hides the input.
func (in BacInput) LogValue() slog.Value { return redacted() }

// Result returns the result of a candidate. What is missing or wrong in the input is in the issues, all of it, and the
// result has then no final mark and no decision; what no text confirmed is there too. The error is for rules that are not
// valid.
func (b Bac) Result(in BacInput) (Result, error) { return b.result(&in, "", nil) }

// Explain returns the result and how the final mark was reached; all of it belongs to the owner, the candidate.
func (b Bac) Explain(in BacInput, owner ent.ID) (Result, ent.Explanation, error) {
	return explained(owner, func(t *ent.Trace) (Result, error) { return b.result(&in, owner, t) })
}

func (b *Bac) result(in *BacInput, owner ent.ID, t *ent.Trace) (Result, error) {
	if err := b.Check().Err(); err != nil {
		return Result{}, fmt.Errorf("exam: %w", err)
	}
	if len(in.Control) == 0 {
		return b.sitting(in, nil, owner, t)
	}
	first, err := b.sitting(in, nil, "", nil)
	if err != nil || first.Final.IsZero() {
		return first, err
	}
	if first.Decision != DecisionSecondGroup {
		if first, err = b.sitting(in, nil, owner, t); err != nil {
			return Result{}, err
		}
		first.Issues = append(first.Issues, fieldIssue(CodeNotUsed, "$.control", "control"))
		return first, nil
	}
	return b.sitting(in, in.Control, owner, t)
}

// sitting computes the result with the papers taken again, if any.
func (b *Bac) sitting(in *BacInput, control []Mark, owner ent.ID, t *ent.Trace) (Result, error) {
	r := &reckoning{owner: owner, t: t, unverified: b.Unverified}
	r.doubt(CodeUnverifiedThresholds)
	r.doubt(CodeUnverifiedRounding)
	r.doubt(CodeUnverifiedYear)
	marks := r.sorted(in.Marks, "$.marks", b.Continuous, b.Terminal)
	again := b.again(control, r)
	options := b.options(in.Options, r)
	all := weighted{sum: new(big.Rat), weights: new(big.Rat)}
	part := func(papers []Paper, marks, again map[PaperCode]*Mark, path string) weighted {
		w := r.weigh(papers, marks, again, path)
		all.sum.Add(all.sum, w.sum)
		all.weights.Add(all.weights, w.weights)
		all.terms = append(all.terms, w.terms...)
		return w
	}
	continuous := part(b.Continuous, marks, nil, "$.marks")
	terminal := part(b.Terminal, marks, again, "$.marks")
	part(options, r.sorted(in.Options, "$.options", options), nil, "$.options")
	var out Result
	if !r.undecided {
		mean, ok := all.mean()
		if !ok {
			r.lack(codeIssue(CodeMissing, "$.marks", "marks"))
		} else if err := b.finish(&out, mean, &all, r, control != nil); err != nil {
			return Result{}, err
		}
		for _, x := range []struct {
			to   *Number
			part *weighted
		}{{&out.Continuous, &continuous}, {&out.Exam, &terminal}} {
			if v, ok := x.part.mean(); ok {
				*x.to = Known(ent.Written(v))
			}
		}
	}
	out.Issues = r.issues
	return out, nil
}

func (b *Bac) finish(out *Result, mean *big.Rat, all *weighted, r *reckoning, again bool) error {
	r.quotient(all, mean, label("moyenne exacte", "exact mean"))
	final, err := r.round(mean, b.Rounding.Final, label("moyenne arrondie", "mean, rounded"))
	if err != nil {
		return err
	}
	x := b.Thresholds
	if again {
		// After the second group: passed or not, without mention.
		r.doubt(CodeUnverifiedControl)
		x.Second, x.Mentions = Number{}, nil
	}
	return r.finish(out, final, final, over20, &x, b.Published)
}

// again returns the papers taken again.
func (b *Bac) again(control []Mark, r *reckoning) map[PaperCode]*Mark {
	if len(control) == 0 {
		return nil
	}
	out := r.sorted(control, "$.control", b.Terminal)
	if len(control) > maxAgain {
		r.lack(codeIssue(CodeControl, "$.control", ""))
	}
	for _, p := range b.Terminal {
		if m := out[p.Code]; m != nil && (!p.Control || m.Dispensed) {
			r.lack(codeIssue(CodeControl, "$.control", string(p.Code)))
			delete(out, p.Code)
		}
	}
	return out
}

// options returns a paper for each mark of an option.
func (b *Bac) options(options []Mark, r *reckoning) []Paper {
	if len(options) > maxList {
		r.lack(issue(CodeSize, "$.options", ent.Count("max", maxList)))
		return nil
	}
	var out []Paper
	weight := decimal.Decimal{}
	for i, m := range options {
		at := fmt.Sprintf("$.options[%d]", i)
		switch {
		case m.Paper == "":
			r.lack(codeIssue(CodeUnknown, at, ""))
			continue
		case slices.ContainsFunc(out, func(p Paper) bool { return p.Code == m.Paper }):
			continue // sorted says it
		}
		out = append(out, Paper{Code: m.Paper, Label: label("option", "option"), Weight: b.OptionWeight, Over: twenty()})
		if !m.Dispensed {
			weight = weight.Add(b.OptionWeight)
		}
	}
	if weight.GreaterThan(b.OptionMost) {
		r.lack(issue(CodeOptions, "$.options", ent.Decimal("weight", weight), ent.Decimal("max", b.OptionMost)))
	}
	return out
}
