package udt

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

// decoder reads the files of one export, one after the other.
type decoder struct {
	s      *xmlscan.Scanner
	o      Options
	doc    *Document
	report *ent.Report
	packed int64 // the size of the zip, 0 for a folder
	taken  int64 // bytes inflated so far
	at     source
	path   []string
	words  map[string]string // interned
	unions map[string]int
}

func newDecoder(o Options) *decoder {
	if o.MaxFiles == 0 {
		o.MaxFiles = maxFiles
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = maxBytes
	}
	if o.MaxRatio == 0 {
		o.MaxRatio = maxRatio
	}
	return &decoder{
		s: xmlscan.New(nil, xmlscan.Options{MaxDepth: 8, Lenient: true}), o: o, doc: &Document{}, report: &ent.Report{},
		words: map[string]string{}, unions: map[string]int{},
	}
}

func (d *decoder) issue(code ent.Code, at ent.Pos, path string, params ...ent.Param) {
	i := catalog().New(code, at, path, params...)
	d.report.Add(i)
	if d.o.OnIssue != nil {
		d.o.OnIssue(i)
	}
}

// here is the place of the element.
func (d *decoder) here() ent.Pos { return ent.Pos{File: d.at.name, Line: d.s.Pos().Line} }

// wrong tells of a value that cannot be read.
func (d *decoder) wrong(field string) {
	d.issue(CodeValue, d.here(), "/"+strings.Join(d.path, "/"), ent.FieldOf("field", ent.Field(field)))
}

var errLimit = errors.New("inflates beyond the limit")

// bounded counts what is inflated.
type bounded struct {
	r io.Reader
	d *decoder
}

func (b *bounded) Read(p []byte) (int, error) {
	d := b.d
	if d.taken > d.o.MaxBytes || d.packed > 0 && d.taken > freeBytes && d.taken/d.o.MaxRatio > d.packed {
		return 0, errLimit
	}
	n, err := b.r.Read(p)
	d.taken += int64(n)
	return n, err
}

func (d *decoder) file(f *source) error {
	d.at, d.path = *f, d.path[:0]
	r, err := f.open()
	if err != nil {
		d.issue(CodeArchive, ent.Pos{File: f.name}, "")
		return fmt.Errorf("udt: %s: %w: %w", f.name, CodeArchive, err)
	}
	defer r.Close()
	d.s.Reset(&bounded{r, d})
	if f.week > 0 {
		d.week()
	}
	for {
		kind, err := d.s.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return d.fail(err)
		}
		switch kind {
		case xmlscan.StartElement:
			d.path = append(d.path, d.word(d.s.Name()))
			d.start()
		case xmlscan.EndElement:
			d.path = d.path[:len(d.path)-1]
		case xmlscan.Text:
			d.text()
		default:
		}
	}
}

func (d *decoder) fail(err error) error {
	code := CodeXML
	switch {
	case errors.Is(err, errLimit), errors.Is(err, xmlscan.CodeLimit):
		code = CodeLimit
	case errors.Is(err, xmlscan.CodeRead):
		code = CodeArchive
	}
	at := ent.Pos{File: d.at.name}
	if s, ok := errors.AsType[*xmlscan.SyntaxError](err); ok {
		at.Line = s.Pos.Line
	}
	d.issue(code, at, "")
	return fmt.Errorf("udt: %s: %w: %w", d.at.name, code, err)
}

