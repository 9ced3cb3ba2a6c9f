package guichet_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity/guichet"
)

const (
	educonnect = "https://educonnect.example/idp"
	agents     = "urn:fi:ac-rennes:AA:1.0"
	teleserv   = "urn:fi:ac-rennes:ts:1.0"
)

func portals(t *testing.T) *guichet.Providers {
	t.Helper()
	p, err := guichet.NewProviders(
		guichet.Provider{Issuer: educonnect, Kind: guichet.KindEduConnect},
		guichet.Provider{Issuer: agents, Kind: guichet.KindAgents, Domains: []string{"ac-rennes.fr"}},
		guichet.Provider{Issuer: teleserv, Kind: guichet.KindVector},
	)
	require.NoError(t, err)
	return p
}

// R-AG-1: the portal is chosen by the issuer; the NameQualifier is content, and so is everything else.
func TestRAG1ChosenByIssuerOnly(t *testing.T) {
	t.Parallel()
	all := guichet.AttributesOf(map[string][]string{
		"ctemail": {"paule.martin@ac-rennes.fr"}, "FrEduCtRefId": {"{AAF}14|1|5123456"}, "FrEduVecteur": {"4|||701294|0790031E"},
	})
	p := portals(t)
	for _, qualifier := range []string{"", educonnect, agents, teleserv, "urn:other"} {
		a := guichet.Assertion{Issuer: educonnect, NameQualifier: qualifier, NameID: "x", Attributes: all}
		id, err := p.Read(a)
		require.NoError(t, err)
		assert.Equal(t, educonnect, id.Claim.Provider)
		assert.Equal(t, []string{"RENNES-5123456"}, id.Claim.Keys)
		assert.Empty(t, id.Claim.Mail, "EduConnect names no staff")
		assert.Empty(t, id.Claim.Vectors)

		a.Issuer = agents
		id, err = p.Read(a)
		require.NoError(t, err)
		assert.Equal(t, "paule.martin@ac-rennes.fr", id.Claim.Mail)
		assert.Empty(t, id.Claim.Keys)

		a.Issuer = teleserv
		id, err = p.Read(a)
		require.NoError(t, err)
		assert.Len(t, id.Claim.Vectors, 1)
		assert.Empty(t, id.Claim.Keys)

		a.Issuer = "urn:other"
		_, err = p.Read(a)
		require.ErrorIs(t, err, guichet.CodeIssuer)
	}
}

func TestAgentsOfTheirOwnDomain(t *testing.T) {
	t.Parallel()
	p := portals(t)
	for mail, ok := range map[string]bool{
		"a.b@ac-rennes.fr": true, "A.B@AC-RENNES.FR": true, "a.b@ac-paris.fr": false, "a.b@x.ac-rennes.fr": false,
		"a.b@ac-rennes.fr.example.org": false, "a@b@ac-rennes.fr": false, "@ac-rennes.fr": false, "a b@ac-rennes.fr": false, "": false,
		"\u212aarim@ac-rennes.fr": false,
	} {
		_, err := p.Read(guichet.Assertion{Issuer: agents, Attributes: guichet.AttributesOf(map[string][]string{"ctemail": {mail}})})
		if ok {
			require.NoError(t, err, mail)
		} else {
			require.ErrorIs(t, err, guichet.CodeMail, mail)
		}
	}
}

func TestReadKeepsTheReturnAddressBesideAnError(t *testing.T) {
	t.Parallel()
	p := portals(t)
	read := func(url string, refs ...string) (guichet.Identity, error) {
		return p.Read(guichet.Assertion{Tenant: "t", Issuer: educonnect, Attributes: guichet.AttributesOf(map[string][]string{
			"FrEduUrlRetour": {url}, "FrEduCtRefId": refs, "FrEduCtId": {"abc"}, "FrEduCtPersonAffiliation": {"resp2d"},
		})})
	}
	id, err := read("https://educonnect.education.gouv.fr/logout", "{ECT}14|1|5")
	require.ErrorIs(t, err, guichet.CodeNoReference)
	require.NotNil(t, id.ReturnURL)
	id, err = read("https://evil.example/", "{AAF}77|1|5")
	require.ErrorIs(t, err, guichet.CodeJoinKey)
	assert.Nil(t, id.ReturnURL)
	require.ErrorIs(t, id.Issues.Err(), guichet.CodeReturnURL)
	id, err = read("", "{AAF}14|1|5")
	require.NoError(t, err)
	assert.Equal(t, "abc", id.Claim.Subject)
	assert.Equal(t, []ent.Profile{ent.ProfileRelative}, id.Claim.Profiles)
	assert.Equal(t, ent.Tenant("t"), id.Claim.Tenant)
	_, err = p.Read(guichet.Assertion{Issuer: teleserv})
	require.ErrorIs(t, err, guichet.CodeVector)
}

