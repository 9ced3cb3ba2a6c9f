package billing_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/fees/tariff"
)

// compiled returns a published sheet, ready to price.
func compiled(t testing.TB, name string) *tariff.Compiled {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "tariff", "grids", name+".yaml"))
	require.NoError(t, err)
	return sheet(t, string(text))
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
