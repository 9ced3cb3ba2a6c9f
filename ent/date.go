package ent

import (
	"cmp"
	"fmt"
	"time"
)

// Date is a day of the civil calendar, without hour or zone. The zero Date is missing, never a day.
type Date struct {
	Year  int16
	Month uint8
	Day   uint8
}

// NewDate returns the date, or CodeDate when no such day exists or the year is not within 1 to 9999.
func NewDate(year, month, day int) (Date, error) {
	if year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return Date{}, fmt.Errorf("ent: date: %w", CodeDate)
	}
	return Date{int16(year), uint8(month), uint8(day)}, nil
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// DateAt returns the day of an instant in a place.
func DateAt(t time.Time, loc *time.Location) Date {
	y, m, d := t.In(loc).Date()
	return Date{int16(y), uint8(m), uint8(d)}
}

// ParseDate reads YYYY-MM-DD (ISO 8601), with four, two and two digits. It returns CodeDate otherwise.
func ParseDate(s string) (Date, error) {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return Date{}, fmt.Errorf("ent: date: %w", CodeDate)
	}
	return parseYMD(s[0:4], s[5:7], s[8:10])
}

// ParseFrenchDate reads DD/MM/YYYY, the form of the national feeds. It returns CodeDate otherwise.
func ParseFrenchDate(s string) (Date, error) {
	if len(s) != 10 || s[2] != '/' || s[5] != '/' {
		return Date{}, fmt.Errorf("ent: date: %w", CodeDate)
	}
	return parseYMD(s[6:10], s[3:5], s[0:2])
}

func parseYMD(y, m, d string) (Date, error) {
	yy, ok1 := digits(y)
	mm, ok2 := digits(m)
	dd, ok3 := digits(d)
	if !ok1 || !ok2 || !ok3 {
		return Date{}, fmt.Errorf("ent: date: %w", CodeDate)
	}
	return NewDate(yy, mm, dd)
}

// digits reads a number of at most 9 ASCII digits.
func digits(s string) (int, bool) {
	n := 0
	for i := range len(s) {
		c := s[i] - '0'
		if c > 9 {
			return 0, false
		}
		n = n*10 + int(c)
	}
	return n, s != "" && len(s) <= 9
}

// IsZero reports whether the date is missing.
func (d Date) IsZero() bool { return d == Date{} }

// String returns YYYY-MM-DD, "" for a missing date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// French returns DD/MM/YYYY, "" for a missing date.
func (d Date) French() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%02d/%02d/%04d", d.Day, d.Month, d.Year)
}

// Format returns the date as it is written in a language: DD/MM/YYYY in French, YYYY-MM-DD in English.
func (d Date) Format(lang Lang) string { return lang.pick(d.French(), d.String()) }

// Time returns the start of the day in a place.
func (d Date) Time(loc *time.Location) time.Time {
	return time.Date(int(d.Year), time.Month(d.Month), int(d.Day), 0, 0, 0, 0, loc)
}

// Compare returns -1, 0 or 1. A missing date comes before every other.
func (d Date) Compare(o Date) int { return cmp.Compare(d.ordinal(), o.ordinal()) }

func (d Date) ordinal() int { return int(d.Year)<<9 | int(d.Month)<<5 | int(d.Day) }

// Before reports whether d is earlier than o.
func (d Date) Before(o Date) bool { return d.ordinal() < o.ordinal() }

// AddDays returns the date n days later (earlier when n is negative); a missing date stays missing.
func (d Date) AddDays(n int) Date {
	if d.IsZero() {
		return d
	}
	return DateAt(d.Time(time.UTC).AddDate(0, 0, n), time.UTC)
}

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.Time(time.UTC).Weekday() }

// Age returns the whole years between d and the day on; a person born on 29 February is a year older on 1 March of a
// common year. It is -1 when either date is missing: nobody is of age for want of a birth date.
func (d Date) Age(on Date) int {
	if d.IsZero() || on.IsZero() {
		return -1
	}
	n := int(on.Year) - int(d.Year)
	if on.Month < d.Month || on.Month == d.Month && on.Day < d.Day {
		n--
	}
	return n
}

// MarshalText writes YYYY-MM-DD, nothing for a missing date.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads YYYY-MM-DD, or nothing for a missing date.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	v, err := ParseDate(string(b))
	if err != nil {
		return err
	}
	*d = v
	return nil
}
