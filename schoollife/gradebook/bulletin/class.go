package bulletin

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/gradebook"
)

// The limits of a bulletin: several times what a school prints.
const (
	maxLines   = 80
	maxText    = 10000 // UTF-16 units
	maxMinimum = 1000
	maxLogo    = 200_000
)

// class is a class made ready: what its bulletins have in common.
type class struct {
	book     *gradebook.ClassBook
	people   *People
	o        Options
	policy   gradebook.Policy
	period   gradebook.Period
	previous []gradebook.Period
	term     gradebook.Term
	in       gradebook.Input
	sheet    *gradebook.Sheet
	inputs   string // the hash of in and of the rest of the class
	issues   ent.Issues

	entries map[gradebook.Key]*gradebook.Entry
	finals  map[pairKey]gradebook.Status
	without map[pairKey]gradebook.Status
	// withheld are the teachings whose group is too small; general says the same of the general line.
	withheld map[ent.ID]bool
	general  bool
	stats    map[ent.ID]gradebook.Statistics // of teachings
	whole    gradebook.Statistics            // of the general averages
}

type pairKey struct{ pupil, teaching, period ent.ID }

// prepare reads a class. Without locks it makes official bulletins of a term that is open, to compare them with former ones.
func prepare(book *gradebook.ClassBook, period ent.ID, people *People, o Options, locks bool) (*class, error) {
	c := &class{book: book, people: people, o: o, policy: gradebook.RescaledRoundLast()}
	if o.Policy != nil {
		c.policy = *o.Policy
	}
	c.o.Lang = ent.Lang(say(o.Lang, string(ent.FR), string(ent.EN)))
	if c.o.MinimumGroup == 0 {
		c.o.MinimumGroup = gradebook.DefaultMinimumGroup
	}
	if c.o.MinimumGroup < 1 || c.o.MinimumGroup > maxMinimum {
		return nil, refused(issue(CodeOption, "$.options.minimumGroup", ent.FieldOf("field", "minimumGroup")))
	}
	for _, r := range []struct {
		field    ent.Field
		rounding *ent.Rounding
	}{{"teaching", c.policy.Rounding.Teaching}, {"general", c.policy.Rounding.General}, {"statistics", c.policy.Rounding.Statistics}} {
		if r.rounding == nil {
			return nil, refused(issue(CodeRounding, "$.policy.rounding."+string(r.field), ent.FieldOf("field", r.field)))
		}
	}
	if err := c.dates(period, locks); err != nil {
		return nil, err
	}
	if n := len(book.Room.Teachings); n > maxLines {
		return nil, refused(issue(CodeLimit, "$.teachings", ent.FieldOf("field", "teachings"), ent.Count("count", maxLines)))
	}
	c.in = basisOf(&book.Input, append(slices.Clone(c.previous), c.period))
	// The lines follow the room: an input may hold the teachings of a whole school.
	var err error
	if c.sheet, err = gradebook.Compute(c.policy, c.in); err != nil {
		return nil, fmt.Errorf("bulletin: %w", err)
	}
	refusedCount := int64(0)
	for _, kind := range []string{"periods", "teachings", "containers", "members", "assessments", "marks", "finals", "coefficients"} {
		refusedCount += c.sheet.Report().Tally(kind).Refused
	}
	if refusedCount > 0 {
		c.issues = append(c.issues, issue(CodeRefused, "$", ent.Count("count", refusedCount)))
	}
	basis := classBasis{Class: book.Room.Class, Label: book.Room.Label, Period: c.period.ID, Council: c.term.Council, President: c.term.President}
	if c.inputs, err = basis.hash(&c.in); err != nil {
		return nil, err
	}
	c.index()
	return c, c.withhold()
}

// dates finds the period and its term, and says whether a bulletin may be printed.
func (c *class) dates(period ent.ID, locks bool) error {
	room := &c.book.Room
	about := []ent.Param{ent.CodeOf("period", string(period)), ent.CodeOf("class", string(room.Class))}
	at := slices.IndexFunc(room.Periods, func(p gradebook.Period) bool { return p.ID == period })
	if at < 0 || period == gradebook.Year {
		return refused(issue(CodePeriod, "$.period", about...))
	}
	c.period = room.Periods[at]
	c.term, _ = c.book.Term(period)
	if locks && !c.o.Draft && !c.term.State.Printable() {
		return refused(issue(CodeLock, "$.period", about...))
	}
	if c.o.PreviousPeriods {
		for _, p := range room.Periods {
			if p.Index < c.period.Index {
				c.previous = append(c.previous, p)
			}
		}
		slices.SortStableFunc(c.previous, func(a, b gradebook.Period) int { return cmp.Compare(a.Index, b.Index) })
	}
	return nil
}

// index finds entries and statuses fast.
func (c *class) index() {
	c.entries = make(map[gradebook.Key]*gradebook.Entry)
	for i := range c.book.Entries {
		e := &c.book.Entries[i]
		if e.Period != c.period.ID || e.Kind == gradebook.EntryMark || e.Kind == gradebook.EntryLevel || e.Kind == gradebook.EntryAssessment {
			continue
		}
		if _, twice := c.entries[e.Key]; !twice {
			c.entries[e.Key] = e
		}
	}
	c.finals = make(map[pairKey]gradebook.Status)
	for _, f := range c.in.Finals {
		if s := f.Result.Status(); s != "" {
			c.finals[pairKey{f.Pupil, f.Teaching, f.Period}] = s
		}
	}
	of := make(map[ent.ID]*gradebook.Assessment, len(c.in.Assessments))
	for i := range c.in.Assessments {
		of[c.in.Assessments[i].ID] = &c.in.Assessments[i]
	}
	c.without = make(map[pairKey]gradebook.Status)
	for i := range c.in.Marks {
		m := &c.in.Marks[i]
		a, s := of[m.Assessment], m.Result.Status()
		if a == nil || s == "" {
			continue
		}
		// One reason for all of them is the reason; several are "not marked".
		k := pairKey{m.Pupil, a.Teaching, a.Period}
		if known, some := c.without[k]; some && known != s {
			s = gradebook.StatusNotMarked
		}
		c.without[k] = s
	}
}

