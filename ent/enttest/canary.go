package enttest

import (
	"strings"
)

// canaryMark stands in every name, mail and address line of a canary academy; canaryDigits begins its national and
// school numbers, canaryPair is the pair of digits after the range of its phones, and all its persons are born on 7 July.
const (
	canaryMark   = "CANARI"
	canaryDigits = "77777"
	canaryPair   = 77
	canaryDay    = 7
	canaryMonth  = 7
)

// canaryFamily returns a last name that holds the mark, in one of the forms that real ones take.
func canaryFamily(d *draw) word {
	name := canaryMark + canaryCode(d)
	switch d.n(8) {
	case 0:
		name = "D'" + name
	case 1:
		name = "DE LA " + name
	case 2:
		name += "É"
	case 3:
		name = "ŒU" + name
	case 4:
		name += "-" + canaryMark
	}
	return newWord(name)
}

func canaryGiven(d *draw) word {
	name := "Canari" + strings.ToLower(canaryCode(d))
	switch d.n(6) {
	case 0:
		name += "ï"
	case 1:
		name = "Ève-" + name
	}
	return newWord(name)
}

// canaryCode tells the marks apart, so that one that leaks leads to its origin.
func canaryCode(d *draw) string {
	b := make([]byte, 4)
	for i := range b {
		b[i] = "BCDFGHJKLMNPQRSTVWXZ"[d.n(20)]
	}
	return string(b)
}

// Marks describes the marks of a canary academy, for the message of a test; none otherwise.
func (a *Academy) Marks() []string {
	if !a.canary {
		return nil
	}
	return []string{canaryMark, canaryDigits, "+33 1 99 00 77", "+33 6 39 98 77", "07/07 of a year of birth"}
}

// FindMark returns the first personal value of the canary academy found in a text: a name, a mail, an address line, a
// phone, a date of birth, a national or school number, in any of the forms that programs give them. It finds nothing in
// the values of another academy, nor in identifiers, towns, schools, classes, programmes and regimes, which may be shown.
func (a *Academy) FindMark(text string) (mark string, found bool) {
	if !a.canary {
		return "", false
	}
	for i := range len(text) - len(canaryMark) + 1 {
		if strings.EqualFold(text[i:i+len(canaryMark)], canaryMark) {
			return strings.ToValidUTF8(text[i:min(len(text), i+len(canaryMark)+12)], ""), true
		}
	}
	// Numbers are looked for without what programs put between their digits.
	var digits, dates strings.Builder
	for i := range len(text) {
		c := text[i]
		switch {
		case '0' <= c && c <= '9':
			digits.WriteByte(c)
			dates.WriteByte(c)
		case c == ' ' || c == '.' || c == '-' || c == '/':
			dates.WriteByte('-')
			if c == '/' {
				digits.WriteByte('/')
			}
		default:
			digits.WriteByte('x')
			dates.WriteByte('x')
		}
	}
	for _, m := range []string{canaryDigits, "1990077", "6399877"} {
		if strings.Contains(digits.String(), m) {
			return m, true
		}
	}
	if m, ok := a.findBirth(dates.String()); ok {
		return m, true
	}
	lower := strings.ToLower(text)
	for _, m := range []string{"7 juillet ", "july 7, ", "7 july ", "jul 7, ", "7 jul "} {
		if i := strings.Index(lower, m); i >= 0 && a.birthYear(yearAt(lower, i+len(m))) {
			return lower[i : i+len(m)+4], true
		}
	}
	return "", false
}

// findBirth looks for 7 July of a year in which a person was born: dates of today are not personal.
func (a *Academy) findBirth(text string) (string, bool) {
	for i := range len(text) {
		rest := text[i:]
		switch {
		case strings.HasPrefix(rest, "07-07-") && a.birthYear(yearAt(rest, 6)):
			return rest[:10], true
		case strings.HasPrefix(rest, "-07-07") && i >= 4 && a.birthYear(yearAt(text, i-4)):
			return text[i-4 : i+6], true
		case strings.HasPrefix(rest, "0707") && i >= 4 && a.birthYear(yearAt(text, i-4)):
			return text[i-4 : i+4], true
		case strings.HasPrefix(rest, "0707") && a.birthYear(yearAt(rest, 4)):
			return rest[:8], true
		}
	}
	return "", false
}

func (a *Academy) birthYear(year string) bool {
	return len(year) == 4 && year >= "1930" && year <= a.year.First().String()[:4]
}

// yearAt returns the four digits that stand at a place, "" when something else does.
func yearAt(s string, at int) string {
	const n = 4
	if at < 0 || at+n > len(s) {
		return ""
	}
	s = s[at : at+n]
	for i := range n {
		if s[i] < '0' || s[i] > '9' {
			return ""
		}
	}
	return s
}
