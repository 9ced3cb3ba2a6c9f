package aaf

import (
	"encoding/binary"
	"hash/maphash"
)

// store keeps raw records in few bytes: one run of bytes per record, in large chunks without pointers, the values that
// repeat written once. A million and a half persons take about 250 bytes each.
type store struct {
	chunks [][]byte
	rows   []row
	seed   maphash.Seed
	index  [catCount]idTable
	syms   symbols
	// names holds the attribute names that are not in the table.
	names   []string
	nameOf  map[string]uint32
	scratch []byte
	last    [maxKeys][8]lastValue // by attribute and place in it
}

// lastValue remembers the last symbol of an attribute: neighbours in a feed share towns and classes.
type lastValue struct {
	sym   uint32
	known bool
}

// row locates a record.
type row struct {
	chunk uint32
	off   uint32
	len   uint32
	file  uint32 // rank of the file, for "the last one wins"
	line  uint32 // of the record in the file
	cat   catIndex
	dead  bool
}

const chunkSize = 1 << 20

func newStore() *store {
	return &store{seed: maphash.MakeSeed(), syms: newSymbols(), nameOf: map[string]uint32{}}
}

// put appends a record and returns its number.
func (s *store) put(x *raw, file uint32) uint32 {
	b := s.encode(x)
	n := len(s.chunks) - 1
	if n < 0 || len(s.chunks[n])+len(b) > cap(s.chunks[n]) {
		s.chunks = append(s.chunks, make([]byte, 0, max(chunkSize, len(b))))
		n++
	}
	r := row{chunk: uint32(n), off: uint32(len(s.chunks[n])), len: uint32(len(b)), file: file, cat: x.cat} //nolint:gosec // chunks are 1 MiB
	s.chunks[n] = append(s.chunks[n], b...)
	s.rows = append(s.rows, r)
	return uint32(len(s.rows) - 1) //nolint:gosec // fewer than 2^32 records
}

// encode writes a record: identifier, then per attribute its key (0 and a name number for an unknown one), the number of
// values, and each value as a symbol (odd) or a length and bytes (even).
func (s *store) encode(x *raw) []byte {
	t := nameTable()
	b := s.scratch[:0]
	id := x.bytes(x.id)
	b = binary.AppendUvarint(b, uint64(len(id)))
	b = append(b, id...)
	for i := range x.attrs {
		a := &x.attrs[i]
		b = append(b, byte(a.key))
		common := t.list[a.key].common
		if a.key == 0 {
			b = binary.AppendUvarint(b, uint64(s.name(a.name)))
		}
		b = binary.AppendUvarint(b, uint64(a.hi-a.lo))
		for j, v := range x.vals[a.lo:a.hi] {
			val := x.bytes(v)
			if !common || len(val) == 0 || len(val) > maxSymbol {
				b = binary.AppendUvarint(b, uint64(len(val))<<1)
				b = append(b, val...)
				continue
			}
			last := &s.last[a.key][j&7]
			if !last.known || string(s.syms.bytes(last.sym)) != string(val) {
				*last = lastValue{s.syms.of(val), true}
			}
			b = binary.AppendUvarint(b, uint64(last.sym)<<1|1)
		}
	}
	s.scratch = b
	return b
}

func (s *store) name(n string) uint32 {
	if k, ok := s.nameOf[n]; ok {
		return k
	}
	k := uint32(len(s.names)) //nolint:gosec // bounded by maxUnknownNames per file
	s.names = append(s.names, n)
	s.nameOf[n] = k
	return k
}

func (s *store) data(n uint32) []byte {
	r := &s.rows[n]
	return s.chunks[r.chunk][r.off : r.off+r.len]
}

// id returns the identifier of a row, in the store's own bytes.
func (s *store) id(n uint32) []byte {
	b := s.data(n)
	l, k := binary.Uvarint(b)
	return b[k : k+int(l)] //nolint:gosec // written by encode
}

// get decodes a row into x.
func (s *store) get(n uint32, x *raw) {
	t := nameTable()
	x.reset()
	x.op, x.cat = Add, s.rows[n].cat
	b := s.data(n)
	l := s.uvarint(&b)
	x.text = append(x.text, b[:l]...)
	x.id = span{0, uint32(l)} //nolint:gosec // bounded by the record
	b = b[l:]
	for len(b) > 0 {
		key := attrKey(b[0])
		b = b[1:]
		name := t.list[key].name
		if key == 0 {
			name = s.names[s.uvarint(&b)]
		}
		a := rawAttr{key: key, name: name, lo: uint32(len(x.vals)), replace: true} //nolint:gosec // idem
		for range s.uvarint(&b) {
			lo := uint32(len(x.text)) //nolint:gosec // idem
			v := s.uvarint(&b)
			if v&1 == 1 {
				x.text = append(x.text, s.syms.bytes(uint32(v>>1))...) //nolint:gosec // idem
			} else {
				x.text = append(x.text, b[:v>>1]...)
				b = b[v>>1:]
			}
			x.vals = append(x.vals, span{lo, uint32(len(x.text))}) //nolint:gosec // idem
		}
		a.hi = uint32(len(x.vals)) //nolint:gosec // idem
		x.attrs = append(x.attrs, a)
	}
}

