package lsu

import (
	"bytes"
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/opencartable/cartable/ent"
)

// fault is why a value is not of its type; want and have are counts, or 0.
type fault struct {
	code       ent.Code
	want, have int
}

// check judges a value in the order of the JDK's validator: pattern, lexical form, lengths, list, bounds.
func (s *simple) check(v []byte) (fault, bool) {
	if s.base != baseString {
		v = trimXML(v)
	}
	if s.notBlank && !spelled(v) || s.digits != "" && (len(v) != 1 || v[0] < s.digits[0] || v[0] > s.digits[1]) || s.lock && !isLock(v) {
		return fault{code: CodePattern}, false
	}
	switch s.base {
	case baseString:
	case baseInt:
		return s.checkInt(v)
	case baseDate:
		return lexical(isDate(v))
	case baseDateTime:
		return lexical(isDateTime(v))
	case baseBool:
		return lexical(string(v) == "true" || string(v) == "false" || string(v) == "1" || string(v) == "0")
	case baseID, baseRef:
		return lexical(isNCName(v))
	case baseRefs:
		n := 0
		for item := range fields(v) {
			n++
			if !isNCName(item) {
				return fault{code: CodeDatatype}, false
			}
		}
		if n < s.minLen {
			return fault{CodeMinLength, s.minLen, n}, false
		}
		return fault{}, true
	}
	// Bytes are at least as many as units, so that most values need no counting.
	if fits := len(v) > 0 && s.length == 0 && s.minLen <= 1 && (s.maxLen == 0 || len(v) <= s.maxLen); !fits {
		n := units(v)
		switch {
		case s.length > 0 && n != s.length:
			return fault{CodeLength, s.length, n}, false
		case n < s.minLen:
			return fault{CodeMinLength, s.minLen, n}, false
		case s.maxLen > 0 && n > s.maxLen:
			return fault{CodeMaxLength, s.maxLen, n}, false
		}
	}
	if s.enum != nil {
		return fault{code: CodeEnumeration}, slices.Contains(s.enum, string(v))
	}
	return fault{}, true
}

func lexical(ok bool) (fault, bool) { return fault{code: CodeDatatype}, ok }

func (s *simple) checkInt(v []byte) (fault, bool) {
	negative, digits := false, v
	if len(v) > 0 && (v[0] == '+' || v[0] == '-') {
		negative, digits = v[0] == '-', v[1:]
	}
	if len(digits) == 0 {
		return fault{code: CodeDatatype}, false
	}
	for _, c := range digits {
		if c < '0' || c > '9' {
			return fault{code: CodeDatatype}, false
		}
	}
	if !s.bounded {
		return fault{}, true
	}
	digits = bytes.TrimLeft(digits, "0")
	n := 0
	if len(digits) > 12 { // beyond every bound
		n = 1 << 50
	} else {
		for _, c := range digits {
			n = n*10 + int(c-'0')
		}
	}
	if negative {
		n = -n
	}
	switch {
	case n < s.min:
		return fault{code: CodeMinInclusive, want: s.min}, false
	case s.max > 0 && n > s.max:
		return fault{code: CodeMaxInclusive, want: s.max}, false
	}
	return fault{}, true
}

// units counts UTF-16 units, as the JDK does: a character outside the basic plane counts for two.
func units(v []byte) int {
	n := 0
	for i := 0; i < len(v); {
		c := v[i]
		switch {
		case c < 0x80:
			i++
		case c < 0xe0:
			i += 2
		case c < 0xf0:
			i += 3
		default:
			i += 4
			n++
		}
		n++
	}
	return n
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

func trimXML(v []byte) []byte {
	for len(v) > 0 && isSpace(v[0]) {
		v = v[1:]
	}
	for len(v) > 0 && isSpace(v[len(v)-1]) {
		v = v[:len(v)-1]
	}
	return v
}

func blank(v []byte) bool { return len(trimXML(v)) == 0 }

// spelled is the pattern (.|\n)*[^\s](.|\n)*, in which the dot leaves out the carriage return.
func spelled(v []byte) bool { return !blank(v) && bytes.IndexByte(v, '\r') < 0 }

// fields yields the items of a list.
func fields(v []byte) func(func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for i := 0; i < len(v); {
			for i < len(v) && isSpace(v[i]) {
				i++
			}
			start := i
			for i < len(v) && !isSpace(v[i]) {
				i++
			}
			if i > start && !yield(v[start:i]) {
				return
			}
		}
	}
}

func allDigits(v []byte) bool {
	for _, c := range v {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(v) > 0
}

func isLock(v []byte) bool {
	if len(v) < 10 || !allDigits(v[:4]) || v[4] != '-' || !allDigits(v[5:7]) || v[7] != '-' || !allDigits(v[8:10]) {
		return false
	}
	if len(v) == 10 {
		return true
	}
	return len(v) == 19 && v[10] == 'T' && allDigits(v[11:13]) && v[13] == ':' && allDigits(v[14:16]) && v[16] == ':' && allDigits(v[17:19])
}

// zone takes the time zone off a date or an hour.
func zone(v []byte) (rest []byte, ok bool) {
	if len(v) > 0 && v[len(v)-1] == 'Z' {
		return v[:len(v)-1], true
	}
	if n := len(v) - 6; n > 0 && (v[n] == '+' || v[n] == '-') && allDigits(v[n+1:n+3]) && v[n+3] == ':' && allDigits(v[n+4:]) {
		h, m := two(v[n+1:]), two(v[n+4:])
		return v[:n], m < 60 && h < 14 || h == 14 && m == 0
	}
	return v, true
}

func two(v []byte) int { return int(v[0]-'0')*10 + int(v[1]-'0') }

func isDate(v []byte) bool {
	v, ok := zone(v)
	return ok && isDay(v)
}

// isDay takes the years of four digits, those of a school.
func isDay(v []byte) bool {
	if len(v) != 10 {
		return false
	}
	_, err := ent.ParseDate(string(v))
	return err == nil
}

func isDateTime(v []byte) bool {
	v, ok := zone(v)
	if !ok || len(v) < 19 || !isDay(v[:10]) || !isLock(v[:19]) || two(v[14:]) > 59 || two(v[17:]) > 59 {
		return false
	}
	if len(v) > 19 && (v[19] != '.' || !allDigits(v[20:])) {
		return false
	}
	h := two(v[11:])
	return h < 24 || h == 24 && two(v[14:]) == 0 && two(v[17:]) == 0
}

// isNCName reports whether a text may be an xs:ID.
func isNCName(v []byte) bool {
	for i := 0; i < len(v); {
		c := v[i]
		if c < utf8.RuneSelf {
			letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_'
			if !letter && (i == 0 || !('0' <= c && c <= '9' || c == '-' || c == '.')) {
				return false
			}
			i++
			continue
		}
		r, n := utf8.DecodeRune(v[i:])
		if r == utf8.RuneError || !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r) && !unicode.Is(unicode.M, r)) {
			return false
		}
		i += n
	}
	return len(v) > 0
}
