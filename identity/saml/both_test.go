package saml_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity"
	"github.com/opencartable/cartable/identity/saml"
)

// The two halves against each other: a vendor that is an identity provider, and one that is a service of it. What the real peers
// say of each half is in peers_test.go.

// now is a clock that tests move.
type now struct {
	mu sync.Mutex
	t  time.Time
}

func (n *now) read() time.Time {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.t
}

func (n *now) add(d time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.t = n.t.Add(d)
}

var pair = sync.OnceValue(func() [2]saml.KeyPair {
	var out [2]saml.KeyPair
	for i := range out {
		k, err := saml.SelfSigned("exemple.test", instant(), instant().AddDate(3, 0, 0))
		if err != nil {
			panic(err)
		}
		out[i] = k
	}
	return out
})

// vendor is a server with sessions: of an identity provider or of a service.
type vendor struct {
	http *httptest.Server
	mux  *http.ServeMux
	log  bytes.Buffer
	slog *slog.Logger

	mu       sync.Mutex
	sessions map[string]session
	logins   int
}

type session struct {
	at       time.Time
	upstream saml.Upstream
	values   map[string][]string
}

func newVendor(t *testing.T) *vendor {
	t.Helper()
	v := &vendor{mux: http.NewServeMux(), sessions: map[string]session{}}
	v.slog = slog.New(slog.NewJSONHandler(&syncWriter{w: &v.log, mu: &v.mu}, nil))
	v.http = httptest.NewTLSServer(v.mux)
	t.Cleanup(v.http.Close)
	return v
}

type syncWriter struct {
	w  io.Writer
	mu *sync.Mutex
}

func (s *syncWriter) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.w.Write(b)
}

func (v *vendor) session(r *http.Request) (string, session, bool) {
	c, err := r.Cookie("vendor")
	if err != nil {
		return "", session{}, false
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	s, ok := v.sessions[c.Value]
	return c.Value, s, ok
}

func (v *vendor) open(w http.ResponseWriter, s session) {
	v.mu.Lock()
	v.logins++
	id := "session-" + strings.Repeat("x", v.logins)
	v.sessions[id] = s
	v.mu.Unlock()
	http.SetCookie(w, &http.Cookie{Name: "vendor", Value: id, Path: "/", HttpOnly: true, Secure: true, SameSite: http.SameSiteLaxMode})
}

func (v *vendor) close(id string) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	_, ok := v.sessions[id]
	delete(v.sessions, id)
	return ok
}

func (v *vendor) count() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return len(v.sessions)
}

// world is a provider and a service that know each other by their metadata.
type world struct {
	clock    *now
	idpV     *vendor
	spV      *vendor
	idp      *saml.IDP
	sp       *saml.SP
	idpStore *saml.MemoryStore
	spStore  *saml.MemoryStore
	released []ent.Disclosure
	browser  *http.Client
	partner  func(*saml.Partner)
	provider func(*saml.Partner)
	idpC     saml.IDPConfig
	spC      saml.SPConfig
}

func elements(names ...string) *identity.Compiled {
	l := identity.Layout{ID: "test", Principal: identity.Principle{First: []identity.Source{"login"}}}
	for _, n := range names {
		name, from, _ := strings.Cut(n, "=")
		l.Elements = append(l.Elements, identity.Element{Name: name, From: identity.Source(from)})
	}
	c, issues := l.Compile()
	if len(issues) > 0 {
		panic(issues.Err())
	}
	return c
}

func known() *identity.Attributes {
	return &identity.Attributes{
		ID: "us-42", Login: "lea.dupont", External: "RENNES-5123456", Profile: ent.ProfilePupil, Name: ent.Name{Family: "D'ALMEIDA & Fils", Given: "Zoé"},
		Schools: []identity.School{{UAI: "0350029S", Name: "COLLEGE"}, {UAI: "0350030T", Name: "LYCEE"}},
		Extra:   map[string][]string{"vecteur": {"4|||701294|0790031E"}, "control": {"a\x00b"}},
	}
}

