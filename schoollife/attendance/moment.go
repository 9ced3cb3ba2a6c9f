package attendance

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// Moment is a local time of the school: a day and a time of day. Its instant follows from the school's zone, as that of a lesson.
type Moment struct {
	Date ent.Date        `json:"date"`
	At   timetable.Clock `json:"at"`
}

// ParseMoment reads "2026-11-03T08:00". It returns CodeSpan otherwise.
func ParseMoment(s string) (Moment, error) {
	on, at, ok := strings.Cut(s, "T")
	d, err := ent.ParseDate(on)
	c, err2 := timetable.ParseClock(at)
	if !ok || err != nil || err2 != nil {
		return Moment{}, fmt.Errorf("attendance: moment: %w", CodeSpan)
	}
	return Moment{d, c}, nil
}

// String returns "2026-11-03T08:00".
func (m Moment) String() string { return m.Date.String() + "T" + m.At.String() }

// Compare sorts moments.
func (m Moment) Compare(o Moment) int {
	if m.Date == o.Date { // nearly all: events are within a day
		return cmp.Compare(m.At, o.At)
	}
	return m.Date.Compare(o.Date)
}

// Instant returns the instant of a moment in the school's zone.
func (m Moment) Instant(zone *time.Location) time.Time { return timetable.Instant(m.Date, m.At, zone) }

// Span is from a moment, included, to another, not included. It may cover several days.
type Span struct {
	From Moment `json:"from"`
	To   Moment `json:"to"`
}

// maxDays is the length of the longest span: somewhat more than a school year.
const maxDays = 400

// valid reports whether a span has both ends, in order, and is no longer than a school year.
func (s Span) valid() bool {
	if s.From.Date.IsZero() || s.To.Date.IsZero() || s.From.At < 0 || s.From.At > dayMinutes || s.To.At < 0 || s.To.At > dayMinutes {
		return false
	}
	if s.From.Date == s.To.Date {
		return s.From.At < s.To.At
	}
	return s.From.Compare(s.To) < 0 && dayNumber(s.To.Date)-dayNumber(s.From.Date) <= maxDays
}

// Overlaps reports whether two spans have a minute in common.
func (s Span) Overlaps(o Span) bool { return s.From.Compare(o.To) < 0 && o.From.Compare(s.To) < 0 }

// Days returns the first and the last day of which a span has a minute: one that ends at 0:00 of a day, or starts at 24:00 of one,
// has none of it.
func (s Span) Days() (first, last ent.Date) {
	first, last = s.From.Date, s.To.Date
	if s.From.At == dayMinutes {
		first = first.AddDays(1)
	}
	if s.To.At == 0 && !last.IsZero() {
		last = last.AddDays(-1)
	}
	return first, last
}

// Covers reports whether a span holds another.
func (s *Span) Covers(o Span) bool {
	return !o.From.Date.Before(s.From.Date) && s.From.Compare(o.From) <= 0 && o.To.Compare(s.To) <= 0
}

// HalfDay is a morning or an afternoon (demi-journée).
type HalfDay struct {
	Date      ent.Date `json:"date"`
	Afternoon bool     `json:"afternoon,omitempty"`
}

// Compare sorts half-days.
func (h HalfDay) Compare(o HalfDay) int { return cmp.Compare(h.number(), o.number()) }

// Label returns "matin du 3 novembre 2026", with figures for the month.
func (h HalfDay) Label(lang ent.Lang) string {
	l := ent.Label{FR: "matin du " + h.Date.French(), EN: "morning of " + h.Date.String()}
	if h.Afternoon {
		l = ent.Label{FR: "après-midi du " + h.Date.French(), EN: "afternoon of " + h.Date.String()}
	}
	return l.In(lang)
}

const dayMinutes = 24 * 60

// dayNumber counts days, so that times of different days compare as numbers. Days of the civil calendar: no zone, no hour that
// is skipped.
func dayNumber(d ent.Date) int32 {
	y, m := int32(d.Year), int32(d.Month)
	if m <= 2 {
		y, m = y-1, m+12
	}
	return 365*y + y/4 - y/100 + y/400 + (153*(m-3)+2)/5 + int32(d.Day)
}

func (m Moment) minute() int32 { return dayNumber(m.Date)*dayMinutes + int32(m.At) }

// minutes returns a span as numbers.
func (s Span) minutes() minutes {
	from := s.From.minute()
	if s.From.Date == s.To.Date {
		return minutes{from, from + int32(s.To.At-s.From.At)}
	}
	return minutes{from, s.To.minute()}
}

func (h HalfDay) number() int32 {
	n := 2 * dayNumber(h.Date)
	if h.Afternoon {
		n++
	}
	return n
}

// minutes is a span in minutes since the first day of the calendar.
type minutes struct{ from, to int32 }

// union sorts spans, and joins those that overlap or touch: no minute counts twice. The slice is used again.
func union(list []minutes) []minutes {
	slices.SortFunc(list, func(a, b minutes) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	out := list[:0]
	for _, s := range list {
		if n := len(out); n > 0 && s.from <= out[n-1].to {
			out[n-1].to = max(out[n-1].to, s.to)
			continue
		}
		out = append(out, s)
	}
	return out
}

// without takes the second spans out of the first; both are unions.
func without(list, holes []minutes) []minutes {
	if len(holes) == 0 {
		return list
	}
	out := make([]minutes, 0, len(list)+len(holes))
	for _, s := range list {
		for _, h := range holes {
			if h.to <= s.from || h.from >= s.to {
				continue
			}
			if h.from > s.from {
				out = append(out, minutes{s.from, h.from})
			}
			s.from = h.to
			if s.from >= s.to {
				break
			}
		}
		if s.from < s.to {
			out = append(out, s)
		}
	}
	return out
}
