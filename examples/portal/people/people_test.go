package people

import (
	"bytes"
	"context"
	"mime/multipart"
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
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/ent/directory/directorysql"
	"github.com/opencartable/cartable/ent/enttest"
	"github.com/opencartable/cartable/examples/portal/intake"
	"github.com/opencartable/cartable/examples/portal/web"
)

// clock is a time that a test moves.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) days(n int) { c.move(time.Duration(n) * 24 * time.Hour) }

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// openDoor lets in who says a name, as an administrator.
type openDoor struct{}

func (openDoor) SignIn(*http.Request, bool) (web.Page, error) { return web.Page{}, web.ErrNotFound }

func (openDoor) Enter(r *http.Request) (web.Account, bool) {
	return web.Account{Name: "Moi", Role: "administrateur", Manages: []string{web.Everywhere}, Ref: r.PostFormValue("nom")}, true
}

// stand is the area alone on a site, with a clock.
type stand struct {
	t    *testing.T
	area *Area
	url  string
	time *clock
}

func newStand(t *testing.T) *stand {
	t.Helper()
	c := &clock{at: time.Date(2024, 11, 18, 8, 0, 0, 0, time.UTC)}
	academy := enttest.Options{Persons: 300}
	a, err := New(t.Context(), Options{Fictional: true, Academy: academy, Now: c.now, TempDir: t.TempDir()})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, a.Close()) })
	in, err := intake.New(intake.Options{Academy: academy, TempDir: t.TempDir()})
	require.NoError(t, err)
	require.NoError(t, in.Run(t.Context(), func(feeds []*intake.Feed) error { return a.Fill(t.Context(), feeds) }))
	site, err := web.New(web.Options{Door: openDoor{}, Areas: []web.Area{a}})
	require.NoError(t, err)
	srv := httptest.NewServer(site)
	t.Cleanup(srv.Close)
	return &stand{t, a, srv.URL, c}
}

func (s *stand) as(name string) *http.Client {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(s.t, err)
	c := &http.Client{Jar: jar}
	r, err := c.PostForm(s.url+"/connexion", url.Values{"nom": {name}})
	require.NoError(s.t, err)
	require.NoError(s.t, r.Body.Close())
	return c
}

// text is a page in ordinary words.
func (s *stand) text(r *http.Response, err error) (status int, path, text string) {
	s.t.Helper()
	require.NoError(s.t, err)
	var b bytes.Buffer
	_, err = b.ReadFrom(r.Body)
	require.NoError(s.t, err)
	require.NoError(s.t, r.Body.Close())
	text = regexp.MustCompile(`<[^>]*>`).ReplaceAllString(b.String(), " ")
	return r.StatusCode, r.Request.URL.Path, strings.Join(strings.Fields(text), " ")
}

// night compares the sample Delta and returns the page of its plan.
func (s *stand) night(c *http.Client) (path, text string) {
	s.t.Helper()
	var file, b bytes.Buffer
	require.NoError(s.t, s.area.writeSample(context.Background(), &file, sampleDelta))
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile("livraison", "delta.zip")
	require.NoError(s.t, err)
	_, err = file.WriteTo(part)
	require.NoError(s.t, err)
	require.NoError(s.t, w.Close())
	status, path, text := s.text(c.Post(s.url+"/annuaire/import", w.FormDataContentType(), &b))
	require.Equal(s.t, http.StatusOK, status)
	return path, text
}

func (s *stand) post(c *http.Client, path string) string {
	s.t.Helper()
	status, _, text := s.text(c.PostForm(s.url+path, nil))
	require.Equal(s.t, http.StatusOK, status)
	return text
}

func (s *stand) get(c *http.Client, path string) string {
	s.t.Helper()
	_, _, text := s.text(c.Get(s.url + path))
	return text
}

// TestLifeOfAnAccount: a pupil who leaves is missing for 60 days, then on the way to deletion for 28, and the pages count
// the days down.
func TestLifeOfAnAccount(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	c := s.as("moi")
	plan, _ := s.night(c)
	s.post(c, plan+"/appliquer")
	assert.Contains(t, s.get(c, "/annuaire/comptes?etat=missing"), "60 jours restants")
	s.time.days(10)
	assert.Contains(t, s.get(c, "/annuaire/comptes?etat=missing"), "50 jours restants")
	s.time.days(51)
	plan, text := s.night(c)
	assert.Contains(t, text, "mise en instance de suppression")
	assert.Contains(t, text, "Absence depuis le 18/11/2024, plus de 60 jours.")
	s.post(c, plan+"/appliquer")
	assert.Contains(t, s.get(c, "/annuaire/comptes?etat=missing"), "Aucun compte.")
	assert.Contains(t, s.get(c, "/annuaire/comptes?etat=pre-deleted"), "28 jours restants")
	list, err := s.area.accounts(t.Context(), directory.Query{Leaving: true})
	require.NoError(t, err)
	require.Len(t, list, 1)
	account := s.get(c, accountPath(list[0].ID))
	assert.Contains(t, account, "Il reste 28 jours avant la suppression définitive")
	assert.Contains(t, account, "Ces liens sont suspendus")
	assert.Contains(t, account, "mis en instance de suppression, par moi")
	s.time.days(8)
	_, text = s.night(c)
	assert.NotContains(t, text, "suppression définitive")
	_, _, text = s.text(c.PostForm(s.url+"/annuaire/imports/4/annuler", url.Values{"sur": {"1"}}))
	assert.Contains(t, text, "ne se défait plus", "seven days are over")
	s.time.days(21)
	_, text = s.night(c)
	assert.Contains(t, text, "suppression définitive")
}

