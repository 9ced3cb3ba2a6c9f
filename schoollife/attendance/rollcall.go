package attendance

import (
	"cmp"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// Status is how a pupil was seen in a roll call. A pupil without one was not called: that is not present.
type Status string

// The statuses.
const (
	StatusPresent Status = "present"
	StatusAbsent  Status = "absent"
	// StatusLate: came at At. StatusLeft: left at At.
	StatusLate Status = "late"
	StatusLeft Status = "left"
	// StatusInfirmary: sent to the nurse at At, or from the start.
	StatusInfirmary Status = "infirmary"
)

// Label returns the status in words.
func (s Status) Label(lang ent.Lang) string {
	labels := map[Status]ent.Label{
		StatusPresent: {FR: "présent", EN: "present"}, StatusAbsent: {FR: "absent", EN: "absent"}, StatusLate: {FR: "en retard", EN: "late"},
		StatusLeft: {FR: "parti", EN: "left"}, StatusInfirmary: {FR: "infirmerie", EN: "infirmary"},
	}
	if l, ok := labels[s]; ok {
		return l.In(lang)
	}
	return string(s)
}

// Mark is what a roll call says of one pupil.
type Mark struct {
	Pupil  ent.ID `json:"pupil"`
	Status Status `json:"status"`
	// At is when the pupil came or left; the start or the end of the lesson when 0.
	At timetable.Clock `json:"at,omitempty"`
}

// LogValue hides the mark.
func (Mark) LogValue() slog.Value { return slog.StringValue("[redacted]") }

// Entry is a mark with who set it, and at which revision of the roll call.
type Entry struct {
	Mark
	By       ent.ID    `json:"by"`
	At       time.Time `json:"set"`
	Revision int       `json:"revision"`
}

// LogValue hides the entry.
func (Entry) LogValue() slog.Value { return slog.StringValue("[redacted]") }

// CallState says how far a roll call is.
type CallState string

// The states. One that nobody began is to do.
const (
	CallToDo       CallState = "to-do"
	CallInProgress CallState = "in-progress"
	CallDone       CallState = "done"
)

// Label returns the state in words.
func (s CallState) Label(lang ent.Lang) string {
	labels := map[CallState]ent.Label{
		CallToDo: {FR: "à faire", EN: "to do"}, CallInProgress: {FR: "en cours", EN: "in progress"}, CallDone: {FR: "fait", EN: "done"},
	}
	if l, ok := labels[s]; ok {
		return l.In(lang)
	}
	return string(s)
}

// RollCall is the register of one lesson (appel; Code de l'éducation, R131-5): one, however many teachers it has.
type RollCall struct {
	Lesson timetable.Key `json:"lesson"`
	State  CallState     `json:"state"`
	// Revision counts the submissions that changed something.
	Revision int `json:"revision"`
	// Entries are sorted by pupil.
	Entries []Entry `json:"entries,omitempty"`
	// Seen are the last submissions that were taken, so that one that comes again is known.
	Seen []ent.ID `json:"seen,omitempty"`
	// Done is when it was closed first, and by whom.
	Done time.Time `json:"done,omitzero"`
	By   ent.ID    `json:"by,omitempty"`
}

// LogValue shows counts.
func (c RollCall) LogValue() slog.Value {
	return slog.GroupValue(slog.String("state", string(c.State)), slog.Int("entries", len(c.Entries)), slog.Int("revision", c.Revision))
}

// Entry returns what is known of a pupil; false when the pupil was not called.
func (c *RollCall) Entry(pupil ent.ID) (Entry, bool) {
	i, ok := c.find(pupil)
	if !ok {
		return Entry{}, false
	}
	return c.Entries[i], true
}

func (c *RollCall) find(pupil ent.ID) (int, bool) {
	return slices.BinarySearchFunc(c.Entries, pupil, func(e Entry, p ent.ID) int { return cmp.Compare(e.Pupil, p) })
}

// Forgotten reports whether a roll call is not done some minutes after its lesson began.
func Forgotten(state CallState, l *timetable.Lesson, zone *time.Location, after time.Duration, now time.Time) bool {
	return state != CallDone && l.State != timetable.StateCancelled && !now.Before(timetable.Instant(l.Date, l.Start, zone).Add(after))
}

// Submission is what one device sends of a roll call: the marks that its user set, no others.
type Submission struct {
	// ID is made by the device, new for each submission: one that comes again, since its answer was lost on the way, changes nothing.
	ID     ent.ID        `json:"id"`
	Lesson timetable.Key `json:"lesson"`
	// Base is the revision of the roll call that the user saw; 0 for none.
	Base  int    `json:"base"`
	Marks []Mark `json:"marks"`
	// Done closes the roll call: pupils who were not called stay so, and are told.
	Done bool `json:"done,omitempty"`
}

// LogValue shows counts.
func (s Submission) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", string(s.ID)), slog.Int("marks", len(s.Marks)), slog.Int("base", s.Base))
}

// Clash is a pupil whom two persons marked differently: what was there first stays, and is shown to who comes second.
type Clash struct {
	Yours  Mark  `json:"yours"`
	Theirs Entry `json:"theirs"`
}

// LogValue hides the marks.
func (Clash) LogValue() slog.Value { return slog.StringValue("[redacted]") }

