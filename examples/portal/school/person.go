package school

import (
	"net/http"
	"slices"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/examples/portal/web"
	"github.com/opencartable/cartable/interop/aaf"
)

// personData is the page of a person.
type personData struct {
	Category     Category
	Identity     []fact
	Schooling    []fact
	Relatives    []relativeRow
	Ties         bool // the reader sees rights and how to reach the relatives
	Children     []childRow
	Hidden       bool // a relative reads their own page, and has no responsibility for somebody
	Affiliations []affiliationRow
	Teachings    []teachingRow
	Heads        []link
}

// fact is a line of a page: a label and what is known.
type fact struct {
	Label  string
	Values []link
}

// relativeRow is a relative on a pupil's page.
type relativeRow struct {
	Who     link
	Kinship string
	tieTexts
	Reach []link
}

// childRow is a child on a relative's page.
type childRow struct {
	Who     link
	School  link
	Classes []link
	Kinship string
	tieTexts
}

// tieTexts are the rights of a tie in words.
type tieTexts struct{ Responsibility, Contact, Financial, Payment string }

type affiliationRow struct {
	School    link
	Profile   string
	Functions string
}

type teachingRow struct {
	Where   link
	School  link
	Subject string
}

func (a *Area) person(r *http.Request, v *viewer) (web.Page, error) {
	p, ok := ParsePerson(r.PathValue("category") + "/" + r.PathValue("id"))
	if !ok || !v.sees(p) {
		return web.Page{}, web.ErrNotFound
	}
	d := personData{Category: p.Category}
	var name ent.Name
	found := false
	for _, at := range v.idx.records(p.Ref) {
		var here ent.Name
		switch p.Category {
		case Pupil:
			m, pupil := v.idx.pupil(at)
			if pupil == nil {
				continue
			}
			here = pupil.Name
			v.describePupil(&d, m, at, pupil)
		case Relative:
			relative := v.idx.relative(at)
			if relative == nil {
				continue
			}
			here = relative.Name
			if !found {
				d.Identity = v.identity(p, relative.Name, ent.Date{}, relative.Contact)
			}
		case Staff:
			m, s := v.idx.member(at)
			if s == nil {
				continue
			}
			here = s.Name
			if !found {
				d.Identity = v.identity(p, s.Name, s.BirthDate, ent.Contact{Mail: s.Mail})
			}
			v.describeStaff(&d, m, at.Feed, s)
		}
		if !found {
			name, found = here, true
		}
	}
	if !found {
		return web.Page{}, web.ErrNotFound
	}
	if p.Category == Relative {
		v.describeChildren(&d, p)
	}
	page := web.Page{Title: shown(name), View: a.views["person"], Data: d, Lead: v.role(p, &d)}
	if schools := v.idx.schoolsOfPerson(p); len(schools) > 0 && v.school(schools[0]) {
		page.Trail = []web.Link{{Text: "Établissements", Path: "/etablissements"}, {Text: schools[0].Title, Path: schools[0].Path}}
	}
	return page, nil
}

// role is the line under the name: the profiles of the person.
func (v *viewer) role(p Person, d *personData) string {
	switch p.Category {
	case Pupil:
		return capital(label(ent.ProfilePupil))
	case Relative:
		return capital(label(ent.ProfileRelative))
	case Staff:
	}
	var out []string
	for _, row := range d.Affiliations {
		out = union(out, []string{row.Profile})
	}
	return capital(strings.Join(out, ", "))
}

func capital(s string) string {
	if s == "" {
		return s
	}
	r := []rune(s)
	return strings.ToUpper(string(r[0])) + string(r[1:])
}

// facts leaves out the lines that hold nothing.
func facts(list ...fact) []fact {
	return slices.DeleteFunc(list, func(f fact) bool { return len(f.Values) == 0 })
}

func text(label string, values ...string) fact {
	f := fact{Label: label}
	for _, v := range values {
		if v != "" {
			f.Values = append(f.Values, link{Text: v})
		}
	}
	return f
}

