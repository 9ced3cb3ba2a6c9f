package sts_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/samples"
	"github.com/opencartable/cartable/interop/sts"
	"github.com/opencartable/cartable/schoollife/timetable"
)

const school = "0990001N"

type session struct {
	Audience   string `json:"audience"`
	Subject    string `json:"subject"`
	Teacher    string `json:"teacher"`
	Room       string `json:"room"`
	Start      string `json:"start"`
	End        string `json:"end"`
	Alternance string `json:"alternance"`
}

func read(t *testing.T, folder, name string) (*sts.Document, *ent.Report, error) {
	t.Helper()
	f, err := os.Open(filepath.Join(samples.Dir(t, "schoollife", "sts-cases"), folder, name))
	require.NoError(t, err)
	defer f.Close()
	return sts.Read(f, sts.Options{File: name, UAI: school})
}

func sessions(lessons []timetable.Lesson) []session {
	var out []session
	for _, l := range lessons {
		s := session{Subject: string(l.Subject), Start: l.Date.String() + "T" + l.Start.String(), End: l.Date.String() + "T" + l.End.String()}
		for _, r := range l.Resources {
			switch r.Kind {
			case timetable.KindClass:
				s.Audience = "DIVISION:" + string(r.ID)
			case timetable.KindGroup:
				s.Audience = "GROUPE:" + string(r.ID)
			case timetable.KindTeacher:
				s.Teacher += string(r.ID)
			case timetable.KindRoom:
				s.Room = string(r.ID)
			default:
			}
		}
		out = append(out, s)
	}
	return out
}

func TestAcceptanceS7STS(t *testing.T) {
	t.Parallel()
	var want map[string]struct {
		UAJ         string                `json:"UAJ"`
		Alternances map[string][]ent.Date `json:"alternances"`
		Sessions    []session             `json:"sessions"`
		Error       string                `json:"error"`
		At          [2]int                `json:"at"`
	}
	b, err := os.ReadFile(filepath.Join(samples.Dir(t, "schoollife", "sts-cases"), "expected.json"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(b, &want))
	require.Len(t, want, 6)
	for name, w := range want {
		d, report, err := read(t, name, "emp_sts.xml")
		if w.Error != "" {
			require.ErrorIs(t, err, sts.CodeXML, name)
			assert.Equal(t, ent.Pos{File: "emp_sts.xml", Line: w.At[0]}, report.Examples(sts.CodeXML)[0].Pos)
			assert.Equal(t, 82, w.At[0])
			continue
		}
		require.NoError(t, err, name)
		assert.True(t, report.Balanced())
		assert.Equal(t, w.UAJ, d.UAI)
		dates := map[string][]ent.Date{}
		codes := map[string]string{}
		for _, a := range d.Alternances {
			dates[a.Code] = a.Dates
		}
		assert.Equal(t, w.Alternances, dates)
		for i := range d.Structures {
			for _, s := range d.Structures[i].Services {
				codes[string(d.Structures[i].Kind)+":"+d.Structures[i].Code] = s.Teachers[0].Courses[0].Alternance
			}
		}
		lessons, left := d.Lessons()
		assert.Zero(t, left.Total().Refused)
		got := sessions(lessons)
		for i := range got {
			got[i].Alternance = codes[got[i].Audience]
		}
		assert.Equal(t, w.Sessions, got, name)

		// The yearly grid says the same, as far as it reaches.
		tt, left := d.Timetable(ent.Date{})
		assert.True(t, left.Balanced())
		again, refused := tt.Expand()
		assert.Zero(t, refused.Total().Refused)
		if name == "case8" {
			assert.Equal(t, lessons[:1], again, "80 years are not a timetable")
			assert.Equal(t, int64(1), left.CountOf(sts.CodeOutOfYear))
			continue
		}
		assert.Equal(t, lessons, again, name)
	}
}

// The lesson of 2019 is dropped when only the future is wanted, which is the caller's to say.
func TestAcceptanceS7OnlyTheFuture(t *testing.T) {
	t.Parallel()
	d, _, err := read(t, "case8", "emp_sts.xml")
	require.NoError(t, err)
	lessons, _ := d.Lessons()
	require.Len(t, lessons, 2)
	now, err := ent.ParseDate("2026-11-29")
	require.NoError(t, err)
	var to []timetable.Lesson
	for _, l := range lessons {
		if !l.Date.Before(now) {
			to = append(to, l)
		}
	}
	require.Len(t, to, 1)
	assert.Equal(t, "2019-09-05", lessons[0].Date.String())
	tt, left := d.Timetable(now)
	again, _ := tt.Expand()
	assert.Empty(t, again)
	assert.Equal(t, ent.Tally{Read: 1, Refused: 1}, left.Tally("courses"))
}

func TestAcceptanceS7AgainstSTSWEB(t *testing.T) {
	t.Parallel()
	base, report, err := read(t, "case7", "sts_emp.xml")
	require.NoError(t, err)
	assert.True(t, report.Balanced())
	assert.Equal(t, sts.KindDown, base.Kind)
	assert.Equal(t, "2018-09-01 2019-08-31", base.First.String()+" "+base.Last.String())
	assert.Equal(t, sts.Individual{ID: "10001", Type: "epp", Family: "DOE", Given: "Jane", Birth: ent.Date{Year: 1970, Month: 1, Day: 1}}, base.Individuals[0])
	assert.Equal(t, "FRANC", base.Subjects[0].Management)
	up, _, err := read(t, "case7", "emp_sts.xml")
	require.NoError(t, err)
	group := up.Structures[1]
	assert.Equal(t, sts.Group, group.Kind)
	assert.Equal(t, 250, *group.Services[0].Hours)
	assert.Equal(t, 18, *group.Expected)
	assert.Equal(t, 0, *group.Max, "a zero is said, not missing")
	assert.Equal(t, []sts.Origin{{Division: "3B", Expected: new(6)}}, group.Divisions)
	r := up.Check(base)
	assert.True(t, r.Balanced())
	assert.Zero(t, r.CountOf(sts.CodeTeacher))
	// The sample of STSWEB has neither the division 3B, nor the group, nor English.
	assert.Equal(t, int64(2), r.CountOf(sts.CodeStructure))
	assert.Equal(t, int64(1), r.CountOf(sts.CodeSubject))
}
