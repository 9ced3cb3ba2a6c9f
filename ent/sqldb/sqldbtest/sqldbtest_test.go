package sqldbtest_test

import (
	"fmt"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"

	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/ent/sqldb/sqldbtest"
)

// recorder notes what a check says instead of failing.
type recorder struct {
	testing.TB
	said []string
}

func (r *recorder) Helper()           {}
func (r *recorder) Error(args ...any) { r.said = append(r.said, fmt.Sprint(args...)) }
func (r *recorder) Errorf(text string, args ...any) {
	r.said = append(r.said, fmt.Sprintf(text, args...))
}
func (r *recorder) Fatal(args ...any) { panic(fmt.Sprint(args...)) }
func (r *recorder) Skip(args ...any)  { panic(fmt.Sprint(args...)) }

func TestFrozenFindsEachChange(t *testing.T) {
	t.Parallel()
	const hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" // of "abc"
	s := sqldb.Schema{Name: "a", FS: fstest.MapFS{"sql/00001_a.sql": {Data: []byte("abc")}}}
	for name, c := range map[string]struct {
		want map[string]string
		says string
	}{
		"as it was":  {map[string]string{"sql/00001_a.sql": hash}, ""},
		"changed":    {map[string]string{"sql/00001_a.sql": "00"}, "has changed"},
		"new":        {nil, `"sql/00001_a.sql": "` + hash + `"`},
		"taken away": {map[string]string{"sql/00001_a.sql": hash, "sql/00002_b.sql": hash}, "is gone"},
	} {
		r := &recorder{TB: t}
		sqldbtest.Frozen(r, s, c.want)
		if c.says == "" {
			assert.Empty(t, r.said, name)
		} else if assert.Len(t, r.said, 1, name) {
			assert.Contains(t, r.said[0], c.says, name)
		}
	}
}

// Without a server PostgreSQL is skipped, and in CI it is a failure.
func TestWithoutAServer(t *testing.T) {
	t.Setenv(sqldbtest.PostgresVariable, "")
	for ci, says := range map[string]string{"": "nothing is tested on PostgreSQL", "true": "in CI nothing is skipped"} {
		t.Setenv("CI", ci)
		assert.PanicsWithValue(t, sqldbtest.PostgresVariable+map[string]string{"": " is not set: ", "true": " is not set, and "}[ci]+says, func() {
			sqldbtest.NewPlace(&recorder{TB: t}, sqldb.PostgreSQL)
		})
	}
}

func TestEachRunsOnEveryEngine(t *testing.T) {
	ran := map[sqldb.Engine]bool{}
	t.Run("all", func(t *testing.T) {
		sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
			if db.Engine() == sqldb.SQLite {
				ran[sqldb.SQLite] = true
			}
			assert.NoError(t, db.Ping(t.Context()))
		})
	})
	assert.True(t, ran[sqldb.SQLite])
}
