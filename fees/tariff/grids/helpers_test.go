package grids_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/tariff"
	"github.com/opencartable/cartable/fees/tariff/grids"
	"github.com/opencartable/cartable/internal/samples"
)

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

func quotientOf(s string) *decimal.Decimal {
	v := dec(s)
	return &v
}

func sample(t testing.TB, file string, into any) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(samples.Dir(t, "fees"), file))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(b, into))
}

func vectors(t testing.TB, key string, into any) {
	t.Helper()
	var all map[string]json.RawMessage
	sample(t, "vectors.json", &all)
	require.Contains(t, all, key)
	require.NoError(t, json.Unmarshal(all[key], into))
}

func get(t testing.TB, name string) *tariff.Tariff {
	t.Helper()
	s, err := grids.Get(name)
	require.NoError(t, err)
	return s
}

// priced prices a case twice, with and without its explanation, which must compute again to the same amount.
func priced(t testing.TB, s *tariff.Tariff, g tariff.Given) (decimal.Decimal, error) {
	t.Helper()
	c, err := s.Compile()
	require.NoError(t, err)
	in, err := g.Input(s)
	require.NoError(t, err)
	a, err := c.Price(&in)
	q, why, err2 := c.Explain(&in)
	if err != nil {
		require.Error(t, err2)
		return decimal.Decimal{}, err
	}
	require.NoError(t, err2)
	require.NoError(t, why.Check())
	require.Equal(t, a, q.Amount)
	require.True(t, why.Value().Equal(a.Decimal()))
	require.NotEmpty(t, why.Render(ent.FR, ent.Reader{Audience: ent.AudienceConcerned, Person: "case"}))
	return a.Decimal(), nil
}

func requirePrice(t testing.TB, want string, s *tariff.Tariff, g tariff.Given) {
	t.Helper()
	got, err := priced(t, s, g)
	require.NoError(t, err, "%s %+v", s.ID, g)
	require.True(t, dec(want).Equal(got), "%s %+v: %s and not %s", s.ID, g, got, want)
}

// quoted prices a case and returns what made the price.
func quoted(t testing.TB, s *tariff.Tariff, g tariff.Given) tariff.Quote {
	t.Helper()
	c, err := s.Compile()
	require.NoError(t, err)
	in, err := g.Input(s)
	require.NoError(t, err)
	q, err := c.Quote(&in)
	require.NoError(t, err)
	return q
}
