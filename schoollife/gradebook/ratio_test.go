//go:build unix

package gradebook_test

import (
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/ratio"
	"github.com/opencartable/cartable/schoollife/gradebook"
)

// plain computes the same averages, statistics and ranks with decimals, as one would write it: see [plainYear].
type plain struct{ num, den decimal.Decimal } // den is zero for none

func (a plain) add(b plain) plain {
	if a.den.Equal(b.den) {
		return plain{a.num.Add(b.num), a.den}
	}
	return plain{a.num.Mul(b.den).Add(b.num.Mul(a.den)), a.den.Mul(b.den)}
}

// round brings a value to tenths, halves up; values are not negative.
func (a plain) round() decimal.Decimal {
	twice := a.num.Mul(decimal.New(20, 0)).Add(a.den)
	q, _ := twice.QuoRem(a.den.Mul(decimal.New(2, 0)), 0)
	return q.Shift(-1)
}

// plainAverages are those of a set of pupils: exact, published, with their ranks and statistics.
type plainAverages struct {
	exact  []plain
	shown  []decimal.Decimal
	some   []bool
	counts []bool
	ranks  []int
	stats  plainStatistics
}

type plainStatistics struct {
	count                                int
	mean, min, max, median, first, third decimal.Decimal
	bands                                []int
}

func newPlain(n int) *plainAverages {
	return &plainAverages{exact: make([]plain, n), shown: make([]decimal.Decimal, n), some: make([]bool, n), counts: make([]bool, n), ranks: make([]int, n)}
}

func (a *plainAverages) set(i int, v plain) {
	a.exact[i], a.shown[i], a.some[i] = v, v.round(), true
}

// close computes the statistics and the ranks.
func (a *plainAverages) close(bands []decimal.Decimal) {
	var order []int
	for i, ok := range a.some {
		if ok && a.counts[i] {
			order = append(order, i)
		}
	}
	n := len(order)
	if n == 0 {
		return
	}
	slices.SortFunc(order, func(i, j int) int { return a.shown[i].Cmp(a.shown[j]) })
	st := &a.stats
	st.count = n
	sum := decimal.Decimal{}
	st.bands = make([]int, len(bands)+1)
	for k, i := range order {
		v := a.shown[i]
		sum = sum.Add(v)
		b := 0
		for b < len(bands) && !v.LessThan(bands[b]) {
			b++
		}
		st.bands[b]++
		j := order[n-1-k]
		a.ranks[j] = k + 1
		if k > 0 && a.shown[j].Equal(a.shown[order[n-k]]) {
			a.ranks[j] = a.ranks[order[n-k]]
		}
	}
	st.mean = plain{sum, decimal.New(int64(n), 0)}.round()
	st.min, st.max = a.shown[order[0]], a.shown[order[n-1]]
	st.median = a.shown[order[n/2]]
	if n%2 == 0 {
		st.median = st.median.Add(a.shown[order[n/2-1]]).Mul(decimal.New(5, -1))
	}
	if n >= 4 {
		st.first, st.third = a.shown[order[(n+3)/4-1]], a.shown[order[(3*n+3)/4-1]]
	}
}

// plainYear is the whole year: averages by teaching and period, of the year, and general.
type plainYear struct {
	teachings []*plainAverages // teaching × 4 + period, the year last
	generals  []*plainAverages // class × 4 + period
}