// seenMost is how many submissions a roll call remembers, and maxMarks how many one may hold.
const (
	seenMost = 128
	maxMarks = 500
)

// Take merges a submission into a roll call, and returns what differs. The rule, pupil by pupil:
//
//   - a pupil that only one person marked has that mark, and the same mark twice is one mark;
//   - a person may change a mark of their own, and one of another person that they saw (Base);
//   - of two marks made without seeing each other, the one that arrived first stays, and the second person is told (Clash).
//
// A submission that was taken before changes nothing, and returns what differs now. pupils are those of the lesson. It returns
// CodePupil, CodeStatus, CodeClock or CodeSize, and changes nothing, for a submission that cannot be.
func (c RollCall) Take(s Submission, l *timetable.Lesson, pupils []ent.ID, by ent.ID, at time.Time) (RollCall, []Clash, error) {
	if err := s.check(l, pupils); err != nil {
		return c, nil, err
	}
	out := c
	out.Entries, out.Seen = slices.Clone(c.Entries), slices.Clone(c.Seen)
	again := slices.Contains(c.Seen, s.ID)
	revision, changed := c.Revision+1, false
	var clashes []Clash
	for _, m := range s.Marks {
		i, known := out.find(m.Pupil)
		switch {
		case known && out.Entries[i].Mark == m:
		case again || known && out.Entries[i].By != by && out.Entries[i].Revision > s.Base:
			if known {
				clashes = append(clashes, Clash{m, out.Entries[i]})
			}
		case known:
			out.Entries[i], changed = Entry{m, by, at, revision}, true
		default:
			out.Entries, changed = slices.Insert(out.Entries, i, Entry{m, by, at, revision}), true
		}
	}
	if again {
		return c, clashes, nil
	}
	if s.Done && out.State != CallDone {
		out.State, out.Done, out.By, changed = CallDone, at, by, true
	} else if out.State != CallDone && out.State != CallInProgress {
		out.State, changed = CallInProgress, true
	}
	if changed {
		out.Revision = revision
	}
	out.Lesson = s.Lesson
	out.Seen = append(out.Seen, s.ID)
	out.Seen = out.Seen[max(0, len(out.Seen)-seenMost):]
	return out, clashes, nil
}

func (s *Submission) check(l *timetable.Lesson, pupils []ent.ID) error {
	fail := func(c ent.Code) error { return fmt.Errorf("attendance: roll call: %w", c) }
	if s.ID == "" || s.Lesson != l.Key || s.Base < 0 {
		return fail(CodeSubmission)
	}
	if l.State == timetable.StateCancelled {
		return fail(CodeCancelled)
	}
	if len(s.Marks) > maxMarks {
		return fail(CodeSize)
	}
	seen := make(map[ent.ID]bool, len(s.Marks))
	for _, m := range s.Marks {
		if seen[m.Pupil] || !slices.Contains(pupils, m.Pupil) {
			return fail(CodePupil)
		}
		seen[m.Pupil] = true
		switch m.Status {
		case StatusPresent, StatusAbsent:
			if m.At != 0 {
				return fail(CodeClock)
			}
		case StatusLate, StatusLeft, StatusInfirmary:
			if m.At != 0 && (m.At <= l.Start || m.At > l.End || m.At == l.End && m.Status != StatusLate) {
				return fail(CodeClock)
			}
			if m.At == 0 && m.Status != StatusInfirmary {
				return fail(CodeClock)
			}
		default:
			return fail(CodeStatus)
		}
	}
	return nil
}

// Uncalled returns the pupils of a lesson of whom a roll call says nothing.
func (c *RollCall) Uncalled(pupils []ent.ID) []ent.ID {
	var out []ent.ID
	for _, p := range pupils {
		if _, ok := c.find(p); !ok {
			out = append(out, p)
		}
	}
	return out
}

// Seen returns the events that a roll call saw: what it says of pupils who were not there all the time. Their identifiers follow
// from the lesson and the pupil, so that a roll call that changes changes its events, and never doubles them.
func Seen(c *RollCall, l *timetable.Lesson) []Event {
	var out []Event
	for _, e := range c.Entries {
		x := Event{
			ID: EventID(l.Key, e.Pupil), Pupil: e.Pupil, Lesson: l.Key, By: e.By, At: e.At,
			Span: Span{Moment{l.Date, l.Start}, Moment{l.Date, l.End}},
		}
		switch e.Status {
		case StatusAbsent:
			x.Kind = KindAbsence
		case StatusLate:
			x.Kind, x.To.At = KindLateness, e.Mark.At
		case StatusLeft:
			x.Kind, x.From.At = KindDeparture, e.Mark.At
		case StatusInfirmary:
			x.Kind = KindInfirmary
			if e.Mark.At != 0 {
				x.From.At = e.Mark.At
			}
		case StatusPresent:
			continue
		default:
			continue // a status of a later edition
		}
		out = append(out, x)
	}
	return out
}

// EventID names the event of a pupil in a lesson. A '/' in the course is written ~1, and a '~' ~0: no two have one name.
func EventID(k timetable.Key, pupil ent.ID) ent.ID {
	course := strings.NewReplacer("~", "~0", "/", "~1").Replace(string(k.Course))
	return ent.ID(k.On.String() + "/" + course + "/" + string(pupil))
}
