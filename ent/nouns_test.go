package ent_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/opencartable/cartable/ent"
)

func TestCaseName(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"JEAN-PIERRE":    "Jean-Pierre",
		"jean-pierre":    "Jean-Pierre",
		"D'ALMEIDA":      "d'Almeida",
		"D’ALMEIDA":      "d’Almeida",
		"DE LA TOUR":     "de La Tour",
		"DU BOIS":        "du Bois",
		"DE":             "De",
		"O'BRIEN":        "O'Brien",
		"L'HERMITE":      "L'Hermite",
		"LE GOFF":        "Le Goff",
		"ŒUVRARD":        "Œuvrard",
		"ÉLOÏSE":         "Éloïse",
		"SAINT-D'ARMOR":  "Saint-d'Armor",
		"McDonald":       "McDonald",
		"van der Berg":   "van der Berg",
		"  MARIE  LOU  ": "Marie Lou",
		"X":              "X",
		"":               "",
		"D'":             "D'",
		"-":              "-",
	} {
		got := ent.CaseName(in)
		assert.Equal(t, want, got, in)
		assert.Equal(t, got, ent.CaseName(got), "the case of a name that has it stays")
	}
}

func TestDisplayAndSpokenNames(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		family, given, display, spoken string
	}{
		{"d'Almeida", "JEAN-PIERRE", "D'ALMEIDA Jean-Pierre", "Jean-Pierre d'Almeida"},
		{"D'ALMEIDA", "Zoé", "D'ALMEIDA Zoé", "Zoé d'Almeida"},
		{"DE LA TOUR", "anne", "DE LA TOUR Anne", "Anne de La Tour"},
		{"O'BRIEN", "SEAN", "O'BRIEN Sean", "Sean O'Brien"},
		{"LE GOFF", "ÉLODIE", "LE GOFF Élodie", "Élodie Le Goff"},
		{"œuvrard", "NOËL", "ŒUVRARD Noël", "Noël Œuvrard"},
		{"McDonald", "ann", "MCDONALD Ann", "Ann McDonald"},
		{"MARTIN", "", "MARTIN", "Martin"},
		{"", "Léa", "Léa", "Léa"},
		{"", "", "", ""},
	} {
		n := ent.Name{Family: c.family, Given: c.given}
		assert.Equal(t, c.display, n.Display())
		assert.Equal(t, c.spoken, n.Spoken())
	}
}

func TestKinshipOfBothGenerations(t *testing.T) {
	t.Parallel()
	// 1 was the father and 2 the mother; 10 is the mother and 20 the father.
	for older, newer := range map[string]string{"1": "20", "2": "10", "3": "50", "4": "39", "5": "51", "6": "90", "7": "70"} {
		a, okA := ent.ParseKinship(older)
		b, okB := ent.ParseKinship(newer)
		assert.True(t, okA && okB)
		assert.Equal(t, a, b, "%s and %s", older, newer)
	}
	for code, want := range map[string]ent.Kinship{
		"1": ent.KinshipFather, "2": ent.KinshipMother, "10": ent.KinshipMother, "20": ent.KinshipFather, "37": ent.KinshipSibling,
		"38": ent.KinshipAscendant, "39": ent.KinshipOtherFamily, "41": ent.KinshipEducator, "42": ent.KinshipFosterCarer,
		"43": ent.KinshipChildMinder, "50": ent.KinshipGuardian, "51": ent.KinshipSocialServices, "70": ent.KinshipSelf, "90": ent.KinshipOther,
	} {
		got, ok := ent.ParseKinship(code)
		assert.True(t, ok, code)
		assert.Equal(t, want, got)
		assert.NotEqual(t, code, got.Label(ent.FR))
		assert.NotEqual(t, got.Label(ent.FR), "")
		assert.NotEqual(t, got.Label(ent.EN), "")
	}
	for _, unknown := range []string{"", "0", "8", "99", "père"} {
		got, ok := ent.ParseKinship(unknown)
		assert.False(t, ok, unknown)
		assert.Equal(t, ent.Kinship(unknown), got, "an unknown code is kept")
		assert.Equal(t, unknown, got.Label(ent.EN))
	}
}

