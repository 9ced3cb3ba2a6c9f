package fet

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// Time is an hour of the grid: Day is 1 for Monday, Hour a place in the hours of the plan.
type Time struct{ Day, Hour int }

// FromOptions say what is asked of FET for a week of a timetable.
type FromOptions struct {
	Institution string
	// Days are those of the week; the grid's when nil. Hours are those of FET, in order; the grid's places when nil. A lesson takes
	// as many hours as its length needs of the first one's.
	Days  []int
	Hours []timetable.Place
	// Closed are hours in which nothing is: lunch, Wednesday afternoon. Away are those in which somebody is not there: a teacher,
	// a class, a part, a group or a pupil.
	Closed []Time
	Away   map[timetable.Ref][]Time
	// PupilGaps and TeacherGaps bound idle hours in a week, when not nil.
	PupilGaps, TeacherGaps *int
	// Spread is the weight of the constraints that put lessons of one subject, teachers and audience on different days: 95 when
	// zero. NoSpread leaves them out.
	Spread   decimal.Decimal
	NoSpread bool
	// Rooms are those that a course may take: its own, when nil.
	Rooms func(*timetable.Course) []ent.ID
	// Fixed courses stay where they are.
	Fixed func(*timetable.Course) bool
	// Label names a class, a part, a group, a teacher or a room, Subject a subject: by identifier when nil. Names go into the
	// file: those of teachers are personal data.
	Label   func(timetable.Ref) string
	Subject func(ent.ID) string
}

// Plan is the problem of a week, and what its names are.
type Plan struct {
	Problem *Problem
	Week    int
	Days    []int
	Hours   []timetable.Place
	// Courses are those of the activities, Rooms those of the names of rooms.
	Courses map[int]ent.ID
	Rooms   map[string]ent.ID
}

// FromTimetable makes the problem of one week: an activity for each lesson of the yearly grid, which names its course in its
// comments; a subgroup for each atom of the week. It returns CodeGrid for a grid without days or hours; a course that does not fit,
// and what FET cannot carry, are issues of the report.
func FromTimetable(t *timetable.Timetable, week int, o FromOptions) (*Plan, *ent.Report, error) {
	m := newMapper(t, week, o)
	if !m.grid() {
		m.report.Add(catalog().New(CodeGrid, ent.Pos{}, "$.grid"))
		return nil, m.report, fmt.Errorf("fet: %w", CodeGrid)
	}
	var courses []*timetable.Course
	for i := range t.Courses {
		c := &t.Courses[i]
		if !c.Weeks().Has(week) || !t.Year.Contains(t.Year.Date(week, c.Day)) {
			continue
		}
		if m.hours(c) == 0 {
			m.report.Refuse("courses", 1)
			m.issue(CodeNoHour, c)
			continue
		}
		m.report.Keep("courses", 1)
		courses = append(courses, c)
	}
	m.students(courses)
	for _, c := range courses {
		m.activity(c)
	}
	m.years()
	m.split()
	m.constraints(courses)
	return &m.plan, m.report, nil
}

// mapper makes one plan.
type mapper struct {
	t         *timetable.Timetable
	o         FromOptions
	plan      Plan
	p         *Problem
	report    *ent.Report
	atoms     []timetable.Atom
	of        map[timetable.Ref][]int // atoms
	class     []ent.ID                // of each atom, the first
	atomNames []string
	year      map[ent.ID][]int  // the atoms of a class
	named     map[string]string // the name of some atoms of a class
	taken     map[string]bool   // names of students sets
	names     map[timetable.Ref]string
	groups    map[ent.ID][]groupOf
}

func newMapper(t *timetable.Timetable, week int, o FromOptions) *mapper {
	p := &Problem{Institution: o.Institution}
	if o.Days == nil {
		o.Days = t.Grid.Days
	}
	if o.Hours == nil {
		o.Hours = t.Grid.Places
	}
	return &mapper{
		t: t, o: o, p: p, report: &ent.Report{}, taken: map[string]bool{}, names: map[timetable.Ref]string{}, named: map[string]string{},
		of: map[timetable.Ref][]int{}, year: map[ent.ID][]int{}, groups: map[ent.ID][]groupOf{},
		plan: Plan{Problem: p, Week: week, Days: o.Days, Hours: o.Hours, Courses: map[int]ent.ID{}, Rooms: map[string]ent.ID{}},
	}
}

func (m *mapper) issue(code ent.Code, c *timetable.Course) {
	m.report.Add(catalog().New(code, ent.Pos{}, "$.courses", ent.CodeOf("course", string(c.ID))))
}

