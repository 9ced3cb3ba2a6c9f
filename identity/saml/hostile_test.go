package saml_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beevik/etree"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity"
	"github.com/opencartable/cartable/identity/saml"
)

// What somebody who means harm, a store that breaks down half way, or a configuration that is slightly wrong can do.

// hooked is a store that breaks down when the test says so.
type hooked struct {
	saml.Store
	mu    sync.Mutex
	fails func(op, key string) bool
	waits func(op string)
}

func (h *hooked) set(fails func(op, key string) bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.fails = fails
}

func (h *hooked) check(op, key string) error {
	if h.waits != nil {
		h.waits(op)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.fails != nil && h.fails(op, key) {
		return errDown
	}
	return nil
}

func (h *hooked) Put(ctx context.Context, key string, value []byte, life time.Duration) error {
	if err := h.check("put", key); err != nil {
		return err
	}
	return h.Store.Put(ctx, key, value, life)
}

func (h *hooked) Take(ctx context.Context, key string) ([]byte, bool, error) {
	if err := h.check("take", key); err != nil {
		return nil, false, err
	}
	return h.Store.Take(ctx, key)
}

func (h *hooked) Join(ctx context.Context, list string, entry []byte, life time.Duration) error {
	if err := h.check("join", list); err != nil {
		return err
	}
	return h.Store.Join(ctx, list, entry, life)
}

// A double click sends the answer twice at once: one opens the session, and whichever the browser shows leads on.
func TestDoubleClickAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 5 {
		before := w.spV.logins
		action, values := upTo(t, w.browser, w.spV.http.URL+"/login")
		c := *w.browser
		c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		var wait sync.WaitGroup
		for range 8 {
			wait.Go(func() {
				res, err := c.PostForm(action, values)
				if !assert.NoError(t, err) {
					return
				}
				_ = res.Body.Close()
				assert.Equal(t, http.StatusSeeOther, res.StatusCode)
				assert.Equal(t, "/page?a=1", res.Header.Get("Location"))
			})
		}
		wait.Wait()
		require.Equal(t, before+1, w.spV.logins)
	}
}

// A store that breaks down half way through a sign-in: nothing is lost that the person could not take up again, and nobody is told
// that the message was bad.
func TestStoreBreaksDown(t *testing.T) {
	t.Parallel()
	store := &hooked{Store: saml.NewMemoryStore(nil)}
	w := newWorld(t, func(_ *world, _ *saml.IDPConfig, sp *saml.SPConfig) { sp.Store = store })
	action, values := upTo(t, w.browser, w.spV.http.URL+"/login")
	// The request cannot be taken: the assertion has been used by then, and the person goes on to where a new request starts.
	store.set(func(op, _ string) bool { return op == "take" })
	status, _ := post(t, w.browser, action, values)
	assert.Equal(t, http.StatusServiceUnavailable, status)
	store.set(nil)
	status, body := post(t, w.browser, action, values)
	assert.Equal(t, http.StatusOK, status)
	assert.Equal(t, "nobody at /page?a=1", body)

	// What only serves a double click does not stop a sign-in.
	action, values = upTo(t, w.browser, w.spV.http.URL+"/login")
	store.set(func(op, _ string) bool { return op == "put" })
	_, body = post(t, w.browser, action, values)
	assert.Equal(t, "signed in at /page?a=1 lea.dupont", body)
}

// Each request gives the cookie its whole life again: a second sign-in in the ninth minute is not lost in the tenth.
func TestCookieLife(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ask := func(cookie *http.Cookie) *http.Cookie {
		rec := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodGet, "/login", nil)
		if cookie != nil {
			r.AddCookie(cookie)
		}
		require.NoError(t, w.sp.Login(rec, r, w.idpV.http.URL+"/idp/metadata", "/"))
		require.Len(t, rec.Result().Cookies(), 1)
		return rec.Result().Cookies()[0]
	}
	first := ask(nil)
	assert.True(t, first.Secure && first.HttpOnly && first.SameSite == http.SameSiteNoneMode && strings.HasPrefix(first.Name, "__Host-"))
	again := ask(first)
	assert.Equal(t, first.Value, again.Value, "requests of several tabs share it")
	assert.Equal(t, 600, again.MaxAge)

	// With an error nothing is written, as Login says.
	rec := httptest.NewRecorder()
	require.ErrorIs(t, w.sp.Login(rec, httptest.NewRequest(http.MethodGet, "/", nil), "https://unknown.example", "/"), saml.CodeIssuer)
	assert.Empty(t, rec.Header())
	store := &hooked{Store: saml.NewMemoryStore(nil)}
	store.set(func(string, string) bool { return true })
	down := newWorld(t, func(_ *world, _ *saml.IDPConfig, sp *saml.SPConfig) { sp.Store = store })
	rec = httptest.NewRecorder()
	require.ErrorIs(t, down.sp.Login(rec, httptest.NewRequest(http.MethodGet, "/", nil), down.idpV.http.URL+"/idp/metadata", "/"), saml.CodePort)
	assert.Empty(t, rec.Header())
}

