package timetable

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"

	"github.com/opencartable/cartable/ent"
)

// Kept is a school's timetable as it is kept: the courses of its sources, their dated lessons as the sources plan them, and the
// changes that people of the school made to these, which no import touches.
type Kept struct {
	Year    Year     `json:"year"`
	Courses []Course `json:"courses"`
	// Lessons are sorted, without the Changes.
	Lessons []Lesson `json:"lessons"`
	Changes []Change `json:"changes,omitempty"`
	// Version counts the imports and the changes.
	Version int64 `json:"version"`
}

// LogValue shows counts.
func (k *Kept) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("courses", len(k.Courses)), slog.Int("lessons", len(k.Lessons)), slog.Int("changes", len(k.Changes)))
}

// Current returns the lessons with the changes.
func (k *Kept) Current() ([]Lesson, *ent.Report) { return Apply(k.Lessons, k.Changes) }

// Op is what an import does to a lesson.
type Op string

// The operations.
const (
	OpCreated Op = "created"
	OpChanged Op = "changed"
	// OpMoved: another day or time; the lesson keeps its key.
	OpMoved   Op = "moved"
	OpDeleted Op = "deleted"
	// OpKept is a lesson that the file no longer holds, and that stays all the same: Why says why.
	OpKept Op = "kept"
)

// LessonChange is what an import does to one lesson.
type LessonChange struct {
	Op  Op  `json:"op"`
	Key Key `json:"key"`
	// Old is nil for a created lesson, New for a deleted or kept one.
	Old *Lesson `json:"old,omitempty"`
	New *Lesson `json:"new,omitempty"`
	// Fields that differ: date, times, subject, resources.
	Fields []ent.Field `json:"fields,omitempty"`
	Why    ent.Code    `json:"why,omitempty"`
}

// LogValue shows the operation and the lesson.
func (c LessonChange) LogValue() slog.Value {
	return slog.GroupValue(slog.String("op", string(c.Op)), slog.String("course", string(c.Key.Course)), slog.String("on", c.Key.On.String()))
}

// The fields of a lesson that an import changes.
const (
	FieldDate      ent.Field = "date"
	FieldTimes     ent.Field = "times"
	FieldSubject   ent.Field = "subject"
	FieldResources ent.Field = "resources"
)

// ImportOptions say how a file is compared with what is kept.
type ImportOptions struct {
	// Source names the program and school that the file comes from: it is part of the identifiers of new courses.
	Source string
	// Native says that the courses' identifiers last from one file to the next: see [Match].
	Native bool
	// After bounds what is touched: lessons that start before this local day and time, of the kept or of the file, stay as they are. The
	// zero value touches all.
	After struct {
		Date ent.Date
		At   Clock
	}
	// Called reports that a roll call was made, or anything else hangs on a lesson: it is not deleted. May be nil.
	Called func(Key) bool
	// MostDeleted is the share of the lessons, in percent, that a file may delete without being told to: 30 when 0. Consent lets it.
	MostDeleted int
	Consent     bool
}

// PlanFormat names the document of a plan.
const PlanFormat = "cartable.timetable-plan/1"

type planFields Plan

type planJSON struct {
	Format string `json:"format"`
	planFields
	Guard planGuard `json:"guard,omitzero"`
}

// planGuard is what Blocked is told by: a plan may wait as a document for somebody's consent.
type planGuard struct {
	Deleted  int  `json:"deleted"`
	Possible int  `json:"possible"`
	Most     int  `json:"most"`
	Consent  bool `json:"consent,omitempty"`
}

// MarshalJSON writes a document of PlanFormat. Its report is apart.
func (p *Plan) MarshalJSON() ([]byte, error) {
	j := planJSON{PlanFormat, planFields(*p), planGuard{p.deleted, p.possible, p.most, p.consent}}
	if j.Courses == nil {
		j.Courses = []Course{} // none, which is a list
	}
	return json.Marshal(j)
}

// UnmarshalJSON reads what MarshalJSON wrote. It returns CodeFormat for another document, and for one whose lessons cannot be.
func (p *Plan) UnmarshalJSON(b []byte) error {
	var j planJSON
	if json.Unmarshal(b, &j) != nil || j.Format != PlanFormat || slices.ContainsFunc(j.Lessons, func(c LessonChange) bool { return !c.whole() }) {
		return fmt.Errorf("timetable: plan: %w", CodeFormat)
	}
	*p = Plan(j.planFields)
	p.deleted, p.possible, p.most, p.consent = j.Guard.Deleted, j.Guard.Possible, j.Guard.Most, j.Guard.Consent
	return nil
}

// whole reports whether a change has the lessons that its operation is about.
func (c *LessonChange) whole() bool {
	switch c.Op {
	case OpCreated:
		return c.New != nil
	case OpChanged, OpMoved:
		return c.Old != nil && c.New != nil
	case OpDeleted, OpKept:
		return c.Old != nil
	}
	return false
}

