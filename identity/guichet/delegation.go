package guichet

import (
	"fmt"
	"log/slog"
	"net/url"
	"strings"

	"github.com/opencartable/cartable/ent"
)

// Delegation is one value of FrEduResDel: an application that somebody opened to a member of staff, on some establishments
// and for a time. It is personal data: it may name who delegates.
type Delegation struct {
	Name string
	// URL leads to the application, which its parameter applicationname names: see Application.
	URL string
	// From and To are the first and the last day; 31/12/9999 is without end.
	From, To ent.Date
	// By is the login of who delegates.
	By string
	// Establishments are those concerned.
	Establishments []RNEResp
	// Server and Module are those of the académie's portal.
	Server, Module string
}

// LogValue hides the delegation.
func (d Delegation) LogValue() slog.Value { return redacted() }

// String hides the delegation; see Encode.
func (d Delegation) String() string { return hidden }

// GoString hides the delegation.
func (d Delegation) GoString() string { return hidden }

const (
	delegationFields = 8
	respPrefix       = "FrEduRneResp="
)

// ParseDelegation reads one value: name|url|begin|end|delegator|FrEduRneResp=v[;v]|server|module, with a ninth field when it
// is empty, as some portals write. It returns CodeDelegation for another form, with the code of what is wrong when it is a
// date or a UAI, or CodeLimit.
func ParseDelegation(s string) (Delegation, error) {
	fail := func() (Delegation, error) {
		return Delegation{}, fmt.Errorf("guichet: delegation: %w", CodeDelegation)
	}
	if len(s) > maxValue {
		return Delegation{}, fmt.Errorf("guichet: delegation: %w", CodeLimit)
	}
	if !printable(s) {
		return fail()
	}
	f := strings.Split(s, "|")
	for i := range f {
		f[i] = strings.TrimSpace(f[i])
	}
	if len(f) == delegationFields+1 && f[delegationFields] == "" {
		f = f[:delegationFields]
	}
	if len(f) != delegationFields || f[0] == "" {
		return fail()
	}
	d := Delegation{Name: f[0], URL: f[1], By: f[4], Server: f[6], Module: f[7]}
	var err error
	for _, day := range []struct {
		to   *ent.Date
		text string
	}{{&d.From, f[2]}, {&d.To, f[3]}} {
		if *day.to, err = ent.ParseFrenchDate(day.text); err != nil {
			return Delegation{}, fmt.Errorf("guichet: delegation: %w: %w", CodeDelegation, err)
		}
	}
	list, ok := strings.CutPrefix(f[5], respPrefix)
	if !ok {
		return fail()
	}
	for v := range strings.SplitSeq(list, ";") {
		r, err := ParseRNEResp(v)
		if err != nil {
			return Delegation{}, fmt.Errorf("guichet: delegation: %w: %w", CodeDelegation, err)
		}
		if !r.IsZero() {
			d.Establishments = append(d.Establishments, r)
		}
	}
	return d, nil
}

// Encode writes the value. It returns CodeDelegation for one that ParseDelegation would not read.
func (d Delegation) Encode() (string, error) {
	list := make([]string, len(d.Establishments))
	for i, r := range d.Establishments {
		list[i] = r.String()
	}
	s := strings.Join([]string{
		d.Name, d.URL, d.From.French(), d.To.French(), d.By, respPrefix + strings.Join(list, ";"), d.Server, d.Module,
	}, "|")
	if _, err := ParseDelegation(s); err != nil {
		return "", err
	}
	return s, nil
}

// ValidOn reports whether the delegation holds on a day, its first and last ones included.
func (d Delegation) ValidOn(day ent.Date) bool {
	return !day.IsZero() && !d.From.IsZero() && !d.To.IsZero() && !day.Before(d.From) && !d.To.Before(day)
}

// Application returns the parameter applicationname of the URL, "" when there is none. It is compared whole: a text that
// contains a name is not that name.
func (d Delegation) Application() string {
	u, err := url.Parse(d.URL)
	if err != nil {
		return ""
	}
	return u.Query().Get("applicationname")
}
