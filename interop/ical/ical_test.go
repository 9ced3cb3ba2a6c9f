package ical_test

import (
	"bytes"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/teambition/rrule-go"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/interop/ical"
	"github.com/opencartable/cartable/schoollife/timetable"
)

func TestCatalog(t *testing.T) {
	t.Parallel()
	require.NoError(t, ical.Catalog().Check())
}

// A file where most lines are wrong: each is told with its line, and the rest is read.
func TestWhatIsWrongIsToldWithItsLine(t *testing.T) {
	t.Parallel()
	text := strings.Join([]string{
		"\ufeffBEGIN:VCALENDAR", "VERSION:2.0", "no colon here", "BEGIN:VEVENT", // 4
		"UID:a", "DTSTART:2025", "END:VEVENT", // 7
		"BEGIN:VEVENT", "DTSTART:20251103T080000", "END:VEVENT", // 10
		"BEGIN:VEVENT", "UID:b", "DTSTART;TZID=Atlantis:20251103T080000", "END:VEVENT", // 14
		"BEGIN:VEVENT", "UID:c", "DTSTART:20251103T080000", "DTEND:20251103T070000", "END:VEVENT", // 19
		"BEGIN:VEVENT", "UID:d", "DTSTART:20251103T080000", "SUMMARY:fold", "  ed\\, Dur", " and\x01", "SUMMARY:again", "SEQUENCE:x", "EXDATE:20251104T080000,hier", "END:VEVENT", // 29
		"BEGIN:VTODO", "UID:t", "BEGIN:VALARM", "END:VALARM", "END:VTODO", // 34
		"BEGIN:VEVENT", "UID:e", "DTSTART:20251103T080000", "BEGIN:VALARM", "TRIGGER:-PT5M", "END:VALARM", "RRULE:FREQ=HOURLY;COUNT=3", "END:VEVENT", // 42
		"BEGIN:VEVENT", "UID:f", "DTSTART:20251103T080000",
	}, "\r\n")
	c, r, err := ical.Read(strings.NewReader(text), ical.Options{Zone: zone(t, "Europe/Paris"), File: "agenda.ics"})
	require.NoError(t, err)
	require.True(t, r.Balanced())
	assert.Equal(t, ent.Tally{Read: 7, Kept: 2, Refused: 5}, r.Tally("events"))
	for code, line := range map[ent.Code]int{
		ical.CodeLine: 3, ical.CodeStart: 6, ical.CodeUID: 8, ical.CodeZone: 13, ical.CodeEnd: 18, ical.CodeText: 23, ical.CodeTwice: 26,
		ical.CodeValue: 27, ical.CodeUnread: 30, ical.CodeFrequency: 41, ical.CodeTruncated: 43,
	} {
		require.NotZero(t, r.CountOf(code), code)
		i := r.Examples(code)[0]
		assert.Equal(t, line, i.Pos.Line, code)
		assert.Equal(t, "agenda.ics", i.Pos.File)
		assert.NotContains(t, i.Error(), "Durand")
	}
	assert.Equal(t, "/VCALENDAR/VEVENT/SEQUENCE", r.Examples(ical.CodeValue)[0].Path)
	assert.Equal(t, int64(2), r.CountOf(ical.CodeValue))
	d := find(t, c, "d")
	assert.Equal(t, "fold ed, Durand", d.Summary)
	assert.Len(t, d.ExDates, 1)
	assert.Equal(t, ical.FormFloating, d.Start.Form)
	assert.Equal(t, []ent.Loss{{Code: ical.CodeUnread, Field: "VALARM", Count: 1}, {Code: ical.CodeUnread, Field: "VTODO", Count: 1}}, r.Losses())

	list, more, err := c.Expand(ical.Window{})
	require.NoError(t, err)
	assert.Len(t, list, 1, "a rule finer than a day is not expanded")
	assert.Equal(t, ent.Tally{Read: 2, Kept: 1, Refused: 1}, more.Tally("events"))
	assert.Equal(t, int64(1), more.CountOf(ical.CodeFrequency))
}

