package main

import (
	"context"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity"
	"github.com/opencartable/cartable/identity/saml"
)

// educonnect is an identity provider that signs in whoever the test says.
type educonnect struct {
	*httptest.Server
	idp        *saml.IDP
	site       string // of the vendor
	layout     *identity.Compiled
	references []string
	open       bool
}

func newEduConnect(t *testing.T, site string) *educonnect {
	t.Helper()
	mux := http.NewServeMux()
	e := &educonnect{Server: httptest.NewServer(mux), site: site}
	t.Cleanup(e.Close)
	layout := identity.Layout{ID: "x", Principal: identity.Principle{First: []identity.Source{"id"}}, Elements: []identity.Element{
		{Name: "FrEduCtRefId", From: "extra.references"}, {Name: "FrEduCtPersonAffiliation", From: "extra.affiliation"},
	}}
	e.layout, _ = layout.Compile()
	require.NotNil(t, e.layout)
	key, err := saml.SelfSigned("educonnect", time.Now(), time.Now().AddDate(1, 0, 0))
	require.NoError(t, err)
	e.idp, err = saml.NewIDP(saml.IDPConfig{
		EntityID: e.URL + "/idp/metadata", BaseURL: e.URL + "/idp", PlainHTTP: true, Keys: []saml.KeyPair{key}, Partners: e,
		Store: saml.NewMemoryStore(nil), Egress: identity.Egress(true),
		Session: func(*http.Request) (*identity.Principal, error) {
			if !e.open {
				return nil, nil
			}
			return &identity.Principal{Account: "family", Session: "s", At: time.Now()}, nil
		},
		Attributes: func(context.Context, ent.ID) (*identity.Attributes, error) {
			return &identity.Attributes{ID: "family", Extra: map[string][]string{"references": e.references, "affiliation": {"resp2d"}}}, nil
		},
		Login: func(w http.ResponseWriter, r *http.Request, back string, _ bool) {
			e.open = true
			http.Redirect(w, r, back, http.StatusSeeOther)
		},
		End: func(context.Context, string) error { e.open = false; return nil },
	})
	require.NoError(t, err)
	mux.Handle("/idp/", http.StripPrefix("/idp", e.idp))
	return e
}

// Partner is the vendor, by the metadata that it publishes.
func (e *educonnect) Partner(context.Context, string) (*saml.Partner, error) {
	res, err := http.Get(e.site + "/saml/metadata")
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	list, err := saml.ReadMetadata(b)
	if err != nil {
		return nil, err
	}
	return &saml.Partner{Entity: list[0], Layout: e.layout, Encrypt: true}, nil
}

// A family enters by EduConnect: the users are the vendor's, found by the keys of the feed that it reads each night.
func TestEduConnectWithTheVendorsUsers(t *testing.T) {
	t.Parallel()
	v := open(t)
	dir, _ := feed(t)
	require.NoError(t, v.readFeed(t.Context(), dir))
	rows, err := v.db.QueryContext(t.Context(), `SELECT k.feed_key, u.id, u.last_name FROM user_keys k JOIN users u ON u.id = k.user_id WHERE u.role = 'relative' ORDER BY u.id LIMIT 2`)
	require.NoError(t, err)
	var keys, names []string
	var ids []int64
	for rows.Next() {
		var key, name string
		var id int64
		require.NoError(t, rows.Scan(&key, &id, &name))
		keys, ids, names = append(keys, key), append(ids, id), append(names, name)
	}
	require.NoError(t, rows.Close())
	require.Len(t, keys, 2)

	mux := v.mux()
	us := httptest.NewServer(guard(mux))
	defer us.Close()
	idp := newEduConnect(t, us.URL)
	file := filepath.Join(t.TempDir(), "metadata.xml")
	metadata, err := idp.idp.Metadata()
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, metadata, 0o600))
	require.NoError(t, v.withEduConnect(mux, us.URL, file, "14"))
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	b := &http.Client{Jar: jar}
	sessions := func() map[string]session {
		v.mu.Lock()
		defer v.mu.Unlock()
		return v.sessions
	}
	post := func(path string, form url.Values) string {
		res, err := b.PostForm(us.URL+path, form)
		require.NoError(t, err)
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		return string(body)
	}

	// A reference of another académie is somebody else's.
	idp.references = []string{"{AAF}14|1|" + keys[0], "{AAF}17|1|" + keys[1]}
	assert.Contains(t, enter(t, b, us.URL+"/educonnect"), "utilisateurs")
	require.Len(t, sessions(), 1)
	for _, s := range sessions() {
		assert.Equal(t, ids[0], s.user)
	}
	assert.Contains(t, post("/logout", nil), "Mot de passe")
	assert.Empty(t, sessions())
	assert.False(t, idp.open, "EduConnect's session is over too")

	// Two accounts: the person chooses; EduConnect ends the session.
	idp.references = []string{"{AAF}14|1|" + keys[0], "{AAF}14|1|" + keys[1]}
	body := enter(t, b, us.URL+"/educonnect")
	require.Contains(t, body, "Avec quel compte")
	require.Contains(t, body, html.EscapeString(names[1]))
	state := regexp.MustCompile(`name="state" value="([^"]+)"`).FindStringSubmatch(body)[1]
	assert.Contains(t, post("/educonnect/choose", url.Values{"state": {state}, "n": {"1"}}), "utilisateurs")
	for _, s := range sessions() {
		assert.Equal(t, ids[1], s.user)
	}
	assert.Equal(t, 1, idp.idp.EndSession(t.Context(), "s").Told)
	assert.Empty(t, sessions())

	// Nobody: the person is told, and can leave EduConnect.
	idp.references = []string{"{AAF}14|1|1"}
	body = enter(t, b, us.URL+"/educonnect")
	require.Contains(t, body, "Aucun compte ici")
	token := regexp.MustCompile(`name="token" value="([^"]+)"`).FindStringSubmatch(body)[1]
	idp.open = true
	_ = post("/educonnect/leave", url.Values{"token": {token}})
	assert.False(t, idp.open)
	assert.Empty(t, sessions())
}

var (
	formOf  = regexp.MustCompile(`<form id="to" method="post" action="([^"]+)">`)
	fieldOf = regexp.MustCompile(`name="([^"]+)" value="([^"]*)"`)
)

// enter opens an address as a browser does, with the form that posts itself.
func enter(t *testing.T, c *http.Client, address string) string {
	t.Helper()
	res, err := c.Get(address)
	require.NoError(t, err)
	for range 3 {
		b, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		_ = res.Body.Close()
		m := formOf.FindStringSubmatch(string(b))
		if m == nil {
			return string(b)
		}
		values := url.Values{}
		for _, f := range fieldOf.FindAllStringSubmatch(string(b), -1) {
			values.Add(f[1], html.UnescapeString(f[2]))
		}
		res, err = c.PostForm(html.UnescapeString(m[1]), values)
		require.NoError(t, err)
	}
	t.Fatal("the browser goes round")
	return ""
}
