package saml

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"sync"
	"time"
)

// ReplayStore remembers which assertions were used. All the nodes of a service share one, or an assertion passes once on
// each of them.
type ReplayStore interface {
	// SetIfAbsent remembers a key until a time, and returns false when it is already there. Of two calls at the same time
	// one gets true. Keys are 64 hexadecimal digits, and tell nothing of the assertion.
	SetIfAbsent(ctx context.Context, key string, until time.Time) (bool, error)
}

// MemoryReplay is the ReplayStore of a service of one node. It must not be copied.
type MemoryReplay struct {
	// Clock returns the time, time.Now by default.
	Clock func() time.Time

	mu    sync.Mutex
	keys  map[string]time.Time
	sweep int
}

var _ ReplayStore = (*MemoryReplay)(nil)

// SetIfAbsent implements [ReplayStore].
func (m *MemoryReplay) SetIfAbsent(_ context.Context, key string, until time.Time) (bool, error) {
	now := clockOf(m.Clock)()
	m.mu.Lock()
	defer m.mu.Unlock()
	if end, ok := m.keys[key]; ok && now.Before(end) {
		return false, nil
	}
	if m.keys == nil {
		m.keys = map[string]time.Time{}
	}
	m.keys[key] = until
	// What is past is dropped each time the store has doubled: the cost of an insertion stays flat.
	if len(m.keys) > m.sweep {
		for k, end := range m.keys {
			if !now.Before(end) {
				delete(m.keys, k)
			}
		}
		m.sweep = 2*len(m.keys) + 64
	}
	return true, nil
}

func replayKey(issuer, id string) string {
	h := sha256.New()
	h.Write([]byte(issuer))
	h.Write([]byte{0})
	h.Write([]byte(id))
	return hex.EncodeToString(h.Sum(nil))
}

func clockOf(clock func() time.Time) func() time.Time {
	if clock == nil {
		return time.Now
	}
	return clock
}
