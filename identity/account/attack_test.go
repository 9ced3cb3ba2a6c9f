package account_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity/account"
)

var staff = ent.Actor{Kind: ent.ActorPerson, ID: "staff"}

// merged returns a school where b was merged into a, and x into b before.
func merged(t *testing.T) *school {
	t.Helper()
	s := newSchool(t)
	for _, id := range []ent.ID{"a", "b", "x"} {
		s.active(relative(id))
	}
	s.merge("b", "x")
	s.merge("a", "b")
	return s
}

func (s *school) merge(into, from ent.ID) {
	s.t.Helper()
	key, _, err := s.MergeKey(s.t.Context(), tenant, from)
	require.NoError(s.t, err)
	_, err = s.Merge(s.t.Context(), tenant, into, key)
	require.NoError(s.t, err)
}

// over asserts that a session is over.
func (s *school) over(token, why string) {
	s.t.Helper()
	_, err := s.Sessions.Get(s.t.Context(), tenant, token)
	assert.ErrorIs(s.t, err, account.CodeNoSession, why)
}

// Whoever was in an account for a while leaves nothing behind that a new password does not void: no link for their own address,
// no merge key, no printed code.
func TestANewPasswordVoidsWhatAnIntruderAskedFor(t *testing.T) {
	t.Parallel()
	for name, renew := range map[string]func(s *school) error{
		"change": func(s *school) error {
			return s.ChangePassword(t.Context(), account.Change{Tenant: tenant, Account: "zoe", Old: goodPassword, New: "Velours-vert-7", Address: address("1")})
		},
		"reset": func(s *school) error {
			if err := s.AskReset(t.Context(), tenant, "zoe", address("1")); err != nil {
				return err
			}
			s.Drain()
			_, err := s.Reset(t.Context(), account.Renewal{Tenant: tenant, Token: link(s.mail.take()[0], "1"), Password: "Velours-vert-7", Address: address("1")})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSchool(t)
			ctx := t.Context()
			s.active(relative("zoe"))
			s.active(relative("thief"))
			require.NoError(t, s.AskMail(ctx, tenant, "zoe", "thief@exemple.test"))
			_, confirm, _ := strings.Cut(s.mail.take()[0].Params["link"], "#")
			key, _, err := s.MergeKey(ctx, tenant, "zoe")
			require.NoError(t, err)
			sheet, err := s.PrintCodes(ctx, account.Order{Tenant: tenant, By: account.Agent{Administrator: true}, Accounts: []ent.ID{"zoe"}, Renew: true})
			require.NoError(t, err)

			require.NoError(t, renew(s))
			require.ErrorIs(t, s.ConfirmMail(ctx, tenant, confirm), account.CodeLink)
			_, err = s.Merge(ctx, tenant, "thief", key)
			require.ErrorIs(t, err, account.CodeMergeKey)
			_, err = s.activate("zoe", sheet.Lines[0].Code, nil)
			require.ErrorIs(t, err, account.CodeActivation)
			assert.Equal(t, "zoe@exemple.test", s.get("zoe").Mail)
		})
	}
}

// What a challenge stands for may change while the phone is looked for.
func TestAChallengeOpensNothingThatWasMergedOrBlocked(t *testing.T) {
	t.Parallel()
	challenge := func(t *testing.T, s *school, id ent.ID, login string) (string, func(time.Time) string) {
		t.Helper()
		e, err := s.EnrolSecond(t.Context(), tenant, id)
		require.NoError(t, err)
		_, err = s.ConfirmSecond(t.Context(), tenant, id, phone(t, e)(s.clock()))
		require.NoError(t, err)
		s.pass(time.Minute)
		out, err := s.signIn(login, goodPassword, address("1"))
		require.NoError(t, err)
		require.NotEmpty(t, out.Challenge)
		return out.Challenge, phone(t, e)
	}
	t.Run("merged meanwhile", func(t *testing.T) {
		t.Parallel()
		s := newSchool(t)
		s.active(relative("a"))
		s.active(relative("b"))
		c, code := challenge(t, s, "b", "b")
		s.merge("a", "b")
		_, err := s.SecondFactor(t.Context(), tenant, c, code(s.clock()), address("1"))
		require.ErrorIs(t, err, account.CodeChallenge, "b is empty by now")
	})
	for name, c := range map[string]struct {
		meanwhile func(s *school) error
		want      ent.Code
	}{
		"un-merged meanwhile": {func(s *school) error { return s.Unmerge(t.Context(), tenant, "b", staff) }, account.CodeChallenge},
		"blocked meanwhile":   {func(s *school) error { return s.Block(t.Context(), tenant, "b", staff) }, account.CodeBlocked},
		"erased meanwhile": {func(s *school) error {
			_, err := s.Holder().Erase(t.Context(), tenant, "b")
			return err
		}, account.CodeChallenge},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := merged(t)
			secret, code := challenge(t, s, "a", "b")
			require.NoError(t, c.meanwhile(s))
			_, err := s.SecondFactor(t.Context(), tenant, secret, code(s.clock()), address("1"))
			require.ErrorIs(t, err, c.want)
		})
	}
}

