package feestest

import (
	"fmt"
	"iter"
	"math/rand/v2"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/calendar"
	"github.com/opencartable/cartable/ent/enttest"
	"github.com/opencartable/cartable/fees/billing"
	"github.com/opencartable/cartable/fees/quotient"
	"github.com/opencartable/cartable/fees/tariff"
)

// The activities used.
const (
	Meal      = "meal"
	Care      = "care"
	Wednesday = "wednesday"
)

// Options say how a town is grown.
type Options struct {
	// Zone is that of the school holidays, B when empty.
	Zone calendar.Zone
	// Degree keeps the pupils of one degree, the first when empty: the second degree is not the commune's.
	Degree ent.Degree
}

// Town is a fictional town. It never changes, and may be used by several goroutines at once.
type Town struct {
	a        *enttest.Academy
	opt      Options
	days     map[ent.Month][]day
	morning  [][]tariff.Interval
	evening  [][]tariff.Interval
	children map[ent.ID]ent.Date // birth dates
}

// day is a day on which services are open.
type day struct {
	date ent.Date
	kind tariff.DayKind
}

// New grows a town on an academy, for its school year. It returns an error when the calendar does not know that year.
func New(a *enttest.Academy, o Options) (*Town, error) {
	if o.Zone == "" {
		o.Zone = calendar.ZoneB
	}
	if o.Degree == "" {
		o.Degree = ent.FirstDegree
	}
	cal, err := calendar.New(calendar.Default(), calendar.Place{Zone: o.Zone, Week: calendar.FourDays()})
	if err != nil {
		return nil, fmt.Errorf("feestest: %w", err)
	}
	from, to, err := cal.Range(a.Year())
	if err != nil {
		return nil, fmt.Errorf("feestest: %w", err)
	}
	t := &Town{a: a, opt: o, days: map[ent.Month][]day{}, children: map[ent.ID]ent.Date{}}
	for d := from; !to.Before(d); d = d.AddDays(1) {
		k, err := cal.DayKind(d)
		if err != nil {
			return nil, fmt.Errorf("feestest: %w", err)
		}
		m := ent.MonthOf(d)
		switch {
		case k == calendar.KindSchool:
			t.days[m] = append(t.days[m], day{d, tariff.DaySchool})
		case d.Weekday() == 3 && schoolWeek(cal, d):
			t.days[m] = append(t.days[m], day{d, tariff.DayWednesday})
		}
	}
	for _, s := range []string{"07:30-08:20", "08:00-08:20", "07:45-08:20"} {
		t.morning = append(t.morning, intervals(s))
	}
	for _, s := range []string{"16:30-17:00", "16:30-17:25", "16:30-18:00", "16:30-18:10", "16:30-18:30", "16:30-18:35"} {
		t.evening = append(t.evening, intervals(s))
	}
	for p := range a.PupilsOf(o.Degree) {
		t.children[p.ID] = p.BirthDate
	}
	return t, nil
}

func intervals(s string) []tariff.Interval {
	x, err := tariff.ParseInterval(s)
	if err != nil {
		return nil // the texts above are right
	}
	return []tariff.Interval{x}
}

// schoolWeek reports whether the day before or after is one of school.
func schoolWeek(cal *calendar.Calendar, d ent.Date) bool {
	for _, n := range []int{-1, 1} {
		if k, err := cal.DayKind(d.AddDays(n)); err == nil && k == calendar.KindSchool {
			return true
		}
	}
	return false
}

// Months returns the months of the school year that have a day of service.
func (t *Town) Months() []ent.Month {
	var out []ent.Month
	for m := ent.MonthOf(t.a.Year().First()); m.Compare(ent.MonthOf(t.a.Year().Last())) <= 0; m = m.AddMonths(1) {
		if len(t.days[m]) > 0 {
			out = append(out, m)
		}
	}
	return out
}

