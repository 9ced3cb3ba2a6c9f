package people

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"sync"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
)

const (
	// planLife is how long a plan waits to be read and applied.
	planLife = time.Hour
	maxPlans = 8
	planKey  = 32
)

// plans are those that wait, as plan files: what they hold of persons is sealed under a key of their own.
type plans struct {
	now func() time.Time

	mu   sync.Mutex
	kept map[string]kept
}

// kept is a plan that waits for whoever made it.
type kept struct {
	file, key []byte
	owner     string
	until     time.Time
	// name is that of the delivery; reading and comparison are the accounts of how it was read and compared.
	name                string
	reading, comparison *ent.Report
}

// put keeps a plan and returns the name by which its owner finds it.
func (s *plans) put(p *directory.Plan, k kept) (string, error) {
	k.until = s.now().Add(planLife).Truncate(time.Second)
	k.key = make([]byte, planKey)
	if _, err := rand.Read(k.key); err != nil {
		return "", fmt.Errorf("portal: %w", err)
	}
	var b bytes.Buffer
	if err := p.WriteFile(&b, k.key, k.until); err != nil {
		return "", fmt.Errorf("portal: %w", err)
	}
	k.file = b.Bytes()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kept == nil {
		s.kept = map[string]kept{}
	}
	oldest, found := "", false
	for name, x := range s.kept {
		switch {
		case !s.now().Before(x.until):
			delete(s.kept, name)
		case !found || x.until.Before(s.kept[oldest].until):
			oldest, found = name, true
		}
	}
	if len(s.kept) >= maxPlans {
		delete(s.kept, oldest)
	}
	name := rand.Text()
	s.kept[name] = k
	return name, nil
}

// get returns a plan to its owner, false when there is none or when its time is over.
func (s *plans) get(name, owner string) (*directory.Plan, kept, bool) {
	s.mu.Lock()
	k, ok := s.kept[name]
	s.mu.Unlock()
	if !ok || k.owner != owner {
		return nil, kept{}, false
	}
	p, err := directory.ReadPlan(bytes.NewReader(k.file), k.key, s.now())
	if err != nil {
		return nil, kept{}, false
	}
	return p, k, true
}

// drop forgets a plan.
func (s *plans) drop(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.kept, name)
}
