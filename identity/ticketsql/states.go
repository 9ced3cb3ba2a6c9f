package ticketsql

import (
	"context"
	"errors"
	"time"

	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/identity/cas"
)

// States keeps in the same tables what saml.Store and guichet.States ask for.
type States struct{ r *Registry }

// States returns the store of what is not a ticket. Its keys stand beside those of tickets, and are unlike them.
func (r *Registry) States() *States { return &States{r} }

// SetIfAbsent is of saml.ReplayStore: one statement, which writes the row when there is none to come.
func (s *States) SetIfAbsent(ctx context.Context, key string, until time.Time) (bool, error) {
	set := false
	err := s.r.update(ctx, func(tx *sqldb.Tx) error {
		set = false
		return tx.Query(ctx, `INSERT INTO {ticket} (tenant, key, value, until) VALUES ($1, $2, $3, $4)
			ON CONFLICT (tenant, key) DO UPDATE SET until = excluded.until WHERE {ticket}.until <= $5 RETURNING until`,
			[]any{string(s.r.tenant), []byte(key), []byte{}, sqldb.Micros(until), sqldb.Micros(s.r.now())}, func(row sqldb.Scanner) error {
				set = true
				var at int64
				return row.Scan(&at)
			})
	})
	return set, err
}

// Put is of saml.Store and guichet.States.
func (s *States) Put(ctx context.Context, key string, value []byte, life time.Duration) error {
	return s.r.Put(ctx, key, value, life)
}

// Get is of saml.Store.
func (s *States) Get(ctx context.Context, key string) ([]byte, bool, error) {
	return found(s.r.Get(ctx, key))
}

// Take is of saml.Store and guichet.States.
func (s *States) Take(ctx context.Context, key string) ([]byte, bool, error) {
	return found(s.r.Take(ctx, key))
}

// Join is of saml.Store.
func (s *States) Join(ctx context.Context, list string, entry []byte, life time.Duration) error {
	return s.r.Join(ctx, list, entry, life)
}

// End is of saml.Store.
func (s *States) End(ctx context.Context, list string) ([][]byte, error) { return s.r.End(ctx, list) }

func found(b []byte, err error) ([]byte, bool, error) {
	if errors.Is(err, cas.CodeGone) {
		return nil, false, nil
	}
	return b, err == nil, err
}
