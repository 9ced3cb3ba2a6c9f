package timetablesql

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/schoollife/timetable"
)

//go:embed sql
var files embed.FS

// Schema returns the tables of this package, for [sqldb.DB.Migrate].
func Schema() sqldb.Schema { return sqldb.Schema{Name: "timetable", FS: files} }

// Store keeps timetables, of all tenants of a database.
type Store struct{ db *sqldb.DB }

var _ timetable.Store = (*Store)(nil)

// New returns the store of a database.
func New(db *sqldb.DB) *Store { return &Store{db} }

// unreadable tells of a row without its text, which may be personal.
func unreadable() error { return fmt.Errorf("timetablesql: row: %w", timetable.CodeStore) }

func write(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", unreadable()
	}
	return string(b), nil
}

func read(text string, v any) error {
	if json.Unmarshal([]byte(text), v) != nil { // the cause quotes the row
		return unreadable()
	}
	return nil
}

const columns = `course, planned, day, start, finish, subject, resources, state, revision, alongside, was`

// reader reads lessons; those of one week share what their resources were written as.
type reader struct{ resources map[string][]timetable.Ref }

func (r *reader) lesson(row sqldb.Scanner) (timetable.Lesson, error) {
	var l timetable.Lesson
	var resources, was string
	var start, end, revision int64
	if err := row.Scan(&l.Course, sqldb.Text(&l.On, ent.ParseDate), sqldb.Text(&l.Date, ent.ParseDate), &start, &end, &l.Subject, &resources,
		&l.State, &revision, &l.Together, &was); err != nil {
		return l, err
	}
	l.Start, l.End, l.Revision = timetable.Clock(start), timetable.Clock(end), int(revision) //nolint:gosec // written from these types
	list, ok := r.resources[resources]
	if !ok {
		if err := read(resources, &list); err != nil {
			return l, err
		}
		if r.resources == nil {
			r.resources = map[string][]timetable.Ref{}
		}
		r.resources[resources] = list
	}
	l.Resources = list
	if was != "" {
		l.Was = &timetable.Lesson{}
		return l, read(was, l.Was)
	}
	return l, nil
}

// writer writes rows of lessons; equal lists of resources are written once.
type writer struct {
	tenant, school string
	last           []timetable.Ref
	text           string
	born           int64
	row            [14]any
}

func (w *writer) resources(list []timetable.Ref) (string, error) {
	if w.text != "" && slices.Equal(w.last, list) {
		return w.text, nil
	}
	var err error
	w.last = list
	w.text, err = write(list)
	return w.text, err
}

func (w *writer) values(l *timetable.Lesson) ([]any, error) {
	resources, err := w.resources(l.Resources)
	if err != nil {
		return nil, err
	}
	was := ""
	if l.Was != nil {
		if was, err = write(l.Was); err != nil {
			return nil, err
		}
	}
	w.row = [14]any{
		w.tenant, w.school, string(l.Course), l.On.String(), l.Date.String(), int64(l.Start), int64(l.End), string(l.Subject), resources,
		string(l.State), int64(l.Revision), string(l.Together), was, w.born,
	}
	return w.row[:], nil
}

// head is the row of a school.
type head struct {
	version int64
	changed time.Time
	year    timetable.Year
	courses []timetable.Course
}

// readHead reads the row of a school, and locks it when it is to be written. Nothing is an empty one.
func readHead(ctx context.Context, tx *sqldb.Tx, school ent.ID, lock bool) (head, error) {
	var h head
	var year, courses string
	query := `SELECT version, changed, year, courses FROM {timetable_school} WHERE tenant = $1 AND school = $2`
	if lock && tx.Engine() == sqldb.PostgreSQL {
		query += ` FOR UPDATE`
	}
	err := tx.QueryRow(ctx, query, []any{string(tx.Tenant()), string(school)}, &h.version, sqldb.Instant(&h.changed), &year, &courses)
	if errors.Is(err, sqldb.CodeNoRow) {
		return head{}, nil
	}
	if err == nil {
		err = read(year, &h.year)
	}
	if err == nil {
		err = read(courses, &h.courses)
	}
	return h, err
}

