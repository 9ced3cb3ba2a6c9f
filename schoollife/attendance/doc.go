// Package attendance is the school's presence: the roll call of each lesson, what happened to each pupil, why, how many half-days
// that makes and by which count, who is told, and what the law asks from which level on.
//
//	rule := attendance.Rule{Mode: attendance.ModeTouched, Split: 12*60 + 30, Reasons: attendance.Reasons()}
//	counter, err := rule.Counter() // once
//
//	call, clashes, err := call.Take(sent, &lesson, pupils, teacher, now) // sent twice, taken once
//	events = attendance.Follow(events, attendance.Seen(&call, &lesson))
//
//	schedules := attendance.NewSchedules(lessons, audience) // once for a school
//	figures := counter.Figures(events, schedules.Of(pupil), from, to)
//	_, why, err := counter.Explain(pupil, events, schedules.Of(pupil)) // each half-day, and why it counts
//	for _, c := range attendance.Crossings(complete.Unjustified(events, schedule).HalfDays, attendance.WindowSliding) {
//		fmt.Println(c.Level, c.At.Label(ent.FR))
//	}
//
// # Three layers
//
// What was seen (the roll call), what it is (an event, with the reason and the decision of the office), who was told (proofs). A
// roll call that is sent again changes what was seen, never what the office decided.
//
// # Half-days
//
// No text defines their count, and tools differ: a rule names one of four modes. Whatever the mode, absences that overlap or touch
// count once, lessons that were cancelled are not missed, the time in the school's charge is not absence, and half-days add up:
// those of a year are those of its days.
//
// # Reasons
//
// The list is neutral: the motives of L131-8 and what a school itself decides. Who adds a reason that tells of health or religion
// marks it Sensitive. No reason leaves in a notification, a feed or a log.
//
// # Texts
//
// Code de l'éducation, L131-8, R131-5 to R131-7, R511-13; circulaire 2014-159 of 24 December 2014. The modes and the alerts are
// the usage of the French products; each is named in its comment.
//
// # Out of scope
//
// Canteen and boarding; the addresses of families; the form of letters.
package attendance
