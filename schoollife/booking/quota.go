package booking

import (
	"time"

	"github.com/opencartable/cartable/ent"
)

// Per is the period of a quota.
type Per string

// The periods: a week from Monday, a month of the calendar.
const (
	PerWeek  Per = "week"
	PerMonth Per = "month"
)

// Label returns the period in words.
func (p Per) Label(lang ent.Lang) string {
	l := ent.Label{FR: string(p), EN: string(p)}
	switch p {
	case PerWeek:
		l = ent.Label{FR: "par semaine", EN: "a week"}
	case PerMonth:
		l = ent.Label{FR: "par mois", EN: "a month"}
	}
	return l.In(lang)
}

// Quota is how much one person may book of a resource in a period: so many bookings, so many minutes, or both; 0 does not bound. A
// booking counts in the period in which it begins, as long as it holds.
type Quota struct {
	Per     Per `json:"per"`
	Count   int `json:"count,omitempty"`
	Minutes int `json:"minutes,omitempty"`
}

func (q *Quota) valid() bool {
	return (q.Per == PerWeek || q.Per == PerMonth) && q.Count >= 0 && q.Minutes >= 0 && q.Count+q.Minutes > 0
}

// first returns the first day of the period of a day.
func (p Per) first(d ent.Date) ent.Date {
	if p == PerMonth {
		d.Day = 1
		return d
	}
	return monday(d)
}

// exceeds reports whether a booking would bring its owner beyond a quota, given what is held.
func (q *Quota) exceeds(held []Booking, b *Booking) bool {
	count, length := 1, b.Ends.Sub(b.Starts)
	period := q.Per.first(b.Start.Date)
	for i := range held {
		h := &held[i]
		if h.Owner == b.Owner && h.ID != b.ID && h.Status.Holds() && q.Per.first(h.Start.Date) == period {
			count++
			length += h.Ends.Sub(h.Starts)
		}
	}
	return q.Count > 0 && count > q.Count || q.Minutes > 0 && length > time.Duration(q.Minutes)*time.Minute
}

// quotaDays is how far from a booking those may begin that are of its period.
const quotaDays = 32 * 24 * time.Hour
