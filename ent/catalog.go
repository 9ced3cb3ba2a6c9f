package ent

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Code names a rule. It is public: it may be retired, never given to another rule. It is an error, so that
// errors.Is(err, aaf.CodeUnknownClass) works on whatever carries it.
type Code string

// Error returns the code itself.
func (c Code) Error() string { return string(c) }

// Severity says how bad an Issue is.
type Severity string

// The severities, from the mildest.
const (
	// SeverityInfo is worth knowing; nothing is lost.
	SeverityInfo Severity = "info"
	// SeverityWarning is a defect of the data that was kept or repaired.
	SeverityWarning Severity = "warning"
	// SeverityError is a value or a record that was refused.
	SeverityError Severity = "error"
	// SeverityFatal stops the reading of a file.
	SeverityFatal Severity = "fatal"
)

// Label returns the severity in words.
func (s Severity) Label(lang Lang) string {
	switch s {
	case SeverityInfo:
		return lang.pick("information", "information")
	case SeverityWarning:
		return lang.pick("avertissement", "warning")
	case SeverityError:
		return lang.pick("erreur", "error")
	case SeverityFatal:
		return lang.pick("erreur fatale", "fatal error")
	}
	return string(s)
}

// Rule is one entry of a catalogue: what a code means, how bad it is and which text it follows. FR and EN hold the same
// {placeholders}, filled from the parameters of an Issue.
type Rule struct {
	Code     Code     `json:"code"`
	Severity Severity `json:"severity"`
	FR       string   `json:"fr"`
	EN       string   `json:"en"`
	// Source is the text, standard or observation behind the rule.
	Source string `json:"source"`
}

// Catalog is the set of rules of one package. It is immutable and safe for concurrent use.
type Catalog struct {
	rules []*Rule
	index map[Code]*Rule
}

// NewCatalog returns a catalogue of the rules, in their order. [Catalog.Check] says what is wrong with it.
func NewCatalog(rules ...Rule) *Catalog {
	c := &Catalog{index: make(map[Code]*Rule, len(rules))}
	for _, r := range rules {
		c.rules = append(c.rules, &r)
		if _, twice := c.index[r.Code]; !twice {
			c.index[r.Code] = &r
		}
	}
	return c
}

// Rules returns a copy of the rules in their order.
func (c *Catalog) Rules() []Rule {
	out := make([]Rule, len(c.rules))
	for i, r := range c.rules {
		out[i] = *r
	}
	return out
}

// Rule returns the rule of a code.
func (c *Catalog) Rule(code Code) (Rule, bool) {
	r, ok := c.index[code]
	if !ok {
		return Rule{}, false
	}
	return *r, true
}

// New returns an Issue of the rule named by code. A code that is not in the catalogue gives an Issue of severity error
// whose message is the code: nothing is hidden by a mistake of ours.
func (c *Catalog) New(code Code, pos Pos, path string, params ...Param) Issue {
	i := Issue{Code: code, Severity: SeverityError, Pos: pos, Path: path, Params: params}
	if r, ok := c.index[code]; ok {
		i.rule, i.Severity = r, r.Severity
	}
	return i
}

// Check returns what makes the catalogue incomplete: a code used twice, a text or a source missing, placeholders that
// differ between the two languages. Every package calls it in a test.
func (c *Catalog) Check() error {
	var errs []error
	seen := make(map[Code]bool, len(c.rules))
	for _, r := range c.rules {
		if r.Code == "" || seen[r.Code] {
			errs = append(errs, fmt.Errorf("ent: rule %q is empty or stands twice", string(r.Code)))
		}
		seen[r.Code] = true
		if r.FR == "" || r.EN == "" || r.Source == "" || r.Severity.rank() == 0 {
			errs = append(errs, fmt.Errorf("ent: rule %q lacks a text, a severity or a source", string(r.Code)))
		}
		if !slices.Equal(placeholders(r.FR), placeholders(r.EN)) {
			errs = append(errs, fmt.Errorf("ent: rule %q has different placeholders in French and English", string(r.Code)))
		}
	}
	return errors.Join(errs...)
}

// placeholders returns the sorted names between braces.
func placeholders(text string) []string {
	var out []string
	for {
		_, rest, ok := strings.Cut(text, "{")
		if !ok {
			break
		}
		name, after, ok := strings.Cut(rest, "}")
		if !ok {
			break
		}
		out = append(out, name)
		text = after
	}
	slices.Sort(out)
	return slices.Compact(out)
}
