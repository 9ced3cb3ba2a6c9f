package edt_test

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/samples"
	"github.com/opencartable/cartable/interop/edt"
	"github.com/opencartable/cartable/schoollife/timetable"
)

func sample(t testing.TB, name string) string {
	t.Helper()
	return filepath.Join(samples.Dir(t, "schoollife", "edt"), name)
}

func read(t testing.TB, name string) (*edt.Document, *ent.Report) {
	t.Helper()
	f, err := os.Open(sample(t, name))
	require.NoError(t, err)
	defer f.Close()
	d, r, err := edt.Read(f, edt.Options{File: name})
	require.NoError(t, err)
	return d, r
}

func expected(t *testing.T, name string, to any) {
	t.Helper()
	b, err := os.ReadFile(sample(t, name))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(b, to))
}

const school = "Edt_To_Exemple_0134567A.xml"

func TestAcceptanceS1Counts(t *testing.T) {
	t.Parallel()
	var want struct {
		Sessions  int            `json:"sessions"`
		ByWeek    map[string]int `json:"byWeek"`
		ByWeekday map[string]int `json:"byWeekday"`
		Hours     float64        `json:"hours"`
		Services  int            `json:"services"`
		Class     map[string]int `json:"classSessions"`
	}
	expected(t, "Edt_To_Exemple_0134567A.expected.json", &want)
	d, r := read(t, school)
	assert.True(t, r.Balanced())
	relatives := 0
	for _, p := range d.Pupils {
		relatives += p.Relatives
	}
	assert.Equal(t, []int{16, 428, 808, 31, 45, 24, 25, 20, 701}, []int{
		len(d.Classes), len(d.Pupils), relatives, len(d.Teachers), len(d.Groups), len(d.Rooms), len(d.Subjects), len(d.Grid.Places), len(d.Courses),
	})
	assert.Equal(t, int64(1), r.CountOf(edt.CodeUAI), "the check letter is wrong: a warning")
	tt, more := d.Timetable()
	assert.True(t, more.Balanced())
	assert.Equal(t, int64(100), more.CountOf(edt.CodeUndated))
	lessons, refused := tt.Expand()
	assert.Zero(t, refused.Total().Refused)
	require.Len(t, lessons, want.Sessions)
	weeks, days, minutes, class := map[string]int{}, map[string]int{}, 0, map[string]int{}
	services := map[string]bool{}
	names := map[ent.ID]string{}
	for _, c := range d.Classes {
		names[ent.ID(c.Ident)] = c.Name
	}
	for i := range lessons {
		l := &lessons[i]
		week, day := tt.Year.Week(l.Date)
		weeks[strconv.Itoa(week)]++
		days[strconv.Itoa(day)]++
		minutes += int(l.End - l.Start)
		for _, a := range l.Resources {
			if a.Kind == timetable.KindClass {
				class[names[a.ID]]++
			}
			for _, b := range l.Resources {
				if a.Kind == timetable.KindTeacher && b.Kind.Audience() {
					services[string(a.ID)+"/"+string(l.Subject)+"/"+string(b.Kind)+string(b.ID)] = true
				}
			}
		}
	}
	assert.Equal(t, want.ByWeek, weeks)
	assert.Equal(t, want.ByWeekday, days)
	assert.InDelta(t, want.Hours*60, minutes, 0)
	assert.Equal(t, want.Class, class)
	assert.Len(t, services, want.Services)
	first, last := &lessons[0], &lessons[len(lessons)-1]
	assert.Equal(t, "2012-09-04 08:00", first.Date.String()+" "+first.Start.String())
	assert.Equal(t, "2013-07-05 16:30 17:30", last.Date.String()+" "+last.Start.String()+" "+last.End.String())
}

