package sqldb

import (
	"context"
	"database/sql"
	"errors"
)

// Statement is a text with its arguments.
type Statement struct {
	Text string
	Args []any
}

// Batcher sends several statements in one exchange with the server, by what the driver offers beside database/sql. It runs
// on the connection of a transaction that is open, and returns the first error. It returns errors.ErrUnsupported, before it
// sends anything, on a connection of another driver.
type Batcher func(ctx context.Context, conn *sql.Conn, list []Statement) error

// So many statements, or bytes of arguments, are sent at once.
const sentStatements, sentBytes = 500, 1 << 20

// Send runs a statement of which the caller wants nothing back. On PostgreSQL it waits for others to go with, at the latest
// until the next call that answers or the end of the transaction, where an error of it then comes out: a round trip for
// each row is what a night of many small changes would mostly wait for. The arguments must not change afterwards.
func (tx *Tx) Send(ctx context.Context, query string, args ...any) error {
	if tx.conn == nil || tx.db.batch == nil {
		_, err := tx.Exec(ctx, query, args...)
		return err
	}
	if err := tx.able(ctx); err != nil {
		return err
	}
	tx.sent = append(tx.sent, Statement{tx.SQL(query), args})
	for _, v := range args {
		switch v := v.(type) {
		case string:
			tx.sentBytes += len(v)
		case []byte:
			tx.sentBytes += len(v)
		}
	}
	if len(tx.sent) < sentStatements && tx.sentBytes < sentBytes {
		return nil
	}
	return tx.flush(ctx)
}

// flush sends the statements that wait.
func (tx *Tx) flush(ctx context.Context) error {
	if len(tx.sent) == 0 {
		return nil
	}
	err := tx.db.batch(ctx, tx.conn, tx.sent)
	if errors.Is(err, errors.ErrUnsupported) {
		err = nil
		for _, s := range tx.sent {
			if _, err = tx.q.ExecContext(ctx, s.Text, s.Args...); err != nil {
				break
			}
		}
	}
	clear(tx.sent)
	tx.sent, tx.sentBytes = tx.sent[:0], 0
	if err != nil {
		return tx.fail(err)
	}
	return nil
}
