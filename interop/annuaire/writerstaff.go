package annuaire

import (
	"path"
	"slices"
	"strings"

	"github.com/opencartable/cartable/ent"
)

// FolderName returns the name of the folder of a school, which [ParseFolder] reads. It returns CodeWriterUnreadable for a
// school whose identifiers cannot stand in such a name.
func FolderName(school ent.Establishment, overrideClass string) (string, error) {
	label := oneLine(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\@:*?"<>|`, r) || r < ' ' {
			return ' '
		}
		return r
	}, school.Name()))
	name := label + "@" + string(school.ID)
	if school.UAI != "" || overrideClass != "" {
		name += "_" + string(school.UAI)
	}
	if overrideClass != "" {
		name += "_" + overrideClass
	}
	back, class, err := ParseFolder(name)
	if err != nil || path.Base(name) != name || strings.Contains(name, `\`) || back.ID != school.ID || back.UAI != school.UAI || class != overrideClass {
		return "", catalog().New(CodeWriterUnreadable, ent.Pos{}, "$", ent.FieldOf("field", "school"))
	}
	return name, nil
}

func (w *Writer) lose(f ent.Field) { w.report.Lose(ent.Loss{Code: CodeNoPlace, Field: f, Count: 1}) }

func (w *Writer) loseIf(lost bool, f ent.Field) {
	if lost {
		w.lose(f)
	}
}

// place returns the name of a class or group, "" for one of another school.
func (w *Writer) place(id ent.ID) string {
	prefix := string(w.o.School.ID) + "$"
	rest, ours := strings.CutPrefix(string(id), prefix)
	label, named := w.names[id]
	if !named {
		label = oneLine(rest)
	}
	switch {
	case !named && !ours, label == "":
		return ""
	case strings.Contains(label, "$"): // the part before it would be taken for a school
		return prefix + label
	}
	return label
}

func (w *Writer) places(ids []ent.ID) []string {
	var out []string
	for _, id := range ids {
		if v := w.place(id); v != "" {
			out = append(out, v)
		} else {
			w.lose("place")
		}
	}
	return out
}

// functions writes what a member of the staff does in the school.
func (w *Writer) functions(p *ent.Person) []string {
	var out []string
	for _, a := range p.Affiliations {
		if a.Establishment != w.o.School.ID {
			continue
		}
		for _, f := range a.Functions {
			parts := []string{oneLine(string(f.Code)), oneLine(f.Label), oneLine(f.Discipline), oneLine(f.DisciplineLabel)}
			text := strings.Join(parts, "$")
			switch {
			case strings.Count(text, "$") != 3:
				w.lose("function") // a dollar inside a label would cut it in two
				continue
			case f == ent.Function{Label: f.Label}:
				text = parts[1]
			}
			if text != "" {
				out = append(out, text)
			}
		}
	}
	return out
}

// taught writes the classes, or the groups, that somebody teaches in the school, each once.
func (w *Writer) taught(p *ent.Person, groups bool) []string {
	var out []string
	for _, t := range p.Teachings {
		id := t.Class
		if groups {
			id = t.Group
		}
		if id == "" {
			continue
		}
		if v := w.place(id); v == "" {
			w.lose("teaching")
		} else if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// subjects writes the subjects that somebody teaches, when each is taught to every class and group: a row cannot say more.
func (w *Writer) subjects(p *ent.Person) []string {
	type lesson struct {
		place   string
		subject ent.SubjectCode
	}
	var out []string
	lessons, at := map[lesson]bool{}, map[string]bool{}
	for _, t := range p.Teachings {
		place := w.place(t.Class)
		if t.Group != "" {
			place = "\x00" + w.place(t.Group)
		}
		if strings.Trim(place, "\x00") == "" {
			continue
		}
		at[place] = true
		lessons[lesson{place, t.Subject}] = true
		if s := string(t.Subject); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	exact := len(lessons) == len(at)*len(out) && !slices.ContainsFunc(out, func(s string) bool { return !ent.SubjectCode(s).Valid() })
	if exact {
		return out
	}
	w.loseIf(len(out) > 1 || len(out) == 1 && out[0] != "", "teaching.subject")
	return nil
}

// unwritten counts what the files have no place for.
func (w *Writer) unwritten(p Profile, x *ent.Person) {
	c := &x.Contact
	w.loseIf(len(x.Name.Others) > 0, "name.others")
	w.loseIf(c.SMS != "", "contact.sms")
	w.loseIf(c.AddressShared, "contact.addressShared")
	w.loseIf(c.Address.Commune != "", "contact.address.commune")
	functions := []ent.Function(nil)
	for _, a := range x.Affiliations {
		if a.Establishment != w.o.School.ID {
			w.lose("affiliation")
			continue
		}
		functions = append(functions, a.Functions...)
		w.loseIf(!a.From.IsZero() || !a.To.IsZero(), "affiliation.dates")
	}
	if p == Teacher || p == Personnel {
		for _, a := range x.Affiliations {
			w.loseIf(a.Establishment == w.o.School.ID && a.Profile != profileOf(p, functions), "affiliation.profile")
		}
	}
	if s := x.Schooling; s != nil && p == Student {
		l, _ := levelOf(s.Level)
		w.loseIf(s.SchoolNumber != "", "schooling.schoolNumber")
		w.loseIf(s.LevelCode != l.code, "schooling.levelCode")
		w.loseIf(s.Apprentice != nil, "schooling.apprentice")
		w.loseIf(s.RegimeLabel != "" && s.Regime != regimeOf(s.RegimeLabel), "schooling.regime")
		w.loseIf(!s.From.IsZero() || !s.To.IsZero(), "schooling.dates")
	}
}
