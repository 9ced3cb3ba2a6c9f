package cahier_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
	"github.com/opencartable/cartable/schoollife/cahier"
	"github.com/opencartable/cartable/schoollife/timetable"
)

const year = ent.SchoolYear(2026)

var (
	tuesday  = ent.Date{Year: 2026, Month: 11, Day: 3}
	thursday = ent.Date{Year: 2026, Month: 11, Day: 5}
	sixA     = timetable.Ref{Kind: timetable.KindClass, ID: "6A"}
	sixB     = timetable.Ref{Kind: timetable.KindClass, ID: "6B"}
	latin    = timetable.Ref{Kind: timetable.KindGroup, ID: "latin"}
	tp1      = timetable.Ref{Kind: timetable.KindPart, ID: "TP1"}
)

func TestCatalog(t *testing.T) {
	t.Parallel()
	require.NoError(t, cahier.Catalog().Check())
}

// who is 24 pupils of 6A: the first 12 take Latin; TP1 is a half with 5 of these.
func who() *timetable.Audience {
	tt := timetable.Timetable{Groups: []timetable.Group{{ID: "latin"}}}
	for n := range 24 {
		p := ent.ID(fmt.Sprintf("p%02d", n))
		tt.Memberships = append(tt.Memberships, timetable.Membership{Pupil: p, In: sixA})
		if n < 12 {
			tt.Groups[0].Pupils = append(tt.Groups[0].Pupils, p)
		}
		if n >= 7 && n < 19 {
			tt.Memberships = append(tt.Memberships, timetable.Membership{Pupil: p, In: tp1})
		}
	}
	return tt.NewAudience()
}

func work(id ent.ID, due ent.Date, minutes int, audience ...timetable.Ref) cahier.Homework {
	return cahier.Homework{
		Head:  cahier.Head{ID: id, School: "c", Year: year, Subject: "maths", Teacher: "durand", Audience: audience, Published: true, Version: 1},
		Given: tuesday, Due: due, Text: "Ex. 3", Minutes: minutes,
	}
}

// TestWorkload: two pieces for the class, one for the Latinists, one for a half of the class: four at most, two at least.
func TestWorkload(t *testing.T) {
	t.Parallel()
	list := []cahier.Homework{work("1", thursday, 20, sixA), work("2", thursday, 0, sixA), work("3", thursday, 30, latin), work("4", thursday, 15, tp1), work("5", tuesday, 90, sixA)}
	hidden, gone := work("6", thursday, 90, sixA), work("7", thursday, 90, sixA)
	hidden.Published, gone.Deleted = false, true
	list = append(list, hidden, gone)
	got := cahier.Workload(list, []timetable.Ref{sixA}, thursday, who())
	assert.Equal(t, cahier.Load{
		Date: thursday, Most: cahier.Work{Count: 4, Minutes: 65, Unsaid: 1}, Least: cahier.Work{Count: 2, Minutes: 20, Unsaid: 1}, Level: cahier.LevelBusy, Pupils: true,
	}, got)
	assert.Equal(t, cahier.LevelHeavy, cahier.Workload(append(list, work("8", thursday, 5, tp1, latin)), []timetable.Ref{sixA}, thursday, who()).Level)
	assert.Equal(t, 3, cahier.Workload(list, []timetable.Ref{latin}, thursday, who()).Least.Count, "of the Latinists")
	nobody := cahier.Workload(list, []timetable.Ref{sixB}, thursday, who())
	assert.False(t, nobody.Pupils)
	named := timetable.Ref{Kind: timetable.KindPupil, ID: "p00"}
	one := cahier.Workload(append(list, work("9", thursday, 5, named), work("10", thursday, 5, named)), []timetable.Ref{sixA}, thursday, who())
	assert.Equal(t, 5, one.Most.Count, "a pupil whom homework names has it beside that of the class and of the group")
}

