package calendar

import (
	"time"

	"github.com/opencartable/cartable/ent"
)

// Half is a half of a day.
type Half string

// The halves of a day; the empty one stands for both where a Half is optional.
const (
	Morning   Half = "morning"
	Afternoon Half = "afternoon"
)

// Halves says which halves of a day have lessons.
type Halves struct{ Morning, Afternoon bool }

func (h Halves) any() bool { return h.Morning || h.Afternoon }

func (h Halves) count() int {
	n := 0
	if h.Morning {
		n++
	}
	if h.Afternoon {
		n++
	}
	return n
}

// label says the halves in words.
func (h Halves) label(lang ent.Lang) string {
	switch {
	case h.Morning && h.Afternoon:
		return pick(lang, "matin et après-midi", "morning and afternoon")
	case h.Morning:
		return pick(lang, "matin", "morning")
	case h.Afternoon:
		return pick(lang, "après-midi", "afternoon")
	}
	return pick(lang, "fermé", "closed")
}

// set changes one half, or both for the empty Half.
func (h Halves) set(half Half, open bool) Halves {
	if half != Afternoon {
		h.Morning = open
	}
	if half != Morning {
		h.Afternoon = open
	}
	return h
}

// Week says which half-days of a week have lessons, by time.Weekday: Week[time.Monday]. It belongs to the commune or to
// the school, not to the zone (code de l'éducation, article D521-10).
type Week [7]Halves

// FourDays returns the most common week of the first degree: Monday, Tuesday, Thursday and Friday, morning and afternoon.
func FourDays() Week {
	full := Halves{true, true}
	return Week{time.Monday: full, time.Tuesday: full, time.Thursday: full, time.Friday: full}
}

// WednesdayMorning returns the week of nine half-days: four days and the morning of Wednesday. Most collèges have it too.
func WednesdayMorning() Week { return FourDays().With(time.Wednesday, Halves{Morning: true}) }

// With returns the week with another day.
func (w Week) With(day time.Weekday, h Halves) Week {
	w[day] = h
	return w
}

func weekdayName(d time.Weekday, lang ent.Lang) string {
	fr := [7]string{"dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"}
	return pick(lang, fr[d], d.String())
}

func pick(lang ent.Lang, fr, en string) string { return ent.Label{FR: fr, EN: en}.In(lang) }
