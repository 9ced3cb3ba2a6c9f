package gradebook

import (
	"context"
	"log/slog"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
)

func (Policy) reference() decimal.Decimal { return decimal.New(20, 0) }

// Grid is a teaching in a period, as a teacher enters it: a row for each pupil, a column for each assessment.
type Grid struct {
	Course Course
	Period Period
	// Assessments by date and identifier, Pupils in the order of the course's members: those who are or were in it.
	Assessments []Assessment
	Pupils      []ent.ID
	// Entries are the last ones, by key: a change over one names its version.
	Entries map[Key]Entry
	// Refused says, for each pupil, why marks cannot be written now; nothing for those who can.
	Refused map[ent.ID]error
	// Writable says whether the asker may write marks at all; others read.
	Writable bool
}

// LogValue shows the teaching and the period.
func (g Grid) LogValue() slog.Value {
	return slog.GroupValue(slog.String("teaching", string(g.Course.Teaching.ID)), slog.String("period", string(g.Period.ID)))
}

// Mark returns the entry of a pupil at an assessment; a zero one when there is none.
func (g *Grid) Mark(assessment, pupil ent.ID) Entry {
	return g.Entries[Key{Kind: EntryMark, Period: g.Period.ID, Teaching: g.Course.Teaching.ID, Of: assessment, Pupil: pupil}]
}

// Grid returns the grid of a teaching. It needs the right to write its marks, or to read those of its pupils.
func (s *Service) Grid(ctx context.Context, a Asker, teaching, period ent.ID) (Grid, error) {
	course, err := s.School.Course(ctx, a.Tenant, teaching)
	if err != nil {
		return Grid{}, err
	}
	if err := s.mayRead(a, &course); err != nil {
		return Grid{}, err
	}
	at := slices.IndexFunc(course.Periods, func(p Period) bool { return p.ID == period })
	if at < 0 {
		return Grid{}, refused(CodeUnknown, []ent.Param{ent.FieldOf("field", "period"), ent.CodeOf("id", string(period))})
	}
	g := Grid{Course: course, Period: course.Periods[at], Entries: map[Key]Entry{}, Refused: map[ent.ID]error{}}
	g.Writable = a.Guard.Scope.Can(access.ActionMarksWrite, course.target(s.today())).Allowed
	list, err := s.Store.Entries(ctx, a.Tenant, Query{Periods: []ent.ID{period}, Teachings: []ent.ID{teaching}})
	if err != nil {
		return Grid{}, err
	}
	for _, e := range list {
		g.Entries[e.Key] = e
		if e.Value.Assessment != nil {
			g.Assessments = append(g.Assessments, *e.Value.Assessment)
		}
	}
	sortAssessments(g.Assessments)
	terms, err := s.Store.Terms(ctx, a.Tenant, course.classes())
	if err != nil {
		return Grid{}, err
	}
	for _, m := range course.Members {
		if (m.Class == "" || m.Class != course.Teaching.Class) && (m.Group == "" || m.Group != course.Teaching.Group) || slices.Contains(g.Pupils, m.Pupil) {
			continue
		}
		class, there := course.classOf(m.Pupil, s.today(), period, EntryAppreciation)
		if !there {
			continue
		}
		g.Pupils = append(g.Pupils, m.Pupil)
		if err := s.writable(terms, class, Key{Kind: EntryMark, Period: period, Teaching: teaching}); err != nil {
			g.Refused[m.Pupil] = err
		}
	}
	return g, nil
}

func sortAssessments(list []Assessment) {
	slices.SortFunc(list, func(x, y Assessment) int {
		if c := x.Date.Compare(y.Date); c != 0 {
			return c
		}
		if x.ID < y.ID {
			return -1
		}
		return 1
	})
}

// writable says why an entry of a class cannot be written now.
func (s *Service) writable(terms []Term, class ent.ID, k Key) error {
	for i := range terms {
		if terms[i].Class == class && terms[i].Period == k.Period {
			return terms[i].Allows(k, s.today(), s.now())
		}
	}
	return refused(CodeNotOpened, []ent.Param{ent.CodeOf("class", string(class)), ent.CodeOf("period", string(k.Period))})
}

