package aaf

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/samples"
)

// seeds are the sample files, and a few shapes that no sample has.
func seeds(f *testing.F) {
	f.Helper()
	if root := samples.Root(); root != "" {
		for _, pattern := range []string{"aaf/*/*.xml", "aaf/peers/*/*.xml", "aaf/peers/*/*/*.xml"} {
			files, err := filepath.Glob(filepath.Join(root, pattern))
			if err != nil {
				f.Fatal(err)
			}
			for _, name := range files {
				b, err := os.ReadFile(name)
				if err != nil {
					f.Fatal(err)
				}
				f.Add(b)
			}
		}
	}
	f.Add([]byte(`<ficAlimMENESR><addRequest><operationalAttributes><attr name="categoriePersonne"><value>Eleve</value></attr></operationalAttributes><identifier><id>1</id></identifier><attributes><attr name="sn"><value> A&#32;B </value><value/></attr><attr name="ENTEleveFutur"><value>x</value></attr></attributes></addRequest></ficAlimMENESR>`))
	f.Add([]byte(`<ficAlimMENESR><addRequest><!-- x --><identifier><id><![CDATA[1]]></id></identifier><attributes><attr name='sn' ><value>a<b/>c</value></attr></attributes></addRequest></ficAlimMENESR>`))
	f.Add([]byte(`<ficAlimMENESR><deleteRequest><identifier><id>1</id></identifier></deleteRequest><modifyRequest/></ficAlimMENESR>`))
}

// outcomeOf reads a file and returns its records and how the reading ended.
func outcomeOf(data []byte, slow bool, opt *Options) (recs []*Record, counts map[ent.Code]int64, end string) {
	report := &ent.Report{}
	s := newScanFile(bytes.NewReader(data), &File{Name: "x.xml"}, opt, report.Add)
	s.slow = slow
	counts = map[ent.Code]int64{}
	var x raw
	for {
		err := s.read(&x)
		if err != nil {
			if err != io.EOF { //nolint:errorlint // the scanner returns io.EOF itself
				end = err.Error()
			}
			break
		}
		rec := x.record()
		rec.Pos = s.at(s.pos)
		if x.bad != fine {
			rec.Attrs = nil // what a refused record holds depends on where it was refused
		}
		recs = append(recs, rec)
	}
	for _, c := range report.Codes() {
		counts[c] = report.CountOf(c)
	}
	return recs, counts, end
}

// FuzzFastDoor proves that the fast door and the events give the same records, places, issues and errors.
func FuzzFastDoor(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		opt := &Options{Limits: Limits{}.orDefaults()}
		fast, fastIssues, fastEnd := outcomeOf(data, false, opt)
		slow, slowIssues, slowEnd := outcomeOf(data, true, opt)
		if fastEnd != slowEnd {
			t.Fatalf("end: %q by the fast door, %q by the events", fastEnd, slowEnd)
		}
		if len(fast) != len(slow) {
			t.Fatalf("%d records by the fast door, %d by the events", len(fast), len(slow))
		}
		for i := range fast {
			if !same(fast[i], slow[i]) {
				t.Fatalf("record %d: %+v by the fast door, %+v by the events", i, fast[i], slow[i])
			}
		}
		if len(fastIssues) != len(slowIssues) {
			t.Fatalf("issues: %v by the fast door, %v by the events", fastIssues, slowIssues)
		}
		for c, n := range slowIssues {
			if fastIssues[c] != n {
				t.Fatalf("issues: %v by the fast door, %v by the events", fastIssues, slowIssues)
			}
		}
	})
}

// same compares two records to the letter, their place included.
func same(a, b *Record) bool {
	if a.Op != b.Op || a.Category != b.Category || a.ID != b.ID || a.Pos != b.Pos || len(a.Attrs) != len(b.Attrs) {
		return false
	}
	for i := range a.Attrs {
		if a.Attrs[i].Name != b.Attrs[i].Name || strings.Join(a.Attrs[i].Values, "\x00") != strings.Join(b.Attrs[i].Values, "\x00") {
			return false
		}
	}
	return true
}

// FuzzRead reads anything: no panic, a report that balances, and what was read is written and read back equal.
func FuzzRead(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		d := &Delivery{
			opt: Options{Limits: Limits{}.orDefaults()}, report: &ent.Report{}, from: memory(data),
			files: []File{{Name: "x_Eleve_0000.xml"}},
		}
		r := d.Reader()
		var out bytes.Buffer
		w := NewWriter(&out, Header{Degree: ent.SecondDegree})
		var written []*Record
		for e, err := range r.Typed() {
			if err != nil {
				continue
			}
			rec := e.Record(ent.SecondDegree)
			if w.Write(rec) == nil {
				written = append(written, rec)
			}
		}
		if !r.Report().Balanced() {
			t.Fatal("the report does not balance")
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		back, _, end := outcomeOf(out.Bytes(), false, &d.opt)
		if end != "" || len(back) != len(written) {
			t.Fatalf("%d records written, %d read back, %s", len(written), len(back), end)
		}
		for i := range back {
			if !back[i].Equal(written[i]) {
				t.Fatalf("record %d: written %+v, read back %+v", i, written[i], back[i])
			}
		}
	})
}

// FuzzStore proves that a record comes out of the compact store as it went in.
func FuzzStore(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		recs, _, _ := outcomeOf(data, false, &Options{Limits: Limits{}.orDefaults()})
		st := newStore()
		var x raw
		for i, rec := range recs {
			rec.Pos, rec.Op = ent.Pos{}, Add
			if indexOf(rec.Category) == catUnknown {
				rec.Category = ""
			}
			x.load(rec)
			if n := st.put(&x, 0); int(n) != i {
				t.Fatal("rows are not numbered in order")
			}
		}
		for i, rec := range recs {
			st.get(uint32(i), &x)
			if got := x.record(); !got.Equal(rec) {
				t.Fatalf("put %+v, got %+v", rec, got)
			}
		}
	})
}

func FuzzFileName(f *testing.F) {
	f.Add("ENT2DVA-ENT16_Complet_20240916_Eleve_0000.xml")
	f.Fuzz(func(t *testing.T, name string) {
		if p := ParseFileName(name); p.Chunk < -1 || p.Chunk > 9999 {
			t.Fatal("chunk number out of range")
		}
	})
}
