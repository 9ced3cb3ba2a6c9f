package tariff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/quotient"
)

// Compiled is one or several sheets made ready to price. It never changes, and is safe for concurrent use.
type Compiled struct {
	sheets []*sheet
}

// sheet is a compiled tariff.
type sheet struct {
	doc      *Tariff
	hash     string
	from, to int32 // days in order, both included
	kinds    []kindName
	top      bool // a missing quotient is the highest one
	step     step
	point    Point
	// byName finds an activity; one array in the order of the document beside it.
	byName     map[string]int
	activities []activity
}

type kindName struct {
	kind quotient.Kind
	name string
}

type activity struct {
	doc      *Activity
	path     string
	rules    []rule
	unit     []modifier
	line     []modifier
	third    []thirdParty
	duration *Duration
	// ranked and dated say whether a condition asks for the rank or the number of children present, and for the kind of day.
	ranked, dated bool
}

type thirdParty struct {
	doc     *ThirdParty
	path    string
	when    condition
	percent bool
	value   val // of a unit: euros, or a part of the price
}

type formulaKind uint8

const (
	formulaFlat formulaKind = iota
	formulaBands
	formulaLinear
	formulaEffort
	formulaShare
	formulaPSU
)

type rule struct {
	doc    *Rule
	path   string
	when   condition
	kind   formulaKind
	flat   val
	bands  *bands
	linear *linear
	effort *effort
	psu    *psu
}

type modifier struct {
	doc   *Modifier
	path  string
	when  condition
	op    modifierOp
	value val
}

type modifierOp uint8

const (
	opAdd modifierOp = iota
	opMultiply
	opReplace
	opMin
	opMax
)

// bands are the rows of a grid, flattened into segments of quotients that follow each other without a hole.
type bands struct {
	doc     *Bands
	path    string
	share   bool
	of      val // the reference price of a share, d = 0 for the cost of the use
	columns []condition
	shift   []condition
	reading Decimals
	starts  []int64 // where each segment starts, see edge
	rows    []int32 // its row, or gap or overlap
	values  []val   // by row and column; d = 0 where the sheet has none
	width   int
}

const (
	gap     int32 = -1
	overlap int32 = -2
)

// edge is where a segment starts: twice the quotient for a segment that contains it, one more for one that begins just
// above it.
func edge(q int64, above bool) int64 {
	if above {
		return 2*q + 1
	}
	return 2 * q
}

type linear struct {
	doc    *Linear
	path   string
	points []linearPoint
	above  val // d = 0 when the last price holds
}

type linearPoint struct {
	x     int64 // in units of 1/quotientScale
	y     val
	slope val // up to the next point, a unit of 1/quotientScale
}

type effort struct {
	doc      *Effort
	path     string
	rate     val // a unit of 1/quotientScale
	min, max val // d = 0 when there is none
}

type psu struct {
	doc            *PSU
	path           string
	floor, ceiling val
	rates          []val // of an hour, a part of the monthly resources
}

// Compile makes sheets ready to price. Sheets of one identifier follow each other; a day has one sheet of an activity. It
// returns all the issues that make that impossible, see [Tariff.Validate] for the others: a grid with a gap compiles, and
// the gap has no price.
func Compile(sheets ...*Tariff) (*Compiled, error) {
	var issues ent.Issues
	c := &Compiled{}
	for _, t := range sheets {
		found := t.structure()
		issues = append(issues, found...)
		if found.Worst() == ent.SeverityError {
			continue
		}
		s := compileSheet(t)
		c.sheets = append(c.sheets, s)
	}
	if len(sheets) == 0 {
		issues = append(issues, catalog().New(CodeNoSheet, ent.Pos{}, "$"))
	}
	slices.SortStableFunc(c.sheets, func(a, b *sheet) int { return int(a.from) - int(b.from) })
	issues = append(issues, overlaps(sheets)...)
	if err := errorsOf(issues).Err(); err != nil {
		return nil, fmt.Errorf("tariff: %w", err)
	}
	return c, nil
}

// Compile makes one sheet ready to price.
func (t *Tariff) Compile() (*Compiled, error) { return Compile(t) }

func errorsOf(issues ent.Issues) ent.Issues {
	var out ent.Issues
	for _, i := range issues {
		if i.Severity == ent.SeverityError || i.Severity == ent.SeverityFatal {
			out = append(out, i)
		}
	}
	return out
}

// Sheets returns the sheets, by the first day of each.
func (c *Compiled) Sheets() []*Tariff {
	out := make([]*Tariff, len(c.sheets))
	for i, s := range c.sheets {
		out[i] = s.doc
	}
	return out
}

// Applied is what prices an activity on a day.
type Applied struct {
	Sheet    *Tariff
	Activity *Activity
	// Hash is that of the sheet, Order the place of the activity in it.
	Hash  string
	Order int
	// Ranked and Dated say whether the price may depend on the children present the same day, and on the kind of day.
	Ranked, Dated bool
}

