package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
)

func monday(n int) ent.Date { return ent.Date{Year: 2024, Month: 11, Day: 4}.AddDays(n) }

func TestNightIntoTheVendorsTables(t *testing.T) {
	t.Parallel()
	v := open(t)
	dir, a := feed(t)
	plan, err := v.night(t.Context(), dir, monday(0), false)
	require.NoError(t, err)
	people := 0
	for range a.PupilsOf(ent.SecondDegree) {
		people++
	}
	for range a.RelativesOf(ent.SecondDegree) {
		people++
	}
	for range a.StaffOf(ent.SecondDegree) {
		people++
	}
	assert.EqualValues(t, people, plan.Count(directory.OpCreate, directory.ObjectPerson))
	got := v.counts(t)
	assert.Equal(t, people, got[1])
	assert.Positive(t, got[2])
	assert.Positive(t, got[3])

	plan, err = v.night(t.Context(), dir, monday(1), false)
	require.NoError(t, err)
	assert.Empty(t, plan.Lines(), "the same night again")
	assert.Equal(t, got, v.counts(t))

	// A name changes in the feed, and somebody has left.
	files, err := filepath.Glob(filepath.Join(dir, "*PersEducNat*"))
	require.NoError(t, err)
	b, err := os.ReadFile(files[0])
	require.NoError(t, err)
	records := strings.SplitAfter(string(b), "</addRequest>")
	changed := strings.Replace(records[0], `<attr name="sn"><value>`, `<attr name="sn"><value>NOUVEAU`, 1)
	require.NotEqual(t, records[0], changed)
	require.NoError(t, os.WriteFile(files[0], []byte(changed+strings.Join(records[2:], "")), 0o600))
	plan, err = v.night(t.Context(), dir, monday(2), false)
	require.NoError(t, err)
	assert.EqualValues(t, 1, plan.Count(directory.OpChange, directory.ObjectPerson))
	assert.EqualValues(t, 1, plan.Count(directory.OpSuspend, directory.ObjectPerson))
	var renamed, missing int
	require.NoError(t, v.db.QueryRow(`SELECT count(*) FROM users WHERE last_name LIKE 'NOUVEAU%'`).Scan(&renamed))
	require.NoError(t, v.db.QueryRow(`SELECT count(*) FROM users WHERE missing_since = $1`, monday(2).String()).Scan(&missing))
	assert.Equal(t, 1, renamed)
	assert.Equal(t, 1, missing)

	// And is back.
	require.NoError(t, os.WriteFile(files[0], b, 0o600))
	plan, err = v.night(t.Context(), dir, monday(3), false)
	require.NoError(t, err)
	assert.EqualValues(t, 1, plan.Count(directory.OpRestore, directory.ObjectPerson))
	assert.Equal(t, got, v.counts(t))
	plan, err = v.night(t.Context(), dir, monday(4), false)
	require.NoError(t, err)
	assert.Empty(t, plan.Lines())
}

func TestNightStopsAtTheGuard(t *testing.T) {
	t.Parallel()
	v := open(t)
	dir, _ := feed(t)
	_, err := v.night(t.Context(), dir, monday(0), false)
	require.NoError(t, err)
	before := v.counts(t)
	files, err := filepath.Glob(filepath.Join(dir, "*_Eleve_*"))
	require.NoError(t, err)
	b, err := os.ReadFile(files[0])
	require.NoError(t, err)
	records := strings.SplitAfter(string(b), "</addRequest>")
	require.NoError(t, os.WriteFile(files[0], []byte(records[0]+"</ficAlimMENESR>"), 0o600))
	_, err = v.night(t.Context(), dir, monday(1), false)
	require.ErrorIs(t, err, errBlocked)
	require.ErrorIs(t, err, directory.CodeGuard)
	assert.Equal(t, before, v.counts(t))
}

// A delivery of another academy waits for somebody who knows why; an older one is refused whoever consents.
func TestNightKnowsWhatCameBefore(t *testing.T) {
	t.Parallel()
	v := open(t)
	dir, _ := feed(t)
	_, err := v.night(t.Context(), dir, monday(0), false)
	require.NoError(t, err)
	before := v.counts(t)
	rewrite := func(from, to string) {
		files, err := filepath.Glob(filepath.Join(dir, "*.xml"))
		require.NoError(t, err)
		require.NotEmpty(t, files)
		for _, f := range files {
			b, err := os.ReadFile(f)
			require.NoError(t, err)
			require.Contains(t, string(b), from)
			require.NoError(t, os.WriteFile(f, []byte(strings.Replace(string(b), from, to, 1)), 0o600))
		}
	}
	rewrite(`codeAcademieExport="10"`, `codeAcademieExport="13"`)
	_, err = v.night(t.Context(), dir, monday(1), false)
	require.ErrorIs(t, err, directory.CodeNewAcademy)
	assert.Equal(t, before, v.counts(t))
	rewrite(`codeAcademieExport="13"`, `codeAcademieExport="10"`)
	_, err = v.db.Exec(`UPDATE deliveries SET day = $1`, monday(900).String())
	require.NoError(t, err)
	_, err = v.night(t.Context(), dir, monday(1), true)
	require.ErrorIs(t, err, directory.CodeOlder)
	assert.Equal(t, before, v.counts(t))
}

// A base that is in use is adopted: nobody is created, and the next night knows everybody.
func TestAdoptTheVendorsUsers(t *testing.T) {
	t.Parallel()
	v := open(t)
	dir, a := feed(t)
	users, unknown := 0, 0
	add := func(role string, p *ent.Person, key string) {
		users++
		id := 9007199254740993 + int64(users)
		_, err := v.db.Exec(`INSERT INTO users (id, login, last_name, first_name, role, old_key, born) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			id, fmt.Sprint("login", users), p.Name.Family, p.Name.Given, role, key, p.BirthDate.String())
		require.NoError(t, err)
	}
	for p := range a.PupilsOf(ent.SecondDegree) {
		if users%20 == 0 {
			unknown++
			p.BirthDate = ent.Date{}
			add("pupil", &p.Person, "")
			continue
		}
		add("pupil", &p.Person, "AC-LYON$"+string(p.ID))
	}
	for p := range a.StaffOf(ent.SecondDegree) {
		add("staff", &p, string(p.ID))
	}
	dry, err := v.adopt(t.Context(), dir, true)
	require.NoError(t, err)
	assert.Len(t, dry.Adoptions, users-unknown)
	var keys int
	require.NoError(t, v.db.QueryRow(`SELECT count(*) FROM user_keys`).Scan(&keys))
	assert.Zero(t, keys, "a dry run writes nothing")

	plan, err := v.adopt(t.Context(), dir, false)
	require.NoError(t, err)
	assert.Len(t, plan.Unmatched, unknown)
	assert.Empty(t, plan.Ambiguous)
	assert.Equal(t, users, v.counts(t)[1], "nobody is created")
	var logins int
	require.NoError(t, v.db.QueryRow(`SELECT count(*) FROM users WHERE login LIKE 'login%'`).Scan(&logins))
	assert.Equal(t, users, logins)

	night, err := v.night(t.Context(), dir, monday(0), false)
	require.NoError(t, err)
	assert.Zero(t, night.Count(directory.OpSuspend, directory.ObjectPerson))
	relatives := 0
	for range a.RelativesOf(ent.SecondDegree) {
		relatives++
	}
	assert.EqualValues(t, relatives+unknown, night.Count(directory.OpCreate, directory.ObjectPerson), "only who had no user")
}
