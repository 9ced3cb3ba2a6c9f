package directory_test

import (
	"bytes"
	"crypto/rand"
	"fmt"
	mrand "math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/ent/directory/directorytest"
	"github.com/opencartable/cartable/ent/enttest"
)

func person(id ent.ID, origin directory.Origin, family, given, mail string) directory.Account {
	a := directory.Account{
		ID: id, Category: directory.Relative, State: directory.Active, Person: ent.Person{ID: id, Name: ent.Name{Family: family, Given: given}},
		Keys: []directory.HeldKey{{Key: directory.Key{Origin: origin, Category: directory.Relative, ID: "k" + string(id)}}},
		Ties: []directory.Tie{{Kind: directory.TieEstablishment, Target: "4001", Profile: ent.ProfileRelative, Origin: origin}},
	}
	a.Person.Contact.Mail = mail
	return a
}

// Section 12: 2 for names nearly equal, and one for each equality; 4 is proposed, 5 in one school is merged.
func TestSection12Score(t *testing.T) {
	t.Parallel()
	born := ent.Date{Year: 1980, Month: 1, Day: 2}
	for _, c := range []struct {
		name  string
		a, b  directory.Account
		birth bool
		want  int
	}{
		{"names and mail", person("a", "aaf:X", "D'Almeida-Roux", "Zoé", "z@exemple.test"), person("b", "csv:1", "D ALMEIDA ROUX", "ZOE", "Z@exemple.test"), false, 5},
		{"names only", person("a", "aaf:X", "MARTIN", "Anne", ""), person("b", "csv:1", "Martin", "ANNE", "b@exemple.test"), false, 4},
		{"everything", person("a", "aaf:X", "MARTIN", "Anne", "b@exemple.test"), person("b", "csv:1", "Martin", "ANNE", "b@exemple.test"), true, 6},
		{"a letter", person("a", "aaf:X", "MARTIN", "Anne", ""), person("b", "csv:1", "MARTAN", "Anne", ""), false, 3},
		{"another first name", person("a", "aaf:X", "MARTIN", "Anne", "m@exemple.test"), person("b", "csv:1", "MARTIN", "Bertrand", "m@exemple.test"), false, 0},
		{"nothing equal", person("a", "aaf:X", "MARTIN", "Anne", ""), person("b", "csv:1", "DURAND", "Paul", ""), false, 0},
	} {
		if c.birth {
			c.a.Person.BirthDate, c.b.Person.BirthDate = born, born
		}
		l := directory.LikenessOf(&c.a, &c.b)
		assert.Equal(t, c.want, l.Score, c.name)
		assert.Equal(t, l, directory.LikenessOf(&c.b, &c.a), c.name)
		e := l.Explain()
		require.NoError(t, e.Check(), c.name)
		assert.Equal(t, int64(c.want), e.Value().IntPart())
	}
}

func TestSection12Duplicates(t *testing.T) {
	t.Parallel()
	list := []directory.Account{
		person("a", "aaf:X", "MARTIN", "Anne", "am@exemple.test"),
		person("b", "csv:1", "Martin", "ANNE", "am@exemple.test"), // 5 with a, same school
		person("c", "aaf:X", "MARTIN", "Anne", "am@exemple.test"), // the feed takes a and c for two persons
		person("d", "csv:1", "ROUX", "Jean", ""),
		person("e", "aaf:X", "Roux", "Jean", ""), // 4 with d
		person("f", "csv:1", "PETIT", "Luc", "l@exemple.test"),
		person("g", "aaf:X", "PETIT", "Luc", "l@exemple.test"), // both used
	}
	list[5].Activated, list[6].Activated = true, true
	var got []string
	for _, d := range directory.Duplicates(slices.Values(list), directory.MergePolicy{}) {
		got = append(got, fmt.Sprintf("%s%s %d auto=%t", d.A, d.B, d.Likeness.Score, d.Auto))
	}
	assert.Equal(t, []string{"ab 5 auto=true", "bc 5 auto=true", "de 4 auto=false"}, got)
	never := directory.MergePolicy{Never: func(a, b ent.ID) bool { return a == "d" && b == "e" || a == "e" && b == "d" }}
	assert.Len(t, directory.Duplicates(slices.Values(list), never), 2, "what somebody settled is not proposed again")
}

