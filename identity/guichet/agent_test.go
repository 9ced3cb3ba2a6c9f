package guichet_test

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity/guichet"
)

const delegation = "APLYPRO|/redirectionhub/redirect.jsp?applicationname=aplypro|12/09/2026|31/12/2026|mdurand|" +
	"FrEduRneResp=0441550W$UAJ$PU$N$T3$LYC$340;0590121L$UAJ$PU$N$T3$LP$320|rev-proxy|TS2"

func day(t *testing.T, s string) ent.Date {
	t.Helper()
	d, err := ent.ParseDate(s)
	require.NoError(t, err)
	return d
}

func TestDelegation(t *testing.T) {
	t.Parallel()
	d, err := guichet.ParseDelegation(delegation)
	require.NoError(t, err)
	assert.Equal(t, "aplypro", d.Application())
	assert.Equal(t, []string{"APLYPRO", "mdurand", "rev-proxy", "TS2"}, []string{d.Name, d.By, d.Server, d.Module})
	require.Len(t, d.Establishments, 2)
	for s, valid := range map[string]bool{"2026-09-11": false, "2026-09-12": true, "2026-12-31": true, "2027-01-01": false} {
		assert.Equal(t, valid, d.ValidOn(day(t, s)), s)
	}
	assert.False(t, d.ValidOn(ent.Date{}), "an unknown day is no day")
	s, err := d.Encode()
	require.NoError(t, err)
	assert.Equal(t, delegation, s)

	open, err := guichet.ParseDelegation("a|u|12/09/2026|31/12/9999||FrEduRneResp=X|||")
	require.NoError(t, err, "a ninth field that is empty is seen in the field")
	assert.True(t, open.ValidOn(day(t, "2099-01-01")))
	assert.Empty(t, open.Establishments)
	assert.Empty(t, open.Application())

	for bad, code := range map[string]ent.Code{
		"": guichet.CodeDelegation, "a|b|c": guichet.CodeDelegation, "a\x00": guichet.CodeDelegation,
		"a|u|32/09/2026|31/12/2026||FrEduRneResp=X||": ent.CodeDate, "a|u|12/09/2026|||FrEduRneResp=X||": ent.CodeDate,
		"a|u|12/09/2026|31/12/2026||0441550W||": guichet.CodeDelegation, "a|u|12/09/2026|31/12/2026||FrEduRneResp=0441550A||": guichet.CodeRNEUAI,
		"|u|12/09/2026|31/12/2026||FrEduRneResp=X||": guichet.CodeDelegation, strings.Repeat("|", 5000): guichet.CodeLimit,
	} {
		_, err := guichet.ParseDelegation(bad)
		require.ErrorIs(t, err, code)
	}
	_, err = guichet.Delegation{Name: "a|b"}.Encode()
	require.ErrorIs(t, err, guichet.CodeDelegation)
}

func TestAgentAttributes(t *testing.T) {
	t.Parallel()
	a, issues := guichet.ReadAgent(guichet.AttributesOf(map[string][]string{
		"mail": {"Paule.Martin@AC-Rennes.fr"}, "ctln": {"MARTIN"}, "ctfn": {"Paule"}, "codaca": {"014"}, "FrEduFonctAdm": {"DIR"},
		"FrEduRne":     {"0590121L$UAJ$PU$DIR$0590121L$T3$LYC$3000", "Canari"},
		"FrEduRneResp": {"0441550W$UAJ$PU$N$T3$LYC$340", "0441550w", "X"},
		"FrEduResDel":  {delegation, "X", "Canari"},
	}), nil)
	assert.Equal(t, "paule.martin@ac-rennes.fr", a.Mail)
	assert.Equal(t, ent.AcademyCode("014"), a.Academy)
	assert.Len(t, a.RNEs, 1)
	assert.Equal(t, []ent.UAI{"0441550W"}, a.HeadOf())
	assert.Equal(t, []ent.UAI{"0441550W", "0590121L"}, a.Delegated("aplypro", day(t, "2026-10-01")))
	assert.Empty(t, a.Delegated("aplypro", day(t, "2027-10-01")), "one peer forgets the dates")
	assert.Empty(t, a.Delegated("aply", day(t, "2026-10-01")))
	assert.Empty(t, a.Delegated("", day(t, "2026-10-01")))
	require.ErrorIs(t, issues.Err(), guichet.CodeRNEUAI)
	require.ErrorIs(t, issues.Err(), guichet.CodeDelegation)
	assert.Len(t, issues, 2)
	assert.NotContains(t, issues.Err().Error(), "Canari")

	a.Function = guichet.FunctionTeaching
	assert.Empty(t, a.HeadOf(), "only a head heads")
	for _, f := range []guichet.Function{guichet.FunctionHead, guichet.FunctionAdministrative, guichet.FunctionTeaching, guichet.FunctionAdministration} {
		assert.NotEqual(t, string(f), f.Label(ent.FR))
	}
	assert.Equal(t, "CTR", guichet.Function("CTR").Label(ent.FR))
	x, issues := guichet.ReadAgent(guichet.AttributesOf(map[string][]string{"FrEduFonctAdm": {"X"}, "ctemail": {"personne"}}), nil)
	assert.Empty(t, x.Function)
	assert.Empty(t, x.Mail)
	assert.Len(t, issues, 1)
}

