package account

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/netip"
	"strings"
	"time"

	"github.com/opencartable/cartable/ent"
)

// Attempt is a form of sign-in. It holds secrets.
type Attempt struct {
	Tenant          ent.Tenant
	Login, Password string
	// Address is that of the browser, as a proxy that is trusted gives it; needed.
	Address netip.Addr
	// Device is the cookie that [Outcome.Device] put there, "" for none.
	Device string
	// Queued is told of the place in the queue when somebody is before: a page may show it while it waits. It returns at once, since
	// nobody else is served when its turn has come meanwhile.
	Queued func(*Turn)
}

// LogValue shows the tenant.
func (a Attempt) LogValue() slog.Value {
	return slog.GroupValue(slog.String("tenant", string(a.Tenant)))
}

// String hides the attempt.
func (a Attempt) String() string { return hidden }

// GoString hides the attempt.
func (a Attempt) GoString() string { return hidden }

// Outcome is a right answer. It holds secrets.
type Outcome struct {
	Tenant ent.Tenant
	// Account is the one that is opened, Via the one whose login was given when it was merged into it.
	Account Account
	Via     ent.ID
	// Challenge is set when a second factor is wanted: nobody is signed in before [Service.SecondFactor] takes it.
	Challenge string
	// Second says that a second factor was given; MustEnrol that the policy wants one and that there is none yet: lead to that
	// page, and open no other one that matters while Session.MustEnrol says so.
	Second, MustEnrol bool
	// Device goes into a lasting cookie (Secure, HttpOnly, SameSite=Lax, a year): see [Limits.Device]. NewDevice says that this
	// browser never signed in to the account before: those whose policy wants a second factor are told by a message.
	Device    string
	NewDevice bool

	upstream Upstream
}

// LogValue shows the account.
func (o Outcome) LogValue() slog.Value {
	return slog.GroupValue(slog.Any("account", o.Account), slog.Bool("challenge", o.Challenge != ""))
}

// String hides the outcome.
func (o Outcome) String() string { return hidden }

// GoString hides the outcome.
func (o Outcome) GoString() string { return hidden }

// Start returns what [Sessions.Start] needs; the caller adds what it knows of the browser. It returns CodeChallenge while a
// second factor is missing.
func (o *Outcome) Start() (Start, error) {
	if o.Challenge != "" || o.Account.ID == "" {
		return Start{}, failure(CodeChallenge)
	}
	return Start{Tenant: o.Tenant, Account: o.Account.ID, Via: o.Via, Profile: o.Account.Profile, Second: o.Second, MustEnrol: o.MustEnrol, Upstream: o.upstream}, nil
}

// challengeLife is how long a second factor is waited for.
const challengeLife = 10 * time.Minute

// SignIn checks a login and a password. An unknown login and a wrong password are one answer in the same time:
// CodeCredentials. It returns CodeWait for an attempt that comes too early, CodeQueueFull, CodePortal for somebody who enters
// through a portal, CodeNotActivated for a right activation code in the place of a password, and CodeBlocked once the
// password is right.
//
// An old hash is replaced here. A login that was merged opens the main account, with its second factor.
func (s *Service) SignIn(ctx context.Context, a Attempt) (Outcome, error) {
	out, id, err := s.signIn(ctx, a)
	s.logResult(ctx, "sign-in", a.Tenant, id, err)
	return out, err
}

func (s *Service) signIn(ctx context.Context, a Attempt) (out Outcome, id ent.ID, err error) {
	if err := s.ready(); err != nil {
		return Outcome{}, "", err
	}
	key := LoginKey(a.Login)
	var found, main Account
	err = s.Store.View(ctx, a.Tenant, func(tx Tx) error {
		found, main = Account{}, Account{}
		var err error
		if found, err = tx.ByLogin(ctx, key); err == nil {
			main, err = follow(ctx, tx, found)
		}
		if isCode(err, CodeUnknown) {
			found = Account{} // nobody, or one whose main account is gone
			return nil
		}
		return err
	})
	if err != nil {
		return Outcome{}, "", storeError(err)
	}
	subject := "nobody " + key
	if found.ID != "" {
		subject = signInSubject(&main)
	}
	paid, err := s.Throttle.take(ctx, a.Tenant, formSignIn, subject, a.Address, s.knownDevice(a.Tenant, key, a.Device), s.now())
	if err != nil {
		return Outcome{}, found.ID, err
	}
	checked := false
	defer func() {
		if !checked {
			paid.void(ctx, s.now())
		}
	}()
	ok, upgrade, err := s.Hasher.verify(ctx, a.Queued, found.Password, a.Password)
	if err != nil {
		return Outcome{}, found.ID, err
	}
	checked = true
	if !ok {
		return Outcome{}, found.ID, s.refused(ctx, a, &found)
	}
	if err := paid.right(ctx, s.now()); err != nil {
		return Outcome{}, found.ID, err
	}
	switch {
	case found.Portal != "":
		return Outcome{}, found.ID, &Error{Code: CodePortal, Portal: found.Portal}
	case found.Blocked || main.Blocked:
		return Outcome{}, found.ID, failure(CodeBlocked)
	}
	if upgrade != "" {
		if err := s.upgrade(ctx, a.Tenant, found.ID, found.Password, upgrade); err != nil {
			return Outcome{}, found.ID, err
		}
	}
	out, err = s.opened(ctx, a.Tenant, &found, main, Upstream{})
	if err != nil {
		return Outcome{}, found.ID, err
	}
	if out.NewDevice = s.knownDevice(a.Tenant, key, a.Device) == ""; out.NewDevice && s.PolicyOf(&main).Second {
		s.tell(ctx, a.Tenant, &main, KindDevice)
	}
	out.Device, err = s.addDevice(a.Tenant, key, a.Device)
	return out, found.ID, err
}