// Every pair that comparing each with each finds is found by blocks.
func TestDuplicatesFindsEveryPair(t *testing.T) {
	t.Parallel()
	rng := mrand.New(mrand.NewPCG(1, 2))
	var list []directory.Account
	pick := func(s ...string) string { return s[rng.IntN(len(s))] }
	for i := range 300 {
		origin := directory.Origin(pick("aaf:X", "csv:1"))
		a := person(ent.ID(fmt.Sprintf("%03d", i)), origin, pick("MARTIN", "MARTAN", "Martin", "DURAND", "Durant"), pick("Anne", "ANNIE", "Paul", "Paule"), pick("", "a@exemple.test", "b@exemple.test"))
		if rng.IntN(2) == 0 {
			a.Person.BirthDate = ent.Date{Year: 1980, Month: 1, Day: uint8(1 + rng.IntN(3))}
		}
		list = append(list, a)
	}
	want := map[string]bool{}
	for i := range list {
		for j := i + 1; j < len(list); j++ {
			if list[i].Keys[0].Origin != list[j].Keys[0].Origin && directory.LikenessOf(&list[i], &list[j]).Score >= 4 {
				want[string(list[i].ID+list[j].ID)] = true
			}
		}
	}
	got := map[string]bool{}
	for _, d := range directory.Duplicates(slices.Values(list), directory.MergePolicy{}) {
		got[string(d.A+d.B)] = true
	}
	assert.Equal(t, want, got)
	assert.NotEmpty(t, want)
}

func TestSection12MergeAndUnmerge(t *testing.T) {
	t.Parallel()
	a := person("a", "csv:1", "Martin", "Anne", "")
	a.Person.Contact.Mobile, a.Login, a.Activated = "+33 6 99 99 01 02", "anne.martin", true
	b := person("b", "aaf:X", "MARTIN", "Anne", "am@exemple.test")
	b.Login = "anne.martin2"
	kept, gone, record, err := directory.Merge(&b, &a, directory.MergeOptions{On: day(1)})
	require.NoError(t, err)
	assert.Equal(t, ent.ID("a"), kept.ID, "the used account is kept")
	assert.Equal(t, "anne.martin", kept.Login)
	assert.Equal(t, "MARTIN", kept.Person.Name.Family, "the better source decides")
	assert.Equal(t, "am@exemple.test", kept.Person.Contact.Mail)
	assert.Equal(t, "+33 6 99 99 01 02", kept.Person.Contact.Mobile, "what the better source does not say stays")
	assert.Len(t, kept.Keys, 2)
	assert.Len(t, kept.Ties, 2)
	assert.Equal(t, directory.Merged, gone.State)
	assert.Empty(t, gone.Person.Name.Family)

	pupil := directory.Account{ID: "p", Ties: []directory.Tie{{Kind: directory.TieRelative, Target: "b", Relative: b.Keys[0].Key}}}
	assert.True(t, record.Retarget(&pupil))
	assert.Equal(t, ent.ID("a"), pupil.Ties[0].Target)

	kept.Login = "anne.m"
	edited := kept.Clone()
	edited.Person.Contact.Home, edited.Person.Contact.Mail = "+33 1 99 00 01 02", ""
	edited.Owners["contact.home"] = directory.Hand
	back, _, err := directory.Unmerge(&edited, &gone, &record)
	require.NoError(t, err)
	assert.Equal(t, "+33 1 99 00 01 02", back.Person.Contact.Home, "what was changed since stays with the kept account")
	assert.Equal(t, directory.Hand, back.Owners["contact.home"])
	assert.Empty(t, back.Person.Contact.Mail, "what was emptied, too")
	assert.Equal(t, "Martin", back.Person.Name.Family, "the rest is as it was")

	back, other, err := directory.Unmerge(&kept, &gone, &record)
	require.NoError(t, err)
	assert.Equal(t, "anne.m", back.Login, "a login is never taken back")
	back.Login, back.Version, other.Version = a.Login, a.Version, b.Version
	assert.Equal(t, a, back)
	assert.Equal(t, b, other)
	_, _, err = directory.Unmerge(&a, &b, &record)
	require.ErrorIs(t, err, directory.CodeNoMerge)
}

