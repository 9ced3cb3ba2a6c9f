package ical

import (
	"strconv"
	"strings"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// pending are the lines of an event that are read when its start is known.
type pending struct{ end, duration *line }

// event reads the lines of a VEVENT. It returns the code that refuses it, with the line.
func (d *decoder) event(e *Event, lines []line) (ent.Code, int) {
	var p pending
	seen := 0
	for i := range lines {
		l := &lines[i]
		bit := once(l.name)
		if seen&bit != 0 {
			d.issue(CodeTwice, l.n, l.name, field(l.name))
			continue
		}
		seen |= bit
		if code := d.eventLine(e, l, &p); code != "" {
			return code, l.n
		}
	}
	switch {
	case e.UID == "":
		return CodeUID, e.Line
	case e.Start.IsZero():
		return CodeStart, e.Line
	case e.Stamp.IsZero():
		d.issue(CodeStamp, e.Line, "DTSTAMP")
	}
	return d.eventEnd(e, p)
}

// once is a bit for each property that comes once, 0 for others.
func once(name string) int {
	switch name {
	case "UID":
		return 1 << 0
	case "DTSTART":
		return 1 << 1
	case "DTEND":
		return 1 << 2
	case "DURATION":
		return 1 << 3
	case "DTSTAMP":
		return 1 << 4
	case "LAST-MODIFIED":
		return 1 << 5
	case "SEQUENCE":
		return 1 << 6
	case "RECURRENCE-ID":
		return 1 << 7
	case "RRULE":
		return 1 << 8
	case "SUMMARY":
		return 1 << 9
	case "LOCATION":
		return 1 << 10
	case "DESCRIPTION":
		return 1 << 11
	case "STATUS":
		return 1 << 12
	case "TRANSP":
		return 1 << 13
	case "X-LESSON-STATE":
		return 1 << 14
	case "X-LESSON-ORIGINAL":
		return 1 << 15
	}
	return 0
}

func (d *decoder) eventLine(e *Event, l *line, p *pending) ent.Code {
	var code ent.Code
	switch l.name {
	case "UID":
		e.UID = unescape(l.value)
	case "DTSTART":
		e.Start, code = d.dateTime(l, CodeStart)
	case "DTEND":
		p.end = l
	case "DURATION":
		p.duration = l
	case "RECURRENCE-ID":
		e.RecurrenceID, code = d.dateTime(l, CodeStart)
		if param(l.params, "RANGE") != "" {
			d.issue(CodeIgnored, l.n, l.name, field("RANGE"))
		}
	case "RRULE":
		e.Rule = l.value
		if _, bad := parseRule(l.value); bad != "" {
			d.issue(bad, l.n, l.name)
		}
	case "EXDATE":
		e.ExDates, code = d.dates(e.ExDates, l)
	case "RDATE":
		e.RDates, code = d.dates(e.RDates, l)
	case "EXRULE":
		d.issue(CodeIgnored, l.n, l.name, field(l.name))
		e.Unknown = append(e.Unknown, Property{l.name, l.params, l.value})
	default:
		d.eventText(e, l)
	}
	return code
}

// eventText reads the properties that cannot refuse an event.
func (d *decoder) eventText(e *Event, l *line) {
	var unread string // parameters that the model does not carry
	switch l.name {
	case "SUMMARY":
		e.Summary, unread = unescape(l.value), l.params
	case "LOCATION":
		e.Location, unread = unescape(l.value), l.params
	case "DESCRIPTION":
		e.Description, unread = unescape(l.value), l.params
	case "CATEGORIES":
		e.Categories, unread = splitText(e.Categories, l.value), l.params
	case "STATUS":
		e.Status = Status(strings.ToUpper(unescape(l.value)))
	case "TRANSP":
		e.Transparent = strings.EqualFold(l.value, "TRANSPARENT")
		if !e.Transparent && !strings.EqualFold(l.value, "OPAQUE") {
			d.issue(CodeValue, l.n, l.name, field(l.name))
		}
	case "SEQUENCE":
		n, err := strconv.ParseInt(l.value, 10, 32)
		if err != nil || n < 0 {
			d.issue(CodeValue, l.n, l.name, field(l.name))
			n = 0
		}
		e.Sequence = int(n)
	case "DTSTAMP":
		e.Stamp = d.instant(l)
	case "LAST-MODIFIED":
		e.LastModified = d.instant(l)
	case "X-LESSON-STATE":
		e.State = timetable.State(strings.ToLower(unescape(l.value)))
	case "X-LESSON-ORIGINAL":
		var code ent.Code
		if e.Original, code = d.dateTime(l, CodeValue); code != "" {
			d.issue(CodeValue, l.n, l.name, field(l.name))
		}
	default:
		e.Unknown = append(e.Unknown, Property{l.name, l.params, l.value})
	}
	if unread != "" {
		d.report.Lose(ent.Loss{Code: CodeUnread, Field: ent.NewField(l.name + ".parameter"), Count: 1})
	}
}

// instant reads a time that should be UTC; a local one is that of its zone.
func (d *decoder) instant(l *line) time.Time {
	t, code := d.dateTime(l, CodeValue)
	at := t.Instant(d.cal.Zone).UTC()
	if code != "" || at.Year() < 1 || at.Year() > 9999 {
		d.issue(CodeValue, l.n, l.name, field(l.name))
		return time.Time{}
	}
	return at
}

// dateTime reads a day or a time with its zone. It returns the code given, or CodeZone, when it cannot.
func (d *decoder) dateTime(l *line, bad ent.Code) (DateTime, ent.Code) {
	zone, code := d.zoneOf(l)
	if code != "" {
		return DateTime{}, code
	}
	t, ok := parseDateTime(l.value)
	if !ok {
		return DateTime{}, bad
	}
	return t.in(zone), ""
}

func (d *decoder) zoneOf(l *line) (*time.Location, ent.Code) {
	if l.params == "" {
		return nil, ""
	}
	name := param(l.params, "TZID")
	if name == "" {
		return nil, ""
	}
	return d.zone(name, l.n)
}

// in gives a time without a zone one.
func (d DateTime) in(zone *time.Location) DateTime {
	if d.Form == FormFloating && zone != nil {
		d.Form, d.Zone = FormZone, zone
	}
	return d
}

// dates reads the list of an EXDATE or an RDATE. A value that cannot be read is told, and left aside.
func (d *decoder) dates(list []DateTime, l *line) ([]DateTime, ent.Code) {
	zone, code := d.zoneOf(l)
	if code != "" {
		return list, code
	}
	for v := range strings.SplitSeq(l.value, ",") {
		if from, _, period := strings.Cut(v, "/"); period { // of a PERIOD, the start; it lasts as long as the series
			d.issue(CodeIgnored, l.n, l.name, field("PERIOD"))
			v = from
		}
		t, ok := parseDateTime(strings.TrimSpace(v))
		if !ok {
			d.issue(CodeValue, l.n, l.name, field(l.name))
			continue
		}
		list = append(list, t.in(zone))
	}
	return list, ""
}

// eventEnd reads when an event ends: DTEND, else DURATION, else a day for days and nothing for times (RFC 5545, 3.6.1).
func (d *decoder) eventEnd(e *Event, p pending) (ent.Code, int) {
	day := e.Start.Form == FormDate
	e.End = e.Start
	if day {
		e.End.Date = e.Start.Date.AddDays(1)
	}
	switch {
	case p.end != nil:
		if p.duration != nil {
			d.issue(CodeTwice, p.duration.n, "DURATION", field("DURATION"))
		}
		end, code := d.dateTime(p.end, CodeEnd)
		if code != "" {
			return code, p.end.n
		}
		if end == e.Start && day {
			d.issue(CodeZeroDay, p.end.n, "DTEND")
			return "", 0
		}
		if day != (end.Form == FormDate) || end.Instant(d.cal.Zone).Before(e.Start.Instant(d.cal.Zone)) {
			return CodeEnd, p.end.n
		}
		e.End = end
	case p.duration != nil:
		s, ok := parseDuration(p.duration.value)
		if !ok || day && s.seconds > 0 {
			return CodeEnd, p.duration.n
		}
		if day && s.days == 0 {
			d.issue(CodeZeroDay, p.duration.n, "DURATION")
			return "", 0
		}
		e.End = e.Start.after(s, d.cal.Zone)
	}
	if e.End.Date.Year > 9999 {
		return CodeEnd, e.Line
	}
	return "", 0
}

// after adds a duration: its days to the date, its seconds to the instant.
func (d DateTime) after(s span, floating *time.Location) DateTime {
	d.Date = d.Date.AddDays(s.days)
	if s.seconds == 0 {
		return d
	}
	zone := d.zone(floating)
	return d.at(wallAt(d.Instant(floating).Add(time.Duration(s.seconds)*time.Second), zone))
}
