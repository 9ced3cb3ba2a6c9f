package school

import (
	"net/http"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/examples/portal/web"
)

// card is a school, or a child, on the home page.
type card struct {
	Title  link
	Kind   string
	Lines  []string
	Links  []link
	People string
}

// homeData is the home page.
type homeData struct {
	// TownHall has tariffs and no school.
	TownHall bool
	// Manages says that the reader administers accounts, Imports those of everybody.
	Manages, Imports bool
	Hello            string
	Cards            []card
	Mine             []link // classes and groups one teaches
	More             int    // schools that have no card
	Empty            bool   // there is no school to show
	NoTie            bool   // a relative without responsibility
	Header           string
}

// maxCards is how many schools have a card on the home page; the others are in the list.
const maxCards = 12

func (a *Area) home(_ *http.Request, v *viewer) (web.Page, error) {
	d := homeData{
		Hello: v.who.Name, TownHall: v.who.TownHall, Manages: len(v.who.Manages) > 0, Imports: v.who.ManagesAll(), Empty: len(v.idx.schools) == 0,
	}
	title := "Accueil"
	switch v.person.Category {
	case Pupil:
		d.Header = "Mon établissement"
		d.Cards = v.childCards([]Person{v.person})
	case Relative:
		d.Header = "Mes enfants"
		var kids []Person
		for _, c := range v.idx.children(v.person.Ref) {
			if p := (Person{Pupil, c.ref}); v.sees(p) {
				kids = append(kids, p)
			}
		}
		d.Cards = v.childCards(kids)
		d.NoTie = len(kids) == 0
	default:
		d.Header = "Établissements"
		for _, s := range v.idx.schools {
			switch {
			case !v.school(s):
			case len(d.Cards) < maxCards:
				d.Cards = append(d.Cards, v.schoolCard(s))
			default:
				d.More++
			}
		}
		if len(d.Cards) == 1 {
			d.Header = "Mon établissement"
		}
		d.Mine = v.mine()
	}
	return web.Page{Title: title, View: a.views["home"], Data: d, Lead: "Bonjour, " + v.who.Name + "."}, nil
}

func (v *viewer) schoolCard(s *School) card {
	c := card{Title: v.schoolLink(s), Kind: s.Est.Nature, Lines: addressLines(s)}
	if s.Pupils > 0 || len(s.Classes) > 0 {
		c.People = web.Count(int64(len(s.Classes)), "classe", "classes") + ", " + web.Count(int64(s.Pupils), "élève", "élèves")
	}
	return c
}

// childCards are the pages of pupils with their school and class.
func (v *viewer) childCards(people []Person) []card {
	var out []card
	for _, p := range people {
		_, pupil := v.idx.pupil(p.Ref)
		if pupil == nil {
			continue
		}
		c := card{Title: v.personLink(p, pupil.Name.Spoken())}
		for i, s := range v.idx.schoolsOf(p.Ref.Feed, pupil.Structures()) {
			if i == 0 && v.self(p) {
				c.Title, c.Kind = link{Text: s.Title}, s.Est.Nature
			} else {
				c.Lines = append(c.Lines, s.Title)
			}
			c.Lines = append(c.Lines, addressLines(s)...)
		}
		for _, ref := range pupil.Classes {
			if row := v.idx.class(Ref{p.Ref.Feed, ref.Structure + "$" + ref.Code}, false); row != nil {
				l := v.classLink(row, false)
				l.Text = "Classe " + l.Text
				c.Links = append(c.Links, l)
			}
		}
		out = append(out, c)
	}
	return out
}

// mine returns the classes and groups that the reader teaches.
func (v *viewer) mine() []link {
	var out []link
	for _, at := range v.idx.records(v.person.Ref) {
		m, s := v.idx.member(at)
		if s == nil {
			continue
		}
		for _, t := range m.StaffPerson(s, profiles()).Teachings {
			if row, group := v.idx.taught(at.Feed, t); row != nil {
				l := v.classLink(row, group)
				l.Text += ", " + row.School.Title
				out = union(out, []link{l})
			}
		}
	}
	SortFrench(out, func(l *link) string { return l.Text })
	return out
}

func addressLines(s *School) []string {
	var out []string
	p := s.Est.Address
	out = append(out, p.Lines...)
	if town := strings.TrimSpace(p.PostalCode + " " + ent.CaseName(p.Town)); town != "" {
		out = append(out, town)
	}
	if s.Est.Phone != "" {
		out = append(out, phone(s.Est.Phone))
	}
	return out
}

