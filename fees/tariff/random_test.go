package tariff_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/quotient"
	"github.com/opencartable/cartable/fees/tariff"
)

// draw makes random sheets of every structure, and cases that fall on their bounds more often than chance would have it.
type draw struct{ *rand.Rand }

func newDraw(seed uint64) draw { return draw{rand.New(rand.NewPCG(seed, 1))} }

func (d draw) cents(maximum int64) *decimal.Decimal {
	v := decimal.New(d.Int64N(maximum), -2)
	return &v
}

func (d draw) chance(n int) bool { return d.IntN(n) == 0 }

func pick[T any](d draw, list ...T) T { return list[d.IntN(len(list))] }

func (d draw) span(maximum int) *tariff.Range {
	lo := 1 + d.IntN(maximum)
	hi := lo + d.IntN(2)
	switch d.IntN(3) {
	case 0:
		return &tariff.Range{Min: &lo}
	case 1:
		return &tariff.Range{Max: &hi}
	}
	return &tariff.Range{Min: &lo, Max: &hi}
}

func (d draw) condition(bounds []decimal.Decimal) *tariff.Condition {
	c := &tariff.Condition{}
	for range 1 + d.IntN(2) {
		switch d.IntN(15) {
		case 0, 1:
			c.Residence = []tariff.Residence{pick(d, tariff.ResidenceCommune, tariff.ResidenceOutside, tariff.ResidencePartner)}
		case 2:
			c.Regime = []tariff.Regime{tariff.RegimeMSA, tariff.RegimeNone}
		case 3:
			c.Status = []tariff.Status{tariff.StatusRSA, tariff.StatusCCAS}
		case 4:
			c.Booking = []tariff.Booking{pick(d, tariff.BookingNone, tariff.BookingLate)}
		case 5:
			c.Level = []tariff.Level{tariff.LevelNursery}
			c.Day = []tariff.DayKind{tariff.DayWednesday, tariff.DayHoliday}
		case 6:
			c.Guest = []tariff.Guest{pick(d, tariff.GuestAdult, tariff.GuestChild)}
		case 7:
			b := d.chance(2)
			c.PAI = &b
		case 8:
			c.Rank = d.span(3)
		case 9:
			c.Enrolled, c.EnrolledRank = d.span(3), d.span(3)
		case 10:
			c.Present, c.Children = d.span(3), d.span(4)
		case 11:
			b := d.chance(2)
			c.Quotient = &tariff.QuotientCondition{Missing: &b}
		case 12:
			c.Quotient = &tariff.QuotientCondition{}
			q := pick(d, bounds...)
			*pick(d, &c.Quotient.From, &c.Quotient.Above, &c.Quotient.To, &c.Quotient.Below) = &q
		case 13:
			c.Custom = map[string][]string{"letter": {"A", "B"}}
		case 14:
			c.Presence = []tariff.Presence{tariff.PresenceAbsent}
		}
	}
	if q := c.Quotient; q != nil && q.To == nil && q.Below == nil && q.From == nil && q.Above == nil && q.Missing == nil {
		c.Quotient = nil
	}
	if q := c.Quotient; q != nil && q.Below != nil && q.Below.IsZero() {
		q.Below, q.To = nil, q.Below
	}
	return c
}

