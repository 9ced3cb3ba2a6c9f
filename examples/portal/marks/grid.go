package marks

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/examples/portal/school"
	"github.com/opencartable/cartable/examples/portal/web"
	"github.com/opencartable/cartable/schoollife/gradebook"
)

// gridData is a teaching in a period, as a teacher enters it.
type gridData struct {
	Teaching, Period ent.ID
	Periods          []periodLink
	Columns          []column
	Rows             []row
	Mean             string
	// Locked says why nothing can be written; empty when somebody's marks can.
	Locked string
	Saved  int
	// Troubles are the cells that were not saved, and why.
	Troubles []trouble
	Form     assessmentForm
	Today    string
}

type periodLink struct {
	web.Link
	Current bool
}

type column struct {
	ID, Label, Date, Scale, Coefficient, Published string
	Formative                                      bool
}

type row struct {
	ID      ent.ID
	Name    string
	Cells   []cell
	Average average
}

// cell is an input of the grid. Was holds the version and the text that were shown, so that only what changed is saved.
type cell struct {
	ID, Name, Value, Was, Label, Trouble string
	Locked                               bool
}

type average struct{ Text, Why string }

type trouble struct{ ID, Who, Text, Trail string }

const (
	valueField = "v:"
	wasField   = "o:"
)

func (a *Area) grid(r *http.Request, q *asking) (web.Page, error) {
	g, err := a.read(r, q)
	if err != nil {
		return web.Page{}, err
	}
	d := a.gridData(g, nil)
	if n, err := strconv.Atoi(r.FormValue("enregistre")); err == nil && n > 0 {
		d.Saved = n
	}
	return a.show(g, d, assessmentForm{}), nil
}

// read returns the grid that a request names, of its first period when it names none.
func (a *Area) read(r *http.Request, q *asking) (*gradebook.Grid, error) {
	teaching, period := ent.ID(r.FormValue("service")), ent.ID(r.FormValue("periode"))
	if period == "" {
		c, err := a.source.Course(r.Context(), tenant, teaching)
		if err != nil {
			return nil, err
		}
		period = c.Periods[0].ID
	}
	g, err := a.desk.Grid(r.Context(), q.Asker, teaching, period)
	if err != nil {
		return nil, fmt.Errorf("portal: %w", err)
	}
	school.SortFrench(g.Pupils, func(id *ent.ID) string { return a.source.PupilName(*id) })
	return &g, nil
}

func (a *Area) show(g *gradebook.Grid, d gridData, form assessmentForm) web.Page {
	if d.Form = form; d.Form.ID == "" {
		d.Form.ID = rand.Text()
	}
	return web.Page{
		Title: teachingTitle(&g.Course.Teaching), Lead: g.Period.Label, View: a.views["grid"], Data: d, Script: "/static/notes.js",
		Trail: []web.Link{{Text: "Notes", Path: "/notes"}},
	}
}

// gridData shows a grid, with what was typed instead of what is kept.
func (a *Area) gridData(g *gradebook.Grid, typed map[gradebook.Key]string) gridData {
	t := &g.Course.Teaching
	d := gridData{Teaching: t.ID, Period: g.Period.ID, Today: a.source.Today().String()}
	for _, p := range g.Course.Periods {
		d.Periods = append(d.Periods, periodLink{
			web.Link{Text: p.Label, Path: address("/notes/saisie", "service", string(t.ID), "periode", string(p.ID))}, p.ID == g.Period.ID,
		})
	}
	for _, x := range g.Assessments {
		d.Columns = append(d.Columns, column{
			string(x.ID), x.Label, x.Date.French(), french(x.Scale), french(x.Coefficient), x.Published.French(), x.Formative,
		})
	}
	sheet, err := gradebook.Compute(policy(), gridInput(g, typed))
	for n, pupil := range g.Pupils {
		line := row{ID: pupil, Name: a.source.PupilName(pupil)}
		for i := range g.Assessments {
			x := &g.Assessments[i]
			e := g.Mark(x.ID, pupil)
			kept := e.Value.Result.Text(ent.FR)
			c := cell{
				ID: "c" + strconv.Itoa(n) + "-" + strconv.Itoa(i), Name: string(x.ID) + ":" + string(pupil), Value: kept, Was: strconv.FormatInt(e.Version, 10) + "|" + kept,
				Label: line.Name + ", " + x.Label, Locked: !g.Writable || g.Refused[pupil] != nil,
			}
			if text, ok := typed[gradebook.Key{Of: x.ID, Pupil: pupil}]; ok {
				c.Value = text
			}
			line.Cells = append(line.Cells, c)
		}
		if err == nil {
			line.Average = averageOf(sheet, t.ID, g.Period.ID, pupil)
		}
		d.Rows = append(d.Rows, line)
	}
	if err == nil {
		if st, err := sheet.Statistics(gradebook.Ref{Teaching: t.ID, Period: g.Period.ID}); err == nil && st.Count > 0 {
			d.Mean = french(st.Mean)
		}
	}
	if !g.Writable {
		d.Locked = "Ces notes sont celles d’autres enseignants : vous les lisez."
	} else if len(g.Refused) == len(g.Pupils) && len(g.Pupils) > 0 {
		d.Locked = reason(g.Refused[g.Pupils[0]])
	}
	return d
}

