package access_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
)

func day(t testing.TB, s string) ent.Date {
	t.Helper()
	d, err := ent.ParseDate(s)
	require.NoError(t, err)
	return d
}

func asks(t testing.TB, p *access.Policy, relative ent.ID, on ent.Date, pupil access.Pupil) *access.Scope {
	t.Helper()
	return access.NewScope(compiled(t, p), access.Facts{Person: relative, Today: on, Children: []access.Pupil{pupil}})
}

func marks(t testing.TB, p *access.Policy, relative ent.ID, on ent.Date, pupil access.Pupil) access.Decision {
	t.Helper()
	return asks(t, p, relative, on, pupil).Can(access.ActionMarksRead, access.PupilTarget(&pupil))
}

// placed is a child of the social services, with the parents still among the relatives.
func placed() access.Pupil {
	p := family()
	p.Relations = append(p.Relations, relation("zoe", "ase", ent.KinshipSocialServices, ent.ResponsibilityLegal),
		relation("zoe", "carer", ent.KinshipFosterCarer, ent.ResponsibilityInCharge))
	return p
}

func ruling(relative ent.ID, allow bool, on, until ent.Date) access.Ruling {
	return access.Ruling{
		Pupil: "zoe", Relative: relative, Allow: allow, On: on, Until: until,
		By: ent.Actor{Kind: ent.ActorPerson, ID: "head", Profile: ent.ProfileDirection}, Reference: "2025-17",
	}
}

// The 2 of a feed gives a right in an old feed, and none in a new one.
func TestSecondRelativeFollowsTheGenerationOfTheFeed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		value string
		g     ent.Generation
		want  bool
	}{
		{"1", ent.Generation2013, true},
		{"2", ent.Generation2013, true},
		{"0", ent.Generation2013, false},
		{"1", ent.Generation2018, true},
		{"2", ent.Generation2018, false},
		{"0", ent.Generation2018, false},
		{"3", ent.Generation2018, false},
	} {
		responsibility, _ := ent.ParseResponsibility(c.value, c.g)
		p := family()
		p.Relations = []ent.Relation{relation("zoe", "r", ent.KinshipMother, responsibility)}
		assert.Equal(t, c.want, marks(t, access.Default(), "r", today(), p).Allowed, "%s in %s", c.value, c.g)
	}
}

func TestPersonInCharge(t *testing.T) {
	t.Parallel()
	p := family()
	p.Relations = []ent.Relation{relation("zoe", "r", ent.KinshipAscendant, ent.ResponsibilityInCharge)}
	for _, c := range []struct {
		rule           access.InCharge
		marks, contact bool
	}{
		{"", false, true},
		{access.InChargeContactOnly, false, true},
		{access.InChargeAsLegal, true, true},
		{access.InChargeNone, false, false},
	} {
		policy := access.Default()
		policy.InCharge = c.rule
		s := asks(t, policy, "r", today(), p)
		assert.Equal(t, c.marks, s.Can(access.ActionMarksRead, access.PupilTarget(&p)).Allowed, c.rule)
		assert.Equal(t, c.contact, s.Can(access.ActionContactRead, access.PupilTarget(&p)).Allowed, c.rule)
		families := access.GroupRule{Kind: access.KindRelatives, Establishment: "college", Class: "6A"}
		assert.Equal(t, c.marks, s.Belongs(families), "%s: correspondence is more than contact data", c.rule)
	}
}

func TestRelativeWithoutResponsibilityHasNothingOfThePupil(t *testing.T) {
	t.Parallel()
	p := family()
	for _, r := range []ent.Responsibility{ent.ResponsibilityNone, "", "4"} {
		p.Relations[2].Responsibility = r
		s := asks(t, access.Default(), "aunt", today(), p)
		for _, a := range access.Actions() {
			assert.False(t, s.Can(a, access.PupilTarget(&p)).Allowed, a)
		}
	}
}

func TestStrangerWhoNamesThePupilAmongTheChildren(t *testing.T) {
	t.Parallel()
	assert.False(t, marks(t, access.Default(), "stranger", today(), family()).Allowed, "the pupil's own relations do not name them")
}

