package grids_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/tariff"
)

// printed is a tariff as it was compiled from the page of its commune.
type printed struct {
	ID        string
	Interval  string
	Effective struct{ From, To string }
	Bands     []map[string]json.RawMessage
	Raw       map[string]json.RawMessage
}

// sheets reads tariffs.json.
func sheets(t testing.TB) []printed {
	t.Helper()
	var all struct{ Tariffs []json.RawMessage }
	sample(t, "tariffs.json", &all)
	require.Len(t, all.Tariffs, 31)
	out := make([]printed, len(all.Tariffs))
	for i, raw := range all.Tariffs {
		require.NoError(t, json.Unmarshal(raw, &out[i]))
		require.NoError(t, json.Unmarshal(raw, &out[i].Raw))
	}
	return out
}

// leaves collects the texts of a value by their places in it.
func leaves(t testing.TB, path string, raw json.RawMessage, out map[string]string) {
	t.Helper()
	switch b := bytes.TrimSpace(raw); b[0] {
	case '{':
		var m map[string]json.RawMessage
		require.NoError(t, json.Unmarshal(b, &m))
		for k, v := range m {
			leaves(t, strings.TrimPrefix(path+"."+k, "."), v, out)
		}
	case '[':
		var l []json.RawMessage
		require.NoError(t, json.Unmarshal(b, &l))
		for i, v := range l {
			leaves(t, fmt.Sprintf("%s[%d]", path, i), v, out)
		}
	case '"':
		var s string
		require.NoError(t, json.Unmarshal(b, &s))
		out[path] = s
	}
}

// figures are the figures of a tariff beside its bands: everything that is not prose.
func (p *printed) figures(t testing.TB) map[string]string {
	t.Helper()
	prose := []string{
		"id", "place", "service", "unit", "effective", "qf_kind", "interval", "kind", "sibling", "notes", "source", "confidence",
		"defect", "incomplete", "bands",
	}
	out := map[string]string{}
	for k, v := range p.Raw {
		if !slices.Contains(prose, k) {
			leaves(t, k, v, out)
		}
	}
	return out
}

// column is a column of a printed grid in the document: the activity, and what else the use is.
func column(activity string, set ...func(*tariff.Given)) tariff.Given {
	g := tariff.Given{
		Activity: activity, Residence: tariff.ResidenceCommune, Booking: tariff.BookingRegular, Rank: 1, Enrolled: 1, Children: 1,
		Regime: tariff.RegimeGeneral,
	}
	for _, f := range set {
		f(&g)
	}
	return g
}

type set = func(*tariff.Given)

func rank(n int) set     { return func(g *tariff.Given) { g.Rank = n } }
func enrolled(n int) set { return func(g *tariff.Given) { g.Enrolled = n } }
func children(n int) set { return func(g *tariff.Given) { g.Children = n } }
func at(q string) set    { return func(g *tariff.Given) { g.Quotient = quotientOf(q) } }
func cost(c string) set  { return func(g *tariff.Given) { g.Cost = quotientOf(c) } }
func status(s tariff.Status) set {
	return func(g *tariff.Given) { g.Status = []tariff.Status{s} }
}

func letter(l string) set {
	return func(g *tariff.Given) { g.Custom = map[string]string{"letter": l} }
}

func during(s string) set {
	return func(g *tariff.Given) {
		x, err := tariff.ParseInterval(s)
		if err != nil {
			panic(err)
		}
		g.Times = []tariff.Interval{x}
	}
}

func outside(g *tariff.Given)    { g.Residence = tariff.ResidenceOutside }
func pai(g *tariff.Given)        { g.PAI = true }
func msa(g *tariff.Given)        { g.Regime = tariff.RegimeMSA }
func other(g *tariff.Given)      { g.Regime = tariff.RegimeOther }
func adult(g *tariff.Given)      { g.Guest = tariff.GuestAdult }
func notBooked(g *tariff.Given)  { g.Booking = tariff.BookingNone }
func occasional(g *tariff.Given) { g.Booking = tariff.BookingOccasional }

