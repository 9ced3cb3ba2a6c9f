package school

import (
	"embed"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"sync/atomic"

	"github.com/opencartable/cartable/examples/portal/web"
)

//go:embed templates/*.html
var templates embed.FS

// Area serves the pages of the school.
type Area struct {
	views web.Views
	index atomic.Pointer[Index]
}

// New returns the area, which shows nothing until it gets an index.
func New() (*Area, error) {
	views, err := web.ParseViews(templates, "templates")
	if err != nil {
		return nil, err
	}
	a := &Area{views: views}
	a.index.Store(Build(nil, false, ""))
	return a, nil
}

// Show makes the area show another index.
func (a *Area) Show(x *Index) { a.index.Store(x) }

// Menu returns the entries of the area.
func (a *Area) Menu(who web.Account) []web.Link {
	menu := []web.Link{{Text: "Accueil", Path: "/"}}
	p, ok := ParsePerson(who.Ref)
	switch {
	case who.Admin, ok && p.Category == Staff:
		menu = append(menu, web.Link{Text: "Établissements", Path: "/etablissements"}, web.Link{Text: "Recherche", Path: "/recherche"})
	}
	if ok {
		menu = append(menu, web.Link{Text: "Ma page", Path: p.Path()})
	}
	return menu
}

// handler makes a page from the index for a viewer.
type handler func(r *http.Request, v *viewer) (web.Page, error)

// Routes adds the pages of the area.
func (a *Area) Routes(s *web.Site) {
	page := func(pattern string, h handler) {
		s.Page(pattern, func(r *http.Request, who web.Account) (web.Page, error) {
			return h(r, a.index.Load().viewer(who))
		})
	}
	page("/{$}", a.home)
	page("/etablissements", a.list)
	page("/etablissements/{id}", a.school)
	page("/classes/{id}", func(r *http.Request, v *viewer) (web.Page, error) { return a.class(r, v, false) })
	page("/groupes/{id}", func(r *http.Request, v *viewer) (web.Page, error) { return a.class(r, v, true) })
	page("/personnes/{category}/{id}", a.person)
	page("/recherche", a.search)
}

// pageOf reads the page number of a list; the first one when there is none.
func pageOf(r *http.Request) int {
	n, err := strconv.Atoi(r.FormValue("page"))
	if err != nil {
		return 1
	}
	return n
}

// pageLink returns the address of a page of a list.
func pageLink(path string, q url.Values) func(int) string {
	return func(n int) string {
		with := url.Values{}
		maps.Copy(with, q)
		with.Set("page", strconv.Itoa(n))
		return path + "?" + with.Encode()
	}
}

// link is a name that leads to a page, or a name alone when the page is not open.
type link struct{ Text, Path string }

func (v *viewer) personLink(p Person, text string) link {
	if v.sees(p) {
		return link{text, p.Path()}
	}
	return link{Text: text}
}

func (v *viewer) schoolLink(s *School) link {
	if v.school(s) {
		return link{s.Title, s.Path}
	}
	return link{Text: s.Title}
}

func (v *viewer) classLink(c *Class, group bool) link {
	if v.school(c.School) || !group && v.lists[c.Ref] {
		return link{c.Name(), c.Path}
	}
	return link{Text: c.Name()}
}