func TestPlacedChild(t *testing.T) {
	t.Parallel()
	on := today()
	before, after := on.AddDays(-1), on.AddDays(1)
	named := placed()
	flagged := family()
	flagged.Placed = true
	without := func(part func(*access.Ruling)) access.Ruling {
		r := ruling("mother", true, before, ent.Date{})
		part(&r)
		return r
	}
	for _, c := range []struct {
		name     string
		pupil    access.Pupil
		relative ent.ID
		rulings  []access.Ruling
		want     bool
		reason   ent.Code
	}{
		{"a parent waits", named, "mother", nil, false, access.CodeClosed},
		{"the other one too", named, "father", nil, false, access.CodeClosed},
		{"so when the caller says it", flagged, "mother", nil, false, access.CodeClosed},
		{"the social services do not", named, "ase", nil, true, access.CodeGranted},
		{"the foster carer has no marks in any case", named, "carer", nil, false, access.CodeNoRight},
		{"a decision allows one", named, "mother", []access.Ruling{ruling("mother", true, on, ent.Date{})}, true, access.CodeGranted},
		{"and not the other", named, "father", []access.Ruling{ruling("mother", true, on, ent.Date{})}, false, access.CodeClosed},
		{"not before its day", named, "mother", []access.Ruling{ruling("mother", true, after, ent.Date{})}, false, access.CodeClosed},
		{"to its last day", named, "mother", []access.Ruling{ruling("mother", true, before, on)}, true, access.CodeGranted},
		{"not after", named, "mother", []access.Ruling{ruling("mother", true, before, before)}, false, access.CodeClosed},
		{"the last one counts", named, "mother", []access.Ruling{ruling("mother", false, on, ent.Date{}), ruling("mother", true, before, ent.Date{})}, false, access.CodeClosed},
		{"in whatever order", named, "mother", []access.Ruling{ruling("mother", false, before, ent.Date{}), ruling("mother", true, on, ent.Date{})}, true, access.CodeGranted},
		{"of two of a day, the refusal", named, "mother", []access.Ruling{ruling("mother", false, on, ent.Date{}), ruling("mother", true, on, ent.Date{})}, false, access.CodeClosed},
		{"whichever comes first", named, "mother", []access.Ruling{ruling("mother", true, on, ent.Date{}), ruling("mother", false, on, ent.Date{})}, false, access.CodeClosed},
		{"nobody decides for themselves", named, "mother", []access.Ruling{without(func(r *access.Ruling) { r.By.ID = "mother" })}, false, access.CodeClosed},
		{"nor does nobody", named, "mother", []access.Ruling{without(func(r *access.Ruling) { r.By.ID = "" })}, false, access.CodeClosed},
		{"nor on no day", named, "mother", []access.Ruling{without(func(r *access.Ruling) { r.On = ent.Date{} })}, false, access.CodeClosed},
		{"nor for another pupil", named, "mother", []access.Ruling{without(func(r *access.Ruling) { r.Pupil = "leo" })}, false, access.CodeClosed},
		{"a refusal needs no placement", family(), "father", []access.Ruling{ruling("father", false, before, ent.Date{})}, false, access.CodeClosed},
		{"a decision gives no right of its own", family(), "aunt", []access.Ruling{ruling("aunt", true, before, ent.Date{})}, false, access.CodeNoRight},
		{"a refusal holds for the social services", named, "ase", []access.Ruling{ruling("ase", false, before, ent.Date{})}, false, access.CodeClosed},
	} {
		c.pupil.Rulings = c.rulings
		d := marks(t, access.Default(), c.relative, on, c.pupil)
		assert.Equal(t, c.want, d.Allowed, c.name)
		assert.Equal(t, c.reason, d.Reason, c.name)
	}
}

func TestRulingCheck(t *testing.T) {
	t.Parallel()
	assert.Empty(t, ruling("mother", true, today(), today()).Check())
	issues := access.Ruling{Until: today()}.Check()
	assert.Len(t, issues, 4)
	require.ErrorIs(t, issues.Err(), access.CodeRuling)
	assert.Len(t, ruling("head", true, today(), today().AddDays(-1)).Check(), 2)
}

