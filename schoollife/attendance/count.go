package attendance

import (
	"log/slog"
	"math"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
)

// Count is what a pupil missed.
type Count struct {
	// HalfDays that count, in order, each once.
	HalfDays []HalfDay
	// Minutes and Lessons that were held and missed, wholly or in part; no lesson is looked at by ModeStart and ModeTolerance, which
	// fill them all the same when there is a schedule.
	Minutes int
	Lessons int
}

// LogValue hides the count: it is a pupil's.
func (Count) LogValue() slog.Value { return slog.StringValue("[redacted]") }

// Count counts the half-days that one pupil missed, on the pupil's schedule (nil is no lesson). Events that overlap or touch each
// other count once; those that are removed, that a reason leaves out, or whose span is impossible, do not count, and the time in
// the school's charge (infirmary, trip) is taken out. Events need not be sorted.
func (c *Counter) Count(events []Event, s *Schedule) Count {
	return c.count(events, s, part{window: always}, nil)
}

// Unjustified counts what no regularised absence covers: the levels of the law are counted on it, by ModeComplete.
func (c *Counter) Unjustified(events []Event, s *Schedule) Count {
	return c.count(events, s, part{always, true}, nil)
}

// Explain does what Count does, and says how the number of half-days was reached: each half-day that was looked at, with 1 or 0
// and why. The steps belong to the pupil.
func (c *Counter) Explain(pupil ent.ID, events []Event, s *Schedule) (Count, ent.Explanation, error) {
	t := &trail{pupil: pupil, mode: c.rule.Mode}
	out := c.count(events, s, part{window: always}, t)
	e, err := t.explanation()
	return out, e, err
}

// always is all of time.
var always = minutes{math.MinInt32, math.MaxInt32}

// part is what is counted of the events: a window of whole days, and whether only absences that are not regularised.
type part struct {
	window minutes
	open   bool
}

// accepted reports whether an absence is justified.
func (e *Event) accepted() bool { return e.Regularised && !e.Kind.present() }

// count is the one way to count. A nil trail records nothing.
func (c *Counter) count(events []Event, s *Schedule, only part, t *trail) Count {
	var list, here, accepted []minutes
	var starts []int32
	for i := range events {
		e := &events[i]
		if !c.counted(e) {
			continue
		}
		x := e.minutes()
		start := x.from
		x.from, x.to = max(x.from, only.window.from), min(x.to, only.window.to)
		if x.from >= x.to {
			continue
		}
		switch {
		case only.open && e.accepted():
			if c.missing(e) {
				accepted = append(accepted, x)
			}
		case c.missing(e):
			if list == nil {
				list = make([]minutes, 0, len(events)-i)
			}
			list = append(list, x)
			if c.rule.Mode == ModeStart && start == x.from { // one that started before the window is of the day before
				starts = append(starts, x.from)
			}
		case e.Kind.present():
			here = append(here, x)
		}
	}
	if len(list) == 0 {
		return Count{}
	}
	gone := without(union(list), union(here))
	if len(accepted) > 0 { // what is accepted is so whatever a roll call saw inside
		accepted = union(accepted)
		gone = without(gone, accepted)
		starts = slices.DeleteFunc(starts, func(at int32) bool { return touches(accepted, minutes{at, at + 1}) })
	}
	w := walker{c: c, s: s, t: t}
	w.walk(gone)
	switch c.rule.Mode {
	case ModeStart:
		for i := range starts {
			starts[i] = c.halfDay(starts[i])
		}
		slices.Sort(starts)
		w.half = slices.Compact(starts)
		if t != nil {
			for _, h := range w.half {
				t.add(c.named(h), true, -1, -1)
			}
		}
	case ModeTolerance:
		w.half = c.tolerance(gone, t)
	case ModeTouched, ModeComplete: // walk did
	}
	out := Count{Minutes: w.minutes, Lessons: w.lessons}
	if len(w.half) > 0 {
		out.HalfDays = make([]HalfDay, len(w.half))
		for i, h := range w.half {
			out.HalfDays[i] = c.named(h)
		}
	}
	return out
}

// halfDay returns the number of the half-day of a minute.
func (c *Counter) halfDay(minute int32) int32 {
	n := minute / dayMinutes * 2
	if minute%dayMinutes >= int32(c.rule.Split) {
		n++
	}
	return n
}

// named returns the half-day of a number.
func (c *Counter) named(n int32) HalfDay { return HalfDay{dateOf(n / 2), n%2 == 1} }

// dateOf undoes dayNumber, for the years that a date has. Years begin in March, so that the day that some years have more is the last.
func dateOf(number int32) ent.Date {
	const fourCenturies = 146097
	n := number - 1
	era, n := n/fourCenturies, n%fourCenturies
	y := (n - n/1460 + n/36524 - n/(fourCenturies-1)) / 365
	n -= 365*y + y/4 - y/100
	m := (5*n + 2) / 153
	day := n - (153*m+2)/5 + 1
	y += 400 * era
	if m += 3; m > 12 {
		y, m = y+1, m-12
	}
	return ent.Date{Year: int16(y), Month: uint8(m), Day: uint8(day)} //nolint:gosec // the parts of a date
}

