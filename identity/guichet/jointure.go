package guichet

import (
	"fmt"
	"log/slog"
	"strings"
)

// Jointure is an ENTPersonJointure: source$key, such as AC-RENNES$5123456. It is personal data.
type Jointure struct{ Source, Key string }

// LogValue hides the jointure.
func (j Jointure) LogValue() slog.Value { return redacted() }

// String hides the jointure; see Encode.
func (j Jointure) String() string { return hidden }

// GoString hides the jointure.
func (j Jointure) GoString() string { return hidden }

// ParseJointure reads a value, trimmed at its ends. It returns CodeJointure for another form.
func ParseJointure(s string) (Jointure, error) {
	source, key, ok := strings.Cut(strings.TrimSpace(s), "$")
	if !ok || !opaque(source) || !opaque(key) || strings.Contains(key, "$") {
		return Jointure{}, fmt.Errorf("guichet: jointure: %w", CodeJointure)
	}
	return Jointure{source, key}, nil
}

// Encode writes source$key. It returns CodeJointure for one that ParseJointure would not read.
func (j Jointure) Encode() (string, error) {
	s := j.Source + "$" + j.Key
	if back, err := ParseJointure(s); err != nil || back != j {
		return "", fmt.Errorf("guichet: jointure: %w", CodeJointure)
	}
	return s, nil
}
