package main

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent/enttest"
	"github.com/opencartable/cartable/examples/portal/intake"
	"github.com/opencartable/cartable/fees/tariff/grids"
)

const townHall = "mairie"

// family is a form of the simulator: a couple with two children, whose CAF quotient is 800.
func family(changes ...string) url.Values {
	form := url.Values{
		"source": {"compute"}, "formula": {"caf"}, "resources": {"28 800"}, "benefits": {"0"}, "adults": {"2"}, "children": {"2"}, "disabled": {"0"},
		"residence": {"commune"}, "rank": {"1"}, "booking": {"regular"}, "from": {"16:30"}, "to": {"18:10"},
	}
	for i := 0; i < len(changes); i += 2 {
		form.Set(changes[i], changes[i+1])
	}
	return form
}

func TestFees(t *testing.T) {
	t.Parallel()
	s := start(t, intake.Options{Academy: enttest.Options{Persons: 1500}})
	who := s.choices(t)

	t.Run("a parent computes a quotient and reads prices with their reasons", func(t *testing.T) {
		t.Parallel()
		v := s.as(t, who[relative])
		checkPage(t, "/tarifs", v.page("/tarifs"))
		status, body := v.post("/tarifs", family())
		require.Equal(t, http.StatusOK, status)
		checkPage(t, "/tarifs", body)
		assert.Contains(t, body, "<b>3,40\u00a0€</b> (4 × 0,85\u00a0€)")
		for _, w := range []string{"Quotient familial\u00a0: <b>800,00\u00a0€</b>", "<b>2,35\u00a0€</b>", "ressources et prestations du mois", "tranche à partir de 640", "28800"} {
			assert.Contains(t, body, w)
		}
		_, none := v.post("/tarifs", family("source", "none"))
		assert.Contains(t, none, "Ce n’est pas un quotient de zéro")
		assert.Contains(t, none, "Le quotient manque")
		assert.NotContains(t, none, "Aucun quotient connu", "the case is said once")
		_, spelt := v.post("/tarifs", family("from", "16 h 30", "to", "18h10"))
		assert.Contains(t, spelt, "<b>3,40\u00a0€</b> (4 × 0,85\u00a0€)")
		_, known := v.post("/tarifs", family("source", "known", "known", "820", "residence", "outside"))
		assert.Contains(t, known, "Le tarif n’a pas de prix pour un quotient entre 800 et 860")
		assert.Contains(t, known, "<b>6,50\u00a0€</b>")
		for field, text := range map[string]string{"resources": "beaucoup", "children": "-1", "rank": "premier", "to": "16:00"} {
			status, bad := v.post("/tarifs", family(field, text))
			assert.Equal(t, http.StatusUnprocessableEntity, status, field)
			checkPage(t, "/tarifs", bad)
			assert.Contains(t, bad, "Le calcul n’a pas pu se faire")
			assert.Contains(t, bad, `<li id="wrong-`+field+`"><a href="#`+field+`">`, "the field is named")
			assert.Contains(t, bad, `aria-describedby="wrong-`+field+`"`)
			assert.NotContains(t, bad, "Ce que coûte chaque service")
		}
		_, negative := v.post("/tarifs", family("source", "known", "known", "-5"))
		assert.Contains(t, negative, "Le calcul n’a pas pu se faire")
		assert.NotContains(t, negative, "sans dire pourquoi")
		for formula, want := range map[string]string{"rfr-part": "800,00", "rfr-person": "600,00"} {
			_, body := v.post("/tarifs", family("formula", formula, "parts", "3"))
			assert.Contains(t, body, "<b>"+want+"\u00a0€</b>", formula)
			assert.Contains(t, body, "Le tarif n’accepte pas un quotient de nature rfr-per-", "the sheet takes the CAF's quotient")
		}
	})
	t.Run("nobody but the town hall edits, nobody but a relative simulates", func(t *testing.T) {
		t.Parallel()
		for role, open := range map[string][]string{relative: {"/tarifs"}, townHall: {"/mairie/tarif", "/mairie/comparaison"}, teacher: nil, pupil: nil} {
			v := s.as(t, who[role])
			for _, path := range []string{"/tarifs", "/mairie/tarif", "/mairie/comparaison", "/mairie/comparaison/chiffres.csv?avant=en-vigueur&apres=en-vigueur", "/mairie/comparaison/graphique.svg?avant=en-vigueur&apres=en-vigueur"} {
				status, _ := v.get(path)
				allowed := false
				for _, o := range open {
					allowed = allowed || strings.HasPrefix(path, o)
				}
				assert.Equal(t, allowed, status == http.StatusOK, "%s %s", role, path)
			}
		}
		for path, form := range map[string]url.Values{
			"/mairie/tarif": {"do": {"reset"}}, "/mairie/tarif/controle": {"text": {"x"}}, "/tarifs": family(),
		} {
			for role, open := range map[string]bool{relative: path == "/tarifs", townHall: path != "/tarifs", teacher: false} {
				if status, _ := s.as(t, who[role]).post(path, form); !open {
					assert.Equal(t, http.StatusNotFound, status, "%s %s", role, path)
				}
			}
			_, body := s.visitor(t).post(path, form)
			assert.Contains(t, body, "Entrer comme…", path)
		}
		for _, path := range []string{"/tarifs", "/mairie/tarif", "/mairie/comparaison", "/mairie/comparaison/chiffres.csv"} {
			assert.Contains(t, s.visitor(t).page(path), "Entrer comme…", path)
		}
	})
	t.Run("two tariffs are compared", func(t *testing.T) {
		t.Parallel()
		v := s.as(t, who[townHall])
		body := v.page("/mairie/comparaison?avant=nalliers-cantine&apres=val-de-marne-colleges-2025")
		checkPage(t, "/mairie/comparaison", body)
		assert.Contains(t, body, "Recette avant")
		assert.Contains(t, body, "laissés de côté")
		assert.Contains(t, body, "Le quotient manque")
		chart := links(strings.ReplaceAll(body, `src="`, `href="`), "/mairie/comparaison/graphique.svg")
		require.Len(t, chart, 1)
		require.NoError(t, xml.Unmarshal([]byte(v.page(chart[0])), new(struct{ XMLName xml.Name })))
		csv := links(body, "/mairie/comparaison/chiffres.csv")
		require.Len(t, csv, 1)
		assert.Contains(t, v.page(csv[0]), "quotient à partir de;")
		for names, why := range map[string]string{
			"avant=nowhere&apres=en-vigueur":       "L’un des deux tarifs n’existe pas",
			"avant=en-vigueur&apres=brouillon":     "Il n’y a pas de texte en cours",
			"avant=limons-garderie&apres=boissy":   "n’a pas d’activité «\u00a0meal\u00a0»",
			"avant=en-vigueur&apres=psu-2025-09":   "n’a pas d’activité «\u00a0meal\u00a0»",
			"avant=../roncq-2025&apres=en-vigueur": "L’un des deux tarifs n’existe pas",
		} {
			body := v.page("/mairie/comparaison?" + names)
			assert.Contains(t, body, "La comparaison n’a pas pu se faire")
			assert.Contains(t, body, why)
			assert.NotContains(t, body, "<img src=\"/mairie/")
			status, _ := v.get("/mairie/comparaison/chiffres.csv?" + names)
			assert.Equal(t, http.StatusNotFound, status, names)
		}
		nobody := v.page("/mairie/comparaison?avant=en-vigueur&apres=paris-restauration-scolaire-2020")
		checkPage(t, "/mairie/comparaison", nobody)
		assert.Contains(t, nobody, "Aucun foyer n’a de prix dans les deux tarifs")
		assert.Contains(t, nobody, "TAR-QUOTIENT-KIND", "why they have none")
	})
	t.Run("no figure of a family is in the log", func(t *testing.T) {
		t.Parallel()
		v := s.as(t, who[relative])
		_, body := v.post("/tarifs", family("resources", "77777,77", "benefits", "7777"))
		assert.Contains(t, body, "77777,77")
		_, _ = v.post("/tarifs", family("source", "known", "known", "7777.7"))
		_, _ = v.post("/tarifs", family("resources", "7777x7777"))
		broken, err := v.c.Post(s.url+"/tarifs", "application/x-www-form-urlencoded", strings.NewReader("resources=7777%zz"))
		require.NoError(t, err)
		status, _ := read(t, broken)
		assert.Equal(t, http.StatusBadRequest, status)
		// What the clock says may hold any digits.
		log := regexp.MustCompile(`(time|duration)=\S+`).ReplaceAllString(s.log.String(), "")
		require.Contains(t, log, `route="POST /tarifs"`)
		assert.NotContains(t, log, "777")
	})
}

