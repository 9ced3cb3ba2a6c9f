// Package gradebooktest proves a store of gradebooks: nothing written is lost, nobody overwrites, a lock holds.
//
//	gradebooktest.Run(t, func(t *testing.T) gradebook.Store { return gradebook.NewMemory() })
package gradebooktest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/gradebook"
)

const (
	tenant  = ent.Tenant("t")
	class   = ent.ID("3A")
	period  = ent.ID("T1")
	teacher = ent.ID("prof")
)

var at = time.Date(2026, 10, 5, 9, 30, 0, 0, time.UTC)

func mark(pupil ent.ID, base int64, points string) gradebook.Entry {
	return gradebook.Entry{
		Key:     gradebook.Key{Kind: gradebook.EntryMark, Period: period, Teaching: "FR", Of: "d1", Pupil: pupil},
		Version: base + 1, Class: class, Epoch: 1, By: teacher, At: at,
		Value: gradebook.Value{Result: gradebook.Points(decimal.RequireFromString(points))},
	}
}

func open(t *testing.T, s gradebook.Store) {
	t.Helper()
	require.NoError(t, s.PutTerm(t.Context(), tenant, gradebook.TermChange{
		Term: gradebook.Term{Class: class, Period: period, State: gradebook.LockOpen, Version: 1}, By: "head", At: at,
	}))
}

func save(t *testing.T, s gradebook.Store, entries ...gradebook.Entry) []gradebook.Outcome {
	t.Helper()
	out, err := s.Save(t.Context(), tenant, entries)
	require.NoError(t, err)
	require.Len(t, out, len(entries))
	return out
}

func all(t *testing.T, s gradebook.Store) []gradebook.Entry {
	t.Helper()
	list, err := s.Entries(t.Context(), tenant, gradebook.Query{Periods: []ent.ID{period}})
	require.NoError(t, err)
	return list
}

// Run proves a store; empty returns a new one.
func Run(t *testing.T, empty func(t *testing.T) gradebook.Store) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, gradebook.Store){
		"Terms": terms, "SaveAndRead": saveAndRead, "Conflicts": conflicts, "Locks": locks, "Revise": revise,
		"ConcurrentGrids": concurrentGrids, "LockWhileWriting": lockWhileWriting, "Tenants": tenants,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, empty(t))
		})
	}
}

func terms(t *testing.T, s gradebook.Store) {
	open(t, s)
	next := gradebook.Term{
		Class: class, Period: period, State: gradebook.LockClosed, Version: 2, LockedAt: at, Council: ent.Date{Year: 2026, Month: 12, Day: 3},
		Reopened: []gradebook.Reopening{{Teaching: "FR", Until: at.Add(time.Hour)}},
	}
	require.NoError(t, s.PutTerm(t.Context(), tenant, gradebook.TermChange{Term: next, By: "head", At: at, Why: "conseil"}))
	require.ErrorIs(t, s.PutTerm(t.Context(), tenant, gradebook.TermChange{Term: next, By: "other", At: at}), gradebook.CodeConflict, "over a version that is not the last")
	first := next
	first.Version = 1
	require.ErrorIs(t, s.PutTerm(t.Context(), tenant, gradebook.TermChange{Term: first, By: "other", At: at}), gradebook.CodeConflict)
	list, err := s.Terms(t.Context(), tenant, []ent.ID{class, "4B"})
	require.NoError(t, err)
	assert.Equal(t, []gradebook.Term{next}, list)
	trail, err := s.TermHistory(t.Context(), tenant, class, period)
	require.NoError(t, err)
	require.Len(t, trail, 2)
	assert.Equal(t, gradebook.LockOpen, trail[0].Term.State)
	assert.Equal(t, "conseil", trail[1].Why)
	assert.Equal(t, ent.ID("head"), trail[1].By)
	assert.True(t, at.Equal(trail[1].At))
}

