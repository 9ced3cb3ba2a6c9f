package grids_test

import (
	"encoding/json"
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

// issueParams returns the parameters of the issues of one code.
func issueParams(t testing.TB, issues ent.Issues, code ent.Code, activity string) []map[string]string {
	t.Helper()
	var out []map[string]string
	for _, i := range issues {
		if i.Code != code || !strings.HasPrefix(i.Path, activity) {
			continue
		}
		b, err := json.Marshal(i)
		require.NoError(t, err)
		var j struct {
			Params []struct{ Name, Value string }
		}
		require.NoError(t, json.Unmarshal(b, &j))
		m := map[string]string{}
		for _, p := range j.Params {
			m[p.Name] = p.Value
		}
		out = append(out, m)
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
	codes := map[string]ent.Code{"gap": tariff.CodeGap, "overlap": tariff.CodeOverlap, "open end (incomplete source)": tariff.CodeLastBand}
	for _, c := range cases {
		name, _, _ := strings.Cut(c.Tariff, " ")
		s := get(t, name)
		activity, grids := "$.activities", 1
		switch name {
		case "saffre-lescopains-2025":
			grids = 3 // the same defect in the grid of each of its activities
		case "vetusienne-2020", "medoc-estuaire-2015":
			grids = 2
		case "rpi-du-val-2021", "baincthun-garderie-2022":
			grids = 4 // two columns, residents and outside
			if name == "baincthun-garderie-2022" {
				grids = 2
			}
		}
		code, ok := codes[c.Defect]
		require.True(t, ok, c.Defect)
		found := issueParams(t, s.Validate(), code, activity)
		wanted := map[string]int{}
		for _, p := range c.Points {
			p = strings.TrimSuffix(p, " and above")
			if from, to, ok := strings.Cut(p, " to "); ok {
				// The upper bound is where the next band begins.
				p = from + "-" + dec(to).Sub(dec("1")).String()
			}
			wanted[p] += grids
		}
		got := map[string]int{}
		for _, p := range found {
			switch from, to := p["from"], p["to"]; {
			case to == "" || from == to:
				got[from]++
			case dec(to).Sub(dec(from)).Equal(dec("1")):
				got[from]++
				got[to]++
			default:
				got[from+"-"+to]++
			}
		}
		assert.Equal(t, wanted, got, c.Tariff)
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
		Monthly   string `json:"monthly"`
		Meal      string `json:"meal"`
		Separated string `json:"separated_meal"`
	}
	vectors(t, "separated_parents_garonne", &cases)
	require.Len(t, cases, 2)
	for _, c := range cases {
		g := withQuotient(column("meal"), c.Monthly)
		requirePrice(t, c.Meal, get(t, "garonne-calandreta-2024"), g)
		g.Status = []tariff.Status{tariff.StatusSeparated}
		requirePrice(t, c.Separated, get(t, "garonne-calandreta-2024"), g)
	}
}

func TestVectorsEffortRateFay(t *testing.T) {
	t.Parallel()
	var cases []struct{ QF, Raw, Price string }
	vectors(t, "effort_rate_fay", &cases)
	require.Len(t, cases, 12)
	for _, c := range cases {
		requirePrice(t, c.Price, get(t, "fay-aux-loges-cantine"), withQuotient(column("meal"), c.QF))
	}
}

func TestVectorsLinearPoissy(t *testing.T) {
	t.Parallel()
	var cases []struct {
		QF    string `json:"qf"`
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
		Two       string `json:"hourly_half_up_2"`
		Four      string `json:"hourly_half_up_4"`
	}
	vectors(t, "psu_hourly", &cases)
	require.Len(t, cases, 5)
	for _, c := range cases {
		name := "psu-2025-09"
		switch {
		case strings.HasPrefix(c.Context, "2024-09"):
			name = "psu-2024-09"
		case c.Context == "ceiling applies":
			// 3.5105 is 8500 by the rate: the ceiling of September 2025, as it is.
		}
		s := get(t, name)
		g := tariff.Given{Activity: "creche", Children: c.Children, DisabledChildren: c.Disabled, Resources: quotientOf(c.Resources)}
		requirePrice(t, c.Two, s, g)
		s.Rounding.Step = dec("0.0001")
		requirePrice(t, c.Four, s, g)
	}
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
}