// columns maps each column of each printed grid.
func columns() map[string]map[string]tariff.Given {
	half, hour := during("16:30-17:00"), during("17:00-18:00")
	meal := map[string]tariff.Given{"price": column("meal")}
	garonne := map[string]tariff.Given{"meal": column("meal")}
	for _, k := range []string{"clae_matin", "clae_midi", "clae_soir", "alsh_matin", "alsh_apres_midi", "alsh_journee"} {
		for i, l := range []string{"A", "B", "C"} {
			garonne[k+"."+l] = column(strings.ReplaceAll(k, "_", "-"), enrolled(i+1))
		}
	}
	return map[string]map[string]tariff.Given{
		"strasbourg-accueil-soir-maternelle-2021": {"price": column("evening")},
		"strasbourg-accueil-soir-maternelle-2024": {"price": column("evening")},
		"brest-metropole-transport-2018":          {"price": column("pass")},
		"nantes-metropole-transport-2020":         {"price": column("discount")},
		"paris-restauration-scolaire-2020":        meal,
		"garonne-calandreta-2024":                 garonne,
		"bubry-cantine-2023":                      {"price": column("meal"), "third_child": column("meal", rank(3))},
		"champcevinel-cantine-2022":               meal,
		"voreppe-cantine-2024":                    meal,
		"talloires-cantine":                       meal,
		"val-de-marne-colleges-2025":              meal,
		"roncq-2025": {
			"meal": column("meal"), "pai": column("meal", pai), "amis": column("wednesday"), "half_hour": column("care", half),
		},
		"2c2r-garderie": {
			"half_hour_resident": column("care", half), "half_hour_outside": column("care", half, outside),
			"midday_resident": column("midday"),
		},
		"lieuvin-pays-auge-alsh": {"hour": column("hour"), "half_day": column("half-day"), "day": column("day")},
		"medoc-estuaire-2015":    {"half_day": column("half-day"), "half_hour": column("care", half)},
		"wavrin-petites-vacances-2025": {
			"child1": column("day"), "child2": column("day", rank(2)), "child3": column("day", rank(3)),
			"child4plus": column("day", rank(4)), "non_resident": column("day", outside),
		},
		"saffre-lescopains-2025": {
			"day": column("day"), "half_day": column("half-day"), "half_day_meal": column("half-day-meal"),
		},
		"loon-plage-periscolaire": {
			"morning": column("morning"), "evening": column("evening"), "wednesday": column("wednesday"),
		},
		"grand-perigueux-alsh":    {"caf": column("day-meal"), "msa_or_none": column("day-meal", msa)},
		"nalliers-cantine":        meal,
		"groix-cantine-2021":      meal,
		"rpi-du-val-2021":         {"resident_a": column("meal-a"), "resident_b": column("meal-b")},
		"limons-garderie":         {"price": column("care")},
		"baincthun-garderie-2022": {"price": column("care", hour)},
		"vetusienne-2020":         {"a": column("care-a"), "b": column("care-b")},
	}
}

// defective are the prices at a printed bound that the sheet's own defect leaves without price.
func defective(id, q string) ent.Code {
	switch {
	case id == "medoc-estuaire-2015" && q == "1500":
		return tariff.CodeAmbiguousBand
	case id == "baincthun-garderie-2022" && q == "617":
		return tariff.CodeUndefinedBand
	}
	return ""
}

// within returns quotients of a printed band: the first one, the last one, and one between them. A bound that belongs to
// another band counts for the cent beside it.
func (p *printed) within(t testing.TB, band map[string]json.RawMessage) []string {
	t.Helper()
	cent := dec("0.01")
	bound := func(key string, open bool, missing string, aside decimal.Decimal) decimal.Decimal {
		var s *string
		require.NoError(t, json.Unmarshal(band[key], &s))
		if s == nil {
			return dec(missing)
		}
		v, excluded := strings.CutSuffix(*s, " (excluded)")
		// The first band begins at 0, which is in it, whatever the reading.
		if d := dec(v); !excluded && (!open || d.IsZero()) {
			return d
		}
		return dec(v).Add(aside)
	}
	low := bound("from", strings.HasPrefix(p.Interval, "open-"), "0", cent)
	high := bound("to", strings.HasPrefix(p.Interval, "closed-open"), "99999.99", cent.Neg())
	return []string{low.String(), low.Add(high).Div(dec("2")).Truncate(0).String(), high.String()}
}

