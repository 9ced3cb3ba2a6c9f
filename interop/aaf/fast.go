package aaf

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"strings"
	"unicode/utf8"
)

// The fast door: a record to add in the usual writing, read straight from the window of the scanner, which has already
// checked its bytes. At anything unusual (a comment, a CDATA section, an entity, another spacing inside a tag) it gives
// up and the record is read again from the events.

// outcome of an attempt.
type outcome uint8

const (
	unusual outcome = iota
	short           // the window ends inside the record
	done
)

// fast tries to read the next record. It reports false when the events must take over; nothing is then consumed.
func (f *scanFile) fast(r *raw) bool {
	for {
		w := f.s.Window()
		at := skipSpace(w, 0)
		n, how := f.fastRecord(w, at, r)
		switch how {
		case done:
			f.pos = f.s.PosAt(at)
			r.offset = f.pos.Offset
			f.s.Advance(n)
			return true
		case short:
			if more, err := f.s.Fill(); err == nil && more && len(f.s.Window()) <= f.opt.Limits.RecordBytes {
				continue
			}
			return false
		case unusual:
			return false
		}
	}
}

func skipSpace(w []byte, i int) int {
	for i < len(w) && isSpace(w[i]) {
		i++
	}
	return i
}

// at reports whether the window continues with a tag.
func at(w []byte, i int, tag string) bool {
	return len(w)-i >= len(tag) && string(w[i:i+len(tag)]) == tag
}

// cut says whether a mismatch comes from the end of the window rather than from the bytes.
func cut(w []byte, i int, tag string) outcome {
	if rest := w[min(i, len(w)):]; len(rest) < len(tag) && strings.HasPrefix(tag, string(rest)) {
		return short
	}
	return unusual
}

const (
	tagAdd     = "<addRequest>"
	tagOper    = "<operationalAttributes>"
	tagAttr    = `<attr name="`
	tagID      = "<id>"
	tagOpen    = "<value>"
	tagClose   = "</value>"
	tagNone    = "<value/>"
	tagEnd     = "</attr>"
	tagAttrs   = "<attributes>"
	tagIdent   = "<identifier>"
	endOper    = "</operationalAttributes>"
	endID      = "</id>"
	endIdent   = "</identifier>"
	endAttrs   = "</attributes>"
	endAdd     = "</addRequest>"
	attrMargin = 48 // enough for <attr name="…"><value/></attr> to be looked at without asking each time
)

// expect skips white space, then a tag.
func expect(w []byte, i int, tag string) (int, outcome) {
	i = skipSpace(w, i)
	if !at(w, i, tag) {
		return 0, cut(w, i, tag)
	}
	return i + len(tag), done
}

// fastRecord reads one addRequest from w[i:] and returns the index after it.
func (f *scanFile) fastRecord(w []byte, i int, r *raw) (int, outcome) {
	i, how := expect(w, i, tagAdd)
	if how != done {
		return 0, how
	}
	r.reset()
	r.op = Add
	if i, how = f.fastOperational(w, i, r); how != done {
		return 0, how
	}
	for _, tag := range [...]string{tagIdent, tagID} {
		if i, how = expect(w, i, tag); how != done {
			return 0, how
		}
	}
	if r.id, i, how = fastValue(w, i, r); how != done {
		return 0, how
	}
	if len(r.text) > f.opt.Limits.ValueBytes {
		return 0, unusual
	}
	for _, tag := range [...]string{endID, endIdent, tagAttrs} {
		if i, how = expect(w, i, tag); how != done {
			return 0, how
		}
	}
	if i, how = f.fastAttrs(w, i, r); how != done {
		return 0, how
	}
	if i, how = expect(w, i, endAdd); how != done {
		return 0, how
	}
	if r.size() > f.opt.Limits.RecordBytes {
		return 0, unusual
	}
	if r.id.lo == r.id.hi {
		r.bad = badNoID
	}
	return i, done
}

