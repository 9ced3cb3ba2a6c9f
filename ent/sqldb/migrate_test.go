package sqldb_test

import (
	"io/fs"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/ent/sqldb/open"
	"github.com/opencartable/cartable/ent/sqldb/sqldbtest"
)

func optionsWithPrefix(p string) open.Options { return open.Options{Prefix: p} }

func schemaOf(name string, files map[string]string) sqldb.Schema {
	m := fstest.MapFS{}
	for path, text := range files {
		m[path] = &fstest.MapFile{Data: []byte(text)}
	}
	return sqldb.Schema{Name: name, FS: m}
}

func TestReleasedMigrationsNeverChange(t *testing.T) {
	t.Parallel()
	sqldbtest.Frozen(t, sqldb.OwnSchema(), map[string]string{
		"sql/00001_sqldb.sql": "2380c4481606d233db06734b45004ab334ec13fcbef9c6156459b7a95ea7eeec",
	})
}

// The same schema under two prefixes, and in two PostgreSQL schemas, makes tables that are apart, each with its versions.
func TestAPrefixAndASchemaOfTheVendor(t *testing.T) {
	t.Parallel()
	sqldbtest.Places(t, func(t *testing.T, p sqldbtest.Place) {
		db, vendor := p.DB(t, open.Options{}, sample()), p.DB(t, optionsWithPrefix("acme_"), sample())
		all := []*sqldb.DB{db, vendor}
		if p.Engine == sqldb.PostgreSQL {
			other := sqldbtest.NewPlace(t, p.Engine)
			all = append(all, other.DB(t, open.Options{}, sample()))
		}
		for i, d := range all {
			assert.Zero(t, things(t, d))
			update(t, d, func(tx *sqldb.Tx) error { return insertThing(t.Context(), tx, "a") })
			require.NoError(t, gapless(t.Context(), d), i)
			assert.EqualValues(t, 1, things(t, d))
		}
		names := []string{"ct_thing", "acme_thing", "cartable_sample_version", "cartable_sqldb_version", "acme_cartable_sample_version", "acme_cartable_sqldb_version"}
		list, args := `SELECT name FROM sqlite_master WHERE type = 'table'`, []any(nil)
		if p.Engine == sqldb.PostgreSQL {
			list, args = `SELECT tablename FROM pg_tables WHERE schemaname = $1`, []any{p.Schema}
		}
		require.NoError(t, db.View(t.Context(), tenant, func(tx *sqldb.Tx) error {
			got, err := sqldb.All(t.Context(), tx, list, args, func(row sqldb.Scanner) (s string, err error) {
				err = row.Scan(&s)
				return s, err
			})
			assert.Subset(t, got, names)
			assert.Len(t, got, 2*9)
			return err
		}))
	})
}

// Servers and processes that start together migrate once. Making the table twice, or filling it twice, would fail.
func TestMigrationsAtOnce(t *testing.T) {
	t.Parallel()
	sqldbtest.Places(t, func(t *testing.T, p sqldbtest.Place) {
		files := map[string]string{"sql/00001_a.sql": "-- +goose Up\nCREATE TABLE {filled} (n BIGINT NOT NULL);"}
		p.DB(t, open.Options{}, schemaOf("filling", files))
		files["sql/00002_b.sql"] = "-- +goose Up\nINSERT INTO {filled} (n) VALUES (1);"
		files["sql/00003_c.sql"] = "-- +goose Up\nINSERT INTO {filled} (n) VALUES (2);"
		filling := schemaOf("filling", files)
		var all sync.WaitGroup
		for range 4 {
			db, err := p.Open(t.Context(), open.Options{})
			require.NoError(t, err)
			defer db.Close()
			all.Go(func() { assert.NoError(t, db.Migrate(t.Context(), filling)) })
		}
		for range 2 {
			c := childCommand(t, p, "migrate")
			all.Go(func() {
				out, err := c.CombinedOutput()
				assert.NoError(t, err, string(out))
			})
		}
		all.Wait()
		db := p.DB(t, open.Options{}, filling, sample())
		assert.EqualValues(t, 2, number(t, db, `SELECT count(*) FROM {filled}`))
		if p.Engine == sqldb.SQLite {
			// What makes it so, when two processes have seen the same migration pending: its number is written once.
			err := db.Update(t.Context(), tenant, func(tx *sqldb.Tx) error {
				_, err := tx.Exec(t.Context(), `INSERT INTO cartable_filling_version (version) VALUES (2)`)
				return err
			})
			require.ErrorIs(t, err, sqldb.CodeDuplicate)
		}
		assert.Zero(t, things(t, db))
	})
}

func TestAMigrationThatFailsSaysWhich(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		const good = "-- +goose Up\nCREATE TABLE {good} (n BIGINT);"
		files := map[string]string{"sql/00001_good.sql": good, "sql/00002_bad.sql": "-- +goose Up\nCREATE TABLE {bad} (n BIGINT);\nCREATE TABLE {bad} (n BIGINT);"}
		err := db.Migrate(t.Context(), schemaOf("half", files))
		require.ErrorIs(t, err, sqldb.CodeMigration)
		var e *sqldb.Error
		require.ErrorAs(t, err, &e)
		assert.Equal(t, "half", e.Schema)
		assert.EqualValues(t, 2, e.Version)
		assert.Contains(t, err.Error(), "half/2")
		files["sql/00002_bad.sql"] = "-- +goose Up\nCREATE TABLE {bad} (n BIGINT);"
		require.NoError(t, db.Migrate(t.Context(), schemaOf("half", files)), "the half was rolled back")
		assert.Zero(t, number(t, db, `SELECT count(*) FROM {bad}`))
		assert.Zero(t, number(t, db, `SELECT count(*) FROM {good}`))
		files["sqlite/00002_again.sql"], files["postgres/00002_again.sql"] = good, good
		require.ErrorIs(t, db.Migrate(t.Context(), schemaOf("half", files)), sqldb.CodeMigration, "a number for two files")
		require.ErrorIs(t, db.Migrate(t.Context(), schemaOf("none", map[string]string{"sql/00001_a.sql": "no annotation"})), sqldb.CodeMigration)
		require.NoError(t, db.Migrate(t.Context(), schemaOf("empty", nil), sqldb.OwnSchema()), "no file, and the own schema said")
		for name, s := range map[string][]sqldb.Schema{
			"no name": {schemaOf("", nil)}, "capitals": {schemaOf("A", nil)}, "twice": {schemaOf("a", nil), schemaOf("a", nil)}, "no files": {{Name: "a"}},
		} {
			assert.ErrorIs(t, db.Migrate(t.Context(), s...), sqldb.CodeName, name)
		}
	})
}

// Nothing is made until Migrate is called.
func TestConstructorsDoNotMigrate(t *testing.T) {
	t.Parallel()
	sqldbtest.Places(t, func(t *testing.T, p sqldbtest.Place) {
		db, err := p.Open(t.Context(), open.Options{})
		require.NoError(t, err)
		defer db.Close()
		err = db.Update(t.Context(), tenant, func(tx *sqldb.Tx) error { _, err := tx.Next(t.Context(), "a", 1); return err })
		require.ErrorIs(t, err, sqldb.CodeDatabase)
	})
}

func TestFilesOfOneEngine(t *testing.T) {
	t.Parallel()
	s := sample()
	for _, name := range []string{"sql/00001_thing.sql", "sqlite/00002_kind.sql", "postgres/00002_kind.sql"} {
		_, err := fs.Stat(s.FS, name)
		require.NoError(t, err)
	}
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		assert.Zero(t, number(t, db, `SELECT count(*) FROM {kind}`))
	}, s)
}