func (v *viewer) identity(p Person, n ent.Name, birth ent.Date, c ent.Contact) []fact {
	name := text("Nom d’usage", n.Family)
	if n.Family == n.Birth {
		name.Label = "Nom"
	}
	list := []fact{text("Civilité", n.Title), name}
	if n.Birth != n.Family {
		list = append(list, text("Nom de naissance", n.Birth))
	}
	list = append(list, text("Prénom", ent.CaseName(n.Given)))
	if len(n.Others) > 1 {
		list = append(list, text("Prénoms", strings.Join(n.Others, ", ")))
	}
	if p.Category == Pupil || v.office || v.self(p) {
		list = append(list, text("Date de naissance", birth.French()))
	}
	if v.reach(p) {
		list = append(list, contactFacts(c)...)
	}
	return facts(list...)
}

func contactFacts(c ent.Contact) []fact {
	list := []fact{
		mailFact(c.Mail), text("Téléphone personnel", phone(c.Home)), text("Téléphone professionnel", phone(c.Work)),
		text("Téléphone mobile", phone(c.Mobile)), text("Reçoit les SMS au", phone(c.SMS)),
	}
	lines := slices.Clone(c.Address.Lines)
	if town := strings.TrimSpace(c.Address.PostalCode + " " + c.Address.Town); town != "" {
		lines = append(lines, town)
	}
	return append(list, text("Adresse", lines...))
}

func mailFact(mail string) fact {
	if mail == "" {
		return fact{}
	}
	return fact{"Adresse électronique", []link{mailLink(mail)}}
}

// mailLink leads to the mail program; what is no address stays a text.
func mailLink(mail string) link {
	if !strings.Contains(mail, "@") {
		return link{Text: mail}
	}
	return link{mail, "mailto:" + mail}
}

func (v *viewer) describePupil(d *personData, m *aaf.Model, at Ref, p *aaf.Pupil) {
	who := Person{Pupil, at}
	d.Identity = v.identity(who, p.Name, p.BirthDate, p.Contact)
	person := m.PupilPerson(p)
	s := person.Schooling
	schools, classes, groups := fact{Label: "Établissement"}, fact{Label: "Classe"}, fact{Label: "Groupes"}
	for _, sc := range v.idx.schoolsOf(at.Feed, p.Structures()) {
		schools.Values = append(schools.Values, v.schoolLink(sc))
	}
	if len(schools.Values) > 1 {
		schools.Label = "Établissements"
	}
	classes.Values = v.refs(at.Feed, p.Classes, false)
	groups.Values = v.refs(at.Feed, p.Groups, true)
	regime := string(s.Regime)
	if regime == "" {
		regime = s.RegimeLabel
	}
	d.Schooling = []fact{
		schools, classes, groups, text("Niveau", s.Level), text("Formation", programmeOf(m, p)), text("Cycle", p.Cycle.Label),
		text("Régime", regime), text("Depuis le", s.From.French()), text("Jusqu’au", s.To.French()),
	}
	if v.office || v.self(who) {
		d.Schooling = append(d.Schooling, text("Numéro INE", p.INE))
	}
	if v.office {
		d.Schooling = append(d.Schooling, text("Boursier", flag(p.Scholarship)), text("Transport scolaire", flag(p.Transport)))
	}
	d.Schooling = facts(d.Schooling...)
	d.Ties = v.admin || v.staff
	for _, tie := range m.Relations(p) {
		ref := Ref{at.Feed, linkOf(m, p, tie.Relative)}
		rel, ok := m.Relative(ref.Key)
		if !ok {
			continue
		}
		row := relativeRow{
			Who: v.personLink(Person{Relative, ref}, shown(rel.Name)), Kinship: label(tie.Kinship), tieTexts: tieOf(m, tie),
		}
		if d.Ties {
			for _, f := range contactFacts(rel.Contact)[:4] {
				row.Reach = append(row.Reach, f.Values...)
			}
		}
		d.Relatives = append(d.Relatives, row)
	}
}

