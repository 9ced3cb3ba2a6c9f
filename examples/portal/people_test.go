package main

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent/enttest"
	"github.com/opencartable/cartable/examples/portal/intake"
)

const (
	manager  = "administrateur"
	delegate = "administrateur délégué"
)

// send sends a delivery as the page does.
func (v *visitor) send(name string, file []byte) (status int, path, body string) {
	v.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile("livraison", name)
	require.NoError(v.t, err)
	_, err = part.Write(file)
	require.NoError(v.t, err)
	require.NoError(v.t, w.Close())
	r, err := v.c.Post(v.url+"/annuaire/import", w.FormDataContentType(), &b)
	require.NoError(v.t, err)
	path = r.Request.URL.Path
	status, body = read(v.t, r)
	return status, path, body
}

// example is a delivery that the portal gives to try.
func (v *visitor) example(name string) []byte {
	v.t.Helper()
	status, body := v.get("/annuaire/exemples/" + name)
	require.Equal(v.t, http.StatusOK, status)
	return []byte(body)
}

// plain is a page with ordinary spaces, and without its tags.
func plain(body string) string {
	_, body, _ = strings.Cut(body, "<main")
	body = regexp.MustCompile(`<[^>]*>`).ReplaceAllString(body, " ")
	return strings.Join(strings.Fields(strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(body)), " ")
}

// compared sends an example and returns the page of its plan.
func (v *visitor) compared(example string) (path, body string) {
	v.t.Helper()
	status, path, body := v.send(example, v.example(example))
	require.Equal(v.t, http.StatusOK, status)
	require.Regexp(v.t, `^/annuaire/plans/`, path)
	return path, body
}

// TestImportDelta is a night: the changes are compared, read, applied, and given back.
func TestImportDelta(t *testing.T) {
	t.Parallel()
	s := start(t, intake.Options{})
	v := s.as(t, s.choices(t)[manager])
	missing := "/annuaire/comptes?etat=missing"
	require.Contains(t, plain(v.page(missing)), "Aucun compte.")

	path, body := v.compared("delta.zip")
	text := plain(body)
	for _, want := range []string{
		"Delta : des changements seulement", "ARRIVANT Camille", "adresse électronique : ", "(masqué)", "Première fois dans l&#39;annuaire source",
		"L&#39;annuaire source demande la suppression", "Le compte y est.", "4 enregistrements lus", "téléphone mobile : ",
	} {
		assert.Contains(t, text, strings.ReplaceAll(want, "&#39;", "’"))
	}
	assert.Regexp(t, `rattaché à : \+ classe \w+ \(CLG [^)]*\) .*détaché de : − classe \w+ \(CLG`, text, "from a class to another")
	assert.Regexp(t, `ARRIVANT Camille élève 59999999 CLG [^+]* création rattaché à : \+ CLG .*\+ classe .*\+ responsable`, text)
	assert.Contains(t, plain(v.page(path+"?operation=create")), "1 changement pour ce filtre")
	school := regexp.MustCompile(`<option value="([0-9]+)">`).FindStringSubmatch(body)
	require.NotNil(t, school)
	assert.Contains(t, plain(v.page(path+"?etablissement="+school[1])), "pour ce filtre, 1 à")
	assert.Contains(t, plain(v.page(path+"?etablissement=0")), "Aucun changement pour ce filtre")
	checkPage(t, path, body)
	assert.NotContains(t, plain(v.page("/annuaire/comptes?q=arrivant")), "Camille", "nothing is done yet")

	status, report := v.post(path+"/appliquer", nil)
	require.Equal(t, http.StatusOK, status)
	assert.Contains(t, plain(report), "Le compte y est.")
	assert.Contains(t, plain(report), "annulable")
	checkPage(t, "report", report)
	status, gone := v.post(path+"/appliquer", nil)
	assert.Equal(t, http.StatusUnprocessableEntity, status, "a plan is applied once")
	assert.Contains(t, plain(gone), "n’est plus valable")

	assert.Contains(t, plain(v.page("/annuaire/comptes?q=arrivant")), "ARRIVANT Camille")
	left := v.page(missing)
	assert.Contains(t, plain(left), "60 jours restants")
	account := links(left, "/annuaire/comptes/")
	require.Len(t, account, 1)
	page := plain(v.page(account[0]))
	assert.Contains(t, page, "Il reste 60 jours avant la mise en instance de suppression")
	assert.Contains(t, page, "état : actif → absent de l’annuaire")
	assert.Contains(t, page, "absent de l’annuaire source, par administrateur")

	undo := strings.TrimSuffix(regexp.MustCompile(`action="(/annuaire/imports/\d+/annuler)"`).FindStringSubmatch(report)[1], "/annuler")
	status, body = v.post(undo+"/annuler", nil)
	assert.Equal(t, http.StatusUnprocessableEntity, status)
	assert.Contains(t, plain(body), "Cochez la case")
	status, body = v.post(undo+"/annuler", url.Values{"sur": {"1"}})
	require.Equal(t, http.StatusOK, status)
	assert.Contains(t, plain(body), "L’import est annulé")
	assert.Contains(t, plain(body), "personnes créées, retirées 1 1 0")
	checkPage(t, "undone", body)
	status, body = v.post(undo+"/annuler", url.Values{"sur": {"1"}})
	assert.Equal(t, http.StatusUnprocessableEntity, status, "an import is undone once")
	assert.Contains(t, plain(body), "ne se défait plus")

	assert.Contains(t, plain(v.page(missing)), "Aucun compte.")
	assert.NotContains(t, plain(v.page("/annuaire/comptes?q=arrivant")), "Camille")
	assert.Contains(t, plain(v.page("/annuaire/import")), "annulé")
	_, again := v.compared("delta.zip")
	assert.Contains(t, plain(again), "ARRIVANT Camille", "the same delivery is compared as if it had never been")
}

