package calendar_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/calendar"
)

func date(t testing.TB, s string) ent.Date {
	t.Helper()
	d, err := ent.ParseDate(s)
	require.NoError(t, err)
	return d
}

func open(t testing.TB, p calendar.Place) *calendar.Calendar {
	t.Helper()
	c, err := calendar.New(calendar.Default(), p)
	require.NoError(t, err)
	return c
}

func fourDays(t testing.TB, z calendar.Zone) *calendar.Calendar {
	t.Helper()
	return open(t, calendar.Place{Zone: z, Week: calendar.FourDays()})
}

func nineHalves(t testing.TB, z calendar.Zone) *calendar.Calendar {
	t.Helper()
	return open(t, calendar.Place{Zone: z, Week: calendar.WednesdayMorning()})
}

func day(t testing.TB, c *calendar.Calendar, s string) calendar.Day {
	t.Helper()
	d, err := c.Day(date(t, s))
	require.NoError(t, err)
	return d
}

var abc = []calendar.Zone{calendar.ZoneA, calendar.ZoneB, calendar.ZoneC}

func TestCatalogIsComplete(t *testing.T) {
	t.Parallel()
	require.NoError(t, calendar.Catalog().Check())
	for _, r := range calendar.Catalog().Rules() {
		assert.Regexp(t, `^CAL-[A-Z-]+$`, string(r.Code))
	}
}

func TestDefaultListsAreWhole(t *testing.T) {
	t.Parallel()
	y := calendar.Default()
	assert.Equal(t, []calendar.Zone{"A", "B", "C", "Corse", "Martinique", "Réunion"}, y.Zones())
	for _, z := range abc {
		assert.Equal(t, []ent.SchoolYear{2024, 2025, 2026}, y.SchoolYears(z))
		for _, year := range y.SchoolYears(z) {
			assert.Len(t, y.Periods(z, year), 6, "%s %s", z, year)
			assert.Len(t, y.Starts(z, year), 1)
		}
	}
	for _, z := range y.Zones() {
		assert.Empty(t, y.Populations(z))
		for _, year := range y.SchoolYears(z) {
			for _, p := range y.Periods(z, year) {
				_, ok := y.Source(p.Source)
				assert.True(t, ok)
				assert.True(t, p.Verified || p.Note != "", "a row that is not verified says why: %v", p)
				assert.Equal(t, p.Label().FR, p.Name)
				assert.NotEqual(t, p.Label().EN, p.Name, "no English name")
			}
		}
	}
	for _, s := range y.Sources() {
		assert.NotEmpty(t, s.Title)
		assert.False(t, s.AsOf.IsZero())
	}
}

// The figures that the specifications say are from memory are flagged, in the rows and in the answers.
func TestUnverifiedIsFlagged(t *testing.T) {
	t.Parallel()
	var rows []string
	for _, p := range calendar.Default().Unverified() {
		if p.Zone == "C" {
			rows = append(rows, p.Year.String()+" "+p.Name)
		}
	}
	assert.Equal(t, []string{
		"2024-2025 Pont de l'Ascension", "2026-2027 Vacances de Noël", "2026-2027 Vacances d'hiver",
		"2026-2027 Vacances de printemps", "2026-2027 Pont de l'Ascension",
	}, rows)

	c := fourDays(t, calendar.ZoneC)
	for s, verified := range map[string]bool{
		"2026-02-24": true,  // winter 2026
		"2027-02-09": false, // winter 2027
		"2027-01-26": false, // lessons before winter 2027: a wrong date would make it a holiday
		"2026-10-01": true,  // lessons before an autumn that was read
		"2026-12-25": true,  // Christmas Day is sure, whatever the holidays
		"2026-12-22": false,
		"2025-05-30": false, // the bridge of 2025
		"2025-05-28": true,  // a bridge does not make the lessons round it unsure
		"2026-05-15": true,
		"2027-07-20": true,
	} {
		d := day(t, c, s)
		assert.Equal(t, verified, d.Verified, s)
		assert.Equal(t, !verified, strings.Contains(d.Reason(ent.FR), "À vérifier"), s)
	}
	assert.Len(t, c.Unverified(), 5)
	for _, p := range nineHalves(t, calendar.ZoneReunion).Unverified() {
		assert.Equal(t, calendar.ZoneReunion, p.Zone)
	}
}

func TestAcceptanceSchoolDaysInline(t *testing.T) {
	t.Parallel()
	days := map[calendar.Zone][3]int{"A": {139, 138}, "B": {137, 137}, "C": {138, 138}}
	for _, z := range abc {
		c := fourDays(t, z)
		for i, year := range []ent.SchoolYear{2024, 2025} {
			from, to, err := c.Range(year)
			require.NoError(t, err)
			all, err := c.Days(from, to)
			require.NoError(t, err)
			school, wednesdays := 0, 0
			for d := range all {
				switch d.Kind { //nolint:exhaustive // the others are not counted
				case calendar.KindSchool:
					school++
				case calendar.KindWednesday:
					wednesdays++
				}
			}
			assert.Equal(t, days[z][i], school, "%s %s", z, year)
			assert.Equal(t, 36, wednesdays, "%s %s", z, year)
		}
	}
}

func TestAcceptanceDeadlinesInline(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		zone      calendar.Zone
		day, want string
	}{
		{"C", "2025-11-03", "2025-10-16"},
		{"A", "2026-05-11", "2026-05-05"},
		{"B", "2026-01-08", "2026-01-05"},
		{"A", "2025-11-13", "2025-11-07"},
		{"A", "2026-02-24", "2026-02-06"},
		{"B", "2026-03-03", "2026-02-13"},
	} {
		got, err := fourDays(t, x.zone).AddSchoolDays(date(t, x.day), -2)
		require.NoError(t, err)
		assert.Equal(t, x.want, got.String(), "%s %s", x.zone, x.day)
	}
}

