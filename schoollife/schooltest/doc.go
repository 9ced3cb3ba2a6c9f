// Package schooltest grows a school year on an academy of enttest: teachings, assessments, marks with their statuses, levels of
// competences, appreciations, a timetable without conflicts and its changes, roll calls, sessions, homework and bookings. The same academy gives the same
// year. It is for tests and demonstrations; no person in it exists.
//
//	a := enttest.New(enttest.Options{Seed: 7})
//	year, _ := schooltest.New(a, "4001")
//	sheet, err := gradebook.Compute(gradebook.RescaledRoundLast(), year.Input())
//	for _, l := range year.Lessons() { // dated, with what became of them
//		call, pupils, held := year.Call(&l, year.Timetable().NewAudience())
//	}
//
// A pupil has a level of their own, stronger in some subjects; marks scatter around it. One in twenty-five is a status. Each
// teaching has from five to nine assessments in a period, on several scales, one of them formative.
package schooltest
