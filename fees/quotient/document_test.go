package quotient_test

import (
	"encoding/json"
	"math/big"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/quotient"
)

func presets() []quotient.Formula {
	sartrouville := quotient.National(quotient.KindMunicipal)
	sartrouville.Name, sartrouville.Abatements = "sartrouville", quotient.AbatementsSartrouville()
	return []quotient.Formula{
		quotient.National(quotient.KindCAF), quotient.National(quotient.KindMSA), quotient.Brest(), quotient.RFRPerPart(),
		quotient.StrasbourgTransport(), quotient.Menucourt(), quotient.RFRTwelfth(), quotient.PlessisPate(quotient.BrestParts()),
		quotient.Marolles(), quotient.AntonyBase(), sartrouville,
	}
}

func TestFormulasAreValidAndTravelAsData(t *testing.T) {
	t.Parallel()
	for _, f := range presets() {
		assert.Empty(t, f.Check(), f.Name)
		b, err := json.Marshal(f)
		require.NoError(t, err)
		assert.True(t, strings.HasPrefix(string(b), `{"format":"`+quotient.FormulaFormat+`",`), string(b))
		back, issues := quotient.ParseFormula("f.json", b)
		require.Empty(t, issues)
		again, err := json.Marshal(back)
		require.NoError(t, err)
		assert.Equal(t, string(b), string(again))
		var same quotient.Formula
		require.NoError(t, json.Unmarshal(b, &same))
		assert.Equal(t, back, same)
	}
}

// A commune writes its own formula, and no code.
func TestAFormulaWrittenByACommune(t *testing.T) {
	t.Parallel()
	f, issues := quotient.ParseFormula("commune.json", []byte(`{
  "format": "cartable.quotient-formula/1",
  "kind": "municipal", "name": "our-town",
  "terms": [{"nature": "declared-year", "over": 12}, {"nature": "quarter", "over": 3}],
  "abatements": [{"fromChildren": 3, "percent": "10"}],
  "benefits": true,
  "divisor": "rule",
  "rule": {"unit": "part", "single": "1.5", "couple": "2", "children": ["0.5", "0.3"], "sharing": "whole"},
  "rounding": {"step": "1", "mode": "floor"},
  "source": "deliberation 2024-31"
}`))
	require.Empty(t, issues)
	got, _ := both(t, f, quotient.Input{
		Composition: quotient.Composition{Adults: 1, Children: 2, Shared: 1},
		Resources: []quotient.Resource{
			resource(quotient.NatureDeclared, "24000"), resource(quotient.NatureQuarter, "5400"), resource(quotient.NatureBenefits, "300"),
		},
	})
	// min(2000, 1800) × 0.9 + 300 = 1920, by 1.5 + 0.5 + 0.3 + 0.3 = 2.6: 738.46.
	assert.Equal(t, "738.00", got)
}

