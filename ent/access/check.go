package access

import (
	"fmt"
	"slices"

	"github.com/opencartable/cartable/ent"
)

// Check returns all that is wrong with a policy, in the order of the document. A warning or an information leaves it usable.
func (p *Policy) Check() ent.Issues {
	var c checker
	c.rule(p.InCharge == "" || p.InCharge == InChargeContactOnly || p.InCharge == InChargeAsLegal || p.InCharge == InChargeNone, "inCharge")
	c.rule(p.OfAge == "" || p.OfAge == OfAgeKeep || p.OfAge == OfAgeEnd, "ofAge")
	c.rule(p.GroupTeachers == "" || p.GroupTeachers == GroupTeachersGroup || p.GroupTeachers == GroupTeachersClasses, "groupTeachers")
	for i := range p.Grants {
		c.grant(&p.Grants[i], fmt.Sprintf("$.grants[%d]", i))
	}
	c.actions(p.Apart, "$.apart")
	c.actions(p.Logged, "$.logged")
	p.Communication.check(&c)
	return c.issues
}

type checker struct {
	issues ent.Issues
	kept   map[Action]bool
}

func (c *checker) add(i ent.Issue) { c.issues = append(c.issues, i) }

func (c *checker) rule(known bool, field ent.Field) {
	if !known {
		c.add(fieldIssue(CodeRule, "$."+string(field), field))
	}
}

func (c *checker) grant(g *Grant, path string) {
	for _, part := range []struct {
		name string
		n    int
	}{{"who", len(g.Who)}, {"may", len(g.May)}, {"reach", len(g.Reach)}} {
		if part.n == 0 {
			c.add(fieldIssue(CodeEmpty, path+"."+part.name, ent.Field(part.name)))
		}
	}
	admin := false
	for i, w := range g.Who {
		if !w.valid() {
			c.add(issue(CodeWho, fmt.Sprintf("%s.who[%d]", path, i)))
		}
		admin = admin || w == WhoDelegate
	}
	c.actions(g.May, path+".may")
	for i, a := range g.May {
		if admin && a.SchoolLife() {
			c.add(issue(CodeAdminReads, fmt.Sprintf("%s.may[%d]", path, i), ent.CodeOf("action", string(a))))
		}
	}
	for i, s := range g.Reach {
		at := fmt.Sprintf("%s.reach[%d]", path, i)
		if !s.known() {
			c.add(issue(CodeSpan, at))
			continue
		}
		for _, w := range g.Who {
			if w.valid() && !s.fits(w) {
				c.add(issue(CodeSpanWho, at, ent.CodeOf("reach", string(s)), ent.CodeOf("who", string(w))))
			}
		}
	}
}

func (c *checker) actions(list []Action, path string) {
	for i, a := range list {
		at := fmt.Sprintf("%s[%d]", path, i)
		switch {
		case !a.shaped():
			c.add(issue(CodeAction, at))
		case !a.Known() && !c.kept[a]:
			if c.kept == nil {
				c.kept = map[Action]bool{}
			}
			c.kept[a] = true
			c.add(issue(CodeActionKept, at, ent.CodeOf("action", string(a))))
		}
	}
}

// shaped reports whether the name is an area, a dot and a verb, in lower case letters, digits and dashes.
func (a Action) shaped() bool {
	dots, last := 0, byte('.')
	for i := range len(a) {
		b := a[i]
		switch {
		case 'a' <= b && b <= 'z', '0' <= b && b <= '9', b == '-':
		case b == '.' && last != '.':
			dots++
		default:
			return false
		}
		last = b
	}
	return dots > 0 && last != '.' && len(a) <= 64
}

func (s Span) known() bool { return slices.Contains(Spans(), s) }

// usable reports whether no issue is an error.
func usable(issues ent.Issues) bool {
	switch issues.Worst() {
	case ent.SeverityError, ent.SeverityFatal:
		return false
	default:
		return true
	}
}
