package guichet

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"github.com/opencartable/cartable/ent"
)

// Vector is one value of FrEduVecteur: profile|last name|first name|pupil|UAI. It is personal data.
type Vector struct {
	// Profile is that of a pupil or of a relative, with the degree of the pupil's school.
	Profile ent.Profile
	Degree  ent.Degree
	// Family and Given name the relative. Those of a pupil are empty since 2018 at the latest.
	Family, Given string
	// Pupil is the number of the pupil inside the school (ent.Schooling.SchoolNumber), of the child for a relative.
	Pupil string
	// School is the pupil's.
	School ent.UAI
}

// LogValue hides the vector.
func (v Vector) LogValue() slog.Value { return redacted() }

// String hides the vector; see Encode.
func (v Vector) String() string { return hidden }

// GoString hides the vector.
func (v Vector) GoString() string { return hidden }

// vectorProfile returns what a code from 1 to 4 stands for.
func vectorProfile(code string) (ent.Profile, ent.Degree, bool) {
	switch code {
	case "1":
		return ent.ProfileRelative, ent.FirstDegree, true
	case "2":
		return ent.ProfileRelative, ent.SecondDegree, true
	case "3":
		return ent.ProfilePupil, ent.FirstDegree, true
	case "4":
		return ent.ProfilePupil, ent.SecondDegree, true
	}
	return "", "", false
}

// Code returns the number of the profile, "" when there is none.
func (v Vector) Code() string {
	for _, code := range []string{"1", "2", "3", "4"} {
		if p, d, _ := vectorProfile(code); p == v.Profile && d == v.Degree {
			return code
		}
	}
	return ""
}

// ParseVector reads one value. Each field is trimmed, and the letter of the UAI may be in lower case. It returns CodeVector
// for a wrong form or a missing value, CodeVectorProfile, CodeVectorUAI (with the code of ent), or CodeLimit.
func ParseVector(s string) (Vector, error) { return VectorOptions{}.parse(s) }

// VectorOptions says what is tolerated. The zero value is strict.
type VectorOptions struct {
	// Allow lists codes that are no fault here: CodeVectorSeveral, a pupil of several schools, as an ENT that acts as an
	// identity provider sends; CodeVectorTrailing, empty fields after the fifth.
	Allow []ent.Code
}

const vectorFields = 5

func (o VectorOptions) parse(s string) (Vector, error) {
	if len(s) > maxValue {
		return Vector{}, fmt.Errorf("guichet: vector: %w", CodeLimit)
	}
	if !printable(s) {
		return Vector{}, fmt.Errorf("guichet: vector: %w", CodeVector)
	}
	fields := strings.Split(s, "|")
	for i := range fields {
		fields[i] = strings.TrimSpace(fields[i])
	}
	if len(fields) > vectorFields && !slices.ContainsFunc(fields[vectorFields:], func(f string) bool { return f != "" }) {
		if !slices.Contains(o.Allow, CodeVectorTrailing) {
			return Vector{}, fmt.Errorf("guichet: vector: %w: %w", CodeVector, CodeVectorTrailing)
		}
		fields = fields[:vectorFields]
	}
	if len(fields) != vectorFields {
		return Vector{}, fmt.Errorf("guichet: vector: %w", CodeVector)
	}
	profile, degree, ok := vectorProfile(fields[0])
	if !ok {
		return Vector{}, fmt.Errorf("guichet: vector: %w", CodeVectorProfile)
	}
	v := Vector{Profile: profile, Degree: degree, Family: fields[1], Given: fields[2], Pupil: fields[3]}
	if !opaque(v.Pupil) || fields[4] == "" || profile == ent.ProfileRelative && (nameKey(v.Family) == "" || nameKey(v.Given) == "") {
		return Vector{}, fmt.Errorf("guichet: vector: %w", CodeVector)
	}
	var err error
	if v.School, err = parseUAI(fields[4]); err != nil {
		return Vector{}, fmt.Errorf("guichet: vector: %w: %w", CodeVectorUAI, err)
	}
	return v, nil
}

// Encode writes the vector. It returns what ParseVector would say of it, or CodeVector when it would read another one, such
// as with a "|" in a name.
func (v Vector) Encode() (string, error) {
	s := strings.Join([]string{v.Code(), v.Family, v.Given, v.Pupil, string(v.School)}, "|")
	back, err := ParseVector(s)
	if err != nil {
		return "", err
	}
	if back != v {
		return "", fmt.Errorf("guichet: vector: %w", CodeVector)
	}
	return s, nil
}

// ParseVectors reads the values of the attribute; an equal one counts once. Several are those of a relative, one for each
// child: anything else is refused with CodeVectorSeveral, which is a CodeVector too. One bad value refuses all of them, since
// a portal that writes one badly may have mixed others.
func ParseVectors(values []string, o VectorOptions) ([]Vector, error) {
	if err := tooMany(values); err != nil {
		return nil, err
	}
	if len(values) == 0 {
		return nil, fmt.Errorf("guichet: vector: %w", CodeVector)
	}
	var out []Vector
	for _, s := range values {
		v, err := o.parse(s)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	for _, v := range out[1:] {
		if v.Profile != out[0].Profile || v.Profile != ent.ProfileRelative && !slices.Contains(o.Allow, CodeVectorSeveral) {
			return nil, fmt.Errorf("guichet: vector: %w: %w", CodeVector, CodeVectorSeveral)
		}
	}
	return out, nil
}

// SplitJoined splits what a web-server module joined with semicolons. Shibboleth writes a semicolon of a value as "\;".
func SplitJoined(s string) []string {
	var out []string
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && s[i+1] == ';':
			b.WriteByte(';')
			i++
		case s[i] == ';':
			out = append(out, b.String())
			b.Reset()
		default:
			b.WriteByte(s[i])
		}
	}
	return append(out, b.String())
}

// JoinValues writes values as Shibboleth does. A value that ends with a backslash does not come back from SplitJoined.
func JoinValues(values []string) string {
	escaped := make([]string, len(values))
	for i, v := range values {
		escaped[i] = strings.ReplaceAll(v, ";", `\;`)
	}
	return strings.Join(escaped, ";")
}
