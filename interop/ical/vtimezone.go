package ical

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strings"
	"time"

	"github.com/teambition/rrule-go"
)

// definition is a VTIMEZONE of the file: what changes when.
type definition struct{ observances []observance }

// observance is a STANDARD or a DAYLIGHT: from its onsets on, in local time before them, the offset is another one.
type observance struct {
	start, from, to int64 // seconds
	dst             bool
	name            string
	rule            rule
	hasRule         bool
	onsets          []int64
}

const (
	maxObservances = 50  // of a zone
	maxZoneRules   = 100 // of a file
)

// define reads the lines of a VTIMEZONE. What cannot be read in it is told, and left aside; a zone without any offset is none.
func (d *decoder) define(lines []line) {
	id := ""
	def := &definition{}
	var o *observance
	for i := range lines {
		l := &lines[i]
		switch {
		case l.name == "BEGIN":
			if len(def.observances) == maxObservances {
				d.issue(CodeValue, l.n, "VTIMEZONE", field("VTIMEZONE"))
				return
			}
			def.observances = append(def.observances, observance{dst: l.value == "DAYLIGHT", start: lastWall})
			o = &def.observances[len(def.observances)-1]
		case l.name == "TZID":
			id = unescape(l.value)
		case o != nil && !d.observe(o, l):
			d.issue(CodeValue, l.n, "VTIMEZONE", field(l.name))
			o.start = lastWall
		}
	}
	def.observances = slices.DeleteFunc(def.observances, func(o observance) bool { return o.start == lastWall })
	if id == "" || len(def.observances) == 0 {
		return
	}
	if d.zones == nil {
		d.zones = map[string]*definition{}
	}
	if d.zones[id] == nil {
		d.zones[id] = def
	}
}

// observe reads a line of an observance.
func (d *decoder) observe(o *observance, l *line) bool {
	ok := true
	switch l.name {
	case "DTSTART":
		var t DateTime
		if t, ok = parseDateTime(l.value); ok {
			o.start = t.wall()
		}
	case "TZOFFSETFROM":
		o.from, ok = parseOffset(l.value)
	case "TZOFFSETTO":
		o.to, ok = parseOffset(l.value)
	case "TZNAME":
		o.name = first(o.name, unescape(l.value))
	case "RRULE":
		r, bad := parseRule(l.value)
		d.rules++
		ok = bad == "" && r.option.Freq == rrule.YEARLY && d.rules <= maxZoneRules
		o.rule, o.hasRule = r, true
	case "RDATE":
		for v := range strings.SplitSeq(l.value, ",") {
			t, good := parseDateTime(v)
			if !good {
				return false
			}
			o.onsets = append(o.onsets, t.wall())
		}
	}
	return ok
}

// parseOffset reads +0100 and -103045, in seconds.
func parseOffset(s string) (int64, bool) {
	if len(s) != 5 && len(s) != 7 || s[0] != '+' && s[0] != '-' {
		return 0, false
	}
	n, ok := number(s[1:])
	if len(s) == 5 {
		n *= 100
	}
	h, m, sec := n/10000, n/100%100, n%100
	v := int64(h*3600 + m*60 + sec)
	if s[0] == '-' {
		v = -v
	}
	return v, ok && h < 24 && m < 60 && sec < 60
}

// transition is a change of offset at an instant.
type transition struct {
	at       int64
	from, to int64
	dst      bool
	name     string
}

// The rules of a VTIMEZONE are worked out from 1970 to 2100.
const (
	zoneStart int64 = 0
	zoneEnd   int64 = 4102444800
)

func (def *definition) transitions() []transition {
	var out []transition
	for i := range def.observances {
		o := &def.observances[i]
		onsets := append([]int64{o.start}, o.onsets...)
		if o.hasRule {
			onsets = append(onsets, o.ruleDates()...)
		}
		for _, wall := range onsets {
			out = append(out, transition{wall - o.from, o.from, o.to, o.dst, o.name})
		}
	}
	slices.SortFunc(out, func(a, b transition) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.to, b.to)) })
	return slices.CompactFunc(out, func(a, b transition) bool { return a.at == b.at && a.to == b.to })
}