// bands are written with every kind of bound, and now and then with a hole or an overlap.
func (d draw) bands(bounds []decimal.Decimal, share bool) *tariff.Bands {
	b := &tariff.Bands{Decimals: pick(d, "", tariff.DecimalsTruncate, tariff.DecimalsHalfUp, tariff.DecimalsUpperBound)}
	for i := range d.IntN(4) {
		if i == 0 {
			continue
		}
		b.Columns = append(b.Columns, tariff.Column{ID: fmt.Sprint("c", i), When: d.condition(bounds)})
	}
	if len(b.Columns) > 0 && d.chance(2) {
		b.Columns = append(b.Columns, tariff.Column{ID: "rest"})
	}
	if d.chance(4) {
		b.Shift = []tariff.Shift{{When: d.condition(bounds), By: pick(d, -1, 1, -2)}}
	}
	style := d.IntN(4)
	for i, q := range bounds {
		r := tariff.Row{}
		low, open := q, i == len(bounds)-1
		var high decimal.Decimal
		if !open {
			high = bounds[i+1]
		}
		switch style {
		case 0:
			r.From = &low
			if !open {
				r.Below = &high
			}
		case 1:
			r.Above = &low
			if i == 0 {
				r.Above = nil
			}
			if !open {
				r.To = &high
			}
		case 2: // whole euros closed on both sides
			r.From = &low
			if !open {
				v := high.Sub(decimal.New(1, 0))
				r.To = &v
			}
		case 3: // whatever comes
			if d.chance(2) {
				r.From = &low
			} else {
				r.Above = &low
			}
			if !open && d.chance(2) {
				r.To = &high
			} else if !open {
				r.Below = &high
			}
		}
		money := func() *decimal.Decimal {
			if share {
				v := decimal.New(d.Int64N(101), 0)
				return &v
			}
			return d.cents(2000)
		}
		if len(b.Columns) == 0 {
			r.Price = money()
		}
		for range b.Columns {
			p := money()
			if d.chance(40) {
				p = nil
			}
			r.Prices = append(r.Prices, p)
		}
		b.Rows = append(b.Rows, r)
	}
	return b
}

func (d draw) bounds() []decimal.Decimal {
	out := []decimal.Decimal{{}}
	q := int64(0)
	for range 1 + d.IntN(8) {
		q += 2 + d.Int64N(400)
		v := decimal.New(q, 0)
		if d.chance(6) {
			v = decimal.New(q*100+d.Int64N(100), -2)
		}
		out = append(out, v)
	}
	return out
}

type formula func(d draw, r *tariff.Rule, bounds []decimal.Decimal)

func formulas() map[string]formula {
	return map[string]formula{
		"flat":  func(d draw, r *tariff.Rule, _ []decimal.Decimal) { r.Price = d.cents(3000) },
		"bands": func(d draw, r *tariff.Rule, bounds []decimal.Decimal) { r.Bands = d.bands(bounds, false) },
		"share": func(d draw, r *tariff.Rule, bounds []decimal.Decimal) {
			r.Share = &tariff.Share{Bands: *d.bands(bounds, true)}
			if d.chance(2) {
				r.Share.Of = d.cents(10000)
			}
		},
		"linear": func(d draw, r *tariff.Rule, bounds []decimal.Decimal) {
			r.Linear = &tariff.Linear{}
			for _, q := range bounds {
				p := decimal.New(d.Int64N(9000), -3)
				r.Linear.Points = append(r.Linear.Points, tariff.LinearPoint{Quotient: q, Price: p})
			}
			if d.chance(2) {
				r.Linear.Above = d.cents(900)
			}
		},
		"effort": func(d draw, r *tariff.Rule, _ []decimal.Decimal) {
			r.Effort = &tariff.Effort{Percent: decimal.New(d.Int64N(1000000), -6)}
			if d.chance(2) {
				r.Effort.Min = d.cents(300)
			}
			if d.chance(2) {
				v := decimal.New(300+d.Int64N(500), -2)
				r.Effort.Max = &v
			}
		},
		"psu": func(d draw, r *tariff.Rule, _ []decimal.Decimal) {
			one, two, three, seven := 1, 2, 3, 7
			r.PSU = &tariff.PSU{Floor: decimal.New(75000+d.Int64N(5000), -2), Ceiling: decimal.New(600000+d.Int64N(200000), -2), Rates: []tariff.PSURate{
				{Children: tariff.Range{Min: &one, Max: &one}, Percent: decimal.New(619, -4)},
				{Children: tariff.Range{Min: &two, Max: &two}, Percent: decimal.New(516, -4)},
				{Children: tariff.Range{Min: &three, Max: &seven}, Percent: decimal.New(d.Int64N(600), -4)},
			}}
		},
	}
}

func (d draw) modifier(bounds []decimal.Decimal) tariff.Modifier {
	m := tariff.Modifier{On: pick(d, "", tariff.StageUnit, tariff.StageLine)}
	if d.chance(2) {
		m.When = d.condition(bounds)
	}
	switch d.IntN(6) {
	case 0:
		v := d.cents(500).Sub(decimal.New(1, 0))
		m.Add = &v
	case 1:
		v := decimal.New(d.Int64N(300), -2)
		m.Multiply = &v
	case 2:
		v := decimal.New(d.Int64N(150)-100, 0)
		m.Percent = &v
	case 3:
		m.Replace = d.cents(900)
	case 4:
		m.Min = d.cents(400)
	case 5:
		m.Max = d.cents(1500)
	}
	return m
}

