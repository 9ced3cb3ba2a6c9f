package xmlscan

import (
	"html"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"golang.org/x/text/encoding/charmap"
)

func TestHTMLEntities(t *testing.T) {
	t.Parallel()
	assert.Len(t, htmlEntities, 252-4)
	for name, r := range htmlEntities {
		want := html.UnescapeString("&" + name + ";")
		switch name {
		case "lang", "rang": // HTML 5 moved these two to U+27E8 and U+27E9
			continue
		}
		assert.Equal(t, want, string(r), name)
	}
}

func TestCharsetTables(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		set *charset
		ref *charmap.Charmap
	}{{latin1, charmap.ISO8859_1}, {latin9, charmap.ISO8859_15}, {cp1252, charmap.Windows1252}} {
		undefined := 0
		for b := range 256 {
			dst := make([]byte, 8)
			n, _, v, _ := c.set.transcode(dst, []byte{byte(b)})
			want := c.ref.DecodeByte(byte(b))
			if c.set == latin9 && b >= 0x80 && b < 0xA0 {
				want = rune(b)
			}
			if want == utf8.RuneError || !isChar(want) {
				assert.NotEqual(t, validAll, v, "%s %#x", c.set.name, b)
				undefined++
				continue
			}
			assert.Equal(t, string(want), string(dst[:n]), "%s %#x", c.set.name, b)
		}
		want := 29 // controls other than tab, LF and CR
		if c.set == cp1252 {
			want += 5
		}
		assert.Equal(t, want, undefined, c.set.name)
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	bad := map[string]validity{
		"\x00": badCharacter, "\x0b": badCharacter, "\x1f": badCharacter,
		"\x80": badEncoding, "\xc0\x80": badEncoding, "\xc1\xbf": badEncoding,
		"\xe0\x80\x80": badEncoding, "\xed\xa0\x80": badEncoding, "\xf0\x80\x80\x80": badEncoding,
		"\xf4\x90\x80\x80": badEncoding, "\xf5": badEncoding, "\xff": badEncoding, "\xc3(": badEncoding,
		"\xef\xbf\xbe": badCharacter, "\xef\xbf\xbf": badCharacter,
	}
	fillers := []string{"", "a", "é", "\n", "€", "\U0001F600", "\ufffd", "\x7f", "\t\r"}
	// Every alignment of each bad sequence after each filler.
	for seq, want := range bad {
		for _, f := range fillers {
			for k := range 20 {
				prefix := ""
				for range k {
					prefix += "x"
				}
				prefix += f + f
				for _, tail := range []string{"", "y", "yyyyyyyyyyyyyyyy", "éé\nééééééé"} {
					n, v := validate([]byte(prefix + seq + tail))
					assert.Equal(t, len(prefix), n, "%q", prefix+seq+tail)
					assert.Equal(t, want, v, "%q", prefix+seq+tail)
				}
				n, v := validate([]byte(prefix))
				assert.Equal(t, len(prefix), n, "%q", prefix)
				assert.Equal(t, validAll, v, "%q", prefix)
				assert.Equal(t, utf8.RuneCountInString(prefix), runeCount([]byte(prefix)))
			}
		}
	}
	for _, cut := range []string{"\xc3", "\xe2", "\xe2\x82", "\xf0\x9f", "\xf0\x9f\x98"} {
		n, v := validate([]byte("abcdefgh" + cut))
		assert.Equal(t, 8, n)
		assert.Equal(t, validPartial, v)
	}
}

func FuzzValidate(f *testing.F) {
	f.Add([]byte("abc\ndéf€\U0001F600"))
	f.Fuzz(func(t *testing.T, b []byte) {
		n, v := validate(b)
		// The same one character at a time.
		i, want := 0, validAll
		for i < len(b) {
			k, kv := validRune(b[i:])
			if k == 0 {
				want = kv
				break
			}
			i += k
		}
		assert.Equal(t, i, n)
		assert.Equal(t, want, v)
		assert.Equal(t, utf8.RuneCount(b[:n]), runeCount(b[:n]))
	})
}
