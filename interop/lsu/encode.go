package lsu

import (
	"slices"
	"strconv"
	"strings"

	"github.com/opencartable/cartable/ent"
)

// encoder writes a document. What the grammar of the version has no place for is not written and counted as a loss.
type encoder struct {
	p      *plan
	b      []byte
	stack  []*node
	tag    bool // the start tag is open
	inline bool // the element at hand holds text
	lost   map[string]int64
	// removed counts the illegal characters by field, written tells the reports in the order of the file.
	removed  map[string]int64
	periodic []int
	cycle    []int
	pupils   []int
}

func (p *plan) encode(schemaVersion string, keep []byte) *encoder {
	e := &encoder{p: p, b: keep[:0], lost: map[string]int64{}, removed: map[string]int64{}}
	e.b = append(e.b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<lsun-bilans xmlns=\""+Namespace+"\""...)
	e.stack = append(e.stack, p.v.grammar())
	e.tag = true
	e.attr("schemaVersion", schemaVersion)
	e.header()
	e.open("donnees")
	e.references()
	e.reports()
	e.close()
	e.closeTag()
	e.b = append(e.b, "</lsun-bilans>\n"...)
	return e
}

func (e *encoder) top() *node { return e.stack[len(e.stack)-1] }

func (e *encoder) lose(name string) { e.lost[name]++ }

func (e *encoder) closeTag() {
	if e.tag {
		e.b = append(e.b, ">\n"...)
		e.tag = false
	}
}

func (e *encoder) indent() {
	for range len(e.stack) - 1 {
		e.b = append(e.b, "  "...)
	}
}

// open starts an element, and reports whether the version has it.
func (e *encoder) open(name string) bool {
	n := e.top().kid(name)
	if n == nil {
		e.lose(name)
		return false
	}
	e.closeTag()
	e.stack = append(e.stack, n)
	for range len(e.stack) - 1 {
		e.b = append(e.b, "  "...)
	}
	e.b = append(append(e.b, '<'), name...)
	e.tag = true
	return true
}

func (e *encoder) close() {
	name := e.top().name
	if e.tag {
		e.b = append(e.b, "/>\n"...)
		e.tag = false
		e.stack = e.stack[:len(e.stack)-1]
		return
	}
	if !e.inline {
		e.indent()
	}
	e.inline = false
	e.b = append(append(append(e.b, "</"...), name...), ">\n"...)
	e.stack = e.stack[:len(e.stack)-1]
}

// attr writes an attribute that is not missing.
func (e *encoder) attr(name, value string) {
	if value == "" {
		return
	}
	value, removed := cleanLine(value)
	if removed > 0 {
		e.removed[name] += int64(removed)
	}
	if value == "" {
		return
	}
	if e.top().attr(name) < 0 {
		e.lose(name)
		return
	}
	e.b = append(append(append(e.b, ' '), name...), `="`...)
	e.b = escape(e.b, value, true)
	e.b = append(e.b, '"')
}

func (e *encoder) date(name string, d ent.Date) {
	if !d.IsZero() {
		e.attr(name, d.String())
	}
}

func (e *encoder) flag(name string, v bool) {
	if v {
		e.attr(name, "true")
	}
}

func (e *encoder) count(name string, n *int) {
	if n != nil {
		e.attr(name, strconv.Itoa(*n))
	}
}

func (e *encoder) ref(name string, k kind, key Key) { e.attr(name, e.p.id(k, key)) }

func (e *encoder) refs(name string, k kind, keys []Key) {
	switch len(keys) {
	case 0:
	case 1:
		e.ref(name, k, keys[0])
	default:
		var b strings.Builder
		for _, key := range e.p.sorted(k, keys) {
			if b.Len() > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(e.p.id(k, key))
		}
		e.attr(name, b.String())
	}
}

// text writes an element that holds a text, unless it is blank.
func (e *encoder) text(name, value string) {
	if value == "" {
		return
	}
	if e.content(name, value, nil) {
		e.close()
	}
}

// content starts an element that holds a text, and reports whether it did.
func (e *encoder) content(name, value string, attrs func()) bool {
	value, removed := clean(value)
	if removed > 0 {
		e.removed[name] += int64(removed)
	}
	if value == "" && attrs == nil || !e.open(name) {
		return false
	}
	if attrs != nil {
		attrs()
	}
	if value != "" {
		e.b = append(e.b, '>')
		e.tag, e.inline = false, true
		e.b = escape(e.b, value, false)
	}
	return true
}

// escape writes a clean text as character data or in an attribute.
func escape(b []byte, s string, attr bool) []byte {
	from := 0
	for i := range len(s) {
		var r string
		switch s[i] {
		case '&':
			r = "&amp;"
		case '<':
			r = "&lt;"
		case '>':
			r = "&gt;"
		case '"':
			if !attr {
				continue
			}
			r = "&quot;"
		default:
			continue
		}
		b = append(append(b, s[from:i]...), r...)
		from = i + 1
	}
	return append(b, s[from:]...)
}

