package jsonschemas_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
	"github.com/opencartable/cartable/interop/jsonschemas"
)

// compile returns every schema, ready to validate, by its name; a validator that nobody here wrote reads them.
func compile(t *testing.T) map[string]*jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	ids := map[string]string{}
	for _, name := range jsonschemas.Names() {
		b, ok := jsonschemas.Get(name)
		require.True(t, ok)
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
		require.NoError(t, err, name)
		m := doc.(map[string]any)
		id, _ := m["$id"].(string)
		require.NotEmpty(t, id, name)
		for other, same := range ids {
			require.NotEqual(t, same, id, "%s and %s", name, other)
		}
		ids[name] = id
		require.Equal(t, "https://json-schema.org/draft/2020-12/schema", m["$schema"], name)
		require.NotEmpty(t, m["title"], name)
		require.NotEmpty(t, m["description"], name)
		require.NotContains(t, string(b), "[redacted]", name)
		// Each one stands alone.
		require.NotContains(t, strings.ReplaceAll(string(b), `"$ref": "#/$defs/`, ""), "$ref", name)
		require.NoError(t, c.AddResource(id, doc))
	}
	out := map[string]*jsonschema.Schema{}
	for name, id := range ids {
		s, err := c.Compile(id)
		require.NoError(t, err, name)
		out[name] = s
	}
	return out
}

