package cas_test

import (
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/identity"
	"github.com/opencartable/cartable/identity/cas"
	"github.com/opencartable/cartable/internal/samples"
)

// The requirements of the specification by their numbers: 10, 11 stand in match_test.go, 16 and 17 in package identity.

// R-CAS-1: the client takes each address by itself; those of one base are a default.
func TestRCAS1EachAddressByItself(t *testing.T) {
	t.Parallel()
	var asked atomic.Pointer[string]
	validator := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := r.URL.Path
		asked.Store(&path)
		_, _ = io.WriteString(w, `<cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas"><cas:authenticationSuccess><cas:user>lea</cas:user></cas:authenticationSuccess></cas:serviceResponse>`)
	}))
	defer validator.Close()
	c := &cas.Client{Application: "https://app.example.org", Server: cas.Endpoints{
		Login: "https://ent.example.fr:8443/connexion", Logout: "https://ent.example.fr/sortie", Validate: validator.URL + "/v3/verifie",
	}}
	assert.Equal(t, "https://ent.example.fr:8443/connexion?service=https%3A%2F%2Fapp.example.org%2F", c.LoginURL("https://app.example.org/", false))
	assert.Equal(t, "https://ent.example.fr/sortie", c.LogoutURL(""))
	_, err := c.Check(t.Context(), "https://app.example.org/", "ST-1")
	require.NoError(t, err)
	assert.Equal(t, "/v3/verifie", *asked.Load())
	at := cas.At("https://ent.example.fr/v3/cas/")
	assert.Equal(t, "https://ent.example.fr/v3/cas/login", at.Login)
	assert.Equal(t, "https://ent.example.fr/v3/cas/p3/serviceValidate", at.Validate)

	// No verification of TLS is left out by default.
	strict := httptest.NewTLSServer(validator.Config.Handler)
	defer strict.Close()
	c.Server.Validate = strict.URL
	_, err = c.Check(t.Context(), "https://app.example.org/", "ST-1")
	require.ErrorIs(t, err, cas.CodeUpstream)
}

// R-CAS-2: 128 bits at random in letters and figures, nothing of the user, and no two alike.
func TestRCAS2Tickets(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.server.Logger = slog.New(slog.DiscardHandler)
	w.signIn()
	seen := map[string]bool{}
	for range 1000 {
		st := w.ticket(app)
		require.Regexp(t, `^ST-[A-Za-z0-9]{22,253}$`, st)
		require.False(t, seen[st])
		seen[st] = true
		// No shorter text: chance writes three given letters every other run.
		require.NotContains(t, strings.ToLower(st), "dupont")
		require.NotContains(t, st, "us-42")
	}
}

// R-CAS-3: one attempt, whatever the result.
func TestRCAS3OneAttempt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.signIn()
	for _, first := range []func(st string) string{
		func(st string) string { return w.validated("/serviceValidate", app, st) },
		func(st string) string { return w.validated("/serviceValidate", "https://app.example.org/other", st) },
		func(st string) string { return w.validated("/serviceValidate", "https://evil.example/", st) },
		func(st string) string { return w.validated("/serviceValidate", app, st, "renew", "true") },
		func(st string) string { return w.validated("/validate", app, st) },
	} {
		st := w.ticket(app)
		first(st)
		assert.Contains(t, w.validated("/serviceValidate", app, st), code(cas.InvalidTicket))
	}
}

// R-CAS-4: a ticket is bound to the address of the login.
func TestRCAS4Bound(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.signIn()
	for _, other := range []string{"https://app.example.org/y", app + "?a=1", "https://back.example.org/x", "https://app.example.org:444/x"} {
		assert.Contains(t, w.validated("/serviceValidate", other, w.ticket(app)), code(cas.InvalidService), other)
	}
	assert.Contains(t, w.validated("/serviceValidate", app, w.ticket(app)), "authenticationSuccess")
}

// R-CAS-5: the client reads "yes" with and without a user, the server writes it with.
func TestRCAS5PlainAnswers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.signIn()
	assert.Equal(t, "yes\nlea.dupont\n", w.validated("/validate", app, w.ticket(app)))
	assert.Equal(t, "no\n", w.validated("/validate", app, "ST-none"))
	for text, user := range map[string]string{"yes\nlea\n": "lea", "yes\nlea": "lea", "yes\r\nlea\r\n": "lea"} {
		a, err := cas.Read1([]byte(text))
		require.NoError(t, err, "%q", text)
		assert.Equal(t, user, a.User, "%q", text)
	}
	for _, text := range []string{"no\n", "no\n\n", "no"} {
		a, err := cas.Read1([]byte(text))
		require.NoError(t, err, "%q", text)
		assert.Empty(t, a.User)
		assert.NotEmpty(t, a.Failure)
	}
}

