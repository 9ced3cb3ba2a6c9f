// Package ical reads, expands and writes calendars in iCalendar, and serves the timetable of a person or of a class as a feed.
//
//	cal, report, err := ical.Read(f, ical.Options{Zone: paris})
//	days, more, err := cal.Expand(ical.Window{From: monday, To: sunday})
//	for _, o := range days {
//		fmt.Println(o.From, o.To, o.State, o.Event.Summary)
//	}
//
//	agenda := ical.Agenda{Name: "6A", Host: "ent.example.fr", Zone: paris, Lessons: lessons, Stamp: saved}
//	cal, report, err = agenda.Calendar()
//	err = ical.Write(w, cal)
//
//	mux.Handle("GET /agenda/{token}", &ical.Feed{Version: version, Agenda: agendaOf})
//
// # Time
//
// A time is kept as the file writes it: a day, a local time with its zone, a local time without one, or UTC. Rules are expanded
// over local time and turned into instants afterwards, so that a lesson at 10:00 stays at 10:00 when the clock changes. The end
// of a lesson that comes back is a local time too: a duty from 1:00 to 4:00 lasts two hours in the night of March. A time that a
// clock change skips, or doubles, is read as [timetable.Instant] says.
//
// The zone of an event is that of Go's data when its name is known, or when it is a name of Windows; for any other name it is the
// VTIMEZONE of the file. A container without zone files wants the package time/tzdata.
//
// # A feed
//
// A course is one series: a weekly rule, the weeks off as EXDATE. A lesson that is moved, changed or cancelled is an event of its
// own that names the start planned at first (RECURRENCE-ID), with a greater SEQUENCE: a client shows it once. Two exports of the
// same lessons are the same bytes. What iCalendar has no word for (replaced, added) is said by the property X-LESSON-STATE. There
// is no field for a pupil, nor for the reason of an absence.
//
// # Sources
//
// RFC 5545 (iCalendar), RFC 7986 (NAME, REFRESH-INTERVAL), RFC 9110 (conditional requests), the names of zones of Windows in CLDR.
//
// # Out of scope
//
// Tasks, alarms, invitations (iTIP), CalDAV, rules finer than a day, RANGE=THISANDFUTURE: each is told of when it is met.
package ical
