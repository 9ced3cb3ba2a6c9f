package attendancesql

import (
	"cmp"
	"context"
	"slices"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/schoollife/attendance"
)

const measureColumns = `id, pupil, kind, decided, starts, ends, hours, suspended, words, writer, room`

// measureOf is a measure with its incident.
type measureOf struct {
	incident ent.ID
	attendance.Measure
}

func readMeasure(row sqldb.Scanner) (measureOf, error) {
	var m measureOf
	var suspended int64
	err := row.Scan(&m.incident, &m.ID, &m.Pupil, &m.Kind, sqldb.Text(&m.Decided, parseDate), sqldb.Text(&m.From, parseMoment), sqldb.Text(&m.To, parseMoment),
		&m.Hours, &suspended, &m.Text, &m.By, &m.Room)
	m.Suspended = suspended != 0
	return m, err
}

func readIncident(row sqldb.Scanner) (attendance.Incident, error) {
	var i attendance.Incident
	return i, row.Scan(&i.ID, sqldb.Text(&i.At, parseMoment), &i.Place, &i.Type, &i.Seriousness, &i.Text, &i.By)
}

// rawIncidents returns incidents as the rows have them. which is a condition on an incident i, with the parameter $2; end is what the
// statement ends with.
func rawIncidents(ctx context.Context, tx *sqldb.Tx, which, parameter, end string) ([]attendance.Incident, error) {
	args := []any{string(tx.Tenant()), parameter}
	out, err := sqldb.All(ctx, tx, `SELECT i.id, i.happened, i.place, i.kind, i.seriousness, i.words, i.writer FROM {attendance_incident} i
		WHERE i.tenant = $1 AND `+which+` ORDER BY i.id`+end, args, readIncident)
	if err != nil || len(out) == 0 {
		return nil, err
	}
	at := make(map[ent.ID]*attendance.Incident, len(out))
	for i := range out {
		at[out[i].ID] = &out[i]
	}
	if err := tx.Query(ctx, `SELECT p.incident, p.person, p.role FROM {attendance_person} p JOIN {attendance_incident} i ON i.tenant = p.tenant AND i.id = p.incident
		WHERE i.tenant = $1 AND `+which+` ORDER BY p.incident, p.place`, args, func(row sqldb.Scanner) error {
		var incident ent.ID
		var p attendance.Protagonist
		if err := row.Scan(&incident, &p.Person, &p.Role); err != nil {
			return err
		}
		if i := at[incident]; i != nil {
			i.Persons = append(i.Persons, p)
		}
		return nil
	}); err != nil {
		return nil, err
	}
	measures, err := sqldb.All(ctx, tx, `SELECT m.incident, m.id, m.pupil, m.kind, m.decided, m.starts, m.ends, m.hours, m.suspended, m.words, m.writer, m.room
		FROM {attendance_measure} m JOIN {attendance_incident} i ON i.tenant = m.tenant AND i.id = m.incident
		WHERE i.tenant = $1 AND `+which+` ORDER BY m.incident, m.place`, args, readMeasure)
	for _, m := range measures {
		if i := at[m.incident]; i != nil {
			i.Measures = append(i.Measures, m.Measure)
		}
	}
	return out, err
}

// incident puts the accounts that were kept in place of those that are gone.
func (a aliases) incident(i attendance.Incident) attendance.Incident {
	i.By = a.now(i.By)
	i.Persons, i.Measures = slices.Clone(i.Persons), slices.Clone(i.Measures)
	for j := range i.Persons {
		i.Persons[j].Person = a.now(i.Persons[j].Person)
	}
	for j := range i.Measures {
		m := &i.Measures[j]
		m.Pupil, m.By = a.now(m.Pupil), a.now(m.By)
	}
	return i
}

// backIncident returns an incident to write: the accounts that were there stay where it still says the same.
func (a aliases) backIncident(i, was attendance.Incident) attendance.Incident {
	if len(a) == 0 {
		return i
	}
	i.By = a.back(i.By, was.By)
	i.Persons, i.Measures = slices.Clone(i.Persons), slices.Clone(i.Measures)
	left := slices.Clone(was.Persons)
	for j := range i.Persons {
		p := &i.Persons[j]
		at := slices.IndexFunc(left, func(o attendance.Protagonist) bool { return o.Role == p.Role && a.now(o.Person) == p.Person })
		if at >= 0 {
			p.Person = left[at].Person
			left = slices.Delete(left, at, at+1)
		}
	}
	for j := range i.Measures {
		m := &i.Measures[j]
		for _, o := range was.Measures {
			if o.ID == m.ID {
				m.Pupil, m.By = a.back(m.Pupil, o.Pupil), a.back(m.By, o.By)
			}
		}
	}
	return i
}

// concerning is the condition of the incidents that concern one of the persons of the list $2.
func concerning(e sqldb.Engine) string {
	in := values(e)
	return `(EXISTS (SELECT 1 FROM {attendance_person} q WHERE q.tenant = i.tenant AND q.incident = i.id AND q.person IN ` + in + `)
		OR EXISTS (SELECT 1 FROM {attendance_measure} q WHERE q.tenant = i.tenant AND q.incident = i.id AND q.pupil IN ` + in + `))`
}

// Incidents is of [attendance.Store].
func (s *Store) Incidents(ctx context.Context, tenant ent.Tenant, persons []ent.ID) ([]attendance.Incident, error) {
	var out []attendance.Incident
	err := s.view(ctx, tenant, func(tx *sqldb.Tx, alias aliases) error {
		accounts := []ent.ID{}
		for _, p := range persons {
			accounts = append(accounts, alias.accounts(p)...)
		}
		text, err := write(accounts)
		if err != nil {
			return err
		}
		out, err = rawIncidents(ctx, tx, concerning(tx.Engine()), text, "")
		for i := range out {
			out[i] = alias.incident(out[i])
		}
		attendance.SortIncidents(out)
		return err
	})
	return out, err
}

