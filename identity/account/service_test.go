package account_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/enttest/holdertest"
	"github.com/opencartable/cartable/identity/account"
	"github.com/opencartable/cartable/identity/account/accounttest"
	"github.com/opencartable/cartable/identity/guichet"
)

// R-PW-1: an old hash, wrapped or not, is replaced at the login.
func TestRPW1UpgradeAtLogin(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	const md5 = "6228baaa202996b5dfac796f58ce6670"
	wrapped, err := s.Hasher.Wrap(t.Context(), md5)
	require.NoError(t, err)
	for id, stored := range map[ent.ID]string{"old": md5, "wrapped": wrapped} {
		a := teacher(id)
		a.Password = stored
		s.save(a)
		_, err := s.signIn(string(id), accented+"x", address("1"))
		require.ErrorIs(t, err, account.CodeCredentials)
		assert.Equal(t, stored, s.get(id).Password)
		_, err = s.signIn(string(id), accented, address("1"))
		require.NoError(t, err)
		assert.True(t, strings.HasPrefix(s.get(id).Password, "$argon2id$"))
		_, err = s.signIn(string(id), accented, address("1"))
		require.NoError(t, err)
	}
	require.ErrorIs(t, s.Save(t.Context(), tenant, ent.Actor{}, account.Account{ID: "x", Login: "x", Password: "plain text"}), account.CodeHash)
}

// D4, R-BF-1: six wrong passwords for a teacher from one address delay that address; the teacher enters from another at once.
func TestAcceptanceD4(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	s.active(teacher("paul"))
	for i := range 6 {
		_, err := s.signIn("paul", "wrong", address("1"))
		if i < 5 {
			require.ErrorIs(t, err, account.CodeCredentials)
		} else {
			require.ErrorIs(t, err, account.CodeWait)
		}
	}
	_, err := s.signIn("paul", goodPassword, address("1"))
	require.ErrorIs(t, err, account.CodeWait, "that address is delayed")
	e, ok := errors.AsType[*account.Error](err)
	require.True(t, ok)
	assert.Equal(t, time.Minute, e.Wait)
	assert.Contains(t, e.Message(ent.FR), "60 secondes")
	_, err = s.signIn("paul", goodPassword, address("2"))
	require.NoError(t, err)
	s.pass(time.Minute)
	_, err = s.signIn("paul", goodPassword, address("1"))
	require.NoError(t, err, "a delay, no lock")
}

// R-BF-1: the whole school has one address. The browser where the teacher signed in before is not delayed by a pupil who
// guesses there, not even when the address has no attempt left; another login's browser gains nothing.
func TestRBF1KnownDevice(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	s.active(teacher("paul"))
	s.active(pupil("lea"))
	out, err := s.signIn("paul", goodPassword, address("1"))
	require.NoError(t, err)
	mine, err := s.signIn("lea", goodPassword, address("1"))
	require.NoError(t, err)
	try := func(login, password, device string) error {
		_, err := s.SignIn(t.Context(), account.Attempt{Tenant: tenant, Login: login, Password: password, Address: address("1"), Device: device})
		return err
	}
	for i := range 1250 { // beyond what the address has
		_ = try(fmt.Sprint("paul", i%250), "wrong", mine.Device)
		_ = try("paul", "wrong", mine.Device)
	}
	require.ErrorIs(t, try("paul", goodPassword, ""), account.CodeWait)
	require.ErrorIs(t, try("paul", goodPassword, mine.Device), account.CodeWait)
	require.NoError(t, try("paul", goodPassword, out.Device))
	require.NoError(t, try("lea", goodPassword, mine.Device))
	// The device itself is delayed when it guesses.
	for range 5 {
		require.ErrorIs(t, try("paul", "wrong", out.Device), account.CodeCredentials)
	}
	require.ErrorIs(t, try("paul", goodPassword, out.Device), account.CodeWait)
	// One computer that two persons share knows both; a forged cookie none.
	both, err := s.SignIn(t.Context(), account.Attempt{Tenant: tenant, Login: "lea", Password: goodPassword, Address: address("3"), Device: out.Device})
	require.NoError(t, err)
	assert.Contains(t, both.Device, out.Device)
	assert.NotEqual(t, out.Device, both.Device)
	require.ErrorIs(t, try("lea", goodPassword, strings.Repeat("a", len(mine.Device))), account.CodeWait)
}

// R-BF-1: success does not reset the bucket of the address; an own account between two guesses gains nothing.
func TestRBF1SuccessGainsNothing(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	s.Throttle.Limits = &account.Limits{Address: []account.Limit{{Burst: 10, Every: time.Hour}}}
	s.active(pupil("lea"))
	guesses := 0
	for i := range 40 {
		if i%2 == 0 {
			_, _ = s.signIn("lea", goodPassword, address("1"))
			continue
		}
		if _, err := s.signIn(fmt.Sprint("somebody", i), "x", address("1")); errors.Is(err, account.CodeCredentials) {
			guesses++
		}
	}
	assert.Equal(t, 10, guesses)
	// An IPv6 line has one bucket, an IPv4 address written as IPv6 its own.
	assert.Equal(t, account.AddressKey(netip.MustParseAddr("2001:db8::1")), account.AddressKey(netip.MustParseAddr("2001:db8::ffff:1")))
	assert.NotEqual(t, account.AddressKey(netip.MustParseAddr("2001:db8::1")), account.AddressKey(netip.MustParseAddr("2001:db8:0:1::1")))
	assert.Equal(t, "192.0.2.1", account.AddressKey(netip.MustParseAddr("::ffff:192.0.2.1")))
	_, err := s.signIn("lea", goodPassword, netip.Addr{})
	require.ErrorIs(t, err, account.CodeAddress, "no address is no free pass")
}

