package ical

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

const prodID = "-//Cartable//ical//FR"

// Write writes a calendar: the same bytes for the same calendar. Every event must have a UID, a start, an end and a Stamp: it
// returns CodeUID, CodeStart, CodeEnd or CodeStamp, and writes nothing, for one that lacks it, CodeLine for an unknown property
// that could not be read again, CodeZone when two zones of different rules have one name.
func Write(w io.Writer, c *Calendar) error {
	b, err := c.append(make([]byte, 0, 1024+350*len(c.Events)))
	if err != nil {
		return err
	}
	if _, err := w.Write(b); err != nil {
		return fmt.Errorf("ical: write: %w", err)
	}
	return nil
}

func (c *Calendar) append(b []byte) ([]byte, error) {
	if c.Zone == nil {
		return nil, fmt.Errorf("ical: write: %w", CodeNoZone)
	}
	b = appendLine(b, "BEGIN", "", "VCALENDAR")
	b = appendLine(b, "VERSION", "", "2.0")
	b = appendTextLine(b, "PRODID", first(c.ProdID, prodID))
	b = appendLine(b, "CALSCALE", "", "GREGORIAN")
	if c.Method != "" {
		b = appendTextLine(b, "METHOD", c.Method)
	}
	if c.Name != "" {
		b = appendTextLine(b, "NAME", c.Name)
		b = appendTextLine(b, "X-WR-CALNAME", c.Name)
	}
	b = appendTextLine(b, "X-WR-TIMEZONE", c.Zone.String())
	if c.Refresh >= time.Minute {
		b = appendLine(b, "REFRESH-INTERVAL", ";VALUE=DURATION", formatDuration(c.Refresh))
		b = appendLine(b, "X-PUBLISHED-TTL", "", formatDuration(c.Refresh))
	}
	var err error
	if b, err = appendUnknown(b, c.Unknown); err != nil {
		return nil, err
	}
	if b, err = c.appendZones(b); err != nil {
		return nil, err
	}
	for i := range c.Events {
		if b, err = c.Events[i].append(b); err != nil {
			return nil, err
		}
	}
	return appendLine(b, "END", "", "VCALENDAR"), nil
}

// years are those for which a zone is used.
type years struct {
	zone        *time.Location
	first, last int
}

// appendZones writes each zone that an event names, sorted by name.
func (c *Calendar) appendZones(b []byte) ([]byte, error) {
	used := map[*time.Location]*years{}
	add := func(d DateTime, until int) {
		if d.Form != FormZone || d.Zone == nil {
			return
		}
		y := used[d.Zone]
		if y == nil {
			y = &years{d.Zone, int(d.Date.Year), int(d.Date.Year)}
			used[d.Zone] = y
		}
		y.first, y.last = min(y.first, int(d.Date.Year)), max(y.last, int(d.Date.Year), until)
	}
	for i := range c.Events {
		e := &c.Events[i]
		add(e.Start, e.lastYear())
		for _, d := range [...]DateTime{e.End, e.RecurrenceID, e.Original} {
			add(d, 0)
		}
		for _, list := range [...][]DateTime{e.ExDates, e.RDates} {
			for _, d := range list {
				add(d, 0)
			}
		}
	}
	list := slices.SortedFunc(maps.Values(used), func(x, y *years) int {
		return cmp.Or(cmp.Compare(x.zone.String(), y.zone.String()), cmp.Compare(x.first, y.first), cmp.Compare(x.last, y.last))
	})
	for i := 0; i < len(list); {
		same := list[i]
		j := i + 1
		for ; j < len(list) && list[j].zone.String() == same.zone.String(); j++ {
			same.first, same.last = min(same.first, list[j].first), max(same.last, list[j].last)
		}
		text := zoneText(same.zone, same.first, same.last)
		for _, other := range list[i+1 : j] {
			if string(zoneText(other.zone, same.first, same.last)) != string(text) {
				return nil, fmt.Errorf("ical: write: two time zones of one name: %w", CodeZone)
			}
		}
		b = append(b, text...)
		i = j
	}
	return b, nil
}

func zoneText(zone *time.Location, first, last int) []byte {
	return appendZone(nil, zone, zone.String(), max(first, 1900), min(last, 2100))
}

// lastYear is that of UNTIL; ten years are enough of a rule without.
func (e *Event) lastYear() int {
	if e.Rule == "" {
		return 0
	}
	r, bad := parseRule(e.Rule)
	if bad != "" || r.until.IsZero() {
		return int(e.Start.Date.Year) + 10
	}
	return int(r.until.Date.Year)
}

