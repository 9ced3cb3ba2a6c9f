package ent

import (
	"fmt"
	"log/slog"
)

// INE is the national number of a pupil (identifiant national élève). It is personal data: logs redact it.
type INE string

// INEGeneration is the family of registers that gave an INE.
type INEGeneration string

// The generations, with their shapes.
const (
	// INERNIE is the national register, since 2017: nine digits and two key letters.
	INERNIE INEGeneration = "rnie"
	// INEBEA is the older academic base of second-degree pupils: ten digits and a letter, whose rule is not known.
	INEBEA INEGeneration = "bea"
	// INEApprentice is that of apprentices: four digits, A, five digits, a letter.
	INEApprentice INEGeneration = "apprentice"
)

// ParseINE reads an INE exactly as written. It returns CodeINE for another shape, CodeINEKey for a RNIE number whose two
// letters are not those of its digits; the keys of the other generations are not checked, their rule being unknown.
func ParseINE(s string) (INE, error) {
	switch generationOfINE(s) {
	case "":
		return "", fmt.Errorf("ent: ine: %w", CodeINE)
	case INERNIE:
		if n, _ := digits(s[:9]); s[9:] != ineKey(n) {
			return "", fmt.Errorf("ent: ine: %w", CodeINEKey)
		}
	case INEBEA, INEApprentice:
	}
	return INE(s), nil
}

// NewINE returns the RNIE number of nine digits, with its key.
func NewINE(n int) (INE, error) {
	if n < 0 || n > 999999999 {
		return "", fmt.Errorf("ent: ine: %w", CodeINE)
	}
	return INE(fmt.Sprintf("%09d%s", n, ineKey(n))), nil
}

// ineKey returns the two key letters of a RNIE number: 97 less the remainder by 97, its two digits written with the
// letters A to K without I. Source: derived from 277 numbers of one school, all of which follow it.
func ineKey(n int) string {
	const letters = "ABCDEFGHJK"
	k := 97 - n%97
	return string([]byte{letters[k/10], letters[k%10]})
}

func generationOfINE(s string) INEGeneration {
	if len(s) != 11 {
		return ""
	}
	shape := make([]byte, 11)
	for i := range 11 {
		switch c := s[i]; {
		case '0' <= c && c <= '9':
			shape[i] = '9'
		case 'A' <= c && c <= 'Z':
			shape[i] = 'A'
		default:
			return ""
		}
	}
	switch string(shape) {
	case "999999999AA":
		return INERNIE
	case "9999999999A":
		return INEBEA
	case "9999A99999A":
		if s[4] == 'A' {
			return INEApprentice
		}
	}
	return ""
}

// Generation returns the generation that the shape tells, "" for none.
func (n INE) Generation() INEGeneration { return generationOfINE(string(n)) }

// Valid reports whether ParseINE accepts the number.
func (n INE) Valid() bool { _, err := ParseINE(string(n)); return err == nil }

// String returns the number: personal data.
func (n INE) String() string { return string(n) }

// LogValue hides the number.
func (n INE) LogValue() slog.Value { return redacted() }

// MarshalText writes the number.
func (n INE) MarshalText() ([]byte, error) { return []byte(n), nil }

// UnmarshalText reads a number of a known shape, or nothing. A RNIE number with a wrong key is read: feeds hold some.
func (n *INE) UnmarshalText(b []byte) error {
	return unmarshalCode(n, b, func(s string) (INE, error) {
		if generationOfINE(s) == "" {
			return "", fmt.Errorf("ent: ine: %w", CodeINE)
		}
		return INE(s), nil
	})
}

func redacted() slog.Value { return slog.StringValue("[redacted]") }
