package competence

import (
	"fmt"
	"log/slog"
	"math/big"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
)

// Method says how the results of an item make its score.
type Method string

// The methods.
const (
	// MethodGeometric weighs the results 1, 2, 4, 8, 16 from the oldest to the most recent.
	MethodGeometric Method = "geometric"
	// MethodArithmetic weighs them 1, 2, 3 and so on.
	MethodArithmetic Method = "arithmetic"
	// MethodPlain weighs them alike.
	MethodPlain Method = "plain"
	// MethodBestOf1, MethodBestOf2 and MethodBestOf3 take the mean of the best result, of the two or three best ones.
	MethodBestOf1 Method = "best-of-1"
	MethodBestOf2 Method = "best-of-2"
	MethodBestOf3 Method = "best-of-3"
	// MethodMostFrequentLow takes the most frequent level, the lowest of several as frequent. The detail of this rule and
	// of the next one was confirmed by no text: their scores are marked Unverified.
	MethodMostFrequentLow Method = "most-frequent-low"
	// MethodMostFrequentHigh takes the highest of several as frequent.
	MethodMostFrequentHigh Method = "most-frequent-high"
)

// NoLimit is the limit of a Policy that counts every result.
const NoLimit = 0

// methodRule is what is known of a method: the limits it allows.
type methodRule struct {
	min, max  int
	unlimited bool
	best      int // how many of the best results count, 0 for all
	what      ent.Label
}

func (m Method) rule() (methodRule, bool) {
	const most = 50
	switch m {
	case MethodGeometric:
		return methodRule{1, 5, false, 0, label("le plus récent pèse le plus (1, 2, 4…)", "the most recent weighs most (1, 2, 4…)")}, true
	case MethodArithmetic:
		return methodRule{1, 9, false, 0, label("le plus récent pèse le plus (1, 2, 3…)", "the most recent weighs most (1, 2, 3…)")}, true
	case MethodPlain:
		return methodRule{1, most, true, 0, label("moyenne simple", "plain mean")}, true
	case MethodBestOf1:
		return methodRule{1, most, true, 1, label("le meilleur résultat", "the best result")}, true
	case MethodBestOf2:
		return methodRule{2, most, true, 2, label("les deux meilleurs résultats", "the two best results")}, true
	case MethodBestOf3:
		return methodRule{3, most, true, 3, label("les trois meilleurs résultats", "the three best results")}, true
	case MethodMostFrequentLow:
		return methodRule{1, most, true, 0, label("le niveau le plus fréquent, le plus bas si plusieurs", "the most frequent level, the lowest of several")}, true
	case MethodMostFrequentHigh:
		return methodRule{1, most, true, 0, label("le niveau le plus fréquent, le plus haut si plusieurs", "the most frequent level, the highest of several")}, true
	}
	return methodRule{}, false
}

// Label returns the method in words; an unknown one as it is.
func (m Method) Label(lang ent.Lang) string {
	if r, ok := m.rule(); ok {
		return r.what.In(lang)
	}
	return string(m)
}

// Limits returns the least and the greatest limit of the method, and whether it may count every result.
func (m Method) Limits() (least, greatest int, unlimited bool) {
	r, _ := m.rule()
	return r.min, r.max, r.unlimited
}

// Verified reports whether the detail of the method was confirmed by a text or a source.
func (m Method) Verified() bool { return m != MethodMostFrequentLow && m != MethodMostFrequentHigh }

// Policy is how a school scores its items, as data. The zero Policy is not valid: no method is nobody's default.
type Policy struct {
	Method Method
	// Limit keeps the most recent results only; NoLimit keeps all, where the method allows it.
	Limit int
	// Retroactive says whether results older than the period count.
	Retroactive Retroactive
	// Own is what the framework of the item says, for RetroactiveAuto.
	Own Retroactive
}

// RecentWeighsMost is the geometric method over the five most recent results, older than the period or not.
func RecentWeighsMost() Policy {
	// SACoche's default.
	return Policy{Method: MethodGeometric, Limit: 5, Retroactive: RetroactiveYes}
}

// Check returns what is wrong with the policy.
func (p Policy) Check() ent.Issues {
	var out ent.Issues
	r, ok := p.Method.rule()
	switch {
	case !ok:
		out = append(out, issue(CodeMethod, "$.method"))
	case p.Limit == NoLimit && r.unlimited:
	case p.Limit < r.min || p.Limit > r.max:
		out = append(out, issue(CodeLimit, "$.limit", ent.Count("min", int64(r.min)), ent.Count("max", int64(r.max))))
	}
	if p.retroactive() == "" {
		out = append(out, issue(CodeRetroactive, "$.retroactive"))
	}
	return out
}

// Result is what a pupil got for an item on a day: a level's code, or a status. It is personal data: logs redact it.
type Result struct {
	// On is the day of the evaluation. Results without any date are taken in the order given, from the oldest.
	On   ent.Date
	Code string
}

// LogValue hides the result.
func (r Result) LogValue() slog.Value { return redacted() }

// CodeTally is how often a code stands among results.
type CodeTally struct {
	Code  string
	Count int
}

// Score is the score of an item, from 0 to 100. It is personal data: logs redact it.
type Score struct {
	// Value is an integer; it is missing when no result counts.
	Value Number
	// Counted is how many levels the method looked at. Beyond were levels too, left out by the limit; Outside were levels
	// or statuses out of the period.
	Counted, Beyond, Outside int
	// NotCounted are the codes of the period that are no level, in alphabetical order.
	NotCounted []CodeTally
	// Unverified says that the method was confirmed by no text.
	Unverified bool
	Issues     ent.Issues
}

