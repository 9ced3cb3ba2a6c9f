package ent_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
)

// A parsing case: the code wanted, "" for a valid text.
type parsing struct {
	name, in string
	want     ent.Code
}

func checkParsing[T ~string](t *testing.T, parse func(string) (T, error), cases []parsing) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name+" "+c.in, func(t *testing.T) {
			t.Parallel()
			got, err := parse(c.in)
			if c.want == "" {
				require.NoError(t, err)
				assert.Equal(t, c.in, string(got))
				return
			}
			require.ErrorIs(t, err, c.want)
			assert.Empty(t, string(got), "nothing stands beside an error")
			for _, r := range ent.Codes().Rules() {
				if r.Code != c.want {
					assert.NotErrorIs(t, err, r.Code, "one code for one defect")
				}
			}
		})
	}
}

func valid(texts string) []parsing {
	var out []parsing
	for s := range strings.FieldsSeq(texts) {
		out = append(out, parsing{name: "valid", in: s})
	}
	return out
}

func TestUAI(t *testing.T) {
	t.Parallel()
	checkParsing(t, ent.ParseUAI, append(
		valid("0750655E 0690078K 0019991E 0019992F 0019993G 0019995J 0019996K 6200001G 7200123W 9710003B 9990001X 9830002K"),
		parsing{"wrong letter", "0750655F", ent.CodeUAIKey},
		parsing{"letter never used", "0750655I", ent.CodeUAIKey},
		parsing{"a digit missing", "075065E", ent.CodeUAI},
		parsing{"lower case", "0750655e", ent.CodeUAI},
		parsing{"Corsica is 620 and 720", "2A00001A", ent.CodeUAI},
		parsing{"six digits and two letters", "004001ZV", ent.CodeUAIPseudo},
		parsing{"five digits and three letters", "01301RES", ent.CodeUAIPseudo},
		parsing{"a space", " 0750655E", ent.CodeUAI},
		parsing{"a digit of another script", "075065٥E", ent.CodeUAI},
		parsing{"empty", "", ent.CodeUAI},
	))
	u, err := ent.NewUAI(750655)
	require.NoError(t, err)
	assert.Equal(t, ent.UAI("0750655E"), u)
	assert.Equal(t, "075", u.DepartementPrefix())
	assert.Empty(t, ent.UAI("").DepartementPrefix())
	for _, n := range []int{-1, 10_000_000} {
		_, err = ent.NewUAI(n)
		require.ErrorIs(t, err, ent.CodeUAI)
	}
}

func TestPseudoUAIIsItsOwnClass(t *testing.T) {
	t.Parallel()
	checkParsing(t, ent.ParsePseudoUAI, append(valid("004001ZV 01301RES"),
		parsing{"a UAI", "0750655E", ent.CodeUAI},
		parsing{"four letters", "0130RESA", ent.CodeUAI},
		parsing{"lower case", "004001zv", ent.CodeUAI},
		parsing{"too short", "04001ZV", ent.CodeUAI},
		parsing{"empty", "", ent.CodeUAI},
	))
}

func TestINE(t *testing.T) {
	t.Parallel()
	checkParsing(t, ent.ParseINE, append(
		valid("000000001KG 000000097KH 000000096AB 123456789FJ 180000001JG 180000002JF 180000006JB 1234567890A 1234A56789B"),
		parsing{"right shape, wrong key", "180000006JA", ent.CodeINEKey},
		parsing{"bad shape", "18000000JG", ent.CodeINE},
		parsing{"lower case", "180000001jg", ent.CodeINE},
		parsing{"another letter fifth", "1234B56789B", ent.CodeINE},
		parsing{"empty", "", ent.CodeINE},
	))
	for in, want := range map[ent.INE]ent.INEGeneration{
		"180000001JG": ent.INERNIE, "180000006JA": ent.INERNIE, "1234567890A": ent.INEBEA, "1234A56789B": ent.INEApprentice,
		"18000000JG": "", "": "",
	} {
		assert.Equal(t, want, in.Generation(), in)
	}
	n, err := ent.NewINE(180000006)
	require.NoError(t, err)
	assert.Equal(t, ent.INE("180000006JB"), n)
	for _, bad := range []int{-1, 1_000_000_000} {
		_, err = ent.NewINE(bad)
		require.ErrorIs(t, err, ent.CodeINE)
	}
}

func TestINEWithAWrongKeyIsReadFromADocument(t *testing.T) {
	t.Parallel()
	var n ent.INE
	require.NoError(t, json.Unmarshal([]byte(`"180000006JA"`), &n))
	assert.False(t, n.Valid())
	require.ErrorIs(t, json.Unmarshal([]byte(`"18000000JG"`), &n), ent.CodeINE)
}

func TestSIRENAndSIRET(t *testing.T) {
	t.Parallel()
	checkParsing(t, ent.ParseSIREN, append(valid("190019992 356000000"),
		parsing{"wrong key", "190019993", ent.CodeSIRENKey},
		parsing{"eight digits", "19001999", ent.CodeSIREN},
		parsing{"a letter", "19001999A", ent.CodeSIREN},
		parsing{"empty", "", ent.CodeSIREN},
	))
	checkParsing(t, ent.ParseSIRET, append(
		valid("19001999200014 19002999100014 21001004700012 35600000000048"),
		parsing{"wrong key", "19001999200015", ent.CodeSIRETKey},
		parsing{"spaces", "190 019 992 00014", ent.CodeSIRET},
		parsing{"thirteen digits", "1900199920001", ent.CodeSIRET},
		parsing{"empty", "", ent.CodeSIRET},
		// The digits of a place of La Poste add up to a multiple of 5; those of another organisation need their key.
		parsing{"La Poste, sum of 15", "35600000000010", ""},
		parsing{"La Poste, sum of 16", "35600000000011", ent.CodeSIRETKey},
	))
	assert.Equal(t, ent.SIREN("190019992"), ent.SIRET("19001999200014").SIREN())
	assert.Empty(t, ent.SIRET("19001").SIREN())
}

