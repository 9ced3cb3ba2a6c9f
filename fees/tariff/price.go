package tariff

import (
	"fmt"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/quotient"
)

// Quote is a price with what made it. Unit is the price of one unit, Amount that of the quantity. [Compiled.Explain] rounds
// both as the sheet says; [Compiled.Quote] leaves Amount exact where the sheet rounds a line or an invoice, which may hold
// several uses.
type Quote struct {
	Unit     Amount
	Quantity int
	Amount   Amount
	// Parts are what third parties pay beside Amount, for the quantity; nil for most sheets.
	Parts []Part
	// Minutes are those that count of a duration.
	Minutes int
	// Sheet and Activity are what was applied; Band is the row of its grid, -1 for another formula.
	Sheet    *Tariff
	Activity *Activity
	Band     int
	// UsesQuotient says that the quotient, or its absence, made the price.
	UsesQuotient bool
}

// Part is what a third party pays of a use.
type Part struct {
	Payer  string
	Amount Amount
}

// Price returns the price of a use. A case that the sheets leave without price is an error whose code names what is not
// defined (a date, an activity, a gap between two bands, a criterion that the use does not give), never a neighbour's price.
func (c *Compiled) Price(in *Input) (Amount, error) {
	e := eval{in: in, bind: true}
	c.dict.head(&e.b, in)
	if !c.price(&e) {
		return Amount{}, e.failure.err(e.s, e.in)
	}
	return Amount(e.amount), nil
}

// Prepared is a use whose words were looked up once, for those who price it again with another day, quotient or rank. It
// holds the input, which must not change meanwhile, and is not safe for concurrent use.
type Prepared struct {
	c  *Compiled
	in Input
	e  eval
}

// Prepare looks up the words of a use.
func (c *Compiled) Prepare(in *Input) *Prepared {
	p := &Prepared{c: c, in: *in}
	p.e.in = &p.in
	c.dict.head(&p.e.b, in)
	for _, s := range c.sheets {
		if n := p.e.b.number; n >= 0 && s.byNumber[n] >= 0 {
			c.dict.bind(&p.e.b, in, s.activities[s.byNumber[n]].asks)
		}
	}
	return p
}

// On sets the day.
func (p *Prepared) On(day ent.Date) {
	p.in.Date, p.e.b.day = day, dayOf(day)
}

// Quotient sets the quotient.
func (p *Prepared) Quotient(q Quotient) {
	if q.kind != p.in.Quotient.kind || q.name != p.in.Quotient.name || q.known != p.in.Quotient.known {
		p.e.b.kinds = p.c.dict.kindBits(&q)
	}
	p.in.Quotient, p.e.b.quotient, p.e.b.known = q, q.value, q.known
	p.e.b.values[checkQuotientMissing] = truth(!q.known)
}

// Rank sets the rank of the child and the number of children, among those present the same day.
func (p *Prepared) Rank(rank, present int) {
	p.in.Rank, p.in.Present = rank, present
	p.e.b.values[checkRank], p.e.b.values[checkPresent] = count(rank), count(present)
}

// Price returns the price, as [Compiled.Price] does.
func (p *Prepared) Price() (Amount, error) {
	e := &p.e
	e.over, e.parts = false, nil
	if !p.c.price(e) {
		return Amount{}, e.failure.err(e.s, e.in)
	}
	return Amount(e.amount), nil
}

// Quote returns the price of a use as one of the uses of a line: its unit price, its quantity, its amount before the
// rounding of the line.
func (c *Compiled) Quote(in *Input) (Quote, error) {
	e := eval{in: in, bind: true, many: true}
	c.dict.head(&e.b, in)
	if !c.price(&e) {
		return Quote{}, e.failure.err(e.s, e.in)
	}
	return e.quote(), nil
}

// ExplainQuote is Quote with its explanation, by the rules of Explain.
func (c *Compiled) ExplainQuote(in *Input) (Quote, ent.Explanation, error) {
	return c.explain(in, true)
}

// Round rounds an amount by the rule of the sheet. It returns CodeOverflow for one that is too great.
func (t *Tariff) Round(a Amount) (Amount, error) {
	var c calc
	if a.d == 0 {
		return Amount{}, nil
	}
	v := c.round(val(a), &step{valOf(t.Rounding.Step), t.Rounding.Mode})
	if c.over {
		return Amount{}, fmt.Errorf("tariff: %w", CodeOverflow)
	}
	return Amount(v), nil
}

