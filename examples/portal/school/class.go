package school

import (
	"net/http"
	"slices"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/examples/portal/web"
	"github.com/opencartable/cartable/interop/aaf"
)

// profiles is how functions become profiles: the SDET's reading.
func profiles() aaf.ProfilePolicy { return aaf.ProfilePolicy{} }

// classData is the page of a class, or of a group.
type classData struct {
	*Class
	Group    bool
	NameOnly bool
	Programs []string
	Of       []link // classes of a group
	Pupils   []pupilRow
	Teachers []teacherRow
	First    bool // first degree: it does not tell who teaches which class
}

type pupilRow struct {
	Who    link
	Name   ent.Name
	Birth  ent.Date
	Level  string
	Regime string
}

type teacherRow struct {
	Who      link
	Subjects string
	Head     bool
	name     ent.Name
}

func (a *Area) class(r *http.Request, v *viewer, group bool) (web.Page, error) {
	ref, ok := ParseRef(r.PathValue("id"))
	if !ok {
		return web.Page{}, web.ErrNotFound
	}
	row := v.idx.class(ref, group)
	if row == nil || !v.school(row.School) && (group || !v.list(row)) {
		return web.Page{}, web.ErrNotFound
	}
	m := v.idx.model(ref.Feed)
	d := classData{
		Class: row, Group: group, NameOnly: !v.school(row.School), First: m.Degree() == ent.FirstDegree,
	}
	var (
		pupils []string
		taught []aaf.Taught
		heads  []string
	)
	if group {
		g, _ := m.Group(row.School.Ref.Key, row.Code)
		pupils, taught = g.Pupils, g.Teachers
		for _, code := range g.Classes {
			if c := v.idx.class(Ref{ref.Feed, row.School.Ref.Key + "$" + code}, false); c != nil {
				d.Of = append(d.Of, v.classLink(c, false))
			}
		}
	} else {
		c, _ := m.Class(row.School.Ref.Key, row.Code)
		pupils, taught, heads = c.Pupils, c.Teachers, c.Heads
		d.Programs = row.Of
	}
	d.Pupils = v.pupilRows(m, ref.Feed, pupils, d.NameOnly)
	d.Teachers = v.teacherRows(m, ref.Feed, taught, heads)
	kind := "Classe "
	if group {
		kind = "Groupe "
	}
	p := web.Page{Title: kind + row.Name(), View: a.views["class"], Data: d, Lead: row.School.Title + ", " + row.School.Town}
	if v.school(row.School) {
		p.Trail = []web.Link{{Text: "Établissements", Path: "/etablissements"}, {Text: row.School.Title, Path: row.School.Path}}
	}
	return p, nil
}

func (v *viewer) pupilRows(m *aaf.Model, feed int, ids []string, nameOnly bool) []pupilRow {
	out := make([]pupilRow, 0, len(ids))
	for _, id := range ids {
		p, ok := m.Pupil(id)
		if !ok {
			continue
		}
		who := Person{Pupil, Ref{feed, id}}
		row := pupilRow{Who: link{Text: shown(p.Name)}, Name: p.Name}
		if !nameOnly || v.self(who) {
			row.Who.Path = who.Path()
		}
		if !nameOnly {
			row.Birth, row.Level, row.Regime = p.BirthDate, p.Level1D.Label, string(aaf.RegimeOf(p.Regime))
			if row.Level == "" {
				row.Level = p.MEFLabel
			}
		}
		out = append(out, row)
	}
	SortFrench(out, func(r *pupilRow) string { return register(r.Name) })
	return out
}

// teacherRows gathers the subjects by teacher; a head teacher who teaches nothing here comes too.
func (v *viewer) teacherRows(m *aaf.Model, feed int, taught []aaf.Taught, heads []string) []teacherRow {
	subjects := map[string][]string{}
	ids := slices.Clone(heads)
	for _, t := range taught {
		ids = union(ids, []string{t.Teacher})
		if t.Subject != "" {
			subjects[t.Teacher] = union(subjects[t.Teacher], []string{subject(m, t.Subject)})
		}
	}
	out := make([]teacherRow, 0, len(ids))
	for _, id := range ids {
		s, ok := m.StaffMember(id)
		if !ok {
			continue
		}
		out = append(out, teacherRow{
			Who:      v.personLink(Person{Staff, Ref{feed, id}}, shown(s.Name)),
			Subjects: strings.Join(subjects[id], ", "), Head: slices.Contains(heads, id), name: s.Name,
		})
	}
	SortFrench(out, func(r *teacherRow) string { return register(r.name) })
	return out
}