func TestSection12MergeRefused(t *testing.T) {
	t.Parallel()
	a, b := person("a", "aaf:X", "MARTIN", "Anne", ""), person("b", "aaf:X", "MARTIN", "Anne", "")
	_, _, _, err := directory.Merge(&a, &b, directory.MergeOptions{})
	require.ErrorIs(t, err, directory.CodeMergeRefused, "two records of one feed are two persons to it")
	_, _, _, err = directory.Merge(&a, &b, directory.MergeOptions{Proven: true})
	require.NoError(t, err, "unless the person proves to hold both")
	b = person("b", "csv:1", "MARTIN", "Anne", "")
	a.Activated, b.Activated = true, true
	_, _, _, err = directory.Merge(&a, &b, directory.MergeOptions{})
	require.ErrorIs(t, err, directory.CodeMergeRefused)
	b.Activated, b.Category = false, directory.Pupil
	_, _, _, err = directory.Merge(&a, &b, directory.MergeOptions{Proven: true})
	require.ErrorIs(t, err, directory.CodeMergeRefused)
}

// A relative with children in three schools of both degrees is found once, when the feeds give the mail.
func TestRelativeAcrossSchoolsIsFoundOnce(t *testing.T) {
	t.Parallel()
	a := enttest.New(enttest.Options{Seed: 7, Persons: 3000, OddPerMille: -1})
	b := open(t, directorytest.Source(a, ent.SecondDegree, day(0)), day(0))
	first := directorytest.Source(a, ent.FirstDegree, day(0))
	plan := compare(t, b, first, directory.Policy{Today: day(1)})
	_, report := b.Apply(plan, directorytest.Keyed)
	require.Zero(t, report.Total().Refused)
	found, proposed := 0, map[ent.ID]bool{}
	for c := range plan.Changes() {
		if c.Op == directory.OpMerge {
			proposed[ent.ID(c.Key.ID)] = true
		}
	}
	for r := range a.RelativesOf(ent.FirstDegree) {
		second := b.Holder(directory.Key{Origin: directorytest.Origin(a, ent.SecondDegree), Category: directory.Relative, ID: string(r.ID)})
		if second == "" {
			continue
		}
		one := b.Holder(directory.Key{Origin: directorytest.Origin(a, ent.FirstDegree), Category: directory.Relative, ID: string(r.ID)})
		if one == second {
			found++
			require.NotEmpty(t, r.Contact.Mail)
			continue
		}
		require.Empty(t, r.Contact.Mail, "same names and same mail")
		require.True(t, proposed[r.ID], "the others are proposed")
	}
	assert.Greater(t, found, 20)
}

func TestAdopt(t *testing.T) {
	t.Parallel()
	src := directorytest.School(day(0))
	src.List[0].SchoolUAI, src.List[0].Person.Schooling.SchoolNumber = "0019991E", "1042"
	for name, c := range map[string]struct {
		account directory.Adoptable
		by      ent.Code
	}{
		"key":                 {directory.Adoptable{External: "1"}, directory.CodeAdoptKey},
		"key with academy":    {directory.Adoptable{External: "AC-RENNES$1"}, directory.CodeAdoptKey},
		"key with prefix":     {directory.Adoptable{External: "RENNES-1"}, directory.CodeAdoptKey},
		"number":              {directory.Adoptable{External: "old", UAI: "0019991E", SchoolNumber: "1042"}, directory.CodeAdoptNumber},
		"INE":                 {directory.Adoptable{INE: "123456789FJ"}, directory.CodeAdoptINE},
		"name and birth date": {directory.Adoptable{Name: ent.Name{Family: "martin", Given: "LEA"}, BirthDate: ent.Date{Year: 2012, Month: 4, Day: 2}}, directory.CodeAdoptName},
		"name alone":          {directory.Adoptable{Name: ent.Name{Family: "martin", Given: "LEA"}}, ""},
		"another category":    {directory.Adoptable{External: "2"}, ""},
	} {
		c.account.ID, c.account.Category = "77", directory.Pupil
		p := directory.Adopt(slices.Values([]directory.Adoptable{c.account}), src, directory.AdoptOptions{})
		require.True(t, p.Report.Balanced())
		if c.by == "" {
			assert.Equal(t, []ent.ID{"77"}, p.Unmatched, name)
			assert.Len(t, p.New, 3, name)
			continue
		}
		assert.Equal(t, []directory.Adoption{{ID: "77", Key: directorytest.Key(directory.Pupil, "1"), By: c.by}}, p.Adoptions, name)
		assert.Len(t, p.New, 2, name)
	}
	two := []directory.Adoptable{{ID: "77", Category: directory.Pupil, External: "1"}, {ID: "78", Category: directory.Pupil, External: "ac-rennes$1"}}
	p := directory.Adopt(slices.Values(two), src, directory.AdoptOptions{})
	assert.Empty(t, p.Adoptions)
	assert.Equal(t, []directory.Ambiguity{{IDs: []ent.ID{"77", "78"}, Keys: []directory.Key{directorytest.Key(directory.Pupil, "1")}, By: directory.CodeAdoptKey}}, p.Ambiguous)
	assert.Len(t, p.New, 2, "who is of an ambiguity is not to be created")
}

