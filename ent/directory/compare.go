package directory

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/opencartable/cartable/ent"
)

const (
	// batch is how many persons are asked for at once.
	batch = 1000
	// maxMade is how many creations a plan holds, some 3 kB each; more are made again from the source.
	maxMade = 20000
)

// Compare says what must be done so that the directory holds what a source says. It changes nothing, and the same input
// gives the same plan. It returns an error when the directory cannot be read, or when Policy.Today is missing; what is
// wrong with the delivery stands in the plan, see [Plan.Blocked].
func Compare(ctx context.Context, known Known, src Source, policy Policy) (*Plan, error) {
	if policy.Today.IsZero() {
		return nil, catalog().New(CodeToday, ent.Pos{}, "$")
	}
	policy.Merge = policy.Merge.orDefaults()
	feed := src.Feed()
	c := &comparison{
		ctx: ctx, known: known, src: src, policy: policy, feed: feed,
		plan:  &Plan{Feed: feed, Today: policy.Today, report: &ent.Report{}, derived: map[Key][]Tie{}},
		marks: newMarks(feed.Origin), news: map[Key]bool{}, taken: map[ent.ID]bool{}, after: map[ent.ID][]Tie{},
		byChild: map[Key][]Tie{}, byChildID: map[ent.ID][]Tie{}, touched: map[ent.ID]bool{}, restored: map[ent.ID]bool{},
	}
	standing, err := known.Standing(ctx, feed.Origin)
	if err != nil {
		return nil, err
	}
	c.plan.Base = standing.Plan
	if c.plan.stopped = c.stops(&standing); c.plan.stopped {
		return c.plan, nil
	}
	for _, step := range []func() error{
		c.readPlaces, c.readMarks, c.readHeads, c.guard, c.arrivals, c.changes, c.edits, c.leavers, c.due, c.relatives, c.waiting,
	} {
		if err := step(); err != nil {
			return nil, err
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	c.finish()
	return c.plan, nil
}

// comparison is one run of Compare.
type comparison struct {
	ctx    context.Context
	known  Known
	src    Source
	policy Policy
	feed   Feed
	plan   *Plan
	places *places
	empty  bool // nobody is known
	stale  bool // equal hashes prove nothing: the context has changed

	marks *marks
	seen  []bool

	arrive  []Head // not known by this origin
	changed []Head
	byHand  []Head   // of accounts named by the directory's identifier
	left    []uint32 // marks of who is absent or deleted
	deleted map[uint32]bool
	news    map[Key]bool

	// taken are the accounts that a new record has joined.
	taken map[ent.ID]bool
	// after holds the ties of the pupils that the plan changes, as they will be.
	after map[ent.ID][]Tie
	// byChild and byChildID are the establishments that new and changed pupils bring to their relatives.
	byChild   map[Key][]Tie
	byChildID map[ent.ID][]Tie
	touched   map[ent.ID]bool
	restored  map[ent.ID]bool
	// joined are the keys of relatives that joined an account; leaving those that the source no longer holds.
	joined  []Key
	leaving map[Key]bool
}

// stops files what forbids to apply the delivery, and reports whether comparing makes no sense.
func (c *comparison) stops(last *Standing) bool {
	f, p := &c.feed, &c.policy
	stop := false
	block := func(i ent.Issue) {
		c.plan.blocks = append(c.plan.blocks, i)
		c.plan.report.Add(i)
	}
	academy, degree := cmp.Or(p.Academy, last.Academy), cmp.Or(p.Degree, last.Degree)
	if academy != "" && f.Academy != "" && f.Academy != academy || degree != "" && f.Degree != "" && f.Degree != degree {
		block(catalog().New(CodeWrongFeed, ent.Pos{}, "$"))
		stop = true
	}
	if !p.AllowOlder && !f.Date.IsZero() && f.Date.Before(last.Date) {
		block(catalog().New(CodeOlder, ent.Pos{}, "$", ent.DateOf("date", f.Date), ent.DateOf("last", last.Date)))
		stop = true
	}
	if p.Academy == "" && last.Academy == "" && f.Academy != "" && len(last.Academies) > 0 && !slices.Contains(last.Academies, f.Academy) {
		block(catalog().New(CodeNewAcademy, ent.Pos{}, "$"))
	}
	if f.Complete && f.Missing > 0 && !p.AllowMissing {
		block(catalog().New(CodeMissingFiles, ent.Pos{}, "$", ent.Count("count", int64(f.Missing))))
	}
	c.stale = last.Context != f.Context
	return stop
}

func (c *comparison) readPlaces() error {
	known, err := c.known.Places(c.ctx)
	if err != nil {
		return err
	}
	c.empty = len(known.Establishments) == 0
	c.places = newPlaces(&known, c.feed.Origin)
	if c.feed.Origin.Kind() == KindHand {
		c.places.asKnown(&known) // people name what is there, by the directory's own identifiers
		return nil
	}
	c.places.read(c.src)
	if c.feed.Complete && len(c.feed.Scope) == 0 {
		c.places.gone()
	}
	c.plan.places = c.places.plan
	return nil
}

func (c *comparison) readMarks() error {
	for m, err := range c.known.Marks(c.ctx, c.feed.Origin) {
		if err != nil {
			return err
		}
		c.marks.add(&m)
	}
	c.seen = make([]bool, c.marks.n)
	c.empty = c.empty && c.marks.n == 0
	return nil
}

// marked returns the number of a key's mark. Keys are of this origin.
func (c *comparison) marked(k *Key) (uint32, bool) { return c.marks.find(k) }

// readHeads sorts the records into those who arrive, those who may have changed and those who leave.
func (c *comparison) readHeads() error {
	c.deleted = map[uint32]bool{}
	for h := range c.src.Heads() {
		if h.Account != "" {
			c.byHand = append(c.byHand, h)
			c.plan.report.Keep("hand", 1)
			continue
		}
		kind := string(h.Key.Category)
		if h.Op != RecordDelete && !c.stale {
			if n, ok := c.marks.unchanged(&h); ok {
				c.seen[n] = true
				c.plan.report.Keep(kind, 1)
				continue
			}
		}
		n, ok := c.marked(&h.Key)
		if ok {
			c.seen[n] = true
		}
		switch {
		case h.Op == RecordDelete:
			if !ok || c.marks.gone(n) {
				c.issue(&h.Key, CodeDeleteUnknown)
			} else {
				c.left = append(c.left, n)
				c.deleted[n] = true
			}
		case !ok:
			c.arrive = append(c.arrive, h)
			c.news[h.Key] = true
		default:
			c.changed = append(c.changed, h)
		}
		c.plan.report.Keep(kind, 1)
	}
	byKey := func(a, b Head) int { return a.Key.Compare(b.Key) }
	slices.SortFunc(c.arrive, byKey)
	slices.SortFunc(c.changed, byKey)
	if c.feed.Complete {
		scope := c.scope()
		for n := range c.marks.len() {
			if !c.seen[n] && !c.marks.gone(n) && c.marks.within(n, scope) {
				c.left = append(c.left, n)
			}
		}
	}
	c.leaving = map[Key]bool{}
	for _, n := range c.left {
		c.leaving[c.marks.at(n).Key] = true
	}
	slices.SortFunc(c.left, func(a, b uint32) int { return c.marks.at(a).Key.Compare(c.marks.at(b).Key) })
	return nil
}

// scope returns the establishments in which an absence counts, nil for all.
func (c *comparison) scope() map[ent.ID]bool {
	if len(c.feed.Scope) == 0 {
		return nil
	}
	out := map[ent.ID]bool{}
	for _, id := range c.feed.Scope {
		if to, ok := c.places.establishments[id]; ok {
			out[to] = true
		}
	}
	return out
}

// guard counts who is known and who has vanished, by establishment and profile. A delivery that is not complete makes vanish
// those whose removal it asks, and is guarded when they are many.
func (c *comparison) guard() error {
	if !c.feed.Complete && len(c.left) == 0 {
		return nil
	}
	type at struct {
		place   uint32
		profile uint16
	}
	counts := map[at]*Population{}
	of := func(n uint32) *Population {
		m := c.marks.packed(n)
		k := at{m.place, m.profile}
		p := counts[k]
		if p == nil {
			p = &Population{Establishment: c.marks.places[k.place], Profile: ent.Profile(c.marks.kinds[k.profile])}
			counts[k] = p
		}
		return p
	}
	named := set(c.feed.Named)
	scope := c.scope()
	for n := range c.marks.len() {
		if c.marks.gone(n) || !c.marks.within(n, scope) {
			continue
		}
		p := of(n)
		p.Known++
		if c.marks.packed(n).flags&markLeaver != 0 {
			p.FinalYear++
		}
	}
	for _, n := range c.left {
		m, p := c.marks.at(n), of(n)
		p.Vanished++
		if named[m.Key] {
			p.Named++
		}
		if m.Leaver {
			p.Leavers++
		}
	}
	list := make([]Population, 0, len(counts))
	for _, p := range counts {
		list = append(list, *p)
	}
	slices.SortFunc(list, func(a, b Population) int {
		return cmp.Or(cmp.Compare(a.Establishment, b.Establishment), cmp.Compare(a.Profile, b.Profile))
	})
	c.plan.populations = list
	if !c.feed.Complete { // what is asked for by name is no mass until there are many
		many := c.policy.Guard.orDefaults().Many
		list = slices.DeleteFunc(slices.Clone(list), func(p Population) bool { return p.Vanished < many })
	}
	for _, i := range c.policy.Guard.CheckOn(list, c.policy.Today) {
		c.plan.blocks = append(c.plan.blocks, i)
		c.plan.report.Add(i)
	}
	return nil
}

func (c *comparison) issue(k *Key, code ent.Code, params ...ent.Param) {
	c.plan.report.Add(catalog().New(code, ent.Pos{Record: k.ID}, "$."+string(k.Category)+"['"+k.ID+"']", params...))
}

// record reads a record in the directory's identifiers. quiet leaves out the issues, for a second reading.
func (c *comparison) record(h Head, quiet bool) Record {
	r := c.src.Record(h)
	if s := r.Person.Schooling; s != nil && s.Establishment != "" {
		s.Establishment = c.places.establishments[s.Establishment]
	}
	kept := make([]Tie, 0, len(r.Ties))
	for _, t := range r.Ties {
		t.Origin = c.feed.Origin
		source := t.Target
		if !c.places.resolve(&t) {
			if !quiet {
				c.issue(&r.Key, CodeUnknownPlace, ent.CodeOf("target", string(source)))
			}
			continue
		}
		if t.Kind == TieRelative {
			t.Target = c.relative(&t.Relative)
			if t.Target == "" && !c.news[t.Relative] && !quiet {
				c.issue(&r.Key, CodeWaiting, ent.CodeOf("target", t.Relative.ID))
			}
		}
		kept = withTie(kept, t)
	}
	SortTies(kept)
	r.Ties = kept
	return r
}

// relative returns the account of a relative, "" when the key is not known or comes with this plan.
func (c *comparison) relative(k *Key) ent.ID {
	if n, ok := c.marked(k); ok {
		return c.marks.account(n)
	}
	return ""
}

func (c *comparison) accounts(q Query) ([]Account, error) {
	if q.Empty() {
		return nil, nil
	}
	var out []Account
	for a, err := range c.known.Accounts(c.ctx, q) {
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	slices.SortFunc(out, func(a, b Account) int { return compareIDs(a.ID, b.ID) })
	return out, nil
}

// changes compares the records that are known and may have changed.
func (c *comparison) changes() error {
	for list := range slices.Chunk(c.changed, batch) {
		q := Query{}
		for _, h := range list {
			n, _ := c.marked(&h.Key)
			q.IDs = append(q.IDs, c.marks.account(n))
		}
		accounts, err := c.accounts(q)
		if err != nil {
			return err
		}
		byID := make(map[ent.ID]*Account, len(accounts))
		for i := range accounts {
			byID[accounts[i].ID] = &accounts[i]
		}
		for _, h := range list {
			n, _ := c.marked(&h.Key)
			a := byID[c.marks.account(n)]
			if a == nil {
				continue
			}
			r := c.record(h, false)
			c.update(a, &r, h.Hash, false, "")
		}
	}
	return nil
}

// edits plans the changes made by hand.
func (c *comparison) edits() error {
	for list := range slices.Chunk(c.byHand, batch) {
		q := Query{}
		for _, h := range list {
			q.IDs = append(q.IDs, h.Account)
		}
		accounts, err := c.accounts(q)
		if err != nil {
			return err
		}
		for _, h := range list {
			n, ok := slices.BinarySearchFunc(accounts, h.Account, func(a Account, id ent.ID) int { return compareIDs(a.ID, id) })
			if !ok {
				c.plan.report.Count("hand", ent.Tally{Kept: -1, Refused: 1})
				c.plan.report.Add(catalog().New(CodeNoAccount, ent.Pos{Record: string(h.Account)}, "$"))
				continue
			}
			if err := c.edit(&accounts[n], h); err != nil {
				return err
			}
		}
	}
	return nil
}

// edit plans one change made by hand. The account is left as it will be, for the next one on it.
func (c *comparison) edit(a *Account, h Head) error {
	n := len(c.plan.changes)
	switch h.Op {
	case RecordDelete:
		ch := c.change(a, Key{})
		ch.Op, ch.Reason, ch.Day, ch.Detach = OpPreDelete, CodeByHand, c.policy.Today, cloneTies(a.Ties)
		c.add(ch)
	case RecordRestore:
		if a.State != Missing && a.State != PreDeleted {
			return nil
		}
		ch := c.change(a, Key{})
		ch.Op, ch.Reason, ch.Day, ch.Attach = OpRestore, CodeByHand, c.policy.Today, slices.DeleteFunc(cloneTies(a.Saved), func(t Tie) bool { return t.ByChild })
		c.add(ch)
		c.restored[a.ID] = true
		if a.Category == Relative {
			c.touched[a.ID] = true
		}
	case RecordAdd, RecordModify:
		r := c.record(h, false)
		c.update(a, &r, Hash{}, false, CodeByHand)
	}
	made := c.plan.changes[n:]
	if a.Category == Pupil && h.Op != RecordModify && h.Op != RecordAdd {
		c.pupilAfter(a, made)
	}
	for i := range made {
		if err := made[i].apply(a, func(k Key) ent.ID { return c.relative(&k) }); err != nil {
			return err
		}
	}
	return nil
}

// update plans what a record changes of an account.
func (c *comparison) update(a *Account, r *Record, hash Hash, newKey bool, why ent.Code, params ...ent.Param) {
	states := c.feed.states(r)
	if !newKey && !a.leads(r.Key) {
		states = 0 // another record of the same origin speaks for the person: two were merged by hand
	}
	base := c.change(a, r.Key)
	base.Hash, base.NewKey = hash, newKey
	back := (a.State == Missing || a.State == PreDeleted) && !r.Key.IsZero()
	if a.Category == Relative && (back || newKey) {
		c.touched[a.ID] = true // the ties by children are to be found again
	}
	n := len(c.plan.changes)
	if back {
		restore := base
		restore.Op, restore.Reason, restore.Day = OpRestore, CodeReturned, c.policy.Today
		if a.State == PreDeleted {
			restore.Attach = savedElsewhere(a, c.feed.Origin, states)
		}
		c.add(restore)
		c.restored[a.ID] = true
	}
	if fields := c.fields(a, r, states); len(fields) > 0 || newKey {
		ch := base
		ch.Op, ch.Reason, ch.Fields = OpChange, cmp.Or(why, CodeChanged), fields
		ch.Params = params
		if ch.Reason == CodeChanged {
			ch.Params = []ent.Param{ent.Count("fields", int64(len(fields)))}
		}
		c.add(ch)
	}
	attach, detach := diffTies(a.Ties, r.Ties, c.feed.Origin, states)
	if scope := c.scope(); scope != nil { // a file of one school says nothing of another one
		detach = slices.DeleteFunc(detach, func(t Tie) bool {
			return t.Kind == TieEstablishment && !scope[t.Target] || t.Establishment != "" && !scope[t.Establishment]
		})
	}
	if back || newKey { // somebody else knows the person now: what is left of who knew them goes
		for i := range a.Ties {
			if t := &a.Ties[i]; t.Origin != c.feed.Origin && a.over(t, states) {
				detach = append(detach, *t)
			}
		}
	}
	if len(attach) > 0 {
		ch := base
		ch.Op, ch.Reason, ch.Attach = OpAttach, tiesReason(why), attach
		c.add(ch)
	}
	if len(detach) > 0 {
		ch := base
		ch.Op, ch.Reason, ch.Detach = OpDetach, tiesReason(why), detach
		c.add(ch)
	}
	if len(c.plan.changes) == n {
		if i := a.key(r.Key); i >= 0 && (a.Keys[i].Hash != hash || !a.Keys[i].Gone.IsZero()) {
			c.plan.seen = append(c.plan.seen, Seen{a.ID, r.Key, hash})
		}
		return
	}
	if a.Category == Pupil || r.Key.Category == Pupil {
		c.pupilAfter(a, c.plan.changes[n:])
	}
}

// tiesReason is the reason of a change of ties.
func tiesReason(why ent.Code) ent.Code {
	reason := CodeTies
	if why == CodeByHand {
		reason = CodeByHand
	}
	return reason
}

// change returns a change of an account, to fill.
func (c *comparison) change(a *Account, k Key) Change {
	return Change{
		Object: ObjectPerson, ID: a.ID, Key: k, Profile: a.Profile(), Establishments: a.establishments(), Version: a.Version,
	}
}

func (c *comparison) add(ch Change) { c.plan.changes = append(c.plan.changes, ch) }

// savedElsewhere returns the saved ties that the record at hand does not bring back: those of other origins that still know
// the person, and of kinds that it does not state.
func savedElsewhere(a *Account, origin Origin, states FieldSet) []Tie {
	var out []Tie
	for _, t := range a.Saved {
		if !t.ByChild && (t.Origin != origin || states&t.Kind.bit() == 0) && (t.Origin == origin || !a.over(&t, states)) {
			out = append(out, t)
		}
	}
	return out
}

func (c *comparison) fields(a *Account, r *Record, states FieldSet) []FieldChange {
	var out []FieldChange
	for i, f := range fieldTable() {
		if states&(1<<i) == 0 {
			continue
		}
		from, to := f.get(&a.Person), f.get(&r.Person)
		if from == to {
			continue
		}
		if to == "" && (f.name == "name.family" || f.name == "name.given" && a.Category != Relative) {
			c.issue(&r.Key, CodeRequired, ent.FieldOf("field", f.name)) // nobody loses a name
			continue
		}
		if _, owned := a.Owners[f.name]; to == "" && !owned && a.firstOrigin().Kind() == KindHand && c.feed.Origin.Kind() != KindHand {
			continue // what was typed for a person who was created by hand is not cleared by silence
		}
		if !c.policy.Ownership.mayWrite(a, f.name, c.feed.Origin) {
			c.plan.report.Add(catalog().New(CodeFieldKept, ent.Pos{Record: r.Key.ID}, "$."+string(f.name), ent.FieldOf("field", f.name)))
			continue
		}
		owner := Origin("")
		if o, owned := a.Owners[f.name]; c.feed.Origin.Kind() == KindHand || c.feed.Origin != a.firstOrigin() || owned && o != c.feed.Origin {
			owner = c.feed.Origin
		}
		out = append(out, FieldChange{Field: f.name, From: from, To: to, Owner: owner})
	}
	return out
}

// diffTies returns the ties of an origin that come or say something else, and those that go, among the kinds stated.
func diffTies(have, want []Tie, origin Origin, states FieldSet) (attach, detach []Tie) {
	for i := range want {
		w := &want[i]
		if states&w.Kind.bit() == 0 {
			continue
		}
		if n := findTie(have, w); n < 0 || !have[n].Equal(w) {
			attach = append(attach, *w)
		}
	}
	for i := range have {
		h := &have[i]
		if h.Origin == origin && !h.ByChild && states&h.Kind.bit() != 0 && findTie(want, h) < 0 {
			detach = append(detach, *h)
		}
	}
	return attach, detach
}

// pupilAfter keeps the ties of a pupil as they will be, and marks the relatives whom that may concern.
func (c *comparison) pupilAfter(a *Account, changes []Change) {
	ties, ok := c.after[a.ID]
	if !ok {
		ties = cloneTies(a.Ties)
	}
	moved := false
	for i := range changes {
		ch := &changes[i]
		for _, t := range ch.Detach {
			ties = withoutTie(ties, &t)
		}
		for _, t := range ch.Attach {
			ties = withTie(ties, t)
		}
		moved = moved || len(ch.Attach)+len(ch.Detach) > 0
	}
	if !moved {
		return
	}
	c.after[a.ID] = ties
	c.touch(a.Ties)
	c.touch(ties)
}

func (c *comparison) touch(ties []Tie) {
	for i := range ties {
		if t := &ties[i]; t.Kind == TieRelative && t.Target != "" {
			c.touched[t.Target] = true
		}
	}
}

// brings notes the establishments that a pupil brings to relatives who come with this plan.
func (c *comparison) brings(ties []Tie) {
	at := establishmentsOf(ties)
	for i := range ties {
		t := &ties[i]
		if t.Kind != TieRelative || t.Responsibility == ent.ResponsibilityNone {
			continue
		}
		for _, e := range at {
			switch {
			case t.Target != "":
				c.byChildID[t.Target] = withChild(c.byChildID[t.Target], e, t.Responsibility)
			case c.news[t.Relative]:
				c.byChild[t.Relative] = withChild(c.byChild[t.Relative], e, t.Responsibility)
			}
		}
	}
}

// leavers plans the absence of those whom the source no longer knows.
func (c *comparison) leavers() error {
	var several []uint32
	scope := c.scope()
	for _, n := range c.left {
		m := c.marks.at(n)
		if m.Others || scope != nil {
			several = append(several, n)
			continue
		}
		reason := CodeAbsent
		if c.deleted[n] {
			reason = CodeDeleted
		}
		ch := Change{
			Op: OpSuspend, Object: ObjectPerson, ID: m.ID, Key: m.Key, KeyGone: true, Profile: m.Profile, Reason: reason, Day: c.policy.Today,
			Version: AnyVersion,
		}
		if m.Establishment != "" {
			ch.Establishments = []ent.ID{m.Establishment}
		}
		if c.taken[m.ID] || c.restored[m.ID] { // another record of this plan keeps the account alive
			ch.Op, ch.Reason, ch.Day = OpDetach, CodeElsewhere, ent.Date{}
		}
		c.add(ch)
	}
	for list := range slices.Chunk(several, batch) {
		q := Query{}
		for _, n := range list {
			q.IDs = append(q.IDs, c.marks.account(n))
		}
		accounts, err := c.accounts(q)
		if err != nil {
			return err
		}
		for i := range accounts {
			c.leaveOne(&accounts[i], scope)
		}
	}
	return nil
}

// leaveOne plans what follows when this origin no longer holds some keys of an account that has others, or that is also
// outside the scope of the file.
func (c *comparison) leaveOne(a *Account, scope map[ent.ID]bool) {
	var gone []Key
	live, same, outside := false, Key{}, false
	for i := range a.Keys {
		h := &a.Keys[i]
		switch {
		case !h.Gone.IsZero():
		case c.leaving[h.Key]:
			gone = append(gone, h.Key)
		default:
			live = true
			if h.Origin == c.feed.Origin {
				same = h.Key
			}
		}
	}
	for i := range a.Ties {
		t := &a.Ties[i]
		outside = outside || scope != nil && t.Origin == c.feed.Origin && !t.ByChild && t.Kind == TieEstablishment && !scope[t.Target]
	}
	if len(gone) == 0 || c.left == nil {
		return
	}
	n := len(c.plan.changes)
	for i, k := range gone {
		ch := c.change(a, k)
		ch.Op, ch.Reason, ch.KeyGone = OpDetach, CodeElsewhere, !outside
		if !live && !outside && i == 0 {
			ch.Op, ch.Reason, ch.Day = OpSuspend, CodeAbsent, c.policy.Today
			if at, ok := c.marked(&k); ok && c.deleted[at] {
				ch.Reason = CodeDeleted
			}
		} else if i == 0 && same.IsZero() && (live || outside) {
			for _, t := range a.Ties {
				if t.Origin == c.feed.Origin && !t.ByChild && (!outside || scope[t.Target] || scope[t.Establishment]) {
					ch.Detach = append(ch.Detach, t)
				}
			}
		}
		c.add(ch)
	}
	if !same.IsZero() { // the key that stays speaks for the person from now on: its record is to be read again
		c.plan.seen = append(c.plan.seen, Seen{a.ID, same, Hash{}})
	}
	if a.Category == Pupil {
		c.pupilAfter(a, slices.Clone(c.plan.changes[n:]))
	}
}

// due plans the steps that the clock alone brings.
func (c *comparison) due() error {
	if c.empty {
		return nil
	}
	list, err := c.accounts(Query{Leaving: true})
	if err != nil {
		return err
	}
	for i := range list {
		a := &list[i]
		if c.restored[a.ID] || c.taken[a.ID] {
			continue
		}
		next := c.policy.Lifecycle.Next(a.State, a.Profile(), a.Since, c.policy.Today)
		if next == a.State {
			continue
		}
		key := Key{}
		if len(a.Keys) > 0 {
			key = a.Keys[0].Key
		}
		ch := c.change(a, key)
		ch.Day = c.policy.Today
		days := c.policy.Lifecycle.delays(a.Profile())
		if next == PreDeleted {
			ch.Op, ch.Reason, ch.Detach = OpPreDelete, CodeDelayOver, cloneTies(a.Ties)
			ch.Params = []ent.Param{ent.DateOf("since", a.Since), ent.Count("days", int64(days.Missing))}
		} else {
			ch.Op, ch.Reason = OpPurge, CodeGraceOver
			ch.Params = []ent.Param{ent.DateOf("since", a.Since), ent.Count("days", int64(days.Grace))}
		}
		c.add(ch)
		if a.Category == Pupil {
			c.pupilAfter(a, []Change{ch})
		}
	}
	return nil
}

// relatives ties relatives to the establishments of their children: of those of whom they are a legal representative or
// in charge.
func (c *comparison) relatives() error {
	for _, id := range slices.Sorted(maps.Keys(c.after)) {
		c.brings(c.after[id])
	}
	for k, ties := range c.byChild {
		SortTies(ties)
		c.plan.derived[k] = ties
	}
	ids := slices.Sorted(maps.Keys(c.touched))
	for list := range slices.Chunk(ids, batch) {
		if err := c.relativesOf(list); err != nil {
			return err
		}
	}
	return nil
}

// withChild returns the ties of a relative by children with one more: in each establishment the strongest responsibility.
func withChild(ties []Tie, e ent.ID, r ent.Responsibility) []Tie {
	t := Tie{Kind: TieEstablishment, Target: e, Profile: ent.ProfileRelative, ByChild: true, Responsibility: r}
	i := findTie(ties, &t)
	switch {
	case i < 0:
		return append(ties, t)
	case r == ent.ResponsibilityLegal:
		ties[i] = t
	}
	return ties
}

func (c *comparison) relativesOf(ids []ent.ID) error {
	pupils, err := c.accounts(Query{Relatives: ids})
	if err != nil {
		return err
	}
	want := map[ent.ID][]Tie{}
	for i := range pupils {
		p := &pupils[i]
		if _, changed := c.after[p.ID]; changed {
			continue // counted by brings
		}
		at := p.establishments()
		for j := range p.Ties {
			if t := &p.Ties[j]; t.Kind == TieRelative && t.Responsibility != ent.ResponsibilityNone {
				for _, e := range at {
					want[t.Target] = withChild(want[t.Target], e, t.Responsibility)
				}
			}
		}
	}
	relatives, err := c.accounts(Query{IDs: ids})
	if err != nil {
		return err
	}
	for i := range relatives {
		a := &relatives[i]
		if a.State == PreDeleted && !c.restored[a.ID] {
			continue
		}
		ties := want[a.ID]
		for _, t := range c.byChildID[a.ID] {
			ties = withChild(ties, t.Target, t.Responsibility)
		}
		SortTies(ties)
		key := Key{}
		if len(a.Keys) > 0 {
			key = a.Keys[0].Key
		}
		ch := c.change(a, key)
		ch.Reason = CodeChild
		for _, t := range ties {
			if i := findTie(a.Ties, &t); i < 0 || !a.Ties[i].Equal(&t) {
				ch.Attach = append(ch.Attach, t)
			}
		}
		for _, t := range a.Ties {
			if t.ByChild && findTie(ties, &t) < 0 {
				ch.Detach = append(ch.Detach, t)
			}
		}
		c.split(ch)
	}
	return nil
}

// split adds a change of ties as an attachment and a detachment.
func (c *comparison) split(ch Change) {
	if len(ch.Attach) > 0 {
		one := ch
		one.Op, one.Detach = OpAttach, nil
		c.add(one)
	}
	if len(ch.Detach) > 0 {
		one := ch
		one.Op, one.Attach = OpDetach, nil
		c.add(one)
	}
}

// waiting ties the pupils of other origins, or of earlier feeds, to the relatives that they were waiting for.
func (c *comparison) waiting() error {
	if c.empty {
		return nil
	}
	keys := slices.Clone(c.joined)
	for _, h := range c.plan.creates {
		if h.Key.Category == Relative {
			keys = append(keys, h.Key)
		}
	}
	for list := range slices.Chunk(keys, batch) {
		wanted := map[Key]bool{}
		for _, k := range list {
			wanted[k] = true
		}
		pupils, err := c.accounts(Query{Waiting: list})
		if err != nil {
			return err
		}
		for i := range pupils {
			a := &pupils[i]
			ties, changed := c.after[a.ID]
			if !changed {
				ties = a.Ties
			}
			ch := c.change(a, Key{})
			if len(a.Keys) > 0 {
				ch.Key = a.Keys[0].Key
			}
			ch.Op, ch.Reason = OpAttach, CodeArrived
			at := a.establishments()
			for _, t := range ties {
				if t.Kind != TieRelative || t.Target != "" || !wanted[t.Relative] {
					continue
				}
				t.Target = c.relative(&t.Relative) // of one who joined an account; one to create is found by key
				ch.Attach = append(ch.Attach, t)
				if t.Responsibility == ent.ResponsibilityNone || changed {
					continue // what changed pupils bring is counted already
				}
				if t.Target != "" {
					continue
				}
				for _, e := range at {
					c.plan.derived[t.Relative] = withChild(c.plan.derived[t.Relative], e, t.Responsibility)
				}
			}
			if len(ch.Attach) > 0 {
				c.add(ch)
			}
		}
	}
	return nil
}

// finish orders the plan and counts it.
func (c *comparison) finish() {
	p := c.plan
	if len(p.creates) <= maxMade {
		// Neither the marks of everybody nor the source are needed any more.
		p.made = make([]Change, len(p.creates))
		for i, h := range p.creates {
			p.made[i] = c.create(h)
		}
	} else {
		p.remake = c.create
	}
	// Changes of one account stand together, whatever key each of them came by: under the first of these keys.
	first := map[ent.ID]Key{}
	for i := range p.changes {
		ch := &p.changes[i]
		if k, ok := first[ch.ID]; ch.ID != "" && (!ok || ch.Key.Compare(k) < 0) {
			first[ch.ID] = ch.Key
		}
	}
	under := func(ch *Change) Key {
		if ch.ID == "" {
			return ch.Key
		}
		return first[ch.ID]
	}
	slices.SortStableFunc(p.changes, func(a, b Change) int {
		return cmp.Or(under(&a).Compare(under(&b)), compareIDs(a.ID, b.ID))
	})
	slices.SortFunc(p.seen, func(a, b Seen) int { return a.Key.Compare(b.Key) })
	p.count()
}