// TestImportBlocked: a lost file stops the plan until somebody says that the reason was read.
func TestImportBlocked(t *testing.T) {
	t.Parallel()
	s := start(t, intake.Options{})
	v := s.as(t, s.choices(t)[manager])
	path, body := v.compared("complet-incomplet.zip")
	text := plain(body)
	assert.Contains(t, text, "Ce plan est bloqué")
	assert.Regexp(t, `(CLG|LYC|LP|SEGPA)[^:]* : \d+ personnes sur \d+ \(ELV\) ont disparu`, text, "the school is named")
	checkPage(t, path, body)
	status, body := v.post(path+"/appliquer", nil)
	assert.Equal(t, http.StatusUnprocessableEntity, status)
	assert.Contains(t, plain(body), "il faut cocher la case")
	assert.Contains(t, plain(v.page("/annuaire/comptes?etat=missing")), "Aucun compte.", "nobody has left")

	other, _ := v.compared("delta.zip")
	status, body = v.post(path+"/appliquer", url.Values{"accord": {"1"}})
	require.Equal(t, http.StatusOK, status)
	assert.Contains(t, plain(body), "Le compte y est.")
	assert.Regexp(t, `\d\d comptes dans cet état`, plain(v.page("/annuaire/comptes?etat=missing")))
	status, body = v.post(other+"/appliquer", nil)
	assert.Equal(t, http.StatusUnprocessableEntity, status)
	assert.Contains(t, plain(body), "Un autre plan du même annuaire source a été appliqué")
}

func TestImportRefuses(t *testing.T) {
	t.Parallel()
	temp := t.TempDir()
	s := start(t, intake.Options{TempDir: temp})
	v := s.as(t, s.choices(t)[manager])
	var empty bytes.Buffer
	require.NoError(t, zip.NewWriter(&empty).Close())
	for name, c := range map[string]struct {
		file string
		sent []byte
		want string
	}{
		"nothing":                {"livraison.zip", nil, "Choisissez un fichier"},
		"another kind of file":   {"livraison.pdf", []byte("x"), "ni un .zip, ni un .tgz"},
		"what is no archive":     {"livraison.zip", []byte("pas une archive"), "n’a pas pu être lue"},
		"an empty archive":       {"livraison.zip", empty.Bytes(), "n’a pas pu être lue"},
		"what is no XML":         {"ENT_Complet_20240916_Eleve_0000.xml", []byte("<a"), "n’a pas pu être lue"},
		"a name with a path":     {"../../livraison.zip", []byte("x"), "n’a pas pu être lue"},
		"a name of another kind": {"élèves de Zoé.zip", []byte("x"), "n’a pas pu être lue"},
	} {
		status, path, body := v.send(c.file, c.sent)
		assert.Equal(t, http.StatusUnprocessableEntity, status, name)
		assert.Equal(t, "/annuaire/import", path, name)
		assert.Contains(t, plain(body), c.want, name)
		checkPage(t, name, body)
	}
	status, _, body := v.send("livraison.zip", make([]byte, 65<<20))
	assert.Equal(t, http.StatusRequestEntityTooLarge, status)
	assert.Contains(t, body, "Envoi trop long")
	status, _ = v.post("/annuaire/import", url.Values{"livraison": {"x"}})
	assert.Equal(t, http.StatusBadRequest, status, "a form without a file")

	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/annuaire/doublons/fusionner", strings.NewReader("a=1&b=2"))
	require.NoError(t, err)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	res, err := v.c.Do(r)
	require.NoError(t, err)
	status, _ = read(t, res)
	assert.Equal(t, http.StatusForbidden, status, "from another site")
	_, _ = v.compared("delta.zip")
	left, err := os.ReadDir(temp)
	require.NoError(t, err)
	assert.Empty(t, left, "nothing stays of what was sent")
}

