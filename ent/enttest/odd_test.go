package enttest_test

import (
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/enttest"
)

func TestOddRates(t *testing.T) {
	t.Parallel()
	a := enttest.New(enttest.Options{Seed: 21, Persons: 30000, OddPerMille: 50})
	seen := map[enttest.Oddity]int{}
	n, odd := 0, 0
	count := func(id ent.ID) {
		n++
		if o := a.OddityOf(id); o != "" {
			seen[o]++
			odd++
		}
	}
	for p := range a.Pupils() {
		count(p.ID)
	}
	rate := float64(odd) / float64(n)
	assert.InDelta(t, 0.05, rate, 0.01)
	for r := range a.Relatives() {
		count(r.ID)
	}
	for p := range a.Staff() {
		count(p.ID)
	}
	n, odd = 0, 0
	for c := range a.Classes() {
		o := a.OddityOf(c.ID)
		count(c.ID)
		assert.Equal(t, o == enttest.OddClassCode, strings.Contains(c.Code, "è G."))
	}
	for g := range a.Groups() {
		count(g.ID)
	}
	assert.InDelta(t, 0.04, float64(odd)/float64(n), 0.03)
	for e := range a.Establishments() {
		count(e.ID)
	}
	for _, o := range []enttest.Oddity{
		enttest.OddNoBirthDate, enttest.OddNoINE, enttest.OddINEKey, enttest.OddOldINE, enttest.OddNamesake, enttest.OddLongName,
		enttest.OddShortName, enttest.OddNoTitle, enttest.OddMail, enttest.OddNoContact, enttest.OddLegalPerson,
		enttest.OddDuplicate, enttest.OddOrphan, enttest.OddClassCode, enttest.OddUnknownSubject, enttest.OddPseudoUAI,
	} {
		assert.Positive(t, seen[o], o)
	}
	assert.Equal(t, 1, seen[enttest.OddPseudoUAI])
}

func TestOddCasesAreWhatTheySay(t *testing.T) {
	t.Parallel()
	a := enttest.New(enttest.Options{Seed: 22, Persons: 20000, OddPerMille: 60})
	relatives := map[ent.ID]enttest.Relative{}
	namesakes := map[string]int{}
	for p := range a.Pupils() {
		switch a.OddityOf(p.ID) {
		case enttest.OddNoTitle:
			require.Empty(t, p.Name.Title)
		case enttest.OddLongName:
			require.Greater(t, len(p.Name.Family), 50)
		case enttest.OddShortName:
			require.Len(t, p.Name.Family, 1)
		case enttest.OddNamesake:
			namesakes[p.Name.Display()+" "+p.BirthDate.String()]++
		default:
		}
	}
	most := 0
	for _, n := range namesakes {
		most = max(most, n)
	}
	assert.Greater(t, most, 1, "some have the same names and date of birth")
	for r := range a.Relatives() {
		relatives[r.ID] = r
	}
	duplicates := 0
	for id, r := range relatives {
		switch a.OddityOf(id) {
		case enttest.OddLegalPerson:
			require.Empty(t, r.Name.Given)
		case enttest.OddMail:
			require.NotContains(t, r.Contact.Mail, "@")
		case enttest.OddNoContact:
			require.True(t, reflect.ValueOf(r.Contact).IsZero())
		case enttest.OddDuplicate:
			first := relatives[id[:len(id)-1]+"0"]
			if a.OddityOf(first.ID) == "" {
				duplicates++
				require.Equal(t, first.Name, r.Name)
				require.Equal(t, first.Contact, r.Contact)
				require.NotEqual(t, first.Children, r.Children)
			}
		default:
		}
	}
	assert.Positive(t, duplicates)
}

func TestNoOddCase(t *testing.T) {
	t.Parallel()
	a := enttest.New(enttest.Options{Persons: 4000, OddPerMille: -1})
	check := func(p *ent.Person) {
		require.Empty(t, a.OddityOf(p.ID))
		require.NotEmpty(t, p.Name.Given)
		require.NotEmpty(t, p.Name.Family)
	}
	for p := range a.Pupils() {
		check(&p.Person)
		require.True(t, p.Schooling.INE.Valid())
		require.False(t, p.BirthDate.IsZero())
	}
	for r := range a.Relatives() {
		check(&r.Person)
		require.NotEmpty(t, r.Children)
	}
	for p := range a.Staff() {
		check(&p)
		require.False(t, p.BirthDate.IsZero())
	}
	for e := range a.Establishments() {
		require.True(t, e.UAI.Valid())
	}
}

// public are the fields of a person, by path, that may be shown: codes, references, places and answers by yes or no. A
// field that is new and holds a text is personal until it is added here.
func public(path string) bool {
	return slices.Contains([]string{
		".ID", ".Name.Title", ".Contact.Address.PostalCode", ".Contact.Address.Town", ".Contact.Address.Country",
		".Contact.Address.Commune", ".Affiliations", ".Teachings", ".HeadTeacherOf", ".Schooling.Establishment",
		".Schooling.Classes", ".Schooling.Groups", ".Schooling.Programme", ".Schooling.LevelCode", ".Schooling.Level",
		".Schooling.Track", ".Schooling.Regime", ".Schooling.RegimeLabel", ".Schooling.Subjects", ".Schooling.From", ".Schooling.To",
	}, path)
}

