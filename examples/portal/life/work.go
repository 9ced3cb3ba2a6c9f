package life

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
	"github.com/opencartable/cartable/examples/portal/web"
	"github.com/opencartable/cartable/schoollife/cahier"
	"github.com/opencartable/cartable/schoollife/timetable"
)

type workData struct {
	Choices []web.Link
	Title   string
	Pupil   string
	// Mine says that the pupil reads the page, who says what is done.
	Mine bool
	Days []workDay
	Past []workSession
	From string
}

type workDay struct {
	Label, Level string
	Minutes      int
	Items        []workItem
}

type workItem struct {
	ID, Subject, Text, Given string
	Teacher, Minutes         string
	Test, Done, HandIn       bool
}

type workSession struct{ When, Subject, Title, Content string }

// work shows the homework of a pupil for the three weeks to come and what was done in the last one; for a teacher, their cahier.
func (a *Area) work(r *http.Request, q *asking) (web.Page, error) {
	pupils := q.pupils(access.ActionHomeworkRead)
	pupil := ent.ID(r.FormValue("eleve"))
	if pupil == "" && len(pupils) > 0 {
		pupil = pupils[0]
	}
	if pupil == "" {
		return a.teacherWork(r, q)
	}
	today := a.source.Today()
	_, establishment, ok := a.source.refsOf(pupil)
	if !ok {
		return web.Page{}, web.ErrNotFound
	}
	d, err := a.source.day(r.Context(), establishment)
	if err != nil {
		return failed(err)
	}
	v, err := a.books.Pupil(r.Context(), q.books(), pupil, today.AddDays(-7), today.AddDays(21))
	if err != nil {
		return failed(err)
	}
	data := workData{Pupil: string(pupil), Mine: q.facts.Pupil != nil && q.facts.Pupil.ID == pupil}
	for _, p := range pupils {
		data.Choices = append(data.Choices, web.Link{Text: a.source.PupilName(p), Path: address("/vie/travail", "eleve", string(p))})
	}
	self := []timetable.Ref{{Kind: timetable.KindPupil, ID: pupil}}
	for _, h := range v.Homework {
		if h.Due.Before(today) {
			continue
		}
		label := "Pour " + weekday(h.Due)
		if n := len(data.Days); n == 0 || data.Days[n-1].Label != label {
			load := cahier.Workload(v.Homework, self, h.Due, d.audience)
			x := workDay{Label: label, Minutes: load.Most.Minutes}
			if load.Level != cahier.LevelLight {
				x.Level = load.Level.Label(ent.FR)
			}
			data.Days = append(data.Days, x)
		}
		day := &data.Days[len(data.Days)-1]
		day.Items = append(day.Items, a.item(d, &h, v.Done[h.ID].Done))
	}
	for _, s := range v.Sessions {
		data.Past = append([]workSession{{weekday(s.Date), d.subject(s.Subject), s.Title, s.Content}}, data.Past...)
	}
	return web.Page{Title: "Travail de " + a.source.PupilName(pupil), View: a.views["work"], Data: data, Trail: []web.Link{{Text: "Vie scolaire", Path: "/vie"}}}, nil
}

func (a *Area) item(d *schoolDay, h *cahier.Homework, done bool) workItem {
	x := workItem{
		ID: string(h.ID), Subject: d.subject(h.Subject), Text: h.Text, Given: weekday(h.Given), Teacher: a.source.StaffName(h.Teacher), Test: h.Test, Done: done, HandIn: h.HandIn,
	}
	if h.Minutes > 0 {
		x.Minutes = strconv.Itoa(h.Minutes) + " min"
	}
	return x
}

func (a *Area) setDone(r *http.Request, q *asking) (web.Page, error) {
	if err := a.books.SetDone(r.Context(), q.books(), ent.ID(r.FormValue("travail")), r.FormValue("fait") == "oui"); err != nil {
		return failed(err)
	}
	return web.Page{Redirect: address("/vie/travail", "eleve", string(q.facts.Person))}, nil
}

type teacherData struct {
	Lessons []teacherLesson
	Given   []workItem
	Saved   string
}

type teacherLesson struct{ Text, Title, Path string }

// teacherWork is the cahier of a teacher: the lessons of the week, each with the form to give work, and what was given.
func (a *Area) teacherWork(r *http.Request, q *asking) (web.Page, error) {
	if len(q.facts.Teachings) == 0 {
		return web.Page{}, web.ErrNotFound
	}
	today := a.source.Today()
	w, ok := a.whose(q, timetable.Ref{Kind: timetable.KindTeacher, ID: q.facts.Person})
	if !ok {
		return web.Page{}, web.ErrNotFound
	}
	d, err := a.source.day(r.Context(), w.school)
	if err != nil {
		return failed(err)
	}
	lessons, err := a.lessonsOf(r.Context(), &w, today.AddDays(-7), today.AddDays(4))
	if err != nil {
		return failed(err)
	}
	view, err := a.books.Teacher(r.Context(), q.books(), w.school, today.AddDays(-14), today.AddDays(30))
	if err != nil {
		return failed(err)
	}
	var data teacherData
	if r.FormValue("donne") != "" {
		data.Saved = "Le travail est donné."
	}
	written := map[timetable.Key]string{}
	for _, s := range view.Sessions {
		written[s.Lesson] = s.Title
	}
	for i := range lessons {
		l := &lessons[i]
		if l.State == timetable.StateCancelled {
			continue
		}
		v := a.lessonView(d, l, timetable.KindTeacher)
		data.Lessons = append(data.Lessons, teacherLesson{
			Text: weekday(l.Date) + ", " + v.From + " – " + v.Subject + ", " + v.Set, Title: written[l.Key],
			Path: address("/vie/travail/donner", "cours", string(l.Course), "jour", l.On.String()),
		})
	}
	for i := range view.Homework {
		if h := &view.Homework[i]; !h.Due.Before(today) {
			x := a.item(d, h, false)
			x.Given = "pour " + weekday(h.Due)
			data.Given = append(data.Given, x)
		}
	}
	return web.Page{Title: "Cahier de textes", View: a.views["teacher"], Data: data, Trail: []web.Link{{Text: "Vie scolaire", Path: "/vie"}}}, nil
}

