package sqldb

import (
	"context"
	"database/sql"
	"iter"
	"log/slog"
	"math/rand/v2"
	"time"
)

// Copier loads rows in bulk by what the driver offers beside database/sql: COPY of PostgreSQL. It runs on the connection
// of a transaction that is open. The table is its name, after that of its schema if there is one, unquoted. It returns
// errors.ErrUnsupported, before it takes the first row, on a connection of another driver.
type Copier func(ctx context.Context, conn *sql.Conn, table, columns []string, rows iter.Seq[[]any]) (int64, error)

// Options say where the tables are and how transactions are tried again. The zero value is the default.
type Options struct {
	// Schema is that of PostgreSQL where the tables are; by default the first one of the connection's search path.
	// SQLite has none.
	Schema string
	// Prefix begins the name of each table and index: "ct_" by default, at most 16 lower case letters, digits, underscores.
	Prefix string
	// Logger tells what was tried again and what was migrated; by default nothing is logged.
	Logger *slog.Logger
	// Retries is how often a transaction that met another one is run again: 10 by default, none when negative.
	Retries int
	// Clock gives the instant of events and of deliveries; by default time.Now.
	Clock func() time.Time
	// Jitter returns a number from 0 to n-1, to spread the retries of several servers; by default a random one.
	Jitter func(n int64) int64
	// Copy is the bulk loader of the driver, Batch sends several statements at once; sqldb/open sets them.
	Copy  Copier
	Batch Batcher
}

// DB is one database and the names of the tables in it. It is safe for concurrent use.
type DB struct {
	handle  *sql.DB
	engine  Engine
	names   names
	log     *slog.Logger
	retries int
	clock   func() time.Time
	jitter  func(int64) int64
	copy    Copier
	batch   Batcher
	// turn holds the one writer that SQLite lets in, so that the others of this process wait in order instead of polling.
	turn chan struct{}
}

// New returns a DB over a handle that the caller has opened and closes. It sends nothing to the database, and makes no
// table: [DB.Migrate] does. It returns CodeEngine or CodeName.
func New(handle *sql.DB, engine Engine, o Options) (*DB, error) {
	if !engine.known() {
		return nil, failure(CodeEngine)
	}
	if o.Prefix == "" {
		o.Prefix = defaultPrefix
	}
	if !isName(o.Prefix, maxPrefix) || o.Schema != "" && (engine == SQLite || !isName(o.Schema, maxSchema)) {
		return nil, failure(CodeName)
	}
	db := &DB{handle: handle, engine: engine, log: o.Logger, retries: o.Retries, clock: o.Clock, jitter: o.Jitter, copy: o.Copy, batch: o.Batch}
	db.names.schema, db.names.prefix = o.Schema, o.Prefix
	if db.log == nil {
		db.log = slog.New(slog.DiscardHandler)
	}
	if db.retries == 0 {
		db.retries = 10
	}
	if db.clock == nil {
		db.clock = time.Now
	}
	if db.jitter == nil {
		db.jitter = rand.Int64N
	}
	if engine == SQLite {
		db.turn = make(chan struct{}, 1)
	}
	return db, nil
}

// Engine returns the kind of database.
func (db *DB) Engine() Engine { return db.engine }

// Handle returns the handle under the DB, for the transactions of a vendor that [DB.Join] enters.
func (db *DB) Handle() *sql.DB { return db.handle }

// Ping returns CodeConnection when the database does not answer.
func (db *DB) Ping(ctx context.Context) error {
	err := Wrap(db.handle.PingContext(ctx))
	if e, ok := err.(*Error); ok && e.Code == CodeDatabase { //nolint:errorlint // made by Wrap, right here
		e.Code = CodeConnection
	}
	return err
}

// Close closes the handle. Call it when the DB comes from sqldb/open.
func (db *DB) Close() error { return Wrap(db.handle.Close()) }

// SQL returns a text with its tokens replaced: {person} by the name of the table "person", with schema and prefix, quoted;
// {#person_name} by the prefixed name alone, for an index or a constraint, which PostgreSQL puts in the schema of its
// table. Literals, quoted names and comments stay as they are. Every method that takes SQL does it.
func (db *DB) SQL(text string) string { return db.names.sql(text) }
