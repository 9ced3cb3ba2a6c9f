package life

import (
	"net/http"
	"slices"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
	"github.com/opencartable/cartable/examples/portal/academy"
	"github.com/opencartable/cartable/examples/portal/web"
	"github.com/opencartable/cartable/schoollife/attendance"
)

type absencesData struct {
	Pupil   string
	Choices []web.Link
	// Open are to settle, Settled are regularised or declared.
	Open, Settled []absenceGroup
	Reasons       []reasonChoice
	Total         int
	Unjustified   int
	Late          int
	Hours         int
	Why           string
	Wrong         string
	Sent          bool
	MayDeclare    bool
}

type reasonChoice struct{ Code, Label string }

type absenceGroup struct {
	ID       string
	Text     string
	From, To string
	State    string
}

// office reports whether somebody treats absences in one of their schools.
func (a *Area) office(q *asking) bool {
	for _, e := range q.establishments() {
		if q.guard.Scope.Can(access.ActionAbsenceWrite, target(e, nil)).Allowed {
			return true
		}
	}
	return false
}

func (a *Area) absences(r *http.Request, q *asking) (web.Page, error) {
	pupils := q.pupils(access.ActionAbsenceRead)
	pupil := ent.ID(r.FormValue("eleve"))
	if pupil == "" && len(pupils) > 0 {
		pupil = pupils[0]
	}
	if pupil == "" {
		if !a.office(q) {
			return web.Page{}, web.ErrNotFound
		}
		return a.officePage(r, q, "")
	}
	return a.absencesOf(r, q, pupil, absencesData{Sent: r.FormValue("envoye") != ""})
}

// absencesOf shows what is known of a pupil, and what is to be settled.
func (a *Area) absencesOf(r *http.Request, q *asking, pupil ent.ID, data absencesData) (web.Page, error) {
	today := a.source.Today()
	first := a.source.Year().First()
	events, err := a.calls.Events(r.Context(), q.calls(), pupil, first, today)
	if err != nil {
		return failed(err)
	}
	declared, err := a.calls.Declarations(r.Context(), q.calls(), pupil, first, today)
	if err != nil {
		return failed(err)
	}
	figures, why, err := a.calls.Figures(r.Context(), q.calls(), pupil, first, today)
	if err != nil {
		return failed(err)
	}
	schedule, err := a.calls.School.Schedule(r.Context(), tenant, pupil)
	if err != nil {
		return failed(err)
	}
	data.Pupil, data.Total, data.Unjustified, data.Late, data.Hours = string(pupil), figures.Total, figures.Unjustified, figures.Latenesses, figures.Hours()
	data.Why = web.French(why.Render(ent.FR, ent.Reader{Audience: ent.AudienceConcerned, Person: pupil}))
	groups := attendance.Group(events, schedule)
	slices.Reverse(groups) // the last first
	for _, g := range groups {
		x := a.group(g)
		settled := g[0].Regularised || g[0].Kind == attendance.KindInfirmary || g[0].Kind == attendance.KindOutside
		for _, d := range declared {
			if !settled && d.Covers(attendance.Span{From: g[0].From, To: g[len(g)-1].To}) && (d.Treated.IsZero() || !d.Accepted) {
				if d.Treated.IsZero() {
					x.State, settled = web.French("motif envoyé, à l'étude : "+a.reasons.Shown(d.Reason, ent.FR)), true
				} else {
					x.State = "motif refusé par l'établissement"
				}
			}
		}
		if settled {
			data.Settled = append(data.Settled, x)
		} else {
			data.Open = append(data.Open, x)
		}
	}
	for _, c := range a.declared {
		data.Reasons = append(data.Reasons, reasonChoice{string(c.Code), c.Label.FR})
	}
	for _, p := range q.pupils(access.ActionAbsenceRead) {
		data.Choices = append(data.Choices, web.Link{Text: a.source.PupilName(p), Path: address("/vie/absences", "eleve", string(p))})
	}
	if t, ok := a.source.pupilTarget(pupil); ok {
		data.MayDeclare = q.guard.Scope.Can(access.ActionAbsenceDeclare, t).Allowed
	}
	return web.Page{
		Title: "Absences de " + a.source.PupilName(pupil), View: a.views["absences"], Data: data, Trail: []web.Link{{Text: "Vie scolaire", Path: "/vie"}},
	}, nil
}