func newWorld(t *testing.T, change ...func(*world, *saml.IDPConfig, *saml.SPConfig)) *world {
	t.Helper()
	w := &world{clock: &now{t: time.Now()}, idpV: newVendor(t), spV: newVendor(t)}
	w.idpStore, w.spStore = saml.NewMemoryStore(w.clock.read), saml.NewMemoryStore(w.clock.read)
	client := w.idpV.http.Client()
	client.Transport.(*http.Transport).TLSClientConfig = &tls.Config{RootCAs: pool(w.idpV, w.spV), MinVersion: tls.VersionTLS12}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	idpC := saml.IDPConfig{
		EntityID: w.idpV.http.URL + "/idp/metadata", BaseURL: w.idpV.http.URL + "/idp", Keys: []saml.KeyPair{pair()[0]}, Store: w.idpStore,
		Clock: w.clock.read, Logger: w.idpV.slog, Egress: client,
		Session: func(r *http.Request) (*identity.Principal, error) {
			id, s, ok := w.idpV.session(r)
			if !ok {
				return nil, nil
			}
			return &identity.Principal{Account: "us-42", Session: id, At: s.at}, nil
		},
		Attributes: func(context.Context, ent.ID) (*identity.Attributes, error) { return known(), nil },
		Login: func(rw http.ResponseWriter, r *http.Request, back string, _ bool) {
			w.idpV.open(rw, session{at: w.clock.read()})
			http.Redirect(rw, r, back, http.StatusSeeOther)
		},
		End: func(_ context.Context, id string) error {
			w.idpV.close(id)
			return nil
		},
		Journal: func(_ context.Context, _ ent.ID, d ent.Disclosure) error {
			w.released = append(w.released, d)
			return nil
		},
	}
	spC := saml.SPConfig{
		EntityID: w.spV.http.URL + "/saml/metadata", BaseURL: w.spV.http.URL + "/saml", Keys: []saml.KeyPair{pair()[1]}, Store: w.spStore,
		Clock: w.clock.read, Logger: w.spV.slog,
		SignedIn: func(rw http.ResponseWriter, r *http.Request, a *saml.Assertion, back string) {
			s := session{at: w.clock.read(), upstream: a.Upstream(), values: map[string][]string{}}
			for _, x := range a.Attributes {
				s.values[x.Name] = x.Values
			}
			w.spV.open(rw, s)
			http.Redirect(rw, r, back, http.StatusSeeOther)
		},
		Ended: func(_ context.Context, l *saml.LogoutRequest) (int, error) {
			w.spV.mu.Lock()
			defer w.spV.mu.Unlock()
			n := 0
			for id, s := range w.spV.sessions {
				if l.Names(s.upstream) {
					delete(w.spV.sessions, id)
					n++
				}
			}
			return n, nil
		},
	}
	w.partner, w.provider = func(*saml.Partner) {}, func(*saml.Partner) {}
	for _, c := range change {
		c(w, &idpC, &spC)
	}
	// Each reads what the other publishes.
	late := &lateBook{}
	idpC.Partners = late
	var err error
	w.idp, err = saml.NewIDP(idpC)
	require.NoError(t, err)
	published, err := w.idp.Metadata()
	require.NoError(t, err)
	provider := saml.Partner{Entity: entity(t, published), Contexts: []string{saml.PasswordProtected}}
	w.provider(&provider)
	book, err := saml.NewBook(provider)
	require.NoError(t, err)
	spC.Partners = book
	w.sp, err = saml.NewSP(spC)
	require.NoError(t, err)
	w.idpC, w.spC = idpC, spC
	published, err = w.sp.Metadata()
	require.NoError(t, err)
	partner := saml.Partner{
		Entity: entity(t, published), Layout: elements("uid=login", "FrEduVecteur=extra.vecteur", "sn=name.family", "uai=school.uai", "x=extra.control"),
		Names: map[string]saml.AttributeName{"sn": {Name: "urn:oid:2.5.4.4", Friendly: "sn"}}, Purpose: "test",
	}
	w.partner(&partner)
	late.Book, err = saml.NewBook(partner)
	require.NoError(t, err)
	w.idpV.mux.Handle("/idp/", http.StripPrefix("/idp", w.idp))
	w.spV.mux.Handle("/saml/", http.StripPrefix("/saml", w.sp))
	w.spV.mux.HandleFunc("/login", func(rw http.ResponseWriter, r *http.Request) {
		if err := w.sp.Login(rw, r, w.idpV.http.URL+"/idp/metadata", "/page?a=1"); err != nil {
			http.Error(rw, err.Error(), http.StatusBadGateway)
		}
	})
	w.spV.mux.HandleFunc("/logout", func(rw http.ResponseWriter, r *http.Request) {
		id, s, _ := w.spV.session(r)
		w.spV.close(id)
		if err := w.sp.Logout(rw, r, s.upstream, "/bye"); err != nil {
			http.Error(rw, err.Error(), http.StatusBadGateway)
		}
	})
	w.spV.mux.HandleFunc("/", func(rw http.ResponseWriter, r *http.Request) {
		_, s, ok := w.spV.session(r)
		if !ok {
			_, _ = io.WriteString(rw, "nobody at "+r.URL.RequestURI())
			return
		}
		_, _ = io.WriteString(rw, "signed in at "+r.URL.RequestURI()+" "+strings.Join(s.values["uid"], ","))
	})
	w.browser = browser(w.idpV, w.spV)
	return w
}

