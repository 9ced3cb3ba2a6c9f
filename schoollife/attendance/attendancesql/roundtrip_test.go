package attendancesql_test

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/ent/sqldb/open"
	"github.com/opencartable/cartable/ent/sqldb/sqldbtest"
	"github.com/opencartable/cartable/schoollife/attendance"
	"github.com/opencartable/cartable/schoollife/attendance/attendancesql"
	"github.com/opencartable/cartable/schoollife/attendance/attendancetest"
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

// TestRollCallIsFewRoundTrips: 35 pupils, all of them absent, take as many as one: begin, merges, the roll call and its lock, its
// events, both written, commit.
func TestRollCallIsFewRoundTrips(t *testing.T) {
	t.Parallel()
	place := sqldbtest.NewPlace(t, sqldb.PostgreSQL)
	place.DB(t, open.Options{}, attendancesql.Schema())
	dsn, err := url.Parse(os.Getenv(sqldbtest.PostgresVariable))
	require.NoError(t, err)
	var w wire
	dsn.Host = w.serve(t, dsn.Host)
	through, err := open.PostgreSQL(t.Context(), dsn.String(), open.Options{Schema: place.Schema, MaxConns: 1})
	require.NoError(t, err)
	defer func() { require.NoError(t, through.Close()) }()
	store := attendancesql.New(through)
	for n := range 4 { // the first one opens the connection and prepares
		l, pupils := attendancetest.Lesson(ent.ID(fmt.Sprint("c", n)), 35)
		sent := attendance.Submission{ID: "1", Lesson: l.Key, Done: true}
		for _, p := range pupils {
			sent.Marks = append(sent.Marks, attendance.Mark{Pupil: p, Status: attendance.StatusAbsent})
		}
		before := w.trips.Load()
		_, err := attendancetest.Take(t.Context(), store, "t", &l, pupils, sent, "durand")
		require.NoError(t, err)
		if n > 1 {
			assert.LessOrEqual(t, w.trips.Load()-before, int64(7), "round trips")
		}
	}
}

func BenchmarkRollCall(b *testing.B) {
	for _, engine := range sqldb.Engines() {
		b.Run(string(engine), func(b *testing.B) {
			store := attendancesql.New(sqldbtest.NewPlace(b, engine).DB(b, open.Options{}, attendancesql.Schema()))
			for n := 0; b.Loop(); n++ {
				l, pupils := attendancetest.Lesson(ent.ID(fmt.Sprint("c", n)), 35)
				sent := attendance.Submission{ID: "1", Lesson: l.Key, Done: true}
				for i, p := range pupils {
					sent.Marks = append(sent.Marks, attendance.Mark{Pupil: p, Status: []attendance.Status{attendance.StatusAbsent, attendance.StatusPresent}[min(i/3, 1)]})
				}
				if _, err := attendancetest.Take(b.Context(), store, "t", &l, pupils, sent, "durand"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
