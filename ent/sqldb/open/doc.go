// Package open opens the databases of package sqldb, and is the only one that imports their drivers: pgx for PostgreSQL,
// modernc.org/sqlite, which needs no C, for SQLite. Who has a handle already calls sqldb.New, with [Copy] if the driver is
// pgx.
//
//	db, err := open.PostgreSQL(ctx, os.Getenv("DATABASE_URL"), open.Options{MaxConns: 20})
//	if err != nil {
//		return err
//	}
//	defer db.Close()
//	if err := db.Migrate(ctx); err != nil {
//		return err
//	}
//
// # Out of scope
//
// Other drivers; encryption at rest; poolers between a server and PostgreSQL, which must leave sessions alone for
// migrations and for prepared statements.
package open
