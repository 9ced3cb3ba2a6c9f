package saml_test

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity"
	"github.com/opencartable/cartable/identity/saml"
)

// What goes wrong between a browser, a provider and a service, each with a page that says what to do.

func post(t *testing.T, c *http.Client, action string, values url.Values) (int, string) {
	t.Helper()
	res, err := c.PostForm(action, values)
	require.NoError(t, err)
	return follow(t, c, res)
}

// A double click, and the Back button: the same answer posted again leads where it led, and opens nothing twice.
func TestDoubleClick(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	action, values := upTo(t, w.browser, w.spV.http.URL+"/login")
	_, body := post(t, w.browser, action, values)
	require.Equal(t, "signed in at /page?a=1 lea.dupont", body)
	_, body = post(t, w.browser, action, values)
	assert.Equal(t, "signed in at /page?a=1 lea.dupont", body)
	assert.Equal(t, 1, w.spV.logins)

	// Another browser that has got hold of it gets nothing; nor does this one when it is too late.
	status, body := post(t, browser(w.idpV, w.spV), action, values)
	assert.Equal(t, http.StatusForbidden, status)
	assert.Contains(t, body, "Connexion à recommencer")
	w.clock.add(3 * time.Minute)
	status, body = post(t, w.browser, action, values)
	assert.Equal(t, http.StatusForbidden, status)
	assert.Contains(t, body, "Connexion à recommencer")
	assert.Equal(t, 1, w.spV.logins)
}

// Two tabs sign in at once: each comes back to where it was.
func TestTwoTabs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one, first := upTo(t, w.browser, w.spV.http.URL+"/login")
	two, second := upTo(t, w.browser, w.spV.http.URL+"/login")
	_, body := post(t, w.browser, two, second)
	assert.Contains(t, body, "signed in")
	_, body = post(t, w.browser, one, first)
	assert.Contains(t, body, "signed in")
	assert.Equal(t, 2, w.spV.logins)
}

// An answer that came in another browser, or in one that keeps no cookie, opens nothing (B4).
func TestAnotherBrowser(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	action, values := upTo(t, w.browser, w.spV.http.URL+"/login")
	other := browser(w.idpV, w.spV)
	_, _ = upTo(t, other, w.spV.http.URL+"/login")
	status, body := post(t, other, action, values)
	assert.Equal(t, http.StatusForbidden, status)
	assert.Contains(t, body, "refuse les cookies")
	none := browser(w.idpV, w.spV)
	none.Jar = nil
	status, body = post(t, none, action, values)
	assert.Equal(t, http.StatusForbidden, status)
	assert.Contains(t, body, "refuse les cookies")
	assert.Zero(t, w.spV.logins)

	// The provider asks for credentials, and the browser keeps nothing of it: it is told so, and not asked for ever.
	res, err := none.Get(w.spV.http.URL + "/login")
	require.NoError(t, err)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	assert.Equal(t, http.StatusForbidden, res.StatusCode)
	assert.Contains(t, string(b), "refuse les cookies")
}

// Clocks that are a minute apart do not matter; ten minutes do.
func TestClocksApart(t *testing.T) {
	t.Parallel()
	for skew, passes := range map[time.Duration]bool{time.Minute: true, -time.Minute: true, 11 * time.Minute: false, -11 * time.Minute: false} {
		t.Run(skew.String(), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(w *world, _ *saml.IDPConfig, sp *saml.SPConfig) {
				sp.Clock = func() time.Time { return w.clock.read().Add(skew) }
				sp.Skew = 2 * time.Minute
			})
			status, body := visit(t, w.browser, w.spV.http.URL+"/login")
			if passes {
				assert.Contains(t, body, "signed in")
				return
			}
			assert.Equal(t, http.StatusForbidden, status)
			assert.Contains(t, body, "Connexion refusée")
			assert.NotContains(t, body, "SAML", "whoever sent it learns nothing")
		})
	}
}

// A person who stays at the login for too long starts again.
func TestTooLong(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	action, values := upTo(t, w.browser, w.spV.http.URL+"/login")
	w.clock.add(11 * time.Minute)
	status, body := post(t, w.browser, action, values)
	assert.Equal(t, http.StatusForbidden, status)
	assert.Contains(t, body, "Connexion à recommencer")
}

