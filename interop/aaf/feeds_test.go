package aaf_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/interop/aaf"
)

// An empty delivery, several feeds in one place, a file lost after Open: none of them may look like departures.
func TestWhatIsNoDeliveryGivesNoModel(t *testing.T) {
	t.Parallel()
	one := relative("1", "")
	academy := func(n string) string {
		return strings.Replace(one, "<addRequest>", `<!-- codeAcademieExport="`+n+`" --><addRequest>`, 1)
	}
	for want, files := range map[ent.Code]map[string]string{
		aaf.CodeEmptyDelivery: {"readme.txt": "no"},
		aaf.CodeSeveralFeeds:  {"LILLE/E_Complet_20240916_PersRelEleve_0000.xml": one, "LYON/E_Complet_20240916_PersRelEleve_0000.xml": one},
	} {
		d := mustOpen(t, folder(t, files))
		_, err := d.Model(context.Background())
		require.ErrorIs(t, err, want)
		assert.NotEmpty(t, aaf.FileError(err))
		for _, err := range d.Reader().Records() {
			require.ErrorIs(t, err, want)
		}
	}
	_, err := mustOpen(t, folder(t, map[string]string{
		"E_Complet_20240916_PersRelEleve_0000.xml": academy("9"), "E_Complet_20240916_PersRelEleve_0001.xml": academy("10"),
	})).Model(context.Background())
	require.ErrorIs(t, err, aaf.CodeSeveralFeeds, "two academies")

	dir := folder(t, map[string]string{
		"E_Complet_20240916_PersRelEleve_0000.xml": one, "E_Complet_20240916_PersRelEleve_0001.xml": relative("2", ""),
		"E_Complet_20240916_PersRelEleve_0002.xml": relative("3", ""),
	})
	d := mustOpen(t, dir)
	require.NoError(t, os.Remove(filepath.Join(dir, "E_Complet_20240916_PersRelEleve_0001.xml")))
	n := 0
	var last error
	for rec, err := range d.Reader().Records() {
		if rec != nil {
			n++
		}
		last = err
	}
	assert.Equal(t, 2, n, "the other files are read")
	require.ErrorIs(t, last, aaf.CodeReadFailed)
	assert.Equal(t, "E_Complet_20240916_PersRelEleve_0001.xml", aaf.FileError(last)[0].Pos.File)
}

func TestFilesLeftAsideAreNamed(t *testing.T) {
	t.Parallel()
	dir := folder(t, map[string]string{
		"E_Complet_20240916_PersRelEleve_0000.xml": relative("1", ""), "a/b/E_Complet_20240916_Eleve_0000.xml": "<ficAlimMENESR/>",
	})
	require.NoError(t, os.Symlink(filepath.Join(dir, "a/b/E_Complet_20240916_Eleve_0000.xml"), filepath.Join(dir, "E_Complet_20240916_Eleve_0001.xml")))
	d := mustOpen(t, dir)
	assert.EqualValues(t, 2, d.Report().CountOf(aaf.CodeFileSkipped))
	assert.EqualValues(t, 3, d.Report().CountOf(aaf.CodeCategoryMissing), "pupils, structures and staff are not there")
	assert.Len(t, d.Files(), 1)
}

