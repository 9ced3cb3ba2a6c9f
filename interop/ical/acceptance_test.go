package ical_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/interop/ical"
	"github.com/opencartable/cartable/schoollife/timetable"
)

type expectedEvent struct {
	RuleDates int               `json:"ruleDates"`
	ExDates   int               `json:"exdates"`
	Instants  []string          `json:"instants"`
	Cancelled []string          `json:"cancelled"`
	Moved     map[string]string `json:"moved"`

	Summary     string `json:"summary"`
	Description string `json:"description"`
	Minutes     int    `json:"durationMinutes"`
	Warning     string `json:"warning"`
	FirstDay    string `json:"firstDay"`
	LastDay     string `json:"lastDay"`
	Floating    string `json:"withDefaultZoneParis"`
	Start       string `json:"start"`
	End         string `json:"end"`
}

func expected(t *testing.T) map[string]map[string]expectedEvent {
	t.Helper()
	var out map[string]map[string]expectedEvent
	require.NoError(t, json.NewDecoder(sample(t, "schoollife", "ical", "expected.json")).Decode(&out))
	return out
}

func find(t *testing.T, c *ical.Calendar, uid string) *ical.Event {
	t.Helper()
	for i := range c.Events {
		if c.Events[i].UID == uid {
			return &c.Events[i]
		}
	}
	require.Fail(t, "no event", uid)
	return nil
}

func TestAcceptanceS13Timetable(t *testing.T) {
	t.Parallel()
	c, r := readSample(t, "schoollife", "ical", "timetable-6A-2025.ics")
	assert.Empty(t, r.Codes())
	assert.Equal(t, ent.Tally{Read: 4, Kept: 4}, r.Tally("events"))
	list := expand(t, c, ical.Window{})
	for uid, want := range expected(t)["timetable-6A-2025.ics"] {
		assert.Equal(t, want.Instants, starts(list, uid), uid)
		e := find(t, c, uid)
		if want.RuleDates > 0 {
			alone := *e
			alone.ExDates = nil
			bare := *c
			bare.Events = []ical.Event{alone}
			assert.Len(t, expand(t, &bare, ical.Window{}), want.RuleDates)
			assert.Len(t, e.ExDates, want.ExDates)
		}
		if want.Summary != "" {
			assert.Equal(t, want.Summary, e.Summary)
			assert.Equal(t, want.Description, e.Description)
		}
		var cancelled []string
		moved := map[string]string{}
		for _, o := range list {
			original := o.Original.Instant(c.Zone).UTC().Format(minute)
			switch {
			case o.Event.UID != uid:
			case o.State == timetable.StateCancelled:
				cancelled = append(cancelled, original)
			case o.State == timetable.StateMoved:
				moved[original] = o.From.UTC().Format(minute)
			default:
				assert.Equal(t, timetable.StatePlanned, o.State)
			}
		}
		assert.Equal(t, want.Cancelled, cancelled)
		if want.Moved == nil {
			want.Moved = map[string]string{}
		}
		assert.Equal(t, want.Moved, moved)
	}
	assert.Len(t, starts(list, "cours-0990001N-6A-maths-mardi@exemple.invalid"), 34)
	assert.Len(t, starts(list, "cours-0990001N-6A-svt-mardiB@exemple.invalid"), 18+1)
}

func TestAcceptanceS13Outlook(t *testing.T) {
	t.Parallel()
	c, r := readSample(t, "schoollife", "ical", "outlook-romance.ics")
	list := expand(t, c, ical.Window{})
	for uid, want := range expected(t)["outlook-romance.ics"] {
		assert.Equal(t, want.Instants, starts(list, uid), uid)
		for _, o := range list {
			if o.Event.UID == uid {
				assert.Equal(t, time.Duration(want.Minutes)*time.Minute, o.To.Sub(o.From), uid)
			}
		}
		if want.Warning != "" {
			require.Equal(t, int64(1), r.CountOf(ical.CodeWindowsZone))
			i := r.Examples(ical.CodeWindowsZone)[0]
			assert.Equal(t, want.Warning+".", i.Message(ent.EN))
			assert.Equal(t, 31, i.Pos.Line)
			assert.Equal(t, ent.SeverityWarning, i.Severity)
		}
	}
	assert.Equal(t, []ent.Code{ical.CodeWindowsZone}, r.Codes())
}

