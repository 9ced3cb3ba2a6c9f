package account

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/opencartable/cartable/ent"
)

// holder is this package as a part that holds something of persons, on any store.
type holder struct{ s *Service }

// Holder returns the accounts as an [ent.Holder], for the directory that merges and erases persons. A merge that the
// directory decides asks no key: see [Service.Merge] for one that the person decides. List it there, not in Service.Holders.
func (s *Service) Holder() ent.Holder { return holder{s} }

// Part is of [ent.Holder].
func (h holder) Part() string { return "account" }

// own returns the account of a person with those merged into it; none for one that is merged itself, since it is told with
// the one that is kept.
func (h holder) own(ctx context.Context, tx Tx, person ent.ID) ([]Account, error) {
	a, err := tx.Account(ctx, person)
	if isCode(err, CodeUnknown) || err == nil && a.MergedInto != "" {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return family(ctx, tx, a)
}

// Held is of [ent.Holder]. Hashes and secrets are told to exist, not told.
func (h holder) Held(ctx context.Context, tenant ent.Tenant, person ent.ID) ([]ent.Holding, error) {
	var list []Account
	err := h.s.Store.View(ctx, tenant, func(tx Tx) error {
		var err error
		list, err = h.own(ctx, tx, person)
		return err
	})
	if err != nil {
		return nil, storeError(err)
	}
	var out []ent.Holding
	add := func(kind string, v any) error {
		b, err := json.Marshal(v)
		if err != nil {
			return storeError(err)
		}
		out = append(out, ent.Holding{Part: h.Part(), Kind: kind, Data: b})
		return nil
	}
	for _, a := range list {
		sessions, err := h.s.Sessions.Store.List(ctx, tenant, a.ID)
		if err != nil {
			return nil, storeError(err)
		}
		second := a.Second != nil
		if a.Password != "" {
			a.Password = hidden
		}
		a.History, a.Second = nil, nil
		if err := add("account", struct {
			Account
			HasSecond bool `json:"hasSecond"`
		}{a, second}); err != nil {
			return nil, err
		}
		for _, v := range sessions {
			v.Key, v.Upstream.Data = hidden, nil
			if err := add("session", v); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// Erase is of [ent.Holder].
func (h holder) Erase(ctx context.Context, tenant ent.Tenant, person ent.ID) (int64, error) {
	var n int64
	var ids []ent.ID
	var main Account
	err := h.s.Store.Update(ctx, tenant, func(tx Tx) error {
		n, ids, main = 0, nil, Account{}
		a, err := tx.Account(ctx, person)
		if isCode(err, CodeUnknown) {
			return nil
		}
		if err != nil {
			return err
		}
		if main, err = follow(ctx, tx, a); err != nil && !isCode(err, CodeUnknown) {
			return err
		}
		list, err := family(ctx, tx, a)
		if err != nil {
			return err
		}
		for _, a := range list {
			removed, err := tx.Remove(ctx, a.ID)
			if err != nil {
				return err
			}
			if removed {
				n++
			}
			ids = append(ids, a.ID)
		}
		return tx.Emit(ctx, h.s.event(EventErased, tenant, person, ent.Actor{Kind: ent.ActorSystem}, nil))
	})
	if err != nil {
		return 0, storeError(err)
	}
	if !slices.Contains(ids, person) {
		ids = append(ids, person)
	}
	for _, id := range ids {
		k, err := h.s.Sessions.EndAll(ctx, tenant, id, "", EndErased)
		if err != nil {
			return n, err
		}
		n += int64(k)
	}
	if main.ID == "" || main.ID == person {
		return n, nil
	}
	return n, h.s.endVia(ctx, tenant, main.ID, EndErased, ids...)
}

// Merge is of [ent.Holder]. Who calls it has decided. A person without an account has nothing to merge.
func (h holder) Merge(ctx context.Context, tenant ent.Tenant, kept, gone ent.ID) error {
	err := h.s.Store.Update(ctx, tenant, func(tx Tx) error {
		a, err := tx.Account(ctx, gone)
		if isCode(err, CodeUnknown) || err == nil && a.MergedInto == kept {
			return nil
		}
		if err != nil {
			return err
		}
		main, err := tx.Account(ctx, kept)
		switch {
		case isCode(err, CodeUnknown):
			return nil
		case err != nil:
			return err
		case a.MergedInto != "" || main.MergedInto != "" || kept == gone:
			return failure(CodeMergeAlready)
		}
		return h.s.link(ctx, tx, tenant, &main, &a, ent.Actor{Kind: ent.ActorSystem})
	})
	if err != nil {
		return storeError(err)
	}
	_, err = h.s.Sessions.EndAll(ctx, tenant, gone, "", EndMerged)
	return err
}

// Unmerge is of [ent.Holder].
func (h holder) Unmerge(ctx context.Context, tenant ent.Tenant, kept, gone ent.ID) error {
	err := h.s.unlink(ctx, tenant, kept, gone, ent.Actor{Kind: ent.ActorSystem})
	if isCode(err, CodeNotMerged) || isCode(err, CodeUnknown) {
		return nil // one of the two had no account
	}
	if err != nil {
		return err
	}
	return h.s.endParted(ctx, tenant, kept, gone)
}
