package account_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity/account"
	"github.com/opencartable/cartable/identity/account/accounttest"
)

func TestMemoryStore(t *testing.T) {
	t.Parallel()
	accounttest.RunStore(t, account.NewMemoryStore())
}

func TestMemorySessions(t *testing.T) {
	t.Parallel()
	accounttest.RunSessions(t, account.NewMemorySessions())
}

func TestMemoryBuckets(t *testing.T) {
	t.Parallel()
	accounttest.RunBuckets(t, account.NewMemoryBuckets())
}

// Section 14: idle and absolute limits.
func TestSessionsEndByThemselves(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	ctx := t.Context()
	v, token, err := s.Sessions.Start(ctx, account.Start{Tenant: tenant, Account: "paul", Profile: ent.ProfileTeacher})
	require.NoError(t, err)
	for range 5 { // every 110 minutes: 9 hours and more
		s.pass(110 * time.Minute)
		got, err := s.Sessions.Get(ctx, tenant, token)
		require.NoError(t, err)
		assert.Equal(t, v.ID, got.ID)
		assert.False(t, got.Remembered)
	}
	s.pass(50 * time.Minute)
	_, err = s.Sessions.Get(ctx, tenant, token)
	require.ErrorIs(t, err, account.CodeNoSession, "ten hours")

	_, token, err = s.Sessions.Start(ctx, account.Start{Tenant: tenant, Account: "paul", Profile: ent.ProfileTeacher})
	require.NoError(t, err)
	s.pass(2*time.Hour - time.Second)
	_, err = s.Sessions.Get(ctx, "other", token)
	require.ErrorIs(t, err, account.CodeNoSession, "of another tenant")
	_, err = s.Sessions.Get(ctx, tenant, token)
	require.NoError(t, err)
	s.pass(2 * time.Hour)
	_, err = s.Sessions.Get(ctx, tenant, token)
	require.ErrorIs(t, err, account.CodeNoSession, "two hours without a visit")
	list, err := s.Sessions.List(ctx, tenant, "paul")
	require.NoError(t, err)
	assert.Empty(t, list)

	s.pass(time.Second)
	n, err := s.Sweep(ctx, tenant)
	require.NoError(t, err)
	assert.EqualValues(t, 2, n)
	require.Len(t, s.ended, 2)
	assert.Equal(t, account.EndExpired, s.ended[0].why)
	n, err = s.Sweep(ctx, tenant)
	require.NoError(t, err)
	assert.Zero(t, n)
}

// Section 14: remembered for three months at the most, adults only.
func TestSessionsRemember(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	s.Sessions.Remember = 365 * 24 * time.Hour
	ctx := t.Context()
	v, token, err := s.Sessions.Start(ctx, account.Start{Tenant: tenant, Account: "zoe", Profile: ent.ProfileRelative, Remember: true})
	require.NoError(t, err)
	assert.True(t, v.Ends.Equal(monday.Add(92*24*time.Hour)))
	assert.Equal(t, 92*24*3600, s.Sessions.Cookie(v, token).MaxAge)
	got, err := s.Sessions.Get(ctx, tenant, token)
	require.NoError(t, err)
	assert.False(t, got.Principal().Remembered)
	s.pass(40 * 24 * time.Hour)
	got, err = s.Sessions.Get(ctx, tenant, token)
	require.NoError(t, err)
	assert.True(t, got.Principal().Remembered, "credentials were given on another day")
	assert.True(t, got.Principal().At.Equal(monday))
	s.pass(52 * 24 * time.Hour)
	_, err = s.Sessions.Get(ctx, tenant, token)
	require.ErrorIs(t, err, account.CodeNoSession)

	v, token, err = s.Sessions.Start(ctx, account.Start{Tenant: tenant, Account: "lea", Profile: ent.ProfilePupil, Remember: true})
	require.NoError(t, err)
	assert.False(t, v.Remember, "pupils share computers")
	assert.Zero(t, s.Sessions.Cookie(v, token).MaxAge)
}

// Section 14: cookies.
func TestSessionCookies(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	v, token, err := s.Sessions.Start(t.Context(), account.Start{Tenant: tenant, Account: "paul"})
	require.NoError(t, err)
	assert.GreaterOrEqual(t, len(token), 32, "160 bits")
	w := httptest.NewRecorder()
	http.SetCookie(w, s.Sessions.Cookie(v, token))
	assert.Equal(t, "__Host-ct_session="+token+"; Path=/; HttpOnly; Secure; SameSite=Lax", w.Header().Get("Set-Cookie"))
	r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
	assert.Empty(t, s.Sessions.Token(r))
	r.Header.Set("Cookie", "__Host-ct_session="+token)
	assert.Equal(t, token, s.Sessions.Token(r))
	s.Sessions.CookiePath, s.Sessions.CookieName = "/ent", "id"
	c := s.Sessions.Cookie(v, token)
	assert.Equal(t, "__Secure-id", c.Name)
	assert.True(t, c.Secure && c.HttpOnly && c.Path == "/ent" && c.SameSite == http.SameSiteLaxMode)
	w = httptest.NewRecorder()
	s.Sessions.Forget(w)
	assert.Contains(t, w.Header().Get("Set-Cookie"), "__Secure-id=; Path=/ent; Max-Age=0")
	assert.Equal(t, `"cache", "storage"`, w.Header().Get("Clear-Site-Data"))
}

