package tariff_test

import (
	"slices"
	"sort"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/quotient"
	"github.com/opencartable/cartable/fees/tariff"
)

// The oracle prices a case straight from the document, with decimals, one rule after another, as somebody would with a
// pencil. It shares no code with the compiled sheet: it is what the compiled one is compared with, and the baseline of its
// speed.

// fraction is an exact value: num / den.
type fraction struct{ num, den decimal.Decimal }

func whole(d decimal.Decimal) fraction { return fraction{d, decimal.New(1, 0)} }

func (a fraction) add(b decimal.Decimal) fraction { return fraction{a.num.Add(b.Mul(a.den)), a.den} }

func (a fraction) times(b decimal.Decimal) fraction { return fraction{a.num.Mul(b), a.den} }

// cmp compares with a decimal; denominators are positive.
func (a fraction) cmp(b decimal.Decimal) int { return a.num.Cmp(b.Mul(a.den)) }

// round brings the value to a multiple of the step.
func (a fraction) round(r tariff.Rounding) fraction {
	unit := a.den.Mul(r.Step)
	q, rest := a.num.QuoRem(unit, 0)
	if !rest.IsZero() {
		sign := decimal.New(int64(a.num.Sign()), 0)
		half := rest.Abs().Mul(decimal.New(2, 0)).Cmp(unit)
		away := false
		switch r.Mode {
		case ent.RoundHalfUp:
			away = half >= 0
		case ent.RoundHalfDown:
			away = half > 0
		case ent.RoundHalfEven:
			away = half > 0 || half == 0 && q.BigInt().Bit(0) == 1
		case ent.RoundUp:
			away = true
		case ent.RoundDown:
		case ent.RoundCeiling:
			away = a.num.Sign() > 0
		case ent.RoundFloor:
			away = a.num.Sign() < 0
		}
		if away {
			q = q.Add(sign)
		}
	}
	return whole(q.Mul(r.Step))
}

// oracle is one computation; the code is that of the error, "" for a price.
type oracle struct {
	t    *tariff.Tariff
	a    *tariff.Activity
	g    *tariff.Given
	code ent.Code
}

func price(t *tariff.Tariff, g *tariff.Given) (decimal.Decimal, ent.Code) {
	o := oracle{t: t, g: g}
	v := o.price()
	if o.code != "" {
		return decimal.Decimal{}, o.code
	}
	if v.den.Equal(decimal.New(1, 0)) {
		return v.num, ""
	}
	return ent.Written(v.num.Rat().Quo(v.num.Rat(), v.den.Rat())), ""
}

func (o *oracle) fail(c ent.Code) fraction {
	if o.code == "" {
		o.code = c
	}
	return whole(decimal.Decimal{})
}

func (o *oracle) price() fraction {
	day := o.g.Date
	if day.Before(o.t.From) || !o.t.To.IsZero() && o.t.To.Before(day) {
		return o.fail(tariff.CodeUndefinedDate)
	}
	for i := range o.t.Activities {
		if o.t.Activities[i].ID == o.g.Activity {
			o.a = &o.t.Activities[i]
		}
	}
	if o.a == nil {
		return o.fail(tariff.CodeActivity)
	}
	v, found := fraction{}, false
	for i := range o.a.Rules {
		r := &o.a.Rules[i]
		holds := o.holds(r.When)
		if o.code != "" {
			return v
		}
		if holds {
			v, found = o.formula(r), true
			break
		}
	}
	if !found {
		return o.fail(tariff.CodeUndefinedRule)
	}
	v, _ = o.modify(v, tariff.StageUnit)
	if o.code != "" {
		return v
	}
	if o.t.Rounding.Point == tariff.PointUnit {
		v = v.round(o.t.Rounding)
	}
	n, ok := o.quantity()
	if !ok {
		return v
	}
	v = v.times(decimal.New(int64(n), 0))
	v, changed := o.modify(v, tariff.StageLine)
	if o.t.Rounding.Point == tariff.PointLine || o.t.Rounding.Point == tariff.PointUnit && changed {
		v = v.round(o.t.Rounding)
	}
	return v
}

