package gradebook

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
)

// School is what the gradebook asks of the product around it: who teaches what, and who is in which class.
type School interface {
	// Course returns a teaching with its pupils. It returns CodeUnknown for an unknown one.
	Course(ctx context.Context, tenant ent.Tenant, teaching ent.ID) (Course, error)
	// Room returns a class with the teachings of its pupils. It returns CodeUnknown for an unknown one.
	Room(ctx context.Context, tenant ent.Tenant, class ent.ID) (Room, error)
	// Target returns the target of what concerns a pupil, for access, and the class that the pupil is in on a day: whose term rules
	// what is written on the period that ends then, and what families see of it. A zero day is today. The class is empty for a
	// pupil who was in none.
	Target(ctx context.Context, tenant ent.Tenant, pupil ent.ID, on ent.Date) (access.Target, ent.ID, error)
	// Periods returns those of the school year of a pupil.
	Periods(ctx context.Context, tenant ent.Tenant, pupil ent.ID) ([]Period, error)
}

// Course is a teaching with its pupils.
type Course struct {
	Teaching      Teaching
	Establishment ent.ID
	Periods       []Period
	// Members of its class or group; for a group, the classes of its pupils too.
	Members []Member
}

// Room is a class: its periods, the teachings that its pupils follow, groups among them, and who is in all of these.
type Room struct {
	Class         ent.ID
	Label         string
	Establishment ent.ID
	Periods       []Period
	Teachings     []Teaching
	Members       []Member
	Coefficients  []PupilCoefficient
}

// Asker is who asks, with their rights.
type Asker struct {
	Tenant ent.Tenant
	Guard  access.Guard
}

func (a Asker) person() ent.ID { return a.Guard.Scope.Person() }

// Service reads and writes a gradebook under the rights of who asks, the locks and the dates. It is safe for concurrent use.
type Service struct {
	Store  Store
	School School
	// Now is the clock; time.Now when nil. Zone is that of the school, in which a day begins; UTC when nil.
	Now  func() time.Time
	Zone *time.Location
	// Policy computes what families and teachers see; the caller's own computations may use another.
	Policy Policy
	// MinimumGroup is how many averages a group must have for its least, its greatest and its mean to be shown to families; 5
	// when 0.
	MinimumGroup int

	mu   sync.Mutex
	seen map[seenKey]seen
	turn int
}

func (s *Service) now() time.Time {
	if s.Now != nil {
		return s.Now()
	}
	return time.Now()
}

func (s *Service) today() ent.Date {
	zone := s.Zone
	if zone == nil {
		zone = time.UTC
	}
	return ent.DateAt(s.now(), zone)
}

// Change is something to write: the value that Key has from now on, over the version that the writer saw (0 for none).
type Change struct {
	Key
	Base  int64
	Value Value
}

// LogValue shows what it is about, never the value.
func (c Change) LogValue() slog.Value {
	return slog.GroupValue(slog.String("kind", string(c.Kind)), slog.String("of", string(c.Of)), slog.String("pupil", string(c.Pupil)), slog.Int64("base", c.Base))
}

// SaveOptions go with a Save.
type SaveOptions struct {
	// Why is kept with each entry.
	Why string
	// DryRun says what would be refused, and writes nothing; conflicts are not looked for.
	DryRun bool
}

// Refusal is a change that was refused, and why.
type Refusal struct {
	Change Change
	Err    error
}

// Conflict is a change over a version that is no longer the last: both values are there, and theirs is kept.
type Conflict struct {
	Yours  Change
	Theirs Entry
}

// Saved is what became of changes: each is in one of the lists, but for those of a key that a later change of the same call names
// again.
type Saved struct {
	Saved     []Entry
	Conflicts []Conflict
	Refused   []Refusal
	// Issues tell what was repaired in texts.
	Issues ent.Issues
}

// LogValue shows how many they are.
func (s Saved) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("saved", len(s.Saved)), slog.Int("conflicts", len(s.Conflicts)), slog.Int("refused", len(s.Refused)))
}

