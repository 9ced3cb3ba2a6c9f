package sqldb_test

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/ent/sqldb/open"
	"github.com/opencartable/cartable/ent/sqldb/sqldbtest"
)

const mark = "Zq7Dupont"

// printed returns all the ways in which an error, or one of those below it, can reach a log.
func printed(err error) string {
	var b strings.Builder
	var walk func(error)
	walk = func(err error) {
		if err == nil {
			return
		}
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
			fmt.Fprintf(&b, verb+"\n", err)
			fmt.Fprintf(&b, verb+"\n", struct{ Err error }{err})
			fmt.Fprintf(&b, verb+"\n", struct{ err error }{err})
		}
		slog.New(slog.NewTextHandler(&b, nil)).Error("x", "error", err)
		slog.New(slog.NewJSONHandler(&b, nil)).Error("x", "error", err)
		j, _ := json.Marshal(err)
		b.Write(j)
		switch u := err.(type) { //nolint:errorlint // the chain is walked by hand
		case interface{ Unwrap() error }:
			walk(u.Unwrap())
		case interface{ Unwrap() []error }:
			for _, e := range u.Unwrap() {
				walk(e)
			}
		}
	}
	walk(err)
	return b.String()
}

func TestNoValueOfARowIsInAnError(t *testing.T) {
	t.Parallel()
	sqldbtest.Places(t, func(t *testing.T, p sqldbtest.Place) {
		var log bytes.Buffer
		db := p.DB(t, open.Options{Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))}, sample(), schemaOf("strict", map[string]string{
			"sql/00001_strict.sql": "-- +goose Up\nCREATE TABLE {strict} (name TEXT NOT NULL UNIQUE CONSTRAINT {#strict_long} CHECK (length(name) < 20), n BIGINT);",
		}))
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := tx.Exec(t.Context(), `INSERT INTO {strict} (name) VALUES ($1)`, mark)
			return err
		})
		exec := func(query string, args ...any) func(*sqldb.Tx) error {
			return func(tx *sqldb.Tx) error { _, err := tx.Exec(t.Context(), query, args...); return err }
		}
		load := func(cols []string, rows ...[]any) func(*sqldb.Tx) error {
			return func(tx *sqldb.Tx) error {
				_, err := tx.Load(t.Context(), "strict", cols, slices.Values(rows))
				return err
			}
		}
		postgres := p.Engine == sqldb.PostgreSQL
		for name, c := range map[string]struct {
			fn                 func(*sqldb.Tx) error
			code               ent.Code
			says               string
			onlyPostgreSQLFail bool
		}{
			"a value that is there":    {exec(`INSERT INTO {strict} (name) VALUES ($1)`, mark), sqldb.CodeDuplicate, "strict", false},
			"a check":                  {exec(`INSERT INTO {strict} (name) VALUES ($1)`, mark+strings.Repeat("x", 20)), sqldb.CodeConstraint, "ct_strict_long", false},
			"a missing value":          {exec(`INSERT INTO {strict} (name, n) VALUES (NULL, $1)`, 5), sqldb.CodeConstraint, "name", false},
			"loaded twice":             {load([]string{"name"}, []any{mark}), sqldb.CodeDuplicate, "strict", false},
			"a text for a number":      {exec(`INSERT INTO {strict} (name, n) VALUES ('a', $1)`, mark), "", "", true},
			"a text cast to a number":  {exec(`INSERT INTO {strict} (name, n) SELECT 'a', CAST(name AS BIGINT) FROM {strict}`), sqldb.CodeDatabase, "22P02", true},
			"a text loaded as number":  {load([]string{"name", "n"}, []any{"a", mark}), "", "", true},
			"a type that cannot be":    {exec(`INSERT INTO {strict} (name) VALUES ($1)`, struct{ Name string }{mark}), "", "", false},
			"a type that is not there": {load([]string{"name"}, []any{struct{ Name string }{mark}}), "", "", false},
			"a text that is no UTF-8":  {exec(`INSERT INTO {strict} (name) VALUES ($1)`, mark+"\xff"), sqldb.CodeDatabase, "22021", true},
			"a scan": {func(tx *sqldb.Tx) error {
				var n int64
				return tx.QueryRow(t.Context(), `SELECT name FROM {strict}`, nil, &n)
			}, sqldb.CodeScan, "column 1", false},
			"a scan by a parser": {func(tx *sqldb.Tx) error {
				var n ent.Date
				return tx.QueryRow(t.Context(), `SELECT name FROM {strict}`, nil, sqldb.Text(&n, func(s string) (ent.Date, error) { return ent.Date{}, errors.New(s) }))
			}, sqldb.CodeScan, "column 1", false},
		} {
			err := db.Update(t.Context(), tenant, c.fn)
			if c.onlyPostgreSQLFail && !postgres {
				continue
			}
			require.Error(t, err, name)
			if c.code != "" {
				require.ErrorIs(t, err, c.code, name)
			}
			assert.Contains(t, err.Error(), c.says, name)
			all := printed(fmt.Errorf("the caller: %w", err))
			assert.Contains(t, all, "the caller")
			assert.NotContains(t, all, mark, name)
			var e *sqldb.Error
			require.ErrorAs(t, err, &e, name)
			require.Error(t, e.Cause(), "%s: whoever must know can ask", name)
		}
		assert.NotContains(t, log.String(), mark)
		assert.Contains(t, log.String(), "migration made")
	})
}

func TestAStatementThatIsWrongIsExplained(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		for query, says := range map[string]string{`SELECT 1 FROM {nowhere}`: "ct_nowhere", `SELECT nothing FROM {counter}`: "nothing", `SELEC 1`: "SELEC"} {
			err := db.View(t.Context(), tenant, func(tx *sqldb.Tx) error { return tx.QueryRow(t.Context(), query, nil) })
			require.ErrorIs(t, err, sqldb.CodeDatabase)
			assert.Contains(t, err.Error(), says)
			assert.NotEmpty(t, err.(*sqldb.Error).State) //nolint:errorlint // it is returned as it is
		}
	})
}

func TestErrorsOfTheStandardLibraryAreFound(t *testing.T) {
	t.Parallel()
	err := sqldb.Wrap(fmt.Errorf("x: %w", sql.ErrNoRows))
	require.ErrorIs(t, err, sql.ErrNoRows)
	require.ErrorIs(t, err, sqldb.CodeNoRow)
	require.NotErrorIs(t, err, sqldb.CodeScan)
	require.NoError(t, sqldb.Wrap(nil))
	assert.Same(t, err, sqldb.Wrap(fmt.Errorf("again: %w", err)), "wrapped once")
	var e *sqldb.Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, "Aucune ligne ne répond.", e.Message(ent.FR))
}
