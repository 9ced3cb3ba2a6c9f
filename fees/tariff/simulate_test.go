package tariff_test

import (
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/quotient"
	"github.com/opencartable/cartable/fees/tariff"
	"github.com/opencartable/cartable/fees/tariff/grids"
)

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

func prices(t testing.TB, name string) *tariff.Compiled {
	t.Helper()
	s, err := grids.Get(name)
	require.NoError(t, err)
	c, err := s.Compile()
	require.NoError(t, err)
	return c
}

// family eats once a year at a quotient, "" for none.
func family(t testing.TB, q string, children int, times int64) *tariff.Family {
	t.Helper()
	f := &tariff.Family{Children: children}
	if q != "" {
		var err error
		f.Quotient, err = tariff.QuotientOf(quotient.Quotient{Kind: quotient.KindCAF, Value: quotient.Known(dec(q))})
		require.NoError(t, err)
	}
	day := ent.Date{Year: 2025, Month: 10, Day: 2}
	f.Uses = []tariff.YearlyUse{{Times: times, Input: tariff.Input{Date: day, Activity: "meal", Quotient: f.Quotient}}}
	return f
}

func TestSimulate(t *testing.T) {
	t.Parallel()
	// Nalliers prices a missing quotient, the Val-de-Marne does not; Groix has no price in 2025.
	before, after := prices(t, "nalliers-cantine"), prices(t, "val-de-marne-colleges-2025")
	families := []*tariff.Family{
		family(t, "150", 1, 100),  // 1.60 → 1.15
		family(t, "250", 2, 100),  // 1.80 → 1.15
		family(t, "1150", 1, 100), // 3.35 → 2.80
		family(t, "2300", 5, 100), // 4.95 → 5.95
		family(t, "", 1, 100),     // 4.95 → no price
	}
	families[1].Weight = 3
	c, err := tariff.Simulate(before, after, slices.Values(families), tariff.CompareOptions{Bands: []decimal.Decimal{dec("0"), dec("200"), dec("1000"), dec("2000")}})
	require.NoError(t, err)
	require.True(t, c.Balanced())
	assert.EqualValues(t, 7, c.Read)
	assert.EqualValues(t, 6, c.Compared)
	assert.EqualValues(t, 1, c.LeftOut)
	assert.Equal(t, map[ent.Code]int64{tariff.CodeQuotientMissing: 1}, c.Reasons)
	assert.EqualValues(t, 5, c.Total.Less)
	assert.EqualValues(t, 1, c.Total.More)
	assert.Equal(t, "1530.00", c.Total.Before.StringFixed(2)) // 160 + 3 × 180 + 335 + 495
	assert.Equal(t, "1335.00", c.Total.After.StringFixed(2))  // 115 + 3 × 115 + 280 + 595
	assert.Equal(t, "1.146067", c.Factor.String())
	require.Len(t, c.Crossings, 1)
	assert.Equal(t, "2000", c.Crossings[0].String())
	var second *tariff.ComparisonRow
	for i := range c.Rows {
		if r := &c.Rows[i]; r.Known && r.From.Equal(dec("200")) && r.Children == 2 {
			second = r
		}
	}
	require.NotNil(t, second)
	assert.EqualValues(t, 3, second.Households)
	x, y := second.Average()
	assert.Equal(t, []string{"180", "115"}, []string{x.String(), y.String()})

	for lang, want := range map[ent.Lang][]string{ent.FR: {"6 foyers", "recette -195,00"}, ent.EN: {"6 households", "revenue -€195.00"}} {
		svg := c.SVG(lang)
		require.NoError(t, xml.Unmarshal(svg, new(struct{ XMLName xml.Name })))
		for _, w := range want {
			assert.Contains(t, string(svg), w)
		}
		assert.NotContains(t, string(svg), "<script")
		var b bytes.Buffer
		require.NoError(t, c.WriteCSV(&b, lang))
		r := csv.NewReader(&b)
		if lang == ent.FR {
			r.Comma = ';'
		}
		rows, err := r.ReadAll()
		require.NoError(t, err)
		require.Len(t, rows, 1+4*5+1)
		last := rows[len(rows)-1]
		assert.Equal(t, []string{"6", "1", "5", "0"}, last[3:7])
		assert.Equal(t, strings.ReplaceAll("1530.00", ".", map[ent.Lang]string{ent.FR: ",", ent.EN: "."}[lang]), last[7])
	}

	// The families without quotient have a place of their own when both sheets price them.
	alone, err := tariff.Simulate(before, before, slices.Values(families), tariff.CompareOptions{})
	require.NoError(t, err)
	require.True(t, alone.Balanced())
	assert.EqualValues(t, 7, alone.Total.Same)
	assert.False(t, alone.Rows[len(alone.Rows)-1].Known)
	assert.Equal(t, "1", alone.Factor.String())
}