// LogValue shows what it is about.
func (c Conflict) LogValue() slog.Value { return c.Yours.LogValue() }

// LogValue shows what it is about.
func (r Refusal) LogValue() slog.Value { return r.Change.LogValue() }

// MaxChanges is how many changes may be saved at once: a grid of a large group and a year.
const MaxChanges = 2000

// attempts is how often a save is tried when terms change meanwhile.
const attempts = 3

// Save writes changes, a whole grid at once. What may be written is written, what somebody else wrote meanwhile is a
// conflict and stays as they wrote it, what is refused comes with its reason: nothing is lost, nothing is overwritten. Give it
// the cells that changed, not the others. It returns an error when nothing could be tried: the rights are missing
// (access.CodeDenied), a teaching is unknown (CodeUnknown), or there is too much (CodeSize).
func (s *Service) Save(ctx context.Context, a Asker, changes []Change, o SaveOptions) (Saved, error) {
	if len(changes) > MaxChanges {
		return Saved{}, fmt.Errorf("gradebook: %w", catalog().New(CodeSize, ent.Pos{}, "", ent.Count("count", MaxChanges)))
	}
	why, issues := text(o.Why, maxWhy)
	if err := tooLong(issues); err != nil {
		return Saved{}, err
	}
	w := &writer{s: s, ctx: ctx, asker: a, why: why, dry: o.DryRun, courses: map[ent.ID]*Course{}, out: Saved{Issues: issues}}
	// Two changes of one key would be a conflict with oneself: the last one holds, as it would in a grid.
	lastOf := make(map[Key]int, len(changes))
	for i := range changes {
		lastOf[changes[i].Key] = i
	}
	pending := make([]Change, 0, len(lastOf))
	for i := range changes {
		if lastOf[changes[i].Key] == i {
			pending = append(pending, changes[i])
		}
	}
	if err := w.allowed(pending); err != nil {
		return Saved{}, err
	}
	for try := 0; len(pending) > 0; try++ {
		stale, err := w.save(pending, try > 0)
		if err != nil {
			return w.out, err
		}
		if len(stale) > 0 && try >= attempts {
			for _, c := range stale {
				w.refuse(c, fmt.Errorf("gradebook: %w", catalog().New(CodeStale, ent.Pos{}, "")))
			}
			break
		}
		pending = stale
	}
	return w.out, nil
}

func tooLong(issues ent.Issues) error {
	for _, i := range issues {
		if i.Code == CodeLong {
			return fmt.Errorf("gradebook: %w", i)
		}
	}
	return nil
}

// writer is one Save.
type writer struct {
	s       *Service
	ctx     context.Context //nolint:containedctx // lives as long as the call
	asker   Asker
	why     string
	dry     bool
	courses map[ent.ID]*Course
	// repaired are the issues of the change at hand.
	repaired ent.Issues
	out      Saved
}

func (w *writer) refuse(c Change, err error) { w.out.Refused = append(w.out.Refused, Refusal{c, err}) }

// save tries the changes, and returns those whose terms changed meanwhile, or that are refused by what this server remembers:
// another one may have changed it.
func (w *writer) save(changes []Change, fresh bool) ([]Change, error) {
	if fresh {
		w.s.forgetTenant(w.asker.Tenant)
	}
	var entries []Entry
	var from []Change
	var notes []ent.Issues
	var stale []Change
	now := w.s.now()
	for _, c := range changes {
		e, classes, err := w.entry(c, now)
		if err != nil {
			if isSystem(err) {
				return nil, err
			}
			if fresh {
				w.refuse(c, err)
			} else {
				stale = append(stale, c)
			}
			continue
		}
		if w.dry {
			if err := w.tryRevise(e); err != nil {
				if isSystem(err) {
					return nil, err
				}
				w.refuse(c, err)
				continue
			}
			w.out.Issues = append(w.out.Issues, w.repaired...)
			w.out.Saved = append(w.out.Saved, e)
			continue
		}
		if e.Kind == EntryAssessment {
			again, err := w.revise(c, e, classes)
			if err != nil {
				return nil, err
			}
			if again {
				stale = append(stale, c)
			}
			continue
		}
		entries, from, notes = append(entries, e), append(from, c), append(notes, w.repaired)
	}
	if len(entries) == 0 {
		return stale, nil
	}
	outcomes, err := w.s.Store.Save(w.ctx, w.asker.Tenant, entries)
	if err != nil {
		return nil, err
	}
	for i, o := range outcomes {
		switch o {
		case OutcomeSaved:
			w.out.Saved = append(w.out.Saved, entries[i])
			w.out.Issues = append(w.out.Issues, notes[i]...)
		case OutcomeStale:
			stale = append(stale, from[i])
		default:
			if err := w.conflict(from[i], entries[i].Value); err != nil {
				return nil, err
			}
		}
	}
	return stale, nil
}

