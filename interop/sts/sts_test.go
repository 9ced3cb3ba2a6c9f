package sts_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/interop/sts"
	"github.com/opencartable/cartable/schoollife/timetable"
)

func course(alternance, day, start, length, room string) string {
	return fmt.Sprintf("<COURS><CODE_ALTERNANCE>%s</CODE_ALTERNANCE><JOUR>%s</JOUR><HEURE_DEBUT>%s</HEURE_DEBUT><DUREE>%s</DUREE><CODE_SALLE>\n %s </CODE_SALLE></COURS>", alternance, day, start, length, room)
}

func teacher(id string, courses ...string) string {
	return `<ENSEIGNANT TYPE="epp" ID="` + id + `"><HEURES_AGENT> 1,5 </HEURES_AGENT><COURS_RATTACHES>` + "\n" + strings.Join(courses, "\n") + "</COURS_RATTACHES></ENSEIGNANT>"
}

func document(together string, teachers ...string) string {
	return `<EDT_STS><PARAMETRES><UAJ>0750655E</UAJ><ANNEE_SCOLAIRE>2026</ANNEE_SCOLAIRE></PARAMETRES><DONNEES>
<ALTERNANCES><ALTERNANCE CODE="H"><SEMAINES><DATE_DEBUT_SEMAINE>2026-09-07</DATE_DEBUT_SEMAINE><DATE_DEBUT_SEMAINE>2026-09-13</DATE_DEBUT_SEMAINE></SEMAINES></ALTERNANCE><ALTERNANCE CODE="V"/></ALTERNANCES>
<SALLES_COURS><SALLE_COURS CODE="15"/></SALLES_COURS><INDIVIDUS><INDIVIDU ID="1"/><INDIVIDU ID="2"/></INDIVIDUS>
<STRUCTURE><DIVISIONS><DIVISION CODE="6A"><SERVICES><SERVICE CODE_MATIERE="020700" CODE_MOD_COURS="CG"><HEURES_STRUCTURE>4.00</HEURES_STRUCTURE><CO_ENS>` + together + `</CO_ENS><ENSEIGNANTS>` + strings.Join(teachers, "\n") + `</ENSEIGNANTS></SERVICE></SERVICES></DIVISION></DIVISIONS></STRUCTURE></DONNEES></EDT_STS>`
}

func Example() {
	file := document("true", teacher("1", course("H", "4", "0800", "0100", "15")), teacher("2", course("H", "4", "0800", "0100", "15")))
	doc, report, err := sts.Read(strings.NewReader(file), sts.Options{UAI: "0750655E"})
	if err != nil {
		fmt.Println(err)
		return
	}
	lessons, _ := doc.Lessons()
	for _, l := range lessons {
		fmt.Println(l.Course, l.Date, l.Start, l.End, len(l.Resources))
	}
	for _, i := range report.Examples(sts.CodeSunday) {
		fmt.Println(i.Pos.Line, i.Message(ent.FR))
	}
	// Output:
	// DIVISION:6A/020700/H/4/0800 2026-09-10 08:00 09:00 4
	// DIVISION:6A/020700/H/4/0800 2026-09-17 08:00 09:00 4
	// 2 La semaine de l'alternance est donnée par un dimanche, 13/09/2026 : le lendemain est pris.
}

func TestCatalog(t *testing.T) {
	t.Parallel()
	require.NoError(t, sts.Catalog().Check())
}

func parse(t *testing.T, file string) (*sts.Document, *ent.Report) {
	t.Helper()
	d, r, err := sts.Read(strings.NewReader(file), sts.Options{File: "emp_sts.xml"})
	require.NoError(t, err)
	require.True(t, r.Balanced())
	return d, r
}

func TestCoTeaching(t *testing.T) {
	t.Parallel()
	one, two := course("H", "4", "0800", "0100", "15"), course("H", "4", "0800", "0100", "16")
	for name, c := range map[string]struct {
		file    string
		want    []string
		doubled int64
	}{
		"together":        {document("true", teacher("1", one), teacher("2", one)), []string{"6A 1 2 15"}, 0},
		"not said so":     {document("false", teacher("1", one), teacher("2", one)), []string{"6A 1 15", "6A 2 15"}, 1},
		"not in one room": {document("true", teacher("1", one), teacher("2", two)), []string{"6A 1 15", "6A 2 16"}, 1},
	} {
		d, _ := parse(t, c.file)
		tt, left := d.Timetable(ent.Date{})
		var got []string
		for i := range tt.Courses {
			s := make([]string, 0, 4)
			for _, r := range tt.Courses[i].Resources {
				s = append(s, string(r.ID))
				assert.Equal(t, timetable.WeeksOf(1, 2), r.Weeks)
			}
			got = append(got, strings.Join(s, " "))
		}
		assert.Equal(t, c.want, got, name)
		assert.Equal(t, c.doubled, left.CountOf(sts.CodeDoubled), name)
		assert.Equal(t, int64(2), left.Tally("courses").Kept)
	}
}