// TestWorkloadIsTheOracle compares with a count pupil by pupil.
func TestWorkloadIsTheOracle(t *testing.T) {
	t.Parallel()
	a := who()
	in := func(p ent.ID, r timetable.Ref) bool {
		return slices.Contains(a.Pupils(&timetable.Lesson{Date: thursday, Resources: []timetable.Ref{r}}), p)
	}
	for seed := range uint64(200) {
		d := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // a test
		refs := []timetable.Ref{sixA, latin, tp1, {Kind: timetable.KindPupil, ID: "p03"}, {Kind: timetable.KindPupil, ID: "p20"}}
		var list []cahier.Homework
		for n := range d.IntN(8) {
			audience := []timetable.Ref{refs[d.IntN(len(refs))]}
			if d.IntN(3) == 0 {
				audience = append(audience, refs[d.IntN(len(refs))])
			}
			list = append(list, work(ent.ID(fmt.Sprint(n)), thursday, 10*d.IntN(4), audience...))
		}
		of := []timetable.Ref{refs[d.IntN(len(refs))]}
		var most, least cahier.Work
		first := true
		for n := range 24 {
			p := ent.ID(fmt.Sprintf("p%02d", n))
			if !in(p, of[0]) {
				continue
			}
			var w cahier.Work
			for i := range list {
				if slices.ContainsFunc(list[i].Audience, func(r timetable.Ref) bool { return in(p, r) }) {
					w.Count++
					w.Minutes += list[i].Minutes
					if list[i].Minutes == 0 {
						w.Unsaid++
					}
				}
			}
			if first || w.Count > most.Count || w.Count == most.Count && w.Minutes > most.Minutes {
				most = w
			}
			if first || w.Count < least.Count || w.Count == least.Count && w.Minutes < least.Minutes {
				least = w
			}
			first = false
		}
		got := cahier.Workload(list, of, thursday, a)
		require.Equal(t, [2]int{most.Count, most.Minutes}, [2]int{got.Most.Count, got.Most.Minutes}, "seed %d", seed)
		require.Equal(t, [2]int{least.Count, least.Minutes}, [2]int{got.Least.Count, got.Least.Minutes}, "seed %d", seed)
	}
}

func TestEntriesAreChecked(t *testing.T) {
	t.Parallel()
	ok := work("1", thursday, 20, sixA)
	require.NoError(t, ok.Check())
	for want, change := range map[ent.Code]func(*cahier.Homework){
		cahier.CodeIncomplete: func(h *cahier.Homework) { h.Teacher = "" },
		cahier.CodeAudience:   func(h *cahier.Homework) { h.Audience = []timetable.Ref{{Kind: timetable.KindRoom, ID: "12"}} },
		cahier.CodeEmpty:      func(h *cahier.Homework) { h.Text = "" },
		cahier.CodeDate:       func(h *cahier.Homework) { h.Due = tuesday.AddDays(-1) },
		cahier.CodeMinutes:    func(h *cahier.Homework) { h.Minutes = 5000 },
		cahier.CodeFile:       func(h *cahier.Homework) { h.Files = []cahier.File{{Name: "x"}} },
		cahier.CodeSize:       func(h *cahier.Homework) { h.Text = string(make([]byte, 30_000)) },
	} {
		h := ok
		change(&h)
		require.ErrorIs(t, h.Check(), want)
	}
	late := ok
	late.Due = ent.Date{Year: 2027, Month: 9, Day: 1}
	require.ErrorIs(t, late.Check(), cahier.CodeDate, "another school year")
	s := cahier.Session{Head: ok.Head, Date: tuesday, Start: 480, End: 480}
	require.ErrorIs(t, s.Check(), cahier.CodeDate)
}

// TestStrays: a lesson that moves or is cancelled leaves its homework where it is, and its teacher is told.
func TestStrays(t *testing.T) {
	t.Parallel()
	key := timetable.Key{Course: "m", On: thursday}
	h := work("1", thursday, 0, sixA)
	h.For = key
	l := timetable.Lesson{Key: key, Date: thursday, Resources: []timetable.Ref{sixA}, State: timetable.StatePlanned}
	require.NoError(t, h.CheckFor(&l))
	free := work("2", thursday, 0, sixA)
	assert.Empty(t, cahier.Strays([]cahier.Homework{h, free}, []timetable.Lesson{l}))
	moved := l
	moved.Date, moved.State = thursday.AddDays(1), timetable.StateMoved
	require.ErrorIs(t, h.CheckFor(&moved), cahier.CodeNoLesson)
	assert.Len(t, cahier.Strays([]cahier.Homework{h, free}, []timetable.Lesson{moved}), 1)
	l.State = timetable.StateCancelled
	assert.Len(t, cahier.Strays([]cahier.Homework{h}, []timetable.Lesson{l}), 1)
	other := l
	other.State, other.Resources = timetable.StatePlanned, []timetable.Ref{sixB}
	require.ErrorIs(t, h.CheckFor(&other), cahier.CodeNoLesson, "not these pupils' lesson")
}