// Households ranges over the homes that pay for a child. Of separated parents who share a child, each one is a household: the
// child's custody says who pays which week.
func (t *Town) Households() iter.Seq[*billing.Household] {
	return func(yield func(*billing.Household) bool) {
		var before *ent.Household
		for h := range t.a.Households() {
			if before == nil {
				before = &h
				continue
			}
			if shares(before, &h) {
				one, two := t.household(before, &h), t.household(&h, before)
				before = nil
				if one != nil && !yield(one) || two != nil && !yield(two) {
					return
				}
				continue
			}
			one := t.household(before, nil)
			before = &h
			if one != nil && !yield(one) {
				return
			}
		}
		if before != nil {
			if one := t.household(before, nil); one != nil {
				yield(one)
			}
		}
	}
}

// shares reports whether two homes are those of one child.
func shares(a, b *ent.Household) bool {
	for _, x := range a.Children {
		for _, y := range b.Children {
			if x.Person == y.Person {
				return true
			}
		}
	}
	return false
}

// household returns a home as one that pays, nil when it pays for nobody. The other home is that of the separated parent.
func (t *Town) household(h, other *ent.Household) *billing.Household {
	out := &billing.Household{Payer: h.Adults[0]}
	for _, c := range h.Children {
		born, ok := t.children[c.Person]
		if !ok || c.Custody == ent.CustodyVisits {
			continue
		}
		child := billing.Child{ID: c.Person, Born: born, Level: tariff.LevelPrimary}
		if c.Custody == ent.CustodyShared && other != nil {
			child.Custody = t.custody(h, other)
		}
		r := t.a.Rand("fees-child", c.Person)
		child.PAI = r.IntN(40) == 0
		out.Children = append(out.Children, child)
	}
	if len(out.Children) == 0 {
		return nil
	}
	r := t.a.Rand("fees-household", h.ID)
	out.Dependants = len(out.Children)
	out.Residence, out.Regime = tariff.ResidenceCommune, tariff.RegimeGeneral
	if r.IntN(8) == 0 {
		out.Residence = tariff.ResidenceOutside
	}
	if r.IntN(20) == 0 {
		out.Regime = tariff.RegimeMSA
	}
	if v, known := quotientOf(r); known {
		out.Quotients = t.history(v, out.Regime)
		if v.LessThan(decimal.New(350, 0)) && r.IntN(3) == 0 {
			out.Status = []tariff.Status{tariff.StatusRSA}
		}
	}
	return out
}

// custody gives one week in two to each home; the two calendars of a child are the same.
func (t *Town) custody(h, other *ent.Household) *billing.Custody {
	a, b := h.Adults[0], other.Adults[0]
	if h.ID > other.ID { // both homes must make one calendar; the order of two made-up texts serves
		a, b = b, a
	}
	first := t.a.Year().First()
	first = first.AddDays(-((int(first.Weekday()) + 6) % 7)) // a Monday: no day is without payer
	return &billing.Custody{Periods: []billing.CustodyPeriod{
		{Payer: a, From: first, Every: 2}, {Payer: b, From: first.AddDays(7), Every: 2},
	}}
}

// quotientOf draws a quotient: some have none, a few have 0, most are between 300 and 1500.
func quotientOf(r *rand.Rand) (decimal.Decimal, bool) {
	switch n := r.IntN(100); {
	case n < 3:
		return decimal.Decimal{}, false
	case n < 5:
		return decimal.Decimal{}, true
	}
	// The sum of three draws is near its middle more often than not; a second one makes a long upper tail.
	v := 100 + r.IntN(500) + r.IntN(500) + r.IntN(500)
	if r.IntN(6) == 0 {
		v += r.IntN(1800)
	}
	return decimal.New(int64(v), 0), true
}

