//go:build unix

package aaf_test

import (
	"context"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/ent/directory/directorysql"
	"github.com/opencartable/cartable/ent/enttest"
	"github.com/opencartable/cartable/ent/sqldb"
	sqlopen "github.com/opencartable/cartable/ent/sqldb/open"
	"github.com/opencartable/cartable/ent/sqldb/sqldbtest"
	"github.com/opencartable/cartable/internal/ratio"
	"github.com/opencartable/cartable/interop/aaf"
	"github.com/opencartable/cartable/interop/aaf/aaftest"
)

// The benchmarks of this file are those that BENCHMARKS.md quotes. Each runs its baseline in the same run:
//
//	.ci/services start && source "$(.ci/services env)"
//	go test -run '^$' -bench 'RatioFirstLoad|RatioNight|RatioSearch' -benchtime 1x -timeout 60m ./interop/aaf
//
// SQLite is measured by the user CPU time of this process, PostgreSQL by the clock: its work is in other processes.

func monday(n int) ent.Date { return ent.Date{Year: 2024, Month: 11, Day: 4}.AddDays(n) }

// fixed is the reach of an asker, by profile.
type fixed map[ent.Profile]access.Reach

func (f fixed) Reach(_ access.Action, of ent.Profile) access.Reach { return f[of] }

func everywhere() fixed {
	out := fixed{}
	for _, p := range ent.Profiles() {
		out[p] = access.Reach{All: true}
	}
	return out
}

func benchPersons() int {
	if n, err := strconv.Atoi(os.Getenv("CARTABLE_BENCH_PERSONS")); err == nil {
		return n
	}
	return 100000
}

// benchFeed returns a folder with the second degree of an academy, written once when CARTABLE_BENCH_DIR keeps it.
func benchFeed(b *testing.B) string {
	b.Helper()
	dir := b.TempDir()
	if keep := os.Getenv("CARTABLE_BENCH_DIR"); keep != "" {
		dir = filepath.Join(keep, fmt.Sprint("directory-", benchPersons()))
		if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
			return dir
		}
		require.NoError(b, os.MkdirAll(dir, 0o700))
	}
	// Half of an academy is of the second degree.
	require.NoError(b, aaftest.Write(dir, enttest.New(enttest.Options{Seed: 1, Persons: benchPersons() * 2}), ent.SecondDegree, aaftest.Options{}))
	return dir
}

func benchSource(b testing.TB, dir string) *aaf.Source {
	b.Helper()
	d, err := aaf.Open(dir, aaf.Options{})
	require.NoError(b, err)
	s, err := d.Source(context.Background(), aaf.SourceOptions{})
	require.NoError(b, err)
	return s
}

func work(engine sqldb.Engine, f func()) ratio.Work {
	if engine == sqldb.SQLite {
		return ratio.CPU(f)
	}
	return ratio.Wall(f)
}

// tables are those that a first load fills.
func tables() []string {
	return []string{"person", "person_key", "kin", "found", "member", "place", "place_key", "mark", "outbox"}
}

// copied is the rows of a table in memory.
type copied struct {
	table   string
	columns []string
	rows    [][]any
}

func copyOut(b testing.TB, db *sqldb.DB) []copied {
	b.Helper()
	var out []copied
	for _, table := range tables() {
		rows, err := db.Handle().QueryContext(b.Context(), db.SQL(`SELECT * FROM {`+table+`}`))
		require.NoError(b, err)
		c := copied{table: table}
		c.columns, err = rows.Columns()
		require.NoError(b, err)
		for rows.Next() {
			row := make([]any, len(c.columns))
			at := make([]any, len(row))
			for i := range row {
				at[i] = &row[i]
			}
			require.NoError(b, rows.Scan(at...))
			c.rows = append(c.rows, row)
		}
		require.NoError(b, rows.Err())
		require.NoError(b, rows.Close())
		out = append(out, c)
	}
	return out
}