func TestProgressions(t *testing.T) {
	t.Parallel()
	folders := []cahier.Folder{{ID: "a"}, {ID: "b", Parent: "a"}, {ID: "c", Parent: "b"}, {ID: "d"}}
	out, err := cahier.Move(folders, "c", "d")
	require.NoError(t, err)
	assert.Equal(t, ent.ID("d"), out[2].Parent)
	assert.Equal(t, ent.ID("b"), folders[2].Parent, "what is given is not changed")
	for _, to := range []ent.ID{"a", "b", "c"} {
		_, err = cahier.Move(folders, "a", to)
		require.ErrorIs(t, err, cahier.CodeCycle)
	}
	_, err = cahier.Move(folders, "a", "z")
	require.ErrorIs(t, err, cahier.CodeUnknown)
	_, err = cahier.Move([]cahier.Folder{{ID: "a", Parent: "b"}, {ID: "b", Parent: "a"}, {ID: "c"}}, "c", "a")
	require.ErrorIs(t, err, cahier.CodeCycle, "one that was there already ends")

	tpl := cahier.Template{Title: "Fractions", Content: "Comparer", Work: []cahier.TemplateHomework{{Text: "Ex. 1", Days: 2, Minutes: 15}}}
	l := timetable.Lesson{Key: timetable.Key{Course: "m", On: tuesday}, Date: tuesday, Start: 480, End: 535, Subject: "maths", Resources: []timetable.Ref{sixA, {Kind: timetable.KindRoom, ID: "12"}, {Kind: timetable.KindTeacher, ID: "durand"}}}
	s, list := tpl.Use(&l, "c", year, "durand")
	require.NoError(t, s.Check())
	assert.Equal(t, []timetable.Ref{sixA}, s.Audience)
	assert.Equal(t, ent.ID("12"), s.Room)
	require.Len(t, list, 1)
	require.NoError(t, list[0].Check())
	assert.Equal(t, thursday, list[0].Due)
	assert.False(t, s.Published || list[0].Published, "drafts")
}

func TestArchive(t *testing.T) {
	t.Parallel()
	at := time.Date(2027, 8, 31, 20, 0, 0, 0, time.UTC)
	session := func(id ent.ID, audience ...timetable.Ref) cahier.Session {
		return cahier.Session{Head: cahier.Head{ID: id, School: "c", Year: year, Subject: "maths", Teacher: "durand", Audience: audience, Published: true, Version: 1}, Date: tuesday, Start: 480, End: 535, Title: "Fractions", Private: "note"}
	}
	draft := session("draft", sixA)
	draft.Published = false
	a := cahier.Archived(sixA, "6e A", []cahier.Session{session("1", sixA), session("2", sixB), draft}, []cahier.Homework{work("h", thursday, 5, sixA)}, []cahier.Visa{{Teacher: "durand", By: "head"}},
		func(id ent.ID) string { return "M. " + string(id) }, func(ent.ID) string { return "Mathématiques" }, at)
	require.Len(t, a.Sessions, 1)
	assert.Empty(t, a.Sessions[0].Private)
	assert.Equal(t, map[ent.ID]string{"durand": "M. durand", "head": "M. head"}, a.Teachers)
	b, err := json.Marshal(a)
	require.NoError(t, err)
	assert.Contains(t, string(b), `"format":"cartable.cahier/1"`)
	var back cahier.Archive
	require.NoError(t, json.Unmarshal(b, &back))
	assert.Equal(t, a, back)
	require.ErrorIs(t, json.Unmarshal([]byte(`{"format":"other"}`), &back), cahier.CodeFormat)
	assert.Equal(t, "2032-09-01", a.EraseOn().String())
	assert.Contains(t, a.Text(), "03/11/2026 8 h 00 — Mathématiques — M. durand\nFractions")
	assert.Contains(t, a.Text(), "Pour le 05/11/2026")
}

// lycee is the product around the service: 6A with Zoé, taught by Durand; 6B by Petit.
type lycee struct{ lesson timetable.Lesson }

func (lycee) Target(_ context.Context, _ ent.Tenant, school ent.ID, audience []timetable.Ref) (access.Target, error) {
	t := access.Target{Establishments: []ent.ID{school}}
	for _, r := range audience {
		t.Classes = append(t.Classes, r.ID)
	}
	return t, nil
}

func (lycee) Teaches(_ context.Context, _ ent.Tenant, _, teacher ent.ID, audience []timetable.Ref) (bool, error) {
	return teacher == map[timetable.Ref]ent.ID{sixA: "durand", sixB: "petit"}[audience[0]], nil
}

func (lycee) Pupil(_ context.Context, _ ent.Tenant, pupil ent.ID, _ ent.Date) (access.Target, []timetable.Ref, error) {
	class := map[ent.ID]timetable.Ref{"zoe": sixA, "ali": sixB}[pupil]
	return access.Target{Person: pupil, Profile: ent.ProfilePupil, Establishments: []ent.ID{"c"}, Classes: []ent.ID{class.ID}},
		[]timetable.Ref{class, {Kind: timetable.KindPupil, ID: pupil}}, nil
}

func (l lycee) Lesson(_ context.Context, _ ent.Tenant, _ ent.ID, k timetable.Key) (timetable.Lesson, error) {
	if k != l.lesson.Key {
		return timetable.Lesson{}, cahier.CodeNoLesson
	}
	return l.lesson, nil
}

func (lycee) Audience(context.Context, ent.Tenant, ent.ID) (*timetable.Audience, error) {
	return who(), nil
}

