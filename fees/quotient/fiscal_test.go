package quotient_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/fees/quotient"
)

// One line or more for each line of section 3.
func TestFiscalPartsByRule(t *testing.T) {
	t.Parallel()
	type h = quotient.TaxHousehold
	const (
		single, divorced = quotient.StatusSingle, quotient.StatusDivorced
		married, pacs    = quotient.StatusMarried, quotient.StatusPACS
		widowed, fresh   = quotient.StatusWidowed, quotient.StatusWidowedThisYear
	)
	for _, c := range []struct {
		rule string
		in   h
		want string
	}{
		{"base, single", h{Status: single}, "1"},
		{"base, divorced", h{Status: divorced}, "1"},
		{"base, married", h{Status: married}, "2"},
		{"base, PACS", h{Status: pacs}, "2"},
		{"base, year of the death", h{Status: fresh}, "2"},
		{"base, year of the death, a child: no further part", h{Status: fresh, Children: 1}, "2.5"},
		{"base, widowed", h{Status: widowed}, "1"},
		{"base, widowed with a child", h{Status: widowed, Children: 1}, "2.5"},
		{"base, widowed with an alternate child", h{Status: widowed, Shared: 1}, "2.25"},
		{"base, widowed with a disabled dependant", h{Status: widowed, DisabledDependants: 1}, "3"},
		{"exclusive, second", h{Status: married, Children: 2}, "3"},
		{"exclusive, third", h{Status: married, Children: 3}, "4"},
		{"exclusive, sixth", h{Status: married, Children: 6}, "7"},
		{"only alternate, first", h{Status: married, Shared: 1}, "2.25"},
		{"only alternate, second", h{Status: married, Shared: 2}, "2.5"},
		{"only alternate, third", h{Status: married, Shared: 3}, "3"},
		{"only alternate, fourth", h{Status: married, Shared: 4}, "3.5"},
		{"n = 1 and one alternate", h{Status: married, Children: 1, Shared: 1}, "2.75"},
		{"n = 1 and three alternates", h{Status: married, Children: 1, Shared: 3}, "3.75"},
		{"n = 2 and alternates", h{Status: married, Children: 2, Shared: 2}, "4"},
		{"n = 3 and alternates", h{Status: married, Children: 3, Shared: 1}, "4.5"},
		{"disabled child, exclusive", h{Status: married, Children: 1, DisabledChildren: 1}, "3"},
		{"disabled child, alternate", h{Status: married, Shared: 1, DisabledShared: 1}, "2.5"},
		{"disabled dependant, counted in n", h{Status: married, DisabledDependants: 1}, "3"},
		{"disabled dependant, of the third rank", h{Status: married, Children: 2, DisabledDependants: 1}, "4.5"},
		{"box T, exclusive", h{Status: single, Children: 1, Isolated: true}, "2"},
		{"box T, divorced", h{Status: divorced, Children: 2, Isolated: true}, "2.5"},
		{"box T, widowed", h{Status: widowed, Children: 1, Isolated: true}, "3"},
		{"box T, one alternate", h{Status: single, Shared: 1, Isolated: true}, "1.5"},
		{"box T, two alternates", h{Status: single, Shared: 2, Isolated: true}, "2"},
		{"box T, three alternates", h{Status: single, Shared: 3, Isolated: true}, "2.5"},
		{"box T, one exclusive and one alternate", h{Status: single, Children: 1, Shared: 1, Isolated: true}, "2.25"},
		{"box T, nobody", h{Status: single, Isolated: true}, "1"},
		{"disabled declarant of a couple", h{Status: married, Disabled: true}, "2.5"},
		{"disabled spouse", h{Status: pacs, DisabledSpouse: true}, "2.5"},
		{"both disabled", h{Status: married, Disabled: true, DisabledSpouse: true}, "3"},
		{"both disabled, year of the death", h{Status: fresh, Disabled: true, DisabledSpouse: true}, "3"},
		{"disabled single person with a dependant", h{Status: single, Children: 1, Disabled: true}, "2"},
		{"disabled single person with an alternate child", h{Status: single, Shared: 1, Disabled: true}, "1.75"},
		{"disabled single person with a dependant, box T", h{Status: single, Children: 1, Disabled: true, Isolated: true}, "2.5"},
		{"box P without dependant", h{Status: single, Disabled: true}, "1.5"},
		{"box W or G", h{Status: widowed, Veteran: true}, "1.5"},
		{"box L", h{Status: divorced, RaisedAlone: true}, "1.5"},
		{"box L and N", h{Status: divorced, RaisedAlone: true, NotAlone: true}, "1.5"},
		{"box E or K", h{Status: single, RaisedOther: true}, "1.5"},
		{"box E or K and N", h{Status: single, RaisedOther: true, NotAlone: true}, "1"},
		{"P, W, L and E are not cumulated", h{Status: single, Disabled: true, Veteran: true, RaisedAlone: true, RaisedOther: true}, "1.5"},
		{"L, W and E with a dependant give nothing", h{Status: single, Children: 1, Veteran: true, RaisedAlone: true, RaisedOther: true}, "1.5"},
	} {
		got, err := c.in.Parts()
		require.NoError(t, err, c.rule)
		assert.Equal(t, c.want, got.String(), c.rule)
		same, why, err := c.in.ExplainParts("us-1")
		require.NoError(t, err, c.rule)
		require.NoError(t, why.Check(), c.rule)
		assert.True(t, same.Equal(got), c.rule)
	}
}