// lateBook is filled once both sides exist.
type lateBook struct{ *saml.Book }

func entity(t testing.TB, metadata []byte) saml.Entity {
	t.Helper()
	list, err := saml.ReadMetadata(metadata)
	require.NoError(t, err, string(metadata))
	require.Len(t, list, 1)
	return list[0]
}

func browser(servers ...*vendor) *http.Client {
	jar, _ := cookiejar.New(nil)
	return &http.Client{Jar: jar, Timeout: 10 * time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool(servers...), MinVersion: tls.VersionTLS12}}}
}

var (
	formOf  = regexp.MustCompile(`<form id="to" method="post" action="([^"]+)">`)
	fieldOf = regexp.MustCompile(`name="([^"]+)" value="([^"]*)"`)
)

// form is what a page would post by itself.
func form(body string) (action string, values url.Values, ok bool) {
	m := formOf.FindStringSubmatch(body)
	if m == nil {
		return "", nil, false
	}
	values = url.Values{}
	for _, f := range fieldOf.FindAllStringSubmatch(body, -1) {
		values.Add(html.UnescapeString(f[1]), html.UnescapeString(f[2]))
	}
	return html.UnescapeString(m[1]), values, true
}

// visit opens an address as a browser does, forms that post themselves included.
func visit(t *testing.T, c *http.Client, address string) (int, string) {
	t.Helper()
	res, err := c.Get(address)
	require.NoError(t, err)
	return follow(t, c, res)
}

func follow(t *testing.T, c *http.Client, res *http.Response) (int, string) {
	t.Helper()
	for range 8 {
		b, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		_ = res.Body.Close()
		action, values, ok := form(string(b))
		if !ok {
			return res.StatusCode, string(b)
		}
		assert.Contains(t, res.Header.Get("Content-Security-Policy"), "script-src 'nonce-")
		res, err = c.PostForm(action, values)
		require.NoError(t, err)
	}
	t.Fatal("the browser goes round")
	return 0, ""
}