func proxied() guichet.Headers {
	return guichet.Headers{Proxies: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/24")}}
}

func TestHeadersOfAListedProxyOnly(t *testing.T) {
	t.Parallel()
	h := http.Header{}
	h.Set("ctemail", "paule.martin@ac-rennes.fr")
	h.Set("ctln", "MARTIN, veuve DURAND")
	h.Set("FrEduRne", "0590121L$UAJ$PU$DIR$0590121L$T3$LYC$3000,0590122M$UAJ$PU$ADM$0590122M$T3$CLG$340")
	h.Set("FrEduRneResp", "X")
	h.Set("FrEduFonctAdm", "DIR")
	h.Set("employeeNumber", "Canari")
	a, err := proxied().Read("10.1.0.7:4711", h)
	require.NoError(t, err)
	agent, issues := guichet.ReadAgent(a, nil)
	assert.Empty(t, issues)
	assert.Equal(t, "MARTIN, veuve DURAND", agent.Name.Family)
	assert.Len(t, agent.RNEs, 2)
	assert.Empty(t, agent.Responsible)
	for _, x := range a {
		assert.NotContains(t, x.Values, "Canari", "the NUMEN is not read")
		assert.NotContains(t, x.Values, "X")
	}
	_, err = proxied().Read("[::ffff:10.1.0.7]:4711", h)
	require.NoError(t, err)

	for _, from := range []string{"10.2.0.7:4711", "", "10.1.0.7", "[::1]:80"} {
		h.Set("X-Forwarded-For", "10.1.0.7")
		_, err := proxied().Read(from, h)
		require.ErrorIs(t, err, guichet.CodeProxy, from)
	}
	_, err = guichet.Headers{}.Read("10.1.0.7:4711", h)
	require.ErrorIs(t, err, guichet.CodeProxy, "the zero value reads nothing")

	h.Add("ctemail", "chef@ac-rennes.fr")
	_, err = proxied().Read("10.1.0.7:4711", h)
	require.ErrorIs(t, err, guichet.CodeHeaderTwice)
	h.Set("ctemail", strings.Repeat("a,", 100))
	_, err = proxied().Read("10.1.0.7:4711", h)
	require.ErrorIs(t, err, guichet.CodeLimit)
	h.Set("ctemail", strings.Repeat("a", 1<<20))
	_, err = proxied().Read("10.1.0.7:4711", h)
	require.ErrorIs(t, err, guichet.CodeLimit)
}

func TestHeadersOfShibboleth(t *testing.T) {
	t.Parallel()
	p := proxied()
	p.Names, p.Semicolon = []string{"FrEduVecteur"}, true
	h := http.Header{}
	h.Set("FrEduVecteur", "2|MARTIN|Paule|701294|0790031E;2|MARTIN|Paule|701295|0790031E")
	a, err := p.Read("10.1.0.7:4711", h)
	require.NoError(t, err)
	require.Len(t, a, 1)
	assert.Len(t, a[0].Values, 2)
}
