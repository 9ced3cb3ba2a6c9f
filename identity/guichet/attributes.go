package guichet

import (
	"errors"
	"log/slog"
	"maps"
	"slices"
	"strings"

	"github.com/opencartable/cartable/ent"
)

// Attribute is what a verified message says under one name.
type Attribute struct {
	// Name is exact: an OID or a basic name. FriendlyName is a hint only.
	Name, FriendlyName string
	Values             []string
}

// Attributes are those of one message. They are personal data.
type Attributes []Attribute

// LogValue shows how many there are.
func (a Attributes) LogValue() slog.Value { return slog.IntValue(len(a)) }

// String hides the attributes.
func (a Attributes) String() string { return hidden }

// GoString hides the attributes.
func (a Attributes) GoString() string { return hidden }

// AttributesOf returns attributes by name, such as the claims of OpenID Connect, in the order of the names.
func AttributesOf(values map[string][]string) Attributes {
	var out Attributes
	for _, name := range slices.Sorted(maps.Keys(values)) {
		out = append(out, Attribute{Name: name, Values: values[name]})
	}
	return out
}

// Names says under which names each datum is looked for, the surest first.
type Names map[ent.Field][]string

// With returns a copy in which the names stand before those that a datum has.
func (n Names) With(field ent.Field, names ...string) Names {
	out := maps.Clone(n)
	if out == nil {
		out = Names{}
	}
	out[field] = slices.Concat(names, out[field])
	return out
}

// values returns the values of the first name that the message has. Every Name goes before any FriendlyName, which anybody
// who fills a form of an identity provider may choose. A datum without names is looked for under its own.
func (n Names) values(field ent.Field, attributes Attributes) []string {
	names := n[field]
	if len(names) == 0 {
		names = []string{string(field)}
	}
	for _, nameOf := range []func(Attribute) string{
		func(a Attribute) string { return a.Name },
		func(a Attribute) string { return a.FriendlyName },
	} {
		for _, name := range names {
			var out []string
			for _, a := range attributes {
				if nameOf(a) == name {
					out = append(out, a.Values...)
				}
			}
			if len(out) > 0 {
				return out
			}
		}
	}
	return nil
}

// reader takes data out of attributes and files what is wrong: a bad value costs that value.
type reader struct {
	attributes Attributes
	names      Names
	issues     ent.Issues
}

func (r *reader) file(code ent.Code, field ent.Field) {
	r.issues = append(r.issues, fieldIssue(code, field))
}

// many returns the values that are not empty, trimmed.
func (r *reader) many(field ent.Field) []string {
	values := r.names.values(field, r.attributes)
	if tooMany(values) != nil {
		r.file(CodeLimit, field)
		return nil
	}
	var out []string
	for _, v := range values {
		v = strings.TrimSpace(v)
		switch {
		case v == "":
		case !printable(v):
			r.file(CodeAttribute, field)
		default:
			out = append(out, v)
		}
	}
	return out
}

// one returns the value of a datum that has one, "" when there is none or when several differ.
func (r *reader) one(field ent.Field) string {
	values := r.many(field)
	if len(values) == 0 {
		return ""
	}
	if slices.ContainsFunc(values, func(v string) bool { return v != values[0] }) {
		r.file(CodeAttributeSeveral, field)
		return ""
	}
	return values[0]
}

// parsed returns the value of a datum read by a parser.
func parsed[T any](r *reader, field ent.Field, parse func(string) (T, error)) T {
	var zero T
	s := r.one(field)
	if s == "" {
		return zero
	}
	v, err := parse(s)
	if err != nil {
		r.file(CodeAttribute, field)
		return zero
	}
	return v
}

// parsedAll returns the values that a parser reads and that are some.
func parsedAll[T interface{ IsZero() bool }](r *reader, field ent.Field, parse func(string) (T, error)) []T {
	var out []T
	for _, s := range r.many(field) {
		if isNone(s) {
			continue
		}
		v, err := parse(s)
		if err != nil {
			r.file(codeOf(err), field)
			continue
		}
		if !v.IsZero() {
			out = append(out, v)
		}
	}
	return out
}

// codeOf returns the code of this package that an error wraps, CodeAttribute when there is none.
func codeOf(err error) ent.Code {
	for _, r := range catalog().Rules() {
		if errors.Is(err, r.Code) {
			return r.Code
		}
	}
	return CodeAttribute
}
