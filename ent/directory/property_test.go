package directory_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/ent/directory/directorytest"
	"github.com/opencartable/cartable/ent/enttest"
)

func day(n int) ent.Date { return ent.Date{Year: 2024, Month: 11, Day: 4}.AddDays(n) }

func compare(t testing.TB, b *directory.Book, src directory.Source, p directory.Policy) *directory.Plan {
	t.Helper()
	plan, err := directory.Compare(t.Context(), b, src, p)
	require.NoError(t, err)
	require.True(t, plan.Report().Balanced())
	return plan
}

func open(t testing.TB, src directory.Source, on ent.Date) *directory.Book {
	t.Helper()
	b := directory.NewBook(directory.Places{}, nil)
	plan := compare(t, b, src, directory.Policy{Today: on})
	require.NoError(t, plan.Blocked())
	_, report := b.Apply(plan, directorytest.Keyed)
	require.True(t, report.Balanced())
	require.Zero(t, report.Total().Refused)
	return b
}

// state writes all that a book holds.
func state(t testing.TB, b *directory.Book) map[ent.ID]directory.Account {
	t.Helper()
	out := map[ent.ID]directory.Account{}
	for a := range b.All() {
		a.Version = 0
		out[a.ID] = a
	}
	return out
}

// shuffled returns the feed of another night: some records gone, some changed, the rest in another order.
func shuffled(june *directory.Records, rng *rand.Rand) *directory.Records {
	out := &directory.Records{What: june.What, Places: june.Places}
	out.What.Date = june.What.Date.AddDays(1)
	for _, r := range june.List {
		switch n := rng.IntN(100); {
		case n < 3:
			continue
		case n < 8:
			r.Person.Contact.Mail = fmt.Sprintf("autre%d@exemple.test", n)
		case n < 12 && len(r.Ties) > 1:
			r.Ties = slices.Delete(slices.Clone(r.Ties), 1, 2)
		case n < 14 && r.Person.Schooling != nil:
			s := *r.Person.Schooling
			s.Regime = ent.RegimeBoarder
			r.Person.Schooling = &s
		}
		out.List = append(out.List, r)
	}
	rng.Shuffle(len(out.List), func(i, j int) { out.List[i], out.List[j] = out.List[j], out.List[i] })
	return out
}

// Properties over random pairs of feeds: after the plan what the source owns is what the source says, leavers are missing,
// what is owned by hand is untouched; a second plan is empty; undo gives the state before.
func TestPropertiesOfAPlan(t *testing.T) {
	t.Parallel()
	seeds := 12
	if testing.Short() {
		seeds = 3
	}
	for seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			rng := rand.New(rand.NewPCG(uint64(seed), 7))
			degree := ent.SecondDegree
			if seed%3 == 2 {
				degree = ent.FirstDegree
			}
			june := directorytest.Source(enttest.New(enttest.Options{Seed: uint64(seed), Persons: 800}), degree, day(0))
			b := open(t, june, day(0))
			byHand := hands(t, b, rng)
			before := state(t, b)

			src := shuffled(june, rng)
			policy := directory.Policy{Today: day(1), Guard: directory.Guard{Consent: func(directory.Population) bool { return true }}}
			plan := compare(t, b, src, policy)
			require.NoError(t, plan.Blocked())
			undo, report := b.Apply(plan, directorytest.Keyed)
			require.True(t, report.Balanced())
			require.Zero(t, report.Total().Refused)

			agrees(t, b, src, byHand)
			again := compare(t, b, src, policy)
			assert.Empty(t, slices.Collect(again.Changes()), "a second plan is empty")
			b.Undo(undo)
			after := state(t, b)
			require.Len(t, after, len(before))
			for id, a := range before {
				require.Equal(t, a, after[id], "undo gives the state before")
			}
		})
	}
}

// hands changes the mobile and ties of some people by hand and returns whose.
func hands(t *testing.T, b *directory.Book, rng *rand.Rand) map[ent.ID]string {
	t.Helper()
	out := map[ent.ID]string{}
	var edits []directory.Edit
	for a := range b.All() {
		if rng.IntN(20) != 0 {
			continue
		}
		v := fmt.Sprintf("hand%d@exemple.test", len(out))
		out[a.ID] = v
		edits = append(edits, directory.Edit{
			Account: a.ID, States: []ent.Field{"contact.mail", "class"}, Person: ent.Person{Contact: ent.Contact{Mail: v}},
		})
	}
	places, err := b.Places(t.Context())
	require.NoError(t, err)
	plan := compare(t, b, directory.ByHand(places, edits...), directory.Policy{Today: day(0)})
	_, report := b.Apply(plan, directorytest.Keyed)
	require.Zero(t, report.Total().Refused)
	return out
}

