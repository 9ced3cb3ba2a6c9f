package gradebook_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
	"github.com/opencartable/cartable/schoollife/gradebook"
	"github.com/opencartable/cartable/schoollife/gradebook/gradebooktest"
)

func TestMemoryIsAStore(t *testing.T) {
	t.Parallel()
	gradebooktest.Run(t, func(*testing.T) gradebook.Store { return gradebook.NewMemory() })
}

// college is a school of two classes and a group with pupils of both.
type college struct{ periods []gradebook.Period }

func civil(y, m, d int) ent.Date {
	x, err := ent.NewDate(y, m, d)
	if err != nil {
		panic(err)
	}
	return x
}

func newCollege() college {
	return college{[]gradebook.Period{
		{ID: "T1", Index: 1, Count: 2, Label: "1er semestre", Start: civil(2026, 9, 1), End: civil(2027, 1, 31)},
		{ID: "T2", Index: 2, Count: 2, Label: "2e semestre", Start: civil(2027, 2, 1), End: civil(2027, 7, 3)},
	}}
}

func (c college) members() []gradebook.Member {
	out := []gradebook.Member{
		{Pupil: "zoe", Class: "3A"},
		{Pupil: "noe", Class: "3A", To: civil(2026, 10, 1)},
		{Pupil: "ana", Class: "3B"},
		{Pupil: "zoe", Group: "LAT"},
		{Pupil: "ana", Group: "LAT"},
		{Pupil: "mia", Class: "3A", To: civil(2027, 1, 31)},
		{Pupil: "mia", Class: "3B", From: civil(2027, 2, 1)},
	}
	for i := range 4 {
		out = append(out, gradebook.Member{Pupil: ent.ID(fmt.Sprintf("p%d", i)), Class: "3A"})
	}
	return out
}

func (c college) teachings() []gradebook.Teaching {
	return []gradebook.Teaching{
		{ID: "FR", Label: "Français", Subject: "020700", Class: "3A", Coefficient: dec("1"), Teachers: []gradebook.Teacher{{ID: "durand"}, {ID: "petit", Role: gradebook.RoleCoTeacher}}},
		{ID: "LAT", Label: "Latin", Subject: "020800", Group: "LAT", Coefficient: dec("1"), Teachers: []gradebook.Teacher{{ID: "durand"}}},
	}
}

func (c college) Course(_ context.Context, _ ent.Tenant, id ent.ID) (gradebook.Course, error) {
	for _, t := range c.teachings() {
		if t.ID == id {
			return gradebook.Course{Teaching: t, Establishment: "e", Periods: c.periods, Members: c.members()}, nil
		}
	}
	return gradebook.Course{}, fmt.Errorf("course: %w", gradebook.CodeUnknown)
}

func (c college) Room(_ context.Context, _ ent.Tenant, class ent.ID) (gradebook.Room, error) {
	if class != "3A" && class != "3B" {
		return gradebook.Room{}, fmt.Errorf("room: %w", gradebook.CodeUnknown)
	}
	return gradebook.Room{Class: class, Label: string(class), Establishment: "e", Periods: c.periods, Teachings: c.teachings(), Members: c.members()}, nil
}

func schooling(pupil ent.ID) access.Pupil {
	class := ent.ID("3A")
	if pupil == "ana" || pupil == "mia" {
		class = "3B"
	}
	return access.Pupil{ID: pupil, Establishments: []ent.ID{"e"}, Classes: []ent.ID{class}}
}

func (c college) Target(_ context.Context, _ ent.Tenant, pupil ent.ID, on ent.Date) (access.Target, ent.ID, error) {
	p := schooling(pupil)
	class := p.Classes[0]
	if pupil == "mia" && !on.IsZero() && on.Before(civil(2027, 2, 1)) { // who moved to 3B for the second half of the year
		class = "3A"
	}
	return access.PupilTarget(&p), class, nil
}

func (c college) Periods(context.Context, ent.Tenant, ent.ID) ([]gradebook.Period, error) {
	return c.periods, nil
}

// desk is a service on a day, with what different people ask of it.
type desk struct {
	*gradebook.Service
	now   time.Time
	store gradebook.Store
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{now: time.Date(2026, 9, 20, 10, 0, 0, 0, time.UTC), store: gradebook.NewMemory()}
	d.Service = &gradebook.Service{Store: d.store, School: newCollege(), Now: func() time.Time { return d.now }, Policy: gradebook.RescaledRoundLast()}
	return d
}

