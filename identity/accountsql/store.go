package accountsql

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/identity/account"
)

//go:embed sql
var files embed.FS

// Schema returns the tables of this package, for [sqldb.DB.Migrate].
func Schema() sqldb.Schema { return sqldb.Schema{Name: "accounts", FS: files} }

// Store keeps accounts and secrets of one use.
type Store struct{ db *sqldb.DB }

var _ account.Store = (*Store)(nil)

// New returns the store of a database, for all its tenants.
func New(db *sqldb.DB) *Store { return &Store{db} }

// View is of [account.Store].
func (s *Store) View(ctx context.Context, tenant ent.Tenant, fn func(account.Tx) error) error {
	return s.db.View(ctx, tenant, func(x *sqldb.Tx) error { return fn(&tx{x, ""}) })
}

// Update is of [account.Store].
func (s *Store) Update(ctx context.Context, tenant ent.Tenant, fn func(account.Tx) error) error {
	return s.db.Update(ctx, tenant, func(x *sqldb.Tx) error { return fn(In(x)) })
}

// In works inside a transaction that writes, so that accounts and what the caller keeps are committed together.
func In(x *sqldb.Tx) account.Tx {
	lock := ""
	if x.Engine() == sqldb.PostgreSQL {
		lock = " FOR UPDATE" // on SQLite there is one writer
	}
	return &tx{x, lock}
}

// tx is an account.Tx. What it reads to write, it locks.
type tx struct {
	*sqldb.Tx
	lock string
}

func (x *tx) tenant() string { return string(x.Tenant()) }

// unreadable tells of a row without its text, which is personal.
func unreadable(what string) error {
	return fmt.Errorf("accountsql: %s: row: %w", what, account.CodeStore)
}

func readAccount(row sqldb.Scanner) (account.Account, error) {
	var text string
	var a account.Account
	if err := row.Scan(&text); err != nil {
		return a, err
	}
	if err := json.Unmarshal([]byte(text), &a); err != nil {
		return a, unreadable("account") // the cause quotes the row
	}
	return a, nil
}

func (x *tx) accounts(ctx context.Context, where string, value string) ([]account.Account, error) {
	return sqldb.All(ctx, x.Tx, `SELECT doc FROM {account} WHERE tenant = $1 AND `+where+` = $2 ORDER BY id`+x.lock, []any{x.tenant(), value}, readAccount)
}

// Account is of [account.Tx].
func (x *tx) Account(ctx context.Context, id ent.ID) (account.Account, error) {
	list, err := x.accounts(ctx, "id", string(id))
	if err == nil && len(list) == 0 {
		return account.Account{}, &account.Error{Code: account.CodeUnknown}
	}
	if err != nil {
		return account.Account{}, err
	}
	return list[0], nil
}

// ByLogin is of [account.Tx].
func (x *tx) ByLogin(ctx context.Context, key string) (account.Account, error) {
	list, err := x.owners(ctx, key)
	if err == nil && len(list) == 0 {
		return account.Account{}, &account.Error{Code: account.CodeUnknown}
	}
	if err != nil {
		return account.Account{}, err
	}
	return x.Account(ctx, list[0])
}

func (x *tx) owners(ctx context.Context, login string) ([]ent.ID, error) {
	return sqldb.All(ctx, x.Tx, `SELECT account FROM {account_login} WHERE tenant = $1 AND login = $2`, []any{x.tenant(), login}, func(row sqldb.Scanner) (ent.ID, error) {
		var id ent.ID
		return id, row.Scan(&id)
	})
}

// ByMail is of [account.Tx].
func (x *tx) ByMail(ctx context.Context, key string) ([]account.Account, error) {
	return x.accounts(ctx, "mail", key)
}

// MergedInto is of [account.Tx].
func (x *tx) MergedInto(ctx context.Context, id ent.ID) ([]account.Account, error) {
	return x.accounts(ctx, "merged", string(id))
}

