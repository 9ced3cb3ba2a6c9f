//go:build unix

package casbench

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity"
	"github.com/opencartable/cartable/identity/cas"
	"github.com/opencartable/cartable/identity/internal/peers"
)

// service is the application that tickets are for.
const service = "https://app.example.org/cours"

// childName is the variable that makes a process the server of a measure; it holds its addresses.
const childName = "CARTABLE_BENCH_CAS"

// Child serves, and never returns, in a process that a measure has started for it; it returns at once in any other. A TestMain
// calls it first.
func Child(registry func() (cas.Registry, error)) {
	spec := os.Getenv(childName)
	if spec == "" {
		return
	}
	if err := serve(spec, registry); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// server is a CAS server of ours for one application, whose users are all signed in: the cookie is the session.
func server(base string, registry cas.Registry) (*cas.Server, error) {
	layout, _ := identity.Preset("smartschool")
	// Nothing that LemonLDAP::NG does not tell.
	layout.Elements = []identity.Element{
		{Name: "uid", From: "login"}, {Name: "cn", From: "name.family"}, {Name: "mail", From: "mail.personal"}, {Name: "ENTPersonStructRattachRNE", From: "school.uai"},
	}
	layout.Principal.First = []identity.Source{"login"}
	compiled, issues := layout.Compile()
	if compiled == nil {
		return nil, issues.Err()
	}
	services, issues := cas.NewServices(cas.Service{
		ID: "app", Name: "Application", Layout: compiled, Logout: cas.LogoutBack, TicketLife: time.Minute,
		URLs: []cas.URLRule{{Mode: cas.ModePrefix, URL: "https://app.example.org"}},
	})
	if services == nil {
		return nil, issues.Err()
	}
	since := time.Now().Add(-time.Hour)
	return &cas.Server{
		BaseURL: base + "/cas", Services: services, Tickets: registry, Logger: slog.New(slog.DiscardHandler),
		Session: func(r *http.Request) (*identity.Principal, error) {
			if c, err := r.Cookie("session"); err == nil {
				return &identity.Principal{Account: ent.ID("us-" + c.Value), Session: c.Value, At: since}, nil
			}
			return nil, nil
		},
		Attributes: func(_ context.Context, account ent.ID) (*identity.Attributes, error) {
			return &identity.Attributes{
				ID: account, Login: "rtyler", Name: ent.Name{Family: "Rose Tyler"}, Profile: ent.ProfilePupil, Mail: identity.Mails{Personal: "rtyler@badwolf.org"},
				Schools: []identity.School{{UAI: "0350029S"}, {UAI: "0350030T"}},
			}, nil
		},
		Login: func(w http.ResponseWriter, _ *http.Request, _ string, _ bool) {
			http.Error(w, "no session", http.StatusForbidden)
		},
		SignOut: func(http.ResponseWriter, *http.Request) error { return nil },
	}, nil
}

// serve answers at the first address, and at the second by TLS.
func serve(spec string, registry func() (cas.Registry, error)) error {
	plain, secure, _ := strings.Cut(spec, " ")
	r, err := registry()
	if err != nil {
		return err
	}
	s, err := server("http://"+plain, r)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/cas/", http.StripPrefix("/cas", s))
	key, err := certificate()
	if err != nil {
		return err
	}
	over := &http.Server{Addr: secure, Handler: mux, ReadHeaderTimeout: timeout, TLSConfig: &tls.Config{Certificates: []tls.Certificate{key}, MinVersion: tls.VersionTLS12}}
	failed := make(chan error, 2)
	go func() { failed <- over.ListenAndServeTLS("", "") }()
	go func() {
		failed <- (&http.Server{Addr: plain, Handler: mux, ReadHeaderTimeout: timeout}).ListenAndServe()
	}()
	return <-failed
}

// certificate makes one of the kind that authorities give today, on the curve P-256.
func certificate() (tls.Certificate, error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	of := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, of, of, &private.PublicKey, private)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: private}, err
}

// sessions are how many people come to our server in turn. LemonLDAP::NG keeps one ticket of a session for an address, so that
// one is enough there.
const sessions = 10000

// side is a CAS server that is measured.
type side struct {
	name        string
	addr        string
	tls         *tls.Config
	connections int
	close       bool
	cookie      func(i int) string // a header line: the session of a visit
	n           int                // validations of a turn
}

func (s *side) conn() *conn { return &conn{addr: s.addr, tls: s.tls, close: s.close} }

var success = []byte("<cas:authenticationSuccess>")

// ticket asks for one with the session of somebody.
func (s *side) ticket(c *conn, login []byte) (string, error) {
	if err := c.get(login); err != nil {
		return "", err
	}
	_, t, ok := bytes.Cut(c.location, []byte("ticket="))
	if !ok {
		return "", fmt.Errorf("no ticket: %d %.300s", c.status, c.body)
	}
	return string(t), nil
}

