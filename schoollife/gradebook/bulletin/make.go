package bulletin

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/gradebook"
)

// Make makes the bulletin of a pupil in a period. The issues say what lacks and what was withheld. The error says why there is
// no bulletin: CodeLock when the term is not locked and no draft is asked for, CodePupil when the pupil is not in the class at
// the end of the period, CodeName, CodePeriod, CodeRounding, CodeOption, CodeLimit.
func Make(book *gradebook.ClassBook, period, pupil ent.ID, people People, o Options) (*Document, ent.Issues, error) {
	c, err := prepare(book, period, &people, o, true)
	if err != nil {
		return nil, nil, err
	}
	return c.bulletin(pupil)
}

// maker makes one bulletin.
type maker struct {
	*class
	pupil  ent.ID
	issues ent.Issues
	err    error
	said   []saidJSON
}

func (m *maker) note(code ent.Code, path string, params ...ent.Param) {
	m.issues = append(m.issues, issue(code, "$.pupils['"+string(m.pupil)+"']"+path, params...))
}

func (c *class) bulletin(pupil ent.ID) (*Document, ent.Issues, error) {
	m := &maker{class: c, pupil: pupil, issues: slices.Clone(c.issues)}
	if c.sheet.Class(pupil, c.period.ID) != c.book.Room.Class {
		m.note(CodePupil, "", ent.CodeOf("class", string(c.book.Room.Class)), ent.CodeOf("period", string(c.period.ID)))
		return nil, m.issues[:len(m.issues)-1], refused(m.issues[len(m.issues)-1])
	}
	who, _ := c.people.pupil(pupil)
	who.Name = m.line(who.Name, ".name")
	if who.Name == "" {
		m.note(CodeName, ".name")
		return nil, m.issues[:len(m.issues)-1], refused(m.issues[len(m.issues)-1])
	}
	if who.INE != "" && c.o.INE && !who.INE.Valid() {
		m.note(CodeIdentifier, ".ine", ent.FieldOf("field", "INE"))
	}
	if !c.o.INE || !who.INE.Valid() {
		who.INE = ""
	}
	d := &Document{
		Format: Format, Draft: c.o.Draft, School: m.school(), Year: ent.SchoolYearOf(c.period.Start), Period: c.period,
		Class: Class{c.book.Room.Class, m.line(c.book.Room.Label, ".class")}, Pupil: who, Previous: slices.Clone(c.previous),
		Council: c.term.Council, Options: c.o, Policy: c.policy,
	}
	d.Options.Policy, d.Options.Zone = nil, nil
	d.Period.Label = m.line(d.Period.Label, ".period")
	for i := range d.Previous {
		d.Previous[i].Label = m.line(d.Previous[i].Label, ".period")
	}
	for _, id := range c.people.HeadTeachers {
		d.HeadTeachers = append(d.HeadTeachers, m.person(id, ".headTeachers", "head teacher"))
	}
	if c.term.President != "" {
		p := m.person(c.term.President, ".president", "president")
		d.President = &p
	}
	if c.people.Life != nil {
		d.Life = c.people.Life(pupil, c.period.ID)
	}
	m.sections(d)
	m.general(d)
	m.council(d)
	d.Legend = legend(d)
	var err error
	if d.Inputs, err = hashOf(pupilBasis{basisFormat, c.inputs, pupil, m.said}); err != nil {
		return nil, m.issues, err
	}
	if m.err != nil {
		return nil, m.issues, m.err
	}
	return d, m.issues, nil
}

// text makes a text fit to be printed. One that is too long for the LSU is printed whole; one beyond all measure refuses the
// bulletin.
func (m *maker) text(s, path string, limit int) string {
	clean, changed := gradebook.CleanText(s)
	if changed > 0 {
		m.note(CodeText, path, ent.Count("count", int64(changed)))
	}
	switch n := gradebook.TextLength(clean); {
	case n > maxText:
		m.note(CodeLimit, path, ent.FieldOf("field", "text"), ent.Count("count", maxText))
		m.err = refused(m.issues[len(m.issues)-1])
	case n > limit:
		m.note(CodeLong, path, ent.Count("count", int64(limit)))
	}
	return clean
}

// line makes a name or a label fit to be printed.
func (m *maker) line(s, path string) string {
	return strings.Join(strings.Fields(m.text(s, path, maxText)), " ")
}

func (m *maker) person(id ent.ID, path string, field ent.Field) Person {
	p := Person{ID: id, Name: m.line(m.people.name(id), path)}
	if p.Name == "" {
		m.note(CodeTeacher, path, ent.FieldOf("field", field))
	}
	return p
}

