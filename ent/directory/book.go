package directory

import (
	"context"
	"iter"
	"maps"
	"slices"

	"github.com/opencartable/cartable/ent"
)

// Book is a directory in memory: for tests, for a vendor who hands over the accounts of a small base, and to try a plan
// before it is applied. It is not safe for concurrent use.
type Book struct {
	accounts map[ent.ID]*Account
	byKey    map[Key]ent.ID
	places   Places
	standing map[Origin]Standing
}

// NewBook returns a directory of the accounts and places given. It keeps copies.
func NewBook(places Places, accounts iter.Seq[Account]) *Book {
	b := &Book{
		accounts: map[ent.ID]*Account{}, byKey: map[Key]ent.ID{}, standing: map[Origin]Standing{},
		places: Places{slices.Clone(places.Establishments), slices.Clone(places.Classes), slices.Clone(places.Groups)},
	}
	if accounts != nil {
		for a := range accounts {
			b.Put(a)
		}
	}
	return b
}

// Put adds an account, or replaces the one of the same identifier.
func (b *Book) Put(a Account) {
	if old := b.accounts[a.ID]; old != nil {
		for _, k := range old.Keys {
			delete(b.byKey, k.Key)
		}
	}
	c := a.Clone()
	if c.State == "" {
		c.State = Active
	}
	b.accounts[a.ID] = &c
	for _, k := range c.Keys {
		b.byKey[k.Key] = c.ID
	}
}

// Account returns a copy of an account.
func (b *Book) Account(id ent.ID) (Account, bool) {
	a := b.accounts[id]
	if a == nil {
		return Account{}, false
	}
	return a.Clone(), true
}

// Holder returns the account that holds a key, "" for none.
func (b *Book) Holder(k Key) ent.ID { return b.byKey[k] }

// Len returns how many accounts there are.
func (b *Book) Len() int { return len(b.accounts) }

// All yields the accounts in the order of their identifiers.
func (b *Book) All() iter.Seq[Account] {
	return func(yield func(Account) bool) {
		for _, id := range slices.Sorted(maps.Keys(b.accounts)) {
			if !yield(b.accounts[id].Clone()) {
				return
			}
		}
	}
}

// Marks is of [Known].
func (b *Book) Marks(_ context.Context, o Origin) iter.Seq2[Mark, error] {
	return func(yield func(Mark, error) bool) {
		for _, id := range slices.Sorted(maps.Keys(b.accounts)) {
			a := b.accounts[id]
			if a.State == Merged {
				continue
			}
			for _, k := range a.Keys {
				if k.Origin != o {
					continue
				}
				if m, ok := a.Mark(k.Key); ok && !yield(m, nil) {
					return
				}
			}
		}
	}
}

// Accounts is of [Known].
func (b *Book) Accounts(_ context.Context, q Query) iter.Seq2[Account, error] {
	w := newWanted(&q)
	return func(yield func(Account, error) bool) {
		for _, id := range slices.Sorted(maps.Keys(b.accounts)) {
			if a := b.accounts[id]; w.wants(a) && !yield(a.Clone(), nil) {
				return
			}
		}
	}
}

// wanted is a Query with its lists as sets.
type wanted struct {
	q         *Query
	ids       map[ent.ID]bool
	keys      map[Key]bool
	relatives map[ent.ID]bool
	waiting   map[Key]bool
	ine       map[ent.INE]bool
	names     map[string]bool
}

func newWanted(q *Query) *wanted {
	return &wanted{q, set(q.IDs), set(q.Keys), set(q.Relatives), set(q.Waiting), set(q.INE), set(q.Names)}
}

func set[T comparable](list []T) map[T]bool {
	out := make(map[T]bool, len(list))
	for _, v := range list {
		out[v] = true
	}
	return out
}

func (w *wanted) wants(a *Account) bool {
	switch {
	case w.q.All, w.ids[a.ID], w.q.Leaving && a.State != Active && a.State != Merged:
		return true
	case len(w.ine) > 0 && a.Person.Schooling != nil && w.ine[a.Person.Schooling.INE]:
		return true
	case len(w.names) > 0 && w.names[NameKey(a.Person.Name)]:
		return true
	case len(w.keys) > 0 && slices.ContainsFunc(a.Keys, func(k HeldKey) bool { return w.keys[k.Key] }):
		return true
	}
	wanted := func(t Tie) bool {
		return t.Kind == TieRelative && (w.relatives[t.Target] || t.Target == "" && w.waiting[t.Relative])
	}
	return len(w.relatives)+len(w.waiting) > 0 && (slices.ContainsFunc(a.Ties, wanted) || slices.ContainsFunc(a.Saved, wanted))
}

