package xmlscan_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/transform"

	"github.com/opencartable/cartable/internal/xmlscan"
)

// scan returns the events of a document, one line each, and the final error,
// nil at the end of the document.
func scan(r io.Reader, o xmlscan.Options) ([]string, error) {
	return events(xmlscan.New(r, o))
}

func events(s *xmlscan.Scanner) ([]string, error) {
	var out []string
	for {
		kind, err := s.Next()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		out = append(out, event(s, kind))
	}
}

func event(s *xmlscan.Scanner, kind xmlscan.Kind) string {
	switch kind {
	case xmlscan.StartElement:
		var sb strings.Builder
		fmt.Fprintf(&sb, "start %s", s.Name())
		for i := range s.NumAttr() {
			name, value := s.Attr(i)
			fmt.Fprintf(&sb, " %s=%q", name, value)
		}
		return sb.String()
	case xmlscan.EndElement:
		return fmt.Sprintf("end %s", s.Name())
	case xmlscan.Text:
		return fmt.Sprintf("text %q", s.Text())
	case xmlscan.Comment:
		return fmt.Sprintf("comment %q", s.Text())
	case xmlscan.ProcInst:
		return fmt.Sprintf("pi %s %q", s.Name(), s.Text())
	case xmlscan.Directive:
		return fmt.Sprintf("directive %q", s.Text())
	}
	return "?"
}

// rawEvents returns the same lines from encoding/xml.
func rawEvents(r io.Reader) ([]string, error) {
	d := rawDecoder(r)
	var out []string
	for {
		tok, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		out = append(out, rawEvent(tok))
	}
}

func rawDecoder(r io.Reader) *xml.Decoder {
	d := xml.NewDecoder(r)
	d.CharsetReader = func(label string, in io.Reader) (io.Reader, error) {
		switch strings.ToLower(label) {
		case "utf8", "ascii", "us-ascii":
			return in, nil
		case "iso-8859-1", "iso8859-1", "iso_8859-1", "8859-1", "latin1", "latin-1", "l1":
			return transform.NewReader(in, charmap.ISO8859_1.NewDecoder()), nil
		case "iso-8859-15", "iso8859-15", "iso_8859-15", "8859-15", "latin9", "latin-9", "l9":
			return &latin9Reader{in: in}, nil
		case "windows-1252", "cp1252", "cp-1252", "x-cp1252":
			return transform.NewReader(in, charmap.Windows1252.NewDecoder()), nil
		}
		return nil, fmt.Errorf("charset %q", label)
	}
	return d
}

// latin9Reader decodes ISO-8859-15 with its C1 controls, which the charmap
// leaves out.
type latin9Reader struct {
	in  io.Reader
	out bytes.Buffer
}

func (l *latin9Reader) Read(p []byte) (int, error) {
	if l.out.Len() == 0 {
		var b [512]byte
		n, err := l.in.Read(b[:])
		for _, c := range b[:n] {
			if c >= 0x80 && c < 0xA0 {
				l.out.WriteRune(rune(c))
			} else {
				l.out.WriteRune(charmap.ISO8859_15.DecodeByte(c))
			}
		}
		if l.out.Len() == 0 {
			return 0, err
		}
	}
	return l.out.Read(p)
}

func rawEvent(tok xml.Token) string {
	name := func(n xml.Name) string {
		if n.Space != "" {
			return n.Space + ":" + n.Local
		}
		return n.Local
	}
	switch t := tok.(type) {
	case xml.StartElement:
		var sb strings.Builder
		fmt.Fprintf(&sb, "start %s", name(t.Name))
		for _, a := range t.Attr {
			fmt.Fprintf(&sb, " %s=%q", name(a.Name), a.Value)
		}
		return sb.String()
	case xml.EndElement:
		return fmt.Sprintf("end %s", name(t.Name))
	case xml.CharData:
		return fmt.Sprintf("text %q", []byte(t))
	case xml.Comment:
		return fmt.Sprintf("comment %q", []byte(t))
	case xml.ProcInst:
		return fmt.Sprintf("pi %s %q", t.Target, t.Inst)
	case xml.Directive:
		return fmt.Sprintf("directive %q", []byte(t))
	}
	return "?"
}

// conformance returns the XML files of the conformance folder, which is not
// part of the module and may be absent.
func conformance(tb testing.TB) map[string][]byte {
	tb.Helper()
	dir := os.Getenv("CARTABLE_CONFORMANCE")
	if dir == "" {
		dir = "../../../shared/data"
	}
	files := map[string][]byte{}
	for _, pattern := range []string{"aaf/*/*.xml", "siecle/*.xml", "gar/*.xml"} {
		names, _ := filepath.Glob(filepath.Join(dir, pattern))
		for _, name := range names {
			b, err := os.ReadFile(name)
			if err != nil {
				tb.Fatal(err)
			}
			files[filepath.Base(name)] = b
		}
	}
	return files
}

// place computes the position of an offset the slow way.
func place(doc string, offset int) xmlscan.Pos {
	before := doc[:offset]
	line := strings.Count(before, "\n") + 1
	last := before[strings.LastIndexByte(before, '\n')+1:]
	return xmlscan.Pos{Line: line, Column: utf8.RuneCountInString(last) + 1, Offset: int64(offset)}
}

func encode(tb testing.TB, m *charmap.Charmap, doc string) []byte {
	tb.Helper()
	b, err := m.NewEncoder().Bytes([]byte(doc))
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func reader(doc string) io.Reader { return bytes.NewReader([]byte(doc)) }
