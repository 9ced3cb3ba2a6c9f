package aaf_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/internal/samples"
	"github.com/opencartable/cartable/interop/aaf"
)

func edge(t *testing.T, name string, o aaf.Options) *aaf.Delivery {
	t.Helper()
	d, err := aaf.Open(filepath.Join(samples.Dir(t, "aaf", "edge"), name), o)
	require.NoError(t, err)
	return d
}

// Acceptance E: what each file must give.
func TestAcceptanceEEncodings(t *testing.T) {
	t.Parallel()
	const given, address = "Cœur", "12 rue du Marché 5€$$$"
	for _, c := range []struct {
		file    string
		options aaf.Options
		given   string
		address string
		warning ent.Code
	}{
		{"latin9_PersRelEleve_0000.xml", aaf.Options{}, given, address, ""},
		{"utf8_bom_PersRelEleve_0000.xml", aaf.Options{}, given, address, ""},
		{"charrefs_PersRelEleve_0000.xml", aaf.Options{}, given, address, ""},
		{"no_xml_declaration_PersRelEleve_0000.xml", aaf.Options{}, given, address, ""},
		{"latin9_PersRelEleve_0000.xml", aaf.Options{Strict: true}, given, address, ""},
		{"utf8_bom_PersRelEleve_0000.xml", aaf.Options{Strict: true}, given, address, ""},
		{"charrefs_PersRelEleve_0000.xml", aaf.Options{Strict: true}, given, address, ""},
		{"no_xml_declaration_PersRelEleve_0000.xml", aaf.Options{Strict: true}, given, address, ""},
		{"html_entities_PersRelEleve_0000.xml", aaf.Options{}, given, address, aaf.CodeHTMLEntity},
		{"double_escaped_PersRelEleve_0000.xml", aaf.Options{}, "C&oelig;ur", "12 rue du March&#233; 5&euro;$$$", ""},
		{"double_escaped_PersRelEleve_0000.xml", aaf.Options{UnescapeTwice: true}, given, address, ""},
		{"declared_latin9_but_utf8_PersRelEleve_0000.xml", aaf.Options{}, given, address, aaf.CodeCharset},
	} {
		r := edge(t, c.file, c.options).Reader()
		recs := all(t, r)
		require.Len(t, recs, 1, c.file)
		assert.Equal(t, "6100001", recs[0].ID, c.file)
		assert.Equal(t, "TEST", recs[0].Get("sn"), c.file)
		assert.Equal(t, c.given, recs[0].Get("givenName"), c.file)
		assert.Equal(t, c.address, recs[0].Get("ENTPersonAdresse"), c.file)
		if c.warning != "" {
			assert.Positive(t, r.Report().CountOf(c.warning), c.file)
		} else {
			assert.Empty(t, codes(r.Report()), c.file)
		}
	}
}

func TestAcceptanceEHTMLEntityInStrictReading(t *testing.T) {
	t.Parallel()
	r := edge(t, "html_entities_PersRelEleve_0000.xml", aaf.Options{Strict: true}).Reader()
	var last error
	n := 0
	for rec, err := range r.Records() {
		if err == nil && rec != nil {
			n++
		}
		last = err
	}
	assert.Zero(t, n)
	require.ErrorIs(t, last, aaf.CodeEntity)
	i := aaf.FileError(last)[0]
	assert.Equal(t, 10, i.Pos.Line)
	assert.Contains(t, i.Message(ent.FR), "oelig")
}

func TestAcceptanceEDeclaredLatin9ButUTF8InStrictReading(t *testing.T) {
	t.Parallel()
	r := edge(t, "declared_latin9_but_utf8_PersRelEleve_0000.xml", aaf.Options{Strict: true}).Reader()
	recs := all(t, r)
	require.Len(t, recs, 1)
	assert.Equal(t, "C\u00c5\u0093ur", recs[0].Get("givenName"), "read as declared")
	assert.Empty(t, codes(r.Report()))
}

