package directorysql_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/ent/directory/directorytest"
	"github.com/opencartable/cartable/internal/samples"
)

// vector is communication.json of the samples.
type vector struct {
	Users map[string]struct {
		Profile string `json:"profile"`
		Class   ent.ID `json:"cls"`
	} `json:"users"`
	Relatives map[string][]string `json:"relatives"`
	CanWrite  map[string][]string `json:"canWrite"`
}

// feed makes a school of the vector's users.
func (v *vector) feed() *directory.Records {
	out := &directory.Records{What: directory.Feed{Origin: "csv:S"}}
	out.Places.Establishments = []directory.Place{{Establishment: ent.Establishment{ID: "S"}}}
	for _, c := range []ent.ID{"6A", "6B"} {
		out.Places.Classes = append(out.Places.Classes, ent.Class{ID: c, Establishment: "S", Code: string(c)})
	}
	key := func(id string) directory.Key {
		categories := map[string]directory.Category{"Student": directory.Pupil, "Relative": directory.Relative, "Teacher": directory.Staff, "Personnel": directory.Staff}
		return directory.Key{Origin: "csv:S", Category: categories[v.Users[id].Profile], ID: id}
	}
	profiles := map[string]ent.Profile{"Student": ent.ProfilePupil, "Teacher": ent.ProfileTeacher, "Personnel": ent.ProfileSchoolLife}
	for id, u := range v.Users {
		r := directory.Record{Key: key(id), Person: ent.Person{Name: ent.Name{Family: id, Given: "Prénom"}}}
		if p := profiles[u.Profile]; p != "" {
			r.Ties = append(r.Ties, directory.Tie{Kind: directory.TieEstablishment, Target: "S", Profile: p})
		}
		switch u.Profile {
		case "Student":
			r.Person.Schooling = &ent.Schooling{Establishment: "S"}
			r.Ties = append(r.Ties, directory.Tie{Kind: directory.TieClass, Target: u.Class})
			for relative, children := range v.Relatives {
				if slices.Contains(children, id) {
					r.Ties = append(r.Ties, directory.Tie{Kind: directory.TieRelative, Relative: key(relative), Responsibility: ent.ResponsibilityLegal})
				}
			}
		case "Teacher":
			r.Ties = append(r.Ties, directory.Tie{Kind: directory.TieTeaching, Target: u.Class})
		}
		out.List = append(out.List, r)
	}
	return out
}

// Acceptance S16 from a directory on a database: who may write to whom follows from what it holds.
func TestAcceptanceS16FromTheStore(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile(filepath.Join(samples.Dir(t, "schoollife", "vectors"), "communication.json"))
	require.NoError(t, err)
	var v vector
	require.NoError(t, json.Unmarshal(b, &v))
	rules, err := access.Default().Compile()
	require.NoError(t, err)
	n, issues := access.NewNetwork(access.DefaultCommunication().GroupsOf("S", []ent.ID{"6A", "6B"}, nil))
	require.Empty(t, issues)
	each(t, func(t *testing.T, fresh func() *store) {
		s := fresh()
		night(t, s, v.feed(), day(0))
		names, ids := map[ent.ID]string{}, []ent.ID{}
		for _, a := range all(t, s) {
			names[a.ID] = a.Keys[0].ID
			ids = append(ids, a.ID)
		}
		facts, err := s.Facts(t.Context(), day(0), ids...)
		require.NoError(t, err)
		require.Len(t, facts, 9)
		people := map[string]access.Correspondent{}
		for _, f := range facts {
			people[names[f.Person]] = n.Correspondent(access.NewScope(rules, f))
		}
		pairs, allowed := 0, 0
		for from := range people {
			for to := range people {
				if from == to {
					continue
				}
				pairs++
				m := n.May(people[from], people[to])
				assert.Equal(t, slices.Contains(v.CanWrite[from], to), m.Allowed, "%s to %s", from, to)
				if m.Allowed {
					allowed++
				}
			}
		}
		assert.Equal(t, 72, pairs)
		assert.Equal(t, 42, allowed)
	})
}

// A child whom social services not known yet are responsible for is a placed one all the same.
func TestPlacementByARelativeWhoIsNotKnown(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, fresh func() *store) {
		s := fresh()
		src := directorytest.School(day(0))
		src.List[0].Ties = append(src.List[0].Ties, directory.Tie{
			Kind: directory.TieRelative, Relative: directorytest.Key(directory.Relative, "ase"), Kinship: ent.KinshipSocialServices,
			Responsibility: ent.ResponsibilityLegal,
		})
		night(t, s, src, day(0))
		rules, err := access.Default().Compile()
		require.NoError(t, err)
		var mother, child ent.ID
		for _, a := range all(t, s) {
			switch a.Category {
			case directory.Relative:
				mother = a.ID
			case directory.Pupil:
				child = a.ID
			case directory.Staff, directory.Guest:
			}
		}
		facts, err := s.Facts(t.Context(), day(0), mother)
		require.NoError(t, err)
		require.Len(t, facts, 1)
		require.Len(t, facts[0].Children, 1)
		assert.True(t, facts[0].Children[0].Placed)
		d := access.NewScope(rules, facts[0]).Can(access.ActionMarksRead, access.Target{Person: child, Profile: ent.ProfilePupil})
		assert.False(t, d.Allowed, "nobody has decided yet")
	})
}
