package attendancesql_test

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/enttest/holdertest"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/ent/sqldb/sqldbtest"
	"github.com/opencartable/cartable/schoollife/attendance"
	"github.com/opencartable/cartable/schoollife/attendance/attendancesql"
	"github.com/opencartable/cartable/schoollife/attendance/attendancetest"
	"github.com/opencartable/cartable/schoollife/timetable"
)

var at = time.Date(2026, 11, 3, 7, 5, 0, 0, time.UTC)

func TestStore(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		var n atomic.Int64 // the tests of a store run side by side
		attendancetest.Run(t, func(*testing.T) attendance.Store {
			return prefixed{attendancesql.New(db), ent.Tenant(fmt.Sprintf("school%d-", n.Add(1)))}
		})
	}, attendancesql.Schema())
}

// TestStoreOfMergedAccounts: accounts that were merged elsewhere in the tenant change nothing for the others.
func TestStoreOfMergedAccounts(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		var n atomic.Int64
		attendancetest.Run(t, func(t *testing.T) attendance.Store {
			t.Helper()
			s := prefixed{attendancesql.New(db), ent.Tenant(fmt.Sprintf("merged%d-", n.Add(1)))}
			require.NoError(t, attendancesql.New(db).Merge(t.Context(), s.prefix+"t", "somebody", "else"))
			return s
		})
	}, attendancesql.Schema())
}

func TestReleasedMigrationsNeverChange(t *testing.T) {
	t.Parallel()
	sqldbtest.Frozen(t, attendancesql.Schema(), map[string]string{
		"sql/00001_attendance.sql": "cebdbc330a4d1199f74307158b0af16511fd0be12e4b95e76175d1cc87455360",
	})
}

// dump writes all the rows.
func dump(t *testing.T, db *sqldb.DB) string {
	t.Helper()
	var b strings.Builder
	for _, table := range []string{
		"attendance_call", "attendance_event", "attendance_declaration", "attendance_proof", "attendance_incident", "attendance_person", "attendance_measure",
		"attendance_merge",
	} {
		rows, err := db.Handle().QueryContext(t.Context(), db.SQL(`SELECT * FROM {`+table+`}`))
		require.NoError(t, err)
		columns, err := rows.Columns()
		require.NoError(t, err)
		var lines []string
		for rows.Next() {
			row := make([]any, len(columns))
			for i := range row {
				row[i] = new(any)
			}
			require.NoError(t, rows.Scan(row...))
			line := table
			for i := range row {
				line += fmt.Sprintf(` "%v"`, *row[i].(*any))
			}
			lines = append(lines, line)
		}
		require.NoError(t, rows.Err())
		require.NoError(t, rows.Close())
		b.WriteString(strings.Join(lines, "\n") + "\n")
	}
	return b.String()
}

