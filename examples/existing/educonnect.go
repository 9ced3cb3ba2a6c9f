package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"html/template"
	"log"
	"net/http"
	"os"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity/guichet"
	"github.com/opencartable/cartable/identity/saml"
)

// The part taken here: families enter by EduConnect. The response is verified by package saml, the users are found in the vendor's
// tables by package guichet, and the session is the vendor's.

// families is the door of EduConnect.
type families struct {
	v       *vendor
	sp      *saml.SP
	portals *guichet.Providers
	chooser guichet.Chooser
	issuer  string

	mu sync.Mutex
	// upstream is what EduConnect must be told at the logout, by the token of the vendor's session, or by that of a page that waits.
	upstream map[string]saml.Upstream
}

// withEduConnect adds the door to the vendor's pages, for the school of one académie. The file is EduConnect's metadata.
func (v *vendor) withEduConnect(mux *http.ServeMux, origin, file, academy string) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	entities, err := saml.ReadMetadata(b)
	if err != nil {
		return err
	}
	book, err := saml.NewBook(saml.Partner{Entity: entities[0], Name: "EduConnect", Contexts: []string{saml.PasswordProtected}})
	if err != nil {
		return err
	}
	// The keys of this vendor's feed have no academy before them: only those of its own are looked at.
	keys := guichet.KeyPolicy{Form: guichet.KeyBare, Academies: []string{academy}}
	portals, err := guichet.NewProviders(guichet.Provider{Issuer: entities[0].ID, Kind: guichet.KindEduConnect, Keys: keys})
	if err != nil {
		return err
	}
	key, err := saml.SelfSigned("existing", time.Now(), time.Now().AddDate(3, 0, 0)) // make it once, and keep it
	if err != nil {
		return err
	}
	f := &families{
		v: v, portals: portals, issuer: entities[0].ID, upstream: map[string]saml.Upstream{},
		chooser: guichet.Chooser{States: guichet.NewMemoryStates(nil)},
	}
	f.sp, err = saml.NewSP(saml.SPConfig{
		EntityID: origin + "/saml/metadata", BaseURL: origin + "/saml", PlainHTTP: true, // for a try on one machine
		Keys: []saml.KeyPair{key}, Partners: book, Store: saml.NewMemoryStore(nil), SignedIn: f.signedIn, Ended: f.ended,
	})
	if err != nil {
		return err
	}
	mux.Handle("/saml/", http.StripPrefix("/saml", f.sp))
	mux.HandleFunc("GET /educonnect", func(w http.ResponseWriter, r *http.Request) {
		if err := f.sp.Login(w, r, f.issuer, "/"); err != nil {
			fail(w, err)
		}
	})
	mux.HandleFunc("POST /educonnect/choose", f.choose)
	mux.HandleFunc("POST /educonnect/leave", func(w http.ResponseWriter, r *http.Request) { f.leave(w, r, r.FormValue("token")) })
	v.left = f.leave
	return nil
}

// Find implements guichet.People on the vendor's tables.
func (f *families) Find(ctx context.Context, q guichet.Query) ([]guichet.Candidate, error) {
	var out []guichet.Candidate
	profile := map[string]ent.Profile{"pupil": ent.ProfilePupil, "relative": ent.ProfileRelative}
	rows, err := f.v.db.QueryContext(ctx, `SELECT u.id, u.last_name, u.first_name, u.role, u.missing_since <> '' FROM user_keys k JOIN users u ON u.id = k.user_id
		WHERE k.feed_key = $1 AND u.role IN ('pupil', 'relative')`, q.Key)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var role string
		var gone bool
		c := guichet.Candidate{State: guichet.StateActive}
		if err := rows.Scan(&id, &c.Name.Family, &c.Name.Given, &role, &gone); err != nil {
			return nil, err
		}
		if c.Account, c.Profile = userID(id), profile[role]; gone {
			c.State = guichet.StateBlocked
		}
		if slices.Contains(q.Profiles, c.Profile) {
			out = append(out, c)
		}
	}
	return out, rows.Err()
}