// Explain returns the price of a use and how it was reached, for the person who pays (Input.Owner, who must be set). A
// social situation or a matter of health stands in steps for that person alone.
func (c *Compiled) Explain(in *Input) (Quote, ent.Explanation, error) { return c.explain(in, false) }

func (c *Compiled) explain(in *Input, many bool) (Quote, ent.Explanation, error) {
	if in.Owner == "" {
		return Quote{}, ent.Explanation{}, fmt.Errorf("tariff: %w", CodeOwner)
	}
	t := &trace{owner: in.Owner}
	e := eval{in: in, bind: true, t: t, many: many}
	c.dict.head(&e.b, in)
	if !c.price(&e) {
		return Quote{}, ent.Explanation{}, e.failure.err(e.s, e.in)
	}
	why, err := t.Explanation()
	if err != nil {
		return Quote{}, ent.Explanation{}, fmt.Errorf("tariff: %w", err)
	}
	return e.quote(), why, nil
}

// eval is one computation.
type eval struct {
	calc
	in *Input
	b  bound
	t  *trace
	s  *sheet
	a  *activity
	d  *dictionary
	// bind says that the words of the use are not looked up yet.
	bind bool

	unit, amount val
	quantity     int
	minutes      int
	band         int32
	// many leaves the rounding of the line to the caller.
	many  bool
	parts []Part
	// asked says that the quotient was looked at.
	asked bool
	// plain says that the rounding follows the formula at once; rounded, that the formula did it on the way.
	plain, rounded bool
	// failure is what the last function that returned false found.
	failure failure
}

// failure is an error to be: it is made only when it is returned.
type failure struct {
	code ent.Code
	path string
	lo   int64 // the edges of a gap
	hi   int64
	name string
}

func (e *eval) quote() Quote {
	return Quote{Amount(e.unit), e.quantity, Amount(e.amount), e.parts, e.minutes, e.s.doc, e.a.doc, int(e.band), e.asked}
}

// fail notes a failure and returns false.
func (e *eval) fail(code ent.Code, path string) bool {
	e.failure = failure{code: code, path: path}
	return false
}

func (e *eval) lacks(name string) bool {
	e.failure = failure{code: CodeCriterion, path: e.a.path, name: name}
	return false
}

func (c *Compiled) price(e *eval) bool {
	s := e.s
	if s == nil || e.b.day < s.from || e.b.day > s.to { // a prepared use keeps the sheet of its last day
		var at int32
		if s, at = c.sheetOf(e.b.day, e.b.number); s == nil {
			e.s = nil
			return c.notFound(e)
		}
		e.d, e.s, e.a = c.dict, s, &s.activities[at]
		if e.bind {
			c.dict.bind(&e.b, e.in, e.a.asks)
		}
	}
	plain := e.a.plain && e.t == nil && e.b.quantity == 1 && s.point == PointUnit
	e.plain, e.rounded = plain, false
	r := e.rule()
	switch {
	case r == nil:
		return false
	case plain && r.kind == formulaFlat:
		e.quantity, e.unit, e.amount = 1, r.rounded, r.rounded
		return true
	case !e.formula(r):
		return false
	case plain:
		// The same as finish, where nothing follows the formula.
		if !e.rounded {
			e.unit = e.round(e.unit, &s.step)
		}
		e.quantity, e.amount = 1, e.unit
		return !e.over || e.fail(CodeOverflow, e.a.path)
	}
	if e.t != nil && r.doc.When != nil {
		e.t.chosenRule(e, r)
	}
	return e.finish()
}

// notFound says whether the day or the activity is not known.
func (c *Compiled) notFound(e *eval) bool {
	for _, s := range c.sheets {
		if e.b.day != 0 && s.from <= e.b.day && e.b.day <= s.to {
			return e.fail(CodeActivity, "$.activities")
		}
	}
	return e.fail(CodeUndefinedDate, "$")
}

// rule finds the rule that holds, nil when none does or something is missing.
func (e *eval) rule() *rule {
	e.band = -1
	for i := range e.a.rules {
		r := &e.a.rules[i]
		if len(r.when) > 0 {
			// Most rules fall at their first word.
			if x := &r.when[0]; x.mode == modeWord {
				if v := e.b.values[x.kind]; v != wordMissing {
					if x.mask>>uint(v)&1 == 0 {
						continue
					}
					if len(r.when) == 1 {
						return r
					}
				}
			}
			holds, ok := e.holds(r.when)
			if !ok {
				return nil
			}
			if !holds {
				continue
			}
		}
		return r
	}
	e.fail(CodeUndefinedRule, e.a.path+".rules")
	return nil
}