// Sessions are listed and killed by the person; nobody kills another's; a new sign-in replaces the one of the browser.
func TestSessionsAreListedAndKilled(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	ctx := t.Context()
	one, first, err := s.Sessions.Start(ctx, account.Start{Tenant: tenant, Account: "paul", Agent: "Firefox", Address: "192.0.2.1"})
	require.NoError(t, err)
	s.pass(time.Minute)
	two, second, err := s.Sessions.Start(ctx, account.Start{Tenant: tenant, Account: "paul", Agent: "Safari"})
	require.NoError(t, err)
	list, err := s.Sessions.List(ctx, tenant, "paul")
	require.NoError(t, err)
	require.Len(t, list, 2)
	assert.Equal(t, "Firefox", list[0].Agent)
	ok, err := s.Sessions.Kill(ctx, tenant, "lea", one.ID)
	require.NoError(t, err)
	assert.False(t, ok)
	ok, err = s.Sessions.Kill(ctx, tenant, "paul", one.ID)
	require.NoError(t, err)
	assert.True(t, ok)
	_, err = s.Sessions.Get(ctx, tenant, first)
	require.ErrorIs(t, err, account.CodeNoSession)

	three, third, err := s.Sessions.Start(ctx, account.Start{Tenant: tenant, Account: "paul", Replaces: second})
	require.NoError(t, err)
	_, err = s.Sessions.Get(ctx, tenant, second)
	require.ErrorIs(t, err, account.CodeNoSession)
	renewed, fourth, err := s.Sessions.Renew(ctx, three)
	require.NoError(t, err)
	assert.Equal(t, three.ID, renewed.ID)
	_, err = s.Sessions.Get(ctx, tenant, third)
	require.ErrorIs(t, err, account.CodeNoSession, "a new token closes the former one")
	require.NoError(t, s.Sessions.End(ctx, tenant, fourth, account.EndLogout))
	require.NoError(t, s.Sessions.End(ctx, tenant, fourth, account.EndLogout), "twice is no error")
	assert.Equal(t, []ended{{"paul", one.ID, account.EndKilled}, {"paul", two.ID, account.EndReplaced}, {"paul", three.ID, account.EndLogout}}, s.ended)
}

// A logout of the portal finds the sessions that it opened; partners that cannot be told do not keep a session alive.
func TestSessionsEndUpstream(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	ctx := t.Context()
	told := 0
	s.Sessions.OnEnd = func(context.Context, account.Session, account.EndReason) error {
		told++
		return errors.New("Canari is down")
	}
	var tokens []string
	for _, index := range []string{"i1", "i2"} {
		_, token, err := s.Sessions.Start(ctx, account.Start{
			Tenant: tenant, Account: "zoe", Upstream: account.Upstream{Provider: "educonnect", Subject: "Canari", Index: index, Data: []byte("x")},
		})
		require.NoError(t, err)
		tokens = append(tokens, token)
	}
	list, err := s.Sessions.EndUpstream(ctx, tenant, "educonnect", "Canari", "i1")
	require.NoError(t, err)
	require.Len(t, list, 1)
	assert.Equal(t, "x", string(list[0].Upstream.Data))
	assert.Equal(t, "educonnect", list[0].Principal().Provider)
	_, err = s.Sessions.Get(ctx, tenant, tokens[0])
	require.ErrorIs(t, err, account.CodeNoSession)
	_, err = s.Sessions.Get(ctx, tenant, tokens[1])
	require.NoError(t, err)
	list, err = s.Sessions.EndUpstream(ctx, tenant, "educonnect", "Canari", "")
	require.NoError(t, err)
	assert.Len(t, list, 1)
	assert.Equal(t, 2, told)
	assert.NotContains(t, s.log.String(), "Canari")
	assert.Contains(t, s.log.String(), "partners could not be told")
}

// Section 14: a session in memory takes less than 2 KB, so that a million fit in 2 GB.
func TestMemoryOfASession(t *testing.T) {
	if testing.Short() {
		t.Skip("it measures the memory of the whole process")
	}
	const n = 100_000
	m := &account.Sessions{Store: account.NewMemorySessions()}
	held := func() uint64 {
		runtime.GC()
		var s runtime.MemStats
		runtime.ReadMemStats(&s)
		return s.HeapAlloc
	}
	before := held()
	for i := range n {
		_, _, err := m.Start(t.Context(), account.Start{
			Tenant: tenant, Account: ent.ID(fmt.Sprint("us-", i)), Profile: ent.ProfilePupil, Address: "192.0.2.1", Agent: "Firefox 140 sur Windows",
			Upstream: account.Upstream{Provider: "https://educonnect.example/idp", Subject: fmt.Sprint("_7eb7e85b4f18b5f114284bfdf4845276f5b1660", i), Index: fmt.Sprint("_6ed4f1646862", i)},
		})
		require.NoError(t, err)
	}
	each := (held() - before) / n
	runtime.KeepAlive(m)
	t.Logf("%d bytes for a session", each)
	assert.Less(t, each, uint64(2048))
}
