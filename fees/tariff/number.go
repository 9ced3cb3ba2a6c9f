package tariff

import (
	"fmt"
	"log/slog"
	"math"
	"math/big"
	"math/bits"
	"strconv"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/quotient"
	"github.com/opencartable/cartable/internal/fixed"
)

const (
	// maxWhole and maxDecimals bound the numbers of a sheet and of a use: less than 10^9, with 8 decimals at the most.
	maxWhole    = 9
	maxDecimals = 8
	// maxCount bounds quantities, ranks and the lengths of lists.
	maxCount = 100000
	// maxText bounds a text of a sheet, in bytes.
	maxText = 2000
	// quotientDecimals is how many decimals of a quotient are kept: one with more is refused.
	quotientDecimals = 6
	quotientScale    = 1000000
)

// inLimits looks at the exponent first: 1e999999999 is a short text and a number that fills the memory.
func inLimits(d decimal.Decimal) bool {
	exp := int(d.Exponent())
	if exp < -maxDecimals || exp > maxWhole {
		return false
	}
	c := d.Coefficient()
	if c.BitLen() > 64 {
		return false
	}
	limit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(maxWhole-exp)), nil)
	return c.CmpAbs(limit) < 0
}

// val is an exact number n/d, with d greater than zero.
type val struct{ n, d int64 }

// valOf returns a number within the limits, in lowest terms.
func valOf(d decimal.Decimal) val {
	r := d.Rat()
	return val{r.Num().Int64(), r.Denom().Int64()}
}

// valOfRat returns an exact fraction, d = 0 when it does not fit: what it makes is then an overflow.
func valOfRat(r *big.Rat) val {
	if !r.Num().IsInt64() || !r.Denom().IsInt64() || r.Num().Int64() == math.MinInt64 {
		return val{}
	}
	return val{r.Num().Int64(), r.Denom().Int64()}
}

func (v val) rat() *big.Rat { return big.NewRat(v.n, v.d) }

// calc computes with val and remembers an overflow: no wrong figure leaves it.
type calc struct{ over bool }

func (c *calc) mul(a, b int64) int64 {
	v, ok := fixed.Product(a, b)
	if !ok {
		c.over = true
	}
	return v
}

func (c *calc) sum(a, b int64) int64 {
	s, ok := fixed.Sum(a, b)
	if !ok {
		c.over = true
		return 0
	}
	return s
}

// add adds; only a sum that does not fit is computed in lowest terms, which costs divisions.
func (c *calc) add(a, b val) val {
	if c.over {
		return val{0, 1}
	}
	if a.d == b.d {
		return val{c.sum(a.n, b.n), a.d}
	}
	if b.d%a.d == 0 {
		a, b = b, a
	}
	if a.d%b.d == 0 {
		if n, ok := fixed.Product(b.n, a.d/b.d); ok {
			return val{c.sum(a.n, n), a.d}
		}
	}
	a, b = a.lowest(), b.lowest()
	g := fixed.GCD(a.d, b.d)
	return c.checked(val{c.sum(c.mul(a.n, b.d/g), c.mul(b.n, a.d/g)), c.mul(a.d, b.d/g)})
}

// checked never lets a denominator of 0 out of an overflow.
func (c *calc) checked(v val) val {
	if c.over {
		return val{0, 1}
	}
	return v
}

// times multiplies; only a product that does not fit is brought to lowest terms first, which costs divisions.
func (c *calc) times(a, b val) val {
	if c.over || b.d == 0 {
		c.over = true
		return val{0, 1}
	}
	n, ok1 := fixed.Product(a.n, b.n)
	d, ok2 := fixed.Product(a.d, b.d)
	if ok1 && ok2 {
		return val{n, d}
	}
	a, b = a.lowest(), b.lowest()
	x, y := fixed.GCD(int64(fixed.Magnitude(a.n)), b.d), fixed.GCD(int64(fixed.Magnitude(b.n)), a.d) //nolint:gosec // magnitudes of products
	return c.checked(val{c.mul(a.n/x, b.n/y), c.mul(a.d/y, b.d/x)})
}

func (v val) lowest() val {
	g := fixed.GCD(v.d, int64(fixed.Magnitude(v.n))) //nolint:gosec // a magnitude of a product
	return val{v.n / g, v.d / g}
}