func (o *observance) ruleDates() []int64 {
	start, limit := o.start, zoneEnd
	if u := o.rule.until; !u.IsZero() {
		limit = min(limit, u.wall())
		if u.Form == FormUTC {
			limit = min(zoneEnd, u.wall()+o.from)
		}
	}
	if start < zoneStart && o.rule.option.Count == 0 && o.rule.option.Interval <= 1 { // Windows begins in 1601
		t := time.Unix(start, 0).UTC()
		start = time.Date(1970, t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC).Unix()
	}
	return o.rule.dates(start, limit)
}

// location makes a zone of Go out of the definition, by way of the format of zone files (RFC 8536), of which Go can read one.
func (def *definition) location(name string) *time.Location {
	list := def.transitions()
	z := zoneFile{}
	z.typeOf(list[0].from, false, "") // before the first change
	times := make([]byte, 0, 8*len(list))
	kinds := make([]byte, 0, len(list))
	for _, t := range list {
		k, ok := z.typeOf(t.to, t.dst, t.name)
		if !ok {
			return nil
		}
		times = binary.BigEndian.AppendUint64(times, uint64(t.at)) //nolint:gosec // two's complement, as the format wants
		kinds = append(kinds, k)
	}
	// An empty block of version 1, then the one that counts.
	b := appendHeader(nil, 0, 1, 1)
	b = append(b, 0, 0, 0, 0, 0, 0, 0)
	b = appendHeader(b, len(list), len(z.types)/6, len(z.names))
	b = append(append(append(append(b, times...), kinds...), z.types...), z.names...)
	b = append(b, "\n\n"...)
	loc, err := time.LoadLocationFromTZData(name, b)
	if err != nil {
		return nil
	}
	return loc
}

// zoneFile gathers the kinds of local time of a zone, six bytes each, and their names.
type zoneFile struct{ types, names []byte }

func (z *zoneFile) typeOf(offset int64, dst bool, name string) (byte, bool) {
	name = shortName(name, offset)
	at := strings.Index(string(z.names), name+"\x00")
	if at < 0 {
		at = len(z.names)
		z.names = append(append(z.names, name...), 0)
	}
	t := binary.BigEndian.AppendUint32(nil, uint32(offset)) //nolint:gosec // two's complement, as the format wants
	t = append(t, 0, byte(at))                              //nolint:gosec // checked below
	if dst {
		t[4] = 1
	}
	for i := 6; i+6 <= len(z.types); i += 6 { // the first is only for what comes before every change
		if string(z.types[i:i+6]) == string(t) {
			return byte(i / 6), true //nolint:gosec // checked below
		}
	}
	z.types = append(z.types, t...)
	return byte(len(z.types)/6 - 1), at < 256 && len(z.types)/6 < 256 //nolint:gosec // checked here
}

// shortName is an abbreviation as Go's data has them: CET, or +04 for want of one.
func shortName(name string, offset int64) string {
	if len(name) < 3 || len(name) > 6 || strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ+-0123456789") != "" {
		return string(appendOffset(nil, offset))
	}
	return name
}

func appendHeader(b []byte, transitions, types, names int) []byte {
	b = append(b, "TZif2"...)
	b = append(b, make([]byte, 15)...)
	for _, n := range []int{0, 0, 0, transitions, types, names} {
		b = binary.BigEndian.AppendUint32(b, uint32(n)) //nolint:gosec // small counts
	}
	return b
}

func appendOffset(b []byte, offset int64) []byte {
	sign := byte('+')
	if offset < 0 {
		sign, offset = '-', -offset
	}
	b = append(b, sign)
	b = digits(b, int(offset/3600), 2)
	b = digits(b, int(offset/60%60), 2)
	if offset%60 != 0 {
		b = digits(b, int(offset%60), 2)
	}
	return b
}

// changes returns the changes of offset of a zone between two instants.
func changes(zone *time.Location, from, to time.Time) []transition {
	const most = 500
	var out []transition
	for t := from.In(zone); t.Before(to) && len(out) < most; {
		_, next := t.ZoneBounds()
		if next.IsZero() || next.After(to) {
			break
		}
		if !next.After(t) { // Go ends a leap year that its data does not list a day early, and stays there
			t = t.AddDate(0, 0, 1)
			continue
		}
		_, before := next.Add(-time.Second).Zone()
		name, after := next.Zone()
		if before != after {
			out = append(out, transition{next.Unix(), int64(before), int64(after), next.IsDST(), name})
		}
		t = next
	}
	return out
}

