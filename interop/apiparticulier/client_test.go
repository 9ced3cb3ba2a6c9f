package apiparticulier_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/quotient"
	"github.com/opencartable/cartable/fees/quotient/quotienttest"
	"github.com/opencartable/cartable/interop/apiparticulier"
)

// clock is a clock that only sleeping moves.
type clock struct {
	mu    sync.Mutex
	now   time.Time
	slept []time.Duration
}

func newClock() *clock { return &clock{now: time.Date(2024, 11, 15, 12, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	c.slept = append(c.slept, d)
	return nil
}

func (c *clock) total() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	var sum time.Duration
	for _, d := range c.slept {
		sum += d
	}
	return sum
}

const recipient ent.SIRET = "13002526500013"

func camille() apiparticulier.Identity {
	return apiparticulier.Identity{
		BirthName: "ESSAI", UsageName: "TEST", GivenNames: []string{"Camille", "Zoé"},
		Birth: apiparticulier.PartialDate{Year: 1985, Month: 6}, Sex: "F",
		BirthCountry: apiparticulier.France, BirthCommune: "2A004",
	}
}

func newClient(t *testing.T, c *clock, h http.HandlerFunc) *apiparticulier.Client {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return &apiparticulier.Client{
		BaseURL: server.URL, HTTP: server.Client(), Recipient: recipient, Clock: c.Now, Sleep: c.Sleep,
		Token: func(context.Context) (string, error) { return "jeton", nil },
	}
}

func body(value int, m ent.Month) string {
	return fmt.Sprintf(`{"data":{"allocataires":[],"enfants":[],"quotient_familial":{"fournisseur":"CNAF","valeur":%d,"annee":%d,"mois":%d}}}`,
		value, m.Year, m.Month)
}

func apiError(code string) string {
	return `{"errors":[{"code":"` + code + `","title":"t","detail":"d","source":null,"meta":{}}]}`
}

func TestSourceConformance(t *testing.T) {
	t.Parallel()
	quotienttest.Run(t, func(t *testing.T, known map[ent.ID][]quotient.Quotient) quotient.Source {
		client := newClient(t, newClock(), func(w http.ResponseWriter, r *http.Request) {
			for _, q := range known[ent.ID(r.FormValue("nomNaissance"))] {
				if fmt.Sprint(q.Month.Year) == r.FormValue("annee") && fmt.Sprint(q.Month.Month) == r.FormValue("mois") {
					v, _ := q.Value.Value()
					_, _ = io.WriteString(w, body(int(v.IntPart()), q.Month))
					return
				}
			}
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, apiError("37003"))
		})
		return apiparticulier.Source{Client: client, Identity: func(_ context.Context, p ent.Person) (apiparticulier.Identity, error) {
			i := camille()
			i.BirthName = string(p.ID)
			return i, nil
		}}
	})
}

func TestSource(t *testing.T) {
	t.Parallel()
	var recipients []string
	client := newClient(t, newClock(), func(w http.ResponseWriter, r *http.Request) {
		recipients = append(recipients, r.FormValue("recipient"))
		_, _ = io.WriteString(w, body(900, ent.Month{Year: 2024, Month: 9}))
	})
	s := apiparticulier.Source{Client: client, Identity: func(context.Context, ent.Person) (apiparticulier.Identity, error) { return camille(), nil }}
	q, err := s.Quotient(t.Context(), quotient.Request{Recipient: "21690123100011"})
	require.NoError(t, err)
	assert.Equal(t, quotient.ProofAPI, q.Proof.Kind)
	assert.Equal(t, []string{"21690123100011"}, recipients)
	var missing *quotient.NotFoundError
	for _, m := range []ent.Month{{Year: 2024, Month: 8}, {Year: 2022, Month: 10}} {
		_, err = s.Quotient(t.Context(), quotient.Request{Month: m})
		require.ErrorAs(t, err, &missing, "another month, and one that is too old")
		assert.Equal(t, quotient.SituationMonth, missing.Situation)
	}
	assert.Len(t, recipients, 2, "a month that is too old is not asked for")
	_, err = s.Quotient(t.Context(), quotient.Request{Month: ent.Month{Year: 2025, Month: 1}})
	require.ErrorIs(t, err, apiparticulier.CodeMonth)
	_, err = apiparticulier.Source{}.Quotient(t.Context(), quotient.Request{})
	require.ErrorIs(t, err, apiparticulier.CodeSetup)
}

