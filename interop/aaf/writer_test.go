package aaf_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/samples"
	"github.com/opencartable/cartable/interop/aaf"
)

// feeds are the sample deliveries that read without error.
var feeds = []string{"2d-complet", "2d-delta", "1d-complet", "peers/eole-aaf-mini", "peers/entcore-2020", "peers/entcore-2024/before", "peers/entcore-2024/after"}

// write writes records as a delivery and returns its folder.
func write(t testing.TB, o aaf.DeliveryOptions, recs []*aaf.Record) string {
	t.Helper()
	dir := t.TempDir()
	if o.Header.Generated.IsZero() {
		o.Header.Generated = ent.Date{Year: 2024, Month: 9, Day: 16}
	}
	w, err := aaf.NewDeliveryWriter(dir, o)
	require.NoError(t, err)
	for _, r := range recs {
		require.NoError(t, w.Write(r))
	}
	require.NoError(t, w.Close())
	return dir
}

func TestWrittenDeliveryReadsBackEqual(t *testing.T) {
	t.Parallel()
	for _, name := range feeds {
		d := open(t, aaf.Options{}, name)
		r := d.Reader()
		recs := all(t, r)
		back, err := aaf.Open(write(t, aaf.DeliveryOptions{Kind: d.Kind(), Header: r.Header()}, recs), aaf.Options{})
		require.NoError(t, err)
		again := back.Reader()
		got := all(t, again)
		assertSame(t, recs, got)
		assert.Equal(t, r.Header().VersionAF, again.Header().VersionAF, name)
		assert.Equal(t, r.Stats(), again.Stats(), name)
	}
}

// The typed records lose nothing: written as attributes in either dialect they read back equal.
func TestTypedRecordsReadBackEqual(t *testing.T) {
	t.Parallel()
	for _, name := range feeds {
		d := open(t, aaf.Options{}, name)
		r := d.Reader()
		want := typed(t, r)
		var recs []*aaf.Record
		for i := range want {
			recs = append(recs, want[i].Record(r.Degree()))
		}
		back, err := aaf.Open(write(t, aaf.DeliveryOptions{Kind: d.Kind(), Header: r.Header()}, recs), aaf.Options{Degree: r.Degree()})
		require.NoError(t, err)
		got := typed(t, back.Reader())
		require.Len(t, got, len(want), name)
		byKey := map[string]*aaf.Entry{}
		for i := range got {
			byKey[string(got[i].Category)+got[i].Head().ID] = &got[i]
		}
		for i := range want {
			w, g := &want[i], byKey[string(want[i].Category)+want[i].Head().ID]
			require.NotNil(t, g)
			blank(w)
			blank(g)
			require.Equal(t, w.Record(r.Degree()), g.Record(r.Degree()), name)
		}
	}
}

// blank forgets the places, which differ.
func blank(e *aaf.Entry) { e.Head().Pos = ent.Pos{} }

func TestWriterRefusesWhatXMLCannotHold(t *testing.T) {
	t.Parallel()
	ok := aaf.Record{Op: aaf.Add, Category: aaf.Relatives, ID: "1", Attrs: []aaf.Attr{{Name: "sn", Values: []string{"A"}}}}
	for name, change := range map[string]func(*aaf.Record){
		"control character": func(r *aaf.Record) { r.Attrs = []aaf.Attr{{Name: "sn", Values: []string{"A\x00"}}} },
		"invalid UTF-8":     func(r *aaf.Record) { r.Attrs = []aaf.Attr{{Name: "sn", Values: []string{"A\xff"}}} },
		"no identifier":     func(r *aaf.Record) { r.ID = "" },
		"no category":       func(r *aaf.Record) { r.Category = "" },
		"no operation":      func(r *aaf.Record) { r.Op = "" },
		"no attribute":      func(r *aaf.Record) { r.Attrs = nil },
		"no name":           func(r *aaf.Record) { r.Attrs = []aaf.Attr{{}} },
	} {
		var b bytes.Buffer
		w := aaf.NewWriter(&b, aaf.Header{})
		bad := ok
		change(&bad)
		require.ErrorIs(t, w.Write(&bad), aaf.ErrInvalid, name)
		require.NoError(t, w.Write(&ok), "the file goes on")
		require.NoError(t, w.Close())
		assert.Equal(t, 1, strings.Count(b.String(), "<addRequest>"), name)
	}
}

func TestWriterEscapes(t *testing.T) {
	t.Parallel()
	rec := &aaf.Record{Op: aaf.Modify, Category: aaf.Relatives, ID: "1", Attrs: []aaf.Attr{
		{Name: "sn", Values: []string{`<a href="x">&amp; ]]> 'é' ` + "a\r\nb\tc", ""}}, {Name: "mail"},
	}}
	got := all(t, mustOpen(t, write(t, aaf.DeliveryOptions{Kind: aaf.Delta}, []*aaf.Record{rec})).Reader())
	require.Len(t, got, 1)
	assert.True(t, rec.Equal(got[0]))
}

