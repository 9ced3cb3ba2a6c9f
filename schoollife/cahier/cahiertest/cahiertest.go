// Package cahiertest proves a store of cahiers: versions follow each other, a visa holds, a closed year is not written.
//
//	cahiertest.Run(t, func(t *testing.T) cahier.Store { return cahier.NewMemory() })
package cahiertest

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/cahier"
	"github.com/opencartable/cartable/schoollife/timetable"
)

const (
	school = ent.ID("collège")
	year   = ent.SchoolYear(2026)
)

var (
	at   = time.Date(2026, 11, 3, 8, 0, 0, 0, time.UTC)
	day  = ent.Date{Year: 2026, Month: 11, Day: 3}
	sixA = timetable.Ref{Kind: timetable.KindClass, ID: "6A"}
	sixB = timetable.Ref{Kind: timetable.KindClass, ID: "6B"}
)

func head(id ent.ID, teacher ent.ID, audience ...timetable.Ref) cahier.Head {
	return cahier.Head{ID: id, School: school, Year: year, Subject: "maths", Teacher: teacher, Audience: audience, Published: true, Version: 1, By: teacher, At: at}
}

func session(id, teacher ent.ID, on ent.Date, audience ...timetable.Ref) cahier.Session {
	return cahier.Session{Head: head(id, teacher, audience...), Date: on, Start: 480, End: 535, Title: "Fractions", Content: "Comparer."}
}

func homework(id, teacher ent.ID, due ent.Date, audience ...timetable.Ref) cahier.Homework {
	return cahier.Homework{Head: head(id, teacher, audience...), Given: day, Due: due, Text: "Ex. 3", HandIn: true}
}

// in gives each test a tenant of its own: stores may share a database.
func in(t *testing.T) ent.Tenant {
	t.Helper()
	return ent.Tenant(t.Name())
}

// Run proves a store; empty returns a new one, or one in which no test of this name ran before.
func Run(t *testing.T, empty func(t *testing.T) cahier.Store) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, cahier.Store){
		"versions": versions, "queries": queries, "pupils": pupils, "visas": visas, "progressions": progressions, "years": years, "race": race, "close": raceClose,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, empty(t))
		})
	}
}

func versions(t *testing.T, s cahier.Store) {
	x := session("s1", "durand", day, sixA)
	require.NoError(t, s.PutSession(t.Context(), in(t), x))
	require.ErrorIs(t, s.PutSession(t.Context(), in(t), x), cahier.CodeConflict)
	second := x
	second.Version, second.Content = 2, "Additionner."
	require.NoError(t, s.PutSession(t.Context(), in(t), second))
	got, err := s.Sessions(t.Context(), in(t), cahier.Query{School: school})
	require.NoError(t, err)
	assert.Equal(t, []cahier.Session{second}, got)
	history, err := s.SessionHistory(t.Context(), in(t), "s1")
	require.NoError(t, err)
	assert.Equal(t, []cahier.Session{x, second}, history)
	gone := second
	gone.Version, gone.Deleted = 3, true
	require.NoError(t, s.PutSession(t.Context(), in(t), gone))
	got, err = s.Sessions(t.Context(), in(t), cahier.Query{School: school})
	require.NoError(t, err)
	assert.Empty(t, got)
	h := homework("h1", "durand", day.AddDays(2), sixA)
	require.NoError(t, s.PutHomework(t.Context(), in(t), h))
	require.ErrorIs(t, s.PutHomework(t.Context(), in(t), h), cahier.CodeConflict)
	list, err := s.Homework(t.Context(), in(t), cahier.Query{IDs: []ent.ID{"h1"}})
	require.NoError(t, err)
	assert.Equal(t, []cahier.Homework{h}, list)
	other, err := s.Homework(t.Context(), in(t)+"2", cahier.Query{})
	require.NoError(t, err)
	assert.Empty(t, other)
}

