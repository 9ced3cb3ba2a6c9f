package fet_test

import (
	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/interop/fet"
)

// every is a problem with each constraint that has a type; it can be solved.
func every() *fet.Problem {
	soft := fet.Soft(decimal.RequireFromString("62.5"))
	p := &fet.Problem{
		Institution: "Collège <des> \"Exemples\" & Cie", Days: []string{"lundi", "mardi"}, Hours: []string{"08:00", "09:00", "10:00", "11:00"},
		Subjects: []string{"Français", "EPS"}, Tags: []string{"long"}, Teachers: []string{"P1", "P2"}, Buildings: []string{"B"},
		Rooms: []fet.Room{{"S1", "B", 60}, {"S2", "", 40}},
		Years: []fet.Year{{"6A", 20, []fet.Group{
			{"6A LV2", 12, []fet.Subgroup{{"6A a01", 2}, {"6A a02", 10}}}, {"6A sport", 10, []fet.Subgroup{{"6A a02", 10}}}, {"6A autres", 8, []fet.Subgroup{{"6A a03", 8}}},
		}}, {"6B", 25, nil}},
	}
	add := func(group, total, duration int, teacher, subject string, students ...string) {
		a := fet.Activity{ID: len(p.Activities) + 1, Group: group, Subject: subject, Students: students, Duration: duration, Total: total, Comments: "c"}
		if teacher != "" {
			a.Teachers = []string{teacher}
		}
		p.Activities = append(p.Activities, a)
	}
	add(1, 2, 1, "P1", "Français", "6A")
	add(1, 2, 1, "P1", "Français", "6A")
	add(3, 2, 1, "P2", "EPS", "6A LV2", "6B")
	add(3, 2, 1, "P2", "EPS", "6A LV2", "6B")
	add(0, 1, 1, "P1", "EPS", "6A autres")
	add(0, 2, 2, "", "EPS", "6B")
	p.Activities[5].Tags = []string{"long"}
	p.Constraints = []fet.Constraint{
		&fet.BasicCompulsoryTime{Base: fet.Hard()},
		&fet.BreakTimes{Base: fet.Hard(), Times: []fet.Slot{{"lundi", "11:00"}}},
		&fet.MinDaysBetweenActivities{Base: soft, ConsecutiveIfSameDay: true, Activities: []int{1, 2}, MinDays: 2}, // always broken
		&fet.MaxDaysBetweenActivities{Base: fet.Hard(), Activities: []int{3, 4}, MaxDays: 1},
		&fet.StudentsSetNotAvailableTimes{Base: fet.Hard(), Students: "6A autres", Times: []fet.Slot{{"mardi", "11:00"}}},
		&fet.TeacherNotAvailableTimes{Base: fet.Hard(), Teacher: "P2", Times: []fet.Slot{{"mardi", "11:00"}, {"lundi", "08:00"}}},
		&fet.StudentsMaxGapsPerWeek{Base: fet.Hard(), MaxGaps: 3},
		&fet.StudentsSetMaxGapsPerWeek{Base: fet.Hard(), MaxGaps: 2, Students: "6B"},
		&fet.TeachersMaxGapsPerWeek{Base: fet.Hard(), MaxGaps: 3},
		&fet.TeacherMaxGapsPerDay{Base: fet.Hard(), Teacher: "P1", MaxGaps: 2},
		&fet.TeacherMaxHoursDaily{Base: fet.Hard(), Teacher: "P1", Hours: 3},
		&fet.StudentsSetMaxHoursDaily{Base: fet.Hard(), Hours: 4, Students: "6A"},
		&fet.ActivitiesSameStartingTime{Base: fet.Hard(), Activities: []int{3, 5}},
		&fet.ActivityPreferredStartingTime{Base: soft, Activity: 1, Day: "lundi", Hour: "09:00"},
		&fet.TwoActivitiesOrderedIfSameDay{Base: fet.Hard(), First: 3, Second: 6},
		&fet.BasicCompulsorySpace{Base: fet.Hard()},
		&fet.ActivityPreferredRoom{Base: fet.Hard(), Activity: 1, Room: "S1", Locked: true},
		&fet.ActivityPreferredRooms{Base: fet.Hard(), Activity: 3, Rooms: []string{"S1", "S2"}},
		&fet.TeacherHomeRoom{Base: fet.Hard(), Teacher: "P1", Room: "S2"},
	}
	return p
}
