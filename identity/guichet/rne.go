package guichet

import (
	"fmt"
	"strings"

	"github.com/opencartable/cartable/ent"
)

// none is how the académies write that there is no value.
const none = "X"

func isNone(s string) bool {
	s = strings.TrimSpace(s)
	return s == none || s == ""
}

// The categories of RNE and RNEResp.
const (
	CategoryPublic  = "PU"
	CategoryPrivate = "PR"
)

// RNE is one value of FrEduRne: where a member of staff works. A value may be a bare UAI, the other fields then being empty.
// Codes are kept as they are.
type RNE struct {
	UAI ent.UAI
	// Type is "UAJ" for an establishment of its own, Category PU or PR, Function that of the person ("DIR").
	Type, Category, Function string
	// UAJ is the establishment that the UAI legally belongs to.
	UAJ ent.UAI
	// Nature is tna_sym ("T3"), Kind tty_code ("LYC", "LP", "CLG"), NatureCode tna_code.
	Nature, Kind, NatureCode string
}

// IsZero reports whether there is no value, which is written X.
func (r RNE) IsZero() bool { return r == RNE{} }

const rneFields = 8

// ParseRNE reads one value: 8 fields with $, a bare UAI, or X for no value, which gives the zero RNE. The letter of a UAI may
// be in lower case. It returns CodeRNE for another number of fields, CodeRNEUAI for what is no UAI, or CodeLimit.
func ParseRNE(s string) (RNE, error) {
	f, err := rneSplit(s, rneFields)
	if f == nil || err != nil {
		return RNE{}, err
	}
	r := RNE{Type: f[1], Category: f[2], Function: f[3], Nature: f[5], Kind: f[6], NatureCode: f[7]}
	if r.UAI, err = rneUAI(f[0]); err != nil {
		return RNE{}, err
	}
	if !isNone(f[4]) {
		if r.UAJ, err = rneUAI(f[4]); err != nil {
			return RNE{}, err
		}
	}
	return r, nil
}

// String writes the value: a bare UAI when nothing else is known, X when there is no value.
func (r RNE) String() string {
	return rneJoin(string(r.UAI), r.Type, r.Category, r.Function, string(r.UAJ), r.Nature, r.Kind, r.NatureCode)
}

// RNEResp is one value of FrEduRneResp: an establishment that a person is responsible for.
type RNEResp struct {
	UAI ent.UAI
	// Type, Category, Nature, Kind and NatureCode are those of RNE.
	Type, Category, Activity string
	Nature, Kind, NatureCode string
}

// IsZero reports whether there is no value, which is written X.
func (r RNEResp) IsZero() bool { return r == RNEResp{} }

const rneRespFields = 7

// ParseRNEResp reads one value: 7 fields with $, a bare UAI, or X for no value, which gives the zero RNEResp. Its errors are
// those of ParseRNE.
func ParseRNEResp(s string) (RNEResp, error) {
	f, err := rneSplit(s, rneRespFields)
	if f == nil || err != nil {
		return RNEResp{}, err
	}
	r := RNEResp{Type: f[1], Category: f[2], Activity: f[3], Nature: f[4], Kind: f[5], NatureCode: f[6]}
	if r.UAI, err = rneUAI(f[0]); err != nil {
		return RNEResp{}, err
	}
	return r, nil
}

// String writes the value: a bare UAI when nothing else is known, X when there is no value.
func (r RNEResp) String() string {
	return rneJoin(string(r.UAI), r.Type, r.Category, r.Activity, r.Nature, r.Kind, r.NatureCode)
}

// rneSplit returns the n fields of a value, each trimmed, or nil for no value.
func rneSplit(s string, n int) ([]string, error) {
	switch {
	case len(s) > maxValue:
		return nil, fmt.Errorf("guichet: rne: %w", CodeLimit)
	case !printable(s):
		return nil, fmt.Errorf("guichet: rne: %w", CodeRNE)
	case isNone(s):
		return nil, nil
	}
	f := strings.Split(s, "$")
	for i := range f {
		f[i] = strings.TrimSpace(f[i])
	}
	if len(f) == 1 {
		return append(f, make([]string, n-1)...), nil
	}
	if len(f) != n {
		return nil, fmt.Errorf("guichet: rne: %w", CodeRNE)
	}
	return f, nil
}

func rneUAI(s string) (ent.UAI, error) {
	u, err := parseUAI(s)
	if err != nil {
		return "", fmt.Errorf("guichet: rne: %w: %w", CodeRNEUAI, err)
	}
	return u, nil
}

func rneJoin(fields ...string) string {
	s := strings.Join(fields, "$")
	if bare := strings.TrimRight(s, "$"); bare == fields[0] {
		s = bare
	}
	if s == "" {
		return none
	}
	return s
}
