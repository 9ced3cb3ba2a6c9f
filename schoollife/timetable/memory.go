package timetable

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/opencartable/cartable/ent"
)

// Memory is a Store in memory, for tests and for small programs. It is safe for concurrent use. What it returns is shared: read it.
type Memory struct {
	mu      sync.RWMutex
	schools map[memSchool]*memKept
	tokens  []memToken
}

type memSchool struct {
	tenant ent.Tenant
	school ent.ID
}

type memKept struct {
	kept    Kept
	changes []HandChange
	imports []Import
	last    *Plan
	changed time.Time
}

type memToken struct {
	tenant ent.Tenant
	token  Token
}

var _ Store = (*Memory)(nil)

// NewMemory returns an empty one.
func NewMemory() *Memory { return &Memory{schools: map[memSchool]*memKept{}} }

// of returns what is kept of a school; the lock is held.
func (m *Memory) of(tenant ent.Tenant, school ent.ID) *memKept {
	if x, ok := m.schools[memSchool{tenant, school}]; ok {
		return x
	}
	return &memKept{}
}

// Kept is of [Store].
func (m *Memory) Kept(_ context.Context, tenant ent.Tenant, school ent.ID) (*Kept, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	k := m.of(tenant, school).kept
	return &k, nil
}

// Apply is of [Store].
func (m *Memory) Apply(_ context.Context, tenant ent.Tenant, school ent.ID, p *Plan, by ent.ID, at time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.apply(m.of(tenant, school), memSchool{tenant, school}, p, by, at)
}

func (m *Memory) apply(x *memKept, key memSchool, p *Plan, by ent.ID, at time.Time) error {
	next, err := x.kept.Apply(p)
	if err != nil || next.Version == x.kept.Version {
		return err
	}
	m.schools[key] = &memKept{
		kept: *next, changes: x.changes, last: p, changed: at,
		imports: append(slices.Clone(x.imports), Import{next.Version, p.Source, by, at, p.Counts()}),
	}
	return nil
}

// Counts returns the lessons by operation.
func (p *Plan) Counts() map[Op]int {
	out := map[Op]int{}
	for i := range p.Lessons {
		out[p.Lessons[i].Op]++
	}
	return out
}

// Imports is of [Store].
func (m *Memory) Imports(_ context.Context, tenant ent.Tenant, school ent.ID) ([]Import, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return slices.Clone(m.of(tenant, school).imports), nil
}

// Undo is of [Store].
func (m *Memory) Undo(_ context.Context, tenant ent.Tenant, school ent.ID, called func(Key) bool, by ent.ID, at time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	x := m.of(tenant, school)
	if x.last == nil || x.last.Base+1 != x.kept.Version {
		return fmt.Errorf("timetable: undo: %w", CodeStale)
	}
	return m.apply(x, memSchool{tenant, school}, x.last.Reverse(called), by, at)
}

// Change is of [Store].
func (m *Memory) Change(_ context.Context, tenant ent.Tenant, school ent.ID, c HandChange, seen int) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	x := *m.of(tenant, school)
	next, err := x.kept.Change(c.Change, seen)
	if err != nil {
		return err
	}
	x.kept, x.changes, x.changed = *next, append(slices.Clone(x.changes), c), c.At
	m.schools[memSchool{tenant, school}] = &x
	return nil
}

// Changes is of [Store].
func (m *Memory) Changes(_ context.Context, tenant ent.Tenant, school ent.ID) ([]HandChange, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return slices.Clone(m.of(tenant, school).changes), nil
}

// Lessons is of [Store].
func (m *Memory) Lessons(_ context.Context, tenant ent.Tenant, school ent.ID, from, to ent.Date) ([]Lesson, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.of(tenant, school).kept.Between(from, to), nil
}

// Version is of [Store].
func (m *Memory) Version(_ context.Context, tenant ent.Tenant, school ent.ID) (int64, time.Time, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	x := m.of(tenant, school)
	return x.kept.Version, x.changed, nil
}

// AddToken is of [Store].
func (m *Memory) AddToken(_ context.Context, tenant ent.Tenant, t Token) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tokens = append(m.tokens, memToken{tenant, t})
	return nil
}

func noToken() error { return fmt.Errorf("timetable: %w", CodeToken) }

// Token is of [Store].
func (m *Memory) Token(_ context.Context, tenant ent.Tenant, hash string) (Token, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	for _, x := range m.tokens {
		if x.tenant == tenant && x.token.Hash == hash {
			return x.token, nil
		}
	}
	return Token{}, noToken()
}

// Tokens is of [Store].
func (m *Memory) Tokens(_ context.Context, tenant ent.Tenant, person ent.ID) ([]Token, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	var out []Token
	for _, x := range m.tokens {
		if x.tenant == tenant && x.token.Person == person {
			out = append(out, x.token)
		}
	}
	slices.SortStableFunc(out, func(a, b Token) int { return b.Created.Compare(a.Created) })
	return out, nil
}

// Revoke is of [Store].
func (m *Memory) Revoke(_ context.Context, tenant ent.Tenant, person ent.ID, hash string, at time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range m.tokens {
		x := &m.tokens[i]
		if x.tenant == tenant && x.token.Person == person && x.token.Hash == hash {
			if x.token.Revoked.IsZero() {
				x.token.Revoked = at
			}
			return nil
		}
	}
	return noToken()
}
