package exam

import (
	"fmt"
	"log/slog"
	"math/big"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
)

// PaperCode names a paper, or a subject of the contrôle continu. A caller may add papers of its own to a rule.
type PaperCode string

// The papers of the brevet.
const (
	PaperFrench        PaperCode = "francais"
	PaperMaths         PaperCode = "mathematiques"
	PaperHistory       PaperCode = "histoire-geographie"
	PaperCivics        PaperCode = "emc"
	PaperHistoryCivics PaperCode = "histoire-geographie-emc" // one paper until 2025
	PaperSciences      PaperCode = "sciences"
	PaperOral          PaperCode = "oral"
	PaperLanguage      PaperCode = "langue-vivante" // individual candidates
)

// The subjects and papers of the baccalauréat, by year of the cycle where there are two marks.
const (
	PaperDroppedSpeciality PaperCode = "specialite-1re" // the speciality given up after the première
	PaperHistory1          PaperCode = "histoire-geographie-1re"
	PaperHistoryT          PaperCode = "histoire-geographie-tle"
	PaperLanguageA1        PaperCode = "lva-1re"
	PaperLanguageAT        PaperCode = "lva-tle"
	PaperLanguageB1        PaperCode = "lvb-1re"
	PaperLanguageBT        PaperCode = "lvb-tle"
	PaperScientific1       PaperCode = "enseignement-scientifique-1re" // general series
	PaperScientificT       PaperCode = "enseignement-scientifique-tle"
	PaperMaths1            PaperCode = "mathematiques-1re" // technological series
	PaperMathsT            PaperCode = "mathematiques-tle"
	PaperSport             PaperCode = "eps"
	PaperCivics1           PaperCode = "emc-1re"
	PaperCivicsT           PaperCode = "emc-tle"
	PaperFrenchWritten     PaperCode = "francais-ecrit"
	PaperFrenchOral        PaperCode = "francais-oral"
	PaperMathsAnticipated  PaperCode = "mathematiques-anticipees" // from 2027
	PaperSpecialityA       PaperCode = "specialite-a"
	PaperSpecialityB       PaperCode = "specialite-b"
	PaperPhilosophy        PaperCode = "philosophie"
	PaperGrandOral         PaperCode = "grand-oral"
)

// Paper is a mark that an examination wants, and what it weighs.
type Paper struct {
	Code  PaperCode
	Label ent.Label
	// Weight is the coefficient. Where an examination adds points, it is not used: the scale is the weight.
	Weight decimal.Decimal
	// Over is the scale on which the mark is given.
	Over decimal.Decimal
	// Control says that the paper may be taken again in the second group.
	Control bool
}

func paper(code PaperCode, weightTenths, over int64, fr, en string) Paper {
	return Paper{Code: code, Label: label(fr, en), Weight: decimal.New(weightTenths, -1), Over: decimal.New(over, 0)}
}

// Mark is what a candidate got. An absence that the examination counts as 0 is given as Known(0) by the caller; what is
// missing here is missing. It is personal data: logs redact it.
type Mark struct {
	Paper PaperCode
	Value Number
	// Over is the scale of Value; the zero Over is that of the paper.
	Over decimal.Decimal
	// Dispensed takes the paper away, with its weight.
	Dispensed bool
}

// LogValue shows the paper only.
func (m Mark) LogValue() slog.Value { return slog.GroupValue(slog.String("paper", string(m.Paper))) }

// checkPapers returns what is wrong with papers that a caller may have changed.
func checkPapers(papers []Paper, path string) ent.Issues {
	var out ent.Issues
	if len(papers) > maxList {
		return ent.Issues{issue(CodeSize, path, ent.Count("max", maxList))}
	}
	seen := map[PaperCode]bool{}
	for i, p := range papers {
		at := fmt.Sprintf("%s[%d]", path, i)
		if p.Code == "" || seen[p.Code] {
			out = append(out, fieldIssue(CodeRule, at+".code", "code"))
		}
		seen[p.Code] = true
		if !inLimits(p.Weight) || p.Weight.Sign() <= 0 {
			out = append(out, fieldIssue(CodeRule, at+".weight", "weight"))
		}
		if !inLimits(p.Over) || p.Over.Sign() <= 0 {
			out = append(out, fieldIssue(CodeRule, at+".over", "over"))
		}
	}
	return out
}

// sorted returns the marks by paper, after having filed those given twice or for no paper of the examination.
func (r *reckoning) sorted(marks []Mark, path string, papers ...[]Paper) map[PaperCode]*Mark {
	out := make(map[PaperCode]*Mark, len(marks))
	if len(marks) > maxList {
		r.lack(issue(CodeSize, path, ent.Count("max", maxList)))
		return out
	}
	known := map[PaperCode]bool{}
	for _, list := range papers {
		for _, p := range list {
			known[p.Code] = true
		}
	}
	for i := range marks {
		m := &marks[i]
		at := fmt.Sprintf("%s[%d]", path, i)
		switch {
		case !known[m.Paper]:
			r.lack(codeIssue(CodeUnknown, at, string(m.Paper)))
		case out[m.Paper] != nil, m.Dispensed && !m.Value.IsZero():
			r.lack(codeIssue(CodeTwice, at, string(m.Paper)))
		default:
			out[m.Paper] = m
		}
	}
	return out
}

