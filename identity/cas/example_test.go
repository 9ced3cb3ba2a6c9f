package cas_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity"
	"github.com/opencartable/cartable/identity/cas"
)

// A CAS server on a vendor's own session and accounts: a ticket, and what the application learns by it.
func ExampleServer() {
	layout, _ := identity.Preset("pronote")
	pronote, _ := layout.Compile()
	services, issues := cas.NewServices(cas.Service{
		ID: "pronote", Layout: pronote, URLs: []cas.URLRule{{Mode: cas.ModePrefix, URL: "https://pronote.example.fr/"}},
	})
	if services == nil {
		fmt.Println(issues.Err())
		return
	}
	srv := &cas.Server{
		BaseURL: "https://ent.example.fr/cas", Services: services, Tickets: cas.NewMemoryRegistry(nil),
		Session: func(*http.Request) (*identity.Principal, error) {
			return &identity.Principal{Account: "us-42", Session: "the vendor's", At: time.Now()}, nil
		},
		Attributes: func(_ context.Context, account ent.ID) (*identity.Attributes, error) {
			return &identity.Attributes{ID: account, Login: "lea.dupont", Profile: ent.ProfilePupil, Name: ent.Name{Family: "DUPONT", Given: "Léa"}}, nil
		},
		Login: func(w http.ResponseWriter, r *http.Request, back string, _ bool) {
			http.Redirect(w, r, "/login?"+url.Values{"next": {back}}.Encode(), http.StatusSeeOther)
		},
	}
	get := func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		srv.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		return w
	}
	const service = "https%3A%2F%2Fpronote.example.fr%2F"
	to, err := url.Parse(get("/login?service=" + service).Header().Get("Location"))
	if err != nil {
		fmt.Println(err)
		return
	}
	answer, err := cas.Read(get("/serviceValidate?service=" + service + "&ticket=" + to.Query().Get("ticket")).Body.Bytes())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(answer.User, answer.Get("nom"), answer.Get("categories"))
	again, _ := cas.Read(get("/serviceValidate?service=" + service + "&ticket=" + to.Query().Get("ticket")).Body.Bytes())
	fmt.Println(again.Failure)
	// Output:
	// lea.dupont [DUPONT] [National_1]
	// INVALID_TICKET
}
