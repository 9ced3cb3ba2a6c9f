package access_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
)

// An administrator administers, and does not read school-life data.
func TestAdministratorDoesNotReadSchoolLife(t *testing.T) {
	t.Parallel()
	rules := compiled(t, access.Default())
	for _, d := range []access.Delegation{{Establishments: []ent.ID{"college"}}, {Everywhere: true}} {
		s := access.NewScope(rules, access.Facts{Person: "admin", Today: today(), Delegations: []access.Delegation{d}})
		p := family()
		for _, target := range []access.Target{access.PupilTarget(&p), access.EstablishmentTarget("college"), access.ClassTarget(ent.Class{ID: "6A", Establishment: "college"})} {
			for _, a := range access.Actions() {
				if a.SchoolLife() {
					assert.False(t, s.Can(a, target).Allowed, a)
				}
			}
			assert.True(t, s.Can(access.ActionAccountManage, target).Allowed)
		}
	}
}

// A delegation reaches the establishments of its list, whatever depends on them, and while it lasts.
func TestDelegationIsAList(t *testing.T) {
	t.Parallel()
	all := []ent.Establishment{
		{ID: "college"},
		{ID: "segpa", Parents: []ent.ID{"college"}},
		{ID: "annexe", Parents: []ent.ID{"segpa"}},
		{ID: "lycee"},
		{ID: "loop", Parents: []ent.ID{"loop"}},
	}
	assert.Equal(t, []ent.ID{"segpa", "annexe"}, access.Dependents("college", all))
	assert.Empty(t, access.Dependents("lycee", all))
	rules := compiled(t, access.Default())
	can := func(target ent.ID, d access.Delegation) bool {
		s := access.NewScope(rules, access.Facts{Person: "admin", Today: today(), Delegations: []access.Delegation{d}})
		return s.Can(access.ActionAccountManage, access.EstablishmentTarget(target)).Allowed
	}
	alone := access.Delegation{Establishments: []ent.ID{"college"}}
	assert.True(t, can("college", alone))
	assert.False(t, can("segpa", alone), "a section does not follow by itself")
	assert.True(t, can("annexe", access.Delegation{Establishments: append([]ent.ID{"college"}, access.Dependents("college", all)...)}))
	assert.False(t, can("lycee", alone))
	assert.True(t, can("lycee", access.Delegation{Everywhere: true}))
	alone.To = today().AddDays(-1)
	assert.False(t, can("college", alone))
	alone.To = today()
	assert.True(t, can("college", alone))
}

func TestRightsEndWithTheAffiliation(t *testing.T) {
	t.Parallel()
	rules := compiled(t, access.Default())
	p := family()
	teaching := ent.Teaching{Teacher: "maths", Establishment: "college", Class: "6A"}
	f := access.Facts{
		Person: "maths", Today: today(), Teachings: []ent.Teaching{teaching}, HeadTeacherOf: []ent.ID{"6A"},
		Affiliations: append(at("college", ent.ProfileTeacher), at("lycee", ent.ProfileTeacher)...),
	}
	can := func(a access.Action, target access.Target) bool {
		return access.NewScope(rules, f).Can(a, target).Allowed
	}
	all := func() []bool {
		return []bool{
			can(access.ActionMarksRead, access.PupilTarget(&p)), can(access.ActionAbsenceReasonRead, access.PupilTarget(&p)),
			can(access.ActionMarksWrite, access.TeachingTarget(teaching)),
		}
	}
	assert.Equal(t, []bool{true, true, true}, all())
	f.Affiliations[0].To = today()
	assert.Equal(t, []bool{true, true, true}, all(), "the last day counts")
	f.Affiliations[0].To = today().AddDays(-1)
	assert.Equal(t, []bool{false, false, false}, all(), "still a teacher elsewhere, no more here")
	f.Affiliations[0].To, f.Affiliations[0].From = ent.Date{}, today().AddDays(1)
	assert.Equal(t, []bool{false, false, false}, all(), "not yet there")
	f.Affiliations[0].From, f.Today = today(), ent.Date{}
	assert.Equal(t, []bool{false, false, false}, all(), "nothing dated holds without a day")
}

func TestTeacherReadsThePupilsTaughtOnly(t *testing.T) {
	t.Parallel()
	zoe, other := family(), family()
	zoe.Groups = []ent.ID{"latin"}
	other.ID, other.Classes = "leo", []ent.ID{"6B"}
	f := access.Facts{
		Person: "latin-teacher", Today: today(), Affiliations: at("college", ent.ProfileTeacher),
		Teachings: []ent.Teaching{{Teacher: "latin-teacher", Establishment: "college", Group: "latin"}},
		Groups:    []ent.Group{{ID: "latin", Classes: []ent.ID{"6A", "6B"}}, {ID: "greek", Classes: []ent.ID{"6C"}}},
	}
	policy := access.Default()
	s := access.NewScope(compiled(t, policy), f)
	assert.True(t, s.Can(access.ActionMarksRead, access.PupilTarget(&zoe)).Allowed)
	assert.Equal(t, access.CodeOutOfReach, s.Can(access.ActionMarksRead, access.PupilTarget(&other)).Reason)
	policy.GroupTeachers = access.GroupTeachersClasses
	s = access.NewScope(compiled(t, policy), f)
	assert.True(t, s.Can(access.ActionMarksRead, access.PupilTarget(&other)).Allowed)
	other.Classes = []ent.ID{"6C"}
	assert.False(t, s.Can(access.ActionMarksRead, access.PupilTarget(&other)).Allowed, "a group of somebody else")

	f.Teachings[0].Teacher = "somebody-else"
	s = access.NewScope(compiled(t, policy), f)
	assert.False(t, s.Can(access.ActionMarksRead, access.PupilTarget(&zoe)).Allowed, "the teaching of somebody else")
}

