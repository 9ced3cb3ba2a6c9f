package life

import (
	"context"
	"html/template"
	"io"
	"net/http"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/examples/portal/academy"
	"github.com/opencartable/cartable/examples/portal/web"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// lessonView is a lesson as pages show it: one line, whatever became of it.
type lessonView struct {
	Key           string
	From, To      string
	Subject, Room string
	Who, Set      string
	// State is empty for a lesson as planned; Was says what it replaces.
	State, Was string
	Cancelled  bool
	Now        bool
}

type dayView struct {
	ID, Label string
	Today     bool
	Lessons   []lessonView
}

type weekData struct {
	Choices            []web.Link
	Of, Title          string
	Days               []dayView
	Day                bool
	Previous, Next     string
	Other, Print       string
	OtherText          string
	Agenda             string
	First, Last        string
	PreviousText, Text string
}

func (a *Area) lessonView(d *schoolDay, l *timetable.Lesson, of timetable.Kind) lessonView {
	v := lessonView{
		Key: string(l.Course) + "@" + l.On.String(), From: l.Start.French(), To: l.End.French(), Subject: d.subject(l.Subject), Cancelled: l.State == timetable.StateCancelled,
	}
	var rooms, who, sets []string
	for _, r := range l.Resources {
		switch {
		case r.Kind == timetable.KindRoom:
			rooms = append(rooms, string(r.ID))
		case r.Kind == timetable.KindTeacher && of != timetable.KindTeacher:
			who = append(who, a.source.name(r))
		case r.Kind.Audience() && r.Kind != timetable.KindPupil && of != timetable.KindClass:
			sets = append(sets, a.source.name(r))
		}
	}
	v.Room, v.Who, v.Set = strings.Join(rooms, ", "), strings.Join(who, ", "), strings.Join(sets, ", ")
	if l.State != timetable.StatePlanned {
		v.State = l.State.Label(ent.FR)
	}
	if w := l.Was; w != nil && l.State != timetable.StateCancelled {
		switch {
		case w.Date != l.Date || w.Start != l.Start:
			v.Was = "prévu " + weekday(w.Date) + " à " + w.Start.French()
		default:
			for _, r := range w.Resources {
				if r.Kind == timetable.KindRoom && !l.Has(r) {
					v.Was = "prévu en " + string(r.ID)
				}
			}
		}
	}
	now := a.source.Now()
	v.Now = !v.Cancelled && l.Date == a.source.Today() && l.Start <= clockNow(now) && clockNow(now) < l.End
	return v
}

func (a *Area) days(ctx context.Context, w *whose, from ent.Date, count int) ([]dayView, error) {
	d, err := a.source.day(ctx, w.school)
	if err != nil {
		return nil, err
	}
	list, err := a.lessonsOf(ctx, w, from, from.AddDays(count-1))
	if err != nil {
		return nil, err
	}
	var out []dayView
	for n := range count {
		on := from.AddDays(n)
		v := dayView{ID: on.String(), Label: weekday(on), Today: on == a.source.Today()}
		for i := range list {
			if list[i].Date == on {
				v.Lessons = append(v.Lessons, a.lessonView(d, &list[i], w.ref.Kind))
			}
		}
		if len(v.Lessons) > 0 || on.Weekday() != 0 && on.Weekday() != 6 {
			out = append(out, v)
		}
	}
	return out, nil
}

// asked returns whose timetable a page is asked for: the first one that somebody has when none is named.
func (a *Area) asked(r *http.Request, q *asking) (whose, []whose, error) {
	choices := a.choices(q)
	ref, named := parseRef(r.FormValue("de"))
	if !named {
		if len(choices) == 0 {
			return whose{}, nil, web.ErrNotFound
		}
		return choices[0], choices, nil
	}
	w, ok := a.whose(q, ref)
	if !ok {
		return whose{}, nil, web.ErrNotFound
	}
	return w, choices, nil
}

func (a *Area) week(r *http.Request, q *asking) (web.Page, error) {
	w, choices, err := a.asked(r, q)
	if err != nil {
		return web.Page{}, err
	}
	on := a.dayOf(r, "jour")
	data := weekData{Of: w.param(), Day: r.FormValue("vue") == "jour"}
	from, count, step := monday(on), 7, 7
	path := "/vie/emploi-du-temps"
	link := func(d ent.Date) string { return address(path, "de", w.param(), "jour", d.String()) }
	if data.Day {
		from, count, step = on, 1, 1
		link = func(d ent.Date) string { return address(path, "de", w.param(), "jour", d.String(), "vue", "jour") }
		data.Other, data.OtherText = address(path, "de", w.param(), "jour", on.String()), "Voir la semaine"
		data.PreviousText, data.Text = "Jour précédent", "Jour suivant"
	} else {
		data.Other, data.OtherText = address(path, "de", w.param(), "jour", on.String(), "vue", "jour"), "Voir un jour"
		data.PreviousText, data.Text = "Semaine précédente", "Semaine suivante"
	}
	if data.Days, err = a.days(r.Context(), &w, from, count); err != nil {
		return failed(err)
	}
	data.Previous, data.Next = link(from.AddDays(-step)), link(from.AddDays(step))
	data.Print = address("/vie/emploi-du-temps/imprimer", "de", w.param(), "jour", from.String())
	data.Agenda = address("/vie/agenda", "de", w.param())
	for i := range choices {
		data.Choices = append(data.Choices, web.Link{Text: choices[i].name, Path: address(path, "de", choices[i].param(), "jour", on.String())})
	}
	lead := "Semaine du " + weekday(from)
	if data.Day {
		lead = weekday(from)
	}
	return web.Page{
		Title: "Emploi du temps de " + w.name, Lead: lead, View: a.views["week"], Data: data, Trail: []web.Link{{Text: "Vie scolaire", Path: "/vie"}},
	}, nil
}

// files adds the pages to print and the calendars.
func (a *Area) files(s *web.Site) {
	s.Document("/vie/emploi-du-temps/imprimer", func(w io.Writer, r *http.Request, who web.Account) error {
		q, err := a.asking(who)
		if err != nil {
			return err
		}
		of, _, err := a.asked(r, q)
		if err != nil {
			return err
		}
		from := monday(a.dayOf(r, "jour"))
		days, err := a.days(context.WithoutCancel(r.Context()), &of, from, 6)
		if err != nil {
			return err
		}
		return sheet().Execute(w, struct {
			Title string
			Week  string
			Days  []dayView
		}{"Emploi du temps de " + of.name, "Semaine du " + weekday(from) + " " + from.String()[:4], days})
	})
	s.Handle("GET /agenda/{token}", a.feed().ServeHTTP)
}

// sheet is a week on one page of A4.
func sheet() *template.Template {
	return template.Must(template.New("sheet").Parse(web.French(`<!DOCTYPE html>
<html lang="fr"><head><meta charset="utf-8"><title>{{.Title}}</title><style>
@page { size: A4 landscape; margin: 10mm; }
body { font: 9.5pt/1.35 "Noto Sans", "Liberation Sans", sans-serif; margin: 0; color: #000; background: #fff; }
h1 { font-size: 14pt; margin: 0; } p { margin: .1rem 0 .5rem; }
.days { display: grid; grid-auto-columns: 1fr; grid-auto-flow: column; gap: 2mm; }
h2 { font-size: 10.5pt; margin: 0 0 1mm; border-bottom: .3mm solid #000; }
h2::first-letter { text-transform: uppercase; }
ol { list-style: none; margin: 0; padding: 0; }
li { border: .2mm solid #888; border-radius: 1mm; padding: 1mm 1.5mm; margin-bottom: 1mm; break-inside: avoid; }
.off { text-decoration: line-through; } small { display: block; font-size: 8pt; }
</style></head><body><main><h1>{{.Title}}</h1><p>{{.Week}}</p><div class="days">
{{range .Days}}<section aria-labelledby="d-{{.ID}}"><h2 id="d-{{.ID}}">{{.Label}}</h2><ol>
{{range .Lessons}}<li><b>{{.From}}</b> <span{{if .Cancelled}} class="off"{{end}}>{{.Subject}}</span>{{with .State}} <b>({{.}})</b>{{end}}<small>{{.Room}}{{with .Set}} · {{.}}{{end}}{{with .Who}} · {{.}}{{end}}{{with .Was}}<br>{{.}}{{end}}</small></li>
{{end}}</ol></section>
{{end}}</div></main></body></html>
`)))
}

// home is the day of who asks.
type homeData struct {
	Groups []homeGroup
	Calls  []callLink
	Links  []web.Link
}

type homeGroup struct {
	Name    string
	Path    string
	Lessons []lessonView
	Links   []web.Link
}

type callLink struct{ Text, Path, State string }

func (a *Area) home(r *http.Request, q *asking) (web.Page, error) {
	var data homeData
	today := a.source.Today()
	for _, w := range a.choices(q) {
		if w.ref.Kind == timetable.KindClass {
			data.Links = append(data.Links, web.Link{Text: "Emploi du temps de " + w.name, Path: address("/vie/emploi-du-temps", "de", w.param())})
			continue
		}
		days, err := a.days(r.Context(), &w, today, 1)
		if err != nil {
			return failed(err)
		}
		g := homeGroup{Name: w.name, Path: address("/vie/emploi-du-temps", "de", w.param())}
		for _, d := range days {
			g.Lessons = append(g.Lessons, d.Lessons...)
		}
		if w.ref.Kind == timetable.KindPupil {
			g.Links = []web.Link{
				{Text: "Travail à faire", Path: address("/vie/travail", "eleve", string(w.ref.ID))}, {Text: "Absences", Path: address("/vie/absences", "eleve", string(w.ref.ID))},
			}
		} else {
			g.Links = []web.Link{{Text: "Cahier de textes", Path: "/vie/travail"}}
		}
		data.Groups = append(data.Groups, g)
	}
	calls, err := a.callsOf(r.Context(), q, today)
	if err != nil {
		return failed(err)
	}
	data.Calls = calls
	if a.office(q) {
		data.Links = append([]web.Link{{Text: "Absences à traiter", Path: "/vie/absences"}}, data.Links...)
	}
	if professional(q.who.Profile) && len(data.Groups)+len(data.Links) > 0 {
		data.Links = append(data.Links, web.Link{Text: "Réservations", Path: "/vie/reservations"})
	}
	return web.Page{Title: "Vie scolaire", Lead: "Aujourd'hui, " + weekday(today) + ", à " + clockNow(a.source.Now()).French() + " (" + academy.Paris().String() + ")", View: a.views["home"], Data: data}, nil
}
