package gradebook

import (
	"fmt"
	"math"
	"math/big"
	"math/bits"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/fixed"
)

// num is an exact number: n/d with d greater than zero, or wide when that does not fit. The zero num is none.
type num struct {
	n, d int64
	wide *big.Rat
}

func whole1(n int64) num { return num{n: n, d: 1} }

func pow10(n int) uint64 {
	p := uint64(1)
	for range n {
		p *= 10
	}
	return p
}

// tenTo returns a power of ten, to the fourth.
func tenTo(n int) int64 { return [maxDecimals + 1]int64{1, 10, 100, 1000, 10000}[n] }

// numOf returns a number within the bounds of marks.
func numOf(d decimal.Decimal) (num, bool) {
	n, exp, ok := scaled(d)
	if !ok {
		return num{}, false
	}
	if exp == 0 {
		return whole1(n), true
	}
	return num{n: n, d: tenTo(int(exp))}.lowest(), true
}

// points are those of a result that has some within the bounds.
func (r Result) points() num { return num{n: r.units(), d: tenTo(r.exp())} }

func numOfRat(r *big.Rat) num {
	if r.Num().IsInt64() && r.Denom().IsInt64() && r.Num().Int64() != math.MinInt64 {
		return num{n: r.Num().Int64(), d: r.Denom().Int64()}
	}
	return num{wide: r}
}

func (a num) some() bool { return a.d != 0 || a.wide != nil }

// rat returns a fraction of the caller's own.
func (a num) rat() *big.Rat {
	if a.wide != nil {
		return new(big.Rat).Set(a.wide)
	}
	return big.NewRat(a.n, a.d)
}

func (a num) lowest() num {
	if a.wide != nil || a.n == math.MinInt64 {
		return a
	}
	g := fixed.GCD(a.d, int64(fixed.Magnitude(a.n))) //nolint:gosec // not the least int64
	return num{n: a.n / g, d: a.d / g}
}

func (a num) sign() int {
	switch {
	case a.wide != nil:
		return a.wide.Sign()
	case a.n < 0:
		return -1
	case a.n > 0:
		return 1
	}
	return 0
}

func (a num) add(b num) num {
	if a.wide == nil && b.wide == nil {
		if a.d == b.d {
			if n, ok := fixed.Sum(a.n, b.n); ok {
				return num{n: n, d: a.d}
			}
		} else if s, ok := addFractions(a.lowest(), b.lowest()); ok {
			return s
		}
	}
	return numOfRat(a.rat().Add(a.rat(), b.rat()))
}

func addFractions(a, b num) (num, bool) {
	g := fixed.GCD(a.d, b.d)
	x, ok1 := fixed.Product(a.n, b.d/g)
	y, ok2 := fixed.Product(b.n, a.d/g)
	d, ok3 := fixed.Product(a.d, b.d/g)
	n, ok4 := fixed.Sum(x, y)
	return num{n: n, d: d}, ok1 && ok2 && ok3 && ok4
}

func (a num) neg() num {
	if a.wide != nil || a.n == math.MinInt64 {
		return numOfRat(a.rat().Neg(a.rat()))
	}
	return num{n: -a.n, d: a.d}
}

func (a num) sub(b num) num { return a.add(b.neg()) }

func (a num) mul(b num) num {
	if a.wide == nil && b.wide == nil {
		n, ok1 := fixed.Product(a.n, b.n)
		d, ok2 := fixed.Product(a.d, b.d)
		if ok1 && ok2 {
			return num{n: n, d: d}
		}
	}
	return numOfRat(a.rat().Mul(a.rat(), b.rat()))
}

// quo divides by a number that is not zero.
func (a num) quo(b num) num {
	if b.wide == nil && b.n != math.MinInt64 {
		if b.n < 0 {
			return a.neg().mul(num{n: b.d, d: -b.n})
		}
		return a.mul(num{n: b.d, d: b.n})
	}
	return numOfRat(a.rat().Quo(a.rat(), b.rat()))
}

// same reports whether both are equal; those of one rounding have one denominator.
func (a num) same(b num) bool {
	if a.d == b.d && a.wide == nil && b.wide == nil {
		return a.n == b.n
	}
	return a.cmp(b) == 0
}

func (a num) cmp(b num) int {
	if a.wide != nil || b.wide != nil {
		return a.rat().Cmp(b.rat())
	}
	if a.d == b.d || (a.n < 0) != (b.n < 0) {
		switch {
		case a.n < b.n:
			return -1
		case a.n > b.n:
			return 1
		}
		return 0
	}
	h1, l1 := bits.Mul64(fixed.Magnitude(a.n), uint64(b.d)) //nolint:gosec // greater than zero
	h2, l2 := bits.Mul64(fixed.Magnitude(b.n), uint64(a.d)) //nolint:gosec // greater than zero
	c := 0
	switch {
	case h1 < h2 || h1 == h2 && l1 < l2:
		c = -1
	case h1 > h2 || l1 > l2:
		c = 1
	}
	if a.n < 0 {
		return -c
	}
	return c
}

func (a num) decimal() decimal.Decimal {
	if a.wide == nil && a.d == 1 {
		return decimal.New(a.n, 0)
	}
	return ent.Written(a.rat())
}

// step is a rounding made ready: to multiples of p/q.
type step struct {
	rounding ent.Rounding
	p, q     int64
	den      uint64 // p in units of 2^-40, 0 when that does not fit
}

func stepOf(r *ent.Rounding) (*step, error) {
	if r == nil {
		return nil, nil //nolint:nilnil // no rounding is one
	}
	v, ok := numOf(r.Step)
	if !ok || v.n <= 0 {
		return nil, fmt.Errorf("gradebook: rounding: %w", CodeRounding)
	}
	if _, err := r.Round(new(big.Rat)); err != nil {
		return nil, fmt.Errorf("gradebook: rounding: %w: %w", CodeRounding, err)
	}
	s := &step{rounding: *r, p: v.n, q: v.d}
	if v.n < 1<<(63-nearBits) {
		s.den = uint64(v.n) << nearBits //nolint:gosec // greater than zero
	}
	return s, nil
}

// round brings a value to a multiple of the step; a nil step leaves it as it is.
func (s *step) round(v num) num {
	if s == nil {
		return v
	}
	if v.wide == nil {
		if den, ok := fixed.Product(v.d, s.p); ok {
			hi, lo := bits.Mul64(fixed.Magnitude(v.n), uint64(s.q)) //nolint:gosec // greater than zero
			if d := uint64(den); hi == 0 {                          //nolint:gosec // greater than zero
				w, rest := lo/d, lo%d
				if rest != 0 && fixed.Away(s.rounding.Mode, v.n < 0, w, rest, d) {
					w++
				}
				if k, ok := fixed.Product(int64(min(w, math.MaxInt64)), s.p); ok && w < math.MaxInt64 { //nolint:gosec // bounded
					if v.n < 0 {
						k = -k
					}
					return num{n: k, d: s.q}
				}
			}
		}
	}
	d, err := s.rounding.Round(v.rat())
	if err != nil { // stepOf tried the rounding
		return num{}
	}
	return numOfRat(d.Rat())
}
