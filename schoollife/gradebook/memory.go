package gradebook

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/opencartable/cartable/ent"
)

// Memory is a Store in memory, for tests and for small programs. It is safe for concurrent use.
type Memory struct {
	mu      sync.Mutex
	terms   map[memTerm][]TermChange
	entries map[ent.Tenant]map[Key][]Entry
}

type memTerm struct {
	tenant        ent.Tenant
	class, period ent.ID
}

var _ Store = (*Memory)(nil)

// NewMemory returns an empty one.
func NewMemory() *Memory {
	return &Memory{terms: map[memTerm][]TermChange{}, entries: map[ent.Tenant]map[Key][]Entry{}}
}

func conflict() error { return fmt.Errorf("gradebook: %w", catalog().New(CodeConflict, ent.Pos{}, "")) }

// term returns the term that holds.
func (m *Memory) term(tenant ent.Tenant, class, period ent.ID) (Term, bool) {
	list := m.terms[memTerm{tenant, class, period}]
	if len(list) == 0 {
		return Term{}, false
	}
	return list[len(list)-1].Term, true
}

// Terms is of [Store].
func (m *Memory) Terms(_ context.Context, tenant ent.Tenant, classes []ent.ID) ([]Term, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []Term
	for k := range m.terms {
		if k.tenant == tenant && slices.Contains(classes, k.class) {
			t, _ := m.term(tenant, k.class, k.period)
			t.Reopened = slices.Clone(t.Reopened)
			out = append(out, t)
		}
	}
	slices.SortFunc(out, func(a, b Term) int { return cmp.Or(cmp.Compare(a.Class, b.Class), cmp.Compare(a.Period, b.Period)) })
	return out, nil
}

// PutTerm is of [Store].
func (m *Memory) PutTerm(_ context.Context, tenant ent.Tenant, c TermChange) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	old, _ := m.term(tenant, c.Term.Class, c.Term.Period)
	if c.Term.Version != old.Version+1 {
		return conflict()
	}
	k := memTerm{tenant, c.Term.Class, c.Term.Period}
	m.terms[k] = append(m.terms[k], c)
	return nil
}

// TermHistory is of [Store].
func (m *Memory) TermHistory(_ context.Context, tenant ent.Tenant, class, period ent.ID) ([]TermChange, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.terms[memTerm{tenant, class, period}]), nil
}

// Entries is of [Store].
func (m *Memory) Entries(_ context.Context, tenant ent.Tenant, q Query) ([]Entry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []Entry
	for k, list := range m.entries[tenant] {
		if q.matches(k) {
			out = append(out, list[len(list)-1])
		}
	}
	SortEntries(out)
	return out, nil
}

func (q *Query) matches(k Key) bool {
	in := func(list []ent.ID, id ent.ID) bool { return len(list) == 0 || slices.Contains(list, id) }
	return slices.Contains(q.Periods, k.Period) && in(q.Teachings, k.Teaching) && in(q.Pupils, k.Pupil) &&
		(len(q.Kinds) == 0 || slices.Contains(q.Kinds, k.Kind))
}

// SortEntries sorts as [Store] returns them.
func SortEntries(list []Entry) {
	slices.SortFunc(list, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Period, b.Period), cmp.Compare(a.Teaching, b.Teaching), cmp.Compare(a.Of, b.Of),
			cmp.Compare(a.Item, b.Item), cmp.Compare(a.Pupil, b.Pupil))
	})
}

// History is of [Store].
func (m *Memory) History(_ context.Context, tenant ent.Tenant, k Key) ([]Entry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.entries[tenant][k]), nil
}

// Save is of [Store].
func (m *Memory) Save(_ context.Context, tenant ent.Tenant, entries []Entry) ([]Outcome, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := make([]Outcome, len(entries))
	for i, e := range entries {
		out[i] = m.save(tenant, e)
	}
	return out, nil
}

func (m *Memory) save(tenant ent.Tenant, e Entry) Outcome {
	if t, ok := m.term(tenant, e.Class, e.Period); !ok || t.Version != e.Epoch {
		return OutcomeStale
	}
	list := m.entries[tenant][e.Key]
	if e.Version != int64(len(list))+1 {
		return OutcomeConflict
	}
	if m.entries[tenant] == nil {
		m.entries[tenant] = map[Key][]Entry{}
	}
	m.entries[tenant][e.Key] = append(list, e)
	return OutcomeSaved
}

// Revise is of [Store].
func (m *Memory) Revise(_ context.Context, tenant ent.Tenant, e Entry, classes []ent.ID, check func([]Entry, []Term) error) (Outcome, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var marks []Entry
	for _, k := range slices.Collect(maps.Keys(m.entries[tenant])) {
		if k.Kind == EntryMark && k.Period == e.Period && k.Teaching == e.Teaching && k.Of == e.Of {
			list := m.entries[tenant][k]
			marks = append(marks, list[len(list)-1])
		}
	}
	SortEntries(marks)
	var terms []Term
	for _, class := range classes {
		if t, ok := m.term(tenant, class, e.Period); ok {
			terms = append(terms, t)
		}
	}
	if err := check(marks, terms); err != nil {
		return "", err
	}
	out := m.save(tenant, e)
	if out != OutcomeSaved || e.Version == 1 {
		return out, nil
	}
	for _, class := range classes {
		if list := m.terms[memTerm{tenant, class, e.Period}]; len(list) > 0 {
			list[len(list)-1].Term.Version++
		}
	}
	return out, nil
}