func queries(t *testing.T, s cahier.Store) {
	for n, x := range []cahier.Session{
		session("a", "durand", day, sixA), session("b", "durand", day.AddDays(1), sixB), session("c", "petit", day.AddDays(2), sixA, sixB), session("d", "petit", day.AddDays(9), sixB),
	} {
		x.Start += timetable.Clock(n)
		require.NoError(t, s.PutSession(t.Context(), in(t), x))
	}
	for want, q := range map[string]cahier.Query{
		"abcd": {}, "ac": {Audience: []timetable.Ref{sixA}}, "abcd2": {Audience: []timetable.Ref{sixA, sixB}}, "cd": {Teacher: "petit"}, "bc": {From: day.AddDays(1), To: day.AddDays(2)},
		"": {School: "lycée"}, "b": {IDs: []ent.ID{"b"}}, "c": {Teacher: "petit", Audience: []timetable.Ref{sixA}, To: day.AddDays(5)}, "abcd3": {Year: year},
	} {
		list, err := s.Sessions(t.Context(), in(t), q)
		require.NoError(t, err)
		var got strings.Builder
		for _, x := range list {
			got.WriteString(string(x.ID))
		}
		if len(want) == 5 {
			want = want[:4]
		}
		assert.Equal(t, want, got.String())
	}
	require.NoError(t, s.PutHomework(t.Context(), in(t), homework("h", "petit", day.AddDays(6), sixA)))
	list, err := s.Homework(t.Context(), in(t), cahier.Query{From: day.AddDays(6), To: day.AddDays(6), Audience: []timetable.Ref{sixA}})
	require.NoError(t, err)
	assert.Len(t, list, 1, "homework is found by the day it is due")
}

func pupils(t *testing.T, s cahier.Store) {
	require.NoError(t, s.PutHomework(t.Context(), in(t), homework("h", "petit", day.AddDays(6), sixA)))
	for _, p := range []cahier.Progress{{Homework: "h", Pupil: "zoe", Done: true, At: at}, {Homework: "h", Pupil: "zoe", Done: false, At: at}, {Homework: "h", Pupil: "ali", Done: true, At: at}} {
		require.NoError(t, s.PutProgress(t.Context(), in(t), p))
	}
	list, err := s.Progress(t.Context(), in(t), []ent.ID{"h", "other"}, "")
	require.NoError(t, err)
	assert.Equal(t, []cahier.Progress{{Homework: "h", Pupil: "ali", Done: true, At: at}, {Homework: "h", Pupil: "zoe", Done: false, At: at}}, list)
	list, err = s.Progress(t.Context(), in(t), []ent.ID{"h"}, "zoe")
	require.NoError(t, err)
	assert.Len(t, list, 1)

	require.ErrorIs(t, s.Return(t.Context(), in(t), "h", "zoe", "Bien", at), cahier.CodeUnknown)
	first := cahier.HandedIn{Homework: "h", Pupil: "zoe", Text: "un", Files: []cahier.File{{ID: "f", Name: "copie.pdf", Size: 7}}, At: at}
	require.NoError(t, s.HandIn(t.Context(), in(t), first))
	second := first
	second.Text = "deux"
	require.NoError(t, s.HandIn(t.Context(), in(t), second), "a later one replaces it")
	require.NoError(t, s.Return(t.Context(), in(t), "h", "zoe", "Bien", at.Add(time.Hour)))
	require.ErrorIs(t, s.HandIn(t.Context(), in(t), first), cahier.CodeReturned)
	got, err := s.HandedIn(t.Context(), in(t), []ent.ID{"h"}, "")
	require.NoError(t, err)
	second.Comment, second.Returned = "Bien", at.Add(time.Hour)
	assert.Equal(t, []cahier.HandedIn{second}, got)
}

func visas(t *testing.T, s cahier.Store) {
	x := session("s1", "durand", day, sixA)
	require.NoError(t, s.PutSession(t.Context(), in(t), x))
	v := cahier.Visa{ID: "v1", School: school, Year: year, Teacher: "durand", From: day, To: day, Sessions: []cahier.Seen{{ID: "s1", Version: 2}}, By: "head", At: at}
	require.ErrorIs(t, s.AddVisa(t.Context(), in(t), v), cahier.CodeConflict, "that version was not seen")
	v.Sessions[0].Version = 1
	require.NoError(t, s.AddVisa(t.Context(), in(t), v))
	gone := x
	gone.Version, gone.Deleted = 2, true
	require.ErrorIs(t, s.PutSession(t.Context(), in(t), gone), cahier.CodeVisa)
	changed := x
	changed.Version, changed.Content = 2, "autre"
	require.NoError(t, s.PutSession(t.Context(), in(t), changed), "its content may change, as a version that no visa covers")
	list, err := s.Visas(t.Context(), in(t), school, year, "durand")
	require.NoError(t, err)
	require.Equal(t, []cahier.Visa{v}, list)
	assert.True(t, list[0].Covers(&x))
	assert.False(t, list[0].Covers(&changed))
	list, err = s.Visas(t.Context(), in(t), school, year, "petit")
	require.NoError(t, err)
	assert.Empty(t, list)

	h := cahier.Habilitation{ID: "i", School: school, Inspector: "ipr", Teachers: []ent.ID{"durand"}, From: day, To: day}
	require.NoError(t, s.PutHabilitation(t.Context(), in(t), h))
	h.To = day.AddDays(1)
	require.NoError(t, s.PutHabilitation(t.Context(), in(t), h))
	all, err := s.Habilitations(t.Context(), in(t), school)
	require.NoError(t, err)
	assert.Equal(t, []cahier.Habilitation{h}, all)
}

