package gradebooksql

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/schoollife/gradebook"
)

var _ ent.Holder = (*Store)(nil)

// Part is of [ent.Holder].
func (s *Store) Part() string { return "gradebook" }

// authored is what somebody wrote on others, without saying what: it is theirs.
type authored struct {
	Entries int64 `json:"entries"`
}

// Held is of [ent.Holder]: every entry on a pupil, its history included; for who wrote or presided, under any of the accounts
// that were merged, how many entries and terms.
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
		all, err := accounts(ctx, tx, person)
		if err != nil {
			return err
		}
		total := int64(0)
		for _, id := range all {
			for _, query := range []string{
				`SELECT count(*) FROM {gradebook_entry} WHERE tenant = $1 AND writer = $2`, `SELECT count(*) FROM {gradebook_term_change} WHERE tenant = $1 AND writer = $2`,
			} {
				var n int64
				if err := tx.QueryRow(ctx, query, []any{string(tenant), string(id)}, &n); err != nil {
					return err
				}
				total += n
			}
			docs, err := presided(ctx, tx, id)
			if err != nil {
				return err
			}
			total += int64(len(docs))
		}
		if total > 0 {
			data, err := write(authored{total})
			if err != nil {
				return err
			}
			out = append(out, ent.Holding{Part: s.Part(), Kind: "authored", Data: json.RawMessage(data)})
		}
		return nil
	})
	return out, err
}

// accounts returns a person's account and those that were merged into it, and into these.
func accounts(ctx context.Context, tx *sqldb.Tx, person ent.ID) ([]ent.ID, error) {
	out := []ent.ID{person}
	for i := 0; i < len(out); i++ {
		more, err := sqldb.All(ctx, tx, `SELECT gone FROM {gradebook_merge} WHERE tenant = $1 AND kept = $2`, []any{string(tx.Tenant()), string(out[i])},
			func(row sqldb.Scanner) (ent.ID, error) {
				var id ent.ID
				return id, row.Scan(&id)
			})
		if err != nil {
			return nil, err
		}
		for _, id := range more {
			if !slices.Contains(out, id) {
				out = append(out, id)
			}
		}
	}
	return out, nil
}

// termDoc is a term as a table holds it; table is that of terms or of their changes.
type termDoc struct {
	table   string
	version int64
	term    gradebook.Term
}

// presided returns the terms whose council a person presides, and their former states.
func presided(ctx context.Context, tx *sqldb.Tx, person ent.ID) ([]termDoc, error) {
	var out []termDoc
	for _, table := range []string{"gradebook_term", "gradebook_term_change"} {
		list, err := sqldb.All(ctx, tx, `SELECT version, doc FROM {`+table+`} WHERE tenant = $1 AND doc LIKE '%"president":%'`, []any{string(tx.Tenant())},
			func(row sqldb.Scanner) (termDoc, error) {
				d := termDoc{table: table}
				var doc string
				if err := row.Scan(&d.version, &doc); err != nil {
					return d, err
				}
				return d, read(doc, &d.term)
			})
		if err != nil {
			return nil, err
		}
		for _, d := range list {
			if d.term.President == person {
				out = append(out, d)
			}
		}
	}
	return out, nil
}

// nobody is the origin of what was written on an account that was erased after it was merged: the entries are the kept one's.
const nobody ent.ID = "~"

