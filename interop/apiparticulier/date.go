package apiparticulier

import (
	"fmt"
	"log/slog"

	"github.com/opencartable/cartable/ent"
)

// PartialDate is a date of birth of which the year, the month or the day may be unknown: those are 0. It is personal
// data: logs redact it.
type PartialDate struct {
	Year       int16
	Month, Day uint8
}

// NewPartialDate returns a date of which 0 parts are unknown. It returns CodeDate when no date has these parts.
func NewPartialDate(year, month, day int) (PartialDate, error) {
	// An unknown year may be a leap one, an unknown month a long one.
	y, m, d := year, month, day
	if y == 0 {
		y = 2000
	}
	if m == 0 {
		m = 1
	}
	if d == 0 {
		d = 1
	}
	if _, err := ent.NewDate(y, m, d); err != nil || year < 0 || month < 0 || day < 0 {
		return PartialDate{}, fmt.Errorf("apiparticulier: date: %w", CodeDate)
	}
	return PartialDate{int16(year), uint8(month), uint8(day)}, nil
}

// PartialDateOf returns a whole date as a partial one.
func PartialDateOf(d ent.Date) PartialDate { return PartialDate(d) }

// ParsePartialDate reads AAAA-MM-JJ, AAAA-MM or AAAA, where zeros stand for what is unknown ("2020-00-00"), or nothing.
// It returns CodeDate otherwise.
func ParsePartialDate(s string) (PartialDate, error) {
	refused := fmt.Errorf("apiparticulier: date: %w", CodeDate)
	if len(s) > 4 && s[4] != '-' || len(s) > 7 && s[7] != '-' {
		return PartialDate{}, refused
	}
	var parts [3]int
	for i, at := range [][2]int{{0, 4}, {5, 7}, {8, 10}} {
		if len(s) == 0 || i > 0 && len(s) == at[0]-1 {
			break
		}
		if len(s) < at[1] {
			return PartialDate{}, refused
		}
		n, ok := digits(s[at[0]:at[1]])
		if !ok {
			return PartialDate{}, refused
		}
		parts[i] = n
	}
	if len(s) > 10 {
		return PartialDate{}, refused
	}
	return NewPartialDate(parts[0], parts[1], parts[2])
}

// digits reads one to nine ASCII digits.
func digits(s string) (int, bool) {
	if s == "" || len(s) > 9 {
		return 0, false
	}
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

// IsZero reports whether nothing of the date is known.
func (d PartialDate) IsZero() bool { return d == PartialDate{} }

// Date returns the date and whether all of it is known.
func (d PartialDate) Date() (ent.Date, bool) {
	out, err := ent.NewDate(int(d.Year), int(d.Month), int(d.Day))
	return out, err == nil
}

// String returns AAAA-MM-JJ with zeros for what is unknown, "" when nothing is known.
func (d PartialDate) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// MarshalText writes String.
func (d PartialDate) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what ParsePartialDate does.
func (d *PartialDate) UnmarshalText(b []byte) error {
	v, err := ParsePartialDate(string(b))
	if err != nil {
		return err
	}
	*d = v
	return nil
}

// LogValue hides the date.
func (d PartialDate) LogValue() slog.Value { return redacted() }

const hidden = "[redacted]"

func redacted() slog.Value { return slog.StringValue(hidden) }
