package access

import (
	"slices"

	"github.com/opencartable/cartable/ent"
)

// protected reports whether a delegated administrator may not open the group: the families and pupils of a whole
// establishment, and the families of a class.
func (g *CommGroup) protected() bool {
	r := &g.Rule
	relatives := r.Kind == KindRelatives || r.Kind == KindProfile && r.Profile == ent.ProfileRelative
	pupils := r.Kind == KindPupils || r.Kind == KindProfile && r.Profile == ent.ProfilePupil
	return relatives || pupils && r.Class == ""
}

// Link returns the network with a link added from one group to another: the members of the first may write, those of the
// second are reached. A warning says that the link also lets the members of a group write to each other. The network is
// unchanged, and nil is returned, beside an error: a group that does not exist, a broadcast group that would write, or, when
// local (for a delegated administrator), a group of families or pupils that the link would open further.
func (n *Network) Link(from, to ent.ID, local bool) (*Network, ent.Issues) {
	i, ok := n.index[from]
	j, found := n.index[to]
	if !ok || !found {
		return nil, ent.Issues{issue(CodeGroupUnknown, "$")}
	}
	sender, receiver := &n.groups[i], &n.groups[j]
	if sender.Broadcast {
		return nil, ent.Issues{groupIssue(CodeLinkBroadcast, from)}
	}
	var issues ent.Issues
	users := make(map[int]Users, 2)
	users[i] = sender.Users.with(UsersIncoming)
	if !receiver.Broadcast {
		before, twice := users[j]
		if !twice {
			before = receiver.Users
		}
		users[j] = before.with(UsersOutgoing)
	}
	for _, at := range []int{i, j} {
		after, ok := users[at]
		g := &n.groups[at]
		if !ok || after == g.Users || at == j && i == j && len(issues) > 0 {
			continue
		}
		if local && g.protected() {
			issues = append(issues, groupIssue(CodeLinkProtected, g.ID()))
		} else if after == UsersBoth {
			issues = append(issues, groupIssue(CodeLinkOpens, g.ID()))
		}
	}
	if !usable(issues) {
		return nil, issues
	}
	groups := n.Groups()
	for at, u := range users {
		groups[at].Users = u
	}
	if !slices.Contains(groups[i].Links, to) {
		groups[i].Links = append(groups[i].Links, to)
	}
	out, wrong := NewNetwork(groups)
	return out, append(issues, wrong...)
}

func groupIssue(code ent.Code, group ent.ID) ent.Issue {
	return issue(code, "$", ent.CodeOf("group", string(group)))
}
