package directory_test

import (
	"bytes"
	"context"
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

// bookStore is a book as a store.
type bookStore struct {
	*directory.Book
	undo *directory.Undo
}

func (s *bookStore) ApplyPlan(_ context.Context, p *directory.Plan) (*ent.Report, error) {
	undo, report := s.Apply(p, directorytest.Keyed)
	if undo != nil {
		s.undo = undo
	}
	return report, nil
}

func (s *bookStore) UndoLast(context.Context) error {
	s.Undo(s.undo)
	return nil
}

func (s *bookStore) Activate(_ context.Context, id ent.ID) error {
	a, _ := s.Account(id)
	a.Activated = true
	s.Put(a)
	return nil
}

func TestBookIsAStore(t *testing.T) {
	t.Parallel()
	directorytest.Run(t, func(*testing.T) directorytest.Store {
		return &bookStore{Book: directory.NewBook(directory.Places{}, nil)}
	})
}

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

// The order of 30 November 2006 gives three months from the day on which the person has no title any more.
func TestDefaultDelaysKeepWithinThreeMonths(t *testing.T) {
	t.Parallel()
	d := directory.DefaultDelays()
	assert.LessOrEqual(t, d.Missing+d.Grace+2, 90, "the steps are taken on the day after each delay; from December to February there are 90 days")
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

		// Nobody names the staff: a lost chunk of them is seen by the size of the hole, however it is spread over the schools.
		staff := 0
		lost := &directory.Records{What: september.What, Places: september.Places}
		for _, r := range september.List {
			if r.Key.Category == directory.Staff {
				if staff++; staff%3 == 0 {
					continue
				}
			}
			lost.List = append(lost.List, r)
		}
		require.ErrorIs(t, compare(t, b, lost, policy).Blocked(), directory.CodeGuard, "one member of staff in three lost")
	}
}

// A plan of very many creations does not hold them: it makes them again, the same ones, each time one ranges over it.
func TestPlanOfVeryManyCreations(t *testing.T) {
	t.Parallel()
	src := directorytest.School(day(0))
	teacher := src.List[2]
	src.List = nil
	for i := range 20001 {
		r := teacher
		r.Key.ID, r.Person.Name.Given = fmt.Sprint(1000+i), fmt.Sprint("Numero", i)
		src.List = append(src.List, r)
	}
	b := directory.NewBook(directory.Places{}, nil)
	plan := compare(t, b, src, directory.Policy{Today: day(0)})
	assert.EqualValues(t, 20001, plan.Count(directory.OpCreate, directory.ObjectPerson))
	first := file(t, plan)
	assert.True(t, bytes.Equal(first, file(t, plan)))
	_, report := b.Apply(plan, directorytest.Keyed)
	assert.EqualValues(t, 20001+2+2, report.Tally(string(directory.OpCreate)).Kept, "with two schools and two classes")
	assert.Equal(t, 20001, b.Len())
	assert.True(t, compare(t, b, src, directory.Policy{Today: day(1)}).Empty())
}
