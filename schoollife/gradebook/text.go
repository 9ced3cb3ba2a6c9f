package gradebook

import (
	"strings"
	"unicode"
	"unicode/utf16"

	"github.com/opencartable/cartable/ent"
)

// The limits of texts, in UTF-16 units, as the ministry's validator counts them: see [TextLength].
const (
	MaxAppreciation = 600
	MaxSynthesis    = 1000
	maxWhy          = 300
	maxLabel        = 150
	maxCode         = 40
)

// TextLength counts UTF-16 units: an emoji counts 2.
func TextLength(s string) int { return len(utf16.Encode([]rune(s))) }

// CleanText makes a text fit for a bulletin and for the LSU: line ends become LF, characters that XML forbids and other
// control characters go, a tab becomes a space, blanks around go. It returns how many characters were changed; nothing is
// cut.
func CleanText(s string) (clean string, changed int) {
	s = strings.ToValidUTF8(s, "\uFFFD")
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == '\r' && strings.HasPrefix(s[i:], "\r\n"):
			changed++
		case r == '\r', r == '\u2028', r == '\u2029', r == '\u0085':
			b.WriteByte('\n')
			changed++
		case r == '\n':
			b.WriteByte('\n')
		case r == '\t':
			b.WriteByte(' ')
			changed++
		case unicode.IsControl(r), r == '\uFFFE', r == '\uFFFF', bidi(r):
			changed++
		default:
			b.WriteRune(r)
		}
	}
	return strings.TrimSpace(b.String()), changed
}

// bidi reports a character that changes the direction of what is written around it.
func bidi(r rune) bool { return r >= '\u202A' && r <= '\u202E' || r >= '\u2066' && r <= '\u2069' }

// text cleans a text and refuses a long one.
func text(s string, limit int) (string, ent.Issues) {
	var issues ent.Issues
	clean, changed := CleanText(s)
	if changed > 0 {
		issues = append(issues, catalog().New(CodeText, ent.Pos{}, "", ent.Count("count", int64(changed))))
	}
	if TextLength(clean) > limit {
		issues = append(issues, catalog().New(CodeLong, ent.Pos{}, "", ent.Count("count", int64(limit))))
	}
	return clean, issues
}
