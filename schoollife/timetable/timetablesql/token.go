package timetablesql

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// AddToken is of [timetable.Store].
func (s *Store) AddToken(ctx context.Context, tenant ent.Tenant, t timetable.Token) error {
	doc, err := write(t)
	if err != nil {
		return err
	}
	return s.db.Update(ctx, tenant, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO {timetable_token} (tenant, hash, person, created, doc) VALUES ($1, $2, $3, $4, $5)`,
			string(tenant), t.Hash, string(t.Person), sqldb.Micros(t.Created), doc)
		return err
	})
}

func noToken() error { return fmt.Errorf("timetablesql: %w", timetable.CodeToken) }

// token is the token of the account that was kept, of whom the lessons are now.
func (a aliases) token(t *timetable.Token) {
	t.Person = a.now(t.Person)
	if isPerson(t.Of.Kind) {
		t.Of.ID = a.now(t.Of.ID)
	}
}

func readToken(row sqldb.Scanner) (timetable.Token, error) {
	var doc string
	var t timetable.Token
	if err := row.Scan(&doc); err != nil {
		return t, err
	}
	return t, read(doc, &t)
}

// Token is of [timetable.Store].
func (s *Store) Token(ctx context.Context, tenant ent.Tenant, hash string) (timetable.Token, error) {
	var t timetable.Token
	err := s.db.View(ctx, tenant, func(tx *sqldb.Tx) error {
		var doc string
		err := tx.QueryRow(ctx, `SELECT doc FROM {timetable_token} WHERE tenant = $1 AND hash = $2`, []any{string(tenant), hash}, &doc)
		if errors.Is(err, sqldb.CodeNoRow) {
			return noToken()
		}
		if err != nil {
			return err
		}
		if err := read(doc, &t); err != nil {
			return err
		}
		alias, err := merges(ctx, tx)
		alias.token(&t)
		return err
	})
	return t, err
}

// Tokens is of [timetable.Store].
func (s *Store) Tokens(ctx context.Context, tenant ent.Tenant, person ent.ID) ([]timetable.Token, error) {
	var out []timetable.Token
	err := s.db.View(ctx, tenant, func(tx *sqldb.Tx) error {
		out = nil // it may run again
		alias, err := merges(ctx, tx)
		if err != nil {
			return err
		}
		for _, id := range alias.accounts(person) {
			list, err := sqldb.All(ctx, tx, `SELECT doc FROM {timetable_token} WHERE tenant = $1 AND person = $2 ORDER BY created DESC, hash`,
				[]any{string(tenant), string(id)}, readToken)
			if err != nil {
				return err
			}
			out = append(out, list...)
		}
		for i := range out {
			alias.token(&out[i])
		}
		return nil
	})
	slices.SortStableFunc(out, func(a, b timetable.Token) int { return b.Created.Compare(a.Created) })
	return out, err
}

// Revoke is of [timetable.Store].
func (s *Store) Revoke(ctx context.Context, tenant ent.Tenant, person ent.ID, hash string, at time.Time) error {
	return s.db.Update(ctx, tenant, func(tx *sqldb.Tx) error {
		alias, err := merges(ctx, tx)
		if err != nil {
			return err
		}
		for _, id := range alias.accounts(person) {
			var doc string
			err := tx.QueryRow(ctx, `SELECT doc FROM {timetable_token} WHERE tenant = $1 AND hash = $2 AND person = $3`, []any{string(tenant), hash, string(id)}, &doc)
			if errors.Is(err, sqldb.CodeNoRow) {
				continue
			}
			if err != nil {
				return err
			}
			var t timetable.Token
			if err := read(doc, &t); err != nil {
				return err
			}
			if !t.Revoked.IsZero() {
				return nil
			}
			t.Revoked = at
			if doc, err = write(t); err != nil {
				return err
			}
			_, err = tx.Exec(ctx, `UPDATE {timetable_token} SET doc = $1 WHERE tenant = $2 AND hash = $3`, doc, string(tenant), hash)
			return err
		}
		return noToken()
	})
}
