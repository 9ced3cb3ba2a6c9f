package accountsql

import (
	"context"
	"encoding/json"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/identity/guichet"
)

// Links keeps the choices that persons asked to remember.
type Links struct{ db *sqldb.DB }

var _ guichet.Links = (*Links)(nil)

// NewLinks returns the links of a database, for all its tenants.
func NewLinks(db *sqldb.DB) *Links { return &Links{db} }

func readLink(row sqldb.Scanner) (guichet.Link, error) {
	var text string
	var l guichet.Link
	if err := row.Scan(&text); err != nil {
		return l, err
	}
	if err := json.Unmarshal([]byte(text), &l); err != nil {
		return l, unreadable("link") // the cause quotes the row
	}
	return l, nil
}

func (s *Links) all(ctx context.Context, tenant ent.Tenant, where string, args ...any) ([]guichet.Link, error) {
	var out []guichet.Link
	err := s.db.View(ctx, tenant, func(tx *sqldb.Tx) error {
		var err error
		out, err = sqldb.All(ctx, tx, `SELECT doc FROM {guichet_link} WHERE tenant = $1 AND `+where+` ORDER BY provider, subject`,
			append([]any{string(tenant)}, args...), readLink)
		return err
	})
	return out, err
}

// Find is of [guichet.Links].
func (s *Links) Find(ctx context.Context, tenant ent.Tenant, provider, subject string) (guichet.Link, bool, error) {
	list, err := s.all(ctx, tenant, `provider = $2 AND subject = $3`, provider, subject)
	if err != nil || len(list) == 0 {
		return guichet.Link{}, false, err
	}
	return list[0], true, nil
}

// Put is of [guichet.Links]. That a subject of a portal has one link is enforced by the table.
func (s *Links) Put(ctx context.Context, l guichet.Link) error {
	text, err := json.Marshal(l)
	if err != nil {
		return unreadable("link") // the cause may quote the link
	}
	return s.db.Update(ctx, l.Tenant, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO {guichet_link} (tenant, provider, subject, account, doc) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (tenant, provider, subject) DO UPDATE SET account = excluded.account, doc = excluded.doc`,
			string(l.Tenant), l.Provider, l.Subject, string(l.Account), string(text))
		return err
	})
}

// List is of [guichet.Links].
func (s *Links) List(ctx context.Context, tenant ent.Tenant, account ent.ID) ([]guichet.Link, error) {
	return s.all(ctx, tenant, `account = $2`, string(account))
}

// Remove is of [guichet.Links].
func (s *Links) Remove(ctx context.Context, tenant ent.Tenant, provider, subject string) (bool, error) {
	var n int64
	err := s.db.Update(ctx, tenant, func(tx *sqldb.Tx) error {
		var err error
		n, err = tx.Exec(ctx, `DELETE FROM {guichet_link} WHERE tenant = $1 AND provider = $2 AND subject = $3`, string(tenant), provider, subject)
		return err
	})
	return n > 0, err
}
