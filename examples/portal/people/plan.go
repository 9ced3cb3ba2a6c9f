package people

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/examples/portal/web"
)

type planData struct {
	Path                string
	Name, Origin, Kind  string
	Date                ent.Date
	Until               string
	Empty, Delta        bool
	Blocks              []block
	Unconfirmed         bool
	Problem             string
	Counts              []countRow
	Total               int64
	Schools, Operations []option
	Filtered            bool
	Rows                []changeRow
	Pager               web.Pager
	Reading, Comparison []web.Finding
	Balanced            bool
	Read                ent.Tally
}

// block is a reason not to apply a plan without consent, with the school it is about.
type block struct{ School, Message string }

type countRow struct {
	What, Who string
	Count     int64
}

// changeRow is one change of a plan.
type changeRow struct {
	Op, What, Name, ID string
	Reason             string
	Schools            []string
	Fields             []fieldRow
	Attach, Detach     []string
	With               []string
}

type fieldRow struct{ Label, From, To string }

func (a *Area) planPage(r *http.Request, q *asking) (web.Page, error) {
	return a.planWith(r, q, planData{})
}

func (a *Area) planWith(r *http.Request, q *asking, d planData) (web.Page, error) {
	key := r.PathValue("key")
	plan, k, ok := a.plans.get(key, q.who.Ref)
	if !ok {
		return a.failed(r, "Ce plan n'existe pas, ou n'est plus valable : un plan attend une heure. Comparez de nouveau la livraison.", nil)
	}
	places, err := a.placesWith(r.Context(), plan)
	if err != nil {
		return web.Page{}, err
	}
	d.Path, d.Name, d.Until = "/annuaire/plans/"+key, k.name, moment(k.until)
	d.Origin, d.Date, d.Empty, d.Total = originLabel(plan.Feed.Origin), plan.Feed.Date, plan.Empty(), plan.Total()
	d.Kind, d.Delta = "Delta : des changements seulement", !plan.Feed.Complete
	if plan.Feed.Complete {
		d.Kind = "Complet : qui n’y est pas est parti"
	}
	d.Kind = web.French(d.Kind)
	for _, i := range plan.Blocks() {
		b := block{Message: web.French(i.Message(ent.FR))}
		if i.Pos.Record != "" {
			b.School = places.school(ent.ID(i.Pos.Record))
		}
		d.Blocks = append(d.Blocks, b)
	}
	d.Reading, d.Comparison = web.Findings(k.reading), web.Findings(k.comparison)
	d.Read, d.Balanced = k.comparison.Total(), k.comparison.Balanced()
	d.Counts = countsOf(plan)
	if err := a.fillRows(r, q, plan, places, &d); err != nil {
		return web.Page{}, err
	}
	p := web.Page{
		Title: "Plan d’import", View: a.views["plan"], Data: d, Trail: []web.Link{{Text: "Import", Path: "/annuaire/import"}},
		Lead: web.French("Ce que la livraison changerait, et pourquoi. Rien n'est fait encore."),
	}
	if d.Unconfirmed || d.Problem != "" {
		p.Status = http.StatusUnprocessableEntity
	}
	return p, nil
}

// placesWith names the places of the directory and those that a plan brings.
func (a *Area) placesWith(ctx context.Context, plan *directory.Plan) (*gazetteer, error) {
	g, err := a.places(ctx)
	if err != nil {
		return nil, err
	}
	for ch := range plan.Changes() {
		if ch.Object == directory.ObjectPerson {
			break // places come first
		}
		switch {
		case ch.Place == nil:
		case ch.Place.Establishment != nil:
			g.name(ch.Place.Establishment)
		case ch.Place.Class != nil:
			g.classes[ch.Place.Class.ID] = ch.Place.Class.Code
		case ch.Place.Group != nil:
			g.classes[ch.Place.Group.ID] = ch.Place.Group.Code
		}
	}
	return g, nil
}

// countsOf are the counts of the whole plan.
func countsOf(plan *directory.Plan) []countRow {
	var out []countRow
	for _, l := range plan.Lines() {
		if l.Establishment != "" {
			continue
		}
		who := label(l.Object)
		if l.Object == directory.ObjectPerson && l.Profile != "" {
			who = label(l.Profile)
		}
		out = append(out, countRow{label(l.Op), who, l.Count})
	}
	return out
}

