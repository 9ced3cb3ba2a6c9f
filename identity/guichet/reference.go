package guichet

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
)

// SourceAAF is the source of the references by which an ENT finds its accounts: the identifier is that of the AAF feed.
const SourceAAF = "AAF"

// Reference is one value of FrEduCtRefId: {SOURCE}academy|…|id. Other sources than AAF are kept.
// It is personal data.
type Reference struct {
	Source string
	// Academy has one or two digits, as written.
	Academy string
	// Middle is not used by anybody, and what it means is not known.
	Middle string
	ID     string
}

// LogValue hides the reference.
func (r Reference) LogValue() slog.Value { return redacted() }

// String hides the reference; see Encode.
func (r Reference) String() string { return hidden }

// GoString hides the reference.
func (r Reference) GoString() string { return hidden }

// ParseReference reads one value, trimmed at its ends. It returns CodeReference for another form.
func ParseReference(s string) (Reference, error) {
	r, ok := parseReference(strings.TrimSpace(s))
	if !ok {
		return Reference{}, fmt.Errorf("guichet: reference: %w", CodeReference)
	}
	return r, nil
}

func parseReference(s string) (Reference, bool) {
	source, rest, ok := cutSource(s)
	if !ok || !printable(s) {
		return Reference{}, false
	}
	parts := strings.Split(rest, "|")
	if len(parts) != 3 {
		return Reference{}, false
	}
	r := Reference{source, parts[0], parts[1], parts[2]}
	return r, isNumber(r.Academy, 2) && isKey(r.ID)
}

// cutSource returns what stands between the braces and after them.
func cutSource(s string) (source, rest string, ok bool) {
	rest, ok = strings.CutPrefix(s, "{")
	if !ok {
		return "", "", false
	}
	source, rest, ok = strings.Cut(rest, "}")
	return source, rest, ok && isKey(source)
}

func isNumber(s string, maxLen int) bool {
	return s != "" && len(s) <= maxLen && !strings.ContainsFunc(s, func(c rune) bool { return c < '0' || c > '9' })
}

// isKey reports whether s is made of letters, digits, "-", "_" and ".": what can stand in a join key, and in a query of any
// kind of store without being escaped.
func isKey(s string) bool {
	return s != "" && len(s) <= 64 && !strings.ContainsFunc(s, func(c rune) bool {
		return !('0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '-' || c == '_' || c == '.')
	})
}

// Encode writes the reference. It returns CodeReference for one that ParseReference would not read.
func (r Reference) Encode() (string, error) {
	s := "{" + r.Source + "}" + r.Academy + "|" + r.Middle + "|" + r.ID
	back, err := ParseReference(s)
	if err != nil {
		return "", err
	}
	if back != r {
		return "", fmt.Errorf("guichet: reference: %w", CodeReference)
	}
	return s, nil
}

// KeyForm is how a project writes the join key of a reference.
type KeyForm string

// The forms.
const (
	// KeyPrefixed is RENNES-5123456. It is the form of a policy that says nothing.
	KeyPrefixed KeyForm = "prefixed"
	// KeyBare is 5123456: the project serves one academy, or academies that share their identifiers.
	KeyBare KeyForm = "bare"
	// KeyJointure is AC-RENNES$5123456, as ENTPersonJointure.
	KeyJointure KeyForm = "jointure"
)

// KeyPolicy says how a project makes join keys of references. The zero value makes prefixed keys of AAF references.
type KeyPolicy struct {
	Form KeyForm
	// Private adds the same key with a P before it, under which private schools were imported.
	Private bool
	// Sources are those used; AAF alone when empty.
	Sources []string
	// Academies are the numbers of those served, all of them when empty. KeyBare requires them: without its academy, an
	// identifier of another one is somebody else's.
	Academies []string
	// Names replaces the name of an academy, by its number of two digits.
	Names map[string]string
}

// Check returns CodeKeyPolicy for a policy that would mix academies, or an unknown form or academy.
func (p KeyPolicy) Check() error {
	switch p.Form {
	case "", KeyPrefixed, KeyJointure:
	case KeyBare:
		if len(p.Academies) == 0 {
			return fmt.Errorf("guichet: key policy: %w", CodeKeyPolicy)
		}
	default:
		return fmt.Errorf("guichet: key policy: %w", CodeKeyPolicy)
	}
	for _, n := range p.Academies {
		if _, known := AcademyOf(n); !known {
			return fmt.Errorf("guichet: key policy: %w", CodeKeyPolicy)
		}
	}
	return nil
}

func (p KeyPolicy) uses(source string) bool {
	if len(p.Sources) == 0 {
		return source == SourceAAF
	}
	return slices.Contains(p.Sources, source)
}

// serves reports whether an academy is in the list; both sides may write it with one digit or two.
func (p KeyPolicy) serves(a Academy) bool {
	return len(p.Academies) == 0 || slices.ContainsFunc(p.Academies, func(n string) bool {
		served, _ := AcademyOf(n)
		return served.Number == a.Number
	})
}

// KeysOf returns the keys of one reference. It returns CodeNoReference for a source that is not used, CodeJoinKey for an
// academy that is unknown or not served, CodeKeyPolicy for a policy that Check refuses.
func (p KeyPolicy) KeysOf(r Reference) ([]string, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	if !p.uses(r.Source) {
		return nil, fmt.Errorf("guichet: reference: %w", CodeNoReference)
	}
	a, known := AcademyOf(r.Academy)
	if !known || !p.serves(a) || !isKey(r.ID) {
		return nil, fmt.Errorf("guichet: reference: %w", CodeJoinKey)
	}
	name := a.Name
	if other, ok := p.Names[a.Number]; ok {
		name = other
	}
	var key string
	switch p.Form {
	case KeyBare:
		key = r.ID
	case KeyJointure:
		key = "AC-" + name + "$" + r.ID
	case "", KeyPrefixed:
		key = name + "-" + r.ID
	}
	keys := []string{key}
	if p.Private {
		keys = append(keys, "P"+key)
	}
	return keys, nil
}

// Keys returns the keys of the values of FrEduCtRefId, each once. A value that gives none costs nothing but itself. When no
// value is of a source that is used it returns CodeNoReference, and when none of those gives a key CodeJoinKey.
func (p KeyPolicy) Keys(values []string) ([]string, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	if err := tooMany(values); err != nil {
		return nil, err
	}
	var keys []string
	used := false
	for _, s := range values {
		s = strings.TrimSpace(s)
		source, _, ok := cutSource(s)
		if !ok || !p.uses(source) {
			continue
		}
		used = true
		r, ok := parseReference(s)
		if !ok {
			continue
		}
		more, err := p.KeysOf(r)
		if err != nil {
			continue
		}
		for _, k := range more {
			if !slices.Contains(keys, k) {
				keys = append(keys, k)
			}
		}
	}
	switch {
	case len(keys) > 0:
		return keys, nil
	case used:
		return nil, fmt.Errorf("guichet: reference: %w", CodeJoinKey)
	}
	return nil, fmt.Errorf("guichet: reference: %w", CodeNoReference)
}
