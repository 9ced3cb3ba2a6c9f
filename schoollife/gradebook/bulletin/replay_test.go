package bulletin_test

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/gradebook"
	"github.com/opencartable/cartable/schoollife/gradebook/bulletin"
)

// A document that was frozen is read, and the gradebook still gives it.
func TestVerify(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("testdata/ordinary.golden.json")
	require.NoError(t, err)
	var d bulletin.Document
	require.NoError(t, json.Unmarshal(b, &d))
	c := newClass(t, 24, 12)
	c.say("T2", pupilOne, 150, 320)
	require.NoError(t, bulletin.Verify(&d, c.ready()))
	again, err := bulletin.Replay(&d, c.ready())
	require.NoError(t, err)
	assert.Equal(t, html(t, &d), html(t, again))

	// What does not bear on it changes nothing: the order of things, a comment, what comes later, a term opened again.
	r := rand.New(rand.NewPCG(1, 2))
	r.Shuffle(len(c.book.Entries), func(i, j int) { c.book.Entries[i], c.book.Entries[j] = c.book.Entries[j], c.book.Entries[i] })
	for i := range c.book.Entries {
		if e := &c.book.Entries[i]; e.Kind == gradebook.EntryMark {
			e.Value.Text = "revu"
		}
		if a := c.book.Entries[i].Value.Assessment; a != nil {
			a.Published, a.Label = day(2025, 6, 1), "Autre"
			a.Scale = decimal.New(2000, -2)
		}
	}
	c.at = map[gradebook.Key]int{}
	for i := range c.book.Entries {
		c.at[c.book.Entries[i].Key] = i
	}
	c.mark("t01", "T3", 0, pupilOne, gradebook.Points(dec("3")))
	c.say("T3", pupilOne, 40, 40)
	c.say("T2", pupilID(1), 40, 40)
	c.book.Terms[1].State, c.book.Terms[1].Version = gradebook.LockOpen, 9
	c.book.Room.Members[0].To = day(2025, 5, 2)
	c.book.Room.Members = append(c.book.Room.Members, gradebook.Member{Pupil: "new", Class: "3A", From: day(2025, 4, 1)})
	require.NoError(t, bulletin.Verify(&d, c.ready()))

	for name, change := range map[string]func(){
		"a mark of the pupil": func() { c.mark("t01", "T2", 0, pupilOne, gradebook.Points(dec("20"))) },
		"a mark of another":   func() { c.mark("t01", "T2", 0, pupilID(5), gradebook.Points(dec("0"))) },
		"an appreciation": func() {
			c.put(gradebook.Key{Kind: gradebook.EntryAppreciation, Period: "T2", Teaching: "t02", Pupil: pupilOne}, gradebook.Value{Text: "autre"})
		},
		"a coefficient": func() { c.book.Room.Teachings[0].Coefficient = dec("9") },
		"the president": func() { c.book.Terms[1].President = "other" },
		"a member":      func() { c.book.Room.Members[3].To = day(2025, 1, 2) },
	} {
		book, room := slices.Clone(c.book.Entries), c.book.Room
		room.Teachings, room.Members = slices.Clone(room.Teachings), slices.Clone(room.Members)
		terms := slices.Clone(c.book.Terms)
		change()
		err := bulletin.Verify(&d, c.ready())
		require.ErrorIs(t, err, bulletin.CodeInputs, name)
		require.ErrorIs(t, err, bulletin.CodeChanged, name)
		c.book.Entries, c.book.Room, c.book.Terms = book, room, terms
	}
	require.NoError(t, bulletin.Verify(&d, c.ready()))

	// A mark that changes no figure that is printed is told all the same.
	c.mark("t01", "T2", 0, pupilID(5), gradebook.Points(dec("0")))
	first, err := bulletin.Replay(&d, c.ready())
	require.NoError(t, err)
	c.put(gradebook.Key{Kind: gradebook.EntryAssessment, Period: "T2", Teaching: "t01", Of: "x"}, gradebook.Value{Assessment: &gradebook.Assessment{
		ID: "x", Teaching: "t01", Period: "T2", Scale: dec("20"), Date: day(2025, 1, 8),
	}})
	err = bulletin.Verify(first, c.ready())
	require.ErrorIs(t, err, bulletin.CodeInputs)
	assert.NotErrorIs(t, err, bulletin.CodeChanged)
}

