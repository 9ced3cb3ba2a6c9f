package quotient_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/quotient"
	"github.com/opencartable/cartable/internal/samples"
)

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

func day(t testing.TB, s string) ent.Date {
	t.Helper()
	var d ent.Date
	require.NoError(t, d.UnmarshalText([]byte(s)))
	return d
}

func month(t testing.TB, s string) ent.Month {
	t.Helper()
	var m ent.Month
	require.NoError(t, m.UnmarshalText([]byte(s)))
	return m
}

func vectors(t testing.TB, key string, into any) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(samples.Dir(t, "fees"), "vectors.json"))
	require.NoError(t, err)
	var all map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(b, &all))
	require.Contains(t, all, key)
	require.NoError(t, json.Unmarshal(all[key], into))
}

// resource is of nature n, of the owner of the input.
func resource(n quotient.Nature, amount string) quotient.Resource {
	return quotient.Resource{Nature: n, Amount: dec(amount)}
}

// both runs both doors of a formula, and returns the quotient written with two decimals.
func both(t testing.TB, f quotient.Formula, in quotient.Input) (string, ent.Explanation) {
	t.Helper()
	in.Owner = "us-1"
	plain, err := f.Compute(in)
	require.NoError(t, err)
	q, why, err := f.Explain(in)
	require.NoError(t, err)
	require.Equal(t, plain, q)
	require.NoError(t, why.Check())
	v, err := q.Get()
	require.NoError(t, err)
	require.True(t, v.Equal(why.Value()))
	return v.StringFixed(2), why
}
