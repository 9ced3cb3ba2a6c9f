package cas

import (
	"html/template"
	"net/http"

	"github.com/opencartable/cartable/ent"
)

// retry is the page of a Gate: why it failed in neutral words, and a way to try again.
func retry(w http.ResponseWriter, r *http.Request, status int, again string, cookies bool) {
	p := struct {
		Lang                   ent.Lang
		Title, Text, Again, Go string
	}{
		ent.FR, "La connexion n'a pas abouti", "Le lien a peut-être déjà servi, ou trop attendu. Rien n'est perdu : connectez-vous de nouveau.", again, "Se connecter",
	}
	english := langOf(r) == ent.EN
	switch {
	case cookies:
		p.Title, p.Text = PageNoCookies.texts(langOf(r))
	case status == http.StatusServiceUnavailable:
		p.Title, p.Text = PageUnavailable.texts(langOf(r))
	case english:
		p.Title, p.Text = "Signing in did not work", "The link may have served already, or waited too long. Nothing is lost: sign in again."
	}
	if english {
		p.Lang, p.Go = ent.EN, "Sign in"
	}
	h := w.Header()
	noStore(h)
	h.Set("X-Frame-Options", "DENY")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'")
	h.Set("Content-Type", "text/html; charset=UTF-8")
	w.WriteHeader(status)
	_ = gatePage.Execute(w, p)
}

var gatePage = template.Must(template.New("").Parse(`<!DOCTYPE html>
<html lang="{{.Lang}}"><head><meta charset="utf-8"/><meta name="viewport" content="width=device-width"/><title>{{.Title}}</title></head>
<body><main><h1>{{.Title}}</h1><p>{{.Text}}</p><p><a href="{{.Again}}">{{.Go}}</a></p></main></body></html>
`))
