package competence_test

import (
	"math/rand/v2"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/gradebook/competence"
)

// converted runs both doors of a table.
func converted(t testing.TB, c competence.Table, v string) string {
	t.Helper()
	plain, err := c.Convert(dec(v))
	require.NoError(t, err, v)
	b, why, err := c.Explain(dec(v), "pupil-1")
	require.NoError(t, err, v)
	require.Equal(t, plain, b)
	checked(t, competence.Known(b.Value), why)
	return b.Code
}

func TestAcceptanceGStatesAndPositions(t *testing.T) {
	t.Parallel()
	for v, want := range map[string]string{"0": "NA", "39": "NA", "40": "VA", "60": "VA", "61": "A", "100": "A"} {
		assert.Equal(t, want, converted(t, competence.StatesFromPercent(), v), v)
	}
	for v, want := range map[string]string{"0": "1", "34": "1", "35": "2", "59": "2", "60": "3", "80": "3", "81": "4", "100": "4"} {
		assert.Equal(t, want, converted(t, competence.PositionsFromPercent(), v), v)
	}
}

func TestHalfOpenIntervalsAndTheLastOneClosed(t *testing.T) {
	t.Parallel()
	marks := competence.PositionsBetween(dec("0"), dec("8"), dec("12"), dec("16"), dec("20"))
	marks.Unit = "/20"
	require.Empty(t, marks.Check())
	for v, want := range map[string]string{
		"0": "1", "7.99": "1", "8": "2", "11.999999": "2", "12": "3", "15.9": "3", "16": "4", "20": "4",
	} {
		assert.Equal(t, want, converted(t, marks, v), v)
	}
	for v, want := range map[string]string{"1": "1", "1.499": "1", "1.5": "2", "2.5": "3", "3.5": "4", "4": "4"} {
		assert.Equal(t, want, converted(t, competence.PositionsFromMeanLevel(), v), v)
	}
}

func TestAFigureThatNoIntervalHoldsIsRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		value string
		want  ent.Code
	}{
		{"-1", competence.CodeOutside},
		{"101", competence.CodeOutside},
		{"34.5", competence.CodeBetween},
		{"60.000001", competence.CodeBetween},
		{"0.0000001", competence.CodeNumber},
		{"1e9", competence.CodeNumber},
	} {
		_, err := competence.PositionsFromPercent().Convert(dec(c.value))
		require.ErrorIs(t, err, c.want, c.value)
		_, _, err = competence.PositionsFromPercent().Explain(dec(c.value), "pupil-1")
		require.ErrorIs(t, err, c.want, c.value)
	}
	_, err := competence.Table{}.Convert(dec("1"))
	require.ErrorIs(t, err, competence.CodeTable)
}