// conflict tells what somebody else wrote; the same value written twice, once it is cleaned, is no conflict.
func (w *writer) conflict(c Change, tried Value) error {
	list, err := w.s.Store.History(w.ctx, w.asker.Tenant, c.Key)
	if err != nil {
		return err
	}
	var theirs Entry
	if len(list) > 0 {
		theirs = list[len(list)-1]
	}
	if theirs.Version > 0 && theirs.Value.Equal(tried) {
		w.out.Saved = append(w.out.Saved, theirs)
		return nil
	}
	w.out.Conflicts = append(w.out.Conflicts, Conflict{c, theirs})
	return nil
}

// isSystem tells an error that ends the whole from one that refuses a change.
func isSystem(err error) bool {
	var i ent.Issue
	return !errors.As(err, &i)
}

// entry checks a change, and makes the entry of it. For an assessment it returns the classes of its pupils.
func (w *writer) entry(c Change, now time.Time) (Entry, []ent.ID, error) {
	if !c.valid() || c.Base < 0 {
		return Entry{}, nil, fmt.Errorf("gradebook: %w", catalog().New(CodeKey, ent.Pos{}, ""))
	}
	w.repaired = nil
	e := Entry{Key: c.Key, Version: c.Base + 1, Value: c.Value, By: w.asker.person(), At: now, Why: w.why}
	var course *Course
	var err error
	if c.Teaching != "" {
		if course, err = w.course(c.Teaching); err != nil {
			return Entry{}, nil, err
		}
	}
	on := w.s.today()
	classes, err := w.classes(c, course, &on)
	if err != nil {
		return Entry{}, nil, err
	}
	err = fmt.Errorf("gradebook: %w", catalog().New(CodeNotOpened, ent.Pos{}, "", ent.CodeOf("class", ""), ent.CodeOf("period", string(c.Period))))
	for _, class := range classes {
		t, known, read, lookErr := w.s.term(w.ctx, w.asker.Tenant, class, c.Period, false)
		if lookErr != nil {
			return Entry{}, nil, lookErr
		}
		if read && (c.Kind == EntryMark || c.Kind == EntryLevel) {
			// Read again what was read before the term, which vouches for what comes after it alone.
			if _, err := w.s.assessment(w.ctx, w.asker.Tenant, c.Key, true); err != nil {
				return Entry{}, nil, err
			}
		}
		if !known {
			err = fmt.Errorf("gradebook: %w", catalog().New(CodeNotOpened, ent.Pos{}, "", ent.CodeOf("class", string(class)), ent.CodeOf("period", string(c.Period))))
			continue
		}
		if err = t.Allows(c.Key, w.s.today(), now); err == nil {
			e.Class, e.Epoch = class, t.Version
			return e, classes, w.value(&e, course)
		}
	}
	return Entry{}, nil, err
}

// allowed looks at the rights of all changes before anything is written: they are not a matter of one cell.
func (w *writer) allowed(changes []Change) error {
	for i := range changes {
		c := &changes[i]
		if !c.valid() {
			continue // refused later, with its reason
		}
		if c.Teaching != "" {
			if _, err := w.course(c.Teaching); err != nil {
				return err
			}
			continue
		}
		if _, err := w.classOfText(c.Key); err != nil {
			return err
		}
	}
	return nil
}

