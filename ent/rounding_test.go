package ent_test

import (
	"encoding/json"
	"math/big"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
)

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

func rat(t *testing.T, s string) *big.Rat {
	t.Helper()
	r, ok := new(big.Rat).SetString(s)
	require.True(t, ok, s)
	return r
}

func modes() []ent.RoundingMode {
	return []ent.RoundingMode{
		ent.RoundHalfUp, ent.RoundHalfDown, ent.RoundHalfEven, ent.RoundUp, ent.RoundDown, ent.RoundCeiling, ent.RoundFloor,
	}
}

func TestRoundingModes(t *testing.T) {
	t.Parallel()
	// Columns: half-up, half-down, half-even, up, down, ceiling, floor.
	for _, c := range []struct {
		step, value string
		want        [7]string
	}{
		{"0.01", "1.005", [7]string{"1.01", "1.00", "1.00", "1.01", "1.00", "1.01", "1.00"}},
		{"0.01", "1.015", [7]string{"1.02", "1.01", "1.02", "1.02", "1.01", "1.02", "1.01"}},
		{"0.01", "-1.005", [7]string{"-1.01", "-1.00", "-1.00", "-1.01", "-1.00", "-1.00", "-1.01"}},
		{"0.01", "-1.015", [7]string{"-1.02", "-1.01", "-1.02", "-1.02", "-1.01", "-1.01", "-1.02"}},
		{"0.01", "1/3", [7]string{"0.33", "0.33", "0.33", "0.34", "0.33", "0.34", "0.33"}},
		{"0.01", "-2/3", [7]string{"-0.67", "-0.67", "-0.67", "-0.67", "-0.66", "-0.66", "-0.67"}},
		{"0.01", "0.0000001", [7]string{"0.00", "0.00", "0.00", "0.01", "0.00", "0.01", "0.00"}},
		{"0.01", "7.5", [7]string{"7.50", "7.50", "7.50", "7.50", "7.50", "7.50", "7.50"}},
		{"0.01", "0", [7]string{"0.00", "0.00", "0.00", "0.00", "0.00", "0.00", "0.00"}},
		{"0.5", "12.25", [7]string{"12.5", "12.0", "12.0", "12.5", "12.0", "12.5", "12.0"}},
		{"0.5", "12.75", [7]string{"13.0", "12.5", "13.0", "13.0", "12.5", "13.0", "12.5"}},
		{"0.5", "12.3", [7]string{"12.5", "12.5", "12.5", "12.5", "12.0", "12.5", "12.0"}},
		{"0.5", "-0.25", [7]string{"-0.5", "0.0", "0.0", "-0.5", "0.0", "0.0", "-0.5"}},
		{"5", "12.5", [7]string{"15", "10", "10", "15", "10", "15", "10"}},
		{"5", "17.5", [7]string{"20", "15", "20", "20", "15", "20", "15"}},
		{"5", "-12.4", [7]string{"-10", "-10", "-10", "-15", "-10", "-10", "-15"}},
		{"5", "2", [7]string{"0", "0", "0", "5", "0", "5", "0"}},
	} {
		for i, m := range modes() {
			got, err := ent.Rounding{Step: dec(c.step), Mode: m}.Round(rat(t, c.value))
			require.NoError(t, err)
			assert.True(t, got.Equal(dec(c.want[i])), "%s to %s, %s: got %s, want %s", c.value, c.step, m, got, c.want[i])
			assert.Equal(t, dec(c.step).Exponent(), got.Exponent(), "the decimals are those of the step")
		}
	}
}

func TestRoundingRefusesABadRule(t *testing.T) {
	t.Parallel()
	for _, v := range []string{"1.005", "1", "0"} {
		for name, r := range map[string]ent.Rounding{
			"step zero":      {Mode: ent.RoundHalfUp},
			"step below 0":   {Step: dec("-0.01"), Mode: ent.RoundHalfUp},
			"no mode":        {Step: dec("0.01")},
			"unknown mode":   {Step: dec("0.01"), Mode: "half"},
			"another's case": {Step: dec("0.01"), Mode: "Half-Up"},
		} {
			got, err := r.Round(rat(t, v))
			require.ErrorIs(t, err, ent.CodeRounding, "%s of %s", name, v)
			assert.True(t, got.IsZero())
		}
	}
}

func TestRoundingIsWrittenAsText(t *testing.T) {
	t.Parallel()
	r := ent.Rounding{Step: dec("0.50"), Mode: ent.RoundHalfUp}
	b, err := json.Marshal(r)
	require.NoError(t, err)
	assert.Equal(t, `{"step":"0.50","mode":"half-up"}`, string(b))
	var back ent.Rounding
	require.NoError(t, json.Unmarshal(b, &back))
	assert.True(t, r.Step.Equal(back.Step) && r.Mode == back.Mode)
}
