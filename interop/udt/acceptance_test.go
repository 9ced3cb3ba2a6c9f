package udt_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/samples"
	"github.com/opencartable/cartable/interop/udt"
	"github.com/opencartable/cartable/schoollife/timetable"
)

const delivery = "0990001N_20250905070000_UDT.zip"

type session struct {
	ISOWeek  int      `json:"isoWeek"`
	Start    string   `json:"start"`
	End      string   `json:"end"`
	Subject  string   `json:"subject"`
	Teachers []string `json:"teachers"`
	Audience string   `json:"audience"`
	Room     string   `json:"room"`
	Source   string   `json:"source"`
}

// sessions writes lessons as the expected file does.
func sessions(d *udt.Document, lessons []timetable.Lesson) []session {
	label := map[timetable.Ref]string{}
	for _, x := range d.Divisions {
		label[timetable.Ref{Kind: timetable.KindClass, ID: ent.ID(x.Code)}] = "division:" + x.Code
	}
	for _, x := range d.Groups {
		label[timetable.Ref{Kind: timetable.KindPart, ID: udt.PartID(x.Division, x.Code)}] = "groupe:" + x.STS
	}
	for _, x := range d.Unions {
		label[timetable.Ref{Kind: timetable.KindGroup, ID: ent.ID(x.Code)}] = "regroupement:" + x.Name
	}
	weekly := map[int]bool{}
	for _, w := range d.Weekly {
		weekly[w.ISO] = w.HasLines
	}
	out := make([]session, 0, len(lessons))
	for _, l := range lessons {
		s := session{Start: l.Date.String() + "T" + l.Start.String(), End: l.Date.String() + "T" + l.End.String(), Subject: string(l.Subject), Source: "theoretical"}
		_, s.ISOWeek = l.Date.Time(time.UTC).ISOWeek()
		if weekly[s.ISOWeek] {
			s.Source = "weekly"
		}
		for _, r := range l.Resources {
			switch r.Kind {
			case timetable.KindTeacher:
				s.Teachers = append(s.Teachers, string(r.ID))
			case timetable.KindRoom:
				s.Room = string(r.ID)
			default:
				s.Audience = label[r]
			}
		}
		out = append(out, s)
	}
	return out
}

func TestAcceptanceS8UDT(t *testing.T) {
	t.Parallel()
	dir := samples.Dir(t, "schoollife", "udt")
	var want struct {
		Total    int       `json:"total"`
		Sessions []session `json:"sessions"`
	}
	b, err := os.ReadFile(filepath.Join(dir, "expected.json"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(b, &want))
	folder, report, err := udt.Read(os.DirFS(dir), udt.Options{})
	require.NoError(t, err)
	require.True(t, report.Balanced())
	assert.Empty(t, report.Losses())
	// The folder holds the zip and the expected file too.
	assert.Equal(t, ent.Tally{Read: 18, Kept: 16, Refused: 2}, report.Tally("files"))
	f, err := os.Open(filepath.Join(dir, delivery))
	require.NoError(t, err)
	defer f.Close()
	info, err := f.Stat()
	require.NoError(t, err)
	zipped, report, err := udt.ReadZip(f, info.Size(), udt.Options{})
	require.NoError(t, err)
	assert.Equal(t, ent.Tally{Read: 16, Kept: 16}, report.Tally("files"))
	require.Equal(t, folder, zipped)
	for _, d := range []*udt.Document{folder, zipped} {
		tt, left := d.Timetable()
		require.True(t, left.Balanced())
		assert.Zero(t, left.Tally("lines").Refused)
		assert.Zero(t, left.CountOf(udt.CodeDangling))
		lessons, refused := tt.Expand()
		assert.Zero(t, refused.Total().Refused)
		require.Len(t, lessons, 173)
		require.Equal(t, want.Total, len(lessons))
		assert.Equal(t, want.Sessions, sessions(d, lessons))
		assert.Empty(t, timetable.Conflicts(lessons, timetable.ConflictOptions{Audience: tt.NewAudience()}))
		count := map[string]int{}
		for _, s := range sessions(d, lessons) {
			count[s.Audience]++
		}
		assert.Equal(t, map[string]int{"division:6B": 69, "groupe:6AGR1": 35, "regroupement:6EPS AB": 35, "division:6A": 34}, count)
	}
}

// The teacher and the room of a week with a file of its own change, the names of the lessons do not.
func TestCourseKeepsItsNameInAWeeklyFile(t *testing.T) {
	t.Parallel()
	d, _, err := udt.Read(os.DirFS(samples.Dir(t, "schoollife", "udt")), udt.Options{})
	require.NoError(t, err)
	tt, left := d.Timetable()
	var ids []string
	for _, c := range tt.Courses {
		ids = append(ids, string(c.ID))
	}
	assert.Equal(t, []string{"00101", "01101", "02101", "03101", "05101", "00301"}, ids)
	assert.Equal(t, timetable.WeeksOf(2), tt.Courses[5].Weeks(), "ISO week 37")
	assert.Positive(t, left.CountOf(udt.CodeClosed))
	assert.Equal(t, left.CountOf(udt.CodeClosed), left.Tally("closed lessons").Refused)
	assert.Equal(t, "2025-09-01", tt.Year.Week1.String())
}

func TestMembershipsLastThroughHolidays(t *testing.T) {
	t.Parallel()
	d, _, err := udt.Read(os.DirFS(samples.Dir(t, "schoollife", "udt")), udt.Options{})
	require.NoError(t, err)
	tt, _ := d.Timetable()
	var got []string
	for _, m := range tt.Memberships {
		got = append(got, strings.TrimSpace(string(m.Pupil)+" "+string(m.In.Kind)+" "+string(m.In.ID)+" "+m.From.String()+" "+m.To.String()))
	}
	slices.Sort(got)
	// ISO weeks 36 to 51: the two weeks of Christmas follow.
	assert.Equal(t, []string{"E1 class 6A", "E1 part 6A:1", "E2 class 6A", "E2 part 6A:2 2025-09-01 2026-01-04"}, got)
}
