package sqldb_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/ent/sqldb/open"
	"github.com/opencartable/cartable/ent/sqldb/sqldbtest"
)

// rounds returns how much a loop does: less in a short run.
func rounds(n int) int {
	if testing.Short() {
		return max(1, n/5)
	}
	return n
}

// Sixteen writers, each with a handle of its own as sixteen processes would have, take numbers; one in four rolls back. At
// every moment a reader sees as many numbers as the greatest one: there is no gap, and they are committed in their order.
func TestSixteenWritersTakeNumbersWithoutGapInTheOrderOfCommits(t *testing.T) {
	t.Parallel()
	sqldbtest.Places(t, func(t *testing.T, p sqldbtest.Place) {
		const writers = 16
		each := rounds(25)
		db := p.DB(t, open.Options{}, sample())
		refused := errors.New("refused")
		var all sync.WaitGroup
		for w := range writers {
			own := p.DB(t, open.Options{MaxConns: 2}, sample())
			all.Go(func() {
				for i := range each {
					err := own.Update(t.Context(), tenant, func(tx *sqldb.Tx) error {
						if err := insertThing(t.Context(), tx, fmt.Sprint(w, "-", i)); err != nil {
							return err
						}
						if i%4 == 3 {
							return refused
						}
						return nil
					})
					if i%4 == 3 {
						assert.ErrorIs(t, err, refused)
					} else {
						assert.NoError(t, err)
					}
				}
			})
		}
		done := make(chan struct{})
		go func() { all.Wait(); close(done) }()
		looks := 0
		for running := true; running; looks++ {
			select {
			case <-done:
				running = false
			default:
			}
			require.NoError(t, gapless(t.Context(), db))
		}
		kept := 0
		for i := range each {
			if i%4 != 3 {
				kept += writers
			}
		}
		assert.EqualValues(t, kept, things(t, db))
		assert.Greater(t, looks, 1)
	})
}

// gapless says what is wrong with the numbers and the events as one reader sees them.
func gapless(ctx context.Context, db *sqldb.DB) error {
	return db.View(ctx, tenant, func(tx *sqldb.Tx) error {
		var count, greatest, distinct, counter int64
		err := tx.QueryRow(ctx, `SELECT count(*), coalesce(max(number), 0), count(DISTINCT number),
			coalesce((SELECT value FROM {counter} WHERE tenant = $1 AND name = 'thing'), 0) FROM {thing} WHERE tenant = $1`,
			[]any{string(tenant)}, &count, &greatest, &distinct, &counter)
		if err != nil {
			return err
		}
		var events, last, subjects, orphans int64
		err = tx.QueryRow(ctx, `SELECT count(*), coalesce(max(sequence), 0), count(DISTINCT subject),
			(SELECT count(*) FROM {thing} t WHERE NOT EXISTS (SELECT 1 FROM {outbox} o WHERE o.tenant = t.tenant AND o.subject = t.id))
			FROM {outbox} WHERE tenant = $1`, []any{string(tenant)}, &events, &last, &subjects, &orphans)
		if err != nil {
			return err
		}
		if count != greatest || count != distinct || count != counter || count != events || events != last || events != subjects || orphans != 0 {
			return fmt.Errorf("things %d, greatest %d, distinct %d, counter %d, events %d, last %d, subjects %d, without event %d",
				count, greatest, distinct, counter, events, last, subjects, orphans)
		}
		return nil
	})
}

func TestCountersReserveSeveralAndAreApart(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		next := func(counter string, k int64) (n int64) {
			err := db.Update(t.Context(), "t-"+tenant, func(tx *sqldb.Tx) error {
				assert.Equal(t, "t-"+tenant, tx.Tenant())
				var err error
				n, err = tx.Next(t.Context(), counter, k)
				return err
			})
			require.NoError(t, err)
			return n
		}
		assert.EqualValues(t, 1, next("invoice", 1))
		assert.EqualValues(t, 2, next("invoice", 10), "the first of ten")
		assert.EqualValues(t, 12, next("invoice", 1))
		assert.EqualValues(t, 1, next("bulletin", 1), "another counter")
		update(t, db, func(tx *sqldb.Tx) error {
			n, err := tx.Next(t.Context(), "invoice", 1)
			assert.EqualValues(t, 1, n, "another tenant")
			return err
		})
		for name, c := range map[string]struct {
			counter string
			k       int64
		}{"no name": {"", 1}, "none": {"a", 0}, "less than none": {"a", -1}, "a name of ours": {"~outbox", 1}} {
			err := db.Update(t.Context(), tenant, func(tx *sqldb.Tx) error {
				_, err := tx.Next(t.Context(), c.counter, c.k)
				return err
			})
			assert.ErrorIs(t, err, sqldb.CodeCounter, name)
		}
	})
}