func TestAcceptanceS10Inline(t *testing.T) {
	t.Parallel()
	halves := map[calendar.Zone][3]int{"A": {314, 312, 313}, "B": {310, 310, 313}, "C": {312, 312, 313}}
	for _, z := range abc {
		c := nineHalves(t, z)
		for i, year := range []ent.SchoolYear{2024, 2025, 2026} {
			weeks, err := c.TaughtWeeks(year)
			require.NoError(t, err)
			assert.Len(t, weeks, 36, "%s %s", z, year)
			n := 0
			for k, w := range weeks {
				n += w.HalfDays
				assert.Equal(t, k+1, w.Rank)
			}
			assert.Equal(t, halves[z][i], n, "%s %s", z, year)
			rank := calendar.ByRank(weeks)
			assert.Equal(t, 18, rank.Count("A"))
			assert.Equal(t, 18, rank.Count("B"))
			assert.Empty(t, rank.Repeats())
			repeats := calendar.ByISOWeek(weeks, "A", "B").Repeats()
			if year == 2026 {
				assert.Equal(t, [][2]ent.Date{{date(t, "2026-12-14"), date(t, "2027-01-04")}}, repeats)
			} else {
				assert.Empty(t, repeats)
			}
		}
	}
}

// In 2025-2026 the first taught week is ISO 36, even: the letters of both generators are all swapped.
func TestWeekLettersDisagree(t *testing.T) {
	t.Parallel()
	weeks, err := nineHalves(t, "C").TaughtWeeks(2025)
	require.NoError(t, err)
	assert.Equal(t, 36, weeks[0].ISOWeek)
	rank, iso := calendar.ByRank(weeks), calendar.ByISOWeek(weeks, "A", "B")
	differ := 0
	for _, w := range weeks {
		a, ok1 := rank.Letter(w.Monday.AddDays(2))
		b, ok2 := iso.Letter(w.Monday.AddDays(2))
		require.True(t, ok1 && ok2)
		if a != b {
			differ++
		}
	}
	// Holidays of an odd number of weeks would swap them back; two weeks each do not.
	assert.Equal(t, 36, differ)
	_, ok := rank.Letter(date(t, "2025-10-22"))
	assert.False(t, ok, "a week of holidays has no letter")

	q := calendar.ByRank(weeks, "Q1", "Q2", "Q3")
	assert.Equal(t, 12, q.Count("Q3"))
}

func TestAlternationIsStored(t *testing.T) {
	t.Parallel()
	monday := date(t, "2026-01-05")
	a, err := calendar.NewAlternation(calendar.WeekLetter{Monday: monday.AddDays(7), Letter: "SB"}, calendar.WeekLetter{Monday: monday, Letter: "SA"})
	require.NoError(t, err)
	b, err := json.Marshal(a)
	require.NoError(t, err)
	assert.JSONEq(t, `[{"monday":"2026-01-05","letter":"SA"},{"monday":"2026-01-12","letter":"SB"}]`, string(b))
	var back calendar.Alternation
	require.NoError(t, json.Unmarshal(b, &back))
	assert.Equal(t, a, back)
	assert.Len(t, back.Weeks(), 2)
	_, ok := back.Letter(ent.Date{})
	assert.False(t, ok)
	l, ok := back.Letter(date(t, "2026-01-11"))
	assert.True(t, ok)
	assert.Equal(t, "SA", l)
	empty, err := json.Marshal(calendar.Alternation{})
	require.NoError(t, err)
	assert.Equal(t, "[]", string(empty))

	for _, bad := range [][]calendar.WeekLetter{
		{{Monday: monday.AddDays(1), Letter: "A"}},
		{{Monday: monday}},
		{{Letter: "A"}},
		{{Monday: monday, Letter: "A"}, {Monday: monday, Letter: "B"}},
	} {
		_, err := calendar.NewAlternation(bad...)
		assert.ErrorIs(t, err, calendar.CodeWeekLetter)
	}
	require.ErrorIs(t, json.Unmarshal([]byte(`[{"monday":"2026-01-06","letter":"A"}]`), &back), calendar.CodeWeekLetter)
	assert.Error(t, json.Unmarshal([]byte(`{}`), &back))
}

