package lsu

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/gradebook"
)

// Roll is what a gradebook does not know of a class: who people are, and what is counted elsewhere. Functions that are nil
// know nothing.
type Roll struct {
	Header Header
	Heads  []Head
	// Head signs the bilans: the key of one of Heads.
	Head Key
	// HeadTeachers are the professeurs principaux.
	HeadTeachers []ent.ID
	// Pupil returns the record of a pupil, without its Division, which is the class of the bilan. A pupil whom it does not know
	// is written with its key alone, and the check says what lacks.
	Pupil func(ent.ID) (Pupil, bool)
	// Teacher returns the record of a teacher.
	Teacher func(ent.ID) (Teacher, bool)
	// Discipline returns that of a teaching, when its subject, its modality and its label are not those of the LSU.
	Discipline func(*gradebook.Teaching) (Discipline, bool)
	// Division returns the code of a class, its label when nil.
	Division func(ent.ID) string
	// Life returns the school life of a pupil in a period, nil when it is not known.
	Life func(pupil, period ent.ID) *SchoolLife
	// Guardians returns those of a pupil.
	Guardians func(ent.ID) []Guardian
	// Zone is that of the school, in which the hour of the lock is written; UTC when nil.
	Zone *time.Location
	// Mention returns the words of a mention that the council gave by its code alone.
	Mention func(code string) string
	// Left returns the day on which a pupil left the school, a zero date for one who is there.
	Left func(ent.ID) ent.Date
}

// FromGradebook makes the bilans périodiques of a class in a period from its gradebook: averages under a policy, positions,
// appreciations, the council's synthesis and opinion, the dates of the term. Bilans are those of the pupils who are in the
// class at the end of the period. A pupil without an average, whatever the reason, is flagged as not marked, and the average
// of the class stays. Nothing is invented: what lacks is told by [Check] and by [Write].
//
// The report is that of the averages: what of the marks was refused, and why. It returns CodeMark when averages have more than
// two decimals, or are not out of 20, and gradebook.CodeUnknown for a period that the class has not.
func FromGradebook(b *gradebook.ClassBook, p gradebook.Policy, period ent.ID, r Roll) (*Document, *ent.Report, error) {
	sheet, err := gradebook.Compute(p, b.Input)
	if err != nil {
		return nil, nil, err //nolint:wrapcheck // says what it is
	}
	report := sheet.Report()
	if !p.Reference.IsZero() && !p.Reference.Equal(decimal.New(20, 0)) {
		return nil, report, fmt.Errorf("lsu: averages out of %s: %w", p.Reference, CodeMark)
	}
	c := &composer{book: b, sheet: sheet, roll: &r, report: report, doc: &Document{Header: r.Header, Heads: slices.Clone(r.Heads)}}
	i := slices.IndexFunc(b.Room.Periods, func(q gradebook.Period) bool { return q.ID == period })
	if i < 0 {
		return nil, report, fmt.Errorf("lsu: period: %w", gradebook.CodeUnknown)
	}
	c.period = &b.Room.Periods[i]
	c.doc.Periods = []Period{{
		Key: Key(period), Year: MillesimeOf(c.period.Start), Index: c.period.Index, Count: c.period.Count, Start: c.period.Start, End: c.period.End,
	}}
	for _, id := range r.HeadTeachers {
		c.teacher(id)
	}
	var pupils []ent.ID
	for _, m := range b.Room.Members {
		if m.Class != b.Room.Class || slices.Contains(pupils, m.Pupil) || !within(c.period, m.From, m.To) {
			continue
		}
		switch sheet.Class(m.Pupil, period) {
		case b.Room.Class:
			pupils = append(pupils, m.Pupil)
		case "": // who left the school has a bilan up to that day
			pupils = append(pupils, m.Pupil)
			c.left = append(c.left, m)
		default: // that of the class of the end of the period
		}
	}
	for _, pupil := range pupils {
		if err := c.bilan(pupil); err != nil {
			return nil, report, err
		}
	}
	return c.doc, report, nil
}

// composer makes a document from a class.
type composer struct {
	book   *gradebook.ClassBook
	sheet  *gradebook.Sheet
	roll   *Roll
	doc    *Document
	report *ent.Report
	period *gradebook.Period
	left   []gradebook.Member
}

