package aaf

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"

	"github.com/opencartable/cartable/ent"
)

// benchFeed makes a pupils' file of the size and shape of real ones (2.6 KB a record), deterministic.
func benchFeed(n int) []byte {
	family := []string{"MARTIN", "BERNARD", "LEFÈVRE", "D&apos;ALMEIDA", "ŒUVRARD", "PETIT", "ÉTIENNE", "DE LA TOUR"}
	given := []string{"Léa", "Hugo", "Zoé", "Anaïs", "Noël", "Jean-Pierre", "Élodie", "Inès"}
	street := []string{"allée des Érables", "rue de l&apos;Église", "avenue du Maréchal", "impasse des Lilas"}
	var b bytes.Buffer
	b.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE ficAlimMENESR SYSTEM \"ficAlimMENESR.dtd\">\n<ficAlimMENESR>\n<!-- versionAF=\"AAF-VE2407\" -->\n\n")
	for i := range n {
		id := 5000000 + i
		f, g := family[i*7%len(family)], given[i*3%len(given)]
		class := fmt.Sprintf("%d%c", 3+i%4, 'A'+i%6)
		attr := func(name string, values ...string) {
			b.WriteString(`<attr name="` + name + `">`)
			for _, v := range values {
				if v == "" {
					b.WriteString("<value/>")
				} else {
					b.WriteString("<value>" + v + "</value>")
				}
			}
			b.WriteString("</attr>\n")
		}
		fmt.Fprintf(&b, "<addRequest>\n<operationalAttributes><attr name=\"categoriePersonne\"><value>Eleve</value></attr></operationalAttributes>\n<identifier><id>%d</id></identifier>\n<attributes>\n", id)
		attr("ENTPersonJointure", fmt.Sprint(id))
		ine, err := ent.NewINE(180000000 + i)
		if err != nil {
			panic(err)
		}
		attr("ENTEleveINE", string(ine))
		attr("ENTEleveStructRattachId", fmt.Sprint(900000+i))
		attr("ENTPersonDateNaissance", fmt.Sprintf("%02d/%02d/20%02d", 1+i%28, 1+i%12, 6+i%8))
		attr("ENTPersonNomPatro", f)
		attr("sn", f)
		attr("givenName", g)
		attr("ENTPersonAutresPrenoms", g, "Rose")
		attr("personalTitle", "Mme")
		attr("ENTElevePersRelEleve", fmt.Sprintf("%d$10$1$1$0$1", 6000000+i), fmt.Sprintf("%d$20$0$1$0$0", 7000000+i))
		attr("ENTEleveBoursier", "N")
		attr("ENTEleveRegime", "DEMI-PENSIONNAIRE DANS L&apos;ETABLISSEMENT")
		attr("ENTEleveTransport", "N")
		attr("ENTPersonAdresse", fmt.Sprintf("%d %s$Bât. B$$", i%99+1, street[i%len(street)]))
		attr("ENTPersonCodePostal", fmt.Sprintf("%05d", 1000+i%900))
		attr("ENTPersonVille", "VILLEFICTIVE")
		attr("ENTPersonPays", "FRANCE")
		attr("ENTEleveAdresseRel", fmt.Sprint(6000000+i))
		attr("ENTEleveStatutEleve", "SCOLAIRE")
		attr("ENTEleveMEF", "10010012110")
		attr("ENTEleveLibelleMEF", "6EME")
		attr("ENTEleveNivFormation", "6EME")
		attr("ENTEleveFiliere", "6EME")
		attr("ENTEleveEnseignements", "FRANCAIS", "MATHEMATIQUES", "ANGLAIS LV1", "HISTOIRE-GEOGRAPHIE", "EDUCATION PHYSIQUE ET SPORTIVE")
		attr("ENTEleveCodeEnseignements", "020700", "061300", "030201", "043700", "100100")
		attr("ENTPersonStructRattach", "4001")
		attr("ENTEleveDateEntreeStructRattach", "02/09/2024")
		attr("ENTEleveDateSortieStructRattach", "")
		attr("ENTEleveDateEntreeClasses", "4001$02/09/2024$"+class)
		attr("ENTEleveDateSortieClasses", "")
		attr("ENTEleveClasses", "4001$"+class)
		attr("ENTEleveGroupes", "4001$"+class+"GR1", "4001$LATIN")
		b.WriteString("</attributes>\n</addRequest>\n\n")
	}
	b.WriteString("</ficAlimMENESR>\n")
	return b.Bytes()
}

