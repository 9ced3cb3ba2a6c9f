package xmlscan_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/charmap"

	"github.com/opencartable/cartable/internal/xmlscan"
)

func TestCharsets(t *testing.T) {
	t.Parallel()
	const body = "<a x='é'>été à Noël\n</a>"
	for label, c := range map[string]struct {
		m    *charmap.Charmap
		name string
		more string
	}{
		"ISO-8859-1":   {charmap.ISO8859_1, "ISO-8859-1", "¤¼\u0085"},
		"latin1":       {charmap.ISO8859_1, "ISO-8859-1", ""},
		"iso-8859-15":  {charmap.ISO8859_15, "ISO-8859-15", "œ€Ÿ"},
		"ISO8859-15":   {charmap.ISO8859_15, "ISO-8859-15", ""},
		"Latin-9":      {charmap.ISO8859_15, "ISO-8859-15", ""},
		"Windows-1252": {charmap.Windows1252, "windows-1252", "œ€’…"},
		"CP1252":       {charmap.Windows1252, "windows-1252", ""},
		"UTF-8":        {nil, "UTF-8", "œ€漢\U0001F600"},
		"utf8":         {nil, "UTF-8", ""},
		"US-ASCII":     {nil, "UTF-8", ""},
	} {
		doc := "<?xml version='1.0' encoding='" + label + "'?>\n<r>" + strings.Repeat(body+c.more, 5000) + "</r>"
		data := []byte(doc)
		if c.m != nil {
			data = encode(t, c.m, doc)
		}
		want, err := rawEvents(strings.NewReader(strings.Replace(doc, label, "UTF-8", 1)))
		require.NoError(t, err)
		want[0] = strings.Replace(want[0], "UTF-8", label, 1)
		for _, window := range []int{64, 1000, 0} {
			// Lenient reads ¤ and ¼ of ISO-8859-1 as Latin-9: TestBytesThatTheDeclarationContradicts.
			s := xmlscan.New(bytes.NewReader(data), xmlscan.Options{Window: window, Lenient: label != "ISO-8859-1"})
			assert.Empty(t, s.Charset())
			got, err := events(s)
			require.NoError(t, err)
			assert.True(t, slices.Equal(want, got), label)
			assert.Equal(t, c.name, s.Charset())
			assert.Empty(t, s.Notes())
		}
	}
	_, err := scan(reader("<?xml version='1.0' encoding='cp1252'?><a>é\n\x81</a>"), xmlscan.Options{})
	var se *xmlscan.SyntaxError
	require.ErrorAs(t, err, &se)
	assert.Equal(t, xmlscan.CodeEncoding, se.Code)
	assert.Equal(t, xmlscan.Pos{Line: 2, Column: 1, Offset: 45}, se.Pos)

	_, err = scan(reader("\ufeff<?xml version='1.0' encoding='latin1'?><a/>"), xmlscan.Options{})
	require.ErrorIs(t, err, xmlscan.CodeCharset)
	_, err = scan(reader("\ufeff<?xml version='1.0' encoding='latin1'?><a/>"), xmlscan.Options{Lenient: true})
	require.NoError(t, err)
}

// TestDetection: the first block that is not ASCII decides.
func TestDetection(t *testing.T) {
	t.Parallel()
	const decl = "<?xml version='1.0' encoding='ISO-8859-15'?>\n<a>"
	for _, c := range []struct {
		name, text string
		utf8       bool
	}{
		{"at once", "é", true},
		{"latin", "\xe9", false},
		{"both", "é \xe9", false},
		{"later", strings.Repeat("x\n", 100_000) + "é", true},
		{"later latin", strings.Repeat("x\n", 100_000) + "\xe9", false},
		{"cut by the block", strings.Repeat("x", 32<<10-len(decl)-1) + "é", true},
		{"cut by the block in latin", strings.Repeat("x", 32<<10-len(decl)-1) + "\xe9t\xe9", false},
		{"longer cut", strings.Repeat("x", 32<<10-len(decl)-2) + "€", true},
		{"cut by the end", "é\xc3", false},
		{"ASCII", "x", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			doc := decl + c.text + "</a>"
			if c.name == "cut by the end" {
				doc = decl + "</a><!--é--\xe9"
			}
			for _, window := range []int{64, 0} {
				s := xmlscan.New(iotest.HalfReader(reader(doc)), xmlscan.Options{Window: window, Lenient: true})
				got, err := events(s)
				if c.name == "cut by the end" {
					require.ErrorIs(t, err, xmlscan.CodeSyntax)
				} else {
					require.NoError(t, err)
				}
				if !c.utf8 {
					assert.Equal(t, "ISO-8859-15", s.Charset())
					assert.Empty(t, s.Notes())
					continue
				}
				assert.Equal(t, "UTF-8", s.Charset())
				assert.Equal(t, fmt.Sprintf("text %q", c.text), got[3])
				require.Len(t, s.Notes(), 1)
				first := strings.IndexFunc(doc, func(r rune) bool { return r >= 0x80 })
				assert.Equal(t, xmlscan.Note{Kind: xmlscan.NoteCharset, Pos: place(doc, first), Name: "ISO-8859-15", Count: 1}, s.Notes()[0])
			}
			s := xmlscan.New(reader(doc), xmlscan.Options{})
			_, _ = events(s)
			assert.Equal(t, "ISO-8859-15", s.Charset())
		})
	}
}

func TestHTMLEntitiesNotes(t *testing.T) {
	t.Parallel()
	doc := "<a>\n<b x='&euro;'>C&oelig;ur</b><b>&oelig;&eacute;&oelig;</b>&amp;</a>"
	s := xmlscan.New(reader(doc), xmlscan.Options{Lenient: true, Window: 64})
	got, err := events(s)
	require.NoError(t, err)
	assert.Equal(t, []string{`start a`, `text "\n"`, `start b x="€"`, `text "Cœur"`, `end b`, `start b`, `text "œéœ"`, `end b`, `text "&"`, `end a`}, got)
	assert.Equal(t, []xmlscan.Note{
		{Kind: xmlscan.NoteEntity, Pos: place(doc, strings.Index(doc, "&euro")), Name: "euro", Count: 1},
		{Kind: xmlscan.NoteEntity, Pos: place(doc, strings.Index(doc, "&oelig")), Name: "oelig", Count: 3},
		{Kind: xmlscan.NoteEntity, Pos: place(doc, strings.Index(doc, "&eacute")), Name: "eacute", Count: 1},
	}, s.Notes())
}