// A provider that we trust answers the request that another provider was asked: it signs nobody in.
func TestMixUp(t *testing.T) {
	t.Parallel()
	evil := newVendor(t)
	var sp saml.Entity
	w := newWorld(t)
	published, err := w.sp.Metadata()
	require.NoError(t, err)
	sp = entity(t, published)
	sp.Roles[0].AuthnRequestsSigned = false
	other := newIDP(t, evil, saml.Partner{Entity: sp, Layout: elements("uid=login")}, nil)
	published, err = other.Metadata()
	require.NoError(t, err)
	idp, err := w.idp.Metadata()
	require.NoError(t, err)
	both, err := saml.NewBook(saml.Partner{Entity: entity(t, published), Contexts: []string{saml.AnyContext}}, saml.Partner{Entity: entity(t, idp), Contexts: []string{saml.AnyContext}})
	require.NoError(t, err)
	w.spC.Partners = both
	renewed, err := saml.NewSP(w.spC)
	require.NoError(t, err)
	*w.sp = *renewed

	// The request to the honest provider, taken to the other one, which is a real provider of ours too.
	w.browser = browser(w.idpV, w.spV, evil)
	address := authnRequest(t, w, false, func(el *etree.Element) {
		el.RemoveAttr("Destination")
	})
	address = evil.http.URL + "/idp/sso?" + mustURL(t, address).RawQuery
	action, values := upTo(t, w.browser, address)
	require.Equal(t, w.spV.http.URL+"/saml/acs", action)
	status, _ := post(t, w.browser, action, values)
	assert.Equal(t, http.StatusForbidden, status)
	assert.Zero(t, w.spV.logins)
}

// newIDP is one more provider, at /idp of a vendor.
func newIDP(t *testing.T, v *vendor, partner saml.Partner, change func(*saml.IDPConfig)) *saml.IDP {
	t.Helper()
	book, err := saml.NewBook(partner)
	require.NoError(t, err)
	c := saml.IDPConfig{
		EntityID: v.http.URL + "/idp/metadata", BaseURL: v.http.URL + "/idp", Keys: []saml.KeyPair{pair()[0]}, Partners: book, Store: saml.NewMemoryStore(nil), Logger: v.slog,
		Session: func(*http.Request) (*identity.Principal, error) {
			return &identity.Principal{Account: "us-42", Session: "evil", At: time.Now()}, nil
		},
		Attributes: func(context.Context, ent.ID) (*identity.Attributes, error) { return known(), nil },
		Login:      func(http.ResponseWriter, *http.Request, string, bool) {},
	}
	if change != nil {
		change(&c)
	}
	idp, err := saml.NewIDP(c)
	require.NoError(t, err)
	v.mux.Handle("/idp/", http.StripPrefix("/idp", idp))
	return idp
}

// responseOf is the response that a world's provider makes.
func responseOf(t *testing.T, w *world) *etree.Document {
	t.Helper()
	_, values := upTo(t, w.browser, w.spV.http.URL+"/login")
	data, err := base64.StdEncoding.DecodeString(values.Get("SAMLResponse"))
	require.NoError(t, err)
	doc := etree.NewDocument()
	require.NoError(t, doc.ReadFromBytes(data), "well formed")
	return doc
}

// A rule of names that does not exist must not make a login of what says that it is transient.
func TestUnknownNameRule(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world, _ *saml.IDPConfig, _ *saml.SPConfig) {
		w.partner = func(p *saml.Partner) { p.NameID, p.Layout = "transient", elements("a=profile") }
	})
	name := responseOf(t, w).FindElement("/Response/Assertion/Subject/NameID")
	assert.Equal(t, saml.NameIDFormatTransient, name.SelectAttrValue("Format", ""))
	assert.NotContains(t, name.Text(), "lea.dupont")
}

// A name that XML cannot carry goes nowhere: what is sent is always XML.
func TestNameThatXMLCannotCarry(t *testing.T) {
	t.Parallel()
	for _, login := range []string{"lea\x00dupont", "lea\xff", "lea\uffff"} {
		w := newWorld(t, func(w *world, idp *saml.IDPConfig, _ *saml.SPConfig) {
			w.partner = func(p *saml.Partner) { p.NameID = saml.NameIDPersistent }
			idp.Attributes = func(context.Context, ent.ID) (*identity.Attributes, error) {
				a := known()
				a.Login = login
				return a, nil
			}
		})
		status, body := visit(t, w.browser, w.spV.http.URL+"/login")
		assert.Equal(t, http.StatusForbidden, status, "%q", login)
		assert.Contains(t, body, "Service non ouvert")
		assert.Empty(t, w.released)
	}
}

// Markup in what is known of a person is text everywhere.
func TestMarkupInValues(t *testing.T) {
	t.Parallel()
	const nasty = `</saml:AttributeValue><x a="'&'"/>]]>` + "\r\n\t<!-- é -->"
	w := newWorld(t, func(w *world, idp *saml.IDPConfig, _ *saml.SPConfig) {
		w.partner = func(p *saml.Partner) { p.NameID = saml.NameIDPrincipal }
		idp.Attributes = func(context.Context, ent.ID) (*identity.Attributes, error) {
			a := known()
			a.Login, a.Extra["vecteur"] = "l<"+nasty, []string{nasty}
			return a, nil
		}
	})
	_, _ = visit(t, w.browser, w.spV.http.URL+"/login")
	s, ok := w.spV.sessions["session-x"]
	require.True(t, ok)
	assert.Equal(t, "l<"+nasty, s.upstream.NameID.Value)
	assert.Equal(t, []string{nasty}, s.values["FrEduVecteur"])
}