func (a *Area) group(g []attendance.Event) absenceGroup {
	first, last := &g[0], &g[len(g)-1]
	x := absenceGroup{ID: string(first.ID), From: first.From.String(), To: last.To.String()}
	x.Text = capital(first.Kind.Label(ent.FR)) + " du " + weekday(first.From.Date) + ", de " + first.From.At.French() + " à " + last.To.At.French()
	if last.To.Date != first.From.Date {
		x.Text = capital(first.Kind.Label(ent.FR)) + " du " + weekday(first.From.Date) + " au " + weekday(last.To.Date)
	}
	if first.Regularised {
		x.State = "réglée"
		if shown := a.reasons.Shown(first.Reason, ent.FR); shown != "" {
			x.State = web.French("réglée : " + shown)
		}
	}
	return x
}

func capital(s string) string {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return s
	}
	return string(s[0]-'a'+'A') + s[1:]
}

func (a *Area) declare(r *http.Request, q *asking) (web.Page, error) {
	pupil := ent.ID(r.FormValue("eleve"))
	from, err1 := attendance.ParseMoment(r.FormValue("debut"))
	to, err2 := attendance.ParseMoment(r.FormValue("fin"))
	if err1 != nil || err2 != nil {
		return web.Page{}, web.ErrNotFound
	}
	d := attendance.Declaration{Pupil: pupil, Span: attendance.Span{From: from, To: to}, Reason: ent.Code(r.FormValue("motif")), Text: r.FormValue("texte")}
	_, err := a.calls.Declare(r.Context(), q.calls(), d)
	if err == nil {
		return web.Page{Redirect: address("/vie/absences", "eleve", string(pupil), "envoye", "1")}, nil
	}
	if text, ours := sentence(err); ours && !hidden(err) {
		return a.absencesOf(r, q, pupil, absencesData{Wrong: text})
	}
	return failed(err)
}

type officeData struct {
	Waiting []officeDeclaration
	Absent  []web.Link
	Wrong   string
	Done    bool
}

type officeDeclaration struct {
	ID, Pupil, Name string
	Text            string
	Reason, Words   string
	Legal           bool
}

// officePage lists what the office has to treat, and who is not there today.
func (a *Area) officePage(r *http.Request, q *asking, wrong string) (web.Page, error) {
	data := officeData{Wrong: wrong, Done: r.FormValue("fait") != ""}
	today := a.source.Today()
	for _, e := range q.establishments() {
		if q.guard.Require(access.ActionAbsenceWrite, target(e, nil)) != nil {
			continue
		}
		d, err := a.source.day(r.Context(), e)
		if err != nil {
			return failed(err)
		}
		if d == nil {
			continue
		}
		var pupils []ent.ID
		for _, c := range d.year.Classes() {
			pupils = append(pupils, d.year.Pupils(c.ID)...)
		}
		list, err := a.source.Attendance.Declarations(r.Context(), tenant, attendance.Query{Pupils: pupils})
		if err != nil {
			return failed(err)
		}
		for _, x := range list {
			if !x.Treated.IsZero() {
				continue
			}
			reason, _ := a.reasons.Get(x.Reason)
			data.Waiting = append(data.Waiting, officeDeclaration{
				ID: string(x.ID), Pupil: string(x.Pupil), Name: a.source.PupilName(x.Pupil), Reason: reason.Label.FR, Legal: reason.Legal, Words: x.Text,
				Text: "du " + weekday(x.From.Date) + " à " + x.From.At.French() + " au " + weekday(x.To.Date) + " à " + x.To.At.French() + ", reçu le " + x.At.In(academy.Paris()).Format("02/01/2006 à 15:04"),
			})
		}
		events, err := a.source.Attendance.Events(r.Context(), tenant, attendance.Query{Pupils: pupils, From: today, To: today})
		if err != nil {
			return failed(err)
		}
		for _, x := range events {
			data.Absent = append(data.Absent, web.Link{Text: a.source.PupilName(x.Pupil) + web.French(" : ") + x.Kind.Label(ent.FR) + " à " + x.From.At.French(), Path: address("/vie/absences", "eleve", string(x.Pupil))})
		}
	}
	return web.Page{Title: "Absences à traiter", Lead: weekday(today), View: a.views["office"], Data: data, Trail: []web.Link{{Text: "Vie scolaire", Path: "/vie"}}}, nil
}

func (a *Area) treat(r *http.Request, q *asking) (web.Page, error) {
	_, err := a.calls.Treat(r.Context(), q.calls(), ent.ID(r.FormValue("eleve")), ent.ID(r.FormValue("declaration")), r.FormValue("avis") == "accepter")
	if err == nil {
		return web.Page{Redirect: "/vie/absences?fait=1"}, nil
	}
	if text, ours := sentence(err); ours && !hidden(err) {
		return a.officePage(r, q, text)
	}
	return failed(err)
}