// R-BF-1: an unknown login is answered like a wrong password; forms of codes and of resets share the bucket of the address.
func TestRBF1SameAnswer(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	s.active(teacher("paul"))
	_, unknown := s.signIn("nobody", goodPassword, address("1"))
	_, wrong := s.signIn("paul", "wrong", address("1"))
	assert.Equal(t, unknown.Error(), wrong.Error())
	s.Throttle.Limits = &account.Limits{Address: []account.Limit{{Burst: 2, Every: time.Hour}}}
	_, err := s.Activate(t.Context(), account.Activation{Tenant: tenant, Login: "paul", Code: "abcdefgh", Password: goodPassword, Terms: "1", Address: address("9")})
	require.ErrorIs(t, err, account.CodeActivation)
	require.NoError(t, s.AskReset(t.Context(), tenant, "nobody", address("9")))
	_, err = s.signIn("paul", goodPassword, address("9"))
	require.ErrorIs(t, err, account.CodeWait)
	require.ErrorIs(t, s.AskReset(t.Context(), tenant, "paul", address("9")), account.CodeWait)
	s.Drain()
	// What was not checked is paid back: a full queue is nobody's guess.
	s.Throttle.Limits = &account.Limits{Pair: []account.Limit{{Burst: 1, Every: time.Hour}}}
	s.Hasher.Queue = account.NewQueue(1, 1)
	gate, err := s.Hasher.Queue.Enter()
	require.NoError(t, err)
	next, err := s.Hasher.Queue.Enter()
	require.NoError(t, err)
	for range 3 {
		_, err = s.signIn("paul", goodPassword, address("8"))
		require.ErrorIs(t, err, account.CodeQueueFull)
	}
	gate.Leave()
	next.Leave()
	_, err = s.signIn("paul", goodPassword, address("8"))
	require.NoError(t, err)
}

func TestSignInSaysWhereToGo(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	zoe := relative("zoe")
	zoe.Portal, zoe.Activated = "educonnect", monday
	s.save(zoe)
	_, err := s.signIn("zoe", "any", address("1"))
	require.ErrorIs(t, err, account.CodePortal)
	assert.Contains(t, err.(*account.Error).Message(ent.FR), "guichet educonnect") //nolint:errorlint // as documented
	require.ErrorIs(t, s.ChangePassword(t.Context(), account.Change{Tenant: tenant, Account: "zoe", New: goodPassword, Address: address("1")}), account.CodePortal)
	// A portal comes after a password: the password is of no use any more.
	s.active(teacher("paul"))
	require.NoError(t, s.SetPortal(t.Context(), tenant, "paul", "agents", ent.Actor{Kind: ent.ActorSystem}))
	_, err = s.signIn("paul", goodPassword, address("1"))
	require.ErrorIs(t, err, account.CodePortal)

	s.active(teacher("anne"))
	require.NoError(t, s.Block(t.Context(), tenant, "anne", ent.Actor{Kind: ent.ActorSystem}))
	_, err = s.signIn("anne", "wrong", address("1"))
	require.ErrorIs(t, err, account.CodeCredentials, "a block is told to the person only")
	_, err = s.signIn("anne", goodPassword, address("1"))
	require.ErrorIs(t, err, account.CodeBlocked)
	require.NoError(t, s.Unblock(t.Context(), tenant, "anne", ent.Actor{Kind: ent.ActorSystem}))
	_, err = s.signIn("ANNÉ ", goodPassword, address("1"))
	require.NoError(t, err, "accents, case and spaces of a login do not count")
}

func (s *school) print(ids ...ent.ID) account.Sheet {
	s.t.Helper()
	sheet, err := s.PrintCodes(s.t.Context(), account.Order{Tenant: tenant, By: account.Agent{Account: "root", Administrator: true}, Title: "6A", Accounts: ids})
	require.NoError(s.t, err)
	return sheet
}

func (s *school) activate(login, code string, change func(*account.Activation)) (account.Outcome, error) {
	a := account.Activation{Tenant: tenant, Login: login, Code: code, Password: goodPassword, Terms: "2026", Address: address("1")}
	if change != nil {
		change(&a)
	}
	return s.Activate(s.t.Context(), a)
}

