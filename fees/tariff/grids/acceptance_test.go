package grids_test

import (
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/quotient"
	"github.com/opencartable/cartable/fees/tariff"
)

// prices is a column of a sheet: a price by quotient.
type prices struct {
	id     string
	g      tariff.Given
	prices map[string]string
}

func requirePrices(t *testing.T, all ...prices) {
	t.Helper()
	for _, c := range all {
		for q, want := range c.prices {
			requirePrice(t, want, get(t, c.id), withQuotient(c.g, q))
		}
	}
}

// The acceptance figures on bands: the bounds of each style of printed grid.
func TestAcceptanceBands(t *testing.T) {
	t.Parallel()
	requirePrices(t,
		prices{"strasbourg-accueil-soir-maternelle-2021", column("evening"), map[string]string{
			"0": "11.95", "409.99": "11.95", "410": "16.70", "2050": "54.90",
		}},
		prices{"strasbourg-accueil-soir-maternelle-2024", column("evening"), map[string]string{
			"99.99": "11.85", "100": "16.16", "1099": "33.38", "1100": "37.68", "1900": "54.90",
		}},
		prices{"brest-metropole-transport-2018", column("pass"), map[string]string{
			"482": "6.20", "482.5": "15.00", "573": "15.00", "573.01": "22.50", "728": "22.50", "729": "0",
		}},
		prices{"val-de-marne-colleges-2025", column("meal"), map[string]string{"600": "1.15", "600.5": "1.55"}},
		prices{"wavrin-petites-vacances-2025", column("day"), map[string]string{"0": "3.77"}},
	)
}

// A quotient of 0 is one; a missing one costs what the policy says, or nothing is priced.
func TestAcceptanceMissingQuotient(t *testing.T) {
	t.Parallel()
	s := get(t, "wavrin-petites-vacances-2025")
	requirePrice(t, "3.77", s, column("day", at("0")))
	s.Quotient.Missing = quotient.MissingTopBand
	requirePrice(t, "10.63", s, column("day"))
	s.Quotient.Missing = quotient.MissingRefuse
	_, err := priced(t, s, column("day"))
	require.ErrorIs(t, err, tariff.CodeQuotientMissing)
}

// The defects that the printed grids really have are errors before any use, each with its point.
func TestAcceptanceGridDefects(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]map[span]ent.Code{
		"talloires-cantine":                {{"1100", "1100"}: tariff.CodeGap, {"2001", "2001"}: tariff.CodeGap},
		"saffre-lescopains-2025":           {{"450", "450"}: tariff.CodeGap},
		"rpi-du-val-2021":                  {{"799", "800"}: tariff.CodeGap},
		"vetusienne-2020":                  {{"600", "600"}: tariff.CodeGap, {"901", "901"}: tariff.CodeGap},
		"medoc-estuaire-2015":              {{"1500", "1500"}: tariff.CodeOverlap},
		"roncq-2025":                       {{"800", "859"}: tariff.CodeGap},
		"baincthun-garderie-2022":          {{"617", "617"}: tariff.CodeGap},
		"paris-restauration-scolaire-2020": {{"1901", ""}: tariff.CodeLastBand},
	} {
		got := map[span]ent.Code{}
		for code, spans := range errorsOf(t, get(t, name)) {
			for x := range spans {
				got[x] = code
			}
		}
		assert.Equal(t, want, got, name)
	}
}

// The acceptance figures on effort rates, straight lines and crèches.
func TestAcceptanceFormulae(t *testing.T) {
	t.Parallel()
	requirePrices(t,
		prices{"fay-aux-loges-cantine", column("meal"), map[string]string{
			"722.22": "2.60", "722.23": "2.60", "800": "2.88", "901.39": "3.25", "1249": "4.50", "1251": "4.50",
		}},
		prices{"poissy-2016", column("meal"), map[string]string{"250": "2.35", "500": "3.21", "1000": "4.37", "2000": "6.70"}},
	)
	s := get(t, "poissy-2016")
	s.Rounding.Step = dec("0.001")
	requirePrice(t, "2.353", s, column("meal", at("250")))

	creche := func(resources string, children, disabled int) tariff.Given {
		return tariff.Given{Activity: "creche", Resources: quotientOf(resources), Children: children, DisabledChildren: disabled}
	}
	for _, name := range []string{"psu-2025-01", "psu-2025-09"} {
		s = get(t, name)
		requirePrice(t, "1.76", s, creche("40923", 1, 1))
		s.Rounding.Step = dec("0.0001")
		requirePrice(t, "1.7597", s, creche("40923", 1, 1))
	}
	for _, name := range []string{"psu-2024-01", "psu-2024-09"} {
		requirePrice(t, "1.24", get(t, name), creche("24000", 1, 0))
	}
}

// The acceptance figures on rounding: half up goes away from zero, and steps other than a cent exist.
func TestAcceptanceRounding(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ value, step, want string }{
		{"1.525", "0.01", "1.53"},
		{"1.575", "0.01", "1.58"},
		{"1.005", "0.01", "1.01"},
		{"-1.005", "0.01", "-1.01"},
		{"6.175", "0.05", "6.20"},
	} {
		zero, value := dec("0"), dec(c.value)
		s := get(t, "saint-colomban")
		s.Cases, s.Rounding.Step = nil, dec(c.step)
		s.Activities[0].Rules = []tariff.Rule{{Price: &zero}}
		s.Activities[0].Modifiers = []tariff.Modifier{{Add: &value}}
		requirePrice(t, c.want, s, tariff.Given{Activity: "meal"})
	}
}

