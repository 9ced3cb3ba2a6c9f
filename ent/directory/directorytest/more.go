package directorytest

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
)

// otherOrigin gives records of School another origin and keys of their own.
func otherOrigin(src *directory.Records, origin directory.Origin) *directory.Records {
	out := &directory.Records{What: src.What, Places: src.Places}
	out.What.Origin = origin
	for _, r := range src.List {
		r.Key.Origin, r.Key.ID = origin, r.Key.ID+"x"
		r.Ties = slices.Clone(r.Ties)
		for i := range r.Ties {
			if !r.Ties[i].Relative.IsZero() {
				r.Ties[i].Relative.Origin, r.Ties[i].Relative.ID = origin, r.Ties[i].Relative.ID+"x"
			}
		}
		out.List = append(out.List, r)
	}
	return out
}

func mobile(src *directory.Records, v string) *directory.Records {
	out := *src
	out.List = slices.Clone(src.List)
	out.List[1].Person.Contact.Mobile = v
	return &out
}

// An account of two origins may change by several of its keys in one night: nothing of it is lost.
func checkChangesOfOneAccountStandTogether(t *testing.T, open func(*testing.T) Store) {
	b := open(t)
	run(t, b, School(day(0)), directory.Policy{Today: day(0)})
	run(t, b, otherOrigin(School(day(0)), "aaf1d:NANTES"), directory.Policy{Today: day(0)})
	a := of(t, b, directory.Relative, "2")
	require.Len(t, a.Keys, 2, "same names, same mail: one person")
	// The same night the number changes by the second origin, and the child changes schools in it.
	src := mobile(otherOrigin(School(day(1)), "aaf1d:NANTES"), "+33 6 99 99 03 03")
	src.List[0].Ties[0].Target = "4002"
	plan := run(t, b, src, directory.Policy{Today: day(1), Ownership: directory.Ownership{Order: []string{directory.KindAAF1D, directory.KindAAF}}})
	seen := map[ent.ID]bool{}
	last := ent.ID("")
	for c := range plan.Changes() {
		if c.ID != last {
			require.False(t, seen[c.ID], "the changes of one account follow each other")
			seen[c.ID], last = true, c.ID
		}
	}
	a = of(t, b, directory.Relative, "2")
	assert.Equal(t, "+33 6 99 99 03 03", a.Person.Contact.Mobile)
	assert.Len(t, a.View().Affiliations, 2)
}

// A relative whom another origin knows is tied, the same night, to the pupils of the origin that comes.
func checkRelativeWhoJoinsIsTied(t *testing.T, open func(*testing.T) Store) {
	b := open(t)
	run(t, b, School(day(0)), directory.Policy{Today: day(0)})
	src := otherOrigin(School(day(1)), "aaf:NANTES")
	src.List[0].Person.Schooling = &ent.Schooling{Establishment: "4001"} // another child: no INE in common
	src.List[0].Person.Name.Given, src.List[0].Person.BirthDate = "Tom", ent.Date{Year: 2014, Month: 1, Day: 1}
	src.List[0].Ties[0].Target = "4002"
	run(t, b, src, directory.Policy{Today: day(1)})
	child, ok := holder(t, b, src.List[0].Key)
	require.True(t, ok)
	require.Len(t, child.Relations(), 1)
	assert.Equal(t, of(t, b, directory.Relative, "2").ID, child.Relations()[0].Relative)
	assert.Len(t, of(t, b, directory.Relative, "2").Ties, 2, "in both schools")
	assert.Empty(t, ops(run(t, b, src, directory.Policy{Today: day(2)})))
}

// A tie that waits is tied although its pupil changes the same night.
func checkTieWaitsAlthoughThePupilChanges(t *testing.T, open func(*testing.T) Store) {
	b := open(t)
	run(t, b, without(School(day(0)), "2"), directory.Policy{Today: day(0)})
	src := School(day(1))
	src.List[0].Ties[1].Target = "4001$6B"
	run(t, b, src, directory.Policy{Today: day(1)})
	p := of(t, b, directory.Pupil, "1")
	require.Len(t, p.Relations(), 1)
	assert.Equal(t, of(t, b, directory.Relative, "2").ID, p.Relations()[0].Relative)
	assert.Empty(t, ops(run(t, b, src, directory.Policy{Today: day(2)})))
}

// A modification that speaks of nothing we keep changes nothing, and nobody loses a name.
func checkEmptyModificationChangesNothing(t *testing.T, open func(*testing.T) Store) {
	b := open(t)
	run(t, b, School(day(0)), directory.Policy{Today: day(0)})
	before := state(t, b)
	src := &directory.Records{What: directory.Feed{Origin: feed, Date: day(1)}, Places: School(day(1)).Places}
	src.List = []directory.Record{{Key: Key(directory.Pupil, "1"), Op: directory.RecordModify}}
	run(t, b, src, directory.Policy{Today: day(1)})
	after := state(t, b)
	for id, a := range before {
		assert.Equal(t, a.Person, after[id].Person)
		assert.Equal(t, a.Ties, after[id].Ties)
	}
	src.List[0].Stated = directory.FieldsOf("name.family", "contact.home")
	src.List[0].Person.Contact.Home = "+33 1 99 00 00 09"
	plan := run(t, b, src, directory.Policy{Today: day(2)})
	assert.EqualValues(t, 1, plan.Report().CountOf(directory.CodeRequired))
	a := of(t, b, directory.Pupil, "1")
	assert.Equal(t, "MARTIN", a.Person.Name.Family)
	assert.Equal(t, "+33 1 99 00 00 09", a.Person.Contact.Home)
}

