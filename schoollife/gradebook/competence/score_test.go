package competence_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/gradebook/competence"
)

const (
	yes = competence.RetroactiveYes
	no  = competence.RetroactiveNo
)

func TestAcceptanceGScores(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		results string
		method  competence.Method
		limit   int
		want    string
	}{
		{"R V VV V", competence.MethodGeometric, 5, "74"},
		{"R V VV V", competence.MethodArithmetic, 5, "74"},
		{"R V VV V", competence.MethodPlain, 5, "67"},
		{"R V VV V", competence.MethodBestOf1, 5, "100"},
		{"R V VV V", competence.MethodBestOf2, 5, "84"},
		{"R V VV V", competence.MethodBestOf3, 5, "78"},
		{"RR RR R V VV VV V", competence.MethodGeometric, 5, "79"},
		{"RR RR R V VV VV V", competence.MethodArithmetic, 5, "80"},
		{"RR RR R V VV VV V", competence.MethodArithmetic, 9, "69"},
	} {
		p := competence.Policy{Method: c.method, Limit: c.limit, Retroactive: yes}
		assert.Equal(t, c.want, text(scored(t, p, competence.Window{}, results(c.results)).Value), "%s %d", c.method, c.limit)
	}
	// Before rounding: 1103/15 and 73.5.
	_, why, err := competence.RecentWeighsMost().Explain(competence.EvenThirds(), competence.Window{}, results("R V VV V"), "pupil-1")
	require.NoError(t, err)
	assert.Equal(t, "73.533333333333", why.Root.Operands[0].Value.String())
	_, why, err = competence.Policy{Method: competence.MethodArithmetic, Limit: 5, Retroactive: yes}.Explain(competence.EvenThirds(), competence.Window{}, results("R V VV V"), "pupil-1")
	require.NoError(t, err)
	assert.Equal(t, "73.5", why.Root.Operands[0].Value.String())
}

func TestMostFrequentLevelIsFlagged(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ results, low, high string }{
		{"R V VV V", "67", "67"},
		{"R V VV RR", "0", "100"},
		{"V R V R VV", "33", "67"},
		{"ABS RR", "0", "0"},
	} {
		low := scored(t, competence.Policy{Method: competence.MethodMostFrequentLow, Retroactive: yes}, competence.Window{}, results(c.results))
		high := scored(t, competence.Policy{Method: competence.MethodMostFrequentHigh, Retroactive: yes}, competence.Window{}, results(c.results))
		assert.Equal(t, c.low, text(low.Value), c.results)
		assert.Equal(t, c.high, text(high.Value), c.results)
		assert.True(t, low.Unverified && high.Unverified)
		assert.Equal(t, []ent.Code{competence.CodeUnverified}, codes(low.Issues))
	}
	s := scored(t, competence.RecentWeighsMost(), competence.Window{}, results("R"))
	assert.False(t, s.Unverified)
	assert.Empty(t, s.Issues)
}

func TestStatusesAreKeptAndNeverCounted(t *testing.T) {
	t.Parallel()
	s := scored(t, competence.RecentWeighsMost(), competence.Window{}, results("ABS V DISP NE ABS"))
	assert.Equal(t, "67", text(s.Value))
	assert.Equal(t, 1, s.Counted)
	assert.Equal(t, []competence.CodeTally{{"ABS", 2}, {"DISP", 1}, {"NE", 1}}, s.NotCounted)
	assert.Empty(t, s.Issues)

	s = scored(t, competence.RecentWeighsMost(), competence.Window{}, results("ABS NN"))
	assert.True(t, s.Value.IsZero(), "not evaluated is not 0")
	assert.Equal(t, []ent.Code{competence.CodeNoResult}, codes(s.Issues))
	assert.False(t, scored(t, competence.RecentWeighsMost(), competence.Window{}, results("RR")).Value.IsZero(), "the lowest level is")

	s = scored(t, competence.RecentWeighsMost(), competence.Window{}, results("VVV VVV V"))
	require.Equal(t, []ent.Code{competence.CodeStatus}, codes(s.Issues), "a code that nobody knows is said")
	assert.Equal(t, "Le code VVV n'est ni un niveau ni un statut connu ; gardé et non compté : 2.", s.Issues[0].Message(ent.FR))
}

func TestTheLimitKeepsTheMostRecent(t *testing.T) {
	t.Parallel()
	p := competence.Policy{Method: competence.MethodPlain, Limit: 2, Retroactive: yes}
	s := scored(t, p, competence.Window{}, results("VV RR RR ABS"))
	assert.Equal(t, "0", text(s.Value), "a status takes no place")
	assert.Equal(t, 2, s.Counted)
	assert.Equal(t, 1, s.Beyond)

	// By date, whatever the order given; on one day, in the order given.
	rs := []competence.Result{
		{On: day(t, "2026-01-12"), Code: "VV"},
		{On: day(t, "2025-10-01"), Code: "RR"},
		{On: day(t, "2025-11-03"), Code: "R"},
		{On: day(t, "2026-01-12"), Code: "V"},
	}
	assert.Equal(t, "84", text(scored(t, p, competence.Window{}, rs).Value))
	p = competence.Policy{Method: competence.MethodPlain, Limit: 1, Retroactive: yes}
	assert.Equal(t, "67", text(scored(t, p, competence.Window{}, rs).Value))
}