func (c *composer) bilan(pupil ent.ID) error {
	class := c.book.Room.Class
	who := Pupil{Key: Key(pupil)}
	if c.roll.Pupil != nil {
		if p, ok := c.roll.Pupil(pupil); ok {
			who = p
			who.Key = Key(pupil)
		}
	}
	who.Division = cmp.Or(c.book.Room.Label, string(class))
	if c.roll.Division != nil {
		who.Division = c.roll.Division(class)
	}
	c.doc.Pupils = append(c.doc.Pupils, who)
	term, _ := c.book.Term(c.period.ID)
	text := func(k gradebook.Key) string {
		k.Period, k.Pupil = c.period.ID, pupil
		return c.book.Text(k)
	}
	b := PeriodicReport{
		Pupil: who.Key, Period: Key(c.period.ID), Council: term.Council, Head: c.roll.Head,
		Appraisal: text(gradebook.Key{Kind: gradebook.EntrySynthesis}),
	}
	if b.Appraisal != "" { // an opinion does not stand for the synthesis that is missing
		b.Appraisal += c.opinion(pupil)
	}
	var left ent.Date
	if i := slices.IndexFunc(c.left, func(m gradebook.Member) bool { return m.Pupil == pupil }); i >= 0 {
		left = c.left[i].To
	}
	if c.roll.Left != nil {
		if day := c.roll.Left(pupil); !day.IsZero() {
			left = day
		}
	}
	b.Schooling = SchoolingDate(c.period.End, left)
	if term.State.Printable() && !term.LockedAt.IsZero() {
		zone := c.roll.Zone
		if zone == nil {
			zone = time.UTC
		}
		b.Locked = Moment(term.LockedAt.In(zone).Format("2006-01-02T15:04:05"))
	}
	for _, id := range c.roll.HeadTeachers {
		b.HeadTeachers = append(b.HeadTeachers, Key(id))
	}
	if c.roll.Life != nil {
		b.Life = c.roll.Life(pupil, c.period.ID)
	}
	if c.roll.Guardians != nil {
		b.Guardians = c.roll.Guardians(pupil)
	}
	for i := range c.book.Room.Teachings {
		t := &c.book.Room.Teachings[i]
		if !slices.Contains(c.sheet.Pupils(t.ID, c.period.ID), pupil) {
			continue
		}
		x, err := c.result(t, pupil)
		if err != nil {
			return err
		}
		x.Appreciation = text(gradebook.Key{Kind: gradebook.EntryAppreciation, Teaching: t.ID})
		if x.Mark == "" && x.Position == "" && x.Appreciation == "" && !c.book.Room.In(*t, pupil, c.period.ID) {
			continue // the teaching of a class or a group that the pupil left, of which nothing is told
		}
		b.Results = append(b.Results, x)
	}
	c.doc.Periodic = append(c.doc.Periodic, b)
	return nil
}

// result is what a pupil achieved in a teaching.
func (c *composer) result(t *gradebook.Teaching, pupil ent.ID) (Result, error) {
	x := Result{Discipline: c.discipline(t)}
	for _, teacher := range t.Teachers {
		if within(c.period, teacher.From, teacher.To) && !slices.Contains(x.Teachers, Key(teacher.ID)) {
			c.teacher(teacher.ID)
			x.Teachers = append(x.Teachers, Key(teacher.ID))
		}
	}
	avg, err := c.sheet.Average(gradebook.Ref{Pupil: pupil, Teaching: t.ID, Period: c.period.ID})
	if err != nil {
		return x, err //nolint:wrapcheck // says what it is
	}
	x.Position = c.position(t.ID, pupil)
	if d, ok := avg.Decimal(); ok {
		if d.Cmp(decimal.New(20, 0)) > 0 { // points above half may give it: there is no place for it, and it is told
			c.report.Add(catalog().New(CodeMark, ent.Pos{Record: keyOrNumber(Key(pupil), 0)}, ""))
		} else if x.Mark, err = MarkOn20(d); err != nil {
			return x, err
		}
	}
	st, err := c.sheet.Statistics(gradebook.Ref{Teaching: t.ID, Period: c.period.ID})
	switch {
	case err != nil:
		return x, err //nolint:wrapcheck // says what it is
	case st.Count == 0:
		x.ClassNotMarked = true
		x.NotMarked = x.Mark == "" && x.Position == ""
	default:
		// The class is in marks: who has none is told as such, whatever the position.
		_, has := avg.Decimal()
		x.NotMarked = !has
		x.ClassMark, err = MarkOn20(st.Mean)
	}
	return x, err
}

