package guichet_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity/guichet"
)

const oid = "urn:oid:1.3.6.1.4.1.20326.10.999.1."

// R-EDU-1: each attribute is looked for under a list of names that the project may change: OID, basic name, friendly name.
func TestREDU1NamesAreConfigurable(t *testing.T) {
	t.Parallel()
	for _, c := range rows(t, "educonnect-attributes.tsv") {
		field := ent.Field(c[0])
		if strings.HasPrefix(c[0], "civilité") {
			field = guichet.FieldTitle
		}
		names := guichet.EduConnectNames()[field]
		require.NotEmpty(t, names, c[0])
		if strings.HasPrefix(c[1], "urn:oid:") {
			assert.Equal(t, c[1], names[0], "the OID goes first")
		}
	}
	const value = "2013-05-14"
	read := func(names guichet.Names, a ...guichet.Attribute) string {
		e, issues := guichet.ReadEduConnect(a, names)
		assert.Empty(t, issues)
		return e.BirthDate.String()
	}
	assert.Equal(t, value, read(nil, guichet.Attribute{Name: oid + "67", Values: []string{value}}), "by OID")
	assert.Equal(t, value, read(nil, guichet.Attribute{Name: "FrEduCtDateNaissance", Values: []string{value}}), "by basic name")
	assert.Equal(t, value, read(nil, guichet.Attribute{Name: "urn:oid:9.9", FriendlyName: "FrEduCtDateNaissance", Values: []string{value}}), "by friendly name")
	assert.Empty(t, read(nil, guichet.Attribute{Name: "naissance", Values: []string{value}}))
	other := guichet.EduConnectNames().With(guichet.FieldBirthDate, "naissance")
	assert.Equal(t, value, read(other, guichet.Attribute{Name: "naissance", Values: []string{value}}), "by the project's name")
	assert.Equal(t, value, read(other, guichet.Attribute{Name: oid + "67", Values: []string{value}}), "and still by OID")
	assert.Equal(t, value, read(nil,
		guichet.Attribute{Name: "x", FriendlyName: oid + "67", Values: []string{"1999-01-01"}},
		guichet.Attribute{Name: "FrEduCtDateNaissance", Values: []string{value}}), "a friendly name is a hint only: any name goes before")
	assert.NotContains(t, guichet.Names(nil).With("a", "b"), ent.Field("c"))
}

func TestEduConnectValues(t *testing.T) {
	t.Parallel()
	id := strings.Repeat("0f1e2d3c4b5a6978", 6)
	e, issues := guichet.ReadEduConnect(guichet.AttributesOf(map[string][]string{
		"urn:oid:2.5.4.4": {"DUPONT"}, "urn:oid:2.5.4.42": {"Léa"},
		oid + "5": {"https://educonnect.example/logout"}, oid + "6": {"2026-11-22 08:51:33.437"}, oid + "7": {"eleve2d"},
		oid + "57": {id}, oid + "64": {strings.Repeat("a", 32)}, oid + "67": {"2008-05-14"}, oid + "72": {"0350029s"},
		oid + "73": {"2212"}, oid + "76": {"Mme"},
		"FrEduCtRefId": {"{AAF}14|1|5123456", "{AAF}14|1|5123456", "{ECT}14|1|5"}, "FrEduVecteur": {"4|||701294|0790031E"},
	}), nil)
	assert.Empty(t, issues)
	assert.Equal(t, id, e.ID)
	assert.Equal(t, ent.Name{Title: "Mme", Family: "DUPONT", Given: "Léa"}, e.Name)
	assert.Equal(t, []guichet.Affiliation{{Profile: ent.ProfilePupil, Degree: ent.SecondDegree}}, e.Affiliations)
	assert.Equal(t, "eleve2d", e.Affiliations[0].String())
	assert.Empty(t, guichet.Affiliation{Profile: ent.ProfileTeacher}.String())
	assert.Equal(t, ent.UAI("0350029S"), e.School)
	assert.Equal(t, "2212", e.Level)
	assert.Equal(t, "2008-05-14", e.BirthDate.String())
	assert.Equal(t, time.Date(2026, 11, 22, 7, 51, 33, 437e6, time.UTC), e.Connected)
	assert.Len(t, e.References, 2)
	assert.Len(t, e.Vectors, 1)

	none, issues := guichet.ReadEduConnect(nil, nil)
	assert.Empty(t, issues, "a missing attribute is normal")
	assert.True(t, none.BirthDate.IsZero())
}

