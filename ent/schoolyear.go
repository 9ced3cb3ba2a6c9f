package ent

import "fmt"

// SchoolYear is the year that starts on 1 September of its number and ends on 31 August of the next one. The days of
// lessons within it are the business of a calendar. The zero SchoolYear is missing.
type SchoolYear int

// ParseSchoolYear reads "2024-2025". It returns CodeSchoolYear otherwise.
func ParseSchoolYear(s string) (SchoolYear, error) {
	if len(s) != 9 || s[4] != '-' {
		return 0, fmt.Errorf("ent: school year: %w", CodeSchoolYear)
	}
	from, ok1 := digits(s[:4])
	to, ok2 := digits(s[5:])
	if !ok1 || !ok2 || from == 0 || to != from+1 {
		return 0, fmt.Errorf("ent: school year: %w", CodeSchoolYear)
	}
	return SchoolYear(from), nil
}

// SchoolYearOf returns the school year of a date, 0 for a missing date.
func SchoolYearOf(d Date) SchoolYear {
	switch {
	case d.IsZero():
		return 0
	case d.Month >= 9:
		return SchoolYear(d.Year)
	}
	return SchoolYear(d.Year - 1)
}

// String returns "2024-2025", "" for a missing year.
func (y SchoolYear) String() string {
	if y == 0 {
		return ""
	}
	return fmt.Sprintf("%04d-%04d", int(y), int(y)+1)
}

// First returns 1 September; nothing for a missing year.
func (y SchoolYear) First() Date {
	if y == 0 {
		return Date{}
	}
	return Date{int16(y), 9, 1}
}

// Last returns 31 August of the next calendar year; nothing for a missing year.
func (y SchoolYear) Last() Date {
	if y == 0 {
		return Date{}
	}
	return Date{int16(y + 1), 8, 31}
}

// Contains reports whether the date falls within the year.
func (y SchoolYear) Contains(d Date) bool { return y != 0 && SchoolYearOf(d) == y }

// MarshalText writes "2024-2025", nothing for a missing year.
func (y SchoolYear) MarshalText() ([]byte, error) { return []byte(y.String()), nil }

// UnmarshalText reads "2024-2025", or nothing for a missing year.
func (y *SchoolYear) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*y = 0
		return nil
	}
	v, err := ParseSchoolYear(string(b))
	if err != nil {
		return err
	}
	*y = v
	return nil
}
