package school

import (
	"slices"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/interop/aaf"
)

// Index is what the pages need beside the models, made once after the reading: the schools with their classes, groups
// and staff, and the list that searches go through. It never changes.
type Index struct {
	// models are the deliveries in their order, nil for one that could not be read.
	models []*aaf.Model
	// one tells that the deliveries are of one fictional academy, where the same key is the same person in both. In real
	// ones a key is unique within one delivery only, and nobody is joined here: that is the work of ent/directory.
	one bool

	schools  []*School // in French order
	byRef    map[Ref]*School
	entries  []entry // persons, in French order
	groups   []hit   // classes and groups, in French order
	examples []Choice
}

// School is a structure with what belongs to it.
type School struct {
	Ref     Ref
	Est     ent.Establishment
	Title   string // "CLG Les Tilleuls"
	Town    string
	Path    string
	Classes []*Class
	Groups  []*Class
	Pupils  int
	staff   []member
	num     int32
}

// Class is a class or a group as lists show it.
type Class struct {
	Ref         Ref
	School      *School
	Code, Label string
	Path        string
	// Of are the programmes or levels of a class, the classes of a group.
	Of     []string
	Pupils int
	heads  []string
}

// Name is the code, with the label when it says more.
func (c *Class) Name() string {
	if c.Label == "" || c.Label == c.Code {
		return c.Code
	}
	return c.Code + " – " + c.Label
}

// member is a staff member of a school.
type member struct {
	ref     Ref
	profile ent.Profile
	name    ent.Name
	what    string
}

// Build makes the index of models, of which some may be nil. one tells that all are of one fictional academy; parent is
// then the key of a relative to propose at the door.
func Build(models []*aaf.Model, one bool, parent string) *Index {
	x := &Index{models: models, one: one, byRef: map[Ref]*School{}}
	for i, m := range models {
		if m != nil {
			x.addSchools(i+1, m)
		}
	}
	for _, s := range x.schools {
		x.byRef[s.Ref] = s
	}
	SortFrench(x.schools, func(s **School) string { return (*s).Title + " " + (*s).Town })
	for i, s := range x.schools {
		s.num = int32(i) //nolint:gosec // an academy has a few thousand schools
	}
	for i, m := range models {
		if m != nil {
			x.addClasses(i+1, m)
		}
	}
	b := newSearchBuilder(x)
	for i, m := range models {
		if m != nil {
			b.add(i+1, m)
		}
	}
	b.finish()
	for _, s := range x.schools {
		byName := func(c **Class) string { return (*c).Code }
		SortFrench(s.Classes, byName)
		SortFrench(s.Groups, byName)
		SortFrench(s.staff, func(m *member) string { return register(m.name) })
	}
	if one {
		x.examples = x.propose(parent)
	}
	return x
}

func (x *Index) addSchools(feed int, m *aaf.Model) {
	for _, s := range m.Structures() {
		e := m.Establishment(s)
		ref := Ref{feed, s.ID}
		title := strings.TrimSpace(e.Kind + " " + ent.CaseName(e.Patronym))
		if title == "" {
			title = "Établissement " + s.ID
		}
		town := e.Town
		if town == "" {
			town = e.Address.Town
		}
		x.schools = append(x.schools, &School{Ref: ref, Est: e, Title: title, Town: ent.CaseName(town), Path: schoolPath(ref)})
	}
}

func (x *Index) addClasses(feed int, m *aaf.Model) {
	for c := range m.Classes() {
		s := x.byRef[Ref{feed, c.Structure}]
		if s == nil {
			continue
		}
		ref := Ref{feed, c.Structure + "$" + c.Code}
		row := &Class{Ref: ref, School: s, Code: c.Code, Label: c.Label, Path: classPath(ref), Pupils: len(c.Pupils), heads: c.Heads}
		row.Of = append(row.Of, c.Levels...)
		for _, mef := range c.MEFs {
			if label := programme(m, mef); !slices.Contains(row.Of, label) {
				row.Of = append(row.Of, label)
			}
		}
		s.Classes = append(s.Classes, row)
	}
	for g := range m.Groups() {
		s := x.byRef[Ref{feed, g.Structure}]
		if s == nil {
			continue
		}
		ref := Ref{feed, g.Structure + "$" + g.Code}
		s.Groups = append(s.Groups, &Class{
			Ref: ref, School: s, Code: g.Code, Label: g.Label, Path: groupPath(ref), Of: g.Classes, Pupils: len(g.Pupils),
		})
	}
}

