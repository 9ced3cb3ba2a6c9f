package open_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/ent/sqldb/open"
)

const tenant ent.Tenant = "rennes"

func pragma(t *testing.T, db *sqldb.DB, name string) (v string) {
	t.Helper()
	require.NoError(t, db.View(t.Context(), tenant, func(tx *sqldb.Tx) error {
		return tx.QueryRow(t.Context(), "PRAGMA "+name, nil, &v)
	}))
	return v
}

func TestSQLiteIsOpenedAsSaid(t *testing.T) {
	t.Parallel()
	for full, sync := range map[bool]string{false: "1", true: "2"} {
		// Each connection, not the first alone.
		db, err := open.SQLite(t.Context(), filepath.Join(t.TempDir(), "a.db"), open.Options{FullSync: full})
		require.NoError(t, err)
		defer db.Close()
		require.NoError(t, db.View(t.Context(), tenant, func(*sqldb.Tx) error {
			for name, want := range map[string]string{"journal_mode": "wal", "synchronous": sync, "foreign_keys": "1", "busy_timeout": "10000", "journal_size_limit": "67108864"} {
				assert.Equal(t, want, pragma(t, db, name), name)
			}
			return nil
		}))
	}
}

func TestPathsWithOddCharacters(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a b.db", "a?b=c.db", "a#b.db", "a%20b.db", "é.db", "a&_pragma=x.db", "a:b.db", ";.db"} {
		path := filepath.Join(t.TempDir(), name)
		db, err := open.SQLite(t.Context(), path, open.Options{})
		require.NoError(t, err, name)
		require.NoError(t, db.Migrate(t.Context()), name)
		require.NoError(t, db.Close())
		_, err = os.Stat(path)
		assert.NoError(t, err, name)
	}
	t.Run("relative", func(t *testing.T) {
		t.Parallel()
		_, err := open.SQLite(t.Context(), "no/such/folder/a.db", open.Options{})
		require.ErrorIs(t, err, sqldb.CodeConnection)
	})
}

func TestTwoDatabasesInMemoryAreApart(t *testing.T) {
	t.Parallel()
	for range 2 {
		db, err := open.SQLite(t.Context(), ":memory:", open.Options{MaxConns: 8})
		require.NoError(t, err)
		defer db.Close()
		require.NoError(t, db.Migrate(t.Context()))
		require.NoError(t, db.Update(t.Context(), tenant, func(tx *sqldb.Tx) error {
			n, err := tx.Next(t.Context(), "a", 1)
			assert.EqualValues(t, 1, n)
			return err
		}))
	}
}

// The settings of a connection hold a password, and an address that is nobody's business.
func TestSettingsAreNotInErrors(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	port := l.Addr().(*net.TCPAddr).Port
	require.NoError(t, l.Close())
	for name, dsn := range map[string]string{
		"nobody there":  fmt.Sprintf("postgres://us:secret@127.0.0.1:%d/db?connect_timeout=5", port),
		"no settings":   "postgres://us:secret@127.0.0.1:port/db",
		"wrong setting": "host=127.0.0.1 password=secret sslmode=perhaps",
	} {
		_, err := open.PostgreSQL(t.Context(), dsn, open.Options{})
		require.Error(t, err, name)
		for e := err; e != nil; e = errors.Unwrap(e) {
			assert.NotContains(t, fmt.Sprintf("%v %+v %#v", e, e, e), "secret", name)
			assert.NotContains(t, fmt.Sprintf("%v %+v %#v", e, e, e), "127.0.0.1", name)
		}
		if name == "nobody there" {
			assert.ErrorIs(t, err, sqldb.CodeConnection)
		}
	}
	_, err = open.SQLite(t.Context(), ":memory:", open.Options{Prefix: "A"})
	require.ErrorIs(t, err, sqldb.CodeName)
}

// A connection that is not pgx's is told before a row is taken, so that the caller can load in another way.
func TestCopyOnAnotherDriver(t *testing.T) {
	t.Parallel()
	db, err := open.SQLite(t.Context(), ":memory:", open.Options{})
	require.NoError(t, err)
	defer db.Close()
	conn, err := db.Handle().Conn(t.Context())
	require.NoError(t, err)
	defer conn.Close()
	_, err = open.Copy(context.Background(), conn, []string{"a"}, []string{"b"}, func(func([]any) bool) { t.Error("a row was taken") })
	require.ErrorIs(t, err, errors.ErrUnsupported)
	require.ErrorIs(t, open.Batch(t.Context(), conn, []sqldb.Statement{{Text: "no SQL"}}), errors.ErrUnsupported)
}
