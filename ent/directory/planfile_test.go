package directory_test

import (
	"bytes"
	"flag"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/ent/directory/directorytest"
	"github.com/opencartable/cartable/ent/enttest"
)

var (
	planKey = bytes.Repeat([]byte("k"), 32)
	expiry  = time.Date(2024, 11, 12, 0, 0, 0, 0, time.UTC)
)

func file(t testing.TB, p *directory.Plan) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, p.WriteFile(&b, planKey, expiry))
	return b.Bytes()
}

// planned returns a directory and a plan for it with every kind of change.
func planned(t testing.TB) (*directory.Book, *directory.Plan) {
	t.Helper()
	june := directorytest.Source(enttest.Canary(3), ent.SecondDegree, day(0))
	b := open(t, june, day(0))
	src := shuffled(june, rand.New(rand.NewPCG(1, 1)))
	return b, compare(t, b, src, directory.Policy{Today: day(1), Guard: directory.Guard{Consent: func(directory.Population) bool { return true }}})
}

func TestPlanFileReadsBack(t *testing.T) {
	t.Parallel()
	_, p := planned(t)
	back, err := directory.ReadPlan(bytes.NewReader(file(t, p)), planKey, expiry.Add(-time.Hour))
	require.NoError(t, err)
	assert.Equal(t, slices.Collect(p.Changes()), slices.Collect(back.Changes()))
	assert.Equal(t, p.Lines(), back.Lines())
	assert.Equal(t, p.Seen(), back.Seen())
	assert.Equal(t, file(t, p), file(t, back))
}

func TestPlanFileHoldsNoPersonalValue(t *testing.T) {
	t.Parallel()
	a := enttest.Canary(3)
	_, p := planned(t)
	for _, plan := range []*directory.Plan{p, compare(t, directory.NewBook(directory.Places{}, nil), directorytest.Source(a, ent.FirstDegree, day(0)), directory.Policy{Today: day(0)})} {
		text := string(file(t, plan))
		mark, found := a.FindMark(text)
		assert.False(t, found, mark)
		var summary bytes.Buffer
		require.NoError(t, plan.WriteSummary(&summary, ent.FR))
		mark, found = a.FindMark(summary.String())
		assert.False(t, found, mark)
	}
}

// In the first degree the label of a class names its teacher, and the identifier is made of the label.
func TestPlanFileHoldsNoLabelOfAClass(t *testing.T) {
	t.Parallel()
	src := directorytest.School(day(0))
	src.Places.Classes[0].ID, src.Places.Classes[0].Code = "4001$CP de Mme Rivière", "CP de Mme Rivière"
	src.Places.Groups = []ent.Group{{ID: "4001$Groupe Rivière", Establishment: "4001", Code: "Groupe Rivière"}}
	src.List[0].Ties[1].Target, src.List[2].Ties[1].Target = src.Places.Classes[0].ID, src.Places.Classes[0].ID
	b := directory.NewBook(directory.Places{}, nil)
	plan := compare(t, b, src, directory.Policy{Today: day(0)})
	text := file(t, plan)
	assert.NotContains(t, string(text), "Rivi")
	for c := range plan.Changes() {
		assert.NotContains(t, c.LogValue().String(), "Rivi")
	}
	back, err := directory.ReadPlan(bytes.NewReader(text), planKey, expiry.Add(-time.Hour))
	require.NoError(t, err)
	assert.Equal(t, text, file(t, back))
	var ids []ent.ID
	for c := range back.Changes() {
		ids = append(ids, c.ID)
	}
	assert.Contains(t, ids, src.Places.Classes[0].ID)
	assert.Contains(t, ids, src.Places.Groups[0].ID)
}

// A guard that names thousands of schools is read back, and so is a plan that compared nothing.
func TestPlanFileOfManyBlocks(t *testing.T) {
	t.Parallel()
	src := directorytest.School(day(0))
	src.List, src.Places = nil, directory.Places{}
	for i := range 6000 {
		id := ent.ID(strconv.Itoa(10000 + i))
		src.Places.Establishments = append(src.Places.Establishments, directory.Place{Establishment: ent.Establishment{ID: id}})
		src.List = append(src.List, directory.Record{
			Key: directorytest.Key(directory.Staff, string(id)), Person: ent.Person{Name: ent.Name{Family: "PETIT", Given: "Jean"}},
			Ties: []directory.Tie{{Kind: directory.TieEstablishment, Target: id, Profile: ent.ProfileTeacher}},
		})
	}
	b := open(t, src, day(0))
	empty := &directory.Records{What: src.What, Places: src.Places}
	plan := compare(t, b, empty, directory.Policy{Today: day(1)})
	back, err := directory.ReadPlan(bytes.NewReader(file(t, plan)), planKey, expiry.Add(-time.Hour))
	require.NoError(t, err)
	assert.Len(t, back.Blocks(), 6000)
	assert.True(t, bytes.Equal(file(t, plan), file(t, back)))
	require.NoError(t, back.Stopped())

	empty.What.Academy = "010"
	back, err = directory.ReadPlan(bytes.NewReader(file(t, compare(t, b, empty, directory.Policy{Today: day(1)}))), planKey, expiry.Add(-time.Hour))
	require.NoError(t, err)
	require.ErrorIs(t, back.Stopped(), directory.CodeWrongFeed)
}

