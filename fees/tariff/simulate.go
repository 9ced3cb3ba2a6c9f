package tariff

import (
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"math/big"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/fixed"
)

// Family is a household of a population, or several like it.
type Family struct {
	// Weight is how many households it stands for, 1 when 0.
	Weight int64
	// Quotient is where the family stands in the comparison; missing, it has a place of its own.
	Quotient Quotient
	// Children is the size of the family in the comparison.
	Children int
	// Uses are those of a year.
	Uses []YearlyUse
	// After are those with the second sheet, when they are not the same: another day, another name of the activity.
	After []YearlyUse
}

// LogValue hides the family.
func (f Family) LogValue() slog.Value { return slog.StringValue(hidden) }

// YearlyUse is a use that comes again and again in a year.
type YearlyUse struct {
	Input Input
	Times int64
}

// CompareOptions say how a comparison is cut.
type CompareOptions struct {
	// Bands are where the bands of quotient begin, growing from 0; by default every 300 euros up to 2100.
	Bands []decimal.Decimal
	// Sizes is the number of children from which families are counted together, 4 when 0.
	Sizes int
}

// ComparisonRow is a band of a comparison, whole or by number of children.
type ComparisonRow struct {
	// From and To bound the quotients, To left out; a missing To is open. Known is false for the families that give none.
	From, To *decimal.Decimal
	Known    bool
	// Children is the number of children, the last size standing for it and more; 0 for all the families of the band.
	Children int
	// Households compared, those that pay more, less and the same.
	Households, More, Less, Same int64
	// Before and After are what they pay a year, in euros.
	Before, After decimal.Decimal
}

// Average returns what a household pays a year with each sheet, to the cent; nothing for an empty row.
func (r *ComparisonRow) Average() (before, after decimal.Decimal) {
	if r.Households == 0 {
		return before, after
	}
	n := decimal.New(r.Households, 0)
	return r.Before.DivRound(n, 2), r.After.DivRound(n, 2)
}

// Comparison is two sheets over one population.
type Comparison struct {
	// Rows are by band, all sizes first and then by number of children; the families without quotient come last.
	Rows []ComparisonRow
	// Total is that of all the families compared.
	Total ComparisonRow
	// Read families are those Compared and those LeftOut, for whom one of the sheets has no price: Reasons counts why.
	Read, Compared, LeftOut int64
	Reasons                 map[ent.Code]int64
	// Factor is what the prices of the second sheet would have to be multiplied by to bring in as much as the first one, to 6
	// decimals; missing when the second one brings in nothing.
	Factor *decimal.Decimal
	// Crossings are the quotients, starts of bands, from which families begin to pay more on average, or less.
	Crossings []decimal.Decimal
	sizes     int
}

// Balanced reports whether every family was compared or left out, and stands in one band.
func (c *Comparison) Balanced() bool {
	var all int64
	for i := range c.Rows {
		r := &c.Rows[i]
		if r.Children == 0 {
			all += r.Households
		}
		if r.Households != r.More+r.Less+r.Same {
			return false
		}
	}
	return c.Read == c.Compared+c.LeftOut && c.Compared == c.Total.Households && c.Compared == all
}

// money adds amounts exactly: cents, and what is not a whole number of cents apart.
type money struct {
	cents int64
	rest  *big.Rat
}

func (m *money) add(a Amount, times int64) {
	if a.d == 100 {
		if n, ok := fixed.Product(a.n, times); ok {
			var c calc
			if s := c.sum(m.cents, n); !c.over {
				m.cents = s
				return
			}
		}
	}
	if m.rest == nil {
		m.rest = new(big.Rat)
	}
	r := a.Rat()
	m.rest.Add(m.rest, r.Mul(r, new(big.Rat).SetInt64(times)))
}

func (m *money) decimal() decimal.Decimal {
	d := decimal.New(m.cents, -2)
	if m.rest != nil {
		d = d.Add(ent.Written(m.rest))
	}
	return d
}

func (m *money) plus(o *money) {
	m.add(Amount{o.cents, 100}, 1)
	if o.rest != nil {
		if m.rest == nil {
			m.rest = new(big.Rat)
		}
		m.rest.Add(m.rest, o.rest)
	}
}

type cell struct {
	households, more, less int64
	before, after          money
}

// Comparer adds up what families pay with two sheets, wherever the amounts come from: [Simulate], or a year of bills.
type Comparer struct {
	starts  []int64 // in units of a quotient
	bounds  []decimal.Decimal
	sizes   int
	cells   []cell // by band (the last one of missing quotients) and size
	read    int64
	left    int64
	reasons map[ent.Code]int64
}

