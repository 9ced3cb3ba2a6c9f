//go:build unix

package billing_test

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
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

// compareCity simulates two sheets over every use of that year, on one core. Making the uses is not counted.
func compareCity() error {
	runtime.GOMAXPROCS(1)
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
	var spent time.Duration
	uses := 0
	const chunk = 100
	for from := 0; from < len(households); from += chunk {
		some := households[from:min(from+chunk, len(households))]
		families := make([]*tariff.Family, len(some))
		for i, h := range some {
			families[i] = yearOf(town, h)
			uses += len(families[i].Uses)
		}
		var failed error
		took, err := ratio.CPU(func() {
			c, err := tariff.Simulate(prices[0], prices[1], slices.Values(families), tariff.CompareOptions{})
			if failed = err; err == nil && (len(c.SVG(ent.FR)) == 0 || !c.Balanced() || c.LeftOut > 0) {
				failed = errors.New("no comparison")
			}
		})()
		if err != nil || failed != nil {
			return errors.Join(err, failed)
		}
		spent += took
	}
	fmt.Printf("CITY %d %d %d %d\n", children, uses, len(households), spent.Microseconds())
	return nil
}

// yearOf is a household with every use of its year, one by one.
func yearOf(town *feestest.Town, h *billing.Household) *tariff.Family {
	f := &tariff.Family{Children: len(h.Children)}
	for e := range h.Quotients.All() {
		if q, err := tariff.QuotientOf(e.Quotient); err == nil {
			f.Quotient = q
		}
	}
	for _, m := range town.Months() {
		for _, u := range town.Uses(h, m) {
			f.Uses = append(f.Uses, tariff.YearlyUse{Times: 1, Input: tariff.Input{
				Owner: h.Payer, Date: u.Day, Activity: u.Activity, Quotient: f.Quotient, Residence: h.Residence, Regime: h.Regime, Status: h.Status,
				Booking: u.Booked, Day: u.DayKind, Times: u.Times, Rank: 1, Present: len(h.Children), Children: len(h.Children),
			}})
		}
	}
	return f
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

// BenchmarkRatioCompareCity simulates two sheets over that year, use by use.
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
