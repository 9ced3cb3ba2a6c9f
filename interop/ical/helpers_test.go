package ical_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/samples"
	"github.com/opencartable/cartable/interop/ical"
	"github.com/opencartable/cartable/schoollife/timetable"
)

const minute = "2006-01-02T15:04Z"

var lessonsModified = time.Date(2025, 8, 25, 6, 0, 0, 0, time.UTC)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	require.NoError(t, err)
	return z
}

func day(t testing.TB, s string) ent.Date {
	t.Helper()
	d, err := ent.ParseDate(s)
	require.NoError(t, err)
	return d
}

func sample(t testing.TB, elem ...string) *os.File {
	t.Helper()
	f, err := os.Open(filepath.Join(samples.Dir(t, elem[:len(elem)-1]...), elem[len(elem)-1]))
	require.NoError(t, err)
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func readSample(t testing.TB, elem ...string) (*ical.Calendar, *ent.Report) {
	t.Helper()
	c, r, err := ical.Read(sample(t, elem...), ical.Options{Zone: zone(t, "Europe/Paris"), File: elem[len(elem)-1]})
	require.NoError(t, err)
	require.True(t, r.Balanced())
	return c, r
}

// vevents wraps events into a calendar; lines end with LF, which is accepted too.
func vevents(bodies ...string) string {
	var b strings.Builder
	b.WriteString("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//FR\n")
	for _, body := range bodies {
		b.WriteString("BEGIN:VEVENT\nDTSTAMP:20250901T060000Z\n" + body + "\nEND:VEVENT\n")
	}
	return b.String() + "END:VCALENDAR\n"
}

func readText(t testing.TB, text string) (*ical.Calendar, *ent.Report) {
	t.Helper()
	c, r, err := ical.Read(strings.NewReader(text), ical.Options{Zone: zone(t, "Europe/Paris")})
	require.NoError(t, err)
	require.True(t, r.Balanced())
	return c, r
}

func write(t testing.TB, c *ical.Calendar) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, ical.Write(&b, c))
	return b.Bytes()
}

func expand(t testing.TB, c *ical.Calendar, w ical.Window) []ical.Occurrence {
	t.Helper()
	out, r, err := c.Expand(w)
	require.NoError(t, err)
	require.True(t, r.Balanced())
	return out
}

// starts are the starts of the occurrences of a UID, in UTC, but cancelled ones.
func starts(list []ical.Occurrence, uid string) []string {
	var out []string
	for i := range list {
		if o := &list[i]; o.Event.UID == uid && o.State != timetable.StateCancelled {
			out = append(out, o.From.UTC().Format(minute))
		}
	}
	return out
}

// told are all that a calendar says of its occurrences: when, of what, in which state.
func told(t testing.TB, c *ical.Calendar) []string {
	t.Helper()
	list := expand(t, c, ical.Window{})
	out := make([]string, len(list))
	for i := range list {
		o := &list[i]
		out[i] = strings.Join([]string{
			o.From.UTC().Format(minute), o.To.UTC().Format(minute), o.Event.UID, string(o.State), o.Original.Instant(c.Zone).UTC().Format(minute), o.Event.Summary,
		}, " ")
	}
	return out
}

// schoolYear makes the lessons of a person for 36 weeks out of 44, holidays skipped, with some moved, cancelled, replaced and added.
func schoolYear(t testing.TB, courses int) []ical.Lesson {
	t.Helper()
	var out []ical.Lesson
	monday, modified := day(t, "2025-09-01"), lessonsModified
	for c := range courses {
		weekday, start := c%5, timetable.Clock(8*60+60*(c/5))
		for week := range 44 {
			switch week {
			case 7, 8, 16, 17, 24, 25, 33, 34: // holidays
				continue
			}
			if c%6 == 5 && week%2 == 1 { // one week in two
				continue
			}
			on := monday.AddDays(7*week + weekday)
			l := ical.Lesson{
				Series: "cours-6A-" + strconv.Itoa(c), Original: ical.Planned{Date: on, Start: start}, Date: on, Start: start, End: start + 55,
				State: timetable.StatePlanned, Modified: modified, Summary: "Matière " + strconv.Itoa(c), Location: "Salle " + strconv.Itoa(101+c),
				Description: "Mme Fictive\n6A; groupe 1", Categories: []string{"Cours"},
			}
			if change := (c*44 + week) % 41; change < 3 {
				l.Revision, l.Modified = 1, modified.AddDate(0, 0, 7*week)
				l.State = [...]timetable.State{timetable.StateCancelled, timetable.StateMoved, timetable.StateReplaced}[change]
				if change == 1 {
					l.Date, l.Start, l.End = on.AddDays(1), 17*60, 17*60+55
				}
			}
			out = append(out, l)
		}
	}
	added := monday.AddDays(100)
	return append(out, ical.Lesson{
		Series: "examen-blanc", Date: added, Start: 13 * 60, End: 17 * 60, State: timetable.StateAdded, Modified: modified, Summary: "Brevet blanc",
	})
}

func agenda(t testing.TB, zoneName string, lessons []ical.Lesson) *ical.Agenda {
	t.Helper()
	return &ical.Agenda{Name: "Emploi du temps 6A", Host: "exemple.invalid", Zone: zone(t, zoneName), Lessons: lessons}
}

func calendar(t testing.TB, a *ical.Agenda) *ical.Calendar {
	t.Helper()
	c, r, err := a.Calendar()
	require.NoError(t, err)
	require.True(t, r.Balanced())
	require.Zero(t, r.Total().Refused)
	return c
}
