package main

import (
	"encoding/base32"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent/enttest"
	"github.com/opencartable/cartable/examples/portal/intake"
	"github.com/opencartable/cartable/identity/account"
)

// trialPassword is that of the accounts which the sign-in page proposes.
const trialPassword = "Cartable-Essai-26"

// trials are the logins to try, by role.
func (s *started) trials(t *testing.T) map[string]string {
	t.Helper()
	body := s.visitor(t).page("/connexion")
	require.Contains(t, body, trialPassword)
	out := map[string]string{}
	for _, m := range regexp.MustCompile(`<li><code>([^<]+)</code> : [^,]+, ([^<]+)</li>`).FindAllStringSubmatch(strings.ReplaceAll(body, "\u00a0", " "), -1) {
		out[m[2]] = m[1]
	}
	return out
}

// field returns the value of a field of a form.
func field(t *testing.T, body, name string) string {
	t.Helper()
	m := regexp.MustCompile(`name="` + regexp.QuoteMeta(name) + `" value="([^"]*)"`).FindStringSubmatch(body)
	require.NotNil(t, m, "no field %s in %s", name, body)
	return html.UnescapeString(m[1])
}

// posts submits the forms that submit themselves, as a browser does.
func (v *visitor) posts(body string) string {
	v.t.Helper()
	for range 6 {
		m := regexp.MustCompile(`<form id="to" method="post" action="([^"]+)">`).FindStringSubmatch(body)
		if m == nil {
			return body
		}
		form := url.Values{}
		for _, f := range regexp.MustCompile(`name="([^"]+)" value="([^"]*)"`).FindAllStringSubmatch(body, -1) {
			form.Add(f[1], html.UnescapeString(f[2]))
		}
		_, body = v.post(strings.TrimPrefix(html.UnescapeString(m[1]), v.url), form)
	}
	v.t.Fatal("the browser goes round")
	return ""
}

// cookies are the names of those that the browser holds.
func (v *visitor) cookies() []string {
	v.t.Helper()
	u, err := url.Parse(v.url)
	require.NoError(v.t, err)
	var out []string
	for _, c := range v.c.Jar.Cookies(u) {
		out = append(out, c.Name)
	}
	return out
}

func TestSignInByPassword(t *testing.T) {
	t.Parallel()
	s := start(t, intake.Options{})
	login := s.trials(t)
	require.NotEmpty(t, login["enseignant"])
	v := s.visitor(t)
	status, body := v.post("/connexion/compte", url.Values{"login": {login["enseignant"]}, "password": {"faux"}})
	assert.Equal(t, http.StatusUnprocessableEntity, status)
	assert.Contains(t, plain(body), "n’est pas le bon")
	_, other := v.post("/connexion/compte", url.Values{"login": {"personne"}, "password": {"faux"}})
	assert.Equal(t, regexp.MustCompile(`role="alert"[^>]*>[^<]+`).FindString(body), regexp.MustCompile(`role="alert"[^>]*>[^<]+`).FindString(other), "an unknown login is told the same")

	// Somebody who asked for a page is led to it.
	body = v.page("/etablissements")
	assert.Equal(t, "/etablissements", field(t, body, "suite"))
	status, body = v.post("/connexion/compte", url.Values{"login": {login["enseignant"]}, "password": {trialPassword}, "suite": {"/mon-compte"}})
	require.Equal(t, http.StatusOK, status)
	assert.Contains(t, body, "Mes sessions")
	_, body = s.visitor(t).post("/connexion/compte", url.Values{"login": {login["enseignant"]}, "password": {trialPassword}, "suite": {"//evil.example/"}})
	assert.Contains(t, body, "Se déconnecter")

	// Two sessions, of which the first one closes the second; then the password changes.
	body = v.page("/mon-compte")
	kill := regexp.MustCompile(`/mon-compte/sessions/[^"]+`).FindString(body)
	require.NotEmpty(t, kill)
	_, body = v.post(kill, nil)
	assert.Contains(t, body, "La session est fermée")
	assert.NotContains(t, body, "/mon-compte/sessions/")
	status, body = v.post("/mon-compte/mot-de-passe", url.Values{"old": {trialPassword}, "new": {"court"}})
	assert.Equal(t, http.StatusUnprocessableEntity, status)
	assert.Contains(t, plain(body), "caractères")
	_, body = v.post("/mon-compte/mot-de-passe", url.Values{"old": {trialPassword}, "new": {"Un-Bateau-Rouge-42"}})
	assert.Contains(t, plain(body), "Le mot de passe est changé")
	_, body = s.visitor(t).post("/connexion/compte", url.Values{"login": {login["enseignant"]}, "password": {trialPassword}})
	assert.Contains(t, plain(body), "n’est pas le bon")
}