func (e *eval) formula(r *rule) bool {
	switch r.kind {
	case formulaFlat:
		e.unit = r.flat
		if e.t != nil {
			e.t.flat(e, r)
		}
		return true
	case formulaBands, formulaShare:
		return e.bands(r.bands)
	case formulaLinear:
		return e.linear(r.linear)
	case formulaEffort:
		return e.effort(r.effort)
	case formulaPSU:
		return e.psu(r.psu)
	}
	return e.fail(CodeFormula, r.path)
}

// finish applies modifiers, quantity and rounding in their order.
func (e *eval) finish() bool {
	a := e.a
	for i := range a.unit {
		if !e.modify(&a.unit[i], &e.unit) {
			return false
		}
	}
	if len(a.third) > 0 && !e.thirdParties() {
		return false
	}
	if e.s.point == PointUnit {
		e.roundTo(&e.unit)
	}
	if !e.setQuantity() {
		return false
	}
	for i := range e.parts {
		p := &e.parts[i]
		v := e.round(e.times(val(p.Amount), val{int64(e.quantity), 1}), &e.s.step)
		p.Amount = Amount(v)
	}
	e.amount = e.unit
	if e.quantity != 1 {
		e.amount = e.times(e.unit, val{int64(e.quantity), 1})
	}
	if e.t != nil {
		e.t.quantity(e)
	}
	scaled := false
	for i := range a.line {
		m := &a.line[i]
		before := e.amount
		if !e.modify(m, &e.amount) {
			return false
		}
		scaled = scaled || e.amount != before
	}
	if e.s.point == PointLine && !e.many || e.s.point == PointUnit && scaled {
		e.roundTo(&e.amount)
	}
	if e.over {
		return e.fail(CodeOverflow, a.path)
	}
	return true
}

// thirdParties finds what others pay of a unit, and takes it off the price where the sheet says so.
func (e *eval) thirdParties() bool {
	for i := range e.a.third {
		p := &e.a.third[i]
		holds, ok := e.holds(p.when)
		if !ok {
			return false
		}
		if !holds {
			continue
		}
		part := p.value
		if p.percent {
			part = e.times(e.unit, p.value)
		}
		if p.doc.Deduct {
			if less(e.unit, part) {
				part = e.unit
			}
			e.unit = e.add(e.unit, val{-part.n, part.d})
			if e.t != nil {
				e.t.deducted(e, p, part)
			}
		}
		e.parts = append(e.parts, Part{p.doc.Payer, Amount(part)})
	}
	return true
}

func (e *eval) roundTo(v *val) {
	before := *v
	*v = e.round(before, &e.s.step)
	if e.t != nil {
		e.t.rounded(e, before, *v)
	}
}

func (e *eval) setQuantity() bool {
	in := e.in
	if d := e.a.duration; d != nil {
		if len(in.Times) == 0 {
			return e.lacks("times")
		}
		e.minutes, e.quantity = d.Units(in.Times)
		return true
	}
	if e.b.quantity < 0 {
		return e.fail(CodeQuantity, e.a.path)
	}
	e.quantity = int(e.b.quantity)
	return true
}

func (e *eval) modify(m *modifier, v *val) bool {
	if len(m.when) > 0 {
		holds, ok := e.holds(m.when)
		if !ok || !holds {
			return ok
		}
	}
	before := *v
	switch m.op {
	case opAdd:
		*v = e.add(before, m.value)
	case opMultiply:
		*v = e.times(before, m.value)
	case opReplace:
		*v = m.value
	case opMin:
		if less(before, m.value) {
			*v = m.value
		}
	case opMax:
		if less(m.value, before) {
			*v = m.value
		}
	}
	if e.t != nil {
		e.t.modified(e, m, *v)
	}
	return true
}

// topQuotient is the quotient of a family that gives none, where the sheet has it pay the highest band.
const topQuotient = -1

// quotient returns the quotient that the sheet accepts, or topQuotient.
func (e *eval) quotient() (int64, bool) {
	e.asked = true
	if !e.b.known {
		if e.s.top {
			return topQuotient, true
		}
		return 0, e.fail(CodeQuotientMissing, e.a.path)
	}
	if e.s.kinds != 0 && e.s.kinds&e.b.kinds == 0 {
		return 0, e.fail(CodeQuotientKind, "$.quotient.kinds")
	}
	return e.b.quotient, true
}

