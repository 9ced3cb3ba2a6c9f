package directorysql

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"log/slog"
	"slices"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/ent/sqldb"
)

// planCounter numbers the plans of a tenant. Its row is the lock that makes one Apply wait for another.
const planCounter = "directory.plan"

// The types of the events of this package, one per person and plan; the subject is the person. Data is empty: who wants to
// know more reads the directory.
const (
	EventCreated    = "person.created"
	EventChanged    = "person.changed"
	EventSuspended  = "person.suspended"
	EventRestored   = "person.restored"
	EventPreDeleted = "person.pre-deleted"
	EventPurged     = "person.purged"
	EventMerged     = "person.merged"
	EventUnmerged   = "person.unmerged"
	EventRemoved    = "person.removed" // created by a plan that was undone
	EventActivated  = "person.activated"
	EventBlocked    = "person.blocked"
	EventUnblocked  = "person.unblocked"
)

// EventTypes returns the types of the events of this package.
func EventTypes() []string {
	return []string{
		EventCreated, EventChanged, EventSuspended, EventRestored, EventPreDeleted, EventPurged, EventMerged, EventUnmerged, EventRemoved,
		EventActivated, EventBlocked, EventUnblocked,
	}
}

// ApplyOptions say how a plan is applied.
type ApplyOptions struct {
	// Actor is who applies it.
	Actor ent.Actor
	// Consent applies a plan that is blocked: somebody read why.
	Consent bool
	// PerEstablishment applies the persons of each establishment in a transaction of their own, so that others write in
	// between. Whoever dies in the middle leaves some establishments as after the plan and the others as before: the next
	// comparison finds the rest. It holds the plan in memory: for a usual night, not for a first load.
	PerEstablishment bool
	// Progress is called now and then, with how many changes are done of how many.
	Progress func(done, total int64)
}

// Done is what Apply did.
type Done struct {
	// Plan is the number of the plan, for Undo.
	Plan int64
	// Report counts the changes by operation: read = kept (made) + refused (the person had changed since).
	Report *ent.Report
}