func TestSecondFactor(t *testing.T) {
	t.Parallel()
	s := start(t, intake.Options{})
	v := s.visitor(t)
	_, body := v.post("/connexion/compte", url.Values{"login": {"administration"}, "password": {trialPassword}})
	require.Contains(t, body, "Second facteur", "whose account opens others' is led there")
	status, _ := v.get("/codes")
	assert.Equal(t, http.StatusNotFound, status, "nor do they get anywhere else by its address")
	secret := field(t, body, "secret")
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ReplaceAll(secret, " ", ""))
	require.NoError(t, err)
	status, body = v.post("/mon-compte/second-facteur", url.Values{"secret": {secret}, "code": {"000000"}})
	assert.Equal(t, http.StatusUnprocessableEntity, status)
	assert.Contains(t, body, secret)
	_, body = v.post("/mon-compte/second-facteur", url.Values{"secret": {secret}, "code": {account.TOTP(raw, time.Now())}})
	require.Contains(t, body, "Codes de secours")
	v.page("/codes")
	recovery := regexp.MustCompile(`<li><code>([^<]+)</code></li>`).FindStringSubmatch(body)[1]

	other := s.visitor(t)
	_, body = other.post("/connexion/compte", url.Values{"login": {"administration"}, "password": {trialPassword}})
	require.Contains(t, body, "Code de votre application")
	assert.NotContains(t, body, "Se déconnecter", "nobody is signed in yet")
	assert.Contains(t, other.cookies(), "portail-navigateur", "the password was right: what neighbours try does not delay this browser")
	challenge := field(t, body, "challenge")
	status, body = other.post("/connexion/code", url.Values{"challenge": {challenge}, "code": {account.TOTP(raw, time.Now())}})
	assert.Equal(t, http.StatusUnprocessableEntity, status, "a code that was used")
	assert.Contains(t, body, "Code de votre application")
	_, body = other.post("/connexion/code", url.Values{"challenge": {challenge}, "code": {recovery}})
	assert.Contains(t, body, "Se déconnecter")
	_, body = other.post("/mon-compte/second-facteur/retirer", url.Values{"password": {"faux"}})
	assert.Contains(t, plain(body), "le second facteur reste")
	_, body = other.post("/mon-compte/second-facteur/retirer", url.Values{"password": {trialPassword}})
	assert.Contains(t, body, "Le second facteur est retiré")
	e := other.page("/mon-compte/second-facteur")
	raw, err = base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ReplaceAll(field(t, e, "secret"), " ", ""))
	require.NoError(t, err)
	_, _ = other.post("/mon-compte/second-facteur", url.Values{"secret": {"AAAA"}, "code": {account.TOTP(raw, time.Now())}})
	for range 6 {
		_, body = other.post("/mon-compte/second-facteur/retirer", url.Values{"password": {"faux"}})
	}
	assert.Contains(t, plain(body), "Trop d’essais", "an open session is no way to guess the password")
}

func TestActivationAndReset(t *testing.T) {
	t.Parallel()
	s := start(t, intake.Options{})
	who := s.choices(t)
	admin := s.as(t, who["administrateur délégué"])
	body := admin.page("/codes")
	class := regexp.MustCompile(`action="(/codes/[^"]+)"`).FindStringSubmatch(body)
	require.NotNil(t, class)
	status, _ := s.as(t, who[head]).post(class[1], nil)
	assert.Equal(t, http.StatusNotFound, status, "only who administers accounts")
	_, body = admin.post(class[1], nil)
	checkPage(t, class[1], body)
	rows := regexp.MustCompile(`<td>([^<]+)</td><td><code>([^<]+)</code></td><td><code>([^<]+)</code></td>`).FindAllStringSubmatch(body, -1)
	require.Greater(t, len(rows), 2)
	login, code := rows[1][2], rows[1][3]

	v := s.visitor(t)
	form := url.Values{"login": {login}, "code": {code}, "password": {"azerty"}, "terms": {"1"}}
	status, body = v.post("/activation", form)
	assert.Equal(t, http.StatusUnprocessableEntity, status)
	assert.Contains(t, plain(body), "caractères")
	form.Set("password", "Petit-Bateau-7")
	_, body = v.post("/activation", form)
	require.Contains(t, body, "Se déconnecter")
	status, body = s.visitor(t).post("/activation", form)
	assert.Equal(t, http.StatusUnprocessableEntity, status, "a code serves once")
	assert.Contains(t, body, `role="alert"`)

	// A teacher who forgot the password gets a link; whoever asks for a stranger is told the same.
	teacher := s.trials(t)["enseignant"]
	for _, asked := range []string{teacher, "personne"} {
		_, body = s.visitor(t).post("/oubli", url.Values{"who": {asked}})
		assert.Contains(t, plain(body), "Si un compte correspond")
	}
	body = s.visitor(t).page("/courrier")
	link := regexp.MustCompile(`href="(/oubli/[^"]+)"`).FindAllStringSubmatch(body, -1)
	require.Len(t, link, 1)
	r := s.visitor(t)
	require.Contains(t, r.page(link[0][1]), "Nouveau mot de passe")
	_, body = r.post(link[0][1], url.Values{"password": {"Un-Nouveau-Mot-2026"}})
	assert.Contains(t, body, "Se déconnecter")
	status, _ = s.visitor(t).post(link[0][1], url.Values{"password": {"Un-Nouveau-Mot-2027"}})
	assert.Equal(t, http.StatusUnprocessableEntity, status, "a link serves once")
	log := s.log.String()
	for _, secret := range []string{code, strings.ReplaceAll(code, " ", ""), "Petit-Bateau-7", strings.TrimPrefix(link[0][1], "/oubli/"), login, teacher} {
		assert.NotContains(t, log, secret)
	}
}