// TestDirectoryIsClosed: to everybody else the pages do not exist; to a delegated administrator, what is not delegated.
func TestDirectoryIsClosed(t *testing.T) {
	t.Parallel()
	s := start(t, intake.Options{})
	who := s.choices(t)
	boss := s.as(t, who[manager])
	plan, _ := boss.compared("delta.zip")
	accounts := links(boss.page("/annuaire/comptes"), "/annuaire/comptes/")
	require.NotEmpty(t, accounts)
	pupils := links(boss.page("/annuaire/pourquoi?q=a"), "/annuaire/pourquoi/")
	require.NotEmpty(t, pupils)
	imports := []string{"/annuaire/import", "/annuaire/imports/1", plan, "/annuaire/exemples/delta.zip"}
	pages := append([]string{"/annuaire/comptes", accounts[0], "/annuaire/doublons", "/annuaire/pourquoi", pupils[0]}, imports...)
	forms := []string{plan + "/appliquer", "/annuaire/imports/1/annuler", "/annuaire/import/1"}
	acts := []string{accounts[0] + "/bloquer", "/annuaire/doublons/fusionner", "/annuaire/doublons/distinguer", "/annuaire/doublons/defaire"}
	for role, person := range who {
		if role == manager {
			continue
		}
		v := s.as(t, person)
		closed, posts := pages, slices.Concat(acts, forms)
		if role == delegate {
			closed, posts = imports, forms
		} else {
			assert.NotContains(t, v.page("/"), "/annuaire/", role)
		}
		for _, p := range closed {
			status, _ := v.get(p)
			assert.Equal(t, http.StatusNotFound, status, "%s: %s", role, p)
		}
		for _, p := range posts {
			status, _ := v.post(p, url.Values{"accord": {"1"}, "sur": {"1"}})
			assert.Equal(t, http.StatusNotFound, status, "%s: %s", role, p)
		}
		status, _, _ := v.send("delta.zip", []byte("x"))
		assert.Equal(t, http.StatusNotFound, status, role)
	}
	assert.Contains(t, plain(s.visitor(t).page("/annuaire/import")), "Entrer comme…")

	v := s.as(t, who[delegate])
	option := regexp.MustCompile(`<option value="(\d+)"[^>]*>([^<]+)<`)
	schools := option.FindAllStringSubmatch(v.page("/annuaire/comptes"), -1)
	require.Len(t, schools, 1, "one school was delegated")
	all := option.FindAllStringSubmatch(boss.page("/annuaire/comptes"), -1)
	require.Greater(t, len(all), 3)
	opened, shut := 0, 0
	for _, m := range all {
		list := links(boss.page("/annuaire/comptes?etablissement="+m[1]), "/annuaire/comptes/")
		for _, p := range list[:min(3, len(list))] {
			_, ties, _ := strings.Cut(boss.page(p), `<h2 id="ties"`)
			status, _ := v.get(p)
			if strings.Contains(ties, "<td>"+schools[0][2]) {
				assert.Equal(t, http.StatusOK, status, p)
				opened++
			} else {
				assert.Equal(t, http.StatusNotFound, status, p)
				status, _ = v.post(p+"/bloquer", nil)
				assert.Equal(t, http.StatusNotFound, status, p)
				shut++
			}
		}
	}
	assert.Positive(t, opened)
	assert.Positive(t, shut)
	found := links(v.page("/annuaire/comptes?q=a"), "/annuaire/comptes/")
	assert.NotEmpty(t, found)
	for _, p := range found {
		assert.Contains(t, boss.page(p), "<td>"+schools[0][2], "a search stays within the delegation")
	}
}