func TestKindsAndReasons(t *testing.T) {
	t.Parallel()
	c := fourDays(t, "C")
	for _, x := range []struct {
		date   string
		kind   calendar.Kind
		fr, en string
	}{
		{"2025-10-16", calendar.KindSchool, "Jour de classe : jeudi, matin et après-midi.", "School day: Thursday, morning and afternoon."},
		{"2025-10-15", calendar.KindWednesday, "Pas de classe le mercredi dans cette semaine d'école.", "No lessons on a Wednesday in this school week."},
		{"2025-10-12", calendar.KindWeekend, "Fin de semaine : dimanche.", "Weekend: Sunday."},
		{"2026-02-24", calendar.KindHoliday, "Vacances d'hiver (zone C) : du 21/02/2026 au 08/03/2026.", "Winter holidays (zone C): 2026-02-21 to 2026-03-08."},
		{"2025-11-11", calendar.KindPublicHoliday, "Jour férié : 11 novembre.", "Public holiday: Armistice Day."},
		{"2025-12-25", calendar.KindPublicHoliday, "Jour férié : Jour de Noël.", "Public holiday: Christmas Day."},
		{"2026-05-15", calendar.KindBridge, "Pont de l'Ascension (zone C) : du 15/05/2026 au 16/05/2026.", "Ascension bridge (zone C): 2026-05-15 to 2026-05-16."},
		{"2024-09-01", calendar.KindHoliday, "Vacances d'été : la rentrée est le 02/09/2024.", "Summer holidays: lessons begin on 2024-09-02."},
		{"2027-07-20", calendar.KindHoliday, "Vacances d'été (zone C) : à partir du 03/07/2027.", "Summer holidays (zone C): from 2027-07-03."},
	} {
		d := day(t, c, x.date)
		assert.Equal(t, x.kind, d.Kind, x.date)
		assert.Equal(t, x.fr, d.Reason(ent.FR), x.date)
		assert.Equal(t, x.en, d.Reason(ent.EN), x.date)
		assert.Equal(t, d.Kind == calendar.KindSchool, d.HasLessons())
		kind, err := c.DayKind(date(t, x.date))
		require.NoError(t, err)
		assert.Equal(t, x.kind, kind)
	}
	christmas := day(t, c, "2025-12-25")
	p, ok := christmas.Period()
	assert.True(t, ok)
	assert.Equal(t, "2026-01-05", p.Return().String())
	h, ok := christmas.PublicHoliday()
	assert.True(t, ok)
	assert.Contains(t, h.Source, "L3133-1")
	assert.Contains(t, day(t, c, "2027-02-09").Reason(ent.FR), "À vérifier")
	assert.Contains(t, day(t, c, "2027-02-09").Reason(ent.EN), "To be checked")

	threeDays := calendar.Week{time.Monday: {Morning: true}, time.Tuesday: {Afternoon: true}, time.Saturday: {Morning: true}}
	odd := open(t, calendar.Place{Zone: "C", Week: threeDays})
	assert.Equal(t, calendar.KindDayOff, day(t, odd, "2025-10-16").Kind)
	assert.Equal(t, calendar.KindSchool, day(t, odd, "2025-10-11").Kind)
	assert.Equal(t, "Jour de classe : samedi, matin.", day(t, odd, "2025-10-11").Reason(ent.FR))
	assert.Equal(t, "School day: Tuesday, afternoon.", day(t, odd, "2025-10-14").Reason(ent.EN))
	for _, x := range []struct {
		half calendar.Half
		want bool
	}{{calendar.Morning, true}, {calendar.Afternoon, false}, {"", true}} {
		got, err := odd.Open(date(t, "2025-10-13"), x.half)
		require.NoError(t, err)
		assert.Equal(t, x.want, got)
	}
	for _, k := range []calendar.Kind{
		calendar.KindSchool, calendar.KindWednesday, calendar.KindDayOff, calendar.KindWeekend, calendar.KindHoliday,
		calendar.KindPublicHoliday, calendar.KindBridge, calendar.KindClosed, calendar.KindCatchUp,
	} {
		assert.NotEqual(t, string(k), k.Label(ent.FR))
		assert.NotEmpty(t, k.Label(ent.EN))
	}
	assert.Equal(t, "other", calendar.Kind("other").Label(ent.FR))
}

func TestTheLastDayOfAugust2026IsOff(t *testing.T) {
	t.Parallel()
	for _, z := range abc {
		c := fourDays(t, z)
		assert.Equal(t, calendar.KindHoliday, day(t, c, "2026-08-31").Kind)
		next, err := c.NextSchoolDay(date(t, "2026-08-31"))
		require.NoError(t, err)
		assert.Equal(t, "2026-09-01", next.String())
		// The first taught week starts on a day before the year.
		weeks, err := c.TaughtWeeks(2026)
		require.NoError(t, err)
		assert.Equal(t, "2026-08-31", weeks[0].Monday.String())
	}
}

func TestFirstAndLastDays(t *testing.T) {
	t.Parallel()
	c := nineHalves(t, "B")
	for year, want := range map[ent.SchoolYear][2]string{
		2024: {"2024-09-02", "2025-07-04"}, 2025: {"2025-09-01", "2026-07-03"}, 2026: {"2026-09-01", "2027-07-02"},
	} {
		first, err := c.FirstDay(year)
		require.NoError(t, err)
		last, err := c.LastDay(year)
		require.NoError(t, err)
		assert.Equal(t, want, [2]string{first.String(), last.String()})
	}
	// Easter Monday is in the spring of zone B 2025: the return is Tuesday 22 April.
	periods, err := c.Periods(2024)
	require.NoError(t, err)
	assert.Equal(t, "2025-04-22", periods[3].Return().String())
	back, err := c.NextSchoolDay(periods[3].First)
	require.NoError(t, err)
	assert.Equal(t, "2025-04-22", back.String())
	assert.Equal(t, []ent.SchoolYear{2024, 2025, 2026}, c.SchoolYears())
}

