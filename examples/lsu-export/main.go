// The program lsu-export makes the import file of the livret scolaire unique (LSU) from the gradebook of a collège, and says
// pupil by pupil what is missing for it. The collège is a fictional one; school.go says where a product puts its own.
//
//	go run ./examples/lsu-export -dry-run                        # what is missing, and nothing else
//	go run ./examples/lsu-export -out lsu -leave-out             # one file of what is complete
//	go run ./examples/lsu-export -out lsu -leave-out -split      # one file a class
//	go run ./examples/lsu-export -out lsu -appreciation dash     # a missing appreciation is written "-"
//	go run ./examples/lsu-export -out lsu -version 13.0 -unverified
//
// The problems go to the standard output with the names of the pupils, for the secretary of the school; the progress goes to
// the standard error. Exit codes: 0 all was written; 1 the school or a file cannot be read or written; 2 something is missing:
// nothing was written, or with -leave-out all but that; 4 wrong usage.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/interop/lsu"
	"github.com/opencartable/cartable/schoollife/gradebook"
)

const (
	exitDone = iota
	exitFailed
	exitMissing
	exitUsage = 4
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// options are what the command line says.
type options struct {
	out, school, period string
	seed                uint64
	dryRun, split       bool
	lang                ent.Lang
	write               lsu.WriteOptions
}

func run(ctx context.Context, args []string, out, errs io.Writer) int {
	o, err := parse(args, errs)
	if err != nil {
		fmt.Fprintln(errs, err)
		fmt.Fprintln(errs, "usage: lsu-export [-dry-run | -out FOLDER [-split] [-leave-out]] [-version V] [-appreciation RULE] …")
		return exitUsage
	}
	s, err := openSchool(o.seed, ent.ID(o.school), ent.ID(o.period))
	if err != nil {
		fmt.Fprintln(errs, err)
		return exitFailed
	}
	doc, err := s.document(ctx, bar(errs))
	if err != nil {
		fmt.Fprintln(errs, err)
		return exitFailed
	}
	if s.read.Tally("marks").Refused > 0 {
		if err := s.read.WriteText(errs, o.lang); err != nil {
			return exitFailed
		}
	}
	missing := problems(out, s, doc, o)
	if o.dryRun {
		return missing
	}
	written, err := export(out, doc, o)
	switch {
	case err != nil:
		fmt.Fprintln(errs, err)
		if blocked := new(lsu.BlockedError); errors.As(err, &blocked) {
			return exitMissing
		}
		return exitFailed
	case !written:
		return exitMissing
	}
	return missing
}

func parse(args []string, errs io.Writer) (*options, error) {
	o := &options{}
	flags := flag.NewFlagSet("lsu-export", flag.ContinueOnError)
	flags.SetOutput(errs)
	flags.StringVar(&o.out, "out", "", "folder of the files")
	flags.StringVar(&o.school, "school", "4001", "establishment of the fictional academy")
	flags.StringVar(&o.period, "period", "T1", "period of the bilans")
	flags.Uint64Var(&o.seed, "seed", 7, "which fictional academy")
	flags.BoolVar(&o.dryRun, "dry-run", false, "say what is missing, and write nothing")
	flags.BoolVar(&o.split, "split", false, "one file a class")
	flags.BoolVar(&o.write.LeaveOut, "leave-out", false, "leave out what is not complete, and say so, instead of writing nothing")
	flags.BoolVar(&o.write.AllowUnverified, "unverified", false, "write a version whose schema is not public")
	version := flags.String("version", string(lsu.Version7), "version of the file")
	rule := flags.String("appreciation", "required", "of a missing appreciation: required, if-marked, dash or optional")
	lang := flags.String("lang", "fr", "language of the texts: fr or en")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	o.lang, o.write.Version = ent.Lang(*lang), lsu.Version(*version)
	rules := map[string]lsu.AppreciationRule{
		"required": lsu.AppreciationRequired, "if-marked": lsu.AppreciationRequiredIfMarked, "dash": lsu.AppreciationDash, "optional": lsu.AppreciationOptional,
	}
	var known bool
	o.write.Choices.Appreciation, known = rules[*rule]
	switch {
	case flags.NArg() > 0 || !o.dryRun && o.out == "":
		return nil, errors.New("a folder is wanted, or -dry-run")
	case o.lang != ent.FR && o.lang != ent.EN:
		return nil, fmt.Errorf("-lang %s: fr or en is wanted", *lang)
	case !known:
		return nil, fmt.Errorf("-appreciation %s: unknown", *rule)
	case !o.write.Version.Known() || o.write.Version.Degree() != ent.SecondDegree:
		var known []string
		for _, v := range lsu.Versions() {
			if v.Degree() == ent.SecondDegree {
				known = append(known, string(v))
			}
		}
		return nil, fmt.Errorf("-version %s: one of %s is wanted", *version, strings.Join(known, ", "))
	}
	return o, nil
}

// problems lists what is wrong, pupil by pupil, and returns exitMissing when something blocks.
func problems(out io.Writer, s *school, doc *lsu.Document, o *options) int {
	code, pupils, count := exitDone, 0, 0
	for _, p := range lsu.ByPupil(doc, lsu.Check(doc, o.write.Version, o.write.Choices)) {
		title := map[ent.Lang]string{ent.FR: "L'établissement", ent.EN: "The school"}[o.lang]
		if p.Pupil != "" {
			title = s.nameOf(doc, p.Pupil)
			pupils++
		}
		fmt.Fprintln(out, title)
		for _, sentence := range p.Sentences(o.lang) {
			fmt.Fprintf(out, "  - %s\n", sentence)
			count++
		}
		if p.Blocking() {
			code = exitMissing
		}
	}
	total := "%d bilans, %d problèmes, %d élèves concernés\n"
	if o.lang == ent.EN {
		total = "%d bilans, %d problems, %d pupils concerned\n"
	}
	fmt.Fprintf(out, total, len(doc.Periodic), count, pupils)
	return code
}

// export writes the file, or one a class, and reports whether each of them could be.
func export(out io.Writer, doc *lsu.Document, o *options) (bool, error) {
	parts := []lsu.Part{{Class: "complet", Document: doc}}
	if o.split {
		parts = doc.SplitByClass()
	}
	if err := os.MkdirAll(o.out, 0o700); err != nil {
		return false, err
	}
	all, used := true, map[string]bool{}
	for _, part := range parts {
		var file bytes.Buffer
		report, err := lsu.Write(&file, part.Document, o.write)
		if blocked := new(lsu.BlockedError); o.split && errors.As(err, &blocked) {
			// The other classes are written all the same.
			fmt.Fprintf(out, "%s : %s\n", part.Class, blocked.Issues[0].Message(o.lang))
			all = false
			continue
		}
		if err != nil {
			return false, err
		}
		name := fileName(part.Class)
		for used[name] { // two codes may differ by what a name of a file cannot hold
			name += "_"
		}
		used[name] = true
		path := filepath.Join(o.out, "import_lsun_"+name+".xml")
		// Marks of children: nobody but the user of this program reads the file.
		if err := os.WriteFile(path, file.Bytes(), 0o600); err != nil {
			return false, err
		}
		t := report.Tally("bilan-periodique")
		fmt.Fprintf(out, map[ent.Lang]string{
			ent.FR: "%s : %d bilans lus, %d écrits, %d laissés de côté\n", ent.EN: "%s: %d bilans read, %d written, %d left out\n",
		}[o.lang], filepath.Base(path), t.Read, t.Kept, t.Refused)
	}
	return all, nil
}

// fileName keeps what is safe in the name of a file: the code of a class may hold anything.
func fileName(class string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>| .`, r) {
			return '_'
		}
		return r
	}, class)
}

// bar draws the progress on one line.
func bar(w io.Writer) func(class string, done, total int) {
	return func(class string, done, total int) {
		fmt.Fprintf(w, "\r%3d / %d  %-20.20s", done, total, class)
		if done == total {
			fmt.Fprintln(w)
		}
	}
}

// policy is how the school makes its averages.
func policy() gradebook.Policy { return gradebook.RescaledRoundLast() }
