package life

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
	"github.com/opencartable/cartable/examples/portal/academy"
	"github.com/opencartable/cartable/examples/portal/school"
	"github.com/opencartable/cartable/examples/portal/web"
	"github.com/opencartable/cartable/schoollife/attendance"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// callsOf are the roll calls of a day that somebody makes: of their own lessons, or of all of the school for the school life office, which
// sees those that were forgotten.
func (a *Area) callsOf(ctx context.Context, q *asking, on ent.Date) ([]callLink, error) {
	var out []callLink
	for _, e := range q.establishments() {
		list, err := a.source.lessons(ctx, e, on, on)
		if err != nil {
			return nil, err
		}
		if len(list) == 0 {
			continue
		}
		d, err := a.source.day(ctx, e)
		if err != nil {
			return nil, err
		}
		known, err := a.source.Attendance.Calls(ctx, tenant, on.AddDays(-30), on.AddDays(30))
		if err != nil {
			return nil, err //nolint:wrapcheck // said by the page
		}
		states := map[timetable.Key]attendance.CallState{}
		for i := range known {
			states[known[i].Lesson] = known[i].State
		}
		for i := range list {
			l := &list[i]
			t := target(e, l.Resources)
			mine := l.Has(timetable.Ref{Kind: timetable.KindTeacher, ID: q.facts.Person})
			if mine {
				t.Owners = []ent.ID{q.facts.Person}
			}
			state := states[l.Key]
			if l.State == timetable.StateCancelled || !q.guard.Scope.Can(access.ActionCallWrite, t).Allowed {
				continue
			}
			forgotten := attendance.Forgotten(state, l, academy.Paris(), 20*60*1e9, a.source.Now())
			if !mine && !forgotten {
				continue
			}
			if state == "" {
				state = attendance.CallToDo
			}
			x := callLink{State: state.Label(ent.FR), Path: address("/vie/appel", "cours", string(l.Course), "jour", l.On.String())}
			v := a.lessonView(d, l, timetable.KindTeacher)
			x.Text = v.From + " – " + v.Subject + ", " + v.Set
			switch {
			case forgotten:
				x.State = "en attente"
			case a.source.Now().Before(timetable.Instant(l.Date, l.Start, academy.Paris())):
				x.State, x.Path = "à venir", "" // no roll is called before its lesson
			}
			out = append(out, x)
		}
	}
	return out, nil
}

type callData struct {
	Course, Day      string
	Submission       string
	Base             int
	Pupils           []callPupil
	Clashes          []string
	Wrong            string
	Saved            bool
	Absent, Late     int
	Start, End       string
	Done             bool
	Title, Lead      string
	Early            bool
	Uncalled         int
	FirstMin, EndMin string
}

type callPupil struct {
	ID, Name, Field string
	Status          string
	At              string
	Note            string
}

func lessonKey(r *http.Request) (timetable.Key, bool) {
	on, err := ent.ParseDate(r.FormValue("jour"))
	k := timetable.Key{Course: ent.ID(r.FormValue("cours")), On: on}
	return k, err == nil && k.Course != ""
}

func (a *Area) callPage(r *http.Request, q *asking) (web.Page, error) {
	return a.showCall(r, q, callData{Saved: r.FormValue("fait") != ""})
}