// programme returns the label of a MEF, or its code.
func programme(m *aaf.Model, mef string) string {
	if p, ok := m.Programme(mef); ok && p.Label != "" {
		return p.Label
	}
	return mef
}

// subject returns the label of a subject, or its code.
func subject(m *aaf.Model, code string) string {
	if s, ok := m.Subject(code); ok && s.Label != "" {
		return s.Label
	}
	return code
}

// model returns a delivery by its number, nil when there is none or it could not be read.
func (x *Index) model(feed int) *aaf.Model {
	if feed < 1 || feed > len(x.models) {
		return nil
	}
	return x.models[feed-1]
}

// records returns where a person may have a record: in the delivery named, or in all those of one fictional academy.
func (x *Index) records(r Ref) []Ref {
	if !x.one {
		return []Ref{r}
	}
	out := make([]Ref, len(x.models))
	for i := range x.models {
		out[i] = Ref{i + 1, r.Key}
	}
	return out
}

// same brings the names of one person to one.
func (x *Index) same(p Person) Person {
	if x.one {
		p.Ref.Feed = 0
	}
	return p
}

func (x *Index) pupil(r Ref) (*aaf.Model, *aaf.Pupil) {
	m := x.model(r.Feed)
	if m == nil {
		return nil, nil
	}
	if p, ok := m.Pupil(r.Key); ok {
		return m, p
	}
	return nil, nil
}

func (x *Index) relative(r Ref) *aaf.Relative {
	m := x.model(r.Feed)
	if m == nil {
		return nil
	}
	p, _ := m.Relative(r.Key)
	return p
}

func (x *Index) member(r Ref) (*aaf.Model, *aaf.StaffMember) {
	m := x.model(r.Feed)
	if m == nil {
		return nil, nil
	}
	if p, ok := m.StaffMember(r.Key); ok {
		return m, p
	}
	return nil, nil
}

// class returns the row of a class, or of a group.
func (x *Index) class(r Ref, group bool) *Class {
	structure, _, _ := strings.Cut(r.Key, "$")
	s := x.byRef[Ref{r.Feed, structure}]
	if s == nil {
		return nil
	}
	list := s.Classes
	if group {
		list = s.Groups
	}
	for _, c := range list {
		if c.Ref == r {
			return c
		}
	}
	return nil
}

// child is a pupil who names a relative, with the tie.
type child struct {
	model *aaf.Model
	ref   Ref
	pupil *aaf.Pupil
	tie   ent.Relation
}

// children returns the pupils who name a relative, over the records of the relative.
func (x *Index) children(r Ref) []child {
	var out []child
	for _, at := range x.records(r) {
		m := x.model(at.Feed)
		if m == nil {
			continue
		}
		for _, id := range m.ChildrenOf(at.Key) {
			p, ok := m.Pupil(id)
			if !ok {
				continue
			}
			for _, tie := range m.Relations(p) {
				if tie.Relative == m.ID(at.Key) {
					out = append(out, child{m, Ref{at.Feed, id}, p, tie})
				}
			}
		}
	}
	return out
}

// schoolsOf returns the schools of some structures of a delivery, each once; unknown ones are left out.
func (x *Index) schoolsOf(feed int, structures []string) []*School {
	var out []*School
	for _, key := range structures {
		if s := x.byRef[Ref{feed, key}]; s != nil && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// schoolsOfPerson returns the schools a person belongs to; a relative belongs to those of the children.
func (x *Index) schoolsOfPerson(p Person) []*School {
	var out []*School
	add := func(feed int, structures []string) {
		for _, s := range x.schoolsOf(feed, structures) {
			if !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	if p.Category == Relative {
		for _, c := range x.children(p.Ref) {
			add(c.ref.Feed, c.pupil.Structures())
		}
		return out
	}
	for _, at := range x.records(p.Ref) {
		if _, pupil := x.pupil(at); pupil != nil && p.Category == Pupil {
			add(at.Feed, pupil.Structures())
		}
		if _, s := x.member(at); s != nil && p.Category == Staff {
			add(at.Feed, s.Structures())
		}
	}
	return out
}
