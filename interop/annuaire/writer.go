package annuaire

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/frtext"
)

// WriterOptions say whose files are written.
type WriterOptions struct {
	// School is the school: what a person is or does elsewhere is not written, and counted as lost.
	School ent.Establishment
	// Classes and Groups give the names under which those of the school are written; the identifier without the school's
	// when one is not there, or shares its name with another.
	Classes []ent.Class
	Groups  []ent.Group
}

// Writer writes the files of a school, in UTF-8 with its mark, semicolons and CRLF. Persons come in any order and are written
// in the order in which they came, so that the same calls give the same bytes. What it writes is read back equal, but for spaces in
// a row, which become one; what these files have no place for, such as a kinship or a legal responsibility, is counted in the
// losses of its report.
//
// A cell that a spreadsheet would compute begins with an apostrophe, which the reader takes away.
type Writer struct {
	o      WriterOptions
	create func(name string) (io.WriteCloser, error)
	names  map[ent.ID]string
	report ent.Report
	rows   map[Profile][]*ent.Person
	// children of each relative, in the order of the relations.
	children map[ent.ID][]ent.ID
	closed   bool
}

// NewWriter returns a writer that calls create for each file: Student.csv, Relative.csv, Teacher.csv, Personnel.csv and
// Guest.csv. [FolderName] names the folder to put them in.
func NewWriter(create func(name string) (io.WriteCloser, error), o WriterOptions) *Writer {
	w := &Writer{o: o, create: create, names: map[ent.ID]string{}, rows: map[Profile][]*ent.Person{}, children: map[ent.ID][]ent.ID{}}
	w.name(len(o.Classes), func(i int) (ent.ID, string) { return o.Classes[i].ID, o.Classes[i].Label })
	w.name(len(o.Groups), func(i int) (ent.ID, string) { return o.Groups[i].ID, o.Groups[i].Label })
	return w
}

// name keeps the labels that lead to one class, or to one group, only: none that another has, or could be written under.
func (w *Writer) name(n int, get func(int) (ent.ID, string)) {
	labels, rests := map[string]int{}, map[string]int{}
	for i := range n {
		id, label := get(i)
		labels[placeKey(label)]++
		rests[placeKey(w.rest(id))]++
	}
	for i := range n {
		id, label := get(i)
		k := placeKey(label)
		others := labels[k] - 1 + rests[k]
		if placeKey(w.rest(id)) == k {
			others--
		}
		if k != "" && others == 0 {
			w.names[id] = oneLine(label)
		}
	}
}

// rest returns the identifier of a class or group without that of the school.
func (w *Writer) rest(id ent.ID) string {
	return oneLine(strings.TrimPrefix(string(id), string(w.o.School.ID)+"$"))
}

// Write takes a person, and of a pupil the relations to relatives. It returns CodeWriterProfile for a profile that has no
// file, and CodeWriterUnreadable for a person who would not be read back; such a person is counted as refused. The person
// must not change before Close.
func (w *Writer) Write(profile Profile, p *ent.Person, relations ...ent.Relation) error {
	code, field := ent.Code(""), ent.Field("")
	switch {
	case w.closed:
		return catalog().New(CodeWriterClosed, ent.Pos{}, "$")
	case !profile.Known():
		code = CodeWriterProfile
	case frtext.Key(birthName(p)) == "":
		code, field = CodeWriterUnreadable, "name.family"
	case frtext.Key(p.Name.Given) == "" && profile != Relative:
		code, field = CodeWriterUnreadable, "name.given"
	case string(p.ID) != strings.TrimSpace(oneLine(string(p.ID))) || ends([]string{string(p.ID)}):
		code, field = CodeWriterUnreadable, "id"
	}
	if code != "" {
		i := catalog().New(code, ent.Pos{}, "$", ent.FieldOf("field", field))
		w.report.Add(i)
		w.report.Refuse(string(profile), 1)
		return i
	}
	w.report.Keep(string(profile), 1)
	w.rows[profile] = append(w.rows[profile], p)
	for _, r := range relations {
		if r.Relative == "" || p.ID == "" {
			w.lose("relation")
			continue
		}
		w.children[r.Relative] = append(w.children[r.Relative], p.ID)
		w.loseIf(r.Kinship != "", "relation.kinship")
		w.loseIf(r.Responsibility != "", "relation.responsibility")
		w.loseIf(r.Financial || r.Payment || r.Contact, "relation.flags")
	}
	return nil
}

// Report returns what was written, refused and lost. It is whole after Close.
func (w *Writer) Report() *ent.Report { return &w.report }

// Close writes the five files, those of which there is nobody with their titles only.
func (w *Writer) Close() error {
	if w.closed {
		return catalog().New(CodeWriterClosed, ent.Pos{}, "$")
	}
	w.closed = true
	for _, p := range Profiles() {
		if err := w.file(p); err != nil {
			return fmt.Errorf("annuaire: %s: %w", p, err)
		}
	}
	return nil
}

func (w *Writer) file(p Profile) (err error) {
	out, err := w.create(string(p) + ".csv")
	if err != nil {
		return err
	}
	defer func() {
		if bad := out.Close(); err == nil {
			err = bad
		}
	}()
	if _, err := io.WriteString(out, "\uFEFF"); err != nil {
		return err
	}
	c := csv.NewWriter(out)
	c.Comma, c.UseCRLF = ';', true
	cols := w.columns(p)
	var titles []string
	for i := range cols {
		for range cols[i].times {
			titles = append(titles, cols[i].title)
		}
	}
	if err := c.Write(titles); err != nil {
		return err
	}
	cells := make([]string, len(titles))
	for i, person := range w.rows[p] {
		clear(cells)
		n := 0
		for j := range cols {
			for k, v := range cols[j].values[i] {
				cells[n+k] = escape(v)
			}
			n += cols[j].times
		}
		if err := c.Write(cells); err != nil {
			return err
		}
		w.unwritten(p, person)
	}
	c.Flush()
	return c.Error()
}

