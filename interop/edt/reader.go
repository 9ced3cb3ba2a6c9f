package edt

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/xmlscan"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// Options say how an export is read.
type Options struct {
	// File is the name of the file, for the places of the issues.
	File string
	// MaxBytes bounds the file: 256 MiB when 0. A collège of 430 pupils takes 1 MiB.
	MaxBytes int64
	// OnIssue receives every issue; the report keeps the first ones of each code.
	OnIssue func(ent.Issue)
}

const maxBytes = 256 << 20

// Read reads a clear export. It returns an error, with a report and no document, for what is not well-formed, is beyond the
// limits or is another document; whatever else is wrong is an issue of the report, with its line.
func Read(r io.Reader, o Options) (*Document, *ent.Report, error) {
	if o.MaxBytes == 0 {
		o.MaxBytes = maxBytes
	}
	d := &decoder{s: xmlscan.New(r, xmlscan.Options{MaxDepth: 16, MaxBytes: o.MaxBytes, Lenient: true}), o: o, doc: &Document{}, report: &ent.Report{}, words: map[string]string{}}
	if err := d.read(); err != nil {
		return nil, d.report, err
	}
	d.check()
	return d.doc, d.report, nil
}

// decoder reads one document. path are the names of the open elements.
type decoder struct {
	s      *xmlscan.Scanner
	o      Options
	doc    *Document
	report *ent.Report
	path   []string
	text   []byte
	words  map[string]string // interned
	unread map[string]bool
}

func (d *decoder) issue(code ent.Code, params ...ent.Param) {
	p := d.s.Pos()
	d.issueAt(code, p.Line, params...)
}

func (d *decoder) issueAt(code ent.Code, line int, params ...ent.Param) {
	i := catalog().New(code, ent.Pos{File: d.o.File, Line: line}, "/"+strings.Join(d.path, "/"), params...)
	d.report.Add(i)
	if d.o.OnIssue != nil {
		d.o.OnIssue(i)
	}
}

func (d *decoder) read() error {
	for {
		kind, err := d.s.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			code := CodeXML
			if errors.Is(err, xmlscan.CodeLimit) {
				code = CodeLimit
			}
			if s, ok := errors.AsType[*xmlscan.SyntaxError](err); ok {
				d.issueAt(code, s.Pos.Line)
			}
			return fmt.Errorf("edt: %w: %w", code, err)
		}
		switch kind {
		case xmlscan.StartElement:
			d.path = append(d.path, d.word(d.s.Name()))
			d.text = d.text[:0]
			if len(d.path) == 1 && d.path[0] != "ExportEmploiDuTemps" {
				d.issue(CodeRoot)
				return fmt.Errorf("edt: %w", CodeRoot)
			}
			d.start()
		case xmlscan.EndElement:
			d.end()
			d.path = d.path[:len(d.path)-1]
		case xmlscan.Text:
			d.text = append(d.text, d.s.Text()...)
		default:
		}
	}
}

// word makes a name or an identifier once.
func (d *decoder) word(b []byte) string {
	if w, ok := d.words[string(b)]; ok {
		return w
	}
	w := string(b)
	if len(w) <= 64 {
		d.words[w] = w
	}
	return w
}

// attr returns an attribute, whatever the case of its name.
func (d *decoder) attr(name string) string {
	for i := range d.s.NumAttr() {
		n, v := d.s.Attr(i)
		if len(n) == len(name) && bytes.EqualFold(n, []byte(name)) {
			return d.word(bytes.TrimSpace(v))
		}
	}
	return ""
}

func (d *decoder) number(name string) int {
	s := d.attr(name)
	n, err := strconv.Atoi(s)
	if err != nil {
		d.issue(CodeValue, ent.FieldOf("field", ent.Field(name)))
		return -1
	}
	return n
}

// date reads a date; an empty one is missing.
func (d *decoder) date(name string) ent.Date {
	s := d.attr(name)
	if s == "" {
		return ent.Date{}
	}
	on, err := ent.ParseDate(s[:min(len(s), 10)])
	if err != nil {
		d.issue(CodeValue, ent.FieldOf("field", ent.Field(name)))
	}
	return on
}

func (d *decoder) weeks(name string) timetable.Weeks {
	s := d.attr(name)
	if s == "" {
		return 0
	}
	w, err := timetable.ParseWeeks(s)
	if err != nil {
		d.issue(CodeValue, ent.FieldOf("field", ent.Field(name)))
	}
	return w
}