// The town hall edits the tariff: what is wrong is said with its line, what cannot be priced with is not published, what is
// published is what parents read.
func TestTownHallPublishes(t *testing.T) {
	t.Parallel()
	s := start(t, intake.Options{})
	who := s.choices(t)
	v, parent := s.as(t, who[townHall]), s.as(t, who[relative])
	page := v.page("/mairie/tarif")
	checkPage(t, "/mairie/tarif", page)
	assert.Contains(t, page, "Les quotients de 800 à 859 ne sont dans aucune tranche")
	_, text, _ := strings.Cut(page, `aria-describedby="findings-title">`)
	text, _, _ = strings.Cut(text, "</textarea>")
	text = strings.TrimPrefix(text, "\n") // which the browser drops
	text = strings.NewReplacer("&#34;", `"`, "&#39;", "'", "&amp;", "&", "&lt;", "<", "&gt;", ">", "&#43;", "+").Replace(text)
	require.Contains(t, text, "format: cartable.tariff/1")

	broken := strings.Replace(text, "below: 860, price: 2.35", "below: 860, prise: 2.35", 1)
	require.NotEqual(t, text, broken)
	status, fragment := v.post("/mairie/tarif/controle", url.Values{"text": {broken}})
	require.Equal(t, http.StatusOK, status)
	assert.NotContains(t, fragment, "<html")
	above, _, _ := strings.Cut(broken, "prise")
	at := strconv.Itoa(strings.Count(above, "\n") + 1)
	assert.Contains(t, fragment, `<a href="#ligne-`+at+`">Ligne `+at+`</a>`)
	assert.Contains(t, fragment, `<li id="ligne-`+at+`" class="fault bad">`)
	assert.Equal(t, 1, strings.Count(fragment, "class=\"fault"), "that line alone is marked")
	assert.Contains(t, fragment, "La clé prise n’existe pas. Peut-être price")
	assert.Contains(t, fragment, "ne peut pas être publié")
	_, refused := v.post("/mairie/tarif", url.Values{"text": {broken}, "do": {"publish"}})
	assert.Contains(t, refused, "Tarif non publié")
	checkPage(t, "/mairie/tarif", refused)
	_, body := parent.post("/tarifs", family())
	assert.Contains(t, body, "<b>2,35\u00a0€</b>")

	_, done := v.post("/mairie/tarif", url.Values{"text": {strings.Replace(text, "below: 860, price: 2.35", "below: 860, price: 2.75", 1)}, "do": {"publish"}})
	assert.Contains(t, done, "Tarif publié")
	_, body = parent.post("/tarifs", family())
	assert.Contains(t, body, "<b>2,75\u00a0€</b>")
	_, done = v.post("/mairie/tarif", url.Values{"do": {"reset"}})
	assert.Contains(t, done, "Tarif publié")
	_, body = parent.post("/tarifs", family())
	assert.Contains(t, body, "<b>2,35\u00a0€</b>")

	status, long := v.post("/mairie/tarif", url.Values{"text": {strings.Repeat("x", 600<<10)}, "do": {"publish"}})
	assert.Equal(t, http.StatusRequestEntityTooLarge, status)
	assert.Contains(t, long, "rien n’en a été gardé")
	for _, hostile := range []string{"", "\n\n", "<script>alert(1)</script></textarea>", strings.Repeat("x: 1\n", 5000)} {
		status, body := v.post("/mairie/tarif", url.Values{"text": {hostile}})
		assert.Equal(t, http.StatusOK, status)
		checkPage(t, "/mairie/tarif", body)
	}
}