func TestMEF(t *testing.T) {
	t.Parallel()
	checkParsing(t, ent.ParseMEF, append(valid("10310019110 1031000K11A"),
		parsing{"ten characters", "1031001911", ent.CodeMEF},
		parsing{"a letter in the dispositif", "1O310019110", ent.CodeMEF},
		parsing{"lower case", "1031000k11A", ent.CodeMEF},
		parsing{"empty", "", ent.CodeMEF},
	))
	assert.Equal(t, ent.MEFNational, ent.MEF("10310019110").Variant())
	assert.Equal(t, ent.MEFLocal, ent.MEF("1031000K11A").Variant())
	assert.Empty(t, ent.MEF("1031001911").Variant())
}

func TestSubjectCode(t *testing.T) {
	t.Parallel()
	checkParsing(t, ent.ParseSubjectCode, append(valid("020900 A10001 999900"),
		parsing{"five", "02090", ent.CodeSubject},
		parsing{"lower case", "a10001", ent.CodeSubject},
		parsing{"empty", "", ent.CodeSubject},
	))
}

func TestTerritoryCodes(t *testing.T) {
	t.Parallel()
	checkParsing(t, ent.ParseInseeCode, append(valid("01004 2A004 2B033 35238 75056 97105 98818 99100"),
		parsing{"Corsica before 1976", "20004", ent.CodeInsee},
		parsing{"no département 00", "00004", ent.CodeInsee},
		parsing{"no département 96", "96001", ent.CodeInsee},
		parsing{"no territory 970", "97001", ent.CodeInsee},
		parsing{"four digits", "1004", ent.CodeInsee},
		parsing{"lower case", "2a004", ent.CodeInsee},
		parsing{"empty", "", ent.CodeInsee},
	))
	checkParsing(t, ent.ParseDepartementCode, append(valid("01 2A 2B 35 95 99 971 976 989"),
		parsing{"Corsica before 1976", "20", ent.CodeDepartement},
		parsing{"none", "96", ent.CodeDepartement},
		parsing{"padded", "035", ent.CodeDepartement},
		parsing{"no territory 970", "970", ent.CodeDepartement},
		parsing{"empty", "", ent.CodeDepartement},
	))
	checkParsing(t, ent.ParseRegionCode, append(valid("01 53 94"),
		parsing{"one digit", "1", ent.CodeRegion}, parsing{"letters", "BR", ent.CodeRegion}, parsing{"empty", "", ent.CodeRegion}))
	checkParsing(t, ent.ParseAcademyCode, append(valid("010 014 032"),
		parsing{"not padded", "10", ent.CodeAcademy}, parsing{"zero", "000", ent.CodeAcademy}, parsing{"empty", "", ent.CodeAcademy}))

	for in, want := range map[ent.InseeCode]ent.DepartementCode{
		"01004": "01", "2A004": "2A", "97105": "971", "98818": "988", "99100": "99", "ABCDE": "", "97001": "", "": "",
	} {
		assert.Equal(t, want, in.Departement(), in)
	}
	for in, want := range map[string]ent.AcademyCode{"10": "010", "010": "010", "1": "001"} {
		got, err := ent.NormalizeAcademyCode(in)
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
	for _, in := range []string{"", "0", "1000", "A"} {
		_, err := ent.NormalizeAcademyCode(in)
		require.ErrorIs(t, err, ent.CodeAcademy, in)
	}
}

func TestEveryCodeOfAParserIsInTheCatalogue(t *testing.T) {
	t.Parallel()
	for _, c := range []ent.Code{
		ent.CodeUAI, ent.CodeUAIKey, ent.CodeUAIPseudo, ent.CodeINE, ent.CodeINEKey, ent.CodeMEF, ent.CodeSubject, ent.CodeSIREN,
		ent.CodeSIRENKey, ent.CodeSIRET, ent.CodeSIRETKey, ent.CodeInsee, ent.CodeDepartement, ent.CodeRegion, ent.CodeAcademy,
		ent.CodeDate, ent.CodeSchoolYear, ent.CodeRounding, ent.CodeExplanation, ent.CodeFormat,
	} {
		r, ok := ent.Codes().Rule(c)
		assert.True(t, ok && r.Code == c, c)
	}
	assert.Len(t, ent.Codes().Rules(), 20)
	_, ok := ent.Codes().Rule("ENT-NONE")
	assert.False(t, ok)
}

func TestMissingIdentifiersReadAsMissing(t *testing.T) {
	t.Parallel()
	e := ent.Establishment{ID: "x", UAI: "0750655E", SIRET: "19001999200014", Academy: "010"}
	require.NoError(t, json.Unmarshal([]byte(`{"uai":"","siret":"","academy":"","pseudoUai":""}`), &e))
	assert.Equal(t, ent.Establishment{ID: "x"}, e)
	err := json.Unmarshal([]byte(`{"uai":"0750655F"}`), &e)
	require.True(t, errors.Is(err, ent.CodeUAIKey))
}