func (f *families) signedIn(w http.ResponseWriter, r *http.Request, a *saml.Assertion, back string) {
	said := guichet.Assertion{Issuer: a.Issuer}
	for _, x := range a.Attributes {
		said.Attributes = append(said.Attributes, guichet.Attribute{Name: x.Name, FriendlyName: x.FriendlyName, Values: x.Values})
	}
	who, err := f.portals.Read(said)
	up := a.Upstream()
	if who.ReturnURL != nil {
		up.ReturnURL = who.ReturnURL.String()
	}
	var found guichet.Result
	if err == nil {
		found, err = guichet.Resolver{People: f}.Resolve(r.Context(), who.Claim)
	}
	switch {
	case errors.Is(err, guichet.CodePort):
		fail(w, err)
	case err != nil, found.Refused():
		token := rand.Text()
		f.keep(token, up)
		w.WriteHeader(http.StatusForbidden)
		f.show(w, "refused", token)
	case found.Outcome == guichet.OutcomeMany:
		offer, err := f.chooser.Start(r.Context(), guichet.Choice{Claim: who.Claim, Candidates: found.Candidates})
		if err != nil {
			fail(w, err)
			return
		}
		f.keep(offer.State, up)
		http.SetCookie(w, &http.Cookie{Name: "choice", Value: offer.Browser, Path: "/educonnect", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: r.TLS != nil})
		f.show(w, "choose", offer)
	default:
		f.keep(f.v.open(w, r, number(found.Candidates[0].Account)), up)
		http.Redirect(w, r, back, http.StatusSeeOther)
	}
}

func (f *families) choose(w http.ResponseWriter, r *http.Request) {
	browser := ""
	if c, err := r.Cookie("choice"); err == nil {
		browser = c.Value
	}
	n, err := strconv.Atoi(r.FormValue("n"))
	if err != nil {
		n = -1
	}
	chosen, err := f.chooser.Choose(r.Context(), "", r.FormValue("state"), browser, n)
	if err != nil {
		http.Error(w, "Ce choix ne vaut plus : recommencez.", http.StatusForbidden)
		return
	}
	up := f.take(r.FormValue("state"))
	f.keep(f.v.open(w, r, number(chosen.Candidate.Account)), up)
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (f *families) keep(token string, up saml.Upstream) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.upstream[token] = up
}

func (f *families) take(token string) saml.Upstream {
	f.mu.Lock()
	defer f.mu.Unlock()
	up := f.upstream[token]
	delete(f.upstream, token)
	return up
}

// leave ends the session of EduConnect, after the vendor's own.
func (f *families) leave(w http.ResponseWriter, r *http.Request, token string) bool {
	up := f.take(token)
	if up.Issuer == "" {
		return false
	}
	if err := f.sp.Logout(w, r, up, "/login"); err != nil {
		log.Print(err)
		return false
	}
	return true
}

// ended ends the vendor's sessions that EduConnect ends.
func (f *families) ended(ctx context.Context, l *saml.LogoutRequest) (int, error) {
	var tokens []string
	f.mu.Lock()
	for token, u := range f.upstream {
		if l.Names(u) {
			tokens = append(tokens, token)
			delete(f.upstream, token)
		}
	}
	f.mu.Unlock()
	for _, token := range tokens {
		f.v.end(ctx, token)
	}
	return len(tokens), nil
}

func (f *families) show(w http.ResponseWriter, name string, data any) {
	if err := familyPages.ExecuteTemplate(w, name, data); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}

var familyPages = template.Must(template.New("").Parse(`
{{define "top"}}<!doctype html><html lang="fr"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Éditeur</title><main>{{end}}
{{define "refused"}}{{template "top"}}<h1>Aucun compte ici</h1><p>L'établissement n'a pas de compte à votre nom. Quittez EduConnect, pour que la personne suivante puisse entrer.
<form method="post" action="/educonnect/leave"><button name="token" value="{{.}}">Quitter EduConnect</button></form></main>{{end}}
{{define "choose"}}{{template "top"}}<h1>Avec quel compte ?</h1><form method="post" action="/educonnect/choose"><input type="hidden" name="state" value="{{.State}}">
{{range $n, $c := .Candidates}}<p><button name="n" value="{{$n}}">{{$c.Name.Display}}</button>{{end}}</form></main>{{end}}
`))
