package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/tariff"
	"github.com/opencartable/cartable/fees/tariff/grids"
)

func grid(t *testing.T) *tariff.Compiled {
	t.Helper()
	text, ok := grids.Source("roncq-2025")
	require.True(t, ok)
	path := filepath.Join(t.TempDir(), "roncq.yaml")
	require.NoError(t, os.WriteFile(path, text, 0o600))
	prices, err := readTariff(path)
	require.NoError(t, err)
	return prices
}

func (v *vendor) exec(t *testing.T, query string, args ...any) {
	t.Helper()
	_, err := v.db.ExecContext(t.Context(), query, args...)
	require.NoError(t, err)
}

// The vendor's rows become the month's lines; a NULL quotient is not 0.
func TestMonthFromTheVendorsTable(t *testing.T) {
	t.Parallel()
	v, prices := open(t), grid(t)
	v.exec(t, `INSERT INTO families VALUES (12, '700', '2025-01-01', TRUE), (13, NULL, NULL, TRUE)`)
	for _, d := range []int{3, 4, 6} {
		day := fmt.Sprintf("2025-11-%02d", d)
		v.exec(t, `INSERT INTO registrations (family_id, child_id, born, day, service, booked, came) VALUES (12, 100, '2017-05-02', $1, 'meal', $2, TRUE)`, day, d != 6)
		v.exec(t, `INSERT INTO registrations (family_id, child_id, born, day, service, booked, came, arrived, gone)
			VALUES (12, 100, '2017-05-02', $1, 'care', TRUE, TRUE, '16:30', '18:10')`, day)
		v.exec(t, `INSERT INTO registrations (family_id, child_id, born, day, service, booked, came) VALUES (13, 101, '2018-05-02', $1, 'meal', TRUE, TRUE)`, day)
	}
	m := ent.Month{Year: 2025, Month: 11}
	bill, err := v.month(t.Context(), prices, 12, m)
	require.NoError(t, err)
	assert.Equal(t, "19.75", bill.Total.Decimal().String()) // 2 × 2.35 + 4.85 + 3 × 3.40
	var out bytes.Buffer
	writeBill(&out, &bill)
	assert.Contains(t, out.String(), "Garderie ×3 : 10,20\u00a0€")
	assert.Contains(t, out.String(), "quotient familial CAF : 700 EUR")
	for _, l := range bill.Lines {
		require.NoError(t, l.Why.Check())
	}

	_, err = v.month(t.Context(), prices, 13, m)
	require.ErrorIs(t, err, tariff.CodeQuotientMissing)
	_, err = v.month(t.Context(), prices, 99, m)
	require.Error(t, err)
}