func TestWhatIsNoCalendar(t *testing.T) {
	t.Parallel()
	paris := zone(t, "Europe/Paris")
	for text, code := range map[string]ent.Code{
		"": ical.CodeNotCalendar, "\n\n": ical.CodeNotCalendar, "<html>": ical.CodeNotCalendar, "BEGIN:VCARD\n": ical.CodeNotCalendar, "VERSION:2.0\n": ical.CodeNotCalendar,
		"BEGIN:VCALENDAR\n" + strings.Repeat("BEGIN:X\n", 100): ical.CodeLimit, strings.Repeat("x", 2000): ical.CodeLimit,
		vevents("UID:1", "UID:2", "UID:3", "UID:4"): ical.CodeLimit,
	} {
		c, r, err := ical.Read(strings.NewReader(text), ical.Options{Zone: paris, MaxBytes: 1500, MaxEvents: 3})
		require.ErrorIs(t, err, code, text)
		assert.Nil(t, c)
		assert.Equal(t, int64(1), r.CountOf(code))
	}
	_, _, err := ical.Read(strings.NewReader(vevents()), ical.Options{})
	require.ErrorIs(t, err, ical.CodeNoZone, "never the machine's zone")
	_, _, err = (&ical.Calendar{}).Expand(ical.Window{})
	require.ErrorIs(t, err, ical.CodeNoZone)
	require.ErrorIs(t, ical.Write(&bytes.Buffer{}, &ical.Calendar{}), ical.CodeNoZone)
}

func TestEnds(t *testing.T) {
	t.Parallel()
	c, r := readText(t, vevents(
		"UID:1\nDTSTART;VALUE=DATE:20251018\nDURATION:P2W", "UID:2\nDTSTART;TZID=Europe/Paris:20260328T230000\nDURATION:P1DT1H",
		"UID:3\nDTSTART:20251103T080000Z\nDTEND;TZID=Europe/Paris:20251103T100000\nRRULE:FREQ=DAILY;COUNT=2",
		"UID:4\nDTSTART:20251103T080000", "UID:5\nDTSTART;VALUE=DATE:20251018\nDURATION:P0D", "UID:6\nDTSTART:20251103T080000\nDURATION:-PT1H",
		"UID:7\nDTSTART;VALUE=DATE:20251018\nDTEND:20251018T080000", "UID:8\nDTSTART:20251103T080000\nDURATION:PT",
		"UID:9\nDTSTART;VALUE=DATE:20251018\nDURATION:PT5H",
	))
	assert.Equal(t, int64(4), r.CountOf(ical.CodeEnd))
	got := map[string]string{}
	for _, o := range expand(t, c, ical.Window{}) {
		got[o.Event.UID] += o.To.UTC().Format(minute) + " "
	}
	assert.Equal(t, map[string]string{
		"1": "2025-10-31T23:00Z ", "2": "2026-03-29T22:00Z ", "3": "2025-11-03T09:00Z 2025-11-04T09:00Z ", "4": "2025-11-03T07:00Z ", "5": "2025-10-18T22:00Z ",
	}, got)
}

