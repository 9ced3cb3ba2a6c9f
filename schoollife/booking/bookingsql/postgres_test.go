package bookingsql_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/ent/sqldb/open"
	"github.com/opencartable/cartable/ent/sqldb/sqldbtest"
	"github.com/opencartable/cartable/schoollife/booking"
	"github.com/opencartable/cartable/schoollife/booking/bookingsql"
	"github.com/opencartable/cartable/schoollife/booking/bookingtest"
)

// wire stands between a client and a PostgreSQL server, and counts how often the client speaks after the server did.
type wire struct {
	trips  atomic.Int64
	server atomic.Bool // the server spoke last
}

func (w *wire) serve(t *testing.T, server string) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			behind, err := net.Dial("tcp", server)
			if err != nil {
				_ = client.Close()
				return
			}
			go w.pump(behind, client, func() {
				if w.server.Swap(false) {
					w.trips.Add(1)
				}
			})
			go w.pump(client, behind, func() { w.server.Store(true) })
		}
	}()
	return l.Addr().String()
}

func (w *wire) pump(to, from net.Conn, spoke func()) {
	defer to.Close()
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			spoke()
			if _, err := to.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil { // either end may close
			return
		}
	}
}

// TestBookingIsOneRoundTrip counts what goes over the wire when a room is booked: the check, the lock and the booking are one trip.
func TestBookingIsOneRoundTrip(t *testing.T) {
	t.Parallel()
	place := sqldbtest.NewPlace(t, sqldb.PostgreSQL)
	db := place.DB(t, open.Options{}, bookingsql.Schema())
	room := bookingtest.Put(t, bookingsql.New(db), bookingtest.Resource("lab", 1))
	dsn, err := url.Parse(os.Getenv(sqldbtest.PostgresVariable))
	require.NoError(t, err)
	var w wire
	dsn.Host = w.serve(t, dsn.Host)
	through, err := open.PostgreSQL(t.Context(), dsn.String(), open.Options{Schema: place.Schema, MaxConns: 1})
	require.NoError(t, err)
	defer func() { require.NoError(t, through.Close()) }()
	counted := bookingsql.New(through)
	for n := range 3 { // the first one prepares
		before := w.trips.Load()
		out, err := counted.Admit(t.Context(), "t", booking.Admission{
			Resource: room, Bookings: []booking.Booking{bookingtest.Booking(fmt.Sprint("b", n), "lab", 60*n, 60*n+60)}, At: now,
		})
		require.NoError(t, err)
		require.Len(t, out.Booked, 1)
		if n > 0 {
			assert.Equal(t, int64(1), w.trips.Load()-before, "round trips")
		}
	}
}

// TestTheTableRefuses: whatever a program does past this package, PostgreSQL keeps no double booking.
func TestTheTableRefuses(t *testing.T) {
	t.Parallel()
	db := sqldbtest.NewPlace(t, sqldb.PostgreSQL).DB(t, open.Options{}, bookingsql.Schema())
	s := bookingsql.New(db)
	lab := bookingtest.Put(t, s, bookingtest.Resource("lab", 1))
	tablets := bookingtest.Put(t, s, bookingtest.Resource("tablets", 2))
	for i, r := range []booking.Resource{lab, tablets, tablets} {
		out, err := s.Admit(t.Context(), "t", booking.Admission{Resource: r, Bookings: []booking.Booking{bookingtest.Booking(fmt.Sprint("b", i), r.ID, 60, 120)}, At: now})
		require.NoError(t, err)
		require.Len(t, out.Booked, 1)
	}
	run := func(text string) *sqldb.Error {
		_, err := db.Handle().ExecContext(t.Context(), db.SQL(text))
		e, _ := errors.AsType[*sqldb.Error](sqldb.Wrap(err))
		return e
	}
	require.Nil(t, run(`INSERT INTO {booking} SELECT tenant, 'refused', resource, owner, starts, ends, starts_local, ends_local, zone, quantity, label, 'refused',
		moderator, reason, series, made, version, units FROM {booking} WHERE id = 'b0'`), "one that holds nothing passes")
	for name, text := range map[string]string{
		"a second booking": `INSERT INTO {booking} SELECT tenant, 'x', resource, owner, starts + 1, ends + 1, starts_local, ends_local, zone, quantity, label, status,
			moderator, reason, series, made, version, units FROM {booking} WHERE id = 'b0'`,
		"a unit of another":    `UPDATE {booking} SET units = (SELECT units FROM {booking} WHERE id = 'b1') WHERE id = 'b2'`,
		"a move onto another":  `UPDATE {booking} SET resource = 'tablets', units = '{[2,3)}' WHERE id = 'b0'`,
		"one that comes back":  `UPDATE {booking} SET status = 'validated' WHERE id = 'refused'`,
		"the end before start": `UPDATE {booking} SET ends = starts WHERE id = 'b0'`,
	} {
		e := run(text)
		if assert.NotNil(t, e, name) {
			assert.Contains(t, []ent.Code{sqldb.CodeDuplicate, sqldb.CodeConstraint}, e.Code, name)
		}
	}
	assert.Nil(t, run(`INSERT INTO {booking} SELECT tenant, 'y', resource, owner, ends, ends + 1, starts_local, ends_local, zone, quantity, label, status,
		moderator, reason, series, made, version, units FROM {booking} WHERE id = 'b0'`), "an adjacent one passes")
}

// TestWithoutTheExtension: who may not make btree_gist reads what to ask for, and the migration goes on once it is there.
func TestWithoutTheExtension(t *testing.T) {
	t.Parallel()
	place := sqldbtest.NewPlace(t, sqldb.PostgreSQL)
	admin, err := place.Open(t.Context(), open.Options{})
	require.NoError(t, err)
	name := "cartable_test_" + strings.ToLower(rand.Text()[:12])
	dsn, err := url.Parse(place.Name)
	require.NoError(t, err)
	exec := func(db *sqldb.DB, text string) {
		t.Helper()
		_, err := db.Handle().Exec(text) // also at the end, when the context of the test is over
		require.NoError(t, err)
	}
	exec(admin, `CREATE ROLE `+name+` LOGIN PASSWORD '`+name+`'`)
	exec(admin, `CREATE DATABASE `+name)
	t.Cleanup(func() {
		exec(admin, `DROP DATABASE `+name+` WITH (FORCE)`)
		exec(admin, `DROP ROLE `+name)
		require.NoError(t, admin.Close())
	})
	dsn.Path = "/" + name
	owner, err := open.PostgreSQL(t.Context(), dsn.String(), open.Options{MaxConns: 1})
	require.NoError(t, err)
	defer func() { require.NoError(t, owner.Close()) }()
	exec(owner, `CREATE SCHEMA app AUTHORIZATION `+name)

	dsn.User = url.UserPassword(name, name)
	db, err := open.PostgreSQL(t.Context(), dsn.String(), open.Options{Schema: "app", MaxConns: 2})
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	err = db.Migrate(t.Context(), bookingsql.Schema())
	require.ErrorIs(t, err, sqldb.CodeMigration)
	assert.ErrorContains(t, err, "CREATE EXTENSION btree_gist")
	assert.ErrorContains(t, err, "booking/2 42501")
	exec(owner, `CREATE EXTENSION btree_gist`)
	require.NoError(t, db.Migrate(t.Context(), bookingsql.Schema()))
}
