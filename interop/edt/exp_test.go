package edt_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/samples"
	"github.com/opencartable/cartable/interop/edt"
	"github.com/opencartable/cartable/schoollife/timetable"
)

const smallText = `<TABLE nom="Cours">
<COURS_ANNUELS numero="9"><numero>7</numero><DUREE>1h30</DUREE><FREQUENCE>Q2</FREQUENCE><MAT_CODE>LATIN</MAT_CODE><PROF_NOM>DURAND-FICTIF</PROF_NOM>
<CLASSE>&lt;4A&gt; &lt;LV3&gt; LAT, [4 LATIN]</CLASSE><CO-ENS.>n</CO-ENS.><JOUR>Lundi</JOUR><H.DEBUT>  8h05</H.DEBUT></COURS_ANNUELS>
</TABLE>`

func ExampleTextTimetable() {
	courses, _, err := edt.ReadCourses(strings.NewReader(smallText), edt.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	monday := ent.Date{Year: 2026, Month: 9, Day: 7}
	q1, q2 := timetable.LettersByRank(timetable.WeeksOf(1, 2, 3, 4))
	t, _ := edt.TextTimetable(courses, nil, edt.TextOptions{Year: timetable.Year{First: monday, Last: monday.AddDays(27), Week1: monday}, Q1: q1, Q2: q2})
	lessons, _ := t.Expand()
	for _, l := range lessons {
		fmt.Println(l.Course, l.Date, l.Start, l.End, l.Resources[0].ID, l.Resources[1].ID)
	}
	// Output:
	// 7 2026-09-14 08:05 09:35 <4A> <LV3> LAT 4 LATIN
	// 7 2026-09-28 08:05 09:35 <4A> <LV3> LAT 4 LATIN
}

func open(t *testing.T, name string) *os.File {
	t.Helper()
	f, err := os.Open(filepath.Join(samples.Dir(t, "schoollife", "exp"), name))
	require.NoError(t, err)
	t.Cleanup(func() { f.Close() })
	return f
}

func TestAcceptanceS9EXP(t *testing.T) {
	t.Parallel()
	courses, r, err := edt.ReadCourses(open(t, "EXP_COURS.xml"), edt.Options{})
	require.NoError(t, err)
	require.True(t, r.Balanced())
	assert.Empty(t, r.Codes())
	assert.Empty(t, r.Losses())
	require.Len(t, courses, 6)

	assert.Equal(t, []edt.TextAudience{{Class: "4B"}}, courses[0].Audience)
	second := courses[1]
	assert.Equal(t, []edt.TextAudience{{Group: "4B_TECH1"}}, second.Audience)
	assert.Equal(t, "Q1 120 13:30 2", fmt.Sprint(second.Frequency, " ", second.Minutes, " ", second.Start, " ", second.Day))
	fourth := courses[3]
	assert.Equal(t, []edt.TextTeacher{{"LE GUÉNAVEC", "Noé"}, {"CORINAUD", "Célia"}}, fourth.Teachers)
	assert.Equal(t, []string{"12", "13"}, fourth.Rooms)
	assert.Equal(t, []edt.TextAudience{{Class: "4A"}, {Class: "4B"}}, fourth.Audience)
	assert.True(t, fourth.CoTaught)
	assert.Equal(t, 55, fourth.Minutes)
	fifth := courses[4]
	assert.Equal(t, []edt.TextAudience{{Class: "4A", Partition: "EPS", Part: "GYM"}, {Class: "4B", Partition: "EPS", Part: "GYM"}}, fifth.Audience)
	assert.Equal(t, 90, fifth.Minutes)
	sixth := courses[5]
	assert.Zero(t, sixth.Day, "unplaced")
	assert.False(t, sixth.HasCoTaught)
	assert.Nil(t, sixth.Pupils)

	pupils, r, err := edt.ReadPupils(open(t, "EXP_ELEVE.xml"), edt.Options{})
	require.NoError(t, err)
	assert.Empty(t, r.Codes())
	require.Len(t, pupils, 2)
	assert.Equal(t, []edt.TextAudience{{Class: "4B"}, {Class: "4B", Partition: "Dédoublement", Part: "4B GR2"}, {Class: "4B", Partition: "LATIN", Part: "LAT"}}, pupils[0].Audience)
	assert.Equal(t, []string{"4 LATIN", "4B_TECH1"}, pupils[0].Groups)
	assert.Equal(t, "2012-01-15", pupils[0].Birth.String())

	monday := ent.Date{Year: 2025, Month: 9, Day: 1}
	year := timetable.Year{First: monday, Last: monday.AddDays(27), Week1: monday}
	q1, q2 := timetable.LettersByRank(timetable.WeeksOf(1, 2, 3, 4))
	tt, left := edt.TextTimetable(courses, pupils, edt.TextOptions{Year: year, Q1: q1, Q2: q2})
	require.True(t, left.Balanced())
	assert.Equal(t, ent.Tally{Read: 6, Kept: 5, Refused: 1}, left.Tally("courses"))
	assert.Equal(t, int64(1), left.CountOf(edt.CodeUnplaced))
	lessons, refused := tt.Expand()
	assert.Zero(t, refused.Total().Refused)
	assert.Len(t, lessons, 4+2+2+4+4)
	byCourse := map[ent.ID]int{}
	for _, l := range lessons {
		byCourse[l.Course]++
	}
	assert.Equal(t, map[ent.ID]int{"24": 4, "25": 2, "26": 2, "27": 4, "28": 4}, byCourse)
	assert.Len(t, tt.Memberships, 6)
	assert.Len(t, tt.Parts, 4)
}

func TestTextAudience(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]edt.TextAudience{
		"4B": {Class: "4B"}, "[4 B]": {Group: "4 B"}, "<4B><LV2>ESP 1": {Class: "4B", Partition: "LV2", Part: "ESP 1"},
		"< 4B > < LV2 >  ESP": {Class: "4B", Partition: "LV2", Part: "ESP"},
	} {
		got, ok := edt.ParseTextAudience(s)
		assert.True(t, ok, s)
		assert.Equal(t, []edt.TextAudience{want}, got, s)
	}
	for _, bad := range []string{"[4B", "<4B>", "<4B> LV2", "<4B> <LV2>", "4B]", "[]", "<> <a> b", "<4B> <LV2> [x]"} {
		got, ok := edt.ParseTextAudience(bad)
		assert.False(t, ok, bad)
		assert.Equal(t, []edt.TextAudience{{Class: bad}}, got, "kept")
	}
	got, ok := edt.ParseTextAudience(" , ")
	assert.True(t, ok)
	assert.Empty(t, got)
}