// linkOf returns the key of a relative in the delivery: an identifier of the model may carry the academy before it.
func linkOf(m *aaf.Model, p *aaf.Pupil, id ent.ID) string {
	for _, l := range p.Links {
		if m.ID(l.Relative) == id {
			return l.Relative
		}
	}
	return ""
}

func programmeOf(m *aaf.Model, p *aaf.Pupil) string {
	switch {
	case p.MEF == "":
		return p.MEFLabel
	case p.MEFLabel != "":
		return p.MEFLabel
	}
	return programme(m, p.MEF)
}

func flag(f aaf.Flag) string {
	switch f {
	case aaf.Yes:
		return "oui"
	case aaf.No:
		return "non"
	case aaf.Unsaid:
	}
	return ""
}

// refs returns the classes or groups a record names, as links where they are open.
func (v *viewer) refs(feed int, list []aaf.ClassRef, group bool) []link {
	var out []link
	for _, c := range list {
		l := link{Text: c.Code}
		if row := v.idx.class(Ref{feed, c.Structure + "$" + c.Code}, group); row != nil {
			l = v.classLink(row, group)
		}
		out = union(out, []link{l})
	}
	return out
}

// tieOf says the rights of a tie. The first degree gives parental authority alone, and says nothing of the rest.
func tieOf(m *aaf.Model, r ent.Relation) tieTexts {
	t := tieTexts{Responsibility: label(r.Responsibility)}
	if m.Degree() == ent.FirstDegree {
		t.Contact, t.Financial, t.Payment = "non précisé", "non précisé", "non précisé"
		return t
	}
	say := func(b bool) string {
		if b {
			return "oui"
		}
		return "non"
	}
	t.Contact, t.Financial, t.Payment = say(r.Contact), say(r.Financial), say(r.Payment)
	return t
}

func (v *viewer) describeChildren(d *personData, p Person) {
	for _, c := range v.idx.children(p.Ref) {
		who := Person{Pupil, c.ref}
		if !v.sees(who) {
			d.Hidden = d.Hidden || v.self(p)
			continue
		}
		row := childRow{
			Who: link{shown(c.pupil.Name), who.Path()}, Kinship: label(c.tie.Kinship), tieTexts: tieOf(c.model, c.tie),
			Classes: v.refs(c.ref.Feed, c.pupil.Classes, false),
		}
		if s := v.idx.byRef[Ref{c.ref.Feed, c.pupil.Structure}]; s != nil {
			row.School = v.schoolLink(s)
		}
		d.Children = append(d.Children, row)
	}
}

func (v *viewer) describeStaff(d *personData, m *aaf.Model, feed int, s *aaf.StaffMember) {
	for _, key := range s.Structures() {
		row := affiliationRow{
			School: link{Text: "structure " + key}, Profile: label(s.Profile(key, profiles())), Functions: functions(s, key),
		}
		if sc := v.idx.byRef[Ref{feed, key}]; sc != nil {
			row.School = v.schoolLink(sc)
		}
		d.Affiliations = append(d.Affiliations, row)
	}
	for _, t := range m.StaffPerson(s, profiles()).Teachings {
		row, group := v.idx.taught(feed, t)
		if row == nil {
			continue
		}
		x := teachingRow{Where: v.classLink(row, group), School: v.schoolLink(row.School)}
		if t.Subject != "" {
			x.Subject = subject(m, string(t.Subject))
		}
		kind := "Classe "
		if group {
			kind = "Groupe "
		}
		x.Where.Text = kind + x.Where.Text
		d.Teachings = append(d.Teachings, x)
	}
	SortFrench(d.Teachings, func(t *teachingRow) string { return t.School.Text + " " + t.Where.Text + " " + t.Subject })
	d.Heads = append(d.Heads, v.refs(feed, s.HeadOf, false)...)
}

// taught returns the class or the group of a teaching, nil when it is not in the index.
func (x *Index) taught(feed int, t ent.Teaching) (row *Class, group bool) {
	if t.Class != "" {
		return x.class(Ref{feed, string(t.Class)}, false), false
	}
	return x.class(Ref{feed, string(t.Group)}, true), true
}