// word makes a name or a code once.
func (d *decoder) word(b []byte) string {
	if w, ok := d.words[string(b)]; ok {
		return w
	}
	w := string(b)
	if len(w) <= 64 && len(d.words) < 1<<16 {
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

// number reads a number of at most three digits; an empty one is 0.
func (d *decoder) number(name string) int {
	s := d.attr(name)
	if s == "" {
		return 0
	}
	n, err := strconv.ParseUint(s, 10, 10)
	if err != nil {
		d.wrong(name)
	}
	return int(n) //nolint:gosec // 10 bits
}

// date reads a date; an empty one is missing.
func (d *decoder) date(name, s string) ent.Date {
	if s == "" {
		return ent.Date{}
	}
	on, err := ent.ParseFrenchDate(s)
	if err != nil {
		d.wrong(name)
	}
	return on
}

func (d *decoder) clock(name string) (timetable.Clock, bool) {
	c, err := timetable.ParseClock(d.attr(name))
	if err != nil {
		d.wrong(name)
	}
	return c, err == nil
}

func (d *decoder) week() *Week {
	for i := range d.doc.Weekly {
		if d.doc.Weekly[i].ISO == d.at.week {
			return d.markWeek(&d.doc.Weekly[i])
		}
	}
	d.doc.Weekly = append(d.doc.Weekly, Week{ISO: d.at.week})
	return d.markWeek(&d.doc.Weekly[len(d.doc.Weekly)-1])
}

func (d *decoder) markWeek(w *Week) *Week {
	w.HasLines = w.HasLines || d.at.number == 12
	w.HasCoTeachers = w.HasCoTeachers || d.at.number == 23
	return w
}

// text reads what the calendar writes between tags.
func (d *decoder) text() {
	if d.at.number != 24 || len(d.path) == 0 {
		return
	}
	s := d.word(bytes.TrimSpace(d.s.Text()))
	if s == "" {
		return
	}
	switch d.path[len(d.path)-1] {
	case "annee":
		n, err := strconv.ParseUint(s[:min(len(s), 4)], 10, 14) // 2025, or 2025-2026
		if err != nil {
			d.wrong("annee")
		}
		d.doc.Year = int(n) //nolint:gosec // 14 bits
	case "debut_eleve":
		d.doc.First = d.date("debut_eleve", s)
	case "fin_eleve":
		d.doc.Last = d.date("fin_eleve", s)
	}
}

// start reads an element: what it is follows from its file, not from its place in it.
func (d *decoder) start() {
	doc, code := d.doc, d.attr("code")
	switch name := d.path[len(d.path)-1]; fmt.Sprintf("%02d %s", d.at.number, name) {
	case "24 fermeture":
		d.closure()
	case "00 init":
		doc.FirstISOWeek, doc.SequenceMinutes = d.number("premiere_semaine_ISO"), d.number("duree_seq")
	case "99 semaine":
		doc.PublicationWeeks = append(doc.PublicationWeeks, d.number("num"))
	case "03 salle":
		doc.Rooms = append(doc.Rooms, Room{code, d.attr("nom")})
	case "04 prof":
		doc.Teachers = append(doc.Teachers, Teacher{
			Code: code, EPJ: d.attr("epj"), Family: d.attr("nom"), Given: d.attr("prenom"), Title: d.attr("civilite"), Mail: d.attr("mail"),
			Birth: d.date("date_naissance", d.attr("date_naissance")), Discipline: d.attr("code_matppl"),
		})
	case "05 mat":
		doc.Subjects = append(doc.Subjects, Subject{code, d.attr("libelle"), d.attr("code_gep1")})
	case "07 demi_seq":
		d.slot()
	case "08 div":
		doc.Divisions = append(doc.Divisions, Division{code, d.attr("libelle"), d.attr("code_gep")})
	case "10 eleve":
		doc.Pupils = append(doc.Pupils, Pupil{code, d.attr("nom"), d.attr("prenom"), d.date("naissance", d.attr("naissance"))})
	case "19 gpe":
		doc.Groups = append(doc.Groups, Group{d.attr("id"), code, d.attr("code_div"), d.attr("code_sts")})
	case "13 rgpmt":
		d.union(code)
	case "21 ele_gpe":
		d.stay()
	case "11 fiche":
		doc.Cards = append(doc.Cards, Card{code, d.number("jour"), d.number("demi_seq"), d.attr("site")})
	case "12 ligfiche":
		d.line(code)
	case "23 coens":
		d.coTeacher()
	case "24 annee", "24 debut_eleve", "24 fin_eleve", "99 semaines":
	default:
		if len(d.path) > 1 { // nobody knows the names of the roots
			d.report.Lose(ent.Loss{Code: CodeUnread, Field: ent.NewField(name), Count: 1})
		}
	}
}

func (d *decoder) closure() {
	c := Closure{d.date("debut", d.attr("debut")), d.date("fin", d.attr("fin"))}
	if c.From.IsZero() || c.To.IsZero() || c.To.Before(c.From) {
		d.report.Refuse("closures", 1)
		d.wrong("fermeture")
		return
	}
	d.report.Keep("closures", 1)
	d.doc.Closures = append(d.doc.Closures, c)
}

func (d *decoder) slot() {
	start, ok1 := d.clock("hre_deb")
	end, ok2 := d.clock("hre_fin")
	s := Slot{Day: d.number("code_jour"), Number: d.number("code"), Site: d.attr("code_site"), Start: start, End: end}
	if !ok1 || !ok2 || s.Day < 1 || s.Day > 7 || start >= end {
		d.report.Refuse("slots", 1)
		d.wrong("demi_seq")
		return
	}
	d.report.Keep("slots", 1)
	d.doc.Slots = append(d.doc.Slots, s)
}

// union reads one member of a regroupement.
func (d *decoder) union(code string) {
	i, ok := d.unions[code]
	if !ok {
		i = len(d.doc.Unions)
		d.unions[code] = i
		d.doc.Unions = append(d.doc.Unions, Union{Code: code, ID: d.attr("id"), Name: d.attr("nom")})
	}
	u := &d.doc.Unions[i]
	u.Members = append(u.Members, Member{d.attr("code_div"), d.attr("code_gpe")})
}

func (d *decoder) stay() {
	s := Stay{Pupil: d.attr("ele"), Group: d.attr("gpe"), Division: d.attr("code_div")}
	if w := d.attr("semaines"); w != "" {
		var err error
		if s.Weeks, err = strconv.ParseUint(w, 10, 64); err != nil { // not always: when, nobody knows
			d.report.Refuse("memberships", 1)
			d.wrong("semaines")
			return
		}
	}
	d.report.Keep("memberships", 1)
	d.doc.Stays = append(d.doc.Stays, s)
}

func (d *decoder) line(code string) {
	l := Line{
		At: d.here(), Code: code, Card: d.attr("fic"), Division: d.attr("div"), Subject: d.attr("mat"), Teacher: d.attr("prof"),
		Union: d.attr("rgpmt"), Group: d.attr("gpe"), GroupID: d.attr("idgpe"), Room: d.attr("salle"),
	}
	if l.Union == "0" {
		l.Union = ""
	}
	if d.at.week == 0 {
		d.doc.Lines = append(d.doc.Lines, l)
		return
	}
	w := d.week()
	w.Lines = append(w.Lines, l)
}

func (d *decoder) coTeacher() {
	c := CoTeacher{d.attr("lignefic"), d.attr("prof"), d.attr("epj")}
	if d.at.week == 0 {
		d.doc.CoTeachers = append(d.doc.CoTeachers, c)
		return
	}
	w := d.week()
	w.CoTeachers = append(w.CoTeachers, c)
}

// check counts what was read.
func (d *decoder) check() {
	doc := d.doc
	for kind, n := range map[string]int{
		"rooms": len(doc.Rooms), "teachers": len(doc.Teachers), "subjects": len(doc.Subjects), "divisions": len(doc.Divisions), "pupils": len(doc.Pupils),
		"groups": len(doc.Groups), "unions": len(doc.Unions), "cards": len(doc.Cards),
	} {
		if n > 0 {
			d.report.Keep(kind, int64(n))
		}
	}
	lines, co := len(doc.Lines), len(doc.CoTeachers)
	for i := range doc.Weekly {
		lines, co = lines+len(doc.Weekly[i].Lines), co+len(doc.Weekly[i].CoTeachers)
	}
	d.report.Keep("lines", int64(lines))
	d.report.Keep("coteachers", int64(co))
}
