package bookingsql_test

import (
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/enttest/holdertest"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/ent/sqldb/open"
	"github.com/opencartable/cartable/ent/sqldb/sqldbtest"
	"github.com/opencartable/cartable/internal/samples"
	"github.com/opencartable/cartable/schoollife/booking"
	"github.com/opencartable/cartable/schoollife/booking/bookingsql"
	"github.com/opencartable/cartable/schoollife/booking/bookingtest"
)

var now = time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC)

func TestStore(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		var n atomic.Int64 // the tests of a store run side by side
		t.Run("all", func(t *testing.T) {
			bookingtest.Run(t, func(*testing.T) booking.Store {
				return prefixed{bookingsql.New(db), ent.Tenant(fmt.Sprintf("academy%d-", n.Add(1)))}
			})
		})
		if db.Engine() == sqldb.PostgreSQL {
			unitsFollow(t, db)
		}
	}, bookingsql.Schema())
}

// unitsFollow checks that after all that the tests did, each booking that holds and is not over has as many units as it should, of those
// that its resource has: what the constraint compares is all that is held.
func unitsFollow(t *testing.T, db *sqldb.DB) {
	t.Helper()
	var all, wrong int
	require.NoError(t, db.Handle().QueryRowContext(t.Context(), db.SQL(`SELECT count(*), count(*) FILTER (WHERE
		b.quantity <> (SELECT sum(upper(u) - lower(u)) FROM unnest(b.units) u)
		OR NOT b.units <@ int8range(1, 1 + greatest(1, COALESCE(CAST(CAST(r.doc AS json)->>'quantity' AS BIGINT), 1))) OR b.units = '{}')
		FROM {booking} b JOIN {booking_resource} r ON r.tenant = b.tenant AND r.id = b.resource
		WHERE b.status IN ('created', 'validated') AND b.ends > $1`), sqldb.Micros(now)).Scan(&all, &wrong))
	assert.Greater(t, all, 100, "there is something to check")
	assert.Zero(t, wrong)
}

// TestAcceptanceS15Admission runs each step of the vectors on both engines.
func TestAcceptanceS15Admission(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile(samples.Dir(t, "schoollife", "vectors", "booking-admission.json"))
	require.NoError(t, err)
	paris, err := time.LoadLocation("Europe/Paris")
	require.NoError(t, err)
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) { bookingtest.Vectors(t, bookingsql.New(db), file, paris) }, bookingsql.Schema())
}

// TestAcceptanceS15Concurrent: 16 goroutines try 1,000 overlapping bookings on 10 resources, of one unit and of three, each over a
// database that others have open too: on SQLite, all of them are writers, and no error reaches a caller.
func TestAcceptanceS15Concurrent(t *testing.T) {
	t.Parallel()
	sqldbtest.Places(t, func(t *testing.T, p sqldbtest.Place) {
		var servers several
		for range 4 {
			servers.stores = append(servers.stores, bookingsql.New(p.DB(t, open.Options{MaxConns: 6}, bookingsql.Schema())))
		}
		servers.Store = servers.stores[0]
		for _, quantity := range []int{1, 3} {
			bookingtest.Concurrent(t, prefixed{&servers, ent.Tenant(fmt.Sprint("q", quantity))}, quantity, 1000)
		}
	})
}

func TestReleasedMigrationsNeverChange(t *testing.T) {
	t.Parallel()
	sqldbtest.Frozen(t, bookingsql.Schema(), map[string]string{
		"sql/00001_booking.sql":    "6aecd7f9e29461ee1944e458cb943520c472cf444d766a560c0ee782c6ae2771",
		"postgres/00002_taken.sql": "c0e5d3fd4f121e1b4355ee66d6d971bd8c115497a360dbeecab3a726bbd02907",
	})
}

// dump writes all the rows.
func dump(t *testing.T, db *sqldb.DB) string {
	t.Helper()
	var b strings.Builder
	for _, table := range []string{"booking_resource", "booking", "booking_merge"} {
		rows, err := db.Handle().QueryContext(t.Context(), db.SQL(`SELECT * FROM {`+table+`}`))
		require.NoError(t, err)
		columns, err := rows.Columns()
		require.NoError(t, err)
		for rows.Next() {
			row := make([]any, len(columns))
			for i := range row {
				row[i] = new(any)
			}
			require.NoError(t, rows.Scan(row...))
			for i := range row {
				fmt.Fprintf(&b, `"%v"`, *row[i].(*any))
			}
		}
		require.NoError(t, rows.Err())
		require.NoError(t, rows.Close())
	}
	return b.String()
}

