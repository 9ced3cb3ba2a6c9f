package gradebooksql_test

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/ent/sqldb/open"
	"github.com/opencartable/cartable/ent/sqldb/sqldbtest"
	"github.com/opencartable/cartable/schoollife/gradebook"
	"github.com/opencartable/cartable/schoollife/gradebook/gradebooksql"
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

func grid(tenant ent.Tenant, version int64) []gradebook.Entry {
	at := time.Date(2026, 10, 5, 9, 30, 0, 0, time.UTC)
	out := make([]gradebook.Entry, 35)
	for i := range out {
		out[i] = gradebook.Entry{
			Key:     gradebook.Key{Kind: gradebook.EntryMark, Period: "T1", Teaching: "FR", Of: "d1", Pupil: ent.ID(fmt.Sprintf("%s-p%02d", tenant, i))},
			Version: version, Class: "3A", Epoch: 1, By: "prof", At: at, Value: gradebook.Value{Result: gradebook.Points(decimal.New(version+int64(i)%10, 0))},
		}
	}
	return out
}

// TestGridIsOneRoundTrip counts what goes over the wire when a grid of 35 marks is saved, trail, locks and conflicts included.
func TestGridIsOneRoundTrip(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		store := gradebooksql.New(db)
		require.NoError(t, store.PutTerm(t.Context(), "t", gradebook.TermChange{
			Term: gradebook.Term{Class: "3A", Period: "T1", State: gradebook.LockOpen, Version: 1}, By: "head",
		}))
		if db.Engine() != sqldb.PostgreSQL {
			out, err := store.Save(t.Context(), "t", grid("t", 1)) // in the same process: there is no wire
			require.NoError(t, err)
			assert.NotContains(t, out, gradebook.OutcomeConflict)
			return
		}
		dsn, err := url.Parse(os.Getenv("CARTABLE_TEST_POSTGRES"))
		require.NoError(t, err)
		var w wire
		dsn.Host = w.serve(t, dsn.Host)
		// The tables are in the schema of the test: its name is in the text of any statement.
		var schema string
		require.NoError(t, db.Handle().QueryRowContext(t.Context(), `SELECT table_schema FROM information_schema.tables WHERE table_name LIKE '%gradebook_entry'
			AND $1 LIKE '%' || table_schema || '%'`, db.SQL("{gradebook_entry}")).Scan(&schema))
		through, err := open.PostgreSQL(t.Context(), dsn.String(), open.Options{Schema: schema, MaxConns: 1})
		require.NoError(t, err)
		defer func() { require.NoError(t, through.Close()) }()
		counted := gradebooksql.New(through)
		for version := int64(1); version <= 3; version++ { // the first one opens the connection and prepares
			before := w.trips.Load()
			out, err := counted.Save(t.Context(), "t", grid("t", version))
			require.NoError(t, err)
			for _, o := range out {
				require.Equal(t, gradebook.OutcomeSaved, o)
			}
			if version > 1 {
				assert.Equal(t, int64(1), w.trips.Load()-before, "round trips")
			}
		}
	}, gradebooksql.Schema())
}
