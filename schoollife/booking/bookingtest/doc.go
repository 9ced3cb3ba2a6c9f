// Package bookingtest proves a store of bookings: whatever many do at once, nothing is held twice, and what is decided is what the
// rules decide one after the other.
//
//	bookingtest.Run(t, func(t *testing.T) booking.Store { return booking.NewMemory() })
//
// [Vectors] runs the steps of an admission file on a store.
package bookingtest