func TestRequests(t *testing.T) {
	t.Parallel()
	var got []*http.Request
	client := newClient(t, newClock(), func(w http.ResponseWriter, r *http.Request) {
		got = append(got, r)
		w.Header().Set("X-Response-Cached", "true")
		w.Header().Set("X-Cache-Expires-in", "9001")
		w.Header().Set("RateLimit-Limit", "50")
		w.Header().Set("RateLimit-Remaining", "47")
		w.Header().Set("RateLimit-Reset", "1731672000")
		_, _ = io.WriteString(w, body(900, ent.Month{Year: 2024, Month: 9}))
	})
	client.BaseURL += "/"
	client.NoCache = true
	a, err := client.ByIdentity(t.Context(), camille(), ent.Month{Year: 2024, Month: 9})
	require.NoError(t, err)
	assert.True(t, *a.Cache.Cached)
	assert.Equal(t, 9001*time.Second, a.Cache.ExpiresIn)
	assert.Equal(t, apiparticulier.Limits{Limit: 50, Remaining: 47, Reset: time.Unix(1731672000, 0).UTC()}, a.Limits)

	named := camille()
	named.BirthCommune, named.BirthCommuneName, named.BirthDepartement = "", "Ajaccio", "2A"
	_, err = client.EAJEByIdentity(t.Context(), named)
	require.NoError(t, err)
	_, err = client.ByFranceConnect(t.Context(), "fc-1", ent.Month{Year: 2024, Month: 9})
	require.NoError(t, err)
	_, err = client.EAJEByFranceConnect(t.Context(), "fc-1")
	require.NoError(t, err)

	require.Len(t, got, 4)
	assert.Equal(t, "/v3/dss/quotient_familial/identite", got[0].URL.Path)
	assert.Equal(t, map[string][]string{
		"recipient": {string(recipient)}, "nomNaissance": {"ESSAI"}, "nomUsage": {"TEST"}, "prenoms[]": {"Camille", "Zoé"},
		"anneeDateNaissance": {"1985"}, "moisDateNaissance": {"6"}, "sexeEtatCivil": {"F"},
		"codeCogInseePaysNaissance": {"99100"}, "codeCogInseeCommuneNaissance": {"2A004"}, "annee": {"2024"}, "mois": {"9"},
	}, map[string][]string(got[0].URL.Query()))
	assert.Equal(t, "Bearer jeton", got[0].Header.Get("Authorization"))
	assert.Equal(t, "no-cache", got[0].Header.Get("Cache-Control"))
	assert.NotContains(t, got[0].RequestURI, "jeton")
	assert.Equal(t, "/v3/dss/participation_familiale_eaje/identite", got[1].URL.Path)
	assert.Equal(t, "Ajaccio", got[1].FormValue("nomCommuneNaissance"))
	assert.Equal(t, "2A", got[1].FormValue("codeCogInseeDepartementNaissance"))
	assert.False(t, got[1].URL.Query().Has("annee"))
	assert.Equal(t, "/v3/dss/quotient_familial/france_connect", got[2].URL.Path)
	assert.Len(t, got[2].URL.Query(), 3)
	assert.Equal(t, "Bearer fc-1", got[2].Header.Get("Authorization"))
	assert.NotContains(t, got[2].RequestURI, "fc-1")
	assert.Equal(t, "/v3/dss/participation_familiale_eaje/france_connect", got[3].URL.Path)
}