// bands finds the row of the quotient and the column of the use.
func (e *eval) bands(b *bands) bool {
	q, ok := e.quotient()
	if !ok {
		return false
	}
	row := len(b.values)/b.width - 1
	if q != topQuotient {
		at := b.read(q)
		i := b.segment(at)
		if r := b.rows[i]; r >= 0 {
			row = int(r)
		} else {
			end := int64(maxEdge)
			if i+1 < len(b.starts) {
				end = b.starts[i+1]
			}
			code := CodeUndefinedBand
			if r == overlap {
				code = CodeAmbiguousBand
			}
			e.failure = failure{code: code, path: b.path, lo: b.starts[i], hi: end}
			return false
		}
	}
	before := row
	for i := range b.shift {
		holds, ok := e.holds(b.shift[i])
		if !ok {
			return false
		}
		if holds {
			row = min(max(0, row+b.doc.Shift[i].By), len(b.values)/b.width-1)
		}
	}
	column := 0
	if len(b.columns) > 0 {
		if column, ok = e.column(b); !ok {
			return false
		}
	}
	v := b.values[row*b.width+column]
	if v.d == 0 {
		return e.fail(CodeUndefinedCell, index(b.path+".rows", row))
	}
	e.unit, e.band = v, int32(row) //nolint:gosec // at most maxCount
	if e.t != nil {
		e.t.band(e, b, q, before, row, column)
	}
	if b.share {
		return e.shareOf(b)
	}
	return true
}

// segment returns the segment of an edge. Grids are short: counting the starts below has no branch to guess wrong.
func (b *bands) segment(at int64) int {
	n := -1
	for _, s := range b.starts {
		if s <= at {
			n++
		}
	}
	return n
}

// read returns the edge of a quotient, after the reading of its decimals.
func (b *bands) read(q int64) int64 {
	switch b.reading {
	case DecimalsTruncate:
		q -= q % quotientScale
	case DecimalsHalfUp:
		q += quotientScale / 2
		q -= q % quotientScale
	case DecimalsUpperBound:
	}
	return edge(q, false)
}

func (e *eval) column(b *bands) (int, bool) {
	for i := range b.columns {
		holds, ok := e.holds(b.columns[i])
		if !ok {
			return 0, false
		}
		if holds {
			return i, true
		}
	}
	return 0, e.fail(CodeUndefinedColumn, b.path+".columns")
}

// shareOf takes the percentage that the bands gave of the reference price or of the cost.
func (e *eval) shareOf(b *bands) bool {
	of := b.of
	if of.d == 0 {
		if of = val(e.in.Cost); of.d == 0 {
			return e.lacks("cost")
		}
	}
	percent := e.unit
	n, ok1 := product(percent.n, of.n)
	d, ok2 := product(percent.d*100, of.d)
	if ok1 && ok2 {
		e.unit = val{n, d}
	} else {
		e.unit = e.times(e.times(percent, val{1, 100}), of)
	}
	if e.t != nil {
		e.t.share(e, b, percent, of)
	}
	return true
}

func (e *eval) linear(l *linear) bool {
	q, ok := e.quotient()
	if !ok {
		return false
	}
	last := len(l.points) - 1
	i := last
	if q != topQuotient {
		for i >= 0 && l.points[i].x > q {
			i--
		}
	}
	switch {
	case i < 0:
		e.unit = l.points[0].y
	case i == last && l.above.d != 0 && (q == topQuotient || q > l.points[last].x):
		e.unit = l.above
	case i == last:
		e.unit = l.points[last].y
	default:
		p := &l.points[i]
		if p.slope.d == 0 {
			return e.fail(CodeOverflow, l.path)
		}
		e.unit = e.add(p.y, val{e.mul(p.slope.n, q-p.x), p.slope.d})
	}
	if e.t != nil {
		e.t.linear(e, l, q, i)
	}
	return true
}

func (e *eval) effort(f *effort) bool {
	q, ok := e.quotient()
	if !ok {
		return false
	}
	if q == topQuotient {
		if f.max.d == 0 {
			return e.fail(CodeQuotientMissing, f.path)
		}
		e.unit = f.max
	} else {
		switch {
		case q < f.low:
			e.unit = f.min
			if e.plain {
				e.unit, e.rounded = f.minRounded, true
			}
		case q > f.high:
			e.unit = f.max
			if e.plain {
				e.unit, e.rounded = f.maxRounded, true
			}
		default:
			if e.plain {
				if e.unit, e.rounded = e.s.step.times(q, f.steps); e.rounded {
					return true
				}
			}
			e.unit = val{e.mul(f.rate.n, q), f.rate.d}
		}
	}
	if e.t != nil {
		e.t.effort(e, f, q)
	}
	return true
}

