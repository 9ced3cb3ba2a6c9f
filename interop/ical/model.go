package ical

import (
	"log/slog"
	"strings"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// Calendar is what a file holds (VCALENDAR). Its texts may be personal: logs show counts.
type Calendar struct {
	// ProdID names the program that made the calendar; the writer has one of its own when it is empty.
	ProdID string
	// Method is PUBLISH for a feed; empty for a plain file.
	Method string
	// Name is X-WR-CALNAME, or NAME of RFC 7986.
	Name string
	// Zone is that of the establishment: times without a zone, and days, are its own.
	Zone *time.Location
	// Refresh is how often a client should ask again (REFRESH-INTERVAL); 0 says nothing.
	Refresh time.Duration
	// Events are in the order of the file.
	Events []Event
	// Unknown are the other properties, as they were.
	Unknown []Property
}

// LogValue shows the count of events.
func (c *Calendar) LogValue() slog.Value { return slog.GroupValue(slog.Int("events", len(c.Events))) }

// Status is STATUS of an event; an unknown one is kept.
type Status string

// The statuses of an event (RFC 5545, 3.8.1.11).
const (
	StatusTentative Status = "TENTATIVE"
	StatusConfirmed Status = "CONFIRMED"
	StatusCancelled Status = "CANCELLED"
)

// Event is a VEVENT: a single event, a series, or one occurrence of a series that differs from it.
type Event struct {
	UID string
	// RecurrenceID is the start, planned at first, of the occurrence that the event describes; zero for a series and a single event.
	RecurrenceID DateTime
	// Start and End are half-open: the End of days is the day after the last one. An event of no length ends when it begins.
	Start, End  DateTime
	Summary     string
	Location    string
	Description string
	Categories  []string
	Status      Status
	// Transparent events take no time: holidays.
	Transparent bool
	// Sequence counts the changes. Stamp and LastModified are UTC, to the second; Stamp is zero when the file gives none.
	Sequence     int
	Stamp        time.Time
	LastModified time.Time
	// Rule is RRULE as it is written, "" for none.
	Rule    string
	ExDates []DateTime
	RDates  []DateTime
	// State and Original are X-LESSON-STATE and X-LESSON-ORIGINAL, which this package writes where iCalendar has no word.
	State    timetable.State
	Original DateTime
	// Unknown are the other properties, as they were.
	Unknown []Property
	// Line is that of the file, 0 for an event that was not read.
	Line int
}

// LogValue hides the event: its texts and its UID may name somebody.
func (e *Event) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("line", e.Line), slog.Int("sequence", e.Sequence))
}

// Property is a line as it was read: Params begins with a semicolon, or is empty; Value is neither decoded nor folded.
type Property struct{ Name, Params, Value string }

// LogValue shows the name.
func (p Property) LogValue() slog.Value { return slog.StringValue(string(ent.NewField(p.Name))) }

// param returns the first value of a parameter, without its quotes.
func param(params, name string) string {
	for params != "" {
		params = params[1:] // the semicolon
		key, rest, ok := strings.Cut(params, "=")
		if !ok {
			return ""
		}
		end := paramEnd(rest)
		if strings.EqualFold(key, name) {
			return firstValue(rest[:end])
		}
		params = rest[end:]
	}
	return ""
}

// paramEnd returns where the values of a parameter end: at a semicolon or a colon out of quotes.
func paramEnd(s string) int {
	quoted := false
	for i := range len(s) {
		switch s[i] {
		case '"':
			quoted = !quoted
		case ';', ':':
			if !quoted {
				return i
			}
		}
	}
	return len(s)
}

func firstValue(s string) string {
	if rest, ok := strings.CutPrefix(s, `"`); ok {
		v, _, _ := strings.Cut(rest, `"`)
		return v
	}
	v, _, _ := strings.Cut(s, ",")
	return v
}
