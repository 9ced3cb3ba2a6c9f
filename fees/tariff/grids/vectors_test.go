package grids_test

import (
	"encoding/json"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/quotient"
	"github.com/opencartable/cartable/fees/tariff"
)

func TestVectorsBandLookup(t *testing.T) {
	t.Parallel()
	var cases []struct {
		Tariff, Column string
		Points         []struct{ QF, Price string }
	}
	vectors(t, "band_lookup", &cases)
	require.Len(t, cases, 11)
	for _, c := range cases {
		s := get(t, c.Tariff)
		g, ok := columns()[c.Tariff][c.Column]
		require.True(t, ok, "%s %s", c.Tariff, c.Column)
		require.NotEmpty(t, c.Points)
		for _, p := range c.Points {
			requirePrice(t, p.Price, s, withQuotient(g, p.QF))
		}
	}
}

// A decimal quotient on bands of whole euros: three readings, and none.
func TestVectorsGapPolicyChampcevinel(t *testing.T) {
	t.Parallel()
	var cases []struct {
		QF       string  `json:"qf"`
		Truncate string  `json:"truncate_then_lookup"`
		HalfUp   string  `json:"half_up_then_lookup"`
		Upper    string  `json:"upper_bound_semantics"`
		Literal  *string `json:"literal_bounds"`
	}
	vectors(t, "gap_policy_champcevinel", &cases)
	require.Len(t, cases, 6)
	for _, c := range cases {
		g := withQuotient(column("meal"), c.QF)
		for reading, want := range map[tariff.Decimals]string{
			tariff.DecimalsTruncate: c.Truncate, tariff.DecimalsHalfUp: c.HalfUp, tariff.DecimalsUpperBound: c.Upper,
		} {
			s := get(t, "champcevinel-cantine-2022")
			s.Activities[0].Rules[0].Bands.Decimals = reading
			requirePrice(t, want, s, g)
			for _, i := range s.Validate() {
				assert.NotEqual(t, tariff.CodeDecimals, i.Code, "the reading is chosen")
			}
		}
		s := get(t, "champcevinel-cantine-2022")
		if c.Literal != nil {
			requirePrice(t, *c.Literal, s, g)
			continue
		}
		_, err := priced(t, s, g)
		require.ErrorIs(t, err, tariff.CodeUndefinedBand)
	}
}

// span is what an issue says of a grid: from a quotient to another one.
type span struct{ from, to string }

// errorsOf returns the errors of a sheet by code and span, with the number of grids that have them.
func errorsOf(t testing.TB, s *tariff.Tariff) map[ent.Code]map[span]int {
	t.Helper()
	out := map[ent.Code]map[span]int{}
	for _, i := range s.Validate() {
		if i.Severity != ent.SeverityError {
			continue
		}
		b, err := json.Marshal(i)
		require.NoError(t, err)
		var j struct {
			Params []struct{ Name, Value string }
		}
		require.NoError(t, json.Unmarshal(b, &j))
		var at span
		for _, p := range j.Params {
			switch p.Name {
			case "from":
				at.from = p.Value
			case "to":
				at.to = p.Value
			}
		}
		if out[i.Code] == nil {
			out[i.Code] = map[span]int{}
		}
		out[i.Code][at]++
	}
	return out
}

