package gradebooksql

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/sqldb"
)

var _ ent.Holder = (*Store)(nil)

// Part is of [ent.Holder].
func (s *Store) Part() string { return "gradebook" }

// authored is what somebody wrote on others, without saying what: it is theirs.
type authored struct {
	Entries int64 `json:"entries"`
}

// Held is of [ent.Holder]: every entry on a pupil, its history included; for who wrote, how many entries.
func (s *Store) Held(ctx context.Context, tenant ent.Tenant, person ent.ID) ([]ent.Holding, error) {
	var out []ent.Holding
	err := s.db.View(ctx, tenant, func(tx *sqldb.Tx) error {
		out = nil
		entries, err := sqldb.All(ctx, tx, `SELECT `+columns+` FROM {gradebook_entry} WHERE tenant = $1 AND pupil = $2
			ORDER BY period, teaching, kind, object, item, origin, version`, []any{string(tenant), string(person)}, readEntry)
		if err != nil {
			return err
		}
		for _, e := range entries {
			e.By = "" // another person
			data, err := write(e)
			if err != nil {
				return err
			}
			out = append(out, ent.Holding{Part: s.Part(), Kind: string(e.Kind), Data: json.RawMessage(data)})
		}
		var n, m int64
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM {gradebook_entry} WHERE tenant = $1 AND writer = $2`, []any{string(tenant), string(person)}, &n); err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM {gradebook_term_change} WHERE tenant = $1 AND writer = $2`, []any{string(tenant), string(person)}, &m); err != nil {
			return err
		}
		if n+m > 0 {
			data, err := write(authored{n + m})
			if err != nil {
				return err
			}
			out = append(out, ent.Holding{Part: s.Part(), Kind: "authored", Data: json.RawMessage(data)})
		}
		return nil
	})
	return out, err
}

// Erase is of [ent.Holder]: the entries on a pupil go; what a person wrote on others stays, without a writer.
func (s *Store) Erase(ctx context.Context, tenant ent.Tenant, person ent.ID) (int64, error) {
	var total int64
	err := s.db.Update(ctx, tenant, func(tx *sqldb.Tx) error {
		total = 0
		for _, query := range []string{
			`DELETE FROM {gradebook_entry} WHERE tenant = $1 AND (pupil = $2 OR origin = $2)`,
			`UPDATE {gradebook_entry} SET writer = '' WHERE tenant = $1 AND writer = $2`,
			`UPDATE {gradebook_term_change} SET writer = '' WHERE tenant = $1 AND writer = $2`,
			`DELETE FROM {gradebook_merge} WHERE tenant = $1 AND (kept = $2 OR gone = $2)`,
		} {
			n, err := tx.Exec(ctx, query, string(tenant), string(person))
			if err != nil {
				return err
			}
			total += n
		}
		return nil
	})
	return total, err
}

// Merge is of [ent.Holder]: entries keep the pupil on whom they were written; where both have one, the kept account's holds.
func (s *Store) Merge(ctx context.Context, tenant ent.Tenant, kept, gone ent.ID) error {
	return s.db.Update(ctx, tenant, func(tx *sqldb.Tx) error {
		if _, err := tx.Exec(ctx, `INSERT INTO {gradebook_merge} (tenant, kept, gone) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
			string(tenant), string(kept), string(gone)); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `UPDATE {gradebook_entry} SET pupil = $1 WHERE tenant = $2 AND pupil = $3`, string(kept), string(tenant), string(gone))
		return err
	})
}

// Unmerge is of [ent.Holder]. What had been merged into the account that comes back comes with it.
func (s *Store) Unmerge(ctx context.Context, tenant ent.Tenant, kept, gone ent.ID) error {
	return s.db.Update(ctx, tenant, func(tx *sqldb.Tx) error {
		n, err := tx.Exec(ctx, `DELETE FROM {gradebook_merge} WHERE tenant = $1 AND kept = $2 AND gone = $3`, string(tenant), string(kept), string(gone))
		if err != nil || n == 0 {
			return err
		}
		origins := []ent.ID{gone}
		for i := 0; i < len(origins); i++ {
			more, err := sqldb.All(ctx, tx, `SELECT gone FROM {gradebook_merge} WHERE tenant = $1 AND kept = $2`, []any{string(tenant), string(origins[i])},
				func(row sqldb.Scanner) (ent.ID, error) {
					var id ent.ID
					return id, row.Scan(&id)
				})
			if err != nil {
				return err
			}
			for _, id := range more {
				if !slices.Contains(origins, id) {
					origins = append(origins, id)
				}
			}
		}
		for _, origin := range origins {
			if _, err := tx.Exec(ctx, `UPDATE {gradebook_entry} SET pupil = $1 WHERE tenant = $2 AND pupil = $3 AND origin = $4`,
				string(gone), string(tenant), string(kept), string(origin)); err != nil {
				return err
			}
		}
		return nil
	})
}
