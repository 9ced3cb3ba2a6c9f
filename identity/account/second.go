package account

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/netip"
	"slices"
	"strings"

	"github.com/opencartable/cartable/ent"
)

// recoveryCodes is how many are given, each of MaxCode signs: 48 bits.
const recoveryCodes = 8

// SecondFactor takes the code of an application, or a recovery code, for the challenge of [Service.SignIn], and opens the
// account. It returns CodeSecond for a wrong or used code, CodeChallenge for a challenge that is over or was taken, CodeWait.
func (s *Service) SecondFactor(ctx context.Context, tenant ent.Tenant, challenge, code string, from netip.Addr) (Outcome, error) {
	out, id, err := s.secondFactor(ctx, tenant, challenge, code, from)
	s.logResult(ctx, "second factor", tenant, id, err)
	return out, err
}

func (s *Service) secondFactor(ctx context.Context, tenant ent.Tenant, secret, code string, from netip.Addr) (Outcome, ent.ID, error) {
	if err := s.ready(); err != nil {
		return Outcome{}, "", err
	}
	var id ent.ID
	err := s.Store.View(ctx, tenant, func(tx Tx) error {
		t, err := s.token(ctx, tx, tenant, TokenSecond, secret, false)
		id = t.Account
		return asChallenge(err)
	})
	if err != nil {
		return Outcome{}, "", storeError(err)
	}
	paid, err := s.Throttle.take(ctx, tenant, formSecond, string(id), from, "", s.now())
	if err != nil {
		return Outcome{}, id, err
	}
	out := Outcome{Tenant: tenant, Second: true}
	err = s.Store.Update(ctx, tenant, func(tx Tx) error {
		t, err := s.token(ctx, tx, tenant, TokenSecond, secret, true)
		if err != nil {
			return asChallenge(err)
		}
		a, err := tx.Account(ctx, t.Account)
		if err != nil {
			return err
		}
		var payload challengePayload
		if err := json.Unmarshal([]byte(t.Payload), &payload); err != nil {
			return failure(CodeChallenge)
		}
		if err := stillOpens(ctx, tx, &a, payload.Via); err != nil {
			return err
		}
		recovery, err := s.spend(tenant, &a, code)
		if err != nil {
			return err
		}
		out.Account, out.Via, out.upstream = a.Clone(), payload.Via, payload.Upstream
		if err := tx.Put(ctx, a); err != nil || !recovery {
			return err
		}
		return tx.Emit(ctx, s.event(EventSecondRecovery, tenant, a.ID, person(&a), nil))
	})
	if err != nil {
		if !isCode(err, CodeSecond) {
			paid.void(ctx, s.now())
		}
		return Outcome{}, id, storeError(err)
	}
	return out, id, paid.right(ctx, s.now())
}

// stillOpens tells whether the login that a challenge was given for still opens its account: both may have been blocked, merged,
// parted or erased since.
func stillOpens(ctx context.Context, tx Tx, a *Account, via ent.ID) error {
	from, err := *a, error(nil)
	if via != "" {
		from, err = tx.Account(ctx, via)
	}
	if err == nil && !a.Blocked && !from.Blocked {
		from, err = follow(ctx, tx, from)
	}
	switch {
	case isCode(err, CodeUnknown):
		return failure(CodeChallenge)
	case err != nil:
		return err
	case a.Blocked || from.Blocked:
		return failure(CodeBlocked)
	case from.ID != a.ID:
		return failure(CodeChallenge)
	}
	return nil
}

func asChallenge(err error) error {
	if isCode(err, CodeLink) || isCode(err, CodeExpired) {
		return failure(CodeChallenge)
	}
	return err
}

// spend uses a code up, and says whether it was a recovery code.
func (s *Service) spend(tenant ent.Tenant, a *Account, code string) (recovery bool, err error) {
	if a.Second == nil || a.Second.Confirmed.IsZero() {
		return false, failure(CodeSecondState)
	}
	code = strings.Join(strings.Fields(code), "")
	if len(code) == totpDigits {
		secret, err := s.Keys.open(tenant, a.ID, a.Second.Sealed)
		if err != nil {
			return false, err
		}
		step, ok := totpMatch(secret, code, s.now(), a.Second.Step)
		if !ok {
			return false, failure(CodeSecond)
		}
		a.Second.Step = step
		return false, nil
	}
	code, err = NormalCode(code)
	if err != nil {
		return false, failure(CodeSecond)
	}
	for _, key := range s.Keys.all() {
		if i := slices.Index(a.Second.Recovery, recoveryHash(key, tenant, a.ID, code)); i >= 0 {
			a.Second.Recovery = slices.Delete(a.Second.Recovery, i, i+1)
			return true, nil
		}
	}
	return false, failure(CodeSecond)
}

