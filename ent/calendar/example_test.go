package calendar_test

import (
	"fmt"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/calendar"
)

func Example() {
	c, err := calendar.New(calendar.Default(), calendar.Place{
		Zone: calendar.ZoneC,
		Week: calendar.FourDays(),
		Overrides: []calendar.Override{{
			First: ent.Date{Year: 2026, Month: 5, Day: 20}, Effect: calendar.EffectFollow, Follows: time.Friday,
			Reason: ent.Label{FR: "rattrapage du 22 mai", EN: "instead of 22 May"},
		}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range []ent.Date{
		{Year: 2025, Month: 10, Day: 16},
		{Year: 2026, Month: 2, Day: 24},
		{Year: 2026, Month: 5, Day: 20},
		{Year: 2027, Month: 2, Day: 9},
	} {
		day, err := c.Day(d)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(day.Kind, "-", day.Reason(ent.FR))
	}
	// The deadline of a cancellation, two school days before.
	deadline, _ := c.AddSchoolDays(ent.Date{Year: 2025, Month: 11, Day: 3}, -2)
	fmt.Println("limite :", deadline.French())
	_, err = c.Day(ent.Date{Year: 2031, Month: 1, Day: 1})
	fmt.Println(err)
	// Output:
	// school - Jour de classe : jeudi, matin et après-midi.
	// holiday - Vacances d'hiver (zone C) : du 21/02/2026 au 08/03/2026.
	// catch-up - Classe ajoutée par une décision locale : mercredi, matin et après-midi, selon l'emploi du temps du vendredi (rattrapage du 22 mai).
	// holiday - Vacances d'hiver (zone C) : du 06/02/2027 au 21/02/2027. À vérifier : cette réponse repose sur des dates qui n'ont pas été confirmées par l'arrêté.
	// limite : 16/10/2025
	// calendar: 2031-01-01 is in no school year known for this place: nothing is assumed. [CAL-DATE-UNKNOWN]
}

func ExampleByISOWeek() {
	c, _ := calendar.New(calendar.Default(), calendar.Place{Zone: calendar.ZoneA, Week: calendar.WednesdayMorning()})
	weeks, _ := c.TaughtWeeks(2026)
	// 2026 has 53 weeks: the weeks before and after Christmas are both odd.
	for _, pair := range calendar.ByISOWeek(weeks, "A", "B").Repeats() {
		fmt.Println(pair[0], pair[1])
	}
	fmt.Println(len(calendar.ByRank(weeks).Repeats()))
	// Output:
	// 2026-12-14 2027-01-04
	// 0
}
