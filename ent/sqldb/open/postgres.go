package open

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/opencartable/cartable/ent/sqldb"
)

// PostgreSQL opens a database by a URL or a list of settings (pgx.ParseConfig reads them, and the PG… variables of the
// environment for what is missing).
func PostgreSQL(ctx context.Context, dsn string, o Options) (*sqldb.DB, error) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, sqldb.Wrap(err) // which does not show the settings: a password is among them
	}
	return made(ctx, stdlib.OpenDB(*config), sqldb.PostgreSQL, o)
}
