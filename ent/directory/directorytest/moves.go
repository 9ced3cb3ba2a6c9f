package directorytest

import (
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
)

// What follows when people move, when plans cross, and when several things fall on one night.

// under returns the source under another origin.
func under(src *directory.Records, o directory.Origin) *directory.Records {
	out := *src
	out.What.Origin = o
	out.List = slices.Clone(src.List)
	for i := range out.List {
		r := &out.List[i]
		r.Key.Origin = o
		r.Ties = slices.Clone(r.Ties)
		for j := range r.Ties {
			if t := &r.Ties[j]; !t.Relative.IsZero() {
				t.Relative.Origin = o
			}
		}
	}
	return &out
}

// targets returns what an account is tied to, by kind.
func targets(a *directory.Account, k directory.TieKind) []ent.ID {
	var out []ent.ID
	for i := range a.Ties {
		if a.Ties[i].Kind == k {
			out = append(out, a.Ties[i].Target)
		}
	}
	return out
}

// whole fails when a tie leads to nobody.
func whole(t testing.TB, b Store) {
	t.Helper()
	there := map[ent.ID]bool{}
	list := everybody(t, b)
	for i := range list {
		there[list[i].ID] = true
	}
	for i := range list {
		for _, x := range slices.Concat(list[i].Ties, list[i].Saved) {
			if x.Kind == directory.TieRelative && x.Target != "" {
				assert.True(t, there[x.Target], "%s is tied to nobody", list[i].ID)
			}
		}
	}
}

// A teacher who keeps the same classes has in September the very record of June: the ties come back all the same.
func checkSection11SameRecordAfterTheYear(t *testing.T, open func(*testing.T) Store) {
	b := opened(t, open, School(day(0)), day(0))
	teacher, pupil := of(t, b, directory.Staff, "3"), of(t, b, directory.Pupil, "1")
	places, err := b.Places(t.Context())
	require.NoError(t, err)
	apply(t, b, directory.EndOfYear(day(300), &places, everybody(t, b), nil))
	assert.NotEqual(t, teacher.Ties, of(t, b, directory.Staff, "3").Ties)
	run(t, b, School(day(301)), directory.Policy{Today: day(301)})
	assert.Equal(t, teacher.Ties, of(t, b, directory.Staff, "3").Ties)
	assert.Equal(t, pupil.Ties, of(t, b, directory.Pupil, "1").Ties)
	assert.Empty(t, ops(compare(t, b, School(day(302)), directory.Policy{Today: day(302)})))
}

// Section 12: a pupil who passes from the first degree to the second leaves the old school and class, whether the first
// delivery that no longer knows them comes before or after the one that does.
func checkSection12FromOneDegreeToTheOther(t *testing.T, open func(*testing.T) Store) {
	const second directory.Origin = "aaf:RENNES-2"
	for _, away := range []int{0, 10, 100} { // days since the first degree stopped knowing the pupil
		b := opened(t, open, under(School(day(0)), "aaf1d:RENNES"), day(0))
		pupil, _ := holder(t, b, directory.Key{Origin: "aaf1d:RENNES", Category: directory.Pupil, ID: "1"})
		left := func(n int) *directory.Records { return under(without(School(day(n)), "1"), "aaf1d:RENNES") }
		arrived := func(n int) *directory.Records {
			src := under(without(School(day(n)), "3"), second)
			src.List[0].Key.ID = "777"
			src.List[0].Person.Schooling = &ent.Schooling{Establishment: "4002", INE: "123456789FJ"}
			src.List[0].Ties = []directory.Tie{
				{Kind: directory.TieEstablishment, Target: "4002", Profile: ent.ProfilePupil},
				{Kind: directory.TieRelative, Relative: directory.Key{Origin: second, Category: directory.Relative, ID: "2"}, Responsibility: ent.ResponsibilityLegal},
			}
			return src
		}
		today := func(n int) directory.Policy { return directory.Policy{Today: day(n), Guard: consent()} }
		if away > 0 {
			run(t, b, left(200), today(200))
			run(t, b, left(200+away), today(200+away))
		}
		run(t, b, arrived(310), today(310))
		run(t, b, left(311), today(311))
		run(t, b, arrived(312), today(312))
		now, ok := holder(t, b, directory.Key{Origin: second, Category: directory.Pupil, ID: "777"})
		require.True(t, ok)
		assert.Equal(t, pupil.ID, now.ID, "the same pupil")
		assert.Equal(t, directory.Active, now.State)
		assert.Equal(t, []ent.ID{"4002"}, targets(&now, directory.TieEstablishment), "%d days away", away)
		assert.Empty(t, targets(&now, directory.TieClass), "%d days away", away)
		assert.Len(t, now.Relations(), 1)
		mother, _ := holder(t, b, directory.Key{Origin: second, Category: directory.Relative, ID: "2"})
		assert.Equal(t, []ent.ID{"4002"}, targets(&mother, directory.TieEstablishment), "%d days away", away)
		whole(t, b)
		assert.Empty(t, ops(compare(t, b, arrived(313), today(313))))
	}
}

