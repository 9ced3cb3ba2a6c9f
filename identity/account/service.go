package account

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/opencartable/cartable/ent"
)

// Service holds the use cases. Fields are set before the first use; those that say so are needed.
type Service struct {
	// Store, Sessions, Hasher, Throttle and Keys are needed.
	Store    Store
	Sessions *Sessions
	Hasher   *Hasher
	Throttle *Throttle
	Keys     Keys
	// Notifier takes messages: needed by resets and changes of address. Nobody is told of anything when nil.
	Notifier ent.Notifier
	// ResetURL and MailURL make the links of messages of a token, on pages of the caller that call Reset and ConfirmMail.
	ResetURL, MailURL func(token string) string
	// Issuer is the name of the ENT, for messages and for the applications of phones: "ENT" when "".
	Issuer string
	// Policy says which passwords will do: PolicyFor when nil.
	Policy func(a *Account, on ent.Date) Policy
	// NeedsContact says who gives an address or a mobile number to activate: all but pupils when nil.
	NeedsContact func(ent.Profile) bool
	// Holders are the other parts of the product: a merge carries what they hold. See ent.Holder.
	Holders []ent.Holder
	// Clock is time.Now, Random crypto/rand, Logger silent when nil; Zone, where a day begins, UTC.
	Clock  func() time.Time
	Random io.Reader
	Logger *slog.Logger
	Zone   *time.Location

	// behind is what goes on after an answer was given.
	behind background
}

func (s *Service) ready() error {
	if s.Store == nil || s.Sessions == nil || s.Hasher == nil || s.Hasher.Queue == nil || s.Throttle == nil || s.Throttle.Buckets == nil || !s.Keys.sound() {
		return failure(CodeSetup)
	}
	return nil
}

func (s *Service) now() time.Time {
	if s.Clock == nil {
		return time.Now()
	}
	return s.Clock()
}

// today is the civil date where the schools are: an age changes with it.
func (s *Service) today() ent.Date {
	zone := s.Zone
	if zone == nil {
		zone = time.UTC
	}
	return ent.DateAt(s.now(), zone)
}

func (s *Service) random() io.Reader {
	if s.Random == nil {
		return rand.Reader
	}
	return s.Random
}

func (s *Service) issuer() string {
	if s.Issuer == "" {
		return "ENT"
	}
	return s.Issuer
}

// PolicyOf returns the policy of an account today, for the form that asks for a password.
func (s *Service) PolicyOf(a *Account) Policy {
	if s.Policy != nil {
		return s.Policy(a, s.today())
	}
	return PolicyFor(a, s.today())
}

func isCode(err error, code ent.Code) bool { return errors.Is(err, code) }

// codeText is what a log says of an error: its code, nothing else that a port may have put there.
func codeText(err error) string {
	if code, ok := errors.AsType[ent.Code](err); ok {
		return string(code)
	}
	return "error"
}

// logResult writes who, when, what, with which result; never what was typed.
func (s *Service) logResult(ctx context.Context, what string, tenant ent.Tenant, account ent.ID, err error) {
	attrs := []slog.Attr{slog.String("tenant", string(tenant)), slog.String("what", what), slog.String("account", string(account))}
	level, result := slog.LevelInfo, "ok"
	if err != nil {
		result = codeText(err)
		if isCode(err, CodeStore) || isCode(err, CodeSealed) || isCode(err, CodeRandom) {
			level = slog.LevelError
		}
	}
	logger(s.Logger).LogAttrs(ctx, level, "account", append(attrs, slog.String("result", result))...)
}

// The types of the events. Their subject is the account.
const (
	EventCreated        = "account.created"
	EventChanged        = "account.changed"
	EventCodes          = "account.codes.printed"
	EventActivated      = "account.activated"
	EventPassword       = "account.password.changed"
	EventReset          = "account.password.reset"
	EventMail           = "account.mail.changed"
	EventSecondOn       = "account.second.added"
	EventSecondOff      = "account.second.removed"
	EventSecondRecovery = "account.second.recovery"
	EventMerged         = "account.merged"
	EventUnmerged       = "account.unmerged"
	EventBlocked        = "account.blocked"
	EventUnblocked      = "account.unblocked"
	EventErased         = "account.erased"
)

// event returns what to write in the audit log. data holds identifiers only.
func (s *Service) event(kind string, tenant ent.Tenant, account ent.ID, by ent.Actor, data any) ent.Event {
	e := ent.Event{Tenant: tenant, Type: kind, Subject: account, Actor: by, At: s.now()}
	if data != nil {
		if b, err := json.Marshal(data); err == nil {
			e.Data = b
		}
	}
	return e
}

