package annuaire_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/interop/annuaire"
)

const pupils = "Id;Nom;Nom d'usage;Prénom;Date de naissance;Classe\n" +
	"1;MARTIN;;Léa;01/01/2015;CP\n2;MARTIN;;Léa;01/01/2014;CE1\n3;MARTIN;PETIT;Tom;01/01/2013;CE2\n4;D'ŒUVRE;;Anne-Lise;01/01/2013;CE2\n"

// The rules by which a relative finds a child. Each row gives the cells that name the child and what comes of it.
func TestChildOfARelative(t *testing.T) {
	t.Parallel()
	const byName = "Nom;Prénom;Courriel;Nom enfant;Nom d'usage enfant;Prénom enfant;Classe enfant\n"
	for _, c := range []struct{ name, cells, child, want string }{
		{"name at birth and class", "MARTIN;;Léa;CP", "1", ""},
		{"another class", "MARTIN;;Léa;CE1", "2", ""},
		{"class spelt otherwise", "martin;;lea; ce1", "2", ""},
		{"class with the school", "MARTIN;;Léa;4001$CE1", "2", ""},
		{"two of one name", "MARTIN;;Léa;", "", "CHILD-AMBIGUOUS"},
		{"two of one name, of neither class", "MARTIN;;Léa;CM2", "", "CHILD-AMBIGUOUS"},
		{"one of the name, in another class", "MARTIN;;Tom;CP", "", "CHILD-CLASS"},
		{"name at birth and in use", "MARTIN;PETIT;Tom;CE2", "3", ""},
		{"name in use alone", ";PETIT;Tom;", "3", ""},
		{"name in use at the place of the other", "PETIT;;Tom;", "3", ""},
		{"accents, hyphens, ligatures", "D OEUVRE;;anne lise;", "4", ""},
		{"a longer first name", "MARTIN;;Tom Henri;", "", "CHILD-UNKNOWN"},
		{"nobody", "DURAND;;Zoé;", "", "CHILD-UNKNOWN"},
		{"no first name", "MARTIN;;;", "", "CHILD-MAPPING"},
		{"no last name", ";;Léa;", "", "CHILD-MAPPING"},
		{"a class and no name", ";;;CP", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, issues := read(
				t, annuaire.Options{Partial: true},
				file(annuaire.Relative, byName+"X;Marie;m@x.test;"+c.cells+"\n"), file(annuaire.Student, pupils),
			)
			got := ""
			for _, r := range s.List {
				if len(ties(s, r, directory.TieRelative)) > 0 {
					got += r.Key.ID
				}
			}
			assert.Equal(t, c.child, got)
			code := ""
			if len(issues) > 0 {
				code = strings.TrimPrefix(string(issues[0].Code), "CSV-")
			}
			if c.name == "a class and no name" {
				code = ""
			}
			assert.Equal(t, c.want, code)
			assert.EqualValues(t, 1, s.Report().Tally("Relative").Kept, "the relative is kept all the same")
		})
	}
}

// A pupil who was refused because another has the same names still makes the name ambiguous.
func TestRefusedNamesakeIsAmbiguous(t *testing.T) {
	t.Parallel()
	s, issues := read(
		t, annuaire.Options{Partial: true},
		file(annuaire.Student, "Nom;Prénom;Date de naissance;Courriel\nA;B;01/01/2015;x@y.test\nA;B;01/01/2015;z@y.test\n"),
		file(annuaire.Relative, "Nom;Prénom;Nom enfant;Prénom enfant\nC;D;A;B\n"),
	)
	assert.Equal(t, "DUPLICATE@:3 CHILD-AMBIGUOUS@:2:5", codes(issues))
	assert.Empty(t, ties(s, s.List[0], directory.TieRelative))

	_, issues = read(
		t, annuaire.Options{Partial: true},
		file(annuaire.Student, "Id;Nom;Prénom;Date de naissance\n1;A;B;01/01/2015\n1;C;D;01/01/2015\n"),
		file(annuaire.Relative, "Nom;Prénom;Id enfant\nC;D;1\n"),
	)
	assert.Equal(t, "DUPLICATE@:3 CHILD-AMBIGUOUS@:2:5", codes(issues), "nor is an identifier that two have")
}

// A relative stands on one row with several children, in columns that repeat, or on a row for each of them.
func TestChildrenOfARelative(t *testing.T) {
	t.Parallel()
	one := "Nom;Prénom;Nom enfant;Prénom enfant;Classe enfant;Nom enfant;Prénom enfant;Classe enfant\nX;Marie;MARTIN;Léa;CP;MARTIN;Tom;CE2\n"
	numbered := "Nom responsable;Prénom responsable;Nom élève 1;Nom élève 2;Prénom élève 1;Prénom élève 2;Classe élève 1;Classe élève 2\nX;Marie;MARTIN;MARTIN;Léa;Tom;CP;CE2\n"
	each := "Nom;Prénom;Courriel;Nom enfant;Prénom enfant;Classe enfant\nX;Marie;m@x.test;MARTIN;Léa;CP\nX;Marie;m@x.test;MARTIN;Tom;CE2\n"
	for name, content := range map[string]string{"tuples": one, "numbered": numbered, "a row for each": each} {
		s, issues := read(t, annuaire.Options{Partial: true}, file(annuaire.Student, pupils), file(annuaire.Relative, content))
		require.Empty(t, issues, name)
		for i, want := range []int{1, 0, 1, 0} {
			assert.Len(t, ties(s, s.List[i], directory.TieRelative), want, "%s: pupil %d", name, i+1)
		}
		assert.Len(t, s.List, 5, name)
	}
}