func progressions(t *testing.T, s cahier.Store) {
	folders := []cahier.Folder{{ID: "f", Owner: "durand", Title: "6e"}, {ID: "g", Owner: "durand", Parent: "f", Title: "Fractions"}}
	require.NoError(t, s.PutFolders(t.Context(), in(t), "durand", folders))
	a := cahier.Template{ID: "a", Owner: "durand", Folder: "g", Rank: 2, Title: "Comparer"}
	b := cahier.Template{ID: "b", Owner: "durand", Folder: "g", Rank: 1, Title: "Couper", Work: []cahier.TemplateHomework{{Text: "Ex. 1", Days: 2}}}
	require.NoError(t, s.PutTemplate(t.Context(), in(t), a))
	require.NoError(t, s.PutTemplate(t.Context(), in(t), b))
	stolen := a
	stolen.Owner = "petit"
	require.ErrorIs(t, s.PutTemplate(t.Context(), in(t), stolen), cahier.CodeUnknown, "a template stays its owner's")
	got, list, err := s.Progressions(t.Context(), in(t), "durand")
	require.NoError(t, err)
	assert.Equal(t, folders, got)
	assert.Equal(t, []cahier.Template{b, a}, list)
	require.ErrorIs(t, s.DeleteTemplate(t.Context(), in(t), "petit", "a"), cahier.CodeUnknown)
	require.NoError(t, s.DeleteTemplate(t.Context(), in(t), "durand", "a"))
	_, list, err = s.Progressions(t.Context(), in(t), "durand")
	require.NoError(t, err)
	assert.Len(t, list, 1)
}

