package sqldb

import (
	"context"
	"database/sql/driver"
	"errors"
	"iter"
	"strings"
	"time"
)

// Load inserts rows in bulk into a table, named without its prefix, and returns how many: by COPY on PostgreSQL in a
// transaction of [DB.Update], by arrays in one that was joined, by statements of many rows on SQLite. A row has one value
// per column: a text, an integer, a bool, bytes or nil. The sequence may yield the same slice each time, with new values in
// it. It must send no statement of this transaction. A row that is there already ends the load: nothing is replaced.
//
// It returns CodeName for a name that is not in lower case letters, digits and underscores, CodeRow for a row that does not
// fit; the transaction then ends as after any other error.
func (tx *Tx) Load(ctx context.Context, table string, columns []string, rows iter.Seq[[]any]) (int64, error) {
	if !isName(table, maxName) || !areNames(columns) {
		return 0, failure(CodeName)
	}
	if err := tx.ready(ctx); err != nil {
		return 0, err
	}
	tx.busy = true
	defer func() { tx.busy = false }()
	// The checks stand around the sequence, so that each way of loading gets rows that fit.
	var bad error
	checked := func(yield func([]any) bool) {
		for row := range rows {
			if len(row) != len(columns) {
				bad = failure(CodeRow)
			} else if tx.failed != nil {
				bad = tx.failed // the sequence sent a statement
			}
			if bad != nil || !yield(row) {
				return
			}
		}
	}
	n, err := tx.load(ctx, table, columns, checked)
	if bad != nil {
		err = bad
	}
	if err != nil {
		return 0, tx.fail(err)
	}
	return n, nil
}

func (tx *Tx) load(ctx context.Context, table string, columns []string, rows iter.Seq[[]any]) (int64, error) {
	if tx.Engine() == SQLite {
		return tx.loadValues(ctx, table, columns, rows)
	}
	if tx.conn != nil && tx.db.copy != nil {
		n, err := tx.db.copy(ctx, tx.conn, tx.db.names.table(table), columns, rows)
		if !errors.Is(err, errors.ErrUnsupported) {
			return n, err
		}
	}
	return tx.loadArrays(ctx, table, columns, rows)
}

// quotedColumns returns names that were checked, as they stand in SQL.
func quotedColumns(columns []string) string { return `"` + strings.Join(columns, `", "`) + `"` }

// stored returns a value as one of those that every engine stores: int64, bool, []byte, string, nil. Instants are int64
// here, and a number with decimals is a text.
func stored(v any) (any, error) {
	switch v := v.(type) {
	case string, int64, bool, []byte, nil:
		return v, nil
	case int:
		return int64(v), nil
	}
	v, err := driver.DefaultParameterConverter.ConvertValue(v)
	if err != nil {
		return nil, &Error{Code: CodeRow, cause: err}
	}
	switch v.(type) {
	case time.Time, float64:
		return nil, failure(CodeRow)
	}
	return v, nil
}
