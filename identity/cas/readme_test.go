package cas_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity"
	"github.com/opencartable/cartable/identity/cas"
)

// addCAS adds CAS to your mux; vendor is yours: Session, Attributes and Login are methods on your own sessions and accounts.
func addCAS(mux *http.ServeMux, us vendor) (*cas.Server, error) {
	layout, _ := identity.Preset("pronote") // what this partner receives, as data
	pronote, _ := layout.Compile()
	urls := []cas.URLRule{{Mode: cas.ModePrefix, URL: "https://pronote.example.fr/"}}
	services, issues := cas.NewServices(cas.Service{ID: "pronote", Layout: pronote, URLs: urls, Logout: cas.LogoutBack})
	srv := &cas.Server{
		BaseURL: "https://ent.example.fr/cas", Services: services, Tickets: cas.NewMemoryRegistry(nil),
		Session: us.Session, Attributes: us.Attributes, Login: us.Login,
	}
	mux.Handle("/cas/", http.StripPrefix("/cas", srv))
	return srv, issues.Err() // in your logout: srv.EndSession(ctx, session)
}

// vendor is somebody who has sessions and accounts already.
type vendor struct{ sessions map[string]time.Time }

func (v vendor) session(r *http.Request) (string, time.Time, bool) {
	c, err := r.Cookie("vendor")
	if err != nil {
		return "", time.Time{}, false
	}
	at, ok := v.sessions[c.Value]
	return c.Value, at, ok
}

func (v vendor) Session(r *http.Request) (*identity.Principal, error) {
	id, at, ok := v.session(r)
	if !ok {
		return nil, nil
	}
	return &identity.Principal{Account: "us-42", Session: id, At: at}, nil
}

func (v vendor) Attributes(_ context.Context, account ent.ID) (*identity.Attributes, error) {
	return &identity.Attributes{ID: account, Login: "lea.dupont", Profile: ent.ProfilePupil, Name: ent.Name{Family: "DUPONT", Given: "Léa"}}, nil
}

func (v vendor) Login(w http.ResponseWriter, r *http.Request, back string, _ bool) {
	http.Redirect(w, r, "/login?"+url.Values{"next": {back}}.Encode(), http.StatusSeeOther)
}

// The snippet of the README is the function above, has fifteen lines at most, and works on a vendor's mux.
func TestReadmeSnippet(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	source, err := os.ReadFile("readme_test.go")
	require.NoError(t, err)
	_, from, found := strings.Cut(string(source), "\n// addCAS")
	require.True(t, found)
	code, _, found := strings.Cut(from, "\n}\n")
	require.True(t, found)
	code = "// addCAS" + code + "\n}\n"
	assert.Contains(t, string(readme), "```go\n"+code+"```\n", "the README has another text than what runs here")
	assert.LessOrEqual(t, strings.Count(code, "\n"), 15)

	us := vendor{map[string]time.Time{}}
	mux := http.NewServeMux()
	srv, err := addCAS(mux, us)
	require.NoError(t, err)
	require.Empty(t, srv.Check())
	ask := func(path string, session ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		for _, s := range session {
			r.AddCookie(&http.Cookie{Name: "vendor", Value: s})
		}
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		return w
	}
	service := url.QueryEscape("https://pronote.example.fr/eleve.html")
	to := ask("/cas/login?service=" + service)
	require.Equal(t, http.StatusSeeOther, to.Code, "to the vendor's login")
	login, err := url.Parse(to.Header().Get("Location"))
	require.NoError(t, err)
	us.sessions["s1"] = time.Now()
	back := strings.TrimPrefix(login.Query().Get("next"), "https://ent.example.fr")
	require.True(t, strings.HasPrefix(back, "/cas/login?"), back)
	at, err := url.Parse(ask(back, "s1").Header().Get("Location"))
	require.NoError(t, err)
	assert.Equal(t, "pronote.example.fr", at.Host)
	answer, err := cas.Read(ask("/cas/serviceValidate?service=" + service + "&ticket=" + at.Query().Get("ticket")).Body.Bytes())
	require.NoError(t, err)
	assert.Equal(t, "lea.dupont", answer.User)
	assert.Equal(t, []string{"DUPONT"}, answer.Get("nom"))
}