// walker goes along the time missed, day by day, and looks at the lessons there.
type walker struct {
	c       *Counter
	s       *Schedule
	t       *trail
	minutes int
	lessons int
	half    []int32
	// Of the half-day at hand: its number, the minutes held and missed.
	at           int32
	held, missed int32
}

func (w *walker) walk(gone []minutes) {
	w.at = -1
	last := int32(-1)
	next := 0 // the first span that may still matter
	for _, g := range gone {
		for number := max(g.from/dayMinutes, last+1); number <= (g.to-1)/dayMinutes; number++ {
			last = number
			slots := w.s.on(number)
			if len(slots) == 0 || w.c.shut(number) {
				continue
			}
			for next < len(gone) && gone[next].to <= number*dayMinutes {
				next++
			}
			w.day(slots, gone[next:])
		}
	}
	w.flush()
}

// day looks at the lessons of one day, with the spans that are not over before it.
func (w *walker) day(slots []slot, gone []minutes) {
	for _, x := range slots {
		if h := w.c.halfDay(x.from); h != w.at {
			w.flush()
			w.at = h
		}
		var missed int32
		for _, g := range gone {
			if g.from >= x.to {
				break
			}
			missed += max(0, min(g.to, x.to)-max(g.from, x.from))
		}
		w.held += x.to - x.from
		w.missed += missed
		if missed > 0 {
			w.lessons++
			w.minutes += int(missed)
		}
	}
}

// flush decides on the half-day at hand.
func (w *walker) flush() {
	if w.missed > 0 && (w.c.rule.Mode == ModeTouched || w.c.rule.Mode == ModeComplete) {
		counts := w.c.rule.Mode == ModeTouched || w.missed == w.held
		if counts {
			w.half = append(w.half, w.at)
		}
		if w.t != nil {
			w.t.add(w.c.named(w.at), counts, w.missed, w.held)
		}
	}
	w.held, w.missed = 0, 0
}

// tolerance counts open half-days; after a morning that counts, the afternoon begins later.
func (c *Counter) tolerance(gone []minutes, t *trail) []int32 {
	var out []int32
	last := int32(-1)
	for _, g := range gone {
		for number := max(g.from/dayMinutes, last+1); number <= (g.to-1)/dayMinutes; number++ {
			last = number
			h := c.rule.Opening[(number+1)%7] // number 6 is a Monday
			if h.Open >= h.Close || c.shut(number) {
				continue
			}
			at := number * dayMinutes
			split := int32(c.rule.Split)
			morning := minutes{at + int32(h.Open), at + min(int32(h.Close), split)}
			afternoon := minutes{at + max(int32(h.Open), split), at + int32(h.Close)}
			if touches(gone, morning) {
				out = append(out, 2*number)
				afternoon.from = max(afternoon.from, at+split+int32(c.rule.Tolerance)) //nolint:gosec // minutes of a day
				if t != nil {
					t.add(c.named(2*number), true, -1, -1)
				}
			}
			if touches(gone, afternoon) {
				out = append(out, 2*number+1)
				if t != nil {
					t.add(c.named(2*number+1), true, -1, -1)
				}
			}
		}
	}
	return out
}

func touches(gone []minutes, x minutes) bool {
	return x.from < x.to && slices.ContainsFunc(gone, func(g minutes) bool { return g.from < x.to && x.from < g.to })
}

// trail records what was looked at.
type trail struct {
	pupil ent.ID
	mode  Mode
	steps []ent.Step
}

// add records a half-day; missed and held minutes are -1 when lessons were not looked at.
func (t *trail) add(h HalfDay, counts bool, missed, held int32) {
	value, says := decimal.Decimal{}, ent.Label{FR: "non comptée", EN: "not counted"}
	if counts {
		value, says = decimal.NewFromInt(1), ent.Label{FR: "comptée", EN: "counted"}
	}
	l := ent.Label{FR: h.Label(ent.FR) + ", " + says.FR, EN: h.Label(ent.EN) + ", " + says.EN}
	var params []ent.Param
	if held >= 0 {
		l.FR += " : {missed} min manquées sur {held}"
		l.EN += ": {missed} of {held} minutes missed"
		params = []ent.Param{ent.Count("missed", int64(missed)), ent.Count("held", int64(held))}
	}
	t.steps = append(t.steps, ent.Step{Op: ent.OpGiven, Value: value, Label: l, Params: params, Owner: t.pupil})
}

func (t *trail) explanation() (ent.Explanation, error) {
	total := decimal.Decimal{}
	for _, s := range t.steps {
		total = total.Add(s.Value)
	}
	if len(t.steps) == 0 {
		t.steps = []ent.Step{{Op: ent.OpGiven, Label: ent.Label{FR: "aucun cours manqué", EN: "no lesson missed"}, Owner: t.pupil}}
	}
	e := ent.Explanation{Root: ent.Step{
		Op: ent.OpSum, Value: total, Operands: t.steps, Owner: t.pupil,
		Label: ent.Label{FR: "demi-journées d'absence (" + t.mode.Label(ent.FR) + ")", EN: "half-days of absence (" + t.mode.Label(ent.EN) + ")"},
	}}
	return e, e.Check()
}
