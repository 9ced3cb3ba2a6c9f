//go:build unix

package peers

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// CASServer is where a client of CAS goes.
type CASServer struct {
	// Base is its address, by TLS, with its path: "https://127.0.0.1:8443/cas"; CAFile its authority in PEM.
	Base, CAFile string
}

// PHPCAS is an application that signs in by phpCAS. Every address of it is protected.
type PHPCAS struct {
	t testing.TB
	// URL is where it is reached, without a final slash.
	URL  string
	port string
	tls  bool
}

const phpcas = "/usr/share/php/CAS.php"

const phpApplication = `<?php
require_once 'CAS.php';
KIND(PROTOCOL, 'HOST', PORT, 'PATH', 'BASE');
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

// NewPHPCAS makes one; it serves when Start has been called. With proxy it asks for proxy-granting tickets, and is reached by
// TLS.
func NewPHPCAS(t testing.TB, proxy bool) *PHPCAS {
	t.Helper()
	Need(t, "php", phpcas)
	p := &PHPCAS{t: t, port: FreePort(t), tls: proxy}
	p.URL = "http://127.0.0.1:" + p.port
	if proxy {
		p.URL = NewFront(t, p.URL).URL
	}
	return p
}

// Start serves, for the users of a CAS server, by a protocol: CAS_VERSION_3_0, CAS_VERSION_2_0 or SAML_VERSION_1_1.
func (p *PHPCAS) Start(s CASServer, protocol string) {
	t := p.t
	t.Helper()
	dir := Dir(t)
	u, err := url.Parse(s.Base)
	require.NoError(t, err)
	kind, settings := "phpCAS::client", ""
	if p.tls {
		kind = "phpCAS::proxy"
		settings = "phpCAS::setPGTStorageFile('" + dir + "'); phpCAS::setFixedCallbackURL('" + p.URL + "/');"
	}
	script := strings.NewReplacer("KIND", kind, "PROTOCOL", protocol, "HOST", u.Hostname(), "PORT", u.Port(), "PATH", u.Path, "BASE", p.URL, "CA'", s.CAFile+"'", "PROXY", settings)
	file := write(t, dir, "index.php", []byte(script.Replace(phpApplication)))
	cmd := exec.Command("php", "-S", "127.0.0.1:"+p.port, "-d", "include_path=/usr/share/php", "-d", "session.save_path="+dir, "-d", "display_errors=0", file)
	cmd.Env = append(os.Environ(), "PHP_CLI_SERVER_WORKERS=4") // it is called back while it waits
	Run(t, "127.0.0.1:"+p.port, cmd)
}

// PHPAnswer is what the application knows of who has signed in.
type PHPAnswer struct {
	User string `json:"user"`
	// Attributes are texts, or lists of texts.
	Attributes map[string]any `json:"attributes"`
	// ProxyTicket is one for the address that was asked for under "target".
	ProxyTicket string `json:"pt"`
}

// Read reads a page of the application; ok is false for any other page, such as the login of the server.
func (p *PHPCAS) Read(page *Page) (a PHPAnswer, ok bool) {
	if page.Status != http.StatusOK || !strings.HasPrefix(page.Header.Get("Content-Type"), "application/json") {
		return a, false
	}
	return a, json.Unmarshal([]byte(page.Body), &a) == nil
}

// ModAuthCAS is an application behind Apache with mod_auth_cas. Every address of it is protected.
type ModAuthCAS struct {
	t         testing.TB
	dir, port string
	// URL is where it is reached, without a final slash.
	URL string
}

const modAuthCASConfiguration = `LoadModule auth_cas_module MODULES/mod_auth_cas.so
CASLoginURL SERVER/login
CASValidateURL SERVER/p3/serviceValidate
CASCertificatePath AUTHORITY
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

// NewModAuthCAS makes one; it serves when Start has been called.
func NewModAuthCAS(t testing.TB) *ModAuthCAS {
	t.Helper()
	Need(t, apache, apacheModules+"mod_auth_cas.so")
	m := &ModAuthCAS{t: t, dir: Dir(t), port: FreePort(t)}
	m.URL = "http://127.0.0.1:" + m.port
	return m
}

// Start serves, for the users of a CAS server.
func (m *ModAuthCAS) Start(s CASServer) {
	t := m.t
	t.Helper()
	back := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(r.Header)
	}))
	t.Cleanup(back.Close)
	require.NoError(t, os.Mkdir(filepath.Join(m.dir, "cookies"), 0o755)) //nolint:gosec // Apache's
	startApache(t, m.dir, m.port, strings.NewReplacer("SERVER", s.Base, "AUTHORITY", s.CAFile, "BACK", back.URL).Replace(modAuthCASConfiguration))
}

// Headers returns what the application behind Apache is told: CAS-User, and CAS-name for each attribute, several values
// between commas. ok is false for any other page.
func (m *ModAuthCAS) Headers(p *Page) (h http.Header, ok bool) {
	if p.Status != http.StatusOK || !strings.HasPrefix(p.Header.Get("Content-Type"), "application/json") {
		return nil, false
	}
	return h, json.Unmarshal([]byte(p.Body), &h) == nil
}
