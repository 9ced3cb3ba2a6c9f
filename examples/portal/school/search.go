package school

import (
	"slices"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/interop/aaf"
)

// entry is a person as searches see them.
type entry struct {
	// name and place are folded; place holds the classes and the schools, and is shared by those of one class.
	name, place string
	person      Person
	// at are the numbers of the schools, shared likewise.
	at []int32
}

// hit is a class or a group as searches see it.
type hit struct {
	text  string
	class *Class
	group bool
}

// searchBuilder gathers the entries.
type searchBuilder struct {
	x      *Index
	sorted []string // what each entry is sorted by
	places map[string]string
	ats    map[string][]int32
	// where are the relatives' places, until all pupils were seen.
	where map[Ref]*family
	seen  map[Person]int
}

type family struct {
	at    []int32
	place []string
}

func newSearchBuilder(x *Index) *searchBuilder {
	return &searchBuilder{
		x: x, places: map[string]string{}, ats: map[string][]int32{}, where: map[Ref]*family{}, seen: map[Person]int{},
	}
}

func (b *searchBuilder) add(feed int, m *aaf.Model) {
	for p := range m.Pupils() {
		at, place := b.whereabouts(feed, p.Structures())
		for _, c := range p.Classes {
			place = append(place, c.Code)
			if c.Label != "" {
				place = append(place, c.Label)
			}
		}
		for _, n := range at {
			b.x.schools[n].Pupils++
		}
		b.put(Person{Pupil, Ref{feed, p.ID}}, p.Name, at, place)
		for _, l := range p.Links {
			f := b.where[Ref{feed, l.Relative}]
			if f == nil {
				f = &family{}
				b.where[Ref{feed, l.Relative}] = f
			}
			f.at, f.place = union(f.at, at), union(f.place, place)
		}
	}
	for r := range m.Relatives() {
		f := b.where[Ref{feed, r.ID}]
		if f == nil {
			f = &family{}
		}
		b.put(Person{Relative, Ref{feed, r.ID}}, r.Name, f.at, f.place)
	}
	for s := range m.Staff() {
		ref := Ref{feed, s.ID}
		at, place := b.whereabouts(feed, s.Structures())
		b.put(Person{Staff, ref}, s.Name, at, place)
		for _, key := range s.Structures() {
			if sch := b.x.byRef[Ref{feed, key}]; sch != nil {
				sch.staff = append(sch.staff, member{ref, s.Profile(key, aaf.ProfilePolicy{}), s.Name, functions(s, key)})
			}
		}
	}
	clear(b.where)
}