// plainCompute resolves identifiers by maps and computes with decimals. The marks of a pupil are in one class.
func plainCompute(in *gradebook.Input) *plainYear {
	factors := map[string]decimal.Decimal{ // 20 over the scale
		"20": decimal.New(1, 0), "10": decimal.New(2, 0), "5": decimal.New(4, 0), "40": decimal.New(5, -1),
	}
	bands := gradebook.BulletinBands()
	periods := map[ent.ID]int{}
	for i := range in.Periods {
		periods[in.Periods[i].ID] = i
	}
	teachings := map[ent.ID]int{}
	for i := range in.Teachings {
		teachings[in.Teachings[i].ID] = i
	}
	assessments := map[ent.ID]int{}
	for i := range in.Assessments {
		assessments[in.Assessments[i].ID] = i
	}
	members := map[ent.ID][]gradebook.Member{}
	at := map[ent.ID]int{} // of a pupil in the class
	for _, m := range in.Members {
		at[m.Pupil] = len(members[m.Class])
		members[m.Class] = append(members[m.Class], m)
	}
	here := func(m *gradebook.Member, q int) bool {
		return m.To.IsZero() || !m.To.Before(in.Periods[min(q, 2)].End)
	}
	sums := make([][]plain, len(in.Teachings)*3)
	for t := range in.Teachings {
		for q := range 3 {
			sums[t*3+q] = make([]plain, len(members[in.Teachings[t].Class]))
		}
	}
	for i := range in.Marks {
		m := &in.Marks[i]
		a := &in.Assessments[assessments[m.Assessment]]
		v, ok := m.Result.Points()
		if !ok && !m.Result.Status().CountsAsZero() || v.GreaterThan(a.Scale) {
			continue
		}
		factor, ok := factors[a.Scale.String()]
		if !ok {
			panic("an unexpected scale")
		}
		x := &sums[teachings[a.Teaching]*3+periods[a.Period]][at[m.Pupil]]
		x.num = x.num.Add(v.Mul(factor).Mul(a.Coefficient))
		x.den = x.den.Add(a.Coefficient)
	}
	out := &plainYear{}
	for t := range in.Teachings {
		class := members[in.Teachings[t].Class]
		year := newPlain(len(class))
		total := make([]plain, len(class))
		counted := make([]int64, len(class))
		for q := range 3 {
			avg := newPlain(len(class))
			for i, x := range sums[t*3+q] {
				if avg.counts[i] = here(&class[i], q); x.den.IsZero() {
					continue
				}
				avg.set(i, x)
				if counted[i]++; counted[i] == 1 {
					total[i] = x
				} else {
					total[i] = total[i].add(x)
				}
			}
			avg.close(bands)
			out.teachings = append(out.teachings, avg)
		}
		for i := range class {
			if year.counts[i] = here(&class[i], 3); counted[i] > 0 {
				year.set(i, plain{total[i].num, total[i].den.Mul(decimal.New(counted[i], 0))})
			}
		}
		year.close(bands)
		out.teachings = append(out.teachings, year)
	}
	for c := range schoolClasses {
		class := members[in.Teachings[c*schoolTeachings].Class]
		for q := range 4 {
			avg := newPlain(len(class))
			for i := range class {
				avg.counts[i] = here(&class[i], q)
				sum, weight := plain{den: decimal.New(1, 0)}, decimal.Decimal{}
				for t := c * schoolTeachings; t < (c+1)*schoolTeachings; t++ {
					if x := out.teachings[t*4+q]; x.some[i] {
						k := in.Teachings[t].Coefficient
						sum = sum.add(plain{x.exact[i].num.Mul(k), x.exact[i].den})
						weight = weight.Add(k)
					}
				}
				if !weight.IsZero() {
					avg.set(i, plain{sum.num, sum.den.Mul(weight)})
				}
			}
			avg.close(bands)
			out.generals = append(out.generals, avg)
		}
	}
	return out
}

