package sqldb_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/ent/sqldb/open"
	"github.com/opencartable/cartable/ent/sqldb/sqldbtest"
)

func TestAnErrorOrAPanicRollsBack(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		refused := errors.New("refused")
		var kept *sqldb.Tx
		err := db.Update(t.Context(), tenant, func(tx *sqldb.Tx) error {
			kept = tx
			require.NoError(t, insertThing(t.Context(), tx, "a"))
			return refused
		})
		require.ErrorIs(t, err, refused)
		_, err = kept.Exec(t.Context(), `DELETE FROM {thing}`)
		require.ErrorIs(t, err, sqldb.CodeEnded, "the transaction is over")
		assert.PanicsWithValue(t, "oh", func() {
			_ = db.Update(t.Context(), tenant, func(tx *sqldb.Tx) error {
				require.NoError(t, insertThing(t.Context(), tx, "a"))
				panic("oh")
			})
		})
		assert.Zero(t, things(t, db))
		update(t, db, func(tx *sqldb.Tx) error { return insertThing(t.Context(), tx, "a") })
		require.NoError(t, gapless(t.Context(), db))
		assert.EqualValues(t, 1, things(t, db))
	}, sample())
}

// What one engine forgives and the other does not, neither forgives.
func TestAnErrorThatIsOverlookedDoesNotCommit(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		err := db.Update(t.Context(), tenant, func(tx *sqldb.Tx) error {
			require.NoError(t, insertThing(t.Context(), tx, "a"))
			require.ErrorIs(t, insertThing(t.Context(), tx, "a"), sqldb.CodeDuplicate)
			require.ErrorIs(t, insertThing(t.Context(), tx, "b"), sqldb.CodeDuplicate, "nothing more is sent")
			return nil
		})
		require.ErrorIs(t, err, sqldb.CodeDuplicate)
		assert.Zero(t, things(t, db))
	}, sample())
}

// Each transaction reads, then writes what it read plus one: deferred transactions of SQLite would fail by the hundred.
func TestSixteenWritersOfOneHandleNeverFail(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := tx.Exec(t.Context(), `INSERT INTO {thing} (tenant, id, number) VALUES ($1, 'a', 0)`, string(tenant))
			return err
		})
		each := rounds(25)
		var all sync.WaitGroup
		for range 16 {
			all.Go(func() {
				for range each {
					assert.NoError(t, db.Update(t.Context(), tenant, func(tx *sqldb.Tx) error {
						read := `SELECT number FROM {thing} WHERE tenant = $1 AND id = 'a'`
						if tx.Engine() == sqldb.PostgreSQL {
							read += ` FOR UPDATE`
						}
						var n int64
						if err := tx.QueryRow(t.Context(), read, []any{string(tenant)}, &n); err != nil {
							return err
						}
						_, err := tx.Exec(t.Context(), `UPDATE {thing} SET number = $1 WHERE tenant = $2 AND id = 'a'`, n+1, string(tenant))
						return err
					}))
				}
			})
		}
		all.Wait()
		assert.EqualValues(t, 16*each, number(t, db, `SELECT number FROM {thing}`))
	}, sample())
}

// Two transactions lock two rows in opposite orders: PostgreSQL ends one, which runs again. SQLite lets one in at a time.
func TestADeadlockIsTriedAgain(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		update(t, db, func(tx *sqldb.Tx) error {
			return errors.Join(insertThing(t.Context(), tx, "a"), insertThing(t.Context(), tx, "b"))
		})
		var runs atomic.Int64
		var all, met sync.WaitGroup
		if db.Engine() == sqldb.PostgreSQL {
			met.Add(2)
		}
		for _, order := range [][]string{{"a", "b"}, {"b", "a"}} {
			all.Go(func() {
				assert.NoError(t, db.Update(t.Context(), tenant, func(tx *sqldb.Tx) error {
					first := runs.Add(1) <= 2
					for i, id := range order {
						if _, err := tx.Exec(t.Context(), `UPDATE {thing} SET number = number + 10 WHERE tenant = $1 AND id = $2`, string(tenant), id); err != nil {
							return fmt.Errorf("wrapped by the caller: %w", err)
						}
						if i == 0 && first && db.Engine() == sqldb.PostgreSQL {
							met.Done()
							met.Wait() // until the other has its row
						}
					}
					return nil
				}))
			})
		}
		all.Wait()
		assert.EqualValues(t, 1+20+2+20, number(t, db, `SELECT sum(number) FROM {thing}`))
		if db.Engine() == sqldb.PostgreSQL {
			assert.EqualValues(t, 3, runs.Load(), "there was a deadlock")
		}
	}, sample())
}

