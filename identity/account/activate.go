package account

import (
	"context"
	"log/slog"
	"net/netip"
	"strings"

	"github.com/opencartable/cartable/ent"
)

// Activation is the form that turns a code into a password. It holds secrets.
type Activation struct {
	Tenant       ent.Tenant
	Login        string
	Code         string
	Password     string
	Mail, Mobile string
	Address      netip.Addr
	// Terms is the version of the terms of use that was accepted, "" for none.
	Terms string
}

// LogValue shows the tenant.
func (a Activation) LogValue() slog.Value {
	return slog.GroupValue(slog.String("tenant", string(a.Tenant)))
}

// String hides the form.
func (a Activation) String() string { return hidden }

// GoString hides the form.
func (a Activation) GoString() string { return hidden }

func (s *Service) needsContact(p ent.Profile) bool {
	if s.NeedsContact != nil {
		return s.NeedsContact(p)
	}
	return p != ent.ProfilePupil
}

// Activate sets the first password of an account, or a new one by a code that was printed anew. A code serves once, whoever
// tries at the same time. It returns CodeSymbol for what is no code, CodeActivation when login and code do not go together,
// CodeExpired, CodeTerms, CodeContact, CodePolicy, CodeBlocked, CodeWait.
//
// The code of an account that was merged before it was activated opens the main account.
func (s *Service) Activate(ctx context.Context, a Activation) (Outcome, error) {
	out, id, err := s.activate(ctx, a)
	s.logResult(ctx, "activation", a.Tenant, id, err)
	return out, err
}

func (s *Service) activate(ctx context.Context, a Activation) (Outcome, ent.ID, error) {
	if err := s.ready(); err != nil {
		return Outcome{}, "", err
	}
	code, err := NormalCode(a.Code)
	if err != nil {
		return Outcome{}, "", err
	}
	if a.Terms == "" {
		return Outcome{}, "", failure(CodeTerms)
	}
	key := LoginKey(a.Login)
	paid, err := s.Throttle.take(ctx, a.Tenant, formActivation, key, a.Address, "", s.now())
	if err != nil {
		return Outcome{}, "", err
	}
	var found, main Account
	err = s.Store.View(ctx, a.Tenant, func(tx Tx) error {
		var err error
		found, main, err = s.codeAccount(ctx, tx, a.Tenant, key, code, false)
		return err
	})
	if err != nil {
		if !isCode(err, CodeActivation) {
			paid.void(ctx, s.now())
		}
		return Outcome{}, found.ID, storeError(err)
	}
	if err := paid.right(ctx, s.now()); err != nil {
		return Outcome{}, found.ID, err
	}
	if a.Mail != "" && !validMail(a.Mail) || s.needsContact(found.Profile) && a.Mail == "" && a.Mobile == "" && main.Mail == "" && main.Mobile == "" {
		return Outcome{}, found.ID, failure(CodeContact)
	}
	hash, err := s.newPassword(ctx, &main, a.Password)
	if err != nil {
		return Outcome{}, found.ID, err
	}
	again := false
	err = s.Store.Update(ctx, a.Tenant, func(tx Tx) error {
		var err error
		if found, main, err = s.codeAccount(ctx, tx, a.Tenant, key, code, true); err != nil {
			return err
		}
		main, again, err = s.activated(ctx, tx, found, main, a, hash)
		if err != nil {
			return err
		}
		kind := EventActivated
		if again {
			kind = EventReset
		}
		return tx.Emit(ctx, s.event(kind, a.Tenant, found.ID, person(&found), nil))
	})
	if err != nil {
		return Outcome{}, found.ID, storeError(err)
	}
	kind := KindActivated
	if again {
		kind = KindPassword
		if _, err := s.Sessions.EndAll(ctx, a.Tenant, main.ID, "", EndPassword); err != nil {
			return Outcome{}, found.ID, err
		}
	}
	s.tell(ctx, a.Tenant, &main, kind)
	if found.ID != main.ID { // what its former password opened
		if err := s.endVia(ctx, a.Tenant, main.ID, EndPassword, found.ID); err != nil {
			return Outcome{}, found.ID, err
		}
	}
	out, err := s.opened(ctx, a.Tenant, &found, main, Upstream{})
	return out, found.ID, err
}

