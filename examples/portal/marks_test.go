package main

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent/enttest"
	"github.com/opencartable/cartable/examples/portal/intake"
)

// inputs reads the fields of the first form of a page that has a class.
func inputs(body, class string) url.Values {
	_, form, _ := strings.Cut(body, `<form class="`+class+`"`)
	form, _, _ = strings.Cut(form, "</form>")
	out := url.Values{}
	for _, tag := range regexp.MustCompile(`<input[^>]*>`).FindAllString(form, -1) {
		name := regexp.MustCompile(` name="([^"]*)"`).FindStringSubmatch(tag)
		value := regexp.MustCompile(` value="([^"]*)"`).FindStringSubmatch(tag)
		if name != nil {
			out.Set(html.UnescapeString(name[1]), "")
			if value != nil {
				out.Set(html.UnescapeString(name[1]), html.UnescapeString(value[1]))
			}
		}
	}
	return out
}

// cells returns the names of the marks of a grid, in the order of the page.
func cells(body string) []string {
	var out []string
	for _, m := range regexp.MustCompile(` name="(v:[^"]*)"`).FindAllStringSubmatch(body, -1) {
		out = append(out, html.UnescapeString(m[1]))
	}
	return out
}

func TestMarks(t *testing.T) {
	t.Parallel()
	s := start(t, intake.Options{})
	who := s.choices(t)
	writer := s.as(t, who[teacher])
	grid := links(writer.page("/notes"), "/notes/saisie")[0]

	t.Run("a teacher saves a grid, and reads why an average moved", func(t *testing.T) {
		v := s.as(t, who[teacher])
		body := v.page(grid)
		checkPage(t, grid, body)
		form, names := inputs(body, "grid"), cells(body)
		require.Greater(t, len(names), 20)
		form.Set(names[0], "0,25")
		status, preview := v.post("/notes/saisie/apercu", form)
		require.Equal(t, http.StatusOK, status)
		assert.Contains(t, preview, "0,25/")
		assert.NotContains(t, v.page(grid), `value="0,25"`, "a preview saves nothing")
		status, saved := v.post("/notes/saisie", form)
		require.Equal(t, http.StatusOK, status)
		assert.Contains(t, saved, "1\u00a0note enregistrée")
		assert.Contains(t, saved, `value="0,25"`)
		checkPage(t, grid, saved)
	})
	t.Run("what cannot be a mark is refused in its cell, the rest is saved", func(t *testing.T) {
		v := s.as(t, who[teacher])
		body := v.page(grid)
		form, names := inputs(body, "grid"), cells(body)
		form.Set(names[1], "0,75") // marks made up are halves: a quarter is always a change
		form.Set(names[2], "beaucoup")
		form.Set(names[3], "-3")
		form.Set(names[4], "1000")
		status, answer := v.post("/notes/saisie", form)
		assert.Equal(t, http.StatusUnprocessableEntity, status)
		checkPage(t, grid, answer)
		assert.Contains(t, answer, "3\u00a0notes n’ont pas été enregistrées")
		assert.Contains(t, answer, "1\u00a0autre l’a été")
		assert.Contains(t, answer, `value="beaucoup"`, "what was typed is still there")
		assert.Contains(t, answer, "ni un nombre ni un statut connu")
		assert.Contains(t, answer, "dépasse le barème")
	})
	t.Run("two teachers, one grid: no mark is lost and the conflict is shown", func(t *testing.T) {
		one, two := s.as(t, who[teacher]), s.as(t, who[teacher])
		body := one.page(grid)
		first, second, names := inputs(body, "grid"), inputs(two.page(grid), "grid"), cells(body)
		first.Set(names[7], "1,25")
		second.Set(names[7], "2,25")
		second.Set(names[8], "3,25")
		status, _ := one.post("/notes/saisie", first)
		require.Equal(t, http.StatusOK, status)
		status, answer := two.post("/notes/saisie", second)
		require.Equal(t, http.StatusUnprocessableEntity, status)
		assert.Contains(t, answer, "a enregistré\u00a0: 1,25.")
		assert.Contains(t, answer, "1\u00a0autre l’a été")
		assert.Contains(t, answer, "Historique")
		again := inputs(answer, "grid")
		assert.Equal(t, "2,25", again.Get(names[7]))
		status, answer = two.post("/notes/saisie", again)
		require.Equal(t, http.StatusOK, status, "over what was shown, it is a decision")
		assert.Contains(t, answer, `value="2,25"`)
	})
	t.Run("an assessment is added", func(t *testing.T) {
		v := s.as(t, who[teacher])
		q, err := url.Parse(grid)
		require.NoError(t, err)
		form := url.Values{"service": {q.Query().Get("service")}, "periode": {"T1"}, "label": {"Oral"}, "date": {"2024-11-29"}, "scale": {"0"}, "coefficient": {"1"}, "id": {"oral"}}
		status, answer := v.post("/notes/evaluation", form)
		assert.Equal(t, http.StatusUnprocessableEntity, status)
		checkPage(t, "/notes/evaluation", answer)
		assert.Contains(t, answer, "barème doit être supérieur à zéro")
		form.Set("scale", "10")
		for range 2 { // sent twice, it is added once
			status, answer = v.post("/notes/evaluation", form)
			assert.Equal(t, http.StatusOK, status)
			assert.Equal(t, 1, strings.Count(answer, `class="n">Oral<`))
		}
	})
	t.Run("nobody sees what is not theirs", func(t *testing.T) {
		class := links(s.as(t, who[head]).page("/notes"), "/notes/classe")[0]
		for role, pages := range map[string][]string{
			pupil:    {grid, class, "/notes/eleve?eleve=50000003"},
			relative: {grid, class, "/notes/eleve?eleve=50000559"},
			townHall: {"/notes", grid, class},
		} {
			v := s.as(t, who[role])
			for _, p := range pages {
				status, _ := v.get(p)
				assert.Equal(t, http.StatusNotFound, status, "%s %s", role, p)
			}
		}
		status, _ := writer.post("/notes/classe", url.Values{"classe": {"4001$3A"}, "periode": {"T1"}, "state": {"closed"}, "version": {"1"}})
		assert.Equal(t, http.StatusNotFound, status)
	})
}

