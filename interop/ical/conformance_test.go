package ical_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/interop/ical"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// icalJSFolder is .ci/ical.d, where `npm ci` was run; CARTABLE_ICALJS names it.
func icalJSFolder(t *testing.T) string {
	t.Helper()
	folder := os.Getenv("CARTABLE_ICALJS")
	if folder == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("CARTABLE_ICALJS names no folder")
		}
		t.Skip("CARTABLE_ICALJS names no folder: set it to .ci/ical.d, after npm ci there")
	}
	return folder
}

// icalJS runs ical.js on a calendar.
func icalJS(t *testing.T, folder string, calendar []byte) []string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "feed.ics")
	require.NoError(t, os.WriteFile(file, calendar, 0o600))
	node := exec.CommandContext(t.Context(), "node", filepath.Join(folder, "expand.mjs"), file)
	var wrong bytes.Buffer
	node.Stderr = &wrong
	out, err := node.Output()
	require.NoError(t, err, wrong.String())
	var lines []string
	for line := range strings.Lines(string(out)) {
		var o struct{ UID, Original, Start, End, Status, Summary string }
		require.NoError(t, json.Unmarshal([]byte(line), &o))
		lines = append(lines, strings.Join([]string{o.Start, o.End, o.UID, o.Status, o.Original, o.Summary}, "|"))
	}
	slices.Sort(lines)
	return lines
}

// ours is what icalJS says, by our own expansion of the same bytes.
func ours(t *testing.T, c *ical.Calendar) []string {
	t.Helper()
	var lines []string
	for _, o := range expand(t, c, ical.Window{}) {
		original := o.Original
		if o.Event.RecurrenceID.IsZero() { // ical.js does not know X-LESSON-ORIGINAL
			original = o.Start
		}
		lines = append(lines, strings.Join([]string{
			o.From.UTC().Format(minute), o.To.UTC().Format(minute), o.Event.UID, string(o.Event.Status), original.Instant(c.Zone).UTC().Format(minute), o.Event.Summary,
		}, "|"))
	}
	slices.Sort(lines)
	return lines
}

// ical.js, with no zone but the VTIMEZONE of the file, finds the instants, the UIDs and the states that we do.
func TestConformanceICalJS(t *testing.T) {
	t.Parallel()
	folder := icalJSFolder(t)
	lessons := append(schoolYear(t, 30), nights(t)...)
	for _, name := range []string{"Europe/Paris", "America/Martinique", "America/Miquelon", "Indian/Reunion", "Pacific/Noumea"} {
		for _, flat := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				a := agenda(t, name, lessons)
				a.Flat = flat
				b := write(t, calendar(t, a))
				c, r, err := ical.Read(bytes.NewReader(b), ical.Options{Zone: a.Zone})
				require.NoError(t, err)
				require.Empty(t, r.Codes())
				want := ours(t, c)
				require.Len(t, want, len(lessons))
				sameLines(t, want, icalJS(t, folder, b))
			})
		}
	}
	t.Run("samples", func(t *testing.T) {
		t.Parallel()
		c, _ := readSample(t, "schoollife", "ical", "timetable-6A-2025.ics")
		sameLines(t, ours(t, c), icalJS(t, folder, write(t, c)))
	})
}

// sameLines shows what differs, and no more of two thousand lines.
func sameLines(t *testing.T, want, got []string) {
	t.Helper()
	without := func(a, b []string) []string {
		return slices.DeleteFunc(slices.Clone(a), func(s string) bool { _, found := slices.BinarySearch(b, s); return found })
	}
	assert.Empty(t, without(want, got), "ours alone")
	assert.Empty(t, without(got, want), "theirs alone")
	assert.Len(t, got, len(want))
}

// nights are weekly duties from 0:30 to 4:00, in the nights of both clock changes too. They do not begin in an hour that comes
// twice, of which RFC 5545 (3.3.5) means the first: ical.js 2.2.1 takes the second.
func nights(t *testing.T) []ical.Lesson {
	t.Helper()
	var out []ical.Lesson
	for week := range 40 {
		on := day(t, "2025-09-07").AddDays(7 * week)
		out = append(out, ical.Lesson{
			Series: "garde-de-nuit", Date: on, Start: 30, End: 4 * 60, State: timetable.StatePlanned, Modified: lessonsModified, Summary: "Garde d'internat",
		})
	}
	return out
}
