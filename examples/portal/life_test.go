package main

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent/enttest"
	"github.com/opencartable/cartable/examples/portal/intake"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// radios fills a roll call as the page shows it: the fields, and what is checked.
func radios(body string) url.Values {
	form := inputs(body, "call")
	_, part, _ := strings.Cut(body, `<form class="call"`)
	for _, tag := range regexp.MustCompile(`<input type="radio"[^>]*checked[^>]*>`).FindAllString(part, -1) {
		name := regexp.MustCompile(` name="([^"]*)"`).FindStringSubmatch(tag)[1]
		form.Set(name, regexp.MustCompile(` value="([^"]*)"`).FindStringSubmatch(tag)[1])
	}
	return form
}

var openDates = regexp.MustCompile(` name="debut" value="([^"]*)"`)

// unsettled finds a parent in the school of a head, with a child who has an absence to settle, and its page.
func (s *started) unsettled(t *testing.T, head string) (parent *visitor, path, child string) {
	t.Helper()
	var o enttest.Options
	if testing.Short() {
		o.Persons = 500 // as start does
	}
	a := enttest.New(o)
	for e := range a.Establishments() {
		here := false
		for p := range a.StaffIn(e.ID) {
			here = here || "personnel/1-"+string(p.ID) == head
		}
		if !here {
			continue
		}
		for k := range a.PupilsIn(e.ID) {
			for _, r := range k.Relations {
				v := s.visitor(t)
				if _, body := v.post("/connexion", url.Values{"person": {"responsable/1-" + string(r.Relative)}}); !strings.Contains(body, "Se déconnecter") {
					continue
				}
				path := "/vie/absences?" + url.Values{"eleve": {string(k.ID)}}.Encode()
				if status, body := v.get(path); status == http.StatusOK && openDates.MatchString(body) {
					return v, path, string(k.ID)
				}
			}
		}
	}
	require.Fail(t, "no parent of this school has an absence to settle")
	return nil, "", ""
}

