package gradebook

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
)

// target of a class as a whole.
func (r *Room) target() access.Target {
	return access.Target{Profile: ent.ProfilePupil, Establishments: []ent.ID{r.Establishment}, Classes: []ent.ID{r.Class}}
}

// Terms returns the terms of a class, by period. It needs the right to read its marks.
func (s *Service) Terms(ctx context.Context, a Asker, class ent.ID) ([]Term, error) {
	room, err := s.School.Room(ctx, a.Tenant, class)
	if err != nil {
		return nil, err
	}
	if err := a.Guard.Require(access.ActionMarksRead, room.target()); err != nil {
		return nil, &denied{err}
	}
	return s.Store.Terms(ctx, a.Tenant, []ent.ID{class})
}

// PutTerm opens a period for a class, locks it, sets its dates, reopens a teaching: t.Version is the version that was seen, 0
// for a period that was not opened. It needs the right to lock (access.ActionBulletinLock), and returns CodeConflict when
// somebody else changed it meanwhile, CodeTerm for dates that contradict each other. A term that closes opens the next period
// when it says so.
func (s *Service) PutTerm(ctx context.Context, a Asker, t Term, why string) (Term, error) {
	room, err := s.School.Room(ctx, a.Tenant, t.Class)
	if err != nil {
		return Term{}, err
	}
	if err := a.Guard.Require(access.ActionBulletinLock, room.target()); err != nil {
		return Term{}, &denied{err}
	}
	if err := t.check(); err != nil {
		return Term{}, err
	}
	at := slices.IndexFunc(room.Periods, func(p Period) bool { return p.ID == t.Period })
	if at < 0 {
		return Term{}, fmt.Errorf("gradebook: %w", catalog().New(CodeUnknown, ent.Pos{}, "", ent.FieldOf("field", "period"), ent.CodeOf("id", string(t.Period))))
	}
	why, issues := text(why, maxWhy)
	if err := tooLong(issues); err != nil {
		return Term{}, err
	}
	old, known, _, err := s.term(ctx, a.Tenant, t.Class, t.Period, true)
	if err != nil {
		return Term{}, err
	}
	now := s.now()
	switch {
	case !t.State.Printable():
		t.LockedAt = time.Time{}
	case !known || old.State != t.State:
		t.LockedAt = now
	default:
		t.LockedAt = old.LockedAt
	}
	t.Version++
	if err := s.Store.PutTerm(ctx, a.Tenant, TermChange{Term: t, By: a.person(), At: now, Why: why}); err != nil {
		return Term{}, err
	}
	s.remember(seenKey{tenant: a.Tenant, class: t.Class, period: t.Period}, seen{term: t, known: true})
	if t.State == LockClosed && t.OpenNext {
		return t, s.openNext(ctx, a, &room, at)
	}
	return t, nil
}

// openNext opens the period after one that was closed, unless it exists already.
func (s *Service) openNext(ctx context.Context, a Asker, room *Room, at int) error {
	var next *Period
	for i := range room.Periods {
		p := &room.Periods[i]
		if p.Index > room.Periods[at].Index && (next == nil || p.Index < next.Index) {
			next = p
		}
	}
	if next == nil {
		return nil
	}
	_, known, _, err := s.term(ctx, a.Tenant, room.Class, next.ID, true)
	if err != nil || known {
		return err
	}
	t := Term{Class: room.Class, Period: next.ID, State: LockOpen, OpenNext: true, Version: 1}
	err = s.Store.PutTerm(ctx, a.Tenant, TermChange{Term: t, By: a.person(), At: s.now()})
	if errors.Is(err, CodeConflict) {
		return nil // somebody else opened it meanwhile
	}
	return err
}

// TermHistory returns who locked and opened a period of a class, when and why.
func (s *Service) TermHistory(ctx context.Context, a Asker, class, period ent.ID) ([]TermChange, error) {
	if _, err := s.Terms(ctx, a, class); err != nil {
		return nil, err
	}
	return s.Store.TermHistory(ctx, a.Tenant, class, period)
}