func (s *Service) mayRead(a Asker, c *Course) error {
	target := c.target(s.today())
	err := a.Guard.Require(access.ActionMarksWrite, target)
	if err == nil {
		return nil
	}
	target.Profile = ent.ProfilePupil
	if a.Guard.Require(access.ActionMarksRead, target) == nil {
		return nil
	}
	return &denied{err}
}

// History returns what was written under a key, oldest first: who, when, before, after, why. It needs the right to write
// there, or to read a pupil's marks.
func (s *Service) History(ctx context.Context, a Asker, k Key) ([]Entry, error) {
	if !k.valid() {
		return nil, refused(CodeKey, nil)
	}
	if k.Teaching != "" {
		course, err := s.School.Course(ctx, a.Tenant, k.Teaching)
		if err != nil {
			return nil, err
		}
		if err := s.mayRead(a, &course); err != nil {
			return nil, err
		}
		if k.Pupil != "" && !slices.ContainsFunc(course.Members, func(m Member) bool {
			return m.Pupil == k.Pupil && (m.Class != "" && m.Class == course.Teaching.Class || m.Group != "" && m.Group == course.Teaching.Group)
		}) {
			return nil, refused(CodeUnknown, []ent.Param{ent.FieldOf("field", "pupil"), ent.CodeOf("id", "")})
		}
	} else {
		target, _, err := s.targetIn(ctx, a.Tenant, k.Pupil, k.Period)
		if err != nil {
			return nil, err
		}
		// Families read bulletins, not their drafts: a history is for those who write.
		if err := a.Guard.Require(access.ActionBulletinWrite, target); err != nil {
			return nil, &denied{err}
		}
	}
	return s.Store.History(ctx, a.Tenant, k)
}

// ClassBook is all that is written on a class: what averages are computed from, and the rest by key.
type ClassBook struct {
	Room    Room
	Terms   []Term
	Input   Input
	Entries []Entry
}

// LogValue shows the class.
func (b ClassBook) LogValue() slog.Value { return slog.StringValue(string(b.Room.Class)) }

// Text returns the text of an entry, "" for none.
func (b *ClassBook) Text(k Key) string { return b.entry(k).Value.Text }

func (b *ClassBook) entry(k Key) Entry {
	i := slices.IndexFunc(b.Entries, func(e Entry) bool { return e.Key == k })
	if i < 0 {
		return Entry{}
	}
	return b.Entries[i]
}

// Term returns that of a period, and false when it was not opened.
func (b *ClassBook) Term(period ent.ID) (Term, bool) {
	i := slices.IndexFunc(b.Terms, func(t Term) bool { return t.Period == period })
	if i < 0 {
		return Term{}, false
	}
	return b.Terms[i], true
}

// Class returns all that is written on a class, for those who may read the marks of its pupils.
func (s *Service) Class(ctx context.Context, a Asker, class ent.ID) (ClassBook, error) {
	room, err := s.School.Room(ctx, a.Tenant, class)
	if err != nil {
		return ClassBook{}, err
	}
	if err := a.Guard.Require(access.ActionMarksRead, room.target()); err != nil {
		return ClassBook{}, &denied{err}
	}
	return s.book(ctx, a.Tenant, room)
}

func (s *Service) book(ctx context.Context, tenant ent.Tenant, room Room) (ClassBook, error) {
	b := ClassBook{Room: room}
	q := Query{}
	for _, p := range room.Periods {
		q.Periods = append(q.Periods, p.ID)
	}
	if len(q.Periods) == 0 {
		return b, nil
	}
	var err error
	if b.Terms, err = s.Store.Terms(ctx, tenant, []ent.ID{room.Class}); err != nil {
		return ClassBook{}, err
	}
	// What is of a teaching by the teachings, what is of a pupil alone by the pupils.
	for _, t := range room.Teachings {
		q.Teachings = append(q.Teachings, t.ID)
	}
	if len(q.Teachings) > 0 {
		if b.Entries, err = s.Store.Entries(ctx, tenant, q); err != nil {
			return ClassBook{}, err
		}
	}
	q.Teachings, q.Kinds = nil, []EntryKind{EntrySynthesis, EntryOpinion, EntryVisa}
	for _, m := range room.Members {
		if m.Class == room.Class && !slices.Contains(q.Pupils, m.Pupil) {
			q.Pupils = append(q.Pupils, m.Pupil)
		}
	}
	if len(q.Pupils) > 0 {
		more, err := s.Store.Entries(ctx, tenant, q)
		if err != nil {
			return ClassBook{}, err
		}
		b.Entries = append(b.Entries, more...)
	}
	b.Input = InputOf(room, b.Entries)
	return b, nil
}

