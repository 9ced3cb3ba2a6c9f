package aaf_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/samples"
	"github.com/opencartable/cartable/interop/aaf"
)

// expected is the part of expected.json that the tests compare with.
type expected struct {
	Summary struct {
		Counts     map[aaf.Category]map[aaf.Op]int64 `json:"counts"`
		Attributes map[aaf.Category]int64            `json:"attributes"`
		Values     map[aaf.Category]int64            `json:"values"`
	} `json:"summary"`
	Warnings     [][]string          `json:"warnings"`
	PersonsAfter map[string][]string `json:"persons_after"`
	Joins        joins               `json:"joins"`
	JoinsAfter   joins               `json:"joins_after"`
}

type joins struct {
	Links []struct {
		Pupil, Relative                    string
		Lien                               json.Number
		Financial, Legal, Contact, Payment json.Number
		Resolved                           bool
	}
	ForwardOnly  [][]string `json:"forward_only"`
	ReverseOnly  [][]string `json:"reverse_only"`
	LegalOnly    []string   `json:"relatives_with_account_legal_only"`
	InclInCharge []string   `json:"relatives_with_account_incl_in_charge"`
	WithoutLink  []string   `json:"relatives_without_any_link"`
	Classes      map[string]struct {
		Structure, Code, Label string
		Mef, Pupils, Head      []string
		Staff                  [][]string
	}
	Groups map[string]struct {
		Structure, Code, Label string
		Classes, Pupils        []string
		Staff                  [][]string
	}
	Staff map[string]struct {
		Structures, Functions []string
		TeacherFlag           string `json:"teacher_flag"`
	}
	Unresolved []struct{ From, Attr, Value string }
}

func readExpected(t *testing.T, name string) expected {
	t.Helper()
	b, err := os.ReadFile(samples.Dir(t, "aaf", name, "expected.json"))
	require.NoError(t, err)
	var e expected
	require.NoError(t, json.Unmarshal(b, &e))
	return e
}

// Acceptance A: records, attribute elements and values that are not empty, by category.
func TestAcceptanceACounts(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"2d-complet", "2d-delta"} {
		e := readExpected(t, name)
		r := open(t, aaf.Options{}, name).Reader()
		all(t, r)
		require.Len(t, r.Stats(), len(e.Summary.Counts))
		for c, ops := range e.Summary.Counts {
			assert.Equal(t, ops, r.Stats()[c].Ops, c)
			assert.Equal(t, e.Summary.Attributes[c], r.Stats()[c].Attributes, c)
			assert.Equal(t, e.Summary.Values[c], r.Stats()[c].Values, c)
		}
	}
}

func TestAcceptanceAHeader(t *testing.T) {
	t.Parallel()
	r := open(t, aaf.Options{}, "2d-complet").Reader()
	all(t, r)
	assert.Equal(t, aaf.Header{
		VersionAF: "AAF-VE2407", VersionSDET: "Annexe 4bis version 6.4", Academy: "010", Degree: ent.SecondDegree,
		Generated: ent.Date{Year: 2024, Month: 9, Day: 16},
	}, r.Header())
	assert.Equal(t, ent.SecondDegree, r.Degree())
	assert.Equal(t, ent.Generation2018, r.Generation())
}

func TestAcceptanceAValues(t *testing.T) {
	t.Parallel()
	m := model(t, "2d-complet")
	p, ok := m.Pupil("5000006")
	require.True(t, ok)
	assert.Equal(t, "ŒUVRARD", p.Name.Family)
	assert.Equal(t, "Noël", p.Name.Given)
	p, ok = m.Pupil("5000001")
	require.True(t, ok)
	assert.Equal(t, "DEMI-PENSIONNAIRE DANS L'ETABLISSEMENT", p.Regime)
	assert.Equal(t, []string{"3 allée des Érables", "Bât. B", "", ""}, p.Contact.Address.Lines)
}

// Acceptance B: everything that expected.json says of the joins.
func TestAcceptanceBJoins(t *testing.T) {
	t.Parallel()
	compareJoins(t, model(t, "2d-complet"), readExpected(t, "2d-complet").Joins)
}

