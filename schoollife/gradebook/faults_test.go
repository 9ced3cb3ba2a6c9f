package gradebook_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
	"github.com/opencartable/cartable/schoollife/gradebook"
)

func assessmentKey(teaching, id ent.ID) gradebook.Key {
	return gradebook.Key{Kind: gradebook.EntryAssessment, Period: "T1", Teaching: teaching, Of: id}
}

// put changes the term of a class and a period, over the last version.
func (d *desk) put(t *testing.T, class, period ent.ID, change func(*gradebook.Term)) {
	t.Helper()
	terms, err := d.Terms(t.Context(), d.head(t), class)
	require.NoError(t, err)
	term := gradebook.Term{Class: class, Period: period, State: gradebook.LockOpen}
	for _, x := range terms {
		if x.Period == period {
			term = x
		}
	}
	change(&term)
	_, err = d.PutTerm(t.Context(), d.head(t), term, "")
	require.NoError(t, err)
}

// The lock of one class holds for what a group shares with another one.
func TestGroupAssessmentUnderALock(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.open(t, "3A")
	d.open(t, "3B")
	d.assess(t, "LAT", "l1")
	d.put(t, "3A", "T1", func(x *gradebook.Term) { x.State = gradebook.LockClosed })
	heavier := gradebook.Assessment{Label: "Contrôle", Scale: dec("20"), Coefficient: dec("9")}
	for _, v := range []gradebook.Value{{Assessment: &heavier}, {}} {
		out := d.save(t, "durand", gradebook.Change{Key: assessmentKey("LAT", "l1"), Base: 1, Value: v})
		require.Len(t, out.Refused, 1)
		require.ErrorIs(t, out.Refused[0].Err, gradebook.CodeLocked)
	}
	d.assess(t, "LAT", "l2") // a new one is the open class's
}

// What one server remembers of a scale is not what another one made of it.
func TestScaleChangedElsewhere(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.open(t, "3A")
	d.assess(t, "FR", "d1")
	d.save(t, "durand", gradebook.Change{Key: markKey("FR", "d1", "zoe"), Value: typed(t, "8")})
	other := &desk{now: d.now, store: d.store, Service: &gradebook.Service{Store: d.store, School: newCollege(), Now: d.Now, Policy: d.Policy}}
	ten := gradebook.Assessment{Label: "Contrôle", Scale: dec("10"), Coefficient: dec("1")}
	out := other.save(t, "durand", gradebook.Change{Key: assessmentKey("FR", "d1"), Base: 1, Value: gradebook.Value{Assessment: &ten}})
	require.Len(t, out.Saved, 1)
	// Something else of the class brings the new term to the first server.
	d.save(t, "durand", gradebook.Change{Key: gradebook.Key{Kind: gradebook.EntryAppreciation, Period: "T1", Teaching: "FR", Pupil: "p0"}, Value: gradebook.Value{Text: "Bien."}})
	out = d.save(t, "durand", gradebook.Change{Key: markKey("FR", "d1", "p1"), Value: typed(t, "18")})
	require.Len(t, out.Refused, 1)
	require.ErrorIs(t, out.Refused[0].Err, gradebook.CodeAboveScale)
}

