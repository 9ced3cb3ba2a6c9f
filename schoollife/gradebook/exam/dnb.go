package exam

import (
	"fmt"
	"log/slog"
	"math/big"
	"strconv"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
)

const (
	// firstDNB is the first year of the points by component, reformYear that of the annual averages, lastYear the last one
	// whose rules were read.
	firstDNB   = 2018
	noExamYear = 2020 // no papers were sat: that session had its own rules
	reformYear = 2026
	lastYear   = 2027
	// farYear is where rules that nobody can have read stop.
	farYear = 2099
)

// DNB is the rules of the diplôme national du brevet for an exam year, as data that a caller may change.
type DNB struct {
	Year int
	// Papers are those of school candidates, Individual those of the others; nil when they are not known.
	Papers, Individual []Paper
	// One of both is set: Socle until 2025, Averages from 2026.
	Socle      *SocleRule
	Averages   *AverageRule
	Thresholds Thresholds
	Rounding   Roundings
	Published  ent.Rounding
	// Unverified are the codes of what no text confirmed.
	Unverified []ent.Code
	Source     string
}

// SocleRule is the contrôle continu by components of the common base: points are added.
type SocleRule struct {
	// Points are those of levels 1 to 4. A dispensed component (level 0) lowers the maximum by the points of level 4.
	Points [4]decimal.Decimal
	// Reached and Exceeded are those of the enseignement de complément, above the maximum.
	Reached, Exceeded decimal.Decimal
}

// BonusReading is how the points of an optional subject above a mark count.
type BonusReading string

// The readings, between which the texts read do not choose.
const (
	// BonusOnTotal adds the points to the total of the averages, before the division.
	BonusOnTotal BonusReading = "on-total"
	// BonusOnMean adds them to the mean.
	BonusOnMean BonusReading = "on-mean"
)

// AverageRule is the contrôle continu by annual averages.
type AverageRule struct {
	// Continuous and Exam are the shares of both parts, whose sum is 1.
	Continuous, Exam decimal.Decimal
	Bonus            BonusReading
	// BonusAbove is the mark above which the points of one optional subject count.
	BonusAbove decimal.Decimal
	// Cap is the most the contrôle continu may be.
	Cap decimal.Decimal
}

// DNBRules returns the rules of an exam year: from 2018 to 2025, 2020 apart, and from 2026. It returns CodeYear for another
// one. The rules of a year after 2027 are those of 2027, which results say.
func DNBRules(year int) (DNB, error) {
	if year < firstDNB || year == noExamYear || year > farYear {
		return DNB{}, fmt.Errorf("exam: %w", issue(CodeYear, "$.year", ent.CodeOf("year", strconv.Itoa(year))))
	}
	n := func(v int64) decimal.Decimal { return decimal.New(v, 0) }
	r := DNB{
		Year: year, Published: hundredth(),
		Thresholds: Thresholds{Pass: n(10), Mentions: []MentionAt{{MentionFairlyGood, n(12)}, {MentionGood, n(14)}, {MentionVeryGood, n(16)}}},
	}
	if year < reformYear {
		r.Source = "arrêté of 31 December 2015, until the session of 2025"
		r.Socle = &SocleRule{Points: [4]decimal.Decimal{n(10), n(25), n(40), n(50)}, Reached: n(10), Exceeded: n(20)}
		r.Papers = []Paper{
			paper(PaperFrench, 10, 100, "français", "French"),
			paper(PaperMaths, 10, 100, "mathématiques", "mathematics"),
			paper(PaperHistoryCivics, 10, 50, "histoire-géographie et EMC", "history, geography and civics"),
			paper(PaperSciences, 10, 50, "sciences", "sciences"),
			paper(PaperOral, 10, 100, "oral", "oral"),
		}
		r.Unverified = []ent.Code{CodeUnverifiedThresholds, CodeUnverifiedDispensed}
		return r, nil
	}
	r.Source = "décret 2025-328, arrêté of 10 April 2025, note de service of 2 September 2025"
	r.Averages = &AverageRule{Continuous: decimal.New(4, -1), Exam: decimal.New(6, -1), Bonus: BonusOnTotal, BonusAbove: n(10), Cap: n(20)}
	r.Thresholds.Mentions = append(r.Thresholds.Mentions, MentionAt{MentionCongratulated, n(18)})
	written := func() []Paper {
		return []Paper{
			paper(PaperFrench, 20, 20, "français", "French"),
			paper(PaperMaths, 20, 20, "mathématiques", "mathematics"),
			paper(PaperHistory, 15, 40, "histoire-géographie", "history and geography"),
			paper(PaperCivics, 5, 10, "enseignement moral et civique", "civics"),
			paper(PaperSciences, 20, 20, "sciences", "sciences"),
		}
	}
	r.Papers = append(written(), paper(PaperOral, 20, 20, "oral", "oral"))
	r.Individual = append(written(), paper(PaperLanguage, 20, 20, "langue vivante étrangère", "foreign language"))
	r.Unverified = []ent.Code{
		CodeUnverifiedBonus, CodeUnverifiedRounding, CodeUnverifiedWeights, CodeUnverifiedSciences, CodeUnverifiedPending,
		CodeUnverifiedIndividual, CodeUnverifiedDispensed,
	}
	if year > lastYear {
		r.Unverified = append(r.Unverified, CodeUnverifiedYear)
	}
	return r, nil
}