// everything stores all that may be held on a person, as a pupil, a relative and a member of the staff.
func everything(t *testing.T, s *attendancesql.Store, id ent.ID, mark string, n int) {
	t.Helper()
	l, pupils := attendancetest.Lesson(ent.ID(fmt.Sprint("course", n)), 2)
	pupils = append(pupils, id)
	take := func(sent ent.ID, by ent.ID, marks ...attendance.Mark) {
		_, err := attendancetest.Take(t.Context(), s, "t", &l, pupils, attendance.Submission{ID: sent, Lesson: l.Key, Base: 99, Marks: marks, Done: true}, by)
		require.NoError(t, err)
	}
	take("1", id, attendance.Mark{Pupil: "p00", Status: attendance.StatusAbsent}, attendance.Mark{Pupil: id, Status: attendance.StatusAbsent})
	take("2", "durand", attendance.Mark{Pupil: id, Status: attendance.StatusLate, At: 490})
	day := attendance.Span{From: attendance.Moment{Date: l.Date, At: 480}, To: attendance.Moment{Date: l.Date, At: 720}}
	put := func(e attendance.Event) {
		e.Version, e.At, e.Span, e.Kind = 1, at, day, attendance.KindAbsence
		require.NoError(t, s.PutEvents(t.Context(), "t", []attendance.Event{e}))
	}
	put(attendance.Event{ID: ent.ID(fmt.Sprint("own", n)), Pupil: id, By: "cpe", Reason: ent.Code(mark)})
	put(attendance.Event{ID: ent.ID(fmt.Sprint("other", n)), Pupil: "p01", By: id})
	declare := func(d attendance.Declaration) {
		d.Span, d.Reason, d.At = day, "FAMILY", at
		require.NoError(t, s.PutDeclaration(t.Context(), "t", d))
	}
	declare(attendance.Declaration{ID: ent.ID(fmt.Sprint("of", n)), Pupil: id, By: "mere", Text: "words of another"})
	declare(attendance.Declaration{ID: ent.ID(fmt.Sprint("by", n)), Pupil: "p01", By: id, Text: mark + " is late", Treated: at, TreatedBy: id})
	require.NoError(t, s.AddProofs(t.Context(), "t", []attendance.Proof{
		{Pupil: id, Date: l.Date, Person: "mere", At: at, Events: []ent.ID{attendance.EventID(l.Key, id)}}, {Pupil: "p01", Date: l.Date, Person: id, At: at},
	}))
	incident := func(i attendance.Incident) {
		i.At = day.From
		require.NoError(t, s.ChangeIncident(t.Context(), "t", i.ID, func(attendance.Incident) (attendance.Incident, error) { return i, nil }))
	}
	measure := attendance.Measure{ID: ent.ID(fmt.Sprint("m", n)), Pupil: id, Kind: attendance.MeasureBlame, Decided: l.Date, Text: mark + " was rude", By: id}
	incident(attendance.Incident{ID: ent.ID(fmt.Sprint("alone", n)), Text: mark + " shouted", Place: mark, By: "cpe", Persons: []attendance.Protagonist{{Person: id, Role: attendance.RoleAuthor}}})
	incident(attendance.Incident{ID: ent.ID(fmt.Sprint("among", n)), Text: "a text", By: id, Persons: []attendance.Protagonist{{Person: "p00", Role: attendance.RoleVictim}, {Person: id, Role: attendance.RoleAuthor}}, Measures: []attendance.Measure{measure}})
}

