package directorysql_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/ent/directory/directorysql"
	"github.com/opencartable/cartable/ent/directory/directorytest"
	"github.com/opencartable/cartable/ent/enttest"
	"github.com/opencartable/cartable/internal/frtext"
)

func day(n int) ent.Date { return ent.Date{Year: 2024, Month: 11, Day: 4}.AddDays(n) }

// night compares and applies, whatever the guards say.
func night(t testing.TB, s *store, src directory.Source, on ent.Date) *directory.Plan {
	t.Helper()
	plan, err := directory.Compare(t.Context(), s, src, directory.Policy{Today: on})
	require.NoError(t, err)
	done, err := s.Apply(t.Context(), plan, directorysql.ApplyOptions{Consent: true})
	require.NoError(t, err)
	require.True(t, done.Report.Balanced())
	s.last = done.Plan
	return plan
}

// of returns the account that holds a key.
func of(t testing.TB, s *store, k directory.Key) directory.Account {
	t.Helper()
	for a, err := range s.Accounts(t.Context(), directory.Query{Keys: []directory.Key{k}}) {
		require.NoError(t, err)
		return a
	}
	require.Fail(t, "nobody holds the key", k.String())
	return directory.Account{}
}

func all(t testing.TB, s *store) []directory.Account {
	t.Helper()
	var out []directory.Account
	for a, err := range s.Accounts(t.Context(), directory.Query{All: true}) {
		require.NoError(t, err)
		out = append(out, a)
	}
	return out
}

// fixed is the reach of an asker, the same for every profile.
type fixed map[ent.Profile]access.Reach

func (f fixed) Reach(_ access.Action, of ent.Profile) access.Reach { return f[of] }

func everywhere() fixed {
	out := fixed{}
	for _, p := range ent.Profiles() {
		out[p] = access.Reach{All: true}
	}
	return out
}

// pages reads all the pages of a search.
func pages(t testing.TB, s *store, who directorysql.Reacher, q directorysql.Search) []ent.ID {
	t.Helper()
	var out []ent.ID
	for {
		p, err := s.Search(t.Context(), who, access.ActionPersonRead, q)
		require.NoError(t, err)
		for i := range p.People {
			out = append(out, p.People[i].ID)
		}
		if p.Next == "" {
			return out
		}
		require.Len(t, p.People, q.Limit)
		q.After = p.Next
	}
}

// matches says whether a name is found by a text, by looking at all of it.
func matches(n ent.Name, text string) bool {
	text = frtext.Key(text)
	words := []string{frtext.Key(n.Family + n.Given), frtext.Key(n.Given + n.Family)}
	for _, name := range []string{n.Family, n.Given, n.Birth} {
		for _, w := range strings.FieldsFunc(name, func(r rune) bool { return strings.ContainsRune(" -'’", r) }) {
			words = append(words, frtext.Key(w))
		}
	}
	return slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, text) })
}

// Every search gives what looking at everybody gives, each once, whatever the size of the pages.
func TestSearchFindsWhomTheAskerMaySee(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, fresh func() *store) {
		s := fresh()
		academy := enttest.New(enttest.Options{Seed: 5, Persons: 1500})
		night(t, s, directorytest.Source(academy, ent.SecondDegree, day(0)), day(0))
		people := all(t, s)
		var school, class ent.ID
		var pupil *directory.Account
		for i := range people {
			for _, tie := range people[i].Ties {
				if tie.Kind == directory.TieClass {
					pupil, class, school = &people[i], tie.Target, tie.Establishment
				}
			}
		}
		require.NotNil(t, pupil)
		askers := map[string]fixed{
			"everywhere": everywhere(),
			"one school": {ent.ProfilePupil: {Establishments: []ent.ID{school}}, ent.ProfileTeacher: {Establishments: []ent.ID{school}}},
			"one class":  {ent.ProfilePupil: {Classes: []ent.ID{class}}},
			"one pupil":  {ent.ProfilePupil: {Persons: []ent.ID{pupil.ID}}},
			"all but":    {ent.ProfilePupil: {All: true, Except: []ent.ID{pupil.ID}}},
			"nobody":     {},
		}
		found := 0
		for name, who := range askers {
			for _, q := range []directorysql.Search{
				{Text: "mar"},
				{Text: "Éli"},
				{Text: "o'"},
				{Text: "de la"},
				{Text: pupil.Person.Name.Given + " " + pupil.Person.Name.Family},
				{Text: "m", Profile: ent.ProfilePupil},
				{Establishment: school},
				{Establishment: school, Text: "l"},
				{Class: class},
				{Class: class, Text: "a"},
				{Class: class, Profile: ent.ProfileTeacher},
			} {
				var want []ent.ID
				for i := range people {
					a := &people[i]
					inClass := q.Class == "" || slices.ContainsFunc(a.Ties, func(x directory.Tie) bool {
						return x.Target == q.Class && x.Kind != directory.TieHead
					})
					if matches(a.Person.Name, q.Text) && inClass && mayBeSeen(a, who, &q) {
						want = append(want, a.ID)
					}
				}
				found += len(want)
				for _, limit := range []int{200, 7} {
					q.Limit = limit
					got := pages(t, s, who, q)
					slices.Sort(got)
					slices.Sort(want)
					require.Equal(t, want, got, "%s: %q class %q school %q by %d", name, q.Text, q.Class, q.Establishment, limit)
				}
			}
		}
		assert.Greater(t, found, 500)
	})
}

func mayBeSeen(a *directory.Account, who fixed, q *directorysql.Search) bool {
	for p, r := range who {
		if q.Profile != "" && q.Profile != p || !a.Has(p) {
			continue
		}
		t := directorysql.Target(a, p)
		if r.Contains(t) && (q.Establishment == "" || slices.Contains(t.Establishments, q.Establishment)) {
			return true
		}
	}
	return false
}

func TestSearchRefuses(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, fresh func() *store) {
		s := fresh()
		for _, q := range []directorysql.Search{{}, {Text: "'"}, {Text: strings.Repeat("a", 101)}, {Profile: ent.ProfilePupil}} {
			_, err := s.Search(t.Context(), everywhere(), access.ActionPersonRead, q)
			require.ErrorIs(t, err, directorysql.CodeQuery)
		}
		_, err := s.Search(t.Context(), everywhere(), access.ActionPersonRead, directorysql.Search{Text: "a", After: "nobody"})
		require.ErrorIs(t, err, directorysql.CodePage)
	})
}
