//go:build unix

package cas_test

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity"
	"github.com/opencartable/cartable/identity/cas"
)

// The two clients of CAS that are found everywhere, as Debian ships them: phpCAS and mod_auth_cas. Each signs somebody in at our
// server, reads the attributes, and learns of the end of the session. They are asked for in CI.

// peer returns the files of a client, or skips the test; in CI the test fails.
func peer(t *testing.T, files ...string) {
	t.Helper()
	for _, f := range files {
		_, err := os.Stat(f)
		if _, look := exec.LookPath(f); err != nil && look != nil {
			if os.Getenv("CI") == "true" {
				t.Fatalf("%s is missing", f)
			}
			t.Skipf("%s is missing", f)
		}
	}
}

// provider is a vendor with a CAS server over TLS.
type provider struct {
	server *cas.Server
	http   *httptest.Server
	ca     string // its authority, in a file

	mu       sync.Mutex
	sessions map[string]time.Time
}

// newProvider starts one for an application at an address.
func newProvider(t *testing.T, preset string, urls ...string) *provider {
	t.Helper()
	p := &provider{sessions: map[string]time.Time{}}
	mux := http.NewServeMux()
	p.http = httptest.NewTLSServer(mux)
	t.Cleanup(p.http.Close)
	p.ca = filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(p.ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.http.Certificate().Raw}), 0o644))
	require.NoError(t, os.Chmod(filepath.Dir(p.ca), 0o755)) //nolint:gosec // Apache runs as somebody else
	rules := make([]cas.URLRule, len(urls))
	for i, u := range urls {
		rules[i] = cas.URLRule{Mode: cas.ModePrefix, URL: u, AllowHTTP: true}
	}
	services, issues := cas.NewServices(cas.Service{
		ID: "app", Name: "Application", Layout: layout(t, preset), URLs: rules, Logout: cas.LogoutBack, Standard: true, ProxyTargets: true,
		ProxyCallbacks: rules,
	})
	require.Empty(t, issues)
	session := func(r *http.Request) (string, time.Time, bool) {
		c, err := r.Cookie("vendor")
		if err != nil {
			return "", time.Time{}, false
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		at, ok := p.sessions[c.Value]
		return c.Value, at, ok
	}
	egress := p.http.Client() // it trusts the certificate of all servers of the test
	egress.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	p.server = &cas.Server{
		BaseURL: p.http.URL + "/cas", Services: services, Tickets: cas.NewMemoryRegistry(nil), Egress: egress, Logger: slog.New(slog.DiscardHandler),
		Session: func(r *http.Request) (*identity.Principal, error) {
			id, at, ok := session(r)
			if !ok {
				return nil, nil
			}
			return &identity.Principal{Account: "us-42", Session: id, At: at}, nil
		},
		Attributes: func(context.Context, ent.ID) (*identity.Attributes, error) {
			return &identity.Attributes{
				ID: "us-42", Login: "lea.dupont", External: "RENNES-5123456", Profile: ent.ProfilePupil, Name: ent.Name{Family: "D'ALMEIDA & Fils", Given: "Zoé"},
				Mail:    identity.Mails{Personal: "zoe@exemple.test"},
				Schools: []identity.School{{UAI: "0350029S", Name: "COLLEGE"}, {UAI: "0350030T", Name: "LYCEE"}},
			}, nil
		},
		Login: func(w http.ResponseWriter, r *http.Request, back string, _ bool) {
			p.mu.Lock()
			id := fmt.Sprint("session-", len(p.sessions)+1)
			p.sessions[id] = time.Now()
			p.mu.Unlock()
			http.SetCookie(w, &http.Cookie{Name: "vendor", Value: id, Path: "/", HttpOnly: true, Secure: true, SameSite: http.SameSiteLaxMode})
			http.Redirect(w, r, back, http.StatusSeeOther)
		},
		SignOut: func(_ http.ResponseWriter, r *http.Request) error {
			id, _, _ := session(r)
			p.mu.Lock()
			defer p.mu.Unlock()
			delete(p.sessions, id)
			return nil
		},
	}
	mux.Handle("/cas/", http.StripPrefix("/cas", p.server))
	return p
}

// browser follows redirects with cookies, and trusts the test's servers.
func (p *provider) browser(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	return &http.Client{Transport: p.http.Client().Transport, Jar: jar, Timeout: 20 * time.Second}
}

func fetched(t *testing.T, c *http.Client, address string) (string, *url.URL) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	require.NoError(t, err)
	res, err := c.Do(req)
	require.NoError(t, err)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, res.StatusCode, "%s: %s", res.Request.URL.Path, b)
	return string(b), res.Request.URL
}

// freePort returns a port of the loopback interface that nobody listens on.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	require.NoError(t, err)
	return port
}

