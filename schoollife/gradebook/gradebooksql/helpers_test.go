package gradebooksql_test

import (
	"context"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/gradebook"
)

// prefixed gives each test tenants of its own in one database.
type prefixed struct {
	gradebook.Store
	prefix ent.Tenant
}

func (p prefixed) Terms(ctx context.Context, tenant ent.Tenant, classes []ent.ID) ([]gradebook.Term, error) {
	return p.Store.Terms(ctx, p.prefix+tenant, classes)
}

func (p prefixed) PutTerm(ctx context.Context, tenant ent.Tenant, c gradebook.TermChange) error {
	return p.Store.PutTerm(ctx, p.prefix+tenant, c)
}

func (p prefixed) TermHistory(ctx context.Context, tenant ent.Tenant, class, period ent.ID) ([]gradebook.TermChange, error) {
	return p.Store.TermHistory(ctx, p.prefix+tenant, class, period)
}

func (p prefixed) Entries(ctx context.Context, tenant ent.Tenant, q gradebook.Query) ([]gradebook.Entry, error) {
	return p.Store.Entries(ctx, p.prefix+tenant, q)
}

func (p prefixed) History(ctx context.Context, tenant ent.Tenant, k gradebook.Key) ([]gradebook.Entry, error) {
	return p.Store.History(ctx, p.prefix+tenant, k)
}

func (p prefixed) Save(ctx context.Context, tenant ent.Tenant, entries []gradebook.Entry) ([]gradebook.Outcome, error) {
	return p.Store.Save(ctx, p.prefix+tenant, entries)
}

func (p prefixed) Revise(ctx context.Context, tenant ent.Tenant, e gradebook.Entry, classes []ent.ID, check func([]gradebook.Entry, []gradebook.Term) error) (gradebook.Outcome, error) {
	return p.Store.Revise(ctx, p.prefix+tenant, e, classes, check)
}