// R-CAS-6: the prefix is written "cas", which phpCAS takes off as a text.
func TestRCAS6Prefix(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.signIn()
	body := w.validated("/p3/serviceValidate", app, w.ticket(app))
	assert.Contains(t, body, `<cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas">`)
	for _, m := range regexp.MustCompile(`</?([A-Za-z]+)[ :>]`).FindAllStringSubmatch(body, -1) {
		assert.Equal(t, "cas", m[1])
	}
}

// R-CAS-7: an address that is refused is an error; a call that fails leaves the block out.
func TestRCAS7ProxyCallbacks(t *testing.T) {
	t.Parallel()
	callback := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/moved" {
			http.Redirect(w, r, "/ok", http.StatusFound)
			return
		}
		if r.URL.Path != "/ok" {
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
	defer callback.Close()
	w := newWorld(t, func(s *cas.Service) { s.ProxyCallbacks = []cas.URLRule{{Mode: cas.ModePrefix, URL: callback.URL}} })
	egress := callback.Client()
	egress.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	w.server.Egress = egress
	w.signIn()
	body := w.validated("/serviceValidate", app, w.ticket(app), "pgtUrl", callback.URL+"/ok")
	assert.Regexp(t, `<cas:proxyGrantingTicket>PGTIOU-\w+</cas:proxyGrantingTicket>`, body)
	for _, fails := range []string{"/fails", "/moved"} {
		body = w.validated("/serviceValidate", app, w.ticket(app), "pgtUrl", callback.URL+fails)
		assert.Contains(t, body, "authenticationSuccess", fails)
		assert.NotContains(t, body, "proxyGrantingTicket", fails)
	}
	for _, refused := range []string{"http://app.example.org/", "https://evil.example/", "ftp://x"} {
		assert.Contains(t, w.validated("/serviceValidate", app, w.ticket(app), "pgtUrl", refused), code(cas.InvalidProxyCallback), refused)
	}
}

// R-CAS-8: without a list of proxies, whoever comes by one is refused.
func TestRCAS8ProxiesMustBeListed(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `<cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas"><cas:authenticationSuccess><cas:user>lea</cas:user><cas:proxies><cas:proxy>https://p.example.org/pgt</cas:proxy></cas:proxies></cas:authenticationSuccess></cas:serviceResponse>`)
	}))
	defer server.Close()
	c := &cas.Client{Application: "https://app.example.org", Server: cas.At(server.URL)}
	a, err := c.Check(t.Context(), "https://app.example.org/", "PT-1")
	require.ErrorIs(t, err, cas.CodeProxies)
	assert.Nil(t, a)
	for pattern, allowed := range map[string]bool{
		`https://p\.example\.org/pgt`: true, `https://p\.example\.org/`: false, `p\.example\.org/pgt`: false, `https://p\.example\.org/pgt|x`: true,
	} {
		c.Proxies = [][]*regexp.Regexp{{regexp.MustCompile(pattern)}}
		_, err = c.Check(t.Context(), "https://app.example.org/", "PT-1")
		assert.Equal(t, allowed, err == nil, "%s: the whole address", pattern)
	}
}

// R-CAS-9: a second login to the same service keeps both tickets: both sessions of the application end.
func TestRCAS9BothTickets(t *testing.T) {
	t.Parallel()
	told := make(chan string, 4)
	service := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { told <- r.FormValue("logoutRequest") }))
	defer service.Close()
	w := newWorld(t, func(s *cas.Service) {
		s.Logout, s.URLs = cas.LogoutBack, []cas.URLRule{{Mode: cas.ModePrefix, URL: service.URL, AllowHTTP: true}}
	})
	w.signIn()
	one, two := w.ticket(service.URL+"/x"), w.ticket(service.URL+"/x")
	w.validated("/serviceValidate", service.URL+"/x", one)
	w.validated("/serviceValidate", service.URL+"/x", two)
	ended := w.server.EndSession(t.Context(), "session-1")
	assert.Equal(t, identity.Ended{Visits: 2, Told: 2}, ended)
	both := <-told + <-told
	assert.Contains(t, both, one)
	assert.Contains(t, both, two)
}

