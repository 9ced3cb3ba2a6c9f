// Package sqldb keeps data in SQLite or PostgreSQL: transactions that are tried again, numbers without a gap, an outbox of
// events, bulk loads, migrations. It imports no driver: package open does, or the caller brings its own handle.
//
//	db, err := open.SQLite(ctx, "ent.db", open.Options{}) // or open.PostgreSQL(ctx, "postgres://…", open.Options{})
//	if err != nil {
//		return err
//	}
//	defer db.Close()
//	if err := db.Migrate(ctx, billingsql.Schema()); err != nil {
//		return err
//	}
//	err = db.Update(ctx, "rennes", func(tx *sqldb.Tx) error { // may run again
//		number, err := tx.Next(ctx, "invoice", 1)
//		if err != nil {
//			return err
//		}
//		if _, err := tx.Exec(ctx, `INSERT INTO {invoice} (tenant, number) VALUES ($1, $2)`, string(tx.Tenant()), number); err != nil {
//			return err
//		}
//		return tx.Emit(ctx, ent.Event{Type: "invoice.issued", Subject: "f-1"}) // last
//	})
//
// # One source of SQL
//
// SQL is written by hand, once for both engines: parameters $1, $2 … in the order of their first use, ON CONFLICT … RETURNING,
// and the names of tables as tokens ({invoice}), which become those of the schema and prefix at hand. Every key begins with
// the tenant. Instants are BIGINT microseconds of UTC, civil dates TEXT (YYYY-MM-DD), amounts of money BIGINT in the smallest
// unit, other decimals TEXT, since SQLite turns NUMERIC into a float; ids TEXT. [InstantArg], [DateArg], [Instant] and [Text]
// convert. A text that is sorted is sorted by the collation of the database.
//
// # With what a vendor has
//
// [New] takes a handle that is open, with its pool and its driver; [Join] enters a transaction of the vendor, so that what
// two packages write is committed together. Constructors make no table: [DB.Migrate] does, when the vendor says so, in its
// schema and under its prefix.
//
// # Errors
//
// An [Error] has a code, the state that the engine gave and the name of a constraint, and never a value of a row: what a
// driver says ("Key (mail)=(…) already exists") is kept apart, in [Error.Cause].
//
// # Texts
//
// PostgreSQL 15, chapter 13 (concurrency control), COPY (binary format), appendix A (error codes). SQLite: result
// codes, isolation, write-ahead logging. Migrations are those of goose (github.com/pressly/goose).
//
// # Out of scope
//
// Queries made by a program, foreign keys between packages, a mapping of structs to tables, migrations that go back,
// events to other machines (a consumer of [DB.Deliver] sends them), tickets and sessions, which go to Redis or Valkey.
package sqldb