// NewComparer returns an empty comparison. It returns CodePopulation for bands that do not grow from 0.
func NewComparer(o CompareOptions) (*Comparer, error) {
	if o.Bands == nil {
		for q := int64(0); q <= 2100; q += 300 {
			o.Bands = append(o.Bands, decimal.New(q, 0))
		}
	}
	c := &Comparer{sizes: o.Sizes, reasons: map[ent.Code]int64{}, bounds: slices.Clone(o.Bands)}
	if c.sizes == 0 {
		c.sizes = 4
	}
	bad := len(o.Bands) == 0 || len(o.Bands) > 1000 || c.sizes < 1 || c.sizes > 20
	for i, b := range o.Bands {
		if !inLimits(b) || i == 0 && !b.IsZero() || i > 0 && !b.GreaterThan(o.Bands[i-1]) {
			bad = true
			break
		}
		c.starts = append(c.starts, quotientUnits(b))
	}
	if bad {
		return nil, fmt.Errorf("tariff: %w", catalog().New(CodePopulation, ent.Pos{}, "$.bands", ent.FieldOf("field", "bands")))
	}
	c.cells = make([]cell, (len(c.starts)+1)*c.sizes)
	return c, nil
}

// Add adds what some like families pay with the first sheet and with the second one.
func (c *Comparer) Add(weight int64, q Quotient, children int, before, after Amount) {
	c.read += weight
	x := c.cell(q, children)
	x.households += weight
	switch after.Cmp(before) {
	case 1:
		x.more += weight
	case -1:
		x.less += weight
	}
	x.before.add(before, weight)
	x.after.add(after, weight)
}

// LeaveOut counts families for whom one of the sheets has no price, with the code of the reason.
func (c *Comparer) LeaveOut(weight int64, reason ent.Code) {
	c.read += weight
	c.left += weight
	c.reasons[reason] += weight
}

func (c *Comparer) cell(q Quotient, children int) *cell {
	band := len(c.starts)
	if q.known {
		band--
		for band > 0 && c.starts[band] > q.value {
			band--
		}
	}
	return &c.cells[band*c.sizes+min(max(children, 1), c.sizes)-1]
}

// Result returns the comparison.
func (c *Comparer) Result() Comparison {
	out := Comparison{Read: c.read, LeftOut: c.left, Compared: c.read - c.left, Reasons: c.reasons, sizes: c.sizes}
	var total cell
	for band := range len(c.starts) + 1 {
		var all cell
		rows := make([]ComparisonRow, 0, c.sizes+1)
		for size := range c.sizes {
			x := &c.cells[band*c.sizes+size]
			all.households, all.more, all.less = all.households+x.households, all.more+x.more, all.less+x.less
			all.before.plus(&x.before)
			all.after.plus(&x.after)
			rows = append(rows, c.row(band, size+1, x))
		}
		if band == len(c.starts) && all.households == 0 {
			break // every family gives a quotient
		}
		out.Rows = append(append(out.Rows, c.row(band, 0, &all)), rows...)
		total.households, total.more, total.less = total.households+all.households, total.more+all.more, total.less+all.less
		total.before.plus(&all.before)
		total.after.plus(&all.after)
	}
	out.Total = c.row(0, 0, &total)
	out.Total.From, out.Total.To = nil, nil
	if !out.Total.After.IsZero() {
		f := out.Total.Before.DivRound(out.Total.After, 6)
		out.Factor = &f
	}
	out.Crossings = crossings(out.Rows)
	return out
}

func (c *Comparer) row(band, size int, x *cell) ComparisonRow {
	r := ComparisonRow{
		Children: size, Households: x.households, More: x.more, Less: x.less, Same: x.households - x.more - x.less,
		Before: x.before.decimal(), After: x.after.decimal(), Known: band < len(c.starts),
	}
	if r.Known {
		r.From = &c.bounds[band]
		if band+1 < len(c.bounds) {
			r.To = &c.bounds[band+1]
		}
	}
	return r
}

// crossings returns where the sign of the difference changes from one band to the next that has one.
func crossings(rows []ComparisonRow) []decimal.Decimal {
	var out []decimal.Decimal
	last := 0
	for i := range rows {
		r := &rows[i]
		if r.Children != 0 || !r.Known {
			continue
		}
		sign := r.After.Cmp(r.Before)
		if sign != 0 && last != 0 && sign != last {
			out = append(out, *r.From)
		}
		if sign != 0 {
			last = sign
		}
	}
	return out
}

// Simulate prices a population with two sheets. A family for whom one of them has no price is left out of the sums, and
// counted with the reason. It returns CodePopulation for a weight or a number of times that is negative, CodeOverflow for an
// amount that is too great.
func Simulate(before, after *Compiled, population iter.Seq[*Family], o CompareOptions) (Comparison, error) {
	c, err := NewComparer(o)
	if err != nil {
		return Comparison{}, err
	}
	for f := range population {
		weight := f.Weight
		if weight == 0 {
			weight = 1
		}
		if weight < 0 {
			return Comparison{}, fmt.Errorf("tariff: %w", catalog().New(CodePopulation, ent.Pos{}, "$.weight", ent.FieldOf("field", "weight")))
		}
		var x, y Amount
		if f.After == nil {
			x, y, err = year(before, after, f.Uses)
		} else if x, _, err = year(before, nil, f.Uses); err == nil {
			y, _, err = year(after, nil, f.After)
		}
		var i ent.Issue
		switch {
		case err == nil:
			c.Add(weight, f.Quotient, f.Children, x, y)
		case errors.As(err, &i) && i.Code != CodePopulation && i.Code != CodeOverflow:
			c.LeaveOut(weight, i.Code)
		default:
			return Comparison{}, err
		}
	}
	return c.Result(), nil
}