func TestFiscalPartsGrowWithChildrenAndHalveWhenAlternate(t *testing.T) {
	t.Parallel()
	for _, s := range []quotient.Status{
		quotient.StatusSingle, quotient.StatusDivorced, quotient.StatusMarried, quotient.StatusPACS,
		quotient.StatusWidowed, quotient.StatusWidowedThisYear,
	} {
		couple, _ := s.Couple()
		for _, isolated := range []bool{false, !couple} {
			for n := range 8 {
				for m := range 8 {
					h := quotient.TaxHousehold{Status: s, Children: n, Shared: m, Isolated: isolated}
					here, err := h.Parts()
					require.NoError(t, err)
					more := h
					more.Children++
					next, err := more.Parts()
					require.NoError(t, err)
					assert.True(t, next.GreaterThan(here), "%+v", h)
					more = h
					more.Shared++
					next, err = more.Parts()
					require.NoError(t, err)
					assert.True(t, next.GreaterThan(here), "%+v", h)
				}
				if isolated || s == quotient.StatusWidowed {
					continue
				}
				base, err := quotient.TaxHousehold{Status: s}.Parts()
				require.NoError(t, err)
				whole, err := quotient.TaxHousehold{Status: s, Children: n}.Parts()
				require.NoError(t, err)
				half, err := quotient.TaxHousehold{Status: s, Shared: n}.Parts()
				require.NoError(t, err)
				assert.True(t, whole.Sub(base).Equal(half.Sub(base).Add(half.Sub(base))), "%s, %d", s, n)
			}
		}
	}
}

func TestFiscalPartsRefuse(t *testing.T) {
	t.Parallel()
	type h = quotient.TaxHousehold
	for _, c := range []struct {
		in   h
		want error
	}{
		{h{}, quotient.CodeStatus},
		{h{Status: "concubine"}, quotient.CodeStatus},
		{h{Status: quotient.StatusSingle, Children: -1}, quotient.CodeComposition},
		{h{Status: quotient.StatusSingle, Shared: 100}, quotient.CodeComposition},
		{h{Status: quotient.StatusSingle, DisabledDependants: -1}, quotient.CodeComposition},
		{h{Status: quotient.StatusSingle, Children: 1, DisabledChildren: 2}, quotient.CodeDisabled},
		{h{Status: quotient.StatusSingle, Shared: 1, DisabledShared: -2}, quotient.CodeComposition},
		{h{Status: quotient.StatusMarried, Isolated: true}, quotient.CodeBox},
		{h{Status: quotient.StatusMarried, Veteran: true}, quotient.CodeBox},
		{h{Status: quotient.StatusPACS, RaisedAlone: true}, quotient.CodeBox},
		{h{Status: quotient.StatusPACS, RaisedOther: true}, quotient.CodeBox},
		{h{Status: quotient.StatusSingle, DisabledSpouse: true}, quotient.CodeBox},
	} {
		_, err := c.in.Parts()
		require.ErrorIs(t, err, c.want, "%+v", c.in)
		_, _, err = c.in.ExplainParts("us-1")
		require.ErrorIs(t, err, c.want)
	}
	_, _, err := h{Status: quotient.StatusSingle}.ExplainParts("")
	require.ErrorIs(t, err, quotient.CodeOwner)
	assert.Len(t, h{Status: quotient.StatusMarried, Isolated: true, Veteran: true, Children: -1}.Check(), 3, "all that is wrong")
}
