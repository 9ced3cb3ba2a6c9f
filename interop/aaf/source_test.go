package aaf_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/interop/aaf"
)

func source(t testing.TB, o aaf.SourceOptions, elem ...string) *aaf.Source {
	t.Helper()
	s, err := open(t, aaf.Options{}, elem...).Source(t.Context(), o)
	require.NoError(t, err)
	return s
}

// keyed names accounts after their key, so that a test reads what it says.
func keyed(c *directory.Change) ent.ID { return ent.ID(c.Key.Category[:1]) + "-" + ent.ID(c.Key.ID) }

func night(t testing.TB, b *directory.Book, src directory.Source, day ent.Date, policy directory.Policy) *directory.Plan {
	t.Helper()
	policy.Today = day
	p, err := directory.Compare(t.Context(), b, src, policy)
	require.NoError(t, err)
	require.True(t, p.Report().Balanced())
	return p
}

func people(b *directory.Book, c directory.Category) []string {
	var out []string
	for a := range b.All() {
		if a.Category == c && a.State == directory.Active {
			out = append(out, string(a.ID[2:]))
		}
	}
	return out
}

func account(t testing.TB, b *directory.Book, id ent.ID) *directory.Account {
	t.Helper()
	a, ok := b.Account(id)
	require.True(t, ok, id)
	return &a
}

// ties writes the ties of an account of one kind, for a test to read.
func ties(a *directory.Account, kind directory.TieKind) []string {
	var out []string
	for _, x := range a.Ties {
		if x.Kind == kind {
			out = append(out, strings.TrimSuffix(string(x.Target)+" "+string(x.Responsibility), " "))
		}
	}
	slices.Sort(out)
	return out
}

func filled(t testing.TB) *directory.Book {
	t.Helper()
	b := directory.NewBook(directory.Places{}, nil)
	p := night(t, b, source(t, aaf.SourceOptions{}, "2d-complet"), ent.Date{Year: 2024, Month: 9, Day: 16}, directory.Policy{})
	require.NoError(t, p.Blocked())
	_, report := b.Apply(p, keyed)
	require.True(t, report.Balanced())
	return b
}

// Acceptance B, seen from the directory: the same people, ties and rights.
func TestAcceptanceBIntoADirectory(t *testing.T) {
	t.Parallel()
	b := filled(t)
	assert.Len(t, people(b, directory.Pupil), 7)
	assert.Len(t, people(b, directory.Relative), 7)
	assert.Len(t, people(b, directory.Staff), 10)
	a := account(t, b, "p-5000003")
	assert.Equal(t, []string{"r-6000004 legal", "r-6000005 in-charge"}, ties(a, directory.TieRelative))
	assert.Equal(t, []string{"4001$3SPE"}, ties(a, directory.TieClass))
	assert.Equal(t, []string{"4001 legal"}, ties(account(t, b, "r-6000004"), directory.TieEstablishment), "by the child")
	assert.Empty(t, ties(account(t, b, "r-6000003"), directory.TieEstablishment), "contact only: no right, no school")
	assert.Contains(t, ties(account(t, b, "p-5000006"), directory.TieRelative), " legal", "a relative who is not known is waited for")
	assert.Equal(t, []string{"4001", "4002"}, ties(account(t, b, "s-7000001"), directory.TieEstablishment))
}

// Acceptance C: the Delta applied on the Complet.
func TestAcceptanceCIntoADirectory(t *testing.T) {
	t.Parallel()
	e := readExpected(t, "2d-delta")
	b := filled(t)
	day := ent.Date{Year: 2024, Month: 9, Day: 17}
	p := night(t, b, source(t, aaf.SourceOptions{}, "2d-delta"), day, directory.Policy{})
	require.NoError(t, p.Blocked())
	assert.EqualValues(t, 1, p.Report().CountOf(directory.CodeModifyUnknown))
	_, report := b.Apply(p, keyed)
	require.True(t, report.Balanced())

	for category, want := range map[directory.Category][]string{
		directory.Pupil: e.PersonsAfter["Eleve"], directory.Relative: e.PersonsAfter["PersRelEleve"], directory.Staff: e.PersonsAfter["PersEducNat"],
	} {
		slices.Sort(want)
		assert.Equal(t, want, people(b, category), category)
	}
	assert.Equal(t, directory.Missing, account(t, b, "p-5000005").State)
	a := account(t, b, "p-5000002")
	assert.Equal(t, []string{"4001$3SPE"}, ties(a, directory.TieClass))
	assert.Empty(t, ties(a, directory.TieGroup))
	assert.Len(t, ties(a, directory.TieRelative), 3)
	assert.Contains(t, ties(a, directory.TieRelative), "r-6000009 in-charge")
	r := account(t, b, "r-6000002")
	assert.Empty(t, r.Person.Contact.Mobile, "an empty value clears")
	assert.Equal(t, "paul.martin@exemple.test", r.Person.Contact.Mail)
	s := account(t, b, "s-7000001")
	assert.Equal(t, []string{"4001"}, ties(s, directory.TieEstablishment))
	assert.Empty(t, ties(s, directory.TieHead))
	assert.NotContains(t, ties(s, directory.TieTeaching), "4002$TG1")
	links, waiting := 0, 0
	for x := range b.All() {
		if x.State != directory.Active {
			continue
		}
		for _, tie := range x.Ties {
			if tie.Kind == directory.TieRelative {
				links++
				if tie.Target == "" {
					waiting++
				}
			}
		}
	}
	assert.Equal(t, 12, links)
	assert.Equal(t, 1, waiting)

	again := night(t, b, source(t, aaf.SourceOptions{}, "2d-delta"), day, directory.Policy{})
	assert.Empty(t, slices.Collect(again.Changes()), "the same Delta again changes nothing")
	assert.EqualValues(t, 3, again.Report().CountOf(directory.CodeDeleteUnknown))
	assert.Zero(t, again.Report().CountOf(directory.CodeModifyUnknown))
}

// Acceptance C, with the policy that refuses the modification of somebody unknown.
func TestAcceptanceCRejectUnknownModifyIntoADirectory(t *testing.T) {
	t.Parallel()
	b := filled(t)
	p := night(t, b, source(t, aaf.SourceOptions{}, "2d-delta"), ent.Date{Year: 2024, Month: 9, Day: 17}, directory.Policy{RejectUnknownModify: true})
	b.Apply(p, keyed)
	assert.NotContains(t, people(b, directory.Pupil), "5009999")
	var in6A []string
	for a := range b.All() {
		if a.State == directory.Active && slices.Contains(ties(&a, directory.TieClass), "4001$6A") {
			in6A = append(in6A, string(a.ID))
		}
	}
	assert.Equal(t, []string{"p-5000001"}, in6A)
}

func TestSameCompletAgainIsAnEmptyPlan(t *testing.T) {
	t.Parallel()
	b := filled(t)
	p := night(t, b, source(t, aaf.SourceOptions{}, "2d-complet"), ent.Date{Year: 2024, Month: 9, Day: 17}, directory.Policy{})
	assert.True(t, p.Empty())
	assert.Empty(t, p.Seen())
}
