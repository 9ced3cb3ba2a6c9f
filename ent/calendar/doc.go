// Package calendar says what a day is for the pupils of a place: lessons, a Wednesday without them, a weekend, school
// holidays, a public holiday, a bridge, a local closure or a day that makes up for another; and why, in a sentence.
//
//	c, err := calendar.New(calendar.Default(), calendar.Place{
//		Zone: calendar.ZoneC,            // or calendar.ZoneOfAcademy("024")
//		Week: calendar.FourDays(),       // or WednesdayMorning(), or any other half-days
//		Overrides: []calendar.Override{{ // a Wednesday on which the school makes up for a Friday
//			First: ent.Date{Year: 2026, Month: 5, Day: 20}, Effect: calendar.EffectFollow, Follows: time.Friday,
//		}},
//	})
//	day, err := c.Day(ent.Date{Year: 2026, Month: 2, Day: 24})
//	fmt.Println(day.Kind, day.Reason(ent.FR)) // holiday Vacances d'hiver (zone C) : du 21/02/2026 au 08/03/2026.
//	// The deadline of a cancellation, two school days before.
//	deadline, err := c.AddSchoolDays(ent.Date{Year: 2025, Month: 11, Day: 3}, -2) // 2025-10-16
//	weeks, err := c.TaughtWeeks(2025)
//	letters := calendar.ByRank(weeks) // A, B, A, B, holidays skipped
//
// Nothing is guessed: a date outside the known years is [CodeUnknownDate], a zone without dates [CodeUnknownZone].
//
// # The dates
//
// They are embedded, as years.csv, periods.csv and sources.csv, which [Files] hands out and [Years.Load] reads back. Each
// row has its source and says whether it is verified; what rests on a row that is not has Day.Verified false and says so
// in its reason.
//
//   - Zones A, B and C, 2024-2025 and 2025-2026: arrêté of 7 December 2022, read day by day in the file of
//     vacances-scolaires (Licence Ouverte). Two things differ from that file: it lacks the Ascension bridges (that of 2025
//     is recalled, not verified), and it ends the summer of 2026 on 30 August, while lessons begin on 1 September.
//   - Zones A, B and C, 2026-2027: arrêté of October 2025. The first day, the autumn and the start of summer were read. The
//     end of Christmas, winter, spring and the bridge were recalled: not verified.
//   - Corsica 2024 to 2026, Martinique 2025-2026 and Réunion 2024 to 2027: read at second hand, not verified.
//   - No date is embedded for the other zones. [ReadDataset] reads the ministry's dataset fr-en-calendrier-scolaire, and
//     [Years.With] adds it.
//
// Public holidays are computed (code du travail, articles L3133-1, L3134-13 for Alsace and Moselle, L3422-2 and décret
// 83-1003 for the abolition of slavery overseas) and agree with those of data.gouv.fr for 2024 to 2028 in 13 territories.
//
// The texts: code de l'éducation, articles L521-1 and D521-1 to D521-10 (year, adaptations, week).
//
// Out of scope: hours of lessons and timetables; calendars of teachers; New Caledonia and Wallis and Futuna, whose school
// year is the calendar year; public holidays that only their collectivities keep; iCalendar files; days made up for that
// nobody told the place.
package calendar