func TestABadFormulaIsRefusedWithItsPlace(t *testing.T) {
	t.Parallel()
	const head = `{"format":"cartable.quotient-formula/1","kind":"caf","terms":[{"nature":"rfr-year","over":12}],`
	const tail = `"divisor":"none","rounding":{"step":"0.01","mode":"half-up"}}`
	for _, c := range []struct {
		name, text string
		want       error
		path       string
		line       int
	}{
		{"nothing", ``, quotient.CodeDocument, "$", 1},
		{"null", `null`, quotient.CodeDocument, "$.format", 0},
		{"another format", `{"format":"cartable.tariff/1"}`, quotient.CodeDocument, "$.format", 0},
		{"an unknown key", head + "\n\"round\":2,\n" + tail, quotient.CodeDocument, "$", 2},
		{"a key twice", strings.Replace(head+"\n"+tail, `"nature":"rfr-year"`, `"nature":"rfr-year","over":4`, 1), quotient.CodeDocument, "$", 1},
		{"a key twice, in another case", head + "\n  \"Kind\":\"msa\"," + tail, quotient.CodeDocument, "$", 2},
		{"a key of a person's name", head + `"Léa MARTIN":2,` + tail, quotient.CodeDocument, "$", 1},
		{"cut", head + "\n", quotient.CodeDocument, "$", 2},
		{"two documents", head + tail + "{}", quotient.CodeDocument, "$", 1},
		{"a number without quotes", strings.ReplaceAll(head+tail, `"0.01"`, `0.01`), quotient.CodeNumber, "$.rounding.step", 0},
		{"an exponent", strings.ReplaceAll(head+tail, `"0.01"`, `"1e-2"`), quotient.CodeNumber, "$.rounding.step", 0},
		{"no step", strings.ReplaceAll(head+tail, `"step":"0.01",`, ``), quotient.CodeFormula, "$.rounding.step", 0},
		{"a step of 0", strings.ReplaceAll(head+tail, `"0.01"`, `"0"`), quotient.CodeFormula, "$.rounding.step", 0},
		{"a mode", strings.ReplaceAll(head+tail, `half-up`, `near`), quotient.CodeFormula, "$.rounding.mode", 0},
		{"a divisor", strings.ReplaceAll(head+tail, `"none"`, `"two"`), quotient.CodeFormula, "$.divisor", 0},
		{"a rule that is not there", strings.ReplaceAll(head+tail, `"none"`, `"rule"`), quotient.CodeFormula, "$.rule", 0},
		{"a rule that is not used", head + `"rule":{"single":"1","couple":"2","sharing":"half"},` + tail, quotient.CodeFormula, "$.rule", 0},
		{"a rule without couple", head + `"rule":{"single":"1","sharing":"half"},` + tail, quotient.CodeFormula, "$.rule.couple", 0},
		{"a weight", head + `"rule":{"single":"1","couple":"2","children":["0.5","x"],"sharing":"half"},` + tail, quotient.CodeNumber, "$.rule.children[1]", 0},
		{"a weight below 0", strings.Replace(head+`"rule":{"single":"1","couple":"-2","sharing":"half"},`+tail, `"none"`, `"rule"`, 1), quotient.CodeNegative, "$.rule.couple", 0},
		{"no sharing", strings.Replace(head+`"rule":{"single":"1","couple":"2"},`+tail, `"none"`, `"rule"`, 1), quotient.CodeShared, "$.rule.sharing", 0},
		{"a division by 0", strings.ReplaceAll(head+tail, `12`, `0`), quotient.CodeFormula, "$.terms[0].over", 0},
		{"no term", strings.ReplaceAll(head+tail, `{"nature":"rfr-year","over":12}`, ``), quotient.CodeFormula, "$.terms", 0},
		{"benefits as a term", strings.ReplaceAll(head+tail, `rfr-year`, `benefits-month`), quotient.CodeFormula, "$.terms[0].nature", 0},
		{"no kind", strings.ReplaceAll(head+tail, `"caf"`, `""`), quotient.CodeKind, "$.kind", 0},
		{"a municipal one without name", strings.ReplaceAll(head+tail, `"caf"`, `"municipal"`), quotient.CodeKind, "$.kind", 0},
		{"an abatement over the whole", head + `"abatements":[{"fromChildren":3,"percent":"101"}],` + tail, quotient.CodeFormula, "$.abatements[0].percent", 0},
		{"abatements out of order", head + `"abatements":[{"fromChildren":4,"percent":"1"},{"fromChildren":4,"percent":"2"}],` + tail, quotient.CodeFormula, "$.abatements[1].fromChildren", 0},
		{"fixed values that begin late", head + `"fixed":[{"fromLevel":1,"value":"1"}],` + tail, quotient.CodeFormula, "$.fixed[0].fromLevel", 0},
		{"too long", head + strings.Repeat(" ", 1<<16) + tail, quotient.CodeDocument, "$", 0},
	} {
		f, issues := quotient.ParseFormula("f.json", []byte(c.text))
		require.ErrorIs(t, issues.Err(), c.want, c.name)
		require.Len(t, issues, 1, "%s: %v", c.name, issues)
		assert.Equal(t, quotient.Formula{}, f, c.name)
		assert.Equal(t, c.path, issues[0].Path, c.name)
		assert.Equal(t, "f.json", issues[0].Pos.File, c.name)
		assert.Equal(t, c.line, issues[0].Pos.Line, c.name)
		assert.NotContains(t, issues[0].Error(), "MARTIN")
		assert.Error(t, json.Unmarshal([]byte(c.text), &f), c.name)
	}
	_, err := json.Marshal(quotient.Formula{Rounding: ent.Rounding{Step: decimal.New(1, 999999999)}})
	require.ErrorIs(t, err, quotient.CodeNumber)
}

func TestAQuotientTravelsAsJSON(t *testing.T) {
	t.Parallel()
	q := quotient.Quotient{
		Kind: quotient.KindCAF, Value: quotient.Known(dec("541.30")), Month: month(t, "2024-09"), ComputedOn: day(t, "2024-10-07"),
		Proof: quotient.Proof{Kind: quotient.ProofAPI, Reference: "r-1"}, Provider: quotient.ProviderCNAF,
	}
	b, err := json.Marshal(q)
	require.NoError(t, err)
	assert.JSONEq(t, `{"kind":"caf","value":"541.30","month":"2024-09","computedOn":"2024-10-07","proof":{"kind":"api","reference":"r-1"},"provider":"CNAF"}`, string(b))
	var back quotient.Quotient
	require.NoError(t, json.Unmarshal(b, &back))
	assert.True(t, q.Value.Equal(back.Value))
	b, err = json.Marshal(quotient.Quotient{Kind: quotient.KindCAF})
	require.NoError(t, err)
	assert.JSONEq(t, `{"kind":"caf","value":null}`, string(b))
	_, err = json.Marshal(quotient.Quotient{Value: quotient.Known(decimal.New(1, 999999999))})
	require.ErrorIs(t, err, quotient.CodeNumber)
}

