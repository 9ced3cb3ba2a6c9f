package sts

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/xmlscan"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// Options say how a file is read.
type Options struct {
	// File is the name of the file, for the places of the issues.
	File string
	// UAI is the school that the file must be of; "" for any.
	UAI ent.UAI
	// MaxBytes bounds the file: 64 MiB when 0.
	MaxBytes int64
	// OnIssue receives every issue; the report keeps the first ones of each code.
	OnIssue func(ent.Issue)
}

const maxBytes = 64 << 20

// Read reads either file. It returns an error, with a report and no document, for what is not well-formed, is beyond the limits,
// is another document or another school's; whatever else is wrong is an issue of the report, with its line.
func Read(r io.Reader, o Options) (*Document, *ent.Report, error) {
	if o.MaxBytes == 0 {
		o.MaxBytes = maxBytes
	}
	d := &decoder{s: xmlscan.New(r, xmlscan.Options{MaxDepth: 24, MaxBytes: o.MaxBytes, Lenient: true}), o: o, doc: &Document{}, report: &ent.Report{}}
	if err := d.read(); err != nil {
		return nil, d.report, err
	}
	if o.UAI != "" && d.doc.UAI != string(o.UAI) {
		d.path = []string{string(d.doc.Kind), "PARAMETRES", "UAJ"}
		d.issue(CodeUAI, 0)
		return nil, d.report, fmt.Errorf("sts: %w", CodeUAI)
	}
	d.check()
	return d.doc, d.report, nil
}

// decoder reads one file. open are the structures in which it is: a group may stand in a division.
type decoder struct {
	s       *xmlscan.Scanner
	o       Options
	doc     *Document
	report  *ent.Report
	path    []string
	text    []byte
	open    []int
	minutes int // the length of the course
	started bool
}

func (d *decoder) issue(code ent.Code, line int, params ...ent.Param) {
	i := catalog().New(code, ent.Pos{File: d.o.File, Line: line}, "/"+strings.Join(d.path, "/"), params...)
	d.report.Add(i)
	if d.o.OnIssue != nil {
		d.o.OnIssue(i)
	}
}

func (d *decoder) wrong(field string) {
	d.issue(CodeValue, d.s.Pos().Line, ent.FieldOf("field", ent.Field(field)))
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
				d.issue(code, s.Pos.Line)
			}
			return fmt.Errorf("sts: %w: %w", code, err)
		}
		switch kind {
		case xmlscan.StartElement:
			d.path = append(d.path, string(d.s.Name()))
			d.text = d.text[:0]
			if len(d.path) == 1 {
				d.doc.Kind = Kind(d.path[0])
				if d.doc.Kind != KindUp && d.doc.Kind != KindDown {
					d.path = d.path[:0]
					d.issue(CodeRoot, d.s.Pos().Line)
					return fmt.Errorf("sts: %w", CodeRoot)
				}
			}
			d.start()
		case xmlscan.EndElement:
			d.end()
			d.path, d.text = d.path[:len(d.path)-1], d.text[:0]
		case xmlscan.Text:
			d.text = append(d.text, d.s.Text()...)
		default:
		}
	}
}

