package guichet

import (
	"fmt"
	"log/slog"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/opencartable/cartable/ent"
)

const (
	// maxValue is the length of one value in bytes: a delegation over fifty schools fits.
	maxValue = 4096
	// maxValues is how many values one attribute may have.
	maxValues = 64
	// maxID is the length of an identifier.
	maxID = 256

	hidden = "[redacted]"
)

func redacted() slog.Value { return slog.StringValue(hidden) }

// printable reports whether a value is text of a decent length, without control characters.
func printable(s string) bool {
	return len(s) <= maxValue && utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}

// opaque reports whether s can be an identifier chosen by somebody else: not empty, not too long, no space.
func opaque(s string) bool {
	return s != "" && len(s) <= maxID && printable(s) && !strings.ContainsFunc(s, unicode.IsSpace)
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}

func tooMany(values []string) error {
	if len(values) > maxValues {
		return fmt.Errorf("guichet: %w", CodeLimit)
	}
	return nil
}

// parseUAI reads a UAI whose letter may be in lower case.
func parseUAI(s string) (ent.UAI, error) {
	s = strings.TrimSpace(s)
	if n := len(s); n == 8 && 'a' <= s[7] && s[7] <= 'z' {
		s = s[:7] + string(s[7]-'a'+'A')
	}
	return ent.ParseUAI(s)
}
