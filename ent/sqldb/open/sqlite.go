package open

import (
	"context"
	"database/sql"
	"net/url"

	_ "modernc.org/sqlite" // the driver

	"github.com/opencartable/cartable/ent/sqldb"
)

// SQLite opens a file, and makes it when it is not there; ":memory:" is a database that lives as long as the DB, on one
// connection, whose transactions therefore run one after the other.
//
// The journal is a write-ahead log, so that readers and the writer do not wait for each other; a writer waits for another
// one up to ten seconds before it is tried again; foreign keys hold. Commits do not wait for the disk (synchronous = NORMAL):
// with a write-ahead log, a process that dies loses nothing, and a machine that loses its power may lose the last commits but
// stays consistent, counters included. Options.FullSync waits each time.
func SQLite(ctx context.Context, path string, o Options) (*sqldb.DB, error) {
	sync := "synchronous(NORMAL)"
	if o.FullSync {
		sync = "synchronous(FULL)"
	}
	// The wait comes first: the change to a write-ahead log meets other connections already. A log that a large load made as
	// long as the database is cut when it begins anew, and does not keep its place on the disk.
	q := url.Values{
		"_pragma": {"busy_timeout(10000)", "journal_mode(WAL)", sync, "foreign_keys(1)", "journal_size_limit(67108864)"},
		"_txlock": {"immediate"}, // for transactions that database/sql begins: migrations, and a vendor's
	}
	name := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: q.Encode()}
	if path == ":memory:" {
		name.Opaque, o.MaxConns = ":memory:", 1
	}
	handle, err := sql.Open("sqlite", name.String())
	if err != nil {
		return nil, sqldb.Wrap(err)
	}
	return made(ctx, handle, sqldb.SQLite, o)
}
