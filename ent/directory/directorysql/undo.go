package directorysql

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/ent/sqldb"
)

// Applied is a plan that was applied.
type Applied struct {
	Plan   int64
	Origin directory.Origin
	At     time.Time
	Actor  ent.Actor
	// Until is when it can no longer be undone; Undone says that it was.
	Until  time.Time
	Undone bool
	Report *ent.Report
}

// Plans returns the last plans applied, the newest first, at most n.
func (s *Store) Plans(ctx context.Context, n int) ([]Applied, error) {
	var out []Applied
	err := s.view(ctx, func(tx *sqldb.Tx) error {
		var err error
		out, err = sqldb.All(ctx, tx, `SELECT id, origin, at, actor, until, undone, report FROM {plan} WHERE tenant = $1 ORDER BY id DESC LIMIT $2`,
			[]any{string(s.tenant), int64(n)}, func(row sqldb.Scanner) (Applied, error) {
				var (
					p             Applied
					at, until     int64
					actor, report string
				)
				if err := row.Scan(&p.Plan, &p.Origin, &at, &actor, &until, &p.Undone, &report); err != nil {
					return p, err
				}
				p.At, p.Until, p.Report = sqldb.Time(at), sqldb.Time(until), &ent.Report{}
				if json.Unmarshal([]byte(actor), &p.Actor) != nil || report != "" && json.Unmarshal([]byte(report), p.Report) != nil {
					return p, failure(CodeRow)
				}
				return p, nil
			})
		return err
	})
	return out, err
}

// Undo gives back what the directory was before the last plan, but for who was purged: those it created are removed, those
// it changed are as they were. A person who has changed since stays as they are, and is reported. It returns CodeUndo for a
// plan that is not the last, was undone already, or whose time is over.
func (s *Store) Undo(ctx context.Context, plan int64, actor ent.Actor) (*ent.Report, error) {
	if actor.Kind == "" {
		actor.Kind = ent.ActorSystem
	}
	var report *ent.Report
	err := s.change(ctx, func(w *session) error {
		u := &undoing{s: s, w: w, ctx: ctx, tx: w.tx, plan: plan, actor: actor, report: &ent.Report{}}
		report = u.report
		for _, step := range []func() error{u.begin, u.changed, u.created, u.places, u.end} {
			if err := step(); err != nil {
				return err
			}
		}
		return nil
	})
	return report, err
}

type undoing struct {
	s      *Store
	w      *session
	ctx    context.Context
	tx     *sqldb.Tx
	plan   int64
	actor  ent.Actor
	report *ent.Report
	origin directory.Origin
	was    before
	events []ent.Event
}

func (u *undoing) begin() error {
	// The number of plans is the lock of Apply too: the last plan stays the last while this runs.
	if _, err := u.tx.Next(u.ctx, planCounter, 1); err != nil {
		return err
	}
	var last int64
	if err := u.tx.QueryRow(u.ctx, `SELECT coalesce(max(id), 0) FROM {plan} WHERE tenant = $1`, []any{string(u.s.tenant)}, &last); err != nil {
		return err
	}
	var (
		until  int64
		undone bool
		text   []byte
	)
	err := u.tx.QueryRow(u.ctx, `SELECT origin, until, undone, before FROM {plan} WHERE tenant = $1 AND id = $2`,
		[]any{string(u.s.tenant), u.plan}, &u.origin, &until, &undone, &text)
	if errors.Is(err, sql.ErrNoRows) {
		return failure(CodeUndo)
	}
	if err != nil {
		return err
	}
	if last != u.plan || undone || !u.s.o.Clock().Before(sqldb.Time(until)) {
		return failure(CodeUndo)
	}
	if json.Unmarshal(text, &u.was) != nil {
		return failure(CodeRow)
	}
	return nil
}

// changed gives back those whom the plan changed.
func (u *undoing) changed() error {
	type row struct {
		id      ent.ID
		version int64
		before  directory.Account
	}
	last := ent.ID("")
	for {
		list, err := sqldb.All(u.ctx, u.tx, `SELECT person, version, before FROM {undo} WHERE tenant = $1 AND plan = $2 AND person > $3 ORDER BY person LIMIT $4`,
			[]any{string(u.s.tenant), u.plan, string(last), int64(page)}, func(r sqldb.Scanner) (row, error) {
				var x row
				var text []byte
				if err := r.Scan(&x.id, &x.version, &text); err != nil {
					return x, err
				}
				if json.Unmarshal(text, &x.before) != nil {
					return x, failure(CodeRow)
				}
				return x, nil
			})
		if err != nil || len(list) == 0 {
			return err
		}
		ids := make([]ent.ID, len(list))
		for i := range list {
			ids[i] = list[i].id
		}
		last = ids[len(ids)-1]
		now, err := u.w.accounts(ids)
		if err != nil {
			return err
		}
		for i := range list {
			x := &list[i]
			is := search(now, x.id)
			if is == nil || is.Version != x.version {
				u.leave(x.id)
				continue
			}
			x.before.Version = x.version + 1
			x.before.Login = is.Login // a login once given stays
			if err := u.w.write(is, &x.before); err != nil {
				return err
			}
			u.report.Keep("changed", 1)
			u.events = append(u.events, ent.Event{Type: EventChanged, Subject: x.id, Actor: u.actor})
		}
	}
}

