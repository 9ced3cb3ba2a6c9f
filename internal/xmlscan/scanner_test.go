package xmlscan_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/charmap"

	"github.com/opencartable/cartable/internal/samples"
	"github.com/opencartable/cartable/internal/xmlscan"
)

// TestSeeds compares each seed with encoding/xml, whole and byte by byte, in
// windows of every small size.
func TestSeeds(t *testing.T) {
	t.Parallel()
	docs := slices.Clone(seeds)
	for _, b := range conformance(t) {
		docs = append(docs, string(b))
	}
	for _, doc := range docs {
		differential(t, []byte(doc))
		for _, lenient := range []bool{false, true} {
			want, wantErr := scan(reader(doc), xmlscan.Options{Lenient: lenient})
			for _, window := range []int{1, 64, 65, 66, 67, 71, 100, 127, 1000, 4096, 1 << 20} {
				got, err := scan(iotest.OneByteReader(reader(doc)), xmlscan.Options{Window: window, Lenient: lenient})
				assert.Equal(t, want, got, "window %d: %q", window, doc)
				assert.Equal(t, fmt.Sprint(wantErr), fmt.Sprint(err), "window %d: %q", window, doc)
			}
		}
	}
}

// TestFeed compares whole feeds with encoding/xml.
func TestFeed(t *testing.T) {
	t.Parallel()
	utf8 := feed(400<<10, "UTF-8")
	docs := map[string][]byte{
		"UTF-8":        []byte(utf8),
		"references":   []byte(references(utf8)),
		"CR LF":        []byte(strings.ReplaceAll(utf8, "\n", "\r\n")),
		"ISO-8859-15":  encode(t, charmap.ISO8859_15, feed(400<<10, "ISO-8859-15")),
		"windows-1252": encode(t, charmap.Windows1252, feed(400<<10, "windows-1252")),
	}
	for name, doc := range docs {
		want, err := rawEvents(bytes.NewReader(doc))
		require.NoError(t, err, name)
		for _, window := range []int{100, 4096, 0} {
			got, err := scan(bytes.NewReader(doc), xmlscan.Options{Window: window})
			require.NoError(t, err, name)
			assert.True(t, slices.Equal(want, got), name)
		}
	}
}

func TestEvents(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, doc string
		want      []string
	}{
		{"quotes", `<a x="1>2" y='"'/>`, []string{`start a x="1>2" y="\""`, `end a`}},
		{"comment", `<a><!-- > --></a>`, []string{`start a`, `comment " > "`, `end a`}},
		{"CDATA", `<a>x<![CDATA[<b>&amp;]]>y<![CDATA[]]></a>`, []string{`start a`, `text "x"`, `text "<b>&amp;"`, `text "y"`, `text ""`, `end a`}},
		{"references", `<a x="&#60;&amp;#233;">&#233;&#xE9;&lt;b&gt;</a>`, []string{`start a x="<&#233;"`, `text "éé<b>"`, `end a`}},
		{"line ends", "<a x='1\r\n2\r'>\r\n\r\rb&#13;\n</a>", []string{`start a x="1\n2\n"`, `text "\n\n\nb\r\n"`, `end a`}},
		{"CDATA line ends", "<a><![CDATA[\r\n\r]]></a>", []string{`start a`, `text "\n\n"`, `end a`}},
		{"instructions", `<?p q?><a><?r?></a><?s  t ?>`, []string{`pi p "q"`, `start a`, `pi r ""`, `end a`, `pi s "t "`}},
		{"DOCTYPE", `<!DOCTYPE a PUBLIC "-//x>" 'y' [ ]><a/>`, []string{`directive "DOCTYPE a PUBLIC \"-//x>\" 'y' [ ]"`, `start a`, `end a`}},
		{"outside", " <a/>\n ", []string{`text " "`, `start a`, `end a`, `text "\n "`}},
		{"prefixes", `<p:a q:x="1"></p:a >`, []string{`start p:a q:x="1"`, `end p:a`}},
		{"accents in names", `<é·2 ç="1"/>`, []string{`start é·2 ç="1"`, `end é·2`}},
		{"self-closing", `<a><b/><b></b></a>`, []string{`start a`, `start b`, `end b`, `start b`, `end b`, `end a`}},
		{"BOM", "\ufeff<?xml version='1.0'?><a/>", []string{`pi xml "version='1.0'"`, `start a`, `end a`}},
		{"spaced declaration", "<?xml version = '1.0' encoding = 'latin1' ?><a>\xe9</a>", []string{`pi xml "version = '1.0' encoding = 'latin1' "`, `start a`, `text "é"`, `end a`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := scan(reader(c.doc), xmlscan.Options{})
			require.NoError(t, err)
			assert.Equal(t, c.want, got)
		})
	}
}

