package gradebook_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/gradebook"
)

// TestAChangedMarkComputesItsDependantsOnly counts what ran.
func TestAChangedMarkComputesItsDependantsOnly(t *testing.T) {
	t.Parallel()
	in := school()
	s, err := gradebook.Compute(gradebook.RescaledRoundLast(), in)
	require.NoError(t, err)
	teachings := schoolClasses * schoolTeachings
	assert.Equal(t, gradebook.Ran{
		Teachings:  teachings * 3 * schoolPupils,
		Annual:     teachings * schoolPupils,
		Generals:   4 * schoolClasses * schoolPupils,
		Statistics: teachings*4 + schoolClasses*4,
	}, s.Ran())
	one := func(what string, change func() error, want gradebook.Ran) {
		t.Helper()
		before := s.Ran()
		require.NoError(t, change(), what)
		after := s.Ran()
		assert.Equal(t, want, gradebook.Ran{
			Teachings: after.Teachings - before.Teachings, Annual: after.Annual - before.Annual,
			Generals: after.Generals - before.Generals, Statistics: after.Statistics - before.Statistics,
		}, what)
	}
	m := in.Marks[100]
	m.Result = points("3")
	// The average of the pupil in the teaching and its year, both general averages; the statistics of each of the four.
	one("a mark", func() error { return s.SetMark(m) }, gradebook.Ran{Teachings: 1, Annual: 1, Generals: 2, Statistics: 4})
	m.Result = gradebook.Result{}
	one("no mark", func() error { return s.SetMark(m) }, gradebook.Ran{Teachings: 1, Annual: 1, Generals: 2, Statistics: 4})
	f := gradebook.Final{Pupil: m.Pupil, Teaching: in.Teachings[0].ID, Period: "T1", Result: points("12")}
	one("an average of a period", func() error { return s.SetFinal(f) }, gradebook.Ran{Teachings: 1, Annual: 1, Generals: 2, Statistics: 4})
	f.Period = gradebook.Year
	one("an average of the year", func() error { return s.SetFinal(f) }, gradebook.Ran{Annual: 1, Generals: 1, Statistics: 2})
	a := in.Assessments[0]
	a.Coefficient = dec("2.5")
	one("a coefficient", func() error { return s.SetAssessment(a) }, gradebook.Ran{
		Teachings: schoolPupils, Annual: schoolPupils, Generals: 2 * schoolPupils, Statistics: 4,
	})
	a.ID = "a new one"
	one("an assessment without marks", func() error { return s.SetAssessment(a) }, gradebook.Ran{})
	before := s.Ran()
	m.Result = points("1000")
	require.ErrorIs(t, s.SetMark(m), gradebook.CodeAboveScale)
	assert.Equal(t, before, s.Ran(), "a refused mark computes nothing")
}

// TestNeighboursOfAChangedMark compares what did not run with a fresh computation.
func TestNeighboursOfAChangedMark(t *testing.T) {
	t.Parallel()
	in := school()
	s, err := gradebook.Compute(gradebook.RescaledRoundLast(), in)
	require.NoError(t, err)
	for i := 0; i < len(in.Marks); i += 9973 {
		in.Marks[i].Result = points("2.75")
		require.NoError(t, s.SetMark(in.Marks[i]))
	}
	fresh, err := gradebook.Compute(gradebook.RescaledRoundLast(), in)
	require.NoError(t, err)
	n := 0
	for r, want := range fresh.Averages() {
		got, err := s.Average(r)
		require.NoError(t, err)
		a, _ := want.Decimal()
		b, _ := got.Decimal()
		x, of := want.Rank()
		y, among := got.Rank()
		if !a.Equal(b) || x != y || of != among {
			require.Fail(t, "a figure that was not computed again", "%v", r)
		}
		n++
	}
	assert.Greater(t, n, 70000)
	for i := range in.Teachings {
		for _, q := range []ent.ID{"T1", "T2", "T3", gradebook.Year} {
			want, err := fresh.Statistics(gradebook.Ref{Teaching: in.Teachings[i].ID, Period: q})
			require.NoError(t, err)
			got, err := s.Statistics(gradebook.Ref{Teaching: in.Teachings[i].ID, Period: q})
			require.NoError(t, err)
			require.True(t, want.Mean.Equal(got.Mean) && want.Median.Equal(got.Median))
			require.Equal(t, want.Bands, got.Bands)
		}
	}
}
