package cas

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/opencartable/cartable/ent"
)

// Endpoints are the addresses of a CAS server. ENT products have their own: each may be set.
type Endpoints struct {
	Login, Logout string
	// Validate is where tickets are checked; V1 says that it answers as CAS 1 does.
	Validate string
	V1       bool
}

// At returns the usual addresses below the base URL of a server: attributes come with them.
func At(base string) Endpoints {
	base = strings.TrimSuffix(base, "/")
	return Endpoints{Login: base + "/login", Logout: base + "/logout", Validate: base + "/p3/serviceValidate"}
}

// Client checks tickets at a CAS server for one application. Not changed once it is used; safe for concurrent use.
type Client struct {
	// Application is the base URL of the application, as its users reach it: "https://app.example.org". It is never taken
	// from a request (CVE-2022-39369).
	Application string
	Server      Endpoints
	// HTTP calls the server: ten seconds and the machine's own authorities when nil.
	HTTP *http.Client
	// Renew asks for credentials at each sign-in.
	Renew bool
	// Proxies are the chains of proxies that are let in: each a list of expressions, for the whole chain, the last proxy
	// first, each matching a whole URL. Without one only service tickets are.
	Proxies [][]*regexp.Regexp
}

const (
	clientTimeout = 10 * time.Second
	// begunParameter marks the address to which a browser goes once its session has begun.
	begunParameter = "cas-signed-in"
)

var defaultClient = &http.Client{Timeout: clientTimeout, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// ServiceURL returns the address of a request, as the server knows it: the application's base, the path, and the query
// without the ticket and the mark of [Gate].
func (c *Client) ServiceURL(r *http.Request) string {
	out := strings.TrimSuffix(c.Application, "/") + r.URL.EscapedPath()
	var rest []string
	for p := range strings.SplitSeq(r.URL.RawQuery, "&") {
		if name, _, _ := strings.Cut(p, "="); p != "" && name != "ticket" && name != begunParameter {
			rest = append(rest, p)
		}
	}
	if len(rest) > 0 {
		out += "?" + strings.Join(rest, "&")
	}
	return out
}

// LoginURL returns where a browser is sent to sign in for a service; gateway sends it back at once, without a ticket, when
// nobody is signed in.
func (c *Client) LoginURL(service string, gateway bool) string {
	q := url.Values{"service": {service}}
	switch {
	case c.Renew:
		q.Set("renew", "true")
	case gateway:
		q.Set("gateway", "true")
	}
	return withQuery(c.Server.Login, q)
}

// LogoutURL returns where a browser is sent to end its session at the server, and, when the server knows the address, back.
func (c *Client) LogoutURL(service string) string {
	if service == "" {
		return c.Server.Logout
	}
	return withQuery(c.Server.Logout, url.Values{"service": {service}})
}

func withQuery(base string, q url.Values) string {
	sep := "?"
	if strings.Contains(base, "?") {
		sep = "&"
	}
	return base + sep + q.Encode()
}

// Check asks the server whose ticket it is, for the service it was given to. It returns CodeTicket for what is no ticket,
// without asking; a RefusedError, which is CodeRefused, with the server's code; CodeProxies for a chain of proxies that is not let in;
// CodeMalformed for an answer that is none; CodeUpstream when the server does not answer.
func (c *Client) Check(ctx context.Context, service, ticket string) (*Answer, error) {
	if !validTicket(ticket) {
		return nil, catalog().New(CodeTicket, ent.Pos{}, "$")
	}
	q := url.Values{"service": {service}, "ticket": {ticket}} // encoded: a ticket may hold anything (CVE-2014-4172)
	if c.Renew {
		q.Set("renew", "true")
	}
	b, err := c.call(ctx, withQuery(c.Server.Validate, q))
	if err != nil {
		return nil, err
	}
	read := Read
	if c.Server.V1 {
		read = Read1
	}
	a, err := read(b)
	if errors.Is(err, CodeMalformed) {
		// LemonLDAP::NG refuses renew as CAS 1 does, whatever was asked for.
		if no, not := Read1(b); not == nil && no.Failure != "" {
			a, err = no, nil
		}
	}
	if err != nil {
		return nil, err
	}
	if a.Failure != "" {
		return nil, refuse(a.Failure)
	}
	if a.User == "" {
		return nil, malformed()
	}
	if len(a.Proxies) > 0 && !slices.ContainsFunc(c.Proxies, func(chain []*regexp.Regexp) bool { return matches(chain, a.Proxies) }) {
		return nil, catalog().New(CodeProxies, ent.Pos{}, "$")
	}
	return a, nil
}

func matches(chain []*regexp.Regexp, proxies []string) bool {
	if len(chain) != len(proxies) {
		return false
	}
	for i, re := range chain {
		if m := re.FindString(proxies[i]); m == "" || m != proxies[i] {
			return false
		}
	}
	return true
}

func (c *Client) call(ctx context.Context, address string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, clientTimeout)
	defer cancel()
	down := catalog().New(CodeUpstream, ent.Pos{}, "$")
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, errors.Join(down, withoutURL(err))
	}
	client := c.HTTP
	if client == nil {
		client = defaultClient
	}
	res, err := client.Do(req)
	if err != nil {
		return nil, errors.Join(down, withoutURL(err))
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, errors.Join(down, withoutURL(err))
	case res.StatusCode >= http.StatusInternalServerError:
		return nil, fmt.Errorf("the server answered %d: %w", res.StatusCode, down)
	case res.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("the server answered %d: %w", res.StatusCode, malformed())
	}
	return b, nil
}

