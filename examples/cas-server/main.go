// The program cas-server is a CAS server for two fictional persons: what a vendor mounts beside its own pages, in one page of
// code. The login here is a choice in a list; yours is what you have.
//
//	go run ./examples/cas-server                                  # http://localhost:9080/cas
//	go run ./examples/cas-client                                  # an application at http://localhost:9081 that uses it
//	go run ./examples/cas-server -layout pronote -app http://localhost:9081/
package main

import (
	"context"
	"crypto/rand"
	"flag"
	"fmt"
	"html/template"
	"log"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity"
	"github.com/opencartable/cartable/identity/cas"
)

// people are the accounts of this product.
var people = map[ent.ID]*identity.Attributes{
	"lea":  {ID: "lea", Login: "lea.dupont", External: "RENNES-5123456", Profile: ent.ProfilePupil, Name: ent.Name{Family: "DUPONT", Given: "Léa"}, Schools: []identity.School{{UAI: "0019991E", Name: "Collège"}}},
	"paul": {ID: "paul", Login: "paul.martin", External: "RENNES-77001", Profile: ent.ProfileTeacher, Name: ent.Name{Family: "MARTIN", Given: "Paul"}, Schools: []identity.School{{UAI: "0019991E", Name: "Collège"}}},
}

// product is the sessions of this product: token → who, since when.
type product struct {
	mu       sync.Mutex
	sessions map[string]identity.Principal
}

func (p *product) session(r *http.Request) (*identity.Principal, error) {
	c, err := r.Cookie("session")
	if err != nil {
		return nil, nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	who, ok := p.sessions[c.Value]
	if !ok {
		return nil, nil
	}
	return &who, nil
}

func (p *product) login(w http.ResponseWriter, r *http.Request) {
	who := ent.ID(r.FormValue("who"))
	if r.Method != http.MethodPost || people[who] == nil {
		if err := page.Execute(w, people); err != nil {
			log.Print(err)
		}
		return
	}
	token := rand.Text()
	p.mu.Lock()
	p.sessions[token] = identity.Principal{Account: who, Session: token, At: time.Now()}
	p.mu.Unlock()
	http.SetCookie(w, &http.Cookie{Name: "session", Value: token, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: r.TLS != nil})
	next := r.URL.Query().Get("next")
	if !strings.HasPrefix(next, "/cas/") {
		next = "/cas/login"
	}
	http.Redirect(w, r, next, http.StatusSeeOther)
}

var page = template.Must(template.New("").Parse(`<!doctype html><html lang="fr"><meta charset="utf-8"><title>Connexion</title><main><h1>Entrer comme…</h1>
<form method="post">{{range .}}<p><button name="who" value="{{.ID}}">{{.Name.Display}}</button>{{end}}</form></main>`))

// handler is the product with its CAS server.
func handler(base, app, layout string) (http.Handler, error) {
	p := &product{sessions: map[string]identity.Principal{}}
	l, ok := identity.Preset(layout)
	if !ok {
		return nil, fmt.Errorf("no layout %q; there are %s", layout, strings.Join(identity.Presets(), ", "))
	}
	compiled, issues := l.Compile()
	if compiled == nil {
		return nil, issues.Err()
	}
	services, issues := cas.NewServices(cas.Service{
		ID: "app", Name: "Application", Layout: compiled, Logout: cas.LogoutBack, URLs: []cas.URLRule{{Mode: cas.ModePrefix, URL: app, AllowHTTP: true}},
	})
	if services == nil {
		return nil, issues.Err()
	}
	srv := &cas.Server{
		BaseURL: base + "/cas", Services: services, Tickets: cas.NewMemoryRegistry(nil), Session: p.session, Egress: identity.Egress(true),
		Attributes: func(_ context.Context, account ent.ID) (*identity.Attributes, error) { return people[account], nil },
		Login: func(w http.ResponseWriter, r *http.Request, back string, _ bool) {
			http.Redirect(w, r, "/login?"+url.Values{"next": {strings.TrimPrefix(back, base)}}.Encode(), http.StatusSeeOther)
		},
		SignOut: func(_ http.ResponseWriter, r *http.Request) error {
			if c, err := r.Cookie("session"); err == nil {
				p.mu.Lock()
				defer p.mu.Unlock()
				delete(p.sessions, c.Value)
			}
			return nil
		},
		Journal: func(_ context.Context, account ent.ID, d ent.Disclosure) error {
			log.Print("released of ", account, " to ", d.Recipient, ": ", d.Fields)
			return nil
		},
	}
	mux := http.NewServeMux()
	mux.Handle("/cas/", http.StripPrefix("/cas", srv))
	mux.HandleFunc("/login", p.login)
	return http.NewCrossOriginProtection().Handler(mux), nil
}

func main() {
	addr := flag.String("addr", "localhost:9080", "address of the server")
	app := flag.String("app", "http://localhost:9081/", "address of the application that signs people in here")
	layout := flag.String("layout", "universalis", "what it receives")
	flag.Parse()
	h, err := handler("http://"+*addr, *app, *layout)
	if err != nil {
		log.Fatal(err)
	}
	log.Print("http://", *addr, "/cas")
	srv := &http.Server{Addr: *addr, Handler: h, ReadHeaderTimeout: 5 * time.Second}
	log.Fatal(srv.ListenAndServe())
}