func person(a *Account) ent.Actor {
	return ent.Actor{Kind: ent.ActorPerson, ID: a.ID, Profile: a.Profile}
}

// maxMerges bounds a chain of merges.
const maxMerges = 8

// follow returns the account that an account opens: itself, or the one it was merged into.
func follow(ctx context.Context, tx Tx, a Account) (Account, error) {
	for range maxMerges {
		if a.MergedInto == "" {
			return a, nil
		}
		next, err := tx.Account(ctx, a.MergedInto)
		if err != nil {
			return Account{}, err
		}
		a = next
	}
	return Account{}, failure(CodeUnknown)
}

// Open returns the account that an account opens, whatever its state: every path leads through it.
func (s *Service) Open(ctx context.Context, tenant ent.Tenant, id ent.ID) (Account, error) {
	var main Account
	err := s.Store.View(ctx, tenant, func(tx Tx) error {
		a, err := tx.Account(ctx, id)
		if err == nil {
			main, err = follow(ctx, tx, a)
		}
		return err
	})
	return main, storeError(err)
}

// family returns the account with all those merged into it, however far.
func family(ctx context.Context, tx Tx, main Account) ([]Account, error) {
	out := []Account{main}
	for i := 0; i < len(out) && i < 1000; i++ {
		list, err := tx.MergedInto(ctx, out[i].ID)
		if err != nil {
			return nil, err
		}
		for _, a := range list {
			if !slices.ContainsFunc(out, func(o Account) bool { return o.ID == a.ID }) {
				out = append(out, a)
			}
		}
	}
	return out, nil
}

// Save creates accounts, or changes what the caller says of them, every night for instance: what the use cases keep (password,
// factor, merges, activation, blocks) stays as it is, and so do the portal, the address and the mobile number of an account
// that is activated and has them, since the person may have changed them. A new account may bring a hash that [Hasher.Check]
// takes, and the day of its activation. All are saved, or none: CodeLogin names the conflict, CodeHash a hash that will not do.
func (s *Service) Save(ctx context.Context, tenant ent.Tenant, by ent.Actor, accounts ...Account) error {
	if err := s.ready(); err != nil {
		return err
	}
	for i := range accounts {
		if h := accounts[i].Password; h != "" {
			if err := s.Hasher.Check(h); err != nil {
				return err
			}
		}
	}
	err := s.Store.Update(ctx, tenant, func(tx Tx) error {
		var events []ent.Event
		for i := range accounts {
			a, kind := accounts[i].Clone(), EventCreated
			before, err := tx.Account(ctx, a.ID)
			switch {
			case err == nil:
				kind = EventChanged
				a.Activated, a.Terms, a.MergedInto = before.Activated, before.Terms, before.MergedInto
				a.Password, a.PasswordSet, a.History, a.Second = before.Password, before.PasswordSet, before.History, before.Second
				a.PreviousMail, a.MailChanged, a.Blocked = before.PreviousMail, before.MailChanged, before.Blocked
				if !before.Activated.IsZero() {
					a.Portal = cmp.Or(before.Portal, a.Portal)
					a.Mail, a.Mobile = cmp.Or(before.Mail, a.Mail), cmp.Or(before.Mobile, a.Mobile)
				}
			case isCode(err, CodeUnknown):
				a.MergedInto, a.Second = "", nil
				if a.Password != "" && a.Activated.IsZero() {
					a.Activated = s.now()
				}
			default:
				return err
			}
			if err := tx.Put(ctx, a); err != nil {
				return err
			}
			events = append(events, s.event(kind, tenant, a.ID, by, nil))
		}
		return emit(ctx, tx, events...)
	})
	return storeError(err)
}

