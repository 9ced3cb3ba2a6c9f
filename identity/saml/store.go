package saml

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"sync"
	"time"
)

// Store keeps what SAML must remember from one request to the next: requests that wait for their answer, assertions that were
// used, who was sent where. All the nodes of a service share one. Its keys tell nothing. An error says that the store does not
// answer: nobody is told that their message is bad then.
type Store interface {
	ReplayStore
	// Put keeps a value until it is taken or its time is over.
	Put(ctx context.Context, key string, value []byte, life time.Duration) error
	// Get returns a value; false when there is none.
	Get(ctx context.Context, key string) ([]byte, bool, error)
	// Take returns a value and removes it, in one step: of any number of calls at once, one gets it.
	Take(ctx context.Context, key string) ([]byte, bool, error)
	// Join adds an entry to a list, where it stays for as long as life. End removes the list, and returns its entries in the
	// order in which they came.
	Join(ctx context.Context, list string, entry []byte, life time.Duration) error
	End(ctx context.Context, list string) ([][]byte, error)
}

// MemoryStore is the Store of a service of one node. Safe for concurrent use; it must not be copied.
type MemoryStore struct {
	MemoryReplay

	mu    sync.Mutex
	held  map[string]kept
	lists map[string][]kept
	swept time.Time
}

type kept struct {
	value []byte
	until time.Time
}

var _ Store = (*MemoryStore)(nil)

// NewMemoryStore returns an empty store; time.Now is its clock when nil.
func NewMemoryStore(clock func() time.Time) *MemoryStore {
	return &MemoryStore{MemoryReplay: MemoryReplay{Clock: clock}, held: map[string]kept{}, lists: map[string][]kept{}}
}

// lock locks the store, drops what is over now and then, and returns the time.
func (m *MemoryStore) lock() time.Time {
	now := clockOf(m.Clock)()
	m.mu.Lock()
	if now.Sub(m.swept) > time.Minute {
		m.swept = now
		for k, v := range m.held {
			if !now.Before(v.until) {
				delete(m.held, k)
			}
		}
		for k, v := range m.lists {
			if v = alive(v, now); len(v) == 0 {
				delete(m.lists, k)
			} else {
				m.lists[k] = v
			}
		}
	}
	return now
}

// Put implements [Store].
func (m *MemoryStore) Put(_ context.Context, key string, value []byte, life time.Duration) error {
	now := m.lock()
	defer m.mu.Unlock()
	m.held[key] = kept{slices.Clone(value), now.Add(life)}
	return nil
}

// Get implements [Store].
func (m *MemoryStore) Get(_ context.Context, key string) ([]byte, bool, error) {
	now := m.lock()
	defer m.mu.Unlock()
	v, ok := m.held[key]
	if !ok || !now.Before(v.until) {
		return nil, false, nil
	}
	return slices.Clone(v.value), true, nil
}

// Take implements [Store].
func (m *MemoryStore) Take(_ context.Context, key string) ([]byte, bool, error) {
	now := m.lock()
	defer m.mu.Unlock()
	v, ok := m.held[key]
	delete(m.held, key)
	if !ok || !now.Before(v.until) {
		return nil, false, nil
	}
	return v.value, true, nil
}

// Join implements [Store].
func (m *MemoryStore) Join(_ context.Context, name string, entry []byte, life time.Duration) error {
	now := m.lock()
	defer m.mu.Unlock()
	m.lists[name] = append(m.lists[name], kept{slices.Clone(entry), now.Add(life)})
	return nil
}

// alive drops what is over.
func alive(list []kept, now time.Time) []kept {
	return slices.DeleteFunc(list, func(k kept) bool { return !now.Before(k.until) })
}

// End implements [Store].
func (m *MemoryStore) End(_ context.Context, name string) ([][]byte, error) {
	now := m.lock()
	defer m.mu.Unlock()
	list := alive(m.lists[name], now)
	delete(m.lists, name)
	var out [][]byte
	for _, k := range list {
		out = append(out, k.value)
	}
	return out, nil
}

// key is the key of something of this side: its kind and its hash. Several sides may share a store.
func (s *side) key(kind string, parts ...string) string {
	return storeKey(kind, append([]string{s.entityID}, parts...)...)
}

// storeKey is the key of something: its kind and its hash.
func storeKey(kind string, parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return kind + hex.EncodeToString(h.Sum(nil))
}