// A relative who comes back from pre-deletion is in the children's school again.
func checkRelativeComesBackWithTheSchool(t *testing.T, open func(*testing.T) Store) {
	b := open(t)
	run(t, b, School(day(0)), directory.Policy{Today: day(0)})
	gone := without(School(day(1)), "2")
	run(t, b, gone, directory.Policy{Today: day(1), Guard: consent()})
	run(t, b, gone, directory.Policy{Today: day(70), Guard: consent()})
	require.Equal(t, directory.PreDeleted, of(t, b, directory.Relative, "2").State)
	run(t, b, School(day(71)), directory.Policy{Today: day(71), Guard: consent()})
	a := of(t, b, directory.Relative, "2")
	assert.Equal(t, directory.Active, a.State)
	assert.True(t, directory.RelativesLegal.MaySignIn(&a))
}

// A relative who was purged and comes back is tied to the pupils who still name them.
func checkRelativeComesBackAfterThePurge(t *testing.T, open func(*testing.T) Store) {
	b := open(t)
	run(t, b, School(day(0)), directory.Policy{Today: day(0)})
	gone := without(School(day(1)), "2")
	for _, n := range []int{1, 70, 120} {
		run(t, b, gone, directory.Policy{Today: day(n), Guard: consent()})
	}
	_, there := holder(t, b, Key(directory.Relative, "2"))
	require.False(t, there)
	run(t, b, School(day(121)), directory.Policy{Today: day(121), Guard: consent()})
	p := of(t, b, directory.Pupil, "1")
	require.Len(t, p.Relations(), 1)
	assert.Equal(t, of(t, b, directory.Relative, "2").ID, p.Relations()[0].Relative)
}

// Who was pre-deleted by hand is not brought back to a lighter state by an absence.
func checkAbsenceDoesNotBringBack(t *testing.T, open func(*testing.T) Store) {
	b := open(t)
	run(t, b, School(day(0)), directory.Policy{Today: day(0)})
	places, err := b.Places(t.Context())
	require.NoError(t, err)
	teacher := of(t, b, directory.Staff, "3")
	run(t, b, directory.ByHand(places, directory.Edit{Account: teacher.ID, Delete: true}), directory.Policy{Today: day(1)})
	require.Equal(t, directory.PreDeleted, of(t, b, directory.Staff, "3").State)
	run(t, b, without(School(day(2)), "3"), directory.Policy{Today: day(2), Guard: consent()})
	a := of(t, b, directory.Staff, "3")
	assert.Equal(t, directory.PreDeleted, a.State)
	assert.Len(t, a.Saved, 2)
}

// A pupil whose key changes keeps the account: same INE, the old key leaves as the new one comes.
func checkKeyThatChanges(t *testing.T, open func(*testing.T) Store) {
	b := open(t)
	run(t, b, School(day(0)), directory.Policy{Today: day(0)})
	id := of(t, b, directory.Pupil, "1").ID
	src := School(day(1))
	src.List[0].Key.ID = "1000"
	plan := run(t, b, src, directory.Policy{Today: day(1), Guard: consent()})
	assert.Zero(t, plan.Count(directory.OpCreate, directory.ObjectPerson))
	a := of(t, b, directory.Pupil, "1000")
	assert.Equal(t, id, a.ID)
	assert.Equal(t, directory.Active, a.State)
	assert.Len(t, a.View().Affiliations, 1)
	assert.Empty(t, ops(run(t, b, src, directory.Policy{Today: day(2), Guard: consent()})))
}

// Changes made by hand name places as the directory does, and make none.
func checkByHandMakesNoPlace(t *testing.T, open func(*testing.T) Store) {
	b := open(t)
	src := School(day(0))
	src.Places.Establishments[1].UAI = "" // a service
	run(t, b, src, directory.Policy{Today: day(0)})
	places, err := b.Places(t.Context())
	require.NoError(t, err)
	plan := run(t, b, directory.ByHand(places, directory.Edit{
		Account: of(t, b, directory.Staff, "3").ID, States: []ent.Field{"establishment"},
		Ties: []directory.Tie{{Kind: directory.TieEstablishment, Target: "4002", Profile: ent.ProfileStaff}},
	}), directory.Policy{Today: day(1)})
	assert.Equal(t, []string{"attach DIR-BY-HAND"}, ops(plan))
	after, err := b.Places(t.Context())
	require.NoError(t, err)
	assert.Equal(t, places, after)
	teacher := of(t, b, directory.Staff, "3")
	assert.Len(t, teacher.View().Affiliations, 2)
}

// The file of one school takes nobody away from another one.
func checkFileOfOneSchool(t *testing.T, open func(*testing.T) Store) {
	b := open(t)
	src := School(day(0))
	src.List[2].Ties = append(src.List[2].Ties, directory.Tie{Kind: directory.TieEstablishment, Target: "4002", Profile: ent.ProfileTeacher})
	run(t, b, src, directory.Policy{Today: day(0)})
	one := without(School(day(1)), "3")
	one.What.Scope = []ent.ID{"4001"}
	run(t, b, one, directory.Policy{Today: day(1), Guard: consent()})
	a := of(t, b, directory.Staff, "3")
	assert.Equal(t, directory.Active, a.State)
	require.Len(t, a.View().Affiliations, 1)
	assert.Equal(t, ent.ID("4002"), a.View().Affiliations[0].Establishment)
}
