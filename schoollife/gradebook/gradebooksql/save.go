package gradebooksql

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/schoollife/gradebook"
)

// row is an entry on its way into a statement. All of them go as one text, so that a grid of any size is one statement that
// the server knows already.
type row struct {
	I        int    `json:"i"`
	Period   ent.ID `json:"period"`
	Teaching ent.ID `json:"teaching"`
	Kind     string `json:"kind"`
	Object   ent.ID `json:"object"`
	Item     ent.ID `json:"item"`
	Pupil    ent.ID `json:"pupil"`
	Version  int64  `json:"version"`
	Class    ent.ID `json:"class"`
	Epoch    int64  `json:"epoch"`
	Doc      string `json:"doc"`
	Writer   ent.ID `json:"writer"`
	Written  int64  `json:"written"`
	Why      string `json:"why"`
}

// given are the rows of the text $2.
func given(e sqldb.Engine) string {
	if e == sqldb.PostgreSQL {
		return `v AS (SELECT * FROM json_to_recordset(CAST($2 AS json)) AS x(i BIGINT, period TEXT, teaching TEXT, kind TEXT, object TEXT,
			item TEXT, pupil TEXT, version BIGINT, class TEXT, epoch BIGINT, doc TEXT,
			writer TEXT, written BIGINT, why TEXT))`
	}
	return `v AS (SELECT json_extract(value, '$.i') AS i, json_extract(value, '$.period') AS period, json_extract(value, '$.teaching') AS teaching,
		json_extract(value, '$.kind') AS kind, json_extract(value, '$.object') AS object, json_extract(value, '$.item') AS item,
		json_extract(value, '$.pupil') AS pupil, json_extract(value, '$.version') AS version, json_extract(value, '$.class') AS class,
		json_extract(value, '$.epoch') AS epoch, json_extract(value, '$.doc') AS doc, json_extract(value, '$.writer') AS writer,
		json_extract(value, '$.written') AS written, json_extract(value, '$.why') AS why FROM json_each($2))`
}