// A pupil who changed class has each period in the class of its end: its locks and its publication.
func TestPupilWhoChangedClassBetweenPeriods(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.open(t, "3A")
	d.assess(t, "FR", "d1")
	k := gradebook.Key{Kind: gradebook.EntryAppreciation, Period: "T1", Teaching: "FR", Pupil: "mia"}
	d.save(t, "durand", gradebook.Change{Key: markKey("FR", "d1", "mia"), Value: typed(t, "12")}, gradebook.Change{Key: k, Value: gradebook.Value{Text: "Brouillon."}})
	d.now = time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC) // in 3B now
	d.put(t, "3A", "T1", func(x *gradebook.Term) { x.State = gradebook.LockClosed })
	d.put(t, "3B", "T1", func(x *gradebook.Term) { x.Published = civil(2027, 2, 1) })
	v, err := d.Pupil(t.Context(), d.relative(t, "mia"), "mia")
	require.NoError(t, err)
	require.NotEmpty(t, v.Periods)
	assert.False(t, v.Periods[0].Published, "3A has not published")
	require.NotEmpty(t, v.Periods[0].Teachings)
	assert.Empty(t, v.Periods[0].Teachings[0].Appreciation)
	_, err = d.Published(t.Context(), d.relative(t, "mia"), "mia", "T1")
	require.ErrorIs(t, err, gradebook.CodeNotPublic)
	out, err := d.Save(t.Context(), d.head(t), []gradebook.Change{{Key: gradebook.Key{Kind: gradebook.EntrySynthesis, Period: "T1", Pupil: "mia"}, Value: gradebook.Value{Text: "Bien."}}}, gradebook.SaveOptions{})
	require.NoError(t, err)
	require.Len(t, out.Refused, 1)
	require.ErrorIs(t, out.Refused[0].Err, gradebook.CodeLocked, "3A is closed")
	d.put(t, "3A", "T1", func(x *gradebook.Term) { x.Published = civil(2027, 2, 1) })
	b, err := d.Published(t.Context(), d.relative(t, "mia"), "mia", "T1")
	require.NoError(t, err)
	assert.Equal(t, ent.ID("3A"), b.Room.Class)
}

// Two teachings may number their assessments alike: marks never count for each other.
func TestOneIdentifierTwoTeachings(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.open(t, "3A")
	d.assess(t, "LAT", "1")
	d.save(t, "durand", gradebook.Change{Key: markKey("LAT", "1", "zoe"), Value: typed(t, "15")})
	d.assess(t, "FR", "1")
	d.save(t, "durand", gradebook.Change{Key: markKey("FR", "1", "zoe"), Value: typed(t, "5")})
	b, err := d.Class(t.Context(), d.head(t), "3A")
	require.NoError(t, err)
	sheet, err := gradebook.Compute(gradebook.RescaledRoundLast(), b.Input)
	require.NoError(t, err)
	for teaching, want := range map[ent.ID]string{"LAT": "15", "FR": "5"} {
		a, err := sheet.Average(gradebook.Ref{Pupil: "zoe", Teaching: teaching, Period: "T1"})
		require.NoError(t, err)
		x, ok := a.Decimal()
		assert.True(t, ok)
		assert.Equal(t, want, x.String(), teaching)
	}
}

// A published bulletin and the marks of its period say the same: no hidden mark can be worked out.
func TestPublishedPeriodPublishesItsMarks(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.open(t, "3A")
	d.assess(t, "FR", "d1")
	d.assess(t, "FR", "d2", func(a *gradebook.Assessment) { a.Published = civil(2026, 12, 25) })
	d.save(t, "durand", gradebook.Change{Key: markKey("FR", "d1", "zoe"), Value: typed(t, "10")}, gradebook.Change{Key: markKey("FR", "d2", "zoe"), Value: typed(t, "18")})
	d.put(t, "3A", "T1", func(x *gradebook.Term) { x.Published = civil(2026, 9, 20) })
	v, err := d.Pupil(t.Context(), d.relative(t, "zoe"), "zoe")
	require.NoError(t, err)
	assert.Len(t, v.Periods[0].Teachings[0].Marks, 2)
	a, _ := v.Periods[0].Teachings[0].Average.Decimal()
	assert.Equal(t, "14", a.String())
}

