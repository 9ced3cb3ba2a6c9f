package identity

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"

	"github.com/opencartable/cartable/ent"
)

const minKey = 32

// Opaque returns identifiers that tell a partner nothing, and two partners nothing in common: for one partner and one account
// always the same, and never the account's own. The key is the caller's, of 32 random bytes or more: whoever has it can tell
// who is who, and without it nobody can; another key gives everybody other identifiers. It returns CodeKey for a key that is
// too short.
func Opaque(key []byte) (func(partner string, account ent.ID) string, error) {
	if len(key) < minKey {
		return nil, catalog().New(CodeKey, ent.Pos{}, "$", ent.Count("limit", minKey))
	}
	key = append([]byte(nil), key...)
	encoding := base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)
	return func(partner string, account ent.ID) string {
		h := hmac.New(sha256.New, key)
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(partner)))) // where one ends and the other begins
		h.Write([]byte(partner))
		h.Write([]byte(account))
		return encoding.EncodeToString(h.Sum(nil)[:20])
	}, nil
}
