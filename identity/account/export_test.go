package account

import "io"

// FillCode draws the signs of a code.
func FillCode(random io.Reader, code []byte) error { return fillCode(random, code) }

// HOTP is RFC 4226.
func HOTP(secret []byte, counter int64, digits int) string { return hotp(secret, counter, digits) }
