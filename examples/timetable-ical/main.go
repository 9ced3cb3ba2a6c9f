// The program timetable-ical reads the timetable that EDT or PRONOTE exports for a partner, says what it holds, and writes the
// calendar of one class or teacher, or serves it as a feed to subscribe to.
//
//	go run ./examples/timetable-ical -edt Edt_To_Partner_0750655E.xml                      # what it holds, and its conflicts
//	go run ./examples/timetable-ical -edt export.xml -of class:3A -out 3A.ics             # one calendar
//	go run ./examples/timetable-ical -edt export.xml -of teacher:9 -serve localhost:8082  # http://localhost:8082/agenda/<secret>.ics
//	go run ./examples/timetable-ical -edt export.xml -zone Indian/Reunion -of class:3A -out 3A.ics
//
// Without -edt it shows a fictional week. A class, a group or a room is called by its name, a teacher by the identifier of the file. The
// calendar holds no pupil's name. Exit codes: 0 done; 1 the export cannot be read or the file cannot be written; 4 wrong usage.
package main

import (
	"bytes"
	"context"
	"crypto/subtle"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"strings"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/interop/edt"
	"github.com/opencartable/cartable/interop/ical"
	"github.com/opencartable/cartable/schoollife/timetable"
)

const (
	exitDone = iota
	exitFailed
	exitUsage = 4
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string, out, errs io.Writer) int {
	flags := flag.NewFlagSet("timetable-ical", flag.ContinueOnError)
	flags.SetOutput(errs)
	file := flags.String("edt", "", "clear export of EDT or PRONOTE")
	of := flags.String("of", "", "whose calendar: class:NAME, group:NAME, room:NAME or teacher:IDENTIFIER")
	path := flags.String("out", "", "file of the calendar")
	serve := flags.String("serve", "", "address to serve the calendar at, instead")
	zone := flags.String("zone", "Europe/Paris", "time zone of the school")
	lang := flags.String("lang", "fr", "language of the account: fr or en")
	if err := flags.Parse(args); err != nil || flags.NArg() > 0 || (*path != "" || *serve != "") != (*of != "") || *lang != "fr" && *lang != "en" {
		fmt.Fprintln(errs, "usage: timetable-ical [-edt FILE] [-of KIND:NAME (-out FILE | -serve ADDRESS)] [-zone ZONE] [-lang fr|en]")
		return exitUsage
	}
	place, err := time.LoadLocation(*zone)
	if err != nil {
		fmt.Fprintln(errs, err)
		return exitUsage
	}
	s, err := open(*file, ent.Lang(*lang), out)
	if err == nil && *of == "" {
		s.conflicts(out, ent.Lang(*lang))
	}
	var agenda *ical.Agenda
	if err == nil && *of != "" {
		agenda, err = s.agenda(*of, place)
	}
	switch {
	case err != nil:
	case *serve != "":
		err = s.serve(ctx, *serve, agenda, out)
	case *path != "":
		err = write(*path, agenda)
	}
	if err != nil {
		fmt.Fprintln(errs, err)
		return exitFailed
	}
	return exitDone
}

// school is a timetable with the names of its things.
type school struct {
	grid    *timetable.Timetable
	lessons []timetable.Lesson
	names   timetable.Names
}

// open reads an export, and accounts for what is not read in the language asked for.
func open(file string, lang ent.Lang, out io.Writer) (*school, error) {
	if file == "" {
		return fictional(), nil
	}
	f, err := os.Open(file) // the file that the user names
	if err != nil {
		return nil, err
	}
	defer f.Close()
	doc, report, err := edt.Read(f, edt.Options{File: file})
	if err != nil {
		return nil, err
	}
	grid, left := doc.Timetable()
	report.Merge(left)
	s := &school{grid: grid, names: doc.Names()}
	for _, t := range doc.Teachers { // a calendar is read by people: the name, not the identifier
		s.names[timetable.Ref{Kind: timetable.KindTeacher, ID: ent.ID(t.Ident)}] = strings.TrimSpace(t.Given + " " + t.Family)
	}
	for _, x := range doc.Subjects {
		if x.Label != "" {
			s.names[timetable.Ref{Kind: timetable.KindSubject, ID: ent.ID(x.Ident)}] = x.Label
		}
	}
	s.lessons, _ = grid.Expand() // the courses were accounted for already
	fmt.Fprintf(out, "%d courses, %d lessons, %d classes, %d groups, %d teachers\n", len(grid.Courses), len(s.lessons), len(doc.Classes), len(doc.Groups), len(doc.Teachers))
	return s, report.WriteText(out, lang)
}

