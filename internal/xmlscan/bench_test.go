package xmlscan_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"

	"github.com/opencartable/cartable/internal/xmlscan"
)

// feed returns a document of the shape of a feed of pupils, of about size
// bytes. Everybody in it is made of counters and of lists of first names and
// places.
func feed(size int, charset string) string {
	first := []string{"Léa", "Zoé", "Maël", "Inès", "Jean", "Noémie", "Paul", "Gaëlle", "François", "Rose"}
	last := []string{"MARTIN", "BERNARD", "LEFÈVRE", "NOËL", "PETIT", "HÉBERT", "DA SILVA", "ROUX"}
	street := []string{"allée des Érables", "rue du Marché", "avenue de la République", "impasse Haute", "place de l'Église"}
	var sb strings.Builder
	sb.Grow(size + 4096)
	fmt.Fprintf(&sb, "<?xml version=\"1.0\" encoding=%q?>\n<!DOCTYPE ficAlimMENESR SYSTEM \"ficAlimMENESR.dtd\">\n<ficAlimMENESR>\n<!-- degre=\"2D\" -->\n", charset)
	escape := strings.NewReplacer("&", "&amp;", "'", "&apos;")
	attr := func(name string, values ...string) {
		sb.WriteString(`<attr name="` + name + `">`)
		for _, v := range values {
			if v == "" {
				sb.WriteString("<value/>")
			} else {
				sb.WriteString("<value>" + escape.Replace(v) + "</value>")
			}
		}
		sb.WriteString("</attr>\n")
	}
	for n := 0; sb.Len() < size; n++ {
		id := fmt.Sprint(5000000 + n)
		rel := 6000000 + 2*n
		fn, ln := first[n%len(first)], last[n/3%len(last)]
		sb.WriteString("\n<addRequest>\n<operationalAttributes><attr name=\"categoriePersonne\"><value>Eleve</value></attr></operationalAttributes>\n")
		sb.WriteString("<identifier><id>" + id + "</id></identifier>\n<attributes>\n")
		attr("ENTPersonJointure", id)
		attr("ENTEleveINE", fmt.Sprintf("18%07dJG", n))
		attr("ENTEleveStructRattachId", fmt.Sprint(900000+n))
		attr("ENTPersonDateNaissance", fmt.Sprintf("%02d/%02d/2013", n%28+1, n%12+1))
		attr("ENTPersonNomPatro", ln)
		attr("sn", ln)
		attr("givenName", fn)
		attr("ENTPersonAutresPrenoms", fn, first[n/7%len(first)])
		attr("personalTitle", "Mme")
		attr("ENTElevePersRelEleve", fmt.Sprintf("%d$10$1$1$0$1", rel), fmt.Sprintf("%d$20$0$1$0$0", rel+1))
		attr("ENTEleveBoursier", "N")
		attr("ENTEleveRegime", "DEMI-PENSIONNAIRE DANS L'ETABLISSEMENT")
		attr("ENTEleveTransport", "N")
		attr("ENTPersonAdresse", fmt.Sprintf("%d %s$Bât. %d$$", n%200, street[n%len(street)], n%9))
		attr("ENTPersonCodePostal", "01990")
		attr("ENTPersonVille", "VILLEFICTIVE")
		attr("ENTPersonPays", "FRANCE")
		attr("ENTEleveAdresseRel", fmt.Sprint(rel))
		attr("ENTEleveStatutEleve", "SCOLAIRE")
		attr("ENTEleveMEF", "10010012110")
		attr("ENTEleveLibelleMEF", "6EME")
		attr("ENTEleveEnseignements", "FRANCAIS", "MATHEMATIQUES", "ÉDUCATION MUSICALE")
		attr("ENTEleveCodeEnseignements", "020700", "061300", "090100")
		attr("ENTPersonStructRattach", "4001")
		attr("ENTEleveDateEntreeStructRattach", "02/09/2024")
		attr("ENTEleveDateSortieStructRattach", "")
		attr("ENTEleveClasses", "4001$6A")
		attr("ENTEleveGroupes", "4001$6AGR1")
		sb.WriteString("</attributes>\n</addRequest>\n")
	}
	sb.WriteString("</ficAlimMENESR>\n")
	return sb.String()
}

// references writes each letter beyond ASCII as a numeric reference.
func references(doc string) string {
	var sb strings.Builder
	sb.Grow(len(doc) + len(doc)/8)
	for _, r := range doc {
		if r < 0x80 {
			sb.WriteRune(r)
		} else {
			fmt.Fprintf(&sb, "&#%d;", r)
		}
	}
	return sb.String()
}

// document is a feed in one of the writings met.
type document struct {
	name string
	data []byte
}

func documents(b *testing.B) []document {
	b.Helper()
	const size = 20 << 20
	latin, err := charmap.ISO8859_15.NewEncoder().String(feed(size, "ISO-8859-15"))
	if err != nil {
		b.Fatal(err)
	}
	utf8 := feed(size, "UTF-8")
	return []document{
		{"UTF-8", []byte(utf8)},
		{"ISO-8859-15", []byte(latin)},
		{"references", []byte(references(utf8))},
	}
}

func BenchmarkScan(b *testing.B) {
	for _, doc := range documents(b) {
		b.Run(doc.name+"/xmlscan", func(b *testing.B) {
			b.SetBytes(int64(len(doc.data)))
			b.ReportAllocs()
			s := xmlscan.New(nil, xmlscan.Options{})
			r := bytes.NewReader(nil)
			for b.Loop() {
				r.Reset(doc.data)
				s.Reset(r)
				readEvents(b, s)
			}
		})
		b.Run(doc.name+"/encoding-xml", func(b *testing.B) {
			b.SetBytes(int64(len(doc.data)))
			b.ReportAllocs()
			for b.Loop() {
				readTokens(b, doc.data)
			}
		})
	}
}

func readEvents(b *testing.B, s *xmlscan.Scanner) {
	b.Helper()
	total := 0
	for {
		kind, err := s.Next()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				b.Fatal(err)
			}
			break
		}
		switch kind {
		case xmlscan.StartElement, xmlscan.EndElement:
			total += len(s.Name())
		default:
			total += len(s.Text())
		}
	}
	if total == 0 {
		b.Fatal("empty")
	}
}

func readTokens(b *testing.B, data []byte) {
	b.Helper()
	d := rawDecoder(bytes.NewReader(data))
	for {
		if _, err := d.RawToken(); err != nil {
			if !errors.Is(err, io.EOF) {
				b.Fatal(err)
			}
			return
		}
	}
}
