package tariff_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/tariff"
	"github.com/opencartable/cartable/fees/tariff/grids"
)

func TestCatalog(t *testing.T) {
	t.Parallel()
	require.NoError(t, tariff.Catalog().Check())
}

// edit changes the sheet of the examples.
func edit(t testing.TB, pairs ...string) string {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		require.Contains(t, canteen, pairs[i])
	}
	return strings.NewReplacer(pairs...).Replace(canteen)
}

// Every refusal has its code, its line and its column.
func TestBadInput(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, old, text string
		code            ent.Code
		line, column    int
	}{
		{"unknown key", "id: cantine-2025", "ID: cantine-2025", tariff.CodeKeyNear, 2, 1},
		{"unknown key, nothing near", "id: cantine-2025", "id: cantine-2025\nzone: A", tariff.CodeKeyUnknown, 3, 1},
		{"key twice", "id: cantine-2025", "id: cantine-2025\nid: b", tariff.CodeSyntax, 0, 0},
		{"number", "price: 6.50", "price: 6.50 €", tariff.CodeNumber, 0, 0},
		{"number with an exponent", "price: 6.50", "price: 1e999999999", tariff.CodeNumber, 14, 45},
		{"number too great", "price: 6.50", "price: 1000000000", tariff.CodeNumber, 14, 45},
		{"infinity", "price: 6.50", "price: .inf", tariff.CodeNumber, 14, 45},
		{"type", "unit: meal", "unit: [meal]", tariff.CodeType, 12, 11},
		{"date", "from: 2025-09-01", "from: 2025-09-31", tariff.CodeDate, 5, 7},
		{"siret", `siret: "21350238800019"`, `siret: "21350238800018"`, tariff.CodeSIRET, 4, 20},
		{"closed word", "mode: half-up", "mode: half-pu", tariff.CodeValueNear, 7, 30},
		{"closed word, nothing near", "mode: half-up", "mode: whatever", tariff.CodeValue, 7, 30},
		{"open word, nearly known", "residence: outside", "residence: outsied", tariff.CodeValueNear, 14, 28},
		{"format", "cartable.tariff/1", "cartable.tariff/9", tariff.CodeFormat, 1, 1},
		{"anchor", "unit: meal", "unit: &u meal", tariff.CodeYAML, 0, 0},
		{"alias", "id: cantine-2025", "id: *x", tariff.CodeYAML, 0, 0},
		{"tag", "id: cantine-2025", "id: !!str cantine", tariff.CodeYAML, 0, 0},
		{"merge", "unit: meal", "<<: {unit: meal}", tariff.CodeType, 0, 0},
		{"missing key", "    unit: meal\n", "", tariff.CodeMissingKey, 9, 5},
		{"empty value", "unit: meal", "unit:", tariff.CodeType, 0, 0},
		{"syntax", "bands:", "bands: [", tariff.CodeSyntax, 0, 0},
		{"two documents", "cases:", "---\nformat: cartable.tariff/1\ncases:", tariff.CodeSyntax, 0, 0},
		{"clock", "residence: outside", `endsAfter: "25:00"`, tariff.CodeClock, 14, 28},
	} {
		sheet, issues := tariff.Parse("a.yaml", []byte(edit(t, c.old, c.text)))
		require.Nil(t, sheet, c.name)
		require.NotEmpty(t, issues, c.name)
		require.ErrorIs(t, issues.Err(), c.code, c.name)
		assert.Equal(t, "a.yaml", issues[0].Pos.File)
		if c.line > 0 {
			found := false
			for _, i := range issues {
				found = found || i.Code == c.code && i.Pos.Line == c.line && i.Pos.Column == c.column
			}
			assert.True(t, found, "%s: %v", c.name, issues)
		}
		for _, i := range issues {
			assert.NotEmpty(t, i.Message(ent.FR))
			assert.NotContains(t, i.Message(ent.FR), "{")
		}
	}
}

func TestLimitsOfADocument(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		code ent.Code
	}{
		"size":     {strings.Repeat("# a\n", 1<<17), tariff.CodeSize},
		"brackets": {strings.Repeat("[", 100000), tariff.CodeDepth},
		"dashes":   {strings.Repeat("- ", 50000), tariff.CodeDepth},
		"indent":   {deepMapping(200), tariff.CodeDepth},
		"empty":    {"", tariff.CodeSyntax},
		"nothing":  {"\n# only a comment\n", tariff.CodeSyntax},
		"a list":   {"- a", tariff.CodeType},
	} {
		sheet, issues := tariff.Parse("", []byte(c.text))
		require.Nil(t, sheet, name)
		require.ErrorIs(t, issues.Err(), c.code, name)
	}
}