func TestSeries(t *testing.T) {
	t.Parallel()
	const start = "UID:x\nDTSTART;TZID=Europe/Paris:20251006T080000\nDTEND;TZID=Europe/Paris:20251006T090000\n"
	for name, is := range map[string]struct {
		rule string
		want []string
	}{
		"until in the school's time":   {"RRULE:FREQ=WEEKLY;UNTIL=20251027T080000", []string{"10-06T06", "10-13T06", "10-20T06", "10-27T07"}},
		"until in UTC":                 {"RRULE:FREQ=WEEKLY;UNTIL=20251027T070000Z", []string{"10-06T06", "10-13T06", "10-20T06", "10-27T07"}},
		"until in UTC, an hour before": {"RRULE:FREQ=WEEKLY;UNTIL=20251027T060000Z", []string{"10-06T06", "10-13T06", "10-20T06"}},
		"until a day, meant whole":     {"RRULE:FREQ=WEEKLY;UNTIL=20251020", []string{"10-06T06", "10-13T06", "10-20T06"}},
		"lower case, a stray end":      {"RRULE:freq=weekly;count=2;", []string{"10-06T06", "10-13T06"}},
		"EXDATE in UTC, and a day":     {"RRULE:FREQ=DAILY;COUNT=4\nEXDATE:20251007T060000Z\nEXDATE;VALUE=DATE:20251009", []string{"10-06T06", "10-08T06"}},
		"RDATE lists, one known":       {"RRULE:FREQ=WEEKLY;COUNT=2\nRDATE;TZID=Europe/Paris:20251013T080000,20251014T100000", []string{"10-06T06", "10-13T06", "10-14T08"}},
		"the start is always one":      {"RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=2", []string{"10-06T06", "10-07T06", "10-14T06"}},
		"first Monday of the month":    {"RRULE:FREQ=MONTHLY;BYDAY=1MO;COUNT=3", []string{"10-06T06", "11-03T07", "12-01T07"}},
	} {
		c, r := readText(t, vevents(start+is.rule))
		assert.Empty(t, r.Codes(), name)
		var got []string
		for _, s := range starts(expand(t, c, ical.Window{}), "x") {
			got = append(got, s[5:13])
		}
		assert.Equal(t, is.want, got, name)
	}
	for _, rule := range []string{
		"FREQ=SOMETIMES", "COUNT=3", "FREQ=WEEKLY;COUNT=0", "FREQ=WEEKLY;INTERVAL=0", "FREQ=WEEKLY;UNTIL=tomorrow", "FREQ=WEEKLY;X=1", "FREQ=WEEKLY;BYDAY=XX",
		"FREQ=WEEKLY;BYMONTH=13", "FREQ=DAILY;BYHOUR=1,2,3,4,5,6,7,8,9,10;BYMINUTE=1,2,3,4,5,6,7,8,9,10", "FREQ=DAILY;BYDAY=" + strings.Repeat("MO,", 500) + "MO",
	} {
		c, r := readText(t, vevents(start+"RRULE:"+rule))
		assert.Equal(t, int64(1), r.CountOf(ical.CodeRule), rule)
		assert.Len(t, c.Events, 1, "kept, as it was")
		list, more, err := c.Expand(ical.Window{})
		require.NoError(t, err)
		assert.Empty(t, list)
		assert.Equal(t, int64(1), more.Total().Refused)
	}
}

func TestExpansionIsBounded(t *testing.T) {
	t.Parallel()
	c, _ := readText(t, vevents("UID:x\nDTSTART;TZID=Europe/Paris:20251006T080000\nRRULE:FREQ=DAILY", "UID:y\nDTSTART;TZID=Europe/Paris:20251006T080000"))
	list, r, err := c.Expand(ical.Window{})
	require.NoError(t, err)
	assert.Len(t, list, 1)
	assert.Equal(t, int64(1), r.CountOf(ical.CodeEndless))
	list = expand(t, c, ical.Window{From: day(t, "2026-01-01"), To: day(t, "2026-01-31")})
	assert.Len(t, list, 31)
	list, _, err = c.Expand(ical.Window{To: day(t, "2026-01-31"), Max: 31})
	require.ErrorIs(t, err, ical.CodeLimit)
	assert.Nil(t, list)

	began := time.Now()
	for _, rule := range []string{"FREQ=DAILY;UNTIL=99991231", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=3", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=1"} {
		var many []string
		for i := range 500 {
			many = append(many, "UID:"+strconv.Itoa(i)+"\nDTSTART:00010101T080000Z\nRRULE:"+rule)
		}
		c, _ = readText(t, vevents(many...))
		_, _, err = c.Expand(ical.Window{To: day(t, "2026-01-31")})
		require.ErrorIs(t, err, ical.CodeLimit, rule)
	}
	assert.Less(t, time.Since(began), 20*time.Second, "rules that ask too much work stop early")
}

