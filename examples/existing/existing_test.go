package main

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/enttest"
	"github.com/opencartable/cartable/interop/aaf/aaftest"
)

func open(t *testing.T) *vendor {
	t.Helper()
	v, err := openVendor(t.Context(), filepath.Join(t.TempDir(), "vendor.db"))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, v.db.Close()) })
	return v
}

// feed writes a fictional academy of one school as a delivery.
func feed(t *testing.T) (string, *enttest.Academy) {
	t.Helper()
	a := enttest.New(enttest.Options{Schools: 1})
	dir := t.TempDir()
	require.NoError(t, aaftest.Write(dir, a, ent.SecondDegree, aaftest.Options{}))
	return dir, a
}

func (v *vendor) counts(t *testing.T) (out [4]int) {
	t.Helper()
	for i, table := range []string{"schools", "users", "memberships", "guardians"} {
		require.NoError(t, v.db.QueryRowContext(t.Context(), "SELECT count(*) FROM "+table).Scan(&out[i]))
	}
	return out
}

func TestFeedGoesIntoTheVendorsTables(t *testing.T) {
	t.Parallel()
	v := open(t)
	dir, a := feed(t)
	require.NoError(t, v.readFeed(t.Context(), dir))
	people := 0
	for range a.PupilsOf(ent.SecondDegree) {
		people++
	}
	for range a.RelativesOf(ent.SecondDegree) {
		people++
	}
	for range a.StaffOf(ent.SecondDegree) {
		people++
	}
	got := v.counts(t)
	assert.Equal(t, people, got[1])
	assert.Positive(t, got[0])
	assert.Positive(t, got[2])
	assert.Positive(t, got[3])
	assert.Contains(t, v.account, "gardés")

	require.NoError(t, v.readFeed(t.Context(), dir))
	assert.Equal(t, got, v.counts(t), "the same delivery again changes nothing")
}

func TestBrokenFeedChangesNothing(t *testing.T) {
	t.Parallel()
	v := open(t)
	dir, _ := feed(t)
	files, err := filepath.Glob(filepath.Join(dir, "*PersEducNat*"))
	require.NoError(t, err)
	b, err := os.ReadFile(files[0])
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(files[0], b[:len(b)/2], 0o600))
	require.Error(t, v.readFeed(t.Context(), dir))
	assert.Equal(t, [4]int{}, v.counts(t))
	assert.Contains(t, v.account, "AAF-XML-TRUNCATED", "the page says why")
}

func TestPagesWantASession(t *testing.T) {
	t.Parallel()
	v := open(t)
	require.NoError(t, v.createAdmin(t.Context(), "admin", "secret"))
	dir, _ := feed(t)
	require.NoError(t, v.readFeed(t.Context(), dir))
	srv := httptest.NewServer(v.handler())
	defer srv.Close()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	c := &http.Client{Jar: jar}
	get := func(path string) (int, string) {
		res, err := c.Get(srv.URL + path)
		require.NoError(t, err)
		defer res.Body.Close()
		b, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		return res.StatusCode, string(b)
	}
	post := func(path string, form url.Values) int {
		res, err := c.PostForm(srv.URL+path, form)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		return res.StatusCode
	}
	_, body := get("/users")
	assert.Contains(t, body, "Connexion")
	assert.Equal(t, http.StatusUnauthorized, post("/login", url.Values{"login": {"admin"}, "password": {"wrong"}}))
	assert.Equal(t, http.StatusUnauthorized, post("/login", url.Values{"login": {"nobody"}, "password": {"secret"}}))
	assert.Equal(t, http.StatusOK, post("/login", url.Values{"login": {"admin"}, "password": {"secret"}}))
	_, body = get("/")
	assert.Contains(t, body, "Dernière livraison")
	_, body = get("/users")
	assert.Contains(t, body, "pupil")
	assert.Equal(t, http.StatusOK, post("/logout", nil))
	_, body = get("/users")
	assert.Contains(t, body, "Connexion")
}