func TestValidation(t *testing.T) {
	t.Parallel()
	client := newClient(t, newClock(), func(http.ResponseWriter, *http.Request) { t.Error("a call that is not valid was sent") })
	for _, c := range []struct {
		field  string
		code   ent.Code
		change func(i *apiparticulier.Identity)
	}{
		{"nomNaissance", apiparticulier.CodeRequired, func(i *apiparticulier.Identity) { i.BirthName = " " }},
		{"nomNaissance", apiparticulier.CodeShape, func(i *apiparticulier.Identity) { i.BirthName = "A\nB" }},
		{"nomUsage", apiparticulier.CodeShape, func(i *apiparticulier.Identity) { i.UsageName = strings.Repeat("é", 101) }},
		{"prenoms", apiparticulier.CodeRequired, func(i *apiparticulier.Identity) { i.GivenNames = nil }},
		{"prenoms", apiparticulier.CodeRequired, func(i *apiparticulier.Identity) { i.GivenNames = []string{""} }},
		{"prenoms", apiparticulier.CodeShape, func(i *apiparticulier.Identity) { i.GivenNames = []string{"a", "b", "c", "d"} }},
		{"anneeDateNaissance", apiparticulier.CodeRequired, func(i *apiparticulier.Identity) { i.Birth.Year = 0 }},
		{"anneeDateNaissance", apiparticulier.CodeShape, func(i *apiparticulier.Identity) { i.Birth.Month = 13 }},
		{"moisDateNaissance", apiparticulier.CodeRequired, func(i *apiparticulier.Identity) { i.Birth.Month, i.Birth.Day = 0, 3 }},
		{"sexeEtatCivil", apiparticulier.CodeRequired, func(i *apiparticulier.Identity) { i.Sex = "" }},
		{"sexeEtatCivil", apiparticulier.CodeShape, func(i *apiparticulier.Identity) { i.Sex = "f" }},
		{"codeCogInseePaysNaissance", apiparticulier.CodeRequired, func(i *apiparticulier.Identity) { i.BirthCountry = "" }},
		{"codeCogInseePaysNaissance", apiparticulier.CodeShape, func(i *apiparticulier.Identity) { i.BirthCountry = "FR" }},
		{"codeCogInseeCommuneNaissance", apiparticulier.CodeRequired, func(i *apiparticulier.Identity) { i.BirthCommune = "" }},
		{"codeCogInseeCommuneNaissance", apiparticulier.CodeShape, func(i *apiparticulier.Identity) { i.BirthCommune = "6912" }},
		{"codeCogInseeCommuneNaissance", apiparticulier.CodeAlternative, func(i *apiparticulier.Identity) { i.BirthCommuneName = "Lyon" }},
		{"codeCogInseeCommuneNaissance", apiparticulier.CodeAlternative, func(i *apiparticulier.Identity) { i.BirthCountry = "99350" }},
		{"codeCogInseeDepartementNaissance", apiparticulier.CodeRequired, func(i *apiparticulier.Identity) { i.BirthCommune, i.BirthCommuneName = "", "Lyon" }},
		{"nomCommuneNaissance", apiparticulier.CodeRequired, func(i *apiparticulier.Identity) { i.BirthCommune, i.BirthDepartement = "", "69" }},
		{"anneeDateNaissance", apiparticulier.CodeRequired, func(i *apiparticulier.Identity) {
			i.BirthCommune, i.BirthCommuneName, i.BirthDepartement, i.Birth = "", "Lyon", "69", apiparticulier.PartialDate{}
		}},
	} {
		i := camille()
		c.change(&i)
		issues := i.Check()
		if assert.Len(t, issues, 1, "%s %s", c.field, c.code) {
			assert.Equal(t, "$."+c.field, issues[0].Path)
			assert.ErrorIs(t, issues[0], c.code)
		}
		_, err := client.ByIdentity(t.Context(), i, ent.Month{})
		assert.ErrorIs(t, err, c.code)
	}
	assert.Empty(t, camille().Check())
	abroad := camille()
	abroad.BirthCountry, abroad.BirthCommune = "99350", ""
	assert.Empty(t, abroad.Check())

	for _, m := range []ent.Month{{Year: 2024, Month: 12}, {Year: 2022, Month: 10}, {Year: 2024, Month: 14}} {
		_, err := client.ByFranceConnect(t.Context(), "fc", m)
		assert.ErrorIs(t, err, apiparticulier.CodeMonth)
	}
	for _, token := range []string{"", "a b", "a\r\nX: y", "é"} {
		_, err := client.ByFranceConnect(t.Context(), token, ent.Month{})
		assert.ErrorIs(t, err, apiparticulier.CodeToken)
	}
	for _, url := range []string{"", "http://particulier.example.org", "https://u:p@example.org", "https://example.org?x=1", "ftp://localhost"} {
		bad := &apiparticulier.Client{BaseURL: url, Recipient: "123"}
		_, err := bad.ByIdentity(t.Context(), camille(), ent.Month{})
		assert.ErrorIs(t, err, apiparticulier.CodeSetup, url)
		assert.ErrorIs(t, err, apiparticulier.CodeShape, "recipient")
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status    int
		body      string
		code      ent.Code
		situation apiparticulier.Situation
		missing   quotient.Situation
	}{
		{400, apiError("00401"), apiparticulier.CodeParameters, apiparticulier.SituationInput, ""},
		{400, "", apiparticulier.CodeParameters, apiparticulier.SituationInput, ""},
		{401, apiError("00101"), apiparticulier.CodeToken, apiparticulier.SituationToken, ""},
		{401, apiError("00103"), apiparticulier.CodeToken, apiparticulier.SituationToken, ""},
		{401, apiError("00105"), apiparticulier.CodeToken, apiparticulier.SituationToken, ""},
		{403, apiError("00100"), apiparticulier.CodeForbidden, apiparticulier.SituationRights, ""},
		{404, apiError("10003"), apiparticulier.CodeNotFound, apiparticulier.SituationProof, quotient.SituationNoFile},
		{404, apiError("23003"), apiparticulier.CodeNotFound, apiparticulier.SituationProof, quotient.SituationNoFile},
		{404, apiError("37003"), apiparticulier.CodeNotFound, apiparticulier.SituationProof, quotient.SituationNoFile},
		{404, apiError("35003"), apiparticulier.CodeNotFound, apiparticulier.SituationProof, quotient.SituationUnknown},
		{404, apiError("99999"), apiparticulier.CodeNotFound, apiparticulier.SituationProof, quotient.SituationUnknown},
		{404, apiError("NEW-1"), apiparticulier.CodeNotFound, apiparticulier.SituationProof, quotient.SituationUnknown},
		{404, `{"error":"not_found","reason":"r","message":"m"}`, apiparticulier.CodeNotFound, apiparticulier.SituationProof, quotient.SituationUnknown},
		{404, `<html>not here</html>`, apiparticulier.CodeAnswer, apiparticulier.SituationSetup, ""},
		{409, apiError("00015"), apiparticulier.CodeConflict, apiparticulier.SituationWait, ""},
		{422, apiError("00366"), apiparticulier.CodeIdentity, apiparticulier.SituationInput, ""},
		{422, apiError("00203"), apiparticulier.CodeParameters, apiparticulier.SituationSetup, ""},
		{429, apiError("00429"), apiparticulier.CodeRate, apiparticulier.SituationWait, ""},
		{500, "", apiparticulier.CodeUpstream, apiparticulier.SituationLater, ""},
		{502, apiError("37999"), apiparticulier.CodeUpstream, apiparticulier.SituationLater, ""},
		{503, `{"error":"network_error"}`, apiparticulier.CodeUpstream, apiparticulier.SituationLater, ""},
		{504, apiError("37002"), apiparticulier.CodeTimeout, apiparticulier.SituationLater, ""},
		{504, apiError("37001"), apiparticulier.CodeUpstream, apiparticulier.SituationLater, ""},
		{504, apiError("00501"), apiparticulier.CodeUpstream, apiparticulier.SituationLater, ""},
		{302, "", apiparticulier.CodeRedirect, apiparticulier.SituationSetup, ""},
		{418, "", apiparticulier.CodeAnswer, apiparticulier.SituationSetup, ""},
	} {
		e := apiparticulier.DecodeError(apiparticulier.KindQuotient, c.status, []byte(c.body))
		assert.Equal(t, c.code, e.Code, "%d %s", c.status, c.body)
		assert.Equal(t, c.situation, e.Situation, "%d %s", c.status, c.body)
		assert.ErrorIs(t, e, c.code)
		assert.NotEqual(t, e.Message(ent.FR), e.Message(ent.EN))
		assert.NotEqual(t, string(c.situation), e.Situation.Label(ent.FR))
		var missing *quotient.NotFoundError
		assert.Equal(t, c.missing != "", errors.As(e, &missing))
		if missing != nil {
			assert.Equal(t, c.missing, missing.Situation)
		}
	}
	e := apiparticulier.DecodeError(apiparticulier.KindQuotient, 422, []byte(`{"errors":[{"code":"00203","source":{"parameter":"recipient"},"meta":{"retry_in":10}}]}`))
	assert.Equal(t, ent.Field("recipient"), e.Field)
	assert.Equal(t, 10*time.Second, e.RetryAfter)
	assert.Equal(t, "x", apiparticulier.Situation("x").Label(ent.FR))
}

