package ical

import (
	"strings"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// Labels give the texts of the lessons of a timetable. What is nil, and what it names "", is left out.
type Labels struct {
	Subject func(ent.ID) string
	// Resource names a teacher, a room, a class, a part or a group. It is never asked for a pupil.
	Resource func(timetable.Ref) string
	// Modified is when a lesson changed last.
	Modified func(*timetable.Lesson) time.Time
	// Categories are those of every lesson.
	Categories []string
	// Lang is the language of what is added: that a lesson is cancelled, for clients which do not show it.
	Lang ent.Lang
}

// FromTimetable returns the lessons of a timetable for an agenda: the subject as summary, the rooms as location, then a line of
// teachers and staff and a line of classes, parts and groups. Pupils are left out.
func FromTimetable(lessons []timetable.Lesson, labels Labels) []Lesson {
	out := make([]Lesson, len(lessons))
	for i := range lessons {
		l := &lessons[i]
		out[i] = Lesson{
			Series: string(l.Course), Original: plannedAt(l), Date: l.Date, Start: l.Start, End: l.End, State: l.State, Revision: l.Revision,
			Location: labels.resources(l, timetable.KindRoom), Categories: labels.Categories,
		}
		o := &out[i]
		if labels.Subject != nil {
			o.Summary = labels.Subject(l.Subject)
		}
		if l.State == timetable.StateCancelled {
			o.Summary = strings.TrimSpace(o.Summary + " (" + l.State.Label(labels.Lang) + ")")
		}
		if labels.Modified != nil {
			o.Modified = labels.Modified(l)
		}
		o.Description = joinFilled("\n", labels.resources(l, timetable.KindTeacher, timetable.KindStaff),
			labels.resources(l, timetable.KindClass, timetable.KindPart, timetable.KindGroup))
	}
	return out
}

// plannedAt is when a lesson was planned at first. The key of one that was added is the caller's own, and no date.
func plannedAt(l *timetable.Lesson) Planned {
	was := l
	if l.Was != nil {
		was = l.Was
	}
	if was.State == timetable.StateAdded || l.On.IsZero() {
		return Planned{was.Date, was.Start}
	}
	return Planned{l.On, was.Start}
}

// resources names those of some kinds.
func (labels *Labels) resources(l *timetable.Lesson, kinds ...timetable.Kind) string {
	if labels.Resource == nil {
		return ""
	}
	var names []string
	for _, r := range l.Resources {
		for _, k := range kinds {
			if r.Kind == k {
				names = append(names, labels.Resource(r))
			}
		}
	}
	return joinFilled(", ", names...)
}

func joinFilled(sep string, list ...string) string {
	var b strings.Builder
	for _, s := range list {
		if s == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(sep)
		}
		b.WriteString(s)
	}
	return b.String()
}
