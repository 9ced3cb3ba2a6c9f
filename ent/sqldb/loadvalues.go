package sqldb

import (
	"context"
	"iter"
	"strings"
)

// loadedRows is how many rows a statement of a load inserts on SQLite: more gains nothing that can be measured.
const loadedRows = 50

// loadValues inserts rows by statements of many rows, each prepared once.
func (tx *Tx) loadValues(ctx context.Context, table string, columns []string, rows iter.Seq[[]any]) (int64, error) {
	// A statement has at most 32766 parameters. ? costs less than $1 here: it has no name to look up.
	many := max(1, min(loadedRows, 32766/len(columns)))
	one := "(?" + strings.Repeat(", ?", len(columns)-1) + ")"
	text := "INSERT INTO " + tx.db.names.quoted(table) + " (" + quotedColumns(columns) + ") VALUES " + one
	full, err := tx.q.PrepareContext(ctx, text+strings.Repeat(", "+one, many-1))
	if err != nil {
		return 0, err
	}
	defer full.Close()
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