func TestRetries(t *testing.T) {
	t.Parallel()
	const s = time.Second
	for _, c := range []struct {
		name    string
		answers []string // status, Retry-After, code
		retries int
		calls   int
		slept   time.Duration
		code    error
	}{
		{"conflict, then an answer", []string{"409||00015", "200||"}, 0, 2, s, nil},
		{"timeouts to the end", []string{"504||37002"}, 0, 3, 3 * s, apiparticulier.CodeTimeout},
		{"four retries", []string{"502||37999"}, 4, 5, 15 * s, apiparticulier.CodeUpstream},
		{"never", []string{"502||37999"}, -1, 1, 0, apiparticulier.CodeUpstream},
		{"told to wait", []string{"429|7|00429", "200||"}, 0, 2, 7 * s, nil},
		{"a date", []string{"429|Fri, 15 Nov 2024 12:00:09 GMT|00429", "200||"}, 0, 2, 9 * s, nil},
		{"too many, no delay told", []string{"429||00429"}, 0, 1, 0, apiparticulier.CodeRate},
		{"too long a wait", []string{"429|3600|00429"}, 0, 1, 0, apiparticulier.CodeRate},
		{"no file", []string{"404||37003"}, 0, 1, 0, quotient.CodeNotFound},
		{"token", []string{"401||00103"}, 0, 1, 0, apiparticulier.CodeToken},
		{"identity", []string{"422||00366"}, 0, 1, 0, apiparticulier.CodeIdentity},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			calls, clock := 0, newClock()
			client := newClient(t, clock, func(w http.ResponseWriter, _ *http.Request) {
				parts := strings.Split(c.answers[min(calls, len(c.answers)-1)], "|")
				calls++
				if parts[0] == "200" {
					_, _ = io.WriteString(w, body(900, ent.Month{Year: 2024, Month: 9}))
					return
				}
				if parts[1] != "" {
					w.Header().Set("Retry-After", parts[1])
				}
				var status int
				_, _ = fmt.Sscan(parts[0], &status)
				w.WriteHeader(status)
				_, _ = io.WriteString(w, apiError(parts[2]))
			})
			client.Retries = c.retries
			_, err := client.ByIdentity(t.Context(), camille(), ent.Month{})
			require.ErrorIs(t, err, c.code)
			assert.Equal(t, c.calls, calls)
			assert.Equal(t, c.slept, clock.total())
		})
	}
}