// A text that was checked is kept apart from the tariff in force: the town hall compares it, parents do not see it.
func TestDraft(t *testing.T) {
	t.Parallel()
	s := start(t, intake.Options{})
	who := s.choices(t)
	v, parent := s.as(t, who[townHall]), s.as(t, who[relative])
	roncq, _ := grids.Source("roncq-2025")
	dearer := strings.Replace(string(roncq), "below: 860, price: 2.35", "below: 860, price: 2.75", 1)
	const drafts = "/mairie/comparaison?avant=en-vigueur&apres=brouillon"
	assert.NotContains(t, v.page("/mairie/comparaison"), `value="brouillon"`)

	_, _ = v.post("/mairie/tarif/controle", url.Values{"text": {dearer}})
	assert.Contains(t, v.page(drafts), "Il n’y a pas de texte en cours", "the script's check keeps nothing")
	_, body := v.post("/mairie/tarif", url.Values{"text": {dearer}, "do": {"check"}})
	assert.Contains(t, body, "les familles ne le voient pas")
	assert.Contains(t, v.page("/mairie/tarif"), "price: 2.75", "the text is there when one comes back")
	body = v.page(drafts)
	checkPage(t, drafts, body)
	assert.Regexp(t, `: [1-9]\d* paient plus, 0 moins`, strings.ReplaceAll(body, "\u00a0", " "))
	_, body = parent.post("/tarifs", family())
	assert.Contains(t, body, "<b>2,35\u00a0€</b>")

	_, body = v.post("/mairie/tarif", url.Values{"text": {dearer}, "do": {"publish"}})
	assert.NotContains(t, body, "les familles ne le voient pas")
	assert.Contains(t, v.page(drafts), "Il n’y a pas de texte en cours")

	// A tariff without meals prices what it has, and compares nothing.
	noMeals := strings.Replace(regexp.MustCompile(`(?m)^  - \{given.*\n`).ReplaceAllString(dearer, ""), "cases:\n", "", 1)
	noMeals = strings.Replace(noMeals, "- id: meal", "- id: lunch", 1)
	_, body = v.post("/mairie/tarif", url.Values{"text": {noMeals}, "do": {"publish"}})
	require.Contains(t, body, "Tarif publié")
	assert.Contains(t, v.page("/mairie/comparaison?avant=en-vigueur&apres=boissy"), "n’a pas d’activité «\u00a0meal\u00a0»")
	_, body = parent.post("/tarifs", family())
	assert.Contains(t, body, "<b>2,75\u00a0€</b>")
}
