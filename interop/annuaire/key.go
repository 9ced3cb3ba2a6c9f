package annuaire

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/frtext"
)

// generated returns the identifier of a person to whom the file gives none: what stays the same of the person, summed up.
// The peer that made this format sums up phones, mail and class too, so that a pupil who changes class becomes another
// person; here only the school, the names and, of pupils, the date of birth count, and names without their case, accents
// and hyphens: a file corrected next week keeps its persons. SHA-256 rather than the peer's SHA-1: an identifier decides
// whose account is whose, and two rows that collide can be made for SHA-1. It is cut to 128 bits.
//
// A sum is no anonymity: who knows the names and the date can compute it. Treat it as the key of a person, nothing less.
func generated(school string, kind string, parts ...string) string {
	h := sha256.New()
	for _, p := range append([]string{"cartable.annuaire/1", school, kind}, parts...) {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return "g-" + hex.EncodeToString(h.Sum(nil)[:16])
}

// nameKey is a last and a first name as they are compared.
func nameKey(last, first string) string { return frtext.Key(last) + "|" + frtext.Key(first) }

// kindOf names a profile in generated identifiers. Teachers and other staff are told apart: two people of one name, one in
// each file, are two.
func kindOf(p Profile) string { return strings.ToLower(string(p)) }

// personID returns the identifier of a row.
func (r *reading) personID(f *file, x *row, birth ent.Date) string {
	if id := x.one(colID); id != "" {
		return id
	}
	if f.info.Profile != Student {
		birth = ent.Date{}
	}
	return generated(r.key, kindOf(f.info.Profile), x.lastKey, x.firstKey, birth.String())
}