func TestAcceptanceEExternalEntityReadsNoFile(t *testing.T) {
	t.Parallel()
	host, err := os.ReadFile("/etc/hostname")
	for _, strict := range []bool{false, true} {
		r := edge(t, "xxe_PersRelEleve_0000.xml", aaf.Options{Strict: strict}).Reader()
		var last error
		for rec, e := range r.Records() {
			last = e
			if err == nil && rec != nil {
				assert.NotContains(t, fmt.Sprint(*rec), strings.TrimSpace(string(host)))
			}
		}
		require.ErrorIs(t, last, aaf.CodeDoctype)
	}
}

func TestAcceptanceENotWellFormed(t *testing.T) {
	t.Parallel()
	r := edge(t, "not_well_formed_Eleve_0000.xml", aaf.Options{}).Reader()
	var last error
	n := 0
	for rec, err := range r.Records() {
		if rec != nil {
			n++
		}
		last = err
	}
	assert.Zero(t, n)
	require.ErrorIs(t, last, aaf.CodeNotWellFormed)
	i := aaf.FileError(last)[0]
	assert.Equal(t, 5, i.Pos.Line)
	assert.Equal(t, "not_well_formed_Eleve_0000.xml", i.Pos.File)
	assert.True(t, r.Report().Balanced())
}

func TestAcceptanceEEmpty(t *testing.T) {
	t.Parallel()
	r := edge(t, "empty_Eleve_0000.xml", aaf.Options{}).Reader()
	assert.Empty(t, all(t, r))
	assert.Empty(t, codes(r.Report()))
}

// Acceptance H1: an unknown attribute stops nothing and is counted once.
func TestAcceptanceHUnknownAttribute(t *testing.T) {
	t.Parallel()
	files := map[string]string{}
	for i := range 3 {
		files[fmt.Sprintf("ENT_Complet_20240916_PersRelEleve_%04d.xml", i)] = relative(fmt.Sprint(6000001+i), `<attr name="ENTEleveFutur"><value>x</value></attr>`)
	}
	d, err := aaf.Open(folder(t, files), aaf.Options{})
	require.NoError(t, err)
	r := d.Reader()
	recs := typed(t, r)
	require.Len(t, recs, 3)
	assert.Equal(t, []aaf.Attr{{Name: "ENTEleveFutur", Values: []string{"x"}}}, recs[0].Relative.Extra)
	assert.EqualValues(t, 3, r.Report().CountOf(aaf.CodeUnknownAttribute))
	assert.Len(t, r.Report().Examples(aaf.CodeUnknownAttribute), 1)
}

// Acceptance H2: a hole in the numbers.
func TestAcceptanceHMissingChunk(t *testing.T) {
	t.Parallel()
	empty := "<ficAlimMENESR></ficAlimMENESR>"
	d, err := aaf.Open(folder(t, map[string]string{
		"ENT_Complet_20240916_Eleve_0000.xml": empty, "ENT_Complet_20240916_Eleve_0002.xml": empty,
	}), aaf.Options{})
	require.NoError(t, err)
	assert.EqualValues(t, 1, d.Report().CountOf(aaf.CodeChunkMissing))
	assert.Contains(t, d.Report().Examples(aaf.CodeChunkMissing)[0].Message(ent.FR), "n° 1 de Eleve")
}

// Acceptance H3: a lost file is refused by the guard, unless somebody consents.
func TestAcceptanceHGuardAgainstALostFile(t *testing.T) {
	t.Parallel()
	whole := model(t, "2d-complet")
	dir := samples.Dir(t, "aaf", "2d-complet")
	files := map[string]string{}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".xml") && !strings.HasSuffix(e.Name(), "_Eleve_0001.xml") {
			b, err := os.ReadFile(filepath.Join(dir, e.Name()))
			require.NoError(t, err)
			files[e.Name()] = string(b)
		}
	}
	d, err := aaf.Open(folder(t, files), aaf.Options{})
	require.NoError(t, err)
	cut, err := d.Model(context.Background())
	require.NoError(t, err)
	pop := directory.Population{Profile: ent.ProfilePupil, Known: whole.Count(aaf.Pupils)}
	for p := range whole.Pupils() {
		if _, ok := cut.Pupil(p.ID); !ok {
			pop.Vanished++
		}
	}
	assert.Equal(t, directory.Population{Profile: ent.ProfilePupil, Known: 7, Vanished: 3}, pop)
	require.ErrorIs(t, directory.Guard{}.Check([]directory.Population{pop}).Err(), directory.CodeGuard)
	consent := directory.Guard{Consent: func(directory.Population) bool { return true }}
	assert.Empty(t, consent.Check([]directory.Population{pop}))
}