func tarball(t *testing.T, path string, entries ...[2]string) {
	t.Helper()
	var b bytes.Buffer
	gz := gzip.NewWriter(&b)
	w := tar.NewWriter(gz)
	for _, e := range entries {
		h := &tar.Header{Name: e[0], Size: int64(len(e[1])), Mode: 0o600}
		if strings.HasSuffix(e[0], "/") {
			h.Typeflag = tar.TypeDir
		}
		require.NoError(t, w.WriteHeader(h))
		_, err := w.Write([]byte(e[1]))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	require.NoError(t, gz.Close())
	require.NoError(t, os.WriteFile(path, b.Bytes(), 0o600))
}

func TestTwoEntriesOfOneNameInAnArchive(t *testing.T) {
	t.Parallel()
	const name = "E_Complet_20240916_PersRelEleve_0000.xml"
	dir := t.TempDir()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, id := range []string{"1", "2"} {
		w, err := z.Create(name)
		require.NoError(t, err)
		_, err = w.Write([]byte(relative(id, "")))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a.zip"), b.Bytes(), 0o600))
	tarball(t, filepath.Join(dir, "b.tgz"), [2]string{"./", ""}, [2]string{"./" + name, relative("1", "")}, [2]string{"./" + name, relative("2", "")})
	for _, archive := range []string{"a.zip", "b.tgz"} {
		d := mustOpen(t, filepath.Join(dir, archive))
		assert.Equal(t, "AAF-ARCHIVE-TWICE AAF-CATEGORY-MISSING ", codes(d.Report()), archive)
		recs := all(t, d.Reader())
		require.Len(t, recs, 1)
		assert.Equal(t, "1", recs[0].ID, archive)
	}
}

// A tarball is read in its own order, and applied in that of the file names.
func TestTarballAppliesInTheOrderOfTheFileNames(t *testing.T) {
	t.Parallel()
	mail := func(m string) string { return relative("1", `<attr name="mail"><value>`+m+`</value></attr>`) }
	path := filepath.Join(t.TempDir(), "x.tgz")
	tarball(t, path, [2]string{"E_Complet_20240916_PersRelEleve_0001.xml", mail("last@exemple.test")},
		[2]string{"E_Complet_20240916_PersRelEleve_0000.xml", mail("first@exemple.test")})
	m, err := mustOpen(t, path).Model(context.Background())
	require.NoError(t, err)
	p, _ := m.Relative("1")
	assert.Equal(t, "last@exemple.test", p.Contact.Mail)
}

func TestDateOfADeliveryWhoseNamesSayNothing(t *testing.T) {
	t.Parallel()
	dated := func(day, mail string) string {
		return strings.Replace(relative("1", `<attr name="mail"><value>`+mail+`</value></attr>`), "<addRequest>", `<!-- dateGenerationExport="`+day+`" --><addRequest>`, 1)
	}
	open := func(day, mail string) *aaf.Delivery {
		return mustOpen(t, folder(t, map[string]string{"_PersRelEleve_.xml": dated(day, mail)}))
	}
	m, err := open("16/09/2024", "a@exemple.test").Model(context.Background())
	require.NoError(t, err)
	_, err = m.Apply(context.Background(), open("01/09/2023", "old@exemple.test"), aaf.ApplyPolicy{})
	require.ErrorIs(t, err, aaf.CodeOlderFeed)
	_, err = m.Apply(context.Background(), open("01/10/2024", "new@exemple.test"), aaf.ApplyPolicy{})
	require.NoError(t, err)
	p, _ := m.Relative("1")
	assert.Equal(t, "new@exemple.test", p.Contact.Mail)
	assert.Equal(t, "2024-10-01", m.Date().String())
	assert.Equal(t, "2024-09-16", aaf.ParseFileName("ENT_20240916_Complet_Eleve_0000.xml").Date.String())
}

// A code of one digit must not turn a feed of today to the reading of 2013, which gives rights.
func TestStrayCodeGivesNoRight(t *testing.T) {
	t.Parallel()
	pupil := &aaf.Record{Op: aaf.Add, Category: aaf.Pupils, ID: "1", Attrs: []aaf.Attr{
		{Name: "sn", Values: []string{"A"}},
		{Name: "givenName", Values: []string{"B"}},
		{Name: "ENTElevePersRelEleve", Values: []string{"11$10$1$1$1$0", "12$42$0$2$1$0", "13$1$1$1$1$0"}},
	}}
	dir := write(t, aaf.DeliveryOptions{}, []*aaf.Record{pupil})
	m, err := mustOpen(t, dir).Model(context.Background())
	require.NoError(t, err)
	assert.Equal(t, ent.Generation2018, m.Generation())
}

// Values that a field cannot hold stay beside those it holds, read and written.
func TestSeveralValuesWhereOneIsExpected(t *testing.T) {
	t.Parallel()
	for _, attrs := range []string{
		`<attr name="mobile"><value>0611</value><value>0622</value></attr>`,
		`<attr name="mobile"><value>0611</value></attr><attr name="mobile"><value>0622</value></attr>`,
	} {
		r := mustOpen(t, folder(t, map[string]string{"x_Complet_20240917_PersRelEleve_0000.xml": relative("1", attrs)})).Reader()
		e := typed(t, r)[0]
		assert.Equal(t, "0611", e.Relative.Contact.Mobile)
		assert.EqualValues(t, 1, r.Report().CountOf(aaf.CodeSeveral))
		e.Relative.Contact.Mobile = "0633"
		rec := e.Record(ent.SecondDegree)
		var got []string
		for v := range rec.Values("mobile") {
			got = append(got, v)
		}
		assert.Equal(t, []string{"0633", "0622"}, got)
	}
}

func TestModificationIsWrittenInEitherDialect(t *testing.T) {
	t.Parallel()
	content := `<ficAlimMENESR><modifyRequest><operationalAttributes><attr name="categoriePersonne"><value>PersRelEleve</value></attr></operationalAttributes>` +
		`<identifier><id>1</id></identifier><modifications><modification name="sn" operation="replace"><value>A</value></modification>` +
		`<modification name="mail" operation="replace"><value/></modification></modifications></modifyRequest></ficAlimMENESR>`
	e := typed(t, mustOpen(t, folder(t, map[string]string{"x_Delta_20240917_PersRelEleve_0000.xml": content})).Reader())[0]
	rec := e.Record(ent.FirstDegree)
	assert.Equal(t, "A", rec.Get("ENTPersonNom"))
	assert.True(t, rec.Has("ENTPersonMail"), "an empty one clears")
	assert.False(t, rec.Has("ENTPersonVille"), "an absent one changes nothing")
}

// The model's two views of a link agree: one that the typed reading refused ties nobody.
func TestLinksThatCannotBeReadTieNobody(t *testing.T) {
	t.Parallel()
	rec := func(c aaf.Category, id string, attrs ...aaf.Attr) *aaf.Record {
		return &aaf.Record{Op: aaf.Add, Category: c, ID: id, Attrs: append([]aaf.Attr{{Name: "sn", Values: []string{"A"}}, {Name: "givenName", Values: []string{"B"}}}, attrs...)}
	}
	m, err := mustOpen(t, write(t, aaf.DeliveryOptions{}, []*aaf.Record{
		rec(aaf.Pupils, "1", aaf.Attr{Name: "ENTElevePersRelEleve", Values: []string{"11$10$1$1$1", "12$10$1$1$3$0"}},
			aaf.Attr{Name: "ENTEleveClasses", Values: []string{"4001$"}}),
		rec(aaf.Relatives, "11"), rec(aaf.Relatives, "12"), rec(aaf.Structures, "4001"),
	})).Model(context.Background())
	require.NoError(t, err)
	assert.Empty(t, m.LinksOf("1"))
	assert.Empty(t, m.ChildrenOf("11"))
	assert.Empty(t, m.ChildrenOf("12"))
	for c := range m.Classes() {
		t.Errorf("class %q out of nothing", c.Code)
	}
	assert.EqualValues(t, 2, m.Report().CountOf(aaf.CodeParts))
	assert.EqualValues(t, 1, m.Report().CountOf(aaf.CodeFlag))
}

func TestModificationThatLeavesNoNameIsRefused(t *testing.T) {
	t.Parallel()
	m := model(t, "2d-complet")
	rec := &aaf.Record{Op: aaf.Modify, Category: aaf.Pupils, ID: "5000001", Attrs: []aaf.Attr{{Name: "sn"}}}
	dir := write(t, aaf.DeliveryOptions{Kind: aaf.Delta, Header: aaf.Header{Generated: ent.Date{Year: 2024, Month: 9, Day: 18}}}, []*aaf.Record{rec})
	r, err := m.Apply(context.Background(), mustOpen(t, dir), aaf.ApplyPolicy{})
	require.NoError(t, err)
	assert.EqualValues(t, 1, r.CountOf(aaf.CodeModifyRefused))
	assert.Equal(t, ent.Tally{Read: 1, Refused: 1}, r.Tally("Eleve modifyRequest"))
	p, _ := m.Pupil("5000001")
	assert.Equal(t, "MARTIN", p.Name.Family)
	assert.Equal(t, ent.AcademyCode("010"), m.Header().Academy, "what the Delta does not say stays")
}
