package access

import (
	"fmt"
	"slices"

	"github.com/opencartable/cartable/ent"
)

// Rules is a policy made ready to decide: immutable, safe for concurrent use, compiled once at the start of a program.
type Rules struct {
	policy  Policy
	whos    []Who
	actions map[Action]*actionRules
}

// actionRules is what bears on one action, in the order of the policy.
type actionRules struct {
	action Action
	rights []right
	apart  bool
	logged bool
}

// right is one cell of the policy: one kind of people, one span.
type right struct {
	who  int // in Rules.whos
	span Span
	of   []ent.Profile
}

// Compile returns the rules of a policy, which is copied. It returns the issues of Check as an error when one of them is one.
func (p *Policy) Compile() (*Rules, error) {
	if issues := p.Check(); !usable(issues) {
		return nil, fmt.Errorf("access: %w", issues.Err())
	}
	r := &Rules{policy: p.clone(), actions: map[Action]*actionRules{}}
	for i := range r.policy.Grants {
		g := &r.policy.Grants[i]
		for _, a := range g.May {
			rules := r.rulesOf(a)
			for _, w := range g.Who {
				who := r.indexOf(w)
				for _, s := range g.Reach {
					if !rules.has(who, s, g.Of) {
						rules.rights = append(rules.rights, right{who, s, g.Of})
					}
				}
			}
		}
	}
	return r, nil
}

func (p *Policy) clone() Policy {
	out := *p
	out.Grants = slices.Clone(p.Grants)
	for i := range out.Grants {
		g := &out.Grants[i]
		g.Who, g.May, g.Reach, g.Of = slices.Clone(g.Who), slices.Clone(g.May), slices.Clone(g.Reach), slices.Clone(g.Of)
	}
	out.Apart, out.Logged = slices.Clone(p.Apart), slices.Clone(p.Logged)
	out.Communication = p.Communication.clone()
	return out
}

func (r *Rules) rulesOf(a Action) *actionRules {
	if known, ok := r.actions[a]; ok {
		return known
	}
	out := &actionRules{action: a, apart: r.policy.apart(a), logged: r.policy.logs(a)}
	r.actions[a] = out
	return out
}

func (r *Rules) indexOf(w Who) int {
	if i := slices.Index(r.whos, w); i >= 0 {
		return i
	}
	r.whos = append(r.whos, w)
	return len(r.whos) - 1
}

func (a *actionRules) has(who int, s Span, of []ent.Profile) bool {
	return slices.ContainsFunc(a.rights, func(r right) bool { return r.who == who && r.span == s && slices.Equal(r.of, of) })
}

// Policy returns a copy of the policy.
func (r *Rules) Policy() Policy { return r.policy.clone() }

// Logged reports whether every use of an action is to be recorded.
func (r *Rules) Logged(a Action) bool { return r.policy.logs(a) }

// covers reports whether the right bears on data of a profile, or on a thing when the profile is empty and nobody's.
func (r *right) covers(person bool, p ent.Profile) bool {
	return !person || len(r.of) == 0 || slices.Contains(r.of, p)
}
