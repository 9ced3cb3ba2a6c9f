package bookingsql_test

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/booking"
	"github.com/opencartable/cartable/schoollife/booking/bookingsql"
)

// prefixed gives each test tenants of its own in one database.
type prefixed struct {
	booking.Store
	prefix ent.Tenant
}

func (p prefixed) Resources(ctx context.Context, tenant ent.Tenant, establishment ent.ID) ([]booking.Resource, error) {
	return p.Store.Resources(ctx, p.prefix+tenant, establishment)
}

func (p prefixed) Resource(ctx context.Context, tenant ent.Tenant, id ent.ID) (booking.Resource, error) {
	return p.Store.Resource(ctx, p.prefix+tenant, id)
}

func (p prefixed) PutResource(ctx context.Context, tenant ent.Tenant, r booking.Resource, at time.Time) (booking.Effect, error) {
	return p.Store.PutResource(ctx, p.prefix+tenant, r, at)
}

func (p prefixed) DeleteResource(ctx context.Context, tenant ent.Tenant, id ent.ID, base int64, at time.Time) ([]booking.Booking, error) {
	return p.Store.DeleteResource(ctx, p.prefix+tenant, id, base, at)
}

func (p prefixed) Bookings(ctx context.Context, tenant ent.Tenant, q booking.Query) ([]booking.Booking, error) {
	return p.Store.Bookings(ctx, p.prefix+tenant, q)
}

func (p prefixed) Booking(ctx context.Context, tenant ent.Tenant, id ent.ID) (booking.Booking, error) {
	return p.Store.Booking(ctx, p.prefix+tenant, id)
}

func (p prefixed) Admit(ctx context.Context, tenant ent.Tenant, a booking.Admission) (booking.Result, error) {
	return p.Store.Admit(ctx, p.prefix+tenant, a)
}

func (p prefixed) Change(ctx context.Context, tenant ent.Tenant, resource ent.ID, changes []booking.Change, at time.Time) ([]booking.Booking, error) {
	return p.Store.Change(ctx, p.prefix+tenant, resource, changes, at)
}

// several spreads the work over several servers.
type several struct {
	booking.Store
	stores []*bookingsql.Store
	n      atomic.Int64
}

func (s *several) Admit(ctx context.Context, tenant ent.Tenant, a booking.Admission) (booking.Result, error) {
	return s.stores[s.n.Add(1)%int64(len(s.stores))].Admit(ctx, tenant, a)
}
