package gradebook_test

import (
	"encoding/xml"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/opencartable/cartable/schoollife/gradebook"
)

func TestCleanText(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                        "",
		" \t\r\n ":                "",
		"a\r\nb\rc\nd":            "a\nb\nc\nd",
		"a\tb":                    "a b",
		"a\x00b\x1bc\x7f":         "abc",
		"a\u2028b\u0085c":         "a\nb\nc",
		"\ufffe\uffffx":           "x",
		"Élève \u202eesrever":     "Élève esrever",
		"not \xff utf-8":          "not \ufffd utf-8",
		"« Très bien ! » 🎓":       "« Très bien ! » 🎓",
		"  spaces   inside stay ": "spaces   inside stay",
	} {
		got, _ := gradebook.CleanText(in)
		assert.Equal(t, want, got, "%q", in)
	}
	_, changed := gradebook.CleanText("rien à changer\nni ici")
	assert.Zero(t, changed)
	assert.Equal(t, 2, gradebook.TextLength("🎓"))
}

// FuzzCleanText: what comes out may stand in an XML file and in a database, says the same when it is cleaned again, and is not
// longer.
func FuzzCleanText(f *testing.F) {
	for _, s := range []string{"", "Bien.\r\nTrès\x00 bien.", "\u202e🎓\xff", "\t \u2028"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		clean, changed := gradebook.CleanText(s)
		again, more := gradebook.CleanText(clean)
		if again != clean || more != 0 {
			t.Fatalf("%q becomes %q, then %q", s, clean, again)
		}
		if changed == 0 && clean != strings.TrimSpace(s) && strings.ToValidUTF8(s, "") == s {
			t.Fatalf("%q changed in silence to %q", s, clean)
		}
		if strings.ContainsAny(clean, "\r\x00") {
			t.Fatalf("%q", clean)
		}
		var b strings.Builder
		if err := xml.EscapeText(&b, []byte(clean)); err != nil || strings.Contains(b.String(), "\uFFFD") && !strings.Contains(clean, "\uFFFD") {
			t.Fatalf("%q is not XML: %v", clean, err)
		}
	})
}
