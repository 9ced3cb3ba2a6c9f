package timetablesql_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
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
	"github.com/opencartable/cartable/schoollife/timetable"
	"github.com/opencartable/cartable/schoollife/timetable/timetablesql"
	"github.com/opencartable/cartable/schoollife/timetable/timetabletest"
)

var at = time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC)

// prefixed gives each test tenants of its own in one database.
type prefixed struct {
	timetable.Store
	prefix ent.Tenant
}

func (p prefixed) Kept(ctx context.Context, tenant ent.Tenant, school ent.ID) (*timetable.Kept, error) {
	return p.Store.Kept(ctx, p.prefix+tenant, school)
}

func (p prefixed) Apply(ctx context.Context, tenant ent.Tenant, school ent.ID, x *timetable.Plan, by ent.ID, at time.Time) error {
	return p.Store.Apply(ctx, p.prefix+tenant, school, x, by, at)
}

func (p prefixed) Imports(ctx context.Context, tenant ent.Tenant, school ent.ID) ([]timetable.Import, error) {
	return p.Store.Imports(ctx, p.prefix+tenant, school)
}

func (p prefixed) Undo(ctx context.Context, tenant ent.Tenant, school ent.ID, called func(timetable.Key) bool, by ent.ID, at time.Time) error {
	return p.Store.Undo(ctx, p.prefix+tenant, school, called, by, at)
}

func (p prefixed) Change(ctx context.Context, tenant ent.Tenant, school ent.ID, c timetable.HandChange, seen int) error {
	return p.Store.Change(ctx, p.prefix+tenant, school, c, seen)
}

func (p prefixed) Changes(ctx context.Context, tenant ent.Tenant, school ent.ID) ([]timetable.HandChange, error) {
	return p.Store.Changes(ctx, p.prefix+tenant, school)
}

func (p prefixed) Lessons(ctx context.Context, tenant ent.Tenant, school ent.ID, from, to ent.Date) ([]timetable.Lesson, error) {
	return p.Store.Lessons(ctx, p.prefix+tenant, school, from, to)
}

func (p prefixed) Version(ctx context.Context, tenant ent.Tenant, school ent.ID) (int64, time.Time, error) {
	return p.Store.Version(ctx, p.prefix+tenant, school)
}

func (p prefixed) AddToken(ctx context.Context, tenant ent.Tenant, t timetable.Token) error {
	return p.Store.AddToken(ctx, p.prefix+tenant, t)
}

func (p prefixed) Token(ctx context.Context, tenant ent.Tenant, hash string) (timetable.Token, error) {
	return p.Store.Token(ctx, p.prefix+tenant, hash)
}

func (p prefixed) Tokens(ctx context.Context, tenant ent.Tenant, person ent.ID) ([]timetable.Token, error) {
	return p.Store.Tokens(ctx, p.prefix+tenant, person)
}

func (p prefixed) Revoke(ctx context.Context, tenant ent.Tenant, person ent.ID, hash string, at time.Time) error {
	return p.Store.Revoke(ctx, p.prefix+tenant, person, hash, at)
}

func TestStore(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		var n atomic.Int64 // the tests of a store run side by side
		timetabletest.Run(t, func(*testing.T) timetable.Store {
			return prefixed{timetablesql.New(db), ent.Tenant(fmt.Sprintf("academy%d-", n.Add(1)))}
		})
	}, timetablesql.Schema())
}

func TestReleasedMigrationsNeverChange(t *testing.T) {
	t.Parallel()
	sqldbtest.Frozen(t, timetablesql.Schema(), map[string]string{
		"sql/00001_timetable.sql": "705cb244f94c4b19db0a212c5d2faeff054718bc36edb477d034d7b8a929c898",
	})
}

