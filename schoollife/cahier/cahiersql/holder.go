package cahiersql

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/schoollife/cahier"
)

var _ ent.Holder = (*Store)(nil)

// Part is of [ent.Holder].
func (s *Store) Part() string { return "cahier" }

// aliases are the accounts that are gone, by the one that was kept. Nothing is written again at a merge, so that it can be undone: who
// reads gone finds kept.
type aliases map[ent.ID]ent.ID

func merges(ctx context.Context, tx *sqldb.Tx) (aliases, error) {
	out := aliases{}
	_, err := sqldb.All(ctx, tx, `SELECT gone, kept FROM {cahier_merge} WHERE tenant = $1`, []any{string(tx.Tenant())}, func(row sqldb.Scanner) (struct{}, error) {
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

// accounts returns all that an account stands for, itself first. An account that is gone stands for itself alone: nothing is found
// there but what somebody writes after the merge.
func (a aliases) accounts(id ent.ID) []ent.ID {
	out := []ent.ID{id}
	if _, gone := a[id]; gone {
		return out
	}
	for gone := range a {
		if a.now(gone) == id {
			out = append(out, gone)
		}
	}
	slices.Sort(out[1:])
	return out
}

// texts are the documents that may name a person, with the columns that are their key.
var texts = []struct {
	table, kind string
	key         []string
	person      string // the column that holds a person beside the document
}{
	{"cahier_entry", "entry", []string{"kind", "id", "CAST(version AS TEXT)"}, "teacher"},
	{"cahier_work", "work", []string{"kind", "homework", "pupil"}, "pupil"},
	{"cahier_visa", "visa", []string{"id", "id", "id"}, "teacher"},
	{"cahier_document", "document", []string{"kind", "owner", "id"}, "owner"},
	{"cahier_archive", "archive", []string{"school", "CAST(year AS TEXT)", "refkind || '/' || ref"}, ""},
}

// naming is a pattern for a document in which a person is, as JSON writes it.
func naming(person ent.ID) (string, error) {
	text, err := write(string(person))
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text) + "%", err
}

type found struct {
	key [3]string
	doc string
}

// named returns the documents of a table in which a person is.
func named(ctx context.Context, tx *sqldb.Tx, table string, key []string, id ent.ID) ([]found, error) {
	like, err := naming(id)
	if err != nil {
		return nil, err
	}
	name, err := write(string(id))
	if err != nil {
		return nil, err
	}
	rows, err := sqldb.All(ctx, tx, `SELECT `+strings.Join(key, ", ")+`, doc FROM {`+table+`} WHERE tenant = $1 AND doc LIKE $2 ESCAPE '\' ORDER BY 1, 2, 3`,
		[]any{string(tx.Tenant()), like}, func(row sqldb.Scanner) (found, error) {
			var f found
			return f, row.Scan(&f.key[0], &f.key[1], &f.key[2], &f.doc)
		})
	// SQLite takes a letter for its capital.
	return slices.DeleteFunc(rows, func(f found) bool { return !strings.Contains(f.doc, name) }), err
}

// Held is of [ent.Holder]: what a person wrote, did, gave a visa on, is allowed, or is named in.
func (s *Store) Held(ctx context.Context, tenant ent.Tenant, person ent.ID) ([]ent.Holding, error) {
	var out []ent.Holding
	err := s.db.View(ctx, tenant, func(tx *sqldb.Tx) error {
		out = nil
		a, err := merges(ctx, tx)
		if err != nil {
			return err
		}
		if _, gone := a[person]; gone {
			return nil // all of it is with the one that was kept
		}
		for _, id := range a.accounts(person) {
			for _, t := range texts {
				rows, err := named(ctx, tx, t.table, t.key, id)
				if err != nil {
					return err
				}
				for _, f := range rows {
					out = append(out, ent.Holding{Part: s.Part(), Kind: t.kind, Data: json.RawMessage(f.doc)})
				}
			}
		}
		return nil
	})
	return out, err
}

// Erase is of [ent.Holder]: what a pupil did is gone, and so are a teacher's private notes, progressions and templates. Sessions,
// homework, visas and archives are the class's: they stay, without the name.
func (s *Store) Erase(ctx context.Context, tenant ent.Tenant, person ent.ID) (int64, error) {
	var total int64
	err := s.db.Update(ctx, tenant, func(tx *sqldb.Tx) error {
		total = 0
		a, err := merges(ctx, tx)
		if err != nil {
			return err
		}
		for _, id := range a.accounts(person) {
			n, err := erase(ctx, tx, id)
			if err != nil {
				return err
			}
			total += n
		}
		return nil
	})
	return total, err
}

func erase(ctx context.Context, tx *sqldb.Tx, id ent.ID) (int64, error) {
	var total int64
	for _, query := range []string{
		`DELETE FROM {cahier_work} WHERE tenant = $1 AND pupil = $2`,
		`DELETE FROM {cahier_document} WHERE tenant = $1 AND owner = $2`,
		`DELETE FROM {cahier_audience} WHERE tenant = $1 AND ref = $2 AND refkind = 'pupil'`,
		`DELETE FROM {cahier_merge} WHERE tenant = $1 AND (gone = $2 OR kept = $2)`,
	} {
		n, err := tx.Exec(ctx, query, string(tx.Tenant()), string(id))
		if err != nil {
			return 0, err
		}
		total += n
	}
	for _, t := range texts {
		rows, err := named(ctx, tx, t.table, t.key, id)
		if err != nil {
			return 0, err
		}
		for _, f := range rows {
			doc, err := without(f.doc, id)
			if err != nil {
				return 0, err
			}
			set := `doc = $1`
			if t.person != "" {
				set += `, ` + t.person + ` = CASE WHEN ` + t.person + ` = $6 THEN '' ELSE ` + t.person + ` END`
			}
			args := []any{doc, string(tx.Tenant()), f.key[0], f.key[1], f.key[2]}
			if t.person != "" {
				args = append(args, string(id))
			}
			n, err := tx.Exec(ctx, `UPDATE {`+t.table+`} SET `+set+` WHERE tenant = $2 AND `+t.key[0]+` = $3 AND `+t.key[1]+` = $4 AND `+t.key[2]+` = $5`, args...)
			if err != nil {
				return 0, err
			}
			total += n
		}
	}
	return total, nil
}

// without takes a person out of a document: the identifier where it stands, the name that an archive gives it, the pupil in an
// audience, and what the person noted for themselves alone.
func without(doc string, id ent.ID) (string, error) {
	var v any
	d := json.NewDecoder(strings.NewReader(doc))
	d.UseNumber()
	if d.Decode(&v) != nil {
		return "", fail(cahier.CodeStore)
	}
	return write(strip(v, string(id)))
}

func strip(v any, id string) any {
	switch v := v.(type) {
	case string:
		if v == id {
			return ""
		}
	case []any:
		out := v[:0]
		for _, x := range v {
			if m, ok := x.(map[string]any); x == id || ok && m["id"] == id && m["kind"] == "pupil" {
				continue
			}
			out = append(out, strip(x, id))
		}
		return out
	case map[string]any:
		if v["teacher"] == id {
			delete(v, "private")
		}
		delete(v, id)
		for k, x := range v {
			v[k] = strip(x, id)
		}
	}
	return v
}

// Merge is of [ent.Holder].
func (s *Store) Merge(ctx context.Context, tenant ent.Tenant, kept, gone ent.ID) error {
	return s.db.Update(ctx, tenant, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO {cahier_merge} (tenant, gone, kept) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, string(tenant), string(gone), string(kept))
		return err
	})
}

// Unmerge is of [ent.Holder].
func (s *Store) Unmerge(ctx context.Context, tenant ent.Tenant, kept, gone ent.ID) error {
	return s.db.Update(ctx, tenant, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM {cahier_merge} WHERE tenant = $1 AND gone = $2 AND kept = $3`, string(tenant), string(gone), string(kept))
		return err
	})
}
