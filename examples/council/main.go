// The program council shows a town council what a new tariff changes before the vote: revenue, who pays more or less, a chart.
//
//	go run ./examples/council -activity meal -before old.yaml -after new.yaml -csv vote.csv -svg vote.svg
//	go run ./examples/council ... -population families.csv   # from;to;children;households, one line each
//
// Without a population it takes a made-up town of 1 000 families. Each child eats 130 times a year.
package main

import (
	"encoding/csv"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/tariff"
)

func main() {
	if err := run(os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "council:", err)
		os.Exit(1)
	}
}

func run(args []string, out, errs io.Writer) error {
	flags := flag.NewFlagSet("council", flag.ContinueOnError)
	flags.SetOutput(errs)
	lang := flags.String("lang", "fr", "language: fr or en")
	activity := flags.String("activity", "meal", "activity to compare")
	before, after := flags.String("before", "", "tariff in force"), flags.String("after", "", "tariff to vote")
	people := flags.String("population", "", "CSV of the families: from;to;children;households")
	csvFile, svgFile := flags.String("csv", "", "write the figures there"), flags.String("svg", "", "write the chart there")
	if err := flags.Parse(args); err != nil {
		return err
	}
	var sheets [2]*tariff.Tariff
	var compiled [2]*tariff.Compiled
	for i, path := range []string{*before, *after} {
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		sheet, issues := tariff.Parse(filepath.Base(path), text)
		if sheet == nil {
			return issues.Err()
		}
		for _, issue := range sheet.Validate() {
			fmt.Fprintf(errs, "%s: %s\n", issue.Pos, issue.Message(ent.Lang(*lang)))
		}
		if compiled[i], err = sheet.Compile(); err != nil {
			return err
		}
		sheets[i] = sheet
	}
	rows, err := population(*people)
	if err != nil {
		return err
	}
	// Both sheets are asked on a day of their own: the vote is about prices, not about dates.
	var kind string
	if k := sheets[0].Quotient.Kinds; len(k) > 0 {
		kind = k[0]
	}
	uses := func(sheet *tariff.Tariff, children int) []tariff.YearlyUse {
		day := sheet.From
		if day.IsZero() {
			day = ent.Date{Year: 2025, Month: 9, Day: 1} // a sheet without dates holds on any day
		}
		var out []tariff.YearlyUse
		for rank := range max(1, children) {
			out = append(out, tariff.YearlyUse{Times: 130, Input: tariff.Input{
				Date: day, Activity: *activity, Residence: tariff.ResidenceCommune, Regime: tariff.RegimeGeneral, Booking: tariff.BookingRegular,
				Rank: rank + 1, EnrolledRank: rank + 1, Present: children, Enrolled: children, Children: children,
			}})
		}
		return out
	}
	families, err := tariff.Distribution(rows, kind, 0, func(children int) (before, after []tariff.YearlyUse) {
		return uses(sheets[0], children), uses(sheets[1], children)
	})
	if err != nil {
		return err
	}
	vote, err := tariff.Simulate(compiled[0], compiled[1], func(yield func(*tariff.Family) bool) {
		for i := range families {
			if !yield(&families[i]) {
				return
			}
		}
	}, tariff.CompareOptions{})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s\n", vote.Summary(ent.Lang(*lang)))
	if vote.Factor != nil {
		fmt.Fprintf(out, "× %s\n", vote.Factor)
	}
	if err := write(*svgFile, func(w io.Writer) error { _, err := w.Write(vote.SVG(ent.Lang(*lang))); return err }); err != nil {
		return err
	}
	return write(*csvFile, func(w io.Writer) error { return vote.WriteCSV(w, ent.Lang(*lang)) })
}

// write makes a file, when it has a name.
func write(path string, fill func(io.Writer) error) error {
	if path == "" {
		return nil
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := fill(f); err != nil {
		return err
	}
	return f.Close()
}

// population reads the families, or makes a town of 1 000 of them.
func population(path string) ([]tariff.DistributionRow, error) {
	if path == "" {
		var rows []tariff.DistributionRow
		for i, households := range []int64{90, 150, 210, 230, 160, 90, 50, 20} {
			from := int64(i) * 300
			rows = append(rows, tariff.DistributionRow{From: decimal.New(from, 0), To: decimal.New(from+300, 0), Children: i%3 + 1, Households: households})
		}
		return rows, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.FieldsPerRecord = ';', 4
	var rows []tariff.DistributionRow
	for {
		record, err := r.Read()
		if err == io.EOF {
			return rows, nil
		}
		if err != nil {
			return nil, err
		}
		line, _ := r.FieldPos(0)
		from, err1 := decimal.NewFromString(record[0])
		to, err2 := decimal.NewFromString(record[1])
		children, err3 := strconv.Atoi(record[2])
		households, err4 := strconv.ParseInt(record[3], 10, 64)
		if err1 != nil || err2 != nil || err3 != nil || err4 != nil {
			return nil, fmt.Errorf("%s:%d: four numbers are wanted: from;to;children;households", filepath.Base(path), line)
		}
		rows = append(rows, tariff.DistributionRow{From: from, To: to, Children: children, Households: households})
	}
}