func compareJoins(t *testing.T, m *aaf.Model, want joins) {
	t.Helper()
	var links, wantLinks []string
	for p := range m.Pupils() {
		for _, l := range p.Links {
			_, known := m.Relative(l.Relative)
			links = append(links, p.ID+" "+l.Relative+" "+l.Kinship+" "+digit(l.Financial)+l.Legal+digit(l.Contact)+digit(l.Payment)+" "+digit(known))
		}
	}
	for _, l := range want.Links {
		wantLinks = append(wantLinks, l.Pupil+" "+l.Relative+" "+l.Lien.String()+" "+l.Financial.String()+l.Legal.String()+
			l.Contact.String()+l.Payment.String()+" "+digit(l.Resolved))
	}
	assert.ElementsMatch(t, wantLinks, links)
	assert.Len(t, m.ReverseOnly(), len(want.ReverseOnly))
	assert.ElementsMatch(t, want.LegalOnly, slices.Collect(m.Responsible(false)))
	assert.ElementsMatch(t, want.InclInCharge, slices.Collect(m.Responsible(true)))
	var alone []string
	for r := range m.Relatives() {
		if len(m.ChildrenOf(r.ID)) == 0 {
			alone = append(alone, r.ID)
		}
	}
	assert.ElementsMatch(t, want.WithoutLink, alone)

	n := 0
	for c := range m.Classes() {
		n++
		w, ok := want.Classes[c.Structure+"$"+c.Code]
		require.True(t, ok, c.Code)
		assert.Equal(t, w.Label, c.Label)
		assert.Equal(t, w.Mef, c.MEFs)
		assert.ElementsMatch(t, w.Pupils, c.Pupils, c.Code)
		assert.ElementsMatch(t, w.Head, c.Heads, c.Code)
		assert.ElementsMatch(t, w.Staff, pairs(c.Teachers), c.Code)
	}
	assert.Equal(t, len(want.Classes), n)
	n = 0
	for g := range m.Groups() {
		n++
		w, ok := want.Groups[g.Structure+"$"+g.Code]
		require.True(t, ok, g.Code)
		assert.Equal(t, w.Label, g.Label)
		assert.Equal(t, w.Classes, g.Classes)
		assert.ElementsMatch(t, w.Pupils, g.Pupils, g.Code)
		assert.ElementsMatch(t, w.Staff, pairs(g.Teachers), g.Code)
	}
	assert.Equal(t, len(want.Groups), n)
	n = 0
	for s := range m.Staff() {
		n++
		w, ok := want.Staff[s.ID]
		require.True(t, ok, s.ID)
		assert.ElementsMatch(t, w.Structures, s.Structures(), s.ID)
		var functions []string
		for _, f := range s.Functions {
			functions = append(functions, string(f.Code))
		}
		assert.ElementsMatch(t, w.Functions, functions, s.ID)
	}
	assert.Equal(t, len(want.Staff), n)

	var lost, wantLost []string
	for _, d := range m.Dangling() {
		value := d.Value
		if d.Code == aaf.CodeUnknownRelative { // expected.json gives the relative alone
			value = d.Target
		}
		lost = append(lost, d.From+" "+d.Attribute+" "+value)
	}
	for _, u := range want.Unresolved {
		wantLost = append(wantLost, u.From+" "+u.Attr+" "+u.Value)
	}
	assert.ElementsMatch(t, wantLost, lost)
}

func digit(b bool) string {
	if b {
		return "1"
	}
	return "0"
}

func pairs(list []aaf.Taught) [][]string {
	out := make([][]string, 0, len(list))
	for _, x := range list {
		out = append(out, []string{x.Teacher, x.Subject})
	}
	return out
}

func TestAcceptanceBExactlySixDanglingReferences(t *testing.T) {
	t.Parallel()
	m := model(t, "2d-complet")
	require.Len(t, m.Dangling(), 6)
	r := m.Report()
	at := r.Examples(aaf.CodeUnknownSubject)[0].Pos
	assert.Equal(t, "ENT2DVA-ENTTEST_Complet_20240916_PersEducNat_0000.xml", at.File)
	assert.Equal(t, "7000010", at.Record)
	assert.Positive(t, at.Line, "a secretary finds the line")
	assert.EqualValues(t, 1, r.CountOf(aaf.CodeUnknownRelative))
	assert.EqualValues(t, 2, r.CountOf(aaf.CodeUnknownStructure))
	assert.EqualValues(t, 2, r.CountOf(aaf.CodeUnknownClass))
	assert.EqualValues(t, 1, r.CountOf(aaf.CodeUnknownSubject))
}