// classOfText returns the class whose term rules a text on a pupil's period, once the asker may write it. A visa is the head's.
func (w *writer) classOfText(k Key) (ent.ID, error) {
	target, class, err := w.s.targetIn(w.ctx, w.asker.Tenant, k.Pupil, k.Period)
	if err != nil {
		return "", err
	}
	action := access.ActionBulletinWrite
	if k.Kind == EntryVisa {
		action = access.ActionBulletinLock
	}
	if err := w.asker.Guard.Require(action, target); err != nil {
		return "", &denied{err}
	}
	return class, nil
}

// targetIn returns the target of a pupil and the class at the end of a period, today for the current one.
func (s *Service) targetIn(ctx context.Context, tenant ent.Tenant, pupil, period ent.ID) (access.Target, ent.ID, error) {
	periods, err := s.School.Periods(ctx, tenant, pupil)
	if err != nil {
		return access.Target{}, "", err
	}
	return s.School.Target(ctx, tenant, pupil, s.dayOf(periods, period))
}

// dayOf is the last day of a period, or today when it is not over.
func (s *Service) dayOf(periods []Period, period ent.ID) ent.Date {
	today := s.today()
	for _, p := range periods {
		if p.ID == period && !p.End.IsZero() && p.End.Before(today) {
			return p.End
		}
	}
	return today
}

// course returns a teaching that the asker may write to.
func (w *writer) course(id ent.ID) (*Course, error) {
	if c, ok := w.courses[id]; ok {
		return c, nil
	}
	c, err := w.s.School.Course(w.ctx, w.asker.Tenant, id)
	if err != nil {
		return nil, err
	}
	if err := w.asker.Guard.Require(access.ActionMarksWrite, c.target(w.s.today())); err != nil {
		return nil, &denied{err}
	}
	w.courses[id] = &c
	return &c, nil
}

// denied ends a whole save: rights are not a matter of one cell.
type denied struct{ err error }

func (d *denied) Error() string { return "gradebook: " + d.err.Error() }
func (d *denied) Unwrap() error { return d.err }

// target is what is made within a teaching: all who teach it on a day own it.
func (c *Course) target(on ent.Date) access.Target {
	t := access.Target{Establishments: []ent.ID{c.Establishment}}
	if c.Teaching.Class != "" {
		t.Classes = []ent.ID{c.Teaching.Class}
	}
	if c.Teaching.Group != "" {
		t.Groups = []ent.ID{c.Teaching.Group}
	}
	for _, x := range c.Teaching.Teachers {
		if within(on, x.From, x.To) {
			t.Owners = append(t.Owners, x.ID)
		}
	}
	return t
}

// classes returns the classes whose terms rule a change: of the pupil; for what concerns all of a group, those of its
// pupils. A pupil who was not there on the day of the assessment is refused.
func (w *writer) classes(c Change, course *Course, on *ent.Date) ([]ent.ID, error) {
	switch {
	case course == nil:
		class, err := w.classOfText(c.Key)
		return []ent.ID{class}, err
	case c.Pupil == "":
		return course.classes(), nil
	}
	if c.Kind == EntryMark || c.Kind == EntryLevel {
		x, err := w.s.assessment(w.ctx, w.asker.Tenant, c.Key, false)
		if err != nil {
			return nil, err
		}
		if !x.Date.IsZero() {
			*on = x.Date
		}
	}
	class, ok := course.classOf(c.Pupil, *on, c.Period, c.Kind)
	if !ok {
		return nil, fmt.Errorf("gradebook: %w", catalog().New(CodeLeft, ent.Pos{}, ""))
	}
	return []ent.ID{class}, nil
}

// classes of the pupils of a course.
func (c *Course) classes() []ent.ID {
	if c.Teaching.Class != "" {
		return []ent.ID{c.Teaching.Class}
	}
	var out []ent.ID
	for _, m := range c.Members {
		if m.Class != "" && !slices.Contains(out, m.Class) {
			out = append(out, m.Class)
		}
	}
	slices.Sort(out)
	return out
}

