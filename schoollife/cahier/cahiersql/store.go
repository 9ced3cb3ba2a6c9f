package cahiersql

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/schoollife/cahier"
	"github.com/opencartable/cartable/schoollife/timetable"
)

//go:embed sql
var files embed.FS

// Schema returns the tables of this package, for [sqldb.DB.Migrate].
func Schema() sqldb.Schema { return sqldb.Schema{Name: "cahier", FS: files} }

// Store keeps cahiers, of all tenants of a database.
type Store struct{ db *sqldb.DB }

var _ cahier.Store = (*Store)(nil)

// New returns the store of a database.
func New(db *sqldb.DB) *Store { return &Store{db} }

// The kinds of rows.
const (
	kindSession  = "session"
	kindHomework = "homework"
	kindDone     = "done"
	kindHanded   = "handed"
	kindPower    = "habilitation"
	kindFolders  = "folders"
	kindTemplate = "template"
)

func fail(c ent.Code) error { return fmt.Errorf("cahiersql: %w", c) }

func write(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", fail(cahier.CodeStore)
	}
	return string(b), nil
}

func read(text string, v any) error {
	if json.Unmarshal([]byte(text), v) != nil { // the cause quotes the row
		return fail(cahier.CodeStore)
	}
	return nil
}

// readDoc reads the document of a row.
func readDoc[T any](row sqldb.Scanner) (T, error) {
	var doc string
	var v T
	if err := row.Scan(&doc); err != nil {
		return v, err
	}
	return v, read(doc, &v)
}

// list adds numbered parameters, and returns how they are written.
func list[T ~string](args *[]any, values []T) string {
	marks := make([]string, len(values))
	for i, v := range values {
		*args = append(*args, string(v))
		marks[i] = "$" + strconv.Itoa(len(*args))
	}
	return strings.Join(marks, ", ")
}

// maxNames is how many names a query may hold: SQLite takes 32766 parameters.
const maxNames = 5000

// where writes the conditions of a query on the last versions of a kind.
func where(tenant ent.Tenant, kind string, q *cahier.Query, a aliases) (string, []any, error) {
	if len(q.IDs)+len(q.Audience) > maxNames {
		return "", nil, fail(cahier.CodeSize)
	}
	args := []any{string(tenant), kind}
	text := `e.tenant = $1 AND e.kind = $2 AND e.last AND NOT e.deleted`
	add := func(condition string, v any) {
		args = append(args, v)
		text += ` AND ` + condition + ` $` + strconv.Itoa(len(args))
	}
	if q.School != "" {
		add(`e.school =`, string(q.School))
	}
	if q.Year != 0 {
		add(`e.year =`, int64(q.Year))
	}
	if q.Teacher != "" {
		text += ` AND e.teacher IN (` + list(&args, a.accounts(q.Teacher)) + `)`
	}
	if !q.From.IsZero() {
		add(`e.day >=`, q.From.String())
	}
	if !q.To.IsZero() {
		add(`e.day <=`, q.To.String())
	}
	if len(q.IDs) > 0 {
		text += ` AND e.id IN (` + list(&args, q.IDs) + `)`
	}
	if len(q.Audience) > 0 {
		var refs []string
		for _, r := range q.Audience {
			ids := []ent.ID{r.ID}
			if r.Kind == timetable.KindPupil {
				ids = a.accounts(r.ID)
			}
			kind := list(&args, []timetable.Kind{r.Kind})
			refs = append(refs, `(a.refkind = `+kind+` AND a.ref IN (`+list(&args, ids)+`))`)
		}
		text += ` AND EXISTS (SELECT 1 FROM {cahier_audience} a WHERE a.tenant = e.tenant AND a.kind = e.kind AND a.day = e.day AND a.id = e.id AND (` + strings.Join(refs, ` OR `) + `))`
	}
	return text, args, nil
}