// A key that is being rolled over: both stand in the metadata, and either may sign. Metadata whose end is past is worth nothing.
func TestKeysAndMetadata(t *testing.T) {
	t.Parallel()
	rolled := newWorld(t, func(_ *world, idp *saml.IDPConfig, _ *saml.SPConfig) {
		idp.Keys = []saml.KeyPair{pair()[1], pair()[0]}
	})
	_, body := visit(t, rolled.browser, rolled.spV.http.URL+"/login")
	assert.Contains(t, body, "signed in")

	gone := newWorld(t, func(w *world, _ *saml.IDPConfig, _ *saml.SPConfig) {
		w.provider = func(p *saml.Partner) { p.Entity.Roles[0].Keys = []saml.Key{{Public: pair()[1].Key.Public()}} }
	})
	status, body := visit(t, gone.browser, gone.spV.http.URL+"/login")
	assert.Equal(t, http.StatusForbidden, status)
	assert.Contains(t, body, "Connexion refusée")

	old := newWorld(t, func(w *world, _ *saml.IDPConfig, _ *saml.SPConfig) {
		w.provider = func(p *saml.Partner) { p.Entity.Roles[0].ValidUntil = w.clock.read().Add(-time.Second) }
	})
	status, body = visit(t, old.browser, old.spV.http.URL+"/login")
	assert.Equal(t, http.StatusBadGateway, status)
	assert.Contains(t, body, "SAML-METADATA-EXPIRED")
}

// unreachable is a store that does not answer.
type unreachable struct{ saml.Store }

var errDown = errors.New("secret address of the store")

func (unreachable) Put(context.Context, string, []byte, time.Duration) error { return errDown }
func (unreachable) Get(context.Context, string) ([]byte, bool, error)        { return nil, false, errDown }

// A store that does not answer is no bad message: 503, and nothing is lost.
func TestStoreDown(t *testing.T) {
	t.Parallel()
	store := &flaky{Store: saml.NewMemoryStore(nil)}
	w := newWorld(t, func(_ *world, _ *saml.IDPConfig, sp *saml.SPConfig) { sp.Store = store })
	action, values := upTo(t, w.browser, w.spV.http.URL+"/login")
	store.down = true
	status, body := post(t, w.browser, action, values)
	assert.Equal(t, http.StatusServiceUnavailable, status)
	assert.Contains(t, body, "Réessayez dans un instant")
	assert.NotContains(t, body+w.spV.log.String(), errDown.Error())
	store.down = false
	_, body = post(t, w.browser, action, values)
	assert.Contains(t, body, "signed in")

	down := newWorld(t, func(_ *world, idp *saml.IDPConfig, _ *saml.SPConfig) { idp.Store = unreachable{idp.Store} })
	status, _ = visit(t, down.browser, down.spV.http.URL+"/login")
	assert.Equal(t, http.StatusServiceUnavailable, status)
}

type flaky struct {
	saml.Store
	down bool
}

func (f *flaky) Get(ctx context.Context, key string) ([]byte, bool, error) {
	if f.down {
		return nil, false, errDown
	}
	return f.Store.Get(ctx, key)
}

// The page is in the language of the browser, and answers only what it must.
func TestPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.spV.http.URL+"/saml/acs", strings.NewReader("SAMLResponse=%25"))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept-Language", "en-GB")
	res, err := w.browser.Do(req)
	require.NoError(t, err)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	assert.Contains(t, string(b), "Sign-in refused")
	assert.Equal(t, "no-store", res.Header.Get("Cache-Control"))
	assert.Equal(t, "DENY", res.Header.Get("X-Frame-Options"))
	for _, path := range []string{"/saml/acs", "/saml/slo", "/idp/sso", "/idp/slo", "/idp/continue"} {
		host := w.spV.http.URL
		if strings.HasPrefix(path, "/idp") {
			host = w.idpV.http.URL
		}
		status, _ := visit(t, w.browser, host+path)
		assert.Equal(t, http.StatusForbidden, status, path)
		res, err := w.browser.Post(host+path, "application/x-www-form-urlencoded", strings.NewReader("SAMLResponse="+strings.Repeat("A", 1<<20)))
		require.NoError(t, err)
		_ = res.Body.Close()
		assert.Equal(t, http.StatusForbidden, res.StatusCode, path)
	}
	require.Error(t, w.sp.Login(nil, nil, "x", "https://evil.example/"))
	require.Error(t, w.sp.Login(nil, nil, "x", "//evil.example/"))
	require.Error(t, w.sp.Logout(nil, nil, saml.Upstream{}, `/\evil.example`))
}

// inflated is a message of the redirect binding.
func inflated(t *testing.T, parameter string) []byte {
	t.Helper()
	deflated, err := base64.StdEncoding.DecodeString(parameter)
	require.NoError(t, err)
	data, err := io.ReadAll(flate.NewReader(bytes.NewReader(deflated)))
	require.NoError(t, err)
	return data
}

