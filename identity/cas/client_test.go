package cas_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/identity"
	"github.com/opencartable/cartable/identity/cas"
	"github.com/opencartable/cartable/internal/samples"
)

// Acceptance A1, R-CAS-13 and R-CAS-15: what a client reads of the answers of the field.
func TestAcceptanceA1(t *testing.T) {
	t.Parallel()
	dir := samples.Dir(t, "identity", "cas", "responses")
	b, err := os.ReadFile(filepath.Join(dir, "expected.tsv"))
	require.NoError(t, err)
	lines := strings.Split(strings.TrimRight(string(b), "\n"), "\n")[1:]
	require.Len(t, lines, 27)
	for _, line := range lines {
		row := strings.Split(line+"\t\t\t\t", "\t")
		file, outcome, code, user, attributes, note := row[0], row[1], row[2], row[3], row[4], row[5]
		b, err := os.ReadFile(filepath.Join(dir, file))
		require.NoError(t, err)
		read := cas.Read
		if strings.HasPrefix(file, "validate-") {
			read = cas.Read1
		}
		a, err := read(b)
		if outcome == "malformed" {
			require.ErrorIs(t, err, cas.CodeMalformed, file)
			assert.Nil(t, a, file)
			continue
		}
		require.NoError(t, err, file)
		switch outcome {
		case "success":
			assert.Equal(t, user, a.User, file)
			assert.Empty(t, a.Failure, file)
			want := map[string][]string{}
			for part := range strings.SplitSeq(attributes, "; ") {
				if name, values, ok := strings.Cut(part, "="); ok {
					want[name] = strings.Split(values, ",")
					if strings.HasPrefix(values, "[") {
						want[name] = []string{values} // JSON stays text
					}
				}
			}
			got := map[string][]string{}
			for _, n := range a.Attributes {
				got[n.Name] = n.Values
				assert.Equal(t, n.Values, a.Get(n.Name[strings.LastIndex(n.Name, "/")+1:]), "%s: by the last part of the name", file)
			}
			assert.Equal(t, want, got, file)
			if strings.Contains(note, "PGTIOU") {
				assert.Equal(t, "PGTIOU-1-8mH3kYwq0ZrT2vXn5bLcD7pEsGfU9aJt", a.IOU)
				assert.Equal(t, []string{"https://proxy2.example.org/pgt", "https://proxy1.example.org/pgt"}, a.Proxies)
			}
		case "failure", "proxy-failure":
			assert.Empty(t, a.User, file)
			assert.NotEmpty(t, a.Failure, file)
			if code != "" {
				assert.Equal(t, code, string(a.Failure), file)
			}
			if strings.Contains(note, "not recognized") {
				assert.Equal(t, "Ticket ST-1-abc not recognized", a.Message, file)
			}
		case "proxy-success":
			assert.Equal(t, "PT-1-Qk2uM8wE5rT7yU1iO3pA9sD4fG6hJ0kL", a.ProxyTicket)
		default:
			require.Fail(t, outcome)
		}
	}
}

// Messages of logout: those of the samples, one that is not well formed, and what is none.
func TestReadLogout(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile(filepath.Join(samples.Dir(t, "identity", "cas", "responses"), "slo-back-channel.xml"))
	require.NoError(t, err)
	ticket, err := cas.ReadLogout(b)
	require.NoError(t, err)
	assert.Equal(t, "ST-1-Zx8cV7bN6mL5kJ4hG3fD2sA1qW0eR9tY", ticket)
	ticket, err = cas.ReadLogout([]byte(`<samlp:LogoutRequest ID="="_a"><samlp:SessionIndex>ST-2-abc</samlp:SessionIndex></samlp:LogoutRequest>`))
	require.NoError(t, err)
	assert.Equal(t, "ST-2-abc", ticket)
	for _, bad := range []string{
		"", "x", "<a/>", "<SessionIndex>ST-1</SessionIndex>", "<LogoutRequest/>", "<LogoutRequest><SessionIndex>TGT-1</SessionIndex></LogoutRequest>",
		"<!DOCTYPE a><LogoutRequest><SessionIndex>ST-1</SessionIndex></LogoutRequest>", "<LogoutRequest>" + strings.Repeat(" ", 1<<16) + "</LogoutRequest>",
	} {
		_, err := cas.ReadLogout([]byte(bad))
		require.ErrorIs(t, err, cas.CodeMalformed, "%.60s", bad)
	}
}

// application is a vendor's application behind a Gate, with sessions of its own.
type application struct {
	mu       sync.Mutex
	sessions map[string]string // cookie → ticket
	users    map[string]string
	bodies   []string
}