func TestTextCoursesThatAreRefused(t *testing.T) {
	t.Parallel()
	row := func(cells string) string { return "<Cours>" + cells + "</Cours>\n" }
	file := "<table>\n" + row("<NUMERO>1</NUMERO><DUREE>1h00</DUREE><FREQUENCE>S9</FREQUENCE><JOUR>lundi</JOUR><H.DEBUT>8h</H.DEBUT><CLASSE>[4B</CLASSE>") +
		row("<NUMERO>1</NUMERO><DUREE>2h00</DUREE><FREQUENCE>H</FREQUENCE><JOUR>lundi</JOUR><H.DEBUT>23h00</H.DEBUT><CLASSE>4B</CLASSE>") +
		row("<NUMERO>1</NUMERO><DUREE>x</DUREE><FREQUENCE>H</FREQUENCE><JOUR>lundi</JOUR><H.DEBUT>8h00</H.DEBUT><CLASSE>4B</CLASSE>") +
		row("<NUMERO>2</NUMERO><DUREE>1h00</DUREE><FREQUENCE>H</FREQUENCE><JOUR>lundi</JOUR><H.DEBUT>8h00</H.DEBUT><NOTE>CANARI</NOTE><PROF_NOM>CANARI, B</PROF_NOM><PROF_PRENOM>C</PROF_PRENOM>") +
		row("<NUMERO>3</NUMERO><DUREE>1h00</DUREE><JOUR>CANARI</JOUR><H.DEBUT>8h00</H.DEBUT>") + "<Autre/>\n</table>"
	courses, r, err := edt.ReadCourses(strings.NewReader(file), edt.Options{File: "EXP_COURS.xml"})
	require.NoError(t, err)
	assert.Equal(t, ent.Tally{Read: 6, Kept: 5, Refused: 1}, r.Tally("courses"))
	assert.Equal(t, ent.Pos{File: "EXP_COURS.xml", Line: 2}, r.Examples(edt.CodeAudience)[0].Pos)
	assert.Equal(t, int64(3), r.CountOf(edt.CodeValue), "DUREE, PROF_PRENOM, JOUR")
	require.Len(t, r.Losses(), 2, "the row and the cell that are not read")
	assert.Equal(t, []edt.TextTeacher{{Family: "CANARI"}, {Family: "B"}}, courses[3].Teachers)
	q := timetable.WeeksOf(1)
	tt, left := edt.TextTimetable(courses, nil, edt.TextOptions{Q1: q, Q2: q, Teacher: func(x edt.TextTeacher) ent.ID { return ent.ID("T" + x.Given) }})
	assert.Equal(t, map[ent.Code]int64{edt.CodeFrequency: 1, edt.CodeTimes: 2, edt.CodeUnplaced: 1}, map[ent.Code]int64{
		edt.CodeFrequency: left.CountOf(edt.CodeFrequency), edt.CodeTimes: left.CountOf(edt.CodeTimes), edt.CodeUnplaced: left.CountOf(edt.CodeUnplaced),
	})
	require.Len(t, tt.Courses, 1)
	assert.Equal(t, ent.ID("T"), tt.Courses[0].Resources[0].ID)
	tt, _ = edt.TextTimetable(courses[:1], nil, edt.TextOptions{Other: map[string]timetable.Weeks{"S9": q}})
	assert.Len(t, tt.Courses, 1)
	var b strings.Builder
	require.NoError(t, r.WriteText(&b, ent.FR))
	require.NoError(t, left.WriteText(&b, ent.EN))
	b.WriteString(courses[3].LogValue().String() + courses[3].Teachers[0].LogValue().String())
	assert.NotContains(t, b.String(), "CANARI")

	_, _, err = edt.ReadCourses(strings.NewReader("<a/>"), edt.Options{})
	require.ErrorIs(t, err, edt.CodeRoot)
	_, _, err = edt.ReadPupils(strings.NewReader("<TABLE>"), edt.Options{})
	require.ErrorIs(t, err, edt.CodeXML)
	_, _, err = edt.ReadPupils(strings.NewReader(file), edt.Options{MaxBytes: 10})
	require.ErrorIs(t, err, edt.CodeLimit)
}