// upTo opens an address, and stops before the response is posted.
func upTo(t *testing.T, c *http.Client, address string) (action string, values url.Values) {
	t.Helper()
	res, err := c.Get(address)
	require.NoError(t, err)
	b, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	_ = res.Body.Close()
	action, values, ok := form(string(b))
	require.True(t, ok, string(b))
	return action, values
}

func TestBothSides(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*world, *saml.IDPConfig, *saml.SPConfig){
		"plain": func(*world, *saml.IDPConfig, *saml.SPConfig) {},
		"encrypted": func(w *world, _ *saml.IDPConfig, _ *saml.SPConfig) {
			w.partner = func(p *saml.Partner) { p.Encrypt = true }
		},
		"both signed, encrypted": func(w *world, _ *saml.IDPConfig, _ *saml.SPConfig) {
			w.partner = func(p *saml.Partner) { p.Encrypt, p.SignResponse = true, true }
		},
		"persistent": func(w *world, _ *saml.IDPConfig, _ *saml.SPConfig) {
			w.partner = func(p *saml.Partner) { p.NameID = saml.NameIDPersistent }
			w.provider = func(p *saml.Partner) { p.Request.NameIDFormat = saml.NameIDFormatPersistent }
		},
		"asked for afresh": func(w *world, _ *saml.IDPConfig, _ *saml.SPConfig) {
			w.provider = func(p *saml.Partner) { p.Request.Force = true }
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, change)
			status, body := visit(t, w.browser, w.spV.http.URL+"/login")
			require.Equal(t, http.StatusOK, status, body)
			require.Equal(t, "signed in at /page?a=1 lea.dupont", body)
			id := "session-x"
			got := w.spV.sessions[id].values
			assert.Equal(t, []string{"4|||701294|0790031E"}, got["FrEduVecteur"])
			assert.Equal(t, []string{"D'ALMEIDA & Fils"}, got["urn:oid:2.5.4.4"])
			assert.Equal(t, []string{"0350029S", "0350030T"}, got["uai"])
			assert.NotContains(t, got, "x", "XML cannot carry it")
			assert.Contains(t, w.idpV.log.String(), `"element":"x"`, "and nothing happens in silence")
			require.Len(t, w.released, 1)
			assert.Equal(t, []ent.Field{"extra.control", "extra.vecteur", "login", "name.family", "school.uai"}, w.released[0].Fields)

			// The service ends the session: the provider's ends too, and the browser comes back.
			_, body = visit(t, w.browser, w.spV.http.URL+"/logout")
			assert.Equal(t, "nobody at /bye", body)
			assert.Zero(t, w.idpV.count())
			assert.Zero(t, w.spV.count())
			for _, mark := range []string{"lea.dupont", "701294", "ALMEIDA", "session-x"} {
				assert.NotContains(t, w.idpV.log.String(), mark)
				assert.NotContains(t, w.spV.log.String(), mark)
			}
		})
	}
}

// The provider ends the session, over SOAP: the service's ends, and only that one.
func TestProviderEndsSessions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, _ = visit(t, w.browser, w.spV.http.URL+"/login")
	other := browser(w.idpV, w.spV)
	_, _ = visit(t, other, w.spV.http.URL+"/login")
	require.Equal(t, 2, w.spV.count())
	ended := w.idp.EndSession(t.Context(), "session-x")
	assert.Equal(t, identity.Ended{Visits: 1, Told: 1}, ended)
	assert.Equal(t, 1, w.spV.count())
	assert.Equal(t, identity.Ended{}, w.idp.EndSession(t.Context(), "session-x"), "once")
	_, body := visit(t, w.browser, w.spV.http.URL+"/x")
	assert.Equal(t, "nobody at /x", body)
	_, body = visit(t, other, w.spV.http.URL+"/x")
	assert.Equal(t, "signed in at /x lea.dupont", body)
}

func pool(servers ...*vendor) *x509.CertPool {
	out := x509.NewCertPool()
	for _, s := range servers {
		out.AddCert(s.http.Certificate())
	}
	return out
}
