package booking

import (
	"fmt"
	"slices"
	"time"

	"github.com/opencartable/cartable/ent"
)

// Admission is bookings to admit on a resource, all of them or none, or those for which there is room.
type Admission struct {
	// Resource is as the caller read it: when it is another version by now, nothing is admitted (CodeStale).
	Resource Resource
	// Bookings are new ones that the rules of the resource allow, in order, of one owner.
	Bookings []Booking
	// Partial admits what is free; otherwise one that is refused refuses all.
	Partial bool
	// Quotas are those that bind the owner.
	Quotas []Quota
	// At is now.
	At time.Time
}

// Refusal is a booking that was not admitted.
type Refusal struct {
	Booking Booking  `json:"booking"`
	Code    ent.Code `json:"code"`
	// With are the bookings in the way, when the code is CodeConflict.
	With []ent.ID `json:"with,omitempty"`
}

// Message returns the reason in words.
func (r Refusal) Message(lang ent.Lang) string {
	return catalog().New(r.Code, ent.Pos{}, "").Message(lang)
}

// Result is what became of an admission.
type Result struct {
	Booked  []Booking `json:"booked"`
	Refused []Refusal `json:"refused,omitempty"`
}

// RefusedError says that bookings are refused. It is the codes of the refusals for errors.Is, and names nobody.
type RefusedError struct {
	Refusals []Refusal
}

// Error returns the number of refusals, and the first code.
func (e *RefusedError) Error() string {
	if len(e.Refusals) == 0 {
		return "booking: refused"
	}
	return fmt.Sprintf("booking: %d refused: %s", len(e.Refusals), e.Refusals[0].Code)
}

// Unwrap returns the codes, each once, in their order.
func (e *RefusedError) Unwrap() []error {
	var codes []ent.Code
	for _, r := range e.Refusals {
		if !slices.Contains(codes, r.Code) {
			codes = append(codes, r.Code)
		}
	}
	out := make([]error, len(codes))
	for i, c := range codes {
		out[i] = c
	}
	return out
}

// Window returns the time in which bookings that are held may matter to the admission.
func (a *Admission) Window() (from, to time.Time) {
	for i := range a.Bookings {
		b := &a.Bookings[i]
		if i == 0 || b.Starts.Before(from) {
			from = b.Starts
		}
		if i == 0 || b.Ends.After(to) {
			to = b.Ends
		}
	}
	if len(a.Quotas) > 0 {
		from, to = from.Add(-quotaDays), to.Add(quotaDays)
	}
	return from, to
}

// Valid returns CodeSize or CodeRange for an admission that a store takes no part of.
func (a *Admission) Valid() error {
	if len(a.Bookings) == 0 || len(a.Bookings) > MaxOccurrences {
		return fmt.Errorf("booking: admission: %w", CodeSize)
	}
	for i := range a.Bookings {
		b := &a.Bookings[i]
		if b.ID == "" || b.Resource != a.Resource.ID || !b.Starts.Before(b.Ends) || b.Ends.Sub(b.Starts) > MaxSpan || b.Quantity < 1 || !b.Status.Holds() {
			return fmt.Errorf("booking: admission: %w", CodeRange)
		}
		if len(b.Label) > MaxLabel {
			return fmt.Errorf("booking: admission: %w", CodeSize)
		}
	}
	return nil
}

// Under takes the resource as it is kept: CodeStale when it is another version by now, CodeUnavailable when it cannot be booked.
func (a *Admission) Under(r *Resource) error {
	switch {
	case r.Version != a.Resource.Version:
		return fmt.Errorf("booking: admission: %w", CodeStale)
	case !r.Available:
		return fmt.Errorf("booking: admission: %w", CodeUnavailable)
	}
	a.Resource = *r
	return nil
}

// Decide returns what becomes of an admission, given all bookings that hold the resource within its [Admission.Window]. It is pure:
// a store calls it where nobody else can admit meanwhile.
func (a *Admission) Decide(held []Booking) Result {
	var out Result
	all := slices.Clone(held)
	for _, b := range a.Bookings {
		b.Version = 1
		if refusal, ok := a.refusal(all, &b); ok {
			out.Refused = append(out.Refused, refusal)
			continue
		}
		out.Booked = append(out.Booked, b)
		all = append(all, b)
	}
	if !a.Partial && len(out.Refused) > 0 {
		out.Booked = nil
	}
	return out
}

func (a *Admission) refusal(held []Booking, b *Booking) (Refusal, bool) {
	if b.Quantity > a.Resource.Units() {
		return Refusal{Booking: *b, Code: CodeQuantity}, true
	}
	if with := Conflicts(held, b, a.Resource.Units()); with != nil {
		return Refusal{*b, CodeConflict, with}, true
	}
	for i := range a.Quotas {
		if a.Quotas[i].exceeds(held, b) {
			return Refusal{Booking: *b, Code: CodeQuota}, true
		}
	}
	return Refusal{}, false
}
