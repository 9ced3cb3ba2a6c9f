package annuaire_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/internal/samples"
	"github.com/opencartable/cartable/interop/annuaire"
)

func sample(t *testing.T, as string, elem ...string) annuaire.File {
	t.Helper()
	path := samples.Dir(t, elem...)
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	if as == "" {
		as = filepath.Base(path)
	}
	return annuaire.File{Name: as, Content: strings.NewReader(string(b))}
}

// Acceptance G of the page on SIECLE and ONDE: the three BE1D exports, told by their names.
func TestAcceptanceGOfOnde(t *testing.T) {
	t.Parallel()
	s, issues := read(
		t, annuaire.Options{},
		sample(t, "", "siecle", "onde", "be1d-CSVExtraction-responsables.csv"),
		sample(t, "", "siecle", "onde", "be1d-CSVExtraction-eleves.csv"),
		sample(t, "", "siecle", "onde", "be1d-CSVExtraction-enseignants.csv"),
	)
	lea, tom, eloise := find(t, s, "Léa"), find(t, s, "Tom"), find(t, s, "Éloïse")
	assert.Equal(t, "2017-03-05", lea.Person.BirthDate.String())
	assert.Equal(t, "2016-06-01", tom.Person.BirthDate.String())
	assert.Equal(t, []string{"1 allée; bâtiment B"}, eloise.Person.Contact.Address.Lines)
	assert.Equal(t, ent.Name{Title: "M.", Family: "MARTIN", Birth: "DUPONT-FICTIF", Given: "Tom"}, tom.Person.Name)
	require.Len(t, s.Places.Classes, 2)
	assert.Equal(t, "CM2 M. Tableau", s.Places.Classes[0].Code, "classes are sorted by name")
	assert.Equal(t, "CP-CE1 Mme Craie", s.Places.Classes[1].Code)
	assert.Equal(t, []string{"CP", "CE1"}, s.Places.Classes[1].Levels)
	assert.Equal(t, ent.MEF("00310002220"), eloise.Person.Schooling.Programme)
	assert.Equal(t, "1125", eloise.Person.Schooling.LevelCode)

	assert.Equal(t, []string{"Sophie in-charge"}, ties(s, lea, directory.TieRelative))
	assert.Equal(t, []string{"Sophie in-charge"}, ties(s, tom, directory.TieRelative))
	assert.Equal(t, []string{"Pablo in-charge"}, ties(s, eloise, directory.TieRelative), "NANDU Eloise in the file")
	assert.Equal(t, "CHILD-UNKNOWN@:4:36 PARTIAL@", codes(issues), "the child of Xavier is not among the pupils")
	assert.Equal(t, []string{"4001$CP-CE1 Mme Craie"}, ties(s, find(t, s, "Béatrice"), directory.TieTeaching))
	for _, f := range s.Files() {
		assert.Equal(t, "windows-1252", f.Charset)
		assert.EqualValues(t, map[annuaire.Profile]int64{annuaire.Student: 3, annuaire.Relative: 3, annuaire.Teacher: 2}[f.Profile], f.Rows.Kept)
	}
	second := false
	for _, l := range s.Report().Losses() {
		second = second || l.Field == "address2" && l.Count == 1
	}
	assert.True(t, second, "the second address of Tom is counted as lost")
}

// Acceptance G: two physical forms of one ONDE export give the same pupils, whose keys are those of the older export too.
func TestAcceptanceGOfOndeTwoFormsOneMeaning(t *testing.T) {
	t.Parallel()
	want := map[string]string{"Léa": "2017-03-05", "Tom": "2016-06-01", "Éloïse": "2015-12-31"}
	keys := map[string]directory.Key{}
	for _, name := range []string{"onde-eleves-utf8-bom.csv", "onde-eleves-latin9-sans-guillemets.csv", "be1d-CSVExtraction-eleves.csv"} {
		s, _ := read(t, annuaire.Options{}, sample(t, "", "siecle", "onde", name))
		require.Len(t, s.List, 3)
		for given, born := range want {
			r := find(t, s, given)
			assert.Equal(t, born, r.Person.BirthDate.String(), name)
			if keys[given].IsZero() {
				keys[given] = r.Key
			}
			assert.Equal(t, keys[given], r.Key, name)
		}
	}
}

// The header alone tells whom an ONDE export is about.
func TestOndeExportsAreToldByTheirHeader(t *testing.T) {
	t.Parallel()
	for from, want := range map[string]annuaire.Profile{
		"be1d-CSVExtraction-eleves.csv": annuaire.Student, "be1d-CSVExtraction-responsables.csv": annuaire.Relative,
		"be1d-CSVExtraction-enseignants.csv": annuaire.Teacher, "onde-eleves-utf8-bom.csv": annuaire.Student,
	} {
		s, _ := read(t, annuaire.Options{}, sample(t, "CSVExtraction.csv", "siecle", "onde", from))
		assert.Equal(t, want, s.Files()[0].Profile, from)
	}
}

// The peer's sample of teachers: functions in their three forms.
func TestFunctionsOfThePeersSample(t *testing.T) {
	t.Parallel()
	s, _ := read(t, annuaire.Options{}, sample(t, "", "aaf", "peers", "entcore-csv", "before", "enseignants.csv"))
	functions := func(given string) []ent.Function { return find(t, s, given).Ties[0].Functions }
	assert.Equal(t, []ent.Function{{Code: "DIR", Label: "DIRECTION", Discipline: "D0011", DisciplineLabel: "CHEF D'ETABLISSEMENT ADJOINT"}}, functions("A000"))
	assert.Empty(t, functions("A001"))
	assert.Equal(t, []ent.Function{{Label: "Fonction qui ne sera plus attribuée"}}, functions("A002"))
	s, _ = read(t, annuaire.Options{}, sample(t, "", "aaf", "peers", "entcore-csv", "after", "enseignants.csv"))
	assert.Equal(t, []ent.Function{{DisciplineLabel: "Fonction au format AAF via import CSV"}}, functions("A005"))
}
