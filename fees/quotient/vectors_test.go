package quotient_test

import (
	"math/big"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/quotient"
)

type partsVector struct {
	Adults   int             `json:"adults"`
	Couple   bool            `json:"couple"`
	Children int             `json:"children"`
	Disabled int             `json:"disabled_children"`
	Parts    decimal.Decimal `json:"parts"`
}

func (v partsVector) check(t *testing.T, rule quotient.PartRule, adults int) {
	t.Helper()
	c := quotient.Composition{Adults: adults, Children: v.Children, DisabledChildren: v.Disabled}
	got, err := rule.Parts(c)
	require.NoError(t, err)
	assert.True(t, v.Parts.Equal(got), "%+v: %s", v, got)
	same, why, err := rule.ExplainParts(c, "us-1")
	require.NoError(t, err)
	require.NoError(t, why.Check())
	assert.True(t, same.Equal(got))
}

func TestVectorsPartsCAFNational(t *testing.T) {
	t.Parallel()
	var cases []partsVector
	vectors(t, "parts_caf_national", &cases)
	require.Len(t, cases, 11)
	for _, v := range cases {
		v.check(t, quotient.NationalParts(), v.Adults)
	}
}

func TestVectorsPartsBrestVariant(t *testing.T) {
	t.Parallel()
	var cases []partsVector
	vectors(t, "parts_brest_variant", &cases)
	require.Len(t, cases, 11)
	for _, v := range cases {
		adults := 1
		if v.Couple {
			adults = 2
		}
		v.check(t, quotient.BrestParts(), adults)
	}
}

func TestVectorsQuotientCAF(t *testing.T) {
	t.Parallel()
	var cases []struct {
		Case      string          `json:"case"`
		Resources decimal.Decimal `json:"annual_resources"`
		Benefits  decimal.Decimal `json:"monthly_benefits"`
		Children  int             `json:"children"`
		Disabled  int             `json:"disabled"`
		Parts     decimal.Decimal `json:"parts"`
		Exact     string          `json:"exact"`
		HalfUp2   decimal.Decimal `json:"half_up_2"`
		HalfUp0   decimal.Decimal `json:"half_up_0"`
		Floor0    decimal.Decimal `json:"floor_0"`
	}
	vectors(t, "qf_caf", &cases)
	require.Len(t, cases, 7)
	for _, v := range cases {
		in := quotient.Input{
			Owner: "us-1", Composition: quotient.Composition{Adults: 2, Children: v.Children, DisabledChildren: v.Disabled},
			Resources: []quotient.Resource{
				{Nature: quotient.NatureTaxable, Amount: v.Resources},
				{Nature: quotient.NatureBenefits, Amount: v.Benefits},
			},
		}
		exact, ok := new(big.Rat).SetString(v.Exact)
		require.True(t, ok)
		euro := decimal.New(1, 0)
		for _, r := range []struct {
			rounding ent.Rounding
			want     decimal.Decimal
		}{
			{quotient.Cent(), v.HalfUp2},
			{ent.Rounding{Step: euro, Mode: ent.RoundHalfUp}, v.HalfUp0},
			{ent.Rounding{Step: euro, Mode: ent.RoundFloor}, v.Floor0},
		} {
			for _, kind := range []quotient.Kind{quotient.KindCAF, quotient.KindMSA} {
				f := quotient.National(kind)
				f.Rounding = r.rounding
				q, why, err := f.Explain(in)
				require.NoError(t, err, v.Case)
				require.NoError(t, why.Check(), v.Case)
				got, err := q.Get()
				require.NoError(t, err)
				assert.True(t, r.want.Equal(got), "%s: %s", v.Case, got)
				assert.Equal(t, kind, q.Kind)
				before := why.Root.Operands[0]
				assert.True(t, ent.Written(exact).Equal(before.Value), "%s: %s", v.Case, before.Value)
				assert.True(t, v.Parts.Equal(before.Operands[1].Value), v.Case)
			}
		}
	}
}

