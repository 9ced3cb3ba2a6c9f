// Package bookingsql keeps bookings on SQLite or PostgreSQL.
//
//	if err := db.Migrate(ctx, bookingsql.Schema()); err != nil {
//		return err
//	}
//	service := &booking.Service{Store: bookingsql.New(db), School: school, Zone: paris, NewID: newID}
//
// # Never twice
//
// On PostgreSQL the table itself refuses a double booking: each booking that holds a resource has units of it, and an exclusion
// constraint lets no unit be held twice at one instant. One booking of a resource of one unit is one statement, one round trip.
// Others (several units, a series, quotas) are a transaction under the lock of the resource, which decides by the same rule as the
// store in memory ([booking.Admission.Decide]) and gives units; where units are free but no set of them for the whole time, those
// of the bookings to come are given anew, which nobody sees: the number of a unit is no part of a booking.
//
// The constraint needs the extension btree_gist, which the migration makes. Where it may not, it says so (SQLSTATE 42501), and an
// administrator runs CREATE EXTENSION btree_gist once in the database.
//
// SQLite has one writer: the check and the booking are one IMMEDIATE transaction.
//
// The store is an [ent.Holder]: it tells, erases and merges what is held on a person.
package bookingsql