func (d *desk) as(t *testing.T, f access.Facts) gradebook.Asker {
	t.Helper()
	rules, err := access.Default().Compile()
	require.NoError(t, err)
	f.Today = ent.DateAt(d.now, time.UTC)
	return gradebook.Asker{Tenant: "t", Guard: access.Guard{Scope: access.NewScope(rules, f), Log: func(access.Access) error { return nil }}}
}

func staff(id ent.ID, profile ent.Profile, function ent.FunctionCode) access.Facts {
	return access.Facts{Person: id, Affiliations: []ent.Affiliation{{Establishment: "e", Profile: profile, Functions: []ent.Function{{Code: function}}}}}
}

func (d *desk) teacher(t *testing.T, id ent.ID) gradebook.Asker {
	t.Helper()
	f := staff(id, ent.ProfileTeacher, ent.FunctionTeaching)
	f.Teachings = []ent.Teaching{{Teacher: id, Establishment: "e", Class: "3A"}}
	return d.as(t, f)
}

func (d *desk) head(t *testing.T) gradebook.Asker {
	t.Helper()
	return d.as(t, staff("head", ent.ProfileDirection, ent.FunctionDirection))
}

func (d *desk) relative(t *testing.T, child ent.ID) gradebook.Asker {
	t.Helper()
	p := schooling(child)
	p.Relations = []ent.Relation{{Relative: "mum", Pupil: child, Responsibility: ent.ResponsibilityLegal}}
	return d.as(t, access.Facts{Person: "mum", Affiliations: []ent.Affiliation{{Establishment: "e", Profile: ent.ProfileRelative}}, Children: []access.Pupil{p}})
}

func (d *desk) open(t *testing.T, class ent.ID, change ...func(*gradebook.Term)) gradebook.Term {
	t.Helper()
	term := gradebook.Term{Class: class, Period: "T1", State: gradebook.LockOpen}
	for _, f := range change {
		f(&term)
	}
	term, err := d.PutTerm(t.Context(), d.head(t), term, "ouverture")
	require.NoError(t, err)
	return term
}

func markKey(teaching, of, pupil ent.ID) gradebook.Key {
	return gradebook.Key{Kind: gradebook.EntryMark, Period: "T1", Teaching: teaching, Of: of, Pupil: pupil}
}

func (d *desk) assess(t *testing.T, teaching, id ent.ID, change ...func(*gradebook.Assessment)) {
	t.Helper()
	a := gradebook.Assessment{Label: "Contrôle", Date: civil(2026, 9, 15), Scale: dec("20"), Coefficient: dec("1")}
	for _, f := range change {
		f(&a)
	}
	k := gradebook.Key{Kind: gradebook.EntryAssessment, Period: "T1", Teaching: teaching, Of: id}
	out, err := d.Save(t.Context(), d.teacher(t, "durand"), []gradebook.Change{{Key: k, Value: gradebook.Value{Assessment: &a}}}, gradebook.SaveOptions{})
	require.NoError(t, err)
	require.Empty(t, out.Refused)
	require.Len(t, out.Saved, 1)
}

func typed(t *testing.T, s string) gradebook.Value {
	t.Helper()
	r, err := gradebook.ParseResult(s)
	require.NoError(t, err)
	return gradebook.Value{Result: r}
}

func (d *desk) save(t *testing.T, who string, changes ...gradebook.Change) gradebook.Saved {
	t.Helper()
	out, err := d.Save(t.Context(), d.teacher(t, ent.ID(who)), changes, gradebook.SaveOptions{})
	require.NoError(t, err)
	assert.Len(t, changes, len(out.Saved)+len(out.Conflicts)+len(out.Refused), "each change is in one list")
	return out
}

func TestGridSavedAtOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.open(t, "3A")
	d.assess(t, "FR", "d1")
	out := d.save(t, "durand",
		gradebook.Change{Key: markKey("FR", "d1", "zoe"), Value: typed(t, "12,5")},
		gradebook.Change{Key: markKey("FR", "d1", "noe"), Value: typed(t, "abs")},
		gradebook.Change{Key: markKey("FR", "d1", "p0"), Value: typed(t, "21")},
		gradebook.Change{Key: markKey("FR", "d1", "ana"), Value: typed(t, "10")},
		gradebook.Change{Key: markKey("FR", "d9", "zoe"), Value: typed(t, "10")},
		gradebook.Change{Key: gradebook.Key{Kind: "mark", Period: "T1", Pupil: "zoe"}, Value: typed(t, "10")},
	)
	assert.Len(t, out.Saved, 2)
	codes := map[ent.ID]ent.Code{"p0": gradebook.CodeAboveScale, "ana": gradebook.CodeLeft}
	for _, r := range out.Refused {
		want, ok := codes[r.Change.Pupil]
		if !ok {
			want = gradebook.CodeUnknown
			if r.Change.Of == "" {
				want = gradebook.CodeKey
			}
		}
		assert.ErrorIs(t, r.Err, want, r.Change.Pupil)
	}
	assert.Len(t, out.Refused, 4)
	g, err := d.Grid(t.Context(), d.teacher(t, "petit"), "FR", "T1")
	require.NoError(t, err)
	assert.Equal(t, []ent.ID{"zoe", "noe", "mia", "p0", "p1", "p2", "p3"}, g.Pupils)
	assert.Empty(t, g.Refused)
	assert.Equal(t, "12,5", g.Mark("d1", "zoe").Value.Result.Text(ent.FR))
	assert.Equal(t, gradebook.StatusAbsent, g.Mark("d1", "noe").Value.Result.Status())
	assert.Zero(t, g.Mark("d1", "p0").Version)
}

func TestTwoTeachersOneGrid(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.open(t, "3A")
	d.assess(t, "FR", "d1")
	z, p := markKey("FR", "d1", "zoe"), markKey("FR", "d1", "p0")
	d.save(t, "durand", gradebook.Change{Key: z, Value: typed(t, "12")})
	// Both saw version 1.
	d.save(t, "petit", gradebook.Change{Key: z, Base: 1, Value: typed(t, "14")})
	out := d.save(t, "durand", gradebook.Change{Key: z, Base: 1, Value: typed(t, "13")}, gradebook.Change{Key: p, Value: typed(t, "9")})
	require.Len(t, out.Saved, 1, "what is no conflict is saved")
	require.Len(t, out.Conflicts, 1)
	assert.Equal(t, ent.ID("petit"), out.Conflicts[0].Theirs.By)
	assert.Equal(t, "14", out.Conflicts[0].Theirs.Value.Result.Text(ent.FR))
	assert.Equal(t, "13", out.Conflicts[0].Yours.Value.Result.Text(ent.FR))
	// Over what was shown, it is a decision.
	out = d.save(t, "durand", gradebook.Change{Key: z, Base: out.Conflicts[0].Theirs.Version, Value: typed(t, "13")})
	require.Len(t, out.Saved, 1)
	// The same value typed twice is no conflict.
	out = d.save(t, "petit", gradebook.Change{Key: z, Base: 2, Value: typed(t, "13,0")})
	assert.Len(t, out.Saved, 1)
	trail, err := d.History(t.Context(), d.teacher(t, "petit"), z)
	require.NoError(t, err)
	var values []string
	for _, e := range trail {
		values = append(values, e.Value.Result.Text(ent.FR)+" "+string(e.By))
	}
	assert.Equal(t, []string{"12 durand", "14 petit", "13 durand"}, values)
}

func TestRights(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.open(t, "3A")
	d.assess(t, "FR", "d1")
	change := []gradebook.Change{{Key: markKey("FR", "d1", "zoe"), Value: typed(t, "12")}}
	for name, a := range map[string]gradebook.Asker{"another teacher": d.teacher(t, "other"), "head": d.head(t), "relative": d.relative(t, "zoe")} {
		_, err := d.Save(t.Context(), a, change, gradebook.SaveOptions{})
		require.ErrorIs(t, err, access.CodeDenied, name)
	}
	for name, a := range map[string]gradebook.Asker{"teacher": d.teacher(t, "durand"), "relative": d.relative(t, "zoe")} {
		_, err := d.PutTerm(t.Context(), a, gradebook.Term{Class: "3A", Period: "T1", State: gradebook.LockClosed, Version: 1}, "")
		require.ErrorIs(t, err, access.CodeDenied, name)
	}
	_, err := d.Grid(t.Context(), d.relative(t, "zoe"), "FR", "T1")
	require.ErrorIs(t, err, access.CodeDenied)
	_, err = d.Class(t.Context(), d.relative(t, "zoe"), "3A")
	require.ErrorIs(t, err, access.CodeDenied)
	_, err = d.Pupil(t.Context(), d.relative(t, "noe"), "zoe")
	require.ErrorIs(t, err, access.CodeDenied)
	_, err = d.History(t.Context(), d.relative(t, "zoe"), markKey("FR", "d1", "zoe"))
	require.ErrorIs(t, err, access.CodeDenied)
	_, err = d.Grid(t.Context(), d.head(t), "FR", "T1")
	require.NoError(t, err, "the head reads")
}