// each writes a list, unless it is empty or the version has none.
func (e *encoder) each(name string, n int, f func(i int)) {
	if n == 0 {
		return
	}
	if e.top().kid(name) == nil {
		e.lost[name] += int64(n)
		return
	}
	e.open(name)
	for i := range n {
		f(i)
	}
	e.close()
}

// records writes the records of a kind in their order.
func (e *encoder) records(list, name string, k kind, f func(i int)) {
	order := e.p.order[k]
	if k == kindPupil {
		order = slices.DeleteFunc(slices.Clone(order), func(i int) bool { return e.p.skipPupil[i] })
		e.pupils = order
	}
	rank := 0
	e.each(list, len(order), func(j int) {
		e.open(name)
		i := order[j]
		for e.p.order[k][rank] != i {
			rank++
		}
		e.attr("id", e.p.ids[k][rank])
		f(i)
		e.close()
	})
}

func (e *encoder) header() {
	h := &e.p.d.Header
	e.open("entete")
	e.text("editeur", h.Editor)
	e.text("application", h.Application)
	e.text("appliVersion", h.AppVersion)
	e.text("etablissement", h.School)
	e.close()
}

func (e *encoder) references() {
	p, d := e.p, e.p.d
	heads, head := "responsables-etab", "responsable-etab"
	if p.first {
		heads, head = "directeurs", "directeur"
	}
	e.records(heads, head, kindHead, func(i int) {
		h := &d.Heads[i]
		if !p.first {
			e.attr("libelle", headLabel(h))
			return
		}
		e.person(h.Civility, h.Family, h.Given)
		if h.Label != "" && h.Family == "" {
			e.lose("libelle")
		}
	})
	e.records("classes", "classe", kindClass, func(i int) {
		c := &d.Classes[i]
		e.attr("id-be", c.Number)
		e.attr("libelle", c.Label)
	})
	e.records("eleves", "eleve", kindPupil, e.pupil)
	e.records("periodes", "periode", kindPeriod, func(i int) {
		x := &d.Periods[i]
		e.attr("millesime", x.Year)
		for _, n := range []struct {
			name string
			n    int
		}{{"indice", x.Index}, {"nb-periodes", x.Count}} {
			if n.n != 0 {
				e.attr(n.name, strconv.Itoa(n.n))
			}
		}
		e.date("date-debut", x.Start)
		e.date("date-fin", x.End)
	})
	e.records("disciplines", "discipline", kindDiscipline, func(i int) {
		x := &d.Disciplines[i]
		e.attr("code", x.Code)
		e.attr("code-national", x.National)
		e.attr("modalite-election", string(x.Election))
		e.attr("libelle", x.Label)
		e.ref("id-lv", kindDiscipline, x.Language)
	})
	e.records("enseignants", "enseignant", kindTeacher, func(i int) {
		t := &d.Teachers[i]
		e.attr("type", string(t.Type))
		e.attr("id-sts", p.stsOf(i))
		e.person(t.Civility, t.Family, t.Given)
	})
	e.records("elements-programme", "element-programme", kindElement, func(i int) { e.attr("libelle", d.Elements[i].Label) })
	if e.top().kid("competences-numeriques-communs") == nil {
		e.lost["competences-numeriques-communs"] += int64(len(d.Digital))
	} else if len(d.Digital) > 0 {
		e.open("competences-numeriques-communs")
		for rank, i := range p.order[kindDigital] {
			c := &d.Digital[i]
			e.content("competences-numeriques-commun", c.Text, func() {
				e.attr("id", p.ids[kindDigital][rank])
				e.attr("code-structure", c.Structure)
				e.attr("type-structure", string(c.Type))
			})
			e.close()
		}
		e.close()
	}
	e.commons()
	e.projects("epis", "epi", kindEPI, d.EPIs)
	e.groups("epis-groupes", "epi-groupe", "epi-ref", kindEPIGroup, kindEPI, d.EPIGroups)
	e.projects("acc-persos", "acc-perso", kindAP, d.APs)
	e.groups("acc-persos-groupes", "acc-perso-groupe", "acc-perso-ref", kindAPGroup, kindAP, d.APGroups)
}

func (e *encoder) person(c Civility, family, given string) {
	e.attr("civilite", string(c))
	e.attr("nom", family)
	e.attr("prenom", given)
}