func TestAcceptanceBWarningsOfIdentifiers(t *testing.T) {
	t.Parallel()
	r := model(t, "2d-complet").Report()
	require.Len(t, r.Examples(aaf.CodeUAIPseudo), 1)
	assert.Equal(t, "4004", r.Examples(aaf.CodeUAIPseudo)[0].Pos.Record)
	assert.Zero(t, r.CountOf(aaf.CodeUAI))
	require.Len(t, r.Examples(aaf.CodeINEKey), 1)
	assert.Equal(t, "5000006", r.Examples(aaf.CodeINEKey)[0].Pos.Record)
	assert.Zero(t, r.CountOf(aaf.CodeINE))
	assert.True(t, r.Balanced())
}

func TestAcceptanceBTeacherReachesClassesThroughGroups(t *testing.T) {
	t.Parallel()
	m := model(t, "2d-complet")
	s, ok := m.StaffMember("7000010")
	require.True(t, ok)
	direct, through := m.Reach(s)
	assert.Empty(t, direct)
	assert.ElementsMatch(t, []aaf.ClassRef{{Structure: "4001", Code: "3A"}, {Structure: "4001", Code: "3SPE"}, {Structure: "4001", Code: "6A"}}, through)
}

func TestAcceptanceBNationalProfiles(t *testing.T) {
	t.Parallel()
	m := model(t, "2d-complet")
	for _, c := range []struct {
		id, structure string
		want          ent.Profile
	}{
		{"7000001", "4001", ent.ProfileTeacher},
		{"7000001", "4002", ent.ProfileTeacher},
		{"7000002", "4001", ent.ProfileDirection},
		{"7000003", "4001", ent.ProfileSchoolLife},
		{"7000004", "4001", ent.ProfileSchoolLife},
		{"7000005", "4001", ent.ProfileTeacher},
		{"7000006", "4001", ent.ProfileTeacher},
		{"7000007", "4001", ent.ProfileStaff},
		{"7000008", "4001", ent.ProfileStaff},
		{"7000010", "4001", ent.ProfileTeacher},
	} {
		s, ok := m.StaffMember(c.id)
		require.True(t, ok)
		assert.Equal(t, c.want, s.Profile(c.structure, aaf.ProfilePolicy{}), c.id)
	}
	s, _ := m.StaffMember("7000006")
	assert.Equal(t, ent.FunctionNone, s.Functions[0].Code, "a teacher by category, without function")
	s, _ = m.StaffMember("7000007")
	assert.Equal(t, ent.ProfileSchoolLife, s.Profile("4001", aaf.ProfilePolicy{Accompaniment: ent.ProfileSchoolLife}))
	s, _ = m.StaffMember("7000009")
	_, known := m.Structure(s.Structures()[0])
	assert.False(t, known, "7000009 belongs to a structure that is not there")
}

func TestAcceptanceBAttachments(t *testing.T) {
	t.Parallel()
	m := model(t, "2d-complet")
	s, ok := m.Structure("4003")
	require.True(t, ok)
	assert.Equal(t, []string{"4001"}, s.Parents)
	e := m.Establishment(s)
	assert.Equal(t, []ent.ID{"4001"}, e.Parents)
	assert.Equal(t, "10310019110", m.NationalMEF("1031000K11A"))
	assert.Equal(t, "061300", m.NationalSubject("A10001"))
	assert.Equal(t, "061300", m.NationalSubject("061300"))
}

func TestLevelOfAProgramme(t *testing.T) {
	t.Parallel()
	m := model(t, "2d-complet")
	for mef, want := range map[string]string{"10310019110": "mef 10310019110", "1031000K11A": "attached 10310019110"} {
		l, ok := m.LevelOf(mef)
		require.True(t, ok)
		assert.Equal(t, want, l.By+" "+l.Code)
	}
	_, ok := m.LevelOf("99999999999")
	assert.False(t, ok)
}

func TestPlacedPupil(t *testing.T) {
	t.Parallel()
	m := model(t, "2d-complet")
	for p := range m.Pupils() {
		assert.Equal(t, p.ID == "5000003", p.Placed(), p.ID)
	}
}

