package booking

import (
	"cmp"
	"slices"
	"time"

	"github.com/opencartable/cartable/ent"
)

// edge is where a booking begins or ends within a time that is looked at.
type edge struct {
	at    int64
	begin bool
	of    int // the index of the booking
}

// edges returns those of the bookings that hold within [from, to), but one, in order: ends come first at the same instant, so that
// adjacent bookings never meet.
func edges(held []Booking, except ent.ID, from, to time.Time) []edge {
	var out []edge
	first, last := from.UnixMicro(), to.UnixMicro()
	for i := range held {
		if b := &held[i]; b.Status.Holds() && b.ID != except && b.meets(from, to) {
			out = append(out, edge{max(first, b.Starts.UnixMicro()), true, i}, edge{min(last, b.Ends.UnixMicro()), false, i})
		}
	}
	slices.SortFunc(out, func(a, b edge) int {
		if a.at == b.at && a.begin != b.begin {
			if b.begin {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.of, b.of))
	})
	return out
}

// Peak returns the most units that bookings hold at one moment of [from, to).
func Peak(held []Booking, from, to time.Time) int {
	load, peak := 0, 0
	for _, e := range edges(held, "", from, to) {
		if !e.begin {
			load -= held[e.of].Quantity
			continue
		}
		load += held[e.of].Quantity
		peak = max(peak, load)
	}
	return peak
}

// Conflicts returns the bookings that stand in the way of another one, by start: those that hold the resource at a moment when they
// leave it less than it wants. It is nil when there is room. Only bookings that hold count, and never the wanted one itself, known
// by its identifier; quantity is that of the resource.
func Conflicts(held []Booking, want *Booking, quantity int) []ent.ID {
	var now []int // the bookings that hold at this point of the sweep
	var in []int  // those in the way
	load := 0
	for _, e := range edges(held, want.ID, want.Starts, want.Ends) {
		if !e.begin {
			load -= held[e.of].Quantity
			now = slices.DeleteFunc(now, func(of int) bool { return of == e.of })
			continue
		}
		load += held[e.of].Quantity
		now = append(now, e.of)
		if load+want.Quantity > quantity {
			in = append(in, now...)
		}
	}
	if in == nil {
		return nil
	}
	slices.SortFunc(in, func(a, b int) int { return cmp.Or(held[a].Compare(&held[b]), cmp.Compare(a, b)) })
	in = slices.Compact(in)
	out := make([]ent.ID, len(in))
	for i, of := range in {
		out[i] = held[of].ID
	}
	return out
}