// functions says what a staff member does in a structure.
func functions(s *aaf.StaffMember, structure string) string {
	var out []string
	for i := range s.Functions {
		f := &s.Functions[i]
		if f.Structure != structure {
			continue
		}
		if text := functionText(&f.Function); text != "" && !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return strings.Join(out, ", ")
}

// functionText is the discipline of who teaches, the function of the others.
func functionText(f *ent.Function) string {
	switch {
	case f.DisciplineLabel != "" && f.Code == ent.FunctionTeaching:
		return f.DisciplineLabel
	case f.Label != "":
		return f.Label
	case f.Code == ent.FunctionNone:
		return ""
	}
	return string(f.Code)
}

func (b *searchBuilder) whereabouts(feed int, structures []string) (at []int32, place []string) {
	for _, s := range b.x.schoolsOf(feed, structures) {
		at = append(at, s.num)
		place = append(place, s.Title, s.Town, string(s.Est.UAI))
	}
	return at, place
}

func union[T comparable](a, b []T) []T {
	for _, v := range b {
		if !slices.Contains(a, v) {
			a = append(slices.Clip(a), v)
		}
	}
	return a
}

// put adds a person, or completes the one of another delivery of the same academy.
func (b *searchBuilder) put(p Person, n ent.Name, at []int32, place []string) {
	key := b.x.same(p)
	if b.x.one {
		if i, ok := b.seen[key]; ok {
			e := &b.x.entries[i]
			e.at, e.place = b.intern(union(e.at, at)), b.share(e.place+b.place(place))
			return
		}
		b.seen[key] = len(b.x.entries)
	}
	name := n.Family + " " + n.Given
	if n.Birth != n.Family {
		name += " " + n.Birth
	}
	b.x.entries = append(b.x.entries, entry{name: fold(name), place: b.place(place), person: p, at: b.intern(at)})
	b.sorted = append(b.sorted, register(n))
}

// place folds the words of a place, each with a space before it.
func (b *searchBuilder) place(words []string) string {
	all := strings.Join(words, " ")
	if s, ok := b.places[all]; ok {
		return s
	}
	s := " " + fold(all)
	b.places[all] = s
	return s
}

func (b *searchBuilder) share(s string) string {
	if t, ok := b.places[s]; ok {
		return t
	}
	b.places[s] = s
	return s
}

func (b *searchBuilder) intern(at []int32) []int32 {
	var key strings.Builder
	for _, n := range at {
		key.WriteRune(n)
	}
	if list, ok := b.ats[key.String()]; ok {
		return list
	}
	b.ats[key.String()] = at
	return at
}

// finish puts the entries in French order.
func (b *searchBuilder) finish() {
	order := inFrenchOrder(len(b.sorted), func(i int) string { return b.sorted[i] })
	sorted := make([]entry, len(order))
	for at, i := range order {
		sorted[at] = b.x.entries[i]
	}
	b.x.entries = sorted
	for _, s := range b.x.schools {
		for _, c := range s.Classes {
			b.x.groups = append(b.x.groups, hit{" " + fold(c.Code+" "+c.Label+" "+s.Title+" "+s.Town), c, false})
		}
		for _, g := range s.Groups {
			b.x.groups = append(b.x.groups, hit{" " + fold(g.Code+" "+g.Label+" "+s.Title+" "+s.Town), g, true})
		}
	}
	SortFrench(b.x.groups, func(h *hit) string { return h.class.Code + " " + h.class.School.Title })
}

// match reports whether each word is part of the name, or begins a word of the place; and whether the name has one.
func (e *entry) match(words []string) (ok, named bool) {
	for _, w := range words {
		switch {
		case strings.Contains(e.name, w):
			named = true
		case !strings.Contains(e.place, " "+w):
			return false, false
		}
	}
	return true, named
}

// people returns the persons whom every word of a query fits, among those that may be seen: first those whom a word
// names, then those of a class or school of that name, both in French order.
func (x *Index) people(query string, may func(*entry) bool) []*entry {
	words := strings.Fields(fold(query))
	if len(words) == 0 {
		return nil
	}
	var out, others []*entry
	for i := range x.entries {
		e := &x.entries[i]
		switch ok, named := e.match(words); {
		case !ok || !may(e):
		case named:
			out = append(out, e)
		default:
			others = append(others, e)
		}
	}
	return append(out, others...)
}

// places returns the classes, groups and schools that every word of a query fits.
func (x *Index) places(query string, may func(*School) bool) (classes, groups []*Class, schools []*School) {
	words := strings.Fields(fold(query))
	if len(words) == 0 {
		return nil, nil, nil
	}
	all := func(text string) bool {
		for _, w := range words {
			if !strings.Contains(text, " "+w) {
				return false
			}
		}
		return true
	}
	for _, h := range x.groups {
		switch {
		case !may(h.class.School) || !all(h.text):
		case h.group:
			groups = append(groups, h.class)
		default:
			classes = append(classes, h.class)
		}
	}
	for _, s := range x.schools {
		if may(s) && all(" "+fold(s.Title+" "+s.Town+" "+string(s.Est.UAI))) {
			schools = append(schools, s)
		}
	}
	return classes, groups, schools
}