// Applied returns the sheet and the activity that price a use on a day, and false when no sheet does.
func (c *Compiled) Applied(day ent.Date, activity string) (Applied, bool) {
	at := dayOf(day)
	for _, s := range c.sheets {
		if at < s.from || at > s.to || at == 0 {
			continue
		}
		if i, ok := s.byName[activity]; ok {
			a := &s.activities[i]
			return Applied{s.doc, a.doc, s.hash, i, a.ranked, a.dated}, true
		}
	}
	return Applied{}, false
}

// Holds reports whether the sheet holds on a day.
func (t *Tariff) Holds(day ent.Date) bool {
	return !day.IsZero() && !day.Before(t.From) && (t.To.IsZero() || !t.To.Before(day))
}

// dayOf orders days.
func dayOf(d ent.Date) int32 { return int32(d.Year)<<9 | int32(d.Month)<<5 | int32(d.Day) }

const lastDay = 1<<31 - 1

func compileSheet(t *Tariff) *sheet {
	s := &sheet{
		doc: t, hash: t.Hash(), from: dayOf(t.From), to: dayOf(t.To), point: t.Rounding.Point,
		step: step{valOf(t.Rounding.Step), t.Rounding.Mode}, byName: make(map[string]int, len(t.Activities)),
		top: t.Quotient.Missing == quotient.MissingTopBand || t.Quotient.Missing == quotient.MissingTopBandSurcharge,
	}
	if t.To.IsZero() {
		s.to = lastDay
	}
	for _, k := range t.Quotient.Kinds {
		kind, name := splitKind(k)
		s.kinds = append(s.kinds, kindName{kind, name})
	}
	c := compiler{s.step.size.d}
	for i := range t.Activities {
		s.byName[t.Activities[i].ID] = i
		s.activities = append(s.activities, c.activity(&t.Activities[i], index("$.activities", i)))
	}
	return s
}

// compiler writes amounts with the denominator of the rounding where it can, so that a price of the sheet needs no division.
type compiler struct{ den int64 }

func (c compiler) val(d decimal.Decimal) val {
	v := valOf(d)
	if c.den%v.d == 0 {
		return val{v.n * (c.den / v.d), c.den}
	}
	return v
}

func (c compiler) activity(doc *Activity, path string) activity {
	a := activity{doc: doc, path: path, duration: doc.Duration}
	for i := range doc.Rules {
		a.rules = append(a.rules, c.rule(&doc.Rules[i], index(path+".rules", i)))
	}
	for i := range doc.Modifiers {
		m := c.modifier(&doc.Modifiers[i], index(path+".modifiers", i))
		if m.doc.On == StageLine {
			a.line = append(a.line, m)
		} else {
			a.unit = append(a.unit, m)
		}
	}
	for i := range doc.ThirdParty {
		p := thirdParty{doc: &doc.ThirdParty[i], path: index(path+".thirdParty", i), when: compileCondition(doc.ThirdParty[i].When)}
		if p.doc.Add != nil {
			p.value = c.val(*p.doc.Add)
		} else {
			p.percent, p.value = true, valOf(p.doc.Percent.Shift(-2))
		}
		a.third = append(a.third, p)
	}
	a.asks()
	return a
}

// conditions returns every condition of the activity.
func (a *activity) conditions() []condition {
	var out []condition
	for i := range a.rules {
		r := &a.rules[i]
		out = append(out, r.when)
		if r.bands != nil {
			out = append(append(out, r.bands.columns...), r.bands.shift...)
		}
	}
	for i := range a.unit {
		out = append(out, a.unit[i].when)
	}
	for i := range a.line {
		out = append(out, a.line[i].when)
	}
	for i := range a.third {
		out = append(out, a.third[i].when)
	}
	return out
}

func (a *activity) asks() {
	for _, w := range a.conditions() {
		for i := range w {
			switch w[i].kind {
			case checkRank, checkPresent:
				a.ranked = true
			case checkDay:
				a.dated = true
			default:
			}
		}
	}
}

func (c compiler) rule(doc *Rule, path string) rule {
	r := rule{doc: doc, path: path, when: compileCondition(doc.When)}
	switch {
	case doc.Price != nil:
		r.kind, r.flat = formulaFlat, c.val(*doc.Price)
	case doc.Bands != nil:
		r.kind, r.bands = formulaBands, c.bands(doc.Bands, path+".bands")
	case doc.Linear != nil:
		r.kind, r.linear = formulaLinear, c.linear(doc.Linear, path+".linear")
	case doc.Effort != nil:
		r.kind, r.effort = formulaEffort, c.effort(doc.Effort, path+".effort")
	case doc.Share != nil:
		r.kind, r.bands = formulaShare, c.bands(&doc.Share.Bands, path+".share.bands")
		r.bands.share = true
		if doc.Share.Of != nil {
			r.bands.of = c.val(*doc.Share.Of)
		}
	case doc.PSU != nil:
		r.kind, r.psu = formulaPSU, c.psu(doc.PSU, path+".psu")
	}
	return r
}

