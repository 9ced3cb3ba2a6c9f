package gradebooksql

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/schoollife/gradebook"
)

//go:embed sql
var files embed.FS

// Schema returns the tables of this package, for [sqldb.DB.Migrate].
func Schema() sqldb.Schema { return sqldb.Schema{Name: "gradebook", FS: files} }

// Store keeps gradebooks, of all tenants of a database.
type Store struct{ db *sqldb.DB }

var _ gradebook.Store = (*Store)(nil)

// New returns the store of a database.
func New(db *sqldb.DB) *Store { return &Store{db} }

// unreadable tells of a row without its text, which is personal.
func unreadable() error { return fmt.Errorf("gradebooksql: row: %w", gradebook.CodeStore) }

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

// list writes numbered parameters from n on, and returns them with their arguments.
func list[T ~string](n int, values []T) (string, []any) {
	marks, args := make([]string, len(values)), make([]any, len(values))
	for i, v := range values {
		marks[i], args[i] = "$"+strconv.Itoa(n+i), string(v)
	}
	return strings.Join(marks, ", "), args
}

// Terms is of [gradebook.Store].
func (s *Store) Terms(ctx context.Context, tenant ent.Tenant, classes []ent.ID) ([]gradebook.Term, error) {
	if len(classes) == 0 {
		return nil, nil
	}
	var out []gradebook.Term
	err := s.db.View(ctx, tenant, func(tx *sqldb.Tx) error {
		in, args := list(2, classes)
		var err error
		out, err = sqldb.All(ctx, tx, `SELECT doc FROM {gradebook_term} WHERE tenant = $1 AND class IN (`+in+`) ORDER BY class, period`,
			append([]any{string(tenant)}, args...), readTerm)
		return err
	})
	return out, err
}

func readTerm(row sqldb.Scanner) (gradebook.Term, error) {
	var doc string
	var t gradebook.Term
	if err := row.Scan(&doc); err != nil {
		return t, err
	}
	return t, read(doc, &t)
}

func conflict() error { return fmt.Errorf("gradebooksql: term: %w", gradebook.CodeConflict) }

// PutTerm is of [gradebook.Store].
func (s *Store) PutTerm(ctx context.Context, tenant ent.Tenant, c gradebook.TermChange) error {
	return s.db.Update(ctx, tenant, func(tx *sqldb.Tx) error { return putTerm(ctx, tx, c) })
}

