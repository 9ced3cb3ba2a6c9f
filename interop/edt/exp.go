package edt

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/xmlscan"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// TextCourse is a course of EXP_COURS.
type TextCourse struct {
	Line int
	// Number is NUMERO: it may differ from the attribute, and be given twice.
	Number string
	// Minutes is DUREE, 0 when it cannot be read.
	Minutes int
	// Frequency is H for every week, Q1 or Q2 for every other one.
	Frequency                 string
	SubjectCode, SubjectLabel string
	Teachers                  []TextTeacher
	Audience                  []TextAudience
	Rooms                     []string
	Alternance, Modality      string
	// CoTaught is CO-ENS., O or N; false with HasCoTaught false when it is missing. Weight is POND. as written.
	CoTaught, HasCoTaught bool
	Weight                string
	// Day is 1 for Monday to 7, 0 for a course that is not placed; Start is H.DEBUT.
	Day   int
	Start timetable.Clock
	// Pupils is EFFECTIF, nil when missing.
	Pupils *int
}

// LogValue shows the number.
func (c TextCourse) LogValue() slog.Value { return slog.StringValue(c.Number) }

// TextTeacher is a teacher of a text export: a name, since it has no more.
type TextTeacher struct{ Family, Given string }

// LogValue hides the person.
func (TextTeacher) LogValue() slog.Value { return slog.StringValue("teacher") }

// TextAudience is a whole class, a part of one in a partition, or a group.
type TextAudience struct {
	Class, Partition, Part string
	Group                  string
}

// Ref returns the audience as a resource of a timetable, named by what the export names it.
func (a TextAudience) Ref() timetable.Ref {
	switch {
	case a.Group != "":
		return timetable.Ref{Kind: timetable.KindGroup, ID: ent.ID(a.Group)}
	case a.Part != "":
		return timetable.Ref{Kind: timetable.KindPart, ID: ent.ID("<" + a.Class + "> <" + a.Partition + "> " + a.Part)}
	}
	return timetable.Ref{Kind: timetable.KindClass, ID: ent.ID(a.Class)}
}

// TextPupil is a pupil of EXP_ELEVE.
type TextPupil struct {
	Line                         int
	Number, Title                string
	Family, Given                string
	Birth                        ent.Date
	BirthPlace, BirthCountry     string
	Nationality, Sex, INE        string
	Audience                     []TextAudience // the class, then the parts
	Groups                       []string
	Repeating, Formation, Regime string
	AllClasses                   string
	Options                      []string
}

// LogValue shows the number.
func (p TextPupil) LogValue() slog.Value { return slog.StringValue(p.Number) }

// ReadCourses reads EXP_COURS.xml. Errors and issues are as for Read; a row that is not a course is refused.
func ReadCourses(r io.Reader, o Options) ([]TextCourse, *ent.Report, error) {
	d := newTable(r, o)
	var out []TextCourse
	err := d.rows("courses", func(name string) bool { return name == "COURS" || name == "COURS_ANNUELS" }, func() { out = append(out, d.course()) })
	if err != nil {
		return nil, d.report, err
	}
	return out, d.report, nil
}

// ReadPupils reads EXP_ELEVE.xml. Errors and issues are as for Read; a row that is not a pupil is refused.
func ReadPupils(r io.Reader, o Options) ([]TextPupil, *ent.Report, error) {
	d := newTable(r, o)
	var out []TextPupil
	err := d.rows("pupils", func(name string) bool { return name == "ELEVES" || name == "ELEVE" }, func() { out = append(out, d.pupil()) })
	if err != nil {
		return nil, d.report, err
	}
	return out, d.report, nil
}

// table reads the rows of a text export. cells are those of the row, by their names in capitals, until they are used.
type table struct {
	decoder
	line  int
	cells map[string]string
}