func (o *oracle) modify(v fraction, stage tariff.Stage) (fraction, bool) {
	changed := false
	for i := range o.a.Modifiers {
		m := &o.a.Modifiers[i]
		if m.On != stage && (m.On != "" || stage == tariff.StageLine) || o.code != "" || !o.holds(m.When) {
			continue
		}
		changed = true
		switch {
		case m.Add != nil:
			v = v.add(*m.Add)
		case m.Multiply != nil:
			v = v.times(*m.Multiply)
		case m.Percent != nil:
			v = v.times(decimal.New(100, 0).Add(*m.Percent).Shift(-2))
		case m.Replace != nil:
			v = whole(*m.Replace)
		case m.Min != nil:
			if v.cmp(*m.Min) < 0 {
				v = whole(*m.Min)
			}
		case m.Max != nil:
			if v.cmp(*m.Max) > 0 {
				v = whole(*m.Max)
			}
		}
	}
	return v, changed
}

func (o *oracle) quantity() (int, bool) {
	d := o.a.Duration
	if d == nil {
		return max(1, o.g.Quantity), true
	}
	if len(o.g.Times) == 0 {
		o.fail(tariff.CodeCriterion)
		return 0, false
	}
	started := func(minutes int) int {
		if minutes <= d.Free {
			return 0
		}
		minutes = max(minutes, d.Minimum)
		if d.Maximum > 0 {
			minutes = min(minutes, d.Maximum)
		}
		if minutes == 0 {
			return 0
		}
		units := 0
		for minutes > units*d.Unit+d.Tolerance {
			units++
		}
		return max(units, 1)
	}
	if d.Count == tariff.CountEach {
		n := 0
		for _, x := range o.g.Times {
			n += started(int(x.End - x.Start))
		}
		return n, true
	}
	return started(union(o.g.Times)), true
}

// union counts the minutes of a day one by one.
func union(times []tariff.Interval) int {
	var day [24 * 60]bool
	n := 0
	for _, x := range times {
		for m := x.Start; m < x.End; m++ {
			if !day[m] {
				day[m] = true
				n++
			}
		}
	}
	return n
}

func (o *oracle) top() bool {
	return o.t.Quotient.Missing == quotient.MissingTopBand || o.t.Quotient.Missing == quotient.MissingTopBandSurcharge
}

// quotient returns the quotient, nil for the highest.
func (o *oracle) quotient() (*decimal.Decimal, bool) {
	if o.g.Quotient == nil {
		if !o.top() {
			o.fail(tariff.CodeQuotientMissing)
		}
		return nil, o.top()
	}
	if k := o.t.Quotient.Kinds; len(k) > 0 && o.g.Kind != "" && !slices.Contains(k, o.g.Kind) {
		o.fail(tariff.CodeQuotientKind)
		return nil, false
	}
	return o.g.Quotient, true
}

func (o *oracle) formula(r *tariff.Rule) fraction {
	switch {
	case r.Price != nil:
		return whole(*r.Price)
	case r.Bands != nil:
		return whole(o.bands(r.Bands))
	case r.Linear != nil:
		return o.linear(r.Linear)
	case r.Effort != nil:
		return o.effort(r.Effort)
	case r.Share != nil:
		percent := o.bands(&r.Share.Bands)
		of := r.Share.Of
		if of == nil {
			of = o.g.Cost
		}
		if o.code == "" && of == nil {
			return o.fail(tariff.CodeCriterion)
		}
		if o.code != "" {
			return whole(percent)
		}
		return whole(percent.Mul(*of).Shift(-2))
	}
	return o.psu(r.PSU)
}

func inRow(q decimal.Decimal, from, above, to, below *decimal.Decimal) bool {
	return (from == nil || q.GreaterThanOrEqual(*from)) && (above == nil || q.GreaterThan(*above)) &&
		(to == nil || q.LessThanOrEqual(*to)) && (below == nil || q.LessThan(*below))
}

