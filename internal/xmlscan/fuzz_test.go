package xmlscan_test

import (
	"bytes"
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/opencartable/cartable/internal/xmlscan"
)

// seeds are the documents that the tests and the fuzz targets start from.
var seeds = []string{
	`<a/>`,
	`<a></a>`,
	"<a>\n<b x=\"1\" y='2'>t</b>\n</a>\n",
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE a SYSTEM \"a.dtd\">\n<a>é€\U0001F600</a>",
	"<?xml version='1.0' encoding='ISO-8859-15' standalone='yes' ?>\n<a>C\xbdur 5\xa4</a>",
	"<?xml version=\"1.0\" encoding=\"latin1\"?><a x='\xe9'>\xe9\xff</a>",
	"<?xml version=\"1.0\" encoding=\"windows-1252\"?><a>\x80\x9c\x81</a>",
	"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>é</a>",
	"<?xml version=\"1.0\" encoding=\"UTF-16\"?><a/>",
	"<?xml version=\"1.1\"?><a/>",
	"<?xml version=\"1.0\" encoding = \"latin1\"?><a>\xe9</a>",
	"<?xml?><a/>",
	"\xef\xbb\xbf<?xml version=\"1.0\"?><a/>",
	" <?xml version=\"1.0\"?><a/>",
	"\xff\xfe<\x00a\x00",
	`<a x="1>2" y='"'>&lt;&gt;&amp;&apos;&quot;&#233;&#xE9;&#x20ac;</a>`,
	`<a>&#xD800;</a>`, `<a>&#0;</a>`, `<a>&#x110000;</a>`, `<a>&#;</a>`, `<a>&#x;</a>`, `<a>&#X41;</a>`, `<a>&#65</a>`,
	`<a>&#99999999999999999999999999;</a>`, `<a>&#00000000000000000000000065;</a>`,
	`<a>&eacute;</a>`, `<a>& b</a>`, `<a>&;</a>`, `<a>&b</a>`, `<a x="&eacute;"/>`, `<a x="&amp;#233;"/>`,
	`<a><!-- > --><![CDATA[<b>&amp;]]></a>`, `<a><![CDATA[]]></a>`, `<a><![CDATA[]]]]></a>`, "<a><![CDATA[\r\n\r]]></a>",
	`<a><!-- -- --></a>`, `<a><!-- ---></a>`, `<a><!----></a>`, `<a><!---></a>`, `<a><!--->--></a>`,
	"<a>\r\nb\rc\n\r\rd&#13;\ne</a>", "<a x='\r\n\r \t\n'/>", "<a><!--\r\n--><?p \r\n x\r?></a>",
	`<a>]]></a>`, `<a>]]&gt; ]] > ]]</a>`, `<a x="]]>"/>`, `<a>]]]></a>`,
	`<a x="<"/>`, `<a x=1/>`, `<a x/>`, `<a x = "1"y="2"/>`, `<a x="1" x="2"/>`, `<a / >`, `<a/b>`,
	`<a><b></a></b>`, `<a></a></a>`, `<a/><b/>`, `<a/>text`, `text<a/>`, `<a/>&#32;`, `<a/><![CDATA[ ]]>`, ``, ` `, `<a>`, `<a`, `<`,
	`<a></a >`, `</a>`, `<a></ a>`, `<a></a b>`,
	`<?p?><a/><?p ?>`, `<?p q?><a/>`, `<?p"q"?><a/>`, `<?p:q:r s??><a/>`, `<? p?><a/>`, `<?xml-stylesheet x?><a/>`,
	`<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>`, `<!DOCTYPE a []><a/>`, `<!DOCTYPE a PUBLIC '-//x' "y>" [ ] ><a/>`,
	`<!DOCTYPE a [<!-- > -->]><a/>`, `<!DOCTYPE><a/>`, `<!ELEMENT a><a/>`, `<a><!DOCTYPE a></a>`, `<!DOCTYPE a><!DOCTYPE a><a/>`,
	`<!doctype a><a/>`, `<!DOCTYPE a SYSTEM><a/>`, `<!DOCTYPE a "x"><a/>`,
	`<p:a q:x="1"></p:a>`, `<p:q:a/>`, `<:a/>`, `<a:/>`, `<é ç="1"/>`, `<a·/>`, `<名/>`, `<-a/>`, `<1/>`, `<a.-1/>`,
	"<a>\x00</a>", "<a>\x1f</a>", "<a>\x7f\u0085</a>", "<a>\xff</a>", "<a>\xc3</a>", "<a>\uffff</a>", "<a>\ufffd</a>", "<a><!--\x01--></a>", "<a>\xc3",
	"<a b='\xe2\x82'/>", "<a><?p \xff?></a>",
	"<a>" + strings.Repeat("<b>", 40) + strings.Repeat("</b>", 40) + "</a>",
	"<a>" + strings.Repeat("0123456789éè\n", 30) + "</a>",
}