// TestContactsAreNotForAdministrators: who administers accounts reads no address, telephone number or mail: neither in a
// plan, nor in what an import changed, nor beside a duplicate.
func TestContactsAreNotForAdministrators(t *testing.T) {
	t.Parallel()
	s := start(t, intake.Options{})
	who := s.choices(t)
	boss := s.as(t, who[manager])
	contact := regexp.MustCompile(`\+33 \d|[\w.]+@[\w.]+\.\w+`)
	plan, _ := boss.compared("delta.zip")
	changes := boss.page(plan + "?operation=change")
	assert.Contains(t, plain(changes), "téléphone mobile : (masqué) → (masqué)")
	assert.NotRegexp(t, contact, plain(changes))
	changed := regexp.MustCompile(`<code>([0-9a-f-]{36})</code>`).FindAllStringSubmatch(changes, -1)
	require.NotEmpty(t, changed)
	status, _ := boss.post(plan+"/appliquer", url.Values{"sur": {"1"}})
	require.Equal(t, http.StatusOK, status)
	masked := 0
	for _, v := range []*visitor{boss, s.as(t, who[delegate])} {
		for _, m := range changed {
			if status, body := v.get("/annuaire/comptes/" + m[1]); status == http.StatusOK {
				assert.NotRegexp(t, contact, plain(body))
				masked += strings.Count(body, "(masqué)")
			}
		}
		assert.NotRegexp(t, contact, plain(v.page("/annuaire/doublons")))
	}
	assert.Positive(t, masked, "the import changed somebody's number")
}

// TestDuplicates: two accounts that look alike are merged, taken apart again, and settled to be two persons.
func TestDuplicates(t *testing.T) {
	t.Parallel()
	s := start(t, intake.Options{})
	v := s.as(t, s.choices(t)[manager])
	body := v.page("/annuaire/doublons")
	checkPage(t, "duplicates", body)
	count := func(body string) string {
		return regexp.MustCompile(`(\d+ paires?|Aucune paire) de comptes`).FindString(plain(body))
	}
	before := count(body)
	require.NotEmpty(t, before)
	require.Contains(t, plain(body), "même adresse électronique : ")
	require.Contains(t, plain(body), "somme de")
	pair := regexp.MustCompile(`fusionner" method="post"><input type="hidden" name="a" value="([^"]+)"/><input type="hidden" name="b" value="([^"]+)"`).FindStringSubmatch(body)
	require.NotNil(t, pair)
	form := url.Values{"a": {pair[1]}, "b": {pair[2]}}

	local := s.as(t, s.choices(t)[delegate])
	assert.NotEqual(t, before, count(local.page("/annuaire/doublons")), "pairs within one's schools only")
	status, _ := local.post("/annuaire/doublons/fusionner", form)
	assert.Equal(t, http.StatusNotFound, status, "one of the two is in a school that was not delegated")

	status, body = v.post("/annuaire/doublons/fusionner", form)
	require.Equal(t, http.StatusOK, status)
	checkPage(t, "merged", body)
	assert.NotEqual(t, before, count(body))
	gone := regexp.MustCompile(`name="compte" value="([^"]+)"`).FindStringSubmatch(body)
	require.NotNil(t, gone)
	assert.Contains(t, []string{pair[1], pair[2]}, gone[1])
	status, refused := v.post("/annuaire/doublons/fusionner", form)
	assert.Equal(t, http.StatusUnprocessableEntity, status)
	assert.Contains(t, plain(refused), "ne se fusionnent pas")
	checkPage(t, "merged account", v.page("/annuaire/comptes/"+gone[1]))

	status, body = v.post("/annuaire/doublons/defaire", url.Values{"compte": {gone[1]}})
	require.Equal(t, http.StatusOK, status)
	assert.Equal(t, before, count(body))
	status, _ = v.post("/annuaire/doublons/defaire", url.Values{"compte": {gone[1]}})
	assert.Equal(t, http.StatusNotFound, status)

	status, body = v.post("/annuaire/doublons/distinguer", form)
	require.Equal(t, http.StatusOK, status)
	assert.NotEqual(t, before, count(body))
	assert.NotContains(t, body, `value="`+pair[1]+`"/><input type="hidden" name="b" value="`+pair[2]+`"`)
	status, _ = v.post("/annuaire/doublons/fusionner", url.Values{"a": {"nobody"}, "b": {pair[1]}})
	assert.Equal(t, http.StatusNotFound, status)
}