func (e *Event) append(b []byte) ([]byte, error) {
	if err := e.check(); err != nil {
		return nil, err
	}
	b = appendLine(b, "BEGIN", "", "VEVENT")
	b = appendTextLine(b, "UID", e.UID)
	b = appendInstant(b, "DTSTAMP", e.Stamp)
	if !e.LastModified.IsZero() {
		b = appendInstant(b, "LAST-MODIFIED", e.LastModified)
	}
	if e.Sequence > 0 {
		b = appendLine(b, "SEQUENCE", "", strconv.Itoa(e.Sequence))
	}
	if !e.RecurrenceID.IsZero() {
		b = appendDates(b, "RECURRENCE-ID", e.RecurrenceID)
	}
	b = appendDates(b, "DTSTART", e.Start)
	if e.End != e.Start {
		b = appendDates(b, "DTEND", e.End)
	}
	if e.Rule != "" {
		rule, _ := clean(e.Rule)
		b = appendLine(b, "RRULE", "", rule)
	}
	b = appendLists(b, "EXDATE", e.ExDates)
	b = appendLists(b, "RDATE", e.RDates)
	return e.appendTexts(b)
}

func (e *Event) appendTexts(b []byte) ([]byte, error) {
	for _, t := range [...]struct{ name, text string }{
		{"SUMMARY", e.Summary}, {"LOCATION", e.Location}, {"DESCRIPTION", e.Description},
	} {
		if t.text != "" {
			b = appendTextLine(b, t.name, t.text)
		}
	}
	if len(e.Categories) > 0 {
		start := len(b)
		b = append(b, "CATEGORIES:"...)
		for i, c := range e.Categories {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendText(b, c)
		}
		b = appendFolded(b, start)
	}
	if e.Status != "" {
		b = appendTextLine(b, "STATUS", string(e.Status))
	}
	if e.Transparent {
		b = appendLine(b, "TRANSP", "", "TRANSPARENT")
	}
	if e.State != "" {
		b = appendTextLine(b, "X-LESSON-STATE", string(e.State))
	}
	if !e.Original.IsZero() {
		b = appendDates(b, "X-LESSON-ORIGINAL", e.Original)
	}
	b, err := appendUnknown(b, e.Unknown)
	if err != nil {
		return nil, err
	}
	return appendLine(b, "END", "", "VEVENT"), nil
}

func (e *Event) check() error {
	switch {
	case e.UID == "":
		return fmt.Errorf("ical: write: event without UID: %w", CodeUID)
	case e.Start.IsZero() || e.Start.Form == FormZone && e.Start.Zone == nil:
		return fmt.Errorf("ical: write: event without start: %w", CodeStart)
	case e.End.IsZero() || e.End.Form == FormZone && e.End.Zone == nil:
		return fmt.Errorf("ical: write: event without end: %w", CodeEnd)
	case e.Stamp.IsZero() || e.Stamp.UTC().Year() > 9999:
		return fmt.Errorf("ical: write: event without time stamp: %w", CodeStamp)
	}
	return nil
}

// appendLine writes a line whose value is ready.
func appendLine(b []byte, name, params, value string) []byte {
	start := len(b)
	b = append(append(append(append(b, name...), params...), ':'), value...)
	return appendFolded(b, start)
}

func appendTextLine(b []byte, name, text string) []byte {
	start := len(b)
	b = appendText(append(append(b, name...), ':'), text)
	return appendFolded(b, start)
}

func appendInstant(b []byte, name string, t time.Time) []byte {
	start := len(b)
	b = append(append(b, name...), ':')
	b = DateTime{Form: FormUTC}.at(t.Unix()).append(b)
	return appendFolded(b, start)
}

// appendDates writes dates of one frame.
func appendDates(b []byte, name string, list ...DateTime) []byte {
	start := len(b)
	b = append(b, name...)
	switch d := list[0]; d.Form {
	case FormDate:
		b = append(b, ";VALUE=DATE"...)
	case FormZone:
		b = append(b, ";TZID="...)
		b = appendParam(b, d.Zone.String())
	default:
	}
	for i, d := range list {
		if i == 0 {
			b = append(b, ':')
		} else {
			b = append(b, ',')
		}
		b = d.append(b)
	}
	return appendFolded(b, start)
}

// appendLists writes a line for each frame of a list.
func appendLists(b []byte, name string, list []DateTime) []byte {
	for len(list) > 0 {
		n := 1
		for n < len(list) && list[n].sameFrame(list[0]) {
			n++
		}
		b = appendDates(b, name, list[:n]...)
		list = list[n:]
	}
	return b
}

// appendParam writes the value of a parameter, quoted when it must be; a quote cannot be written (RFC 5545, 3.2).
func appendParam(b []byte, s string) []byte {
	s, _ = clean(strings.ReplaceAll(s, "\n", " "))
	if !strings.ContainsAny(s, `;:,"`) {
		return append(b, s...)
	}
	return append(append(append(b, '"'), strings.ReplaceAll(s, `"`, "'")...), '"')
}

func appendUnknown(b []byte, list []Property) ([]byte, error) {
	for _, p := range list {
		params, ok1 := clean(p.Params)
		value, ok2 := clean(p.Value)
		l, ok := parseLine(p.Name + params + ":" + value)
		if !ok || !ok1 || !ok2 || l.params != params || l.value != value || l.name == "BEGIN" || l.name == "END" {
			return nil, fmt.Errorf("ical: write: unknown property: %w", CodeLine)
		}
		b = appendLine(b, l.name, params, value)
	}
	return b, nil
}
