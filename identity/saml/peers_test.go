//go:build unix

package saml_test

import (
	"context"
	"crypto"
	"encoding/base64"
	"html"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity"
	"github.com/opencartable/cartable/identity/internal/peers"
	"github.com/opencartable/cartable/identity/saml"
)

// Each half of ours against programs that others wrote, as Debian ships them: attributes received, sessions ended. They are asked
// for in CI.

// service is our service provider on a server of its own.
type service struct {
	*httptest.Server
	sp     *saml.SP
	issuer string

	mu   sync.Mutex
	who  map[string]*saml.Assertion // by session
	last *saml.Assertion
}

func newService(t *testing.T) *service {
	t.Helper()
	mux := http.NewServeMux()
	s := &service{Server: httptest.NewServer(mux), who: map[string]*saml.Assertion{}}
	t.Cleanup(s.Close)
	mux.HandleFunc("/saml/", func(w http.ResponseWriter, r *http.Request) { http.StripPrefix("/saml", s.sp).ServeHTTP(w, r) })
	mux.HandleFunc("/login", func(w http.ResponseWriter, r *http.Request) {
		if err := s.sp.Login(w, r, s.issuer, "/home"); err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
		}
	})
	mux.HandleFunc("/logout", func(w http.ResponseWriter, r *http.Request) {
		a := s.session(r)
		if a == nil {
			http.Error(w, "nobody", http.StatusForbidden)
			return
		}
		s.end(func(o *saml.Assertion) bool { return o == a })
		if err := s.sp.Logout(w, r, a.Upstream(), "/bye"); err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
		}
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if a := s.session(r); a != nil {
			_, _ = w.Write([]byte("signed in"))
			return
		}
		_, _ = w.Write([]byte("nobody"))
	})
	return s
}

// trust makes the service a partner of a provider, by its metadata.
func (s *service) trust(t *testing.T, metadata []byte, key saml.KeyPair, change func(*saml.Partner)) {
	t.Helper()
	p := saml.Partner{Entity: entity(t, metadata), Contexts: []string{saml.AnyContext}}
	if change != nil {
		change(&p)
	}
	book, err := saml.NewBook(p)
	require.NoError(t, err)
	s.issuer = p.Entity.ID
	s.sp, err = saml.NewSP(saml.SPConfig{
		EntityID: s.URL + "/saml/metadata", BaseURL: s.URL + "/saml", PlainHTTP: true, Keys: []saml.KeyPair{key}, Partners: book, Store: saml.NewMemoryStore(nil),
		SignedIn: func(w http.ResponseWriter, r *http.Request, a *saml.Assertion, back string) {
			s.mu.Lock()
			s.who[a.ID], s.last = a, a
			s.mu.Unlock()
			http.SetCookie(w, &http.Cookie{Name: "app", Value: a.ID, Path: "/"})
			http.Redirect(w, r, back, http.StatusSeeOther)
		},
		Ended: func(_ context.Context, l *saml.LogoutRequest) (int, error) {
			return s.end(func(a *saml.Assertion) bool { return l.Names(a.Upstream()) }), nil
		},
	})
	require.NoError(t, err)
}

func (s *service) session(r *http.Request) *saml.Assertion {
	c, err := r.Cookie("app")
	if err != nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.who[c.Value]
}

func (s *service) end(which func(*saml.Assertion) bool) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for id, a := range s.who {
		if which(a) {
			delete(s.who, id)
			n++
		}
	}
	return n
}

func zoe() map[string][]string {
	return map[string][]string{"uid": {"F1abc"}, "FrEduVecteur": {"4|||701294|0790031E", "3|D'ALMEIDA|Zoé|701295|0790031E"}, "sn": {"D'ALMEIDA & Fils"}}
}

func keyPair(t *testing.T, k *peers.Key) saml.KeyPair {
	t.Helper()
	out, err := saml.ParseKeyPair(k.CertPEM, k.KeyPEM)
	require.NoError(t, err)
	return out
}