// entries returns the documents of the last versions that a query names.
func entries[T any](ctx context.Context, tx *sqldb.Tx, kind string, q *cahier.Query, alias func(*T, aliases)) ([]T, error) {
	a, err := merges(ctx, tx)
	if err != nil {
		return nil, err
	}
	text, args, err := where(tx.Tenant(), kind, q, a)
	if err != nil {
		return nil, err
	}
	out, err := sqldb.All(ctx, tx, `SELECT e.doc FROM {cahier_entry} e WHERE `+text, args, readDoc[T])
	for i := range out {
		alias(&out[i], a)
	}
	return out, err
}

func (a aliases) head(h *cahier.Head) {
	if len(a) == 0 {
		return
	}
	h.Teacher, h.By = a.now(h.Teacher), a.now(h.By)
	for i, r := range h.Audience { // read from a row: nobody shares it
		if r.Kind == timetable.KindPupil {
			h.Audience[i].ID = a.now(r.ID)
		}
	}
}

func (a aliases) session(s *cahier.Session) {
	a.head(&s.Head)
	s.Replaces = a.now(s.Replaces)
}

// Sessions is of [cahier.Store].
func (s *Store) Sessions(ctx context.Context, tenant ent.Tenant, q cahier.Query) (out []cahier.Session, err error) {
	err = s.db.View(ctx, tenant, func(tx *sqldb.Tx) error {
		out, err = sessions(ctx, tx, &q)
		return err
	})
	return out, err
}

func sessions(ctx context.Context, tx *sqldb.Tx, q *cahier.Query) ([]cahier.Session, error) {
	out, err := entries(ctx, tx, kindSession, q, func(x *cahier.Session, a aliases) { a.session(x) })
	cahier.SortSessions(out)
	return out, err
}

// Homework is of [cahier.Store].
func (s *Store) Homework(ctx context.Context, tenant ent.Tenant, q cahier.Query) (out []cahier.Homework, err error) {
	err = s.db.View(ctx, tenant, func(tx *sqldb.Tx) error {
		out, err = homework(ctx, tx, &q)
		return err
	})
	return out, err
}

func homework(ctx context.Context, tx *sqldb.Tx, q *cahier.Query) ([]cahier.Homework, error) {
	out, err := entries(ctx, tx, kindHomework, q, func(x *cahier.Homework, a aliases) { a.head(&x.Head) })
	cahier.SortHomework(out)
	return out, err
}

// hold locks a year of a school against its closing, and refuses one that is closed. alone keeps other writers out too.
func hold(ctx context.Context, tx *sqldb.Tx, school ent.ID, year ent.SchoolYear, alone bool) error {
	key := []any{string(tx.Tenant()), string(school), int64(year)}
	if _, err := tx.Exec(ctx, `INSERT INTO {cahier_year} (tenant, school, year, closed) VALUES ($1, $2, $3, 0) ON CONFLICT DO NOTHING`, key...); err != nil {
		return err
	}
	query := `SELECT closed FROM {cahier_year} WHERE tenant = $1 AND school = $2 AND year = $3`
	if tx.Engine() == sqldb.PostgreSQL {
		if query += ` FOR SHARE`; alone {
			query = strings.TrimSuffix(query, `SHARE`) + `UPDATE`
		}
	}
	var closed int64
	if err := tx.QueryRow(ctx, query, key, &closed); err != nil {
		return err
	}
	if closed != 0 {
		return fail(cahier.CodeArchived)
	}
	return nil
}

// work holds the year of homework, of which a pupil's work is to be written.
func work(ctx context.Context, tx *sqldb.Tx, homework ent.ID) error {
	var school ent.ID
	var year int64
	err := tx.QueryRow(ctx, `SELECT school, year FROM {cahier_entry} WHERE tenant = $1 AND kind = $2 AND id = $3 AND last`,
		[]any{string(tx.Tenant()), kindHomework, string(homework)}, &school, &year)
	if errors.Is(err, sqldb.CodeNoRow) {
		return nil
	}
	if err != nil {
		return err
	}
	return hold(ctx, tx, school, ent.SchoolYear(year), false) //nolint:gosec // written from this type
}

