package lsu

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// clean normalises a text: CR LF and CR become LF, what XML 1.0 does not allow is removed and counted, white space is
// trimmed, so that a blank text is missing.
func clean(s string) (string, int) {
	plain := true
	for i := range len(s) {
		if c := s[i]; c < 0x20 && c != '\n' && c != '\t' || c == 0xef || c >= utf8.RuneSelf && !utf8.ValidString(s) {
			plain = false
			break
		} else if c >= utf8.RuneSelf { // valid: only U+FFFE and U+FFFF are left to look for
			plain = !strings.Contains(s, "\ufffe") && !strings.Contains(s, "\uffff") && !hasControl(s[i:])
			break
		}
	}
	if plain {
		return strings.TrimSpace(s), 0
	}
	var b strings.Builder
	removed := 0
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '\r':
			b.WriteByte('\n')
			if i+1 < len(s) && s[i+1] == '\n' {
				i++
			}
		case r == utf8.RuneError && n == 1, r < 0x20 && r != '\n' && r != '\t', r == 0xfffe, r == 0xffff:
			removed++
		default:
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	return strings.TrimSpace(b.String()), removed
}

func hasControl(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < 0x20 && c != '\n' && c != '\t' {
			return true
		}
	}
	return false
}

// cleanLine normalises a value that stands on one line: a line feed or a tab becomes a space.
func cleanLine(s string) (string, int) {
	s, n := clean(s)
	if strings.ContainsAny(s, "\n\t") {
		s = strings.Map(func(r rune) rune {
			if r == '\n' || r == '\t' {
				return ' '
			}
			return r
		}, s)
	}
	return s, n
}

// tidy is clean for a text that the scanner has read: it holds nothing that XML does not allow.
func tidy(b []byte) string {
	if bytes.IndexByte(b, '\r') >= 0 {
		s, _ := clean(string(b))
		return s
	}
	return string(bytes.TrimSpace(b))
}

// tidyLine is cleanLine for a value that the scanner has read.
func tidyLine(b []byte) string {
	if bytes.ContainsAny(b, "\r\n\t") {
		s, _ := cleanLine(string(b))
		return s
	}
	return string(bytes.TrimSpace(b))
}