func TestLocks(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.assessRefused(t, gradebook.CodeNotOpened)
	term := d.open(t, "3A", func(x *gradebook.Term) { x.EntryFrom, x.EntryTo = civil(2026, 9, 15), civil(2026, 9, 30) })
	d.assess(t, "FR", "d1")
	mark := gradebook.Change{Key: markKey("FR", "d1", "zoe"), Value: typed(t, "12")}
	synthesis := gradebook.Change{Key: gradebook.Key{Kind: gradebook.EntrySynthesis, Period: "T1", Pupil: "zoe"}, Value: gradebook.Value{Text: "Bien."}}
	refusal := func(c gradebook.Change, a gradebook.Asker) error {
		out, err := d.Save(t.Context(), a, []gradebook.Change{c}, gradebook.SaveOptions{DryRun: true})
		require.NoError(t, err)
		if len(out.Refused) > 0 {
			return out.Refused[0].Err
		}
		return nil
	}
	require.NoError(t, refusal(mark, d.teacher(t, "durand")))
	d.now = time.Date(2026, 10, 1, 8, 0, 0, 0, time.UTC)
	require.ErrorIs(t, refusal(mark, d.teacher(t, "durand")), gradebook.CodeWindow)
	require.NoError(t, refusal(synthesis, d.head(t)), "the council is not bound by the entry window")

	term.State = gradebook.LockPartial
	term, err := d.PutTerm(t.Context(), d.head(t), term, "conseil")
	require.NoError(t, err)
	assert.Equal(t, d.now, term.LockedAt)
	require.ErrorIs(t, refusal(mark, d.teacher(t, "durand")), gradebook.CodeLocked)
	require.NoError(t, refusal(synthesis, d.head(t)))

	term.State, term.OpenNext = gradebook.LockClosed, true
	term.Reopened = []gradebook.Reopening{{Teaching: "FR", Until: d.now.Add(time.Hour)}, {Teaching: "LAT", Until: d.now.Add(time.Hour), Appreciations: true}}
	term, err = d.PutTerm(t.Context(), d.head(t), term, "")
	require.NoError(t, err)
	require.ErrorIs(t, refusal(synthesis, d.head(t)), gradebook.CodeLocked)
	require.NoError(t, refusal(mark, d.teacher(t, "durand")), "reopened for one teaching")
	d.now = d.now.Add(2 * time.Hour)
	require.ErrorIs(t, refusal(mark, d.teacher(t, "durand")), gradebook.CodeLocked, "until an instant")

	terms, err := d.Terms(t.Context(), d.head(t), "3A")
	require.NoError(t, err)
	require.Len(t, terms, 2, "the next period is opened")
	assert.Equal(t, gradebook.LockOpen, terms[1].State)
	term.Version--
	_, err = d.PutTerm(t.Context(), d.head(t), term, "")
	require.ErrorIs(t, err, gradebook.CodeConflict)
	trail, err := d.TermHistory(t.Context(), d.head(t), "3A", "T1")
	require.NoError(t, err)
	assert.Equal(t, "conseil", trail[len(trail)-2].Why)
	_, err = d.PutTerm(t.Context(), d.head(t), gradebook.Term{Class: "3A", Period: "T2", State: "ajar"}, "")
	require.ErrorIs(t, err, gradebook.CodeTerm)
}

func (d *desk) assessRefused(t *testing.T, code ent.Code) {
	t.Helper()
	k := gradebook.Key{Kind: gradebook.EntryAssessment, Period: "T1", Teaching: "FR", Of: "d1"}
	a := gradebook.Assessment{Scale: dec("20"), Coefficient: dec("1")}
	out, err := d.Save(t.Context(), d.teacher(t, "durand"), []gradebook.Change{{Key: k, Value: gradebook.Value{Assessment: &a}}}, gradebook.SaveOptions{})
	require.NoError(t, err)
	require.Len(t, out.Refused, 1)
	require.ErrorIs(t, out.Refused[0].Err, code)
}

