package ical

import (
	"fmt"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// Form says how a DateTime is written (RFC 5545, 3.3.4 and 3.3.5).
type Form string

// The forms.
const (
	// FormDate is a day without a time, FormFloating a local time without a zone, FormUTC a time of UTC, FormZone a local time of a
	// zone.
	FormDate     Form = "date"
	FormFloating Form = "floating"
	FormUTC      Form = "utc"
	FormZone     Form = "zone"
)

// DateTime is a day, or a day and a time, as a calendar writes it. The zero DateTime is missing.
type DateTime struct {
	Date   ent.Date
	At     timetable.Clock
	Second uint8
	Form   Form
	// Zone is that of FormZone, nil otherwise.
	Zone *time.Location
}

// On returns a day without a time.
func On(d ent.Date) DateTime { return DateTime{Date: d, Form: FormDate} }

// LocalTime returns a local time of a zone; 24:00 is the start of the next day.
func LocalTime(d ent.Date, at timetable.Clock, zone *time.Location) DateTime {
	if at >= 24*60 {
		d, at = d.AddDays(1), at-24*60
	}
	return DateTime{Date: d, At: at, Form: FormZone, Zone: zone}
}

// IsZero reports whether the DateTime is missing.
func (d DateTime) IsZero() bool { return d.Date.IsZero() }

// String returns the value as iCalendar writes it, without the zone: 20250902T101000.
func (d DateTime) String() string { return string(d.append(nil)) }

func (d DateTime) append(b []byte) []byte {
	b = digits(b, int(d.Date.Year), 4)
	b = digits(b, int(d.Date.Month), 2)
	b = digits(b, int(d.Date.Day), 2)
	if d.Form == FormDate {
		return b
	}
	b = append(b, 'T')
	b = digits(b, int(d.At/60), 2)
	b = digits(b, int(d.At%60), 2)
	b = digits(b, int(d.Second), 2)
	if d.Form == FormUTC {
		b = append(b, 'Z')
	}
	return b
}

func digits(b []byte, n, width int) []byte {
	for div := [...]int{0, 1, 10, 100, 1000}[width]; div > 0; div /= 10 {
		b = append(b, byte('0'+n/div%10)) //nolint:gosec // a digit
	}
	return b
}

// Instant returns the instant, in the zone: that of the DateTime, or the one given for a day (its start) and for a floating time.
func (d DateTime) Instant(zone *time.Location) time.Time {
	zone = d.zone(zone)
	if d.Form == FormUTC {
		return time.Unix(d.wall(), 0).UTC()
	}
	return timetable.Instant(d.Date, d.At, zone).Add(time.Duration(d.Second) * time.Second)
}

// zone is the zone in which the DateTime is written.
func (d DateTime) zone(floating *time.Location) *time.Location {
	switch d.Form {
	case FormUTC:
		return time.UTC
	case FormZone:
		return d.Zone
	default:
		return floating
	}
}

// wall is the local time in seconds, counted as if no clock ever changed: rules are expanded over it.
func (d DateTime) wall() int64 {
	return time.Date(int(d.Date.Year), time.Month(d.Date.Month), int(d.Date.Day), 0, int(d.At), int(d.Second), 0, time.UTC).Unix()
}

// at returns the DateTime of another local time, written like d.
func (d DateTime) at(wall int64) DateTime {
	t := time.Unix(wall, 0).UTC()
	d.Date = ent.DateAt(t, time.UTC)
	d.At, d.Second = timetable.Clock(t.Hour()*60+t.Minute()), uint8(t.Second()) //nolint:gosec // less than 1440, less than 60
	if d.Form == FormDate {
		d.At, d.Second = 0, 0
	}
	return d
}

// wallAt is the local time of an instant in a zone, as wall counts it.
func wallAt(t time.Time, zone *time.Location) int64 {
	_, offset := t.In(zone).Zone()
	return t.Unix() + int64(offset)
}

// sameFrame reports whether two DateTimes are written alike, so that their local times can be compared.
func (d DateTime) sameFrame(o DateTime) bool {
	return d.Form == o.Form && (d.Zone == o.Zone || d.Zone != nil && o.Zone != nil && d.Zone.String() == o.Zone.String())
}

// parseDateTime reads 20250902, 20250902T101000 and 20250902T101000Z.
func parseDateTime(s string) (DateTime, bool) {
	if len(s) < 8 {
		return DateTime{}, false
	}
	year, ok1 := number(s[0:4])
	month, ok2 := number(s[4:6])
	day, ok3 := number(s[6:8])
	date, err := ent.NewDate(year, month, day)
	if err != nil || !ok1 || !ok2 || !ok3 {
		return DateTime{}, false
	}
	d := DateTime{Date: date, Form: FormDate}
	if len(s) == 8 {
		return d, true
	}
	d.Form = FormFloating
	if len(s) == 16 && s[15] == 'Z' {
		d.Form, s = FormUTC, s[:15]
	}
	if len(s) != 15 || s[8] != 'T' {
		return DateTime{}, false
	}
	h, ok1 := number(s[9:11])
	m, ok2 := number(s[11:13])
	sec, ok3 := number(s[13:15])
	if !ok1 || !ok2 || !ok3 || h > 23 || m > 59 || sec > 59 {
		return DateTime{}, false
	}
	d.At, d.Second = timetable.Clock(h*60+m), uint8(sec) //nolint:gosec // checked above
	return d, true
}

// number reads digits, nine at the most.
func number(s string) (int, bool) {
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

// span is a DURATION: days, which a clock change does not alter, and seconds, which are exact.
type span struct{ days, seconds int }

// parseDuration reads P15DT5H0M20S, P7W (RFC 5545, 3.3.6). A negative one is not read: no event lasts so.
func parseDuration(s string) (span, bool) {
	if len(s) > 0 && s[0] == '+' {
		s = s[1:]
	}
	if len(s) < 3 || s[0] != 'P' {
		return span{}, false
	}
	var d span
	s = s[1:]
	inTime := false
	for s != "" {
		if s[0] == 'T' && !inTime && len(s) > 1 {
			inTime, s = true, s[1:]
			continue
		}
		i := 0
		for i < len(s) && s[i] >= '0' && s[i] <= '9' {
			i++
		}
		n, ok := number(s[:i])
		if !ok || i == len(s) || !d.add(n, s[i], inTime) {
			return span{}, false
		}
		s = s[i+1:]
	}
	const century = 36525
	return d, d.days <= century && d.seconds <= century*86400
}

func (d *span) add(n int, unit byte, inTime bool) bool {
	switch {
	case unit == 'W' && !inTime:
		d.days += 7 * n
	case unit == 'D' && !inTime:
		d.days += n
	case unit == 'H' && inTime:
		d.seconds += 3600 * n
	case unit == 'M' && inTime:
		d.seconds += 60 * n
	case unit == 'S' && inTime:
		d.seconds += n
	default:
		return false
	}
	return true
}

// formatDuration writes whole minutes: PT6H, PT30M.
func formatDuration(d time.Duration) string {
	m := int64(d / time.Minute)
	if m%60 == 0 {
		return fmt.Sprintf("PT%dH", m/60)
	}
	return fmt.Sprintf("PT%dM", m)
}
