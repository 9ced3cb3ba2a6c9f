// Package accounttest proves that stores keep the promises of [account.Store], [account.SessionStore] and [account.Buckets].
//
//	accounttest.RunStore(t, myStore)
//	accounttest.RunSessions(t, mySessions)
//	accounttest.RunBuckets(t, myBuckets)
//
// Each is given an empty store, whose tenants t and u it fills.
package accounttest

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity/account"
)

func at(minute int) time.Time {
	return time.Date(2026, 9, 7, 8, minute, 0, 0, time.UTC)
}

// full returns an account with every field.
func full(id ent.ID) account.Account {
	return account.Account{
		ID: id, Login: "Zoé.Martin." + string(id), Alias: string(id) + "@Exemple.test", Profile: ent.ProfileRelative, Administrator: true,
		Name: ent.Name{Title: "Mme", Family: "MARTIN", Birth: "Durand", Given: "Zoé", Others: []string{"Zoé", "Anne"}}, Birth: ent.Date{Year: 1980, Month: 2, Day: 29},
		Mail: "Zoe@Exemple.test", Mobile: "+33 6 99 99 01 02", Lang: ent.EN, Establishments: []ent.ID{"e1"}, Classes: []ent.ID{"c1", "c2"},
		SchoolNames: []string{"Jean Moulin"}, Source: account.SourceAAF, Portal: "educonnect", Blocked: true, Activated: at(1), Terms: "2026",
		Password: "$argon2id$…", PasswordSet: at(2), History: []string{"a", "b"}, PreviousMail: "old@exemple.test", MailChanged: at(3),
		Second: &account.Second{Sealed: []byte{0, 255, 1}, Confirmed: at(4), Step: 42, Recovery: []string{"r1", "r2"}},
	}
}