// TestPeriod follows a period to its end: locked by the head, published, read by a parent, exported.
func TestPeriod(t *testing.T) {
	t.Parallel()
	s := start(t, intake.Options{})
	who := s.choices(t)
	parent, headmaster := s.as(t, who[relative]), s.as(t, who[head])
	child := links(parent.page("/notes"), "/notes/eleve")[0]
	before := parent.page(child)
	checkPage(t, child, before)
	assert.Contains(t, before, "pas encore publié")
	assert.NotContains(t, before, "«")

	class := ""
	for _, l := range links(headmaster.page("/notes"), "/notes/classe") {
		if strings.Contains(l, "4A") {
			class = l
		}
	}
	require.NotEmpty(t, class)
	body := headmaster.page(class)
	checkPage(t, class, body)
	assert.Contains(t, body, "Ce qui reste à saisir")
	assert.NotContains(t, body, "Imprimer les bulletins")
	form := url.Values{"classe": {"4001$4A"}, "periode": {"T1"}, "state": {"closed"}, "council": {"2024-12-02"}, "published": {"2024-12-02"}, "why": {"conseil tenu"}, "version": {"1"}}
	status, body := headmaster.post("/notes/classe", form)
	require.Equal(t, http.StatusOK, status)
	assert.Contains(t, body, "verrouillée")
	assert.Contains(t, body, "conseil tenu")
	assert.Contains(t, body, "Imprimer les bulletins")

	form.Set("state", "open") // from a page that was open before
	status, stale := headmaster.post("/notes/classe", form)
	assert.Equal(t, http.StatusUnprocessableEntity, status)
	assert.Contains(t, stale, "Quelqu’un d’autre a écrit entre-temps")
	assert.Contains(t, headmaster.page(class), "<dd>verrouillée</dd>")

	after := parent.page(child)
	checkPage(t, child, after)
	assert.Contains(t, after, "Voir le bulletin")
	assert.Contains(t, after, "«")

	problems := links(body, "/notes/lsu?")[0]
	list := headmaster.page(problems)
	checkPage(t, problems, list)
	assert.Contains(t, list, "bilans périodiques")
	files := links(list, "/notes/lsu.xml")
	require.NotEmpty(t, files)
	status, file := headmaster.get(files[0])
	require.Equal(t, http.StatusOK, status)
	assert.Contains(t, file, `<lsun-bilans xmlns="urn:fr:edu:scolarite:lsun:bilans:import" schemaVersion="7.0">`)
	status, _ = parent.get(files[0])
	assert.Equal(t, http.StatusNotFound, status)
}

// TestMarksLogsHoldNoPerson: on a marked academy, the log tells nobody's name, identifier or mark, whatever is entered, refused or
// exported.
func TestMarksLogsHoldNoPerson(t *testing.T) {
	t.Parallel()
	academy := enttest.Options{Canary: true}
	s := start(t, intake.Options{Academy: academy})
	a := enttest.New(academy)
	who := s.choices(t)
	v := s.as(t, who[teacher])
	grids := links(v.page("/notes"), "/notes/saisie")
	require.NotEmpty(t, grids)
	body := v.page(grids[0])
	form, names := inputs(body, "grid"), cells(body)
	form.Set(names[0], "3,1416")
	form.Set(names[1], "CANARI en toutes lettres")
	form.Set(names[2], "9999,1416")
	_, _ = v.post("/notes/saisie/apercu", form)
	status, _ := v.post("/notes/saisie", form)
	require.Equal(t, http.StatusUnprocessableEntity, status)
	h := s.as(t, who[head])
	for _, l := range links(h.page("/notes"), "/notes/classe") {
		page := h.page(l)
		for _, next := range links(page, "/notes/") {
			_, _ = h.get(next)
		}
	}
	p := s.as(t, who[relative])
	for _, l := range links(p.page("/notes"), "/notes/") {
		_, _ = p.get(l)
	}
	log := s.log.String()
	require.Contains(t, log, "/notes/saisie")
	mark, leaked := a.FindMark(log)
	assert.False(t, leaked, mark)
	for _, secret := range []string{"3,1416", "9999,1416", "toutes lettres", "eleve="} {
		assert.NotContains(t, log, secret)
	}
}
