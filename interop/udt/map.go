package udt

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// PartID returns the identifier that Timetable gives to a group of a division.
func PartID(division, group string) ent.ID { return ent.ID(division + ":" + group) }

// Timetable makes the yearly grid. Half-sequences that follow each other are put together; weekly files replace the yearly lines
// in their week; days of closure are cancelled weeks of their courses, and the lessons that fall are counted.
//
// A course is named by the code of its first line. The same code in a weekly file, at the same times, with the same subject and
// audience, is the same course, whatever its teachers and room; otherwise it is another one, named with the week: 00301@37.
// Divisions are classes, groups of a division parts ([PartID]), regroupements groups.
func (d *Document) Timetable() (*timetable.Timetable, *ent.Report) {
	m := &mapper{doc: d, report: &ent.Report{}, courses: map[ent.ID]*timetable.Course{}}
	m.calendar()
	m.index()
	m.grid()
	m.lines()
	m.people()
	return &m.t, m.report
}

// mapper makes one timetable.
type mapper struct {
	doc     *Document
	report  *ent.Report
	t       timetable.Timetable
	all     timetable.Weeks // of the year
	iso     map[int]int     // the week of the year of an ISO week
	cards   map[string]Card
	slots   map[place]Slot
	epj     map[string]string
	known   map[timetable.Kind]map[string]bool
	groups  map[string]Group // by identifier
	courses map[ent.ID]*timetable.Course
	ids     []ent.ID // of the courses, as they come
}

// place is the key of a half-sequence.
type place struct {
	day, number int
	site        string
}

func (m *mapper) issue(code ent.Code, at ent.Pos, path string, params ...ent.Param) {
	m.report.Add(catalog().New(code, at, path, params...))
}

// calendar numbers the weeks of the year.
func (m *mapper) calendar() {
	d := m.doc
	m.iso = map[int]int{}
	const longest = 53 * 7
	if d.First.IsZero() || d.Last.IsZero() || d.Last.Before(d.First) || d.First.AddDays(longest).Before(d.Last) {
		m.issue(CodeYear, ent.Pos{}, "/debut_eleve")
		return
	}
	monday := d.First.AddDays(-(int(d.First.Weekday()) + 6) % 7)
	m.t.Year = timetable.Year{First: d.First, Last: d.Last, Week1: monday}
	if first := isoMonday(d.Year, d.FirstISOWeek); !first.IsZero() && first.Before(monday) && monday.Before(first.AddDays(8*7)) {
		m.t.Year.Week1 = first // the staff's return, as a rule
	}
	for n := 1; n <= 63 && !d.Last.Before(m.t.Year.Date(n, 1)); n++ {
		m.all |= timetable.WeeksOf(n)
		if iso := isoWeek(m.t.Year.Date(n, 1)); m.iso[iso] == 0 {
			m.iso[iso] = n
		}
	}
}

func isoWeek(on ent.Date) int {
	_, w := on.Time(time.UTC).ISOWeek()
	return w
}

// isoMonday returns the Monday of an ISO week, nothing for a week that a year does not have.
func isoMonday(year, week int) ent.Date {
	fourth, err := ent.NewDate(year, 1, 4) // always in week 1
	if err != nil || week < 1 {
		return ent.Date{}
	}
	monday := fourth.AddDays(-(int(fourth.Weekday())+6)%7 + (week-1)*7)
	if isoWeek(monday) != week {
		return ent.Date{}
	}
	return monday
}

func (m *mapper) index() {
	d := m.doc
	m.cards, m.slots, m.epj, m.groups = map[string]Card{}, map[place]Slot{}, map[string]string{}, map[string]Group{}
	m.known = map[timetable.Kind]map[string]bool{}
	add := func(k timetable.Kind, id string) {
		if m.known[k] == nil {
			m.known[k] = map[string]bool{}
		}
		m.known[k][id] = true
	}
	for _, c := range d.Cards {
		m.cards[c.Code] = c
	}
	for _, s := range d.Slots {
		m.slots[place{s.Day, s.Number, s.Site}] = s
	}
	for i := range d.Teachers {
		x := &d.Teachers[i]
		add(timetable.KindTeacher, x.Code)
		if x.EPJ != "" {
			m.epj[x.EPJ] = x.Code
		}
	}
	for _, x := range d.Rooms {
		add(timetable.KindRoom, x.Code)
	}
	for _, x := range d.Divisions {
		add(timetable.KindClass, x.Code)
	}
	for _, x := range d.Groups {
		add(timetable.KindPart, string(PartID(x.Division, x.Code)))
		m.groups[x.ID] = x
	}
	for i := range d.Unions {
		add(timetable.KindGroup, d.Unions[i].Code)
	}
}

