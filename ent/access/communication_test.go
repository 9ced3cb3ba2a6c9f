package access_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
	"github.com/opencartable/cartable/internal/samples"
)

// vector is communication.json of the samples.
type vector struct {
	Users map[ent.ID]struct {
		Profile string `json:"profile"`
		Class   ent.ID `json:"cls"`
	} `json:"users"`
	Relatives  map[ent.ID][]ent.ID     `json:"relatives"`
	GroupUsers map[ent.ID]access.Users `json:"groupUsers"`
	GroupLinks [][2]ent.ID             `json:"groupLinks"`
	CanWrite   map[ent.ID][]ent.ID     `json:"canWrite"`
}

func readVector(t *testing.T) vector {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(samples.Dir(t, "schoollife", "vectors"), "communication.json"))
	require.NoError(t, err)
	var v vector
	require.NoError(t, json.Unmarshal(b, &v))
	require.Len(t, v.Users, 9)
	return v
}

// expect compares the 72 ordered pairs of the vector with what a network says.
func (v *vector) expect(t *testing.T, n *access.Network, people map[ent.ID]access.Correspondent) {
	t.Helper()
	pairs, allowed := 0, 0
	for from := range v.Users {
		for to := range v.Users {
			if from == to {
				continue
			}
			m, why, err := n.Explain(people[from], people[to])
			require.NoError(t, err)
			require.NoError(t, why.Check())
			assert.Equal(t, n.May(people[from], people[to]), m)
			assert.Equal(t, slices.Contains(v.CanWrite[from], to), m.Allowed, "%s to %s: %s", from, to, m.Reason)
			assert.Equal(t, m.Allowed, why.Value().IntPart() == 1)
			pairs++
			if m.Allowed {
				allowed++
			}
		}
	}
	assert.Equal(t, 72, pairs)
	assert.Equal(t, 42, allowed)
}

// Acceptance S16, from the groups and links that the vector gives.
func TestAcceptanceS16GroupsOfTheVector(t *testing.T) {
	t.Parallel()
	v := readVector(t)
	var groups []access.CommGroup
	for _, id := range slices.Sorted(maps.Keys(v.GroupUsers)) {
		g := access.CommGroup{Rule: access.GroupRule{ID: id}, Users: v.GroupUsers[id]}
		for _, l := range v.GroupLinks {
			if l[0] == id {
				g.Links = append(g.Links, l[1])
			}
		}
		groups = append(groups, g)
	}
	n, issues := access.NewNetwork(groups)
	require.Empty(t, issues)
	people := map[ent.ID]access.Correspondent{}
	for id, u := range v.Users {
		c := access.Correspondent{Person: id, Groups: []ent.ID{ent.ID("S-" + u.Profile)}}
		if u.Class != "" {
			c.Groups = append(c.Groups, ent.ID(string(u.Class)+"-"+u.Profile))
		}
		for relative, children := range v.Relatives {
			if slices.Contains(children, id) {
				c.Direct = append(c.Direct, relative)
			}
		}
		people[id] = c
	}
	v.expect(t, n, people)
}

// schoolOf makes the facts of the vector's users.
func (v *vector) schoolOf() map[ent.ID]access.Facts {
	pupils := map[ent.ID]*access.Pupil{}
	for id, u := range v.Users {
		if u.Profile == "Student" {
			pupils[id] = &access.Pupil{ID: id, Establishments: []ent.ID{"S"}, Classes: []ent.ID{u.Class}}
		}
	}
	for relative, children := range v.Relatives {
		for _, c := range children {
			pupils[c].Relations = append(pupils[c].Relations, relation(c, relative, ent.KinshipMother, ent.ResponsibilityLegal))
		}
	}
	out := map[ent.ID]access.Facts{}
	for id, u := range v.Users {
		f := access.Facts{Person: id, Today: today(), Pupil: pupils[id]}
		switch u.Profile {
		case "Teacher":
			f.Affiliations, f.Teachings = at("S", ent.ProfileTeacher), []ent.Teaching{{Teacher: id, Establishment: "S", Class: u.Class}}
		case "Personnel":
			f.Affiliations = at("S", ent.ProfileSchoolLife)
		case "Student":
			f.Affiliations = at("S", ent.ProfilePupil)
		case "Relative":
			f.Affiliations = at("S", ent.ProfileRelative)
			for _, c := range v.Relatives[id] {
				f.Children = append(f.Children, *pupils[c])
			}
		}
		out[id] = f
	}
	return out
}

// Acceptance S16, from the default rules: the groups, their links and their members all follow from the facts.
func TestAcceptanceS16DefaultRules(t *testing.T) {
	t.Parallel()
	v := readVector(t)
	rules := compiled(t, access.Default())
	n, issues := access.NewNetwork(access.DefaultCommunication().GroupsOf("S", []ent.ID{"6A", "6B"}, nil))
	require.Empty(t, issues)
	people := map[ent.ID]access.Correspondent{}
	for id, f := range v.schoolOf() {
		people[id] = n.Correspondent(access.NewScope(rules, f))
	}
	v.expect(t, n, people)
}