// A change of room keeps the name of the course.
func TestNameOfACourse(t *testing.T) {
	t.Parallel()
	a, _ := parse(t, document("false", teacher("1", course("H", "4", "0800", "0100", "15"))))
	b, _ := parse(t, document("false", teacher("2", course("H", "4", "0800", "0200", "16"))))
	one, _ := a.Lessons()
	two, _ := b.Lessons()
	assert.Equal(t, one[0].Key, two[0].Key)
}

func TestEveryRefusedCourseIsTold(t *testing.T) {
	t.Parallel()
	d, r := parse(t, document("oui", teacher("1", course("H", "8", "0800", "0100", ""), course("H", "1", "0800", "0000", ""), course("H", "1", "2330", "0100", ""),
		course("X", "1", "0800", "0100", ""), course("V", "1", "0800", "0100", ""), course("H", "1", "0875", "0100", "")), teacher("9", course("H", "1", "0800", "0055", "99"))))
	lessons, left := d.Lessons()
	assert.Len(t, lessons, 2)
	assert.Equal(t, ent.Tally{Read: 7, Kept: 1, Refused: 6}, left.Tally("courses"))
	lines := map[ent.Code][]int{}
	for _, c := range left.Codes() {
		for _, i := range left.Examples(c) {
			lines[c] = append(lines[c], i.Pos.Line)
		}
	}
	assert.Equal(t, map[ent.Code][]int{sts.CodeTimes: {5, 7, 9, 15}, sts.CodeAlternance: {11}, sts.CodeUndated: {13}}, lines)
	assert.Equal(t, int64(3), r.CountOf(sts.CodeValue), "oui, 8, 0875")
	assert.Equal(t, int64(2), r.CountOf(sts.CodeDangling), "teacher 9, room 99")
	assert.Equal(t, 150, *d.Structures[0].Services[0].Teachers[0].Hours)
	assert.Equal(t, 400, *d.Structures[0].Services[0].Hours)
}

func TestWhatStopsTheReading(t *testing.T) {
	t.Parallel()
	good := document("true")
	_, _, err := sts.Read(strings.NewReader(good), sts.Options{UAI: "0990001N"})
	require.ErrorIs(t, err, sts.CodeUAI)
	_, _, err = sts.Read(strings.NewReader("<a/>"), sts.Options{})
	require.ErrorIs(t, err, sts.CodeRoot)
	_, _, err = sts.Read(strings.NewReader(good), sts.Options{MaxBytes: 50})
	require.ErrorIs(t, err, sts.CodeLimit)
	d, r, err := sts.Read(strings.NewReader(strings.Replace(good, "0750655E", "0750655A", 1)), sts.Options{})
	require.NoError(t, err)
	assert.Equal(t, "0750655A", d.UAI)
	assert.Equal(t, int64(1), r.CountOf(sts.CodeUAIShape))
}

func TestWhatSTSWEBDoesNotHave(t *testing.T) {
	t.Parallel()
	up, _ := parse(t, document("true", teacher("1"), teacher("3")))
	base, _ := parse(t, `<STS_EDT><PARAMETRES><UAJ CODE="0750655E"/></PARAMETRES><NOMENCLATURES><MATIERES><MATIERE CODE="1"/></MATIERES></NOMENCLATURES>
<DONNEES><INDIVIDUS><INDIVIDU ID="1" TYPE="epp"><NOM_USAGE> DURAND-FICTIF
 </NOM_USAGE></INDIVIDU></INDIVIDUS><STRUCTURE><DIVISIONS><DIVISION CODE="6B"/></DIVISIONS></STRUCTURE></DONNEES></STS_EDT>`)
	assert.Equal(t, "DURAND-FICTIF", base.Individuals[0].Family)
	r := up.Check(base)
	assert.Equal(t, []ent.Code{sts.CodeStructure, sts.CodeSubject, sts.CodeTeacher}, r.Codes())
	assert.Equal(t, 4, r.Examples(sts.CodeTeacher)[0].Pos.Line)
	assert.Equal(t, "1", base.Individuals[0].LogValue().String())
	assert.NotContains(t, base.LogValue().String(), "FICTIF")
}

// FuzzRead: no input makes the reader fail but with an error, or loses a course.
func FuzzRead(f *testing.F) {
	f.Add([]byte(document("true", teacher("1", course("H", "4", "0800", "0100", "15")), teacher("2", course("H", "4", "0800", "0100", "15")))))
	f.Add([]byte(document("false", teacher("1", course("H", "7", "2300", "0100", "")))))
	f.Fuzz(func(t *testing.T, b []byte) {
		d, r, err := sts.Read(bytes.NewReader(b), sts.Options{MaxBytes: 1 << 20})
		if err != nil {
			return
		}
		lessons, left := d.Lessons()
		tt, more := d.Timetable(ent.Date{})
		if !r.Balanced() || !left.Balanced() || !more.Balanced() {
			t.Fatal("does not balance")
		}
		if left.Total().Read != r.Tally("courses").Kept || more.Total().Read != left.Total().Read {
			t.Fatal("courses are lost")
		}
		again, refused := tt.Expand()
		if refused.Total().Refused > 0 || len(again) > len(lessons) {
			t.Fatal("lessons out of nowhere")
		}
	})
}
