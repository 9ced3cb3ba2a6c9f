package lsu_test

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/enttest"
	"github.com/opencartable/cartable/interop/lsu"
	"github.com/opencartable/cartable/schoollife/gradebook"
	"github.com/opencartable/cartable/schoollife/schooltest"
)

// classBook is a class of the fictional school, locked after its first period.
func classBook(t *testing.T, y *schooltest.Year, class ent.ID) *gradebook.ClassBook {
	t.Helper()
	room, ok := y.Room(class)
	require.True(t, ok)
	end := room.Periods[0].End
	// The assessments and the marks of a group stand with the classes of its pupils.
	var entries []gradebook.Entry
	for _, c := range y.Classes() {
		for _, e := range y.Entries(c.ID, end, 1) {
			if c.ID == class || slices.ContainsFunc(room.Teachings, func(x gradebook.Teaching) bool { return x.ID == e.Teaching }) {
				entries = append(entries, e)
			}
		}
	}
	return &gradebook.ClassBook{
		Room: room, Entries: entries, Input: gradebook.InputOf(room, entries),
		Terms: []gradebook.Term{{Class: class, Period: "T1", State: gradebook.LockClosed, Council: end.AddDays(3), LockedAt: end.AddDays(4).Time(time.UTC)}},
	}
}

func roll(a *enttest.Academy, school ent.ID) lsu.Roll {
	pupils, teachers := map[ent.ID]ent.Person{}, map[ent.ID]ent.Person{}
	for p := range a.PupilsIn(school) {
		pupils[p.ID] = p.Person
	}
	for p := range a.StaffIn(school) {
		teachers[p.ID] = p
	}
	zero := 0
	return lsu.Roll{
		Header: lsu.Header{Editor: "EXEMPLE", Application: "EXEMPLE", School: "0990001N"},
		Heads:  []lsu.Head{{Key: "head", Label: "Odile PRINCIPALE"}}, Head: "head",
		Pupil: func(id ent.ID) (lsu.Pupil, bool) {
			p, ok := pupils[id]
			return lsu.Pupil{SiecleID: p.Schooling.SchoolNumber, Family: p.Name.Family, Given: p.Name.Given}, ok
		},
		Teacher: func(id ent.ID) (lsu.Teacher, bool) {
			p, ok := teachers[id]
			return lsu.Teacher{Type: lsu.TeacherEPP, STS: string(id), Civility: lsu.CivilityMme, Family: p.Name.Family, Given: p.Name.Given}, ok
		},
		Division: func(c ent.ID) string { return lsu.DivisionOf(string(c)) },
		Life: func(_, _ ent.ID) *lsu.SchoolLife {
			return &lsu.SchoolLife{Late: &zero, Excused: &zero, Unexcused: &zero}
		},
	}
}

// TestGradebookToFile takes a whole fictional school from its marks to one valid file.
func TestGradebookToFile(t *testing.T) {
	t.Parallel()
	a := enttest.New(enttest.Options{Seed: 7})
	y, ok := schooltest.New(a, "4001")
	require.True(t, ok)
	doc := &lsu.Document{}
	pupils := 0
	for _, c := range y.Classes() {
		one, report, err := lsu.FromGradebook(classBook(t, y, c.ID), gradebook.RescaledRoundLast(), "T1", roll(a, "4001"))
		require.NoError(t, err)
		assert.Zero(t, report.Total().Refused)
		doc.Header = one.Header
		doc.Add(one)
		pupils += len(y.Pupils(c.ID))
	}
	assert.Len(t, doc.Periodic, pupils, "no pupil is lost")
	for i := range doc.Pupils {
		if doc.Pupils[i].SiecleID == "" {
			doc.Pupils[i].SiecleID = strconv.Itoa(900000 + i)
		}
	}
	var file bytes.Buffer
	r, err := lsu.Write(&file, doc, lsu.WriteOptions{Version: lsu.Version7, Choices: lsu.Choices{Appreciation: lsu.AppreciationDash}})
	require.NoError(t, err)
	assert.True(t, r.Balanced())
	assert.Equal(t, int64(pupils), r.Tally("bilan-periodique").Kept)
	slices.Reverse(doc.Periodic)
	slices.Reverse(doc.Teachers)
	var again bytes.Buffer
	_, err = lsu.Write(&again, doc, lsu.WriteOptions{Version: lsu.Version7, Choices: lsu.Choices{Appreciation: lsu.AppreciationDash}})
	require.NoError(t, err)
	assert.Equal(t, file.String(), again.String())
	issues, err := lsu.CheckFile(bytes.NewReader(file.Bytes()), lsu.Version7, lsu.Choices{})
	require.NoError(t, err)
	for _, i := range issues {
		assert.NotEqual(t, ent.SeverityError, i.Severity, i.Message(ent.EN))
	}
	xmllint(t, lsu.Version7, file.String())
}