// Incident is of [attendance.Store].
func (s *Store) Incident(ctx context.Context, tenant ent.Tenant, id ent.ID) (attendance.Incident, error) {
	var out attendance.Incident
	err := s.view(ctx, tenant, func(tx *sqldb.Tx, alias aliases) error {
		list, err := rawIncidents(ctx, tx, `i.id = $2`, string(id), "")
		if err == nil && len(list) == 0 {
			err = unknown()
		}
		if err == nil {
			out = alias.incident(list[0])
		}
		return err
	})
	return out, err
}

// ChangeIncident is of [attendance.Store].
func (s *Store) ChangeIncident(ctx context.Context, tenant ent.Tenant, id ent.ID, change attendance.IncidentChange) error {
	for try := 1; ; try++ {
		met := false
		err := s.update(ctx, tenant, func(tx *sqldb.Tx, alias aliases) error {
			met = false
			list, err := rawIncidents(ctx, tx, `i.id = $2`, string(id), lock(tx))
			if err != nil {
				return err
			}
			var raw attendance.Incident
			if len(list) > 0 {
				raw = list[0]
			}
			i, err := change(alias.incident(raw))
			if err != nil {
				return err
			}
			i = alias.backIncident(i, raw)
			i.ID = id
			n, err := putIncident(ctx, tx, &i, len(list) > 0)
			if err == nil && n == 0 { // somebody else was first to make it
				met = true
				return conflict()
			}
			return err
		})
		if !met || try == attempts {
			return err
		}
	}
}

func putIncident(ctx context.Context, tx *sqldb.Tx, i *attendance.Incident, known bool) (int64, error) {
	text := `INSERT INTO {attendance_incident} (happened, place, kind, seriousness, words, writer, tenant, id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT DO NOTHING`
	if known {
		text = `UPDATE {attendance_incident} SET happened = $1, place = $2, kind = $3, seriousness = $4, words = $5, writer = $6 WHERE tenant = $7 AND id = $8`
	}
	tenant := string(tx.Tenant())
	n, err := tx.Exec(ctx, text, i.At.String(), i.Place, i.Type, int64(i.Seriousness), i.Text, string(i.By), tenant, string(i.ID))
	if err != nil || n == 0 {
		return n, err
	}
	for _, table := range []string{"attendance_person", "attendance_measure"} {
		if err := tx.Send(ctx, `DELETE FROM {`+table+`} WHERE tenant = $1 AND incident = $2`, tenant, string(i.ID)); err != nil {
			return 0, err
		}
	}
	for place, p := range i.Persons {
		if err := tx.Send(ctx, `INSERT INTO {attendance_person} (tenant, incident, place, person, role) VALUES ($1, $2, $3, $4, $5)`,
			tenant, string(i.ID), int64(place), string(p.Person), string(p.Role)); err != nil {
			return 0, err
		}
	}
	for place, m := range i.Measures {
		if err := tx.Send(ctx, `INSERT INTO {attendance_measure} (tenant, incident, place, `+measureColumns+`)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
			tenant, string(i.ID), int64(place), string(m.ID), string(m.Pupil), string(m.Kind), m.Decided.String(), m.From.String(), m.To.String(),
			int64(m.Hours), bit(m.Suspended), m.Text, string(m.By), string(m.Room)); err != nil {
			return 0, err
		}
	}
	return n, nil
}

// Measures is of [attendance.Store].
func (s *Store) Measures(ctx context.Context, tenant ent.Tenant) ([]attendance.Measure, error) {
	var out []attendance.Measure
	err := s.view(ctx, tenant, func(tx *sqldb.Tx, alias aliases) error {
		list, err := sqldb.All(ctx, tx, `SELECT incident, `+measureColumns+` FROM {attendance_measure} WHERE tenant = $1`, []any{string(tenant)}, readMeasure)
		out = nil
		for _, m := range list {
			m.Pupil, m.By = alias.now(m.Pupil), alias.now(m.By)
			out = append(out, m.Measure)
		}
		slices.SortFunc(out, func(a, b attendance.Measure) int { return cmp.Compare(a.ID, b.ID) })
		return err
	})
	return out, err
}

// EraseMeasures is of [attendance.Store]. The incidents are locked: who changes one of them at the same time does not bring a measure
// back.
func (s *Store) EraseMeasures(ctx context.Context, tenant ent.Tenant, ids []ent.ID) (int64, error) {
	var n int64
	text, err := write(ids)
	if err != nil {
		return 0, err
	}
	if ids == nil {
		return 0, nil
	}
	err = s.db.Update(ctx, tenant, func(tx *sqldb.Tx) error {
		in := values(tx.Engine())
		args := []any{string(tenant), text}
		if err := tx.Query(ctx, `SELECT i.id FROM {attendance_incident} i WHERE i.tenant = $1 AND EXISTS (SELECT 1 FROM {attendance_measure} m
			WHERE m.tenant = i.tenant AND m.incident = i.id AND m.id IN `+in+`) ORDER BY i.id`+lock(tx), args, func(row sqldb.Scanner) error {
			var id string
			return row.Scan(&id)
		}); err != nil {
			return err
		}
		var err error
		n, err = tx.Exec(ctx, `DELETE FROM {attendance_measure} WHERE tenant = $1 AND id IN `+in, args...)
		return err
	})
	return n, err
}
