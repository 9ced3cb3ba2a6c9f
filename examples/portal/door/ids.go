package door

import (
	"crypto/sha256"
	"encoding/hex"
	"sync"

	"github.com/opencartable/cartable/ent"
)

// ids are the identifiers of accounts. A session names a person by the key of a delivery, which has no place in a log: accounts have
// names of their own.
type ids struct {
	mu   sync.RWMutex
	refs map[ent.ID]string
}

// of returns the identifier of the account of a reference.
func (x *ids) of(ref string) ent.ID {
	sum := sha256.Sum256([]byte(ref))
	id := ent.ID("c-" + hex.EncodeToString(sum[:8]))
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.refs == nil {
		x.refs = map[ent.ID]string{}
	}
	x.refs[id] = ref
	return id
}

// ref returns the reference of an account, "" for one that was never named.
func (x *ids) ref(id ent.ID) string {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.refs[id]
}
