package xmlscan

import "unicode/utf8"

// Classes of bytes.
const (
	clsNameStart = 1 << iota // ASCII that may start a name
	clsName                  // ASCII that may be in a name, and any byte from 0x80
	clsHigh                  // any byte from 0x80
	clsColon
	clsSpace
	clsRef // what needs care in character data: & CR ]
	clsVal // what needs care in an attribute value: & CR < and the quotes
)

var class = func() (t [256]uint8) {
	for c := range 256 {
		switch {
		case c >= 0x80:
			t[c] = clsName | clsHigh
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', c == '_':
			t[c] = clsNameStart | clsName
		case c == ':':
			t[c] = clsNameStart | clsName | clsColon
		case '0' <= c && c <= '9', c == '-', c == '.':
			t[c] = clsName
		case c == ' ', c == '\t', c == '\n':
			t[c] = clsSpace
		case c == '\r':
			t[c] = clsSpace | clsRef | clsVal
		case c == '&':
			t[c] = clsRef | clsVal
		case c == ']':
			t[c] = clsRef
		case c == '<', c == '"', c == '\'':
			t[c] = clsVal
		}
	}
	return t
}()

// checkName returns the length of the prefix of b that is a name: ASCII name
// characters and Latin letters. It is a subset of what encoding/xml accepts.
func checkName(b []byte) int {
	i := 0
	for i < len(b) {
		c := b[i]
		if c < utf8.RuneSelf {
			cl := class[c]
			if cl&clsName == 0 || i == 0 && cl&clsNameStart == 0 {
				return i
			}
			i++
			continue
		}
		r, n := utf8.DecodeRune(b[i:])
		if !latinLetter(r) && (r != 0xB7 || i == 0) {
			return i
		}
		i += n
	}
	return i
}

// latinLetter reports whether r is a letter of the Latin-1 or Latin Extended-A
// blocks that XML 1.0 accepts in names in all its editions.
func latinLetter(r rune) bool {
	switch {
	case r < 0xC0 || r == 0xD7 || r == 0xF7:
		return false
	case r <= 0x131:
		return true
	case r < 0x134 || r == 0x13F || r == 0x140 || r == 0x149:
		return false
	}
	return r <= 0x17E
}

// scanName scans a name at b[i:], which needs one byte after it, and returns
// the index after it. A qualified name has at most one colon. The code is the
// one of a missing name.
func (s *Scanner) scanName(b []byte, i int, qualified bool, code ErrorCode, what string) (int, bool) {
	j := i
	var all uint8
	for {
		if j >= len(b) {
			return needMore, false
		}
		c := class[b[j]]
		if c&clsName == 0 {
			break
		}
		all |= c
		j++
	}
	if j == i || class[b[i]]&(clsNameStart|clsHigh) == 0 {
		return s.fail(code, what+" expected", i, nil), false
	}
	if all&(clsHigh|clsColon) != 0 && !s.checkRareName(b, i, j, qualified) {
		return failed, false
	}
	return j, true
}

// checkRareName checks what is rare in names: colons, letters beyond ASCII.
func (s *Scanner) checkRareName(b []byte, i, j int, qualified bool) bool {
	if n := checkName(b[i:j]); n < j-i {
		s.fail(CodeName, "character not accepted in a name", i+n, nil)
		return false
	}
	if !qualified {
		return true
	}
	colons := 0
	for k := i; k < j; k++ {
		if b[k] == ':' {
			if colons++; colons > 1 {
				s.fail(CodeSyntax, "more than one colon in a name", k, nil)
				return false
			}
		}
	}
	return true
}