// fastOperational reads the category.
func (f *scanFile) fastOperational(w []byte, i int, r *raw) (int, outcome) {
	var how outcome
	for _, tag := range [...]string{tagOper, tagAttr} {
		if i, how = expect(w, i, tag); how != done {
			return 0, how
		}
	}
	n := bytes.IndexByte(w[i:min(len(w), i+64)], '"')
	if n < 0 {
		if len(w)-i < 64 {
			return 0, short
		}
		return 0, unusual
	}
	switch string(w[i : i+n]) {
	case "categoriePersonne", "categorieStructure", "categorieMatiere", "categorieMef":
	default:
		return 0, unusual
	}
	i += n
	if !at(w, i, `"><value>`) {
		return 0, cut(w, i, `"><value>`)
	}
	i += len(`"><value>`)
	n = bytes.IndexByte(w[i:min(len(w), i+64)], '<')
	if n < 0 {
		if len(w)-i < 64 {
			return 0, short
		}
		return 0, unusual
	}
	if r.cat = indexOfBytes(w[i : i+n]); r.cat == catUnknown {
		return 0, unusual
	}
	i += n
	for _, tag := range [...]string{tagClose, tagEnd, endOper} {
		if i, how = expect(w, i, tag); how != done {
			return 0, how
		}
	}
	return i, done
}

// Tags compared as words of eight bytes, little end first.
var (
	wordClose = binary.LittleEndian.Uint64([]byte(tagClose))
	wordNone  = binary.LittleEndian.Uint64([]byte(tagNone))
	wordOpen  = binary.LittleEndian.Uint64([]byte(tagOpen + "\x00"))
	wordEnd   = binary.LittleEndian.Uint64([]byte(tagEnd + "\x00"))
)

const word7 = 1<<56 - 1 // the first seven bytes of a word

// fastAttrs reads the attr elements up to </attributes>.
func (f *scanFile) fastAttrs(w []byte, i int, r *raw) (int, outcome) {
	t := nameTable()
	next := &f.next[r.cat]
	var last attrKey
	for {
		if len(w)-i > attrMargin && w[i] == '\n' { // the usual space between two attributes
			i++
		}
		if len(w) > i && w[i] <= ' ' {
			i = skipSpace(w, i)
		}
		if len(w)-i < attrMargin {
			if at(w, i, endAttrs) {
				return i + len(endAttrs), done
			}
			return 0, short
		}
		if string(w[i:i+len(tagAttr)]) != tagAttr {
			if at(w, i, endAttrs) {
				return i + len(endAttrs), done
			}
			return 0, unusual
		}
		i += len(tagAttr)
		// The attribute that followed this one in the previous record.
		guess := next[last]
		name := t.list[guess].name
		if guess == 0 || len(w)-i <= len(name) || w[i+len(name)] != '"' || string(w[i:i+len(name)]) != name {
			n := bytes.IndexByte(w[i:], '"')
			if n < 0 {
				return 0, short
			}
			k, ok := t.keys[string(w[i:i+n])]
			if !ok {
				if bytes.ContainsAny(w[i:i+n], "<&\r\n\t") {
					return 0, unusual
				}
				_, name = f.key(w[i : i+n])
				r.names += n
			} else {
				name = t.list[k].name
			}
			next[last] = k
			guess = k
		}
		last = guess
		i += len(name)
		if len(w)-i < attrMargin {
			return 0, short
		}
		if w[i+1] != '>' {
			return 0, unusual
		}
		i += 2
		lo := uint32(len(r.vals)) //nolint:gosec // bounded by the record
		for {
			if len(w)-i < attrMargin {
				return 0, short
			}
			word := binary.LittleEndian.Uint64(w[i:])
			switch {
			case word&word7 == wordOpen:
				before := len(r.text)
				v, n, how := fastValue(w, i+len(tagOpen), r)
				if how != done {
					return 0, how
				}
				if len(r.text)-before > f.opt.Limits.ValueBytes { // white space counts, as it does for the events
					return 0, unusual
				}
				if len(w)-n < attrMargin {
					return 0, short
				}
				if binary.LittleEndian.Uint64(w[n:]) != wordClose {
					return 0, unusual
				}
				r.vals = append(r.vals, v)
				i = n + len(tagClose)
				continue
			case word&word7 == wordEnd:
				i += len(tagEnd)
			case word == wordNone:
				r.vals = append(r.vals, span{})
				i += len(tagNone)
				continue
			case isSpace(w[i]):
				i = skipSpace(w, i)
				continue
			default:
				return 0, unusual
			}
			break
		}
		r.attrs = append(r.attrs, rawAttr{key: guess, name: name, lo: lo, hi: uint32(len(r.vals)), replace: true}) //nolint:gosec // idem
	}
}

