package attendancesql_test

import (
	"context"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/attendance"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// prefixed gives each test tenants of its own in one database.
type prefixed struct {
	attendance.Store
	prefix ent.Tenant
}

func (p prefixed) Call(ctx context.Context, tenant ent.Tenant, k timetable.Key) (attendance.RollCall, error) {
	return p.Store.Call(ctx, p.prefix+tenant, k)
}

func (p prefixed) Calls(ctx context.Context, tenant ent.Tenant, from, to ent.Date) ([]attendance.RollCall, error) {
	return p.Store.Calls(ctx, p.prefix+tenant, from, to)
}

func (p prefixed) ChangeCall(ctx context.Context, tenant ent.Tenant, k timetable.Key, change attendance.CallChange) error {
	return p.Store.ChangeCall(ctx, p.prefix+tenant, k, change)
}

func (p prefixed) Events(ctx context.Context, tenant ent.Tenant, q attendance.Query) ([]attendance.Event, error) {
	return p.Store.Events(ctx, p.prefix+tenant, q)
}

func (p prefixed) Event(ctx context.Context, tenant ent.Tenant, id ent.ID) (attendance.Event, error) {
	return p.Store.Event(ctx, p.prefix+tenant, id)
}

func (p prefixed) PutEvents(ctx context.Context, tenant ent.Tenant, events []attendance.Event) error {
	return p.Store.PutEvents(ctx, p.prefix+tenant, events)
}

func (p prefixed) EventHistory(ctx context.Context, tenant ent.Tenant, id ent.ID) ([]attendance.Event, error) {
	return p.Store.EventHistory(ctx, p.prefix+tenant, id)
}

func (p prefixed) Declarations(ctx context.Context, tenant ent.Tenant, q attendance.Query) ([]attendance.Declaration, error) {
	return p.Store.Declarations(ctx, p.prefix+tenant, q)
}

func (p prefixed) PutDeclaration(ctx context.Context, tenant ent.Tenant, d attendance.Declaration) error {
	return p.Store.PutDeclaration(ctx, p.prefix+tenant, d)
}

func (p prefixed) Proofs(ctx context.Context, tenant ent.Tenant, q attendance.Query) ([]attendance.Proof, error) {
	return p.Store.Proofs(ctx, p.prefix+tenant, q)
}

func (p prefixed) AddProofs(ctx context.Context, tenant ent.Tenant, proofs []attendance.Proof) error {
	return p.Store.AddProofs(ctx, p.prefix+tenant, proofs)
}

func (p prefixed) Incidents(ctx context.Context, tenant ent.Tenant, persons []ent.ID) ([]attendance.Incident, error) {
	return p.Store.Incidents(ctx, p.prefix+tenant, persons)
}

func (p prefixed) Incident(ctx context.Context, tenant ent.Tenant, id ent.ID) (attendance.Incident, error) {
	return p.Store.Incident(ctx, p.prefix+tenant, id)
}

func (p prefixed) ChangeIncident(ctx context.Context, tenant ent.Tenant, id ent.ID, change attendance.IncidentChange) error {
	return p.Store.ChangeIncident(ctx, p.prefix+tenant, id, change)
}

func (p prefixed) Measures(ctx context.Context, tenant ent.Tenant) ([]attendance.Measure, error) {
	return p.Store.Measures(ctx, p.prefix+tenant)
}

func (p prefixed) EraseMeasures(ctx context.Context, tenant ent.Tenant, ids []ent.ID) (int64, error) {
	return p.Store.EraseMeasures(ctx, p.prefix+tenant, ids)
}

func (p prefixed) Purge(ctx context.Context, tenant ent.Tenant, before ent.Date) (int64, error) {
	return p.Store.Purge(ctx, p.prefix+tenant, before)
}
