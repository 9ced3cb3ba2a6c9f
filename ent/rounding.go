package ent

import (
	"encoding/json"
	"fmt"
	"math/big"

	"github.com/shopspring/decimal"
)

// RoundingMode says what happens to a value between two steps.
type RoundingMode string

// The rounding modes. Halves concern a value exactly between two steps.
const (
	// RoundHalfUp sends a half away from zero: the arithmetic rounding of invoices and marks.
	RoundHalfUp RoundingMode = "half-up"
	// RoundHalfDown sends a half toward zero.
	RoundHalfDown RoundingMode = "half-down"
	// RoundHalfEven sends a half to the even step.
	RoundHalfEven RoundingMode = "half-even"
	// RoundUp goes away from zero.
	RoundUp RoundingMode = "up"
	// RoundDown goes toward zero: a truncation.
	RoundDown RoundingMode = "down"
	// RoundCeiling goes toward the greater value.
	RoundCeiling RoundingMode = "ceiling"
	// RoundFloor goes toward the lesser value.
	RoundFloor RoundingMode = "floor"
)

// Rounding is a named rounding: to a multiple of Step, by Mode. Step is in the unit of the value rounded (0.01 for a
// cent, 0.5 for a half mark) and greater than zero.
type Rounding struct {
	Step decimal.Decimal `json:"step"`
	Mode RoundingMode    `json:"mode"`
}

type roundingJSON struct {
	Step number       `json:"step"`
	Mode RoundingMode `json:"mode"`
}

// MarshalJSON writes the step as a string in plain notation.
func (r Rounding) MarshalJSON() ([]byte, error) {
	return json.Marshal(roundingJSON{number(r.Step), r.Mode})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (r *Rounding) UnmarshalJSON(b []byte) error {
	var j roundingJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return fmt.Errorf("ent: rounding: %w", err)
	}
	*r = Rounding{decimal.Decimal(j.Step), j.Mode}
	return nil
}

// Round returns the exact value brought to a multiple of the step. It returns CodeRounding for a step that is not
// greater than zero or an unknown mode.
func (r Rounding) Round(v *big.Rat) (decimal.Decimal, error) {
	if r.Step.Sign() <= 0 {
		return decimal.Decimal{}, fmt.Errorf("ent: rounding step: %w", CodeRounding)
	}
	q := new(big.Rat).Quo(v, r.Step.Rat())
	num, den := q.Num(), q.Denom()
	whole, rest := new(big.Int).QuoRem(num, den, new(big.Int)) // truncated toward zero
	away, err := r.Mode.away(q.Sign(), whole, rest, den)
	if err != nil {
		return decimal.Decimal{}, err
	}
	if away && rest.Sign() != 0 {
		whole.Add(whole, big.NewInt(int64(q.Sign())))
	}
	return decimal.NewFromBigInt(whole, 0).Mul(r.Step), nil
}

// away reports whether a value that lies strictly between two steps goes away from zero.
func (m RoundingMode) away(sign int, whole, rest, den *big.Int) (bool, error) {
	half := new(big.Int).Abs(rest)
	half.Lsh(half, 1)
	cmp := half.Cmp(den)
	switch m {
	case RoundHalfUp:
		return cmp >= 0, nil
	case RoundHalfDown:
		return cmp > 0, nil
	case RoundHalfEven:
		return cmp > 0 || cmp == 0 && whole.Bit(0) == 1, nil
	case RoundUp:
		return true, nil
	case RoundDown:
		return false, nil
	case RoundCeiling:
		return sign > 0, nil
	case RoundFloor:
		return sign < 0, nil
	}
	return false, fmt.Errorf("ent: rounding mode: %w", CodeRounding)
}