func TestOurServiceAtSimpleSAMLphp(t *testing.T) {
	t.Parallel()
	idp := peers.StartSimpleSAMLphp(t, peers.User{Login: "zoe", Password: "secret", Attributes: zoe()})
	key := peers.NewKey(t, "sp")
	for _, encrypt := range []bool{false, true} {
		s := newService(t)
		s.trust(t, idp.Metadata, keyPair(t, key), nil)
		idp.Register(peers.ServiceProvider{EntityID: s.URL + "/saml/metadata", ACS: s.URL + "/saml/acs", SLO: s.URL + "/saml/slo", CertPEM: key.CertPEM, EncryptAssertions: encrypt})
		b := peers.NewBrowser(t)
		p := b.SignIn(b.Get(s.URL+"/login"), "zoe", "secret")
		require.Equal(t, "signed in", p.Body, "%s", p.URL)
		for name, want := range zoe() {
			assert.Equal(t, want, s.last.Values(name), name)
		}
		assert.NotEmpty(t, s.last.SessionIndex)

		// We end the session: theirs too, and the browser comes back.
		p = b.Get(s.URL + "/logout")
		assert.Equal(t, s.URL+"/bye", p.URL.String(), p.Body)
		assert.True(t, b.Went("GET "+idp.SLO))
		p = b.Get(s.URL + "/login")
		require.Len(t, p.Forms, 1, p.Body)
		assert.NotEmpty(t, p.Forms[0].Password, "the identity provider asks again")

		// They end the session: ours too.
		p = b.SignIn(p, "zoe", "secret")
		require.Equal(t, "signed in", p.Body)
		b.Get(idp.SLO + "?ReturnTo=" + idp.MetadataURL)
		assert.True(t, b.Went("GET "+s.URL+"/saml/slo"), "the provider told us by the browser: %v", b.Trail)
		assert.Empty(t, s.who)
	}
}

func TestOurServiceAtLemonLDAP(t *testing.T) {
	t.Parallel()
	key := peers.NewKey(t, "sp")
	s := newService(t)
	// Our metadata needs no provider yet.
	s.trust(t, sample(t, "metadata/idp-lemonldap.xml"), keyPair(t, key), nil)
	metadata, err := s.sp.Metadata()
	require.NoError(t, err)
	idp := peers.StartLemonLDAP(t, peers.LemonLDAPOptions{
		Macros:   map[string]string{"vector": "4|||701294|0790031E; 3|||701295|0790031E"},
		Partners: []peers.SAMLPartner{{Name: "ours", Metadata: metadata, Attributes: map[string]string{"uid": "uid", "FrEduVecteur": "vector"}}},
	})
	s.trust(t, idp.Metadata, keyPair(t, key), nil)
	b := peers.NewBrowser(t)
	p := b.SignIn(b.Get(s.URL+"/login"), "rtyler", "rtyler")
	require.Equal(t, "signed in", p.Body, "%s", p.URL)
	assert.Equal(t, []string{"rtyler"}, s.last.Values("uid"))
	assert.Equal(t, []string{"4|||701294|0790031E", "3|||701295|0790031E"}, s.last.Values("FrEduVecteur"))

	p = b.Get(s.URL + "/logout")
	assert.Equal(t, s.URL+"/bye", p.URL.String(), p.Body)
	assert.True(t, b.Went("GET "+idp.SLO))
	p = b.Get(s.URL + "/login")
	require.NotEmpty(t, p.Forms, p.Body)
	assert.NotEmpty(t, p.Forms[0].Password, "the identity provider asks again")
	require.Equal(t, "signed in", b.SignIn(p, "rtyler", "rtyler").Body)
	require.Len(t, s.who, 1)

	// The session ends at the provider, which tells us itself.
	page := b.Get(idp.Logout)
	relay := regexp.MustCompile(`<img src="([^"]+relaySingleLogoutSOAP[^"]+)"`).FindStringSubmatch(page.Body)
	require.NotNil(t, relay, page.Body)
	b.Get(html.UnescapeString(relay[1])) // a browser loads it: the provider calls us over SOAP then
	assert.Empty(t, s.who)
}

// provider is our identity provider on a server of its own.
type provider struct {
	*httptest.Server
	idp *saml.IDP

	mu       sync.Mutex
	sessions map[string]time.Time
	logins   int
}

