package gradebook_test

import (
	"math/big"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/gradebook"
)

// comparison holds a sheet against the oracle, and counts what it met.
type comparison struct {
	t       testing.TB
	s       *gradebook.Sheet
	o       *oracle
	name    any
	figures int
	wide    int // averages that no int64 holds
}

// same compares every figure of the sheet with the oracle's.
func same(t testing.TB, s *gradebook.Sheet, p gradebook.Policy, in gradebook.Input, name any) *comparison {
	t.Helper()
	c := &comparison{t: t, s: s, o: newOracle(p, in), name: name}
	periods := []ent.ID{gradebook.Year}
	for _, q := range in.Periods {
		periods = append(periods, q.ID)
	}
	pupils := c.o.pupils()
	for _, q := range periods {
		for i := range in.Teachings {
			id := in.Teachings[i].ID
			of := c.o.ofTeaching(id, q)
			c.statistics(gradebook.Ref{Teaching: id, Period: q}, of)
			for _, p := range pupils {
				c.average(gradebook.Ref{Pupil: p, Teaching: id, Period: q}, c.o.figure(oracleKey{p, id, q}), &of)
			}
		}
		ofClass := map[ent.ID]*oracleStatistics{"": {}}
		for class := range classes(in) {
			of := c.o.ofClass(class, q)
			c.statistics(gradebook.Ref{Class: class, Period: q}, of)
			ofClass[class] = &of
		}
		for _, p := range pupils {
			class := c.o.classOf(p, q)
			if q != gradebook.Year {
				require.Equal(t, class, s.Class(p, q), "%v: class of %s in %s", name, p, q)
			}
			c.average(gradebook.Ref{Pupil: p, Period: q}, c.o.general(p, q), ofClass[class])
			c.gathered(p, q)
		}
	}
	return c
}

func classes(in gradebook.Input) map[ent.ID]bool {
	out := map[ent.ID]bool{}
	for i := range in.Teachings {
		if id := in.Teachings[i].Class; id != "" {
			out[id] = true
		}
	}
	for _, m := range in.Members {
		if m.Class != "" && (m.To.IsZero() || !m.To.Before(m.From)) {
			out[m.Class] = true
		}
	}
	return out
}

// gathered compares the averages of subjects, categories and containers.
func (c *comparison) gathered(p, q ent.ID) {
	for _, subject := range []ent.SubjectCode{"030201", "030301"} {
		pick := func(t *gradebook.Teaching) bool { return t.Subject == subject }
		c.average(gradebook.Ref{Pupil: p, Subject: subject, Period: q}, c.o.several(p, q, false, c.o.p.Rounding.Subject, pick), nil)
	}
	pick := func(t *gradebook.Teaching) bool { return t.Category == "sciences" }
	c.average(gradebook.Ref{Pupil: p, Category: "sciences", Period: q}, c.o.several(p, q, false, c.o.p.Rounding.Subject, pick), nil)
	for i := range c.o.in.Containers {
		x := &c.o.in.Containers[i]
		if q == gradebook.Year || x.Period != "" && x.Period != q || c.o.inFlat(x, q) {
			continue
		}
		avg := c.o.box(oracleKey{p, x.Teaching, q}, x.ID, &x.Box)
		c.average(gradebook.Ref{Pupil: p, Container: x.ID, Period: q}, oracleFigure{exact: avg, shown: pencil(c.o.boxRounding(x), avg)}, nil)
	}
}

// inFlat reports whether a container is inside a box whose containers have no averages.
func (o *oracle) inFlat(c *gradebook.Container, period ent.ID) bool {
	for id := o.around(c, period); id != ""; id = o.around(o.container(id), period) {
		if o.rule(&o.container(id).Box) == gradebook.Flattened {
			return true
		}
	}
	return o.rule(&o.teaching(c.Teaching).Box) == gradebook.Flattened
}

func (c *comparison) average(r gradebook.Ref, want oracleFigure, of *oracleStatistics) {
	c.t.Helper()
	c.figures++
	a, err := c.s.Average(r)
	require.NoError(c.t, err, "%v: %v", c.name, r)
	exact, ok := a.Exact()
	require.Equal(c.t, want.exact != nil, ok, "%v: %v: is there an average?", c.name, r)
	require.Equal(c.t, want.nn, a.State() == gradebook.StateNN, "%v: %v: not marked?", c.name, r)
	if of != nil {
		rank, n := a.Rank()
		require.Equal(c.t, of.ranks[r.Pupil], rank, "%v: %v: rank", c.name, r)
		if rank > 0 {
			require.Equal(c.t, of.count, n, "%v: %v: ranked", c.name, r)
		}
	}
	if !ok {
		require.NotEqual(c.t, gradebook.StateComputed, a.State())
		return
	}
	if !exact.Denom().IsInt64() {
		c.wide++
	}
	if exact.Cmp(want.exact) != 0 {
		require.Fail(c.t, "exact average", "%v: %v: %s, the oracle says %s", c.name, r, exact, want.exact)
	}
	shown, _ := a.Decimal()
	if shown.Cmp(ent.Written(want.shown)) != 0 {
		require.Fail(c.t, "published average", "%v: %v: %s, the oracle says %s", c.name, r, shown, want.shown)
	}
}

func (c *comparison) statistics(r gradebook.Ref, want oracleStatistics) {
	c.t.Helper()
	c.figures++
	got, err := c.s.Statistics(r)
	require.NoError(c.t, err, "%v: %v", c.name, r)
	require.Equal(c.t, [2]int{want.count, want.without}, [2]int{got.Count, got.Without}, "%v: %v: counts", c.name, r)
	require.Equal(c.t, want.bands, got.Bands, "%v: %v: bands", c.name, r)
	require.Equal(c.t, want.first != nil, got.Quartiles, "%v: %v: quartiles", c.name, r)
	for i, x := range []struct {
		want *big.Rat
		got  decimal.Decimal
	}{
		{want.mean, got.Mean},
		{want.exact, got.Exact},
		{want.least, got.Min},
		{want.most, got.Max},
		{want.median, got.Median},
		{want.first, got.First},
		{want.third, got.Third},
	} {
		if x.want == nil {
			require.True(c.t, x.got.IsZero())
		} else if x.got.Cmp(ent.Written(x.want)) != 0 {
			require.Fail(c.t, "statistics", "%v: %v: figure %d is %s, the oracle says %s", c.name, r, i, x.got, x.want)
		}
	}
}
