package timetablesql

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/schoollife/timetable"
)

var _ ent.Holder = (*Store)(nil)

// Part is of [ent.Holder].
func (s *Store) Part() string { return "timetable" }

// aliases are the accounts that are gone, by the one that was kept. Lessons are not written again at a merge, so that it can be undone:
// who reads gone finds kept.
type aliases map[ent.ID]ent.ID

func merges(ctx context.Context, tx *sqldb.Tx) (aliases, error) {
	out := aliases{}
	_, err := sqldb.All(ctx, tx, `SELECT gone, kept FROM {timetable_merge} WHERE tenant = $1`, []any{string(tx.Tenant())}, func(row sqldb.Scanner) (struct{}, error) {
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

func isPerson(k timetable.Kind) bool {
	return k == timetable.KindTeacher || k == timetable.KindStaff || k == timetable.KindPupil
}

// lessons puts the accounts that were kept in place of those that are gone.
func (a aliases) lessons(list []timetable.Lesson) {
	if len(a) == 0 {
		return
	}
	for i := range list {
		l := &list[i]
		shared := true
		for j, r := range l.Resources {
			if id := a.now(r.ID); isPerson(r.Kind) && id != r.ID {
				if shared {
					l.Resources, shared = slices.Clone(l.Resources), false
				}
				l.Resources[j].ID = id
			}
		}
	}
}

// naming is a condition on a text that holds resources or a document: a person is in it, as JSON writes it.
func naming(person ent.ID) (string, error) {
	b, err := json.Marshal(string(person))
	if err != nil {
		return "", unreadable()
	}
	r := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
	return "%" + r.Replace(string(b)) + "%", nil
}

// Held is of [ent.Holder]: the lessons and the changes that name a person, the calendars opened, what the person changed or imported.
func (s *Store) Held(ctx context.Context, tenant ent.Tenant, person ent.ID) ([]ent.Holding, error) {
	var out []ent.Holding
	err := s.db.View(ctx, tenant, func(tx *sqldb.Tx) error {
		out = nil
		alias, err := merges(ctx, tx)
		if err != nil {
			return err
		}
		for _, id := range alias.accounts(person) {
			if err := held(ctx, tx, id, &out); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// names reports whether a lesson names a person, as it is or as it was.
func names(l *timetable.Lesson, id ent.ID) bool {
	return slices.ContainsFunc(l.Resources, func(r timetable.Ref) bool { return isPerson(r.Kind) && r.ID == id }) || l.Was != nil && names(l.Was, id)
}

func held(ctx context.Context, tx *sqldb.Tx, id ent.ID, out *[]ent.Holding) error {
	add := func(kind string, v any) error {
		b, err := json.Marshal(v)
		*out = append(*out, ent.Holding{Part: "timetable", Kind: kind, Data: b})
		return err
	}
	like, err := naming(id)
	if err != nil {
		return err
	}
	tenant := string(tx.Tenant())
	var r reader
	lessons, err := sqldb.All(ctx, tx, `SELECT `+columns+` FROM {timetable_lesson} WHERE tenant = $1 AND (resources LIKE $2 ESCAPE '\' OR was LIKE $2 ESCAPE '\')
		ORDER BY day, start, course`, []any{tenant, like}, r.lesson)
	if err != nil {
		return err
	}
	for i := range lessons {
		if !names(&lessons[i], id) {
			continue // SQLite takes a letter for its capital
		}
		if err := add("lesson", lessons[i]); err != nil {
			return err
		}
	}
	imports, err := sqldb.All(ctx, tx, `SELECT version, source, writer, written, counts FROM {timetable_import} WHERE tenant = $1 AND writer = $2 ORDER BY school, version`,
		[]any{tenant, string(id)}, readImport)
	if err != nil {
		return err
	}
	for _, i := range imports {
		if err := add("import", i); err != nil {
			return err
		}
	}
	list, err := sqldb.All(ctx, tx, `SELECT writer, written, doc FROM {timetable_change} WHERE tenant = $1 AND (writer = $3 OR doc LIKE $2 ESCAPE '\') ORDER BY school, version`,
		[]any{tenant, like, string(id)}, readChange)
	if err != nil {
		return err
	}
	for _, c := range list {
		if c.By != id && !slices.ContainsFunc(slices.Concat(c.With, c.Without), func(r timetable.Ref) bool { return r.ID == id }) {
			continue
		}
		if err := add("change", c); err != nil {
			return err
		}
	}
	tokens, err := sqldb.All(ctx, tx, `SELECT doc FROM {timetable_token} WHERE tenant = $1 AND (person = $3 OR doc LIKE $2 ESCAPE '\') ORDER BY hash`,
		[]any{tenant, like, string(id)}, readToken)
	if err != nil {
		return err
	}
	for _, t := range tokens {
		if t.Person != id && t.Of.ID != id {
			continue
		}
		if err := add("calendar", t); err != nil {
			return err
		}
	}
	return nil
}

// Erase is of [ent.Holder]: a person is taken out of the lessons, which stay; the calendars that the person opened, or that are of the
// person, are gone, and so is the name of who changed or imported.
func (s *Store) Erase(ctx context.Context, tenant ent.Tenant, person ent.ID) (int64, error) {
	var total int64
	err := s.db.Update(ctx, tenant, func(tx *sqldb.Tx) error {
		total = 0
		alias, err := merges(ctx, tx)
		if err != nil {
			return err
		}
		for _, id := range append(alias.accounts(person), person) {
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

// erasable are the texts in which a person may be named: what they are the key of, and how they are read.
var erasable = []struct {
	table, text string
	key         [3]string
}{
	{"timetable_lesson", "resources", [3]string{"school", "course", "planned"}},
	{"timetable_lesson", "was", [3]string{"school", "course", "planned"}},
	{"timetable_change", "doc", [3]string{"school", "CAST(version AS TEXT)", "course"}},
	{"timetable_school", "courses", [3]string{"school", "school", "school"}},
	{"timetable_import", "plan", [3]string{"school", "CAST(version AS TEXT)", "source"}},
}

func erase(ctx context.Context, tx *sqldb.Tx, id ent.ID) (int64, error) {
	tenant := string(tx.Tenant())
	like, err := naming(id)
	if err != nil {
		return 0, err
	}
	var total int64
	for _, e := range erasable {
		type found struct {
			key  [3]string
			text string
		}
		rows, err := sqldb.All(ctx, tx, `SELECT `+strings.Join(e.key[:], ", ")+`, `+e.text+` FROM {`+e.table+`} WHERE tenant = $1 AND `+e.text+` LIKE $2 ESCAPE '\'`,
			[]any{tenant, like}, func(row sqldb.Scanner) (found, error) {
				var f found
				return f, row.Scan(&f.key[0], &f.key[1], &f.key[2], &f.text)
			})
		if err != nil {
			return 0, err
		}
		for _, f := range rows {
			text, changed, err := without(f.text, id)
			if err != nil {
				return 0, err
			}
			if !changed {
				continue
			}
			n, err := tx.Exec(ctx, `UPDATE {`+e.table+`} SET `+e.text+` = $1 WHERE tenant = $2 AND `+e.key[0]+` = $3 AND `+e.key[1]+` = $4 AND `+e.key[2]+` = $5`,
				text, tenant, f.key[0], f.key[1], f.key[2])
			if err != nil {
				return 0, err
			}
			total += n
		}
	}
	name, err := write(string(id))
	if err != nil {
		return 0, err
	}
	for _, query := range []string{ // LIKE of SQLite takes a letter for its capital, REPLACE does not
		`DELETE FROM {timetable_token} WHERE tenant = $1 AND (person = $2 OR REPLACE(doc, $3, '') <> doc)`,
		`UPDATE {timetable_change} SET writer = '' WHERE tenant = $1 AND writer = $2 AND $3 <> ''`,
		`UPDATE {timetable_import} SET writer = '' WHERE tenant = $1 AND writer = $2 AND $3 <> ''`,
		`DELETE FROM {timetable_merge} WHERE tenant = $1 AND (gone = $2 OR kept = $2) AND $3 <> ''`,
	} {
		n, err := tx.Exec(ctx, query, tenant, string(id), name)
		if err != nil {
			return 0, err
		}
		total += n
	}
	return total, nil
}

// without takes a person out of a document: every object in a list that says it is that teacher, member of the staff or pupil.
func without(text string, id ent.ID) (string, bool, error) {
	var v any
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber() // weeks are numbers of 64 bits
	if d.Decode(&v) != nil {
		return "", false, unreadable()
	}
	changed := false
	var walk func(v any) any
	walk = func(v any) any {
		switch v := v.(type) {
		case []any:
			out := v[:0]
			for _, x := range v {
				if m, ok := x.(map[string]any); ok && m["id"] == string(id) {
					if kind, ok := m["kind"].(string); ok && isPerson(timetable.Kind(kind)) {
						changed = true
						continue
					}
				}
				out = append(out, walk(x))
			}
			return out
		case map[string]any:
			for k, x := range v {
				v[k] = walk(x)
			}
		}
		return v
	}
	v = walk(v)
	if !changed {
		return text, false, nil
	}
	out, err := write(v)
	return out, true, err
}

// Merge is of [ent.Holder].
func (s *Store) Merge(ctx context.Context, tenant ent.Tenant, kept, gone ent.ID) error {
	return s.db.Update(ctx, tenant, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO {timetable_merge} (tenant, gone, kept) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, string(tenant), string(gone), string(kept))
		return err
	})
}

// Unmerge is of [ent.Holder].
func (s *Store) Unmerge(ctx context.Context, tenant ent.Tenant, kept, gone ent.ID) error {
	return s.db.Update(ctx, tenant, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM {timetable_merge} WHERE tenant = $1 AND gone = $2 AND kept = $3`, string(tenant), string(gone), string(kept))
		return err
	})
}
