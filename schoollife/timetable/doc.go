// Package timetable holds the time of a school: bell times, courses that come back in weeks of their own, dated lessons and what
// becomes of them, who attends, what conflicts, where there is room.
//
//	t := timetable.Timetable{Year: year, Grid: grid, Courses: courses, Groups: groups, Memberships: memberships}
//	lessons, report := t.Expand()                       // dated; a replacement teacher has weeks of their own
//	lessons, report = timetable.Apply(lessons, changes) // moved, cancelled, replaced: one lesson each, its key kept
//	at := timetable.Instant(lesson.Date, lesson.Start, zone)
//	who := t.NewAudience()
//	for _, c := range timetable.Conflicts(lessons, timetable.ConflictOptions{Audience: who}) {
//		fmt.Println(c.Resource, len(c.Pupils))
//	}
//	places := t.FindFree(lessons, week, wanted, who)
//
// # Time
//
// A lesson is a local date, a start and an end, half-open; its instants follow from the zone of the school, never from the
// server's or the reader's. A lesson at 10:00 stays at 10:00 when the clock changes. Weeks are counted from 1 within a school
// year, as a set: letters A and B, by rank or by ISO week, are ways of making one ([LettersByRank], [LettersByISOWeek]).
//
// # Pupils
//
// A group is not the classes that its pupils come from: conflicts and attendance are those of pupils, day by day, with the dates
// between which they were in a class, a part or a group, both included.
//
// # Sources
//
// The exports of EDT, UDT and STS and what readers of them do; RFC 5545 for times that a clock change skips or doubles.
//
// # Imports
//
// [Compare] says what a file would change of what is kept ([Kept]), and changes nothing; a [Store] applies the plan whole or not at
// all, and undoes it. The same file again is an empty plan.
//
// # Out of scope
//
// Automatic timetabling is for package fet, calendars for package ical.
package timetable