// Moved into a window and out of it; an override of no occurrence; one without its series; days that name times.
func TestOverrides(t *testing.T) {
	t.Parallel()
	text := vevents(
		"UID:x\nDTSTART;TZID=Europe/Paris:20251006T080000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=6",
		"UID:x\nRECURRENCE-ID:20251013T060000Z\nDTSTART;TZID=Europe/Paris:20251105T080000\nDURATION:PT1H\nSEQUENCE:1",
		"UID:x\nRECURRENCE-ID;VALUE=DATE:20251020\nDTSTART;TZID=Europe/Paris:20251020T080000\nDURATION:PT2H\nSEQUENCE:1",
		"UID:x\nRECURRENCE-ID;TZID=Europe/Paris:20251028T080000\nDTSTART;TZID=Europe/Paris:20251028T080000\nSTATUS:CANCELLED",
		"UID:alone\nRECURRENCE-ID;TZID=Europe/Paris:20251107T080000\nDTSTART;TZID=Europe/Paris:20251107T080000",
	)
	c, r := readText(t, text)
	assert.Empty(t, r.Codes())
	list, more, err := c.Expand(ical.Window{})
	require.NoError(t, err)
	assert.Len(t, list, 8)
	require.Equal(t, int64(1), more.CountOf(ical.CodeOrphan))
	october := expand(t, c, ical.Window{From: day(t, "2025-10-13"), To: day(t, "2025-10-20")})
	require.Len(t, october, 1, "what moved out is gone")
	assert.Equal(t, timetable.StateChanged, october[0].State)
	assert.Equal(t, 2*time.Hour, october[0].To.Sub(october[0].From))
	far, more, err := func() ([]ical.Occurrence, *ent.Report, error) {
		c, _ := readText(t, strings.ReplaceAll(text, "RECURRENCE-ID;TZID=Europe/Paris:20251028T", "RECURRENCE-ID;TZID=Europe/Paris:99981028T"))
		return c.Expand(ical.Window{To: day(t, "2025-12-31")})
	}()
	require.NoError(t, err)
	assert.Len(t, far, 8, "an override of a far date asks no work")
	assert.Empty(t, more.Codes())
	november := expand(t, c, ical.Window{From: day(t, "2025-11-05"), To: day(t, "2025-11-07")})
	require.Len(t, november, 2, "what moved in is there")
	assert.Equal(t, timetable.StateMoved, november[0].State)
	assert.Equal(t, "20251013T080000", november[0].Original.String())
}

// The time of a lesson stays through both clock changes, whatever the zone and the rule: the instants are those of each local time.
func TestLocalTimeNeverShifts(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for _, name := range []string{"Europe/Paris", "America/Martinique", "Indian/Reunion", "Pacific/Noumea", "America/Miquelon"} {
		z := zone(t, name)
		for range 100 {
			first := day(t, "2025-09-01").AddDays(random.IntN(7))
			at := timetable.Clock(random.IntN(24 * 60))
			interval := 1 + random.IntN(3)
			start := ical.LocalTime(first, at, z)
			e := ical.Event{UID: "x", Start: start, End: ical.LocalTime(first, min(at+55, 24*60), z), Rule: "FREQ=WEEKLY;COUNT=52;INTERVAL=" + strconv.Itoa(interval)}
			c := &ical.Calendar{Zone: time.UTC, Events: []ical.Event{e}}
			list := expand(t, c, ical.Window{})
			require.Len(t, list, 52)
			for i, o := range list {
				on := first.AddDays(7 * interval * i)
				want := timetable.Instant(on, at, z)
				require.True(t, want.Equal(o.From), "%s %s %s", name, on, at)
				require.Equal(t, ical.LocalTime(on, at, z), o.Start)
			}
		}
	}
}

