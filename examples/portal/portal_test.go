package main

import (
	"bytes"
	"context"
	"io"
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
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent/enttest"
	"github.com/opencartable/cartable/examples/portal/intake"
	"github.com/opencartable/cartable/examples/portal/life"
	"github.com/opencartable/cartable/schoollife/attendance"
	"github.com/opencartable/cartable/schoollife/booking"
	"github.com/opencartable/cartable/schoollife/cahier"
	"github.com/opencartable/cartable/schoollife/gradebook"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// started is a portal that has read its deliveries, with what it printed and logged.
type started struct {
	url      string
	out, log *buffer
}

// buffer is written by the server and read by the test.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func start(t *testing.T, o intake.Options) *started {
	t.Helper()
	s := &started{out: &buffer{}, log: &buffer{}}
	if testing.Short() && o.Academy.Persons == 0 {
		o.Academy.Persons = 500 // the race detector makes the directory's engine 28 times slower
	}
	if o.TempDir == "" {
		o.TempDir = t.TempDir()
	}
	srv := httptest.NewUnstartedServer(nil)
	set := options{Options: o, Origin: "http://" + srv.Listener.Addr().String()}
	if testing.Short() {
		set.Marks = gradebook.NewMemory() // as above
		set.Life = &life.Stores{Timetables: timetable.NewMemory(), Attendance: attendance.NewMemory(), Cahiers: cahier.NewMemory(), Bookings: booking.NewMemory()}
	}
	p, err := newPortal(t.Context(), set, s.out, slog.New(slog.NewTextHandler(s.log, nil)))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, p.close()) })
	require.NoError(t, p.read(t.Context()))
	left, err := os.ReadDir(o.TempDir)
	require.NoError(t, err)
	assert.Empty(t, left, "the temporary files are removed")
	srv.Config.Handler = p.site
	srv.Start()
	t.Cleanup(srv.Close)
	s.url = srv.URL
	return s
}

// visitor is a browser: it keeps cookies and follows redirections.
type visitor struct {
	t   *testing.T
	url string
	c   *http.Client
}

func (s *started) visitor(t *testing.T) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	return &visitor{t, s.url, &http.Client{Jar: jar}}
}

func (s *started) as(t *testing.T, person string) *visitor {
	t.Helper()
	v := s.visitor(t)
	status, body := v.post("/connexion", url.Values{"person": {person}})
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, body, "Se déconnecter")
	return v
}

func (v *visitor) get(path string) (status int, body string) {
	v.t.Helper()
	r, err := v.c.Get(v.url + path)
	require.NoError(v.t, err)
	return read(v.t, r)
}

func (v *visitor) page(path string) string {
	v.t.Helper()
	status, body := v.get(path)
	require.Equal(v.t, http.StatusOK, status, path)
	return body
}

func (v *visitor) post(path string, form url.Values) (status int, body string) {
	v.t.Helper()
	r, err := v.c.PostForm(v.url+path, form)
	require.NoError(v.t, err)
	return read(v.t, r)
}

func read(t *testing.T, r *http.Response) (status int, body string) {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	require.NoError(t, r.Body.Close())
	return r.StatusCode, string(b)
}

// choices are the persons of the sign-in page by profile.
func (s *started) choices(t *testing.T) map[string]string {
	t.Helper()
	_, body := s.visitor(t).get("/connexion")
	out := map[string]string{}
	re := regexp.MustCompile(`name="person" value="([^"]+)"><span class="kind">([^<]+)</span>`)
	for _, m := range re.FindAllStringSubmatch(body, -1) {
		out[m[2]] = m[1]
	}
	return out
}

// links returns the addresses of a page that begin with a prefix.
func links(body, prefix string) []string {
	var out []string
	for _, m := range regexp.MustCompile(`href="(`+regexp.QuoteMeta(prefix)+`[^"]*)"`).FindAllStringSubmatch(body, -1) {
		out = append(out, strings.ReplaceAll(m[1], "&amp;", "&"))
	}
	return out
}

