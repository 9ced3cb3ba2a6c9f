package sqldb_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/ent/sqldb/open"
)

// A delivery that takes ten minutes gives signs of life, and keeps its consumer. When it can no longer do so (here the row
// is gone), the function that delivers is told by its context.
func TestASlowDeliveryKeepsItsConsumer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		db, err := open.SQLite(t.Context(), ":memory:", open.Options{})
		require.NoError(t, err)
		defer db.Close()
		require.NoError(t, db.Migrate(t.Context()))
		emit(t, db, tenant, 3)
		slow := func(context.Context, []ent.Event) error {
			for range 10 {
				time.Sleep(time.Minute)
				_, err := db.Deliver(t.Context(), tenant, "mail", 10, func(context.Context, []ent.Event) error { t.Error("it ran"); return nil })
				assert.ErrorIs(t, err, sqldb.CodeDelivering)
			}
			return nil
		}
		n, err := db.Deliver(t.Context(), tenant, "mail", 2, slow)
		require.NoError(t, err)
		assert.Equal(t, 2, n)
		n, err = db.Deliver(t.Context(), tenant, "mail", 2, func(ctx context.Context, _ []ent.Event) error {
			require.NoError(t, db.Retire(t.Context(), tenant, "mail"))
			<-ctx.Done()
			assert.ErrorIs(t, context.Cause(ctx), sqldb.CodeDelivering)
			return ctx.Err()
		})
		require.ErrorIs(t, err, context.Canceled)
		assert.Zero(t, n)
	})
}
