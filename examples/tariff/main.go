// The program tariff checks a commune's tariff and says what a family pays, and why.
//
//	go run ./examples/tariff -activity meal -quotient 700 -residence commune -booking regular grid.yaml
//	go run ./examples/tariff -lang en grid.yaml          # checks it only
//
// It exits with 1 when the tariff cannot be read or compiled, 2 when the case has no price.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/tariff"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, out, errs io.Writer) int {
	flags := flag.NewFlagSet("tariff", flag.ContinueOnError)
	flags.SetOutput(errs)
	lang := flags.String("lang", "fr", "language: fr or en")
	given := tariff.Given{}
	flags.StringVar(&given.Activity, "activity", "", "activity to price")
	residence := flags.String("residence", "", "commune, partner or outside")
	booking := flags.String("booking", "", "regular, occasional, late or none")
	flags.Func("quotient", "family quotient; none when it is not given", func(s string) error {
		d, err := decimal.NewFromString(s)
		given.Quotient = &d
		return err
	})
	flags.Func("times", "a presence, such as 16:30-18:10", func(s string) error {
		x, err := tariff.ParseInterval(s)
		given.Times = append(given.Times, x)
		return err
	})
	flags.IntVar(&given.Rank, "rank", 0, "rank of the child among those present")
	flags.IntVar(&given.Enrolled, "enrolled", 0, "children enrolled")
	flags.BoolVar(&given.PAI, "pai", false, "individual care plan")
	if err := flags.Parse(args); err != nil || flags.NArg() != 1 {
		fmt.Fprintln(errs, "usage: tariff [options] GRID.yaml; -h for the options")
		return 1
	}
	given.Residence, given.Booking = tariff.Residence(*residence), tariff.Booking(*booking)

	text, err := os.ReadFile(flags.Arg(0))
	if err != nil {
		fmt.Fprintln(errs, err)
		return 1
	}
	sheet, issues := tariff.Parse(filepath.Base(flags.Arg(0)), text)
	if sheet != nil {
		issues = append(issues, sheet.Validate()...)
	}
	for _, i := range issues {
		fmt.Fprintf(errs, "%s: %s: %s [%s]\n", i.Pos, i.Severity.Label(ent.Lang(*lang)), i.Message(ent.Lang(*lang)), i.Code)
	}
	if sheet == nil {
		return 1
	}
	prices, err := sheet.Compile()
	if err != nil {
		return 1
	}
	if given.Activity == "" {
		for i := range sheet.Activities {
			a := &sheet.Activities[i]
			fmt.Fprintf(out, "%s\t%s (%s)\n", a.ID, a.Title.In(ent.Lang(*lang)), a.Unit.Label(ent.Lang(*lang)))
		}
		return 0
	}
	in, err := given.Input(sheet)
	if err != nil {
		fmt.Fprintln(errs, err)
		return 2
	}
	in.Owner = "family"
	price, why, err := prices.Explain(&in)
	if err != nil {
		fmt.Fprintln(errs, err)
		return 2
	}
	fmt.Fprintln(out, price.Amount.Text(ent.Lang(*lang)))
	fmt.Fprint(out, strings.TrimRight(why.Render(ent.Lang(*lang), ent.Reader{Audience: ent.AudienceConcerned, Person: "family"}), "\n")+"\n")
	return 0
}