// The known defects of the printed grids, by kind and point, and nothing more.
func TestVectorsGridDefects(t *testing.T) {
	t.Parallel()
	var cases []struct {
		Tariff, Defect string
		Points         []string
	}
	vectors(t, "grid_defects", &cases)
	require.Len(t, cases, 8)
	type defect struct {
		code ent.Code
		// grids is in how many grids of the document the sheet's one defect stands: its activities, residents and outside.
		grids int
		spans []span
	}
	wanted := map[string]defect{
		"talloires-cantine gap":                                         {tariff.CodeGap, 1, []span{{"1100", "1100"}, {"2001", "2001"}}},
		"saffre-lescopains-2025 gap":                                    {tariff.CodeGap, 3, []span{{"450", "450"}}},
		"rpi-du-val-2021 gap":                                           {tariff.CodeGap, 4, []span{{"799", "800"}}},
		"vetusienne-2020 gap":                                           {tariff.CodeGap, 2, []span{{"600", "600"}, {"901", "901"}}},
		"baincthun-garderie-2022 gap":                                   {tariff.CodeGap, 2, []span{{"617", "617"}}},
		"medoc-estuaire-2015 overlap":                                   {tariff.CodeOverlap, 2, []span{{"1500", "1500"}}},
		"roncq-2025 (non-resident half-hour) gap":                       {tariff.CodeGap, 1, []span{{"800", "859"}}}, // 860 begins the next band
		"paris-restauration-scolaire-2020 open end (incomplete source)": {tariff.CodeLastBand, 1, []span{{"1901", ""}}},
	}
	for _, c := range cases {
		d, ok := wanted[c.Tariff+" "+c.Defect]
		require.True(t, ok, "%s: %s", c.Tariff, c.Defect)
		name, _, _ := strings.Cut(c.Tariff, " ")
		spans := map[span]int{}
		for _, x := range d.spans {
			spans[x] = d.grids
		}
		assert.Equal(t, map[ent.Code]map[span]int{d.code: spans}, errorsOf(t, get(t, name)), c.Tariff)
		// Each point of the vector is in a span.
		for _, p := range c.Points {
			p, _, open := strings.Cut(p, " and above")
			first, last, ranged := strings.Cut(p, " to ")
			require.True(t, slices.ContainsFunc(d.spans, func(x span) bool {
				from := dec(first)
				inside := from.GreaterThanOrEqual(dec(x.from)) && (open == (x.to == "")) && (open || from.LessThanOrEqual(dec(x.to)))
				return inside && (!ranged || x.from == first && dec(x.to).Add(dec("1")).Equal(dec(last)))
			}), "%s: %s", c.Tariff, p)
		}
	}
}

func TestVectorsZeroVersusMissing(t *testing.T) {
	t.Parallel()
	var cases []struct {
		Tariff, Column string
		QF             *string
		Policy         string  `json:"missing_policy"`
		Price          *string `json:"price"`
	}
	vectors(t, "zero_versus_missing", &cases)
	require.Len(t, cases, 5)
	for _, c := range cases {
		s := get(t, c.Tariff)
		name := c.Column
		if name == "" {
			name = "price"
		}
		g := columns()[c.Tariff][name]
		if c.QF != nil {
			g = withQuotient(g, *c.QF)
		}
		switch c.Policy {
		case "top-band":
			s.Quotient.Missing = quotient.MissingTopBand
		case "error":
			s.Quotient.Missing = quotient.MissingRefuse
		}
		if c.Price != nil {
			requirePrice(t, *c.Price, s, g)
			continue
		}
		_, err := priced(t, s, g)
		require.ErrorIs(t, err, tariff.CodeQuotientMissing)
		require.ErrorIs(t, err, quotient.CodeMissing)
	}
}

func TestVectorsSiblingsWavrin(t *testing.T) {
	t.Parallel()
	var cases []struct {
		QF          string   `json:"qf"`
		Present     int      `json:"children_present"`
		NonResident bool     `json:"non_resident"`
		Prices      []string `json:"prices"`
		Total       string   `json:"total"`
	}
	vectors(t, "siblings_wavrin", &cases)
	require.Len(t, cases, 3)
	s := get(t, "wavrin-petites-vacances-2025")
	for _, c := range cases {
		require.Len(t, c.Prices, c.Present)
		total := decimal.Decimal{}
		for i, want := range c.Prices {
			g := withQuotient(column("day", rank(i+1)), c.QF)
			if c.NonResident {
				outside(&g)
			}
			requirePrice(t, want, s, g)
			got, err := priced(t, s, g)
			require.NoError(t, err)
			total = total.Add(got)
		}
		assert.True(t, dec(c.Total).Equal(total))
	}
}

