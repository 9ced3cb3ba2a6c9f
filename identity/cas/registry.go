package cas

import (
	"context"
	"encoding/binary"
	"hash/maphash"
	"sync"
	"time"

	"github.com/opencartable/cartable/ent"
)

// Registry keeps what lives for some seconds (tickets) or as long as a session. Every node of a server must see at once what
// another one has put. Its keys tell nothing: the server hashes tickets before. An error that is not CodeGone says that the
// registry does not answer: nobody is told that a ticket is bad then.
type Registry interface {
	// Put keeps a value until it is taken, or its time is over.
	Put(ctx context.Context, key string, value []byte, life time.Duration) error
	// Get returns a value. It returns CodeGone when there is none.
	Get(ctx context.Context, key string) ([]byte, error)
	// Take returns a value and removes it, in one step: of any number of calls at once, on any nodes, at most one gets it.
	// It returns CodeGone to the others.
	Take(ctx context.Context, key string) ([]byte, error)
	// Join adds an entry to a session, which is kept for as long as life from now on.
	Join(ctx context.Context, session string, entry []byte, life time.Duration) error
	// End removes a session, and returns its entries in the order in which they came; none for one that is not there.
	End(ctx context.Context, session string) ([][]byte, error)
}

// gone is what a registry without the key returns.
func gone() error { return catalog().New(CodeGone, ent.Pos{}, "$") }

// MemoryRegistry is a registry for one node. Safe for concurrent use.
type MemoryRegistry struct {
	now    func() time.Time
	seed   maphash.Seed
	shards [64]shard
}

type shard struct {
	mu       sync.Mutex
	values   map[string]held
	sessions map[string]held // entries, each after its length
	swept    int64
}

// held is a value and when it ends, in seconds.
type held struct {
	value []byte
	until int64
}

// sweepEvery is how often a shard looks for what is over, in seconds.
const sweepEvery = 60

// NewMemoryRegistry returns an empty registry. now is its clock, time.Now when nil.
func NewMemoryRegistry(now func() time.Time) *MemoryRegistry {
	if now == nil {
		now = time.Now
	}
	m := &MemoryRegistry{now: now, seed: maphash.MakeSeed()}
	for i := range m.shards {
		m.shards[i].values, m.shards[i].sessions = map[string]held{}, map[string]held{}
	}
	return m
}

// shard returns the part of a key, locked and swept, and what time it is.
func (m *MemoryRegistry) shard(key string) (s *shard, now int64) {
	now = m.now().UnixMilli()
	s = &m.shards[maphash.String(m.seed, key)%uint64(len(m.shards))]
	s.mu.Lock()
	if now-s.swept > sweepEvery*1000 {
		s.swept = now
		for _, list := range []map[string]held{s.values, s.sessions} {
			for k, v := range list {
				if v.until <= now {
					delete(list, k)
				}
			}
		}
	}
	return s, now
}

// Put is of [Registry].
func (m *MemoryRegistry) Put(_ context.Context, key string, value []byte, life time.Duration) error {
	s, now := m.shard(key)
	defer s.mu.Unlock()
	s.values[key] = held{value, now + life.Milliseconds()}
	return nil
}

// Get is of [Registry].
func (m *MemoryRegistry) Get(_ context.Context, key string) ([]byte, error) {
	s, now := m.shard(key)
	defer s.mu.Unlock()
	v, ok := s.values[key]
	if !ok || v.until <= now {
		return nil, gone()
	}
	return v.value, nil
}

// Take is of [Registry].
func (m *MemoryRegistry) Take(_ context.Context, key string) ([]byte, error) {
	s, now := m.shard(key)
	defer s.mu.Unlock()
	v, ok := s.values[key]
	delete(s.values, key)
	if !ok || v.until <= now {
		return nil, gone()
	}
	return v.value, nil
}

// add appends an entry after its length, without room for another one: a million sessions of some entries each are held. Only
// a long list grows by a quarter, so that a session that never stops costs no copy of all of it each time.
func add(list, entry []byte) []byte {
	var size [binary.MaxVarintLen64]byte
	n := binary.PutUvarint(size[:], uint64(len(entry)))
	if need := len(list) + n + len(entry); need > cap(list) {
		room := need
		if need > 2048 {
			room += need / 4
		}
		list = append(make([]byte, 0, room), list...)
	}
	return append(append(list, size[:n]...), entry...)
}

// Join is of [Registry].
func (m *MemoryRegistry) Join(_ context.Context, session string, entry []byte, life time.Duration) error {
	s, now := m.shard(session)
	defer s.mu.Unlock()
	v := s.sessions[session]
	if v.until <= now {
		v.value = nil
	}
	v.value = add(v.value, entry)
	v.until = max(v.until, now+life.Milliseconds())
	s.sessions[session] = v
	return nil
}

// End is of [Registry].
func (m *MemoryRegistry) End(_ context.Context, session string) ([][]byte, error) {
	s, now := m.shard(session)
	defer s.mu.Unlock()
	v, ok := s.sessions[session]
	delete(s.sessions, session)
	if !ok || v.until <= now {
		return nil, nil
	}
	var out [][]byte
	for b := v.value; len(b) > 0; {
		n, size := binary.Uvarint(b)
		out = append(out, b[size:size+int(n)]) //nolint:gosec // written by Join
		b = b[size+int(n):]                    //nolint:gosec // idem
	}
	return out, nil
}