func (d *decoder) clock(name string) timetable.Clock {
	c, err := timetable.ParseClock(d.attr(name))
	if err != nil {
		d.issue(CodeValue, ent.FieldOf("field", ent.Field(name)))
	}
	return c
}

func (d *decoder) parent() string {
	if len(d.path) < 2 {
		return ""
	}
	return d.path[len(d.path)-2]
}

func last[T any](list []T) *T {
	if len(list) == 0 {
		return new(T)
	}
	return &list[len(list)-1]
}

func (d *decoder) start() {
	name, parent := d.path[len(d.path)-1], d.parent()
	doc := d.doc
	ident := func() string { return d.attr("Ident") }
	switch {
	case len(d.path) == 1:
		doc.Version, doc.UAI = d.attr("Version"), d.attr("UAI")
		if _, err := ent.ParseUAI(doc.UAI); err != nil {
			d.issue(CodeUAI)
		}
	case name == "AnneeScolaire":
		doc.Year = timetable.Year{First: d.date("DateDebut"), Last: d.date("DateFin"), Week1: d.date("DatePremierJourSemaine1")}
	case name == "Place" && parent == "PlacesParJour":
		doc.Grid.Places = append(doc.Grid.Places, timetable.Place{Number: d.number("Numero"), Start: d.clock("LibelleHeureDebut"), End: d.clock("LibelleHeureFin")})
	case parent == "Matieres":
		doc.Subjects = append(doc.Subjects, Subject{ident(), d.attr("Code"), d.attr("Libelle")})
	case parent == "Professeurs":
		doc.Teachers = append(doc.Teachers, d.person())
	case parent == "Personnels":
		doc.Staff = append(doc.Staff, d.person())
	case parent == "Classes" && name == "Classe":
		doc.Classes = append(doc.Classes, Class{Ident: ident(), Name: d.attr("Nom")})
	case parent == "Groupes" && name == "Groupe":
		doc.Groups = append(doc.Groups, Group{Ident: ident(), Name: d.attr("Nom")})
	case parent == "Salles":
		doc.Rooms = append(doc.Rooms, Named{ident(), d.attr("Nom")})
	case parent == "Materiels":
		doc.Equipment = append(doc.Equipment, Named{ident(), d.attr("Nom")})
	case parent == "Eleves" && name == "Eleve":
		doc.Pupils = append(doc.Pupils, Pupil{
			Ident: ident(), Family: d.attr("Nom"), Given: d.attr("Prenom"), Birth: d.date("DateNaissance"), INE: d.attr("NumeroNational"),
			Siecle: d.attr("IDSconet"), Internal: d.attr("IDEtablissement"), PN: d.attr("IDPN"), CAS: d.attr("IDCAS"),
		})
	case parent == "Cours" && name == "Cours":
		d.course()
	case parent == "Cours":
		d.resource(name)
	default:
		d.inside(name, parent)
	}
}

func (d *decoder) person() Person {
	return Person{
		Ident: d.attr("Ident"), Family: d.attr("Nom"), Given: d.attr("Prenom"), Birth: d.date("DateNaissance"), STS: d.attr("IDSTS"),
		PN: d.attr("IDPN"), CAS: d.attr("IDCAS"),
	}
}

// inside reads what stands in a class, a group or a pupil.
func (d *decoder) inside(name, parent string) {
	id := d.attr("Ident")
	switch {
	case parent == "Classe" && name == "PartieDeClasse":
		c := last(d.doc.Classes)
		c.Parts = append(c.Parts, id)
	case parent == "Classe" && name == "ProfesseurPrincipal":
		c := last(d.doc.Classes)
		c.HeadTeachers = append(c.HeadTeachers, id)
	case parent == "Groupe":
		g := last(d.doc.Groups)
		switch name {
		case "Classe":
			g.Classes = append(g.Classes, id)
		case "PartieDeClasse":
			g.Parts = append(g.Parts, id)
		case "Eleve":
			g.Pupils = append(g.Pupils, id)
		default:
			d.skip(name)
		}
	case parent == "Eleve":
		p := last(d.doc.Pupils)
		stay := Stay{id, d.date("DateEntree"), d.date("DateSortie")}
		switch name {
		case "Classe":
			p.Classes = append(p.Classes, stay)
		case "PartieDeClasse":
			p.Parts = append(p.Parts, stay)
		case "Responsable":
			p.Relatives++
		default:
			d.skip(name)
		}
	default:
		switch name {
		case "GrilleHoraire", "JoursOuvres", "PlacesParJour", "Jour", "Matieres", "Professeurs", "Personnels", "Classes", "Groupes", "Salles", "Materiels", "Eleves", "Cours":
		default:
			d.skip(name)
		}
	}
}

