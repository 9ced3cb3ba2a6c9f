package booking

import (
	"fmt"
	"slices"

	"github.com/opencartable/cartable/ent"
)

// MaxOccurrences is how many occurrences a recurrence has at the most: every day of a school year.
const MaxOccurrences = 400

// Recurrence repeats a booking on days of the week.
type Recurrence struct {
	// Days are those of the week, 1 for Monday to 7 for Sunday.
	Days []int `json:"days"`
	// Every is how many weeks lie between two: 1 for each week. Weeks begin on Monday, and the first is that of the first booking,
	// which counts even when none of its days is left.
	Every int `json:"every"`
	// Until is the last local day on which an occurrence may begin, included; Count is how many there are. One of both is given.
	Until ent.Date `json:"until,omitzero"`
	Count int      `json:"count,omitempty"`
}

func (r *Recurrence) valid() bool {
	for _, d := range r.Days {
		if d < 1 || d > 7 {
			return false
		}
	}
	return len(r.Days) > 0 && r.Every >= 1 && r.Every <= 53 && r.Count >= 0 && r.Until.IsZero() == (r.Count > 0)
}

// Occurrences returns the spans of a recurrence in order, each at the local times of the first one. They begin on the day of the
// first one or later: on that day itself when it is one of the days. It returns CodeRange for a span that is none, CodeRecurrence
// for a recurrence that is none or has no occurrence, and CodeManyOccurrences rather than cutting a long one short.
func (r *Recurrence) Occurrences(first Span) ([]Span, error) {
	if !first.valid() {
		return nil, fmt.Errorf("booking: recurrence: %w", CodeRange)
	}
	if !r.valid() {
		return nil, fmt.Errorf("booking: recurrence: %w", CodeRecurrence)
	}
	if r.Count > MaxOccurrences {
		return nil, fmt.Errorf("booking: recurrence: %w", CodeManyOccurrences)
	}
	days := slices.Clone(r.Days)
	slices.Sort(days)
	days = slices.Compact(days)
	offset := 1 - isoDay(first.Start.Date) // from the first booking to the Monday of its week
	var out []Span
	for week := 0; ; week += r.Every {
		for _, d := range days {
			n := offset + 7*week + d - 1
			if n < 0 {
				continue
			}
			s := first.AddDays(n)
			if r.Count > 0 && len(out) == r.Count || r.Count == 0 && r.Until.Before(s.Start.Date) {
				if len(out) == 0 {
					return nil, fmt.Errorf("booking: recurrence: %w", CodeRecurrence)
				}
				return out, nil
			}
			if len(out) == MaxOccurrences {
				return nil, fmt.Errorf("booking: recurrence: %w", CodeManyOccurrences)
			}
			out = append(out, s)
		}
	}
}