// FuzzText: no table loses a row, as courses or as pupils.
func FuzzText(f *testing.F) {
	f.Add([]byte(smallText))
	f.Add([]byte(`<TABLE><Eleves><NUMERO>1</NUMERO><CLASSE>4B, &lt;4B&gt; &lt;LATIN&gt; LAT</CLASSE><GROUPES>a, b</GROUPES><DATE_NAISS>15/01/2012</DATE_NAISS></Eleves></TABLE>`))
	f.Fuzz(func(t *testing.T, b []byte) {
		courses, r, err := edt.ReadCourses(bytes.NewReader(b), edt.Options{MaxBytes: 1 << 20})
		if err != nil {
			return
		}
		pupils, r2, err := edt.ReadPupils(bytes.NewReader(b), edt.Options{MaxBytes: 1 << 20})
		if err != nil || !r.Balanced() || !r2.Balanced() || r.Total().Read != r2.Total().Read {
			t.Fatal("a row is lost")
		}
		tt, left := edt.TextTimetable(courses, pupils, edt.TextOptions{Year: timetable.Year{}, Q1: 2, Q2: 4})
		if !left.Balanced() || left.Tally("courses").Read != int64(len(courses)) {
			t.Fatal("courses are lost")
		}
		if _, refused := tt.Expand(); refused.CountOf(timetable.CodeTimes) > 0 || refused.CountOf(timetable.CodeDay) > 0 {
			t.Fatal("courses that cannot be")
		}
	})
}
