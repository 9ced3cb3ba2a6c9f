package attendance

import (
	"log/slog"
	"slices"
	"time"

	"github.com/opencartable/cartable/ent"
)

// Level is a number of complete half-days without a legitimate motive in one month, from which the law asks something.
type Level int

// The levels of circulaire 2014-159 of 24 December 2014.
const (
	// LevelFour: the educational team meets.
	LevelFour Level = 4
	// LevelTen: the academic director is told (R131-7), a help plan is made.
	LevelTen Level = 10
)

// Window is how "one month" is read.
type Window string

// The windows.
const (
	// WindowMonth is a calendar month.
	WindowMonth Window = "month"
	// WindowSliding is 30 days that end on the day that is looked at.
	WindowSliding Window = "sliding"
)

const slidingDays = 30

// Crossing is when a pupil's count came to a level.
type Crossing struct {
	Level  Level   `json:"level"`
	Window Window  `json:"window"`
	At     HalfDay `json:"at"`
}

// Reached returns the first half-day at which the count of a window came to a level; false when it never did. Half-days are in
// order, each once.
func Reached(half []HalfDay, l Level, w Window) (HalfDay, bool) {
	for x := range crossings(half, l, w) {
		return x.At, true
	}
	return HalfDay{}, false
}

// Crossings returns all of them, for both levels, in order of time: each time that a count comes to a level from below.
func Crossings(half []HalfDay, w Window) []Crossing {
	var out []Crossing
	for _, l := range []Level{LevelFour, LevelTen} {
		for x := range crossings(half, l, w) {
			out = append(out, x)
		}
	}
	slices.SortStableFunc(out, func(a, b Crossing) int { return a.At.Compare(b.At) })
	return out
}

func crossings(half []HalfDay, l Level, w Window) func(yield func(Crossing) bool) {
	return func(yield func(Crossing) bool) {
		first := 0 // the first half-day of the window
		below := true
		for i, h := range half {
			before := i - first // how many the window had
			for first < i && !sameWindow(half[first], h, w) {
				first++
			}
			if i-first < before { // it lost some, and may come to the level again
				below = below || i-first < int(l)
			}
			if n := i - first + 1; n >= int(l) && below {
				below = false
				if !yield(Crossing{l, w, h}) {
					return
				}
			}
		}
	}
}

func sameWindow(first, h HalfDay, w Window) bool {
	if w == WindowMonth {
		return first.Date.Year == h.Date.Year && first.Date.Month == h.Date.Month
	}
	return dayNumber(h.Date)-dayNumber(first.Date) < slidingDays
}

// LegalAlert is a level that a pupil came to, and what became of it.
type LegalAlert struct {
	Pupil ent.ID `json:"pupil"`
	Crossing
	Raised time.Time `json:"raised"`
	// Sent is when somebody was told; zero while nobody was.
	Sent time.Time `json:"sent,omitzero"`
	// Closed is when it fell after it was sent, because absences were accepted meanwhile.
	Closed time.Time `json:"closed,omitzero"`
}

// LogValue shows the level.
func (a LegalAlert) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("level", int(a.Level)), slog.String("window", string(a.Window)))
}

// Review returns the alerts of one pupil after its half-days were counted again, at an instant. A new crossing raises one; one that
// holds no longer disappears when nobody was told, and is closed when somebody was, so that its end can be told too. A crossing
// that moves to another half-day of the same month, for instance since an absence was entered later, keeps its alert.
func Review(had []LegalAlert, pupil ent.ID, now []Crossing, at time.Time) []LegalAlert {
	var out []LegalAlert
	left := slices.Clone(now)
	for _, a := range had {
		if !a.Closed.IsZero() {
			out = append(out, a)
			continue
		}
		i := slices.IndexFunc(left, func(c Crossing) bool { return c.Level == a.Level && c.Window == a.Window && near(c.At, a.At, a.Window) })
		switch {
		case i >= 0:
			a.Crossing = left[i]
			left = slices.Delete(left, i, i+1)
			out = append(out, a)
		case !a.Sent.IsZero():
			a.Closed = at
			out = append(out, a)
		}
	}
	for _, c := range left {
		out = append(out, LegalAlert{Pupil: pupil, Crossing: c, Raised: at})
	}
	return out
}

// near reports whether two half-days may be the same crossing.
func near(a, b HalfDay, w Window) bool {
	if b.Compare(a) < 0 {
		a, b = b, a
	}
	return sameWindow(a, b, w)
}
