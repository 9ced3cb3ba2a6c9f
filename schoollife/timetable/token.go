package timetable

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/opencartable/cartable/ent"
)

// Token lets whoever knows its secret read one timetable as a calendar, until it is revoked. The secret is in the address that a
// person gives to a calendar program; only its hash is kept.
type Token struct {
	// Hash is the SHA-256 of the secret, in hexadecimal.
	Hash string `json:"hash"`
	// Person made it, and may revoke it. Of is whose timetable it opens.
	Person ent.ID `json:"person"`
	Of     Ref    `json:"of"`
	// School is the establishment.
	School  ent.ID    `json:"school"`
	Created time.Time `json:"created"`
	Revoked time.Time `json:"revoked,omitzero"`
}

// LogValue hides the token.
func (Token) LogValue() slog.Value { return slog.StringValue("[redacted]") }

// NewToken makes a token and its secret, which is shown once: 256 bits of random, the system's when it is nil.
func NewToken(random io.Reader, t Token) (secret string, made Token, err error) {
	if random == nil {
		random = rand.Reader
	}
	var b [32]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", Token{}, fmt.Errorf("timetable: token: %w", err)
	}
	secret = base64.RawURLEncoding.EncodeToString(b[:])
	t.Hash = HashToken(secret)
	return secret, t, nil
}

// HashToken returns the hash of a secret, by which a store finds its token: the time of the search tells nothing of another secret.
func HashToken(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// Opens reports whether a secret is that of a token that is not revoked.
func (t *Token) Opens(secret string) bool {
	return subtle.ConstantTimeCompare([]byte(t.Hash), []byte(HashToken(secret))) == 1 && t.Revoked.IsZero()
}