// Erase is of [ent.Holder]: the entries on a pupil go; what a person wrote on others stays, without a writer. What was merged
// into another account is that one's, and stays there without the name of the account that is gone.
func (s *Store) Erase(ctx context.Context, tenant ent.Tenant, person ent.ID) (int64, error) {
	var total int64
	err := s.db.Update(ctx, tenant, func(tx *sqldb.Tx) error {
		total = 0
		all, err := accounts(ctx, tx, person)
		if err != nil {
			return err
		}
		if err := carry(ctx, tx, `e.pupil <> e.origin AND e.origin = $2`, person, "origin", nobody); err != nil {
			return err
		}
		for _, id := range all {
			docs, err := presided(ctx, tx, id)
			if err != nil {
				return err
			}
			for _, d := range docs {
				d.term.President = ""
				doc, err := write(d.term)
				if err != nil {
					return err
				}
				if _, err := tx.Exec(ctx, `UPDATE {`+d.table+`} SET doc = $1 WHERE tenant = $2 AND class = $3 AND period = $4 AND version = $5`,
					doc, string(tenant), string(d.term.Class), string(d.term.Period), d.version); err != nil {
					return err
				}
			}
			total += int64(len(docs))
			for _, query := range []string{
				`DELETE FROM {gradebook_entry} WHERE tenant = $1 AND pupil = $2`,
				`UPDATE {gradebook_entry} SET writer = '' WHERE tenant = $1 AND writer = $2`,
				`UPDATE {gradebook_term_change} SET writer = '' WHERE tenant = $1 AND writer = $2`,
				`DELETE FROM {gradebook_merge} WHERE tenant = $1 AND (kept = $2 OR gone = $2)`,
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

// place is where entries of one key stand: a key with a pupil and an origin, and how far they move to stand after others.
type place struct {
	key    gradebook.Key
	origin ent.ID
	by     int64
}

// carry gives the entries that a condition names ($1 the tenant, $2 a person) another value of a column, the pupil or the origin.
// Where there are entries of that key already, those that come are numbered after them: none takes another one's place.
func carry(ctx context.Context, tx *sqldb.Tx, condition string, person ent.ID, column string, to ent.ID) error {
	same := map[string]string{"pupil": "origin", "origin": "pupil"}[column]
	const key = `e.period, e.teaching, e.kind, e.object, e.item, e.pupil, e.origin`
	met, err := sqldb.All(ctx, tx, `SELECT `+key+`, max(e.version) + max(n.version) FROM {gradebook_entry} e JOIN {gradebook_entry} n
		ON n.tenant = e.tenant AND n.period = e.period AND n.teaching = e.teaching AND n.kind = e.kind AND n.object = e.object AND n.item = e.item
			AND n.`+same+` = e.`+same+` AND n.`+column+` = $3
		WHERE e.tenant = $1 AND `+condition+` GROUP BY `+key, []any{string(tx.Tenant()), string(person), string(to)},
		func(row sqldb.Scanner) (place, error) {
			var p place
			err := row.Scan(&p.key.Period, &p.key.Teaching, &p.key.Kind, &p.key.Of, &p.key.Item, &p.key.Pupil, &p.origin, &p.by)
			return p, err
		})
	if err != nil {
		return err
	}
	for _, p := range met {
		if _, err := tx.Exec(ctx, `UPDATE {gradebook_entry} SET version = version + $1 WHERE tenant = $2 AND period = $3 AND teaching = $4 AND kind = $5
			AND object = $6 AND item = $7 AND pupil = $8 AND origin = $9`, p.by, string(tx.Tenant()), string(p.key.Period), string(p.key.Teaching),
			string(p.key.Kind), string(p.key.Of), string(p.key.Item), string(p.key.Pupil), string(p.origin)); err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, `UPDATE {gradebook_entry} AS e SET `+column+` = $3 WHERE e.tenant = $1 AND `+condition, string(tx.Tenant()), string(person), string(to))
	return err
}

// Merge is of [ent.Holder]: entries keep the pupil on whom they were written; where both have one, the kept account's holds. Who
// writes on the account that goes, at the same time, is refused.
func (s *Store) Merge(ctx context.Context, tenant ent.Tenant, kept, gone ent.ID) error {
	return s.db.Update(ctx, tenant, func(tx *sqldb.Tx) error {
		lock := ""
		if tx.Engine() == sqldb.PostgreSQL {
			lock = " FOR UPDATE"
		}
		terms, err := sqldb.All(ctx, tx, `SELECT doc FROM {gradebook_term} t WHERE tenant = $1 AND EXISTS (SELECT 1 FROM {gradebook_entry} e
			WHERE e.tenant = t.tenant AND e.pupil = $2 AND e.class = t.class AND e.period = t.period) ORDER BY class, period`+lock,
			[]any{string(tenant), string(gone)}, readTerm)
		if err != nil {
			return err
		}
		if err := bump(ctx, tx, terms); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO {gradebook_merge} (tenant, kept, gone) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
			string(tenant), string(kept), string(gone)); err != nil {
			return err
		}
		return carry(ctx, tx, `e.pupil = $2`, gone, "pupil", kept)
	})
}

// Unmerge is of [ent.Holder]. What had been merged into the account that comes back comes with it, from wherever it is now.
func (s *Store) Unmerge(ctx context.Context, tenant ent.Tenant, kept, gone ent.ID) error {
	return s.db.Update(ctx, tenant, func(tx *sqldb.Tx) error {
		n, err := tx.Exec(ctx, `DELETE FROM {gradebook_merge} WHERE tenant = $1 AND kept = $2 AND gone = $3`, string(tenant), string(kept), string(gone))
		if err != nil || n == 0 {
			return err
		}
		origins, err := accounts(ctx, tx, gone)
		if err != nil {
			return err
		}
		for _, origin := range origins {
			// Those that are there were written before the account went, or are older than what comes with it.
			if err := carry(ctx, tx, `e.origin = $2 AND e.pupil <> $3`, origin, "pupil", gone); err != nil {
				return err
			}
		}
		return nil
	})
}