func TestAcceptanceBBirthDateByProfile(t *testing.T) {
	t.Parallel()
	lenient := open(t, aaf.Options{}, "2d-complet").Reader()
	found := false
	for _, e := range typed(t, lenient) {
		found = found || e.Pupil != nil && e.Pupil.ID == "5000008"
	}
	assert.True(t, found)
	assert.EqualValues(t, 1, lenient.Report().CountOf(aaf.CodeBirthDate))

	strict := open(t, aaf.Options{Strict: true}, "2d-complet").Reader()
	for _, e := range typed(t, strict) {
		assert.False(t, e.Pupil != nil && e.Pupil.ID == "5000008")
	}
	assert.Equal(t, ent.Tally{Read: 7, Kept: 6, Refused: 1}, strict.Report().Tally("Eleve addRequest"))
	require.Len(t, strict.Report().Examples(aaf.CodeRequired), 1)
	assert.Equal(t, "5000008", strict.Report().Examples(aaf.CodeRequired)[0].Pos.Record)
}

func TestAcceptanceBDownConversion(t *testing.T) {
	t.Parallel()
	m := model(t, "2d-complet")
	p, _ := m.Pupil("5000001")
	p.Legacy(m.Generation())
	assert.Equal(t, []string{"6000001", "6000002"}, p.Parents)
	assert.Equal(t, []string{"6000001", "6000002"}, p.Authority)
	assert.Equal(t, [2]aaf.OtherRelative{{Relative: "6000003", Quality: "CONTACT"}}, p.Other)
	p, _ = m.Pupil("5000003")
	p.Legacy(m.Generation())
	assert.Empty(t, p.Parents)
	assert.Equal(t, []string{"6000004", "6000005"}, p.Authority)
	assert.Equal(t, [2]aaf.OtherRelative{{Relative: "6000004", Quality: "FINANCIER"}, {Relative: "6000005", Quality: "CONTACT"}}, p.Other)
}

func applied(t *testing.T, policy aaf.ApplyPolicy) (*aaf.Model, *ent.Report) {
	t.Helper()
	m := model(t, "2d-complet")
	r, err := m.Apply(context.Background(), open(t, aaf.Options{}, "2d-delta"), policy)
	require.NoError(t, err)
	require.True(t, r.Balanced())
	return m, r
}

func persons(m *aaf.Model) map[string][]string {
	out := map[string][]string{}
	for p := range m.Pupils() {
		out["Eleve"] = append(out["Eleve"], p.ID)
	}
	for p := range m.Relatives() {
		out["PersRelEleve"] = append(out["PersRelEleve"], p.ID)
	}
	for p := range m.Staff() {
		out["PersEducNat"] = append(out["PersEducNat"], p.ID)
	}
	for k := range out {
		slices.Sort(out[k])
	}
	return out
}

// Acceptance C: a Delta applied on the Complet.
func TestAcceptanceCDelta(t *testing.T) {
	t.Parallel()
	e := readExpected(t, "2d-delta")
	m, r := applied(t, aaf.ApplyPolicy{})
	assert.Equal(t, e.PersonsAfter, persons(m))
	compareJoins(t, m, e.JoinsAfter)
	require.Len(t, r.Examples(aaf.CodeModifyUnknown), len(e.Warnings))
	assert.Equal(t, e.Warnings[0][2], r.Examples(aaf.CodeModifyUnknown)[0].Pos.Record)
	assert.Zero(t, r.CountOf(aaf.CodeDeleteUnknown))

	p, _ := m.Pupil("5000002")
	assert.Equal(t, "3SPE", p.Classes[0].Code)
	assert.Empty(t, p.Groups)
	require.Len(t, p.Links, 3)
	assert.Equal(t, aaf.Link{Relative: "6000009", Kinship: "50", Legal: "2", Contact: true}, p.Links[2])
	rel, _ := m.Relative("6000002")
	assert.Empty(t, rel.Contact.Mobile)
	assert.Equal(t, "paul.martin@exemple.test", rel.Contact.Mail)
	s, _ := m.StaffMember("7000001")
	assert.Equal(t, []string{"4001"}, s.Structures())
	assert.Empty(t, s.HeadOf)
}

func TestAcceptanceCAgainChangesNothing(t *testing.T) {
	t.Parallel()
	m, _ := applied(t, aaf.ApplyPolicy{})
	before := slices.Collect(m.Records())
	r, err := m.Apply(context.Background(), open(t, aaf.Options{}, "2d-delta"), aaf.ApplyPolicy{})
	require.NoError(t, err)
	var deleted []string
	for _, i := range r.Examples(aaf.CodeDeleteUnknown) {
		deleted = append(deleted, i.Pos.Record)
	}
	assert.ElementsMatch(t, []string{"5000005", "6000007", "7000008"}, deleted)
	assert.Zero(t, r.CountOf(aaf.CodeModifyUnknown))
	assertSame(t, before, slices.Collect(m.Records()))
}

