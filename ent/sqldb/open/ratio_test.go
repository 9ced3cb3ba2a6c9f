//go:build unix

package open_test

import (
	"context"
	"fmt"
	"iter"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/ent/sqldb/open"
	"github.com/opencartable/cartable/ent/sqldb/sqldbtest"
	"github.com/opencartable/cartable/internal/ratio"
)

// The benchmark that BENCHMARKS.md quotes:
//
//	.ci/services start && source "$(.ci/services env)"
//	go test -run '^$' -bench RatioLoad -benchtime 1x -timeout 60m ./ent/sqldb/open
//
// Both sides load the same rows into an empty table, in a transaction that is committed. They are measured by the clock: the
// work of PostgreSQL is not in this process. SQLite's is, and both sides of it run alone. Most of what SQLite gains is memory
// for pages, which Load takes while it loads; the base of "wide-base" has as much.

const benchRows = 300000

// persons is a table like one of persons: ten texts and two numbers, a key and two indexes.
func persons() sqldb.Schema {
	return sqldb.Schema{Name: "persons", FS: fstest.MapFS{"sql/00001_person.sql": &fstest.MapFile{Data: []byte(`-- +goose Up
CREATE TABLE {person} (
	tenant TEXT NOT NULL, id TEXT NOT NULL, family TEXT, given TEXT, birth TEXT, mail TEXT, profile TEXT, establishment TEXT,
	level TEXT, source TEXT, created BIGINT, seen BIGINT, PRIMARY KEY (tenant, id)
);
CREATE INDEX {#person_establishment} ON {person} (tenant, establishment);
CREATE INDEX {#person_family} ON {person} (tenant, family);
`)}}}
}

func columns() []string {
	return []string{"tenant", "id", "family", "given", "birth", "mail", "profile", "establishment", "level", "source", "created", "seen"}
}

// manyRows yields rows of made-up persons, always in the same slice. Ids are in no order, as those of a feed.
func manyRows(n int) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		row := make([]any, len(columns()))
		for i := range n {
			id := fmt.Sprintf("p-%08x", uint32(i)*2654435761)
			row[0], row[1], row[2], row[3] = "rennes", id, fmt.Sprintf("Famille%05d", i*7919%20011), fmt.Sprintf("Prénom%03d", i%997)
			row[4], row[5], row[6] = fmt.Sprintf("2012-%02d-%02d", i%12+1, i%28+1), id+"@exemple.test", "National_1"
			row[7], row[8], row[9] = fmt.Sprintf("e-%04d", i%1500), "10310019110", "AAF"
			row[10], row[11] = int64(1_700_000_000_000_000+i), any(nil)
			if i%3 > 0 {
				row[11] = int64(i)
			}
			if !yield(row) {
				return
			}
		}
	}
}

func BenchmarkRatioLoad(b *testing.B) {
	// The rows are made beforehand: what is measured is the load.
	var rows [][]any
	for row := range manyRows(benchRows) {
		rows = append(rows, append([]any{}, row...))
	}
	all := func(yield func([]any) bool) {
		for _, row := range rows {
			if !yield(row) {
				return
			}
		}
	}
	load := func(tx *sqldb.Tx) error {
		_, err := tx.Load(context.Background(), "person", columns(), all)
		return err
	}
	for _, c := range []struct {
		name   string
		engine sqldb.Engine
		base   func(*sqldb.DB, [][]any) error
		ours   func(*sqldb.DB) error
	}{
		{"postgres/copy", sqldb.PostgreSQL, bareCopy, func(db *sqldb.DB) error { return db.Update(b.Context(), "rennes", load) }},
		{"postgres/arrays", sqldb.PostgreSQL, bareCopy, func(db *sqldb.DB) error { return joined(db, load) }},
		{"sqlite", sqldb.SQLite, oneByOne, func(db *sqldb.DB) error { return db.Update(b.Context(), "rennes", load) }},
		{"sqlite/joined", sqldb.SQLite, oneByOne, func(db *sqldb.DB) error { return joined(db, load) }},
		{"sqlite/wide-base", sqldb.SQLite, oneByOneWide, func(db *sqldb.DB) error { return db.Update(b.Context(), "rennes", load) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			db := sqldbtest.NewPlace(b, c.engine).DB(b, open.Options{}, persons())
			timed := func(f func() error) ratio.Work {
				return func() (time.Duration, error) {
					empty(b, db)
					start := time.Now()
					err := f()
					return time.Since(start), err
				}
			}
			for range b.N {
				base, ours, err := ratio.Best(timed(func() error { return c.base(db, rows) }), timed(func() error { return c.ours(db) }))
				require.NoError(b, err)
				b.ReportMetric(ours.Seconds()/base.Seconds(), "times-base")
				b.ReportMetric(benchRows/ours.Seconds()/1000, "krows/s")
				b.ReportMetric(0, "ns/op")
			}
		})
	}
}

// empty makes the table new, so that no side meets the remains of the other.
func empty(tb testing.TB, db *sqldb.DB) {
	tb.Helper()
	text := "DELETE FROM {person}"
	if db.Engine() == sqldb.PostgreSQL {
		text = "TRUNCATE {person}"
	}
	_, err := db.Handle().ExecContext(tb.Context(), db.SQL(text))
	require.NoError(tb, err)
	if db.Engine() == sqldb.SQLite {
		_, err = db.Handle().ExecContext(tb.Context(), "PRAGMA wal_checkpoint(TRUNCATE)")
		require.NoError(tb, err)
		_, err = db.Handle().ExecContext(tb.Context(), "VACUUM")
		require.NoError(tb, err)
		return
	}
	_, err = db.Handle().ExecContext(tb.Context(), "CHECKPOINT")
	require.NoError(tb, err)
}

func joined(db *sqldb.DB, fn func(*sqldb.Tx) error) error {
	tx, err := db.Handle().Begin()
	if err != nil {
		return err
	}
	in, err := db.Join(tx, "rennes")
	if err != nil {
		return err
	}
	if err := fn(in); err != nil {
		return err
	}
	return tx.Commit()
}