// averageOf is the average of a pupil with its reasons.
func averageOf(sheet *gradebook.Sheet, teaching, period, pupil ent.ID) average {
	r := gradebook.Ref{Pupil: pupil, Teaching: teaching, Period: period}
	avg, err := sheet.Average(r)
	if err != nil {
		return average{}
	}
	v, ok := avg.Decimal()
	if !ok {
		return average{}
	}
	out := average{Text: french(v)}
	if why, err := sheet.Explain(r); err == nil {
		out.Why = web.French(why.Text(ent.FR))
	}
	return out
}

// gridInput is what averages are computed from; what cannot be read counts as it was.
func gridInput(g *gradebook.Grid, typed map[gradebook.Key]string) gradebook.Input {
	in := gradebook.Input{
		Periods: g.Course.Periods, Teachings: []gradebook.Teaching{g.Course.Teaching}, Members: g.Course.Members, Assessments: g.Assessments,
	}
	for _, pupil := range g.Pupils {
		for i := range g.Assessments {
			id := g.Assessments[i].ID
			result := g.Mark(id, pupil).Value.Result
			if text, ok := typed[gradebook.Key{Of: id, Pupil: pupil}]; ok {
				if x, err := gradebook.ParseResult(text); err == nil {
					result = x
				}
			}
			in.Marks = append(in.Marks, gradebook.Mark{Pupil: pupil, Assessment: id, Result: result})
		}
		final := g.Entries[gradebook.Key{Kind: gradebook.EntryFinal, Period: g.Period.ID, Teaching: g.Course.Teaching.ID, Pupil: pupil}]
		in.Finals = append(in.Finals, gradebook.Final{Pupil: pupil, Teaching: g.Course.Teaching.ID, Period: g.Period.ID, Result: final.Value.Result})
	}
	return in
}

// french writes a number with a comma.
func french(d decimal.Decimal) string {
	s := ent.NumberText(d)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return strings.Replace(s, ".", ",", 1)
}

// reason is the French sentence of an error that is an Issue.
func reason(err error) string {
	if i, ok := errors.AsType[ent.Issue](err); ok {
		return web.French(i.Message(ent.FR))
	}
	for _, c := range []ent.Code{gradebook.CodeEntry, gradebook.CodeNegative, gradebook.CodePrecision, gradebook.CodeConflict} {
		if rule, ok := gradebook.Catalog().Rule(c); ok && errors.Is(err, c) {
			return web.French(rule.FR)
		}
	}
	return "Refusé."
}

// change is a cell that was changed, as it was typed.
type change struct {
	key  gradebook.Key
	text string
	base int64
}

// changes reads what a grid sent: the cells whose text is not the one that was shown.
func changes(r *http.Request, g *gradebook.Grid) []change {
	var out []change
	for _, pupil := range g.Pupils {
		for i := range g.Assessments {
			name := string(g.Assessments[i].ID) + ":" + string(pupil)
			if _, sent := r.PostForm[valueField+name]; !sent {
				continue
			}
			text := strings.TrimSpace(r.PostFormValue(valueField + name))
			version, was, _ := strings.Cut(r.PostFormValue(wasField+name), "|")
			base, err := strconv.ParseInt(version, 10, 64)
			if err != nil || text == was {
				continue
			}
			out = append(out, change{g.Mark(g.Assessments[i].ID, pupil).Key, text, base})
			out[len(out)-1].key = gradebook.Key{
				Kind: gradebook.EntryMark, Period: g.Period.ID, Teaching: g.Course.Teaching.ID, Of: g.Assessments[i].ID, Pupil: pupil,
			}
		}
	}
	return out
}

