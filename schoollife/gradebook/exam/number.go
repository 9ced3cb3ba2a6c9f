package exam

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"math/big"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
)

const (
	// maxDecimals bounds the decimals of a number: 9 in the national file of averages, 12 in what is written of a quotient.
	maxDecimals = 12
	// maxWhole bounds a number: less than 10^4.
	maxWhole = 4
	// maxList bounds each list of the caller.
	maxList = 200
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

// Number is a mark that may be missing: a missing mark is not 0. The zero Number is missing, Known(0) is a known zero.
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
		return nil, fmt.Errorf("exam: number: %w", CodeNumber)
	}
	return json.Marshal(ent.NumberText(n.value))
}

// UnmarshalJSON reads what MarshalJSON wrote. It returns CodeNumber for anything else, a JSON number among them.
func (n *Number) UnmarshalJSON(b []byte) error {
	v, ok := readNumber(b)
	if !ok {
		return fmt.Errorf("exam: number: %w", CodeNumber)
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

func ratOf(n int) *big.Rat { return new(big.Rat).SetInt64(int64(n)) }

func label(fr, en string) ent.Label { return ent.Label{FR: fr, EN: en} }