func saveAndRead(t *testing.T, s gradebook.Store) {
	open(t, s)
	text := gradebook.Entry{
		Key:     gradebook.Key{Kind: gradebook.EntryAppreciation, Period: period, Teaching: "FR", Pupil: "zoe"},
		Version: 1, Class: class, Epoch: 1, By: teacher, At: at, Value: gradebook.Value{Text: "Élève sérieuse.\n« Continue ! » 🎓 'x\" \\u0041"},
	}
	status := mark("noe", 0, "1")
	status.Value.Result = gradebook.Without(gradebook.StatusAbsent)
	first := mark("zoe", 0, "12.50")
	assert.Equal(t, []gradebook.Outcome{gradebook.OutcomeSaved, gradebook.OutcomeSaved, gradebook.OutcomeSaved}, save(t, s, first, status, text))
	second := mark("zoe", 1, "13")
	assert.Equal(t, []gradebook.Outcome{gradebook.OutcomeSaved}, save(t, s, second))

	list := all(t, s)
	require.Len(t, list, 3)
	for _, e := range list {
		assert.True(t, at.Equal(e.At))
	}
	assert.Equal(t, text.Value.Text, list[0].Value.Text)
	assert.Equal(t, gradebook.StatusAbsent, list[1].Value.Result.Status())
	assert.True(t, list[2].Value.Equal(second.Value))
	assert.Equal(t, int64(2), list[2].Version)
	assert.Equal(t, class, list[2].Class)

	trail, err := s.History(t.Context(), tenant, first.Key)
	require.NoError(t, err)
	require.Len(t, trail, 2, "what was written before is kept")
	assert.True(t, trail[0].Value.Equal(first.Value))

	cleared := second
	cleared.Version, cleared.Value, cleared.Why = 3, gradebook.Value{}, "erreur de saisie"
	save(t, s, cleared)
	trail, err = s.History(t.Context(), tenant, first.Key)
	require.NoError(t, err)
	require.Len(t, trail, 3)
	assert.True(t, trail[2].Value.Empty())
	assert.Equal(t, "erreur de saisie", trail[2].Why)

	for name, q := range map[string]gradebook.Query{
		"pupil":    {Periods: []ent.ID{period}, Pupils: []ent.ID{"noe"}},
		"kind":     {Periods: []ent.ID{period}, Kinds: []gradebook.EntryKind{gradebook.EntryAppreciation}},
		"teaching": {Periods: []ent.ID{period}, Teachings: []ent.ID{"FR"}, Pupils: []ent.ID{"zoe"}, Kinds: []gradebook.EntryKind{gradebook.EntryMark}},
	} {
		list, err := s.Entries(t.Context(), tenant, q)
		require.NoError(t, err)
		assert.Len(t, list, 1, name)
	}
	none, err := s.Entries(t.Context(), tenant, gradebook.Query{Periods: []ent.ID{"T2"}})
	require.NoError(t, err)
	assert.Empty(t, none)
}

func conflicts(t *testing.T, s gradebook.Store) {
	open(t, s)
	save(t, s, mark("zoe", 0, "12"))
	for _, base := range []int64{0, 2, 99} {
		out := save(t, s, mark("zoe", base, "5"), mark("noe", 0, "9"))
		assert.Equal(t, gradebook.OutcomeConflict, out[0], "over version %d", base)
	}
	list := all(t, s)
	require.Len(t, list, 2)
	assert.True(t, list[1].Value.Equal(mark("zoe", 0, "12").Value), "theirs is kept")
}

func locks(t *testing.T, s gradebook.Store) {
	assert.Equal(t, gradebook.OutcomeStale, save(t, s, mark("zoe", 0, "12"))[0], "without a term nothing is written")
	open(t, s)
	require.NoError(t, s.PutTerm(t.Context(), tenant, gradebook.TermChange{
		Term: gradebook.Term{Class: class, Period: period, State: gradebook.LockClosed, Version: 2}, By: "head", At: at,
	}))
	assert.Equal(t, gradebook.OutcomeStale, save(t, s, mark("zoe", 0, "12"))[0], "the term that allowed it is gone")
	assert.Empty(t, all(t, s))
}

