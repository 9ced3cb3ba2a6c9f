package access

import (
	"log/slog"

	"github.com/opencartable/cartable/ent"
)

// Scope is what one person may do on one day: computed once per request, read by any number of goroutines.
type Scope struct {
	rules  *Rules
	person ent.ID
	today  ent.Date
	// holds tells, for each of Rules.whos, whether the person is one of them, and where.
	holds []holding
	// places are the establishments of all affiliations in force.
	places []ent.ID
	// taught and led are the classes, groups and head classes in establishments where the person still is.
	taughtClasses, taughtGroups, led []ent.ID
	// viaGroups are the classes reached through a group taught.
	viaGroups []ent.ID
	// classes and groups are the person's own, as a pupil.
	classes, groups []ent.ID
	children        []child
	// apart are the other relatives of the person's children.
	apart []ent.ID
	// arena holds the lists of establishments of holds.
	arena []ent.ID
	facts *Facts
}

type holding struct {
	held, everywhere bool
	establishments   []ent.ID
}

// child is a pupil of whom the person is a relative.
type child struct {
	pupil *Pupil
	standing
}

// NewScope returns the scope of a person. The facts are kept, not copied: the caller leaves them as they are. What they do
// not say is not known, and gives nothing.
func NewScope(rules *Rules, facts Facts) *Scope {
	s := &Scope{}
	s.reset(rules, &facts)
	return s
}

// Person returns the person of the scope.
func (s *Scope) Person() ent.ID { return s.person }

// LogValue shows the person's identifier only.
func (s *Scope) LogValue() slog.Value {
	return slog.GroupValue(slog.String("person", string(s.person)))
}

// reset makes the scope that of other facts, in the memory it has.
func (s *Scope) reset(rules *Rules, f *Facts) {
	s.rules, s.facts, s.person, s.today = rules, f, f.Person, f.Today
	s.holds, s.arena = s.holds[:0], s.arena[:0]
	s.places, s.children, s.apart = s.places[:0], s.children[:0], s.apart[:0]
	s.taughtClasses, s.taughtGroups, s.led = s.taughtClasses[:0], s.taughtGroups[:0], s.led[:0]
	s.viaGroups = s.viaGroups[:0]
	s.classes, s.groups = nil, nil
	for i := range f.Affiliations {
		if a := &f.Affiliations[i]; inForce(a.From, a.To, f.Today) {
			s.places = add(s.places, a.Establishment)
		}
	}
	s.teach(f)
	if f.self() {
		s.classes, s.groups = f.Pupil.Classes, f.Pupil.Groups
	}
	for i := range f.Children {
		p := &f.Children[i]
		st, ok := rules.standing(p, f.Person, f.Today)
		if !ok {
			continue
		}
		s.children = append(s.children, child{p, st})
		for j := range p.Relations {
			if other := p.Relations[j].Relative; other != f.Person {
				s.apart = add(s.apart, other)
			}
		}
	}
	for _, w := range rules.whos {
		s.holds = append(s.holds, s.holding(w, f))
	}
}

// teach keeps what is taught and led where the person still is.
func (s *Scope) teach(f *Facts) {
	for i := range f.Teachings {
		t := &f.Teachings[i]
		if t.Teacher != "" && t.Teacher != f.Person || t.Establishment != "" && !contains(s.places, t.Establishment) {
			continue
		}
		if t.Class != "" {
			s.taughtClasses = add(s.taughtClasses, t.Class)
		}
		if t.Group != "" {
			s.taughtGroups = add(s.taughtGroups, t.Group)
		}
	}
	for i := range f.Groups {
		if contains(s.taughtGroups, f.Groups[i].ID) {
			for _, c := range f.Groups[i].Classes {
				s.viaGroups = add(s.viaGroups, c)
			}
		}
	}
	for _, c := range f.HeadTeacherOf {
		if s.leads(f, c) {
			s.led = add(s.led, c)
		}
	}
}

// leads reports whether the person is still where a head class is: in an establishment where the class is taught, or
// anywhere when no teaching tells which.
func (s *Scope) leads(f *Facts, class ent.ID) bool {
	named := false
	for i := range f.Teachings {
		if f.Teachings[i].Class == class && f.Teachings[i].Establishment != "" {
			if contains(s.places, f.Teachings[i].Establishment) {
				return true
			}
			named = true
		}
	}
	return !named && len(s.places) > 0
}

func (s *Scope) holding(w Who, f *Facts) holding {
	start := len(s.arena)
	h := holding{}
	if profile, ok := w.profile(); ok {
		s.gather(f, func(a *ent.Affiliation) bool { return a.Profile == profile })
		h.held = len(s.arena) > start
	} else if code, ok := w.function(); ok {
		s.gather(f, func(a *ent.Affiliation) bool { return hasFunction(a, code) })
		h.held = len(s.arena) > start
	} else if id, ok := w.group(); ok {
		if h.held = contains(f.MemberOf, id); h.held {
			s.gather(f, func(*ent.Affiliation) bool { return true })
		}
	} else {
		h.held, h.everywhere = s.role(w, f)
	}
	h.establishments = s.arena[start:len(s.arena):len(s.arena)]
	return h
}

// role says whether the person has a role; it adds the establishments of a delegate.
func (s *Scope) role(w Who, f *Facts) (held, everywhere bool) {
	switch w {
	case WhoAnyone:
		return f.Person != "", false
	case WhoHeadTeacher:
		return len(s.led) > 0, false
	case WhoDelegate:
		for i := range f.Delegations {
			d := &f.Delegations[i]
			if !inForce(d.From, d.To, f.Today) {
				continue
			}
			held, everywhere = held || d.Everywhere || len(d.Establishments) > 0, everywhere || d.Everywhere
			s.arena = append(s.arena, d.Establishments...)
		}
	case WhoPupilOfAge:
		return f.self() && majorityOf(f.Pupil.BirthDate, f.Today) == ofAge, false
	case WhoLegal, WhoInCharge, WhoContact:
		for i := range s.children {
			held = held || s.children[i].role == w
		}
	}
	return held, everywhere
}

// gather adds the establishments of the affiliations in force that are wanted.
func (s *Scope) gather(f *Facts, wanted func(*ent.Affiliation) bool) {
	for i := range f.Affiliations {
		if a := &f.Affiliations[i]; wanted(a) && inForce(a.From, a.To, f.Today) {
			s.arena = append(s.arena, a.Establishment)
		}
	}
}

func hasFunction(a *ent.Affiliation, code ent.FunctionCode) bool {
	for i := range a.Functions {
		if a.Functions[i].Code == code {
			return true
		}
	}
	return false
}

func add(list []ent.ID, id ent.ID) []ent.ID {
	if contains(list, id) {
		return list
	}
	return append(list, id)
}
