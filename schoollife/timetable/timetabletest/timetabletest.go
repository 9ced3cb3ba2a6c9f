// Package timetabletest proves a store of timetables: imports repeat, whole or not at all, changes made by hand stay, tokens are
// revoked for good.
//
//	timetabletest.Run(t, func(t *testing.T) timetable.Store { return timetable.NewMemory() })
package timetabletest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/timetable"
)

const (
	tenant = ent.Tenant("t")
	school = ent.ID("collège")
)

var (
	at    = time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC)
	first = ent.Date{Year: 2026, Month: 9, Day: 7}
)

// Grid returns a yearly grid of some courses, the same for the same seed: for tests of other stores too.
func Grid(seed uint64, courses int) *timetable.Timetable {
	d := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // made up
	t := &timetable.Timetable{Year: timetable.Year{First: first, Last: first.AddDays(300), Week1: first}}
	for n := range courses {
		start := timetable.Clock(480 + 60*d.IntN(8))
		t.Courses = append(t.Courses, timetable.Course{
			ID: ent.ID(fmt.Sprint("c", n)), Subject: ent.ID(fmt.Sprint("s", n%7)), Day: 1 + d.IntN(5), Start: start, End: start + 55,
			Resources: []timetable.Resource{
				{Ref: timetable.Ref{Kind: timetable.KindClass, ID: ent.ID(fmt.Sprint("k", n))}, Weeks: timetable.AllWeeks},
				{Ref: timetable.Ref{Kind: timetable.KindTeacher, ID: ent.ID(fmt.Sprint("t", d.IntN(5)))}, Weeks: timetable.WeeksOf(1, 2, 3, 9)},
				{Ref: timetable.Ref{Kind: timetable.KindRoom, ID: ent.ID(fmt.Sprint("r", d.IntN(5)))}, Weeks: timetable.AllWeeks},
			},
		})
	}
	return t
}

func kept(t *testing.T, s timetable.Store) *timetable.Kept {
	t.Helper()
	k, err := s.Kept(t.Context(), tenant, school)
	require.NoError(t, err)
	return k
}

func apply(t *testing.T, s timetable.Store, file *timetable.Timetable) *timetable.Plan {
	t.Helper()
	p := timetable.Compare(kept(t, s), file, timetable.ImportOptions{Source: "src", Consent: true})
	require.NoError(t, s.Apply(t.Context(), tenant, school, p, "secretary", at))
	return p
}

// Run proves a store; empty returns a new one.
func Run(t *testing.T, empty func(t *testing.T) timetable.Store) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, timetable.Store){
		"imports": imports, "undo": undo, "hand": hand, "twoAtOnce": twoAtOnce, "tokens": tokens, "tenants": tenants,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, empty(t))
		})
	}
}

// imports: what is kept is what a kept value of its own says, file after file; the same file again writes nothing.
func imports(t *testing.T, s timetable.Store) {
	mirror := &timetable.Kept{}
	assert.Empty(t, kept(t, s).Lessons)
	for n := range uint64(4) {
		file := Grid(n/2, 6+int(n)) //nolint:gosec // small
		p := apply(t, s, file)
		var err error
		mirror, err = mirror.Apply(p)
		require.NoError(t, err)
		k := kept(t, s)
		require.Equal(t, len(mirror.Lessons), len(k.Lessons))
		for i := range k.Lessons {
			require.Equal(t, mirror.Lessons[i], k.Lessons[i])
		}
		assert.Equal(t, mirror.Courses, k.Courses)
		assert.Equal(t, mirror.Version, k.Version)
		assert.Equal(t, mirror.Year, k.Year)
		again := timetable.Compare(k, file, timetable.ImportOptions{Source: "src"})
		assert.Empty(t, again.Lessons)
		require.NoError(t, s.Apply(t.Context(), tenant, school, again, "secretary", at.Add(time.Hour)))
		version, changed, err := s.Version(t.Context(), tenant, school)
		require.NoError(t, err)
		assert.Equal(t, mirror.Version, version, "the same file is no new version")
		assert.True(t, at.Equal(changed))
		if n > 0 {
			require.ErrorIs(t, s.Apply(t.Context(), tenant, school, p, "x", at), timetable.CodeStale, "a plan applies once")
		}
		week, err := s.Lessons(t.Context(), tenant, school, first.AddDays(7), first.AddDays(13))
		require.NoError(t, err)
		require.NotEmpty(t, week)
		assert.Equal(t, mirror.Between(first.AddDays(7), first.AddDays(13)), week)
	}
	list, err := s.Imports(t.Context(), tenant, school)
	require.NoError(t, err)
	require.Len(t, list, 4)
	assert.Equal(t, ent.ID("secretary"), list[0].By)
	assert.Positive(t, list[0].Counts[timetable.OpCreated])

	// A truncated file is refused, whole.
	before := kept(t, s)
	short := Grid(9, 1)
	p := timetable.Compare(before, short, timetable.ImportOptions{Source: "src"})
	require.ErrorIs(t, s.Apply(t.Context(), tenant, school, p, "x", at), timetable.CodeManyDeleted)
	assert.Equal(t, before, kept(t, s))
}

