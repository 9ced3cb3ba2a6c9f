package ent_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
)

// The codes of a made-up catalogue.
const (
	CodeTestClass ent.Code = "TEST-CLASS"
	CodeTestRate  ent.Code = "TEST-RATE"
	CodeTestOld   ent.Code = "TEST-OLD"
)

func rules() []ent.Rule {
	return []ent.Rule{
		{Code: CodeTestClass, Severity: ent.SeverityWarning, FR: "{field} désigne la classe {target} ({count} fois).", EN: "{field} names the class {target} ({count} times).", Source: "test"},
		{Code: CodeTestRate, Severity: ent.SeverityError, FR: "Le taux {rate} est trop haut le {date}.", EN: "The rate {rate} is too high on {date}.", Source: "test"},
		{Code: CodeTestOld, Severity: ent.SeverityInfo, FR: "Ancien.", EN: "Old.", Source: "test"},
	}
}

func classIssue() ent.Issue {
	return ent.NewCatalog(rules()...).New(CodeTestClass, ent.Pos{File: "ENT_Eleve_0000.xml", Line: 12, Column: 3, Record: "5000006"},
		"$.Eleve['5000006'].ENTEleveClasses", ent.FieldOf("field", "ENTEleveClasses"), ent.CodeOf("target", "4999$X1"), ent.Count("count", 3))
}

func TestIssueMessage(t *testing.T) {
	t.Parallel()
	i := classIssue()
	assert.Equal(t, "ENTEleveClasses désigne la classe 4999$X1 (3 fois).", i.Message(ent.FR))
	assert.Equal(t, "ENTEleveClasses names the class 4999$X1 (3 times).", i.Message(ent.EN))
	assert.Equal(t, i.Message(ent.FR), i.Message("br"), "French when the language is not ours")
	assert.Equal(t, "ENT_Eleve_0000.xml:12:3 (5000006): ENTEleveClasses names the class 4999$X1 (3 times). [TEST-CLASS]", i.Error())
	assert.Equal(t, ent.SeverityWarning, i.Severity)

	i = ent.NewCatalog(rules()...).New(CodeTestRate, ent.Pos{}, "$", ent.Decimal("rate", dec("12.50")), ent.DateOf("date", day(t, "2024-09-16")))
	assert.Equal(t, "Le taux 12,50 est trop haut le 16/09/2024.", i.Message(ent.FR))
	assert.Equal(t, "The rate 12.50 is too high on 2024-09-16.", i.Message(ent.EN))
}

func TestIssueOfAnUnknownCodeIsNotHidden(t *testing.T) {
	t.Parallel()
	i := ent.NewCatalog(rules()...).New("TEST-MISSING", ent.Pos{}, "$")
	assert.Equal(t, ent.SeverityError, i.Severity)
	assert.Equal(t, "TEST-MISSING", i.Message(ent.FR))
}

func TestIssueIsAnErrorOfItsCode(t *testing.T) {
	t.Parallel()
	wrapped := fmt.Errorf("night: %w", error(classIssue()))
	require.ErrorIs(t, wrapped, CodeTestClass)
	require.NotErrorIs(t, wrapped, CodeTestRate)
	require.NotErrorIs(t, wrapped, classIssue(), "an Issue holds a list: two of them are not compared")
	var i ent.Issue
	require.ErrorAs(t, wrapped, &i)
	assert.Equal(t, "5000006", i.Pos.Record)
	var c ent.Code
	require.ErrorAs(t, wrapped, &c)
	assert.Equal(t, CodeTestClass, c)

	require.NoError(t, ent.Issues(nil).Err())
	list := ent.Issues{classIssue(), ent.NewCatalog(rules()...).New(CodeTestRate, ent.Pos{}, "$")}
	require.ErrorIs(t, list.Err(), CodeTestClass)
	require.ErrorIs(t, list.Err(), CodeTestRate)
	assert.Equal(t, ent.SeverityError, list.Worst())
	assert.Empty(t, ent.Issues(nil).Worst())
}

func TestPos(t *testing.T) {
	t.Parallel()
	for want, p := range map[string]ent.Pos{
		"":               {},
		"a.xml":          {File: "a.xml"},
		"a.xml:3":        {File: "a.xml", Line: 3},
		"a.xml:3:7":      {File: "a.xml", Line: 3, Column: 7, Offset: 90},
		"a.xml@90":       {File: "a.xml", Offset: 90},
		"(5000006)":      {Record: "5000006"},
		"a.xml:3 (5001)": {File: "a.xml", Line: 3, Record: "5001"},
	} {
		assert.Equal(t, want, p.String())
	}
}

