package ent_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
)

func day(t *testing.T, s string) ent.Date {
	t.Helper()
	if s == "" {
		return ent.Date{}
	}
	d, err := ent.ParseDate(s)
	require.NoError(t, err)
	return d
}

func paris(t *testing.T) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Paris")
	require.NoError(t, err)
	return loc
}

func TestDatesThatExist(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"2024-02-29", "2000-02-29", "2023-02-28", "0001-01-01", "9999-12-31", "2024-04-30"} {
		d, err := ent.ParseDate(s)
		require.NoError(t, err, s)
		assert.Equal(t, s, d.String())
		french := s[8:10] + "/" + s[5:7] + "/" + s[0:4]
		assert.Equal(t, french, d.French())
		assert.Equal(t, french, d.Format(ent.FR))
		assert.Equal(t, s, d.Format(ent.EN))
		back, err := ent.ParseFrenchDate(french)
		require.NoError(t, err)
		assert.Equal(t, d, back)
	}
	for _, s := range []string{
		"2023-02-29", "1900-02-29", "2024-04-31", "2024-00-10", "2024-13-10", "2024-01-00", "0000-01-01", "2024-1-10", "24-01-10",
		"2024/01/10", "2024-01-10T00:00:00Z", " 2024-01-1", "+024-01-01", "",
	} {
		_, err := ent.ParseDate(s)
		require.ErrorIs(t, err, ent.CodeDate, s)
	}
	for _, s := range []string{"29/02/2023", "2024-01-10", "10-01-2024", "1/1/2024", "10/01/24", ""} {
		_, err := ent.ParseFrenchDate(s)
		require.ErrorIs(t, err, ent.CodeDate, s)
	}
	for _, ymd := range [][3]int{{0, 1, 1}, {10000, 1, 1}, {2024, 1, -1}, {2024, 257, 1}, {65536 + 2024, 1, 1}, {2024, 1, 257}} {
		_, err := ent.NewDate(ymd[0], ymd[1], ymd[2])
		require.ErrorIs(t, err, ent.CodeDate, ymd)
	}
}

func TestAge(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		born, on string
		want     int
	}{
		{"2010-09-16", "2024-09-15", 13},
		{"2010-09-16", "2024-09-16", 14},
		{"2008-02-29", "2023-02-28", 14},
		{"2008-02-29", "2023-03-01", 15},
		{"2008-02-29", "2024-02-29", 16},
		{"2024-09-16", "2024-09-16", 0},
		// Nobody comes of age for want of a date.
		{"", "2024-09-16", -1},
		{"2010-09-16", "", -1},
		{"", "", -1},
	} {
		assert.Equal(t, c.want, day(t, c.born).Age(day(t, c.on)), "%s on %s", c.born, c.on)
	}
}

func TestAddDaysIsACivilMatter(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from string
		n    int
		want string
	}{
		// Clocks change in France on 31 March and 27 October 2024.
		{"2024-03-30", 1, "2024-03-31"},
		{"2024-03-31", 1, "2024-04-01"},
		{"2024-10-26", 1, "2024-10-27"},
		{"2024-10-27", 1, "2024-10-28"},
		{"2024-10-28", -1, "2024-10-27"},
		{"2024-02-28", 1, "2024-02-29"},
		{"2023-02-28", 1, "2023-03-01"},
		{"2024-12-31", 1, "2025-01-01"},
		{"2024-01-01", 366, "2025-01-01"},
		{"", 1, ""},
		{"", -400, ""},
	} {
		assert.Equal(t, c.want, day(t, c.from).AddDays(c.n).String(), "%s %+d", c.from, c.n)
	}
	assert.Equal(t, time.Monday, day(t, "2024-09-02").Weekday())
}

func TestTheDayOfAnInstantDependsOnThePlace(t *testing.T) {
	t.Parallel()
	at := time.Date(2024, 8, 31, 22, 30, 0, 0, time.UTC)
	assert.Equal(t, "2024-08-31", ent.DateAt(at, time.UTC).String())
	assert.Equal(t, "2024-09-01", ent.DateAt(at, paris(t)).String())
	start := day(t, "2024-10-27").Time(paris(t))
	assert.Equal(t, 25*time.Hour, day(t, "2024-10-28").Time(paris(t)).Sub(start))
}

func TestCompareDates(t *testing.T) {
	t.Parallel()
	sorted := []string{"", "0001-01-01", "2023-12-31", "2024-01-31", "2024-02-01", "2024-02-29", "9999-12-31"}
	for i, a := range sorted {
		for j, b := range sorted {
			want := 0
			switch {
			case i < j:
				want = -1
			case i > j:
				want = 1
			}
			assert.Equal(t, want, day(t, a).Compare(day(t, b)), "%s, %s", a, b)
			assert.Equal(t, want < 0, day(t, a).Before(day(t, b)), "%s, %s", a, b)
		}
	}
}

func TestMissingDates(t *testing.T) {
	t.Parallel()
	var d ent.Date
	assert.True(t, d.IsZero())
	assert.Empty(t, d.String()+d.French()+d.Format(ent.FR)+d.Format(ent.EN))
	b, err := json.Marshal(ent.Person{ID: "1"})
	require.NoError(t, err)
	assert.JSONEq(t, `{"id":"1","name":{"family":"","given":""}}`, string(b))
	p := ent.Person{BirthDate: day(t, "2010-09-16")}
	require.NoError(t, json.Unmarshal([]byte(`{"birthDate":""}`), &p))
	assert.True(t, p.BirthDate.IsZero())
	require.ErrorIs(t, json.Unmarshal([]byte(`{"birthDate":"2023-02-29"}`), &p), ent.CodeDate)
}

func TestSchoolYear(t *testing.T) {
	t.Parallel()
	y, err := ent.ParseSchoolYear("2024-2025")
	require.NoError(t, err)
	assert.Equal(t, ent.SchoolYear(2024), y)
	assert.Equal(t, "2024-2025", y.String())
	assert.Equal(t, "2024-09-01", y.First().String())
	assert.Equal(t, "2025-08-31", y.Last().String())
	for _, c := range []struct {
		date string
		want ent.SchoolYear
	}{{"2024-08-31", 2023}, {"2024-09-01", 2024}, {"2025-01-01", 2024}, {"2025-08-31", 2024}, {"2025-09-01", 2025}, {"", 0}} {
		assert.Equal(t, c.want, ent.SchoolYearOf(day(t, c.date)), c.date)
		assert.Equal(t, c.want == y, y.Contains(day(t, c.date)), c.date)
	}
	for _, s := range []string{"2024-2026", "2025-2024", "2024/2025", "2024", "2024-25", "0000-0001", "9999-10000", ""} {
		_, err := ent.ParseSchoolYear(s)
		require.ErrorIs(t, err, ent.CodeSchoolYear, s)
	}
}

func TestMissingSchoolYear(t *testing.T) {
	t.Parallel()
	var y ent.SchoolYear
	assert.Empty(t, y.String())
	assert.True(t, y.First().IsZero())
	assert.True(t, y.Last().IsZero())
	assert.False(t, y.Contains(ent.Date{}))
	assert.False(t, y.Contains(day(t, "2024-09-01")))
	doc := struct{ Year ent.SchoolYear }{2024}
	b, err := json.Marshal(doc)
	require.NoError(t, err)
	assert.JSONEq(t, `{"Year":"2024-2025"}`, string(b))
	require.NoError(t, json.Unmarshal([]byte(`{"Year":""}`), &doc))
	assert.Zero(t, doc.Year)
}
