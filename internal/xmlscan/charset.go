package xmlscan

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

const nameUTF8 = "UTF-8"

// charset is an 8-bit superset of ASCII. Each entry of its table holds the
// UTF-8 form of a byte, lowest byte first, and its length in the highest
// byte; the length is 0 for a byte that is undefined or not allowed in XML.
type charset struct {
	name  string
	table [256]uint32
}

var (
	latin1  = newCharset("ISO-8859-1", charmap.ISO8859_1)
	latin9  = newCharset("ISO-8859-15", charmap.ISO8859_15)
	cp1252  = newCharset("windows-1252", charmap.Windows1252)
	latin   = newLatin(latin1)
	latin15 = newLatin(latin9)
	aliases = map[string]*charset{
		"utf-8": nil, "utf8": nil, "us-ascii": nil, "ascii": nil,
		"iso-8859-1": latin1, "iso8859-1": latin1, "iso_8859-1": latin1, "8859-1": latin1,
		"latin1": latin1, "latin-1": latin1, "l1": latin1,
		"iso-8859-15": latin9, "iso8859-15": latin9, "iso_8859-15": latin9, "8859-15": latin9,
		"latin9": latin9, "latin-9": latin9, "l9": latin9,
		"windows-1252": cp1252, "cp1252": cp1252, "cp-1252": cp1252, "x-cp1252": cp1252,
	}
)

func newCharset(name string, m *charmap.Charmap) *charset {
	c := &charset{name: name}
	for b := range 256 {
		r := m.DecodeByte(byte(b))
		if m == charmap.ISO8859_15 && b >= 0x80 && b < 0xA0 {
			// The charset registered at IANA has the C1 controls, which XML
			// allows; the charmap leaves them out.
			r = rune(b)
		}
		if r == utf8.RuneError || !isChar(r) {
			continue
		}
		var u [4]byte
		n := utf8.EncodeRune(u[:], r)
		c.table[b] = binary.LittleEndian.Uint32(u[:]) | uint32(n)<<24
	}
	return c
}

// oddByte marks, in the highest byte of an entry, a byte that is read
// otherwise than the declaration says.
const oddByte = 1 << 31

// newLatin returns what senders really write when they declare ISO-8859-1 or
// ISO-8859-15: Latin-9, with the characters of windows-1252 where Latin-9 has
// controls. The bytes that the two ISO charsets do not share are odd, for who
// declares the first one; the controls are odd for both.
func newLatin(declared *charset) *charset {
	c := &charset{name: latin9.name}
	for b := range 256 {
		c.table[b] = latin9.table[b]
		if b >= 0x80 && b < 0xA0 {
			if e := cp1252.table[b]; e != 0 {
				c.table[b] = e
			}
			c.table[b] |= oddByte
		} else if declared.table[b] != latin9.table[b] {
			c.table[b] |= oddByte
		}
	}
	return c
}

// charsetByName returns the charset of that name, nil for UTF-8.
func charsetByName(name []byte) (c *charset, ok bool) {
	var lower [16]byte // longer than any alias
	if len(name) > len(lower) {
		return nil, false
	}
	for i, b := range name {
		if 'A' <= b && b <= 'Z' {
			b |= 0x20
		}
		lower[i] = b
	}
	c, ok = aliases[string(lower[:len(name)])]
	return c, ok
}

// charsetName returns the canonical name of c.
func charsetName(c *charset) string {
	if c == nil {
		return nameUTF8
	}
	return c.name
}

// transcode converts the start of src to UTF-8 at the start of dst. It
// returns the bytes written, the bytes read, why it stops, and whether an odd
// byte was read.
func (c *charset) transcode(dst, src []byte) (nd, ns int, v validity, odd bool) {
	i, o := 0, 0
	all := uint32(0)
	for len(src)-i >= 8 && len(dst)-o >= 12 {
		for len(src)-i >= 16 && len(dst)-o >= 16 {
			x, y := word(src, i), word(src, i+8)
			if rare(x)|rare(y) != 0 {
				break
			}
			binary.LittleEndian.PutUint64(dst[o:o+8:o+8], x)
			binary.LittleEndian.PutUint64(dst[o+8:o+16:o+16], y)
			i += 16
			o += 16
		}
		if len(src)-i < 8 || len(dst)-o < 12 {
			break
		}
		x := word(src, i)
		high := x & highs
		if ctl := controls(x); ctl != 0 {
			if ctl = forbidden(x, ctl); ctl != 0 && (high == 0 || bits.TrailingZeros64(ctl) < bits.TrailingZeros64(high)) {
				break // the loop below finds the place
			}
		}
		binary.LittleEndian.PutUint64(dst[o:o+8:o+8], x)
		if high == 0 {
			i += 8
			o += 8
			continue
		}
		k := bits.TrailingZeros64(high) >> 3
		i += k
		o += k
		e := c.table[src[i]]
		if e == 0 {
			return o, i, badEncoding, all&oddByte != 0
		}
		binary.LittleEndian.PutUint32(dst[o:o+4:o+4], e)
		all |= e
		i++
		o += int(e >> 24 & 7)
	}
	for i < len(src) {
		if len(dst)-o < 4 {
			return o, i, destFull, all&oddByte != 0
		}
		e := c.table[src[i]]
		if e == 0 {
			if src[i] < utf8.RuneSelf {
				return o, i, badCharacter, all&oddByte != 0
			}
			return o, i, badEncoding, all&oddByte != 0
		}
		binary.LittleEndian.PutUint32(dst[o:o+4:o+4], e)
		all |= e
		i++
		o += int(e >> 24 & 7)
	}
	return o, i, validAll, all&oddByte != 0
}