func TestVerifyFindsWhatWasForged(t *testing.T) {
	t.Parallel()
	c := newClass(t, 24, 12)
	c.say("T2", pupilOne, 150, 320)
	d, _ := c.make("T2", pupilOne, full())
	for name, change := range map[string]func(*bulletin.Document){
		"an average":  func(d *bulletin.Document) { d.Sections[0].Lines[0].Result.Average = bulletin.FigureOf(dec("19.0")) },
		"a decimal":   func(d *bulletin.Document) { d.General.Average = bulletin.FigureOf(dec("11.20")) },
		"a text":      func(d *bulletin.Document) { d.Synthesis = "Félicitations" },
		"the opinion": func(d *bulletin.Document) { d.Opinion = bulletin.Opinion{} },
		"the draft":   func(d *bulletin.Document) { d.Draft = true },
		"a line":      func(d *bulletin.Document) { d.Sections[0].Lines = d.Sections[0].Lines[1:] },
		"the council": func(d *bulletin.Document) { d.Council = day(2025, 1, 1) },
		"the legend":  func(d *bulletin.Document) { d.Legend = nil },
		"the policy":  func(d *bulletin.Document) { d.Policy = gradebook.BoxesRoundedUp() },
	} {
		b, err := json.Marshal(d)
		require.NoError(t, err)
		var forged bulletin.Document
		require.NoError(t, json.Unmarshal(b, &forged))
		require.NoError(t, bulletin.Verify(&forged, c.ready()), name)
		change(&forged)
		require.ErrorIs(t, bulletin.Verify(&forged, c.ready()), bulletin.CodeChanged, name)
	}
	forged := *d
	forged.Inputs = "sha256:" + strings.Repeat("0", 64)
	err := bulletin.Verify(&forged, c.ready())
	require.ErrorIs(t, err, bulletin.CodeInputs)
	require.NotErrorIs(t, err, bulletin.CodeChanged)
	forged.Pupil.ID = "nobody"
	require.ErrorIs(t, bulletin.Verify(&forged, c.ready()), bulletin.CodePupil)
}

// The bytes of a document do not depend on a setting of package decimal, which the program may change. Not parallel: it does.
func TestGlobalsOfDecimal(t *testing.T) { //nolint:paralleltest // changes globals
	c := newClass(t, 6, 3)
	c.book.Room.Coefficients = []gradebook.PupilCoefficient{{Pupil: pupilOne, Teaching: "t02", Coefficient: dec("2.50")}}
	p := gradebook.RescaledRoundLast()
	p.Bands = gradebook.LSLBands()
	o := bulletin.Options{Policy: &p, Coefficients: true, Chart: true}
	d, _ := c.make("T1", pupilOne, o)
	want := written(t, d) + d.Inputs
	quotes, trim, precision := decimal.MarshalJSONWithoutQuotes, decimal.TrimTrailingZeros, decimal.DivisionPrecision
	defer func() {
		decimal.MarshalJSONWithoutQuotes, decimal.TrimTrailingZeros, decimal.DivisionPrecision = quotes, trim, precision
	}()
	decimal.MarshalJSONWithoutQuotes, decimal.TrimTrailingZeros, decimal.DivisionPrecision = !quotes, !trim, 2
	d, _ = c.make("T1", pupilOne, o)
	if want != written(t, d)+d.Inputs {
		t.Fatal("the bytes changed")
	}
	require.NoError(t, bulletin.Verify(d, c.ready()))
}

func TestUnreadable(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("testdata/ordinary.golden.json")
	require.NoError(t, err)
	good := string(b)
	for name, text := range map[string]string{
		"nothing": `{}`, "another format": strings.Replace(good, "bulletin/1", "bulletin/2", 1), "a list": `[]`,
		"a number for a figure":      strings.Replace(good, `"average": "`, `"average": 1, "x": "`, 1),
		"a figure with an exponent":  strings.Replace(good, `"reference": "0"`, `"reference": "1e9"`, 1),
		"a negative reference":       strings.Replace(good, `"reference": "0"`, `"reference": "-1"`, 1),
		"a band that is no number":   strings.Replace(good, `"reference": "0"`, `"reference": "0", "bands": ["BRÉHAUT"]`, 1),
		"no pupil":                   strings.Replace(good, `"id": "p01"`, `"id": ""`, 1),
		"a date that does not exist": strings.Replace(good, `"2010-05-17"`, `"2010-02-31"`, 1),
	} {
		var d bulletin.Document
		err := json.Unmarshal([]byte(text), &d)
		require.ErrorIs(t, err, bulletin.CodeDocument, name)
		assert.NotContains(t, err.Error(), "BRÉHAUT", name)
		assert.Empty(t, d.Pupil.ID, name)
	}
	var d bulletin.Document
	require.NoError(t, json.Unmarshal([]byte(strings.Replace(good, `"school"`, `"later": {"x": 1}, "school"`, 1)), &d), "a field of a later version")
}

func FuzzDocument(f *testing.F) {
	for _, name := range []string{"ordinary", "statuses", "small-group"} {
		b, err := os.ReadFile("testdata/" + name + ".golden.json")
		require.NoError(f, err)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var d bulletin.Document
		if json.Unmarshal(b, &d) != nil {
			return
		}
		one, err := json.Marshal(d)
		require.NoError(t, err)
		var again bulletin.Document
		require.NoError(t, json.Unmarshal(one, &again))
		two, err := json.Marshal(again)
		require.NoError(t, err)
		require.Equal(t, string(one), string(two))
		require.NotContains(t, html(t, &d), "<script")
		_ = d.Pages()
		_ = bulletin.Verify(&d, &gradebook.ClassBook{})
	})
}

// Inputs with the same sums and other members are other inputs.
func TestInputsOfAnotherPupil(t *testing.T) {
	t.Parallel()
	c := newClass(t, 6, 2)
	seen := map[string]ent.ID{}
	for k := range 6 {
		d, _ := c.make("T1", pupilID(k), bulletin.Options{})
		assert.Empty(t, seen[d.Inputs])
		seen[d.Inputs] = pupilID(k)
	}
}