// assertSame compares two lists of records, their order aside.
func assertSame(t *testing.T, want, got []*aaf.Record) {
	t.Helper()
	require.Len(t, got, len(want))
	byKey := map[string]*aaf.Record{}
	for _, r := range want {
		byKey[string(r.Category)+" "+r.ID] = r
	}
	for _, r := range got {
		w := byKey[string(r.Category)+" "+r.ID]
		require.NotNil(t, w)
		require.True(t, r.Equal(w), "%s %s", r.Category, r.ID)
	}
}

func TestAcceptanceCRejectUnknownModify(t *testing.T) {
	t.Parallel()
	m, r := applied(t, aaf.ApplyPolicy{RejectUnknownModify: true})
	_, ok := m.Pupil("5009999")
	assert.False(t, ok)
	c, _ := m.Class("4001", "6A")
	assert.Equal(t, []string{"5000001"}, c.Pupils)
	assert.Equal(t, ent.Tally{Read: 2, Kept: 1, Refused: 1}, r.Tally("Eleve modifyRequest"))
}

func TestDeltaReadOnItsOwnHoldsWhatItAdds(t *testing.T) {
	t.Parallel()
	m := model(t, "2d-delta")
	assert.Equal(t, map[string][]string{
		"Eleve": {"5000002", "5000009", "5009999"}, "PersRelEleve": {"6000002", "6000009"}, "PersEducNat": {"7000001"},
	}, persons(m))
	assert.EqualValues(t, 4, m.Report().CountOf(aaf.CodeModifyUnknown))
	assert.EqualValues(t, 3, m.Report().CountOf(aaf.CodeDeleteUnknown))
	assert.True(t, m.Report().Balanced())
}

func TestSeveralOperationsOnOneIdentifierApplyInOrder(t *testing.T) {
	t.Parallel()
	rec := func(op aaf.Op, id, mail string) *aaf.Record {
		r := &aaf.Record{Op: op, Category: aaf.Relatives, ID: id}
		if op != aaf.Delete {
			r.Attrs = []aaf.Attr{{Name: "sn", Values: []string{"A"}}, {Name: "mail", Values: []string{mail}}}
		}
		return r
	}
	m := model(t, "2d-complet")
	dir := write(t, aaf.DeliveryOptions{Kind: aaf.Delta, Header: aaf.Header{Generated: ent.Date{Year: 2024, Month: 9, Day: 18}}}, []*aaf.Record{
		rec(aaf.Add, "1", "a@exemple.test"), rec(aaf.Delete, "1", ""),
		rec(aaf.Delete, "6000001", ""), rec(aaf.Add, "6000001", "b@exemple.test"),
		rec(aaf.Modify, "6000002", "c@exemple.test"), rec(aaf.Modify, "6000002", "d@exemple.test"),
	})
	r, err := m.Apply(context.Background(), mustOpen(t, dir), aaf.ApplyPolicy{})
	require.NoError(t, err)
	_, ok := m.Relative("1")
	assert.False(t, ok)
	p, _ := m.Relative("6000001")
	assert.Equal(t, "b@exemple.test", p.Contact.Mail)
	assert.Empty(t, p.Name.Given, "an add replaces entirely")
	p, _ = m.Relative("6000002")
	assert.Equal(t, "d@exemple.test", p.Contact.Mail)
	assert.Equal(t, "Paul", p.Name.Given, "an absent attribute is unchanged")
	assert.EqualValues(t, 2, r.CountOf(aaf.CodeDuplicate), "two modifications add up")
}

func TestDeltaThatCannotBeReadWholeChangesNothing(t *testing.T) {
	t.Parallel()
	m := model(t, "2d-complet")
	before := slices.Collect(m.Records())
	dir := samples.Dir(t, "aaf", "2d-delta")
	names, err := os.ReadDir(dir)
	require.NoError(t, err)
	files := map[string]string{}
	for _, n := range names {
		if b, err := os.ReadFile(filepath.Join(dir, n.Name())); err == nil && strings.HasSuffix(n.Name(), ".xml") {
			files[n.Name()] = string(b)
			if strings.Contains(n.Name(), "PersEducNat") { // the last category read
				files[n.Name()] = string(b[:len(b)-40])
			}
		}
	}
	_, err = m.Apply(context.Background(), mustOpen(t, folder(t, files)), aaf.ApplyPolicy{})
	require.ErrorIs(t, err, aaf.CodeTruncated)
	assertSame(t, before, slices.Collect(m.Records()))

	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = m.Apply(ctx, open(t, aaf.Options{}, "2d-delta"), aaf.ApplyPolicy{})
	require.ErrorIs(t, err, context.Canceled)
	assertSame(t, before, slices.Collect(m.Records()))
	_, err = open(t, aaf.Options{}, "2d-complet").Model(ctx)
	require.ErrorIs(t, err, context.Canceled)

	_, err = m.Apply(context.Background(), open(t, aaf.Options{}, "2d-delta"), aaf.ApplyPolicy{})
	require.NoError(t, err, "and the whole Delta still applies")
	compareJoins(t, m, readExpected(t, "2d-delta").JoinsAfter)
}