// TestLockedElsewhere locks on another server: the terms that this one remembers are not trusted.
func TestLockedElsewhere(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.open(t, "3A")
	d.assess(t, "FR", "d1")
	d.save(t, "durand", gradebook.Change{Key: markKey("FR", "d1", "p1"), Value: typed(t, "8")})
	terms, err := d.store.Terms(t.Context(), "t", []ent.ID{"3A"})
	require.NoError(t, err)
	term := terms[0]
	term.State = gradebook.LockClosed
	term.Version++
	require.NoError(t, d.store.PutTerm(t.Context(), "t", gradebook.TermChange{Term: term, By: "head", At: d.now}))
	out := d.save(t, "durand", gradebook.Change{Key: markKey("FR", "d1", "zoe"), Value: typed(t, "12")})
	require.Len(t, out.Refused, 1)
	require.ErrorIs(t, out.Refused[0].Err, gradebook.CodeLocked)
}

// TestReopenedElsewhere reopens on another server what this one has seen locked.
func TestReopenedElsewhere(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.open(t, "3A")
	d.assess(t, "FR", "d1")
	terms, err := d.Terms(t.Context(), d.head(t), "3A")
	require.NoError(t, err)
	term := terms[0]
	term.State = gradebook.LockClosed
	term, err = d.PutTerm(t.Context(), d.head(t), term, "")
	require.NoError(t, err)
	change := gradebook.Change{Key: markKey("FR", "d1", "zoe"), Value: typed(t, "12")}
	require.ErrorIs(t, d.save(t, "durand", change).Refused[0].Err, gradebook.CodeLocked)
	term.State = gradebook.LockOpen
	term.Version++
	require.NoError(t, d.store.PutTerm(t.Context(), "t", gradebook.TermChange{Term: term, By: "head", At: d.now}))
	assert.Len(t, d.save(t, "durand", change).Saved, 1)
}

// TestOneKeyTwice: the last value of a key holds, as it would in a grid.
func TestOneKeyTwice(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.open(t, "3A")
	d.assess(t, "FR", "d1")
	k := markKey("FR", "d1", "zoe")
	var list []gradebook.Change
	for _, v := range []string{"10", "11", "12"} {
		list = append(list, gradebook.Change{Key: k, Value: typed(t, v)})
	}
	out, err := d.Save(t.Context(), d.teacher(t, "durand"), list, gradebook.SaveOptions{})
	require.NoError(t, err)
	require.Len(t, out.Saved, 1)
	assert.Equal(t, "12", out.Saved[0].Value.Result.Text(ent.FR))
}

func TestScaleChangedAfterEntry(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.open(t, "3A")
	d.assess(t, "FR", "d1")
	d.save(t, "durand", gradebook.Change{Key: markKey("FR", "d1", "zoe"), Value: typed(t, "12")}, gradebook.Change{Key: markKey("FR", "d1", "p0"), Value: typed(t, "8")})
	k := gradebook.Key{Kind: gradebook.EntryAssessment, Period: "T1", Teaching: "FR", Of: "d1"}
	ten := gradebook.Assessment{Label: "Contrôle", Scale: dec("10"), Coefficient: dec("1")}
	out := d.save(t, "durand", gradebook.Change{Key: k, Base: 1, Value: gradebook.Value{Assessment: &ten}})
	require.Len(t, out.Refused, 1)
	require.ErrorIs(t, out.Refused[0].Err, gradebook.CodeScaleMarks)
	assert.Contains(t, out.Refused[0].Err.Error(), "less than 1 marks", "only those above it are counted")
	forty := ten
	forty.Scale = dec("40")
	out = d.save(t, "durand", gradebook.Change{Key: k, Base: 1, Value: gradebook.Value{Assessment: &forty}})
	require.Len(t, out.Saved, 1)
	out = d.save(t, "petit", gradebook.Change{Key: markKey("FR", "d1", "p1"), Value: typed(t, "32")})
	require.Len(t, out.Saved, 1, "the new scale is known at once")
}

