package ent

import "fmt"

// MEF is the code of a study programme (module élémentaire de formation), 11 characters: 1-3 dispositif, 4-8 speciality,
// 9 length of the cycle in years, 10 year in the cycle, 11 variant. Source: BCN, nomenclature N_MEF.
type MEF string

// ParseMEF reads three digits and eight digits or upper-case letters. It returns CodeMEF otherwise.
func ParseMEF(s string) (MEF, error) {
	if len(s) != 11 {
		return "", fmt.Errorf("ent: mef: %w", CodeMEF)
	}
	for i := range 11 {
		c := s[i]
		if (c < '0' || c > '9') && (i < 3 || c < 'A' || c > 'Z') {
			return "", fmt.Errorf("ent: mef: %w", CodeMEF)
		}
	}
	return MEF(s), nil
}

// MEFVariant is what the eleventh character of a MEF says.
type MEFVariant string

// The variants that are known. Others exist (4, 6 and 9 were seen), whose meaning is not.
const (
	MEFNational      MEFVariant = "0"
	MEFInternational MEFVariant = "1"
	MEFEuropean      MEFVariant = "2"
	MEFBilingual     MEFVariant = "3"
	MEFSport         MEFVariant = "7"
	MEFLocal         MEFVariant = "A" // local to an academy: the feed gives the national one beside it
	MEFContinuing    MEFVariant = "C" // formation continue
)

// Variant returns the eleventh character, "" for a code of another length.
func (m MEF) Variant() MEFVariant {
	if len(m) != 11 {
		return ""
	}
	return MEFVariant(m[10:])
}

// Valid reports whether the code has the shape of a MEF.
func (m MEF) Valid() bool { _, err := ParseMEF(string(m)); return err == nil }

// String returns the code.
func (m MEF) String() string { return string(m) }

// MarshalText writes the code.
func (m MEF) MarshalText() ([]byte, error) { return []byte(m), nil }

// UnmarshalText reads a valid code, or nothing.
func (m *MEF) UnmarshalText(b []byte) error { return unmarshalCode(m, b, ParseMEF) }

// SubjectCode is the code of a subject taught (matière), 6 characters: six digits for a national one, a letter and five
// digits for a local one. Source: BCN, nomenclature N_MATIERE_ENSEIGNEE.
type SubjectCode string

// ParseSubjectCode reads six digits or upper-case letters. It returns CodeSubject otherwise.
func ParseSubjectCode(s string) (SubjectCode, error) {
	if len(s) != 6 {
		return "", fmt.Errorf("ent: subject code: %w", CodeSubject)
	}
	for i := range 6 {
		if c := s[i]; (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return "", fmt.Errorf("ent: subject code: %w", CodeSubject)
		}
	}
	return SubjectCode(s), nil
}

// Valid reports whether the code has the shape of a subject code.
func (c SubjectCode) Valid() bool { _, err := ParseSubjectCode(string(c)); return err == nil }

// String returns the code.
func (c SubjectCode) String() string { return string(c) }

// MarshalText writes the code.
func (c SubjectCode) MarshalText() ([]byte, error) { return []byte(c), nil }

// UnmarshalText reads a valid code, or nothing.
func (c *SubjectCode) UnmarshalText(b []byte) error { return unmarshalCode(c, b, ParseSubjectCode) }