func deepMapping(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat("  ", i) + "a:\n")
	}
	return b.String()
}

// What the sheet itself says wrong, with its place.
func TestStructureAndAdvice(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, old, text string
		code            ent.Code
	}{
		{"no formula", "price: 6.50", "title: x", tariff.CodeFormula},
		{"two formulas", "price: 6.50}", "price: 6.50, effort: {percent: 1}}", tariff.CodeFormula},
		{"two changes", "percent: -50}", "percent: -50, add: 1}", tariff.CodeModifier},
		{"both starts", "from: 900, price", "from: 900, above: 900, price", tariff.CodeBounds},
		{"empty band", "from: 400, below: 900", "from: 900, below: 400", tariff.CodeBounds},
		{"order", "{from: 900, price: 4.10}", "{from: 300, price: 4.10}", tariff.CodeOrder},
		{"negative", "price: 6.50", "price: -6.50", tariff.CodeNegative},
		{"period", "from: 2025-09-01", "from: 2025-09-01\nto: 2025-08-31", tariff.CodePeriod},
		{"kind", "kinds: [caf, msa]", "kinds: [cfa]", tariff.CodeValueNear},
		{"no step", "step: 0.01", "step: 0", tariff.CodeRounding},
		{"no case", "price: 1.18}", "undefined: TAR-NO-BAND, price: 1.18}", tariff.CodeCaseUnreadable},
		{"reference", "given: {activity: meal", "given: {activity: snack", tariff.CodeUnknownRef},
		{"gap", "from: 400, below: 900", "from: 450, below: 900", tariff.CodeGap},
		{"overlap", "from: 400, below: 900", "from: 350, below: 900", tariff.CodeOverlap},
		{"first band", "{below: 400, price: 1.00}", "{from: 10, below: 400, price: 1.00}", tariff.CodeFirstBand},
		{"last band", "{from: 900, price: 4.10}", "{from: 900, to: 2000, price: 4.10}", tariff.CodeLastBand},
		{"falling price", "price: 4.10", "price: 2.00", tariff.CodeMonotone},
		{"threshold", "price: 4.10", "price: 9.10", tariff.CodeThreshold},
		{"decimals", "{from: 400, below: 900, price: 2.35}", "{from: 400, to: 899, price: 2.35}", tariff.CodeDecimals},
		{"finer", "price: 2.35", "price: 2.355", tariff.CodeFiner},
		{"unreachable", "      - bands:", "      - {when: {residence: outside, pai: true}, price: 1}\n      - bands:", tariff.CodeUnreachable},
		{"cost", "unit: meal\n", "unit: meal\n    cost: 5.00\n", tariff.CodeCost},
		{"retroactive", "from: 2025-09-01", "from: 2025-09-01\nadopted: 2025-10-15", tariff.CodeRetroactive},
		{"case", "price: 1.18}", "price: 1.17}", tariff.CodeCase},
		{"case without price", "rank: 3, quotient: 700}", "rank: 3}", tariff.CodeCaseUndefined},
		{"no siret", `siret: "21350238800019", `, "", tariff.CodeNoSIRET},
		{"undated", "from: 2025-09-01\n", "", tariff.CodeUndated},
		{"surcharge policy", "kinds: [caf, msa]", "kinds: [caf], missing: top-band-surcharge", tariff.CodeMissingPolicy},
		{"full price policy", "kinds: [caf, msa]", "kinds: [caf], missing: full-price", tariff.CodeMissingPolicy},
		{"social canteen", "unit: meal\n", "unit: meal\n    socialCanteen: true\n", tariff.CodeSocialCeiling},
	} {
		text := edit(t, c.old, c.text)
		if c.name == "social canteen" {
			text = strings.NewReplacer("below: 400", "below: 1200", "from: 400, below: 900", "from: 1200, below: 1500", "from: 900", "from: 1500").Replace(text)
		}
		sheet, issues := tariff.Parse("a.yaml", []byte(text))
		require.NotNil(t, sheet, "%s: %v", c.name, issues)
		issues = sheet.Validate()
		var found *ent.Issue
		for i := range issues {
			if issues[i].Code == c.code {
				found = &issues[i]
			}
		}
		require.NotNil(t, found, "%s: %v", c.name, issues)
		assert.NotZero(t, found.Pos.Line, c.name)
		assert.NotContains(t, found.Message(ent.EN), "{", c.name)
		if found.Severity == ent.SeverityError && strings.HasPrefix(string(c.code), "TAR-FORMULA") {
			_, err := sheet.Compile()
			require.ErrorIs(t, err, c.code)
		}
	}
}