// Kept is of [timetable.Store].
func (s *Store) Kept(ctx context.Context, tenant ent.Tenant, school ent.ID) (*timetable.Kept, error) {
	var k *timetable.Kept
	err := s.db.View(ctx, tenant, func(tx *sqldb.Tx) error {
		h, err := readHead(ctx, tx, school, false)
		if err != nil {
			return err
		}
		k = &timetable.Kept{Year: h.year, Courses: h.courses, Version: h.version}
		var r reader
		if k.Lessons, err = sqldb.All(ctx, tx, `SELECT `+columns+` FROM {timetable_lesson} WHERE tenant = $1 AND school = $2
			ORDER BY day, start, finish, course, planned`, []any{string(tenant), string(school)}, r.lesson); err != nil {
			return err
		}
		changes, err := changes(ctx, tx, school)
		for _, c := range changes {
			k.Changes = append(k.Changes, c.Change)
		}
		return err
	})
	return k, err
}

// Apply is of [timetable.Store].
func (s *Store) Apply(ctx context.Context, tenant ent.Tenant, school ent.ID, p *timetable.Plan, by ent.ID, at time.Time) error {
	if err := p.Blocked(); err != nil {
		return err
	}
	return s.db.Update(ctx, tenant, func(tx *sqldb.Tx) error { return apply(ctx, tx, school, p, by, at) })
}

func stale() error { return fmt.Errorf("timetablesql: %w", timetable.CodeStale) }

func apply(ctx context.Context, tx *sqldb.Tx, school ent.ID, p *timetable.Plan, by ent.ID, at time.Time) error {
	h, err := readHead(ctx, tx, school, true)
	if err != nil {
		return err
	}
	if h.version != p.Base {
		return stale()
	}
	if !p.Changes() {
		return nil
	}
	year, err := write(p.Year)
	if err != nil {
		return err
	}
	courses, err := write(p.Courses)
	if err != nil {
		return err
	}
	if err := next(ctx, tx, school, h.version, at, year, courses); err != nil {
		return err
	}
	if err := writeLessons(ctx, tx, school, p); err != nil {
		return err
	}
	counts, err := write(p.Counts())
	if err != nil {
		return err
	}
	slim := *p
	slim.Lessons = slices.DeleteFunc(slices.Clone(p.Lessons), func(c timetable.LessonChange) bool { return c.Op == timetable.OpCreated })
	plan, err := write(&slim)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO {timetable_import} (tenant, school, version, source, writer, written, counts, plan) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		string(tx.Tenant()), string(school), h.version+1, p.Source, string(by), sqldb.Micros(at), counts, plan)
	return err
}

// next gives a school its next version. Two who make the first one at once are parted by the key.
func next(ctx context.Context, tx *sqldb.Tx, school ent.ID, version int64, at time.Time, year, courses string) error {
	args := []any{string(tx.Tenant()), string(school), version + 1, sqldb.Micros(at), year, courses}
	query := `UPDATE {timetable_school} SET version = $3, changed = $4, year = $5, courses = $6 WHERE tenant = $1 AND school = $2`
	if version == 0 {
		query = `INSERT INTO {timetable_school} (tenant, school, version, changed, year, courses) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`
	}
	n, err := tx.Exec(ctx, query, args...)
	if err == nil && n == 0 {
		err = stale()
	}
	return err
}

