package competence

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"math/big"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
)

const (
	// maxDecimals bounds the decimals of a value, a bound or a coefficient.
	maxDecimals = 6
	// maxWhole bounds them: less than 10^4.
	maxWhole = 4
	// maxList bounds each list of the caller.
	maxList = 10_000
)

// inLimits reports whether a number may be computed with. It looks at the exponent first: 1e999999999 is a short text
// and a number that fills the memory.
func inLimits(d decimal.Decimal) bool {
	exp := int(d.Exponent())
	if exp < -maxDecimals || exp > maxWhole {
		return false
	}
	c := d.Coefficient()
	if c.BitLen() > 64 {
		return false
	}
	return c.CmpAbs(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(maxWhole-exp)), nil)) < 0
}

// Number is a figure that may be missing: not evaluated is not 0. The zero Number is missing, Known(0) is a known zero.
// It is personal data: logs redact it.
type Number struct {
	value decimal.Decimal
	known bool
}

// Known returns a known number.
func Known(d decimal.Decimal) Number { return Number{d, true} }

// Value returns the number and whether it is known.
func (n Number) Value() (decimal.Decimal, bool) { return n.value, n.known }

// IsZero reports whether the number is missing: a known 0 is not.
func (n Number) IsZero() bool { return !n.known }

// Equal reports whether both are missing, or known and of one value.
func (n Number) Equal(o Number) bool {
	return n.known == o.known && (!n.known || n.value.Equal(o.value))
}

const hidden = "[redacted]"

func redacted() slog.Value { return slog.StringValue(hidden) }

// String hides the number.
func (n Number) String() string { return hidden }

// GoString hides the number.
func (n Number) GoString() string { return hidden }

// LogValue hides the number.
func (n Number) LogValue() slog.Value { return redacted() }

// MarshalJSON writes a string in plain notation, null for a missing number. It returns CodeNumber for a number out of
// limits.
func (n Number) MarshalJSON() ([]byte, error) {
	switch {
	case !n.known:
		return []byte("null"), nil
	case !inLimits(n.value):
		return nil, fmt.Errorf("competence: number: %w", CodeNumber)
	}
	return json.Marshal(ent.NumberText(n.value))
}

// UnmarshalJSON reads what MarshalJSON wrote. It returns CodeNumber for anything else, a JSON number among them.
func (n *Number) UnmarshalJSON(b []byte) error {
	v, ok := readNumber(b)
	if !ok {
		return fmt.Errorf("competence: number: %w", CodeNumber)
	}
	*n = v
	return nil
}

func readNumber(b []byte) (Number, bool) {
	if string(b) == "null" {
		return Number{}, true
	}
	var s string
	if json.Unmarshal(b, &s) != nil {
		return Number{}, false
	}
	d, err := ent.ParseNumber(s)
	if err != nil || !inLimits(d) {
		return Number{}, false
	}
	return Number{d, true}, true
}

// rounded is the one place where a figure is rounded; the step is one of ours, so that it never fails.
func rounded(exact *big.Rat, r ent.Rounding) (decimal.Decimal, error) {
	v, err := r.Round(exact)
	if err != nil {
		return decimal.Decimal{}, fmt.Errorf("competence: %w", err)
	}
	return v, nil
}

// integer is the rounding of scores and percentages: to the integer, a half up.
func integer() ent.Rounding { return ent.Rounding{Step: decimal.New(1, 0), Mode: ent.RoundHalfUp} }

func ratOf(n int) *big.Rat { return new(big.Rat).SetInt64(int64(n)) }

func label(fr, en string) ent.Label { return ent.Label{FR: fr, EN: en} }
