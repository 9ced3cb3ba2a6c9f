package directory_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
)

const feed directory.Origin = "aaf:RENNES"

func key(c directory.Category, id string) directory.Key {
	return directory.Key{Origin: feed, Category: c, ID: id}
}

// school is a source of one school: a pupil, a mother, a teacher.
func school(on ent.Date) *directory.Records {
	return &directory.Records{
		What: directory.Feed{Origin: feed, Complete: true, Date: on, Academy: "014"},
		Places: directory.Places{
			Establishments: []directory.Place{
				{Establishment: ent.Establishment{ID: "4001", UAI: "0019991E"}}, {Establishment: ent.Establishment{ID: "4002", UAI: "0019992F"}},
			},
			Classes: []ent.Class{{ID: "4001$6A", Establishment: "4001", Code: "6A"}, {ID: "4001$6B", Establishment: "4001", Code: "6B"}},
		},
		List: []directory.Record{
			{
				Key: key(directory.Pupil, "1"), Person: ent.Person{
					Name: ent.Name{Family: "MARTIN", Given: "Léa"}, BirthDate: ent.Date{Year: 2012, Month: 4, Day: 2},
					Schooling: &ent.Schooling{Establishment: "4001", INE: "123456789FJ"},
				},
				Ties: []directory.Tie{
					{Kind: directory.TieEstablishment, Target: "4001", Profile: ent.ProfilePupil},
					{Kind: directory.TieClass, Target: "4001$6A"},
					{Kind: directory.TieRelative, Relative: key(directory.Relative, "2"), Kinship: ent.KinshipMother, Responsibility: ent.ResponsibilityLegal},
				},
			},
			{Key: key(directory.Relative, "2"), Person: ent.Person{
				Name: ent.Name{Family: "MARTIN", Given: "Anne"}, Contact: ent.Contact{Mail: "anne.martin@exemple.test", Mobile: "+33 6 99 99 01 02"},
			}},
			{
				Key: key(directory.Staff, "3"), Person: ent.Person{Name: ent.Name{Family: "DURAND", Given: "PAUL"}},
				Ties: []directory.Tie{
					{Kind: directory.TieEstablishment, Target: "4001", Profile: ent.ProfileTeacher},
					{Kind: directory.TieTeaching, Target: "4001$6A", Subject: "061300"},
				},
			},
		},
	}
}

// without returns the source without some records.
func without(src *directory.Records, ids ...string) *directory.Records {
	out := *src
	out.List = slices.DeleteFunc(slices.Clone(src.List), func(r directory.Record) bool { return slices.Contains(ids, r.Key.ID) })
	return &out
}

func of(t testing.TB, b *directory.Book, c directory.Category, id string) directory.Account {
	t.Helper()
	a, ok := b.Account(b.Holder(key(c, id)))
	require.True(t, ok, id)
	return a
}

// consent lets small schools vanish: a test of one pupil has no mass.
func consent() directory.Guard {
	return directory.Guard{Consent: func(directory.Population) bool { return true }}
}

// run compares and applies, and returns the plan.
func run(t testing.TB, b *directory.Book, src directory.Source, p directory.Policy) *directory.Plan {
	t.Helper()
	plan := compare(t, b, src, p)
	require.NoError(t, plan.Blocked())
	b.Apply(plan, func(c *directory.Change) ent.ID { return ent.ID("us-" + c.Key.ID) })
	return plan
}

func ops(p *directory.Plan) []string {
	var out []string
	for c := range p.Changes() {
		out = append(out, string(c.Op)+" "+string(c.Reason))
	}
	return out
}