// Plan is what an import would do: nothing is done before it is applied. The same file twice gives a plan without changes.
type Plan struct {
	Source string `json:"source"`
	// Base is the version of what was kept: a plan applies to that one only.
	Base    int64          `json:"base"`
	Year    Year           `json:"year"`
	Courses []Course       `json:"courses"`
	Lessons []LessonChange `json:"lessons,omitempty"`
	// Same is how many lessons stay as they are.
	Same int `json:"same"`

	// Before are the courses and the year that the plan replaces, for the way back.
	Before     []Course `json:"before,omitempty"`
	BeforeYear Year     `json:"before_year,omitzero"`

	deleted, possible, most int
	consent                 bool
	report                  *ent.Report
}

// LogValue shows counts.
func (p *Plan) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("courses", len(p.Courses)), slog.Int("lessons", len(p.Lessons)), slog.Int("same", p.Same))
}

// Compare returns what an import of a file does to what is kept. The file's resources have the school's identifiers already: see
// [Timetable.Reconcile]. Lessons of courses that the file has no longer are deleted, but for those before the window, those that were
// changed by hand and those on which something hangs: they are kept, and told (OpKept).
func Compare(kept *Kept, file *Timetable, o ImportOptions) *Plan {
	p := &Plan{
		Source: o.Source, Base: kept.Version, Year: file.Year, Before: kept.Courses, BeforeYear: kept.Year,
		report: &ent.Report{}, most: o.MostDeleted, consent: o.Consent,
	}
	if p.most == 0 {
		p.most = 30
	}
	fresh := *file
	fresh.Courses = Match(kept.Courses, file.Courses, o.Source, o.Native)
	lessons, report := fresh.Expand()
	p.report.Merge(report)
	p.Courses = fresh.Courses
	c := comparer{p: p, o: &o, year: file.Year, byHand: map[Key]bool{}}
	for _, x := range kept.Changes {
		c.byHand[x.Key] = true
	}
	c.run(kept.Lessons, lessons)
	return p
}

// Report tells of the courses read, with a reason for each one refused, and counts the lessons by what becomes of them. That of a plan
// that was read from its document is empty.
func (p *Plan) Report() *ent.Report {
	if p.report == nil {
		return &ent.Report{}
	}
	return p.report
}

// Changes reports whether applying the plan would change anything: a lesson, a course, the year.
func (p *Plan) Changes() bool {
	return !p.Empty() || p.Year != p.BeforeYear || !slices.EqualFunc(p.Courses, p.Before, func(a, b Course) bool { return a.ID == b.ID && a.whole() == b.whole() })
}

// Reverse returns the plan that undoes this one, once it was applied and nothing else since. A lesson that it created and on which
// something hangs meanwhile stays.
func (p *Plan) Reverse(called func(Key) bool) *Plan {
	out := &Plan{
		Source: p.Source, Base: p.Base + 1, Year: p.BeforeYear, Courses: p.Before, Before: p.Courses, BeforeYear: p.Year, Same: p.Same,
		report: &ent.Report{}, consent: true,
	}
	c := comparer{p: out, o: &ImportOptions{Called: called}}
	for i := range p.Lessons {
		x := &p.Lessons[i]
		switch x.Op {
		case OpCreated:
			c.gone(x.New)
		case OpDeleted:
			l := *x.Old
			l.Revision++
			c.add(LessonChange{Op: OpCreated, Key: x.Key, New: &l})
		case OpChanged, OpMoved:
			l := *x.Old
			l.Revision = x.New.Revision + 1
			c.add(LessonChange{Op: x.Op, Key: x.Key, Old: x.New, New: &l, Fields: x.Fields})
		case OpKept:
		}
	}
	return out
}

// Count returns how many lessons an operation concerns.
func (p *Plan) Count(op Op) int {
	n := 0
	for i := range p.Lessons {
		if p.Lessons[i].Op == op {
			n++
		}
	}
	return n
}

// Empty reports whether the plan changes no lesson.
func (p *Plan) Empty() bool { return len(p.Lessons) == p.Count(OpKept) }

// Blocked returns CodeManyDeleted when the file would delete more lessons than it may without consent: a truncated export must not
// empty a school.
func (p *Plan) Blocked() error {
	if !p.consent && p.possible > 0 && p.deleted*100 > p.most*p.possible {
		return fmt.Errorf("timetable: import: %w", catalog().New(CodeManyDeleted, ent.Pos{}, "", ent.Count("lessons", int64(p.deleted))))
	}
	return nil
}

type comparer struct {
	p      *Plan
	o      *ImportOptions
	year   Year
	byHand map[Key]bool
}

// week names a lesson by its course and its week: a course has one lesson a week, on whatever day.
type week struct {
	course ent.ID
	number int
}

func (c *comparer) before(l *Lesson) bool {
	d := l.Date.Compare(c.o.After.Date)
	return d < 0 || d == 0 && l.Start < c.o.After.At
}

