package bookingsql

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/schoollife/booking"
)

// Units are of PostgreSQL: they are what the exclusion constraint compares. They follow the bookings, and never decide who gets one.

// units are numbers of units, in order.
type units []int

// String writes a multirange: "{[1,3),[5,6)}".
func (u units) String() string {
	var b strings.Builder
	b.WriteByte('{')
	for i := 0; i < len(u); {
		j := i + 1
		for j < len(u) && u[j] == u[j-1]+1 {
			j++
		}
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("[" + strconv.Itoa(u[i]) + "," + strconv.Itoa(u[j-1]+1) + ")")
		i = j
	}
	b.WriteByte('}')
	return b.String()
}

// parseUnits reads what String writes, as the server does.
func parseUnits(s string) (units, error) {
	var out units
	for s = strings.Trim(s, "{}"); s != ""; s = strings.TrimPrefix(s, ",") {
		one, rest, ok := strings.Cut(s, ")")
		from, to, ok2 := strings.Cut(strings.TrimPrefix(one, "["), ",")
		first, err1 := strconv.Atoi(from)
		end, err2 := strconv.Atoi(to)
		if !ok || !ok2 || err1 != nil || err2 != nil || first < 1 || end > first+2*booking.MaxQuantity {
			return nil, unreadable()
		}
		for n := first; n < end; n++ {
			out = append(out, n)
		}
		s = rest
	}
	return out, nil
}

// numbered is a booking with its units.
type numbered struct {
	id           ent.ID
	starts, ends time.Time
	quantity     int
	units        units
}

// free returns the first units that nobody of a list has within a booking, nil when there are not so many up to a limit; no limit
// when it is 0.
func (b *numbered) free(others []numbered, limit int) units {
	var taken units
	for i := range others {
		if o := &others[i]; o.starts.Before(b.ends) && b.starts.Before(o.ends) {
			taken = append(taken, o.units...)
		}
	}
	slices.Sort(taken)
	var out units
	for n := 1; len(out) < b.quantity; n++ {
		if limit > 0 && n > limit {
			return nil
		}
		if _, found := slices.BinarySearch(taken, n); !found {
			out = append(out, n)
		}
	}
	return out
}

// take returns units for bookings that are about to hold a resource, in their order; none for those that are over at an instant. The
// resource is locked, and has room for them. It may give others their units anew.
func take(ctx context.Context, tx *sqldb.Tx, r *booking.Resource, at time.Time, list []booking.Booking) ([]numbered, error) {
	out := make([]numbered, len(list))
	for i := range list {
		out[i] = number(&list[i])
	}
	if tx.Engine() != sqldb.PostgreSQL || len(list) == 0 {
		return out, nil
	}
	a := booking.Admission{Bookings: list}
	from, to := a.Window()
	others, err := numberedIn(ctx, tx, r.ID, from, to)
	if err != nil {
		return nil, err
	}
	for i := range out {
		if list[i].Over(at) {
			continue
		}
		if out[i].units = out[i].free(others, r.Units()); out[i].units == nil {
			// There is room at each moment, and no unit is free all along.
			return out, renumber(ctx, tx, r.ID, at, out)
		}
		others = append(others, out[i])
	}
	return out, nil
}

func number(b *booking.Booking) numbered {
	return numbered{id: b.ID, starts: b.Starts, ends: b.Ends, quantity: b.Quantity}
}

// numberedIn returns the bookings that have units within [from, to), by start.
func numberedIn(ctx context.Context, tx *sqldb.Tx, id ent.ID, from, to time.Time) ([]numbered, error) {
	return sqldb.All(ctx, tx, `SELECT id, starts, ends, quantity, CAST(units AS TEXT) FROM {booking} WHERE tenant = $1 AND resource = $2 AND ends > $3
		AND starts < $4 AND `+holding+` AND units <> '{}' ORDER BY starts, id`,
		[]any{string(tx.Tenant()), string(id), sqldb.Micros(from), sqldb.Micros(to)}, func(row sqldb.Scanner) (numbered, error) {
			var b numbered
			var quantity int64
			err := row.Scan(&b.id, sqldb.Instant(&b.starts), sqldb.Instant(&b.ends), &quantity, sqldb.Text(&b.units, parseUnits))
			b.quantity = int(quantity)
			return b, err
		})
}

// renumber gives units anew to all bookings of a resource that hold and are not over at an instant, and to some more, which are
// about to: in the order of their start each takes the first units that are free, which never needs more units than the peak. Bookings
// that are over let go of theirs. Those of the former are written.
func renumber(ctx context.Context, tx *sqldb.Tx, id ent.ID, at time.Time, more []numbered) error {
	ahead, err := aheadOf(ctx, tx, id, at)
	if err != nil {
		return err
	}
	var all []*numbered
	var had []numbered
	of := map[ent.ID]bool{}
	for i := range more {
		more[i].units = nil
		of[more[i].id] = true
		if more[i].ends.After(at) {
			all = append(all, &more[i])
		}
	}
	for i := range ahead {
		if b := &ahead[i]; b.Status.Holds() && !of[b.ID] {
			had = append(had, number(b))
		}
	}
	for i := range had {
		all = append(all, &had[i])
	}
	if len(all) == 0 {
		return nil
	}
	slices.SortStableFunc(all, func(a, b *numbered) int { return a.starts.Compare(b.starts) })
	before := make([]numbered, 0, len(all))
	for _, b := range all {
		b.units = b.free(before, 0)
		before = append(before, *b)
	}
	if err := tx.Send(ctx, `UPDATE {booking} SET units = '{}' WHERE tenant = $1 AND resource = $2 AND ends > $3 AND units <> '{}'`,
		string(tx.Tenant()), string(id), sqldb.Micros(all[0].starts)); err != nil {
		return err
	}
	return writeUnits(ctx, tx, had)
}

// writeUnits writes the units of bookings that are there.
func writeUnits(ctx context.Context, tx *sqldb.Tx, list []numbered) error {
	if tx.Engine() != sqldb.PostgreSQL {
		return nil
	}
	for i := range list {
		if err := tx.Send(ctx, `UPDATE {booking} SET units = CAST(CAST($1 AS TEXT) AS INT8MULTIRANGE) WHERE tenant = $2 AND id = $3`,
			list[i].units.String(), string(tx.Tenant()), string(list[i].id)); err != nil {
			return err
		}
	}
	return nil
}
