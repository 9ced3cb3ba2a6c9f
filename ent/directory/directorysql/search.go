package directorysql

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"strconv"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/internal/frtext"
)

// Search asks for people. At least one of Text, Class and Establishment is wanted.
type Search struct {
	// Text is the beginning of any part of a name, or of both names in either order; case, accents, spaces, hyphens and
	// apostrophes do not count.
	Text string
	// Establishment, Class (or group) and Profile, when set, limit the answer.
	Establishment ent.ID
	Class         ent.ID
	Profile       ent.Profile
	// After is the Next of the page before, "" for the first page.
	After Cursor
	// Limit is how many people a page has: 20 when 0, 200 at the most.
	Limit int
}

// Cursor is where a page begins: an identifier and a number, nothing personal.
type Cursor string

// Page is a page of people, in the order of the folded words by which they were found.
type Page struct {
	People []directory.Account
	// Next is the After of the next page, "" when there is none.
	Next Cursor
}

// LogValue shows how many people there are: the place of the next page is made of a name.
func (p Page) LogValue() slog.Value { return slog.GroupValue(slog.Int("people", len(p.People))) }

// Reacher says what somebody may see of the people of a profile: *access.Scope is one.
type Reacher interface {
	Reach(a access.Action, of ent.Profile) access.Reach
}

const (
	pageLimit    = 20
	pageMaximum  = 200
	maxSearch    = 100 // characters of a text
	branchLimit  = 60  // parts of one statement
	memberLimits = 5000
)

// Search returns a page of the people whom the asker may see by an action, usually access.ActionPersonRead: nobody else is
// read, counted or hinted at. It returns CodeQuery for a search without a limit, CodePage for a cursor that is none.
func (s *Store) Search(ctx context.Context, who Reacher, action access.Action, q Search) (Page, error) {
	text := frtext.Key(q.Text)
	if text == "" && (q.Text != "" || q.Class == "" && q.Establishment == "") || len(text) > maxSearch {
		return Page{}, failure(CodeQuery)
	}
	if q.Limit <= 0 {
		q.Limit = pageLimit
	}
	q.Limit = min(q.Limit, pageMaximum)
	find := &finding{s: s, q: &q, text: text, reach: map[ent.Profile]access.Reach{}}
	for _, p := range append(ent.Profiles(), "") {
		if q.Profile == "" || q.Profile == p {
			if r := who.Reach(action, p); p != "" && !r.Empty() {
				find.reach[p] = r
				find.profiles = append(find.profiles, p)
			}
		}
	}
	var out Page
	err := s.view(ctx, func(tx *sqldb.Tx) error {
		var err error
		find.ctx, find.tx = ctx, tx
		out, err = find.page()
		return err
	})
	return out, err
}

// finding is one search.
type finding struct {
	s        *Store
	ctx      context.Context
	tx       *sqldb.Tx
	q        *Search
	text     string
	profiles []ent.Profile
	reach    map[ent.Profile]access.Reach
}

// hit is a row by which somebody is found.
type hit struct {
	word    string
	person  ent.ID
	profile ent.Profile
}

func (h hit) compare(o hit) int {
	return cmp.Or(strings.Compare(h.word, o.word), compareIDs(h.person, o.person))
}

func (f *finding) page() (Page, error) {
	at, err := f.start()
	if err != nil {
		return Page{}, err
	}
	var out Page
	for {
		// One more than the page, to know whether there is a next one; a person found by two words comes once, so that more
		// may be needed.
		hits, next, more, err := f.hits(at, f.q.Limit+1)
		if err != nil {
			return Page{}, err
		}
		ids := make([]ent.ID, 0, len(hits))
		for _, h := range hits {
			ids = append(ids, h.person)
		}
		list, err := accounts(f.ctx, f.tx, sorted(ids))
		if err != nil {
			return Page{}, err
		}
		for _, h := range hits {
			n, ok := slices.BinarySearchFunc(list, h.person, func(a directory.Account, id ent.ID) int { return compareIDs(a.ID, id) })
			if !ok || !f.first(&list[n], h.word) || slices.ContainsFunc(out.People, func(a directory.Account) bool { return a.ID == h.person }) {
				continue
			}
			if len(out.People) == f.q.Limit {
				out.Next = f.cursor(&out.People[f.q.Limit-1])
				return out, nil
			}
			out.People = append(out.People, list[n])
		}
		if !more {
			return out, nil
		}
		at = next
	}
}

