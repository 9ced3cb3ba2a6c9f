package annuaire

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// The charsets that are recognised.
const (
	charsetUTF8  = "UTF-8"
	charsetUTF16 = "UTF-16"
	charset1252  = "windows-1252"
)

// decode returns a file as text, its charset, and how many characters could not be read. A mark decides; what is valid
// UTF-8 is; anything else is windows-1252, which French spreadsheets write and which holds ISO-8859-1. Of ISO-8859-15, whose
// bytes are the same but for eight, nothing tells: the letters œ and Ÿ of such a file are misread.
func decode(b []byte) (text, charset string, bad int) {
	switch {
	case bytes.HasPrefix(b, []byte("\xef\xbb\xbf")):
		text, charset = string(b[3:]), charsetUTF8
		if !utf8.ValidString(text) {
			bad = strings.Count(strings.ToValidUTF8(text, "\x00\x01"), "\x00\x01")
			text = strings.ToValidUTF8(text, "\uFFFD")
		}
		return text, charset, bad
	case bytes.HasPrefix(b, []byte("\xff\xfe")), bytes.HasPrefix(b, []byte("\xfe\xff")):
		text = decodeWith(unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM), b)
		return text, charsetUTF16, strings.Count(text, "\uFFFD")
	case utf8.Valid(b):
		return string(b), charsetUTF8, 0
	}
	text = decodeWith(charmap.Windows1252, b)
	for _, r := range text {
		if r == utf8.RuneError || 0x80 <= r && r < 0xa0 {
			bad++
		}
	}
	return text, charset1252, bad
}

// decodeWith reads with a decoder that replaces what it cannot read.
func decodeWith(e encoding.Encoding, b []byte) string {
	out, err := e.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(out), "\uFFFD")
	}
	return string(out)
}
