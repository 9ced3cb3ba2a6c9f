package sqldb_test

import (
	"database/sql"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/ent/sqldb/sqldbtest"
)

// A vendor's row and ours are committed together, or not at all.
func TestAVendorsTransactionIsJoined(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		for _, end := range []struct {
			name string
			end  func(*sql.Tx) error
			want int64
		}{{"rolled back", (*sql.Tx).Rollback, 0}, {"committed", (*sql.Tx).Commit, 1}} {
			tx, err := db.Handle().BeginTx(t.Context(), nil)
			require.NoError(t, err)
			_, err = tx.ExecContext(t.Context(), db.SQL(`INSERT INTO {kind} (f) VALUES (NULL)`)) // the vendor's own statement
			require.NoError(t, err)
			in, err := db.Join(tx, tenant)
			require.NoError(t, err)
			require.NoError(t, insertThing(t.Context(), in, "a"))
			require.NoError(t, sqldb.PutMembers(t.Context(), in, "us-1", []sqldb.Member{{Kind: sqldb.MemberClass, Target: "c-1"}}))
			require.NoError(t, end.end(tx))
			for _, table := range []string{"kind", "thing", "outbox", "member"} {
				assert.Equal(t, end.want, number(t, db, `SELECT count(*) FROM {`+table+`}`), "%s %s", table, end.name)
			}
			_, err = in.Exec(t.Context(), `DELETE FROM {thing}`)
			require.ErrorIs(t, err, sqldb.CodeEnded)
		}
		require.NoError(t, gapless(t.Context(), db))
	}, sample())
}

func TestJoinWithoutADB(t *testing.T) {
	t.Parallel()
	p := sqldbtest.NewPlace(t, sqldb.SQLite)
	db := p.DB(t, optionsWithPrefix("v_"), sample())
	tx, err := db.Handle().BeginTx(t.Context(), nil)
	require.NoError(t, err)
	in, err := sqldb.Join(tx, sqldb.SQLite, tenant, sqldb.Options{Prefix: "v_"})
	require.NoError(t, err)
	require.NoError(t, insertThing(t.Context(), in, "a"))
	require.NoError(t, tx.Commit())
	assert.EqualValues(t, 1, things(t, db))
	_, err = sqldb.Join(tx, "oracle", tenant, sqldb.Options{})
	require.ErrorIs(t, err, sqldb.CodeEngine)
}