// plainLoad is what a careful program does: COPY on PostgreSQL; on SQLite a prepared insert a row, in one transaction.
func plainLoad(b testing.TB, db *sqldb.DB, data []copied) {
	b.Helper()
	if db.Engine() == sqldb.PostgreSQL {
		require.NoError(b, db.Update(b.Context(), "t", func(tx *sqldb.Tx) error {
			for _, c := range data {
				if _, err := tx.Load(b.Context(), c.table, c.columns, slices.Values(c.rows)); err != nil {
					return err
				}
			}
			return nil
		}))
		return
	}
	tx, err := db.Handle().BeginTx(b.Context(), nil)
	require.NoError(b, err)
	for _, c := range data {
		marks := make([]string, len(c.columns))
		for i := range marks {
			marks[i] = "$" + strconv.Itoa(i+1)
		}
		stmt, err := tx.PrepareContext(b.Context(), db.SQL(`INSERT INTO {`+c.table+`} (`+strings.Join(c.columns, ", ")+`) VALUES (`+strings.Join(marks, ", ")+`)`))
		require.NoError(b, err)
		for _, r := range c.rows {
			_, err := stmt.ExecContext(b.Context(), r...)
			require.NoError(b, err)
		}
		require.NoError(b, stmt.Close())
	}
	require.NoError(b, tx.Commit())
}

func onEngines(b *testing.B, fn func(b *testing.B, engine sqldb.Engine)) {
	b.Helper()
	for _, e := range sqldb.Engines() {
		b.Run(string(e), func(b *testing.B) { fn(b, e) })
	}
}

// best is ratio.Best, or one turn of each side for a whole academy, where a turn is minutes.
func best(base, ours func() (time.Duration, error)) (x, y time.Duration, err error) {
	if benchPersons() < 1_000_000 {
		return ratio.Best(base, ours)
	}
	if x, err = base(); err == nil {
		y, err = ours()
	}
	return x, y, err
}

func emptyDB(b testing.TB, engine sqldb.Engine) *sqldb.DB {
	b.Helper()
	return sqldbtest.NewPlace(b, engine).DB(b, sqlopen.Options{}, directorysql.Schema())
}

// The first load: from the plan to the commit, against the same rows loaded plainly; and from the feed to the commit.
func BenchmarkRatioFirstLoad(b *testing.B) {
	dir := benchFeed(b)
	onEngines(b, func(b *testing.B, engine sqldb.Engine) {
		first := emptyDB(b, engine)
		s := directorysql.New(first, "t", directorysql.Options{})
		src := benchSource(b, dir)
		plan, err := directory.Compare(b.Context(), s, src, directory.Policy{Today: monday(0)})
		require.NoError(b, err)
		_, err = s.Apply(b.Context(), plan, directorysql.ApplyOptions{})
		require.NoError(b, err)
		data := copyOut(b, first)
		rows := 0
		for _, c := range data {
			rows += len(c.rows)
		}
		for b.Loop() {
			base := func() (time.Duration, error) {
				db := emptyDB(b, engine)
				runtime.GC()
				return work(engine, func() { plainLoad(b, db, data) })()
			}
			ours := func() (time.Duration, error) {
				s := directorysql.New(emptyDB(b, engine), "t", directorysql.Options{})
				plan, err := directory.Compare(b.Context(), s, src, directory.Policy{Today: monday(0)})
				require.NoError(b, err)
				runtime.GC()
				return work(engine, func() {
					_, err := s.Apply(b.Context(), plan, directorysql.ApplyOptions{})
					require.NoError(b, err)
				})()
			}
			whole := func() (time.Duration, error) {
				s := directorysql.New(emptyDB(b, engine), "t", directorysql.Options{})
				runtime.GC()
				return work(engine, func() {
					plan, err := directory.Compare(b.Context(), s, benchSource(b, dir), directory.Policy{Today: monday(0)})
					require.NoError(b, err)
					_, err = s.Apply(b.Context(), plan, directorysql.ApplyOptions{})
					require.NoError(b, err)
				})()
			}
			x, y, err := best(base, ours)
			require.NoError(b, err)
			_, z, err := best(func() (time.Duration, error) { return time.Second, nil }, whole)
			require.NoError(b, err)
			b.ReportMetric(y.Seconds()/x.Seconds(), "apply/load")
			b.ReportMetric(z.Seconds()/x.Seconds(), "feed/load")
			b.ReportMetric(x.Seconds(), "load-s")
			b.ReportMetric(float64(rows), "rows")
		}
	})
}

// changed is a source of which some records are not what they were.
type changed struct {
	*aaf.Source
	every int
}

func (c *changed) Heads() iter.Seq[directory.Head] {
	return func(yield func(directory.Head) bool) {
		n := 0
		for h := range c.Source.Heads() {
			if n++; n%c.every == 0 {
				h.Hash[0] ^= 1
			}
			if !yield(h) {
				return
			}
		}
	}
}