func TestVectorsQuotientMunicipal(t *testing.T) {
	t.Parallel()
	var cases []struct {
		Rule    string          `json:"rule"`
		RFR     string          `json:"rfr"`
		Parts   decimal.Decimal `json:"parts"`
		Persons string          `json:"persons"`
		HalfUp2 string          `json:"half_up_2"`
	}
	vectors(t, "qf_municipal", &cases)
	require.Len(t, cases, 5)
	for _, v := range cases {
		in := quotient.Input{Resources: []quotient.Resource{resource(quotient.NatureRFR, v.RFR)}}
		var f quotient.Formula
		switch v.Rule {
		case "RFR/12/fiscal parts":
			f, in.FiscalParts = quotient.RFRPerPart(), quotient.Known(v.Parts)
		case "RFR/12/persons (Menucourt)":
			f, in.Composition = quotient.Menucourt(), quotient.Composition{Adults: 2, Children: 2}
		case "RFR/12/persons, +1 for a single parent (Menucourt)":
			f, in.Composition = quotient.Menucourt(), quotient.Composition{Adults: 1, Children: 2}
		case "RFR/12 without parts (Garonne)":
			f = quotient.RFRTwelfth()
		default:
			t.Fatal(v.Rule)
		}
		got, _ := both(t, f, in)
		assert.Equal(t, v.HalfUp2, got, v.Rule)
	}
}

func TestVectorsFiscalParts(t *testing.T) {
	t.Parallel()
	var cases []struct {
		Status    string          `json:"status"`
		Exclusive int             `json:"exclusive_children"`
		Alternate int             `json:"alternate_children"`
		Isolated  bool            `json:"isolated_parent_T"`
		Disabled  int             `json:"disabled_exclusive"`
		BoxL      bool            `json:"box_L"`
		Parts     decimal.Decimal `json:"parts"`
	}
	vectors(t, "fiscal_parts", &cases)
	require.Len(t, cases, 20)
	statuses := map[string][]quotient.Status{
		"single": {quotient.StatusSingle, quotient.StatusDivorced},
		"couple": {quotient.StatusMarried, quotient.StatusPACS, quotient.StatusWidowedThisYear},
		"widow":  {quotient.StatusWidowed},
	}
	for _, v := range cases {
		require.Contains(t, statuses, v.Status)
		for _, s := range statuses[v.Status] {
			h := quotient.TaxHousehold{
				Status: s, Children: v.Exclusive, Shared: v.Alternate, DisabledChildren: v.Disabled, Isolated: v.Isolated,
				RaisedAlone: v.BoxL,
			}
			got, why, err := h.ExplainParts("us-1")
			require.NoError(t, err)
			require.NoError(t, why.Check())
			assert.True(t, v.Parts.Equal(got), "%+v: %s", v, got)
		}
	}
}

// A quotient of 0 is a value, a missing one is not: what each pays is the tariff's.
func TestVectorsZeroVersusMissing(t *testing.T) {
	t.Parallel()
	var cases []struct {
		QF     *decimal.Decimal `json:"qf"`
		Policy string           `json:"missing_policy"`
		Error  string           `json:"error"`
	}
	vectors(t, "zero_versus_missing", &cases)
	require.Len(t, cases, 5)
	policies := map[string]quotient.Missing{
		"": quotient.MissingRefuse, "error": quotient.MissingRefuse, "top-band": quotient.MissingTopBand,
		"published last band": quotient.MissingTopBand,
	}
	for _, v := range cases {
		q := quotient.Quotient{Kind: quotient.KindCAF}
		if v.QF != nil {
			q.Value = quotient.Known(*v.QF)
		}
		err := policies[v.Policy].Accept(q)
		if v.Error != "" {
			require.ErrorIs(t, err, quotient.CodeMissing)
		} else {
			require.NoError(t, err)
		}
		_, err = q.Get()
		assert.Equal(t, v.QF == nil, err != nil)
	}
}
