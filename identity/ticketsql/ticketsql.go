package ticketsql

import (
	"cmp"
	"context"
	"crypto/rand"
	"embed"
	"slices"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/identity/cas"
)

//go:embed sql
var files embed.FS

// Schema returns the tables of this package, for [sqldb.DB.Migrate].
func Schema() sqldb.Schema { return sqldb.Schema{Name: "tickets", FS: files} }

// Registry keeps the tickets of one tenant.
type Registry struct {
	db     *sqldb.DB
	tenant ent.Tenant
	now    func() time.Time
}

var _ cas.Registry = (*Registry)(nil)

// New returns the registry of a tenant. now is its clock, time.Now when nil: the nodes' clocks must agree to a second.
func New(db *sqldb.DB, tenant ent.Tenant, now func() time.Time) *Registry {
	if now == nil {
		now = time.Now
	}
	return &Registry{db, tenant, now}
}

func (r *Registry) update(ctx context.Context, fn func(tx *sqldb.Tx) error) error {
	return r.db.Update(ctx, r.tenant, fn)
}

// until is when something ends.
func (r *Registry) until(life time.Duration) int64 { return sqldb.Micros(r.now().Add(life)) }

// Put is of [cas.Registry].
func (r *Registry) Put(ctx context.Context, key string, value []byte, life time.Duration) error {
	return r.update(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO {ticket} (tenant, key, value, until) VALUES ($1, $2, $3, $4)
			ON CONFLICT (tenant, key) DO UPDATE SET value = excluded.value, until = excluded.until`,
			string(r.tenant), []byte(key), value, r.until(life))
		return err
	})
}

// held reads a value with when it ends, and returns it when that is to come.
func (r *Registry) held(ctx context.Context, tx *sqldb.Tx, query, key string) ([]byte, error) {
	var value []byte
	var until int64
	found := false
	err := tx.Query(ctx, query, []any{string(r.tenant), []byte(key)}, func(row sqldb.Scanner) error {
		found = true
		return row.Scan(&value, &until)
	})
	if err == nil && (!found || until <= sqldb.Micros(r.now())) {
		return nil, cas.CodeGone
	}
	return value, err
}

// Get is of [cas.Registry].
func (r *Registry) Get(ctx context.Context, key string) ([]byte, error) {
	var value []byte
	err := r.db.View(ctx, r.tenant, func(tx *sqldb.Tx) error {
		var err error
		value, err = r.held(ctx, tx, `SELECT value, until FROM {ticket} WHERE tenant = $1 AND key = $2`, key)
		return err
	})
	return value, err
}

// Take is of [cas.Registry]. The statement that deletes the row returns it: another one finds nothing.
func (r *Registry) Take(ctx context.Context, key string) ([]byte, error) {
	var value []byte
	gone := false
	err := r.update(ctx, func(tx *sqldb.Tx) error {
		v, err := r.held(ctx, tx, `DELETE FROM {ticket} WHERE tenant = $1 AND key = $2 RETURNING value, until`, key)
		if value, gone = v, err == cas.CodeGone; gone { //nolint:errorlint // as held returns it
			return nil // what is past its time goes too
		}
		return err
	})
	if err == nil && gone {
		return nil, cas.CodeGone
	}
	return value, err
}

// Join is of [cas.Registry].
func (r *Registry) Join(ctx context.Context, session string, entry []byte, life time.Duration) error {
	return r.update(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO {ticket_visit} (tenant, session, n, at, entry, until) VALUES ($1, $2, $3, $4, $5, $6)`,
			string(r.tenant), []byte(session), rand.Text(), sqldb.Micros(r.now()), entry, r.until(life))
		return err
	})
}

// End is of [cas.Registry].
func (r *Registry) End(ctx context.Context, session string) ([][]byte, error) {
	type visit struct {
		at, until int64
		entry     []byte
	}
	var list []visit
	err := r.update(ctx, func(tx *sqldb.Tx) error {
		list = nil
		return tx.Query(ctx, `DELETE FROM {ticket_visit} WHERE tenant = $1 AND session = $2 RETURNING at, until, entry`,
			[]any{string(r.tenant), []byte(session)}, func(row sqldb.Scanner) error {
				var v visit
				err := row.Scan(&v.at, &v.until, &v.entry)
				list = append(list, v)
				return err
			})
	})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(list, func(a, b visit) int { return cmp.Compare(a.at, b.at) })
	now := sqldb.Micros(r.now())
	var out [][]byte
	for _, v := range list {
		if v.until > now {
			out = append(out, v.entry)
		}
	}
	return out, nil
}

// Sweep removes what is past its time, and returns how many rows went. Call it now and then: nothing else does.
func (r *Registry) Sweep(ctx context.Context) (int64, error) {
	var n int64
	err := r.update(ctx, func(tx *sqldb.Tx) error {
		n = 0
		for _, q := range []string{`DELETE FROM {ticket} WHERE tenant = $1 AND until <= $2`, `DELETE FROM {ticket_visit} WHERE tenant = $1 AND until <= $2`} {
			k, err := tx.Exec(ctx, q, string(r.tenant), sqldb.Micros(r.now()))
			if err != nil {
				return err
			}
			n += k
		}
		return nil
	})
	return n, err
}
