package aaf

import (
	"cmp"
	"iter"
	"slices"

	"github.com/opencartable/cartable/ent"
)

// Has reports whether the model holds a record.
func (m *Model) Has(c Category, id string) bool {
	_, ok := m.st.find(indexOf(c), []byte(id))
	return ok
}

// StructuresByUAI returns the structures of a UAI: one school may come under two keys.
func (m *Model) StructuresByUAI(uai ent.UAI) []*Structure {
	var out []*Structure
	for _, s := range m.structures {
		if uai != "" && s.uai() == string(uai) {
			out = append(out, s)
		}
	}
	return out
}

// ClassesOf yields the classes of a structure.
func (m *Model) ClassesOf(structure string) iter.Seq[*Class] {
	return of(m.classes.nodes, structure, m.class)
}

// GroupsOf yields the groups of a structure.
func (m *Model) GroupsOf(structure string) iter.Seq[*Group] {
	return of(m.groups.nodes, structure, m.group)
}

func of[T any](nodes []groupNode, structure string, get func(uint32) *T) iter.Seq[*T] {
	return func(yield func(*T) bool) {
		for n := range nodes {
			if nodes[n].structure == structure && !yield(get(uint32(n))) { //nolint:gosec // few
				return
			}
		}
	}
}

// StaffOf returns the staff of a structure, by attachment, function or direction.
func (m *Model) StaffOf(structure string) []string { return m.ids(m.staffAt[structure]) }

// HeadTeachers returns the staff who are head teachers (professeur principal) of some class of a structure.
func (m *Model) HeadTeachers(structure string) []string {
	var out []string
	for c := range m.ClassesOf(structure) {
		for _, h := range c.Heads {
			out = appendNew(out, h)
		}
	}
	return out
}

// Direction returns the staff who direct a structure, by the policy that makes their profile.
func (m *Model) Direction(structure string, policy ProfilePolicy) []string {
	var out []string
	for _, n := range m.staffAt[structure] {
		if s := m.staff(n); s.Profile(structure, policy) == ent.ProfileDirection {
			out = append(out, s.ID)
		}
	}
	return out
}

// numbered ties the number of a pupil inside a school to a row.
type numbered struct {
	hash uint64
	row  uint32
}

// PupilByNumber returns the pupil who has a number inside a structure (SIECLE ELEVE_ID, the key of EduConnect and of
// timetables). Source: FrEduVecteur, third part, with the UAI.
func (m *Model) PupilByNumber(structure, number string) (*Pupil, bool) {
	h := m.st.hash([]byte(classKey(structure, number)))
	at, _ := slices.BinarySearchFunc(m.numbers, h, func(n numbered, h uint64) int { return cmp.Compare(n.hash, h) })
	for ; at < len(m.numbers) && m.numbers[at].hash == h; at++ {
		if p := m.pupil(m.numbers[at].row); p.Structure == structure && p.SchoolNumber == number {
			return p, true
		}
	}
	return nil, false
}