func TestOverrides(t *testing.T) {
	t.Parallel()
	why := ent.Label{FR: "Rattrapage du vendredi 15 mai", EN: "Instead of Friday 15 May"}
	p := calendar.Place{Zone: "C", Week: calendar.FourDays(), Overrides: []calendar.Override{
		{First: date(t, "2026-05-20"), Effect: calendar.EffectFollow, Follows: time.Friday, Reason: why},
		{First: date(t, "2026-06-08"), Last: date(t, "2026-06-12"), Effect: calendar.EffectClose, Reason: ent.Label{FR: "Chauffage", EN: "Heating"}},
		{First: date(t, "2026-06-15"), Effect: calendar.EffectClose, Half: calendar.Afternoon},
		{First: date(t, "2026-06-17"), Effect: calendar.EffectOpen, Half: calendar.Morning},
		{First: date(t, "2026-06-18"), Effect: calendar.EffectFollow, Follows: time.Monday},
	}}
	c := open(t, p)

	d := day(t, c, "2026-05-20")
	assert.Equal(t, calendar.KindCatchUp, d.Kind)
	assert.Equal(t, time.Friday, d.Timetable)
	assert.Equal(t, 2, d.HalfDays())
	assert.Equal(t, "Classe ajoutée par une décision locale : mercredi, matin et après-midi, selon l'emploi du temps du vendredi (Rattrapage du vendredi 15 mai).", d.Reason(ent.FR))
	assert.Equal(t, "Lessons added by a local decision: Wednesday, morning and afternoon, with the timetable of Friday (Instead of Friday 15 May).", d.Reason(ent.EN))

	d = day(t, c, "2026-06-09")
	assert.Equal(t, calendar.KindClosed, d.Kind)
	assert.Equal(t, "Fermeture décidée sur place (Chauffage).", d.Reason(ent.FR))
	o, ok := d.Override()
	assert.True(t, ok)
	assert.Equal(t, calendar.EffectClose, o.Effect)
	// A closure leaves a Wednesday without lessons what it was.
	d = day(t, c, "2026-06-10")
	assert.Equal(t, calendar.KindWednesday, d.Kind)
	_, ok = d.Override()
	assert.False(t, ok)

	d = day(t, c, "2026-06-15")
	assert.Equal(t, calendar.KindSchool, d.Kind)
	assert.Equal(t, 1, d.HalfDays())
	assert.False(t, d.Open(calendar.Afternoon))
	assert.Equal(t, 1, day(t, c, "2026-06-17").HalfDays())
	d = day(t, c, "2026-06-18")
	assert.Equal(t, calendar.KindSchool, d.Kind)
	assert.Equal(t, time.Monday, d.Timetable)

	// The week of 8 June has lessons no more; the calendar does not see a later change of the caller's slice.
	p.Overrides[1].Effect = calendar.EffectOpen
	got := c.Place()
	got.Overrides[1].Effect = calendar.EffectOpen
	assert.Equal(t, calendar.KindClosed, day(t, c, "2026-06-09").Kind)
	weeks, err := c.TaughtWeeks(2025)
	require.NoError(t, err)
	assert.Len(t, weeks, 35)
	deadline, err := c.AddSchoolDays(date(t, "2026-06-15"), -1)
	require.NoError(t, err)
	assert.Equal(t, "2026-06-05", deadline.String())
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	week := calendar.FourDays()
	on := date(t, "2026-06-15")
	for name, x := range map[string]struct {
		place calendar.Place
		code  ent.Code
	}{
		"no half-day":       {calendar.Place{Zone: "C"}, calendar.CodeWeek},
		"unknown zone":      {calendar.Place{Zone: "Atlantide", Week: week}, calendar.CodeUnknownZone},
		"no date for it":    {calendar.Place{Zone: calendar.ZoneGuyane, Week: week}, calendar.CodeUnknownZone},
		"unknown territory": {calendar.Place{Zone: "C", Territory: "atlantide", Week: week}, calendar.CodeTerritory},
		"no effect":         {calendar.Place{Zone: "C", Week: week, Overrides: []calendar.Override{{First: on}}}, calendar.CodeOverride},
		"no date":           {calendar.Place{Zone: "C", Week: week, Overrides: []calendar.Override{{Effect: calendar.EffectOpen}}}, calendar.CodeOverride},
		"wrong order": {calendar.Place{Zone: "C", Week: week, Overrides: []calendar.Override{
			{First: on, Last: on.AddDays(-1), Effect: calendar.EffectOpen},
		}}, calendar.CodeOverride},
		"odd half": {calendar.Place{Zone: "C", Week: week, Overrides: []calendar.Override{
			{First: on, Half: "night", Effect: calendar.EffectOpen},
		}}, calendar.CodeOverride},
		"odd weekday": {calendar.Place{Zone: "C", Week: week, Overrides: []calendar.Override{
			{First: on, Effect: calendar.EffectFollow, Follows: 9},
		}}, calendar.CodeOverride},
	} {
		_, err := calendar.New(calendar.Default(), x.place)
		assert.ErrorIs(t, err, x.code, name)
	}
	_, err := calendar.New(new(calendar.Years), calendar.Place{Zone: "C", Week: week})
	assert.ErrorIs(t, err, calendar.CodeUnknownZone)
}

func TestUnknownDatesAreErrors(t *testing.T) {
	t.Parallel()
	c := fourDays(t, "C")
	inside := date(t, "2025-11-03")
	for _, s := range []string{"2024-08-31", "2027-09-01", "1999-01-01", "9999-12-31"} {
		d := date(t, s)
		assert.False(t, c.Known(d))
		_, err := c.Day(d)
		require.ErrorIs(t, err, calendar.CodeUnknownDate)
		_, err = c.DayKind(d)
		require.ErrorIs(t, err, calendar.CodeUnknownDate)
		_, err = c.Open(d, calendar.Morning)
		require.ErrorIs(t, err, calendar.CodeUnknownDate)
		_, err = c.AddSchoolDays(d, 1)
		require.ErrorIs(t, err, calendar.CodeUnknownDate)
		_, err = c.NextSchoolDay(d)
		require.ErrorIs(t, err, calendar.CodeUnknownDate)
		_, err = c.SchoolDays(inside, d)
		require.ErrorIs(t, err, calendar.CodeUnknownDate)
		_, err = c.Days(d, inside)
		require.ErrorIs(t, err, calendar.CodeUnknownDate)
	}
	_, err := c.Day(ent.Date{})
	require.ErrorIs(t, err, calendar.CodeUnknownDate)
	_, err = c.AddSchoolDays(ent.Date{}, 0)
	require.ErrorIs(t, err, calendar.CodeUnknownDate)
	_, err = c.AddSchoolDays(inside, 10_000)
	require.ErrorIs(t, err, calendar.CodeUnknownDate)
	_, err = c.AddSchoolDays(inside, -10_000)
	require.ErrorIs(t, err, calendar.CodeUnknownDate)
	_, err = c.Days(inside, inside.AddDays(-1))
	require.ErrorIs(t, err, calendar.CodeRange)
	_, err = c.TaughtWeeks(2030)
	require.ErrorIs(t, err, calendar.CodeUnknownYear)
	_, _, err = c.Range(2030)
	require.ErrorIs(t, err, calendar.CodeUnknownYear)
	_, err = c.Periods(2030)
	require.ErrorIs(t, err, calendar.CodeUnknownYear)
	_, err = c.FirstDay(2030)
	require.ErrorIs(t, err, calendar.CodeUnknownYear)
	_, err = c.LastDay(2030)
	require.ErrorIs(t, err, calendar.CodeUnknownYear)
	var issue ent.Issue
	require.ErrorAs(t, err, &issue)
	assert.Equal(t, "L'année scolaire 2030-2031 n'est pas connue pour ce lieu.", issue.Message(ent.FR))

	// A gap between two known years is not crossed.
	y := keepYears(t, calendar.ZoneC, 2024, 2026)
	c, err = calendar.New(y, calendar.Place{Zone: "C", Week: calendar.FourDays()})
	require.NoError(t, err)
	_, err = c.Days(date(t, "2025-06-01"), date(t, "2026-10-01"))
	require.ErrorIs(t, err, calendar.CodeUnknownDate)
	_, err = c.AddSchoolDays(date(t, "2025-07-04"), 1)
	require.ErrorIs(t, err, calendar.CodeUnknownDate)
	_, err = c.AddSchoolDays(date(t, "2026-09-01"), -1)
	require.ErrorIs(t, err, calendar.CodeUnknownDate)
	_, err = c.Day(date(t, "2026-01-15"))
	require.ErrorIs(t, err, calendar.CodeUnknownDate)
}

