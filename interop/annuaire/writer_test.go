package annuaire_test

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/ent/enttest"
	"github.com/opencartable/cartable/interop/annuaire"
)

// shelf keeps what a writer writes.
type shelf map[string]*bytes.Buffer

func (s shelf) create(name string) (io.WriteCloser, error) {
	s[name] = &bytes.Buffer{}
	return closer{s[name]}, nil
}

func (s shelf) files() []annuaire.File {
	var out []annuaire.File
	for _, name := range slices.Sorted(maps.Keys(s)) {
		out = append(out, annuaire.File{Name: name, Content: bytes.NewReader(s[name].Bytes())})
	}
	return out
}

// people are those of a school of an academy.
type people struct {
	school    ent.Establishment
	classes   []ent.Class
	groups    []ent.Group
	pupils    []enttest.Pupil
	relatives []enttest.Relative
	staff     []ent.Person
}

func peopleOf(t testing.TB, a *enttest.Academy, id ent.ID) people {
	t.Helper()
	e, ok := a.Establishment(id)
	require.True(t, ok)
	p := people{school: e, classes: a.ClassesOf(id), groups: a.GroupsOf(id), pupils: slices.Collect(a.PupilsIn(id)), staff: slices.Collect(a.StaffIn(id))}
	wanted := map[ent.ID]bool{}
	for _, x := range p.pupils {
		for _, r := range x.Relations {
			wanted[r.Relative] = true
		}
	}
	for r := range a.Relatives() {
		if wanted[r.ID] {
			p.relatives = append(p.relatives, r)
		}
	}
	return p
}

// profileOf says in which file a member of the staff goes.
func profileOf(p *ent.Person, school ent.ID) annuaire.Profile {
	for _, a := range p.Affiliations {
		if a.Establishment == school && a.Profile == ent.ProfileTeacher {
			return annuaire.Teacher
		}
	}
	return annuaire.Personnel
}

func write(t testing.TB, p people) (shelf, *annuaire.Writer) {
	t.Helper()
	s := shelf{}
	w := annuaire.NewWriter(s.create, annuaire.WriterOptions{School: p.school, Classes: p.classes, Groups: p.groups})
	for i := range p.pupils {
		require.NoError(t, w.Write(annuaire.Student, &p.pupils[i].Person, p.pupils[i].Relations...))
	}
	for i := range p.relatives {
		require.NoError(t, w.Write(annuaire.Relative, &p.relatives[i].Person))
	}
	for i := range p.staff {
		require.NoError(t, w.Write(profileOf(&p.staff[i], p.school.ID), &p.staff[i]))
	}
	require.NoError(t, w.Close())
	require.True(t, w.Report().Balanced())
	return s, w
}

// carried is what the files have a place for, of a person.
func carried(p ent.Person) ent.Person {
	p.ID, p.Affiliations, p.Teachings, p.HeadTeacherOf = "", nil, nil, nil
	p.Name.Others = nil
	if p.Name.Birth == "" {
		p.Name.Birth = p.Name.Family
	}
	p.Contact.SMS, p.Contact.AddressShared, p.Contact.Address.Commune = "", false, ""
	if !strings.Contains(p.Contact.Mail, "@") {
		p.Contact.Mail = ""
	}
	if p.Schooling != nil {
		s := *p.Schooling
		s.Classes, s.Groups, s.SchoolNumber, s.Apprentice, s.From, s.To = nil, nil, "", nil, ent.Date{}, ent.Date{}
		if !s.INE.Valid() {
			s.INE = ""
		}
		if s.RegimeLabel == string(s.Regime) {
			s.RegimeLabel = ""
		}
		if s.LevelCode != "" { // the first degree: a level tells its programme
			s.Programme = programmes()[s.Level]
		}
		p.Schooling = &s
	}
	return p
}

func programmes() map[string]ent.MEF {
	return map[string]ent.MEF{"CP": "00110002110", "CE1": "00210002210", "CE2": "00210002220", "CM1": "00310002210", "CM2": "00310002220"}
}

// nameOf returns the identifier under which a class or group is read back: its label, or its code where two share a label.
func nameOf(p people, id ent.ID) string {
	name := string(id)
	labels := map[string]int{}
	for _, c := range p.classes {
		labels["c"+c.Label]++
	}
	for _, g := range p.groups {
		labels["g"+g.Label]++
	}
	for _, c := range p.classes {
		if c.ID == id && c.Label != "" && labels["c"+c.Label] == 1 {
			name = string(p.school.ID) + "$" + c.Label
		}
	}
	for _, g := range p.groups {
		if g.ID == id && g.Label != "" && labels["g"+g.Label] == 1 {
			name = string(p.school.ID) + "$" + g.Label
		}
	}
	return name
}

