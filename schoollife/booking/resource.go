package booking

import (
	"fmt"
	"slices"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// The most that a resource may have.
const (
	MaxQuantity  = 1000
	maxWindows   = 100
	maxBlackouts = 1000
	maxQuotas    = 10
)

// Resource is a room, or equipment of which there are one or several alike.
type Resource struct {
	ID ent.ID `json:"id"`
	// Kind is its type in the caller's list: rooms, tablets, vans.
	Kind          ent.ID `json:"kind,omitempty"`
	Label         string `json:"label"`
	Establishment ent.ID `json:"establishment"`
	// Quantity is how many units there are; 0 stands for one.
	Quantity int `json:"quantity,omitempty"`
	// MinDelay is the least time from now to the start of a booking, MaxDelay the longest from the end of today to its end; 0 does
	// not bound. In JSON they are nanoseconds.
	MinDelay time.Duration `json:"minDelay,omitempty"`
	MaxDelay time.Duration `json:"maxDelay,omitempty"`
	// Moderated bookings wait for a validation.
	Moderated bool `json:"moderated,omitempty"`
	// Periodic says that recurrences are allowed.
	Periodic bool `json:"periodic,omitempty"`
	// Available says that it can be booked at all. When it ends, the bookings to come are suspended.
	Available bool `json:"available,omitempty"`
	// Windows are the opening hours, by day of the week; without any, it is always open.
	Windows []Window `json:"windows,omitempty"`
	// Blackouts are when it is closed.
	Blackouts []Span  `json:"blackouts,omitempty"`
	Quotas    []Quota `json:"quotas,omitempty"`
	// Version counts the changes, from 1.
	Version int64 `json:"version"`
}

// Window is opening hours, half-open, on a day of the week: 1 for Monday to 7 for Sunday.
type Window struct {
	Day   int             `json:"day"`
	Start timetable.Clock `json:"start"`
	End   timetable.Clock `json:"end"`
}

// Units returns how many units there are, one at least.
func (r *Resource) Units() int { return max(r.Quantity, 1) }

// Valid returns nil for a resource that can be kept, CodeResource or CodeDelays otherwise.
func (r *Resource) Valid() error {
	if r.MinDelay < 0 || r.MaxDelay < 0 || r.MaxDelay > 0 && r.MinDelay >= r.MaxDelay {
		return fmt.Errorf("booking: resource: %w", CodeDelays)
	}
	ok := r.ID != "" && r.Establishment != "" && r.Quantity >= 0 && r.Quantity <= MaxQuantity && len(r.Label) <= MaxLabel &&
		len(r.Windows) <= maxWindows && len(r.Blackouts) <= maxBlackouts && len(r.Quotas) <= maxQuotas
	for _, w := range r.Windows {
		ok = ok && w.Day >= 1 && w.Day <= 7 && w.Start >= 0 && w.Start < w.End && w.End <= dayMinutes
	}
	for _, b := range r.Blackouts {
		ok = ok && b.valid()
	}
	for _, q := range r.Quotas {
		ok = ok && q.valid()
	}
	if !ok {
		return fmt.Errorf("booking: resource: %w", CodeResource)
	}
	return nil
}

// Ask is under what a booking is checked.
type Ask struct {
	Now time.Time
	// Zone is that of the school.
	Zone *time.Location
	// Manager says that the delays do not bind.
	Manager bool
}

// Check checks a booking with its instants ([Booking.In]) against the rules of its resource, but for what others hold and quotas,
// which are for [Admission.Decide]. The errors are CodeRange, CodeTooLong, CodeNoQuantity, CodeQuantity, CodeUnavailable, CodePast,
// CodeTooEarly, CodeTooLate, CodeClosed and CodeBlackout: the first that applies.
func (r *Resource) Check(b *Booking, a Ask) error {
	if code := r.check(b, a); code != "" {
		return fmt.Errorf("booking: %w", code)
	}
	return nil
}

func (r *Resource) check(b *Booking, a Ask) ent.Code {
	switch {
	case !b.valid() || !b.Starts.Before(b.Ends): // a clock change may put them in another order
		return CodeRange
	case b.Ends.Sub(b.Starts) > MaxSpan:
		return CodeTooLong
	case b.Quantity < 1:
		return CodeNoQuantity
	case b.Quantity > r.Units():
		return CodeQuantity
	case !r.Available:
		return CodeUnavailable
	case b.Over(a.Now):
		return CodePast
	}
	if code := r.delays(b, a); code != "" && !a.Manager {
		return code
	}
	if !r.open(b.Span) {
		return CodeClosed
	}
	if slices.ContainsFunc(r.Blackouts, b.Overlaps) {
		return CodeBlackout
	}
	return ""
}

// delays checks the delays: the minimal one from now to the start, the maximal one from the end of today, local, to the end. Those
// equal to the bound pass. Each occurrence of a recurrence has the same bounds.
func (r *Resource) delays(b *Booking, a Ask) ent.Code {
	if b.Starts.Sub(a.Now) < r.MinDelay {
		return CodeTooEarly
	}
	midnight := timetable.Instant(ent.DateAt(a.Now, a.Zone).AddDays(1), 0, a.Zone)
	if r.MaxDelay > 0 && b.Ends.Sub(midnight) > r.MaxDelay {
		return CodeTooLate
	}
	return ""
}

// open reports whether each minute of a span is within the opening hours of its day.
func (r *Resource) open(s Span) bool {
	if len(r.Windows) == 0 {
		return true
	}
	list := slices.Clone(r.Windows)
	slices.SortFunc(list, func(a, b Window) int { return int(a.Start) - int(b.Start) })
	for on := s.Start.Date; !s.End.Date.Before(on); on = on.AddDays(1) {
		from, to := timetable.Clock(0), timetable.Clock(dayMinutes)
		if on == s.Start.Date {
			from = s.Start.At
		}
		if on == s.End.Date {
			to = s.End.At
		}
		for _, w := range list { // by start: what they cover grows
			if w.Day == isoDay(on) && w.Start <= from {
				from = max(from, w.End)
			}
		}
		if from < to {
			return false
		}
	}
	return true
}
