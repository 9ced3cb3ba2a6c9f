package fet

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
)

// Write writes a problem as FET 6.8.5 reads it: the same bytes for the same problem. It returns CodeProblem, and writes nothing,
// for a problem that FET could not read: see [Problem.Check].
func Write(w io.Writer, p *Problem) error {
	if report := p.Check(); len(report.Codes()) > 0 {
		return fmt.Errorf("fet: %w: %w", CodeProblem, report.Examples(report.Codes()[0])[0])
	}
	x := &printer{w: bufio.NewWriter(w)}
	x.problem(p)
	if x.err != nil {
		return fmt.Errorf("fet: %w", x.err)
	}
	if err := x.w.Flush(); err != nil {
		return fmt.Errorf("fet: %w", err)
	}
	return nil
}

// printer writes elements, one a line, until an error.
type printer struct {
	w   *bufio.Writer
	err error
}

func (x *printer) raw(s string) {
	if x.err == nil {
		_, x.err = x.w.WriteString(s)
	}
}

func (x *printer) open(name string)  { x.raw("<" + name + ">\n") }
func (x *printer) close(name string) { x.raw("</" + name + ">\n") }

func (x *printer) leaf(name, text string) {
	x.raw("<" + name + ">")
	if x.err == nil {
		x.err = xml.EscapeText(x.w, []byte(text))
	}
	x.raw("</" + name + ">\n")
}

func (x *printer) number(name string, n int) { x.leaf(name, strconv.Itoa(n)) }

func (x *printer) leaves(name string, list []string) {
	for _, s := range list {
		x.leaf(name, s)
	}
}

func (x *printer) node(n *node) {
	if len(n.kids) == 0 {
		x.leaf(n.name, n.text)
		return
	}
	x.open(n.name)
	for _, k := range n.kids {
		x.node(k)
	}
	x.close(n.name)
}

// named writes a list of things that have a name, and more.
func (x *printer) named(list, item string, names []string, more func(i int)) {
	x.open(list)
	for i, n := range names {
		x.open(item)
		x.leaf("Name", n)
		if more != nil {
			more(i)
		}
		x.close(item)
	}
	x.close(list)
}

func (x *printer) comments(int) { x.leaf("Comments", "") }

func (x *printer) problem(p *Problem) {
	x.raw(xml.Header + "\n<fet version=\"" + Version + "\">\n")
	x.leaf("Mode", "Official")
	x.leaf("Institution_Name", p.Institution)
	x.leaf("Comments", p.Comments)
	x.counted("Days_List", "Number_of_Days", "Day", p.Days)
	x.counted("Hours_List", "Number_of_Hours", "Hour", p.Hours)
	x.named("Subjects_List", "Subject", p.Subjects, x.comments)
	x.named("Activity_Tags_List", "Activity_Tag", p.Tags, func(int) {
		x.leaf("Printable", "true")
		x.comments(0)
	})
	x.named("Teachers_List", "Teacher", p.Teachers, func(int) {
		x.number("Target_Number_of_Hours", 0)
		x.leaf("Qualified_Subjects", "")
		x.comments(0)
	})
	x.open("Students_List")
	for _, y := range p.Years {
		x.year(&y)
	}
	x.close("Students_List")
	x.open("Activities_List")
	for i := range p.Activities {
		x.activity(&p.Activities[i])
	}
	x.close("Activities_List")
	x.named("Buildings_List", "Building", p.Buildings, x.comments)
	rooms := make([]string, len(p.Rooms))
	for i, r := range p.Rooms {
		rooms[i] = r.Name
	}
	x.named("Rooms_List", "Room", rooms, func(i int) {
		x.leaf("Building", p.Rooms[i].Building)
		x.number("Capacity", p.Rooms[i].Capacity)
		x.leaf("Virtual", "false")
		x.comments(0)
	})
	x.constraints("Time_Constraints_List", p, false)
	x.constraints("Space_Constraints_List", p, true)
	x.open("Timetable_Generation_Options_List")
	x.close("Timetable_Generation_Options_List")
	x.raw("</fet>\n")
}

func (x *printer) counted(list, count, item string, names []string) {
	x.open(list)
	x.number(count, len(names))
	for _, n := range names {
		x.open(item)
		x.leaf("Name", n)
		x.close(item)
	}
	x.close(list)
}

func (x *printer) set(name string, students int) {
	x.leaf("Name", name)
	x.number("Number_of_Students", students)
	x.comments(0)
}

func (x *printer) year(y *Year) {
	x.open("Year")
	x.set(y.Name, y.Students)
	x.number("Number_of_Categories", 0)
	x.leaf("Separator", " ")
	for _, g := range y.Groups {
		x.open("Group")
		x.set(g.Name, g.Students)
		for _, s := range g.Subgroups {
			x.open("Subgroup")
			x.set(s.Name, s.Students)
			x.close("Subgroup")
		}
		x.close("Group")
	}
	x.close("Year")
}

func (x *printer) activity(a *Activity) {
	x.open("Activity")
	x.leaves("Teacher", a.Teachers)
	x.leaf("Subject", a.Subject)
	x.leaves("Activity_Tag", a.Tags)
	x.leaves("Students", a.Students)
	x.number("Duration", a.Duration)
	x.number("Total_Duration", a.Total)
	x.number("Id", a.ID)
	x.number("Activity_Group_Id", a.Group)
	x.leaf("Active", strconv.FormatBool(!a.Inactive))
	x.leaf("Comments", a.Comments)
	x.close("Activity")
}

func (x *printer) constraints(list string, p *Problem, space bool) {
	x.open(list)
	for _, k := range p.Constraints {
		if k.space() == space {
			x.open(k.Tag())
			x.constraint(k)
			x.close(k.Tag())
		}
	}
	x.close(list)
}

func (x *printer) constraint(k Constraint) {
	c := &codec{out: x}
	if u, ok := k.(*Untyped); ok {
		u.body(c) // as it was, weight and all
		return
	}
	c.constraint(k)
}
