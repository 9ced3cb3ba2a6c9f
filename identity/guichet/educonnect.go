package guichet

import (
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/opencartable/cartable/ent"
)

// The data of EduConnect, by the friendly names of its attributes.
const (
	FieldSurname     ent.Field = "sn"
	FieldGivenName   ent.Field = "givenName"
	FieldReturnURL   ent.Field = "FrEduUrlRetour"
	FieldConnected   ent.Field = "FrEduCtDateConnexion"
	FieldAffiliation ent.Field = "FrEduCtPersonAffiliation"
	FieldID          ent.Field = "FrEduCtId"
	FieldOpaqueID    ent.Field = "FrEduCtOpaqueId"
	FieldINEHash     ent.Field = "FrEduCtEleveINEHash"
	FieldBirthDate   ent.Field = "FrEduCtDateNaissance"
	FieldSchool      ent.Field = "FrEduCtEleveUAI"
	FieldLevel       ent.Field = "FrEduCtEleveNiveau"
	FieldTitle       ent.Field = "civilite"
	FieldReferences  ent.Field = "FrEduCtRefId"
	FieldVectors     ent.Field = "FrEduVecteur"
)

// EduConnectNames returns the names under which EduConnect sends each datum: the OID, then the friendly name, which is the
// basic name of older portals. The OIDs of FrEduCtRefId and FrEduCtOpaqueId are not known here: a project that is told them
// adds them with Names.With. Source: SPs of pass Culture and of the SNU, entcore.
func EduConnectNames() Names {
	const branch = "urn:oid:1.3.6.1.4.1.20326.10.999.1."
	out := Names{
		FieldSurname:    {"urn:oid:2.5.4.4", string(FieldSurname)},
		FieldGivenName:  {"urn:oid:2.5.4.42", string(FieldGivenName)},
		FieldReferences: {string(FieldReferences)},
		FieldOpaqueID:   {string(FieldOpaqueID)},
		FieldVectors:    {string(FieldVectors)},
	}
	for field, suffix := range map[ent.Field]string{
		FieldReturnURL: "5", FieldConnected: "6", FieldAffiliation: "7", FieldID: "57", FieldINEHash: "64", FieldBirthDate: "67",
		FieldSchool: "72", FieldLevel: "73", FieldTitle: "76",
	} {
		out[field] = []string{branch + suffix, string(field)}
	}
	return out
}

// Affiliation is a value of FrEduCtPersonAffiliation: pupil or relative, and the degree of the school.
type Affiliation struct {
	Profile ent.Profile
	Degree  ent.Degree
}

// IsZero reports whether nothing is known.
func (a Affiliation) IsZero() bool { return a == Affiliation{} }

// ParseAffiliation reads eleve1d, eleve2d, resp1d or resp2d. It returns CodeAttribute otherwise.
func ParseAffiliation(s string) (Affiliation, error) {
	switch s {
	case "eleve1d":
		return Affiliation{ent.ProfilePupil, ent.FirstDegree}, nil
	case "eleve2d":
		return Affiliation{ent.ProfilePupil, ent.SecondDegree}, nil
	case "resp1d":
		return Affiliation{ent.ProfileRelative, ent.FirstDegree}, nil
	case "resp2d":
		return Affiliation{ent.ProfileRelative, ent.SecondDegree}, nil
	}
	return Affiliation{}, CodeAttribute
}

// String writes the affiliation as EduConnect does, "" when it is none of the four.
func (a Affiliation) String() string {
	for _, s := range []string{"eleve1d", "eleve2d", "resp1d", "resp2d"} {
		if p, _ := ParseAffiliation(s); p == a {
			return s
		}
	}
	return ""
}