// R-CAS-12: what is sent is encoded, whatever the ticket and the address hold; the ticket is taken off the address.
func TestRCAS12Encoded(t *testing.T) {
	t.Parallel()
	var got url.Values
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.URL.Query() }))
	defer server.Close()
	c := &cas.Client{Application: "https://app.example.org", Server: cas.At(server.URL)}
	service := "https://app.example.org/x?a=1&pgtUrl=https://evil.example/#f"
	_, err := c.Check(t.Context(), service, "ST-1")
	require.Error(t, err)
	assert.Equal(t, url.Values{"service": {service}, "ticket": {"ST-1"}}, got)
	r := httptest.NewRequest(http.MethodGet, "https://evil.example/page?ticket=ST-1&b=2", nil)
	r.Header.Set("X-Forwarded-Host", "evil.example")
	assert.Equal(t, "https://app.example.org/page?b=2", c.ServiceURL(r))
}

// R-CAS-13: the eight styles of the field, by namespace.
func TestRCAS13Styles(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(samples.Dir(t, "identity", "cas", "responses"), "style-*.xml"))
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(files), 8)
	for _, f := range files {
		b, err := os.ReadFile(f)
		require.NoError(t, err)
		a, err := cas.Read(b)
		require.NoError(t, err, filepath.Base(f))
		assert.NotEmpty(t, a.User, filepath.Base(f))
		assert.NotEmpty(t, a.Attributes, filepath.Base(f))
	}
}

// R-CAS-14: the server offers the attributes beside the user, in their element, and both.
func TestRCAS14ServerStyles(t *testing.T) {
	t.Parallel()
	for style, want := range map[identity.Style][2]bool{identity.StyleFlat: {true, false}, identity.StyleAttributes: {false, true}, identity.StyleBoth: {true, true}} {
		s := cas.Success{User: "lea", Style: style, Values: []identity.Value{{Name: "mail", Text: "x"}}}
		text := string(s.XML())
		before, inside, _ := strings.Cut(text, "<cas:attributes>")
		inside, after, _ := strings.Cut(inside, "</cas:attributes>")
		assert.Equal(t, want, [2]bool{strings.Contains(before+after, "<cas:mail>x"), strings.Contains(inside, "<cas:mail>x")}, "%s: %s", style, text)
	}
}

// R-CAS-15: what is neither one success nor one failure is malformed, never somebody and never a panic.
func TestRCAS15Malformed(t *testing.T) {
	t.Parallel()
	const open, end = `<cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas">`, `</cas:serviceResponse>`
	success := func(user string) string {
		return "<cas:authenticationSuccess>" + user + "</cas:authenticationSuccess>"
	}
	const failure = `<cas:authenticationFailure code="X">y</cas:authenticationFailure>`
	for name, text := range map[string]string{
		"both":            open + success("<cas:user>lea</cas:user>") + failure + end,
		"two users":       open + success("<cas:user>lea</cas:user><cas:user>leo</cas:user>") + end,
		"blank user":      open + success("<cas:user> </cas:user>") + end,
		"no user":         open + success("") + end,
		"neither":         open + end,
		"other namespace": strings.Replace(open, "yale", "evil", 1) + success("<cas:user>lea</cas:user>") + end,
		"doctype":         `<!DOCTYPE x>` + open + success("<cas:user>lea</cas:user>") + end,
		"html":            "<html><body>yes</body></html>",
		"plain no":        "no\nlea",
	} {
		a, err := cas.Read([]byte(text))
		require.ErrorIs(t, err, cas.CodeMalformed, name)
		assert.Nil(t, a, name)
	}
}

