package account

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
)

// mergeLife is how long a merge key works.
const mergeLife = 24 * time.Hour

// MayMerge returns nil when a relative may merge an account into another one of their own: both of relatives, activated, not
// merged, from sources that go together (AAF and AAF1D; CSV and MANUAL), and none that is entered through a portal into one
// that is not. It returns one of the codes of merges.
func MayMerge(into, from *Account) error {
	switch {
	case into.ID == from.ID:
		return failure(CodeMergeSelf)
	case into.Profile != ent.ProfileRelative || from.Profile != ent.ProfileRelative:
		return failure(CodeMergeProfile)
	case into.State() != StateActive || from.State() != StateActive:
		return failure(CodeMergeAlready)
	case into.Source.family() != from.Source.family():
		return failure(CodeMergeSource)
	case from.Portal != "" && into.Portal == "":
		return failure(CodeMergeFederated)
	}
	return nil
}

// MergeKey makes the key of an account, which its person, signed in to it, gives to the other one within a day. A former key is
// void. It returns CodeMergeProfile, CodeMergeAlready.
func (s *Service) MergeKey(ctx context.Context, tenant ent.Tenant, id ent.ID) (key string, expires time.Time, err error) {
	if err := s.ready(); err != nil {
		return "", time.Time{}, err
	}
	key, t, err := s.newToken(tenant, TokenMerge, id, mergeLife, "")
	if err != nil {
		return "", time.Time{}, err
	}
	err = s.Store.Update(ctx, tenant, func(tx Tx) error {
		a, err := tx.Account(ctx, id)
		switch {
		case err != nil:
			return err
		case a.Profile != ent.ProfileRelative:
			return failure(CodeMergeProfile)
		case a.State() != StateActive:
			return failure(CodeMergeAlready)
		}
		if err := tx.DropTokens(ctx, id, TokenMerge); err != nil {
			return err
		}
		return tx.PutToken(ctx, t)
	})
	s.logResult(ctx, "merge key", tenant, id, err)
	if err != nil {
		return "", time.Time{}, storeError(err)
	}
	return key, t.Expires, nil
}

// Merge merges the account of a key into the one of somebody who is signed in: who holds both proves it. Holders carry what
// they hold, the sessions of the merged account end, and its login opens the main account from then on. It returns the
// identifier of the merged account.
//
// A key serves once, whatever comes of it. When a holder fails, all is undone and CodeMergeHolder is returned.
func (s *Service) Merge(ctx context.Context, tenant ent.Tenant, into ent.ID, key string) (ent.ID, error) {
	gone, err := s.merge(ctx, tenant, into, key)
	s.logResult(ctx, "merge", tenant, into, err)
	return gone, err
}

func (s *Service) merge(ctx context.Context, tenant ent.Tenant, into ent.ID, key string) (ent.ID, error) {
	if err := s.ready(); err != nil {
		return "", err
	}
	var main, gone Account
	var refused error
	err := s.Store.Update(ctx, tenant, func(tx Tx) error {
		refused = nil
		var err error
		if main, err = tx.Account(ctx, into); err != nil {
			return err
		}
		t, err := s.token(ctx, tx, tenant, TokenMerge, key, true)
		if isCode(err, CodeLink) || isCode(err, CodeExpired) {
			return failure(CodeMergeKey)
		}
		if err != nil {
			return err
		}
		if gone, err = tx.Account(ctx, t.Account); err != nil {
			return err
		}
		if refused = MayMerge(&main, &gone); refused != nil {
			return nil //nolint:nilerr // the refusal is returned below: the key is used up all the same
		}
		return s.link(ctx, tx, tenant, &main, &gone, person(&main))
	})
	if err = errors.Join(storeError(err), refused); err != nil {
		return "", err
	}
	if err := directory.MergeIn(ctx, tenant, main.ID, gone.ID, s.Holders...); err != nil {
		undo := s.unlink(context.WithoutCancel(ctx), tenant, main.ID, gone.ID, ent.Actor{Kind: ent.ActorSystem})
		return "", &Error{Code: CodeMergeHolder, cause: errors.Join(err, undo)}
	}
	s.tell(ctx, tenant, &main, KindMerged)
	s.tell(ctx, tenant, &gone, KindMerged)
	_, err = s.Sessions.EndAll(ctx, tenant, gone.ID, "", EndMerged)
	return gone.ID, err
}

