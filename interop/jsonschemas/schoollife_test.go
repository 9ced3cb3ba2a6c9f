package jsonschemas_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/enttest"
	"github.com/opencartable/cartable/schoollife/cahier"
	"github.com/opencartable/cartable/schoollife/gradebook"
	"github.com/opencartable/cartable/schoollife/gradebook/bulletin"
	"github.com/opencartable/cartable/schoollife/gradebook/competence"
	"github.com/opencartable/cartable/schoollife/schooltest"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// The scales and tables that the package gives, and the frozen one, are valid.
func TestCompetenceDocuments(t *testing.T) {
	t.Parallel()
	all := compile(t)
	scales, tables := all["schoollife/competence-scale-1"], all["schoollife/competence-table-1"]
	require.NotNil(t, scales)
	require.NotNil(t, tables)
	for _, s := range []competence.Scale{competence.EvenThirds(), competence.OneToFour()} {
		assert.NoError(t, validate(t, scales, s), s.Name)
	}
	for _, c := range []competence.Table{competence.PositionsFromPercent(), competence.StatesFromPercent(), competence.PositionsFromMeanLevel()} {
		assert.NoError(t, validate(t, tables, c), c.Name)
	}
	golden, err := os.ReadFile("../../schoollife/gradebook/competence/testdata/scale.golden.json")
	require.NoError(t, err)
	assert.NoError(t, validate(t, scales, json.RawMessage(golden)))
}

// What the readers refuse for its form, the schemas refuse too; and they take what the readers take.
func TestCompetenceDocumentsByHand(t *testing.T) {
	t.Parallel()
	all := compile(t)
	scale := func(more string) string {
		return `{"format":"cartable.competence-scale/1","levels":[{"code":"-","value":"0","label":{"fr":"non"}},{"code":"+","value":"100","label":{"fr":"oui","en":"yes"}}` + more + `}`
	}
	table := func(bounds, first string) string {
		return `{"format":"cartable.competence-table/1","target":"position","bounds":` + bounds + `,"min":"0","max":"20","bands":[{"min":"0","max":"5","code":"1","value":"1"},
			{"min":"5","max":"10","code":"2","value":"2"},{"min":"10","max":"15","code":"3","value":"3"},{"min":"15","max":` + first + `,"code":"4","value":"4"}]}`
	}
	for doc, ok := range map[string]bool{
		scale(`]`):                 true,
		scale(`],"source":"nous"`): true,
		scale(`],"more":1`):        false,
		scale(`,{"code":"x","value":100,"label":{"fr":"x"}}]`):               false,
		scale(`,{"code":"x","value":"1","label":{"en":"x"},"color":"red"}]`): false,
		`{"format":"cartable.competence-scale/2","levels":[]}`:               false,
	} {
		_, issues := competence.ParseScale("", []byte(doc))
		assert.Equal(t, ok, len(issues) == 0, doc)
		assert.Equal(t, ok, validate(t, all["schoollife/competence-scale-1"], json.RawMessage(doc)) == nil, doc)
	}
	for doc, ok := range map[string]bool{
		table(`"half-open"`, `"20"`): true,
		table(`"half-open"`, `20`):   false,
		table(`"closed"`, `"20"`):    false,
		table(`"half-open"`, `""`):   false,
	} {
		_, issues := competence.ParseTable("", []byte(doc))
		assert.Equal(t, ok, len(issues) == 0, doc)
		assert.Equal(t, ok, validate(t, all["schoollife/competence-table-1"], json.RawMessage(doc)) == nil, doc)
	}
}

