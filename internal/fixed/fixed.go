// Package fixed holds what exact arithmetic on int64 is made of: products and sums that tell when they do not fit, and
// which way a rest goes. What to do about an overflow is the caller's: a price refuses, an average goes on with big.Rat.
package fixed

import (
	"math"
	"math/bits"

	"github.com/opencartable/cartable/ent"
)

// Product returns a × b, and false when it does not fit.
func Product(a, b int64) (int64, bool) {
	hi, lo := bits.Mul64(Magnitude(a), Magnitude(b))
	if hi != 0 || lo > math.MaxInt64 {
		return 0, false
	}
	if (a < 0) != (b < 0) {
		return -int64(lo), true
	}
	return int64(lo), true
}

// Sum returns a + b, and false when it does not fit.
func Sum(a, b int64) (int64, bool) {
	s := a + b
	return s, (a^s)&(b^s) >= 0
}

// Magnitude returns the absolute value, that of the least int64 too.
func Magnitude(a int64) uint64 {
	if a < 0 {
		return -uint64(a)
	}
	return uint64(a)
}

// GCD returns the greatest common divisor of two numbers that are not negative.
func GCD(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// Away reports whether a magnitude cut toward zero (whole), whose rest over den is not zero, goes to the next one. An
// unknown mode cuts.
func Away(mode ent.RoundingMode, negative bool, whole, rest, den uint64) bool {
	other := den - rest // against rest it is twice the rest against den, without overflow
	switch mode {
	case ent.RoundHalfUp:
		return rest >= other
	case ent.RoundHalfDown:
		return rest > other
	case ent.RoundHalfEven:
		return rest > other || rest == other && whole&1 == 1
	case ent.RoundUp:
		return true
	case ent.RoundDown:
	case ent.RoundCeiling:
		return !negative
	case ent.RoundFloor:
		return negative
	}
	return false
}