// Each school of several academies, of both degrees and with odd cases, is written and read back: the same persons under the
// same identifiers, in the same classes and groups, with the same relatives and lessons; a second writing gives the same bytes.
func TestASchoolIsReadBackAsItWasWritten(t *testing.T) {
	t.Parallel()
	persons := 0
	for seed := range uint64(4) {
		a := enttest.New(enttest.Options{Seed: seed, Persons: 2500, OddPerMille: int(seed) * 30})
		for e := range a.Establishments() {
			if len(a.ClassesOf(e.ID)) == 0 {
				continue
			}
			p := peopleOf(t, a, e.ID)
			s, _ := write(t, p)
			again, _ := write(t, p)
			for name := range s {
				require.Equal(t, s[name].String(), again[name].String())
			}
			o := annuaire.Options{School: e, Delivers: annuaire.Profiles()}
			src, issues := read(t, o, s.files()...)
			for _, i := range issues {
				require.Contains(t, []ent.Code{annuaire.CodeNoBirthDate, annuaire.CodeNoGiven}, i.Code, "%s", i)
			}
			require.True(t, src.Feed().Complete)
			persons += compareSchool(t, p, src)
		}
	}
	require.Greater(t, persons, 8000)
}

func compareSchool(t *testing.T, p people, src *annuaire.Source) int {
	t.Helper()
	byKey := map[directory.Key]*directory.Record{}
	for i := range src.List {
		byKey[src.List[i].Key] = &src.List[i]
	}
	get := func(c directory.Category, x *ent.Person) *directory.Record {
		r := byKey[directory.Key{Origin: src.Feed().Origin, Category: c, ID: string(x.ID)}]
		require.NotNil(t, r, x.ID)
		want := carried(*x)
		want.Name.Birth, r.Person.Name.Birth = orFamily(want.Name), orFamily(r.Person.Name)
		require.Equal(t, want, r.Person, x.ID)
		return r
	}
	list := func(r *directory.Record, kind directory.TieKind, group bool) []string {
		out := map[string]bool{}
		for _, x := range r.Ties {
			if x.Kind == kind && x.Group == group {
				out[string(x.Target)+x.Relative.ID] = true
			}
		}
		return slices.Sorted(maps.Keys(out))
	}
	named := func(ids ...ent.ID) []string {
		out := map[string]bool{}
		for _, id := range ids {
			if strings.HasPrefix(string(id), string(p.school.ID)+"$") {
				out[nameOf(p, id)] = true
			}
		}
		return slices.Sorted(maps.Keys(out))
	}
	for i := range p.pupils {
		x := &p.pupils[i]
		r := get(directory.Pupil, &x.Person)
		require.Equal(t, named(x.Schooling.Classes...), list(r, directory.TieClass, false))
		require.Equal(t, named(x.Schooling.Groups...), list(r, directory.TieGroup, false))
		relatives := map[string]bool{}
		for _, rel := range x.Relations {
			relatives[string(rel.Relative)] = true
		}
		require.Equal(t, slices.Sorted(maps.Keys(relatives)), list(r, directory.TieRelative, false))
	}
	for i := range p.relatives {
		get(directory.Relative, &p.relatives[i].Person)
	}
	for i := range p.staff {
		x := &p.staff[i]
		r := get(directory.Staff, x)
		var functions []ent.Function
		var classes, groups []ent.ID
		for _, a := range x.Affiliations {
			if a.Establishment == p.school.ID {
				functions = append(functions, a.Functions...)
			}
			for i := range functions { // spaces in a row are one
				functions[i].DisciplineLabel = strings.Join(strings.Fields(functions[i].DisciplineLabel), " ")
			}
		}
		for _, l := range x.Teachings {
			if l.Class != "" {
				classes = append(classes, l.Class)
			} else {
				groups = append(groups, l.Group)
			}
		}
		require.ElementsMatch(t, functions, r.Ties[0].Functions)
		require.Equal(t, named(classes...), list(r, directory.TieTeaching, false))
		require.Equal(t, named(groups...), list(r, directory.TieTeaching, true))
		require.Equal(t, named(x.HeadTeacherOf...), list(r, directory.TieHead, false))
	}
	require.Len(t, src.List, len(p.pupils)+len(p.relatives)+len(p.staff))
	return len(src.List)
}

func orFamily(n ent.Name) string {
	if n.Birth == "" {
		return n.Family
	}
	return n.Birth
}

// What the files cannot carry is counted, none in silence.
func TestLossesOfTheWriter(t *testing.T) {
	t.Parallel()
	a := enttest.New(enttest.Options{Seed: 1, Schools: 3})
	for e := range a.Establishments() {
		if e.Degree != ent.FirstDegree || len(a.ClassesOf(e.ID)) == 0 {
			continue
		}
		p := peopleOf(t, a, e.ID)
		_, w := write(t, p)
		got := map[ent.Field]int64{}
		for _, l := range w.Report().Losses() {
			got[l.Field] = l.Count
		}
		relations, others := int64(0), int64(0)
		for _, x := range p.pupils {
			relations += int64(len(x.Relations))
			others++
		}
		require.Positive(t, relations)
		assert.Equal(t, relations, got["relation.responsibility"])
		assert.Equal(t, others, got["name.others"])
		return
	}
	require.Fail(t, "no school of the first degree")
}

