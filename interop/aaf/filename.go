package aaf

import (
	"strings"

	"github.com/opencartable/cartable/ent"
)

// FileName is what the name of a file tells. What it does not tell is empty, never an error.
type FileName struct {
	// Prefix is the label of the project or academy, free text of the sender.
	Prefix   string
	Kind     Kind
	Date     ent.Date
	Category Category
	// Chunk is the number of the part, from 0; -1 when the name has none.
	Chunk int
	// BadDate tells that the name holds something in place of a date that is not one.
	BadDate bool
}

// ParseFileName reads PREFIX_Kind_YYYYMMDD_Category_NNNN.xml and what senders make of it, case aside.
// Source: names observed in feeds of 2013 to 2024.
func ParseFileName(name string) FileName {
	f := FileName{Chunk: -1, Kind: kindIn(name)}
	low := strings.ToLower(name)
	base, ok := strings.CutSuffix(low, ".xml")
	if !ok {
		return f
	}
	// The longest category first: PersRelEleve ends in Eleve.
	at := -1
	for _, c := range []Category{Subjects, Structures, Relatives, Staff, Programmes, Pupils} {
		word := "_" + strings.ToLower(c.fileName()) + "_"
		if n := strings.LastIndex("_"+base+"_", word); n > at {
			at, f.Category = n, c
		}
	}
	if at < 0 {
		return f
	}
	tail := strings.Trim(base[min(len(base), at+len(f.Category.fileName())):], "_")
	if n, ok := number(tail); ok && len(tail) == 4 {
		f.Chunk = n
	}
	head := strings.TrimSuffix(name[:min(at, len(name))], "_")
	parts := strings.Split(head, "_")
	for i, p := range parts {
		switch {
		case strings.EqualFold(p, string(Complet)), strings.EqualFold(p, string(Delta)):
			f.Prefix, f.Kind = strings.Join(parts[:i], "_"), kindIn(p)
		case len(p) >= 8:
			if _, isNumber := number(p); isNumber {
				f.Date, f.BadDate = compactDate(p)
			}
		}
	}
	return f
}

// dateIn returns the first date written YYYYMMDD in a name, such as that of an archive.
func dateIn(name string) ent.Date {
	for _, word := range strings.FieldsFunc(name, func(r rune) bool { return r < '0' || r > '9' }) {
		if d, bad := compactDate(word); !bad {
			return d
		}
	}
	return ent.Date{}
}

// compactDate reads YYYYMMDD; bad reports digits that are no such date.
func compactDate(s string) (d ent.Date, bad bool) {
	if len(s) != 8 {
		return ent.Date{}, true
	}
	d, err := ent.ParseDate(s[:4] + "-" + s[4:6] + "-" + s[6:])
	return d, err != nil
}

// number reads a string of 1 to 9 digits.
func number(s string) (int, bool) {
	if s == "" || len(s) > 9 {
		return 0, false
	}
	n := 0
	for i := range len(s) {
		c := s[i] - '0'
		if c > 9 {
			return 0, false
		}
		n = n*10 + int(c)
	}
	return n, true
}
