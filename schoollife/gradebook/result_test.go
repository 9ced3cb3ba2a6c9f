package gradebook_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/gradebook"
)

func TestCatalog(t *testing.T) {
	t.Parallel()
	require.NoError(t, gradebook.Catalog().Check())
}

func TestParseResult(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]gradebook.Result{
		"": {}, "  ": {}, "12": points("12"), "0": points("0"), "12,50": points("12.5"), "999999.9999": points("999999.9999"),
		"abs": without(gradebook.StatusAbsent), "ABS": without(gradebook.StatusAbsent), "Absent": without(gradebook.StatusAbsent),
		"disp": without(gradebook.StatusExempt), "Dispensé": without(gradebook.StatusExempt), "dispense": without(gradebook.StatusExempt),
		"N.Not": without(gradebook.StatusNotMarked), "non noté": without(gradebook.StatusNotMarked), "inapte": without(gradebook.StatusUnfit),
		"n. rdu": without(gradebook.StatusNotHandedIn), "Abs0": without(gradebook.StatusAbsentZero), "n.rdu0": without(gradebook.StatusNotHandedInZero),
		"not-handed-in-zero": without(gradebook.StatusNotHandedInZero), "Félic": without(gradebook.StatusCongratulations),
	} {
		got, err := gradebook.ParseResult(text)
		require.NoError(t, err, text)
		assert.True(t, want.Equal(got), text)
	}
	for text, code := range map[string]ent.Code{
		"-0.5": gradebook.CodeNegative, "12.00001": gradebook.CodePrecision, "1000000": gradebook.CodePrecision, "douze": gradebook.CodeEntry,
		"12/20": gradebook.CodeEntry, "abs 12": gradebook.CodeEntry, "-": gradebook.CodeEntry, ".5": gradebook.CodeEntry, "1e5": gradebook.CodeEntry,
		strings.Repeat("9", 41): gradebook.CodeEntry,
	} {
		r, err := gradebook.ParseResult(text)
		require.ErrorIs(t, err, code, text)
		assert.True(t, r.Empty(), text)
		if len(text) > 1 {
			assert.NotContains(t, err.Error(), text)
		}
	}
}

func TestStatusesHaveNamesInBothLanguages(t *testing.T) {
	t.Parallel()
	for _, s := range gradebook.Statuses() {
		for _, lang := range []ent.Lang{ent.FR, ent.EN} {
			for _, name := range []string{s.Label(lang), s.Short(lang), string(s)} {
				r, err := gradebook.ParseResult(name)
				require.NoError(t, err, name)
				assert.Equal(t, s, r.Status(), name)
			}
		}
	}
	assert.Equal(t, "exclu", gradebook.Status("exclu").Label(ent.FR))
	assert.Equal(t, "12,5", points("12.5").Text(ent.FR))
	assert.Equal(t, "12.5", points("12.5").Text(ent.EN))
	assert.Equal(t, "Disp", without(gradebook.StatusExempt).Text(ent.FR))
}

func TestResultJSON(t *testing.T) {
	t.Parallel()
	for want, r := range map[string]gradebook.Result{
		`{"points":"12.5"}`: points("12.50"), `{"status":"exempt"}`: without(gradebook.StatusExempt), `{"status":"exclu"}`: without("exclu"), "null": {},
	} {
		b, err := json.Marshal(r)
		require.NoError(t, err)
		assert.Equal(t, want, string(b))
		var back gradebook.Result
		require.NoError(t, json.Unmarshal(b, &back))
		assert.True(t, r.Equal(back), want)
	}
	for _, bad := range []string{`{"points":12.75}`, `{"points":"12.75","status":"absent"}`, `{"points":"12,75"}`, `"12.75"`, `12.75`, `{"points":"` + strings.Repeat("1", 60) + `"}`, `{"status":"` + strings.Repeat("x", 41) + `"}`} {
		var r gradebook.Result
		err := json.Unmarshal([]byte(bad), &r)
		require.ErrorIs(t, err, gradebook.CodeEntry, bad)
		assert.NotContains(t, err.Error(), "12.75")
	}
}

