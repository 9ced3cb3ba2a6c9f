package booking

import (
	"cmp"
	"log/slog"
	"slices"
	"time"

	"github.com/opencartable/cartable/ent"
)

// Status is the state of a booking.
type Status string

// The states. Created waits for a validation and holds the resource meanwhile. Suspended is what becomes of a booking whose resource
// is made unavailable.
const (
	StatusCreated   Status = "created"
	StatusValidated Status = "validated"
	StatusRefused   Status = "refused"
	StatusSuspended Status = "suspended"
	StatusCancelled Status = "cancelled"
)

// Statuses returns the states.
func Statuses() []Status {
	return []Status{StatusCreated, StatusValidated, StatusRefused, StatusSuspended, StatusCancelled}
}

// Holds reports whether a booking in this state holds its resource. An unknown state does not.
func (s Status) Holds() bool { return s == StatusCreated || s == StatusValidated }

// Label returns the state in words.
func (s Status) Label(lang ent.Lang) string {
	l := ent.Label{FR: string(s), EN: string(s)}
	switch s {
	case StatusCreated:
		l = ent.Label{FR: "en attente de validation", EN: "waiting for validation"}
	case StatusValidated:
		l = ent.Label{FR: "validée", EN: "validated"}
	case StatusRefused:
		l = ent.Label{FR: "refusée", EN: "refused"}
	case StatusSuspended:
		l = ent.Label{FR: "suspendue", EN: "suspended"}
	case StatusCancelled:
		l = ent.Label{FR: "annulée", EN: "cancelled"}
	}
	return l.In(lang)
}

// MaxLabel and MaxReason are the longest texts, in bytes.
const (
	MaxLabel  = 500
	MaxReason = 2000
)

// Booking is a reservation of some units of a resource.
type Booking struct {
	ID       ent.ID `json:"id"`
	Resource ent.ID `json:"resource"`
	// Owner is whose booking it is.
	Owner ent.ID `json:"owner"`
	// Span is in the local time of Zone, an IANA name; Starts and Ends are its instants: see [Booking.In].
	Span
	Zone     string    `json:"zone"`
	Starts   time.Time `json:"starts"`
	Ends     time.Time `json:"ends"`
	Quantity int       `json:"quantity"`
	// Label says what for. It is the owner's own words.
	Label  string `json:"label,omitempty"`
	Status Status `json:"status"`
	// Moderator is who decided last in place of the owner, Reason why.
	Moderator ent.ID `json:"moderator,omitempty"`
	Reason    string `json:"reason,omitempty"`
	// Series is shared by the occurrences of a recurrence.
	Series ent.ID `json:"series,omitempty"`
	// Made is when it was booked.
	Made time.Time `json:"made"`
	// Version counts the changes, from 1.
	Version int64 `json:"version"`
}

// LogValue shows what is booked and in what state, not by whom nor what for.
func (b Booking) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", string(b.ID)), slog.String("resource", string(b.Resource)), slog.String("status", string(b.Status)))
}

// In returns the booking with its instants in the zone of a school.
func (b Booking) In(zone *time.Location) Booking {
	b.Zone = zone.String()
	b.Starts, b.Ends = b.Instants(zone)
	b.Starts, b.Ends = b.Starts.UTC(), b.Ends.UTC()
	return b
}

// Over reports whether the booking has ended.
func (b *Booking) Over(now time.Time) bool { return !b.Ends.After(now) }

// meets reports whether the booking has an instant in common with [from, to).
func (b *Booking) meets(from, to time.Time) bool { return b.Starts.Before(to) && from.Before(b.Ends) }

// Compare sorts bookings by start, then by when they were made, then by identifier.
func (b *Booking) Compare(o *Booking) int {
	return cmp.Or(b.Starts.Compare(o.Starts), b.Made.Compare(o.Made), cmp.Compare(b.ID, o.ID))
}

// Sort sorts bookings: see [Booking.Compare].
func Sort(list []Booking) { slices.SortFunc(list, func(a, b Booking) int { return a.Compare(&b) }) }