// RunStore proves a store of accounts.
func RunStore(t *testing.T, s account.Store) {
	t.Helper()
	update := func(tenant ent.Tenant, fn func(ctx context.Context, tx account.Tx) error) error {
		return s.Update(t.Context(), tenant, func(tx account.Tx) error { return fn(t.Context(), tx) })
	}
	view := func(tenant ent.Tenant, fn func(ctx context.Context, tx account.Tx) error) {
		t.Helper()
		require.NoError(t, s.View(t.Context(), tenant, func(tx account.Tx) error { return fn(t.Context(), tx) }))
	}
	put := func(accounts ...account.Account) {
		t.Helper()
		require.NoError(t, update("t", func(ctx context.Context, tx account.Tx) error {
			for _, a := range accounts {
				if err := tx.Put(ctx, a); err != nil {
					return err
				}
			}
			return nil
		}))
	}

	t.Run("accounts", func(t *testing.T) {
		want := full("a")
		put(want)
		view("t", func(ctx context.Context, tx account.Tx) error {
			got, err := tx.Account(ctx, "a")
			require.NoError(t, err)
			assert.True(t, assert.ObjectsAreEqual(want, got), "every field comes back")
			for _, key := range []string{account.LoginKey("ZOE.MARTIN.A"), account.LoginKey("A@exemple.TEST")} {
				got, err = tx.ByLogin(ctx, key)
				require.NoError(t, err)
				assert.EqualValues(t, "a", got.ID)
			}
			list, err := tx.ByMail(ctx, account.MailKey("ZOE@exemple.test"))
			require.NoError(t, err)
			assert.Len(t, list, 1)
			_, err = tx.Account(ctx, "b")
			require.ErrorIs(t, err, account.CodeUnknown)
			_, err = tx.ByLogin(ctx, "nobody")
			require.ErrorIs(t, err, account.CodeUnknown)
			list, err = tx.ByMail(ctx, "nobody@exemple.test")
			assert.Empty(t, list)
			return err
		})
		view("u", func(ctx context.Context, tx account.Tx) error {
			_, err := tx.Account(ctx, "a")
			require.ErrorIs(t, err, account.CodeUnknown, "another tenant has none of it")
			_, err = tx.ByLogin(ctx, account.LoginKey(want.Login))
			require.ErrorIs(t, err, account.CodeUnknown)
			return nil
		})
	})

	t.Run("a login belongs to one account", func(t *testing.T) {
		other := account.Account{ID: "b", Login: "  zoe.martin.A "}
		require.ErrorIs(t, update("t", func(ctx context.Context, tx account.Tx) error { return tx.Put(ctx, other) }), account.CodeLogin)
		other.Login, other.Alias = "b", "a@EXEMPLE.test"
		require.ErrorIs(t, update("t", func(ctx context.Context, tx account.Tx) error { return tx.Put(ctx, other) }), account.CodeLogin)
		require.ErrorIs(t, update("t", func(ctx context.Context, tx account.Tx) error { return tx.Put(ctx, account.Account{ID: "c"}) }), account.CodeLogin)
		// A login that is given up is free.
		a := full("a")
		a.Login, a.Alias = "new", ""
		put(a)
		put(account.Account{ID: "b", Login: "zoe.martin.a"})
		view("t", func(ctx context.Context, tx account.Tx) error {
			got, err := tx.ByLogin(ctx, "zoe.martin.a")
			assert.EqualValues(t, "b", got.ID)
			return err
		})
	})

	t.Run("merges", func(t *testing.T) {
		put(account.Account{ID: "m1", Login: "m1", MergedInto: "a"}, account.Account{ID: "m2", Login: "m2", MergedInto: "a"})
		view("t", func(ctx context.Context, tx account.Tx) error {
			list, err := tx.MergedInto(ctx, "a")
			require.NoError(t, err)
			require.Len(t, list, 2)
			assert.EqualValues(t, "m1", list[0].ID, "by identifier")
			return nil
		})
		put(account.Account{ID: "m1", Login: "m1"})
		view("t", func(ctx context.Context, tx account.Tx) error {
			list, err := tx.MergedInto(ctx, "a")
			assert.Len(t, list, 1)
			return err
		})
	})

	t.Run("a transaction that fails leaves nothing", func(t *testing.T) {
		broken := errors.New("broken")
		require.ErrorIs(t, update("t", func(ctx context.Context, tx account.Tx) error {
			require.NoError(t, tx.Put(ctx, account.Account{ID: "x", Login: "x"}))
			require.NoError(t, tx.PutToken(ctx, account.Token{Kind: account.TokenReset, Hash: "x", Account: "x", Created: at(0), Expires: at(1)}))
			_, err := tx.Remove(ctx, "a")
			require.NoError(t, err)
			return broken
		}), broken)
		view("t", func(ctx context.Context, tx account.Tx) error {
			_, err := tx.Account(ctx, "x")
			require.ErrorIs(t, err, account.CodeUnknown)
			_, err = tx.Token(ctx, account.TokenReset, "x")
			require.ErrorIs(t, err, account.CodeLink)
			_, err = tx.Account(ctx, "a")
			return err
		})
	})

	t.Run("tokens", func(t *testing.T) {
		want := account.Token{Kind: account.TokenReset, Hash: "h1", Account: "a", Created: at(0), Expires: at(60), Payload: "é"}
		second := account.Token{Kind: account.TokenReset, Hash: "h2", Account: "a", Created: at(0), Expires: at(10)}
		code := account.Token{Kind: account.TokenActivation, Hash: "h1", Account: "a", Created: at(0), Expires: at(60)}
		require.NoError(t, update("t", func(ctx context.Context, tx account.Tx) error {
			for _, v := range []account.Token{want, second, code} {
				require.NoError(t, tx.PutToken(ctx, v))
			}
			return tx.Emit(ctx, ent.Event{Tenant: "t", Type: "account.test", Subject: "a", At: at(0)})
		}))
		view("t", func(ctx context.Context, tx account.Tx) error {
			got, err := tx.Token(ctx, account.TokenReset, "h1")
			assert.True(t, got == want)
			return err
		})
		view("u", func(ctx context.Context, tx account.Tx) error {
			_, err := tx.Token(ctx, account.TokenReset, "h1")
			require.ErrorIs(t, err, account.CodeLink)
			return nil
		})
		var taken atomic.Int32
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				err := update("t", func(ctx context.Context, tx account.Tx) error {
					_, err := tx.TakeToken(ctx, account.TokenReset, "h1")
					return err
				})
				if err == nil {
					taken.Add(1)
				} else {
					assert.ErrorIs(t, err, account.CodeLink)
				}
			})
		}
		wg.Wait()
		assert.EqualValues(t, 1, taken.Load(), "a token is taken once")
		require.NoError(t, update("t", func(ctx context.Context, tx account.Tx) error {
			n, err := tx.Sweep(ctx, at(30))
			assert.EqualValues(t, 1, n)
			return err
		}))
		view("t", func(ctx context.Context, tx account.Tx) error {
			_, err := tx.Token(ctx, account.TokenReset, "h2")
			require.ErrorIs(t, err, account.CodeLink)
			_, err = tx.Token(ctx, account.TokenActivation, "h1")
			return err
		})
		require.NoError(t, update("t", func(ctx context.Context, tx account.Tx) error {
			require.NoError(t, tx.PutToken(ctx, second))
			return tx.DropTokens(ctx, "a", account.TokenReset)
		}))
		view("t", func(ctx context.Context, tx account.Tx) error {
			_, err := tx.Token(ctx, account.TokenReset, "h2")
			require.ErrorIs(t, err, account.CodeLink)
			_, err = tx.Token(ctx, account.TokenActivation, "h1")
			return err
		})
	})

	t.Run("what is removed leaves nothing", func(t *testing.T) {
		for _, want := range []bool{true, false} {
			require.NoError(t, update("t", func(ctx context.Context, tx account.Tx) error {
				removed, err := tx.Remove(ctx, "a")
				assert.Equal(t, want, removed)
				return err
			}))
		}
		view("t", func(ctx context.Context, tx account.Tx) error {
			_, err := tx.Token(ctx, account.TokenActivation, "h1")
			require.ErrorIs(t, err, account.CodeLink)
			_, err = tx.ByLogin(ctx, "new")
			require.ErrorIs(t, err, account.CodeUnknown)
			return nil
		})
	})

	t.Run("two changes of one account follow each other", func(t *testing.T) {
		put(account.Account{ID: "n", Login: "n", Terms: ""})
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				assert.NoError(t, update("t", func(ctx context.Context, tx account.Tx) error {
					a, err := tx.Account(ctx, "n")
					if err != nil {
						return err
					}
					a.Terms += "x"
					return tx.Put(ctx, a)
				}))
			})
		}
		wg.Wait()
		view("t", func(ctx context.Context, tx account.Tx) error {
			a, err := tx.Account(ctx, "n")
			assert.Len(t, a.Terms, 20)
			return err
		})
	})

	t.Run("D3: an activation code serves once", func(t *testing.T) { runActivation(t, s) })
}