// Every cell of every printed grid, at three quotients of its band: 498 cells.
func TestPrintedPrices(t *testing.T) {
	t.Parallel()
	cells, checks := 0, 0
	for _, p := range sheets(t) {
		s, wanted := get(t, p.ID), columns()[p.ID]
		require.Equal(t, len(p.Bands) > 0, len(wanted) > 0, p.ID)
		for i, band := range p.Bands {
			prices := map[string]string{}
			for key, raw := range band {
				if key != "from" && key != "to" {
					leaves(t, key, raw, prices)
				}
			}
			require.ElementsMatch(t, slices.Collect(maps.Keys(wanted)), slices.Collect(maps.Keys(prices)), "%s: columns", p.ID)
			for key, price := range prices {
				cells++
				for _, q := range p.within(t, band) {
					checks++
					g := withQuotient(wanted[key], q)
					if code := defective(p.ID, q); code != "" {
						_, err := priced(t, s, g)
						require.ErrorIs(t, err, code, "%s at %s", p.ID, q)
						continue
					}
					requirePrice(t, price, s, g)
					if p.ID == "roncq-2025" && key == "pai" {
						continue // its bands of one price are one row
					}
					require.Equal(t, i, quoted(t, s, g).Band, "%s %s at %s", p.ID, key, q)
				}
			}
		}
	}
	assert.Equal(t, 498, cells)
	assert.Equal(t, 3*498, checks)
}

// A quotient between two bands of whole euros has no price, and Validate says so; other readings leave no such hole.
func TestPrintedWholeEuros(t *testing.T) {
	t.Parallel()
	checked := 0
	for _, p := range sheets(t) {
		s := get(t, p.ID)
		warned := slices.ContainsFunc(s.Validate(), func(i ent.Issue) bool { return i.Code == tariff.CodeDecimals })
		if !strings.HasPrefix(p.Interval, "closed-closed") {
			assert.Equal(t, p.ID == "talloires-cantine", warned, "%s: only this one prints whole euros beside its gaps", p.ID)
			continue
		}
		assert.True(t, warned, p.ID)
		for i, band := range p.Bands[1:] {
			var from, to string
			require.NoError(t, json.Unmarshal(p.Bands[i]["to"], &to))
			require.NoError(t, json.Unmarshal(band["from"], &from))
			if from == to || strings.Contains(from+to, "excluded") {
				continue
			}
			for key := range columns()[p.ID] {
				_, err := priced(t, s, withQuotient(columns()[p.ID][key], to+".5"))
				require.ErrorIs(t, err, tariff.CodeUndefinedBand, "%s %s", p.ID, key)
				checked++
			}
		}
	}
	assert.Greater(t, checked, 100)
}

// The period of each document is the printed one. A year alone is its first day.
func TestPrintedPeriods(t *testing.T) {
	t.Parallel()
	for _, p := range sheets(t) {
		s := get(t, p.ID)
		assert.Equal(t, p.ID, s.ID)
		for _, c := range []struct {
			want string
			got  ent.Date
		}{{p.Effective.From, s.From}, {p.Effective.To, s.To}} {
			switch len(c.want) {
			case 0:
				assert.True(t, c.got.IsZero(), p.ID)
			case len("2025"):
				assert.Equal(t, c.want+"-01-01", c.got.String(), p.ID)
				assert.Contains(t, s.Notes, "dated by its year alone", p.ID)
			default:
				assert.Equal(t, c.want, c.got.String(), p.ID)
			}
		}
	}
}

// check compares a figure of a sheet with its document.
type check func(t testing.TB, s *tariff.Tariff, want string)

// is is a price.
func is(activity string, with ...set) check {
	return func(t testing.TB, s *tariff.Tariff, want string) {
		t.Helper()
		requirePrice(t, want, s, column(activity, with...))
	}
}

// within is a price at several quotients.
func within(activity string, quotients ...string) check {
	return func(t testing.TB, s *tariff.Tariff, want string) {
		t.Helper()
		for _, q := range quotients {
			requirePrice(t, want, s, column(activity, at(q)))
		}
	}
}