// undo: the way back, once, to the same lessons; calendars see a greater revision.
func undo(t *testing.T, s timetable.Store) {
	require.ErrorIs(t, s.Undo(t.Context(), tenant, school, nil, "x", at), timetable.CodeStale, "there is nothing to undo")
	apply(t, s, Grid(1, 6))
	before := kept(t, s)
	file := Grid(1, 8)
	file.Courses = file.Courses[1:]
	file.Courses[0].Resources[2].ID = "elsewhere"
	p := apply(t, s, file)
	require.Positive(t, p.Count(timetable.OpCreated))
	require.Positive(t, p.Count(timetable.OpDeleted)+p.Count(timetable.OpChanged)+p.Count(timetable.OpMoved))
	require.NoError(t, s.Undo(t.Context(), tenant, school, func(timetable.Key) bool { return false }, "head", at))
	after := kept(t, s)
	assert.Equal(t, before.Version+2, after.Version)
	require.Len(t, after.Lessons, len(before.Lessons))
	for i := range after.Lessons {
		a, b := after.Lessons[i], before.Lessons[i]
		assert.GreaterOrEqual(t, a.Revision, b.Revision)
		a.Revision, b.Revision = 0, 0
		assert.Equal(t, b, a)
	}
	assert.Equal(t, before.Courses, after.Courses)
	require.NoError(t, s.Undo(t.Context(), tenant, school, nil, "head", at), "an undo is undone by another")
	assert.Equal(t, p.Courses, kept(t, s).Courses)
}

func hand(t *testing.T, s timetable.Store) {
	apply(t, s, Grid(2, 5))
	l := kept(t, s).Lessons[3]
	room := timetable.Ref{Kind: timetable.KindRoom, ID: "gym"}
	move := timetable.HandChange{Change: timetable.Change{Key: l.Key, State: timetable.StateMoved, Date: l.Date.AddDays(30), Start: 600, End: 660}, By: "head", At: at}
	require.NoError(t, s.Change(t.Context(), tenant, school, move, 0))
	require.ErrorIs(t, s.Change(t.Context(), tenant, school, move, 0), timetable.CodeStale, "somebody else saw the lesson before it moved")
	more := timetable.HandChange{Change: timetable.Change{Key: l.Key, State: timetable.StateChanged, With: []timetable.Ref{room}}, By: "head", At: at}
	require.NoError(t, s.Change(t.Context(), tenant, school, more, 1))
	added := timetable.Key{Course: "outing", On: l.Date}
	require.NoError(t, s.Change(t.Context(), tenant, school, timetable.HandChange{Change: timetable.Change{Key: added, State: timetable.StateAdded, Date: l.Date, Start: 480, End: 1020}, At: at}, 0))
	for code, c := range map[ent.Code]timetable.Change{
		timetable.CodeUnknownLesson: {Key: timetable.Key{Course: "none", On: l.Date}, State: timetable.StateCancelled},
		timetable.CodeChange:        {Key: kept(t, s).Lessons[0].Key, State: timetable.StateMoved},
	} {
		require.ErrorIs(t, s.Change(t.Context(), tenant, school, timetable.HandChange{Change: c, At: at}, 0), code)
	}
	there, err := s.Lessons(t.Context(), tenant, school, l.Date.AddDays(30), l.Date.AddDays(30))
	require.NoError(t, err)
	i := slices.IndexFunc(there, func(x timetable.Lesson) bool { return x.Key == l.Key })
	require.GreaterOrEqual(t, i, 0, "a lesson that moved is found where it is")
	assert.Equal(t, 2, there[i].Revision)
	assert.True(t, there[i].Has(room))
	require.NotNil(t, there[i].Was)
	here, err := s.Lessons(t.Context(), tenant, school, l.Date, l.Date)
	require.NoError(t, err)
	assert.False(t, slices.ContainsFunc(here, func(x timetable.Lesson) bool { return x.Key == l.Key }), "and no more where it was")
	assert.True(t, slices.ContainsFunc(here, func(x timetable.Lesson) bool { return x.Key == added }))

	// An import leaves them: the file has nothing new, then has no lesson at all of that course.
	again := timetable.Compare(kept(t, s), Grid(2, 5), timetable.ImportOptions{Source: "src"})
	assert.Empty(t, again.Lessons)
	list, err := s.Changes(t.Context(), tenant, school)
	require.NoError(t, err)
	assert.Len(t, list, 3)
	less := Grid(2, 5)
	less.Courses = slices.DeleteFunc(less.Courses, func(c timetable.Course) bool {
		return slices.ContainsFunc(c.Resources, func(r timetable.Resource) bool {
			return slices.Contains(l.Resources, r.Ref) && r.Kind == timetable.KindClass
		})
	})
	p := apply(t, s, less)
	assert.Equal(t, 1, p.Count(timetable.OpKept))
	there, err = s.Lessons(t.Context(), tenant, school, l.Date.AddDays(30), l.Date.AddDays(30))
	require.NoError(t, err)
	assert.True(t, slices.ContainsFunc(there, func(x timetable.Lesson) bool { return x.Key == l.Key }))
}