// runActivation has fifty browsers send one code at once.
func runActivation(t *testing.T, s account.Store) {
	t.Helper()
	wide := account.Limits{Pair: []account.Limit{{Burst: 1000, Every: time.Second}}}
	svc := &account.Service{
		Store: s, Sessions: &account.Sessions{Store: account.NewMemorySessions()},
		Hasher:   &account.Hasher{Cost: account.Cost{Memory: 8, Passes: 1}, Queue: account.NewQueue(2, 0)},
		Throttle: &account.Throttle{Buckets: account.NewMemoryBuckets(), Limits: &wide},
		Keys:     account.Keys{Current: make([]byte, account.MinKey)},
	}
	by := ent.Actor{Kind: ent.ActorSystem}
	require.NoError(t, svc.Save(t.Context(), "t", by, account.Account{ID: "p", Login: "lea.petit", Profile: ent.ProfilePupil, Name: ent.Name{Family: "Petit", Given: "Léa"}}))
	sheet, err := svc.PrintCodes(t.Context(), account.Order{Tenant: "t", By: account.Agent{Administrator: true}, Accounts: []ent.ID{"p"}})
	require.NoError(t, err)
	require.Len(t, sheet.Lines, 1)
	var done atomic.Int32
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			_, err := svc.Activate(t.Context(), account.Activation{
				Tenant: "t", Login: "lea.petit", Code: sheet.Lines[0].Code, Password: fmt.Sprintf("Bateau-%02d-rouge", i), Terms: "2026",
				Address: netip.MustParseAddr("192.0.2.1"),
			})
			if err == nil {
				done.Add(1)
			} else {
				assert.ErrorIs(t, err, account.CodeActivation)
			}
		})
	}
	wg.Wait()
	assert.EqualValues(t, 1, done.Load(), "one success")
}

