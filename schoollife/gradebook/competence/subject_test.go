package competence_test

import (
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/gradebook/competence"
)

func item(score, coefficient string) competence.ItemScore {
	s := competence.ItemScore{Coefficient: dec(coefficient)}
	if score != "" {
		s.Score = known(score)
	}
	return s
}

func percentOf(t testing.TB, items []competence.ItemScore) competence.Figure {
	t.Helper()
	plain, err := competence.SubjectPercent(items)
	require.NoError(t, err)
	f, why, err := competence.ExplainSubjectPercent(items, "pupil-1")
	require.NoError(t, err)
	require.Equal(t, plain, f)
	checked(t, f.Value, why)
	return f
}

func markOf(t testing.TB, items []competence.ItemScore, step string) competence.Figure {
	t.Helper()
	plain, err := competence.SubjectMark(items, dec(step))
	require.NoError(t, err)
	f, why, err := competence.ExplainSubjectMark(items, dec(step), "pupil-1")
	require.NoError(t, err)
	require.Equal(t, plain, f)
	checked(t, f.Value, why)
	return f
}

func TestAcceptanceGSubject(t *testing.T) {
	t.Parallel()
	items := []competence.ItemScore{item("74", "1"), item("50", "2"), item("90", "1")}
	assert.Equal(t, "66", text(percentOf(t, items).Value))
	assert.Equal(t, "13.2", text(markOf(t, items, "0.2").Value))
	assert.Equal(t, "13.2", text(markOf(t, items, "0.1").Value))
	// 66.5 %: a fifth of 67 by steps of 0.2, the exact fifth by 0.1.
	items = []competence.ItemScore{item("66", "1"), item("67", "1")}
	assert.Equal(t, "67", text(percentOf(t, items).Value))
	assert.Equal(t, "13.4", text(markOf(t, items, "0.2").Value))
	assert.Equal(t, "13.3", text(markOf(t, items, "0.1").Value))
}

func TestAnItemWithoutScoreLeavesWithItsCoefficient(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "50", text(percentOf(t, []competence.ItemScore{item("50", "1"), item("", "3"), item("90", "0")}).Value))
	for _, items := range [][]competence.ItemScore{nil, {item("", "1")}, {item("80", "0")}} {
		f := percentOf(t, items)
		assert.True(t, f.Value.IsZero())
		assert.Equal(t, []ent.Code{competence.CodeNoResult}, codes(f.Issues))
		assert.True(t, markOf(t, items, "0.2").Value.IsZero())
	}
	assert.Equal(t, "0", text(percentOf(t, []competence.ItemScore{item("0", "1")}).Value))
}

func TestWhatASubjectRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		items []competence.ItemScore
		want  ent.Code
	}{
		{[]competence.ItemScore{item("101", "1")}, competence.CodeNumber},
		{[]competence.ItemScore{item("-1", "1")}, competence.CodeNumber},
		{[]competence.ItemScore{item("50", "-1")}, competence.CodeCoefficient},
		{[]competence.ItemScore{item("50", "10000")}, competence.CodeCoefficient},
		{make([]competence.ItemScore, 10_001), competence.CodeSize},
	} {
		_, err := competence.SubjectPercent(c.items)
		require.ErrorIs(t, err, c.want)
		_, err = competence.SubjectMark(c.items, dec("0.2"))
		require.ErrorIs(t, err, c.want)
	}
	_, err := competence.SubjectMark([]competence.ItemScore{item("50", "1")}, dec("0.5"))
	require.ErrorIs(t, err, competence.CodeStep)
	_, _, err = competence.ExplainSubjectPercent(nil, "")
	require.ErrorIs(t, err, competence.CodeOwner)
}

// By steps of 0.2 a mark is a fifth of the integer percentage, whatever the scores.
func TestRandomMarksAreAFifthOfThePercentage(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 20))
	for range 4000 {
		var items []competence.ItemScore
		num, den := int64(0), int64(0)
		for range 1 + r.IntN(8) {
			s, c := r.Int64N(101), r.Int64N(40)
			items = append(items, competence.ItemScore{Score: competence.Known(decimal.New(s, 0)), Coefficient: decimal.New(c, -1)})
			num, den = num+s*c, den+c
		}
		p := percentOf(t, items)
		if den == 0 {
			require.True(t, p.Value.IsZero())
			continue
		}
		got, _ := p.Value.Value()
		require.Equal(t, (2*num+den)/(2*den), got.IntPart())
		m, _ := markOf(t, items, "0.2").Value.Value()
		require.True(t, m.Mul(decimal.New(5, 0)).Equal(got))
		tenth, _ := markOf(t, items, "0.1").Value.Value()
		require.Equal(t, (4*num+den)/(2*den), tenth.Mul(decimal.New(10, 0)).IntPart(), "num/den/5, by 0.1")
	}
}

func classOf(marks ...string) []competence.PupilMark {
	var out []competence.PupilMark
	for i, m := range marks {
		p := competence.PupilMark{Pupil: ent.ID("pupil-" + strconv.Itoa(i+1))}
		if m != "" {
			p.Mark = known(m)
		}
		out = append(out, p)
	}
	return out
}

func TestTheClassAverageIsOfTheMarksKnown(t *testing.T) {
	t.Parallel()
	average := func(least int, marks ...string) competence.Figure {
		plain, err := competence.ClassAverage(classOf(marks...), least)
		require.NoError(t, err)
		f, why, err := competence.ExplainClassAverage(classOf(marks...), least)
		require.NoError(t, err)
		require.Equal(t, plain, f)
		checked(t, f.Value, why)
		return f
	}
	assert.Equal(t, "13.3", text(average(0, "13.2", "13.4", "").Value))
	assert.Equal(t, "13.3", text(average(0, "13.2", "13.3").Value), "13.25, a half up")
	f := average(3, "13.2", "13.4", "")
	assert.True(t, f.Value.IsZero())
	assert.Equal(t, []ent.Code{competence.CodeFew}, codes(f.Issues))
	assert.Equal(t, []ent.Code{competence.CodeNoResult}, codes(average(0, "", "").Issues))
	_, err := competence.ClassAverage(classOf("20.5"), 0)
	require.ErrorIs(t, err, competence.CodeNumber)
	_, err = competence.ClassAverage(nil, -1)
	require.ErrorIs(t, err, competence.CodeCount)
	_, _, err = competence.ExplainClassAverage([]competence.PupilMark{{Mark: known("3")}}, 0)
	require.ErrorIs(t, err, competence.CodeOwner)
}

// A pupil reads the average of the class and the mark of nobody.
func TestNobodyReadsTheMarkOfAnother(t *testing.T) {
	t.Parallel()
	_, why, err := competence.ExplainClassAverage(classOf("7.2", "13.4", "18.6"), 0)
	require.NoError(t, err)
	for _, to := range []ent.Reader{{}, {Audience: ent.AudienceConcerned, Person: "pupil-1"}} {
		read := why.Render(ent.FR, to)
		assert.Contains(t, read, "13,1/20")
		for _, hidden := range []string{"7,2", "13,4", "18,6", "39,2"} {
			assert.NotContains(t, read, hidden)
		}
	}
	assert.Contains(t, why.Render(ent.FR, ent.Reader{Audience: ent.AudienceAgent}), "18,6/20")

	_, own, err := competence.RecentWeighsMost().Explain(competence.EvenThirds(), competence.Window{}, results("R V"), "pupil-1")
	require.NoError(t, err)
	assert.Equal(t, "(réservé)\n", own.Render(ent.FR, ent.Reader{Audience: ent.AudienceConcerned, Person: "pupil-2"}))
}
