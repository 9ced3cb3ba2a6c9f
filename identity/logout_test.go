package identity_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/identity"
)

// Partners are told in parallel, then the session here ends, whatever became of them; one that hangs costs the budget once.
func TestLogoutFansOut(t *testing.T) {
	t.Parallel()
	var here atomic.Bool
	var told atomic.Int64
	slow := func(context.Context, string) identity.Ended {
		time.Sleep(400 * time.Millisecond)
		told.Add(1)
		assert.False(t, here.Load(), "partners first")
		return identity.Ended{Visits: 2, Told: 1, Failed: 1, Front: []string{"https://a.example/?x"}}
	}
	block := make(chan struct{})
	defer close(block)
	l := identity.Logout{Local: func(_ context.Context, session string) error {
		assert.Equal(t, "s", session)
		here.Store(true)
		return nil
	}}
	for range 5 {
		l.Partners = append(l.Partners, slow)
	}
	began := time.Now()
	report, err := l.End(t.Context(), "s")
	require.NoError(t, err)
	assert.Less(t, time.Since(began), 1500*time.Millisecond, "together: one after the other they take two seconds")
	assert.Equal(t, identity.LogoutReport{Ended: identity.Ended{Visits: 10, Told: 5, Failed: 5, Front: report.Front}, LocalEnded: true}, report)
	assert.Len(t, report.Front, 5)
	assert.False(t, report.Complete())
	assert.NotContains(t, fmt.Sprintf("%v %+v %#v %s", report, report, report.Ended, report.LogValue()), "a.example")

	here.Store(false)
	l.Budget = 100 * time.Millisecond
	l.Partners = []func(context.Context, string) identity.Ended{
		func(context.Context, string) identity.Ended { <-block; return identity.Ended{} },
		func(context.Context, string) identity.Ended { panic("a partner's part breaks") },
		func(context.Context, string) identity.Ended { return identity.Ended{Visits: 1, Told: 1} },
	}
	gone, leave := context.WithCancel(t.Context())
	leave() // the browser has left
	began = time.Now()
	report, err = l.End(gone, "s")
	require.NoError(t, err)
	assert.Less(t, time.Since(began), 2*time.Second)
	assert.Equal(t, 2, report.Late)
	assert.Equal(t, 1, report.Told)
	assert.True(t, report.LocalEnded && here.Load())
	assert.False(t, report.Complete())

	l.Local = func(context.Context, string) error { return errors.New("the database is down") }
	report, err = l.End(t.Context(), "s")
	require.Error(t, err)
	assert.False(t, report.LocalEnded, "nothing may be shown as if it were")
	_, err = identity.Logout{}.End(t.Context(), "s")
	require.Error(t, err)
}

// A client that calls partners follows no redirect, and reaches no private address unless it is told so.
func TestEgress(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) }))
	defer server.Close()
	get := func(private bool) (*http.Response, error) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL, nil)
		require.NoError(t, err)
		return identity.Egress(private).Do(req)
	}
	res, err := get(false)
	if err == nil {
		_ = res.Body.Close()
	}
	require.Error(t, err)
	res, err = get(true)
	require.NoError(t, err)
	_ = res.Body.Close()
	assert.Equal(t, http.StatusFound, res.StatusCode)
}