func (c compiler) modifier(doc *Modifier, path string) modifier {
	m := modifier{doc: doc, path: path, when: compileCondition(doc.When)}
	switch {
	case doc.Add != nil:
		m.op, m.value = opAdd, c.val(*doc.Add)
	case doc.Multiply != nil:
		m.op, m.value = opMultiply, valOf(*doc.Multiply)
	case doc.Percent != nil:
		m.op, m.value = opMultiply, valOf(decimal.New(100, 0).Add(*doc.Percent).Shift(-2))
	case doc.Replace != nil:
		m.op, m.value = opReplace, c.val(*doc.Replace)
	case doc.Min != nil:
		m.op, m.value = opMin, c.val(*doc.Min)
	case doc.Max != nil:
		m.op, m.value = opMax, c.val(*doc.Max)
	}
	return m
}

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
		b.columns = append(b.columns, compileCondition(doc.Columns[i].When))
	}
	for i := range doc.Shift {
		b.shift = append(b.shift, compileCondition(doc.Shift[i].When))
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
		l.points[i].slope = val{dy.Num().Int64(), dy.Denom().Int64()}
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
	if doc.Max != nil {
		e.max = c.val(*doc.Max)
	}
	return e
}

func (c compiler) psu(doc *PSU, path string) *psu {
	p := &psu{doc: doc, path: path, floor: c.val(doc.Floor), ceiling: c.val(doc.Ceiling)}
	for _, r := range doc.Rates {
		p.rates = append(p.rates, valOf(r.Percent.Shift(-2)))
	}
	return p
}

// Conditions.

type checkKind uint8

const (
	checkResidence checkKind = iota
	checkRegime
	checkStatus
	checkBooking
	checkPresence
	checkLevel
	checkDay
	checkGuest
	checkPAI
	checkRank
	checkEnrolledRank
	checkPresent
	checkEnrolled
	checkChildren
	checkMinutes
	checkEndsAfter
	checkStartsBefore
	checkQuotient
	checkQuotientMissing
	checkCustom
)

// check is one criterion of a condition: words, or numbers from lo to hi.
type check struct {
	kind   checkKind
	words  []string
	lo, hi int64
	name   string
}

// condition holds when all its checks do; an empty one always holds.
type condition []check

func compileCondition(c *Condition) condition {
	if c == nil {
		return nil
	}
	var out condition
	list := func(k checkKind, w []string) {
		if len(w) > 0 {
			out = append(out, check{kind: k, words: w})
		}
	}
	number := func(k checkKind, r *Range) {
		if r == nil {
			return
		}
		x := check{kind: k, hi: 1<<62 - 1}
		if r.Min != nil {
			x.lo = int64(*r.Min)
		}
		if r.Max != nil {
			x.hi = int64(*r.Max)
		}
		out = append(out, x)
	}
	list(checkResidence, words(c.Residence...))
	list(checkRegime, words(c.Regime...))
	list(checkStatus, words(c.Status...))
	list(checkBooking, words(c.Booking...))
	list(checkPresence, words(c.Presence...))
	list(checkLevel, words(c.Level...))
	list(checkDay, words(c.Day...))
	list(checkGuest, words(c.Guest...))
	flag := func(k checkKind, b *bool) {
		if b == nil {
			return
		}
		x := check{kind: k}
		if *b {
			x.lo = 1
		}
		out = append(out, x)
	}
	flag(checkPAI, c.PAI)
	number(checkRank, c.Rank)
	number(checkEnrolledRank, c.EnrolledRank)
	number(checkPresent, c.Present)
	number(checkEnrolled, c.Enrolled)
	number(checkChildren, c.Children)
	number(checkMinutes, c.Minutes)
	if c.EndsAfter != nil {
		out = append(out, check{kind: checkEndsAfter, lo: int64(*c.EndsAfter)})
	}
	if c.StartsBefore != nil {
		out = append(out, check{kind: checkStartsBefore, lo: int64(*c.StartsBefore)})
	}
	if q := c.Quotient; q != nil {
		flag(checkQuotientMissing, q.Missing)
		if q.bounded() {
			r := Row{From: q.From, Above: q.Above, To: q.To, Below: q.Below}
			x := check{kind: checkQuotient}
			x.lo, x.hi = r.limits()
			out = append(out, x)
		}
	}
	names := make([]string, 0, len(c.Custom))
	for n := range c.Custom {
		names = append(names, n)
	}
	slices.SortFunc(names, strings.Compare)
	for _, n := range names {
		out = append(out, check{kind: checkCustom, name: n, words: c.Custom[n]})
	}
	return out
}

func (q *QuotientCondition) bounded() bool {
	return q.From != nil || q.Above != nil || q.To != nil || q.Below != nil
}