// R-ACT-1: printed by class in the order of names, kept as a keyed hash, with an end, anew, once.
func TestRACT1Codes(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	lea, tom, zoe := pupil("lea"), pupil("tom"), relative("zoe")
	tom.Name = ent.Name{Family: "ÉMILE", Given: "Tom"}
	s.save(lea, tom, zoe)
	s.active(pupil("old"))
	sheet := s.print("lea", "tom", "zoe", "old", "lea", "nobody")
	require.Len(t, sheet.Lines, 3)
	assert.EqualValues(t, "tom", sheet.Lines[0].Account, "by name: Émile, Martin, Petit")
	assert.EqualValues(t, "lea", sheet.Lines[2].Account)
	assert.Equal(t, []account.Left{{Account: "old", Code: account.CodeActive}, {Account: "nobody", Code: account.CodeUnknown}}, sheet.Left)
	assert.True(t, sheet.Expires.Equal(time.Date(2027, 9, 1, 0, 0, 0, 0, time.UTC)), "the school year: %v", sheet.Expires)
	code := sheet.Lines[2].Code

	_, err := s.signIn("lea", code, address("1"))
	require.ErrorIs(t, err, account.CodeNotActivated, "the code in the form of passwords: the person is told")
	_, err = s.signIn("lea", "abcd-efgh", address("1"))
	require.ErrorIs(t, err, account.CodeCredentials)
	_, err = s.signIn("lea", sheet.Lines[0].Code, address("1"))
	require.ErrorIs(t, err, account.CodeCredentials, "another one's code tells nothing")

	for name, c := range map[string]struct {
		login, code string
		change      func(*account.Activation)
		want        ent.Code
	}{
		"wrong code":         {"lea", "abcd-efgh", nil, account.CodeActivation},
		"another one's code": {"lea", sheet.Lines[0].Code, nil, account.CodeActivation},
		"unknown login":      {"nobody", code, nil, account.CodeActivation},
		"no code":            {"lea", "o", nil, account.CodeSymbol},
		"terms":              {"lea", code, func(a *account.Activation) { a.Terms = "" }, account.CodeTerms},
		"password":           {"lea", code, func(a *account.Activation) { a.Password = "x" }, account.CodePolicy},
		"no contact":         {"zoe", sheet.Lines[1].Code, func(a *account.Activation) { a.Mail = "not an address" }, account.CodeContact},
		"nobody's address":   {"lea", code, func(a *account.Activation) { a.Address = netip.Addr{} }, account.CodeAddress},
	} {
		_, err := s.activate(c.login, c.code, c.change)
		require.ErrorIs(t, err, c.want, name)
	}
	s.pass(time.Hour)
	fresh := s.print("lea").Lines[0].Code
	assert.NotEqual(t, code, fresh)
	_, err = s.activate("lea", code, nil)
	require.ErrorIs(t, err, account.CodeActivation, "the former sheet is void")
	out, err := s.activate("LÉA", strings.ToUpper(fresh), nil)
	require.NoError(t, err)
	assert.EqualValues(t, "lea", out.Account.ID)
	assert.Equal(t, account.StateActive, out.Account.State())
	assert.Equal(t, "2026", s.get("lea").Terms)
	_, err = s.activate("lea", fresh, nil)
	require.ErrorIs(t, err, account.CodeActivation, "once")
	_, err = s.signIn("lea", goodPassword, address("1"))
	require.NoError(t, err)

	s.pass(366 * 24 * time.Hour)
	_, err = s.activate("tom", sheet.Lines[0].Code, nil)
	require.ErrorIs(t, err, account.CodeExpired)
	printed := 0
	for _, e := range s.events {
		if e.Type == account.EventCodes {
			printed++
			assert.EqualValues(t, "root", e.Actor.ID)
		}
	}
	assert.Equal(t, 4, printed, "logged")
}

// R-ACT-1: a code printed anew for a pupil who forgot the password sets another one, and closes what was open.
func TestRACT1Renew(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	s.active(pupil("lea"))
	s.enter("lea", goodPassword)
	paul := account.Agent{Account: "paul", Profile: ent.ProfileTeacher, Classes: []ent.ID{"6A"}}
	sheet, err := s.PrintCodes(t.Context(), account.Order{Tenant: tenant, By: paul, Accounts: []ent.ID{"lea"}, Renew: true, Length: 10})
	require.NoError(t, err)
	require.Len(t, sheet.Lines, 1)
	_, err = s.activate("lea", sheet.Lines[0].Code, nil)
	require.ErrorIs(t, err, account.CodePolicy, "the password of before")
	require.ErrorIs(t, err, account.CodeReused)
	_, err = s.activate("lea", sheet.Lines[0].Code, func(a *account.Activation) { a.Password = "Velours-vert-7" })
	require.NoError(t, err)
	require.Len(t, s.ended, 1)
	assert.Equal(t, account.EndPassword, s.ended[0].why)
	_, err = s.signIn("lea", goodPassword, address("1"))
	require.ErrorIs(t, err, account.CodeCredentials)
}

// D3: fifty browsers, one code. accounttest runs it on every store; here on memory.
func TestAcceptanceD3(t *testing.T) {
	t.Parallel()
	accounttest.RunStore(t, account.NewMemoryStore())
}

// R-ACT-2: relatives activate through EduConnect without a code; teachers print codes for their pupils only.
func TestRACT2(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	s.save(relative("zoe"), pupil("lea"), teacher("mate"))
	u := account.Upstream{Provider: "educonnect", Subject: "s", Index: "i"}
	_, err := s.SignInFederated(t.Context(), tenant, "zoe", u)
	require.ErrorIs(t, err, account.CodeNotActivated)
	_, err = s.ActivateFederated(t.Context(), tenant, "zoe", u, "")
	require.ErrorIs(t, err, account.CodeTerms)
	out, err := s.ActivateFederated(t.Context(), tenant, "zoe", u, "2026")
	require.NoError(t, err)
	v, _ := s.start(out)
	assert.Equal(t, "educonnect", v.Principal().Provider)
	assert.Equal(t, u.Index, v.Upstream.Index)
	_, err = s.ActivateFederated(t.Context(), tenant, "zoe", u, "2026")
	require.ErrorIs(t, err, account.CodeActive)
	_, err = s.SignInFederated(t.Context(), tenant, "zoe", u)
	require.NoError(t, err)
	_, err = s.signIn("zoe", "x", address("1"))
	require.ErrorIs(t, err, account.CodePortal)

	paul := account.Agent{Account: "paul", Profile: ent.ProfileTeacher, Classes: []ent.ID{"6A"}}
	sheet, err := s.PrintCodes(t.Context(), account.Order{Tenant: tenant, By: paul, Accounts: []ent.ID{"lea", "mate"}})
	require.NoError(t, err)
	assert.Len(t, sheet.Lines, 1)
	assert.Equal(t, []account.Left{{Account: "mate", Code: account.CodeRights}}, sheet.Left)
}