func TestHoldsAfterTooMany(t *testing.T) {
	t.Parallel()
	calls := 0
	client := newClient(t, newClock(), func(w http.ResponseWriter, _ *http.Request) {
		calls++
		w.Header().Set("Retry-After", "3600")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	for range 3 {
		_, err := client.ByIdentity(t.Context(), camille(), ent.Month{})
		var failed *apiparticulier.CallError
		require.ErrorAs(t, err, &failed)
		assert.Equal(t, time.Hour, failed.RetryAfter)
	}
	assert.Equal(t, 1, calls, "the service bans who insists")
}

func TestRate(t *testing.T) {
	t.Parallel()
	clock := newClock()
	client := newClient(t, clock, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, body(900, ent.Month{Year: 2024, Month: 9}))
	})
	for range 41 {
		_, err := client.ByFranceConnect(t.Context(), "one", ent.Month{})
		require.NoError(t, err)
	}
	assert.Equal(t, 2*time.Second, clock.total(), "20 a second")
	for n := range 20 {
		_, err := client.ByFranceConnect(t.Context(), fmt.Sprint("other-", n), ent.Month{})
		require.NoError(t, err)
	}
	assert.Equal(t, 2*time.Second, clock.total(), "by token")
	for n := range 1000 {
		_, err := client.ByFranceConnect(t.Context(), fmt.Sprint("many-", n), ent.Month{})
		require.NoError(t, err)
	}
	assert.GreaterOrEqual(t, clock.total(), time.Minute, "1000 a minute")
}