// classOf returns the class of a pupil of the course: who is in it on a day, or for a text on a period, at some time in it.
func (c *Course) classOf(pupil ent.ID, on ent.Date, period ent.ID, kind EntryKind) (ent.ID, bool) {
	i := slices.IndexFunc(c.Periods, func(p Period) bool { return p.ID == period })
	there := func(m Member) bool {
		if kind == EntryMark || kind == EntryLevel || i < 0 {
			return within(on, m.From, m.To)
		}
		p := c.Periods[i]
		return (p.End.IsZero() || m.From.IsZero() || !p.End.Before(m.From)) && (p.Start.IsZero() || m.To.IsZero() || !m.To.Before(p.Start))
	}
	class, in := c.Teaching.Class, false
	for _, m := range c.Members {
		if m.Pupil != pupil || !there(m) {
			continue
		}
		if m.Class != "" && m.Class == c.Teaching.Class || m.Group != "" && m.Group == c.Teaching.Group {
			in = true
		}
		if m.Class != "" && c.Teaching.Class == "" {
			class = m.Class
		}
	}
	return class, in && class != ""
}

// value checks what is to be written, and cleans texts.
func (w *writer) value(e *Entry, course *Course) error {
	v := &e.Value
	allowed := Value{}
	var err error
	switch e.Kind {
	case EntryMark:
		allowed.Result = v.Result
		allowed.Text, err = w.text(v.Text, MaxAppreciation)
		if err == nil && !v.Result.Empty() {
			err = w.mark(e)
		}
	case EntryFinal:
		allowed.Result = v.Result
		err = checkFinal(v.Result, w.s.Policy)
	case EntryLevel:
		allowed.Code = v.Code
		if v.Code != "" && (len(v.Code) > maxCode || ent.CodeOf("", v.Code).Text(ent.FR) == "…") {
			err = fmt.Errorf("gradebook: %w", catalog().New(CodeKey, ent.Pos{}, ""))
		}
	case EntryPosition:
		allowed.Position = v.Position
		if v.Position < 0 || v.Position > 4 {
			err = fmt.Errorf("gradebook: %w", catalog().New(CodePosition, ent.Pos{}, ""))
		}
	case EntryAppreciation, EntryClassAppreciation:
		allowed.Text, err = w.text(v.Text, MaxAppreciation)
	case EntrySynthesis:
		allowed.Text, err = w.text(v.Text, MaxSynthesis)
	case EntryOpinion, EntryVisa:
		allowed.Code, _ = CleanText(v.Code)
		if len(v.Code) > maxCode {
			return fmt.Errorf("gradebook: %w", catalog().New(CodeLong, ent.Pos{}, "", ent.Count("count", maxCode)))
		}
		allowed.Text, err = w.text(v.Text, MaxAppreciation)
	case EntryAssessment:
		allowed.Assessment, err = w.assessment(e, course)
	}
	*v = allowed
	return err
}

func (w *writer) text(s string, limit int) (string, error) {
	clean, issues := text(s, limit)
	if err := tooLong(issues); err != nil {
		return "", err
	}
	w.repaired = append(w.repaired, issues...)
	return clean, nil
}

// mark checks a mark against its assessment.
func (w *writer) mark(e *Entry) error {
	x, err := w.s.assessment(w.ctx, w.asker.Tenant, e.Key, false)
	if err != nil {
		return err
	}
	return checkMark(x, e.Value.Result, w.s.Policy)
}

// checkMark returns an Issue for a result that cannot stand for an assessment.
func checkMark(x Assessment, r Result, p Policy) error {
	scale, ok := numOf(x.Scale)
	if !ok {
		return refused(CodeNumber, []ent.Param{ent.FieldOf("field", "scale")})
	}
	s := Sheet{rules: &rules{Policy: p}}
	if code, params := s.refusal(&assessment{ID: x.ID, scale: scale}, r); code != "" {
		return refused(code, params)
	}
	if r.kind() == resultStatus && len(r.Status()) > maxStatus {
		return refused(CodeEntry, nil)
	}
	return nil
}

