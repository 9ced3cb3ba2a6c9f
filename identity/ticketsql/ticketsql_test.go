package ticketsql_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/ent/sqldb/sqldbtest"
	"github.com/opencartable/cartable/identity/cas"
	"github.com/opencartable/cartable/identity/cas/castest"
	"github.com/opencartable/cartable/identity/ticketsql"
)

func TestRegistry(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		castest.RunRegistry(t, func(now func() time.Time) cas.Registry { return ticketsql.New(db, "t", now) })
	}, ticketsql.Schema())
}

// What is past its time goes at a sweep; tenants do not see each other.
func TestSweepAndTenants(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		now := time.Date(2026, 9, 7, 8, 0, 0, 0, time.UTC)
		clock := func() time.Time { return now }
		a, b := ticketsql.New(db, "a", clock), ticketsql.New(db, "b", clock)
		require.NoError(t, a.Put(t.Context(), "k", []byte("v"), time.Minute))
		require.NoError(t, a.Join(t.Context(), "s", []byte("e"), time.Minute))
		require.NoError(t, a.Put(t.Context(), "long", []byte("v"), time.Hour))
		_, err := b.Take(t.Context(), "k")
		require.ErrorIs(t, err, cas.CodeGone)
		now = now.Add(2 * time.Minute)
		n, err := b.Sweep(t.Context())
		require.NoError(t, err)
		assert.Zero(t, n)
		n, err = a.Sweep(t.Context())
		require.NoError(t, err)
		assert.EqualValues(t, 2, n)
		_, err = a.Get(t.Context(), "long")
		require.NoError(t, err)
	}, ticketsql.Schema())
}

func TestReleasedMigrationsNeverChange(t *testing.T) {
	t.Parallel()
	sqldbtest.Frozen(t, ticketsql.Schema(), map[string]string{"sql/00001_tickets.sql": "a450def115841a0b7303fc3e028a774304d531409b12aa6ad4120e9afaef7444"})
}
