// The program educonnect-sp is a school's site that families enter by EduConnect: the response is verified by package saml, the
// accounts are found by package guichet, and the sessions are the site's own.
//
//	go run ./examples/saml-idp         # an EduConnect of fictional families, at http://localhost:9082
//	go run ./examples/educonnect-sp    # http://localhost:9083
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"html/template"
	"io"
	"log"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity/guichet"
	"github.com/opencartable/cartable/identity/saml"
)

// accounts are those of the site, by the key that the academy knows them by.
var accounts = map[string]guichet.Candidate{
	"RENNES-5123456": {Account: "u1", Profile: ent.ProfilePupil, State: guichet.StateActive, Name: ent.Name{Family: "DUPONT", Given: "Léa"}, Schools: []string{"Collège"}},
	"RENNES-77001":   {Account: "u2", Profile: ent.ProfileRelative, State: guichet.StateActive, Name: ent.Name{Family: "MARTIN", Given: "Paule"}, Schools: []string{"Collège"}},
	"RENNES-77002":   {Account: "u3", Profile: ent.ProfileRelative, State: guichet.StateActive, Name: ent.Name{Family: "MARTIN", Given: "Paule"}, Schools: []string{"Lycée"}},
}

// site is the sessions, and what reads who comes.
type site struct {
	sp      *saml.SP
	portals *guichet.Providers
	chooser guichet.Chooser
	issuer  string // EduConnect's
	served  string // where its metadata is

	mu       sync.Mutex
	sessions map[string]session
	upstream map[string]saml.Upstream // of a choice that waits, by its state
}

type session struct {
	who      guichet.Candidate
	upstream saml.Upstream
}

// Find implements guichet.People: a query to the table of accounts.
func (s *site) Find(_ context.Context, q guichet.Query) ([]guichet.Candidate, error) {
	if c, ok := accounts[q.Key]; ok && slices.Contains(q.Profiles, c.Profile) {
		return []guichet.Candidate{c}, nil
	}
	return nil, nil
}

// Partner implements saml.Partners: it reads the metadata each time, for a try on one machine. In real life the file was
// exchanged before, as EduConnect's is.
func (s *site) Partner(ctx context.Context, entityID string) (*saml.Partner, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.served, nil)
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
	return &saml.Partner{Entity: list[0], Name: "EduConnect", Contexts: []string{saml.PasswordProtected}}, nil
}

// signedIn finds the accounts of who comes: one is opened, several are offered, none is explained, and logged out upstream.
func (s *site) signedIn(w http.ResponseWriter, r *http.Request, a *saml.Assertion, back string) {
	said := guichet.Assertion{Issuer: a.Issuer, NameID: a.NameID.Value}
	for _, x := range a.Attributes {
		said.Attributes = append(said.Attributes, guichet.Attribute{Name: x.Name, FriendlyName: x.FriendlyName, Values: x.Values})
	}
	up := a.Upstream()
	who, err := s.portals.Read(said)
	if who.ReturnURL != nil {
		up.ReturnURL = who.ReturnURL.String()
	}
	var found guichet.Result
	if err == nil {
		found, err = guichet.Resolver{People: s}.Resolve(r.Context(), who.Claim)
	}
	if errors.Is(err, guichet.CodePort) {
		http.Error(w, "Réessayez dans un instant.", http.StatusServiceUnavailable)
		return
	}
	switch {
	case err != nil || found.Refused():
		// The computer may be shared: somebody else must be able to sign in upstream.
		w.WriteHeader(http.StatusForbidden)
		show(w, "refused", s.remember(up))
	case found.Outcome == guichet.OutcomeMany:
		offer, err := s.chooser.Start(r.Context(), guichet.Choice{Claim: who.Claim, Candidates: found.Candidates})
		if err != nil {
			http.Error(w, "Réessayez dans un instant.", http.StatusServiceUnavailable)
			return
		}
		s.mu.Lock()
		s.upstream[offer.State] = up
		s.mu.Unlock()
		setCookie(w, r, "choice", offer.Browser)
		show(w, "choose", offer)
	default:
		s.open(w, r, session{found.Candidates[0], up})
		http.Redirect(w, r, back, http.StatusSeeOther)
	}
}

func (s *site) choose(w http.ResponseWriter, r *http.Request) {
	c, err := r.Cookie("choice")
	if err != nil {
		c = &http.Cookie{}
	}
	n, err := strconv.Atoi(r.FormValue("n"))
	if err != nil {
		n = -1
	}
	chosen, err := s.chooser.Choose(r.Context(), "", r.FormValue("state"), c.Value, n)
	if err != nil {
		http.Error(w, "Ce choix ne vaut plus : recommencez.", http.StatusForbidden)
		return
	}
	s.open(w, r, session{chosen.Candidate, s.taken(r.FormValue("state"))})
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// remember keeps the session upstream of somebody who got none here, for the button that ends it.
func (s *site) remember(up saml.Upstream) string {
	token := rand.Text()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.upstream[token] = up
	return token
}

func (s *site) taken(token string) saml.Upstream {
	s.mu.Lock()
	defer s.mu.Unlock()
	up := s.upstream[token]
	delete(s.upstream, token)
	return up
}

func (s *site) open(w http.ResponseWriter, r *http.Request, v session) {
	token := rand.Text()
	s.mu.Lock()
	s.sessions[token] = v
	s.mu.Unlock()
	setCookie(w, r, "site-session", token)
}

func setCookie(w http.ResponseWriter, r *http.Request, name, value string) {
	http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: r.TLS != nil})
}

