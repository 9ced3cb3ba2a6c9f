package aaf

import (
	"bytes"
	"html"
	"strings"
)

// raw is a record in the reader's own buffers, reused from one record to the next.
type raw struct {
	op    Op
	cat   catIndex
	catID string // the category as written, for an unknown one
	text  []byte // the identifier and all values, decoded and trimmed, one after the other
	id    span
	attrs []rawAttr
	vals  []span
	// offset is where the record starts in the file's bytes.
	offset int64
	names  int     // bytes of the attribute names that are not in the table
	bad    badness // what makes the record be refused
}

// span is a run of raw.text.
type span struct{ lo, hi uint32 }

// rawAttr is one attribute: its key in the table of names (0 for an unknown one, named by name), its run of raw.vals.
type rawAttr struct {
	key     attrKey
	name    string
	lo, hi  uint32
	replace bool // false when a modification has another operation than replace
}

type badness uint8

const (
	fine badness = iota
	badNoID
	badOperation
	badTooLong
)

func (r *raw) reset() {
	r.op, r.cat, r.catID, r.bad = "", catUnknown, "", fine
	r.text, r.attrs, r.vals = r.text[:0], r.attrs[:0], r.vals[:0]
	r.id, r.names = span{}, 0
}

// size is what the record takes in memory, about: a record of empty values is limited too.
func (r *raw) size() int { return len(r.text) + 8*len(r.vals) + 40*len(r.attrs) + r.names }

func (r *raw) bytes(s span) []byte { return r.text[s.lo:s.hi] }

// addText appends bytes to the text and returns their trimmed run.
func (r *raw) addText(b []byte) span {
	lo := len(r.text)
	r.text = append(r.text, b...)
	return r.trimmed(lo)
}

// trimmed returns the run from lo to the end of the text without white space at its ends.
func (r *raw) trimmed(lo int) span {
	hi := len(r.text)
	for lo < hi && isSpace(r.text[lo]) {
		lo++
	}
	for lo < hi && isSpace(r.text[hi-1]) {
		hi--
	}
	return span{uint32(lo), uint32(hi)} //nolint:gosec // a record is limited to 4 MB
}

// unescape decodes the references of the values once more.
func (r *raw) unescape() {
	for i, v := range r.vals {
		if b := r.bytes(v); bytes.IndexByte(b, '&') >= 0 {
			r.vals[i] = r.addText([]byte(unescape(string(b))))
		}
	}
}

// unescape decodes references that end with their semicolon, and no others.
func unescape(s string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(s, "&")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		end := strings.IndexByte(rest, ';')
		if end < 1 || end > 10 || strings.ContainsAny(rest[:end], "& ") {
			b.WriteByte('&')
			s = rest
			continue
		}
		b.WriteString(html.UnescapeString("&" + rest[:end+1]))
		s = rest[end+1:]
	}
}

func (r *raw) category() Category {
	if r.cat == catUnknown {
		return Category(r.catID)
	}
	return r.cat.category()
}

// record makes a Record that does not share the buffers.
func (r *raw) record() *Record {
	text := string(r.text)
	out := &Record{Op: r.op, Category: r.category(), ID: text[r.id.lo:r.id.hi]}
	values := make([]string, len(r.vals))
	for i, s := range r.vals {
		values[i] = text[s.lo:s.hi]
	}
	out.Attrs = make([]Attr, len(r.attrs))
	for i, a := range r.attrs {
		out.Attrs[i] = Attr{Name: a.name, Values: values[a.lo:a.hi:a.hi]}
	}
	return out
}

// load fills the buffers from a Record.
func (r *raw) load(rec *Record) {
	r.reset()
	r.op, r.cat, r.catID = rec.Op, indexOf(rec.Category), string(rec.Category)
	r.id = r.addText([]byte(rec.ID))
	for i := range rec.Attrs {
		a := &rec.Attrs[i]
		lo := uint32(len(r.vals)) //nolint:gosec // bounded by the record
		for _, v := range a.Values {
			r.vals = append(r.vals, r.addText([]byte(v)))
		}
		key, name := keyOf(a.Name)
		r.attrs = append(r.attrs, rawAttr{key: key, name: name, lo: lo, hi: uint32(len(r.vals)), replace: true}) //nolint:gosec // idem
	}
}
