package attendancesql

import (
	"context"
	"errors"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/schoollife/attendance"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// entry is an entry of a roll call as the row holds it.
type entry struct {
	Pupil    ent.ID            `json:"pupil"`
	Status   attendance.Status `json:"status"`
	At       int16             `json:"at,omitempty"`
	By       ent.ID            `json:"by"`
	Set      int64             `json:"set"`
	Revision int               `json:"revision"`
}

func writeEntries(list []attendance.Entry) (string, error) {
	rows := make([]entry, len(list))
	for i, e := range list {
		rows[i] = entry{e.Pupil, e.Status, int16(e.Mark.At), e.By, sqldb.Micros(e.At), e.Revision}
	}
	return write(rows)
}

func readEntries(text string) ([]attendance.Entry, error) {
	var rows []entry
	if err := read(text, &rows); err != nil || len(rows) == 0 {
		return nil, err
	}
	out := make([]attendance.Entry, len(rows))
	for i, e := range rows {
		out[i] = attendance.Entry{
			Mark: attendance.Mark{Pupil: e.Pupil, Status: e.Status, At: timetable.Clock(e.At)}, By: e.By, At: sqldb.Time(e.Set), Revision: e.Revision,
		}
	}
	return out, nil
}

const callColumns = `planned, course, state, revision, entries, seen, done, closer`

func readCall(row sqldb.Scanner) (attendance.RollCall, error) {
	var c attendance.RollCall
	var entries, seen string
	err := row.Scan(sqldb.Text(&c.Lesson.On, ent.ParseDate), &c.Lesson.Course, &c.State, &c.Revision, &entries, &seen, sqldb.Instant(&c.Done), &c.By)
	if err != nil {
		return c, err
	}
	if c.Entries, err = readEntries(entries); err != nil {
		return c, err
	}
	return c, read(seen, &c.Seen)
}

// Call is of [attendance.Store].
func (s *Store) Call(ctx context.Context, tenant ent.Tenant, k timetable.Key) (attendance.RollCall, error) {
	out := attendance.RollCall{Lesson: k, State: attendance.CallToDo}
	err := s.view(ctx, tenant, func(tx *sqldb.Tx, alias aliases) error {
		list, err := sqldb.All(ctx, tx, `SELECT `+callColumns+` FROM {attendance_call} WHERE tenant = $1 AND planned = $2 AND course = $3`,
			[]any{string(tenant), k.On.String(), string(k.Course)}, readCall)
		for _, c := range list {
			out = alias.show(c, nil).call
		}
		return err
	})
	return out, err
}

// Calls is of [attendance.Store].
func (s *Store) Calls(ctx context.Context, tenant ent.Tenant, from, to ent.Date) ([]attendance.RollCall, error) {
	var out []attendance.RollCall
	err := s.view(ctx, tenant, func(tx *sqldb.Tx, alias aliases) error {
		var err error
		out, err = sqldb.All(ctx, tx, `SELECT `+callColumns+` FROM {attendance_call} WHERE tenant = $1 AND planned BETWEEN $2 AND $3`,
			[]any{string(tenant), from.String(), to.String()}, readCall)
		for i := range out {
			out[i] = alias.show(out[i], nil).call
		}
		attendance.SortCalls(out)
		return err
	})
	return out, err
}

// attempts is how often a roll call is merged again when the office changed one of its events meanwhile.
const attempts = 20

// ChangeCall is of [attendance.Store].
func (s *Store) ChangeCall(ctx context.Context, tenant ent.Tenant, k timetable.Key, change attendance.CallChange) error {
	for try := 1; ; try++ {
		met := false
		err := s.update(ctx, tenant, func(tx *sqldb.Tx, alias aliases) error {
			met = false
			raw, err := lockCall(ctx, tx, k)
			if err != nil {
				return err
			}
			had, err := lessonEvents(ctx, tx, k)
			if err != nil {
				return err
			}
			seen := alias.show(raw, had)
			call, events, err := change(seen.call, seen.events)
			if err != nil {
				return err
			}
			call, events = seen.write(call, events)
			if err := putCall(ctx, tx, k, &call); err != nil {
				return err
			}
			err = insertEvents(ctx, tx, events)
			met = errors.Is(err, attendance.CodeConflict)
			return err
		})
		if !met || try == attempts {
			return err
		}
	}
}

// lockCall returns a roll call and locks its row, which it makes: those who begin it at once wait for each other too.
func lockCall(ctx context.Context, tx *sqldb.Tx, k timetable.Key) (attendance.RollCall, error) {
	list, err := sqldb.All(ctx, tx, `INSERT INTO {attendance_call} AS c (tenant, planned, course, state, revision, entries, seen, done, closer)
		VALUES ($1, $2, $3, $4, 0, '[]', 'null', NULL, '') ON CONFLICT (tenant, planned, course) DO UPDATE SET revision = c.revision RETURNING `+callColumns,
		[]any{string(tx.Tenant()), k.On.String(), string(k.Course), string(attendance.CallToDo)}, readCall)
	if err == nil && len(list) != 1 {
		err = unreadable()
	}
	if err != nil {
		return attendance.RollCall{}, err
	}
	return list[0], nil
}

func putCall(ctx context.Context, tx *sqldb.Tx, k timetable.Key, c *attendance.RollCall) error {
	entries, err := writeEntries(c.Entries)
	if err != nil {
		return err
	}
	seen, err := write(c.Seen)
	if err != nil {
		return err
	}
	return tx.Send(ctx, `UPDATE {attendance_call} SET state = $1, revision = $2, entries = $3, seen = $4, done = $5, closer = $6
		WHERE tenant = $7 AND planned = $8 AND course = $9`, string(c.State), int64(c.Revision), entries, seen, sqldb.InstantArg(c.Done), string(c.By),
		string(tx.Tenant()), k.On.String(), string(k.Course))
}

// micros returns an instant as a JSON text holds it; nil for none.
func micros(t time.Time) *int64 {
	if t.IsZero() {
		return nil
	}
	n := sqldb.Micros(t)
	return &n
}