// grid makes places of the half-sequences, when they are the same on each day and site.
func (m *mapper) grid() {
	byNumber := map[int]timetable.Place{}
	same := true
	for _, s := range m.doc.Slots {
		p := timetable.Place{Number: s.Number, Start: s.Start, End: s.End}
		if had, ok := byNumber[s.Number]; ok && had != p {
			same = false
		}
		byNumber[s.Number] = p
		if !slices.Contains(m.t.Grid.Days, s.Day) {
			m.t.Grid.Days = append(m.t.Grid.Days, s.Day)
		}
	}
	slices.Sort(m.t.Grid.Days)
	if !same {
		m.issue(CodeGrid, ent.Pos{}, "/demi_seq")
		return
	}
	for _, p := range byNumber {
		m.t.Grid.Places = append(m.t.Grid.Places, p)
	}
	slices.SortFunc(m.t.Grid.Places, func(a, b timetable.Place) int { return cmp.Compare(a.Number, b.Number) })
}

// lines makes the courses of the year, then of the weeks that have lines of their own.
func (m *mapper) lines() {
	year := m.all
	for i := range m.doc.Weekly {
		year &^= timetable.WeeksOf(m.iso[m.doc.Weekly[i].ISO])
	}
	m.batch(m.doc.Lines, m.doc.CoTeachers, year, 0)
	weekly := slices.Clone(m.doc.Weekly)
	slices.SortFunc(weekly, func(a, b Week) int { return cmp.Compare(m.iso[a.ISO], m.iso[b.ISO]) })
	for i := range weekly {
		w := &weekly[i]
		n := m.iso[w.ISO]
		if n == 0 {
			m.issue(CodeWeek, ent.Pos{}, "/ligfiche", ent.Count("week", int64(w.ISO)))
			m.report.Refuse("lines", int64(len(w.Lines)))
			continue
		}
		co := m.doc.CoTeachers
		if w.HasCoTeachers {
			co = w.CoTeachers
		}
		if w.HasLines {
			m.batch(w.Lines, co, timetable.WeeksOf(n), w.ISO)
			continue
		}
		counted := m.report // the yearly lines, with that week's further teachers: counted and told once
		m.report = &ent.Report{}
		m.batch(m.doc.Lines, co, timetable.WeeksOf(n), w.ISO)
		m.report = counted
	}
	m.t.Courses = make([]timetable.Course, 0, len(m.ids))
	for _, id := range m.ids {
		m.close(m.courses[id])
		m.t.Courses = append(m.t.Courses, *m.courses[id])
	}
	m.report.Keep("courses", int64(len(m.ids)))
}

// sitting is a line with its half-sequence.
type sitting struct {
	*Line
	slot  Slot
	rank  int // the first three digits of its code, -1 when it has none
	order int
}

// batch makes the courses of some lines, in some weeks.
func (m *mapper) batch(lines []Line, co []CoTeacher, weeks timetable.Weeks, iso int) {
	further := map[string][]CoTeacher{}
	for _, c := range co {
		further[c.Line] = append(further[c.Line], c)
	}
	sittings := make([]sitting, 0, len(lines))
	seen := map[string]bool{}
	for i := range lines {
		l := &lines[i]
		code, s := m.sit(l, seen, i)
		if code == "" && weeks == 0 {
			code = CodeUndated
		}
		if code != "" {
			m.report.Refuse("lines", 1)
			m.issue(code, l.At, "/ligfiche", fieldParam(code)...)
			continue
		}
		m.report.Keep("lines", 1)
		m.dangling(l)
		sittings = append(sittings, s)
	}
	slices.SortFunc(sittings, func(a, b sitting) int {
		return cmp.Or(cmp.Compare(a.key(), b.key()), cmp.Compare(a.slot.Day, b.slot.Day), cmp.Compare(a.slot.Site, b.slot.Site), cmp.Compare(a.slot.Start, b.slot.Start), cmp.Compare(a.order, b.order))
	})
	var made []lesson
	for _, s := range sittings {
		if n := len(made) - 1; n >= 0 && m.follows(&made[n], &s) {
			made[n].end, made[n].last = s.slot.End, s
			if s.Room != made[n].first.Room {
				m.issue(CodeRoom, s.At, "/ligfiche")
			}
			continue
		}
		made = append(made, lesson{first: s, last: s, end: s.slot.End})
	}
	slices.SortFunc(made, func(a, b lesson) int { return cmp.Compare(a.first.order, b.first.order) })
	for i := range made {
		m.course(&made[i], further[made[i].first.Code], weeks, iso)
	}
}

