package cahier

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// Memory is a Store in memory, for tests and for small programs. It is safe for concurrent use. What it returns is shared: read it.
type Memory struct {
	mu      sync.Mutex
	tenants map[ent.Tenant]*memory
}

type memory struct {
	sessions      map[ent.ID][]Session
	homework      map[ent.ID][]Homework
	progress      map[pupilKey]Progress
	handed        map[pupilKey]HandedIn
	visas         []Visa
	habilitations map[ent.ID]Habilitation
	folders       map[ent.ID][]Folder
	templates     map[ent.ID]Template
	closed        map[yearKey][]Archive
}

type pupilKey struct{ homework, pupil ent.ID }

type yearKey struct {
	school ent.ID
	year   ent.SchoolYear
}

var _ Store = (*Memory)(nil)

// NewMemory returns an empty one.
func NewMemory() *Memory { return &Memory{tenants: map[ent.Tenant]*memory{}} }

func (m *Memory) lock(tenant ent.Tenant) (*memory, func()) {
	m.mu.Lock()
	x, ok := m.tenants[tenant]
	if !ok {
		x = &memory{
			sessions: map[ent.ID][]Session{}, homework: map[ent.ID][]Homework{}, progress: map[pupilKey]Progress{}, handed: map[pupilKey]HandedIn{},
			habilitations: map[ent.ID]Habilitation{}, folders: map[ent.ID][]Folder{}, templates: map[ent.ID]Template{}, closed: map[yearKey][]Archive{},
		}
		m.tenants[tenant] = x
	}
	return x, m.mu.Unlock
}

func (q *Query) head(h *Head) bool {
	return !h.Deleted && (q.School == "" || h.School == q.School) && (q.Year == 0 || h.Year == q.Year) && (q.Teacher == "" || h.Teacher == q.Teacher) &&
		(len(q.IDs) == 0 || slices.Contains(q.IDs, h.ID)) &&
		(len(q.Audience) == 0 || slices.ContainsFunc(h.Audience, func(r timetable.Ref) bool { return slices.Contains(q.Audience, r) }))
}

func (q *Query) day(d ent.Date) bool {
	return (q.From.IsZero() || !d.Before(q.From)) && (q.To.IsZero() || !q.To.Before(d))
}

// Sessions is of [Store].
func (m *Memory) Sessions(_ context.Context, tenant ent.Tenant, q Query) ([]Session, error) {
	x, done := m.lock(tenant)
	defer done()
	return x.listSessions(q), nil
}

func (m *memory) listSessions(q Query) []Session {
	var out []Session
	for _, list := range m.sessions {
		if s := list[len(list)-1]; q.head(&s.Head) && q.day(s.Date) {
			out = append(out, s)
		}
	}
	SortSessions(out)
	return out
}

// Homework is of [Store].
func (m *Memory) Homework(_ context.Context, tenant ent.Tenant, q Query) ([]Homework, error) {
	x, done := m.lock(tenant)
	defer done()
	return x.listHomework(q), nil
}

func (m *memory) listHomework(q Query) []Homework {
	var out []Homework
	for _, list := range m.homework {
		if h := list[len(list)-1]; q.head(&h.Head) && q.day(h.Due) {
			out = append(out, h)
		}
	}
	SortHomework(out)
	return out
}

func (m *memory) shut(h *Head) bool {
	_, ok := m.closed[yearKey{h.School, h.Year}]
	return ok
}

// away reports whether an entry is of another school or year than it was.
func (h *Head) away(had *Head) bool { return h.School != had.School || h.Year != had.Year }

// over reports whether the year of homework is closed.
func (m *memory) over(homework ent.ID) bool {
	list := m.homework[homework]
	return len(list) > 0 && m.shut(&list[0].Head)
}

// PutSession is of [Store].
func (m *Memory) PutSession(_ context.Context, tenant ent.Tenant, s Session) error {
	x, done := m.lock(tenant)
	defer done()
	switch {
	case x.shut(&s.Head):
		return fail(CodeArchived)
	case s.Version != len(x.sessions[s.ID])+1 || s.Version > 1 && s.away(&x.sessions[s.ID][0].Head):
		return fail(CodeConflict)
	case s.Deleted && slices.ContainsFunc(x.visas, func(v Visa) bool {
		return slices.ContainsFunc(v.Sessions, func(seen Seen) bool { return seen.ID == s.ID })
	}):
		return fail(CodeVisa)
	}
	x.sessions[s.ID] = append(x.sessions[s.ID], s)
	return nil
}

// PutHomework is of [Store].
func (m *Memory) PutHomework(_ context.Context, tenant ent.Tenant, h Homework) error {
	x, done := m.lock(tenant)
	defer done()
	switch {
	case x.shut(&h.Head):
		return fail(CodeArchived)
	case h.Version != len(x.homework[h.ID])+1 || h.Version > 1 && h.away(&x.homework[h.ID][0].Head):
		return fail(CodeConflict)
	}
	x.homework[h.ID] = append(x.homework[h.ID], h)
	return nil
}

