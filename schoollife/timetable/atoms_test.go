package timetable_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/timetable"
)

func TestAtomsBetween(t *testing.T) {
	t.Parallel()
	monday := ent.Date{Year: 2026, Month: 9, Day: 7}
	class := func(id ent.ID) timetable.Ref { return timetable.Ref{Kind: timetable.KindClass, ID: id} }
	part := timetable.Ref{Kind: timetable.KindPart, ID: "latin"}
	group := timetable.Ref{Kind: timetable.KindGroup, ID: "g"}
	tt := timetable.Timetable{
		Groups: []timetable.Group{{ID: "g", Parts: []ent.ID{"latin"}, Pupils: []ent.ID{"e"}}},
		Memberships: []timetable.Membership{
			{Pupil: "a", In: class("6A")},
			{Pupil: "b", In: class("6A"), From: monday.AddDays(-30)},
			{Pupil: "c", In: class("6A")},
			{Pupil: "c", In: part, From: monday.AddDays(6)},
			{Pupil: "d", In: class("6A"), To: monday},
			{Pupil: "d", In: class("6B"), From: monday.AddDays(1)},
			{Pupil: "e", In: class("6B")},
			{Pupil: "f", In: class("6B"), To: monday.AddDays(-1)},
		},
	}
	a := tt.NewAudience()
	assert.Equal(t, []timetable.Atom{
		{Pupils: []ent.ID{"a", "b"}, In: []timetable.Ref{class("6A")}},
		{Pupils: []ent.ID{"d"}, In: []timetable.Ref{class("6A"), class("6B")}},
		{Pupils: []ent.ID{"c"}, In: []timetable.Ref{class("6A"), group, part}},
		{Pupils: []ent.ID{"e"}, In: []timetable.Ref{class("6B"), group}},
	}, a.AtomsBetween(monday, monday.AddDays(6)), "the pupil who has left is in nothing")

	// On one day, who changes class is in one of them.
	one := a.AtomsBetween(monday.AddDays(1), monday.AddDays(1), "a")
	assert.Equal(t, []timetable.Atom{
		{Pupils: []ent.ID{"b", "c"}, In: []timetable.Ref{class("6A")}},
		{Pupils: []ent.ID{"a"}, In: []timetable.Ref{class("6A"), {Kind: timetable.KindPupil, ID: "a"}}},
		{Pupils: []ent.ID{"d"}, In: []timetable.Ref{class("6B")}},
		{Pupils: []ent.ID{"e"}, In: []timetable.Ref{class("6B"), group}},
	}, one, "who is set apart is in themselves too")
	assert.Empty(t, (&timetable.Timetable{}).NewAudience().AtomsBetween(monday, monday))
}