// Apply applies a plan. It returns CodeBlocked for one that is blocked when nobody consents, and for one that is stopped
// (directory.Plan.Stopped) whoever does; CodeStale when another plan of the same origin was applied since this one was made,
// or when a place that it creates is there by now; then nothing is changed. Two at once: the second waits, then is refused as
// stale.
func (s *Store) Apply(ctx context.Context, p *directory.Plan, o ApplyOptions) (*Done, error) {
	if err := p.Stopped(); err != nil {
		return nil, errors.Join(failure(CodeBlocked), err)
	}
	if err := p.Blocked(); err != nil && !o.Consent {
		return nil, errors.Join(failure(CodeBlocked), err)
	}
	if o.Actor.Kind == "" {
		o.Actor.Kind = ent.ActorSystem
	}
	var a *applying
	var err error
	if o.PerEstablishment {
		a, err = s.applyParts(ctx, p, &o)
	} else {
		err = s.change(ctx, func(w *session) error {
			a = s.newApplying(w, p, &o)
			for _, step := range []func() error{a.begin, a.all, a.end} {
				if err := step(); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err != nil {
		return nil, err
	}
	s.o.Logger.InfoContext(ctx, "directory: plan applied", slog.Int64("plan", a.n), slog.String("origin", string(p.Feed.Origin)),
		slog.Int64("changes", a.done), slog.Int64("left aside", a.report.Total().Refused))
	return &Done{a.n, a.report}, nil
}

// applying is one run of Apply inside a transaction.
type applying struct {
	s      *Store
	w      *session
	ctx    context.Context
	tx     *sqldb.Tx
	p      *directory.Plan
	o      *ApplyOptions
	n      int64
	report *ent.Report
	done   int64
	total  int64
	// created are the relatives of this plan, whom pupils name by key.
	created map[directory.Key]ent.ID
	// moved are the accounts that merges took away, and where their ties go: the plan may be older than the merge.
	moved   map[ent.ID]ent.ID
	logins  *logins
	failed  error // of resolve
	fresh   []directory.Account
	group   []directory.Change
	pending []work
	events  []ent.Event
}

// work is the changes of one person.
type work struct {
	id      ent.ID
	changes []directory.Change
}

const (
	loadChunk   = 10000
	changeChunk = 400
	eventChunk  = 10000
)

func (s *Store) newApplying(w *session, p *directory.Plan, o *ApplyOptions) *applying {
	return &applying{
		s: s, w: w, ctx: w.ctx, tx: w.tx, p: p, o: o, report: &ent.Report{}, total: p.Total(), created: map[directory.Key]ent.ID{}, logins: newLogins(),
	}
}

// before is what a plan row keeps of the directory as it was, beside persons.
type before struct {
	Standing directory.Standing `json:"standing"`
	Known    bool               `json:"known"`
	Places   *directory.Places  `json:"places,omitempty"`
}

// begin takes the lock, refuses a stale plan and writes the places.
func (a *applying) begin() error {
	n, err := a.tx.Next(a.ctx, planCounter, 1)
	if err != nil {
		return err
	}
	a.n = n
	last, err := standing(a.ctx, a.tx, a.p.Feed.Origin)
	if err != nil {
		return err
	}
	if last.Plan != a.p.Base {
		return failure(CodeStale)
	}
	was := before{Standing: last, Known: last.Plan != 0}
	if moves := a.movesPlaces(); moves {
		places, err := places(a.ctx, a.tx)
		if err != nil {
			return err
		}
		was.Places = &places
	}
	if err := a.record(&was); err != nil {
		return err
	}
	if f := &a.p.Feed; a.o.PerEstablishment && !a.p.Partial() && f.Origin.Kind() != directory.KindHand {
		// Others see from now on that this plan has begun, and are refused.
		last.Plan = a.n
		if err := putStanding(a.ctx, a.tx, f.Origin, last); err != nil {
			return err
		}
	}
	for ch := range a.p.Changes() {
		if ch.Object == directory.ObjectPerson {
			break // places come first
		}
		if ch.Op != directory.OpPurge {
			if err := a.place(&ch); err != nil {
				return err
			}
			a.did(string(ch.Op), 1)
		}
	}
	// Only the last plan can be undone.
	_, err = a.tx.Exec(a.ctx, `DELETE FROM {undo} WHERE tenant = $1 AND plan < $2`, string(a.s.tenant), a.n)
	return err
}

func (a *applying) movesPlaces() bool {
	for ch := range a.p.Changes() {
		return ch.Object != directory.ObjectPerson
	}
	return false
}

// record writes the row of the plan.
func (a *applying) record(was *before) error {
	text, err := json.Marshal(was)
	if err != nil {
		return failure(CodeRow)
	}
	actor, err := json.Marshal(a.o.Actor)
	if err != nil {
		return failure(CodeRow)
	}
	now := a.s.o.Clock()
	_, err = a.tx.Exec(a.ctx, `INSERT INTO {plan} (tenant, id, origin, at, actor, until, undone, report, before) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		string(a.s.tenant), a.n, string(a.p.Feed.Origin), sqldb.Micros(now), string(actor), sqldb.Micros(now.Add(a.s.o.UndoFor)), false, "", string(text))
	return err
}

func (a *applying) place(ch *directory.Change) error {
	var v any
	at := ent.ID("")
	switch pc := ch.Place; {
	case pc == nil:
		return nil
	case pc.Establishment != nil:
		v = pc.Establishment
	case pc.Class != nil:
		v, at = pc.Class, pc.Class.Establishment
	case pc.Group != nil:
		v, at = pc.Group, pc.Group.Establishment
	}
	if ch.Op != directory.OpAttach {
		text, err := json.Marshal(v)
		if err != nil {
			return failure(CodeRow)
		}
		conflict := `DO UPDATE SET establishment = excluded.establishment, doc = excluded.doc`
		if ch.Op == directory.OpCreate {
			conflict = `DO NOTHING` // another origin's plan has made it since: it may be another school
		}
		n, err := a.tx.Exec(a.ctx, `INSERT INTO {place} (tenant, kind, id, establishment, doc) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (tenant, kind, id) `+conflict, string(a.s.tenant), string(ch.Object), string(ch.ID), string(at), string(text))
		if err != nil {
			return err
		}
		if n == 0 {
			return failure(CodeStale)
		}
	}
	if k := ch.Place.Key; k != (directory.PlaceKey{}) {
		_, err := a.tx.Exec(a.ctx, `INSERT INTO {place_key} (tenant, origin, key, place, rank)
			SELECT $1, $2, $3, $4, count(*) FROM {place_key} WHERE tenant = $1 AND place = $4`,
			string(a.s.tenant), string(k.Origin), string(k.ID), string(ch.ID))
		return err
	}
	return nil
}

func (a *applying) did(op string, n int64) {
	a.report.Keep(op, n)
	a.progress(n)
}

func (a *applying) progress(n int64) {
	before := a.done / 1000
	a.done += n
	if a.o.Progress != nil && (a.done/1000 != before || a.done == a.total) {
		a.o.Progress(a.done, a.total)
	}
}

// all applies the changes of persons.
func (a *applying) all() error { return a.persons(a.p.Changes()) }

// persons applies changes of persons, those of one person together. It leaves places out.
func (a *applying) persons(changes iter.Seq[directory.Change]) error {
	var err error
	for ch := range changes {
		if ch.Object != directory.ObjectPerson {
			continue
		}
		switch ch.Op {
		case directory.OpCreate:
			err = a.create(&ch)
		case directory.OpMerge, directory.OpConflict: // somebody must decide
			a.did(string(ch.Op), 1)
		default:
			err = a.change(ch)
		}
		if err != nil {
			return err
		}
	}
	for _, step := range []func() error{a.flushGroup, a.flushFresh, a.flushPending} {
		if err := step(); err != nil {
			return err
		}
	}
	return a.seen()
}

// resolve returns the relative of a key: one that this plan has created, or one that is there by now.
func (a *applying) resolve(k directory.Key) ent.ID {
	if id, ok := a.created[k]; ok || a.failed != nil {
		return id
	}
	var id ent.ID
	err := a.tx.Query(a.ctx, `SELECT person FROM {person_key} WHERE tenant = $1 AND origin = $2 AND category = $3 AND key = $4`,
		[]any{string(a.s.tenant), string(k.Origin), string(k.Category), k.ID}, func(row sqldb.Scanner) error { return row.Scan(&id) })
	a.failed = err
	a.created[k] = id // nobody, too: it is asked once
	return id
}

// follow makes the ties to relatives who were merged since the comparison lead to whom they are now.
func (a *applying) follow(ties []directory.Tie) error {
	if a.moved == nil {
		a.moved = map[ent.ID]ent.ID{}
		err := a.tx.Query(a.ctx, `SELECT gone, kept FROM {merge} WHERE tenant = $1`, []any{string(a.s.tenant)}, func(row sqldb.Scanner) error {
			var gone, kept ent.ID
			err := row.Scan(&gone, &kept)
			a.moved[gone] = kept
			return err
		})
		if err != nil {
			return err
		}
	}
	for i := range ties {
		t := &ties[i]
		for range len(a.moved) { // merges of merges, without an end if rows were damaged
			to, merged := a.moved[t.Target]
			if !merged || t.Kind != directory.TieRelative {
				break
			}
			t.Target = to
		}
	}
	return nil
}

func (a *applying) create(ch *directory.Change) error {
	x := ch.NewAccount(a.s.o.NewID(), a.resolve)
	if err := a.follow(x.Ties); err != nil {
		return err
	}
	directory.SortTies(x.Ties)
	if ch.Key.Category == directory.Relative {
		a.created[ch.Key] = x.ID
	}
	if a.failed != nil {
		return a.failed
	}
	x.Version = 1
	a.fresh = append(a.fresh, x)
	if len(a.fresh) >= loadChunk {
		return a.flushFresh()
	}
	return nil
}

// flushFresh inserts the persons created.
func (a *applying) flushFresh() error {
	if len(a.fresh) == 0 {
		return nil
	}
	if err := a.logins.give(a.ctx, a.tx, a.s.o.Relatives, a.fresh); err != nil {
		return err
	}
	if err := a.w.load(a.n, a.fresh); err != nil {
		return err
	}
	for i := range a.fresh {
		if err := a.event(EventCreated, a.fresh[i].ID); err != nil {
			return err
		}
	}
	a.did(string(directory.OpCreate), int64(len(a.fresh)))
	a.fresh = a.fresh[:0]
	return nil
}

// change gathers the changes of one person.
func (a *applying) change(ch directory.Change) error {
	if len(a.group) > 0 && a.group[0].ID != ch.ID {
		if err := a.flushGroup(); err != nil {
			return err
		}
	}
	a.group = append(a.group, ch)
	return nil
}

func (a *applying) flushGroup() error {
	if len(a.group) == 0 {
		return nil
	}
	a.pending = append(a.pending, work{a.group[0].ID, a.group})
	a.group = nil
	if len(a.pending) >= changeChunk {
		return a.flushPending()
	}
	return nil
}

// flushPending reads the persons to change, locked, and writes them back.
func (a *applying) flushPending() error {
	if len(a.pending) == 0 {
		return nil
	}
	if err := a.flushFresh(); err != nil { // ties may lead to whom the plan has just created
		return err
	}
	ids := make([]ent.ID, len(a.pending))
	for i := range a.pending {
		ids[i] = a.pending[i].id
	}
	list, err := a.w.accounts(ids)
	if err != nil {
		return err
	}
	for _, w := range a.pending {
		x := search(list, w.id)
		if x == nil {
			a.leave(&w, directory.CodeNoAccount)
			continue
		}
		if err := a.changeOne(x, &w); err != nil {
			return err
		}
		if x.State == directory.Purged {
			for i := range list { // as the pupils are by now
				directory.Release(&list[i], x.ID)
			}
		}
	}
	a.pending = a.pending[:0]
	return nil
}

func compareIDs(a, b ent.ID) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// lock takes the rows of persons for this transaction. SQLite has one writer at a time.
func lock(ctx context.Context, tx *sqldb.Tx, ids []ent.ID) error {
	if tx.Engine() == sqldb.SQLite {
		return nil
	}
	ids = sorted(slices.Clone(ids)) // always in one order: two transactions then wait, and never for each other
	return in(ctx, tx, `SELECT id FROM {person} WHERE tenant = $1 AND id IN (?) ORDER BY id FOR UPDATE`, ids, func(row sqldb.Scanner) error {
		var id ent.ID
		return row.Scan(&id)
	})
}

// leave leaves a person aside, and says so.
func (a *applying) leave(w *work, code ent.Code) {
	for i := range w.changes {
		a.report.Refuse(string(w.changes[i].Op), 1)
	}
	a.report.Add(directory.Catalog().New(code, ent.Pos{Record: string(w.id)}, "$"))
	a.progress(int64(len(w.changes)))
}

func (a *applying) changeOne(x *directory.Account, w *work) error {
	for i := range w.changes {
		w.changes[i].Attach = slices.Clone(w.changes[i].Attach)
		if err := a.follow(w.changes[i].Attach); err != nil {
			return err
		}
	}
	after, err := directory.ApplyAll(x, w.changes, a.resolve)
	if errors.Is(err, directory.CodeMoved) {
		a.leave(w, directory.CodeMoved)
		return nil
	}
	if err = errors.Join(err, a.failed); err != nil {
		return err
	}
	if after.State == directory.Purged {
		_, err = a.w.forget(x)
	} else {
		if err := a.logins.giveOne(a.ctx, a.tx, a.s.o.Relatives, &after); err != nil {
			return err
		}
		if err = a.keep(x, after.Version); err == nil {
			err = a.w.write(x, &after)
		}
	}
	if err != nil {
		return err
	}
	*x = after
	for i := range w.changes {
		a.report.Keep(string(w.changes[i].Op), 1)
	}
	a.progress(int64(len(w.changes)))
	return a.event(eventOf(w.changes), x.ID)
}

// keep writes what undoes the changes of a person.
func (a *applying) keep(x *directory.Account, version int64) error {
	text, err := json.Marshal(x)
	if err != nil {
		return failure(CodeRow)
	}
	return a.tx.Send(a.ctx, `INSERT INTO {undo} (tenant, plan, person, version, before) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (tenant, plan, person) DO UPDATE SET version = excluded.version`, string(a.s.tenant), a.n, string(x.ID), version, string(text))
}

// eventOf returns the event of the changes of one person: the gravest.
func eventOf(changes []directory.Change) string {
	best, rank := EventChanged, 0
	for i := range changes {
		for n, e := range []struct {
			op    directory.Op
			event string
		}{
			{directory.OpRestore, EventRestored}, {directory.OpSuspend, EventSuspended}, {directory.OpPreDelete, EventPreDeleted}, {directory.OpPurge, EventPurged},
		} {
			if changes[i].Op == e.op && n+1 > rank {
				best, rank = e.event, n+1
			}
		}
	}
	return best
}

func (a *applying) event(kind string, subject ent.ID) error {
	a.events = append(a.events, ent.Event{Type: kind, Subject: subject, Actor: a.o.Actor})
	if len(a.events) < eventChunk {
		return nil
	}
	return a.emit()
}

func (a *applying) emit() error {
	err := a.tx.Emit(a.ctx, a.events...)
	a.events = a.events[:0]
	return err
}

// seen writes the hashes of the records that said nothing new.
func (a *applying) seen() error {
	if a.p.Partial() {
		return nil
	}
	for list := range slices.Chunk(a.p.Seen(), changeChunk) {
		ids := make([]ent.ID, len(list))
		for i := range list {
			ids[i] = list[i].ID
		}
		read, err := a.w.accounts(ids)
		if err != nil {
			return err
		}
		for i := range list {
			x := search(read, list[i].ID)
			if x == nil {
				continue
			}
			after := x.Clone()
			for j := range after.Keys {
				if after.Keys[j].Key == list[i].Key {
					after.Keys[j].Hash, after.Keys[j].Gone = list[i].Hash, ent.Date{}
				}
			}
			if err := a.keep(x, after.Version); err != nil {
				return err
			}
			if err := a.w.write(x, &after); err != nil {
				return err
			}
			*x = after
		}
	}
	return nil
}

// end removes the places that are gone and empty, writes the standing and the report, and sends the events.
func (a *applying) end() error {
	for ch := range a.p.Changes() {
		if ch.Object == directory.ObjectPerson {
			break
		}
		if ch.Op != directory.OpPurge {
			continue
		}
		n, err := a.tx.Exec(a.ctx, `DELETE FROM {place} WHERE tenant = $1 AND kind = $2 AND id = $3
			AND NOT EXISTS (SELECT 1 FROM {member} m WHERE m.tenant = $1 AND m.target = $3)`,
			string(a.s.tenant), string(ch.Object), string(ch.ID))
		if err != nil {
			return err
		}
		if n == 0 { // somebody is still in it
			a.report.Refuse(string(ch.Op), 1)
			a.progress(1)
			continue
		}
		a.did(string(ch.Op), 1)
	}
	f := &a.p.Feed
	if !a.p.Partial() && f.Origin.Kind() != directory.KindHand {
		if err := putStanding(a.ctx, a.tx, f.Origin, directory.Standing{
			Date: f.Date, Academy: f.Academy, Degree: f.Degree, Context: f.Context, Plan: a.n,
		}); err != nil {
			return err
		}
	}
	text, err := json.Marshal(a.report)
	if err != nil {
		return failure(CodeRow)
	}
	if _, err := a.tx.Exec(a.ctx, `UPDATE {plan} SET report = $1 WHERE tenant = $2 AND id = $3`, string(text), string(a.s.tenant), a.n); err != nil {
		return err
	}
	return a.emit()
}

// putStanding writes the standing of an origin; its date never goes back.
func putStanding(ctx context.Context, tx *sqldb.Tx, o directory.Origin, s directory.Standing) error {
	hash, err := s.Context.MarshalText()
	if err != nil {
		return failure(CodeRow)
	}
	_, err = tx.Exec(ctx, `INSERT INTO {feed} (tenant, origin, day, academy, degree, context, plan) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (tenant, origin) DO UPDATE SET day = CASE WHEN excluded.day IS NULL OR excluded.day < {feed}.day THEN {feed}.day ELSE excluded.day END,
		academy = excluded.academy, degree = excluded.degree, context = excluded.context, plan = excluded.plan`,
		string(tx.Tenant()), string(o), sqldb.DateArg(s.Date), string(s.Academy), string(s.Degree), string(hash), s.Plan)
	return err
}