func validate(t *testing.T, s *jsonschema.Schema, v any) error {
	t.Helper()
	b, ok := v.(json.RawMessage)
	if !ok {
		var err error
		b, err = json.Marshal(v)
		require.NoError(t, err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	require.NoError(t, err)
	return s.Validate(doc)
}

func day(t *testing.T, s string) ent.Date {
	t.Helper()
	d, err := ent.ParseDate(s)
	require.NoError(t, err)
	return d
}

func report() *ent.Report {
	var r ent.Report
	r.Keep("Eleve", 6)
	r.Refuse("Eleve", 1)
	r.AddN(ent.Codes().New(ent.CodeUAIKey, ent.Pos{File: "a.xml", Line: 3, Record: "4001"}, "$.UAI", ent.FieldOf("f", "ENTStructureUAI"),
		ent.CodeOf("c", "X1"), ent.Count("n", 3), ent.Decimal("d", decimal.New(1250, -2)), ent.DateOf("on", ent.Date{Year: 2024, Month: 9, Day: 16})), 30)
	r.Lose(ent.Loss{Code: ent.CodeFormat, Field: ent.NewField("LE GOFF"), Count: 2})
	return &r
}

func explanation(t *testing.T) ent.Explanation {
	t.Helper()
	third := big.NewRat(1, 3)
	r := ent.Rounding{Step: decimal.New(1, -2), Mode: ent.RoundHalfUp}
	d, err := r.Round(third)
	require.NoError(t, err)
	var tr ent.Trace
	tr.Push(ent.Step{Op: ent.OpGiven, Value: decimal.New(1, 0), Owner: "us-1", Audience: ent.AudienceAgent})
	tr.Push(ent.Step{Op: ent.OpGiven, Value: decimal.New(3, 0), Unit: "part", Label: ent.Label{FR: "parts", EN: "parts"}})
	tr.Fold(2, ent.Step{Op: ent.OpQuotient, Value: ent.Written(third), Params: []ent.Param{ent.Count("n", 1)}})
	tr.Fold(1, ent.Step{Op: ent.OpRound, Value: d, Rounding: &r})
	tr.Push(ent.Step{Op: ent.OpGiven, Value: decimal.New(-5, 2)})
	tr.Fold(2, ent.Step{Op: ent.OpChoose, Value: d})
	e, err := tr.Explanation()
	require.NoError(t, err)
	require.NoError(t, e.Check())
	return e
}

func person(t *testing.T) ent.Person {
	t.Helper()
	yes, no := true, false
	return ent.Person{
		ID: "us-42", Name: ent.Name{Title: "Mme", Family: "d'Almeida", Birth: "ŒUVRARD", Given: "Zoé", Others: []string{"Zoé", "Lou"}},
		BirthDate: day(t, "2012-02-29"),
		Contact: ent.Contact{
			Mail: "zoe@exemple.test", Mobile: "+33 6 00 00 00 00", SMS: "0600000000", AddressShared: true,
			Address: ent.Place{Lines: []string{"3 allée des Érables", "Bât. B", "", ""}, PostalCode: "35000", Town: "RENNES", Commune: "35238"},
		},
		Affiliations: []ent.Affiliation{
			{Establishment: "us-7", Profile: ent.ProfilePupil, From: day(t, "2024-09-02")},
			{Establishment: "us-8", Profile: "National_8", Functions: []ent.Function{{Code: "-", Label: "SANS OBJET", Discipline: "L1300"}}},
		},
		// An INE with a wrong key, as feeds hold some; a regime of no known list.
		Schooling: &ent.Schooling{
			INE: "180000006JA", Programme: "1031000K11A", Regime: "autre", Scholarship: &yes, Transport: &no, Subjects: []ent.SubjectCode{"020900", "A10001"},
			Classes: []ent.ID{"6A"}, To: day(t, "2025-08-31"),
		},
		Teachings:     []ent.Teaching{{Teacher: "us-42", Establishment: "us-7", Class: "6A"}},
		HeadTeacherOf: []ent.ID{"6A"},
	}
}

func TestRealValuesAreValid(t *testing.T) {
	t.Parallel()
	all := compile(t)
	p := person(t)
	at := time.Date(2024, 9, 16, 3, 0, 0, 123, time.FixedZone("", 7200))
	values := map[string][]any{
		"uai": {ent.UAI("0750655E"), ent.UAI("6200001G")}, "pseudo-uai": {ent.PseudoUAI("004001ZV"), ent.PseudoUAI("01301RES")},
		"ine": {ent.INE("180000001JG"), ent.INE("1234567890A"), ent.INE("1234A56789B"), p.Schooling.INE},
		"mef": {ent.MEF("10310019110"), ent.MEF("1031000K11A")}, "subject-code": {ent.SubjectCode("020900"), ent.SubjectCode("A10001")},
		"siren": {ent.SIREN("190019992")}, "siret": {ent.SIRET("35600000000048")}, "commune": {ent.InseeCode("2A004"), ent.InseeCode("97105")},
		"departement": {ent.DepartementCode("2B"), ent.DepartementCode("974")}, "region": {ent.RegionCode("53")}, "academy": {ent.AcademyCode("010")},
		"date": {day(t, "2024-02-29"), day(t, "0001-01-01")}, "school-year": {ent.SchoolYear(2024), ent.SchoolYear(1)},
		"name": {p.Name, ent.Name{}}, "person": {p, ent.Person{}, &p}, "affiliation": {p.Affiliations[0], p.Affiliations[1], ent.Affiliation{}},
		"relation": {
			ent.Relation{},
			ent.Relation{Pupil: "a", Relative: "b", Kinship: ent.KinshipMother, Responsibility: ent.ResponsibilityLegal, Contact: true},
			ent.Relation{Kinship: "99"},
		},
		"household": {ent.Household{}, ent.Household{ID: "h", Adults: []ent.ID{"a"}, Children: []ent.HouseholdChild{{Person: "c", Custody: ent.CustodyShared}}, Address: p.Contact.Address}},
		"place":     {p.Contact.Address, ent.Place{}},
		"establishment": {
			ent.Establishment{},
			ent.Establishment{ID: "us-7", UAI: "0750655E", SIRET: "19001999200014", Kind: "CLG", Sector: "XX", Degree: ent.SecondDegree, Academy: "014", Parents: []ent.ID{"us-8"}},
			ent.Establishment{ID: "us-9", Pseudo: "004001ZV"},
		},
		"class":     {ent.Class{}, ent.Class{ID: "6A", Establishment: "us-7", Code: "6A", Programmes: []ent.MEF{"10310019110"}, Levels: []string{"CP"}}},
		"group":     {ent.Group{}, ent.Group{ID: "g", Code: "3LAT", Classes: []ent.ID{"3A"}}},
		"subject":   {ent.Subject{}, ent.Subject{Code: "A10001", Label: "LATIN", National: "061300"}},
		"teaching":  {ent.Teaching{}, ent.Teaching{Teacher: "t", Subject: "020900", Group: "g"}},
		"programme": {ent.Programme{}, ent.Programme{Code: "1031000K11A", Label: "6EME", National: "10310019110", Stat: "21160010019"}},
		"plan":      planLines(t),
		"access":    {access.Default(), access.Policy{Name: "n", Grants: []access.Grant{}}},
		"loss":      {ent.Loss{}, report().Losses()[0]},
		"issue":     {report().Examples(ent.CodeUAIKey)[0], ent.NewCatalog().New("X", ent.Pos{}, "").WithValue("x")},
		"report":    {report(), &ent.Report{}, *report()}, "explanation": {explanation(t)},
		"disclosure": {ent.Disclosure{}, ent.Disclosure{Recipient: "r", Fields: []ent.Field{"person.name"}, Count: 3, At: at}},
		"event":      {ent.Event{}, ent.Event{Tenant: "t", Sequence: 1, At: at, Actor: ent.Actor{Kind: ent.ActorPerson, ID: "a", Profile: ent.ProfileTeacher}, Data: json.RawMessage(`[1]`)}},
	}
	published := 0
	for name, s := range all {
		if !strings.HasPrefix(name, "ent/") {
			continue // see TestFeesDocuments
		}
		published++
		vs := values[strings.TrimSuffix(strings.TrimPrefix(name, "ent/"), "-1")]
		assert.NotEmpty(t, vs, "%s has no value to try", name)
		for _, v := range vs {
			assert.NoError(t, validate(t, s, v), "%s: %+v", name, v)
		}
	}
	assert.Len(t, values, published, "every noun is published")
}

func TestWrongValuesAreRefused(t *testing.T) {
	t.Parallel()
	all := compile(t)
	for _, c := range []struct{ name, doc string }{
		{"uai", `"075065E"`},
		{"uai", `"0750655e"`},
		{"uai", `"2A00001A"`},
		{"uai", `"004001ZV"`},
		{"uai", `750655`},
		{"uai", `""`},
		{"pseudo-uai", `"0750655E"`},
		{"ine", `"18000000JG"`},
		{"mef", `"1031001911"`},
		{"subject-code", `"02090"`},
		{"siren", `"19001999"`},
		{"siret", `"190 019 992 00014"`},
		{"commune", `"20004"`},
		{"commune", `"97001"`},
		{"departement", `"20"`},
		{"region", `"1"`},
		{"academy", `"000"`},
		{"date", `"16/09/2024"`},
		{"date", `"2023-02-29"`},
		{"school-year", `"2024"`},
		{"name", `{"family":"X"}`},
		{"name", `{"family":"X","given":3}`},
		{"person", `{"id":"1"}`},
		{"person", `{"id":"1","name":{"family":"","given":""},"birthDate":"2010"}`},
		{"person", `{"id":"1","name":{"family":"","given":""},"schooling":{"ine":"1"}}`},
		{"affiliation", `{"establishment":"1"}`},
		{"relation", `{}`},
		{"household", `{"id":"1","children":[{}]}`},
		{"place", `{"lines":"x"}`},
		{"establishment", `{"id":"1","uai":"075065E"}`},
		{"establishment", `{"id":"1","siret":"1"}`},
		{"class", `{"id":"1","establishment":"2"}`},
		{"group", `[]`},
		{"subject", `{"code":"02090","label":"x"}`},
		{"teaching", `{"teacher":1}`},
		{"programme", `{"code":"1","label":"x"}`},
		{"access", `{"format":"cartable.access/2","name":"","grants":[]}`},
		{"access", `{"format":"cartable.access/1","name":"","grants":[],"grant":[]}`},
		{"access", `{"format":"cartable.access/1","name":"","grants":[{"who":["anyone"],"may":["marks.read"],"reach":["galaxy"]}]}`},
		{"access", `{"format":"cartable.access/1","name":"","grants":[],"inCharge":"sometimes"}`},
		{"loss", `{"code":"A","field":"LE GOFF","count":1}`},
		{"issue", `{"code":"A","severity":"grave","fr":"","en":""}`},
		{"report", `{}`},
		{"report", `{"format":"cartable.report/2"}`},
		{"report", `{"format":"cartable.report/1","codes":[{"code":"A"}]}`},
		{"explanation", `{"format":"cartable.explanation/1"}`},
		{"explanation", `{"format":"cartable.explanation/1","root":{"op":"sum","value":1.5,"label":{"fr":"","en":""}}}`},
		{"explanation", `{"format":"cartable.explanation/1","root":{"op":"sum","value":"1e3","label":{"fr":"","en":""}}}`},
		{"explanation", `{"format":"cartable.explanation/1","root":{"op":"median","value":"1","label":{"fr":"","en":""}}}`},
		{"disclosure", `{"format":"cartable.disclosure/1","recipient":"","purpose":"","legalBasis":"","fields":null,"count":1,"at":"2024-09-16T03:00:00Z"}`},
		{"event", `{"format":"cartable.event/1","tenant":"","sequence":"1","type":"","subject":"","actor":{"kind":"","id":""},"at":"2024-09-16T03:00:00Z"}`},
		{"event", `{"format":"cartable.event/1","tenant":"","sequence":1,"type":"","subject":"","actor":{"kind":"","id":""},"at":"16/09/2024"}`},
	} {
		s := all["ent/"+c.name+"-1"]
		require.NotNil(t, s, c.name)
		assert.Error(t, validate(t, s, json.RawMessage(c.doc)), "%s: %s", c.name, c.doc)
	}
}

// A field that this version does not know is passed over, as the readers of package ent do.
func TestUnknownFieldsAreAllowed(t *testing.T) {
	t.Parallel()
	all := compile(t)
	require.NoError(t, validate(t, all["ent/name-1"], json.RawMessage(`{"family":"X","given":"Y","later":1}`)))
	require.NoError(t, validate(t, all["ent/report-1"], json.RawMessage(`{"format":"cartable.report/1","later":{}}`)))
}

func TestNamesAndFiles(t *testing.T) {
	t.Parallel()
	names := jsonschemas.Names()
	assert.IsIncreasing(t, names)
	assert.Contains(t, names, "ent/report-1")
	for _, name := range names {
		b, ok := jsonschemas.Get(name)
		require.True(t, ok)
		file, err := fs.ReadFile(jsonschemas.FS(), name+".json")
		require.NoError(t, err)
		assert.Equal(t, file, b)
	}
	for _, name := range []string{"", "report", "codes", "../jsonschemas/codes", "ent/report-2", "ent/report-1.json"} {
		_, ok := jsonschemas.Get(name)
		assert.False(t, ok, name)
	}
	var codes []struct{ Package, Code, Severity, FR, EN, Source string }
	require.NoError(t, json.Unmarshal(jsonschemas.Codes(), &codes))
	assert.Greater(t, len(codes), 50)
	for _, c := range codes {
		assert.NotContains(t, []string{c.Package, c.Code, c.Severity, c.FR, c.EN, c.Source}, "", c.Code)
	}
}