// Check returns what is wrong with the rules.
func (d DNB) Check() ent.Issues {
	out := append(checkPapers(d.Papers, "$.papers"), checkPapers(d.Individual, "$.individual")...)
	bad := func(path string, field ent.Field) { out = append(out, fieldIssue(CodeRule, path, field)) }
	if len(d.Papers) == 0 {
		bad("$.papers", "papers")
	}
	positive := func(x decimal.Decimal) bool { return inLimits(x) && x.Sign() > 0 }
	switch {
	case (d.Socle == nil) == (d.Averages == nil):
		bad("$", "socle")
	case d.Socle != nil:
		for i, p := range d.Socle.Points {
			if !positive(p) || i > 0 && positive(d.Socle.Points[i-1]) && !p.GreaterThan(d.Socle.Points[i-1]) {
				bad("$.socle.points", "points")
				break
			}
		}
		if !positive(d.Socle.Reached) || !positive(d.Socle.Exceeded) {
			bad("$.socle.reached", "reached")
		}
	default:
		a := d.Averages
		if !positive(a.Continuous) || !positive(a.Exam) || !a.Continuous.Add(a.Exam).Equal(decimal.New(1, 0)) {
			bad("$.averages.continuous", "continuous")
		}
		if a.Bonus != BonusOnTotal && a.Bonus != BonusOnMean {
			bad("$.averages.bonus", "bonus")
		}
		if !positive(a.BonusAbove) || !positive(a.Cap) || a.Cap.GreaterThan(twenty()) {
			bad("$.averages.cap", "cap")
		}
	}
	out = append(out, d.Thresholds.check("$.thresholds")...)
	out = append(out, d.Rounding.check("$.rounding")...)
	if !soundRounding(d.Published) {
		bad("$.published", "rounding")
	}
	return out
}

// Candidate says how somebody comes to the brevet.
type Candidate string

// The candidates. The empty one is of a school.
const (
	CandidateSchool     Candidate = "school"
	CandidateIndividual Candidate = "individual"
)

// ComponentLevel is the level of a component of the common base: "1" to "4", "0" for a dispensation; empty, it is missing.
type ComponentLevel struct {
	// Component is its code in the LSU: CPD_FRA.
	Component string
	Level     string
}

// LogValue hides the level.
func (c ComponentLevel) LogValue() slog.Value { return redacted() }

// Complement is the result of the enseignement de complément, until 2025.
type Complement string

// The results. The empty one is none, or objectives that were not reached.
const (
	ComplementReached  Complement = "reached"
	ComplementExceeded Complement = "exceeded"
)

