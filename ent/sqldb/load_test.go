package sqldb_test

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/ent/sqldb/sqldbtest"
)

func rowColumns() []string {
	return []string{"tenant", "id", "family", "given", "birth", "mail", "profile", "establishment", "level", "source", "created", "seen"}
}

// oddTexts are those that a way of writing rows could get wrong.
func oddTexts() []any {
	return []any{"", nil, "NULL", `"`, `\`, `\N`, "a,b", "{a}", "l'été", "tab\tline\nend\r", "日本", `\\"`, " ", "$1", "'", "\u2028", `{"a":[1]}`}
}

// manyRows yields n rows, always in one slice: what a loader keeps, it must copy.
func manyRows(n int, random *rand.Rand) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		odd := oddTexts()
		row := make([]any, len(rowColumns()))
		for i := range n {
			row[0], row[1] = string(tenant), fmt.Sprintf("p-%07d", i)
			for c := 2; c < 10; c++ {
				row[c] = odd[random.IntN(len(odd))]
			}
			row[10], row[11] = random.Int64()-random.Int64(), nil
			if i%3 > 0 {
				row[11] = int64(i)
			}
			if !yield(row) {
				return
			}
		}
	}
}

// ways runs fn in a transaction of ours and in one that is joined: each has its way to load.
func ways(t *testing.T, fn func(t *testing.T, db *sqldb.DB, in func(func(*sqldb.Tx) error) error)) {
	t.Helper()
	t.Run("updated", func(t *testing.T) {
		t.Parallel()
		sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
			fn(t, db, func(f func(*sqldb.Tx) error) error { return db.Update(t.Context(), tenant, f) })
		}, sample())
	})
	t.Run("joined", func(t *testing.T) {
		t.Parallel()
		sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
			fn(t, db, func(f func(*sqldb.Tx) error) error {
				tx, err := db.Handle().BeginTx(t.Context(), nil)
				require.NoError(t, err)
				defer tx.Rollback() //nolint:errcheck // nothing after a commit
				in, err := db.Join(tx, tenant)
				require.NoError(t, err)
				if err := f(in); err != nil {
					return err
				}
				return tx.Commit()
			})
		}, sample())
	})
}

func TestAHundredThousandRowsComeBackEqual(t *testing.T) {
	t.Parallel()
	ways(t, func(t *testing.T, db *sqldb.DB, in func(func(*sqldb.Tx) error) error) {
		size := rounds(100_000)
		require.NoError(t, in(func(tx *sqldb.Tx) error {
			n, err := tx.Load(t.Context(), "row", rowColumns(), manyRows(size, rand.New(rand.NewPCG(1, 2))))
			assert.EqualValues(t, size, n)
			if err != nil {
				return err
			}
			return insertThing(t.Context(), tx, "after") // the transaction goes on
		}))
		next, stop := iter.Pull(manyRows(size, rand.New(rand.NewPCG(1, 2))))
		defer stop()
		seen := 0
		require.NoError(t, db.View(t.Context(), tenant, func(tx *sqldb.Tx) error {
			return tx.Query(t.Context(), `SELECT * FROM {row} ORDER BY id`, nil, func(row sqldb.Scanner) error {
				got := make([]any, len(rowColumns()))
				into := make([]any, len(got))
				for i := range got {
					into[i] = &got[i]
				}
				if err := row.Scan(into...); err != nil {
					return err
				}
				want, _ := next()
				if !assert.Equal(t, want, got) {
					return context.Canceled
				}
				seen++
				return nil
			})
		}))
		assert.Equal(t, size, seen)
		assert.EqualValues(t, 1, things(t, db))
	})
}

func TestLoadsOfEverySize(t *testing.T) {
	t.Parallel()
	ways(t, func(t *testing.T, db *sqldb.DB, in func(func(*sqldb.Tx) error) error) {
		for _, size := range []int{0, 1, 2, 49, 50, 51, 99, 100, 101, 151} {
			require.NoError(t, in(func(tx *sqldb.Tx) error {
				if _, err := tx.Exec(t.Context(), `DELETE FROM {row}`); err != nil {
					return err
				}
				n, err := tx.Load(t.Context(), "row", rowColumns(), manyRows(size, rand.New(rand.NewPCG(3, 4))))
				assert.EqualValues(t, size, n)
				return err
			}))
			assert.EqualValues(t, size, number(t, db, `SELECT count(*) FROM {row}`))
		}
	})
}