// opinion is what the council said beside the synthesis: mentions have no code in the LSU, they are text.
func (c *composer) opinion(pupil ent.ID) string {
	k := gradebook.Key{Kind: gradebook.EntryOpinion, Period: c.period.ID, Pupil: pupil}
	i := slices.IndexFunc(c.book.Entries, func(e gradebook.Entry) bool { return e.Key == k })
	if i < 0 {
		return ""
	}
	v := c.book.Entries[i].Value
	switch {
	case v.Text != "":
		return "\n" + v.Text
	case v.Code == "":
		return ""
	case c.roll.Mention != nil && c.roll.Mention(v.Code) != "":
		return "\n" + c.roll.Mention(v.Code)
	}
	c.report.Lose(ent.Loss{Code: CodeMention, Field: "opinion", Count: 1})
	return ""
}

// within reports whether somebody taught at some time of a period.
func within(p *gradebook.Period, from, to ent.Date) bool {
	return (from.IsZero() || p.End.IsZero() || !p.End.Before(from)) && (to.IsZero() || p.Start.IsZero() || !to.Before(p.Start))
}

func (c *composer) position(teaching, pupil ent.ID) Position {
	k := gradebook.Key{Kind: gradebook.EntryPosition, Period: c.period.ID, Teaching: teaching, Pupil: pupil}
	for i := range c.book.Entries {
		if e := &c.book.Entries[i]; e.Key == k && e.Value.Position > 0 {
			return Position(rune('0' + e.Value.Position))
		}
	}
	return ""
}

// discipline adds that of a teaching, once, and returns its key.
func (c *composer) discipline(t *gradebook.Teaching) Key {
	d := Discipline{Code: string(t.Subject), Election: Election(t.Modality), Label: t.Label}
	if c.roll.Discipline != nil {
		if own, ok := c.roll.Discipline(t); ok {
			d = own
		}
	}
	// Teachings of one subject and modality are one discipline.
	d.Key = Key(d.Code + "/" + string(d.Election) + "/" + string(d.Language))
	if !slices.ContainsFunc(c.doc.Disciplines, func(x Discipline) bool { return x.Key == d.Key }) {
		c.doc.Disciplines = append(c.doc.Disciplines, d)
	}
	return d.Key
}

func (c *composer) teacher(id ent.ID) {
	if slices.ContainsFunc(c.doc.Teachers, func(t Teacher) bool { return t.Key == Key(id) }) {
		return
	}
	t := Teacher{}
	if c.roll.Teacher != nil {
		t, _ = c.roll.Teacher(id)
	}
	t.Key = Key(id)
	c.doc.Teachers = append(c.doc.Teachers, t)
}

// Add puts the records of another document of the same school into this one, such as those of another class. A record whose
// key is there already is not added again; bilans all are.
func (d *Document) Add(o *Document) {
	d.Heads = union(d.Heads, o.Heads, func(x Head) Key { return x.Key })
	d.Classes = union(d.Classes, o.Classes, func(x Class) Key { return x.Key })
	d.Pupils = union(d.Pupils, o.Pupils, func(x Pupil) Key { return x.Key })
	d.Periods = union(d.Periods, o.Periods, func(x Period) Key { return x.Key })
	d.Disciplines = union(d.Disciplines, o.Disciplines, func(x Discipline) Key { return x.Key })
	d.Teachers = union(d.Teachers, o.Teachers, func(x Teacher) Key { return x.Key })
	d.Elements = union(d.Elements, o.Elements, func(x Element) Key { return x.Key })
	d.Digital = union(d.Digital, o.Digital, func(x DigitalCommon) Key { return x.Key })
	d.Themes = union(d.Themes, o.Themes, func(x Theme) Key { return Key(x.Code) })
	d.EPIs = union(d.EPIs, o.EPIs, func(x Project) Key { return x.Key })
	d.EPIGroups = union(d.EPIGroups, o.EPIGroups, func(x ProjectGroup) Key { return x.Key })
	d.APs = union(d.APs, o.APs, func(x Project) Key { return x.Key })
	d.APGroups = union(d.APGroups, o.APGroups, func(x ProjectGroup) Key { return x.Key })
	d.Parcours = append(d.Parcours, o.Parcours...)
	d.SchoolLife = append(d.SchoolLife, o.SchoolLife...)
	d.Periodic = append(d.Periodic, o.Periodic...)
	d.Cycle = append(d.Cycle, o.Cycle...)
}

func union[T any](a, b []T, key func(T) Key) []T {
	known := make(map[Key]bool, len(a))
	for _, x := range a {
		known[key(x)] = true
	}
	for _, x := range b {
		if k := key(x); !known[k] {
			known[k] = true
			a = append(a, x)
		}
	}
	return a
}
