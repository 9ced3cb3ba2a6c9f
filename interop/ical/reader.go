package ical

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/opencartable/cartable/ent"
)

// Options say how a calendar is read.
type Options struct {
	// Zone is that of the establishment: times without a zone, and days, are its own. It must be given.
	Zone *time.Location
	// File is the name of the file, for the places of the issues.
	File string
	// MaxBytes bounds the file: 16 MiB when 0. MaxEvents bounds its events: 20,000 when 0.
	MaxBytes  int64
	MaxEvents int
	// OnIssue receives every issue; the report keeps the first ones of each code.
	OnIssue func(ent.Issue)
}

const (
	maxBytes  = 16 << 20
	maxEvents = 20_000
	maxDepth  = 16
)

// Read reads a calendar; several in one file are read as one. It returns an error, with a report and no calendar, for what is no
// calendar, or is beyond the limits; whatever else is wrong is an issue of the report, with its line, and an event that cannot be
// read is refused. Of two versions of an event the later one counts, as [Merge] says.
func Read(r io.Reader, o Options) (*Calendar, *ent.Report, error) {
	if o.MaxBytes == 0 {
		o.MaxBytes = maxBytes
	}
	if o.MaxEvents == 0 {
		o.MaxEvents = maxEvents
	}
	d := &decoder{o: o, cal: &Calendar{Zone: o.Zone}, report: &ent.Report{}}
	if o.Zone == nil {
		return nil, d.report, d.fatal(CodeNoZone, 0)
	}
	var text strings.Builder
	if _, err := io.Copy(&text, io.LimitReader(r, o.MaxBytes+1)); err != nil {
		return nil, d.report, fmt.Errorf("ical: read: %w", err)
	}
	if int64(text.Len()) > o.MaxBytes {
		return nil, d.report, d.fatal(CodeLimit, 0)
	}
	if err := d.scan(strings.TrimPrefix(text.String(), "\ufeff")); err != nil {
		return nil, d.report, err
	}
	d.decode()
	return d.cal, d.report, nil
}

// decoder reads one file. The lines are cut here, since go-ical knows no line number, stops at the first line that is wrong, and
// panics on some; recurrence rules are left to rrule-go. scan cuts it into lines, by component; decode makes the events, once every zone is known.
type decoder struct {
	o      Options
	cal    *Calendar
	report *ent.Report

	open   []component
	lines  []line
	events []component
	zones  map[string]*definition
	found  map[string]foundZone
	rules  int    // read from VTIMEZONE
	within string // for the paths of issues

	started bool
}

// line is a content line: params begins with a semicolon, or is empty.
type line struct {
	name, params, value string
	n                   int
}

// component is one that is open, or an event: its lines are [from, to) of the decoder's.
type component struct {
	name     string
	n        int
	from, to int
}

func (d *decoder) issue(code ent.Code, n int, name string, params ...ent.Param) {
	path := "/VCALENDAR" + d.within
	if name != "" {
		path += "/" + string(ent.NewField(name))
	}
	i := catalog().New(code, ent.Pos{File: d.o.File, Line: n}, path, params...)
	d.report.Add(i)
	if d.o.OnIssue != nil {
		d.o.OnIssue(i)
	}
}

func field(name string) ent.Param { return ent.FieldOf("field", ent.Field(name)) }

func (d *decoder) fatal(code ent.Code, n int) error {
	d.issue(code, n, "")
	return fmt.Errorf("ical: line %d: %w", n, code)
}

// scan cuts the file into unfolded lines (RFC 5545, 3.1). Lines end with LF, with or without CR.
func (d *decoder) scan(s string) error {
	d.lines = make([]line, 0, strings.Count(s, "\n"))
	n := 0
	for s != "" {
		n++
		first := n
		text, rest := cutLine(s)
		for rest != "" && (rest[0] == ' ' || rest[0] == '\t') {
			var b strings.Builder
			b.WriteString(text)
			for rest != "" && (rest[0] == ' ' || rest[0] == '\t') {
				n++
				text, rest = cutLine(rest[1:])
				b.WriteString(text)
			}
			text = b.String()
		}
		s = rest
		if text == "" {
			continue
		}
		if err := d.line(text, first); err != nil {
			return err
		}
	}
	if !d.started {
		return d.fatal(CodeNotCalendar, 1)
	}
	d.closeTo(0)
	return nil
}

func cutLine(s string) (text, rest string) {
	text, rest, _ = strings.Cut(s, "\n")
	return strings.TrimSuffix(text, "\r"), rest
}

func (d *decoder) line(text string, n int) error {
	text, ok := clean(text)
	if !ok {
		d.issue(CodeText, n, "")
	}
	l, ok := parseLine(text)
	l.n = n
	switch {
	case ok && l.name == "BEGIN":
		return d.begin(strings.ToUpper(l.value), n)
	case !d.started:
		return d.fatal(CodeNotCalendar, n)
	case ok && l.name == "END":
		d.end(strings.ToUpper(l.value), n)
	case !ok, len(d.open) == 0:
		d.issue(CodeLine, n, "")
	default:
		d.property(l)
	}
	return nil
}

// parseLine cuts a line into its name, its parameters and its value.
func parseLine(s string) (line, bool) {
	i := strings.IndexAny(s, ":;")
	if i < 1 {
		return line{}, false
	}
	l := line{name: s[:i]}
	if !isName(l.name) {
		return line{}, false
	}
	l.name = strings.ToUpper(l.name)
	s = s[i:]
	end := 0
	for end < len(s) && s[end] == ';' {
		end += 1 + paramEnd(s[end+1:])
	}
	if end >= len(s) {
		return line{}, false
	}
	l.params, l.value = s[:end], s[end+1:]
	return l, true
}