func newProvider(t *testing.T, key saml.KeyPair, list ...saml.Partner) *provider {
	t.Helper()
	mux := http.NewServeMux()
	p := &provider{Server: httptest.NewServer(mux), sessions: map[string]time.Time{}}
	t.Cleanup(p.Close)
	book, err := saml.NewBook(list...)
	require.NoError(t, err)
	p.idp, err = saml.NewIDP(saml.IDPConfig{
		EntityID: p.URL + "/idp/metadata", BaseURL: p.URL + "/idp", PlainHTTP: true, Keys: []saml.KeyPair{key}, Partners: book,
		Store: saml.NewMemoryStore(nil), Egress: identity.Egress(true),
		Session: func(r *http.Request) (*identity.Principal, error) {
			c, err := r.Cookie("vendor")
			if err != nil {
				return nil, nil
			}
			p.mu.Lock()
			defer p.mu.Unlock()
			at, ok := p.sessions[c.Value]
			if !ok {
				return nil, nil
			}
			return &identity.Principal{Account: "us-42", Session: c.Value, At: at}, nil
		},
		Attributes: func(context.Context, ent.ID) (*identity.Attributes, error) {
			a := known()
			a.Extra["vecteur"] = zoe()["FrEduVecteur"]
			return a, nil
		},
		Login: func(w http.ResponseWriter, r *http.Request, back string, _ bool) {
			p.mu.Lock()
			p.logins++
			id := "s" + strings.Repeat("x", p.logins)
			p.sessions[id] = time.Now()
			p.mu.Unlock()
			http.SetCookie(w, &http.Cookie{Name: "vendor", Value: id, Path: "/", HttpOnly: true})
			http.Redirect(w, r, back, http.StatusSeeOther)
		},
		End: func(_ context.Context, id string) error {
			p.mu.Lock()
			defer p.mu.Unlock()
			delete(p.sessions, id)
			return nil
		},
	})
	require.NoError(t, err)
	mux.Handle("/idp/", http.StripPrefix("/idp", p.idp))
	return p
}

func (p *provider) open() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := []string{}
	for id := range p.sessions {
		out = append(out, id)
	}
	return out
}

// B8, mod_auth_mellon: login, attributes, logout both ways.
func TestAcceptanceB8Mellon(t *testing.T) {
	t.Parallel()
	sp := peers.NewMellon(t)
	p := newProvider(t, keyPair(t, peers.NewKey(t, "idp")), saml.Partner{
		Entity: entity(t, sp.Metadata), Layout: elements("uid=login", "FrEduVecteur=extra.vecteur", "sn=name.family"),
	})
	metadata, err := p.idp.Metadata()
	require.NoError(t, err)
	sp.Start(metadata)
	b := peers.NewBrowser(t)
	page := b.Get(sp.Protected)
	got, in := sp.Attributes(page)
	require.True(t, in, "%d %s %s", page.Status, page.URL, page.Body)
	assert.Equal(t, []string{"lea.dupont"}, got["uid"])
	assert.Equal(t, zoe()["FrEduVecteur"], got["FrEduVecteur"])
	assert.Equal(t, []string{"D'ALMEIDA & Fils"}, got["sn"])
	assert.Regexp(t, `^_[0-9a-f]{32}$`, got["NAME_ID"][0])

	// The service ends the session.
	page = b.Get(sp.LogoutURL())
	assert.Equal(t, sp.URL+"/", page.URL.String(), page.Body)
	assert.True(t, b.Went("GET "+p.URL+"/idp/slo"))
	assert.Empty(t, p.open())

	// We end it.
	_, in = sp.Attributes(b.Get(sp.Protected))
	require.True(t, in)
	require.Len(t, p.open(), 1)
	id := p.open()[0]
	ended := p.idp.EndSession(t.Context(), id)
	require.Len(t, ended.Front, 1, "mellon takes it by the browser only")
	b.Get(ended.Front[0])
	delete(p.sessions, id)
	logins := p.logins
	_, in = sp.Attributes(b.Get(sp.Protected))
	require.True(t, in)
	assert.Equal(t, logins+1, p.logins, "the session of mellon was over: it has asked again")
}

