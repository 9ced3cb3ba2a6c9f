//go:build unix

package annuaire_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/opencartable/cartable/internal/ratio"
	"github.com/opencartable/cartable/interop/annuaire"
)

// benchFile makes pupils as ONDE exports them, deterministic.
func benchFile(rows int) []byte {
	var b bytes.Buffer
	b.WriteString("Nom élève;Nom d'usage élève;Prénom élève;Date naissance;Sexe;INE;Adresse1;Cp1;Commune1;Pays1;Cycle;Niveau;Libellé classe;Identifiant classe;Courriel\r\n")
	names := []string{"MARTIN", "LEFÈVRE", "D'ALMEIDA", "ŒUVRARD", "PETIT", "DE LA TOUR"}
	levels := []string{"CP", "CE1", "CE2", "CM1", "CM2"}
	for i := range rows {
		fmt.Fprintf(&b, "\"%s %d\";;\"Zoé\";%02d/%02d/%d;F;;%d allée des Érables;99100;EXEMPLEVILLE;FRANCE;CYCLE II;%s;%s %d;9901;eleve%d@x.test\r\n",
			names[i%len(names)], i, 1+i%28, 1+i%12, 2012+i%8, 1+i%90, levels[i%5], levels[i%5], i%400, i)
	}
	return b.Bytes()
}

// BenchmarkRatioRead compares a source, all checks and keys included, with encoding/csv that reads the same bytes, in one run.
func BenchmarkRatioRead(b *testing.B) {
	const rows = 100_000
	data := benchFile(rows)
	for b.Loop() {
		base, ours, err := ratio.Best(
			ratio.CPU(func() {
				r := csv.NewReader(bytes.NewReader(data))
				r.Comma = ';'
				for {
					if _, err := r.Read(); errors.Is(err, io.EOF) {
						return
					} else if err != nil {
						panic(err)
					}
				}
			}),
			ratio.CPU(func() {
				s, err := annuaire.Read(annuaire.Options{School: school()}, annuaire.File{Profile: annuaire.Student, Content: bytes.NewReader(data)})
				if err != nil || len(s.List) != rows {
					panic(fmt.Sprint(len(s.List), err))
				}
			}),
		)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(ours)/float64(base), "ratio")
		b.ReportMetric(float64(rows)/ours.Seconds(), "rows/s")
		b.ReportMetric(float64(rows)/base.Seconds(), "csv-rows/s")
	}
}

func BenchmarkRead(b *testing.B) {
	data := benchFile(10_000)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := annuaire.Read(annuaire.Options{School: school()}, annuaire.File{Profile: annuaire.Student, Content: bytes.NewReader(data)}); err != nil {
			b.Fatal(err)
		}
	}
}