func isName(s string) bool {
	for i := range len(s) {
		c := s[i]
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-') {
			return false
		}
	}
	return s != ""
}

func (d *decoder) top() string {
	if len(d.open) == 0 {
		return ""
	}
	return d.open[len(d.open)-1].name
}

func (d *decoder) begin(name string, n int) error {
	switch {
	case len(d.open) == 0 && name != "VCALENDAR":
		return d.fatal(CodeNotCalendar, n)
	case len(d.open) == maxDepth:
		return d.fatal(CodeLimit, n)
	}
	if name == "VEVENT" { // one that was not closed does not hold the next
		for i := range d.open {
			if d.open[i].name == "VEVENT" {
				d.closeTo(i)
				break
			}
		}
	}
	c := component{name: name, n: n, from: len(d.lines)}
	d.started = true
	switch {
	case name == "VEVENT" && d.top() == "VCALENDAR":
		if len(d.events) >= d.o.MaxEvents {
			return d.fatal(CodeLimit, n)
		}
	case name == "VTIMEZONE" && d.top() == "VCALENDAR":
		if len(d.zones) >= maxZones {
			return d.fatal(CodeLimit, n)
		}
	case d.top() == "VTIMEZONE": // STANDARD or DAYLIGHT
		d.lines = append(d.lines, line{name: "BEGIN", value: name, n: n})
	case len(d.open) == 1, d.top() == "VEVENT":
		d.issue(CodeUnread, n, name, field(name))
		d.report.Lose(ent.Loss{Code: CodeUnread, Field: ent.NewField(name), Count: 1})
	}
	d.open = append(d.open, c)
	return nil
}

// end closes the component, and those that were left open in it.
func (d *decoder) end(name string, n int) {
	for i, c := range slices.Backward(d.open) {
		if c.name != name {
			continue
		}
		d.closeTo(i + 1)
		d.open = d.open[:i]
		c.to = len(d.lines)
		switch {
		case name == "VEVENT" && i == 1:
			d.events = append(d.events, c)
		case name == "VTIMEZONE" && i == 1:
			d.define(d.lines[c.from:])
			d.lines = d.lines[:c.from]
		}
		return
	}
	d.issue(CodeLine, n, name)
}

// closeTo closes what is open from a depth on, the innermost first: nothing ended it.
func (d *decoder) closeTo(depth int) {
	for i := len(d.open) - 1; i >= depth; i-- {
		c := d.open[i]
		d.issue(CodeTruncated, c.n, c.name, field(c.name))
		if c.name == "VEVENT" && i == 1 {
			d.report.Refuse("events", 1)
			d.lines = d.lines[:c.from]
		}
	}
	d.open = d.open[:min(depth, len(d.open))]
}

func (d *decoder) property(l line) {
	switch {
	case len(d.open) == 1:
		d.header(l)
	case len(d.open) == 2 && d.top() == "VEVENT":
		d.lines = append(d.lines, l)
	case d.top() == "VTIMEZONE":
		if l.name == "TZID" {
			d.lines = append(d.lines, l)
		}
	case len(d.open) == 3 && d.open[1].name == "VTIMEZONE":
		d.lines = append(d.lines, l)
	}
}

// header reads a property of the calendar.
func (d *decoder) header(l line) {
	c := d.cal
	switch l.name {
	case "PRODID":
		c.ProdID = first(c.ProdID, unescape(l.value))
	case "METHOD":
		c.Method = first(c.Method, strings.ToUpper(unescape(l.value)))
	case "X-WR-CALNAME", "NAME":
		c.Name = first(c.Name, unescape(l.value))
	case "VERSION":
		if l.value != "2.0" {
			d.issue(CodeValue, l.n, l.name, field(l.name))
		}
	case "CALSCALE":
		if !strings.EqualFold(l.value, "GREGORIAN") {
			d.issue(CodeIgnored, l.n, l.name, field(l.name))
		}
	case "X-WR-TIMEZONE": // the caller's zone counts
	case "REFRESH-INTERVAL", "X-PUBLISHED-TTL":
		s, ok := parseDuration(l.value)
		if !ok {
			d.issue(CodeValue, l.n, l.name, field(l.name))
		} else if c.Refresh == 0 {
			c.Refresh = time.Duration(s.days*86400+s.seconds) * time.Second
		}
	default:
		c.Unknown = append(c.Unknown, Property{l.name, l.params, l.value})
	}
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// decode makes the events, and keeps the later version of each.
func (d *decoder) decode() {
	d.within = "/VEVENT"
	d.cal.Events = make([]Event, 0, len(d.events))
	for _, c := range d.events {
		e := Event{Line: c.n}
		if code, n := d.event(&e, d.lines[c.from:c.to]); code != "" {
			d.report.Refuse("events", 1)
			d.issue(code, n, "")
			continue
		}
		d.cal.Events = append(d.cal.Events, e)
	}
	kept, older := latest(d.cal.Events)
	for _, e := range older {
		d.report.Refuse("events", 1)
		d.issue(CodeOlder, e.Line, "")
	}
	d.cal.Events = kept
	if len(kept) > 0 {
		d.report.Keep("events", int64(len(kept)))
	}
}
