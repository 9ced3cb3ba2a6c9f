package cahier

import (
	"cmp"
	"log/slog"
	"slices"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// Head is what a session and a piece of homework have in common.
type Head struct {
	ID ent.ID `json:"id"`
	// School is the establishment, and Year the school year that the entry is of.
	School ent.ID         `json:"school"`
	Year   ent.SchoolYear `json:"year"`
	// Subject is taught by Teacher to the classes, parts, groups and pupils of Audience.
	Subject  ent.ID          `json:"subject,omitempty"`
	Teacher  ent.ID          `json:"teacher"`
	Audience []timetable.Ref `json:"audience"`
	// Published entries are seen by pupils and families, from Publish on when it is set.
	Published bool      `json:"published,omitempty"`
	Publish   time.Time `json:"publish,omitzero"`
	Files     []File    `json:"files,omitempty"`
	// Version counts the changes, from 1; By and At say whose the last is. Deleted entries are kept with their trail.
	Version int       `json:"version"`
	By      ent.ID    `json:"by,omitempty"`
	At      time.Time `json:"at,omitzero"`
	Deleted bool      `json:"deleted,omitempty"`
}

// LogValue shows which entry it is.
func (h Head) LogValue() slog.Value {
	return slog.GroupValue(slog.String("entry", string(h.ID)), slog.Int("version", h.Version))
}

// Visible reports whether pupils and families see the entry at an instant.
func (h *Head) Visible(at time.Time) bool {
	return h.Published && !h.Deleted && !at.Before(h.Publish)
}

// Concerns reports whether the entry is for one of some classes, parts, groups or pupils.
func (h *Head) Concerns(refs map[timetable.Ref]bool) bool {
	for _, r := range h.Audience {
		if refs[r] {
			return true
		}
	}
	return false
}

// File is a document that hangs on an entry; its content is in the caller's storage.
type File struct {
	ID   ent.ID `json:"id"`
	Name string `json:"name"`
	// Size is in bytes.
	Size int64 `json:"size"`
}

// Session is what was done in a lesson (séance). The class's own is the reference (circulaire 2010-136).
type Session struct {
	Head
	// Lesson it is of; zero for one that is written free of the timetable.
	Lesson timetable.Key   `json:"lesson,omitzero"`
	Date   ent.Date        `json:"date"`
	Start  timetable.Clock `json:"start,omitempty"`
	End    timetable.Clock `json:"end,omitempty"`
	Room   ent.ID          `json:"room,omitempty"`
	// Replaces is the teacher whom Teacher replaces.
	Replaces ent.ID `json:"replaces,omitempty"`
	Type     string `json:"type,omitempty"`
	Title    string `json:"title,omitempty"`
	// Content is plain text. It says nothing of a pupil: the cahier is the class's.
	Content string `json:"content,omitempty"`
	// Private is for the teacher alone.
	Private string `json:"private,omitempty"`
}

// LogValue shows which session it is.
func (s Session) LogValue() slog.Value {
	return slog.GroupValue(slog.String("session", string(s.ID)), slog.Int("version", s.Version))
}

// Compare sorts sessions by day, time and identifier.
func (s *Session) Compare(o *Session) int {
	return cmp.Or(s.Date.Compare(o.Date), cmp.Compare(s.Start, o.Start), cmp.Compare(s.ID, o.ID))
}

// SortSessions sorts sessions by day, time and identifier.
func SortSessions(list []Session) {
	slices.SortFunc(list, func(a, b Session) int { return a.Compare(&b) })
}

// SortHomework sorts homework by due day, subject and identifier.
func SortHomework(list []Homework) {
	slices.SortFunc(list, func(a, b Homework) int { return a.Compare(&b) })
}

// Homework is work to do (travail à faire).
type Homework struct {
	Head
	// Session it was given in, "" for none.
	Session ent.ID `json:"session,omitempty"`
	// For is the lesson it is due for; zero when it is due on a day without one.
	For timetable.Key `json:"for,omitzero"`
	// Given and Due are days.
	Given ent.Date `json:"given"`
	Due   ent.Date `json:"due"`
	// Type is the caller's word: "exercice", "contrôle". Test says that the pupils are tested that day.
	Type string `json:"type,omitempty"`
	Test bool   `json:"test,omitempty"`
	Text string `json:"text"`
	// Minutes it should take; 0 is not said, which is not no time.
	Minutes int `json:"minutes,omitempty"`
	// HandIn accepts what pupils hand in.
	HandIn bool `json:"hand_in,omitempty"`
}

// LogValue shows which homework it is.
func (h Homework) LogValue() slog.Value {
	return slog.GroupValue(slog.String("homework", string(h.ID)), slog.Int("version", h.Version))
}

// Compare sorts homework by due day, subject and identifier.
func (h *Homework) Compare(o *Homework) int {
	return cmp.Or(h.Due.Compare(o.Due), cmp.Compare(h.Subject, o.Subject), cmp.Compare(h.ID, o.ID))
}

// Progress is how far a pupil is: their own word, which no mark follows from.
type Progress struct {
	Homework ent.ID    `json:"homework"`
	Pupil    ent.ID    `json:"pupil"`
	Done     bool      `json:"done"`
	At       time.Time `json:"at"`
}

// LogValue hides the pupil.
func (p Progress) LogValue() slog.Value { return slog.StringValue(string(p.Homework)) }

// HandedIn is what a pupil handed in. A later one replaces it until the teacher returned it.
type HandedIn struct {
	Homework ent.ID    `json:"homework"`
	Pupil    ent.ID    `json:"pupil"`
	Text     string    `json:"text,omitempty"`
	Files    []File    `json:"files,omitempty"`
	At       time.Time `json:"at"`
	// Comment is the teacher's, and Returned when it was given.
	Comment  string    `json:"comment,omitempty"`
	Returned time.Time `json:"returned,omitzero"`
}

// LogValue hides the pupil.
func (h HandedIn) LogValue() slog.Value { return slog.StringValue(string(h.Homework)) }

// Late reports whether something was handed in after the day on which the homework is due, in the school's zone.
func (h *HandedIn) Late(due ent.Date, zone *time.Location) bool {
	return due.Before(ent.DateAt(h.At, zone))
}

// Visa is what a head or an inspector gives on the cahier of a teacher. A session under a visa is never deleted; when its content
// changes later, that is a version the visa does not cover.
type Visa struct {
	ID      ent.ID         `json:"id"`
	School  ent.ID         `json:"school"`
	Year    ent.SchoolYear `json:"year"`
	Teacher ent.ID         `json:"teacher"`
	// Audience and Subject it is limited to; none is all.
	Audience []timetable.Ref `json:"audience,omitempty"`
	Subject  ent.ID          `json:"subject,omitempty"`
	// From and To are the days of the sessions.
	From    ent.Date `json:"from"`
	To      ent.Date `json:"to"`
	Comment string   `json:"comment,omitempty"`
	// Sessions are those it covers, in the version that was seen.
	Sessions []Seen    `json:"sessions"`
	By       ent.ID    `json:"by"`
	At       time.Time `json:"at"`
}

// Seen is a session as a visa saw it.
type Seen struct {
	ID      ent.ID `json:"id"`
	Version int    `json:"version"`
}

// LogValue shows counts.
func (v Visa) LogValue() slog.Value {
	return slog.GroupValue(slog.String("visa", string(v.ID)), slog.Int("sessions", len(v.Sessions)))
}

// Covers reports whether a visa covers a session as it is.
func (v *Visa) Covers(s *Session) bool {
	for _, x := range v.Sessions {
		if x.ID == s.ID {
			return x.Version == s.Version
		}
	}
	return false
}

// Habilitation lets an inspector read the cahiers of some teachers of a school, between two days, both included.
type Habilitation struct {
	ID        ent.ID   `json:"id"`
	School    ent.ID   `json:"school"`
	Inspector ent.ID   `json:"inspector"`
	Teachers  []ent.ID `json:"teachers"`
	From      ent.Date `json:"from"`
	To        ent.Date `json:"to"`
}

// LogValue shows which one it is.
func (h Habilitation) LogValue() slog.Value { return slog.StringValue(string(h.ID)) }

// Allows reports whether it lets somebody read a teacher's cahier on a day.
func (h *Habilitation) Allows(inspector, teacher ent.ID, on ent.Date) bool {
	if h.Inspector != inspector || on.Before(h.From) || h.To.Before(on) {
		return false
	}
	return slices.Contains(h.Teachers, teacher)
}
