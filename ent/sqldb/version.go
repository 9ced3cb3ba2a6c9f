package sqldb

import (
	"context"
	"database/sql"
	"errors"

	"github.com/pressly/goose/v3/database"
)

// versionTable returns the quoted name of the table of versions of a schema. Two prefixes in one database have two.
func (n *names) versionTable(schema string) string {
	prefix := n.prefix
	if prefix == defaultPrefix {
		prefix = ""
	}
	name := `"` + prefix + "cartable_" + schema + `_version"`
	if n.schema == "" {
		return name
	}
	return `"` + n.schema + `".` + name
}

// versions is the table of versions of one schema, as goose wants it. It is ours since goose's own takes a number twice.
type versions struct {
	table  string
	engine Engine
}

var _ database.Store = (*versions)(nil)

// creation returns what makes the table, and makes nothing when it is there. Version 0 is what goose begins with.
func (v *versions) creation() []string {
	return []string{
		`CREATE TABLE IF NOT EXISTS ` + v.table + ` (version BIGINT NOT NULL PRIMARY KEY)`,
		`INSERT INTO ` + v.table + ` (version) VALUES (0) ON CONFLICT (version) DO NOTHING`,
	}
}

// Tablename returns the name of the table.
func (v *versions) Tablename() string { return v.table }

// TableExists answers goose: the table is made before goose comes.
func (v *versions) TableExists(context.Context, database.DBTxConn) (bool, error) { return true, nil }

// CreateVersionTable is not called, the table being there.
func (v *versions) CreateVersionTable(context.Context, database.DBTxConn) error {
	return database.ErrNotImplemented
}

// Insert writes a version, once.
func (v *versions) Insert(ctx context.Context, db database.DBTxConn, r database.InsertRequest) error {
	_, err := db.ExecContext(ctx, `INSERT INTO `+v.table+` (version) VALUES ($1)`, r.Version)
	return err
}

// Delete takes a version out.
func (v *versions) Delete(ctx context.Context, db database.DBTxConn, version int64) error {
	_, err := db.ExecContext(ctx, `DELETE FROM `+v.table+` WHERE version = $1`, version)
	return err
}

// GetMigration says whether a version is made.
func (v *versions) GetMigration(ctx context.Context, db database.DBTxConn, version int64) (*database.GetMigrationResult, error) {
	err := db.QueryRowContext(ctx, `SELECT version FROM `+v.table+` WHERE version = $1`, version).Scan(&version)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, database.ErrVersionNotFound
	}
	if err != nil {
		return nil, err
	}
	return &database.GetMigrationResult{IsApplied: true}, nil
}

// GetLatestVersion returns the greatest version made.
func (v *versions) GetLatestVersion(ctx context.Context, db database.DBTxConn) (int64, error) {
	var n sql.NullInt64
	if err := db.QueryRowContext(ctx, `SELECT max(version) FROM `+v.table).Scan(&n); err != nil {
		return 0, err
	}
	if !n.Valid {
		return 0, database.ErrVersionNotFound
	}
	return n.Int64, nil
}

// ListMigrations returns the versions made, the last first.
func (v *versions) ListMigrations(ctx context.Context, db database.DBTxConn) ([]*database.ListMigrationsResult, error) {
	rows, err := db.QueryContext(ctx, `SELECT version FROM `+v.table+` ORDER BY version DESC`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []*database.ListMigrationsResult
	for rows.Next() {
		r := &database.ListMigrationsResult{IsApplied: true}
		if err := rows.Scan(&r.Version); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// last returns the greatest version made.
func (v *versions) last(ctx context.Context, db *DB) (int64, error) {
	var n int64
	err := db.handle.QueryRowContext(ctx, `SELECT max(version) FROM `+v.table).Scan(&n)
	return n, err
}