// R-RST-1: one message for an address, links of one use for an hour, sessions closed, the former address told, one answer.
func TestRRST1(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	zoe, lea, tom := relative("zoe"), pupil("lea"), pupil("tom")
	lea.Mail, tom.Mail = "ZOE@exemple.test", "zoe@exemple.test"
	lea.Name = ent.Name{Family: "Petit", Given: "Léa"}
	s.active(zoe)
	s.active(lea)
	tom.Portal, tom.Activated = "educonnect", monday
	s.save(tom)
	ctx := t.Context()
	require.NoError(t, s.AskReset(ctx, tenant, "nobody@exemple.test", address("1")))
	require.NoError(t, s.AskReset(ctx, tenant, "nobody", address("1")))
	s.Drain()
	assert.Empty(t, s.mail.take(), "and no word of it")

	s.enter("zoe", goodPassword)
	require.NoError(t, s.AskReset(ctx, tenant, " Zoe@Exemple.test", address("1")))
	s.Drain()
	sent := s.mail.take()
	require.Len(t, sent, 1, "one message lists them")
	m := sent[0]
	assert.True(t, m.Secret)
	assert.Equal(t, account.KindReset, m.Kind)
	for _, want := range []string{"Zoé Martin", "Léa Petit", "educonnect", "identifiant lea", "https://ent.exemple.test/reset#"} {
		assert.Contains(t, m.FR.Text, want)
	}
	assert.Equal(t, 2, strings.Count(m.EN.Text, "reset#"), "none for the account of the portal")
	n := slices.IndexFunc([]string{m.Params["login.1"], m.Params["login.2"], m.Params["login.3"]}, func(l string) bool { return l == "zoe" })
	token := link(m, fmt.Sprint(n+1))
	assert.GreaterOrEqual(t, len(token), 26, "128 bits and more")

	reset := func(token, password string) error {
		_, err := s.Reset(ctx, account.Renewal{Tenant: tenant, Token: token, Password: password, Address: address("1")})
		return err
	}
	require.ErrorIs(t, reset("nothing", "Velours-vert-7"), account.CodeLink)
	require.ErrorIs(t, reset(token, "x"), account.CodePolicy)
	require.ErrorIs(t, reset(token, goodPassword), account.CodeReused)
	require.NoError(t, reset(token, "Velours-vert-7"))
	require.ErrorIs(t, reset(token, "Velours-bleu-8"), account.CodeLink, "once")
	require.Len(t, s.ended, 1)
	assert.Equal(t, account.EndPassword, s.ended[0].why)
	sent = s.mail.take()
	require.Len(t, sent, 1)
	assert.Equal(t, account.KindPassword, sent[0].Kind)
	assert.False(t, sent[0].Secret)
	_, err := s.signIn("zoe", goodPassword, address("1"))
	require.ErrorIs(t, err, account.CodeCredentials)
	_, err = s.signIn("zoe", "Velours-vert-7", address("1"))
	require.NoError(t, err)

	// After an hour the link is over; by a login the message goes to the address of the account.
	require.NoError(t, s.AskReset(ctx, tenant, "lea", address("1")))
	s.Drain()
	sent = s.mail.take()
	require.Len(t, sent, 1)
	s.pass(time.Hour)
	require.ErrorIs(t, reset(link(sent[0], "1"), "Velours-vert-7"), account.CodeExpired)

	// A new address is confirmed by its own link; the former one is told, and for a month hears of what follows.
	require.ErrorIs(t, s.AskMail(ctx, tenant, "zoe", "not an address"), account.CodeContact)
	require.NoError(t, s.AskMail(ctx, tenant, "zoe", "new@exemple.test"))
	sent = s.mail.take()
	require.Len(t, sent, 1)
	assert.Equal(t, "new@exemple.test", sent[0].Address)
	_, confirm, _ := strings.Cut(sent[0].Params["link"], "#")
	require.NoError(t, s.ConfirmMail(ctx, tenant, confirm))
	require.ErrorIs(t, s.ConfirmMail(ctx, tenant, confirm), account.CodeLink)
	sent = s.mail.take()
	require.Len(t, sent, 1)
	assert.Equal(t, "zoe@exemple.test", sent[0].Address)
	require.NoError(t, s.ChangePassword(ctx, account.Change{Tenant: tenant, Account: "zoe", Old: "Velours-vert-7", New: "Velours-bleu-8", Address: address("1")}))
	sent = s.mail.take()
	require.Len(t, sent, 2)
	assert.Equal(t, []string{"new@exemple.test", "zoe@exemple.test"}, []string{sent[0].Address, sent[1].Address})

	// No flood of messages to one address.
	for i := range 10 {
		require.NoError(t, s.AskReset(ctx, tenant, "zoe", address(fmt.Sprint(20+i))))
	}
	s.Drain()
	assert.Len(t, s.mail.take(), 3)
}

// D6: a change of password closes the other sessions, and partners are told of each.
func TestAcceptanceD6(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	s.active(teacher("paul"))
	here, token := s.enter("paul", goodPassword)
	there, other := s.enter("paul", goodPassword)
	change := account.Change{Tenant: tenant, Account: "paul", Old: "wrong", New: "Velours-vert-72!", Address: address("1"), Keep: here.ID}
	require.ErrorIs(t, s.ChangePassword(t.Context(), change), account.CodeCredentials)
	change.Old = goodPassword
	weak := change
	weak.New = "Velours7"
	require.ErrorIs(t, s.ChangePassword(t.Context(), weak), account.CodeShort)
	assert.Empty(t, s.ended)
	require.NoError(t, s.ChangePassword(t.Context(), change))
	assert.Equal(t, []ended{{"paul", there.ID, account.EndPassword}}, s.ended, "single logout of that session")
	_, err := s.Sessions.Get(t.Context(), tenant, token)
	require.NoError(t, err)
	_, err = s.Sessions.Get(t.Context(), tenant, other)
	require.ErrorIs(t, err, account.CodeNoSession)
	change.Old, change.New = change.New, goodPassword
	require.ErrorIs(t, s.ChangePassword(t.Context(), change), account.CodeReused, "history")
}

