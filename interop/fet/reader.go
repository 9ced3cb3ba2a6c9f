package fet

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/xmlscan"
)

// ReadOptions say how a file of FET is read.
type ReadOptions struct {
	// File is the name of the file, for the places of the issues.
	File string
	// MaxBytes bounds the file: 64 MiB when 0.
	MaxBytes int64
	// OnIssue receives every issue; the report keeps the first ones of each code.
	OnIssue func(ent.Issue)
}

const (
	maxBytes = 64 << 20
	maxNodes = 4 << 20
	// maxCells bounds the hours of the week times the teachers and subgroups, several times what FET itself allows.
	maxCells = 1 << 27
)

// node is an element of a file, which is a tree without attributes.
type node struct {
	name, text string
	kids       []*node
	line       int
}

func (n *node) child(name string) *node {
	for _, k := range n.kids {
		if k.name == name {
			return k
		}
	}
	return nil
}

func (n *node) value(name string) string {
	if k := n.child(name); k != nil {
		return k.text
	}
	return ""
}

// tree reads a whole document.
func tree(r io.Reader, o ReadOptions, report *ent.Report) (*node, error) {
	if o.MaxBytes == 0 {
		o.MaxBytes = maxBytes
	}
	s := xmlscan.New(r, xmlscan.Options{MaxDepth: 16, MaxBytes: o.MaxBytes, Lenient: true})
	root := &node{}
	stack := []*node{root}
	var text []byte
	for count := 0; ; {
		kind, err := s.Next()
		if errors.Is(err, io.EOF) {
			return root.kids[0], nil
		}
		if err == nil && count > maxNodes {
			err = xmlscan.CodeLimit
		}
		if err != nil {
			return nil, failed(err, s.Pos().Line, o, report)
		}
		top := stack[len(stack)-1]
		switch kind {
		case xmlscan.StartElement:
			count++
			n := &node{name: string(s.Name()), line: s.Pos().Line}
			top.kids = append(top.kids, n)
			stack, text = append(stack, n), text[:0]
		case xmlscan.EndElement:
			if len(top.kids) == 0 {
				top.text = strings.TrimSpace(string(text))
			}
			stack, text = stack[:len(stack)-1], text[:0]
		case xmlscan.Text:
			text = append(text, s.Text()...)
		default:
		}
	}
}

func failed(err error, line int, o ReadOptions, report *ent.Report) error {
	code := CodeXML
	if errors.Is(err, xmlscan.CodeLimit) {
		code = CodeLimit
	}
	i := catalog().New(code, ent.Pos{File: o.File, Line: line}, "")
	report.Add(i)
	if o.OnIssue != nil {
		o.OnIssue(i)
	}
	return fmt.Errorf("fet: %w: %w", code, err)
}

// Read reads a .fet file. It returns an error, with a report and no problem, for what is not well-formed, is beyond the limits or
// is another document; whatever else is wrong is an issue of the report, with its line. Constraints that have no type here, or hold
// more than their type, are kept as they are, and told. What is read and not kept is counted in the losses of the report.
func Read(r io.Reader, o ReadOptions) (*Problem, *ent.Report, error) {
	d := &decoder{o: o, p: &Problem{}, report: &ent.Report{}}
	root, err := tree(r, o, d.report)
	if err != nil {
		return nil, d.report, err
	}
	if root.name != "fet" {
		d.issue(CodeRoot, root)
		return nil, d.report, fmt.Errorf("fet: %w", CodeRoot)
	}
	for _, n := range root.kids {
		d.list(n)
	}
	if slots := len(d.p.Days) * len(d.p.Hours); slots > 0 && len(d.p.Teachers)+len(newIndex(d.p).atoms) > maxCells/slots {
		d.issue(CodeLimit, root)
		return nil, d.report, fmt.Errorf("fet: %w", CodeLimit)
	}
	return d.p, d.report, nil
}

type decoder struct {
	o      ReadOptions
	p      *Problem
	report *ent.Report
}

func (d *decoder) issue(code ent.Code, n *node, params ...ent.Param) {
	i := catalog().New(code, ent.Pos{File: d.o.File, Line: n.line}, "/fet", params...)
	d.report.Add(i)
	if d.o.OnIssue != nil {
		d.o.OnIssue(i)
	}
}

// unread counts what is not kept; it is told when it says something.
func (d *decoder) unread(n *node) {
	d.report.Lose(ent.Loss{Code: CodeUnread, Field: ent.NewField(n.name), Count: 1})
}