// more is a surcharge: what a use costs beyond the same one without it.
func more(activity string, with []set, surcharged ...set) check {
	return func(t testing.TB, s *tariff.Tariff, want string) {
		t.Helper()
		base, err := priced(t, s, column(activity, with...))
		require.NoError(t, err)
		requirePrice(t, base.Add(dec(want)).String(), s, column(activity, slices.Concat(with, surcharged)...))
	}
}

// value is a figure that the document holds and that is no price of a use.
func value(of func(*tariff.Tariff) string) check {
	return func(t testing.TB, s *tariff.Tariff, want string) {
		t.Helper()
		require.True(t, dec(want).Equal(dec(of(s))), "%s: %s and not %s", s.ID, of(s), want)
	}
}

// said is a word, or a figure that the documents keep in their notes alone.
func said(in ...string) check {
	return func(t testing.TB, s *tariff.Tariff, _ string) {
		t.Helper()
		for _, w := range in {
			require.Contains(t, s.Notes, w, s.ID)
		}
	}
}

// shared is a price of which another one pays a part: the price, that part, or their sum.
func shared(activity string, with ...set) func(pick func(unit, part decimal.Decimal) string) check {
	return func(pick func(unit, part decimal.Decimal) string) check {
		return func(t testing.TB, s *tariff.Tariff, want string) {
			t.Helper()
			q := quoted(t, s, column(activity, with...))
			require.Len(t, q.Parts, 1)
			require.Equal(t, "CCAS", q.Parts[0].Payer)
			require.Equal(t, want, pick(q.Unit.Decimal(), q.Parts[0].Amount.Decimal()))
		}
	}
}

