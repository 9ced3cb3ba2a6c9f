package ent

import (
	"log/slog"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Name is the name of a person as a source gives it: case and accents are kept as they came. It is personal data: logs
// redact it.
type Name struct {
	// Title is the civility: "M." or "Mme".
	Title string `json:"title,omitempty"`
	// Family is the name in use, Birth the name at birth when it is known.
	Family string `json:"family"`
	Birth  string `json:"birth,omitempty"`
	// Given is the first name in use, Others all the first names known, in the order of the civil register.
	Given  string   `json:"given"`
	Others []string `json:"others,omitempty"`
}

// Display returns the last name in upper case, then the first name with capitals: the form of registers and class lists.
func (n Name) Display() string {
	return strings.TrimSpace(strings.ToUpper(n.Family) + " " + CaseName(n.Given))
}

// Spoken returns the first name, then the last name, both with capitals: the form of a letter.
func (n Name) Spoken() string {
	return strings.TrimSpace(CaseName(n.Given) + " " + CaseName(n.Family))
}

// LogValue hides the name.
func (n Name) LogValue() slog.Value { return redacted() }

// CaseName returns a name with its capitals: Jean-Pierre, d'Almeida, de La Tour, O'Brien. A name that already mixes
// upper and lower case is kept as it is: its source knew.
func CaseName(s string) string {
	if strings.ToUpper(s) != s && strings.ToLower(s) != s {
		return s
	}
	var b strings.Builder
	words := strings.Fields(strings.ToLower(s))
	for i, w := range words {
		if i > 0 {
			b.WriteByte(' ')
		}
		// Only de and du stay in lower case: la and le take a capital after de.
		if (w == "de" || w == "du") && len(words) > 1 && i < len(words)-1 {
			b.WriteString(w)
			continue
		}
		caseWord(&b, w)
	}
	return b.String()
}

// caseWord writes a word with a capital at its start and after each hyphen and apostrophe, but for the elided d'.
func caseWord(b *strings.Builder, w string) {
	for i, part := range strings.Split(w, "-") {
		if i > 0 {
			b.WriteByte('-')
		}
		if rest, ok := cutElision(part); ok {
			b.WriteString(part[:len(part)-len(rest)])
			part = rest
		}
		start := true
		for _, r := range part {
			if start {
				r = unicode.ToTitle(r)
			}
			start = r == '\'' || r == '’'
			b.WriteRune(r)
		}
	}
}

// cutElision returns what follows d' at the start of a word.
func cutElision(w string) (string, bool) {
	if len(w) < 3 || w[0] != 'd' {
		return "", false
	}
	r, size := utf8.DecodeRuneInString(w[1:])
	if r != '\'' && r != '’' {
		return "", false
	}
	return w[1+size:], w[1+size:] != ""
}