// dump writes all the rows.
func dump(t *testing.T, db *sqldb.DB) string {
	t.Helper()
	var b strings.Builder
	for _, table := range []string{"timetable_school", "timetable_lesson", "timetable_change", "timetable_import", "timetable_token", "timetable_merge"} {
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

// TestTimetableIsAHolder: a person who teaches, changed lessons by hand, imported, and opened a calendar.
func TestTimetableIsAHolder(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		store := timetablesql.New(db)
		n := 0
		holdertest.Run(t, holdertest.Part{
			Holder: store, Tenant: "t",
			Put: func(t *testing.T, mark string) ent.ID {
				t.Helper()
				n++
				id := ent.ID(mark + fmt.Sprintf("_p%d%%", n)) // with what a pattern would take for any letter
				school := ent.ID(fmt.Sprint("school", n))
				grid := timetabletest.Grid(1, 4)
				for i := range grid.Courses {
					grid.Courses[i].Resources[1].ID = id
				}
				k, err := store.Kept(t.Context(), "t", school)
				require.NoError(t, err)
				p := timetable.Compare(k, grid, timetable.ImportOptions{Source: "src"})
				require.NoError(t, store.Apply(t.Context(), "t", school, p, id, at))
				k, err = store.Kept(t.Context(), "t", school)
				require.NoError(t, err)
				grid.Courses[0].Day = 6
				require.NoError(t, store.Apply(t.Context(), "t", school, timetable.Compare(k, grid, timetable.ImportOptions{Source: "src"}), id, at))
				require.NoError(t, store.Change(t.Context(), "t", school, timetable.HandChange{
					Change: timetable.Change{Key: k.Lessons[0].Key, State: timetable.StateReplaced, With: []timetable.Ref{{Kind: timetable.KindTeacher, ID: id}}}, By: id, At: at,
				}, revision(t, store, school, k.Lessons[0].Key)))
				_, token, err := timetable.NewToken(nil, timetable.Token{Person: id, Of: timetable.Ref{Kind: timetable.KindTeacher, ID: id}, Created: at})
				require.NoError(t, err)
				require.NoError(t, store.AddToken(t.Context(), "t", token))
				return id
			},
			Dump: func(t *testing.T) string { t.Helper(); return dump(t, db) },
		})
	}, timetablesql.Schema())
}

func revision(t *testing.T, s *timetablesql.Store, school ent.ID, k timetable.Key) int {
	t.Helper()
	kept, err := s.Kept(t.Context(), "t", school)
	require.NoError(t, err)
	for i := range kept.Lessons {
		if kept.Lessons[i].Key == k {
			return kept.Lessons[i].Revision
		}
	}
	return 0
}

// TestMergedTeacherTeaches: lessons of an account that was merged are those of the account that was kept, and come back with it.
func TestMergedTeacherTeaches(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := timetablesql.New(db)
		require.NoError(t, s.Apply(t.Context(), "t", "c", timetable.Compare(&timetable.Kept{}, timetabletest.Grid(1, 3), timetable.ImportOptions{Source: "x"}), "x", at))
		teaches := func(id ent.ID) int {
			list, err := s.Lessons(t.Context(), "t", "c", timetabletest.Grid(1, 1).Year.First, timetabletest.Grid(1, 1).Year.Last)
			require.NoError(t, err)
			n := 0
			for i := range list {
				if list[i].Has(timetable.Ref{Kind: timetable.KindTeacher, ID: id}) {
					n++
				}
			}
			return n
		}
		gone := ent.ID("")
		for _, id := range []ent.ID{"t0", "t1", "t2", "t3", "t4"} {
			if teaches(id) > 0 {
				gone = id
			}
		}
		n := teaches(gone)
		require.Positive(t, n)
		require.NoError(t, s.Merge(t.Context(), "t", "kept", gone))
		assert.Equal(t, []int{0, n}, []int{teaches(gone), teaches("kept")})
		require.NoError(t, s.Unmerge(t.Context(), "t", "kept", gone))
		assert.Equal(t, []int{n, 0}, []int{teaches(gone), teaches("kept")})
	}, timetablesql.Schema())
}

const crashVariable = "CARTABLE_TIMETABLE_CRASH"

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