// writeLessons takes out the lessons that are deleted or changed, by one statement, and loads those that are new or changed: a statement
// for each would be most of the time of an import. born tells the new ones from the changed ones.
func writeLessons(ctx context.Context, tx *sqldb.Tx, school ent.ID, p *timetable.Plan) error {
	type key struct {
		Course ent.ID   `json:"c"`
		On     ent.Date `json:"p"`
	}
	var out []key
	var in []*timetable.LessonChange
	for i := range p.Lessons {
		x := &p.Lessons[i]
		switch x.Op {
		case timetable.OpDeleted:
			out = append(out, key(x.Key))
		case timetable.OpChanged, timetable.OpMoved:
			out, in = append(out, key(x.Key)), append(in, x)
		case timetable.OpCreated:
			in = append(in, x)
		case timetable.OpKept:
		}
	}
	if len(out) > 0 {
		keys, err := write(out)
		if err != nil {
			return err
		}
		from := `SELECT json_extract(value, '$.c'), json_extract(value, '$.p') FROM json_each($3)`
		if tx.Engine() == sqldb.PostgreSQL {
			from = `SELECT x.c, x.p FROM json_to_recordset(CAST($3 AS json)) AS x(c TEXT, p TEXT)`
			// Of a table that grew a moment ago the server believes that it has one row, and would read the keys again for each.
			if _, err := tx.Exec(ctx, `SET LOCAL enable_nestloop = off`); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, `DELETE FROM {timetable_lesson} WHERE tenant = $1 AND school = $2 AND (course, planned) IN (`+from+`)`,
			string(tx.Tenant()), string(school), keys); err != nil {
			return err
		}
	}
	if len(in) == 0 {
		return nil
	}
	w := &writer{tenant: string(tx.Tenant()), school: string(school)}
	var bad error
	_, err := tx.Load(ctx, "timetable_lesson", []string{
		"tenant", "school", "course", "planned", "day", "start", "finish", "subject", "resources", "state", "revision", "alongside", "was", "born",
	}, func(yield func([]any) bool) {
		for _, x := range in {
			w.born = 0
			if x.Op == timetable.OpCreated {
				w.born = p.Base + 1
			}
			row, err := w.values(x.New)
			if err != nil {
				bad = err
				return
			}
			if !yield(row) {
				return
			}
		}
	})
	return errors.Join(bad, err)
}

// Imports is of [timetable.Store].
func (s *Store) Imports(ctx context.Context, tenant ent.Tenant, school ent.ID) ([]timetable.Import, error) {
	var out []timetable.Import
	err := s.db.View(ctx, tenant, func(tx *sqldb.Tx) error {
		var err error
		out, err = sqldb.All(ctx, tx, `SELECT version, source, writer, written, counts FROM {timetable_import} WHERE tenant = $1 AND school = $2 ORDER BY version`,
			[]any{string(tenant), string(school)}, readImport)
		return err
	})
	return out, err
}

func readImport(row sqldb.Scanner) (timetable.Import, error) {
	var i timetable.Import
	var counts string
	if err := row.Scan(&i.Version, &i.Source, &i.By, sqldb.Instant(&i.At), &counts); err != nil {
		return i, err
	}
	return i, read(counts, &i.Counts)
}

// Undo is of [timetable.Store].
func (s *Store) Undo(ctx context.Context, tenant ent.Tenant, school ent.ID, called func(timetable.Key) bool, by ent.ID, at time.Time) error {
	return s.db.Update(ctx, tenant, func(tx *sqldb.Tx) error {
		h, err := readHead(ctx, tx, school, true)
		if err != nil {
			return err
		}
		var doc string
		err = tx.QueryRow(ctx, `SELECT plan FROM {timetable_import} WHERE tenant = $1 AND school = $2 AND version = $3`,
			[]any{string(tenant), string(school), h.version}, &doc)
		if errors.Is(err, sqldb.CodeNoRow) {
			return stale()
		}
		if err != nil {
			return err
		}
		var p timetable.Plan
		if err := read(doc, &p); err != nil {
			return err
		}
		var r reader
		born, err := sqldb.All(ctx, tx, `SELECT `+columns+` FROM {timetable_lesson} WHERE tenant = $1 AND school = $2 AND born = $3 ORDER BY day, start, course`,
			[]any{string(tenant), string(school), h.version}, r.lesson)
		if err != nil {
			return err
		}
		for i := range born {
			p.Lessons = append(p.Lessons, timetable.LessonChange{Op: timetable.OpCreated, Key: born[i].Key, New: &born[i]})
		}
		return apply(ctx, tx, school, p.Reverse(called), by, at)
	})
}

func changes(ctx context.Context, tx *sqldb.Tx, school ent.ID) ([]timetable.HandChange, error) {
	return sqldb.All(ctx, tx, `SELECT writer, written, doc FROM {timetable_change} WHERE tenant = $1 AND school = $2 ORDER BY version`,
		[]any{string(tx.Tenant()), string(school)}, readChange)
}

func readChange(row sqldb.Scanner) (timetable.HandChange, error) {
	var c timetable.HandChange
	var doc string
	if err := row.Scan(&c.By, sqldb.Instant(&c.At), &doc); err != nil {
		return c, err
	}
	return c, read(doc, &c.Change)
}

