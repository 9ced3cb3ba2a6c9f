package sqldb_test

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/ent/sqldb/open"
	"github.com/opencartable/cartable/ent/sqldb/sqldbtest"
)

func emit(t *testing.T, db *sqldb.DB, tn ent.Tenant, n int) {
	t.Helper()
	require.NoError(t, db.Update(t.Context(), tn, func(tx *sqldb.Tx) error {
		return tx.Emit(t.Context(), slices.Repeat([]ent.Event{{Type: "a"}}, n)...)
	}))
}

// deliver notes the sequences delivered.
func deliver(t *testing.T, db *sqldb.DB, consumer string, batch int, into *[]int64, fail error) (int, error) {
	t.Helper()
	return db.Deliver(t.Context(), tenant, consumer, batch, func(_ context.Context, events []ent.Event) error {
		for i, e := range events {
			if fail != nil && i == len(events)/2 {
				return fail // midway
			}
			*into = append(*into, e.Sequence)
		}
		return nil
	})
}

func TestDeliveryIsAtLeastOnceAndInOrder(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		emit(t, db, tenant, 10)
		emit(t, db, "brest", 3)
		down := errors.New("down")
		var got, other []int64
		n, err := deliver(t, db, "mail", 4, &got, nil)
		require.NoError(t, err)
		assert.Equal(t, 4, n)
		n, err = deliver(t, db, "mail", 4, &got, down)
		require.ErrorIs(t, err, down)
		assert.Zero(t, n)
		assert.Panics(t, func() {
			_, _ = db.Deliver(t.Context(), tenant, "mail", 1, func(context.Context, []ent.Event) error { panic("oh") })
		})
		for {
			n, err = deliver(t, db, "mail", 4, &got, nil)
			require.NoError(t, err)
			if n == 0 {
				break
			}
		}
		assert.Equal(t, []int64{1, 2, 3, 4, 5, 6, 5, 6, 7, 8, 9, 10}, got, "5 and 6 came again")
		_, err = deliver(t, db, "statistics", 100, &other, nil)
		require.NoError(t, err)
		assert.Equal(t, []int64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, other, "each consumer has its place")
		_, err = deliver(t, db, "", 1, &other, nil)
		require.ErrorIs(t, err, sqldb.CodeConsumer)
		_, err = deliver(t, db, "a", 0, &other, nil)
		require.ErrorIs(t, err, sqldb.CodeConsumer)
	})
}

func TestOneDeliveryAtATimeForAConsumer(t *testing.T) {
	t.Parallel()
	sqldbtest.Places(t, func(t *testing.T, p sqldbtest.Place) {
		var now atomic.Int64
		now.Store(time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC).UnixMicro())
		o := open.Options{Clock: func() time.Time { return time.UnixMicro(now.Load()) }}
		db, second := p.DB(t, o), p.DB(t, o)
		emit(t, db, tenant, 2)
		var taken []int64
		n, err := db.Deliver(t.Context(), tenant, "mail", 10, func(context.Context, []ent.Event) error {
			_, err := deliver(t, second, "mail", 10, &taken, nil)
			assert.ErrorIs(t, err, sqldb.CodeDelivering)
			_, err = deliver(t, second, "other", 10, &taken, nil)
			assert.NoError(t, err, "another consumer need not wait")
			emit(t, db, tenant, 1) // a consumer may write
			return nil
		})
		require.NoError(t, err)
		assert.Equal(t, 2, n)
		// A server that dies, or sleeps, holds its consumer no longer than the lease; when it wakes up it learns so.
		n, err = db.Deliver(t.Context(), tenant, "mail", 10, func(context.Context, []ent.Event) error {
			now.Add((61 * time.Second).Microseconds())
			n, err := deliver(t, second, "mail", 10, &taken, nil)
			assert.Equal(t, 1, n)
			return err
		})
		require.ErrorIs(t, err, sqldb.CodeDelivering)
		assert.Zero(t, n)
		n, err = deliver(t, db, "mail", 10, &taken, nil)
		require.NoError(t, err)
		assert.Zero(t, n, "the one that took over has moved the place")
	})
}

func TestOnlyWhatEveryConsumerHadIsForgotten(t *testing.T) {
	t.Parallel()
	sqldbtest.Places(t, func(t *testing.T, p sqldbtest.Place) {
		var day atomic.Int64
		clock := func() time.Time { return time.Date(2026, 9, int(day.Load()), 0, 0, 0, 0, time.UTC) }
		db := p.DB(t, open.Options{Clock: clock})
		for d := range int64(4) {
			day.Store(d + 1)
			emit(t, db, tenant, 1)
			emit(t, db, "brest", 1)
		}
		forget := func(d int) int64 {
			n, err := db.Forget(t.Context(), tenant, time.Date(2026, 9, d, 0, 0, 0, 0, time.UTC))
			require.NoError(t, err)
			return n
		}
		var got []int64
		assert.Zero(t, forget(30), "nobody has come yet")
		_, err := deliver(t, db, "fast", 100, &got, nil)
		require.NoError(t, err)
		_, err = deliver(t, db, "slow", 2, &got, nil)
		require.NoError(t, err)
		assert.EqualValues(t, 1, forget(2), "the first day only")
		assert.EqualValues(t, 1, forget(30), "slow has had two")
		require.NoError(t, db.Retire(t.Context(), tenant, "slow"))
		assert.EqualValues(t, 2, forget(30))
		assert.EqualValues(t, 4, number(t, db, `SELECT count(*) FROM {outbox}`), "those of the other tenant")
		emit(t, db, tenant, 1)
		got = nil
		_, err = deliver(t, db, "fast", 100, &got, nil)
		require.NoError(t, err)
		assert.Equal(t, []int64{5}, got, "sequences go on")
	})
}