func (a *application) gate(c *cas.Client) *cas.Gate {
	a.sessions, a.users = map[string]string{}, map[string]string{}
	of := func(r *http.Request) string {
		k, err := r.Cookie("app")
		if err != nil {
			return ""
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		if _, ok := a.sessions[k.Value]; !ok {
			return ""
		}
		return k.Value
	}
	return &cas.Gate{
		Client: c, SignedIn: func(r *http.Request) bool { return of(r) != "" },
		Begin: func(w http.ResponseWriter, _ *http.Request, who *cas.Answer, ticket string) error {
			a.mu.Lock()
			defer a.mu.Unlock()
			id := "s" + ticket[3:]
			a.sessions[id], a.users[id] = ticket, who.User+" "+strings.Join(who.Get("Nom"), ",")
			http.SetCookie(w, &http.Cookie{Name: "app", Value: id, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
			return nil
		},
		End: func(_ context.Context, ticket string) error {
			a.mu.Lock()
			defer a.mu.Unlock()
			for id, t := range a.sessions {
				if t == ticket {
					delete(a.sessions, id)
				}
			}
			return nil
		},
		Next: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			id := of(r)
			a.mu.Lock()
			defer a.mu.Unlock()
			if r.Method == http.MethodPost {
				a.bodies = append(a.bodies, r.PostFormValue("field"))
			}
			_, _ = w.Write([]byte("hello " + a.users[id]))
		}),
	}
}

// From one end to the other: an application behind the client, the server on a vendor's sessions, a browser between them.
// Acceptance A13 and R-CAS-12: the address of the service does not come from the request.
func TestAcceptanceA13ApplicationAndServer(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	ent := httptest.NewServer(http.StripPrefix("/cas", w.server))
	defer ent.Close()
	w.server.BaseURL = ent.URL + "/cas"
	client := &cas.Client{Server: cas.At(ent.URL + "/cas")}
	shop := &application{}
	app := httptest.NewServer(shop.gate(client))
	defer app.Close()
	client.Application = app.URL
	l := layout(t, "universalis")
	services, issues := cas.NewServices(cas.Service{
		ID: "app", Name: "Application", Layout: l, URLs: []cas.URLRule{{Mode: cas.ModePrefix, URL: app.URL, AllowHTTP: true}}, Logout: cas.LogoutBack,
	})
	require.Empty(t, issues)
	w.server.Services = services
	w.server.Login = func(rw http.ResponseWriter, r *http.Request, back string, _ bool) {
		w.signIn() // the vendor's login, in one step
		http.Redirect(rw, r, back, http.StatusSeeOther)
	}
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	browser := &http.Client{Jar: jar}
	res, err := browser.Get(app.URL + "/lessons?week=12&ticket=")
	require.NoError(t, err)
	assert.Equal(t, "hello lea.dupont DUPONT", body(t, res))
	assert.Equal(t, "/lessons?week=12", res.Request.URL.RequestURI(), "the ticket is gone from the address")
	res, err = browser.PostForm(app.URL+"/lessons", url.Values{"field": {"value"}})
	require.NoError(t, err)
	body(t, res)
	assert.Equal(t, []string{"value"}, shop.bodies, "a form of the application passes whole")

	w.server.EndSession(t.Context(), "session-1")
	assert.Empty(t, shop.sessions, "the application has learned of the end")

	req, err := http.NewRequest(http.MethodGet, app.URL+"/x", nil)
	require.NoError(t, err)
	req.Host = "evil.example"
	req.Header.Set("X-Forwarded-Host", "evil.example")
	rec := httptest.NewRecorder()
	app.Config.Handler.ServeHTTP(rec, req)
	to, err := url.Parse(rec.Header().Get("Location"))
	require.NoError(t, err)
	assert.Equal(t, app.URL+"/x", to.Query().Get("service"))
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	defer r.Body.Close()
	var b bytes.Buffer
	_, err := b.ReadFrom(r.Body)
	require.NoError(t, err)
	return b.String()
}

// What a client refuses, each with its own code, and never as somebody.
func TestClientRefuses(t *testing.T) {
	t.Parallel()
	answer, status := "", http.StatusOK
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.RawQuery)
		w.WriteHeader(status)
		_, _ = w.Write([]byte(answer))
	}))
	defer server.Close()
	client := &cas.Client{Application: "https://app.example.org", Server: cas.At(server.URL)}
	check := func(ticket string) error {
		a, err := client.Check(t.Context(), "https://app.example.org/x?a=1&b=2", ticket)
		if err != nil {
			assert.Nil(t, a)
			assert.NotContains(t, err.Error(), "ST-1")
			assert.NotContains(t, err.Error(), "lea")
		}
		return err
	}
	// R-CAS-20: what has not the shape of a ticket is not even asked.
	for _, bad := range []string{"", "TGT-1", "ST-", "ST-1&service=https://evil.example/", "ST-1%26", "ST-" + strings.Repeat("a", 257)} {
		require.ErrorIs(t, check(bad), cas.CodeTicket, bad)
	}
	assert.Empty(t, asked)
	success := func(inner string) string {
		return `<cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas"><cas:authenticationSuccess><cas:user>lea</cas:user>` + inner + `</cas:authenticationSuccess></cas:serviceResponse>`
	}
	answer = `<cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas"><cas:authenticationFailure code="INVALID_SERVICE">ST-1</cas:authenticationFailure></cas:serviceResponse>`
	err := check("ST-1.node_2")
	require.ErrorIs(t, err, cas.CodeRefused)
	assert.Equal(t, cas.RefusedError{Failure: cas.InvalidService}, err)
	q, err := url.ParseQuery(asked[0])
	require.NoError(t, err)
	assert.Equal(t, url.Values{"service": {"https://app.example.org/x?a=1&b=2"}, "ticket": {"ST-1.node_2"}}, q, "CVE-2014-4172: encoded")
	answer = success("")
	require.NoError(t, check("ST-1"))
	for _, bad := range []string{
		"", "<html/>", success("") + success(""), strings.Replace(success(""), "lea", " ", 1), "<?php x ?>" + success(""),
		`<!DOCTYPE x [<!ENTITY lea "x">]>` + success(""), success(strings.Repeat("<cas:a>", 20) + strings.Repeat("</cas:a>", 20)), success(strings.Repeat(" ", 1<<20)),
		`{"serviceResponse":{}}`, `{"serviceResponse":{"authenticationSuccess":{"user":"x"},"authenticationFailure":{"code":"y"}}}`,
	} {
		answer = bad
		require.ErrorIs(t, check("ST-1"), cas.CodeMalformed, "%.80s", bad)
	}
	answer, status = success(""), http.StatusFound
	require.ErrorIs(t, check("ST-1"), cas.CodeMalformed, "a server that sends to a login page")
	status = http.StatusServiceUnavailable
	require.ErrorIs(t, check("ST-1"), cas.CodeUpstream)

	// R-CAS-8: no proxies but those of a list, the whole chain, each as a whole.
	status = http.StatusOK
	answer = success(`<cas:proxies><cas:proxy>https://p2.example.org/pgt</cas:proxy><cas:proxy>https://p1.example.org/pgt</cas:proxy></cas:proxies>`)
	require.ErrorIs(t, check("PT-1"), cas.CodeProxies)
	re := regexp.MustCompile
	for _, chain := range [][]*regexp.Regexp{{re(`https://p2\.example\.org/pgt`)}, {re(`p2`), re(`p1`)}, {re(`https://p1\.example\.org/.*`), re(`https://p2\.example\.org/.*`)}} {
		client.Proxies = [][]*regexp.Regexp{chain}
		require.ErrorIs(t, check("PT-1"), cas.CodeProxies, "%v", chain)
	}
	client.Proxies = append(client.Proxies, []*regexp.Regexp{re(`https://p2\.example\.org/.*`), re(`https://p1\.example\.org/pgt`)})
	require.NoError(t, check("PT-1"))
	server.Close()
	require.ErrorIs(t, check("ST-1"), cas.CodeUpstream)
}