// bump gives terms a new version, so that what was allowed under the former one is refused. It is no change to tell.
func bump(ctx context.Context, tx *sqldb.Tx, terms []gradebook.Term) error {
	for _, t := range terms {
		t.Version++
		doc, err := write(t)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE {gradebook_term} SET version = $1, doc = $2 WHERE tenant = $3 AND class = $4 AND period = $5`,
			t.Version, doc, string(tx.Tenant()), string(t.Class), string(t.Period)); err != nil {
			return err
		}
	}
	return nil
}

// insert adds the rows whose term is the one that allowed them, and whose version follows the last one. Somebody who adds the
// same version at the same time is met by the key of the table. On a pupil who was merged into another nothing is written.
const insert = `INSERT INTO {gradebook_entry} (tenant, period, teaching, kind, object, item, pupil, origin, version, class, epoch, doc,
		writer, written, why)
	SELECT CAST($1 AS TEXT), v.period, v.teaching, v.kind, v.object, v.item, v.pupil, v.pupil, v.version, v.class, v.epoch, v.doc,
		v.writer, v.written, v.why
	FROM v JOIN t ON t.class = v.class AND t.period = v.period AND t.version = v.epoch
	WHERE NOT EXISTS (SELECT 1 FROM {gradebook_merge} g WHERE g.tenant = $1 AND g.gone = v.pupil) AND v.version = 1 + COALESCE((SELECT n.version FROM {gradebook_entry} n WHERE n.tenant = $1 AND n.period = v.period
		AND n.teaching = v.teaching AND n.kind = v.kind AND n.object = v.object AND n.item = v.item AND n.pupil = v.pupil
		ORDER BY CASE WHEN n.origin = n.pupil THEN 0 ELSE 1 END, n.origin DESC, n.version DESC LIMIT 1), 0)
	ON CONFLICT DO NOTHING`

// savePostgres is one statement that locks the terms, adds, and says what became of each row.
const savePostgres = `, t AS (SELECT class, period, version FROM {gradebook_term} WHERE tenant = $1
		AND (class, period) IN (SELECT class, period FROM v) FOR SHARE),
	added AS (` + insert + ` RETURNING period, teaching, kind, object, item, pupil)
	SELECT v.i, CASE WHEN added.kind IS NOT NULL THEN 'saved' WHEN t.version IS NULL OR t.version <> v.epoch THEN 'stale' ELSE 'conflict' END
	FROM v LEFT JOIN t ON t.class = v.class AND t.period = v.period
	LEFT JOIN added ON added.period = v.period AND added.teaching = v.teaching AND added.kind = v.kind AND added.object = v.object
		AND added.item = v.item AND added.pupil = v.pupil`

// saveSQLite adds, and returns the keys of what was added: SQLite has one writer, and asks afterwards.
const saveSQLite = `, t AS (SELECT class, period, version FROM {gradebook_term} WHERE tenant = $1)
	` + insert + ` RETURNING period, teaching, kind, object, item, pupil`

func arguments(tenant ent.Tenant, entries []gradebook.Entry) ([]any, error) {
	rows := make([]row, len(entries))
	for i := range entries {
		e := &entries[i]
		doc, err := write(e.Value)
		if err != nil {
			return nil, err
		}
		rows[i] = row{
			i, e.Period, e.Teaching, string(e.Kind), e.Of, e.Item, e.Pupil, e.Version, e.Class, e.Epoch, doc, e.By, sqldb.Micros(e.At), e.Why,
		}
	}
	// In one order for all: two grids that have rows in common then never wait for each other.
	slices.SortFunc(rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(a.Period, b.Period), cmp.Compare(a.Teaching, b.Teaching), cmp.Compare(a.Kind, b.Kind),
			cmp.Compare(a.Object, b.Object), cmp.Compare(a.Item, b.Item), cmp.Compare(a.Pupil, b.Pupil))
	})
	text, err := write(rows)
	if err != nil {
		return nil, err
	}
	return []any{string(tenant), text}, nil
}

// Save is of [gradebook.Store]: on PostgreSQL one statement, outside of a transaction, which is one round trip.
func (s *Store) Save(ctx context.Context, tenant ent.Tenant, entries []gradebook.Entry) ([]gradebook.Outcome, error) {
	out := make([]gradebook.Outcome, len(entries))
	if len(entries) == 0 {
		return out, nil
	}
	if s.db.Engine() == sqldb.PostgreSQL {
		var err error
		for range attempts {
			clear(out)
			if err = s.savePostgres(ctx, tenant, entries, out); !errors.Is(err, sqldb.CodeBusy) {
				break
			}
		}
		return out, err
	}
	return out, s.db.Update(ctx, tenant, func(tx *sqldb.Tx) error { return saveIn(ctx, tx, entries, out) })
}

// attempts is how often a statement that the server gave up for another one's sake is sent.
const attempts = 5

func (s *Store) savePostgres(ctx context.Context, tenant ent.Tenant, entries []gradebook.Entry, out []gradebook.Outcome) error {
	args, err := arguments(tenant, entries)
	if err != nil {
		return err
	}
	rows, err := s.db.Handle().QueryContext(ctx, s.db.SQL(`WITH `+given(sqldb.PostgreSQL)+savePostgres), args...)
	if err != nil {
		return sqldb.Wrap(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := outcome(rows, out); err != nil {
			return sqldb.Wrap(err)
		}
	}
	if err := rows.Err(); err != nil {
		return sqldb.Wrap(err)
	}
	return told(out)
}

// told makes sure that each entry has its outcome.
func told(out []gradebook.Outcome) error {
	if slices.Contains(out, "") {
		return fmt.Errorf("gradebooksql: outcome: %w", gradebook.CodeStore)
	}
	return nil
}

func outcome(row sqldb.Scanner, out []gradebook.Outcome) error {
	var i int64
	var what string
	if err := row.Scan(&i, &what); err != nil {
		return err
	}
	if i < 0 || i >= int64(len(out)) {
		return unreadable()
	}
	out[i] = gradebook.Outcome(what)
	return nil
}

// saveIn saves inside a transaction.
func saveIn(ctx context.Context, tx *sqldb.Tx, entries []gradebook.Entry, out []gradebook.Outcome) error {
	args, err := arguments(tx.Tenant(), entries)
	if err != nil {
		return err
	}
	if tx.Engine() == sqldb.PostgreSQL {
		err := tx.Query(ctx, `WITH `+given(tx.Engine())+savePostgres, args, func(row sqldb.Scanner) error { return outcome(row, out) })
		if err != nil {
			return err
		}
		return told(out)
	}
	added := map[gradebook.Key]bool{}
	err = tx.Query(ctx, `WITH `+given(tx.Engine())+saveSQLite, args, func(row sqldb.Scanner) error {
		var k gradebook.Key
		err := row.Scan(&k.Period, &k.Teaching, &k.Kind, &k.Of, &k.Item, &k.Pupil)
		added[k] = true
		return err
	})
	if err != nil {
		return err
	}
	versions, err := termVersions(ctx, tx, entries)
	if err != nil {
		return err
	}
	for i := range entries {
		e := &entries[i]
		switch {
		case added[e.Key]:
			out[i] = gradebook.OutcomeSaved
		case versions[termKey{e.Class, e.Period}] != e.Epoch:
			out[i] = gradebook.OutcomeStale
		default:
			out[i] = gradebook.OutcomeConflict
		}
	}
	return nil
}

type termKey struct{ class, period ent.ID }

func termVersions(ctx context.Context, tx *sqldb.Tx, entries []gradebook.Entry) (map[termKey]int64, error) {
	var classes []ent.ID
	for i := range entries {
		if !slices.Contains(classes, entries[i].Class) {
			classes = append(classes, entries[i].Class)
		}
	}
	in, args := list(2, classes)
	out := map[termKey]int64{}
	err := tx.Query(ctx, `SELECT class, period, version FROM {gradebook_term} WHERE tenant = $1 AND class IN (`+in+`)`,
		append([]any{string(tx.Tenant())}, args...), func(row sqldb.Scanner) error {
			var k termKey
			var v int64
			err := row.Scan(&k.class, &k.period, &v)
			out[k] = v
			return err
		})
	return out, err
}

// Revise is of [gradebook.Store]. The terms are locked first: who saves a mark under the version that they had waits, and is
// then refused.
func (s *Store) Revise(ctx context.Context, tenant ent.Tenant, e gradebook.Entry, classes []ent.ID, check func([]gradebook.Entry, []gradebook.Term) error) (gradebook.Outcome, error) {
	var result gradebook.Outcome
	err := s.db.Update(ctx, tenant, func(tx *sqldb.Tx) error {
		lock := ""
		if tx.Engine() == sqldb.PostgreSQL {
			lock = " FOR UPDATE"
		}
		in, args := list(3, classes)
		terms, err := sqldb.All(ctx, tx, `SELECT doc FROM {gradebook_term} WHERE tenant = $1 AND period = $2 AND class IN (`+in+`) ORDER BY class`+lock,
			append([]any{string(tenant), string(e.Period)}, args...), readTerm)
		if err != nil {
			return err
		}
		marks, err := sqldb.All(ctx, tx, `SELECT `+columns+` FROM {gradebook_entry} e WHERE tenant = $1 AND period = $2 AND teaching = $3 AND kind = $4
			AND object = $5 AND `+last, []any{string(tenant), string(e.Period), string(e.Teaching), string(gradebook.EntryMark), string(e.Of)}, readEntry)
		if err != nil {
			return err
		}
		gradebook.SortEntries(marks)
		if err := check(marks, terms); err != nil {
			return err
		}
		out := make([]gradebook.Outcome, 1)
		if err := saveIn(ctx, tx, []gradebook.Entry{e}, out); err != nil {
			return err
		}
		if result = out[0]; result != gradebook.OutcomeSaved || e.Version == 1 {
			return nil
		}
		return bump(ctx, tx, terms)
	})
	return result, err
}