func TestDeltaOlderThanTheModelIsRefused(t *testing.T) {
	t.Parallel()
	m, _ := applied(t, aaf.ApplyPolicy{})
	before := slices.Collect(m.Records())
	_, err := m.Apply(context.Background(), open(t, aaf.Options{}, "2d-complet"), aaf.ApplyPolicy{AllowComplet: true})
	require.ErrorIs(t, err, aaf.CodeOlderFeed)
	_, err = m.Apply(context.Background(), open(t, aaf.Options{}, "2d-complet"), aaf.ApplyPolicy{AllowOlder: true})
	require.ErrorIs(t, err, aaf.CodeWrongDelivery, "a Complet is no Delta")
	_, err = m.Apply(context.Background(), open(t, aaf.Options{}, "1d-complet"), aaf.ApplyPolicy{AllowOlder: true, AllowComplet: true})
	require.ErrorIs(t, err, aaf.CodeWrongDelivery, "another degree")
	assertSame(t, before, slices.Collect(m.Records()))
}

// Acceptance D: the first degree.
func TestAcceptanceDFirstDegree(t *testing.T) {
	t.Parallel()
	r := open(t, aaf.Options{}, "1d-complet").Reader()
	all(t, r)
	for c, want := range map[aaf.Category][3]int64{
		aaf.Structures: {2, 42, 36}, aaf.Pupils: {3, 66, 63}, aaf.Relatives: {3, 48, 42}, aaf.Staff: {3, 39, 38},
	} {
		s := r.Stats()[c]
		assert.Equal(t, want, [3]int64{s.Ops[aaf.Add], s.Attributes, s.Values}, c)
	}
	assert.Equal(t, ent.FirstDegree, r.Degree())

	m := model(t, "1d-complet")
	s, _ := m.Structure("801")
	assert.Equal(t, "0019995J", s.UAI)
	assert.Equal(t, []string{"E.E.PU", "", "VILLEFICTIVE"}, s.Name)
	iens, _ := m.Structure("802")
	assert.Equal(t, "0019996K", iens.UAI)

	c, _ := m.Class("801", "50001")
	assert.Equal(t, "CP-CE1 de Mme Rivière", c.Label)
	assert.Equal(t, []string{"3000001", "3000003"}, c.Pupils)
	assert.Equal(t, []string{"CP", "CE1"}, c.Levels)
	c, _ = m.Class("801", "50002")
	assert.Equal(t, "CM1-CM2", c.Label)
	assert.Equal(t, []string{"3000002"}, c.Pupils)
	assert.Equal(t, []string{"CM1"}, c.Levels)
	g, _ := m.Group("801", "60001")
	assert.Equal(t, "ULIS", g.Label)
	assert.Equal(t, []string{"3000001"}, g.Pupils)

	var links []string
	for p := range m.Pupils() {
		for _, l := range p.Links {
			links = append(links, p.ID+" "+l.Relative+" "+l.Kinship)
		}
	}
	assert.ElementsMatch(t, []string{
		"3000001 3100001 10", "3000001 3100002 20", "3000002 3100001 10", "3000002 3100002 20", "3000003 3100003 50",
	}, links)
	assert.Empty(t, m.Dangling())
	assert.Empty(t, m.ReverseOnly())

	head, _ := m.StaffMember("3200001")
	assert.Equal(t, []string{"801"}, head.Directs)
	assert.Equal(t, "D0000", head.Functions[0].Discipline)
	assert.Equal(t, ent.ProfileDirection, head.Profile("801", aaf.ProfilePolicy{}))
	assert.Equal(t, ent.ProfileTeacher, head.Profile("801", aaf.ProfilePolicy{SchoolHeadTeaches: true}))
}
