package annuaire_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/interop/annuaire"
)

// three says that the school delivers pupils, relatives and teachers only.
func three() annuaire.Options {
	return annuaire.Options{School: school(), Delivers: []annuaire.Profile{annuaire.Student, annuaire.Relative, annuaire.Teacher}}
}

func delivery(student, relative, teacher string) []annuaire.File {
	return []annuaire.File{
		file(annuaire.Student, "Nom;Prénom;Date de naissance;Classe;Courriel\n"+student),
		file(annuaire.Relative, "Nom;Prénom;Téléphone;Nom enfant;Prénom enfant\n"+relative),
		file(annuaire.Teacher, "Nom;Prénom;Classe\n"+teacher),
	}
}

const (
	leaTom   = "A;Léa;01/01/2015;CP;lea@x.test\nA;Tom;01/01/2014;CE1;tom@x.test\n"
	marie    = "X;Marie;0199000001;A;Léa\n"
	teachers = "T;Jean;CP\nU;Jeanne;CE1\n"
)

func state(t *testing.T, b *directory.Book, given string) directory.Account {
	t.Helper()
	for a := range b.All() {
		if a.Person.Name.Given == given {
			return a
		}
	}
	require.Fail(t, "nobody of this name", given)
	return directory.Account{}
}

// The same files again change nothing; a corrected phone, accent or class changes that person and makes no new one.
func TestKeysAreStable(t *testing.T) {
	t.Parallel()
	b := directory.NewBook(directory.Places{}, nil)
	s, issues := read(t, three(), delivery(leaTom, marie, teachers)...)
	require.Empty(t, issues)
	require.True(t, s.Feed().Complete)
	night(t, b, s, 1)
	require.Equal(t, 5, b.Len())
	s, _ = read(t, three(), delivery(leaTom, marie, teachers)...)
	assert.True(t, night(t, b, s, 2).Empty())

	s, _ = read(t, three(), delivery(strings.Replace(leaTom, "A;Léa;01/01/2015;CP", "a;LEA;2015-01-01;CE1", 1), strings.Replace(marie, "01;A;Léa", "02;A;LEA", 1), teachers)...)
	night(t, b, s, 3)
	assert.Equal(t, 5, b.Len())
	assert.Equal(t, "0199000002", state(t, b, "Marie").Person.Contact.Home)
	lea := state(t, b, "LEA")
	assert.Equal(t, directory.Active, lea.State)
	assert.Contains(t, lea.Ties, directory.Tie{Kind: directory.TieClass, Target: "4001$CE1", Origin: "csv:9990001X", Establishment: "4001"})
	assert.Equal(t, directory.Active, state(t, b, "Marie").State)
}

// A relative that the school lists may sign in, through the child.
func TestRelativeMaySignIn(t *testing.T) {
	t.Parallel()
	for responsibility, want := range map[ent.Responsibility][2]bool{
		"": {true, false}, ent.ResponsibilityLegal: {true, true}, ent.ResponsibilityNone: {false, false},
	} {
		b := directory.NewBook(directory.Places{}, nil)
		o := three()
		o.Responsibility = responsibility
		s, _ := read(t, o, delivery(leaTom, marie, teachers)...)
		night(t, b, s, 1)
		a := state(t, b, "Marie")
		assert.Equal(t, want[0], directory.RelativesInCharge.MaySignIn(&a), responsibility)
		assert.Equal(t, want[1], directory.RelativesLegal.MaySignIn(&a), responsibility)
	}
}

// Who is absent has left when all is there, and only then.
func TestWhoLeaves(t *testing.T) {
	t.Parallel()
	gone := "A;Léa;01/01/2015;CP;lea@x.test\n"
	for _, c := range []struct {
		name     string
		o        annuaire.Options
		files    func() []annuaire.File
		complete bool
	}{
		{"all is there", three(), func() []annuaire.File { return delivery(gone, marie, teachers) }, true},
		{"no file of teachers", three(), func() []annuaire.File { return delivery(gone, marie, teachers)[:2] }, false},
		{"no file of guests", annuaire.Options{}, func() []annuaire.File { return delivery(gone, marie, teachers) }, false},
		{"a row refused", three(), func() []annuaire.File { return delivery(gone+";Tom;01/01/2014;CE1;\n", marie, teachers) }, false},
		{"a namesake refused", three(), func() []annuaire.File { return delivery(gone+"A;Léa;01/01/2015;CM2;\n", marie, teachers) }, true},
		{"partial", annuaire.Options{Delivers: three().Delivers, Partial: true}, func() []annuaire.File { return delivery(gone, marie, teachers) }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := directory.NewBook(directory.Places{}, nil)
			s, _ := read(t, three(), delivery(leaTom, marie, teachers)...)
			night(t, b, s, 1)
			s, issues := read(t, c.o, c.files()...)
			assert.Equal(t, c.complete, s.Feed().Complete)
			assert.Equal(t, !c.complete && !c.o.Partial, has(issues, annuaire.CodePartial))
			p, err := directory.Compare(t.Context(), b, s, directory.Policy{
				Today: ent.Date{Year: 2025, Month: 9, Day: 2},
				Guard: directory.Guard{Consent: func(directory.Population) bool { return true }},
			})
			require.NoError(t, err)
			require.NoError(t, p.Blocked())
			b.Apply(p, func(ch *directory.Change) ent.ID { return ent.ID(ch.Key.String()) })
			want := directory.Active
			if c.complete {
				want = directory.Missing
			}
			assert.Equal(t, want, state(t, b, "Tom").State)
			assert.Equal(t, directory.Active, state(t, b, "Jean").State)
		})
	}
}