func TestParametersRefuseRawText(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"4999$X1", "5000006", "0750655E", "a/b", "AAF-VE2407", "A+", "x:y", strings.Repeat("a", 40)} {
		assert.Equal(t, code, ent.CodeOf("c", code).Text(ent.FR))
	}
	for _, raw := range []string{
		"", "Zoé", "LE GOFF", "d'Almeida", "paul.martin@exemple.test", "3 allée des Érables", "a\nb", "{field}", "a,b",
		strings.Repeat("a", 65), "Œ",
	} {
		assert.Equal(t, "…", ent.CodeOf("c", raw).Text(ent.FR), raw)
		assert.Equal(t, "?", ent.FieldOf("f", ent.Field(raw)).Text(ent.FR), raw)
	}
	// A parameter cannot smuggle a placeholder of another.
	i := ent.NewCatalog(rules()...).New(CodeTestClass, ent.Pos{}, "$", ent.CodeOf("field", "{target}"), ent.CodeOf("target", "X"))
	assert.NotContains(t, i.Message(ent.FR), "X désigne")
}

func TestParametersReadBackRefuseRawText(t *testing.T) {
	t.Parallel()
	for doc, want := range map[string]string{
		`{"name":"c","kind":"code","value":"Zoé Martin"}`:  "…",
		`{"name":"c","kind":"field","value":"Zoé Martin"}`: "?",
		`{"name":"c","kind":"later","value":"Zoé Martin"}`: "…",
		`{"name":"c","kind":"later","value":"X1"}`:         "X1",
		`{"name":"c","kind":"count","value":"3"}`:          "3",
		`{"name":"c","kind":"decimal","value":"12.50"}`:    "12,50",
		`{"name":"c","kind":"date","value":"2024-09-16"}`:  "16/09/2024",
	} {
		var p ent.Param
		require.NoError(t, json.Unmarshal([]byte(doc), &p), doc)
		assert.Equal(t, want, p.Text(ent.FR), doc)
		assert.Equal(t, "c", p.Name())
	}
	for doc, code := range map[string]ent.Code{
		`{"kind":"decimal","value":"MARTIN"}`:                          ent.CodeFormat,
		`{"kind":"count","value":"1e999999999"}`:                       ent.CodeFormat,
		`{"kind":"decimal","value":""}`:                                ent.CodeFormat,
		`{"kind":"decimal","value":"1."}`:                              ent.CodeFormat,
		`{"kind":"decimal","value":".5"}`:                              ent.CodeFormat,
		`{"kind":"decimal","value":"--1"}`:                             ent.CodeFormat,
		`{"kind":"date","value":"DURAND-Zo"}`:                          ent.CodeDate,
		`{"kind":"count","value":"` + strings.Repeat("1", 5000) + `"}`: ent.CodeFormat,
	} {
		var p ent.Param
		err := json.Unmarshal([]byte(doc), &p)
		require.ErrorIs(t, err, code, doc)
		assert.NotContains(t, err.Error(), "MARTIN")
		assert.NotContains(t, err.Error(), "DURAND")
	}
}

func TestKeptValueIsReadByValueAlone(t *testing.T) {
	t.Parallel()
	const secret = "ŒUVRARD-180000006JA"
	i := classIssue().WithValue(secret)
	v, ok := i.Value()
	assert.True(t, ok)
	assert.Equal(t, secret, v)
	_, ok = classIssue().Value()
	assert.False(t, ok)

	var report ent.Report
	report.Add(i)
	type holder struct {
		Public  ent.Issue
		private ent.Issue
	}
	doc, err := json.Marshal(i)
	require.NoError(t, err)
	reportDoc, err := json.Marshal(&report)
	require.NoError(t, err)
	var text strings.Builder
	require.NoError(t, report.WriteText(&text, ent.FR))
	printed := []string{string(doc), string(reportDoc), text.String(), i.Error(), i.String(), i.GoString(), i.LogValue().String()}
	for _, x := range []any{i, &i, []ent.Issue{i}, ent.Issues{i}, holder{i, i}, &holder{i, i}, &report, report, fmt.Errorf("x: %w", i), ent.Issues{i}.Err()} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
			printed = append(printed, fmt.Sprintf(verb, x))
		}
	}
	for _, h := range handlers() {
		printed = append(printed, logged(h, i), logged(h, &i), logged(h, ent.Issues{i}), logged(h, &report))
	}
	for _, s := range printed {
		assert.NotContains(t, s, secret)
		assert.NotContains(t, s, "UVRARD")
		assert.NotContains(t, s, fmt.Sprintf("%x", secret))
	}
}

func TestIssueDocument(t *testing.T) {
	t.Parallel()
	i := classIssue()
	one, err := json.Marshal(i)
	require.NoError(t, err)
	var back ent.Issue
	require.NoError(t, json.Unmarshal(one, &back))
	two, err := json.Marshal(back)
	require.NoError(t, err)
	assert.Equal(t, string(one), string(two))
	// A reader without the catalogue has the sentences.
	assert.Equal(t, i.Message(ent.FR), back.Message(ent.FR))
	assert.Equal(t, i.Message(ent.EN), back.Message(ent.EN))
	assert.Equal(t, i.Error(), back.Error())
	require.ErrorIs(t, back, CodeTestClass)
	require.Error(t, json.Unmarshal([]byte(`{"code":3}`), &back))
	assert.True(t, errors.Is(back, CodeTestClass), "a failed reading leaves what was there")
}