func (c *comparer) run(kept, file []Lesson) {
	weekOf := func(l *Lesson) week {
		n, _ := c.year.Week(l.Date)
		return week{l.Course, n}
	}
	at := make(map[week]int, len(kept))
	for i := range kept {
		at[weekOf(&kept[i])] = i
	}
	met := make([]bool, len(kept))
	for i := range file {
		l := &file[i]
		j, ok := at[weekOf(l)]
		if ok {
			met[j] = true
			c.both(&kept[j], l)
			continue
		}
		if !c.before(l) {
			c.add(LessonChange{Op: OpCreated, Key: l.Key, New: l})
		}
	}
	for i := range kept {
		l := &kept[i]
		if c.before(l) {
			if !met[i] {
				c.p.Same++
			}
			continue
		}
		c.p.possible++
		if !met[i] {
			c.gone(l)
		}
	}
	slices.SortFunc(c.p.Lessons, func(a, b LessonChange) int { return a.at().Compare(b.at()) })
}

func (c *LessonChange) at() *Lesson {
	if c.New != nil {
		return c.New
	}
	return c.Old
}

func (c *comparer) add(x LessonChange) {
	c.p.Lessons = append(c.p.Lessons, x)
	c.p.report.Keep("lessons "+string(x.Op), 1)
}

// both compares a kept lesson with that of the file. What was taught already stays.
func (c *comparer) both(old, file *Lesson) {
	fields := old.differs(file)
	if len(fields) == 0 || c.before(old) || c.before(file) {
		c.p.Same++
		return
	}
	l := *file
	l.Key, l.Revision, l.Was = old.Key, old.Revision+1, old.Was
	op := OpChanged
	if slices.Contains(fields, FieldDate) || slices.Contains(fields, FieldTimes) {
		op = OpMoved
		if l.Was == nil { // where it was at first, which calendars know it by
			was := *old
			l.Was = &was
		}
	}
	c.add(LessonChange{Op: op, Key: old.Key, Old: old, New: &l, Fields: fields})
}

func (c *comparer) gone(l *Lesson) {
	x := LessonChange{Op: OpDeleted, Key: l.Key, Old: l}
	switch {
	case c.byHand[l.Key]:
		x.Op, x.Why = OpKept, CodeByHand
	case c.o.Called != nil && c.o.Called(l.Key):
		x.Op, x.Why = OpKept, CodeCalled
	default:
		c.p.deleted++
	}
	if x.Why != "" {
		c.p.report.Add(catalog().New(x.Why, ent.Pos{}, "$.lessons", ent.CodeOf("course", string(l.Course)), ent.DateOf("date", l.Date)))
	}
	c.add(x)
}

// differs returns the fields in which the plan of a lesson differs; the order of resources is none.
func (l *Lesson) differs(o *Lesson) []ent.Field {
	var out []ent.Field
	if l.Date != o.Date {
		out = append(out, FieldDate)
	}
	if l.Start != o.Start || l.End != o.End {
		out = append(out, FieldTimes)
	}
	if l.Subject != o.Subject || l.Together != o.Together {
		out = append(out, FieldSubject)
	}
	if !sameRefs(l.Resources, o.Resources) {
		out = append(out, FieldResources)
	}
	return out
}

func sameRefs(a, b []Ref) bool {
	if slices.Equal(a, b) {
		return true
	}
	if len(a) != len(b) {
		return false
	}
	a, b = slices.Clone(a), slices.Clone(b)
	slices.SortFunc(a, compareRef)
	slices.SortFunc(b, compareRef)
	return slices.Equal(a, b)
}

// Apply returns what is kept after a plan. It returns CodeStale when the plan was made on another version, and what Blocked says: all
// of the plan is applied or nothing. What is given is not changed.
func (k *Kept) Apply(p *Plan) (*Kept, error) {
	if p.Base != k.Version {
		return nil, fmt.Errorf("timetable: import: %w", CodeStale)
	}
	if err := p.Blocked(); err != nil {
		return nil, err
	}
	out := *k
	if !p.Changes() {
		return &out, nil // not even the version is new
	}
	out.Version++
	out.Year, out.Courses = p.Year, p.Courses
	out.Lessons = make([]Lesson, 0, len(k.Lessons)+p.Count(OpCreated))
	change := make(map[Key]*LessonChange, len(p.Lessons))
	for i := range p.Lessons {
		x := &p.Lessons[i]
		if x.Op == OpCreated {
			out.Lessons = append(out.Lessons, *x.New)
			continue
		}
		change[x.Key] = x
	}
	for i := range k.Lessons {
		x, ok := change[k.Lessons[i].Key]
		switch {
		case !ok || x.Op == OpKept:
			out.Lessons = append(out.Lessons, k.Lessons[i])
		case x.Op != OpDeleted:
			out.Lessons = append(out.Lessons, *x.New)
		}
	}
	slices.SortFunc(out.Lessons, func(a, b Lesson) int { return a.Compare(&b) })
	return &out, nil
}
