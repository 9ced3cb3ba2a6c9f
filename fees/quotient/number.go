package quotient

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"math/big"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
)

const (
	// maxWhole and maxDecimals bound the numbers accepted: less than 10^12, with 12 decimals at the most.
	maxWhole    = 12
	maxDecimals = 12
	// maxPersons bounds each number of persons.
	maxPersons = 99
)

// inLimits reports whether a number may be computed with. It looks at the exponent first: 1e999999999 is a short text
// and a number that fills the memory.
func inLimits(d decimal.Decimal) bool {
	exp := int(d.Exponent())
	if exp < -maxDecimals || exp > maxWhole {
		return false
	}
	c := d.Coefficient()
	if c.BitLen() > 100 {
		return false
	}
	limit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(maxWhole-exp)), nil)
	return c.CmpAbs(limit) < 0
}

// parseNumber reads a number of a document, within the limits.
func parseNumber(s string) (decimal.Decimal, error) {
	d, err := ent.ParseNumber(s)
	if err != nil || !inLimits(d) {
		return decimal.Decimal{}, fmt.Errorf("quotient: number: %w", CodeNumber)
	}
	return d, nil
}

// Amount is a number that may be missing. The zero Amount is missing: nobody has a quotient of 0 for want of a value.
// Known(0) is a known zero. It is personal data: logs redact it.
type Amount struct {
	value decimal.Decimal
	known bool
}

// Known returns a known number.
func Known(d decimal.Decimal) Amount { return Amount{d, true} }

// Value returns the number and whether it is known.
func (a Amount) Value() (decimal.Decimal, bool) { return a.value, a.known }

// IsZero reports whether the number is missing: a known 0 is not.
func (a Amount) IsZero() bool { return !a.known }

// Equal reports whether both are missing, or known and of one value.
func (a Amount) Equal(b Amount) bool {
	return a.known == b.known && (!a.known || a.value.Equal(b.value))
}

// String hides the number.
func (a Amount) String() string { return hidden }

// GoString hides the number.
func (a Amount) GoString() string { return hidden }

// LogValue hides the number.
func (a Amount) LogValue() slog.Value { return redacted() }

const hidden = "[redacted]"

func redacted() slog.Value { return slog.StringValue(hidden) }

// MarshalJSON writes a string in plain notation, null for a missing number. It returns CodeNumber for a number out of
// limits.
func (a Amount) MarshalJSON() ([]byte, error) {
	switch {
	case !a.known:
		return []byte("null"), nil
	case !inLimits(a.value):
		return nil, fmt.Errorf("quotient: number: %w", CodeNumber)
	}
	return json.Marshal(ent.NumberText(a.value))
}

// UnmarshalJSON reads what MarshalJSON wrote. It returns CodeNumber for anything else, a JSON number among them.
func (a *Amount) UnmarshalJSON(b []byte) error {
	v, ok := readAmount(b)
	if !ok {
		return fmt.Errorf("quotient: number: %w", CodeNumber)
	}
	*a = v
	return nil
}

func readAmount(b []byte) (Amount, bool) {
	if string(b) == "null" {
		return Amount{}, true
	}
	var s string
	if json.Unmarshal(b, &s) != nil {
		return Amount{}, false
	}
	d, err := parseNumber(s)
	return Amount{d, err == nil}, err == nil
}

// number is a decimal in a document. One that cannot be read is kept as such, so that the reader can say where it stands.
type number struct {
	value    decimal.Decimal
	set, bad bool
}

func numberOf(d decimal.Decimal) number { return number{value: d, set: true} }

func (n number) MarshalJSON() ([]byte, error) { return Known(n.value).MarshalJSON() }

func (n *number) UnmarshalJSON(b []byte) error {
	a, ok := readAmount(b)
	*n = number{value: a.value, set: true, bad: !ok || !a.known}
	return nil
}

// trimmed returns the number without the zeros that end its decimals.
func trimmed(d decimal.Decimal) decimal.Decimal { return ent.Written(d.Rat()) }

// checkAmount files what is wrong with a number of the caller.
func checkAmount(d decimal.Decimal, path string, field ent.Field, negative bool) ent.Issues {
	switch {
	case !inLimits(d):
		return ent.Issues{fieldIssue(CodeNumber, path, field)}
	case d.Sign() < 0 && !negative:
		return ent.Issues{fieldIssue(CodeNegative, path, field)}
	}
	return nil
}

// checkCount files a number of persons out of bounds.
func checkCount(n int, path string, field ent.Field) ent.Issues {
	if n < 0 || n > maxPersons {
		return ent.Issues{fieldIssue(CodeComposition, path, field)}
	}
	return nil
}
