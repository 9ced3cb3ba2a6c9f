// Package life is the school day in the portal: timetables and their calendars, roll calls, absences to settle, homework, bookings. The
// pages show what the packages of schoollife decide under the rights of who asks.
package life