func recoveryHash(key []byte, tenant ent.Tenant, id ent.ID, code string) string {
	return hex.EncodeToString(mac(derive(key, "recovery"), string(tenant), string(id), code))
}

// EnrolSecond makes a secret for the application of a phone. It counts once [Service.ConfirmSecond] has taken a code of it. Ask for
// the password again before, by [Service.CheckPassword], when the session is a remembered one: whoever finds it open would shut
// the person out.
// It returns CodeSecondState for an account that has a second factor: remove it first.
func (s *Service) EnrolSecond(ctx context.Context, tenant ent.Tenant, id ent.ID) (Enrolment, error) {
	if err := s.ready(); err != nil {
		return Enrolment{}, err
	}
	secret := make([]byte, totpSecret)
	if _, err := io.ReadFull(s.random(), secret); err != nil {
		return Enrolment{}, &Error{Code: CodeRandom, cause: err}
	}
	sealed, err := s.Keys.seal(s.random(), tenant, id, secret)
	if err != nil {
		return Enrolment{}, err
	}
	var login string
	err = s.Store.Update(ctx, tenant, func(tx Tx) error {
		a, err := tx.Account(ctx, id)
		if err != nil {
			return err
		}
		if a.Second != nil && !a.Second.Confirmed.IsZero() {
			return failure(CodeSecondState)
		}
		login = a.Login
		a.Second = &Second{Sealed: sealed}
		return tx.Put(ctx, a)
	})
	if err != nil {
		return Enrolment{}, storeError(err)
	}
	return newEnrolment(secret, s.issuer(), login), nil
}

// ConfirmSecond takes the first code of the application, and returns the recovery codes, to be printed: they are shown once. It
// returns CodeSecond for a wrong code.
func (s *Service) ConfirmSecond(ctx context.Context, tenant ent.Tenant, id ent.ID, code string) ([]string, error) {
	codes := make([]string, recoveryCodes)
	hashes := make([]string, recoveryCodes)
	for i := range codes {
		c, err := newCode(s.random(), MaxCode)
		if err != nil {
			return nil, err
		}
		codes[i], hashes[i] = ShowCode(c), recoveryHash(s.Keys.Current, tenant, id, c)
	}
	a, err := s.changeSecond(ctx, tenant, id, EventSecondOn, func(a *Account) error {
		if a.Second == nil || !a.Second.Confirmed.IsZero() {
			return failure(CodeSecondState)
		}
		secret, err := s.Keys.open(tenant, a.ID, a.Second.Sealed)
		if err != nil {
			return err
		}
		step, ok := totpMatch(secret, strings.Join(strings.Fields(code), ""), s.now(), 0)
		if !ok {
			return failure(CodeSecond)
		}
		a.Second.Step, a.Second.Confirmed, a.Second.Recovery = step, s.now(), hashes
		return nil
	}, ent.Actor{})
	s.logResult(ctx, "second factor added", tenant, id, err)
	if err != nil {
		return nil, err
	}
	s.tell(ctx, tenant, &a, KindSecondOn)
	return codes, nil
}

// RemoveSecond takes the second factor away: by the person, of whom the caller has just asked the password by
// [Service.CheckPassword], or by staff for a lost phone.
func (s *Service) RemoveSecond(ctx context.Context, tenant ent.Tenant, id ent.ID, by ent.Actor) error {
	a, err := s.changeSecond(ctx, tenant, id, EventSecondOff, func(a *Account) error {
		if a.Second == nil {
			return failure(CodeSecondState)
		}
		a.Second = nil
		return nil
	}, by)
	s.logResult(ctx, "second factor removed", tenant, id, err)
	if err != nil {
		return err
	}
	s.tell(ctx, tenant, &a, KindSecondOff)
	return nil
}

func (s *Service) changeSecond(ctx context.Context, tenant ent.Tenant, id ent.ID, kind string, fn func(*Account) error, by ent.Actor) (Account, error) {
	if by == (ent.Actor{}) {
		by = ent.Actor{Kind: ent.ActorPerson, ID: id}
	}
	return s.change(ctx, tenant, id, by, kind, func(_ Tx, a *Account) error { return fn(a) })
}