// rrule-go, run on instants of UTC, gives the dates that Expand gives in UTC.
func TestRulesAgainstRRule(t *testing.T) {
	t.Parallel()
	for _, rule := range []string{
		"FREQ=WEEKLY;COUNT=40", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;COUNT=40", "FREQ=DAILY;UNTIL=20251224T235959Z", "FREQ=MONTHLY;BYDAY=-1FR;COUNT=12",
		"FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU;COUNT=5", "FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=10", "FREQ=WEEKLY;BYDAY=MO;BYHOUR=8,14;COUNT=9",
	} {
		c, _ := readText(t, vevents("UID:x\nDTSTART:20250901T080000Z\nRRULE:"+rule))
		o, err := rrule.StrToROption(rule)
		require.NoError(t, err)
		o.Dtstart = time.Date(2025, 9, 1, 8, 0, 0, 0, time.UTC)
		r, err := rrule.NewRRule(*o)
		require.NoError(t, err)
		want := []string{"2025-09-01T08:00Z"}
		for _, at := range r.All() {
			if s := at.Format(minute); s != want[0] {
				want = append(want, s)
			}
		}
		assert.Equal(t, want, starts(expand(t, c, ical.Window{}), "x"), rule)
	}
}

func TestZones(t *testing.T) {
	t.Parallel()
	at := func(tzid string) (string, *ent.Report) {
		c, r := readText(t, vevents("UID:x\nDTSTART;TZID="+tzid+":20250703T080000"))
		if len(c.Events) == 0 {
			return "", r
		}
		return c.Events[0].Start.Zone.String(), r
	}
	for tzid, want := range map[string]string{
		"/example.org/20250101/Europe/Paris": "Europe/Paris", "/freeassociation/America/Guadeloupe": "America/Guadeloupe", "Romance Standard Time": "Europe/Paris",
		"SA Western Standard Time": "America/Martinique", "SA Eastern Standard Time": "America/Cayenne", "Saint Pierre Standard Time": "America/Miquelon",
		"Mauritius Standard Time": "Indian/Reunion", "E. Africa Standard Time": "Indian/Mayotte", "Central Pacific Standard Time": "Pacific/Noumea",
		"Hawaiian Standard Time": "Pacific/Tahiti", "UTC-09": "Pacific/Gambier", "UTC+12": "Pacific/Wallis", "Marquesas Standard Time": "Pacific/Marquesas",
		"FLE Standard Time": "Europe/Kiev", "GMT Standard Time": "Europe/London", "Local": "", "../../etc/passwd": "", "\"Europe/Paris\"": "Europe/Paris",
	} {
		got, r := at(tzid)
		assert.Equal(t, want, got, tzid)
		assert.Equal(t, want == "", r.CountOf(ical.CodeZone) == 1, tzid)
	}
}

const customZone = `BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
UID:x
DTSTAMP:20250901T060000Z
DTSTART;TZID="(UTC+01:00) École, à la main":20251006T080000
DTEND;TZID="(UTC+01:00) École, à la main":20251006T090000
RRULE:FREQ=WEEKLY;COUNT=30
END:VEVENT
BEGIN:VTIMEZONE
TZID:(UTC+01:00) École\, à la main
BEGIN:DAYLIGHT
DTSTART:16010325T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:16011028T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
END:STANDARD
END:VTIMEZONE
END:VCALENDAR
`

// A name that nobody knows is what the file says it is, and stays so when written and read again.
func TestZoneOfTheFile(t *testing.T) {
	t.Parallel()
	c, r := readText(t, customZone)
	assert.Empty(t, r.Codes())
	paris, _ := readText(t, vevents("UID:x\nDTSTART;TZID=Europe/Paris:20251006T080000\nDTEND;TZID=Europe/Paris:20251006T090000\nRRULE:FREQ=WEEKLY;COUNT=30"))
	assert.Equal(t, told(t, paris), told(t, c))
	again, r := readText(t, string(write(t, c)))
	assert.Empty(t, r.Codes())
	assert.Equal(t, told(t, c), told(t, again))
	assert.Equal(t, write(t, c), write(t, again))
	// Two zones of one name cannot both be written.
	other := strings.ReplaceAll(customZone, "+0200", "+0300")
	o, _ := readText(t, strings.ReplaceAll(other, "UID:x", "UID:y"))
	merged, _ := ical.Merge(c, o)
	require.ErrorIs(t, ical.Write(&bytes.Buffer{}, merged), ical.CodeZone)
	// Lines that cannot be read take their observance away, and a zone of none is unknown.
	_, r = readText(t, strings.ReplaceAll(customZone, "TZOFFSETTO:+0", "TZOFFSETTO:x"))
	assert.Equal(t, int64(2), r.CountOf(ical.CodeValue))
	assert.Equal(t, int64(1), r.CountOf(ical.CodeZone))
}

