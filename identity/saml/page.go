package saml

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"strings"

	"github.com/opencartable/cartable/ent"
)

// PageKind says what a page tells.
type PageKind string

// The pages.
const (
	// PageRefused is the one page of every message that does not hold: what is wrong with it is for the log.
	PageRefused     PageKind = "refused"
	PageStartAgain  PageKind = "start-again" // nothing waits for this answer any more
	PageNoCookies   PageKind = "no-cookies"  // the browser that comes back has kept nothing
	PageDeclined    PageKind = "declined"    // the identity provider did not sign the person in
	PageNotAllowed  PageKind = "not-allowed" // the service is not open to this person, or not now
	PageSignedOut   PageKind = "signed-out"
	PagePartly      PageKind = "partly-signed-out" // some partners could not be told
	PageUnavailable PageKind = "unavailable"       // something behind does not answer: another try may do
	pagePost        PageKind = "post"
)

// Page is what a page shows. No personal value is in it.
type Page struct {
	Kind   PageKind
	Status int
	// Continue is where the person goes next, "" for nowhere.
	Continue string
	// Title and Text are in the language of the request.
	Lang        ent.Lang
	Title, Text string
}

// PageFunc shows a page of the caller's.
type PageFunc func(w http.ResponseWriter, r *http.Request, p Page)

func (k PageKind) texts(lang ent.Lang) (title, text string) {
	pick := func(fr, en string) string { return ent.Label{FR: fr, EN: en}.In(lang) }
	switch k {
	case PageStartAgain:
		return pick("Connexion à recommencer", "Sign in again"), pick("Cette connexion a déjà servi, ou a pris trop de temps.", "This sign-in was already used, or took too long.")
	case PageNoCookies:
		return pick("Votre navigateur refuse les cookies", "Your browser refuses cookies"), pick("Ils gardent votre connexion, et rien d'autre. Acceptez ceux de ce site, puis recommencez.", "They keep you signed in, and nothing else. Accept those of this site, then start again.")
	case PageDeclined:
		return pick("Connexion non aboutie", "Not signed in"), pick("Le portail n'a pas confirmé votre identité. Vous pouvez recommencer.", "The portal did not confirm who you are. You can start again.")
	case PageNotAllowed:
		return pick("Service non ouvert", "Service not open"), pick("Ce service ne vous est pas ouvert, ou pas en ce moment. Votre établissement peut vous dire pourquoi.", "This service is not open to you, or not now. Your school can tell why.")
	case PageSignedOut:
		return pick("Vous êtes déconnecté", "You are signed out"), pick("Fermez le navigateur si l'ordinateur est partagé.", "Close the browser if the computer is shared.")
	case PagePartly:
		return pick("Vous êtes déconnecté d'ici", "You are signed out from here"), pick("Un service n'a pas pu être prévenu : fermez le navigateur si l'ordinateur est partagé.", "A service could not be told: close the browser if the computer is shared.")
	case PageUnavailable:
		return pick("Service indisponible", "Not available"), pick("Réessayez dans un instant.", "Try again in a moment.")
	case pagePost:
		return pick("Un instant", "One moment"), pick("Cliquez si rien ne se passe.", "Click if nothing happens.")
	case PageRefused:
	}
	return pick("Connexion refusée", "Sign-in refused"), pick("Le message reçu n'est pas valable. Reprenez depuis le début ; si cela se répète, prévenez votre établissement.", "The message received is not valid. Start again; if it happens again, tell your school.")
}

// langOf is the first of our languages that the browser prefers.
func langOf(r *http.Request) ent.Lang {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Language"), ",") {
		switch tag := strings.ToLower(strings.TrimSpace(part)); {
		case strings.HasPrefix(tag, "fr"):
			return ent.FR
		case strings.HasPrefix(tag, "en"):
			return ent.EN
		}
	}
	return ent.FR
}

func (s *side) show(w http.ResponseWriter, r *http.Request, p Page) {
	p.Lang = langOf(r)
	p.Title, p.Text = p.Kind.texts(p.Lang)
	noStore(w.Header())
	w.Header().Set("X-Frame-Options", "DENY")
	if s.page != nil {
		s.page(w, r, p)
		return
	}
	s.write(w, p, message{}, "")
}

// post is a form that goes to a partner by itself.
func (s *side) post(w http.ResponseWriter, r *http.Request, m message) {
	p := Page{Kind: pagePost, Status: http.StatusOK, Continue: m.to, Lang: langOf(r)}
	p.Title, p.Text = p.Kind.texts(p.Lang)
	noStore(w.Header())
	w.Header().Set("X-Frame-Options", "DENY")
	s.write(w, p, m, base64.StdEncoding.EncodeToString(serialize(m.root)))
}

func (s *side) write(w http.ResponseWriter, p Page, m message, encoded string) {
	nonce := rand.Text()
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'nonce-"+nonce+"'; frame-ancestors 'none'; base-uri 'none'")
	h.Set("Content-Type", "text/html; charset=UTF-8")
	w.WriteHeader(p.Status)
	_ = pages.Execute(w, struct {
		Page
		Nonce, Name, Message, Relay, Go string
	}{p, nonce, m.name, encoded, m.relay, ent.Label{FR: "Continuer", EN: "Continue"}.In(p.Lang)})
}

var pages = template.Must(template.New("").Parse(`<!DOCTYPE html>
<html lang="{{.Lang}}"><head><meta charset="utf-8"/><meta name="viewport" content="width=device-width"/><title>{{.Title}}</title></head>
<body><main><h1>{{.Title}}</h1><p>{{.Text}}</p>
{{if .Name}}<form id="to" method="post" action="{{.Continue}}"><input type="hidden" name="{{.Name}}" value="{{.Message}}"/>
{{- with .Relay}}<input type="hidden" name="RelayState" value="{{.}}"/>{{end}}<button>{{.Go}}</button></form>
<script nonce="{{.Nonce}}">document.getElementById("to").submit()</script>
{{else if .Continue}}<p><a href="{{.Continue}}">{{.Go}}</a></p>{{end}}</main></body></html>
`))

// fail shows what a refusal leads to, and logs its code. Whoever sent a message learns nothing of what is wrong with it.
func (s *side) fail(w http.ResponseWriter, r *http.Request, what string, err error) {
	p := Page{Kind: PageRefused, Status: http.StatusForbidden}
	switch {
	case errors.Is(err, CodePort):
		p = Page{Kind: PageUnavailable, Status: http.StatusServiceUnavailable}
	case errors.Is(err, CodeStatus):
		p = Page{Kind: PageDeclined, Status: http.StatusForbidden}
	case errors.Is(err, CodeBrowser):
		p = Page{Kind: PageNoCookies, Status: http.StatusForbidden}
	case errors.Is(err, CodeRequest), errors.Is(err, CodeReplay):
		p = Page{Kind: PageStartAgain, Status: http.StatusForbidden}
	case errors.Is(err, CodeNotAllowed):
		p = Page{Kind: PageNotAllowed, Status: http.StatusForbidden}
	}
	s.logged(r.Context(), what, err)
	s.show(w, r, p)
}

// logged logs a refusal by its code; what a port of the caller's failed with is the caller's to log.
func (s *side) logged(ctx context.Context, what string, err error) {
	level := slog.LevelWarn
	if errors.Is(err, CodePort) {
		level = slog.LevelError
	}
	var refused *RefusedError
	if !errors.As(err, &refused) {
		s.log.Log(ctx, level, what, slog.String("error", "not of SAML"))
		return
	}
	s.log.Log(ctx, level, what, slog.String("code", string(refused.Code)), slog.String("field", string(refused.Field)))
}
