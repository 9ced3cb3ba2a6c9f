//go:build unix

package billing_test

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/enttest"
	"github.com/opencartable/cartable/fees/billing"
	"github.com/opencartable/cartable/fees/feestest"
	"github.com/opencartable/cartable/fees/tariff"
	"github.com/opencartable/cartable/fees/tariff/grids"
	"github.com/opencartable/cartable/internal/ratio"
)

// childMode makes the test binary do one piece of work in a process of its own, whose memory is its own.
const childMode = "CARTABLE_BENCH_CITY"

func TestMain(m *testing.M) {
	if os.Getenv(childMode) != "" {
		work := city
		if os.Getenv(childMode) == "compare" {
			work = compareCity
		}
		if err := errors.Join(work(), ratio.WritePeak(os.Stdout)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// kept is what the city keeps of a line.
type kept struct {
	household int32
	month     ent.Month
	uses      uint8
	activity  uint8
	child     uint8
	amount    tariff.Amount
}

// cityChildren is how many children use a service.
const cityChildren = 40000

// cityPersons is the size of the academy that has them, with their relatives, the staff and the second degree.
const cityPersons = 222000

// cityPrices is the town's sheet made to hold for the fictional year, with another price of the meal.
func cityPrices(meal string) (*tariff.Compiled, error) {
	text, _ := grids.Source("roncq-2025")
	sheet, issues := tariff.Parse("city.yaml", []byte(strings.NewReplacer("from: 2025-09-01", "from: 2024-09-01",
		"{from: 860, below: 1500, price: 2.00}", "{from: 800, below: 1500, price: 2.00}", "price: 2.35", "price: "+meal,
		"quotient: {kinds: [caf]}", "quotient: {kinds: [caf, msa], missing: top-band}").Replace(string(text))))
	if sheet == nil {
		return nil, issues.Err()
	}
	return sheet.Compile()
}

// cityHouseholds are the families of 40 000 children.
func cityHouseholds() (*feestest.Town, []*billing.Household, int, error) {
	town, err := feestest.New(enttest.New(enttest.Options{Seed: 3, Persons: cityPersons}), feestest.Options{})
	if err != nil {
		return nil, nil, 0, err
	}
	var households []*billing.Household
	children := map[ent.ID]bool{}
	for h := range town.Households() {
		if len(children) >= cityChildren {
			break
		}
		households = append(households, h)
		for i := range h.Children {
			children[h.Children[i].ID] = true
		}
	}
	return town, households, len(children), nil
}

// compareCity rates the same year with two sheets, on two cores, and compares what each household pays.
func compareCity() error {
	var prices [2]*tariff.Compiled
	for i, meal := range []string{"2.35", "2.60"} {
		var err error
		if prices[i], err = cityPrices(meal); err != nil {
			return err
		}
	}
	town, households, children, err := cityHouseholds()
	if err != nil {
		return err
	}
	var raters [2][2]*billing.Rater
	for core := range raters {
		for i := range prices {
			raters[core][i] = billing.NewRater(prices[i])
		}
	}
	year := make([][2]tariff.Amount, len(households))
	const chunk = 1000
	var spent time.Duration
	uses := 0
	month := make([][]billing.Use, chunk)
	for _, m := range town.Months() {
		for from := 0; from < len(households); from += chunk {
			some := households[from:min(from+chunk, len(households))]
			for i, h := range some {
				month[i] = town.Uses(h, m)
				uses += len(month[i])
			}
			start := time.Now()
			var wait sync.WaitGroup
			var errs [2]error
			for core := range raters {
				wait.Go(func() {
					for i := core; i < len(some); i += 2 {
						for k, r := range raters[core] {
							bill, err := r.Rate(some[i], m, month[i])
							if err == nil {
								year[from+i][k], err = year[from+i][k].Add(bill.Total)
							}
							errs[core] = errors.Join(errs[core], err)
						}
					}
				})
			}
			wait.Wait()
			spent += time.Since(start)
			if err := errors.Join(errs[0], errs[1]); err != nil {
				return err
			}
		}
	}
	start := time.Now()
	c, err := tariff.NewComparer(tariff.CompareOptions{})
	if err != nil {
		return err
	}
	for i, h := range households {
		c.Add(1, tariff.Quotient{}, len(h.Children), year[i][0], year[i][1])
	}
	result := c.Result()
	if len(result.SVG(ent.FR)) == 0 || !result.Balanced() {
		return errors.New("no comparison")
	}
	spent += time.Since(start)
	fmt.Printf("CITY %d %d %d %d\n", children, uses, len(households), spent.Microseconds())
	return nil
}

// city rates a school year of uses of a city, on one core. Making the uses is not counted: a city has them.
func city() error {
	runtime.GOMAXPROCS(1)
	prices, err := cityPrices("2.35")
	if err != nil {
		return err
	}
	town, households, children, err := cityHouseholds()
	if err != nil {
		return err
	}
	const chunk = 1000
	var spent time.Duration
	uses := 0
	lines := 0
	var all [][]kept // by thousand households and month
	month := make([][]billing.Use, chunk)
	rater := billing.NewRater(prices)
	for _, m := range town.Months() {
		for from := 0; from < len(households); from += chunk {
			some := households[from:min(from+chunk, len(households))]
			for i, h := range some {
				month[i] = town.Uses(h, m)
			}
			var failed error
			made := make([]kept, 0, 8*len(some))
			took, err := ratio.CPU(func() {
				for i, h := range some {
					bill, err := rater.Rate(h, m, month[i])
					if err != nil {
						failed = err
						return
					}
					uses += bill.Counts.Billed + bill.Counts.Deducted
					for j := range bill.Lines {
						l := &bill.Lines[j]
						made = append(made, kept{int32(from + i), m, uint8(l.Uses), l.Activity[0], uint8(j), l.Amount}) //nolint:gosec // small numbers
					}
				}
			})()
			if err != nil || failed != nil {
				return errors.Join(err, failed)
			}
			spent += took
			all, lines = append(all, made), lines+len(made)
		}
	}
	runtime.KeepAlive(all)
	fmt.Printf("CITY %d %d %d %d\n", children, uses, lines, spent.Microseconds())
	return nil
}

// BenchmarkRatioCity rates 40 000 children × 3 activities × a school year of uses into monthly lines.
func BenchmarkRatioCity(b *testing.B) {
	for range b.N {
		best := time.Duration(0)
		for range ratio.Rounds {
			out, u, err := ratio.ChildOutput(os.Args[0], append(os.Environ(), childMode+"=1"), "-test.run=^$")
			require.NoError(b, err)
			var children, uses, lines, micros int64
			_, err = fmt.Sscanf(out, "CITY %d %d %d %d", &children, &uses, &lines, &micros)
			require.NoError(b, err, out)
			if t := time.Duration(micros) * time.Microsecond; best == 0 || t < best {
				best = t
			}
			b.ReportMetric(float64(children), "children")
			b.ReportMetric(float64(uses)/1e6, "M-uses")
			b.ReportMetric(float64(lines)/1e6, "M-lines")
			b.ReportMetric(float64(u.Peak>>20), "MiB")
		}
		b.ReportMetric(best.Seconds(), "s")
		b.ReportMetric(0, "ns/op")
	}
}

// BenchmarkRatioCompareCity rates that year with two sheets, on two cores, by the clock.
func BenchmarkRatioCompareCity(b *testing.B) {
	for range b.N {
		out, u, err := ratio.ChildOutput(os.Args[0], append(os.Environ(), childMode+"=compare"), "-test.run=^$")
		require.NoError(b, err)
		var children, uses, households, micros int64
		_, err = fmt.Sscanf(out, "CITY %d %d %d %d", &children, &uses, &households, &micros)
		require.NoError(b, err, out)
		b.ReportMetric(float64(uses)/1e6, "M-uses")
		b.ReportMetric(float64(micros)/1e6, "s")
		b.ReportMetric(float64(u.Peak>>20), "MiB")
		b.ReportMetric(0, "ns/op")
	}
}

// BenchmarkExplain is the lines of a town's month with their explanations, for 100 000 of them.
func BenchmarkExplain(b *testing.B) {
	prices, town := roncqForAll(b), town(b, 40)
	m := town.Months()[2]
	type month struct {
		h    *billing.Household
		uses []billing.Use
	}
	var all []month
	for h := range town.Households() {
		all = append(all, month{h, town.Uses(h, m)})
	}
	b.ResetTimer()
	lines := 0
	for b.Loop() {
		for _, x := range all {
			bill, err := billing.Explain(prices, x.h, m, x.uses)
			require.NoError(b, err)
			lines += len(bill.Lines)
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(lines)*1e5, "s/100k-lines")
}
