package main

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/examples/portal/intake"
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
	s := start(t, intake.Options{})
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
		_, known := v.post("/tarifs", family("source", "known", "known", "820", "residence", "outside"))
		assert.Contains(t, known, "Le tarif n’a pas de prix pour un quotient entre 800 et 860")
		assert.Contains(t, known, "<b>6,50\u00a0€</b>")
		_, bad := v.post("/tarifs", family("resources", "beaucoup"))
		assert.Contains(t, bad, "Le calcul n’a pas pu se faire")
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
			for _, path := range []string{"/tarifs", "/mairie/tarif", "/mairie/comparaison", "/mairie/comparaison/chiffres.csv?avant=en-vigueur&apres=en-vigueur"} {
				status, _ := v.get(path)
				allowed := false
				for _, o := range open {
					allowed = allowed || strings.HasPrefix(path, o)
				}
				assert.Equal(t, allowed, status == http.StatusOK, "%s %s", role, path)
			}
		}
		status, _ := s.as(t, who[relative]).post("/mairie/tarif", url.Values{"do": {"reset"}})
		assert.Equal(t, http.StatusNotFound, status)
		body := s.visitor(t).page("/mairie/tarif")
		assert.Contains(t, body, "Entrer comme…")
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
		assert.Contains(t, v.page("/mairie/comparaison?avant=nowhere&apres=en-vigueur"), "La comparaison n’a pas pu se faire")
	})
	t.Run("no figure of a family is in the log", func(t *testing.T) {
		t.Parallel()
		v := s.as(t, who[relative])
		_, body := v.post("/tarifs", family("resources", "77777,77", "known", "7777.7"))
		assert.Contains(t, body, "77777")
		assert.NotContains(t, s.log.String(), "7777")
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
	text = strings.NewReplacer("&#34;", `"`, "&#39;", "'", "&amp;", "&", "&lt;", "<", "&gt;", ">", "&#43;", "+").Replace(text)
	require.Contains(t, text, "format: cartable.tariff/1")

	broken := strings.Replace(text, "below: 860, price: 2.35", "below: 860, prise: 2.35", 1)
	require.NotEqual(t, text, broken)
	status, fragment := v.post("/mairie/tarif/controle", url.Values{"text": {broken}})
	require.Equal(t, http.StatusOK, status)
	assert.NotContains(t, fragment, "<html")
	assert.Contains(t, fragment, "La clé prise n’existe pas. Peut-être price")
	assert.Contains(t, fragment, "ne peut pas être publié")
	_, refused := v.post("/mairie/tarif", url.Values{"text": {broken}, "do": {"publish"}})
	assert.Contains(t, refused, "Tarif non publié")
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
}
