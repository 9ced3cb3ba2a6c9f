package ent_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
)

func month(t testing.TB, s string) ent.Month {
	t.Helper()
	var m ent.Month
	require.NoError(t, m.UnmarshalText([]byte(s)))
	return m
}

func TestMonthIsStrict(t *testing.T) {
	t.Parallel()
	for _, in := range []string{"0001-01", "2024-02", "2024-09", "9999-12"} {
		m, err := ent.ParseMonth(in)
		require.NoError(t, err)
		assert.Equal(t, in, m.String())
		assert.False(t, m.IsZero())
	}
	for _, in := range []string{"", "2024", "2024-9", "2024-00", "2024-13", "0000-01", "2024/09", "2024-09-01", "-024-09", "２０２４-09", "2024-+9"} {
		m, err := ent.ParseMonth(in)
		require.ErrorIs(t, err, ent.CodeDate, in)
		assert.True(t, m.IsZero())
	}
	_, err := ent.NewMonth(10000, 1)
	require.ErrorIs(t, err, ent.CodeDate)
}

func TestMonthHasDays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ month, first, last string }{
		{"2024-02", "2024-02-01", "2024-02-29"},
		{"2023-02", "2023-02-01", "2023-02-28"},
		{"1900-02", "1900-02-01", "1900-02-28"},
		{"2024-12", "2024-12-01", "2024-12-31"},
		{"", "", ""},
	} {
		m := month(t, c.month)
		assert.Equal(t, c.first, m.First().String())
		assert.Equal(t, c.last, m.Last().String())
		assert.Equal(t, c.month, ent.MonthOf(m.First()).String())
		assert.Equal(t, c.month != "", m.Contains(m.Last()), "a missing month holds no day, not even a missing one")
		assert.False(t, m.Contains(day(t, "2024-06-15")))
	}
	assert.False(t, month(t, "2024-02").Contains(day(t, "2024-03-01")))
	assert.False(t, month(t, "2024-02").Contains(day(t, "2023-02-01")))
}

func TestAddMonths(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from string
		n    int
		want string
	}{
		{"2024-12", 1, "2025-01"},
		{"2024-01", -1, "2023-12"},
		{"2024-09", 0, "2024-09"},
		{"2024-09", -24, "2022-09"},
		{"2024-09", 16, "2026-01"},
		{"0001-01", -1, ""},
		{"9999-12", 1, ""},
		{"0001-01", 119987, "9999-12"},
		{"2024-09", math.MaxInt, ""},
		{"2024-09", math.MinInt, ""},
		{"", 1, ""},
	} {
		assert.Equal(t, c.want, month(t, c.from).AddMonths(c.n).String(), "%s %+d", c.from, c.n)
	}
}

func TestCompareMonths(t *testing.T) {
	t.Parallel()
	sorted := []string{"", "0001-01", "2023-12", "2024-01", "2024-02", "9999-12"}
	for i, a := range sorted {
		for j, b := range sorted {
			want := 0
			if i < j {
				want = -1
			} else if i > j {
				want = 1
			}
			assert.Equal(t, want, month(t, a).Compare(month(t, b)), "%s %s", a, b)
		}
	}
}

func FuzzMonth(f *testing.F) {
	z := fuzzParser(f, ent.ParseMonth, []string{"2024-09", "0001-01", "9999-12"}, map[ent.Code]string{ent.CodeDate: "2024-13"})
	f.Fuzz(func(t *testing.T, in string) {
		z.check(t, in)
		if m, err := ent.ParseMonth(in); err == nil {
			assert.True(t, m.Contains(m.First()) && m.Contains(m.Last()))
			assert.NotEqual(t, m, ent.MonthOf(m.Last().AddDays(1)))
		}
	})
}