// figures maps each printed figure beside the bands.
func figures() map[string]map[string]check {
	half, hour := during("16:30-17:00"), during("17:00-18:00")
	word := said()
	sum := func(u, p decimal.Decimal) string { return u.Add(p).StringFixed(2) }
	worked := func(u, p decimal.Decimal) string {
		return fmt.Sprintf("%s - %s = %s", u.Add(p).StringFixed(2), p.StringFixed(2), u.StringFixed(2))
	}
	perigueux := map[string]check{}
	for i, q := range [][]string{
		{"0", "400"}, {"401", "700"}, {"701", "800"}, {"801", "1000"}, {"1001", "1250"}, {"1251", "1500"}, {"1501", "99999"},
	} {
		perigueux[fmt.Sprintf("half_day_with_meal_caf[%d]", i)] = within("half-day-meal", q...)
		perigueux[fmt.Sprintf("day_without_meal_caf[%d]", i)] = within("day", q...)
	}
	return map[string]map[string]check{
		"bubry-cantine-2023": {
			"flat.occasional": is("meal", occasional, at("700")),
			"flat.pai":        is("meal", pai, at("700")),
		},
		"val-de-marne-colleges-2025": {
			"special.rsa_recipient": is("meal", at("2000"), status(tariff.StatusRSA)),
			"full_cost":             value(func(s *tariff.Tariff) string { return s.Activities[0].Cost.String() }),
		},
		"roncq-2025": {
			"non_resident.meal":                        is("meal", outside),
			"non_resident.pai":                         is("meal", outside, pai),
			"non_resident.amis":                        is("wednesday", outside),
			"non_resident.half_hour[0].from":           bound(0, true),
			"non_resident.half_hour[0].to":             bound(0, false),
			"non_resident.half_hour[0].price":          is("care", outside, half, at("799.99")),
			"non_resident.half_hour[1].from":           bound(1, true),
			"non_resident.half_hour[1].to":             bound(1, false),
			"non_resident.half_hour[1].price":          is("care", outside, half, at("860")),
			"non_resident.half_hour[2].from":           bound(2, true),
			"non_resident.half_hour[2].price":          is("care", outside, half, at("1500")),
			"surcharges.meal_without_pre_registration": more("meal", []set{at("700")}, notBooked),
			"surcharges.per_day_per_child":             said("1.00 a day and a child"),
			"surcharges.after_18_30":                   more("care", []set{at("700"), during("18:00-18:30")}, during("18:01-18:31")),
			"third_party.payer":                        word,
			"third_party.meal_cost_first_band":         shared("meal", at("100"))(sum),
			"third_party.ccas_share":                   shared("meal", at("100"))(func(_, p decimal.Decimal) string { return p.StringFixed(2) }),
			"third_party.amis":                         shared("wednesday", at("100"))(worked),
			"third_party.half_hour":                    shared("care", half, at("100"))(worked),
		},
		"lieuvin-pays-auge-alsh": {
			"flat.afternoon_snack":     is("afternoon-snack"),
			"flat.breakfast":           is("breakfast"),
			"flat.lunch":               is("lunch"),
			"flat.membership_per_year": is("membership-per-year"),
		},
		"wavrin-petites-vacances-2025": {
			"special.ccas_designated.child1":     is("day", status(tariff.StatusCCAS)),
			"special.ccas_designated.child2":     is("day", status(tariff.StatusCCAS), rank(2)),
			"special.ccas_designated.child3":     is("day", status(tariff.StatusCCAS), rank(3)),
			"special.ccas_designated.child4plus": is("day", status(tariff.StatusCCAS), rank(4)),
		},
		"saffre-lescopains-2025": {"surcharges.outside_commune": more("day", []set{at("100")}, outside)},
		"grand-perigueux-alsh":   perigueux,
		"nalliers-cantine":       {"missing_qf": is("meal")},
		"rpi-du-val-2021": {
			"outside.low[0]":  is("meal-a", outside, at("798.99")),
			"outside.low[1]":  is("meal-b", outside, at("798.99")),
			"outside.high[0]": is("meal-a", outside, at("800.01")),
			"outside.high[1]": is("meal-b", outside, at("800.01")),
		},
		"baincthun-garderie-2022": {
			"outside.low":  is("care", outside, hour, at("616.99")),
			"outside.high": is("care", outside, hour, at("617.01")),
		},
		"fay-aux-loges-cantine": {
			"rate": value(func(s *tariff.Tariff) string {
				return s.Activities[0].Rules[2].Effort.Percent.Div(dec("100")).String()
			}),
			"min":        is("meal", at("0")),
			"max":        is("meal", at("9999")),
			"flat.pai":   is("meal", pai),
			"flat.adult": is("meal", adult),
		},
		"poissy-2016": {
			"points[0][0]": point(0), "points[0][1]": unrounded("0"),
			"points[1][0]": point(1), "points[1][1]": unrounded("500"),
			"points[2][0]": point(2), "points[2][1]": unrounded("2000"),
			"cap_above":    is("meal", at("2000.01")),
			"non_resident": is("meal", outside),
			"cost":         value(func(s *tariff.Tariff) string { return s.Activities[0].Cost.String() }),
		},
		"saussay-2025": {
			"occasional.1":     is("meal"),
			"occasional.2":     is("meal", enrolled(2)),
			"occasional.3":     is("meal", enrolled(3)),
			"monthly_card.1":   is("card"),
			"monthly_card.2":   is("card", enrolled(2)),
			"monthly_card.3":   is("card", enrolled(3)),
			"adult":            is("meal", adult),
			"refund_per_meal":  value(func(s *tariff.Tariff) string { return s.Activities[1].Subscription.Refund.String() }),
			"allergic_monthly": is("allergic"),
			"pai_monthly":      is("pai"),
		},
		"saint-colomban": {
			"price":                is("meal"),
			"adult":                is("meal", adult),
			"service_without_meal": is("service"),
			// No reason makes it free: it is the price of the meal.
			"unsignalled_absence":                  is("meal", func(g *tariff.Given) { g.Presence = tariff.PresenceAbsent }),
			"late_registration_penalty_per_family": is("late-registration"),
		},
		"boissy": {
			"meal.A":                       is("meal", letter("A")),
			"meal.G":                       is("meal", letter("G")),
			"meal.non_resident":            is("meal", outside),
			"meal.unreserved_resident":     is("meal", notBooked),
			"meal.unreserved_non_resident": is("meal", notBooked, outside),
			"day.A":                        is("day", letter("A")),
			"day.G":                        is("day", letter("G")),
			"day.non_resident":             is("day", outside),
			"day.unreserved_resident":      is("day", notBooked),
			"day.unreserved_non_resident":  is("day", notBooked, outside),
		},
		"mjc-etoile-2021": {
			"prices[0].regime": word, "prices[0].price": is("wednesday", other),
			"prices[1].regime": word, "prices[1].price": is("wednesday", at("800.01")),
			"prices[1].qf_above": value(func(s *tariff.Tariff) string { return s.Activities[0].Rules[0].Bands.Rows[1].Above.String() }),
			"prices[2].regime":   word, "prices[2].price": is("wednesday", at("800")),
			"prices[2].qf_up_to": value(func(s *tariff.Tariff) string { return s.Activities[0].Rules[0].Bands.Rows[0].To.String() }),
			"non_resident_extra": more("wednesday", []set{at("100")}, outside),
		},
	}
}