// put adds a version.
func (s *Store) put(ctx context.Context, tenant ent.Tenant, kind string, h *cahier.Head, day ent.Date, v any) error {
	doc, err := write(v)
	if err != nil {
		return err
	}
	err = s.db.Update(ctx, tenant, func(tx *sqldb.Tx) error {
		deletes := h.Deleted && kind == kindSession
		if err := hold(ctx, tx, h.School, h.Year, deletes); err != nil {
			return err
		}
		if deletes {
			var one int64
			err := tx.QueryRow(ctx, `SELECT 1 FROM {cahier_visa_session} WHERE tenant = $1 AND session = $2`, []any{string(tenant), string(h.ID)}, &one)
			if err == nil {
				return fail(cahier.CodeVisa)
			}
			if !errors.Is(err, sqldb.CodeNoRow) {
				return err
			}
		}
		n, err := tx.Exec(ctx, `UPDATE {cahier_entry} SET last = FALSE WHERE tenant = $1 AND kind = $2 AND id = $3 AND version = $4 AND last
			AND school = $5 AND year = $6`, string(tenant), kind, string(h.ID), int64(h.Version-1), string(h.School), int64(h.Year))
		if err != nil {
			return err
		}
		if n == 0 && h.Version != 1 {
			return fail(cahier.CodeConflict)
		}
		if _, err := tx.Exec(ctx, `INSERT INTO {cahier_entry} (tenant, kind, id, version, last, school, year, teacher, day, deleted, doc)
			VALUES ($1, $2, $3, $4, TRUE, $5, $6, $7, $8, $9, $10)`, string(tenant), kind, string(h.ID), int64(h.Version), string(h.School), int64(h.Year),
			string(h.Teacher), day.String(), h.Deleted, doc); err != nil {
			return err
		}
		return audience(ctx, tx, kind, h, day)
	})
	if errors.Is(err, sqldb.CodeDuplicate) {
		return fail(cahier.CodeConflict)
	}
	return err
}

func audience(ctx context.Context, tx *sqldb.Tx, kind string, h *cahier.Head, day ent.Date) error {
	if err := tx.Send(ctx, `DELETE FROM {cahier_audience} WHERE tenant = $1 AND kind = $2 AND id = $3`, string(tx.Tenant()), kind, string(h.ID)); err != nil {
		return err
	}
	if h.Deleted {
		return nil
	}
	for _, r := range h.Audience {
		if err := tx.Send(ctx, `INSERT INTO {cahier_audience} (tenant, refkind, ref, kind, day, id) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
			string(tx.Tenant()), string(r.Kind), string(r.ID), kind, day.String(), string(h.ID)); err != nil {
			return err
		}
	}
	return nil
}

// PutSession is of [cahier.Store].
func (s *Store) PutSession(ctx context.Context, tenant ent.Tenant, x cahier.Session) error {
	return s.put(ctx, tenant, kindSession, &x.Head, x.Date, x)
}

// PutHomework is of [cahier.Store].
func (s *Store) PutHomework(ctx context.Context, tenant ent.Tenant, x cahier.Homework) error {
	return s.put(ctx, tenant, kindHomework, &x.Head, x.Due, x)
}

// SessionHistory is of [cahier.Store].
func (s *Store) SessionHistory(ctx context.Context, tenant ent.Tenant, id ent.ID) ([]cahier.Session, error) {
	var out []cahier.Session
	err := s.db.View(ctx, tenant, func(tx *sqldb.Tx) error {
		a, err := merges(ctx, tx)
		if err != nil {
			return err
		}
		out, err = sqldb.All(ctx, tx, `SELECT doc FROM {cahier_entry} WHERE tenant = $1 AND kind = $2 AND id = $3 ORDER BY version`,
			[]any{string(tenant), kindSession, string(id)}, readDoc[cahier.Session])
		for i := range out {
			a.session(&out[i])
		}
		return err
	})
	return out, err
}

// AddVisa is of [cahier.Store].
func (s *Store) AddVisa(ctx context.Context, tenant ent.Tenant, v cahier.Visa) error {
	doc, err := write(v)
	if err != nil {
		return err
	}
	return s.db.Update(ctx, tenant, func(tx *sqldb.Tx) error {
		if err := hold(ctx, tx, v.School, v.Year, true); err != nil {
			return err
		}
		for _, x := range v.Sessions {
			var one int64
			err := tx.QueryRow(ctx, `SELECT 1 FROM {cahier_entry} WHERE tenant = $1 AND kind = $2 AND id = $3 AND version = $4 AND last AND NOT deleted`,
				[]any{string(tenant), kindSession, string(x.ID), int64(x.Version)}, &one)
			if errors.Is(err, sqldb.CodeNoRow) {
				return fail(cahier.CodeConflict)
			}
			if err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `INSERT INTO {cahier_visa_session} (tenant, session, visa) VALUES ($1, $2, $3)`, string(tenant), string(x.ID), string(v.ID)); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, `INSERT INTO {cahier_visa} (tenant, id, school, year, teacher, given, doc) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			string(tenant), string(v.ID), string(v.School), int64(v.Year), string(v.Teacher), sqldb.Micros(v.At), doc)
		return err
	})
}

