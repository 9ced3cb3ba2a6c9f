package ical

import (
	"cmp"

	"github.com/opencartable/cartable/ent"
)

// key names an event within a calendar: the series, or one of its occurrences.
type key struct {
	uid  string
	form Form
	at   int64
}

func (e *Event) key() key {
	k := key{uid: e.UID}
	if r := e.RecurrenceID; !r.IsZero() {
		k.form, k.at = r.Form, r.wall()
		if r.Form == FormZone { // the same occurrence, in another zone or in UTC
			k.form, k.at = FormUTC, r.Instant(nil).Unix()
		}
	}
	return k
}

// later reports whether e is a later version than o, or the same one: a higher SEQUENCE, then a later DTSTAMP (RFC 5546, 2.1.5).
func (e *Event) later(o *Event) bool {
	return cmp.Or(cmp.Compare(e.Sequence, o.Sequence), e.Stamp.Compare(o.Stamp)) >= 0
}

// latest keeps the later version of each event, at the place of the first; of equal ones, the last. The list is used again.
func latest(events []Event) (kept, older []Event) {
	at := make(map[key]int, len(events))
	kept = events[:0]
	for i := range events {
		e := &events[i]
		k := e.key()
		n, known := at[k]
		switch {
		case !known:
			at[k] = len(kept)
			if i == len(kept) { // already there
				kept = events[:i+1]
				continue
			}
			kept = append(kept, *e)
		case e.later(&kept[n]):
			older = append(older, kept[n])
			kept[n] = *e
		default:
			older = append(older, *e)
		}
	}
	return kept, older
}

// Merge returns the calendar that is known with what came in: of each event, the series or the occurrence, the version with the
// higher SEQUENCE, then the later DTSTAMP, counts. An older one that came in is refused, with an issue; the same version replaces
// itself. Events that did not come in stay. The report counts what came in. Neither calendar is changed.
func Merge(known, in *Calendar) (*Calendar, *ent.Report) {
	report := &ent.Report{}
	out := *known
	out.Events = append(make([]Event, 0, len(known.Events)+len(in.Events)), known.Events...)
	at := make(map[key]int, len(out.Events))
	for i := range out.Events {
		at[out.Events[i].key()] = i
	}
	for i := range in.Events {
		e := &in.Events[i]
		n, have := at[e.key()]
		if have && !e.later(&out.Events[n]) {
			report.Refuse("events", 1)
			report.Add(catalog().New(CodeOlder, ent.Pos{Line: e.Line}, "/VCALENDAR/VEVENT"))
			continue
		}
		report.Keep("events", 1)
		if have {
			out.Events[n] = *e
			continue
		}
		at[e.key()] = len(out.Events)
		out.Events = append(out.Events, *e)
	}
	return &out, report
}
