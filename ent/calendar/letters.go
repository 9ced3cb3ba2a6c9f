package calendar

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/opencartable/cartable/ent"
)

// WeekLetter gives a week its letter, or whatever name a school gives to alternate weeks: A, Q1, SA.
type WeekLetter struct {
	Monday ent.Date `json:"monday"`
	Letter string   `json:"letter"`
}

// Alternation is the explicit list of the letters of weeks: what real exports carry, and what is stored. [ByRank] and
// [ByISOWeek] make one. It never changes. The zero Alternation has no week.
type Alternation struct{ weeks []WeekLetter }

// NewAlternation returns the list of some weeks, in any order. It returns CodeWeekLetter when a day is no Monday, a letter
// is missing or a week has two.
func NewAlternation(weeks ...WeekLetter) (Alternation, error) {
	a := Alternation{slices.Clone(weeks)}
	slices.SortStableFunc(a.weeks, func(x, y WeekLetter) int {
		return cmp.Or(x.Monday.Compare(y.Monday), cmp.Compare(x.Letter, y.Letter))
	})
	a.weeks = slices.Compact(a.weeks)
	for i, w := range a.weeks {
		if w.Monday.IsZero() || w.Monday != monday(w.Monday) || w.Letter == "" || i > 0 && a.weeks[i-1].Monday == w.Monday {
			return Alternation{}, fail(CodeWeekLetter, ent.DateOf("date", w.Monday))
		}
	}
	return a, nil
}

// ByRank gives the letters in turn to the weeks of lessons, holidays skipped: the first has the first letter. This is
// what families expect. The letters are A and B when none is given.
func ByRank(weeks []TaughtWeek, letters ...string) Alternation {
	if len(letters) == 0 {
		letters = []string{"A", "B"}
	}
	return generate(weeks, func(i int, _ TaughtWeek) string { return letters[i%len(letters)] })
}

// ByISOWeek gives one letter to the weeks of odd ISO number and another to those of even number. It is simple and it gives
// the same letter to two weeks of lessons in a row after a year of 53 weeks, such as 2026: see [Alternation.Repeats].
func ByISOWeek(weeks []TaughtWeek, odd, even string) Alternation {
	return generate(weeks, func(_ int, w TaughtWeek) string {
		if w.ISOWeek%2 == 1 {
			return odd
		}
		return even
	})
}

func generate(weeks []TaughtWeek, letter func(int, TaughtWeek) string) Alternation {
	a := Alternation{make([]WeekLetter, len(weeks))}
	for i, w := range weeks {
		a.weeks[i] = WeekLetter{w.Monday, letter(i, w)}
	}
	return a
}

// Letter returns the letter of the week of a day, and false for a week that is not in the list.
func (a Alternation) Letter(d ent.Date) (string, bool) {
	if d.IsZero() {
		return "", false
	}
	i, ok := slices.BinarySearchFunc(a.weeks, monday(d), func(w WeekLetter, m ent.Date) int { return w.Monday.Compare(m) })
	if !ok {
		return "", false
	}
	return a.weeks[i].Letter, true
}

// Weeks returns the list, in order.
func (a Alternation) Weeks() []WeekLetter { return slices.Clone(a.weeks) }

// Count returns the number of weeks that have a letter.
func (a Alternation) Count(letter string) int {
	return len(filter(a.weeks, func(w WeekLetter) bool { return w.Letter == letter }))
}

// Repeats returns the pairs of weeks that follow each other in the list with the same letter, by their Mondays.
func (a Alternation) Repeats() [][2]ent.Date {
	var out [][2]ent.Date
	for i := 1; i < len(a.weeks); i++ {
		if a.weeks[i-1].Letter == a.weeks[i].Letter {
			out = append(out, [2]ent.Date{a.weeks[i-1].Monday, a.weeks[i].Monday})
		}
	}
	return out
}

// MarshalJSON writes the list.
func (a Alternation) MarshalJSON() ([]byte, error) {
	if a.weeks == nil {
		return []byte("[]"), nil
	}
	return json.Marshal(a.weeks)
}

// UnmarshalJSON reads what MarshalJSON wrote. Its error is that of [NewAlternation].
func (a *Alternation) UnmarshalJSON(b []byte) error {
	var weeks []WeekLetter
	if err := json.Unmarshal(b, &weeks); err != nil {
		return fmt.Errorf("calendar: weeks: %w", err)
	}
	v, err := NewAlternation(weeks...)
	if err != nil {
		return err
	}
	*a = v
	return nil
}
