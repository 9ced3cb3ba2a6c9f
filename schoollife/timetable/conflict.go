package timetable

import (
	"cmp"
	"log/slog"
	"slices"
	"sort"

	"github.com/opencartable/cartable/ent"
)

// Conflict is two lessons that overlap and want one resource. First stands before Second in the lessons that were looked at.
type Conflict struct {
	First, Second int // places in the slice of lessons
	Resource      Ref
	// Pupils, for a conflict of pupils, are those who should be in both; the Resource is then the first of them.
	Pupils []ent.ID
}

// LogValue shows which lessons they are.
func (c Conflict) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("first", c.First), slog.Int("second", c.Second), slog.String("kind", string(c.Resource.Kind)), slog.Int("pupils", len(c.Pupils)))
}

// ConflictOptions say what is looked for. The zero value looks for everything that can be doubled by mistake.
type ConflictOptions struct {
	// Shared are rooms that several lessons may use at once.
	Shared []ent.ID
	// Audience, from [Timetable.NewAudience], finds conflicts of pupils; without it only those of teachers, staff, rooms and of
	// a class or group with itself are found.
	Audience *Audience
}

// daySlots is the number of steps of five minutes in a day: two lessons that overlap share one of them, but for those that do
// not begin or end on a step, which are compared by their times.
const (
	slotMinutes = 5
	slotWords   = 5 // 288 steps
)

type busy [slotWords]uint64

// claim marks the steps of a lesson, and reports whether one was taken.
func (b *busy) claim(start, end Clock) bool {
	from, to := max(int(start), 0)/slotMinutes, min((int(end)+slotMinutes-1)/slotMinutes, 64*slotWords)
	taken := false
	for w := from / 64; w <= (to-1)/64; w++ {
		lo, hi := max(from-w*64, 0), min(to-w*64, 64)
		mask := ^uint64(0) << lo
		if hi < 64 {
			mask &= 1<<hi - 1
		}
		taken = taken || b[w]&mask != 0
		b[w] |= mask
	}
	return taken
}

// Conflicts returns the pairs of lessons that overlap and want the same teacher, room, class, group or pupil, in the order of
// the lessons, which need not be sorted. Cancelled lessons want nothing; lessons of one Together do not conflict. A group is not
// its classes: pupils are compared, day by day, not names.
func Conflicts(lessons []Lesson, o ConflictOptions) []Conflict {
	c := newChecker(lessons, o)
	order := make([]int32, 0, len(lessons))
	for i := range lessons {
		if lessons[i].State != StateCancelled {
			order = append(order, int32(i)) //nolint:gosec // far below
		}
	}
	sorted := slices.IsSortedFunc(order, func(a, b int32) int { return lessons[a].Date.Compare(lessons[b].Date) })
	if !sorted {
		slices.SortStableFunc(order, func(a, b int32) int { return lessons[a].Date.Compare(lessons[b].Date) })
	}
	for from := 0; from < len(order); {
		to := from + 1
		for to < len(order) && lessons[order[to]].Date == lessons[order[from]].Date {
			to++
		}
		c.day(order[from:to])
		from = to
	}
	slices.SortFunc(c.out, func(a, b Conflict) int {
		return cmp.Or(cmp.Compare(a.First, b.First), cmp.Compare(a.Second, b.Second), cmp.Compare(a.Resource.Kind, b.Resource.Kind), cmp.Compare(a.Resource.ID, b.Resource.ID))
	})
	return c.out
}

// checker looks at one day after the other.
type checker struct {
	lessons []Lesson
	o       ConflictOptions
	number  map[Ref]int32
	busy    []busy // of resources
	atoms   []busy
	lists   map[list]*claims
	today   []int32 // used again
	here    []int32
	// The days of the first and the last lesson.
	first, last ent.Date
	out         []Conflict
}

// list is a list of resources that lessons of one course share.
type list struct {
	first *Ref
	n     int
}

// claims are what a list of resources takes: resources by number, and atoms when these are the same every day.
type claims struct {
	resources, atoms []int32
	dated            bool
}

func newChecker(lessons []Lesson, o ConflictOptions) *checker {
	c := &checker{lessons: lessons, o: o, number: map[Ref]int32{}, lists: map[list]*claims{}}
	if o.Audience != nil {
		c.atoms = make([]busy, len(o.Audience.atoms))
	}
	for i := range lessons {
		d := lessons[i].Date
		if c.first.IsZero() || d.Before(c.first) {
			c.first = d
		}
		if c.last.Before(d) {
			c.last = d
		}
	}
	return c
}

