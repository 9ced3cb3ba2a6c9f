package access

import (
	"fmt"
	"slices"

	"github.com/opencartable/cartable/ent"
)

// GroupsOf returns the communication groups of an establishment: one of each kind, one of each kind per class, and those of
// the functions and disciplines given (see FunctionGroups), with the links between them.
func (c Communication) GroupsOf(establishment ent.ID, classes []ent.ID, functions []GroupRule) []CommGroup {
	var out []CommGroup
	of := make([]*GroupPolicy, 0, len(c.Groups))
	put := func(g *GroupPolicy, rule GroupRule) {
		out, of = append(out, CommGroup{Rule: rule, Users: g.Users}), append(of, g)
	}
	for i := range c.Groups {
		g := &c.Groups[i]
		switch {
		case g.Kind.listed():
			for _, f := range functions {
				if f.Kind == g.Kind && f.Establishment == establishment && (f.Class != "") == g.Class {
					put(g, f)
				}
			}
		case g.Class:
			for _, class := range classes {
				put(g, GroupRule{Kind: g.Kind, Establishment: establishment, Class: class})
			}
		default:
			put(g, GroupRule{Kind: g.Kind, Establishment: establishment})
		}
	}
	for i := range out {
		for _, l := range of[i].LinksTo {
			for j := range out {
				to := &out[j].Rule
				if i != j && to.Kind == l.Kind && (to.Class != "") == l.Class && (!l.Class || to.Class == out[i].Rule.Class) {
					out[i].Links = append(out[i].Links, out[j].ID())
				}
			}
		}
	}
	return out
}

// Network is the communication groups made ready to answer: immutable, safe for concurrent use.
type Network struct {
	groups []CommGroup
	ids    []ent.ID
	index  map[ent.ID]int
	links  [][]int
}

// NewNetwork returns the network of some groups. The issues name an identifier that stands twice, a direction that is not
// known and a link to nowhere; the network is nil beside one.
func NewNetwork(groups []CommGroup) (*Network, ent.Issues) {
	n := &Network{groups: slices.Clone(groups), index: make(map[ent.ID]int, len(groups)), links: make([][]int, len(groups))}
	var issues ent.Issues
	for i := range n.groups {
		g := &n.groups[i]
		id := g.ID()
		if _, twice := n.index[id]; twice {
			issues = append(issues, issue(CodeGroupTwice, fmt.Sprintf("$[%d]", i)))
		}
		n.index[id] = i
		n.ids = append(n.ids, id)
		if !g.Users.valid() || g.Broadcast && g.Users != UsersNone {
			issues = append(issues, issue(CodeGroupUsers, fmt.Sprintf("$[%d].users", i)))
		}
	}
	for i := range n.groups {
		n.groups[i].Links = slices.Clone(n.groups[i].Links)
		for j, to := range n.groups[i].Links {
			at, ok := n.index[to]
			if !ok {
				issues = append(issues, issue(CodeGroupUnknown, fmt.Sprintf("$[%d].links[%d]", i, j)))
				continue
			}
			n.links[i] = append(n.links[i], at)
		}
	}
	if len(issues) > 0 {
		return nil, issues
	}
	return n, nil
}

// Groups returns a copy of the groups.
func (n *Network) Groups() []CommGroup {
	out := slices.Clone(n.groups)
	for i := range out {
		out[i].Links = slices.Clone(out[i].Links)
	}
	return out
}

// Correspondent is a person among the groups.
type Correspondent struct {
	Person ent.ID
	// Groups are those the person is in.
	Groups []ent.ID
	// Direct are persons written to without a group.
	Direct []ent.ID
}

// Correspondent returns the person of a scope among the groups: those by rule that the person belongs to, and those listed
// in Facts.MemberOf. A pupil's relatives are direct where the rules say so, unless their access is closed by a decision or
// awaits one.
func (n *Network) Correspondent(s *Scope) Correspondent {
	out := Correspondent{Person: s.person}
	for i := range n.groups {
		if id := n.ids[i]; s.Belongs(n.groups[i].Rule) || contains(s.facts.MemberOf, id) {
			out.Groups = append(out.Groups, id)
		}
	}
	p := s.facts.Pupil
	if p == nil || p.ID != s.person || !s.rules.policy.Communication.PupilToRelatives {
		return out
	}
	for i := range p.Relations {
		relative := p.Relations[i].Relative
		st, ok := s.rules.standing(p, relative, s.today)
		// The choice of a pupil of age closes what the relative reads, not what the pupil writes.
		if ok && st.role != WhoContact && (st.allowed || st.reason == CodePupilChoice) && relative != s.person {
			out.Direct = add(out.Direct, relative)
		}
	}
	return out
}

