package directorytest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/ent/enttest"
)

// Store is a directory that keeps what plans do to it.
type Store interface {
	directory.Known
	// ApplyPlan applies a plan whole; a person who has changed since is left aside and reported.
	ApplyPlan(ctx context.Context, p *directory.Plan) (*ent.Report, error)
	// UndoLast gives back what was before the last plan.
	UndoLast(ctx context.Context) error
	// Activate says that the person has used the account.
	Activate(ctx context.Context, id ent.ID) error
}

// Run proves that a store does what package directory says. open returns an empty store, another one each time.
func Run(t *testing.T, open func(t *testing.T) Store) {
	t.Helper()
	for _, c := range []struct {
		name string
		test func(*testing.T, func(*testing.T) Store)
	}{
		{"Section11LifeOfAnAccount", checkSection11LifeOfAnAccount},
		{"Section11Return", checkSection11Return},
		{"PersonOfTwoOriginsStaysWhileOneKnowsThem", checkPersonOfTwoOriginsStaysWhileOneKnowsThem},
		{"Section12SameINE", checkSection12SameINE},
		{"TwoAccountsOfOneINEAreAConflict", checkTwoAccountsOfOneINEAreAConflict},
		{"Ownership", checkOwnership},
		{"WrongDeliveriesStop", checkWrongDeliveriesStop},
		{"RelativesWhoMaySignIn", checkRelativesWhoMaySignIn},
		{"TieWaitsForItsRelative", checkTieWaitsForItsRelative},
		{"OneSchoolUnderTwoKeys", checkOneSchoolUnderTwoKeys},
		{"Section11EndOfYear", checkSection11EndOfYear},
		{"PlanOfOneSchool", checkPlanOfOneSchool},
		{"PersonChangedSinceThePlanIsLeftAside", checkPersonChangedSinceThePlanIsLeftAside},
		{"ChangesOfOneAccountStandTogether", checkChangesOfOneAccountStandTogether},
		{"RelativeWhoJoinsIsTied", checkRelativeWhoJoinsIsTied},
		{"TieWaitsAlthoughThePupilChanges", checkTieWaitsAlthoughThePupilChanges},
		{"EmptyModificationChangesNothing", checkEmptyModificationChangesNothing},
		{"RelativeComesBackWithTheSchool", checkRelativeComesBackWithTheSchool},
		{"RelativeComesBackAfterThePurge", checkRelativeComesBackAfterThePurge},
		{"AbsenceDoesNotBringBack", checkAbsenceDoesNotBringBack},
		{"KeyThatChanges", checkKeyThatChanges},
		{"ByHandMakesNoPlace", checkByHandMakesNoPlace},
		{"FileOfOneSchool", checkFileOfOneSchool},
		{"Section11SameRecordAfterTheYear", checkSection11SameRecordAfterTheYear},
		{"Section12FromOneDegreeToTheOther", checkSection12FromOneDegreeToTheOther},
		{"UndoOfARelative", checkUndoOfARelative},
		{"StoppedPlanChangesNothing", checkStoppedPlanChangesNothing},
		{"NewAcademyIsConfirmed", checkNewAcademyIsConfirmed},
		{"PlansOfTwoOriginsCross", checkPlansOfTwoOriginsCross},
		{"KnownElsewhereSinceThePlan", checkKnownElsewhereSinceThePlan},
		{"DeltaThatRemovesASchool", checkDeltaThatRemovesASchool},
		{"PurgeBesideAChange", checkPurgeBesideAChange},
		{"Section11RestoredByHand", checkSection11RestoredByHand},
		{"TwoEditsOfOneAccount", checkTwoEditsOfOneAccount},
		{"ClassThatIsUsedStays", checkClassThatIsUsedStays},
		{"PropertiesOfAPlan", checkPropertiesOfAPlan},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.test(t, open)
		})
	}
}

// feed is the origin of School.
const feed directory.Origin = "aaf:RENNES"