// The settings that decimal keeps for the whole process change no byte and no figure. It does not run beside other tests.
func TestTheSettingsOfDecimalChangeNothing(t *testing.T) {
	all := func() []string {
		var out []string
		for _, f := range presets() {
			b, err := json.Marshal(f)
			require.NoError(t, err)
			back, issues := quotient.ParseFormula("", b)
			require.Empty(t, issues)
			in := quotient.Input{
				Owner: "us-1", Composition: quotient.Composition{Adults: 1, Children: 2, Shared: 1, DisabledShared: 1},
				Tax: &quotient.TaxHousehold{Status: quotient.StatusWidowed, Children: 1, Shared: 1},
			}
			for _, n := range []quotient.Nature{
				quotient.NatureTaxable, quotient.NatureDeclared, quotient.NatureRFR, quotient.NatureQuarter, quotient.NatureMonthly, quotient.NatureBenefits,
			} {
				in.Resources = append(in.Resources, quotient.Resource{Nature: n, Amount: decimal.New(1000001, -2)})
			}
			q, why, err := back.Explain(in)
			require.NoError(t, err)
			require.NoError(t, why.Check())
			written, err := json.Marshal(q)
			require.NoError(t, err)
			tree, err := json.Marshal(why)
			require.NoError(t, err)
			out = append(out, string(b), string(written), string(tree), why.Render(ent.FR, ent.Reader{Audience: ent.AudienceAgent}))
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

func FuzzAmount(f *testing.F) {
	for _, in := range []string{`null`, `"0"`, `"541.30"`, `"-0.000000000001"`, `"999999999999"`, `1`, `"1e9"`, `""`} {
		f.Add(in)
	}
	f.Fuzz(func(t *testing.T, in string) {
		var a quotient.Amount
		if err := json.Unmarshal([]byte(in), &a); err != nil {
			return
		}
		b, err := json.Marshal(a)
		require.NoError(t, err)
		var back quotient.Amount
		require.NoError(t, json.Unmarshal(b, &back))
		assert.True(t, a.Equal(back))
		v, _ := a.Value()
		assert.Negative(t, v.Abs().Rat().Cmp(new(big.Rat).SetInt64(1e12)))
	})
}

func FuzzParseFormula(f *testing.F) {
	for _, p := range presets() {
		b, err := json.Marshal(p)
		require.NoError(f, err)
		f.Add(b)
	}
	f.Add([]byte(`{"format":"cartable.quotient-formula/1","rule":{"children":["1e9",null]},"terms":[{}],"Kind":"x"}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		v, issues := quotient.ParseFormula("f.json", in)
		if len(issues) > 0 {
			assert.Equal(t, quotient.Formula{}, v)
			return
		}
		require.Empty(t, v.Check())
		b, err := json.Marshal(v)
		require.NoError(t, err)
		back, issues := quotient.ParseFormula("f.json", b)
		require.Empty(t, issues)
		again, err := json.Marshal(back)
		require.NoError(t, err)
		assert.Equal(t, string(b), string(again))
		q, why, err := v.Explain(quotient.Input{
			Owner: "us-1", Composition: quotient.Composition{Adults: 1, Children: 2, Shared: 2}, FiscalParts: quotient.Known(decimal.New(3, 0)),
			Resources: []quotient.Resource{{Nature: v.Terms[0].Nature, Amount: decimal.New(12, 3)}, {Nature: quotient.NatureBenefits}},
		})
		if err != nil {
			return
		}
		require.NoError(t, why.Check())
		assert.True(t, quotient.Known(why.Value()).Equal(q.Value))
	})
}

func FuzzHistory(f *testing.F) {
	f.Add([]byte(`{"format":"cartable.quotient-history/1","entries":[{"quotient":{"kind":"caf","value":"900","month":"2024-03"},"receivedOn":"2024-04-08"}]}`), int16(2024))
	f.Add([]byte(`{"format":"cartable.quotient-history/1","entries":[{"quotient":{"kind":"caf","value":"0","from":"2024-02-29"},"receivedOn":"2024-04-08","event":"birth"}]}`), int16(9999))
	f.Fuzz(func(t *testing.T, in []byte, year int16) {
		var h quotient.History
		if json.Unmarshal(in, &h) != nil {
			assert.Empty(t, h.Entries())
			return
		}
		b, err := json.Marshal(h)
		require.NoError(t, err)
		var back quotient.History
		require.NoError(t, json.Unmarshal(b, &back))
		again, err := json.Marshal(back)
		require.NoError(t, err)
		assert.Equal(t, string(b), string(again))
		for _, p := range []quotient.Policy{
			{Validity: quotient.ValidityDay},
			{Validity: quotient.ValidityMonth},
			{Validity: quotient.ValidityFixedDate, ReferenceMonth: 3, ReferenceDay: 31},
			{Validity: quotient.ValidityAnnual, ReferenceMonth: 9, ReferenceDay: 1, Effect: quotient.EffectNextMonth},
		} {
			if _, why, err := h.ExplainAt(p, ent.Date{Year: year, Month: 3, Day: 5}, "us-1"); err == nil {
				require.NoError(t, why.Check())
			}
		}
	})
}