// showCall shows the register of a lesson, with what a form just did.
func (a *Area) showCall(r *http.Request, q *asking, data callData) (web.Page, error) {
	k, ok := lessonKey(r)
	if !ok {
		return web.Page{}, web.ErrNotFound
	}
	reg, err := a.calls.Register(r.Context(), q.calls(), k)
	if err != nil {
		return failed(err)
	}
	d, err := a.source.day(r.Context(), schoolOf(k))
	if err != nil {
		return failed(err)
	}
	v := a.lessonView(d, &reg.Lesson.Lesson, timetable.KindTeacher)
	data.Course, data.Day, data.Base, data.Submission = string(k.Course), k.On.String(), reg.Call.Revision, string(newID())
	data.Start, data.End, data.Done = reg.Lesson.Start.String(), reg.Lesson.End.String(), reg.Call.State == attendance.CallDone
	data.Uncalled = len(reg.Call.Uncalled(reg.Lesson.Pupils))
	pupils := slices.Clone(reg.Lesson.Pupils)
	school.SortFrench(pupils, func(id *ent.ID) string { return a.source.PupilName(*id) })
	for n, id := range pupils {
		p := callPupil{ID: string(id), Name: a.source.PupilName(id), Field: "p" + strconv.Itoa(n), Status: string(attendance.StatusPresent)}
		for _, e := range reg.Expected {
			if e.Pupil == id {
				p.Note = web.French("déjà noté : ") + e.Kind.Label(ent.FR)
				if e.Kind == attendance.KindAbsence {
					p.Status = string(attendance.StatusAbsent)
				}
			}
		}
		if e, ok := reg.Call.Entry(id); ok {
			p.Status = string(e.Status)
			if e.Mark.At != 0 {
				p.At = e.Mark.At.String()
			}
			switch e.Status {
			case attendance.StatusAbsent:
				data.Absent++
			case attendance.StatusLate:
				data.Late++
			default:
			}
		}
		if data.Wrong != "" { // what was typed stays
			if i := typedField(r, id); i != "" {
				p.Status, p.At = r.PostFormValue(i), r.PostFormValue(i+".heure")
			}
		}
		data.Pupils = append(data.Pupils, p)
	}
	return web.Page{
		Title: web.French("Appel : ") + v.Subject + ", " + v.Set, Lead: weekday(reg.Lesson.Date) + ", de " + v.From + " à " + v.To, View: a.views["call"], Data: data,
		Trail: []web.Link{{Text: "Vie scolaire", Path: "/vie"}},
	}, nil
}

// typedField is the field of a pupil in the form that was sent.
func typedField(r *http.Request, pupil ent.ID) string {
	for name, values := range r.PostForm {
		if field, ok := strings.CutSuffix(name, ".id"); ok && len(values) == 1 && values[0] == string(pupil) {
			return field
		}
	}
	return ""
}

// takeCall takes a roll call. The form carries the identifier that it was made with: sent twice, it is taken once.
func (a *Area) takeCall(r *http.Request, q *asking) (web.Page, error) {
	k, ok := lessonKey(r)
	if !ok {
		return web.Page{}, web.ErrNotFound
	}
	base, err := strconv.Atoi(r.FormValue("version"))
	if err != nil {
		return web.Page{}, web.ErrNotFound
	}
	sent := attendance.Submission{ID: ent.ID(r.FormValue("envoi")), Lesson: k, Base: base, Done: true}
	for name, values := range r.PostForm {
		field, isID := strings.CutSuffix(name, ".id")
		if !isID {
			continue
		}
		m := attendance.Mark{Pupil: ent.ID(values[0]), Status: attendance.Status(r.PostFormValue(field))}
		if m.Status == attendance.StatusLate || m.Status == attendance.StatusLeft {
			if m.At, err = timetable.ParseClock(r.PostFormValue(field + ".heure")); err != nil {
				return a.showCall(r, q, callData{Wrong: web.French("Indiquez l'heure d'arrivée de ") + a.source.PupilName(m.Pupil) + web.French(" : un retard sans heure ne s'enregistre pas.")})
			}
		}
		sent.Marks = append(sent.Marks, m)
	}
	slices.SortFunc(sent.Marks, func(x, y attendance.Mark) int { return strings.Compare(string(x.Pupil), string(y.Pupil)) })
	_, clashes, err := a.calls.Take(r.Context(), q.calls(), sent)
	if hidden(err) && !errors.Is(err, attendance.CodeLesson) {
		return failed(err)
	}
	if err != nil {
		text, ours := sentence(err)
		if !ours {
			return failed(err)
		}
		return a.showCall(r, q, callData{Wrong: text})
	}
	if len(clashes) == 0 {
		return web.Page{Redirect: address("/vie/appel", "cours", string(k.Course), "jour", k.On.String(), "fait", "1")}, nil
	}
	var data callData
	data.Saved = true
	for _, c := range clashes {
		data.Clashes = append(data.Clashes, a.source.PupilName(c.Yours.Pupil)+web.French(" : ")+a.source.StaffName(c.Theirs.By)+web.French(" a noté « "+c.Theirs.Status.Label(ent.FR)+" », vous « "+c.Yours.Status.Label(ent.FR)+" »."))
	}
	return a.showCall(r, q, data)
}
