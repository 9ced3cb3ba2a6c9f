package ent

import (
	"encoding/json"
	"log/slog"
	"time"
)

// ID is an opaque identifier chosen by the caller: of a person, an establishment, a class. Rules and formats never
// make, parse or order one.
type ID string

// Tenant separates the data of two customers of one server.
type Tenant string

// ActorKind says who or what acts.
type ActorKind string

// The kinds of actors.
const (
	ActorPerson ActorKind = "person"
	ActorSystem ActorKind = "system" // a night job, an import
)

// Actor is who did something: a person, or a program.
type Actor struct {
	Kind ActorKind `json:"kind"`
	ID   ID        `json:"id"`
	// Profile is the profile under which a person acted.
	Profile Profile `json:"profile,omitempty"`
}

// Event is something that happened, delivered at least once; (Tenant, Sequence) tells a repeated delivery.
type Event struct {
	Tenant   Tenant `json:"tenant"`
	Sequence int64  `json:"sequence"`
	// Type names what happened: "person.created".
	Type string `json:"type"`
	// Subject is what it happened to.
	Subject ID        `json:"subject"`
	Actor   Actor     `json:"actor"`
	At      time.Time `json:"at"`
	// Data is the document of the event, of a format given by Type.
	Data json.RawMessage `json:"data,omitempty"`
}

type eventFields Event

type eventJSON struct {
	Format string `json:"format"`
	eventFields
}

// MarshalJSON writes a document of EventFormat.
func (e Event) MarshalJSON() ([]byte, error) {
	return json.Marshal(eventJSON{EventFormat, eventFields(e)})
}

// UnmarshalJSON reads what MarshalJSON wrote. It returns CodeFormat for another document.
func (e *Event) UnmarshalJSON(b []byte) error {
	var j eventJSON
	if err := readDocument(b, EventFormat, &j); err != nil {
		return err
	}
	*e = Event(j.eventFields)
	return nil
}

// LogValue shows what happened to which identifier, not the document.
func (e Event) LogValue() slog.Value {
	return slog.GroupValue(slog.String("tenant", string(e.Tenant)), slog.Int64("sequence", e.Sequence),
		slog.String("type", e.Type), slog.String("subject", string(e.Subject)))
}