// keepYears returns the years of a zone that are named, and no other.
func keepYears(t testing.TB, z calendar.Zone, years ...ent.SchoolYear) *calendar.Years {
	t.Helper()
	d := calendar.Default()
	l := calendar.Lists{Sources: d.Sources()}
	for _, year := range years {
		l.Periods = append(l.Periods, d.Periods(z, year)...)
		l.Starts = append(l.Starts, d.Starts(z, year)...)
	}
	y, err := new(calendar.Years).With(l)
	require.NoError(t, err)
	return y
}

func TestOverseasAndCorsica(t *testing.T) {
	t.Parallel()
	r := nineHalves(t, calendar.ZoneReunion)
	assert.Equal(t, calendar.TerritoryReunion, r.Place().Territory)
	// The year begins in August.
	d := day(t, r, "2025-08-19")
	assert.Equal(t, calendar.KindSchool, d.Kind)
	assert.Equal(t, ent.SchoolYear(2025), d.Year)
	assert.Equal(t, ent.SchoolYear(2024), day(t, r, "2025-08-18").Year)
	assert.Equal(t, calendar.KindPublicHoliday, day(t, r, "2025-12-20").Kind)
	assert.False(t, d.Verified)
	// Its end in 2027 is not published, and lessons begin in August there.
	assert.True(t, r.Known(date(t, "2027-07-03")))
	assert.False(t, r.Known(date(t, "2027-07-04")))

	c := nineHalves(t, calendar.ZoneCorse)
	first, err := c.FirstDay(2025)
	require.NoError(t, err)
	assert.Equal(t, "2025-09-02", first.String())
	assert.Equal(t, calendar.KindHoliday, day(t, c, "2025-09-01").Kind)
	assert.True(t, c.Known(date(t, "2026-08-31")))
	assert.Equal(t, "2026-02-22", mustPeriod(t, nineHalves(t, calendar.ZoneMartinique), "2026-02-10").Last.String())

	alsace := open(t, calendar.Place{Zone: "B", Territory: calendar.TerritoryOf("67"), Week: calendar.FourDays()})
	assert.Equal(t, calendar.KindPublicHoliday, day(t, alsace, "2026-04-03").Kind)
	assert.Equal(t, calendar.KindSchool, day(t, fourDays(t, "B"), "2026-04-03").Kind)
}

// A zone that has one territory only needs no other.
func TestTerritoryOfZone(t *testing.T) {
	t.Parallel()
	for zone, want := range map[calendar.Zone]calendar.Territory{
		"A": "metropole", "Corse": "metropole", "Guadeloupe": "guadeloupe", "Guyane": "guyane", "Martinique": "martinique",
		"Mayotte": "mayotte", "Réunion": "la-reunion", "Polynésie": "polynesie-francaise",
		"Saint-Pierre-et-Miquelon": "saint-pierre-et-miquelon", "Nouvelle-Calédonie": "nouvelle-caledonie",
		"Wallis et Futuna": "wallis-et-futuna",
	} {
		y, err := new(calendar.Years).With(calendar.Lists{
			Sources: []calendar.Source{{Key: "x", Title: "x", AsOf: date(t, "2026-01-01")}},
			Periods: []calendar.Period{{
				Year: 2025, Zone: zone, Kind: calendar.PeriodSummer, Name: "Vacances d'été", First: date(t, "2026-07-04"), Source: "x",
			}},
		})
		require.NoError(t, err)
		c, err := calendar.New(y, calendar.Place{Zone: zone, Week: calendar.FourDays()})
		require.NoError(t, err)
		assert.Equal(t, want, c.Place().Territory)
		assert.Equal(t, want == "metropole", c.Known(date(t, "2026-07-05")))
	}
}

func mustPeriod(t testing.TB, c *calendar.Calendar, s string) calendar.Period {
	t.Helper()
	p, ok := day(t, c, s).Period()
	require.True(t, ok)
	return p
}

