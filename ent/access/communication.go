package access

import (
	"fmt"
	"slices"

	"github.com/opencartable/cartable/ent"
)

// Users says how the members of a group exchange through it.
type Users string

// The directions.
const (
	UsersNone     Users = "NONE"
	UsersIncoming Users = "INCOMING" // members write towards the linked groups
	UsersOutgoing Users = "OUTGOING" // members are reached through the group
	UsersBoth     Users = "BOTH"     // both, and members write to each other
)

// valid reports whether the direction is known; an empty one is not.
func (u Users) valid() bool {
	return u == UsersNone || u == UsersIncoming || u == UsersOutgoing || u == UsersBoth
}

func (u Users) writes() bool  { return u == UsersIncoming || u == UsersBoth }
func (u Users) reached() bool { return u == UsersOutgoing || u == UsersBoth }

// with returns the direction once the group also writes, or is also reached.
func (u Users) with(more Users) Users {
	switch u {
	case more, UsersBoth:
		return u
	case UsersNone, "":
		return more
	default:
		return UsersBoth
	}
}

// Communication is who writes to whom, as rules that hold in every establishment: the groups by rule, the direction of
// each, and the groups of the same establishment, or of the same class, that each is linked to.
type Communication struct {
	Groups []GroupPolicy `json:"groups,omitempty"`
	// PupilToRelatives links each pupil directly to the relatives whose access is open.
	PupilToRelatives bool `json:"pupilToRelatives,omitempty"`
}

// GroupPolicy is the rule of the groups of a kind: those of whole establishments, or those of classes.
type GroupPolicy struct {
	Kind    GroupKind   `json:"kind"`
	Class   bool        `json:"class,omitempty"`
	Users   Users       `json:"users"`
	LinksTo []GroupLink `json:"linksTo,omitempty"`
}

// GroupLink names a kind of groups: of the establishment, or of the class that the link starts from.
type GroupLink struct {
	Kind  GroupKind `json:"kind"`
	Class bool      `json:"class,omitempty"`
}

// DefaultCommunication returns the rules in use in the most deployed products: professionals write to everybody in the
// school; pupils and relatives write within their class and to its teachers, staff and head teachers; relatives write to
// the pupils of the class, pupils to their own relatives.
func DefaultCommunication() Communication {
	school := func(kinds ...GroupKind) []GroupLink {
		var out []GroupLink
		for _, k := range kinds {
			out = append(out, GroupLink{Kind: k})
		}
		return out
	}
	class := func(kinds ...GroupKind) []GroupLink {
		out := school(kinds...)
		for i := range out {
			out[i].Class = true
		}
		return out
	}
	functions := []GroupKind{KindHeadTeachers, KindDirection, KindFunction, KindDiscipline}
	return Communication{
		Groups: []GroupPolicy{
			{Kind: KindStaff, Users: UsersBoth, LinksTo: school(append([]GroupKind{KindTeachers, KindRelatives, KindPupils}, functions...)...)},
			{Kind: KindTeachers, Users: UsersBoth, LinksTo: school(append([]GroupKind{KindStaff, KindRelatives, KindPupils}, functions...)...)},
			{Kind: KindPupils, Users: UsersOutgoing},
			{Kind: KindRelatives, Users: UsersOutgoing},
			{Kind: KindHeadTeachers, Users: UsersOutgoing},
			{Kind: KindDirection, Users: UsersOutgoing},
			{Kind: KindFunction, Users: UsersOutgoing},
			{Kind: KindDiscipline, Users: UsersOutgoing},
			{Kind: KindTeachers, Class: true, Users: UsersOutgoing},
			{Kind: KindStaff, Class: true, Users: UsersOutgoing},
			{Kind: KindHeadTeachers, Class: true, Users: UsersOutgoing},
			{Kind: KindPupils, Class: true, Users: UsersBoth, LinksTo: class(KindTeachers, KindStaff, KindHeadTeachers)},
			{
				Kind: KindRelatives, Class: true, Users: UsersBoth,
				LinksTo: class(KindTeachers, KindStaff, KindHeadTeachers, KindPupils),
			},
		},
		PupilToRelatives: true,
	}
}

func (c Communication) clone() Communication {
	c.Groups = slices.Clone(c.Groups)
	for i := range c.Groups {
		c.Groups[i].LinksTo = slices.Clone(c.Groups[i].LinksTo)
	}
	return c
}

func (c *Communication) find(l GroupLink) *GroupPolicy {
	for i := range c.Groups {
		if c.Groups[i].Kind == l.Kind && c.Groups[i].Class == l.Class {
			return &c.Groups[i]
		}
	}
	return nil
}

func (k GroupKind) known() bool {
	switch k {
	case KindStaff, KindTeachers, KindPupils, KindRelatives, KindHeadTeachers, KindDirection, KindProfile, KindFunction, KindDiscipline:
		return true
	}
	return false
}

// listed reports whether there are as many groups of a kind as the caller wants, each with its own rule.
func (k GroupKind) listed() bool { return k == KindProfile || k == KindFunction || k == KindDiscipline }

func (c *Communication) check(to *checker) {
	for i := range c.Groups {
		g := &c.Groups[i]
		at := fmt.Sprintf("$.communication.groups[%d]", i)
		if !g.Kind.known() {
			to.add(issue(CodeGroupRule, at+".kind"))
		}
		if !g.Users.valid() {
			to.add(issue(CodeGroupUsers, at+".users"))
		}
		if c.find(GroupLink{g.Kind, g.Class}) != g {
			to.add(issue(CodeGroupTwice, at))
		}
		for j, l := range g.LinksTo {
			if c.find(l) == nil || l.Class && !g.Class {
				to.add(issue(CodeGroupUnknown, fmt.Sprintf("%s.linksTo[%d]", at, j)))
			}
		}
	}
}

// CommGroup is a group of people who exchange messages: an establishment's group by rule, or one of the caller's.
type CommGroup struct {
	// Rule says who is in it; the identifier is that of the rule. A group whose members the caller lists has a rule with an
	// identifier only.
	Rule  GroupRule `json:"rule"`
	Users Users     `json:"users"`
	// Links are the groups that the members may write to.
	Links []ent.ID `json:"links,omitempty"`
	// Broadcast is a group that is only written to: its members neither answer through it nor are shown one by one.
	Broadcast bool `json:"broadcast,omitempty"`
}

// ID returns the identifier of the group.
func (g *CommGroup) ID() ent.ID { return g.Rule.Identifier() }