// What could not be read back is not written.
func TestPlanFileRefusesALineTooLong(t *testing.T) {
	t.Parallel()
	src := directorytest.School(day(0))
	src.List[2].Person.Name.Family = strings.Repeat("A", 1<<20)
	plan := compare(t, directory.NewBook(directory.Places{}, nil), src, directory.Policy{Today: day(0)})
	require.ErrorIs(t, plan.WriteFile(io.Discard, planKey, expiry), directory.CodePlanLine)
}

func TestAlteredPlanFileIsRefused(t *testing.T) {
	t.Parallel()
	_, p := planned(t)
	good := file(t, p)
	read := func(b []byte, key []byte) error {
		plan, err := directory.ReadPlan(bytes.NewReader(b), key, expiry.Add(-time.Hour))
		if err != nil {
			assert.Nil(t, plan)
		}
		return err
	}
	require.NoError(t, read(good, planKey))
	lines := bytes.SplitAfter(good, []byte("\n"))
	lines = lines[:len(lines)-1]
	require.Greater(t, len(lines), 20)
	join := func(l ...[]byte) []byte { return bytes.Join(l, nil) }
	swapped := slices.Clone(lines)
	swapped[3], swapped[4] = swapped[4], swapped[3]
	for name, b := range map[string][]byte{
		"cut short":     join(lines[:len(lines)-1]...),
		"a line gone":   join(slices.Delete(slices.Clone(lines), 5, 6)...),
		"a line twice":  join(slices.Insert(slices.Clone(lines), 5, lines[5])...),
		"two swapped":   join(swapped...),
		"a word":        bytes.Replace(good, []byte(`"op":"suspend"`), []byte(`"op":"purge"`), 1),
		"an identifier": bytes.Replace(good, []byte(`"id":"aaf:010/pupil/50`), []byte(`"id":"aaf:010/pupil/51`), 1),
		"more after":    append(slices.Clone(good), lines[2]...),
		"the expiry":    bytes.Replace(good, []byte("2024-11-12T"), []byte("2034-11-12T"), 1),
	} {
		require.NotEqual(t, good, b, name)
		require.ErrorIs(t, read(b, planKey), directory.CodePlanAltered, name)
	}
	require.ErrorIs(t, read(good, bytes.Repeat([]byte("x"), 32)), directory.CodePlanAltered)
	require.ErrorIs(t, read(good, []byte("short")), directory.CodePlanKey)
	require.ErrorIs(t, read([]byte("hello\n"), planKey), directory.CodePlanFile)
	require.ErrorIs(t, read(nil, planKey), directory.CodePlanFile)
	_, err := directory.ReadPlan(bytes.NewReader(good), planKey, expiry)
	require.ErrorIs(t, err, directory.CodePlanExpired)
	rng := rand.New(rand.NewPCG(5, 5))
	for range 300 {
		b := slices.Clone(good)
		b[rng.IntN(len(b))] ^= byte(1 + rng.IntN(255))
		require.Error(t, read(b, planKey))
	}
}

func FuzzReadPlan(f *testing.F) {
	f.Add([]byte(`{"format":"cartable.plan/1"}` + "\n" + `{"end":true}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := directory.ReadPlan(bytes.NewReader(b), planKey, expiry.Add(-time.Hour))
		if err == nil && p == nil || err != nil && p != nil {
			t.Fatal("a plan or an error")
		}
		if err == nil && !strings.Contains(string(b), `"mac"`) {
			t.Fatal("a plan that nobody signed")
		}
	})
}

var update = flag.Bool("update", false, "write the golden plan again: a promise to readers is broken")

// A plan file of this format stays readable, and the same plan gives the same bytes, release after release.
func TestGoldenPlanFile(t *testing.T) {
	t.Parallel()
	b := open(t, directorytest.School(day(0)), day(0))
	src := directorytest.School(day(1))
	src.List[1].Person.Contact.Mobile = "+33 6 99 99 02 02"
	src.List[0].Ties = src.List[0].Ties[:2]
	src.List = append(src.List[:2], directory.Record{
		Key: directorytest.Key(directory.Staff, "4"), Person: ent.Person{Name: ent.Name{Family: "PETIT", Given: "Jean"}},
	})
	plan := compare(t, b, src, directory.Policy{Today: day(1)})
	require.Error(t, plan.Blocked(), "a teacher of one has left")
	got := file(t, plan)
	const name = "testdata/plan-1.golden"
	if *update {
		require.NoError(t, os.WriteFile(name, got, 0o600))
	}
	want, err := os.ReadFile(name)
	require.NoError(t, err)
	assert.Equal(t, string(want), string(got))
	back, err := directory.ReadPlan(bytes.NewReader(want), planKey, expiry.Add(-time.Hour))
	require.NoError(t, err)
	assert.Equal(t, slices.Collect(plan.Changes()), slices.Collect(back.Changes()))
	assert.ErrorIs(t, back.Blocked(), directory.CodeGuard)
}

// A part of a plan stays a part when it is read back: applying it leaves the rest to be done.
func TestPartOfAPlanStaysAPart(t *testing.T) {
	t.Parallel()
	_, p := planned(t)
	part := p.For("4001")
	back, err := directory.ReadPlan(bytes.NewReader(file(t, part)), planKey, expiry.Add(-time.Hour))
	require.NoError(t, err)
	assert.True(t, back.Partial())
	whole, err := directory.ReadPlan(bytes.NewReader(file(t, p)), planKey, expiry.Add(-time.Hour))
	require.NoError(t, err)
	assert.False(t, whole.Partial())
}