// Section 11 of the AAF page: create, missing, pre-delete, purge, with the delays of the most used importer.
func TestSection11LifeOfAnAccount(t *testing.T) {
	t.Parallel()
	b := directory.NewBook(directory.Places{}, nil)
	policy := func(n int) directory.Policy {
		return directory.Policy{Today: day(n), Guard: consent(), Lifecycle: directory.Lifecycle{Delays: directory.Delays{Missing: 90, Grace: 90}}}
	}
	run(t, b, school(day(0)), policy(0))
	assert.Equal(t, directory.Active, of(t, b, directory.Staff, "3").State)

	gone := without(school(day(0)), "3")
	assert.Equal(t, []string{"suspend DIR-ABSENT"}, ops(run(t, b, gone, policy(10))))
	a := of(t, b, directory.Staff, "3")
	assert.Equal(t, directory.Missing, a.State)
	assert.True(t, a.MaySignIn(), "the account is still usable")
	assert.Len(t, a.Ties, 2)
	assert.Equal(t, 90, policy(0).Lifecycle.Remaining(a.State, ent.ProfileTeacher, a.Since, day(10)))
	assert.Equal(t, 1, policy(0).Lifecycle.Remaining(a.State, ent.ProfileTeacher, a.Since, day(99)))
	assert.Empty(t, ops(run(t, b, gone, policy(100))), "the delay is not over on its last day")

	assert.Equal(t, []string{"pre-delete DIR-DELAY-OVER"}, ops(run(t, b, gone, policy(101))))
	a = of(t, b, directory.Staff, "3")
	assert.Equal(t, directory.PreDeleted, a.State)
	assert.False(t, a.MaySignIn())
	assert.Empty(t, a.Ties)
	assert.Len(t, a.Saved, 2)
	assert.Empty(t, ops(run(t, b, gone, policy(191))))
	assert.Equal(t, []string{"purge DIR-GRACE-OVER"}, ops(run(t, b, gone, policy(192))))
	assert.Empty(t, b.Holder(key(directory.Staff, "3")))
	assert.Equal(t, 2, b.Len())
}

// Section 11: a return before the purge gives everything back, ties made by hand included.
func TestSection11Return(t *testing.T) {
	t.Parallel()
	for _, absent := range []int{5, 70} {
		b := directory.NewBook(directory.Places{}, nil)
		run(t, b, school(day(0)), directory.Policy{Today: day(0), Guard: consent()})
		teacher := of(t, b, directory.Staff, "3")
		places, err := b.Places(t.Context())
		require.NoError(t, err)
		run(t, b, directory.ByHand(places, directory.Edit{
			Account: teacher.ID, States: []ent.Field{"head-teacher"},
			Ties: []directory.Tie{{Kind: directory.TieHead, Target: "4001$6B"}},
		}), directory.Policy{Today: day(1)})
		before := of(t, b, directory.Staff, "3")
		require.Len(t, before.Ties, 3)
		gone := without(school(day(1)), "3")
		run(t, b, gone, directory.Policy{Today: day(2), Guard: consent()})
		run(t, b, gone, directory.Policy{Today: day(2 + absent), Guard: consent()})
		plan := run(t, b, school(day(1)), directory.Policy{Today: day(3 + absent), Guard: consent()})
		assert.Contains(t, ops(plan), "restore DIR-RETURNED")
		after := of(t, b, directory.Staff, "3")
		assert.Equal(t, directory.Active, after.State)
		assert.Equal(t, before.Ties, after.Ties, "after %d days", absent)
		assert.Empty(t, after.Saved)
		assert.Empty(t, ops(run(t, b, school(day(1)), directory.Policy{Today: day(4 + absent), Guard: consent()})))
	}
}

// The order of 30 November 2006 gives three months from the day on which the person has no title any more.
func TestDefaultDelaysKeepWithinThreeMonths(t *testing.T) {
	t.Parallel()
	d := directory.DefaultDelays()
	assert.LessOrEqual(t, d.Missing+d.Grace+2, 90, "the steps are taken on the day after each delay; from December to February there are 90 days")
}

