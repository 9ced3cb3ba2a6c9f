package timetable

import (
	"slices"

	"github.com/opencartable/cartable/ent"
)

// Change is what differs on one day from the yearly grid, which it does not touch. Changes of one lesson follow each other: each
// counts as a revision.
type Change struct {
	// Key names the lesson, by the day on which it was planned at first. A lesson of no course has a Key of the caller's own.
	Key   Key   `json:"key"`
	State State `json:"state"`
	// Date, Start and End are where it moves (StateMoved), or where an added lesson is; zero for no change.
	Date  ent.Date `json:"date,omitzero"`
	Start Clock    `json:"start,omitempty"`
	End   Clock    `json:"end,omitempty"`
	// Subject replaces the subject, Without resources go, With resources come.
	Subject ent.ID `json:"subject,omitempty"`
	Without []Ref  `json:"without,omitempty"`
	With    []Ref  `json:"with,omitempty"`
}

// Apply returns the lessons with the changes: each changed lesson once, with its key, its state, a greater revision and what it
// was, so that a view never shows the cancelled and the new one as two. Changes apply in their order. One that names no lesson,
// or says what cannot be, is refused, with an issue. The lessons given are not changed.
func Apply(lessons []Lesson, changes []Change) ([]Lesson, *ent.Report) {
	report := &ent.Report{}
	out := slices.Clone(lessons)
	at := make(map[Key]int, len(out))
	for i := range out {
		at[out[i].Key] = i
	}
	for _, c := range changes {
		i, known := at[c.Key]
		code := c.check(known)
		if code != "" {
			report.Refuse("changes", 1)
			report.Add(catalog().New(code, ent.Pos{}, "$.changes", ent.CodeOf("course", string(c.Key.Course)), ent.DateOf("date", c.Key.On)))
			continue
		}
		report.Keep("changes", 1)
		if c.State == StateAdded {
			at[c.Key] = len(out)
			out = append(out, Lesson{Key: c.Key, Date: c.Date, Start: c.Start, End: c.End, Subject: c.Subject, Resources: slices.Clone(c.With), State: StateAdded})
			continue
		}
		out[i] = c.apply(out[i])
		if c.State == StatePlanned && i < len(lessons) && lessons[i].State == StatePlanned { // an import may have moved it since
			revision := out[i].Revision
			out[i] = lessons[i]
			out[i].Revision = revision
		}
	}
	slices.SortFunc(out, func(a, b Lesson) int { return a.Compare(&b) })
	return out, report
}

func (c *Change) check(known bool) ent.Code {
	times := c.Start >= 0 && c.End <= 24*60 && c.Start < c.End
	if (c.Start != 0 || c.End != 0) && !times {
		return CodeChange
	}
	switch c.State {
	case StateAdded:
		if known || c.Date.IsZero() || !times {
			return CodeChange
		}
		return ""
	case StateCancelled, StatePlanned:
	case StateMoved:
		if c.Date.IsZero() {
			return CodeChange
		}
	case StateReplaced, StateChanged:
		if c.Subject == "" && len(c.With) == 0 && len(c.Without) == 0 && !times {
			return CodeChange
		}
	default:
		return CodeChange
	}
	if !known {
		return CodeUnknownLesson
	}
	return ""
}

// apply changes a lesson. Its length stays when it moves to a start without an end.
func (c *Change) apply(l Lesson) Lesson {
	was := l.Was
	if was == nil {
		planned := l
		was = &planned
	}
	revision := l.Revision + 1
	if c.State == StatePlanned { // back to what was planned
		l = *was
		l.Revision, l.State = revision, StatePlanned
		return l
	}
	l.Was, l.State, l.Revision = was, c.State, revision
	if !c.Date.IsZero() {
		l.Date = c.Date
	}
	if c.Start != 0 || c.End != 0 {
		l.Start, l.End = c.Start, c.End
	}
	if c.Subject != "" {
		l.Subject = c.Subject
	}
	if len(c.With)+len(c.Without) > 0 {
		l.Resources = slices.DeleteFunc(slices.Clone(l.Resources), func(r Ref) bool { return slices.Contains(c.Without, r) })
		for _, r := range c.With {
			if !l.Has(r) {
				l.Resources = append(l.Resources, r)
			}
		}
	}
	return l
}