// written is a column to write: as many times as the person with most values needs.
type written struct {
	title  string
	times  int
	values [][]string
}

// columns makes the columns of a file. A column of mails is written when nobody has one too: the files say all.
func (w *Writer) columns(p Profile) []written {
	var out []written
	people := w.rows[p]
	several := func(title string, get func(*ent.Person) []string) {
		c := written{title: title, times: 1}
		for _, person := range people {
			v := get(person)
			c.times = max(c.times, len(v))
			c.values = append(c.values, v)
		}
		out = append(out, c)
	}
	one := func(title string, get func(*ent.Person) string) {
		several(title, func(person *ent.Person) []string { return []string{get(person)} })
	}
	checked := func(title string, field ent.Field, valid func(string) bool, get func(*ent.Person) string) {
		one(title, func(person *ent.Person) string {
			v := oneLine(get(person))
			if v != "" && !valid(v) {
				w.report.Lose(ent.Loss{Code: CodeValue, Field: field, Count: 1})
				return ""
			}
			return v
		})
	}
	one("Id", func(x *ent.Person) string { return string(x.ID) })
	one("Nom", func(x *ent.Person) string { return oneLine(birthName(x)) })
	for _, x := range people {
		if x.Name.Birth != "" {
			one("Nom d'usage", usageName)
			break
		}
	}
	one("Prénom", func(x *ent.Person) string { return oneLine(x.Name.Given) })
	one("Civilité", func(x *ent.Person) string { return x.Name.Title })
	one("Date de naissance", func(x *ent.Person) string { return x.BirthDate.French() })
	one("Adresse", func(x *ent.Person) string { return strings.Join(x.Contact.Address.Lines, "\n") })
	checked("Code postal", "contact.address.postalCode", validZip, func(x *ent.Person) string { return x.Contact.Address.PostalCode })
	one("Ville", func(x *ent.Person) string { return oneLine(x.Contact.Address.Town) })
	one("Pays", func(x *ent.Person) string { return oneLine(x.Contact.Address.Country) })
	checked("Courriel", "contact.mail", validMail, func(x *ent.Person) string { return x.Contact.Mail })
	checked("Téléphone domicile", "contact.home", validPhone, func(x *ent.Person) string { return x.Contact.Home })
	checked("Téléphone travail", "contact.work", validPhone, func(x *ent.Person) string { return x.Contact.Work })
	checked("Téléphone portable", "contact.mobile", validPhone, func(x *ent.Person) string { return x.Contact.Mobile })
	switch p {
	case Student:
		w.pupilColumns(one, several)
	case Relative:
		several("Id enfant", func(x *ent.Person) []string {
			var ids []string
			for _, id := range w.children[x.ID] {
				ids = append(ids, string(id))
			}
			return ids
		})
	case Teacher, Personnel:
		several("Fonction", w.functions)
		several("Classe", func(x *ent.Person) []string { return w.taught(x, false) })
		several("Groupes", func(x *ent.Person) []string { return w.taught(x, true) })
		several("Professeur principal", func(x *ent.Person) []string { return w.places(x.HeadTeacherOf) })
		several("Matière enseignée", w.subjects)
	case Guest:
		several("Fonction", w.functions)
	}
	return out
}

func (w *Writer) pupilColumns(one func(string, func(*ent.Person) string), several func(string, func(*ent.Person) []string)) {
	of := func(x *ent.Person) *ent.Schooling {
		if x.Schooling == nil {
			return &ent.Schooling{}
		}
		return x.Schooling
	}
	one("INE", func(x *ent.Person) string {
		if n := of(x).INE; n.Valid() {
			return string(n)
		}
		w.loseIf(of(x).INE != "", "schooling.ine")
		return ""
	})
	one("Niveau", func(x *ent.Person) string { return oneLine(of(x).Level) })
	one("MEF", func(x *ent.Person) string {
		if m := of(x).Programme; m.Valid() {
			return string(m)
		}
		w.loseIf(of(x).Programme != "", "schooling.programme")
		return ""
	})
	one("Filière", func(x *ent.Person) string { return oneLine(of(x).Track) })
	one("Régime", func(x *ent.Person) string { return oneLine(cmp.Or(of(x).RegimeLabel, string(of(x).Regime))) })
	one("Boursier", func(x *ent.Person) string { return flagText(of(x).Scholarship) })
	one("Transport", func(x *ent.Person) string { return flagText(of(x).Transport) })
	several("Classe", func(x *ent.Person) []string { return w.places(of(x).Classes) })
	several("Groupes", func(x *ent.Person) []string { return w.places(of(x).Groups) })
	several("Code matière", func(x *ent.Person) []string {
		var out []string
		for _, c := range of(x).Subjects {
			if c.Valid() {
				out = append(out, string(c))
			} else {
				w.lose("schooling.subjects")
			}
		}
		return out
	})
}

// birthName returns the name of the column Nom: that of birth where it is known.
func birthName(p *ent.Person) string { return cmp.Or(p.Name.Birth, p.Name.Family) }

// usageName returns the name in use where it is another.
func usageName(p *ent.Person) string {
	if p.Name.Birth == "" || p.Name.Birth == p.Name.Family {
		return ""
	}
	return oneLine(p.Name.Family)
}

func flagText(b *bool) string {
	switch {
	case b == nil:
		return ""
	case *b:
		return "true"
	}
	return "false"
}