func TestEachMethodHasItsLimits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		method    competence.Method
		least     int
		greatest  int
		unlimited bool
	}{
		{competence.MethodGeometric, 1, 5, false},
		{competence.MethodArithmetic, 1, 9, false},
		{competence.MethodPlain, 1, 50, true},
		{competence.MethodBestOf1, 1, 50, true},
		{competence.MethodBestOf2, 2, 50, true},
		{competence.MethodBestOf3, 3, 50, true},
		{competence.MethodMostFrequentLow, 1, 50, true},
		{competence.MethodMostFrequentHigh, 1, 50, true},
	} {
		least, greatest, unlimited := c.method.Limits()
		assert.Equal(t, []any{c.least, c.greatest, c.unlimited}, []any{least, greatest, unlimited}, c.method)
		for limit := -1; limit <= greatest+1; limit++ {
			issues := competence.Policy{Method: c.method, Limit: limit, Retroactive: yes}.Check()
			if limit >= least && limit <= greatest || limit == competence.NoLimit && unlimited {
				assert.Empty(t, issues, "%s %d", c.method, limit)
			} else {
				assert.ErrorIs(t, issues.Err(), competence.CodeLimit, "%s %d", c.method, limit)
			}
		}
		assert.NotEqual(t, string(c.method), c.method.Label(ent.FR))
	}
	assert.Equal(t, []ent.Code{competence.CodeMethod, competence.CodeRetroactive}, codes(competence.Policy{}.Check()), "no method is nobody's default")
	assert.Equal(t, "of-ours", competence.Method("of-ours").Label(ent.FR))
}

func TestResultsOlderThanThePeriod(t *testing.T) {
	t.Parallel()
	rs := []competence.Result{
		{On: day(t, "2025-06-20"), Code: "RR"},
		{On: day(t, "2025-09-30"), Code: "R"},
		{On: day(t, "2026-01-10"), Code: "V"},
		{On: day(t, "2026-05-04"), Code: "VV"},
	}
	w := competence.Window{From: day(t, "2025-12-01"), To: day(t, "2026-03-01")}
	for _, c := range []struct {
		rule, own competence.Retroactive
		want      string
		outside   int
	}{
		{yes, "", "33", 1},
		{no, "", "67", 3},
		{competence.RetroactiveAnnual, "", "50", 2},
		{competence.RetroactiveAuto, yes, "33", 1},
		{competence.RetroactiveAuto, no, "67", 3},
		{competence.RetroactiveAuto, competence.RetroactiveAnnual, "50", 2},
	} {
		s := scored(t, competence.Policy{Method: competence.MethodPlain, Retroactive: c.rule, Own: c.own}, w, rs)
		assert.Equal(t, c.want, text(s.Value), c.rule)
		assert.Equal(t, c.outside, s.Outside, c.rule)
	}
	w.YearFrom = day(t, "2025-10-01")
	assert.Equal(t, "67", text(scored(t, competence.Policy{Method: competence.MethodPlain, Retroactive: competence.RetroactiveAnnual}, w, rs).Value))
}

func TestWhatAScoreRefuses(t *testing.T) {
	t.Parallel()
	dated := []competence.Result{{On: day(t, "2026-01-10"), Code: "V"}, {Code: "V"}}
	period := competence.Window{From: day(t, "2026-01-01")}
	for _, c := range []struct {
		name    string
		policy  competence.Policy
		window  competence.Window
		results []competence.Result
		want    ent.Code
	}{
		{"a date missing among others", competence.RecentWeighsMost(), competence.Window{}, dated, competence.CodeDate},
		{"dates wanted by the period", competence.RecentWeighsMost(), period, results("V"), competence.CodeDate},
		{"a rule on the period without one", competence.Policy{Method: competence.MethodPlain, Retroactive: no}, competence.Window{}, results("V"), competence.CodeWindow},
		{"a period turned around", competence.RecentWeighsMost(), competence.Window{From: day(t, "2026-01-02"), To: day(t, "2026-01-01")}, nil, competence.CodeWindow},
		{"auto without the framework's rule", competence.Policy{Method: competence.MethodPlain, Retroactive: competence.RetroactiveAuto}, period, nil, competence.CodeRetroactive},
		{"auto of auto", competence.Policy{Method: competence.MethodPlain, Retroactive: competence.RetroactiveAuto, Own: competence.RetroactiveAuto}, period, nil, competence.CodeRetroactive},
		{"too many", competence.RecentWeighsMost(), competence.Window{}, make([]competence.Result, 10_001), competence.CodeSize},
	} {
		s, err := c.policy.Score(competence.EvenThirds(), c.window, c.results)
		require.ErrorIs(t, err, c.want, c.name)
		assert.Equal(t, competence.Score{}, s, c.name)
	}
	_, err := competence.RecentWeighsMost().Score(competence.Scale{}, competence.Window{}, nil)
	require.ErrorIs(t, err, competence.CodeScale)
	_, _, err = competence.RecentWeighsMost().Explain(competence.EvenThirds(), competence.Window{}, results("V"), "")
	require.ErrorIs(t, err, competence.CodeOwner)
}