func TestEduConnect(t *testing.T) {
	t.Parallel()
	s := start(t, intake.Options{})
	choices := func(body string) map[string]string {
		out := map[string]string{}
		for _, m := range regexp.MustCompile(`name="person" value="([^"]*)"><span class="kind">([^<]+)</span> <b>[^<]+</b> <span class="soft">([^<]*)</span>`).FindAllStringSubmatch(body, -1) {
			if strings.Contains(m[3], "pas encore") {
				m[2] = "nouveau " + m[2]
			}
			if strings.Contains(m[3], "aucun compte") {
				m[2] = "inconnu"
			}
			if strings.Contains(m[3], "deux comptes") {
				m[2] = "deux comptes"
			}
			out[m[2]] = m[1]
		}
		return out
	}
	enter := func(v *visitor, who string) string {
		body := v.page("/educonnect?suite=/mon-compte")
		require.Contains(t, body, "Ceci n’est pas EduConnect")
		list := choices(body)
		require.Contains(t, list, who)
		_, body = v.post("/educonnect-simule", url.Values{"person": {list[who]}, "suite": {field(t, body, "suite")}})
		return v.posts(body)
	}

	// A relative with an account; the logout leads through EduConnect, whose session ends too.
	v := s.visitor(t)
	body := enter(v, relative)
	require.Contains(t, body, "Mes sessions", body)
	assert.Contains(t, body, "<td>EduConnect</td>")
	_, body = v.post("/deconnexion", nil)
	assert.Contains(t, body, "Entrer dans le portail")
	assert.Contains(t, v.page("/educonnect"), "Ceci n’est pas EduConnect", "the session there is over: it asks again")

	// A first visit accepts the terms, or leaves.
	v = s.visitor(t)
	body = enter(v, "nouveau élève")
	require.Contains(t, body, "s’ouvre pour la première fois")
	portal := field(t, body, "portail")
	status, body := v.post("/educonnect/activer", url.Values{"portail": {portal}})
	assert.Equal(t, http.StatusForbidden, status)
	assert.Contains(t, plain(body), "le compte reste fermé")
	body = enter2(v)
	status, other := s.visitor(t).post("/educonnect/activer", url.Values{"portail": {field(t, body, "portail")}, "terms": {"1"}})
	assert.Equal(t, http.StatusUnprocessableEntity, status, "another browser")
	assert.NotContains(t, other, "Se déconnecter")
	body = enter2(v)
	portal = field(t, body, "portail")
	_, body = v.post("/educonnect/activer", url.Values{"portail": {portal}, "terms": {"1"}, "suite": {"/mon-compte"}})
	require.Contains(t, body, "Mes sessions")
	status, _ = v.post("/educonnect/activer", url.Values{"portail": {portal}, "terms": {"1"}})
	assert.Equal(t, http.StatusUnprocessableEntity, status, "once")
	// Whoever enters by EduConnect has no code, and the sheet of the class says so in words.
	login := regexp.MustCompile(`Identifiant</dt><dd><code>([^<]+)`).FindStringSubmatch(v.page("/mon-compte"))[1]
	_, body = s.visitor(t).post("/connexion/compte", url.Values{"login": {login}, "password": {"faux"}})
	assert.Contains(t, plain(body), "par EduConnect")
	assert.NotContains(t, body, "/metadata")
	admin := s.as(t, "administrateur")
	without := ""
	for _, m := range regexp.MustCompile(`action="(/codes/[^"]+)"`).FindAllStringSubmatch(admin.page("/codes"), -1) {
		if _, body = admin.post(m[1], nil); strings.Contains(plain(body), "EduConnect") {
			without = body
			break
		}
	}
	require.NotEmpty(t, without)
	assert.NotContains(t, without, "{portal}")

	// Two accounts: one is chosen, on the server's list, once, in that browser.
	v = s.visitor(t)
	body = enter(v, "deux comptes")
	require.Contains(t, plain(body), "Avec quel compte ?")
	assert.Equal(t, 2, strings.Count(body, `name="n"`))
	checkPage(t, "the chooser", body)
	choice := url.Values{"state": {field(t, body, "state")}, "suite": {"/mon-compte"}}
	for _, forged := range []string{"2", "-1", "x"} {
		c := url.Values{"state": {choice.Get("state")}, "n": {forged}}
		status, body = s.visitor(t).post("/educonnect/choix", c)
		assert.Equal(t, http.StatusUnprocessableEntity, status)
		assert.NotContains(t, body, "Se déconnecter")
	}
	body = enter2(v)
	choice.Set("state", field(t, body, "state"))
	choice.Set("n", "0")
	_, body = v.post("/educonnect/choix", choice)
	require.Contains(t, body, "Mes sessions")
	status, _ = v.post("/educonnect/choix", choice)
	assert.Equal(t, http.StatusUnprocessableEntity, status, "once")

	// Nobody: told so, and able to leave EduConnect.
	v = s.visitor(t)
	body = enter(v, "inconnu")
	require.Contains(t, body, "Pas de compte pour vous ici")
	_, body = v.post("/educonnect/quitter", url.Values{"portail": {field(t, body, "portail")}})
	assert.Contains(t, v.posts(body), "Entrer dans le portail")
	assert.Contains(t, v.page("/educonnect"), "Ceci n’est pas EduConnect", "the next person can enter")
}

