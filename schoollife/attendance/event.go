package attendance

import (
	"cmp"
	"log/slog"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// Kind is what happened to a pupil.
type Kind string

// The kinds. An unknown one is kept, and counts for nothing.
const (
	// KindAbsence: the pupil was not there.
	KindAbsence Kind = "absence"
	// KindLateness: there from the end of the span on (retard).
	KindLateness Kind = "lateness"
	// KindDeparture: gone from the start of the span on, before the lesson ended (départ anticipé).
	KindDeparture Kind = "departure"
	// KindInfirmary: in the school, with the nurse.
	KindInfirmary Kind = "infirmary"
	// KindOutside: elsewhere under the school's responsibility: a trip, an internship, a sports event.
	KindOutside Kind = "outside"
)

// Label returns the kind in words.
func (k Kind) Label(lang ent.Lang) string {
	labels := map[Kind]ent.Label{
		KindAbsence: {FR: "absence", EN: "absence"}, KindLateness: {FR: "retard", EN: "lateness"},
		KindDeparture: {FR: "départ anticipé", EN: "early departure"}, KindInfirmary: {FR: "infirmerie", EN: "infirmary"},
		KindOutside: {FR: "hors de l'établissement, sous sa responsabilité", EN: "outside, in the school's charge"},
	}
	if l, ok := labels[k]; ok {
		return l.In(lang)
	}
	return string(k)
}

func (k Kind) known() bool {
	return k == KindAbsence || k == KindLateness || k == KindDeparture || k.present()
}

// present reports whether the pupil was in the school's charge, whatever a roll call said.
func (k Kind) present() bool { return k == KindInfirmary || k == KindOutside }

// Event is something that happened to one pupil: what was seen, and what the office made of it.
type Event struct {
	ID    ent.ID `json:"id"`
	Pupil ent.ID `json:"pupil"`
	Kind  Kind   `json:"kind"`
	Span
	// Lesson is the lesson of the roll call it was seen in; zero when the office entered it.
	Lesson timetable.Key `json:"lesson,omitzero"`
	// Reason is the code of a Reason, "" while nobody gave one. It may say something of a pupil's health or family: it is never in
	// logs, feeds or notifications.
	Reason ent.Code `json:"reason,omitempty"`
	// Regularised says that the office accepted the reason: justified.
	Regularised bool `json:"regularised,omitempty"`
	// Version counts the changes, from 1; By and At say whose the last is.
	Version int       `json:"version,omitempty"`
	By      ent.ID    `json:"by,omitempty"`
	At      time.Time `json:"at,omitzero"`
	// Removed events are kept with their trail, and count for nothing.
	Removed bool `json:"removed,omitempty"`
}

// LogValue shows the kind, and the lesson or which event it is: neither the pupil, whom the identifier of an event of a roll call
// names, nor the reason.
func (e Event) LogValue() slog.Value {
	kind := slog.String("kind", string(e.Kind))
	if e.Lesson != (timetable.Key{}) {
		return slog.GroupValue(slog.String("course", string(e.Lesson.Course)), slog.String("on", e.Lesson.On.String()), kind)
	}
	return slog.GroupValue(slog.String("event", string(e.ID)), kind)
}

// Compare sorts events by start, end, kind and identifier.
func (e *Event) Compare(o *Event) int {
	return cmp.Or(e.From.Compare(o.From), e.To.Compare(o.To), cmp.Compare(e.Kind, o.Kind), cmp.Compare(e.ID, o.ID))
}

// length returns the minutes of an event that is within one day, and those between its ends otherwise.
func (e *Event) length() int { return int(e.To.minute() - e.From.minute()) }