func revise(t *testing.T, s gradebook.Store) {
	open(t, s)
	assessment := gradebook.Entry{
		Key:     gradebook.Key{Kind: gradebook.EntryAssessment, Period: period, Teaching: "FR", Of: "d1"},
		Version: 1, Class: class, Epoch: 1, By: teacher, At: at,
		Value: gradebook.Value{Assessment: &gradebook.Assessment{ID: "d1", Teaching: "FR", Period: period, Label: "Dictée", Scale: decimal.New(20, 0), Coefficient: decimal.New(1, 0)}},
	}
	seen := -1
	out, err := s.Revise(t.Context(), tenant, assessment, []ent.ID{class}, func(m []gradebook.Entry, _ []gradebook.Term) error { seen = len(m); return nil })
	require.NoError(t, err)
	assert.Equal(t, gradebook.OutcomeSaved, out)
	assert.Zero(t, seen)
	m := mark("zoe", 0, "18")
	assert.Equal(t, gradebook.OutcomeSaved, save(t, s, m)[0], "a new assessment disturbs nobody")

	forty := *assessment.Value.Assessment
	forty.Scale = decimal.New(40, 0)
	assessment.Version, assessment.Value = 2, gradebook.Value{Assessment: &forty}
	out, err = s.Revise(t.Context(), tenant, assessment, []ent.ID{class}, func(m []gradebook.Entry, _ []gradebook.Term) error { seen = len(m); return nil })
	require.NoError(t, err)
	assert.Equal(t, gradebook.OutcomeSaved, out)
	assert.Equal(t, 1, seen)
	list, err := s.Terms(t.Context(), tenant, []ent.ID{class})
	require.NoError(t, err)
	require.Len(t, list, 1)
	assert.Equal(t, int64(2), list[0].Version)
	late := mark("noe", 0, "19")
	assert.Equal(t, gradebook.OutcomeStale, save(t, s, late)[0], "marks checked against the former scale come too late")
	late.Epoch = 2
	assert.Equal(t, gradebook.OutcomeSaved, save(t, s, late)[0])

	assessment.Version, assessment.Epoch = 3, 2
	refused := fmt.Errorf("above: %w", gradebook.CodeScaleMarks)
	_, err = s.Revise(t.Context(), tenant, assessment, []ent.ID{class}, func(m []gradebook.Entry, _ []gradebook.Term) error { seen = len(m); return refused })
	require.ErrorIs(t, err, gradebook.CodeScaleMarks)
	assert.Equal(t, 2, seen)
	trail, err := s.History(t.Context(), tenant, assessment.Key)
	require.NoError(t, err)
	require.Len(t, trail, 2, "nothing is changed")
	assert.Equal(t, "Dictée", trail[0].Value.Assessment.Label)
	assessment.Version = 9
	out, err = s.Revise(t.Context(), tenant, assessment, []ent.ID{class}, func([]gradebook.Entry, []gradebook.Term) error { return nil })
	require.NoError(t, err)
	assert.Equal(t, gradebook.OutcomeConflict, out)
}

