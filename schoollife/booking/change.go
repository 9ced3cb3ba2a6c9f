package booking

import (
	"fmt"
	"slices"
	"time"

	"github.com/opencartable/cartable/ent"
)

// Change gives a booking another state.
type Change struct {
	ID ent.ID
	// Base is the version that its author saw.
	Base int64
	To   Status
	// Moderator is who decides in place of the owner, "" when the owner does; Reason says why.
	Moderator ent.ID
	Reason    string
}

// leads reports whether a booking may go from a state to another by somebody's decision. Suspending is the resource's.
func leads(from, to Status) bool {
	switch to {
	case StatusValidated:
		return from == StatusCreated || from == StatusRefused || from == StatusSuspended
	case StatusRefused:
		return from == StatusCreated || from == StatusValidated
	case StatusCancelled:
		return from == StatusCreated || from == StatusValidated || from == StatusSuspended
	default:
		return false
	}
}

// ChangeAll returns bookings of one resource after some changes, all of them or none. held are all bookings that hold the resource
// while one of the list would. It returns CodeStale when somebody else changed one, CodeStatus when it cannot go to that state, and
// a [RefusedError] when the resource is unavailable (CodeUnavailable) or held by others by now (CodeConflict): one that was refused
// or suspended is checked again. Stores call it where nobody else can admit meanwhile.
func (r *Resource) ChangeAll(list, held []Booking, changes []Change) ([]Booking, error) {
	if len(changes) == 0 || len(changes) > MaxOccurrences {
		return nil, fmt.Errorf("booking: change: %w", CodeSize)
	}
	out := make([]Booking, 0, len(changes))
	all := slices.Clone(held)
	refused := &RefusedError{}
	for i, c := range changes {
		b, err := c.apply(list)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(changes[:i], func(o Change) bool { return o.ID == c.ID }) {
			return nil, fmt.Errorf("booking: change: %w", CodeTwice)
		}
		switch {
		case !b.Status.Holds():
		case !r.Available:
			refused.Refusals = append(refused.Refusals, Refusal{Booking: b, Code: CodeUnavailable})
		case b.Quantity > r.Units():
			refused.Refusals = append(refused.Refusals, Refusal{Booking: b, Code: CodeQuantity})
		default:
			if with := Conflicts(all, &b, r.Units()); with != nil {
				refused.Refusals = append(refused.Refusals, Refusal{b, CodeConflict, with})
			}
		}
		all = append(slices.DeleteFunc(all, func(o Booking) bool { return o.ID == b.ID }), b)
		out = append(out, b)
	}
	if len(refused.Refusals) > 0 {
		return nil, refused
	}
	return out, nil
}

// apply returns the booking of a list that the change is of, after it.
func (c *Change) apply(list []Booking) (Booking, error) {
	i := slices.IndexFunc(list, func(b Booking) bool { return b.ID == c.ID })
	switch {
	case i < 0:
		return Booking{}, fmt.Errorf("booking: change: %w", CodeUnknown)
	case list[i].Version != c.Base:
		return Booking{}, fmt.Errorf("booking: change: %w", CodeStale)
	case !leads(list[i].Status, c.To):
		return Booking{}, fmt.Errorf("booking: change: %w", CodeStatus)
	case len(c.Reason) > MaxReason:
		return Booking{}, fmt.Errorf("booking: change: %w", CodeSize)
	}
	b := list[i]
	b.Status, b.Moderator, b.Reason = c.To, c.Moderator, c.Reason
	b.Version++
	return b, nil
}

// Effect is what a change of a resource makes of its bookings.
type Effect struct {
	Resource Resource
	// Suspended and Restored are the bookings that changed, after it. Left are those that stay suspended since others hold the
	// resource.
	Suspended, Restored []Booking
	Left                []Refusal
}

// Changed returns the bookings that changed.
func (e *Effect) Changed() []Booking { return slices.Concat(e.Suspended, e.Restored) }

// Replace returns a resource as it becomes, and what that makes of its bookings that are not over, whatever their state. was is
// what is kept, nil for a new one.
//
// When the resource is made unavailable, the bookings that hold it are suspended. When it is made available again, they come back
// as created, in the order of their start, each one only if there is room. A quantity that leaves out bookings that hold is refused
// with a [RefusedError]. The Version of r is the one that its author saw, 0 for a new one: CodeStale when it is another one.
func (r Resource) Replace(was *Resource, ahead []Booking) (Effect, error) {
	if err := r.Valid(); err != nil {
		return Effect{}, err
	}
	version := int64(0)
	if was != nil {
		version = was.Version
	}
	if r.Version != version {
		return Effect{}, fmt.Errorf("booking: resource: %w", CodeStale)
	}
	r.Version++
	e := Effect{Resource: r}
	ahead = slices.Clone(ahead)
	Sort(ahead)
	switch {
	case was == nil:
	case !r.Available:
		for _, b := range ahead {
			if b.Status.Holds() {
				b.Status = StatusSuspended
				b.Version++
				e.Suspended = append(e.Suspended, b)
			}
		}
	default:
		if err := r.fits(ahead); err != nil {
			return Effect{}, err
		}
		if !was.Available {
			r.restore(ahead, &e)
		}
	}
	return e, nil
}

// fits checks that the bookings that hold have room.
func (r *Resource) fits(ahead []Booking) error {
	refused := &RefusedError{}
	for i := range ahead {
		b := &ahead[i]
		if !b.Status.Holds() {
			continue
		}
		if b.Quantity > r.Units() {
			refused.Refusals = append(refused.Refusals, Refusal{Booking: *b, Code: CodeQuantity})
		} else if with := Conflicts(ahead, b, r.Units()); with != nil {
			refused.Refusals = append(refused.Refusals, Refusal{*b, CodeConflict, with})
		}
	}
	if len(refused.Refusals) > 0 {
		return refused
	}
	return nil
}

// restore brings suspended bookings back, as long as there is room.
func (r *Resource) restore(ahead []Booking, e *Effect) {
	for i := range ahead {
		b := &ahead[i]
		if b.Status != StatusSuspended {
			continue
		}
		if b.Quantity > r.Units() {
			e.Left = append(e.Left, Refusal{Booking: *b, Code: CodeQuantity})
		} else if with := Conflicts(ahead, b, r.Units()); with != nil {
			e.Left = append(e.Left, Refusal{*b, CodeConflict, with})
		} else {
			b.Status = StatusCreated
			b.Version++
			e.Restored = append(e.Restored, *b)
		}
	}
}

// Drop returns the bookings to come of a resource that is deleted: those that held it or were suspended, cancelled.
func Drop(ahead []Booking) []Booking {
	var out []Booking
	for _, b := range ahead {
		if b.Status.Holds() || b.Status == StatusSuspended {
			b.Status = StatusCancelled
			b.Version++
			out = append(out, b)
		}
	}
	Sort(out)
	return out
}

// AheadOf returns the bookings that are not over.
func AheadOf(list []Booking, now time.Time) []Booking {
	var out []Booking
	for i := range list {
		if !list[i].Over(now) {
			out = append(out, list[i])
		}
	}
	return out
}
