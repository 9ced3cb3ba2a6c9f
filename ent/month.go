package ent

import (
	"cmp"
	"fmt"
)

// Month is a month of a year. The zero Month is missing, never a month.
type Month struct {
	Year  int16
	Month uint8
}

// NewMonth returns the month, or CodeDate when the number is not within 1 to 12 or the year not within 1 to 9999.
func NewMonth(year, month int) (Month, error) {
	if year < 1 || year > 9999 || month < 1 || month > 12 {
		return Month{}, fmt.Errorf("ent: month: %w", CodeDate)
	}
	return Month{int16(year), uint8(month)}, nil
}

// ParseMonth reads YYYY-MM (ISO 8601), with four and two digits. It returns CodeDate otherwise.
func ParseMonth(s string) (Month, error) {
	if len(s) == 7 && s[4] == '-' {
		year, ok1 := digits(s[:4])
		month, ok2 := digits(s[5:])
		if ok1 && ok2 {
			return NewMonth(year, month)
		}
	}
	return Month{}, fmt.Errorf("ent: month: %w", CodeDate)
}

// MonthOf returns the month of a date, nothing for a missing date.
func MonthOf(d Date) Month { return Month{d.Year, d.Month} }

// IsZero reports whether the month is missing.
func (m Month) IsZero() bool { return m == Month{} }

// String returns YYYY-MM, "" for a missing month.
func (m Month) String() string {
	if m.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d", m.Year, m.Month)
}

func (m Month) ordinal() int { return int(m.Year)*12 + int(m.Month) - 1 }

// Compare returns -1, 0 or 1. A missing month comes before every other.
func (m Month) Compare(o Month) int { return cmp.Compare(m.ordinal(), o.ordinal()) }

// AddMonths returns the month n months later (earlier when n is negative). A missing month stays missing, and one that
// would fall outside the years 1 to 9999 is missing.
func (m Month) AddMonths(n int) Month {
	const last = 9999*12 + 11
	if m.IsZero() || n > last || n < -last {
		return Month{}
	}
	at := m.ordinal() + n
	if at < 12 || at > last {
		return Month{}
	}
	return Month{int16(at / 12), uint8(at%12 + 1)}
}

// First returns the first day; nothing for a missing month.
func (m Month) First() Date {
	if m.IsZero() {
		return Date{}
	}
	return Date{m.Year, m.Month, 1}
}

// Last returns the last day; nothing for a missing month.
func (m Month) Last() Date {
	if m.IsZero() {
		return Date{}
	}
	return Date{m.Year, m.Month, uint8(daysIn(int(m.Year), int(m.Month)))} //nolint:gosec // at most 31
}

// Contains reports whether the date falls within the month.
func (m Month) Contains(d Date) bool { return !m.IsZero() && MonthOf(d) == m }

// MarshalText writes YYYY-MM, nothing for a missing month.
func (m Month) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads YYYY-MM, or nothing for a missing month.
func (m *Month) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*m = Month{}
		return nil
	}
	v, err := ParseMonth(string(b))
	if err != nil {
		return err
	}
	*m = v
	return nil
}