func (e *encoder) pupil(i int) {
	p, x := e.p, &e.p.d.Pupils[i]
	if p.first {
		e.attr("ine", string(x.INE))
		class := x.Class
		switch c := p.class[x.Key]; c {
		case "":
		case several:
			e.lose("classe-ref")
		default:
			class = c
		}
		e.ref("classe-ref", kindClass, class)
	} else {
		e.attr("id-be", p.pupilID(x))
	}
	e.attr("nom", x.Family)
	e.attr("prenom", x.Given)
	if p.first {
		if x.Division != "" {
			e.lose("code-division")
		}
		if x.SiecleID != "" {
			e.lose("id-be")
		}
		return
	}
	if x.INE != "" && p.pupilID(x) != string(x.INE) {
		e.lose("ine")
	}
	division := x.Division
	switch c := p.division[x.Key]; c {
	case "":
	case several:
		e.lose("code-division") // of a report: the file has one class a pupil
	default:
		division = c
	}
	e.attr("code-division", division)
}

// blank reports whether a text shared by a class says nothing.
func (c *ParcoursCommon) blank() bool {
	return !slices.ContainsFunc(c.Parcours, func(x Parcours) bool { return !missing(x.Text) })
}

func (c *SchoolLifeCommon) blank() bool { return missing(c.Comment) }

func (e *encoder) commons() {
	p, d := e.p, e.p.d
	parcours := slices.DeleteFunc(p.arranged(len(d.Parcours), p.compareParcoursCommons), func(i int) bool { return d.Parcours[i].blank() })
	texts := make([][]Parcours, 0, len(parcours))
	parcours = slices.DeleteFunc(parcours, func(i int) bool {
		list := e.parcoursOf(d.Parcours[i].Parcours)
		if len(list) > 0 {
			texts = append(texts, list)
		}
		return len(list) == 0 // all of them are lost
	})
	e.each("parcours-communs", len(parcours), func(j int) {
		c := &d.Parcours[parcours[j]]
		e.open("parcours-commun")
		e.ref("periode-ref", kindPeriod, c.Period)
		if p.first {
			e.ref("classe-ref", kindClass, c.Class)
		} else {
			e.attr("code-division", c.Division)
		}
		e.parcours(texts[j])
		e.close()
	})
	life := slices.DeleteFunc(p.arranged(len(d.SchoolLife), p.compareSchoolLife), func(i int) bool { return d.SchoolLife[i].blank() })
	e.each("vies-scolaires-communs", len(life), func(j int) {
		c := &d.SchoolLife[life[j]]
		e.open("vie-scolaire-commun")
		e.ref("periode-ref", kindPeriod, c.Period)
		e.attr("code-division", c.Division)
		e.text("commentaire", c.Comment)
		e.close()
	})
	themes := p.arranged(len(d.Themes), p.compareThemes)
	e.each("epis-thematiques", len(themes), func(j int) {
		e.open("epi-thematique")
		e.attr("code", string(d.Themes[themes[j]].Code))
		e.attr("libelle", d.Themes[themes[j]].Label)
		e.close()
	})
}

// carried reports whether a version has a code that another one has: such a code is lost, not refused.
func (e *encoder) carried(l List, code, name string) bool {
	for _, i := range Items(l) {
		if i.Code == code && i.in&e.p.bit == 0 {
			e.lose(name)
			return false
		}
	}
	return true
}

// parcoursOf returns the parcours that have a text and that the version has, in order.
func (e *encoder) parcoursOf(list []Parcours) []Parcours {
	var out []Parcours
	for _, x := range list {
		if t, _ := clean(x.Text); t != "" && e.carried(ListParcours, string(x.Code), "parcours") {
			out = append(out, x)
		}
	}
	slices.SortStableFunc(out, compareParcours)
	return out
}

// parcours writes parcours inside an element that is open.
func (e *encoder) parcours(list []Parcours) {
	for _, x := range list {
		if e.content("parcours", x.Text, func() { e.attr("code", string(x.Code)) }) {
			e.close()
		}
	}
}

func (e *encoder) projects(list, name string, k kind, projects []Project) {
	e.records(list, name, k, func(i int) {
		x := &projects[i]
		e.attr("intitule", x.Title)
		e.attr("thematique", string(x.Theme))
		e.refs("discipline-refs", kindDiscipline, x.Disciplines)
		e.text("description", x.Description)
	})
}

func (e *encoder) groups(list, name, ref string, k, project kind, groups []ProjectGroup) {
	e.records(list, name, k, func(i int) {
		g := &groups[i]
		e.ref(ref, project, g.Project)
		e.attr("intitule", g.Title)
		e.text("commentaire", g.Comment)
		teachings := e.p.teachings(g.Teachings)
		e.each("enseignants-disciplines", len(teachings), func(j int) {
			e.open("enseignant-discipline")
			e.ref("enseignant-ref", kindTeacher, teachings[j].Teacher)
			e.ref("discipline-ref", kindDiscipline, teachings[j].Discipline)
			e.close()
		})
	})
}