const (
	pupil    = "élève"
	relative = "responsable d’un élève"
	teacher  = "enseignant"
	head     = "direction"
)

func TestPortal(t *testing.T) {
	t.Parallel()
	s := start(t, intake.Options{})
	who := s.choices(t)
	require.Len(t, who, 9, "one person of each profile, the town hall, and two who administer accounts")

	t.Run("sign-in is asked for", func(t *testing.T) {
		t.Parallel()
		body := s.visitor(t).page("/etablissements")
		assert.Contains(t, body, "Entrer comme…")
		assert.Contains(t, body, "toutes les personnes, toutes les familles et tous les établissements sont fictifs")
	})
	t.Run("the direction goes from the school to a class, a pupil and the relatives", func(t *testing.T) {
		t.Parallel()
		v := s.as(t, who[head])
		schools := links(v.page("/etablissements"), "/etablissements/")
		require.NotEmpty(t, schools)
		school := v.page(schools[0])
		classes := links(school, "/classes/")
		require.NotEmpty(t, classes)
		assert.NotEmpty(t, links(school, "/groupes/"))
		class := v.page(classes[0])
		assert.Contains(t, class, "professeur principal")
		pupils := links(class, "/personnes/eleve/")
		require.NotEmpty(t, pupils)
		words := ""
		for _, p := range pupils {
			words += v.page(p)
		}
		for _, w := range []string{"mère", "père", "représentant légal", "Date de naissance", "demi-pensionnaire"} {
			assert.Contains(t, words, w)
		}
		assert.NotEmpty(t, links(words, "/personnes/responsable/"))
	})
	t.Run("the report balances", func(t *testing.T) {
		t.Parallel()
		body := s.as(t, who[head]).page("/livraison")
		assert.Equal(t, 2, strings.Count(body, "Le compte y est."))
		assert.NotContains(t, body, "n’y est pas")
		assert.Contains(t, body, "AAF-UAI-PSEUDO")
		assert.Contains(t, body, "pseudo-code")
	})
	t.Run("a pupil sees their own page and class", func(t *testing.T) {
		t.Parallel()
		v := s.as(t, who[pupil])
		home := v.page("/")
		classes := links(home, "/classes/")
		require.Len(t, classes, 1)
		class := v.page(classes[0])
		assert.NotContains(t, class, "Date de naissance")
		assert.Equal(t, []string{"/personnes/" + who[pupil]}, unique(links(class, "/personnes/")), "the others are names only")
		own := v.page("/personnes/" + who[pupil])
		assert.Contains(t, own, "mère")
		assert.NotContains(t, own, "représentant légal")
		assert.Empty(t, links(own, "/personnes/responsable/"))

		others := links(s.as(t, who[head]).page(classes[0]), "/personnes/eleve/")
		for _, other := range others {
			if other != "/personnes/"+who[pupil] {
				status, _ := v.get(other)
				assert.Equal(t, http.StatusNotFound, status)
			}
		}
		for _, path := range []string{"/livraison", "/recherche?q=a", "/etablissements", "/personnes/" + who[relative]} {
			status, _ := v.get(path)
			assert.Equal(t, http.StatusNotFound, status, path)
		}
	})
	t.Run("a relative sees each child, and no other", func(t *testing.T) {
		t.Parallel()
		v := s.as(t, who[relative])
		children := unique(links(v.page("/"), "/personnes/eleve/"))
		require.Len(t, children, 3, "one in each school")
		own := v.page("/personnes/" + who[relative])
		for _, c := range children {
			assert.Contains(t, own, c)
			body := v.page(c)
			assert.Contains(t, body, "Responsables et contacts")
			assert.NotContains(t, body, "mailto:", "the other parent's contact stays closed")
		}
		pupils := links(s.as(t, who[teacher]).page("/recherche?q=le"), "/personnes/eleve/")
		for _, p := range pupils {
			if !slices.Contains(children, p) {
				status, _ := v.get(p)
				assert.Equal(t, http.StatusNotFound, status)
			}
		}
	})
	t.Run("a teacher sees the school, not the report nor another school", func(t *testing.T) {
		t.Parallel()
		v := s.as(t, who[teacher])
		assert.Contains(t, v.page("/"), "Mes classes et groupes")
		mine := unique(links(v.page("/etablissements"), "/etablissements/"))
		require.Len(t, mine, 1)
		for _, path := range []string{"/livraison", "/etablissements/2-4002", "/etablissements/1-4003", "/classes/1-4003$TS1"} {
			status, _ := v.get(path)
			assert.Equal(t, http.StatusNotFound, status, path)
		}
		body := v.page("/personnes/" + who[pupil])
		assert.Contains(t, body, "représentant légal")
		assert.Contains(t, body, "&#43;33")
		assert.NotContains(t, body, "Numéro INE")
	})
	t.Run("the search minds neither accents nor case", func(t *testing.T) {
		t.Parallel()
		v := s.as(t, who[head])
		for _, q := range []string{"ELODIE", "élodie", "Elo", "e\u0301lodie"} {
			assert.Contains(t, v.page("/recherche?q="+url.QueryEscape(q)), "Élodie", q)
		}
		assert.Contains(t, v.page("/recherche?q="+url.QueryEscape("tilleuls 4a")), "4A – 4EME A")
		assert.Contains(t, v.page("/recherche?q=zzzz"), "Aucune personne trouvée")
		first := v.page("/recherche?q=a")
		assert.Contains(t, first, "Page suivante")
		assert.Contains(t, v.page("/recherche?q=a&page=2"), "Page précédente")
		assert.Contains(t, v.page("/recherche?q=a&page=99999"), "Page précédente")
	})
	t.Run("what does not exist", func(t *testing.T) {
		t.Parallel()
		v := s.as(t, who[head])
		for _, path := range []string{
			"/nulle-part", "/etablissements/1-9999", "/etablissements/x", "/classes/1-4001$NON", "/groupes/9-4001$X",
			"/personnes/eleve/1-1", "/personnes/autre/1-50000002", "/personnes/eleve/0-50000002", "/classes/1-", "/classes/%2e%2e%2f",
		} {
			status, body := v.get(path)
			assert.Equal(t, http.StatusNotFound, status, path)
			assert.Contains(t, body, "Page introuvable", path)
		}
	})
	t.Run("signing out closes the session", func(t *testing.T) {
		t.Parallel()
		v := s.as(t, who[head])
		_, body := v.post("/deconnexion", nil)
		assert.Contains(t, body, "Entrer comme…")
		assert.Contains(t, v.page("/"), "Entrer comme…")
	})
	t.Run("nobody enters under an unknown name, nor from another site", func(t *testing.T) {
		t.Parallel()
		v := s.visitor(t)
		status, body := v.post("/connexion", url.Values{"person": {"eleve/1-1"}})
		assert.Equal(t, http.StatusUnprocessableEntity, status)
		assert.Contains(t, body, "Personne inconnue")
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/connexion", strings.NewReader("person="+who[head]))
		require.NoError(t, err)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		res, err := v.c.Do(r)
		require.NoError(t, err)
		status, body = read(t, res)
		assert.Equal(t, http.StatusForbidden, status)
		assert.Contains(t, body, "Demande refusée")
	})
	t.Run("headers", func(t *testing.T) {
		t.Parallel()
		c := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		r, err := c.PostForm(s.url+"/connexion", url.Values{"person": {who[head]}})
		require.NoError(t, err)
		_, _ = read(t, r)
		require.Equal(t, http.StatusSeeOther, r.StatusCode)
		set := r.Header.Get("Set-Cookie")
		for _, part := range []string{"HttpOnly", "SameSite=Lax", "Path=/"} {
			assert.Contains(t, set, part)
		}
		assert.NotContains(t, set, "Max-Age", "it ends with the browser, which may be shared")
		r, err = c.Get(s.url + "/connexion")
		require.NoError(t, err)
		_, _ = read(t, r)
		assert.Equal(t, "no-store", r.Header.Get("Cache-Control"))
		assert.Contains(t, r.Header.Get("Content-Security-Policy"), "default-src 'self'")
		assert.Equal(t, "nosniff", r.Header.Get("X-Content-Type-Options"))
	})
}