func newTable(r io.Reader, o Options) *table {
	if o.MaxBytes == 0 {
		o.MaxBytes = maxBytes
	}
	return &table{decoder: decoder{s: xmlscan.New(r, xmlscan.Options{MaxDepth: 8, MaxBytes: o.MaxBytes, Lenient: true}), o: o, report: &ent.Report{}, words: map[string]string{}}}
}

// rows calls use for each row of a kind, when its cells are read.
func (d *table) rows(kind string, known func(name string) bool, use func()) error {
	for {
		event, err := d.s.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return d.fail(err)
		}
		switch event {
		case xmlscan.StartElement:
			d.path = append(d.path, strings.ToUpper(d.word(d.s.Name())))
			d.text = d.text[:0]
			switch len(d.path) {
			case 1:
				if d.path[0] != "TABLE" {
					d.issue(CodeRoot)
					return fmt.Errorf("edt: %w", CodeRoot)
				}
			case 2:
				d.line, d.cells = d.s.Pos().Line, map[string]string{}
			}
		case xmlscan.EndElement:
			d.endOf(kind, known, use)
			d.path = d.path[:len(d.path)-1]
		case xmlscan.Text:
			d.text = append(d.text, d.s.Text()...)
		default:
		}
	}
}

func (d *table) fail(err error) error {
	code := CodeXML
	if errors.Is(err, xmlscan.CodeLimit) {
		code = CodeLimit
	}
	if s, ok := errors.AsType[*xmlscan.SyntaxError](err); ok {
		d.issueAt(code, s.Pos.Line)
	}
	return fmt.Errorf("edt: %w: %w", code, err)
}

// endOf reads a cell or a row.
func (d *table) endOf(kind string, known func(name string) bool, use func()) {
	name := d.path[len(d.path)-1]
	switch {
	case len(d.path) == 3:
		if d.cells[name] == "" {
			d.cells[name] = strings.TrimSpace(string(d.text))
		}
	case len(d.path) == 2 && !known(name):
		d.report.Refuse(kind, 1)
		d.skip(name)
	case len(d.path) == 2:
		use()
		d.report.Keep(kind, 1)
		for cell, v := range d.cells {
			if v != "" {
				d.report.Lose(ent.Loss{Code: CodeUnread, Field: ent.NewField(cell), Count: 1})
			}
		}
	}
}

// take returns a cell, once.
func (d *table) take(name string) string {
	v := d.cells[name]
	delete(d.cells, name)
	return v
}

func (d *table) wrong(name string) {
	d.issueAt(CodeValue, d.line, ent.FieldOf("field", ent.Field(name)))
}

// list cuts a cell at its commas.
func (d *table) list(name string) []string { return commas(d.take(name)) }