func TestAcceptanceS2Pupils(t *testing.T) {
	t.Parallel()
	d, _ := read(t, school)
	tt, _ := d.Timetable()
	lessons, _ := tt.Expand()
	a := tt.NewAudience()
	count := map[ent.ID]int{}
	var ident ent.ID
	for _, c := range d.Classes {
		if c.Name == "3A" {
			ident = ent.ID(c.Ident)
		}
	}
	in3A := map[ent.ID]bool{}
	for _, m := range tt.Memberships {
		if m.In == (timetable.Ref{Kind: timetable.KindClass, ID: ident}) {
			in3A[m.Pupil] = true
		}
	}
	weeks := map[int]int{}
	total := 0
	for i := range lessons {
		met := false
		for _, p := range a.Pupils(&lessons[i]) {
			count[p]++
			total++
			met = met || in3A[p]
		}
		if week, _ := tt.Year.Week(lessons[i].Date); met {
			weeks[week]++
		}
	}

	assert.Equal(t, 407985, total)
	assert.Equal(t, []int{789, 1196, 987, 893}, []int{count["144"], count["35"], count["1"], count["738"]})
	for p, n := range count {
		assert.True(t, n >= 789 && n <= 1196, p)
	}
	assert.Equal(t, []int{31, 32}, []int{weeks[3], weeks[4]})
}

func TestAcceptanceS3Conflicts(t *testing.T) {
	t.Parallel()
	d, _ := read(t, school)
	tt, _ := d.Timetable()
	lessons, _ := tt.Expand()
	a := tt.NewAudience()
	assert.Empty(t, timetable.Conflicts(lessons, timetable.ConflictOptions{Audience: a}))
	require.Equal(t, []int{1, 15}, []int{d.Courses[10].Day, d.Courses[10].Place})
	d.Courses[10].Place = 2
	tt, _ = d.Timetable()
	lessons, _ = tt.Expand()
	found := map[timetable.Kind]int{}
	pairs, pupils := 0, map[ent.ID]bool{}
	for _, c := range timetable.Conflicts(lessons, timetable.ConflictOptions{Audience: a}) {
		found[c.Resource.Kind]++
		pairs += len(c.Pupils)
		for _, p := range c.Pupils {
			pupils[p] = true
		}
	}
	assert.Equal(t, []int{33, 0, 33, 0}, []int{found[timetable.KindTeacher], found[timetable.KindRoom], found[timetable.KindClass], found[timetable.KindGroup]})
	assert.Equal(t, 957, pairs)
	assert.Len(t, pupils, 29)
}

func TestAcceptanceS4FreeSlots(t *testing.T) {
	t.Parallel()
	d, _ := read(t, school)
	tt, _ := d.Timetable()
	lessons, _ := tt.Expand()
	w := timetable.Wanted{Resources: []timetable.Ref{{Kind: timetable.KindTeacher, ID: "9"}}, Places: 2, Never: []int{8, 9}}
	for _, c := range d.Classes {
		if c.Name == "3A" {
			w.Audience = append(w.Audience, timetable.Ref{Kind: timetable.KindClass, ID: ent.ID(c.Ident)})
		}
	}
	for n := range 17 {
		w.Starts = append(w.Starts, n)
	}
	for _, r := range d.Rooms {
		w.Rooms = append(w.Rooms, ent.ID(r.Ident))
	}
	var got [][3]int
	for _, f := range tt.FindFree(lessons, 3, w, tt.NewAudience()) {
		got = append(got, [3]int{f.Day, f.Place, len(f.Rooms)})
	}
	assert.Equal(t, [][3]int{
		{1, 2, 12}, {2, 6, 13}, {3, 10, 24}, {3, 11, 24}, {3, 12, 24}, {3, 13, 24}, {3, 14, 24}, {3, 15, 24}, {3, 16, 24}, {5, 15, 11}, {5, 16, 10},
	}, got)
}

