package account

import (
	"context"
	"log/slog"
	"net/mail"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/opencartable/cartable/ent"
)

const (
	resetLife = time.Hour
	mailLife  = 24 * time.Hour
	// maxHistory is how many former hashes are kept, whatever the policy.
	maxHistory = 10
	// maxReset bounds the accounts of one message.
	maxReset = 20
)

// AskReset sends a link for a new password. who is an e-mail address or a login; an address of several accounts, as of a
// parent and the children, gets one message that lists them. The answer, and its time, are the same whether or not anybody
// is known: what there is to do is done behind it, see [Service.Drain]. It returns CodeWait, or nil.
func (s *Service) AskReset(ctx context.Context, tenant ent.Tenant, who string, from netip.Addr) error {
	if err := s.ready(); err != nil {
		return err
	}
	if s.Notifier == nil || s.ResetURL == nil {
		return failure(CodeSetup)
	}
	if len(who) > maxLogin {
		return nil
	}
	subject := LoginKey(who)
	// Each one stays paid: there is no right answer.
	if _, err := s.Throttle.take(ctx, tenant, formReset, subject, from, "", s.now()); err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx)
	s.behind.start(func() {
		if err := s.sendReset(ctx, tenant, who, subject); err != nil {
			logger(s.Logger).ErrorContext(ctx, "reset not sent", slog.String("tenant", string(tenant)), slog.String("error", codeText(err)))
		}
	})
	return nil
}

