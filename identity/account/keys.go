package account

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"io"
	"log/slog"
	"strings"

	"github.com/opencartable/cartable/ent"
)

// MinKey is how many bytes a key has at the least.
const MinKey = 32

// Keys protect what the store must keep and may not show: the secrets of second factors are sealed by AES-256-GCM, activation
// codes and other tokens are kept by a keyed hash. They live outside the database, and are not lost: with them go the printed
// codes and the second factors.
type Keys struct {
	// Current is used for what is new, Old to read what was made before it: at least MinKey random bytes each.
	Current []byte
	Old     [][]byte
}

// LogValue hides the keys.
func (k Keys) LogValue() slog.Value { return redacted() }

// String hides the keys.
func (k Keys) String() string { return hidden }

// GoString hides the keys.
func (k Keys) GoString() string { return hidden }

func (k Keys) sound() bool {
	for _, key := range k.all() {
		if len(key) < MinKey {
			return false
		}
	}
	return true
}

func (k Keys) all() [][]byte { return append([][]byte{k.Current}, k.Old...) }

// derive returns a key for one purpose.
func derive(key []byte, purpose string) []byte {
	out, err := hkdf.Key(sha256.New, key, nil, "cartable.account/1 "+purpose, 32)
	if err != nil {
		return nil // only for a length that SHA-256 cannot give
	}
	return out
}

func mac(key []byte, parts ...string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(strings.Join(parts, "\x00")))
	return h.Sum(nil)
}

// tokenHash is how a token is kept.
func tokenHash(key []byte, tenant ent.Tenant, kind TokenKind, secret string) string {
	return hex.EncodeToString(mac(derive(key, "token"), string(tenant), string(kind), secret))
}

// hashes returns how a token may have been kept, by the current key first.
func (k Keys) hashes(tenant ent.Tenant, kind TokenKind, secret string) []string {
	var out []string
	for _, key := range k.all() {
		out = append(out, tokenHash(key, tenant, kind, secret))
	}
	return out
}

func gcm(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(derive(key, "seal"))
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// seal encrypts a secret of an account. It opens for that account only.
func (k Keys) seal(random io.Reader, tenant ent.Tenant, account ent.ID, secret []byte) ([]byte, error) {
	a, err := gcm(k.Current)
	if err != nil {
		return nil, &Error{Code: CodeSetup, cause: err}
	}
	nonce := make([]byte, a.NonceSize(), a.NonceSize()+len(secret)+a.Overhead())
	if _, err := io.ReadFull(random, nonce); err != nil {
		return nil, &Error{Code: CodeRandom, cause: err}
	}
	return a.Seal(nonce, nonce, secret, []byte(string(tenant)+"\x00"+string(account))), nil
}

func (k Keys) open(tenant ent.Tenant, account ent.ID, sealed []byte) ([]byte, error) {
	for _, key := range k.all() {
		a, err := gcm(key)
		if err != nil || len(sealed) < a.NonceSize() {
			continue
		}
		n := a.NonceSize()
		if secret, err := a.Open(nil, sealed[:n], sealed[n:], []byte(string(tenant)+"\x00"+string(account))); err == nil {
			return secret, nil
		}
	}
	return nil, failure(CodeSealed)
}

// base32Lower writes secrets that travel in URLs and cookies.
var base32Lower = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// newSecret returns 160 random bits.
func newSecret(random io.Reader) (string, error) {
	b := make([]byte, 20)
	if _, err := io.ReadFull(random, b); err != nil {
		return "", &Error{Code: CodeRandom, cause: err}
	}
	return base32Lower.EncodeToString(b), nil
}