// LogValue hides the score.
func (s Score) LogValue() slog.Value { return redacted() }

// Score returns the score of an item from its results. The error is what is wrong with the scale, the policy, the window
// or the dates; the score beside it is missing.
func (p Policy) Score(s Scale, w Window, results []Result) (Score, error) {
	out, _, err := p.score(&s, &w, results, "", nil)
	return out, err
}

// Explain returns the score and how it was reached; all of it belongs to the owner, the pupil. A missing score has an
// empty explanation, and issues that say why.
func (p Policy) Explain(s Scale, w Window, results []Result, owner ent.ID) (Score, ent.Explanation, error) {
	return explained(owner, func(t *ent.Trace) (Score, bool, error) { return p.score(&s, &w, results, owner, t) })
}

// mark is a level obtained.
type mark struct {
	code  string
	value decimal.Decimal
}

func (p *Policy) score(s *Scale, w *Window, results []Result, owner ent.ID, t *ent.Trace) (Score, bool, error) {
	issues := append(s.Check(), p.Check()...)
	if len(results) > maxList {
		issues = append(issues, issue(CodeSize, "$.results", ent.Count("max", maxList)))
	}
	if issues == nil {
		issues = w.check(p.retroactive(), results)
	}
	if err := issues.Err(); err != nil {
		return Score{}, false, fmt.Errorf("competence: %w", err)
	}
	out := Score{Unverified: !p.Method.Verified()}
	marks := out.count(s, w.take(p.retroactive(), results, &out.Outside))
	if p.Limit != NoLimit && len(marks) > p.Limit {
		out.Beyond = len(marks) - p.Limit
		marks = marks[out.Beyond:]
	}
	out.Counted = len(marks)
	if len(marks) == 0 {
		out.Issues = append(out.Issues, issue(CodeNoResult, "$.results"))
		return out, false, nil
	}
	if out.Unverified {
		out.Issues = append(out.Issues, unverified(string(p.Method)))
	}
	exact := p.exact(s, marks, owner, t)
	value, err := rounded(exact, integer())
	if err != nil {
		return Score{}, false, err
	}
	if t != nil {
		t.Fold(1, roundStep(owner, value, integer(), percent, label("score de l'item", "score of the item"), string(p.Method)))
	}
	out.Value = Known(value)
	return out, true, nil
}

// count parts the levels from the other codes.
func (s *Score) count(scale *Scale, results []Result) []mark {
	others := map[string]int{}
	var marks []mark
	for _, r := range results {
		if l, ok := scale.Level(r.Code); ok {
			marks = append(marks, mark{l.Code, l.Value})
		} else {
			others[r.Code]++
		}
	}
	for c, n := range others {
		s.NotCounted = append(s.NotCounted, CodeTally{c, n})
	}
	slices.SortFunc(s.NotCounted, func(a, b CodeTally) int { return strings.Compare(a.Code, b.Code) })
	for _, c := range s.NotCounted {
		if _, known := scale.Status(c.Code); !known {
			s.Issues = append(s.Issues, issue(CodeStatus, "$.results", ent.CodeOf("code", c.Code), ent.Count("count", int64(c.Count))))
		}
	}
	return marks
}

// exact returns the score before rounding, of at least one mark.
func (p *Policy) exact(s *Scale, marks []mark, owner ent.ID, t *ent.Trace) *big.Rat {
	if p.Method == MethodMostFrequentLow || p.Method == MethodMostFrequentHigh {
		return p.mostFrequent(s, marks, owner, t)
	}
	r, _ := p.Method.rule()
	if r.best > 0 && len(marks) > r.best {
		marks = slices.Clone(marks)
		slices.SortStableFunc(marks, func(a, b mark) int { return b.value.Cmp(a.value) })
		marks = marks[:r.best]
	}
	terms := make([]term, len(marks))
	for i, m := range marks {
		weight := int64(1)
		switch p.Method {
		case MethodGeometric:
			weight = 1 << i // at most five results
		case MethodArithmetic:
			weight = int64(i + 1)
		default: // alike
		}
		terms[i] = term{value: m.value, weight: decimal.NewFromInt(weight)}
		if t != nil {
			terms[i].what, terms[i].params = label("niveau {code}", "level {code}"), []ent.Param{ent.CodeOf("code", m.code)}
		}
	}
	return mean(terms, percent, string(p.Method), owner, t)
}

// mostFrequent chooses among the levels of the scale the one met most often.
func (p *Policy) mostFrequent(s *Scale, marks []mark, owner ent.ID, t *ent.Trace) *big.Rat {
	chosen, most := 0, 0
	for i, l := range s.Levels {
		n := 0
		for _, m := range marks {
			if m.code == l.Code {
				n++
			}
		}
		if n > most || n == most && n > 0 && p.Method == MethodMostFrequentHigh {
			chosen, most = i, n
		}
		if t != nil {
			t.Push(given(owner, l.Value, percent, label("niveau {code}, {count} fois", "level {code}, {count} times"), ent.CodeOf("code", l.Code), ent.Count("count", int64(n))))
		}
	}
	out := s.Levels[chosen].Value.Rat()
	if t != nil {
		step := made(owner, ent.OpChoose, out, percent, label("niveau le plus fréquent", "most frequent level"), string(p.Method))
		step.Chosen = chosen
		t.Fold(len(s.Levels), step)
	}
	return out
}