func TestAcceptanceS13Days(t *testing.T) {
	t.Parallel()
	c, r := readSample(t, "schoollife", "ical", "edge-dates.ics")
	list := expand(t, c, ical.Window{})
	for uid, want := range expected(t)["edge-dates.ics"] {
		e := find(t, c, uid)
		var o ical.Occurrence
		for _, one := range list {
			if one.Event.UID == uid {
				o = one
			}
		}
		switch {
		case want.FirstDay != "":
			assert.Equal(t, ical.FormDate, e.Start.Form)
			assert.Equal(t, want.FirstDay, e.Start.Date.String(), uid)
			assert.Equal(t, want.LastDay, e.End.Date.AddDays(-1).String(), uid)
			assert.Equal(t, e.Start.Date.Time(c.Zone).UTC(), o.From.UTC())
		case want.Floating != "":
			assert.Equal(t, want.Floating, o.From.UTC().Format(minute))
		default:
			assert.Equal(t, want.Start, o.From.UTC().Format(minute))
			assert.Equal(t, want.End, o.To.UTC().Format(minute))
		}
		if want.Warning != "" {
			assert.Equal(t, want.Warning+".", r.Examples(ical.CodeZeroDay)[0].Message(ent.EN))
		}
	}
	assert.Equal(t, []ent.Code{ical.CodeZeroDay}, r.Codes())
	assert.True(t, find(t, c, "period@exemple.invalid").Transparent)
}

// Export then import gives the same instants, UIDs and states, of the samples and of a year made here, in both shapes.
func TestAcceptanceS13RoundTrip(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"timetable-6A-2025.ics", "outlook-romance.ics", "edge-dates.ics"} {
		c, _ := readSample(t, "schoollife", "ical", name)
		again, r := readText(t, string(write(t, c)))
		assert.Empty(t, r.Codes(), name)
		assert.Equal(t, told(t, c), told(t, again), name)
	}
	lessons := schoolYear(t, 30)
	for _, name := range []string{"Europe/Paris", "America/Martinique", "America/Miquelon", "Pacific/Noumea"} {
		for _, flat := range []bool{false, true} {
			a := agenda(t, name, lessons)
			a.Flat = flat
			c := calendar(t, a)
			again, r, err := ical.Read(strings.NewReader(string(write(t, c))), ical.Options{Zone: a.Zone})
			require.NoError(t, err)
			assert.Empty(t, r.Codes(), name)
			got := told(t, again)
			assert.Equal(t, told(t, c), got, name)
			assert.Len(t, got, len(lessons))
			assert.ElementsMatch(t, lessonsTold(a), got, name)
		}
	}
}

// lessonsTold is what the lessons themselves say, without any calendar.
func lessonsTold(a *ical.Agenda) []string {
	out := make([]string, len(a.Lessons))
	for i, l := range a.Lessons {
		at := func(d ent.Date, c timetable.Clock) string {
			return timetable.Instant(d, c, a.Zone).UTC().Format(minute)
		}
		original, uid := l.Original, l.Series
		if original.Date.IsZero() {
			original = ical.Planned{Date: l.Date, Start: l.Start}
		}
		if a.Flat {
			uid += "-" + ical.LocalTime(original.Date, original.Start, a.Zone).String()
		}
		out[i] = strings.Join([]string{at(l.Date, l.Start), at(l.Date, l.End), uid + "@" + a.Host, string(l.State), at(original.Date, original.Start), l.Summary}, " ")
	}
	return out
}

func TestAcceptanceS13SameBytes(t *testing.T) {
	t.Parallel()
	lessons := schoolYear(t, 30)
	one := write(t, calendar(t, agenda(t, "Europe/Paris", lessons)))
	slices.Reverse(lessons)
	assert.Equal(t, string(one), string(write(t, calendar(t, agenda(t, "Europe/Paris", lessons)))), "whatever the order of the lessons")
}

// SEQUENCE rises on the changed occurrence alone, and the series keeps its events.
func TestAcceptanceS13Sequence(t *testing.T) {
	t.Parallel()
	lessons := schoolYear(t, 1)
	lessons = slices.DeleteFunc(lessons, func(l ical.Lesson) bool { return l.Revision > 0 || l.Series == "examen-blanc" })
	before := calendar(t, agenda(t, "Europe/Paris", lessons))
	require.Len(t, before.Events, 1)
	changed := slices.Clone(lessons)
	changed[5].State, changed[5].Revision, changed[5].Modified = timetable.StateCancelled, 3, changed[5].Modified.AddDate(0, 1, 0)
	after := calendar(t, agenda(t, "Europe/Paris", changed))
	require.Len(t, after.Events, 2)
	master, override := after.Events[0], after.Events[1]
	assert.Zero(t, master.Sequence)
	assert.Equal(t, before.Events[0].Rule, master.Rule)
	assert.Equal(t, before.Events[0].ExDates, master.ExDates, "a cancelled lesson is no EXDATE")
	assert.Equal(t, before.Events[0].UID, override.UID)
	assert.Equal(t, 3, override.Sequence)
	assert.Equal(t, ical.StatusCancelled, override.Status)
	assert.Equal(t, ical.LocalTime(changed[5].Original.Date, changed[5].Original.Start, after.Zone), override.RecurrenceID)

	merged, r := ical.Merge(before, after)
	assert.Equal(t, ent.Tally{Read: 2, Kept: 2}, r.Tally("events"))
	assert.Equal(t, told(t, after), told(t, merged))
	merged, r = ical.Merge(after, before)
	assert.Equal(t, int64(1), r.CountOf(ical.CodeOlder), "an older export changes nothing")
	assert.Equal(t, told(t, after), told(t, merged))

	back := slices.Clone(changed)
	back[5].State, back[5].Revision = timetable.StatePlanned, 4
	restored := calendar(t, agenda(t, "Europe/Paris", back))
	assert.Equal(t, 4, restored.Events[1].Sequence, "a lesson that is on again overrides what clients know")
	merged, _ = ical.Merge(after, restored)
	assert.Equal(t, told(t, restored), told(t, merged))
}