func nullable(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// Put is of [account.Tx].
func (x *tx) Put(ctx context.Context, a account.Account) error {
	keys := a.Logins()
	if len(keys) == 0 || a.ID == "" {
		return &account.Error{Code: account.CodeLogin}
	}
	text, err := json.Marshal(a)
	if err != nil {
		return unreadable("account") // the cause may quote the account
	}
	if _, err := x.Exec(ctx, `INSERT INTO {account} (tenant, id, mail, merged, doc) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (tenant, id) DO UPDATE SET mail = excluded.mail, merged = excluded.merged, doc = excluded.doc`,
		x.tenant(), string(a.ID), nullable(account.MailKey(a.Mail)), nullable(string(a.MergedInto)), string(text)); err != nil {
		return err
	}
	had, err := sqldb.All(ctx, x.Tx, `SELECT login FROM {account_login} WHERE tenant = $1 AND account = $2`, []any{x.tenant(), string(a.ID)}, func(row sqldb.Scanner) (string, error) {
		var login string
		return login, row.Scan(&login)
	})
	if err != nil {
		return err
	}
	for _, login := range had {
		if !slices.Contains(keys, login) {
			if _, err := x.Exec(ctx, `DELETE FROM {account_login} WHERE tenant = $1 AND login = $2`, x.tenant(), login); err != nil {
				return err
			}
		}
	}
	for _, login := range keys {
		if slices.Contains(had, login) {
			continue
		}
		// Another transaction that takes the login is waited for: then the row is there.
		n, err := x.Exec(ctx, `INSERT INTO {account_login} (tenant, login, account) VALUES ($1, $2, $3) ON CONFLICT (tenant, login) DO NOTHING`,
			x.tenant(), login, string(a.ID))
		if err != nil {
			return err
		}
		if n == 0 {
			return &account.Error{Code: account.CodeLogin}
		}
	}
	return nil
}

// Remove is of [account.Tx].
func (x *tx) Remove(ctx context.Context, id ent.ID) (bool, error) {
	n, err := x.Exec(ctx, `DELETE FROM {account} WHERE tenant = $1 AND id = $2`, x.tenant(), string(id))
	if err != nil {
		return false, err
	}
	if _, err := x.Exec(ctx, `DELETE FROM {account_login} WHERE tenant = $1 AND account = $2`, x.tenant(), string(id)); err != nil {
		return false, err
	}
	return n > 0, x.DropTokens(ctx, id, "")
}

// PutToken is of [account.Tx].
func (x *tx) PutToken(ctx context.Context, t account.Token) error {
	_, err := x.Exec(ctx, `INSERT INTO {account_token} (tenant, kind, hash, account, created, expires, payload) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (tenant, kind, hash) DO UPDATE SET account = excluded.account, created = excluded.created, expires = excluded.expires,
		payload = excluded.payload`,
		x.tenant(), string(t.Kind), t.Hash, string(t.Account), sqldb.Micros(t.Created), sqldb.Micros(t.Expires), t.Payload)
	return err
}

func (x *tx) token(ctx context.Context, query string, kind account.TokenKind, hash string) (account.Token, error) {
	list, err := sqldb.All(ctx, x.Tx, query, []any{x.tenant(), string(kind), hash}, func(row sqldb.Scanner) (account.Token, error) {
		t := account.Token{Kind: kind, Hash: hash}
		err := row.Scan(&t.Account, sqldb.Instant(&t.Created), sqldb.Instant(&t.Expires), &t.Payload)
		return t, err
	})
	if err == nil && len(list) == 0 {
		return account.Token{}, &account.Error{Code: account.CodeLink}
	}
	if err != nil {
		return account.Token{}, err
	}
	return list[0], nil
}

// Token is of [account.Tx].
func (x *tx) Token(ctx context.Context, kind account.TokenKind, hash string) (account.Token, error) {
	return x.token(ctx, `SELECT account, created, expires, payload FROM {account_token} WHERE tenant = $1 AND kind = $2 AND hash = $3`, kind, hash)
}

// TakeToken is of [account.Tx]. The statement that deletes the row returns it: another one finds nothing.
func (x *tx) TakeToken(ctx context.Context, kind account.TokenKind, hash string) (account.Token, error) {
	return x.token(ctx, `DELETE FROM {account_token} WHERE tenant = $1 AND kind = $2 AND hash = $3 RETURNING account, created, expires, payload`, kind, hash)
}

// DropTokens is of [account.Tx].
func (x *tx) DropTokens(ctx context.Context, id ent.ID, kind account.TokenKind) error {
	query, args := `DELETE FROM {account_token} WHERE tenant = $1 AND account = $2`, []any{x.tenant(), string(id)}
	if kind != "" {
		query, args = query+` AND kind = $3`, append(args, string(kind))
	}
	_, err := x.Exec(ctx, query, args...)
	return err
}

// Sweep is of [account.Tx].
func (x *tx) Sweep(ctx context.Context, before time.Time) (int64, error) {
	return x.Exec(ctx, `DELETE FROM {account_token} WHERE tenant = $1 AND expires < $2`, x.tenant(), sqldb.Micros(before))
}

// Emit is of [account.Tx].
func (x *tx) Emit(ctx context.Context, e ent.Event) error { return x.Tx.Emit(ctx, e) }