// B8, Shibboleth: login with an encrypted assertion, attributes, logout both ways.
func TestAcceptanceB8Shibboleth(t *testing.T) {
	t.Parallel()
	sp := peers.NewShibboleth(t, "sn")
	p := newProvider(t, keyPair(t, peers.NewKey(t, "idp")), saml.Partner{
		Entity: entity(t, sp.Metadata), Layout: elements("uid=login", "FrEduVecteur=extra.vecteur", "sn=name.family"), Encrypt: true, SignResponse: true,
	})
	metadata, err := p.idp.Metadata()
	require.NoError(t, err)
	sp.Start(metadata)
	b := peers.NewBrowser(t)
	page := b.Get(sp.Protected)
	got, in := sp.Attributes(page)
	require.True(t, in, "%d %s %s", page.Status, page.URL, page.Body)
	assert.Equal(t, map[string][]string{"uid": {"lea.dupont"}, "FrEduVecteur": zoe()["FrEduVecteur"], "sn": {"D'ALMEIDA & Fils"}}, got)

	page = b.Get(sp.LogoutURL())
	assert.Equal(t, sp.URL+"/", page.URL.String(), page.Body)
	assert.True(t, b.Went("GET "+p.URL+"/idp/slo"))
	assert.Empty(t, p.open())

	_, in = sp.Attributes(b.Get(sp.Protected))
	require.True(t, in)
	id := p.open()[0]
	ended := p.idp.EndSession(t.Context(), id)
	assert.Zero(t, ended.Failed)
	for _, front := range ended.Front {
		b.Get(front) // what the page of logout has the browser open
	}
	require.Equal(t, 1, ended.Told+len(ended.Front))
	delete(p.sessions, id)
	logins := p.logins
	_, in = sp.Attributes(b.Get(sp.Protected))
	require.True(t, in)
	assert.Equal(t, logins+1, p.logins, "the session of Shibboleth was over: it has asked again")
}

// B8, pysaml2: it verifies what we sign, and opens what we encrypt.
func TestAcceptanceB8PySAML2(t *testing.T) {
	t.Parallel()
	theirs := peers.NewKey(t, "sp")
	for _, encrypt := range []bool{false, true} {
		w := newWorld(t, func(w *world, _ *saml.IDPConfig, sp *saml.SPConfig) {
			sp.Keys = []saml.KeyPair{keyPair(t, theirs)}
			w.partner = func(p *saml.Partner) { p.SignResponse, p.Encrypt = true, encrypt }
		})
		metadata, err := w.idp.Metadata()
		require.NoError(t, err)
		python := peers.PySAML2{EntityID: w.spV.http.URL + "/saml/metadata", ACS: w.spV.http.URL + "/saml/acs", Key: theirs, IDPMetadata: metadata, Both: true}
		_, values := upTo(t, w.browser, w.spV.http.URL+"/login")
		encoded := values.Get("SAMLResponse")
		message, err := base64.StdEncoding.DecodeString(encoded)
		require.NoError(t, err)
		request := regexp.MustCompile(`InResponseTo="([^"]+)"`).FindSubmatch(message)
		require.NotNil(t, request)
		got := python.Response(t, encoded, string(request[1]))
		require.Empty(t, got.Refused)
		assert.Equal(t, w.idpV.http.URL+"/idp/metadata", got.Issuer)
		assert.Regexp(t, `^_[0-9a-f]{32}$`, got.Name)
		assert.Equal(t, []string{"lea.dupont"}, got.Attributes["uid"])
		assert.Equal(t, []string{"0350029S", "0350030T"}, got.Attributes["uai"])
		altered := base64.StdEncoding.EncodeToString([]byte(strings.Replace(string(message), "status:Success", "status:Succes", 1)))
		assert.NotEmpty(t, python.Response(t, altered, string(request[1])).Refused)
		assert.NotEmpty(t, python.Response(t, encoded, "_another").Refused)
	}
}