// Change is of [timetable.Store].
func (s *Store) Change(ctx context.Context, tenant ent.Tenant, school ent.ID, c timetable.HandChange, seen int) error {
	return s.db.Update(ctx, tenant, func(tx *sqldb.Tx) error {
		h, err := readHead(ctx, tx, school, true)
		if err != nil {
			return err
		}
		key := []any{string(tenant), string(school), string(c.Key.Course), c.Key.On.String()}
		var r reader
		plan, err := sqldb.All(ctx, tx, `SELECT `+columns+` FROM {timetable_lesson} WHERE tenant = $1 AND school = $2 AND course = $3 AND planned = $4`, key, r.lesson)
		if err != nil {
			return err
		}
		had, err := sqldb.All(ctx, tx, `SELECT writer, written, doc FROM {timetable_change}
			WHERE tenant = $1 AND school = $2 AND course = $3 AND planned = $4 ORDER BY version`, key, readChange)
		if err != nil {
			return err
		}
		before := make([]timetable.Change, len(had))
		for i := range had {
			before[i] = had[i].Change
		}
		if err := timetable.CheckChange(plan, before, c.Change, seen); err != nil {
			return err
		}
		doc, err := write(c.Change)
		if err != nil {
			return err
		}
		if err := bump(ctx, tx, school, &h, c.At); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO {timetable_change} (tenant, school, course, planned, version, writer, written, doc) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			append(key, h.version+1, string(c.By), sqldb.Micros(c.At), doc)...)
		return err
	})
}

// bump gives a school its next version, with the year and the courses it has.
func bump(ctx context.Context, tx *sqldb.Tx, school ent.ID, h *head, at time.Time) error {
	if h.version > 0 {
		_, err := tx.Exec(ctx, `UPDATE {timetable_school} SET version = $1, changed = $2 WHERE tenant = $3 AND school = $4`,
			h.version+1, sqldb.Micros(at), string(tx.Tenant()), string(school))
		return err
	}
	year, err := write(h.year)
	if err != nil {
		return err
	}
	return next(ctx, tx, school, 0, at, year, `[]`)
}

// Changes is of [timetable.Store].
func (s *Store) Changes(ctx context.Context, tenant ent.Tenant, school ent.ID) ([]timetable.HandChange, error) {
	var out []timetable.HandChange
	err := s.db.View(ctx, tenant, func(tx *sqldb.Tx) error {
		var err error
		out, err = changes(ctx, tx, school)
		return err
	})
	return out, err
}

// Lessons is of [timetable.Store].
func (s *Store) Lessons(ctx context.Context, tenant ent.Tenant, school ent.ID, from, to ent.Date) ([]timetable.Lesson, error) {
	var out []timetable.Lesson
	err := s.db.View(ctx, tenant, func(tx *sqldb.Tx) error {
		alias, err := merges(ctx, tx)
		if err != nil {
			return err
		}
		list, err := changes(ctx, tx, school)
		if err != nil {
			return err
		}
		k := timetable.Kept{}
		for _, c := range list {
			k.Changes = append(k.Changes, c.Change)
		}
		var r reader
		k.Lessons, err = sqldb.All(ctx, tx, `SELECT `+columns+` FROM {timetable_lesson} l WHERE tenant = $1 AND school = $2 AND (day BETWEEN $3 AND $4
			OR EXISTS (SELECT 1 FROM {timetable_change} c WHERE c.tenant = l.tenant AND c.school = l.school AND c.course = l.course AND c.planned = l.planned))`,
			[]any{string(tenant), string(school), from.String(), to.String()}, r.lesson)
		out = k.Between(from, to)
		alias.lessons(out)
		return err
	})
	return out, err
}

// Version is of [timetable.Store].
func (s *Store) Version(ctx context.Context, tenant ent.Tenant, school ent.ID) (int64, time.Time, error) {
	var version int64
	var changed time.Time
	err := s.db.View(ctx, tenant, func(tx *sqldb.Tx) error {
		err := tx.QueryRow(ctx, `SELECT version, changed FROM {timetable_school} WHERE tenant = $1 AND school = $2`,
			[]any{string(tenant), string(school)}, &version, sqldb.Instant(&changed))
		if errors.Is(err, sqldb.CodeNoRow) {
			return nil
		}
		return err
	})
	return version, changed, err
}