// EduConnect is what EduConnect says of a person. A service receives what its convention allows: any of it may be missing. It
// is personal data.
type EduConnect struct {
	// ID is the opaque account (FrEduCtId), the one to remember; OpaqueID is another, of which little is known.
	ID, OpaqueID string
	Name         ent.Name
	// Affiliations are one in SAML, a list in OpenID Connect.
	Affiliations []Affiliation
	BirthDate    ent.Date
	// School, Level (MEFSTAT4) and INEHash are those of a pupil.
	School  ent.UAI
	Level   string
	INEHash string
	// Connected is when the person signed in. EduConnect writes no zone: that of Paris is supposed.
	Connected time.Time
	// ReturnURL is as it came; only what ReturnPolicy.Check returns may be followed.
	ReturnURL string
	// References and Vectors are those that could be read, one by one: KeyPolicy.Keys and ParseVectors say what they make
	// together.
	References []Reference
	Vectors    []Vector
}

// LogValue hides the person.
func (e EduConnect) LogValue() slog.Value { return redacted() }

// String hides the person.
func (e EduConnect) String() string { return hidden }

// GoString hides the person.
func (e EduConnect) GoString() string { return hidden }

// ReadEduConnect reads the attributes by the names given, those of EduConnectNames when nil. What is wrong costs its own value
// and is told by an issue that names the attribute, never its value.
func ReadEduConnect(attributes Attributes, names Names) (EduConnect, ent.Issues) {
	if names == nil {
		names = EduConnectNames()
	}
	r := &reader{attributes: attributes, names: names}
	e := EduConnect{
		ID:       parsed(r, FieldID, identifier),
		OpaqueID: parsed(r, FieldOpaqueID, identifier),
		Name:     ent.Name{Title: r.one(FieldTitle), Family: r.one(FieldSurname), Given: r.one(FieldGivenName)},

		Affiliations: parsedAll(r, FieldAffiliation, ParseAffiliation),
		BirthDate:    parsed(r, FieldBirthDate, ent.ParseDate),
		School:       parsed(r, FieldSchool, parseUAI),
		Level:        r.one(FieldLevel),
		INEHash:      parsed(r, FieldINEHash, identifier),
		Connected:    parsed(r, FieldConnected, parseConnected),
		ReturnURL:    r.one(FieldReturnURL),
	}
	if e.ID != "" && !isHex(e.ID, 96) {
		r.file(CodeAttributeKept, FieldID)
	}
	if e.INEHash != "" && len(e.INEHash) != 32 {
		r.file(CodeAttributeKept, FieldINEHash)
	}
	if e.Level != "" && !isNumber(e.Level, 4) {
		r.file(CodeAttributeKept, FieldLevel)
	}
	for _, s := range r.many(FieldReferences) {
		ref, err := ParseReference(s)
		if err != nil {
			r.file(CodeReference, FieldReferences)
		} else if !slices.Contains(e.References, ref) {
			e.References = append(e.References, ref)
		}
	}
	for _, s := range r.many(FieldVectors) {
		v, err := ParseVector(s)
		if err != nil {
			r.file(codeOf(err), FieldVectors)
		} else if !slices.Contains(e.Vectors, v) {
			e.Vectors = append(e.Vectors, v)
		}
	}
	return e, r.issues
}

func identifier(s string) (string, error) {
	if !opaque(s) {
		return "", CodeAttribute
	}
	return s, nil
}

func isHex(s string, n int) bool {
	return len(s) == n && strings.Trim(strings.ToLower(s), "0123456789abcdef") == ""
}

// parseConnected reads a local time of Paris. The clock changes are computed, so that a machine without zone files reads the
// same instant: at 01:00 UTC on the last Sundays of March and October. In the hour that comes twice, it is the second one.
func parseConnected(s string) (time.Time, error) {
	t, err := time.Parse("2006-01-02 15:04:05.999", s)
	if err != nil {
		return time.Time{}, CodeAttribute
	}
	lastSunday := func(month time.Month) time.Time {
		end := time.Date(t.Year(), month, 31, 1, 0, 0, 0, time.UTC)
		return end.AddDate(0, 0, -int(end.Weekday()))
	}
	winter := t.Add(-time.Hour)
	if !winter.Before(lastSunday(time.March)) && winter.Before(lastSunday(time.October)) {
		return t.Add(-2 * time.Hour), nil
	}
	return winter, nil
}