func TestLife(t *testing.T) {
	t.Parallel()
	s := start(t, intake.Options{})
	who := s.choices(t)
	caller := s.as(t, who[teacher])
	calls := links(caller.page("/vie"), "/vie/appel")
	require.NotEmpty(t, calls, "the example teacher has a lesson today")

	t.Run("a roll call that is sent twice is taken once, and its times are checked", func(t *testing.T) {
		v := s.as(t, who[teacher])
		body := v.page(calls[0])
		checkPage(t, calls[0], body)
		form := radios(body)
		form.Set("p0", "absent")
		form.Set("p1", "late")
		status, body := v.post("/vie/appel", form)
		require.Equal(t, http.StatusOK, status)
		assert.Contains(t, body, "Indiquez l’heure d’arrivée")
		start, err := timetable.ParseClock(regexp.MustCompile(` min="(\d\d:\d\d)"`).FindStringSubmatch(body)[1])
		require.NoError(t, err)
		form = radios(body)
		form.Set("p1.heure", (start + 10).String())
		for range 2 {
			status, body = v.post("/vie/appel", form)
			require.Equal(t, http.StatusOK, status)
			assert.Contains(t, body, "Appel enregistré.")
			assert.Contains(t, body, "1\u00a0absent")
		}
		form.Set("p1.heure", "23:59")
		form.Set("envoi", "other")
		_, body = v.post("/vie/appel", form)
		assert.Contains(t, body, "L’heure d’arrivée ou de départ doit être dans la séance.")
	})

	t.Run("nobody calls the roll of somebody else's lesson, nor reads another child", func(t *testing.T) {
		for _, role := range []string{pupil, relative} {
			status, _ := s.as(t, who[role]).get(calls[0])
			assert.Equal(t, http.StatusNotFound, status, role)
		}
		mine := links(s.as(t, who[pupil]).page("/vie"), "/vie/travail")
		require.NotEmpty(t, mine)
		for _, path := range []string{
			"/vie/reservations", "/vie/emploi-du-temps?de=pupil:nobody", "/vie/absences?eleve=nobody", "/vie/travail?eleve=nobody", "/vie/appel?cours=x&jour=2024-12-02",
			"/vie/emploi-du-temps?de=teacher:nobody", "/vie/appel",
		} {
			status, _ := s.as(t, who[relative]).get(path)
			assert.Equal(t, http.StatusNotFound, status, path)
		}
		theirs := strings.Replace(mine[0], "travail", "absences", 1)
		status, _ := s.as(t, who[relative]).get(theirs)
		own := links(s.as(t, who[relative]).page("/vie"), "/vie/absences")
		if !slices.Contains(own, theirs) {
			assert.Equal(t, http.StatusNotFound, status, "another family's child")
		}
	})

	t.Run("a reason that a parent gives is treated by the office, and settles the absence", func(t *testing.T) {
		p, path, child := s.unsettled(t, who[head])
		body := p.page(path)
		checkPage(t, path, body)
		from, to := openDates.FindStringSubmatch(body), regexp.MustCompile(` name="fin" value="([^"]*)"`).FindStringSubmatch(body)
		form := url.Values{"eleve": {child}, "debut": {from[1]}, "fin": {to[1]}, "motif": {"SCHOOL-TRIP"}}
		_, body = p.post("/vie/absences/declarer", form)
		assert.Contains(t, body, "Le motif n’est pas envoyé", "that reason is not a family's")
		form.Set("motif", "LEGAL-ILLNESS")
		form.Set("texte", "grippe")
		_, body = p.post("/vie/absences/declarer", form)
		assert.Contains(t, body, "Le motif est envoyé")
		office := s.as(t, who[head])
		body = office.page("/vie/absences")
		checkPage(t, "/vie/absences", body)
		id := regexp.MustCompile(` name="declaration" value="([^"]*)"`).FindStringSubmatch(body)
		require.NotNil(t, id, "the office of the child's school has it")
		assert.Contains(t, body, "motif légitime")
		treat := url.Values{"eleve": {child}, "declaration": {id[1]}, "avis": {"accepter"}}
		status, _ := p.post("/vie/absences/traiter", treat)
		assert.Equal(t, http.StatusNotFound, status, "a parent does not accept")
		_, body = office.post("/vie/absences/traiter", treat)
		assert.Contains(t, body, "C’est traité")
		_, body = office.post("/vie/absences/traiter", treat)
		assert.NotContains(t, body, "C’est traité", "once")
		assert.Contains(t, p.page(path), "réglée\u00a0: Maladie de l’enfant")
		assert.NotContains(t, p.page(path), from[0], "nothing of it is left to settle")
		assert.NotContains(t, p.page(path), "grippe", "the words are for the office")
	})

	t.Run("a room is booked once, whoever comes second", func(t *testing.T) {
		v, h := s.as(t, who[teacher]), s.as(t, who[head])
		body := v.page("/vie/reservations")
		checkPage(t, "/vie/reservations", body)
		room := regexp.MustCompile(`<option value="([^"]*\$informatique)"`).FindStringSubmatch(body)
		require.NotNil(t, room)
		form := url.Values{"ressource": {html.UnescapeString(room[1])}, "jour": {"2024-12-05"}, "debut": {"10:00"}, "fin": {"11:00"}, "quantite": {"1"}, "objet": {"Projet"}}
		_, body = v.post("/vie/reservations", form)
		assert.Contains(t, body, "C’est réservé.")
		_, body = h.post("/vie/reservations", form)
		if !strings.Contains(body, "C’est réservé.") { // the head of the same school
			assert.Contains(t, body, "Ce n’est pas réservé.")
		}
		form.Set("debut", "12:00")
		_, body = v.post("/vie/reservations", form)
		assert.Contains(t, body, "Ce n’est pas réservé.")
		form.Set("quantite", "beaucoup")
		_, body = v.post("/vie/reservations", form)
		assert.Contains(t, body, "Donnez un jour")
	})

	t.Run("a calendar opens by its secret address alone", func(t *testing.T) {
		v := s.as(t, who[pupil])
		_, body := v.post("/vie/agenda", url.Values{})
		checkPage(t, "/vie/agenda", body)
		address := regexp.MustCompile(`<code id="address">([^<]*)</code>`).FindStringSubmatch(body)
		require.NotNil(t, address)
		u, err := url.Parse(html.UnescapeString(address[1]))
		require.NoError(t, err)
		stranger := s.visitor(t)
		status, feed := stranger.get(u.Path)
		require.Equal(t, http.StatusOK, status)
		assert.Contains(t, feed, "BEGIN:VCALENDAR")
		status, _ = stranger.get(strings.Replace(u.Path, ".ics", "x.ics", 1))
		assert.Equal(t, http.StatusNotFound, status)
		assert.NotContains(t, s.log.String(), strings.TrimSuffix(strings.TrimPrefix(u.Path, "/agenda/"), ".ics"), "the log does not hold the secret")
	})
}

// TestLifeLogsHoldNoPerson: on a marked academy, the log tells nobody's name, identifier, reason or words, whatever is done.
func TestLifeLogsHoldNoPerson(t *testing.T) {
	t.Parallel()
	academy := enttest.Options{Canary: true}
	s := start(t, intake.Options{Academy: academy})
	a := enttest.New(academy)
	who := s.choices(t)
	v := s.as(t, who[teacher])
	for _, l := range links(v.page("/vie"), "/vie/") {
		body := v.page(l)
		if strings.HasPrefix(l, "/vie/appel") {
			form := radios(body)
			form.Set("p0", "CANARI en toutes lettres")
			_, _ = v.post("/vie/appel", form)
			form.Set("p0", "absent")
			_, _ = v.post("/vie/appel", form)
		}
	}
	p := s.as(t, who[relative])
	for _, l := range links(p.page("/vie"), "/vie/") {
		body := p.page(l)
		form := inputs(body, "nothing")
		form.Set("texte", "CANARI en toutes lettres")
		form.Set("motif", "LEGAL-ILLNESS")
		_, _ = p.post("/vie/absences/declarer", form)
	}
	h := s.as(t, who[head])
	for _, l := range links(h.page("/vie"), "/vie/") {
		_, _ = h.get(l)
	}
	log := s.log.String()
	require.Contains(t, log, "/vie/appel")
	mark, leaked := a.FindMark(log)
	assert.False(t, leaked, mark)
	for _, secret := range []string{"CANARI", "toutes lettres", "LEGAL-ILLNESS", "eleve="} {
		assert.NotContains(t, log, secret)
	}
}
