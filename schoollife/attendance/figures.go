package attendance

import (
	"log/slog"
	"math/big"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
)

// Figures are what a bulletin, the livret scolaire or the tools of the ministry ask of one pupil and period. Absences are half-days.
type Figures struct {
	Total       int `json:"total"`
	Justified   int `json:"justified"`
	Unjustified int `json:"unjustified"`
	// Latenesses that no absence covers.
	Latenesses int `json:"latenesses"`
	// Minutes of lessons that were held and missed.
	Minutes int `json:"minutes"`
}

// LogValue hides the figures: they are a pupil's.
func (Figures) LogValue() slog.Value { return slog.StringValue("[redacted]") }

// Hours returns the whole hours missed, a started one not counted.
func (f Figures) Hours() int { return f.Minutes / 60 }

// Figures returns those of one pupil from a day to another, both included. A half-day is unjustified as soon as the time
// that no regularised absence covers makes it count by itself; justified is the rest. Half-days add up: the figures of a year are the sums of those
// of its periods.
func (c *Counter) Figures(events []Event, s *Schedule, from, to ent.Date) Figures {
	return c.figures(events, s, from, to, nil)
}

func (c *Counter) figures(events []Event, s *Schedule, from, to ent.Date, t *trail) Figures {
	window := minutes{Moment{Date: from}.minute(), Moment{Date: to.AddDays(1)}.minute()}
	all := c.count(events, s, part{window: window}, t)
	f := Figures{Total: len(all.HalfDays), Minutes: all.Minutes, Latenesses: c.latenesses(events, window)}
	f.Unjustified = f.Total
	if f.Total > 0 {
		f.Unjustified = min(f.Total, len(c.count(events, s, part{window, true}, nil).HalfDays))
	}
	f.Justified = f.Total - f.Unjustified
	return f
}

// ExplainFigures does what Figures does, and says how the half-days were counted.
func (c *Counter) ExplainFigures(pupil ent.ID, events []Event, s *Schedule, from, to ent.Date) (Figures, ent.Explanation, error) {
	t := &trail{pupil: pupil, mode: c.rule.Mode}
	f := c.figures(events, s, from, to, t)
	e, err := t.explanation()
	return f, e, err
}

// latenesses counts those that start in a window and that no absence covers.
func (c *Counter) latenesses(events []Event, window minutes) int {
	n := 0
	for i := range events {
		e := &events[i]
		if !c.lateness(e) || !c.counted(e) || e.From.minute() < window.from || e.From.minute() >= window.to {
			continue
		}
		hidden := false
		for j := range events {
			o := &events[j]
			hidden = hidden || j != i && o.Covers(e.Span) && c.counted(o) && (c.missing(o) || o.Kind.present())
		}
		if !hidden {
			n++
		}
	}
	return n
}

// rate is the rounding of rates: two decimals, a half goes down, as the school life tools in use do.
func rate() ent.Rounding { return ent.Rounding{Step: decimal.New(1, -2), Mode: ent.RoundHalfDown} }

// PupilRate returns the events of a pupil for a hundred roll calls that were made, in percent with two decimals; false when no roll
// call was made: no rate is not a rate of zero.
func PupilRate(events, calls int) (decimal.Decimal, bool) {
	return percent(int64(events), int64(calls))
}

// SchoolRate returns the half-days missed for a hundred that were open to all pupils, in percent with two decimals; false when none
// was, or when there are fewer than least pupils, whom the rate would tell of (5 when 0).
func SchoolRate(missed, open, pupils, least int) (decimal.Decimal, bool) {
	if least == 0 {
		least = 5
	}
	if pupils < least {
		return decimal.Decimal{}, false
	}
	return percent(int64(missed), int64(open)*int64(pupils))
}

func percent(n, of int64) (decimal.Decimal, bool) {
	if of <= 0 || n < 0 {
		return decimal.Decimal{}, false
	}
	d, err := rate().Round(big.NewRat(100*n, of))
	return d, err == nil
}