// TestErrors gives documents where ‸ marks the place of the error; text before
// it is delivered.
func TestErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		doc  string
		code xmlscan.ErrorCode
		name string
	}{
		{"<a>\n<b>\n<c>é</c>‸</a>", xmlscan.CodeMismatch, "a"},
		{"<a/>\n‸</a>", xmlscan.CodeMismatch, "a"},
		{"<a>\n  é &amp; ‸&eacute;</a>", xmlscan.CodeEntity, "eacute"},
		{"<a x='é' y='‸&foo;'/>", xmlscan.CodeEntity, "foo"},
		{"<a>‸&" + strings.Repeat("x", 65) + ";</a>", xmlscan.CodeEntity, ""},
		{"<a>‸&1;</a>", xmlscan.CodeEntity, ""},
		{"<a>x ‸& y</a>", xmlscan.CodeSyntax, ""},
		{"<a>‸&#65</a>", xmlscan.CodeSyntax, ""},
		{"<a>‸&#x;</a>", xmlscan.CodeSyntax, ""},
		{"<a>‸&#xD800;</a>", xmlscan.CodeCharacter, ""},
		{"<a>‸&#1;</a>", xmlscan.CodeCharacter, ""},
		{"<a>‸&#99999999999999999999;</a>", xmlscan.CodeCharacter, ""},
		{"<a>é\n‸\x01</a>", xmlscan.CodeCharacter, ""},
		{"<a>é\n‸\uffff</a>", xmlscan.CodeCharacter, ""},
		{"<a>é\né‸\xff</a>", xmlscan.CodeEncoding, ""},
		{"<a><!--é‸\xc3--></a>", xmlscan.CodeEncoding, ""},
		{"<a/>‸\xc3", xmlscan.CodeEncoding, ""},
		{"<a>x‸]]></a>", xmlscan.CodeSyntax, ""},
		{"<a>&amp;]‸]]></a>", xmlscan.CodeSyntax, ""},
		{"<a><!-- x ‸-- --></a>", xmlscan.CodeSyntax, ""},
		{"<a>‸<!-x></a>", xmlscan.CodeSyntax, ""},
		{"<a>‸<![CDAT[]]></a>", xmlscan.CodeSyntax, ""},
		{"<a>\n<![CDATA[‸", xmlscan.CodeTruncated, "a"},
		{"<?xml version='1.0' encoding='‸_'?><a/>", xmlscan.CodeDeclaration, ""},
		{"<?xml version='1.0' encoding='‸'?><a/>", xmlscan.CodeDeclaration, ""},
		{"<?xml version='1.0' encoding='‸latin1 '?><a/>", xmlscan.CodeDeclaration, ""},
		{"<?xml version='1.0' version='‸1.0'?><a/>", xmlscan.CodeDeclaration, ""},
		{"<?xml version='1.0' standalone=‸yes?><a/>", xmlscan.CodeDeclaration, ""},
		{"<?xml version='1.0' standalone‸?><a/>", xmlscan.CodeDeclaration, ""},
		{"<?xml version='1.0' standalone=‸'yes?><a/>", xmlscan.CodeDeclaration, ""},
		{"<?xml version='1.0' encoding='‸a-very-long-name-of-charset'?><a/>", xmlscan.CodeCharset, "a-very-long-name-of-charset"},
		{"<!DOCTYPE a SYSTEM ‸a><a/>", xmlscan.CodeDoctype, ""},
		{"<!DOCTYPE a SYSTEM 'a‸", xmlscan.CodeTruncated, ""},
		{"<!DOCTYPE a PUB‸", xmlscan.CodeTruncated, ""},
		{"<a>\n<b x='‸<'/></a>", xmlscan.CodeSyntax, "x"},
		{"<a x=‸1/>", xmlscan.CodeSyntax, "x"},
		{"<a x‸/>", xmlscan.CodeSyntax, "x"},
		{"<a ‸/ >", xmlscan.CodeSyntax, ""},
		{"<a ‸=/>", xmlscan.CodeSyntax, ""},
		{"<a></‸ a>", xmlscan.CodeSyntax, ""},
		{"<a></a ‸x>", xmlscan.CodeSyntax, ""},
		{"<‸1/>", xmlscan.CodeSyntax, ""},
		{"<p:q‸:a/>", xmlscan.CodeSyntax, ""},
		{"<‸名/>", xmlscan.CodeName, ""},
		{"<a x='1' ‸x='2'/>", xmlscan.CodeAttribute, "x"},
		{"<a/>‸<b/>", xmlscan.CodeOutside, "b"},
		{"\n‸x<a/>", xmlscan.CodeOutside, ""},
		{"<a/>\n ‸&#32;", xmlscan.CodeOutside, ""},
		{"<a/>‸<![CDATA[ ]]>", xmlscan.CodeOutside, ""},
		{"<!DOCTYPE a [\n‸<!ENTITY x 'y'>]><a/>", xmlscan.CodeDoctype, ""},
		{"<!DOCTYPE a [‸%x;]><a/>", xmlscan.CodeDoctype, ""},
		{"<!DOCTYPE a ‸'x'><a/>", xmlscan.CodeDoctype, ""},
		{"<!DOCTYPE a SYSTEM‸><a/>", xmlscan.CodeDoctype, ""},
		{"<!DOCTYPE a><a>‸<!DOCTYPE a></a>", xmlscan.CodeDoctype, ""},
		{"‸<!ELEMENT a><a/>", xmlscan.CodeDoctype, ""},
		{"\n‸<?xml version='1.0'?><a/>", xmlscan.CodeDeclaration, ""},
		{"<?xml version='‸1.1'?><a/>", xmlscan.CodeDeclaration, ""},
		{"<?xml version='1.0'‸encoding='UTF-8'?><a/>", xmlscan.CodeDeclaration, ""},
		{"<?xml version='1.0' ‸foo='UTF-8'?><a/>", xmlscan.CodeDeclaration, ""},
		{"<?xml version='1.0' encoding='‸UTF-16'?><a/>", xmlscan.CodeCharset, "UTF-16"},
		{"‸<?xml version='1.0' " + strings.Repeat(" ", 1024) + "encoding='latin1'?><a/>", xmlscan.CodeCharset, ""},
		{"‸\xff\xfe<\x00", xmlscan.CodeCharset, ""},
		{"‸<\x00a\x00", xmlscan.CodeCharset, ""},
		{"<a>\n<b>‸", xmlscan.CodeTruncated, "b"},
		{"<a>\n<b>text‸", xmlscan.CodeTruncated, "b"},
		{"<a x='1‸", xmlscan.CodeTruncated, ""},
		{"<!-- ‸", xmlscan.CodeTruncated, ""},
		{"‸", xmlscan.CodeTruncated, ""},
		{"<!-- -->\n‸", xmlscan.CodeTruncated, ""},
		{strings.Repeat("<a>", 32) + "‸<a>", xmlscan.CodeLimit, ""},
	} {
		offset := strings.Index(c.doc, "‸")
		doc := c.doc[:offset] + c.doc[offset+len("‸"):]
		for _, lenient := range []bool{false, true} {
			if lenient && c.name == "eacute" {
				continue
			}
			events, err := scan(iotest.HalfReader(reader(doc)), xmlscan.Options{Window: 64, Lenient: lenient})
			var se *xmlscan.SyntaxError
			if !assert.ErrorAs(t, err, &se, "%q", doc) {
				continue
			}
			assert.ErrorIs(t, err, c.code, "%q", doc)
			assert.Equal(t, c.name, se.Name, "%q", doc)
			assert.Equal(t, place(doc, offset), se.Pos, "%q", doc)
			if raw, err := rawEvents(reader(doc)); err == nil || len(raw) > len(events) {
				assert.True(t, slices.Equal(raw[:len(events)], events), "%q: %q", doc, events)
			}
		}
	}
}

