package cahiersql_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/enttest/holdertest"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/ent/sqldb/sqldbtest"
	"github.com/opencartable/cartable/schoollife/cahier"
	"github.com/opencartable/cartable/schoollife/cahier/cahiersql"
	"github.com/opencartable/cartable/schoollife/cahier/cahiertest"
	"github.com/opencartable/cartable/schoollife/timetable"
)

const year = ent.SchoolYear(2026)

var (
	at   = time.Date(2026, 11, 3, 8, 0, 0, 0, time.UTC)
	day  = ent.Date{Year: 2026, Month: 11, Day: 3}
	sixA = timetable.Ref{Kind: timetable.KindClass, ID: "6A"}
)

func TestStore(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		cahiertest.Run(t, func(*testing.T) cahier.Store { return cahiersql.New(db) })
	}, cahiersql.Schema())
}

func TestReleasedMigrationsNeverChange(t *testing.T) {
	t.Parallel()
	sqldbtest.Frozen(t, cahiersql.Schema(), map[string]string{
		"sql/00001_cahier.sql": "1a2e23a909fe98b680e2838e1a0c735c50e15a5e06530b36098c17168f0489bb",
	})
}

// dump writes all the rows.
func dump(t *testing.T, db *sqldb.DB) string {
	t.Helper()
	var b strings.Builder
	for _, table := range []string{
		"cahier_year", "cahier_entry", "cahier_audience", "cahier_work", "cahier_visa", "cahier_visa_session", "cahier_document", "cahier_archive", "cahier_merge",
	} {
		rows, err := db.Handle().QueryContext(t.Context(), db.SQL(`SELECT * FROM {`+table+`}`))
		require.NoError(t, err)
		columns, err := rows.Columns()
		require.NoError(t, err)
		for rows.Next() {
			row := make([]any, len(columns))
			for i := range row {
				row[i] = new(any)
			}
			require.NoError(t, rows.Scan(row...))
			for i := range row {
				fmt.Fprintf(&b, `"%v"`, *row[i].(*any))
			}
		}
		require.NoError(t, rows.Err())
		require.NoError(t, rows.Close())
	}
	return b.String()
}

func head(id, teacher ent.ID, audience ...timetable.Ref) cahier.Head {
	return cahier.Head{ID: id, School: "c", Year: year, Teacher: teacher, Audience: audience, Published: true, Version: 1, By: teacher, At: at}
}

// TestCahierIsAHolder: a person who is a teacher, an inspector and a pupil at once.
func TestCahierIsAHolder(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := cahiersql.New(db)
		n := 0
		holdertest.Run(t, holdertest.Part{
			Holder: s, Tenant: "t",
			Put: func(t *testing.T, mark string) ent.ID {
				t.Helper()
				n++
				id := ent.ID(fmt.Sprintf("%s_p%d%%", mark, n)) // with what a pattern would take for any letter
				named := timetable.Ref{Kind: timetable.KindPupil, ID: id}
				entry := ent.ID(fmt.Sprint("s", n))
				x := cahier.Session{Head: head(entry, id, sixA, named), Date: day, Private: mark + " private", Replaces: id}
				require.NoError(t, s.PutSession(t.Context(), "t", x))
				h := cahier.Homework{Head: head(entry, id, sixA, named), Given: day, Due: day.AddDays(1), Text: "x", HandIn: true}
				require.NoError(t, s.PutHomework(t.Context(), "t", h))
				require.NoError(t, s.PutProgress(t.Context(), "t", cahier.Progress{Homework: entry, Pupil: id, Done: true, At: at}))
				require.NoError(t, s.HandIn(t.Context(), "t", cahier.HandedIn{Homework: entry, Pupil: id, Text: mark + " copy", At: at}))
				require.NoError(t, s.Return(t.Context(), "t", entry, id, mark+" comment", at))
				require.NoError(t, s.AddVisa(t.Context(), "t", cahier.Visa{ID: "v" + entry, School: "c", Year: year, Teacher: id, By: id, At: at, Sessions: []cahier.Seen{{ID: entry, Version: 1}}}))
				require.NoError(t, s.PutHabilitation(t.Context(), "t", cahier.Habilitation{ID: entry, School: "c", Inspector: id, Teachers: []ent.ID{id, "other"}, From: day, To: day}))
				require.NoError(t, s.PutFolders(t.Context(), "t", id, []cahier.Folder{{ID: entry, Owner: id, Title: mark + " folder"}}))
				require.NoError(t, s.PutTemplate(t.Context(), "t", cahier.Template{ID: entry, Owner: id, Title: mark + " template"}))
				a := cahier.Archived(sixA, "6A", []cahier.Session{x}, nil, nil, func(ent.ID) string { return mark + " name" }, func(ent.ID) string { return "" }, at)
				require.NoError(t, s.Close(t.Context(), "t", "old"+entry, year, func(cahier.Written) []cahier.Archive { return []cahier.Archive{a} }))
				return id
			},
			Dump: func(t *testing.T) string { t.Helper(); return dump(t, db) },
		})
	}, cahiersql.Schema())
}

