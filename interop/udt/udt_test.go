package udt_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/interop/udt"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// small is a school of two weeks: Monday 7 September 2026 to Friday 18 September, closed on Tuesday 8.
func small() fstest.MapFS {
	files := map[string]string{
		"udcal_24.XML": "<c><annee>2026</annee><debut_eleve>07/09/2026</debut_eleve><fin_eleve>18/09/2026</fin_eleve>\n<fermeture debut=\"08/09/2026\" fin=\"08/09/2026\"/></c>",
		"UDCal_00.xml": `<p><init premiere_semaine_ISO="37" duree_seq="60"/></p>`,
		"UDCal_04.xml": `<p><prof code="P1" epj="E1" nom="DURAND-FICTIF" prenom="Aurélie"/><prof code="P2" epj="E2" nom="MARTIN-FICTIF" prenom="Zoé"/></p>`,
		"UDCal_05.xml": `<p><mat code="MA"/></p>`,
		"UDCal_07.xml": `<d>
<demi_seq code="1" code_jour="1" code_site="0" hre_deb="08:00" hre_fin="08:30"/><demi_seq code="2" code_jour="1" code_site="0" hre_deb="08:30" hre_fin="09:00"/>
<demi_seq code="3" code_jour="1" code_site="0" hre_deb="14:00" hre_fin="14:30"/><demi_seq code="1" code_jour="2" code_site="0" hre_deb="08:00" hre_fin="08:30"/></d>`,
		"UDCal_08.xml": `<d><div code="6A"/></d>`,
		"UDCal_11.xml": `<f><fiche code="001" jour="1" demi_seq="1" site="0"/><fiche code="002" jour="1" demi_seq="2" site="0"/>
<fiche code="003" jour="1" demi_seq="3" site="0"/><fiche code="004" jour="2" demi_seq="1" site="0"/><fiche code="005" jour="2" demi_seq="9" site="0"/></f>`,
		"UDCal_12.xml": `<l>
<ligfiche code="00101" fic="001" div="6A" mat="MA" prof="P1" rgpmt="0"/>
<ligfiche code="00201" fic="002" div="6A" mat="MA" prof="P1" rgpmt="0"/>
<ligfiche code="00301" fic="003" div="6A" mat="MA" prof="P1" rgpmt="0"/>
<ligfiche code="00401" fic="004" div="6A" mat="MA" prof="P1" rgpmt="0"/>
<ligfiche code="00501" fic="005" div="6A" mat="MA" prof="P1" rgpmt="0"/>
<ligfiche code="00601" fic="777" div="6A" mat="MA" prof="P1" rgpmt="0"/>
<ligfiche code="00401" fic="004" div="6A" mat="MA" prof="P1" rgpmt="0"/>
<ligfiche code="00402" fic="004" mat="MA" rgpmt="0"/>
</l>`,
	}
	out := fstest.MapFS{}
	for name, text := range files {
		out[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

func put(files fstest.MapFS, name, text string) fstest.MapFS {
	files[name] = &fstest.MapFile{Data: []byte(text)}
	return files
}

func Example() {
	doc, _, err := udt.Read(small(), udt.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	t, left := doc.Timetable()
	lessons, _ := t.Expand()
	for _, l := range lessons {
		fmt.Println(l.Course, l.Date, l.Start, l.End)
	}
	for _, i := range left.Examples(udt.CodeSlot) {
		fmt.Println(i.Pos, i.Message(ent.FR))
	}
	// Output:
	// 00101 2026-09-07 08:00 09:00
	// 00301 2026-09-07 14:00 14:30
	// 00101 2026-09-14 08:00 09:00
	// 00301 2026-09-14 14:00 14:30
	// 00401 2026-09-15 08:00 08:30
	// UDCal_12.xml:6 La fiche ou la demi-séquence de la ligne n'existe pas : la ligne est refusée.
	// UDCal_12.xml:7 La fiche ou la demi-séquence de la ligne n'existe pas : la ligne est refusée.
}

func TestCatalog(t *testing.T) {
	t.Parallel()
	require.NoError(t, udt.Catalog().Check())
}

// Every line that is refused has its reason, with the file and the line.
func TestEveryRefusedLineIsTold(t *testing.T) {
	t.Parallel()
	d, _, err := udt.Read(small(), udt.Options{})
	require.NoError(t, err)
	_, left := d.Timetable()
	assert.Equal(t, ent.Tally{Read: 8, Kept: 4, Refused: 4}, left.Tally("lines"))
	lines := map[ent.Code][]int{}
	for _, c := range left.Codes() {
		for _, i := range left.Examples(c) {
			if i.Path == "/ligfiche" {
				assert.Equal(t, "UDCal_12.xml", i.Pos.File)
				lines[c] = append(lines[c], i.Pos.Line)
			}
		}
	}
	assert.Equal(t, map[ent.Code][]int{udt.CodeSlot: {6, 7}, udt.CodeTwice: {8}, udt.CodeNobody: {9}}, lines)
	assert.Equal(t, int64(1), left.CountOf(udt.CodeClosed), "Tuesday 8 September")
}

func TestWeeklyFiles(t *testing.T) {
	t.Parallel()
	files := put(small(), "UDCal_23.xml", `<c><coens lignefic="00101" epj="E2"/></c>`)
	put(files, "udcal_12_38.xml", `<l><ligfiche code="00101" fic="001" div="6A" mat="MA" prof="P2" rgpmt="0"/><ligfiche code="00201" fic="002" div="6A" mat="MA" prof="P2" rgpmt="0"/>
<ligfiche code="00301" fic="004" div="6A" mat="MA" prof="P1" rgpmt="0"/></l>`)
	put(files, "udcal_12_05.xml", `<l><ligfiche code="00101" fic="001" div="6A"/></l>`)
	d, r, err := udt.Read(files, udt.Options{})
	require.NoError(t, err)
	require.True(t, r.Balanced())
	tt, left := d.Timetable()
	require.True(t, left.Balanced())
	assert.Equal(t, int64(1), left.CountOf(udt.CodeWeek))
	lessons, _ := tt.Expand()
	var got []string
	for _, l := range lessons {
		s := string(l.Course) + " " + l.Date.String() + " " + l.Start.String()
		for _, x := range l.Resources {
			s += " " + string(x.ID)
		}
		got = append(got, s)
	}
	assert.Equal(t, []string{
		"00101 2026-09-07 08:00 6A P1 P2", "00301 2026-09-07 14:00 6A P1",
		"00101 2026-09-14 08:00 6A P2", "00301@38 2026-09-15 08:00 6A P1",
	}, got)

	// Further teachers of one week only, for the yearly lines.
	delete(files, "udcal_12_38.xml")
	put(files, "udcal_23_38.xml", `<c/>`)
	d, _, err = udt.Read(files, udt.Options{})
	require.NoError(t, err)
	tt, left = d.Timetable()
	assert.Equal(t, int64(8+1), left.Tally("lines").Read, "the yearly lines are counted once")
	assert.Equal(t, timetable.WeeksOf(1), tt.Courses[0].Resources[2].Weeks)
	assert.Equal(t, timetable.WeeksOf(1, 2), tt.Courses[0].Resources[1].Weeks)
}

func TestWhatStopsTheReading(t *testing.T) {
	t.Parallel()
	_, _, err := udt.Read(fstest.MapFS{}, udt.Options{})
	require.ErrorIs(t, err, udt.CodeNone)
	_, r, err := udt.Read(put(small(), "UDCal_08.xml", "<d>\n<div code=\"DURAND\"></d>"), udt.Options{})
	require.ErrorIs(t, err, udt.CodeXML)
	assert.Equal(t, ent.Pos{File: "UDCal_08.xml", Line: 2}, r.Examples(udt.CodeXML)[0].Pos)
	_, _, err = udt.Read(small(), udt.Options{MaxFiles: 2})
	require.ErrorIs(t, err, udt.CodeLimit)
	_, _, err = udt.Read(small(), udt.Options{MaxBytes: 1000})
	require.ErrorIs(t, err, udt.CodeLimit)
	_, _, err = udt.ReadZip(strings.NewReader("PK"), 2, udt.Options{})
	require.ErrorIs(t, err, udt.CodeArchive)
	files := small()
	delete(files, "udcal_24.XML")
	d, r, err := udt.Read(files, udt.Options{})
	require.NoError(t, err)
	assert.Equal(t, int64(1), r.CountOf(udt.CodeMissing))
	tt, left := d.Timetable()
	assert.Equal(t, int64(1), left.CountOf(udt.CodeYear))
	assert.Empty(t, tt.Courses)
	assert.Equal(t, int64(8), left.Tally("lines").Refused)
}

func archive(t *testing.T, files fs.FS) *bytes.Reader {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	require.NoError(t, z.AddFS(files))
	require.NoError(t, z.Close())
	return bytes.NewReader(b.Bytes())
}

func TestArchiveThatInflates(t *testing.T) {
	t.Parallel()
	r := archive(t, small())
	_, _, err := udt.ReadZip(r, r.Size(), udt.Options{})
	require.NoError(t, err)
	r = archive(t, put(small(), "UDCal_10.xml", "<e>"+strings.Repeat("<x/>", 1<<20)+"</e>"))
	_, report, err := udt.ReadZip(r, r.Size(), udt.Options{})
	require.ErrorIs(t, err, udt.CodeLimit)
	assert.Equal(t, "UDCal_10.xml", report.Examples(udt.CodeLimit)[0].Pos.File)
	_, _, err = udt.ReadZip(r, r.Size(), udt.Options{MaxRatio: 10000})
	require.NoError(t, err)
	r = archive(t, fstest.MapFS{"export/UDCal_12.xml": small()["UDCal_12.xml"]})
	_, _, err = udt.ReadZip(r, r.Size(), udt.Options{})
	require.NoError(t, err, "in a folder of the zip")
}

func TestParseName(t *testing.T) {
	t.Parallel()
	d, err := udt.ParseName("depot/0990001n_20250905070000_udt.zip")
	require.NoError(t, err)
	assert.Equal(t, "0990001N", d.UAI)
	assert.Equal(t, "2025-09-05", d.Date.String())
	paris, err := time.LoadLocation("Europe/Paris")
	require.NoError(t, err)
	assert.Equal(t, "2025-09-05T05:00:00Z", d.In(paris).UTC().Format(time.RFC3339))
	for _, bad := range []string{"", "UDT.zip", "0990001N_20250905_UDT.zip", "0990001N_20251305070000_UDT.zip", "0990001N_20250905070000_EDT.zip"} {
		_, err := udt.ParseName(bad)
		require.ErrorIs(t, err, udt.CodeName, bad)
	}
}

func TestNoPersonInLogsAndIssues(t *testing.T) {
	t.Parallel()
	files := put(small(), "UDCal_10.xml", `<e><eleve code="E1" nom="CANARI" prenom="Lou" naissance="hier"/></e>`)
	put(files, "UDCal_21.xml", `<e><ele_gpe ele="E1" gpe="1" code_div="CANARI X" semaines="CANARI"/></e>`)
	d, r, err := udt.Read(files, udt.Options{})
	require.NoError(t, err)
	_, left := d.Timetable()
	var b strings.Builder
	require.NoError(t, r.WriteText(&b, ent.FR))
	require.NoError(t, left.WriteText(&b, ent.EN))
	b.WriteString(d.LogValue().String() + d.Pupils[0].LogValue().String() + d.Teachers[0].LogValue().String())
	assert.NotContains(t, b.String(), "CANARI")
	assert.NotContains(t, b.String(), "FICTIF")
	assert.Equal(t, int64(2), r.CountOf(udt.CodeValue))
}

func TestElementsThatAreNotReadAreCounted(t *testing.T) {
	t.Parallel()
	_, r, err := udt.Read(put(small(), "UDCal_08.xml", `<d><div code="6A"><niveau/><niveau/></div></d>`), udt.Options{})
	require.NoError(t, err)
	assert.Equal(t, []ent.Loss{{Code: udt.CodeUnread, Field: "niveau", Count: 2}}, r.Losses())
	_, r, err = udt.Read(put(small(), "UDCal_26.xml", "<e/>"), udt.Options{})
	require.NoError(t, err)
	assert.Equal(t, int64(1), r.CountOf(udt.CodeUnread))
}

// FuzzRead: no content makes the reader fail but with an error, or loses a line.
func FuzzRead(f *testing.F) {
	s := small()
	f.Add(s["UDCal_12.xml"].Data, s["udcal_24.XML"].Data, []byte(`<e><ele_gpe ele="E1" gpe="1" code_div="6A" semaines="2251765453946880"/></e>`), s["UDCal_07.xml"].Data)
	f.Fuzz(func(t *testing.T, lines, calendar, stays, slots []byte) {
		files := small()
		for name, b := range map[string][]byte{"UDCal_12.xml": lines, "udcal_12_38.xml": lines, "udcal_24.XML": calendar, "UDCal_21.xml": stays, "UDCal_07.xml": slots} {
			files[name] = &fstest.MapFile{Data: b}
		}
		d, r, err := udt.Read(files, udt.Options{MaxBytes: 1 << 20})
		if err != nil {
			return
		}
		tt, left := d.Timetable()
		if !r.Balanced() || !left.Balanced() {
			t.Fatal("does not balance")
		}
		if left.Tally("lines").Read != r.Tally("lines").Kept {
			t.Fatal("lines are lost")
		}
		lessons, refused := tt.Expand()
		if refused.Total().Refused > 0 || len(lessons) > 63*len(tt.Courses) {
			t.Fatal("courses that cannot be")
		}
	})
}