func putTerm(ctx context.Context, tx *sqldb.Tx, c gradebook.TermChange) error {
	doc, err := write(c.Term)
	if err != nil {
		return err
	}
	query := `UPDATE {gradebook_term} SET version = $1, doc = $2 WHERE tenant = $3 AND class = $4 AND period = $5 AND version = $1 - 1`
	if c.Term.Version == 1 {
		query = `INSERT INTO {gradebook_term} (version, doc, tenant, class, period) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`
	}
	n, err := tx.Exec(ctx, query, c.Term.Version, doc, string(tx.Tenant()), string(c.Term.Class), string(c.Term.Period))
	if err != nil {
		return err
	}
	if n == 0 {
		return conflict()
	}
	_, err = tx.Exec(ctx, `INSERT INTO {gradebook_term_change} (tenant, class, period, version, writer, written, why, doc)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		string(tx.Tenant()), string(c.Term.Class), string(c.Term.Period), c.Term.Version, string(c.By), sqldb.Micros(c.At), c.Why, doc)
	return err
}

// TermHistory is of [gradebook.Store].
func (s *Store) TermHistory(ctx context.Context, tenant ent.Tenant, class, period ent.ID) ([]gradebook.TermChange, error) {
	var out []gradebook.TermChange
	err := s.db.View(ctx, tenant, func(tx *sqldb.Tx) error {
		var err error
		out, err = sqldb.All(ctx, tx, `SELECT doc, writer, written, why FROM {gradebook_term_change}
			WHERE tenant = $1 AND class = $2 AND period = $3 ORDER BY version`,
			[]any{string(tenant), string(class), string(period)}, func(row sqldb.Scanner) (gradebook.TermChange, error) {
				var c gradebook.TermChange
				var doc string
				if err := row.Scan(&doc, &c.By, sqldb.Instant(&c.At), &c.Why); err != nil {
					return c, err
				}
				return c, read(doc, &c.Term)
			})
		return err
	})
	return out, err
}

const columns = `period, teaching, kind, object, item, pupil, version, class, epoch, doc, writer, written, why`

// last keeps the last entry of each key; one written on the pupil goes before one that a merge brought.
const last = `NOT EXISTS (SELECT 1 FROM {gradebook_entry} n WHERE n.tenant = e.tenant AND n.period = e.period AND n.teaching = e.teaching
	AND n.kind = e.kind AND n.object = e.object AND n.item = e.item AND n.pupil = e.pupil AND (
		n.origin = e.origin AND n.version > e.version
		OR n.origin <> e.origin AND (n.origin = n.pupil OR e.origin <> e.pupil AND n.origin > e.origin)))`

func readEntry(row sqldb.Scanner) (gradebook.Entry, error) {
	var e gradebook.Entry
	var doc string
	if err := row.Scan(&e.Period, &e.Teaching, &e.Kind, &e.Of, &e.Item, &e.Pupil, &e.Version, &e.Class, &e.Epoch, &doc, &e.By,
		sqldb.Instant(&e.At), &e.Why); err != nil {
		return e, err
	}
	return e, read(doc, &e.Value)
}

// page is how many names one statement holds: SQLite takes 32766 parameters.
const page = 5000

// Entries is of [gradebook.Store].
func (s *Store) Entries(ctx context.Context, tenant ent.Tenant, q gradebook.Query) ([]gradebook.Entry, error) {
	if len(q.Periods) == 0 || len(q.Periods)+len(q.Teachings)+len(q.Kinds) > page {
		return nil, fmt.Errorf("gradebooksql: query: %w", gradebook.CodeSize)
	}
	var out []gradebook.Entry
	err := s.db.View(ctx, tenant, func(tx *sqldb.Tx) error {
		out = nil
		for from := 0; from == 0 || from < len(q.Pupils); from += page {
			where, args := `e.tenant = $1`, []any{string(tenant)}
			add := func(column string, values []string) {
				if len(values) > 0 {
					in, more := list(len(args)+1, values)
					where, args = where+` AND e.`+column+` IN (`+in+`)`, append(args, more...)
				}
			}
			add("period", texts(q.Periods))
			add("teaching", texts(q.Teachings))
			add("kind", texts(q.Kinds))
			add("pupil", texts(q.Pupils[min(from, len(q.Pupils)):min(from+page, len(q.Pupils))]))
			some, err := sqldb.All(ctx, tx, `SELECT `+columns+` FROM {gradebook_entry} e WHERE `+where+` AND `+last, args, readEntry)
			if err != nil {
				return err
			}
			out = append(out, some...)
		}
		return nil
	})
	gradebook.SortEntries(out)
	return out, err
}

func texts[T ~string](values []T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}

// History is of [gradebook.Store]. What a merge brought comes first.
func (s *Store) History(ctx context.Context, tenant ent.Tenant, k gradebook.Key) ([]gradebook.Entry, error) {
	var out []gradebook.Entry
	err := s.db.View(ctx, tenant, func(tx *sqldb.Tx) error {
		var err error
		out, err = sqldb.All(ctx, tx, `SELECT `+columns+` FROM {gradebook_entry} WHERE tenant = $1 AND period = $2 AND teaching = $3 AND kind = $4
			AND object = $5 AND item = $6 AND pupil = $7 ORDER BY CASE WHEN origin = pupil THEN 1 ELSE 0 END, origin, version`,
			[]any{string(tenant), string(k.Period), string(k.Teaching), string(k.Kind), string(k.Of), string(k.Item), string(k.Pupil)}, readEntry)
		return err
	})
	return out, err
}