func commas(s string) []string {
	var out []string
	for p := range strings.SplitSeq(s, ",") {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}

func (d *table) course() TextCourse {
	c := TextCourse{
		Line: d.line, Number: d.take("NUMERO"), Frequency: d.take("FREQUENCE"), SubjectCode: d.take("MAT_CODE"), SubjectLabel: d.take("MAT_LIBELLE"),
		Teachers: d.teachers(), Audience: d.audience(), Rooms: d.list("SALLE"), Alternance: d.take("ALTERNANCE"), Modality: d.take("MODALITE"), Weight: d.take("POND."),
	}
	if s := d.take("DUREE"); s != "" {
		n, err := timetable.ParseClock(s)
		if err != nil {
			d.wrong("DUREE")
		}
		c.Minutes = int(n)
	}
	switch s := strings.ToUpper(d.take("CO-ENS.")); s {
	case "":
	case "O", "N":
		c.CoTaught, c.HasCoTaught = s == "O", true
	default:
		d.wrong("CO-ENS.")
	}
	c.Day, c.Start = d.placed()
	if s := d.take("EFFECTIF"); s != "" {
		if n, err := strconv.ParseUint(s, 10, 16); err == nil {
			c.Pupils = new(int(n)) //nolint:gosec // 16 bits
		} else {
			d.wrong("EFFECTIF")
		}
	}
	return c
}

// placed reads the day and the start: day 0 when either is missing or cannot be read.
func (d *table) placed() (day int, start timetable.Clock) {
	name, at := strings.ToLower(d.take("JOUR")), d.take("H.DEBUT")
	if name == "" && at == "" {
		return 0, 0
	}
	for i, n := range []string{"lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"} {
		if n == name {
			day = i + 1
		}
	}
	if day == 0 {
		d.wrong("JOUR")
	}
	start, err := timetable.ParseClock(at)
	if err != nil {
		d.wrong("H.DEBUT")
		return 0, 0
	}
	return day, start
}

// teachers reads two lists in the same order.
func (d *table) teachers() []TextTeacher {
	families, given := d.list("PROF_NOM"), d.list("PROF_PRENOM")
	if len(given) != len(families) && len(given) > 0 {
		d.wrong("PROF_PRENOM")
		given = nil // whose they are, nobody knows
	}
	out := make([]TextTeacher, len(families))
	for i := range families {
		out[i].Family = families[i]
		if len(given) > 0 {
			out[i].Given = given[i]
		}
	}
	return out
}

func (d *table) audience() []TextAudience {
	out, ok := ParseTextAudience(d.take("CLASSE"))
	if !ok {
		d.issueAt(CodeAudience, d.line)
	}
	return out
}

// ParseTextAudience reads the CLASSE of a text export, a list by commas of "4B", a whole class, "[4B_TECH1]", a group, and
// "<4B> <LATIN> LAT", a part of a class in a partition. It returns false when one of them cannot be read, which is then taken for
// a class.
func ParseTextAudience(s string) ([]TextAudience, bool) {
	var out []TextAudience
	all := true
	for _, p := range commas(s) {
		a, ok := parseTextAudience(p)
		if !ok {
			a = TextAudience{Class: p}
		}
		out, all = append(out, a), all && ok
	}
	return out, all
}

func parseTextAudience(p string) (TextAudience, bool) {
	if group, ok := strings.CutPrefix(p, "["); ok {
		group, ok = strings.CutSuffix(group, "]")
		group = strings.TrimSpace(group)
		return TextAudience{Group: group}, ok && group != "" && !strings.ContainsAny(group, "[]<>")
	}
	if rest, ok := strings.CutPrefix(p, "<"); ok {
		class, rest, ok1 := strings.Cut(rest, ">")
		partition, part, ok2 := strings.Cut(strings.TrimSpace(rest), ">")
		partition, ok3 := strings.CutPrefix(partition, "<")
		a := TextAudience{Class: strings.TrimSpace(class), Partition: strings.TrimSpace(partition), Part: strings.TrimSpace(part)}
		return a, ok1 && ok2 && ok3 && a.Class != "" && a.Part != "" && !strings.ContainsAny(a.Class+a.Partition+a.Part, "[]<>")
	}
	return TextAudience{Class: p}, !strings.ContainsAny(p, "[]<>")
}

func (d *table) pupil() TextPupil {
	p := TextPupil{
		Line: d.line, Number: d.take("NUMERO"), Title: d.take("CIVILITE"), Family: d.take("NOM"), Given: d.take("PRENOM"), BirthPlace: d.take("LIEU_NAISS"),
		BirthCountry: d.take("PAYS_NAISS"), Nationality: d.take("NATIONALITE"), Sex: d.take("SEXE"), INE: d.take("N_NATIONAL"), Audience: d.audience(),
		Groups: d.list("GROUPES"), AllClasses: d.take("AP_CLASSE"), Repeating: d.take("REDOUBLANT"), Formation: d.take("FORMATION"), Regime: d.take("REGIME"),
	}
	if s := d.take("DATE_NAISS"); s != "" {
		var err error
		if p.Birth, err = ent.ParseFrenchDate(s); err != nil {
			d.wrong("DATE_NAISS")
		}
	}
	for n := 1; n <= 12; n++ {
		if s := d.take("OPTION_" + strconv.Itoa(n)); s != "" {
			p.Options = append(p.Options, s)
		}
	}
	return p
}
