package gradebook_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/enttest"
	"github.com/opencartable/cartable/schoollife/gradebook"
	"github.com/opencartable/cartable/schoollife/schooltest"
)

// TestMeansExplainThemselves: each mean of a school year Checks, is the one that is published, and tells a pupil nothing of the
// others.
func TestMeansExplainThemselves(t *testing.T) {
	t.Parallel()
	year, ok := schooltest.New(enttest.New(enttest.Options{Seed: 7}), "4001")
	require.True(t, ok)
	sheet, err := gradebook.Compute(gradebook.RescaledRoundLast(), year.Input())
	require.NoError(t, err)
	var refs []gradebook.Ref
	for _, q := range []ent.ID{"T1", "T2", "T3", gradebook.Year} {
		for _, x := range year.Teachings() {
			refs = append(refs, gradebook.Ref{Teaching: x.ID, Period: q})
		}
		for _, c := range year.Classes() {
			refs = append(refs, gradebook.Ref{Class: c.ID, Period: q})
		}
	}
	for _, r := range refs {
		st, err := sheet.Statistics(r)
		require.NoError(t, err)
		why, err := sheet.ExplainMean(r)
		if st.Count == 0 {
			require.ErrorIs(t, err, gradebook.CodeNoFigure)
			continue
		}
		require.NoError(t, err)
		require.NoError(t, why.Check())
		require.True(t, st.Mean.Equal(why.Value()))
	}
	why, err := sheet.ExplainMean(refs[0])
	require.NoError(t, err)
	pupil := sheet.Pupils(refs[0].Teaching, "T1")[0]
	assert.NotContains(t, why.Render(ent.FR, ent.Reader{Audience: ent.AudienceConcerned, Person: pupil}), "moyenne d'un élève")
	assert.Contains(t, why.Render(ent.FR, ent.Reader{Audience: ent.AudienceAgent}), "moyenne d'un élève")
	_, err = sheet.ExplainMean(gradebook.Ref{Teaching: "nothing", Period: "T1"})
	require.ErrorIs(t, err, gradebook.CodeNoFigure)
}
