package schooltest_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/enttest"
	"github.com/opencartable/cartable/schoollife/gradebook"
	"github.com/opencartable/cartable/schoollife/schooltest"
)

func Example() {
	year, ok := schooltest.New(enttest.New(enttest.Options{Seed: 7}), "4001")
	sheet, err := gradebook.Compute(gradebook.RescaledRoundLast(), year.Input())
	if !ok || err != nil {
		fmt.Println(ok, err)
		return
	}
	class := year.Classes()[0]
	st, err := sheet.Statistics(gradebook.Ref{Class: class.ID, Period: "T1"})
	fmt.Println(class.Code, st.Count == len(year.Pupils(class.ID)), st.Mean.Sign() > 0, err)
	// Output: 6-A true true <nil>
}

func TestYear(t *testing.T) {
	t.Parallel()
	a := enttest.New(enttest.Options{Seed: 7})
	one, ok := schooltest.New(a, "4001")
	require.True(t, ok)
	two, _ := schooltest.New(a, "4001")
	in := one.Input()
	assert.Equal(t, in, two.Input(), "the same academy gives the same year")
	sheet, err := gradebook.Compute(gradebook.RescaledRoundLast(), in)
	require.NoError(t, err)
	r := sheet.Report()
	assert.True(t, r.Balanced())
	assert.Zero(t, r.Tally("marks").Refused)
	assert.Zero(t, r.Tally("assessments").Refused)
	statuses := 0
	for _, m := range in.Marks {
		if m.Result.Status() != "" {
			statuses++
		}
	}
	assert.InDelta(t, 0.04, float64(statuses)/float64(len(in.Marks)), 0.01)
	_, ok = schooltest.New(a, "nowhere")
	assert.False(t, ok)

	// What is written class by class is what the whole year holds.
	whole := map[ent.ID]int{}
	for _, m := range in.Marks {
		whole[m.Pupil]++
	}
	keys := map[gradebook.Key]bool{}
	byClass := map[ent.ID]int{}
	for _, c := range one.Classes() {
		for _, e := range one.Entries(c.ID, a.Year().Last(), 1) {
			require.False(t, keys[e.Key], "%v twice", e.Key)
			keys[e.Key] = true
			if e.Kind == gradebook.EntryMark {
				byClass[e.Pupil]++
			}
		}
	}
	assert.Equal(t, whole, byClass)
}
