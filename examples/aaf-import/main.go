// The program aaf-import reads an AAF delivery and says what it holds and what is wrong with it.
//
//	go run ./examples/aaf-import delivery.zip          # in French
//	go run ./examples/aaf-import -lang en -strict dir  # in English, refusing what a lenient reading repairs
//	go run ./examples/aaf-import -json feed.tgz        # the report as JSON
//
// It exits with 1 when the delivery cannot be read, 2 when it holds something that was refused.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/interop/aaf"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string, out, errs io.Writer) int {
	flags := flag.NewFlagSet("aaf-import", flag.ContinueOnError)
	flags.SetOutput(errs)
	lang := flags.String("lang", "fr", "language of the report: fr or en")
	strict := flags.Bool("strict", false, "refuse what a lenient reading repairs")
	asJSON := flags.Bool("json", false, "write the report as JSON")
	academy := flags.String("academy", "", "prefix of the identifiers when several academies feed one ENT")
	if err := flags.Parse(args); err != nil || flags.NArg() != 1 {
		fmt.Fprintln(errs, "usage: aaf-import [-lang fr|en] [-strict] [-json] [-academy NAME] FOLDER|FILE.zip|FILE.tgz|FILE.xml")
		return 1
	}
	d, err := aaf.Open(flags.Arg(0), aaf.Options{Academy: *academy, Strict: *strict, Progress: bar(errs)})
	if err != nil {
		fmt.Fprintln(errs, err)
		return 1
	}
	m, err := d.Model(ctx)
	fmt.Fprint(errs, "\r"+strings.Repeat(" ", 78)+"\r")
	report := d.Report()
	if m != nil {
		report = m.Report()
	} else if failed, ok := err.(*aaf.ModelError); ok { //nolint:errorlint // Model returns it unwrapped
		report = failed.Report
	}
	if *asJSON {
		b, jsonErr := json.MarshalIndent(report, "", "  ")
		if jsonErr != nil {
			fmt.Fprintln(errs, jsonErr)
			return 1
		}
		fmt.Fprintln(out, string(b))
	} else {
		if m != nil {
			contents(out, d, m, ent.Lang(*lang))
		}
		if textErr := report.WriteText(out, ent.Lang(*lang)); textErr != nil {
			fmt.Fprintln(errs, textErr)
			return 1
		}
	}
	switch {
	case err != nil:
		return 1
	case report.Total().Refused > 0:
		return 2
	}
	return 0
}

// contents says what the delivery holds.
func contents(out io.Writer, d *aaf.Delivery, m *aaf.Model, lang ent.Lang) {
	h := m.Header()
	schools, classes, groups := len(m.Structures()), 0, 0
	for range m.Classes() {
		classes++
	}
	for range m.Groups() {
		groups++
	}
	line := "%s %s · %s · %s %s · %d file(s)\n%d structures, %d classes, %d groups\n%d pupils, %d relatives, %d staff\n%d dangling reference(s)\n\n"
	if lang != ent.EN {
		line = "%s %s · %s · %s %s · %d fichier(s)\n%d structures, %d classes, %d groupes\n%d élèves, %d responsables, %d personnels\n%d référence(s) sans objet\n\n"
	}
	fmt.Fprintf(out, line, d.Kind(), m.Date().Format(lang), m.Degree(), h.VersionAF, h.VersionSDET, len(d.Files()),
		schools, classes, groups, m.Count(aaf.Pupils), m.Count(aaf.Relatives), m.Count(aaf.Staff), len(m.Dangling()))
}

// bar draws the progress on one line.
func bar(w io.Writer) func(aaf.Progress) {
	return func(p aaf.Progress) {
		if p.Total <= 0 {
			return
		}
		done := min(30, int(30*p.Bytes/p.Total))
		fmt.Fprintf(w, "\r[%s%s] %3d %%  %9d  %-24.24s", strings.Repeat("#", done), strings.Repeat(".", 30-done), 100*p.Bytes/p.Total, p.Records, p.File)
	}
}
