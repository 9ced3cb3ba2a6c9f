package sqldb

import (
	"context"
	"database/sql"
)

const (
	// prepareAfter is the use at which a text is prepared: one that is sent once costs more prepared than not.
	prepareAfter = 3
	// maxStatements bounds what a transaction keeps prepared, for a caller whose texts are made and not constant.
	maxStatements = 64
)

// statements are the texts of one transaction that come again and again, prepared on its connection. SQLite only: pgx keeps
// its own.
type statements map[string]*prepared

type prepared struct {
	uses int
	stmt *sql.Stmt
}

// statement returns the prepared statement of a text that comes often, nil for another one.
func (tx *Tx) statement(ctx context.Context, query string) (*sql.Stmt, error) {
	if tx.conn == nil || tx.db.engine != SQLite {
		return nil, nil //nolint:nilnil // no statement is what most texts have
	}
	p := tx.stmts[query]
	if p == nil {
		if len(tx.stmts) >= maxStatements {
			return nil, nil //nolint:nilnil // idem
		}
		if tx.stmts == nil {
			tx.stmts = statements{}
		}
		p = &prepared{}
		tx.stmts[query] = p
	}
	if p.uses++; p.uses < prepareAfter || p.stmt != nil {
		return p.stmt, nil
	}
	var err error
	p.stmt, err = tx.q.PrepareContext(ctx, tx.SQL(query))
	return p.stmt, err
}

// close lets the statements go, before the transaction ends.
func (s statements) close() {
	for _, p := range s {
		if p.stmt != nil {
			p.stmt.Close()
		}
	}
}
