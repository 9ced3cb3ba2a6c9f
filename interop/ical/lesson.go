package ical

import (
	"cmp"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// Lesson is a dated lesson as a feed shows it. There is no field for a pupil or a reason: what the texts say is the caller's.
type Lesson struct {
	// Series is the stable key of the course, the same for years: with the host it makes the UID. A course has one weekday and one
	// time; a course of several is written as a list of dates.
	Series string
	// Original is the day, and the time of it, at which the lesson was planned at first; Date and Start when it is zero.
	Original Planned
	// Date, Start and End are where it is now, in the zone of the agenda.
	Date       ent.Date
	Start, End timetable.Clock
	State      timetable.State
	// Revision counts the changes (SEQUENCE): 0 as planned. A lesson that went back to what was planned keeps its count.
	Revision int
	// Modified is when the lesson changed last; the agenda's Stamp when it is zero.
	Modified    time.Time
	Summary     string
	Location    string
	Description string
	Categories  []string
}

// Planned is a day and a time of it.
type Planned struct {
	Date  ent.Date
	Start timetable.Clock
}

// LogValue hides the texts of the lesson.
func (l Lesson) LogValue() slog.Value {
	return slog.GroupValue(slog.String("date", l.Date.String()), slog.String("state", string(l.State)))
}

// Agenda is what a feed publishes: the lessons of a person, a class or a room.
type Agenda struct {
	// Name is the title that clients show.
	Name string
	// Host is the right part of each UID: a domain name of the caller, which never changes.
	Host string
	// Zone is that of the establishment.
	Zone    *time.Location
	Lessons []Lesson
	// Stamp is when a lesson without Modified was made; never the time of the export, so that two exports are the same bytes.
	Stamp time.Time
	// Refresh is how often clients are asked to come back: six hours when 0.
	Refresh time.Duration
	// Flat writes each lesson as an event of its own, with a UID of its own, for clients that do not know of changed occurrences
	// (RECURRENCE-ID) or of single dates (RDATE). It is about seven times the bytes.
	Flat bool
}

// LogValue shows the count of lessons.
func (a Agenda) LogValue() slog.Value { return slog.GroupValue(slog.Int("lessons", len(a.Lessons))) }

const defaultRefresh = 6 * time.Hour

// Calendar returns the agenda as events, sorted by UID: for each course one weekly series with its weeks off, and an event for each
// lesson that differs from it. A lesson without a key, without a date or of no length, and the second of two that were planned at
// one time of one course, are refused, with an issue. It returns CodeNoZone, CodeUID or CodeStamp for an agenda that lacks its
// Zone, its Host, or the time of a lesson.
func (a *Agenda) Calendar() (*Calendar, *ent.Report, error) {
	report := &ent.Report{}
	switch {
	case a.Zone == nil:
		return nil, report, fmt.Errorf("ical: agenda: %w", CodeNoZone)
	case a.Host == "":
		return nil, report, fmt.Errorf("ical: agenda without host: %w", CodeUID)
	}
	c := &Calendar{Method: "PUBLISH", Name: a.Name, Zone: a.Zone, Refresh: cmp.Or(a.Refresh, defaultRefresh)}
	lessons, err := a.planned(report)
	if err != nil {
		return nil, report, err
	}
	c.Events = make([]Event, 0, len(lessons)/8+8)
	for len(lessons) > 0 {
		n := 1
		for n < len(lessons) && lessons[n].Series == lessons[0].Series {
			n++
		}
		c.Events = a.course(c.Events, lessons[:n])
		lessons = lessons[n:]
	}
	return c, report, nil
}

// plannedLesson is a lesson with what its series wants to know of it.
type plannedLesson struct {
	*Lesson
	original Planned
	stamp    time.Time
}

// wall is the original start, in local time.
func (l *plannedLesson) wall() int64 {
	return On(l.original.Date).wall() + 60*int64(l.original.Start)
}

// planned checks the lessons and sorts them by course and original start.
func (a *Agenda) planned(report *ent.Report) ([]plannedLesson, error) {
	out := make([]plannedLesson, 0, len(a.Lessons))
	for i := range a.Lessons {
		l := &a.Lessons[i]
		p := plannedLesson{l, l.Original, l.Modified.UTC().Truncate(time.Second)}
		if p.original.Date.IsZero() {
			p.original = Planned{l.Date, l.Start}
		}
		if l.Modified.IsZero() {
			p.stamp = a.Stamp.UTC().Truncate(time.Second)
		}
		if p.stamp.IsZero() {
			return nil, fmt.Errorf("ical: agenda: lesson without Modified, and no Stamp: %w", CodeStamp)
		}
		if l.Series == "" || l.Date.IsZero() || l.Start < 0 || l.End > 24*60 || l.Start >= l.End || p.original.Start < 0 || p.original.Start >= 24*60 {
			a.refuse(report, l, CodeLesson)
			continue
		}
		out = append(out, p)
	}
	slices.SortStableFunc(out, func(x, y plannedLesson) int {
		return cmp.Or(strings.Compare(x.Series, y.Series), x.original.Date.Compare(y.original.Date), cmp.Compare(x.original.Start, y.original.Start))
	})
	kept := out[:0]
	for i := range out {
		if n := len(kept); n > 0 && kept[n-1].Series == out[i].Series && kept[n-1].original == out[i].original {
			a.refuse(report, out[i].Lesson, CodeLessonTwice)
			continue
		}
		kept = append(kept, out[i])
	}
	if len(kept) > 0 {
		report.Keep("lessons", int64(len(kept)))
	}
	return kept, nil
}

func (a *Agenda) refuse(report *ent.Report, l *Lesson, code ent.Code) {
	report.Refuse("lessons", 1)
	report.Add(catalog().New(code, ent.Pos{Record: l.Date.String()}, "$.lessons"))
}

// course adds the events of one course.
func (a *Agenda) course(out []Event, lessons []plannedLesson) []Event {
	if a.Flat || len(lessons) == 1 {
		for i := range lessons {
			out = append(out, a.single(&lessons[i]))
		}
		return out
	}
	model := a.model(lessons)
	master := a.event(model)
	master.Sequence = 0
	for i := range lessons {
		if lessons[i].stamp.After(master.Stamp) {
			master.Stamp, master.LastModified = lessons[i].stamp, lessons[i].stamp
		}
	}
	master.Status, master.State = "", ""
	length := model.End - model.Start
	first := lessons[0].original
	master.Start, master.End = LocalTime(first.Date, first.Start, a.Zone), LocalTime(first.Date, first.Start, a.Zone).plus(length)
	a.repeat(&master, lessons)
	out = append(out, master)
	for i := range lessons {
		if l := &lessons[i]; !a.like(l, model) {
			out = append(out, a.override(l))
		}
	}
	return out
}

// plus adds minutes of local time.
func (d DateTime) plus(minutes timetable.Clock) DateTime { return d.at(d.wall() + 60*int64(minutes)) }

// event is a lesson where it is now.
func (a *Agenda) event(l *plannedLesson) Event {
	e := Event{
		UID: l.Series + "@" + a.Host, Start: LocalTime(l.Date, l.Start, a.Zone), End: LocalTime(l.Date, l.End, a.Zone),
		Summary: l.Summary, Location: l.Location, Description: l.Description, Categories: l.Categories,
		Sequence: l.Revision, Stamp: l.stamp, LastModified: l.stamp,
	}
	if l.State == timetable.StateCancelled {
		e.Status = StatusCancelled
	}
	return e
}

// single is a lesson that belongs to no series: the only one of its course, or one of a flat agenda.
func (a *Agenda) single(l *plannedLesson) Event {
	e := a.event(l)
	original := LocalTime(l.original.Date, l.original.Start, a.Zone)
	if a.Flat {
		e.UID = l.Series + "-" + original.String() + "@" + a.Host
	}
	if l.State != "" && l.State != timetable.StatePlanned && l.State != timetable.StateCancelled {
		e.State = l.State
	}
	if original != e.Start {
		e.Original = original
	}
	return e
}

// override is a lesson that differs from its series.
func (a *Agenda) override(l *plannedLesson) Event {
	e := a.event(l)
	e.RecurrenceID = LocalTime(l.original.Date, l.original.Start, a.Zone)
	told := timetable.StateChanged
	switch {
	case e.Status == StatusCancelled:
		told = timetable.StateCancelled
	case e.RecurrenceID != e.Start:
		told = timetable.StateMoved
	}
	if state := cmp.Or(l.State, timetable.StatePlanned); state != told {
		e.State = state
	}
	return e
}

// model is the lesson that the series is written after: of those that are as planned, the first of the most frequent kind.
func (a *Agenda) model(lessons []plannedLesson) *plannedLesson {
	type kind struct {
		text   string
		length timetable.Clock
	}
	count := map[kind]int{}
	var best *plannedLesson
	most := 0
	for i := range lessons {
		l := &lessons[i]
		if !l.asPlanned() {
			continue
		}
		k := kind{strings.Join(append([]string{l.Summary, l.Location, l.Description}, l.Categories...), "\x00"), l.End - l.Start}
		count[k]++
		if count[k] > most {
			most, best = count[k], l
		}
	}
	if best == nil {
		return &lessons[0]
	}
	return best
}

func (l *plannedLesson) asPlanned() bool {
	return l.Revision == 0 && (l.State == "" || l.State == timetable.StatePlanned) && l.Date == l.original.Date && l.Start == l.original.Start
}

// like reports whether the series says all of a lesson. One that a clock change makes longer or shorter is written by itself: some
// clients take the length of the first lesson, others its end.
func (a *Agenda) like(l, model *plannedLesson) bool {
	return l.asPlanned() && model.asPlanned() && l.End-l.Start == model.End-model.Start &&
		l.Summary == model.Summary && l.Location == model.Location && l.Description == model.Description && slices.Equal(l.Categories, model.Categories) &&
		a.elapsed(l) == time.Duration(l.End-l.Start)*time.Minute
}

func (a *Agenda) elapsed(l *plannedLesson) time.Duration {
	_, before := timetable.Instant(l.Date, l.Start, a.Zone).Zone()
	_, after := timetable.Instant(l.Date, l.End, a.Zone).Zone()
	return time.Duration(l.End-l.Start)*time.Minute - time.Duration(after-before)*time.Second
}

// repeat writes the dates of a series: a weekly rule, or one every two weeks where every date follows it, with the weeks off as
// EXDATE and what does not follow as RDATE; dates alone where those are fewer, or where one comes before the rule.
func (a *Agenda) repeat(master *Event, lessons []plannedLesson) {
	const week = 7 * 86400
	first := lessons[0].wall()
	step, inRule, last := int64(2), 0, first
	for i := range lessons {
		at := lessons[i].wall()
		if (at-first)%week != 0 {
			continue
		}
		inRule, last = inRule+1, at
		if (at-first)/week%2 != 0 {
			step = 1
		}
	}
	dates := int((last-first)/week/step) + 1
	if off := dates - inRule; inRule < 2 || off > inRule {
		for i := range lessons[1:] {
			master.RDates = append(master.RDates, master.Start.at(lessons[i+1].wall()))
		}
		return
	}
	day := strings.ToUpper(master.Start.Date.Weekday().String()[:2])
	master.Rule = "FREQ=WEEKLY;"
	if step == 2 {
		master.Rule += "INTERVAL=2;"
	}
	until := DateTime{Form: FormUTC}.at(master.Start.at(last).Instant(a.Zone).Unix())
	master.Rule += "BYDAY=" + day + ";UNTIL=" + until.String()
	next := first
	for i := range lessons {
		at := lessons[i].wall()
		if (at-first)%(week*step) != 0 {
			master.RDates = append(master.RDates, master.Start.at(at))
			continue
		}
		for ; next < at; next += week * step {
			master.ExDates = append(master.ExDates, master.Start.at(next))
		}
		next = at + week*step
	}
}