func TestProvidersAreChecked(t *testing.T) {
	t.Parallel()
	for _, list := range [][]guichet.Provider{
		{{Kind: guichet.KindVector}},
		{{Issuer: "a", Kind: "other"}},
		{{Issuer: "a", Kind: guichet.KindAgents}},
		{{Issuer: "a", Kind: guichet.KindVector}, {Issuer: "a", Kind: guichet.KindEduConnect}},
	} {
		_, err := guichet.NewProviders(list...)
		require.ErrorIs(t, err, guichet.CodeProvider)
	}
	_, err := guichet.NewProviders(guichet.Provider{Issuer: "a", Kind: guichet.KindEduConnect, Keys: guichet.KeyPolicy{Form: guichet.KeyBare}})
	require.ErrorIs(t, err, guichet.CodeKeyPolicy)
}

func TestReturnURL(t *testing.T) {
	t.Parallel()
	for raw, ok := range map[string]bool{
		"https://educonnect.education.gouv.fr/logout?x=1":         true,
		"https://pr4.educonnect.phm.education.gouv.fr/idp/logout": true,
		"https://EduConnect.Education.gouv.fr:443/":               true,
		"HTTPS://educonnect.education.gouv.fr":                    true,
		"http://educonnect.education.gouv.fr/logout":              false,
		"https://education.gouv.fr/":                              false,
		"https://eveducation.gouv.fr/":                            false,
		"https://educonnect.education.gouv.fr.evil.example/":      false,
		"https://evil.example/?educonnect.education.gouv.fr":      false,
		"https://evil.example#.education.gouv.fr":                 false,
		"https://educonnect.education.gouv.fr@evil.example/":      false,
		"https://user:pw@educonnect.education.gouv.fr/":           false,
		"https://educonnect.education.gouv.fr:8443/":              false,
		"https://educonnect.education.gouv.fr:/":                  false,
		"https://educonnect.education.gouv.fr./":                  false,
		"https://.education.gouv.fr/":                             false,
		"https://evil.example\\.education.gouv.fr/":               false,
		"https://evil.example%2f.education.gouv.fr/":              false,
		"https://educonnect.éducation.gouv.fr/":                   false,
		"https://educonnect.education.gouv.fr/ x":                 false,
		"https://educonnect.education.gouv.fr/\r\nX: y":           false,
		"//educonnect.education.gouv.fr/":                         false,
		"/logout":                                                 false,
		"https:educonnect.education.gouv.fr":                      false,
		"https:///educonnect.education.gouv.fr":                   false,
		"javascript://educonnect.education.gouv.fr/%0aalert(1)":   false,
		"": false,
		"https://educonnect.education.gouv.fr/" + strings.Repeat("a", 3000): false,
	} {
		u, err := guichet.ReturnPolicy{}.Check(raw)
		assert.Equal(t, ok, err == nil, raw)
		assert.Equal(t, ok, u != nil, raw)
		if !ok {
			require.ErrorIs(t, err, guichet.CodeReturnURL)
			assert.NotContains(t, err.Error(), "evil")
		}
	}
	own := guichet.ReturnPolicy{Hosts: []string{"Sso.example.org"}}
	_, err := own.Check("https://sso.example.org/out")
	require.NoError(t, err)
	_, err = own.Check("https://educonnect.education.gouv.fr/logout")
	require.ErrorIs(t, err, guichet.CodeReturnURL, "a list replaces the default")
}