// The visa is the head's, not the head teacher's.
func TestVisaIsTheHeads(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.open(t, "3A")
	f := staff("pp", ent.ProfileTeacher, ent.FunctionTeaching)
	f.HeadTeacherOf = []ent.ID{"3A"}
	k := gradebook.Key{Kind: gradebook.EntryVisa, Period: "T1", Pupil: "zoe"}
	_, err := d.Save(t.Context(), d.as(t, f), []gradebook.Change{{Key: k, Value: gradebook.Value{Code: "VU"}}}, gradebook.SaveOptions{})
	require.ErrorIs(t, err, access.CodeDenied)
	k.Kind = gradebook.EntrySynthesis
	out, err := d.Save(t.Context(), d.as(t, f), []gradebook.Change{{Key: k, Value: gradebook.Value{Text: "Bien."}}}, gradebook.SaveOptions{})
	require.NoError(t, err)
	assert.Len(t, out.Saved, 1)
}

// A form sent twice is no conflict with itself, though its text was cleaned on the way.
func TestDoubleSubmit(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.open(t, "3A")
	text := gradebook.Change{Key: gradebook.Key{Kind: gradebook.EntryAppreciation, Period: "T1", Teaching: "FR", Pupil: "zoe"}, Value: gradebook.Value{Text: "Bien.\r\nTrès bien. "}}
	a := gradebook.Assessment{Label: " Contrôle ", Date: civil(2026, 9, 15), Scale: dec("20"), Coefficient: dec("1")}
	for range 2 {
		out := d.save(t, "durand", text, gradebook.Change{Key: assessmentKey("FR", "d1"), Value: gradebook.Value{Assessment: &a}})
		assert.Len(t, out.Saved, 2)
	}
}

// Rights are looked at before anything is written; a dry run looks at what a real one would.
func TestAllOrNothingOfRightsAndDryRun(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.open(t, "3A")
	d.open(t, "3B")
	d.assess(t, "FR", "d1")
	a := gradebook.Assessment{Label: "Oral", Scale: dec("20"), Coefficient: dec("1")}
	_, err := d.Save(t.Context(), d.teacher(t, "petit"), []gradebook.Change{
		{Key: assessmentKey("FR", "d2"), Value: gradebook.Value{Assessment: &a}}, {Key: markKey("LAT", "l1", "zoe"), Value: typed(t, "10")},
	}, gradebook.SaveOptions{})
	require.ErrorIs(t, err, access.CodeDenied)
	g, err := d.Grid(t.Context(), d.teacher(t, "petit"), "FR", "T1")
	require.NoError(t, err)
	assert.Len(t, g.Assessments, 1, "nothing was written")
	assert.True(t, g.Writable)
	g, err = d.Grid(t.Context(), d.head(t), "FR", "T1")
	require.NoError(t, err)
	assert.False(t, g.Writable)

	d.save(t, "durand", gradebook.Change{Key: markKey("FR", "d1", "zoe"), Value: typed(t, "15")})
	ten := gradebook.Assessment{Label: "Contrôle", Scale: dec("10"), Coefficient: dec("1")}
	change := []gradebook.Change{{Key: assessmentKey("FR", "d1"), Base: 1, Value: gradebook.Value{Assessment: &ten}}}
	out, err := d.Save(t.Context(), d.teacher(t, "durand"), change, gradebook.SaveOptions{DryRun: true})
	require.NoError(t, err)
	require.Len(t, out.Refused, 1)
	require.ErrorIs(t, out.Refused[0].Err, gradebook.CodeScaleMarks)
}

// Keys may stand in any database, and a history is of a pupil of the course.
func TestKeysAndHistories(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.open(t, "3A")
	for _, bad := range []ent.ID{"a\x00b", "\xff", "a\nb", ent.ID(strings.Repeat("x", 201))} {
		out := d.save(t, "durand", gradebook.Change{Key: assessmentKey("FR", bad), Value: gradebook.Value{Assessment: &gradebook.Assessment{Scale: dec("20")}}})
		require.Len(t, out.Refused, 1)
		require.ErrorIs(t, out.Refused[0].Err, gradebook.CodeKey)
	}
	_, err := d.History(t.Context(), d.teacher(t, "durand"), markKey("FR", "d1", "ana"))
	require.ErrorIs(t, err, gradebook.CodeUnknown)
}