// Keys are numbers that come again in every academy, and two persons may have one name and one birth date.
func TestAdoptDoesNotGuess(t *testing.T) {
	t.Parallel()
	born := ent.Date{Year: 2012, Month: 4, Day: 2}
	lea := ent.Name{Family: "MARTIN", Given: "Léa"}
	one := func(src directory.Source, x directory.Adoptable) *directory.AdoptionPlan {
		x.ID = "u"
		return directory.Adopt(slices.Values([]directory.Adoptable{x}), src, directory.AdoptOptions{Academies: []string{"Breizh"}})
	}
	p := one(directorytest.School(day(0)), directory.Adoptable{Category: directory.Relative, External: "LYON-2"})
	assert.Equal(t, []ent.ID{"u"}, p.Unmatched, "the key of another academy")
	for _, external := range []string{"2", "RENNES-2", "AC-RENNES$2", "ac-rennes$2", "014-2", "14-2", "Breizh-2", " 2 "} {
		p = one(directorytest.School(day(0)), directory.Adoptable{Category: directory.Relative, External: external})
		assert.Len(t, p.Adoptions, 1, external)
	}
	for name, x := range map[string]directory.Adoptable{
		"a key of somebody else": {External: "999"}, "a key of another academy": {External: "LYON-1"}, "another INE": {INE: "080000006JB"},
	} {
		x.Category, x.Name, x.BirthDate = directory.Pupil, lea, born
		p = one(directorytest.School(day(0)), x)
		assert.Empty(t, p.Adoptions, name)
		require.Len(t, p.Ambiguous, 1, name)
		assert.Equal(t, directory.CodeAdoptName, p.Ambiguous[0].By, name)
		assert.Equal(t, []directory.Key{directorytest.Key(directory.Pupil, "1")}, p.Ambiguous[0].Keys, name)
	}
	src := directorytest.School(day(0))
	src.List[0].SchoolUAI, src.List[0].Person.Schooling.SchoolNumber = "0019991E", "1042"
	p = one(src, directory.Adoptable{Category: directory.Pupil, UAI: "0019991E", SchoolNumber: "1042", INE: "080000006JB"})
	assert.Empty(t, p.Adoptions, "one number in the school, two INE")

	// A source whose own keys hold a hyphen, or the academy.
	src = directorytest.School(day(0))
	src.List[2].Key.ID = "P-12"
	assert.Len(t, one(src, directory.Adoptable{Category: directory.Staff, External: "P-12"}).Adoptions, 1)
	assert.Empty(t, one(src, directory.Adoptable{Category: directory.Staff, External: "12"}).Adoptions)
	src.List[2].Key.ID = "RENNES-3"
	for _, external := range []string{"3", "RENNES-3"} {
		assert.Len(t, one(src, directory.Adoptable{Category: directory.Staff, External: external}).Adoptions, 1, external)
	}
}