// A merged login that is blocked is shut on every path, and what it had opened ends. So does what the logins below it opened.
func TestABlockedLoginOpensNothing(t *testing.T) {
	t.Parallel()
	s := merged(t)
	ctx := t.Context()
	_, main := s.enter("a", goodPassword)
	_, token := s.enter("b", goodPassword)
	require.NoError(t, s.Block(ctx, tenant, "b", staff))
	s.over(token, "blocked")
	_, err := s.Sessions.Get(ctx, tenant, main)
	require.NoError(t, err, "the main account is not blocked")
	_, err = s.signIn("b", goodPassword, address("1"))
	require.ErrorIs(t, err, account.CodeBlocked)
	_, err = s.SignInFederated(ctx, tenant, "b", account.Upstream{Provider: "educonnect", Subject: "s"})
	require.ErrorIs(t, err, account.CodeBlocked)

	s.save(relative("new"), relative("former"))
	require.NoError(t, s.Holder().Merge(ctx, tenant, "new", "former"))
	require.NoError(t, s.Block(ctx, tenant, "former", staff))
	_, err = s.ActivateFederated(ctx, tenant, "former", account.Upstream{Provider: "educonnect", Subject: "s"}, "2026")
	require.ErrorIs(t, err, account.CodeBlocked)
}

// x → b → a: once b is its own again, what x opened is not a's any more.
func TestUnmergeEndsWhatTheLoginsBelowOpened(t *testing.T) {
	t.Parallel()
	for name, part := range map[string]func(s *school) error{
		"by the service":   func(s *school) error { return s.Unmerge(t.Context(), tenant, "b", staff) },
		"by the directory": func(s *school) error { return s.Holder().Unmerge(t.Context(), tenant, "a", "b") },
		"erased": func(s *school) error {
			_, err := s.Holder().Erase(t.Context(), tenant, "b")
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := merged(t)
			v, token := s.enter("x", goodPassword)
			require.EqualValues(t, "a", v.Account)
			require.NoError(t, part(s))
			s.over(token, "x opens a no longer")
		})
	}
}

// The directory merged a used account into one that was never used, and parts them again: the latter waits for its code as before.
func TestUnmergeGivesBackANewAccount(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	ctx := t.Context()
	s.save(relative("new"))
	s.active(relative("used"))
	require.NoError(t, s.Holder().Merge(ctx, tenant, "new", "used"))
	assert.Equal(t, account.StateActive, new(s.get("new")).State())
	require.NoError(t, s.Holder().Unmerge(ctx, tenant, "new", "used"))
	assert.Equal(t, account.StateNotActivated, new(s.get("new")).State())
	assert.Len(t, s.print("new").Lines, 1)
}

// Whoever loses an account to a merge is told, at the address of that account.
func TestAMergeIsToldToBoth(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	s.active(relative("a"))
	s.active(relative("b"))
	s.merge("a", "b")
	var to []string
	for _, m := range s.mail.take() {
		assert.Equal(t, account.KindMerged, m.Kind)
		to = append(to, m.Address)
	}
	assert.Equal(t, []string{"a@exemple.test", "b@exemple.test"}, to)
}