// What is wrong costs its own value, and no issue holds it.
func TestEduConnectFaults(t *testing.T) {
	t.Parallel()
	many := make([]string, 100)
	e, issues := guichet.ReadEduConnect(guichet.AttributesOf(map[string][]string{
		oid + "6": {"Canari"}, oid + "7": {"Canari", "resp1d"}, oid + "57": {"Canari"}, oid + "64": {"Canari"}, oid + "67": {"Canari"},
		oid + "72": {"Canari"}, oid + "73": {"Canari"}, "sn": {"Canari", "Canari2"}, "givenName": {"Canari\x00"},
		"FrEduCtRefId": {"Canari"}, "FrEduVecteur": {"Canari"}, "FrEduCtOpaqueId": many,
	}), nil)
	assert.Equal(t, []guichet.Affiliation{{Profile: ent.ProfileRelative, Degree: ent.FirstDegree}}, e.Affiliations)
	assert.Equal(t, "Canari", e.ID, "an odd identifier is still one")
	assert.Empty(t, e.Name.Family)
	assert.True(t, e.Connected.IsZero())
	for _, code := range []ent.Code{
		guichet.CodeAttribute, guichet.CodeAttributeKept, guichet.CodeAttributeSeveral, guichet.CodeReference, guichet.CodeVector, guichet.CodeLimit,
	} {
		require.ErrorIs(t, issues.Err(), code)
	}
	assert.Len(t, issues, 12)
	assert.NotContains(t, issues.Err().Error()+logs(issues, e), "Canari")
}

// The hour of a sign-in is that of Paris, on both sides of the two clock changes.
func TestEduConnectHour(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"2026-03-29 01:59:59.000": "2026-03-29T00:59:59Z",
		"2026-03-29 03:00:00.000": "2026-03-29T01:00:00Z",
		"2026-07-01 12:00:00.000": "2026-07-01T10:00:00Z",
		"2026-10-25 01:59:59.000": "2026-10-24T23:59:59Z",
		"2026-10-25 02:30:00.000": "2026-10-25T01:30:00Z",
		"2026-10-25 03:00:00.000": "2026-10-25T02:00:00Z",
		"2026-12-31 23:30:00.5":   "2026-12-31T22:30:00.5Z",
	} {
		e, _ := guichet.ReadEduConnect(guichet.AttributesOf(map[string][]string{oid + "6": {in}}), nil)
		assert.Equal(t, want, e.Connected.Format(time.RFC3339Nano), in)
	}
}

func TestGAR(t *testing.T) {
	t.Parallel()
	g := guichet.GAR{Project: "RENNES-1", Person: "8b2f6c1e-2d3a-4f6b-9c47-5d0b1a7e9f10"}
	a, err := g.Attributes()
	require.NoError(t, err)
	assert.Equal(t, "idEnt", a[0].Name)
	assert.Equal(t, "GARPersonIdentifiant", a[1].Name)
	back, err := guichet.ReadGAR(a)
	require.NoError(t, err)
	assert.True(t, g == back)
	_, err = guichet.GAR{Project: "RENNES-1"}.Attributes()
	require.ErrorIs(t, err, guichet.CodeGAR)
	_, err = guichet.ReadGAR(a[:1])
	require.ErrorIs(t, err, guichet.CodeGAR)
	_, err = guichet.ReadGAR(append(a, guichet.Attribute{Name: "GARPersonIdentifiant", Values: []string{"other"}}))
	require.ErrorIs(t, err, guichet.CodeGAR, "two persons are nobody")
}
