//go:build unix

package cas_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/identity/internal/peers"
)

// Acceptance A15, the Perl library: serviceValidate, once; the ones with browsers are in peers_test.go and peers_lemonldap_test.go.
func TestAcceptanceA15AuthenCASClient(t *testing.T) {
	t.Parallel()
	const service = "https://perl.exemple.test/x?a=1&b=2"
	p := newProvider(t, "universalis", "https://perl.exemple.test/")
	b := peers.NewBrowser(t, p.ca)
	page := b.Get(p.http.URL + "/cas/login") // signs in, and stays
	require.Equal(t, http.StatusOK, page.Status)
	ticket := func() string {
		t.Helper()
		page := b.Step(http.MethodGet, p.http.URL+"/cas/login?service=https%3A%2F%2Fperl.exemple.test%2Fx%3Fa%3D1%26b%3D2", nil)
		u, err := page.URL.Parse(page.Header.Get("Location"))
		require.NoError(t, err)
		return u.Query().Get("ticket")
	}
	st := ticket()
	require.NotEmpty(t, st)
	got := peers.AuthenCAS(t, p.at(), service, st)
	assert.Equal(t, peers.AuthenCASAnswer{Kind: "Authen::CAS::Client::Response::AuthSuccess", User: "lea.dupont"}, got)
	got = peers.AuthenCAS(t, p.at(), service, st)
	assert.Equal(t, peers.AuthenCASAnswer{Kind: "Authen::CAS::Client::Response::AuthFailure", Code: "INVALID_TICKET"}, got, "once")
	got = peers.AuthenCAS(t, p.at(), "https://perl.exemple.test/y", ticket())
	assert.Equal(t, "INVALID_SERVICE", got.Code)
}
