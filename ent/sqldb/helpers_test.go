package sqldb_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/sqldb"
)

const tenant ent.Tenant = "rennes"

// insertThing is what a store does: a row with a number without a gap, and its event.
func insertThing(ctx context.Context, tx *sqldb.Tx, id string) error {
	number, err := tx.Next(ctx, "thing", 1)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO {thing} (tenant, id, number) VALUES ($1, $2, $3)`, string(tx.Tenant()), id, number); err != nil {
		return err
	}
	return tx.Emit(ctx, ent.Event{Type: "thing.created", Subject: ent.ID(id)})
}

// number returns the one number that a query gives.
func number(t testing.TB, db *sqldb.DB, query string, args ...any) int64 {
	t.Helper()
	var n int64
	require.NoError(t, db.View(t.Context(), tenant, func(tx *sqldb.Tx) error { return tx.QueryRow(t.Context(), query, args, &n) }))
	return n
}

func things(t testing.TB, db *sqldb.DB) int64 {
	t.Helper()
	return number(t, db, `SELECT count(*) FROM {thing}`)
}

func update(t testing.TB, db *sqldb.DB, fn func(*sqldb.Tx) error) {
	t.Helper()
	require.NoError(t, db.Update(t.Context(), tenant, fn))
}
