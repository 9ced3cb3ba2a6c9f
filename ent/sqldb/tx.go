package sqldb

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/opencartable/cartable/ent"
)

// querier is the part of database/sql that a transaction needs: a *sql.Tx has it, and a *sql.Conn.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
}

// Tx is a transaction of one tenant. It is for one goroutine, and ends with the function it was given to.
//
// The first statement that fails ends it on both engines, as PostgreSQL does: every later one returns that error, and
// [DB.Update] rolls back and returns it too, so that an error that is overlooked never commits half of the work. To insert
// what may be there already, say ON CONFLICT.
type Tx struct {
	db     *DB
	q      querier
	conn   *sql.Conn // nil in a vendor's transaction
	tenant ent.Tenant
	stmts  statements
	// sent are statements that wait to be sent together: see Send.
	sent      []Statement
	sentBytes int
	busy      bool // rows are being read or loaded
	ended     bool
	failed    error
}

// Tenant returns the tenant of the transaction.
func (tx *Tx) Tenant() ent.Tenant { return tx.tenant }

// Engine returns the kind of database.
func (tx *Tx) Engine() Engine { return tx.db.engine }

// SQL replaces the tokens of a text; see [DB.SQL].
func (tx *Tx) SQL(text string) string { return tx.db.SQL(text) }

// ready sends the statements that wait and returns why no other one can be sent now, nil when one can.
func (tx *Tx) ready(ctx context.Context) error {
	if err := tx.able(ctx); err != nil {
		return err
	}
	return tx.flush(ctx)
}

func (tx *Tx) able(ctx context.Context) error {
	switch {
	case tx.ended:
		return failure(CodeEnded)
	case tx.failed != nil:
		return tx.failed
	case tx.busy:
		return tx.fail(failure(CodeOpen))
	}
	if err := ctx.Err(); err != nil {
		return tx.fail(err)
	}
	return nil
}

// fail keeps the first error.
func (tx *Tx) fail(err error) error {
	err = Wrap(err)
	if tx.failed == nil {
		tx.failed = err
	}
	return err
}

// Exec runs a statement, with $1, $2 … in the order of their first use, and returns how many rows it changed.
func (tx *Tx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	if err := tx.ready(ctx); err != nil {
		return 0, err
	}
	var result sql.Result
	stmt, err := tx.statement(ctx, query)
	if err == nil && stmt != nil {
		result, err = stmt.ExecContext(ctx, args...)
	} else if err == nil {
		result, err = tx.q.ExecContext(ctx, tx.SQL(query), args...)
	}
	if err != nil {
		return 0, tx.fail(err)
	}
	n, err := result.RowsAffected()
	if err != nil {
		return 0, tx.fail(err)
	}
	return n, nil
}

// Scanner reads the columns of one row.
type Scanner interface {
	Scan(dest ...any) error
}

// Query calls scan for each row, which must read it and send no statement. It ends at the first error of scan, which it
// returns as it is. All rows are read when it returns: large answers are asked for by pages of a key.
func (tx *Tx) Query(ctx context.Context, query string, args []any, scan func(Scanner) error) error {
	if err := tx.ready(ctx); err != nil {
		return err
	}
	rows, err := tx.q.QueryContext(ctx, tx.SQL(query), args...)
	if err != nil {
		return tx.fail(err)
	}
	tx.busy = true
	defer func() {
		tx.busy = false
		rows.Close()
	}()
	for rows.Next() {
		if err := scan(scanner{rows}); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return tx.fail(err)
	}
	return nil
}

// QueryRow reads the first row into dest. It returns CodeNoRow, which is sql.ErrNoRows too, when there is none; that does
// not end the transaction.
func (tx *Tx) QueryRow(ctx context.Context, query string, args []any, dest ...any) error {
	found := false
	err := tx.Query(ctx, query, args, func(row Scanner) error {
		if found {
			return nil
		}
		found = true
		return row.Scan(dest...)
	})
	if err == nil && !found {
		return Wrap(sql.ErrNoRows)
	}
	return err
}

// All returns what scan makes of each row.
func All[T any](ctx context.Context, tx *Tx, query string, args []any, scan func(Scanner) (T, error)) ([]T, error) {
	var out []T
	err := tx.Query(ctx, query, args, func(row Scanner) error {
		v, err := scan(row)
		out = append(out, v)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// scanner hides the value that the errors of database/sql quote.
type scanner struct{ rows *sql.Rows }

func (s scanner) Scan(dest ...any) error {
	err := s.rows.Scan(dest...)
	if err == nil {
		return nil
	}
	e := &Error{Code: CodeScan, cause: err}
	var column int64
	if _, bad := fmt.Sscanf(err.Error(), "sql: Scan error on column index %d", &column); bad == nil {
		e.text = "column " + digits(column+1)
	}
	return e
}