// Period is the average of a subject in a trimester or a semester.
type Period struct {
	Value Number
	// Pending says that the school wrote « En attente »: the average does not represent the pupil.
	Pending bool
}

// LogValue hides the period.
func (p Period) LogValue() slog.Value { return redacted() }

// Average is a subject of the troisième. It is personal data: logs redact it.
type Average struct {
	// Subject is the caller's code.
	Subject string
	// Annual is the annual average, or else Periods are those it is the mean of.
	Annual  Number
	Periods []Period
	// Council is the average that the class council set, which wins.
	Council Number
	// Dispensed takes the subject away.
	Dispensed bool
}

// LogValue shows the subject only.
func (a Average) LogValue() slog.Value { return slog.GroupValue(slog.String("subject", a.Subject)) }

// DNBInput is what a candidate brings. It is personal data: logs redact it.
type DNBInput struct {
	Candidate Candidate
	// Socle are the eight components, and Complement, until 2025.
	Socle      []ComponentLevel
	Complement Complement
	// Averages are all the mandatory subjects, Optional the optional ones, from 2026.
	Averages, Optional []Average
	Marks              []Mark
}

// LogValue hides the input.
func (in DNBInput) LogValue() slog.Value { return redacted() }

// Result returns the result of a candidate. What is missing or wrong in the input is in the issues, all of it, and the
// result has then no final mark and no decision; what no text confirmed is there too. The error is for rules that are not
// valid.
func (d DNB) Result(in DNBInput) (Result, error) { return d.result(&in, "", nil) }

// Explain returns the result and how the final mark was reached; all of it belongs to the owner, the candidate.
func (d DNB) Explain(in DNBInput, owner ent.ID) (Result, ent.Explanation, error) {
	return explained(owner, func(t *ent.Trace) (Result, error) { return d.result(&in, owner, t) })
}

func (d *DNB) result(in *DNBInput, owner ent.ID, t *ent.Trace) (Result, error) {
	if err := d.Check().Err(); err != nil {
		return Result{}, fmt.Errorf("exam: %w", err)
	}
	r := &reckoning{owner: owner, t: t, unverified: d.Unverified}
	r.doubt(CodeUnverifiedThresholds)
	r.doubt(CodeUnverifiedRounding)
	r.doubt(CodeUnverifiedWeights)
	r.doubt(CodeUnverifiedSciences)
	r.doubt(CodeUnverifiedYear)
	var (
		out Result
		err error
	)
	switch {
	case in.Candidate != "" && in.Candidate != CandidateSchool && in.Candidate != CandidateIndividual,
		in.Candidate == CandidateIndividual && (d.Individual == nil || d.Averages == nil):
		r.lack(issue(CodeCandidate, "$.candidate"))
	case d.Socle != nil:
		err = d.points(in, r, &out)
	default:
		err = d.averages(in, r, &out)
	}
	if err != nil {
		return Result{}, err
	}
	out.Issues = r.issues
	return out, nil
}

// unused files what the rules of the year do not look at.
func (r *reckoning) unused(given bool, path string, field ent.Field) {
	if given {
		r.add(fieldIssue(CodeNotUsed, path, field))
	}
}

// socleCodes are the eight components, in the order of the LSU.
func socleCodes() []string {
	return []string{"CPD_FRA", "CPD_ETR", "CPD_SCI", "CPD_ART", "MET_APP", "FRM_CIT", "SYS_NAT", "REP_MND"}
}