// Acceptance H4: an archive with one sub-directory and foreign entries reads like the flat folder.
func TestAcceptanceHArchives(t *testing.T) {
	t.Parallel()
	want := all(t, open(t, aaf.Options{}, "2d-complet").Reader())
	dir := samples.Dir(t, "aaf", "2d-complet")
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	require.NoError(t, err)
	out := t.TempDir()
	zipPath, tgzPath := filepath.Join(out, "feed_Complet.zip"), filepath.Join(out, "feed_Complet.tgz")
	var zipped, tarred bytes.Buffer
	z := zip.NewWriter(&zipped)
	gz := gzip.NewWriter(&tarred)
	tw := tar.NewWriter(gz)
	add := func(name string, content []byte) {
		w, err := z.Create(name)
		require.NoError(t, err)
		_, err = w.Write(content)
		require.NoError(t, err)
		require.NoError(t, tw.WriteHeader(&tar.Header{Name: name, Size: int64(len(content)), Mode: 0o600}))
		_, err = tw.Write(content)
		require.NoError(t, err)
	}
	for _, n := range names {
		b, err := os.ReadFile(n)
		require.NoError(t, err)
		add("sub/"+filepath.Base(n), b)
	}
	add("__MACOSX/._x_Eleve_0000.xml", []byte("no"))
	add("sub/readme.txt", []byte("no"))
	add("../x_Eleve_0009.xml", []byte("<ficAlimMENESR/>"))
	require.NoError(t, z.Close())
	require.NoError(t, tw.Close())
	require.NoError(t, gz.Close())
	require.NoError(t, os.WriteFile(zipPath, zipped.Bytes(), 0o600))
	require.NoError(t, os.WriteFile(tgzPath, tarred.Bytes(), 0o600))
	for _, path := range []string{zipPath, tgzPath} {
		d, err := aaf.Open(path, aaf.Options{})
		require.NoError(t, err)
		assert.EqualValues(t, 1, d.Report().CountOf(aaf.CodeArchivePath), path)
		assertSame(t, want, all(t, d.Reader()))
	}
}

func TestTruncatedArchiveIsAnIssue(t *testing.T) {
	t.Parallel()
	var zipped, tarred bytes.Buffer
	z := zip.NewWriter(&zipped)
	gz := gzip.NewWriter(&tarred)
	tw := tar.NewWriter(gz)
	content := []byte(relative("1", "<!-- "+strings.Repeat("éàü!", 3000)+" -->"))
	w, err := z.Create("ENT_Complet_20240916_PersRelEleve_0000.xml")
	require.NoError(t, err)
	_, err = w.Write(content)
	require.NoError(t, err)
	require.NoError(t, tw.WriteHeader(&tar.Header{Name: "ENT_Complet_20240916_PersRelEleve_0000.xml", Size: int64(len(content)), Mode: 0o600}))
	_, err = tw.Write(content)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	require.NoError(t, tw.Close())
	require.NoError(t, gz.Close())
	dir := t.TempDir()
	for name, b := range map[string][]byte{"a.zip": zipped.Bytes(), "b.tgz": tarred.Bytes()} {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, b[:len(b)/2], 0o600))
		d, err := aaf.Open(path, aaf.Options{})
		require.NoError(t, err, name)
		assert.Positive(t, d.Report().CountOf(aaf.CodeArchiveTruncated), name)
		_, err = d.Model(context.Background())
		if name == "b.tgz" {
			require.Error(t, err, "half an archive gives no model")
		}
	}
}

