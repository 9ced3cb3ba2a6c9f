// The program attendance-report counts the absences of a school: for each pupil of a class the half-days, justified or not, by the
// count that the school has chosen, why, and who came to the levels of the law. The school is a fictional one; school.go says where a
// product puts its own.
//
//	go run ./examples/attendance-report -class 6-A                              # half-days touched, since the start of the year
//	go run ./examples/attendance-report -class 6-A -mode complete -until 2024-11-30
//	go run ./examples/attendance-report -class 6-A -why 50000042                # each half-day of one pupil, and why it counts
//	go run ./examples/attendance-report -class 6-A -csv absences.csv            # LSU figures, for a spreadsheet
//
// Exit codes: 0 done; 1 the class is not there or the file cannot be written; 4 wrong usage.
package main

import (
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"text/tabwriter"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/attendance"
)

const (
	exitDone = iota
	exitFailed
	exitUsage = 4
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, out, errs io.Writer) int {
	flags := flag.NewFlagSet("attendance-report", flag.ContinueOnError)
	flags.SetOutput(errs)
	class := flags.String("class", "", "code of the class")
	id := flags.String("school", "4001", "establishment of the fictional academy")
	seed := flags.Uint64("seed", 7, "which fictional academy")
	mode := flags.String("mode", string(attendance.ModeTouched), "how half-days are counted: touched, complete, start or tolerance")
	until := flags.String("until", "", "last day, such as 2024-11-30; the end of November when empty")
	pupil := flags.String("why", "", "pupil whose half-days are explained, instead")
	file := flags.String("csv", "", "file of the figures")
	lang := flags.String("lang", "fr", "language: fr or en")
	if err := flags.Parse(args); err != nil || flags.NArg() > 0 || *class == "" || *lang != "fr" && *lang != "en" {
		fmt.Fprintln(errs, "usage: attendance-report -class CODE [-mode MODE] [-until DAY] [-why PUPIL | -csv FILE] [-lang fr|en]")
		return exitUsage
	}
	s, err := openSchool(*seed, ent.ID(*id), *class, *until)
	if err == nil {
		err = s.count(attendance.Mode(*mode))
	}
	switch {
	case err != nil:
	case *pupil != "":
		err = s.why(out, ent.ID(*pupil), ent.Lang(*lang))
	case *file != "":
		err = s.csv(*file)
	default:
		err = s.table(out, ent.Lang(*lang))
	}
	if err != nil {
		fmt.Fprintln(errs, err)
		return exitFailed
	}
	return exitDone
}

// count makes the counters: that of the school, and that of the law, which speaks of complete half-days.
func (s *school) count(mode attendance.Mode) error {
	rule := s.rule
	rule.Mode = mode
	var err error
	if s.counter, err = rule.Counter(); err != nil {
		return err
	}
	rule.Mode = attendance.ModeComplete
	s.law, err = rule.Counter()
	return err
}

func (s *school) figures(pupil ent.ID) attendance.Figures {
	return s.counter.Figures(s.events[pupil], s.schedules.Of(pupil), s.from, s.to)
}

// levels are those of the law that a pupil came to: complete half-days without an accepted reason, in 30 days.
func (s *school) levels(pupil ent.ID) []attendance.Crossing {
	return attendance.Crossings(s.law.Unjustified(s.events[pupil], s.schedules.Of(pupil)).HalfDays, attendance.WindowSliding)
}

// table writes a line for each pupil.
func (s *school) table(out io.Writer, lang ent.Lang) error {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, ent.Label{FR: "élève\tdemi-journées\tinjustifiées\tretards\theures\tseuil", EN: "pupil\thalf-days\tunjustified\tlate\thours\tlevel"}.In(lang))
	missed := 0
	for _, p := range s.pupils {
		f := s.figures(p.id)
		missed += f.Total
		level := ""
		for _, c := range s.levels(p.id) {
			level = fmt.Sprintf("%d, %s", c.Level, c.At.Label(lang))
		}
		fmt.Fprintf(w, "%s %s\t%d\t%d\t%d\t%d\t%s\n", p.id, p.name, f.Total, f.Unjustified, f.Latenesses, f.Hours(), level)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if rate, ok := attendance.SchoolRate(missed, s.halfDays, len(s.pupils), 0); ok {
		fmt.Fprintln(out, ent.Label{FR: "taux d'absence de la classe :", EN: "absence rate of the class:"}.In(lang), rate, "%")
	}
	return nil
}

// why explains the half-days of one pupil.
func (s *school) why(out io.Writer, pupil ent.ID, lang ent.Lang) error {
	for _, p := range s.pupils {
		if p.id == pupil {
			_, why, err := s.counter.ExplainFigures(pupil, s.events[pupil], s.schedules.Of(pupil), s.from, s.to)
			if err != nil {
				return err
			}
			_, err = io.WriteString(out, why.Render(lang, ent.Reader{Audience: ent.AudienceAgent}))
			return err
		}
	}
	return errors.New("attendance-report: this pupil is not in the class")
}

// csv writes what the livret scolaire asks of each pupil. Nobody but the user of this program reads the file.
func (s *school) csv(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	w := csv.NewWriter(f)
	w.Comma = ';'
	lines := [][]string{{"eleve", "nb-retards", "nb-abs-justifiees", "nb-abs-injustifiees", "nb-heures-manquees"}}
	for _, p := range s.pupils {
		x := s.figures(p.id)
		lines = append(lines, []string{string(p.id), strconv.Itoa(x.Latenesses), strconv.Itoa(x.Justified), strconv.Itoa(x.Unjustified), strconv.Itoa(x.Hours())})
	}
	return errors.Join(w.WriteAll(lines), f.Close())
}