// A second change of address does not make the first owner deaf.
func TestTheFirstAddressIsToldThroughTwoChanges(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	ctx := t.Context()
	s.active(relative("zoe"))
	move := func(to string) []string {
		require.NoError(t, s.AskMail(ctx, tenant, "zoe", to))
		_, confirm, _ := strings.Cut(s.mail.take()[0].Params["link"], "#")
		require.NoError(t, s.ConfirmMail(ctx, tenant, confirm))
		var told []string
		for _, m := range s.mail.take() {
			assert.Equal(t, account.KindMailOld, m.Kind)
			told = append(told, m.Address)
		}
		return told
	}
	assert.Equal(t, []string{"zoe@exemple.test"}, move("thief@exemple.test"))
	assert.Equal(t, []string{"thief@exemple.test", "zoe@exemple.test"}, move("thief2@exemple.test"))
	assert.Equal(t, []string{"zoe@exemple.test"}, move("thief2@exemple.test"), "the same one again is no change for it")
	require.NoError(t, s.ChangePassword(ctx, account.Change{Tenant: tenant, Account: "zoe", Old: goodPassword, New: "Velours-vert-7", Address: address("1")}))
	sent := s.mail.take()
	require.Len(t, sent, 2)
	assert.Equal(t, "zoe@exemple.test", sent[1].Address)
}

// A base where somebody's hash is that of nothing lets nobody in with an empty form.
func TestAnEmptyPasswordOpensNothing(t *testing.T) {
	t.Parallel()
	h := &account.Hasher{Cost: cheap(), Queue: account.NewQueue(1, 0)}
	empty, err := h.Wrap(t.Context(), "d41d8cd98f00b204e9800998ecf8427e")
	require.NoError(t, err)
	for _, stored := range []string{"", "d41d8cd98f00b204e9800998ecf8427e", "{SHA}2jmj7l5rSw0yVb/vlWAYkK/YBwk=", empty} {
		ok, upgrade, err := h.Verify(t.Context(), stored, "")
		require.NoError(t, err)
		assert.False(t, ok, stored)
		assert.Empty(t, upgrade)
	}
}

// The page of somebody who waits may fail: the place is given back, and the next one is served.
func TestAPageThatPanicsLosesNoPlace(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	s.active(teacher("paul"))
	s.Hasher.Queue = account.NewQueue(1, 0)
	first, err := s.Hasher.Queue.Enter()
	require.NoError(t, err)
	assert.Panics(t, func() {
		_, _ = s.SignIn(t.Context(), account.Attempt{
			Tenant: tenant, Login: "paul", Password: goodPassword, Address: address("1"), Queued: func(*account.Turn) { panic("the page") },
		})
	})
	first.Leave()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	_, err = s.SignIn(ctx, account.Attempt{Tenant: tenant, Login: "paul", Password: goodPassword, Address: address("1")})
	require.NoError(t, err)
}

// A turn serves once.
func TestATurnRunsOnce(t *testing.T) {
	t.Parallel()
	q := account.NewQueue(1, 0)
	turn, err := q.Enter()
	require.NoError(t, err)
	n := 0
	require.NoError(t, turn.Run(t.Context(), func() { n++ }))
	require.Error(t, turn.Run(t.Context(), func() { n++ }))
	left, err := q.Enter()
	require.NoError(t, err)
	left.Leave()
	require.Error(t, left.Run(t.Context(), func() { n++ }), "outside of the queue")
	assert.Equal(t, 1, n)
}

// Drain may be called while others ask: nothing is torn, and what was asked before it is done.
func TestDrainWhileOthersAsk(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	s.active(teacher("paul"))
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			for n := range 50 {
				assert.NoError(t, s.AskReset(t.Context(), tenant, fmt.Sprint("nobody", i, n), address(fmt.Sprint(i))))
			}
		})
		all.Go(func() {
			for range 200 {
				s.Drain()
			}
		})
	}
	all.Wait()
	require.NoError(t, s.AskReset(t.Context(), tenant, "paul", address("9")))
	s.Drain()
	assert.Len(t, s.mail.take(), 1)
}

// A session that ended while its rights were to grow is not made anew.
func TestRenewBringsNothingBack(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	s.active(teacher("paul"))
	v, _ := s.enter("paul", goodPassword)
	require.NoError(t, s.Block(t.Context(), tenant, "paul", staff))
	_, token, err := s.Sessions.Renew(t.Context(), v)
	require.ErrorIs(t, err, account.CodeNoSession)
	assert.Empty(t, token)
	list, err := s.Sessions.List(t.Context(), tenant, "paul")
	require.NoError(t, err)
	assert.Empty(t, list)
}

