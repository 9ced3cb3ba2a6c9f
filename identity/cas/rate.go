package cas

import (
	"sync"
	"time"

	"github.com/opencartable/cartable/ent"
)

// rates counts what services ask for, on one node: a bucket of a second's worth for each.
type rates struct {
	mu      sync.Mutex
	buckets map[string]*bucket
}

type bucket struct {
	left float64
	at   time.Time
}

// take returns CodeBusy when a service asks for more than it may.
func (r *rates) take(s *Service, now time.Time) error {
	if s.Rate <= 0 {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	b := r.buckets[s.ID]
	if b == nil {
		if r.buckets == nil {
			r.buckets = map[string]*bucket{}
		}
		b = &bucket{left: float64(s.Rate), at: now}
		r.buckets[s.ID] = b
	}
	if since := now.Sub(b.at); since > 0 {
		b.left, b.at = min(float64(s.Rate), b.left+since.Seconds()*float64(s.Rate)), now
	}
	if b.left < 1 {
		return catalog().New(CodeBusy, ent.Pos{}, "$")
	}
	b.left--
	return nil
}
