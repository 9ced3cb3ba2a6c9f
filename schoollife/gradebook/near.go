package gradebook

import (
	"math/bits"

	"github.com/opencartable/cartable/internal/fixed"
)

// Annual and general averages are sums of fractions whose denominators have little in common: exact ones cost much, and
// nearly always bounds are enough to tell what is published. So a cell holds its value cut to 40 binary places. Where both
// bounds round alike the figure is known, and the exact value is computed when somebody asks for it; where they do not, it is
// computed at once.

const (
	nearBits = 40
	// unknown: there are no bounds, since the value is too great or below zero.
	unknown = int64(-1)
	// maxNear is far below what a sum of the averages of a pupil may hold.
	maxNear = int64(1) << 62
)

// near returns a value cut to 40 binary places, or unknown.
func (a num) near() int64 {
	if a.wide != nil || a.n < 0 {
		return unknown
	}
	hi, lo := uint64(a.n)>>(64-nearBits), uint64(a.n)<<nearBits //nolint:gosec // not negative
	if hi >= uint64(a.d) {                                      //nolint:gosec // greater than zero
		return unknown
	}
	q, _ := bits.Div64(hi, lo, uint64(a.d)) //nolint:gosec // greater than zero
	if q >= uint64(maxNear) {
		return unknown
	}
	return int64(q) //nolint:gosec // bounded
}

// between rounds what lies between two bounds, and returns false when they do not round alike.
func (s *step) between(low, high uint64) (num, bool) {
	if s == nil || s.den == 0 {
		return num{}, false
	}
	a, ok1 := s.units(low)
	b, ok2 := s.units(high)
	if !ok1 || !ok2 || a != b {
		return num{}, false
	}
	n, ok := fixed.Product(a, s.p)
	return num{n: n, d: s.q}, ok
}

// units rounds a number of 2^-40 to steps.
func (s *step) units(near uint64) (int64, bool) {
	hi, lo := bits.Mul64(near, uint64(s.q)) //nolint:gosec // greater than zero
	if hi >= s.den {
		return 0, false
	}
	w, rest := bits.Div64(hi, lo, s.den)
	if rest != 0 && fixed.Away(s.rounding.Mode, false, w, rest, s.den) {
		w++
	}
	return int64(w), w < uint64(maxNear) //nolint:gosec // bounded
}

// annualNear is the average of a year when bounds are enough.
func (s *Sheet) annualNear(i int) (cell, bool) {
	p := &s.pairs[i]
	if s.rules.Carry != CarryExact || len(s.teachings[p.teaching].finals) > 0 {
		return cell{}, false
	}
	sum, n := uint64(0), uint64(0)
	for q := range s.periods {
		c := s.period(p, q)
		if c == nil || !c.some() {
			continue
		}
		if c.near < 0 || c.near >= maxNear/maxPeriods {
			return cell{}, false
		}
		sum += uint64(c.near)
		n++
	}
	if n == 0 {
		return cell{}, true
	}
	low := sum / n // the mean is less than low + 2
	shown, ok := s.rules.annual.between(low, low+2)
	return cell{shown: shown, near: int64(low), state: StateComputed}, ok //nolint:gosec // bounded
}

// generalNear is a general average when bounds are enough.
func (s *Sheet) generalNear(q, p int) (cell, bool) {
	year := q == len(s.periods)
	step, carry := s.rules.general, s.rules.Carry
	if year {
		step, carry = s.rules.annualGen, s.rules.CarryAnnual
	}
	if carry != CarryExact || s.rules.Capped || year && s.rules.AnnualGeneral == FromGeneralAverages {
		return cell{}, false
	}
	var hi, lo, weight uint64
	for i := s.firstPair[p]; i < s.firstPair[p+1]; i++ {
		x := &s.pairs[i]
		c := &x.cell
		if !year {
			c = s.period(x, q)
		}
		if c == nil || !c.some() {
			continue
		}
		t := &s.teachings[x.teaching]
		if c.near < 0 || t.Mode != ModeNormal || len(t.own) > 0 {
			return cell{}, false
		}
		h, l := bits.Mul64(uint64(c.near), t.whole)
		var carry uint64
		lo, carry = bits.Add64(lo, l, 0)
		hi += h + carry
		weight += t.whole
	}
	if weight == 0 {
		return cell{}, true
	}
	low, _ := bits.Div64(hi, lo, weight) // the mean of what is less than maxNear
	// Each average of a period is less than one unit above what stands here, that of a year less than two.
	shown, ok := step.between(low, low+3)
	return cell{shown: shown, near: int64(low), state: StateComputed}, ok //nolint:gosec // bounded
}

// exactAnnual returns the exact average of a year, none when there is no average.
func (s *Sheet) exactAnnual(x *pair) num {
	if x.cell.exact.some() || !x.cell.some() {
		return x.cell.exact
	}
	c := s.annual(x, nil)
	return c.exact
}

// exactGeneral returns the exact general average, none when there is none.
func (s *Sheet) exactGeneral(q, p int) num {
	c := &s.general[q*len(s.pupils)+p]
	if c.exact.some() || !c.some() {
		return c.exact
	}
	whole := s.generalOf(q, p, nil)
	return whole.exact
}
