//go:build unix

package billing_test

import (
	"errors"
	"fmt"
	"os"
	"runtime"
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
		if err := errors.Join(city(), ratio.WritePeak(os.Stdout)); err != nil {
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

// city rates a school year of uses of a city, on one core. Making the uses is not counted: a city has them.
func city() error {
	runtime.GOMAXPROCS(1)
	text, _ := grids.Source("roncq-2025")
	sheet, issues := tariff.Parse("city.yaml", []byte(strings.NewReplacer("from: 2025-09-01", "from: 2024-09-01",
		"{from: 860, below: 1500, price: 2.00}", "{from: 800, below: 1500, price: 2.00}",
		"quotient: {kinds: [caf]}", "quotient: {kinds: [caf, msa], missing: top-band}").Replace(string(text))))
	if sheet == nil {
		return issues.Err()
	}
	prices, err := sheet.Compile()
	if err != nil {
		return err
	}
	town, err := feestest.New(enttest.New(enttest.Options{Seed: 3, Persons: cityPersons}), feestest.Options{})
	if err != nil {
		return err
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
	fmt.Printf("CITY %d %d %d %d\n", len(children), uses, lines, spent.Microseconds())
	return nil
}

// BenchmarkRatioCity rates 40 000 children × 3 activities × a school year of uses into monthly lines.
func BenchmarkRatioCity(b *testing.B) {
	for range b.N {
		best := time.Duration(0)
		for range 2 {
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
