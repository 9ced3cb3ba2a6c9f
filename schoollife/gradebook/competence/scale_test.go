package competence_test

import (
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/gradebook/competence"
)

func TestPresetsAreValid(t *testing.T) {
	t.Parallel()
	assert.Empty(t, competence.EvenThirds().Check())
	assert.Empty(t, competence.OneToFour().Check())
	assert.Empty(t, competence.RecentWeighsMost().Check())
	assert.Empty(t, competence.PositionsFromPercent().Check())
	assert.Empty(t, competence.StatesFromPercent().Check())
	assert.Empty(t, competence.PositionsFromMeanLevel().Check())
	assert.Empty(t, competence.NearestPosition(competence.ChoiceMax).Check())
	assert.NoError(t, competence.Catalog().Check())
}

func TestAScaleHasTwoToSixRisingLevels(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*competence.Scale)
		want   ent.Code
		path   string
	}{
		{"one level", func(s *competence.Scale) { s.Levels = s.Levels[:1] }, competence.CodeScale, "$.levels"},
		{"seven levels", func(s *competence.Scale) { s.Levels = append(s.Levels, s.Levels[1:]...) }, competence.CodeScale, "$.levels"},
		{"equal values", func(s *competence.Scale) { s.Levels[1].Value = dec("0") }, competence.CodeOrder, "$.levels[1].value"},
		{"falling values", func(s *competence.Scale) { s.Levels[3].Value = dec("66") }, competence.CodeOrder, "$.levels[3].value"},
		{"over 100", func(s *competence.Scale) { s.Levels[3].Value = dec("100.5") }, competence.CodeNumber, "$.levels[3].value"},
		{"below 0", func(s *competence.Scale) { s.Levels[0].Value = dec("-1") }, competence.CodeNumber, "$.levels[0].value"},
		{"an endless number", func(s *competence.Scale) { s.Levels[0].Value = decimal.New(1, 1<<30) }, competence.CodeNumber, "$.levels[0].value"},
		{"too many decimals", func(s *competence.Scale) { s.Levels[0].Value = decimal.New(1, -7) }, competence.CodeNumber, "$.levels[0].value"},
		{"no code", func(s *competence.Scale) { s.Levels[0].Code = "" }, competence.CodeScale, "$.levels[0].code"},
		{"a code with a space", func(s *competence.Scale) { s.Levels[0].Code = "Léa M" }, competence.CodeScale, "$.levels[0].code"},
		{"a code twice", func(s *competence.Scale) { s.Levels[0].Code = "V" }, competence.CodeTwice, "$.levels[2].code"},
		{"a status that is a level", func(s *competence.Scale) { s.Statuses[0].Code = "V" }, competence.CodeTwice, "$.statuses[0].code"},
		{"no label", func(s *competence.Scale) { s.Levels[0].Label = ent.Label{} }, competence.CodeScale, "$.levels[0].label"},
		{"a long label", func(s *competence.Scale) { s.Levels[0].Label.EN = strings.Repeat("x", 201) }, competence.CodeScale, "$.levels[0].label"},
		{"a colour", func(s *competence.Scale) { s.Levels[0].Color = "rouge" }, competence.CodeScale, "$.levels[0].color"},
		{"a colour of no digits", func(s *competence.Scale) { s.Levels[0].Color = "#12345g" }, competence.CodeScale, "$.levels[0].color"},
		{"a long letter", func(s *competence.Scale) { s.Levels[0].Letter = strings.Repeat("x", 21) }, competence.CodeScale, "$.levels[0].letter"},
		{"many statuses", func(s *competence.Scale) { s.Statuses = make([]competence.Status, 51) }, competence.CodeScale, "$.statuses"},
		{"a status without label", func(s *competence.Scale) { s.Statuses[1].Label.FR = "" }, competence.CodeScale, "$.statuses[1].label"},
		{"a long name", func(s *competence.Scale) { s.Name = strings.Repeat("x", 201) }, competence.CodeScale, "$.name"},
	} {
		s := competence.EvenThirds()
		c.change(&s)
		issues := s.Check()
		require.Len(t, issues, 1, c.name)
		assert.Equal(t, c.want, issues[0].Code, c.name)
		assert.Equal(t, c.path, issues[0].Path, c.name)
		_, err := competence.RecentWeighsMost().Score(s, competence.Window{}, results("V"))
		assert.ErrorIs(t, err, c.want, c.name)
	}
}

func TestASchoolNamesItsLevels(t *testing.T) {
	t.Parallel()
	s := competence.Scale{Levels: []competence.Level{
		{Code: "o", Value: dec("20"), Label: ent.Label{FR: "orage"}},
		{Code: "s", Value: dec("80.5"), Label: ent.Label{FR: "soleil", EN: "sun"}, Letter: "☀", Color: "#FFcc00"},
	}}
	require.Empty(t, s.Check())
	l, ok := s.Level("o")
	assert.True(t, ok)
	assert.Equal(t, "orage", l.In(ent.EN), "the French name serves")
	l, _ = s.Level("s")
	assert.Equal(t, "sun", l.In(ent.EN))
	_, ok = s.Level("S")
	assert.False(t, ok)
	_, ok = competence.EvenThirds().Status("NN")
	assert.True(t, ok)
	_, ok = competence.EvenThirds().Status("V")
	assert.False(t, ok)
	got, err := competence.Policy{Method: competence.MethodPlain, Retroactive: yes}.Score(s, competence.Window{}, results("o s"))
	require.NoError(t, err)
	assert.Equal(t, "50", text(got.Value), "50.25")
}
