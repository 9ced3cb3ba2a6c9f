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
	Keys   []directory.HeldKey            `json:"keys,omitempty"`
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
		size := listSize(len(list))
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

// listSize is how many values a list of n is filled up to, by its last one: an engine then has few texts to prepare.
func listSize(n int) int {
	size := 1
	for size < n {
		size *= 4
	}
	return size
}

// accounts reads accounts, in the order of the ids.
func accounts(ctx context.Context, tx *sqldb.Tx, ids []ent.ID) ([]directory.Account, error) {
	var out []directory.Account
	err := in(ctx, tx, `SELECT id, category, state, since, login, activated, blocked, version, doc FROM {person}
		WHERE tenant = $1 AND id IN (?)`, ids, func(row sqldb.Scanner) error {
		var (
			a     directory.Account
			login sql.NullString
			text  sql.RawBytes // of the driver: what is decoded from it is copied
			d     doc
		)
		err := row.Scan(&a.ID, &a.Category, &a.State, sqldb.Text(&a.Since, ent.ParseDate), &login, &a.Activated, &a.Blocked, &a.Version, &text)
		if err != nil {
			return err
		}
		if err := json.Unmarshal(text, &d); err != nil {
			return failure(CodeRow)
		}
		a.Login, a.Person, a.Keys, a.Ties, a.Saved, a.Owners = login.String, d.Person, d.Keys, d.Ties, d.Saved, d.Owners
		a.Person.ID = a.ID
		out = append(out, a)
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(out, func(a, b directory.Account) int { return compareIDs(a.ID, b.ID) })
	return out, nil
}

func personRow(tenant string, plan int64, a *directory.Account) ([]any, error) {
	p := a.Person
	p.ID = ""
	text, err := json.Marshal(doc{p, a.Keys, a.Ties, a.Saved, a.Owners})
	if err != nil {
		return nil, failure(CodeRow)
	}
	row := personColumns(tenant, plan, a)
	row[len(row)-1] = string(text)
	return row, nil
}

// personColumns is the row of a person but for its document, the last one.
func personColumns(tenant string, plan int64, a *directory.Account) []any {
	var ine, login any
	if s := a.Person.Schooling; s != nil && s.INE != "" {
		ine = string(s.INE)
	}
	if a.Login != "" {
		login = a.Login
	}
	return []any{
		tenant, string(a.ID), string(a.Category), string(a.State), sqldb.DateArg(a.Since), directory.NameKey(a.Person.Name), ine, login,
		a.Activated, a.Blocked, a.Version, plan, nil,
	}
}

func personRowColumns() []string {
	return []string{"tenant", "id", "category", "state", "since", "name_key", "ine", "login", "activated", "blocked", "version", "plan", "doc"}
}

func keyRowColumns() []string { return []string{"tenant", "origin", "category", "key", "person"} }

// keyRows calls yield with a row per key.
func keyRows(tenant string, a *directory.Account, yield func([]any)) {
	for i := range a.Keys {
		k := &a.Keys[i]
		yield([]any{tenant, string(k.Origin), string(k.Category), k.ID, string(a.ID)})
	}
}

func kinRowColumns() []string { return []string{"tenant", "relative", "pupil"} }

// kinRows calls yield with a row per relative of a pupil, each once; those whose ties are saved too.
func kinRows(tenant string, a *directory.Account, yield func([]any)) {
	var done []string
	for _, ties := range [...][]directory.Tie{a.Ties, a.Saved} {
		for i := range ties {
			t := &ties[i]
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
		case directory.TieHead:
			add(sqldb.Member{Kind: sqldb.MemberClass, Target: t.Target, Establishment: t.Establishment, Profile: ent.ProfileTeacher})
		case directory.TieRelative:
		}
	}
	return out
}

func memberRows(tenant string, a *directory.Account, yield func([]any)) {
	for _, m := range members(a) {
		yield([]any{tenant, string(m.Target), string(a.ID), string(m.Profile), string(m.Kind), string(m.Establishment)})
	}
}
