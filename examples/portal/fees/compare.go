package fees

import (
	"cmp"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/examples/portal/web"
	"github.com/opencartable/cartable/fees/feestest"
	"github.com/opencartable/cartable/fees/tariff"
	"github.com/opencartable/cartable/fees/tariff/grids"
)

// choice is a sheet that may be compared.
type choice struct {
	Name, Text    string
	Before, After bool
}

// row is a band of the table.
type row struct {
	Band                         string
	Households, More, Less, Same int64
	Before, After                string
}

// reason is why families were left out.
type reason struct {
	Households int64
	Text       string
	Code       ent.Code
}

type compareData struct {
	Choices             []choice
	Problem             string
	Chart, Figures      string
	Summary             string
	Before, After, Diff string
	Factor              string
	Crossings           []string
	Compared, LeftOut   int64
	Reasons             []reason
	Rows                []row
}

// The names of the sheets that are not among the published ones: the one in force, and the one that is being edited.
const (
	inForce = "en-vigueur"
	draft   = "brouillon"
)

// sheetOf returns a sheet by its name in the form. The families of the town have meals, so it must price them.
func (a *Area) sheetOf(name string) (sheet, error) {
	var s sheet
	switch name {
	case inForce:
		s = a.current()
	case draft:
		var ok bool
		if s, ok = a.edited(); !ok {
			return sheet{}, saidError("Il n’y a pas de texte en cours : vérifiez-le d’abord, sur la page « Tarif ».")
		}
	default:
		if !slices.Contains(grids.Names(), name) {
			return sheet{}, saidError("L’un des deux tarifs n’existe pas : choisissez-le dans la liste.")
		}
		var err error
		if s, err = read(name); err != nil {
			return sheet{}, err
		}
	}
	if !hasMeals(s.doc) {
		return sheet{}, saidError(fmt.Sprintf(
			"Le tarif « %s » n’a pas d’activité « %s » : il n’y a pas de repas à comparer.", s.doc.ID, feestest.Meal))
	}
	return s, nil
}

func hasMeals(doc *tariff.Tariff) bool {
	return slices.ContainsFunc(doc.Activities, func(a tariff.Activity) bool { return a.ID == feestest.Meal })
}

// choices are the sheets that price a meal.
func (a *Area) choices(before, after string) ([]choice, error) {
	list := []choice{{Name: inForce, Text: "Tarif en vigueur"}}
	if _, ok := a.edited(); ok {
		list = append(list, choice{Name: draft, Text: "Texte vérifié, non publié"})
	}
	for _, name := range grids.Names() {
		s, err := grids.Get(name)
		if err != nil {
			return nil, fmt.Errorf("portal: %w", err)
		}
		if hasMeals(s) {
			list = append(list, choice{Name: name, Text: s.Organiser.Name + " (" + name + ")"})
		}
	}
	for i := range list {
		list[i].Before, list[i].After = list[i].Name == before, list[i].Name == after
	}
	return list, nil
}

// simulate compares two sheets over the families of the town, each asked on a day of its own.
func (a *Area) simulate(before, after string) (tariff.Comparison, error) {
	one, err := a.sheetOf(before)
	if err != nil {
		return tariff.Comparison{}, err
	}
	two, err := a.sheetOf(after)
	if err != nil {
		return tariff.Comparison{}, err
	}
	town, err := a.town()
	if err != nil {
		return tariff.Comparison{}, err
	}
	return tariff.Simulate(one.prices, two.prices, dated(town.Families(), one.doc, two.doc), tariff.CompareOptions{})
}

// dated gives the uses of each family a day of each sheet.
func dated(families iter.Seq[*tariff.Family], before, after *tariff.Tariff) iter.Seq[*tariff.Family] {
	on := func(uses []tariff.YearlyUse, doc *tariff.Tariff) []tariff.YearlyUse {
		out := slices.Clone(uses)
		for i := range out {
			if !doc.From.IsZero() {
				out[i].Input.Date = doc.From
			}
		}
		return out
	}
	return func(yield func(*tariff.Family) bool) {
		for f := range families {
			f.Uses, f.After = on(f.Uses, before), on(f.Uses, after)
			if !yield(f) {
				return
			}
		}
	}
}

func (a *Area) compare(r *http.Request, _ web.Account) (web.Page, error) {
	before, after := r.FormValue("avant"), r.FormValue("apres")
	asked := before != "" || after != ""
	before, after = cmp.Or(before, inForce), cmp.Or(after, "nalliers-cantine")
	var data compareData
	var err error
	if data.Choices, err = a.choices(before, after); err != nil {
		return web.Page{}, err
	}
	if asked {
		result, err := a.simulate(before, after)
		if err != nil {
			data.Problem = message(err)
		} else {
			q := "?" + url.Values{"avant": {before}, "apres": {after}}.Encode()
			data.Chart, data.Figures = "/mairie/comparaison/graphique.svg"+q, "/mairie/comparaison/chiffres.csv"+q
			data.fill(&result)
		}
	}
	return web.Page{
		Title: "Comparer deux tarifs", View: a.views["compare"], Data: data,
		Lead: web.French("Ce qu'un vote changerait pour les familles d'une ville fictive, cantine d'une année."),
	}, nil
}

func (d *compareData) fill(c *tariff.Comparison) {
	d.Summary = web.French(c.Summary(ent.FR))
	diff := c.Total.After.Sub(c.Total.Before)
	d.Before, d.After, d.Diff = tariff.Euros(c.Total.Before, ent.FR), tariff.Euros(c.Total.After, ent.FR), tariff.Euros(diff, ent.FR)
	if c.Factor != nil {
		d.Factor = strings.Replace(c.Factor.String(), ".", ",", 1)
	}
	for _, q := range c.Crossings {
		d.Crossings = append(d.Crossings, tariff.Euros(q, ent.FR))
	}
	d.Compared, d.LeftOut = c.Compared, c.LeftOut
	for code, n := range c.Reasons {
		d.Reasons = append(d.Reasons, reason{n, ruleText(code), code})
	}
	slices.SortFunc(d.Reasons, func(a, b reason) int {
		return cmp.Or(cmp.Compare(b.Households, a.Households), cmp.Compare(a.Code, b.Code))
	})
	for i := range c.Rows {
		r := &c.Rows[i]
		if r.Children != 0 {
			continue
		}
		before, after := r.Average()
		out := row{
			Band: "quotient non fourni", Households: r.Households, More: r.More, Less: r.Less, Same: r.Same,
			Before: tariff.Euros(before, ent.FR), After: tariff.Euros(after, ent.FR),
		}
		if r.Known {
			band := tariff.Row{From: r.From, Below: r.To}
			out.Band = web.French(band.Label(ent.FR))
		}
		d.Rows = append(d.Rows, out)
	}
}

func (a *Area) chart(w io.Writer, r *http.Request, who web.Account) error {
	return a.file(r, who, func(c *tariff.Comparison) error {
		_, err := w.Write(c.SVG(ent.FR))
		return err
	})
}

func (a *Area) figures(w io.Writer, r *http.Request, who web.Account) error {
	return a.file(r, who, func(c *tariff.Comparison) error { return c.WriteCSV(w, ent.FR) })
}

func (a *Area) file(r *http.Request, who web.Account, write func(*tariff.Comparison) error) error {
	if !who.TownHall {
		return web.ErrNotFound
	}
	c, err := a.simulate(r.FormValue("avant"), r.FormValue("apres"))
	if err != nil {
		return web.ErrNotFound
	}
	return write(&c)
}
