package competence_test

import (
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/gradebook/competence"
)

func placed(t testing.TB, p, plain competence.Placement, why ent.Explanation) competence.Placement {
	t.Helper()
	require.Equal(t, plain, p)
	if p.Position == competence.PositionMissing {
		checked(t, competence.Number{}, why)
		return p
	}
	checked(t, known(string(p.Position)), why)
	return p
}

func inSubject(t testing.TB, r competence.LevelRule, cs []competence.Competence, manual competence.Position) competence.Placement {
	t.Helper()
	plain, err := r.Subject(cs, manual)
	require.NoError(t, err)
	p, why, err := r.ExplainSubject(cs, manual, "pupil-1")
	require.NoError(t, err)
	return placed(t, p, plain, why)
}

func inDomain(t testing.TB, r competence.LevelRule, domains []ent.ID, cs []competence.Competence, manual competence.Position) competence.Placement {
	t.Helper()
	plain, err := r.Domain(domains, cs, manual)
	require.NoError(t, err)
	p, why, err := r.ExplainDomain(domains, cs, manual, "pupil-1")
	require.NoError(t, err)
	return placed(t, p, plain, why)
}

func TestASubjectIsTheMeanOfItsCompetences(t *testing.T) {
	t.Parallel()
	cs := []competence.Competence{{ID: "a", Codes: []string{"1", "4", "ABS"}}, {ID: "b", Codes: []string{"2"}}, {ID: "c", Codes: []string{"NE"}}, {ID: "d"}}
	p := inSubject(t, competence.NearestPosition(competence.ChoiceMean), cs, "")
	assert.Equal(t, competence.PositionFragile, p.Position, "(2.5+2)/2 = 2.25")
	assert.Equal(t, 2, p.Counted)
	p = inSubject(t, competence.NearestPosition(competence.ChoiceMax), cs, "")
	assert.Equal(t, competence.PositionSatisfactory, p.Position, "(4+2)/2")

	p = inSubject(t, competence.NearestPosition(competence.ChoiceMax), cs[2:], "")
	assert.Equal(t, competence.PositionMissing, p.Position)
	assert.Equal(t, []ent.Code{competence.CodeNoResult}, codes(p.Issues))
}

func TestTheLevelOfACompetence(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		choice competence.Choice
		codes  []string
		manual string
		want   string
		issues []ent.Code
	}{
		{competence.ChoiceMean, []string{"1", "4", "ABS"}, "", "2.5", nil},
		{competence.ChoiceMean, []string{"1", "1", "2"}, "", "1.333333333333", nil},
		{competence.ChoiceMax, []string{"1", "4", "2"}, "", "4", nil},
		{competence.ChoiceMax, []string{"4"}, "2", "2", []ent.Code{competence.CodeManual}},
		{competence.ChoiceMax, []string{"NE"}, "", "-", []ent.Code{competence.CodeNoResult}},
	} {
		rule, in := competence.NearestPosition(c.choice), competence.Competence{ID: "a", Codes: c.codes, Manual: c.manual}
		plain, err := rule.Level(in)
		require.NoError(t, err)
		f, why, err := rule.ExplainLevel(in, "pupil-1")
		require.NoError(t, err)
		require.Equal(t, plain, f)
		checked(t, f.Value, why)
		assert.Equal(t, c.want, text(f.Value))
		assert.Equal(t, c.issues, codes(f.Issues))
	}
	_, err := competence.NearestPosition(competence.ChoiceMax).Level(competence.Competence{Manual: "9"})
	require.ErrorIs(t, err, competence.CodeLevel)
}

func TestAManualValueWins(t *testing.T) {
	t.Parallel()
	rule := competence.NearestPosition(competence.ChoiceMax)
	cs := []competence.Competence{{ID: "a", Codes: []string{"1"}, Manual: "4"}, {ID: "b", Codes: []string{"4"}}}
	p := inSubject(t, rule, cs, "")
	assert.Equal(t, competence.PositionVeryGood, p.Position)
	assert.False(t, p.Manual)
	require.Equal(t, []ent.Code{competence.CodeManual}, codes(p.Issues))
	assert.Equal(t, "$.competences[0].manual", p.Issues[0].Path)

	p = inSubject(t, rule, cs, competence.PositionFragile)
	assert.Equal(t, competence.PositionFragile, p.Position)
	assert.True(t, p.Manual)
	p = inSubject(t, rule, nil, competence.PositionFragile)
	assert.Equal(t, competence.PositionFragile, p.Position, "nothing was evaluated, the teacher decides")
	assert.Zero(t, p.Counted)
	p = inSubject(t, rule, []competence.Competence{{ID: "a", Manual: "3"}}, "")
	assert.Equal(t, competence.PositionSatisfactory, p.Position, "a manual level of a competence never evaluated")
}

