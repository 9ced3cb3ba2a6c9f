package schooltest

import (
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/booking"
	"github.com/opencartable/cartable/schoollife/gradebook"
)

// Resources are what the professionals of the school may book.
func (y *Year) Resources() []booking.Resource {
	var windows []booking.Window
	for d := 1; d <= weekDays; d++ {
		w := booking.Window{Day: d, Start: 8 * 60, End: 18 * 60}
		if d == 3 {
			w.End = 13 * 60
		}
		windows = append(windows, w)
	}
	id := func(name string) ent.ID { return y.establishment + "$" + ent.ID(name) }
	return []booking.Resource{
		{ID: id("informatique"), Label: "Salle informatique", Establishment: y.establishment, Available: true, Periodic: true, Windows: windows, MaxDelay: 60 * 24 * time.Hour},
		{ID: id("tablettes"), Label: "Chariot de tablettes", Establishment: y.establishment, Available: true, Periodic: true, Quantity: 15, Windows: windows},
		{ID: id("polyvalente"), Label: "Salle polyvalente", Establishment: y.establishment, Available: true, Moderated: true, Windows: windows, MinDelay: 24 * time.Hour},
	}
}

// Bookings are those of the school's teachers from a day to another, both included, in the zone of the school: on most school days one of
// each resource, at the hour of a lesson, none of which overlap.
func (y *Year) Bookings(from, to ent.Date, zone *time.Location) []booking.Booking {
	var out []booking.Booking
	grid := places()
	t := y.Timetable()
	for on := from; !to.Before(on); on = on.AddDays(1) {
		week, day := t.Year.Week(on)
		if day > weekDays || !y.grid.taught.Has(week) {
			continue
		}
		for _, r := range y.Resources() {
			rng := y.academy.Rand("booking "+on.String(), r.ID)
			if rng.IntN(3) == 0 {
				continue
			}
			p := grid[rng.IntN(perDay/2)] // a morning
			by := y.someTeacher(rng.IntN)
			b := booking.Booking{
				ID: ent.ID(on.String() + "/" + string(r.ID)), Resource: r.ID, Owner: by, Quantity: 1 + rng.IntN(r.Units()), Status: booking.StatusValidated,
				Span: booking.Span{Start: booking.Moment{Date: on, At: p.Start}, End: booking.Moment{Date: on, At: p.End}}, Made: on.AddDays(-3).Time(time.UTC), Version: 1,
				Label: "Séance de la classe",
			}
			out = append(out, b.In(zone))
		}
	}
	return out
}

func (y *Year) someTeacher(draw func(int) int) ent.ID {
	var list []gradebook.Teacher
	for i := range y.teachings {
		list = append(list, y.teachings[i].Teachers...)
	}
	return list[draw(len(list))].ID
}