func fieldParam(code ent.Code) []ent.Param {
	if code == CodeTwice {
		return []ent.Param{ent.FieldOf("field", "ligfiche")}
	}
	return nil
}

// lesson is half-sequences put together.
type lesson struct {
	first, last sitting
	end         timetable.Clock
}

// key is what lines of one lesson share.
func (s *sitting) key() string {
	return s.Division + "\x00" + s.Subject + "\x00" + s.Teacher + "\x00" + s.Union + "\x00" + s.Group + "\x00" + s.GroupID
}

// sit finds when a line is, or why it cannot be.
func (m *mapper) sit(l *Line, seen map[string]bool, order int) (ent.Code, sitting) {
	if l.Code == "" || seen[l.Code] {
		if l.Code == "" {
			return CodeValue, sitting{}
		}
		return CodeTwice, sitting{}
	}
	seen[l.Code] = true
	card, ok := m.cards[l.Card]
	if !ok {
		return CodeSlot, sitting{}
	}
	slot, ok := m.slots[place{card.Day, card.Number, card.Site}]
	if !ok {
		return CodeSlot, sitting{}
	}
	if l.Division+l.Union+l.Teacher+l.Room == "" {
		return CodeNobody, sitting{}
	}
	rank := -1
	if len(l.Code) >= 3 {
		if n, err := strconv.ParseUint(l.Code[:3], 10, 10); err == nil {
			rank = int(n) //nolint:gosec // 10 bits
		}
	}
	return "", sitting{l, slot, rank, order}
}

// defaultSequence is the length of a sequence when the settings have none.
const defaultSequence = 55

// follows reports whether a half-sequence goes on with a lesson: same key, same day, the next rank, and no hole between them
// that could hold a lesson.
func (m *mapper) follows(a *lesson, s *sitting) bool {
	hole := m.doc.SequenceMinutes
	if hole == 0 {
		hole = defaultSequence
	}
	return a.first.key() == s.key() && a.last.slot.Day == s.slot.Day && a.last.slot.Site == s.slot.Site && a.last.rank >= 0 &&
		a.last.rank+1 == s.rank && a.end <= s.slot.Start && int(s.slot.Start-a.end) < hole
}

// audience returns who a line is for.
func (m *mapper) audience(l *Line) (timetable.Ref, bool) {
	group := l.Group
	if g, ok := m.groups[l.GroupID]; ok && group == "" && g.Division == l.Division {
		group = g.Code
	}
	switch {
	case l.Union != "":
		return timetable.Ref{Kind: timetable.KindGroup, ID: ent.ID(l.Union)}, true
	case l.Division == "":
		return timetable.Ref{}, false
	case group != "" && group != "0":
		return timetable.Ref{Kind: timetable.KindPart, ID: PartID(l.Division, group)}, true
	}
	return timetable.Ref{Kind: timetable.KindClass, ID: ent.ID(l.Division)}, true
}

