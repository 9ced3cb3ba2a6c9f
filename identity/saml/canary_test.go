package saml_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/beevik/etree"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity"
	"github.com/opencartable/cartable/identity/saml"
)

// Nothing of a person, of a session nor of a message stands in what is logged, shown, returned or recorded, whatever goes wrong.
func TestCanary(t *testing.T) {
	t.Parallel()
	const mark = "CANARI"
	var said strings.Builder // all that is to be searched
	var mu sync.Mutex
	note := func(what string, v ...any) {
		mu.Lock()
		defer mu.Unlock()
		for _, x := range v {
			fmt.Fprintf(&said, "%s: %v %+v %#v %s\n", what, x, x, x, x)
		}
	}
	store := &hooked{Store: saml.NewMemoryStore(nil)}
	broken := errDown
	w := newWorld(t, func(w *world, idp *saml.IDPConfig, sp *saml.SPConfig) {
		w.partner = func(p *saml.Partner) {
			p.NameID, p.Entity.Roles[0].AuthnRequestsSigned = saml.NameIDPersistent, false
			for i := range p.Entity.Roles[0].Endpoints {
				if e := &p.Entity.Roles[0].Endpoints[i]; e.Binding == saml.BindingSOAP {
					e.Location += "?down"
				}
			}
		}
		idp.Store = store
		idp.Attributes = func(context.Context, ent.ID) (*identity.Attributes, error) {
			if broken == nil {
				return nil, fmt.Errorf("%s %w", mark, errDown)
			}
			a := known()
			a.Login, a.External, a.Name = mark+"-login", mark+"-external", ent.Name{Family: mark + "-family", Given: mark + "-given"}
			a.Extra = map[string][]string{"vecteur": {mark + "-vecteur"}, "control": {mark + "\x00"}}
			return a, nil
		}
		session := idp.Session
		idp.Session = func(r *http.Request) (*identity.Principal, error) {
			p, err := session(r)
			if p != nil {
				p.Session = mark + p.Session
			}
			return p, err
		}
		idp.End = func(_ context.Context, id string) error {
			note("principal", identity.Principal{}) // the type has a redacted form; its log is searched below
			if broken == nil {
				return fmt.Errorf("%s %w", id, errDown)
			}
			w.idpV.close(strings.TrimPrefix(id, mark))
			return nil
		}
		sp.SignedIn = func(rw http.ResponseWriter, r *http.Request, a *saml.Assertion, back string) {
			w.spV.slog.Info("assertion", "a", a, "value", *a, "upstream", a.Upstream(), "name", a.NameID)
			note("assertion", a, *a, a.Upstream(), a.NameID, a.Attributes)
			w.spV.open(rw, session0(w, a))
			http.Redirect(rw, r, back, http.StatusSeeOther)
		}
		ended := sp.Ended
		sp.Ended = func(ctx context.Context, l *saml.LogoutRequest) (int, error) {
			note("request", l, *l)
			return ended(ctx, l)
		}
	})
	page := func(what string, status int, body string) {
		if status != http.StatusOK {
			note(what, body)
		}
	}
	_, body := visit(t, w.browser, w.spV.http.URL+"/login")
	require.Contains(t, body, "signed in")
	u := w.spV.sessions["session-x"].upstream
	require.Contains(t, u.NameID.Value, mark, "the world is marked")

	// Messages that do not hold, each with marks inside.
	action, values := upTo(t, w.browser, w.spV.http.URL+"/login")
	response := values.Get("SAMLResponse")
	for _, m := range []string{
		response[:len(response)/2] + mark + response[len(response)/2:], encode("<" + mark + ">"), encode("<!DOCTYPE " + mark + "><a/>"), mark,
		encode(strings.Replace(message, "status:Success", mark, 1)), encode(strings.Replace(message, sspID, mark, 2)),
	} {
		status, body := post(t, w.browser, action, url.Values{"SAMLResponse": {m}, "RelayState": {mark}})
		require.Equal(t, http.StatusForbidden, status)
		note("refused", body)
	}
	for _, change := range []func(*etree.Element){
		func(el *etree.Element) { el.ChildElements()[0].SetText(mark) },
		func(el *etree.Element) { el.CreateAttr("ForceAuthn", mark) },
		func(el *etree.Element) { el.RemoveAttr("ID"); el.CreateAttr("ID", mark+strings.Repeat("x", 400)) },
		func(el *etree.Element) { classes(el, mark, mark) },
		func(el *etree.Element) { classes(el, "exact", mark) },
		func(el *etree.Element) { el.CreateElement("samlp:NameIDPolicy").CreateAttr("Format", mark) },
		func(el *etree.Element) { el.RemoveAttr("IssueInstant"); el.CreateAttr("IssueInstant", mark) },
	} {
		status, body := visit(t, w.browser, authnRequest(t, w, false, change))
		require.Equal(t, http.StatusForbidden, status)
		note("request", body)
	}
	for _, path := range []string{"/idp/continue?state=" + mark, "/idp/slo?SAMLRequest=" + mark, "/idp/sso?SAMLRequest=" + mark + "&RelayState=" + mark} {
		status, body := visit(t, w.browser, w.idpV.http.URL+path)
		require.Equal(t, http.StatusForbidden, status)
		note("path", body)
	}
	res, err := w.browser.Post(w.idpV.http.URL+"/idp/slo", "text/xml", strings.NewReader(soap("<"+mark+"/>")))
	require.NoError(t, err)
	b, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	_ = res.Body.Close()
	note("soap", string(b))

	// Parts of the caller's that break down, with marks in what they say.
	broken = nil
	status, body := visit(t, w.browser, w.spV.http.URL+"/login")
	require.Equal(t, http.StatusServiceUnavailable, status)
	page("attributes", status, body)
	note("logout", w.ask(t, u))
	broken = errDown
	store.set(func(string, string) bool { return true })
	status, body = visit(t, w.browser, w.spV.http.URL+"/login")
	page("store", status, body)
	note("ended", w.idp.EndSession(t.Context(), mark+"session-x"))
	store.set(nil)
	_, body = visit(t, w.browser, w.spV.http.URL+"/login")
	require.Contains(t, body, "signed in")
	note("ended", w.idp.EndSession(t.Context(), mark+"session-x"))
	note("logout", w.ask(t, u))
	rec := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	note("error", w.sp.Login(rec, r, mark, "/"), w.sp.Login(rec, r, w.idpV.http.URL+"/idp/metadata", "http://"+mark), w.sp.Logout(rec, r, saml.Upstream{Issuer: mark}, "/"))

	note("disclosures", w.released)
	disclosures, err := json.Marshal(w.released)
	require.NoError(t, err)
	require.NotEmpty(t, w.released)
	for what, text := range map[string]string{"said": said.String(), "idp": w.idpV.log.String(), "sp": w.spV.log.String(), "disclosures": string(disclosures)} {
		assert.NotContains(t, strings.ToUpper(text), mark, what)
		assert.NotContains(t, text, "session-x", what)
		assert.NotContains(t, text, "701294", what)
	}
	assert.Greater(t, strings.Count(w.idpV.log.String()+w.spV.log.String(), "\n"), 20, "something is logged")
}

func session0(w *world, a *saml.Assertion) session {
	s := session{at: w.clock.read(), upstream: a.Upstream(), values: map[string][]string{}}
	for _, x := range a.Attributes {
		s.values[x.Name] = x.Values
	}
	return s
}
