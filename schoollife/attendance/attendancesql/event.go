package attendancesql

import (
	"cmp"
	"context"
	"slices"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/schoollife/attendance"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// eventRow is an event on its way into a statement. All of them go as one text.
type eventRow struct {
	ID          ent.ID          `json:"id"`
	Version     int             `json:"version"`
	Pupil       ent.ID          `json:"pupil"`
	Kind        attendance.Kind `json:"kind"`
	Starts      string          `json:"starts"`
	Ends        string          `json:"ends"`
	FirstDay    ent.Date        `json:"first_day"`
	LastDay     ent.Date        `json:"last_day"`
	Planned     ent.Date        `json:"planned"`
	Course      ent.ID          `json:"course"`
	Reason      ent.Code        `json:"reason"`
	Regularised int64           `json:"regularised"`
	Removed     int64           `json:"removed"`
	Writer      ent.ID          `json:"writer"`
	Written     *int64          `json:"written"`
}

func eventColumns() []column {
	return []column{
		{"id", "TEXT"},
		{"version", "BIGINT"},
		{"pupil", "TEXT"},
		{"kind", "TEXT"},
		{"starts", "TEXT"},
		{"ends", "TEXT"},
		{"first_day", "TEXT"},
		{"last_day", "TEXT"},
		{"planned", "TEXT"},
		{"course", "TEXT"},
		{"reason", "TEXT"},
		{"regularised", "BIGINT"},
		{"removed", "BIGINT"},
		{"writer", "TEXT"},
		{"written", "BIGINT"},
	}
}

// last keeps the last version of each event.
const last = `NOT EXISTS (SELECT 1 FROM {attendance_event} n WHERE n.tenant = e.tenant AND n.id = e.id AND n.version > e.version)`

const eventRead = `e.id, e.version, e.pupil, e.kind, e.starts, e.ends, e.planned, e.course, e.reason, e.regularised, e.removed, e.writer, e.written`

func readEvent(row sqldb.Scanner) (attendance.Event, error) {
	var e attendance.Event
	var regularised, removed int64
	err := row.Scan(&e.ID, &e.Version, &e.Pupil, &e.Kind, sqldb.Text(&e.From, parseMoment), sqldb.Text(&e.To, parseMoment),
		sqldb.Text(&e.Lesson.On, parseDate), &e.Lesson.Course, &e.Reason, &regularised, &removed, &e.By, sqldb.Instant(&e.At))
	e.Regularised, e.Removed = regularised != 0, removed != 0
	return e, err
}

func (a aliases) events(list []attendance.Event) {
	for i := range list {
		list[i].Pupil, list[i].By = a.now(list[i].Pupil), a.now(list[i].By)
	}
}

// lessonEvents returns the events that were seen in a lesson, as the rows have them.
func lessonEvents(ctx context.Context, tx *sqldb.Tx, k timetable.Key) ([]attendance.Event, error) {
	list, err := sqldb.All(ctx, tx, `SELECT `+eventRead+` FROM {attendance_event} e WHERE e.tenant = $1 AND e.planned = $2 AND e.course = $3 AND `+last,
		[]any{string(tx.Tenant()), k.On.String(), string(k.Course)}, readEvent)
	attendance.SortEvents(list)
	return list, err
}

// insertEvents adds versions of events in one statement: all, or none and CodeConflict. Somebody who adds the same version at the same
// time is met by the key of the table.
func insertEvents(ctx context.Context, tx *sqldb.Tx, events []attendance.Event) error {
	if len(events) == 0 {
		return nil
	}
	rows := make([]eventRow, len(events))
	for i := range events {
		e := &events[i]
		first, last := e.Days()
		rows[i] = eventRow{
			e.ID, e.Version, e.Pupil, e.Kind, e.From.String(), e.To.String(), first, last, e.Lesson.On, e.Lesson.Course, e.Reason,
			bit(e.Regularised), bit(e.Removed), e.By, micros(e.At),
		}
	}
	// In one order for all: two who write the same events then never wait for each other.
	slices.SortFunc(rows, func(a, b eventRow) int { return cmp.Compare(a.ID, b.ID) })
	text, err := write(rows)
	if err != nil {
		return err
	}
	columns := eventColumns()
	n, err := tx.Exec(ctx, `INSERT INTO {attendance_event} (tenant, `+names(columns, "")+`)
		SELECT CAST($1 AS TEXT), `+names(columns, "v.")+` FROM (`+given(tx.Engine(), columns)+`) AS v
		WHERE v.version = 1 + COALESCE((SELECT max(n.version) FROM {attendance_event} n WHERE n.tenant = $1 AND n.id = v.id), 0)
		ORDER BY v.id ON CONFLICT DO NOTHING`, string(tx.Tenant()), text)
	if err == nil && n != int64(len(events)) {
		return conflict()
	}
	return err
}

// PutEvents is of [attendance.Store].
func (s *Store) PutEvents(ctx context.Context, tenant ent.Tenant, events []attendance.Event) error {
	return s.update(ctx, tenant, func(tx *sqldb.Tx, alias aliases) error {
		if len(alias) == 0 {
			return insertEvents(ctx, tx, events)
		}
		// The pupil of an event does not change: it stays on the account that it was seen on.
		ids := make([]ent.ID, len(events))
		for i := range events {
			ids[i] = events[i].ID
		}
		text, err := write(ids)
		if err != nil {
			return err
		}
		was := map[ent.ID]ent.ID{}
		if err := tx.Query(ctx, `SELECT id, pupil FROM {attendance_event} e WHERE e.tenant = $1 AND e.id IN `+values(tx.Engine())+` AND `+last,
			[]any{string(tenant), text}, func(row sqldb.Scanner) error {
				var id, pupil ent.ID
				err := row.Scan(&id, &pupil)
				was[id] = pupil
				return err
			}); err != nil {
			return err
		}
		events := slices.Clone(events)
		for i := range events {
			if pupil, ok := was[events[i].ID]; ok {
				events[i].Pupil = alias.back(events[i].Pupil, pupil)
			}
		}
		return insertEvents(ctx, tx, events)
	})
}

// Events is of [attendance.Store].
func (s *Store) Events(ctx context.Context, tenant ent.Tenant, q attendance.Query) ([]attendance.Event, error) {
	var out []attendance.Event
	err := s.view(ctx, tenant, func(tx *sqldb.Tx, alias aliases) error {
		condition, args, err := query(tx, alias, q, "e.first_day", "e.last_day")
		if err != nil {
			return err
		}
		if !q.Removed {
			condition += ` AND e.removed = 0`
		}
		out, err = sqldb.All(ctx, tx, `SELECT `+eventRead+` FROM {attendance_event} e WHERE e.tenant = $1`+condition+` AND `+last, args, readEvent)
		alias.events(out)
		attendance.SortEvents(out)
		return err
	})
	return out, err
}

// Event is of [attendance.Store].
func (s *Store) Event(ctx context.Context, tenant ent.Tenant, id ent.ID) (attendance.Event, error) {
	list, err := s.EventHistory(ctx, tenant, id)
	if err == nil && len(list) == 0 {
		err = unknown()
	}
	if err != nil {
		return attendance.Event{}, err
	}
	return list[len(list)-1], nil
}

// EventHistory is of [attendance.Store].
func (s *Store) EventHistory(ctx context.Context, tenant ent.Tenant, id ent.ID) ([]attendance.Event, error) {
	var out []attendance.Event
	err := s.view(ctx, tenant, func(tx *sqldb.Tx, alias aliases) error {
		var err error
		out, err = sqldb.All(ctx, tx, `SELECT `+eventRead+` FROM {attendance_event} e WHERE e.tenant = $1 AND e.id = $2 ORDER BY e.version`,
			[]any{string(tenant), string(id)}, readEvent)
		alias.events(out)
		return err
	})
	return out, err
}
