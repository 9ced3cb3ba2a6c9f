package booking

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/opencartable/cartable/ent"
)

// Memory is a Store in memory, for tests and for small programs. It is safe for concurrent use: each resource has a lock of its own.
type Memory struct {
	mu        sync.RWMutex // of the maps; never held while one of a resource is waited for
	resources map[memKey]*memResource
	of        map[memKey]*memResource // by booking
}

type memKey struct {
	tenant ent.Tenant
	id     ent.ID
}

type memResource struct {
	mu       sync.Mutex
	resource Resource
	gone     bool
	bookings []Booking // by start
}

var _ Store = (*Memory)(nil)

// NewMemory returns an empty one.
func NewMemory() *Memory {
	return &Memory{resources: map[memKey]*memResource{}, of: map[memKey]*memResource{}}
}

func unknown() error { return fmt.Errorf("booking: %w", CodeUnknown) }

func cloneResource(r Resource) Resource {
	r.Windows, r.Blackouts, r.Quotas = slices.Clone(r.Windows), slices.Clone(r.Blackouts), slices.Clone(r.Quotas)
	return r
}

// lock returns a resource, locked, and what unlocks it.
func (m *Memory) lock(tenant ent.Tenant, id ent.ID) (*memResource, func(), error) {
	m.mu.RLock()
	x := m.resources[memKey{tenant, id}]
	m.mu.RUnlock()
	if x == nil {
		return nil, nil, unknown()
	}
	x.mu.Lock()
	if x.gone {
		x.mu.Unlock()
		return nil, nil, unknown()
	}
	return x, x.mu.Unlock, nil
}

// all returns the resources of a tenant.
func (m *Memory) all(tenant ent.Tenant) []*memResource {
	m.mu.RLock()
	defer m.mu.RUnlock()
	var out []*memResource
	for k, x := range m.resources {
		if k.tenant == tenant {
			out = append(out, x)
		}
	}
	return out
}

// Resources is of [Store].
func (m *Memory) Resources(_ context.Context, tenant ent.Tenant, establishment ent.ID) ([]Resource, error) {
	var out []Resource
	for _, x := range m.all(tenant) {
		x.mu.Lock()
		if !x.gone && x.resource.Establishment == establishment {
			out = append(out, cloneResource(x.resource))
		}
		x.mu.Unlock()
	}
	SortResources(out)
	return out, nil
}

// SortResources sorts resources by label and identifier.
func SortResources(list []Resource) {
	slices.SortFunc(list, func(a, b Resource) int { return cmp.Or(cmp.Compare(a.Label, b.Label), cmp.Compare(a.ID, b.ID)) })
}

// Resource is of [Store].
func (m *Memory) Resource(_ context.Context, tenant ent.Tenant, id ent.ID) (Resource, error) {
	x, done, err := m.lock(tenant, id)
	if err != nil {
		return Resource{}, err
	}
	defer done()
	return cloneResource(x.resource), nil
}

// PutResource is of [Store].
func (m *Memory) PutResource(_ context.Context, tenant ent.Tenant, r Resource, at time.Time) (Effect, error) {
	r = cloneResource(r)
	if r.Version == 0 {
		return m.add(tenant, r)
	}
	x, done, err := m.lock(tenant, r.ID)
	if err != nil {
		return Effect{}, err
	}
	defer done()
	e, err := r.Replace(&x.resource, AheadOf(x.bookings, at))
	if err != nil {
		return Effect{}, err
	}
	x.resource = cloneResource(e.Resource)
	x.put(e.Changed())
	return e, nil
}