func (e *eval) psu(p *psu) bool {
	in := e.in
	if in.Resources.d == 0 {
		return e.lacks("resources")
	}
	if in.Children <= 0 {
		return e.lacks("children")
	}
	if in.DisabledChildren < 0 || in.DisabledChildren > in.Children {
		return e.fail(CodeQuantity, p.path)
	}
	count, at := in.Children+in.DisabledChildren, -1
	for i, from := range p.from {
		if from <= count && count <= p.to[i] {
			at = i
			break
		}
	}
	if at < 0 {
		return e.fail(CodeUndefinedColumn, p.path+".rates")
	}
	switch r := val(in.Resources); {
	case less(r, p.low):
		e.unit = p.lowPrice[at]
		if e.plain {
			e.unit, e.rounded = p.lowRounded[at], true
		}
	case less(p.high, r):
		e.unit = p.highPrice[at]
		if e.plain {
			e.unit, e.rounded = p.highRounded[at], true
		}
	default:
		if e.plain && r.d == 100 {
			if e.unit, e.rounded = e.s.step.times(r.n, p.steps[at]); e.rounded {
				return true
			}
		}
		e.unit = e.times(r, p.annual[at])
	}
	if e.unit.d == 0 {
		return e.fail(CodeOverflow, p.path)
	}
	if e.t != nil {
		e.t.psu(e, p, at)
	}
	return true
}

// holds evaluates a condition; false beside false is a failure.
func (e *eval) holds(c condition) (holds, ok bool) {
	for i := range c {
		x := &c[i]
		switch x.mode {
		case modeWord:
			v := e.b.values[x.kind]
			if v == wordMissing {
				return false, e.lacks(e.d.criterion(x.kind))
			}
			if x.mask>>uint(v)&1 == 0 {
				return false, true
			}
		case modeNumber:
			v := int64(e.b.values[x.kind])
			if v == 0 {
				if v, ok = e.time(x.kind); !ok {
					return false, false
				}
			}
			if v < x.lo || v > x.hi {
				return false, true
			}
		case modeStatus:
			if e.b.status&x.mask == 0 {
				return false, true
			}
		case modeQuotient:
			q, ok := e.quotient()
			if !ok {
				return false, false
			}
			at := edge(q, false)
			if q == topQuotient {
				at = maxEdge - 1
			}
			if at < x.lo || at >= x.hi {
				return false, true
			}
		}
	}
	return true, true
}

// time reads what a condition asks of the presences, with 1 added. Any other number is missing.
func (e *eval) time(k checkKind) (int64, bool) {
	if k < checkMinutes || k > checkStartsBefore || len(e.in.Times) == 0 {
		return 0, e.lacks(e.d.criterion(k))
	}
	d := e.a.duration
	s := minutesOf(e.in.Times, d != nil && d.Count == CountEach)
	switch k {
	case checkEndsAfter:
		return int64(s.end) + 1, true
	case checkStartsBefore:
		return int64(s.start) + 1, true
	default:
		return int64(s.minutes) + 1, true
	}
}

// err makes the error of the failure.
func (f failure) err(s *sheet, in *Input) error {
	pos := ent.Pos{}
	if s != nil {
		pos = s.doc.places.at(f.path)
	}
	var params []ent.Param
	switch f.code {
	case CodeUndefinedDate:
		params = []ent.Param{ent.DateOf("date", in.Date)}
	case CodeActivity:
		params = []ent.Param{ent.CodeOf("activity", in.Activity), ent.DateOf("date", in.Date)}
	case CodeUndefinedBand, CodeAmbiguousBand:
		lo, hi := hole(f.lo, f.hi)
		params = []ent.Param{ent.Decimal("from", lo), ent.Decimal("to", hi)}
	case CodeCriterion:
		params = []ent.Param{ent.FieldOf("criterion", ent.Field(f.name))}
	case CodeQuotientKind:
		params = []ent.Param{ent.CodeOf("kind", string(in.Quotient.kind))}
	default: // the others take no parameter
	}
	i := catalog().New(f.code, pos, f.path, params...)
	if f.code == CodeQuotientMissing {
		return fmt.Errorf("tariff: %w: %w", i, quotient.CodeMissing)
	}
	return fmt.Errorf("tariff: %w", i)
}
