package tariff

import (
	"math"
	"math/big"
	"slices"

	"github.com/shopspring/decimal"
)

func quotientUnits(d decimal.Decimal) int64 { return d.Shift(quotientDecimals).IntPart() }

// limits returns the edges between which a row lies: where it starts, and where what is after it starts.
func (r *Row) limits() (start, end int64) {
	start, end = 0, maxEdge
	switch {
	case r.From != nil:
		start = edge(quotientUnits(*r.From), false)
	case r.Above != nil:
		start = edge(quotientUnits(*r.Above), true)
	}
	switch {
	case r.To != nil:
		end = edge(quotientUnits(*r.To), true)
	case r.Below != nil:
		end = edge(quotientUnits(*r.Below), false)
	}
	return start, end
}

// maxEdge is above every quotient.
const maxEdge = 1<<62 - 1

func (c compiler) bands(doc *Bands, path string) *bands {
	b := &bands{doc: doc, path: path, reading: doc.Decimals, width: max(1, len(doc.Columns))}
	for i := range doc.Columns {
		b.columns = append(b.columns, c.condition(doc.Columns[i].When))
	}
	for i := range doc.Shift {
		b.shift = append(b.shift, c.condition(doc.Shift[i].When))
	}
	for i := range doc.Rows {
		r := &doc.Rows[i]
		prices := r.Prices
		if len(doc.Columns) == 0 {
			prices = []*decimal.Decimal{r.Price}
		}
		for j := range b.width {
			var v val
			if j < len(prices) && prices[j] != nil {
				v = c.val(*prices[j])
			}
			b.values = append(b.values, v)
		}
	}
	b.starts, b.rows = doc.segments()
	return b
}

// segments flattens the rows: every quotient from 0 belongs to one segment, which has a row, none (gap) or several
// (overlap). With DecimalsUpperBound a row starts where the one before it ends, unless a whole number of euros lies between.
func (b *Bands) segments() (starts []int64, rows []int32) {
	type interval struct{ start, end int64 }
	all := make([]interval, len(b.Rows))
	cuts := []int64{0}
	for i := range b.Rows {
		all[i].start, all[i].end = b.Rows[i].limits()
		if b.Decimals == DecimalsUpperBound && i > 0 && all[i].start > all[i-1].end && !wholeBetween(all[i-1].end, all[i].start) {
			all[i].start = all[i-1].end
		}
		cuts = append(cuts, max(0, all[i].start), max(0, all[i].end))
	}
	slices.Sort(cuts)
	for _, at := range slices.Compact(cuts) {
		if at >= maxEdge {
			break
		}
		row := gap
		for i, x := range all {
			if x.start <= at && at < x.end {
				if row != gap {
					row = overlap
					break
				}
				row = int32(i) //nolint:gosec // at most maxCount
			}
		}
		if n := len(rows); n > 0 && rows[n-1] == row && row != overlap {
			continue
		}
		starts, rows = append(starts, at), append(rows, row)
	}
	return starts, rows
}

// wholeBetween reports whether a whole number of euros lies from an edge up to another one, this one left out.
func wholeBetween(from, to int64) bool {
	const euro = 2 * quotientScale
	next := (from + euro - 1) / euro * euro
	return next < to
}

func (c compiler) linear(doc *Linear, path string) *linear {
	l := &linear{doc: doc, path: path}
	for _, p := range doc.Points {
		l.points = append(l.points, linearPoint{x: quotientUnits(p.Quotient), y: c.val(p.Price)})
	}
	for i := range len(l.points) - 1 {
		dy := doc.Points[i+1].Price.Sub(doc.Points[i].Price).Rat()
		dx := doc.Points[i+1].Quotient.Sub(doc.Points[i].Quotient).Shift(quotientDecimals).Rat()
		dy.Quo(dy, dx)
		l.points[i].slope = valOfRat(dy)
	}
	if doc.Above != nil {
		l.above = c.val(*doc.Above)
	}
	return l
}

func (c compiler) effort(doc *Effort, path string) *effort {
	e := &effort{doc: doc, path: path, rate: valOf(doc.Percent.Shift(-2 - quotientDecimals))}
	if doc.Min != nil {
		e.min = c.val(*doc.Min)
	}
	e.steps = c.scale(e.rate.rat())
	e.low, e.high = math.MinInt64, math.MaxInt64
	if doc.Max != nil {
		e.max = c.val(*doc.Max)
		e.high, _ = e.at(e.max)
		e.maxRounded = new(calc).round(e.max, &c.step)
	}
	if doc.Min != nil {
		_, e.low = e.at(e.min)
		e.minRounded = new(calc).round(e.min, &c.step)
	}
	return e
}

// at returns the last quotient whose price is not more than a value, and the first whose price is not less.
func (e *effort) at(v val) (last, first int64) {
	if e.rate.n == 0 {
		if v.n == 0 {
			return math.MaxInt64, math.MinInt64
		}
		return math.MaxInt64, math.MaxInt64
	}
	x := v.rat()
	x.Quo(x, e.rate.rat())
	whole, rest := new(big.Int).QuoRem(x.Num(), x.Denom(), new(big.Int))
	if !whole.IsInt64() || whole.Int64() == math.MaxInt64 {
		return math.MaxInt64, math.MaxInt64
	}
	last, first = whole.Int64(), whole.Int64()
	if rest.Sign() != 0 {
		first++
	}
	return last, first
}

func (c compiler) psu(doc *PSU, path string) *psu {
	p := &psu{doc: doc, path: path, floor: c.val(doc.Floor), ceiling: c.val(doc.Ceiling)}
	twelve := decimal.New(12, 0)
	p.low, p.high = cents(valOfRat(doc.Floor.Mul(twelve).Rat())), cents(valOfRat(doc.Ceiling.Mul(twelve).Rat()))
	for i, r := range doc.Rates {
		from, to := 0, maxCount
		if r.Children.Min != nil {
			from = *r.Children.Min
		}
		if r.Children.Max != nil && (i < len(doc.Rates)-1 || r.Children.Min == nil) {
			to = *r.Children.Max // the last rate goes on beyond its last number
		}
		p.from, p.to = append(p.from, from), append(p.to, to)
		rate := valOf(r.Percent.Shift(-2))
		p.rates = append(p.rates, rate)
		exact := rate.rat()
		p.annual = append(p.annual, valOfRat(new(big.Rat).Quo(exact, twelve.Rat())))
		p.lowPrice = append(p.lowPrice, valOfRat(new(big.Rat).Mul(p.floor.rat(), exact)))
		p.highPrice = append(p.highPrice, valOfRat(new(big.Rat).Mul(p.ceiling.rat(), exact)))
		p.lowRounded = append(p.lowRounded, c.rounded(p.lowPrice[i]))
		p.highRounded = append(p.highRounded, c.rounded(p.highPrice[i]))
		p.steps = append(p.steps, c.scale(new(big.Rat).Quo(exact, big.NewRat(1200, 1))))
	}
	return p
}