func (d *decoder) list(n *node) {
	p := d.p
	switch n.name {
	case "Institution_Name":
		p.Institution = n.text
	case "Comments":
		p.Comments = n.text
	case "Days_List":
		p.Days = d.names(n, "Day")
	case "Hours_List":
		p.Hours = d.names(n, "Hour")
	case "Subjects_List":
		p.Subjects = d.names(n, "Subject")
	case "Activity_Tags_List":
		p.Tags = d.names(n, "Activity_Tag", "Printable")
	case "Teachers_List":
		p.Teachers = d.names(n, "Teacher", "Target_Number_of_Hours", "Qualified_Subjects")
	case "Buildings_List":
		p.Buildings = d.names(n, "Building")
	case "Students_List":
		for _, k := range n.kids {
			p.Years = append(p.Years, d.year(k))
		}
	case "Activities_List":
		for _, k := range n.kids {
			d.activity(k)
		}
	case "Rooms_List":
		for _, k := range n.kids {
			p.Rooms = append(p.Rooms, Room{Name: k.value("Name"), Building: k.value("Building"), Capacity: d.number(k, "Capacity")})
			if yes, _ := parseYes(k.value("Virtual")); yes {
				d.unread(k.child("Virtual"))
			}
			d.rest(k, "Name", "Building", "Capacity", "Virtual", "Comments")
		}
		d.report.Keep("rooms", int64(len(n.kids)))
	case "Time_Constraints_List", "Space_Constraints_List":
		for _, k := range n.kids {
			d.constraint(k, n.name == "Space_Constraints_List")
		}
	case "Mode", "Timetable_Generation_Options_List":
		if n.name == "Mode" && n.text != "Official" || len(n.kids) > 0 {
			d.unread(n)
		}
	default:
		d.unread(n)
		d.issue(CodeUnread, n, ent.FieldOf("field", ent.Field(n.name)))
	}
}

// names reads the names of the items of a list. usual are children that say nothing when they are empty, 0 or true.
func (d *decoder) names(list *node, item string, usual ...string) []string {
	var out []string
	for _, k := range list.kids {
		if k.name != item {
			continue
		}
		out = append(out, k.value("Name"))
		d.rest(k, append(usual, "Name", "Comments")...)
		for _, u := range usual {
			if x := k.child(u); x != nil && (len(x.kids) > 0 || x.text != "" && x.text != "0" && x.text != "true") {
				d.unread(x)
			}
		}
	}
	d.rest(list, item, "Number_of_Days", "Number_of_Hours")
	if len(out) > 0 {
		d.report.Keep(strings.ToLower(item)+"s", int64(len(out)))
	}
	return out
}

// rest counts the children of an element that are not among some, and comments that are not kept.
func (d *decoder) rest(n *node, read ...string) {
next:
	for _, k := range n.kids {
		for _, r := range read {
			if k.name == r && (k.name != "Comments" || k.text == "") {
				continue next
			}
		}
		d.unread(k)
	}
}

func (d *decoder) number(n *node, name string) int {
	s := n.value(name)
	if s == "" {
		return 0
	}
	v, err := strconv.ParseUint(s, 10, 31)
	if err != nil {
		d.issue(CodeValue, n, ent.FieldOf("field", ent.Field(name)))
	}
	return int(v) //nolint:gosec // 31 bits
}

func (d *decoder) year(n *node) Year {
	y := Year{Name: n.value("Name"), Students: d.number(n, "Number_of_Students")}
	for _, k := range n.kids {
		if k.name != "Group" {
			continue
		}
		g := Group{Name: k.value("Name"), Students: d.number(k, "Number_of_Students")}
		for _, s := range k.kids {
			if s.name == "Subgroup" {
				g.Subgroups = append(g.Subgroups, Subgroup{Name: s.value("Name"), Students: d.number(s, "Number_of_Students")})
				d.rest(s, "Name", "Number_of_Students", "Comments")
			}
		}
		d.rest(k, "Name", "Number_of_Students", "Comments", "Subgroup")
		y.Groups = append(y.Groups, g)
	}
	if n.value("Number_of_Categories") != "0" {
		d.rest(n, "Name", "Number_of_Students", "Comments", "Group", "Separator")
	} else {
		d.rest(n, "Name", "Number_of_Students", "Comments", "Group", "Separator", "Number_of_Categories")
	}
	d.report.Keep("years", 1)
	return y
}

func (d *decoder) activity(n *node) {
	a := Activity{
		ID: d.number(n, "Id"), Group: d.number(n, "Activity_Group_Id"), Subject: n.value("Subject"), Duration: d.number(n, "Duration"),
		Total: d.number(n, "Total_Duration"), Comments: n.value("Comments"),
	}
	for _, k := range n.kids {
		switch k.name {
		case "Teacher":
			a.Teachers = append(a.Teachers, k.text)
		case "Activity_Tag":
			a.Tags = append(a.Tags, k.text)
		case "Students":
			a.Students = append(a.Students, k.text)
		case "Id", "Activity_Group_Id", "Subject", "Duration", "Total_Duration", "Comments":
		case "Active":
			yes, ok := parseYes(k.text)
			if !ok {
				d.issue(CodeValue, k, ent.FieldOf("field", "Active"))
			}
			a.Inactive = ok && !yes
		default:
			d.unread(k)
		}
	}
	d.p.Activities = append(d.p.Activities, a)
	d.report.Keep("activities", 1)
}

// constraint reads a constraint into its type when the type holds all of it.
func (d *decoder) constraint(n *node, space bool) {
	d.report.Keep("constraints", 1)
	if k := typed(n.name); k != nil && k.space() == space {
		c := &codec{in: n}
		c.constraint(k)
		if c.whole() {
			d.p.Constraints = append(d.p.Constraints, k)
			return
		}
	}
	u := &Untyped{Name: n.name, Space: space, inner: n.kids}
	u.Weight, _ = ent.ParseNumber(n.value("Weight_Percentage"))
	if yes, ok := parseYes(n.value("Active")); ok {
		u.Inactive = !yes
	}
	u.Comments = n.value("Comments")
	d.p.Constraints = append(d.p.Constraints, u)
	d.issue(CodeUntyped, n, ent.FieldOf("field", ent.Field(n.name)))
}