// first reports whether a word is the first one by which the text finds the person.
func (f *finding) first(a *directory.Account, word string) bool {
	for _, w := range directory.SearchKeys(a.Person.Name) {
		if strings.HasPrefix(w, f.text) {
			return w == word
		}
	}
	return false
}

// cursor names the last person of a page, by which the next one finds its place.
func (f *finding) cursor(a *directory.Account) Cursor { return Cursor(a.ID) }

// start returns the place after which the page begins.
func (f *finding) start() (hit, error) {
	if f.q.After == "" {
		return hit{}, nil
	}
	list, err := accounts(f.ctx, f.tx, []ent.ID{ent.ID(f.q.After)})
	if err != nil {
		return hit{}, err
	}
	// Who the asker may not see is no page, whatever the name: the answer tells nothing of it.
	if len(list) == 1 && f.sees(&list[0]) {
		for _, w := range directory.SearchKeys(list[0].Person.Name) {
			if strings.HasPrefix(w, f.text) {
				return hit{word: w, person: list[0].ID}, nil
			}
		}
	}
	return hit{}, failure(CodePage)
}

// branch is one range of the index, or the words of some people.
type branch struct {
	establishment ent.ID
	profile       ent.Profile
	targets       []ent.ID // classes and groups
	persons       []ent.ID
}

// branches returns the ranges that the asker reaches.
func (f *finding) branches() []branch {
	var out []branch
	for _, p := range f.profiles {
		r := f.reach[p]
		at := r.Establishments
		if r.All {
			at = []ent.ID{""}
		}
		if e := f.q.Establishment; e != "" {
			if r.All || slices.Contains(at, e) {
				at = []ent.ID{e}
			} else {
				at = nil
			}
		}
		for _, e := range at {
			out = append(out, branch{establishment: e, profile: p})
		}
		if r.All {
			continue
		}
		home := f.q.Establishment
		if targets := slices.Concat(r.Classes, r.Groups); len(targets) > 0 {
			out = append(out, branch{establishment: home, profile: p, targets: targets})
		}
		if len(r.Persons) > 0 {
			out = append(out, branch{establishment: home, profile: p, persons: r.Persons})
		}
	}
	return out
}

// hits returns the rows after a place, in their order, up to where every range was read: next is that place when more says
// that others follow. Rows that the asker is not to see are left out, so that there may be none.
func (f *finding) hits(at hit, n int) (hits []hit, next hit, more bool, err error) {
	if f.q.Class != "" {
		hits, err = f.classHits(at)
		return hits, next, false, err
	}
	for list := range slices.Chunk(f.branches(), branchLimit) {
		query, args := f.statement(list, at, n)
		rows := make([]int, len(list))
		last := make([]hit, len(list))
		err := f.tx.Query(f.ctx, query, args, func(row sqldb.Scanner) error {
			var (
				h hit
				b int
			)
			if err := row.Scan(&b, &h.word, &h.person, &h.profile); err != nil {
				return err
			}
			rows[b]++
			if h.compare(last[b]) > 0 {
				last[b] = h
			}
			if !slices.Contains(f.reach[h.profile].Except, h.person) {
				hits = append(hits, h)
			}
			return nil
		})
		if err != nil {
			return nil, next, false, err
		}
		for b := range list { // beyond the last row of a range that was cut, others may come first
			if rows[b] == n && (!more || last[b].compare(next) < 0) {
				next, more = last[b], true
			}
		}
	}
	slices.SortFunc(hits, hit.compare)
	hits = slices.CompactFunc(hits, func(a, b hit) bool { return a.word == b.word && a.person == b.person })
	if more {
		hits = slices.DeleteFunc(hits, func(h hit) bool { return h.compare(next) > 0 })
	}
	return hits, next, more, nil
}