func TestPersonOfTwoOriginsStaysWhileOneKnowsThem(t *testing.T) {
	t.Parallel()
	b := directory.NewBook(directory.Places{}, nil)
	run(t, b, school(day(0)), directory.Policy{Today: day(0)})
	other := without(school(day(0)), "1", "2")
	other.What.Origin = "aaf1d:RENNES"
	other.List[0].Key.Origin = other.What.Origin
	other.List[0].Ties = []directory.Tie{{Kind: directory.TieEstablishment, Target: "4002", Profile: ent.ProfileTeacher}}
	plan := run(t, b, other, directory.Policy{Today: day(1)})
	assert.Contains(t, ops(plan), "change DIR-SAME-KEY")
	a := of(t, b, directory.Staff, "3")
	require.Len(t, a.Keys, 2)
	assert.Len(t, a.View().Affiliations, 2)

	plan = run(t, b, without(school(day(2)), "3"), directory.Policy{Today: day(2), Guard: consent()})
	assert.Equal(t, []string{"detach DIR-ELSEWHERE"}, ops(plan))
	a = of(t, b, directory.Staff, "3")
	assert.Equal(t, directory.Active, a.State)
	require.Len(t, a.View().Affiliations, 1)
	assert.Equal(t, ent.ID("4002"), a.View().Affiliations[0].Establishment)
}

// Section 12: the same INE in two feeds is one pupil, the account that is leaving included.
func TestSection12SameINE(t *testing.T) {
	t.Parallel()
	for _, missing := range []bool{false, true} {
		b := directory.NewBook(directory.Places{}, nil)
		run(t, b, school(day(0)), directory.Policy{Today: day(0)})
		id := of(t, b, directory.Pupil, "1").ID
		if missing {
			run(t, b, without(school(day(1)), "1", "2"), directory.Policy{Today: day(1), Guard: consent()})
			require.Equal(t, directory.Missing, of(t, b, directory.Pupil, "1").State)
		}
		other := without(school(day(2)), "2", "3")
		other.What = directory.Feed{Origin: "aaf:NANTES", Complete: true, Date: day(2)}
		other.List[0].Key = directory.Key{Origin: "aaf:NANTES", Category: directory.Pupil, ID: "99"}
		plan := run(t, b, other, directory.Policy{Today: day(2)})
		assert.Contains(t, ops(plan), "change DIR-SAME-INE")
		assert.Zero(t, plan.Count(directory.OpCreate, directory.ObjectPerson))
		assert.Equal(t, id, b.Holder(other.List[0].Key))
		assert.Equal(t, directory.Active, of(t, b, directory.Pupil, "1").State)
	}
}

func TestTwoAccountsOfOneINEAreAConflict(t *testing.T) {
	t.Parallel()
	b := directory.NewBook(directory.Places{}, nil)
	src := school(day(0))
	twin := src.List[0]
	twin.Key.ID, twin.Person.Name.Given = "11", "Lia"
	src.List = append(src.List, twin)
	run(t, b, src, directory.Policy{Today: day(0)})
	other := without(school(day(1)), "2", "3")
	other.What.Origin = "aaf:NANTES"
	other.List[0].Key.Origin = other.What.Origin
	plan := compare(t, b, other, directory.Policy{Today: day(1)})
	list := slices.Collect(plan.Changes())
	conflict := list[len(list)-1]
	assert.Equal(t, directory.OpConflict, conflict.Op)
	assert.Equal(t, []ent.ID{"us-1", "us-11"}, conflict.WithIDs)
	assert.EqualValues(t, 1, plan.Report().Tally("pupil").Refused)
}

func TestOwnership(t *testing.T) {
	t.Parallel()
	const mail = ent.Field("contact.mail")
	for name, c := range map[string]struct {
		own       directory.OwnershipRule
		activated bool
		byHand    bool
		want      string
	}{
		"the source decides":                {want: "new@exemple.test"},
		"what was written by hand stays":    {byHand: true, want: "hand@exemple.test"},
		"unless the feed decides":           {own: directory.OwnFeed, byHand: true, want: "new@exemple.test"},
		"until the account is used":         {own: directory.OwnUntilUsed, want: "new@exemple.test"},
		"and no longer":                     {own: directory.OwnUntilUsed, activated: true, want: "anne.martin@exemple.test"},
		"an origin fills what is empty":     {own: directory.OwnHand, want: "anne.martin@exemple.test"},
		"the source clears what it cleared": {want: ""},
	} {
		b := directory.NewBook(directory.Places{}, nil)
		run(t, b, school(day(0)), directory.Policy{Today: day(0)})
		a := of(t, b, directory.Relative, "2")
		a.Activated = c.activated
		b.Put(a)
		if c.byHand {
			places, err := b.Places(t.Context())
			require.NoError(t, err)
			run(t, b, directory.ByHand(places, directory.Edit{
				Account: a.ID, States: []ent.Field{mail}, Person: ent.Person{Contact: ent.Contact{Mail: "hand@exemple.test"}},
			}), directory.Policy{Today: day(0)})
		}
		src := school(day(1))
		src.List[1].Person.Contact.Mail = c.want
		if c.want != "" {
			src.List[1].Person.Contact.Mail = "new@exemple.test"
		}
		plan := run(t, b, src, directory.Policy{Today: day(1), Ownership: directory.Ownership{Fields: map[ent.Field]directory.OwnershipRule{mail: c.own}}})
		got := of(t, b, directory.Relative, "2")
		assert.Equal(t, c.want, got.Person.Contact.Mail, name)
		if c.want == "hand@exemple.test" {
			assert.EqualValues(t, 1, plan.Report().CountOf(directory.CodeFieldKept), "and the report says so")
		}
	}
}

