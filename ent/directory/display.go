package directory

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/frtext"
)

// SearchKeys returns the words under which a person is found by what somebody types of the name, folded: last and first
// name, first and last name, and each part of the names that begins none of these. It is personal data.
func SearchKeys(n ent.Name) []string {
	family, given := frtext.Key(n.Family), frtext.Key(n.Given)
	var out []string
	add := func(s string) { // a word that begins another one is found with it
		if s != "" && !slices.ContainsFunc(out, func(o string) bool { return strings.HasPrefix(o, s) }) {
			out = append(out, s)
		}
	}
	add(family + given)
	add(given + family)
	for _, name := range []string{n.Family, n.Birth, n.Given} {
		for _, w := range strings.FieldsFunc(frtext.Fold(name), func(r rune) bool { return r == ' ' || r == '-' || r == '\'' || r == '’' }) {
			add(frtext.Key(w))
		}
	}
	return out
}

const (
	// aliasLength is the length of a login alias, aliasShort in an Active Directory.
	aliasLength = 64
	aliasShort  = 20
	// codeLetters are the 28 characters of activation codes that nobody mistakes for another.
	codeLetters = "abcdefghjkmnprstvwxyz3456789"
	codeLength  = 8
)

// ValidAlias reports whether somebody may choose an alias of login: digits, lower-case letters and full stops, 64 at the
// most; 20, and no full stop at either end, where an Active Directory holds it.
func ValidAlias(s string, activeDirectory bool) bool {
	limit := aliasLength
	if activeDirectory {
		limit = aliasShort
		if strings.HasPrefix(s, ".") || strings.HasSuffix(s, ".") {
			return false
		}
	}
	if s == "" || len(s) > limit {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool { return (r < '0' || r > '9') && (r < 'a' || r > 'z') && r != '.' })
}

// ActivationCode draws the code by which a person takes possession of an account: 8 characters among 28. random is a
// cryptographic source, crypto/rand.Reader but in tests; each character is as likely as another.
func ActivationCode(random io.Reader) (string, error) {
	const fair = 256 - 256%len(codeLetters)
	out := make([]byte, 0, codeLength)
	var buf [codeLength * 2]byte
	for {
		if _, err := io.ReadFull(random, buf[:]); err != nil {
			return "", fmt.Errorf("directory: activation code: %w", err)
		}
		for _, b := range buf {
			if int(b) < fair {
				if out = append(out, codeLetters[int(b)%len(codeLetters)]); len(out) == codeLength {
					return string(out), nil
				}
			}
		}
	}
}