func (m *maker) school() School {
	s := m.people.School
	out := School{Name: m.line(s.Name, ".school"), UAI: s.UAI}
	for _, l := range s.Address {
		if l = m.line(l, ".school"); l != "" {
			out.Address = append(out.Address, l)
		}
	}
	if s.UAI != "" && !s.UAI.Valid() {
		m.note(CodeIdentifier, ".school.uai", ent.FieldOf("field", "UAI"))
		out.UAI = ""
	}
	switch {
	case s.Logo == nil:
	case len(s.Logo.Data) > maxLogo || imageType(s.Logo.Data) == "":
		m.note(CodeLogo, ".school.logo", ent.Count("count", maxLogo))
	default:
		out.Logo = &Logo{Data: s.Logo.Data, Alt: m.line(s.Logo.Alt, ".school.logo")}
	}
	return out
}

// imageType tells a PNG and a JPEG by their first bytes, "" for another thing.
func imageType(b []byte) string {
	switch {
	case bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")):
		return "image/png"
	case bytes.HasPrefix(b, []byte("\xff\xd8\xff")):
		return "image/jpeg"
	}
	return ""
}

// sections makes the lines, by category in the order of the options, then of the class.
func (m *maker) sections(d *Document) {
	for _, x := range m.o.Categories {
		d.Sections = append(d.Sections, Section{Category: x.ID, Label: m.line(x.Label, ".categories")})
	}
	rest := Section{}
	for i := range m.book.Room.Teachings {
		t := &m.book.Room.Teachings[i]
		l, ok := m.teaching(t)
		if !ok {
			continue
		}
		at := slices.IndexFunc(d.Sections, func(s Section) bool { return t.Category != "" && s.Category == t.Category })
		if at >= 0 {
			d.Sections[at].Lines = append(d.Sections[at].Lines, l)
			continue
		}
		if t.Category != "" && len(d.Sections) > 0 {
			m.note(CodeCategory, ".teachings['"+string(t.ID)+"']", ent.CodeOf("category", string(t.Category)))
		}
		rest.Lines = append(rest.Lines, l)
	}
	d.Sections = slices.DeleteFunc(append(d.Sections, rest), func(s Section) bool { return len(s.Lines) == 0 })
}

// teaching makes a line; false when the pupil has nothing there and is not in it at the end of the period.
func (m *maker) teaching(t *gradebook.Teaching) (Line, bool) {
	path := ".teachings['" + string(t.ID) + "']"
	if !slices.Contains(m.sheet.Pupils(t.ID, m.period.ID), m.pupil) {
		return Line{}, false
	}
	l := Line{Teaching: t.ID, Label: m.line(cmp.Or(t.Label, string(t.Subject), string(t.ID)), path+".label"), Result: m.result(t, m.pupil, m.period.ID)}
	said := m.entry(gradebook.Key{Kind: gradebook.EntryAppreciation, Teaching: t.ID, Pupil: m.pupil})
	position := m.entry(gradebook.Key{Kind: gradebook.EntryPosition, Teaching: t.ID, Pupil: m.pupil})
	if l.Result == (Cell{}) || l.Result.Average.IsZero() {
		if said.Text == "" && position.Position == 0 && !m.at(t, m.pupil) {
			return Line{}, false
		}
	}
	m.say(gradebook.EntryAppreciation, t.ID, said)
	m.say(gradebook.EntryPosition, t.ID, position)
	l.Appreciation = m.text(said.Text, path+".appreciation", gradebook.MaxAppreciation)
	if l.Appreciation == "" {
		m.note(CodeNoAppreciation, path+".appreciation")
	}
	switch p := position.Position; {
	case p == 0:
	case p < 1 || p > 4:
		m.note(CodePosition, path+".position")
	default:
		l.Position = p
	}
	if s := l.Result.Status; s != "" && !slices.Contains(gradebook.Statuses(), s) {
		m.note(CodeStatus, path, ent.CodeOf("status", string(s)))
	}
	for _, p := range m.previous {
		l.Previous = append(l.Previous, m.result(t, m.pupil, p.ID))
	}
	l.Teachers = m.teachers(t, path)
	if m.o.Coefficients {
		l.Coefficient = FigureOf(m.coefficient(t))
	}
	each := m.policy.Rounding.Teaching
	if t.Box.Rounding != nil {
		each = t.Box.Rounding
	}
	l.Group = m.group(m.stats[t.ID], m.withheld[t.ID], each, gradebook.Ref{Pupil: m.pupil, Teaching: t.ID, Period: m.period.ID})
	if l.Group.Withheld {
		m.note(CodeGroup, path+".group", ent.Count("count", int64(m.o.MinimumGroup)))
	}
	return l, true
}