// run starts a program until the end of the test, and waits until it answers.
func run(t *testing.T, address string, cmd *exec.Cmd) {
	t.Helper()
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.SysProcAttr, cmd.WaitDelay = &syscall.SysProcAttr{Setpgid: true}, time.Second // it has children
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		_ = cmd.Wait()
		if t.Failed() {
			t.Log(out.String())
		}
	})
	for range 100 {
		if c, err := net.DialTimeout("tcp", address, time.Second); err == nil {
			c.Close()
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	require.Fail(t, "it does not answer", out.String())
}

const phpApplication = `<?php
require_once 'CAS.php';
$client = CLIENT;
phpCAS::setCasServerCACert('CA');
phpCAS::handleLogoutRequests(false);
PROXY
phpCAS::forceAuthentication();
header('Content-Type: application/json');
$out = array('user' => phpCAS::getUser(), 'attributes' => phpCAS::getAttributes());
if (isset($_GET['target'])) {
	$out['pt'] = phpCAS::retrievePT($_GET['target'], $code, $text);
}
echo json_encode($out);
`

// startPHP serves the application, and returns its address.
func startPHP(t *testing.T, p *provider, port, protocol, proxy string) {
	t.Helper()
	dir := t.TempDir()
	u, err := url.Parse(p.http.URL)
	require.NoError(t, err)
	base, kind, settings := "http://127.0.0.1:"+port, "phpCAS::client", ""
	if proxy != "" {
		base, kind = proxy, "phpCAS::proxy"
		settings = fmt.Sprintf("phpCAS::setPGTStorageFile('%s'); phpCAS::setFixedCallbackURL('%s/');", dir, proxy)
	}
	script := strings.NewReplacer("CLIENT", fmt.Sprintf("%s(%s, '127.0.0.1', %s, '/cas', '%s')", kind, protocol, u.Port(), base), "'CA'", "'"+p.ca+"'", "PROXY", settings).
		Replace(phpApplication)
	file := filepath.Join(dir, "index.php")
	require.NoError(t, os.WriteFile(file, []byte(script), 0o600))
	cmd := exec.Command("php", "-S", "127.0.0.1:"+port, "-d", "include_path=/usr/share/php", "-d", "session.save_path="+dir, "-d", "display_errors=0", file)
	cmd.Env = append(os.Environ(), "PHP_CLI_SERVER_WORKERS=4") // it is called back while it waits
	run(t, "127.0.0.1:"+port, cmd)
}

type phpAnswer struct {
	User       string         `json:"user"`
	Attributes map[string]any `json:"attributes"`
	PT         string         `json:"pt"`
}

func phpRead(t *testing.T, body string) phpAnswer {
	t.Helper()
	var a phpAnswer
	require.NoError(t, json.Unmarshal([]byte(body), &a), body)
	return a
}

// phpCAS signs in by CAS 3 and by SAML 1.1, reads attributes of the layouts' styles, and forgets its session when ours ends.
func TestPHPCAS(t *testing.T) {
	t.Parallel()
	peer(t, "php", "/usr/share/php/CAS.php")
	for _, c := range []struct {
		preset, protocol string
		want             map[string]any
	}{
		{"milliweb", "CAS_VERSION_3_0", map[string]any{"Nom": "D'ALMEIDA & Fils", "Prenoms": "Zoé", "ENTPersonStructRattachRNE": []any{"0350029S", "0350030T"}, "uid": "RENNES-5123456"}},
		{"milliweb", "SAML_VERSION_1_1", map[string]any{"Nom": "D'ALMEIDA & Fils", "Prenoms": "Zoé", "ENTPersonStructRattachRNE": []any{"0350029S", "0350030T"}, "uid": "RENNES-5123456"}},
		{"universalis", "CAS_VERSION_3_0", map[string]any{"Nom": "D'ALMEIDA & Fils", "Prenoms": "Zoé", "ENTPersonStructRattachRNE": []any{"0350029S", "0350030T"}}},
	} {
		port := freePort(t)
		app := "http://127.0.0.1:" + port
		p := newProvider(t, c.preset, app)
		startPHP(t, p, port, c.protocol, "")
		b := p.browser(t)
		body, at := fetched(t, b, app+"/cours?semaine=12")
		assert.Equal(t, app+"/cours?semaine=12", at.String(), "without the ticket")
		got := phpRead(t, body)
		assert.NotEmpty(t, got.User)
		for name, v := range c.want {
			assert.Equal(t, v, got.Attributes[name], "%s: %s", c.preset, name)
		}
		p.mu.Lock()
		first := len(p.sessions)
		p.mu.Unlock()
		_, _ = fetched(t, b, app+"/encore")
		_, _ = fetched(t, b, p.http.URL+"/cas/logout")
		_, _ = fetched(t, b, app+"/encore")
		p.mu.Lock()
		assert.Len(t, p.sessions, first, "one ended, and another one began: phpCAS asked to sign in again")
		p.mu.Unlock()
	}
}

// phpCAS in proxy mode: it gets a proxy-granting ticket at its callback, and a proxy ticket that another service validates.
func TestPHPCASProxy(t *testing.T) {
	t.Parallel()
	peer(t, "php", "/usr/share/php/CAS.php")
	port := freePort(t)
	to, err := url.Parse("http://127.0.0.1:" + port)
	require.NoError(t, err)
	front := httptest.NewTLSServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(to)
		r.Out.Host = r.In.Host
		r.Out.Header.Set("X-Forwarded-Proto", "https")
	}})
	t.Cleanup(front.Close)
	const target = "https://back.example.org/notes"
	p := newProvider(t, "uid", front.URL, "https://back.example.org")
	startPHP(t, p, port, "CAS_VERSION_3_0", front.URL)
	body, _ := fetched(t, p.browser(t), front.URL+"/?target="+url.QueryEscape(target))
	got := phpRead(t, body)
	require.Regexp(t, `^PT-`, got.PT, body)
	client := &cas.Client{Application: "https://back.example.org", Server: cas.At(p.http.URL + "/cas"), HTTP: p.http.Client()}
	client.Server.Validate = p.http.URL + "/cas/p3/proxyValidate"
	_, err = client.Check(t.Context(), target, got.PT)
	require.ErrorIs(t, err, cas.CodeProxies, "no chain is let in but those of a list")
	body, _ = fetched(t, p.browser(t), front.URL+"/?target="+url.QueryEscape(target))
	a, _ := fetched(t, p.http.Client(), client.Server.Validate+"?"+url.Values{"service": {target}, "ticket": {phpRead(t, body).PT}}.Encode())
	assert.Contains(t, a, "<cas:user>lea.dupont</cas:user>")
	assert.Contains(t, a, "<cas:proxy>"+front.URL+"/")
}

