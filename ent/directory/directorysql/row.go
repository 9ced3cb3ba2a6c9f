package directorysql

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/ent/sqldb"
)

// doc is what a row of {person} holds beside its columns.
type doc struct {
	Person ent.Person                     `json:"person"`
	Ties   []directory.Tie                `json:"ties,omitempty"`
	Saved  []directory.Tie                `json:"saved,omitempty"`
	Owners map[ent.Field]directory.Origin `json:"owners,omitempty"`
}

// waiting is how {kin} names a relative who is not known yet.
func waiting(k directory.Key) string { return "?" + k.String() }

// chunk is how many values one statement names.
const chunk = 256

// in runs a query once per chunk of values, which stand where the text has (?).
func in[T ~string](ctx context.Context, tx *sqldb.Tx, query string, values []T, scan func(sqldb.Scanner) error) error {
	for list := range slices.Chunk(values, chunk) {
		// Lists are filled up to one of a few lengths by their last value: an engine then has few texts to prepare.
		size := 1
		for size < len(list) {
			size *= 4
		}
		args := make([]any, 0, size+1)
		args = append(args, string(tx.Tenant()))
		var b strings.Builder
		for i := range size {
			args = append(args, string(list[min(i, len(list)-1)]))
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(i + 2))
		}
		if err := tx.Query(ctx, strings.Replace(query, "(?)", "("+b.String()+")", 1), args, scan); err != nil {
			return err
		}
	}
	return nil
}

// scanAccount reads one row of a person and one of its keys.
func scanAccount(row sqldb.Scanner) (a directory.Account, k directory.HeldKey, keyed bool, err error) {
	var (
		login, origin, category, id sql.NullString
		text                        string
		hash                        []byte
		d                           doc
	)
	err = row.Scan(
		&a.ID, &a.Category, &a.State, sqldb.Text(&a.Since, ent.ParseDate), &login, &a.Activated, &a.Blocked, &a.Version, &text,
		&origin, &category, &id, &hash, sqldb.Text(&k.Gone, ent.ParseDate),
	)
	if err != nil {
		return a, k, false, err
	}
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		return a, k, false, failure(CodeRow)
	}
	a.Login, a.Person, a.Ties, a.Saved, a.Owners = login.String, d.Person, d.Ties, d.Saved, d.Owners
	a.Person.ID = a.ID
	k.Key = directory.Key{Origin: directory.Origin(origin.String), Category: directory.Category(category.String), ID: id.String}
	copy(k.Hash[:], hash)
	return a, k, origin.Valid, nil
}

