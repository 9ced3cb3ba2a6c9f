package access_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
	"github.com/opencartable/cartable/ent/enttest"
)

// world is a fictional academy seen by this package: everybody's facts, and targets of each kind.
type world struct {
	facts   []access.Facts
	targets []access.Target
}

// newWorld makes the world of an academy. Some pupils have rulings and choices, some persons delegations: drawn from the
// seed, so that the same test fails twice.
func newWorld(t testing.TB, o enttest.Options) *world {
	t.Helper()
	a := enttest.New(o)
	on := ent.Date{Year: int16(a.Year()) + 1, Month: 3, Day: 1}
	w := &world{}
	pupils := map[ent.ID]*access.Pupil{}
	children := map[ent.ID][]ent.ID{}
	groups := slices.Collect(a.Groups())
	for p := range a.Pupils() {
		f := access.FactsOf(&p.Person, on)
		own := f.Pupil
		own.Relations = p.Relations
		r := a.Rand("access", p.ID)
		for _, rel := range p.Relations {
			children[rel.Relative] = append(children[rel.Relative], p.ID)
			if r.IntN(8) == 0 {
				own.Rulings = append(own.Rulings, access.Ruling{
					Pupil: p.ID, Relative: rel.Relative, Allow: r.IntN(2) == 0, By: ent.Actor{Kind: ent.ActorPerson, ID: "head"},
					On: on.AddDays(r.IntN(20) - 12), Reference: "r-1",
				})
			}
		}
		if r.IntN(3) == 0 {
			own.Choices = append(own.Choices, access.Choice{Allow: r.IntN(2) == 0, On: on.AddDays(-r.IntN(9))})
		}
		pupils[p.ID] = own
		w.facts = append(w.facts, f)
		w.targets = append(w.targets, access.PupilTarget(own))
	}
	for r := range a.Relatives() {
		f := access.FactsOf(&r.Person, on)
		target := access.Target{Person: r.ID, Profile: ent.ProfileRelative}
		for _, id := range children[r.ID] {
			p := pupils[id]
			f.Children = append(f.Children, *p)
			target.Establishments = append(target.Establishments, p.Establishments...)
			target.Classes, target.Groups = append(target.Classes, p.Classes...), append(target.Groups, p.Groups...)
		}
		w.facts = append(w.facts, f)
		w.targets = append(w.targets, target)
	}
	establishments := slices.Collect(a.Establishments())
	for s := range a.Staff() {
		f := access.FactsOf(&s, on)
		f.Groups = groups
		r := a.Rand("access", s.ID)
		if r.IntN(10) == 0 {
			f.Delegations = []access.Delegation{{Establishments: []ent.ID{establishments[r.IntN(len(establishments))].ID}, To: on.AddDays(r.IntN(3) - 1)}}
		}
		if r.IntN(8) == 0 && len(f.Affiliations) > 0 {
			f.Affiliations = slices.Clone(f.Affiliations)
			f.Affiliations[0].To = on.AddDays(-r.IntN(2))
		}
		if r.IntN(12) == 0 && len(w.facts) > 0 { // also a parent at the school
			f.Children = []access.Pupil{*pupils[w.targets[r.IntN(len(pupils))].Person]}
			f.Children[0].Relations = append([]ent.Relation{relation(f.Children[0].ID, s.ID, ent.KinshipMother, ent.ResponsibilityLegal)}, f.Children[0].Relations...)
		}
		w.facts = append(w.facts, f)
		w.targets = append(w.targets, access.PersonTarget(&s, f.Affiliations[0].Profile))
		for _, teaching := range f.Teachings[:min(2, len(f.Teachings))] {
			w.targets = append(w.targets, access.TeachingTarget(teaching))
		}
	}
	for c := range a.Classes() {
		w.targets = append(w.targets, access.ClassTarget(c))
	}
	for _, e := range establishments {
		w.targets = append(w.targets, access.EstablishmentTarget(e.ID))
	}
	require.NotEmpty(t, w.facts)
	return w
}

// policies are the default and its variants, one of which has every kind of right.
func policies() map[string]*access.Policy {
	variant := access.Default()
	variant.InCharge, variant.OfAge, variant.GroupTeachers = access.InChargeAsLegal, access.OfAgeEnd, access.GroupTeachersClasses
	variant.Apart = append(variant.Apart, access.ActionPersonRead)
	variant.Grants = append(
		variant.Grants,
		access.Grant{
			Who: []access.Who{access.WhoFunction(ent.FunctionDirection)}, May: []access.Action{access.ActionMarksRead, "orientation.read"},
			Reach: []access.Span{access.SpanAll}, Of: []ent.Profile{ent.ProfilePupil},
		},
		access.Grant{
			Who: []access.Who{access.WhoContact, access.WhoInCharge}, May: []access.Action{access.ActionTimetableRead},
			Reach: []access.Span{access.SpanChildren, access.SpanChildrenClasses, access.SpanChildrenClassmates},
		},
		access.Grant{
			Who: []access.Who{access.WhoFunction(ent.FunctionEducation)}, May: []access.Action{access.ActionBookingManage},
			Reach: []access.Span{access.SpanEstablishment, access.SpanTaught, access.SpanOwn},
		},
	)
	none := access.Default()
	none.InCharge = access.InChargeNone
	return map[string]*access.Policy{"default": access.Default(), "variant": variant, "in charge none": none}
}
