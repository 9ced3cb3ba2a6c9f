package billing_test

import (
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/billing"
	"github.com/opencartable/cartable/fees/quotient"
	"github.com/opencartable/cartable/fees/tariff"
)

func november() ent.Month { return ent.Month{Year: 2025, Month: 11} }

func on(day int) ent.Date { return ent.Date{Year: 2025, Month: 11, Day: uint8(day)} }

// history is a CAF quotient that holds for a long time.
func history(t testing.TB, value string) quotient.History {
	t.Helper()
	h, issues := quotient.NewHistory(quotient.Entry{
		ReceivedOn: ent.Date{Year: 2025, Month: 1, Day: 2},
		Quotient: quotient.Quotient{
			Kind: quotient.KindCAF, Value: quotient.Known(decimal.RequireFromString(value)), From: ent.Date{Year: 2025, Month: 1, Day: 1},
			Month: ent.Month{Year: 2025, Month: 1},
		},
	})
	require.Empty(t, issues)
	return h
}

func roncqFamily(t testing.TB, value string, residence tariff.Residence) *billing.Household {
	return &billing.Household{
		Payer: "us-1", Quotients: history(t, value), Residence: residence,
		Children: []billing.Child{
			{ID: "child-1", Born: ent.Date{Year: 2016, Month: 3, Day: 1}},
			{ID: "child-2", Born: ent.Date{Year: 2018, Month: 5, Day: 9}, PAI: true},
		},
	}
}

// roncqUses are those of the month of the specification: 12 booked meals eaten and one not booked, 3 evenings of 100 minutes
// and one of 125 that ends after 18:30; 10 meals with a care plan, 2 Wednesdays.
func roncqUses() []billing.Use {
	var uses []billing.Use
	school := []int{3, 4, 6, 7, 10, 13, 14, 17, 18, 20, 21, 24}
	for _, d := range school {
		uses = append(uses, billing.Use{Child: "child-1", Activity: "meal", Day: on(d), Booked: tariff.BookingRegular, Present: true})
	}
	uses = append(uses, billing.Use{Child: "child-1", Activity: "meal", Day: on(25), Booked: tariff.BookingNone, Present: true})
	for i, times := range []string{"16:30-18:10", "16:30-18:10", "16:30-18:10", "16:30-18:35"} {
		x, err := tariff.ParseInterval(times)
		if err != nil {
			panic(err)
		}
		uses = append(uses, billing.Use{
			Child: "child-1", Activity: "care", Day: on(school[i]), Booked: tariff.BookingRegular, Present: true, Times: []tariff.Interval{x},
		})
	}
	for _, d := range school[:10] {
		uses = append(uses, billing.Use{Child: "child-2", Activity: "meal", Day: on(d), Booked: tariff.BookingRegular, Present: true})
	}
	for _, d := range []int{5, 12} {
		uses = append(uses, billing.Use{Child: "child-2", Activity: "wednesday", Day: on(d), Booked: tariff.BookingRegular, Present: true})
	}
	return uses
}

type want struct {
	child, activity string
	uses, units     int
	amount          string
}

func assertLines(t *testing.T, bill billing.Bill, total string, lines ...want) {
	t.Helper()
	require.Len(t, bill.Lines, len(lines))
	for i, w := range lines {
		l := bill.Lines[i]
		assert.Equal(t, w, want{string(l.Child), l.Activity, l.Uses, l.Units, l.Amount.Decimal().StringFixed(2)}, "line %d", i)
		assert.Equal(t, l.Uses, l.Days.Count())
	}
	assert.Equal(t, total, bill.Total.Decimal().StringFixed(2))
	assert.True(t, bill.Counts.Balanced())
}

// fees.md, "A month, end to end".
func TestRoncqMonth(t *testing.T) {
	t.Parallel()
	prices := compiled(t, "roncq-2025")
	bill, err := billing.Rate(prices, roncqFamily(t, "700", tariff.ResidenceCommune), november(), roncqUses())
	require.NoError(t, err)
	assertLines(t, bill, "76.80",
		want{"child-1", "meal", 1, 1, "4.85"}, want{"child-1", "meal", 12, 1, "28.20"},
		want{"child-1", "care", 3, 4, "10.20"}, want{"child-1", "care", 1, 5, "7.25"},
		want{"child-2", "meal", 10, 1, "8.00"}, want{"child-2", "wednesday", 2, 1, "18.30"})
	explained(t, prices, roncqFamily(t, "700", tariff.ResidenceCommune), roncqUses(), bill)

	outside, err := billing.Rate(prices, roncqFamily(t, "700", tariff.ResidenceOutside), november(), roncqUses())
	require.NoError(t, err)
	assertLines(t, outside, "171.85",
		want{"child-1", "meal", 1, 1, "9.00"}, want{"child-1", "meal", 12, 1, "78.00"},
		want{"child-1", "care", 3, 4, "23.40"}, want{"child-1", "care", 1, 5, "12.75"},
		want{"child-2", "meal", 10, 1, "10.00"}, want{"child-2", "wednesday", 2, 1, "38.70"})

	// No price between 800 and 860 for the outside half-hour: the four evenings are refused, with the gap; the rest stands.
	gap, err := billing.Rate(prices, roncqFamily(t, "820", tariff.ResidenceOutside), november(), roncqUses())
	require.ErrorIs(t, err, tariff.CodeUndefinedBand)
	assert.Len(t, gap.Issues, 4)
	assert.Equal(t, 4, gap.Counts.Refused)
	assert.True(t, gap.Counts.Balanced())
	assert.Contains(t, gap.Issues[0].Message(ent.FR), "entre 800 et 860")
	assert.Equal(t, "$.uses[13]", gap.Issues[0].Path)
	assert.Equal(t, "135.70", gap.Total.Decimal().StringFixed(2))
}

// explained rates again with explanations: the same lines, each one computed again from its leaves.
func explained(t testing.TB, prices *tariff.Compiled, h *billing.Household, uses []billing.Use, plain billing.Bill) billing.Bill {
	t.Helper()
	bill, err := billing.Explain(prices, h, plain.Month, uses)
	require.NoError(t, err)
	require.Len(t, bill.Lines, len(plain.Lines))
	for i, l := range bill.Lines {
		require.NotNil(t, l.Why)
		require.NoError(t, l.Why.Check(), "line %d", i)
		require.True(t, l.Why.Value().Equal(l.Amount.Decimal()), "line %d: %s %s", i, l.Why.Value(), l.Amount.Decimal())
		l.Why = nil
		require.Equal(t, plain.Lines[i], l)
	}
	require.Equal(t, plain.Total, bill.Total)
	return bill
}

// The town's social centre pays a part for a family of the first band: its debt is another line.
func TestRoncqThirdParty(t *testing.T) {
	t.Parallel()
	h := roncqFamily(t, "120", tariff.ResidenceCommune)
	h.Children = h.Children[:1]
	bill, err := billing.Rate(compiled(t, "roncq-2025"), h, november(), roncqUses()[:12])
	require.NoError(t, err)
	require.Len(t, bill.Lines, 2)
	assert.Equal(t, "6", bill.Total.Decimal().String())
	l := bill.Lines[1]
	assert.Equal(t, "CCAS", l.ThirdParty)
	assert.Empty(t, l.Payer)
	assert.False(t, l.Quotient.Known(), "the third party is not told the quotient")
	assert.Equal(t, "9.12", l.Amount.Decimal().String())
	parts := bill.ThirdParties()
	require.Len(t, parts, 1)
	assert.Equal(t, "9.12", parts[0].Amount.Decimal().String())
}
