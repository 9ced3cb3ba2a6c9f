package access_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
)

var update = flag.Bool("update", false, "write the golden files")

func today() ent.Date { return ent.Date{Year: 2025, Month: 11, Day: 3} }

func at(establishment ent.ID, p ent.Profile, functions ...ent.Function) []ent.Affiliation {
	return []ent.Affiliation{{Establishment: establishment, Profile: p, Functions: functions}}
}

func relation(pupil, relative ent.ID, k ent.Kinship, r ent.Responsibility) ent.Relation {
	return ent.Relation{Pupil: pupil, Relative: relative, Kinship: k, Responsibility: r}
}

// column is one kind of person of the matrix, who asks at the establishment "here".
type column struct {
	head  string
	facts access.Facts
}

// me is the person of every column.
const me = ent.ID("me")

func child(responsibility ent.Responsibility, others ...ent.Relation) []access.Pupil {
	return []access.Pupil{{
		ID: "child", BirthDate: ent.Date{Year: 2013, Month: 3, Day: 7}, Establishments: []ent.ID{"here"}, Classes: []ent.ID{"child-class"},
		Relations: append([]ent.Relation{relation("child", me, ent.KinshipOtherFamily, responsibility)}, others...),
	}}
}

func columns() []column {
	social := relation("child", "ase", ent.KinshipSocialServices, ent.ResponsibilityLegal)
	teachings := []ent.Teaching{{Teacher: me, Establishment: "here", Class: "taught-class"}}
	pupil := func(birth int16) *access.Pupil {
		return &access.Pupil{ID: me, BirthDate: ent.Date{Year: birth, Month: 3, Day: 7}, Establishments: []ent.ID{"here"}, Classes: []ent.ID{"my-class"}}
	}
	return []column{
		{"ELV", access.Facts{Affiliations: at("here", ent.ProfilePupil), Pupil: pupil(2013)}},
		{"ELV 18+", access.Facts{Affiliations: at("here", ent.ProfilePupil), Pupil: pupil(2006)}},
		{"TUT", access.Facts{Affiliations: at("here", ent.ProfileRelative), Children: child(ent.ResponsibilityLegal)}},
		{"in charge", access.Facts{Affiliations: at("here", ent.ProfileRelative), Children: child(ent.ResponsibilityInCharge)}},
		{"contact", access.Facts{Affiliations: at("here", ent.ProfileRelative), Children: child(ent.ResponsibilityNone)}},
		{"placed", access.Facts{Affiliations: at("here", ent.ProfileRelative), Children: child(ent.ResponsibilityLegal, social)}},
		{"ASE", access.Facts{Affiliations: at("here", ent.ProfileRelative), Children: []access.Pupil{{
			ID: "child", Establishments: []ent.ID{"here"}, Classes: []ent.ID{"child-class"},
			Relations: []ent.Relation{
				relation("child", "mother", ent.KinshipMother, ent.ResponsibilityLegal), relation("child", me, ent.KinshipSocialServices, ent.ResponsibilityLegal),
			},
		}}}},
		{"ENS", access.Facts{Affiliations: at("here", ent.ProfileTeacher), Teachings: teachings}},
		{"head t.", access.Facts{
			Affiliations: at("here", ent.ProfileTeacher), HeadTeacherOf: []ent.ID{"head-class"},
			Teachings: append([]ent.Teaching{{Teacher: me, Establishment: "here", Class: "head-class"}}, teachings...),
		}},
		{"DIR", access.Facts{Affiliations: at("here", ent.ProfileDirection)}},
		{"EVS", access.Facts{Affiliations: at("here", ent.ProfileSchoolLife)}},
		{"ETA", access.Facts{Affiliations: at("here", ent.ProfileStaff)}},
		{"ACA", access.Facts{Affiliations: at("here", ent.ProfileAcademic)}},
		{"delegate", access.Facts{Delegations: []access.Delegation{{Establishments: []ent.ID{"here"}}}}},
	}
}

// probe is a target, from the widest; the first ones allowed tell how far an action reaches, and hide those they include.
type probe struct {
	word   string
	hides  []string
	target access.Target
}

