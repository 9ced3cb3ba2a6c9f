package sqldb_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/ent/sqldb/sqldbtest"
)

func TestColumnsKeepWhatTheyAreGiven(t *testing.T) {
	t.Parallel()
	schema := schemaOf("column", map[string]string{"sql/00001_c.sql": "-- +goose Up\nCREATE TABLE {col} (id BIGINT PRIMARY KEY, at BIGINT, day TEXT, price TEXT);"})
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		for i, c := range []struct {
			at    time.Time
			day   string
			price string
		}{
			{time.Date(2026, 9, 1, 8, 30, 0, 123456000, time.FixedZone("", 7200)), "2026-09-01", "3.50"},
			{time.Date(1905, 12, 9, 0, 0, 0, 0, time.UTC), "1905-12-09", "-0.1"},
			{time.Time{}, "", "100000000000.000000000001"},
			{time.UnixMicro(0), "0001-01-01", "0"},
		} {
			var day ent.Date
			if c.day != "" {
				var err error
				day, err = ent.ParseDate(c.day)
				require.NoError(t, err)
			}
			update(t, db, func(tx *sqldb.Tx) error {
				_, err := tx.Exec(t.Context(), `INSERT INTO {col} (id, at, day, price) VALUES ($1, $2, $3, $4)`, i, sqldb.InstantArg(c.at), sqldb.DateArg(day), c.price)
				return err
			})
			require.NoError(t, db.View(t.Context(), tenant, func(tx *sqldb.Tx) error {
				at, got := time.Now(), ent.Date{Year: 1}
				price, err := ent.ParseNumber("7")
				require.NoError(t, err)
				err = tx.QueryRow(t.Context(), `SELECT at, day, price FROM {col} WHERE id = $1`, []any{i}, sqldb.Instant(&at), sqldb.Text(&got, ent.ParseDate), sqldb.Text(&price, ent.ParseNumber))
				assert.True(t, at.Equal(c.at), "%s %s", at, c.at)
				if !at.IsZero() {
					assert.Equal(t, time.UTC, at.Location())
				}
				assert.Equal(t, day, got)
				want, bad := ent.ParseNumber(c.price)
				require.NoError(t, bad)
				assert.True(t, want.Equal(price), c.price)
				return err
			}))
		}
		assert.EqualValues(t, 1, number(t, db, `SELECT count(*) FROM {col} WHERE at IS NULL AND day IS NULL`), "missing is NULL, not zero")
	}, schema)
	assert.Equal(t, time.UnixMicro(-1).UTC(), sqldb.Time(sqldb.Micros(time.UnixMicro(-1))))
}
