package open

import (
	"context"
	"database/sql"
	"log/slog"
	"time"

	"github.com/opencartable/cartable/ent/sqldb"
)

// Options are those of sqldb and of the connections. The zero value is the default.
type Options struct {
	// Schema and Prefix say where the tables are, Logger and Retries what is said and tried again, Clock and Jitter are for
	// tests: see sqldb.Options.
	Schema, Prefix string
	Logger         *slog.Logger
	Retries        int
	Clock          func() time.Time
	Jitter         func(n int64) int64
	// MaxConns is the most connections kept open: 16 by default; a database in memory has one.
	MaxConns int
	// FullSync makes each commit of SQLite wait for the disk; see [SQLite].
	FullSync bool
}

// made returns the DB over a handle that answers, or closes the handle.
func made(ctx context.Context, handle *sql.DB, engine sqldb.Engine, o Options) (*sqldb.DB, error) {
	conns := o.MaxConns
	if conns <= 0 {
		conns = 16
	}
	handle.SetMaxOpenConns(conns)
	handle.SetMaxIdleConns(conns)
	so := sqldb.Options{Schema: o.Schema, Prefix: o.Prefix, Logger: o.Logger, Retries: o.Retries, Clock: o.Clock, Jitter: o.Jitter}
	if engine == sqldb.PostgreSQL {
		so.Copy, so.Batch = Copy, Batch
	}
	db, err := sqldb.New(handle, engine, so)
	if err == nil {
		err = db.Ping(ctx)
	}
	if err != nil {
		_ = handle.Close() // the first error tells more
		return nil, err
	}
	return db, nil
}