func TestVectorsNextLowerBandSaffre(t *testing.T) {
	t.Parallel()
	var cases []struct {
		QF       string `json:"qf"`
		Enrolled int    `json:"enrolled_children"`
		Day      string `json:"day"`
	}
	vectors(t, "sibling_next_lower_band_saffre", &cases)
	require.Len(t, cases, 3)
	for _, c := range cases {
		requirePrice(t, c.Day, get(t, "saffre-lescopains-2025"), withQuotient(column("day", enrolled(c.Enrolled)), c.QF))
	}
	requirePrice(t, "11.30", get(t, "saffre-lescopains-2025"), withQuotient(column("day", enrolled(2)), "800"))
}

func TestVectorsSeparatedParentsGaronne(t *testing.T) {
	t.Parallel()
	var cases []struct {
		RFR           string `json:"rfr"`
		Monthly       string `json:"monthly"`
		Band          int    `json:"band"`
		SeparatedBand int    `json:"separated_band"`
		Meal          string `json:"meal"`
		Separated     string `json:"separated_meal"`
	}
	vectors(t, "separated_parents_garonne", &cases)
	require.Len(t, cases, 2)
	s := get(t, "garonne-calandreta-2024")
	for _, c := range cases {
		require.True(t, dec(c.RFR).Div(dec("12")).Equal(dec(c.Monthly)))
		g := withQuotient(column("meal"), c.Monthly)
		requirePrice(t, c.Meal, s, g)
		assert.Equal(t, c.Band, quoted(t, s, g).Band+1)
		g.Status = []tariff.Status{tariff.StatusSeparated}
		requirePrice(t, c.Separated, s, g)
		assert.Equal(t, c.SeparatedBand, quoted(t, s, g).Band+1)
	}
}

func TestVectorsEffortRateFay(t *testing.T) {
	t.Parallel()
	var cases []struct{ QF, Raw, Price string }
	vectors(t, "effort_rate_fay", &cases)
	require.Len(t, cases, 12)
	for _, c := range cases {
		s, g := get(t, "fay-aux-loges-cantine"), withQuotient(column("meal"), c.QF)
		requirePrice(t, c.Price, s, g)
		// Without floor, ceiling and rounding.
		e := s.Activities[0].Rules[2].Effort
		e.Min, e.Max, s.Rounding.Step = nil, nil, dec("0.00000001")
		requirePrice(t, c.Raw, s, g)
	}
}

func TestVectorsLinearPoissy(t *testing.T) {
	t.Parallel()
	var cases []struct {
		QF    string `json:"qf"`
		Exact string `json:"exact"`
		Three string `json:"half_up_3"`
		Two   string `json:"half_up_2"`
	}
	vectors(t, "piecewise_linear_poissy", &cases)
	require.Len(t, cases, 11)
	for _, c := range cases {
		s := get(t, "poissy-2016")
		g := withQuotient(column("meal"), c.QF)
		requirePrice(t, c.Two, s, g)
		s.Rounding.Step = dec("0.001")
		requirePrice(t, c.Three, s, g)
		s.Rounding.Step = dec("0.00000001")
		requirePrice(t, fraction(t, c.Exact), s, g)
	}
}

