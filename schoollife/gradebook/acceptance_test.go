package gradebook_test

import (
	"math/big"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/gradebook"
)

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

// book is a class of one teaching in one period, for pupil "zoe".
type book struct {
	in gradebook.Input
}

func newBook() *book {
	return &book{gradebook.Input{
		Periods:   []gradebook.Period{{ID: "T1", Index: 1, Count: 3}},
		Teachings: []gradebook.Teaching{{ID: "FR", Label: "Français", Class: "3A", Coefficient: dec("1")}},
	}}
}

// add adds an assessment out of scale, with a coefficient, and zoe's result.
func (b *book) add(scale, coefficient string, r gradebook.Result, change ...func(*gradebook.Assessment)) *book {
	a := gradebook.Assessment{
		ID: ent.ID("d" + string(rune('1'+len(b.in.Assessments)))), Teaching: "FR", Period: "T1", Scale: dec(scale), Coefficient: dec(coefficient),
	}
	for _, f := range change {
		f(&a)
	}
	b.in.Assessments = append(b.in.Assessments, a)
	b.in.Marks = append(b.in.Marks, gradebook.Mark{Pupil: "zoe", Assessment: a.ID, Result: r})
	return b
}

func points(s string) gradebook.Result { return gradebook.Points(dec(s)) }

func kind(k gradebook.Kind) func(*gradebook.Assessment) {
	return func(a *gradebook.Assessment) { a.Kind = k }
}

func scaleRule(r gradebook.ScaleRule) func(*gradebook.Assessment) {
	return func(a *gradebook.Assessment) { a.ScaleRule = r }
}

func in(c ent.ID) func(*gradebook.Assessment) {
	return func(a *gradebook.Assessment) { a.Container = c }
}

var zoe = gradebook.Ref{Pupil: "zoe", Teaching: "FR", Period: "T1"}

// compute computes, and checks the explanation of every figure on the way.
func compute(t *testing.T, p gradebook.Policy, in gradebook.Input) *gradebook.Sheet {
	t.Helper()
	s, err := gradebook.Compute(p, in)
	require.NoError(t, err)
	assert.True(t, s.Report().Balanced())
	for e, err := range s.Explanations() {
		require.NoError(t, err)
		tree, err := e.Tree()
		require.NoError(t, err)
		require.NoError(t, tree.Check())
		require.NotEmpty(t, e.Text(ent.FR))
	}
	return s
}

// average returns the exact and the published average, "" when there is none.
func average(t *testing.T, s *gradebook.Sheet, r gradebook.Ref) (exact, shown string) {
	t.Helper()
	a, err := s.Average(r)
	require.NoError(t, err)
	x, ok := a.Exact()
	if !ok {
		return "", ""
	}
	d, _ := a.Decimal()
	return x.RatString(), d.String()
}

func nearest(step string) *ent.Rounding {
	return &ent.Rounding{Step: dec(step), Mode: ent.RoundHalfUp}
}