func unique(list []string) []string {
	var out []string
	for _, s := range list {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// TestNoResponsibility: a relative without responsibility sees no page but their own.
func TestNoResponsibility(t *testing.T) {
	t.Parallel()
	s := start(t, intake.Options{})
	v := s.as(t, "responsable/1-60000014") // the child minder of three children
	body := v.page("/")
	assert.Contains(t, body, "Aucune page d’élève ne vous est ouverte")
	assert.Empty(t, links(body, "/personnes/eleve/"))
	own := v.page("/personnes/responsable/1-60000014")
	assert.Contains(t, own, "sans responsabilité légale")
	assert.Empty(t, links(own, "/personnes/eleve/"))
	status, _ := v.get("/personnes/eleve/1-50000002")
	assert.Equal(t, http.StatusNotFound, status)
}

// TestLogsHoldNoPerson: the log names routes, never who was looked at, nor what was searched.
func TestLogsHoldNoPerson(t *testing.T) {
	t.Parallel()
	academy := enttest.Options{Canary: true}
	s := start(t, intake.Options{Academy: academy})
	a := enttest.New(academy)
	who := s.choices(t)
	v := s.as(t, who[head])
	v.page("/recherche?q=CANARI")
	found := links(v.page("/recherche?q=canari"), "/personnes/")
	require.NotEmpty(t, found)
	for _, p := range found[:5] {
		v.page(p)
	}
	v.page("/livraison")
	_, _ = v.get("/personnes/eleve/1-CANARI")
	log := s.log.String()
	require.Contains(t, log, "/personnes/{category}/{id}")
	mark, leaked := a.FindMark(log)
	assert.False(t, leaked, mark)
	assert.NotContains(t, log, strings.TrimPrefix(who[head], "personnel/"))
	_, report, _ := strings.Cut(v.page("/livraison"), "<main")
	mark, leaked = a.FindMark(report)
	assert.False(t, leaked, "the report names nobody: %s", mark)
}

// sample is a delivery of the conformance folder; the test is skipped where there is none, but in CI.
func sample(t *testing.T, name string) string {
	t.Helper()
	root := os.Getenv("CARTABLE_CONFORMANCE")
	if root == "" {
		// The sample data sit beside the clone.
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	path := filepath.Join(root, "aaf", name)
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("the conformance data are missing: ", err)
		}
		t.Skip("no conformance data: set CARTABLE_CONFORMANCE")
	}
	return path
}

// code is the last code that the terminal shows.
func (s *started) code() string {
	lines := strings.Fields(s.out.String())
	return lines[len(lines)-1]
}

func TestRealDelivery(t *testing.T) {
	t.Parallel()
	s := start(t, intake.Options{Feeds: []string{sample(t, "2d-complet"), sample(t, "1d-complet")}})
	v := s.visitor(t)
	body := v.page("/")
	assert.Contains(t, body, "Code affiché dans le terminal")
	assert.Contains(t, body, "administrateur local")

	status, body := v.post("/connexion", url.Values{"code": {"FAUX"}})
	assert.Equal(t, http.StatusUnprocessableEntity, status)
	assert.Contains(t, body, "Code refusé")
	status, _ = v.post("/connexion", url.Values{"person": {"eleve/1-5000001"}})
	assert.Equal(t, http.StatusUnprocessableEntity, status, "nobody enters by picking")

	code := s.code()
	_, body = v.post("/connexion", url.Values{"code": {code}})
	assert.Contains(t, body, "Administrateur local")
	status, _ = s.visitor(t).post("/connexion", url.Values{"code": {code}})
	assert.Equal(t, http.StatusUnprocessableEntity, status, "a code serves once")

	report := v.page("/livraison")
	assert.Contains(t, report, "6\u00a0références désignent")
	assert.Equal(t, 3, strings.Count(report, "<code>4999</code>")+strings.Count(report, "<code>4999$5Z</code>"))
	for _, target := range []string{"6009999", "4999$X1", "999900"} {
		assert.Contains(t, report, "<code>"+target+"</code>")
	}
	assert.Equal(t, 2, strings.Count(report, "Le compte y est."))
	assert.Contains(t, v.page("/recherche?q="+url.QueryEscape("oeuvrard")), "ŒUVRARD Noël")
	crawl(t, v, 300)
}

func TestBrokenDelivery(t *testing.T) {
	t.Parallel()
	broken := sample(t, filepath.Join("edge", "not_well_formed_Eleve_0000.xml"))
	notZip := filepath.Join(t.TempDir(), "livraison.zip")
	require.NoError(t, os.WriteFile(notZip, []byte("pas une archive"), 0o600))
	s := start(t, intake.Options{Feeds: []string{broken, notZip}})
	v := s.visitor(t)
	_, body := v.post("/connexion", url.Values{"code": {s.code()}})
	assert.Contains(t, body, "Aucun établissement")
	report := v.page("/livraison")
	assert.Contains(t, report, "AAF-XML-FATAL")
	assert.Contains(t, report, "bien formé")
	assert.Contains(t, report, "arrêt de la lecture")
	assert.Equal(t, 2, strings.Count(report, "n’a pas pu être lue jusqu’au bout"))
	assert.NotContains(t, report, filepath.Dir(notZip), "the page shows no path of the machine")
	crawl(t, v, 50)
}

func TestProgress(t *testing.T) {
	t.Parallel()
	p, err := newPortal(t.Context(), options{}, io.Discard, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, p.close()) })
	for _, path := range []string{"/", "/connexion", "/livraison"} {
		w := httptest.NewRecorder()
		p.site.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, http.NoBody))
		assert.Equal(t, http.StatusServiceUnavailable, w.Code)
		assert.Contains(t, w.Body.String(), `<progress id="progress"`)
		assert.Contains(t, w.Body.String(), `http-equiv="refresh"`)
		checkPage(t, path, w.Body.String())
	}
}

