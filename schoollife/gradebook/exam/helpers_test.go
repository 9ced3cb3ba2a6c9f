package exam_test

import (
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/gradebook/exam"
)

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

// num is a known number, a missing one for "".
func num(s string) exam.Number {
	if s == "" {
		return exam.Number{}
	}
	return exam.Known(dec(s))
}

// text writes a number, "-" for a missing one.
func text(n exam.Number) string {
	v, ok := n.Value()
	if !ok {
		return "-"
	}
	return ent.NumberText(v)
}

func codes(is ent.Issues) []ent.Code {
	var out []ent.Code
	for _, i := range is {
		out = append(out, i.Code)
	}
	return out
}

func dnbRules(t testing.TB, year int) exam.DNB {
	t.Helper()
	r, err := exam.DNBRules(year)
	require.NoError(t, err)
	return r
}

func bacRules(t testing.TB, year int, s exam.Series) exam.Bac {
	t.Helper()
	b, err := exam.BacRules(year, s)
	require.NoError(t, err)
	return b
}

// same proves that both doors give one result, and that its explanation computes again and ends on what is published.
func same(t testing.TB, plain, r exam.Result, why ent.Explanation) exam.Result {
	t.Helper()
	require.Equal(t, plain, r)
	if r.Final.IsZero() {
		require.Equal(t, ent.Explanation{}, why)
		require.Equal(t, exam.DecisionNone, r.Decision)
		require.True(t, r.Published.IsZero())
		require.Equal(t, ent.SeverityError, r.Issues.Worst(), "something says why")
		return r
	}
	require.NoError(t, why.Check())
	v, _ := r.Published.Value()
	require.True(t, v.Equal(why.Value()))
	require.NotEqual(t, ent.SeverityError, r.Issues.Worst())
	return r
}

func dnb(t testing.TB, rules exam.DNB, in exam.DNBInput) exam.Result {
	t.Helper()
	plain, err := rules.Result(in)
	require.NoError(t, err)
	r, why, err := rules.Explain(in, "pupil-1")
	require.NoError(t, err)
	return same(t, plain, r, why)
}

func bac(t testing.TB, rules exam.Bac, in exam.BacInput) exam.Result {
	t.Helper()
	plain, err := rules.Result(in)
	require.NoError(t, err)
	r, why, err := rules.Explain(in, "pupil-1")
	require.NoError(t, err)
	return same(t, plain, r, why)
}

// socle gives the components their levels in the order of the LSU; "-" is missing.
func socle(levels string) []exam.ComponentLevel {
	var out []exam.ComponentLevel
	for i, c := range []string{"CPD_FRA", "CPD_ETR", "CPD_SCI", "CPD_ART", "MET_APP", "FRM_CIT", "SYS_NAT", "REP_MND"} {
		l := exam.ComponentLevel{Component: c, Level: levels[i : i+1]}
		if l.Level == "-" {
			l.Level = ""
		}
		out = append(out, l)
	}
	return out
}

// marks gives the papers their marks in order.
func marks(papers []exam.Paper, values ...string) []exam.Mark {
	var out []exam.Mark
	for i, v := range values {
		out = append(out, exam.Mark{Paper: papers[i].Code, Value: num(v)})
	}
	return out
}

var subjects = []string{"FRANC", "MATHS", "HIGEO", "EMC", "LV1", "LV2", "PHCH", "SVT", "TECHN", "APLA", "EDMUS", "EPS"}

func averages(values ...string) []exam.Average {
	var out []exam.Average
	for i, v := range values {
		out = append(out, exam.Average{Subject: subjects[i], Annual: num(v)})
	}
	return out
}

func has(t testing.TB, is ent.Issues, c ent.Code) {
	t.Helper()
	assert.Contains(t, codes(is), c)
}