type formData struct {
	Course, Day         string
	Lead                string
	Text, Minutes, Type string
	Due                 []dueChoice
	Wrong               string
	ID                  string
	HandIn              bool
	Loads               []loadLine
	TestChecked         bool
}

type dueChoice struct {
	Value, Label string
	Chosen       bool
}

type loadLine struct{ Label, Text string }

func (a *Area) workForm(r *http.Request, q *asking) (web.Page, error) {
	return a.showForm(r, q, formData{})
}

// showForm shows the lessons for which work may be given, each with what the pupils have to do that day already.
func (a *Area) showForm(r *http.Request, q *asking, data formData) (web.Page, error) {
	l, d, audience, err := a.taught(r, q)
	if err != nil {
		return web.Page{}, err
	}
	v := a.lessonView(d, &l, timetable.KindTeacher)
	data.Course, data.Day = string(l.Course), l.On.String()
	today := a.source.Today()
	list, err := a.source.lessons(r.Context(), schoolOf(l.Key), today, today.AddDays(21))
	if err != nil {
		return failed(err)
	}
	loads, err := a.books.Loads(r.Context(), q.books(), schoolOf(l.Key), audience, today, today.AddDays(21))
	if err != nil {
		return failed(err)
	}
	for i := range list {
		x := &list[i]
		if x.State == timetable.StateCancelled || x.Subject != l.Subject || !x.Has(audience[0]) || !l.Date.Before(x.Date) {
			continue
		}
		c := dueChoice{Value: string(x.Course) + "@" + x.On.String(), Label: weekday(x.Date) + ", " + x.Start.French()}
		for _, load := range loads {
			if load.Date == x.Date && load.Most.Count > 0 {
				c.Label += " (" + web.Count(int64(load.Most.Count), "travail", "travaux") + " ce jour-là, " + load.Level.Label(ent.FR) + ")"
			}
		}
		c.Chosen = c.Value == r.FormValue("pour")
		data.Due = append(data.Due, c)
	}
	return web.Page{
		Title: "Donner du travail", Lead: v.Subject + ", " + v.Set + ", cours du " + weekday(l.Date), View: a.views["give"], Data: data,
		Trail: []web.Link{{Text: "Vie scolaire", Path: "/vie"}, {Text: "Cahier de textes", Path: "/vie/travail"}},
	}, nil
}

// taught returns a lesson of the teacher who asks, and its classes and groups.
func (a *Area) taught(r *http.Request, q *asking) (timetable.Lesson, *schoolDay, []timetable.Ref, error) {
	k, ok := lessonKey(r)
	if !ok {
		return timetable.Lesson{}, nil, nil, web.ErrNotFound
	}
	l, d, err := a.source.lesson(r.Context(), k)
	if err != nil {
		return l, nil, nil, err
	}
	var audience []timetable.Ref
	for _, x := range l.Resources {
		if x.Kind.Audience() {
			audience = append(audience, x)
		}
	}
	if !l.Has(timetable.Ref{Kind: timetable.KindTeacher, ID: q.facts.Person}) || len(audience) == 0 {
		return l, nil, nil, web.ErrNotFound
	}
	return l, d, audience, nil
}

func (a *Area) giveWork(r *http.Request, q *asking) (web.Page, error) {
	l, _, audience, err := a.taught(r, q)
	if err != nil {
		return web.Page{}, err
	}
	data := formData{Text: r.FormValue("texte"), Minutes: r.FormValue("minutes"), HandIn: r.FormValue("rendre") != "", TestChecked: r.FormValue("controle") != ""}
	h := cahier.Homework{
		Head:  cahier.Head{School: schoolOf(l.Key), Year: a.source.Year(), Subject: l.Subject, Teacher: q.facts.Person, Audience: audience, Published: true},
		Given: a.source.Today(), Text: data.Text, HandIn: data.HandIn, Test: data.TestChecked,
	}
	if data.Minutes != "" {
		n, err := strconv.Atoi(data.Minutes)
		if err != nil || n < 1 {
			data.Wrong = "La durée est un nombre de minutes."
			return a.showForm(r, q, data)
		}
		h.Minutes = n
	}
	course, on, ok := cutKey(r.FormValue("pour"))
	if !ok {
		data.Wrong = "Choisissez pour quel cours."
		return a.showForm(r, q, data)
	}
	h.For = timetable.Key{Course: course, On: on}
	due, _, err := a.source.lesson(r.Context(), h.For)
	if err != nil {
		return web.Page{}, err
	}
	h.Due = due.Date
	if _, _, err = a.books.SaveHomework(r.Context(), q.books(), h, 0); err == nil {
		return web.Page{Redirect: "/vie/travail?donne=1"}, nil
	}
	if text, ours := sentence(err); ours && !errors.Is(err, access.CodeDenied) {
		data.Wrong = text
		return a.showForm(r, q, data)
	}
	return failed(err)
}

func cutKey(s string) (ent.ID, ent.Date, bool) {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] == '@' {
			on, err := ent.ParseDate(s[i+1:])
			return ent.ID(s[:i]), on, err == nil
		}
	}
	return "", ent.Date{}, false
}
