package attendancesql_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/ent/sqldb/open"
	"github.com/opencartable/cartable/ent/sqldb/sqldbtest"
	"github.com/opencartable/cartable/schoollife/attendance"
	"github.com/opencartable/cartable/schoollife/attendance/attendancesql"
	"github.com/opencartable/cartable/schoollife/attendance/attendancetest"
	"github.com/opencartable/cartable/schoollife/timetable"
)

const crashVariable = "CARTABLE_ATTENDANCE_CRASH"

func TestMain(m *testing.M) {
	if where := os.Getenv(crashVariable); where != "" {
		if err := crashing(where); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

const crashPupils = 400

// flip marks every pupil as a revision says: absent, then late, in turn.
func flip(ctx context.Context, s *attendancesql.Store, n int) error {
	l, pupils := attendancetest.Lesson("c", crashPupils)
	sent := attendance.Submission{ID: ent.ID(fmt.Sprint("s", n)), Lesson: l.Key, Base: n}
	for _, p := range pupils {
		m := attendance.Mark{Pupil: p, Status: attendance.StatusAbsent}
		if n%2 == 1 {
			m.Status, m.At = attendance.StatusLate, 490
		}
		sent.Marks = append(sent.Marks, m)
	}
	_, err := attendancetest.Take(ctx, s, "t", &l, pupils, sent, "durand")
	return err
}

// crashing sends roll call after roll call, as the program that dies.
func crashing(where string) error {
	parts := strings.SplitN(where, "|", 3)
	ctx := context.Background()
	place := sqldbtest.Place{Engine: sqldb.Engine(parts[0]), Schema: parts[1], Name: parts[2]}
	db, err := place.Open(ctx, open.Options{})
	if err != nil {
		return err
	}
	s := attendancesql.New(db)
	call, err := s.Call(ctx, "t", timetable.Key{Course: "c", On: ent.Date{Year: 2026, Month: 11, Day: 3}})
	if err != nil {
		return err
	}
	fmt.Println("calling")
	for n := call.Revision; ; n++ {
		if err := flip(ctx, s, n); err != nil {
			return err
		}
	}
}

// TestKilledWhileCalling: the process dies at any moment of a roll call, and the events are those of its marks.
func TestKilledWhileCalling(t *testing.T) {
	if testing.Short() {
		t.Skip("kills processes again and again: the whole run does")
	}
	t.Parallel()
	sqldbtest.Places(t, func(t *testing.T, p sqldbtest.Place) {
		s := attendancesql.New(p.DB(t, open.Options{}, attendancesql.Schema()))
		l, _ := attendancetest.Lesson("c", crashPupils)
		rng := rand.New(rand.NewPCG(1, 1)) //nolint:gosec // a test
		revision, grown := 0, 0
		for try := 0; (try < 6 || grown < 2) && try < 40; try++ {
			cmd := exec.CommandContext(t.Context(), os.Args[0]) //nolint:gosec // this test itself
			cmd.Env = append(os.Environ(), crashVariable+"="+string(p.Engine)+"|"+p.Schema+"|"+p.Name)
			var stderr strings.Builder
			cmd.Stderr = &stderr
			out, err := cmd.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, cmd.Start())
			_, err = out.Read(make([]byte, 64)) // it is about to call
			require.NoError(t, err, stderr.String())
			time.Sleep(time.Duration(10+rng.IntN(40*(1+try%8))) * time.Millisecond)
			_ = cmd.Process.Kill()
			require.Error(t, cmd.Wait())
			require.Empty(t, stderr.String())
			// A server may still be ending the transaction of the dead: whoever takes the lock comes after.
			require.NoError(t, s.ChangeCall(t.Context(), "t", l.Key, func(call attendance.RollCall, had []attendance.Event) (attendance.RollCall, []attendance.Event, error) {
				require.GreaterOrEqual(t, call.Revision, revision, "what was answered stays")
				if call.Revision > revision {
					grown++
				}
				revision = call.Revision
				require.Empty(t, attendance.Follow(had, attendance.Seen(&call, &l)))
				for _, e := range had {
					require.Equal(t, call.Revision, e.Version)
				}
				if call.Revision > 0 {
					require.Len(t, call.Entries, crashPupils)
					require.Len(t, had, crashPupils)
				}
				return call, nil, nil
			}))
		}
		assert.Positive(t, grown)
		t.Logf("%d roll calls done", revision)
	})
}