// oracle scores with integers: another way than the package's.
func oracle(m competence.Method, limit int, values []int) (int, bool) {
	if limit > 0 && len(values) > limit {
		values = values[len(values)-limit:]
	}
	if len(values) == 0 {
		return 0, false
	}
	best := func(n int) int {
		sorted := slices.Clone(values)
		slices.Sort(sorted)
		slices.Reverse(sorted)
		sorted = sorted[:min(n, len(sorted))]
		sum := 0
		for _, v := range sorted {
			sum += v
		}
		return (2*sum + len(sorted)) / (2 * len(sorted))
	}
	weight := 1
	num, den := 0, 0
	switch m {
	case competence.MethodBestOf1:
		return best(1), true
	case competence.MethodBestOf2:
		return best(2), true
	case competence.MethodBestOf3:
		return best(3), true
	case competence.MethodMostFrequentLow, competence.MethodMostFrequentHigh:
		count := map[int]int{}
		for _, v := range values {
			count[v]++
		}
		at := -1
		for _, v := range []int{0, 33, 67, 100} {
			if count[v] > 0 && (at < 0 || count[v] > count[at] || count[v] == count[at] && m == competence.MethodMostFrequentHigh) {
				at = v
			}
		}
		return at, true
	case competence.MethodGeometric:
		for _, v := range values {
			num, den, weight = num+weight*v, den+weight, 2*weight
		}
	case competence.MethodArithmetic:
		for _, v := range values {
			num, den, weight = num+weight*v, den+weight, weight+1
		}
	case competence.MethodPlain:
		for _, v := range values {
			num, den = num+v, den+1
		}
	}
	return (2*num + den) / (2 * den), true
}

var methods = []competence.Method{
	competence.MethodGeometric, competence.MethodArithmetic, competence.MethodPlain, competence.MethodBestOf1, competence.MethodBestOf2,
	competence.MethodBestOf3, competence.MethodMostFrequentLow, competence.MethodMostFrequentHigh,
}

func TestRandomScoresEqualTheOracleAndCheck(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(33, 67))
	all := []string{"RR", "R", "V", "VV", "ABS", "NE", "?"}
	worth := map[string]int{"RR": 0, "R": 33, "V": 67, "VV": 100}
	missing := 0
	for range 6000 {
		m := methods[r.IntN(len(methods))]
		least, greatest, unlimited := m.Limits()
		limit := least + r.IntN(greatest-least+1)
		if unlimited && r.IntN(2) == 0 {
			limit = competence.NoLimit
		}
		var (
			rs     []competence.Result
			values []int
		)
		for range r.IntN(12) {
			c := all[r.IntN(len(all))]
			rs = append(rs, competence.Result{Code: c})
			if v, ok := worth[c]; ok {
				values = append(values, v)
			}
		}
		s := scored(t, competence.Policy{Method: m, Limit: limit, Retroactive: yes}, competence.Window{}, rs)
		want, ok := oracle(m, limit, values)
		if !ok {
			missing++
			require.True(t, s.Value.IsZero())
			continue
		}
		got, _ := s.Value.Value()
		require.Equal(t, int64(want), got.IntPart(), "%s %d %v", m, limit, values)
		require.True(t, got.IsInteger())
		left := 0
		for _, x := range s.NotCounted {
			left += x.Count
		}
		require.Equal(t, len(rs), s.Counted+s.Beyond+s.Outside+left, "every result is accounted for")
	}
	assert.Greater(t, missing, 50)
	assert.Less(t, missing, 2000)
}

// A better result never lowers a score.
func TestAScoreIsMonotone(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	levels := []string{"RR", "R", "V", "VV"}
	for range 3000 {
		m := methods[r.IntN(6)] // raising one result may change which level is the most frequent one
		_, greatest, _ := m.Limits()
		p := competence.Policy{Method: m, Limit: greatest, Retroactive: yes}
		var rs []competence.Result
		at := make([]int, 1+r.IntN(8))
		for i := range at {
			at[i] = r.IntN(4)
			rs = append(rs, competence.Result{Code: levels[at[i]]})
		}
		before, _ := scored(t, p, competence.Window{}, rs).Value.Value()
		i := r.IntN(len(rs))
		rs[i].Code = levels[min(at[i]+1, 3)]
		after, _ := scored(t, p, competence.Window{}, rs).Value.Value()
		require.True(t, after.GreaterThanOrEqual(before), "%s", m)
	}
}