func TestAcceptanceARescaling(t *testing.T) {
	t.Parallel()
	three := func(a, b, c string, k ...string) gradebook.Input {
		if k == nil {
			k = []string{"1", "1", "1"}
		}
		return newBook().add("20", k[0], points(a)).add("10", k[1], points(b)).add("5", k[2], points(c)).in
	}
	mixed := newBook().add("20", "2", points("15"), scaleRule(gradebook.Rescaled)).add("5", "1", points("3"), scaleRule(gradebook.ScaleWeighs)).in
	zero := newBook().add("20", "0", points("15")).in
	statuses := newBook().add("20", "1", gradebook.Without(gradebook.StatusAbsent)).add("20", "1", gradebook.Without(gradebook.StatusExempt)).in
	abs0 := newBook().add("20", "1", gradebook.Without(gradebook.StatusAbsentZero)).add("20", "1", points("12")).in
	weighs := gradebook.RescaledRoundLast()
	weighs.Scales = gradebook.ScaleWeighs
	for _, c := range []struct {
		name         string
		policy       gradebook.Policy
		in           gradebook.Input
		exact, shown string
	}{
		{"A1 rescaled", gradebook.RescaledRoundLast(), three("18", "4", "1"), "10", "10"},
		{"A1 not rescaled", weighs, three("18", "4", "1"), "92/7", "13.1"},
		{"A2 rescaled", gradebook.RescaledRoundLast(), three("18", "3", "1"), "28/3", "9.3"},
		{"A2 not rescaled", weighs, three("18", "3", "1"), "88/7", "12.6"},
		{"A3 rescaled", gradebook.RescaledRoundLast(), three("18", "4", "1", "3", "1", "2"), "35/3", "11.7"},
		{"A3 not rescaled", weighs, three("18", "4", "1", "3", "1", "2"), "15", "15"},
		{"A4 mixed", gradebook.RescaledRoundLast(), mixed, "44/3", "14.7"},
		{"A5 coefficient 0", gradebook.RescaledRoundLast(), zero, "", ""},
		{"A5 statuses", gradebook.RescaledRoundLast(), statuses, "", ""},
		{"A5 Abs0", gradebook.RescaledRoundLast(), abs0, "6", "6"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			exact, shown := average(t, compute(t, c.policy, c.in), zoe)
			assert.Equal(t, c.exact, exact)
			assert.Equal(t, c.shown, shown)
		})
	}
}

func TestAcceptanceBRounding(t *testing.T) {
	t.Parallel()
	mean := func(t *testing.T, a, b string, p gradebook.Policy) string {
		t.Helper()
		_, shown := average(t, compute(t, p, newBook().add("20", "1", points(a)).add("20", "1", points(b)).in), zoe)
		return shown
	}
	assert.Equal(t, "10.2", mean(t, "10.1", "10.2", gradebook.RescaledRoundLast()))
	assert.Equal(t, "16.3", mean(t, "16.2", "16.3", gradebook.RescaledRoundLast()))
	assert.Equal(t, "1.2", mean(t, "1.1", "1.2", gradebook.RescaledRoundLast()))

	parts := newBook()
	parts.in.Containers = []gradebook.Container{
		{ID: "oral", Teaching: "FR", Coefficient: dec("1")}, {ID: "ecrit", Teaching: "FR", Coefficient: dec("1")},
	}
	parts.add("20", "1", points("12.25"), in("oral")).add("20", "1", points("13.44"), in("ecrit"))
	exact, shown := average(t, compute(t, gradebook.RescaledRoundLast(), parts.in), zoe)
	assert.Equal(t, big.NewRat(12845, 1000).RatString(), exact)
	assert.Equal(t, "12.8", shown, "round-last")
	_, shown = average(t, compute(t, gradebook.RescaledRoundEachLevel(), parts.in), zoe)
	assert.Equal(t, "12.9", shown, "round-each-level")

	for code, want := range map[string]string{"s1": "13.3", "s5": "13.5", "se": "14", "p1": "13.3", "p5": "13.5", "pe": "13"} {
		r, err := gradebook.RoundingOf(code)
		require.NoError(t, err)
		p := gradebook.Policy{Rounding: gradebook.Roundings{Teaching: r}}
		assert.Equal(t, want, mean(t, "13", "13.5", p), code)
		if code == "s1" {
			assert.Equal(t, "12.3", mean(t, "12.3", "12.3", p))
		}
	}
	_, err := gradebook.RoundingOf("s2")
	require.ErrorIs(t, err, gradebook.CodeRounding)
}