// Undoing the plan that created a relative leaves no pupil tied to nobody, be it one who has changed since.
func checkUndoOfARelative(t *testing.T, open func(*testing.T) Store) {
	src := without(School(day(0)), "2")
	src.List[0].Ties = src.List[0].Ties[:2]
	b := opened(t, open, src, day(0))
	run(t, b, School(day(1)), directory.Policy{Today: day(1)})
	require.NoError(t, b.Activate(t.Context(), of(t, b, directory.Pupil, "1").ID))
	require.NoError(t, b.UndoLast(t.Context()))
	whole(t, b)
	_, there := holder(t, b, Key(directory.Relative, "2"))
	require.False(t, there)
	run(t, b, School(day(2)), directory.Policy{Today: day(2)})
	run(t, b, School(day(3)), directory.Policy{Today: day(3)})
	p, r := of(t, b, directory.Pupil, "1"), of(t, b, directory.Relative, "2")
	require.Len(t, p.Relations(), 1)
	assert.Equal(t, r.ID, p.Relations()[0].Relative)
	assert.Equal(t, []ent.ID{"4001"}, targets(&r, directory.TieEstablishment))
}

// A delivery that was not compared is not applied, whoever consents, and leaves the directory as it was: the next good one
// goes through, and the last plan can still be undone.
func checkStoppedPlanChangesNothing(t *testing.T, open func(*testing.T) Store) {
	b := opened(t, open, School(day(5)), day(5))
	src := School(day(6))
	src.List[1].Person.Contact.Mobile = "+33 6 99 99 02 02"
	before := state(t, b)
	run(t, b, src, directory.Policy{Today: day(6)})
	other := School(day(7))
	other.What.Academy = "010"
	for code, bad := range map[ent.Code]*directory.Records{directory.CodeOlder: School(day(4)), directory.CodeWrongFeed: other} {
		plan := compare(t, b, bad, directory.Policy{Today: day(7)})
		require.ErrorIs(t, plan.Stopped(), directory.CodeStopped)
		report, err := b.ApplyPlan(t.Context(), plan) // a store may refuse, or report that it did nothing
		if err == nil {
			assert.Zero(t, report.Total().Kept)
		}
		require.ErrorIs(t, compare(t, b, bad, directory.Policy{Today: day(7)}).Blocked(), code)
	}
	src.What.Date = day(8)
	require.NoError(t, compare(t, b, src, directory.Policy{Today: day(8)}).Blocked())
	require.NoError(t, b.UndoLast(t.Context()))
	assert.Equal(t, before, state(t, b))
}

// A delivery of another academy than all those before is to be confirmed, although its origin is new.
func checkNewAcademyIsConfirmed(t *testing.T, open func(*testing.T) Store) {
	b := open(t)
	require.NoError(t, compare(t, b, School(day(0)), directory.Policy{Today: day(0)}).Blocked(), "the first one of all")
	run(t, b, School(day(0)), directory.Policy{Today: day(0)})
	require.NoError(t, compare(t, b, under(School(day(1)), "aaf1d:RENNES"), directory.Policy{Today: day(1)}).Blocked(), "the other degree of the academy")
	other := under(School(day(1)), "aaf:LYON")
	other.What.Academy = "010"
	plan := compare(t, b, other, directory.Policy{Today: day(1)})
	require.ErrorIs(t, plan.Blocked(), directory.CodeNewAcademy)
	require.NoError(t, plan.Stopped(), "somebody may consent")
	run(t, b, other, directory.Policy{Today: day(1), Academy: "010"}) // or expect it
	other.What.Date = day(2)
	require.NoError(t, compare(t, b, other, directory.Policy{Today: day(2)}).Blocked())
}