func TestContextAndNetwork(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	client := newClient(t, newClock(), func(http.ResponseWriter, *http.Request) { <-release })
	defer close(release)
	client.Timeout, client.Retries = 20*time.Millisecond, -1
	_, err := client.ByIdentity(t.Context(), camille(), ent.Month{})
	require.ErrorIs(t, err, apiparticulier.CodeTimeout)
	require.ErrorIs(t, err, context.DeadlineExceeded)

	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	client.Timeout = time.Minute
	_, err = client.ByIdentity(ctx, camille(), ent.Month{})
	require.ErrorIs(t, err, context.DeadlineExceeded)

	client.BaseURL = "http://127.0.0.1:1"
	_, err = client.ByIdentity(t.Context(), camille(), ent.Month{})
	require.ErrorIs(t, err, apiparticulier.CodeNetwork)

	own := errors.New("vault closed")
	client.Token = func(context.Context) (string, error) { return "", own }
	_, err = client.ByIdentity(t.Context(), camille(), ent.Month{})
	require.ErrorIs(t, err, own)
	require.ErrorIs(t, err, apiparticulier.CodeToken)
}

func TestRedirectsAreRefused(t *testing.T) {
	t.Parallel()
	followed := false
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { followed = true }))
	defer other.Close()
	client := newClient(t, newClock(), func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
	})
	_, err := client.ByIdentity(t.Context(), camille(), ent.Month{})
	require.ErrorIs(t, err, apiparticulier.CodeRedirect)
	assert.False(t, followed)
}

// mark stands in every personal value and secret of TestCanary.
const mark = "CANARI"