// InputOf makes the input of averages from a class and what is written on it.
func InputOf(room Room, entries []Entry) Input {
	in := Input{Periods: room.Periods, Teachings: room.Teachings, Members: room.Members, Coefficients: room.Coefficients}
	// An identifier is one teaching's and one period's: another one that has it gets a longer one, so that marks never count
	// for each other.
	known := map[Key]ent.ID{}
	taken := map[ent.ID]bool{}
	for i := range entries {
		e := &entries[i]
		if e.Value.Assessment == nil {
			continue
		}
		x := *e.Value.Assessment
		x.ID, x.Teaching, x.Period = e.Of, e.Teaching, e.Period
		if taken[x.ID] {
			x.ID = e.Period + "/" + e.Teaching + "/" + e.Of
		}
		taken[x.ID] = true
		known[Key{Period: e.Period, Teaching: e.Teaching, Of: e.Of}] = x.ID
		in.Assessments = append(in.Assessments, x)
	}
	for i := range entries {
		e := &entries[i]
		id := known[Key{Period: e.Period, Teaching: e.Teaching, Of: e.Of}]
		switch {
		case e.Value.Result.Empty():
		case e.Kind == EntryMark && id != "": // the marks of a removed assessment stay in the trail
			in.Marks = append(in.Marks, Mark{Pupil: e.Pupil, Assessment: id, Result: e.Value.Result, Comment: e.Value.Text})
		case e.Kind == EntryFinal:
			in.Finals = append(in.Finals, Final{Pupil: e.Pupil, Teaching: e.Teaching, Period: e.Period, Result: e.Value.Result})
		}
	}
	return in
}

// In reports whether a pupil is in the class or group of a teaching at the end of a period; true when nobody is known to be.
func (r *Room) In(t Teaching, pupil, period ent.ID) bool {
	known := false
	var end ent.Date
	for _, p := range r.Periods {
		if p.ID == period {
			end = p.End
		}
	}
	for _, m := range r.Members {
		if m.Class != "" && m.Class == t.Class || m.Group != "" && m.Group == t.Group {
			known = true
			if m.Pupil == pupil && (end.IsZero() && m.To.IsZero() || !end.IsZero() && within(end, m.From, m.To)) {
				return true
			}
		}
	}
	return !known
}

// Lack is something that was not entered.
type Lack struct {
	Teaching ent.ID
	// Pupil is empty for a whole class.
	Pupil ent.ID
	Kind  EntryKind
}

// Lacks says who has not entered what, before the council: averages (EntryMark), appreciations, and the synthesis.
func (b *ClassBook) Lacks(p Policy, period ent.ID) ([]Lack, error) {
	sheet, err := Compute(p, b.Input)
	if err != nil {
		return nil, err
	}
	var out []Lack
	var pupils []ent.ID
	for _, t := range b.Room.Teachings {
		for _, pupil := range sheet.Pupils(t.ID, period) {
			if sheet.Class(pupil, period) != b.Room.Class || !b.Room.In(t, pupil, period) {
				continue
			}
			if !slices.Contains(pupils, pupil) {
				pupils = append(pupils, pupil)
			}
			avg, err := sheet.Average(Ref{Pupil: pupil, Teaching: t.ID, Period: period})
			if err != nil {
				return nil, err
			}
			if avg.State() == StateNone {
				out = append(out, Lack{t.ID, pupil, EntryMark})
			}
			if b.Text(Key{Kind: EntryAppreciation, Period: period, Teaching: t.ID, Pupil: pupil}) == "" && avg.State() != StateNN {
				out = append(out, Lack{t.ID, pupil, EntryAppreciation})
			}
		}
	}
	for _, pupil := range pupils {
		if b.Text(Key{Kind: EntrySynthesis, Period: period, Pupil: pupil}) == "" {
			out = append(out, Lack{"", pupil, EntrySynthesis})
		}
	}
	return out, nil
}
