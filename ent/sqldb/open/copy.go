package open

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"io"
	"iter"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/opencartable/cartable/ent/sqldb"
)

var _ sqldb.Copier = Copy

// Copy is the sqldb.Copier of pgx through database/sql: COPY in the binary format. Rows are made in the goroutine of the
// caller, where a panic can be answered; the connection is used in another one. (database/sql waits for ever when a function
// given to Conn.Raw panics, or says that the connection is bad, while a transaction is open.)
func Copy(ctx context.Context, conn *sql.Conn, table, columns []string, rows iter.Seq[[]any]) (n int64, err error) {
	r, w := io.Pipe()
	began, ended := make(chan copying, 1), make(chan copied, 1)
	go func() {
		var done copied
		if err := conn.Raw(func(driverConn any) error {
			if c, ok := driverConn.(*stdlib.Conn); ok {
				done = receive(ctx, c.Conn(), table, columns, r, began)
			} else {
				done.err = errors.ErrUnsupported
			}
			return nil
		}); err != nil {
			done.err = err
		}
		close(began)                       // empty when nothing began
		r.CloseWithError(io.ErrClosedPipe) // so that a writer does not wait for a reader that has gone
		ended <- done
	}()
	err = errors.New("the rows ended early") // what the server is told when the sequence panics
	// Deferred, so that the connection is at rest again whatever the sequence does.
	defer func() {
		w.CloseWithError(err)
		done := <-ended
		n = done.rows
		// An error of the server comes first: that of the pipe is its echo.
		if done.err != nil && (err == nil || errors.Is(err, io.ErrClosedPipe)) {
			err = done.err
		}
	}()
	c, ok := <-began
	if !ok {
		return 0, io.ErrClosedPipe
	}
	err = writeRows(w, c.types, c.oids, rows)
	return 0, err
}

// copying is what the rows are written by.
type copying struct {
	types *pgtype.Map
	oids  []uint32
}

// copied is how it ended.
type copied struct {
	rows int64
	err  error
}

// receive sends what it reads to the server, once it has told the types of the columns.
func receive(ctx context.Context, c *pgx.Conn, table, columns []string, r io.Reader, began chan<- copying) copied {
	into := pgx.Identifier(table).Sanitize()
	quoted := make([]string, len(columns))
	for i, name := range columns {
		quoted[i] = pgx.Identifier{name}.Sanitize()
	}
	list := strings.Join(quoted, ", ")
	described, err := c.Prepare(ctx, "", "SELECT "+list+" FROM "+into)
	if err != nil {
		return copied{err: err}
	}
	oids := make([]uint32, len(described.Fields))
	for i, f := range described.Fields {
		oids[i] = f.DataTypeOID
	}
	began <- copying{c.TypeMap(), oids}
	tag, err := c.PgConn().CopyFrom(ctx, r, "COPY "+into+" ("+list+") FROM STDIN (FORMAT binary)")
	return copied{tag.RowsAffected(), err}
}

// block is how much is handed to the connection at once: what pgx sends in a message.
const block = 65536 - 5

// writeRows writes rows as PostgreSQL, "COPY", binary format, says.
func writeRows(w io.Writer, types *pgtype.Map, oids []uint32, rows iter.Seq[[]any]) error {
	buf := make([]byte, 0, block+1024)
	buf = append(buf, "PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00"...)
	var err error
	for row := range rows {
		buf = binary.BigEndian.AppendUint16(buf, uint16(len(oids)))
		for i, v := range row {
			if buf, err = appendValue(buf, types, oids[i], v); err != nil {
				return err
			}
		}
		for len(buf) >= block {
			if _, err := w.Write(buf[:block]); err != nil {
				return err
			}
			buf = buf[:copy(buf, buf[block:])]
		}
	}
	buf = append(buf, 0xff, 0xff) // the end
	_, err = w.Write(buf)
	return err
}

// appendValue writes the length of a value and its bytes. What rows mostly hold is written here, the rest by pgx.
func appendValue(buf []byte, types *pgtype.Map, oid uint32, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return binary.BigEndian.AppendUint32(buf, 0xffffffff), nil
	case string:
		if oid == pgtype.TextOID || oid == pgtype.VarcharOID {
			buf = binary.BigEndian.AppendUint32(buf, uint32(len(v)))
			return append(buf, v...), nil
		}
	case int64:
		if oid == pgtype.Int8OID {
			buf = binary.BigEndian.AppendUint32(buf, 8)
			return binary.BigEndian.AppendUint64(buf, uint64(v)), nil
		}
	}
	at := len(buf)
	buf = binary.BigEndian.AppendUint32(buf, 0)
	out, err := types.Encode(oid, pgtype.BinaryFormatCode, v, buf)
	if err != nil {
		return buf, err
	}
	if out == nil { // NULL
		return binary.BigEndian.AppendUint32(buf[:at], 0xffffffff), nil
	}
	binary.BigEndian.PutUint32(out[at:], uint32(len(out)-at-4))
	return out, nil
}
