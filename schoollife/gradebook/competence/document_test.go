package competence_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/gradebook/competence"
)

var update = flag.Bool("update", false, "write the golden files")

// The written forms are frozen, and read back.
func TestGoldenDocuments(t *testing.T) {
	t.Parallel()
	for file, v := range map[string]any{
		"scale": competence.EvenThirds(), "table-steps": competence.PositionsFromPercent(), "table-half-open": competence.PositionsFromMeanLevel(),
	} {
		path := "testdata/" + file + ".golden.json"
		got, err := json.MarshalIndent(v, "", "  ")
		require.NoError(t, err)
		if *update {
			require.NoError(t, os.WriteFile(path, append(got, '\n'), 0o644))
		}
		want, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Equal(t, string(want), string(got)+"\n", file)
		var again []byte
		if file == "scale" {
			s, issues := competence.ParseScale(file, want)
			require.Empty(t, issues)
			again, err = json.MarshalIndent(s, "", "  ")
		} else {
			c, issues := competence.ParseTable(file, want)
			require.Empty(t, issues)
			again, err = json.MarshalIndent(c, "", "  ")
		}
		require.NoError(t, err)
		assert.Equal(t, string(want), string(again)+"\n", file)
	}
}

func TestABadDocumentIsRefusedWithItsPlace(t *testing.T) {
	t.Parallel()
	b, err := json.Marshal(competence.PositionsFromPercent())
	require.NoError(t, err)
	good := string(b)
	for _, c := range []struct {
		name, text string
		want       ent.Code
		path       string
	}{
		{"nothing", ``, competence.CodeDocument, "$"},
		{"null", `null`, competence.CodeDocument, "$.format"},
		{"a scale", `{"format":"cartable.competence-scale/1"}`, competence.CodeDocument, "$.format"},
		{"an unknown key", strings.Replace(good, `"unit"`, `"unite"`, 1), competence.CodeDocument, "$"},
		{"a key twice", strings.Replace(good, `"unit"`, `"Name":"x","unit"`, 1), competence.CodeDocument, "$"},
		{"two documents", good + "{}", competence.CodeDocument, "$"},
		{"too long", good + strings.Repeat(" ", 1<<16), competence.CodeDocument, "$"},
		{"a number without quotes", strings.Replace(good, `"34"`, `34`, 1), competence.CodeNumber, "$.bands[0].max"},
		{"an exponent", strings.Replace(good, `"34"`, `"1e9"`, 1), competence.CodeNumber, "$.bands[0].max"},
		{"a number missing", strings.Replace(good, `"max":"34",`, ``, 1), competence.CodeNumber, "$.bands[0].max"},
		{"null for a number", strings.Replace(good, `"step":"1"`, `"step":"x"`, 1), competence.CodeNumber, "$.step"},
		{"a gap", strings.Replace(good, `"34"`, `"33"`, 1), competence.CodeGap, "$.bands[1].min"},
	} {
		v, issues := competence.ParseTable("t.json", []byte(c.text))
		require.NotEmpty(t, issues, c.name)
		assert.Equal(t, competence.Table{}, v, c.name)
		assert.Equal(t, c.want, issues[0].Code, c.name)
		assert.Equal(t, c.path, issues[0].Path, c.name)
		assert.Equal(t, "t.json", issues[0].Pos.File, c.name)
		if c.name != "too long" { // encoding/json takes the spaces off before it asks
			assert.Error(t, json.Unmarshal([]byte(c.text), &v), c.name)
		}
	}
	_, issues := competence.ParseScale("s.json", []byte(`{"format":"cartable.competence-scale/1","levels":[{"code":"a","value":1,"label":{"fr":"x"}}]}`))
	assert.Equal(t, []ent.Code{competence.CodeNumber}, codes(issues))
	_, issues = competence.ParseScale("s.json", []byte(`{"format":"cartable.competence-scale/1","levels":[]}`))
	assert.Equal(t, []ent.Code{competence.CodeScale}, codes(issues))
	_, err = json.Marshal(competence.Scale{})
	require.ErrorIs(t, err, competence.CodeScale)
	_, err = json.Marshal(competence.Table{})
	require.ErrorIs(t, err, competence.CodeTable)
}