// The schooling of another pupil, given by mistake, opens nothing.
func TestSchoolingOfSomebodyElse(t *testing.T) {
	t.Parallel()
	p := family()
	f := access.Facts{Person: "leo", Today: today(), Affiliations: at("college", ent.ProfilePupil), Pupil: &p}
	s := access.NewScope(compiled(t, access.Default()), f)
	assert.False(t, s.Can(access.ActionHomeworkRead, access.ClassTarget(ent.Class{ID: "6A", Establishment: "college"})).Allowed)
	assert.False(t, s.Can(access.ActionMarksRead, access.PupilTarget(&p)).Allowed)
}

// A caller's own right for a group of people, on an action of the caller's.
func TestRightOfAGroup(t *testing.T) {
	t.Parallel()
	policy := access.Default()
	policy.Grants = append(policy.Grants, access.Grant{
		Who: []access.Who{access.WhoGroup("watch")}, May: []access.Action{"health.read"}, Reach: []access.Span{access.SpanEstablishment},
	})
	rules := compiled(t, policy)
	p := family()
	f := access.Facts{Person: "nurse", Today: today(), Affiliations: at("college", ent.ProfileStaff)}
	assert.False(t, access.NewScope(rules, f).Can("health.read", access.PupilTarget(&p)).Allowed)
	f.MemberOf = []ent.ID{"watch"}
	d := access.NewScope(rules, f).Can("health.read", access.PupilTarget(&p))
	assert.Equal(t, access.Decision{Allowed: true, Reason: access.CodeGranted, Who: "group:watch", Span: access.SpanEstablishment}, d)
	assert.Equal(t, "member of a group: own establishment", d.Text(ent.EN))
	f.Affiliations = at("lycee", ent.ProfileStaff)
	assert.False(t, access.NewScope(rules, f).Can("health.read", access.PupilTarget(&p)).Allowed)
	assert.Equal(t, access.CodeUnknownAction, access.NewScope(rules, f).Can("health.write", access.PupilTarget(&p)).Reason)
}

func TestFactsAndTargetsOfAPerson(t *testing.T) {
	t.Parallel()
	teacher := ent.Person{
		ID: "t", Affiliations: append(at("college", ent.ProfileTeacher), at("lycee", ent.ProfileStaff)...),
		Teachings: []ent.Teaching{{Class: "6A"}, {Group: "latin"}}, HeadTeacherOf: []ent.ID{"6A"},
	}
	f := access.FactsOf(&teacher, today())
	assert.Nil(t, f.Pupil)
	assert.Equal(t, teacher.HeadTeacherOf, f.HeadTeacherOf)
	assert.Equal(t, access.Target{
		Person: "t", Profile: ent.ProfileTeacher, Establishments: []ent.ID{"college"}, Classes: []ent.ID{"6A"}, Groups: []ent.ID{"latin"},
	}, access.PersonTarget(&teacher, ent.ProfileTeacher))
	pupil := ent.Person{
		ID: "p", BirthDate: today(), Affiliations: at("college", ent.ProfilePupil),
		Schooling: &ent.Schooling{Establishment: "annexe", Classes: []ent.ID{"6A"}, Groups: []ent.ID{"latin"}},
	}
	assert.Equal(t, access.Target{
		Person: "p", Profile: ent.ProfilePupil, Establishments: []ent.ID{"college", "annexe"}, Classes: []ent.ID{"6A"}, Groups: []ent.ID{"latin"},
	}, access.PersonTarget(&pupil, ent.ProfilePupil))
	assert.Equal(t, today(), access.FactsOf(&pupil, today()).Pupil.BirthDate)
}

func TestWhoCanStopsWhenTheReaderDoes(t *testing.T) {
	t.Parallel()
	p := family()
	asked := 0
	candidates := func(yield func(access.Facts) bool) {
		for _, id := range []ent.ID{"mother", "father", "aunt"} {
			asked++
			if !yield(access.Facts{Person: id, Today: today(), Children: []access.Pupil{p}}) {
				return
			}
		}
	}
	for range access.WhoCan(compiled(t, access.Default()), access.ActionMarksRead, access.PupilTarget(&p), candidates) {
		break
	}
	assert.Equal(t, 1, asked)
}

func TestLabels(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, a := range access.Actions() {
		assert.True(t, a.Known())
		assert.NotEmpty(t, a.Area())
		assert.NotEqual(t, a.Label(ent.FR), a.Label(ent.EN), a)
		assert.False(t, seen[a.Label(ent.FR)], a)
		seen[a.Label(ent.FR)] = true
	}
	assert.Equal(t, "health.read", access.Action("health.read").Label(ent.FR))
	assert.False(t, access.Action("health.read").Known())
	for _, s := range access.Spans() {
		assert.NotEqual(t, string(s), s.Label(ent.FR))
		assert.NotEqual(t, s.Label(ent.FR), s.Label(ent.EN))
	}
	assert.Equal(t, "fonction EDU", access.WhoFunction(ent.FunctionEducation).Label(ent.FR))
	assert.Equal(t, "enseignant", access.WhoProfile(ent.ProfileTeacher).Label(ent.FR))
	assert.Equal(t, "other", access.Who("other").Label(ent.FR))
}

func TestCatalog(t *testing.T) {
	t.Parallel()
	require.NoError(t, access.Catalog().Check())
	assert.True(t, slices.ContainsFunc(access.Catalog().Rules(), func(r ent.Rule) bool { return r.Code == access.CodeDenied }))
}
