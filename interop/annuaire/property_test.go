package annuaire_test

import (
	"encoding/csv"
	"maps"
	"math/rand/v2"
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

// rowsOf writes rows as a spreadsheet does.
func rowsOf(rows [][]string) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	w.Comma, w.UseCRLF = ';', true
	if w.WriteAll(rows) != nil {
		return ""
	}
	return b.String()
}

// onde writes the pupils and relatives of a school as ONDE does: no identifier, children by name. The mail of each person
// holds their identifier, so that a test knows who is who; it is no part of a key.
func onde(p people) (pupils, relatives [][]string) {
	class := map[ent.ID]string{}
	for _, c := range p.classes {
		class[c.ID] = c.Label
	}
	pupils = [][]string{{"Nom élève", "Nom d'usage élève", "Prénom élève", "Date naissance", "Classe", "Courriel"}}
	byID := map[ent.ID]*enttest.Pupil{}
	for i := range p.pupils {
		x := &p.pupils[i]
		byID[x.ID] = x
		pupils = append(pupils, []string{x.Name.Family, "", x.Name.Given, x.BirthDate.French(), class[x.Schooling.Classes[0]], string(x.ID) + "@x.test"})
	}
	head := []string{"Nom responsable", "Prénom responsable", "Courriel"}
	for range 8 {
		head = append(head, "Nom de famille enfant", "Prénom enfant", "Classes enfants")
	}
	relatives = [][]string{head}
	for i := range p.relatives {
		x := &p.relatives[i]
		row := []string{x.Name.Family, x.Name.Given, string(x.ID) + "@x.test"}
		for _, id := range x.Children {
			if c := byID[id]; c != nil {
				row = append(row, c.Name.Family, c.Name.Given, class[c.Schooling.Classes[0]])
			}
		}
		for len(row) < len(head) {
			row = append(row, "")
		}
		relatives = append(relatives, row)
	}
	return pupils, relatives
}

func idOf(r directory.Record) ent.ID {
	id, _, _ := strings.Cut(r.Person.Contact.Mail, "@")
	return ent.ID(id)
}

// Without identifiers, with namesakes in number: no tie is made that the school did not mean, each one that is not made has
// an issue, and the keys are the same whatever the order of rows and files.
func TestNoTieIsGuessed(t *testing.T) {
	t.Parallel()
	made, missed := 0, 0
	for seed := range uint64(5) {
		a := enttest.New(enttest.Options{Seed: seed, Persons: 1500, OddPerMille: 120})
		for e := range a.Establishments() {
			if e.Degree != ent.FirstDegree || len(a.ClassesOf(e.ID)) == 0 {
				continue
			}
			p := peopleOf(t, a, e.ID)
			pupils, relatives := onde(p)
			meant := map[[2]ent.ID]bool{}
			for _, x := range p.pupils {
				for _, r := range x.Relations {
					meant[[2]ent.ID{x.ID, r.Relative}] = true
				}
			}
			o := annuaire.Options{School: e, Delivers: []annuaire.Profile{annuaire.Student, annuaire.Relative}}
			read1, issues := read(t, o, file(annuaire.Student, rowsOf(pupils)), file(annuaire.Relative, rowsOf(relatives)))
			who := map[directory.Key]ent.ID{}
			for _, r := range read1.List {
				who[r.Key] = idOf(r)
			}
			got := map[[2]ent.ID]bool{}
			for _, r := range read1.List {
				for _, x := range r.Ties {
					if x.Kind == directory.TieRelative {
						pair := [2]ent.ID{idOf(r), who[x.Relative]}
						require.True(t, meant[pair], "%v", pair)
						got[pair] = true
					}
				}
			}
			made += len(got)
			if n := len(meant) - len(got); n > 0 {
				missed += n
				require.True(t, has(issues, annuaire.CodeAmbiguousChild) || has(issues, annuaire.CodeDuplicate), "%d ties missing", n)
			}
			rand.New(rand.NewPCG(seed, 1)).Shuffle(len(pupils)-1, func(i, j int) { pupils[i+1], pupils[j+1] = pupils[j+1], pupils[i+1] }) //nolint:gosec // a test
			read2, _ := read(t, o, file(annuaire.Relative, rowsOf(relatives)), file(annuaire.Student, rowsOf(pupils)))
			require.Equal(t, keysOf(read1), keysOf(read2))
		}
	}
	assert.Greater(t, made, 1000)
	assert.Less(t, missed*20, made)
}

func keysOf(s *annuaire.Source) []string {
	out := map[string]bool{}
	for _, r := range s.List {
		out[r.Key.String()] = true
	}
	return slices.Sorted(maps.Keys(out))
}
