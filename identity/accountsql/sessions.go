package accountsql

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/identity/account"
)

// Sessions keeps sessions.
type Sessions struct{ db *sqldb.DB }

var _ account.SessionStore = (*Sessions)(nil)

// NewSessions returns the sessions of a database, for all its tenants.
func NewSessions(db *sqldb.DB) *Sessions { return &Sessions{db} }

// Put is of [account.SessionStore].
func (s *Sessions) Put(ctx context.Context, v account.Session) error {
	text, err := json.Marshal(v)
	if err != nil {
		return unreadable("session") // the cause may quote the session
	}
	return s.db.Update(ctx, v.Tenant, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO {account_session} (tenant, id, key, account, provider, subject, position, seen, ends, doc)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (tenant, id) DO UPDATE SET key = excluded.key, account = excluded.account,
			provider = excluded.provider, subject = excluded.subject, position = excluded.position, seen = excluded.seen, ends = excluded.ends,
			doc = excluded.doc`,
			string(v.Tenant), v.ID, v.Key, string(v.Account), nullable(v.Upstream.Provider), nullable(v.Upstream.Subject), nullable(v.Upstream.Index),
			sqldb.Micros(v.Seen), sqldb.Micros(v.Ends), string(text))
		return err
	})
}

func readSession(row sqldb.Scanner) (account.Session, error) {
	var text string
	var v account.Session
	var seen, ends time.Time
	if err := row.Scan(&text, sqldb.Instant(&seen), sqldb.Instant(&ends)); err != nil {
		return v, err
	}
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		return v, unreadable("session") // the cause quotes the row
	}
	v.Seen, v.Ends = seen, ends
	return v, nil
}

// list returns the sessions that a condition names, the oldest first.
func (s *Sessions) list(ctx context.Context, tenant ent.Tenant, where string, args ...any) ([]account.Session, error) {
	var out []account.Session
	err := s.db.View(ctx, tenant, func(tx *sqldb.Tx) error {
		var err error
		out, err = sqldb.All(ctx, tx, `SELECT doc, seen, ends FROM {account_session} WHERE tenant = $1 AND `+where, append([]any{string(tenant)}, args...), readSession)
		return err
	})
	slices.SortFunc(out, func(a, b account.Session) int { return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID)) })
	return out, err
}

// Get is of [account.SessionStore].
func (s *Sessions) Get(ctx context.Context, tenant ent.Tenant, key string) (account.Session, error) {
	list, err := s.list(ctx, tenant, `key = $2`, key)
	if err == nil && len(list) == 0 {
		return account.Session{}, &account.Error{Code: account.CodeNoSession}
	}
	if err != nil {
		return account.Session{}, err
	}
	return list[0], nil
}

// Touch is of [account.SessionStore].
func (s *Sessions) Touch(ctx context.Context, tenant ent.Tenant, id string, seen, ends time.Time) error {
	return s.db.Update(ctx, tenant, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE {account_session} SET seen = $1, ends = $2 WHERE tenant = $3 AND id = $4`,
			sqldb.Micros(seen), sqldb.Micros(ends), string(tenant), id)
		return err
	})
}

// List is of [account.SessionStore].
func (s *Sessions) List(ctx context.Context, tenant ent.Tenant, id ent.ID) ([]account.Session, error) {
	return s.list(ctx, tenant, `account = $2`, string(id))
}

// Upstream is of [account.SessionStore].
func (s *Sessions) Upstream(ctx context.Context, tenant ent.Tenant, provider, subject, index string) ([]account.Session, error) {
	if index == "" {
		return s.list(ctx, tenant, `provider = $2 AND subject = $3`, provider, subject)
	}
	return s.list(ctx, tenant, `provider = $2 AND subject = $3 AND position = $4`, provider, subject, index)
}

// Remove is of [account.SessionStore]. The statement that deletes the row returns it: another one finds nothing.
func (s *Sessions) Remove(ctx context.Context, tenant ent.Tenant, id string) (account.Session, bool, error) {
	var list []account.Session
	err := s.db.Update(ctx, tenant, func(tx *sqldb.Tx) error {
		var err error
		list, err = sqldb.All(ctx, tx, `DELETE FROM {account_session} WHERE tenant = $1 AND id = $2 RETURNING doc, seen, ends`, []any{string(tenant), id}, readSession)
		return err
	})
	if err != nil || len(list) == 0 {
		return account.Session{}, false, err
	}
	return list[0], true, nil
}

// Over is of [account.SessionStore].
func (s *Sessions) Over(ctx context.Context, tenant ent.Tenant, before time.Time) ([]account.Session, error) {
	return s.list(ctx, tenant, `ends < $2 ORDER BY ends LIMIT 500`, sqldb.Micros(before))
}
