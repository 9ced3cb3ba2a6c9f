package fet

import (
	"github.com/shopspring/decimal"
)

// Constraint is a constraint of FET: a pointer to one of the types of this package.
type Constraint interface {
	// Tag is the name of the constraint in the file, such as ConstraintBreakTimes.
	Tag() string
	// Common returns what all constraints have.
	Common() *Base
	// space is true for a constraint of space.
	space() bool
	// body reads, writes or checks what is its own.
	body(c *codec)
	// broken counts how often a solution breaks it; false when this package does not judge it.
	broken(e *evaluation) (int, bool)
}

// Base is what all constraints have.
type Base struct {
	// Weight is a percentage: 100 for a constraint that no solution may break. See [Hard] and [Soft].
	Weight   decimal.Decimal
	Inactive bool
	Comments string
}

// Common returns the base.
func (b *Base) Common() *Base { return b }

// Hard returns the base of a constraint that no solution may break.
func Hard() Base { return Base{Weight: decimal.NewFromInt(100)} }

// Soft returns the base of a constraint that costs weight / 100 each time it is broken.
func Soft(weight decimal.Decimal) Base { return Base{Weight: weight} }

// Slot is an hour of a day, by their names.
type Slot struct{ Day, Hour string }

// The constraints that have a type, named as in the file.
type (
	// BasicCompulsoryTime says that nobody is in two places at once. Every problem has it.
	BasicCompulsoryTime struct{ Base }
	// BasicCompulsorySpace says that no room is used twice at once. Every problem has it.
	BasicCompulsorySpace struct{ Base }
	// BreakTimes are hours in which nothing is.
	BreakTimes struct {
		Base
		Times []Slot
	}
	// MinDaysBetweenActivities spreads activities: two of them are so many days apart. It costs once for each day that is
	// missing, for each pair; two of one day are next to each other when ConsecutiveIfSameDay says so.
	MinDaysBetweenActivities struct {
		Base
		ConsecutiveIfSameDay bool
		Activities           []int
		MinDays              int
	}
	// MaxDaysBetweenActivities gathers activities.
	MaxDaysBetweenActivities struct {
		Base
		Activities []int
		MaxDays    int
	}
	// StudentsSetNotAvailableTimes are hours in which a set is not there.
	StudentsSetNotAvailableTimes struct {
		Base
		Students string
		Times    []Slot
	}
	// TeacherNotAvailableTimes are hours in which a teacher is not there.
	TeacherNotAvailableTimes struct {
		Base
		Teacher string
		Times   []Slot
	}
	// StudentsMaxGapsPerWeek bounds the idle hours of all pupils, in a week.
	StudentsMaxGapsPerWeek struct {
		Base
		MaxGaps int
	}
	// StudentsSetMaxGapsPerWeek bounds the idle hours of the pupils of a set, in a week.
	StudentsSetMaxGapsPerWeek struct {
		Base
		MaxGaps  int
		Students string
	}
	// TeachersMaxGapsPerWeek bounds the idle hours of all teachers, in a week.
	TeachersMaxGapsPerWeek struct {
		Base
		MaxGaps int
	}
	// TeacherMaxGapsPerDay bounds the idle hours of a teacher, in a day.
	TeacherMaxGapsPerDay struct {
		Base
		Teacher string
		MaxGaps int
	}
	// TeacherMaxHoursDaily bounds the hours of a teacher, in a day.
	TeacherMaxHoursDaily struct {
		Base
		Teacher string
		Hours   int
	}
	// StudentsSetMaxHoursDaily bounds the hours of the pupils of a set, in a day.
	StudentsSetMaxHoursDaily struct {
		Base
		Hours    int
		Students string
	}
	// ActivitiesSameStartingTime has activities begin together.
	ActivitiesSameStartingTime struct {
		Base
		Activities []int
	}
	// ActivityPreferredStartingTime has an activity begin at an hour of a day.
	ActivityPreferredStartingTime struct {
		Base
		Activity  int
		Day, Hour string
		Locked    bool
	}
	// TwoActivitiesOrderedIfSameDay has an activity end before another begins, on a day that has both.
	TwoActivitiesOrderedIfSameDay struct {
		Base
		First, Second int
	}
	// ActivityPreferredRoom has an activity in a room.
	ActivityPreferredRoom struct {
		Base
		Activity int
		Room     string
		Locked   bool
	}
	// ActivityPreferredRooms has an activity in one of several rooms.
	ActivityPreferredRooms struct {
		Base
		Activity int
		Rooms    []string
	}
	// TeacherHomeRoom gives a teacher a room, where the activities have none of their own. It is not judged.
	TeacherHomeRoom struct {
		Base
		Teacher, Room string
	}
	// Untyped is any other constraint, kept as it is.
	Untyped struct {
		Base
		// Name is the tag; Space says in which list it stands.
		Name  string
		Space bool
		inner []*node
	}
)

