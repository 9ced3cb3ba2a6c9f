package billing_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/enttest"
	"github.com/opencartable/cartable/fees/billing"
	"github.com/opencartable/cartable/fees/feestest"
	"github.com/opencartable/cartable/fees/tariff"
)

func town(t testing.TB, schools int) *feestest.Town {
	t.Helper()
	out, err := feestest.New(enttest.New(enttest.Options{Seed: 11, Schools: schools}), feestest.Options{})
	require.NoError(t, err)
	return out
}

// roncqForAll is the town's sheet made to hold for the fictional year, its gap closed and a missing quotient priced.
func roncqForAll(t testing.TB) *tariff.Compiled {
	t.Helper()
	text := strings.NewReplacer("from: 2025-09-01", "from: 2024-09-01", "{from: 860, below: 1500, price: 2.00}", "{from: 800, below: 1500, price: 2.00}",
		"quotient: {kinds: [caf]}", "quotient: {kinds: [caf, msa], missing: top-band}").Replace(source(t, "roncq-2025"))
	return sheet(t, text)
}

// Every use of every family of a year is settled once; the lines make the total; a shared child is billed once, by halves.
func TestATownsYear(t *testing.T) {
	t.Parallel()
	prices, town := roncqForAll(t), town(t, 6)
	months := town.Months()
	require.Len(t, months, 11)
	seen := map[string]int{}
	bills, explainedLines := 0, 0
	shared := 0
	for h := range town.Households() {
		for i, m := range months {
			if testing.Short() && i > 1 {
				break
			}
			uses := town.Uses(h, m)
			bill, err := billing.Rate(prices, h, m, uses)
			require.NoError(t, err)
			require.True(t, bill.Counts.Balanced(), "%+v", bill.Counts)
			require.Equal(t, len(uses), bill.Counts.Read)
			require.Zero(t, bill.Counts.Refused)
			require.True(t, bill.Report().Balanced())
			total := tariff.Cents(0)
			for _, l := range bill.Lines {
				if l.ThirdParty != "" {
					continue
				}
				require.Equal(t, h.Payer, l.Payer)
				total, err = total.Add(l.Amount)
				require.NoError(t, err)
				for _, d := range l.Days.In(m) {
					key := fmt.Sprint(l.Child, l.Activity, d)
					seen[key]++
				}
			}
			require.Equal(t, total.Decimal().String(), bill.Total.Decimal().String())
			shared += bill.Counts.OtherPayer
			bills++
			if bills%7 == 0 {
				b := explained(t, prices, h, uses, bill)
				explainedLines += len(b.Lines)
			}
		}
	}
	require.Greater(t, bills, 100)
	require.Greater(t, explainedLines, 50)
	require.NotZero(t, shared, "some children have two payers")
	for key, n := range seen {
		require.Equal(t, 1, n, "%s is billed %d times", key, n)
	}
}

// The order in which uses are given changes nothing.
func TestOrderOfUsesDoesNotMatter(t *testing.T) {
	t.Parallel()
	prices, town := roncqForAll(t), town(t, 3)
	n := 0
	for h := range town.Households() {
		m := town.Months()[n%len(town.Months())]
		uses := town.Uses(h, m)
		want, err := billing.Rate(prices, h, m, uses)
		require.NoError(t, err)
		back := make([]billing.Use, 0, len(uses))
		for i := range uses {
			back = append(back, uses[len(uses)-1-i])
		}
		got, err := billing.Rate(prices, h, m, back)
		require.NoError(t, err)
		require.Equal(t, want.Lines, got.Lines)
		require.Equal(t, want.Total, got.Total)
		n++
	}
	assert.Greater(t, n, 20)
}

// Two separated parents share a child, a week each, at their own quotients: each one's lines hold their own days, and neither
// one's explanations show the other's income, or anything that is theirs.
func TestTwoPayersOfOneChild(t *testing.T) {
	t.Parallel()
	prices := compiled(t, "roncq-2025")
	first := ent.Date{Year: 2025, Month: 9, Day: 1}
	custody := &billing.Custody{Periods: []billing.CustodyPeriod{
		{Payer: "mother", From: first, Every: 2}, {Payer: "father", From: first.AddDays(7), Every: 2},
	}}
	parent := func(id ent.ID, q string) *billing.Household {
		return &billing.Household{
			Payer: id, Quotients: history(t, q), Residence: tariff.ResidenceCommune, Status: []tariff.Status{tariff.StatusRSA},
			Children: []billing.Child{{ID: "child-1", Custody: custody, PAI: true}},
		}
	}
	uses := roncqUses()[:17]
	mother, father := parent("mother", "431.41"), parent("father", "1654.32")
	a, err := billing.Explain(prices, mother, november(), uses)
	require.NoError(t, err)
	b, err := billing.Explain(prices, father, november(), uses)
	require.NoError(t, err)
	assert.Equal(t, 17, a.Counts.Billed+b.Counts.Billed)
	assert.Equal(t, a.Counts.Billed, b.Counts.OtherPayer)
	assert.Equal(t, b.Counts.Billed, a.Counts.OtherPayer)
	var days billing.Days
	for _, l := range a.Lines {
		if l.Activity == "meal" {
			days |= l.Days
		}
	}
	for _, l := range b.Lines {
		if l.Activity == "meal" {
			assert.Zero(t, days&l.Days)
			days |= l.Days
		}
	}
	assert.Equal(t, 13, days.Count())

	readers := map[ent.ID]*billing.Bill{"mother": &a, "father": &b}
	secrets := map[ent.ID][]string{"mother": {"431,41", "431.41"}, "father": {"1654,32", "1654.32"}}
	for owner, bill := range readers {
		for _, l := range bill.Lines {
			require.NotNil(t, l.Why)
			require.NoError(t, l.Why.Check())
			for _, lang := range []ent.Lang{ent.FR, ent.EN} {
				own := l.Why.Render(lang, ent.Reader{Audience: ent.AudienceConcerned, Person: owner})
				assert.True(t, strings.Contains(own, secrets[owner][0]) || strings.Contains(own, secrets[owner][1]), "their own quotient is in it:\n%s", own)
				other := ent.ID("mother")
				if owner == other {
					other = "father"
				}
				for name, text := range map[string]string{
					"the other parent": l.Why.Render(lang, ent.Reader{Audience: ent.AudienceConcerned, Person: other}),
					"everyone":         l.Why.Render(lang, ent.Reader{}),
					"a developer":      l.Why.Render(lang, ent.Reader{Audience: ent.AudienceDeveloper}),
				} {
					for _, s := range append(secrets[owner], secrets[other]...) {
						assert.NotContains(t, text, s, name)
					}
				}
				agent := l.Why.Render(lang, ent.Reader{Audience: ent.AudienceAgent})
				assert.NotContains(t, agent, "PAI", "a matter of health is not for a third person")
				assert.NotContains(t, agent, "RSA")
			}
		}
	}
}

// A day that nobody pays is said, not given to somebody.
func TestADayWithoutPayer(t *testing.T) {
	t.Parallel()
	h := roncqFamily(t, "700", tariff.ResidenceCommune)
	h.Children[0].Custody = &billing.Custody{Periods: []billing.CustodyPeriod{{Payer: "us-1", From: on(1), To: on(10)}}}
	bill, err := billing.Rate(compiled(t, "roncq-2025"), h, november(), roncqUses())
	require.ErrorIs(t, err, billing.CodeNoPayer)
	assert.Equal(t, 8, bill.Counts.Refused)
	assert.True(t, bill.Counts.Balanced())
}
