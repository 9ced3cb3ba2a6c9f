package timetable

import (
	"log/slog"
	"slices"

	"github.com/opencartable/cartable/ent"
)

// Names are what a file calls its resources and subjects: a Ref of the file to a name that is the same in the next file. Names of
// persons are personal data.
type Names map[Ref]string

// LogValue shows how many there are.
func (n Names) LogValue() slog.Value { return slog.GroupValue(slog.Int("names", len(n))) }

// KindSubject is for names only: a subject is no resource of a course.
const KindSubject Kind = "subject"

// Reconciliation is what somebody decided once: a name in the files of one source is this identifier. It is kept for the next import.
// The ID of each key is the name.
type Reconciliation map[Ref]ent.ID

// LogValue shows how many there are.
func (r Reconciliation) LogValue() slog.Value { return slog.GroupValue(slog.Int("names", len(r))) }

// Reconcile returns the timetable of a file with identifiers in place of those of the file: what the reconciliation says of a name,
// else what known finds, else the name itself, which is told (CodeUnknownName, once a name). known may be nil. The timetable given is
// not changed. An ident of the file without a name stays. Two idents of one name become one: of subjects that is a habit of the files,
// of all else it is told (CodeSameName), since two persons may be one from then on.
func (t *Timetable) Reconcile(names Names, table Reconciliation, known func(kind Kind, name string) (ent.ID, bool)) (*Timetable, *ent.Report) {
	report := &ent.Report{}
	done := map[Ref]ent.ID{}
	named := map[Ref]bool{}
	to := func(r Ref) ent.ID {
		if id, ok := done[r]; ok {
			return id
		}
		id, ok := r.ID, false
		if name := names[r]; name != "" {
			if n := (Ref{r.Kind, ent.ID(name)}); named[n] && r.Kind != KindSubject {
				report.Add(catalog().New(CodeSameName, ent.Pos{}, "$.names", ent.CodeOf("kind", string(r.Kind))))
			} else {
				named[n] = true
			}
			if id, ok = table[Ref{r.Kind, ent.ID(name)}]; !ok && known != nil {
				id, ok = known(r.Kind, name)
			}
			if !ok {
				id = ent.ID(name)
				report.Refuse(string(r.Kind), 1)
				report.Add(catalog().New(CodeUnknownName, ent.Pos{}, "$.names", ent.CodeOf("kind", string(r.Kind))))
			} else {
				report.Keep(string(r.Kind), 1)
			}
		}
		done[r] = id
		return id
	}
	list := func(kind Kind, ids []ent.ID) []ent.ID {
		out := slices.Clone(ids)
		for i := range out {
			out[i] = to(Ref{kind, out[i]})
		}
		return out
	}
	out := *t
	out.Courses = slices.Clone(t.Courses)
	for i := range out.Courses {
		c := &out.Courses[i]
		if c.Subject != "" {
			c.Subject = to(Ref{KindSubject, c.Subject})
		}
		c.Resources = slices.Clone(c.Resources)
		for j := range c.Resources {
			c.Resources[j].ID = to(c.Resources[j].Ref)
		}
	}
	out.Parts = slices.Clone(t.Parts)
	for i, p := range out.Parts {
		out.Parts[i].ID, out.Parts[i].Class = to(Ref{KindPart, p.ID}), to(Ref{KindClass, p.Class})
	}
	out.Groups = slices.Clone(t.Groups)
	for i, g := range out.Groups {
		out.Groups[i] = Group{to(Ref{KindGroup, g.ID}), g.Label, list(KindClass, g.Classes), list(KindPart, g.Parts), list(KindPupil, g.Pupils)}
	}
	out.Memberships = slices.Clone(t.Memberships)
	for i := range out.Memberships {
		m := &out.Memberships[i]
		m.Pupil, m.In.ID = to(Ref{KindPupil, m.Pupil}), to(m.In)
	}
	return &out, report
}