// The zone written for Paris is two yearly rules, for a zone that does not change one offset, for another each change.
func TestZonesWritten(t *testing.T) {
	t.Parallel()
	paris := `BEGIN:VTIMEZONE
TZID:Europe/Paris
BEGIN:DAYLIGHT
DTSTART:20240331T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:20241027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
END:STANDARD
END:VTIMEZONE
`
	martinique := `BEGIN:VTIMEZONE
TZID:America/Martinique
BEGIN:STANDARD
DTSTART:20240101T000000
TZOFFSETFROM:-0400
TZOFFSETTO:-0400
TZNAME:AST
END:STANDARD
END:VTIMEZONE
`
	written := func(name string) string {
		b := write(t, calendar(t, agenda(t, name, schoolYear(t, 3))))
		return strings.ReplaceAll(string(b), "\r\n", "\n")
	}
	assert.Contains(t, written("Europe/Paris"), paris)
	assert.Contains(t, written("America/Martinique"), martinique)
	assert.Contains(t, written("America/Miquelon"), "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU\n")
	morocco := written("Africa/Casablanca") // Ramadan moves
	zones, _, _ := strings.Cut(morocco, "BEGIN:VEVENT")
	assert.NotContains(t, zones, "RRULE")
	assert.GreaterOrEqual(t, strings.Count(morocco, "BEGIN:DAYLIGHT")+strings.Count(morocco, "BEGIN:STANDARD"), 5)
}

// Every zone of the French territories, and some that change otherwise, say the same instants when their own VTIMEZONE is read
// under a name that Go does not know.
func TestWrittenZonesAreTrue(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"Europe/Paris", "America/Guadeloupe", "America/Cayenne", "Indian/Reunion", "Indian/Mayotte", "America/Miquelon", "Pacific/Noumea", "Pacific/Tahiti",
		"Pacific/Wallis", "Pacific/Marquesas", "Europe/London", "Europe/Dublin", "Africa/Casablanca", "Australia/Sydney", "Asia/Kolkata", "America/Caracas",
	} {
		z := zone(t, name)
		c := &ical.Calendar{Zone: z}
		for i := range 1000 {
			on := day(t, "2024-11-01").AddDays(i)
			if i >= 800 { // past the changes that Go's data lists, in a leap year too
				on = day(t, "2039-06-01").AddDays(5 * (i - 800))
			}
			c.Events = append(c.Events, ical.Event{
				UID: strconv.Itoa(i), Stamp: lessonsModified, Start: ical.LocalTime(on, 30, z), End: ical.LocalTime(on, 23*60, z),
			})
		}
		renamed := strings.NewReplacer("TZID="+name, "TZID=Home/Made", "TZID:"+name, "TZID:Home/Made").Replace(string(write(t, c)))
		again, r, err := ical.Read(strings.NewReader(renamed), ical.Options{Zone: z})
		require.NoError(t, err)
		require.Empty(t, r.Codes(), name)
		require.Equal(t, "Home/Made", again.Events[0].Start.Zone.String())
		assert.Equal(t, told(t, c), told(t, again), name)
	}
}

