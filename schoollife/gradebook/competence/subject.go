package competence

import (
	"fmt"
	"log/slog"
	"math/big"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
)

// ItemScore is the score of an item, from 0 to 100, and its coefficient in the subject. It is personal data: logs redact
// it.
type ItemScore struct {
	Item        ent.ID
	Score       Number
	Coefficient decimal.Decimal
}

// LogValue hides the score.
func (s ItemScore) LogValue() slog.Value { return redacted() }

// Figure is a figure that may be missing, and the issues that say why. It is personal data: logs redact it.
type Figure struct {
	Value  Number
	Issues ent.Issues
}

// LogValue hides the figure.
func (f Figure) LogValue() slog.Value { return redacted() }

// SubjectPercent returns the weighted mean of the scores of a subject's items, rounded half up to an integer. An item
// without score leaves with its coefficient; when nothing weighs, the percentage is missing.
func SubjectPercent(items []ItemScore) (Figure, error) {
	f, _, err := subject(items, nil, "", nil)
	return f, err
}

// ExplainSubjectPercent returns the percentage of a pupil and how it was reached.
func ExplainSubjectPercent(items []ItemScore, owner ent.ID) (Figure, ent.Explanation, error) {
	return explained(owner, func(t *ent.Trace) (Figure, bool, error) { return subject(items, nil, owner, t) })
}

// MarkSteps are the steps by which a percentage becomes a mark on 20: 0.2 (a fifth of the integer percentage) or 0.1.
func MarkSteps() []decimal.Decimal { return []decimal.Decimal{decimal.New(2, -1), decimal.New(1, -1)} }

// SubjectMark returns the mark on 20 of a subject: a fifth of the exact weighted mean of the scores, rounded once, half up,
// to the step, which is one of MarkSteps. By 0.2 it is a fifth of SubjectPercent.
func SubjectMark(items []ItemScore, step decimal.Decimal) (Figure, error) {
	f, _, err := subject(items, &step, "", nil)
	return f, err
}

// ExplainSubjectMark returns the mark of a pupil and how it was reached.
func ExplainSubjectMark(items []ItemScore, step decimal.Decimal, owner ent.ID) (Figure, ent.Explanation, error) {
	return explained(owner, func(t *ent.Trace) (Figure, bool, error) { return subject(items, &step, owner, t) })
}

// markStep returns the rounding of a mark by one of MarkSteps.
func markStep(step decimal.Decimal) (ent.Rounding, bool) {
	for _, s := range MarkSteps() {
		if inLimits(step) && s.Equal(step) {
			return ent.Rounding{Step: s, Mode: ent.RoundHalfUp}, true
		}
	}
	return ent.Rounding{}, false
}

func subject(items []ItemScore, step *decimal.Decimal, owner ent.ID, t *ent.Trace) (Figure, bool, error) {
	terms, issues := subjectTerms(items)
	rounding := integer()
	if step != nil {
		var ok bool
		if rounding, ok = markStep(*step); !ok {
			issues = append(issues, issue(CodeStep, "$.step"))
		}
	}
	if err := issues.Err(); err != nil {
		return Figure{}, false, fmt.Errorf("competence: %w", err)
	}
	if len(terms) == 0 {
		return Figure{Issues: ent.Issues{issue(CodeNoResult, "$.items")}}, false, nil
	}
	exact := mean(terms, percent, "", owner, t)
	unit, what := percent, label("pourcentage de la matière", "percentage of the subject")
	if step != nil {
		unit, what = over20, label("note de la matière", "mark of the subject")
		exact = new(big.Rat).Quo(exact, ratOf(5))
		if t != nil {
			t.Push(given("", decimal.New(5, 0), "", label("de 100 à 20", "from 100 to 20")))
			t.Fold(2, made(owner, ent.OpQuotient, exact, unit, label("ramené sur 20", "brought to 20"), ""))
		}
	}
	value, err := rounded(exact, rounding)
	if err != nil {
		return Figure{}, false, err
	}
	if t != nil {
		t.Fold(1, roundStep(owner, value, rounding, unit, what, ""))
	}
	return Figure{Value: Known(value)}, true, nil
}

