package jsonschemas_test

import (
	"encoding/json"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/quotient"
	"github.com/opencartable/cartable/fees/tariff"
	"github.com/opencartable/cartable/fees/tariff/grids"
)

// What the fees write is valid, and so is what a person writes by hand in the short forms that the reader takes.
func TestFeesDocuments(t *testing.T) {
	t.Parallel()
	all := compile(t)
	for _, name := range grids.Names() {
		sheet, err := grids.Get(name)
		require.NoError(t, err)
		assert.NoError(t, validate(t, all["fees/tariff-1"], sheet), name)
	}
	for _, f := range []quotient.Formula{
		quotient.National(quotient.KindCAF), quotient.Brest(), quotient.Menucourt(), quotient.RFRPerPart(), quotient.StrasbourgTransport(),
	} {
		assert.NoError(t, validate(t, all["fees/quotient-formula-1"], f), f.Name)
	}
	h, issues := quotient.NewHistory(quotient.Entry{
		ReceivedOn: day(t, "2025-09-02"), Event: quotient.EventBirth,
		Quotient: quotient.Quotient{
			Kind: quotient.KindCAF, Value: quotient.Known(decimal.New(70050, -2)), Month: ent.Month{Year: 2025, Month: 9},
			Proof: quotient.Proof{Kind: quotient.ProofAPI, Reference: "r-1"}, Provider: quotient.ProviderCNAF,
		},
	})
	require.Empty(t, issues)
	require.NoError(t, validate(t, all["fees/quotient-history-1"], h))

	short := func(rule string) string {
		return `{"format":"cartable.tariff/1","id":"a","title":"Cantine","organiser":{"name":"x"},"rounding":{"step":0.01,"mode":"half-up","point":"unit"},
			"activities":[{"id":"meal","title":{"fr":"Repas","en":"Meal"},"service":"meal","unit":"meal","rules":[` + rule + `]}]}`
	}
	for _, rule := range []string{
		`{"price":3.10}`, `{"price":"3.10","when":{"residence":"outside","rank":3,"custom":{"letter":"A"}}}`,
		`{"bands":{"columns":[{"id":"a"},{"id":"b"}],"rows":[{"from":0,"below":"400","prices":[1,null]}]}}`,
	} {
		doc := short(rule)
		_, issues := tariff.Parse("", []byte(doc))
		require.Empty(t, issues, rule)
		assert.NoError(t, validate(t, all["fees/tariff-1"], json.RawMessage(doc)), rule)
	}
	// What the reader refuses, the schema refuses too.
	for _, rule := range []string{
		`{"prise":3.10}`, `{"price":"3,10"}`, `{"price":true}`, `{"when":{"rank":"first"},"price":1}`,
		`{"bands":{"decimals":"round","rows":[{"price":1}]}}`, `{"bands":{"rows":{}}}`,
	} {
		doc := short(rule)
		read, _ := tariff.Parse("", []byte(doc))
		require.Nil(t, read, rule)
		assert.Error(t, validate(t, all["fees/tariff-1"], json.RawMessage(doc)), rule)
	}
}