// points is the result until 2025: points are added.
func (d *DNB) points(in *DNBInput, r *reckoning, out *Result) error {
	r.unused(len(in.Averages) > 0, "$.averages", "averages")
	r.unused(len(in.Optional) > 0, "$.optional", "optional")
	continuous, most, steps := d.soclePoints(in, r)
	marks := r.sorted(in.Marks, "$.marks", d.Papers)
	exam, papers := new(big.Rat), 0
	for i := range d.Papers {
		p := &d.Papers[i]
		m := marks[p.Code]
		if m != nil && m.Dispensed {
			r.doubt(CodeUnverifiedDispensed)
			continue
		}
		if v := r.value(p, m, "$.marks"); v != nil {
			exam.Add(exam, v)
			most.Add(most, p.Over.Rat())
			papers++
		}
	}
	if r.undecided {
		return nil
	}
	if papers == 0 || steps == 0 {
		r.lack(codeIssue(CodeMissing, "$.marks", "marks"))
		return nil
	}
	final := new(big.Rat).Add(continuous, exam)
	if r.t != nil {
		// The steps of the contrôle continu were folded into one before the papers.
		r.fold(papers, ent.OpSum, exam, "points", label("épreuves", "papers"))
		r.fold(2, ent.OpSum, final, "points", label("total", "total"))
	}
	out.Continuous, out.Exam, out.Max = Known(ent.Written(continuous)), Known(ent.Written(exam)), Known(ent.Written(most))
	onTwenty := new(big.Rat).Mul(final, twenty().Rat())
	return r.finish(out, final, onTwenty.Quo(onTwenty, most), "/"+ent.NumberText(ent.Written(most)), &d.Thresholds, d.Published)
}

// soclePoints returns the points of the contrôle continu, their maximum, and of how many components they are.
func (d *DNB) soclePoints(in *DNBInput, r *reckoning) (sum, most *big.Rat, components int) {
	sum, most = new(big.Rat), new(big.Rat)
	levels := r.levels(in.Socle)
	best := d.Socle.Points[3]
	steps := 0
	for _, code := range socleCodes() {
		level, ok := levels[code]
		switch {
		case !ok:
			r.lack(codeIssue(CodeMissing, "$.socle", code))
			continue
		case level == 0:
			continue // dispensed: neither points nor maximum
		}
		p := d.Socle.Points[level-1]
		sum.Add(sum, p.Rat())
		most.Add(most, best.Rat())
		steps++
		if r.t != nil {
			r.given(p, "points", label("{code} : niveau {level}", "{code}: level {level}"), ent.CodeOf("code", code), ent.Count("level", int64(level)))
		}
	}
	components = steps
	bonus := decimal.Decimal{}
	switch in.Complement {
	case "":
	case ComplementReached:
		bonus = d.Socle.Reached
	case ComplementExceeded:
		bonus = d.Socle.Exceeded
	default:
		r.lack(codeIssue(CodeUnknown, "$.complement", string(in.Complement)))
	}
	if bonus.Sign() > 0 {
		sum.Add(sum, bonus.Rat())
		steps++
		if r.t != nil {
			r.given(bonus, "points", label("enseignement de complément", "complementary subject"))
		}
	}
	if r.t != nil && steps > 0 {
		r.fold(steps, ent.OpSum, sum, "points", label("contrôle continu", "continuous assessment"))
	}
	return sum, most, components
}

// levels returns the level of each component, after having filed what is wrong with them.
func (r *reckoning) levels(socle []ComponentLevel) map[string]int {
	out := map[string]int{}
	if len(socle) > maxList {
		r.lack(issue(CodeSize, "$.socle", ent.Count("max", maxList)))
		return out
	}
	known, seen := map[string]bool{}, map[string]bool{}
	for _, c := range socleCodes() {
		known[c] = true
	}
	for i, c := range socle {
		at := fmt.Sprintf("$.socle[%d]", i)
		switch {
		case !known[c.Component]:
			r.lack(codeIssue(CodeUnknown, at, c.Component))
		case seen[c.Component]:
			r.lack(codeIssue(CodeTwice, at, c.Component))
		case c.Level == "": // said with those that are not there
		case len(c.Level) != 1 || c.Level[0] < '0' || c.Level[0] > '4':
			r.lack(codeIssue(CodeLevel, at, c.Component))
			out[c.Component] = 0
		default:
			out[c.Component] = int(c.Level[0] - '0')
		}
		seen[c.Component] = true
	}
	return out
}