// claims returns what a lesson takes. Most lessons of a year share a few lists.
func (c *checker) claims(l *Lesson) *claims {
	if len(l.Resources) == 0 {
		return &claims{}
	}
	key := list{&l.Resources[0], len(l.Resources)}
	if x, ok := c.lists[key]; ok {
		return x
	}
	x := &claims{}
	for _, r := range l.Resources {
		if c.single(r) || c.stranger(r) {
			n, ok := c.number[r]
			if !ok {
				n = int32(len(c.busy)) //nolint:gosec // far below
				c.number[r] = n
				c.busy = append(c.busy, busy{})
			}
			x.resources = append(x.resources, n)
		}
		if c.o.Audience != nil && r.Kind.Audience() {
			x.dated = x.dated || c.o.Audience.dated(r, c.first, c.last)
		}
	}
	if c.o.Audience != nil && !x.dated {
		x.atoms = c.attending(l, nil)
	}
	c.lists[key] = x
	return x
}

// stranger reports whether a resource is a pupil whom the audience does not know: no set of pupils stands for them.
func (c *checker) stranger(r Ref) bool {
	if r.Kind != KindPupil || c.o.Audience == nil {
		return false
	}
	_, known := c.o.Audience.at[r.ID]
	return !known
}

// attending appends the atoms of a lesson on its day, each once.
func (c *checker) attending(l *Lesson, out []int32) []int32 {
	for _, r := range l.Resources {
		if r.Kind.Audience() {
			c.o.Audience.attend(r, l.Date, func(n int32) { out = append(out, n) })
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// single reports whether a resource can be at one place only.
func (c *checker) single(r Ref) bool {
	switch r.Kind {
	case KindTeacher, KindStaff, KindClass, KindGroup, KindPart:
		return true
	case KindRoom:
		return !slices.Contains(c.o.Shared, r.ID)
	case KindPupil:
		return c.o.Audience == nil // found with the others, otherwise
	case KindEquipment: // has several copies
	case KindSubject: // is no resource
	}
	return false
}

// day marks who is busy; only when something is taken twice are the lessons of the day compared.
func (c *checker) day(order []int32) {
	clear(c.busy)
	clear(c.atoms)
	twice := false
	for _, i := range order {
		l := &c.lessons[i]
		x := c.claims(l)
		for _, n := range x.resources {
			twice = c.busy[n].claim(l.Start, l.End) || twice
		}
		atoms := x.atoms
		if x.dated {
			c.today = c.attending(l, c.today[:0])
			atoms = c.today
		}
		for _, n := range atoms {
			twice = c.atoms[n].claim(l.Start, l.End) || twice
		}
	}
	if !twice {
		return
	}
	for a := range order {
		for b := a + 1; b < len(order); b++ {
			x, y := &c.lessons[order[a]], &c.lessons[order[b]]
			if x.Start < y.End && y.Start < x.End && (x.Together == "" || x.Together != y.Together) {
				c.pair(int(order[a]), int(order[b]))
			}
		}
	}
}

// pair finds what two lessons that overlap both want.
func (c *checker) pair(a, b int) {
	x, y := &c.lessons[a], &c.lessons[b]
	for i, r := range x.Resources {
		if c.single(r) && y.Has(r) && !slices.Contains(x.Resources[:i], r) {
			c.out = append(c.out, Conflict{First: a, Second: b, Resource: r})
		}
	}
	if c.o.Audience == nil || !c.meet(x, y) {
		return
	}
	in := c.o.Audience.Pupils(x)
	var both []ent.ID
	for _, p := range c.o.Audience.Pupils(y) {
		if _, ok := slices.BinarySearch(in, p); ok {
			both = append(both, p)
		}
	}
	if len(both) > 0 {
		c.out = append(c.out, Conflict{First: a, Second: b, Resource: Ref{KindPupil, both[0]}, Pupils: both})
	}
}

// meet reports whether two lessons of one day may have a pupil in common: pupils are named only then.
func (c *checker) meet(x, y *Lesson) bool {
	if slices.ContainsFunc(x.Resources, func(r Ref) bool { return c.stranger(r) && y.Has(r) }) {
		return true
	}
	c.today, c.here = c.attending(x, c.today[:0]), c.attending(y, c.here[:0])
	for i, j := 0, 0; i < len(c.today) && j < len(c.here); {
		switch {
		case c.today[i] == c.here[j]:
			return true
		case c.today[i] < c.here[j]:
			i++
		default:
			j++
		}
	}
	return false
}

// Recheck returns the conflicts of one lesson, at its place in the slice, with those of its day: the only ones that moving it can
// make. The lessons are sorted, as Expand and Apply return them, but for the one that moved.
func Recheck(lessons []Lesson, at int, o ConflictOptions) []Conflict {
	c := &checker{lessons: lessons, o: o}
	l := &lessons[at]
	if l.State == StateCancelled {
		return nil
	}
	others := func(i int) int { // the places without at
		if i >= at {
			return i + 1
		}
		return i
	}
	first := sort.Search(len(lessons)-1, func(i int) bool { return !lessons[others(i)].Date.Before(l.Date) })
	for n := first; n < len(lessons)-1; n++ {
		i := others(n)
		x := &lessons[i]
		if x.Date != l.Date {
			break
		}
		if x.State != StateCancelled && x.Start < l.End && l.Start < x.End && (x.Together == "" || x.Together != l.Together) {
			c.pair(min(i, at), max(i, at))
		}
	}
	return c.out
}
