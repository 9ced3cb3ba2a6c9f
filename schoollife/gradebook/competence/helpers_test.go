package competence_test

import (
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/gradebook/competence"
)

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

func known(s string) competence.Number { return competence.Known(dec(s)) }

func day(t testing.TB, s string) ent.Date {
	t.Helper()
	d, err := ent.ParseDate(s)
	require.NoError(t, err)
	return d
}

// results makes undated results, from the oldest.
func results(codes string) []competence.Result {
	var out []competence.Result
	for c := range strings.FieldsSeq(codes) {
		out = append(out, competence.Result{Code: c})
	}
	return out
}

// text writes a number, "-" for a missing one.
func text(n competence.Number) string {
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

// checked proves an explanation: it computes again, its root is the figure, and a missing figure has none.
func checked(t testing.TB, n competence.Number, why ent.Explanation) {
	t.Helper()
	v, ok := n.Value()
	if !ok {
		assert.Equal(t, ent.Explanation{}, why)
		return
	}
	require.NoError(t, why.Check())
	require.True(t, v.Equal(why.Value()), "%s, %s", v, why.Value())
}

// scored runs both doors of a policy over the window that takes everything.
func scored(t testing.TB, p competence.Policy, w competence.Window, rs []competence.Result) competence.Score {
	t.Helper()
	plain, err := p.Score(competence.EvenThirds(), w, rs)
	require.NoError(t, err)
	s, why, err := p.Explain(competence.EvenThirds(), w, rs, "pupil-1")
	require.NoError(t, err)
	require.Equal(t, plain, s)
	checked(t, s.Value, why)
	return s
}