// Two origins that give two schools one identifier, compared before either is applied: the second plan does not write over
// what the first one made.
func checkPlansOfTwoOriginsCross(t *testing.T, open func(*testing.T) Store) {
	b := open(t)
	first := without(School(day(0)), "1", "2")
	second := under(first, "aaf1d:RENNES")
	second.List[0].Key.ID, second.List[0].Person.Name.Family = "55", "AUTRE"
	second.Places = directory.Places{Establishments: []directory.Place{{Establishment: ent.Establishment{ID: "4001", UAI: "0019995J"}}}}
	second.List[0].Ties = second.List[0].Ties[:1]
	one, two := compare(t, b, first, directory.Policy{Today: day(0)}), compare(t, b, second, directory.Policy{Today: day(0)})
	apply(t, b, one)
	before := state(t, b)
	report, err := b.ApplyPlan(t.Context(), two)
	if err == nil {
		assert.Zero(t, report.Total().Kept)
	}
	assert.Equal(t, before, state(t, b))
	run(t, b, second, directory.Policy{Today: day(1)})
	places, err := b.Places(t.Context())
	require.NoError(t, err)
	uai := map[ent.UAI]ent.ID{}
	for i := range places.Establishments {
		uai[places.Establishments[i].UAI] = places.Establishments[i].ID
	}
	x, _ := holder(t, b, second.List[0].Key)
	y := of(t, b, directory.Staff, "3")
	assert.Equal(t, []ent.ID{uai["0019995J"]}, targets(&x, directory.TieEstablishment))
	assert.Equal(t, []ent.ID{uai["0019991E"]}, targets(&y, directory.TieEstablishment))
	assert.NotEqual(t, uai["0019995J"], uai["0019991E"])
}

// Somebody whom another origin has come to know since the plan is not suspended by it.
func checkKnownElsewhereSinceThePlan(t *testing.T, open func(*testing.T) Store) {
	b := opened(t, open, School(day(0)), day(0))
	plan := compare(t, b, without(School(day(1)), "1"), directory.Policy{Today: day(1), Guard: consent()})
	require.EqualValues(t, 1, plan.Count(directory.OpSuspend, directory.ObjectPerson))
	other := under(without(School(day(1)), "2", "3"), "aaf:NANTES")
	other.List[0].Key.ID = "99"
	run(t, b, other, directory.Policy{Today: day(1)})
	report := apply(t, b, plan)
	assert.EqualValues(t, 1, report.CountOf(directory.CodeMoved))
	assert.Equal(t, directory.Active, of(t, b, directory.Pupil, "1").State)
}

// A delta that asks for the removal of a whole school is guarded like a complete delivery that lacks it.
func checkDeltaThatRemovesASchool(t *testing.T, open func(*testing.T) Store) {
	src := School(day(0))
	for i := range 100 {
		r := src.List[2]
		r.Key.ID, r.Person.Name.Given = strconv.Itoa(100+i), "Numero"+strconv.Itoa(i)
		src.List = append(src.List, r)
	}
	b := opened(t, open, src, day(0))
	delta := &directory.Records{What: src.What, Places: src.Places}
	delta.What.Complete, delta.What.Date = false, day(1)
	for i := range src.List {
		delta.List = append(delta.List, directory.Record{Key: src.List[i].Key, Op: directory.RecordDelete})
	}
	err := compare(t, b, delta, directory.Policy{Today: day(1)}).Blocked()
	require.ErrorIs(t, err, directory.CodeGuard)
	assert.ErrorContains(t, err, "4001", "the school is named")
	delta.List = delta.List[len(delta.List)-2:]
	require.NoError(t, compare(t, b, delta, directory.Policy{Today: day(1)}).Blocked())
}

