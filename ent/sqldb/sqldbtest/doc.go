// Package sqldbtest runs the tests of a store on every engine: SQLite always, in a file that is thrown away; PostgreSQL when
// CARTABLE_TEST_POSTGRES names a server, in a schema that is dropped.
//
//	func TestInvoices(t *testing.T) {
//		sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
//			// db is empty, with the tables of the schemas below
//		}, billingsql.Schema())
//	}
//
//	func TestMigrationsAreFrozen(t *testing.T) {
//		sqldbtest.Frozen(t, billingsql.Schema(), map[string]string{"sql/00001_invoice.sql": "9f86d0…"})
//	}
//
// Without a server the tests of PostgreSQL are skipped with one line; with CI=true they fail.
package sqldbtest