func mustOpen(t testing.TB, path string) *aaf.Delivery {
	t.Helper()
	d, err := aaf.Open(path, aaf.Options{})
	require.NoError(t, err)
	return d
}

// What we write is valid against the ministry's DTD, in the eyes of xmllint.
func TestConformanceDTD(t *testing.T) {
	t.Parallel()
	lint := os.Getenv("CARTABLE_XMLLINT")
	if lint == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("set CARTABLE_XMLLINT to the path of xmllint")
		}
		t.Skip("set CARTABLE_XMLLINT to the path of xmllint to validate against the DTD")
	}
	dtd := samples.Dir(t, "aaf", "schema", "ficAlimMENESR.dtd")
	check := func(dir string) {
		files, err := filepath.Glob(filepath.Join(dir, "*.xml"))
		require.NoError(t, err)
		require.NotEmpty(t, files)
		out, err := exec.Command(lint, append([]string{"--noout", "--nonet", "--dtdvalid", dtd}, files...)...).CombinedOutput()
		require.NoError(t, err, string(out))
	}
	for _, name := range feeds {
		d := open(t, aaf.Options{}, name)
		r := d.Reader()
		var recs []*aaf.Record
		for _, e := range typed(t, r) {
			recs = append(recs, e.Record(r.Degree()))
		}
		check(write(t, aaf.DeliveryOptions{Kind: d.Kind(), Header: r.Header()}, recs))
	}
	m, _ := applied(t, aaf.ApplyPolicy{})
	check(write(t, aaf.DeliveryOptions{Header: m.Header()}, slices.Collect(m.Records())))
	broken := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(broken, "x.xml"), []byte("<ficAlimMENESR><addRequest/></ficAlimMENESR>"), 0o600))
	assert.Error(t, exec.Command(lint, "--noout", "--nonet", "--dtdvalid", dtd, filepath.Join(broken, "x.xml")).Run(),
		"the judge refuses what is not valid")
}

func TestPeersOldCodesAreReadInTheirGeneration(t *testing.T) {
	t.Parallel()
	m := model(t, "peers", "eole-aaf-mini")
	assert.Equal(t, ent.Generation2013, m.Generation())
	p, ok := m.Pupil("14357")
	require.True(t, ok)
	rel := m.Relations(p)
	require.Len(t, rel, 2)
	assert.Equal(t, ent.KinshipFather, rel[0].Kinship)
	assert.Equal(t, ent.ResponsibilityLegal, rel[0].Responsibility, "the second legal representative of 2013")
	assert.Equal(t, ent.KinshipMother, rel[1].Kinship)
}

func TestPeers2024AddAndChange(t *testing.T) {
	t.Parallel()
	before, after := model(t, "peers", "entcore-2024", "before"), model(t, "peers", "entcore-2024", "after")
	assert.Positive(t, before.Count(aaf.Staff))
	assert.Greater(t, after.Count(aaf.Staff), before.Count(aaf.Staff))
}

func TestPseudonymisedCopyKeepsTheShape(t *testing.T) {
	t.Parallel()
	key := []byte("0123456789abcdef")
	copyOf := func(name string) (*aaf.Model, string) {
		p, err := aaf.NewPseudonymiser(key)
		require.NoError(t, err)
		d := open(t, aaf.Options{}, name)
		dir := t.TempDir()
		first := d.Reader()
		all(t, first)
		w, err := aaf.NewDeliveryWriter(dir, aaf.DeliveryOptions{Header: first.Header()})
		require.NoError(t, err)
		_, err = p.Delivery(context.Background(), d, w)
		require.NoError(t, err)
		require.NoError(t, w.Close())
		m, err := mustOpen(t, dir).Model(context.Background())
		require.NoError(t, err)
		return m, dir
	}
	for _, name := range []string{"2d-complet", "1d-complet"} {
		was := model(t, name)
		now, dir := copyOf(name)
		for _, c := range aaf.Categories() {
			assert.Equal(t, was.Count(c), now.Count(c), c)
		}
		assert.Len(t, now.Dangling(), len(was.Dangling()))
		assert.Equal(t, len(slices.Collect(was.Responsible(true))), len(slices.Collect(now.Responsible(true))))
		for c := range was.Classes() {
			d, ok := now.Class(c.Structure, c.Code)
			require.True(t, ok)
			assert.Len(t, d.Pupils, len(c.Pupils))
		}
		text := readAll(t, dir)
		for p := range was.Pupils() {
			for _, v := range []string{p.ID, p.INE, p.SchoolNumber, p.Contact.Mail} {
				if v != "" {
					assert.NotContains(t, text, ">"+v+"<")
				}
			}
			assert.NotContains(t, text, ">"+p.Name.Family+"<")
		}
		for p := range was.Relatives() {
			for _, v := range []string{p.ID, p.Contact.Mobile, p.Contact.Mail, p.Contact.Home} {
				if v != "" {
					assert.NotContains(t, text, v)
				}
			}
		}
		_, again := copyOf(name)
		assert.Equal(t, text, readAll(t, again), "the same key gives the same bytes")
	}
	_, err := aaf.NewPseudonymiser([]byte("short"))
	require.ErrorIs(t, err, aaf.ErrShortKey)
}