// A ticket that a server refuses starts no session; a server that is down is no refusal.
func TestGateFails(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"serviceResponse":{"authenticationFailure":{"code":"INVALID_TICKET"}}}`))
	}))
	shop := &application{}
	gate := shop.gate(&cas.Client{Application: "https://app.example.org", Server: cas.At(server.URL)})
	ask := func(method, target string) *httptest.ResponseRecorder {
		rec := httptest.NewRecorder()
		gate.ServeHTTP(rec, httptest.NewRequest(method, target, nil))
		return rec
	}
	assert.Equal(t, http.StatusForbidden, ask(http.MethodGet, "/?ticket=ST-1").Code)
	assert.Equal(t, http.StatusUnauthorized, ask(http.MethodPost, "/").Code, "a form is not sent to a login page")
	server.Close()
	assert.Equal(t, http.StatusServiceUnavailable, ask(http.MethodGet, "/?ticket=ST-1").Code)
	gate.Begin = func(http.ResponseWriter, *http.Request, *cas.Answer, string) error { return errors.New("no account") }
	assert.Empty(t, shop.sessions)
}

func TestClientURLs(t *testing.T) {
	t.Parallel()
	c := &cas.Client{Application: "https://app.example.org/", Server: cas.At("https://ent.example.fr/cas/")}
	r := httptest.NewRequest(http.MethodGet, "/a%2Fb?x=1&ticket=ST-1&y=a+b&ticket=ST-2", nil)
	assert.Equal(t, "https://app.example.org/a%2Fb?x=1&y=a+b", c.ServiceURL(r))
	assert.Equal(t, "https://ent.example.fr/cas/login?gateway=true&service=https%3A%2F%2Fapp.example.org%2F", c.LoginURL("https://app.example.org/", true))
	c.Renew = true
	assert.Contains(t, c.LoginURL("x", true), "renew=true")
	assert.NotContains(t, c.LoginURL("x", true), "gateway")
	assert.Equal(t, "https://ent.example.fr/cas/logout", c.LogoutURL(""))
	assert.Equal(t, "https://ent.example.fr/cas/logout?service=x", c.LogoutURL("x"))
}

// The answers of our server are read by our client, whatever is in them.
func TestAnswersReadBack(t *testing.T) {
	t.Parallel()
	s := cas.Success{
		User: `a<&"'>é`, Style: identity.StyleBoth, Values: []identity.Value{{Name: "grp", Text: "1"}, {Name: "grp", Text: "<2>"}, {Name: "w", Values: []identity.Value{{Name: "x", Text: "]]>"}}}},
		ProxyIOU: "PGTIOU-1", Proxies: []string{"https://p/?a&b"},
	}
	for name, b := range map[string][]byte{"XML": s.XML(), "JSON": s.JSON()} {
		a, err := cas.Read(b)
		require.NoError(t, err, name)
		assert.Equal(t, s.User, a.User, name)
		assert.Equal(t, []string{"1", "<2>"}, a.Get("grp"), name)
		assert.Equal(t, []string{"]]>"}, a.Get("w/x"), name)
		assert.Equal(t, s.Proxies, a.Proxies, name)
		assert.Equal(t, s.ProxyIOU, a.IOU, name)
		var out bytes.Buffer
		slog.New(slog.NewTextHandler(&out, nil)).Info("x", "a", a, "b", *a)
		assert.NotContains(t, out.String(), "<2>")
	}
}