// sheet draws a sheet whose price has one of the formulas, "" for any.
func (d draw) sheet(kind string) (*tariff.Tariff, []decimal.Decimal) {
	bounds := d.bounds()
	t := &tariff.Tariff{
		ID: "random", Title: ent.Label{FR: "tarif", EN: "tariff"}, Organiser: tariff.Organiser{Name: "x"},
		From: ent.Date{Year: 2025, Month: 9, Day: 1},
		Rounding: tariff.Rounding{
			Step: pick(d, decimal.New(1, -2), decimal.New(1, -2), decimal.New(5, -2), decimal.New(1, -3), decimal.New(1, 0)),
			Mode: pick(d, ent.RoundHalfUp, ent.RoundHalfUp, ent.RoundHalfDown, ent.RoundHalfEven, ent.RoundUp, ent.RoundDown,
				ent.RoundCeiling, ent.RoundFloor),
			Point: pick(d, tariff.PointUnit, tariff.PointUnit, tariff.PointLine, tariff.PointInvoice),
		},
	}
	t.Quotient.Missing = pick(d, "", quotient.MissingRefuse, quotient.MissingTopBand)
	if d.chance(3) {
		t.Quotient.Kinds = []string{"caf", "municipal:brest"}
	}
	a := tariff.Activity{ID: "meal", Title: ent.Label{FR: "Repas", EN: "Meal"}, Service: tariff.ServiceMeal, Unit: tariff.UnitMeal}
	names := []string{"flat", "bands", "share", "linear", "effort", "psu"}
	for i := range 1 + d.IntN(3) {
		var r tariff.Rule
		if i > 0 || d.chance(3) {
			r.When = d.condition(bounds)
		}
		name := kind
		if name == "" {
			name = pick(d, names...)
		}
		formulas()[name](d, &r, bounds)
		a.Rules = append([]tariff.Rule{r}, a.Rules...)
	}
	for range d.IntN(3) {
		a.Modifiers = append(a.Modifiers, d.modifier(bounds))
	}
	if d.chance(4) {
		a.Duration = &tariff.Duration{
			Unit: pick(d, 15, 30, 60), Tolerance: pick(d, 0, 5, 15), Count: pick(d, tariff.CountUnion, tariff.CountEach),
			Free: pick(d, 0, 0, 10), Minimum: pick(d, 0, 0, 30), Maximum: pick(d, 0, 0, 120),
		}
	}
	t.Activities = []tariff.Activity{a}
	return t, bounds
}