// codeAccount returns the account of a login and a code, and the one that it opens. All that does not fit is one answer.
func (s *Service) codeAccount(ctx context.Context, tx Tx, tenant ent.Tenant, login, code string, take bool) (found, main Account, err error) {
	t, err := s.token(ctx, tx, tenant, TokenActivation, code, false)
	expired := isCode(err, CodeExpired)
	if isCode(err, CodeLink) {
		return Account{}, Account{}, failure(CodeActivation)
	}
	if err != nil && !expired {
		return Account{}, Account{}, err
	}
	found, err = tx.ByLogin(ctx, login)
	if isCode(err, CodeUnknown) || err == nil && found.ID != t.Account {
		return Account{}, Account{}, failure(CodeActivation)
	}
	if err != nil {
		return Account{}, Account{}, err
	}
	if expired {
		return found, Account{}, failure(CodeExpired)
	}
	if main, err = follow(ctx, tx, found); err != nil {
		return found, Account{}, err
	}
	switch {
	case found.Blocked || main.Blocked:
		return found, main, failure(CodeBlocked)
	case main.Portal != "" && main.ID == found.ID:
		return found, main, &Error{Code: CodePortal, Portal: main.Portal}
	}
	if take {
		if _, err := s.token(ctx, tx, tenant, TokenActivation, code, true); isCode(err, CodeLink) {
			return found, main, failure(CodeActivation) // another one took it just now
		} else if err != nil {
			return found, main, err
		}
	}
	return found, main, nil
}

// activated writes what an activation changes, and says whether the account was active before. The paper of a merged account
// does not change the password of a main account that is in use: it gives its own login one, which opens it.
func (s *Service) activated(ctx context.Context, tx Tx, found, main Account, a Activation, hash string) (Account, bool, error) {
	if found.ID != main.ID && !main.Activated.IsZero() {
		found.Password, found.PasswordSet = hash, s.now()
		if found.Activated.IsZero() {
			found.Activated, found.Terms = s.now(), a.Terms
		}
		return main, false, tx.Put(ctx, found)
	}
	again := !main.Activated.IsZero()
	if !again {
		main.Activated = s.now()
	}
	main.Terms = a.Terms
	// On an account in use, an address is changed by its own link only: a sheet of paper does not take it over.
	if !again || main.Mail == "" {
		if m := strings.TrimSpace(a.Mail); m != "" {
			main.Mail = m
		}
	}
	if (!again || main.Mobile == "") && a.Mobile != "" {
		main.Mobile = a.Mobile
	}
	main, err := s.setPassword(ctx, tx, main, hash)
	return main, again, err
}

// ActivateFederated activates an account without a code, for a person for whom a portal vouched, as EduConnect does for
// relatives and pupils: guichet found which. From then on the account is entered through that portal. It follows merges.
func (s *Service) ActivateFederated(ctx context.Context, tenant ent.Tenant, id ent.ID, u Upstream, terms string) (Outcome, error) {
	out, err := s.activateFederated(ctx, tenant, id, u, terms)
	s.logResult(ctx, "activation by portal", tenant, id, err)
	return out, err
}

func (s *Service) activateFederated(ctx context.Context, tenant ent.Tenant, id ent.ID, u Upstream, terms string) (Outcome, error) {
	if err := s.ready(); err != nil {
		return Outcome{}, err
	}
	if terms == "" {
		return Outcome{}, failure(CodeTerms)
	}
	if u.Provider == "" {
		return Outcome{}, failure(CodeSetup)
	}
	err := s.Store.Update(ctx, tenant, func(tx Tx) error {
		a, err := tx.Account(ctx, id)
		if err != nil {
			return err
		}
		main, err := follow(ctx, tx, a)
		switch {
		case err != nil:
			return err
		case a.Blocked || main.Blocked:
			return failure(CodeBlocked)
		case !main.Activated.IsZero():
			return failure(CodeActive)
		}
		main.Activated, main.Terms, main.Portal = s.now(), terms, u.Provider
		if err := tx.DropTokens(ctx, main.ID, TokenActivation); err != nil {
			return err
		}
		if err := tx.Put(ctx, main); err != nil {
			return err
		}
		return tx.Emit(ctx, s.event(EventActivated, tenant, main.ID, person(&main), struct {
			Provider string `json:"provider"`
		}{u.Provider}))
	})
	if err != nil {
		return Outcome{}, storeError(err)
	}
	return s.signInFederated(ctx, tenant, id, u)
}