func TestNumbersTravelAndHide(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{`null`: "-", `"0"`: "0", `"66.50"`: "66.50"} {
		var n competence.Number
		require.NoError(t, json.Unmarshal([]byte(in), &n))
		assert.Equal(t, want, text(n))
		b, err := json.Marshal(n)
		require.NoError(t, err)
		assert.Equal(t, in, string(b))
	}
	var n competence.Number
	for _, in := range []string{`1`, `"1e9"`, `""`, `"10000"`} {
		require.ErrorIs(t, json.Unmarshal([]byte(in), &n), competence.CodeNumber)
	}
	_, err := json.Marshal(competence.Known(decimal.New(1, 9)))
	require.ErrorIs(t, err, competence.CodeNumber)
	assert.False(t, known("0").Equal(competence.Number{}))
	assert.True(t, known("0").Equal(known("0.0")))

	var out strings.Builder
	log := slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
	score, err := competence.RecentWeighsMost().Score(competence.EvenThirds(), competence.Window{}, results("R"))
	require.NoError(t, err)
	log.Info("x", "a", known("73.25"), "b", score, "c", competence.Figure{Value: known("73.25")}, "d", competence.Placement{Position: "4"},
		"e", competence.SoclePosition{Component: "CPD_FRA", Position: "4"}, "f", competence.Result{Code: "VV"}, "g", item("73.25", "1"),
		"h", competence.PupilMark{Pupil: "p", Mark: known("73.25")}, "i", competence.Competence{ID: "k", Codes: []string{"VV"}})
	fmt.Fprintf(&out, "%v %+v %#v", known("73.25"), known("73.25"), known("73.25"))
	for _, hidden := range []string{"73", "33", "VV", `"4"`, "CPD"} {
		assert.NotContains(t, out.String(), hidden)
	}
}

func FuzzParseScale(f *testing.F) {
	for _, s := range []competence.Scale{competence.EvenThirds(), competence.OneToFour()} {
		b, err := json.Marshal(s)
		require.NoError(f, err)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		s, issues := competence.ParseScale("f.json", in)
		if len(issues) > 0 {
			assert.Equal(t, competence.Scale{}, s)
			return
		}
		require.Empty(t, s.Check())
		b, err := json.Marshal(s)
		require.NoError(t, err)
		back, issues := competence.ParseScale("f.json", b)
		require.Empty(t, issues)
		again, err := json.Marshal(back)
		require.NoError(t, err)
		assert.Equal(t, string(b), string(again))
		score, why, err := competence.RecentWeighsMost().Explain(s, competence.Window{}, []competence.Result{{Code: s.Levels[0].Code}, {Code: s.Levels[1].Code}}, "p")
		require.NoError(t, err)
		checked(t, score.Value, why)
	})
}

func FuzzParseTable(f *testing.F) {
	for _, c := range []competence.Table{competence.PositionsFromPercent(), competence.StatesFromPercent(), competence.PositionsFromMeanLevel()} {
		b, err := json.Marshal(c)
		require.NoError(f, err)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		c, issues := competence.ParseTable("f.json", in)
		if len(issues) > 0 {
			assert.Equal(t, competence.Table{}, c)
			return
		}
		require.Empty(t, c.Check())
		b, err := json.Marshal(c)
		require.NoError(t, err)
		back, issues := competence.ParseTable("f.json", b)
		require.Empty(t, issues)
		again, err := json.Marshal(back)
		require.NoError(t, err)
		assert.Equal(t, string(b), string(again))
		for _, x := range c.Bands {
			got, why, err := c.Explain(x.Min, "p")
			require.NoError(t, err)
			assert.Equal(t, x.Code, got.Code)
			checked(t, competence.Known(got.Value), why)
		}
	})
}
