package booking

import (
	"context"
	"slices"
	"time"

	"github.com/opencartable/cartable/ent"
)

// MaxQuery is how many resources a query names at the most.
const MaxQuery = 5000

// Query names bookings: those of some resources, of an owner or of a series, which have an instant in [From, To); zero times do not
// bound. One of the three is given: CodeSize otherwise.
type Query struct {
	Resources []ent.ID
	Owner     ent.ID
	Series    ent.ID
	From, To  time.Time
}

// Valid reports whether a query is bounded.
func (q *Query) Valid() bool {
	return len(q.Resources) <= MaxQuery && (len(q.Resources) > 0 || q.Owner != "" || q.Series != "")
}

// Matches reports whether a booking is one of a query.
func (q *Query) Matches(b *Booking) bool {
	return (len(q.Resources) == 0 || slices.Contains(q.Resources, b.Resource)) && (q.Owner == "" || b.Owner == q.Owner) &&
		(q.Series == "" || b.Series == q.Series) && (q.To.IsZero() || b.Starts.Before(q.To)) && (q.From.IsZero() || b.Ends.After(q.From))
}

// Store keeps resources and bookings. Package bookingtest proves one; bookingsql is one, and so is [Memory].
//
// What is admitted is admitted atomically: whatever others do at the same time, on other servers too, the bookings that hold a
// resource never want more of it at one moment than it has, and a resource that is unavailable has none to come.
type Store interface {
	// Resources returns those of an establishment, by label and identifier.
	Resources(ctx context.Context, tenant ent.Tenant, establishment ent.ID) ([]Resource, error)
	// Resource returns one; CodeUnknown when there is none.
	Resource(ctx context.Context, tenant ent.Tenant, id ent.ID) (Resource, error)
	// PutResource writes a resource, and what [Resource.Replace] makes of its bookings.
	PutResource(ctx context.Context, tenant ent.Tenant, r Resource, at time.Time) (Effect, error)
	// DeleteResource takes a resource away. It returns its bookings to come, cancelled: see [Drop]. It returns CodeUnknown, or
	// CodeStale when base is not its version.
	DeleteResource(ctx context.Context, tenant ent.Tenant, id ent.ID, base int64, at time.Time) ([]Booking, error)

	// Bookings returns bookings, sorted: see [Sort].
	Bookings(ctx context.Context, tenant ent.Tenant, q Query) ([]Booking, error)
	// Booking returns one; CodeUnknown when there is none.
	Booking(ctx context.Context, tenant ent.Tenant, id ent.ID) (Booking, error)
	// Admit admits bookings: see [Admission.Decide]. What is refused is no error. It returns CodeUnknown for a resource that is
	// gone, CodeStale for one that changed, CodeUnavailable for one that is, CodeTwice for an identifier that is taken.
	Admit(ctx context.Context, tenant ent.Tenant, a Admission) (Result, error)
	// Change changes bookings of one resource, all of them or none, at an instant: see [Resource.ChangeAll].
	Change(ctx context.Context, tenant ent.Tenant, resource ent.ID, changes []Change, at time.Time) ([]Booking, error)
}
