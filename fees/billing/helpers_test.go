package billing_test

import (
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/fees/tariff"
	"github.com/opencartable/cartable/fees/tariff/grids"
)

// compiled returns a published sheet, ready to price.
func compiled(t testing.TB, name string) *tariff.Compiled {
	t.Helper()
	return sheet(t, source(t, name))
}

func source(t testing.TB, name string) string {
	t.Helper()
	text, ok := grids.Source(name)
	require.True(t, ok, name)
	return string(text)
}

// sheet compiles a document.
func sheet(t testing.TB, text string) *tariff.Compiled {
	t.Helper()
	doc, issues := tariff.Parse("test.yaml", []byte(text))
	require.NotNil(t, doc, "%v", issues)
	prices, err := doc.Compile()
	require.NoError(t, err)
	return prices
}

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }
