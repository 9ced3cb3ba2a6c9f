package timetable

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/opencartable/cartable/ent"
)

// HandChange is a change that somebody of the school made.
type HandChange struct {
	Change
	By ent.ID    `json:"by"`
	At time.Time `json:"at"`
}

// LogValue shows which lesson it is of.
func (c HandChange) LogValue() slog.Value {
	return slog.GroupValue(slog.String("course", string(c.Key.Course)), slog.String("on", c.Key.On.String()), slog.String("state", string(c.State)))
}

// Import is an import that was applied.
type Import struct {
	// Version is what it made.
	Version int64     `json:"version"`
	Source  string    `json:"source"`
	By      ent.ID    `json:"by"`
	At      time.Time `json:"at"`
	// Counts are the lessons by operation.
	Counts map[Op]int `json:"counts"`
}

// LogValue shows which one it is, and no person.
func (i Import) LogValue() slog.Value {
	return slog.GroupValue(slog.Int64("version", i.Version), slog.String("source", i.Source))
}

// Store keeps the timetables of schools. Package timetabletest proves one; timetablesql is one, and so is [Memory].
type Store interface {
	// Kept returns what is kept of a school; nothing of an unknown one, which is no error.
	Kept(ctx context.Context, tenant ent.Tenant, school ent.ID) (*Kept, error)
	// Apply writes a plan, all of it or nothing: see [Kept.Apply] for what it refuses. A plan that changes nothing writes nothing.
	Apply(ctx context.Context, tenant ent.Tenant, school ent.ID, p *Plan, by ent.ID, at time.Time) error
	// Imports returns the imports of a school that changed something, oldest first.
	Imports(ctx context.Context, tenant ent.Tenant, school ent.ID) ([]Import, error)
	// Undo undoes the last import, when nothing came after it (CodeStale). called is asked of lessons that it created.
	Undo(ctx context.Context, tenant ent.Tenant, school ent.ID, called func(Key) bool, by ent.ID, at time.Time) error

	// Change adds a change made by hand. seen is the Revision of the lesson that its author saw: CodeStale when it is another one
	// now. It returns CodeUnknownLesson or CodeChange for one that cannot be.
	Change(ctx context.Context, tenant ent.Tenant, school ent.ID, c HandChange, seen int) error
	// Changes returns the changes made by hand, oldest first.
	Changes(ctx context.Context, tenant ent.Tenant, school ent.ID) ([]HandChange, error)
	// Lessons returns the lessons of a school from a day to another, both included, with the changes made by hand, sorted: also
	// those that moved into these days.
	Lessons(ctx context.Context, tenant ent.Tenant, school ent.ID, from, to ent.Date) ([]Lesson, error)
	// Version returns the version of what is kept, and when it changed last; cheap.
	Version(ctx context.Context, tenant ent.Tenant, school ent.ID) (int64, time.Time, error)

	// AddToken keeps a token. Token returns the one of a hash, revoked or not; CodeToken when there is none.
	AddToken(ctx context.Context, tenant ent.Tenant, t Token) error
	Token(ctx context.Context, tenant ent.Tenant, hash string) (Token, error)
	// Tokens returns those that a person made, newest first. Revoke revokes one of them: CodeToken when the person made none such.
	Tokens(ctx context.Context, tenant ent.Tenant, person ent.ID) ([]Token, error)
	Revoke(ctx context.Context, tenant ent.Tenant, person ent.ID, hash string, at time.Time) error
}

// Change returns what is kept with a change made by hand: see [Store].
func (k *Kept) Change(c Change, seen int) (*Kept, error) {
	var lessons []Lesson
	for i := range k.Lessons {
		if k.Lessons[i].Key == c.Key {
			lessons = append(lessons, k.Lessons[i])
		}
	}
	var before []Change
	for _, x := range k.Changes {
		if x.Key == c.Key {
			before = append(before, x)
		}
	}
	if err := CheckChange(lessons, before, c, seen); err != nil {
		return nil, err
	}
	out := *k
	out.Changes = append(slices.Clip(out.Changes), c)
	out.Version++
	return &out, nil
}

// CheckChange checks a change of one lesson, given its plan (none for a lesson of no course) and the changes that it has.
func CheckChange(plan []Lesson, before []Change, c Change, seen int) error {
	now, _ := Apply(plan, before)
	revision := 0
	for i := range now {
		if now[i].Key == c.Key {
			revision = now[i].Revision
		}
	}
	if revision != seen {
		return fmt.Errorf("timetable: change: %w", CodeStale)
	}
	if _, report := Apply(now, []Change{c}); report.Total().Refused > 0 {
		code := CodeChange
		if report.CountOf(CodeUnknownLesson) > 0 {
			code = CodeUnknownLesson
		}
		return fmt.Errorf("timetable: change: %w", code)
	}
	return nil
}

// Between returns the lessons from a day to another, with the changes.
func (k *Kept) Between(from, to ent.Date) []Lesson {
	changed := make(map[Key]bool, len(k.Changes))
	for _, c := range k.Changes {
		changed[c.Key] = true
	}
	var some []Lesson
	for i := range k.Lessons {
		if l := &k.Lessons[i]; changed[l.Key] || !l.Date.Before(from) && !to.Before(l.Date) {
			some = append(some, *l)
		}
	}
	all, _ := Apply(some, k.Changes)
	out := all[:0]
	for _, l := range all {
		if !l.Date.Before(from) && !to.Before(l.Date) {
			out = append(out, l)
		}
	}
	return out
}