// link writes a merge.
func (s *Service) link(ctx context.Context, tx Tx, tenant ent.Tenant, main, gone *Account, by ent.Actor) error {
	gone.MergedInto = main.ID
	if main.Activated.IsZero() && !gone.Activated.IsZero() { // the directory kept the one that was never used
		main.Activated = gone.Activated
		if err := tx.Put(ctx, *main); err != nil {
			return err
		}
	}
	// Links for a new password and printed codes keep working: they lead to the main account.
	for _, kind := range []TokenKind{TokenMerge, TokenMail} {
		if err := tx.DropTokens(ctx, gone.ID, kind); err != nil {
			return err
		}
	}
	if err := tx.Put(ctx, *gone); err != nil {
		return err
	}
	return tx.Emit(ctx, s.event(EventMerged, tenant, gone.ID, by, mergeData{main.ID}))
}

type mergeData struct {
	Into ent.ID `json:"into"`
}

// unlink undoes link.
func (s *Service) unlink(ctx context.Context, tenant ent.Tenant, main, gone ent.ID, by ent.Actor) error {
	err := s.Store.Update(ctx, tenant, func(tx Tx) error {
		a, err := tx.Account(ctx, gone)
		if err != nil {
			return err
		}
		if a.MergedInto == "" || a.MergedInto != main {
			return failure(CodeNotMerged)
		}
		a.MergedInto = ""
		if err := tx.Put(ctx, a); err != nil {
			return err
		}
		if err := unlent(ctx, tx, main, &a); err != nil {
			return err
		}
		return tx.Emit(ctx, s.event(EventUnmerged, tenant, gone, by, mergeData{main}))
	})
	return storeError(err)
}

// unlent takes back the activation that link lent to a main account which was never used: its person needs a code again.
func unlent(ctx context.Context, tx Tx, id ent.ID, gone *Account) error {
	main, err := tx.Account(ctx, id)
	switch {
	case isCode(err, CodeUnknown):
		return nil
	case err != nil:
		return err
	case main.Password != "" || main.Portal != "" || main.Terms != "" || !main.Activated.Equal(gone.Activated):
		return nil
	}
	main.Activated = time.Time{}
	return tx.Put(ctx, main)
}

// Unmerge gives a merged account, named by its login, back what it had: its children, its groups, its own door. Sessions that
// its login opened end. The password is the last one that was set. It returns CodeUnknown, CodeNotMerged, CodeMergeHolder.
func (s *Service) Unmerge(ctx context.Context, tenant ent.Tenant, login string, by ent.Actor) error {
	var gone Account
	err := s.Store.View(ctx, tenant, func(tx Tx) error {
		var err error
		gone, err = tx.ByLogin(ctx, LoginKey(login))
		if err == nil && gone.MergedInto == "" {
			err = failure(CodeNotMerged)
		}
		return err
	})
	if err == nil {
		err = s.unmerge(ctx, tenant, gone.MergedInto, gone.ID, by)
	}
	s.logResult(ctx, "unmerge", tenant, gone.ID, err)
	return storeError(err)
}

func (s *Service) unmerge(ctx context.Context, tenant ent.Tenant, main, gone ent.ID, by ent.Actor) error {
	done := 0
	for _, h := range slices.Backward(s.Holders) {
		if err := h.Unmerge(ctx, tenant, main, gone); err != nil {
			cause := err
			for _, h := range s.Holders[len(s.Holders)-done:] {
				cause = errors.Join(cause, h.Merge(context.WithoutCancel(ctx), tenant, main, gone))
			}
			return &Error{Code: CodeMergeHolder, cause: cause}
		}
		done++
	}
	if err := s.unlink(ctx, tenant, main, gone, by); err != nil {
		return err
	}
	return s.endParted(ctx, tenant, main, gone)
}

// endParted ends the sessions of an account that the logins of one which was parted from it opened.
func (s *Service) endParted(ctx context.Context, tenant ent.Tenant, main, gone ent.ID) error {
	var ids []ent.ID
	err := s.Store.View(ctx, tenant, func(tx Tx) error {
		a, err := tx.Account(ctx, gone)
		if err != nil {
			return err
		}
		list, err := family(ctx, tx, a)
		ids = nil
		for _, a := range list {
			ids = append(ids, a.ID)
		}
		return err
	})
	if err != nil {
		return storeError(err)
	}
	return s.endVia(ctx, tenant, main, EndMerged, ids...)
}

// endVia ends the sessions of the main account that the logins of merged ones opened.
func (s *Service) endVia(ctx context.Context, tenant ent.Tenant, main ent.ID, why EndReason, logins ...ent.ID) error {
	_, err := s.Sessions.endIf(ctx, tenant, main, why, func(v Session) bool { return slices.Contains(logins, v.Via) })
	return err
}
