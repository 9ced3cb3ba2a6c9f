package grids_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/fees/tariff"
	"github.com/opencartable/cartable/fees/tariff/grids"
)

// printed is a tariff as it was compiled from the page of its commune.
type printed struct {
	ID    string                       `json:"id"`
	Bands []map[string]json.RawMessage `json:"bands"`
	Flat  map[string]string            `json:"flat"`
}

func text(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}

// column is a column of a printed grid in the document: the activity, and what else the use is.
func column(activity string, set ...func(*tariff.Given)) tariff.Given {
	g := tariff.Given{Activity: activity, Residence: tariff.ResidenceCommune, Booking: tariff.BookingRegular, Rank: 1, Enrolled: 1, Children: 1, Regime: tariff.RegimeGeneral}
	for _, f := range set {
		f(&g)
	}
	return g
}

func rank(n int) func(*tariff.Given)     { return func(g *tariff.Given) { g.Rank = n } }
func enrolled(n int) func(*tariff.Given) { return func(g *tariff.Given) { g.Enrolled = n } }
func outside(g *tariff.Given)            { g.Residence = tariff.ResidenceOutside }
func pai(g *tariff.Given)                { g.PAI = true }
func msa(g *tariff.Given)                { g.Regime = tariff.RegimeMSA }
func adult(g *tariff.Given)              { g.Guest = tariff.GuestAdult }
func notBooked(g *tariff.Given)          { g.Booking = tariff.BookingNone }
func occasional(g *tariff.Given)         { g.Booking = tariff.BookingOccasional }

func minutes(s string) func(*tariff.Given) {
	return func(g *tariff.Given) {
		x, err := tariff.ParseInterval(s)
		if err != nil {
			panic(err)
		}
		g.Times = []tariff.Interval{x}
	}
}

// columns maps each column of each printed grid.
func columns() map[string]map[string]tariff.Given {
	half, hour := minutes("16:30-17:00"), minutes("17:00-18:00")
	meal := map[string]tariff.Given{"price": column("meal")}
	letters := func(out map[string]tariff.Given, keys ...string) map[string]tariff.Given {
		for _, k := range keys {
			for i, l := range []string{"A", "B", "C"} {
				out[k+"."+l] = column(strings.ReplaceAll(k, "_", "-"), enrolled(i+1))
			}
		}
		return out
	}
	return map[string]map[string]tariff.Given{
		"strasbourg-accueil-soir-maternelle-2021": {"price": column("evening")},
		"strasbourg-accueil-soir-maternelle-2024": {"price": column("evening")},
		"brest-metropole-transport-2018":          {"price": column("pass")},
		"nantes-metropole-transport-2020":         {"price": column("discount")},
		"paris-restauration-scolaire-2020":        meal,
		"garonne-calandreta-2024": letters(map[string]tariff.Given{"meal": column("meal")},
			"clae_matin", "clae_midi", "clae_soir", "alsh_matin", "alsh_apres_midi", "alsh_journee"),
		"bubry-cantine-2023":         {"price": column("meal"), "third_child": column("meal", rank(3))},
		"champcevinel-cantine-2022":  meal,
		"voreppe-cantine-2024":       meal,
		"talloires-cantine":          meal,
		"val-de-marne-colleges-2025": meal,
		"roncq-2025": {
			"meal": column("meal"), "pai": column("meal", pai), "amis": column("wednesday"), "half_hour": column("care", half),
		},
		"2c2r-garderie": {
			"half_hour_resident": column("care", half), "half_hour_outside": column("care", half, outside), "midday_resident": column("midday"),
		},
		"lieuvin-pays-auge-alsh": {"hour": column("hour"), "half_day": column("half-day"), "day": column("day")},
		"medoc-estuaire-2015":    {"half_day": column("half-day"), "half_hour": column("care", half)},
		"wavrin-petites-vacances-2025": {
			"child1": column("day"), "child2": column("day", rank(2)), "child3": column("day", rank(3)), "child4plus": column("day", rank(4)),
			"non_resident": column("day", outside),
		},
		"saffre-lescopains-2025":  {"day": column("day"), "half_day": column("half-day"), "half_day_meal": column("half-day-meal")},
		"loon-plage-periscolaire": {"morning": column("morning"), "evening": column("evening"), "wednesday": column("wednesday")},
		"grand-perigueux-alsh":    {"caf": column("day-meal"), "msa_or_none": column("day-meal", msa)},
		"nalliers-cantine":        meal,
		"groix-cantine-2021":      meal,
		"rpi-du-val-2021":         {"resident_a": column("meal-a"), "resident_b": column("meal-b")},
		"limons-garderie":         {"price": column("care")},
		"baincthun-garderie-2022": {"price": column("care", hour)},
		"vetusienne-2020":         {"a": column("care-a"), "b": column("care-b")},
	}
}