func TestGroupLocksByClassOfThePupil(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.open(t, "3A")
	d.assess(t, "LAT", "l1")
	out := d.save(t, "durand", gradebook.Change{Key: markKey("LAT", "l1", "zoe"), Value: typed(t, "12")}, gradebook.Change{Key: markKey("LAT", "l1", "ana"), Value: typed(t, "9")})
	require.Len(t, out.Saved, 1)
	require.Len(t, out.Refused, 1)
	require.ErrorIs(t, out.Refused[0].Err, gradebook.CodeNotOpened, "3B is not open")
	assert.Equal(t, ent.ID("ana"), out.Refused[0].Change.Pupil)
	d.open(t, "3B")
	out = d.save(t, "durand", gradebook.Change{Key: markKey("LAT", "l1", "ana"), Value: typed(t, "9")})
	assert.Len(t, out.Saved, 1)
}

func TestPupilWhoLeft(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.open(t, "3A")
	d.assess(t, "FR", "before")
	d.assess(t, "FR", "after", func(a *gradebook.Assessment) { a.Date = civil(2026, 11, 3) })
	out := d.save(t, "durand", gradebook.Change{Key: markKey("FR", "before", "noe"), Value: typed(t, "12")}, gradebook.Change{Key: markKey("FR", "after", "noe"), Value: typed(t, "9")})
	require.Len(t, out.Saved, 1)
	require.ErrorIs(t, out.Refused[0].Err, gradebook.CodeLeft)
}

func TestTexts(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.open(t, "3A")
	k := gradebook.Key{Kind: gradebook.EntryAppreciation, Period: "T1", Teaching: "FR", Pupil: "zoe"}
	out := d.save(t, "durand", gradebook.Change{Key: k, Value: gradebook.Value{Text: " Bien.\r\nTr\x07ès\u202e bien.\x00 "}})
	require.Len(t, out.Saved, 1)
	assert.Equal(t, "Bien.\nTrès bien.", out.Saved[0].Value.Text)
	require.Len(t, out.Issues, 1)
	assert.Equal(t, gradebook.CodeText, out.Issues[0].Code)
	out = d.save(t, "durand", gradebook.Change{Key: k, Base: 1, Value: gradebook.Value{Text: strings.Repeat("🎓", 301)}})
	require.Len(t, out.Refused, 1, "an emoji counts two units")
	require.ErrorIs(t, out.Refused[0].Err, gradebook.CodeLong)
	out = d.save(t, "durand", gradebook.Change{Key: k, Base: 1, Value: gradebook.Value{Text: strings.Repeat("🎓", 300)}})
	assert.Len(t, out.Saved, 1)
	position := gradebook.Key{Kind: gradebook.EntryPosition, Period: "T1", Teaching: "FR", Pupil: "zoe"}
	out = d.save(t, "durand", gradebook.Change{Key: position, Value: gradebook.Value{Position: 5}})
	require.ErrorIs(t, out.Refused[0].Err, gradebook.CodePosition)
}

func TestFamiliesSeeWhatIsPublished(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.open(t, "3A")
	d.assess(t, "FR", "seen")
	d.assess(t, "FR", "hidden", func(a *gradebook.Assessment) { a.Published = civil(2026, 9, 25) })
	changes := []gradebook.Change{
		{Key: markKey("FR", "seen", "zoe"), Value: typed(t, "12")},
		{Key: markKey("FR", "hidden", "zoe"), Value: typed(t, "4")},
		{Key: gradebook.Key{Kind: gradebook.EntryAppreciation, Period: "T1", Teaching: "FR", Pupil: "zoe"}, Value: gradebook.Value{Text: "Bien."}},
	}
	d.save(t, "durand", changes...)
	look := func() gradebook.TeachingView {
		v, err := d.Pupil(t.Context(), d.relative(t, "zoe"), "zoe")
		require.NoError(t, err)
		require.NotEmpty(t, v.Periods[0].Teachings)
		return v.Periods[0].Teachings[0]
	}
	shown := func(a gradebook.Average) string {
		x, _ := a.Decimal()
		return x.String()
	}
	v := look()
	require.Len(t, v.Marks, 1)
	assert.Equal(t, "12", shown(v.Average), "no average tells a mark that is hidden")
	assert.Empty(t, v.Appreciation)
	assert.Nil(t, v.Class, "one average alone would be somebody's")

	d.now = time.Date(2026, 9, 25, 0, 0, 1, 0, time.UTC)
	v = look()
	assert.Len(t, v.Marks, 2)
	assert.Equal(t, "8", shown(v.Average))

	_, err := d.PutTerm(t.Context(), d.head(t), func() gradebook.Term {
		list, err := d.Terms(t.Context(), d.head(t), "3A")
		require.NoError(t, err)
		x := list[0]
		x.Published = civil(2026, 9, 26)
		return x
	}(), "")
	require.NoError(t, err)
	assert.Empty(t, look().Appreciation)
	d.now = time.Date(2026, 9, 26, 12, 0, 0, 0, time.UTC)
	assert.Equal(t, "Bien.", look().Appreciation)

	for i := range 4 {
		d.save(t, "durand", gradebook.Change{Key: markKey("FR", "seen", ent.ID(fmt.Sprintf("p%d", i))), Value: typed(t, "10")})
	}
	v = look()
	require.NotNil(t, v.Class)
	assert.Equal(t, 5, v.Class.Count)
}