// TestBookingIsAHolder: a person who booked, gave up, and decided on a booking of somebody else.
func TestBookingIsAHolder(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		store := bookingsql.New(db)
		n := 0
		holdertest.Run(t, holdertest.Part{
			Holder: store, Tenant: "t",
			Put: func(t *testing.T, mark string) ent.ID {
				t.Helper()
				n++
				id, room := ent.ID(mark+"-person"), fmt.Sprint("room", n)
				e, err := store.PutResource(t.Context(), "t", bookingtest.Resource(room, 2), now)
				require.NoError(t, err)
				for i, owner := range []ent.ID{id, id, "somebody"} {
					b := bookingtest.Booking(fmt.Sprint(room, i), e.Resource.ID, 60*i, 60*i+90)
					b.Owner, b.Label = owner, "for all"
					if owner == id {
						b.Label = mark + " label"
					}
					_, err = store.Admit(t.Context(), "t", booking.Admission{Resource: e.Resource, Bookings: []booking.Booking{b}, At: now})
					require.NoError(t, err)
				}
				_, err = store.Change(t.Context(), "t", e.Resource.ID, []booking.Change{
					{ID: ent.ID(room + "1"), Base: 1, To: booking.StatusCancelled, Reason: mark + " reason"},
					{ID: ent.ID(room + "2"), Base: 1, To: booking.StatusRefused, Moderator: id},
				}, now)
				require.NoError(t, err)
				return id
			},
			Dump: func(t *testing.T) string { t.Helper(); return dump(t, db) },
		})
	}, bookingsql.Schema())
}

// TestMergedOwner: bookings of an account that was merged are those of the account that was kept, quotas included, and come back.
func TestMergedOwner(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := bookingsql.New(db)
		e, err := s.PutResource(t.Context(), "t", bookingtest.Resource("lab", 1), now)
		require.NoError(t, err)
		book := func(id string, owner ent.ID, at int) booking.Result {
			b := bookingtest.Booking(id, "lab", at, at+60)
			b.Owner = owner
			out, err := s.Admit(t.Context(), "t", booking.Admission{
				Resource: e.Resource, Bookings: []booking.Booking{b}, Quotas: []booking.Quota{{Per: booking.PerWeek, Count: 1}}, At: now,
			})
			require.NoError(t, err)
			return out
		}
		owned := func(owner ent.ID) int {
			list, err := s.Bookings(t.Context(), "t", booking.Query{Owner: owner})
			require.NoError(t, err)
			for _, b := range list {
				assert.Equal(t, owner, b.Owner)
			}
			return len(list)
		}
		require.Len(t, book("a", "gone", 0).Booked, 1)
		require.NoError(t, s.Merge(t.Context(), "t", "kept", "gone"))
		require.NoError(t, s.Merge(t.Context(), "t", "last", "kept"))
		assert.Equal(t, []int{0, 0, 1}, []int{owned("gone"), owned("kept"), owned("last")})
		out := book("b", "last", 120)
		require.Len(t, out.Refused, 1)
		assert.Equal(t, booking.CodeQuota, out.Refused[0].Code)
		require.NoError(t, s.Unmerge(t.Context(), "t", "last", "kept"))
		assert.Equal(t, []int{0, 1, 0}, []int{owned("gone"), owned("kept"), owned("last")})
		require.Len(t, book("b", "last", 120).Booked, 1)
	}, bookingsql.Schema())
}

// TestNothingPersonalInErrors: what a store says when it fails names nobody.
func TestNothingPersonalInErrors(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		const mark = "CANARI"
		var log strings.Builder
		s := bookingsql.New(db)
		e, err := s.PutResource(t.Context(), "t", bookingtest.Resource("lab", 1), now)
		require.NoError(t, err)
		b := bookingtest.Booking("a", "lab", 0, 60)
		b.Owner, b.Label, b.Reason, b.Moderator = mark, mark, mark, mark
		a := booking.Admission{Resource: e.Resource, Bookings: []booking.Booking{b}, At: now}
		_, err = s.Admit(t.Context(), "t", a)
		require.NoError(t, err)
		a.Bookings[0].Span = a.Bookings[0].AddDays(1)
		a.Bookings[0] = a.Bookings[0].In(time.UTC)
		_, err = s.Admit(t.Context(), "t", a)
		require.ErrorIs(t, err, booking.CodeTwice)
		errs := []error{err}
		_, err = s.Change(t.Context(), "t", "lab", []booking.Change{{ID: "a", Base: 9, To: booking.StatusCancelled, Moderator: mark, Reason: mark}}, now)
		errs = append(errs, err)
		a.Bookings[0].Label = mark + "\x00" // which PostgreSQL takes for no text
		a.Bookings[0].ID = "z"
		_, err = s.Admit(t.Context(), "t", a)
		errs = append(errs, err)
		_, err = db.Handle().ExecContext(t.Context(), db.SQL(`UPDATE {booking} SET starts_local = '`+mark+`'`))
		require.NoError(t, err)
		_, err = s.Booking(t.Context(), "t", "a")
		require.Error(t, err, "a row that cannot be read")
		errs = append(errs, err)
		for _, err := range errs {
			if err != nil {
				fmt.Fprintf(&log, "%v %+v %#v\n", err, err, err)
			}
		}
		require.NotEmpty(t, log.String())
		assert.NotContains(t, log.String(), mark)
	}, bookingsql.Schema())
}