// SessionHistory is of [Store].
func (m *Memory) SessionHistory(_ context.Context, tenant ent.Tenant, id ent.ID) ([]Session, error) {
	x, done := m.lock(tenant)
	defer done()
	return slices.Clone(x.sessions[id]), nil
}

// PutProgress is of [Store].
func (m *Memory) PutProgress(_ context.Context, tenant ent.Tenant, p Progress) error {
	x, done := m.lock(tenant)
	defer done()
	if x.over(p.Homework) {
		return fail(CodeArchived)
	}
	x.progress[pupilKey{p.Homework, p.Pupil}] = p
	return nil
}

func of[T any](all map[pupilKey]T, homework []ent.ID, pupil ent.ID) []T {
	var keys []pupilKey
	for k := range all {
		if slices.Contains(homework, k.homework) && (pupil == "" || k.pupil == pupil) {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b pupilKey) int {
		return cmp.Or(cmp.Compare(a.homework, b.homework), cmp.Compare(a.pupil, b.pupil))
	})
	out := make([]T, len(keys))
	for i, k := range keys {
		out[i] = all[k]
	}
	return out
}

// Progress is of [Store].
func (m *Memory) Progress(_ context.Context, tenant ent.Tenant, homework []ent.ID, pupil ent.ID) ([]Progress, error) {
	x, done := m.lock(tenant)
	defer done()
	return of(x.progress, homework, pupil), nil
}

// HandIn is of [Store].
func (m *Memory) HandIn(_ context.Context, tenant ent.Tenant, h HandedIn) error {
	x, done := m.lock(tenant)
	defer done()
	if x.over(h.Homework) {
		return fail(CodeArchived)
	}
	k := pupilKey{h.Homework, h.Pupil}
	if !x.handed[k].Returned.IsZero() {
		return fail(CodeReturned)
	}
	x.handed[k] = h
	return nil
}

// Return is of [Store].
func (m *Memory) Return(_ context.Context, tenant ent.Tenant, homework, pupil ent.ID, comment string, at time.Time) error {
	x, done := m.lock(tenant)
	defer done()
	if x.over(homework) {
		return fail(CodeArchived)
	}
	k := pupilKey{homework, pupil}
	h, ok := x.handed[k]
	if !ok {
		return fail(CodeUnknown)
	}
	h.Comment, h.Returned = comment, at
	x.handed[k] = h
	return nil
}

// HandedIn is of [Store].
func (m *Memory) HandedIn(_ context.Context, tenant ent.Tenant, homework []ent.ID, pupil ent.ID) ([]HandedIn, error) {
	x, done := m.lock(tenant)
	defer done()
	return of(x.handed, homework, pupil), nil
}

// AddVisa is of [Store].
func (m *Memory) AddVisa(_ context.Context, tenant ent.Tenant, v Visa) error {
	x, done := m.lock(tenant)
	defer done()
	if _, shut := x.closed[yearKey{v.School, v.Year}]; shut {
		return fail(CodeArchived)
	}
	for _, seen := range v.Sessions {
		list := x.sessions[seen.ID]
		if len(list) == 0 || len(list) != seen.Version || list[len(list)-1].Deleted {
			return fail(CodeConflict)
		}
	}
	x.visas = append(x.visas, v)
	return nil
}

// Visas is of [Store].
func (m *Memory) Visas(_ context.Context, tenant ent.Tenant, school ent.ID, year ent.SchoolYear, teacher ent.ID) ([]Visa, error) {
	x, done := m.lock(tenant)
	defer done()
	return x.listVisas(school, year, teacher), nil
}

func (m *memory) listVisas(school ent.ID, year ent.SchoolYear, teacher ent.ID) []Visa {
	var out []Visa
	for _, v := range m.visas {
		if v.School == school && v.Year == year && (teacher == "" || v.Teacher == teacher) {
			out = append(out, v)
		}
	}
	slices.SortFunc(out, func(a, b Visa) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	return out
}

// PutHabilitation is of [Store].
func (m *Memory) PutHabilitation(_ context.Context, tenant ent.Tenant, h Habilitation) error {
	x, done := m.lock(tenant)
	defer done()
	x.habilitations[h.ID] = h
	return nil
}

// Habilitations is of [Store].
func (m *Memory) Habilitations(_ context.Context, tenant ent.Tenant, school ent.ID) ([]Habilitation, error) {
	x, done := m.lock(tenant)
	defer done()
	var out []Habilitation
	for _, h := range x.habilitations {
		if h.School == school {
			out = append(out, h)
		}
	}
	slices.SortFunc(out, func(a, b Habilitation) int { return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.ID, b.ID)) })
	return out, nil
}

