package life

import (
	"context"
	"slices"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
	"github.com/opencartable/cartable/examples/portal/academy"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// whose is whose timetable is shown.
type whose struct {
	ref    timetable.Ref
	school ent.ID
	// refs are what the lessons must have one of.
	refs []timetable.Ref
	name string
}

func (w *whose) param() string { return string(w.ref.Kind) + ":" + string(w.ref.ID) }

func parseRef(s string) (timetable.Ref, bool) {
	kind, id, ok := strings.Cut(s, ":")
	r := timetable.Ref{Kind: timetable.Kind(kind), ID: ent.ID(id)}
	return r, ok && id != "" && (r.Kind == timetable.KindPupil || r.Kind == timetable.KindClass || r.Kind == timetable.KindTeacher)
}

// choices are the timetables that somebody has a use for: their own, their children's, the classes of those who run a school.
func (a *Area) choices(q *asking) []whose {
	var out []whose
	add := func(r timetable.Ref) {
		if w, ok := a.whose(q, r); ok {
			out = append(out, w)
		}
	}
	for _, p := range q.pupils(access.ActionTimetableRead) {
		add(timetable.Ref{Kind: timetable.KindPupil, ID: p})
	}
	if len(q.facts.Teachings) > 0 {
		add(timetable.Ref{Kind: timetable.KindTeacher, ID: q.facts.Person})
	}
	for _, e := range q.establishments() {
		y, ok := a.source.SchoolYear(e)
		if !ok {
			continue
		}
		for _, c := range y.Classes() {
			if len(q.facts.Children) == 0 && q.facts.Pupil == nil {
				add(timetable.Ref{Kind: timetable.KindClass, ID: c.ID})
			}
		}
	}
	return out
}

// whose returns a timetable that who asks may read.
func (a *Area) whose(q *asking, r timetable.Ref) (whose, bool) {
	w := whose{ref: r, refs: []timetable.Ref{r}, name: a.source.name(r)}
	var t access.Target
	switch r.Kind {
	case timetable.KindPupil:
		var ok bool
		if w.refs, w.school, ok = a.source.refsOf(r.ID); !ok {
			return w, false
		}
		t, _ = a.source.pupilTarget(r.ID)
	case timetable.KindClass:
		w.school = academy.EstablishmentOf(r.ID)
		y, ok := a.source.SchoolYear(w.school)
		if !ok {
			return w, false
		}
		room, ok := y.Room(r.ID)
		if !ok {
			return w, false
		}
		for _, x := range room.Teachings {
			if x.Group != "" {
				w.refs = append(w.refs, timetable.Ref{Kind: timetable.KindGroup, ID: x.Group})
			}
		}
		t = target(w.school, []timetable.Ref{r})
	case timetable.KindTeacher:
		p, ok := a.source.Agent(r.ID)
		if !ok || len(p.Affiliations) == 0 {
			return w, false
		}
		w.school = p.Affiliations[0].Establishment
		t = access.Target{Person: r.ID, Profile: ent.ProfileTeacher, Establishments: []ent.ID{w.school}}
	default:
		return w, false
	}
	return w, q.guard.Require(access.ActionTimetableRead, t) == nil
}

// lessonsOf returns the lessons of somebody from a day to another, sorted.
func (a *Area) lessonsOf(ctx context.Context, w *whose, from, to ent.Date) ([]timetable.Lesson, error) {
	list, err := a.source.lessons(ctx, w.school, from, to)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(list, func(l timetable.Lesson) bool {
		return !slices.ContainsFunc(w.refs, l.Has)
	}), nil
}
