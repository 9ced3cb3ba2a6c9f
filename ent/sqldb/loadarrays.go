package sqldb

import (
	"context"
	"encoding/hex"
	"fmt"
	"iter"
	"strconv"
	"strings"
)

// A load by arrays sends a statement after so many rows, or bytes.
const arrayRows, arrayBytes = 5000, 4 << 20

// loadArrays inserts rows of PostgreSQL by unnest, each column an array written as a text, which every driver can send.
func (tx *Tx) loadArrays(ctx context.Context, table string, columns []string, rows iter.Seq[[]any]) (int64, error) {
	types, err := tx.columnTypes(ctx, table, columns)
	if err != nil {
		return 0, err
	}
	arrays := make([]strings.Builder, len(columns))
	casts := make([]string, len(columns))
	for i, t := range types {
		casts[i] = fmt.Sprintf("$%d::%s[]", i+1, t)
	}
	text := "INSERT INTO " + tx.db.names.quoted(table) + " (" + quotedColumns(columns) + ") SELECT * FROM unnest(" + strings.Join(casts, ", ") + ")"
	var n int64
	waiting, size := 0, 0
	send := func() error {
		if waiting == 0 {
			return nil
		}
		args := make([]any, len(arrays))
		for i := range arrays {
			args[i] = "{" + arrays[i].String() + "}"
			arrays[i].Reset()
		}
		waiting, size = 0, 0
		_, err := tx.q.ExecContext(ctx, text, args...)
		return err
	}
	for row := range rows {
		size = 0
		for i, v := range row {
			v, err := stored(v)
			if err != nil {
				return 0, err
			}
			if waiting > 0 {
				arrays[i].WriteByte(',')
			}
			writeElement(&arrays[i], v)
			size += arrays[i].Len()
		}
		n++
		waiting++
		if waiting >= arrayRows || size >= arrayBytes {
			if err := send(); err != nil {
				return 0, err
			}
		}
	}
	return n, send()
}

// columnTypes asks PostgreSQL for the names of the columns' types.
func (tx *Tx) columnTypes(ctx context.Context, table string, columns []string) ([]string, error) {
	rows, err := tx.q.QueryContext(ctx, "SELECT "+quotedColumns(columns)+" FROM "+tx.db.names.quoted(table)+" LIMIT 0")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil {
		return nil, err
	}
	out := make([]string, len(types))
	for i, t := range types {
		if out[i] = strings.ToLower(t.DatabaseTypeName()); !isName(out[i], maxSchema) {
			return nil, failure(CodeRow) // a type that the driver does not know by name
		}
	}
	return out, rows.Err()
}

// writeElement writes a value as an element of an array. Source: PostgreSQL, 8.15.6, array input and output syntax.
func writeElement(b *strings.Builder, v any) {
	switch v := v.(type) {
	case nil:
		b.WriteString("NULL")
	case int64:
		b.WriteString(strconv.FormatInt(v, 10))
	case bool:
		b.WriteString(strconv.FormatBool(v))
	case []byte:
		b.WriteString(`"\\x` + hex.EncodeToString(v) + `"`)
	case string:
		b.WriteByte('"')
		for {
			i := strings.IndexAny(v, `"\`)
			if i < 0 {
				break
			}
			b.WriteString(v[:i] + `\` + v[i:i+1])
			v = v[i+1:]
		}
		b.WriteString(v + `"`)
	}
}