func TestZones(t *testing.T) {
	t.Parallel()
	for label, want := range map[string]calendar.Zone{
		"Zone A": "A", "a": "A", "zone b": "B", "Réunion": calendar.ZoneReunion, "La Réunion": calendar.ZoneReunion,
		"Polynésie": calendar.ZonePolynesie, "Saint-Pierre-et-Miquelon": calendar.ZoneSPM, " Territoire Exemple ": "Territoire Exemple",
	} {
		assert.Equal(t, want, calendar.NewZone(label), label)
	}
	for label, want := range map[string]calendar.Zone{
		"Caen": "B", "Rouen": "B", "Normandie": "B", "Clermont-Ferrand": "A", "CRETEIL": "C", "Académie de Lyon": "A",
		"académie d'Aix-Marseille": "B", "Orléans-Tours": "B", "La Réunion": calendar.ZoneReunion, "Réunion": calendar.ZoneReunion,
		"Polynésie": calendar.ZonePolynesie, "Corse": calendar.ZoneCorse,
	} {
		z, ok := calendar.ZoneOfLabel(label)
		assert.True(t, ok, label)
		assert.Equal(t, want, z, label)
	}
	for _, label := range []string{"", "Zone D", "A", "Ville"} {
		_, ok := calendar.ZoneOfLabel(label)
		assert.False(t, ok, label)
	}
	for code, want := range map[ent.AcademyCode]calendar.Zone{"010": "A", "070": "B", "024": "C", "027": "Corse", "028": "Réunion", "005": "B", "021": "B"} {
		z, ok := calendar.ZoneOfAcademy(code)
		assert.True(t, ok)
		assert.Equal(t, want, z)
	}
	_, ok := calendar.ZoneOfAcademy("099")
	assert.False(t, ok)
	assert.Equal(t, "zone A", calendar.ZoneA.Label())
	assert.Equal(t, "Corse", calendar.ZoneCorse.Label())

	for code, want := range map[ent.DepartementCode]calendar.Territory{
		"75": "metropole", "2A": "metropole", "57": "alsace-moselle", "68": "alsace-moselle", "971": "guadeloupe", "972": "martinique",
		"973": "guyane", "974": "la-reunion", "975": "saint-pierre-et-miquelon", "976": "mayotte", "977": "saint-barthelemy",
		"978": "saint-martin", "986": "wallis-et-futuna", "987": "polynesie-francaise", "988": "nouvelle-caledonie", "99": "", "20": "", "984": "",
	} {
		assert.Equal(t, want, calendar.TerritoryOf(code), string(code))
	}
}

func TestEaster(t *testing.T) {
	t.Parallel()
	for year, want := range map[int]string{
		1583: "1583-04-10", 1818: "1818-03-22", 1943: "1943-04-25", 1981: "1981-04-19", 2000: "2000-04-23", 2024: "2024-03-31",
		2025: "2025-04-20", 2026: "2026-04-05", 2027: "2027-03-28", 2028: "2028-04-16", 2038: "2038-04-25", 2285: "2285-03-22",
	} {
		assert.Equal(t, want, calendar.Easter(year).String())
	}
	assert.True(t, calendar.Easter(1582).IsZero())
	assert.True(t, calendar.Easter(10_000).IsZero())
	for year := 1583; year <= 9999; year++ {
		d := calendar.Easter(year)
		require.Equal(t, time.Sunday, d.Weekday(), d)
		require.True(t, d.Month == 3 && d.Day >= 22 || d.Month == 4 && d.Day <= 25, d)
	}
}

func TestPublicHolidaysInline(t *testing.T) {
	t.Parallel()
	names := func(year int, tr calendar.Territory) map[string]string {
		list, err := calendar.PublicHolidays(year, tr)
		require.NoError(t, err)
		out := map[string]string{}
		for _, h := range list {
			out[h.Date.String()] = h.Name.FR
			assert.NotEmpty(t, h.Name.EN)
			assert.NotEmpty(t, h.Source)
		}
		require.Len(t, out, len(list))
		return out
	}
	m := names(2026, calendar.TerritoryMetropole)
	assert.Len(t, m, 11)
	assert.Equal(t, "Lundi de Pâques", m["2026-04-06"])
	assert.Equal(t, "Ascension", m["2026-05-14"])
	assert.Equal(t, "Lundi de Pentecôte", m["2026-05-25"])
	a := names(2026, calendar.TerritoryAlsaceMoselle)
	assert.Len(t, a, 13)
	assert.Equal(t, "Vendredi saint", a["2026-04-03"])
	for tr, on := range map[calendar.Territory]string{
		"guadeloupe": "05-27", "guyane": "06-10", "martinique": "05-22", "la-reunion": "12-20", "mayotte": "04-27",
		"saint-martin": "05-28", "saint-barthelemy": "10-09",
	} {
		for year := 2024; year <= 2028; year++ {
			assert.Equal(t, "Abolition de l'esclavage", names(year, tr)[fmt.Sprintf("%d-%s", year, on)], tr)
		}
	}
	_, err := calendar.PublicHolidays(2026, "atlantide")
	require.ErrorIs(t, err, calendar.CodeTerritory)
	_, err = calendar.PublicHolidays(1983, calendar.TerritoryMetropole)
	require.ErrorIs(t, err, calendar.CodeHolidayYear)
	_, err = calendar.PublicHolidays(3000, calendar.TerritoryMetropole)
	require.ErrorIs(t, err, calendar.CodeHolidayYear)
}