// A cell that a spreadsheet would compute is written as text, and read back as it was.
func TestFormulasAreWrittenAsText(t *testing.T) {
	t.Parallel()
	values := []string{"=1+1", "+33 6", "-2", "@x", "'=1", "''@x", "'plain", "plain", "a=1", "'"}
	var p people
	p.school = school()
	for i, v := range values {
		p.staff = append(p.staff, ent.Person{
			ID: ent.ID(string(rune('a' + i))), Name: ent.Name{Family: "N" + v, Given: "x"},
			Contact: ent.Contact{Address: ent.Place{Lines: []string{v, "=2"}, Town: v}}, Affiliations: []ent.Affiliation{{Establishment: "4001", Profile: ent.ProfileStaff}},
		})
	}
	s, _ := write(t, p)
	text := s["Personnel.csv"].String()
	for _, cell := range strings.FieldsFunc(text, func(r rune) bool { return r == ';' || r == '\r' }) {
		first := strings.TrimLeft(cell, "\"\ufeff\n")
		assert.False(t, first != "" && strings.ContainsRune("=+-@", rune(first[0])) && !strings.HasPrefix(first, "=2"), cell)
	}
	src, issues := read(t, annuaire.Options{Partial: true}, s.files()...)
	require.Empty(t, issues)
	for i, v := range values {
		assert.Equal(t, ent.Place{Lines: []string{v, "=2"}, Town: v}, src.List[i].Person.Contact.Address)
	}
}

func TestWriterRefuses(t *testing.T) {
	t.Parallel()
	s := shelf{}
	w := annuaire.NewWriter(s.create, annuaire.WriterOptions{School: school()})
	good := ent.Person{ID: "1", Name: ent.Name{Family: "A", Given: "B"}}
	require.ErrorIs(t, w.Write("Parent", &good), annuaire.CodeWriterProfile)
	require.ErrorIs(t, w.Write(annuaire.Guest, &ent.Person{ID: "1", Name: ent.Name{Given: "B"}}), annuaire.CodeWriterUnreadable)
	require.ErrorIs(t, w.Write(annuaire.Guest, &ent.Person{ID: "1", Name: ent.Name{Family: "A"}}), annuaire.CodeWriterUnreadable)
	require.ErrorIs(t, w.Write(annuaire.Guest, &ent.Person{ID: "Intitulé", Name: good.Name}), annuaire.CodeWriterUnreadable)
	require.NoError(t, w.Write(annuaire.Relative, &ent.Person{ID: "1", Name: ent.Name{Family: "A"}}))
	require.NoError(t, w.Close())
	require.ErrorIs(t, w.Close(), annuaire.CodeWriterClosed)
	require.ErrorIs(t, w.Write(annuaire.Guest, &good), annuaire.CodeWriterClosed)
	assert.Len(t, s, 5)
	assert.True(t, w.Report().Balanced())
	assert.EqualValues(t, 3, w.Report().Tally("Guest").Refused)

	full := errors.New("full")
	w = annuaire.NewWriter(func(string) (io.WriteCloser, error) { return nil, full }, annuaire.WriterOptions{})
	require.ErrorIs(t, w.Close(), full)
}

// A folder on disk, named and filled by the writer, is opened by its name alone.
func TestFolderOnDisk(t *testing.T) {
	t.Parallel()
	a := enttest.New(enttest.Options{Seed: 2, Schools: 3})
	for e := range a.Establishments() {
		if len(a.ClassesOf(e.ID)) == 0 {
			continue
		}
		p := peopleOf(t, a, e.ID)
		name, err := annuaire.FolderName(e, "")
		require.NoError(t, err)
		dir := filepath.Join(t.TempDir(), name)
		require.NoError(t, os.Mkdir(dir, 0o700))
		files, _ := write(t, p)
		for file, content := range files {
			require.NoError(t, os.WriteFile(filepath.Join(dir, file), content.Bytes(), 0o600))
		}
		s, err := annuaire.Open(dir, annuaire.Options{})
		require.NoError(t, err)
		assert.True(t, s.Feed().Complete)
		assert.Len(t, s.List, len(p.pupils)+len(p.relatives)+len(p.staff))
		for got := range s.Establishments() {
			assert.Equal(t, [2]string{string(e.ID), string(e.UAI)}, [2]string{string(got.ID), string(got.UAI)})
		}
	}
}

func TestFolderName(t *testing.T) {
	t.Parallel()
	name, err := annuaire.FolderName(ent.Establishment{ID: "4001", UAI: uai, Patronym: "A/B@C"}, "CP")
	require.NoError(t, err)
	assert.Equal(t, "A B C@4001_9990001X_CP", name)
	for _, e := range []ent.Establishment{{}, {ID: "a_b"}, {ID: "../x"}, {ID: "x", UAI: "bad"}} {
		_, err := annuaire.FolderName(e, "")
		require.ErrorIs(t, err, annuaire.CodeWriterUnreadable, e.ID)
	}
}
