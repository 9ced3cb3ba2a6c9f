//go:build unix

package tariff_test

import (
	"runtime"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/quotient"
	"github.com/opencartable/cartable/fees/tariff"
	"github.com/opencartable/cartable/internal/ratio"
)

// town is a sheet with a price by date, activity, residence and rank, whatever the formula of the resident's price: the
// second of two sheets, the second of three activities, a flat price outside, a lower one from the second child on.
func town(t testing.TB, kind string) (sheets []*tariff.Tariff, cases []tariff.Given) {
	t.Helper()
	d := newDraw(42)
	bounds := make([]decimal.Decimal, 0, 8)
	for q := int64(0); q < 2400; q += 300 {
		bounds = append(bounds, decimal.New(q, 0))
	}
	one, two := 1, 2
	outside := tariff.Rule{When: &tariff.Condition{Residence: []tariff.Residence{tariff.ResidenceOutside}}, Price: d.cents(900)}
	resident := tariff.Rule{When: &tariff.Condition{Residence: []tariff.Residence{tariff.ResidenceCommune}}}
	first, next := resident, resident
	first.When = &tariff.Condition{Residence: first.When.Residence, Rank: &tariff.Range{Max: &one}}
	next.When = &tariff.Condition{Residence: next.When.Residence, Rank: &tariff.Range{Min: &two}}
	for _, r := range []*tariff.Rule{&first, &next} {
		formulas()[kind](d, r, bounds)
		for _, b := range []*tariff.Bands{r.Bands, shareBands(r.Share)} {
			if b == nil {
				continue
			}
			// A plain grid, with every row and column filled.
			b.Columns, b.Shift, b.Decimals = nil, nil, ""
			for i := range b.Rows {
				low, open := bounds[i], i == len(bounds)-1
				price := decimal.New(int64(100+i*45), -2)
				b.Rows[i] = tariff.Row{From: &low, Price: &price}
				if !open {
					b.Rows[i].Below = &bounds[i+1]
				}
			}
		}
	}
	activities := func() []tariff.Activity {
		var out []tariff.Activity
		for _, id := range []string{"breakfast", "meal", "care"} {
			out = append(out, tariff.Activity{
				ID: id, Title: ent.Label{FR: id, EN: id}, Service: tariff.ServiceMeal, Unit: tariff.UnitMeal, Rules: []tariff.Rule{outside, first, next},
			})
		}
		return out
	}
	for year := int16(2024); year <= 2025; year++ {
		s := &tariff.Tariff{
			ID: "town", Title: ent.Label{FR: "tarif", EN: "tariff"}, Organiser: tariff.Organiser{Name: "x"}, Rounding: tariff.Cent(),
			From: ent.Date{Year: year, Month: 9, Day: 1}, To: ent.Date{Year: year + 1, Month: 8, Day: 31}, Activities: activities(),
		}
		s.Quotient.Kinds = []string{"caf"}
		sheets = append(sheets, s)
	}
	for range 512 {
		q := decimal.New(d.Int64N(260000), -2)
		resources := decimal.New(d.Int64N(9000000), -2)
		cases = append(cases, tariff.Given{
			Activity: "meal", Date: ent.Date{Year: 2025, Month: 10, Day: uint8(1 + d.IntN(28))}, Quotient: &q, Kind: "caf", Rank: 1 + d.IntN(4),
			Residence: pick(d, tariff.ResidenceCommune, tariff.ResidenceCommune, tariff.ResidenceCommune, tariff.ResidenceOutside),
			Cost:      d.cents(5000), Resources: &resources, Children: 1 + d.IntN(3),
		})
	}
	return sheets, cases
}

func shareBands(s *tariff.Share) *tariff.Bands {
	if s == nil {
		return nil
	}
	return &s.Bands
}

// BenchmarkRatioPrice compares the compiled sheets with the decimal oracle, kind by kind, on one core.
func BenchmarkRatioPrice(b *testing.B) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for _, kind := range []string{"flat", "bands", "share", "linear", "effort", "psu"} {
		b.Run(kind, func(b *testing.B) {
			sheets, cases := town(b, kind)
			c, err := tariff.Compile(sheets...)
			require.NoError(b, err)
			inputs := make([]tariff.Input, len(cases))
			for i := range cases {
				inputs[i], err = cases[i].Input(sheets[1])
				require.NoError(b, err)
				same(b, sheets[1], c, &cases[i])
			}
			prepared := make([]*tariff.Prepared, len(inputs))
			for i := range inputs {
				prepared[i] = c.Prepare(&inputs[i])
			}
			const slow, fast = 400, 20000 // rounds of each side: both run for some tenths of a second, far above a tick of the clock
			for range b.N {
				base, ours, err := ratio.Best(
					ratio.CPU(func() {
						for range slow {
							for i := range cases {
								// The oracle, too, finds the sheet of the day.
								for _, s := range sheets {
									if s.Holds(cases[i].Date) {
										if _, code := price(s, &cases[i]); code != "" {
											b.Fatal(code)
										}
									}
								}
							}
						}
					}),
					ratio.CPU(func() {
						for range fast {
							for _, p := range prepared {
								if _, err := p.Price(); err != nil {
									b.Fatal(err)
								}
							}
						}
					}))
				require.NoError(b, err)
				plain, err := ratio.CPU(func() {
					for range fast {
						for i := range inputs {
							if _, err := c.Price(&inputs[i]); err != nil {
								b.Fatal(err)
							}
						}
					}
				})()
				require.NoError(b, err)
				b.ReportMetric(float64(fast*len(inputs))/1e6/plain.Seconds(), "unprepared-M/s")
				perOracle := base.Seconds() / float64(slow*len(cases))
				per := ours.Seconds() / float64(fast*len(inputs))
				b.ReportMetric(perOracle/per, "times")
				b.ReportMetric(1e-6/per, "M/s")
				b.ReportMetric(perOracle*1e9, "oracle-ns")
				b.ReportMetric(0, "ns/op")
			}
		})
	}
}

// BenchmarkPrice is one price, tracing off; BenchmarkDecimal its conversion; BenchmarkExplain the same with its explanation.
func BenchmarkPrice(b *testing.B) {
	sheets, cases := town(b, "bands")
	c, err := tariff.Compile(sheets...)
	require.NoError(b, err)
	in, err := cases[0].Input(sheets[1])
	require.NoError(b, err)
	var a tariff.Amount
	b.Run("price", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if a, err = c.Price(&in); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("decimal", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_ = a.Decimal()
		}
	})
	b.Run("explain", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, _, err = c.Explain(&in); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("quotient", func(b *testing.B) {
		b.ReportAllocs()
		q := quotient.Quotient{Kind: quotient.KindCAF, Value: quotient.Known(decimal.New(70050, -2))}
		for b.Loop() {
			if _, err = tariff.QuotientOf(q); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// A price allocates nothing.
func TestPriceAllocatesNothing(t *testing.T) {
	for _, kind := range []string{"flat", "bands", "share", "linear", "effort", "psu"} {
		sheets, cases := town(t, kind)
		c, err := tariff.Compile(sheets...)
		require.NoError(t, err)
		in, err := cases[0].Input(sheets[1])
		require.NoError(t, err)
		require.Zero(t, testing.AllocsPerRun(100, func() { _, _ = c.Price(&in) }), kind)
	}
}