// enter2 goes through EduConnect again, where the session is still open.
func enter2(v *visitor) string {
	v.t.Helper()
	return v.posts(v.page("/educonnect?suite=/mon-compte"))
}

func TestPartners(t *testing.T) {
	t.Parallel()
	s := start(t, intake.Options{})
	who := s.choices(t)
	v := s.visitor(t)

	// From a partner to the login, and back; then the other partner without a word.
	body := v.page("/essai/cas")
	require.Contains(t, body, "Entrer dans le portail")
	_, body = v.post("/connexion", url.Values{"person": {who[teacher]}, "suite": {field(t, body, "suite")}})
	require.Contains(t, body, "Service d’essai, par CAS")
	assert.Contains(t, body, "ENTPersonStructRattachRNE")
	body = v.posts(v.page("/essai/saml"))
	require.Contains(t, body, "Service d’essai, par SAML")
	body = v.page("/mon-compte/partenaires")
	assert.Equal(t, 2, strings.Count(body, "Reçu"), "each release is in the journal")
	assert.NotContains(t, body, "Rien ne lui a encore été envoyé")

	// The session ends, and both partners' do.
	_, body = v.post("/deconnexion", nil)
	assert.Contains(t, plain(body), "2 services ont été prévenus")
	assert.Contains(t, v.page("/essai/cas"), "Entrer dans le portail")
	assert.Contains(t, v.page("/essai/saml"), "Entrer dans le portail")

	// Partners are registered by who administers the whole.
	status, _ := s.as(t, who[head]).get("/partenaires")
	assert.Equal(t, http.StatusNotFound, status)
	admin := s.as(t, who["administrateur"])
	for path, form := range map[string]url.Values{
		"/partenaires/cas":  {"name": {"Ailleurs"}, "address": {"pas une adresse"}, "preset": {"pronote"}},
		"/partenaires/saml": {"name": {"Ailleurs"}, "metadata": {"<pas-de-metadonnees/>"}, "preset": {"pronote"}},
	} {
		status, body = admin.post(path, form)
		assert.Equal(t, http.StatusUnprocessableEntity, status, path)
		assert.Contains(t, body, `role="alert"`)
		checkPage(t, path, body)
	}
	nameless := url.Values{"name": {" "}, "preset": {"ode"}, "metadata": {strings.ReplaceAll(admin.page("/essai/saml/metadata"), "/essai/saml/metadata", "/sans-nom/metadata")}}
	status, body = admin.post("/partenaires/saml", nameless)
	assert.Equal(t, http.StatusUnprocessableEntity, status)
	_, list, _ := strings.Cut(body, "<tbody>")
	list, _, _ = strings.Cut(list, "</tbody>")
	assert.NotContains(t, list, "/sans-nom/metadata", "what is refused is not registered")
	_, body = admin.post("/partenaires/cas", url.Values{"name": {"Ailleurs"}, "address": {"https://ailleurs.exemple.test/"}, "preset": {"pronote"}})
	assert.Contains(t, body, "https://ailleurs.exemple.test/")
	metadata := admin.page("/essai/saml/metadata")
	status, _ = admin.post("/partenaires/saml", url.Values{"name": {"Encore"}, "metadata": {metadata}, "preset": {"ode"}})
	assert.Equal(t, http.StatusUnprocessableEntity, status, "an entity that is registered already")
	_, body = admin.post("/partenaires/saml", url.Values{
		"name": {"Moodle"}, "metadata": {strings.ReplaceAll(metadata, "/essai/saml/metadata", "/moodle/metadata")}, "preset": {"ode"},
	})
	assert.Contains(t, body, "/moodle/metadata")
	assert.Contains(t, v.page("/idp/metadata"), "IDPSSODescriptor")
}