// TestErrorsDoNotQuote: the text of a document is personal data.
func TestErrorsDoNotQuote(t *testing.T) {
	t.Parallel()
	for _, doc := range []string{
		"<a>Martin & Cie</a>", "<a>&Martin Paul;</a>", "<a x='Martin<'/>", "<a x='Martin", "<a>Martin", "<a/>Martin",
		"<a>Martin]]></a>", "<a><!-- Martin -- --></a>", "<!DOCTYPE a 'Martin'>", "<a>&#Martin;</a>", "<a>Martin\xff</a>",
	} {
		_, err := scan(reader(doc), xmlscan.Options{})
		require.Error(t, err, doc)
		assert.NotContains(t, err.Error(), "Martin")
		assert.True(t, strings.HasPrefix(err.Error(), "xmlscan: "), err)
	}
}

func TestErrorsAreSticky(t *testing.T) {
	t.Parallel()
	s := xmlscan.New(reader("<a></b>"), xmlscan.Options{})
	_, err := events(s)
	require.ErrorIs(t, err, xmlscan.CodeMismatch)
	_, again := s.Next()
	assert.Same(t, err, again)
	_, again = s.Fill()
	assert.Same(t, err, again)
	assert.Empty(t, s.Window())

	s.Reset(reader("<a/>"))
	_, err = events(s)
	require.NoError(t, err)
	_, err = s.Next()
	assert.Equal(t, io.EOF, err)
}