// The national sheets give the vectors; each context names its floor and its ceiling.
func TestVectorsPSU(t *testing.T) {
	t.Parallel()
	var cases []struct {
		Resources string `json:"annual_resources"`
		Children  int    `json:"children"`
		Disabled  int    `json:"disabled_children"`
		Context   string `json:"context"`
		Rate      string `json:"rate_percent"`
		Exact     string `json:"exact"`
		Two       string `json:"hourly_half_up_2"`
		Four      string `json:"hourly_half_up_4"`
	}
	vectors(t, "psu_hourly", &cases)
	require.Len(t, cases, 5)
	for _, c := range cases {
		// A context without a month is of the last sheet, whose floor and ceiling it has.
		name := "psu-2025-09"
		if strings.HasPrefix(c.Context, "2024-09") {
			name = "psu-2024-09"
		}
		s := get(t, name)
		psu := s.Activities[0].Rules[0].PSU
		for figure := range strings.FieldsSeq(c.Context) {
			if v := strings.Trim(figure, ","); strings.HasSuffix(v, ".00") || strings.HasSuffix(v, ".77") {
				assert.True(t, dec(v).Equal(psu.Floor), c.Context)
			} else if len(v) == len("8500") && strings.HasSuffix(v, "00") {
				assert.True(t, dec(v).Equal(psu.Ceiling), c.Context)
			}
		}
		assert.True(t, slices.ContainsFunc(psu.Rates, func(r tariff.PSURate) bool { return r.Percent.Equal(dec(c.Rate)) }), c.Rate)
		g := tariff.Given{Activity: "creche", Children: c.Children, DisabledChildren: c.Disabled, Resources: quotientOf(c.Resources)}
		requirePrice(t, c.Two, s, g)
		s.Rounding.Step = dec("0.0001")
		requirePrice(t, c.Four, s, g)
		s.Rounding.Step = dec("0.00000001")
		requirePrice(t, fraction(t, c.Exact), s, g)
	}
}

// fraction rounds an exact fraction to the last decimal of an amount.
func fraction(t testing.TB, exact string) string {
	t.Helper()
	r, ok := new(big.Rat).SetString(exact)
	require.True(t, ok, exact)
	d, err := ent.Rounding{Step: dec("0.00000001"), Mode: ent.RoundHalfUp}.Round(r)
	require.NoError(t, err)
	return d.String()
}

func TestVectorsStartedUnits(t *testing.T) {
	t.Parallel()
	var cases []struct {
		Start, End string
		Unit       int `json:"unit_min"`
		Tolerance  int `json:"tolerance_min"`
		Minutes    int
		Units      int
	}
	vectors(t, "started_units", &cases)
	require.Len(t, cases, 12)
	for _, c := range cases {
		x, err := tariff.ParseInterval(c.Start + "-" + c.End)
		require.NoError(t, err)
		d := tariff.Duration{Unit: c.Unit, Tolerance: c.Tolerance, Count: tariff.CountUnion}
		minutes, units := d.Units([]tariff.Interval{x})
		assert.Equal(t, c.Minutes, minutes)
		assert.Equal(t, c.Units, units, "%+v", c)

		// The same as a price: one euro a unit.
		s := get(t, "saint-colomban")
		one := dec("1")
		s.Activities = s.Activities[:1]
		s.Cases = nil
		s.Activities[0].Duration, s.Activities[0].Rules = &d, []tariff.Rule{{Price: &one}}
		requirePrice(t, decimal.New(int64(c.Units), 0).String(), s, tariff.Given{Activity: "meal", Times: []tariff.Interval{x}})
	}
}

func TestVectorsUnionOfIntervals(t *testing.T) {
	t.Parallel()
	var cases []struct {
		Intervals [][2]string
		Minutes   int
		Units     int  `json:"units_30"`
		Union     *int `json:"units_30_union"`
		Each      *int `json:"units_30_per_interval"`
	}
	vectors(t, "union_of_intervals", &cases)
	require.Len(t, cases, 4)
	for _, c := range cases {
		var times []tariff.Interval
		for _, i := range c.Intervals {
			x, err := tariff.ParseInterval(i[0] + "-" + i[1])
			require.NoError(t, err)
			times = append(times, x)
		}
		minutes, units := (&tariff.Duration{Unit: 30, Count: tariff.CountUnion}).Units(times)
		assert.Equal(t, c.Minutes, minutes)
		if c.Union == nil {
			assert.Equal(t, c.Units, units)
			continue
		}
		assert.Equal(t, *c.Union, units)
		_, each := (&tariff.Duration{Unit: 30, Count: tariff.CountEach}).Units(times)
		assert.Equal(t, *c.Each, each)
	}
}

