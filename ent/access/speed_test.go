package access_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
	"github.com/opencartable/cartable/ent/enttest"
)

// busy is the hardest request met: a head teacher in two schools, with sixteen classes and groups, who is also a parent.
func busy() access.Facts {
	f := access.Facts{
		Person: me, Today: today(), HeadTeacherOf: []ent.ID{"class-a"}, Children: child(ent.ResponsibilityLegal),
		Affiliations: append(at("here", ent.ProfileTeacher, ent.Function{Code: ent.FunctionTeaching, Discipline: "L1300"}), at("there", ent.ProfileTeacher)...),
	}
	for i := range 8 {
		letter := string(rune('a' + i))
		f.Teachings = append(f.Teachings, ent.Teaching{Teacher: me, Establishment: "here", Class: ent.ID("class-" + letter)},
			ent.Teaching{Teacher: me, Establishment: "there", Group: ent.ID("group-" + letter)})
	}
	return f
}

func questions() map[string]access.Target {
	return map[string]access.Target{
		"taught": {Person: "p", Profile: ent.ProfilePupil, Establishments: []ent.ID{"here"}, Classes: []ent.ID{"class-h"}, Groups: []ent.ID{"group-x", "group-y"}},
		"child":  {Person: "child", Profile: ent.ProfilePupil, Establishments: []ent.ID{"here"}, Classes: []ent.ID{"child-class"}},
		"denied": {Person: "q", Profile: ent.ProfilePupil, Establishments: []ent.ID{"here"}, Classes: []ent.ID{"class-z"}, Groups: []ent.ID{"group-x", "group-y"}},
	}
}

// A decision without its explanation allocates nothing. (Counting allocations excludes t.Parallel.)
func TestDecisionAllocatesNothing(t *testing.T) {
	s := access.NewScope(compiled(t, access.Default()), busy())
	for name, target := range questions() {
		for _, a := range []access.Action{access.ActionMarksRead, access.ActionContactRead, access.ActionMarksWrite, "nobody.has"} {
			assert.Zero(t, testing.AllocsPerRun(100, func() { s.Can(a, target) }), "%s %s", a, name)
		}
	}
	n, _ := access.NewNetwork(access.DefaultCommunication().GroupsOf("here", []ent.ID{"class-a"}, nil))
	c := n.Correspondent(s)
	assert.Zero(t, testing.AllocsPerRun(100, func() { n.May(c, c) }))
}

func BenchmarkCan(b *testing.B) {
	s := access.NewScope(compiled(b, access.Default()), busy())
	for _, name := range []string{"taught", "child", "denied"} {
		target := questions()[name]
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s.Can(access.ActionMarksRead, target)
			}
		})
	}
}

func BenchmarkExplain(b *testing.B) {
	s := access.NewScope(compiled(b, access.Default()), busy())
	target := questions()["taught"]
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := s.Explain(access.ActionMarksRead, target); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNewScope(b *testing.B) {
	rules, f := compiled(b, access.Default()), busy()
	b.ReportAllocs()
	for b.Loop() {
		access.NewScope(rules, f)
	}
}

// BenchmarkWhoCan asks who reads one pupil's marks among the people of an academy of 1500.
func BenchmarkWhoCan(b *testing.B) {
	w := newWorld(b, enttest.Options{})
	rules := compiled(b, access.Default())
	b.ReportAllocs()
	for b.Loop() {
		for range access.WhoCan(rules, access.ActionMarksRead, w.targets[0], slices.Values(w.facts)) {
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(w.facts)), "ns/candidate")
}

func BenchmarkMay(b *testing.B) {
	rules := compiled(b, access.Default())
	n, _ := access.NewNetwork(access.DefaultCommunication().GroupsOf("here", []ent.ID{"class-a", "child-class"}, nil))
	from, to := n.Correspondent(access.NewScope(rules, busy())), n.Correspondent(access.NewScope(rules, access.Facts{Person: "other", Today: today()}))
	b.ReportAllocs()
	for b.Loop() {
		n.May(from, to)
	}
}
