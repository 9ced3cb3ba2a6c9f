package booking

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// Moment is a local time of the school: a day and a time of day, 24:00 included. It is written "2026-11-03T08:00".
type Moment struct {
	Date ent.Date
	At   timetable.Clock
}

// ParseMoment reads "2026-11-03T08:00". It returns CodeRange otherwise.
func ParseMoment(s string) (Moment, error) {
	on, at, ok := strings.Cut(s, "T")
	d, err := ent.ParseDate(on)
	c, err2 := timetable.ParseClock(at)
	if !ok || err != nil || err2 != nil {
		return Moment{}, fmt.Errorf("booking: moment: %w", CodeRange)
	}
	return Moment{d, c}, nil
}

// String returns "2026-11-03T08:00".
func (m Moment) String() string { return m.Date.String() + "T" + m.At.String() }

// MarshalText writes "2026-11-03T08:00".
func (m Moment) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads what ParseMoment reads.
func (m *Moment) UnmarshalText(b []byte) error {
	v, err := ParseMoment(string(b))
	if err == nil {
		*m = v
	}
	return err
}

// Compare sorts moments.
func (m Moment) Compare(o Moment) int { return cmp.Or(m.Date.Compare(o.Date), cmp.Compare(m.At, o.At)) }

func (m Moment) valid() bool { return !m.Date.IsZero() && m.At >= 0 && m.At <= dayMinutes }

const dayMinutes = 24 * 60

// Span is from a local moment, included, to another, not included. It may cover several days.
type Span struct {
	Start Moment `json:"start"`
	End   Moment `json:"end"`
}

// MaxSpan is the length of the longest booking.
const MaxSpan = 366 * 24 * time.Hour

// Instants returns both ends of a span in the zone of a school: see [timetable.Instant] for hours that a clock change skips or
// doubles.
func (s Span) Instants(zone *time.Location) (starts, ends time.Time) {
	return timetable.Instant(s.Start.Date, s.Start.At, zone), timetable.Instant(s.End.Date, s.End.At, zone)
}

// AddDays returns the span some days later, at the same local times.
func (s Span) AddDays(n int) Span {
	s.Start.Date, s.End.Date = s.Start.Date.AddDays(n), s.End.Date.AddDays(n)
	return s
}

// Overlaps reports whether two spans have a minute in common.
func (s Span) Overlaps(o Span) bool { return s.Start.Compare(o.End) < 0 && o.Start.Compare(s.End) < 0 }

func (s Span) valid() bool { return s.Start.valid() && s.End.valid() && s.Start.Compare(s.End) < 0 }

// isoDay returns 1 for Monday to 7 for Sunday.
func isoDay(d ent.Date) int { return (int(d.Weekday())+6)%7 + 1 }

// monday returns the Monday of the week of a day.
func monday(d ent.Date) ent.Date { return d.AddDays(1 - isoDay(d)) }