func TestRetriesEndWithTheirNumber(t *testing.T) {
	t.Parallel()
	for retries, want := range map[int]int{0: 11, 3: 4, -1: 1} {
		var pauses []int64
		jitter := func(n int64) int64 { pauses = append(pauses, n); return 0 }
		db, err := open.SQLite(t.Context(), ":memory:", open.Options{Retries: retries, Jitter: jitter})
		require.NoError(t, err)
		defer db.Close()
		runs := 0
		err = db.Update(t.Context(), tenant, func(*sqldb.Tx) error { runs++; return sqldb.CodeBusy })
		require.ErrorIs(t, err, sqldb.CodeBusy)
		assert.Equal(t, want, runs)
		assert.Len(t, pauses, want-1)
		for i := 1; i < len(pauses); i++ {
			assert.GreaterOrEqual(t, pauses[i], pauses[i-1], "pauses grow")
		}
	}
}

// Another process that holds the file for longer than SQLite waits is an error that says so, in the end.
func TestAFileHeldByAnotherIsBusy(t *testing.T) {
	t.Parallel()
	p := sqldbtest.NewPlace(t, sqldb.SQLite)
	db, other := p.DB(t, open.Options{Retries: 1}, sample()), p.DB(t, open.Options{})
	db.Handle().SetMaxOpenConns(1)
	_, err := db.Handle().ExecContext(t.Context(), "PRAGMA busy_timeout = 20")
	require.NoError(t, err)
	update(t, other, func(*sqldb.Tx) error {
		err := db.Update(t.Context(), tenant, func(*sqldb.Tx) error { return errors.New("it ran") })
		assert.ErrorIs(t, err, sqldb.CodeBusy)
		return nil
	})
	update(t, db, func(tx *sqldb.Tx) error { return insertThing(t.Context(), tx, "a") })
}

func TestAViewDoesNotWriteAndSeesOnePicture(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		err := db.View(t.Context(), tenant, func(tx *sqldb.Tx) error { return insertThing(t.Context(), tx, "a") })
		require.ErrorIs(t, err, sqldb.CodeReadOnly)
		require.NoError(t, db.View(t.Context(), tenant, func(tx *sqldb.Tx) error {
			var before, after int64
			require.NoError(t, tx.QueryRow(t.Context(), `SELECT count(*) FROM {thing}`, nil, &before))
			done := make(chan error)
			go func() {
				done <- db.Update(t.Context(), tenant, func(tx *sqldb.Tx) error { return insertThing(t.Context(), tx, "b") })
			}()
			require.NoError(t, <-done)
			require.NoError(t, tx.QueryRow(t.Context(), `SELECT count(*) FROM {thing}`, nil, &after))
			assert.Equal(t, before, after)
			return nil
		}))
		assert.EqualValues(t, 1, things(t, db))
	}, sample())
}