func (t *Town) history(v decimal.Decimal, regime tariff.Regime) quotient.History {
	kind := quotient.KindCAF
	if regime == tariff.RegimeMSA {
		kind = quotient.KindMSA
	}
	from := t.a.Year().First()
	h, _ := quotient.NewHistory(quotient.Entry{
		ReceivedOn: from.AddDays(-20),
		Quotient: quotient.Quotient{
			Kind: kind, Value: quotient.Known(v), Month: ent.MonthOf(from), From: from, To: t.a.Year().Last(),
			Proof: quotient.Proof{Kind: quotient.ProofAPI}, Provider: quotient.ProviderCNAF,
		},
	})
	return h
}

// Uses returns the uses of the children of a household in a month, by day. A shared child has the same ones in both homes.
func (t *Town) Uses(h *billing.Household, m ent.Month) []billing.Use {
	days := t.days[m]
	out := make([]billing.Use, 0, len(days)*3*len(h.Children))
	type habit struct {
		meals, care, early, wednesday int // in ten
		evening                       []tariff.Interval
		morning                       []tariff.Interval
		r                             *rand.Rand
	}
	habits := make([]habit, len(h.Children))
	for i := range h.Children {
		r := t.a.Rand("fees-habit", h.Children[i].ID)
		habits[i] = habit{
			meals: 9 + r.IntN(2), care: 7 + r.IntN(4), early: 6 + r.IntN(5), wednesday: 2 * r.IntN(6),
			evening: t.evening[r.IntN(len(t.evening))], morning: t.morning[r.IntN(len(t.morning))],
			r: t.a.Rand("fees-uses-"+m.String(), h.Children[i].ID),
		}
	}
	for _, d := range days {
		for i := range h.Children {
			x := &habits[i]
			use := billing.Use{Child: h.Children[i].ID, Day: d.date, Booked: tariff.BookingRegular, Present: true, DayKind: d.kind}
			if d.kind == tariff.DayWednesday {
				if x.r.IntN(10) < x.wednesday {
					use.Activity = Wednesday
					out = append(out, use)
				}
				continue
			}
			fate := x.r.Uint32()
			if int(fate%10) < x.meals {
				meal := use
				meal.Activity = Meal
				switch (fate >> 8) % 64 {
				case 0:
					meal.Present, meal.Reason = false, tariff.ReasonIllness
				case 1:
					meal.Present, meal.Reason = false, tariff.ReasonUnannounced
				case 2:
					meal.Booked = tariff.BookingNone
				}
				out = append(out, meal)
			}
			if int((fate>>4)%10) < x.early {
				care := use
				care.Activity, care.Times = Care, x.morning
				out = append(out, care)
			}
			if int((fate>>16)%10) < x.care {
				care := use
				care.Activity, care.Times = Care, x.evening
				if (fate>>24)%5 == 0 {
					care.Times = t.evening[(fate>>27)%6]
				}
				out = append(out, care)
			}
		}
	}
	return out
}

// Families returns the households as a population for a simulation, with the uses of a usual year.
func (t *Town) Families() iter.Seq[*tariff.Family] {
	return func(yield func(*tariff.Family) bool) {
		for h := range t.Households() {
			f := &tariff.Family{Children: len(h.Children)}
			day := t.a.Year().First()
			if found, err := h.Quotients.At(quotient.Policy{Validity: quotient.ValidityDay}, day); err == nil {
				if q, err := tariff.QuotientOf(found); err == nil {
					f.Quotient = q
				}
			}
			for i := range h.Children {
				in := tariff.Input{
					Owner: h.Payer, Date: day, Activity: Meal, Quotient: f.Quotient, Residence: h.Residence, Regime: h.Regime, Status: h.Status,
					Booking: tariff.BookingRegular, Level: h.Children[i].Level, PAI: h.Children[i].PAI, Rank: i + 1, EnrolledRank: i + 1,
					Present: len(h.Children), Enrolled: len(h.Children), Children: len(h.Children),
				}
				times := int64(130)
				if h.Children[i].Custody != nil {
					times /= 2
				}
				f.Uses = append(f.Uses, tariff.YearlyUse{Input: in, Times: times})
			}
			if !yield(f) {
				return
			}
		}
	}
}
