package gradebooksql_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/enttest/holdertest"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/ent/sqldb/sqldbtest"
	"github.com/opencartable/cartable/schoollife/gradebook"
	"github.com/opencartable/cartable/schoollife/gradebook/gradebooksql"
	"github.com/opencartable/cartable/schoollife/gradebook/gradebooktest"
)

func TestStore(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		var n atomic.Int64 // the tests of a store run side by side
		gradebooktest.Run(t, func(*testing.T) gradebook.Store {
			return prefixed{gradebooksql.New(db), ent.Tenant(fmt.Sprintf("school%d-", n.Add(1)))}
		})
	}, gradebooksql.Schema())
}

func TestReleasedMigrationsNeverChange(t *testing.T) {
	t.Parallel()
	sqldbtest.Frozen(t, gradebooksql.Schema(), map[string]string{
		"sql/00001_gradebook.sql": "d702c5df4e92a847bfbf7bb408f92b5c0bd8668ec38960025afc4888e876e645",
	})
}

// dump writes all the rows.
func dump(t *testing.T, db *sqldb.DB) string {
	t.Helper()
	var b strings.Builder
	for _, table := range []string{"gradebook_entry", "gradebook_term", "gradebook_term_change", "gradebook_merge"} {
		rows, err := db.Handle().QueryContext(t.Context(), db.SQL(`SELECT * FROM {`+table+`}`))
		require.NoError(t, err)
		columns, err := rows.Columns()
		require.NoError(t, err)
		for rows.Next() {
			row := make([]any, len(columns))
			for i := range row {
				row[i] = new(any)
			}
			require.NoError(t, rows.Scan(row...))
			for i := range row {
				fmt.Fprintf(&b, `"%s"`, *row[i].(*any))
			}
		}
		require.NoError(t, rows.Err())
		require.NoError(t, rows.Close())
	}
	return b.String()
}

func TestGradebookIsAHolder(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		store := gradebooksql.New(db)
		at := time.Date(2026, 10, 5, 9, 30, 0, 0, time.UTC)
		require.NoError(t, store.PutTerm(t.Context(), "t", gradebook.TermChange{
			Term: gradebook.Term{Class: "3A", Period: "T1", State: gradebook.LockOpen, Version: 1}, By: "head", At: at,
		}))
		n := 0
		holdertest.Run(t, holdertest.Part{
			Holder: store, Tenant: "t",
			Put: func(t *testing.T, mark string) ent.ID {
				t.Helper()
				n++
				id := ent.ID(fmt.Sprintf("p%d", n))
				value := map[gradebook.EntryKind]gradebook.Value{
					gradebook.EntryMark:         {Result: gradebook.Points(decimal.New(12, 0)), Text: mark + " comment"},
					gradebook.EntryLevel:        {Code: mark},
					gradebook.EntryFinal:        {Result: gradebook.Without(gradebook.Status(mark))},
					gradebook.EntryAppreciation: {Text: mark + " appreciation"},
					gradebook.EntrySynthesis:    {Text: mark + " synthesis"},
					gradebook.EntryOpinion:      {Code: mark, Text: mark},
					gradebook.EntryVisa:         {Text: mark},
				}
				terms, err := store.Terms(t.Context(), "t", []ent.ID{"3A"})
				require.NoError(t, err)
				var entries []gradebook.Entry
				for kind, v := range value {
					k := gradebook.Key{Kind: kind, Period: "T1", Pupil: id}
					switch kind {
					case gradebook.EntryMark:
						k.Teaching, k.Of = "FR", "d1"
					case gradebook.EntryLevel:
						k.Teaching, k.Of, k.Item = "FR", "d1", "c1"
					case gradebook.EntryFinal, gradebook.EntryAppreciation:
						k.Teaching = "FR"
					default:
					}
					entries = append(entries, gradebook.Entry{Key: k, Version: 1, Class: "3A", Epoch: terms[0].Version, Value: v, By: id, At: at, Why: mark + " why"})
				}
				out, err := store.Save(t.Context(), "t", entries)
				require.NoError(t, err)
				for _, o := range out {
					require.Equal(t, gradebook.OutcomeSaved, o)
				}
				return id
			},
			Dump: func(t *testing.T) string { t.Helper(); return dump(t, db) },
		})
	}, gradebooksql.Schema())
}