func TestWrongDeliveriesStop(t *testing.T) {
	t.Parallel()
	b := directory.NewBook(directory.Places{}, nil)
	run(t, b, school(day(5)), directory.Policy{Today: day(5)})
	older := school(day(4))
	require.ErrorIs(t, compare(t, b, older, directory.Policy{Today: day(6)}).Blocked(), directory.CodeOlder)
	require.NoError(t, compare(t, b, older, directory.Policy{Today: day(6), AllowOlder: true}).Blocked())
	other := school(day(6))
	other.What.Academy = "010"
	plan := compare(t, b, other, directory.Policy{Today: day(6)})
	require.ErrorIs(t, plan.Blocked(), directory.CodeWrongFeed)
	assert.True(t, plan.Empty())
	lacking := school(day(6))
	lacking.What.Missing = 1
	require.ErrorIs(t, compare(t, b, lacking, directory.Policy{Today: day(6)}).Blocked(), directory.CodeMissingFiles)
	require.NoError(t, compare(t, b, lacking, directory.Policy{Today: day(6), AllowMissing: true}).Blocked())
	_, err := directory.Compare(t.Context(), b, school(day(6)), directory.Policy{})
	require.ErrorIs(t, err, directory.CodeToday)
}

func TestRelativesWhoMaySignIn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		r               ent.Responsibility
		legal, inCharge bool
	}{
		{ent.ResponsibilityLegal, true, true},
		{ent.ResponsibilityInCharge, false, true},
		{ent.ResponsibilityNone, false, false},
	} {
		b := directory.NewBook(directory.Places{}, nil)
		src := school(day(0))
		src.List[0].Ties[2].Responsibility = c.r
		run(t, b, src, directory.Policy{Today: day(0)})
		a := of(t, b, directory.Relative, "2")
		assert.Equal(t, c.legal, directory.RelativesLegal.MaySignIn(&a), c.r)
		assert.Equal(t, c.inCharge, directory.RelativesInCharge.MaySignIn(&a), c.r)
	}
}

// A relative whom a pupil named before they came is tied when they do.
func TestTieWaitsForItsRelative(t *testing.T) {
	t.Parallel()
	b := directory.NewBook(directory.Places{}, nil)
	plan := run(t, b, without(school(day(0)), "2"), directory.Policy{Today: day(0)})
	assert.EqualValues(t, 1, plan.Report().CountOf(directory.CodeWaiting))
	p := of(t, b, directory.Pupil, "1")
	require.Empty(t, p.Relations())
	delta := without(school(day(1)), "1", "3")
	delta.What.Complete = false
	plan = run(t, b, delta, directory.Policy{Today: day(1)})
	assert.Contains(t, ops(plan), "attach DIR-RELATIVE-ARRIVED")
	p = of(t, b, directory.Pupil, "1")
	require.Len(t, p.Relations(), 1)
	r := of(t, b, directory.Relative, "2")
	assert.Equal(t, r.ID, p.Relations()[0].Relative)
	assert.Len(t, r.View().Affiliations, 1, "and is of the child's school")
}