// A person with thousands of values is a person: the types of crewjam stop at a thousand elements, and panic.
func TestManyValues(t *testing.T) {
	t.Parallel()
	many := make([]string, 3000)
	for i := range many {
		many[i] = fmt.Sprint("groupe-", i)
	}
	w := newWorld(t, func(_ *world, idp *saml.IDPConfig, _ *saml.SPConfig) {
		idp.Attributes = func(context.Context, ent.ID) (*identity.Attributes, error) {
			a := known()
			a.Extra["vecteur"] = many
			return a, nil
		}
	})
	assert.Len(t, responseOf(t, w).FindElements("/Response/Assertion/AttributeStatement/Attribute[@Name='FrEduVecteur']/AttributeValue"), len(many))
}

// A service whose metadata has no key cannot sign, and need not: nothing that is said to be signed by it holds.
func TestServiceWithoutKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world, _ *saml.IDPConfig, _ *saml.SPConfig) {
		w.partner = func(p *saml.Partner) { p.Entity.Roles[0].AuthnRequestsSigned, p.Entity.Roles[0].Keys = false, nil }
	})
	_, body := visit(t, w.browser, authnRequest(t, w, false, func(*etree.Element) {}))
	assert.Contains(t, body, "signed in")
	_, _ = visit(t, w.browser, w.spV.http.URL+"/login")
	assert.Contains(t, w.idpV.log.String(), "SAML-KEY")
	status, _ := visit(t, w.browser, w.spV.http.URL+"/logout")
	assert.Equal(t, http.StatusForbidden, status)
	assert.Equal(t, 1, w.idpV.count(), "nobody is signed out by what nobody signed")
}

// Sessions without a name would all be one: the logout of one person would be that of everybody.
func TestSessionWithoutName(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(_ *world, idp *saml.IDPConfig, _ *saml.SPConfig) {
		idp.Session = func(*http.Request) (*identity.Principal, error) {
			return &identity.Principal{Account: "us-42", At: time.Now()}, nil
		}
	})
	status, _ := visit(t, w.browser, w.spV.http.URL+"/login")
	assert.Equal(t, http.StatusServiceUnavailable, status)
	assert.Empty(t, w.released)
}

// What waits in the store is bounded, since anybody may ask.
func TestBoundedRequests(t *testing.T) {
	t.Parallel()
	long := "_" + strings.Repeat("a", 4000)
	for name, change := range map[string]func(*etree.Element){
		"ID":      func(el *etree.Element) { el.RemoveAttr("ID"); el.CreateAttr("ID", long) },
		"Format":  func(el *etree.Element) { el.CreateElement("samlp:NameIDPolicy").CreateAttr("Format", long) },
		"Context": func(el *etree.Element) { classes(el, "exact", long) },
		"Contexts": func(el *etree.Element) {
			classes(el, "exact", strings.Split(strings.Repeat(saml.PasswordProtected+" ", 100), " ")...)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(w *world, _ *saml.IDPConfig, _ *saml.SPConfig) {
				w.partner = func(p *saml.Partner) { p.Entity.Roles[0].AuthnRequestsSigned = false }
			})
			status, _ := visit(t, w.browser, authnRequest(t, w, false, change))
			assert.Equal(t, http.StatusForbidden, status)
			assert.Contains(t, w.idpV.log.String(), string(saml.CodeTooLarge))
			assert.Zero(t, w.idpV.logins)
		})
	}
}

func classes(el *etree.Element, comparison string, list ...string) {
	c := el.CreateElement("samlp:RequestedAuthnContext")
	if comparison != "" {
		c.CreateAttr("Comparison", comparison)
	}
	for _, class := range list {
		c.CreateElement("saml:AuthnContextClassRef").SetText(class)
	}
}

// A service that wants a class of authentication gets it or learns that it does not (SAML 2.0 Core, 3.3.2.2.1).
func TestRequestedContext(t *testing.T) {
	t.Parallel()
	const token = "urn:oasis:names:tc:SAML:2.0:ac:classes:TimeSyncToken"
	for name, c := range map[string]struct {
		comparison string
		list       []string
		passes     bool
	}{
		"ours":               {"exact", []string{token, saml.PasswordProtected}, true},
		"ours, by default":   {"", []string{saml.PasswordProtected}, true},
		"unspecified":        {"exact", []string{"urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified"}, true},
		"at least":           {"minimum", []string{saml.PasswordProtected}, true},
		"a stronger one":     {"exact", []string{token}, false},
		"at least a token":   {"minimum", []string{token}, false},
		"better than ours":   {"better", []string{saml.PasswordProtected}, false},
		"no such comparison": {"whatever", []string{saml.PasswordProtected}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got saml.Status
			w := newWorld(t, func(w *world, _ *saml.IDPConfig, sp *saml.SPConfig) {
				w.partner = func(p *saml.Partner) { p.Entity.Roles[0].AuthnRequestsSigned = false }
				sp.Declined = func(_ http.ResponseWriter, _ *http.Request, s saml.Status, _ string) { got = s }
			})
			_, body := visit(t, w.browser, authnRequest(t, w, false, func(el *etree.Element) { classes(el, c.comparison, c.list...) }))
			if c.passes {
				assert.Contains(t, body, "signed in")
				return
			}
			assert.Zero(t, w.spV.logins)
			assert.Empty(t, w.released)
			if c.comparison != "whatever" {
				assert.Equal(t, saml.StatusNoAuthnContext, got.Detail)
			}
		})
	}
}