// Section 15.6: enrolment, one step of difference, no replay, recovery codes of one use.
func TestSecondFactor(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	root := teacher("root")
	root.Administrator = true
	s.active(root)
	ctx := t.Context()
	out, err := s.signIn("root", goodPassword, address("1"))
	require.NoError(t, err)
	assert.True(t, out.MustEnrol)
	assert.True(t, out.NewDevice)
	assert.Equal(t, account.KindDevice, s.mail.take()[0].Kind)
	out, err = s.SignIn(ctx, account.Attempt{Tenant: tenant, Login: "root", Password: goodPassword, Address: address("1"), Device: out.Device})
	require.NoError(t, err)
	assert.False(t, out.NewDevice)
	assert.Empty(t, s.mail.take())

	e, err := s.EnrolSecond(ctx, tenant, "root")
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(e.URI, "otpauth://totp/ENT%20de%20test:root?"), e.URI)
	assert.Contains(t, e.URI, "issuer=ENT%20de%20test")
	code := phone(t, e)
	out, err = s.signIn("root", goodPassword, address("1"))
	require.NoError(t, err)
	assert.Empty(t, out.Challenge, "not before it is confirmed")
	_, err = s.ConfirmSecond(ctx, tenant, "root", "000000")
	require.ErrorIs(t, err, account.CodeSecond)
	recovery, err := s.ConfirmSecond(ctx, tenant, "root", code(s.clock()))
	require.NoError(t, err)
	assert.Len(t, recovery, 8)
	sent := s.mail.take()
	assert.Equal(t, account.KindSecondOn, sent[len(sent)-1].Kind)
	_, err = s.EnrolSecond(ctx, tenant, "root")
	require.ErrorIs(t, err, account.CodeSecondState)

	challenge := func() string {
		t.Helper()
		out, err := s.signIn("root", goodPassword, address("1"))
		require.NoError(t, err)
		require.NotEmpty(t, out.Challenge)
		_, err = out.Start()
		require.ErrorIs(t, err, account.CodeChallenge, "nobody is signed in yet")
		return out.Challenge
	}
	second := func(challenge, code string) (account.Outcome, error) {
		return s.SecondFactor(ctx, tenant, challenge, code, address("1"))
	}
	c := challenge()
	_, err = second(c, code(s.clock()))
	require.ErrorIs(t, err, account.CodeSecond, "the code of the enrolment was used")
	s.pass(time.Minute)
	_, err = second(c, code(s.clock().Add(-time.Minute)))
	require.ErrorIs(t, err, account.CodeSecond, "two steps late")
	late := code(s.clock().Add(-30 * time.Second))
	out, err = second(c, late[:3]+" "+late[3:])
	require.NoError(t, err, "one step late, with a space")
	v, _ := s.start(out)
	assert.True(t, v.Second)
	_, err = second(c, code(s.clock()))
	require.ErrorIs(t, err, account.CodeChallenge, "a challenge serves once")
	_, err = second(challenge(), late)
	require.ErrorIs(t, err, account.CodeSecond, "a used step is refused")
	_, err = second(challenge(), code(s.clock().Add(30*time.Second)))
	require.NoError(t, err, "one step early")
	_, err = second(challenge(), code(s.clock()))
	require.ErrorIs(t, err, account.CodeSecond, "no step before the last one")

	_, err = second(challenge(), strings.ToUpper(recovery[3]))
	require.NoError(t, err)
	_, err = second(challenge(), recovery[3])
	require.ErrorIs(t, err, account.CodeSecond, "a recovery code serves once")
	assert.Equal(t, account.EventSecondRecovery, s.events[len(s.events)-1].Type)
	c = challenge()
	s.pass(10 * time.Minute)
	_, err = second(c, code(s.clock()))
	require.ErrorIs(t, err, account.CodeChallenge, "ten minutes")
	// Guessing is delayed.
	c = challenge()
	for range 20 {
		_, err = second(c, "123456")
	}
	require.ErrorIs(t, err, account.CodeWait)
	s.pass(5 * time.Minute)

	// The secret is sealed for this account, and opens with a former key.
	a := s.get("root")
	other := s.active(teacher("other"))
	other.Second = a.Second
	require.NoError(t, s.Store.Update(ctx, tenant, func(tx account.Tx) error { return tx.Put(ctx, other) }))
	out, err = s.signIn("other", goodPassword, address("5"))
	require.NoError(t, err)
	_, err = second(out.Challenge, code(s.clock()))
	require.ErrorIs(t, err, account.CodeSealed)
	s.Keys = account.Keys{Current: bytes.Repeat([]byte{8}, account.MinKey), Old: [][]byte{s.Keys.Current}}
	_, err = second(challenge(), code(s.clock()))
	require.NoError(t, err)
	_, err = second(challenge(), recovery[4])
	require.NoError(t, err)

	require.NoError(t, s.RemoveSecond(ctx, tenant, "root", ent.Actor{Kind: ent.ActorSystem}))
	require.ErrorIs(t, s.RemoveSecond(ctx, tenant, "root", ent.Actor{}), account.CodeSecondState)
	out, err = s.signIn("root", goodPassword, address("6"))
	require.NoError(t, err)
	assert.Empty(t, out.Challenge)
}

// groups is another part of the product: the children and groups of each account.
type groups struct {
	of     map[ent.ID][]string
	before map[ent.ID][]string
	fail   error
}

func (g *groups) Part() string { return "groups" }

func (g *groups) Held(context.Context, ent.Tenant, ent.ID) ([]ent.Holding, error) { return nil, nil }

func (g *groups) Erase(context.Context, ent.Tenant, ent.ID) (int64, error) { return 0, nil }