// authnRequest is the address of a request of the service, changed and without its signature.
func authnRequest(t *testing.T, w *world, signed bool, change func(*etree.Element)) string {
	t.Helper()
	c := *w.browser
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err := c.Get(w.spV.http.URL + "/login")
	require.NoError(t, err)
	_ = res.Body.Close()
	u, err := url.Parse(res.Header.Get("Location"))
	require.NoError(t, err)
	if signed {
		return u.String()
	}
	data := inflated(t, u.Query().Get("SAMLRequest"))
	doc := etree.NewDocument()
	require.NoError(t, doc.ReadFromBytes(data))
	change(doc.Root())
	data, err = doc.WriteToBytes()
	require.NoError(t, err)
	var b bytes.Buffer
	f, err := flate.NewWriter(&b, flate.BestCompression)
	require.NoError(t, err)
	_, _ = f.Write(data)
	_ = f.Close()
	u.RawQuery = url.Values{"SAMLRequest": {base64.StdEncoding.EncodeToString(b.Bytes())}, "RelayState": {"r"}}.Encode()
	return u.String()
}

// R-SAML-2: a request is accepted from a registered service only, and answered at an address of its metadata.
func TestRSAML2(t *testing.T) {
	t.Parallel()
	unsigned := func(w *world, _ *saml.IDPConfig, _ *saml.SPConfig) {
		w.partner = func(p *saml.Partner) { p.Entity.Roles[0].AuthnRequestsSigned = false }
	}
	set := func(name, value string) func(*etree.Element) {
		return func(el *etree.Element) { el.RemoveAttr(name); el.CreateAttr(name, value) }
	}
	t.Run("unsigned where the metadata says signed", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		status, _ := visit(t, w.browser, authnRequest(t, w, false, func(*etree.Element) {}))
		assert.Equal(t, http.StatusForbidden, status)
		assert.Zero(t, w.idpV.logins)
		assert.Contains(t, w.idpV.log.String(), "SAML-UNSIGNED")
	})
	t.Run("unsigned where this provider wants it signed", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, unsigned, func(_ *world, idp *saml.IDPConfig, _ *saml.SPConfig) { idp.RequireSigned = true })
		status, _ := visit(t, w.browser, authnRequest(t, w, false, func(*etree.Element) {}))
		assert.Equal(t, http.StatusForbidden, status)
	})
	t.Run("one character of the signed address is changed", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		at := authnRequest(t, w, true, nil)
		status, _ := visit(t, w.browser, strings.Replace(at, "RelayState=_", "RelayState=a", 1))
		assert.Equal(t, http.StatusForbidden, status)
		assert.Contains(t, w.idpV.log.String(), "SAML-SIGNATURE")
	})
	for name, c := range map[string]struct {
		change func(*etree.Element)
		code   ent.Code
	}{
		"as it is":        {func(*etree.Element) {}, ""},
		"another address": {set("AssertionConsumerServiceURL", "https://evil.example/acs"), saml.CodeACS},
		"another binding": {set("ProtocolBinding", saml.BindingArtifact), saml.CodeACS},
		"unknown index": {func(el *etree.Element) {
			el.RemoveAttr("AssertionConsumerServiceURL")
			el.CreateAttr("AssertionConsumerServiceIndex", "7")
		}, saml.CodeACS},
		"known index": {func(el *etree.Element) {
			el.RemoveAttr("AssertionConsumerServiceURL")
			el.CreateAttr("AssertionConsumerServiceIndex", "1")
		}, ""},
		"no address":       {func(el *etree.Element) { el.RemoveAttr("AssertionConsumerServiceURL") }, ""},
		"both":             {set("AssertionConsumerServiceIndex", "1"), saml.CodeACS},
		"another provider": {set("Destination", "https://other.example/sso"), saml.CodeDestination},
		"unknown service":  {func(el *etree.Element) { el.ChildElements()[0].SetText("https://unknown.example") }, saml.CodeIssuer},
		"old":              {set("IssueInstant", "2020-01-01T00:00:00Z"), saml.CodeInstant},
		"not a boolean":    {set("ForceAuthn", "perhaps"), saml.CodeStructure},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, unsigned)
			status, body := visit(t, w.browser, authnRequest(t, w, false, c.change))
			if c.code == "" {
				assert.Contains(t, body, "signed in")
				return
			}
			assert.Equal(t, http.StatusForbidden, status)
			assert.Contains(t, w.idpV.log.String(), string(c.code))
			assert.Zero(t, w.idpV.logins)
		})
	}
}

// What the provider cannot do is answered to the service, which tells the person or goes on without.
func TestDeclined(t *testing.T) {
	t.Parallel()
	var got saml.Status
	w := newWorld(t, func(w *world, _ *saml.IDPConfig, sp *saml.SPConfig) {
		w.provider = func(p *saml.Partner) { p.Request.Passive = true }
		sp.Declined = func(rw http.ResponseWriter, r *http.Request, s saml.Status, back string) {
			got = s
			http.Redirect(rw, r, back, http.StatusSeeOther)
		}
	})
	_, body := visit(t, w.browser, w.spV.http.URL+"/login")
	assert.Equal(t, "nobody at /page?a=1", body)
	assert.Equal(t, saml.Status{Code: saml.StatusResponder, Detail: saml.StatusNoPassive}, got)

	w = newWorld(t, func(w *world, _ *saml.IDPConfig, _ *saml.SPConfig) {
		w.provider = func(p *saml.Partner) { p.Request.NameIDFormat = saml.NameIDFormatPersistent }
	})
	status, body := visit(t, w.browser, w.spV.http.URL+"/login")
	assert.Equal(t, http.StatusForbidden, status)
	assert.Contains(t, body, "Connexion non aboutie")
	assert.Empty(t, w.released)
}