// A logout request that names nobody ends nothing.
func TestEndUpstreamOfNobody(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	for _, id := range []ent.ID{"a", "b"} {
		_, _, err := s.Sessions.Start(t.Context(), account.Start{Tenant: tenant, Account: id, Upstream: account.Upstream{Provider: "agents"}})
		require.NoError(t, err)
	}
	list, err := s.Sessions.EndUpstream(t.Context(), tenant, "agents", "", "")
	require.NoError(t, err)
	assert.Empty(t, list)
}

// brittle is a store of sessions where one cannot be removed.
type brittle struct {
	account.SessionStore
	id string
}

func (b brittle) Remove(ctx context.Context, tenant ent.Tenant, id string) (account.Session, bool, error) {
	if id == b.id {
		return account.Session{}, false, fmt.Errorf("Canari")
	}
	return b.SessionStore.Remove(ctx, tenant, id)
}

// One session that cannot be ended does not keep the others alive.
func TestEndAllGoesOn(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	s.active(teacher("paul"))
	stuck, _ := s.enter("paul", goodPassword) // the first of the list
	s.pass(time.Second)
	_, token := s.enter("paul", goodPassword)
	s.Sessions.Store = brittle{s.Sessions.Store, stuck.ID}
	require.ErrorIs(t, s.Block(t.Context(), tenant, "paul", staff), account.CodeStore)
	s.over(token, "the other one")
}

// The password is asked again before what matters, and guesses there are delayed as at the door.
func TestCheckPassword(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	ctx := t.Context()
	s.active(teacher("paul"))
	require.NoError(t, s.CheckPassword(ctx, tenant, "paul", goodPassword, address("1")))
	for range 5 {
		require.ErrorIs(t, s.CheckPassword(ctx, tenant, "paul", "wrong", address("1")), account.CodeCredentials)
	}
	require.ErrorIs(t, s.CheckPassword(ctx, tenant, "paul", goodPassword, address("1")), account.CodeWait)
	_, err := s.signIn("paul", goodPassword, address("1"))
	require.ErrorIs(t, err, account.CodeWait, "one bucket for both")
	require.ErrorIs(t, s.CheckPassword(ctx, tenant, "nobody", goodPassword, address("1")), account.CodeUnknown)
	zoe := relative("zoe")
	zoe.Portal, zoe.Activated = "educonnect", monday
	s.save(zoe)
	require.ErrorIs(t, s.CheckPassword(ctx, tenant, "zoe", "", address("1")), account.CodePortal)
}

// A paper of a merged login that was in use gives it another password: what the former one had opened ends.
func TestThePaperOfAMergedLoginEndsItsSessions(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	s.active(relative("a"))
	s.active(relative("b"))
	sheet, err := s.PrintCodes(t.Context(), account.Order{Tenant: tenant, By: account.Agent{Administrator: true}, Accounts: []ent.ID{"b"}, Renew: true})
	require.NoError(t, err)
	s.merge("a", "b")
	_, main := s.enter("a", goodPassword)
	_, token := s.enter("b", goodPassword)
	out, err := s.activate("b", sheet.Lines[0].Code, func(x *account.Activation) { x.Password = "Velours-vert-7" })
	require.NoError(t, err)
	assert.EqualValues(t, "a", out.Account.ID)
	s.over(token, "by the former password")
	_, err = s.Sessions.Get(t.Context(), tenant, main)
	require.NoError(t, err, "the main account keeps its password and its sessions")
}

// Login, alias and merged logins are doors of one account: guesses at one are guesses at all.
func TestAnAliasGivesNoMoreGuesses(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	a := relative("a")
	a.Alias = "zoe.martin"
	s.active(a)
	s.active(relative("b"))
	s.merge("a", "b")
	for range 5 {
		_, err := s.signIn("a", "wrong", address("1"))
		require.ErrorIs(t, err, account.CodeCredentials)
	}
	for _, login := range []string{"a", " Zoé.Martin", "B"} {
		_, err := s.signIn(login, "wrong", address("1"))
		require.ErrorIs(t, err, account.CodeWait, login)
	}
	require.ErrorIs(t, s.CheckPassword(t.Context(), tenant, "a", goodPassword, address("1")), account.CodeWait)
	_, err := s.signIn("a", goodPassword, address("2"))
	require.NoError(t, err)
}

