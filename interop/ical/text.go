package ical

import (
	"strings"
	"unicode/utf8"
)

// clean returns a line without what is not text: broken UTF-8 is replaced, control characters but tabs are dropped. It reports
// whether the line was text already.
func clean(s string) (string, bool) {
	plain := true
	for i := range len(s) {
		if c := s[i]; c < ' ' && c != '\t' || c >= 0x7f {
			plain = false
			break
		}
	}
	if plain || utf8.ValidString(s) && strings.IndexFunc(s, control) < 0 {
		return s, true
	}
	return strings.Map(func(r rune) rune {
		if control(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD")), false
}

func control(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }

// appendText appends a TEXT value, escaped (RFC 5545, 3.3.11).
func appendText(b []byte, s string) []byte {
	if strings.IndexByte(s, '\n') < 0 {
		s, _ = clean(s)
		return appendEscaped(b, s)
	}
	first := true
	for line := range strings.SplitSeq(s, "\n") {
		if !first {
			b = append(b, `\n`...)
		}
		first = false
		line, _ = clean(line)
		b = appendEscaped(b, line)
	}
	return b
}

func appendEscaped(b []byte, s string) []byte {
	for {
		i := strings.IndexAny(s, `\;,`)
		if i < 0 {
			return append(b, s...)
		}
		b = append(append(b, s[:i]...), '\\', s[i])
		s = s[i+1:]
	}
}

// unescape reads a TEXT value. A backslash before anything else stays.
func unescape(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b = append(b, s[i])
			continue
		}
		i++
		switch s[i] {
		case 'n', 'N':
			b = append(b, '\n')
		case '\\', ';', ',':
			b = append(b, s[i])
		default:
			b = append(b, '\\', s[i])
		}
	}
	return string(b)
}

// splitText reads a list of TEXT values; empty ones are dropped.
func splitText(list []string, s string) []string {
	start := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case ',':
			list = appendFilled(list, s[start:i])
			start = i + 1
		}
	}
	return appendFilled(list, s[start:])
}

func appendFilled(list []string, s string) []string {
	if s = unescape(s); s != "" {
		list = append(list, s)
	}
	return list
}

// appendFolded ends the line that begins at start: CRLF, and a fold after 75 octets at the most, never inside a character.
func appendFolded(b []byte, start int) []byte {
	const width = 75
	if len(b)-start <= width {
		return append(b, "\r\n"...)
	}
	line := string(b[start:])
	b = b[:start]
	for room := width; len(line) > room; room = width - 1 {
		cut := room
		for cut > 1 && !utf8.RuneStart(line[cut]) {
			cut--
		}
		b = append(append(b, line[:cut]...), "\r\n "...)
		line = line[cut:]
	}
	return append(append(b, line...), "\r\n"...)
}
