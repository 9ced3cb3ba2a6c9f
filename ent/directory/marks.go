package directory

import (
	"bytes"

	"github.com/opencartable/cartable/ent"
)

// marks holds what was last applied of the keys of one origin, and finds it by key. There may be millions of them, looked at
// every night: texts stand behind each other, words that repeat are numbered, and nothing in it is a pointer for the garbage
// collector to follow.
type marks struct {
	origin Origin
	pieces [][]packed
	n      int
	texts  [][]byte
	// kinds are the categories, states and profiles, a dozen; places the establishments.
	kinds  []string
	places []ent.ID
	number map[ent.ID]uint32
	// slots is a table of open addressing, by a hash of the key: its upper half beside the number of the mark plus one.
	slots []uint64
}

// packed is a mark. Its identifiers stand in text, the key's first.
type packed struct {
	hash                     Hash
	text, at                 uint32 // which of the texts, and where in it
	key, id                  uint32 // lengths
	place                    uint32
	category, state, profile uint16 // kinds
	flags                    uint8
}

const (
	markGone = 1 << iota
	markOthers
	markLeaver
)

const (
	markPiece = 1 << 12 // marks
	markText  = 1 << 16 // bytes
)

func newMarks(o Origin) *marks { return &marks{origin: o, number: map[ent.ID]uint32{}} }

func (l *marks) len() uint32 { return uint32(l.n) } //nolint:gosec // fewer than 2^32 persons

func (l *marks) packed(n uint32) *packed { return &l.pieces[n/markPiece][n%markPiece] }

// kind numbers a category, a state or a profile.
func (l *marks) kind(s string) uint16 {
	for i := range l.kinds {
		if l.kinds[i] == s {
			return uint16(i) //nolint:gosec // a dozen; what a damaged store holds beyond 65536 is no word of the directory
		}
	}
	l.kinds = append(l.kinds, s)
	return uint16(len(l.kinds) - 1) //nolint:gosec // idem
}

func (l *marks) place(id ent.ID) uint32 {
	n, ok := l.number[id]
	if !ok {
		n = uint32(len(l.places)) //nolint:gosec // as many as establishments
		l.places = append(l.places, id)
		l.number[id] = n
	}
	return n
}

// add keeps a mark. A key that is there already is found as it is now.
func (l *marks) add(m *Mark) {
	text, at := l.keep(m.Key.ID, m.ID)
	p := packed{
		hash: m.Hash, text: text, at: at, key: uint32(len(m.Key.ID)), id: uint32(len(m.ID)), //nolint:gosec // identifiers are short
		place: l.place(m.Establishment), category: l.kind(string(m.Key.Category)), state: l.kind(string(m.State)), profile: l.kind(string(m.Profile)),
	}
	if m.Gone {
		p.flags |= markGone
	}
	if m.Others {
		p.flags |= markOthers
	}
	if m.Leaver {
		p.flags |= markLeaver
	}
	if l.n%markPiece == 0 {
		l.pieces = append(l.pieces, make([]packed, 0, markPiece))
	}
	last := len(l.pieces) - 1
	l.pieces[last] = append(l.pieces[last], p)
	l.n++
	if l.n*2 > len(l.slots) { // half of it stays free, so that a search is short
		l.grow()
	} else {
		l.put(l.len() - 1)
	}
}

// keep writes both identifiers, and returns where.
func (l *marks) keep(key string, id ent.ID) (text, at uint32) {
	need := len(key) + len(id)
	n := len(l.texts) - 1
	if n < 0 || len(l.texts[n])+need > cap(l.texts[n]) {
		l.texts = append(l.texts, make([]byte, 0, max(need, markText)))
		n++
	}
	from := len(l.texts[n])
	l.texts[n] = append(append(l.texts[n], key...), id...)
	return uint32(n), uint32(from) //nolint:gosec // a few thousand texts, of identifiers that are short
}