func eachPersonalValue(v reflect.Value, path string, yield func(path, text string)) {
	if public(path) {
		return
	}
	if d, ok := reflect.TypeAssert[ent.Date](v); ok {
		if !d.IsZero() {
			for _, s := range []string{d.String(), d.French(), strings.ReplaceAll(d.String(), "-", ""), strings.ReplaceAll(d.French(), "/", "")} {
				yield(path, s)
			}
		}
		return
	}
	switch v.Kind() {
	case reflect.String:
		if v.String() != "" {
			yield(path, v.String())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			eachPersonalValue(v.Field(i), path+"."+v.Type().Field(i).Name, yield)
		}
	case reflect.Slice:
		for i := range v.Len() {
			eachPersonalValue(v.Index(i), path, yield)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			eachPersonalValue(v.Elem(), path, yield)
		}
	default: // numbers and answers by yes or no
	}
}

func TestCanaryMarksEveryPersonalValue(t *testing.T) {
	t.Parallel()
	a := enttest.Canary(1)
	seen := map[string]int{}
	check := func(p ent.Person) {
		eachPersonalValue(reflect.ValueOf(p), "", func(path, text string) {
			seen[path]++
			_, found := a.FindMark("before " + text + " after")
			require.True(t, found, "%s: %q carries no mark", path, text)
		})
	}
	for p := range a.Pupils() {
		check(p.Person)
	}
	for r := range a.Relatives() {
		check(r.Person)
	}
	for p := range a.Staff() {
		check(p)
	}
	for h := range a.Households() {
		for _, line := range h.Address.Lines {
			_, found := a.FindMark(line)
			require.True(t, found, line)
		}
	}
	for _, path := range []string{
		".Name.Family", ".Name.Birth", ".Name.Given", ".Name.Others", ".BirthDate", ".Contact.Mail", ".Contact.Home", ".Contact.Work",
		".Contact.Mobile", ".Contact.SMS", ".Contact.Address.Lines", ".Schooling.INE", ".Schooling.SchoolNumber",
	} {
		assert.Positive(t, seen[path], path)
	}
}

func TestCanaryFindsNothingInPublicValues(t *testing.T) {
	t.Parallel()
	a := enttest.Canary(1)
	clean := func(text string) {
		mark, found := a.FindMark(text)
		require.False(t, found, "%q in %q", mark, text)
	}
	for e := range a.Establishments() {
		clean(e.Name() + "," + string(e.UAI) + "," + string(e.SIRET) + "," + e.Phone + "," + e.Mail + "," + e.Address.Lines[0])
	}
	for c := range a.Classes() {
		clean(string(c.ID) + "," + c.Label)
	}
	for p := range a.Pupils() {
		s := p.Schooling
		clean(string(p.ID) + "," + string(s.Programme) + "," + s.Level + "," + s.Track + "," + s.RegimeLabel + "," + s.From.String())
	}
	for r := range a.Relatives() {
		clean(string(r.ID))
	}
	for _, text := range []string{
		"", "kept 1 234 of 5 678", "2024-09-02", "07/07/2031", "2026-07-07T10:00:00Z", "7 juillet 2026", "AAF-ELEVE-012 at line 777",
	} {
		clean(text)
	}
}

func TestFindMarkKnowsOtherForms(t *testing.T) {
	t.Parallel()
	a := enttest.Canary(1)
	for _, text := range []string{
		"nom=CANARIBCDF", "d'Canaribcdf", "zoe.canari@courriel.test", "0639987712", "+33639987712", "06.39.98.77.12", "06-39-98-77-12",
		"01 99 00 77 12", "né le 07/07/2011", "2011-07-07", "20110707", "7 juillet 2011", "July 7, 2011", "777771234AB", "777 771 234",
	} {
		_, found := a.FindMark(text)
		assert.True(t, found, text)
	}
	assert.NotEmpty(t, a.Marks())
	ordinary := enttest.New(enttest.Options{Schools: 1})
	assert.Empty(t, ordinary.Marks())
	_, found := ordinary.FindMark("CANARI")
	assert.False(t, found)
}

// The canary at work: a person printed whole leaks, a person logged does not.
func TestCanaryOnALog(t *testing.T) {
	t.Parallel()
	a := enttest.Canary(1)
	for p := range a.Pupils() {
		var b strings.Builder
		slog.New(slog.NewTextHandler(&b, nil)).Info("read", "person", p.Person, "name", p.Name, "contact", p.Contact)
		mark, found := a.FindMark(b.String())
		require.False(t, found, mark)
	}
}
