package access

import (
	"log/slog"

	"github.com/opencartable/cartable/ent"
)

// Decision is the answer to one question.
type Decision struct {
	Allowed bool
	// Reason is a code of the catalogue: CodeGranted, or why not.
	Reason ent.Code
	// Who and Span are the right that allows, empty when nothing does.
	Who  Who
	Span Span
}

// Text returns the decision in words: the right that allows, or why nothing does.
func (d Decision) Text(lang ent.Lang) string {
	if d.Allowed {
		if lang == ent.EN {
			return d.Who.Label(lang) + ": " + d.Span.Label(lang)
		}
		return d.Who.Label(lang) + " : " + d.Span.Label(lang)
	}
	return issue(d.Reason, "$").Message(lang)
}

// LogValue shows the outcome and its code.
func (d Decision) LogValue() slog.Value {
	return slog.GroupValue(slog.Bool("allowed", d.Allowed), slog.String("reason", string(d.Reason)))
}

// Can says whether the person may do an action on a target.
func (s *Scope) Can(a Action, t Target) Decision { return s.decide(a, &t, nil) }

// Explain is Can with its explanation: 1 is yes and 0 is no, a right is the product of having it and of reaching the
// target, and the decision is the greatest of the rights. What the access of a relative depends on is for the pupil and for
// agents; what is particular to the pupil's family is for the pupil alone.
func (s *Scope) Explain(a Action, t Target) (Decision, ent.Explanation, error) {
	var trace ent.Trace
	d := s.decide(a, &t, &trace)
	why, err := trace.Explanation()
	return d, why, err
}

// decide looks at the rights on the action in the order of the policy, and stops at the first that allows.
func (s *Scope) decide(a Action, t *Target, tr *ent.Trace) Decision {
	rules, ok := s.rules.actions[a]
	if !ok {
		if tr != nil {
			traceNobody(tr, a)
		}
		return Decision{Reason: CodeUnknownAction}
	}
	if rules.apart && t.Person != "" && contains(s.apart, t.Person) {
		if tr != nil {
			traceApart(tr, a)
		}
		return Decision{Reason: CodeApart}
	}
	d := Decision{Reason: CodeNoRight}
	held := 0
	for i := range rules.rights {
		r := &rules.rights[i]
		if !s.holds[r.who].held {
			continue
		}
		held++
		reached, via := s.reaches(r, t)
		if tr != nil {
			s.traceRight(tr, r, reached, via)
		}
		switch {
		case reached && (via == nil || via.allowed):
			d = Decision{Allowed: true, Reason: CodeGranted, Who: s.rules.whos[r.who], Span: r.span}
		case reached:
			d.Reason = via.reason
		case d.Reason == CodeNoRight:
			d.Reason = CodeOutOfReach
		}
		if d.Allowed {
			break
		}
	}
	if tr != nil {
		traceDecision(tr, a, held, d.Allowed)
	}
	return d
}

// reaches says whether a right that the person has reaches the target, and for a relative's right via which child, whose
// access may be closed.
func (s *Scope) reaches(r *right, t *Target) (reached bool, via *child) {
	person := t.Person != ""
	if !r.covers(person, t.Profile) {
		return false, nil
	}
	switch r.span {
	case SpanSelf:
		return person && t.Person == s.person, nil
	case SpanOwn:
		return s.person != "" && contains(t.Owners, s.person) && (s.rules.whos[r.who] == WhoAnyone || meet(t.Establishments, s.holds[r.who].establishments)), nil
	case SpanMyClasses:
		return !person && (meet(t.Classes, s.classes) || meet(t.Groups, s.groups)), nil
	case SpanClassmates:
		return person && (meet(t.Classes, s.classes) || meet(t.Groups, s.groups)), nil
	case SpanChildren, SpanChildrenClasses, SpanChildrenClassmates:
		return s.reachesChild(r, t)
	case SpanTaught:
		return s.reachesTaught(t), nil
	case SpanHeadClass:
		return meet(t.Classes, s.led), nil
	case SpanEstablishment:
		h := &s.holds[r.who]
		return h.everywhere || meet(t.Establishments, h.establishments), nil
	case SpanAll:
		return true, nil
	}
	return false, nil
}

func (s *Scope) reachesTaught(t *Target) bool {
	return meet(t.Classes, s.taughtClasses) || meet(t.Groups, s.taughtGroups) ||
		s.rules.policy.GroupTeachers == GroupTeachersClasses && meet(t.Classes, s.viaGroups)
}

// reachesChild looks for a child through whom the target is reached, one whose access is open before one whose is not.
func (s *Scope) reachesChild(r *right, t *Target) (reached bool, via *child) {
	for i := range s.children {
		c := &s.children[i]
		if c.role != s.rules.whos[r.who] || !c.near(r.span, t) {
			continue
		}
		if c.allowed {
			return true, c
		}
		via = c
	}
	return via != nil, via
}

func (c *child) near(span Span, t *Target) bool {
	if span == SpanChildren {
		return t.Person != "" && t.Person == c.pupil.ID
	}
	return (t.Person != "") == (span == SpanChildrenClassmates) && (meet(t.Classes, c.pupil.Classes) || meet(t.Groups, c.pupil.Groups))
}