func (m *Memory) add(tenant ent.Tenant, r Resource) (Effect, error) {
	e, err := r.Replace(nil, nil)
	if err != nil {
		return Effect{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.resources[memKey{tenant, r.ID}] != nil { // also one that was deleted: its bookings are of another thing
		return Effect{}, fmt.Errorf("booking: resource: %w", CodeStale)
	}
	m.resources[memKey{tenant, r.ID}] = &memResource{resource: cloneResource(e.Resource)}
	return e, nil
}

// put writes bookings that are there in another state.
func (x *memResource) put(list []Booking) {
	for _, b := range list {
		i := slices.IndexFunc(x.bookings, func(o Booking) bool { return o.ID == b.ID })
		x.bookings[i] = b
	}
}

// DeleteResource is of [Store].
func (m *Memory) DeleteResource(_ context.Context, tenant ent.Tenant, id ent.ID, base int64, at time.Time) ([]Booking, error) {
	x, done, err := m.lock(tenant, id)
	if err != nil {
		return nil, err
	}
	defer done()
	if x.resource.Version != base {
		return nil, fmt.Errorf("booking: resource: %w", CodeStale)
	}
	list := Drop(AheadOf(x.bookings, at))
	x.put(list)
	x.gone = true
	return list, nil
}

// Bookings is of [Store].
func (m *Memory) Bookings(_ context.Context, tenant ent.Tenant, q Query) ([]Booking, error) {
	if !q.Valid() {
		return nil, fmt.Errorf("booking: query: %w", CodeSize)
	}
	var out []Booking
	for _, x := range m.all(tenant) {
		x.mu.Lock()
		for i := range x.bookings {
			if q.Matches(&x.bookings[i]) {
				out = append(out, x.bookings[i])
			}
		}
		x.mu.Unlock()
	}
	Sort(out)
	return out, nil
}

// Booking is of [Store].
func (m *Memory) Booking(_ context.Context, tenant ent.Tenant, id ent.ID) (Booking, error) {
	m.mu.RLock()
	x := m.of[memKey{tenant, id}]
	m.mu.RUnlock()
	if x == nil {
		return Booking{}, unknown()
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	i := slices.IndexFunc(x.bookings, func(b Booking) bool { return b.ID == id })
	if i < 0 { // between its name and itself
		return Booking{}, unknown()
	}
	return x.bookings[i], nil
}

// within returns the bookings that may meet [from, to).
func (x *memResource) within(from, to time.Time) []Booking {
	at := func(t time.Time) int {
		i, _ := slices.BinarySearchFunc(x.bookings, t, func(b Booking, t time.Time) int { return b.Starts.Compare(t) })
		return i
	}
	return x.bookings[at(from.Add(-MaxSpan)):at(to)]
}

// Admit is of [Store].
func (m *Memory) Admit(_ context.Context, tenant ent.Tenant, a Admission) (Result, error) {
	if err := a.Valid(); err != nil {
		return Result{}, err
	}
	x, done, err := m.lock(tenant, a.Resource.ID)
	if err != nil {
		return Result{}, err
	}
	defer done()
	if err := a.Under(&x.resource); err != nil {
		return Result{}, err
	}
	out := a.Decide(x.within(a.Window()))
	if err := m.name(tenant, x, out.Booked); err != nil {
		return Result{}, err
	}
	for _, b := range out.Booked {
		i, _ := slices.BinarySearchFunc(x.bookings, b.Starts, func(o Booking, t time.Time) int { return o.Starts.Compare(t) })
		x.bookings = slices.Insert(x.bookings, i, b)
	}
	return out, nil
}

// name keeps whose resource bookings are of, all or none.
func (m *Memory) name(tenant ent.Tenant, x *memResource, list []Booking) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i, b := range list {
		if m.of[memKey{tenant, b.ID}] != nil || slices.ContainsFunc(list[:i], func(o Booking) bool { return o.ID == b.ID }) {
			return fmt.Errorf("booking: admission: %w", CodeTwice)
		}
	}
	for _, b := range list {
		m.of[memKey{tenant, b.ID}] = x
	}
	return nil
}

// Change is of [Store].
func (m *Memory) Change(_ context.Context, tenant ent.Tenant, resource ent.ID, changes []Change, _ time.Time) ([]Booking, error) {
	x, done, err := m.lock(tenant, resource)
	if err != nil {
		return nil, err
	}
	defer done()
	out, err := x.resource.ChangeAll(x.bookings, x.bookings, changes)
	if err != nil {
		return nil, err
	}
	x.put(out)
	return out, nil
}
