package sqldb_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent/sqldb"
)

func TestTokensOfASQLText(t *testing.T) {
	t.Parallel()
	db, err := sqldb.New(nil, sqldb.PostgreSQL, sqldb.Options{Schema: "school", Prefix: "v_"})
	require.NoError(t, err)
	plain, err := sqldb.New(nil, sqldb.SQLite, sqldb.Options{})
	require.NoError(t, err)
	for name, c := range map[string]struct{ in, schema, plain string }{
		"a table":                 {`SELECT 1 FROM {person}`, `SELECT 1 FROM "school"."v_person"`, `SELECT 1 FROM "ct_person"`},
		"an index":                {`CREATE INDEX {#person_name} ON {person} (n)`, `CREATE INDEX "v_person_name" ON "school"."v_person" (n)`, `CREATE INDEX "ct_person_name" ON "ct_person" (n)`},
		"two side by side":        {`{a}{b}`, `"school"."v_a""school"."v_b"`, `"ct_a""ct_b"`},
		"a literal":               {`'{a}' '' 'it''s {a}' {b}`, `'{a}' '' 'it''s {a}' "school"."v_b"`, `'{a}' '' 'it''s {a}' "ct_b"`},
		"a quoted name":           {`"{a}"`, `"{a}"`, `"{a}"`},
		"a comment with a quote":  {"-- don't {a}\n{b}", "-- don't {a}\n\"school\".\"v_b\"", "-- don't {a}\n\"ct_b\""},
		"a comment of many lines": {"/* it's\n{a} */{b}", "/* it's\n{a} */\"school\".\"v_b\"", "/* it's\n{a} */\"ct_b\""},
		"no name":                 {`{} {A} {a-b} {1a} {`, `{} {A} {a-b} {1a} {`, `{} {A} {a-b} {1a} {`},
		"a name too long":         {`{` + strings.Repeat("a", 48) + `}`, `{` + strings.Repeat("a", 48) + `}`, `{` + strings.Repeat("a", 48) + `}`},
		"a literal without end":   {`'{a}`, `'{a}`, `'{a}`},
		"a comment without end":   {`/*{a}`, `/*{a}`, `/*{a}`},
	} {
		assert.Equal(t, c.schema, db.SQL(c.in), name)
		assert.Equal(t, c.schema, db.SQL(c.in), "%s, from the cache", name)
		assert.Equal(t, c.plain, plain.SQL(c.in), name)
	}
}

func TestNamesAreChecked(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		engine sqldb.Engine
		o      sqldb.Options
		code   error
	}{
		"default":               {sqldb.SQLite, sqldb.Options{}, nil},
		"a schema":              {sqldb.PostgreSQL, sqldb.Options{Schema: "s", Prefix: "p_"}, nil},
		"SQLite has no schema":  {sqldb.SQLite, sqldb.Options{Schema: "s"}, sqldb.CodeName},
		"a quote":               {sqldb.PostgreSQL, sqldb.Options{Schema: `s"`}, sqldb.CodeName},
		"capitals":              {sqldb.PostgreSQL, sqldb.Options{Prefix: "CT_"}, sqldb.CodeName},
		"a prefix too long":     {sqldb.SQLite, sqldb.Options{Prefix: strings.Repeat("a", 17)}, sqldb.CodeName},
		"a digit first":         {sqldb.SQLite, sqldb.Options{Prefix: "1_"}, sqldb.CodeName},
		"an engine of no kind":  {"oracle", sqldb.Options{}, sqldb.CodeEngine},
		"an engine not said":    {"", sqldb.Options{}, sqldb.CodeEngine},
		"a semicolon":           {sqldb.SQLite, sqldb.Options{Prefix: "a;"}, sqldb.CodeName},
		"a schema with a point": {sqldb.PostgreSQL, sqldb.Options{Schema: "a.b"}, sqldb.CodeName},
	} {
		_, err := sqldb.New(nil, c.engine, c.o)
		if c.code == nil {
			assert.NoError(t, err, name)
			continue
		}
		assert.ErrorIs(t, err, c.code, name)
	}
}

// A text without a token stays as it is, and one whose tokens are replaced holds no more of them.
func FuzzSQL(f *testing.F) {
	for _, s := range []string{"{a}", "'{a}'", "-- {a}\n{b}", "/*{a}*/{#b}", `"{a}`, "{{a}}", "{a}'{b}"} {
		f.Add(s)
	}
	db, err := sqldb.New(nil, sqldb.SQLite, sqldb.Options{})
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, text string) {
		got := db.SQL(text)
		if !strings.Contains(text, "{") {
			assert.Equal(t, text, got)
		}
		assert.Equal(t, got, db.SQL(got), "replaced once and for all")
		assert.GreaterOrEqual(t, len(got), len(text))
	})
}