func TestRun(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	out, errs := &buffer{}, &buffer{}
	done := make(chan int, 1)
	go func() { done <- run(ctx, []string{"-addr", "127.0.0.1:0", "-persons", "300", "-seed", "7"}, out, errs) }()
	re := regexp.MustCompile(`http://127\.0\.0\.1:\d+`)
	require.Eventually(t, func() bool { return re.MatchString(out.String()) && strings.Contains(out.String(), "lues") },
		20*time.Second, 20*time.Millisecond, errs.String())
	r, err := http.Get(re.FindString(out.String()))
	require.NoError(t, err)
	status, body := read(t, r)
	assert.Equal(t, http.StatusOK, status)
	assert.Contains(t, body, "Entrer comme…")
	http.DefaultClient.CloseIdleConnections()
	stop()
	select {
	case code := <-done:
		assert.Zero(t, code, errs.String())
	case <-time.After(10 * time.Second):
		t.Fatal("the portal does not stop")
	}
}

func TestRunRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"a delivery that is not there": {[]string{"-feed", "/nulle/part.zip"}, "/nulle/part.zip ne peut pas être ouverte"},
		"an unknown flag":              {[]string{"-x"}, "-x"},
		"an argument":                  {[]string{"part.zip"}, "avec -feed"},
		"a real delivery for everybody": {
			[]string{"-feed", t.TempDir(), "-addr", ":8080"}, "-expose",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out, errs bytes.Buffer
			assert.Equal(t, 2, run(t.Context(), c.args, &out, &errs))
			assert.Contains(t, errs.String(), c.want)
			assert.Empty(t, out.String())
		})
	}
}
