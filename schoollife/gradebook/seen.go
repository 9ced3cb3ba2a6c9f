package gradebook

import (
	"context"
	"fmt"

	"github.com/opencartable/cartable/ent"
)

// A Service remembers the terms of a class and the assessments of a teaching, so that saving a grid asks the store once: a
// save names the version of the term that allowed it, and the store refuses it when that is no longer the last.

type seenKey struct {
	tenant   ent.Tenant
	class    ent.ID // of terms
	teaching ent.ID // of assessments
	period   ent.ID
}

type seen struct {
	term        Term
	known       bool
	assessments map[ent.ID]Assessment
}

// maxSeen bounds what is remembered.
const maxSeen = 4096

func (s *Service) remembered(k seenKey) (seen, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	x, ok := s.seen[k]
	return x, ok
}

func (s *Service) remember(k seenKey, x seen) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen == nil || len(s.seen) >= maxSeen {
		s.seen = map[seenKey]seen{}
	}
	s.seen[k] = x
}

// forget forgets the assessments of a teaching.
func (s *Service) forget(tenant ent.Tenant, teaching, period ent.ID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.seen, seenKey{tenant: tenant, teaching: teaching, period: period})
}

// term returns the term of a class, from the store when it is to be fresh.
func (s *Service) term(ctx context.Context, tenant ent.Tenant, class, period ent.ID, fresh bool) (Term, bool, error) {
	k := seenKey{tenant: tenant, class: class, period: period}
	if x, ok := s.remembered(k); ok && !fresh {
		return x.term, x.known, nil
	}
	list, err := s.Store.Terms(ctx, tenant, []ent.ID{class})
	if err != nil {
		return Term{}, false, err
	}
	for _, t := range list {
		if t.Period == period {
			s.remember(k, seen{term: t, known: true})
			return t, true, nil
		}
	}
	return Term{}, false, nil // not remembered: it may be opened at any time
}

// assessment returns the one that a mark belongs to.
func (s *Service) assessment(ctx context.Context, tenant ent.Tenant, key Key, fresh bool) (Assessment, error) {
	k := seenKey{tenant: tenant, teaching: key.Teaching, period: key.Period}
	if x, ok := s.remembered(k); ok && !fresh {
		if a, ok := x.assessments[key.Of]; ok {
			return a, nil
		}
	}
	list, err := s.Store.Entries(ctx, tenant, Query{Periods: []ent.ID{key.Period}, Teachings: []ent.ID{key.Teaching}, Kinds: []EntryKind{EntryAssessment}})
	if err != nil {
		return Assessment{}, err
	}
	x := seen{assessments: map[ent.ID]Assessment{}}
	for i := range list {
		if a := list[i].Value.Assessment; a != nil {
			x.assessments[a.ID] = *a
		}
	}
	s.remember(k, x)
	a, ok := x.assessments[key.Of]
	if !ok {
		return Assessment{}, fmt.Errorf("gradebook: %w", catalog().New(CodeUnknown, ent.Pos{}, "", ent.FieldOf("field", "assessment"), ent.CodeOf("id", string(key.Of))))
	}
	return a, nil
}