func (o *oracle) bands(b *tariff.Bands) decimal.Decimal {
	q, ok := o.quotient()
	if !ok {
		return decimal.Decimal{}
	}
	row := len(b.Rows) - 1
	if q != nil {
		v := *q
		switch b.Decimals {
		case tariff.DecimalsTruncate:
			v = v.Truncate(0)
		case tariff.DecimalsHalfUp:
			v = v.Round(0)
		case tariff.DecimalsUpperBound:
		}
		var in []int
		for i := range b.Rows {
			r := b.Rows[i]
			if b.Decimals == tariff.DecimalsUpperBound && i > 0 && inTheHole(v, b, i) {
				in = append(in, i)
				continue
			}
			if inRow(v, r.From, r.Above, r.To, r.Below) {
				in = append(in, i)
			}
		}
		switch len(in) {
		case 0:
			o.fail(tariff.CodeUndefinedBand)
			return v
		case 1:
			row = in[0]
		default:
			o.fail(tariff.CodeAmbiguousBand)
			return v
		}
	}
	for _, s := range b.Shift {
		if o.holds(s.When) {
			row = min(max(0, row+s.By), len(b.Rows)-1)
		}
	}
	if o.code != "" {
		return decimal.Decimal{}
	}
	if len(b.Columns) == 0 {
		return *b.Rows[row].Price
	}
	for i := range b.Columns {
		holds := o.holds(b.Columns[i].When)
		if o.code != "" {
			return decimal.Decimal{}
		}
		if holds {
			p := b.Rows[row].Prices
			if i >= len(p) || p[i] == nil {
				o.fail(tariff.CodeUndefinedCell)
				return decimal.Decimal{}
			}
			return *p[i]
		}
	}
	o.fail(tariff.CodeUndefinedColumn)
	return decimal.Decimal{}
}

// inTheHole reports whether a quotient lies between row i-1 and row i, and no whole number of euros does.
func inTheHole(q decimal.Decimal, b *tariff.Bands, i int) bool {
	before, r := b.Rows[i-1], b.Rows[i]
	above := before.To != nil && q.GreaterThan(*before.To) || before.Below != nil && q.GreaterThanOrEqual(*before.Below)
	under := r.From != nil && q.LessThan(*r.From) || r.Above != nil && q.LessThanOrEqual(*r.Above)
	if !above || !under {
		return false
	}
	// A whole euro in the hole: the sheet forgot it, upper bounds or not.
	low := before.To
	if low == nil {
		low = before.Below
	}
	for n := low.Floor(); ; n = n.Add(decimal.New(1, 0)) {
		if r.From != nil && n.GreaterThanOrEqual(*r.From) || r.Above != nil && n.GreaterThan(*r.Above) {
			return true
		}
		if before.To != nil && n.GreaterThan(*before.To) || before.Below != nil && n.GreaterThanOrEqual(*before.Below) {
			return false
		}
	}
}

func (o *oracle) linear(l *tariff.Linear) fraction {
	q, ok := o.quotient()
	if !ok {
		return fraction{}
	}
	last := l.Points[len(l.Points)-1]
	if q == nil || q.GreaterThan(last.Quotient) {
		if l.Above != nil {
			return whole(*l.Above)
		}
		return whole(last.Price)
	}
	if q.LessThanOrEqual(l.Points[0].Quotient) {
		return whole(l.Points[0].Price)
	}
	i := sort.Search(len(l.Points), func(i int) bool { return l.Points[i].Quotient.GreaterThanOrEqual(*q) })
	a, b := l.Points[i-1], l.Points[i]
	dx := b.Quotient.Sub(a.Quotient)
	return fraction{a.Price.Mul(dx).Add(b.Price.Sub(a.Price).Mul(q.Sub(a.Quotient))), dx}
}

func (o *oracle) effort(e *tariff.Effort) fraction {
	q, ok := o.quotient()
	if !ok {
		return fraction{}
	}
	if q == nil {
		if e.Max == nil {
			return o.fail(tariff.CodeQuotientMissing)
		}
		return whole(*e.Max)
	}
	v := q.Mul(e.Percent).Shift(-2)
	if e.Min != nil && v.LessThan(*e.Min) {
		v = *e.Min
	}
	if e.Max != nil && v.GreaterThan(*e.Max) {
		v = *e.Max
	}
	return whole(v)
}

