package cahier

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// ArchiveFormat names the document of an archive.
const ArchiveFormat = "cartable.cahier/1"

// Archive is the cahier of one class, part or group in a school year, as it was at its end, with the names of that time: it is read when
// the accounts are gone. It is kept five years, the usual guidance, and holds nothing of a pupil: neither private notes nor who did
// what.
type Archive struct {
	School ent.ID         `json:"school"`
	Year   ent.SchoolYear `json:"year"`
	Of     timetable.Ref  `json:"of"`
	// Label is the name of the class.
	Label    string            `json:"label"`
	Made     time.Time         `json:"made"`
	Teachers map[ent.ID]string `json:"teachers"`
	Subjects map[ent.ID]string `json:"subjects"`
	Sessions []Session         `json:"sessions"`
	Homework []Homework        `json:"homework"`
	Visas    []Visa            `json:"visas,omitempty"`
}

// archiveJSON is the written form.
type archiveJSON struct {
	Format string `json:"format"`
	archiveFields
}

type archiveFields Archive

// MarshalJSON writes a document of ArchiveFormat.
func (a Archive) MarshalJSON() ([]byte, error) {
	return json.Marshal(archiveJSON{ArchiveFormat, archiveFields(a)})
}

// UnmarshalJSON reads what MarshalJSON wrote. It returns CodeFormat for another document.
func (a *Archive) UnmarshalJSON(b []byte) error {
	var j archiveJSON
	if json.Unmarshal(b, &j) != nil || j.Format != ArchiveFormat {
		return fail(CodeFormat)
	}
	*a = Archive(j.archiveFields)
	return nil
}

// LogValue shows counts.
func (a Archive) LogValue() slog.Value {
	return slog.GroupValue(slog.String("of", string(a.Of.ID)), slog.Int("sessions", len(a.Sessions)), slog.Int("homework", len(a.Homework)))
}

// keptYears is how long an archive is kept after its school year.
const keptYears = 5

// EraseOn returns the first day on which an archive is no longer kept.
func (a *Archive) EraseOn() ent.Date { return (a.Year + keptYears + 1).First() }

// Archived makes the archive of a class, a part or a group from what was written for it. Unpublished and deleted entries, and private
// notes, stay out. names gives the names of teachers, subjects gives those of subjects.
func Archived(of timetable.Ref, label string, sessions []Session, homework []Homework, visas []Visa, names, subjects func(ent.ID) string, at time.Time) Archive {
	a := Archive{Of: of, Label: label, Made: at, Teachers: map[ent.ID]string{}, Subjects: map[ent.ID]string{}, Sessions: []Session{}, Homework: []Homework{}}
	keep := func(h *Head) bool {
		if !h.Visible(at) || !slices.Contains(h.Audience, of) {
			return false
		}
		a.School, a.Year = h.School, h.Year
		a.Teachers[h.Teacher] = names(h.Teacher)
		if h.Subject != "" {
			a.Subjects[h.Subject] = subjects(h.Subject)
		}
		return true
	}
	for _, s := range sessions {
		if keep(&s.Head) {
			s.Private, s.Audience = "", withoutPupils(s.Audience)
			if s.Replaces != "" {
				a.Teachers[s.Replaces] = names(s.Replaces)
			}
			a.Sessions = append(a.Sessions, s)
		}
	}
	for _, h := range homework {
		if keep(&h.Head) {
			h.Audience = withoutPupils(h.Audience)
			a.Homework = append(a.Homework, h)
		}
	}
	for _, v := range visas {
		if _, ok := a.Teachers[v.Teacher]; ok && (len(v.Audience) == 0 || slices.Contains(v.Audience, of)) {
			a.Teachers[v.By], v.Audience = names(v.By), withoutPupils(v.Audience)
			a.Visas = append(a.Visas, v)
		}
	}
	SortSessions(a.Sessions)
	SortHomework(a.Homework)
	return a
}

// withoutPupils returns an audience without the pupils that it names, but for some; what is given is not changed.
func withoutPupils(audience []timetable.Ref, but ...timetable.Ref) []timetable.Ref {
	other := func(r timetable.Ref) bool { return r.Kind == timetable.KindPupil && !slices.Contains(but, r) }
	if !slices.ContainsFunc(audience, other) {
		return audience
	}
	return slices.DeleteFunc(slices.Clone(audience), other)
}

// onlyVisas returns an archive with some of its visas, and without the names of who gave the others.
func (a Archive) onlyVisas(want func(*Visa) bool) Archive {
	named := map[ent.ID]bool{}
	for i := range a.Sessions {
		named[a.Sessions[i].Teacher], named[a.Sessions[i].Replaces] = true, true
	}
	for i := range a.Homework {
		named[a.Homework[i].Teacher] = true
	}
	all := a.Visas
	a.Visas, a.Teachers = nil, maps.Clone(a.Teachers)
	for i := range all {
		if want(&all[i]) {
			a.Visas = append(a.Visas, all[i])
			named[all[i].By] = true
		}
	}
	maps.DeleteFunc(a.Teachers, func(id ent.ID, _ string) bool { return !named[id] })
	return a
}

// Text writes the archive as plain text, for a reader who has no other program: in French, the language of the document.
func (a *Archive) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Cahier de textes %s, %s\n", a.Label, a.Year)
	for i := range a.Sessions {
		s := &a.Sessions[i]
		fmt.Fprintf(&b, "\n%s %s — %s — %s\n", s.Date.French(), s.Start.French(), a.Subjects[s.Subject], a.Teachers[s.Teacher])
		if s.Title != "" {
			b.WriteString(s.Title + "\n")
		}
		if s.Content != "" {
			b.WriteString(s.Content + "\n")
		}
	}
	for i := range a.Homework {
		h := &a.Homework[i]
		fmt.Fprintf(&b, "\nPour le %s (donné le %s) — %s\n%s\n", h.Due.French(), h.Given.French(), a.Subjects[h.Subject], h.Text)
	}
	return b.String()
}
