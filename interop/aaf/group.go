package aaf

import (
	"iter"
	"slices"
)

// Class is a class of a structure with the people in it.
type Class struct {
	Structure, Code, Label string
	// MEFs are its programmes, in the second degree; Levels the labels of its pupils' levels, in the first.
	MEFs   []string
	Levels []string
	// Listed tells that the structure's catalogue holds it; otherwise somebody named it.
	Listed   bool
	Pupils   []string
	Teachers []Taught
	Heads    []string
}

// Group is a group of a structure with the people in it.
type Group struct {
	Structure, Code, Label string
	// Classes are the codes of the classes it takes pupils from, when the catalogue says so.
	Classes  []string
	Listed   bool
	Pupils   []string
	Teachers []Taught
}

// Taught is a teacher and a subject; the subject may be empty.
type Taught struct{ Teacher, Subject string }

// groupSet is the classes, or the groups, of a model.
type groupSet struct {
	nodes    []groupNode
	byKey    map[string]uint32
	pupils   adjacency
	teachers adjacency // to indices of taught
	taught   []taught
	heads    adjacency
	// pairs gather the members until they are sorted.
	pupilPairs, teacherPairs, headPairs []pair
}

type groupNode struct {
	structure, code, label string
	parts                  []string // programmes of a class, classes of a group
	levels                 []string
	levelSet               map[string]bool
	listed                 bool
}

type taught struct {
	row     uint32
	subject string
}

func newGroupSet() groupSet { return groupSet{byKey: map[string]uint32{}} }

func (g *groupSet) add(structure, code, label string, parts []string, listed bool) uint32 {
	key := classKey(structure, code)
	if n, ok := g.byKey[key]; ok {
		node := &g.nodes[n]
		if node.label == "" {
			node.label = label
		}
		for _, p := range parts {
			node.parts = appendNew(node.parts, p)
		}
		return n
	}
	n := uint32(len(g.nodes)) //nolint:gosec // classes are few
	g.nodes = append(g.nodes, groupNode{structure: structure, code: code, label: label, parts: parts, listed: listed})
	g.byKey[key] = n
	return n
}

func (g *groupNode) addLevel(l string) {
	if g.levelSet == nil {
		g.levelSet = map[string]bool{}
	}
	if !g.levelSet[l] {
		g.levelSet[l] = true
		g.levels = append(g.levels, l)
	}
}

// settle sorts the members.
func (g *groupSet) settle() {
	n := len(g.nodes)
	g.pupils, g.pupilPairs = newAdjacency(n, g.pupilPairs), nil
	g.teachers, g.teacherPairs = newAdjacency(n, g.teacherPairs), nil
	g.heads, g.headPairs = newAdjacency(n, g.headPairs), nil
}

// pair ties two numbers.
type pair struct{ from, to uint32 }

// adjacency lists, for each number, the numbers tied to it, in the order they came. A tie that came twice in a row, as it
// does when one record says it twice, counts once.
type adjacency struct{ start, to []uint32 }

func newAdjacency(n int, pairs []pair) adjacency {
	a := adjacency{start: make([]uint32, n+1), to: make([]uint32, len(pairs))}
	for _, p := range pairs {
		a.start[p.from+1]++
	}
	for i := range n {
		a.start[i+1] += a.start[i]
	}
	next := slices.Clone(a.start)
	for _, p := range pairs {
		a.to[next[p.from]] = p.to
		next[p.from]++
	}
	return a
}

func (a *adjacency) of(n uint32) []uint32 {
	if int(n)+1 >= len(a.start) {
		return nil
	}
	return slices.Compact(slices.Clone(a.to[a.start[n]:a.start[n+1]]))
}

func (m *Model) taughtOf(g *groupSet, n uint32) []Taught {
	list := g.teachers.of(n)
	out := make([]Taught, 0, len(list))
	for _, i := range list {
		out = appendNew(out, Taught{string(m.st.id(g.taught[i].row)), g.taught[i].subject})
	}
	return out
}

func (m *Model) class(n uint32) *Class {
	g := &m.classes.nodes[n]
	return &Class{
		Structure: g.structure, Code: g.code, Label: g.label, MEFs: slices.Clone(g.parts), Levels: slices.Clone(g.levels), Listed: g.listed,
		Pupils: m.ids(m.classes.pupils.of(n)), Teachers: m.taughtOf(&m.classes, n), Heads: m.ids(m.classes.heads.of(n)),
	}
}

func (m *Model) group(n uint32) *Group {
	g := &m.groups.nodes[n]
	return &Group{
		Structure: g.structure, Code: g.code, Label: g.label, Classes: slices.Clone(g.parts), Listed: g.listed,
		Pupils: m.ids(m.groups.pupils.of(n)), Teachers: m.taughtOf(&m.groups, n),
	}
}

// Classes yields the classes: those of the catalogues, structure by structure, then those that somebody named.
func (m *Model) Classes() iter.Seq[*Class] {
	return func(yield func(*Class) bool) {
		for n := range uint32(len(m.classes.nodes)) { //nolint:gosec // few
			if !yield(m.class(n)) {
				return
			}
		}
	}
}

// Groups yields the groups: those of the catalogues, structure by structure, then those that somebody named.
func (m *Model) Groups() iter.Seq[*Group] {
	return func(yield func(*Group) bool) {
		for n := range uint32(len(m.groups.nodes)) { //nolint:gosec // few
			if !yield(m.group(n)) {
				return
			}
		}
	}
}

// Class returns a class of a structure.
func (m *Model) Class(structure, code string) (*Class, bool) {
	n, ok := m.classes.byKey[classKey(structure, code)]
	if !ok {
		return nil, false
	}
	return m.class(n), true
}

// Group returns a group of a structure.
func (m *Model) Group(structure, code string) (*Group, bool) {
	n, ok := m.groups.byKey[classKey(structure, code)]
	if !ok {
		return nil, false
	}
	return m.group(n), true
}

// Reach returns the classes a staff member teaches: directly, and through groups, whose classes count as theirs.
func (m *Model) Reach(s *StaffMember) (direct, throughGroups []ClassRef) {
	for _, c := range s.taughtClasses() {
		if _, ok := m.classes.byKey[classKey(c.Structure, c.Code)]; ok {
			direct = appendNew(direct, ClassRef{Structure: c.Structure, Code: c.Code})
		}
	}
	for _, c := range s.taughtGroups() {
		n, ok := m.groups.byKey[classKey(c.Structure, c.Code)]
		if !ok {
			continue
		}
		for _, code := range m.groups.nodes[n].parts {
			throughGroups = appendNew(throughGroups, ClassRef{Structure: c.Structure, Code: code})
		}
	}
	return direct, throughGroups
}

// taughtClasses are the classes with their subject, or the older list without where there is nothing else.
func (s *StaffMember) taughtClasses() []ClassSubject { return orOlder(s.ClassSubjects, s.Classes) }

func (s *StaffMember) taughtGroups() []ClassSubject { return orOlder(s.GroupSubjects, s.Groups) }

func orOlder(list []ClassSubject, older []ClassRef) []ClassSubject {
	if len(list) > 0 {
		return list
	}
	out := make([]ClassSubject, 0, len(older))
	for _, c := range older {
		out = append(out, ClassSubject{Structure: c.Structure, Code: c.Code})
	}
	return out
}