// within returns quotients of a printed band: its bounds where they belong to it, and one between them.
func within(id string, band map[string]json.RawMessage) []string {
	from, to := text(band["from"]), text(band["to"])
	var out []string
	low, high := dec("0"), dec("9000")
	step := dec("0.5")
	if v, excluded := strings.CutSuffix(from, " (excluded)"); from != "" {
		low = dec(v)
		if excluded {
			low = low.Add(step)
		}
	}
	if v, excluded := strings.CutSuffix(to, " (excluded)"); to != "" {
		high = dec(v)
		if excluded {
			high = high.Sub(step)
		}
	}
	open, closed := halfOpen()[id], halfClosed()[id]
	if !closed || from == "0" || from == "" {
		out = append(out, low.String())
	}
	if !open || to == "" {
		out = append(out, high.String())
	}
	return append(out, low.Add(high).Div(dec("2")).Truncate(0).String())
}

// halfOpen and halfClosed are the grids whose upper, or lower, bounds belong to the next band.
func halfOpen() map[string]bool {
	return map[string]bool{
		"strasbourg-accueil-soir-maternelle-2021": true, "strasbourg-accueil-soir-maternelle-2024": true, "garonne-calandreta-2024": true,
		"roncq-2025": true, "nalliers-cantine": true,
	}
}

func halfClosed() map[string]bool {
	return map[string]bool{
		"brest-metropole-transport-2018": true, "nantes-metropole-transport-2020": true, "val-de-marne-colleges-2025": true,
		"wavrin-petites-vacances-2025": true, "baincthun-garderie-2022": true,
	}
}

// undefined are bounds that the page prints and that its own defect leaves without price.
func undefined(id, q string) bool {
	return id == "medoc-estuaire-2015" && q == "1500" || id == "baincthun-garderie-2022" && q == "617"
}

// Every price of every printed grid.
func TestPrintedPrices(t *testing.T) {
	t.Parallel()
	var all struct {
		Tariffs []printed `json:"tariffs"`
	}
	sample(t, "tariffs.json", &all)
	require.Len(t, all.Tariffs, 31)
	cells, checks := 0, 0
	for _, p := range all.Tariffs {
		s := get(t, p.ID)
		wanted := columns()[p.ID]
		require.Equal(t, len(p.Bands) > 0, len(wanted) > 0, p.ID)
		for _, band := range p.Bands {
			seen := 0
			check := func(key, price string) {
				g, ok := wanted[key]
				require.True(t, ok, "%s has a column %s that no test maps", p.ID, key)
				seen++
				cells++
				for _, q := range within(p.ID, band) {
					if undefined(p.ID, q) {
						_, err := priced(t, s, withQuotient(g, q))
						require.Error(t, err)
						continue
					}
					requirePrice(t, price, s, withQuotient(g, q))
					checks++
				}
			}
			for key, raw := range band {
				if key == "from" || key == "to" {
					continue
				}
				var byLetter map[string]string
				if json.Unmarshal(raw, &byLetter) == nil {
					for l, price := range byLetter {
						check(key+"."+l, price)
					}
					continue
				}
				check(key, text(raw))
			}
			require.Equal(t, len(wanted), seen, p.ID)
		}
	}
	assert.Equal(t, 498, cells, "the cells of all the printed grids")
	assert.Greater(t, checks, 1000)
}