// subjectTerms returns the scores that weigh, and what is wrong with the items.
func subjectTerms(items []ItemScore) ([]term, ent.Issues) {
	if len(items) > maxList {
		return nil, ent.Issues{issue(CodeSize, "$.items", ent.Count("max", maxList))}
	}
	var (
		terms  []term
		issues ent.Issues
	)
	hundred := decimal.New(100, 0)
	for i, x := range items {
		at := fmt.Sprintf("$.items[%d]", i)
		if !inLimits(x.Coefficient) || x.Coefficient.Sign() < 0 {
			issues = append(issues, issue(CodeCoefficient, at+".coefficient"))
			continue
		}
		v, known := x.Score.Value()
		switch {
		case !known:
		case !inLimits(v) || v.Sign() < 0 || v.GreaterThan(hundred):
			issues = append(issues, fieldIssue(CodeNumber, at+".score", "score"))
		case x.Coefficient.Sign() > 0:
			terms = append(terms, term{value: v, weight: x.Coefficient, what: label("score de l'item", "score of the item")})
		}
	}
	return terms, issues
}

// PupilMark is the mark of a pupil in a subject. It is personal data: logs redact it.
type PupilMark struct {
	Pupil ent.ID
	Mark  Number
}

// LogValue shows the identifier only.
func (m PupilMark) LogValue() slog.Value {
	return slog.GroupValue(slog.String("pupil", string(m.Pupil)))
}

// ClassAverage returns the mean of the pupils' marks on 20, rounded half up to 0.1. Pupils without mark are left out. With
// fewer marks than the least wanted (1 if it is 0), the average is missing: in a very small group it would tell a mark.
func ClassAverage(marks []PupilMark, least int) (Figure, error) {
	f, _, err := classAverage(marks, least, nil)
	return f, err
}

// ExplainClassAverage returns the average and how it was reached. Each mark belongs to its pupil, so that the detail is
// for an agent.
func ExplainClassAverage(marks []PupilMark, least int) (Figure, ent.Explanation, error) {
	// The average is nobody's; any owner will do for the door.
	return explained("class", func(t *ent.Trace) (Figure, bool, error) { return classAverage(marks, least, t) })
}

func classAverage(marks []PupilMark, least int, t *ent.Trace) (Figure, bool, error) {
	var (
		issues ent.Issues
		values []*big.Rat
	)
	if len(marks) > maxList {
		issues = append(issues, issue(CodeSize, "$.marks", ent.Count("max", maxList)))
	}
	if least < 0 || least > maxList {
		issues = append(issues, issue(CodeCount, "$.least"))
	}
	twenty := decimal.New(20, 0)
	for i, m := range marks {
		v, known := m.Mark.Value()
		switch {
		case !known:
			continue
		case !inLimits(v) || v.Sign() < 0 || v.GreaterThan(twenty):
			issues = append(issues, fieldIssue(CodeNumber, fmt.Sprintf("$.marks[%d]", i), "mark"))
			continue
		case t != nil && m.Pupil == "":
			issues = append(issues, issue(CodeOwner, fmt.Sprintf("$.marks[%d].pupil", i)))
		}
		values = append(values, v.Rat())
		if t != nil {
			t.Push(given(m.Pupil, v, over20, label("note d'un élève", "mark of a pupil")))
		}
	}
	if err := issues.Err(); err != nil {
		return Figure{}, false, fmt.Errorf("competence: %w", err)
	}
	switch {
	case len(values) == 0:
		return Figure{Issues: ent.Issues{issue(CodeNoResult, "$.marks")}}, false, nil
	case len(values) < least:
		return Figure{Issues: ent.Issues{issue(CodeFew, "$.marks", ent.Count("count", int64(least)))}}, false, nil
	}
	exact := plainMean(values, over20, "", "", t)
	rounding := ent.Rounding{Step: decimal.New(1, -1), Mode: ent.RoundHalfUp}
	value, err := rounded(exact, rounding)
	if err != nil {
		return Figure{}, false, err
	}
	if t != nil {
		t.Fold(1, roundStep("", value, rounding, over20, label("moyenne de la classe", "average of the class"), ""))
	}
	return Figure{Value: Known(value)}, true, nil
}