// Visas is of [cahier.Store].
func (s *Store) Visas(ctx context.Context, tenant ent.Tenant, school ent.ID, year ent.SchoolYear, teacher ent.ID) (out []cahier.Visa, err error) {
	err = s.db.View(ctx, tenant, func(tx *sqldb.Tx) error {
		out, err = visas(ctx, tx, school, year, teacher)
		return err
	})
	return out, err
}

func visas(ctx context.Context, tx *sqldb.Tx, school ent.ID, year ent.SchoolYear, teacher ent.ID) ([]cahier.Visa, error) {
	a, err := merges(ctx, tx)
	if err != nil {
		return nil, err
	}
	args := []any{string(tx.Tenant()), string(school), int64(year)}
	text := `SELECT doc FROM {cahier_visa} WHERE tenant = $1 AND school = $2 AND year = $3`
	if teacher != "" {
		text += ` AND teacher IN (` + list(&args, a.accounts(teacher)) + `)`
	}
	out, err := sqldb.All(ctx, tx, text+` ORDER BY given, id`, args, readDoc[cahier.Visa])
	for i := range out {
		v := &out[i]
		v.Teacher, v.By = a.now(v.Teacher), a.now(v.By)
	}
	return out, err
}

// Close is of [cahier.Store].
func (s *Store) Close(ctx context.Context, tenant ent.Tenant, school ent.ID, year ent.SchoolYear, archives func(cahier.Written) []cahier.Archive) error {
	return s.db.Update(ctx, tenant, func(tx *sqldb.Tx) error {
		if err := hold(ctx, tx, school, year, true); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE {cahier_year} SET closed = 1 WHERE tenant = $1 AND school = $2 AND year = $3`, string(tenant), string(school), int64(year)); err != nil {
			return err
		}
		w, err := written(ctx, tx, school, year) // whoever writes in this year waits from here on, and is refused
		if err != nil {
			return err
		}
		for _, a := range archives(w) {
			doc, err := write(&a)
			if err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `INSERT INTO {cahier_archive} (tenant, school, year, refkind, ref, label, doc) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
				string(tenant), string(school), int64(year), string(a.Of.Kind), string(a.Of.ID), a.Label, doc); err != nil {
				return err
			}
		}
		return nil
	})
}

func written(ctx context.Context, tx *sqldb.Tx, school ent.ID, year ent.SchoolYear) (w cahier.Written, err error) {
	q := cahier.Query{School: school, Year: year}
	if w.Sessions, err = sessions(ctx, tx, &q); err != nil {
		return w, err
	}
	if w.Homework, err = homework(ctx, tx, &q); err != nil {
		return w, err
	}
	w.Visas, err = visas(ctx, tx, school, year, "")
	return w, err
}