// conflicts lists what is twice at once.
func (s *school) conflicts(out io.Writer, lang ent.Lang) {
	list := timetable.Conflicts(s.lessons, timetable.ConflictOptions{Audience: s.grid.NewAudience()})
	for _, c := range list {
		l := &s.lessons[c.First]
		fmt.Fprintln(out, l.Date.Format(lang), l.Start, c.Resource.Kind, len(c.Pupils))
	}
	fmt.Fprintln(out, ent.Label{FR: "conflits :", EN: "conflicts:"}.In(lang), len(list))
}

// agenda is the calendar of a class, a group, a room or a teacher.
func (s *school) agenda(of string, zone *time.Location) (*ical.Agenda, error) {
	kind, name, _ := strings.Cut(of, ":")
	ref := timetable.Ref{Kind: timetable.Kind(kind), ID: ent.ID(name)}
	for r, n := range s.names {
		if r.Kind == ref.Kind && n == name && r.Kind != timetable.KindTeacher && r.Kind != timetable.KindPupil {
			ref = r
		}
	}
	lessons := slices.DeleteFunc(slices.Clone(s.lessons), func(l timetable.Lesson) bool { return !l.Has(ref) })
	if len(lessons) == 0 {
		return nil, errors.New("timetable-ical: nothing is called so, or it has no lesson")
	}
	named := func(r timetable.Ref) string {
		if n := s.names[r]; n != "" {
			return n
		}
		return string(r.ID)
	}
	return &ical.Agenda{
		Name: name, Host: "ent.example.fr", Zone: zone, Stamp: s.grid.Year.First.Time(time.UTC), Refresh: time.Hour,
		Lessons: ical.FromTimetable(lessons, ical.Labels{
			Subject: func(id ent.ID) string { return named(timetable.Ref{Kind: timetable.KindSubject, ID: id}) }, Resource: named,
		}),
	}, nil
}

// write writes a calendar to a file.
func write(path string, a *ical.Agenda) error {
	c, report, err := a.Calendar()
	if err != nil {
		return err
	}
	if n := report.Total().Refused; n > 0 {
		return fmt.Errorf("timetable-ical: %d lessons cannot be written: %v", n, report.Codes())
	}
	var b bytes.Buffer
	if err := ical.Write(&b, c); err != nil {
		return err
	}
	return os.WriteFile(path, b.Bytes(), 0o600)
}

// serve serves the calendar at a secret address. A product keeps its tokens (timetablesql) and its version; here both are made at the
// start.
func (s *school) serve(ctx context.Context, addr string, agenda *ical.Agenda, out io.Writer) error {
	secret, token, err := timetable.NewToken(nil, timetable.Token{})
	if err != nil {
		return err
	}
	started := time.Now()
	mux := http.NewServeMux()
	mux.Handle("GET /agenda/{token}", &ical.Feed{
		Version: func(_ context.Context, given string) (string, time.Time, error) {
			if !token.Opens(given) {
				return "", time.Time{}, ical.CodeUnknownFeed
			}
			return token.Hash, started, nil
		},
		Agenda: func(_ context.Context, given string) (*ical.Agenda, error) {
			if subtle.ConstantTimeCompare([]byte(given), []byte(secret)) != 1 {
				return nil, ical.CodeUnknownFeed
			}
			return agenda, nil
		},
	})
	srv := &http.Server{Addr: addr, Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() {
		<-ctx.Done()
		_ = srv.Close()
	}()
	fmt.Fprintf(out, "http://%s/agenda/%s.ics\n", addr, secret)
	if err := srv.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// fictional is two weeks of one class.
func fictional() *school {
	first := ent.Date{Year: 2026, Month: 10, Day: 19}
	weeks := timetable.WeeksOf(1, 2)
	class, teacher, room := timetable.Ref{Kind: timetable.KindClass, ID: "1"}, timetable.Ref{Kind: timetable.KindTeacher, ID: "1"}, timetable.Ref{Kind: timetable.KindRoom, ID: "1"}
	maths := timetable.Ref{Kind: timetable.KindSubject, ID: "1"}
	var list []timetable.Resource
	for _, r := range []timetable.Ref{class, teacher, room} {
		list = append(list, timetable.Resource{Ref: r, Weeks: weeks})
	}
	s := &school{
		names: timetable.Names{class: "6A", teacher: "Zoé Exemple", room: "Salle 12", maths: "Mathématiques"},
		grid: &timetable.Timetable{
			Year:    timetable.Year{First: first, Last: first.AddDays(13), Week1: first},
			Courses: []timetable.Course{{ID: "c1", Subject: "1", Day: 1, Start: 8 * 60, End: 9 * 60, Resources: list}, {ID: "c2", Subject: "1", Day: 4, Start: 10 * 60, End: 11 * 60, Resources: list}},
		},
	}
	s.lessons, _ = s.grid.Expand()
	return s
}