// grid names days and hours.
func (m *mapper) grid() bool {
	for _, d := range m.o.Days {
		name := dayName(d)
		if name == "" || slices.Contains(m.p.Days, name) {
			return false
		}
		m.p.Days = append(m.p.Days, name)
	}
	for i, h := range m.o.Hours {
		if h.Start >= h.End || i > 0 && h.Start < m.o.Hours[i-1].End {
			return false
		}
		m.p.Hours = append(m.p.Hours, h.Start.String())
	}
	return len(m.p.Days) > 0 && len(m.p.Hours) > 0
}

func dayName(d int) string {
	names := []string{"", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"}
	if d < 1 || d > 7 {
		return ""
	}
	return names[d]
}

// hours returns how many hours a course takes, 0 when it does not fit in a day.
func (m *mapper) hours(c *timetable.Course) int {
	one := int(m.o.Hours[0].End - m.o.Hours[0].Start)
	n := (int(c.End-c.Start) + one - 1) / one
	if n < 1 || n > len(m.o.Hours) {
		return 0
	}
	return n
}

// name returns what something is called, once for all.
func (m *mapper) name(r timetable.Ref) (name string, first bool) {
	if n, ok := m.names[r]; ok {
		return n, false
	}
	label := string(r.ID)
	if m.o.Label != nil && r.ID != "" {
		label = m.o.Label(r)
	}
	kind := string(r.Kind)
	switch {
	case r.Kind.Audience():
		kind = "students"
	case r.Kind == timetable.KindStaff:
		kind = string(timetable.KindTeacher)
	}
	name = m.free(kind, label)
	m.names[r] = name
	return name, true
}

// free makes a name that nothing of the kind has.
func (m *mapper) free(kind, label string) string {
	label = strings.Join(strings.Fields(label), " ")
	if label == "" {
		label = kind
	}
	name := label
	for n := 2; m.taken[kind+"\x00"+name]; n++ {
		name = label + " (" + strconv.Itoa(n) + ")"
	}
	m.taken[kind+"\x00"+name] = true
	return name
}

// activity writes the lesson of a course.
func (m *mapper) activity(c *timetable.Course) {
	n := m.hours(c)
	a := Activity{ID: len(m.p.Activities) + 1, Subject: m.subject(c.Subject), Duration: n, Total: n, Comments: string(c.ID)}
	var audience []timetable.Ref
	for _, r := range c.Resources {
		if !r.Weeks.Has(m.plan.Week) {
			continue
		}
		switch {
		case r.Kind == timetable.KindTeacher || r.Kind == timetable.KindStaff:
			a.Teachers = appendNew(a.Teachers, m.teacher(r.Ref))
		case r.Kind.Audience():
			audience = append(audience, r.Ref)
		case r.Kind == timetable.KindRoom: // a constraint
		default:
			m.issue(CodeKind, c)
			m.report.Lose(ent.Loss{Code: CodeKind, Field: ent.NewField(string(r.Kind)), Count: 1})
		}
	}
	var known bool
	if a.Students, known = m.sets(audience); !known {
		m.issue(CodeNoPupil, c)
	}
	if c.Together != "" {
		m.issue(CodeTogether, c)
	}
	m.plan.Courses[a.ID] = c.ID
	m.p.Activities = append(m.p.Activities, a)
}

func appendNew(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

func (m *mapper) subject(id ent.ID) string {
	name := string(id)
	if m.o.Subject != nil {
		name = m.o.Subject(id)
	}
	if name == "" {
		name = "?"
	}
	m.p.Subjects = appendNew(m.p.Subjects, name)
	return name
}

func (m *mapper) teacher(r timetable.Ref) string {
	name, first := m.name(r)
	if first {
		m.p.Teachers = append(m.p.Teachers, name)
	}
	return name
}

func (m *mapper) room(id ent.ID) string {
	name, first := m.name(timetable.Ref{Kind: timetable.KindRoom, ID: id})
	if first {
		m.p.Rooms = append(m.p.Rooms, Room{Name: name, Capacity: maxCapacity})
		m.plan.Rooms[name] = id
	}
	return name
}

// maxCapacity is for rooms of which nobody knows how many they hold.
const maxCapacity = 30000

// split gathers activities of one subject, with the same teachers and pupils.
func (m *mapper) split() {
	first := map[string]int{}
	total := map[int]int{}
	key := func(a *Activity) string {
		return a.Subject + "\x00" + strings.Join(a.Teachers, "\x01") + "\x00" + strings.Join(a.Students, "\x01")
	}
	count := map[string]int{}
	for i := range m.p.Activities {
		count[key(&m.p.Activities[i])]++
	}
	for i := range m.p.Activities {
		a := &m.p.Activities[i]
		k := key(a)
		if count[k] < 2 {
			continue
		}
		if first[k] == 0 {
			first[k] = a.ID
		}
		a.Group = first[k]
		total[a.Group] += a.Duration
	}
	for i := range m.p.Activities {
		if a := &m.p.Activities[i]; a.Group > 0 {
			a.Total = total[a.Group]
		}
	}
}
