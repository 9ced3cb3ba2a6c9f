// The program bulletin prints the bulletins of a class as one page of HTML, each on its own sheet of A4. The school is a
// fictional one; school.go says where a product puts its own.
//
//	go run ./examples/bulletin -class 6-A -out 6A.html                  # open it in a browser, and print it
//	go run ./examples/bulletin -class 6-A -out 6A.html -rank -chart     # with ranks and a chart, which are off by default
//	go run ./examples/bulletin -class 6-A -out 6A.html -open -draft     # before the council: drafts, and they say so
//	go run ./examples/bulletin -class 6-A -out 6A.html -period T2 -lang en
//
// The account goes to the standard output, the progress to the standard error. Exit codes: 0 all was printed; 1 the school
// cannot be read or the file cannot be written, or nothing may be printed; 2 some pupils were left out; 4 wrong usage.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/gradebook/bulletin"
)

const (
	exitDone = iota
	exitFailed
	exitLeftOut
	exitUsage = 4
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string, out, errs io.Writer) int {
	var o bulletin.Options
	flags := flag.NewFlagSet("bulletin", flag.ContinueOnError)
	flags.SetOutput(errs)
	class := flags.String("class", "", "code of the class")
	path := flags.String("out", "", "file of the bulletins")
	id := flags.String("school", "4001", "establishment of the fictional academy")
	period := flags.String("period", "T1", "period of the bulletins")
	seed := flags.Uint64("seed", 7, "which fictional academy")
	unlocked := flags.Bool("open", false, "the period is not locked yet: only drafts can be printed")
	lang := flags.String("lang", "fr", "language of the bulletins and of the account: fr or en")
	flags.BoolVar(&o.Draft, "draft", false, "print drafts, which say so across the page")
	flags.BoolVar(&o.Rank, "rank", false, "print ranks")
	flags.BoolVar(&o.Chart, "chart", false, "draw a chart of the pupil and the class")
	flags.BoolVar(&o.Coefficients, "coefficients", false, "print coefficients")
	flags.BoolVar(&o.PreviousPeriods, "previous", false, "print the averages of the periods before")
	flags.IntVar(&o.MinimumGroup, "minimum", 0, "averages that a group has at least for its figures to be printed; 5 when 0")
	err := flags.Parse(args)
	o.Lang = ent.Lang(*lang)
	if err != nil || flags.NArg() > 0 || *class == "" || *path == "" || o.Lang != ent.FR && o.Lang != ent.EN {
		fmt.Fprintln(errs, "usage: bulletin -class CODE -out FILE [-period T1] [-lang fr|en] [-draft] [-rank] [-chart] [-coefficients] [-previous]")
		return exitUsage
	}
	s, err := openSchool(*seed, ent.ID(*id), *class, ent.ID(*period), !*unlocked)
	if err != nil {
		fmt.Fprintln(errs, err)
		return exitFailed
	}
	// Names, marks and texts of children: nobody but the user of this program reads the file.
	file, err := os.OpenFile(*path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		fmt.Fprintln(errs, err)
		return exitFailed
	}
	report, err := bulletin.Batch(ctx, bulletin.OnePage(file, bulletin.Page{}), s.book, s.period, s.order(), s.people(), o, func(done, total int) {
		fmt.Fprintf(errs, "\r%3d / %d", done, total)
	})
	fmt.Fprintln(errs)
	if err := errors.Join(err, file.Close()); err != nil {
		// What was written is not whole.
		fmt.Fprintln(errs, errors.Join(err, os.Remove(*path)))
		return exitFailed
	}
	if err := report.WriteText(out, o.Lang); err != nil {
		fmt.Fprintln(errs, err)
		return exitFailed
	}
	if report.Total().Refused > 0 {
		return exitLeftOut
	}
	return exitDone
}