// TestMergesOfEntries: what was written is told under the account that is kept, comes back when the merge is undone, in whatever
// order merges are undone, and is never lost when an account that is gone is erased.
func TestMergesOfEntries(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		store := gradebooksql.New(db)
		require.NoError(t, store.PutTerm(t.Context(), "t", gradebook.TermChange{
			Term: gradebook.Term{Class: "3A", Period: "T1", State: gradebook.LockOpen, Version: 1, President: "head"}, By: "head",
		}))
		write := func(pupil ent.ID, version int64, text string) gradebook.Outcome {
			t.Helper()
			terms, err := store.Terms(t.Context(), "t", []ent.ID{"3A"})
			require.NoError(t, err)
			out, err := store.Save(t.Context(), "t", []gradebook.Entry{{
				Key: gradebook.Key{Kind: gradebook.EntrySynthesis, Period: "T1", Pupil: pupil}, Version: version, Class: "3A", Epoch: terms[0].Version,
				Value: gradebook.Value{Text: text}, By: "prof",
			}})
			require.NoError(t, err)
			return out[0]
		}
		texts := func(pupil ent.ID) []string {
			t.Helper()
			list, err := store.History(t.Context(), "t", gradebook.Key{Kind: gradebook.EntrySynthesis, Period: "T1", Pupil: pupil})
			require.NoError(t, err)
			var out []string
			for _, e := range list {
				out = append(out, e.Value.Text)
			}
			return out
		}
		write("a", 1, "a1")
		write("a", 2, "a2")
		write("b", 1, "b1")
		for range 3 { // again and again: nothing is in the way
			require.NoError(t, store.Merge(t.Context(), "t", "b", "a"))
			assert.Equal(t, []string{"a1", "a2", "b1"}, texts("b"))
			assert.Equal(t, gradebook.OutcomeConflict, write("a", 1, "late"), "nothing is written on the account that is gone")
			require.NoError(t, store.Unmerge(t.Context(), "t", "b", "a"))
			assert.Equal(t, []string{"a1", "a2"}, texts("a"))
			assert.Equal(t, []string{"b1"}, texts("b"))
		}
		// A chain, undone from its beginning.
		require.NoError(t, store.Merge(t.Context(), "t", "b", "a"))
		require.NoError(t, store.Merge(t.Context(), "t", "c", "b"))
		require.NoError(t, store.Unmerge(t.Context(), "t", "b", "a"))
		assert.Equal(t, []string{"a1", "a2"}, texts("a"))
		require.NoError(t, store.Unmerge(t.Context(), "t", "c", "b"))
		assert.Equal(t, []string{"b1"}, texts("b"))
		assert.Empty(t, texts("c"))
		// The account that is gone is erased: what was merged stays.
		require.NoError(t, store.Merge(t.Context(), "t", "b", "a"))
		_, err := store.Erase(t.Context(), "t", "a")
		require.NoError(t, err)
		assert.Equal(t, []string{"b1", "a1", "a2"}, append(texts("b")[2:], texts("b")[:2]...))
		assert.NotContains(t, dump(t, db), `"a"`)
		// Who presides a council is held, and erased.
		held, err := store.Held(t.Context(), "t", "head")
		require.NoError(t, err)
		require.Len(t, held, 1)
		n, err := store.Erase(t.Context(), "t", "head")
		require.NoError(t, err)
		assert.Positive(t, n)
		assert.NotContains(t, dump(t, db), "head")
	}, gradebooksql.Schema())
}
