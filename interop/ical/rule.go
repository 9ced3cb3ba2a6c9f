package ical

import (
	"slices"
	"strings"
	"time"

	"github.com/teambition/rrule-go"

	"github.com/opencartable/cartable/ent"
)

// rule is an RRULE that was read.
type rule struct {
	option rrule.ROption
	until  DateTime
	perDay int
}

const (
	maxRule   = 1000 // bytes
	maxPerDay = 96
	maxPeriod = 1000
)

// parseRule reads an RRULE, and returns CodeRule for what it is not, CodeFrequency for one finer than a day.
func parseRule(s string) (rule, ent.Code) {
	var r rule
	s = strings.TrimSuffix(strings.ToUpper(strings.TrimSpace(s)), ";")
	if len(s) > maxRule {
		return r, CodeRule
	}
	rest := s[:0]
	for part := range strings.SplitSeq(s, ";") {
		key, value, _ := strings.Cut(part, "=")
		switch key {
		case "UNTIL": // read here: what it means depends on the start
			var ok bool
			if r.until, ok = parseDateTime(value); !ok || strings.Contains(rest, "UNTIL") {
				return r, CodeRule
			}
			continue
		case "DTSTART", "BYEASTER": // of the library, not of iCalendar
			return r, CodeRule
		case "COUNT", "INTERVAL":
			if n, ok := number(value); !ok || n == 0 || key == "INTERVAL" && n > maxPeriod {
				return r, CodeRule
			}
		}
		rest = strings.TrimPrefix(rest+";"+part, ";")
	}
	o, err := rrule.StrToROption(rest)
	if err != nil {
		return r, CodeRule
	}
	if o.Freq > rrule.DAILY {
		return r, CodeFrequency
	}
	o.Dtstart = time.Unix(0, 0).UTC()
	if _, err := rrule.NewRRule(*o); err != nil {
		return r, CodeRule
	}
	r.option = *o
	r.perDay = max(len(o.Byhour), 1) * max(len(o.Byminute), 1) * max(len(o.Bysecond), 1)
	if r.perDay > maxPerDay {
		return r, CodeRule
	}
	return r, ""
}

// endless reports whether neither a count nor a date ends the rule.
func (r *rule) endless() bool { return r.option.Count == 0 && r.until.IsZero() }

// cost is how much work the dates from start to limit are, at the most, about a microsecond each.
func (r *rule) cost(start, limit int64) int64 {
	day, each := int64(1), int64(1)
	switch r.option.Freq {
	case rrule.WEEKLY:
		day = 7
	case rrule.MONTHLY:
		day, each = 28, 4
	case rrule.YEARLY:
		day, each = 365, 40
	default:
	}
	n := (limit-start)/86400/day/int64(max(r.option.Interval, 1)) + 1
	if r.option.Count > 0 && r.dense() {
		n = min(n, int64(r.option.Count))
	}
	return n * each * int64(r.perDay)
}

// dense reports whether each period has a date.
func (r *rule) dense() bool {
	o := &r.option
	return (o.Freq == rrule.WEEKLY || o.Freq == rrule.DAILY && len(o.Byweekday) == 0) &&
		len(o.Bymonth)+len(o.Bymonthday)+len(o.Byyearday)+len(o.Byweekno)+len(o.Bysetpos) == 0
}

// dates returns the local times of the rule from start to limit, both included, sorted. All of it happens as if no clock changed.
func (r *rule) dates(start, limit int64) []int64 {
	if limit < start {
		return nil
	}
	o := r.option
	o.Dtstart, o.Until = time.Unix(start, 0).UTC(), time.Unix(limit, 0).UTC()
	rr, err := rrule.NewRRule(o)
	if err != nil { // it was made once already
		return nil
	}
	out := make([]int64, 0, 64)
	next := rr.Iterator()
	for t, ok := next(); ok; t, ok = next() {
		out = append(out, t.Unix())
	}
	slices.Sort(out)
	return out
}

// end is the local time after which the rule has no date, as an event that starts so understands UNTIL: UTC is turned into the
// event's own time, and a day is meant whole.
func (r *rule) end(start DateTime, zone *time.Location) int64 {
	switch {
	case r.until.IsZero():
		return lastWall
	case r.until.Form == FormUTC && start.Form == FormDate:
		return wallAt(r.until.Instant(nil), zone)
	case r.until.Form == FormUTC:
		return wallAt(r.until.Instant(nil), start.zone(zone))
	case r.until.Form == FormDate:
		return r.until.wall() + 86399
	}
	return r.until.wall()
}

// lastWall is the end of the year 9999.
const lastWall = 253402300799