// bound is a bound of the outside half-hour of Roncq.
func bound(row int, from bool) check {
	return value(func(s *tariff.Tariff) string {
		r := s.Activities[2].Rules[0].Bands.Rows[row]
		if from {
			return r.From.String()
		}
		return r.Below.String()
	})
}

// point is the quotient of a point of Poissy, unrounded its price with three decimals.
func point(i int) check {
	return value(func(s *tariff.Tariff) string { return s.Activities[0].Rules[1].Linear.Points[i].Quotient.String() })
}

func unrounded(q string) check {
	return func(t testing.TB, s *tariff.Tariff, want string) {
		t.Helper()
		s.Rounding.Step = dec("0.001")
		requirePrice(t, want, s, column("meal", at(q)))
	}
}

// Every other printed figure: flat prices, statuses, residence, surcharges, third parties, cards, points. None is left out.
func TestPrintedFigures(t *testing.T) {
	t.Parallel()
	checks := 0
	for _, p := range sheets(t) {
		found, wanted := p.figures(t), figures()[p.ID]
		require.ElementsMatch(t, slices.Collect(maps.Keys(found)), slices.Collect(maps.Keys(wanted)), "%s: figures", p.ID)
		for key, c := range wanted {
			checks++
			t.Run(p.ID+"/"+key, func(t *testing.T) {
				t.Parallel()
				c(t, get(t, p.ID), found[key])
			})
		}
	}
	assert.Equal(t, 101, checks)
}