// RunSessions proves a store of sessions.
func RunSessions(t *testing.T, s account.SessionStore) {
	t.Helper()
	ctx := t.Context()
	one := account.Session{
		Tenant: "t", ID: "1", Key: "k1", Account: "a", Via: "b", Second: true, Remember: true, Address: "192.0.2.1", Agent: "Firefox",
		Upstream: account.Upstream{Provider: "educonnect", Subject: "s", Index: "i1", Data: []byte{0, 255}}, Created: at(0), Seen: at(1), Ends: at(50),
	}
	two := account.Session{
		Tenant: "t", ID: "2", Key: "k2", Account: "a", Upstream: account.Upstream{Provider: "educonnect", Subject: "s", Index: "i2"},
		Created: at(2), Seen: at(2), Ends: at(60),
	}
	three := account.Session{Tenant: "t", ID: "3", Key: "k3", Account: "c", Created: at(3), Seen: at(3), Ends: at(60)}
	for _, v := range []account.Session{two, one, three} {
		require.NoError(t, s.Put(ctx, v))
	}
	got, err := s.Get(ctx, "t", "k1")
	require.NoError(t, err)
	assert.True(t, assert.ObjectsAreEqual(one, got), "every field comes back")
	for _, ref := range [][2]string{{"t", "k9"}, {"u", "k1"}, {"t", "1"}} {
		_, err = s.Get(ctx, ent.Tenant(ref[0]), ref[1])
		require.ErrorIs(t, err, account.CodeNoSession)
	}
	list, err := s.List(ctx, "t", "a")
	require.NoError(t, err)
	require.Len(t, list, 2)
	assert.Equal(t, "1", list[0].ID, "the oldest first")
	for index, want := range map[string]int{"i1": 1, "": 2, "i9": 0} {
		list, err = s.Upstream(ctx, "t", "educonnect", "s", index)
		require.NoError(t, err)
		assert.Len(t, list, want)
	}
	for _, ref := range [][3]string{{"u", "educonnect", "s"}, {"t", "agents", "s"}, {"t", "educonnect", "S"}} {
		list, err = s.Upstream(ctx, ent.Tenant(ref[0]), ref[1], ref[2], "")
		require.NoError(t, err)
		assert.Empty(t, list)
	}

	require.NoError(t, s.Touch(ctx, "t", "1", at(5), at(55)))
	got, err = s.Get(ctx, "t", "k1")
	require.NoError(t, err)
	assert.True(t, got.Seen.Equal(at(5)) && got.Ends.Equal(at(55)))
	// A new key closes the former one.
	got.Key = "k1b"
	require.NoError(t, s.Put(ctx, got))
	_, err = s.Get(ctx, "t", "k1")
	require.ErrorIs(t, err, account.CodeNoSession)
	_, err = s.Get(ctx, "t", "k1b")
	require.NoError(t, err)

	over, err := s.Over(ctx, "t", at(56))
	require.NoError(t, err)
	require.Len(t, over, 1)
	assert.Equal(t, "1", over[0].ID)
	over, err = s.Over(ctx, "u", at(59))
	require.NoError(t, err)
	assert.Empty(t, over)

	var removed atomic.Int32
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			v, ok, err := s.Remove(ctx, "t", "1")
			assert.NoError(t, err)
			if ok {
				removed.Add(1)
				assert.EqualValues(t, "a", v.Account)
			}
		})
	}
	wg.Wait()
	assert.EqualValues(t, 1, removed.Load(), "a session ends once")
	_, err = s.Get(ctx, "t", "k1b")
	require.ErrorIs(t, err, account.CodeNoSession)
	require.NoError(t, s.Touch(ctx, "t", "1", at(6), at(59)), "what is gone stays gone")
	list, err = s.List(ctx, "t", "a")
	require.NoError(t, err)
	assert.Len(t, list, 1)
	_, ok, err := s.Remove(ctx, "u", "2")
	require.NoError(t, err)
	assert.False(t, ok)
}

// RunBuckets proves a store of attempts.
func RunBuckets(t *testing.T, s account.Buckets) {
	t.Helper()
	ctx := t.Context()
	a := account.Bucket{Key: "a", Limit: account.Limit{Burst: 2, Every: time.Minute}}
	b := account.Bucket{Key: "b", Limit: account.Limit{Burst: 3, Every: time.Minute}}
	take := func(tenant ent.Tenant, now time.Time, buckets ...account.Bucket) time.Duration {
		t.Helper()
		wait, err := s.Take(ctx, tenant, buckets, now)
		require.NoError(t, err)
		return wait
	}
	assert.Zero(t, take("t", at(0), a, b))
	assert.Zero(t, take("t", at(0), a, b))
	assert.Equal(t, time.Minute, take("t", at(0), a, b), "the first bucket is empty")
	assert.Equal(t, 30*time.Second, take("t", at(0).Add(30*time.Second), a))
	assert.Zero(t, take("t", at(0), b), "what is refused takes nothing: the second one had one left")
	assert.Equal(t, time.Minute, take("t", at(0), b))
	assert.Zero(t, take("u", at(0), a, b), "another tenant has its own")
	assert.Zero(t, take("t", at(1), a), "one comes back")
	assert.Equal(t, time.Minute, take("t", at(1), a))

	require.NoError(t, s.Give(ctx, "t", []account.Bucket{a}, nil, at(1)))
	assert.Zero(t, take("t", at(1), a), "one was given back")
	assert.Equal(t, time.Minute, take("t", at(1), a), "and no more than one")
	require.NoError(t, s.Give(ctx, "t", nil, []string{"a"}, at(1)))
	assert.Zero(t, take("t", at(1), a), "filled to the brim")
	assert.Zero(t, take("t", at(1), a))
	assert.Equal(t, time.Minute, take("t", at(1), a))
	require.NoError(t, s.Give(ctx, "t", []account.Bucket{{Key: "never", Limit: a.Limit}}, []string{"never"}, at(1)), "what was never taken can be given")

	var passed atomic.Int32
	var wg sync.WaitGroup
	c := account.Bucket{Key: "c", Limit: account.Limit{Burst: 5, Every: time.Minute}}
	for range 30 {
		wg.Go(func() {
			wait, err := s.Take(ctx, "t", []account.Bucket{c}, at(2))
			assert.NoError(t, err)
			if wait == 0 {
				passed.Add(1)
			}
		})
	}
	wg.Wait()
	assert.EqualValues(t, 5, passed.Load(), "no more pass at once than the bucket lets")
}