// appendZone writes the VTIMEZONE of a zone for the years of the calendar, both included (RFC 5545, 3.6.5): two yearly rules where
// the zone follows them, one offset where it never changes, else each change by itself.
func appendZone(b []byte, zone *time.Location, name string, first, last int) []byte {
	from := time.Date(first-1, 1, 1, 0, 0, 0, 0, time.UTC)
	to := time.Date(last+2, 1, 1, 0, 0, 0, 0, time.UTC)
	list := changes(zone, from, to)
	b = appendLine(b, "BEGIN", "", "VTIMEZONE")
	b = appendTextLine(b, "TZID", name)
	if pair := yearly(zone, from, max(last+2, first+4)); pair != nil {
		for _, y := range pair {
			b = appendObservance(b, y.transition, time.Unix(y.at+y.from, 0).UTC(), y.rule)
		}
	} else {
		abbreviation, offset := from.In(zone).Zone()
		b = appendObservance(b, transition{0, int64(offset), int64(offset), from.In(zone).IsDST(), abbreviation}, from, "")
		for _, t := range list {
			b = appendObservance(b, t, time.Unix(t.at+t.from, 0).UTC(), "")
		}
	}
	return appendLine(b, "END", "", "VTIMEZONE")
}

func appendObservance(b []byte, t transition, start time.Time, rule string) []byte {
	kind := "STANDARD"
	if t.dst {
		kind = "DAYLIGHT"
	}
	b = appendLine(b, "BEGIN", "", kind)
	b = appendLine(b, "DTSTART", "", start.Format("20060102T150405"))
	if rule != "" {
		b = appendLine(b, "RRULE", "", rule)
	}
	b = appendLine(b, "TZOFFSETFROM", "", string(appendOffset(nil, t.from)))
	b = appendLine(b, "TZOFFSETTO", "", string(appendOffset(nil, t.to)))
	b = appendTextLine(b, "TZNAME", t.name)
	return appendLine(b, "END", "", kind)
}

// yearlyChange is a change that comes back every year.
type yearlyChange struct {
	transition
	rule string
}

// yearly returns the two changes of a zone that come back each year on the same day of the same week of a month, at the same local
// time, from the start to the end of the last year; nil when the zone does otherwise.
func yearly(zone *time.Location, from time.Time, last int) []yearlyChange {
	list := changes(zone, from, time.Date(last+1, 1, 1, 0, 0, 0, 0, time.UTC))
	years := last + 1 - from.Year()
	if len(list) != 2*years {
		return nil
	}
	var out []yearlyChange
	for i := range 2 {
		rule := ""
		for _, nth := range []bool{false, true} {
			if rule = commonRule(list, i, from.Year(), nth); rule != "" {
				break
			}
		}
		if rule == "" {
			return nil
		}
		out = append(out, yearlyChange{list[i], rule})
	}
	return out
}

// commonRule returns the rule that every second change from i on follows, "" when there is none.
func commonRule(list []transition, i, year int, nth bool) string {
	rule := ""
	for n := i; n < len(list); n += 2 {
		t := time.Unix(list[n].at+list[n].from, 0).UTC()
		this := yearRule(t, nth)
		same := list[n].from == list[i].from && list[n].to == list[i].to && t.Year() == year+(n-i)/2 &&
			t.Sub(t.Truncate(24*time.Hour)) == startOf(list[i])
		if this == "" || !same || rule != "" && this != rule {
			return ""
		}
		rule = this
	}
	return rule
}

func startOf(t transition) time.Duration {
	local := time.Unix(t.at+t.from, 0).UTC()
	return local.Sub(local.Truncate(24 * time.Hour))
}

// yearRule is the rule of a day: the last Sunday of March, or the second one.
func yearRule(t time.Time, nth bool) string {
	week := "-1"
	if nth {
		week = string(rune('1' + (t.Day()-1)/7))
	} else if t.AddDate(0, 0, 7).Month() == t.Month() {
		return ""
	}
	day := strings.ToUpper(t.Weekday().String()[:2])
	return "FREQ=YEARLY;BYMONTH=" + t.Format("1") + ";BYDAY=" + week + day
}