func crashFiles() (before, after *timetable.Timetable) {
	after = timetabletest.Grid(1, 90)
	for i := range after.Courses {
		switch i % 3 {
		case 0:
			after.Courses[i].Resources[2].ID = "gym"
		case 1:
			after.Courses[i].Day, after.Courses[i].Start, after.Courses[i].End = 6, 480, 540
		}
	}
	after.Courses = append(after.Courses[5:], timetabletest.Grid(7, 60).Courses...)
	for i := range after.Courses {
		after.Courses[i].ID = ent.ID(fmt.Sprint("c", i))
	}
	return timetabletest.Grid(1, 90), after
}

// crashing imports, as the program that dies.
func crashing(where string) error {
	parts := strings.SplitN(where, "|", 3)
	ctx := context.Background()
	place := sqldbtest.Place{Engine: sqldb.Engine(parts[0]), Schema: parts[1], Name: parts[2]}
	db, err := place.Open(ctx, open.Options{})
	if err != nil {
		return err
	}
	s := timetablesql.New(db)
	_, after := crashFiles()
	k, err := s.Kept(ctx, "t", "c")
	if err != nil {
		return err
	}
	p := timetable.Compare(k, after, timetable.ImportOptions{Source: "src", Consent: true})
	fmt.Println("applying")
	return s.Apply(ctx, "t", "c", p, "x", at)
}

// TestKilledWhileImporting: the process dies at any moment of an import, and the timetable is that of before or that of after.
func TestKilledWhileImporting(t *testing.T) {
	if testing.Short() {
		t.Skip("kills processes again and again: the whole run does")
	}
	t.Parallel()
	sqldbtest.Places(t, func(t *testing.T, p sqldbtest.Place) {
		db := p.DB(t, open.Options{}, timetablesql.Schema())
		s := timetablesql.New(db)
		before, after := crashFiles()
		require.NoError(t, s.Apply(t.Context(), "t", "c", timetable.Compare(&timetable.Kept{}, before, timetable.ImportOptions{Source: "src"}), "x", at))
		state := func() (int64, [32]byte) {
			k, err := s.Kept(t.Context(), "t", "c")
			require.NoError(t, err)
			for i := range k.Lessons {
				k.Lessons[i].Revision = 0
			}
			b, err := json.Marshal(k.Lessons)
			require.NoError(t, err)
			return k.Version, sha256.Sum256(b)
		}
		_, first := state()
		rng := rand.New(rand.NewPCG(1, 1)) //nolint:gosec // a test
		killed, finished := 0, 0
		var takes time.Duration // an import that nobody kills, the first one: how fast the machine is right now
		for try := 0; (finished < 2 || killed < 6) && try < 60; try++ {
			version, was := state()
			require.Equal(t, first, was)
			cmd := exec.CommandContext(t.Context(), os.Args[0]) //nolint:gosec // this test itself
			cmd.Env = append(os.Environ(), crashVariable+"="+string(p.Engine)+"|"+p.Schema+"|"+p.Name)
			var errors bytes.Buffer
			cmd.Stderr = &errors
			out, err := cmd.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, cmd.Start())
			buf := make([]byte, 64)
			_, err = out.Read(buf) // it is about to apply
			require.NoError(t, err, errors.String())
			if began := time.Now(); try == 0 {
				require.NoError(t, cmd.Wait(), errors.String())
				takes = time.Since(began)
			} else {
				time.Sleep(time.Duration(rng.Int64N(int64(takes*3/2) + 1)))
				_ = cmd.Process.Kill()
				if cmd.Wait() != nil {
					killed++
				}
			}
			// A server may still be ending the transaction of the dead: whoever takes the lock of the school comes after.
			require.ErrorIs(t, s.Change(t.Context(), "t", "c", timetable.HandChange{Change: timetable.Change{Key: timetable.Key{Course: "none", On: before.Year.First}, State: timetable.StateCancelled}, At: at}, 0), timetable.CodeUnknownLesson)
			now, is := state()
			if now == version {
				require.Equal(t, first, is, "the state before")
				continue
			}
			finished++
			k, err := s.Kept(t.Context(), "t", "c")
			require.NoError(t, err)
			require.Empty(t, timetable.Compare(k, after, timetable.ImportOptions{Source: "src"}).Lessons, "the state after")
			require.NoError(t, s.Undo(t.Context(), "t", "c", nil, "x", at))
		}
		assert.Positive(t, killed)
		assert.Positive(t, finished)
		t.Logf("%d killed, %d finished", killed, finished)
	})
}