func (d draw) given(bounds []decimal.Decimal) tariff.Given {
	g := tariff.Given{
		Activity: "meal", Date: ent.Date{Year: 2025, Month: 10, Day: uint8(1 + d.IntN(28))}, Kind: "caf",
		Residence: pick(d, tariff.ResidenceCommune, tariff.ResidenceOutside, tariff.ResidencePartner),
		Regime:    pick(d, tariff.RegimeGeneral, tariff.RegimeMSA, tariff.RegimeNone),
		Booking:   pick(d, tariff.BookingRegular, tariff.BookingNone, tariff.BookingLate),
		Level:     pick(d, tariff.LevelNursery, tariff.LevelPrimary), Day: pick(d, tariff.DaySchool, tariff.DayWednesday),
		Guest: pick(d, "", tariff.GuestChild, tariff.GuestAdult), Presence: pick(d, "", tariff.PresenceAbsent),
		PAI: d.chance(3), Rank: 1 + d.IntN(5), EnrolledRank: 1 + d.IntN(5), Present: 1 + d.IntN(5), Enrolled: 1 + d.IntN(5),
		Children: 1 + d.IntN(6), Quantity: d.IntN(4), Cost: d.cents(10000),
		Custom: map[string]string{"letter": pick(d, "A", "B", "C")},
	}
	g.DisabledChildren = d.IntN(min(3, g.Children+1))
	if d.chance(3) {
		g.Status = []tariff.Status{pick(d, tariff.StatusRSA, tariff.StatusCCAS, tariff.StatusSeparated)}
	}
	if !d.chance(12) {
		q := pick(d, bounds...)
		switch d.IntN(5) {
		case 0:
			q = q.Add(decimal.New(d.Int64N(100), -2))
		case 1:
			q = q.Sub(decimal.New(d.Int64N(100), -2)).Abs()
		case 2:
			q = decimal.New(d.Int64N(300000), -2)
		}
		g.Quotient = &q
	}
	if !d.chance(20) {
		v := decimal.New(d.Int64N(12000000), -2)
		g.Resources = &v
	}
	for range 1 + d.IntN(3) {
		start := 7*60 + d.IntN(600)
		g.Times = append(g.Times, tariff.Interval{Start: tariff.Clock(start), End: tariff.Clock(start + d.IntN(130))})
	}
	if d.chance(20) { // something that the sheet may ask for is not said
		switch d.IntN(4) {
		case 0:
			g.Residence = ""
		case 1:
			g.Rank = 0
		case 2:
			g.Times = nil
		case 3:
			g.Custom, g.Booking = nil, ""
		}
	}
	if d.chance(60) {
		g.Kind = "msa"
	}
	if d.chance(100) {
		g.Date = ent.Date{Year: 2025, Month: 8, Day: 31}
	}
	return g
}

// same compares the compiled sheet with the oracle.
func same(t testing.TB, doc *tariff.Tariff, c *tariff.Compiled, g *tariff.Given) (priced bool) {
	want, code := price(doc, g)
	in, err := g.Input(doc)
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.Price(&in)
	if code != "" {
		if err == nil || !errors.Is(err, code) {
			t.Fatalf("the oracle says %s, the sheet %v (%v)\n%s", code, got.Decimal(), err, dump(doc, g))
		}
		return false
	}
	if err != nil || !got.Decimal().Equal(want) {
		t.Fatalf("the oracle says %s, the sheet %v (%v)\n%s", want, got.Decimal(), err, dump(doc, g))
	}
	return true
}

func dump(doc *tariff.Tariff, g *tariff.Given) string {
	one := *doc
	one.Cases = []tariff.Case{{Given: *g}}
	b, err := one.MarshalJSON()
	return fmt.Sprint(string(b), err)
}

// The compiled sheet equals the decimal oracle, prices and errors alike.
func TestCompiledEqualsOracle(t *testing.T) {
	t.Parallel()
	sheets, each := 20000, 100
	if testing.Short() {
		sheets, each = 600, 20
	}
	const parts = 8
	for part := range parts {
		t.Run(fmt.Sprint(part), func(t *testing.T) {
			t.Parallel()
			d := newDraw(uint64(part) + 100)
			priced := 0
			for range sheets / parts {
				doc, bounds := d.sheet("")
				c, err := doc.Compile()
				require.NoError(t, err, "%s", dump(doc, &tariff.Given{}))
				for range each {
					g := d.given(bounds)
					if same(t, doc, c, &g) {
						priced++
					}
				}
			}
			require.Greater(t, priced, sheets/parts*each/3, "most cases have a price")
		})
	}
}

// Each explanation computes again to the price, and says what it says with tracing off.
func TestEveryExplanationChecks(t *testing.T) {
	t.Parallel()
	n := 3000
	if testing.Short() {
		n = 300
	}
	d := newDraw(7)
	checked := 0
	for range n {
		doc, bounds := d.sheet("")
		c, err := doc.Compile()
		require.NoError(t, err)
		for range 10 {
			g := d.given(bounds)
			in, err := g.Input(doc)
			require.NoError(t, err)
			want, err := c.Price(&in)
			q, why, err2 := c.Explain(&in)
			if err != nil {
				require.Error(t, err2)
				continue
			}
			require.NoError(t, err2)
			require.NoError(t, why.Check(), "%s", dump(doc, &g))
			require.Equal(t, want, q.Amount)
			require.True(t, why.Value().Equal(want.Decimal()), "%s %s", why.Value(), want.Decimal())
			checked++
		}
	}
	require.Greater(t, checked, n*3)
}