type desk struct {
	*cahier.Service
	now time.Time
	n   int
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Paris")
	require.NoError(t, err)
	d := &desk{now: time.Date(2026, 11, 3, 10, 0, 0, 0, zone)}
	d.Service = &cahier.Service{
		Store: cahier.NewMemory(), Zone: zone, Now: func() time.Time { return d.now }, NewID: func() ent.ID { d.n++; return ent.ID(fmt.Sprint("id", d.n)) },
		School: lycee{timetable.Lesson{Key: timetable.Key{Course: "m", On: thursday}, Date: thursday, Start: 480, End: 535, Resources: []timetable.Ref{sixA}, State: timetable.StatePlanned}},
	}
	return d
}

func as(t *testing.T, f access.Facts) cahier.Asker {
	t.Helper()
	rules, err := access.Default().Compile()
	require.NoError(t, err)
	f.Today = tuesday
	return cahier.Asker{Tenant: "t", Guard: access.Guard{Scope: access.NewScope(rules, f), Log: func(access.Access) error { return nil }}}
}

func staff(t *testing.T, id ent.ID, profile ent.Profile, class ent.ID) cahier.Asker {
	t.Helper()
	f := access.Facts{Person: id, Affiliations: []ent.Affiliation{{Establishment: "c", Profile: profile}}}
	if class != "" {
		f.Teachings = []ent.Teaching{{Teacher: id, Establishment: "c", Class: class}}
	}
	return as(t, f)
}

func pupil(t *testing.T, id, class ent.ID) cahier.Asker {
	t.Helper()
	return as(t, access.Facts{
		Person: id, Affiliations: []ent.Affiliation{{Establishment: "c", Profile: ent.ProfilePupil}},
		Pupil: &access.Pupil{ID: id, Establishments: []ent.ID{"c"}, Classes: []ent.ID{class}},
	})
}

func relative(t *testing.T, id, child, class ent.ID) cahier.Asker {
	t.Helper()
	return as(t, access.Facts{
		Person: id, Affiliations: []ent.Affiliation{{Establishment: "c", Profile: ent.ProfileRelative}},
		Children: []access.Pupil{{ID: child, Establishments: []ent.ID{"c"}, Classes: []ent.ID{class}, Relations: []ent.Relation{{Pupil: child, Relative: id, Kinship: ent.KinshipMother, Responsibility: ent.ResponsibilityLegal}}}},
	})
}

func draft(audience ...timetable.Ref) cahier.Homework {
	h := work("", thursday, 20, audience...)
	h.Version, h.HandIn = 0, true
	return h
}

func TestHomeworkOfAPupil(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	durand := staff(t, "durand", ent.ProfileTeacher, "6A")
	h, load, err := d.SaveHomework(t.Context(), durand, draft(sixA), 0)
	require.NoError(t, err)
	assert.Equal(t, 1, load.Most.Count)
	later := draft(sixA)
	later.Publish = d.now.Add(time.Hour)
	_, _, err = d.SaveHomework(t.Context(), durand, later, 0)
	require.NoError(t, err)
	stolen := draft(sixB)
	_, _, err = d.SaveHomework(t.Context(), durand, stolen, 0)
	require.ErrorIs(t, err, access.CodeDenied, "he does not teach them")
	as := draft(sixB)
	as.Teacher = "petit"
	_, _, err = d.SaveHomework(t.Context(), durand, as, 0)
	require.ErrorIs(t, err, access.CodeDenied, "nor under another one's name")

	zoe, mum := pupil(t, "zoe", "6A"), relative(t, "mum", "zoe", "6A")
	for _, a := range []cahier.Asker{zoe, mum, durand} {
		v, err := d.Pupil(t.Context(), a, "zoe", tuesday, thursday.AddDays(3))
		require.NoError(t, err)
		require.Len(t, v.Homework, 1, "what is published now")
	}
	_, err = d.Pupil(t.Context(), pupil(t, "ali", "6B"), "zoe", tuesday, thursday)
	require.ErrorIs(t, err, access.CodeDenied)
	require.ErrorIs(t, d.SetDone(t.Context(), pupil(t, "ali", "6B"), h.ID, true), cahier.CodeUnknown, "not his homework")
	require.Error(t, d.SetDone(t.Context(), mum, h.ID, true), "nobody does it in her place")
	require.NoError(t, d.SetDone(t.Context(), zoe, h.ID, true))
	_, err = d.HandIn(t.Context(), zoe, h.ID, "", nil)
	require.ErrorIs(t, err, cahier.CodeEmpty)
	d.now = time.Date(2026, 11, 5, 23, 30, 0, 0, d.Zone)
	handed, err := d.HandIn(t.Context(), zoe, h.ID, "ma copie", nil)
	require.NoError(t, err)
	assert.False(t, handed.Late(h.Due, d.Zone), "the day itself is in time, in the school's zone")
	handed.At = handed.At.Add(time.Hour)
	assert.True(t, handed.Late(h.Due, d.Zone))
	v, err := d.Pupil(t.Context(), mum, "zoe", tuesday, thursday)
	require.NoError(t, err)
	assert.True(t, v.Done[h.ID].Done)
	assert.Equal(t, "ma copie", v.Handed[h.ID].Text)
	_, _, err = d.Work(t.Context(), staff(t, "petit", ent.ProfileTeacher, "6A"), h.ID)
	require.ErrorIs(t, err, cahier.CodeUnknown, "another teacher")
	done, copies, err := d.Work(t.Context(), durand, h.ID)
	require.NoError(t, err)
	assert.Equal(t, []int{1, 1}, []int{len(done), len(copies)})
	require.NoError(t, d.Return(t.Context(), durand, h.ID, "zoe", "Bien"))
	_, err = d.HandIn(t.Context(), zoe, h.ID, "encore", nil)
	require.ErrorIs(t, err, cahier.CodeReturned)

	h.Text = "Ex. 4"
	next, _, err := d.SaveHomework(t.Context(), durand, h, 1)
	require.NoError(t, err)
	assert.Equal(t, 2, next.Version)
	_, _, err = d.SaveHomework(t.Context(), durand, h, 1)
	require.ErrorIs(t, err, cahier.CodeConflict)
	lesson := draft(sixA)
	lesson.For = timetable.Key{Course: "m", On: thursday}
	_, _, err = d.SaveHomework(t.Context(), durand, lesson, 0)
	require.NoError(t, err)
	lesson.Due = thursday.AddDays(1)
	_, _, err = d.SaveHomework(t.Context(), durand, lesson, 0)
	require.ErrorIs(t, err, cahier.CodeNoLesson)
}