// TestWhoCanSee: who may see a pupil's marks, why, and why another may not.
func TestWhoCanSee(t *testing.T) {
	t.Parallel()
	s := start(t, intake.Options{})
	v := s.as(t, s.choices(t)[manager])
	assert.Contains(t, plain(v.page("/annuaire/pourquoi?q=zzzz")), "Aucun élève trouvé")
	pupils := links(v.page("/annuaire/pourquoi?q=a"), "/annuaire/pourquoi/")
	require.NotEmpty(t, pupils)
	relative := false
	for _, p := range pupils[:min(8, len(pupils))] {
		body := v.page(p)
		checkPage(t, p, body)
		text := plain(body)
		assert.Contains(t, text, "élève : soi-même")
		assert.NotContains(t, text, "administrateur", "administering is no reason to read")
		asked := links(body, p+"?action=")
		require.NotEmpty(t, asked)
		yes, no := false, false
		for _, q := range asked {
			q, _, _ = strings.Cut(q, "#")
			answer := plain(v.page(q))
			yes, no = yes || strings.Contains(answer, ": oui 1 veut dire oui"), no || strings.Contains(answer, ": non 1 veut dire oui")
			if strings.Contains(answer, "Accès de ce responsable") {
				relative = true
				assert.Contains(t, answer, "(détail réservé)", "the situation of the family is for the pupil alone")
				assert.NotContains(t, answer, "aide sociale")
			}
		}
		assert.True(t, yes, "somebody may")
		assert.True(t, no, "somebody may not")
	}
	assert.True(t, relative, "a relative was asked about")
	assert.Contains(t, plain(v.page(pupils[0]+"?action=absence.reason.read")), "Peuvent lire le motif d’une absence")
	for _, path := range []string{"/annuaire/pourquoi/nobody", pupils[0] + "?personne=nobody"} {
		status, _ := v.get(path)
		assert.Equal(t, http.StatusNotFound, status, path)
	}
}

func TestAccountIsBlocked(t *testing.T) {
	t.Parallel()
	s := start(t, intake.Options{})
	v := s.as(t, s.choices(t)[manager])
	list := v.page("/annuaire/comptes")
	account := links(list, "/annuaire/comptes/")[0]
	assert.Contains(t, plain(v.page(account)), "compte créé, par le portail, à son ouverture")
	for _, step := range []struct{ action, want string }{
		{"bloquer", "actif bloqué"}, {"debloquer", "Bloquer Un compte bloqué"}, {"activer", "Compte utilisé oui"},
	} {
		status, body := v.post(account+"/"+step.action, nil)
		require.Equal(t, http.StatusOK, status)
		assert.Contains(t, plain(body), step.want)
		checkPage(t, step.action, body)
	}
	status, _ := v.post(account+"/effacer", nil)
	assert.Equal(t, http.StatusNotFound, status)

	next := links(list, "/annuaire/comptes?apres=")
	require.Len(t, next, 1)
	assert.NotEqual(t, links(list, "/annuaire/comptes/"), links(v.page(next[0]), "/annuaire/comptes/"))
	for path, want := range map[string]int{
		"/annuaire/comptes?q=-": http.StatusUnprocessableEntity, "/annuaire/comptes?q=a&apres=x": http.StatusNotFound,
		"/annuaire/comptes/x": http.StatusNotFound, "/annuaire/plans/x": http.StatusUnprocessableEntity, "/annuaire/imports/99": http.StatusNotFound,
		"/annuaire/imports/x": http.StatusNotFound, "/annuaire/exemples/autre.zip": http.StatusNotFound,
	} {
		status, _ := v.get(path)
		assert.Equal(t, want, status, path)
	}
}

// TestDirectoryLogsHoldNoPerson: what is logged of the directory's pages names nobody.
func TestDirectoryLogsHoldNoPerson(t *testing.T) {
	t.Parallel()
	academy := enttest.Options{Canary: true}
	s := start(t, intake.Options{Academy: academy})
	a := enttest.New(academy)
	v := s.as(t, s.choices(t)[manager])
	path, body := v.compared("delta.zip")
	_, shown := a.FindMark(body)
	require.True(t, shown, "the plan shows names to who may read them")
	_, _ = v.post(path+"/appliquer", nil)
	v.page("/annuaire/comptes?q=canari")
	v.page("/annuaire/doublons")
	found := links(v.page("/annuaire/pourquoi?q=canari"), "/annuaire/pourquoi/")
	require.NotEmpty(t, found)
	v.page(found[0])
	_, _, _ = v.send("CANARI.zip", []byte("x"))
	log := s.log.String()
	require.Contains(t, log, "/annuaire/pourquoi/{id}")
	require.Contains(t, log, "plan applied")
	mark, leaked := a.FindMark(log)
	assert.False(t, leaked, mark)
	assert.NotContains(t, log, strings.TrimPrefix(path, "/annuaire/plans/"), "the name of a plan opens it")
	assert.NotContains(t, log, "level=ERROR")
}

