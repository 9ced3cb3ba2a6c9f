package booking_test

import (
	"fmt"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/booking"
)

// The rules alone, over bookings that the caller holds: what a recurrence is, and what stands in its way.
func Example() {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		fmt.Println(err)
		return
	}
	start, _ := booking.ParseMoment("2026-10-19T17:00")
	end, _ := booking.ParseMoment("2026-10-19T18:30")
	every := booking.Recurrence{Days: []int{1}, Every: 1, Count: 2}
	spans, err := every.Occurrences(booking.Span{Start: start, End: end})
	if err != nil {
		fmt.Println(err)
		return
	}
	tablets := booking.Resource{ID: "tablets", Establishment: "e", Quantity: 10, Available: true, MinDelay: 24 * time.Hour}
	held := []booking.Booking{
		booking.Booking{ID: "b1", Span: spans[1], Quantity: 6, Status: booking.StatusValidated}.In(paris),
		booking.Booking{ID: "b2", Span: spans[1], Quantity: 4, Status: booking.StatusRefused}.In(paris),
	}
	ask := booking.Ask{Now: time.Date(2026, 10, 12, 9, 0, 0, 0, paris), Zone: paris}
	for _, s := range spans {
		want := booking.Booking{ID: "new", Span: s, Quantity: 5}.In(paris)
		fmt.Println(want.Starts.Format(time.RFC3339), tablets.Check(&want, ask), booking.Conflicts(held, &want, tablets.Units()))
	}
	fmt.Println(booking.StatusCreated.Label(ent.FR))
	// Output:
	// 2026-10-19T15:00:00Z <nil> []
	// 2026-10-26T16:00:00Z <nil> [b1]
	// en attente de validation
}
