package attendance

import (
	"fmt"
	"log/slog"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// Incident is something that happened, with who took part. It is personal data of the most sensitive kind: no text of it is in
// logs or errors.
type Incident struct {
	ID ent.ID `json:"id"`
	At Moment `json:"at"`
	// Place and Type are the caller's words: "cour", "non-respect du règlement".
	Place string `json:"place,omitempty"`
	Type  string `json:"type,omitempty"`
	// Seriousness goes from 1, benign, to 5, extremely serious; 0 is not said.
	Seriousness int           `json:"seriousness,omitempty"`
	Text        string        `json:"text,omitempty"`
	Persons     []Protagonist `json:"persons"`
	Measures    []Measure     `json:"measures,omitempty"`
	By          ent.ID        `json:"by,omitempty"`
}

// LogValue shows which incident it is.
func (i Incident) LogValue() slog.Value { return slog.StringValue(string(i.ID)) }

// Protagonist is a person of an incident.
type Protagonist struct {
	Person ent.ID `json:"person"`
	Role   Role   `json:"role"`
}

// LogValue hides who.
func (Protagonist) LogValue() slog.Value { return slog.StringValue("[redacted]") }

// Role is what a person was in an incident.
type Role string

// The roles.
const (
	RoleAuthor    Role = "author"
	RoleVictim    Role = "victim"
	RoleWitness   Role = "witness"
	RoleAggressor Role = "aggressor"
)

// MeasureKind is what was decided about a pupil. Punishments (punitions scolaires) are given by any adult of the school; sanctions
// (sanctions disciplinaires) by the head or the discipline council, and are written in the pupil's file.
type MeasureKind string

// The punishments, then the sanctions of R511-13.
const (
	MeasureHomework  MeasureKind = "extra-homework"
	MeasureDetention MeasureKind = "detention" // retenue
	MeasureLessonOut MeasureKind = "sent-out"  // exclusion ponctuelle d'un cours

	MeasureWarning         MeasureKind = "warning"          // avertissement
	MeasureBlame           MeasureKind = "blame"            // blâme
	MeasureResponsibility  MeasureKind = "responsibility"   // mesure de responsabilisation
	MeasureClassExclusion  MeasureKind = "class-exclusion"  // exclusion temporaire de la classe
	MeasureSchoolExclusion MeasureKind = "school-exclusion" // exclusion temporaire de l'établissement
	MeasureFinalExclusion  MeasureKind = "final-exclusion"  // exclusion définitive
	maxResponsibilityHours             = 20                 // R511-13, 3°
	maxExclusionDays                   = 8                  // R511-13, 4° and 5°
)

// Sanction reports whether a measure is a disciplinary sanction.
func (k MeasureKind) Sanction() bool {
	switch k {
	case MeasureWarning, MeasureBlame, MeasureResponsibility, MeasureClassExclusion, MeasureSchoolExclusion, MeasureFinalExclusion:
		return true
	case MeasureHomework, MeasureDetention, MeasureLessonOut:
	}
	return false
}

// Label returns the measure in words.
func (k MeasureKind) Label(lang ent.Lang) string {
	labels := map[MeasureKind]ent.Label{
		MeasureHomework: {FR: "devoir supplémentaire", EN: "extra homework"}, MeasureDetention: {FR: "retenue", EN: "detention"},
		MeasureLessonOut: {FR: "exclusion ponctuelle de cours", EN: "sent out of a lesson"}, MeasureWarning: {FR: "avertissement", EN: "warning"},
		MeasureBlame: {FR: "blâme", EN: "reprimand"}, MeasureResponsibility: {FR: "mesure de responsabilisation", EN: "measure of responsibility"},
		MeasureClassExclusion:  {FR: "exclusion temporaire de la classe", EN: "temporary exclusion from class"},
		MeasureSchoolExclusion: {FR: "exclusion temporaire de l'établissement", EN: "temporary exclusion from the school"},
		MeasureFinalExclusion:  {FR: "exclusion définitive", EN: "definitive exclusion"},
	}
	if l, ok := labels[k]; ok {
		return l.In(lang)
	}
	return string(k)
}

// Measure is a punishment or a sanction of one pupil.
type Measure struct {
	ID    ent.ID      `json:"id"`
	Pupil ent.ID      `json:"pupil"`
	Kind  MeasureKind `json:"kind"`
	// Decided is the day of the decision.
	Decided ent.Date `json:"decided"`
	// Span is when it is carried out: a detention, an exclusion. Hours are those of a measure of responsibility.
	Span
	Hours int `json:"hours,omitempty"`
	// Suspended: with sursis (Code de l'éducation R511-13): decided, and carried out only if it is revoked.
	Suspended bool   `json:"suspended,omitempty"`
	Text      string `json:"text,omitempty"`
	By        ent.ID `json:"by,omitempty"`
	// Room is where a detention is.
	Room ent.ID `json:"room,omitempty"`
}

// LogValue shows the kind.
func (m Measure) LogValue() slog.Value { return slog.StringValue(string(m.Kind)) }

// Check returns CodeMeasure for an unknown kind, no pupil, no day, or no span where one is needed; CodeTooLong for a sanction beyond
// the law; CodeSerious for a sanction decided by somebody who may not. mayPunish is the right of who decides to take sanctions.
func (m *Measure) Check(maySanction bool) error {
	fail := func(c ent.Code) error { return fmt.Errorf("attendance: measure: %w", c) }
	known := m.Kind.Sanction() || m.Kind == MeasureHomework || m.Kind == MeasureDetention || m.Kind == MeasureLessonOut
	needsSpan := m.Kind == MeasureDetention || m.Kind == MeasureClassExclusion || m.Kind == MeasureSchoolExclusion
	switch {
	case !known || m.Pupil == "" || m.Decided.IsZero() || needsSpan && !m.Suspended && !m.valid() || m.Span != Span{} && !m.valid():
		return fail(CodeMeasure)
	case m.Kind == MeasureDetention && m.From.Date != m.To.Date:
		return fail(CodeMeasure)
	case m.Kind.Sanction() && !maySanction:
		return fail(CodeSerious)
	case m.Kind == MeasureResponsibility && m.Hours > maxResponsibilityHours:
		return fail(CodeTooLong)
	case (m.Kind == MeasureClassExclusion || m.Kind == MeasureSchoolExclusion) && m.days() > maxExclusionDays:
		return fail(CodeTooLong)
	}
	return nil
}

// days counts the days that a span touches.
func (m *Measure) days() int {
	if m.Span == (Span{}) {
		return 0
	}
	return int((m.To.minute()-1)/dayMinutes-m.From.minute()/dayMinutes) + 1
}

// Lesson returns a detention as an added lesson of the pupil's timetable; false for another measure.
func (m *Measure) Lesson() (timetable.Change, bool) {
	if m.Kind != MeasureDetention || !m.valid() {
		return timetable.Change{}, false
	}
	c := timetable.Change{
		Key: timetable.Key{Course: "detention/" + m.ID, On: m.From.Date}, State: timetable.StateAdded, Date: m.From.Date, Start: m.From.At, End: m.To.At,
		With: []timetable.Ref{{Kind: timetable.KindPupil, ID: m.Pupil}},
	}
	if m.Room != "" {
		c.With = append(c.With, timetable.Ref{Kind: timetable.KindRoom, ID: m.Room})
	}
	return c, true
}

// Keep is how long a measure stays in a pupil's file.
type Keep struct {
	// YearEnd keeps it to the end of the school year of the decision, and Years school years more. Months, when YearEnd is false,
	// keeps it that long after the decision.
	YearEnd bool `json:"year_end,omitempty"`
	Years   int  `json:"years,omitempty"`
	Months  int  `json:"months,omitempty"`
	// Schooling keeps it to the end of secondary schooling.
	Schooling bool `json:"schooling,omitempty"`
}

// Retention says how long each kind of measure is kept. Decrees have changed it: it is data, checked by each school before use.
type Retention map[MeasureKind]Keep

// SchoolRules is the table of a school's published rules of 2018 after R511-13: warning, reprimand and responsibility to the end of
// the school year, temporary exclusions one year after the decision, definitive exclusion to the end of secondary schooling.
// Later decrees lengthened some: check it. Punishments are not in the file, and are kept for the school year.
func SchoolRules() Retention {
	year, twelve := Keep{YearEnd: true}, Keep{Months: 12}
	return Retention{
		MeasureHomework: year, MeasureDetention: year, MeasureLessonOut: year, MeasureWarning: year, MeasureBlame: year, MeasureResponsibility: year,
		MeasureClassExclusion: twelve, MeasureSchoolExclusion: twelve, MeasureFinalExclusion: {Schooling: true},
	}
}

// EraseOn returns the first day on which a measure is no longer kept; false while it is kept to the end of schooling, or for a kind
// that the table does not know or says no length of, which nobody erases in silence. A school year ends on 31 August.
func (r Retention) EraseOn(m *Measure) (ent.Date, bool) {
	k, ok := r[m.Kind]
	switch {
	case !ok || k.Schooling || !k.YearEnd && k.Months <= 0:
		return ent.Date{}, false
	case k.YearEnd:
		year := int(m.Decided.Year)
		if m.Decided.Month >= 9 {
			year++
		}
		return ent.Date{Year: int16(year + k.Years), Month: 9, Day: 1}, true //nolint:gosec // a year of the calendar
	}
	first := ent.MonthOf(m.Decided).AddMonths(k.Months)
	return first.First().AddDays(min(int(m.Decided.Day), int(first.Last().Day)) - 1), true
}

// Expired returns the measures that are to be erased on a day.
func (r Retention) Expired(list []Measure, on ent.Date) []Measure {
	var out []Measure
	for i := range list {
		if d, ok := r.EraseOn(&list[i]); ok && !on.Before(d) {
			out = append(out, list[i])
		}
	}
	return out
}
