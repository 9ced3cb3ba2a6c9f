package door

import (
	"encoding/base32"
	"log/slog"
	"net/netip"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/examples/portal/school"
	"github.com/opencartable/cartable/identity/account"
)

// opened is an area without people, at an instant that the test moves.
func opened(t *testing.T, data string, now *time.Time) *Area {
	t.Helper()
	s, err := school.New()
	require.NoError(t, err)
	a, err := New(t.Context(), Options{
		Origin: "http://localhost", Data: data, School: s, Now: func() time.Time { return *now }, Log: slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)
	return a
}

// Whoever has a second factor enters after the portal was started anew.
func TestKeysAreKeptWithTheAccounts(t *testing.T) {
	t.Parallel()
	now, data, ctx := time.Now(), t.TempDir(), t.Context()
	from := netip.MustParseAddr("192.0.2.1")
	a := opened(t, data, &now)
	hash, err := a.accounts.Hasher.Hash(ctx, trialPassword)
	require.NoError(t, err)
	require.NoError(t, a.accounts.Save(ctx, tenant, ent.Actor{}, account.Account{ID: "root", Login: "root", Administrator: true, Password: hash}))
	e, err := a.accounts.EnrolSecond(ctx, tenant, "root")
	require.NoError(t, err)
	u, err := url.Parse(e.URI)
	require.NoError(t, err)
	secret, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(u.Query().Get("secret"))
	require.NoError(t, err)
	_, err = a.accounts.ConfirmSecond(ctx, tenant, "root", account.TOTP(secret, now))
	require.NoError(t, err)
	require.NoError(t, a.Close())

	now = now.Add(time.Minute)
	a = opened(t, data, &now)
	defer func() { require.NoError(t, a.Close()) }()
	out, err := a.accounts.SignIn(ctx, account.Attempt{Tenant: tenant, Login: "root", Password: trialPassword, Address: from})
	require.NoError(t, err)
	_, err = a.accounts.SecondFactor(ctx, tenant, out.Challenge, account.TOTP(secret, now), from)
	require.NoError(t, err)
}

// What is over takes no room.
func TestSweep(t *testing.T) {
	t.Parallel()
	now, ctx := time.Now(), t.Context()
	a := opened(t, t.TempDir(), &now)
	defer func() { require.NoError(t, a.Close()) }()
	_, _, err := a.sessions.Sessions.Start(ctx, account.Start{Tenant: tenant, Account: "a"})
	require.NoError(t, err)
	_, err = a.accounts.SignIn(ctx, account.Attempt{Tenant: tenant, Login: "nobody", Password: "x", Address: netip.MustParseAddr("192.0.2.1")})
	require.ErrorIs(t, err, account.CodeCredentials)
	require.NoError(t, a.sweep(ctx))
	list, err := a.sessions.Store.List(ctx, tenant, "a")
	require.NoError(t, err)
	assert.Len(t, list, 1)
	now = now.Add(24 * time.Hour)
	require.NoError(t, a.sweep(ctx))
	list, err = a.sessions.Store.List(ctx, tenant, "a")
	require.NoError(t, err)
	assert.Empty(t, list)
	rows, err := a.db.Handle().QueryContext(ctx, a.db.SQL(`SELECT key FROM {account_bucket}`))
	require.NoError(t, err)
	assert.False(t, rows.Next(), "attempts")
	require.NoError(t, rows.Err())
	require.NoError(t, rows.Close())
}