// A provider that does not say how somebody signed in says that it was by a password.
func TestNoContext(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(_ *world, idp *saml.IDPConfig, _ *saml.SPConfig) {
		idp.Context = func(*identity.Principal) string { return "" }
	})
	_, body := visit(t, w.browser, w.spV.http.URL+"/login")
	assert.Contains(t, body, "signed in")
}

// A service that asks for one person gets that person or nobody (SAML 2.0 Core, 3.4.1.4).
func TestRequestedSubject(t *testing.T) {
	t.Parallel()
	for name, status := range map[string]string{"lea.dupont": "", "tom.martin": saml.StatusUnknownPrincipal} {
		var got saml.Status
		w := newWorld(t, func(w *world, _ *saml.IDPConfig, sp *saml.SPConfig) {
			w.partner = func(p *saml.Partner) {
				p.NameID, p.Entity.Roles[0].AuthnRequestsSigned = saml.NameIDPrincipal, false
			}
			sp.Declined = func(_ http.ResponseWriter, _ *http.Request, s saml.Status, _ string) { got = s }
		})
		_, body := visit(t, w.browser, authnRequest(t, w, false, func(el *etree.Element) {
			el.CreateElement("saml:Subject").CreateElement("saml:NameID").SetText(name)
		}))
		assert.Equal(t, status, got.Detail)
		assert.Equal(t, status == "", strings.Contains(body, "signed in"), body)
		assert.Equal(t, status == "", len(w.released) == 1)
	}
}

// An address that has left the metadata while the person signed in gets nothing.
func TestAddressThatIsGone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.idpC.Login = func(rw http.ResponseWriter, r *http.Request, back string, _ bool) {
		w.idpV.open(rw, session{at: w.clock.read()})
		p, err := w.idpC.Partners.Partner(r.Context(), w.spV.http.URL+"/saml/metadata")
		if assert.NoError(t, err) {
			changed := *p
			changed.Entity.Roles = append([]saml.Role(nil), p.Entity.Roles...)
			changed.Entity.Roles[0].Endpoints = nil
			for _, e := range p.Entity.Roles[0].Endpoints {
				if e.Kind == "AssertionConsumerService" {
					e.Location = w.spV.http.URL + "/saml/other"
				}
				changed.Entity.Roles[0].Endpoints = append(changed.Entity.Roles[0].Endpoints, e)
			}
			book, err := saml.NewBook(changed)
			assert.NoError(t, err)
			w.idpC.Partners.(*lateBook).Book = book
		}
		http.Redirect(rw, r, back, http.StatusSeeOther)
	}
	renewed, err := saml.NewIDP(w.idpC)
	require.NoError(t, err)
	*w.idp = *renewed
	status, _ := visit(t, w.browser, w.spV.http.URL+"/login")
	assert.Equal(t, http.StatusForbidden, status)
	assert.Contains(t, w.idpV.log.String(), string(saml.CodeACS))
	assert.Empty(t, w.released)
}

// Somebody who is remembered since last week is signed in: the end that the service is told of is to come.
func TestRemembered(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world, idp *saml.IDPConfig, _ *saml.SPConfig) {
		idp.Session = func(*http.Request) (*identity.Principal, error) {
			return &identity.Principal{Account: "us-42", Session: "s", At: w.clock.read().AddDate(0, 0, -7), Remembered: true}, nil
		}
	})
	_, body := visit(t, w.browser, w.spV.http.URL+"/login")
	assert.Contains(t, body, "signed in")
}

// What cannot be made is not in the journal as if it had left.
func TestJournalOfWhatLeft(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world, _ *saml.IDPConfig, _ *saml.SPConfig) {
		w.partner = func(p *saml.Partner) {
			p.Encrypt = true
			for i := range p.Entity.Roles[0].Keys {
				p.Entity.Roles[0].Keys[i].Use = saml.UseSigning
			}
		}
	})
	status, _ := visit(t, w.browser, w.spV.http.URL+"/login")
	assert.Equal(t, http.StatusForbidden, status)
	assert.Empty(t, w.released)

	store := &hooked{Store: saml.NewMemoryStore(nil)}
	store.set(func(op, _ string) bool { return op == "join" })
	w = newWorld(t, func(_ *world, idp *saml.IDPConfig, _ *saml.SPConfig) { idp.Store = store })
	status, _ = visit(t, w.browser, w.spV.http.URL+"/login")
	assert.Equal(t, http.StatusServiceUnavailable, status)
	assert.Empty(t, w.released)
}