func TestSessionsVisasAndTheYear(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	durand, head := staff(t, "durand", ent.ProfileTeacher, "6A"), staff(t, "head", ent.ProfileDirection, "")
	x := cahier.Session{Head: draft(sixA).Head, Date: tuesday, Start: 480, End: 535, Title: "Fractions", Private: "Zoé bavarde"}
	x, err := d.SaveSession(t.Context(), durand, x, 0)
	require.NoError(t, err)
	hidden := x
	hidden.ID, hidden.Published, hidden.Date = "", false, thursday
	hidden, err = d.SaveSession(t.Context(), durand, hidden, 0)
	require.NoError(t, err)
	sees := func(a cahier.Asker) []int {
		v, err := d.Class(t.Context(), a, "c", sixA, tuesday, thursday)
		require.NoError(t, err)
		private := 0
		for _, s := range v.Sessions {
			if s.Private != "" {
				private++
			}
		}
		return []int{len(v.Sessions), private}
	}
	assert.Equal(t, []int{2, 2}, sees(durand))
	assert.Equal(t, []int{2, 0}, sees(head), "unpublished too, never the private note")
	assert.Equal(t, []int{1, 0}, sees(pupil(t, "zoe", "6A")))
	assert.Equal(t, []int{1, 0}, sees(relative(t, "mum", "zoe", "6A")))
	inspector := as(t, access.Facts{Person: "ipr", Affiliations: []ent.Affiliation{{Establishment: "rectorat", Profile: ent.ProfileAcademic}}})
	_, err = d.Class(t.Context(), inspector, "c", sixA, tuesday, thursday)
	require.ErrorIs(t, err, access.CodeDenied)
	require.NoError(t, d.Store.PutHabilitation(t.Context(), "t", cahier.Habilitation{ID: "1", School: "c", Inspector: "ipr", Teachers: []ent.ID{"durand"}, From: tuesday, To: tuesday}))
	assert.Equal(t, []int{2, 0}, sees(inspector))

	visa := cahier.Visa{School: "c", Year: year, Teacher: "durand", Audience: []timetable.Ref{sixA}, From: tuesday, To: thursday, Comment: "Vu"}
	_, err = d.GiveVisa(t.Context(), durand, visa)
	require.ErrorIs(t, err, access.CodeDenied)
	given, err := d.GiveVisa(t.Context(), head, visa)
	require.NoError(t, err)
	assert.Equal(t, []cahier.Seen{{ID: x.ID, Version: 1}}, given.Sessions)
	list, err := d.Visas(t.Context(), durand, "c", year, "durand")
	require.NoError(t, err)
	assert.Len(t, list, 1)
	_, err = d.Visas(t.Context(), pupil(t, "zoe", "6A"), "c", year, "durand")
	require.ErrorIs(t, err, access.CodeDenied)
	gone := x
	gone.Deleted = true
	_, err = d.SaveSession(t.Context(), durand, gone, 1)
	require.ErrorIs(t, err, cahier.CodeVisa)
	x.Content = "autre"
	x, err = d.SaveSession(t.Context(), durand, x, 1)
	require.NoError(t, err)
	assert.False(t, given.Covers(&x), "what the visa saw is the version before")

	subjects := []cahier.Subject{{Of: sixA, Label: "6e A"}}
	name := func(id ent.ID) string { return string(id) }
	_, err = d.CloseYear(t.Context(), head, "c", year, subjects, name, name, false)
	require.ErrorIs(t, err, cahier.CodeDate, "lessons may still come")
	d.now = time.Date(2027, 8, 31, 10, 0, 0, 0, d.Zone)
	dry, err := d.CloseYear(t.Context(), head, "c", year, subjects, name, name, true)
	require.NoError(t, err)
	require.Len(t, dry, 1)
	assert.Len(t, dry[0].Sessions, 1)
	_, err = d.SaveSession(t.Context(), durand, hidden, 1)
	require.NoError(t, err, "a dry run closes nothing")
	_, err = d.CloseYear(t.Context(), durand, "c", year, subjects, name, name, false)
	require.ErrorIs(t, err, access.CodeDenied)
	_, err = d.CloseYear(t.Context(), head, "c", year, subjects, name, name, false)
	require.NoError(t, err)
	_, err = d.SaveSession(t.Context(), durand, x, 2)
	require.ErrorIs(t, err, cahier.CodeArchived)
	a, err := d.Archive(t.Context(), relative(t, "mum", "zoe", "6A"), "c", year, sixA)
	require.NoError(t, err)
	assert.Len(t, a.Sessions, 1)
	_, err = d.Archive(t.Context(), pupil(t, "ali", "6B"), "c", year, sixA)
	require.ErrorIs(t, err, access.CodeDenied)
}

