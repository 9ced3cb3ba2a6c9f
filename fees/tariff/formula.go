package tariff

import "github.com/opencartable/cartable/internal/fixed"

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
	n, ok1 := fixed.Product(percent.n, of.n)
	d, ok2 := fixed.Product(percent.d*100, of.d)
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
