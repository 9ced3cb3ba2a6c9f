package aaf

import (
	"iter"
	"strings"

	"github.com/opencartable/cartable/ent"
)

// Record is one record of a feed as it stands: every attribute in its order, known or not. It is personal data.
type Record struct {
	Op       Op
	Category Category
	// ID is the identifier of the record; for a person unique within one academy, one degree and one category.
	ID    string
	Attrs []Attr
	Pos   ent.Pos
}

// Attr is one attribute of a record. A name may stand twice in one record.
type Attr struct {
	Name string
	// Values are the values in their order, trimmed. An attribute without value has none, or empty ones.
	Values []string
}

// Empty reports whether the attribute holds no value: absent in an add, "clear" in a modify.
func (a *Attr) Empty() bool {
	for _, v := range a.Values {
		if v != "" {
			return false
		}
	}
	return true
}

// Has reports whether an attribute stands in the record, be it empty.
func (r *Record) Has(name string) bool {
	for i := range r.Attrs {
		if r.Attrs[i].Name == name {
			return true
		}
	}
	return false
}

// Get returns the first value that is not empty of the attribute, "" when there is none.
func (r *Record) Get(name string) string {
	for v := range r.Values(name) {
		return v
	}
	return ""
}

// Values yields the values that are not empty of the attribute, over all its occurrences.
func (r *Record) Values(name string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range r.Attrs {
			if r.Attrs[i].Name != name {
				continue
			}
			for _, v := range r.Attrs[i].Values {
				if v != "" && !yield(v) {
					return
				}
			}
		}
	}
}

// Equal reports whether two records say the same: same operation, category, identifier, attributes in the same order
// with the same values. An attribute without value equals one with an empty value. The position is left aside.
func (r *Record) Equal(o *Record) bool {
	if r.Op != o.Op || r.Category != o.Category || r.ID != o.ID || len(r.Attrs) != len(o.Attrs) {
		return false
	}
	for i := range r.Attrs {
		a, b := &r.Attrs[i], &o.Attrs[i]
		if a.Name != b.Name || a.Empty() != b.Empty() {
			return false
		}
		if a.Empty() {
			continue
		}
		if len(a.Values) != len(b.Values) {
			return false
		}
		for j := range a.Values {
			if a.Values[j] != b.Values[j] {
				return false
			}
		}
	}
	return true
}

// split cuts a composite value at its dollars, into at most len(dst) parts, trimmed, and returns how many there are.
// Trailing empty parts count. There is no escape for a dollar.
func split(dst []string, v string) int {
	n := 0
	for {
		at := strings.IndexByte(v, '$')
		part := v
		if at >= 0 {
			part = v[:at]
		}
		if n < len(dst) {
			dst[n] = trim(part)
		}
		n++
		if at < 0 {
			return n
		}
		v = v[at+1:]
	}
}

// trim removes the white space of XML at both ends.
func trim(s string) string {
	for s != "" && isSpace(s[0]) {
		s = s[1:]
	}
	for s != "" && isSpace(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }
