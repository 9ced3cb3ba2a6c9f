package tariff

import (
	"log/slog"
	"maps"
	"slices"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/quotient"
)

// Input is a use to price. What a sheet does not ask for may stay empty; what it asks for and is empty is an error, never a
// guess. It is personal data: logs redact it.
type Input struct {
	// Owner is the person who pays, to whom an explanation belongs.
	Owner    ent.ID
	Date     ent.Date
	Activity string
	// Quotient is missing when it is not set.
	Quotient  Quotient
	Residence Residence
	Regime    Regime
	// Status are the social situations of the household; none means none.
	Status  []Status
	Booking Booking
	// Presence is PresencePresent when empty, Guest is GuestChild.
	Presence Presence
	Level    Level
	Day      DayKind
	Guest    Guest
	PAI      bool
	// Rank and EnrolledRank count from 1; 0 is unknown, as it is for Present, Enrolled and Children.
	Rank, EnrolledRank          int
	Present, Enrolled, Children int
	// DisabledChildren are among the Children; they matter to a crèche.
	DisabledChildren int
	// Times are the presences of the day, for what is priced by duration.
	Times []Interval
	// Quantity is 1 when 0. It multiplies what is not priced by duration.
	Quantity int
	// Cost is that of an outing billed by a share of it, Resources are the annual ones of a household with a child in a crèche.
	Cost, Resources Amount
	// Custom are the commune's own criteria.
	Custom map[string]string
}

// sameUse reports whether two uses are the same but for the person who pays and the day.
func (in *Input) sameUse(o *Input) bool {
	return in.Activity == o.Activity && in.Rank == o.Rank && in.Present == o.Present && in.Quantity == o.Quantity &&
		in.PAI == o.PAI && in.EnrolledRank == o.EnrolledRank && in.Enrolled == o.Enrolled && in.Children == o.Children &&
		in.DisabledChildren == o.DisabledChildren && in.Cost == o.Cost && in.Resources == o.Resources &&
		in.Booking == o.Booking && in.Day == o.Day && in.Presence == o.Presence && in.Level == o.Level && in.Guest == o.Guest &&
		in.Residence == o.Residence && in.Regime == o.Regime && in.Quotient == o.Quotient &&
		slices.Equal(in.Status, o.Status) && slices.Equal(in.Times, o.Times) && maps.Equal(in.Custom, o.Custom)
}

// LogValue hides the input.
func (in Input) LogValue() slog.Value { return slog.StringValue(hidden) }

// Input returns what the case gives as a use priced by a sheet. It returns CodeNumber for a number out of limits.
func (g *Given) Input(t *Tariff) (Input, error) {
	in := Input{
		Owner: "case", Date: g.Date, Activity: g.Activity, Residence: g.Residence, Regime: g.Regime, Status: g.Status,
		Booking: g.Booking, Presence: g.Presence, Level: g.Level, Day: g.Day, Guest: g.Guest, PAI: g.PAI, Rank: g.Rank,
		EnrolledRank: g.EnrolledRank, Present: g.Present, Enrolled: g.Enrolled, Children: g.Children,
		DisabledChildren: g.DisabledChildren, Times: g.Times, Quantity: g.Quantity, Custom: g.Custom,
	}
	if in.Date.IsZero() {
		in.Date = t.anyDay()
	}
	kind := g.Kind
	if kind == "" && len(t.Quotient.Kinds) > 0 {
		kind = t.Quotient.Kinds[0]
	}
	q := quotient.Quotient{}
	q.Kind, q.Name = splitKind(kind)
	var err error
	if g.Quotient != nil {
		q.Value = quotient.Known(*g.Quotient)
	}
	if in.Quotient, err = QuotientOf(q); err != nil {
		return Input{}, err
	}
	if g.Cost != nil {
		if in.Cost, err = AmountOf(*g.Cost); err != nil {
			return Input{}, err
		}
	}
	if g.Resources != nil {
		if in.Resources, err = AmountOf(*g.Resources); err != nil {
			return Input{}, err
		}
	}
	return in, nil
}

// anyDay returns a day of the sheet.
func (t *Tariff) anyDay() ent.Date {
	switch {
	case !t.From.IsZero():
		return t.From
	case !t.To.IsZero():
		return t.To
	}
	return ent.Date{Year: 2000, Month: 1, Day: 1}
}

func splitKind(s string) (kind quotient.Kind, name string) {
	k, name, _ := strings.Cut(s, ":")
	return quotient.Kind(k), name
}

// span is what the presences of a day come to.
type span struct {
	minutes    int
	start, end Clock
}

// minutesOf counts the presences of a day: their union, or each one by itself.
func minutesOf(times []Interval, each bool) span {
	if len(times) == 1 {
		x := times[0]
		return span{int(x.End - x.Start), x.Start, x.End}
	}
	var buf [16]Interval // a day has a few presences: no allocation
	sorted := append(buf[:0], times...)
	slices.SortFunc(sorted, func(a, b Interval) int { return int(a.Start - b.Start) })
	var s span
	for i, x := range sorted {
		if i == 0 {
			s = span{start: x.Start, end: x.Start}
		}
		from := x.Start
		if !each && from < s.end {
			from = s.end
		}
		if x.End > from {
			s.minutes += int(x.End - from)
		}
		s.end = max(s.end, x.End)
	}
	return s
}

// counted applies the threshold and the bounds to the minutes of a day.
func (d *Duration) counted(minutes int) int {
	if minutes <= d.Free {
		return 0
	}
	if minutes < d.Minimum {
		minutes = d.Minimum
	}
	if d.Maximum > 0 && minutes > d.Maximum {
		minutes = d.Maximum
	}
	return minutes
}

// started returns the units begun by some minutes.
func (d *Duration) started(minutes int) int {
	if minutes <= 0 {
		return 0
	}
	return max(1, (minutes-d.Tolerance+d.Unit-1)/d.Unit)
}

// Units returns the minutes that count of the presences of a day, and the units that they begin.
func (d *Duration) Units(times []Interval) (minutes, units int) {
	if d.Count == CountEach {
		for i := range times {
			m := d.counted(minutesOf(times[i:i+1], true).minutes)
			minutes += m
			units += d.started(m)
		}
		return minutes, units
	}
	minutes = d.counted(minutesOf(times, false).minutes)
	return minutes, d.started(minutes)
}