// A file without a column, a row without a cell, a value that is not valid: none of them clears what is known.
func TestWhatIsNotStatedIsNotCleared(t *testing.T) {
	t.Parallel()
	for name, student := range map[string]string{
		"no column of mails":      "Nom;Prénom;Date de naissance;Classe\nA;Léa;01/01/2015;CP\nA;Tom;01/01/2014;CE1\n",
		"a mail that is none":     "Nom;Prénom;Date de naissance;Classe;Courriel\nA;Léa;01/01/2015;CP;nobody\nA;Tom;01/01/2014;CE1;tom@x.test\n",
		"a row that stops before": "Nom;Prénom;Date de naissance;Classe;Courriel\nA;Léa;01/01/2015;CP\nA;Tom;01/01/2014;CE1;tom@x.test\n",
	} {
		b := directory.NewBook(directory.Places{}, nil)
		s, _ := read(t, three(), delivery(leaTom, marie, teachers)...)
		night(t, b, s, 1)
		s, _ = read(t, three(), file(annuaire.Student, student))
		night(t, b, s, 2)
		lea := state(t, b, "Léa")
		assert.Equal(t, "lea@x.test", lea.Person.Contact.Mail, name)
		assert.True(t, slices.ContainsFunc(lea.Ties, func(x directory.Tie) bool { return x.Kind == directory.TieRelative }), "%s: no file of relatives, the tie stays", name)
	}
	b := directory.NewBook(directory.Places{}, nil)
	s, _ := read(t, three(), delivery(leaTom, marie, teachers)...)
	night(t, b, s, 1)
	s, _ = read(t, three(), delivery(strings.Replace(leaTom, "lea@x.test", "", 1), strings.Replace(marie, ";A;Léa", ";A;Tom", 1), teachers)...)
	night(t, b, s, 2)
	lea := state(t, b, "Léa")
	assert.Empty(t, lea.Person.Contact.Mail, "an empty cell of a column that is there clears")
	assert.False(t, slices.ContainsFunc(lea.Ties, func(x directory.Tie) bool { return x.Kind == directory.TieRelative }))
}

// Teachers and other staff are one category and two files: a column of the one says nothing of the other.
func TestColumnsOfOneFileSayNothingOfAnother(t *testing.T) {
	t.Parallel()
	b := directory.NewBook(directory.Places{}, nil)
	s, _ := read(t, annuaire.Options{}, file(annuaire.Personnel, "Nom;Prénom;Courriel\nA;B;b@x.test\n"))
	night(t, b, s, 1)
	s, _ = read(t, annuaire.Options{}, file(annuaire.Personnel, "Nom;Prénom\nA;B\n"), file(annuaire.Teacher, "Nom;Prénom;Courriel\nC;D;d@x.test\n"))
	night(t, b, s, 2)
	assert.Equal(t, "b@x.test", state(t, b, "B").Person.Contact.Mail)
}

// Two schools that share an origin: the complete files of the one let nobody of the other leave.
func TestSharedOriginIsScoped(t *testing.T) {
	t.Parallel()
	b := directory.NewBook(directory.Places{}, nil)
	o := annuaire.Options{Origin: "csv:commune", Delivers: []annuaire.Profile{annuaire.Student}}
	o.School = ent.Establishment{ID: "1"}
	s, _ := read(t, o, file(annuaire.Student, "Nom;Prénom;Date de naissance\nA;B;01/01/2015\n"))
	assert.Equal(t, []ent.ID{"1"}, s.Feed().Scope)
	night(t, b, s, 1)
	o.School = ent.Establishment{ID: "2"}
	s, _ = read(t, o, file(annuaire.Student, "Nom;Prénom;Date de naissance\nA;B;01/01/2015\n"))
	assert.True(t, s.Feed().Complete)
	night(t, b, s, 2)
	assert.Equal(t, 2, b.Len(), "the same names in two schools are two")
	for a := range b.All() {
		assert.Equal(t, directory.Active, a.State)
	}
}

// A child named by identifier, whose relative is not in the files, waits; a guard hears of it.
func TestNamedRelativeWaits(t *testing.T) {
	t.Parallel()
	s, _ := read(t, annuaire.Options{}, file(annuaire.Student, "Nom;Prénom;Date de naissance;Relative;Relative\nA;B;01/01/2015;77;77\n"))
	key := directory.Key{Origin: "csv:9990001X", Category: directory.Relative, ID: "77"}
	assert.Equal(t, []directory.Key{key}, s.Feed().Named)
	assert.Equal(t, []string{"?77 in-charge"}, ties(s, s.List[0], directory.TieRelative))
}