// The number of children alone is no objective reason for a price; with income it is the lawful form.
func TestChildrenAlone(t *testing.T) {
	t.Parallel()
	codes := func(name string) map[ent.Code]int {
		s, err := grids.Get(name)
		require.NoError(t, err)
		out := map[ent.Code]int{}
		for _, i := range s.Validate() {
			out[i.Code]++
		}
		return out
	}
	assert.Equal(t, 2, codes("saussay-2025")[tariff.CodeChildrenAlone])
	assert.Zero(t, codes("wavrin-petites-vacances-2025")[tariff.CodeChildrenAlone])
}

// Sheets that follow each other: a hole is a warning, an overlap cannot be compiled, a day has its own sheet.
func TestVersions(t *testing.T) {
	t.Parallel()
	version := func(from, to string) *tariff.Tariff {
		text := edit(t, "from: 2025-09-01", "from: "+from)
		if to != "" {
			text = strings.Replace(text, "quotient:", "to: "+to+"\nquotient:", 1)
		}
		s, issues := tariff.Parse("", []byte(text))
		require.NotNil(t, s, "%v", issues)
		return s
	}
	codes := func(sheets ...*tariff.Tariff) (out []ent.Code) {
		for _, i := range tariff.Validate(sheets...) {
			out = append(out, i.Code)
		}
		return out
	}
	assert.Empty(t, codes(version("2025-09-01", ""), version("2024-09-01", "2025-08-31")))
	assert.Equal(t, []ent.Code{tariff.CodeSheetGap}, codes(version("2024-09-01", "2025-07-31"), version("2025-09-01", "")))
	overlap := []*tariff.Tariff{version("2024-09-01", "2025-09-30"), version("2025-09-01", "")}
	assert.Equal(t, []ent.Code{tariff.CodeSheetOverlap}, codes(overlap...))
	_, err := tariff.Compile(overlap...)
	require.ErrorIs(t, err, tariff.CodeSheetOverlap)
	_, err = tariff.Compile()
	require.ErrorIs(t, err, tariff.CodeNoSheet)

	c, err := tariff.Compile(version("2024-09-01", "2025-08-31"), version("2025-09-01", "2026-08-31"))
	require.NoError(t, err)
	in := tariff.Input{Activity: "meal", Residence: tariff.ResidenceOutside, Rank: 1}
	for day, ok := range map[string]bool{"2024-08-31": false, "2024-09-01": true, "2025-08-31": true, "2025-09-01": true, "2026-09-01": false} {
		d, err := ent.ParseDate(day)
		require.NoError(t, err)
		in.Date = d
		_, err = c.Price(&in)
		if ok {
			require.NoError(t, err, day)
		} else {
			require.ErrorIs(t, err, tariff.CodeUndefinedDate, day)
		}
		applied, found := c.Applied(d, "meal")
		assert.Equal(t, ok, found)
		assert.Equal(t, ok, applied.Hash != "")
	}
}

// JSON with tabs, in one line or indented, is read like YAML, and numbers keep the digits they are written with.
func TestJSONAndTheTextOfNumbers(t *testing.T) {
	t.Parallel()
	sheet, issues := tariff.Parse("", []byte(canteen))
	require.Empty(t, issues)
	b, err := json.MarshalIndent(sheet, "", "\t")
	require.NoError(t, err)
	again, issues := tariff.Parse("", b)
	require.Empty(t, issues)
	assert.Equal(t, sheet.Hash(), again.Hash())
	assert.Equal(t, "3.10", mustPrice(t, "3.10"))
	assert.Equal(t, "0.3000", mustPrice(t, "0.3000"))
	assert.Equal(t, "0.30", mustPrice(t, `"0.30"`))
	var read tariff.Tariff
	require.NoError(t, json.Unmarshal(b, &read))
	assert.Equal(t, sheet.Hash(), read.Hash())
	require.ErrorIs(t, json.Unmarshal([]byte(`{"format":"x"}`), &read), tariff.CodeFormat)
}

func mustPrice(t *testing.T, text string) string {
	t.Helper()
	sheet, issues := tariff.Parse("", []byte(edit(t, "price: 6.50", "price: "+text)))
	require.NotNil(t, sheet, "%v", issues)
	return ent.NumberText(*sheet.Activities[0].Rules[0].Price)
}
