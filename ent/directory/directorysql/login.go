package directorysql

import (
	"context"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/ent/sqldb"
)

// logins gives logins inside one transaction. What makes them unique for good is the index of the database: two
// transactions that chose the same one meet there, and the second runs again.
type logins struct {
	book  directory.Logins
	asked map[string]bool
	// empty says that nobody has a login yet: nothing needs to be asked.
	empty, known bool
}

func newLogins() *logins { return &logins{asked: map[string]bool{}} }

// give gives a login to those who may sign in and have none.
func (l *logins) give(ctx context.Context, tx *sqldb.Tx, policy directory.RelativePolicy, list []directory.Account) error {
	for i := range list {
		if err := l.giveOne(ctx, tx, policy, &list[i]); err != nil {
			return err
		}
	}
	return nil
}

func (l *logins) giveOne(ctx context.Context, tx *sqldb.Tx, policy directory.RelativePolicy, a *directory.Account) error {
	if a.Login != "" || !policy.MaySignIn(a) {
		return nil
	}
	if err := l.ask(ctx, tx, directory.Login(a.Person.Name)); err != nil {
		return err
	}
	fallback := a.ID
	if len(a.Keys) > 0 {
		fallback = ent.ID(a.Keys[0].ID)
	}
	login, err := l.book.Propose(a.Person.Name, fallback)
	if err != nil {
		return err
	}
	a.Login = login
	return nil
}

// ask takes the logins of the base that begin as one does.
func (l *logins) ask(ctx context.Context, tx *sqldb.Tx, base string) error {
	if !l.known {
		l.known, l.empty = true, true
		err := tx.Query(ctx, `SELECT 1 FROM {person} WHERE tenant = $1 AND login IS NOT NULL LIMIT 1`, []any{string(tx.Tenant())}, func(row sqldb.Scanner) error {
			var n int
			l.empty = false
			return row.Scan(&n)
		})
		if err != nil {
			return err
		}
	}
	if l.empty || l.asked[base] {
		return nil
	}
	l.asked[base] = true
	// A number follows, and nothing else: the range of digits is small.
	return tx.Query(ctx, `SELECT login FROM {person} WHERE tenant = $1 AND (login = $2 OR login >= $3 AND login < $4)`,
		[]any{string(tx.Tenant()), base, base + "0", base + ":"}, func(row sqldb.Scanner) error {
			var login string
			err := row.Scan(&login)
			l.book.Take(login)
			return err
		})
}
