package marks

import (
	"net/http"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/examples/portal/academy"
	"github.com/opencartable/cartable/examples/portal/web"
	"github.com/opencartable/cartable/schoollife/gradebook"
)

// assessmentForm is a new assessment, as it was typed.
type assessmentForm struct {
	Label, Date, Scale, Coefficient, Published string
	Formative                                  bool
	Wrong                                      string
	// ID is made with the form, so that sending it twice adds one assessment.
	ID string
}

func number(s string) (decimal.Decimal, bool) {
	d, err := ent.ParseNumber(strings.Replace(strings.TrimSpace(s), ",", ".", 1))
	return d, err == nil
}

// addAssessment writes a new assessment.
func (a *Area) addAssessment(r *http.Request, q *asking) (web.Page, error) {
	g, err := a.read(r, q)
	if err != nil {
		return web.Page{}, err
	}
	f := assessmentForm{
		Label: strings.TrimSpace(r.PostFormValue("label")), Date: r.PostFormValue("date"), Scale: r.PostFormValue("scale"),
		Coefficient: r.PostFormValue("coefficient"), Published: r.PostFormValue("published"), Formative: r.PostFormValue("formative") != "",
		ID: r.PostFormValue("id"),
	}
	scale, ok1 := number(f.Scale)
	coefficient, ok2 := number(f.Coefficient)
	date, err1 := ent.ParseDate(f.Date)
	published := date
	var err2 error
	if f.Published != "" {
		published, err2 = ent.ParseDate(f.Published)
	}
	switch {
	case f.Label == "":
		f.Wrong = "Il faut un intitulé."
	case !ok1 || !ok2:
		f.Wrong = "Le barème et le coefficient sont des nombres, comme 20 et 1,5."
	case err1 != nil || err2 != nil:
		f.Wrong = "Les dates s'écrivent jour, mois, année."
	}
	if f.Wrong == "" {
		x := gradebook.Assessment{Label: f.Label, Date: date, Published: published, Scale: scale, Coefficient: coefficient, Formative: f.Formative}
		k := gradebook.Key{Kind: gradebook.EntryAssessment, Period: g.Period.ID, Teaching: g.Course.Teaching.ID, Of: ent.ID(f.ID)}
		out, err := a.desk.Save(r.Context(), q.Asker, []gradebook.Change{{Key: k, Value: gradebook.Value{Assessment: &x}}}, gradebook.SaveOptions{})
		if err != nil {
			return failed(err)
		}
		if len(out.Conflicts) > 0 {
			f.Wrong = "Une autre évaluation a été ajoutée entre-temps sous ce numéro : recommencez."
			f.ID = ""
		} else if len(out.Refused) == 0 {
			return web.Page{Redirect: address("/notes/saisie", "service", string(g.Course.Teaching.ID), "periode", string(g.Period.ID))}, nil
		}
		if len(out.Refused) > 0 {
			f.Wrong = reason(out.Refused[0].Err)
		}
	}
	f.Wrong = web.French(f.Wrong)
	p := a.show(g, a.gridData(g, nil), f)
	p.Status = http.StatusUnprocessableEntity
	return p, nil
}

// trailData is the history of a mark.
type trailData struct {
	Lines []trailLine
	Back  string
}

type trailLine struct{ When, Who, Before, After, Why string }

// trail shows who wrote a mark, when, before, after and why.
func (a *Area) trail(r *http.Request, q *asking) (web.Page, error) {
	k := gradebook.Key{
		Kind: gradebook.EntryMark, Period: ent.ID(r.FormValue("periode")), Teaching: ent.ID(r.FormValue("service")), Of: ent.ID(r.FormValue("evaluation")),
		Pupil: ent.ID(r.FormValue("eleve")),
	}
	list, err := a.desk.History(r.Context(), q.Asker, k)
	if err != nil {
		return failed(err)
	}
	d := trailData{Back: address("/notes/saisie", "service", string(k.Teaching), "periode", string(k.Period))}
	before := ""
	for _, e := range list {
		after := e.Value.Result.Text(ent.FR)
		d.Lines = append(d.Lines, trailLine{e.At.In(academy.Paris()).Format("02/01/2006 15:04"), a.source.StaffName(e.By), before, after, e.Why})
		before = after
	}
	return web.Page{
		Title: "Historique d'une note", Lead: a.source.PupilName(k.Pupil), View: a.views["trail"], Data: d,
		Trail: []web.Link{{Text: "Notes", Path: "/notes"}, {Text: "Saisie", Path: d.Back}},
	}, nil
}
