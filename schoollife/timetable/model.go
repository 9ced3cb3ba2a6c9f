package timetable

import (
	"log/slog"

	"github.com/opencartable/cartable/ent"
)

// Kind is what a resource of a course is.
type Kind string

// The kinds. An unknown one is kept, and conflicts with nothing.
const (
	KindTeacher   Kind = "teacher"
	KindStaff     Kind = "staff"
	KindRoom      Kind = "room"
	KindEquipment Kind = "equipment"
	// KindClass is a whole class, KindPart a part of one in one partition (partie de classe), KindGroup a union of parts, classes
	// and pupils, KindPupil one pupil.
	KindClass Kind = "class"
	KindPart  Kind = "part"
	KindGroup Kind = "group"
	KindPupil Kind = "pupil"
)

// Audience reports whether the resource is pupils.
func (k Kind) Audience() bool {
	return k == KindClass || k == KindPart || k == KindGroup || k == KindPupil
}

// Ref names a resource.
type Ref struct {
	Kind Kind   `json:"kind"`
	ID   ent.ID `json:"id"`
}

// Resource is a resource of a course, in its own weeks: a replacement teacher has some of them, the first teacher the others.
type Resource struct {
	Ref
	Weeks Weeks `json:"weeks"`
}

// Course is a lesson as it comes back week after week (cours). A lesson exists in a week when one of its resources does.
type Course struct {
	// ID keeps naming the course when its teacher or its room changes.
	ID      ent.ID `json:"id"`
	Subject ent.ID `json:"subject,omitempty"`
	// Day is 1 for Monday to 7; Start is before End.
	Day       int        `json:"day"`
	Start     Clock      `json:"start"`
	End       Clock      `json:"end"`
	Resources []Resource `json:"resources,omitempty"`
	// Cancelled are weeks in which it does not take place, whatever the resources.
	Cancelled Weeks `json:"cancelled,omitempty"`
	// Together names courses that are one lesson on purpose (groups taught together): they do not conflict with each other.
	Together ent.ID `json:"together,omitempty"`
}

// Weeks returns the weeks in which the course takes place.
func (c *Course) Weeks() Weeks {
	var w Weeks
	for _, r := range c.Resources {
		w |= r.Weeks
	}
	return w &^ c.Cancelled &^ 1
}

// Part is a part of a class in one partition (groupes de LV2, demi-groupes de TP).
type Part struct {
	ID        ent.ID `json:"id"`
	Class     ent.ID `json:"class"`
	Partition ent.ID `json:"partition,omitempty"`
}

// Group is a union of classes, of parts and of pupils.
type Group struct {
	ID      ent.ID   `json:"id"`
	Label   string   `json:"label,omitempty"`
	Classes []ent.ID `json:"classes,omitempty"`
	Parts   []ent.ID `json:"parts,omitempty"`
	Pupils  []ent.ID `json:"pupils,omitempty"`
}

// Membership says that a pupil is in a class, a part or a group, from and to some days, both included; zero dates do not bound.
type Membership struct {
	Pupil ent.ID   `json:"pupil"`
	In    Ref      `json:"in"`
	From  ent.Date `json:"from,omitzero"`
	To    ent.Date `json:"to,omitzero"`
}

// Timetable is the yearly grid of a school.
type Timetable struct {
	Year    Year     `json:"year"`
	Grid    Grid     `json:"grid"`
	Courses []Course `json:"courses"`
	Parts   []Part   `json:"parts,omitempty"`
	Groups  []Group  `json:"groups,omitempty"`
	// Memberships of pupils. Without any, conflicts of pupils are not looked for.
	Memberships []Membership `json:"memberships,omitempty"`
}

// LogValue shows counts.
func (t *Timetable) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("courses", len(t.Courses)), slog.Int("memberships", len(t.Memberships)))
}

// Grid is the day of a school: its bell times.
type Grid struct {
	// Days are those on which it opens, 1 for Monday to 7.
	Days   []int   `json:"days,omitempty"`
	Places []Place `json:"places"`
	// HalfDay is where the morning ends: 11:50 or 12:30, the school's own. Half-days of absence are counted with it.
	HalfDay Clock `json:"half_day,omitempty"`
}

// Place is a slot of the grid, numbered from 0. Its labels are the times at which it begins and ends; numbers may be missing.
type Place struct {
	Number int   `json:"number"`
	Start  Clock `json:"start"`
	End    Clock `json:"end"`
}

// Times returns when a lesson begins and ends that starts at a place and takes some of them: from the first label to the last.
// It returns false when one of the places does not exist.
func (g *Grid) Times(place, count int) (start, end Clock, ok bool) {
	if count < 1 || count > len(g.Places) {
		return 0, 0, false
	}
	first, found := g.place(place)
	if !found {
		return 0, 0, false
	}
	last := first
	for n := place + 1; n < place+count; n++ {
		if last, found = g.place(n); !found {
			return 0, 0, false
		}
	}
	return first.Start, last.End, first.Start < last.End
}

func (g *Grid) place(n int) (Place, bool) {
	if n >= 0 && n < len(g.Places) && g.Places[n].Number == n { // as most grids are
		return g.Places[n], true
	}
	for _, p := range g.Places {
		if p.Number == n {
			return p, true
		}
	}
	return Place{}, false
}