// B8, xmlsec1 on what we send, both ways: it verifies what we sign, and decrypts what we encrypt; what it signs we verify, and what
// it encrypts we decrypt.
func TestAcceptanceB8XMLSec(t *testing.T) {
	t.Parallel()
	ours, theirs := peers.NewKey(t, "idp"), peers.NewKey(t, "sp")
	for _, encrypt := range []bool{false, true} {
		w := newWorld(t, func(w *world, idp *saml.IDPConfig, sp *saml.SPConfig) {
			idp.Keys, sp.Keys = []saml.KeyPair{keyPair(t, ours)}, []saml.KeyPair{keyPair(t, theirs)}
			w.partner = func(p *saml.Partner) { p.SignResponse, p.Encrypt = true, encrypt }
		})
		metadata, err := w.idp.Metadata()
		require.NoError(t, err)
		require.NoError(t, peers.XMLSecVerify(t, metadata, ours.CertPEM, ""))
		require.Error(t, peers.XMLSecVerify(t, metadata, theirs.CertPEM, ""))

		_, values := upTo(t, w.browser, w.spV.http.URL+"/login")
		message, err := base64.StdEncoding.DecodeString(values.Get("SAMLResponse"))
		require.NoError(t, err)
		response := idOf(t, message, "Response")
		require.NoError(t, peers.XMLSecVerify(t, message, ours.CertPEM, response))
		require.Error(t, peers.XMLSecVerify(t, []byte(strings.Replace(string(message), "Success", "Succes", 1)), ours.CertPEM, response))
		plain := message
		if encrypt {
			assert.NotContains(t, string(message), "lea.dupont")
			plain, err = peers.XMLSecDecrypt(t, message, theirs.KeyPEM)
			require.NoError(t, err)
		}
		require.Contains(t, string(plain), "lea.dupont")
		require.NoError(t, peers.XMLSecVerify(t, plain, ours.CertPEM, idOf(t, plain, "Assertion")))
	}

	// The other way: xmlsec1 signs and encrypts a response that the tests make.
	const empty = `<ds:Signature xmlns:ds="` + ds + `"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="` + exclusive + `"/><ds:SignatureMethod Algorithm="` + more + `rsa-sha256"/><ds:Reference URI="#_a"><ds:Transforms><ds:Transform Algorithm="` + ds + `enveloped-signature"/><ds:Transform Algorithm="` + exclusive + `"/></ds:Transforms><ds:DigestMethod Algorithm="` + xenc + `sha256"/><ds:DigestValue/></ds:Reference></ds:SignedInfo><ds:SignatureValue/></ds:Signature>`
	const template = `<xenc:EncryptedData xmlns:xenc="` + xenc + `" Type="` + xenc + `Element"><xenc:EncryptionMethod Algorithm="` + xenc11 + `aes256-gcm"/><ds:KeyInfo xmlns:ds="` + ds + `"><xenc:EncryptedKey><xenc:EncryptionMethod Algorithm="` + xenc + `rsa-oaep-mgf1p"/><xenc:CipherData><xenc:CipherValue/></xenc:CipherData></xenc:EncryptedKey></ds:KeyInfo><xenc:CipherData><xenc:CipherValue/></xenc:CipherData></xenc:EncryptedData>`
	made := change(t, message, assertionIssuer, strings.TrimSuffix(assertionIssuer, "<saml:Subject>")+empty+"<saml:Subject>")
	signed := peers.XMLSecSign(t, []byte(made), ours, "")
	c := config(t)
	c.Keys = []crypto.Decrypter{theirs.Private}
	for i := range c.Peers {
		c.Peers[i].Keys = []crypto.PublicKey{&ours.Private.PublicKey}
	}
	a, err := receiver(t, c).Response(t.Context(), encode(signed), saml.PendingIDs("_q"))
	require.NoError(t, err)
	assert.Equal(t, []string{"F1abc"}, a.Values("uid"))
	_, err = receiver(t, c).Response(t.Context(), encode(strings.Replace(string(signed), "F1abc", "F1abd", 1)), saml.PendingIDs("_q"))
	require.ErrorIs(t, err, saml.CodeSignature)

	secret := peers.XMLSecEncrypt(t, signed, []byte(template), theirs.CertPEM, "aes-256", `//*[local-name()="Assertion"]`)
	wrapped := strings.Replace(strings.Replace(string(secret), "<xenc:EncryptedData", "<saml:EncryptedAssertion><xenc:EncryptedData", 1), "</xenc:EncryptedData>", "</xenc:EncryptedData></saml:EncryptedAssertion>", 1)
	assert.NotContains(t, wrapped, "F1abc")
	a, err = receiver(t, c).Response(t.Context(), encode(wrapped), saml.PendingIDs("_q"))
	require.ErrorIs(t, err, saml.CodeReplay, "decrypted and verified: it is the same assertion as before")
	require.Nil(t, a)
	c.Replay = saml.NewMemoryStore(clock(instant()))
	a, err = receiver(t, c).Response(t.Context(), encode(wrapped), saml.PendingIDs("_q"))
	require.NoError(t, err)
	assert.Equal(t, []string{"F1abc"}, a.Values("uid"))
}

const assertionIssuer = `Version="2.0" IssueInstant="2026-11-22T07:58:18Z"><saml:Issuer>` + sspID + `</saml:Issuer><saml:Subject>`

// idOf is the ID of the first element of a name.
func idOf(t *testing.T, document []byte, name string) string {
	t.Helper()
	m := regexp.MustCompile(`:` + name + ` [^>]*\bID="([^"]+)"`).FindSubmatch(document)
	require.NotNil(t, m)
	return string(m[1])
}
