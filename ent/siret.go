package ent

import "fmt"

// SIREN is the national number of an organisation: nine digits, the last one a Luhn key. Source: INSEE, Sirene.
type SIREN string

// ParseSIREN reads nine digits. It returns CodeSIREN for another shape, CodeSIRENKey for a wrong key.
func ParseSIREN(s string) (SIREN, error) {
	sum, _, ok := luhn(s)
	if !ok || len(s) != 9 {
		return "", fmt.Errorf("ent: siren: %w", CodeSIREN)
	}
	if sum%10 != 0 {
		return "", fmt.Errorf("ent: siren: %w", CodeSIRENKey)
	}
	return SIREN(s), nil
}

// Valid reports whether the number has the right shape and key.
func (n SIREN) Valid() bool { _, err := ParseSIREN(string(n)); return err == nil }

// String returns the number.
func (n SIREN) String() string { return string(n) }

// MarshalText writes the number.
func (n SIREN) MarshalText() ([]byte, error) { return []byte(n), nil }

// UnmarshalText reads a valid number, or nothing.
func (n *SIREN) UnmarshalText(b []byte) error { return unmarshalCode(n, b, ParseSIREN) }

// SIRET is the number of one place of an organisation: its SIREN and five digits, the last one a Luhn key over the
// fourteen. Public schools begin with 19, communes with 21. Source: INSEE, Sirene.
type SIRET string

// laPoste is the organisation whose SIRET follow another rule: the sum of the digits is a multiple of 5.
const laPoste = "356000000"

// ParseSIRET reads fourteen digits. It returns CodeSIRET for another shape, CodeSIRETKey for a wrong key.
func ParseSIRET(s string) (SIRET, error) {
	sum, plain, ok := luhn(s)
	if !ok || len(s) != 14 {
		return "", fmt.Errorf("ent: siret: %w", CodeSIRET)
	}
	if sum%10 != 0 && (s[:9] != laPoste || plain%5 != 0) {
		return "", fmt.Errorf("ent: siret: %w", CodeSIRETKey)
	}
	return SIRET(s), nil
}

// SIREN returns the first nine digits, "" for a number of another length.
func (n SIRET) SIREN() SIREN {
	if len(n) != 14 {
		return ""
	}
	return SIREN(n[:9])
}

// Valid reports whether the number has the right shape and key.
func (n SIRET) Valid() bool { _, err := ParseSIRET(string(n)); return err == nil }

// String returns the number.
func (n SIRET) String() string { return string(n) }

// MarshalText writes the number.
func (n SIRET) MarshalText() ([]byte, error) { return []byte(n), nil }

// UnmarshalText reads a valid number, or nothing.
func (n *SIRET) UnmarshalText(b []byte) error { return unmarshalCode(n, b, ParseSIRET) }

// luhn returns the Luhn sum and the plain sum of the digits; false when something else than a digit is met.
func luhn(s string) (sum, plain int, ok bool) {
	for i := range len(s) {
		d := int(s[i]) - '0'
		if d < 0 || d > 9 {
			return 0, 0, false
		}
		plain += d
		if (len(s)-i)%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum, plain, s != ""
}