func (c *class) entry(k gradebook.Key) gradebook.Value {
	k.Period = c.period.ID
	if e := c.entries[k]; e != nil {
		return e.Value
	}
	return gradebook.Value{}
}

// withhold finds the groups that are too small, and whether the general line would give one of them away. Who knows the sum
// of a class, the sums of its other teachings and their own averages knows the sum of a small group once few enough are
// outside it: they are the difference. So the general line goes when those outside are fewer than the minimum too.
func (c *class) withhold() error {
	minimum := c.o.MinimumGroup
	c.withheld, c.stats = map[ent.ID]bool{}, map[ent.ID]gradebook.Statistics{}
	var err error
	if c.whole, err = c.sheet.Statistics(gradebook.Ref{Class: c.book.Room.Class, Period: c.period.ID}); err != nil {
		return refused(issue(CodePeriod, "$.class", ent.CodeOf("period", string(c.period.ID)), ent.CodeOf("class", string(c.book.Room.Class))))
	}
	counted := map[ent.ID]bool{}
	for _, pupil := range c.pupils() {
		a, err := c.sheet.Average(gradebook.Ref{Pupil: pupil, Period: c.period.ID})
		if _, some := a.Decimal(); err == nil && some {
			counted[pupil] = true
		}
	}
	c.general = c.whole.Count > 0 && c.whole.Count < minimum
	for i := range c.book.Room.Teachings {
		t := &c.book.Room.Teachings[i]
		st, err := c.sheet.Statistics(gradebook.Ref{Teaching: t.ID, Period: c.period.ID})
		if err != nil {
			continue // refused by the sheet, and said
		}
		c.stats[t.ID] = st
		if st.Count == 0 || st.Count >= minimum {
			continue
		}
		c.withheld[t.ID] = true
		inside := 0
		for _, pupil := range c.sheet.Pupils(t.ID, c.period.ID) {
			a, err := c.sheet.Average(gradebook.Ref{Pupil: pupil, Teaching: t.ID, Period: c.period.ID})
			if _, some := a.Decimal(); err == nil && some && counted[pupil] {
				inside++
			}
		}
		if outside := c.whole.Count - inside; inside > 0 && outside < minimum {
			c.general = true
		}
	}
	return nil
}

// pupils returns those of the class at the end of the period, in the order of its members.
func (c *class) pupils() []ent.ID {
	var out []ent.ID
	seen := map[ent.ID]bool{}
	for _, m := range c.book.Room.Members {
		if m.Class == c.book.Room.Class && !seen[m.Pupil] && c.sheet.Class(m.Pupil, c.period.ID) == c.book.Room.Class {
			seen[m.Pupil] = true
			out = append(out, m.Pupil)
		}
	}
	return out
}

// at reports whether somebody is in a class or group at the end of the period; true when nobody knows who is.
func (c *class) at(t *gradebook.Teaching, pupil ent.ID) bool {
	set, known := cmp.Or(t.Class, t.Group), false
	for i := range c.in.Members {
		m := &c.in.Members[i]
		if cmp.Or(m.Class, m.Group) != set {
			continue
		}
		known = true
		end := c.period.End
		if m.Pupil == pupil && (m.From.IsZero() || end.IsZero() || !end.Before(m.From)) && (m.To.IsZero() || end.IsZero() || !m.To.Before(end)) {
			return true
		}
	}
	return !known
}

// result returns the average of a pupil, or why there is none.
func (c *class) result(t *gradebook.Teaching, pupil, period ent.ID) Cell {
	a, err := c.sheet.Average(gradebook.Ref{Pupil: pupil, Teaching: t.ID, Period: period})
	if err != nil {
		return Cell{}
	}
	rounding := c.policy.Rounding.Teaching
	if t.Box.Rounding != nil {
		rounding = t.Box.Rounding
	}
	if d, ok := a.Decimal(); ok {
		return Cell{Average: printed(d, rounding)}
	}
	k := pairKey{pupil, t.ID, period}
	if s := c.finals[k]; s != "" {
		return Cell{Status: s}
	}
	if s := c.without[k]; s != "" {
		return Cell{Status: s}
	}
	if a.State() == gradebook.StateNN {
		return Cell{Status: gradebook.StatusNotMarked}
	}
	st, err := c.sheet.Statistics(gradebook.Ref{Teaching: t.ID, Period: period})
	if err == nil && st.Count > 0 && slices.Contains(c.sheet.Pupils(t.ID, period), pupil) {
		return Cell{Status: gradebook.StatusNotMarked}
	}
	return Cell{}
}

// group returns the figures of a group that may be printed, for a pupil of it.
func (c *class) group(st gradebook.Statistics, withheld bool, each *ent.Rounding, r gradebook.Ref) Group {
	switch {
	case st.Count == 0:
		return Group{}
	case withheld:
		return Group{Withheld: true}
	}
	g := Group{Mean: printed(st.Mean, c.policy.Rounding.Statistics), Min: printed(st.Min, each), Max: printed(st.Max, each)}
	if c.o.Rank {
		if a, err := c.sheet.Average(r); err == nil {
			g.Rank, g.Of = a.Rank()
		}
	}
	return g
}