func variants(n int) map[string][]byte {
	utf8 := benchFeed(n)
	latin := bytes.Replace(utf8, []byte(`"UTF-8"`), []byte(`"ISO-8859-15"`), 1)
	latin, err := charmap.ISO8859_15.NewEncoder().Bytes(latin)
	if err != nil {
		panic(err)
	}
	var refs bytes.Buffer
	for _, c := range string(utf8) {
		if c < 0x80 {
			refs.WriteByte(byte(c))
		} else {
			fmt.Fprintf(&refs, "&#%d;", c)
		}
	}
	return map[string][]byte{"utf-8": utf8, "iso-8859-15": latin, "references": refs.Bytes()}
}

// readFast reads a file into typed records as Reader.Typed does, and counts them.
func readFast(data []byte) int {
	d := &Delivery{opt: Options{Limits: Limits{}.orDefaults()}, report: &ent.Report{}, from: memory(data), files: []File{{Name: "x_Eleve_0000.xml"}}}
	n := 0
	for _, err := range d.Reader().Typed() {
		if err != nil {
			panic(err)
		}
		n++
	}
	return n
}

// readBaseline builds the same typed records from the tokens of encoding/xml: the committed baseline.
func readBaseline(data []byte) int {
	dec := xml.NewDecoder(bytes.NewReader(data))
	dec.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) {
		return charmap.ISO8859_15.NewDecoder().Reader(in), nil
	}
	d := (&Delivery{opt: Options{Limits: Limits{}.orDefaults()}, report: &ent.Report{}}).Reader()
	d.current = newScanFile(strings.NewReader(""), &File{}, &d.d.opt, d.report.Add)
	t := newTypist(d)
	x := &raw{}
	n, lo := 0, 0
	inValue, operational := false, false
	for {
		tok, err := dec.RawToken()
		if errors.Is(err, io.EOF) {
			return n
		}
		if err != nil {
			panic(err)
		}
		switch el := tok.(type) {
		case xml.StartElement:
			switch el.Name.Local {
			case "addRequest":
				x.reset()
				x.op = Add
			case "operationalAttributes":
				operational = true
			case "attributes":
				operational = false
			case "attr":
				key, name := keyOf(el.Attr[0].Value)
				x.attrs = append(x.attrs, rawAttr{key: key, name: name, lo: uint32(len(x.vals)), replace: true})
			case "value", "id":
				inValue, lo = true, len(x.text)
			}
		case xml.CharData:
			if inValue {
				x.text = append(x.text, el...)
			}
		case xml.EndElement:
			switch el.Name.Local {
			case "value":
				inValue = false
				v := x.trimmed(lo)
				if operational {
					x.cat = indexOfBytes(x.bytes(v))
					continue
				}
				x.vals = append(x.vals, v)
			case "id":
				inValue = false
				x.id = x.trimmed(lo)
			case "attr":
				if operational {
					x.attrs = x.attrs[:0]
					continue
				}
				x.attrs[len(x.attrs)-1].hi = uint32(len(x.vals))
			case "addRequest":
				e := t.entry(x, t.keep(x.text))
				if e.Pupil == nil || !t.accept(&e, x) {
					panic("baseline")
				}
				n++
			}
		}
	}
}

// memory is a delivery of one file in memory.
type memory []byte

func (memory) list(Limits, *ent.Report) ([]entry, error) { return nil, nil }

func (m memory) walk(files []File, _ Limits, visit visitor) error {
	visit(&files[0], bytes.NewReader(m), nil)
	return nil
}

func BenchmarkTyped(b *testing.B) {
	for name, data := range variants(8000) {
		b.Run(name+"/aaf", func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				readFast(data)
			}
		})
		b.Run(name+"/encoding-xml", func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				readBaseline(data)
			}
		})
	}
}
