package competence_test

import (
	"encoding/xml"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/samples"
	"github.com/opencartable/cartable/schoollife/gradebook/competence"
)

func TestComponentsAreThoseOfTheCodeList(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile(filepath.Join(samples.Dir(t, "lsu"), "lsun-nomenclatures-2.10.xml"))
	require.NoError(t, err)
	var list struct {
		Components []struct {
			Code  string `xml:"code,attr"`
			Label string `xml:"libelle,attr"`
		} `xml:"domaines-socle>domaine-socle"`
	}
	require.NoError(t, xml.Unmarshal(b, &list))
	require.Len(t, list.Components, 8)
	for i, c := range competence.Components() {
		assert.Equal(t, list.Components[i].Code, string(c))
		assert.Equal(t, list.Components[i].Label, c.Label(ent.FR))
		assert.NotEqual(t, c.Label(ent.FR), c.Label(ent.EN))
		assert.True(t, c.Known())
	}
	assert.False(t, competence.Component("CPD_XXX").Known())
	assert.Equal(t, "CPD_XXX", competence.Component("CPD_XXX").Label(ent.FR))
}

func socle(positions string) []competence.SoclePosition {
	var out []competence.SoclePosition
	for i, c := range competence.Components() {
		p := competence.Position(positions[i : i+1])
		if p == "-" {
			p = competence.PositionMissing
		}
		out = append(out, competence.SoclePosition{Component: c, Position: p})
	}
	return out
}

func TestAWholeSocleHasEightPositions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		ps   []competence.SoclePosition
		want []ent.Code
	}{
		{"whole", socle("43342331"), nil},
		{"dispensed of the foreign language", socle("40342331"), nil},
		{"dispensed of another one", socle("43042331"), []ent.Code{competence.CodeDispensed}},
		{"one without position", socle("4334233-"), []ent.Code{competence.CodeComponentMissing}},
		{"seven", socle("43342331")[:7], []ent.Code{competence.CodeComponentMissing}},
		{"a position 5", socle("53342331"), []ent.Code{competence.CodePosition}},
		{"twice", append(socle("43342331"), competence.SoclePosition{Component: "CPD_FRA", Position: "4"}), []ent.Code{competence.CodeTwice}},
		{"unknown", append(socle("43342331"), competence.SoclePosition{Component: "D1_1", Position: "4"}), []ent.Code{competence.CodeComponent}},
		{"too many", make([]competence.SoclePosition, 10_001), []ent.Code{competence.CodeSize}},
	} {
		assert.Equal(t, c.want, codes(competence.CheckSocle(c.ps)), c.name)
	}
	assert.Len(t, competence.CheckSocle(nil), 8)
}

func TestPositions(t *testing.T) {
	t.Parallel()
	n, ok := competence.PositionDispensed.Number()
	assert.True(t, ok && n == 0)
	_, ok = competence.PositionMissing.Number()
	assert.False(t, ok, "a missing position is no 0")
	assert.False(t, competence.PositionDispensed.Level())
	assert.Equal(t, "très bonne maîtrise", competence.PositionVeryGood.Label(ent.FR))
	assert.Equal(t, "dispensed", competence.PositionDispensed.Label(ent.EN))
	assert.Equal(t, "7", competence.Position("7").Label(ent.EN))
}

func TestThePercentageOfAComponent(t *testing.T) {
	t.Parallel()
	percent := func(tallies ...competence.CodeTally) competence.Figure {
		plain, err := competence.ComponentPercent(competence.StatesFromPercent(), tallies)
		require.NoError(t, err)
		f, why, err := competence.ExplainComponentPercent(competence.StatesFromPercent(), tallies, "pupil-1")
		require.NoError(t, err)
		require.Equal(t, plain, f)
		checked(t, f.Value, why)
		return f
	}
	f := percent(competence.CodeTally{Code: "NA", Count: 2}, competence.CodeTally{Code: "VA", Count: 3}, competence.CodeTally{Code: "A", Count: 4})
	assert.Equal(t, "61", text(f.Value), "550/9")
	assert.Equal(t, []ent.Code{competence.CodeUnverified}, codes(f.Issues))
	v, _ := f.Value.Value()
	b, err := competence.PositionsFromPercent().Convert(v)
	require.NoError(t, err)
	assert.Equal(t, "3", b.Code)
	assert.Equal(t, "0", text(percent(competence.CodeTally{Code: "NA", Count: 1}).Value))
	f = percent(competence.CodeTally{Code: "A"})
	assert.True(t, f.Value.IsZero(), "nothing evaluated is not 0 %")
	assert.Equal(t, []ent.Code{competence.CodeNoResult}, codes(f.Issues))
	for na := range 12 {
		for va := range 12 {
			for a := range 12 {
				f := percent(competence.CodeTally{"NA", na}, competence.CodeTally{"VA", va}, competence.CodeTally{"A", a})
				n := na + va + a
				if n == 0 {
					continue
				}
				v, _ := f.Value.Value()
				require.Equal(t, int64((2*(50*va+100*a)+n)/(2*n)), v.IntPart())
			}
		}
	}

	for _, c := range []struct {
		table competence.Table
		tally []competence.CodeTally
		want  ent.Code
	}{
		{competence.StatesFromPercent(), []competence.CodeTally{{"A", -1}}, competence.CodeCount},
		{competence.StatesFromPercent(), []competence.CodeTally{{"A", 1}, {"A", 1}}, competence.CodeTwice},
		{competence.StatesFromPercent(), []competence.CodeTally{{"B", 1}}, competence.CodeTable},
		{competence.PositionsFromPercent(), nil, competence.CodeTable},
		{competence.Table{}, nil, competence.CodeTable},
	} {
		_, err := competence.ComponentPercent(c.table, c.tally)
		require.ErrorIs(t, err, c.want)
	}
}