// Closed is of [cahier.Store].
func (s *Store) Closed(ctx context.Context, tenant ent.Tenant, school ent.ID, year ent.SchoolYear) (bool, error) {
	var closed int64
	err := s.db.View(ctx, tenant, func(tx *sqldb.Tx) error {
		err := tx.QueryRow(ctx, `SELECT closed FROM {cahier_year} WHERE tenant = $1 AND school = $2 AND year = $3`,
			[]any{string(tenant), string(school), int64(year)}, &closed)
		if errors.Is(err, sqldb.CodeNoRow) {
			return nil
		}
		return err
	})
	return closed != 0, err
}

// Archives is of [cahier.Store].
func (s *Store) Archives(ctx context.Context, tenant ent.Tenant, school ent.ID) ([]cahier.Archive, error) {
	var out []cahier.Archive
	err := s.db.View(ctx, tenant, func(tx *sqldb.Tx) error {
		var err error
		out, err = sqldb.All(ctx, tx, `SELECT year, refkind, ref, label FROM {cahier_archive} WHERE tenant = $1 AND school = $2`, []any{string(tenant), string(school)},
			func(row sqldb.Scanner) (cahier.Archive, error) {
				a := cahier.Archive{School: school}
				var year int64
				err := row.Scan(&year, &a.Of.Kind, &a.Of.ID, &a.Label)
				a.Year = ent.SchoolYear(year) //nolint:gosec // written from this type
				return a, err
			})
		return err
	})
	cahier.SortArchives(out)
	return out, err
}

// Archive is of [cahier.Store].
func (s *Store) Archive(ctx context.Context, tenant ent.Tenant, school ent.ID, year ent.SchoolYear, of timetable.Ref) (cahier.Archive, error) {
	var a cahier.Archive
	err := s.db.View(ctx, tenant, func(tx *sqldb.Tx) error {
		var doc string
		err := tx.QueryRow(ctx, `SELECT doc FROM {cahier_archive} WHERE tenant = $1 AND school = $2 AND year = $3 AND refkind = $4 AND ref = $5`,
			[]any{string(tenant), string(school), int64(year), string(of.Kind), string(of.ID)}, &doc)
		if errors.Is(err, sqldb.CodeNoRow) {
			return fail(cahier.CodeUnknown)
		}
		if err != nil {
			return err
		}
		return read(doc, &a)
	})
	return a, err
}

// Purge is of [cahier.Store].
func (s *Store) Purge(ctx context.Context, tenant ent.Tenant, on ent.Date) (int64, error) {
	var total int64
	err := s.db.Update(ctx, tenant, func(tx *sqldb.Tx) error {
		now := ent.SchoolYearOf(on)
		n, err := tx.Exec(ctx, `DELETE FROM {cahier_work} WHERE tenant = $1 AND homework IN (SELECT e.id FROM {cahier_entry} e
			JOIN {cahier_year} y ON y.tenant = e.tenant AND y.school = e.school AND y.year = e.year
			WHERE e.tenant = $1 AND e.kind = $2 AND e.last AND e.year < $3 AND y.closed <> 0)`, string(tenant), kindHomework, int64(now))
		if err != nil {
			return err
		}
		total = n
		years, err := sqldb.All(ctx, tx, `SELECT DISTINCT year FROM {cahier_archive} WHERE tenant = $1`, []any{string(tenant)}, func(row sqldb.Scanner) (int64, error) {
			var y int64
			return y, row.Scan(&y)
		})
		if err != nil {
			return err
		}
		for _, y := range years {
			a := cahier.Archive{Year: ent.SchoolYear(y)} //nolint:gosec // written from this type
			if on.Before(a.EraseOn()) {
				continue
			}
			n, err := tx.Exec(ctx, `DELETE FROM {cahier_archive} WHERE tenant = $1 AND year = $2`, string(tenant), y)
			if err != nil {
				return err
			}
			total += n
		}
		return nil
	})
	return total, err
}
