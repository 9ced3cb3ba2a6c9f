//go:build unix

package peers_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/identity/internal/peers"
)

func pupil() peers.User {
	return peers.User{Login: "zoe", Password: "secret", Attributes: map[string][]string{
		"uid": {"F1abc"}, "FrEduVecteur": {"4|||701294|0790031E", "3|D'ALMEIDA|Zoé|701295|0790031E"}, "sn": {"D'ALMEIDA & Fils"},
	}}
}

// Two peers that know nothing of this module sign somebody in and out: what the tests of it stand on is right.
func TestSimpleSAMLphpAndMellon(t *testing.T) {
	t.Parallel()
	idp := peers.StartSimpleSAMLphp(t, pupil())
	sp := peers.NewMellon(t)
	for _, encrypt := range []bool{false, true} {
		idp.Register(peers.ServiceProvider{EntityID: sp.EntityID, ACS: sp.ACS, SLO: sp.SLO, CertPEM: sp.CertPEM, EncryptAssertions: encrypt})
		if !encrypt {
			sp.Start(idp.Metadata)
		}
		b := peers.NewBrowser(t)
		p := b.Get(sp.Protected)
		_, in := sp.Attributes(p)
		require.False(t, in, "nobody has signed in")
		p = b.SignIn(p, "zoe", "wrong")
		_, in = sp.Attributes(p)
		require.False(t, in, "by a wrong password")
		p = b.SignIn(p, "zoe", "secret")
		got, in := sp.Attributes(p)
		require.True(t, in, "%d %s %s", p.Status, p.URL, p.Body)
		assert.Equal(t, sp.Protected, p.URL.String())
		assert.True(t, b.Went("POST "+sp.ACS))
		for name, want := range pupil().Attributes {
			assert.Equal(t, want, got[name], name)
		}
		assert.Regexp(t, `^_[0-9a-f]{20,}$`, got["NAME_ID"][0])

		p = b.Get(sp.LogoutURL())
		assert.Equal(t, sp.URL+"/", p.URL.String())
		assert.True(t, b.Went("GET "+idp.SLO))
		p = b.Get(sp.Protected)
		require.Len(t, p.Forms, 1, p.Body)
		assert.NotEmpty(t, p.Forms[0].Password, "the identity provider asks again")
	}
}

func TestSimpleSAMLphpAndShibboleth(t *testing.T) {
	t.Parallel()
	idp := peers.StartSimpleSAMLphp(t, pupil())
	sp := peers.NewShibboleth(t, "sn")
	sp.Start(idp.Metadata)
	idp.Register(peers.ServiceProvider{EntityID: sp.EntityID, ACS: sp.ACS, SLO: sp.SLO, CertPEM: sp.CertPEM, EncryptAssertions: true})
	b := peers.NewBrowser(t)
	p := b.SignIn(b.Get(sp.Protected), "zoe", "secret")
	got, in := sp.Attributes(p)
	require.True(t, in, "%d %s %s", p.Status, p.URL, p.Body)
	assert.Equal(t, pupil().Attributes, got)
	p = b.Get(sp.LogoutURL())
	assert.Equal(t, sp.URL+"/", p.URL.String())
	assert.True(t, b.Went("GET "+idp.SLO))
	p = b.Get(sp.Protected)
	require.Len(t, p.Forms, 1, p.Body)
	assert.NotEmpty(t, p.Forms[0].Password, "the identity provider asks again")
}

func TestLemonLDAPAndMellon(t *testing.T) {
	t.Parallel()
	sp := peers.NewMellon(t)
	idp := peers.StartLemonLDAP(t, peers.LemonLDAPOptions{
		Macros:   map[string]string{"vector": "4|||701294|0790031E"},
		Partners: []peers.SAMLPartner{{Name: "mellon", Metadata: sp.Metadata, Attributes: map[string]string{"uid": "uid", "FrEduVecteur": "vector"}}},
	})
	sp.Start(idp.Metadata)
	b := peers.NewBrowser(t)
	p := b.SignIn(b.Get(sp.Protected), "rtyler", "rtyler")
	got, in := sp.Attributes(p)
	require.True(t, in, "%d %s %s", p.Status, p.URL, p.Body)
	assert.Equal(t, []string{"rtyler"}, got["uid"])
	assert.Equal(t, []string{"4|||701294|0790031E"}, got["FrEduVecteur"])
	p = b.Get(sp.LogoutURL())
	assert.Equal(t, sp.URL+"/", p.URL.String(), p.Body)
	assert.True(t, b.Went("GET "+idp.SLO))
	_, in = sp.Attributes(b.Get(sp.Protected))
	assert.False(t, in)
}