// A logout that fails half way can be asked again, and finds what is still open.
func TestLogoutAskedAgain(t *testing.T) {
	t.Parallel()
	store := &hooked{Store: saml.NewMemoryStore(nil)}
	down := false
	w := newWorld(t, func(w *world, idp *saml.IDPConfig, _ *saml.SPConfig) {
		w.partner = func(p *saml.Partner) { p.NameID = saml.NameIDPersistent }
		idp.Store = store
		end := idp.End
		idp.End = func(ctx context.Context, id string) error {
			if down {
				return errDown
			}
			return end(ctx, id)
		}
	})
	for range 2 {
		_, body := visit(t, browser(w.idpV, w.spV), w.spV.http.URL+"/login")
		require.Contains(t, body, "signed in")
	}
	one, two := w.spV.sessions["session-x"].upstream, w.spV.sessions["session-xx"].upstream
	require.Equal(t, 2, w.idpV.count())

	// The caller's sessions do not answer.
	down = true
	assert.Equal(t, saml.StatusResponder, w.ask(t, one))
	require.Equal(t, 2, w.idpV.count())
	down = false
	// Whatever the store does while one session is taken out, the other one is not lost.
	store.set(func(op, _ string) bool { return op == "join" })
	assert.Equal(t, saml.StatusSuccess, w.ask(t, one))
	require.Equal(t, 1, w.idpV.count())
	store.set(nil)
	assert.Equal(t, saml.StatusSuccess, w.ask(t, two))
	assert.Zero(t, w.idpV.count())
}

// ask has the service ask the provider to end a session, and returns the status of the answer.
func (w *world) ask(t *testing.T, u saml.Upstream) string {
	t.Helper()
	rec := httptest.NewRecorder()
	require.NoError(t, w.sp.Logout(rec, httptest.NewRequest(http.MethodGet, "/", nil), u, "/bye"))
	c := *w.browser
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err := c.Get(rec.Header().Get("Location"))
	require.NoError(t, err)
	b, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	_ = res.Body.Close()
	if res.StatusCode != http.StatusFound {
		return string(b)
	}
	return statusOf(t, mustURL(t, res.Header.Get("Location")).RawQuery)
}

// A provider that cannot end sessions says so, and has not told the other services that they have ended.
func TestLogoutWithoutEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(_ *world, idp *saml.IDPConfig, _ *saml.SPConfig) { idp.End = nil })
	_, _ = visit(t, w.browser, w.spV.http.URL+"/login")
	u := w.spV.sessions["session-x"].upstream
	assert.Equal(t, saml.StatusResponder, w.ask(t, u))
	assert.Equal(t, 1, w.idp.EndSession(t.Context(), "session-x").Visits, "the session is still known")
}

// Two providers of one server share a store, and not what is in it.
func TestTwoProvidersOneStore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, _ = visit(t, w.browser, w.spV.http.URL+"/login")
	second := newIDP(t, newVendor(t), saml.Partner{Entity: saml.Entity{ID: "x"}}, func(c *saml.IDPConfig) { c.Store = w.idpStore })
	assert.Equal(t, identity.Ended{}, second.EndSession(t.Context(), "session-x"))
	assert.Equal(t, 1, w.idp.EndSession(t.Context(), "session-x").Told)
}

// A provider without logout gets the browser where it wants it; without that, the browser goes back. Nothing else is opened.
func TestLogoutWithoutSLO(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world, _ *saml.IDPConfig, _ *saml.SPConfig) {
		w.provider = func(p *saml.Partner) {
			var kept []saml.Endpoint
			for _, e := range p.Entity.Roles[0].Endpoints {
				if e.Kind != "SingleLogoutService" {
					kept = append(kept, e)
				}
			}
			p.Entity.Roles[0].Endpoints = kept
		}
	})
	for at, want := range map[string]string{
		"": "/bye", "https://educonnect.education.gouv.fr/Logout": "https://educonnect.education.gouv.fr/Logout",
		"javascript:alert(1)": "/bye", "//evil.example": "/bye", "data:text/html,x": "/bye",
	} {
		rec := httptest.NewRecorder()
		u := saml.Upstream{Issuer: w.idpV.http.URL + "/idp/metadata", NameID: saml.NameID{Value: "n"}, ReturnURL: at}
		require.NoError(t, w.sp.Logout(rec, httptest.NewRequest(http.MethodGet, "/", nil), u, "/bye"))
		assert.Equal(t, want, rec.Header().Get("Location"), at)
	}
}

// A refusal that nobody asked for leads to the front page, as a sign-in does.
func TestDeclinedUnasked(t *testing.T) {
	t.Parallel()
	got := "none"
	w := newWorld(t, func(w *world, _ *saml.IDPConfig, sp *saml.SPConfig) {
		w.provider = func(p *saml.Partner) { p.Allow = []saml.Tolerance{saml.ToleranceUnsolicited} }
		sp.Declined = func(_ http.ResponseWriter, _ *http.Request, _ saml.Status, back string) { got = back }
	})
	m := `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_r" Version="2.0" IssueInstant="` +
		w.clock.read().UTC().Format(time.RFC3339) + `"><saml:Issuer>` + w.idpV.http.URL + `/idp/metadata</saml:Issuer><samlp:Status><samlp:StatusCode Value="` +
		saml.StatusResponder + `"/></samlp:Status></samlp:Response>`
	_, _ = post(t, w.browser, w.spV.http.URL+"/saml/acs", url.Values{"SAMLResponse": {encode(m)}})
	assert.Equal(t, "/", got)
}

