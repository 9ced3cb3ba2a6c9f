package lsu_test

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/samples"
	"github.com/opencartable/cartable/interop/lsu"
)

// lenient tolerates all that the schema does not ask for.
func lenient() lsu.Choices {
	c := lsu.Choices{Appreciation: lsu.AppreciationOptional}
	for _, r := range lsu.Catalog().Rules() {
		if lsu.SchemaRule(r.Code) == "" {
			c.Tolerate = append(c.Tolerate, r.Code)
		}
	}
	return c
}

// FuzzRead reads anything: no panic, a report that balances, the same again; what is valid is written, valid again in our
// eyes, and reads back equal; what is not valid is never written.
func FuzzRead(f *testing.F) {
	if root := samples.Root(); root != "" {
		files, err := filepath.Glob(filepath.Join(root, "lsu", "cases", "*.xml"))
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range append(files, filepath.Join(root, "lsu", "sample-bilan-complet-v2.xml")) {
			b, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(b)
		}
	}
	for v, d := range map[lsu.Version]*lsu.Document{lsu.Version7: minimal(), lsu.VersionFirst1: ecole(1)} {
		var b bytes.Buffer
		if _, err := lsu.Write(&b, d, lsu.WriteOptions{Version: v}); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		limits := lsu.Limits{Bytes: 1 << 20}
		d, report, err := lsu.Read(bytes.NewReader(b), lsu.Options{Limits: limits})
		if report == nil || !report.Balanced() || (d == nil) != (err != nil) {
			t.Fatalf("%v", err)
		}
		if err != nil {
			return
		}
		v := lsu.Version7
		if d.Degree == ent.FirstDegree {
			v = lsu.VersionFirst1
		}
		valid := true
		judged, _, err := lsu.Read(bytes.NewReader(b), lsu.Options{Version: v, Limits: limits, OnIssue: func(i ent.Issue) {
			valid = valid && i.Severity != ent.SeverityError
			if i.Message(ent.FR) == "" || strings.Contains(i.Message(ent.FR)+i.Message(ent.EN), "{") {
				t.Fatalf("%+v", i)
			}
		}})
		if err != nil || !reflect.DeepEqual(d, judged) {
			t.Fatal("judging changes what is read")
		}
		if _, err := lsu.CheckFile(bytes.NewReader(b), v, lsu.Choices{}); err != nil {
			t.Fatal(err)
		}
		lsu.ByPupil(d, lsu.Check(d, v, lsu.Choices{}))
		d.SplitByClass()
		var out bytes.Buffer
		report, err = lsu.Write(&out, d, lsu.WriteOptions{Version: v, KeepIDs: true, Choices: lenient()})
		if !report.Balanced() {
			t.Fatal("the report does not balance")
		}
		if err != nil {
			if out.Len() > 0 {
				t.Fatal("something was written")
			}
			return
		}
		again, _, err := lsu.Read(bytes.NewReader(out.Bytes()), lsu.Options{Version: v, OnIssue: func(i ent.Issue) { t.Fatalf("%v %s", i, out.String()) }})
		if err != nil {
			t.Fatal(err)
		}
		if !valid || len(report.Losses()) > 0 || namedHeads(d) {
			return
		}
		d.Sort(v)
		d.SchemaVersion = again.SchemaVersion
		if !reflect.DeepEqual(d, again) {
			t.Fatalf("%+v\n%+v", d, again)
		}
	})
}

// namedHeads reports whether a head of the second degree has the names of the first, of which its label is made.
func namedHeads(d *lsu.Document) bool {
	for _, h := range d.Heads {
		if d.Degree == ent.SecondDegree && (h.Family != "" || h.Given != "" || h.Civility != "") {
			return true
		}
	}
	return false
}