func (u *undoing) leave(id ent.ID) {
	u.report.Refuse("changed", 1)
	u.report.Add(catalog().New(CodeReturn, ent.Pos{Record: string(id)}, "$"))
}

// created removes those whom the plan created and whom nobody has changed since.
func (u *undoing) created() error {
	var ids []ent.ID
	err := u.tx.Query(u.ctx, `SELECT id, version FROM {person} WHERE tenant = $1 AND plan = $2 ORDER BY id`, []any{string(u.s.tenant), u.plan},
		func(row sqldb.Scanner) error {
			var id ent.ID
			var version int64
			err := row.Scan(&id, &version)
			if version != 1 {
				u.leave(id)
				return err
			}
			ids = append(ids, id)
			return err
		})
	if err != nil {
		return err
	}
	for list := range slices.Chunk(ids, page) {
		now, err := u.w.accounts(list)
		if err != nil {
			return err
		}
		for i := range now {
			if now[i].Category == directory.Relative { // of pupils who have changed since, and stay
				if err := u.w.release(now[i].ID); err != nil {
					return err
				}
			}
			if err := u.w.remove(&now[i]); err != nil {
				return err
			}
			u.report.Keep("created", 1)
			u.events = append(u.events, ent.Event{Type: EventRemoved, Subject: now[i].ID, Actor: u.actor})
		}
	}
	return nil
}

// places gives back the establishments, classes and groups.
func (u *undoing) places() error {
	if u.was.Places == nil {
		return nil
	}
	tenant := string(u.s.tenant)
	for _, t := range []string{"place", "place_key"} {
		if _, err := u.tx.Exec(u.ctx, `DELETE FROM {`+t+`} WHERE tenant = $1`, tenant); err != nil {
			return err
		}
	}
	put := func(kind directory.Object, id, at ent.ID, v any) error {
		text, err := json.Marshal(v)
		if err != nil {
			return failure(CodeRow)
		}
		return u.w.insert("place", []string{"tenant", "kind", "id", "establishment", "doc"}, []any{tenant, string(kind), string(id), string(at), string(text)})
	}
	for i := range u.was.Places.Establishments {
		e := &u.was.Places.Establishments[i]
		if err := put(directory.ObjectEstablishment, e.ID, "", &e.Establishment); err != nil {
			return err
		}
		for n, k := range e.Keys {
			row := []any{tenant, string(k.Origin), string(k.ID), string(e.ID), int64(n)}
			if err := u.w.insert("place_key", []string{"tenant", "origin", "key", "place", "rank"}, row); err != nil {
				return err
			}
		}
	}
	for i := range u.was.Places.Classes {
		c := &u.was.Places.Classes[i]
		if err := put(directory.ObjectClass, c.ID, c.Establishment, c); err != nil {
			return err
		}
	}
	for i := range u.was.Places.Groups {
		g := &u.was.Places.Groups[i]
		if err := put(directory.ObjectGroup, g.ID, g.Establishment, g); err != nil {
			return err
		}
	}
	return nil
}

func (u *undoing) end() error {
	tenant := string(u.s.tenant)
	if u.origin.Kind() != directory.KindHand {
		if _, err := u.tx.Exec(u.ctx, `DELETE FROM {feed} WHERE tenant = $1 AND origin = $2`, tenant, string(u.origin)); err != nil {
			return err
		}
		if u.was.Known {
			if err := putStanding(u.ctx, u.tx, u.origin, u.was.Standing); err != nil {
				return err
			}
		}
	}
	if _, err := u.tx.Exec(u.ctx, `UPDATE {plan} SET undone = $1 WHERE tenant = $2 AND id = $3`, true, tenant, u.plan); err != nil {
		return err
	}
	if _, err := u.tx.Exec(u.ctx, `DELETE FROM {undo} WHERE tenant = $1 AND plan = $2`, tenant, u.plan); err != nil {
		return err
	}
	return u.tx.Emit(u.ctx, u.events...)
}