// What a service signed for another provider, which has the same name for somebody, ends nothing here: over SOAP a request need not
// say where it goes.
func TestLogoutMeantForAnother(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world, _ *saml.IDPConfig, _ *saml.SPConfig) {
		w.partner = func(p *saml.Partner) { p.NameID = saml.NameIDPersistent }
	})
	_, _ = visit(t, w.browser, w.spV.http.URL+"/login")
	u := w.spV.sessions["session-x"].upstream
	u.SessionIndex = ""
	for _, change := range []func(*saml.NameID){
		func(n *saml.NameID) { n.NameQualifier = "https://other.example/idp" },
		func(n *saml.NameID) { n.SPNameQualifier = "https://other.example/sp" },
	} {
		other := u
		change(&other.NameID)
		assert.Equal(t, saml.StatusSuccess, w.ask(t, other), "whether it is known is nobody's business")
		assert.Equal(t, 1, w.idpV.count())
	}
	u.NameID.NameQualifier, u.NameID.SPNameQualifier = "", ""
	assert.Equal(t, saml.StatusSuccess, w.ask(t, u), "a service may leave them out")
	assert.Zero(t, w.idpV.count())
}

// The browser shows the second answer of a double click while the first one is still being served.
func TestDoubleClickWhileServed(t *testing.T) {
	t.Parallel()
	store := &hooked{Store: saml.NewMemoryStore(nil)}
	w := newWorld(t, func(_ *world, _ *saml.IDPConfig, sp *saml.SPConfig) { sp.Store = store })
	action, values := upTo(t, w.browser, w.spV.http.URL+"/login")
	held, release := make(chan struct{}), make(chan struct{})
	var once sync.Once
	store.waits = func(op string) {
		if op == "take" {
			once.Do(func() {
				close(held)
				<-release
			})
		}
	}
	c := *w.browser
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	send := func() {
		res, err := c.PostForm(action, values)
		if assert.NoError(t, err) {
			_ = res.Body.Close()
			assert.Equal(t, "/page?a=1", res.Header.Get("Location"))
		}
	}
	var wait sync.WaitGroup
	wait.Go(send)
	<-held
	send()
	close(release)
	wait.Wait()
	assert.Equal(t, 1, w.spV.logins)

	// Somebody else who sends it meanwhile is not led anywhere.
	status, _ := post(t, browser(w.idpV, w.spV), action, values)
	assert.Equal(t, http.StatusForbidden, status)
}

// A partner that does not wait for the answer, or a browser that leaves, does not stop a logout half way.
func TestLogoutWithoutWaiting(t *testing.T) {
	t.Parallel()
	line := &wire{answer: func(*http.Request, string) (int, string) { return 500, "" }}
	w := newWorld(t, func(_ *world, idp *saml.IDPConfig, sp *saml.SPConfig) {
		end, ended := idp.End, sp.Ended
		idp.End = func(ctx context.Context, id string) error {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return end(ctx, id)
		}
		sp.Ended = func(ctx context.Context, l *saml.LogoutRequest) (int, error) {
			if ctx.Err() != nil {
				return 0, ctx.Err()
			}
			return ended(ctx, l)
		}
		idp.Egress = &http.Client{Transport: line}
	})
	_, _ = visit(t, w.browser, w.spV.http.URL+"/login")
	u := w.spV.sessions["session-x"].upstream
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	_ = w.idp.EndSession(gone, "session-x")
	require.Len(t, line.sent, 1, "told although the browser has left")
	r := httptest.NewRequestWithContext(gone, http.MethodPost, "/slo", strings.NewReader(line.sent[0]))
	r.Header.Set("Content-Type", "text/xml")
	w.sp.ServeHTTP(httptest.NewRecorder(), r)
	assert.Zero(t, w.spV.count())

	_, _ = visit(t, browser(w.idpV, w.spV), w.spV.http.URL+"/login")
	for _, s := range w.spV.sessions {
		u = s.upstream
	}
	before := w.idpV.count()
	rec := httptest.NewRecorder()
	require.NoError(t, w.sp.Logout(rec, httptest.NewRequest(http.MethodGet, "/", nil), u, "/bye"))
	r = httptest.NewRequestWithContext(gone, http.MethodGet, "/slo?"+mustURL(t, rec.Header().Get("Location")).RawQuery, nil)
	w.idp.ServeHTTP(httptest.NewRecorder(), r)
	assert.Equal(t, before-1, w.idpV.count())
}

// Services that do not answer are waited for once, however many sessions a name has.
func TestManySessionsOneWait(t *testing.T) {
	t.Parallel()
	line := &wire{answer: func(r *http.Request, _ string) (int, string) {
		<-r.Context().Done()
		return 500, ""
	}}
	w := newWorld(t, func(w *world, idp *saml.IDPConfig, _ *saml.SPConfig) {
		w.partner = func(p *saml.Partner) { p.NameID = saml.NameIDPersistent }
		idp.Egress = &http.Client{Transport: line}
	})
	// Another service, which takes its logout over SOAP and does not answer.
	late := w.idpC.Partners.(*lateBook)
	known, err := late.Partner(t.Context(), w.spV.http.URL+"/saml/metadata")
	require.NoError(t, err)
	mute := *known
	mute.Entity.ID, mute.Unsolicited = "https://mute.example", true
	late.Book, err = saml.NewBook(*known, mute)
	require.NoError(t, err)
	w.idpV.mux.HandleFunc("/tile", func(rw http.ResponseWriter, r *http.Request) { w.idp.Start(rw, r, mute.Entity.ID, "") })
	var u saml.Upstream
	for range 3 {
		b := browser(w.idpV, w.spV)
		_, _ = visit(t, b, w.spV.http.URL+"/login")
		_, _ = upTo(t, b, w.idpV.http.URL+"/tile")
	}
	for _, s := range w.spV.sessions {
		u = s.upstream
	}
	u.SessionIndex = ""
	started := time.Now()
	assert.Equal(t, saml.StatusSuccess, w.ask(t, u))
	assert.Less(t, time.Since(started), 6*time.Second, "three seconds, not three times three")
	assert.Zero(t, w.idpV.count())
}