func TestVectorsSocialCanteen(t *testing.T) {
	t.Parallel()
	var cases []struct {
		Case     string
		Bands    [][3]*string
		Eligible bool
	}
	vectors(t, "social_canteen_grid_check", &cases)
	require.Len(t, cases, 5)
	for _, c := range cases {
		b := &tariff.Bands{}
		for _, row := range c.Bands {
			r := tariff.Row{From: quotientOf(*row[0]), Price: quotientOf(*row[2])}
			if row[1] != nil {
				r.To = quotientOf(*row[1])
			}
			b.Rows = append(b.Rows, r)
		}
		issues := tariff.CheckSocialCanteen(&tariff.Activity{Rules: []tariff.Rule{{Bands: b}}})
		assert.Equal(t, c.Eligible, len(issues) == 0, "%s: %v", c.Case, issues)
	}
	assert.Empty(t, tariff.CheckSocialCanteen(&get(t, "champcevinel-cantine-2022").Activities[0]))

	var aid []struct {
		Meals   string `json:"meals_at_1_or_less"`
		PerMeal string `json:"per_meal_eur"`
		Amount  string `json:"amount"`
	}
	vectors(t, "social_canteen_subsidy", &aid)
	require.Len(t, aid, 2)
	for _, c := range aid {
		got := tariff.SocialCanteenAid(int(dec(c.Meals).IntPart()), c.PerMeal == "4")
		assert.Equal(t, c.Amount, got.StringFixed(2))
	}
}

func TestVectorsRounding(t *testing.T) {
	t.Parallel()
	var cases []struct {
		Case, Value, Step string
		HalfUp            string `json:"half_up"`
		HalfEven          string `json:"half_even"`
	}
	vectors(t, "rounding", &cases)
	require.Len(t, cases, 8)
	for _, c := range cases {
		for mode, want := range map[ent.RoundingMode]string{ent.RoundHalfUp: c.HalfUp, ent.RoundHalfEven: c.HalfEven} {
			s := get(t, "saint-colomban")
			s.Cases, s.Rounding = nil, tariff.Rounding{Step: dec(c.Step), Mode: mode, Point: tariff.PointUnit}
			zero := dec("0")
			value := dec(c.Value)
			s.Activities = s.Activities[:1]
			s.Activities[0].Rules = []tariff.Rule{{Price: &zero}}
			s.Activities[0].Modifiers = []tariff.Modifier{{Add: &value}}
			requirePrice(t, want, s, tariff.Given{Activity: "meal"})
		}
	}
}

// Thresholds of an old sheet left beside those of a new one: the prices fall, and Validate says so.
func TestStrasbourgMixedThresholds(t *testing.T) {
	t.Parallel()
	s := get(t, "strasbourg-accueil-soir-maternelle-2024")
	b := s.Activities[0].Rules[0].Bands
	old := get(t, "strasbourg-accueil-soir-maternelle-2021").Activities[0].Rules[0].Bands
	// 720 to 820 and 820 to 920 of 2021, at 31.10 and 35.85, stand before 900 to 1100 at 33.38.
	b.Rows = append(append(b.Rows[:4:4], old.Rows[4], old.Rows[5]), b.Rows[5:]...)
	codes := map[ent.Code]int{}
	for _, i := range s.Validate() {
		codes[i.Code]++
	}
	assert.Equal(t, 1, codes[tariff.CodeMonotone])
	for q, want := range map[string]string{"699": "24.77", "750": "31.10", "820": "35.85", "950": "33.38"} {
		requirePrice(t, want, s, withQuotient(column("evening"), q))
	}
	// The sheet of 2024 by itself.
	for _, q := range []string{"750", "820"} {
		requirePrice(t, "29.07", get(t, "strasbourg-accueil-soir-maternelle-2024"), withQuotient(column("evening"), q))
	}
}
