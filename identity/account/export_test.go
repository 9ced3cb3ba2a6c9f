package account

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// FillCode draws the signs of a code.
func FillCode(random io.Reader, code []byte) error { return fillCode(random, code) }

// HOTP is RFC 4226.
func HOTP(secret []byte, counter int64, digits int) string { return hotp(secret, counter, digits) }

// Dump writes all that the store holds.
func (m *MemoryStore) Dump() string {
	var b strings.Builder
	for _, t := range m.tenants {
		for _, a := range t.accounts {
			text, err := json.Marshal(a)
			fmt.Fprintln(&b, string(text), err)
		}
		for _, v := range t.tokens {
			text, err := json.Marshal(v)
			fmt.Fprintln(&b, string(text), err)
		}
		for _, index := range []any{t.logins, t.mails, t.merged} {
			fmt.Fprintf(&b, "%q\n", index)
		}
	}
	return b.String()
}
