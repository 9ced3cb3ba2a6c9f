package xmlscan

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// Eight bytes are examined at once in a 64-bit word; ones and highs have the
// lowest and the highest bit of each byte set.
const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// word loads the eight bytes at b[i:].
func word(b []byte, i int) uint64 { return binary.LittleEndian.Uint64(b[i : i+8 : i+8]) }

// bytesEqual marks with its high bit each byte of x that equals c.
func bytesEqual(x uint64, c byte) uint64 {
	y := x ^ uint64(c)*ones
	return ^((y | highs) - ones) &^ y & highs
}

// controls marks with its high bit each byte of x below 0x20.
func controls(x uint64) uint64 {
	return ^((x | highs) - 0x20*ones) &^ x & highs
}

// forbidden keeps in ctl, the result of controls, the bytes that XML refuses:
// all but tab, LF and CR.
func forbidden(x, ctl uint64) uint64 {
	ctl &^= bytesEqual(x, '\n')
	if ctl != 0 {
		ctl &^= bytesEqual(x, '\r') | bytesEqual(x, '\t')
	}
	return ctl
}

// rare marks with its high bit, among bytes that are all ASCII, each byte of x
// that is a control other than LF; a byte beyond ASCII is marked, and what
// stands beside it may be.
func rare(x uint64) uint64 {
	notControl := (x | highs) - 0x20*ones
	notLF := ((x ^ '\n'*ones) | highs) - ones
	return (notLF&^notControl | x) & highs
}

// validity is the reason why validation stops.
type validity uint8

const (
	validAll     validity = iota // at the end
	validPartial                 // before an incomplete UTF-8 sequence at the end
	badEncoding                  // before a byte that is not valid in the charset
	badCharacter                 // before a character that XML does not allow
	destFull                     // transcoding only: no more room
)

// validate returns the length of the longest prefix of b that is UTF-8 made
// of characters that XML allows, and why it stops there.
func validate(b []byte) (int, validity) {
	i := 0
	for len(b)-i >= 8 {
		for len(b)-i >= 16 && (rare(word(b, i))|rare(word(b, i+8))) == 0 {
			i += 16
		}
		if len(b)-i < 8 {
			break
		}
		x := word(b, i)
		high := x & highs
		if ctl := controls(x); ctl != 0 {
			if ctl = forbidden(x, ctl); ctl != 0 && (high == 0 || bits.TrailingZeros64(ctl) < bits.TrailingZeros64(high)) {
				return i + bits.TrailingZeros64(ctl)>>3, badCharacter
			}
		}
		if high == 0 {
			i += 8
			continue
		}
		i += bits.TrailingZeros64(high) >> 3
		if c := b[i]; c >= 0xC2 && c < 0xE0 && i+1 < len(b) && b[i+1]&0xC0 == 0x80 {
			i += 2
			continue
		}
		n, v := validRune(b[i:])
		if n == 0 {
			return i, v
		}
		i += n
	}
	for i < len(b) {
		n, v := validRune(b[i:])
		if n == 0 {
			return i, v
		}
		i += n
	}
	return i, validAll
}

// validRune returns the length of the character at the start of b, 0 when it
// is refused, with the reason.
func validRune(b []byte) (int, validity) {
	if c := b[0]; c < utf8.RuneSelf {
		if c < 0x20 && c != '\n' && c != '\r' && c != '\t' {
			return 0, badCharacter
		}
		return 1, validAll
	}
	r, n := utf8.DecodeRune(b)
	switch {
	case r == utf8.RuneError && n == 1:
		if !utf8.FullRune(b) {
			return 0, validPartial
		}
		return 0, badEncoding
	case r == 0xFFFE || r == 0xFFFF:
		return 0, badCharacter
	}
	return n, validAll
}

// runeCount counts the characters of b, which is valid UTF-8.
func runeCount(b []byte) int {
	n, i := len(b), 0
	for ; len(b)-i >= 8; i += 8 {
		// A continuation byte is 10xxxxxx.
		x := word(b, i)
		n -= bits.OnesCount64(x & highs &^ (x << 1))
	}
	for ; i < len(b); i++ {
		if b[i]&0xC0 == 0x80 {
			n--
		}
	}
	return n
}

// isChar reports whether XML allows the character r.
func isChar(r rune) bool {
	switch {
	case r < 0x20:
		return r == '\t' || r == '\n' || r == '\r'
	case r < 0xD800:
		return true
	case r < 0xE000, r == 0xFFFE, r == 0xFFFF:
		return false
	}
	return r <= utf8.MaxRune
}
