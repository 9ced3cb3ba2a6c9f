//go:build unix

package peers

import (
	"crypto/tls"
	"crypto/x509"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Browser is somebody's: it keeps cookies, follows redirects, and submits the forms that submit themselves. A request that
// fails fails the test.
type Browser struct {
	t testing.TB
	// HTTP makes the requests; it follows no redirect by itself.
	HTTP *http.Client
	// Trail are the requests made so far, redirects and forms included, each "GET url" or "POST url".
	Trail []string
}

// NewBrowser returns one that trusts the authorities of files in PEM, and without one those of the machine.
func NewBrowser(t testing.TB, caFiles ...string) *Browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	transport := &http.Transport{}
	if len(caFiles) > 0 {
		pool := x509.NewCertPool()
		for _, f := range caFiles {
			require.True(t, pool.AppendCertsFromPEM(read(t, f)), f)
		}
		transport.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &Browser{t: t, HTTP: &http.Client{
		Transport: transport, Jar: addresses{jar}, Timeout: startTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// addresses takes cookies whose domain is an address after a dot, as curl does: LemonLDAP::NG has no other ones.
type addresses struct{ http.CookieJar }

// SetCookies is of http.CookieJar.
func (a addresses) SetCookies(u *url.URL, list []*http.Cookie) {
	for _, c := range list {
		if strings.TrimPrefix(c.Domain, ".") == u.Hostname() {
			c.Domain = ""
		}
	}
	a.CookieJar.SetCookies(u, list)
}

// Page is what a browser shows in the end.
type Page struct {
	URL    *url.URL
	Status int
	Header http.Header
	Body   string
	// Forms are those of the page, in its order.
	Forms []Form
}

// Form is one of a page.
type Form struct {
	Method, Action string
	Values         url.Values
	// Password is the name of its field for a password, "" for none, and Login that of the text field before it.
	Login, Password string
}

const maxSteps = 30

// Get opens an address.
func (b *Browser) Get(address string) *Page {
	b.t.Helper()
	return b.follow(http.MethodGet, address, nil)
}

// Post submits a form.
func (b *Browser) Post(address string, form url.Values) *Page {
	b.t.Helper()
	return b.follow(http.MethodPost, address, form)
}

// Submit submits a form of a page.
func (b *Browser) Submit(f *Form) *Page {
	b.t.Helper()
	if f.Method == http.MethodPost {
		return b.Post(f.Action, f.Values)
	}
	u, err := url.Parse(f.Action)
	require.NoError(b.t, err)
	u.RawQuery = f.Values.Encode()
	return b.Get(u.String())
}

// SignIn fills the form of a page that asks for a password, and submits it.
func (b *Browser) SignIn(p *Page, login, password string) *Page {
	b.t.Helper()
	i := slices.IndexFunc(p.Forms, func(f Form) bool { return f.Password != "" })
	require.GreaterOrEqual(b.t, i, 0, "%s asks for no password: %d %s", p.URL, p.Status, p.Body)
	f := p.Forms[i]
	f.Values.Set(f.Login, login)
	f.Values.Set(f.Password, password)
	return b.Submit(&f)
}

// Step makes one request, and follows nothing.
func (b *Browser) Step(method, address string, form url.Values) *Page {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), method, address, strings.NewReader(form.Encode()))
	require.NoError(b.t, err)
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	b.Trail = append(b.Trail, method+" "+address)
	res, err := b.HTTP.Do(req)
	require.NoError(b.t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	require.NoError(b.t, err)
	p := &Page{URL: req.URL, Status: res.StatusCode, Header: res.Header, Body: string(body)}
	if strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		p.Forms = forms(p)
	}
	return p
}

func (b *Browser) follow(method, address string, form url.Values) *Page {
	b.t.Helper()
	for range maxSteps {
		p := b.Step(method, address, form)
		if to := p.Header.Get("Location"); to != "" && p.Status >= 300 && p.Status < 400 {
			u, err := p.URL.Parse(to)
			require.NoError(b.t, err)
			if p.Status != http.StatusTemporaryRedirect && p.Status != http.StatusPermanentRedirect {
				method, form = http.MethodGet, nil
			}
			u.Fragment = ""
			address = u.String()
			continue
		}
		i := slices.IndexFunc(p.Forms, Form.posts)
		if i < 0 {
			return p
		}
		method, address, form = http.MethodPost, p.Forms[i].Action, p.Forms[i].Values
	}
	require.Fail(b.t, "it goes round in circles", strings.Join(b.Trail, "\n"))
	return nil
}

// posts reports whether a form carries a message of SAML or a ticket of CAS: a script of its page submits it.
func (f Form) posts() bool {
	return f.Method == http.MethodPost && f.Password == "" &&
		(f.Values.Has("SAMLRequest") || f.Values.Has("SAMLResponse") || f.Values.Has("ticket"))
}

// Went reports whether a request of the trail begins so: "POST https://sp.example.org/".
func (b *Browser) Went(prefix string) bool {
	return slices.ContainsFunc(b.Trail, func(s string) bool { return strings.HasPrefix(s, prefix) })
}

var (
	formElement  = regexp.MustCompile(`(?is)<form\b([^>]*)>(.*?)</form>`)
	fieldElement = regexp.MustCompile(`(?is)<(?:input|button)\b([^>]*)>`)
	attribute    = regexp.MustCompile(`(?is)([a-z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))`)
)

func attributes(tag string) map[string]string {
	out := map[string]string{}
	for _, m := range attribute.FindAllStringSubmatch(tag, -1) {
		out[strings.ToLower(m[1])] = html.UnescapeString(m[2] + m[3] + m[4])
	}
	return out
}

// forms reads the forms of a page.
func forms(p *Page) []Form {
	var out []Form
	for _, m := range formElement.FindAllStringSubmatch(p.Body, -1) {
		a := attributes(m[1])
		f := Form{Method: http.MethodGet, Values: url.Values{}}
		if strings.EqualFold(a["method"], http.MethodPost) {
			f.Method = http.MethodPost
		}
		u, err := p.URL.Parse(a["action"])
		if err != nil {
			continue
		}
		f.Action = u.String()
		var text string
		for _, m := range fieldElement.FindAllStringSubmatch(m[2], -1) {
			a := attributes(m[1])
			switch {
			case a["name"] == "":
				continue
			case a["type"] == "password" && f.Password == "":
				f.Password, f.Login = a["name"], text
			case a["type"] == "text", a["type"] == "email", a["type"] == "":
				text = a["name"]
			case a["type"] == "checkbox", a["type"] == "submit", a["type"] == "button":
				continue
			}
			f.Values.Add(a["name"], a["value"])
		}
		out = append(out, f)
	}
	return out
}