// signInSubject is whom guesses at a password are counted for: one account, whichever of its logins and aliases they are made at.
func signInSubject(main *Account) string { return "account " + string(main.ID) }

// refused says why, as far as whoever tried may know.
func (s *Service) refused(ctx context.Context, a Attempt, found *Account) error {
	switch {
	case found.Portal != "":
		return &Error{Code: CodePortal, Portal: found.Portal}
	case found.ID == "" || found.Password != "":
		return failure(CodeCredentials)
	}
	// The sheet of paper says "code", the form says "password".
	code, err := NormalCode(a.Password)
	if err != nil {
		return failure(CodeCredentials)
	}
	err = s.Store.View(ctx, a.Tenant, func(tx Tx) error {
		t, err := s.token(ctx, tx, a.Tenant, TokenActivation, code, false)
		if err == nil && t.Account == found.ID {
			return failure(CodeNotActivated)
		}
		if err == nil || isCode(err, CodeLink) || isCode(err, CodeExpired) {
			return failure(CodeCredentials)
		}
		return err
	})
	return storeError(err)
}

// upgrade replaces a hash, unless the password changed meanwhile.
func (s *Service) upgrade(ctx context.Context, tenant ent.Tenant, id ent.ID, before, after string) error {
	err := s.Store.Update(ctx, tenant, func(tx Tx) error {
		a, err := tx.Account(ctx, id)
		if err != nil || a.Password != before {
			return err
		}
		a.Password = after
		return tx.Put(ctx, a)
	})
	return storeError(err)
}

// opened is what a right answer gives: the main account, or a challenge for its second factor.
func (s *Service) opened(ctx context.Context, tenant ent.Tenant, found *Account, main Account, u Upstream) (Outcome, error) {
	out := Outcome{Tenant: tenant, Account: main, upstream: u}
	if found.ID != main.ID {
		out.Via = found.ID
	}
	if main.Second != nil && !main.Second.Confirmed.IsZero() {
		payload, err := json.Marshal(challengePayload{out.Via, u})
		if err != nil {
			return Outcome{}, storeError(err)
		}
		secret, t, err := s.newToken(tenant, TokenSecond, main.ID, challengeLife, string(payload))
		if err != nil {
			return Outcome{}, err
		}
		if err := s.Store.Update(ctx, tenant, func(tx Tx) error { return tx.PutToken(ctx, t) }); err != nil {
			return Outcome{}, storeError(err)
		}
		out.Challenge = secret
		return out, nil
	}
	p := s.PolicyOf(&main)
	out.MustEnrol = p.Second
	return out, nil
}

// challengePayload is what a challenge stands for beside the main account.
type challengePayload struct {
	Via      ent.ID   `json:"via,omitempty"`
	Upstream Upstream `json:"upstream,omitzero"`
}

// SignInFederated opens the account of a person for whom a portal vouched: guichet found which. It follows merges, and returns
// CodeBlocked and CodeNotActivated; see [Service.ActivateFederated]. A second factor of the account is wanted here too.
func (s *Service) SignInFederated(ctx context.Context, tenant ent.Tenant, id ent.ID, u Upstream) (Outcome, error) {
	out, err := s.signInFederated(ctx, tenant, id, u)
	s.logResult(ctx, "sign-in by portal", tenant, id, err)
	return out, err
}

func (s *Service) signInFederated(ctx context.Context, tenant ent.Tenant, id ent.ID, u Upstream) (Outcome, error) {
	if err := s.ready(); err != nil {
		return Outcome{}, err
	}
	var found, main Account
	err := s.Store.View(ctx, tenant, func(tx Tx) error {
		var err error
		if found, err = tx.Account(ctx, id); err == nil {
			main, err = follow(ctx, tx, found)
		}
		return err
	})
	switch {
	case err != nil:
		return Outcome{}, storeError(err)
	case found.Blocked || main.Blocked:
		return Outcome{}, failure(CodeBlocked)
	case main.Activated.IsZero():
		return Outcome{}, failure(CodeNotActivated)
	}
	return s.opened(ctx, tenant, &found, main, u)
}

// knownDevice returns the part of the cookie that a login signed in by, "" for none.
func (s *Service) knownDevice(tenant ent.Tenant, login, cookie string) string {
	for i, d := range strings.Split(cookie, ".") {
		if i == maxDevices {
			break
		}
		if len(d) != deviceLength {
			continue
		}
		for _, key := range s.Keys.all() {
			if equal([]byte(deviceMAC(key, tenant, login, d[:deviceNonce])), []byte(d[deviceNonce:])) {
				return d[:deviceNonce]
			}
		}
	}
	return ""
}

// A device is a random part and its keyed hash with the login: nothing is stored, and it serves for no other login. A cookie
// holds those of the last persons of a shared computer.
const (
	maxDevices   = 5
	deviceNonce  = 32
	deviceLength = deviceNonce + 26
)

func deviceMAC(key []byte, tenant ent.Tenant, login, nonce string) string {
	return base32Lower.EncodeToString(mac(derive(key, "device"), string(tenant), login, nonce)[:16])
}

func (s *Service) addDevice(tenant ent.Tenant, login, cookie string) (string, error) {
	known := s.knownDevice(tenant, login, cookie)
	if known == "" {
		var err error
		if known, err = newSecret(s.random()); err != nil {
			return "", err
		}
	}
	out := []string{known + deviceMAC(s.Keys.Current, tenant, login, known)}
	for d := range strings.SplitSeq(cookie, ".") {
		if len(d) == deviceLength && d[:deviceNonce] != known && len(out) < maxDevices {
			out = append(out, d)
		}
	}
	return strings.Join(out, "."), nil
}
