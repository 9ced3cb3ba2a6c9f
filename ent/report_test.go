package ent_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
)

func write(t *testing.T, r *ent.Report, lang ent.Lang) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, r.WriteText(&b, lang))
	return b.String()
}

func document(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	require.NoError(t, err)
	return string(b)
}

func TestReportBalances(t *testing.T) {
	t.Parallel()
	var r ent.Report
	assert.True(t, r.Balanced(), "nothing read is nothing lost")
	r.Keep("Eleve", 6)
	r.Refuse("Eleve", 1)
	r.Keep("Relative", 3)
	assert.True(t, r.Balanced())
	assert.Equal(t, ent.Tally{Read: 7, Kept: 6, Refused: 1}, r.Tally("Eleve"))
	assert.Equal(t, ent.Tally{Read: 10, Kept: 9, Refused: 1}, r.Total())
	assert.Equal(t, []string{"Eleve", "Relative"}, r.Kinds())

	// One kind lost two, another found two: the total would hide it.
	r.Count("Eleve", ent.Tally{Read: 2})
	r.Count("Relative", ent.Tally{Kept: 2})
	assert.True(t, r.Total().Balanced())
	assert.False(t, r.Balanced())
	assert.Contains(t, write(t, &r, ent.FR), "LE COMPTE N'Y EST PAS")
	assert.Contains(t, write(t, &r, ent.EN), "DOES NOT BALANCE")
}

func TestReportKeepsTwentyExamplesAndExactCounts(t *testing.T) {
	t.Parallel()
	cat := ent.NewCatalog(rules()...)
	var r ent.Report
	for n := range 137 {
		r.Add(cat.New(CodeTestClass, ent.Pos{Line: n + 1}, "$"))
	}
	r.AddN(cat.New(CodeTestOld, ent.Pos{}, "$"), 5_000_000_000)
	r.AddN(cat.New(CodeTestRate, ent.Pos{}, "$"), 0)
	r.AddN(cat.New(CodeTestRate, ent.Pos{}, "$"), -3)
	assert.Equal(t, []ent.Code{CodeTestClass, CodeTestOld}, r.Codes(), "nothing counted is nothing said")
	assert.EqualValues(t, 137, r.CountOf(CodeTestClass))
	assert.EqualValues(t, 5_000_000_000, r.CountOf(CodeTestOld))
	assert.Len(t, r.Examples(CodeTestClass), ent.MaxExamples)
	assert.Equal(t, 20, ent.MaxExamples)
	assert.Len(t, r.Examples(CodeTestOld), 1)
	for n, i := range r.Examples(CodeTestClass) {
		assert.Equal(t, n+1, i.Pos.Line, "the first ones, in order")
	}
	// What Examples returns is the caller's.
	r.Examples(CodeTestClass)[0].Pos.Line = 99
	assert.Equal(t, 1, r.Examples(CodeTestClass)[0].Pos.Line)
	assert.Contains(t, write(t, &r, ent.FR), "… et 117 autres")
	assert.Contains(t, write(t, &r, ent.EN), "… and 117 more")
}

func TestReportsAddUp(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	cat := ent.NewCatalog(rules()...)
	codes := []ent.Code{CodeTestClass, CodeTestRate, CodeTestOld}
	var whole, merged ent.Report
	parts := make([]ent.Report, 5)
	for n := range 400 {
		p := &parts[n*len(parts)/400]
		for _, r := range []*ent.Report{&whole, p} {
			r.Add(cat.New(codes[n*n%3], ent.Pos{Line: n}, "$"))
			r.Keep(fmt.Sprint("kind", n%4), int64(n))
			r.Lose(ent.Loss{Code: CodeTestOld, Field: ent.Field(fmt.Sprint("f", n%3)), Count: 2})
		}
		if rng.IntN(3) == 0 {
			whole.Refuse("kind1", 1)
			p.Refuse("kind1", 1)
		}
	}
	for i := range parts {
		merged.Merge(&parts[i])
	}
	merged.Merge(nil)
	merged.Merge(&ent.Report{})
	assert.Equal(t, document(t, &whole), document(t, &merged))
	assert.True(t, merged.Balanced())
}

func TestReportDocument(t *testing.T) {
	t.Parallel()
	r := sampleReport(t)
	one := document(t, r)
	for range 20 {
		assert.Equal(t, one, document(t, sampleReport(t)), "the same content gives the same bytes")
	}
	var back ent.Report
	require.NoError(t, json.Unmarshal([]byte(one), &back))
	assert.Equal(t, one, document(t, &back))
	assert.Equal(t, write(t, r, ent.FR), write(t, &back, ent.FR))
	assert.Equal(t, write(t, r, ent.EN), write(t, &back, ent.EN))
	// Held by value inside another document, it is written too.
	assert.Equal(t, `{"Report":`+one+`}`, document(t, struct{ Report ent.Report }{*r}))
	assert.JSONEq(t, `{"format":"cartable.report/1"}`, document(t, &ent.Report{}))
	// Reading replaces what was there.
	require.NoError(t, json.Unmarshal([]byte(`{"format":"cartable.report/1"}`), &back))
	assert.Empty(t, back.Codes())
	assert.Empty(t, back.Kinds())
	assert.Empty(t, back.Losses())
	back.Keep("ready", 1)
}

func TestReportText(t *testing.T) {
	t.Parallel()
	assert.Equal(t, `Eleve                    lus 7, gardés 6, refusés 1
TEST-CLASS (avertissement) × 1
  ENT_Eleve_0000.xml:12:3 (5000006) : ENTEleveClasses désigne la classe 4999$X1 (3 fois).
TEST-OLD (information) × 2
  Ancien.
  … et 1 autres
perdu : ENTEleveINE (TEST-OLD) × 4
`, write(t, sampleReport(t), ent.FR))
	assert.Equal(t, `Eleve                    read 7, kept 6, refused 1
TEST-CLASS (warning) × 1
  ENT_Eleve_0000.xml:12:3 (5000006): ENTEleveClasses names the class 4999$X1 (3 times).
TEST-OLD (information) × 2
  Old.
  … and 1 more
lost: ENTEleveINE (TEST-OLD) × 4
`, write(t, sampleReport(t), ent.EN))
}

func sampleReport(t *testing.T) *ent.Report {
	t.Helper()
	var r ent.Report
	r.Keep("Eleve", 6)
	r.Refuse("Eleve", 1)
	r.Add(classIssue())
	r.AddN(ent.NewCatalog(rules()...).New(CodeTestOld, ent.Pos{}, "$"), 2)
	r.Lose(ent.Loss{Code: CodeTestOld, Field: "ENTEleveINE", Count: 3})
	r.Lose(ent.Loss{Code: CodeTestOld, Field: "ENTEleveINE", Count: 1})
	return &r
}
