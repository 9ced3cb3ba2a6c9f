package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/interop/lsu"
	"github.com/opencartable/cartable/schoollife/gradebook"
)

// thirdForm fills the vendor's tables: a class of four, two lessons, three tests out of different scales.
func thirdForm(t *testing.T) *vendor {
	t.Helper()
	v := open(t)
	v.exec(t, `INSERT INTO schools (id, feed_key, uai, name) VALUES (3, '4001', '0990001N', 'Collège')`)
	for _, u := range []struct {
		id                int
		last, first, role string
	}{{7, "DURAND-FICTIF", "Rose", "staff"}, {8, "PETIT-FICTIF", "Ali", "staff"}, {41, "MARTEL", "Noël", "pupil"}, {42, "LEFÈVRE", "Zoé", "pupil"}, {43, "ANCEL", "Tom", "pupil"}, {44, "ROY", "Lou", "pupil"}} {
		v.exec(t, `INSERT INTO users (id, last_name, first_name, role) VALUES ($1, $2, $3, $4)`, u.id, u.last, u.first, u.role)
		if u.role == "pupil" {
			v.exec(t, `INSERT INTO memberships (user_id, school_id, class) VALUES ($1, 3, '3A')`, u.id)
			v.exec(t, `INSERT INTO absences VALUES ($1, 1, 0, 2, 0)`, u.id)
			v.exec(t, `INSERT INTO remarks VALUES ($1, 1, 0, 'Ensemble solide.'), ($1, 1, 100, 'Bon trimestre.'), ($1, 1, 101, 'Sérieux.')`, u.id)
		}
		v.exec(t, `INSERT INTO numbers VALUES ($1, $2, $3)`, u.id, 900000+u.id, 8000+u.id)
	}
	v.exec(t, `INSERT INTO terms VALUES (3, '3A', 1, '2025-09-01', '2025-11-30', '2025-12-02', '2025-12-03 18:00:00'), (3, '3A', 2, '2025-12-01', '2026-03-15', '', '')`)
	v.exec(t, `INSERT INTO lessons VALUES (100, 3, '3A', '020700', 'Français', '4', 7), (101, 3, '3A', '061300', 'Mathématiques', '3', 8)`)
	v.exec(t, `INSERT INTO tests VALUES (1, 100, 1, 'Dictée', '2025-09-20', '10', '1'), (2, 100, 1, 'Rédaction', '2025-10-20', '20', '2'), (3, 101, 1, 'Contrôle', '2025-10-01', '20', '1')`)
	v.exec(t, `INSERT INTO marks VALUES (1, 41, '6,5'), (2, 41, '12'), (3, 41, '15'), (1, 42, 'Abs'), (2, 42, '9'), (3, 42, 'Disp'), (1, 43, '0'), (2, 43, '8'), (3, 43, '11')`)
	return v
}

// A text of the vendor's table, its numbers and its weights become averages; a status is not a zero, and a zero is one.
func TestAveragesFromTheVendorsTable(t *testing.T) {
	t.Parallel()
	m, err := thirdForm(t).marks(t.Context(), "0990001N", "3A")
	require.NoError(t, err)
	sheet, err := gradebook.Compute(m.policy(), m.book.Input)
	require.NoError(t, err)
	for pupil, want := range map[ent.ID]string{"41": "12.3", "42": "9", "43": "5.3"} { // (13+24)/3, 18/2, (0+16)/3
		a, err := sheet.Average(gradebook.Ref{Pupil: pupil, Teaching: "100", Period: "1"})
		require.NoError(t, err)
		d, ok := a.Decimal()
		require.True(t, ok)
		assert.Equal(t, want, d.String())
	}
	s, err := sheet.Statistics(gradebook.Ref{Teaching: "100", Period: "1"})
	require.NoError(t, err)
	assert.Equal(t, "8.9", s.Mean.String()) // (12.3+9+5.3)/3
	assert.Equal(t, []int{3, 1}, []int{s.Count, s.Without})

	var out bytes.Buffer
	require.NoError(t, m.writeAverages(&out, 1))
	text := strings.ReplaceAll(out.String(), "\u00a0", " ")
	assert.Contains(t, text, "Français : 8,9 (3 élèves, 1 sans moyenne)\n")
	assert.Contains(t, text, "Mathématiques : 13,0 (2 élèves, 2 sans moyenne)\n")
	assert.Contains(t, text, "\nMARTEL Noël\n")
	assert.Contains(t, text, "13,5", "(4 × 37/3 + 3 × 15) / 7 = 13.476…, rounded once")
}

