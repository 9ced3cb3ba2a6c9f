package identity

import (
	"encoding/json"
	"strings"

	"github.com/opencartable/cartable/ent"
)

// Transform names what is done to the values of an element.
type Transform string

// The transforms.
const (
	// TransformDate writes a date as French does: "14/05/2013".
	TransformDate Transform = "date-fr"
	// TransformStripAcademy takes the academy away from a key: see StripAcademy.
	TransformStripAcademy Transform = "strip-academy"
	// TransformAcademicSuffix puts the number of the academy behind it: see AcademicSuffix.
	TransformAcademicSuffix Transform = "academic-suffix"
	// TransformMEF6 keeps the six digits of a programme that say the level.
	TransformMEF6 Transform = "mef-6"
	// TransformFirst keeps the first value, TransformLast the last one, TransformUnique each value once.
	TransformFirst  Transform = "first"
	TransformLast   Transform = "last"
	TransformUnique Transform = "unique"
)

func (t Transform) compile() (func([]string) ([]string, bool), bool) {
	each := func(f func(string) (string, bool)) func([]string) ([]string, bool) {
		return func(in []string) ([]string, bool) {
			out := make([]string, 0, len(in))
			for _, v := range in {
				x, ok := f(v)
				if !ok {
					return nil, false
				}
				out = append(out, x)
			}
			return out, true
		}
	}
	switch t {
	case TransformDate:
		return each(func(v string) (string, bool) {
			d, err := ent.ParseDate(v)
			return d.French(), err == nil
		}), true
	case TransformStripAcademy:
		return each(func(v string) (string, bool) { return StripAcademy(v), true }), true
	case TransformAcademicSuffix:
		return each(func(v string) (string, bool) { return AcademicSuffix(v), true }), true
	case TransformMEF6:
		return each(func(v string) (string, bool) { return v[:min(6, len(v))], len(v) >= 6 && digits(v[:6]) }), true
	case TransformFirst:
		return func(in []string) ([]string, bool) { return in[:min(1, len(in))], true }, true
	case TransformLast:
		return func(in []string) ([]string, bool) { return in[max(0, len(in)-1):], true }, true
	case TransformUnique:
		return func(in []string) ([]string, bool) { return unique(in), true }, true
	}
	return nil, false
}

func digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

func unique(in []string) []string {
	seen := make(map[string]bool, len(in))
	out := make([]string, 0, len(in))
	for _, v := range in {
		if !seen[v] {
			seen[v] = true
			out = append(out, v)
		}
	}
	return out
}

// StripAcademy returns a key without the academy before it: what follows the last hyphen, unless there are five parts or
// more, as in a UUID. Source: usage of the most deployed ENT.
func StripAcademy(key string) string {
	parts := strings.Split(key, "-")
	last := parts[len(parts)-1]
	if len(parts) >= 5 || last == "" {
		return key
	}
	return last
}

// AcademicSuffix returns the number of a key with the number of its academy behind it, as some partners of Île-de-France
// want it: "PARIS-1234" gives 1234020. A key of the product's own ("ENT$42") gives its number; another one stays as it is.
// Source: usage of the most deployed ENT, the longer names first, as its delivered configuration has it.
func AcademicSuffix(key string) string {
	if n, ok := strings.CutPrefix(key, "ENT$"); ok && digits(n) {
		return n
	}
	for _, a := range [...]struct{ academy, suffix string }{
		{"PARIS-CRIF", ""},
		{"CRETEIL-CRIF", ""},
		{"VERSAILLES-CRIF", ""},
		{"AIX-MARSEILLE", ""},
		{"PARIS", "020"},
		{"CRETEIL", "009"},
		{"VERSAILLES", "027"},
		{"AGRICOLE", "028"},
	} {
		if n, ok := strings.CutPrefix(key, a.academy+"-"); ok && digits(n) {
			return n + a.suffix
		}
	}
	return key
}

// List says how several values are written.
type List string

// The ways.
const (
	ListRepeat         List = ""                 // one element per value
	ListJoin           List = "join"             // one text, with the separator
	ListBrackets       List = "brackets"         // one text: [a, b]
	ListBracketsIfMany List = "brackets-if-many" // one text; a single value stands alone
	ListJSON           List = "json"             // one text: ["a","b"]
	ListObjects        List = "json-objects"     // one text: the values are objects already
)

func (l List) known() bool {
	switch l {
	case ListRepeat, ListJoin, ListBrackets, ListBracketsIfMany, ListJSON, ListObjects:
		return true
	}
	return false
}

// write returns the texts to send.
func (l List) write(in []string, separator string) []string {
	if len(in) == 0 || l == ListRepeat {
		return in
	}
	switch l {
	case ListJoin:
		return []string{strings.Join(in, separator)}
	case ListBrackets:
		return []string{"[" + strings.Join(in, ", ") + "]"}
	case ListBracketsIfMany:
		if len(in) == 1 {
			return in
		}
		return []string{"[" + strings.Join(in, ", ") + "]"}
	case ListJSON:
		b, err := json.Marshal(in)
		if err != nil {
			return nil
		}
		return []string{string(b)}
	case ListObjects:
		return []string{"[" + strings.Join(in, ",") + "]"}
	case ListRepeat:
	}
	return in
}