func TestPopulationThatCannotBe(t *testing.T) {
	t.Parallel()
	p := prices(t, "nalliers-cantine")
	f := family(t, "150", 1, -1)
	_, err := tariff.Simulate(p, p, slices.Values([]*tariff.Family{f}), tariff.CompareOptions{})
	require.ErrorIs(t, err, tariff.CodePopulation)
	f = family(t, "150", 1, 1)
	f.Weight = -2
	_, err = tariff.Simulate(p, p, slices.Values([]*tariff.Family{f}), tariff.CompareOptions{})
	require.ErrorIs(t, err, tariff.CodePopulation)
	for _, bands := range [][]decimal.Decimal{{}, {dec("10")}, {dec("0"), dec("0")}} {
		_, err = tariff.NewComparer(tariff.CompareOptions{Bands: bands})
		require.ErrorIs(t, err, tariff.CodePopulation)
	}
	_, err = tariff.Distribution([]tariff.DistributionRow{{From: dec("10"), To: dec("5")}}, "caf", 0, nil)
	require.ErrorIs(t, err, tariff.CodePopulation)
}

// A distribution keeps its households, and puts each within its row.
func TestDistribution(t *testing.T) {
	t.Parallel()
	rows := []tariff.DistributionRow{
		{From: dec("0"), To: dec("300"), Children: 1, Households: 7},
		{From: dec("300"), To: dec("900.50"), Children: 3, Households: 1003},
		{From: dec("900.50"), To: dec("2000"), Households: 0},
	}
	families, err := tariff.Distribution(rows, "caf", 10, func(children int) (uses, after []tariff.YearlyUse) {
		return []tariff.YearlyUse{{Times: int64(children)}}, nil
	})
	require.NoError(t, err)
	require.Len(t, families, 17)
	sums := map[int]int64{}
	for _, f := range families {
		sums[f.Children] += f.Weight
		q := f.Quotient.Decimal()
		if f.Children == 1 {
			assert.True(t, q.LessThan(dec("300")))
		} else {
			assert.True(t, q.GreaterThanOrEqual(dec("300")) && q.LessThan(dec("900.50")), q.String())
		}
		assert.Equal(t, f.Quotient, f.Uses[0].Input.Quotient)
	}
	assert.Equal(t, map[int]int64{1: 7, 3: 1003}, sums)
}

// BenchmarkSimulate compares two grids over 100 000 households, with bands and chart.
func BenchmarkSimulate(b *testing.B) {
	before, after := prices(b, "nalliers-cantine"), prices(b, "val-de-marne-colleges-2025")
	d := newDraw(1)
	families := make([]*tariff.Family, 100000)
	for i := range families {
		families[i] = family(b, decimal.New(d.Int64N(250000), -2).String(), 1+d.IntN(4), 130)
	}
	b.ResetTimer()
	for b.Loop() {
		c, err := tariff.Simulate(before, after, slices.Values(families), tariff.CompareOptions{})
		if err != nil || len(c.SVG(ent.FR)) == 0 {
			b.Fatal(err)
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()*1000/float64(b.N), "ms/100k-households")
}
