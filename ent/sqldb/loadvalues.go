package sqldb

import (
	"context"
	"errors"
	"iter"
	"strings"
)

// loadedRows is how many rows a statement of a load inserts on SQLite, so that the cost of a statement is shared.
const loadedRows = 50

// loadValues inserts rows by statements of many rows, each prepared once.
func (tx *Tx) loadValues(ctx context.Context, table string, columns []string, rows iter.Seq[[]any]) (int64, error) {
	// A statement has at most 32766 parameters. ? costs less than $1 here: it has no name to look up.
	many := max(1, min(loadedRows, 32766/len(columns)))
	one := "(?" + strings.Repeat(", ?", len(columns)-1) + ")"
	// OR FAIL: by default SQLite notes the old pages of each statement of many rows, to undo it alone (which costs as much as
	// it gains). Here an error ends the whole transaction.
	text := "INSERT OR FAIL INTO " + tx.db.names.quoted(table) + " (" + quotedColumns(columns) + ") VALUES " + one
	full, err := tx.q.PrepareContext(ctx, text+strings.Repeat(", "+one, many-1))
	if err != nil {
		return 0, err
	}
	defer full.Close()
	leave, err := tx.widen(ctx)
	if err != nil {
		return 0, err
	}
	defer leave()
	var n int64
	args := make([]any, 0, many*len(columns))
	for row := range rows {
		for _, v := range row {
			v, err := stored(v)
			if err != nil {
				return 0, err
			}
			args = append(args, v)
		}
		n++
		if len(args) < cap(args) {
			continue
		}
		if _, err := full.ExecContext(ctx, args...); err != nil {
			return 0, err
		}
		args = args[:0]
	}
	if rest := len(args) / len(columns); rest > 0 {
		if _, err := tx.q.ExecContext(ctx, text+strings.Repeat(", "+one, rest-1), args...); err != nil {
			return 0, err
		}
	}
	return n, nil
}

// loadedPages is the most memory, in KiB, that a load gives to the pages of SQLite.
const loadedPages = 128 << 10

// widen lets SQLite keep more pages in memory, and returns what puts things back. Rows of a feed touch the pages of an index
// in no order: with the 2 MiB of SQLite, a large load writes each page to the log and reads it again, many times.
func (tx *Tx) widen(ctx context.Context) (func(), error) {
	rows, err := tx.q.QueryContext(ctx, "PRAGMA cache_size")
	if err != nil {
		return nil, err
	}
	var size int64
	for rows.Next() {
		if err := rows.Scan(&size); err != nil {
			return nil, errors.Join(err, rows.Close())
		}
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, err
	}
	if size < -loadedPages {
		return func() {}, nil
	}
	set := func(ctx context.Context, n int64) error {
		_, err := tx.q.ExecContext(ctx, "PRAGMA cache_size = "+digits(n))
		return err
	}
	// A size that stays too wide costs memory and nothing else.
	return func() { _ = set(context.WithoutCancel(ctx), size) }, set(ctx, -loadedPages)
}