// grow doubles the table, or more.
func (l *marks) grow() {
	l.slots = make([]uint64, max(4*len(l.slots), 1<<10))
	for n := range l.len() {
		l.put(n)
	}
}

// put makes a mark be found.
func (l *marks) put(n uint32) {
	p := l.packed(n)
	key := l.key(p)
	h := hashKey(l.kinds[p.category], key)
	mask := uint64(len(l.slots) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		v := l.slots[i]
		if v != 0 {
			if v>>32 != h>>32 {
				continue
			}
			if o := l.packed(uint32(v) - 1); o.category != p.category || !bytes.Equal(l.key(o), key) { //nolint:gosec // the lower half
				continue
			}
		}
		l.slots[i] = h>>32<<32 | uint64(n+1)
		return
	}
}

func (l *marks) key(p *packed) []byte { return l.texts[p.text][p.at : p.at+p.key] }

// find returns the number of a key's mark.
func (l *marks) find(k *Key) (uint32, bool) {
	if l.n == 0 || k.Origin != l.origin {
		return 0, false
	}
	h := hashKey(string(k.Category), k.ID)
	mask := uint64(len(l.slots) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		v := l.slots[i]
		if v == 0 {
			return 0, false
		}
		if v>>32 != h>>32 {
			continue
		}
		n := uint32(v) - 1 //nolint:gosec // the lower half
		if p := l.packed(n); string(l.key(p)) == k.ID && l.kinds[p.category] == string(k.Category) {
			return n, true
		}
	}
}

// hashKey mixes the bytes of a key. Source: FNV-1a, 64 bits, with the last steps of MurmurHash3, so that every bit counts.
func hashKey[T string | []byte](category string, id T) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(category) {
		h = (h ^ uint64(category[i])) * 1099511628211
	}
	for i := range len(id) {
		h = (h ^ uint64(id[i])) * 1099511628211
	}
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	h = (h ^ h>>33) * 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// at returns a mark.
func (l *marks) at(n uint32) Mark {
	p := l.packed(n)
	ids := string(l.texts[p.text][p.at : p.at+p.key+p.id])
	return Mark{
		Key: Key{l.origin, Category(l.kinds[p.category]), ids[:p.key]}, ID: ent.ID(ids[p.key:]), Hash: p.hash, Gone: p.flags&markGone != 0,
		State: State(l.kinds[p.state]), Others: p.flags&markOthers != 0, Profile: ent.Profile(l.kinds[p.profile]),
		Establishment: l.places[p.place], Leaver: p.flags&markLeaver != 0,
	}
}

// account returns the account of a mark.
func (l *marks) account(n uint32) ent.ID {
	p := l.packed(n)
	at := p.at + p.key
	return ent.ID(l.texts[p.text][at : at+p.id])
}

// gone reports whether the origin had stopped knowing the person.
func (l *marks) gone(n uint32) bool { return l.packed(n).flags&markGone != 0 }

// unchanged returns the number of the mark of a record that says nothing new. It compares 128 bits of the record and, in the
// table, most of the 64 of its key: what a key is written with, which lies elsewhere in memory, is not read.
func (l *marks) unchanged(h *Head) (uint32, bool) {
	if l.n == 0 || h.Key.Origin != l.origin || h.Hash.IsZero() {
		return 0, false
	}
	k := hashKey(string(h.Key.Category), h.Key.ID)
	mask := uint64(len(l.slots) - 1)
	for i := k & mask; ; i = (i + 1) & mask {
		v := l.slots[i]
		if v == 0 {
			return 0, false
		}
		if v>>32 != k>>32 {
			continue
		}
		n := uint32(v) - 1 //nolint:gosec // the lower half
		if p := l.packed(n); p.hash == h.Hash {
			return n, p.flags&markGone == 0 && l.kinds[p.state] == string(Active)
		}
	}
}

// within reports whether a mark counts in a scope; nil is everywhere.
func (l *marks) within(n uint32, scope map[ent.ID]bool) bool {
	return scope == nil || scope[l.places[l.packed(n).place]]
}