// Gate lets in who has signed in at a CAS server. It takes the caller's session.
type Gate struct {
	Client *Client
	// SignedIn says whether the caller's session of a request is of somebody.
	SignedIn func(r *http.Request) bool
	// Begin starts the caller's session for somebody. The session is kept under the ticket: End ends it.
	Begin func(w http.ResponseWriter, r *http.Request, who *Answer, ticket string) error
	// End ends the session that a ticket began, on whatever node it is; nil when there is none. Without it the server's
	// messages of logout do nothing.
	End func(ctx context.Context, ticket string) error
	// Failed shows why somebody could not sign in (CodeRefused, CodeCookies, CodeUpstream and the others); a plain page with a
	// way to try again, 403 or 503, when nil.
	Failed func(w http.ResponseWriter, r *http.Request, err error)
	Next   http.Handler
}

// ServeHTTP passes on the requests of sessions, takes tickets and messages of logout, and sends the others to sign in.
func (g *Gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if g.ended(w, r) {
		return
	}
	q := r.URL.Query()
	read := r.Method == http.MethodGet || r.Method == http.MethodHead
	begun := q.Has(begunParameter)
	if g.SignedIn(r) {
		if read && (begun || validTicket(q.Get("ticket"))) { // a double click, the Back button: the ticket has served
			w.Header().Set("Cache-Control", "no-store")
			http.Redirect(w, r, g.Client.ServiceURL(r), http.StatusFound)
			return
		}
		g.Next.ServeHTTP(w, r)
		return
	}
	if !read {
		http.Error(w, http.StatusText(http.StatusUnauthorized), http.StatusUnauthorized)
		return
	}
	service := g.Client.ServiceURL(r)
	w.Header().Set("Cache-Control", "no-store")
	ticket := q.Get("ticket")
	if begun && ticket == "" {
		g.failed(w, r, catalog().New(CodeCookies, ent.Pos{}, "$"))
		return
	}
	if ticket == "" {
		http.Redirect(w, r, g.Client.LoginURL(service, false), http.StatusFound)
		return
	}
	who, err := g.Client.Check(r.Context(), service, ticket)
	if err == nil {
		err = g.Begin(w, r, who, ticket)
	}
	if err != nil {
		g.failed(w, r, err)
		return
	}
	// Without the ticket: it serves once. The mark tells a browser that keeps no session from one that has none yet.
	http.Redirect(w, r, withQuery(service, url.Values{begunParameter: {"1"}}), http.StatusFound)
}

func (g *Gate) failed(w http.ResponseWriter, r *http.Request, err error) {
	if g.Failed != nil {
		g.Failed(w, r, err)
		return
	}
	status := http.StatusForbidden
	if errors.Is(err, CodeUpstream) {
		status = http.StatusServiceUnavailable
	}
	retry(w, r, status, g.Client.LoginURL(g.Client.ServiceURL(r), false), errors.Is(err, CodeCookies))
}

// ended takes a message of logout. Every other request is left as it came.
func (g *Gate) ended(w http.ResponseWriter, r *http.Request) bool {
	if g.End == nil || r.Method != http.MethodPost || !strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		return false
	}
	b, err := io.ReadAll(io.LimitReader(r.Body, maxLogout+1))
	if err != nil {
		http.Error(w, http.StatusText(http.StatusBadRequest), http.StatusBadRequest)
		return true
	}
	form, err := url.ParseQuery(string(b))
	if message := form.Get("logoutRequest"); err == nil && len(b) <= maxLogout && message != "" {
		if ticket, err := ReadLogout([]byte(message)); err == nil {
			_ = g.End(r.Context(), ticket) // the server does not wait for an answer
		}
		w.WriteHeader(http.StatusNoContent)
		return true
	}
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(strings.NewReader(string(b)), r.Body), r.Body}
	return false
}
