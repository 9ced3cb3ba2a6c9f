package ent_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
)

var update = flag.Bool("update", false, "write the golden files again")

func sampleDisclosure() ent.Disclosure {
	return ent.Disclosure{
		Recipient: "médiacentre", Purpose: "accès aux ressources", LegalBasis: "mission d'intérêt public",
		Fields: []ent.Field{"person.name", "person.birthDate", "person.name"}, Count: 412, Persons: "releases/2024-09-16",
		At: time.Date(2024, 9, 16, 3, 0, 0, 0, time.UTC),
	}
}

func sampleEvent() ent.Event {
	return ent.Event{
		Tenant: "rennes", Sequence: 7, Type: "person.created", Subject: "us-42", Actor: ent.Actor{Kind: ent.ActorSystem, ID: "night"},
		At: time.Date(2024, 9, 16, 3, 0, 0, 0, time.UTC), Data: json.RawMessage(`{"format":"vendor.person/1"}`),
	}
}

// A persisted document, and an empty value of its type to read into.
type persisted struct {
	format string
	value  any
	into   func() any
}

func documents(t *testing.T) map[string]persisted {
	t.Helper()
	return map[string]persisted{
		"report":      {ent.ReportFormat, sampleReport(t), func() any { return new(ent.Report) }},
		"explanation": {ent.ExplanationFormat, quotientOf(), func() any { return new(ent.Explanation) }},
		"disclosure":  {ent.DisclosureFormat, sampleDisclosure(), func() any { return new(ent.Disclosure) }},
		"event":       {ent.EventFormat, sampleEvent(), func() any { return new(ent.Event) }},
	}
}

func TestDocumentsAreFrozen(t *testing.T) {
	t.Parallel()
	for name, d := range documents(t) {
		path := filepath.Join("testdata", name+".golden.json")
		got := document(t, d.value) + "\n"
		if *update {
			require.NoError(t, os.MkdirAll("testdata", 0o755))
			require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
		}
		want, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Equal(t, string(want), got, "a document of a published format does not change; a new format does")
		assert.Regexp(t, `^\{"format":"`+d.format+`",`, got, "the format stands first")
		into := d.into()
		require.NoError(t, json.Unmarshal(want, into))
		assert.Equal(t, string(want), document(t, into)+"\n")
	}
}

func TestDocumentsOfAnotherFormatAreRefused(t *testing.T) {
	t.Parallel()
	for name, d := range documents(t) {
		for _, format := range []string{"", "cartable.plan/1", d.format + "1", "CARTABLE." + name + "/1"} {
			err := json.Unmarshal([]byte(`{"format":"`+format+`"}`), d.into())
			require.ErrorIs(t, err, ent.CodeFormat, "%s read as %s", format, name)
		}
		require.ErrorIs(t, json.Unmarshal([]byte(`{}`), d.into()), ent.CodeFormat)
		require.Error(t, json.Unmarshal([]byte(`[]`), d.into()))
	}
}

func TestDisclosureListsItsFieldsSortedOnce(t *testing.T) {
	t.Parallel()
	d := sampleDisclosure()
	assert.Contains(t, document(t, d), `"fields":["person.birthDate","person.name"]`)
	assert.Len(t, d.Fields, 3, "the caller's list is left alone")
	assert.Contains(t, document(t, ent.Disclosure{}), `"fields":[]`)
}

func TestNumbersAreWrittenWhole(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   decimal.Decimal
		want string
	}{
		{dec("0"), "0"},
		{dec("12.50"), "12.50"},
		{dec("-0.05"), "-0.05"},
		{dec("0.000"), "0.000"},
		{decimal.New(12, 3), "12000"},
		{decimal.New(-5, -1), "-0.5"},
		{decimal.New(123456, -3), "123.456"},
		{decimal.New(1, -12), "0.000000000001"},
		{decimal.Decimal{}, "0"},
	} {
		var back ent.Step
		doc := document(t, ent.Step{Op: ent.OpGiven, Value: c.in})
		assert.Contains(t, doc, `"value":"`+c.want+`"`)
		require.NoError(t, json.Unmarshal([]byte(doc), &back))
		assert.True(t, c.in.Equal(back.Value))
	}
	for _, doc := range []string{`{"value":1.5}`, `{"value":"1e3"}`, `{"value":"1,5"}`, `{"value":"NaN"}`, `{"value":" 1"}`, `{"value":"+1"}`, `{"value":"-"}`} {
		var s ent.Step
		require.Error(t, json.Unmarshal([]byte(doc), &s), doc)
	}
}

// The settings of package decimal are shared by a whole program: no byte that is written or read may depend on them.
// This test changes them, so it is the one that does not run beside others.
func TestSettingsOfDecimalChangeNoByte(t *testing.T) {
	e := quotientOf()
	cat := ent.NewCatalog(rules()...)
	var r ent.Report
	r.Add(cat.New(CodeTestRate, ent.Pos{}, "$", ent.Decimal("rate", dec("12.50"))))
	r.AddN(cat.New(CodeTestClass, ent.Pos{}, "$", ent.Count("count", 1_000_000)), 3)
	rounding := ent.Rounding{Step: dec("0.010"), Mode: ent.RoundHalfEven}
	all := func() []string {
		var readE ent.Explanation
		require.NoError(t, json.Unmarshal([]byte(document(t, e)), &readE))
		var readR ent.Report
		require.NoError(t, json.Unmarshal([]byte(document(t, &r)), &readR))
		rounded, err := rounding.Round(rat(t, "2/3"))
		require.NoError(t, err)
		require.NoError(t, e.Check())
		require.NoError(t, readE.Check())
		out := []string{
			document(t, e), document(t, readE), document(t, &r), document(t, &readR), document(t, rounding),
			document(t, ent.Step{Value: ent.Written(rat(t, "10/7"))}), document(t, ent.Step{Value: rounded}), document(t, ent.Step{Value: decimal.New(1, 6)}),
		}
		for _, lang := range []ent.Lang{ent.FR, ent.EN} {
			out = append(out, e.Render(lang, ent.Reader{Audience: ent.AudienceAgent}), write(t, &r, lang), write(t, &readR, lang))
		}
		return out
	}
	before := all()

	division, pow, quotes, trim, scientific, iterations, exponent, zero := decimal.DivisionPrecision,
		decimal.PowPrecisionNegativeExponent, decimal.MarshalJSONWithoutQuotes, decimal.TrimTrailingZeros, decimal.UseScientificNotation,
		decimal.ExpMaxIterations, decimal.MaxDecodeExponent, decimal.Zero
	defer func() {
		decimal.DivisionPrecision, decimal.PowPrecisionNegativeExponent, decimal.MarshalJSONWithoutQuotes, decimal.TrimTrailingZeros,
			decimal.UseScientificNotation, decimal.ExpMaxIterations, decimal.MaxDecodeExponent, decimal.Zero = division, pow, quotes, trim,
			scientific, iterations, exponent, zero
	}()
	decimal.DivisionPrecision, decimal.PowPrecisionNegativeExponent, decimal.ExpMaxIterations, decimal.MaxDecodeExponent = 1, 1, 1, 1
	decimal.MarshalJSONWithoutQuotes, decimal.TrimTrailingZeros, decimal.UseScientificNotation = true, false, true
	decimal.Zero = decimal.NewFromInt(7)
	assert.Equal(t, before, all())
}