func typedOf(list []change) map[gradebook.Key]string {
	out := map[gradebook.Key]string{}
	for _, c := range list {
		out[gradebook.Key{Of: c.key.Of, Pupil: c.key.Pupil}] = c.text
	}
	return out
}

// preview answers with the averages of what is typed, which is not saved.
func (a *Area) preview(r *http.Request, q *asking) (web.Page, error) {
	g, err := a.read(r, q)
	if err != nil {
		return web.Page{}, err
	}
	return web.Page{View: a.views["grid"], Fragment: "averages", Data: a.gridData(g, typedOf(changes(r, g)))}, nil
}

// save writes the cells that changed, and shows the grid with what was not saved.
func (a *Area) save(r *http.Request, q *asking) (web.Page, error) {
	g, err := a.read(r, q)
	if err != nil {
		return web.Page{}, err
	}
	sent := changes(r, g)
	var list []gradebook.Change
	refusals := map[gradebook.Key]string{}
	left := map[gradebook.Key]string{} // what stays typed
	for _, c := range sent {
		result, err := gradebook.ParseResult(c.text)
		if err != nil {
			refusals[c.key], left[gradebook.Key{Of: c.key.Of, Pupil: c.key.Pupil}] = reason(err), c.text
			continue
		}
		comment := g.Entries[c.key].Value.Text
		list = append(list, gradebook.Change{Key: c.key, Base: c.base, Value: gradebook.Value{Result: result, Text: comment}})
	}
	out, err := a.desk.Save(r.Context(), q.Asker, list, gradebook.SaveOptions{})
	if err != nil {
		return failed(err)
	}
	for _, x := range out.Refused {
		refusals[x.Change.Key], left[gradebook.Key{Of: x.Change.Of, Pupil: x.Change.Pupil}] = reason(x.Err), x.Change.Value.Result.Text(ent.FR)
	}
	for _, x := range out.Conflicts {
		theirs := cmp.Or(x.Theirs.Value.Result.Text(ent.FR), "vide")
		refusals[x.Yours.Key] = web.French("Pendant ce temps, " + a.source.StaffName(x.Theirs.By) + " a enregistré : " + theirs + ". Enregistrez à nouveau pour le remplacer.")
		left[gradebook.Key{Of: x.Yours.Of, Pupil: x.Yours.Pupil}] = x.Yours.Value.Result.Text(ent.FR)
	}
	if len(refusals) == 0 {
		return web.Page{Redirect: address("/notes/saisie", "service", string(g.Course.Teaching.ID), "periode", string(g.Period.ID), "enregistre", strconv.Itoa(len(out.Saved)))}, nil
	}
	if g, err = a.read(r, q); err != nil {
		return web.Page{}, err
	}
	d := a.gridData(g, left)
	d.Saved = len(out.Saved)
	for i := range d.Rows {
		for j := range d.Rows[i].Cells {
			k := gradebook.Key{
				Kind: gradebook.EntryMark, Period: g.Period.ID, Teaching: g.Course.Teaching.ID, Of: g.Assessments[j].ID, Pupil: d.Rows[i].ID,
			}
			if text, ok := refusals[k]; ok {
				c := &d.Rows[i].Cells[j]
				c.Trouble = text
				t := trouble{ID: c.ID, Who: c.Label, Text: text}
				if g.Entries[k].Version > 0 {
					t.Trail = address("/notes/trace", "service", string(k.Teaching), "periode", string(k.Period), "evaluation", string(k.Of), "eleve", string(k.Pupil))
				}
				d.Troubles = append(d.Troubles, t)
			}
		}
	}
	p := a.show(g, d, assessmentForm{})
	p.Status = http.StatusUnprocessableEntity
	return p, nil
}