func TestWithReplacesAndKeeps(t *testing.T) {
	t.Parallel()
	src := calendar.Source{Key: "rectorat", Title: "arrêté rectoral", AsOf: date(t, "2026-11-01")}
	row := calendar.Period{
		Year: 2026, Zone: "C", Kind: calendar.PeriodHoliday, Name: "Vacances d'Hiver",
		First: date(t, "2027-02-13"), Last: date(t, "2027-02-28"), Verified: true, Source: "rectorat",
	}
	base := calendar.Default()
	y, err := base.With(calendar.Lists{Sources: []calendar.Source{src}, Periods: []calendar.Period{row, row}})
	require.NoError(t, err)
	assert.Len(t, y.Periods("C", 2026), 6)
	assert.Contains(t, y.Periods("C", 2026), row)
	assert.NotContains(t, base.Periods("C", 2026), row, "the base stays as it is")
	c, err := calendar.New(y, calendar.Place{Zone: "C", Week: calendar.FourDays()})
	require.NoError(t, err)
	d := day(t, c, "2027-02-16")
	assert.Equal(t, calendar.KindHoliday, d.Kind)
	assert.True(t, d.Verified)
	assert.Equal(t, calendar.KindSchool, day(t, c, "2027-02-09").Kind)

	for name, x := range map[string]struct {
		change func(*calendar.Period)
		code   ent.Code
	}{
		"zone":         {func(p *calendar.Period) { p.Zone = "" }, calendar.CodeRowField},
		"year":         {func(p *calendar.Period) { p.Year = 0 }, calendar.CodeRowField},
		"kind":         {func(p *calendar.Period) { p.Kind = "fête" }, calendar.CodeRowField},
		"name":         {func(p *calendar.Period) { p.Name = " " }, calendar.CodeRowField},
		"source":       {func(p *calendar.Period) { p.Source = "nulle part" }, calendar.CodeRowField},
		"order":        {func(p *calendar.Period) { p.Last = p.First.AddDays(-1) }, calendar.CodeRowDates},
		"no end":       {func(p *calendar.Period) { p.Last = ent.Date{} }, calendar.CodeRowDates},
		"another year": {func(p *calendar.Period) { p.Year = 2020 }, calendar.CodeRowDates},
		"no start":     {func(p *calendar.Period) { p.First = ent.Date{} }, calendar.CodeRowDates},
	} {
		bad := row
		x.change(&bad)
		_, err := base.With(calendar.Lists{Sources: []calendar.Source{src}, Periods: []calendar.Period{bad}})
		assert.ErrorIs(t, err, x.code, name)
	}
	_, err = base.With(calendar.Lists{Sources: []calendar.Source{{}}})
	require.ErrorIs(t, err, calendar.CodeRowField)
	_, err = base.With(calendar.Lists{Sources: []calendar.Source{src}, Starts: []calendar.Start{
		{Year: 2027, Zone: "C", First: date(t, "2027-09-02"), Source: "rectorat"},
		{Year: 2027, Zone: "C", First: date(t, "2027-09-01"), Source: "rectorat"},
	}})
	require.ErrorIs(t, err, calendar.CodeRowTwice)
	_, err = base.With(calendar.Lists{Sources: []calendar.Source{src}, Starts: []calendar.Start{{Year: 2027, Zone: "C", Source: "rectorat"}}})
	require.ErrorIs(t, err, calendar.CodeRowDates)
}

func TestLoad(t *testing.T) {
	t.Parallel()
	y, err := new(calendar.Years).Load(calendar.Files())
	require.NoError(t, err)
	assert.Equal(t, calendar.Default().Unverified(), y.Unverified())

	const head = "school_year;zone;population;kind;name;first_day_off;last_day_off;verified;source;note\n"
	const sources = "key;title;publisher;licence;url;as_of\nx;arrêté;;;;2026-01-01\n"
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	for name, x := range map[string]struct {
		files fstest.MapFS
		code  ent.Code
		at    string
	}{
		"another file": {fstest.MapFS{"period.csv": file(head)}, calendar.CodeFile, "period.csv"},
		"columns":      {fstest.MapFS{"periods.csv": file("a;b\n")}, calendar.CodeFile, "periods.csv:1"},
		"encoding":     {fstest.MapFS{"periods.csv": file(head + "\xff\n")}, calendar.CodeFile, "periods.csv"},
		"fields":       {fstest.MapFS{"periods.csv": file(head + "a;b\n")}, calendar.CodeFile, "periods.csv:2"},
		"quote":        {fstest.MapFS{"periods.csv": file(head + "\"a\n")}, calendar.CodeFile, "periods.csv"},
		"year":         {fstest.MapFS{"periods.csv": file(head + "2026;C;;holiday;V;2026-10-17;2026-11-01;yes;x;\n")}, calendar.CodeRowField, "periods.csv:2"},
		"date":         {fstest.MapFS{"periods.csv": file(head + "2026-2027;C;;holiday;V;17/10/2026;2026-11-01;yes;x;\n")}, calendar.CodeRowField, "periods.csv:2"},
		"last":         {fstest.MapFS{"periods.csv": file(head + "2026-2027;C;;holiday;V;2026-10-17;demain;yes;x;\n")}, calendar.CodeRowField, "periods.csv:2"},
		"verified":     {fstest.MapFS{"periods.csv": file(head + "2026-2027;C;;holiday;V;2026-10-17;2026-11-01;oui;x;\n")}, calendar.CodeRowField, "periods.csv:2"},
		"order":        {fstest.MapFS{"periods.csv": file(head + "\n2026-2027;C;;holiday;V;2026-11-17;2026-11-01;yes;x;\n"), "sources.csv": file(sources)}, calendar.CodeRowDates, "periods.csv:3"},
		"start":        {fstest.MapFS{"years.csv": file("school_year;zone;population;first_day;verified;source;note\n2026-2027;C;;;yes;x;\n")}, calendar.CodeRowField, "years.csv:2"},
		"as of":        {fstest.MapFS{"sources.csv": file("key;title;publisher;licence;url;as_of\nx;t;;;;\n")}, calendar.CodeRowField, "sources.csv:2"},
	} {
		_, err := new(calendar.Years).Load(x.files)
		require.ErrorIs(t, err, x.code, name)
		assert.ErrorContains(t, err, x.at, name)
	}
	_, err = new(calendar.Years).Load(fstest.MapFS{"lisez-moi.txt": file("")})
	require.Error(t, err)

	y, err = calendar.Default().Load(fstest.MapFS{
		"periods.csv": file("\ufeff" + head + "2026-2027;Zone C;;holiday;Vacances d'hiver;2027-02-06;2027-02-21;yes;x;\n"), "sources.csv": file(sources),
	})
	require.NoError(t, err)
	assert.Len(t, y.Unverified(), len(calendar.Default().Unverified())-1)
}