// The one connection of a database in memory is the database: a view leaves it able to write, a cancelled write leaves it.
func TestADatabaseInMemoryOutlivesACancelledWrite(t *testing.T) {
	t.Parallel()
	db, err := open.SQLite(t.Context(), ":memory:", open.Options{})
	require.NoError(t, err)
	defer db.Close()
	require.NoError(t, db.Migrate(t.Context(), sample()))
	update(t, db, func(tx *sqldb.Tx) error { return insertThing(t.Context(), tx, "a") })
	require.ErrorIs(t, db.View(t.Context(), tenant, func(tx *sqldb.Tx) error { return insertThing(t.Context(), tx, "b") }), sqldb.CodeReadOnly)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	err = db.Update(ctx, tenant, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO {thing} (tenant, id, number)
			WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT 'x', 'x' || i, i FROM n`)
		return err
	})
	require.ErrorIs(t, err, sqldb.CodeCancelled)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	assert.EqualValues(t, 1, things(t, db))
	update(t, db, func(tx *sqldb.Tx) error { return insertThing(t.Context(), tx, "b") })
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			assert.NoError(t, db.Update(t.Context(), tenant, func(tx *sqldb.Tx) error { return insertThing(t.Context(), tx, fmt.Sprint(i)) }))
		})
	}
	all.Wait()
	require.NoError(t, gapless(t.Context(), db))
}

func TestATransactionHasATenant(t *testing.T) {
	t.Parallel()
	db, err := open.SQLite(t.Context(), ":memory:", open.Options{})
	require.NoError(t, err)
	defer db.Close()
	nothing := func(*sqldb.Tx) error { t.Error("it ran"); return nil }
	require.ErrorIs(t, db.Update(t.Context(), "", nothing), sqldb.CodeTenant)
	require.ErrorIs(t, db.View(t.Context(), "", nothing), sqldb.CodeTenant)
	_, err = db.Join(nil, "")
	require.ErrorIs(t, err, sqldb.CodeTenant)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, db.Update(ctx, tenant, nothing), sqldb.CodeCancelled)
}

func TestNoStatementWhileRowsAreRead(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		update(t, db, func(tx *sqldb.Tx) error { return insertThing(t.Context(), tx, "a") })
		err := db.Update(t.Context(), tenant, func(tx *sqldb.Tx) error {
			return tx.Query(t.Context(), `SELECT id FROM {thing}`, nil, func(sqldb.Scanner) error {
				_, err := tx.Exec(t.Context(), `DELETE FROM {thing}`)
				return err
			})
		})
		require.ErrorIs(t, err, sqldb.CodeOpen)
		assert.EqualValues(t, 1, things(t, db))
	}, sample())
}

func TestRows(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		update(t, db, func(tx *sqldb.Tx) error {
			for _, id := range []string{"a", "b", "c"} {
				require.NoError(t, insertThing(t.Context(), tx, id))
			}
			n, err := tx.Exec(t.Context(), `UPDATE {thing} SET number = $1 WHERE number > $2 AND tenant = $3`, int64(9), int64(1), string(tenant))
			assert.EqualValues(t, 2, n)
			return err
		})
		require.NoError(t, db.View(t.Context(), tenant, func(tx *sqldb.Tx) error {
			got, err := sqldb.All(t.Context(), tx, `SELECT id FROM {thing} ORDER BY id DESC`, nil, func(row sqldb.Scanner) (string, error) {
				var s string
				err := row.Scan(&s)
				return s, err
			})
			assert.Equal(t, []string{"c", "b", "a"}, got)
			require.NoError(t, err)
			var s string
			err = tx.QueryRow(t.Context(), `SELECT id FROM {thing} WHERE id = $1`, []any{"z"}, &s)
			require.ErrorIs(t, err, sqldb.CodeNoRow)
			require.NoError(t, tx.QueryRow(t.Context(), `SELECT id FROM {thing} ORDER BY id`, nil, &s), "no row is no failure, the first of several is read")
			assert.Equal(t, "a", s)
			stop := errors.New("stop")
			seen := 0
			require.ErrorIs(t, tx.Query(t.Context(), `SELECT id FROM {thing}`, nil, func(sqldb.Scanner) error { seen++; return stop }), stop)
			assert.Equal(t, 1, seen)
			return tx.QueryRow(t.Context(), `SELECT id FROM {thing} ORDER BY id`, nil, &s)
		}))
	}, sample())
}

// Writers of several processes, which have no turn in common, read and then write, and are never tried again: with deferred
// transactions most of them would fail, since each holds what the other reads.
func TestWritersOfSeveralProcessesNeedNoRetry(t *testing.T) {
	t.Parallel()
	p := sqldbtest.NewPlace(t, sqldb.SQLite)
	db := p.DB(t, open.Options{}, sample())
	update(t, db, func(tx *sqldb.Tx) error { return insertThing(t.Context(), tx, "a") })
	each := rounds(25)
	var all sync.WaitGroup
	for range 8 {
		own := p.DB(t, open.Options{Retries: -1})
		all.Go(func() {
			for range each {
				assert.NoError(t, own.Update(t.Context(), tenant, func(tx *sqldb.Tx) error {
					var n int64
					if err := tx.QueryRow(t.Context(), `SELECT number FROM {thing}`, nil, &n); err != nil {
						return err
					}
					_, err := tx.Exec(t.Context(), `UPDATE {thing} SET number = $1`, n+1)
					return err
				}))
			}
		})
	}
	all.Wait()
	assert.EqualValues(t, 1+8*each, number(t, db, `SELECT number FROM {thing}`))
}