// TestLogsHoldNoText: neither what was written nor who did it is in a log.
func TestLogsHoldNoText(t *testing.T) {
	t.Parallel()
	const mark = "Marqueur"
	h := work("1", thursday, 5, sixA)
	h.Text, h.Teacher = mark, mark
	s := cahier.Session{Head: h.Head, Content: mark, Private: mark, Title: mark}
	values := []any{
		h, s,
		cahier.Progress{Homework: "1", Pupil: mark},
		cahier.HandedIn{Homework: "1", Pupil: mark, Text: mark},
		cahier.Visa{Comment: mark, By: mark, Teacher: mark},
		cahier.Template{Title: mark, Content: mark},
		h.Head,
		cahier.View{Homework: []cahier.Homework{h}, Sessions: []cahier.Session{s}, Handed: map[ent.ID]cahier.HandedIn{"1": {Text: mark}}},
		cahier.Habilitation{Inspector: mark, Teachers: []ent.ID{mark}},
		cahier.Folder{Owner: mark, Title: mark},
		cahier.Archive{Label: mark, Teachers: map[ent.ID]string{"x": mark}},
	}
	for _, v := range values {
		var b bytes.Buffer
		slog.New(slog.NewJSONHandler(&b, nil)).Info("x", "v", v)
		slog.New(slog.NewTextHandler(&b, nil)).Info("x", "v", v)
		assert.NotContains(t, b.String(), mark, "%T", v)
	}
}

func Example() {
	tt := timetable.Timetable{
		Groups: []timetable.Group{{ID: "latin", Pupils: []ent.ID{"lea"}}},
		Memberships: []timetable.Membership{
			{Pupil: "lea", In: timetable.Ref{Kind: timetable.KindClass, ID: "6A"}}, {Pupil: "ali", In: timetable.Ref{Kind: timetable.KindClass, ID: "6A"}},
		},
	}
	due := ent.Date{Year: 2026, Month: 11, Day: 5}
	class, latin := []timetable.Ref{{Kind: timetable.KindClass, ID: "6A"}}, []timetable.Ref{{Kind: timetable.KindGroup, ID: "latin"}}
	list := []cahier.Homework{
		{Head: cahier.Head{Audience: class, Published: true}, Due: due, Minutes: 20},
		{Head: cahier.Head{Audience: class, Published: true}, Due: due, Minutes: 10},
		{Head: cahier.Head{Audience: latin, Published: true}, Due: due, Minutes: 15},
	}
	load := cahier.Workload(list, class, due, tt.NewAudience())
	fmt.Println(load.Most.Count, load.Most.Minutes, load.Least.Count, load.Level.Label(ent.FR))
	// Output: 3 45 2 charge soutenue
}

// TestWorkloadOfOneOfAKind: a pupil who goes with nobody, and whom homework names, is not counted as somebody without it too.
func TestWorkloadOfOneOfAKind(t *testing.T) {
	t.Parallel()
	tt := timetable.Timetable{Memberships: []timetable.Membership{{Pupil: "lea", In: sixA}}}
	lea := timetable.Ref{Kind: timetable.KindPupil, ID: "lea"}
	got := cahier.Workload([]cahier.Homework{work("1", thursday, 5, sixA), work("2", thursday, 5, lea)}, []timetable.Ref{sixA}, thursday, tt.NewAudience())
	assert.Equal(t, []int{2, 2}, []int{got.Most.Count, got.Least.Count})
}