// sameYear compares a sheet with the plain computation.
func sameYear(t testing.TB, s *gradebook.Sheet, in *gradebook.Input, want *plainYear) {
	t.Helper()
	compareSet := func(r gradebook.Ref, x *plainAverages, members []gradebook.Member) {
		st, err := s.Statistics(r)
		require.NoError(t, err)
		w := x.stats
		require.Equal(t, w.count, st.Count)
		require.Equal(t, w.bands, st.Bands)
		for _, v := range [][2]decimal.Decimal{{w.mean, st.Mean}, {w.min, st.Min}, {w.max, st.Max}, {w.median, st.Median}, {w.first, st.First}, {w.third, st.Third}} {
			require.True(t, v[0].Equal(v[1]), "%v: %s %s", r, v[0], v[1])
		}
		r.Class = ""
		for i, m := range members {
			r.Pupil = m.Pupil
			a, err := s.Average(r)
			require.NoError(t, err)
			d, ok := a.Decimal()
			require.Equal(t, x.some[i], ok)
			require.True(t, d.Equal(x.shown[i]), "%v: %s %s", r, d, x.shown[i])
			rank, _ := a.Rank()
			require.Equal(t, x.ranks[i], rank, "%v", r)
		}
	}
	periods := []ent.ID{"T1", "T2", "T3", gradebook.Year}
	for i, x := range want.teachings {
		c := i / 4 / schoolTeachings
		compareSet(gradebook.Ref{Teaching: in.Teachings[i/4].ID, Period: periods[i%4]}, x, in.Members[c*schoolPupils:][:schoolPupils])
	}
	for i, x := range want.generals {
		members := in.Members[i/4*schoolPupils:][:schoolPupils]
		r := gradebook.Ref{Class: members[0].Class, Period: periods[i%4]}
		for n, m := range members {
			if x.counts[n] {
				require.Equal(t, m.Class, s.Class(m.Pupil, periods[i%4]))
			}
		}
		compareSet(r, x, members)
	}
}

// BenchmarkRatioYear compares a school year with the plain computation in decimals, on one core.
func BenchmarkRatioYear(b *testing.B) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	in := school()
	s, err := gradebook.Compute(gradebook.RescaledRoundLast(), in)
	require.NoError(b, err)
	require.Equal(b, int64(len(in.Marks)), s.Report().Tally("marks").Kept)
	sameYear(b, s, &in, plainCompute(&in))
	const fast = 20 // rounds of ours, to stand far above a tick of the clock
	report := func(b *testing.B, name string, f func()) {
		b.Helper()
		b.Run(name, func(b *testing.B) {
			for range b.N {
				base, ours, err := ratio.Best(ratio.CPU(func() { plainCompute(&in) }), ratio.CPU(func() {
					for range fast {
						f()
					}
				}))
				require.NoError(b, err)
				per := ours / fast
				b.ReportMetric(base.Seconds()/per.Seconds(), "times")
				b.ReportMetric(per.Seconds()*1e3, "ms")
				b.ReportMetric(base.Seconds()*1e3, "oracle-ms")
				b.ReportMetric(0, "ns/op")
			}
		})
	}
	report(b, "compute", func() {
		if _, err := gradebook.Compute(gradebook.RescaledRoundLast(), in); err != nil {
			b.Fatal(err)
		}
	})
	report(b, "recompute", s.Recompute)
	b.Run("explanations", func(b *testing.B) {
		for range b.N {
			best := time.Duration(1 << 62)
			for range ratio.Rounds {
				var kept []gradebook.Explanation
				took, err := ratio.CPU(func() {
					for e, err := range s.Explanations() {
						require.NoError(b, err)
						kept = append(kept, e)
					}
				})()
				require.NoError(b, err)
				best = min(best, took)
				require.Greater(b, len(kept), 70000)
				runtime.KeepAlive(kept)
			}
			b.ReportMetric(best.Seconds()*1e3, "ms")
			b.ReportMetric(0, "ns/op")
		}
	})
	b.Run("mark", func(b *testing.B) {
		const marks = 20000
		for range b.N {
			took, err := ratio.CPU(func() {
				for i := range marks {
					if err := s.SetMark(in.Marks[(i*7919)%len(in.Marks)]); err != nil {
						b.Fatal(err)
					}
				}
			})()
			require.NoError(b, err)
			b.ReportMetric(took.Seconds()*1e6/marks, "µs")
			b.ReportMetric(0, "ns/op")
		}
	})
}