// special marks the bytes at which a plain run of text stops.
var special = func() (t [256]bool) {
	for _, c := range []byte("<&\r]") {
		t[c] = true
	}
	return t
}()

const ones, tops = 0x0101010101010101, 0x8080808080808080

// stops marks, in the top bit of each byte of a word, those of special; a mark above the first one may be false.
func stops(w uint64) uint64 {
	lt, amp, cr, end := w^'<'*ones, w^'&'*ones, w^'\r'*ones, w^']'*ones
	return ((lt-ones)&^lt | (amp-ones)&^amp | (cr-ones)&^cr | (end-ones)&^end) & tops
}

// fastValue copies the text of a value and returns its run and the index of the tag that ends it.
func fastValue(w []byte, i int, r *raw) (span, int, outcome) {
	lo, start := len(r.text), i
	for {
		for len(w)-i >= 8 && stops(binary.LittleEndian.Uint64(w[i:])) == 0 {
			i += 8
		}
		if len(w)-i >= 8 {
			i += bits.TrailingZeros64(stops(binary.LittleEndian.Uint64(w[i:]))) / 8
		}
		for i < len(w) && !special[w[i]] {
			i++
		}
		if i == len(w) {
			return span{}, 0, short
		}
		switch w[i] {
		case '<':
			r.text = append(r.text, w[start:i]...)
			if hi := len(r.text); hi > lo && r.text[lo] > ' ' && r.text[hi-1] > ' ' {
				return span{uint32(lo), uint32(hi)}, i, done //nolint:gosec // a record is limited to 4 MB
			}
			return r.trimmed(lo), i, done
		case '&':
			r.text = append(r.text, w[start:i]...)
			n := reference(w[i:], r)
			if n == 0 {
				if len(w)-i < 16 {
					return span{}, 0, short
				}
				return span{}, 0, unusual
			}
			i += n
			start = i
		default:
			return span{}, 0, unusual
		}
	}
}

// reference decodes a predefined entity or a character reference at the start of b and returns its length; 0 leaves it
// to the scanner.
func reference(b []byte, r *raw) int {
	if len(b) > 16 {
		b = b[:16]
	}
	end := bytes.IndexByte(b, ';')
	if end < 2 {
		return 0
	}
	if b[1] != '#' {
		switch string(b[1:end]) {
		case "amp":
			r.text = append(r.text, '&')
		case "apos":
			r.text = append(r.text, '\'')
		case "quot":
			r.text = append(r.text, '"')
		case "lt":
			r.text = append(r.text, '<')
		case "gt":
			r.text = append(r.text, '>')
		default:
			return 0
		}
		return end + 1
	}
	c := rune(0)
	digits := b[2:end]
	if len(digits) > 1 && digits[0] == 'x' {
		for _, d := range digits[1:] {
			switch {
			case '0' <= d && d <= '9':
				c = c<<4 | rune(d-'0')
			case 'a' <= d && d <= 'f':
				c = c<<4 | rune(d-'a'+10)
			case 'A' <= d && d <= 'F':
				c = c<<4 | rune(d-'A'+10)
			default:
				return 0
			}
		}
	} else {
		for _, d := range digits {
			if d < '0' || d > '9' {
				return 0
			}
			c = c*10 + rune(d-'0')
		}
	}
	// Only what is surely a character: the scanner judges the rest.
	if len(digits) == 0 || len(digits) > 6 || c < 0x20 || c >= 0xD800 {
		return 0
	}
	r.text = utf8.AppendRune(r.text, c)
	return end + 1
}