// each calls fn with every value of a row's attributes among the wanted ones, in the store's own bytes.
func (s *store) each(n uint32, want *attrSet, fn func(k attrKey, v []byte)) {
	b := s.data(n)
	l := s.uvarint(&b)
	b = b[l:]
	for len(b) > 0 {
		key := attrKey(b[0])
		b = b[1:]
		if key == 0 {
			s.uvarint(&b)
		}
		wanted := want.has(key)
		for range s.uvarint(&b) {
			v := s.uvarint(&b)
			if v&1 == 1 {
				if wanted {
					fn(key, s.syms.bytes(uint32(v>>1))) //nolint:gosec // idem
				}
				continue
			}
			if wanted && v > 0 {
				fn(key, b[:v>>1])
			}
			b = b[v>>1:]
		}
	}
}

func (s *store) uvarint(b *[]byte) int {
	v := uint64((*b)[0])
	if v < 0x80 {
		*b = (*b)[1:]
		return int(v)
	}
	if c := uint64((*b)[1]); c < 0x80 { // most symbols
		*b = (*b)[2:]
		return int(v&0x7f | c<<7)
	}
	v, n := binary.Uvarint(*b)
	*b = (*b)[n:]
	return int(v) //nolint:gosec // written by encode
}

// find returns the row of an identifier that is not dead.
func (s *store) find(c catIndex, id []byte) (uint32, bool) {
	t := &s.index[c]
	if len(t.slots) == 0 {
		return 0, false
	}
	i := s.hash(id)
	for {
		v := t.slots[i&t.mask]
		if v == 0 {
			return 0, false
		}
		if string(s.id(v-1)) == string(id) {
			return v - 1, !s.rows[v-1].dead
		}
		i++
	}
}

func (s *store) hash(b []byte) uint64 { return maphash.Bytes(s.seed, b) }

// idTable finds a row by identifier: open addressing over row numbers plus one.
type idTable struct {
	slots []uint32
	mask  uint64
	used  int
}

// set puts a row under its identifier, in place of the row found before.
func (s *store) set(c catIndex, n uint32) {
	t := &s.index[c]
	if (t.used+1)*4 > len(t.slots)*3 {
		old := t.slots
		size := max(64, 2*len(old))
		*t = idTable{slots: make([]uint32, size), mask: uint64(size - 1), used: t.used} //nolint:gosec // positive
		for _, v := range old {
			if v != 0 {
				i := s.hash(s.id(v - 1))
				for t.slots[i&t.mask] != 0 {
					i++
				}
				t.slots[i&t.mask] = v
			}
		}
	}
	i := s.hash(s.id(n))
	for {
		at := &t.slots[i&t.mask]
		if *at == 0 {
			*at = n + 1
			t.used++
			return
		}
		if string(s.id(*at-1)) == string(s.id(n)) {
			*at = n + 1
			return
		}
		i++
	}
}

// symbols holds each repeated value once.
type symbols struct {
	text  []byte
	ends  []uint32
	seed  maphash.Seed
	slots []uint32
	mask  uint64
}

// maxSymbol is the longest value that is kept as a symbol.
const maxSymbol = 64

func newSymbols() symbols {
	return symbols{seed: maphash.MakeSeed(), slots: make([]uint32, 1024), mask: 1023, ends: []uint32{0}}
}

func (s *symbols) bytes(n uint32) []byte { return s.text[s.ends[n]:s.ends[n+1]] }

func (s *symbols) of(v []byte) uint32 {
	i := maphash.Bytes(s.seed, v)
	for {
		at := s.slots[i&s.mask]
		if at == 0 {
			break
		}
		if string(s.bytes(at-1)) == string(v) {
			return at - 1
		}
		i++
	}
	n := uint32(len(s.ends) - 1) //nolint:gosec // fewer than 2^32 symbols
	s.text = append(s.text, v...)
	s.ends = append(s.ends, uint32(len(s.text))) //nolint:gosec // under 4 GiB
	s.slots[i&s.mask] = n + 1
	if len(s.ends)*4 > len(s.slots)*3 {
		s.slots = make([]uint32, 2*len(s.slots))
		s.mask = uint64(len(s.slots) - 1)        //nolint:gosec // positive
		for k := range uint32(len(s.ends) - 1) { //nolint:gosec // idem
			j := maphash.Bytes(s.seed, s.bytes(k))
			for s.slots[j&s.mask] != 0 {
				j++
			}
			s.slots[j&s.mask] = k + 1
		}
	}
	return n
}

// compact makes the store anew, without the dead rows, when they are more than the living.
func (s *store) compact() {
	dead := 0
	for i := range s.rows {
		if s.rows[i].dead {
			dead++
		}
	}
	if dead < 1000 || 2*dead < len(s.rows) {
		return
	}
	fresh := newStore()
	var x raw
	for i := range s.rows {
		if r := s.rows[i]; !r.dead {
			s.get(uint32(i), &x) //nolint:gosec // fewer than 2^32
			n := fresh.put(&x, r.file)
			fresh.rows[n].line = r.line
			fresh.set(r.cat, n)
		}
	}
	*s = *fresh
}
