package account

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // RFC 6238 with what every application of phones knows
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"
)

// Second is a second factor: the codes of an application (TOTP), with recovery codes for a lost phone.
type Second struct {
	// Sealed is the secret, which opens by the [Keys] for this account only.
	Sealed    []byte    `json:"sealed"`
	Confirmed time.Time `json:"confirmed,omitzero"`
	// Step is the last one whose code was used: neither it nor an earlier one is taken again.
	Step int64 `json:"step,omitempty"`
	// Recovery are the keyed hashes of the recovery codes that are left.
	Recovery []string `json:"recovery,omitempty"`
}

// LogValue hides the factor.
func (s Second) LogValue() slog.Value { return redacted() }

// String hides the factor.
func (s Second) String() string { return hidden }

// GoString hides the factor.
func (s Second) GoString() string { return hidden }

// totpStep is how long a code lives, totpDigits how long it is. Source: RFC 6238, with the defaults of applications.
const (
	totpStep   = 30 * time.Second
	totpDigits = 6
	totpSecret = 20
)

// stepAt returns the number of the step of an instant.
func stepAt(at time.Time) int64 { return at.Unix() / int64(totpStep/time.Second) }

// hotp is RFC 4226, 5.3.
func hotp(secret []byte, counter int64, digits int) string {
	h := hmac.New(sha1.New, secret)
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(counter)) //nolint:gosec // seconds since 1970
	h.Write(b[:])
	sum := h.Sum(nil)
	o := sum[len(sum)-1] & 15
	v := binary.BigEndian.Uint32(sum[o:o+4]) & 0x7fffffff
	mod := uint32(1)
	for range digits {
		mod *= 10
	}
	return fmt.Sprintf("%0*d", digits, v%mod)
}

// TOTP returns the code of a secret at an instant: six digits, for tests and for programs that play a phone.
func TOTP(secret []byte, at time.Time) string { return hotp(secret, stepAt(at), totpDigits) }

// totpMatch returns the step whose code it is: the present one, or a neighbour of it for clocks that differ, but none at or
// before the last used one.
func totpMatch(secret []byte, code string, at time.Time, last int64) (int64, bool) {
	now, found, ok := stepAt(at), int64(0), false
	for step := now - 1; step <= now+1; step++ {
		if subtle.ConstantTimeCompare([]byte(hotp(secret, step, totpDigits)), []byte(code)) == 1 && step > last {
			found, ok = step, true
		}
	}
	return found, ok
}

// Enrolment is what an application of a phone needs. It is a secret, shown once.
type Enrolment struct {
	// Secret is in base 32, to be typed; URI the same for a QR code: otpauth://totp/…
	Secret string
	URI    string
}

// LogValue hides the enrolment.
func (e Enrolment) LogValue() slog.Value { return redacted() }

// String hides the enrolment.
func (e Enrolment) String() string { return hidden }

// GoString hides the enrolment.
func (e Enrolment) GoString() string { return hidden }

func newEnrolment(secret []byte, issuer, login string) Enrolment {
	text := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret)
	q := url.Values{"secret": {text}, "issuer": {issuer}, "algorithm": {"SHA1"}, "digits": {"6"}, "period": {"30"}}
	// Applications read %20, not +.
	label := url.PathEscape(issuer + ":" + login)
	return Enrolment{text, "otpauth://totp/" + label + "?" + strings.ReplaceAll(q.Encode(), "+", "%20")}
}
