package edt_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/samples"
	"github.com/opencartable/cartable/interop/edt"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// load reads an export with the school's identifiers: its names.
func load(t testing.TB, b []byte) *timetable.Timetable {
	t.Helper()
	doc, _, err := edt.Read(bytes.NewReader(b), edt.Options{})
	require.NoError(t, err)
	tt, _ := doc.Timetable()
	tt, report := tt.Reconcile(doc.Names(), nil, nil)
	require.True(t, report.Balanced())
	return tt
}

// TestAcceptanceS14RepeatedImport: the same file changes nothing, a renamed room only the lessons in it.
func TestAcceptanceS14RepeatedImport(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile(filepath.Join(samples.Dir(t, "schoollife", "edt"), "Edt_To_Exemple_0134567A.xml"))
	require.NoError(t, err)
	o := timetable.ImportOptions{Source: "edt"}
	kept := &timetable.Kept{}
	first := timetable.Compare(kept, load(t, b), o)
	require.True(t, first.Report().Balanced())
	assert.Equal(t, 16431, first.Count(timetable.OpCreated))
	kept, err = kept.Apply(first)
	require.NoError(t, err)
	require.Len(t, kept.Lessons, 16431)

	again := timetable.Compare(kept, load(t, b), o)
	assert.True(t, again.Empty())
	assert.Empty(t, again.Lessons)
	assert.Equal(t, 16431, again.Same)
	same, err := kept.Apply(again)
	require.NoError(t, err)
	assert.Equal(t, kept, same, "not even the version is new")

	room := regexp.MustCompile(`(<Salle Ident="[^"]*" Nom=")([^"]*)"`).FindSubmatch(b)
	require.NotNil(t, room)
	renamed := bytes.Replace(b, room[0], append(append(bytes.Clone(room[1]), room[2]...), []byte(` bis"`)...), 1)
	old := timetable.Ref{Kind: timetable.KindRoom, ID: ent.ID(room[2])}
	in := map[timetable.Key]bool{}
	for i := range kept.Lessons {
		if kept.Lessons[i].Has(old) {
			in[kept.Lessons[i].Key] = true
		}
	}
	require.NotEmpty(t, in)
	plan := timetable.Compare(kept, load(t, renamed), o)
	assert.Zero(t, plan.Count(timetable.OpCreated)+plan.Count(timetable.OpDeleted)+plan.Count(timetable.OpMoved))
	assert.Equal(t, len(in), plan.Count(timetable.OpChanged))
	for _, c := range plan.Lessons {
		assert.True(t, in[c.Key], "only lessons of that room, under their key")
	}
	next, err := kept.Apply(plan)
	require.NoError(t, err)
	for i := range next.Lessons {
		assert.False(t, next.Lessons[i].Has(old))
	}
}

// TestWorkloadOfTheSample: the figures computed for that base: 17 275 hours of lessons, a teacher's fullest week of 23 hours.
func TestWorkloadOfTheSample(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile(filepath.Join(samples.Dir(t, "schoollife", "edt"), "Edt_To_Exemple_0134567A.xml"))
	require.NoError(t, err)
	doc, _, err := edt.Read(bytes.NewReader(b), edt.Options{})
	require.NoError(t, err)
	tt, _ := doc.Timetable()
	lessons, _ := tt.Expand()
	total, most := 0, 0
	for _, l := range lessons {
		total += int(l.End - l.Start)
	}
	for _, p := range doc.Teachers {
		for _, w := range tt.Year.Loads(lessons, timetable.Ref{Kind: timetable.KindTeacher, ID: ent.ID(p.Ident)}, timetable.LoadOptions{}) {
			most = max(most, w.Minutes)
		}
	}
	assert.Equal(t, []int{17275 * 60, 23 * 60}, []int{total, most})
}
