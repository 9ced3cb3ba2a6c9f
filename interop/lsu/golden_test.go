package lsu_test

import (
	"flag"
	"os"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/interop/lsu"
)

var update = flag.Bool("update", false, "write the golden files")

// What is written is frozen, ids included, and does not depend on the settings of the decimal library.
func TestGolden(t *testing.T) {
	for file, c := range map[string]struct {
		v lsu.Version
		d func() *lsu.Document
	}{
		"testdata/second.golden.xml": {lsu.Version7, minimal}, "testdata/2018.golden.xml": {lsu.Version2018, func() *lsu.Document { return college(1, 1) }},
		"testdata/first.golden.xml": {lsu.VersionFirst1, func() *lsu.Document { return ecole(1) }},
	} {
		decimal.MarshalJSONWithoutQuotes, decimal.DivisionPrecision = true, 1
		got, _ := write(t, c.d(), lsu.WriteOptions{Version: c.v})
		decimal.MarshalJSONWithoutQuotes, decimal.DivisionPrecision = false, 16
		if *update {
			require.NoError(t, os.MkdirAll("testdata", 0o755))
			require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
		}
		want, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Equal(t, string(want), got, file)
	}
}
