package fees

import (
	"embed"
	"fmt"
	"net/http"
	"sync"

	"github.com/opencartable/cartable/ent/enttest"
	"github.com/opencartable/cartable/examples/portal/web"
	"github.com/opencartable/cartable/fees/feestest"
	"github.com/opencartable/cartable/fees/tariff"
	"github.com/opencartable/cartable/fees/tariff/grids"
)

//go:embed templates/*.html
var templates embed.FS

// original is the sheet that the town has until it publishes another one.
const original = "roncq-2025"

// Area serves the pages about prices.
type Area struct {
	views web.Views
	town  func() (*feestest.Town, error)

	mu        sync.Mutex
	published sheet
	// draft is a text that was checked, can be priced with and is not published; empty when there is none.
	draft sheet
}

// sheet is a tariff with the text that it was read from.
type sheet struct {
	text   string
	doc    *tariff.Tariff
	prices *tariff.Compiled
}

// New returns the area of a town whose families live in a fictional academy.
func New(o enttest.Options) (*Area, error) {
	views, err := web.ParseViews(templates, "templates")
	if err != nil {
		return nil, err
	}
	first, err := read(original)
	if err != nil {
		return nil, err
	}
	return &Area{views: views, published: first, town: sync.OnceValues(func() (*feestest.Town, error) {
		return feestest.New(enttest.New(o), feestest.Options{})
	})}, nil
}

// read returns a published sheet, ready to price.
func read(name string) (sheet, error) {
	text, ok := grids.Source(name)
	if !ok {
		return sheet{}, fmt.Errorf("portal: %w", grids.ErrUnknown)
	}
	s := sheet{text: string(text)}
	var err error
	if s.doc, err = grids.Get(name); err != nil {
		return sheet{}, fmt.Errorf("portal: %w", err)
	}
	if s.prices, err = s.doc.Compile(); err != nil {
		return sheet{}, fmt.Errorf("portal: %w", err)
	}
	return s, nil
}

func (a *Area) current() sheet {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.published
}

// publish makes a sheet the one in force; what was being edited is over.
func (a *Area) publish(s sheet) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.published, a.draft = s, sheet{}
}

// edited returns the draft, if there is one.
func (a *Area) edited() (sheet, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.draft, a.draft.prices != nil
}

// keep keeps a text that may be published, unless it is the one in force.
func (a *Area) keep(s sheet) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.draft = s; s.text == a.published.text {
		a.draft = sheet{}
	}
}

// Menu returns the entries of the area: relatives have prices, the town hall has the tariff.
func (a *Area) Menu(who web.Account) []web.Link {
	switch {
	case who.TownHall:
		return []web.Link{{Text: "Tarif", Path: "/mairie/tarif"}, {Text: "Comparaison", Path: "/mairie/comparaison"}}
	case simulates(who):
		return []web.Link{{Text: "Tarifs", Path: "/tarifs"}}
	}
	return nil
}

// Routes adds the pages of the area.
func (a *Area) Routes(s *web.Site) {
	s.Page("/tarifs", a.simulator)
	s.Post("/tarifs", a.simulator)
	townHall := func(h web.Handler) web.Handler {
		return func(r *http.Request, who web.Account) (web.Page, error) {
			if !who.TownHall {
				return web.Page{}, web.ErrNotFound
			}
			return h(r, who)
		}
	}
	s.Page("/mairie/tarif", townHall(a.editor))
	s.Post("/mairie/tarif", townHall(a.editor))
	s.Post("/mairie/tarif/controle", townHall(a.check))
	s.Page("/mairie/comparaison", townHall(a.compare))
	s.File("/mairie/comparaison/graphique.svg", "image/svg+xml", a.chart)
	s.File("/mairie/comparaison/chiffres.csv", "text/csv; charset=utf-8", a.figures)
}