// less compares exactly, with no overflow.
func less(a, b val) bool {
	if a.d == b.d {
		return a.n < b.n
	}
	if (a.n < 0) != (b.n < 0) {
		return a.n < 0
	}
	h1, l1 := bits.Mul64(fixed.Magnitude(a.n), uint64(b.d))
	h2, l2 := bits.Mul64(fixed.Magnitude(b.n), uint64(a.d))
	if a.n < 0 {
		h1, l1, h2, l2 = h2, l2, h1, l1
	}
	return h1 < h2 || h1 == h2 && l1 < l2
}

// step is a rounding made ready: to multiples of size.
type step struct {
	size val
	mode ent.RoundingMode
}

// round brings a value to a multiple of the step. The product of the division has 128 bits.
func (c *calc) round(v val, s *step) val {
	if v.d == s.size.d && s.size.n == 1 {
		return v
	}
	den, ok := fixed.Product(v.d, s.size.n)
	if !ok {
		v = v.lowest()
		den = c.mul(v.d, s.size.n)
	}
	hi, lo := bits.Mul64(fixed.Magnitude(v.n), uint64(s.size.d)) //nolint:gosec // greater than zero
	var whole, rest uint64
	switch d := uint64(den); {
	case c.over, hi >= d:
		c.over = true
		return val{0, 1}
	case hi == 0:
		whole, rest = lo/d, lo%d
	default:
		whole, rest = bits.Div64(hi, lo, d)
	}
	if rest != 0 && fixed.Away(s.mode, v.n < 0, whole, rest, uint64(den)) {
		whole++
	}
	if whole > math.MaxInt64 {
		c.over = true
		return val{0, 1}
	}
	k := int64(whole)
	if v.n < 0 {
		k = -k
	}
	return val{c.mul(k, s.size.n), s.size.d}
}

// scale is a factor n/d that gives a number of steps; d = 0 when it does not fit.
type scale struct{ n, d uint64 }

// times returns q × the factor, rounded to a whole number of steps, and false when that takes more than 64 bits.
func (s *step) times(q int64, f scale) (val, bool) {
	hi, lo := bits.Mul64(uint64(q), f.n) //nolint:gosec // a quotient and resources are not negative
	if hi != 0 || f.d == 0 || q < 0 {
		return val{}, false
	}
	whole, rest := lo/f.d, lo%f.d
	if rest != 0 && fixed.Away(s.mode, false, whole, rest, f.d) {
		whole++
	}
	n, ok := fixed.Product(int64(min(whole, math.MaxInt64)), s.size.n) //nolint:gosec // bounded
	return val{n, s.size.d}, ok && whole <= math.MaxInt64
}

// Amount is an exact number of euros, small enough to be copied and kept by the million. The zero Amount is missing: it is
// no price, and not a price of zero.
type Amount struct{ n, d int64 }

// AmountOf returns a number of euros. It returns CodeNumber for one that is not less than 10^9 or has more than 8 decimals.
func AmountOf(d decimal.Decimal) (Amount, error) {
	if !inLimits(d) {
		return Amount{}, fmt.Errorf("tariff: amount: %w", CodeNumber)
	}
	return Amount(cents(valOf(d))), nil
}

// cents writes a number in cents where it is one: two such numbers are compared and added without a multiplication.
func cents(v val) val {
	if v.d == 0 || 100%v.d != 0 {
		return v
	}
	n, ok := fixed.Product(v.n, 100/v.d)
	if !ok {
		return v
	}
	return val{n, 100}
}

// Cents returns a number of cents.
func Cents(n int64) Amount { return Amount{n, 100} }

// Known reports whether there is an amount.
func (a Amount) Known() bool { return a.d != 0 }

// Decimal returns the amount in euros, 0 for a missing one; one that does not end is cut after 12 decimals (a price is
// rounded, and ends).
func (a Amount) Decimal() decimal.Decimal {
	switch a.d {
	case 0:
		return decimal.Decimal{}
	case 1:
		return decimal.New(a.n, 0)
	case 100:
		return decimal.New(a.n, -2)
	}
	return ent.Written(a.Rat())
}