// sendReset writes to each address that is concerned: one, unless an account of the address was merged into one of another.
func (s *Service) sendReset(ctx context.Context, tenant ent.Tenant, who, subject string) error {
	if ok, err := s.Throttle.mail(ctx, tenant, subject, s.now()); err != nil || !ok {
		return err
	}
	var list []Account
	err := s.Store.View(ctx, tenant, func(tx Tx) error {
		list = nil
		found, err := wanted(ctx, tx, who)
		if err != nil {
			return err
		}
		for _, a := range found {
			main, err := follow(ctx, tx, a)
			if err != nil {
				return err
			}
			if main.State() == StateActive && main.Mail != "" && !slices.ContainsFunc(list, func(o Account) bool { return o.ID == main.ID }) {
				list = append(list, main)
			}
		}
		return nil
	})
	if err != nil {
		return storeError(err)
	}
	list = list[:min(len(list), maxReset)]
	var tokens []Token
	lines := map[string][]resetLine{}
	var order []string
	for i := range list {
		a := &list[i]
		line := resetLine{name: a.Name.Spoken(), login: a.Login, portal: a.Portal}
		if a.Portal == "" {
			secret, t, err := s.newToken(tenant, TokenReset, a.ID, resetLife, "")
			if err != nil {
				return err
			}
			tokens = append(tokens, t)
			line.link = s.ResetURL(secret)
		}
		key := MailKey(a.Mail)
		if lines[key] == nil {
			order = append(order, key)
		}
		lines[key] = append(lines[key], line)
	}
	err = s.Store.Update(ctx, tenant, func(tx Tx) error {
		for _, t := range tokens {
			if err := tx.PutToken(ctx, t); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return storeError(err)
	}
	for _, key := range order {
		i := slices.IndexFunc(list, func(a Account) bool { return MailKey(a.Mail) == key })
		fr, en := resetLetters(s.issuer(), lines[key])
		m := s.mail(tenant, &list[i], list[i].Mail, KindReset, fr, en)
		m.Secret = true
		if !slices.ContainsFunc(lines[key], func(l resetLine) bool { return l.link != "" }) {
			m.Kind, m.Secret = KindPortal, false
		}
		for n, l := range lines[key] { // name.1, login.1, link.1; name.2 …
			for name, v := range map[string]string{"name": l.name, "login": l.login, "link": l.link, "portal": l.portal} {
				if v != "" {
					m.Params[name+"."+strconv.Itoa(n+1)] = v
				}
			}
		}
		s.send(ctx, m)
	}
	return nil
}

// wanted returns the accounts of a login or of an address.
func wanted(ctx context.Context, tx Tx, who string) ([]Account, error) {
	a, err := tx.ByLogin(ctx, LoginKey(who))
	switch {
	case err == nil:
		return []Account{a}, nil
	case !isCode(err, CodeUnknown):
		return nil, err
	case !strings.Contains(who, "@"):
		return nil, nil
	}
	return tx.ByMail(ctx, MailKey(who))
}

// Renewal is a form that sets a new password by a link. It holds secrets.
type Renewal struct {
	Tenant          ent.Tenant
	Token, Password string
	Address         netip.Addr
}

// LogValue shows the tenant.
func (r Renewal) LogValue() slog.Value {
	return slog.GroupValue(slog.String("tenant", string(r.Tenant)))
}

// String hides the form.
func (r Renewal) String() string { return hidden }

// GoString hides the form.
func (r Renewal) GoString() string { return hidden }

// Reset sets the password of the account that a link stands for, once. It ends all sessions, and tells the addresses of the
// account. The other links, keys and codes of the account are void. It returns CodeLink, CodeExpired, CodePolicy, CodeWait. When the sessions
// cannot be ended the error says so, and the password is changed all the same.
func (s *Service) Reset(ctx context.Context, r Renewal) (Outcome, error) {
	out, id, err := s.reset(ctx, r)
	s.logResult(ctx, "reset", r.Tenant, id, err)
	return out, err
}

func (s *Service) reset(ctx context.Context, r Renewal) (Outcome, ent.ID, error) {
	if err := s.ready(); err != nil {
		return Outcome{}, "", err
	}
	paid, err := s.Throttle.take(ctx, r.Tenant, formReset, "link "+r.Token[:min(len(r.Token), 64)], r.Address, "", s.now())
	if err != nil {
		return Outcome{}, "", err
	}
	var main Account
	err = s.Store.View(ctx, r.Tenant, func(tx Tx) error {
		var err error
		main, err = s.tokenAccount(ctx, tx, r.Tenant, r.Token, false)
		return err
	})
	if err != nil {
		if !isCode(err, CodeLink) {
			paid.void(ctx, s.now())
		}
		return Outcome{}, "", storeError(err)
	}
	if err := paid.right(ctx, s.now()); err != nil {
		return Outcome{}, main.ID, err
	}
	hash, err := s.newPassword(ctx, &main, r.Password)
	if err != nil {
		return Outcome{}, main.ID, err
	}
	err = s.Store.Update(ctx, r.Tenant, func(tx Tx) error {
		var err error
		if main, err = s.tokenAccount(ctx, tx, r.Tenant, r.Token, true); err != nil {
			return err
		}
		if main, err = s.setPassword(ctx, tx, main, hash); err != nil {
			return err
		}
		return tx.Emit(ctx, s.event(EventReset, r.Tenant, main.ID, person(&main), nil))
	})
	if err != nil {
		return Outcome{}, main.ID, storeError(err)
	}
	s.tell(ctx, r.Tenant, &main, KindPassword)
	if _, err := s.Sessions.EndAll(ctx, r.Tenant, main.ID, "", EndPassword); err != nil {
		return Outcome{}, main.ID, err
	}
	out, err := s.opened(ctx, r.Tenant, &main, main, Upstream{})
	return out, main.ID, err
}

// tokenAccount returns the account that a link stands for, which may have been merged since.
func (s *Service) tokenAccount(ctx context.Context, tx Tx, tenant ent.Tenant, secret string, take bool) (Account, error) {
	t, err := s.token(ctx, tx, tenant, TokenReset, secret, take)
	if err != nil {
		return Account{}, err
	}
	a, err := tx.Account(ctx, t.Account)
	if err != nil {
		return Account{}, err
	}
	main, err := follow(ctx, tx, a)
	switch {
	case err != nil:
		return Account{}, err
	case main.Blocked:
		return Account{}, failure(CodeBlocked)
	case main.Portal != "":
		return Account{}, &Error{Code: CodePortal, Portal: main.Portal}
	}
	return main, nil
}

// newPassword checks a new password against the policy, and hashes it. It returns CodePolicy with all that is wrong.
func (s *Service) newPassword(ctx context.Context, a *Account, password string) (string, error) {
	p := s.PolicyOf(a)
	issues := p.Evaluate(password, a)
	if len(issues) == 0 && p.History > 0 && a.Password != "" {
		former := append([]string{a.Password}, a.History...)
		used, err := s.Hasher.used(ctx, former[:min(len(former), p.History)], password)
		if err != nil {
			return "", err
		}
		if used {
			issues = append(issues, catalog().New(CodeReused, ent.Pos{}, "$.password"))
		}
	}
	if len(issues) > 0 {
		return "", &Error{Code: CodePolicy, Issues: issues}
	}
	return s.Hasher.Hash(ctx, password)
}

// setPassword gives a hash to an account and to all those merged into it: a password that was known to somebody else opens
// none of them any more. Whatever was asked for with the former one is void: links, merge keys, challenges, printed codes.
func (s *Service) setPassword(ctx context.Context, tx Tx, main Account, hash string) (Account, error) {
	all, err := family(ctx, tx, main)
	if err != nil {
		return Account{}, err
	}
	for i := range all {
		a := &all[i]
		if a.Password != "" {
			a.History = append([]string{a.Password}, a.History...)
			a.History = a.History[:min(len(a.History), maxHistory)]
		}
		a.Password, a.PasswordSet = hash, s.now()
		if err := tx.Put(ctx, *a); err != nil {
			return Account{}, err
		}
		if err := tx.DropTokens(ctx, a.ID, ""); err != nil {
			return Account{}, err
		}
	}
	return all[0], nil
}

// CheckPassword asks the password again of somebody who is signed in, before what matters: a new address, the second factor taken
// away. Guesses are delayed as at the door. It returns CodeCredentials, CodePortal, CodeWait, CodeQueueFull.
func (s *Service) CheckPassword(ctx context.Context, tenant ent.Tenant, id ent.ID, password string, from netip.Addr) error {
	err := s.ready()
	if err == nil {
		_, err = s.proved(ctx, tenant, id, password, from)
	}
	s.logResult(ctx, "password check", tenant, id, err)
	return err
}

// proved returns the account that an account opens, once its password is given.
func (s *Service) proved(ctx context.Context, tenant ent.Tenant, id ent.ID, password string, from netip.Addr) (Account, error) {
	a, err := s.Open(ctx, tenant, id)
	if err != nil {
		return Account{}, err
	}
	if a.Portal != "" {
		return Account{}, &Error{Code: CodePortal, Portal: a.Portal}
	}
	paid, err := s.Throttle.take(ctx, tenant, formSignIn, signInSubject(&a), from, "", s.now())
	if err != nil {
		return Account{}, err
	}
	ok, _, err := s.Hasher.Verify(ctx, a.Password, password)
	if err != nil {
		paid.void(ctx, s.now())
		return Account{}, err
	}
	if !ok {
		return Account{}, failure(CodeCredentials)
	}
	return a, paid.right(ctx, s.now())
}

// Change is a form that changes a password. It holds secrets.
type Change struct {
	Tenant   ent.Tenant
	Account  ent.ID
	Old, New string
	Address  netip.Addr
	// Keep is the session that goes on, its ID; the others end.
	Keep string
}

// LogValue shows the account.
func (c Change) LogValue() slog.Value {
	return slog.GroupValue(slog.String("account", string(c.Account)))
}

// String hides the form.
func (c Change) String() string { return hidden }

// GoString hides the form.
func (c Change) GoString() string { return hidden }

// ChangePassword sets a new password for somebody who gives the old one, ends the other sessions and tells the person. It
// returns CodeCredentials, CodePolicy, CodeWait. When the sessions cannot be ended the error says so, and the password is
// changed all the same.
func (s *Service) ChangePassword(ctx context.Context, c Change) error {
	err := s.changePassword(ctx, c)
	s.logResult(ctx, "password change", c.Tenant, c.Account, err)
	return err
}

func (s *Service) changePassword(ctx context.Context, c Change) error {
	if err := s.ready(); err != nil {
		return err
	}
	a, err := s.proved(ctx, c.Tenant, c.Account, c.Old, c.Address)
	if err != nil {
		return err
	}
	hash, err := s.newPassword(ctx, &a, c.New)
	if err != nil {
		return err
	}
	before := a.Password
	err = s.Store.Update(ctx, c.Tenant, func(tx Tx) error {
		var err error
		if a, err = tx.Account(ctx, a.ID); err != nil {
			return err
		}
		if a.Password != before { // changed meanwhile: what was proved no longer holds
			return failure(CodeCredentials)
		}
		if a, err = s.setPassword(ctx, tx, a, hash); err != nil {
			return err
		}
		return tx.Emit(ctx, s.event(EventPassword, c.Tenant, a.ID, person(&a), nil))
	})
	if err != nil {
		return storeError(err)
	}
	s.tell(ctx, c.Tenant, &a, KindPassword)
	_, err = s.Sessions.EndAll(ctx, c.Tenant, a.ID, c.Keep, EndPassword)
	return err
}

// AskMail sends a link to a new address of somebody who is signed in; ConfirmMail makes it theirs. Ask for the password again
// before, by [Service.CheckPassword], when the session is a remembered one. It returns CodeContact for what is no address, and does nothing when too many
// links were asked for.
func (s *Service) AskMail(ctx context.Context, tenant ent.Tenant, id ent.ID, address string) error {
	if err := s.ready(); err != nil {
		return err
	}
	if s.Notifier == nil || s.MailURL == nil {
		return failure(CodeSetup)
	}
	if !validMail(address) {
		return failure(CodeContact)
	}
	if ok, err := s.Throttle.mail(ctx, tenant, "account "+string(id), s.now()); err != nil || !ok {
		return err
	}
	secret, t, err := s.newToken(tenant, TokenMail, id, mailLife, strings.TrimSpace(address))
	if err != nil {
		return err
	}
	var a Account
	err = s.Store.Update(ctx, tenant, func(tx Tx) error {
		var err error
		if a, err = tx.Account(ctx, id); err != nil {
			return err
		}
		if err := tx.DropTokens(ctx, id, TokenMail); err != nil {
			return err
		}
		return tx.PutToken(ctx, t)
	})
	if err != nil {
		return storeError(err)
	}
	link := s.MailURL(secret)
	fr, en := mailLetters(s.issuer(), link)
	m := s.mail(tenant, &a, t.Payload, KindMail, fr, en)
	m.Secret, m.Params["link"] = true, link
	if err := s.Notifier.Notify(ctx, m); err != nil {
		return &Error{Code: CodeStore, cause: err}
	}
	return nil
}

// validMail is a rough check: what an address is worth, a message to it tells.
func validMail(s string) bool {
	s = strings.TrimSpace(s)
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s && len(s) <= 254
}

// ConfirmMail makes the address of a link that of its account, and tells the former one; after several changes in a month, the
// first one too. It returns CodeLink or CodeExpired.
func (s *Service) ConfirmMail(ctx context.Context, tenant ent.Tenant, token string) error {
	if err := s.ready(); err != nil {
		return err
	}
	var a Account
	var former string
	err := s.Store.Update(ctx, tenant, func(tx Tx) error {
		former = ""
		t, err := s.token(ctx, tx, tenant, TokenMail, token, true)
		if err != nil {
			return err
		}
		if a, err = tx.Account(ctx, t.Account); err != nil {
			return err
		}
		if a.Mail != "" && MailKey(a.Mail) != MailKey(t.Payload) {
			former = a.Mail
			// The first address of a row of changes is the one to trust: it stays for its month.
			if _, ok := s.previousMail(&a); !ok {
				a.PreviousMail, a.MailChanged = former, s.now()
			}
		}
		a.Mail = t.Payload
		// A link that went to the former address opens nothing any more.
		if err := tx.DropTokens(ctx, a.ID, TokenReset); err != nil {
			return err
		}
		if err := tx.Put(ctx, a); err != nil {
			return err
		}
		return tx.Emit(ctx, s.event(EventMail, tenant, a.ID, person(&a), nil))
	})
	s.logResult(ctx, "address confirmed", tenant, a.ID, err)
	if err != nil {
		return storeError(err)
	}
	fr, en := told(KindMailOld, s.issuer())
	to := []string{former}
	if previous, ok := s.previousMail(&a); ok && previous != former {
		to = append(to, previous)
	}
	for _, mail := range to {
		s.send(ctx, s.mail(tenant, &a, mail, KindMailOld, fr, en))
	}
	return nil
}