func TestKindsOfValues(t *testing.T) {
	t.Parallel()
	ways(t, func(t *testing.T, db *sqldb.DB, in func(func(*sqldb.Tx) error) error) {
		require.NoError(t, in(func(tx *sqldb.Tx) error {
			_, err := tx.Load(t.Context(), "kind", []string{"b", "f"}, slices.Values([][]any{{[]byte{0, 1, '\\', '"', 255}, true}, {nil, false}, {[]byte{}, nil}}))
			return err
		}))
		require.NoError(t, in(func(tx *sqldb.Tx) error {
			day := ent.SchoolYear(2026)
			_, err := tx.Load(t.Context(), "thing", []string{"tenant", "id", "number"}, slices.Values([][]any{{tenant, ent.ID("a"), day}, {tenant, ent.ID("b"), 7}, {tenant, ent.ID("c"), uint8(8)}}))
			return err
		}))
		assert.EqualValues(t, 2026+7+8, number(t, db, `SELECT sum(number) FROM {thing} WHERE tenant = $1`, string(tenant)))
		require.NoError(t, db.View(t.Context(), tenant, func(tx *sqldb.Tx) error {
			var b []byte
			var f bool
			err := tx.QueryRow(t.Context(), `SELECT b, f FROM {kind} WHERE f = true`, nil, &b, &f)
			assert.Equal(t, []byte{0, 1, '\\', '"', 255}, b)
			assert.True(t, f)
			return err
		}))
		assert.EqualValues(t, 1, number(t, db, `SELECT count(*) FROM {kind} WHERE b IS NULL`))
		assert.EqualValues(t, 1, number(t, db, `SELECT count(*) FROM {kind} WHERE f IS NULL`))
	})
}

func TestALoadThatDoesNotFitLoadsNothing(t *testing.T) {
	t.Parallel()
	ways(t, func(t *testing.T, db *sqldb.DB, in func(func(*sqldb.Tx) error) error) {
		ctx := t.Context()
		cols := []string{"tenant", "id", "number"}
		good := []any{"rennes", "a", int64(1)}
		for name, c := range map[string]struct {
			table string
			cols  []string
			rows  [][]any
			code  ent.Code
		}{
			"a row too short":         {"thing", cols, [][]any{good, {"rennes", "b"}}, sqldb.CodeRow},
			"a row too long":          {"thing", cols, [][]any{{"rennes", "b", int64(1), nil}}, sqldb.CodeRow},
			"an instant":              {"thing", cols, [][]any{{"rennes", "b", time.Now()}}, ""},
			"the same key twice":      {"thing", cols, [][]any{good, good}, sqldb.CodeDuplicate},
			"a missing value":         {"thing", cols, [][]any{good, {"rennes", "b", nil}}, sqldb.CodeConstraint},
			"a column of no name":     {"thing", []string{"tenant", `id"`}, nil, sqldb.CodeName},
			"no column":               {"thing", nil, nil, sqldb.CodeName},
			"a table of another case": {"Thing", cols, nil, sqldb.CodeName},
			"a table that is not":     {"nothing", cols, [][]any{good}, sqldb.CodeDatabase},
			"a column that is not":    {"thing", []string{"tenant", "id", "size"}, [][]any{good}, sqldb.CodeDatabase},
			"a struct":                {"thing", cols, [][]any{{"rennes", "b", struct{}{}}}, ""},
		} {
			err := in(func(tx *sqldb.Tx) error {
				_, err := tx.Load(ctx, c.table, c.cols, slices.Values(c.rows))
				return err
			})
			require.Error(t, err, name)
			if c.code != "" {
				require.ErrorIs(t, err, c.code, name)
			}
			assert.Zero(t, things(t, db), name)
		}
		err := in(func(tx *sqldb.Tx) error {
			_, err := tx.Load(ctx, "thing", cols, func(yield func([]any) bool) {
				_, err := tx.Exec(ctx, `DELETE FROM {thing}`)
				assert.ErrorIs(t, err, sqldb.CodeOpen)
				yield(good)
			})
			return err
		})
		require.ErrorIs(t, err, sqldb.CodeOpen)
		assert.PanicsWithValue(t, "oh", func() {
			_ = in(func(tx *sqldb.Tx) error {
				_, err := tx.Load(ctx, "thing", cols, func(yield func([]any) bool) {
					yield(good)
					panic("oh")
				})
				return err
			})
		})
		assert.Zero(t, things(t, db))
		require.NoError(t, in(func(tx *sqldb.Tx) error {
			_, err := tx.Load(ctx, "thing", cols, slices.Values([][]any{good}))
			return err
		}), "and then all is well")
		assert.EqualValues(t, 1, things(t, db))
	})
}

func TestALoadLeavesThePagesAsTheyWere(t *testing.T) {
	t.Parallel()
	db := sqldbtest.NewPlace(t, sqldb.SQLite).DB(t, optionsWithPrefix(""), sample())
	update(t, db, func(tx *sqldb.Tx) error {
		var before, after int64
		require.NoError(t, tx.QueryRow(t.Context(), `PRAGMA cache_size`, nil, &before))
		_, err := tx.Load(t.Context(), "row", rowColumns(), manyRows(10, rand.New(rand.NewPCG(1, 2))))
		require.NoError(t, err)
		require.NoError(t, tx.QueryRow(t.Context(), `PRAGMA cache_size`, nil, &after))
		assert.Equal(t, before, after)
		return nil
	})
}
