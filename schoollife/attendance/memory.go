package attendance

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// Memory is a Store in memory, for tests and for small programs. It is safe for concurrent use.
type Memory struct {
	mu      sync.Mutex
	tenants map[ent.Tenant]*memory
}

type memory struct {
	calls        map[timetable.Key]RollCall
	events       map[ent.ID][]Event
	declarations map[ent.ID]Declaration
	proofs       []Proof
	incidents    map[ent.ID]Incident
}

var _ Store = (*Memory)(nil)

// NewMemory returns an empty one.
func NewMemory() *Memory { return &Memory{tenants: map[ent.Tenant]*memory{}} }

// of returns what is kept of a tenant; the lock is held.
func (m *Memory) of(tenant ent.Tenant) *memory {
	x, ok := m.tenants[tenant]
	if !ok {
		x = &memory{calls: map[timetable.Key]RollCall{}, events: map[ent.ID][]Event{}, declarations: map[ent.ID]Declaration{}, incidents: map[ent.ID]Incident{}}
		m.tenants[tenant] = x
	}
	return x
}

func (m *Memory) lock(tenant ent.Tenant) (*memory, func()) {
	m.mu.Lock()
	return m.of(tenant), m.mu.Unlock
}

func conflict() error { return fmt.Errorf("attendance: %w", CodeConflict) }
func unknown() error  { return fmt.Errorf("attendance: %w", CodeUnknown) }

func cloneCall(c RollCall) RollCall {
	c.Entries, c.Seen = slices.Clone(c.Entries), slices.Clone(c.Seen)
	return c
}

// Call is of [Store].
func (m *Memory) Call(_ context.Context, tenant ent.Tenant, k timetable.Key) (RollCall, error) {
	x, done := m.lock(tenant)
	defer done()
	return x.call(k), nil
}

func (m *memory) call(k timetable.Key) RollCall {
	if c, ok := m.calls[k]; ok {
		return cloneCall(c)
	}
	return RollCall{Lesson: k, State: CallToDo}
}

// Calls is of [Store].
func (m *Memory) Calls(_ context.Context, tenant ent.Tenant, from, to ent.Date) ([]RollCall, error) {
	x, done := m.lock(tenant)
	defer done()
	var out []RollCall
	for k, c := range x.calls {
		if !k.On.Before(from) && !to.Before(k.On) {
			out = append(out, cloneCall(c))
		}
	}
	SortCalls(out)
	return out, nil
}

// SortCalls sorts roll calls by day and course.
func SortCalls(list []RollCall) {
	slices.SortFunc(list, func(a, b RollCall) int {
		return cmp.Or(a.Lesson.On.Compare(b.Lesson.On), cmp.Compare(a.Lesson.Course, b.Lesson.Course))
	})
}

// ChangeCall is of [Store].
func (m *Memory) ChangeCall(_ context.Context, tenant ent.Tenant, k timetable.Key, change CallChange) error {
	x, done := m.lock(tenant)
	defer done()
	var had []Event
	for _, list := range x.events {
		if e := list[len(list)-1]; e.Lesson == k {
			had = append(had, e)
		}
	}
	SortEvents(had)
	call, events, err := change(x.call(k), had)
	if err != nil {
		return err
	}
	if err := x.put(events); err != nil {
		return err
	}
	x.calls[k] = cloneCall(call)
	return nil
}

// SortEvents sorts events by pupil, start and identifier.
func SortEvents(list []Event) {
	slices.SortFunc(list, func(a, b Event) int {
		return cmp.Or(cmp.Compare(a.Pupil, b.Pupil), a.From.Compare(b.From), cmp.Compare(a.ID, b.ID))
	})
}

// put writes events, all or none.
func (m *memory) put(events []Event) error {
	for i, e := range events {
		had := m.events[e.ID]
		twice := slices.ContainsFunc(events[:i], func(o Event) bool { return o.ID == e.ID })
		if e.Version != len(had)+1 || twice {
			return conflict()
		}
	}
	for _, e := range events {
		m.events[e.ID] = append(m.events[e.ID], e)
	}
	return nil
}

func (q *Query) holds(pupil ent.ID, s Span) bool {
	first, last := s.Days()
	return (len(q.Pupils) == 0 || slices.Contains(q.Pupils, pupil)) &&
		(q.From.IsZero() || !last.Before(q.From)) && (q.To.IsZero() || !q.To.Before(first))
}

// Events is of [Store].
func (m *Memory) Events(_ context.Context, tenant ent.Tenant, q Query) ([]Event, error) {
	x, done := m.lock(tenant)
	defer done()
	var out []Event
	for _, list := range x.events {
		if e := list[len(list)-1]; q.holds(e.Pupil, e.Span) && (q.Removed || !e.Removed) {
			out = append(out, e)
		}
	}
	SortEvents(out)
	return out, nil
}

// Event is of [Store].
func (m *Memory) Event(_ context.Context, tenant ent.Tenant, id ent.ID) (Event, error) {
	x, done := m.lock(tenant)
	defer done()
	list := x.events[id]
	if len(list) == 0 {
		return Event{}, unknown()
	}
	return list[len(list)-1], nil
}

// PutEvents is of [Store].
func (m *Memory) PutEvents(_ context.Context, tenant ent.Tenant, events []Event) error {
	x, done := m.lock(tenant)
	defer done()
	return x.put(events)
}

// EventHistory is of [Store].
func (m *Memory) EventHistory(_ context.Context, tenant ent.Tenant, id ent.ID) ([]Event, error) {
	x, done := m.lock(tenant)
	defer done()
	return slices.Clone(x.events[id]), nil
}

