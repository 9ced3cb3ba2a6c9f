package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"log/slog"
	"time"

	"github.com/opencartable/cartable/ent"
)

const (
	// turnWait is how long a writer of SQLite waits for its turn in this process. It ends a call of Update inside another,
	// which would wait for itself.
	turnWait = 30 * time.Second
	// The pauses between two tries double from the first to the longest.
	firstPause, longestPause = 5 * time.Millisecond, 500 * time.Millisecond
)

// Update runs fn in a transaction that writes, and commits it when fn returns nil. An error or a panic of fn rolls back.
//
// When another transaction stands in the way (SQLite busy, PostgreSQL serialization failure or deadlock), all is rolled
// back and fn runs again, up to [Options.Retries] times: fn must do nothing outside the transaction that cannot be done
// twice. It gets CodeBusy in the end. It must not call Update or View of the same DB.
//
// On SQLite the transaction is IMMEDIATE: a deferred one that reads before it writes fails as soon as two do so. On
// PostgreSQL it is READ COMMITTED: what must never happen is for the constraints of the tables to refuse.
func (db *DB) Update(ctx context.Context, tenant ent.Tenant, fn func(*Tx) error) error {
	return db.again(ctx, tenant, false, fn)
}

// View runs fn in a transaction that only reads, and sees the database as it was at its first statement on both engines.
// A write returns CodeReadOnly. See [DB.Update] for the rest.
func (db *DB) View(ctx context.Context, tenant ent.Tenant, fn func(*Tx) error) error {
	return db.again(ctx, tenant, true, fn)
}

// Join enters a transaction of the vendor, so that what both write is committed, or rolled back, together. The vendor ends
// it, begins it IMMEDIATE on SQLite, and runs it again when it meets another one. [Tx.Load] has no COPY in it.
func (db *DB) Join(tx *sql.Tx, tenant ent.Tenant) (*Tx, error) {
	if tenant == "" {
		return nil, failure(CodeTenant)
	}
	return &Tx{db: db, q: tx, tenant: tenant}, nil
}

// Join is [DB.Join] for a vendor that keeps no DB.
func Join(tx *sql.Tx, engine Engine, tenant ent.Tenant, o Options) (*Tx, error) {
	db, err := New(nil, engine, o)
	if err != nil {
		return nil, err
	}
	return db.Join(tx, tenant)
}

// again runs a transaction until it meets no other.
func (db *DB) again(ctx context.Context, tenant ent.Tenant, read bool, fn func(*Tx) error) error {
	if tenant == "" {
		return failure(CodeTenant)
	}
	for try := 0; ; try++ {
		err := db.once(ctx, tenant, read, fn)
		if !errors.Is(err, CodeBusy) || try >= db.retries {
			return err
		}
		db.log.DebugContext(ctx, "transaction tried again", slog.String("tenant", string(tenant)), slog.Int("try", try+1), slog.Any("error", err))
		if err := db.pause(ctx, try); err != nil {
			return err
		}
	}
}

// pause waits between one half and the whole of a time that doubles.
func (db *DB) pause(ctx context.Context, try int) error {
	d := min(firstPause<<min(try, 10), longestPause)
	t := time.NewTimer(d/2 + time.Duration(db.jitter(int64(d/2))))
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return Wrap(ctx.Err())
	}
}

// takeTurn waits for the turn of a writer of SQLite, and returns what gives it back.
func (db *DB) takeTurn(ctx context.Context) (func(), error) {
	if db.turn == nil {
		return func() {}, nil
	}
	t := time.NewTimer(turnWait)
	defer t.Stop()
	select {
	case db.turn <- struct{}{}:
		return func() { <-db.turn }, nil
	case <-t.C:
		return nil, failure(CodeBusy)
	case <-ctx.Done():
		return nil, Wrap(ctx.Err())
	}
}

// once runs a transaction one time.
func (db *DB) once(ctx context.Context, tenant ent.Tenant, read bool, fn func(*Tx) error) error {
	if !read {
		leave, err := db.takeTurn(ctx)
		if err != nil {
			return err
		}
		defer leave()
	}
	conn, err := db.handle.Conn(ctx)
	if err != nil {
		return Wrap(err)
	}
	defer conn.Close()
	s, err := db.begin(ctx, conn, read)
	if err != nil {
		return Wrap(err)
	}
	tx := &Tx{db: db, q: s.q, conn: conn, tenant: tenant}
	committed := false
	// Deferred, since fn may panic.
	defer func() {
		tx.ended = true
		tx.stmts.close()
		if !committed {
			s.rollback()
		}
	}()
	if err := fn(tx); err != nil {
		return err
	}
	if tx.failed != nil {
		return tx.failed
	}
	if err := tx.flush(ctx); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return Wrap(err)
	}
	tx.stmts.close()
	clear(tx.stmts)
	if err := s.commit(); err != nil {
		return commitError(err)
	}
	committed = true
	return nil
}

// commitError tells a commit that the engine refused from one that it did not answer.
func commitError(err error) error {
	if _, answered := faultOf(err); answered {
		return Wrap(err)
	}
	return &Error{Code: CodeCommit, cause: err}
}

// session is a transaction that has begun.
type session struct {
	q        querier
	commit   func() error
	rollback func()
}

func (db *DB) begin(ctx context.Context, conn *sql.Conn, read bool) (session, error) {
	if db.engine == SQLite {
		return beginSQLite(ctx, conn, read)
	}
	o := &sql.TxOptions{}
	if read {
		// REPEATABLE READ gives a reader one picture, and a reader alone meets no serialization failure.
		o.ReadOnly, o.Isolation = true, sql.LevelRepeatableRead
	}
	// As on SQLite, each statement hears the context and the end does not: a commit that was sent is waited for.
	tx, err := conn.BeginTx(context.WithoutCancel(ctx), o)
	if err != nil {
		return session{}, err
	}
	return session{q: tx, commit: tx.Commit, rollback: func() {
		if err := tx.Rollback(); err != nil && !errors.Is(err, sql.ErrTxDone) {
			discard(conn)
		}
	}}, nil
}

// beginSQLite says BEGIN itself, since how database/sql begins depends on how the vendor opened the handle. The end does
// not hear the context, so that nothing stays begun on a connection that goes back to its pool.
func beginSQLite(ctx context.Context, conn *sql.Conn, read bool) (session, error) {
	end := context.WithoutCancel(ctx)
	say := func(ctx context.Context, text string) error {
		_, err := conn.ExecContext(ctx, text)
		return err
	}
	begin := "BEGIN IMMEDIATE"
	if read {
		begin = "PRAGMA query_only = 1; BEGIN"
	}
	leave := func() {
		if read && say(end, "PRAGMA query_only = 0") != nil {
			discard(conn)
		}
	}
	if err := say(ctx, begin); err != nil {
		leave()
		return session{}, err
	}
	return session{
		q: conn,
		commit: func() error {
			err := say(end, "COMMIT")
			if err == nil {
				leave()
			}
			return err
		},
		rollback: func() {
			// SQLite rolls back by itself when a write is interrupted, and then refuses ROLLBACK: a transaction that can
			// begin tells that none was left. The connection is worth keeping, a database in memory lives in it.
			if say(end, "ROLLBACK") != nil && say(end, "BEGIN; ROLLBACK") != nil {
				discard(conn)
				return
			}
			leave()
		},
	}, nil
}

// discard takes a connection in an unknown state out of its pool.
func discard(conn *sql.Conn) {
	_ = conn.Raw(func(any) error { return driver.ErrBadConn })
}