func TestATableCoversItsScaleOnce(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*competence.Table)
		want   ent.Code
		path   string
	}{
		{"a gap", func(c *competence.Table) { c.Bands[1].Min = dec("36") }, competence.CodeGap, "$.bands[1].min"},
		{"an overlap", func(c *competence.Table) { c.Bands[1].Min = dec("34") }, competence.CodeOverlap, "$.bands[1].min"},
		{"not from the least", func(c *competence.Table) { c.Bands[0].Min = dec("1") }, competence.CodeCover, "$.bands[0].min"},
		{"not to the greatest", func(c *competence.Table) { c.Bands[3].Max = dec("99") }, competence.CodeCover, "$.bands[3].max"},
		{"an empty interval", func(c *competence.Table) {
			c.Bands[3].Min, c.Bands[2].Max, c.Bands[3].Max = dec("101"), dec("100"), dec("100")
		}, competence.CodeTable, "$.bands[3].max"},
		{"a bound between steps", func(c *competence.Table) { c.Bands[0].Max, c.Bands[1].Min = dec("34.5"), dec("35.5") }, competence.CodeBetween, "$.bands[0]"},
		{"no step", func(c *competence.Table) { c.Step = dec("0") }, competence.CodeTable, "$.step"},
		{"a step of half-open intervals", func(c *competence.Table) { c.Bounds = competence.BoundsHalfOpen }, competence.CodeTable, "$.step"},
		{"no bounds", func(c *competence.Table) { c.Bounds = "" }, competence.CodeTable, "$.bounds"},
		{"no target", func(c *competence.Table) { c.Target = "" }, competence.CodeTable, "$.target"},
		{"a position 5", func(c *competence.Table) { c.Bands[3].Code, c.Bands[3].Value = "5", dec("5") }, competence.CodePosition, "$.bands[3].code"},
		{"a dispensation", func(c *competence.Table) { c.Bands[0].Code, c.Bands[0].Value = "0", dec("0") }, competence.CodePosition, "$.bands[0].code"},
		{"a value that is not its position", func(c *competence.Table) { c.Bands[3].Value = dec("3.5") }, competence.CodePosition, "$.bands[3].code"},
		{"a code twice", func(c *competence.Table) { c.Target, c.Bands[3].Code = competence.TargetState, "1" }, competence.CodeTwice, "$.bands[3].code"},
		{"values that fall", func(c *competence.Table) { c.Target, c.Bands[3].Value = competence.TargetState, dec("0") }, competence.CodeOrder, "$.bands[3].value"},
		{"no band", func(c *competence.Table) { c.Bands = nil }, competence.CodeTable, "$.bands"},
		{"many bands", func(c *competence.Table) { c.Bands = make([]competence.Band, 11) }, competence.CodeTable, "$.bands"},
		{"an endless bound", func(c *competence.Table) { c.Bands[0].Max = decimal.New(1, 1<<30) }, competence.CodeNumber, "$.bands[0].max"},
		{"a code of no shape", func(c *competence.Table) { c.Target, c.Bands[0].Code = competence.TargetState, "é" }, competence.CodeTable, "$.bands[0].code"},
	} {
		table := competence.PositionsFromPercent()
		c.change(&table)
		issues := table.Check()
		require.NotEmpty(t, issues, c.name)
		assert.Equal(t, c.want, issues[0].Code, c.name)
		assert.Equal(t, c.path, issues[0].Path, c.name)
		_, err := table.Convert(dec("50"))
		require.ErrorIs(t, err, c.want, c.name)
	}
	for _, c := range []struct {
		bounds [5]string
		want   ent.Code
	}{
		{[5]string{"0", "8", "8", "16", "20"}, competence.CodeTable}, {[5]string{"0", "12", "8", "16", "20"}, competence.CodeTable},
	} {
		b := c.bounds
		issues := competence.PositionsBetween(dec(b[0]), dec(b[1]), dec(b[2]), dec(b[3]), dec(b[4])).Check()
		require.ErrorIs(t, issues.Err(), c.want)
	}
	half := competence.PositionsFromMeanLevel()
	half.Bands[1].Min = dec("1.6")
	assert.Equal(t, []ent.Code{competence.CodeGap}, codes(half.Check()))
	half.Bands[1].Min = dec("1.4")
	assert.Equal(t, []ent.Code{competence.CodeOverlap}, codes(half.Check()))
}

// Every value of a random scale has one band: the one whose bounds hold it.
func TestRandomTablesConvertEveryValue(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(8, 12))
	for range 1500 {
		cuts := []int64{0}
		for range 4 {
			cuts = append(cuts, cuts[len(cuts)-1]+1+r.Int64N(60))
		}
		d := func(i int) decimal.Decimal { return decimal.New(cuts[i], -1) }
		table := competence.PositionsBetween(d(0), d(1), d(2), d(3), d(4))
		require.Empty(t, table.Check())
		last := int64(0)
		for v := int64(0); v <= cuts[4]; v += 1 + r.Int64N(5) {
			b, why, err := table.Explain(decimal.New(v, -1), "pupil-1")
			require.NoError(t, err)
			checked(t, competence.Known(b.Value), why)
			x := decimal.New(v, -1)
			require.True(t, x.GreaterThanOrEqual(b.Min) && (x.LessThan(b.Max) || x.Equal(table.Max)))
			require.GreaterOrEqual(t, b.Value.IntPart(), last, "monotone")
			last = b.Value.IntPart()
		}
	}
}