// A clock that is set back by an hour locks nobody out for an hour.
func TestAClockThatGoesBackLocksNobodyOut(t *testing.T) {
	t.Parallel()
	l := account.Limit{Burst: 5, Every: time.Minute}
	at, wait := l.After(monday, monday)
	require.Zero(t, wait)
	_, wait = l.After(at, monday.Add(-time.Hour))
	assert.LessOrEqual(t, wait, time.Minute)
	for range 4 {
		at, wait = l.After(at, monday)
		require.Zero(t, wait)
	}
	_, wait = l.After(at, monday)
	assert.Equal(t, time.Minute, wait, "an empty bucket stays one")
}

// Whose policy wants a second factor is known by the session, not by one redirect: a page can refuse until it is there.
func TestASessionSaysThatAFactorIsMissing(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	root := teacher("root")
	root.Administrator = true
	s.active(root)
	_, token := s.enter("root", goodPassword)
	v, err := s.Sessions.Get(t.Context(), tenant, token)
	require.NoError(t, err)
	assert.True(t, v.MustEnrol)
	e, err := s.EnrolSecond(t.Context(), tenant, "root")
	require.NoError(t, err)
	_, err = s.ConfirmSecond(t.Context(), tenant, "root", phone(t, e)(s.clock()))
	require.NoError(t, err)
	s.pass(time.Minute)
	out, err := s.signIn("root", goodPassword, address("1"))
	require.NoError(t, err)
	out, err = s.SecondFactor(t.Context(), tenant, out.Challenge, phone(t, e)(s.clock()), address("1"))
	require.NoError(t, err)
	v, _ = s.start(out)
	assert.False(t, v.MustEnrol)
}

// What one piece of work may cost is bounded, whatever the row asks for and however long the password is: all wait behind it.
func TestNoPasswordNorRowHoldsTheQueue(t *testing.T) {
	t.Parallel()
	h := &account.Hasher{Cost: cheap(), Queue: account.NewQueue(1, 0)}
	const tail = "$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA"
	require.NoError(t, h.Check("$argon2id$v=19$m=65536,t=16,p=1"+tail))
	require.ErrorIs(t, h.Check("$argon2id$v=19$m=262144,t=5,p=1"+tail), account.CodeHash)
	// python3 -c 'import crypt; print(crypt.crypt("x" * 256, "$5$rounds=1000$salt"))', and 257: these rounds read the password again and again.
	for n, stored := range map[int]string{
		256: "$5$rounds=1000$salt$pq7BMm2YWrxwJMWu.dfAxUKGGxL2Gi7x3qVd8cS/sv6",
		257: "$5$rounds=1000$salt$hjuwMJvzOAHR1NmkyOkQwRTSfNI6ASPlHcoH0Khx5p6",
	} {
		wrapped, err := h.Wrap(t.Context(), stored)
		require.NoError(t, err)
		for _, s := range []string{stored, wrapped} {
			ok, _, err := h.Verify(t.Context(), s, strings.Repeat("x", n))
			require.NoError(t, err)
			assert.Equal(t, n == 256, ok, s)
		}
	}
}

// Links for an address that were asked for before a block or a merge change nothing after it.
func TestALinkForAnAddressDoesNotOutliveABlockNorAMerge(t *testing.T) {
	t.Parallel()
	for name, meanwhile := range map[string]func(s *school) error{
		"block": func(s *school) error {
			if err := s.Block(t.Context(), tenant, "b", staff); err != nil {
				return err
			}
			return s.Unblock(t.Context(), tenant, "b", staff)
		},
		"merge": func(s *school) error { return s.Holder().Merge(t.Context(), tenant, "a", "b") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSchool(t)
			ctx := t.Context()
			s.active(relative("a"))
			s.active(relative("b"))
			require.NoError(t, s.AskMail(ctx, tenant, "b", "thief@exemple.test"))
			_, confirm, _ := strings.Cut(s.mail.take()[0].Params["link"], "#")
			key, _, err := s.MergeKey(ctx, tenant, "b")
			require.NoError(t, err)
			require.NoError(t, meanwhile(s))
			require.ErrorIs(t, s.ConfirmMail(ctx, tenant, confirm), account.CodeLink)
			_, err = s.Merge(ctx, tenant, "a", key)
			require.ErrorIs(t, err, account.CodeMergeKey)
			assert.Equal(t, "b@exemple.test", s.get("b").Mail)
		})
	}
}