// R-CAS-18: what the server says to a browser, what it logs, whom it calls, and how often a service may ask.
func TestRCAS18Server(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(s *cas.Service) { s.Rate = 3 })
	rec := w.get("/login")
	assert.Equal(t, http.StatusSeeOther, rec.Code, "the form is the vendor's")
	w.signIn()
	rec = w.get("/login")
	assert.Equal(t, "no-referrer", rec.Header().Get("Referrer-Policy"))
	assert.Equal(t, "DENY", rec.Header().Get("X-Frame-Options"))
	assert.Contains(t, rec.Header().Get("Content-Security-Policy"), "frame-ancestors 'none'")

	// Beyond its rate a service is told to come back, and its ticket is kept; another service is not held up.
	for range 3 {
		assert.Contains(t, w.validated("/serviceValidate", app, w.ticket(app)), "authenticationSuccess")
	}
	st := w.ticket(app)
	rec = w.get("/serviceValidate", "service", app, "ticket", st)
	assert.Equal(t, http.StatusTooManyRequests, rec.Code)
	assert.Equal(t, "1", rec.Header().Get("Retry-After"))
	assert.NotContains(t, rec.Body.String(), "INVALID_TICKET")
	assert.Equal(t, http.StatusTooManyRequests, w.get("/validate", "service", app, "ticket", st).Code)
	assert.Contains(t, w.validated("/serviceValidate", "https://back.example.org/", w.ticket("https://back.example.org/")), "authenticationSuccess")
	w.pass(time.Second)
	assert.Contains(t, w.validated("/serviceValidate", app, st), "authenticationSuccess")

	text := w.log.String()
	assert.NotContains(t, text, st)
	assert.NotContains(t, text, "lea.dupont")
	// Whom it calls: TestEgress. The cookie, the token against forged forms and the rate of the login are the vendor's, or those of
	// package account.
}

// R-CAS-19: the form that posts itself runs our script alone, and holds what it is given as text.
func TestRCAS19Post(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.signIn()
	rec := w.get("/login", "service", `https://app.example.org/x?q=%22%3E%3Cscript%3E&b='`, "method", "POST")
	require.Equal(t, http.StatusOK, rec.Code)
	body := rec.Body.String()
	nonce := regexp.MustCompile(`script-src 'nonce-([^']+)'`).FindStringSubmatch(rec.Header().Get("Content-Security-Policy"))
	require.NotNil(t, nonce)
	assert.Equal(t, 1, strings.Count(body, "<script"))
	assert.Contains(t, body, `<script nonce="`+nonce[1]+`">`)
	assert.NotContains(t, body, "src=")
	action := regexp.MustCompile(`action="([^"]*)"`).FindStringSubmatch(body)
	require.NotNil(t, action)
	assert.True(t, strings.HasPrefix(html.UnescapeString(action[1]), "https://app.example.org/x?q="))
	again := w.get("/login", "service", app, "method", "POST")
	assert.NotContains(t, again.Header().Get("Content-Security-Policy"), nonce[1], "another nonce each time")
}

// R-CAS-20: the client waits ten seconds at the most, reads a megabyte, sixteen levels, no DTD, and asks for tickets only.
func TestRCAS20Limits(t *testing.T) {
	t.Parallel()
	answer := ""
	calls := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls++
		if answer == "hang" {
			<-r.Context().Done()
			return
		}
		_, _ = io.WriteString(w, answer)
	}))
	defer server.Close()
	c := &cas.Client{Application: "https://app.example.org", Server: cas.At(server.URL)}
	for _, bad := range []string{"", "ST", "TGT-1", "PGT-1", "ST-a b", "ST-a&b", "ST-é", "ST-" + strings.Repeat("a", 257)} {
		_, err := c.Check(t.Context(), "https://app.example.org/", bad)
		require.ErrorIs(t, err, cas.CodeTicket, bad)
	}
	assert.Zero(t, calls)
	wrap := func(s string) string {
		return `<cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas"><cas:authenticationSuccess><cas:user>lea</cas:user>` + s + `</cas:authenticationSuccess></cas:serviceResponse>`
	}
	for name, c2 := range map[string]struct {
		text string
		ok   bool
	}{
		"fourteen levels":   {wrap(strings.Repeat("<cas:a>", 13) + "x" + strings.Repeat("</cas:a>", 13)), true},
		"seventeen":         {wrap(strings.Repeat("<cas:a>", 15) + "x" + strings.Repeat("</cas:a>", 15)), false},
		"a megabyte":        {wrap("<cas:a>" + strings.Repeat("x", 1<<20) + "</cas:a>"), false},
		"a DTD":             {"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>" + wrap("&b;"), false},
		"nine tenths of it": {wrap("<cas:a>" + strings.Repeat("x", 900<<10) + "</cas:a>"), true},
	} {
		answer = c2.text
		_, err := c.Check(t.Context(), "https://app.example.org/", "ST-1")
		assert.Equal(t, c2.ok, err == nil, "%s: %v", name, err)
	}
	answer = "hang"
	c.HTTP = &http.Client{Timeout: 50 * time.Millisecond} // ten seconds by default
	_, err := c.Check(t.Context(), "https://app.example.org/", "ST-1.node_2")
	require.ErrorIs(t, err, cas.CodeUpstream)
}