// value returns the mark of a paper on the paper's scale, nil when it is missing or out of bounds, which is filed. With a
// trace, it leaves one step.
func (r *reckoning) value(p *Paper, m *Mark, path string) *big.Rat {
	if m == nil || m.Value.IsZero() {
		r.lack(codeIssue(CodeMissing, path, string(p.Code)))
		return nil
	}
	over := m.Over
	if over.IsZero() {
		over = p.Over
	}
	v, _ := m.Value.Value()
	if !inLimits(over) || over.Sign() <= 0 || !inLimits(v) || v.Sign() < 0 || v.GreaterThan(over) {
		r.lack(issue(CodeNumber, path))
		return nil
	}
	out := v.Rat()
	if r.t != nil {
		r.given(v, "/"+ent.NumberText(over), p.Label)
	}
	if !over.Equal(p.Over) {
		out = r.rescaled(out, over, p.Over)
	}
	return out
}

// rescaled brings the last figure from a scale to another.
func (r *reckoning) rescaled(v *big.Rat, from, to decimal.Decimal) *big.Rat {
	product := new(big.Rat).Mul(v, to.Rat())
	out := new(big.Rat).Quo(product, from.Rat())
	if r.t != nil {
		r.constant(to, label("nouveau barème", "new scale"))
		r.fold(2, ent.OpProduct, product, "", label("note × nouveau barème", "mark × new scale"))
		r.constant(from, label("barème", "scale"))
		r.fold(2, ent.OpQuotient, out, "/"+ent.NumberText(to), label("ramené au barème", "brought to the scale"))
	}
	return out
}

// weighted is the sum of marks on 20 times their weights, and these weights.
type weighted struct {
	sum, weights *big.Rat
	terms        []decimal.Decimal // the weights that count
}

// mean returns the quotient, missing when nothing weighs.
func (w *weighted) mean() (*big.Rat, bool) {
	if w.weights.Sign() == 0 {
		return nil, false
	}
	return new(big.Rat).Quo(w.sum, w.weights), true
}

// twenty is the scale of the results.
func twenty() decimal.Decimal { return decimal.New(20, 0) }

// weigh adds the marks of papers. With a trace, it leaves one step per paper that counts: value × weight.
func (r *reckoning) weigh(papers []Paper, marks map[PaperCode]*Mark, again map[PaperCode]*Mark, path string) weighted {
	w := weighted{sum: new(big.Rat), weights: new(big.Rat)}
	for i := range papers {
		p := &papers[i]
		m := marks[p.Code]
		if m != nil && m.Dispensed {
			r.doubt(CodeUnverifiedDispensed)
			continue
		}
		v := r.value(p, m, path)
		if v == nil {
			continue
		}
		if c := again[p.Code]; c != nil {
			if v = r.better(p, v, c); v == nil {
				continue
			}
		}
		if !p.Over.Equal(twenty()) {
			v = r.rescaled(v, p.Over, twenty())
		}
		product := new(big.Rat).Mul(v, p.Weight.Rat())
		w.sum.Add(w.sum, product)
		w.weights.Add(w.weights, p.Weight.Rat())
		w.terms = append(w.terms, p.Weight)
		if r.t != nil {
			r.constant(p.Weight, label("coefficient", "weight"))
			r.fold(2, ent.OpProduct, product, "", label("note × coefficient", "mark × weight"))
		}
	}
	return w
}

// better returns the greater of a mark and of the one got in the second group.
func (r *reckoning) better(p *Paper, v *big.Rat, again *Mark) *big.Rat {
	second := r.value(p, again, "$.control")
	if second == nil {
		return nil
	}
	if second.Cmp(v) > 0 {
		v = second
	}
	if r.t != nil {
		r.fold(2, ent.OpMax, v, "", label("la meilleure des deux notes", "the better of both marks"))
	}
	return v
}

// quotient records the mean of the weighted terms recorded last, whose sum is not recorded yet.
func (r *reckoning) quotient(w *weighted, mean *big.Rat, what ent.Label) {
	if r.t == nil {
		return
	}
	r.fold(len(w.terms), ent.OpSum, w.sum, "", label("somme des notes × coefficients", "sum of marks × weights"))
	for _, x := range w.terms {
		r.constant(x, label("coefficient", "weight"))
	}
	r.t.Fold(len(w.terms), ent.Step{Op: ent.OpSum, Value: ent.Written(w.weights), Label: label("somme des coefficients", "sum of weights")})
	r.fold(2, ent.OpQuotient, mean, over20, what)
}
