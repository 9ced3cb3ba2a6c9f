package marks

import (
	"net/http"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/examples/portal/web"
	"github.com/opencartable/cartable/schoollife/gradebook"
)

// pupilData is what a pupil and the family see.
type pupilData struct{ Periods []pupilPeriod }

type pupilPeriod struct {
	Label     string
	Published bool
	General   string
	Teachings []pupilTeaching
	Synthesis string
	Opinion   string
	Bulletin  string
}

type pupilTeaching struct {
	Label, Average, Why string
	Mean, Min, Max      string
	Marks               []pupilMark
	Appreciation        string
}

// Shown is the average with its reasons.
func (t pupilTeaching) Shown() average { return average{t.Average, t.Why} }

type pupilMark struct{ Label, Date, Text, Scale, Coefficient, Comment string }

func (a *Area) pupil(r *http.Request, q *asking) (web.Page, error) {
	id := ent.ID(r.FormValue("eleve"))
	v, err := a.desk.Pupil(r.Context(), q.Asker, id)
	if err != nil {
		return failed(err)
	}
	var d pupilData
	for _, p := range v.Periods {
		if !a.source.Today().Before(p.Period.Start) {
			d.Periods = append(d.Periods, a.periodOf(id, &p))
		}
	}
	return web.Page{
		Title: "Notes de " + a.source.PupilName(id), View: a.views["pupil"], Data: d, Trail: []web.Link{{Text: "Notes", Path: "/notes"}},
	}, nil
}

func (a *Area) periodOf(pupil ent.ID, p *gradebook.PeriodView) pupilPeriod {
	out := pupilPeriod{Label: p.Period.Label, Published: p.Published, Synthesis: p.Synthesis, Opinion: p.Opinion.Text, General: shown(p.General)}
	if p.Official {
		out.Bulletin = address("/notes/bulletin", "eleve", string(pupil), "periode", string(p.Period.ID))
	}
	for _, t := range p.Teachings {
		x := pupilTeaching{Label: t.Teaching.Label, Average: shown(t.Average), Appreciation: t.Appreciation}
		if t.Explanation != nil {
			x.Why = web.French(t.Explanation.Text(ent.FR))
		}
		if t.Class != nil {
			x.Mean, x.Min, x.Max = french(t.Class.Mean), french(t.Class.Min), french(t.Class.Max)
		}
		for _, m := range t.Marks {
			y := pupilMark{Label: m.Assessment.Label, Date: m.Assessment.Date.French(), Text: m.Result.Text(ent.FR), Comment: m.Comment}
			if _, points := m.Result.Points(); points {
				y.Scale = "/" + french(m.Assessment.Scale)
			}
			if !m.Assessment.Coefficient.Equal(decimal.New(1, 0)) {
				y.Coefficient = french(m.Assessment.Coefficient)
			}
			if m.Assessment.Formative {
				y.Comment = strings.TrimPrefix(y.Comment+" ; formative, ne compte pas", " ; ")
			}
			x.Marks = append(x.Marks, y)
		}
		out.Teachings = append(out.Teachings, x)
	}
	return out
}

// shown is a published average, "" for none.
func shown(a gradebook.Average) string {
	d, ok := a.Decimal()
	if !ok {
		return ""
	}
	return french(d)
}