func TestAcceptanceS5Traps(t *testing.T) {
	t.Parallel()
	var want struct {
		Courses []struct {
			Course      string `json:"course"`
			Occurrences []struct {
				Week      int      `json:"week"`
				Start     string   `json:"start"`
				End       string   `json:"end"`
				Resources []string `json:"resources"`
			} `json:"occurrences"`
		} `json:"courses"`
	}
	expected(t, "edt-pieges.expected.json", &want)
	d, _ := read(t, "edt-pieges.xml")
	tt, report := d.Timetable()
	assert.Equal(t, int64(1), report.CountOf(edt.CodePlace))
	assert.Equal(t, "c4", report.Examples(edt.CodePlace)[0].Pos.Record)
	assert.Equal(t, "c8", report.Examples(edt.CodeUndated)[0].Pos.Record)
	lessons, _ := tt.Expand()
	zone, err := time.LoadLocation("Europe/Paris")
	require.NoError(t, err)
	names := map[timetable.Kind]string{
		timetable.KindTeacher: "Professeur", timetable.KindStaff: "Personnel", timetable.KindClass: "Classe", timetable.KindPart: "PartieDeClasse",
		timetable.KindGroup: "Groupe", timetable.KindRoom: "Salle", timetable.KindEquipment: "Materiel", timetable.KindPupil: "Eleve",
	}
	got := map[string][]string{}
	for i := range lessons {
		l := &lessons[i]
		line := timetable.Instant(l.Date, l.Start, zone).Format(time.RFC3339) + " " + timetable.Instant(l.Date, l.End, zone).Format(time.RFC3339)
		var res []string
		for _, r := range l.Resources {
			res = append(res, names[r.Kind]+":"+string(r.ID))
		}
		got[string(l.Course)] = append(got[string(l.Course)], line+" "+sorted(res))
	}
	for _, c := range want.Courses {
		var lines []string
		for _, o := range c.Occurrences {
			lines = append(lines, o.Start+" "+o.End+" "+sorted(o.Resources))
		}
		assert.Equal(t, lines, got[c.Course], c.Course)
	}
}

func testKey(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	b, err := os.ReadFile(sample(t, "container-test-key.pem"))
	require.NoError(t, err)
	block, _ := pem.Decode(b)
	require.NotNil(t, block)
	k, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	require.NoError(t, err)
	return k.(*rsa.PrivateKey)
}

func container(t *testing.T, name string) *edt.Container {
	t.Helper()
	f, err := os.Open(sample(t, name))
	require.NoError(t, err)
	defer f.Close()
	c, err := edt.ReadContainer(f, edt.ContainerOptions{})
	require.NoError(t, err)
	return c
}

func TestAcceptanceS6Envelope(t *testing.T) {
	t.Parallel()
	key := testKey(t)
	want, err := os.ReadFile(sample(t, "edt-pieges.xml"))
	require.NoError(t, err)
	want = bytes.TrimPrefix(want, []byte("\ufeff"))
	for name, of := range map[string]edt.HashOf{
		"container-ok-hash-of-content.xml": edt.HashOfContent, "container-ok-hash-of-plain.xml": edt.HashOfPlain, "container-ok-uncompressed.xml": "",
	} {
		got, hash, err := container(t, name).Open("Exemple", key, edt.ContainerOptions{})
		require.NoError(t, err, name)
		assert.Equal(t, want, got, name)
		if of != "" {
			assert.Equal(t, of, hash, name)
		}
	}
	for name, code := range map[string]ent.Code{
		"container-ko-hash.xml": edt.CodeHash, "container-ko-key-md5.xml": edt.CodeKeySum, "container-ko-partner.xml": edt.CodePartner,
	} {
		_, _, err := container(t, name).Open("Exemple", key, edt.ContainerOptions{})
		require.ErrorIs(t, err, code, name)
	}
	_, _, err = container(t, "container-ok-hash-of-content.xml").Open("Exemple", key, edt.ContainerOptions{MaxBytes: 1000})
	require.ErrorIs(t, err, edt.CodeLimit)
	c := container(t, "Edt_chiffre_0134567A.xml")
	assert.Equal(t, []string{"INDEXEDUCATION", "LaclasseCom"}, c.Partners)
	assert.Equal(t, "2014-05-20T10:19:08.486+02:00", c.At.Format("2006-01-02T15:04:05.000-07:00"))
}