// teachers are those who taught at some time of the period: the main one, those beside, those in place.
func (m *maker) teachers(t *gradebook.Teaching, path string) []Person {
	var out []Person
	for _, role := range []gradebook.TeacherRole{gradebook.RoleMain, gradebook.RoleCoTeacher, gradebook.RoleReplacement} {
		for _, x := range t.Teachers {
			if x.Role != role || slices.ContainsFunc(out, func(p Person) bool { return p.ID == x.ID }) {
				continue
			}
			if !x.From.IsZero() && !m.period.End.IsZero() && m.period.End.Before(x.From) || !x.To.IsZero() && x.To.Before(m.period.Start) {
				continue
			}
			p := m.person(x.ID, path+".teachers", "teacher")
			p.Role = role
			out = append(out, p)
		}
	}
	return out
}

func (m *maker) coefficient(t *gradebook.Teaching) decimal.Decimal {
	for _, x := range m.in.Coefficients {
		if x.Pupil == m.pupil && x.Teaching == t.ID {
			return x.Coefficient
		}
	}
	return t.Coefficient
}

func (m *maker) general(d *Document) {
	average := func(period ent.ID) Figure {
		a, err := m.sheet.Average(gradebook.Ref{Pupil: m.pupil, Period: period})
		if v, ok := a.Decimal(); err == nil && ok {
			return printed(v, m.policy.Rounding.General)
		}
		return Figure{}
	}
	d.General.Average = average(m.period.ID)
	for _, p := range m.previous {
		d.General.Previous = append(d.General.Previous, average(p.ID))
	}
	d.General.Group = m.group(m.whole, m.class.general, m.policy.Rounding.General, gradebook.Ref{Pupil: m.pupil, Period: m.period.ID})
	switch {
	case !d.General.Group.Withheld:
	case m.whole.Count < m.o.MinimumGroup:
		m.note(CodeGroup, ".general", ent.Count("count", int64(m.o.MinimumGroup)))
	default:
		m.note(CodeGeneral, ".general", ent.Count("count", int64(m.o.MinimumGroup)))
	}
}

func (m *maker) council(d *Document) {
	synthesis := m.entry(gradebook.Key{Kind: gradebook.EntrySynthesis, Pupil: m.pupil})
	m.say(gradebook.EntrySynthesis, "", synthesis)
	if d.Synthesis = m.text(synthesis.Text, ".synthesis", gradebook.MaxSynthesis); d.Synthesis == "" {
		m.note(CodeNoSynthesis, ".synthesis")
	}
	opinion := m.entry(gradebook.Key{Kind: gradebook.EntryOpinion, Pupil: m.pupil})
	m.say(gradebook.EntryOpinion, "", opinion)
	d.Opinion = Opinion{Code: opinion.Code, Text: m.text(opinion.Text, ".opinion", gradebook.MaxSynthesis)}
	if at := slices.IndexFunc(m.o.Mentions, func(x Mention) bool { return x.Code == opinion.Code }); at >= 0 {
		d.Opinion.Label = m.line(m.o.Mentions[at].Label, ".opinion")
	}
	k := gradebook.Key{Kind: gradebook.EntryVisa, Period: m.period.ID, Pupil: m.pupil}
	e := m.entries[k]
	if e == nil || e.Value.Empty() {
		return
	}
	at := e.At.UTC()
	m.said = append(m.said, saidJSON{Kind: e.Kind, Text: e.Value.Text, Code: e.Value.Code, By: e.By, At: &at})
	v := Visa{By: m.person(e.By, ".visa", "head"), At: at, Text: m.text(e.Value.Text, ".visa", gradebook.MaxAppreciation)}
	if m.o.Zone != nil {
		v.At = e.At.In(m.o.Zone)
	}
	d.Visa = &v
}

// say puts what was said into the hash.
func (m *maker) say(kind gradebook.EntryKind, teaching ent.ID, v gradebook.Value) {
	if v.Text != "" || v.Code != "" || v.Position != 0 {
		m.said = append(m.said, saidJSON{Kind: kind, Teaching: teaching, Text: v.Text, Code: v.Code, Position: v.Position})
	}
}