// Places is of [Known].
func (b *Book) Places(context.Context) (Places, error) {
	return Places{slices.Clone(b.places.Establishments), slices.Clone(b.places.Classes), slices.Clone(b.places.Groups)}, nil
}

// Standing is of [Known].
func (b *Book) Standing(_ context.Context, o Origin) (Standing, error) {
	s := b.standing[o]
	s.Academies = nil
	for _, other := range b.standing {
		if other.Academy != "" {
			s.Academies = appendNew(s.Academies, other.Academy)
		}
	}
	slices.Sort(s.Academies)
	return s, nil
}

// Stand says what the last feed of an origin was: of a directory that the caller keeps elsewhere.
func (b *Book) Stand(o Origin, s Standing) { b.standing[o] = s }

// Undo gives back what a directory was before a plan.
type Undo struct {
	accounts map[ent.ID]*Account
	places   Places
	origin   Origin
	standing Standing
	known    bool
}

// Apply applies a plan, blocked or not: whether to is the caller's decision. id chooses the identifier of a person to
// create. A person who has changed since the plan is left aside and reported. The Undo gives back the state before, but for
// who was purged. A plan that is stopped, or that creates a place which is there by now (another plan was applied since),
// changes nothing: all of it is reported as refused, with CodeStopped or CodeMoved, and there is no Undo.
func (b *Book) Apply(p *Plan, id func(*Change) ent.ID) (*Undo, *ent.Report) {
	report := &ent.Report{}
	u := &Undo{accounts: map[ent.ID]*Account{}, places: b.places, origin: p.Feed.Origin}
	u.standing, u.known = b.standing[p.Feed.Origin], true
	if code, at := b.refuses(p); code != "" {
		for ch := range p.Changes() {
			report.Refuse(string(ch.Op), 1)
		}
		report.Add(catalog().New(code, ent.Pos{Record: string(at)}, "$"))
		return nil, report
	}
	b.places, _ = b.Places(context.Background())
	var list []Change
	for ch := range p.Changes() {
		if ch.Object != ObjectPerson {
			if ch.Op != OpPurge {
				ch.ApplyPlace(&b.places, nil)
				report.Keep(string(ch.Op), 1)
			}
			continue
		}
		list = append(list, ch)
	}
	var late []ent.ID
	for i := range list {
		ch := &list[i]
		if ch.Op != OpCreate {
			continue
		}
		a := ch.NewAccount(id(ch), b.Holder)
		u.accounts[a.ID] = nil
		b.Put(a)
		if slices.ContainsFunc(a.Ties, func(t Tie) bool { return t.Kind == TieRelative && t.Target == "" }) {
			late = append(late, a.ID)
		}
		report.Keep(string(OpCreate), 1)
	}
	for i := 0; i < len(list); {
		n := i + 1
		for n < len(list) && list[n].ID == list[i].ID {
			n++
		}
		if list[i].Op != OpCreate {
			b.changeOne(list[i:n], u, report)
		}
		i = n
	}
	for _, id := range late { // relatives who joined an account later in the plan
		a := b.accounts[id]
		for i := range a.Ties {
			if t := &a.Ties[i]; t.Kind == TieRelative && t.Target == "" {
				t.Target = b.Holder(t.Relative)
			}
		}
	}
	for _, s := range p.seen {
		if a := b.accounts[s.ID]; a != nil {
			if i := a.key(s.Key); i >= 0 {
				u.keep(a)
				a.Keys[i].Hash, a.Keys[i].Gone = s.Hash, ent.Date{}
			}
		}
	}
	used := b.used()
	for ch := range p.Changes() {
		if ch.Object != ObjectPerson && ch.Op == OpPurge {
			if used[ch.ID] { // somebody is still in it
				report.Refuse(string(ch.Op), 1)
				continue
			}
			ch.ApplyPlace(&b.places, func(ent.ID) bool { return false })
			report.Keep(string(ch.Op), 1)
		}
	}
	if !p.Partial() {
		b.standing[p.Feed.Origin] = Standing{Date: later(p.Feed.Date, u.standing.Date), Academy: p.Feed.Academy, Degree: p.Feed.Degree, Context: p.Feed.Context}
	}
	return u, report
}