// The default rules make the groups and the links of the vector, and those of head teachers, direction and functions.
func TestDefaultRulesMakeTheGroupsOfTheVector(t *testing.T) {
	t.Parallel()
	v := readVector(t)
	names := map[string]string{"staff": "Personnel", "teachers": "Teacher", "pupils": "Student", "relatives": "Relative"}
	name := func(g access.GroupRule) ent.ID {
		if g.Class != "" {
			return ent.ID(string(g.Class) + "-" + names[string(g.Kind)])
		}
		return ent.ID("S-" + names[string(g.Kind)])
	}
	byID := map[ent.ID]access.GroupRule{}
	groups := access.DefaultCommunication().GroupsOf("S", []ent.ID{"6A", "6B"}, nil)
	for _, g := range groups {
		byID[g.ID()] = g.Rule
	}
	users, links := map[ent.ID]access.Users{}, [][2]ent.ID{}
	for _, g := range groups {
		if names[string(g.Rule.Kind)] == "" {
			assert.Equal(t, access.UsersOutgoing, g.Users)
			assert.Empty(t, g.Links)
			continue
		}
		users[name(g.Rule)] = g.Users
		for _, l := range g.Links {
			if to := byID[l]; names[string(to.Kind)] != "" {
				links = append(links, [2]ent.ID{name(g.Rule), name(to)})
			}
		}
	}
	assert.Equal(t, v.GroupUsers, users)
	assert.ElementsMatch(t, v.GroupLinks, links)
}

// The default matrix of section 20.3, for people of two schools.
func TestDefaultCommunicationMatrix(t *testing.T) {
	t.Parallel()
	rules := compiled(t, access.Default())
	discipline := access.GroupRule{Kind: access.KindDiscipline, Establishment: "S", Discipline: "L1300"}
	groups := slices.Concat(
		access.DefaultCommunication().GroupsOf("S", []ent.ID{"6A"}, []access.GroupRule{discipline}),
		access.DefaultCommunication().GroupsOf("T", nil, nil),
	)
	n, issues := access.NewNetwork(groups)
	require.Empty(t, issues)
	pupil := access.Pupil{ID: "pupil", Establishments: []ent.ID{"S"}, Classes: []ent.ID{"6A"}, Relations: []ent.Relation{
		relation("pupil", "mother", ent.KinshipMother, ent.ResponsibilityLegal), relation("pupil", "aunt", ent.KinshipOther, ent.ResponsibilityNone),
	}}
	who := func(f access.Facts) access.Correspondent {
		f.Today = today()
		return n.Correspondent(access.NewScope(rules, f))
	}
	head := who(access.Facts{Person: "head", Affiliations: at("S", ent.ProfileDirection)})
	assistant := who(access.Facts{
		Person: "assistant", Affiliations: at("S", ent.ProfileStaff), Teachings: []ent.Teaching{{Establishment: "S", Class: "6A"}},
	})
	maths := who(access.Facts{
		Person: "maths", Affiliations: at("S", ent.ProfileTeacher, ent.Function{Code: ent.FunctionTeaching, Discipline: "L1300"}), HeadTeacherOf: []ent.ID{"6A"},
	})
	latin := who(access.Facts{
		Person: "latin", Affiliations: at("S", ent.ProfileTeacher), Teachings: []ent.Teaching{{Establishment: "S", Group: "g"}},
		Groups: []ent.Group{{ID: "g", Classes: []ent.ID{"6A"}}},
	})
	zoe := who(access.Facts{Person: "pupil", Affiliations: at("S", ent.ProfilePupil), Pupil: &pupil})
	mother := who(access.Facts{Person: "mother", Children: []access.Pupil{pupil}})
	aunt := who(access.Facts{Person: "aunt", Children: []access.Pupil{pupil}})
	elsewhere := who(access.Facts{Person: "elsewhere", Affiliations: at("T", ent.ProfileTeacher)})
	for _, c := range []struct {
		from, to access.Correspondent
		want     bool
	}{
		{head, maths, true},
		{head, zoe, true},
		{head, mother, true},
		{maths, head, true},
		{zoe, maths, true}, // the head teacher
		{zoe, latin, true}, // the teacher of a group of the class
		{zoe, assistant, true},
		{mother, assistant, true},
		{zoe, head, false},
		{mother, head, false},
		{zoe, mother, true},
		{mother, zoe, true},
		{zoe, aunt, false},
		{aunt, zoe, false},
		{head, aunt, false},
		{head, elsewhere, false},
		{elsewhere, maths, false},
	} {
		assert.Equal(t, c.want, n.May(c.from, c.to).Allowed, "%s to %s", c.from.Person, c.to.Person)
	}
	id := func(k access.GroupKind, class ent.ID) ent.ID {
		return access.GroupRule{Kind: k, Establishment: "S", Class: class}.Key()
	}
	for _, c := range []struct {
		from  access.Correspondent
		group ent.ID
		want  bool
	}{
		{head, discipline.Key(), true},
		{head, id(access.KindRelatives, ""), true},
		{head, id(access.KindStaff, ""), true}, // one's own, whose members write to each other
		{mother, id(access.KindRelatives, "6A"), true},
		{mother, id(access.KindTeachers, "6A"), true},
		{mother, id(access.KindRelatives, ""), false}, // one's own, through which one is only reached
		{mother, id(access.KindDirection, ""), false},
		{zoe, id(access.KindRelatives, "6A"), false},
		{head, "nowhere", false},
	} {
		assert.Equal(t, c.want, n.MayGroup(c.from, c.group).Allowed, "%s to %s", c.from.Person, c.group)
	}
}

