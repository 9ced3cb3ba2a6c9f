package access_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
)

func TestGroupsByRule(t *testing.T) {
	t.Parallel()
	rules := compiled(t, access.Default())
	maths := ent.Function{Code: ent.FunctionTeaching, Discipline: "L1300"}
	p := family()
	scope := func(f access.Facts) *access.Scope {
		f.Person, f.Today = me, today()
		return access.NewScope(rules, f)
	}
	teacher := scope(access.Facts{
		Affiliations: append(at("college", ent.ProfileTeacher, maths), at("lycee", ent.ProfileTeacher)...), HeadTeacherOf: []ent.ID{"6A"},
		Teachings: []ent.Teaching{{Establishment: "college", Class: "6A"}, {Establishment: "lycee", Class: "2B"}},
	})
	head := scope(access.Facts{Affiliations: at("college", ent.ProfileDirection, ent.Function{Code: ent.FunctionDirection})})
	left := at("college", ent.ProfileDirection)
	left[0].To = today().AddDays(-1)
	gone := scope(access.Facts{Affiliations: left})
	own := family()
	own.ID = me
	pupil := scope(access.Facts{Affiliations: at("college", ent.ProfilePupil), Pupil: &own})
	p.Relations[0].Relative = me
	mother := scope(access.Facts{Children: []access.Pupil{p}})
	for _, c := range []struct {
		name string
		rule access.GroupRule
		in   []*access.Scope
	}{
		{"teachers of mathematics", access.GroupRule{Kind: access.KindDiscipline, Discipline: "L1300"}, []*access.Scope{teacher}},
		{"of another discipline", access.GroupRule{Kind: access.KindDiscipline, Discipline: "L0202"}, nil},
		{"head teachers", access.GroupRule{Kind: access.KindHeadTeachers}, []*access.Scope{teacher}},
		{"head teacher of a class", access.GroupRule{Kind: access.KindHeadTeachers, Class: "6A"}, []*access.Scope{teacher}},
		{"of another class", access.GroupRule{Kind: access.KindHeadTeachers, Class: "6B"}, nil},
		{"direction", access.GroupRule{Kind: access.KindDirection}, []*access.Scope{head}},
		{"function", access.GroupRule{Kind: access.KindFunction, Function: ent.FunctionDirection}, []*access.Scope{head}},
		{"staff", access.GroupRule{Kind: access.KindStaff}, []*access.Scope{head}},
		{"teachers", access.GroupRule{Kind: access.KindTeachers}, []*access.Scope{teacher}},
		{"teachers of a class", access.GroupRule{Kind: access.KindTeachers, Class: "6A"}, []*access.Scope{teacher}},
		{"a profile", access.GroupRule{Kind: access.KindProfile, Profile: ent.ProfileTeacher}, []*access.Scope{teacher}},
		{"relatives by profile", access.GroupRule{Kind: access.KindProfile, Profile: ent.ProfileRelative}, []*access.Scope{mother}},
		{"pupils of a class", access.GroupRule{Kind: access.KindPupils, Class: "6A"}, []*access.Scope{pupil}},
		{"pupils", access.GroupRule{Kind: access.KindPupils}, []*access.Scope{pupil}},
		{"relatives of a class", access.GroupRule{Kind: access.KindRelatives, Class: "6A"}, []*access.Scope{mother}},
		{"relatives of another class", access.GroupRule{Kind: access.KindRelatives, Class: "6B"}, nil},
		{"an incomplete rule", access.GroupRule{Kind: access.KindFunction}, nil},
		{"an unknown rule", access.GroupRule{Kind: "astronauts"}, nil},
	} {
		c.rule.Establishment = "college"
		var in []*access.Scope
		for _, s := range []*access.Scope{teacher, head, gone, pupil, mother} {
			if s.Belongs(c.rule) {
				in = append(in, s)
			}
		}
		assert.Equal(t, c.in, in, c.name)
	}
	assert.False(t, teacher.Belongs(access.GroupRule{Kind: access.KindHeadTeachers, Establishment: "lycee"}), "head teacher elsewhere")
	assert.False(t, teacher.Belongs(access.GroupRule{Kind: access.KindTeachers}), "no establishment")
}

// Rule 8 of the joins: one group per discipline for teachers, one per function for others.
func TestFunctionGroups(t *testing.T) {
	t.Parallel()
	got := access.FunctionGroups(append(
		at("4001", ent.ProfileTeacher, ent.Function{Code: ent.FunctionTeaching, Discipline: "L1300"}, ent.Function{Code: ent.FunctionTeaching},
			ent.Function{Code: ent.FunctionTeaching, Discipline: "L1300"}),
		at("4002", ent.ProfileSchoolLife, ent.Function{Code: ent.FunctionEducation, Discipline: "E0030"}, ent.Function{Code: ent.FunctionNone})...,
	))
	assert.Equal(t, []access.GroupRule{
		{Kind: access.KindDiscipline, Establishment: "4001", Discipline: "L1300"},
		{Kind: access.KindFunction, Establishment: "4002", Function: ent.FunctionEducation},
	}, got)
}

func TestKeysOfGroups(t *testing.T) {
	t.Parallel()
	assert.Equal(t, ent.ID("4001$discipline$L1300"), access.GroupRule{Kind: access.KindDiscipline, Establishment: "4001", Discipline: "L1300"}.Key())
	assert.Equal(t, ent.ID("4001$teachers$class$4001~16A"), access.GroupRule{Kind: access.KindTeachers, Establishment: "4001", Class: "4001$6A"}.Key())
	assert.Equal(t, ent.ID("ours"), access.GroupRule{ID: "ours", Kind: access.KindTeachers, Establishment: "4001"}.Identifier())
}

// Two valid rules have one key only when they are one.
func FuzzGroupKey(f *testing.F) {
	f.Add("4001", "DIR", "6A", "4001", "DIR$class$6A", "")
	f.Add("a$function", "b", "", "a", "function$b", "")
	f.Add("a~", "1", "$", "a", "~1", "~0")
	f.Fuzz(func(t *testing.T, est1, fn1, class1, est2, fn2, class2 string) {
		a := access.GroupRule{Kind: access.KindFunction, Establishment: ent.ID(est1), Function: ent.FunctionCode(fn1), Class: ent.ID(class1)}
		b := access.GroupRule{Kind: access.KindFunction, Establishment: ent.ID(est2), Function: ent.FunctionCode(fn2), Class: ent.ID(class2)}
		if a.Valid() && b.Valid() && a != b && a.Key() == b.Key() {
			t.Fatalf("%q and %q", a, b)
		}
	})
}
