package account

import (
	"io"
	"strings"
	"unicode"
)

// CodeAlphabet is that of activation codes: 28 signs which do not look like one another on paper.
const CodeAlphabet = "abcdefghjkmnprstvwxyz3456789"

// The length of activation codes. Eight signs are 38 bits: enough with a throttle, not without.
const (
	MinCode     = 8
	MaxCode     = 10
	defaultCode = MinCode
)

// fillCode draws signs, each as likely as another: 252 is the last multiple of 28 in a byte.
func fillCode(random io.Reader, code []byte) error {
	const bound = 256 - 256%len(CodeAlphabet)
	var buffer [16]byte
	b := buffer[:min(len(code)+2, len(buffer))]
	for i := 0; i < len(code); {
		if _, err := io.ReadFull(random, b); err != nil {
			return &Error{Code: CodeRandom, cause: err}
		}
		for _, v := range b {
			if int(v) < bound && i < len(code) {
				code[i] = CodeAlphabet[int(v)%len(CodeAlphabet)]
				i++
			}
		}
	}
	return nil
}

func newCode(random io.Reader, length int) (string, error) {
	code := make([]byte, length)
	if err := fillCode(random, code); err != nil {
		return "", err
	}
	return string(code), nil
}

// NormalCode reads a code as a person types it: in capitals, with spaces, hyphens or dots between. It returns CodeSymbol when
// no code looks like that, which tells nothing of the codes there are.
func NormalCode(s string) (string, error) {
	var b strings.Builder
	for _, r := range s {
		switch {
		case unicode.IsSpace(r), r == '-', r == '.', r == '‐', r == '‑', r == '–':
			continue
		case b.Len() == MaxCode, !strings.ContainsRune(CodeAlphabet, unicode.ToLower(r)):
			return "", failure(CodeSymbol)
		}
		b.WriteRune(unicode.ToLower(r))
	}
	if b.Len() < MinCode {
		return "", failure(CodeSymbol)
	}
	return b.String(), nil
}

// ShowCode writes a code for a sheet of paper, in two halves.
func ShowCode(code string) string {
	half := len(code) / 2
	return code[:half] + "-" + code[half:]
}
