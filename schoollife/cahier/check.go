package cahier

import (
	"fmt"
	"slices"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// Sizes of what may be written, in bytes and in numbers.
const (
	maxTitle    = 200
	maxText     = 20_000
	maxAudience = 50
	maxFiles    = 20
	maxMinutes  = 24 * 60
)

func (h *Head) check() ent.Code {
	switch {
	case h.School == "" || h.Teacher == "" || h.Year == 0:
		return CodeIncomplete
	case len(h.Audience) == 0 || slices.ContainsFunc(h.Audience, func(r timetable.Ref) bool { return r.ID == "" || !r.Kind.Audience() }):
		return CodeAudience
	case len(h.Audience) > maxAudience || len(h.Files) > maxFiles:
		return CodeSize
	case slices.ContainsFunc(h.Files, File.bad):
		return CodeFile
	}
	return ""
}

func (f File) bad() bool { return f.ID == "" || f.Name == "" || len(f.Name) > maxTitle || f.Size < 0 }

// Check returns CodeIncomplete, CodeAudience, CodeDate (a day out of the school year, an end before the start), CodeFile or CodeSize.
func (s *Session) Check() error {
	code := s.check()
	switch {
	case code != "":
	case s.Date.IsZero() || !s.Year.Contains(s.Date) || (s.Start != 0 || s.End != 0) && s.Start >= s.End:
		code = CodeDate
	case len(s.Title) > maxTitle || len(s.Type) > maxTitle || len(s.Content) > maxText || len(s.Private) > maxText:
		code = CodeSize
	}
	return fail(code)
}

// Check returns what [Session.Check] returns, and CodeEmpty for homework without a text, CodeDate for one that is due before it is
// given, CodeMinutes for an impossible length.
func (h *Homework) Check() error {
	code := h.check()
	switch {
	case code != "":
	case h.Text == "":
		code = CodeEmpty
	case h.Given.IsZero() || h.Due.IsZero() || h.Due.Before(h.Given) || !h.Year.Contains(h.Given) || !h.Year.Contains(h.Due):
		code = CodeDate
	case h.Minutes < 0 || h.Minutes > maxMinutes:
		code = CodeMinutes
	case len(h.Text) > maxText || len(h.Type) > maxTitle:
		code = CodeSize
	}
	return fail(code)
}

func fail(c ent.Code) error {
	if c == "" {
		return nil
	}
	return fmt.Errorf("cahier: %w", c)
}

// CheckFor checks homework that is due for a lesson: the lesson is that day, is held, and has the homework's pupils. It returns
// CodeNoLesson otherwise.
func (h *Homework) CheckFor(l *timetable.Lesson) error {
	if l.Key != h.For || l.Date != h.Due || l.State == timetable.StateCancelled || !slices.ContainsFunc(h.Audience, l.Has) {
		return fail(CodeNoLesson)
	}
	return nil
}

// Strays are pieces of homework whose lesson moved to another day or was cancelled. The homework keeps its day: its teacher is told, and
// decides.
func Strays(list []Homework, lessons []timetable.Lesson) []Homework {
	at := make(map[timetable.Key]*timetable.Lesson, len(lessons))
	for i := range lessons {
		at[lessons[i].Key] = &lessons[i]
	}
	var out []Homework
	for i := range list {
		h := &list[i]
		if h.For == (timetable.Key{}) || h.Deleted {
			continue
		}
		if l, ok := at[h.For]; !ok || l.Date != h.Due || l.State == timetable.StateCancelled {
			out = append(out, *h)
		}
	}
	return out
}