// twoAtOnce: of two imports prepared on the same state one is applied, the other is told.
func twoAtOnce(t *testing.T, s timetable.Store) {
	for round := range 3 {
		base := kept(t, s)
		var wg sync.WaitGroup
		errs := make([]error, 4)
		for n := range errs {
			p := timetable.Compare(base, Grid(uint64(10*round+n), 5), timetable.ImportOptions{Source: "src", Consent: true}) //nolint:gosec // small
			wg.Go(func() { errs[n] = s.Apply(t.Context(), tenant, school, p, "x", at) })
		}
		wg.Wait()
		done := 0
		for _, err := range errs {
			if err == nil {
				done++
			} else {
				require.ErrorIs(t, err, timetable.CodeStale)
			}
		}
		assert.Equal(t, 1, done)
		assert.Equal(t, base.Version+1, kept(t, s).Version)
	}
}

func tokens(t *testing.T, s timetable.Store) {
	secret, token, err := timetable.NewToken(nil, timetable.Token{Person: "parent", School: school, Of: timetable.Ref{Kind: timetable.KindPupil, ID: "zoe"}, Created: at})
	require.NoError(t, err)
	require.NoError(t, s.AddToken(t.Context(), tenant, token))
	got, err := s.Token(t.Context(), tenant, timetable.HashToken(secret))
	require.NoError(t, err)
	assert.True(t, got.Opens(secret))
	assert.Equal(t, token.Of, got.Of)
	_, err = s.Token(t.Context(), tenant, timetable.HashToken("guess"))
	require.ErrorIs(t, err, timetable.CodeToken)
	_, err = s.Token(t.Context(), tenant+"2", token.Hash)
	require.ErrorIs(t, err, timetable.CodeToken)
	require.ErrorIs(t, s.Revoke(t.Context(), tenant, "somebody", token.Hash, at), timetable.CodeToken, "only who made it")
	require.NoError(t, s.Revoke(t.Context(), tenant, "parent", token.Hash, at))
	require.NoError(t, s.Revoke(t.Context(), tenant, "parent", token.Hash, at.Add(time.Hour)), "twice is no error")
	got, err = s.Token(t.Context(), tenant, token.Hash)
	require.NoError(t, err)
	assert.False(t, got.Opens(secret))
	assert.True(t, at.Equal(got.Revoked))
	list, err := s.Tokens(t.Context(), tenant, "parent")
	require.NoError(t, err)
	assert.Len(t, list, 1)
}

func tenants(t *testing.T, s timetable.Store) {
	apply(t, s, Grid(3, 4))
	for _, other := range []struct {
		tenant ent.Tenant
		school ent.ID
	}{{tenant + "2", school}, {tenant, "lycée"}} {
		k, err := s.Kept(t.Context(), other.tenant, other.school)
		require.NoError(t, err)
		assert.Empty(t, k.Lessons)
		list, err := s.Lessons(t.Context(), other.tenant, other.school, first, first.AddDays(300))
		require.NoError(t, err)
		assert.Empty(t, list)
	}
}