// A request that comes by POST from another site comes without the cookie of the session, which a passive one must not miss.
func TestPassiveByPOST(t *testing.T) {
	t.Parallel()
	var got saml.Status
	w := newWorld(t, func(w *world, _ *saml.IDPConfig, sp *saml.SPConfig) {
		w.partner = func(p *saml.Partner) { p.Entity.Roles[0].AuthnRequestsSigned = false }
		sp.Declined = func(_ http.ResponseWriter, _ *http.Request, s saml.Status, _ string) { got = s }
	})
	address := mustURL(t, authnRequest(t, w, false, func(el *etree.Element) { el.CreateAttr("IsPassive", "true") }))
	values := url.Values{"SAMLRequest": {encode(inflated(t, address.Query().Get("SAMLRequest")))}}
	for _, signedIn := range []bool{false, true} {
		b := *w.browser
		if signedIn {
			rec := httptest.NewRecorder()
			w.idpV.open(rec, session{at: w.clock.read()})
			b.Jar.SetCookies(mustURL(t, w.idpV.http.URL), rec.Result().Cookies())
		}
		// The browser posts without cookies, and follows with them.
		r := httptest.NewRequest(http.MethodPost, "/sso", strings.NewReader(values.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		rec := httptest.NewRecorder()
		w.idp.ServeHTTP(rec, r)
		require.Equal(t, http.StatusSeeOther, rec.Code)
		_, body := visit(t, &b, rec.Header().Get("Location"))
		if signedIn {
			assert.Contains(t, body, "signed in")
		} else {
			assert.Equal(t, saml.StatusNoPassive, got.Detail)
		}
	}
}

// Partners whose metadata lacks what is needed, or has what is harmful, are refused, and nothing panics.
func TestOddPartners(t *testing.T) {
	t.Parallel()
	ask := func(t *testing.T, change func(*saml.Partner)) (*world, int) {
		t.Helper()
		w := newWorld(t, func(w *world, _ *saml.IDPConfig, _ *saml.SPConfig) { w.partner = change })
		status, _ := visit(t, w.browser, w.spV.http.URL+"/login")
		assert.Zero(t, w.spV.logins)
		return w, status
	}
	for name, change := range map[string]func(*saml.Partner){
		"no role":       func(p *saml.Partner) { p.Entity.Roles = nil },
		"another role":  func(p *saml.Partner) { p.Entity.Roles[0].Kind = saml.RoleIDP },
		"no address":    func(p *saml.Partner) { p.Entity.Roles[0].Endpoints = nil },
		"no layout":     func(p *saml.Partner) { p.Layout = nil },
		"metadata over": func(p *saml.Partner) { p.Entity.Roles[0].ValidUntil = time.Now().Add(-time.Minute) },
		"a script": func(p *saml.Partner) {
			for i := range p.Entity.Roles[0].Endpoints {
				p.Entity.Roles[0].Endpoints[i].Location = "javascript:alert(1)"
			}
		},
		"no keys to encrypt for": func(p *saml.Partner) {
			p.Encrypt = true
			for i := range p.Entity.Roles[0].Keys {
				p.Entity.Roles[0].Keys[i].Use = saml.UseSigning
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, status := ask(t, change)
			assert.Equal(t, http.StatusForbidden, status)
			assert.Empty(t, w.released)
			assert.NotPanics(t, func() {
				w.idp.Start(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil), w.spV.http.URL+"/saml/metadata", "")
			})
		})
	}
	for name, change := range map[string]func(*saml.Partner){
		"no role":      func(p *saml.Partner) { p.Entity.Roles = nil },
		"another role": func(p *saml.Partner) { p.Entity.Roles[0].Kind = saml.RoleSP },
		"no address":   func(p *saml.Partner) { p.Entity.Roles[0].Endpoints = nil },
		"a script": func(p *saml.Partner) {
			for i := range p.Entity.Roles[0].Endpoints {
				p.Entity.Roles[0].Endpoints[i].Location = "javascript:alert(1)"
			}
		},
	} {
		w := newWorld(t, func(w *world, _ *saml.IDPConfig, _ *saml.SPConfig) { w.provider = change })
		status, _ := visit(t, w.browser, w.spV.http.URL+"/login")
		assert.Equal(t, http.StatusBadGateway, status, name)
	}
	good := newWorld(t).idpC
	for name, change := range map[string]func(*saml.IDPConfig){
		"session": func(c *saml.IDPConfig) { c.Session = nil }, "attributes": func(c *saml.IDPConfig) { c.Attributes = nil },
		"login": func(c *saml.IDPConfig) { c.Login = nil }, "store": func(c *saml.IDPConfig) { c.Store = nil },
		"partners": func(c *saml.IDPConfig) { c.Partners = nil }, "name": func(c *saml.IDPConfig) { c.EntityID = "" },
		"life": func(c *saml.IDPConfig) { c.SessionLife = -time.Hour },
	} {
		c := good
		change(&c)
		_, err := saml.NewIDP(c)
		require.ErrorIs(t, err, saml.CodeSetup, name)
	}
}

// All of it by POST: sign-in, and logout both ways, where the metadata has no address for a redirect.
func TestAllByPOST(t *testing.T) {
	t.Parallel()
	only := func(p *saml.Partner) {
		var kept []saml.Endpoint
		for _, e := range p.Entity.Roles[0].Endpoints {
			if e.Binding == saml.BindingPOST {
				kept = append(kept, e)
			}
		}
		p.Entity.Roles[0].Endpoints = kept
	}
	w := newWorld(t, func(w *world, _ *saml.IDPConfig, _ *saml.SPConfig) { w.partner, w.provider = only, only })
	_, body := visit(t, w.browser, w.spV.http.URL+"/login")
	require.Equal(t, "signed in at /page?a=1 lea.dupont", body)
	_, body = visit(t, w.browser, w.spV.http.URL+"/logout")
	assert.Equal(t, "nobody at /bye", body)
	assert.Zero(t, w.idpV.count())
	assert.Zero(t, w.spV.count())
}

// Metadata that is over counts for nothing on any way: sign-in, logout by the browser, over SOAP, and what we tell a partner.
func TestMetadataOverAtLogout(t *testing.T) {
	t.Parallel()
	line := &wire{answer: func(*http.Request, string) (int, string) { return 500, "" }}
	soon := func(w *world) func(p *saml.Partner) {
		return func(p *saml.Partner) { p.Entity.Roles[0].ValidUntil = w.clock.read().Add(5 * time.Minute) }
	}
	w := newWorld(t, func(w *world, idp *saml.IDPConfig, _ *saml.SPConfig) {
		idp.Egress = &http.Client{Transport: line}
		w.partner, w.provider = soon(w), soon(w)
	})
	for range 2 {
		_, _ = visit(t, browser(w.idpV, w.spV), w.spV.http.URL+"/login")
	}
	u := w.spV.sessions["session-x"].upstream
	rec := httptest.NewRecorder()
	require.NoError(t, w.sp.Logout(rec, httptest.NewRequest(http.MethodGet, "/", nil), u, "/bye"))
	assert.Equal(t, 1, w.idp.EndSession(t.Context(), "session-xx").Failed)
	require.Len(t, line.sent, 1)

	w.clock.add(6 * time.Minute)
	res, err := w.browser.Get(rec.Header().Get("Location"))
	require.NoError(t, err)
	_ = res.Body.Close()
	assert.Equal(t, http.StatusForbidden, res.StatusCode)
	assert.Equal(t, 2, w.idpV.count(), "by the browser")
	res, err = w.browser.Post(w.spV.http.URL+"/saml/slo", "text/xml", strings.NewReader(line.sent[0]))
	require.NoError(t, err)
	_ = res.Body.Close()
	assert.Equal(t, http.StatusForbidden, res.StatusCode)
	assert.Equal(t, 2, w.spV.count(), "over SOAP")
	assert.Equal(t, identity.Ended{Visits: 1, Failed: 1}, w.idp.EndSession(t.Context(), "session-x"))
	assert.Len(t, line.sent, 1, "nothing is sent there any more")
	for _, log := range []string{w.idpV.log.String(), w.spV.log.String()} {
		assert.Contains(t, log, string(saml.CodeRetired))
	}
}

// What comes back as it was sent is text in the page that carries it, whose only script is ours.
func TestMarkupInPages(t *testing.T) {
	t.Parallel()
	const nasty = `"><script>alert(1)</script>`
	w := newWorld(t, func(w *world, _ *saml.IDPConfig, _ *saml.SPConfig) {
		w.partner = func(p *saml.Partner) {
			p.Entity.Roles[0].AuthnRequestsSigned = false
			for i := range p.Entity.Roles[0].Endpoints {
				if e := &p.Entity.Roles[0].Endpoints[i]; e.Kind == "AssertionConsumerService" {
					e.Location += "?" + nasty
				}
			}
		}
	})
	address := mustURL(t, authnRequest(t, w, false, func(el *etree.Element) { el.RemoveAttr("AssertionConsumerServiceURL") }))
	values := url.Values{"SAMLRequest": {encode(inflated(t, address.Query().Get("SAMLRequest")))}, "RelayState": {nasty}}
	res, err := w.browser.PostForm(w.idpV.http.URL+"/idp/sso", values)
	require.NoError(t, err)
	b, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	_ = res.Body.Close()
	assert.NotContains(t, string(b), "<script>")
	_, fields, ok := form(string(b))
	require.True(t, ok)
	assert.Equal(t, nasty, fields.Get("RelayState"))
	policy := res.Header.Get("Content-Security-Policy")
	assert.Regexp(t, `^default-src 'none'; script-src 'nonce-[A-Z2-7]{26}'; frame-ancestors 'none'; base-uri 'none'$`, policy)
	assert.Equal(t, "no-referrer", res.Header.Get("Referrer-Policy"))
	assert.Equal(t, "no-store", res.Header.Get("Cache-Control"))
}