func TestAttendanceIsAHolder(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		store := attendancesql.New(db)
		n := 0
		holdertest.Run(t, holdertest.Part{
			Holder: store, Tenant: "t",
			Put: func(t *testing.T, mark string) ent.ID {
				t.Helper()
				n++
				id := ent.ID(mark + fmt.Sprintf(`_p%d%%\`, n)) // with what a pattern would take for any letter
				everything(t, store, id, mark, n)
				return id
			},
			Dump: func(t *testing.T) string { t.Helper(); return dump(t, db) },
		})
	}, attendancesql.Schema())
}

// TestHeldSaysNothingOfOthers: neither who wrote, nor the words of the other parent, nor who else was there.
func TestHeldSaysNothingOfOthers(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := attendancesql.New(db)
		everything(t, s, "zoe", "zoe", 1)
		list, err := s.Held(t.Context(), "t", "zoe")
		require.NoError(t, err)
		kinds := map[string]int{}
		for _, h := range list {
			kinds[h.Kind]++
			for _, other := range []string{"durand", "cpe", "mere", "p00", "words of another", "a text"} {
				assert.NotContains(t, string(h.Data), other, h.Kind)
			}
		}
		assert.Equal(t, map[string]int{"mark": 1, "event": 3, "declaration": 2, "told": 2, "incident": 2, "measure": 1, "authored": 1}, kinds)
		list, err = s.Held(t.Context(), "t", "mere")
		require.NoError(t, err)
		require.Len(t, list, 2)
		assert.Contains(t, string(list[0].Data), "words of another", "they are hers")
	}, attendancesql.Schema())
}

// TestErasedAmongOthers: what others have stays.
func TestErasedAmongOthers(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := attendancesql.New(db)
		everything(t, s, "zoe", "zoe", 1)
		l, _ := attendancetest.Lesson("course1", 2)
		_, err := s.Erase(t.Context(), "t", "zoe")
		require.NoError(t, err)
		assert.NotContains(t, dump(t, db), "zoe")
		call, err := s.Call(t.Context(), "t", l.Key)
		require.NoError(t, err)
		require.Len(t, call.Entries, 1)
		assert.Equal(t, attendance.StatusAbsent, call.Entries[0].Status)
		list, err := s.Events(t.Context(), "t", attendance.Query{})
		require.NoError(t, err)
		assert.Len(t, list, 2)
		_, err = s.Incident(t.Context(), "t", "alone1")
		require.ErrorIs(t, err, attendance.CodeUnknown, "it concerned nobody any more")
		i, err := s.Incident(t.Context(), "t", "among1")
		require.NoError(t, err)
		assert.Equal(t, []attendance.Protagonist{{Person: "p00", Role: attendance.RoleVictim}}, i.Persons)
		assert.Empty(t, i.Measures)
		proofs, err := s.Proofs(t.Context(), "t", attendance.Query{})
		require.NoError(t, err)
		assert.Len(t, proofs, 1, "the family of another pupil was told")
	}, attendancesql.Schema())
}

// state is all that is said of a tenant.
func state(t *testing.T, s *attendancesql.Store, l *timetable.Lesson) string {
	t.Helper()
	call, err := s.Call(t.Context(), "t", l.Key)
	require.NoError(t, err)
	events, err := s.Events(t.Context(), "t", attendance.Query{Removed: true})
	require.NoError(t, err)
	declarations, err := s.Declarations(t.Context(), "t", attendance.Query{})
	require.NoError(t, err)
	proofs, err := s.Proofs(t.Context(), "t", attendance.Query{})
	require.NoError(t, err)
	incidents, err := s.Incidents(t.Context(), "t", []ent.ID{"ann", "bob", "p00", "p01"})
	require.NoError(t, err)
	return fmt.Sprintf("%#v\n%#v\n%#v\n%#v\n%#v", call, events, declarations, proofs, incidents)
}

// TestMergedPupilsInOneLesson: two accounts of one pupil, both marked in one roll call. Nothing is lost, a mark set meanwhile is one
// mark, and undone the merge leaves no trace on what was there.
func TestMergedPupilsInOneLesson(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := attendancesql.New(db)
		everything(t, s, "ann", "ann", 1)
		everything(t, s, "bob", "bob", 1000)
		l, pupils := attendancetest.Lesson("shared", 2)
		all := slices.Concat(pupils, []ent.ID{"ann", "bob"})
		take := func(sent ent.ID, base int, marks ...attendance.Mark) attendance.RollCall {
			t.Helper()
			_, err := attendancetest.Take(t.Context(), s, "t", &l, all, attendance.Submission{ID: sent, Lesson: l.Key, Base: base, Marks: marks}, "bob")
			require.NoError(t, err)
			c, err := s.Call(t.Context(), "t", l.Key)
			require.NoError(t, err)
			return c
		}
		take("1", 0, attendance.Mark{Pupil: "ann", Status: attendance.StatusPresent}, attendance.Mark{Pupil: "p00", Status: attendance.StatusAbsent})
		take("2", 1, attendance.Mark{Pupil: "bob", Status: attendance.StatusAbsent})
		rows, before := dump(t, db), state(t, s, &l)

		require.NoError(t, s.Merge(t.Context(), "t", "ann", "bob"))
		assert.NotContains(t, state(t, s, &l), `Pupil:"bob"`)
		c, err := s.Call(t.Context(), "t", l.Key)
		require.NoError(t, err)
		require.Len(t, c.Entries, 2)
		e, ok := c.Entry("ann")
		require.True(t, ok)
		assert.Equal(t, attendance.StatusAbsent, e.Status, "the last mark of the two")
		assert.Equal(t, ent.ID("ann"), e.By)
		require.NoError(t, s.Unmerge(t.Context(), "t", "ann", "bob"))
		assert.Equal(t, before, state(t, s, &l))
		assert.Equal(t, rows, dump(t, db))

		// Merged, other pupils are marked, an event is settled, an incident is reported on again: the rows of the two stay apart.
		require.NoError(t, s.Merge(t.Context(), "t", "ann", "bob"))
		take("3", 2, attendance.Mark{Pupil: "p00", Status: attendance.StatusPresent})
		ofAnn, err := s.Events(t.Context(), "t", attendance.Query{Pupils: []ent.ID{"ann"}})
		require.NoError(t, err)
		none, err := s.Events(t.Context(), "t", attendance.Query{Pupils: []ent.ID{"bob"}})
		require.NoError(t, err)
		assert.Empty(t, none, "all is with the one that was kept")
		absent := attendance.EventID(l.Key, "bob")
		for _, e := range ofAnn {
			e.Regularised, e.Version = true, e.Version+1
			require.NoError(t, s.PutEvents(t.Context(), "t", []attendance.Event{e}))
		}
		for _, id := range []ent.ID{"among1", "among1000"} {
			require.NoError(t, s.ChangeIncident(t.Context(), "t", id, func(had attendance.Incident) (attendance.Incident, error) {
				assert.Equal(t, ent.ID("ann"), had.Measures[0].Pupil)
				had.Text = "again"
				return had, nil
			}))
		}
		// Marked late: one mark, one event, that of the account that was absent.
		c = take("4", 3, attendance.Mark{Pupil: "ann", Status: attendance.StatusLate, At: 490})
		require.Len(t, c.Entries, 2)
		got, err := s.Event(t.Context(), "t", absent)
		require.NoError(t, err)
		assert.Equal(t, attendance.KindLateness, got.Kind)
		assert.Equal(t, 3, got.Version)
		_, err = s.Event(t.Context(), "t", attendance.EventID(l.Key, "ann"))
		require.ErrorIs(t, err, attendance.CodeUnknown, "and not doubled")

		require.NoError(t, s.Unmerge(t.Context(), "t", "ann", "bob"))
		c, err = s.Call(t.Context(), "t", l.Key)
		require.NoError(t, err)
		require.Len(t, c.Entries, 3)
		a, _ := c.Entry("ann")
		b, _ := c.Entry("bob")
		assert.Equal(t, []attendance.Status{attendance.StatusPresent, attendance.StatusLate}, []attendance.Status{a.Status, b.Status})
		for _, id := range []ent.ID{"ann", "bob"} {
			list, err := s.Events(t.Context(), "t", attendance.Query{Pupils: []ent.ID{id}})
			require.NoError(t, err)
			assert.Len(t, list, map[ent.ID]int{"ann": 2, "bob": 3}[id])
			i, err := s.Incident(t.Context(), "t", map[ent.ID]ent.ID{"ann": "among1", "bob": "among1000"}[id])
			require.NoError(t, err)
			assert.Equal(t, []ent.ID{id, id, id}, []ent.ID{i.Persons[1].Person, i.Measures[0].Pupil, i.By})
			assert.Equal(t, "again", i.Text)
		}
	}, attendancesql.Schema())
}

// TestBothAbsent: two accounts of one pupil are absent in one lesson; marked present after all, none of the two events stays.
func TestBothAbsent(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := attendancesql.New(db)
		l, _ := attendancetest.Lesson("shared", 0)
		take := func(sent ent.ID, marks ...attendance.Mark) {
			t.Helper()
			_, err := attendancetest.Take(t.Context(), s, "t", &l, []ent.ID{"ann", "bob"}, attendance.Submission{ID: sent, Lesson: l.Key, Base: 9, Marks: marks}, "durand")
			require.NoError(t, err)
		}
		absent := attendance.StatusAbsent
		take("1", attendance.Mark{Pupil: "ann", Status: absent}, attendance.Mark{Pupil: "bob", Status: absent})
		require.NoError(t, s.Merge(t.Context(), "t", "ann", "bob"))
		list, err := s.Events(t.Context(), "t", attendance.Query{Pupils: []ent.ID{"ann"}})
		require.NoError(t, err)
		assert.Len(t, list, 2, "nothing is lost")
		take("2", attendance.Mark{Pupil: "ann", Status: attendance.StatusPresent})
		list, err = s.Events(t.Context(), "t", attendance.Query{Pupils: []ent.ID{"ann"}})
		require.NoError(t, err)
		assert.Empty(t, list)
		list, err = s.Events(t.Context(), "t", attendance.Query{Pupils: []ent.ID{"ann"}, Removed: true})
		require.NoError(t, err)
		assert.Len(t, list, 2)
		// The account that is gone is not erased apart: all of it is the pupil's.
		n, err := s.Erase(t.Context(), "t", "bob")
		require.NoError(t, err)
		assert.Zero(t, n)
		_, err = s.Erase(t.Context(), "t", "ann")
		require.NoError(t, err)
		assert.NotContains(t, dump(t, db), "bob")
	}, attendancesql.Schema())
}