const apacheConfiguration = `ServerName 127.0.0.1
ServerRoot DIR
PidFile DIR/pid
ErrorLog /dev/stderr
Mutex file:DIR
Listen 127.0.0.1:PORT
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authn_core_module /usr/lib/apache2/modules/mod_authn_core.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule authz_user_module /usr/lib/apache2/modules/mod_authz_user.so
LoadModule proxy_module /usr/lib/apache2/modules/mod_proxy.so
LoadModule proxy_http_module /usr/lib/apache2/modules/mod_proxy_http.so
LoadModule auth_cas_module /usr/lib/apache2/modules/mod_auth_cas.so
ACCOUNT
CASLoginURL SERVER/cas/login
CASValidateURL SERVER/cas/p3/serviceValidate
CASCertificatePath CA
CASCookiePath DIR/cookies/
CASVersion 2
CASSSOEnabled On
CASRootProxiedAs http://127.0.0.1:PORT
<Location "/">
	AuthType CAS
	CASAuthNHeader CAS-User
	Require valid-user
	ProxyPass BACK/
</Location>
`

// mod_auth_cas signs in, gives the attributes to what is behind it, and forgets its session when ours ends.
func TestModAuthCAS(t *testing.T) {
	t.Parallel()
	peer(t, "/usr/sbin/apache2", "/usr/lib/apache2/modules/mod_auth_cas.so")
	port := freePort(t)
	app := "http://127.0.0.1:" + port
	p := newProvider(t, "milliweb", app)
	back := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _ = json.NewEncoder(w).Encode(r.Header) }))
	t.Cleanup(back.Close)
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "cookies"), 0o755))
	account := ""
	if os.Getuid() == 0 {
		account = "User www-data\nGroup www-data"
		require.NoError(t, exec.Command("chown", "-R", "www-data", dir).Run())
		for d := dir; d != "/"; d = filepath.Dir(d) {
			_ = os.Chmod(d, 0o755) //nolint:gosec // a folder of the test, which the server's account reads
			if d == os.TempDir() {
				break
			}
		}
	}
	conf := strings.NewReplacer("DIR", dir, "PORT", port, "SERVER", p.http.URL, "BACK", back.URL, "ACCOUNT", account, "Path CA", "Path "+p.ca).Replace(apacheConfiguration)
	file := filepath.Join(dir, "apache.conf")
	require.NoError(t, os.WriteFile(file, []byte(conf), 0o644))
	run(t, "127.0.0.1:"+port, exec.Command("/usr/sbin/apache2", "-f", file, "-DFOREGROUND"))
	b := p.browser(t)
	body, at := fetched(t, b, app+"/cours?semaine=12")
	assert.Equal(t, app+"/cours?semaine=12", at.String())
	var h http.Header
	require.NoError(t, json.Unmarshal([]byte(body), &h), body)
	assert.Equal(t, "RENNES-5123456", h.Get("CAS-User"))
	assert.Equal(t, "D'ALMEIDA & Fils", h.Get("CAS-Nom"))
	assert.Equal(t, "0350029S,0350030T", h.Get("CAS-ENTPersonStructRattachRNE"))
	p.mu.Lock()
	first := len(p.sessions)
	p.mu.Unlock()
	_, _ = fetched(t, b, app+"/encore")
	_, _ = fetched(t, b, p.http.URL+"/cas/logout")
	_, _ = fetched(t, b, app+"/encore")
	p.mu.Lock()
	assert.Len(t, p.sessions, first, "one ended, and another one began: mod_auth_cas asked to sign in again")
	p.mu.Unlock()
}
