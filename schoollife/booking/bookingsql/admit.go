package bookingsql

import (
	"context"
	"errors"
	"fmt"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/schoollife/booking"
)

// Admit is of [booking.Store].
func (s *Store) Admit(ctx context.Context, tenant ent.Tenant, a booking.Admission) (booking.Result, error) {
	if err := a.Valid(); err != nil {
		return booking.Result{}, err
	}
	if s.db.Engine() == sqldb.PostgreSQL && tenant != "" && isOne(&a) {
		b, done, err := s.one(ctx, tenant, &a)
		if err != nil {
			return booking.Result{}, err
		}
		if done {
			return booking.Result{Booked: []booking.Booking{b}}, nil
		}
		if out, refused, err := s.refused(ctx, tenant, a); err != nil || refused {
			return out, err
		}
		// What was in the way has gone.
	}
	var out booking.Result
	err := s.db.Update(ctx, tenant, func(tx *sqldb.Tx) error {
		var err error
		out, err = admit(ctx, tx, a)
		return err
	})
	if err != nil {
		return booking.Result{}, admitError(err)
	}
	return out, nil
}

// isOne reports whether an admission is one booking, to come, of a resource of one unit without quotas: what the constraint of the
// table decides alone.
func isOne(a *booking.Admission) bool {
	return len(a.Bookings) == 1 && len(a.Quotas) == 0 && a.Resource.Available && a.Resource.Units() == 1 && a.Bookings[0].Quantity == 1 &&
		!a.Bookings[0].Starts.Before(a.At)
}

// insertOne is one statement. The lock makes sure that the resource is what the caller saw until the booking is there: who makes it
// unavailable waits, and finds the booking. It also has those who want one thing at once wait in a row, where the constraint alone
// would have them wait for each other until the server parts them.
const insertOne = `WITH r AS (SELECT id FROM {booking_resource} WHERE tenant = $1 AND id = $2 AND version = $3 AND gone = 0 FOR NO KEY UPDATE)
	INSERT INTO {booking} (tenant, id, resource, owner, starts, ends, starts_local, ends_local, zone, quantity, label, status, moderator, reason,
		series, made, version, units)
	SELECT CAST($1 AS TEXT), CAST($4 AS TEXT), r.id, CAST($5 AS TEXT), CAST($6 AS BIGINT), CAST($7 AS BIGINT), CAST($8 AS TEXT), CAST($9 AS TEXT),
		CAST($10 AS TEXT), 1, CAST($11 AS TEXT), CAST($12 AS TEXT), CAST($13 AS TEXT), CAST($14 AS TEXT), CAST($15 AS TEXT), CAST($16 AS BIGINT), 1,
		'{[1,2)}' FROM r`

// attempts is how often a statement that the server gave up for another one's sake is sent.
const attempts = 5

// one books with one statement, outside of a transaction. It is not done when another one holds the resource, the resource changed, or
// the identifier is taken: the caller finds out which.
func (s *Store) one(ctx context.Context, tenant ent.Tenant, a *booking.Admission) (booking.Booking, bool, error) {
	b := a.Bookings[0]
	b.Version = 1
	text, args := s.db.SQL(insertOne), []any{
		string(tenant), string(b.Resource), a.Resource.Version, string(b.ID), string(b.Owner), sqldb.Micros(b.Starts), sqldb.Micros(b.Ends), b.Start.String(),
		b.End.String(), b.Zone, b.Label, string(b.Status), string(b.Moderator), b.Reason, string(b.Series), sqldb.Micros(b.Made),
	}
	for try := 1; ; try++ {
		done, err := s.db.Handle().ExecContext(ctx, text, args...)
		if err == nil {
			n, err := done.RowsAffected()
			return b, n == 1, sqldb.Wrap(err)
		}
		if err = sqldb.Wrap(err); errors.Is(err, sqldb.CodeDuplicate) {
			return b, false, nil
		}
		if !errors.Is(err, sqldb.CodeBusy) || try == attempts {
			return b, false, err
		}
	}
}

// refused tells who is in the way of a booking, or that the resource changed, without a lock: many who want what is taken do not stop
// those who want something else.
func (s *Store) refused(ctx context.Context, tenant ent.Tenant, a booking.Admission) (booking.Result, bool, error) {
	var out booking.Result
	err := s.db.View(ctx, tenant, func(tx *sqldb.Tx) error {
		var err error
		out, _, err = decide(ctx, tx, a, false)
		return err
	})
	if err != nil {
		return booking.Result{}, false, err
	}
	return out, len(out.Booked) == 0, nil
}

// decide decides on an admission, under the lock of the resource when it is to be written, and returns the resource too.
func decide(ctx context.Context, tx *sqldb.Tx, a booking.Admission, lock bool) (booking.Result, booking.Resource, error) {
	r, err := resource(ctx, tx, a.Resource.ID, lock)
	if err != nil {
		return booking.Result{}, r, err
	}
	if err := a.Under(&r); err != nil {
		return booking.Result{}, r, err
	}
	from, to := a.Window()
	held, err := heldIn(ctx, tx, r.ID, from, to)
	if err != nil {
		return booking.Result{}, r, err
	}
	return a.Decide(held), r, nil
}

// admit admits in a transaction, under the lock of the resource.
func admit(ctx context.Context, tx *sqldb.Tx, a booking.Admission) (booking.Result, error) {
	out, r, err := decide(ctx, tx, a, true)
	if err != nil {
		return booking.Result{}, err
	}
	taken, err := take(ctx, tx, &r, a.At, out.Booked)
	if err != nil {
		return booking.Result{}, err
	}
	for i := range out.Booked {
		if err := insert(ctx, tx, &out.Booked[i], taken[i].units); err != nil {
			return booking.Result{}, err
		}
	}
	return out, nil
}

// insert adds a booking.
func insert(ctx context.Context, tx *sqldb.Tx, b *booking.Booking, u units) error {
	columns, values := columns, `$2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17`
	args := []any{
		string(tx.Tenant()), string(b.ID), string(b.Resource), string(b.Owner), sqldb.Micros(b.Starts), sqldb.Micros(b.Ends), b.Start.String(), b.End.String(),
		b.Zone, int64(b.Quantity), b.Label, string(b.Status), string(b.Moderator), b.Reason, string(b.Series), sqldb.Micros(b.Made), b.Version,
	}
	if tx.Engine() == sqldb.PostgreSQL {
		columns, values, args = columns+`, units`, values+`, CAST(CAST($18 AS TEXT) AS INT8MULTIRANGE)`, append(args, u.String())
	}
	return tx.Send(ctx, `INSERT INTO {booking} (tenant, `+columns+`) VALUES ($1, `+values+`)`, args...)
}

// admitError tells of an identifier that is taken.
func admitError(err error) error {
	if e, ok := errors.AsType[*sqldb.Error](err); ok && e.Code == sqldb.CodeDuplicate && e.State != exclusionViolation {
		return fmt.Errorf("bookingsql: admission: %w", booking.CodeTwice)
	}
	return err
}

// exclusionViolation is the SQLSTATE of the exclusion constraint.
const exclusionViolation = "23P01"
