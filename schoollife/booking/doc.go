// Package booking is the reservation of rooms and equipment: what can be booked, when, by whom, in what number, and what stands in
// the way. Two bookings never hold one thing at once.
//
//	room := booking.Resource{ID: "lab", Establishment: "e", Available: true, Periodic: true, MinDelay: 24 * time.Hour}
//	err := room.Check(&wanted, booking.Ask{Now: now, Zone: paris}) // delays, opening hours, closed days
//	inTheWay := booking.Conflicts(held, &wanted, room.Units())     // pure: over the caller's own bookings
//	spans, err := every.Occurrences(first)                         // Mondays, every second week, until June
//
//	service := &booking.Service{Store: store, School: school, Zone: paris, NewID: newID}
//	b, err := service.Book(ctx, asker, booking.Wish{Resource: "lab", Span: span})
//	var refused *booking.RefusedError
//	if errors.As(err, &refused) {
//		fmt.Println(refused.Refusals[0].With) // who holds it
//	}
//	result, err := service.BookSeries(ctx, asker, wish, every, booking.SeriesOptions{Partial: true}) // what is free, and the list of the rest
//
// # Time
//
// A booking is a local start and a local end in the zone of the school, half-open: one may begin when another ends. Its instants
// follow, and a weekly booking keeps its local hours when the clock changes.
//
// # What holds a resource
//
// A booking that is created (it waits for a validation) or validated. One that is refused, cancelled or suspended holds nothing,
// and is checked again before it does. The load of a resource is the largest sum of quantities at one moment, never a sum over
// pairs.
//
// # Who may
//
// Who reads the calendar of a resource, books it and manages it is decided by the caller's policy (booking.read, booking.write,
// booking.manage of package access). Managers are not bound by delays and quotas, nor does a booking of theirs wait for a
// validation; opening hours, closed days and the quantity bind them as anybody: a manager who needs an exception changes the
// resource. Nobody books a time that is over.
//
// # Sources
//
// The behaviour of the most deployed French ENT for delays, states, moderation and recurrences; that two bookings never overlap
// on the server, that a resource made available again is checked, quotas and closed days are of this package.
//
// # Out of scope
//
// Appointments (parents' evenings), lessons in rooms, which are the timetable's: see package timetable; billing a room.
package booking