// year returns what a family pays a year with a sheet, and with a second one where there is one: each use is read once.
func year(first, second *Compiled, uses []YearlyUse) (x, y Amount, err error) {
	x, y = Cents(0), Cents(0)
	var m memory
	for i := range uses {
		u := &uses[i]
		if u.Times < 0 {
			return x, y, fmt.Errorf("tariff: %w", catalog().New(CodePopulation, ent.Pos{}, "$.uses", ent.FieldOf("field", "times")))
		}
		p, err := m.price(first, second, &u.Input)
		if err != nil {
			return x, y, err
		}
		var k calc
		x = Amount(k.add(val(x), k.times(val(p.x), val{u.Times, 1})))
		y = Amount(k.add(val(y), k.times(val(p.y), val{u.Times, 1})))
		if k.over {
			return x, y, fmt.Errorf("tariff: %w", catalog().New(CodeOverflow, ent.Pos{}, "$.uses"))
		}
	}
	return x, y, nil
}

// memory keeps the last prices of a family: the same use of another day costs the same, as long as the sheets hold.
type memory struct {
	last [4]pair
	next int
}

// pair is what a use costs with two sheets, from a day to another.
type pair struct {
	in       *Input
	from, to int32
	x, y     Amount
}

func (m *memory) price(first, second *Compiled, in *Input) (*pair, error) {
	day := dayOf(in.Date)
	for i := range m.last {
		p := &m.last[i]
		if p.in == nil {
			break
		}
		if p.from <= day && day <= p.to && in.sameUse(p.in) {
			return p, nil
		}
	}
	p := &m.last[m.next]
	m.next = (m.next + 1) % len(m.last)
	*p = pair{from: day, to: day, y: Cents(0)}
	s, err := first.priceOf(in, &p.x)
	if err != nil {
		return p, err
	}
	p.from, p.to = s.from, s.to
	if second != nil {
		if s, err = second.priceOf(in, &p.y); err != nil {
			return p, err
		}
		p.from, p.to = max(p.from, s.from), min(p.to, s.to)
	}
	p.in = in
	return p, nil
}

func (c *Compiled) priceOf(in *Input, to *Amount) (*sheet, error) {
	e := eval{in: in, bind: true}
	c.dict.head(&e.b, in)
	if !c.price(&e) {
		return nil, e.failure.err(e.s, e.in)
	}
	*to = Amount(e.amount)
	return e.s, nil
}

// DistributionRow is a part of a population known by its numbers only: so many households between two quotients.
type DistributionRow struct {
	// From and To bound the quotients, To left out.
	From, To decimal.Decimal
	// Children is their number of children.
	Children   int
	Households int64
}

// Distribution makes a population of a table of households by band of quotient, such as the CAF hands out: the households of
// a row are spread evenly over at most points quotients between its bounds (20 when 0). template gives the uses of a year of
// a family of that size, with each sheet (the second list may be nil, see Family.After); their quotient is set. It returns
// CodePopulation for a row whose bounds or numbers do not fit.
func Distribution(rows []DistributionRow, kind string, points int, template func(children int) (uses, after []YearlyUse)) ([]Family, error) {
	if points <= 0 {
		points = 20
	}
	k, name := splitKind(kind)
	var out []Family
	for i, r := range rows {
		if !inLimits(r.From) || !inLimits(r.To) || r.From.Sign() < 0 || !r.To.GreaterThan(r.From) || r.Households < 0 || r.Children < 0 {
			return nil, fmt.Errorf("tariff: %w", catalog().New(CodePopulation, ent.Pos{}, index("$.rows", i), ent.FieldOf("field", "rows")))
		}
		n := min(int64(points), r.Households)
		from, width := quotientUnits(r.From), quotientUnits(r.To)-quotientUnits(r.From)
		for p := range n {
			// The middle of the p-th part, to the cent.
			const cent = quotientScale / 100
			at := (from + width/(2*n)*(2*p+1)) / cent * cent
			f := Family{
				Children: r.Children, Quotient: Quotient{k, name, max(at, from), true, kindNumber(k)}, Weight: r.Households*(p+1)/n - r.Households*p/n,
			}
			uses, after := template(r.Children)
			f.Uses, f.After = slices.Clone(uses), slices.Clone(after)
			for _, list := range [][]YearlyUse{f.Uses, f.After} {
				for u := range list {
					list[u].Input.Quotient = f.Quotient
				}
			}
			out = append(out, f)
		}
	}
	return out, nil
}
