// The program nightly is what a vendor puts in cron: it compares an AAF delivery with the directory, prints the plan, and
// applies it when asked to and when the guards agree.
//
//	go run ./examples/nightly -db ent.db delivery.zip                 # a dry run: the plan, and nothing else
//	go run ./examples/nightly -db ent.db -apply delivery.zip          # and applied
//	go run ./examples/nightly -db ent.db -apply -consent delivery.zip # although a guard refuses: somebody read why
//	go run ./examples/nightly -db ent.db -undo                        # the last plan is taken back
//
// -db is a SQLite file, or the URL of a PostgreSQL server. Exit codes: 0 done, or nothing to do; 1 the delivery or the
// base cannot be read; 2 a guard refuses, the schools are named, or the delivery
// is older than the last one or of another academy; 3 applied, but some persons had changed meanwhile and
// were left aside; 4 wrong usage.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/ent/directory/directorysql"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/ent/sqldb/open"
	"github.com/opencartable/cartable/interop/aaf"
)

const (
	exitDone = iota
	exitUnreadable
	exitRefused
	exitLeftAside
	exitUsage
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr, time.Now())
	stop()
	os.Exit(code)
}

// options are what the command line says.
type options struct {
	db, tenant, academy  string
	apply, consent, undo bool
	lang                 ent.Lang
}

func run(ctx context.Context, args []string, out, errs io.Writer, now time.Time) int {
	var o options
	flags := flag.NewFlagSet("nightly", flag.ContinueOnError)
	flags.SetOutput(errs)
	flags.StringVar(&o.db, "db", "ent.db", "SQLite file, or postgres:// URL")
	flags.StringVar(&o.tenant, "tenant", "ent", "whose directory it is")
	flags.StringVar(&o.academy, "academy", "", "prefix of the identifiers when several academies feed one ENT")
	flags.BoolVar(&o.apply, "apply", false, "apply the plan when no guard refuses it")
	flags.BoolVar(&o.consent, "consent", false, "with -apply: apply it although a guard refuses")
	flags.BoolVar(&o.undo, "undo", false, "take the last plan back")
	lang := flags.String("lang", "fr", "language of the texts: fr or en")
	if err := flags.Parse(args); err != nil || o.undo != (flags.NArg() == 0) || flags.NArg() > 1 {
		fmt.Fprintln(errs, "usage: nightly [-db FILE|URL] [-tenant NAME] [-academy NAME] [-apply [-consent]] DELIVERY | nightly -undo")
		return exitUsage
	}
	o.lang = ent.Lang(*lang)
	people, db, err := connect(ctx, &o)
	if err != nil {
		fmt.Fprintln(errs, err)
		return exitUnreadable
	}
	defer db.Close()
	if o.undo {
		return undo(ctx, people, &o, out, errs)
	}
	return night(ctx, people, &o, flags.Arg(0), out, errs, now)
}

func connect(ctx context.Context, o *options) (*directorysql.Store, *sqldb.DB, error) {
	var db *sqldb.DB
	var err error
	if strings.HasPrefix(o.db, "postgres://") {
		db, err = open.PostgreSQL(ctx, o.db, open.Options{})
	} else {
		db, err = open.SQLite(ctx, o.db, open.Options{})
	}
	if err != nil {
		return nil, nil, err
	}
	if err := db.Migrate(ctx, directorysql.Schema()); err != nil {
		return nil, nil, err
	}
	return directorysql.New(db, ent.Tenant(o.tenant), directorysql.Options{}), db, nil
}

// night reads, compares, prints, and applies.
func night(ctx context.Context, people *directorysql.Store, o *options, path string, out, errs io.Writer, now time.Time) int {
	fail := func(err error) int {
		fmt.Fprintln(errs, err)
		return exitUnreadable
	}
	delivery, err := aaf.Open(path, aaf.Options{Academy: o.academy})
	if err != nil {
		return fail(err)
	}
	source, err := delivery.Source(ctx, aaf.SourceOptions{})
	if err != nil {
		return fail(err)
	}
	plan, err := directory.Compare(ctx, people, source, directory.Policy{Today: ent.DateAt(now, time.Local)})
	if err != nil {
		return fail(err)
	}
	if err := plan.WriteSummary(out, o.lang); err != nil {
		return fail(err)
	}
	if err := plan.Report().WriteText(out, o.lang); err != nil {
		return fail(err)
	}
	blocked := plan.Stopped() != nil || plan.Blocked() != nil && !o.consent
	switch {
	case blocked:
		return exitRefused
	case !o.apply:
		return exitDone
	}
	done, err := people.Apply(ctx, plan, directorysql.ApplyOptions{Consent: o.consent, Progress: func(n, total int64) {
		fmt.Fprintf(errs, "\r%d / %d", n, total)
	}})
	fmt.Fprintln(errs)
	if err != nil {
		return fail(err)
	}
	if err := done.Report.WriteText(out, o.lang); err != nil {
		return fail(err)
	}
	if _, err := people.Retain(ctx); err != nil {
		return fail(err)
	}
	if done.Report.Total().Refused > 0 {
		return exitLeftAside
	}
	return exitDone
}

func undo(ctx context.Context, people *directorysql.Store, o *options, out, errs io.Writer) int {
	plans, err := people.Plans(ctx, 1)
	if err == nil && len(plans) == 0 {
		fmt.Fprintln(errs, "no plan was applied")
		return exitUnreadable
	}
	var report *ent.Report
	if err == nil {
		report, err = people.Undo(ctx, plans[0].Plan, ent.Actor{Kind: ent.ActorSystem})
	}
	if err == nil {
		err = report.WriteText(out, o.lang)
	}
	if err != nil {
		fmt.Fprintln(errs, err)
		return exitUnreadable
	}
	if report.Total().Refused > 0 {
		return exitLeftAside
	}
	return exitDone
}