func TestResponsibilityGivesNoRightByMistake(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		value string
		in    ent.Generation
		want  ent.Responsibility
		ok    bool
	}{
		{"0", ent.Generation2013, ent.ResponsibilityNone, true},
		{"1", ent.Generation2013, ent.ResponsibilityLegal, true},
		{"2", ent.Generation2013, ent.ResponsibilityLegal, true},
		{"0", ent.Generation2018, ent.ResponsibilityNone, true},
		{"1", ent.Generation2018, ent.ResponsibilityLegal, true},
		{"2", ent.Generation2018, ent.ResponsibilityInCharge, true},
		{"2", "", ent.ResponsibilityNone, false},
		{"3", ent.Generation2018, ent.ResponsibilityNone, false},
		{"", ent.Generation2018, ent.ResponsibilityNone, false},
		{"O", ent.Generation2013, ent.ResponsibilityNone, false},
	} {
		got, ok := ent.ParseResponsibility(c.value, c.in)
		assert.Equal(t, c.want, got, "%q in %s", c.value, c.in)
		assert.Equal(t, c.ok, ok, "%q in %s", c.value, c.in)
	}
	for _, r := range []ent.Responsibility{ent.ResponsibilityLegal, ent.ResponsibilityInCharge, ent.ResponsibilityNone} {
		assert.NotEqual(t, r.Label(ent.FR), r.Label(ent.EN))
	}
	assert.Equal(t, "x", ent.Responsibility("x").Label(ent.FR))
}

func TestNationalProfiles(t *testing.T) {
	t.Parallel()
	var short []string
	for _, p := range ent.Profiles() {
		short = append(short, p.Short())
		assert.True(t, p.Known())
		assert.NotEmpty(t, p.Label(ent.FR))
		assert.NotEmpty(t, p.Label(ent.EN))
		back, ok := ent.ProfileFromShort(p.Short())
		assert.True(t, ok)
		assert.Equal(t, p, back)
	}
	assert.Equal(t, "ELV TUT ENS DIR EVS ETA ACA", strings.Join(short, " "))
	doc, ok := ent.ProfileFromShort("DOC")
	assert.True(t, ok)
	assert.Equal(t, ent.ProfileTeacher, doc)
	_, ok = ent.ProfileFromShort("XXX")
	assert.False(t, ok)
	_, ok = ent.ProfileFromShort("")
	assert.False(t, ok)
	assert.False(t, ent.Profile("National_8").Known())
	assert.Equal(t, "National_8", ent.Profile("National_8").Label(ent.FR))
}

func TestMainProfile(t *testing.T) {
	t.Parallel()
	as := func(profiles ...ent.Profile) []ent.Affiliation {
		var out []ent.Affiliation
		for _, p := range profiles {
			out = append(out, ent.Affiliation{Establishment: "e", Profile: p})
		}
		return out
	}
	order := []ent.Profile{
		ent.ProfileDirection, ent.ProfileTeacher, ent.ProfileSchoolLife, ent.ProfileStaff, ent.ProfileAcademic, ent.ProfileRelative,
		ent.ProfilePupil,
	}
	for i, first := range order {
		for _, second := range order[i:] {
			assert.Equal(t, first, ent.MainProfile(as(second, first)))
		}
	}
	assert.Empty(t, ent.MainProfile(nil))
	assert.Empty(t, ent.MainProfile(as("National_8")))
	p := ent.Person{Affiliations: as(ent.ProfileRelative, ent.ProfileTeacher, ent.ProfileRelative)}
	assert.Equal(t, []ent.Profile{ent.ProfileRelative, ent.ProfileTeacher}, p.Profiles())
}

func TestEstablishmentName(t *testing.T) {
	t.Parallel()
	for want, e := range map[string]ent.Establishment{
		"CLG Jean Moulin VILLEFICTIVE": {Kind: "CLG", Patronym: "Jean Moulin", Town: "VILLEFICTIVE"},
		"E.E.PU VILLEFICTIVE":          {Kind: "E.E.PU", Town: "VILLEFICTIVE"},
		"COLLEGE LES ÉRABLES":          {Patronym: "COLLEGE LES ÉRABLES"},
		"":                             {},
	} {
		assert.Equal(t, want, e.Name())
	}
}

func TestFieldsAreNamesNotValues(t *testing.T) {
	t.Parallel()
	for _, ok := range []string{"person.birthDate", "ENTEleveINE", "a", "x-1_2.y"} {
		assert.Equal(t, ent.Field(ok), ent.NewField(ok))
	}
	for _, bad := range []string{"", "Zoé", "LE GOFF", "1a", ".a", "a\n", "a$b", "a@b.fr", strings.Repeat("a", 65)} {
		assert.Equal(t, ent.Field("?"), ent.NewField(bad), bad)
	}
}