// Progressions is of [Store].
func (m *Memory) Progressions(_ context.Context, tenant ent.Tenant, owner ent.ID) ([]Folder, []Template, error) {
	x, done := m.lock(tenant)
	defer done()
	var out []Template
	for _, t := range x.templates {
		if t.Owner == owner {
			out = append(out, t)
		}
	}
	SortTemplates(out)
	return slices.Clone(x.folders[owner]), out, nil
}

// SortTemplates sorts templates by folder, rank and identifier.
func SortTemplates(list []Template) {
	slices.SortFunc(list, func(a, b Template) int {
		return cmp.Or(cmp.Compare(a.Folder, b.Folder), cmp.Compare(a.Rank, b.Rank), cmp.Compare(a.ID, b.ID))
	})
}

// PutFolders is of [Store].
func (m *Memory) PutFolders(_ context.Context, tenant ent.Tenant, owner ent.ID, folders []Folder) error {
	x, done := m.lock(tenant)
	defer done()
	x.folders[owner] = slices.Clone(folders)
	return nil
}

// PutTemplate is of [Store].
func (m *Memory) PutTemplate(_ context.Context, tenant ent.Tenant, t Template) error {
	x, done := m.lock(tenant)
	defer done()
	if had, ok := x.templates[t.ID]; ok && had.Owner != t.Owner {
		return fail(CodeUnknown)
	}
	x.templates[t.ID] = t
	return nil
}

// DeleteTemplate is of [Store].
func (m *Memory) DeleteTemplate(_ context.Context, tenant ent.Tenant, owner, id ent.ID) error {
	x, done := m.lock(tenant)
	defer done()
	if x.templates[id].Owner != owner {
		return fail(CodeUnknown)
	}
	delete(x.templates, id)
	return nil
}

// Close is of [Store].
func (m *Memory) Close(_ context.Context, tenant ent.Tenant, school ent.ID, year ent.SchoolYear, archives func(Written) []Archive) error {
	x, done := m.lock(tenant)
	defer done()
	k := yearKey{school, year}
	if _, ok := x.closed[k]; ok {
		return fail(CodeArchived)
	}
	q := Query{School: school, Year: year}
	x.closed[k] = slices.Clone(archives(Written{x.listSessions(q), x.listHomework(q), x.listVisas(school, year, "")}))
	return nil
}

// Closed is of [Store].
func (m *Memory) Closed(_ context.Context, tenant ent.Tenant, school ent.ID, year ent.SchoolYear) (bool, error) {
	x, done := m.lock(tenant)
	defer done()
	_, ok := x.closed[yearKey{school, year}]
	return ok, nil
}

// Archives is of [Store].
func (m *Memory) Archives(_ context.Context, tenant ent.Tenant, school ent.ID) ([]Archive, error) {
	x, done := m.lock(tenant)
	defer done()
	var out []Archive
	for k, list := range x.closed {
		for _, a := range list {
			if k.school == school {
				a.Sessions, a.Homework, a.Visas = nil, nil, nil
				out = append(out, a)
			}
		}
	}
	SortArchives(out)
	return out, nil
}

// SortArchives sorts archives by year, newest first, and label.
func SortArchives(list []Archive) {
	slices.SortFunc(list, func(a, b Archive) int {
		return cmp.Or(cmp.Compare(b.Year, a.Year), cmp.Compare(a.Label, b.Label), cmp.Compare(a.Of.ID, b.Of.ID))
	})
}

// Archive is of [Store].
func (m *Memory) Archive(_ context.Context, tenant ent.Tenant, school ent.ID, year ent.SchoolYear, of timetable.Ref) (Archive, error) {
	x, done := m.lock(tenant)
	defer done()
	for _, a := range x.closed[yearKey{school, year}] {
		if a.Of == of {
			return a, nil
		}
	}
	return Archive{}, fail(CodeUnknown)
}

// Purge is of [Store].
func (m *Memory) Purge(_ context.Context, tenant ent.Tenant, on ent.Date) (int64, error) {
	x, done := m.lock(tenant)
	defer done()
	var n int64
	past := func(homework ent.ID) bool {
		list := x.homework[homework]
		return len(list) > 0 && x.shut(&list[0].Head) && list[0].Year < ent.SchoolYearOf(on)
	}
	for k := range x.progress {
		if past(k.homework) {
			delete(x.progress, k)
			n++
		}
	}
	for k := range x.handed {
		if past(k.homework) {
			delete(x.handed, k)
			n++
		}
	}
	for k, list := range x.closed {
		left := slices.DeleteFunc(slices.Clone(list), func(a Archive) bool { return !on.Before(a.EraseOn()) })
		n += int64(len(list) - len(left))
		x.closed[k] = left
	}
	return n, nil
}