func TestPopulations(t *testing.T) {
	t.Parallel()
	src := calendar.Source{Key: "x", Title: "x", AsOf: date(t, "2026-01-01")}
	period := func(pop string, kind calendar.PeriodKind, name, first, last string) calendar.Period {
		return calendar.Period{Year: 2025, Zone: calendar.ZonePolynesie, Population: pop, Kind: kind, Name: name, First: date(t, first), Last: date(t, last), Source: "x", Verified: true}
	}
	one, two := "Élèves du premier degré", "Élèves du second degré"
	y, err := new(calendar.Years).With(calendar.Lists{
		Sources: []calendar.Source{src},
		Starts: []calendar.Start{
			{Year: 2025, Zone: calendar.ZonePolynesie, Population: one, First: date(t, "2025-08-13"), Source: "x", Verified: true},
			{Year: 2025, Zone: calendar.ZonePolynesie, Population: two, First: date(t, "2025-08-12"), Source: "x", Verified: true},
		},
		Periods: []calendar.Period{
			period("", calendar.PeriodHoliday, "Vacances de Septembre", "2025-09-13", "2025-09-21"),
			period(one, calendar.PeriodSummer, "Grandes Vacances", "2026-07-03", "2026-08-10"),
			period(two, calendar.PeriodSummer, "Grandes Vacances", "2026-07-04", "2026-08-10"),
		},
	})
	require.NoError(t, err)
	assert.Equal(t, []string{one, two}, y.Populations(calendar.ZonePolynesie))
	place := calendar.Place{Zone: calendar.ZonePolynesie, Week: calendar.WednesdayMorning()}
	_, err = calendar.New(y, place)
	require.ErrorIs(t, err, calendar.CodePopulation)
	for pop, want := range map[string][2]string{one: {"2025-08-13", "2026-07-02"}, two: {"2025-08-12", "2026-07-03"}} {
		place.Populations = []string{pop}
		c, err := calendar.New(y, place)
		require.NoError(t, err)
		first, err := c.FirstDay(2025)
		require.NoError(t, err)
		last, err := c.LastDay(2025)
		require.NoError(t, err)
		assert.Equal(t, want, [2]string{first.String(), last.String()})
		// Ten months without holidays: some are missing, so the days between are not trusted.
		assert.False(t, day(t, c, "2026-03-10").Verified)
		assert.True(t, day(t, c, "2025-09-10").Verified)
	}
}

func TestProperties(t *testing.T) {
	t.Parallel()
	for _, p := range []calendar.Place{
		{Zone: "A", Week: calendar.FourDays()},
		{Zone: "B", Week: calendar.WednesdayMorning(), Territory: calendar.TerritoryAlsaceMoselle},
		{Zone: "C", Week: calendar.Week{time.Saturday: {Morning: true}}},
		{Zone: calendar.ZoneReunion, Week: calendar.WednesdayMorning()},
	} {
		c := open(t, p)
		years := c.SchoolYears()
		from, _, err := c.Range(years[0])
		require.NoError(t, err)
		_, to, err := c.Range(years[len(years)-1])
		require.NoError(t, err)

		// Every day has one kind, and reasons in both languages.
		all, err := c.Days(from, to)
		require.NoError(t, err)
		next, total := from, 0
		kinds := map[calendar.Kind]int{}
		for d := range all {
			require.Equal(t, next, d.Date)
			next = next.AddDays(1)
			total++
			kinds[d.Kind]++
			require.Contains(t, []calendar.Kind{
				calendar.KindSchool, calendar.KindWednesday, calendar.KindDayOff, calendar.KindWeekend, calendar.KindHoliday,
				calendar.KindPublicHoliday, calendar.KindBridge,
			}, d.Kind)
			require.NotEmpty(t, d.Reason(ent.FR))
			require.NotEmpty(t, d.Reason(ent.EN))
			require.Equal(t, d.Kind == calendar.KindSchool, d.HasLessons())
		}
		require.Equal(t, to.AddDays(1), next)
		sum := 0
		for _, n := range kinds {
			sum += n
		}
		require.Equal(t, total, sum)

		// School days are sorted, unique, and each is as far from the first as its rank.
		seq, err := c.SchoolDays(from, to)
		require.NoError(t, err)
		days := slices.Collect(seq)
		require.True(t, slices.IsSortedFunc(days, func(a, b calendar.Day) int { return a.Date.Compare(b.Date) }))
		for i, d := range days {
			got, err := c.AddSchoolDays(days[0].Date, i)
			require.NoError(t, err)
			require.Equal(t, d.Date, got)
			for _, n := range []int{0, 1, 2, 7, 50} {
				there, err := c.AddSchoolDays(d.Date, n)
				if i+n >= len(days) {
					require.ErrorIs(t, err, calendar.CodeUnknownDate)
					continue
				}
				require.NoError(t, err)
				back, err := c.AddSchoolDays(there, -n)
				require.NoError(t, err)
				require.Equal(t, d.Date, back)
			}
		}
		for range seq {
			break // a range may stop
		}
	}
}

func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	c := fourDays(t, "C")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range 300 {
				d, err := c.Day(ent.Date{Year: 2025, Month: 9, Day: 1}.AddDays(i))
				if err != nil || d.Reason(ent.FR) == "" {
					t.Error("no answer")
				}
			}
		})
	}
	wg.Wait()
}

func BenchmarkDayKind(b *testing.B) {
	c := fourDays(b, "C")
	d := date(b, "2026-02-24")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.DayKind(d); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := calendar.New(calendar.Default(), calendar.Place{Zone: "C", Week: calendar.FourDays()}); err != nil {
			b.Fatal(err)
		}
	}
}