func TestReadError(t *testing.T) {
	t.Parallel()
	cause := errors.New("disk on fire")
	r := io.MultiReader(strings.NewReader("<a>\n<b/>te"), iotest.ErrReader(cause))
	got, err := scan(r, xmlscan.Options{})
	assert.Equal(t, []string{`start a`, `text "\n"`, `start b`, `end b`}, got)
	require.ErrorIs(t, err, cause)
	require.ErrorIs(t, err, xmlscan.CodeRead)
	var se *xmlscan.SyntaxError
	require.ErrorAs(t, err, &se)
	assert.Equal(t, xmlscan.Pos{Line: 2, Column: 7, Offset: 10}, se.Pos)

	_, err = scan(emptyReader{}, xmlscan.Options{})
	require.ErrorIs(t, err, io.ErrNoProgress)
}

type emptyReader struct{}

func (emptyReader) Read([]byte) (int, error) { return 0, nil }

func TestLimits(t *testing.T) {
	t.Parallel()
	x := strings.Repeat("x", 1000)
	for _, c := range []struct {
		name, doc string
		o         xmlscan.Options
		at        int // of the error, -1 if accepted
	}{
		{"text", "<a>" + x + "</a>", xmlscan.Options{MaxToken: 1000}, -1},
		{"long text", "<a>" + x + "x</a>", xmlscan.Options{MaxToken: 1000}, 3},
		{"tag", "<a x='" + x + "'/>", xmlscan.Options{MaxToken: 1009}, -1},
		{"long tag", "<a x='" + x + "'/>", xmlscan.Options{MaxToken: 1008}, 0},
		{"long comment", "<a><!--" + x + "--></a>", xmlscan.Options{MaxToken: 1000}, 3},
		{"long CDATA", "<a><![CDATA[" + x + "]]></a>", xmlscan.Options{MaxToken: 1000}, 3},
		{"long name", "<" + x + "></" + x + ">", xmlscan.Options{MaxToken: 1000}, 0},
		{"long end", "<a></a" + strings.Repeat(" ", 1000) + ">", xmlscan.Options{MaxToken: 1000}, 3},
		{"long instruction", "<?a " + x + "?>", xmlscan.Options{MaxToken: 1000}, 0},
		{"error beyond the limit", "<a x='" + x + "<'/>", xmlscan.Options{MaxToken: 1000}, 0},
		{"truncated beyond the limit", "<a>" + x + x, xmlscan.Options{MaxToken: 1000}, 3},
		{"attributes", "<a b='' c=''/>", xmlscan.Options{MaxAttrs: 2}, -1},
		{"too many attributes", "<a b='' c='' d=''/>", xmlscan.Options{MaxAttrs: 2}, 13},
		{"depth", "<a><b/></a>", xmlscan.Options{MaxDepth: 2}, -1},
		{"too deep", "<a><b><c/></b></a>", xmlscan.Options{MaxDepth: 2}, 6},
		{"bytes", "<a><b/></a>", xmlscan.Options{MaxBytes: 11}, -1},
		{"too many bytes", "<a><b/></a>", xmlscan.Options{MaxBytes: 10}, 10},
		{"too many bytes later", "<a>" + x + "</a>", xmlscan.Options{MaxBytes: 1002}, 1002},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, window := range []int{0, 1, 500, 1010} {
				o := c.o
				o.Window = window
				_, err := scan(reader(c.doc), o)
				if c.at < 0 {
					require.NoError(t, err)
					continue
				}
				var se *xmlscan.SyntaxError
				require.ErrorAs(t, err, &se)
				assert.Equal(t, xmlscan.CodeLimit, se.Code)
				assert.Equal(t, int64(c.at), se.Pos.Offset)
			}
		})
	}
}