func years(t *testing.T, s cahier.Store) {
	require.NoError(t, s.PutSession(t.Context(), in(t), session("s1", "durand", day, sixA)))
	require.NoError(t, s.PutHomework(t.Context(), in(t), homework("h1", "durand", day.AddDays(3), sixA)))
	require.NoError(t, s.PutProgress(t.Context(), in(t), cahier.Progress{Homework: "h1", Pupil: "zoe", Done: true, At: at}))
	require.NoError(t, s.HandIn(t.Context(), in(t), cahier.HandedIn{Homework: "h1", Pupil: "zoe", Text: "un", At: at}))
	closed, err := s.Closed(t.Context(), in(t), school, year)
	require.NoError(t, err)
	assert.False(t, closed)
	a := cahier.Archived(sixA, "6e A", []cahier.Session{session("s1", "durand", day, sixA)}, []cahier.Homework{homework("h1", "durand", day.AddDays(3), sixA)}, nil, name, name, at)
	require.NoError(t, s.Close(t.Context(), in(t), school, year, archives))
	require.ErrorIs(t, s.Close(t.Context(), in(t), school, year, archives), cahier.CodeArchived)
	require.ErrorIs(t, s.PutSession(t.Context(), in(t), session("s2", "durand", day, sixA)), cahier.CodeArchived)
	require.ErrorIs(t, s.PutHomework(t.Context(), in(t), homework("h2", "durand", day.AddDays(3), sixA)), cahier.CodeArchived)
	require.ErrorIs(t, s.AddVisa(t.Context(), in(t), cahier.Visa{ID: "v", School: school, Year: year, Sessions: []cahier.Seen{{ID: "s1", Version: 1}}}), cahier.CodeArchived)
	for _, err := range []error{
		s.PutProgress(t.Context(), in(t), cahier.Progress{Homework: "h1", Pupil: "zoe", At: at}),
		s.HandIn(t.Context(), in(t), cahier.HandedIn{Homework: "h1", Pupil: "ali", Text: "un", At: at}),
		s.Return(t.Context(), in(t), "h1", "zoe", "Bien", at),
	} {
		require.ErrorIs(t, err, cahier.CodeArchived, "nor what pupils did")
	}
	away := session("s1", "durand", day, sixA)
	away.Year, away.Version = year+1, 2
	require.ErrorIs(t, s.PutSession(t.Context(), in(t), away), cahier.CodeConflict, "an entry stays in its year")
	next := session("s3", "durand", ent.Date{Year: 2027, Month: 9, Day: 6}, sixA)
	next.Year++
	require.NoError(t, s.PutSession(t.Context(), in(t), next), "the next year is written")
	list, err := s.Archives(t.Context(), in(t), school)
	require.NoError(t, err)
	require.Len(t, list, 1)
	assert.Equal(t, "6e A", list[0].Label)
	assert.Empty(t, list[0].Sessions)
	got, err := s.Archive(t.Context(), in(t), school, year, sixA)
	require.NoError(t, err)
	assert.Equal(t, a, got)
	_, err = s.Archive(t.Context(), in(t), school, year, sixB)
	require.ErrorIs(t, err, cahier.CodeUnknown)

	n, err := s.Purge(t.Context(), in(t), ent.Date{Year: 2027, Month: 8, Day: 31})
	require.NoError(t, err)
	assert.Zero(t, n, "the year is not over")
	n, err = s.Purge(t.Context(), in(t), ent.Date{Year: 2027, Month: 9, Day: 1})
	require.NoError(t, err)
	assert.Equal(t, int64(2), n, "what pupils did goes, the archive stays")
	_, err = s.Archive(t.Context(), in(t), school, year, sixA)
	require.NoError(t, err)
	n, err = s.Purge(t.Context(), in(t), ent.Date{Year: 2032, Month: 9, Day: 1})
	require.NoError(t, err)
	assert.Equal(t, int64(1), n, "five years later")
	closed, err = s.Closed(t.Context(), in(t), school, year)
	require.NoError(t, err)
	assert.True(t, closed)
}

func name(id ent.ID) string { return "nom " + string(id) }

// The writers of raceClose.
const (
	writers   = 8
	perWriter = 40
)

// archives makes that of one class.
func archives(w cahier.Written) []cahier.Archive {
	return []cahier.Archive{cahier.Archived(sixA, "6e A", w.Sessions, w.Homework, w.Visas, name, name, at)}
}

// raceClose: while teachers write, the year ends. What was written is in the archive, all else was refused.
func raceClose(t *testing.T, s cahier.Store) {
	var wrote atomic.Int64
	var group sync.WaitGroup
	started := make(chan struct{}, writers)
	for i := range writers {
		group.Go(func() {
			for n := range perWriter {
				err := s.PutSession(t.Context(), in(t), session(ent.ID(fmt.Sprint("s", i, "-", n)), "durand", day, sixA))
				if n == 0 {
					started <- struct{}{}
				}
				if err == nil {
					wrote.Add(1)
				} else if !assert.ErrorIs(t, err, cahier.CodeArchived) {
					return
				}
			}
		})
	}
	for range writers {
		<-started
	}
	require.NoError(t, s.Close(t.Context(), in(t), school, year, archives))
	group.Wait()
	got, err := s.Archive(t.Context(), in(t), school, year, sixA)
	require.NoError(t, err)
	require.Len(t, got.Sessions, int(wrote.Load()), "what was written is in the archive")
	require.GreaterOrEqual(t, len(got.Sessions), writers)
}

// race: of those who write one version at once, one does.
func race(t *testing.T, s cahier.Store) {
	require.NoError(t, s.PutSession(t.Context(), in(t), session("s", "durand", day, sixA)))
	errs := make([]error, 12)
	var wg sync.WaitGroup
	for n := range errs {
		x := session("s", "durand", day, sixA)
		x.Version, x.Content = 2, string(rune('a'+n))
		wg.Go(func() { errs[n] = s.PutSession(t.Context(), in(t), x) })
	}
	wg.Wait()
	done := 0
	for _, err := range errs {
		if err == nil {
			done++
		} else {
			require.ErrorIs(t, err, cahier.CodeConflict)
		}
	}
	assert.Equal(t, 1, done)
}
