package door

import (
	"context"
	"crypto/rand"
	"net/http"
	"strings"
	"sync"

	"github.com/opencartable/cartable/examples/portal/web"
	"github.com/opencartable/cartable/identity/cas"
	"github.com/opencartable/cartable/identity/saml"
)

// demos are two partners to try, with sessions of their own: one that signs in by CAS, one by SAML. They know of the portal what
// any partner knows.
type demos struct {
	area *Area
	gate *cas.Gate
	sp   *saml.SP

	mu sync.Mutex
	// open are their sessions, by their cookie.
	open map[string]demoSession
}

type demoSession struct {
	name   string
	values []shownValue
	ticket string
	up     saml.Upstream
}

const (
	demoCAS  = "/essai/cas"
	demoSAML = "/essai/saml"
)

func newDemos(a *Area, key saml.KeyPair) (*demos, error) {
	d := &demos{area: a, open: map[string]demoSession{}}
	d.gate = &cas.Gate{
		Client:   &cas.Client{Application: a.opt.Origin, Server: cas.At(a.opt.Origin + "/cas")},
		SignedIn: func(r *http.Request) bool { _, ok := d.session(r, demoCAS); return ok },
		Begin: func(w http.ResponseWriter, r *http.Request, who *cas.Answer, ticket string) error {
			s := demoSession{name: who.User, ticket: ticket}
			for _, x := range who.Attributes {
				s.values = append(s.values, shownValue{x.Name, strings.Join(x.Values, ", ")})
			}
			d.begin(w, r, demoCAS, s)
			return nil
		},
		End: func(_ context.Context, ticket string) error {
			d.end(func(s demoSession) bool { return s.ticket == ticket })
			return nil
		},
		Next: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { d.page(w, r, demoCAS, "Service d’essai, par CAS") }),
	}
	one, err := casPartner("Service d’essai CAS", a.opt.Origin+demoCAS, "universalis")
	if err != nil {
		return nil, err
	}
	b, err := a.idp.Metadata()
	if err != nil {
		return nil, err
	}
	list, err := saml.ReadMetadata(b)
	if err != nil {
		return nil, err
	}
	book, err := saml.NewBook(saml.Partner{Entity: list[0], Name: "Portail Cartable", Contexts: []string{saml.PasswordProtected}})
	if err != nil {
		return nil, err
	}
	d.sp, err = saml.NewSP(saml.SPConfig{
		EntityID: a.opt.Origin + demoSAML + "/metadata", BaseURL: a.opt.Origin + demoSAML, PlainHTTP: true, Keys: []saml.KeyPair{key},
		Partners: book, Store: saml.NewMemoryStore(a.opt.Now), Clock: a.opt.Now, Logger: a.opt.Log, Page: a.samlPage,
		SignedIn: func(w http.ResponseWriter, r *http.Request, said *saml.Assertion, back string) {
			s := demoSession{name: "un nom qui change", up: said.Upstream()}
			for _, x := range said.Attributes {
				s.values = append(s.values, shownValue{x.Name, strings.Join(x.Values, ", ")})
			}
			d.begin(w, r, demoSAML, s)
			http.Redirect(w, r, back, http.StatusSeeOther)
		},
		Ended: func(_ context.Context, l *saml.LogoutRequest) (int, error) {
			return d.end(func(s demoSession) bool { return l.Names(s.up) }), nil
		},
	})
	if err != nil {
		return nil, err
	}
	if b, err = d.sp.Metadata(); err != nil {
		return nil, err
	}
	two, err := samlPartner("Service d’essai SAML", "ode", b)
	if err != nil {
		return nil, err
	}
	two.saml.Encrypt = true
	return d, a.partners.add(one, two)
}

func (d *demos) routes(s *web.Site) {
	s.Handle(demoCAS, d.gate.ServeHTTP)
	s.Handle("GET "+demoSAML, func(w http.ResponseWriter, r *http.Request) {
		if _, ok := d.session(r, demoSAML); ok {
			d.page(w, r, demoSAML, "Service d’essai, par SAML")
			return
		}
		if err := d.sp.Login(w, r, d.area.opt.Origin+"/idp/metadata", demoSAML); err != nil {
			d.area.site.Fail(w, r, http.StatusServiceUnavailable)
		}
	})
	s.Handle(demoSAML+"/", http.StripPrefix(demoSAML, d.sp).ServeHTTP)
}

func cookieOf(path string) string { return "essai" + strings.ReplaceAll(path, "/", "-") }

func (d *demos) begin(w http.ResponseWriter, r *http.Request, path string, s demoSession) {
	token := rand.Text()
	d.mu.Lock()
	if len(d.open) >= maxWaiting {
		clear(d.open) // a trial
	}
	d.open[token] = s
	d.mu.Unlock()
	c := web.Cookie(r, token, 0)
	c.Name, c.Path = cookieOf(path), path
	http.SetCookie(w, c)
}

func (d *demos) session(r *http.Request, path string) (demoSession, bool) {
	c, err := r.Cookie(cookieOf(path))
	if err != nil {
		return demoSession{}, false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	s, ok := d.open[c.Value]
	return s, ok
}

func (d *demos) end(which func(demoSession) bool) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := 0
	for token, s := range d.open {
		if which(s) {
			delete(d.open, token)
			n++
		}
	}
	return n
}

// demoPage is what a partner knows of its visitor.
type demoPage struct {
	User   string
	Values []shownValue
}

func (d *demos) page(w http.ResponseWriter, r *http.Request, path, title string) {
	s, _ := d.session(r, path)
	d.area.show(w, r, "demo", title, demoPage{s.name, s.values})
}