// A server that writes back all it was sent, in every place, gets nothing of it into an error, an issue or a log.
func TestCanary(t *testing.T) {
	t.Parallel()
	who := apiparticulier.Identity{
		BirthName: mark + "1", UsageName: mark + "2", GivenNames: []string{mark + "3"}, Sex: "F",
		Birth:        apiparticulier.PartialDate{Year: 1911, Month: 11, Day: 11},
		BirthCountry: apiparticulier.France, BirthCommuneName: mark + "4", BirthDepartement: "69",
	}
	const token = mark + "-token"
	echoes := map[string]func(all string) string{
		"codes": func(all string) string {
			return `{"errors":[{"code":` + all + `,"title":` + all + `,"detail":` + all + `}]}`
		},
		"details": func(all string) string {
			return `{"errors":[{"code":"37003","detail":` + all + `,"source":{"parameter":` + all + `},"meta":{"provider":` + all + `}}]}`
		},
		"v2": func(all string) string { return `{"error":` + all + `,"message":` + all + `}` },
		"keys": func(all string) string {
			return `{"data":{` + all + `:1,"enfants":[{` + all + `:2}],"adresse":{` + all + `:3},"quotient_familial":{"fournisseur":` + all + `,"valeur":` + all + `}}}`
		},
		"values": func(all string) string {
			return `{"data":{"enfants":[` + all + `],"allocataires":` + all + `,"quotient_familial":` + all + `}}`
		},
		"a page": func(all string) string { return `<p>` + all },
	}
	statuses := []int{200, 302, 400, 401, 403, 404, 409, 422, 429, 500, 502, 503, 504}
	for name, echo := range echoes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, status := range statuses {
				client := newClient(t, newClock(), func(w http.ResponseWriter, r *http.Request) {
					all, err := json.Marshal(r.URL.String() + " " + r.Header.Get("Authorization"))
					assert.NoError(t, err)
					w.Header().Set("Location", "http://localhost:1/"+r.URL.RawQuery)
					w.Header().Set("Retry-After", r.Header.Get("Authorization"))
					w.WriteHeader(status)
					_, _ = io.WriteString(w, echo(string(all)))
				})
				client.Token = func(context.Context) (string, error) { return token, nil }
				var log bytes.Buffer
				client.Logger = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
				a, err := client.ByIdentity(t.Context(), who, ent.Month{})
				_, err2 := client.ByFranceConnect(t.Context(), token, ent.Month{})
				report, jsonErr := json.Marshal(a.Report)
				require.NoError(t, jsonErr)
				_, err3 := a.AsQuotient()
				client.Logger.Info("caller", "who", who, "answer", a, "err", err, "client", client)
				text := fmt.Sprintf("%v %+v %#v %v %v %v %+v %#v", err, err, err, err2, err3, who, who, who)
				if failed, ok := errors.AsType[*apiparticulier.CallError](err); ok {
					text += fmt.Sprintf("%s %#v %s", failed.Message(ent.FR), failed, failed.APICode)
				}
				for _, out := range []string{text, log.String(), string(report)} {
					assert.NotContains(t, out, mark, "%s %d", name, status)
					assert.NotContains(t, out, "=1911", "%s %d", name, status)
					assert.NotContains(t, out, "1911-11", "%s %d", name, status)
				}
				assert.NotEmpty(t, log.String())
			}
		})
	}
	t.Run("no server", func(t *testing.T) {
		t.Parallel()
		var log bytes.Buffer
		client := &apiparticulier.Client{
			BaseURL: "http://127.0.0.1:1", Recipient: recipient, Retries: -1, Logger: slog.New(slog.NewTextHandler(&log, nil)),
			Token: func(context.Context) (string, error) { return token, nil },
		}
		_, err := client.ByIdentity(t.Context(), who, ent.Month{})
		require.ErrorIs(t, err, apiparticulier.CodeNetwork)
		assert.NotContains(t, fmt.Sprintf("%v %+v %#v", err, err, err)+log.String(), mark)
	})
	t.Run("validation", func(t *testing.T) {
		t.Parallel()
		bad := apiparticulier.Identity{BirthName: mark + "\n", Sex: mark, BirthCountry: mark, GivenNames: []string{mark + "\x00"}}
		text, err := json.Marshal(bad.Check())
		require.NoError(t, err)
		assert.NotContains(t, string(text)+bad.Check().Err().Error(), mark)
	})
}