func TestOlderVersionsInOneFile(t *testing.T) {
	t.Parallel()
	c, r := readText(t, vevents(
		"UID:x\nDTSTART:20251006T080000\nSUMMARY:one\nSEQUENCE:1", "UID:x\nDTSTART:20251006T090000\nSUMMARY:two\nSEQUENCE:2", "UID:x\nDTSTART:20251006T080000\nSUMMARY:none",
	))
	require.Len(t, c.Events, 1)
	assert.Equal(t, "two", c.Events[0].Summary)
	assert.Equal(t, ent.Tally{Read: 3, Kept: 1, Refused: 2}, r.Tally("events"))
	assert.Equal(t, int64(2), r.CountOf(ical.CodeOlder))
}

func TestUnknownPropertiesAreKept(t *testing.T) {
	t.Parallel()
	text := vevents("UID:x\nDTSTART:20251006T080000\nATTENDEE;CN=\"Durand; Ana\":mailto:ana@exemple.invalid\nSUMMARY;LANGUAGE=fr:Réunion\nURL:https://exemple.invalid/a,b;c")
	c, r := readText(t, text)
	assert.Equal(t, []ical.Property{
		{Name: "ATTENDEE", Params: `;CN="Durand; Ana"`, Value: "mailto:ana@exemple.invalid"}, {Name: "URL", Value: "https://exemple.invalid/a,b;c"},
	}, c.Events[0].Unknown)
	assert.Equal(t, []ent.Loss{{Code: ical.CodeUnread, Field: "SUMMARY.parameter", Count: 1}}, r.Losses())
	assert.Contains(t, string(write(t, c)), "ATTENDEE;CN=\"Durand; Ana\":mailto:ana@exemple.invalid\r\n")
	for _, p := range []ical.Property{{Name: "A B"}, {Name: "END", Value: "VEVENT"}, {Name: "X", Params: "=1"}, {Name: "X", Value: "a\nEND:VEVENT"}} {
		bad := *c
		bad.Unknown = []ical.Property{p}
		require.ErrorIs(t, ical.Write(&bytes.Buffer{}, &bad), ical.CodeLine)
	}
}

func TestWriteRefusesWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	paris := zone(t, "Europe/Paris")
	at := ical.LocalTime(day(t, "2025-10-06"), 480, paris)
	good := ical.Event{UID: "x", Start: at, End: at, Stamp: lessonsModified}
	for code, change := range map[ent.Code]func(*ical.Event){
		ical.CodeUID: func(e *ical.Event) { e.UID = "" }, ical.CodeStart: func(e *ical.Event) { e.Start.Zone = nil },
		ical.CodeEnd: func(e *ical.Event) { e.End = ical.DateTime{} }, ical.CodeStamp: func(e *ical.Event) { e.Stamp = time.Time{} },
	} {
		e := good
		change(&e)
		var b bytes.Buffer
		require.ErrorIs(t, ical.Write(&b, &ical.Calendar{Zone: paris, Events: []ical.Event{e}}), code)
		assert.Zero(t, b.Len())
	}
}

// Texts of any kind come back, and no line is longer than 75 octets or cut inside a character.
func TestTextsComeBack(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		strings.Repeat("é", 200), strings.Repeat("a", 67) + "éé", strings.Repeat("😀", 60), `C:\new; a, b\`, "two\nlines\n", " space ", "\ttab", strings.Repeat(`\,`, 100),
	} {
		at := ical.On(day(t, "2025-10-06"))
		e := ical.Event{
			UID: text, Start: at, End: ical.On(at.Date.AddDays(1)), Stamp: lessonsModified, Summary: text, Description: text, Location: text, Categories: []string{text, "b"},
		}
		b := write(t, &ical.Calendar{Zone: zone(t, "Europe/Paris"), Events: []ical.Event{e}, Name: text})
		for line := range strings.SplitSeq(string(b), "\r\n") {
			assert.LessOrEqual(t, len(line), 75)
			assert.True(t, strings.ToValidUTF8(line, "") == line)
			assert.NotContains(t, line, "\n")
		}
		c, r := readText(t, string(b))
		assert.Empty(t, r.Codes())
		got := c.Events[0]
		assert.Equal(t, []string{text, text, text, text, text, text}, []string{c.Name, got.UID, got.Summary, got.Description, got.Location, got.Categories[0]})
	}
}