func TestLacksBeforeTheCouncil(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.open(t, "3A")
	d.assess(t, "FR", "d1")
	d.save(t, "durand", gradebook.Change{Key: markKey("FR", "d1", "zoe"), Value: typed(t, "12")},
		gradebook.Change{Key: gradebook.Key{Kind: gradebook.EntryAppreciation, Period: "T1", Teaching: "FR", Pupil: "zoe"}, Value: gradebook.Value{Text: "Bien."}})
	b, err := d.Class(t.Context(), d.head(t), "3A")
	require.NoError(t, err)
	lacks, err := b.Lacks(gradebook.RescaledRoundLast(), "T1")
	require.NoError(t, err)
	of := map[ent.ID]int{}
	for _, l := range lacks {
		of[l.Pupil]++
		assert.NotEqual(t, ent.ID("ana"), l.Pupil, "of another class")
		assert.NotEqual(t, ent.ID("noe"), l.Pupil, "who left")
	}
	assert.Equal(t, 3, of["zoe"], "latin: average and appreciation; the synthesis")
	assert.Equal(t, 3, of["p0"], "french: average and appreciation; the synthesis")
}

// TestServiceTellsNothing searches what may be logged for what was typed.
func TestServiceTellsNothing(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.open(t, "3A")
	d.assess(t, "FR", "d1")
	const secret = "Confidentiel"
	out := d.save(t, "durand",
		gradebook.Change{Key: markKey("FR", "d1", "zoe"), Value: gradebook.Value{Result: points("13.37"), Text: secret}},
		gradebook.Change{Key: markKey("FR", "d1", "p0"), Value: gradebook.Value{Result: points("99.37"), Text: secret}},
		gradebook.Change{Key: gradebook.Key{Kind: gradebook.EntryAppreciation, Period: "T1", Teaching: "FR", Pupil: "zoe"}, Value: gradebook.Value{Text: strings.Repeat(secret, 100)}},
	)
	require.Len(t, out.Refused, 2)
	var b strings.Builder
	for _, r := range out.Refused {
		fmt.Fprintf(&b, "%v %+v", r.Err, r.Err)
	}
	for _, e := range out.Saved {
		fmt.Fprintf(&b, "%v %+v %#v", e.Value, e.Value, e.Value)
		fmt.Fprint(&b, e.LogValue())
	}
	g, err := d.Grid(t.Context(), d.teacher(t, "durand"), "FR", "T1")
	require.NoError(t, err)
	book, err := d.Class(t.Context(), d.head(t), "3A")
	require.NoError(t, err)
	view, err := d.Pupil(t.Context(), d.relative(t, "zoe"), "zoe")
	require.NoError(t, err)
	log := slog.New(slog.NewTextHandler(&b, nil))
	period := view.Periods[0]
	log.Info("x", "saved", out, "refusal", out.Refused[0], "change", out.Refused[0].Change, "grid", g, "book", book, "view", view, "period", period,
		"teaching", period.Teachings[0], "mark", period.Teachings[0].Marks[0], "entry", book.Entries[0], "conflict", gradebook.Conflict{Yours: out.Refused[0].Change})
	text, err := json.Marshal(out.Issues)
	require.NoError(t, err)
	b.Write(text)
	assert.NotContains(t, b.String(), secret)
	assert.NotContains(t, b.String(), "13.37")
	assert.NotContains(t, b.String(), "99.37")
}