// Message is the answer to "may one write to the other?".
type Message struct {
	Allowed bool
	// Reason is CodeSameGroup, CodeLinkedGroups, CodeDirect or CodeNoLink.
	Reason ent.Code
	// From and To are the groups through which it passes, when it does.
	From, To ent.ID
}

// Text returns the answer in words.
func (m Message) Text(lang ent.Lang) string { return issue(m.Reason, "$").Message(lang) }

// May says whether a person may write to another one.
func (n *Network) May(from, to Correspondent) Message { return n.may(&from, &to, nil) }

// Explain is May with its explanation: each path that was looked at is a product of a group that writes and one that is
// reached, and the answer is the greatest of the paths.
func (n *Network) Explain(from, to Correspondent) (Message, ent.Explanation, error) {
	var tr ent.Trace
	m := n.may(&from, &to, &tr)
	why, err := tr.Explanation()
	return m, why, err
}

func (n *Network) may(from, to *Correspondent, tr *ent.Trace) Message {
	m := Message{Reason: CodeNoLink}
	paths := 0
	if contains(from.Direct, to.Person) {
		m = Message{Allowed: true, Reason: CodeDirect}
	}
	if tr != nil {
		tr.Push(given(m.Allowed, "Lien direct", "Direct link"))
		paths++
	}
	for i := 0; i < len(from.Groups) && !m.Allowed; i++ {
		at, ok := n.index[from.Groups[i]]
		if !ok {
			continue
		}
		m = n.through(at, to)
		if tr != nil {
			tracePath(tr, n.groups[at].Users, m)
			paths++
		}
	}
	if tr != nil {
		tr.Fold(paths, ent.Step{Op: ent.OpMax, Value: bit(m.Allowed), Label: ent.Label{FR: "Peut écrire", EN: "May write"}})
	}
	return m
}

// through looks for a way from one of the sender's groups to the receiver.
func (n *Network) through(at int, to *Correspondent) Message {
	users, id := n.groups[at].Users, n.ids[at]
	switch {
	case !users.writes():
		return Message{Reason: CodeNoLink}
	case users == UsersBoth && contains(to.Groups, id):
		return Message{Allowed: true, Reason: CodeSameGroup, From: id, To: id}
	}
	for _, h := range n.links[at] {
		if n.groups[h].Users.reached() && contains(to.Groups, n.ids[h]) {
			return Message{Allowed: true, Reason: CodeLinkedGroups, From: id, To: n.ids[h]}
		}
	}
	return Message{Reason: CodeNoLink}
}

func tracePath(tr *ent.Trace, users Users, m Message) {
	tr.Push(given(users.writes(), "Les membres du groupe de l'expéditeur écrivent", "The members of the sender's group write"))
	tr.Push(given(m.Allowed, "Le destinataire est joint par ce groupe ou par un groupe lié", "The receiver is reached by this group or by a linked one"))
	tr.Fold(2, ent.Step{Op: ent.OpProduct, Value: bit(users.writes() && m.Allowed), Label: ent.Label{FR: "Chemin par un groupe", EN: "Path by a group"}})
}

// MayGroup says whether a person may write to a group as a whole: one linked from a group of theirs whose members write, or
// one of their own whose members write to each other.
func (n *Network) MayGroup(from Correspondent, group ent.ID) Message {
	target, ok := n.index[group]
	if !ok {
		return Message{Reason: CodeNoLink}
	}
	for _, id := range from.Groups {
		at, ok := n.index[id]
		if !ok {
			continue
		}
		g := &n.groups[at]
		switch {
		case at == target && g.Users == UsersBoth:
			return Message{Allowed: true, Reason: CodeSameGroup, From: id, To: group}
		case g.Users.writes() && slices.Contains(n.links[at], target):
			return Message{Allowed: true, Reason: CodeLinkedGroups, From: id, To: group}
		}
	}
	return Message{Reason: CodeNoLink}
}