// A purge and a change of the pupil on one night, then the relative's return.
func checkPurgeBesideAChange(t *testing.T, open func(*testing.T) Store) {
	b := opened(t, open, School(day(0)), day(0))
	gone := func(n int) *directory.Records { return without(School(day(n)), "2") }
	for _, n := range []int{1, 70} {
		run(t, b, gone(n), directory.Policy{Today: day(n), Guard: consent()})
	}
	last := gone(120)
	last.List[0].Ties = slices.Clone(last.List[0].Ties)
	last.List[0].Ties[1].Target = "4001$6B"
	plan := run(t, b, last, directory.Policy{Today: day(120)})
	require.EqualValues(t, 1, plan.Count(directory.OpPurge, directory.ObjectPerson))
	p := of(t, b, directory.Pupil, "1")
	assert.Equal(t, []ent.ID{"4001$6B"}, targets(&p, directory.TieClass))
	whole(t, b)
	run(t, b, School(day(121)), directory.Policy{Today: day(121)})
	p, r := of(t, b, directory.Pupil, "1"), of(t, b, directory.Relative, "2")
	require.Len(t, p.Relations(), 1)
	assert.Equal(t, r.ID, p.Relations()[0].Relative)
	assert.Equal(t, []ent.ID{"4001"}, targets(&r, directory.TieEstablishment))
}

// Section 11: an administrator brings back who was put on the way to deletion, with the ties that were taken away.
func checkSection11RestoredByHand(t *testing.T, open func(*testing.T) Store) {
	b := opened(t, open, School(day(0)), day(0))
	places, err := b.Places(t.Context())
	require.NoError(t, err)
	before := of(t, b, directory.Pupil, "1")
	run(t, b, directory.ByHand(places, directory.Edit{Account: before.ID, Delete: true}), directory.Policy{Today: day(1)})
	require.Equal(t, directory.PreDeleted, of(t, b, directory.Pupil, "1").State)
	assert.Empty(t, of(t, b, directory.Relative, "2").Ties)
	plan := run(t, b, directory.ByHand(places, directory.Edit{Account: before.ID, Restore: true}), directory.Policy{Today: day(2)})
	assert.Contains(t, ops(plan), "restore DIR-BY-HAND")
	after, mother := of(t, b, directory.Pupil, "1"), of(t, b, directory.Relative, "2")
	assert.Equal(t, directory.Active, after.State)
	assert.Equal(t, before.Ties, after.Ties)
	assert.Equal(t, []ent.ID{"4001"}, targets(&mother, directory.TieEstablishment))
	assert.Empty(t, ops(compare(t, b, directory.ByHand(places, directory.Edit{Account: before.ID, Restore: true}), directory.Policy{Today: day(3)})))
}

// Of two edits of one account in one source the second replaces what the first said, as if they came one after the other.
func checkTwoEditsOfOneAccount(t *testing.T, open func(*testing.T) Store) {
	b := opened(t, open, School(day(0)), day(0))
	places, err := b.Places(t.Context())
	require.NoError(t, err)
	edit := func(class ent.ID, phone string) directory.Edit {
		return directory.Edit{
			Account: of(t, b, directory.Staff, "3").ID, States: []ent.Field{"head-teacher", "contact.work"},
			Person: ent.Person{Contact: ent.Contact{Work: phone}}, Ties: []directory.Tie{{Kind: directory.TieHead, Target: class}},
		}
	}
	run(t, b, directory.ByHand(places, edit("4001$6A", "+33 1 99 00 00 01"), edit("4001$6B", "+33 1 99 00 00 02")), directory.Policy{Today: day(1)})
	a := of(t, b, directory.Staff, "3")
	assert.Equal(t, []ent.ID{"4001$6B"}, targets(&a, directory.TieHead))
	assert.Equal(t, "+33 1 99 00 00 02", a.Person.Contact.Work)
}

// A class that the source no longer lists, and in which somebody is tied by hand, stays, and the report says so.
func checkClassThatIsUsedStays(t *testing.T, open func(*testing.T) Store) {
	b := opened(t, open, School(day(0)), day(0))
	places, err := b.Places(t.Context())
	require.NoError(t, err)
	run(t, b, directory.ByHand(places, directory.Edit{
		Account: of(t, b, directory.Staff, "3").ID, States: []ent.Field{"head-teacher"}, Ties: []directory.Tie{{Kind: directory.TieHead, Target: "4001$6B"}},
	}), directory.Policy{Today: day(1)})
	src := School(day(2))
	src.Places.Classes = src.Places.Classes[:1]
	plan := compare(t, b, src, directory.Policy{Today: day(2)})
	require.EqualValues(t, 1, plan.Count(directory.OpPurge, directory.ObjectClass))
	report := apply(t, b, plan)
	assert.Equal(t, ent.Tally{Read: 1, Refused: 1}, report.Tally(string(directory.OpPurge)))
	places, err = b.Places(t.Context())
	require.NoError(t, err)
	assert.Len(t, places.Classes, 2)
}