func TestStrings(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "xmlscan: entity", xmlscan.CodeEntity.Error())
	assert.Equal(t, "3:7", xmlscan.Pos{Line: 3, Column: 7, Offset: 30}.String())
	assert.Equal(t, "Kind(?)", xmlscan.Kind(0).String())
	assert.Equal(t, "Directive", xmlscan.Directive.String())
	cause := errors.New("cause")
	err := &xmlscan.SyntaxError{Msg: "read error", Pos: xmlscan.Pos{Line: 3, Column: 7, Offset: 30}, Code: xmlscan.CodeRead, Err: cause}
	assert.Equal(t, "xmlscan: line 3, column 7 (byte 30): read error: cause", err.Error())
	assert.NotErrorIs(t, err, xmlscan.CodeEntity)
}

func TestAccessors(t *testing.T) {
	t.Parallel()
	s := xmlscan.New(reader("<a x='1'><b/>t</a>"), xmlscan.Options{})
	for _, want := range []struct {
		kind  xmlscan.Kind
		name  string
		attrs int
		text  string
		depth int
	}{
		{xmlscan.StartElement, "a", 1, "", 1},
		{xmlscan.StartElement, "b", 0, "", 2},
		{xmlscan.EndElement, "b", 0, "", 1},
		{xmlscan.Text, "", 0, "t", 1},
		{xmlscan.EndElement, "a", 0, "", 0},
	} {
		kind, err := s.Next()
		require.NoError(t, err)
		assert.Equal(t, want.kind, kind)
		assert.Equal(t, want.name, string(s.Name()))
		assert.Equal(t, want.attrs, s.NumAttr())
		assert.Equal(t, want.text, string(s.Text()))
		assert.Equal(t, want.depth, s.Depth())
		assert.NotEmpty(t, kind.String())
	}
}

// TestConformance reads the edge cases of the feeds of pupils.
func TestConformance(t *testing.T) {
	t.Parallel()
	files := conformance(t)
	if len(files) == 0 {
		samples.Dir(t, "aaf", "edge") // skips, or fails in CI
	}
	read := func(name string, o xmlscan.Options) (text string, s *xmlscan.Scanner, err error) {
		s = xmlscan.New(bytes.NewReader(files[name]), o)
		got, err := events(s)
		for _, e := range got {
			text += e + "\n"
		}
		return text, s, err
	}
	for _, kind := range []string{"latin9", "utf8_bom", "charrefs", "no_xml_declaration", "html_entities", "declared_latin9_but_utf8"} {
		text, s, err := read(kind+"_PersRelEleve_0000.xml", xmlscan.Options{Lenient: true})
		require.NoError(t, err, kind)
		assert.Contains(t, text, `text "Cœur"`, kind)
		assert.Contains(t, text, `text "12 rue du Marché 5€$$$"`, kind)
		switch kind {
		case "html_entities":
			assert.Len(t, s.Notes(), 3)
		case "declared_latin9_but_utf8":
			assert.Len(t, s.Notes(), 1)
		default:
			assert.Empty(t, s.Notes(), kind)
		}
	}
	_, _, err := read("html_entities_PersRelEleve_0000.xml", xmlscan.Options{})
	var se *xmlscan.SyntaxError
	require.ErrorAs(t, err, &se)
	assert.Equal(t, xmlscan.CodeEntity, se.Code)
	assert.Equal(t, "oelig", se.Name)
	assert.Equal(t, 10, se.Pos.Line)
	text, _, err := read("declared_latin9_but_utf8_PersRelEleve_0000.xml", xmlscan.Options{})
	if err == nil {
		assert.NotContains(t, text, "Cœur")
	}
	text, _, err = read("double_escaped_PersRelEleve_0000.xml", xmlscan.Options{Lenient: true})
	require.NoError(t, err)
	assert.Contains(t, text, `text "C&oelig;ur"`)
	_, _, err = read("xxe_PersRelEleve_0000.xml", xmlscan.Options{Lenient: true})
	require.ErrorIs(t, err, xmlscan.CodeDoctype)
	_, _, err = read("not_well_formed_Eleve_0000.xml", xmlscan.Options{Lenient: true})
	require.ErrorAs(t, err, &se)
	assert.Equal(t, xmlscan.CodeMismatch, se.Code)
	assert.Equal(t, 5, se.Pos.Line)
	_, _, err = read("empty_Eleve_0000.xml", xmlscan.Options{})
	require.NoError(t, err)
}