// stricter are the codes of what is refused here on purpose although RawToken
// accepts it; see the documentation of the package.
var stricter = []xmlscan.ErrorCode{
	xmlscan.CodeMismatch, xmlscan.CodeTruncated, xmlscan.CodeOutside, xmlscan.CodeDoctype,
	xmlscan.CodeDeclaration, xmlscan.CodeCharset, xmlscan.CodeEncoding, xmlscan.CodeCharacter,
	xmlscan.CodeName, xmlscan.CodeAttribute, xmlscan.CodeLimit,
}

// spacedDeclaration is the exception where RawToken does not see a charset.
var spacedDeclaration = regexp.MustCompile(`^<\?xml[^>]*([ \t\r\n]=|=[ \t\r\n])`)

func addSeeds(f *testing.F) {
	f.Helper()
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	for _, b := range conformance(f) {
		if len(b) < 4<<10 {
			f.Add(b)
		}
	}
}

func differential(t *testing.T, doc []byte) {
	t.Helper()
	plain := bytes.TrimPrefix(doc, []byte("\xef\xbb\xbf"))
	if spacedDeclaration.Match(plain) {
		return
	}
	got, err := scan(bytes.NewReader(doc), xmlscan.Options{})
	want, wantErr := rawEvents(bytes.NewReader(plain))
	switch {
	case err == nil && wantErr != nil:
		t.Fatalf("accepted, but encoding/xml says %v\n%q", wantErr, doc)
	case err != nil && wantErr == nil:
		var se *xmlscan.SyntaxError
		if !errors.As(err, &se) || !slices.Contains(stricter, se.Code) {
			t.Fatalf("encoding/xml accepts what is refused with %v\n%q", err, doc)
		}
		if len(got) > len(want) {
			t.Fatalf("more events than encoding/xml\n%q\n%q\n%q", doc, got, want)
		}
		want = want[:len(got)]
	case err != nil:
		n := min(len(got), len(want))
		got, want = got[:n], want[:n]
	}
	if !slices.Equal(got, want) {
		t.Fatalf("%q\n got %q\nwant %q", doc, got, want)
	}
}

func FuzzDifferential(f *testing.F) {
	addSeeds(f)
	f.Fuzz(differential)
}

func FuzzWindow(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, doc []byte) {
		for _, lenient := range []bool{false, true} {
			o := xmlscan.Options{Lenient: lenient, MaxToken: 200}
			s := xmlscan.New(bytes.NewReader(doc), o)
			want, wantErr := events(s)
			notes := s.Notes()
			for _, window := range []int{64, 100} {
				o.Window = window
				s := xmlscan.New(iotest.OneByteReader(bytes.NewReader(doc)), o)
				got, err := events(s)
				if !slices.Equal(got, want) {
					t.Fatalf("window %d: %q\n got %q %v\nwant %q %v", window, doc, got, err, want, wantErr)
				}
				if (err == nil) != (wantErr == nil) || err != nil && err.Error() != wantErr.Error() {
					t.Fatalf("window %d: %q\n got %v\nwant %v", window, doc, err, wantErr)
				}
				if !slices.Equal(s.Notes(), notes) {
					t.Fatalf("window %d: %q\n got %v\nwant %v", window, doc, s.Notes(), notes)
				}
			}
		}
	})
}