// The file holds who is complete; who is not is named, with the reason.
func TestLivretFromTheVendorsTable(t *testing.T) {
	t.Parallel()
	v := thirdForm(t)
	v.exec(t, `DELETE FROM remarks WHERE pupil_id = 43 AND lesson_id = 101`)
	v.exec(t, `UPDATE numbers SET siecle = '' WHERE user_id = 42`)
	m, err := v.marks(t.Context(), "0990001N", "3A")
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "lsu.xml")
	var out bytes.Buffer
	require.NoError(t, m.writeLivret(path, &out, 1))
	text := strings.ReplaceAll(out.String(), "\u00a0", " ")
	assert.Contains(t, text, "ANCEL Tom : Période 1, 061300 : L'appréciation manque dans une discipline.\n")
	assert.Contains(t, text, "LEFÈVRE Zoé : L'élève n'a pas d'identifiant numérique SIECLE.\n")
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Contains(t, string(b), `id-be="900041"`)
	assert.Contains(t, string(b), `moyenne-eleve="12.3/20" moyenne-structure="8.9/20"`)
	assert.Equal(t, 2, strings.Count(string(b), "<bilan-periodique "))
	issues, err := lsu.CheckFile(bytes.NewReader(b), lsu.Version7, lsu.Choices{})
	require.NoError(t, err)
	assert.Empty(t, issues)
}

// A count that is NULL is unknown, not 0, and the file says so by leaving the pupil out.
func TestUnknownCountIsNotZero(t *testing.T) {
	t.Parallel()
	v := thirdForm(t)
	v.exec(t, `UPDATE absences SET late = NULL WHERE pupil_id = 41`)
	m, err := v.marks(t.Context(), "0990001N", "3A")
	require.NoError(t, err)
	doc, err := m.document(1)
	require.NoError(t, err)
	problems := lsu.ByPupil(doc, lsu.Check(doc, lsu.Version7, lsu.Choices{}))
	require.Len(t, problems, 1)
	assert.Equal(t, lsu.Key("41"), problems[0].Pupil)
}

func TestMarksThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		`UPDATE marks SET mark = 'beaucoup' WHERE test_id = 1 AND pupil_id = 41`: "mark of user 41 at test 1",
		`UPDATE tests SET out_of = 'x' WHERE id = 2`:                             "test 2: scale",
		`UPDATE lessons SET weight = '' WHERE id = 100`:                          "lesson 100: weight",
		`UPDATE terms SET last = 'juin'`:                                         "term 1",
		`UPDATE terms SET locked = 'hier'`:                                       "term 1",
	} {
		v := thirdForm(t)
		v.exec(t, query)
		_, err := v.marks(t.Context(), "0990001N", "3A")
		require.ErrorContains(t, err, want)
		assert.NotContains(t, err.Error(), "beaucoup")
	}
	_, err := thirdForm(t).marks(t.Context(), "nowhere", "3A")
	require.Error(t, err)
}

// No part brings a store of Cartable's, nor its migrations.
func TestNoStoreComesAlong(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", ".").Output()
	require.NoError(t, err)
	deps := string(out)
	assert.Contains(t, deps, "github.com/opencartable/cartable/schoollife/gradebook\n")
	for _, p := range []string{"cartable/ent/sqldb", "gradebooksql", "directorysql", "pressly/goose", "jackc/pgx", "cartable/identity/account"} {
		assert.NotContains(t, deps, p)
	}
}