func readAll(t *testing.T, dir string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.xml"))
	require.NoError(t, err)
	slices.Sort(files)
	var b strings.Builder
	for _, f := range files {
		c, err := os.ReadFile(f)
		require.NoError(t, err)
		b.Write(c)
	}
	return b.String()
}

func TestStaffOfAServiceOfTheAcademy(t *testing.T) {
	t.Parallel()
	rec := func(c aaf.Category, id string, attrs ...aaf.Attr) *aaf.Record {
		return &aaf.Record{Op: aaf.Add, Category: c, ID: id, Attrs: attrs}
	}
	attr := func(n, v string) aaf.Attr { return aaf.Attr{Name: n, Values: []string{v}} }
	m, err := mustOpen(t, write(t, aaf.DeliveryOptions{}, []*aaf.Record{
		rec(aaf.Structures, "1", attr("ENTStructureTypeStruct", "RECTORAT")),
		rec(aaf.Staff, "7", attr("sn", "A"), attr("givenName", "B"), attr("ENTPersonFonctions", "1$ADF$X$P9101$Y")),
		rec(aaf.Staff, "8", attr("sn", "A"), attr("givenName", "B"), attr("ENTPersonFonctions", "1$ENS$X$L1300$Y")),
	})).Model(context.Background())
	require.NoError(t, err)
	for id, want := range map[string]ent.Profile{"7": ent.ProfileAcademic, "8": ent.ProfileTeacher} {
		s, _ := m.StaffMember(id)
		assert.Equal(t, want, m.StaffPerson(s, aaf.ProfilePolicy{}).Affiliations[0].Profile)
	}
}

func TestPseudonymsOfINEDoNotMeet(t *testing.T) {
	t.Parallel()
	p, err := aaf.NewPseudonymiser([]byte("0123456789abcdef"))
	require.NoError(t, err)
	seen := map[string]bool{}
	for i := range 20000 {
		ine, err := ent.NewINE(180000000 + i)
		require.NoError(t, err)
		e := aaf.Entry{Category: aaf.Pupils, Pupil: &aaf.Pupil{INE: string(ine)}}
		p.Entry(&e)
		require.True(t, ent.INE(e.Pupil.INE).Valid())
		require.False(t, seen[e.Pupil.INE], "two pupils with one number")
		seen[e.Pupil.INE] = true
	}
}

func TestCatalog(t *testing.T) {
	t.Parallel()
	require.NoError(t, aaf.Catalog().Check())
}

func TestParseFileName(t *testing.T) {
	t.Parallel()
	day := ent.Date{Year: 2024, Month: 9, Day: 16}
	for name, want := range map[string]aaf.FileName{
		"ENT2DVA-ENT16_Complet_20240916_Eleve_0000.xml":        {Prefix: "ENT2DVA-ENT16", Kind: aaf.Complet, Date: day, Category: aaf.Pupils},
		"ENTBFC_BESANCON_Delta_20240916_PersRelEleve_0012.xml": {Prefix: "ENTBFC_BESANCON", Kind: aaf.Delta, Date: day, Category: aaf.Relatives, Chunk: 12},
		"ent_complet_20240916_matiereeducnat_0003.XML":         {Prefix: "ent", Kind: aaf.Complet, Date: day, Category: aaf.Subjects, Chunk: 3},
		"_Eleve_.xml":            {Category: aaf.Pupils, Chunk: -1},
		"_Eleve_2.xml":           {Category: aaf.Pupils, Chunk: -1},
		"_PersEducNat_admin.xml": {Category: aaf.Staff, Chunk: -1},
		"ENT_Complet_201300408_MefEducNat_0000.xml": {Prefix: "ENT", Kind: aaf.Complet, Category: aaf.Programmes, BadDate: true},
		"readme.txt": {Chunk: -1},
	} {
		assert.Equal(t, want, aaf.ParseFileName(name), name)
	}
}
