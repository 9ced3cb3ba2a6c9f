package account

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/opencartable/cartable/ent"
)

// MemorySessions is a SessionStore in memory, for one node and for tests.
type MemorySessions struct {
	mu       sync.RWMutex
	sessions map[sessionRef]*Session // by id
	keys     map[sessionRef]*Session // by the hash of the token
	accounts map[accountRef]map[*Session]bool
	upstream map[upstreamRef]map[*Session]bool
}

var _ SessionStore = (*MemorySessions)(nil)

type sessionRef struct {
	tenant ent.Tenant
	name   string
}

type accountRef struct {
	tenant  ent.Tenant
	account ent.ID
}

type upstreamRef struct {
	tenant            ent.Tenant
	provider, subject string
}

// NewMemorySessions returns an empty store.
func NewMemorySessions() *MemorySessions {
	return &MemorySessions{
		sessions: map[sessionRef]*Session{}, keys: map[sessionRef]*Session{},
		accounts: map[accountRef]map[*Session]bool{}, upstream: map[upstreamRef]map[*Session]bool{},
	}
}

// Put is of [SessionStore].
func (m *MemorySessions) Put(_ context.Context, s Session) error {
	s.Upstream.Data = slices.Clone(s.Upstream.Data)
	s.Remembered = false
	m.mu.Lock()
	defer m.mu.Unlock()
	if before, ok := m.sessions[sessionRef{s.Tenant, s.ID}]; ok {
		m.forget(before)
	}
	m.sessions[sessionRef{s.Tenant, s.ID}] = &s
	m.keys[sessionRef{s.Tenant, s.Key}] = &s
	add(m.accounts, accountRef{s.Tenant, s.Account}, &s)
	if s.Upstream.Provider != "" {
		add(m.upstream, upstreamRef{s.Tenant, s.Upstream.Provider, s.Upstream.Subject}, &s)
	}
	return nil
}

func (m *MemorySessions) forget(s *Session) {
	delete(m.sessions, sessionRef{s.Tenant, s.ID})
	delete(m.keys, sessionRef{s.Tenant, s.Key})
	remove(m.accounts, accountRef{s.Tenant, s.Account}, s)
	remove(m.upstream, upstreamRef{s.Tenant, s.Upstream.Provider, s.Upstream.Subject}, s)
}

// Get is of [SessionStore].
func (m *MemorySessions) Get(_ context.Context, tenant ent.Tenant, key string) (Session, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	s, ok := m.keys[sessionRef{tenant, key}]
	if !ok {
		return Session{}, failure(CodeNoSession)
	}
	return *s, nil
}

// Touch is of [SessionStore].
func (m *MemorySessions) Touch(_ context.Context, tenant ent.Tenant, id string, seen, ends time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if s, ok := m.sessions[sessionRef{tenant, id}]; ok {
		s.Seen, s.Ends = seen, ends
	}
	return nil
}

func sorted(set map[*Session]bool, keep func(*Session) bool) []Session {
	var out []Session
	for s := range set {
		if keep(s) {
			out = append(out, *s)
		}
	}
	slices.SortFunc(out, func(a, b Session) int { return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID)) })
	return out
}

// List is of [SessionStore].
func (m *MemorySessions) List(_ context.Context, tenant ent.Tenant, account ent.ID) ([]Session, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return sorted(m.accounts[accountRef{tenant, account}], func(*Session) bool { return true }), nil
}

// Upstream is of [SessionStore].
func (m *MemorySessions) Upstream(_ context.Context, tenant ent.Tenant, provider, subject, index string) ([]Session, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return sorted(m.upstream[upstreamRef{tenant, provider, subject}], func(s *Session) bool { return index == "" || s.Upstream.Index == index }), nil
}

// Remove is of [SessionStore].
func (m *MemorySessions) Remove(_ context.Context, tenant ent.Tenant, id string) (Session, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, ok := m.sessions[sessionRef{tenant, id}]
	if !ok {
		return Session{}, false, nil
	}
	m.forget(s)
	return *s, true, nil
}

// overPage is how many sessions Over returns at the most.
const overPage = 500

// Over is of [SessionStore].
func (m *MemorySessions) Over(_ context.Context, tenant ent.Tenant, before time.Time) ([]Session, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	var out []Session
	for ref, s := range m.sessions {
		if ref.tenant == tenant && s.Ends.Before(before) {
			if out = append(out, *s); len(out) == overPage {
				break
			}
		}
	}
	return out, nil
}
