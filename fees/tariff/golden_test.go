package tariff_test

import (
	"encoding/json"
	"flag"
	"os"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/fees/tariff"
	"github.com/opencartable/cartable/fees/tariff/grids"
)

var update = flag.Bool("update", false, "write the golden files")

// The written form of a tariff is frozen, and read back; it does not depend on the settings of the decimal library.
func TestGoldenDocument(t *testing.T) {
	sheet, err := grids.Get("roncq-2025")
	require.NoError(t, err)
	const file = "testdata/tariff.golden.json"
	decimal.MarshalJSONWithoutQuotes, decimal.DivisionPrecision = true, 1
	got, err := json.MarshalIndent(sheet, "", "  ")
	decimal.MarshalJSONWithoutQuotes, decimal.DivisionPrecision = false, 16
	require.NoError(t, err)
	if *update {
		require.NoError(t, os.WriteFile(file, append(got, '\n'), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, string(want), string(got)+"\n")
	again, issues := tariff.Parse(file, want)
	require.Empty(t, issues)
	assert.Equal(t, sheet.Hash(), again.Hash())
}
