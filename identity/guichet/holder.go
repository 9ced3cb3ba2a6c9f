package guichet

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/opencartable/cartable/ent"
)

// Holder returns the links as an [ent.Holder], for the directory that merges and erases persons (R-MRG-1: links move with their
// account).
func (b *LinkBook) Holder() ent.Holder { return linkHolder{b} }

type linkHolder struct{ book *LinkBook }

// Part implements [ent.Holder].
func (linkHolder) Part() string { return "guichet" }

// Held tells the links to an account, with the names that portals have for the person.
func (h linkHolder) Held(ctx context.Context, tenant ent.Tenant, person ent.ID) ([]ent.Holding, error) {
	list, err := h.book.List(ctx, tenant, person)
	if err != nil {
		return nil, err
	}
	var out []ent.Holding
	for i := range list {
		data, err := json.Marshal(list[i])
		if err != nil {
			return nil, portError(err)
		}
		out = append(out, ent.Holding{Part: h.Part(), Kind: "link", Data: data})
	}
	return out, nil
}

// Erase forgets the links to an account.
func (h linkHolder) Erase(ctx context.Context, tenant ent.Tenant, person ent.ID) (int64, error) {
	list, err := h.book.List(ctx, tenant, person)
	if err != nil {
		return 0, err
	}
	var n int64
	for _, l := range list {
		removed, err := h.book.Links.Remove(ctx, tenant, l.Provider, l.Subject)
		if err != nil {
			return n, portError(err)
		}
		if removed {
			n++
		}
	}
	return n, nil
}

// Merge gives the links to gone to kept, and remembers whose they were.
func (h linkHolder) Merge(ctx context.Context, tenant ent.Tenant, kept, gone ent.ID) error {
	return h.move(ctx, tenant, gone, func(l *Link) bool {
		if l.Account, l.From = kept, append(slices.Clip(l.From), gone); len(l.From) > maxMerges {
			l.From = l.From[1:]
		}
		return true
	})
}

// Unmerge gives back the links that Merge took of gone.
func (h linkHolder) Unmerge(ctx context.Context, tenant ent.Tenant, kept, gone ent.ID) error {
	return h.move(ctx, tenant, kept, func(l *Link) bool {
		last := len(l.From) - 1
		if last < 0 || l.From[last] != gone {
			return false
		}
		l.Account, l.From = gone, l.From[:last]
		return true
	})
}

// move changes the links to an account.
func (h linkHolder) move(ctx context.Context, tenant ent.Tenant, of ent.ID, change func(*Link) bool) error {
	list, err := h.book.List(ctx, tenant, of)
	if err != nil {
		return err
	}
	for _, l := range list {
		if !change(&l) {
			continue
		}
		if err := h.book.Links.Put(ctx, l); err != nil {
			return portError(err)
		}
	}
	return nil
}