// TestNobodyIsNamed: who else has homework is for the teacher who gives it, and the cahier of a pupil is asked for as theirs.
func TestNobodyIsNamed(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	named := func(id ent.ID) timetable.Ref { return timetable.Ref{Kind: timetable.KindPupil, ID: id} }
	durand, zoe := staff(t, "durand", ent.ProfileTeacher, "6A"), pupil(t, "zoe", "6A")
	_, _, err := d.SaveHomework(t.Context(), durand, draft(sixA, named("zoe"), named("eva")), 0)
	require.NoError(t, err)
	v, err := d.Pupil(t.Context(), zoe, "zoe", tuesday, thursday)
	require.NoError(t, err)
	require.Len(t, v.Homework, 1)
	assert.Equal(t, []timetable.Ref{sixA, named("zoe")}, v.Homework[0].Audience)
	v, err = d.Class(t.Context(), zoe, "c", sixA, tuesday, thursday)
	require.NoError(t, err)
	assert.Equal(t, []timetable.Ref{sixA}, v.Homework[0].Audience)
	v, err = d.Class(t.Context(), durand, "c", sixA, tuesday, thursday)
	require.NoError(t, err)
	assert.Len(t, v.Homework[0].Audience, 3, "what is kept is not changed")
	_, err = d.Class(t.Context(), zoe, "c", named("eva"), tuesday, thursday)
	require.ErrorIs(t, err, cahier.CodeAudience)
	a := cahier.Archived(sixA, "6e A", nil, v.Homework, nil, func(ent.ID) string { return "" }, func(ent.ID) string { return "" }, d.now)
	require.Len(t, a.Homework, 1)
	assert.Equal(t, []timetable.Ref{sixA}, a.Homework[0].Audience, "an archive holds nothing of a pupil")
	assert.Len(t, v.Homework[0].Audience, 3)
}

// nowhere is a school whose pupils are in no class yet.
type nowhere struct{ lycee }

func (nowhere) Pupil(_ context.Context, _ ent.Tenant, pupil ent.ID, _ ent.Date) (access.Target, []timetable.Ref, error) {
	return access.Target{Person: pupil, Profile: ent.ProfilePupil}, nil, nil
}

// TestNobodySeesEverything: a pupil without a class, or somebody who is nobody, has an empty cahier, not everybody's.
func TestNobodySeesEverything(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	_, _, err := d.SaveHomework(t.Context(), staff(t, "durand", ent.ProfileTeacher, "6A"), draft(sixA), 0)
	require.NoError(t, err)
	_, err = d.Teacher(t.Context(), as(t, access.Facts{}), "c", tuesday, thursday)
	require.ErrorIs(t, err, cahier.CodeRefused)
	d.School = nowhere{}
	v, err := d.Pupil(t.Context(), pupil(t, "new", ""), "new", tuesday, thursday)
	require.NoError(t, err)
	assert.Empty(t, v.Homework)
}

// TestLoadsAreBounded: days without an end, another one's load and what is not shown yet are refused or left out.
func TestLoadsAreBounded(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	durand, zoe := staff(t, "durand", ent.ProfileTeacher, "6A"), pupil(t, "zoe", "6A")
	later := draft(sixA)
	later.Publish, later.Test = d.now.Add(time.Hour), true
	_, _, err := d.SaveHomework(t.Context(), durand, later, 0)
	require.NoError(t, err)
	most := func(a cahier.Asker, audience ...timetable.Ref) int {
		list, err := d.Loads(t.Context(), a, "c", audience, thursday, thursday)
		require.NoError(t, err)
		require.Len(t, list, 1)
		return list[0].Most.Count
	}
	assert.Equal(t, []int{1, 0}, []int{most(durand, sixA), most(zoe, sixA)})
	for _, days := range [][2]ent.Date{{{}, thursday}, {thursday, {}}, {tuesday, tuesday.AddDays(5000)}} {
		_, err = d.Loads(t.Context(), durand, "c", []timetable.Ref{sixA}, days[0], days[1])
		require.ErrorIs(t, err, cahier.CodeDate)
	}
	_, err = d.Loads(t.Context(), zoe, "c", []timetable.Ref{sixA, {Kind: timetable.KindPupil, ID: "ali"}}, thursday, thursday)
	require.ErrorIs(t, err, access.CodeDenied)
}