func TestAcceptanceCOptional(t *testing.T) {
	t.Parallel()
	exact := func(t *testing.T, p gradebook.Policy, b *book) string {
		t.Helper()
		e, _ := average(t, compute(t, p, b.in), zoe)
		return e
	}
	base := func(a, b, extra string, k gradebook.Kind) *book {
		return newBook().add("20", "1", points(a)).add("20", "1", points(b)).add("20", "1", points(extra), kind(k))
	}
	for _, c := range []struct {
		a, b, extra string
		k           gradebook.Kind
		want        string
	}{
		{"12", "8", "14", gradebook.KindIfAboveHalf, "34/3"},
		{"12", "8", "14", gradebook.KindPointsAboveHalf, "12"},
		{"12", "8", "14", gradebook.KindIfImproves, "34/3"},
		{"16", "18", "11", gradebook.KindIfAboveHalf, "15"},
		{"16", "18", "11", gradebook.KindPointsAboveHalf, "35/2"},
		{"16", "18", "11", gradebook.KindIfImproves, "17"},
	} {
		assert.Equal(t, c.want, exact(t, gradebook.RescaledRoundLast(), base(c.a, c.b, c.extra, c.k)), "%s %s", c.k, c.a)
	}
	c3 := newBook().add("20", "1", points("10")).add("20", "1", points("11"), kind(gradebook.KindIfImproves)).add("20", "1", points("20"), kind(gradebook.KindIfImproves))
	assert.Equal(t, "15", exact(t, gradebook.RescaledRoundLast(), c3))
	greedy := gradebook.RescaledRoundLast()
	greedy.Optional = gradebook.GreedyByDate
	assert.Equal(t, "41/3", exact(t, greedy, c3))
}

func TestAcceptanceDContainers(t *testing.T) {
	t.Parallel()
	code := func(c string) *ent.Rounding {
		r, err := gradebook.RoundingOf(c)
		require.NoError(t, err)
		return r
	}
	b := newBook()
	b.in.Containers = []gradebook.Container{
		{ID: "A", Teaching: "FR", Coefficient: dec("2"), Box: gradebook.Box{Rounding: code("p5")}},
		{ID: "B", Teaching: "FR", Coefficient: dec("1"), Box: gradebook.Box{Rounding: code("s1")}},
	}
	b.add("20", "1", points("13")).add("20", "1", points("12"), in("A")).add("20", "1", points("15.5"), in("A"))
	b.add("10", "1", points("7"), in("B"), scaleRule(gradebook.Rescaled)).add("20", "2", points("11"), in("B"))
	s := compute(t, gradebook.BoxesRoundedUp(), b.in)
	exact, shown := average(t, s, zoe)
	assert.Equal(t, "53/4", exact)
	assert.Equal(t, "13.3", shown)
	_, a := average(t, s, gradebook.Ref{Pupil: "zoe", Container: "A", Period: "T1"})
	_, bb := average(t, s, gradebook.Ref{Pupil: "zoe", Container: "B", Period: "T1"})
	assert.Equal(t, "14", a)
	assert.Equal(t, "12", bb)

	b.in.Teachings[0].Box.Rule = gradebook.Flattened
	exact, shown = average(t, compute(t, gradebook.BoxesRoundedUp(), b.in), zoe)
	assert.Equal(t, "51/4", exact)
	assert.Equal(t, "12.8", shown)

	bonus := newBook().add("20", "1", points("12")).add("20", "1", points("15")).add("20", "2", points("15")).add("20", "1", points("8"))
	exact, _ = average(t, compute(t, gradebook.RescaledRoundLast(), bonus.in), zoe)
	assert.Equal(t, "13", exact)
	bonus.in.Teachings[0].Box.BestMarkBonus = dec("1")
	exact, shown = average(t, compute(t, gradebook.RescaledRoundLast(), bonus.in), zoe)
	assert.Equal(t, "40/3", exact)
	assert.Equal(t, "13.3", shown)
}