// Nobody is sent where they may not go, and nothing leaves that the journal does not have.
func TestNotAllowed(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*world, *saml.IDPConfig, *saml.SPConfig){
		"by the partner": func(w *world, _ *saml.IDPConfig, _ *saml.SPConfig) {
			w.partner = func(p *saml.Partner) {
				p.Admits = func(a *identity.Attributes, _ time.Time) bool { return a.Profile != ent.ProfilePupil }
			}
		},
		"gone": func(_ *world, idp *saml.IDPConfig, _ *saml.SPConfig) {
			idp.Attributes = func(context.Context, ent.ID) (*identity.Attributes, error) { return nil, nil }
		},
		"no principal": func(_ *world, idp *saml.IDPConfig, _ *saml.SPConfig) {
			idp.Attributes = func(context.Context, ent.ID) (*identity.Attributes, error) {
				return &identity.Attributes{ID: "us-42"}, nil
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, change)
			status, body := visit(t, w.browser, w.spV.http.URL+"/login")
			assert.Equal(t, http.StatusForbidden, status)
			assert.Contains(t, body, "Service non ouvert")
			assert.Zero(t, w.spV.logins)
			assert.Empty(t, w.released)
		})
	}
	w := newWorld(t, func(_ *world, idp *saml.IDPConfig, _ *saml.SPConfig) {
		idp.Journal = func(context.Context, ent.ID, ent.Disclosure) error { return errDown }
	})
	status, _ := visit(t, w.browser, w.spV.http.URL+"/login")
	assert.Equal(t, http.StatusServiceUnavailable, status)
	assert.Zero(t, w.spV.logins)
}

// A person goes to a service from our pages: where the service takes it, and nowhere else.
func TestUnsolicited(t *testing.T) {
	t.Parallel()
	for _, allowed := range []bool{true, false} {
		w := newWorld(t, func(w *world, _ *saml.IDPConfig, _ *saml.SPConfig) {
			w.partner = func(p *saml.Partner) { p.Unsolicited = allowed }
			w.provider = func(p *saml.Partner) { p.Allow = []saml.Tolerance{saml.ToleranceUnsolicited} }
		})
		w.idpV.mux.HandleFunc("/tile", func(rw http.ResponseWriter, r *http.Request) {
			w.idp.Start(rw, r, w.spV.http.URL+"/saml/metadata", "")
		})
		status, body := visit(t, w.browser, w.idpV.http.URL+"/tile")
		if allowed {
			assert.Equal(t, "signed in at / lea.dupont", body)
		} else {
			assert.Equal(t, http.StatusForbidden, status)
		}
	}
}

// The configuration is checked at the start.
func TestSetup(t *testing.T) {
	t.Parallel()
	ok := saml.SPConfig{
		EntityID: "https://ent.example.fr/saml/metadata", BaseURL: "https://ent.example.fr/saml", Keys: []saml.KeyPair{pair()[0]}, Store: saml.NewMemoryStore(nil),
		Partners: &saml.Book{}, SignedIn: func(http.ResponseWriter, *http.Request, *saml.Assertion, string) {},
	}
	_, err := saml.NewSP(ok)
	require.NoError(t, err)
	for name, change := range map[string]func(*saml.SPConfig){
		"http":   func(c *saml.SPConfig) { c.BaseURL = "http://ent.example.fr/saml" },
		"slash":  func(c *saml.SPConfig) { c.BaseURL += "/" },
		"no key": func(c *saml.SPConfig) { c.Keys = nil },
		"other's certificate": func(c *saml.SPConfig) {
			c.Keys = []saml.KeyPair{{Key: pair()[0].Key, Certificate: pair()[1].Certificate}}
		},
		"only to decrypt": func(c *saml.SPConfig) {
			c.Keys = []saml.KeyPair{{Key: pair()[0].Key, Certificate: pair()[0].Certificate, Use: saml.UseEncryption}}
		},
		"no store":    func(c *saml.SPConfig) { c.Store = nil },
		"no partners": func(c *saml.SPConfig) { c.Partners = nil },
		"no session":  func(c *saml.SPConfig) { c.SignedIn = nil },
	} {
		c := ok
		change(&c)
		_, err := saml.NewSP(c)
		require.ErrorIs(t, err, saml.CodeSetup, name)
	}
}
