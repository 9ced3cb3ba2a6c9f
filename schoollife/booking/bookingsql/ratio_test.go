//go:build unix

package bookingsql_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/ent/sqldb/open"
	"github.com/opencartable/cartable/ent/sqldb/sqldbtest"
	"github.com/opencartable/cartable/internal/ratio"
	"github.com/opencartable/cartable/schoollife/booking"
	"github.com/opencartable/cartable/schoollife/booking/bookingsql"
	"github.com/opencartable/cartable/schoollife/booking/bookingtest"
)

// The benchmark that BENCHMARKS.md quotes:
//
//	.ci/services start && source "$(.ci/services env)"
//	go test -run '^$' -bench RatioBooking -benchtime 1x ./schoollife/booking/bookingsql
//
// The base is a bare INSERT of the same columns into a table with the same exclusion constraint and a primary key, by the same driver:
// no index to list by day, owner or series, no lock of the resource. Both are measured by the clock, since the work is the server's.
// Bookings of one run are on 40 rooms, and none is in the way of another.

func bare() sqldb.Schema {
	return sqldb.Schema{Name: "bare", FS: fstest.MapFS{"postgres/00001_bare.sql": &fstest.MapFile{Data: []byte(`-- +goose Up
CREATE TABLE {bare} (
	tenant TEXT NOT NULL, id TEXT NOT NULL, resource TEXT NOT NULL, owner TEXT NOT NULL, starts BIGINT NOT NULL, ends BIGINT NOT NULL,
	starts_local TEXT NOT NULL, ends_local TEXT NOT NULL, zone TEXT NOT NULL, quantity BIGINT NOT NULL, label TEXT NOT NULL, status TEXT NOT NULL,
	moderator TEXT NOT NULL, reason TEXT NOT NULL, series TEXT NOT NULL, made BIGINT NOT NULL, version BIGINT NOT NULL,
	units INT8MULTIRANGE NOT NULL DEFAULT '{[1,2)}', PRIMARY KEY (tenant, id),
	EXCLUDE USING gist (tenant WITH =, resource WITH =, int8range(starts, ends, '[)') WITH &&, units WITH &&) WHERE (status IN ('created', 'validated'))
);
`)}}}
}

const benchRooms = 40

// blocks are how often both sides alternate. The clock of a server is not steady: what counts is the median of how a block of ours
// compares with the one just before.
const blocks = 81

// bench gives bookings that are all free, and times clients that make them.
type bench struct {
	b     *testing.B
	rooms []booking.Resource
}

// booking returns the n-th: on a room, at a time of its own.
func (x *bench) booking(n int) booking.Booking {
	out := bookingtest.Booking(fmt.Sprintf("%08d", n), x.rooms[n%benchRooms].ID, n/benchRooms*10, n/benchRooms*10+10)
	out.Owner, out.Label = ent.ID(fmt.Sprint("teacher", n%97)), "Travaux pratiques"
	return out
}

func (x *bench) room(id ent.ID) booking.Resource {
	return x.rooms[slices.IndexFunc(x.rooms, func(r booking.Resource) bool { return r.ID == id })]
}

// timed runs clients side by side, each its share of the bookings from a number on.
func (x *bench) timed(first *int, clients, bookings int, one func(booking.Booking) error) ratio.Work {
	return func() (time.Duration, error) {
		list := make([]booking.Booking, bookings)
		for i := range list {
			list[i] = x.booking(*first + i)
		}
		*first += bookings
		errs := make([]error, clients)
		return ratio.Wall(func() {
			var wg sync.WaitGroup
			for c := range clients {
				wg.Go(func() {
					for i := c; i < bookings && errs[c] == nil; i += clients {
						errs[c] = one(list[i])
					}
				})
			}
			wg.Wait()
			for _, err := range errs {
				require.NoError(x.b, err)
			}
		})()
	}
}

func BenchmarkRatioBooking(b *testing.B) {
	for _, clients := range []int{1, 8} {
		b.Run(fmt.Sprintf("clients=%d", clients), func(b *testing.B) {
			db := sqldbtest.NewPlace(b, sqldb.PostgreSQL).DB(b, open.Options{MaxConns: clients}, bookingsql.Schema(), bare())
			s := bookingsql.New(db)
			x := &bench{b: b}
			for i := range benchRooms {
				x.rooms = append(x.rooms, bookingtest.Put(b, s, bookingtest.Resource(fmt.Sprintf("room%02d", i), 1)))
			}
			text := db.SQL(`INSERT INTO {bare} (tenant, id, resource, owner, starts, ends, starts_local, ends_local, zone, quantity, label, status, moderator,
				reason, series, made, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`)
			plain := func(k booking.Booking) error {
				_, err := db.Handle().ExecContext(context.Background(), text, "t", string(k.ID), string(k.Resource), string(k.Owner), sqldb.Micros(k.Starts),
					sqldb.Micros(k.Ends), k.Start.String(), k.End.String(), k.Zone, int64(k.Quantity), k.Label, string(k.Status), string(k.Moderator), k.Reason,
					string(k.Series), sqldb.Micros(k.Made), int64(1))
				return err
			}
			ours := func(k booking.Booking) error {
				out, err := s.Admit(context.Background(), "t", booking.Admission{Resource: x.room(k.Resource), Bookings: []booking.Booking{k}, At: now})
				if err == nil && len(out.Booked) != 1 {
					err = &booking.RefusedError{Refusals: out.Refused}
				}
				return err
			}
			bookings := 50 * max(clients, 2)
			var firstBase, firstOurs int
			base, mine := x.timed(&firstBase, clients, bookings, plain), x.timed(&firstOurs, clients, bookings, ours)
			for b.Loop() {
				var ratios []float64
				var took [2]time.Duration
				for range blocks {
					p, err := base()
					require.NoError(b, err)
					o, err := mine()
					require.NoError(b, err)
					ratios = append(ratios, float64(p)/float64(o))
					took[0], took[1] = took[0]+p, took[1]+o
				}
				slices.Sort(ratios)
				b.ReportMetric(ratios[blocks/2], "x")
				b.ReportMetric(blocks*float64(bookings)/took[1].Seconds(), "bookings/s")
				b.ReportMetric(blocks*float64(bookings)/took[0].Seconds(), "bare/s")
			}
		})
	}
}