// TestDoorLogsHoldNoPerson: whoever comes in, by whichever way, and goes on to partners, is named in no log, no disclosure and no
// page of an error. The academy's every value is marked.
func TestDoorLogsHoldNoPerson(t *testing.T) {
	t.Parallel()
	academy := enttest.Options{Canary: true}
	s := start(t, intake.Options{Academy: academy})
	a := enttest.New(academy)
	login := s.trials(t)
	errors := ""
	for role, who := range login {
		v := s.visitor(t)
		_, body := v.post("/connexion/compte", url.Values{"login": {who}, "password": {"MotDePasseFaux-" + who}})
		errors += regexp.MustCompile(`role="alert"[^<]+`).FindString(body)
		_, _ = v.post("/connexion/compte", url.Values{"login": {who}, "password": {trialPassword}})
		v.page("/mon-compte")
		_ = v.posts(v.page("/mon-compte/partenaires"))
		if role == teacher || role == pupil || role == relative {
			require.Contains(t, v.posts(v.page("/essai/cas")), "Vous êtes pour lui", role)
			require.Contains(t, v.posts(v.page("/essai/saml")), "Vous êtes pour lui", role)
		}
		_, _ = v.post("/deconnexion", nil)
	}
	// EduConnect: somebody who is known, a first visit, and nobody.
	list := s.visitor(t).page("/educonnect")
	for _, m := range regexp.MustCompile(`name="person" value="([^"]*)"`).FindAllStringSubmatch(list, -1) {
		v := s.visitor(t)
		body := v.page("/educonnect")
		_, body = v.post("/educonnect-simule", url.Values{"person": {m[1]}, "suite": {field(t, body, "suite")}})
		body = v.posts(body)
		if strings.Contains(body, "pour la première fois") {
			_, body = v.post("/educonnect/activer", url.Values{"portail": {field(t, body, "portail")}, "terms": {"1"}})
		}
		require.NotContains(t, body, "Erreur du portail")
		_, _ = v.post("/deconnexion", nil)
	}
	for path, form := range map[string]url.Values{
		"/saml/acs": {"SAMLResponse": {"eHh4"}}, "/idp/sso": {"SAMLRequest": {"eHh4"}}, "/saml/slo": {"SAMLRequest": {"eHh4"}},
		"/oubli": {"who": {login[teacher]}}, "/activation": {"login": {login[pupil]}, "code": {"abcdefgh"}, "password": {"x"}},
	} {
		_, body := s.visitor(t).post(path, form)
		_, body, _ = strings.Cut(body, "<main")
		errors += strings.ReplaceAll(body, html.EscapeString(login[pupil]), "")
	}
	log := s.log.String()
	require.Contains(t, log, "cas: ticket given")
	require.Contains(t, log, "saml: signed in")
	mark, leaked := a.FindMark(log)
	assert.False(t, leaked, "in the log: %s", mark)
	mark, leaked = a.FindMark(errors)
	assert.False(t, leaked, "on a page of an error: %s", mark)
	for _, who := range login {
		assert.NotContains(t, log, who)
	}
	for _, secret := range []string{trialPassword, "MotDePasseFaux", "ST-", "/oubli/"} {
		assert.NotContains(t, log, secret)
	}
}
