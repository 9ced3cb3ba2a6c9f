package directorysql

import (
	"context"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/ent/sqldb"
)

// logins gives logins inside one transaction. Plans of a tenant are applied one after the other; what makes logins unique
// for good is the index of the database.
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
	if directory.Login(a.Person.Name) == "" {
		if err := l.ask(ctx, tx, directory.Login(ent.Name{Family: string(fallback)})); err != nil {
			return err
		}
	}
	login, err := l.book.Propose(a.Person.Name, fallback)
	if err != nil {
		return err
	}
	a.Login = login
	return nil
}

// ask takes the logins of the base that a name would give, as far as the first ones that are free: by equality, which every
// collation agrees on.
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
	if l.empty || l.asked[base] || base == "" {
		return nil
	}
	l.asked[base] = true
	for from := 1; ; from += 16 {
		list := make([]string, 0, 16)
		for n := from; n < from+16; n++ {
			list = append(list, directory.NumberedLogin(base, n))
		}
		taken := 0
		err := in(ctx, tx, `SELECT login FROM {person} WHERE tenant = $1 AND login IN (?)`, list, func(row sqldb.Scanner) error {
			var login string
			err := row.Scan(&login)
			l.book.Take(login)
			taken++
			return err
		})
		if err != nil || taken == 0 {
			return err
		}
	}
}
