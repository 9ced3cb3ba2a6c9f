package sqldb_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/ent/sqldb/sqldbtest"
)

const sendThing = `INSERT INTO {thing} (tenant, id, number) VALUES ($1, $2, $3)`

// What was sent is there for the next statement, in its order, however many wait and however long they are.
func TestSentStatementsGoInTheirOrder(t *testing.T) {
	t.Parallel()
	ways(t, func(t *testing.T, db *sqldb.DB, in func(func(*sqldb.Tx) error) error) {
		const many = 1203
		require.NoError(t, in(func(tx *sqldb.Tx) error {
			for i := range many {
				if err := tx.Send(t.Context(), sendThing, string(tenant), fmt.Sprint("t-", i), int64(i)); err != nil {
					return err
				}
			}
			if err := tx.Send(t.Context(), `UPDATE {thing} SET number = number + 1 WHERE tenant = $1`, string(tenant)); err != nil {
				return err
			}
			var n, sum int64
			err := tx.QueryRow(t.Context(), `SELECT count(*), sum(number) FROM {thing}`, nil, &n, &sum)
			assert.EqualValues(t, many, n)
			assert.EqualValues(t, many*(many-1)/2+many, sum)
			return err
		}))
		require.NoError(t, in(func(tx *sqldb.Tx) error { // the last ones go with the commit, or at once where the vendor commits
			return tx.Send(t.Context(), `DELETE FROM {thing} WHERE tenant = $1`, string(tenant))
		}))
		assert.Zero(t, things(t, db))
	})
}

// An error comes out at the latest at the end, with its code and no value, and nothing is kept.
func TestASentStatementThatFails(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		update(t, db, func(tx *sqldb.Tx) error { return tx.Send(t.Context(), sendThing, string(tenant), "once", int64(1)) })
		for name, then := range map[string]func(tx *sqldb.Tx) error{
			"at the end":        func(*sqldb.Tx) error { return nil },
			"before a read":     func(tx *sqldb.Tx) error { return tx.QueryRow(t.Context(), `SELECT 1`, nil, new(int64)) },
			"with what follows": func(tx *sqldb.Tx) error { return tx.Send(t.Context(), sendThing, string(tenant), "other", int64(2)) },
		} {
			t.Run(name, func(t *testing.T) {
				err := db.Update(t.Context(), tenant, func(tx *sqldb.Tx) error {
					if err := tx.Send(t.Context(), sendThing, string(tenant), "canary-personal", int64(1)); err != nil {
						return err
					}
					if err := tx.Send(t.Context(), sendThing, string(tenant), "once", int64(1)); err != nil {
						return err
					}
					return then(tx)
				})
				require.ErrorIs(t, err, sqldb.CodeDuplicate)
				assert.NotContains(t, err.Error(), "canary")
				assert.NotContains(t, err.Error(), "once")
				assert.EqualValues(t, 1, things(t, db))
			})
		}
		// A view refuses a write that was sent, at its end.
		err := db.View(t.Context(), tenant, func(tx *sqldb.Tx) error { return tx.Send(t.Context(), sendThing, string(tenant), "view", int64(1)) })
		require.ErrorIs(t, err, sqldb.CodeReadOnly)
		assert.EqualValues(t, 1, things(t, db))
	}, sample())
}

// A driver that has no way to send several sends each.
func TestSendByAnotherDriver(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		asked := 0
		plain, err := sqldb.New(db.Handle(), db.Engine(), sqldb.Options{Batch: func(context.Context, *sql.Conn, []sqldb.Statement) error {
			asked++
			return errors.ErrUnsupported
		}})
		require.NoError(t, err)
		insert := db.SQL(sendThing) // the names of the tables are those of the other
		update(t, plain, func(tx *sqldb.Tx) error {
			for i := range 3 {
				if err := tx.Send(t.Context(), insert, string(tenant), fmt.Sprint(i), int64(i)); err != nil {
					return err
				}
			}
			return nil
		})
		assert.EqualValues(t, 3, things(t, db))
		assert.Equal(t, 1, asked)
		err = plain.Update(t.Context(), tenant, func(tx *sqldb.Tx) error { return tx.Send(t.Context(), insert, string(tenant), "1", int64(1)) })
		require.ErrorIs(t, err, sqldb.CodeDuplicate)
		assert.EqualValues(t, 3, things(t, db))
	}, sample())
}