// phone keeps a number in one line.
func phone(s string) string { return strings.ReplaceAll(s, " ", "\u00a0") }

// listData is the list of schools.
type listData struct {
	Schools []schoolRow
	Pager   web.Pager
}

type schoolRow struct {
	*School
	UAI, Kind string
}

func (a *Area) list(r *http.Request, v *viewer) (web.Page, error) {
	if !v.searches() {
		return web.Page{}, web.ErrNotFound
	}
	var mine []*School
	for _, s := range v.idx.schools {
		if v.school(s) {
			mine = append(mine, s)
		}
	}
	d := listData{Pager: web.NewPager(pageOf(r), len(mine), pageLink("/etablissements", nil))}
	for _, s := range web.Slice(d.Pager, mine) {
		d.Schools = append(d.Schools, schoolRow{s, uai(&s.Est), s.Est.Nature})
	}
	return web.Page{
		Title: "Établissements", View: a.views["schools"], Data: d,
		Lead: web.Count(int64(len(mine)), "établissement ou service", "établissements et services") + ".",
	}, nil
}

func uai(e *ent.Establishment) string {
	if e.UAI != "" {
		return string(e.UAI)
	}
	return string(e.Pseudo)
}

// schoolData is the page of a school.
type schoolData struct {
	*School
	UAI, Sector string
	Address     []string
	Parents     []link
	Classes     []classRow
	Groups      []classRow
	Staff       []staffGroup
}

type classRow struct {
	*Class
	Heads []link
}

type staffGroup struct {
	Profile string
	Members []staffRow
}

type staffRow struct {
	Who  link
	What string
}

func (a *Area) school(r *http.Request, v *viewer) (web.Page, error) {
	ref, ok := ParseRef(r.PathValue("id"))
	s := v.idx.byRef[ref]
	if !ok || s == nil || !v.school(s) {
		return web.Page{}, web.ErrNotFound
	}
	m := v.idx.model(ref.Feed)
	d := schoolData{
		School: s, UAI: uai(&s.Est), Address: addressLines(s),
		Sector: map[ent.Sector]string{ent.SectorPublic: "public", ent.SectorPrivate: "privé sous contrat"}[s.Est.Sector],
	}
	for _, id := range s.Est.Parents {
		if up := v.idx.byRef[Ref{ref.Feed, string(id)}]; up != nil {
			d.Parents = append(d.Parents, v.schoolLink(up))
		}
	}
	for _, c := range s.Classes {
		row := classRow{Class: c}
		for _, id := range c.heads {
			if t, ok := m.StaffMember(id); ok {
				row.Heads = append(row.Heads, v.personLink(Person{Staff, Ref{ref.Feed, id}}, shown(t.Name)))
			}
		}
		d.Classes = append(d.Classes, row)
	}
	for _, g := range s.Groups {
		d.Groups = append(d.Groups, classRow{Class: g})
	}
	for _, p := range []ent.Profile{
		ent.ProfileDirection, ent.ProfileTeacher, ent.ProfileSchoolLife, ent.ProfileStaff, ent.ProfileAcademic,
	} {
		g := staffGroup{Profile: staffLabel(p)}
		for _, x := range s.staff {
			if x.profile == p {
				g.Members = append(g.Members, staffRow{link{shown(x.name), Person{Staff, x.ref}.Path()}, x.what})
			}
		}
		if len(g.Members) > 0 {
			d.Staff = append(d.Staff, g)
		}
	}
	lead := []string{}
	for _, part := range []string{s.Est.Nature, s.Town} {
		if part != "" {
			lead = append(lead, part)
		}
	}
	return web.Page{
		Title: s.Title, View: a.views["school"], Data: d, Lead: strings.Join(lead, ", "),
		Trail: []web.Link{{Text: "Établissements", Path: "/etablissements"}},
	}, nil
}

// staffLabel is a profile as the heading of those who have it.
func staffLabel(p ent.Profile) string {
	switch p {
	case ent.ProfileDirection:
		return "Direction"
	case ent.ProfileTeacher:
		return "Enseignants"
	case ent.ProfileSchoolLife:
		return "Vie scolaire"
	case ent.ProfileAcademic:
		return "Services académiques"
	case ent.ProfileStaff, ent.ProfilePupil, ent.ProfileRelative:
	}
	return "Autres personnels"
}