// skip tells of an element that is not read, once for each name.
func (d *decoder) skip(name string) {
	if d.unread == nil {
		d.unread = map[string]bool{}
	}
	if !d.unread[name] {
		d.unread[name] = true
		d.issue(CodeUnread, ent.FieldOf("field", ent.Field(name)))
	}
	d.report.Lose(ent.Loss{Code: CodeUnread, Field: ent.NewField(name), Count: 1})
}

func (d *decoder) course() {
	d.doc.Courses = append(d.doc.Courses, Course{
		Line: d.s.Pos().Line, Index: len(d.doc.Courses), Day: d.number("Jour"), Place: d.number("NumeroPlaceDebut"), Places: d.number("NombrePlaces"),
		Cancelled: d.weeks("SemainesAnnulation"),
	})
}

func kindOf(name string) (timetable.Kind, bool) {
	switch name {
	case "Professeur":
		return timetable.KindTeacher, true
	case "Personnel":
		return timetable.KindStaff, true
	case "Classe":
		return timetable.KindClass, true
	case "PartieDeClasse":
		return timetable.KindPart, true
	case "Groupe":
		return timetable.KindGroup, true
	case "Salle":
		return timetable.KindRoom, true
	case "Materiel":
		return timetable.KindEquipment, true
	case "Eleve":
		return timetable.KindPupil, true
	}
	return "", false
}

func (d *decoder) resource(name string) {
	c := last(d.doc.Courses)
	if name == "Matiere" {
		c.Subject = d.attr("Ident")
		return
	}
	kind, ok := kindOf(name)
	if !ok {
		d.skip(name)
		return
	}
	w := d.weeks("Semaines")
	if d.attr("Semaines") == "" {
		w = d.weeks("SemainesInclusion")
	}
	c.Resources = append(c.Resources, Resource{kind, d.attr("Ident"), w})
}

func (d *decoder) end() {
	if d.path[len(d.path)-1] == "Jour" && d.parent() == "JoursOuvres" {
		n, err := strconv.Atoi(string(bytes.TrimSpace(d.text)))
		if err != nil || n < 1 || n > 7 {
			d.issue(CodeValue, ent.FieldOf("field", "Jour"))
			return
		}
		d.doc.Grid.Days = append(d.doc.Grid.Days, n)
	}
}

// check counts what was read, and says which references lead nowhere.
func (d *decoder) check() {
	doc := d.doc
	if doc.Year.First.IsZero() || doc.Year.Last.IsZero() || doc.Year.Week1.IsZero() {
		d.path = []string{"ExportEmploiDuTemps", "AnneeScolaire"}
		d.issueAt(CodeYear, 0)
	}
	for kind, n := range map[string]int{
		"subjects": len(doc.Subjects), "teachers": len(doc.Teachers), "staff": len(doc.Staff), "classes": len(doc.Classes), "groups": len(doc.Groups),
		"rooms": len(doc.Rooms), "equipment": len(doc.Equipment), "pupils": len(doc.Pupils),
	} {
		if n > 0 {
			d.report.Keep(kind, int64(n))
		}
	}
	known := map[timetable.Kind]map[string]bool{}
	add := func(k timetable.Kind, id string) {
		if known[k] == nil {
			known[k] = map[string]bool{}
		}
		known[k][id] = true
	}
	for _, x := range doc.Teachers {
		add(timetable.KindTeacher, x.Ident)
	}
	for _, x := range doc.Staff {
		add(timetable.KindStaff, x.Ident)
	}
	for _, x := range doc.Classes {
		add(timetable.KindClass, x.Ident)
		for _, p := range x.Parts {
			add(timetable.KindPart, p)
		}
	}
	for _, x := range doc.Groups {
		add(timetable.KindGroup, x.Ident)
	}
	for _, x := range doc.Rooms {
		add(timetable.KindRoom, x.Ident)
	}
	for _, x := range doc.Equipment {
		add(timetable.KindEquipment, x.Ident)
	}
	for _, x := range doc.Pupils {
		add(timetable.KindPupil, x.Ident)
	}
	d.path = []string{"ExportEmploiDuTemps", "Cours", "Cours"}
	for i := range doc.Courses {
		for _, r := range doc.Courses[i].Resources {
			if !known[r.Kind][r.Ident] {
				d.issueAt(CodeDangling, doc.Courses[i].Line, ent.FieldOf("field", ent.Field(r.Kind)))
			}
		}
	}
}
