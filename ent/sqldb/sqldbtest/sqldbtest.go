package sqldbtest

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/ent/sqldb/open"
)

// PostgresVariable names the variable of the environment that holds the URL of a PostgreSQL server for tests.
const PostgresVariable = "CARTABLE_TEST_POSTGRES"

// Place is where a database is.
type Place struct {
	Engine sqldb.Engine
	// Name is the path of a file, or the URL of a server.
	Name string
	// Schema is the one of PostgreSQL that the test owns.
	Schema string
}

// Open opens the place; several may do so at once. Options.Schema is that of the place unless it is set.
func (p Place) Open(ctx context.Context, o open.Options) (*sqldb.DB, error) {
	if p.Engine == sqldb.SQLite {
		return open.SQLite(ctx, p.Name, o)
	}
	if o.Schema == "" {
		o.Schema = p.Schema
	}
	return open.PostgreSQL(ctx, p.Name, o)
}

// DB opens the place until the end of the test, and migrates it.
func (p Place) DB(t testing.TB, o open.Options, schemas ...sqldb.Schema) *sqldb.DB {
	t.Helper()
	db, err := p.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := db.Migrate(t.Context(), schemas...); err != nil {
		t.Fatal(err)
	}
	return db
}

// Each runs fn as a subtest for each engine, in parallel, on an empty database with the tables of sqldb and of the schemas.
func Each(t *testing.T, fn func(*testing.T, *sqldb.DB), schemas ...sqldb.Schema) {
	t.Helper()
	Places(t, func(t *testing.T, p Place) { fn(t, p.DB(t, open.Options{}, schemas...)) })
}

// Places runs fn as a subtest for each engine, in parallel, with an empty place.
func Places(t *testing.T, fn func(*testing.T, Place)) {
	t.Helper()
	for _, engine := range sqldb.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			fn(t, NewPlace(t, engine))
		})
	}
}

// NewPlace returns an empty place that goes away with the test. It skips the test when there is no server, and fails it in
// CI.
func NewPlace(t testing.TB, engine sqldb.Engine) Place {
	t.Helper()
	if engine == sqldb.SQLite {
		return Place{Engine: engine, Name: filepath.Join(t.TempDir(), "test.db")}
	}
	url := os.Getenv(PostgresVariable)
	if url == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal(PostgresVariable + " is not set, and in CI nothing is skipped")
		}
		t.Skip(PostgresVariable + " is not set: nothing is tested on PostgreSQL")
	}
	p := Place{Engine: engine, Name: url, Schema: "test_" + strings.ToLower(rand.Text())}
	t.Cleanup(func() {
		if err := p.drop(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return p
}

func (p Place) drop(ctx context.Context) error {
	db, err := p.Open(ctx, open.Options{})
	if err != nil {
		return err
	}
	_, err = db.Handle().ExecContext(ctx, `DROP SCHEMA IF EXISTS "`+p.Schema+`" CASCADE`)
	return errors.Join(err, db.Close())
}
