//go:build unix

package cas_test

import (
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/identity/cas"
	"github.com/opencartable/cartable/identity/internal/peers"
)

// existing is the server of the example examples/existing: a vendor's own login, sessions and tables, CAS beside them.
type existing struct {
	front    *peers.Front
	password string // of "admin"
}

func (e *existing) at() peers.CASServer {
	return peers.CASServer{Base: e.front.URL + "/cas", CAFile: e.front.CAFile}
}

// startExisting builds the example and runs it behind TLS, for one partner.
func startExisting(t *testing.T, partner, preset string) *existing {
	t.Helper()
	if testing.Short() {
		t.Skip("it builds a program, in a short run")
	}
	program := filepath.Join(t.TempDir(), "existing")
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "github.com/opencartable/cartable/examples/existing").CombinedOutput()
	require.NoError(t, err, "%s", out)
	address := "127.0.0.1:" + peers.FreePort(t)
	e := &existing{front: peers.NewFront(t, "http://"+address)}
	cmd := exec.Command(program, "-addr", address, "-origin", e.front.URL, "-partner", partner+"/", "-preset", preset)
	cmd.Env = append(os.Environ(), "SSL_CERT_FILE="+e.front.CAFile) // it calls partners by TLS
	line, _, _ := strings.Cut(peers.Run(t, address, cmd)(), "\n")
	_, e.password, _ = strings.Cut(line, "admin / ")
	require.NotEmpty(t, e.password)
	return e
}

// signIn opens a page of an application, and passes the vendor's own login.
func (e *existing) signIn(t *testing.T, b *peers.Browser, address string) *peers.Page {
	t.Helper()
	p := b.Get(address)
	require.Equal(t, e.front.URL+"/login", p.URL.Scheme+"://"+p.URL.Host+p.URL.Path)
	return b.SignIn(p, "admin", e.password)
}

// ends proves that the vendor's own logout ends the session of an application.
func (e *existing) ends(t *testing.T, b *peers.Browser, app string, in func(*peers.Page) bool) {
	t.Helper()
	trail := len(b.Trail)
	require.True(t, in(b.Get(app+"/encore")))
	require.Len(t, b.Trail, trail+1, "it keeps its session")
	b.Post(e.front.URL+"/logout", nil)
	var p *peers.Page
	require.Eventually(t, func() bool { // the vendor does not wait for its partners
		p = b.Get(app + "/encore")
		return !in(p)
	}, 10*time.Second, 50*time.Millisecond)
	assert.Equal(t, "/login", p.URL.Path)
	assert.Equal(t, e.front.URL, p.URL.Scheme+"://"+p.URL.Host)
}

// An unchanged phpCAS signs a vendor's users in, by the vendor's own login and session, and acts for them as a proxy.
func TestExistingAndPHPCAS(t *testing.T) {
	t.Parallel()
	for _, proxy := range []bool{false, true} {
		app := peers.NewPHPCAS(t, proxy)
		e := startExisting(t, app.URL, "universalis")
		app.Start(e.at(), "CAS_VERSION_3_0")
		target := app.URL + "/notes"
		address := app.URL + "/cours?semaine=12"
		if proxy {
			address += "&target=" + url.QueryEscape(target)
		}
		b := peers.NewBrowser(t, e.front.CAFile)
		p := e.signIn(t, b, address)
		assert.Equal(t, address, p.URL.String())
		got, in := app.Read(p)
		require.True(t, in, "%d %s %s", p.Status, p.URL, p.Body)
		assert.Equal(t, "admin", got.User)
		assert.Equal(t, "Admin", got.Attributes["Nom"])
		assert.Equal(t, "National_4", got.Attributes["ENTPersonProfils"])
		if proxy {
			require.Regexp(t, `^PT-`, got.ProxyTicket)
			client := &cas.Client{
				Application: app.URL, Server: cas.At(e.front.URL + "/cas"), HTTP: e.front.Server.Client(),
				Proxies: [][]*regexp.Regexp{{regexp.MustCompile(regexp.QuoteMeta(app.URL) + "/.*")}},
			}
			client.Server.Validate = e.front.URL + "/cas/p3/proxyValidate"
			who, err := client.Check(t.Context(), target, got.ProxyTicket)
			require.NoError(t, err)
			assert.Equal(t, "admin", who.User)
			assert.Len(t, who.Proxies, 1)
		}
		e.ends(t, b, app.URL, func(p *peers.Page) bool {
			_, in := app.Read(p)
			return in
		})
	}
}

// The same with mod_auth_cas.
func TestExistingAndModAuthCAS(t *testing.T) {
	t.Parallel()
	app := peers.NewModAuthCAS(t)
	e := startExisting(t, app.URL, "smartschool")
	app.Start(e.at())
	b := peers.NewBrowser(t, e.front.CAFile)
	p := e.signIn(t, b, app.URL+"/cours?semaine=12")
	assert.Equal(t, app.URL+"/cours?semaine=12", p.URL.String())
	h, in := app.Headers(p)
	require.True(t, in, "%d %s %s", p.Status, p.URL, p.Body)
	assert.Equal(t, "1", h.Get("CAS-User"))
	assert.Equal(t, "Admin", h.Get("CAS-lastName"))
	e.ends(t, b, app.URL, func(p *peers.Page) bool {
		_, in := app.Headers(p)
		return in
	})
}
