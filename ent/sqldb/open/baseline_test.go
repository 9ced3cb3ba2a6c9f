//go:build unix

package open_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/opencartable/cartable/ent/sqldb"
)

// bareCopy is the baseline of PostgreSQL: COPY by pgx alone, in its transaction.
func bareCopy(db *sqldb.DB, rows [][]any) error {
	ctx := context.Background()
	conn, err := db.Handle().Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.Raw(func(c any) error {
		tx, err := c.(*stdlib.Conn).Conn().Begin(ctx)
		if err != nil {
			return err
		}
		defer tx.Rollback(ctx) //nolint:errcheck // nothing after a commit
		table := pgx.Identifier(strings.Split(strings.ReplaceAll(db.SQL("{person}"), `"`, ""), "."))
		if _, err := tx.CopyFrom(ctx, table, columns(), pgx.CopyFromRows(rows)); err != nil {
			return err
		}
		return tx.Commit(ctx)
	})
}

// oneByOne is the baseline of SQLite: one statement, prepared once, for each row.
func oneByOne(db *sqldb.DB, rows [][]any) error { return insertEach(db, rows, -2000) }

// oneByOneWide is oneByOne with as much memory for pages as Load takes.
func oneByOneWide(db *sqldb.DB, rows [][]any) error { return insertEach(db, rows, -128<<10) }

func insertEach(db *sqldb.DB, rows [][]any, pages int) error {
	ctx := context.Background()
	tx, err := db.Handle().BeginTx(ctx, &sql.TxOptions{})
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // nothing after a commit
	if _, err := tx.ExecContext(ctx, fmt.Sprint("PRAGMA cache_size = ", pages)); err != nil {
		return err
	}
	s, err := tx.PrepareContext(ctx, db.SQL("INSERT INTO {person} ("+strings.Join(columns(), ", ")+") VALUES (?"+strings.Repeat(", ?", len(columns())-1)+")"))
	if err != nil {
		return err
	}
	defer s.Close()
	for _, row := range rows {
		if _, err := s.ExecContext(ctx, row...); err != nil {
			return err
		}
	}
	return tx.Commit()
}