// attr returns an attribute, without the blanks around it.
func (d *decoder) attr(name string) string {
	for i := range d.s.NumAttr() {
		n, v := d.s.Attr(i)
		if string(n) == name {
			return string(bytes.TrimSpace(v))
		}
	}
	return ""
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

func (d *decoder) structure() *Structure {
	if len(d.open) == 0 {
		return &Structure{}
	}
	return &d.doc.Structures[d.open[len(d.open)-1]]
}

func (d *decoder) service() *Service { return last(d.structure().Services) }
func (d *decoder) teacher() *Teacher { return last(d.service().Teachers) }
func (d *decoder) course() *Course   { return last(d.teacher().Courses) }

func (d *decoder) start() {
	doc := d.doc
	switch name := d.path[len(d.path)-1]; d.parent() + "/" + name {
	case "PARAMETRES/UAJ":
		doc.UAI = d.attr("CODE")
	case "PARAMETRES/ANNEE_SCOLAIRE":
		d.year(d.attr("ANNEE"))
	case "HORAIRES/HORAIRE":
		doc.Hours = append(doc.Hours, Opening{Day: d.day(d.attr("JOUR"))})
	case "ALTERNANCES/ALTERNANCE":
		doc.Alternances = append(doc.Alternances, Alternance{Code: d.attr("CODE")})
	case "SALLES_COURS/SALLE_COURS":
		doc.Rooms = append(doc.Rooms, Room{Code: d.attr("CODE")})
	case "MATIERES/MATIERE":
		doc.Subjects = append(doc.Subjects, Subject{Code: d.attr("CODE")})
	case "INDIVIDUS/INDIVIDU":
		doc.Individuals = append(doc.Individuals, Individual{ID: d.attr("ID"), Type: d.attr("TYPE")})
	case "DIVISIONS_APPARTENANCE/DIVISION_APPARTENANCE":
		s := d.structure()
		s.Divisions = append(s.Divisions, Origin{Division: d.attr("CODE")})
	case "SERVICES/SERVICE":
		s := d.structure()
		s.Services = append(s.Services, Service{Line: d.s.Pos().Line, Subject: d.attr("CODE_MATIERE"), Modality: d.attr("CODE_MOD_COURS")})
	case "ENSEIGNANTS/ENSEIGNANT":
		s := d.service()
		s.Teachers = append(s.Teachers, Teacher{Type: d.attr("TYPE"), ID: d.attr("ID")})
	case "COURS_RATTACHES/COURS":
		t := d.teacher()
		t.Courses = append(t.Courses, Course{Line: d.s.Pos().Line})
		d.minutes, d.started = 0, false
	default:
		if d.isStructure(name) {
			d.open = append(d.open, len(doc.Structures))
			doc.Structures = append(doc.Structures, Structure{Kind: StructureKind(name), Code: d.attr("CODE")})
		}
	}
}

// isStructure reports whether the element is a division, or a group wherever it stands.
func (d *decoder) isStructure(name string) bool {
	return (name == string(Division) && d.parent() == "DIVISIONS" || name == string(Group)) && slices.Contains(d.path, "STRUCTURE")
}

func (d *decoder) year(s string) {
	if s == "" {
		return
	}
	n, err := strconv.ParseUint(s, 10, 14)
	if err != nil {
		d.wrong("ANNEE_SCOLAIRE")
	}
	d.doc.Year = int(n) //nolint:gosec // 14 bits
}

// day reads a day of the week, 0 when it cannot be read.
func (d *decoder) day(s string) int {
	n, err := strconv.ParseUint(s, 10, 4)
	if err != nil || n < 1 || n > 7 {
		d.wrong("JOUR")
		return 0
	}
	return int(n) //nolint:gosec // 1 to 7
}

// minutesOf reads HHMM.
func (d *decoder) minutesOf(field, s string) (int, bool) {
	n, err := strconv.ParseUint(s, 10, 12)
	if err != nil || len(s) < 3 || n%100 > 59 || n > 2400 {
		d.wrong(field)
		return 0, false
	}
	return int(n/100*60 + n%100), true //nolint:gosec // below 1441
}

func (d *decoder) clock(field, s string) timetable.Clock {
	n, _ := d.minutesOf(field, s)
	return timetable.Clock(n) //nolint:gosec // below 1441
}

func (d *decoder) date(field, s string) ent.Date {
	if s == "" {
		return ent.Date{}
	}
	on, err := ent.ParseDate(s[:min(len(s), 10)])
	if err != nil {
		d.wrong(field)
	}
	return on
}

// count reads a number of pupils, nil when it is missing.
func (d *decoder) count(field, s string) *int {
	if s == "" {
		return nil
	}
	n, err := strconv.ParseUint(s, 10, 16)
	if err != nil {
		d.wrong(field)
		return nil
	}
	return new(int(n)) //nolint:gosec // 16 bits
}

// hours reads a number of hours with at most two decimals, as hundredths; nil when it is missing.
func (d *decoder) hours(field, s string) *int {
	if s == "" {
		return nil
	}
	whole, part, _ := strings.Cut(strings.Replace(s, ",", ".", 1), ".")
	n, err := strconv.ParseUint(whole+(part + "00")[:2], 10, 24)
	if err != nil || len(part) > 2 || whole == "" {
		d.wrong(field)
		return nil
	}
	return new(int(n)) //nolint:gosec // 24 bits
}

func (d *decoder) end() {
	name := d.path[len(d.path)-1]
	if d.isStructure(name) {
		d.open = d.open[:len(d.open)-1]
		return
	}
	if name == "COURS" && d.parent() == "COURS_RATTACHES" {
		d.endCourse()
		return
	}
	s := string(bytes.TrimSpace(d.text))
	if s == "" || d.parameter(name, s) || d.named(name, s) || d.served(name, s) {
		return
	}
	d.report.Lose(ent.Loss{Code: CodeUnread, Field: ent.NewField(name), Count: 1})
}

// parameter reads what concerns the school.
func (d *decoder) parameter(name, s string) bool {
	doc := d.doc
	switch d.parent() + "/" + name {
	case "PARAMETRES/UAJ":
		doc.UAI = s
	case "PARAMETRES/ANNEE_SCOLAIRE":
		d.year(s)
	case "PARAMETRES/APPLICATION_SOURCE":
		doc.Program = s
	case "ANNEE_SCOLAIRE/DATE_DEBUT":
		doc.First = d.date(name, s)
	case "ANNEE_SCOLAIRE/DATE_FIN":
		doc.Last = d.date(name, s)
	case "HORAIRE/DEBUT_COURS":
		last(doc.Hours).Start = d.clock(name, s)
	case "HORAIRE/FIN_COURS":
		last(doc.Hours).End = d.clock(name, s)
	case "SEMAINES/DATE_DEBUT_SEMAINE":
		d.week(s)
	default:
		return false
	}
	return true
}

func (d *decoder) week(s string) {
	on := d.date("DATE_DEBUT_SEMAINE", s)
	if on.IsZero() {
		d.report.Refuse("weeks", 1)
		return
	}
	d.report.Keep("weeks", 1)
	if on.Weekday() == 0 {
		d.issue(CodeSunday, d.s.Pos().Line, ent.DateOf("date", on))
	}
	a := last(d.doc.Alternances)
	a.Dates = append(a.Dates, on)
}

// named reads what has a code and a name.
func (d *decoder) named(name, s string) bool {
	doc := d.doc
	switch d.parent() + "/" + name {
	case "ALTERNANCE/LIBELLE_COURT":
		last(doc.Alternances).Short = s
	case "ALTERNANCE/LIBELLE_LONG":
		last(doc.Alternances).Long = s
	case "SALLE_COURS/GROUPE_SALLE":
		last(doc.Rooms).Group = s
	case "SALLE_COURS/LOCALISATION":
		last(doc.Rooms).Location = s
	case "MATIERE/CODE_GESTION":
		last(doc.Subjects).Management = s
	case "MATIERE/LIBELLE_COURT":
		last(doc.Subjects).Short = s
	case "MATIERE/LIBELLE_LONG":
		last(doc.Subjects).Long = s
	case "INDIVIDU/NOM_USAGE":
		last(doc.Individuals).Family = s
	case "INDIVIDU/PRENOM":
		last(doc.Individuals).Given = s
	case "INDIVIDU/DATE_NAISSANCE":
		last(doc.Individuals).Birth = d.date(name, s)
	default:
		return false
	}
	return true
}

// served reads what stands in a structure.
func (d *decoder) served(name, s string) bool {
	switch d.parent() + "/" + name {
	case "DIVISION/LIBELLE_LONG", "GROUPE/LIBELLE_LONG":
		d.structure().Label = s
	case "DIVISION/EFFECTIF_PREVU", "GROUPE/EFFECTIF_PREVU":
		d.structure().Expected = d.count(name, s)
	case "GROUPE/EFFECTIF_MAX_EDT":
		d.structure().Max = d.count(name, s)
	case "DIVISION_APPARTENANCE/EFFECTIF_PREVU":
		last(d.structure().Divisions).Expected = d.count(name, s)
	case "SERVICE/HEURES_STRUCTURE":
		d.service().Hours = d.hours(name, s)
	case "SERVICE/CO_ENS":
		d.coTaught(s)
	case "ENSEIGNANT/HEURES_AGENT":
		d.teacher().Hours = d.hours(name, s)
	case "COURS/CODE_ALTERNANCE":
		d.course().Alternance = s
	case "COURS/JOUR":
		d.course().Day = d.day(s)
	case "COURS/HEURE_DEBUT":
		var n int
		n, d.started = d.minutesOf(name, s)
		d.course().Start = timetable.Clock(n) //nolint:gosec // below 1441
	case "COURS/DUREE":
		d.minutes, _ = d.minutesOf(name, s)
	case "COURS/CODE_SALLE":
		d.course().Room = s
	default:
		return false
	}
	return true
}

func (d *decoder) coTaught(s string) {
	v, err := strconv.ParseBool(strings.ToLower(s))
	if err != nil {
		d.wrong("CO_ENS")
	}
	d.service().CoTaught = v
}

// endCourse sets the end of a course, when both its start and its length were read.
func (d *decoder) endCourse() {
	c := d.course()
	c.End = c.Start
	if d.started && d.minutes > 0 && int(c.Start)+d.minutes <= 24*60 {
		c.End += timetable.Clock(d.minutes) //nolint:gosec // below 1441
	}
}

// check counts what was read, and says which codes lead nowhere in the file.
func (d *decoder) check() {
	doc := d.doc
	if _, err := ent.ParseUAI(doc.UAI); err != nil {
		d.path = []string{string(doc.Kind), "PARAMETRES", "UAJ"}
		d.issue(CodeUAIShape, 0)
	}
	rooms, persons := map[string]bool{}, map[string]bool{}
	for _, r := range doc.Rooms {
		rooms[r.Code] = true
	}
	for _, p := range doc.Individuals {
		persons[p.ID] = true
	}
	services, courses := 0, 0
	d.path = []string{string(doc.Kind), "DONNEES", "STRUCTURE"}
	for i := range doc.Structures {
		for _, s := range doc.Structures[i].Services {
			services++
			for _, t := range s.Teachers {
				if !persons[t.ID] {
					d.issue(CodeDangling, s.Line, ent.FieldOf("field", "ENSEIGNANT"))
				}
				courses += len(t.Courses)
				for _, c := range t.Courses {
					if c.Room != "" && !rooms[c.Room] {
						d.issue(CodeDangling, c.Line, ent.FieldOf("field", "CODE_SALLE"))
					}
				}
			}
		}
	}
	for kind, n := range map[string]int{
		"alternances": len(doc.Alternances), "rooms": len(doc.Rooms), "subjects": len(doc.Subjects), "individuals": len(doc.Individuals),
		"structures": len(doc.Structures), "services": services, "courses": courses,
	} {
		if n > 0 {
			d.report.Keep(kind, int64(n))
		}
	}
}
