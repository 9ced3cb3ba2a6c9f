package fees

import (
	"io"
	"iter"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/examples/portal/web"
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

type compareData struct {
	Choices             []choice
	Problem             string
	Chart, Figures      string
	Summary             string
	Before, After, Diff string
	Factor              string
	Crossings           []string
	LeftOut             int64
	Reasons             []string
	Rows                []row
}

// inForce names the sheet that the town has published.
const inForce = "en-vigueur"

// sheetOf returns a sheet by its name in the form.
func (a *Area) sheetOf(name string) (sheet, error) {
	if name == inForce {
		return a.current(), nil
	}
	return read(name)
}

// comparable returns the names of the sheets that price a meal.
func comparable() []string {
	return slices.DeleteFunc(grids.Names(), func(name string) bool {
		s, err := grids.Get(name)
		return err != nil || !slices.ContainsFunc(s.Activities, func(a tariff.Activity) bool { return a.ID == "meal" })
	})
}

// simulate compares two sheets over the families of the town, each asked on a day of its own.
func (a *Area) simulate(r *http.Request) (tariff.Comparison, error) {
	before, err := a.sheetOf(r.FormValue("avant"))
	if err != nil {
		return tariff.Comparison{}, err
	}
	after, err := a.sheetOf(r.FormValue("apres"))
	if err != nil {
		return tariff.Comparison{}, err
	}
	town, err := a.town()
	if err != nil {
		return tariff.Comparison{}, err
	}
	return tariff.Simulate(before.prices, after.prices, dated(town.Families(), before.doc, after.doc), tariff.CompareOptions{})
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
	if before == "" {
		before = inForce
	}
	if after == "" {
		after = "nalliers-cantine"
	}
	data := compareData{Choices: []choice{{inForce, "Tarif en vigueur", before == inForce, after == inForce}}}
	for _, name := range comparable() {
		s, err := grids.Get(name)
		if err != nil {
			return web.Page{}, err
		}
		data.Choices = append(data.Choices, choice{name, s.Organiser.Name + " (" + name + ")", before == name, after == name})
	}
	if asked {
		result, err := a.simulate(r)
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

// placeholder is a part of a rule's text that each case fills for itself.
var placeholder = regexp.MustCompile(`\{[a-z]+\}`)

func (d *compareData) fill(c *tariff.Comparison) {
	d.Summary = web.French(c.Summary(ent.FR))
	diff := c.Total.After.Sub(c.Total.Before)
	d.Before, d.After, d.Diff = tariff.Euros(c.Total.Before, ent.FR), tariff.Euros(c.Total.After, ent.FR), tariff.Euros(diff, ent.FR)
	if c.Factor != nil {
		d.Factor = strings.Replace(c.Factor.String(), ".", ",", 1)
	}
	for _, q := range c.Crossings {
		d.Crossings = append(d.Crossings, q.String())
	}
	d.LeftOut = c.LeftOut
	for code := range c.Reasons {
		if rule, ok := tariff.Catalog().Rule(code); ok {
			d.Reasons = append(d.Reasons, web.French(placeholder.ReplaceAllString(rule.FR, "…")))
		}
	}
	slices.Sort(d.Reasons)
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
			out.Band = band.Label(ent.FR)
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
	c, err := a.simulate(r)
	if err != nil {
		return web.ErrNotFound
	}
	return write(&c)
}
