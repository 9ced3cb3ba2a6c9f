package cas

import (
	"crypto/rand"
	"html/template"
	"net/http"
	"strings"

	"github.com/opencartable/cartable/ent"
)

// PageKind says what a page tells.
type PageKind string

// The pages of a server.
const (
	PageSignedIn     PageKind = "signed-in"    // nothing was asked for, and somebody is signed in
	PageSignedOut    PageKind = "signed-out"   // the session has ended
	PageConfirm      PageKind = "confirm"      // the person is asked before a service learns who they are
	PageUnregistered PageKind = "unregistered" // the service is not known
	PageNotAllowed   PageKind = "not-allowed"  // the service is not open to this person, or not now
	PageNoCookies    PageKind = "no-cookies"   // the browser comes back from the login, and keeps nothing
	PageBadRequest   PageKind = "bad-request"
	PageUnavailable  PageKind = "unavailable" // something behind does not answer: another try may do
	pagePost         PageKind = "post"
)

// Page is what a page shows. No personal value is in it.
type Page struct {
	Kind   PageKind
	Status int
	// Service is the name of the service, where there is one; Continue where the person goes next.
	Service  string
	Continue string
	// Frames are addresses to open in hidden frames: services that learn of the end of the session by the browser.
	Frames []string
	// Title and Text are in the language of the request.
	Lang        ent.Lang
	Title, Text string

	parameter, ticket string
	nonce             string
}

func (k PageKind) texts(lang ent.Lang) (title, text string) {
	pick := func(fr, en string) string {
		if lang == ent.EN {
			return en
		}
		return fr
	}
	switch k {
	case PageSignedIn:
		return pick("Vous êtes connecté", "You are signed in"), pick("Sur un ordinateur partagé, déconnectez-vous en partant.", "On a shared computer, sign out when you leave.")
	case PageSignedOut:
		return pick("Vous êtes déconnecté", "You are signed out"), pick("Fermez le navigateur si l'ordinateur est partagé.", "Close the browser if the computer is shared.")
	case PageConfirm:
		return pick("Ouvrir ce service ?", "Open this service?"), pick("Ce service va apprendre qui vous êtes.", "This service will learn who you are.")
	case PageUnregistered:
		return pick("Service inconnu", "Unknown service"), pick("Ce service n'est pas enregistré ici : rien ne lui a été envoyé.", "This service is not registered here: nothing was sent to it.")
	case PageNotAllowed:
		return pick("Service non ouvert", "Service not open"), pick("Ce service ne vous est pas ouvert, ou pas en ce moment. Votre établissement peut vous dire pourquoi.", "This service is not open to you, or not now. Your school can tell why.")
	case PageUnavailable:
		return pick("Service indisponible", "Not available"), pick("Réessayez dans un instant.", "Try again in a moment.")
	case PageNoCookies:
		return pick("Votre navigateur refuse les cookies", "Your browser refuses cookies"), pick("Ils gardent votre connexion, et rien d'autre. Acceptez ceux de ce site, puis continuez.", "They keep you signed in, and nothing else. Accept those of this site, then continue.")
	case pagePost:
		return pick("Connexion au service", "Opening the service"), pick("Cliquez si rien ne se passe.", "Click if nothing happens.")
	case PageBadRequest:
	}
	return pick("Demande illisible", "Unreadable request"), pick("Reprenez depuis le service.", "Start again from the service.")
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

func (s *Server) page(w http.ResponseWriter, r *http.Request, p Page) {
	p.Lang = langOf(r)
	p.Title, p.Text = p.Kind.texts(p.Lang)
	h := w.Header()
	noStore(h)
	h.Set("X-Frame-Options", "DENY")
	if s.Page != nil && p.Kind != pagePost {
		s.Page(w, r, p)
		return
	}
	p.nonce = rand.Text()
	frames := "'none'"
	if len(p.Frames) > 0 {
		frames = "https:"
	}
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'nonce-"+p.nonce+"'; frame-src "+frames+"; frame-ancestors 'none'; base-uri 'none'")
	h.Set("Content-Type", "text/html; charset=UTF-8")
	if p.Kind == PageSignedOut {
		h.Set("Clear-Site-Data", `"cache"`)
	}
	w.WriteHeader(p.Status)
	_ = pages.Execute(w, struct {
		Page
		Nonce, Parameter, Ticket, Go string
	}{p, p.nonce, p.parameter, p.ticket, map[ent.Lang]string{ent.FR: "Continuer", ent.EN: "Continue"}[p.Lang]})
}

// post is a form that goes to the service by itself. Source: R-CAS-19.
func (s *Server) post(w http.ResponseWriter, r *http.Request, service, parameter, ticket string) {
	s.page(w, r, Page{Kind: pagePost, Status: http.StatusOK, Continue: service, parameter: parameter, ticket: ticket})
}

var pages = template.Must(template.New("").Parse(`<!DOCTYPE html>
<html lang="{{.Lang}}"><head><meta charset="utf-8"/><meta name="viewport" content="width=device-width"/><title>{{.Title}}</title></head>
<body><main><h1>{{.Title}}</h1>{{with .Service}}<p>{{.}}</p>{{end}}<p>{{.Text}}</p>
{{if .Ticket}}<form id="to" method="post" action="{{.Continue}}"><input type="hidden" name="{{.Parameter}}" value="{{.Ticket}}"/><button>{{.Go}}</button></form>
<script nonce="{{.Nonce}}">document.getElementById("to").submit()</script>
{{else if .Continue}}<p><a href="{{.Continue}}">{{.Go}}</a></p>{{end}}
{{range .Frames}}<iframe src="{{.}}" title="" hidden></iframe>{{end}}</main></body></html>
`))