func (g *groups) Merge(_ context.Context, _ ent.Tenant, kept, gone ent.ID) error {
	if g.fail != nil {
		return g.fail
	}
	g.before[gone], g.before[kept] = g.of[gone], g.of[kept]
	g.of[kept], g.of[gone] = append(append([]string{}, g.of[kept]...), g.of[gone]...), nil
	return nil
}

func (g *groups) Unmerge(_ context.Context, _ ent.Tenant, kept, gone ent.ID) error {
	if g.fail != nil {
		return g.fail
	}
	g.of[kept], g.of[gone] = g.before[kept], g.before[gone]
	return nil
}

// people answers guichet with the accounts: one query, by identifier or by key.
type people struct{ s *school }

func (p people) Find(ctx context.Context, q guichet.Query) ([]guichet.Candidate, error) {
	id := q.Account
	if id == "" {
		id = ent.ID(q.Key)
	}
	var out []guichet.Candidate
	err := p.s.Store.View(ctx, q.Tenant, func(tx account.Tx) error {
		a, err := tx.Account(ctx, id)
		if errors.Is(err, account.CodeUnknown) {
			return nil
		}
		out = []guichet.Candidate{{Account: a.ID, Profile: a.Profile, State: guichet.State(a.State()), MergedInto: a.MergedInto, Name: a.Name}}
		return err
	})
	return out, err
}

// D5, R-MRG-1: relatives A (AAF) and B (AAF1D): B into A; B's login opens A on every path; un-merge restores; a portal into a
// password is refused; a key serves once.
func TestAcceptanceD5(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	g := &groups{of: map[ent.ID][]string{"a": {"Tom"}, "b": {"Léa", "parents of 6A"}}, before: map[ent.ID][]string{}}
	s.Holders = []ent.Holder{g}
	a, b, f := relative("a"), relative("b"), relative("f")
	b.Source, f.Portal, f.Activated = account.SourceAAF1D, "educonnect", monday
	s.active(a)
	s.active(b)
	s.save(f)
	s.save(relative("paper"))
	ctx := t.Context()

	open, _ := s.enter("b", goodPassword)
	key, expires, err := s.MergeKey(ctx, tenant, "b")
	require.NoError(t, err)
	assert.True(t, expires.Equal(monday.Add(24*time.Hour)))
	_, err = s.Merge(ctx, tenant, "a", "wrong")
	require.ErrorIs(t, err, account.CodeMergeKey)
	gone, err := s.Merge(ctx, tenant, "a", key)
	require.NoError(t, err)
	assert.EqualValues(t, "b", gone)
	assert.Equal(t, []string{"Tom", "Léa", "parents of 6A"}, g.of["a"])
	assert.Equal(t, []ended{{"b", open.ID, account.EndMerged}}, s.ended, "sessions of the merged account are closed")
	_, err = s.Merge(ctx, tenant, "a", key)
	require.ErrorIs(t, err, account.CodeMergeKey, "used twice")

	// Password.
	out, err := s.signIn("b", goodPassword, address("1"))
	require.NoError(t, err)
	assert.EqualValues(t, "a", out.Account.ID)
	assert.EqualValues(t, "b", out.Via)
	v, _ := s.start(out)
	assert.EqualValues(t, "a", v.Principal().Account)
	// Portal: what guichet resolves, and what is opened by an identifier.
	found, err := guichet.Resolver{People: people{s}}.Resolve(ctx, guichet.Claim{Tenant: tenant, Provider: "educonnect", Keys: []string{"b"}})
	require.NoError(t, err)
	require.Equal(t, guichet.OutcomeOne, found.Outcome)
	assert.True(t, found.Merged)
	assert.EqualValues(t, "a", found.Candidates[0].Account)
	out, err = s.SignInFederated(ctx, tenant, "b", account.Upstream{Provider: "educonnect", Subject: "s"})
	require.NoError(t, err)
	assert.EqualValues(t, "a", out.Account.ID)
	// Reset: the link opens A, and the new password is that of both logins.
	s.mail.take()
	require.NoError(t, s.AskReset(ctx, tenant, "b", address("1")))
	s.Drain()
	out, err = s.Reset(ctx, account.Renewal{Tenant: tenant, Token: link(s.mail.take()[0], "1"), Password: "Velours-vert-7", Address: address("1")})
	require.NoError(t, err)
	assert.EqualValues(t, "a", out.Account.ID)
	for _, login := range []string{"a", "b"} {
		_, err = s.signIn(login, goodPassword, address("1"))
		require.ErrorIs(t, err, account.CodeCredentials)
		out, err = s.signIn(login, "Velours-vert-7", address("1"))
		require.NoError(t, err)
		assert.EqualValues(t, "a", out.Account.ID)
	}
	// Second factor: that of A is asked for by the login of B.
	e, err := s.EnrolSecond(ctx, tenant, "a")
	require.NoError(t, err)
	_, err = s.ConfirmSecond(ctx, tenant, "a", phone(t, e)(s.clock()))
	require.NoError(t, err)
	out, err = s.signIn("b", "Velours-vert-7", address("1"))
	require.NoError(t, err)
	s.pass(time.Minute)
	out, err = s.SecondFactor(ctx, tenant, out.Challenge, phone(t, e)(s.clock()), address("1"))
	require.NoError(t, err)
	assert.EqualValues(t, "a", out.Account.ID)
	assert.EqualValues(t, "b", out.Via)
	v, _ = s.start(out)
	require.NoError(t, s.RemoveSecond(ctx, tenant, "a", ent.Actor{}))
	// Activation: a sheet of paper that was printed for an account before the directory merged it.
	code := s.print("paper").Lines[0].Code
	require.NoError(t, s.Holder().Merge(ctx, tenant, "a", "paper"))
	out, err = s.activate("paper", code, func(x *account.Activation) { x.Password = "Bateau-bleu-9" })
	require.NoError(t, err)
	assert.EqualValues(t, "a", out.Account.ID)
	out, err = s.signIn("paper", "Bateau-bleu-9", address("1"))
	require.NoError(t, err)
	assert.EqualValues(t, "a", out.Account.ID)
	_, err = s.signIn("a", "Velours-vert-7", address("1"))
	require.NoError(t, err, "the paper did not change the password of an account in use")

	// Un-merge, by the login.
	s.ended = nil
	by := ent.Actor{Kind: ent.ActorPerson, ID: "staff"}
	require.ErrorIs(t, s.Unmerge(ctx, tenant, "a", by), account.CodeNotMerged)
	require.NoError(t, s.Unmerge(ctx, tenant, "B", by))
	assert.Equal(t, []string{"Léa", "parents of 6A"}, g.of["b"])
	assert.Equal(t, []string{"Tom"}, g.of["a"])
	assert.Contains(t, s.ended, ended{"a", v.ID, account.EndMerged}, "what its login had opened is closed")
	out, err = s.signIn("b", "Velours-vert-7", address("1"))
	require.NoError(t, err)
	assert.EqualValues(t, "b", out.Account.ID)

	// A portal into a password: refused, and the key is used up.
	key, _, err = s.MergeKey(ctx, tenant, "f")
	require.NoError(t, err)
	_, err = s.Merge(ctx, tenant, "a", key)
	require.ErrorIs(t, err, account.CodeMergeFederated)
	_, err = s.Merge(ctx, tenant, "f", key)
	require.ErrorIs(t, err, account.CodeMergeKey)
	// The other way round is right; a key ends after a day.
	key, _, err = s.MergeKey(ctx, tenant, "a")
	require.NoError(t, err)
	s.pass(24 * time.Hour)
	_, err = s.Merge(ctx, tenant, "f", key)
	require.ErrorIs(t, err, account.CodeMergeKey)
	// A part that fails: nothing has changed.
	key, _, err = s.MergeKey(ctx, tenant, "a")
	require.NoError(t, err)
	g.fail = errors.New("Canari")
	_, err = s.Merge(ctx, tenant, "f", key)
	require.ErrorIs(t, err, account.CodeMergeHolder)
	assert.NotContains(t, err.Error(), "Canari")
	assert.Equal(t, account.StateActive, new(s.get("a")).State())
	g.fail = nil
	key, _, err = s.MergeKey(ctx, tenant, "a")
	require.NoError(t, err)
	_, err = s.Merge(ctx, tenant, "f", key)
	require.NoError(t, err)
	out, err = s.signIn("paper", "Bateau-bleu-9", address("1"))
	require.NoError(t, err)
	assert.EqualValues(t, "f", out.Account.ID, "paper → a → f: every link is followed")
	g.fail = errors.New("Canari")
	require.ErrorIs(t, s.Unmerge(ctx, tenant, "a", by), account.CodeMergeHolder)
	assert.Equal(t, account.StateMerged, new(s.get("a")).State())
}