// The acceptance figures on children: by rank of those present, and by number of those enrolled.
func TestAcceptanceChildren(t *testing.T) {
	t.Parallel()
	total, fourth := decimal.Decimal{}, decimal.Decimal{}
	for i, want := range []string{"7.86", "7.10", "6.42", "5.80", "5.80", "5.80"} {
		g := column("day", at("700"), rank(i+1))
		requirePrice(t, want, get(t, "wavrin-petites-vacances-2025"), g)
		p, err := priced(t, get(t, "wavrin-petites-vacances-2025"), g)
		require.NoError(t, err)
		if total = total.Add(p); i == 3 {
			fourth = total
		}
	}
	assert.Equal(t, "27.18", fourth.StringFixed(2))
	assert.Equal(t, "38.78", total.StringFixed(2))

	requirePrices(t,
		prices{"saffre-lescopains-2025", column("day", enrolled(3)), map[string]string{"800": "10.05", "400": "7.20"}},
		prices{"saffre-lescopains-2025", column("day", enrolled(2)), map[string]string{"800": "11.30", "400": "7.20"}},
	)
}

// The acceptance figures on time: started units.
func TestAcceptanceTime(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		times           string
		unit, tolerance int
		want            int
	}{
		{"17:00-17:00", 15, 0, 0},
		{"17:00-17:01", 15, 0, 1},
		{"17:00-17:16", 15, 0, 2},
		{"16:30-18:30", 30, 0, 4},
		{"16:30-18:31", 30, 0, 5},
		{"17:00-18:15", 60, 15, 1},
		{"17:00-18:16", 60, 15, 2},
	} {
		x, err := tariff.ParseInterval(c.times)
		require.NoError(t, err)
		_, units := (&tariff.Duration{Unit: c.unit, Tolerance: c.tolerance, Count: tariff.CountUnion}).Units([]tariff.Interval{x})
		assert.Equal(t, c.want, units, c.times)
	}
	// Baincthun has that hour; 1.10 each below 617.
	for times, want := range map[string]string{"17:00-18:15": "1.10", "17:00-18:16": "2.20"} {
		requirePrice(t, want, get(t, "baincthun-garderie-2022"), column("care", at("600"), during(times)))
	}
}

// The unit prices of the month at Roncq, for a resident and for a family from outside, with a quotient of 700.
func TestAcceptanceRoncqUnitPrices(t *testing.T) {
	t.Parallel()
	s := get(t, "roncq-2025")
	late, evening := during("16:30-18:35"), during("16:30-18:10")
	for _, c := range []struct {
		want string
		g    tariff.Given
	}{
		{"2.35", column("meal", at("700"))},
		{"4.85", column("meal", at("700"), notBooked)},
		{"0.80", column("meal", at("700"), pai)},
		{"9.15", column("wednesday", at("700"))},
		{"3.40", column("care", at("700"), evening)}, // three of them: 10.20
		{"7.25", column("care", at("700"), late)},
		{"6.50", column("meal", at("700"), outside)},
		{"9.00", column("meal", at("700"), outside, notBooked)},
		{"1.00", column("meal", at("700"), outside, pai)},
		{"19.35", column("wednesday", at("700"), outside)},
		{"7.80", column("care", at("700"), outside, evening)}, // twelve half-hours and five: 33.15
		{"12.75", column("care", at("700"), outside, late)},   // with 3.00
	} {
		requirePrice(t, c.want, s, c.g)
	}
	_, err := priced(t, s, column("care", at("820"), outside, evening))
	require.ErrorIs(t, err, tariff.CodeUndefinedBand)
}

// The acceptance figures on the "cantine à 1 €" scheme.
func TestAcceptanceSocialCanteen(t *testing.T) {
	t.Parallel()
	s := get(t, "champcevinel-cantine-2022")
	require.True(t, s.Activities[0].SocialCanteen)
	assert.Empty(t, tariff.CheckSocialCanteen(&s.Activities[0]))
	assert.Empty(t, errorsOf(t, s))
	for want, change := range map[ent.Code]func(b *tariff.Bands){
		tariff.CodeSocialBands:   func(b *tariff.Bands) { b.Rows = b.Rows[:2] },
		tariff.CodeSocialAbove:   func(b *tariff.Bands) { b.Rows = append(b.Rows[:0:0], b.Rows[0], b.Rows[0], b.Rows[0]) },
		tariff.CodeSocialCeiling: func(b *tariff.Bands) { b.Rows[0].To, b.Rows[0].Price = quotientOf("1100"), quotientOf("0.99") },
	} {
		s := get(t, "champcevinel-cantine-2022")
		change(s.Activities[0].Rules[0].Bands)
		issues := tariff.CheckSocialCanteen(&s.Activities[0])
		var codes []ent.Code
		for _, i := range issues {
			codes = append(codes, i.Code)
		}
		assert.Contains(t, codes, want)
	}
}