// Two mothers of one name are never taken for one: the second is refused unless something says that they are the same.
func TestRelativesOfOneName(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, content, want string
		tom                 int
	}{
		{"nothing but the name", "Nom;Prénom;Id enfant\nX;Marie;1\nX;Marie;3\n", "DUPLICATE@:3", 0},
		{"another mail", "Nom;Prénom;Courriel;Id enfant\nX;Marie;a@x.test;1\nX;Marie;b@x.test;3\n", "DUPLICATE@:3", 0},
		{"the same mail", "Nom;Prénom;Courriel;Id enfant\nX;Marie;a@x.test;1\nX;Marie;a@x.test;3\n", "", 1},
		{"the same home", "Nom;Prénom;Adresse;Ville;Id enfant\nX;Marie;1 rue;V;1\nX;Marie;1 rue;V;3\n", "", 1},
		{"a town is no home", "Nom;Prénom;Ville;Id enfant\nX;Marie;V;1\nX;Marie;V;3\n", "DUPLICATE@:3", 0},
		{"one identifier", "Id;Nom;Prénom;Id enfant\n9;X;Marie;1\n9;X;Marie;3\n", "", 1},
		{"one identifier, two names", "Id;Nom;Prénom;Id enfant\n9;X;Marie;1\n9;X;Jeanne;3\n", "DUPLICATE@:3", 0},
		{"two identifiers", "Id;Nom;Prénom;Id enfant\n8;X;Marie;1\n9;X;Marie;3\n", "", 1},
	} {
		s, issues := read(t, annuaire.Options{Partial: true}, file(annuaire.Student, pupils), file(annuaire.Relative, c.content))
		assert.Equal(t, c.want, codes(issues), c.name)
		assert.Len(t, ties(s, s.List[0], directory.TieRelative), 1, c.name)
		assert.Len(t, ties(s, s.List[2], directory.TieRelative), c.tom, c.name)
	}
}

// Relatives named on the rows of pupils, as timetable software exports them.
func TestRelativesOnTheRowsOfPupils(t *testing.T) {
	t.Parallel()
	const rows = "Nom;Prénom;Date de naissance;R1_NOM;R1_PRENOM;R2_NOM;R2_PRENOM\nA;Léa;01/01/2015;X;Marie;Y;Paul\nA;Tom;01/01/2014;X;Marie;;\n"
	s, issues := read(t, annuaire.Options{Partial: true}, file(annuaire.Student, rows))
	require.Empty(t, issues)
	assert.Equal(t, []string{"Marie in-charge", "Paul in-charge"}, ties(s, find(t, s, "Léa"), directory.TieRelative))
	assert.Equal(t, []string{"Marie in-charge"}, ties(s, find(t, s, "Tom"), directory.TieRelative))
	assert.Len(t, s.List, 5, "each pupil has relatives of their own")
	assert.EqualValues(t, 3, s.Report().Tally("Relative of Student").Kept)

	s, issues = read(t, annuaire.Options{Partial: true}, file(annuaire.Student, rows), file(annuaire.Relative, "Nom;Prénom;Courriel\nX;Marie;m@x.test\nY;Paul;\nY;Paul;p@y.test\n"))
	assert.Equal(t, "DUPLICATE@:4", codes(issues))
	assert.Len(t, s.List, 4, "names lead to the file of relatives where there is one")
	assert.Equal(t, []string{"Marie in-charge"}, ties(s, find(t, s, "Tom"), directory.TieRelative))

	s, issues = read(t, annuaire.Options{Partial: true}, file(annuaire.Student, rows), file(annuaire.Relative, "Id;Nom;Prénom\n1;X;Marie\n2;X;Marie\n"))
	assert.Equal(t, "RELATIVE-AMBIGUOUS@:2:18 RELATIVE-AMBIGUOUS@:3:18", codes(issues))
	assert.Empty(t, ties(s, find(t, s, "Tom"), directory.TieRelative))

	s, _ = read(
		t, annuaire.Options{Partial: true}, file(annuaire.Student, rows),
		file(annuaire.Relative, "Nom;Prénom;Nom enfant;Prénom enfant\nX;Marie;A;Tom\n"),
	)
	lea := find(t, s, "Léa")
	assert.Len(t, ties(s, find(t, s, "Tom"), directory.TieRelative), 1)
	assert.Len(t, ties(s, lea, directory.TieRelative), 2)
	for _, x := range lea.Ties {
		assert.NotEqual(t, s.List[2].Key, x.Relative, "the mother whose row names Tom alone is not taken for that of Léa")
	}
}

func TestResponsibilityIsTheCallersChoice(t *testing.T) {
	t.Parallel()
	for given, want := range map[ent.Responsibility]string{
		"": "Marie in-charge", ent.ResponsibilityLegal: "Marie legal", ent.ResponsibilityNone: "Marie none",
	} {
		s, _ := read(t, annuaire.Options{Partial: true, Responsibility: given}, file(annuaire.Student, pupils), file(annuaire.Relative, "Nom;Prénom;Id enfant\nX;Marie;1\n"))
		assert.Equal(t, []string{want}, ties(s, s.List[0], directory.TieRelative))
		for _, x := range s.List[0].Ties {
			assert.False(t, x.Financial || x.Payment || x.Contact)
			assert.Empty(t, x.Kinship)
		}
	}
}
