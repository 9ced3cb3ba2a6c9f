package annuaire_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/internal/samples"
	"github.com/opencartable/cartable/interop/annuaire"
)

// FuzzRead reads anything as two files of one school: no panic, a report that balances, rows within the limits, keys that
// are unique, ties that lead to records of the source or wait, and the same again for the same bytes.
func FuzzRead(f *testing.F) {
	if root := samples.Root(); root != "" {
		for _, pattern := range []string{"siecle/onde/*.csv", "aaf/peers/entcore-csv/*/*.csv"} {
			files, err := filepath.Glob(filepath.Join(root, pattern))
			if err != nil {
				f.Fatal(err)
			}
			for _, name := range files {
				b, err := os.ReadFile(name)
				if err != nil {
					f.Fatal(err)
				}
				f.Add(b, []byte("Nom;Prénom;Courriel;Nom enfant;Prénom enfant;Classe enfant\nX;Marie;m@x.test;DUPONT-FICTIF;Léa;\n"))
			}
		}
	}
	f.Add([]byte("Id;Nom;Prénom;Ne(e) le;Relative;R1_NOM;R1_PRENOM\n1;A;B;1/1/1;7;C;D\n\"1;A;\"B\";;;\n"), []byte("Id\tNom\tPrénom\tId enfant\n7\tC\tD\t1\n"))
	f.Add([]byte("\xff\xfeN\x00"), []byte("\xef\xbb\xbfNom;Prénom\nIntitulé"))
	f.Fuzz(func(t *testing.T, first, second []byte) {
		read := func() (*annuaire.Source, error) {
			return annuaire.Read(annuaire.Options{School: ent.Establishment{ID: "4001"}, Limits: annuaire.Limits{Bytes: 1 << 20, Rows: 500, Cell: 1 << 12}},
				annuaire.File{Name: "first.csv", Profile: annuaire.Student, Content: bytes.NewReader(first)},
				annuaire.File{Name: "second.csv", Profile: annuaire.Relative, Content: bytes.NewReader(second)})
		}
		s, err := read()
		if s == nil {
			t.Fatal(err)
		}
		if !s.Report().Balanced() {
			t.Fatal("the report does not balance")
		}
		for _, i := range s.Files() {
			if !i.Rows.Balanced() || i.Rows.Read > 500 || i.Unread && err == nil {
				t.Fatalf("%+v, %v", i, err)
			}
			if want := s.Report().Tally(string(i.Profile)); want != i.Rows {
				t.Fatalf("%+v in the report, %+v of the file", want, i.Rows)
			}
		}
		keys := map[directory.Key]bool{}
		for _, r := range s.List {
			if keys[r.Key] || r.Person.Name.Family == "" {
				t.Fatalf("%s stands twice or has no name", r.Key)
			}
			keys[r.Key] = true
		}
		waiting := map[directory.Key]bool{}
		for _, k := range s.Feed().Named {
			waiting[k] = true
		}
		for _, r := range s.List {
			for _, x := range r.Ties {
				if x.Kind == directory.TieRelative && !keys[x.Relative] && !waiting[x.Relative] {
					t.Fatalf("a tie leads nowhere: %s", x.Relative)
				}
				if x.Kind == directory.TieRelative && x.Responsibility != ent.ResponsibilityInCharge {
					t.Fatal("a right out of nowhere")
				}
			}
		}
		again, _ := read()
		if len(again.List) != len(s.List) {
			t.Fatal("another reading gives other records")
		}
		for i := range s.List {
			if s.List[i].Key != again.List[i].Key {
				t.Fatal("another reading gives another key")
			}
		}
	})
}

// FuzzCell proves that what a writer escapes a reader gives back, and that no spreadsheet computes it.
func FuzzCell(f *testing.F) {
	for _, s := range []string{"=1", "'=1", "''", "+", "@x", "-\n=", "a"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		cell := annuaire.Escape(s)
		if annuaire.Unescape(cell) != s {
			t.Fatalf("%q became %q", s, annuaire.Unescape(cell))
		}
		if cell != "" && bytes.IndexByte([]byte("=+-@\t\r"), cell[0]) >= 0 {
			t.Fatalf("%q would be computed", cell)
		}
	})
}