func FuzzParseResult(f *testing.F) {
	for _, text := range []string{"12,5", "abs", "N.Rdu0", "-1", "12.34567", "", "é", "1e9", "0000012,50", " disp "} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := gradebook.ParseResult(text)
		if err != nil {
			require.True(t, r.Empty())
			require.True(t, errors.Is(err, gradebook.CodeEntry) || errors.Is(err, gradebook.CodeNegative) || errors.Is(err, gradebook.CodePrecision))
			return
		}
		for _, lang := range []ent.Lang{ent.FR, ent.EN} {
			back, err := gradebook.ParseResult(r.Text(lang))
			require.NoError(t, err)
			require.True(t, r.Equal(back), "what a grid shows can be typed again")
		}
	})
}

func FuzzResultJSON(f *testing.F) {
	for _, text := range []string{`{"points":"12.5"}`, `{"status":"absent"}`, "null", `{"points":"-1"}`, `{"points":"1","status":"x"}`, `{"points":"1000000000000.00001"}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var r gradebook.Result
		if json.Unmarshal(b, &r) != nil {
			return
		}
		out, err := json.Marshal(r)
		require.NoError(t, err)
		var back gradebook.Result
		require.NoError(t, json.Unmarshal(out, &back))
		require.True(t, r.Equal(back))
	})
}

// TestNothingPersonalIsPrinted prints whatever holds a mark in every way, and looks for it.
func TestNothingPersonalIsPrinted(t *testing.T) {
	t.Parallel()
	b := newBook().add("20", "1", points("17.3519")).add("20", "3", without("maladie-longue"))
	b.in.Marks[0].Comment = "pleure en classe"
	b.in.Finals = []gradebook.Final{{Pupil: "ali", Teaching: "FR", Period: "T1", Result: points("16.4827")}}
	p := gradebook.RescaledRoundLast()
	p.Rounding = gradebook.Roundings{}
	s := compute(t, p, b.in)
	a, err := s.Average(zoe)
	require.NoError(t, err)
	e, err := s.Explain(zoe)
	require.NoError(t, err)
	var wide gradebook.Result
	require.NoError(t, json.Unmarshal([]byte(`{"points":"173519.173519"}`), &wide))
	values := []any{
		b.in, &b.in, b.in.Marks[0], &b.in.Marks[0], b.in.Marks, b.in.Finals, b.in.Finals[0], b.in.Marks[0].Result, &b.in.Marks[0].Result,
		b.in.Marks[1].Result, wide, a, &a, e, &e, s,
		[]gradebook.Average{a},
		map[string]gradebook.Explanation{"x": e},
		s.SetMark(gradebook.Mark{Pupil: "zoe", Assessment: "d1", Result: points("20.7351")}), s.SetFinal(gradebook.Final{Pupil: "zoe", Teaching: "FR", Result: points("97.351")}),
	}
	require.NotNil(t, values[len(values)-1])
	_, err = gradebook.ParseResult("17.35191")
	values = append(values, err)
	for _, c := range s.Report().Codes() {
		for _, i := range s.Report().Examples(c) {
			values = append(values, i, i.Message(ent.FR), i.Message(ent.EN))
		}
	}
	var out strings.Builder
	timeless := &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey { // which may hold any digits, as an address may
			return slog.Attr{}
		}
		return a
	}}
	log := slog.New(slog.NewTextHandler(&out, timeless))
	asJSON := slog.New(slog.NewJSONHandler(&out, timeless))
	for _, v := range values {
		_, _ = fmt.Fprintf(&out, "%v\n%+v\n%#v\n%s\n", v, v, v, v)
		log.Info("x", "v", v)
		if _, ok := v.(slog.LogValuer); ok { // of anything else slog writes the JSON, which is for those who may read it
			asJSON.Info("x", "v", v)
		}
	}
	for _, v := range []any{a, e, errors.Join(err)} {
		j, err := json.Marshal(v)
		require.NoError(t, err)
		out.Write(j)
	}
	printed := regexp.MustCompile("0xc[0-9a-f]{6,}").ReplaceAllString(out.String(), "address")
	for _, secret := range []string{"17.35", "17,35", "3519", "173519", "7351", "4827", "pleure"} {
		assert.NotContains(t, printed, secret)
	}
}
