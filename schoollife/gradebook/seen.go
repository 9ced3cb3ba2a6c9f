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
	if old, ok := s.seen[k]; k.class != "" && (!ok || old.term.Version != x.term.Version) {
		// What was remembered of assessments may be older than this term: see Service.assessment.
		s.turn++
		for other := range s.seen {
			if other.tenant == k.tenant && other.period == k.period && other.teaching != "" {
				delete(s.seen, other)
			}
		}
	}
	s.seen[k] = x
}

// rememberAssessments keeps assessments that were read at a turn, unless a term was read since.
func (s *Service) rememberAssessments(k seenKey, x seen, turn int) {
	s.mu.Lock()
	current := s.turn == turn
	s.mu.Unlock()
	if current {
		s.remember(k, x)
	}
}

// forgetTenant forgets all of a tenant: what this server remembers may have been changed by another one.
func (s *Service) forgetTenant(tenant ent.Tenant) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.turn++
	for k := range s.seen {
		if k.tenant == tenant {
			delete(s.seen, k)
		}
	}
}

func (s *Service) turnNow() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.turn
}

// forget forgets the assessments of a teaching.
func (s *Service) forget(tenant ent.Tenant, teaching, period ent.ID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.seen, seenKey{tenant: tenant, teaching: teaching, period: period})
}

// term returns the term of a class, from the store when it is to be fresh. read says that it was not remembered: what was read
// before it may be older.
func (s *Service) term(ctx context.Context, tenant ent.Tenant, class, period ent.ID, fresh bool) (t Term, known, read bool, err error) {
	k := seenKey{tenant: tenant, class: class, period: period}
	if x, ok := s.remembered(k); ok && !fresh {
		return x.term, x.known, false, nil
	}
	list, err := s.Store.Terms(ctx, tenant, []ent.ID{class})
	if err != nil {
		return Term{}, false, true, err
	}
	for _, t := range list {
		if t.Period == period {
			s.remember(k, seen{term: t, known: true})
			return t, true, true, nil
		}
	}
	return Term{}, false, true, nil // not remembered: it may be opened at any time
}

// assessment returns the one that a mark belongs to.
func (s *Service) assessment(ctx context.Context, tenant ent.Tenant, key Key, fresh bool) (Assessment, error) {
	k := seenKey{tenant: tenant, teaching: key.Teaching, period: key.Period}
	if x, ok := s.remembered(k); ok && !fresh {
		if a, ok := x.assessments[key.Of]; ok {
			return a, nil
		}
	}
	turn := s.turnNow()
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
	s.rememberAssessments(k, x, turn)
	a, ok := x.assessments[key.Of]
	if !ok {
		return Assessment{}, fmt.Errorf("gradebook: %w", catalog().New(CodeUnknown, ent.Pos{}, "", ent.FieldOf("field", "assessment"), ent.CodeOf("id", string(key.Of))))
	}
	return a, nil
}
