package bookingsql

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/sqldb"
)

var _ ent.Holder = (*Store)(nil)

// Part is of [ent.Holder].
func (s *Store) Part() string { return "booking" }

// aliases are the accounts that are gone, by the one that was kept. Bookings are not written again at a merge, so that it can be
// undone: who reads gone finds kept.
type aliases map[ent.ID]ent.ID

func merges(ctx context.Context, tx *sqldb.Tx) (aliases, error) {
	out := aliases{}
	_, err := sqldb.All(ctx, tx, `SELECT gone, kept FROM {booking_merge} WHERE tenant = $1`, []any{string(tx.Tenant())}, func(row sqldb.Scanner) (struct{}, error) {
		var gone, kept ent.ID
		err := row.Scan(&gone, &kept)
		out[gone] = kept
		return struct{}{}, err
	})
	return out, err
}

// now returns the account that an identifier stands for.
func (a aliases) now(id ent.ID) ent.ID {
	for range len(a) { // a chain is no longer than the merges
		kept, ok := a[id]
		if !ok {
			break
		}
		id = kept
	}
	return id
}

// accounts returns all that an account stands for: itself first.
func (a aliases) accounts(id ent.ID) []ent.ID {
	if _, gone := a[id]; gone {
		return nil // all of it is with the one that was kept
	}
	var others []ent.ID
	for gone := range a {
		if a.now(gone) == id {
			others = append(others, gone)
		}
	}
	slices.Sort(others)
	return append([]ent.ID{id}, others...)
}

// moderated is how many bookings of others somebody decided on: what they say is theirs.
type moderated struct {
	Bookings int64 `json:"bookings"`
}

// Held is of [ent.Holder]: the bookings of a person, and on how many of others the person decided.
func (s *Store) Held(ctx context.Context, tenant ent.Tenant, person ent.ID) ([]ent.Holding, error) {
	var out []ent.Holding
	err := s.db.View(ctx, tenant, func(tx *sqldb.Tx) error {
		out = nil
		alias, err := merges(ctx, tx)
		if err != nil {
			return err
		}
		decided := moderated{}
		for _, id := range alias.accounts(person) {
			bookings, err := some(ctx, tx, `owner = $2`, string(id))
			if err != nil {
				return err
			}
			for _, b := range bookings {
				b.Moderator = "" // another person
				if err := add(&out, "booking", b); err != nil {
					return err
				}
			}
			var n int64
			if err := tx.QueryRow(ctx, `SELECT count(*) FROM {booking} WHERE tenant = $1 AND moderator = $2`, []any{string(tenant), string(id)}, &n); err != nil {
				return err
			}
			decided.Bookings += n
		}
		if decided.Bookings > 0 {
			return add(&out, "moderated", decided)
		}
		return nil
	})
	return out, err
}

func add(out *[]ent.Holding, kind string, v any) error {
	text, err := write(v)
	*out = append(*out, ent.Holding{Part: "booking", Kind: kind, Data: json.RawMessage(text)})
	return err
}

// Erase is of [ent.Holder]: the bookings of a person go, those to come too, which frees what they held; the decisions of a person on
// others stay, without a name.
func (s *Store) Erase(ctx context.Context, tenant ent.Tenant, person ent.ID) (int64, error) {
	var total int64
	err := s.db.Update(ctx, tenant, func(tx *sqldb.Tx) error {
		total = 0
		alias, err := merges(ctx, tx)
		if err != nil {
			return err
		}
		ids := append(alias.accounts(person), person)
		slices.Sort(ids)
		for _, id := range slices.Compact(ids) {
			for _, query := range []string{
				`DELETE FROM {booking} WHERE tenant = $1 AND owner = $2`,
				`UPDATE {booking} SET moderator = '' WHERE tenant = $1 AND moderator = $2`,
				`DELETE FROM {booking_merge} WHERE tenant = $1 AND (gone = $2 OR kept = $2)`,
			} {
				n, err := tx.Exec(ctx, query, string(tenant), string(id))
				if err != nil {
					return err
				}
				total += n
			}
		}
		return nil
	})
	return total, err
}

// Merge is of [ent.Holder].
func (s *Store) Merge(ctx context.Context, tenant ent.Tenant, kept, gone ent.ID) error {
	return s.db.Update(ctx, tenant, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO {booking_merge} (tenant, gone, kept) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, string(tenant), string(gone), string(kept))
		return err
	})
}

// Unmerge is of [ent.Holder].
func (s *Store) Unmerge(ctx context.Context, tenant ent.Tenant, kept, gone ent.ID) error {
	return s.db.Update(ctx, tenant, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM {booking_merge} WHERE tenant = $1 AND gone = $2 AND kept = $3`, string(tenant), string(gone), string(kept))
		return err
	})
}