// concurrentGrids has two teachers save one grid of 35 pupils again and again: every value that was said to be saved is in the
// trail, each once, and each version follows the one that its writer had seen.
func concurrentGrids(t *testing.T, s gradebook.Store) {
	open(t, s)
	const pupils, turns, writers = 35, 6, 4
	id := func(p int) ent.ID { return ent.ID(fmt.Sprintf("p%02d", p)) }
	var wg sync.WaitGroup
	saved := make([]map[string]bool, writers)
	collisions := make([]int, writers)
	for w := range writers {
		saved[w] = map[string]bool{}
		wg.Go(func() {
			for turn := range turns {
				list, err := s.Entries(t.Context(), tenant, gradebook.Query{Periods: []ent.ID{period}})
				if !assert.NoError(t, err) {
					return
				}
				base := map[ent.ID]int64{}
				for _, e := range list {
					base[e.Pupil] = e.Version
				}
				var grid []gradebook.Entry
				for p := range pupils {
					e := mark(id(p), base[id(p)], fmt.Sprintf("%d.%02d", turn, p))
					e.By = ent.ID(fmt.Sprintf("w%d", w))
					grid = append(grid, e)
				}
				out, err := s.Save(t.Context(), tenant, grid)
				if !assert.NoError(t, err) {
					return
				}
				for i, o := range out {
					switch o {
					case gradebook.OutcomeSaved:
						saved[w][fmt.Sprint(grid[i].Pupil, grid[i].Version)] = true
					case gradebook.OutcomeConflict:
						collisions[w]++
					default:
						assert.Fail(t, "outcome", o)
					}
				}
			}
		})
	}
	wg.Wait()
	total := 0
	for w := range writers {
		total += len(saved[w]) + collisions[w]
	}
	assert.Equal(t, writers*turns*pupils, total, "each mark was saved, or its conflict told")
	for p := range pupils {
		trail, err := s.History(t.Context(), tenant, mark(id(p), 0, "1").Key)
		require.NoError(t, err)
		for i, e := range trail {
			require.Equal(t, int64(i)+1, e.Version, "no hole, no double")
			var w int
			_, err := fmt.Sscanf(string(e.By), "w%d", &w)
			require.NoError(t, err)
			key := fmt.Sprint(e.Pupil, e.Version)
			assert.True(t, saved[w][key], "only what was said to be saved is there")
			delete(saved[w], key)
		}
	}
	for w := range writers {
		assert.Empty(t, saved[w], "what was said to be saved is there")
	}
}

// lockWhileWriting locks the term while marks are saved: those that were accepted were written under the open term.
func lockWhileWriting(t *testing.T, s gradebook.Store) {
	open(t, s)
	var wg sync.WaitGroup
	locked := make(chan struct{})
	count := make([]int, 3)
	for w := range count {
		wg.Go(func() {
			for i := 0; ; i++ {
				out, err := s.Save(t.Context(), tenant, []gradebook.Entry{mark(ent.ID(fmt.Sprintf("w%d-%d", w, i)), 0, "10")})
				if !assert.NoError(t, err) {
					return
				}
				if out[0] != gradebook.OutcomeSaved {
					assert.Equal(t, gradebook.OutcomeStale, out[0])
					return
				}
				count[w]++
				select {
				case <-locked:
					assert.Fail(t, "a mark was accepted after the lock")
					return
				default:
				}
			}
		})
	}
	time.Sleep(20 * time.Millisecond)
	require.NoError(t, s.PutTerm(t.Context(), tenant, gradebook.TermChange{
		Term: gradebook.Term{Class: class, Period: period, State: gradebook.LockClosed, Version: 2}, By: "head", At: at,
	}))
	wg.Wait()
	assert.Len(t, all(t, s), count[0]+count[1]+count[2])
}

func tenants(t *testing.T, s gradebook.Store) {
	open(t, s)
	save(t, s, mark("zoe", 0, "12"))
	list, err := s.Entries(t.Context(), "other", gradebook.Query{Periods: []ent.ID{period}})
	require.NoError(t, err)
	assert.Empty(t, list)
	out, err := s.Save(t.Context(), "other", []gradebook.Entry{mark("zoe", 1, "3")})
	require.NoError(t, err)
	assert.Equal(t, []gradebook.Outcome{gradebook.OutcomeStale}, out)
	none, err := s.Terms(t.Context(), "other", []ent.ID{class})
	require.NoError(t, err)
	assert.Empty(t, none)
}
