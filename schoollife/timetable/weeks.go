package timetable

import (
	"fmt"
	"iter"
	"math/bits"
	"strconv"
	"time"

	"github.com/opencartable/cartable/ent"
)

// Weeks is a set of weeks of a school year, counted from 1 to 63: bit i is week i. Bit 0 means nothing, and is ignored.
type Weeks uint64

// AllWeeks is every week.
const AllWeeks Weeks = 1<<64 - 2

// WeeksOf returns a set of weeks; those out of 1 to 63 are left out.
func WeeksOf(list ...int) Weeks {
	var w Weeks
	for _, n := range list {
		if n >= 1 && n <= 63 {
			w |= 1 << n
		}
	}
	return w
}

// ParseWeeks reads the unsigned number of 64 bits that partners' exports write. It returns CodeWeeks for anything else.
func ParseWeeks(s string) (Weeks, error) {
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("timetable: weeks: %w", CodeWeeks)
	}
	return Weeks(n) &^ 1, nil
}

// Has reports whether a week is in the set.
func (w Weeks) Has(week int) bool { return week >= 1 && week <= 63 && w>>week&1 == 1 }

// Count returns how many weeks the set has.
func (w Weeks) Count() int { return bits.OnesCount64(uint64(w &^ 1)) }

// All ranges over the weeks, in order.
func (w Weeks) All() iter.Seq[int] {
	return func(yield func(int) bool) {
		for rest := uint64(w &^ 1); rest != 0; rest &= rest - 1 {
			if !yield(bits.TrailingZeros64(rest)) {
				return
			}
		}
	}
}

// Year is a school year as a timetable counts it.
type Year struct {
	// First and Last are the days between which there are lessons, included.
	First ent.Date `json:"first"`
	Last  ent.Date `json:"last"`
	// Week1 is the Monday of week 1.
	Week1 ent.Date `json:"week1"`
}

// Date returns the day of a week: 1 is Monday.
func (y Year) Date(week, day int) ent.Date { return y.Week1.AddDays((week-1)*7 + day - 1) }

// Week returns the week and the day (1 is Monday) of a date.
func (y Year) Week(on ent.Date) (week, day int) {
	n := int(on.Time(time.UTC).Sub(y.Week1.Time(time.UTC)) / (24 * time.Hour)) // days of UTC have 24 hours
	if n < 0 {
		return (n-6)/7 + 1, (n%7+7)%7 + 1
	}
	return n/7 + 1, n%7 + 1
}

// Contains reports whether a date is between the first and the last day.
func (y Year) Contains(on ent.Date) bool { return !on.Before(y.First) && !y.Last.Before(on) }

// Letter is the half of a fortnight: A or B, Q1 or Q2.
type Letter string

// The letters.
const (
	LetterA Letter = "A"
	LetterB Letter = "B"
)

// LettersByRank gives the weeks that are taught the letters A and B in turn, the first one A, holidays skipped: what people
// expect.
func LettersByRank(taught Weeks) (a, b Weeks) {
	odd := true
	for n := range taught.All() {
		if odd {
			a |= 1 << n
		} else {
			b |= 1 << n
		}
		odd = !odd
	}
	return a, b
}

// LettersByISOWeek gives odd weeks of ISO 8601 the letter A, even ones B. Twice the same letter follows in a year of 53 weeks:
// see Repeated.
func LettersByISOWeek(y Year, taught Weeks) (a, b Weeks) {
	for n := range taught.All() {
		if _, iso := y.Date(n, 4).Time(time.UTC).ISOWeek(); iso%2 == 1 {
			a |= 1 << n
		} else {
			b |= 1 << n
		}
	}
	return a, b
}

// Repeated returns the weeks that have the letter of the taught week before them, which no alternation wants.
func Repeated(taught, a Weeks) Weeks {
	var out Weeks
	before := 0
	for n := range taught.All() {
		if before > 0 && a.Has(n) == a.Has(before) {
			out |= 1 << n
		}
		before = n
	}
	return out
}