// fillRows reads the filter and fills one page of changes.
func (a *Area) fillRows(r *http.Request, q *asking, plan *directory.Plan, places *gazetteer, d *planData) error {
	school, op := ent.ID(r.URL.Query().Get("etablissement")), directory.Op(r.URL.Query().Get("operation"))
	seen := map[ent.ID]bool{}
	for _, l := range plan.Lines() {
		seen[l.Establishment] = true
	}
	d.Schools = []option{{"", "tous les établissements", school == ""}}
	for _, id := range places.order {
		if seen[id] {
			d.Schools = append(d.Schools, option{string(id), places.school(id), id == school})
		}
	}
	d.Operations = []option{{"", "toutes les opérations", op == ""}}
	for _, o := range directory.Ops() {
		if slices.ContainsFunc(plan.Lines(), func(l directory.Line) bool { return l.Op == o }) {
			d.Operations = append(d.Operations, option{string(o), label(o), o == op})
		}
	}
	d.Filtered = school != "" || op != ""
	if school != "" {
		plan = plan.For(school)
	}
	total := 0
	wanted := func(ch *directory.Change) bool { return op == "" || ch.Op == op }
	for ch := range plan.Changes() {
		if wanted(&ch) {
			total++
		}
	}
	d.Pager = web.NewPager(pageOf(r), total, func(n int) string {
		return d.Path + "?" + url.Values{"etablissement": {string(school)}, "operation": {string(op)}, "page": {strconv.Itoa(n)}}.Encode()
	})
	var list []directory.Change
	n := 0
	for ch := range plan.Changes() {
		if !wanted(&ch) {
			continue
		}
		if n++; n >= d.Pager.First && n <= d.Pager.Last {
			list = append(list, ch)
		}
		if n == d.Pager.Last {
			break
		}
	}
	names, err := a.names(r.Context(), peopleOf(list))
	if err != nil {
		return err
	}
	for i := range list {
		d.Rows = append(d.Rows, q.row(&list[i], places, names))
	}
	return nil
}

// peopleOf are the accounts that some changes name.
func peopleOf(list []directory.Change) []ent.ID {
	var ids []ent.ID
	for i := range list {
		ch := &list[i]
		if ch.Object != directory.ObjectPerson {
			continue
		}
		ids = append(ids, ch.ID)
		ids = append(ids, ch.WithIDs...)
		ties := slices.Concat(ch.Attach, ch.Detach)
		if ch.Account != nil {
			ties = append(ties, ch.Account.Ties...)
		}
		for j := range ties {
			if ties[j].Kind == directory.TieRelative {
				ids = append(ids, ties[j].Target)
			}
		}
	}
	slices.Sort(ids)
	return slices.DeleteFunc(slices.Compact(ids), func(id ent.ID) bool { return id == "" })
}

func (q *asking) row(ch *directory.Change, places *gazetteer, names map[ent.ID]string) changeRow {
	x := changeRow{Op: label(ch.Op), What: label(ch.Object), ID: string(ch.ID), Reason: web.French(ch.Why().Message(ent.FR))}
	for _, e := range ch.Establishments {
		x.Schools = append(x.Schools, places.school(e))
	}
	if ch.Object != directory.ObjectPerson {
		x.Name = places.class(ch.ID)
		if ch.Object == directory.ObjectEstablishment {
			x.Name = places.school(ch.ID)
		}
		return x
	}
	x.What, x.Name = categoryLabel(ch.Key.Category), names[ch.ID]
	if ch.Profile != "" {
		x.What = label(ch.Profile)
	}
	attach := ch.Attach
	if ch.Account != nil {
		x.Name, x.ID, attach = shown(ch.Account.Person.Name), ch.Key.ID, ch.Account.Ties
	}
	for _, f := range ch.Fields {
		hidden := q.hides(f.Field, access.Target{Person: ch.ID, Profile: ch.Profile, Establishments: ch.Establishments})
		x.Fields = append(x.Fields, fieldRow{fieldLabel(f.Field), masked(f.From, hidden), masked(f.To, hidden)})
	}
	for i := range attach {
		x.Attach = append(x.Attach, places.tie(&attach[i], names))
	}
	for i := range ch.Detach {
		x.Detach = append(x.Detach, places.tie(&ch.Detach[i], names))
	}
	for _, id := range ch.WithIDs {
		x.With = append(x.With, names[id]+" ("+string(id)+")")
	}
	return x
}