// typed makes a constraint of a tag, nil for one that has no type.
func typed(tag string) Constraint {
	for _, k := range []Constraint{
		&BasicCompulsoryTime{}, &BasicCompulsorySpace{}, &BreakTimes{}, &MinDaysBetweenActivities{}, &MaxDaysBetweenActivities{},
		&StudentsSetNotAvailableTimes{}, &TeacherNotAvailableTimes{}, &StudentsMaxGapsPerWeek{}, &StudentsSetMaxGapsPerWeek{}, &TeachersMaxGapsPerWeek{},
		&TeacherMaxGapsPerDay{}, &TeacherMaxHoursDaily{}, &StudentsSetMaxHoursDaily{}, &ActivitiesSameStartingTime{}, &ActivityPreferredStartingTime{},
		&TwoActivitiesOrderedIfSameDay{}, &ActivityPreferredRoom{}, &ActivityPreferredRooms{}, &TeacherHomeRoom{},
	} {
		if k.Tag() == tag {
			return k
		}
	}
	return nil
}

// Tag is the name in the file.
func (*BasicCompulsoryTime) Tag() string { return "ConstraintBasicCompulsoryTime" }

// Tag is the name in the file.
func (*BasicCompulsorySpace) Tag() string { return "ConstraintBasicCompulsorySpace" }

// Tag is the name in the file.
func (*BreakTimes) Tag() string { return "ConstraintBreakTimes" }

// Tag is the name in the file.
func (*MinDaysBetweenActivities) Tag() string { return "ConstraintMinDaysBetweenActivities" }

// Tag is the name in the file.
func (*MaxDaysBetweenActivities) Tag() string { return "ConstraintMaxDaysBetweenActivities" }

// Tag is the name in the file.
func (*StudentsSetNotAvailableTimes) Tag() string { return "ConstraintStudentsSetNotAvailableTimes" }

// Tag is the name in the file.
func (*TeacherNotAvailableTimes) Tag() string { return "ConstraintTeacherNotAvailableTimes" }

// Tag is the name in the file.
func (*StudentsMaxGapsPerWeek) Tag() string { return "ConstraintStudentsMaxGapsPerWeek" }

// Tag is the name in the file.
func (*StudentsSetMaxGapsPerWeek) Tag() string { return "ConstraintStudentsSetMaxGapsPerWeek" }

// Tag is the name in the file.
func (*TeachersMaxGapsPerWeek) Tag() string { return "ConstraintTeachersMaxGapsPerWeek" }

// Tag is the name in the file.
func (*TeacherMaxGapsPerDay) Tag() string { return "ConstraintTeacherMaxGapsPerDay" }

// Tag is the name in the file.
func (*TeacherMaxHoursDaily) Tag() string { return "ConstraintTeacherMaxHoursDaily" }

// Tag is the name in the file.
func (*StudentsSetMaxHoursDaily) Tag() string { return "ConstraintStudentsSetMaxHoursDaily" }

// Tag is the name in the file.
func (*ActivitiesSameStartingTime) Tag() string { return "ConstraintActivitiesSameStartingTime" }

// Tag is the name in the file.
func (*ActivityPreferredStartingTime) Tag() string { return "ConstraintActivityPreferredStartingTime" }

// Tag is the name in the file.
func (*TwoActivitiesOrderedIfSameDay) Tag() string { return "ConstraintTwoActivitiesOrderedIfSameDay" }

