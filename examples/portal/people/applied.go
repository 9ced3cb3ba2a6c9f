package people

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/ent/directory/directorysql"
	"github.com/opencartable/cartable/examples/portal/web"
)

// apply applies a plan that somebody has read.
func (a *Area) apply(r *http.Request, q *asking) (web.Page, error) {
	key := r.PathValue("key")
	plan, _, ok := a.plans.get(key, q.who.Ref)
	if !ok {
		return a.planWith(r, q, planData{})
	}
	done, err := a.store.Apply(r.Context(), plan, directorysql.ApplyOptions{Actor: q.actor(), Consent: r.PostFormValue("accord") == "1"})
	switch {
	case errors.Is(err, directorysql.CodeBlocked):
		return a.planWith(r, q, planData{Unconfirmed: true})
	case errors.Is(err, directorysql.CodeStale):
		return a.planWith(r, q, planData{Problem: message(directorysql.Catalog(), directorysql.CodeStale)})
	case err != nil:
		return web.Page{}, fmt.Errorf("portal: %w", err)
	}
	a.plans.drop(key)
	return web.Page{Redirect: "/annuaire/imports/" + strconv.FormatInt(done.Plan, 10)}, nil
}

// message is the text of a rule without parameters.
func message(c *ent.Catalog, code ent.Code) string {
	return web.French(c.New(code, ent.Pos{}, "$").Message(ent.FR))
}

type reportData struct {
	applied
	Tallies  []tally
	Total    ent.Tally
	Balanced bool
	Findings []web.Finding
	Problem  string
	// Undo is what an undo that was just made gave back.
	Undo         []tally
	UndoFindings []web.Finding
	Done         bool
}

type tally struct {
	Kind string
	ent.Tally
}

func (a *Area) reportPage(r *http.Request, _ *asking) (web.Page, error) {
	return a.reportWith(r, reportData{})
}

func (a *Area) reportWith(r *http.Request, d reportData) (web.Page, error) {
	n, err := strconv.ParseInt(r.PathValue("number"), 10, 64)
	if err != nil {
		return web.Page{}, web.ErrNotFound
	}
	last, err := a.store.Plans(r.Context(), lastPlans)
	if err != nil {
		return web.Page{}, fmt.Errorf("portal: %w", err)
	}
	for i := range last {
		if last[i].Plan != n {
			continue
		}
		report := last[i].Report
		d.applied = a.applied(&last[i], i == 0)
		d.Total, d.Balanced, d.Findings = report.Total(), report.Balanced(), web.Findings(report)
		for _, op := range directory.Ops() {
			if t := report.Tally(string(op)); t != (ent.Tally{}) {
				d.Tallies = append(d.Tallies, tally{label(op), t})
			}
		}
		p := web.Page{
			Title: "Import n° " + strconv.FormatInt(n, 10), View: a.views["applied"], Data: d,
			Trail: []web.Link{{Text: "Import", Path: "/annuaire/import"}},
		}
		if d.Problem != "" {
			p.Status = http.StatusUnprocessableEntity
		}
		return p, nil
	}
	return web.Page{}, web.ErrNotFound
}

// undo gives back what the directory was before the last plan.
func (a *Area) undo(r *http.Request, q *asking) (web.Page, error) {
	n, err := strconv.ParseInt(r.PathValue("number"), 10, 64)
	if err != nil {
		return web.Page{}, web.ErrNotFound
	}
	if r.PostFormValue("sur") != "1" {
		return a.reportWith(r, reportData{Problem: web.French("Cochez la case pour confirmer l'annulation.")})
	}
	report, err := a.store.Undo(r.Context(), n, q.actor())
	switch {
	case errors.Is(err, directorysql.CodeUndo):
		return a.reportWith(r, reportData{Problem: message(directorysql.Catalog(), directorysql.CodeUndo)})
	case err != nil:
		return web.Page{}, fmt.Errorf("portal: %w", err)
	}
	d := reportData{Done: true, UndoFindings: web.Findings(report)}
	for _, kind := range report.Kinds() {
		d.Undo = append(d.Undo, tally{undoLabel(kind), report.Tally(kind)})
	}
	return a.reportWith(r, d)
}

func undoLabel(kind string) string {
	switch kind {
	case "changed":
		return "personnes rendues à leur état d’avant"
	case "created":
		return "personnes créées, retirées"
	}
	return kind
}