func TestAtEighteenThePupilChooses(t *testing.T) {
	t.Parallel()
	choice := func(relative ent.ID, allow bool, on string) access.Choice {
		return access.Choice{Relative: relative, Allow: allow, On: day(t, on)}
	}
	for _, c := range []struct {
		name    string
		birth   string
		on      string
		ofAge   access.OfAge
		choices []access.Choice
		want    bool
	}{
		{"a minor's choice does not count", "2008-03-07", "2026-03-06", "", []access.Choice{choice("", false, "2026-03-01")}, true},
		{"it does on the birthday", "2008-03-07", "2026-03-07", "", []access.Choice{choice("", false, "2026-03-07")}, false},
		{"born on 29 February: not on the 28th", "2008-02-29", "2026-02-28", "", []access.Choice{choice("", false, "2026-02-01")}, true},
		{"born on 29 February: from 1 March", "2008-02-29", "2026-03-01", "", []access.Choice{choice("", false, "2026-03-01")}, false},
		{"what a child of 12 chose does not count at 18", "2006-03-07", "2026-03-07", "", []access.Choice{choice("", false, "2018-04-01")}, true},
		{"nor is it allowed by it", "2006-03-07", "2026-03-07", access.OfAgeEnd, []access.Choice{choice("", true, "2018-04-01")}, false},
		{"without a choice relatives keep what they had", "2006-03-07", "2026-03-07", "", nil, true},
		{"so by name", "2006-03-07", "2026-03-07", access.OfAgeKeep, nil, true},
		{"unless the policy ends it", "2006-03-07", "2026-03-07", access.OfAgeEnd, nil, false},
		{"on the birthday", "2008-03-07", "2026-03-07", access.OfAgeEnd, nil, false},
		{"not the day before", "2008-03-07", "2026-03-06", access.OfAgeEnd, nil, true},
		{"and the pupil may allow it", "2006-03-07", "2026-03-07", access.OfAgeEnd, []access.Choice{choice("mother", true, "2026-01-01")}, true},
		{"one relative before all", "2006-03-07", "2026-03-07", "", []access.Choice{choice("", false, "2026-02-01"), choice("mother", true, "2026-01-01")}, true},
		{"in whatever order", "2006-03-07", "2026-03-07", "", []access.Choice{choice("mother", true, "2026-01-01"), choice("", false, "2026-02-01")}, true},
		{"another relative's choice is not theirs", "2006-03-07", "2026-03-07", "", []access.Choice{choice("father", false, "2026-01-01")}, true},
		{"the last choice", "2006-03-07", "2026-03-07", "", []access.Choice{choice("", true, "2026-01-01"), choice("", false, "2026-01-02")}, false},
		{"of one day, the refusal", "2006-03-07", "2026-03-07", "", []access.Choice{choice("", false, "2026-01-01"), choice("", true, "2026-01-01")}, false},
		{"whichever comes first", "2006-03-07", "2026-03-07", "", []access.Choice{choice("", true, "2026-01-01"), choice("", false, "2026-01-01")}, false},
		{"not one to come", "2006-03-07", "2026-03-07", "", []access.Choice{choice("", false, "2026-03-08")}, true},
		{"a missing birth date is a minor's", "", "2026-03-07", access.OfAgeEnd, nil, true},
		{"but a refusal holds", "", "2026-03-07", "", []access.Choice{choice("", false, "2026-01-01")}, false},
		{"one to come does not", "", "2026-03-07", "", []access.Choice{choice("", false, "2026-03-08")}, true},
		{"nor does a permission open anything", "", "2026-03-07", "", []access.Choice{choice("mother", true, "2026-01-02"), choice("mother", false, "2026-01-01")}, false},
		{"a refusal holds on a missing day", "2006-03-07", "", "", []access.Choice{choice("", false, "2026-01-01")}, false},
		{"a missing day is before any majority", "2006-03-07", "", access.OfAgeEnd, nil, true},
	} {
		p := family()
		p.BirthDate, p.Choices = ent.Date{}, c.choices
		if c.birth != "" {
			p.BirthDate = day(t, c.birth)
		}
		on := ent.Date{}
		if c.on != "" {
			on = day(t, c.on)
		}
		policy := access.Default()
		policy.OfAge = c.ofAge
		d := marks(t, policy, "mother", on, p)
		assert.Equal(t, c.want, d.Allowed, c.name)
		if !c.want {
			assert.Equal(t, access.CodePupilChoice, d.Reason, c.name)
		}
	}
}

// A placed child of age chooses too; until then the placement, or what was decided, holds.
func TestPlacedChildOfAge(t *testing.T) {
	t.Parallel()
	p := placed()
	p.BirthDate = day(t, "2006-01-01")
	assert.Equal(t, access.CodeClosed, marks(t, access.Default(), "mother", today(), p).Reason)
	p.Choices = []access.Choice{{Relative: "mother", Allow: true, On: today()}}
	assert.True(t, marks(t, access.Default(), "mother", today(), p).Allowed)
	p.Rulings = []access.Ruling{ruling("mother", false, today(), ent.Date{})}
	assert.True(t, marks(t, access.Default(), "mother", today(), p).Allowed, "the choice of the adult goes before what was decided for the child")
	p.Choices = nil
	assert.Equal(t, access.CodeClosed, marks(t, access.Default(), "mother", today(), p).Reason)
}