func TestArchiveThatInflatesTooMuchIsRefused(t *testing.T) {
	t.Parallel()
	var zipped bytes.Buffer
	z := zip.NewWriter(&zipped)
	w, err := z.Create("ENT_Complet_20240916_PersRelEleve_0000.xml")
	require.NoError(t, err)
	_, err = w.Write([]byte("<ficAlimMENESR>"))
	require.NoError(t, err)
	blank := bytes.Repeat([]byte("<!--aaaaaa-->\n"), 1<<17)
	for range 48 {
		_, err = w.Write(blank)
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	path := filepath.Join(t.TempDir(), "bomb.zip")
	require.NoError(t, os.WriteFile(path, zipped.Bytes(), 0o600))
	d, err := aaf.Open(path, aaf.Options{})
	require.NoError(t, err)
	var last error
	for _, err := range d.Reader().Records() {
		last = err
	}
	require.ErrorIs(t, last, aaf.CodeArchiveRatio)
}

// Acceptance H5: the same records in any chunks and order give the same model.
func TestAcceptanceHChunksAndOrderDoNotMatter(t *testing.T) {
	t.Parallel()
	want := model(t, "2d-complet")
	recs := slices.Collect(want.Records())
	header := want.Header()
	for _, chunk := range []int{1, 2, 4, 7, 100} {
		for _, reverse := range []bool{false, true} {
			list := slices.Clone(recs)
			if reverse {
				slices.Reverse(list)
			}
			dir := t.TempDir()
			w, err := aaf.NewDeliveryWriter(dir, aaf.DeliveryOptions{Header: header, ChunkRecords: chunk})
			require.NoError(t, err)
			for _, r := range list {
				require.NoError(t, w.Write(r))
			}
			require.NoError(t, w.Close())
			d, err := aaf.Open(dir, aaf.Options{})
			require.NoError(t, err)
			m, err := d.Model(context.Background())
			require.NoError(t, err)
			assertSame(t, recs, slices.Collect(m.Records()))
			compareJoins(t, m, readExpected(t, "2d-complet").Joins)
		}
	}
}

func TestReaderIsReadOnce(t *testing.T) {
	t.Parallel()
	r := open(t, aaf.Options{}, "2d-complet").Reader()
	all(t, r)
	for _, err := range r.Records() {
		require.ErrorIs(t, err, aaf.ErrUsed)
	}
}

func TestBreakingOutOfTheLoopClosesTheFiles(t *testing.T) {
	t.Parallel()
	d := open(t, aaf.Options{}, "2d-complet")
	for range 3000 { // more than the files a process may open
		for _, err := range d.Reader().Records() {
			require.NoError(t, err)
			break
		}
	}
}

func TestBadRecordsCostThemselves(t *testing.T) {
	t.Parallel()
	record := func(id, op, attrs string) string {
		return `<modifyRequest><operationalAttributes><attr name="categoriePersonne"><value>PersRelEleve</value></attr></operationalAttributes>` +
			`<identifier><id>` + id + `</id></identifier><modifications><modification name="sn" operation="` + op + `"><value>A</value></modification>` +
			attrs + `</modifications></modifyRequest>`
	}
	d, err := aaf.Open(folder(t, map[string]string{"x_Delta_20240917_PersRelEleve_0000.xml": "<ficAlimMENESR>" +
		record("1", "replace", "") + record("", "replace", "") + record("2", "add", "") +
		record("3", "replace", `<modification name="mail" operation="replace"><value>`+strings.Repeat("x", 70000)+`</value></modification>`) +
		record("4", "replace", "<novelty><value>x</value></novelty>") +
		"</ficAlimMENESR>"}), aaf.Options{})
	require.NoError(t, err)
	r := d.Reader()
	var got []string
	for _, rec := range all(t, r) {
		got = append(got, rec.ID)
	}
	assert.Equal(t, []string{"1", "4"}, got)
	assert.Equal(t, ent.Tally{Read: 5, Kept: 2, Refused: 3}, r.Report().Tally("PersRelEleve modifyRequest"))
	for _, c := range []ent.Code{aaf.CodeNoID, aaf.CodeOperation, aaf.CodeRecordLimit, aaf.CodeUnknownElement} {
		assert.EqualValues(t, 1, r.Report().CountOf(c), c)
	}
}

func TestRecordOfEmptyValuesIsLimited(t *testing.T) {
	t.Parallel()
	d, err := aaf.Open(folder(t, map[string]string{"x_Complet_20240917_PersRelEleve_0000.xml": relative("1",
		`<attr name="mail">`+strings.Repeat("<value/>", 1<<20)+`</attr>`)}), aaf.Options{})
	require.NoError(t, err)
	r := d.Reader()
	assert.Empty(t, all(t, r))
	assert.EqualValues(t, 1, r.Report().CountOf(aaf.CodeRecordLimit))
}

func TestBadValueCostsThatValue(t *testing.T) {
	t.Parallel()
	d, err := aaf.Open(folder(t, map[string]string{"x_Complet_20240917_PersRelEleve_0000.xml": relative("1",
		`<attr name="ENTPersonDateNaissance"><value>31/02/2000</value></attr><attr name="ENTPersonAdresseDiffusion"><value>X</value></attr>`+
			`<attr name="ENTPersonAdresse"><value>1$2$3$4$5</value></attr><attr name="mail"><value>a@exemple.test</value></attr>`)}), aaf.Options{KeepValues: true})
	require.NoError(t, err)
	r := d.Reader()
	e := typed(t, r)[0]
	assert.Equal(t, "a@exemple.test", e.Relative.Contact.Mail)
	assert.Len(t, e.Relative.Extra, 3, "what could not be read stays raw")
	for _, c := range []ent.Code{aaf.CodeDate, aaf.CodeFlag, aaf.CodeParts} {
		assert.EqualValues(t, 1, r.Report().CountOf(c), c)
	}
	require.Len(t, e.Issues, 3)
	v, kept := e.Issues[0].Value()
	assert.True(t, kept)
	assert.Equal(t, "31/02/2000", v)
}

func TestSameIdentifierTwiceTheLastOneWins(t *testing.T) {
	t.Parallel()
	d, err := aaf.Open(folder(t, map[string]string{
		"ENT_Complet_20240916_PersRelEleve_0000.xml": relative("1", `<attr name="mail"><value>first@exemple.test</value></attr>`),
		"ENT_Complet_20240916_PersRelEleve_0001.xml": relative("1", `<attr name="mail"><value>last@exemple.test</value></attr>`),
	}), aaf.Options{})
	require.NoError(t, err)
	m, err := d.Model(context.Background())
	require.NoError(t, err)
	p, _ := m.Relative("1")
	assert.Equal(t, "last@exemple.test", p.Contact.Mail)
	assert.Equal(t, 1, m.Count(aaf.Relatives))
	assert.EqualValues(t, 1, m.Report().CountOf(aaf.CodeDuplicate))
}

func TestFatalIssuesSayWhatIsWrong(t *testing.T) {
	t.Parallel()
	whole := relative("1", "")
	for _, c := range []struct {
		content string
		options aaf.Options
		want    ent.Code
	}{
		{whole[:len(whole)-30], aaf.Options{}, aaf.CodeTruncated},
		{strings.Replace(whole, "TEST", "T\xffST", 1), aaf.Options{Strict: true}, aaf.CodeEncoding},
		{strings.Replace(whole, "TEST", "T\x01ST", 1), aaf.Options{}, aaf.CodeEncoding},
		{strings.Replace(whole, "UTF-8", "EBCDIC", 1), aaf.Options{}, aaf.CodeEncoding},
		{strings.Replace(whole, "TEST", "&nope;", 1), aaf.Options{}, aaf.CodeEntity},
		{strings.Replace(whole, "</attributes>", "</attribute>", 1), aaf.Options{}, aaf.CodeNotWellFormed},
		{strings.Replace(whole, "<attributes>", "<yo/><attributes>", 1), aaf.Options{Strict: true}, aaf.CodeStrictElement},
		{strings.Replace(whole, "TEST", "<!--"+strings.Repeat("x", 5<<20)+"-->", 1), aaf.Options{}, aaf.CodeLimit},
	} {
		d, err := aaf.Open(folder(t, map[string]string{"x_Complet_20240917_PersRelEleve_0000.xml": c.content}), c.options)
		require.NoError(t, err)
		r := d.Reader()
		var last error
		for _, err := range r.Typed() {
			last = err
		}
		require.ErrorIs(t, last, c.want)
		i := aaf.FileError(last)[0]
		assert.Equal(t, ent.SeverityFatal, i.Severity)
		assert.Positive(t, i.Pos.Line, c.want)
		assert.EqualValues(t, 1, r.Report().CountOf(c.want))
		assert.True(t, r.Report().Balanced())
	}
}