// Tag is the name in the file.
func (*ActivityPreferredRoom) Tag() string { return "ConstraintActivityPreferredRoom" }

// Tag is the name in the file.
func (*ActivityPreferredRooms) Tag() string { return "ConstraintActivityPreferredRooms" }

// Tag is the name in the file.
func (*TeacherHomeRoom) Tag() string { return "ConstraintTeacherHomeRoom" }

// Tag is the name in the file.
func (k *Untyped) Tag() string { return k.Name }

func (*Base) space() bool                   { return false }
func (*BasicCompulsorySpace) space() bool   { return true }
func (*ActivityPreferredRoom) space() bool  { return true }
func (*ActivityPreferredRooms) space() bool { return true }
func (*TeacherHomeRoom) space() bool        { return true }
func (k *Untyped) space() bool              { return k.Space }

func (*Base) body(*codec) {}

func (k *BreakTimes) body(c *codec) { c.slots("Number_of_Break_Times", "Break_Time", &k.Times) }

func (k *MinDaysBetweenActivities) body(c *codec) {
	c.yes("Consecutive_If_Same_Day", &k.ConsecutiveIfSameDay)
	c.activities(&k.Activities)
	c.number("MinDays", &k.MinDays)
}

func (k *MaxDaysBetweenActivities) body(c *codec) {
	c.activities(&k.Activities)
	c.number("MaxDays", &k.MaxDays)
}

func (k *StudentsSetNotAvailableTimes) body(c *codec) {
	c.students(&k.Students)
	c.slots("Number_of_Not_Available_Times", "Not_Available_Time", &k.Times)
}

func (k *TeacherNotAvailableTimes) body(c *codec) {
	c.teacher("Teacher", &k.Teacher)
	c.slots("Number_of_Not_Available_Times", "Not_Available_Time", &k.Times)
}

func (k *StudentsMaxGapsPerWeek) body(c *codec) { c.number("Max_Gaps", &k.MaxGaps) }

func (k *StudentsSetMaxGapsPerWeek) body(c *codec) {
	c.number("Max_Gaps", &k.MaxGaps)
	c.students(&k.Students)
}

func (k *TeachersMaxGapsPerWeek) body(c *codec) { c.number("Max_Gaps", &k.MaxGaps) }

func (k *TeacherMaxGapsPerDay) body(c *codec) {
	c.teacher("Teacher_Name", &k.Teacher)
	c.number("Max_Gaps", &k.MaxGaps)
}

func (k *TeacherMaxHoursDaily) body(c *codec) {
	c.teacher("Teacher_Name", &k.Teacher)
	c.number("Maximum_Hours_Daily", &k.Hours)
}

func (k *StudentsSetMaxHoursDaily) body(c *codec) {
	c.number("Maximum_Hours_Daily", &k.Hours)
	c.students(&k.Students)
}

func (k *ActivitiesSameStartingTime) body(c *codec) { c.activities(&k.Activities) }

func (k *ActivityPreferredStartingTime) body(c *codec) {
	c.activity("Activity_Id", &k.Activity)
	c.slot("Preferred_Day", "Preferred_Hour", &k.Day, &k.Hour)
	c.yes("Permanently_Locked", &k.Locked)
}

func (k *TwoActivitiesOrderedIfSameDay) body(c *codec) {
	c.activity("First_Activity_Id", &k.First)
	c.activity("Second_Activity_Id", &k.Second)
}

func (k *ActivityPreferredRoom) body(c *codec) {
	c.activity("Activity_Id", &k.Activity)
	c.room("Room", &k.Room)
	c.yes("Permanently_Locked", &k.Locked)
}

func (k *ActivityPreferredRooms) body(c *codec) {
	c.activity("Activity_Id", &k.Activity)
	c.rooms("Number_of_Preferred_Rooms", "Preferred_Room", &k.Rooms)
}

func (k *TeacherHomeRoom) body(c *codec) {
	c.teacher("Teacher", &k.Teacher)
	c.room("Room", &k.Room)
}

func (k *Untyped) body(c *codec) {
	if c.out != nil {
		for _, n := range k.inner {
			c.out.node(n)
		}
	}
}