func probes(establishment ent.ID) []probe {
	pupil := func(id, class ent.ID) access.Target {
		return access.Target{Person: id, Profile: ent.ProfilePupil, Establishments: []ent.ID{establishment}, Classes: []ent.ID{class}}
	}
	thing := func(class ent.ID, owners ...ent.ID) access.Target {
		return access.Target{Establishments: []ent.ID{establishment}, Classes: []ent.ID{class}, Owners: owners}
	}
	all := []string{"head", "taught", "class", "mates", "families", "h.families", "child", "c.class", "c.mates", "self", "own"}
	self := pupil(me, "my-class")
	if establishment != "here" {
		self = pupil(me, "")
	}
	return []probe{
		{"school", all, pupil("any-pupil", "any-class")},
		{"school*", all, access.Target{Establishments: []ent.ID{establishment}}},
		{"head", nil, pupil("head-pupil", "head-class")},
		{"taught", nil, pupil("taught-pupil", "taught-class")},
		{"mates", nil, pupil("mate", "my-class")},
		{"families", nil, access.Target{Person: "f", Profile: ent.ProfileRelative, Establishments: []ent.ID{establishment}, Classes: []ent.ID{"my-class"}}},
		{"h.families", nil, access.Target{Person: "f", Profile: ent.ProfileRelative, Establishments: []ent.ID{establishment}, Classes: []ent.ID{"head-class"}}},
		{"class", nil, thing("my-class")},
		{"child", nil, pupil("child", "child-class")},
		{"c.class", nil, thing("child-class")},
		{"c.mates", nil, access.Target{Person: "t", Profile: ent.ProfileTeacher, Establishments: []ent.ID{establishment}, Classes: []ent.ID{"child-class"}}},
		{"self", nil, self},
		{"own", nil, thing("", me)},
	}
}

// cell says in words how far an action reaches at an establishment.
func cell(s *access.Scope, a access.Action, establishment ent.ID) string {
	var words []string
	hidden := map[string]bool{}
	for _, p := range probes(establishment) {
		target := p.target
		if establishment != "here" {
			// Elsewhere has classes of its own: those of "here" are not there.
			target.Classes = nil
			if target.Person != me && target.Person != "" {
				target.Person = "elsewhere-" + target.Person
			}
		}
		if !s.Can(a, target).Allowed || hidden[p.word] {
			continue
		}
		words = append(words, p.word)
		for _, h := range p.hides {
			hidden[h] = true
		}
	}
	if len(words) == 2 && words[0] == "school" && words[1] == "school*" {
		words = words[:1]
	}
	if len(words) == 0 {
		return "-"
	}
	return strings.Join(words, "+")
}

func matrix(rules *access.Rules, establishment ent.ID) string {
	cols := columns()
	var scopes []*access.Scope
	heads := make([]string, 0, len(cols))
	for _, c := range cols {
		c.facts.Person, c.facts.Today = me, today()
		scopes = append(scopes, access.NewScope(rules, c.facts))
		heads = append(heads, c.head)
	}
	rows := [][]string{append([]string{"action"}, heads...)}
	for _, a := range access.Actions() {
		row := []string{string(a)}
		for _, s := range scopes {
			row = append(row, cell(s, a, establishment))
		}
		rows = append(rows, row)
	}
	width := make([]int, len(rows[0]))
	for _, r := range rows {
		for i, c := range r {
			width[i] = max(width[i], len(c))
		}
	}
	var b strings.Builder
	for _, r := range rows {
		line := ""
		for i, c := range r {
			line += fmt.Sprintf("%-*s  ", width[i], c)
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return b.String()
}

const legend = `Who may do what by default. A cell says how far the action reaches; "-" is nobody's.

  school   every pupil of the establishment    school*  what belongs to the establishment, pupils' data left out
  head     pupils of the class of which one is head teacher           taught   pupils of classes and groups taught
  mates    pupils and teachers of one's class  class    what belongs to one's own class, and is nobody's in particular
  child    one's own child                     c.class, c.mates  the same two, of the child's class (c.mates: teachers)
  families, h.families  the relatives of one's own class, of the class of which one is head teacher
  self     oneself                             own      what one teaches, made, received or was given a share in

  ELV pupil, TUT legal representative, ENS teacher, DIR direction, EVS school life, ETA other staff, ACA academic services;
  ELV 18+ a pupil of age, in charge a person in charge, contact a relative without responsibility, placed a legal
  representative of a child placed with the social services, ASE these services, head t. a head teacher, delegate a
  delegated administrator.
`

// The rights of everybody, as a table that a person can read.
func TestRightsMatrix(t *testing.T) {
	t.Parallel()
	rules := compiled(t, access.Default())
	got := legend + "\nIN ONE'S OWN ESTABLISHMENT\n\n" + matrix(rules, "here") + "\nIN ANOTHER ESTABLISHMENT\n\n" + matrix(rules, "elsewhere")
	const path = "testdata/matrix.golden.txt"
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, string(want), got)
}

// What the table says of another establishment, said in words: nothing but oneself, and one's own.
func TestNothingOfAnotherEstablishment(t *testing.T) {
	t.Parallel()
	rules := compiled(t, access.Default())
	for _, c := range columns() {
		c.facts.Person, c.facts.Today = me, today()
		s := access.NewScope(rules, c.facts)
		for _, a := range access.Actions() {
			for word := range strings.SplitSeq(cell(s, a, "elsewhere"), "+") {
				assert.Contains(t, []string{"-", "self", "own"}, word, "%s %s", c.head, a)
			}
		}
	}
}

func compiled(t testing.TB, p *access.Policy) *access.Rules {
	t.Helper()
	rules, err := p.Compile()
	require.NoError(t, err)
	return rules
}
