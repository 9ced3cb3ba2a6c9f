package timetable

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/opencartable/cartable/ent"
)

// Clock is a local time of day of the school, in minutes since midnight, 0 to 1440 (24:00, the end of a day).
type Clock int16

// ParseClock reads "08:00", "08:00:00" (whole minutes), "8h30" or "8h". It returns CodeClock otherwise.
func ParseClock(s string) (Clock, error) {
	s = strings.TrimSpace(s)
	h, m, ok := strings.Cut(strings.ToLower(s), "h")
	if !ok {
		var sec string
		if h, m, ok = strings.Cut(s, ":"); !ok {
			return 0, fmt.Errorf("timetable: time of day: %w", CodeClock)
		}
		if m, sec, ok = strings.Cut(m, ":"); ok && strings.Trim(sec, "0") != "" && strings.Trim(sec, "0.") != "" {
			return 0, fmt.Errorf("timetable: time of day: %w", CodeClock)
		}
	} else if m == "" {
		m = "0"
	}
	hours, err1 := strconv.ParseUint(h, 10, 8)
	minutes, err2 := strconv.ParseUint(m, 10, 8)
	if err1 != nil || err2 != nil || minutes > 59 || hours > 24 || hours == 24 && minutes > 0 || len(h) > 2 || len(m) > 2 {
		return 0, fmt.Errorf("timetable: time of day: %w", CodeClock)
	}
	return Clock(hours*60 + minutes), nil
}

// String returns "08:00".
func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", c/60, c%60) }

// French returns "8 h 00", as timetables print it.
func (c Clock) French() string { return fmt.Sprintf("%d h %02d", c/60, c%60) }

// MarshalText writes "08:00".
func (c Clock) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads what ParseClock reads.
func (c *Clock) UnmarshalText(b []byte) error {
	v, err := ParseClock(string(b))
	if err == nil {
		*c = v
	}
	return err
}

// Instant returns the instant of a local date and time in a zone, the school's, whatever the machine's own is. A time in the
// hour that a clock change skips takes the offset before it (RFC 5545, 3.3.5): 2:30 is then shown 3:30. A time in the hour that
// comes twice is the first of the two.
func Instant(on ent.Date, at Clock, zone *time.Location) time.Time {
	// What the local time would be without an offset: one that no zone changes.
	wall := time.Date(int(on.Year), time.Month(on.Month), int(on.Day), 0, int(at), 0, 0, time.UTC)
	_, before := wall.Add(-24 * time.Hour).In(zone).Zone()
	_, after := wall.Add(24 * time.Hour).In(zone).Zone()
	for _, offset := range []int{before, after} {
		t := wall.Add(-time.Duration(offset) * time.Second)
		if _, real := t.In(zone).Zone(); real == offset {
			return t.In(zone)
		}
	}
	return wall.Add(-time.Duration(before) * time.Second).In(zone)
}

// Local returns the date and the time of day of an instant in a zone; seconds are cut.
func Local(t time.Time, zone *time.Location) (ent.Date, Clock) {
	t = t.In(zone)
	return ent.DateAt(t, zone), Clock(t.Hour()*60 + t.Minute()) //nolint:gosec // less than 1440
}