// What the caller says every night does not undo what persons did.
func TestSaveKeepsWhatPersonsDid(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	s.active(relative("zoe"))
	before := s.get("zoe")
	again := relative("zoe")
	again.Mail, again.Name.Family, again.Classes = "stale@exemple.test", "Nouveau", []ent.ID{"5A"}
	s.save(again)
	after := s.get("zoe")
	assert.Equal(t, before.Password, after.Password)
	assert.Equal(t, before.Mail, after.Mail)
	assert.Equal(t, "Nouveau", after.Name.Family)
	assert.Equal(t, []ent.ID{"5A"}, after.Classes)
	clash := relative("other")
	clash.Login = " ZOÉ"
	require.ErrorIs(t, s.Save(t.Context(), tenant, ent.Actor{}, relative("fresh"), clash), account.CodeLogin)
	_, err := s.Open(t.Context(), tenant, "fresh")
	require.ErrorIs(t, err, account.CodeUnknown, "all are saved, or none")
	bare := &account.Service{}
	require.ErrorIs(t, bare.Save(t.Context(), tenant, ent.Actor{}), account.CodeSetup)
	s.Keys.Current = []byte("short")
	_, err = s.signIn("zoe", goodPassword, address("1"))
	require.ErrorIs(t, err, account.CodeSetup)
}

// broken is a store that answers nothing.
type broken struct {
	account.Store
	account.SessionStore
	account.Buckets
}

var errDown = errors.New("the Canari is down")

func (broken) View(context.Context, ent.Tenant, func(account.Tx) error) error { return errDown }

func (broken) Update(context.Context, ent.Tenant, func(account.Tx) error) error { return errDown }

func (broken) Get(context.Context, ent.Tenant, string) (account.Session, error) {
	return account.Session{}, errDown
}

func (broken) Take(context.Context, ent.Tenant, []account.Bucket, time.Time) (time.Duration, error) {
	return 0, errDown
}

