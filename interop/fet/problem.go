package fet

import (
	"log/slog"

	"github.com/opencartable/cartable/ent"
)

// Version is that of the files that Write makes.
const Version = "6.8.5"

// Problem is what a .fet file holds. Everything has a name, unique within its kind; students sets (years, groups, subgroups) share
// theirs, but that one subgroup may stand in several groups. Names may be personal data: logs show counts.
type Problem struct {
	Institution, Comments string
	Days, Hours           []string
	Subjects, Tags        []string
	Teachers              []string
	Years                 []Year
	Activities            []Activity
	Buildings             []string
	Rooms                 []Room
	// Constraints of time and of space, each in its own list of the file.
	Constraints []Constraint
}

// LogValue shows counts.
func (p *Problem) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("activities", len(p.Activities)), slog.Int("years", len(p.Years)), slog.Int("constraints", len(p.Constraints)))
}

// Year is a class of a school, with its groups. Students is a number of pupils.
type Year struct {
	Name     string
	Students int
	Groups   []Group
}

// Group is a part of a year, with its subgroups.
type Group struct {
	Name      string
	Students  int
	Subgroups []Subgroup
}

// Subgroup is pupils who are always together.
type Subgroup struct {
	Name     string
	Students int
}

// Room is a room; Capacity is a number of pupils.
type Room struct {
	Name, Building string
	Capacity       int
}

// Activity is a lesson to place, of Duration hours. Those of one split set have the Group of the first, and the Total hours of all;
// Group is 0 for one on its own.
type Activity struct {
	ID, Group       int
	Teachers        []string
	Subject         string
	Tags, Students  []string
	Duration, Total int
	Inactive        bool
	Comments        string
}

// Duration returns the hours of the active activities.
func (p *Problem) Duration() int {
	n := 0
	for i := range p.Activities {
		if !p.Activities[i].Inactive {
			n += p.Activities[i].Duration
		}
	}
	return n
}

// Subgroups returns how many subgroups there are, each counted once; a year or a group without any is one.
func (p *Problem) Subgroups() int { return len(newIndex(p).atoms) }

// index answers what names are. Students sets are lists of atoms: subgroups, or a group or a year without any.
type index struct {
	days, hours, subjects, tags, teachers, rooms, buildings map[string]int
	activities                                              map[int]int // by identifier
	students                                                map[string][]int
	sizes                                                   map[string]int // pupils of the students sets
	atoms                                                   []string
}

func newIndex(p *Problem) *index {
	x := &index{
		days: places(p.Days), hours: places(p.Hours), subjects: places(p.Subjects), tags: places(p.Tags), teachers: places(p.Teachers),
		buildings: places(p.Buildings), rooms: make(map[string]int, len(p.Rooms)), activities: make(map[int]int, len(p.Activities)), students: map[string][]int{}, sizes: map[string]int{},
	}
	for i, r := range p.Rooms {
		x.rooms[r.Name] = i
	}
	for i := range p.Activities {
		x.activities[p.Activities[i].ID] = i
	}
	at := map[string]int{}
	atom := func(name string) int {
		n, ok := at[name]
		if !ok {
			n = len(x.atoms)
			at[name] = n
			x.atoms = append(x.atoms, name)
			x.students[name] = []int{n}
		}
		return n
	}
	for _, y := range p.Years {
		var year []int
		for _, g := range y.Groups {
			var group []int
			for _, s := range g.Subgroups {
				group = append(group, atom(s.Name))
				x.sizes[s.Name] = s.Students
			}
			if len(group) == 0 {
				group = append(group, atom(g.Name))
			}
			x.students[g.Name], x.sizes[g.Name] = unique(group), g.Students
			year = append(year, group...)
		}
		if len(year) == 0 {
			year = append(year, atom(y.Name))
		}
		x.students[y.Name], x.sizes[y.Name] = unique(year), y.Students
	}
	return x
}

func places(names []string) map[string]int {
	out := make(map[string]int, len(names))
	for i, n := range names {
		out[n] = i
	}
	return out
}

// Check says what makes a problem unreadable to FET: names that are missing, given twice or unknown, activities without a
// length.
func (p *Problem) Check() *ent.Report {
	c := &checker{report: &ent.Report{}, x: newIndex(p)}
	c.names("Day", p.Days)
	c.names("Hour", p.Hours)
	c.names("Subject", p.Subjects)
	c.names("Activity_Tag", p.Tags)
	c.names("Teacher", p.Teachers)
	c.names("Building", p.Buildings)
	rooms := make([]string, len(p.Rooms))
	for i, r := range p.Rooms {
		rooms[i] = r.Name
		if r.Building != "" {
			known(c, "Building", c.x.buildings, r.Building)
		}
	}
	c.names("Room", rooms)
	c.students(p.Years)
	for i := range p.Activities {
		c.activity(&p.Activities[i], len(p.Hours))
	}
	if len(c.x.activities) < len(p.Activities) {
		c.tell(CodeTwice, "Id")
	}
	for _, k := range p.Constraints {
		c.at = k.Tag()
		k.body(&codec{check: c})
	}
	return c.report
}

type checker struct {
	report *ent.Report
	x      *index
	at     string // the constraint
}

func (c *checker) tell(code ent.Code, field string) {
	var params []ent.Param
	if code != CodeDuration {
		params = append(params, ent.FieldOf("field", ent.Field(field)))
	}
	c.report.Add(catalog().New(code, ent.Pos{}, "/fet/"+c.at, params...))
}

func (c *checker) names(field string, list []string) {
	seen := make(map[string]bool, len(list))
	for _, n := range list {
		if n == "" {
			c.tell(CodeEmpty, field)
		}
		if seen[n] {
			c.tell(CodeTwice, field)
		}
		seen[n] = true
	}
}

// students looks at the names of sets: only a subgroup may come again.
func (c *checker) students(years []Year) {
	var sets []string
	subgroups := map[string]bool{}
	for _, y := range years {
		sets = append(sets, y.Name)
		for _, g := range y.Groups {
			sets = append(sets, g.Name)
			for _, s := range g.Subgroups {
				if !subgroups[s.Name] {
					subgroups[s.Name] = true
					sets = append(sets, s.Name)
				}
			}
		}
	}
	c.names("Students", sets)
}

func known[K comparable, V any](c *checker, field string, in map[K]V, key K) {
	if _, ok := in[key]; !ok {
		c.tell(CodeUnknown, field)
	}
}

func (c *checker) activity(a *Activity, hours int) {
	known(c, "Subject", c.x.subjects, a.Subject)
	for _, n := range a.Teachers {
		known(c, "Teacher", c.x.teachers, n)
	}
	for _, n := range a.Tags {
		known(c, "Activity_Tag", c.x.tags, n)
	}
	for _, n := range a.Students {
		known(c, "Students", c.x.students, n)
	}
	if a.Duration < 1 || a.Duration > hours || a.Total < a.Duration || a.ID < 1 {
		c.tell(CodeDuration, "Duration")
	}
}
