//go:build unix

package edt_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/sqldb"
	sqlopen "github.com/opencartable/cartable/ent/sqldb/open"
	"github.com/opencartable/cartable/ent/sqldb/sqldbtest"
	"github.com/opencartable/cartable/internal/ratio"
	"github.com/opencartable/cartable/internal/samples"
	"github.com/opencartable/cartable/interop/edt"
	"github.com/opencartable/cartable/schoollife/timetable"
	"github.com/opencartable/cartable/schoollife/timetable/timetablesql"
)

func college(tb testing.TB) []byte {
	tb.Helper()
	b, err := os.ReadFile(filepath.Join(samples.Dir(tb, "schoollife", "edt"), "Edt_To_Exemple_0134567A.xml"))
	require.NoError(tb, err)
	return b
}

func report(b *testing.B, base, ours time.Duration, unit string, per time.Duration) {
	b.Helper()
	b.ReportMetric(base.Seconds()/ours.Seconds(), "times")
	b.ReportMetric(float64(ours)/float64(per), unit)
	b.ReportMetric(float64(base)/float64(per), "base-"+unit)
	b.ReportMetric(0, "ns/op")
}

// BenchmarkRatioParse: the sample school's year, from bytes to dated lessons, on one processor. The baseline is encoding/xml, which
// reads the same bytes to events and keeps nothing.
func BenchmarkRatioParse(b *testing.B) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	text := college(b)
	const fast = 10
	for range b.N {
		base, ours, err := ratio.Best(ratio.CPU(func() { countTokens(b, text) }), ratio.CPU(func() {
			for range fast {
				doc, _, err := edt.Read(bytes.NewReader(text), edt.Options{})
				require.NoError(b, err)
				tt, _ := doc.Timetable()
				lessons, _ := tt.Expand()
				require.Len(b, lessons, 16431)
			}
		}))
		require.NoError(b, err)
		report(b, base, ours/fast, "ms", time.Millisecond)
	}
}

// year is the sample with its lessons.
func year(b *testing.B) (*timetable.Timetable, []timetable.Lesson) {
	b.Helper()
	doc, _, err := edt.Read(bytes.NewReader(college(b)), edt.Options{})
	require.NoError(b, err)
	tt, _ := doc.Timetable()
	lessons, _ := tt.Expand()
	return tt, lessons
}

// pairs is the check that serves as oracle: every two lessons of a day that overlap, every resource, every pupil.
func pairs(lessons []timetable.Lesson, who *timetable.Audience) int {
	n := 0
	byDay := map[ent.Date][]*timetable.Lesson{}
	for i := range lessons {
		byDay[lessons[i].Date] = append(byDay[lessons[i].Date], &lessons[i])
	}
	for _, list := range byDay {
		for i, x := range list {
			for _, y := range list[i+1:] {
				if x.Start >= y.End || y.Start >= x.End {
					continue
				}
				for _, r := range x.Resources {
					if y.Has(r) {
						n++
					}
				}
				in := who.Pupils(x)
				for _, p := range who.Pupils(y) {
					if _, ok := slices.BinarySearch(in, p); ok {
						n++
					}
				}
			}
		}
	}
	return n
}

// BenchmarkRatioConflicts: all conflicts of the year, pupils included.
func BenchmarkRatioConflicts(b *testing.B) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	tt, lessons := year(b)
	who := tt.NewAudience()
	o := timetable.ConflictOptions{Audience: who}
	require.Empty(b, timetable.Conflicts(lessons, o))
	require.Zero(b, pairs(lessons, who))
	const fast = 50
	for range b.N {
		base, ours, err := ratio.Best(ratio.CPU(func() { pairs(lessons, who) }), ratio.CPU(func() {
			for range fast {
				timetable.Conflicts(lessons, o)
			}
		}))
		require.NoError(b, err)
		report(b, base, ours/fast, "ms", time.Millisecond)
	}
}

// BenchmarkRecheck: one lesson of the year that moved, with those of its new day.
func BenchmarkRecheck(b *testing.B) {
	tt, lessons := year(b)
	o := timetable.ConflictOptions{Audience: tt.NewAudience()}
	at := len(lessons) / 2
	lessons[at].Start += 30
	lessons[at].End += 30
	b.ResetTimer()
	for range b.N {
		timetable.Recheck(lessons, at, o)
	}
}

// BenchmarkRatioStore: the year as an import, beside bare inserts of the same rows, one by one in one transaction, by the clock.
func BenchmarkRatioStore(b *testing.B) {
	tt, lessons := year(b)
	for _, engine := range sqldb.Engines() {
		b.Run(string(engine), func(b *testing.B) {
			db := sqldbtest.NewPlace(b, engine).DB(b, sqlopen.Options{}, timetablesql.Schema())
			s := timetablesql.New(db)
			plan := timetable.Compare(&timetable.Kept{}, tt, timetable.ImportOptions{Source: "edt"})
			require.Equal(b, len(lessons), plan.Count(timetable.OpCreated))
			n := 0
			tenant := func() ent.Tenant { n++; return ent.Tenant(fmt.Sprint("t", n)) }
			for range b.N {
				base, ours, err := ratio.Best(ratio.Wall(func() {
					of := tenant()
					require.NoError(b, db.Update(b.Context(), of, func(tx *sqldb.Tx) error {
						for i := range plan.Lessons {
							l := plan.Lessons[i].New
							resources, err := json.Marshal(l.Resources)
							if err != nil {
								return err
							}
							if _, err := tx.Exec(b.Context(), `INSERT INTO {timetable_lesson} (tenant, school, course, planned, day, start, finish, subject, resources,
								state, revision, alongside, was, born) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
								string(of), "c", string(l.Course), l.On.String(), l.Date.String(), int64(l.Start), int64(l.End), string(l.Subject), string(resources),
								string(l.State), int64(l.Revision), string(l.Together), "", int64(1)); err != nil {
								return err
							}
						}
						return nil
					}))
				}), ratio.Wall(func() { require.NoError(b, s.Apply(b.Context(), tenant(), "c", plan, "x", time.Unix(0, 0))) }))
				require.NoError(b, err)
				report(b, base, ours, "ms", time.Millisecond)
			}
		})
	}
}

// countTokens reads every event of a document with the standard library.
func countTokens(b *testing.B, text []byte) {
	b.Helper()
	d := xml.NewDecoder(bytes.NewReader(text))
	for n := 0; ; n++ {
		if _, err := d.RawToken(); err != nil {
			require.ErrorIs(b, err, io.EOF)
			require.Positive(b, n)
			return
		}
	}
}