// A relative whose access awaits a decision is not among the class's families, and is not written to by the child.
func TestPlacedChildAndMessages(t *testing.T) {
	t.Parallel()
	rules := compiled(t, access.Default())
	n, issues := access.NewNetwork(access.DefaultCommunication().GroupsOf("college", []ent.ID{"6A"}, nil))
	require.Empty(t, issues)
	p := placed()
	child := func() access.Correspondent {
		return n.Correspondent(access.NewScope(rules, access.Facts{Person: "zoe", Today: today(), Affiliations: at("college", ent.ProfilePupil), Pupil: &p}))
	}
	relative := func(id ent.ID) access.Correspondent {
		return n.Correspondent(access.NewScope(rules, access.Facts{Person: id, Today: today(), Children: []access.Pupil{p}}))
	}
	assert.Equal(t, []ent.ID{"ase"}, child().Direct)
	assert.Empty(t, relative("mother").Groups)
	assert.Len(t, relative("ase").Groups, 2)
	p.Rulings = []access.Ruling{ruling("mother", true, today(), ent.Date{})}
	assert.Equal(t, []ent.ID{"mother", "ase"}, child().Direct)
	assert.True(t, n.May(relative("mother"), child()).Allowed)

	adult := family()
	adult.BirthDate, adult.Choices = day(t, "2006-01-01"), []access.Choice{{Allow: false, On: today()}}
	p = adult
	assert.Equal(t, []ent.ID{"mother", "father"}, child().Direct, "the pupil still writes to the parents")
	assert.Empty(t, relative("mother").Groups)
}

// The table of warnings of section 20.3, and the directions that a link gives.
func TestLinkWarnings(t *testing.T) {
	t.Parallel()
	const none, in, out, both = access.UsersNone, access.UsersIncoming, access.UsersOutgoing, access.UsersBoth
	for _, c := range []struct {
		sender, receiver           access.Users
		senderAfter, receiverAfter access.Users
		warned                     []string
	}{
		{none, none, in, out, nil},
		{none, in, in, both, []string{"b"}},
		{none, out, in, out, nil},
		{none, both, in, both, nil},
		{in, none, in, out, nil},
		{in, in, in, both, []string{"b"}},
		{in, out, in, out, nil},
		{in, both, in, both, nil},
		{out, none, both, out, []string{"a"}},
		{out, in, both, both, []string{"a", "b"}},
		{out, out, both, out, []string{"a"}},
		{out, both, both, both, []string{"a"}},
		{both, none, both, out, nil},
		{both, in, both, both, []string{"b"}},
		{both, out, both, out, nil},
		{both, both, both, both, nil},
	} {
		n, issues := access.NewNetwork([]access.CommGroup{
			{Rule: access.GroupRule{ID: "a"}, Users: c.sender},
			{Rule: access.GroupRule{ID: "b"}, Users: c.receiver},
		})
		require.Empty(t, issues)
		after, issues := n.Link("a", "b", false)
		require.NotNil(t, after)
		var warned []string
		for _, i := range issues {
			assert.Equal(t, access.CodeLinkOpens, i.Code)
			warned = append(warned, i.Params[0].Text(ent.FR))
		}
		assert.Equal(t, c.warned, warned, "%s to %s", c.sender, c.receiver)
		groups := after.Groups()
		assert.Equal(t, []access.Users{c.senderAfter, c.receiverAfter}, []access.Users{groups[0].Users, groups[1].Users}, "%s to %s", c.sender, c.receiver)
		assert.Equal(t, []ent.ID{"b"}, groups[0].Links)
		assert.Equal(t, c.sender, n.Groups()[0].Users, "the network itself is unchanged")
		again, issues := after.Link("a", "b", false)
		require.NotNil(t, again)
		assert.Empty(t, issues)
		assert.Equal(t, groups, again.Groups(), "a link that stands changes nothing")
		x, y := access.Correspondent{Person: "x", Groups: []ent.ID{"a"}}, access.Correspondent{Person: "y", Groups: []ent.ID{"b"}}
		assert.True(t, after.May(x, y).Allowed)
	}
}