// TestMergedPupils: of two accounts of one pupil, each said something: what the kept one said holds, and the other's comes back.
func TestMergedPupils(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := cahiersql.New(db)
		for _, id := range []ent.ID{"h1", "h2"} {
			require.NoError(t, s.PutHomework(t.Context(), "t", cahier.Homework{Head: head(id, "durand", sixA), Given: day, Due: day, Text: "x"}))
		}
		require.NoError(t, s.PutProgress(t.Context(), "t", cahier.Progress{Homework: "h1", Pupil: "kept", Done: true, At: at}))
		require.NoError(t, s.PutProgress(t.Context(), "t", cahier.Progress{Homework: "h1", Pupil: "gone", Done: false, At: at.Add(time.Hour)}))
		require.NoError(t, s.PutProgress(t.Context(), "t", cahier.Progress{Homework: "h2", Pupil: "gone", Done: true, At: at}))
		require.NoError(t, s.Merge(t.Context(), "t", "kept", "gone"))
		list, err := s.Progress(t.Context(), "t", []ent.ID{"h1", "h2"}, "")
		require.NoError(t, err)
		assert.Equal(t, []cahier.Progress{{Homework: "h1", Pupil: "kept", Done: true, At: at}, {Homework: "h2", Pupil: "kept", Done: true, At: at}}, list)
		require.NoError(t, s.Unmerge(t.Context(), "t", "kept", "gone"))
		list, err = s.Progress(t.Context(), "t", []ent.ID{"h1", "h2"}, "gone")
		require.NoError(t, err)
		assert.Len(t, list, 2)
		// A teacher whose accounts are one has one cahier.
		require.NoError(t, s.Merge(t.Context(), "t", "professor", "durand"))
		mine, err := s.Homework(t.Context(), "t", cahier.Query{Teacher: "professor"})
		require.NoError(t, err)
		require.Len(t, mine, 2)
		assert.Equal(t, ent.ID("professor"), mine[0].Teacher)
	}, cahiersql.Schema())
}

// TestErasingKeepsArchivesApart: a class and a group of one name have an archive each, also when a teacher of both is erased.
func TestErasingKeepsArchivesApart(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := cahiersql.New(db)
		group := timetable.Ref{Kind: timetable.KindGroup, ID: sixA.ID}
		name := func(ent.ID) string { return "M. Durand" }
		var list []cahier.Archive
		for _, of := range []timetable.Ref{sixA, group} {
			list = append(list, cahier.Archived(of, string(of.Kind), []cahier.Session{{Head: head("s", "durand", sixA, group), Date: day}}, nil, nil, name, name, at))
		}
		require.NoError(t, s.Close(t.Context(), "t", "c", year, func(cahier.Written) []cahier.Archive { return list }))
		_, err := s.Erase(t.Context(), "t", "durand")
		require.NoError(t, err)
		for _, of := range []timetable.Ref{sixA, group} {
			a, err := s.Archive(t.Context(), "t", "c", year, of)
			require.NoError(t, err)
			assert.Equal(t, of, a.Of)
			assert.Empty(t, a.Teachers)
		}
	}, cahiersql.Schema())
}

// TestHeldIsOfNobodyElse: an identifier in other letters is somebody else.
func TestHeldIsOfNobodyElse(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := cahiersql.New(db)
		require.NoError(t, s.PutHomework(t.Context(), "t", cahier.Homework{Head: head("h", "aB", sixA), Given: day, Due: day, Text: "x"}))
		list, err := s.Held(t.Context(), "t", "Ab")
		require.NoError(t, err)
		assert.Empty(t, list)
		list, err = s.Held(t.Context(), "t", "aB")
		require.NoError(t, err)
		assert.Len(t, list, 1)
	}, cahiersql.Schema())
}

// TestReturnedWorkOfAMergedPupil is not replaced from the account that was kept.
func TestReturnedWorkOfAMergedPupil(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := cahiersql.New(db)
		require.NoError(t, s.PutHomework(t.Context(), "t", cahier.Homework{Head: head("h", "durand", sixA), Given: day, Due: day, Text: "x", HandIn: true}))
		require.NoError(t, s.HandIn(t.Context(), "t", cahier.HandedIn{Homework: "h", Pupil: "gone", Text: "un", At: at}))
		require.NoError(t, s.Return(t.Context(), "t", "h", "gone", "Bien", at))
		require.NoError(t, s.Merge(t.Context(), "t", "kept", "gone"))
		require.ErrorIs(t, s.HandIn(t.Context(), "t", cahier.HandedIn{Homework: "h", Pupil: "kept", Text: "deux", At: at}), cahier.CodeReturned)
		list, err := s.HandedIn(t.Context(), "t", []ent.ID{"h"}, "kept")
		require.NoError(t, err)
		require.Len(t, list, 1)
		assert.Equal(t, "Bien", list[0].Comment)
	}, cahiersql.Schema())
}