// Key is a key of School's origin.
func Key(c directory.Category, id string) directory.Key {
	return directory.Key{Origin: feed, Category: c, ID: id}
}

// School is a source of one school: a pupil, a mother, a teacher.
func School(on ent.Date) *directory.Records {
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
				Key: Key(directory.Pupil, "1"), Person: ent.Person{
					Name: ent.Name{Family: "MARTIN", Given: "Léa"}, BirthDate: ent.Date{Year: 2012, Month: 4, Day: 2},
					Schooling: &ent.Schooling{Establishment: "4001", INE: "123456789FJ"},
				},
				Ties: []directory.Tie{
					{Kind: directory.TieEstablishment, Target: "4001", Profile: ent.ProfilePupil},
					{Kind: directory.TieClass, Target: "4001$6A"},
					{Kind: directory.TieRelative, Relative: Key(directory.Relative, "2"), Kinship: ent.KinshipMother, Responsibility: ent.ResponsibilityLegal},
				},
			},
			{Key: Key(directory.Relative, "2"), Person: ent.Person{
				Name: ent.Name{Family: "MARTIN", Given: "Anne"}, Contact: ent.Contact{Mail: "anne.martin@exemple.test", Mobile: "+33 6 99 99 01 02"},
			}},
			{
				Key: Key(directory.Staff, "3"), Person: ent.Person{Name: ent.Name{Family: "DURAND", Given: "PAUL"}},
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

func of(t testing.TB, b Store, c directory.Category, id string) directory.Account {
	t.Helper()
	a, ok := holder(t, b, Key(c, id))
	require.True(t, ok, id)
	return a
}

// consent lets small schools vanish: a test of one pupil has no mass.
func consent() directory.Guard {
	return directory.Guard{Consent: func(directory.Population) bool { return true }}
}

// run compares and applies, and returns the plan.
func run(t testing.TB, b Store, src directory.Source, p directory.Policy) *directory.Plan {
	t.Helper()
	plan := compare(t, b, src, p)
	require.NoError(t, plan.Blocked())
	apply(t, b, plan)
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
func checkSection11LifeOfAnAccount(t *testing.T, open func(*testing.T) Store) {
	b := open(t)
	policy := func(n int) directory.Policy {
		return directory.Policy{Today: day(n), Guard: consent(), Lifecycle: directory.Lifecycle{Delays: directory.Delays{Missing: 90, Grace: 90}}}
	}
	run(t, b, School(day(0)), policy(0))
	assert.Equal(t, directory.Active, of(t, b, directory.Staff, "3").State)

	gone := without(School(day(0)), "3")
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
	_, there := holder(t, b, Key(directory.Staff, "3"))
	assert.False(t, there)
	assert.Len(t, everybody(t, b), 2)
}

// Section 11: a return before the purge gives everything back, ties made by hand included.
func checkSection11Return(t *testing.T, open func(*testing.T) Store) {
	for _, absent := range []int{5, 70} {
		b := open(t)
		run(t, b, School(day(0)), directory.Policy{Today: day(0), Guard: consent()})
		teacher := of(t, b, directory.Staff, "3")
		places, err := b.Places(t.Context())
		require.NoError(t, err)
		run(t, b, directory.ByHand(places, directory.Edit{
			Account: teacher.ID, States: []ent.Field{"head-teacher"},
			Ties: []directory.Tie{{Kind: directory.TieHead, Target: "4001$6B"}},
		}), directory.Policy{Today: day(1)})
		before := of(t, b, directory.Staff, "3")
		require.Len(t, before.Ties, 3)
		gone := without(School(day(1)), "3")
		run(t, b, gone, directory.Policy{Today: day(2), Guard: consent()})
		run(t, b, gone, directory.Policy{Today: day(2 + absent), Guard: consent()})
		plan := run(t, b, School(day(1)), directory.Policy{Today: day(3 + absent), Guard: consent()})
		assert.Contains(t, ops(plan), "restore DIR-RETURNED")
		after := of(t, b, directory.Staff, "3")
		assert.Equal(t, directory.Active, after.State)
		assert.Equal(t, before.Ties, after.Ties, "after %d days", absent)
		assert.Empty(t, after.Saved)
		assert.Empty(t, ops(run(t, b, School(day(1)), directory.Policy{Today: day(4 + absent), Guard: consent()})))
	}
}

func checkPersonOfTwoOriginsStaysWhileOneKnowsThem(t *testing.T, open func(*testing.T) Store) {
	b := open(t)
	run(t, b, School(day(0)), directory.Policy{Today: day(0)})
	other := without(School(day(0)), "1", "2")
	other.What.Origin = "aaf1d:RENNES"
	other.List[0].Key.Origin = other.What.Origin
	other.List[0].Ties = []directory.Tie{{Kind: directory.TieEstablishment, Target: "4002", Profile: ent.ProfileTeacher}}
	plan := run(t, b, other, directory.Policy{Today: day(1)})
	assert.Contains(t, ops(plan), "change DIR-SAME-KEY")
	a := of(t, b, directory.Staff, "3")
	require.Len(t, a.Keys, 2)
	assert.Len(t, a.View().Affiliations, 2)

	plan = run(t, b, without(School(day(2)), "3"), directory.Policy{Today: day(2), Guard: consent()})
	assert.Equal(t, []string{"detach DIR-ELSEWHERE"}, ops(plan))
	a = of(t, b, directory.Staff, "3")
	assert.Equal(t, directory.Active, a.State)
	require.Len(t, a.View().Affiliations, 1)
	assert.Equal(t, ent.ID("4002"), a.View().Affiliations[0].Establishment)
}

// Section 12: the same INE in two feeds is one pupil, the account that is leaving included.
func checkSection12SameINE(t *testing.T, open func(*testing.T) Store) {
	for _, missing := range []bool{false, true} {
		b := open(t)
		run(t, b, School(day(0)), directory.Policy{Today: day(0)})
		id := of(t, b, directory.Pupil, "1").ID
		if missing {
			run(t, b, without(School(day(1)), "1", "2"), directory.Policy{Today: day(1), Guard: consent()})
			require.Equal(t, directory.Missing, of(t, b, directory.Pupil, "1").State)
		}
		other := without(School(day(2)), "2", "3")
		other.What = directory.Feed{Origin: "aaf:NANTES", Complete: true, Date: day(2)}
		other.List[0].Key = directory.Key{Origin: "aaf:NANTES", Category: directory.Pupil, ID: "99"}
		plan := run(t, b, other, directory.Policy{Today: day(2)})
		assert.Contains(t, ops(plan), "change DIR-SAME-INE")
		assert.Zero(t, plan.Count(directory.OpCreate, directory.ObjectPerson))
		joined, _ := holder(t, b, other.List[0].Key)
		assert.Equal(t, id, joined.ID)
		assert.Equal(t, directory.Active, of(t, b, directory.Pupil, "1").State)
	}
}

func checkTwoAccountsOfOneINEAreAConflict(t *testing.T, open func(*testing.T) Store) {
	b := open(t)
	src := School(day(0))
	twin := src.List[0]
	twin.Key.ID, twin.Person.Name.Given = "11", "Lia"
	src.List = append(src.List, twin)
	run(t, b, src, directory.Policy{Today: day(0)})
	other := without(School(day(1)), "2", "3")
	other.What.Origin = "aaf:NANTES"
	other.List[0].Key.Origin = other.What.Origin
	plan := compare(t, b, other, directory.Policy{Today: day(1)})
	list := slices.Collect(plan.Changes())
	conflict := list[len(list)-1]
	assert.Equal(t, directory.OpConflict, conflict.Op)
	both := []ent.ID{of(t, b, directory.Pupil, "1").ID, of(t, b, directory.Pupil, "11").ID}
	slices.Sort(both)
	assert.Equal(t, both, conflict.WithIDs)
	assert.EqualValues(t, 1, plan.Report().Tally("pupil").Refused)
}

func checkOwnership(t *testing.T, open func(*testing.T) Store) {
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
		b := open(t)
		run(t, b, School(day(0)), directory.Policy{Today: day(0)})
		a := of(t, b, directory.Relative, "2")
		if c.activated {
			require.NoError(t, b.Activate(t.Context(), a.ID))
		}
		if c.byHand {
			places, err := b.Places(t.Context())
			require.NoError(t, err)
			run(t, b, directory.ByHand(places, directory.Edit{
				Account: a.ID, States: []ent.Field{mail}, Person: ent.Person{Contact: ent.Contact{Mail: "hand@exemple.test"}},
			}), directory.Policy{Today: day(0)})
		}
		src := School(day(1))
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

func checkWrongDeliveriesStop(t *testing.T, open func(*testing.T) Store) {
	b := open(t)
	run(t, b, School(day(5)), directory.Policy{Today: day(5)})
	older := School(day(4))
	require.ErrorIs(t, compare(t, b, older, directory.Policy{Today: day(6)}).Blocked(), directory.CodeOlder)
	require.NoError(t, compare(t, b, older, directory.Policy{Today: day(6), AllowOlder: true}).Blocked())
	other := School(day(6))
	other.What.Academy = "010"
	plan := compare(t, b, other, directory.Policy{Today: day(6)})
	require.ErrorIs(t, plan.Blocked(), directory.CodeWrongFeed)
	assert.True(t, plan.Empty())
	lacking := School(day(6))
	lacking.What.Missing = 1
	require.ErrorIs(t, compare(t, b, lacking, directory.Policy{Today: day(6)}).Blocked(), directory.CodeMissingFiles)
	require.NoError(t, compare(t, b, lacking, directory.Policy{Today: day(6), AllowMissing: true}).Blocked())
	_, err := directory.Compare(t.Context(), b, School(day(6)), directory.Policy{})
	require.ErrorIs(t, err, directory.CodeToday)
}

func checkRelativesWhoMaySignIn(t *testing.T, open func(*testing.T) Store) {
	for _, c := range []struct {
		r               ent.Responsibility
		legal, inCharge bool
	}{
		{ent.ResponsibilityLegal, true, true},
		{ent.ResponsibilityInCharge, false, true},
		{ent.ResponsibilityNone, false, false},
	} {
		b := open(t)
		src := School(day(0))
		src.List[0].Ties[2].Responsibility = c.r
		run(t, b, src, directory.Policy{Today: day(0)})
		a := of(t, b, directory.Relative, "2")
		assert.Equal(t, c.legal, directory.RelativesLegal.MaySignIn(&a), c.r)
		assert.Equal(t, c.inCharge, directory.RelativesInCharge.MaySignIn(&a), c.r)
	}
}

// A relative whom a pupil named before they came is tied when they do.
func checkTieWaitsForItsRelative(t *testing.T, open func(*testing.T) Store) {
	b := open(t)
	plan := run(t, b, without(School(day(0)), "2"), directory.Policy{Today: day(0)})
	assert.EqualValues(t, 1, plan.Report().CountOf(directory.CodeWaiting))
	p := of(t, b, directory.Pupil, "1")
	require.Empty(t, p.Relations())
	delta := without(School(day(1)), "1", "3")
	delta.What.Complete = false
	plan = run(t, b, delta, directory.Policy{Today: day(1)})
	assert.Contains(t, ops(plan), "attach DIR-RELATIVE-ARRIVED")
	p = of(t, b, directory.Pupil, "1")
	require.Len(t, p.Relations(), 1)
	r := of(t, b, directory.Relative, "2")
	assert.Equal(t, r.ID, p.Relations()[0].Relative)
	assert.Len(t, r.View().Affiliations, 1, "and is of the child's school")
}

func checkOneSchoolUnderTwoKeys(t *testing.T, open func(*testing.T) Store) {
	b := open(t)
	run(t, b, School(day(0)), directory.Policy{Today: day(0)})
	other := School(day(1))
	other.What = directory.Feed{Origin: "csv:0019991E", Date: day(1)}
	other.Places = directory.Places{Establishments: []directory.Place{{Establishment: ent.Establishment{ID: "E1", UAI: "0019991E"}}}}
	other.List = []directory.Record{{
		Key: directory.Key{Origin: other.What.Origin, Category: directory.Staff, ID: "x"}, Person: ent.Person{Name: ent.Name{Family: "PETIT", Given: "Jean"}},
		Ties: []directory.Tie{{Kind: directory.TieEstablishment, Target: "E1", Profile: ent.ProfileStaff}},
	}}
	plan := run(t, b, other, directory.Policy{Today: day(1)})
	assert.Contains(t, ops(plan), "attach DIR-PLACE-SAME-UAI")
	a, _ := holder(t, b, other.List[0].Key)
	require.Len(t, a.Ties, 1)
	assert.Equal(t, ent.ID("4001"), a.Ties[0].Target)
	assert.Empty(t, ops(compare(t, b, other, directory.Policy{Today: day(2)})))
}

// Section 11: the end of a school year takes the classes away, and the feed of the new year gives others.
func checkSection11EndOfYear(t *testing.T, open func(*testing.T) Store) {
	b := open(t)
	run(t, b, School(day(0)), directory.Policy{Today: day(0)})
	places, err := b.Places(t.Context())
	require.NoError(t, err)
	before := state(t, b)
	plan := directory.EndOfYear(day(300), &places, everybody(t, b), []ent.ID{"4001"})
	report := apply(t, b, plan)
	require.Zero(t, report.Total().Refused)
	for _, a := range everybody(t, b) {
		for _, x := range a.Ties {
			assert.Contains(t, []directory.TieKind{directory.TieEstablishment, directory.TieRelative}, x.Kind)
		}
	}
	places, err = b.Places(t.Context())
	require.NoError(t, err)
	assert.Empty(t, places.Classes)
	require.NoError(t, b.UndoLast(t.Context()))
	assert.Equal(t, before, state(t, b))
}

func checkPlanOfOneSchool(t *testing.T, open func(*testing.T) Store) {
	b := open(t)
	src := School(day(0))
	src.List = append(src.List, directory.Record{
		Key: Key(directory.Staff, "8"), Person: ent.Person{Name: ent.Name{Family: "ROUX", Given: "Eve"}},
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

func checkPersonChangedSinceThePlanIsLeftAside(t *testing.T, open func(*testing.T) Store) {
	b := open(t)
	run(t, b, School(day(0)), directory.Policy{Today: day(0)})
	src := School(day(1))
	src.List[1].Person.Contact.Mobile = "+33 6 99 99 09 09"
	src.List[2].Person.Name.Given = "PAULIN"
	plan := compare(t, b, src, directory.Policy{Today: day(1)})
	places, err := b.Places(t.Context())
	require.NoError(t, err)
	run(t, b, directory.ByHand(places, directory.Edit{
		Account: of(t, b, directory.Relative, "2").ID, States: []ent.Field{"contact.home"},
		Person: ent.Person{Contact: ent.Contact{Home: "+33 1 99 00 00 01"}},
	}), directory.Policy{Today: day(1)})
	report := apply(t, b, plan)
	assert.EqualValues(t, 1, report.CountOf(directory.CodeMoved))
	assert.Equal(t, "+33 6 99 99 01 02", of(t, b, directory.Relative, "2").Person.Contact.Mobile)
	assert.Equal(t, "PAULIN", of(t, b, directory.Staff, "3").Person.Name.Given)
	assert.True(t, report.Balanced())
}

func day(n int) ent.Date { return ent.Date{Year: 2024, Month: 11, Day: 4}.AddDays(n) }

func compare(t testing.TB, b Store, src directory.Source, p directory.Policy) *directory.Plan {
	t.Helper()
	plan, err := directory.Compare(t.Context(), b, src, p)
	require.NoError(t, err)
	require.True(t, plan.Report().Balanced())
	return plan
}

func opened(t *testing.T, open func(*testing.T) Store, src directory.Source, on ent.Date) Store {
	t.Helper()
	b := open(t)
	plan := compare(t, b, src, directory.Policy{Today: on})
	require.NoError(t, plan.Blocked())
	require.Zero(t, apply(t, b, plan).Total().Refused)
	return b
}

func apply(t testing.TB, b Store, plan *directory.Plan) *ent.Report {
	t.Helper()
	report, err := b.ApplyPlan(t.Context(), plan)
	require.NoError(t, err)
	require.True(t, report.Balanced())
	return report
}

// everybody returns all accounts, by id.
func everybody(t testing.TB, b Store) []directory.Account {
	t.Helper()
	var out []directory.Account
	for a, err := range b.Accounts(t.Context(), directory.Query{All: true}) {
		require.NoError(t, err)
		out = append(out, a)
	}
	slices.SortFunc(out, func(x, y directory.Account) int { return strings.Compare(string(x.ID), string(y.ID)) })
	return out
}

// holder returns the account that holds a key.
func holder(t testing.TB, b Store, k directory.Key) (directory.Account, bool) {
	t.Helper()
	for a, err := range b.Accounts(t.Context(), directory.Query{Keys: []directory.Key{k}}) {
		require.NoError(t, err)
		return a, true
	}
	return directory.Account{}, false
}

// state writes all that a book holds.
func state(t testing.TB, b Store) map[ent.ID]directory.Account {
	t.Helper()
	out := map[ent.ID]directory.Account{}
	for _, a := range everybody(t, b) {
		a.Version = 0
		out[a.ID] = a
	}
	return out
}

// shuffled returns the feed of another night: some records gone, some changed, the rest in another order.
func shuffled(june *directory.Records, rng *rand.Rand) *directory.Records {
	out := &directory.Records{What: june.What, Places: june.Places}
	out.What.Date = june.What.Date.AddDays(1)
	for _, r := range june.List {
		switch n := rng.IntN(100); {
		case n < 3:
			continue
		case n < 8:
			r.Person.Contact.Mail = fmt.Sprintf("autre%d@exemple.test", n)
		case n < 12 && len(r.Ties) > 1:
			r.Ties = slices.Delete(slices.Clone(r.Ties), 1, 2)
		case n < 14 && r.Person.Schooling != nil:
			s := *r.Person.Schooling
			s.Regime = ent.RegimeBoarder
			r.Person.Schooling = &s
		}
		out.List = append(out.List, r)
	}
	rng.Shuffle(len(out.List), func(i, j int) { out.List[i], out.List[j] = out.List[j], out.List[i] })
	return out
}

// Properties over random pairs of feeds: after the plan what the source owns is what the source says, leavers are missing,
// what is owned by hand is untouched; a second plan is empty; undo gives the state before.
func checkPropertiesOfAPlan(t *testing.T, open func(*testing.T) Store) {
	seeds := 12
	if testing.Short() {
		seeds = 3
	}
	for seed := range seeds {
		t.Run(strconv.Itoa(seed), func(t *testing.T) {
			t.Parallel()
			rng := rand.New(rand.NewPCG(uint64(seed), 7))
			degree := ent.SecondDegree
			if seed%3 == 2 {
				degree = ent.FirstDegree
			}
			june := Source(enttest.New(enttest.Options{Seed: uint64(seed), Persons: 800}), degree, day(0))
			b := opened(t, open, june, day(0))
			byHand := hands(t, b, rng)
			before := state(t, b)

			src := shuffled(june, rng)
			policy := directory.Policy{Today: day(1), Guard: directory.Guard{Consent: func(directory.Population) bool { return true }}}
			plan := compare(t, b, src, policy)
			require.NoError(t, plan.Blocked())
			require.Zero(t, apply(t, b, plan).Total().Refused)

			agrees(t, b, src, byHand)
			again := compare(t, b, src, policy)
			assert.Empty(t, slices.Collect(again.Changes()), "a second plan is empty")
			require.NoError(t, b.UndoLast(t.Context()))
			after := state(t, b)
			require.Len(t, after, len(before))
			for id, a := range before {
				require.Equal(t, a, after[id], "undo gives the state before")
			}
		})
	}
}

// hands changes the mobile and ties of some people by hand and returns whose.
func hands(t *testing.T, b Store, rng *rand.Rand) map[ent.ID]string {
	t.Helper()
	out := map[ent.ID]string{}
	var edits []directory.Edit
	for _, a := range everybody(t, b) {
		if rng.IntN(20) != 0 {
			continue
		}
		v := fmt.Sprintf("hand%d@exemple.test", len(out))
		out[a.ID] = v
		edits = append(edits, directory.Edit{
			Account: a.ID, States: []ent.Field{"contact.mail", "class"}, Person: ent.Person{Contact: ent.Contact{Mail: v}},
		})
	}
	places, err := b.Places(t.Context())
	require.NoError(t, err)
	plan := compare(t, b, directory.ByHand(places, edits...), directory.Policy{Today: day(0)})
	require.Zero(t, apply(t, b, plan).Total().Refused)
	return out
}

// agrees compares every record of a source with the account that holds its key, and the accounts without a record.
func agrees(t *testing.T, b Store, src *directory.Records, byHand map[ent.ID]string) {
	t.Helper()
	present, ids := map[directory.Key]bool{}, map[directory.Key]ent.ID{}
	all, byID := everybody(t, b), map[ent.ID]*directory.Account{}
	for i := range all {
		byID[all[i].ID] = &all[i]
		for _, k := range all[i].Keys {
			ids[k.Key] = all[i].ID
		}
	}
	for h := range src.Heads() {
		r := src.Record(h)
		present[r.Key] = true
		a := byID[ids[r.Key]]
		require.NotNil(t, a)
		assert.Equal(t, directory.Active, a.State)
		for _, f := range directory.PersonFields() {
			want := directory.Value(&r.Person, f)
			if hand, owned := byHand[a.ID]; owned && f == "contact.mail" {
				want = hand
			}
			require.Equal(t, want, directory.Value(&a.Person, f), "%s of %s", f, a.ID)
		}
		var got, want []string
		for _, x := range a.Ties {
			if x.Origin == src.What.Origin {
				got = append(got, string(x.Kind)+" "+string(x.Target)+x.Relative.ID+" "+string(x.Responsibility)+string(x.Subject))
			}
		}
		for _, x := range r.Ties {
			target := x.Target
			if x.Kind == directory.TieRelative {
				target = ids[x.Relative]
			}
			want = append(want, string(x.Kind)+" "+string(target)+x.Relative.ID+" "+string(x.Responsibility)+string(x.Subject))
		}
		slices.Sort(got)
		slices.Sort(want)
		require.Equal(t, slices.Compact(want), got, a.ID)
	}
	children := map[ent.ID]map[ent.ID]bool{}
	for _, a := range all {
		if len(a.Keys) > 0 && !present[a.Keys[0].Key] {
			assert.Equal(t, directory.Missing, a.State, "who is absent is missing")
		}
		for _, x := range a.Ties {
			if x.Kind != directory.TieRelative || x.Target == "" || x.Responsibility == ent.ResponsibilityNone {
				continue
			}
			for _, y := range a.Ties {
				if y.Kind == directory.TieEstablishment {
					if children[x.Target] == nil {
						children[x.Target] = map[ent.ID]bool{}
					}
					children[x.Target][y.Target] = true
				}
			}
		}
	}
	for _, a := range all {
		if a.Category != directory.Relative {
			continue
		}
		got := map[ent.ID]bool{}
		for _, x := range a.Ties {
			got[x.Target] = true
		}
		want := children[a.ID]
		if want == nil {
			want = map[ent.ID]bool{}
		}
		require.Equal(t, want, got, "a relative is where the children are: %s", a.ID)
	}
}