// TestVisasAreNotForFamilies: an archive shows them to who may read visas, and to the teacher whose they are.
func TestVisasAreNotForFamilies(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	durand, head := staff(t, "durand", ent.ProfileTeacher, "6A"), staff(t, "head", ent.ProfileDirection, "")
	_, err := d.SaveSession(t.Context(), durand, cahier.Session{Head: draft(sixA).Head, Date: tuesday}, 0)
	require.NoError(t, err)
	visa := cahier.Visa{School: "c", Year: year, Audience: []timetable.Ref{sixA}, From: tuesday, To: thursday, Comment: "Trop peu"}
	_, err = d.GiveVisa(t.Context(), head, visa)
	require.ErrorIs(t, err, cahier.CodeIncomplete, "a visa is on the cahier of one teacher")
	visa.Teacher = "durand"
	_, err = d.GiveVisa(t.Context(), head, visa)
	require.NoError(t, err)
	d.now = time.Date(2027, 8, 31, 10, 0, 0, 0, d.Zone)
	name := func(id ent.ID) string { return string(id) }
	_, err = d.CloseYear(t.Context(), head, "c", year, []cahier.Subject{{Of: sixA, Label: "6e A"}}, name, name, false)
	require.NoError(t, err)
	for _, x := range []struct {
		asker cahier.Asker
		visas int
	}{{pupil(t, "zoe", "6A"), 0}, {relative(t, "mum", "zoe", "6A"), 0}, {staff(t, "petit", ent.ProfileTeacher, "6A"), 0}, {durand, 1}, {head, 1}} {
		a, err := d.Archive(t.Context(), x.asker, "c", year, sixA)
		require.NoError(t, err)
		assert.Len(t, a.Visas, x.visas)
		assert.Len(t, a.Teachers, 1+x.visas, "nor who gave them")
	}
}

// TestSessionOfALessonThatMoved is deleted all the same.
func TestSessionOfALessonThatMoved(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	durand := staff(t, "durand", ent.ProfileTeacher, "6A")
	key := timetable.Key{Course: "m", On: thursday}
	x, err := d.SaveSession(t.Context(), durand, cahier.Session{Head: draft(sixA).Head, Lesson: key, Date: thursday}, 0)
	require.NoError(t, err)
	d.School = lycee{timetable.Lesson{Key: key, Date: thursday.AddDays(1), Resources: []timetable.Ref{sixA}, State: timetable.StateMoved}}
	_, err = d.SaveSession(t.Context(), durand, x, 1)
	require.ErrorIs(t, err, cahier.CodeNoLesson)
	x.Deleted = true
	_, err = d.SaveSession(t.Context(), durand, x, 1)
	require.NoError(t, err)
}

// TestFilesOfPupilsAreChecked as those of teachers are.
func TestFilesOfPupilsAreChecked(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	h, _, err := d.SaveHomework(t.Context(), staff(t, "durand", ent.ProfileTeacher, "6A"), draft(sixA), 0)
	require.NoError(t, err)
	for _, f := range []cahier.File{{Name: "x"}, {ID: "1"}, {ID: "1", Name: "x", Size: -1}, {ID: "1", Name: string(make([]byte, 5000))}} {
		_, err = d.HandIn(t.Context(), pupil(t, "zoe", "6A"), h.ID, "", []cahier.File{f})
		require.ErrorIs(t, err, cahier.CodeFile)
	}
}

// TestCopiesAreForTheirTeacher: what a pupil did is seen by the pupil, the relatives and the teacher who gave the homework.
func TestCopiesAreForTheirTeacher(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	durand, zoe := staff(t, "durand", ent.ProfileTeacher, "6A"), pupil(t, "zoe", "6A")
	h, _, err := d.SaveHomework(t.Context(), durand, draft(sixA), 0)
	require.NoError(t, err)
	require.NoError(t, d.SetDone(t.Context(), zoe, h.ID, true))
	_, err = d.HandIn(t.Context(), zoe, h.ID, "ma copie", nil)
	require.NoError(t, err)
	for _, x := range []struct {
		asker cahier.Asker
		sees  int
	}{{zoe, 1}, {relative(t, "mum", "zoe", "6A"), 1}, {durand, 1}, {staff(t, "petit", ent.ProfileTeacher, "6A"), 0}, {staff(t, "head", ent.ProfileDirection, ""), 0}} {
		v, err := d.Pupil(t.Context(), x.asker, "zoe", tuesday, thursday)
		require.NoError(t, err)
		assert.Len(t, v.Homework, 1)
		assert.Equal(t, []int{x.sees, x.sees}, []int{len(v.Done), len(v.Handed)})
	}
}

// TestClassesOfOneName of two schools are two: neither the cahier nor the work of one is a pupil's of the other.
func TestClassesOfOneName(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	h := work("far", thursday, 5, sixA)
	h.School = "lycée"
	require.NoError(t, d.Store.PutHomework(t.Context(), "t", h))
	zoe := pupil(t, "zoe", "6A")
	v, err := d.Pupil(t.Context(), zoe, "zoe", tuesday, thursday)
	require.NoError(t, err)
	assert.Empty(t, v.Homework)
	require.ErrorIs(t, d.SetDone(t.Context(), zoe, h.ID, true), cahier.CodeUnknown)
}