func (s *side) login(c *conn, i int) []byte {
	return c.request("/cas/login?"+url.Values{"service": {service}}.Encode(), s.cookie(i))
}

func (s *side) validate(c *conn, ticket string) []byte {
	return c.request("/cas/p3/serviceValidate?"+url.Values{"service": {service}, "ticket": {ticket}}.Encode(), "")
}

func checked(c *conn) error {
	if c.status != http.StatusOK || !bytes.Contains(c.body, success) {
		return fmt.Errorf("not validated: %d %.300s", c.status, c.body)
	}
	return nil
}

// validations gives tickets, then measures their validation.
func (s *side) validations() (Load, error) {
	requests := make([][]byte, s.n)
	shape := s.conn()
	quick := *s
	quick.close = false // giving is not measured
	_, err := drive(s.n, s.connections, quick.conn, func(c *conn, i int) error {
		t, err := s.ticket(c, s.login(c, i))
		requests[i] = s.validate(shape, t)
		return err
	})
	if err != nil {
		return Load{}, err
	}
	return drive(s.n, s.connections, s.conn, func(c *conn, i int) error {
		if err := c.get(requests[i]); err != nil {
			return err
		}
		return checked(c)
	})
}

// visits measures whole visits: the session of somebody to a ticket, and its validation.
func (s *side) visits() (Load, error) {
	return drive(s.n, s.connections, s.conn, func(c *conn, i int) error {
		t, err := s.ticket(c, s.login(c, i))
		if err != nil {
			return err
		}
		if err := c.get(s.validate(c, t)); err != nil {
			return err
		}
		return checked(c)
	})
}

// lemonldap starts the baseline, at its best setting: two workers, two connections that stay, or they wait for each other.
func lemonldap(b *testing.B) side {
	b.Helper()
	l := peers.StartLemonLDAP(b, peers.LemonLDAPOptions{
		Macros: map[string]string{"schools": "0350029S; 0350030T"},
		Apps: []peers.CASApplication{{
			Name: "app", Service: "https://app.example.org/",
			Attributes: map[string]string{"uid": "uid", "cn": "cn", "mail": "mail", "ENTPersonStructRattachRNE": "schools"},
		}},
	})
	browser := peers.NewBrowser(b)
	browser.SignIn(browser.Get(l.CAS+"/login"), "rtyler", "rtyler")
	u, err := url.Parse(l.URL)
	if err != nil {
		b.Fatal(err)
	}
	cookie := ""
	for _, c := range browser.HTTP.Jar.Cookies(u) {
		if c.Name == "lemonldap" {
			cookie = "Cookie: lemonldap=" + c.Value + "\r\n"
		}
	}
	if cookie == "" {
		b.Fatal("LemonLDAP::NG began no session")
	}
	return side{name: "LemonLDAP::NG", addr: u.Host, connections: 2, cookie: func(int) string { return cookie }, n: 1500}
}

// ours starts our server in a process of its own, which calls Child.
func ours(b *testing.B, name string, env ...string) (plain, secure side) {
	b.Helper()
	program, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	at, over := "127.0.0.1:"+peers.FreePort(b), "127.0.0.1:"+peers.FreePort(b)
	cmd := exec.Command(program)
	cmd.Env = append(append(os.Environ(), childName+"="+at+" "+over), env...)
	peers.Run(b, at, cmd)
	plain = side{name: name, addr: at, connections: 16, n: 60000, cookie: func(i int) string { return fmt.Sprintf("Cookie: session=s%d\r\n", i%sessions) }}
	secure = plain
	secure.addr, secure.tls = over, &tls.Config{InsecureSkipVerify: true} //nolint:gosec // of this measure
	return plain, secure
}

// row is a comparison: what is measured of both sides, over connections that stay or a new one each, and what is promised.
type row struct {
	what       string
	base, ours side
	measure    func(*side) (Load, error)
	floor, aim float64
}

const rounds = 5

// compare alternates both sides, five times each, and prints the best of each: the most a second, with its own p50 and p99.
func compare(b *testing.B, r *row) {
	b.Helper()
	var base, our Load
	for range rounds {
		x, err := r.measure(&r.base)
		if err != nil {
			b.Fatalf("%s: %v", r.base.name, err)
		}
		y, err := r.measure(&r.ours)
		if err != nil {
			b.Fatalf("%s: %v", r.ours.name, err)
		}
		if x.Rate() > base.Rate() {
			base = x
		}
		if y.Rate() > our.Rate() {
			our = y
		}
	}
	ratio := our.Rate() / base.Rate()
	b.Logf("%s %.0f/s p50 %s p99 %s | %s %.0f/s p50 %s p99 %s | %.1f times (floor %g, aim %g) | load %s",
		r.ours.name, our.Rate(), short(our.P50), short(our.P99), r.base.name, base.Rate(), short(base.P50), short(base.P99), ratio, r.floor, r.aim, load())
	b.ReportMetric(ratio, "times")
}