// A pupil of age stands in some feeds as his or her own relative: no choice locks them out of their own data.
func TestPupilOfAgeWhoIsTheirOwnRelative(t *testing.T) {
	t.Parallel()
	p := family()
	p.BirthDate = day(t, "2006-01-01")
	p.Relations = []ent.Relation{relation("zoe", "zoe-as-relative", ent.KinshipSelf, ent.ResponsibilityLegal)}
	p.Choices = []access.Choice{{Allow: false, On: today()}}
	policy := access.Default()
	policy.OfAge = access.OfAgeEnd
	assert.True(t, marks(t, policy, "zoe-as-relative", today(), p).Allowed)
}

// Separated parents: each sees the child, neither the other's address, not even as a professional of the school.
func TestSeparatedParentsDoNotReadEachOthersContact(t *testing.T) {
	t.Parallel()
	p := family()
	rules := compiled(t, access.Default())
	father := access.Target{Person: "father", Profile: ent.ProfileRelative, Establishments: p.Establishments, Classes: p.Classes}
	neighbour := father
	neighbour.Person = "neighbour"
	mother := access.Facts{Person: "mother", Today: today(), Children: []access.Pupil{p}}
	s := access.NewScope(rules, mother)
	assert.True(t, s.Can(access.ActionContactRead, access.PupilTarget(&p)).Allowed)
	assert.False(t, s.Can(access.ActionContactRead, father).Allowed)
	assert.Equal(t, access.CodeApart, s.Can(access.ActionContactRead, father).Reason)

	mother.Affiliations = at("college", ent.ProfileDirection)
	s = access.NewScope(rules, mother)
	assert.False(t, s.Can(access.ActionContactRead, father).Allowed)
	assert.True(t, s.Can(access.ActionContactRead, neighbour).Allowed)
	reach := s.Reach(access.ActionContactRead, ent.ProfileRelative)
	assert.False(t, reach.Contains(father))
	assert.True(t, reach.Contains(neighbour))
}

// The explanation of a refusal does not tell a third person that the child is placed, neither by its words nor by its shape.
func TestPlacementIsNotShownToAThirdPerson(t *testing.T) {
	t.Parallel()
	refused := family()
	refused.Rulings = []access.Ruling{ruling("mother", false, today(), ent.Date{})}
	hidden := placed()
	explain := func(p access.Pupil) ent.Explanation {
		d, why, err := asks(t, access.Default(), "mother", today(), p).Explain(access.ActionMarksRead, access.PupilTarget(&p))
		require.NoError(t, err)
		require.NoError(t, why.Check())
		require.False(t, d.Allowed)
		return why
	}
	forRefused, forPlaced := explain(refused), explain(hidden)
	for _, lang := range []ent.Lang{ent.FR, ent.EN} {
		for _, to := range []ent.Reader{
			{},
			{Audience: ent.AudienceConcerned, Person: "mother"},
			{Audience: ent.AudienceConcerned, Person: "father"},
			{Audience: ent.AudienceAgent},
			{Audience: ent.AudienceDeveloper},
		} {
			text := forPlaced.Render(lang, to)
			for _, word := range []string{"aide sociale", "social services", "confié", "laced", "n° 3", "no. 3"} {
				assert.NotContains(t, text, word, to)
			}
			assert.Equal(t, forRefused.Render(lang, to), text, "the same for a refusal of another kind")
		}
		own := forPlaced.Render(lang, ent.Reader{Audience: ent.AudienceConcerned, Person: "zoe"})
		assert.True(t, strings.Contains(own, "aide sociale") || strings.Contains(own, "social services"), own)
	}
	reserved := 0
	walk(&forPlaced.Root, func(s *ent.Step) {
		if s.Owner == "zoe" && s.Audience == ent.AudienceConcerned {
			reserved++
		}
	})
	assert.Equal(t, 5, reserved, "the situation and its four details")
	assert.NotContains(t, strings.ToLower(access.CodeClosed.Error()+access.Decision{Reason: access.CodeClosed}.Text(ent.EN)), "plac")
}

// A missing birth date is explained to an agent.
func TestMissingBirthDateIsExplained(t *testing.T) {
	t.Parallel()
	p := family()
	p.BirthDate = ent.Date{}
	_, why, err := asks(t, access.Default(), "mother", today(), p).Explain(access.ActionMarksRead, access.PupilTarget(&p))
	require.NoError(t, err)
	assert.Contains(t, why.Render(ent.FR, ent.Reader{Audience: ent.AudienceAgent}), "date de naissance inconnue : élève tenu pour mineur")
}

func walk(s *ent.Step, visit func(*ent.Step)) {
	visit(s)
	for i := range s.Operands {
		walk(&s.Operands[i], visit)
	}
}
