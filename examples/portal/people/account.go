package people

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/ent/directory/directorysql"
	"github.com/opencartable/cartable/examples/portal/web"
)

type accountData struct {
	accountRow
	ID, Since string
	Next      string
	Keys      []keyRow
	Ties      []tieRow
	Saved     bool
	History   []pastRow
	// Before is what the last import changed, which its undo would give back.
	Before []fieldRow
	Forms  string // where the forms are sent
	Gone   bool   // merged: nothing is to be done with it
}

type keyRow struct{ Origin, Category, ID, Gone string }

type tieRow struct{ Text, Origin string }

type pastRow struct{ At, What, By string }

// account shows an account: its keys, its ties, where it is in its life and what happened to it.
func (a *Area) account(r *http.Request, q *asking) (web.Page, error) {
	x, err := a.find(r.Context(), q, ent.ID(r.PathValue("id")))
	if err != nil {
		return web.Page{}, err
	}
	return a.accountWith(r, q, x)
}

func (a *Area) accountWith(r *http.Request, q *asking, x *directory.Account) (web.Page, error) {
	places, err := a.places(r.Context())
	if err != nil {
		return web.Page{}, err
	}
	ties := x.Ties
	if len(ties) == 0 {
		ties = x.Saved
	}
	var ids []ent.ID
	for _, t := range ties {
		if t.Kind == directory.TieRelative && t.Target != "" {
			ids = append(ids, t.Target)
		}
	}
	names, err := a.names(r.Context(), ids)
	if err != nil {
		return web.Page{}, err
	}
	d := accountData{
		accountRow: a.row(x, places), ID: string(x.ID), Since: x.Since.French(), Saved: len(x.Ties) == 0 && len(x.Saved) > 0,
		Forms: accountPath(x.ID), Gone: x.State == directory.Merged,
	}
	switch x.State {
	case directory.Missing:
		d.Next = "avant la mise en instance de suppression"
	case directory.PreDeleted:
		d.Next = "avant la suppression définitive"
	case directory.Active, directory.Purged, directory.Merged:
	}
	for _, k := range x.Keys {
		d.Keys = append(d.Keys, keyRow{originLabel(k.Origin), categoryLabel(k.Category), k.ID, k.Gone.French()})
	}
	for i := range ties {
		d.Ties = append(d.Ties, tieRow{places.tie(&ties[i], names), originLabel(ties[i].Origin)})
	}
	events, err := a.past(r.Context(), x.ID)
	if err != nil {
		return web.Page{}, err
	}
	for _, e := range events {
		d.History = append(d.History, pastRow{moment(e.At), eventLabel(e.Type), actorLabel(e.Actor)})
	}
	if d.Before, err = a.before(r, q, x); err != nil {
		return web.Page{}, err
	}
	return web.Page{
		Title: shown(x.Person.Name), View: a.views["account"], Data: d, Lead: capital(d.Category),
		Trail: []web.Link{{Text: "Comptes", Path: "/annuaire/comptes"}},
	}, nil
}

// before compares an account with what undoes the last import, as the directory holds it.
func (a *Area) before(r *http.Request, q *asking, x *directory.Account) ([]fieldRow, error) {
	held, err := a.store.Held(r.Context(), x.ID)
	if err != nil {
		return nil, fmt.Errorf("portal: %w", err)
	}
	i := slices.IndexFunc(held, func(h ent.Holding) bool { return h.Kind == "before the last plan" })
	if i < 0 {
		return nil, nil
	}
	var was directory.Account
	if err := json.Unmarshal(held[i].Data, &was); err != nil {
		return nil, fmt.Errorf("portal: what undoes a plan: %w", err)
	}
	var out []fieldRow
	if was.State != x.State {
		out = append(out, fieldRow{"état", stateLabel(was.State), stateLabel(x.State)})
	}
	for _, f := range directory.PersonFields() {
		if from, to := directory.Value(&was.Person, f), directory.Value(&x.Person, f); from != to {
			hidden := q.hides(f, directorysql.Target(x, x.Profile()))
			out = append(out, fieldRow{fieldLabel(f), masked(from, hidden), masked(to, hidden)})
		}
	}
	return out, nil
}

// change does what a form of the account's page asks.
func (a *Area) change(r *http.Request, q *asking) (web.Page, error) {
	x, err := a.find(r.Context(), q, ent.ID(r.PathValue("id")))
	if err != nil {
		return web.Page{}, err
	}
	if x.State == directory.Merged {
		return web.Page{}, web.ErrNotFound
	}
	switch r.PathValue("action") {
	case "activer":
		err = a.store.Activate(r.Context(), x.ID)
	case "bloquer":
		err = a.store.Block(r.Context(), x.ID, true, q.actor())
	case "debloquer":
		err = a.store.Block(r.Context(), x.ID, false, q.actor())
	default:
		return web.Page{}, web.ErrNotFound
	}
	if err != nil {
		return web.Page{}, fmt.Errorf("portal: %w", err)
	}
	return web.Page{Redirect: accountPath(x.ID)}, nil
}
