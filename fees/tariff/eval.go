package tariff

import (
	"fmt"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/quotient"
)

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
		if when := r.when; len(when) > 0 {
			// Most rules fall at their first word.
			if x := &when[0]; x.mode == modeWord {
				if v := e.b.values[x.kind]; v != wordMissing {
					if x.mask>>uint(v)&1 == 0 {
						continue
					}
					if when = when[1:]; len(when) == 0 {
						return r
					}
				}
			}
			holds, ok := e.holds(when)
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