// TestCalendarsFollowAMerge: a calendar of an account that was merged is of the one that was kept, in the order in which they were made.
func TestCalendarsFollowAMerge(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := timetablesql.New(db)
		for n, id := range []ent.ID{"kept", "gone"} {
			of := timetable.Ref{Kind: timetable.KindTeacher, ID: id}
			require.NoError(t, s.AddToken(t.Context(), "t", timetable.Token{Hash: string(id), Person: id, Of: of, Created: at.Add(time.Duration(n) * time.Hour)}))
		}
		require.NoError(t, s.Merge(t.Context(), "t", "kept", "gone"))
		now, err := s.Token(t.Context(), "t", "gone")
		require.NoError(t, err)
		assert.Equal(t, ent.ID("kept"), now.Person)
		assert.Equal(t, ent.ID("kept"), now.Of.ID, "the lessons are those of that account now")
		list, err := s.Tokens(t.Context(), "t", "kept")
		require.NoError(t, err)
		require.Len(t, list, 2)
		assert.Equal(t, "gone", list[0].Hash, "newest first")
		require.NoError(t, s.Revoke(t.Context(), "t", "kept", "gone", at))
		require.NoError(t, s.Unmerge(t.Context(), "t", "kept", "gone"))
		now, err = s.Token(t.Context(), "t", "gone")
		require.NoError(t, err)
		assert.Equal(t, ent.ID("gone"), now.Of.ID)
		assert.True(t, at.Equal(now.Revoked))
	}, timetablesql.Schema())
}

// TestHeldTellsImportsAndNobodyElse: who imported is told so; an identifier in other letters is somebody else.
func TestHeldTellsImportsAndNobodyElse(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := timetablesql.New(db)
		grid := timetabletest.Grid(1, 1)
		grid.Courses[0].Resources[1].ID = "aB"
		require.NoError(t, s.Apply(t.Context(), "t", "c", timetable.Compare(&timetable.Kept{}, grid, timetable.ImportOptions{Source: "x"}), "secretary", at))
		list, err := s.Held(t.Context(), "t", "secretary")
		require.NoError(t, err)
		require.Len(t, list, 1)
		assert.Equal(t, "import", list[0].Kind)
		list, err = s.Held(t.Context(), "t", "aB")
		require.NoError(t, err)
		assert.NotEmpty(t, list)
		list, err = s.Held(t.Context(), "t", "Ab")
		require.NoError(t, err)
		assert.Empty(t, list)
	}, timetablesql.Schema())
}

// TestErasingIsOfNobodyElse: a calendar of an identifier in other letters stays.
func TestErasingIsOfNobodyElse(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := timetablesql.New(db)
		require.NoError(t, s.AddToken(t.Context(), "t", timetable.Token{Hash: "1", Person: "parent", Of: timetable.Ref{Kind: timetable.KindPupil, ID: "aB"}, Created: at}))
		n, err := s.Erase(t.Context(), "t", "Ab")
		require.NoError(t, err)
		assert.Zero(t, n)
		_, err = s.Token(t.Context(), "t", "1")
		require.NoError(t, err)
		_, err = s.Erase(t.Context(), "t", "aB")
		require.NoError(t, err)
		_, err = s.Token(t.Context(), "t", "1")
		require.ErrorIs(t, err, timetable.CodeToken)
	}, timetablesql.Schema())
}