func TestOneSchoolUnderTwoKeys(t *testing.T) {
	t.Parallel()
	b := directory.NewBook(directory.Places{}, nil)
	run(t, b, school(day(0)), directory.Policy{Today: day(0)})
	other := school(day(1))
	other.What = directory.Feed{Origin: "csv:0019991E", Date: day(1)}
	other.Places = directory.Places{Establishments: []directory.Place{{Establishment: ent.Establishment{ID: "E1", UAI: "0019991E"}}}}
	other.List = []directory.Record{{
		Key: directory.Key{Origin: other.What.Origin, Category: directory.Staff, ID: "x"}, Person: ent.Person{Name: ent.Name{Family: "PETIT", Given: "Jean"}},
		Ties: []directory.Tie{{Kind: directory.TieEstablishment, Target: "E1", Profile: ent.ProfileStaff}},
	}}
	plan := run(t, b, other, directory.Policy{Today: day(1)})
	assert.Contains(t, ops(plan), "attach DIR-PLACE-SAME-UAI")
	a, _ := b.Account("us-x")
	require.Len(t, a.Ties, 1)
	assert.Equal(t, ent.ID("4001"), a.Ties[0].Target)
	assert.Empty(t, ops(compare(t, b, other, directory.Policy{Today: day(2)})))
}

// Section 11: the end of a school year takes the classes away, and the feed of the new year gives others.
func TestSection11EndOfYear(t *testing.T) {
	t.Parallel()
	b := directory.NewBook(directory.Places{}, nil)
	run(t, b, school(day(0)), directory.Policy{Today: day(0)})
	places, err := b.Places(t.Context())
	require.NoError(t, err)
	before := state(t, b)
	plan := directory.EndOfYear(day(300), &places, slices.Collect(b.All()), []ent.ID{"4001"})
	undo, report := b.Apply(plan, nil)
	require.Zero(t, report.Total().Refused)
	for a := range b.All() {
		for _, x := range a.Ties {
			assert.Contains(t, []directory.TieKind{directory.TieEstablishment, directory.TieRelative}, x.Kind)
		}
	}
	places, err = b.Places(t.Context())
	require.NoError(t, err)
	assert.Empty(t, places.Classes)
	b.Undo(undo)
	assert.Equal(t, before, state(t, b))
}

func TestPlanOfOneSchool(t *testing.T) {
	t.Parallel()
	b := directory.NewBook(directory.Places{}, nil)
	src := school(day(0))
	src.List = append(src.List, directory.Record{
		Key: key(directory.Staff, "8"), Person: ent.Person{Name: ent.Name{Family: "ROUX", Given: "Eve"}},
		Ties: []directory.Tie{{Kind: directory.TieEstablishment, Target: "4002", Profile: ent.ProfileDirection}},
	})
	plan := compare(t, b, src, directory.Policy{Today: day(0)})
	assert.EqualValues(t, 4, plan.Count(directory.OpCreate, directory.ObjectPerson))
	one := plan.For("4002")
	assert.EqualValues(t, 1, one.Count(directory.OpCreate, directory.ObjectPerson))
	for c := range one.Changes() {
		assert.Contains(t, c.Establishments, ent.ID("4002"))
	}
}

func TestPersonChangedSinceThePlanIsLeftAside(t *testing.T) {
	t.Parallel()
	b := directory.NewBook(directory.Places{}, nil)
	run(t, b, school(day(0)), directory.Policy{Today: day(0)})
	src := school(day(1))
	src.List[1].Person.Contact.Mobile = "+33 6 99 99 09 09"
	src.List[2].Person.Name.Given = "PAULIN"
	plan := compare(t, b, src, directory.Policy{Today: day(1)})
	a := of(t, b, directory.Relative, "2")
	a.Person.Contact.Home, a.Version = "+33 1 99 00 00 01", a.Version+1
	b.Put(a)
	_, report := b.Apply(plan, nil)
	assert.EqualValues(t, 1, report.CountOf(directory.CodeMoved))
	assert.Equal(t, "+33 6 99 99 01 02", of(t, b, directory.Relative, "2").Person.Contact.Mobile)
	assert.Equal(t, "PAULIN", of(t, b, directory.Staff, "3").Person.Name.Given)
	assert.True(t, report.Balanced())
}