// dangling tells of the codes of a line that name nothing.
func (m *mapper) dangling(l *Line) {
	check := func(k timetable.Kind, id string, field ent.Field) {
		if id != "" && !m.known[k][id] {
			m.issue(CodeDangling, l.At, "/ligfiche", ent.FieldOf("field", field))
		}
	}
	if a, ok := m.audience(l); ok {
		field := map[timetable.Kind]ent.Field{timetable.KindGroup: "rgpmt", timetable.KindPart: "gpe", timetable.KindClass: "div"}[a.Kind]
		check(a.Kind, string(a.ID), field)
	}
	check(timetable.KindTeacher, l.Teacher, "prof")
	check(timetable.KindRoom, l.Room, "salle")
	if l.Subject != "" && !slices.ContainsFunc(m.doc.Subjects, func(s Subject) bool { return s.Code == l.Subject }) {
		m.issue(CodeDangling, l.At, "/ligfiche", ent.FieldOf("field", "mat"))
	}
}

// course puts a lesson into its course.
func (m *mapper) course(x *lesson, further []CoTeacher, weeks timetable.Weeks, iso int) {
	l := x.first.Line
	audience, ok := m.audience(l)
	c := timetable.Course{ID: ent.ID(l.Code), Subject: ent.ID(l.Subject), Day: x.first.slot.Day, Start: x.first.slot.Start, End: x.end}
	if ok {
		c.Resources = append(c.Resources, timetable.Resource{Ref: audience, Weeks: weeks})
	}
	for _, id := range m.teachers(l, further) {
		c.Resources = append(c.Resources, timetable.Resource{Ref: timetable.Ref{Kind: timetable.KindTeacher, ID: id}, Weeks: weeks})
	}
	if l.Room != "" {
		c.Resources = append(c.Resources, timetable.Resource{Ref: timetable.Ref{Kind: timetable.KindRoom, ID: ent.ID(l.Room)}, Weeks: weeks})
	}
	had := m.courses[c.ID]
	if had != nil && !sameShape(had, &c) { // the code is used again for something else
		c.ID += ent.ID("@" + strconv.Itoa(iso))
		had = m.courses[c.ID]
	}
	if had == nil {
		m.courses[c.ID] = &c
		m.ids = append(m.ids, c.ID)
		return
	}
	for _, r := range c.Resources {
		had.Resources = join(had.Resources, r)
	}
}

// sameShape reports whether two courses differ in no more than teachers and rooms.
func sameShape(a, b *timetable.Course) bool {
	return a.Subject == b.Subject && a.Day == b.Day && a.Start == b.Start && a.End == b.End && audienceOf(a) == audienceOf(b)
}

func audienceOf(c *timetable.Course) timetable.Ref {
	if len(c.Resources) > 0 && c.Resources[0].Kind.Audience() {
		return c.Resources[0].Ref
	}
	return timetable.Ref{}
}

func join(list []timetable.Resource, r timetable.Resource) []timetable.Resource {
	for i := range list {
		if list[i].Ref == r.Ref {
			list[i].Weeks |= r.Weeks
			return list
		}
	}
	return append(list, r)
}

func (m *mapper) teachers(l *Line, further []CoTeacher) []ent.ID {
	var out []ent.ID
	if l.Teacher != "" {
		out = append(out, ent.ID(l.Teacher))
	}
	for _, c := range further {
		code := c.Teacher
		if code == "" {
			code = m.epj[c.EPJ]
		}
		if code == "" || !m.known[timetable.KindTeacher][code] {
			m.issue(CodeDangling, l.At, "/coens", ent.FieldOf("field", "prof"))
		}
		if code != "" && !slices.Contains(out, ent.ID(code)) {
			out = append(out, ent.ID(code))
		}
	}
	return out
}

// close cancels the weeks in which a course falls on a closed day.
func (m *mapper) close(c *timetable.Course) {
	for week := range c.Weeks().All() {
		on := m.t.Year.Date(week, c.Day)
		if m.t.Year.Contains(on) && m.doc.closed(on) {
			c.Cancelled |= timetable.WeeksOf(week)
		}
	}
	if n := c.Cancelled.Count(); n > 0 {
		m.report.Refuse("closed lessons", int64(n))
		m.report.AddN(catalog().New(CodeClosed, ent.Pos{Record: string(c.ID)}, "/fermeture", ent.Count("count", int64(n))), int64(n))
	}
}

func (d *Document) closed(on ent.Date) bool {
	return slices.ContainsFunc(d.Closures, func(c Closure) bool { return !on.Before(c.From) && !c.To.Before(on) })
}