// logout ends the session here, then upstream.
func (s *site) logout(w http.ResponseWriter, r *http.Request) {
	up := s.taken(r.FormValue("refused"))
	if c, err := r.Cookie("site-session"); err == nil {
		s.mu.Lock()
		if v, ok := s.sessions[c.Value]; ok {
			up = v.upstream
		}
		delete(s.sessions, c.Value)
		s.mu.Unlock()
	}
	if err := s.sp.Logout(w, r, up, "/"); err != nil {
		http.Redirect(w, r, "/", http.StatusSeeOther)
	}
}

// ended ends the sessions here that EduConnect ends.
func (s *site) ended(_ context.Context, l *saml.LogoutRequest) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for token, v := range s.sessions {
		if l.Names(v.upstream) {
			delete(s.sessions, token)
			n++
		}
	}
	return n, nil
}

func (s *site) home(w http.ResponseWriter, r *http.Request) {
	c, err := r.Cookie("site-session")
	if err == nil {
		s.mu.Lock()
		v, ok := s.sessions[c.Value]
		s.mu.Unlock()
		if ok {
			show(w, "home", v.who)
			return
		}
	}
	show(w, "door", nil)
}

func show(w http.ResponseWriter, name string, data any) {
	if err := pages.ExecuteTemplate(w, name, data); err != nil {
		log.Print(err)
	}
}

var pages = template.Must(template.New("").Parse(`
{{define "top"}}<!doctype html><html lang="fr"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Site</title><main>{{end}}
{{define "door"}}{{template "top"}}<h1>Bienvenue</h1><p><a href="/educonnect">Entrer avec EduConnect</a></main>{{end}}
{{define "home"}}{{template "top"}}<h1>{{.Name.Display}}</h1><p>compte {{.Account}}<form method="post" action="/logout"><button>Sortir</button></form></main>{{end}}
{{define "refused"}}{{template "top"}}<h1>Aucun compte ici</h1><p>Votre établissement n'a pas de compte à votre nom. Quittez EduConnect, pour que la personne suivante puisse entrer.
<form method="post" action="/logout"><button name="refused" value="{{.}}">Quitter EduConnect</button></form></main>{{end}}
{{define "choose"}}{{template "top"}}<h1>Avec quel compte ?</h1><form method="post" action="/choose"><input type="hidden" name="state" value="{{.State}}">
{{range $n, $c := .Candidates}}<p><button name="n" value="{{$n}}">{{$c.Name.Display}} — {{range $c.Schools}}{{.}}{{end}}</button>{{end}}</form></main>{{end}}
`))

// handler is the site.
func handler(base, issuer, metadata string) (http.Handler, error) {
	portals, err := guichet.NewProviders(guichet.Provider{Issuer: issuer, Kind: guichet.KindEduConnect})
	if err != nil {
		return nil, err
	}
	key, err := saml.SelfSigned("educonnect-sp", time.Now(), time.Now().AddDate(1, 0, 0)) // a product makes one, and keeps it
	if err != nil {
		return nil, err
	}
	s := &site{
		portals: portals, issuer: issuer, served: metadata, sessions: map[string]session{}, upstream: map[string]saml.Upstream{},
		chooser: guichet.Chooser{States: guichet.NewMemoryStates(nil)},
	}
	s.sp, err = saml.NewSP(saml.SPConfig{
		EntityID: base + "/saml/metadata", BaseURL: base + "/saml", PlainHTTP: true, Keys: []saml.KeyPair{key},
		Partners: s, Store: saml.NewMemoryStore(nil), SignedIn: s.signedIn, Ended: s.ended,
	})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/saml/", http.StripPrefix("/saml", s.sp))
	mux.HandleFunc("GET /educonnect", func(w http.ResponseWriter, r *http.Request) {
		if err := s.sp.Login(w, r, s.issuer, "/"); err != nil {
			http.Error(w, "EduConnect ne répond pas : réessayez dans un instant.", http.StatusServiceUnavailable)
		}
	})
	mux.HandleFunc("POST /choose", s.choose)
	mux.HandleFunc("POST /logout", s.logout)
	mux.HandleFunc("GET /{$}", s.home)
	guard := http.NewCrossOriginProtection()
	guard.AddInsecureBypassPattern("POST /saml/") // EduConnect's browser page posts there: the messages are signed
	return guard.Handler(mux), nil
}

func main() {
	addr := flag.String("addr", "localhost:9083", "address of the site")
	issuer := flag.String("issuer", "http://localhost:9082/idp/metadata", "name of the identity provider")
	metadata := flag.String("metadata", "http://localhost:9082/idp/metadata", "where its metadata is")
	flag.Parse()
	h, err := handler("http://"+*addr, *issuer, *metadata)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("http://" + *addr)
	srv := &http.Server{Addr: *addr, Handler: h, ReadHeaderTimeout: 5 * time.Second}
	log.Fatal(srv.ListenAndServe())
}