func TestAcceptanceS19ClockChanges(t *testing.T) {
	t.Parallel()
	var want struct {
		Zone   string     `json:"timezone"`
		Weekly [][]string `json:"weeklyMonday10h"`
		Ranges []struct {
			Start   string `json:"start"`
			End     string `json:"end"`
			Minutes int    `json:"elapsedMinutes"`
		} `json:"ranges"`
		Overseas [][]string `json:"overseas"`
	}
	require.NoError(t, json.NewDecoder(sample(t, "schoollife", "vectors", "dst.json")).Decode(&want))
	weekly, _ := readText(t, vevents("UID:w\nDTSTART;TZID="+want.Zone+":20251020T100000\nDTEND;TZID="+want.Zone+":20251020T110000\nRRULE:FREQ=WEEKLY"))
	for _, w := range want.Weekly {
		on := day(t, w[0])
		assert.Equal(t, w[1:], starts(expand(t, weekly, ical.Window{From: on, To: on}), "w"))
	}
	night, _ := readText(t, vevents("UID:n\nDTSTART;TZID="+want.Zone+":20260101T010000\nDTEND;TZID="+want.Zone+":20260101T040000\nRRULE:FREQ=DAILY"))
	for _, r := range want.Ranges {
		on := day(t, r.Start[:10])
		list := expand(t, night, ical.Window{From: on, To: on})
		require.Len(t, list, 1)
		assert.Equal(t, time.Duration(r.Minutes)*time.Minute, list[0].To.Sub(list[0].From))
	}
	for _, o := range want.Overseas {
		c, r := readText(t, vevents("UID:o\nDTSTART;TZID="+o[0]+":20251103T080000"))
		assert.Empty(t, r.Codes())
		assert.Equal(t, o[1:], starts(expand(t, c, ical.Window{}), "o"))
	}
}

// A11 of the page on interoperability.
func TestAcceptanceA11Timetable(t *testing.T) {
	t.Parallel()
	c, r := readSample(t, "interop", "ical", "emploi-du-temps.ics")
	assert.Equal(t, int64(1), r.CountOf(ical.CodeUnread), "the task")
	list := expand(t, c, ical.Window{})
	assert.Equal(t, []string{
		"2025-10-13T06:30Z", "2025-11-03T07:30Z", "2025-11-10T07:30Z", "2025-11-17T09:30Z", "2025-11-24T07:30Z", "2025-12-01T07:30Z", "2025-12-08T07:30Z",
	}, starts(list, "cours-6A-maths-lundi@ent.exemple.fr"))
	lesson := find(t, c, "cours-6A-maths-lundi@ent.exemple.fr")
	assert.Equal(t, []int{1, 2, 1}, []int{strings.Count(lesson.Description, ";"), strings.Count(lesson.Description, ","), strings.Count(lesson.Description, "\n")})
	for _, o := range list {
		switch {
		case o.State == timetable.StateMoved:
			assert.Equal(t, "Salle 3", o.Event.Location)
		case o.Event.UID == "conseil-6A-T1@ent.exemple.fr":
			assert.Equal(t, 90*time.Minute, o.To.Sub(o.From))
			assert.Equal(t, timetable.StateCancelled, o.State)
		case o.Event.Start.Form == ical.FormDate:
			assert.Equal(t, "2025-10-18 2025-11-02", o.Start.Date.String()+" "+o.End.Date.AddDays(-1).String())
		}
	}
	for line := range strings.SplitAfterSeq(string(write(t, c)), "\n") {
		if line == "" {
			continue
		}
		body, ok := strings.CutSuffix(line, "\r\n")
		assert.True(t, ok, line)
		assert.LessOrEqual(t, len(body), 75)
		assert.True(t, utf8.ValidString(body))
	}
}
