package grids_test

import (
	"encoding/json"
	"slices"
	"testing"

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
		// Only the two ends of the percentages of an outing are known.
		"loon-plage-periscolaire": {tariff.CodeGap},
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
	_, err := grids.Get("nowhere")
	require.ErrorIs(t, err, grids.ErrUnknown)
}

// The periods of the crèche prices follow each other without a hole.
func TestPSUPeriods(t *testing.T) {
	t.Parallel()
	sheets, err := grids.PSU()
	require.NoError(t, err)
	require.Len(t, sheets, 9)
	for _, i := range tariff.Validate(sheets...) {
		assert.NotContains(t, []ent.Code{tariff.CodeSheetGap, tariff.CodeSheetOverlap}, i.Code)
	}
	_, err = tariff.Compile(sheets...)
	require.NoError(t, err)
}