// Declarations is of [Store].
func (m *Memory) Declarations(_ context.Context, tenant ent.Tenant, q Query) ([]Declaration, error) {
	x, done := m.lock(tenant)
	defer done()
	var out []Declaration
	for _, d := range x.declarations {
		if q.holds(d.Pupil, d.Span) {
			out = append(out, d)
		}
	}
	slices.SortFunc(out, func(a, b Declaration) int { return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.ID, b.ID)) })
	return out, nil
}

// PutDeclaration is of [Store].
func (m *Memory) PutDeclaration(_ context.Context, tenant ent.Tenant, d Declaration) error {
	x, done := m.lock(tenant)
	defer done()
	had, ok := x.declarations[d.ID]
	if ok && (!had.Treated.IsZero() || d.Treated.IsZero()) {
		return conflict()
	}
	x.declarations[d.ID] = d
	return nil
}

// Proofs is of [Store].
func (m *Memory) Proofs(_ context.Context, tenant ent.Tenant, q Query) ([]Proof, error) {
	x, done := m.lock(tenant)
	defer done()
	var out []Proof
	for _, p := range x.proofs {
		if q.holds(p.Pupil, Span{Moment{Date: p.Date}, Moment{p.Date, 1}}) {
			p.Events = slices.Clone(p.Events)
			out = append(out, p)
		}
	}
	SortProofs(out)
	return out, nil
}

// SortProofs sorts proofs by day, pupil, person and instant.
func SortProofs(list []Proof) {
	slices.SortFunc(list, func(a, b Proof) int {
		return cmp.Or(a.Date.Compare(b.Date), cmp.Compare(a.Pupil, b.Pupil), cmp.Compare(a.Person, b.Person), a.At.Compare(b.At))
	})
}

// AddProofs is of [Store].
func (m *Memory) AddProofs(_ context.Context, tenant ent.Tenant, proofs []Proof) error {
	x, done := m.lock(tenant)
	defer done()
	for _, p := range proofs {
		p.Events = slices.Clone(p.Events)
		x.proofs = append(x.proofs, p)
	}
	return nil
}

func cloneIncident(i Incident) Incident {
	i.Persons, i.Measures = slices.Clone(i.Persons), slices.Clone(i.Measures)
	return i
}

// Concerns reports whether a person took part in an incident, or is the pupil of a measure.
func (i *Incident) Concerns(person ent.ID) bool {
	return slices.ContainsFunc(i.Persons, func(p Protagonist) bool { return p.Person == person }) ||
		slices.ContainsFunc(i.Measures, func(x Measure) bool { return x.Pupil == person })
}

// Incidents is of [Store].
func (m *Memory) Incidents(_ context.Context, tenant ent.Tenant, persons []ent.ID) ([]Incident, error) {
	x, done := m.lock(tenant)
	defer done()
	var out []Incident
	for _, i := range x.incidents {
		if slices.ContainsFunc(persons, i.Concerns) {
			out = append(out, cloneIncident(i))
		}
	}
	SortIncidents(out)
	return out, nil
}

// SortIncidents sorts incidents by moment and identifier.
func SortIncidents(list []Incident) {
	slices.SortFunc(list, func(a, b Incident) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
}

// Incident is of [Store].
func (m *Memory) Incident(_ context.Context, tenant ent.Tenant, id ent.ID) (Incident, error) {
	x, done := m.lock(tenant)
	defer done()
	i, ok := x.incidents[id]
	if !ok {
		return Incident{}, unknown()
	}
	return cloneIncident(i), nil
}

// ChangeIncident is of [Store].
func (m *Memory) ChangeIncident(_ context.Context, tenant ent.Tenant, id ent.ID, change IncidentChange) error {
	x, done := m.lock(tenant)
	defer done()
	i, err := change(cloneIncident(x.incidents[id]))
	if err != nil {
		return err
	}
	i.ID = id
	x.incidents[id] = cloneIncident(i)
	return nil
}

// Measures is of [Store].
func (m *Memory) Measures(_ context.Context, tenant ent.Tenant) ([]Measure, error) {
	x, done := m.lock(tenant)
	defer done()
	var out []Measure
	for _, i := range x.incidents {
		out = append(out, i.Measures...)
	}
	slices.SortFunc(out, func(a, b Measure) int { return cmp.Compare(a.ID, b.ID) })
	return out, nil
}

// EraseMeasures is of [Store].
func (m *Memory) EraseMeasures(_ context.Context, tenant ent.Tenant, ids []ent.ID) (int64, error) {
	x, done := m.lock(tenant)
	defer done()
	var n int64
	for id, i := range x.incidents {
		left := slices.DeleteFunc(slices.Clone(i.Measures), func(x Measure) bool { return slices.Contains(ids, x.ID) })
		n += int64(len(i.Measures) - len(left))
		i.Measures = left
		x.incidents[id] = i
	}
	return n, nil
}

// Purge is of [Store].
func (m *Memory) Purge(_ context.Context, tenant ent.Tenant, before ent.Date) (int64, error) {
	x, done := m.lock(tenant)
	defer done()
	var n int64
	for k := range x.calls {
		if k.On.Before(before) {
			delete(x.calls, k)
			n++
		}
	}
	for id, list := range x.events {
		if list[len(list)-1].To.Compare(Moment{Date: before}) <= 0 {
			delete(x.events, id)
			n++
		}
	}
	for id, d := range x.declarations {
		if d.To.Compare(Moment{Date: before}) <= 0 {
			delete(x.declarations, id)
			n++
		}
	}
	had := len(x.proofs)
	x.proofs = slices.DeleteFunc(x.proofs, func(p Proof) bool { return p.Date.Before(before) })
	return n + int64(had-len(x.proofs)), nil
}