// TestRealDeliveryWaits: a real delivery fills no directory before somebody has read the plan.
func TestRealDeliveryWaits(t *testing.T) {
	t.Parallel()
	s := start(t, intake.Options{Feeds: []string{sample(t, "2d-complet")}})
	v := s.visitor(t)
	_, _ = v.post("/connexion", url.Values{"code": {s.code()}})
	body := v.page("/annuaire/import")
	assert.Contains(t, plain(body), "Aucun : l’annuaire est vide.")
	assert.Empty(t, links(body, "/annuaire/exemples/"))
	status, _ := v.get("/annuaire/exemples/delta.zip")
	assert.Equal(t, http.StatusNotFound, status)
	r, err := v.c.PostForm(v.url+"/annuaire/import/1", nil)
	require.NoError(t, err)
	path := r.Request.URL.Path
	status, body = read(t, r)
	require.Equal(t, http.StatusOK, status)
	assert.Contains(t, plain(body), "création élève 7")
	status, _ = v.post(path+"/appliquer", nil)
	require.Equal(t, http.StatusOK, status)
	assert.Contains(t, plain(v.page("/annuaire/comptes?q=oeuvrard")), "ŒUVRARD Noël")
	crawl(t, v, 200)
}

// TestDirectoryIsKept: with a folder, what was done is still there the next time, and is not done again.
func TestDirectoryIsKept(t *testing.T) {
	t.Parallel()
	o := options{Options: intake.Options{Academy: enttest.Options{Persons: 300}, TempDir: t.TempDir()}, Data: t.TempDir()}
	open := func() (*portal, *visitor) {
		p, err := newPortal(t.Context(), o, io.Discard, slog.New(slog.DiscardHandler))
		require.NoError(t, err)
		require.NoError(t, p.read(t.Context()))
		srv := httptest.NewServer(p.site)
		t.Cleanup(srv.Close)
		s := &started{url: srv.URL}
		return p, s.as(t, manager)
	}
	p, v := open()
	account := links(v.page("/annuaire/comptes"), "/annuaire/comptes/")[0]
	_, _ = v.post(account+"/bloquer", nil)
	plans := strings.Count(v.page("/annuaire/import"), "/annuaire/imports/")
	require.NoError(t, p.close())
	p, v = open()
	assert.Contains(t, plain(v.page(account)), "actif bloqué")
	assert.Contains(t, plain(v.page(account)), "compte créé, par le portail", "the past is told again")
	assert.Equal(t, plans, strings.Count(v.page("/annuaire/import"), "/annuaire/imports/"))
	require.NoError(t, p.close())
	files, err := filepath.Glob(filepath.Join(o.Data, "annuaire.db"))
	require.NoError(t, err)
	assert.Len(t, files, 1)
	left, err := os.ReadDir(o.TempDir)
	require.NoError(t, err)
	assert.Empty(t, left)
}

// TestVisitorsWhoLeaveTakeNothingAway: a request that is given up in the middle does not close the directory in memory.
func TestVisitorsWhoLeaveTakeNothingAway(t *testing.T) {
	t.Parallel()
	s := start(t, intake.Options{})
	v := s.as(t, s.choices(t)[manager])
	list := v.page("/annuaire/comptes")
	account := links(list, "/annuaire/comptes/")[0]
	for n := range 60 {
		ctx, stop := context.WithTimeout(t.Context(), time.Duration(n)*time.Millisecond/2)
		for _, c := range []struct{ method, path string }{{http.MethodGet, "/annuaire/doublons"}, {http.MethodPost, account + "/bloquer"}} {
			r, err := http.NewRequestWithContext(ctx, c.method, s.url+c.path, http.NoBody)
			require.NoError(t, err)
			if res, err := v.c.Do(r); err == nil {
				_, _ = io.Copy(io.Discard, res.Body)
				_ = res.Body.Close()
			}
		}
		stop()
	}
	status, after := v.get("/annuaire/comptes")
	require.Equal(t, http.StatusOK, status, s.log.String())
	assert.Equal(t, links(list, "/annuaire/comptes/"), links(after, "/annuaire/comptes/"))
}