// accounts reads accounts by id, with their keys, in the order of the ids. The keys are joined and not asked for by a list:
// SQLite, which keeps no figures of its tables by itself, would go through all of them.
func accounts(ctx context.Context, tx *sqldb.Tx, ids []ent.ID) ([]directory.Account, error) {
	var out []directory.Account
	at := map[ent.ID]int{}
	err := in(ctx, tx, `SELECT p.id, p.category, p.state, p.since, p.login, p.activated, p.blocked, p.version, p.doc,
		k.origin, k.category, k.key, k.hash, k.gone
		FROM {person} p LEFT JOIN {person_key} k ON k.tenant = p.tenant AND k.person = p.id
		WHERE p.tenant = $1 AND p.id IN (?) ORDER BY p.id, k.rank`, ids, func(row sqldb.Scanner) error {
		a, k, keyed, err := scanAccount(row)
		if err != nil {
			return err
		}
		n, known := at[a.ID]
		if !known {
			n = len(out)
			at[a.ID] = n
			out = append(out, a)
		}
		if keyed {
			out[n].Keys = append(out[n].Keys, k)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(out, func(a, b directory.Account) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return out, nil
}

func personRow(tenant string, plan int64, a *directory.Account) ([]any, error) {
	p := a.Person
	p.ID = ""
	text, err := json.Marshal(doc{p, a.Ties, a.Saved, a.Owners})
	if err != nil {
		return nil, failure(CodeRow)
	}
	var ine, login any
	if s := p.Schooling; s != nil && s.INE != "" {
		ine = string(s.INE)
	}
	if a.Login != "" {
		login = a.Login
	}
	return []any{
		tenant, string(a.ID), string(a.Category), string(a.State), sqldb.DateArg(a.Since), directory.NameKey(p.Name), ine, login,
		a.Activated, a.Blocked, a.Version, plan, string(text),
	}, nil
}

func personRowColumns() []string {
	return []string{"tenant", "id", "category", "state", "since", "name_key", "ine", "login", "activated", "blocked", "version", "plan", "doc"}
}

func keyRowColumns() []string {
	return []string{
		"tenant", "origin", "category", "key", "person", "hash", "gone", "state", "others", "profile", "establishment", "leaver", "rank",
	}
}

// keyRows calls yield with a row per key.
func keyRows(tenant string, a *directory.Account, yield func([]any)) {
	for i := range a.Keys {
		k := &a.Keys[i]
		m, _ := a.Mark(k.Key)
		var hash any
		if !k.Hash.IsZero() {
			hash = k.Hash[:]
		}
		yield([]any{
			tenant, string(k.Origin), string(k.Category), k.ID, string(a.ID), hash, sqldb.DateArg(k.Gone), string(a.State), m.Others,
			string(m.Profile), string(m.Establishment), m.Leaver, int64(i),
		})
	}
}

func kinRowColumns() []string { return []string{"tenant", "relative", "pupil"} }

// kinRows calls yield with a row per relative of a pupil, each once.
func kinRows(tenant string, a *directory.Account, yield func([]any)) {
	var done []string
	for i := range a.Ties {
		t := &a.Ties[i]
		if t.Kind != directory.TieRelative {
			continue
		}
		who := string(t.Target)
		if who == "" {
			who = waiting(t.Relative)
		}
		if !slices.Contains(done, who) {
			done = append(done, who)
			yield([]any{tenant, who, string(a.ID)})
		}
	}
}

func foundRowColumns() []string {
	return []string{"tenant", "establishment", "word", "person", "profile"}
}

// foundRows calls yield with a row per word by which the person is found, everywhere and in each establishment.
func foundRows(tenant string, a *directory.Account, yield func([]any)) {
	if !a.State.Found() {
		return
	}
	words := directory.SearchKeys(a.Person.Name)
	type place struct{ establishment, profile string }
	var places []place
	add := func(p place) {
		if !slices.Contains(places, p) {
			places = append(places, p)
		}
	}
	for i := range a.Ties {
		if t := &a.Ties[i]; t.Kind == directory.TieEstablishment {
			add(place{"", string(t.Profile)})
			add(place{string(t.Target), string(t.Profile)})
		}
	}
	if len(places) == 0 {
		add(place{"", string(a.Profile())})
	}
	for _, p := range places {
		for _, w := range words {
			yield([]any{tenant, p.establishment, w, string(a.ID), p.profile})
		}
	}
}

func memberRowColumns() []string {
	return []string{"tenant", "target", "person", "profile", "kind", "establishment"}
}

// members returns what the person belongs to, for {member}.
func members(a *directory.Account) []sqldb.Member {
	var out []sqldb.Member
	add := func(m sqldb.Member) {
		if !slices.ContainsFunc(out, func(o sqldb.Member) bool { return o.Target == m.Target && o.Profile == m.Profile }) {
			out = append(out, m)
		}
	}
	for i := range a.Ties {
		t := &a.Ties[i]
		switch t.Kind {
		case directory.TieEstablishment:
			add(sqldb.Member{Kind: sqldb.MemberEstablishment, Target: t.Target, Establishment: t.Target, Profile: t.Profile})
		case directory.TieClass:
			add(sqldb.Member{Kind: sqldb.MemberClass, Target: t.Target, Establishment: t.Establishment, Profile: ent.ProfilePupil})
		case directory.TieGroup:
			add(sqldb.Member{Kind: sqldb.MemberGroup, Target: t.Target, Establishment: t.Establishment, Profile: ent.ProfilePupil})
		case directory.TieTeaching:
			kind := sqldb.MemberClass
			if t.Group {
				kind = sqldb.MemberGroup
			}
			add(sqldb.Member{Kind: kind, Target: t.Target, Establishment: t.Establishment, Profile: ent.ProfileTeacher})
		case directory.TieHead, directory.TieRelative:
		}
	}
	return out
}

func memberRows(tenant string, a *directory.Account, yield func([]any)) {
	for _, m := range members(a) {
		yield([]any{tenant, string(m.Target), string(a.ID), string(m.Profile), string(m.Kind), string(m.Establishment)})
	}
}

// load inserts new accounts, in bulk.
func load(ctx context.Context, tx *sqldb.Tx, plan int64, list []directory.Account) error {
	tenant := string(tx.Tenant())
	var bad error
	_, err := tx.Load(ctx, "person", personRowColumns(), func(yield func([]any) bool) {
		for i := range list {
			row, err := personRow(tenant, plan, &list[i])
			if err != nil {
				bad = err
				return
			}
			if !yield(row) {
				return
			}
		}
	})
	if bad != nil {
		return bad
	}
	for _, t := range []struct {
		table   string
		columns []string
		rows    func(string, *directory.Account, func([]any))
	}{
		{"person_key", keyRowColumns(), keyRows},
		{"kin", kinRowColumns(), kinRows},
		{"found", foundRowColumns(), foundRows},
		{"member", memberRowColumns(), memberRows},
	} {
		if err != nil {
			return err
		}
		_, err = tx.Load(ctx, t.table, t.columns, func(yield func([]any) bool) {
			more := true
			for i := range list {
				t.rows(tenant, &list[i], func(row []any) { more = more && yield(row) })
				if !more {
					return
				}
			}
		})
	}
	return err
}

// write replaces an account by what it has become, and what is kept beside it where that has changed. before nil stands for
// an account that comes back: nothing of it is there.
func write(ctx context.Context, tx *sqldb.Tx, before, after *directory.Account) error {
	tenant := string(tx.Tenant())
	row, err := personRow(tenant, 0, after)
	if err != nil {
		return err
	}
	if before == nil {
		return load(ctx, tx, 0, []directory.Account{*after})
	}
	// The plan that created the person stays: column 11 is left out.
	args := append(slices.Clone(row[:11]), row[12])
	n, err := tx.Exec(ctx, `UPDATE {person} SET category = $3, state = $4, since = $5, name_key = $6, ine = $7, login = $8, activated = $9,
		blocked = $10, version = $11, doc = $12 WHERE tenant = $1 AND id = $2`, args...)
	if err != nil {
		return err
	}
	if n != 1 {
		return failure(CodeRow)
	}
	for _, t := range []struct {
		table, column string
		columns       []string
		rows          func(string, *directory.Account, func([]any))
	}{
		{"person_key", "person", keyRowColumns(), keyRows},
		{"kin", "pupil", kinRowColumns(), kinRows},
		{"found", "person", foundRowColumns(), foundRows},
		{"member", "person", memberRowColumns(), memberRows},
	} {
		var was, is [][]any
		t.rows(tenant, before, func(r []any) { was = append(was, r) })
		t.rows(tenant, after, func(r []any) { is = append(is, r) })
		if sameRows(was, is) {
			continue
		}
		if len(was) > 0 {
			if _, err := tx.Exec(ctx, `DELETE FROM {`+t.table+`} WHERE tenant = $1 AND `+t.column+` = $2`, tenant, string(after.ID)); err != nil {
				return err
			}
		}
		for _, r := range is {
			if err := insert(ctx, tx, t.table, t.columns, r); err != nil {
				return err
			}
		}
	}
	return nil
}

func insert(ctx context.Context, tx *sqldb.Tx, table string, columns []string, row []any) error {
	var marks strings.Builder
	for i := range columns {
		if i > 0 {
			marks.WriteString(", ")
		}
		marks.WriteString("$" + strconv.Itoa(i+1))
	}
	_, err := tx.Exec(ctx, `INSERT INTO {`+table+`} (`+strings.Join(columns, ", ")+`) VALUES (`+marks.String()+`)`, row...)
	return err
}

func sameRows(a, b [][]any) bool {
	return slices.EqualFunc(a, b, func(x, y []any) bool {
		return slices.EqualFunc(x, y, func(v, w any) bool {
			p, ok1 := v.([]byte)
			q, ok2 := w.([]byte)
			if ok1 || ok2 {
				return ok1 && ok2 && string(p) == string(q)
			}
			return v == w
		})
	})
}

// remove deletes an account and all that is kept beside it.
func remove(ctx context.Context, tx *sqldb.Tx, id ent.ID) error {
	for _, t := range []struct{ table, column string }{
		{"person", "id"}, {"person_key", "person"}, {"kin", "pupil"}, {"found", "person"}, {"member", "person"}, {"kin", "relative"},
	} {
		if _, err := tx.Exec(ctx, `DELETE FROM {`+t.table+`} WHERE tenant = $1 AND `+t.column+` = $2`, string(tx.Tenant()), string(id)); err != nil {
			return err
		}
	}
	return nil
}
