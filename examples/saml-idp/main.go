// The program saml-idp is an identity provider of SAML for fictional families, who are signed in with the attributes of EduConnect:
// what a vendor mounts for its partners, and an EduConnect to try a service against. The login here is a choice in a list; yours
// is what you have.
//
//	go run ./examples/saml-idp         # http://localhost:9082/idp
//	go run ./examples/educonnect-sp    # a service at http://localhost:9083 that trusts it
package main

import (
	"context"
	"crypto/rand"
	"flag"
	"fmt"
	"html/template"
	"io"
	"log"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity"
	"github.com/opencartable/cartable/identity/saml"
)

// people are the accounts: what EduConnect says of each stands in Extra.
var people = map[ent.ID]*identity.Attributes{
	"lea":   {ID: "lea", Name: ent.Name{Family: "DUPONT", Given: "Léa"}, Extra: said("eleve2d", "{AAF}14|1|5123456")},
	"paule": {ID: "paule", Name: ent.Name{Family: "MARTIN", Given: "Paule"}, Extra: said("resp2d", "{AAF}14|1|77001", "{AAF}14|1|77002")},
	"ines":  {ID: "ines", Name: ent.Name{Family: "INCONNUE", Given: "Inès"}, Extra: said("resp2d", "{AAF}14|1|99999")},
}

func said(affiliation string, references ...string) map[string][]string {
	return map[string][]string{"affiliation": {affiliation}, "references": references}
}

// layout is what the service receives, and names what SAML calls it.
var (
	layout = identity.Layout{
		ID: "educonnect", Principal: identity.Principle{First: []identity.Source{"opaque-id"}},
		Elements: []identity.Element{
			{Name: "sn", From: "name.family"},
			{Name: "givenName", From: "name.given"},
			{Name: "FrEduCtId", From: "opaque-id"},
			{Name: "FrEduCtPersonAffiliation", From: "extra.affiliation"},
			{Name: "FrEduCtRefId", From: "extra.references"},
		},
	}
	names = map[string]saml.AttributeName{
		"sn": {Name: "urn:oid:2.5.4.4", Friendly: "sn"}, "givenName": {Name: "urn:oid:2.5.4.42", Friendly: "givenName"},
		"FrEduCtPersonAffiliation": {Name: "urn:oid:1.3.6.1.4.1.20326.10.999.1.7", Friendly: "FrEduCtPersonAffiliation"},
		"FrEduCtId":                {Name: "urn:oid:1.3.6.1.4.1.20326.10.999.1.57", Friendly: "FrEduCtId"},
	}
)

// product is the sessions of this product: token → who, since when.
type product struct {
	mu       sync.Mutex
	sessions map[string]identity.Principal
	service  string // where its metadata is
	layout   *identity.Compiled
}

// Partner implements saml.Partners: it reads the metadata of the one service each time, for a try on one machine. In real life
// the file was exchanged before, or a saml.Feed verifies what a federation signs.
func (p *product) Partner(ctx context.Context, entityID string) (*saml.Partner, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.service, nil)
	if err != nil {
		return nil, err
	}
	res, err := (&http.Client{Timeout: 5 * time.Second}).Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		return nil, err
	}
	list, err := saml.ReadMetadata(b)
	if err != nil || list[0].ID != entityID {
		return nil, err
	}
	return &saml.Partner{Entity: list[0], Name: "Service", Layout: p.layout, Names: names, Encrypt: true, Purpose: "connexion"}, nil
}

func (p *product) session(r *http.Request) (*identity.Principal, error) {
	c, err := r.Cookie("idp-session")
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
	http.SetCookie(w, &http.Cookie{Name: "idp-session", Value: token, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: r.TLS != nil})
	next := r.URL.Query().Get("next")
	if !strings.HasPrefix(next, "/idp/") {
		next = "/"
	}
	http.Redirect(w, r, next, http.StatusSeeOther)
}

var page = template.Must(template.New("").Parse(`<!doctype html><html lang="fr"><meta charset="utf-8"><title>Connexion</title><main><h1>Familles d'essai : entrer comme…</h1>
<form method="post">{{range .}}<p><button name="who" value="{{.ID}}">{{.Name.Display}}</button>{{end}}</form></main>`))

// handler is the product with its identity provider.
func handler(base, service string) (http.Handler, error) {
	compiled, issues := layout.Compile()
	if compiled == nil {
		return nil, issues.Err()
	}
	p := &product{sessions: map[string]identity.Principal{}, service: service, layout: compiled}
	key, err := saml.SelfSigned("saml-idp", time.Now(), time.Now().AddDate(1, 0, 0)) // a product makes one, and keeps it
	if err != nil {
		return nil, err
	}
	opaque, err := identity.Opaque([]byte(rand.Text() + rand.Text())) // kept too: another one gives everybody another name
	if err != nil {
		return nil, err
	}
	idp, err := saml.NewIDP(saml.IDPConfig{
		EntityID: base + "/idp/metadata", BaseURL: base + "/idp", PlainHTTP: true, Keys: []saml.KeyPair{key},
		Partners: p, Store: saml.NewMemoryStore(nil), Session: p.session, Opaque: opaque, Egress: identity.Egress(true),
		Attributes: func(_ context.Context, account ent.ID) (*identity.Attributes, error) { return people[account], nil },
		Login: func(w http.ResponseWriter, r *http.Request, back string, _ bool) {
			http.Redirect(w, r, "/login?"+url.Values{"next": {strings.TrimPrefix(back, base)}}.Encode(), http.StatusSeeOther)
		},
		End: func(_ context.Context, session string) error { // a service asks for the logout
			p.mu.Lock()
			defer p.mu.Unlock()
			delete(p.sessions, session)
			return nil
		},
		Journal: func(_ context.Context, account ent.ID, d ent.Disclosure) error {
			log.Print("released of ", account, " to ", d.Recipient, ": ", d.Fields)
			return nil
		},
	})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/idp/", http.StripPrefix("/idp", idp))
	mux.HandleFunc("/login", p.login)
	mux.HandleFunc("POST /logout", func(w http.ResponseWriter, r *http.Request) {
		if who, _ := p.session(r); who != nil {
			all := identity.Logout{Partners: []func(context.Context, string) identity.Ended{idp.EndSession}, Local: func(_ context.Context, session string) error {
				p.mu.Lock()
				defer p.mu.Unlock()
				delete(p.sessions, session)
				return nil
			}}
			report, err := all.End(r.Context(), who.Session)
			log.Print("logout: ", report.Told, " told, ", report.Failed, " not; ", err)
		}
		http.Redirect(w, r, "/login", http.StatusSeeOther)
	})
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "Vous êtes connecté.")
	})
	guard := http.NewCrossOriginProtection()
	guard.AddInsecureBypassPattern("POST /idp/") // services post there: their messages are signed
	return guard.Handler(mux), nil
}

func main() {
	addr := flag.String("addr", "localhost:9082", "address of the server")
	service := flag.String("service", "http://localhost:9083/saml/metadata", "metadata of the service")
	flag.Parse()
	h, err := handler("http://"+*addr, *service)
	if err != nil {
		log.Fatal(err)
	}
	log.Print("http://", *addr, "/idp/metadata")
	srv := &http.Server{Addr: *addr, Handler: h, ReadHeaderTimeout: 5 * time.Second}
	log.Fatal(srv.ListenAndServe())
}
