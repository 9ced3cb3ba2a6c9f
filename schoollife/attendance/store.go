package attendance

import (
	"context"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// Query names events and declarations: those that have a minute from a day to another, both included; zero days do not bound. No
// pupils are all pupils.
type Query struct {
	Pupils []ent.ID
	From   ent.Date
	To     ent.Date
	// Removed events are wanted too.
	Removed bool
}

// CallChange changes a roll call and the events that were seen in its lesson. It may run again, and returns what to write.
type CallChange func(call RollCall, events []Event) (RollCall, []Event, error)

// IncidentChange changes an incident; one that is not there yet has no ID. It may run again, and returns what to write.
type IncidentChange func(had Incident) (Incident, error)

// Store keeps roll calls, events and what hangs on them. Package attendancetest proves one; attendancesql is one, and so is [Memory].
type Store interface {
	// Call returns the roll call of a lesson, to do when nobody began it.
	Call(ctx context.Context, tenant ent.Tenant, lesson timetable.Key) (RollCall, error)
	// Calls returns those of the lessons planned at first from a day to another, sorted by lesson.
	Calls(ctx context.Context, tenant ent.Tenant, from, to ent.Date) ([]RollCall, error)
	// ChangeCall runs a change on the roll call of a lesson and its events, and writes both or neither. Two changes of one lesson
	// follow each other: the second sees what the first wrote.
	ChangeCall(ctx context.Context, tenant ent.Tenant, lesson timetable.Key, change CallChange) error

	// Events returns events, sorted by pupil, start and identifier.
	Events(ctx context.Context, tenant ent.Tenant, q Query) ([]Event, error)
	// Event returns one; CodeUnknown when there is none.
	Event(ctx context.Context, tenant ent.Tenant, id ent.ID) (Event, error)
	// PutEvents writes events, all or none: each Version follows the one that is kept (1 for a new one), otherwise it returns
	// CodeConflict. What was there stays in the history.
	PutEvents(ctx context.Context, tenant ent.Tenant, events []Event) error
	// EventHistory returns the versions of an event, oldest first.
	EventHistory(ctx context.Context, tenant ent.Tenant, id ent.ID) ([]Event, error)

	// Declarations returns those of some pupils, sorted by start and identifier.
	Declarations(ctx context.Context, tenant ent.Tenant, q Query) ([]Declaration, error)
	// PutDeclaration adds one, or treats one that is not treated yet: CodeConflict otherwise.
	PutDeclaration(ctx context.Context, tenant ent.Tenant, d Declaration) error

	// Proofs returns the proofs of some pupils from a day to another, sorted by day, pupil and person.
	Proofs(ctx context.Context, tenant ent.Tenant, q Query) ([]Proof, error)
	AddProofs(ctx context.Context, tenant ent.Tenant, proofs []Proof) error

	// Incidents returns those in which one of some persons took part, or of whom a measure is; sorted by moment and identifier.
	Incidents(ctx context.Context, tenant ent.Tenant, persons []ent.ID) ([]Incident, error)
	// Incident returns one; CodeUnknown when there is none.
	Incident(ctx context.Context, tenant ent.Tenant, id ent.ID) (Incident, error)
	// ChangeIncident runs a change on an incident, and writes what it returns whole. Two changes of one incident follow each other.
	ChangeIncident(ctx context.Context, tenant ent.Tenant, id ent.ID, change IncidentChange) error
	// Measures returns all of them, by identifier, for what is to be erased.
	Measures(ctx context.Context, tenant ent.Tenant) ([]Measure, error)
	// EraseMeasures takes measures out of their incidents for good, and returns how many there were.
	EraseMeasures(ctx context.Context, tenant ent.Tenant, ids []ent.ID) (int64, error)

	// Purge erases all roll calls, events, declarations and proofs of before a day: the file of a pupil's absences is opened for the
	// single school year (R131-6). It returns how many there were.
	Purge(ctx context.Context, tenant ent.Tenant, before ent.Date) (int64, error)
}
