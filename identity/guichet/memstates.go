package guichet

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// MemoryStates is a States in memory, for one node and for tests. It is bounded: when it is full, Put fails, since forgetting
// somebody else's choice would be worse.
type MemoryStates struct {
	clock func() time.Time
	limit int

	mu     sync.Mutex
	values map[string]memoryState
}

type memoryState struct {
	value []byte
	until time.Time
}

// maxStates bounds a MemoryStates: about 100 MB when each holds a few candidates.
const maxStates = 100_000

// NewMemoryStates returns an empty store; time.Now is its clock when nil.
func NewMemoryStates(clock func() time.Time) *MemoryStates {
	if clock == nil {
		clock = time.Now
	}
	return &MemoryStates{clock: clock, limit: maxStates, values: map[string]memoryState{}}
}

// Put keeps a value. It returns CodeLimit when the store is full of values whose time is not over.
func (m *MemoryStates) Put(_ context.Context, key string, value []byte, ttl time.Duration) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.clock()
	if len(m.values) >= m.limit {
		m.sweep(now)
	}
	if len(m.values) >= m.limit {
		return fmt.Errorf("guichet: states: %w", CodeLimit)
	}
	m.values[key] = memoryState{slices.Clone(value), now.Add(ttl)}
	return nil
}

// Take returns a value and removes it.
func (m *MemoryStates) Take(_ context.Context, key string) ([]byte, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok := m.values[key]
	delete(m.values, key)
	if !ok || !m.clock().Before(v.until) {
		return nil, false, nil
	}
	return v.value, true, nil
}

func (m *MemoryStates) sweep(now time.Time) {
	for k, v := range m.values {
		if !now.Before(v.until) {
			delete(m.values, k)
		}
	}
}
