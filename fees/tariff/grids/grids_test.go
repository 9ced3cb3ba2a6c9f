package grids_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/tariff"
	"github.com/opencartable/cartable/fees/tariff/grids"
)

// defects are those of the printed sheets: every other document has none.
func defects() map[string][]ent.Code {
	return map[string][]ent.Code{
		"talloires-cantine":                {tariff.CodeGap},
		"saffre-lescopains-2025":           {tariff.CodeGap},
		"rpi-du-val-2021":                  {tariff.CodeGap},
		"vetusienne-2020":                  {tariff.CodeGap},
		"baincthun-garderie-2022":          {tariff.CodeGap},
		"medoc-estuaire-2015":              {tariff.CodeOverlap},
		"roncq-2025":                       {tariff.CodeGap},
		"paris-restauration-scolaire-2020": {tariff.CodeLastBand},
	}
}

func TestEverySheet(t *testing.T) {
	t.Parallel()
	names := grids.Names()
	require.Len(t, names, 31+9)
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, ok := grids.Source(name)
			require.True(t, ok)
			sheet, issues := tariff.Parse(name+".yaml", text)
			require.NotNil(t, sheet, "%v", issues)
			require.Empty(t, issues)
			var codes []ent.Code
			for _, i := range sheet.Validate() {
				if i.Severity == ent.SeverityError && !slices.Contains(codes, i.Code) {
					codes = append(codes, i.Code)
				}
				assert.NotZero(t, i.Pos.Line, "%v", i)
			}
			assert.Equal(t, defects()[name], codes, "%v", sheet.Validate())
			_, err := sheet.Compile()
			require.NoError(t, err)
			assert.NotEmpty(t, sheet.Source)

			b, err := json.Marshal(sheet)
			require.NoError(t, err)
			again, issues := tariff.Parse("", b)
			require.Empty(t, issues)
			assert.Equal(t, sheet.Hash(), again.Hash())
		})
	}
}

// The names are sorted, without their extension; another name is an error, and no path.
func TestNames(t *testing.T) {
	t.Parallel()
	names := grids.Names()
	assert.True(t, slices.IsSorted(names))
	for _, name := range []string{"", "nowhere", "roncq-2025.yaml", "../grids/roncq-2025", "grids.go"} {
		_, ok := grids.Source(name)
		assert.False(t, ok, name)
		_, err := grids.Get(name)
		require.ErrorIs(t, err, grids.ErrUnknown, name)
		assert.ErrorContains(t, err, "grids: ")
	}
}

// A sheet and its text are the caller's own: changing one changes no other.
func TestSheetsAreCopies(t *testing.T) {
	t.Parallel()
	s, err := grids.Get("saint-colomban")
	require.NoError(t, err)
	hash := s.Hash()
	s.Activities[0].ID = "other"
	text, ok := grids.Source("saint-colomban")
	require.True(t, ok)
	clear(text)
	again, err := grids.Get("saint-colomban")
	require.NoError(t, err)
	assert.Equal(t, hash, again.Hash())
}

// The periods of the crèche prices follow each other without a hole, as versions of one tariff.
func TestPSUPeriods(t *testing.T) {
	t.Parallel()
	sheets, err := grids.PSU()
	require.NoError(t, err)
	require.Len(t, sheets, 9)
	assert.Equal(t, "2019-09-01", sheets[0].From.String())
	for i, s := range sheets[1:] {
		assert.Equal(t, sheets[0].ID, s.ID)
		assert.Equal(t, s.From, sheets[i].To.AddDays(1))
	}
	assert.True(t, sheets[8].To.IsZero())
	for _, i := range tariff.Validate(sheets...) {
		assert.NotContains(t, []ent.Code{tariff.CodeSheetGap, tariff.CodeSheetOverlap}, i.Code)
	}
	all, err := tariff.Compile(sheets...)
	require.NoError(t, err)
	// A ceiling of resources holds from its day: 10 000 a month, one child.
	for day, want := range map[string]string{
		"2019-09-01": "3.21", "2019-12-31": "3.21", "2020-01-01": "3.42", "2021-06-01": "3.57", "2022-01-01": "3.71", "2024-08-31": "3.71",
		"2024-09-01": "4.33", "2025-08-31": "4.33", "2025-09-01": "5.26",
	} {
		date, err := ent.ParseDate(day)
		require.NoError(t, err)
		resources, err := tariff.AmountOf(decimal.New(120000, 0))
		require.NoError(t, err)
		got, err := all.Price(&tariff.Input{Owner: "case", Activity: "creche", Date: date, Children: 1, Resources: resources})
		require.NoError(t, err)
		assert.Equal(t, want, got.Decimal().StringFixed(2), day)
	}
}

// The rates, the floor and the ceiling of each period: rows are 1, 2, 3, 4 to 7, and 8 to 10 children.
func TestPSUFigures(t *testing.T) {
	t.Parallel()
	rates := map[string][5]string{
		"2019": {"0.0605", "0.0504", "0.0403", "0.0302", "0.0202"},
		"2020": {"0.0610", "0.0508", "0.0406", "0.0305", "0.0203"},
		"2021": {"0.0615", "0.0512", "0.0410", "0.0307", "0.0205"},
		"2022": {"0.0619", "0.0516", "0.0413", "0.0310", "0.0206"},
	}
	for _, c := range []struct{ name, rates, floor, ceiling string }{
		{"psu-2019-09", "2019", "705.27", "5300"},
		{"psu-2020-01", "2020", "705.27", "5600"},
		{"psu-2021-01", "2021", "711.62", "5800"},
		{"psu-2022-01", "2022", "712.33", "6000"},
		{"psu-2023-01", "2022", "754.16", "6000"},
		{"psu-2024-01", "2022", "765.77", "6000"},
		{"psu-2024-09", "2022", "765.77", "7000"},
		{"psu-2025-01", "2022", "801.00", "7000"},
		{"psu-2025-09", "2022", "801.00", "8500"},
	} {
		s := get(t, c.name)
		psu := s.Activities[0].Rules[0].PSU
		require.Len(t, psu.Rates, 5)
		assert.True(t, dec(c.floor).Equal(psu.Floor), c.name)
		assert.True(t, dec(c.ceiling).Equal(psu.Ceiling), c.name)
		for i, ends := range [][2]int{{1, 1}, {2, 2}, {3, 3}, {4, 7}, {8, 10}} {
			r := psu.Rates[i]
			assert.Equal(t, ends, [2]int{*r.Children.Min, *r.Children.Max}, c.name)
			assert.True(t, dec(rates[c.rates][i]).Equal(r.Percent), c.name)
			for _, n := range ends {
				want, err := s.Rounding.Rule().Round(r.Percent.Mul(dec("20")).Rat()) // 2000 a month
				require.NoError(t, err)
				requirePrice(t, want.String(), s, tariff.Given{Activity: "creche", Children: n, Resources: quotientOf("24000")})
			}
		}
	}
}