func TestACompetenceOfTwoDomainsCountsOnceInEach(t *testing.T) {
	t.Parallel()
	rule := competence.NearestPosition(competence.ChoiceMax)
	cs := []competence.Competence{
		{ID: "a", Codes: []string{"4"}, Domains: []ent.ID{"d1", "d2"}},
		{ID: "b", Codes: []string{"1"}, Domains: []ent.ID{"d1"}},
		{ID: "c", Codes: []string{"1"}, Domains: []ent.ID{"d1"}},
		{ID: "x", Codes: []string{"1"}, Domains: []ent.ID{"d3"}},
	}
	p := inDomain(t, rule, []ent.ID{"d1", "d2"}, cs, "")
	assert.Equal(t, competence.PositionFragile, p.Position, "(4+1+1)/3 = 2; counted twice, a would give 2.5 and 3")
	assert.Equal(t, 3, p.Counted)
	cs[0].Domains = []ent.ID{"d1", "d1"}
	assert.Equal(t, competence.PositionFragile, inDomain(t, rule, []ent.ID{"d1"}, cs, "").Position)
	assert.Equal(t, competence.PositionMissing, inDomain(t, rule, nil, cs, "").Position)
	assert.Equal(t, competence.PositionInsufficient, inDomain(t, rule, []ent.ID{"d3"}, cs, "").Position)
	assert.Equal(t, competence.PositionVeryGood, inDomain(t, rule, []ent.ID{"d3"}, cs, competence.PositionVeryGood).Position)

	cs[1].ID = "a"
	_, err := rule.Domain([]ent.ID{"d1"}, cs, "")
	require.ErrorIs(t, err, competence.CodeTwice)
}

// In a domain each competence is converted first: 1.5 and 2.4 are 2 and 2, where the mean of the levels is 1.95.
func TestADomainConvertsTwice(t *testing.T) {
	t.Parallel()
	rule := competence.NearestPosition(competence.ChoiceMean)
	cs := []competence.Competence{
		{ID: "a", Codes: []string{"1", "2"}, Domains: []ent.ID{"d"}}, // 1.5, 2
		{ID: "b", Codes: []string{"1", "2"}, Domains: []ent.ID{"d"}}, // 1.5, 2
		{ID: "c", Codes: []string{"1"}, Domains: []ent.ID{"d"}},
	}
	assert.Equal(t, competence.PositionInsufficient, inSubject(t, rule, cs, "").Position, "4/3")
	assert.Equal(t, competence.PositionFragile, inDomain(t, rule, []ent.ID{"d"}, cs, "").Position, "5/3")
}

func TestWhatALevelRuleRefuses(t *testing.T) {
	t.Parallel()
	rule := competence.NearestPosition(competence.ChoiceMean)
	_, err := rule.Subject([]competence.Competence{{ID: "a", Manual: "5"}}, "")
	require.ErrorIs(t, err, competence.CodeLevel)
	for _, p := range []competence.Position{competence.PositionDispensed, "5", "x"} {
		_, err = rule.Subject(nil, p)
		require.ErrorIs(t, err, competence.CodePosition, p)
	}
	_, err = rule.Subject(make([]competence.Competence, 10_001), "")
	require.ErrorIs(t, err, competence.CodeSize)
	p := inSubject(t, rule, []competence.Competence{{ID: "a", Codes: []string{"9", "3"}}}, "")
	assert.Equal(t, []ent.Code{competence.CodeStatus}, codes(p.Issues))

	bad := rule
	bad.Choice = ""
	assert.Equal(t, []ent.Code{competence.CodeMethod}, codes(bad.Check()))
	bad = rule
	bad.Levels = competence.StatesFromPercent()
	assert.Equal(t, "$.levels.target", bad.Check()[0].Path)
	bad.Levels = competence.PositionsFromPercent()
	assert.Equal(t, "$.levels.bounds", bad.Check()[0].Path, "a mean falls on no step")
	bad = rule
	bad.Scale = competence.EvenThirds()
	_, err = bad.Subject([]competence.Competence{{ID: "a", Codes: []string{"VV"}}}, "")
	require.ErrorIs(t, err, competence.CodeOutside, "a scale that the table does not hold")
	assert.Equal(t, "$.levels", bad.Check()[0].Path)
	bad = rule
	bad.Positions = competence.PositionsBetween(dec("0"), dec("1"), dec("2"), dec("3"), dec("3.5"))
	require.Equal(t, []ent.Code{competence.CodeOutside}, codes(bad.Check()))
	assert.Equal(t, "$.positions", bad.Check()[0].Path)
}

func TestRandomPlacementsCheck(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(4, 1))
	all := []string{"1", "2", "3", "4", "ABS", "NE"}
	for range 4000 {
		rule := competence.NearestPosition([]competence.Choice{competence.ChoiceMean, competence.ChoiceMax}[r.IntN(2)])
		var cs []competence.Competence
		for i := range r.IntN(6) {
			c := competence.Competence{ID: ent.ID(strconv.Itoa(i)), Domains: []ent.ID{"d", "e"}[r.IntN(2):]}
			for range r.IntN(5) {
				c.Codes = append(c.Codes, all[r.IntN(len(all))])
			}
			if r.IntN(5) == 0 {
				c.Manual = all[r.IntN(4)]
			}
			cs = append(cs, c)
		}
		manual := competence.PositionMissing
		if r.IntN(6) == 0 {
			manual = competence.PositionFragile
		}
		s := inSubject(t, rule, cs, manual)
		e := inDomain(t, rule, []ent.ID{"e"}, cs, manual)
		require.Equal(t, s.Counted, e.Counted, "all are attached to e")
		d := inDomain(t, rule, []ent.ID{"d"}, cs, manual)
		require.LessOrEqual(t, d.Counted, s.Counted)
	}
}
