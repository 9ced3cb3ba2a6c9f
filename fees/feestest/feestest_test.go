package feestest_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/enttest"
	"github.com/opencartable/cartable/fees/billing"
	"github.com/opencartable/cartable/fees/feestest"
	"github.com/opencartable/cartable/fees/tariff"
)

func Example() {
	town, err := feestest.New(enttest.New(enttest.Options{Seed: 7, Schools: 3}), feestest.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	households, uses := 0, 0
	for h := range town.Households() {
		households++
		uses += len(town.Uses(h, town.Months()[0]))
	}
	fmt.Println(households > 50, uses > 1000, town.Months()[0])
	// Output: true true 2024-09
}

// The same academy gives the same town; a shared child has one calendar and the same uses in both homes; no day is without
// payer; the population has families without quotient, and with a quotient of 0.
func TestTown(t *testing.T) {
	t.Parallel()
	a := enttest.New(enttest.Options{Seed: 7, Schools: 12})
	one, err := feestest.New(a, feestest.Options{})
	require.NoError(t, err)
	two, err := feestest.New(a, feestest.Options{})
	require.NoError(t, err)
	var again []*billing.Household
	for h := range two.Households() {
		again = append(again, h)
	}
	m := one.Months()[3]
	payers := map[ent.ID][]ent.ID{}
	missing, zero, outside, i := 0, 0, 0, 0
	for h := range one.Households() {
		require.Equal(t, again[i], h)
		require.Equal(t, two.Uses(again[i], m), one.Uses(h, m))
		i++
		if len(h.Quotients.Entries()) == 0 {
			missing++
		} else if v, ok := h.Quotients.Entries()[0].Quotient.Value.Value(); ok && v.IsZero() {
			zero++
		}
		if h.Residence == tariff.ResidenceOutside {
			outside++
		}
		for _, c := range h.Children {
			payers[c.ID] = append(payers[c.ID], h.Payer)
			if c.Custody == nil {
				continue
			}
			for _, u := range one.Uses(h, m) {
				_, ok := c.Custody.Payer(u.Day)
				require.True(t, ok)
			}
		}
	}
	require.Equal(t, len(again), i)
	shared := 0
	for _, p := range payers {
		require.LessOrEqual(t, len(p), 2)
		if len(p) == 2 {
			require.NotEqual(t, p[0], p[1])
			shared++
		}
	}
	assert.Positive(t, missing)
	assert.Positive(t, zero)
	assert.Positive(t, outside)
	assert.Positive(t, shared)
	n := 0
	for f := range one.Families() {
		require.NotEmpty(t, f.Uses)
		n++
	}
	assert.Equal(t, len(again), n)
}