func FuzzRead(f *testing.F) {
	if root := samples.Root(); root != "" {
		files, err := filepath.Glob(filepath.Join(root, "identity", "cas", "responses", "*"))
		require.NoError(f, err)
		for _, file := range files {
			b, err := os.ReadFile(file)
			require.NoError(f, err)
			f.Add(b)
		}
	}
	f.Add([]byte(`{"serviceResponse":{"authenticationSuccess":{"user":"x","attributes":{"a":["1",2,{"b":true}]}}}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if a, err := cas.Read(b); err == nil {
			outcomes := 0
			for _, there := range []bool{a.User != "", a.Failure != "", a.ProxyTicket != ""} {
				if there {
					outcomes++
				}
			}
			assert.Equal(t, 1, outcomes)
			assert.False(t, bytes.Contains(b, []byte("<!DOCTYPE")))
		}
		if a, err := cas.Read1(b); err == nil {
			assert.NotEqual(t, a.User == "", a.Failure == "")
		}
		if ticket, err := cas.ReadLogout(b); err == nil {
			assert.True(t, slices.ContainsFunc([]string{"ST-", "PT-"}, func(p string) bool { return strings.HasPrefix(ticket, p) }))
		}
	})
}

// LemonLDAP::NG refuses renew by the "no" of CAS 1, where XML was asked for: that is a refusal, and nothing else like it is.
func TestPlainNo(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]error{"no\n": cas.CodeRefused, "no\n\n": cas.CodeRefused, "no\nzoe\n": cas.CodeMalformed, "yes\nzoe\n": cas.CodeMalformed, "": cas.CodeMalformed} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(answer)) }))
		client := &cas.Client{Application: "https://app.example.org", Server: cas.At(srv.URL), Renew: true}
		_, err := client.Check(t.Context(), "https://app.example.org/", "ST-abcdefghijklmnopqrstuvwxyz123456")
		require.ErrorIs(t, err, want, "%q", answer)
		srv.Close()
	}
}
