package sqldb

import (
	"context"
	"errors"
	"hash/fnv"
	"io/fs"
	"log/slog"
	"slices"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// maxSchemaName leaves room for the prefix in the name of a version table.
const maxSchemaName = 20

// migrateTries is how often a migration of SQLite that met another process is looked at again.
const migrateTries = 20

// Migrate brings the tables of this package, then those of the schemas in their order, up to date. Nothing else does:
// call it when a server starts, or apart from it. Several servers may call it at once. Each schema has its own table of
// versions, cartable_NAME_version (after the prefix, unless that is the default one). A PostgreSQL schema that is missing is
// made. It returns CodeMigration, with the migration that failed; those before it stay made.
//
// On PostgreSQL it holds a lock of the session: go past a pooler that shares sessions.
func (db *DB) Migrate(ctx context.Context, schemas ...Schema) error {
	seen := []string{}
	for _, s := range slices.Concat([]Schema{OwnSchema()}, schemas) {
		if slices.Contains(seen, s.Name) && s.Name == OwnSchema().Name {
			continue
		}
		if !isName(s.Name, maxSchemaName) || slices.Contains(seen, s.Name) || s.FS == nil {
			return failure(CodeName)
		}
		seen = append(seen, s.Name)
		if err := db.migrate(ctx, s); err != nil {
			return migrationError(s.Name, err)
		}
	}
	return nil
}

// migrate brings one schema up to date. Two processes on one SQLite file, which has no lock for a session, may both begin
// a migration: the table of versions takes each number once, so that the second is rolled back whole, and looks again.
func (db *DB) migrate(ctx context.Context, s Schema) error {
	texts, err := s.rendered(db)
	if err != nil {
		return err
	}
	v := &versions{table: db.names.versionTable(s.Name), engine: db.engine}
	if err := db.prepare(ctx, v); err != nil {
		return err
	}
	for try := 0; ; try++ {
		before, err := v.last(ctx, db)
		if err != nil {
			return err
		}
		if err = db.up(ctx, s, texts, v); err == nil {
			return nil
		}
		after, bad := v.last(ctx, db)
		if db.engine != SQLite || try >= migrateTries || bad != nil || after == before && !errors.Is(Wrap(err), CodeBusy) {
			return err
		}
		if err := db.pause(ctx, try); err != nil {
			return err
		}
	}
}

// prepare makes the PostgreSQL schema and the table of versions. It does what goose does, once in a race.
func (db *DB) prepare(ctx context.Context, v *versions) error {
	// No tenant owns the tables; a transaction wants one.
	return db.Update(ctx, "-", func(tx *Tx) error {
		if db.engine == PostgreSQL {
			if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, lockOf(db.names.schema)); err != nil {
				return err
			}
		}
		if s := db.names.schema; s != "" {
			var n int64
			// The right to make schemas is asked for only when it is needed.
			if err := tx.QueryRow(ctx, `SELECT count(*) FROM pg_namespace WHERE nspname = $1`, []any{s}, &n); err != nil {
				return err
			}
			if n == 0 {
				if _, err := tx.Exec(ctx, `CREATE SCHEMA "`+s+`"`); err != nil {
					return err
				}
			}
		}
		for _, text := range v.creation() {
			if _, err := tx.Exec(ctx, text); err != nil {
				return err
			}
		}
		return nil
	})
}

// up applies what is pending.
func (db *DB) up(ctx context.Context, s Schema, texts fs.FS, v *versions) error {
	options := []goose.ProviderOption{goose.WithStore(v), goose.WithDisableGlobalRegistry(true)}
	if db.engine == PostgreSQL {
		// One try a second, for as long as a long migration of another server may take.
		l, err := lock.NewPostgresSessionLocker(lock.WithLockID(lockOf(v.table)), lock.WithLockTimeout(1, 3600))
		if err != nil {
			return err
		}
		options = append(options, goose.WithSessionLocker(l))
	}
	p, err := goose.NewProvider(goose.DialectCustom, db.handle, texts, options...)
	if errors.Is(err, goose.ErrNoMigrations) {
		return nil
	}
	if err != nil {
		return err
	}
	done, err := p.Up(ctx)
	for _, r := range done {
		db.log.InfoContext(ctx, "migration made", slog.String("schema", s.Name), slog.Int64("version", r.Source.Version), slog.Duration("took", r.Duration))
	}
	return err
}

// lockOf returns the number of an advisory lock of PostgreSQL, which all databases of a server share.
func lockOf(name string) int64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte("cartable " + name)) // a hash never fails
	return int64(h.Sum64())
}

// migrationError names the migration, and what the engine said of it.
func migrationError(schema string, err error) error {
	e := &Error{Code: CodeMigration, Schema: schema, cause: err}
	if p, ok := errors.AsType[*goose.PartialError](err); ok {
		e.Version = p.Failed.Source.Version
	}
	if f, ok := faultOf(err); ok {
		e.State, e.Constraint, e.text = f.state, f.constraint, f.text
	}
	for _, s := range []error{fs.ErrExist, context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, s) {
			e.safe = s
		}
	}
	return e
}