// statement is one range of the index per branch, each cut at n rows. Parameters are numbered by their first use, as every
// driver wants them.
func (f *finding) statement(list []branch, at hit, n int) (string, []any) {
	var args []any
	fixed := map[string]string{}
	arg := func(v any) string {
		args = append(args, v)
		return "$" + strconv.Itoa(len(args))
	}
	once := func(name string, v any) string {
		if fixed[name] == "" {
			fixed[name] = arg(v)
		}
		return fixed[name]
	}
	tenant := func() string { return once("tenant", string(f.s.tenant)) }
	among := func(b *strings.Builder, ids []ent.ID) {
		for j, id := range ids {
			if j > 0 {
				b.WriteByte(',')
			}
			b.WriteString(arg(string(id)))
		}
	}
	var b strings.Builder
	for i, x := range list {
		if i > 0 {
			b.WriteString("\nUNION ALL ")
		}
		b.WriteString("SELECT * FROM (SELECT " + strconv.Itoa(i) + " AS b, f.word, f.person, f.profile FROM ")
		switch {
		case x.targets != nil:
			b.WriteString(`(SELECT DISTINCT m.person FROM {member} m WHERE m.tenant = ` + tenant() + ` AND m.profile = ` + arg(string(x.profile)) + ` AND m.target IN (`)
			among(&b, x.targets)
			b.WriteString(`)) AS p CROSS JOIN {found} f WHERE f.person = p.person AND `)
		case x.persons != nil:
			b.WriteString(`{found} f WHERE f.person IN (`)
			among(&b, x.persons)
			b.WriteString(`) AND `)
		default:
			b.WriteString(`{found} f WHERE `)
		}
		b.WriteString(`f.tenant = ` + tenant() + ` AND f.establishment = ` + arg(string(x.establishment)) + ` AND f.profile = ` + arg(string(x.profile)))
		// The range begins at the pair, which PostgreSQL prefers to a bound of the word alone: the pair of a first page is the
		// text, or all the words before it would be gone through.
		b.WriteString(` AND (f.word, f.person) > (` + once("word", max(f.text, at.word)) + `, ` + once("person", string(at.person)) + `)`)
		b.WriteString(` AND f.word < ` + once("to", f.text+"\U0010FFFF"))
		b.WriteString(` ORDER BY f.word, f.person LIMIT ` + once("limit", int64(n)) + `) AS s` + strconv.Itoa(i))
	}
	return b.String(), args
}

// classHits returns everybody of a class or group whom the asker may see: a class is small.
func (f *finding) classHits(at hit) ([]hit, error) {
	var ids []ent.ID
	err := f.tx.Query(f.ctx, `SELECT DISTINCT person FROM {member} WHERE tenant = $1 AND target = $2 LIMIT $3`,
		[]any{string(f.s.tenant), string(f.q.Class), int64(memberLimits)}, func(row sqldb.Scanner) error {
			var id ent.ID
			err := row.Scan(&id)
			ids = append(ids, id)
			return err
		})
	if err != nil {
		return nil, err
	}
	list, err := accounts(f.ctx, f.tx, sorted(ids))
	if err != nil {
		return nil, err
	}
	var hits []hit
	for i := range list {
		a := &list[i]
		if !a.State.Found() || !f.sees(a) {
			continue
		}
		for _, w := range directory.SearchKeys(a.Person.Name) {
			if strings.HasPrefix(w, f.text) {
				if h := (hit{word: w, person: a.ID}); h.compare(at) > 0 {
					hits = append(hits, h)
				}
				break
			}
		}
	}
	slices.SortFunc(hits, hit.compare)
	return hits, nil
}

// sees reports whether the asker reaches an account under one of its profiles.
func (f *finding) sees(a *directory.Account) bool {
	for _, p := range f.profiles {
		r, t := f.reach[p], Target(a, p)
		if !a.Has(p) || !r.Contains(t) || f.q.Establishment != "" && !slices.Contains(t.Establishments, f.q.Establishment) {
			continue
		}
		return true
	}
	return false
}

// Target returns what access decides on, of an account under one of its profiles. The classes of a relative's children are
// not in it: a relative is reached by establishment, or by name.
func Target(a *directory.Account, as ent.Profile) access.Target {
	p := a.View()
	return access.PersonTarget(&p, as)
}