func TestLinkToOneself(t *testing.T) {
	t.Parallel()
	n, _ := access.NewNetwork([]access.CommGroup{{Rule: access.GroupRule{ID: "a"}, Users: access.UsersNone}})
	after, issues := n.Link("a", "a", false)
	require.NotNil(t, after)
	assert.Equal(t, access.UsersBoth, after.Groups()[0].Users)
	assert.Len(t, issues, 1)
}

func TestBroadcastGroupStaysNone(t *testing.T) {
	t.Parallel()
	n, issues := access.NewNetwork([]access.CommGroup{
		{Rule: access.GroupRule{ID: "head"}, Users: access.UsersIncoming},
		{Rule: access.GroupRule{ID: "all"}, Users: access.UsersNone, Broadcast: true},
	})
	require.Empty(t, issues)
	n, issues = n.Link("head", "all", false)
	require.NotNil(t, n)
	assert.Empty(t, issues)
	assert.Equal(t, access.UsersNone, n.Groups()[1].Users)
	head, reader := access.Correspondent{Person: "h", Groups: []ent.ID{"head"}}, access.Correspondent{Person: "r", Groups: []ent.ID{"all"}}
	assert.True(t, n.MayGroup(head, "all").Allowed)
	assert.False(t, n.May(head, reader).Allowed, "its members are not shown one by one")
	assert.False(t, n.MayGroup(reader, "all").Allowed)
	_, issues = n.Link("all", "head", false)
	require.ErrorIs(t, issues.Err(), access.CodeLinkBroadcast)
	_, issues = access.NewNetwork([]access.CommGroup{{Rule: access.GroupRule{ID: "all"}, Users: access.UsersBoth, Broadcast: true}})
	require.ErrorIs(t, issues.Err(), access.CodeGroupUsers)
}

// A delegated administrator does not open the groups of families and pupils; an administrator of the product does.
func TestDelegateDoesNotOpenFamilies(t *testing.T) {
	t.Parallel()
	groups := access.DefaultCommunication().GroupsOf("S", []ent.ID{"6A"}, nil)
	for i := range groups {
		if groups[i].Rule.Class != "" {
			groups[i].Users = access.UsersOutgoing
		}
	}
	n, issues := access.NewNetwork(groups)
	require.Empty(t, issues)
	direction := access.GroupRule{Kind: access.KindDirection, Establishment: "S"}.Key()
	for _, c := range []struct {
		kind  access.GroupKind
		class ent.ID
		open  bool
	}{
		{access.KindRelatives, "", false},
		{access.KindPupils, "", false},
		{access.KindRelatives, "6A", false},
		{access.KindPupils, "6A", true},
		{access.KindTeachers, "", true},
		{access.KindHeadTeachers, "6A", true},
	} {
		from := access.GroupRule{Kind: c.kind, Establishment: "S", Class: c.class}.Key()
		after, issues := n.Link(from, direction, true)
		assert.Equal(t, c.open, after != nil, "%s %s", c.kind, c.class)
		if !c.open {
			require.ErrorIs(t, issues.Err(), access.CodeLinkProtected)
		}
		after, _ = n.Link(from, direction, false)
		assert.NotNil(t, after)
	}
	staff := access.GroupRule{Kind: access.KindStaff, Establishment: "S"}.Key()
	after, issues := n.Link(staff, access.GroupRule{Kind: access.KindRelatives, Establishment: "S"}.Key(), true)
	assert.NotNil(t, after, "what is open already is not opened")
	assert.Empty(t, issues)
	_, issues = n.Link("nowhere", staff, false)
	require.ErrorIs(t, issues.Err(), access.CodeGroupUnknown)
}

func TestNetworkIssues(t *testing.T) {
	t.Parallel()
	n, issues := access.NewNetwork([]access.CommGroup{
		{Rule: access.GroupRule{ID: "a"}, Users: "SIDEWAYS"},
		{Rule: access.GroupRule{ID: "a"}, Users: access.UsersNone, Links: []ent.ID{"b"}},
	})
	assert.Nil(t, n)
	var got []string
	for _, i := range issues {
		got = append(got, string(i.Code)+" "+i.Path)
	}
	assert.Equal(t, "ACC-GROUP-USERS $[0].users,ACC-GROUP-TWICE $[1],ACC-GROUP-UNKNOWN $[1].links[0]", strings.Join(got, ","))
}