// TestPlanWaitsAnHour, for whoever made it.
func TestPlanWaitsAnHour(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	me, other := s.as("moi"), s.as("autre")
	plan, text := s.night(me)
	assert.Contains(t, text, "Plan valable jusqu’au 18/11/2024 à 10 h 00")
	for _, act := range []func(*http.Client) (*http.Response, error){
		func(c *http.Client) (*http.Response, error) { return c.Get(s.url + plan) },
		func(c *http.Client) (*http.Response, error) { return c.PostForm(s.url+plan+"/appliquer", nil) },
	} {
		status, _, text := s.text(act(other))
		assert.Equal(t, http.StatusUnprocessableEntity, status)
		assert.Contains(t, text, "n’existe pas, ou n’est plus valable")
	}
	s.time.move(time.Hour - time.Second)
	assert.Contains(t, s.get(me, plan), "Les changements, un par un")
	s.time.move(time.Second)
	status, _, _ := s.text(me.PostForm(s.url+plan+"/appliquer", nil))
	assert.Equal(t, http.StatusUnprocessableEntity, status)
}

func TestFewPlansAreKept(t *testing.T) {
	t.Parallel()
	c := &clock{at: time.Date(2024, 9, 16, 8, 0, 0, 0, time.UTC)}
	s := plans{now: c.now}
	today := ent.Date{Year: 2024, Month: 9, Day: 16}
	p, err := directory.Compare(t.Context(), directory.NewBook(directory.Places{}, nil), &directory.Records{What: directory.Feed{Origin: "csv:1"}}, directory.Policy{Today: today})
	require.NoError(t, err)
	var names []string
	for range maxPlans + 3 {
		name, err := s.put(p, kept{owner: "moi"})
		require.NoError(t, err)
		names = append(names, name)
		c.move(time.Minute)
	}
	assert.Len(t, s.kept, maxPlans)
	for i, name := range names {
		_, _, ok := s.get(name, "moi")
		assert.Equal(t, i >= 3, ok, "the oldest ones make room: %d", i)
	}
	s.drop(names[5])
	_, _, ok := s.get(names[5], "moi")
	assert.False(t, ok)
	c.move(2 * planLife)
	_, err = s.put(p, kept{owner: "moi"})
	require.NoError(t, err)
	assert.Len(t, s.kept, 1, "those whose time is over are forgotten")
}

func TestFileName(t *testing.T) {
	t.Parallel()
	for sent, want := range map[string]string{
		"ENT2DVA_Delta_20240917.zip": "ENT2DVA_Delta_20240917.zip", `C:\Temp\x.tgz`: "x.tgz", "/etc/passwd": "", "../../a.zip": "a.zip",
		"élèves.ZIP": "livraison.zip", ".zip": "livraison.zip", "a.tar.gz": "a.tar.gz", "": "", "zip": "", "a b.xml": "livraison.xml",
		"..zip": "livraison.zip", strings.Repeat("a", 300) + ".zip": "livraison.zip", "a.zip/..": "",
	} {
		assert.Equal(t, want, fileName(sent), sent)
	}
}

// TestEveryWordIsFrench: each field, state, event and origin that the directory knows has its words here.
func TestEveryWordIsFrench(t *testing.T) {
	t.Parallel()
	for _, f := range directory.PersonFields() {
		assert.NotEqual(t, string(f), fieldLabel(f), f)
	}
	assert.Equal(t, "autre.champ", fieldLabel("autre.champ"))
	for v, want := range map[string]string{
		"": "(vide)", "true": "oui", "false": "non", "2010-04-01": "01/04/2010", `["a","b"]`: "a, b", "[": "[", "Zoé": "Zoé",
	} {
		assert.Equal(t, want, fieldValue(v))
	}
	for _, e := range directorysql.EventTypes() {
		assert.NotEqual(t, e, eventLabel(e))
	}
	for o, want := range map[directory.Origin]string{
		"aaf:RENNES": "AAF second degré, académie RENNES", "aaf1d:010": "AAF premier degré, académie 010", "hand": "saisie à la main", "csv:1": "csv:1",
	} {
		assert.Equal(t, want, originLabel(o))
	}
	for _, c := range []directory.Category{directory.Pupil, directory.Relative, directory.Staff, directory.Guest} {
		assert.NotEqual(t, string(c), categoryLabel(c))
	}
	assert.Equal(t, "actif", stateLabel(""))
	assert.Equal(t, "Élève", capital("élève"))
	assert.Empty(t, capital(""))
}

// TestDeliveryTwiceIsOnePast: what the outbox delivers again is not told twice.
func TestDeliveryTwiceIsOnePast(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	list, err := s.area.accounts(t.Context(), directory.Query{All: true})
	require.NoError(t, err)
	require.NotEmpty(t, list)
	first, err := s.area.past(t.Context(), list[0].ID)
	require.NoError(t, err)
	require.Len(t, first, 1)
	require.NoError(t, s.area.db.Retire(t.Context(), tenant, consumer)) // all comes again
	again, err := s.area.past(t.Context(), list[0].ID)
	require.NoError(t, err)
	assert.Equal(t, first, again)
	clear(s.area.history)
	require.NoError(t, s.area.db.Retire(t.Context(), tenant, consumer))
	again, err = s.area.past(t.Context(), list[0].ID)
	require.NoError(t, err)
	assert.Equal(t, first, again, "it does come again")
}