func TestAcceptanceEGeneral(t *testing.T) {
	t.Parallel()
	in := gradebook.Input{Periods: []gradebook.Period{{ID: "T1", Index: 1}, {ID: "T2", Index: 2}, {ID: "T3", Index: 3}}}
	for _, x := range []struct {
		id     ent.ID
		avg, k string
		mode   gradebook.GeneralMode
	}{
		{"FR", "12.4", "4", ""},
		{"MA", "9.1", "4", ""},
		{"EPS", "15", "2", ""},
		{"latin", "13.5", "1", gradebook.ModePointsAboveHalf},
		{"chorale", "9", "2", gradebook.ModeFromHalf},
		{"DNL", "14", "1", gradebook.ModeFromHalf},
	} {
		in.Teachings = append(in.Teachings, gradebook.Teaching{ID: x.id, Coefficient: dec(x.k), Mode: x.mode, Class: "3A"})
		in.Finals = append(in.Finals, gradebook.Final{Pupil: "zoe", Teaching: x.id, Period: "T1", Result: points(x.avg)})
	}
	p := gradebook.RescaledRoundLast()
	p.Rounding.General = nearest("0.01")
	general := gradebook.Ref{Pupil: "zoe", Period: "T1"}
	exact, shown := average(t, compute(t, p, in), general)
	assert.Equal(t, big.NewRat(1335, 110).RatString(), exact)
	assert.Equal(t, "12.14", shown)
	_, shown = average(t, compute(t, gradebook.RescaledRoundLast(), in), general)
	assert.Equal(t, "12.1", shown)

	year := in
	year.Teachings, year.Finals = in.Teachings[:1], nil
	for q, avg := range map[ent.ID]string{"T1": "12.3", "T2": "11.8", "T3": "13.0"} {
		year.Finals = append(year.Finals, gradebook.Final{Pupil: "zoe", Teaching: "FR", Period: q, Result: points(avg)})
	}
	annual := gradebook.Ref{Pupil: "zoe", Teaching: "FR"}
	_, shown = average(t, compute(t, gradebook.RescaledRoundEachLevel(), year), annual)
	assert.Equal(t, "12.4", shown)
	var without []gradebook.Final
	for _, f := range year.Finals {
		if f.Period != "T2" {
			without = append(without, f)
		}
	}
	year.Finals = without
	exact, shown = average(t, compute(t, gradebook.RescaledRoundEachLevel(), year), annual)
	assert.Equal(t, big.NewRat(1265, 100).RatString(), exact)
	assert.Equal(t, "12.7", shown)
}

func TestAcceptanceFStatistics(t *testing.T) {
	t.Parallel()
	in := gradebook.Input{Periods: []gradebook.Period{{ID: "T1", Index: 1}}, Teachings: []gradebook.Teaching{{ID: "FR", Class: "3A", Coefficient: dec("1")}}}
	for i, v := range []string{"7", "8", "8", "10", "11", "12", "12", "12", "15", "18"} {
		in.Finals = append(in.Finals, gradebook.Final{Pupil: ent.ID("p" + string(rune('0'+i))), Teaching: "FR", Period: "T1", Result: points(v)})
	}
	st, err := compute(t, gradebook.RescaledRoundLast(), in).Statistics(gradebook.Ref{Teaching: "FR", Period: "T1"})
	require.NoError(t, err)
	assert.Equal(t, "11.3", st.Mean.String())
	assert.Equal(t, "11.5", st.Median.String())
	assert.True(t, st.Quartiles)
	assert.Equal(t, "8", st.First.String())
	assert.Equal(t, "12", st.Third.String())
	assert.Equal(t, []int{0, 1, 2, 2, 3, 2}, st.Bands)

	ranks := gradebook.Input{Periods: in.Periods, Teachings: in.Teachings}
	for i, v := range []string{"15.2", "14.9", "14.9", "13.0"} {
		ranks.Finals = append(ranks.Finals, gradebook.Final{Pupil: ent.ID("p" + string(rune('0'+i))), Teaching: "FR", Period: "T1", Result: points(v)})
	}
	s := compute(t, gradebook.RescaledRoundLast(), ranks)
	var got []int
	for i := range 4 {
		a, err := s.Average(gradebook.Ref{Pupil: ent.ID("p" + string(rune('0'+i))), Teaching: "FR", Period: "T1"})
		require.NoError(t, err)
		r, of := a.Rank()
		assert.Equal(t, 4, of)
		got = append(got, r)
	}
	assert.Equal(t, []int{1, 2, 2, 4}, got)
}
