package ical

import (
	"cmp"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// Window bounds an expansion.
type Window struct {
	// From and To are days of the calendar's zone, both included; a zero date does not bound. Without To, a rule without end is
	// refused.
	From, To ent.Date
	// Max bounds the occurrences: 100,000 when 0.
	Max int
}

const maxOccurrences = 100_000

// Occurrence is an event at its date.
type Occurrence struct {
	// Event describes it: the series, or the change of this occurrence.
	Event *Event
	// Original is the start planned at first: with the UID it names the occurrence for good.
	Original DateTime
	// Start and End are as the calendar writes them, From and To are their instants: for days, from the start of the first one to
	// the end of the last one in the calendar's zone.
	Start, End DateTime
	From, To   time.Time
	State      timetable.State
}

// LogValue shows when and what state.
func (o *Occurrence) LogValue() slog.Value {
	return slog.GroupValue(slog.Time("from", o.From), slog.String("state", string(o.State)))
}

// Expand returns the occurrences that touch the window, sorted by start, cancelled ones with them: series by their rule, RDATE and
// EXDATE, and each occurrence that differs once, as it is now. The report counts the events: a rule that cannot be expanded refuses
// its own. It returns CodeLimit, and no occurrence, for more than Max of them, or for rules that ask too much work.
func (c *Calendar) Expand(w Window) ([]Occurrence, *ent.Report, error) {
	if w.Max <= 0 {
		w.Max = maxOccurrences
	}
	x := &expander{cal: c, w: w, report: &ent.Report{}, work: 20 * int64(max(w.Max, 10_000)), limit: lastWall - 86400}
	if c.Zone == nil {
		return nil, x.report, fmt.Errorf("ical: expand: %w", CodeNoZone)
	}
	if !w.From.IsZero() {
		x.from = timetable.Instant(w.From, 0, c.Zone)
	}
	if !w.To.IsZero() {
		x.to = timetable.Instant(w.To.AddDays(1), 0, c.Zone)
		// No zone is a day away from another: what is left over falls to the instants.
		x.limit = min(x.limit, On(w.To).wall()+2*86400)
	}
	for _, s := range c.series() {
		if err := x.series(s); err != nil {
			return nil, x.report, err
		}
	}
	slices.SortFunc(x.out, func(a, b Occurrence) int {
		return cmp.Or(a.From.Compare(b.From), a.To.Compare(b.To), cmp.Compare(a.Event.UID, b.Event.UID), cmp.Compare(a.Original.wall(), b.Original.wall()))
	})
	return x.out, x.report, nil
}

// series are the events of one UID.
type series struct {
	master    *Event
	overrides []*Event
}

// series groups the events, in the order of the first of each.
func (c *Calendar) series() []*series {
	at := make(map[string]*series, len(c.Events))
	var out []*series
	for i := range c.Events {
		e := &c.Events[i]
		s := at[e.UID]
		if s == nil {
			s = &series{}
			at[e.UID] = s
			out = append(out, s)
		}
		switch {
		case !e.RecurrenceID.IsZero():
			s.overrides = append(s.overrides, e)
		case s.master == nil:
			s.master = e
		default: // a second one of the same UID stands for itself
			out = append(out, &series{master: e})
		}
	}
	return out
}

type expander struct {
	cal      *Calendar
	w        Window
	from, to time.Time // instants; zero does not bound
	limit    int64     // local time up to which rules are worked out
	work     int64     // left
	report   *ent.Report
	out      []Occurrence
}

func (x *expander) issue(code ent.Code, e *Event) {
	x.report.Add(catalog().New(code, ent.Pos{Line: e.Line}, "/VCALENDAR/VEVENT"))
}

func (x *expander) series(s *series) error {
	matched := make(map[*Event]bool, len(s.overrides))
	if s.master != nil {
		ok, err := x.master(s, matched)
		if err != nil {
			return err
		}
		if ok {
			x.report.Keep("events", 1)
		} else {
			x.report.Refuse("events", 1)
		}
	}
	for _, e := range s.overrides {
		if s.master != nil && !matched[e] {
			x.issue(CodeOrphan, e)
		}
		x.report.Keep("events", 1)
		if err := x.add(x.override(s.master, e)); err != nil {
			return err
		}
	}
	return nil
}

// master adds the occurrences of a series that no override describes, and marks the overrides that describe one.
func (x *expander) master(s *series, matched map[*Event]bool) (bool, error) {
	e := s.master
	zone := e.Start.zone(x.cal.Zone)
	byTime, byDay := make(map[int64]*Event, len(s.overrides)), map[int64]*Event{}
	for _, o := range s.overrides {
		at, day := x.wallOf(o.RecurrenceID, e.Start, zone)
		switch {
		case at > x.limit: // of a date that is not worked out: nobody can say whether the series has it
			matched[o] = true
		case day:
			byDay[at] = o
		default:
			byTime[at] = o
		}
	}
	dates, ok, err := x.dates(e, x.limit)
	if !ok || err != nil {
		return ok, err
	}
	x.out = slices.Grow(x.out, min(len(dates), x.w.Max-len(x.out)))
	for _, at := range dates {
		o := byTime[at]
		if o == nil && len(byDay) > 0 {
			o = byDay[at-timeOfDay(at)]
		}
		if o != nil && !matched[o] {
			matched[o] = true
			continue
		}
		if err := x.add(x.occurrence(e, at)); err != nil {
			return true, err
		}
	}
	return true, nil
}

// timeOfDay is what a local time has since midnight, in seconds.
func timeOfDay(wall int64) int64 { return (wall%86400 + 86400) % 86400 }

// wallOf is the local time of a date of a list in the frame of the start: that of a day, for a series of times, is the whole day.
func (x *expander) wallOf(d, start DateTime, zone *time.Location) (at int64, day bool) {
	switch {
	case d.Form == FormDate:
		return d.wall(), start.Form != FormDate
	case d.sameFrame(start):
		return d.wall(), false
	}
	at = wallAt(d.Instant(x.cal.Zone), zone)
	if start.Form == FormDate {
		at -= timeOfDay(at)
	}
	return at, false
}

// dates returns the starts of a series in its own local time, sorted: the start, the rule and RDATE, without EXDATE.
func (x *expander) dates(e *Event, limit int64) ([]int64, bool, error) {
	zone := e.Start.zone(x.cal.Zone)
	start := e.Start.wall()
	out := []int64{start}
	if e.Rule != "" {
		r, bad := parseRule(e.Rule)
		if bad == "" && r.endless() && x.w.To.IsZero() {
			bad = CodeEndless
		}
		if bad != "" {
			x.issue(bad, e)
			return nil, false, nil
		}
		last := min(limit, r.end(e.Start, x.cal.Zone))
		if x.work -= r.cost(start, max(last, start)); x.work < 0 {
			return nil, false, fmt.Errorf("ical: expand: %w", CodeLimit)
		}
		out = append(out, r.dates(start, last)...)
	}
	for _, d := range e.RDates {
		at, day := x.wallOf(d, e.Start, zone)
		if day {
			at += timeOfDay(start)
		}
		out = append(out, at)
	}
	slices.Sort(out)
	out = slices.Compact(out)
	if len(e.ExDates) == 0 {
		return out, true, nil
	}
	times, days := make(map[int64]bool, len(e.ExDates)), map[int64]bool{}
	for _, d := range e.ExDates {
		at, day := x.wallOf(d, e.Start, zone)
		if day {
			days[at] = true
		} else {
			times[at] = true
		}
	}
	return slices.DeleteFunc(out, func(at int64) bool { return times[at] || days[at-timeOfDay(at)] }), true, nil
}

// occurrence is a date of a series, as the series describes it.
func (x *expander) occurrence(e *Event, at int64) Occurrence {
	o := Occurrence{Event: e, Start: e.Start.at(at), State: stateOf(e, timetable.StatePlanned)}
	o.Original = o.Start
	if !e.Original.IsZero() && e.Rule == "" && len(e.RDates) == 0 {
		o.Original = e.Original
	}
	o.From = o.Start.Instant(x.cal.Zone)
	if e.Start.sameFrame(e.End) {
		o.End = e.End.at(at + e.End.wall() - e.Start.wall())
		o.To = o.End.Instant(x.cal.Zone)
	}
	if o.To.Before(o.From) { // another frame, or a start in the hour that is skipped: as long as the first one
		o.To = o.From.Add(e.End.Instant(x.cal.Zone).Sub(e.Start.Instant(x.cal.Zone)))
		o.End = e.End.at(wallAt(o.To, e.End.zone(x.cal.Zone)))
	}
	return o
}

// override is the occurrence that an event with a RECURRENCE-ID describes.
func (x *expander) override(master, e *Event) Occurrence {
	o := Occurrence{Event: e, Original: e.RecurrenceID, Start: e.Start, End: e.End, From: e.Start.Instant(x.cal.Zone), To: e.End.Instant(x.cal.Zone)}
	if master != nil {
		at, day := x.wallOf(e.RecurrenceID, master.Start, master.Start.zone(x.cal.Zone))
		if day {
			at += timeOfDay(master.Start.wall())
		}
		o.Original = master.Start.at(at)
	}
	o.State = timetable.StateChanged
	if !o.Original.Instant(x.cal.Zone).Equal(o.From) {
		o.State = timetable.StateMoved
	}
	o.State = stateOf(e, o.State)
	return o
}

// stateOf is what the event itself says, else what its dates do.
func stateOf(e *Event, dates timetable.State) timetable.State {
	switch {
	case e.Status == StatusCancelled:
		return timetable.StateCancelled
	case e.State != "":
		return e.State
	}
	return dates
}

// add keeps an occurrence that touches the window.
func (x *expander) add(o Occurrence) error {
	if !x.to.IsZero() && !o.From.Before(x.to) {
		return nil
	}
	if !x.from.IsZero() && !o.To.After(x.from) && (o.To.After(o.From) || o.From.Before(x.from)) {
		return nil
	}
	if len(x.out) == x.w.Max {
		return fmt.Errorf("ical: expand: more than %d occurrences: %w", x.w.Max, CodeLimit)
	}
	x.out = append(x.out, o)
	return nil
}
