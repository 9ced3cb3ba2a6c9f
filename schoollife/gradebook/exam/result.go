package exam

import (
	"fmt"
	"log/slog"
	"math/big"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
)

// Decision is what becomes of a candidate.
type Decision string

// The decisions.
const (
	// DecisionNone is that of a candidate of whom something is missing.
	DecisionNone   Decision = ""
	DecisionPassed Decision = "passed"
	DecisionFailed Decision = "failed"
	// DecisionSecondGroup is for the baccalauréat: the candidate may take papers again.
	DecisionSecondGroup Decision = "second-group"
)

// Label returns the decision in words; an unknown one as it is.
func (d Decision) Label(lang ent.Lang) string {
	if l := d.label(); l.FR != "" {
		return l.In(lang)
	}
	return string(d)
}

func (d Decision) label() ent.Label {
	switch d {
	case DecisionNone:
		return label("non établi", "not established")
	case DecisionPassed:
		return label("admis", "passed")
	case DecisionFailed:
		return label("refusé", "failed")
	case DecisionSecondGroup:
		return label("second groupe", "second group")
	}
	return ent.Label{}
}

// Mention is the honours of a candidate who passed.
type Mention string

// The mentions.
const (
	MentionNone          Mention = ""
	MentionFairlyGood    Mention = "assez-bien"
	MentionGood          Mention = "bien"
	MentionVeryGood      Mention = "tres-bien"
	MentionCongratulated Mention = "tres-bien-felicitations"
)

// Label returns the mention in words; an unknown one as it is.
func (m Mention) Label(lang ent.Lang) string {
	if l := m.label(); l.FR != "" {
		return l.In(lang)
	}
	return string(m)
}

func (m Mention) label() ent.Label {
	switch m {
	case MentionNone:
		return label("sans mention", "no honours")
	case MentionFairlyGood:
		return label("mention assez bien", "honours: fairly good")
	case MentionGood:
		return label("mention bien", "honours: good")
	case MentionVeryGood:
		return label("mention très bien", "honours: very good")
	case MentionCongratulated:
		return label("mention très bien avec les félicitations du jury", "honours: very good, with the congratulations of the jury")
	}
	return ent.Label{}
}

// MentionAt is a mention and the mark on 20 from which it is given.
type MentionAt struct {
	Mention Mention
	From    decimal.Decimal
}

// Thresholds are marks on 20; where an examination adds points, they are ratios of the maximum.
type Thresholds struct {
	Pass decimal.Decimal
	// Second is from where the second group is open; missing where there is none.
	Second Number
	// Mentions are in ascending order.
	Mentions []MentionAt
}

func (x *Thresholds) check(path string) ent.Issues {
	var out ent.Issues
	bad := func(at string, field ent.Field) { out = append(out, fieldIssue(CodeRule, path+at, field)) }
	mark := func(d decimal.Decimal) bool { return inLimits(d) && d.Sign() >= 0 && !d.GreaterThan(twenty()) }
	if !mark(x.Pass) {
		bad(".pass", "pass")
		return out
	}
	if v, known := x.Second.Value(); known && (!mark(v) || !v.LessThan(x.Pass)) {
		bad(".second", "second")
	}
	last := x.Pass
	for i, m := range x.Mentions {
		if !mark(m.From) || !m.From.GreaterThan(last) || m.Mention == MentionNone {
			bad(fmt.Sprintf(".mentions[%d]", i), "mentions")
			break
		}
		last = m.From
	}
	return out
}

// decide compares an exact mark on 20 with the thresholds.
func (x *Thresholds) decide(v *big.Rat) (Decision, Mention) {
	reaches := func(d decimal.Decimal) bool { return v.Cmp(d.Rat()) >= 0 }
	if !reaches(x.Pass) {
		if s, known := x.Second.Value(); known && reaches(s) {
			return DecisionSecondGroup, MentionNone
		}
		return DecisionFailed, MentionNone
	}
	out := MentionNone
	for _, m := range x.Mentions {
		if reaches(m.From) {
			out = m.Mention
		}
	}
	return DecisionPassed, out
}

// Roundings are those between two figures. A nil one keeps the figure exact, which is the default: no text says to round.
type Roundings struct {
	// Average is that of each annual average, Continuous and Exam those of the two parts, Final that of what the thresholds
	// are compared with.
	Average, Continuous, Exam, Final *ent.Rounding
}

func (x *Roundings) check(path string) ent.Issues {
	var out ent.Issues
	for _, r := range []*ent.Rounding{x.Average, x.Continuous, x.Exam, x.Final} {
		if r != nil && !soundRounding(*r) {
			out = append(out, fieldIssue(CodeRule, path, "rounding"))
		}
	}
	return out
}

func soundRounding(r ent.Rounding) bool {
	if !inLimits(r.Step) {
		return false
	}
	_, err := r.Round(ratOf(1))
	return err == nil
}

// hundredth is the rounding of what is published: to 0.01, a half up.
func hundredth() ent.Rounding { return ent.Rounding{Step: decimal.New(1, -2), Mode: ent.RoundHalfUp} }

// Result is what a candidate gets. It is personal data: logs redact it.
type Result struct {
	// Continuous and Exam are the two parts, on 20, or in points. Like Final, they are exact; a quotient that does not end
	// is written with 12 decimals.
	Continuous, Exam Number
	// Final is what the thresholds were compared with, missing when something that it needs is.
	Final Number
	// Max is the maximum of Final, where points are added.
	Max Number
	// Published is Final rounded for display.
	Published Number
	Decision  Decision
	Mention   Mention
	Issues    ent.Issues
}

// LogValue hides the result.
func (r Result) LogValue() slog.Value { return redacted() }

// finish decides on the exact figure and rounds what is published. The thresholds are compared with onTwenty, which is the
// figure itself but for points.
func (r *reckoning) finish(out *Result, final, onTwenty *big.Rat, unit string, x *Thresholds, published ent.Rounding) error {
	v, err := published.Round(final)
	if err != nil {
		return fmt.Errorf("exam: %w", err)
	}
	out.Final, out.Published = Known(ent.Written(final)), Known(v)
	out.Decision, out.Mention = x.decide(onTwenty)
	if most, points := out.Max.Value(); !points {
		if d, m := x.decide(v.Rat()); d != out.Decision || m != out.Mention {
			r.add(issue(CodeEdge, "$.published"))
		}
	} else if most.Sign() > 0 {
		shown := new(big.Rat).Mul(v.Rat(), twenty().Rat())
		if d, m := x.decide(shown.Quo(shown, most.Rat())); d != out.Decision || m != out.Mention {
			r.add(issue(CodeEdge, "$.published"))
		}
	}
	if r.t != nil {
		what, d, m := label("résultat", "result"), out.Decision.label(), out.Mention.label()
		what.FR += " : " + d.FR
		what.EN += ": " + d.EN
		if out.Decision == DecisionPassed {
			what.FR += ", " + m.FR
			what.EN += ", " + m.EN
		}
		r.foldRound(v, published, unit, what)
	}
	return nil
}
