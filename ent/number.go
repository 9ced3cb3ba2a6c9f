package ent

import (
	"fmt"
	"math/big"
	"strings"

	"github.com/shopspring/decimal"
)

// maxNumber is how many characters a number of a document may have.
const maxNumber = 4096

// NumberText writes a number with every digit it holds, trailing zeros included, and no exponent. It does not depend on
// the package-level settings of decimal, so that documents keep their bytes; and a quotient cut at 12 decimals keeps them.
// Every document of the module writes its numbers so.
func NumberText(d decimal.Decimal) string {
	c, exp := d.Coefficient(), int(d.Exponent())
	if exp >= 0 {
		return c.Mul(c, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(exp)), nil)).String()
	}
	sign := ""
	if c.Sign() < 0 {
		sign = "-"
	}
	s := c.Abs(c).String()
	if missing := 1 - exp - len(s); missing > 0 {
		s = strings.Repeat("0", missing) + s
	}
	return sign + s[:len(s)+exp] + "." + s[len(s)+exp:]
}

// ParseNumber reads what NumberText writes, at most 4096 characters. It returns CodeFormat for anything else, an exponent
// among them: 1e999999999 is a short text and a number that fills the memory.
func ParseNumber(s string) (decimal.Decimal, error) {
	refused := fmt.Errorf("ent: number: %w", CodeFormat)
	if len(s) > maxNumber {
		return decimal.Decimal{}, refused
	}
	whole, frac, dot := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	if whole == "" || dot && frac == "" {
		return decimal.Decimal{}, refused
	}
	for _, c := range []byte(whole + frac) {
		if c < '0' || c > '9' {
			return decimal.Decimal{}, refused
		}
	}
	n, ok := new(big.Int).SetString(whole+frac, 10)
	if !ok {
		return decimal.Decimal{}, refused
	}
	if s[0] == '-' {
		n.Neg(n)
	}
	return decimal.NewFromBigInt(n, -int32(len(frac))), nil //nolint:gosec // at most maxNumber
}

// number is a decimal in a document: a string in plain notation.
type number decimal.Decimal

func (n number) MarshalText() ([]byte, error) { return []byte(NumberText(decimal.Decimal(n))), nil }

func (n *number) UnmarshalText(b []byte) error {
	d, err := ParseNumber(string(b))
	if err != nil {
		return err
	}
	*n = number(d)
	return nil
}