func withQuotient(g tariff.Given, q string) tariff.Given {
	g.Quotient = quotientOf(q)
	return g
}

// Every other printed figure: flat prices, statuses, residence, surcharges, cards, points.
func TestPrintedFigures(t *testing.T) {
	t.Parallel()
	at := func(q string) func(*tariff.Given) { return func(g *tariff.Given) { g.Quotient = quotientOf(q) } }
	status := func(s tariff.Status) func(*tariff.Given) {
		return func(g *tariff.Given) { g.Status = []tariff.Status{s} }
	}
	letter := func(l string) func(*tariff.Given) {
		return func(g *tariff.Given) { g.Custom = map[string]string{"letter": l} }
	}
	children := func(n int) func(*tariff.Given) { return func(g *tariff.Given) { g.Children = n } }
	other := func(g *tariff.Given) { g.Regime = tariff.RegimeOther }
	cost := func(c string) func(*tariff.Given) { return func(g *tariff.Given) { g.Cost = quotientOf(c) } }
	for _, c := range []struct {
		id, price string
		g         tariff.Given
	}{
		{"brest-metropole-transport-2018", "15.00", column("pass", at("900"), status(tariff.StatusHealthCover))},
		{"brest-metropole-transport-2018", "6.20", column("pass", at("400"), status(tariff.StatusHealthCover))},
		{"bubry-cantine-2023", "3.70", column("meal", occasional, at("700"))},
		{"bubry-cantine-2023", "0.64", column("meal", pai, at("700"))},
		{"val-de-marne-colleges-2025", "0.40", column("meal", at("2000"), status(tariff.StatusRSA))},
		{"roncq-2025", "6.50", column("meal", outside)},
		{"roncq-2025", "1.00", column("meal", outside, pai)},
		{"roncq-2025", "19.35", column("wednesday", outside)},
		{"roncq-2025", "1.95", column("care", outside, at("799.99"), minutes("16:30-17:00"))},
		{"roncq-2025", "2.00", column("care", outside, at("860"), minutes("16:30-17:00"))},
		{"roncq-2025", "2.05", column("care", outside, at("1500"), minutes("16:30-17:00"))},
		{"roncq-2025", "4.85", column("meal", notBooked, at("700"))},
		{"roncq-2025", "9.00", column("meal", notBooked, outside)},
		{"roncq-2025", "3.85", column("care", at("700"), minutes("18:20-18:31"))},
		{"lieuvin-pays-auge-alsh", "0.50", column("afternoon-snack")},
		{"lieuvin-pays-auge-alsh", "1.50", column("breakfast")},
		{"lieuvin-pays-auge-alsh", "3.50", column("lunch")},
		{"lieuvin-pays-auge-alsh", "1.00", column("membership-per-year")},
		{"wavrin-petites-vacances-2025", "2.00", column("day", status(tariff.StatusCCAS))},
		{"wavrin-petites-vacances-2025", "1.00", column("day", status(tariff.StatusCCAS), rank(2))},
		{"wavrin-petites-vacances-2025", "0.50", column("day", status(tariff.StatusCCAS), rank(3))},
		{"wavrin-petites-vacances-2025", "0.50", column("day", status(tariff.StatusCCAS), rank(4))},
		{"saffre-lescopains-2025", "9.20", column("day", outside, at("100"))},
		{"loon-plage-periscolaire", "2.50", column("wednesday", outside, at("1400"))},
		{"loon-plage-periscolaire", "2.50", column("outing", at("100"), cost("25"))},
		{"loon-plage-periscolaire", "17.50", column("outing", at("1600"), cost("25"))},
		{"loon-plage-periscolaire", "10.00", column("outing", outside, at("100"), cost("25"))},
		{"loon-plage-periscolaire", "25.00", column("outing", outside, at("1600"), cost("25"))},
		{"nalliers-cantine", "4.95", column("meal")},
		{"rpi-du-val-2021", "3.00", column("meal-a", outside, at("100"))},
		{"rpi-du-val-2021", "4.00", column("meal-b", outside, at("100"))},
		{"rpi-du-val-2021", "3.20", column("meal-a", outside, at("900"))},
		{"rpi-du-val-2021", "4.20", column("meal-b", outside, at("900"))},
		{"baincthun-garderie-2022", "4.00", column("care", outside, at("100"), minutes("17:00-18:00"))},
		{"baincthun-garderie-2022", "4.40", column("care", outside, at("900"), minutes("17:00-18:00"))},
		{"fay-aux-loges-cantine", "1.75", column("meal", pai)},
		{"fay-aux-loges-cantine", "4.80", column("meal", adult)},
		{"poissy-2016", "7.40", column("meal", outside)},
		{"poissy-2016", "1.35", column("meal", at("0"), children(3))},
		{"saussay-2025", "4.50", column("meal")},
		{"saussay-2025", "4.40", column("meal", enrolled(2))},
		{"saussay-2025", "4.25", column("meal", enrolled(3))},
		{"saussay-2025", "59.00", column("card")},
		{"saussay-2025", "57.00", column("card", enrolled(2))},
		{"saussay-2025", "55.00", column("card", enrolled(3))},
		{"saussay-2025", "7.00", column("meal", adult)},
		{"saussay-2025", "12.00", column("allergic")},
		{"saussay-2025", "25.00", column("pai")},
		{"saint-colomban", "3.75", column("meal")},
		{"saint-colomban", "5.95", column("meal", adult)},
		{"saint-colomban", "2.15", column("service")},
		{"saint-colomban", "25.00", column("late-registration")},
		{"boissy", "0.72", column("meal", letter("A"))},
		{"boissy", "5.17", column("meal", letter("G"))},
		{"boissy", "7.87", column("meal", outside)},
		{"boissy", "7.61", column("meal", notBooked)},
		{"boissy", "10.76", column("meal", notBooked, outside)},
		{"boissy", "1.96", column("day", letter("A"))},
		{"boissy", "13.91", column("day", letter("G"))},
		{"boissy", "17.15", column("day", outside)},
		{"boissy", "16.25", column("day", notBooked)},
		{"boissy", "18.95", column("day", notBooked, outside)},
		{"mjc-etoile-2021", "9.66", column("wednesday", other)},
		{"mjc-etoile-2021", "6.34", column("wednesday", at("800.01"))},
		{"mjc-etoile-2021", "5.34", column("wednesday", at("800"))},
		{"mjc-etoile-2021", "17.66", column("wednesday", other, outside)},
	} {
		requirePrice(t, c.price, get(t, c.id), c.g)
	}
	// The two other columns of Grand Périgueux are printed for the general scheme.
	var all struct {
		Tariffs []struct {
			ID      string            `json:"id"`
			HalfDay []string          `json:"half_day_with_meal_caf"`
			Day     []string          `json:"day_without_meal_caf"`
			Bands   []json.RawMessage `json:"bands"`
		} `json:"tariffs"`
	}
	sample(t, "tariffs.json", &all)
	for _, p := range all.Tariffs {
		for i := range p.HalfDay {
			var b struct{ From string }
			require.NoError(t, json.Unmarshal(p.Bands[i], &b))
			requirePrice(t, p.HalfDay[i], get(t, p.ID), column("half-day-meal", at(b.From)))
			requirePrice(t, p.Day[i], get(t, p.ID), column("day", at(b.From)))
		}
	}
	refund := get(t, "saussay-2025").Activities[1].Subscription.Refund
	assert.Equal(t, "3.85", refund.StringFixed(2))
	assert.Len(t, grids.Names(), 40)
}