// checkFinal returns an Issue for an average that nobody can have.
func checkFinal(r Result, p Policy) error {
	reference := p.Reference
	if reference.IsZero() {
		reference = Policy{}.reference()
	}
	return checkMark(Assessment{ID: "", Scale: reference}, r, p)
}

// assessment checks an assessment that is to be written.
func (w *writer) assessment(e *Entry, course *Course) (*Assessment, error) {
	if e.Value.Assessment == nil { // removed: its marks stay in the trail
		return nil, nil //nolint:nilnil // a cleared entry
	}
	x := *e.Value.Assessment
	x.ID, x.Teaching, x.Period = e.Of, e.Teaching, e.Period
	label, err := w.text(x.Label, maxLabel)
	if err != nil {
		return nil, err
	}
	x.Label = label
	p, err := w.s.Policy.compile()
	if err != nil {
		return nil, err
	}
	s := Sheet{rules: p}
	s.readPeriods(course.Periods)
	s.readTeachings([]Teaching{course.Teaching})
	check := x
	check.Container = "" // containers are the caller's
	if _, code, params := s.assessment(check); code != "" {
		return nil, refused(code, params)
	}
	if len(x.Competences) > maxCompetences {
		return nil, fmt.Errorf("gradebook: %w", catalog().New(CodeSize, ent.Pos{}, "", ent.Count("count", maxCompetences)))
	}
	return &x, nil
}

const maxCompetences = 50

// tryRevise says whether the marks of an assessment fit it, without writing it.
func (w *writer) tryRevise(e Entry) error {
	if e.Kind != EntryAssessment || e.Value.Assessment == nil {
		return nil
	}
	list, err := w.s.Store.Entries(w.ctx, w.asker.Tenant, Query{Periods: []ent.ID{e.Period}, Teachings: []ent.ID{e.Teaching}, Kinds: []EntryKind{EntryMark}})
	if err != nil {
		return err
	}
	marks := slices.DeleteFunc(list, func(m Entry) bool { return m.Of != e.Of })
	return fits(e.Value.Assessment, marks, w.s.Policy)
}

// fits refuses an assessment below some of its marks, which it counts.
func fits(x *Assessment, marks []Entry, p Policy) error {
	above := int64(0)
	for i := range marks {
		if checkMark(*x, marks[i].Value.Result, p) != nil {
			above++
		}
	}
	if above > 0 {
		return refused(CodeScaleMarks, []ent.Param{ent.Count("count", above), ent.Decimal("scale", x.Scale)})
	}
	return nil
}

// revise writes an assessment, once its marks fit; it reports whether it must be tried again. A new one wants one class that is
// open; one that exists is the business of every class that has it, and none of them may be locked.
func (w *writer) revise(c Change, e Entry, classes []ent.ID) (bool, error) {
	policy, today, now := w.s.Policy, w.s.today(), w.s.now()
	outcome, err := w.s.Store.Revise(w.ctx, w.asker.Tenant, e, classes, func(marks []Entry, terms []Term) error {
		for i := range terms {
			if err := terms[i].Allows(e.Key, today, now); err != nil && e.Version > 1 {
				return err
			}
		}
		if e.Value.Assessment == nil {
			return nil
		}
		return fits(e.Value.Assessment, marks, policy)
	})
	w.s.forget(w.asker.Tenant, e.Teaching, e.Period)
	switch {
	case err != nil && isSystem(err):
		return false, err
	case err != nil:
		w.refuse(c, err)
	case outcome == OutcomeStale:
		return true, nil
	case outcome == OutcomeConflict:
		return false, w.conflict(c, e.Value)
	default:
		w.out.Saved = append(w.out.Saved, e)
		w.out.Issues = append(w.out.Issues, w.repaired...)
	}
	return false, nil
}
