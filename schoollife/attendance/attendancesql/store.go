package attendancesql

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/schoollife/attendance"
	"github.com/opencartable/cartable/schoollife/timetable"
)

//go:embed sql
var files embed.FS

// Schema returns the tables of this package, for [sqldb.DB.Migrate].
func Schema() sqldb.Schema { return sqldb.Schema{Name: "attendance", FS: files} }

// Store keeps attendance, of all tenants of a database.
type Store struct{ db *sqldb.DB }

var _ attendance.Store = (*Store)(nil)

// New returns the store of a database.
func New(db *sqldb.DB) *Store { return &Store{db} }

// unreadable tells of a row without its text, which is personal.
func unreadable() error { return fmt.Errorf("attendancesql: row: %w", attendance.CodeStore) }
func conflict() error   { return fmt.Errorf("attendancesql: %w", attendance.CodeConflict) }
func unknown() error    { return fmt.Errorf("attendancesql: %w", attendance.CodeUnknown) }

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

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// parseDate reads a day; an empty text is none.
func parseDate(s string) (ent.Date, error) {
	if s == "" {
		return ent.Date{}, nil
	}
	return ent.ParseDate(s)
}

// parseMoment reads what [attendance.Moment.String] writes, without a day too.
func parseMoment(s string) (attendance.Moment, error) {
	if on, at, _ := strings.Cut(s, "T"); on == "" {
		c, err := timetable.ParseClock(at)
		return attendance.Moment{At: c}, err
	}
	return attendance.ParseMoment(s)
}

// values are the rows of the list of texts $2, which goes as one JSON text: the statement is the same for any number of them.
func values(e sqldb.Engine) string {
	if e == sqldb.PostgreSQL {
		return `(SELECT x FROM json_array_elements_text(CAST($2 AS json)) AS x)`
	}
	return `(SELECT value FROM json_each($2))`
}

// column is a column of rows that go as one JSON text.
type column struct{ name, kind string }

// given selects the columns of the rows of the JSON text $2.
func given(e sqldb.Engine, columns []column) string {
	var b strings.Builder
	if e == sqldb.PostgreSQL {
		b.WriteString(`SELECT * FROM json_to_recordset(CAST($2 AS json)) AS x(`)
		for i, c := range columns {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(c.name + " " + c.kind)
		}
		return b.String() + ")"
	}
	b.WriteString("SELECT ")
	for i, c := range columns {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("json_extract(value, '$." + c.name + "') AS " + c.name)
	}
	return b.String() + ` FROM json_each($2)`
}

func names(columns []column, prefix string) string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = prefix + c.name
	}
	return strings.Join(out, ", ")
}

// lock is what a SELECT ends with whose row is to be written.
func lock(tx *sqldb.Tx) string {
	if tx.Engine() == sqldb.PostgreSQL {
		return ` FOR UPDATE`
	}
	return ""
}

// query is the condition of a query on pupils and days, after the tenant. first and last are the columns of its days.
func query(tx *sqldb.Tx, alias aliases, q attendance.Query, first, last string) (string, []any, error) {
	text, args := "", []any{string(tx.Tenant())}
	if len(q.Pupils) > 0 {
		accounts := []ent.ID{}
		for _, p := range q.Pupils {
			accounts = append(accounts, alias.accounts(p)...)
		}
		pupils, err := write(accounts)
		if err != nil {
			return "", nil, err
		}
		args = append(args, pupils)
		text = ` AND pupil IN ` + values(tx.Engine())
	}
	if !q.From.IsZero() {
		args = append(args, q.From.String())
		text += fmt.Sprintf(` AND %s >= $%d`, last, len(args))
	}
	if !q.To.IsZero() {
		args = append(args, q.To.String())
		text += fmt.Sprintf(` AND %s <= $%d`, first, len(args))
	}
	return text, args, nil
}

// view runs a function with the merges of its tenant.
func (s *Store) view(ctx context.Context, tenant ent.Tenant, fn func(*sqldb.Tx, aliases) error) error {
	return s.db.View(ctx, tenant, func(tx *sqldb.Tx) error {
		alias, err := merges(ctx, tx)
		if err != nil {
			return err
		}
		return fn(tx, alias)
	})
}

func (s *Store) update(ctx context.Context, tenant ent.Tenant, fn func(*sqldb.Tx, aliases) error) error {
	return s.db.Update(ctx, tenant, func(tx *sqldb.Tx) error {
		alias, err := merges(ctx, tx)
		if err != nil {
			return err
		}
		return fn(tx, alias)
	})
}

// Purge is of [attendance.Store].
func (s *Store) Purge(ctx context.Context, tenant ent.Tenant, before ent.Date) (int64, error) {
	var total int64
	err := s.db.Update(ctx, tenant, func(tx *sqldb.Tx) error {
		total = 0
		args := []any{string(tenant), before.String()}
		const gone = `FROM {attendance_event} e WHERE e.tenant = $1 AND e.last_day < $2 AND ` + last
		if err := tx.QueryRow(ctx, `SELECT count(*) `+gone, args, &total); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM {attendance_event} WHERE tenant = $1 AND id IN (SELECT e.id `+gone+`)`, args...); err != nil {
			return err
		}
		for _, text := range []string{
			`DELETE FROM {attendance_call} WHERE tenant = $1 AND planned < $2`,
			`DELETE FROM {attendance_declaration} WHERE tenant = $1 AND last_day < $2`,
			`DELETE FROM {attendance_proof} WHERE tenant = $1 AND day < $2`,
		} {
			n, err := tx.Exec(ctx, text, args...)
			if err != nil {
				return err
			}
			total += n
		}
		return nil
	})
	return total, err
}
