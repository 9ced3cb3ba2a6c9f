package open

import (
	"context"
	"database/sql"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/opencartable/cartable/ent/sqldb"
)

var _ sqldb.Batcher = Batch

// Batch is the sqldb.Batcher of pgx through database/sql: a pipeline.
func Batch(ctx context.Context, conn *sql.Conn, list []sqldb.Statement) error {
	var sent error
	err := conn.Raw(func(driverConn any) error {
		c, ok := driverConn.(*stdlib.Conn)
		if !ok {
			sent = errors.ErrUnsupported
			return nil
		}
		b := &pgx.Batch{}
		for _, s := range list {
			b.Queue(s.Text, s.Args...)
		}
		sent = c.Conn().SendBatch(ctx, b).Close() // the first error of all; kept apart, since Raw closes a bad connection
		return nil
	})
	return errors.Join(sent, err)
}