// agrees compares every record of a source with the account that holds its key, and the accounts without a record.
func agrees(t *testing.T, b *directory.Book, src *directory.Records, byHand map[ent.ID]string) {
	t.Helper()
	present := map[directory.Key]bool{}
	for h := range src.Heads() {
		r := src.Record(h)
		present[r.Key] = true
		a, ok := b.Account(b.Holder(r.Key))
		require.True(t, ok)
		assert.Equal(t, directory.Active, a.State)
		for _, f := range directory.PersonFields() {
			want := directory.Value(&r.Person, f)
			if hand, owned := byHand[a.ID]; owned && f == "contact.mail" {
				want = hand
			}
			require.Equal(t, want, directory.Value(&a.Person, f), "%s of %s", f, a.ID)
		}
		var got, want []string
		for _, x := range a.Ties {
			if x.Origin == src.What.Origin {
				got = append(got, string(x.Kind)+" "+string(x.Target)+x.Relative.ID+" "+string(x.Responsibility)+string(x.Subject))
			}
		}
		for _, x := range r.Ties {
			target := x.Target
			if x.Kind == directory.TieRelative {
				target = b.Holder(x.Relative)
			}
			want = append(want, string(x.Kind)+" "+string(target)+x.Relative.ID+" "+string(x.Responsibility)+string(x.Subject))
		}
		slices.Sort(got)
		slices.Sort(want)
		require.Equal(t, slices.Compact(want), got, a.ID)
	}
	children := map[ent.ID]map[ent.ID]bool{}
	for a := range b.All() {
		if len(a.Keys) > 0 && !present[a.Keys[0].Key] {
			assert.Equal(t, directory.Missing, a.State, "who is absent is missing")
		}
		for _, x := range a.Ties {
			if x.Kind != directory.TieRelative || x.Target == "" || x.Responsibility == ent.ResponsibilityNone {
				continue
			}
			for _, y := range a.Ties {
				if y.Kind == directory.TieEstablishment {
					if children[x.Target] == nil {
						children[x.Target] = map[ent.ID]bool{}
					}
					children[x.Target][y.Target] = true
				}
			}
		}
	}
	for a := range b.All() {
		if a.Category != directory.Relative {
			continue
		}
		got := map[ent.ID]bool{}
		for _, x := range a.Ties {
			got[x.Target] = true
		}
		want := children[a.ID]
		if want == nil {
			want = map[ent.ID]bool{}
		}
		require.Equal(t, want, got, "a relative is where the children are: %s", a.ID)
	}
}

// The plan does not depend on the order of the records, and has the same bytes twice.
func TestSameInputSameBytes(t *testing.T) {
	t.Parallel()
	june := directorytest.Source(enttest.New(enttest.Options{Seed: 4, Persons: 600}), ent.SecondDegree, day(0))
	b := open(t, june, day(0))
	src := shuffled(june, rand.New(rand.NewPCG(1, 1)))
	other := &directory.Records{What: src.What, Places: src.Places, List: slices.Clone(src.List)}
	slices.Reverse(other.List)
	p1 := file(t, compare(t, b, src, directory.Policy{Today: day(1)}))
	p2 := file(t, compare(t, b, src, directory.Policy{Today: day(1)}))
	p3 := file(t, compare(t, b, other, directory.Policy{Today: day(1)}))
	assert.Equal(t, p1, p2)
	assert.Equal(t, p1, p3)
}

func TestSummerPassesTheGuardAndALostChunkDoesNot(t *testing.T) {
	t.Parallel()
	seeds := uint64(3)
	if testing.Short() {
		seeds = 1
	}
	for seed := range seeds {
		june := directorytest.Source(enttest.New(enttest.Options{Seed: seed, Persons: 8000}), ent.SecondDegree, ent.Date{Year: 2025, Month: 6, Day: 20})
		b := open(t, june, ent.Date{Year: 2025, Month: 6, Day: 20})
		september := directorytest.September(june, ent.Date{Year: 2025, Month: 9, Day: 8}, seed)
		policy := directory.Policy{Today: ent.Date{Year: 2025, Month: 9, Day: 8}}
		plan := compare(t, b, september, policy)
		require.NoError(t, plan.Blocked(), "a summer is not a disaster")
		assert.Positive(t, plan.Count(directory.OpSuspend, directory.ObjectPerson))

		winter := policy
		winter.Guard.Summer.Never = true
		require.ErrorIs(t, compare(t, b, september, winter).Blocked(), directory.CodeGuard, "in winter it would be one")

		pupils := slices.IndexFunc(september.List, func(r directory.Record) bool { return r.Key.Category != directory.Pupil })
		const chunks = 10
		for n := range chunks {
			lost := directorytest.Lose(september, pupils*n/chunks, pupils*(n+1)/chunks)
			plan := compare(t, b, lost, policy)
			require.ErrorIs(t, plan.Blocked(), directory.CodeNamed, "chunk %d lost", n)
			assert.NotEmpty(t, plan.Blocks()[0].Pos.Record, "the guard names the school")
		}
	}
}
