package xmlscan

import (
	"bytes"
	"unicode/utf8"
)

// text scans the character data at b[i:], which is not empty.
func (s *Scanner) text(b []byte, i int) int {
	n := bytes.IndexByte(b[i:], '<')
	if n < 0 {
		return needMore
	}
	return s.textEnd(b, i, i+n)
}

// textEnd handles the character data b[i:j].
func (s *Scanner) textEnd(b []byte, i, j int) int {
	if s.amp < i {
		s.amp = nextIndex(b, i, '&')
	}
	if s.ret < i {
		s.ret = nextIndex(b, i, '\r')
	}
	if s.brk < i {
		s.brk = nextIndex(b, i, ']')
	}
	switch {
	case s.depth == 0 && !isSpace(b[i:j]):
		for class[b[i]]&clsSpace != 0 {
			i++
		}
		return s.fail(CodeOutside, "text outside the root element", i, nil)
	case j <= s.amp && j <= s.ret:
		// No copy.
		if s.brk < j {
			if k := bytes.Index(b[i:j], cdataClose); k >= 0 {
				return s.fail(CodeSyntax, "]]> in character data", i+k, nil)
			}
		}
		s.setText(i, j)
		return j - i
	}
	s.scratch = s.scratch[:0]
	if !s.decode(b, i, j, false) {
		return failed
	}
	s.tlo, s.thi, s.inScratch = 0, len(s.scratch), true
	return j - i
}

// nextIndex returns the index of the first c of b from i on, the length of b
// if there is none.
func nextIndex(b []byte, i int, c byte) int {
	if k := bytes.IndexByte(b[i:], c); k >= 0 {
		return i + k
	}
	return len(b)
}

// cdata scans the section at b[i:].
func (s *Scanner) cdata(b []byte, i int) int {
	rest := b[i:]
	if n := min(len(rest), len(cdataOpen)); !bytes.Equal(rest[:n], cdataOpen[:n]) {
		return s.fail(CodeSyntax, "invalid <![ sequence", i, nil)
	}
	if len(rest) <= len(cdataOpen) {
		return needMore
	}
	if s.depth == 0 {
		return s.fail(CodeOutside, "CDATA section outside the root element", i, nil)
	}
	lo := i + len(cdataOpen)
	n := bytes.Index(b[lo:], cdataClose)
	if n < 0 {
		return needMore
	}
	s.setText(lo, lo+n)
	if bytes.IndexByte(b[lo:lo+n], '\r') >= 0 {
		s.scratch = appendFolded(s.scratch[:0], b[lo:lo+n])
		s.tlo, s.thi, s.inScratch = 0, len(s.scratch), true
	}
	return lo + n + len(cdataClose) - i
}

// appendFolded appends b with CR LF and CR folded to LF.
func appendFolded(out, b []byte) []byte {
	for {
		k := bytes.IndexByte(b, '\r')
		if k < 0 {
			return append(out, b...)
		}
		out = append(out, b[:k]...)
		out = append(out, '\n')
		if b = b[k+1:]; len(b) > 0 && b[0] == '\n' {
			b = b[1:]
		}
	}
}

// decode appends to the scratch buffer the value of b[i:j]: references
// replaced, line ends folded. "]]>" is refused, save in an attribute.
func (s *Scanner) decode(b []byte, i, j int, inAttr bool) bool {
	out := s.scratch
	for i < j {
		k := i
		for k < j && class[b[k]]&clsRef == 0 {
			k++
		}
		out = append(out, b[i:k]...)
		i = k
		if i == j {
			break
		}
		switch b[i] {
		case '\r':
			out = append(out, '\n')
			if i++; i < j && b[i] == '\n' {
				i++
			}
		case ']':
			if !inAttr && j-i >= 3 && b[i+1] == ']' && b[i+2] == '>' {
				s.fail(CodeSyntax, "]]> in character data", i, nil)
				return false
			}
			out = append(out, ']')
			i++
		default:
			r, n := s.reference(b[:j], i)
			if n == 0 {
				return false
			}
			out = utf8.AppendRune(out, r)
			i += n
		}
	}
	s.scratch = out
	return true
}

// reference returns the character that the reference at b[i:] stands for, and
// the length of the reference, 0 when it is refused.
func (s *Scanner) reference(b []byte, i int) (rune, int) {
	if i+1 < len(b) && b[i+1] == '#' {
		return s.charRef(b, i)
	}
	j := i + 1
	for j < len(b) && class[b[j]]&clsName != 0 {
		j++
	}
	name := b[i+1 : j]
	if j == len(b) || b[j] != ';' || len(name) == 0 {
		s.fail(CodeSyntax, "& that starts no reference", i, nil)
		return 0, 0
	}
	n := j + 1 - i
	switch string(name) {
	case "lt":
		return '<', n
	case "gt":
		return '>', n
	case "amp":
		return '&', n
	case "apos":
		return '\'', n
	case "quot":
		return '"', n
	}
	if r, ok := htmlEntities[string(name)]; ok && s.opt.Lenient {
		s.noteEntity(name, i)
		return r, n
	}
	s.fail(CodeEntity, "unknown entity", i, name)
	return 0, 0
}

// charRef decodes the numeric reference at b[i:].
func (s *Scanner) charRef(b []byte, i int) (rune, int) {
	j := i + 2
	var r rune
	digits := 0
	if j < len(b) && b[j] == 'x' {
		for j++; j < len(b); j++ {
			d := hexDigit(b[j])
			if d > 15 {
				break
			}
			digits++
			r = min(r<<4|rune(d), utf8.MaxRune+1)
		}
	} else {
		for ; j < len(b) && b[j]-'0' <= 9; j++ {
			digits++
			r = min(r*10+rune(b[j]-'0'), utf8.MaxRune+1)
		}
	}
	if digits == 0 || j == len(b) || b[j] != ';' {
		s.fail(CodeSyntax, "malformed character reference", i, nil)
		return 0, 0
	}
	if !isChar(r) {
		s.fail(CodeCharacter, "reference to a character not allowed in XML", i, nil)
		return 0, 0
	}
	return r, j + 1 - i
}

// hexDigit returns the value of a hexadecimal digit, more than 15 otherwise.
func hexDigit(c byte) byte {
	switch {
	case c-'0' <= 9:
		return c - '0'
	case c|0x20-'a' <= 5:
		return c | 0x20 - 'a' + 10
	}
	return 255
}