// A store that is down lets nobody in and is not taken for a wrong password or for the end of a session: the page is a 503.
func TestAStoreThatIsDownIsToldApart(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	s.active(teacher("paul"))
	_, token := s.enter("paul", goodPassword)
	store, sessions, buckets := s.Store, s.Sessions.Store, s.Throttle.Buckets
	check := func(err error) {
		t.Helper()
		require.ErrorIs(t, err, account.CodeStore)
		require.ErrorIs(t, err, errDown)
		assert.NotContains(t, err.Error(), "Canari")
	}
	s.Throttle.Limits = &account.Limits{Pair: []account.Limit{{Burst: 1, Every: time.Hour}}}
	s.Store = broken{}
	for range 3 { // and costs no attempt
		_, err := s.signIn("paul", goodPassword, address("1"))
		check(err)
	}
	_, err := s.Reset(t.Context(), account.Renewal{Tenant: tenant, Token: "x", Address: address("1")})
	check(err)
	_, err = s.activate("paul", "abcdefgh", nil)
	check(err)
	check(s.Block(t.Context(), tenant, "paul", ent.Actor{}))
	s.Store, s.Sessions.Store = store, broken{}
	_, err = s.Sessions.Get(t.Context(), tenant, token)
	check(err)
	s.Sessions.Store, s.Throttle.Buckets = sessions, broken{}
	_, err = s.signIn("paul", goodPassword, address("1"))
	check(err)
	s.Throttle.Buckets = buckets
	_, err = s.signIn("paul", goodPassword, address("1"))
	require.NoError(t, err)
}

// The directory may keep the account that was never used: the login of the other one opens it, as an account in use.
func TestAMergeOfTheDirectoryKeepsTheDoorOpen(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	s.save(relative("kept"))
	s.active(relative("used"))
	require.NoError(t, s.Holder().Merge(t.Context(), tenant, "kept", "used"))
	out, err := s.signIn("used", goodPassword, address("1"))
	require.NoError(t, err)
	assert.EqualValues(t, "kept", out.Account.ID)
	assert.Equal(t, account.StateActive, out.Account.State())
	require.NoError(t, s.Holder().Merge(t.Context(), tenant, "kept", "used"), "twice is once")
	require.ErrorIs(t, s.Holder().Merge(t.Context(), tenant, "used", "kept"), account.CodeMergeAlready, "no ring of merges")
	require.NoError(t, s.Holder().Unmerge(t.Context(), tenant, "kept", "used"))
	require.NoError(t, s.Holder().Unmerge(t.Context(), tenant, "kept", "used"))
	require.NoError(t, s.Holder().Merge(t.Context(), tenant, "kept", "nobody"), "a person without an account")
}

func TestMemoryIsAHolder(t *testing.T) {
	t.Parallel()
	s, n := newSchool(t), 0
	store, ok := s.Store.(*account.MemoryStore)
	require.True(t, ok)
	holdertest.Run(t, holdertest.Part{
		Holder: s.Holder(), Tenant: tenant,
		Put: func(t *testing.T, mark string) ent.ID {
			n++
			a := relative(ent.ID(fmt.Sprint("person-", n)))
			a.Login, a.Mail, a.Name.Family, a.Mobile = mark+".login", mark+"@exemple.test", mark, mark
			s.active(a)
			require.NoError(t, s.AskMail(t.Context(), tenant, a.ID, mark+"new@exemple.test"))
			_, _, err := s.MergeKey(t.Context(), tenant, a.ID)
			require.NoError(t, err)
			return a.ID
		},
		Dump: func(*testing.T) string { return store.Dump() },
	})
}

// A second factor is asked for behind a portal too, and the session knows both; a block closes that door as well.
func TestPortalAndSecondFactor(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	ctx := t.Context()
	s.active(teacher("paul"))
	e, err := s.EnrolSecond(ctx, tenant, "paul")
	require.NoError(t, err)
	_, err = s.ConfirmSecond(ctx, tenant, "paul", phone(t, e)(s.clock()))
	require.NoError(t, err)
	s.pass(time.Minute)
	u := account.Upstream{Provider: "agents", Subject: "s", Index: "i"}
	out, err := s.SignInFederated(ctx, tenant, "paul", u)
	require.NoError(t, err)
	require.NotEmpty(t, out.Challenge)
	out, err = s.SecondFactor(ctx, tenant, out.Challenge, phone(t, e)(s.clock()), address("1"))
	require.NoError(t, err)
	v, _ := s.start(out)
	assert.True(t, v.Second)
	assert.Equal(t, u, v.Upstream)
	require.NoError(t, s.Block(ctx, tenant, "paul", ent.Actor{Kind: ent.ActorSystem}))
	assert.Equal(t, []ended{{"paul", v.ID, account.EndBlocked}}, s.ended)
	_, err = s.SignInFederated(ctx, tenant, "paul", u)
	require.ErrorIs(t, err, account.CodeBlocked)
	_, err = s.SignInFederated(ctx, tenant, "nobody", u)
	require.ErrorIs(t, err, account.CodeUnknown)
}

// constant is a source of random numbers that is broken.
type constant byte

func (c constant) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte(c)
	}
	return len(b), nil
}

// Two accounts never have one code: it is drawn anew, and when nothing else comes out of the source none is printed.
func TestCodesAreUnique(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	s.save(pupil("lea"), pupil("tom"))
	s.Random = constant(7)
	_, err := s.PrintCodes(t.Context(), account.Order{Tenant: tenant, By: account.Agent{Administrator: true}, Accounts: []ent.ID{"lea", "tom"}})
	require.ErrorIs(t, err, account.CodeRandom)
	s.Random = nil
	assert.Len(t, s.print("lea", "tom").Lines, 2)
	_, err = s.PrintCodes(t.Context(), account.Order{Tenant: tenant, By: account.Agent{Administrator: true}, Accounts: []ent.ID{"lea"}, Length: 7})
	require.ErrorIs(t, err, account.CodeSymbol)
}

// Codes printed in July, when the year is nearly over, last until the end of the next one.
func TestCodesOfSummer(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	s.save(pupil("lea"))
	for day, want := range map[string]string{"2026-09-01": "2027-09-01", "2027-07-31": "2027-09-01", "2027-08-15": "2028-09-01"} {
		at, err := time.Parse(time.DateOnly, day)
		require.NoError(t, err)
		s.at = at
		assert.Equal(t, want, s.print("lea").Expires.Format(time.DateOnly), day)
	}
}