// load is that of the machine in the last minute, which counts this measure too.
func load() string {
	b, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown" // only Linux has it
	}
	first, _, _ := strings.Cut(string(b), " ")
	return first
}

func short(d time.Duration) string {
	return strconv.FormatFloat(float64(d)/float64(time.Millisecond), 'f', 2, 64) + "ms"
}

// Promise is how many times as many a second at least, 0 for no promise: over connections that stay, which also have an aim,
// and with a new connection each.
type Promise struct{ Stay, Aim, New float64 }

// Validations compares a registry of ours, which Child serves with some variables set, with LemonLDAP::NG.
func Validations(b *testing.B, registry string, p Promise, env ...string) {
	base := lemonldap(b)
	plain, secure := ours(b, registry, env...)
	each := func(s side, n int) side {
		s.close, s.n = true, n
		return s
	}
	// The generator takes one of two cores at most: two runtimes of two threads each would wait for the system's slices, which
	// are as long as what is measured.
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for _, r := range []row{
		{"stay", base, plain, (*side).validations, p.Stay, p.Aim},
		{"new", each(base, 1500), each(plain, 20000), (*side).validations, p.New, 0},
		{"TLS-stay", base, secure, (*side).validations, 0, 0},
		{"TLS-new", each(base, 1500), each(secure, 5000), (*side).validations, 0, 0},
		{"visit", base, plain, (*side).visits, 15, 0},
	} {
		b.Run(r.what, func(b *testing.B) {
			for b.Loop() {
				compare(b, &r)
			}
		})
	}
}

// Sessions fills a registry with the sessions of people who have visited three partners, through our server, and prints what
// memory it takes: in a process whose memory is limited, in bytes, unless limit is zero.
func Sessions(b *testing.B, registry func() cas.Registry, n int, limit int64) {
	if limit > 0 {
		defer debug.SetMemoryLimit(debug.SetMemoryLimit(limit))
	}
	for b.Loop() {
		r := registry()
		s, err := server("http://127.0.0.1", r)
		if err != nil {
			b.Fatal(err)
		}
		before := heap()
		if err := fill(s, n); err != nil {
			b.Fatal(err)
		}
		after := heap()
		b.ReportMetric(float64(after-before)/1e6, "MB")
		b.Logf("%d sessions of 3 tickets, limit %d MB: %d MB on the heap; the process: %s", n, limit/1e6, (after-before)/1e6, resident())
		runtime.KeepAlive(r)
	}
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// resident returns what the system says of this process.
func resident() string {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return "" // only Linux has it
	}
	var out []string
	for line := range strings.Lines(string(b)) {
		if strings.HasPrefix(line, "VmHWM") || strings.HasPrefix(line, "VmRSS") {
			out = append(out, strings.Join(strings.Fields(line), " "))
		}
	}
	return strings.Join(out, ", ")
}

// fill visits three addresses of the partner in each session, and validates what tickets it is given.
func fill(s *cas.Server, n int) error {
	w := &answer{header: http.Header{}}
	ask := func(path, cookie string) error {
		r, err := http.NewRequest(http.MethodGet, path, nil) //nolint:noctx // of a measure
		if err != nil {
			return err
		}
		if cookie != "" {
			r.Header.Set("Cookie", "session="+cookie)
		}
		clear(w.header)
		w.body.Reset()
		s.ServeHTTP(w, r)
		return nil
	}
	for i := range n {
		id := fmt.Sprintf("%032x", i)
		for _, page := range []string{"/cours", "/notes", "/agenda"} {
			q := url.Values{"service": {"https://app.example.org" + page}}
			if err := ask("/login?"+q.Encode(), id); err != nil {
				return err
			}
			_, ticket, ok := strings.Cut(w.header.Get("Location"), "ticket=")
			if !ok {
				return errors.New("casbench: no ticket")
			}
			q.Set("ticket", ticket)
			if err := ask("/p3/serviceValidate?"+q.Encode(), ""); err != nil {
				return err
			}
			if !bytes.Contains(w.body.Bytes(), success) {
				return errors.New("casbench: not validated")
			}
		}
	}
	return nil
}

// answer is a writer that is used again.
type answer struct {
	header http.Header
	body   bytes.Buffer
}

func (a *answer) Header() http.Header         { return a.header }
func (a *answer) WriteHeader(int)             {}
func (a *answer) Write(b []byte) (int, error) { return a.body.Write(b) }