// Rat returns the amount as an exact fraction, 0 for a missing one.
func (a Amount) Rat() *big.Rat {
	if a.d == 0 {
		return new(big.Rat)
	}
	return big.NewRat(a.n, a.d)
}

// InCents returns the number of cents, and false when the amount is missing or not a whole number of them.
func (a Amount) InCents() (int64, bool) {
	switch {
	case a.d == 100:
		return a.n, true
	case a.d == 0 || a.d > 100*maxCount || a.n > math.MaxInt64/100 || a.n < math.MinInt64/100:
		return 0, false
	}
	return a.n * 100 / a.d, a.n*100%a.d == 0
}

// Sign returns -1, 0 or 1.
func (a Amount) Sign() int {
	switch {
	case a.n < 0:
		return -1
	case a.n > 0:
		return 1
	}
	return 0
}

// Cmp compares two amounts; a missing one counts as 0.
func (a Amount) Cmp(b Amount) int {
	x, y := val(a), val(b)
	x.d, y.d = max(x.d, 1), max(y.d, 1)
	switch {
	case less(x, y):
		return -1
	case less(y, x):
		return 1
	}
	return 0
}

// Add returns the sum. It returns CodeOverflow for one that an Amount does not hold.
func (a Amount) Add(b Amount) (Amount, error) {
	if a.d == 0 {
		return b, nil
	}
	if b.d == 0 {
		return a, nil
	}
	var c calc
	v := c.add(val(a), val(b))
	if c.over {
		return Amount{}, fmt.Errorf("tariff: amount: %w", CodeOverflow)
	}
	return Amount(v), nil
}

// Quotient is a family quotient made ready to price with, as [QuotientOf] returns it. The zero Quotient is missing. It is
// personal data: logs redact it.
type Quotient struct {
	kind  quotient.Kind
	name  string
	value int64 // in units of 1/quotientScale
	known bool
	// number is that of a known kind.
	number uint8
}

// QuotientOf makes a quotient ready; a missing one stays missing. It returns CodeNumber for a negative one, one that is not
// less than 10^9, or one with more than 6 decimals.
func QuotientOf(q quotient.Quotient) (Quotient, error) {
	v, ok := q.Value.Value()
	if !ok {
		return Quotient{kind: q.Kind, name: q.Name, number: kindNumber(q.Kind)}, nil
	}
	if !inLimits(v) || v.Sign() < 0 || !v.Equal(v.Truncate(quotientDecimals)) {
		return Quotient{}, fmt.Errorf("tariff: quotient: %w", CodeNumber)
	}
	return Quotient{q.Kind, q.Name, v.Shift(quotientDecimals).IntPart(), true, kindNumber(q.Kind)}, nil
}

// Known reports whether there is a value; 0 is one.
func (q Quotient) Known() bool { return q.known }

// Decimal returns the value, 0 for a missing one.
func (q Quotient) Decimal() decimal.Decimal {
	return ent.Written(big.NewRat(q.value, quotientScale))
}

// Kind returns the kind, and the name of a municipal one.
func (q Quotient) Kind() (quotient.Kind, string) { return q.kind, q.name }

const hidden = "[redacted]"

// String hides the value.
func (q Quotient) String() string { return hidden }

// GoString hides the value.
func (q Quotient) GoString() string { return strconv.Quote(hidden) }

// LogValue hides the value.
func (q Quotient) LogValue() slog.Value { return slog.StringValue(hidden) }

// Times returns the amount multiplied by num/den, exactly. It returns CodeOverflow for a result that an Amount does not hold,
// or a den that is not greater than zero.
func (a Amount) Times(num, den int64) (Amount, error) {
	var c calc
	if den <= 0 {
		c.over = true
	}
	if a.d == 0 {
		return Amount{}, nil
	}
	v := val(a)
	if den == 1 {
		v = c.times(v, val{num, 1})
	} else if den > 1 {
		v = c.times(v, val{num, den}).lowest()
	}
	if c.over {
		return Amount{}, fmt.Errorf("tariff: amount: %w", CodeOverflow)
	}
	return Amount(v), nil
}

// Neg returns the opposite.
func (a Amount) Neg() Amount { return Amount{-a.n, a.d} }