func (o *oracle) psu(p *tariff.PSU) fraction {
	if o.g.Resources == nil || o.g.Children <= 0 {
		return o.fail(tariff.CodeCriterion)
	}
	count := o.g.Children + o.g.DisabledChildren
	for i, r := range p.Rates {
		if r.Children.Min != nil && count < *r.Children.Min || r.Children.Max != nil && count > *r.Children.Max && i < len(p.Rates)-1 {
			continue
		}
		v := fraction{*o.g.Resources, decimal.New(12, 0)}
		if v.cmp(p.Floor) < 0 {
			v = whole(p.Floor)
		}
		if v.cmp(p.Ceiling) > 0 {
			v = whole(p.Ceiling)
		}
		return v.times(r.Percent.Shift(-2))
	}
	return o.fail(tariff.CodeUndefinedColumn)
}

// holds evaluates a condition, in the order of the compiled one: the first criterion that does not hold ends it.
func (o *oracle) holds(c *tariff.Condition) bool {
	if c == nil || o.code != "" {
		return o.code == ""
	}
	g := o.g
	ok := word(o, c.Residence, g.Residence, "") && word(o, c.Regime, g.Regime, "")
	if ok && len(c.Status) > 0 {
		ok = slices.ContainsFunc(g.Status, func(s tariff.Status) bool { return slices.Contains(c.Status, s) })
	}
	ok = ok && word(o, c.Booking, g.Booking, "") && word(o, c.Presence, g.Presence, tariff.PresencePresent) &&
		word(o, c.Level, g.Level, "") && word(o, c.Day, g.Day, "") && word(o, c.Guest, g.Guest, tariff.GuestChild)
	ok = ok && (c.PAI == nil || *c.PAI == g.PAI)
	ok = ok && o.number(c.Rank, g.Rank) && o.number(c.EnrolledRank, g.EnrolledRank) && o.number(c.Present, g.Present) &&
		o.number(c.Enrolled, g.Enrolled) && o.number(c.Children, g.Children)
	if ok && (c.Minutes != nil || c.EndsAfter != nil || c.StartsBefore != nil) {
		ok = o.times(c)
	}
	if q := c.Quotient; ok && q != nil {
		if q.Missing != nil && *q.Missing != (g.Quotient == nil) {
			return false
		}
		if q.From != nil || q.Above != nil || q.To != nil || q.Below != nil {
			v, known := o.quotient()
			if !known {
				return false
			}
			if v == nil {
				ok = q.To == nil && q.Below == nil
			} else {
				ok = inRow(*v, q.From, q.Above, q.To, q.Below)
			}
		}
	}
	names := make([]string, 0, len(c.Custom))
	for n := range c.Custom {
		names = append(names, n)
	}
	sort.Strings(names)
	for _, n := range names {
		ok = ok && word(o, c.Custom[n], g.Custom[n], "")
	}
	return ok
}

func word[T ~string](o *oracle, wanted []T, have, otherwise T) bool {
	if len(wanted) == 0 {
		return true
	}
	if have == "" {
		have = otherwise
	}
	if have == "" {
		o.fail(tariff.CodeCriterion)
		return false
	}
	return slices.Contains(wanted, have)
}

func (o *oracle) number(r *tariff.Range, n int) bool {
	if r == nil {
		return true
	}
	if n <= 0 {
		o.fail(tariff.CodeCriterion)
		return false
	}
	return (r.Min == nil || n >= *r.Min) && (r.Max == nil || n <= *r.Max)
}

func (o *oracle) times(c *tariff.Condition) bool {
	if len(o.g.Times) == 0 {
		o.fail(tariff.CodeCriterion)
		return false
	}
	minutes := 0
	start, end := o.g.Times[0].Start, o.g.Times[0].End
	for _, x := range o.g.Times {
		minutes += int(x.End - x.Start)
		start, end = min(start, x.Start), max(end, x.End)
	}
	if d := o.a.Duration; d == nil || d.Count != tariff.CountEach {
		minutes = union(o.g.Times)
	}
	return o.number(c.Minutes, max(minutes, 1)) && (c.EndsAfter == nil || end > *c.EndsAfter) && (c.StartsBefore == nil || start < *c.StartsBefore)
}