// TestGradebookWithoutMark: J5. Who is dispensed is flagged, and the average of the class stays.
func TestGradebookWithoutMark(t *testing.T) {
	t.Parallel()
	a := enttest.New(enttest.Options{Seed: 7})
	y, _ := schooltest.New(a, "4001")
	class := y.Classes()[0].ID
	b := classBook(t, y, class)
	teaching, pupil := b.Room.Teachings[0].ID, y.Pupils(class)[0]
	b.Input.Finals = append(b.Input.Finals, gradebook.Final{Pupil: pupil, Teaching: teaching, Period: "T1", Result: gradebook.Without(gradebook.StatusExempt)})
	b.Entries = slices.DeleteFunc(b.Entries, func(e gradebook.Entry) bool {
		return e.Kind == gradebook.EntryPosition && e.Teaching == teaching && e.Pupil == pupil
	})
	doc, _, err := lsu.FromGradebook(b, gradebook.RescaledRoundLast(), "T1", roll(a, "4001"))
	require.NoError(t, err)
	i := slices.IndexFunc(doc.Periodic, func(r lsu.PeriodicReport) bool { return r.Pupil == lsu.Key(pupil) })
	require.GreaterOrEqual(t, i, 0)
	r := doc.Periodic[i].Results[0]
	assert.True(t, r.NotMarked)
	assert.Empty(t, r.Mark)
	assert.NotEmpty(t, r.ClassMark)
	assert.True(t, strings.HasSuffix(string(r.ClassMark), "/20"))
	assert.Equal(t, b.Room.Periods[0].End, doc.Periodic[i].Schooling)
}

func TestGradebookPeriodAndZone(t *testing.T) {
	t.Parallel()
	a := enttest.New(enttest.Options{Seed: 7})
	y, _ := schooltest.New(a, "4001")
	b := classBook(t, y, y.Classes()[0].ID)
	_, _, err := lsu.FromGradebook(b, gradebook.RescaledRoundLast(), "T9", roll(a, "4001"))
	require.ErrorIs(t, err, gradebook.CodeUnknown)
	b.Terms[0].LockedAt = time.Date(2024, 12, 4, 23, 30, 0, 0, time.UTC) // half past midnight in Paris, the day after
	r := roll(a, "4001")
	r.Zone, err = time.LoadLocation("Europe/Paris")
	require.NoError(t, err)
	doc, _, err := lsu.FromGradebook(b, gradebook.RescaledRoundLast(), "T1", r)
	require.NoError(t, err)
	assert.Equal(t, lsu.Moment("2024-12-05T00:30:00"), doc.Periodic[0].Locked)
}

// TestGradebookEdges: an average above 20, a class changer, somebody who left, a mention by its code, another reference.
func TestGradebookEdges(t *testing.T) {
	t.Parallel()
	a := enttest.New(enttest.Options{Seed: 7})
	y, _ := schooltest.New(a, "4001")
	b := classBook(t, y, y.Classes()[0].ID)
	pupils := y.Pupils(b.Room.Class)
	high, left, moved, spoken := pupils[0], pupils[1], pupils[2], pupils[3]
	p := gradebook.RescaledRoundLast()
	p.AboveScale = gradebook.AboveCounts
	b.Input.Finals = append(b.Input.Finals, gradebook.Final{Pupil: high, Teaching: b.Room.Teachings[0].ID, Period: "T1", Result: gradebook.Points(decimal.New(21, 0))})
	end := b.Room.Periods[0].End
	for i := range b.Room.Members {
		switch m := &b.Room.Members[i]; {
		case m.Pupil == left:
			m.To = end.AddDays(-20)
		case m.Pupil == moved && m.Class != "":
			m.Class = "4001$elsewhere"
		}
	}
	b.Room.Members = append(b.Room.Members, gradebook.Member{Pupil: moved, Class: b.Room.Class, To: end.AddDays(-30)})
	for i := range b.Room.Members {
		if m := &b.Room.Members[i]; m.Pupil == moved && m.Class == "4001$elsewhere" {
			m.From = end.AddDays(-29)
		}
	}
	b.Input.Members = b.Room.Members
	for i := range b.Entries {
		if e := &b.Entries[i]; e.Kind == gradebook.EntryOpinion && e.Pupil == spoken {
			e.Value = gradebook.Value{}
		}
	}
	b.Entries = append(b.Entries, gradebook.Entry{Key: gradebook.Key{Kind: gradebook.EntryOpinion, Period: "T1", Pupil: spoken}, Version: 9, Value: gradebook.Value{Code: "COMP"}})
	r := roll(a, "4001")
	doc, report, err := lsu.FromGradebook(b, p, "T1", r)
	require.NoError(t, err)
	of := func(pupil ent.ID) *lsu.PeriodicReport {
		for i := range doc.Periodic {
			if doc.Periodic[i].Pupil == lsu.Key(pupil) {
				return &doc.Periodic[i]
			}
		}
		return nil
	}
	require.NotNil(t, of(high))
	assert.Empty(t, of(high).Results[0].Mark)
	assert.Equal(t, int64(1), report.CountOf(lsu.CodeMark))
	require.NotNil(t, of(left), "who left has a bilan up to that day")
	assert.Equal(t, end.AddDays(-20), of(left).Schooling)
	assert.Nil(t, of(moved), "the class of the end of the period has it")

	r.Mention = func(string) string { return "Compliments du conseil." }
	b.Entries = slices.DeleteFunc(b.Entries, func(e gradebook.Entry) bool {
		return e.Kind == gradebook.EntryOpinion && e.Pupil == spoken && e.Value.Empty()
	})
	doc, _, err = lsu.FromGradebook(b, p, "T1", r)
	require.NoError(t, err)
	assert.Contains(t, of(spoken).Appraisal, "Compliments du conseil.")
	p.Reference = decimal.New(10, 0)
	_, _, err = lsu.FromGradebook(b, p, "T1", r)
	require.ErrorIs(t, err, lsu.CodeMark)
}