func (c *changed) Record(h directory.Head) directory.Record {
	r := c.Source.Record(h)
	r.Person.Contact.Home = "+33 1 99 00 " + strconv.Itoa(int(h.Ref)%90+10) + " " + strconv.Itoa(int(h.Hash[1])%90+10)
	return r
}

// A night without a change, and one with 1 % of changes, against reading and joining the feed.
func BenchmarkRatioNight(b *testing.B) {
	dir := benchFeed(b)
	onEngines(b, func(b *testing.B, engine sqldb.Engine) {
		s := directorysql.New(emptyDB(b, engine), "t", directorysql.Options{})
		plan, err := directory.Compare(b.Context(), s, benchSource(b, dir), directory.Policy{Today: monday(0)})
		require.NoError(b, err)
		_, err = s.Apply(b.Context(), plan, directorysql.ApplyOptions{})
		require.NoError(b, err)
		for b.Loop() {
			read := func() (time.Duration, error) {
				runtime.GC()
				return work(engine, func() { benchModel(b, dir) })()
			}
			same := func() (time.Duration, error) {
				runtime.GC()
				return work(engine, func() {
					plan, err := directory.Compare(b.Context(), s, benchSource(b, dir), directory.Policy{Today: monday(1)})
					require.NoError(b, err)
					require.True(b, plan.Empty())
				})()
			}
			normal := func() (time.Duration, error) {
				runtime.GC()
				n := int64(0)
				d, err := work(engine, func() {
					plan, err := directory.Compare(b.Context(), s, &changed{benchSource(b, dir), 100}, directory.Policy{Today: monday(1)})
					require.NoError(b, err)
					require.NoError(b, plan.Blocked())
					done, err := s.Apply(b.Context(), plan, directorysql.ApplyOptions{})
					require.NoError(b, err)
					n = done.Plan
				})()
				if err == nil {
					_, err = s.Undo(b.Context(), n, ent.Actor{})
				}
				return d, err
			}
			x, y, err := best(read, same)
			require.NoError(b, err)
			x2, z, err := best(read, normal)
			require.NoError(b, err)
			b.ReportMetric(y.Seconds()/x.Seconds(), "same/read")
			b.ReportMetric(z.Seconds()/x2.Seconds(), "night/read")
			b.ReportMetric(x.Seconds(), "read-s")
		}
	})
}

func benchModel(b testing.TB, dir string) {
	b.Helper()
	d, err := aaf.Open(dir, aaf.Options{})
	require.NoError(b, err)
	_, err = d.Model(context.Background())
	require.NoError(b, err)
}

// The first page of a search by three letters, rights included, against looking at every name.
func BenchmarkRatioSearch(b *testing.B) {
	dir := benchFeed(b)
	onEngines(b, func(b *testing.B, engine sqldb.Engine) {
		db := emptyDB(b, engine)
		s := directorysql.New(db, "t", directorysql.Options{})
		plan, err := directory.Compare(b.Context(), s, benchSource(b, dir), directory.Policy{Today: monday(0)})
		require.NoError(b, err)
		_, err = s.Apply(b.Context(), plan, directorysql.ApplyOptions{})
		require.NoError(b, err)
		if engine == sqldb.PostgreSQL {
			_, err := db.Handle().ExecContext(b.Context(), "ANALYZE")
			require.NoError(b, err)
		}
		schools, err := s.Places(b.Context())
		require.NoError(b, err)
		for name, who := range map[string]fixed{
			"everywhere": everywhere(),
			"school":     {ent.ProfilePupil: {Establishments: []ent.ID{schools.Establishments[0].ID}}},
		} {
			b.Run(name, func(b *testing.B) {
				for b.Loop() {
					scan := ratio.Wall(func() {
						rows, err := db.Handle().QueryContext(b.Context(), db.SQL(`SELECT id FROM {person} WHERE tenant = 't' AND name_key LIKE '%mar%' LIMIT 1000000`))
						require.NoError(b, err)
						for rows.Next() {
							var id string
							require.NoError(b, rows.Scan(&id))
						}
						require.NoError(b, rows.Close())
					})
					search := ratio.Wall(func() {
						_, err := s.Search(b.Context(), who, access.ActionPersonRead, directorysql.Search{Text: "mar"})
						require.NoError(b, err)
					})
					x, y, err := best(scan, search)
					require.NoError(b, err)
					b.ReportMetric(x.Seconds()/y.Seconds(), "scan/search")
					b.ReportMetric(float64(y.Microseconds())/1000, "search-ms")
				}
			})
		}
	})
}