func emit(ctx context.Context, tx Tx, events ...ent.Event) error {
	for _, e := range events {
		if err := tx.Emit(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

// change changes one account in a transaction.
func (s *Service) change(ctx context.Context, tenant ent.Tenant, id ent.ID, by ent.Actor, kind string, fn func(tx Tx, a *Account) error) (Account, error) {
	var out Account
	err := s.Store.Update(ctx, tenant, func(tx Tx) error {
		a, err := tx.Account(ctx, id)
		if err != nil {
			return err
		}
		if err := fn(tx, &a); err != nil {
			return err
		}
		out = a.Clone()
		if err := tx.Put(ctx, a); err != nil {
			return err
		}
		return tx.Emit(ctx, s.event(kind, tenant, id, by, nil))
	})
	return out, storeError(err)
}

// Block keeps a person out, and ends their sessions; Unblock lets them in again. Links, merge keys and challenges are void; a printed
// code waits.
func (s *Service) Block(ctx context.Context, tenant ent.Tenant, id ent.ID, by ent.Actor) error {
	a, err := s.change(ctx, tenant, id, by, EventBlocked, func(tx Tx, a *Account) error {
		a.Blocked = true
		for _, kind := range []TokenKind{TokenReset, TokenMail, TokenMerge, TokenSecond} {
			if err := tx.DropTokens(ctx, id, kind); err != nil {
				return err
			}
		}
		return nil
	})
	s.logResult(ctx, "block", tenant, id, err)
	if err != nil {
		return err
	}
	if _, err = s.Sessions.EndAll(ctx, tenant, id, "", EndBlocked); err != nil || a.MergedInto == "" {
		return err
	}
	// The account was merged: what its login opened is a session of the main one.
	main, err := s.Open(ctx, tenant, a.MergedInto)
	if err != nil {
		return err
	}
	return s.endVia(ctx, tenant, main.ID, EndBlocked, id)
}

// Unblock undoes Block.
func (s *Service) Unblock(ctx context.Context, tenant ent.Tenant, id ent.ID, by ent.Actor) error {
	_, err := s.change(ctx, tenant, id, by, EventUnblocked, func(_ Tx, a *Account) error {
		a.Blocked = false
		return nil
	})
	s.logResult(ctx, "unblock", tenant, id, err)
	return err
}

// SetPortal says by which portal a person enters from now on, "" for a password of ours: they set one by a reset or by a new
// code.
func (s *Service) SetPortal(ctx context.Context, tenant ent.Tenant, id ent.ID, portal string, by ent.Actor) error {
	_, err := s.change(ctx, tenant, id, by, EventChanged, func(_ Tx, a *Account) error {
		a.Portal = portal
		return nil
	})
	return err
}

// Sweep forgets tokens past their time, ends sessions that are over, and returns how many of both. Call it now and then.
func (s *Service) Sweep(ctx context.Context, tenant ent.Tenant) (int64, error) {
	var n int64
	err := s.Store.Update(ctx, tenant, func(tx Tx) error {
		var err error
		// An expired code is told from a wrong one for a month more.
		n, err = tx.Sweep(ctx, s.now().Add(-30*24*time.Hour))
		return err
	})
	if err != nil {
		return 0, storeError(err)
	}
	k, err := s.Sessions.Sweep(ctx, tenant)
	return n + int64(k), err
}

// Drain waits for what goes on behind an answer: the messages of resets. Call it when the server stops.
func (s *Service) Drain() { s.behind.wait() }

// background counts what goes on. Unlike a sync.WaitGroup it may be waited for while more begins.
type background struct {
	mu   sync.Mutex
	n    int
	idle chan struct{} // closed when nothing goes on; nil when nobody waits
}

func (b *background) start(fn func()) {
	b.mu.Lock()
	b.n++
	b.mu.Unlock()
	go func() {
		defer b.end()
		fn()
	}()
}

func (b *background) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.n--; b.n == 0 && b.idle != nil {
		close(b.idle)
		b.idle = nil
	}
}

func (b *background) wait() {
	b.mu.Lock()
	if b.n == 0 {
		b.mu.Unlock()
		return
	}
	if b.idle == nil {
		b.idle = make(chan struct{})
	}
	idle := b.idle
	b.mu.Unlock()
	<-idle
}

// newToken makes a secret and its token.
func (s *Service) newToken(tenant ent.Tenant, kind TokenKind, account ent.ID, life time.Duration, payload string) (string, Token, error) {
	secret, err := newSecret(s.random())
	if err != nil {
		return "", Token{}, err
	}
	now := s.now()
	return secret, Token{
		Kind: kind, Hash: tokenHash(s.Keys.Current, tenant, kind, secret), Account: account, Created: now, Expires: now.Add(life), Payload: payload,
	}, nil
}

// token finds a secret under the present key or a former one. It returns CodeLink or CodeExpired.
func (s *Service) token(ctx context.Context, tx Tx, tenant ent.Tenant, kind TokenKind, secret string, take bool) (Token, error) {
	for _, hash := range s.Keys.hashes(tenant, kind, secret) {
		t, err := tx.Token(ctx, kind, hash)
		if isCode(err, CodeLink) {
			continue
		}
		if err != nil {
			return Token{}, err
		}
		if !s.now().Before(t.Expires) {
			return t, failure(CodeExpired)
		}
		if take {
			return tx.TakeToken(ctx, kind, hash)
		}
		return t, nil
	}
	return Token{}, failure(CodeLink)
}