// refuses returns why a whole plan cannot be applied, and because of which place.
func (b *Book) refuses(p *Plan) (ent.Code, ent.ID) {
	if p.stopped {
		return CodeStopped, ""
	}
	there := map[ent.ID]bool{}
	for i := range b.places.Establishments {
		there[b.places.Establishments[i].ID] = true
	}
	for i := range b.places.Classes {
		there[b.places.Classes[i].ID] = true
	}
	for i := range b.places.Groups {
		there[b.places.Groups[i].ID] = true
	}
	for i := range p.places {
		if ch := &p.places[i]; ch.Op == OpCreate && p.wanted(ch) && there[ch.ID] {
			return CodeMoved, ch.ID
		}
	}
	return "", ""
}

func later(a, b ent.Date) ent.Date {
	if a.Before(b) {
		return b
	}
	return a
}

// changeOne applies the changes of one person, all or none.
func (b *Book) changeOne(list []Change, u *Undo, report *ent.Report) {
	a := b.accounts[list[0].ID]
	kind := string(list[0].Op)
	switch {
	case list[0].Op == OpMerge || list[0].Op == OpConflict:
		report.Keep(kind, int64(len(list)))
		return
	case a == nil:
		report.Refuse(kind, int64(len(list)))
		report.Add(catalog().New(CodeNoAccount, ent.Pos{Record: string(list[0].ID)}, "$"))
		return
	}
	next, err := ApplyAll(a, list, b.Holder)
	if err != nil {
		report.Refuse(kind, int64(len(list)))
		report.Add(catalog().New(CodeMoved, ent.Pos{Record: string(a.ID)}, "$"))
		return
	}
	for i := range list {
		report.Keep(string(list[i].Op), 1)
	}
	if next.State == Purged {
		for _, k := range a.Keys {
			delete(b.byKey, k.Key)
		}
		delete(b.accounts, a.ID)
		delete(u.accounts, a.ID)
		for _, p := range b.accounts { // pupils wait for the relative again
			Release(p, a.ID)
		}
		return
	}
	u.keep(a)
	b.Put(next)
}

// ApplyAll makes all the changes of one person to a copy of the account, or none.
func ApplyAll(a *Account, list []Change, resolve func(Key) ent.ID) (Account, error) {
	next := a.Clone()
	for i := range list {
		if v := list[i].Version; a.State == Merged || v != AnyVersion && v != a.Version || v == AnyVersion && heldElsewhere(a, list) {
			return Account{}, catalog().New(CodeMoved, ent.Pos{Record: string(a.ID)}, "$")
		}
		if err := list[i].apply(&next, resolve); err != nil {
			return Account{}, err
		}
	}
	next.Version = a.Version + 1
	return next, nil
}

// heldElsewhere reports whether an account that is to be suspended, since it had no other key, has one by now.
func heldElsewhere(a *Account, list []Change) bool {
	if slices.ContainsFunc(list, func(c Change) bool { return c.Op != OpSuspend }) {
		return false
	}
	return slices.ContainsFunc(a.Keys, func(h HeldKey) bool {
		return h.Gone.IsZero() && !slices.ContainsFunc(list, func(c Change) bool { return c.Key == h.Key })
	})
}

func (u *Undo) keep(a *Account) {
	if _, kept := u.accounts[a.ID]; !kept {
		c := a.Clone()
		u.accounts[a.ID] = &c
	}
}

func (b *Book) used() map[ent.ID]bool {
	used := map[ent.ID]bool{}
	for _, a := range b.accounts {
		for i := range a.Ties {
			used[a.Ties[i].Target] = true
		}
	}
	return used
}

// Undo gives back the state before a plan, but for who was purged. It does nothing without one.
func (b *Book) Undo(u *Undo) {
	if u == nil {
		return
	}
	for id, before := range u.accounts {
		if before == nil {
			for _, k := range b.accounts[id].Keys {
				delete(b.byKey, k.Key)
			}
			delete(b.accounts, id)
			continue
		}
		b.Put(*before)
	}
	b.places = u.places
	b.standing[u.origin] = u.standing
}
