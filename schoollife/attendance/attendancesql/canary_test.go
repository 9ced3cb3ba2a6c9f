package attendancesql_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/ent/sqldb/sqldbtest"
	"github.com/opencartable/cartable/schoollife/attendance"
	"github.com/opencartable/cartable/schoollife/attendance/attendancesql"
	"github.com/opencartable/cartable/schoollife/attendance/attendancetest"
)

const canary = "CANARI"

// TestCanary: whatever is wrong with the rows, no error and no log line shows what is in them.
func TestCanary(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := attendancesql.New(db)
		everything(t, s, canary, canary, 1)
		l, pupils := attendancetest.Lesson("course1", 2)
		for _, text := range []string{
			`UPDATE {attendance_call} SET entries = '[{"pupil":"CANARI"'`, `UPDATE {attendance_event} SET starts = 'CANARI'`,
			`UPDATE {attendance_declaration} SET ends = '2026-13-CANARI'`, `UPDATE {attendance_proof} SET events = '"CANARI"'`,
			`UPDATE {attendance_measure} SET decided = 'CANARI'`,
		} {
			_, err := db.Handle().ExecContext(t.Context(), db.SQL(text))
			require.NoError(t, err)
		}
		ctx := t.Context()
		gone, cancel := context.WithCancel(ctx)
		cancel()
		var errs []error
		fail := func(err error) { require.Error(t, err); errs = append(errs, err) }
		_, err := s.Call(ctx, "t", l.Key)
		fail(err)
		_, err = attendancetest.Take(ctx, s, "t", &l, pupils, attendance.Submission{ID: canary, Lesson: l.Key}, canary)
		fail(err)
		_, err = s.Events(ctx, "t", attendance.Query{Pupils: []ent.ID{canary}})
		fail(err)
		_, err = s.Declarations(ctx, "t", attendance.Query{})
		fail(err)
		_, err = s.Proofs(ctx, "t", attendance.Query{})
		fail(err)
		_, err = s.Incidents(ctx, "t", []ent.ID{canary})
		fail(err)
		_, err = s.Held(ctx, "t", canary)
		fail(err)
		_, err = s.Erase(ctx, "t", canary)
		fail(err)
		_, err = s.Event(ctx, "t", canary)
		fail(err)
		fail(s.PutEvents(ctx, "t", []attendance.Event{{ID: canary, Pupil: canary, Version: 9}}))
		fail(s.PutDeclaration(gone, "t", attendance.Declaration{ID: canary, Pupil: canary, Text: canary}))
		var shown bytes.Buffer
		for _, logger := range []*slog.Logger{slog.New(slog.NewTextHandler(&shown, nil)), slog.New(slog.NewJSONHandler(&shown, nil))} {
			for _, err := range errs {
				logger.Error("failed", "err", err)
				fmt.Fprintf(&shown, "%v %+v %#v\n", err, err, err)
			}
		}
		if at := strings.Index(shown.String(), canary); at >= 0 {
			assert.Fail(t, "shown", "%s", shown.String()[max(0, at-200):at+40])
		}
	}, attendancesql.Schema())
}