// 100 000 accounts with bigint identifiers, 5 % without any key: none is created and the list is exact.
func TestAdoptAHundredThousandAccounts(t *testing.T) {
	t.Parallel()
	persons := 100000
	if testing.Short() {
		persons = 4000
	}
	src := directorytest.Source(enttest.New(enttest.Options{Seed: 3, Persons: persons * 2}), ent.SecondDegree, day(0))
	require.Greater(t, len(src.List), persons)
	src.List = src.List[:persons]
	var accounts []directory.Adoptable
	var lost []ent.ID
	want := map[ent.ID]directory.Key{}
	for i := range src.List {
		r := &src.List[i]
		id := ent.ID(fmt.Sprint(9007199254740993 + int64(i)*7))
		a := directory.Adoptable{ID: id, Category: r.Key.Category}
		switch {
		case i%20 == 0:
			lost = append(lost, id)
		case i%3 == 0:
			a.External, want[id] = "RENNES-"+r.Key.ID, r.Key
		default:
			a.External, want[id] = r.Key.ID, r.Key
		}
		accounts = append(accounts, a)
	}
	p := directory.Adopt(slices.Values(accounts), src, directory.AdoptOptions{Academies: []string{"RENNES"}})
	got := map[ent.ID]directory.Key{}
	for _, x := range p.Adoptions {
		got[x.ID] = x.Key
	}
	assert.Equal(t, want, got)
	slices.Sort(lost)
	assert.Equal(t, lost, p.Unmatched)
	assert.Empty(t, p.Ambiguous)
	assert.Len(t, p.New, len(lost), "the persons whose account has no key: they are listed, not created")
	assert.Equal(t, ent.Tally{Read: int64(persons), Kept: int64(persons - len(lost)), Refused: int64(len(lost))}, p.Report.Total())
}

// Section 13: codes of activation, aliases, what a person is found by.
func TestSection13(t *testing.T) {
	t.Parallel()
	code, err := directory.ActivationCode(rand.Reader)
	require.NoError(t, err)
	assert.Len(t, code, 8)
	assert.Empty(t, strings.Trim(code, "abcdefghjkmnprstvwxyz3456789"))
	_, err = directory.ActivationCode(bytes.NewReader([]byte("short")))
	require.Error(t, err)
	counts := map[byte]int{}
	for range 20000 {
		c, err := directory.ActivationCode(rand.Reader)
		require.NoError(t, err)
		for i := range len(c) {
			counts[c[i]]++
		}
	}
	require.Len(t, counts, 28)
	for _, n := range counts {
		assert.InDelta(t, 160000/28, n, 600, "each character is as likely as another")
	}
	for alias, ok := range map[string]bool{
		"lea.martin": true, "": false, "Lea": false, "léa": false, "a b": false, strings.Repeat("a", 64): true, strings.Repeat("a", 65): false,
	} {
		assert.Equal(t, ok, directory.ValidAlias(alias, false), alias)
	}
	assert.False(t, directory.ValidAlias(".lea", true))
	assert.False(t, directory.ValidAlias(strings.Repeat("a", 21), true))
	assert.Equal(t, []string{"dalmeidarouxzoe", "zoedalmeidaroux", "almeida", "roux", "oeuvrard"},
		directory.SearchKeys(ent.Name{Family: "D'Almeida-Roux", Given: "Zoé", Birth: "ŒUVRARD"}))
}

// What a departed origin said of schools does not come back with a merge.
func TestMergeLeavesOutDepartedOrigins(t *testing.T) {
	t.Parallel()
	old := directory.Account{
		ID: "a", Category: directory.Pupil, State: directory.PreDeleted,
		Keys: []directory.HeldKey{{Key: directory.Key{Origin: "aaf1d:R", Category: directory.Pupil, ID: "1"}, Gone: day(0)}},
		Saved: []directory.Tie{
			{Kind: directory.TieClass, Target: "old$CM2", Establishment: "old", Origin: "aaf1d:R"},
			{Kind: directory.TieHead, Target: "new$6A", Establishment: "new", Origin: directory.Hand},
		},
	}
	now := directory.Account{
		ID: "b", Category: directory.Pupil, State: directory.Active, Keys: []directory.HeldKey{{Key: directory.Key{Origin: "aaf:R", Category: directory.Pupil, ID: "2"}}},
		Ties: []directory.Tie{{Kind: directory.TieClass, Target: "new$6A", Establishment: "new", Origin: "aaf:R"}},
	}
	for _, keep := range []ent.ID{"a", "b"} {
		kept, _, _, err := directory.Merge(&old, &now, directory.MergeOptions{On: day(1), Keep: keep})
		require.NoError(t, err)
		assert.Equal(t, directory.Active, kept.State)
		var at []ent.ID
		for _, x := range kept.Ties {
			at = append(at, x.Target)
		}
		assert.Equal(t, []ent.ID{"new$6A", "new$6A"}, at, "kept %s: what is by hand, and what is current", keep)
	}
}