// The bulletins of a fictional class are valid; one that shows what a document never holds is not.
func TestBulletins(t *testing.T) {
	t.Parallel()
	s := compile(t)["schoollife/bulletin-1"]
	require.NotNil(t, s)
	year, ok := schooltest.New(enttest.New(enttest.Options{Seed: 7}), "4001")
	require.True(t, ok)
	class := year.Classes()[0].ID
	room, ok := year.Room(class)
	require.True(t, ok)
	entries := year.Entries(class, room.Periods[1].End, 1)
	book := gradebook.ClassBook{
		Room: room, Entries: entries, Input: gradebook.InputOf(room, entries),
		Terms: []gradebook.Term{{Class: class, Period: "T2", State: gradebook.LockClosed, Council: room.Periods[1].End}},
	}
	late := 0
	people := bulletin.People{
		School: bulletin.School{Name: "Collège", UAI: "9990001X", Address: []string{"1 rue de l'Exemple"}, Logo: nil}, HeadTeachers: []ent.ID{room.Teachings[0].Teachers[0].ID},
		Pupil: func(ent.ID) (bulletin.Pupil, bool) {
			return bulletin.Pupil{Name: "MARTEL Noël", BirthDate: day(t, "2012-02-29")}, true
		},
		Person: func(ent.ID) string { return "Mme EXEMPLE" },
		Life:   func(ent.ID, ent.ID) bulletin.Life { return bulletin.Life{Late: &late} },
	}
	for _, o := range []bulletin.Options{
		{},
		{
			Lang: ent.EN, Draft: true, Rank: true, Chart: true, Coefficients: true, PreviousPeriods: true, INE: true, MinimumGroup: 30,
			Categories: []bulletin.Category{{ID: "a", Label: "A"}}, Mentions: []bulletin.Mention{{Code: "FELICITATIONS", Label: "Félicitations"}},
		},
	} {
		for _, pupil := range year.Pupils(class) {
			d, _, err := bulletin.Make(&book, "T2", pupil, people, o)
			require.NoError(t, err)
			assert.NoError(t, validate(t, s, d))
		}
	}
	frozen, err := filepath.Glob("../../schoollife/gradebook/bulletin/testdata/*.golden.json")
	require.NoError(t, err)
	require.NotEmpty(t, frozen)
	for _, path := range frozen {
		b, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.NoError(t, validate(t, s, json.RawMessage(b)), path)
	}
	d, _, err := bulletin.Make(&book, "T2", year.Pupils(class)[0], people, bulletin.Options{})
	require.NoError(t, err)
	b, err := json.Marshal(d)
	require.NoError(t, err)
	for _, change := range [][2]string{{`"format":"cartable.bulletin/1"`, `"format":"cartable.bulletin/2"`}, {`"inputs":`, `"input":`}, {`"average":"`, `"average":0,"other":"`}} {
		require.Contains(t, string(b), change[0])
		assert.Error(t, validate(t, s, json.RawMessage(strings.Replace(string(b), change[0], change[1], 1))), change[1])
	}
}

// An archive of a cahier and a plan of an import are valid; those of another format, or without what they are of, are not.
func TestCahiersAndPlans(t *testing.T) {
	t.Parallel()
	all := compile(t)
	of := timetable.Ref{Kind: timetable.KindClass, ID: "6A"}
	on := day(t, "2026-11-03")
	session := cahier.Session{Head: cahier.Head{ID: "1", School: "c", Year: 2026, Teacher: "durand", Audience: []timetable.Ref{of}, Published: true, Version: 1}, Date: on, Lesson: timetable.Key{Course: "m", On: on}}
	archive := cahier.Archived(of, "6A", []cahier.Session{session}, nil, nil, func(ent.ID) string { return "M. Durand" }, func(ent.ID) string { return "" }, time.Date(2027, 8, 31, 0, 0, 0, 0, time.UTC))
	file := timetable.Timetable{
		Year:    timetable.Year{First: on, Last: on.AddDays(20), Week1: day(t, "2026-11-02")},
		Courses: []timetable.Course{{ID: "1", Day: 2, Start: 480, End: 535, Resources: []timetable.Resource{{Ref: of, Weeks: timetable.AllWeeks}}}},
	}
	plan := timetable.Compare(&timetable.Kept{}, &file, timetable.ImportOptions{Source: "edt"})
	for name, doc := range map[string]any{"schoollife/cahier-1": archive, "schoollife/timetable-plan-1": plan} {
		assert.NoError(t, validate(t, all[name], doc), name)
		b, err := json.Marshal(doc)
		require.NoError(t, err)
		for _, change := range [][2]string{{`/1"`, `/2"`}, {`"courses":`, `"other":`}, {`"sessions":`, `"other":`}} {
			if strings.Contains(string(b), change[0]) {
				assert.Error(t, validate(t, all[name], json.RawMessage(strings.Replace(string(b), change[0], change[1], 1))), "%s %s", name, change[1])
			}
		}
	}
}
