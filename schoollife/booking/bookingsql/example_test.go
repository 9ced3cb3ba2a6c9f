package bookingsql_test

import (
	"context"
	"fmt"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/sqldb/open"
	"github.com/opencartable/cartable/schoollife/booking"
	"github.com/opencartable/cartable/schoollife/booking/bookingsql"
)

// Two want one room: the second is told who has it.
func Example() {
	ctx := context.Background()
	db, err := open.SQLite(ctx, ":memory:", open.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = db.Close() }()
	if err := db.Migrate(ctx, bookingsql.Schema()); err != nil {
		fmt.Println(err)
		return
	}
	store := bookingsql.New(db)
	at := time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC)
	lab, err := store.PutResource(ctx, "college", booking.Resource{ID: "lab", Label: "Labo", Establishment: "e", Available: true}, at)
	if err != nil {
		fmt.Println(err)
		return
	}
	start, _ := booking.ParseMoment("2026-09-07T10:00")
	end, _ := booking.ParseMoment("2026-09-07T11:00")
	for _, owner := range []ent.ID{"durand", "petit"} {
		b := booking.Booking{
			ID: "of-" + owner, Resource: "lab", Owner: owner, Span: booking.Span{Start: start, End: end}, Quantity: 1,
			Status: booking.StatusValidated, Made: at,
		}
		out, err := store.Admit(ctx, "college", booking.Admission{Resource: lab.Resource, Bookings: []booking.Booking{b.In(time.UTC)}, At: at})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(owner, len(out.Booked))
		for _, r := range out.Refused {
			fmt.Println(r.Code, r.With)
		}
	}
	// Output:
	// durand 1
	// petit 0
	// BKG-CONFLICT [of-durand]
}
