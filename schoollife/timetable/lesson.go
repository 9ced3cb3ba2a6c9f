package timetable

import (
	"cmp"
	"slices"

	"github.com/opencartable/cartable/ent"
)

// Key names a dated lesson for good: its course and the day on which it was planned at first. It stays when the lesson moves,
// changes teacher or room, or is cancelled: a roll call and homework hang on it.
type Key struct {
	Course ent.ID   `json:"course"`
	On     ent.Date `json:"on"`
}

// State says what became of a planned lesson.
type State string

// The states.
const (
	StatePlanned   State = "planned"
	StateCancelled State = "cancelled"
	StateMoved     State = "moved"
	// StateReplaced: another teacher, or another subject. StateChanged: another room or length, same teacher.
	StateReplaced State = "replaced"
	StateChanged  State = "changed"
	// StateAdded is a lesson of no course.
	StateAdded State = "added"
)

// Label returns the state in words.
func (s State) Label(lang ent.Lang) string {
	labels := map[State]ent.Label{
		StatePlanned: {FR: "prévu", EN: "planned"}, StateCancelled: {FR: "annulé", EN: "cancelled"}, StateMoved: {FR: "déplacé", EN: "moved"},
		StateReplaced: {FR: "remplacé", EN: "replaced"}, StateChanged: {FR: "modifié", EN: "changed"}, StateAdded: {FR: "ajouté", EN: "added"},
	}
	if l, ok := labels[s]; ok {
		return l.In(lang)
	}
	return string(s)
}

// Lesson is a dated lesson (séance), in local time: [Start, End) of Date. Its instants follow from the school's zone: see
// [Instant]. Slices may be shared between lessons: copy before changing.
type Lesson struct {
	Key
	Date    ent.Date `json:"date"`
	Start   Clock    `json:"start"`
	End     Clock    `json:"end"`
	Subject ent.ID   `json:"subject,omitempty"`
	// Resources are those of this day.
	Resources []Ref `json:"resources,omitempty"`
	State     State `json:"state"`
	// Revision counts the changes: 0 for a lesson as planned. Calendars want it (SEQUENCE).
	Revision int    `json:"revision,omitempty"`
	Together ent.ID `json:"together,omitempty"`
	// Was is what the lesson replaces when it changed, for one merged view: what was planned.
	Was *Lesson `json:"was,omitempty"`
}

// Has reports whether the lesson has a resource.
func (l *Lesson) Has(r Ref) bool { return slices.Contains(l.Resources, r) }

// Compare sorts lessons by day, start, course and key.
func (l *Lesson) Compare(o *Lesson) int {
	return cmp.Or(l.Date.Compare(o.Date), cmp.Compare(l.Start, o.Start), cmp.Compare(l.End, o.End), cmp.Compare(l.Course, o.Course), l.On.Compare(o.On))
}

// Expand returns the dated lessons of a year, sorted, with the report of the courses: those without a resource in any week, with
// an impossible day or times, are refused, and said. Lessons out of the year's days are left out.
func (t *Timetable) Expand() ([]Lesson, *ent.Report) {
	report := &ent.Report{}
	total := 0
	for i := range t.Courses {
		total += t.Courses[i].Weeks().Count()
	}
	out := make([]Lesson, 0, total)
	seen := make(map[ent.ID]bool, len(t.Courses))
	for i := range t.Courses {
		c := &t.Courses[i]
		if code := c.check(seen); code != "" {
			report.Refuse("courses", 1)
			report.Add(catalog().New(code, ent.Pos{}, "$.courses", ent.CodeOf("course", string(c.ID))))
			continue
		}
		seen[c.ID] = true
		report.Keep("courses", 1)
		out = t.expand(c, out)
	}
	slices.SortFunc(out, func(a, b Lesson) int { return a.Compare(&b) })
	return out, report
}

func (c *Course) check(seen map[ent.ID]bool) ent.Code {
	switch {
	case c.ID == "":
		return CodeNoID
	case seen[c.ID]:
		return CodeTwice
	case c.Day < 1 || c.Day > 7:
		return CodeDay
	case c.Start < 0 || c.End > 24*60 || c.Start >= c.End:
		return CodeTimes
	case c.Weeks() == 0:
		return CodeNoWeek
	}
	return ""
}

// expand adds the lessons of a course. Weeks with the same resources share their list.
func (t *Timetable) expand(c *Course, out []Lesson) []Lesson {
	var active uint64
	var list []Ref
	for week := range c.Weeks().All() {
		on := t.Year.Date(week, c.Day)
		if !t.Year.Contains(on) {
			continue
		}
		if now := c.active(week); list == nil || now != active || len(c.Resources) > 64 {
			active, list = now, c.resources(week)
		}
		out = append(out, Lesson{
			Key: Key{c.ID, on}, Date: on, Start: c.Start, End: c.End, Subject: c.Subject, Resources: list, State: StatePlanned, Together: c.Together,
		})
	}
	return out
}

// active is a bit for each resource that the course has in a week.
func (c *Course) active(week int) uint64 {
	var bits uint64
	for i, r := range c.Resources {
		if r.Weeks.Has(week) {
			bits |= 1 << (i & 63)
		}
	}
	return bits
}

func (c *Course) resources(week int) []Ref {
	out := make([]Ref, 0, len(c.Resources))
	for _, r := range c.Resources {
		if r.Weeks.Has(week) {
			out = append(out, r.Ref)
		}
	}
	return out
}
