package ent

import "fmt"

// InseeCode is the code of a commune in the code officiel géographique: five characters, 2A or 2B first in Corsica, 97
// or 98 overseas, 99 for places abroad. It is not a postal code. Source: INSEE, code officiel géographique.
type InseeCode string

// ParseInseeCode reads the code of a commune. It returns CodeInsee otherwise; whether the commune exists is known to
// package territory.
func ParseInseeCode(s string) (InseeCode, error) {
	if len(s) == 5 {
		head := s[:2]
		if head == "2A" || head == "2B" {
			head = "20"
		}
		n, ok := digits(head)
		_, rest := digits(s[2:])
		if ok && rest && n >= 1 && n != 96 && (n != 20 || head != s[:2]) && s[:3] != "970" {
			return InseeCode(s), nil
		}
	}
	return "", fmt.Errorf("ent: commune code: %w", CodeInsee)
}

// Departement returns the code of the département: the first two characters, three overseas; "" for an invalid code.
func (c InseeCode) Departement() DepartementCode {
	if !c.Valid() {
		return ""
	}
	if c[:2] == "97" || c[:2] == "98" {
		return DepartementCode(c[:3])
	}
	return DepartementCode(c[:2])
}

// Valid reports whether the code has the shape of a commune's.
func (c InseeCode) Valid() bool { _, err := ParseInseeCode(string(c)); return err == nil }

// String returns the code.
func (c InseeCode) String() string { return string(c) }

// MarshalText writes the code.
func (c InseeCode) MarshalText() ([]byte, error) { return []byte(c), nil }

// UnmarshalText reads a valid code, or nothing.
func (c *InseeCode) UnmarshalText(b []byte) error { return unmarshalCode(c, b, ParseInseeCode) }

// DepartementCode is the code of a département or of an overseas territory: 01 to 95 (2A and 2B in Corsica, never 20),
// 971 to 989; 99 stands for abroad. Source: INSEE, code officiel géographique.
type DepartementCode string

// ParseDepartementCode reads such a code. It returns CodeDepartement otherwise.
func ParseDepartementCode(s string) (DepartementCode, error) {
	n, ok := digits(s)
	switch {
	case s == "2A", s == "2B",
		ok && len(s) == 2 && (n >= 1 && n <= 95 || n == 99) && n != 20,
		ok && len(s) == 3 && n >= 971 && n <= 989:
		return DepartementCode(s), nil
	}
	return "", fmt.Errorf("ent: département code: %w", CodeDepartement)
}

// Valid reports whether the code has the shape of a département's.
func (c DepartementCode) Valid() bool { _, err := ParseDepartementCode(string(c)); return err == nil }

// String returns the code.
func (c DepartementCode) String() string { return string(c) }

// MarshalText writes the code.
func (c DepartementCode) MarshalText() ([]byte, error) { return []byte(c), nil }

// UnmarshalText reads a valid code, or nothing.
func (c *DepartementCode) UnmarshalText(b []byte) error {
	return unmarshalCode(c, b, ParseDepartementCode)
}

// RegionCode is the code of a région: two digits. Source: INSEE, code officiel géographique.
type RegionCode string

// ParseRegionCode reads two digits. It returns CodeRegion otherwise.
func ParseRegionCode(s string) (RegionCode, error) {
	if _, ok := digits(s); !ok || len(s) != 2 {
		return "", fmt.Errorf("ent: région code: %w", CodeRegion)
	}
	return RegionCode(s), nil
}

// Valid reports whether the code has the shape of a région's.
func (c RegionCode) Valid() bool { _, err := ParseRegionCode(string(c)); return err == nil }

// String returns the code.
func (c RegionCode) String() string { return string(c) }

// MarshalText writes the code.
func (c RegionCode) MarshalText() ([]byte, error) { return []byte(c), nil }

// UnmarshalText reads a valid code, or nothing.
func (c *RegionCode) UnmarshalText(b []byte) error { return unmarshalCode(c, b, ParseRegionCode) }

// AcademyCode is the code of an academy (académie, the ministry's district): three digits, "010" for Lyon. Feeds also
// write it without its leading zeros: see NormalizeAcademyCode. Source: BCN, nomenclature N_ACADEMIE.
type AcademyCode string

// ParseAcademyCode reads three digits. It returns CodeAcademy otherwise.
func ParseAcademyCode(s string) (AcademyCode, error) {
	if n, ok := digits(s); !ok || len(s) != 3 || n == 0 {
		return "", fmt.Errorf("ent: academy code: %w", CodeAcademy)
	}
	return AcademyCode(s), nil
}

// NormalizeAcademyCode reads one to three digits and pads them: "10" gives "010". It returns CodeAcademy otherwise.
func NormalizeAcademyCode(s string) (AcademyCode, error) {
	if len(s) == 0 || len(s) > 3 {
		return "", fmt.Errorf("ent: academy code: %w", CodeAcademy)
	}
	return ParseAcademyCode("000"[len(s):] + s)
}

// Valid reports whether the code has the shape of an academy's.
func (c AcademyCode) Valid() bool { _, err := ParseAcademyCode(string(c)); return err == nil }

// String returns the code.
func (c AcademyCode) String() string { return string(c) }

// MarshalText writes the code.
func (c AcademyCode) MarshalText() ([]byte, error) { return []byte(c), nil }

// UnmarshalText reads a valid code, or nothing.
func (c *AcademyCode) UnmarshalText(b []byte) error { return unmarshalCode(c, b, ParseAcademyCode) }
