package directorysql_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/ent/directory/directorysql"
	"github.com/opencartable/cartable/ent/directory/directorytest"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/ent/sqldb/open"
	"github.com/opencartable/cartable/ent/sqldb/sqldbtest"
)

// store is a Store as directorytest wants it.
type store struct {
	*directorysql.Store
	last int64
}

func (s *store) ApplyPlan(ctx context.Context, p *directory.Plan) (*ent.Report, error) {
	done, err := s.Apply(ctx, p, directorysql.ApplyOptions{})
	if err != nil {
		return nil, err
	}
	s.last = done.Plan
	return done.Report, nil
}

func (s *store) UndoLast(ctx context.Context) error {
	_, err := s.Undo(ctx, s.last, ent.Actor{})
	return err
}

// each runs a test on each engine with a database of its own; every store is another tenant of it.
func each(t *testing.T, test func(t *testing.T, fresh func() *store)) {
	t.Helper()
	sqldbtest.Places(t, func(t *testing.T, p sqldbtest.Place) {
		db := p.DB(t, open.Options{}, directorysql.Schema())
		n := 0
		test(t, func() *store {
			n++
			return newStore(db, fmt.Sprint("tenant", n), directorysql.Options{})
		})
	})
}

func newStore(db *sqldb.DB, tenant string, o directorysql.Options) *store {
	return &store{Store: directorysql.New(db, ent.Tenant(tenant), o)}
}

func TestStoreDoesWhatDirectorySays(t *testing.T) {
	t.Parallel()
	sqldbtest.Places(t, func(t *testing.T, p sqldbtest.Place) {
		db := p.DB(t, open.Options{}, directorysql.Schema())
		tenants := make(chan string, 1000)
		for n := range cap(tenants) {
			tenants <- fmt.Sprint("tenant", n)
		}
		directorytest.Run(t, func(*testing.T) directorytest.Store { return newStore(db, <-tenants, directorysql.Options{}) })
	})
}

// Each change of an account by hand leaves one event, and none when it changes nothing.
func TestActivateAndBlockLeaveEvents(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := newStore(db, "t", directorysql.Options{})
		night(t, s, directorytest.School(day(0)), day(0))
		id, by := all(t, s)[0].ID, ent.Actor{Kind: ent.ActorPerson, ID: "head"}
		events(t, db, "t") // those of the night
		for range 2 {
			require.NoError(t, s.Activate(t.Context(), id))
		}
		for _, blocked := range []bool{false, true, true, false} {
			require.NoError(t, s.Block(t.Context(), id, blocked, by))
		}
		var got []string
		for _, e := range events(t, db, "t") {
			got = append(got, e.Type)
			assert.Equal(t, id, e.Subject)
		}
		assert.Equal(t, []string{directorysql.EventActivated, directorysql.EventBlocked, directorysql.EventUnblocked}, got)
		require.ErrorIs(t, s.Activate(t.Context(), "nobody"), directory.CodeNoAccount)
		require.ErrorIs(t, s.Block(t.Context(), "nobody", true, by), directory.CodeNoAccount)
	}, directorysql.Schema())
}

func TestCatalog(t *testing.T) {
	t.Parallel()
	require.NoError(t, directorysql.Catalog().Check())
}