// What the sheets say in words.
func TestPrintedNotes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		id, name, price string
		g               tariff.Given
	}{
		{"brest-metropole-transport-2018", "health cover above 573", "15.00", column("pass", at("573.01"), status(tariff.StatusHealthCover))},
		{"brest-metropole-transport-2018", "health cover above all", "15.00", column("pass", at("9000"), status(tariff.StatusHealthCover))},
		{"brest-metropole-transport-2018", "health cover below", "6.20", column("pass", at("400"), status(tariff.StatusHealthCover))},
		{"garonne-calandreta-2024", "separated parents", "3.05", column("meal", at("2000"), status(tariff.StatusSeparated))},
		{"garonne-calandreta-2024", "four children", "14.04", column("alsh-journee", at("8000"), enrolled(4))},
		{"bubry-cantine-2023", "fourth child", "3.15", column("meal", at("1500"), rank(4))},
		{"saffre-lescopains-2025", "three enrolled", "5.05", column("half-day", at("800"), enrolled(3))},
		{"saffre-lescopains-2025", "three enrolled, outside", "12.05", column("day", at("800"), enrolled(3), outside)},
		{"loon-plage-periscolaire", "outside Wednesday", "2.80", column("wednesday", at("1501"), outside)},
		{"loon-plage-periscolaire", "outing", "2.50", column("outing", at("369"), cost("25"))},
		{"loon-plage-periscolaire", "outing, last band", "17.50", column("outing", at("1501"), cost("25"))},
		{"loon-plage-periscolaire", "outing, outside", "10.00", column("outing", at("369"), cost("25"), outside)},
		{"loon-plage-periscolaire", "outing, outside, last band", "25.00", column("outing", at("1501"), cost("25"), outside)},
		{"grand-perigueux-alsh", "missing proof", "14.00", column("day-meal")},
		{"grand-perigueux-alsh", "missing proof, half-day", "7.00", column("half-day-meal")},
		{"poissy-2016", "three children", "3.93", column("meal", at("1000"), children(3))}, // 6553/1500 by 0.9
		{"poissy-2016", "two children", "4.37", column("meal", at("1000"), children(2))},
		{"baincthun-garderie-2022", "a quarter-hour of overrun", "1.10", column("care", at("600"), during("17:00-18:15"))},
		{"baincthun-garderie-2022", "an hour begun", "2.20", column("care", at("600"), during("17:00-18:16"))},
	} {
		t.Run(c.id+"/"+c.name, func(t *testing.T) {
			t.Parallel()
			requirePrice(t, c.price, get(t, c.id), c.g)
		})
	}
	// The CCAS pays its part of the first band of Roncq and of no other, resident and with a meal.
	s := get(t, "roncq-2025")
	for _, activity := range []string{"meal", "wednesday", "care"} {
		half := during("16:30-17:00")
		assert.Len(t, quoted(t, s, column(activity, half, at("399.99"))).Parts, 1, activity)
		assert.Empty(t, quoted(t, s, column(activity, half, at("400"))).Parts, activity)
		assert.Empty(t, quoted(t, s, column(activity, half, at("100"), outside)).Parts, activity)
	}
	assert.Empty(t, quoted(t, s, column("meal", at("100"), pai)).Parts)
	// The half-day of Saffré is half the day to 0.05, ties up.
	s = get(t, "saffre-lescopains-2025")
	rounding := ent.Rounding{Step: dec("0.05"), Mode: ent.RoundHalfUp}
	days, halves := s.Activities[0].Rules[0].Bands.Rows, s.Activities[1].Rules[0].Bands.Rows
	require.Len(t, days, 14)
	for i := range days {
		want, err := rounding.Round(days[i].Price.Div(dec("2")).Rat())
		require.NoError(t, err)
		assert.True(t, want.Equal(*halves[i].Price), "%s: %s", days[i].Price, halves[i].Price)
	}
	// The third child of Bubry pays half to the cent, but in the first band.
	s = get(t, "bubry-cantine-2023")
	third, all := s.Activities[0].Rules[2].Bands.Rows, s.Activities[0].Rules[3].Bands.Rows
	for i := range all[1:] {
		want, err := ent.Rounding{Step: dec("0.01"), Mode: ent.RoundHalfUp}.Round(all[i+1].Price.Div(dec("2")).Rat())
		require.NoError(t, err)
		assert.True(t, want.Equal(*third[i+1].Price))
	}
}

// What no sheet defines has no price.
func TestPrintedUndefined(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		id   string
		g    tariff.Given
		code ent.Code
	}{
		{"boissy", column("meal", letter("D")), tariff.CodeUndefinedRule},
		{"lieuvin-pays-auge-alsh", column("day", outside, at("100")), tariff.CodeUndefinedRule},
		{"2c2r-garderie", column("midday", outside, at("100")), tariff.CodeUndefinedRule},
		{"grand-perigueux-alsh", column("day", msa, at("100")), tariff.CodeUndefinedRule},
		{"loon-plage-periscolaire", column("outing", at("800"), cost("25")), tariff.CodeUndefinedRule},
		{"roncq-2025", column("care", outside, at("820"), during("16:30-17:00")), tariff.CodeUndefinedBand},
		{"paris-restauration-scolaire-2020", column("meal", at("1901")), tariff.CodeUndefinedBand},
		{"paris-restauration-scolaire-2020", column("meal"), tariff.CodeQuotientMissing},
		{"wavrin-petites-vacances-2025", column("day", rank(0), at("100")), tariff.CodeCriterion},
		{"saussay-2025", column("card", enrolled(0)), tariff.CodeCriterion},
		{"bubry-cantine-2023", column("meal", at("100"), func(g *tariff.Given) { g.Kind = "msa" }), tariff.CodeQuotientKind},
		{"strasbourg-accueil-soir-maternelle-2024", column("evening", at("100"), func(g *tariff.Given) { g.Kind = "caf" }), tariff.CodeQuotientKind},
	} {
		_, err := priced(t, get(t, c.id), c.g)
		require.ErrorIs(t, err, c.code, "%s %+v", c.id, c.g)
	}
}

func withQuotient(g tariff.Given, q string) tariff.Given {
	g.Quotient = quotientOf(q)
	return g
}
