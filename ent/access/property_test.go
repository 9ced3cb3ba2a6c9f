package access_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
	"github.com/opencartable/cartable/ent/enttest"
)

// worlds are two academies: their persons ask about all their targets, sampled for the time it takes.
func worlds(t *testing.T) []*world {
	t.Helper()
	return []*world{
		newWorld(t, enttest.Options{Seed: 1, Persons: 150}),
		newWorld(t, enttest.Options{Seed: 7, Persons: 700, OddPerMille: 200}),
	}
}

func allActions() []access.Action { return append(access.Actions(), "orientation.read", "nobody.has") }

// nameless are the facts of nobody: what is not known gives nothing.
func nameless() access.Facts {
	return access.Facts{Today: today(), Pupil: &access.Pupil{}, Children: []access.Pupil{{Relations: []ent.Relation{{Kinship: ent.KinshipMother, Responsibility: ent.ResponsibilityLegal}}}}}
}

// Nobody has nothing, not even what belongs to nobody.
func TestNamelessHasNothing(t *testing.T) {
	t.Parallel()
	for name, p := range policies() {
		s := access.NewScope(compiled(t, p), nameless())
		for _, a := range allActions() {
			for _, target := range []access.Target{
				{}, {Person: "", Owners: []ent.ID{""}}, {Profile: ent.ProfilePupil}, access.TeachingTarget(ent.Teaching{Establishment: "college", Class: "6A"}),
			} {
				assert.False(t, s.Can(a, target).Allowed, "%s: %s", name, a)
			}
			reach := s.Reach(a, ent.ProfilePupil)
			assert.True(t, reach.Empty(), "%s: %s", name, a)
		}
	}
}

// The reach of an action, joined in a query, gives exactly what Can allows target by target.
func TestReachAndCanAgree(t *testing.T) {
	t.Parallel()
	for name, p := range policies() {
		rules := compiled(t, p)
		allowed, denied := 0, 0
		for n, w := range worlds(t) {
			step := 1 + n*6
			for i := -1; i < len(w.facts); i += step {
				facts := nameless()
				if i >= 0 {
					facts = w.facts[i]
				}
				s := access.NewScope(rules, facts)
				for _, a := range allActions() {
					reach := map[ent.Profile]access.Reach{}
					for j := max(i, 0) % step; j < len(w.targets); j += step {
						target := w.targets[j]
						r, ok := reach[target.Profile]
						if !ok {
							r = s.Reach(a, target.Profile)
							reach[target.Profile] = r
						}
						can := s.Can(a, target)
						if can.Allowed != r.Contains(target) {
							require.Equal(t, can.Allowed, r.Contains(target), "%s: %s %s on %s %v", name, s.Person(), a, target.Person, r)
						}
						if can.Allowed {
							allowed++
						} else {
							denied++
						}
					}
				}
			}
		}
		assert.Greater(t, allowed, 1000, name)
		assert.Greater(t, denied, 1000, name)
	}
}

// Who can is Can asked of each candidate.
func TestWhoCanAndCanAgree(t *testing.T) {
	t.Parallel()
	for name, p := range policies() {
		rules := compiled(t, p)
		w := worlds(t)[1]
		people, several := 0, 0
		for i := 0; i < len(w.targets); i += 17 {
			for _, a := range []access.Action{access.ActionMarksRead, access.ActionContactRead, access.ActionHomeworkWrite, access.ActionPersonRead} {
				got := maps.Collect(access.WhoCan(rules, a, w.targets[i], slices.Values(w.facts)))
				for _, f := range w.facts {
					d := access.NewScope(rules, f).Can(a, w.targets[i])
					found, ok := got[f.Person]
					require.Equal(t, d.Allowed, ok, "%s: %s", name, f.Person)
					if ok {
						require.Equal(t, d, found)
						people++
					}
				}
				if len(got) > 2 {
					several++
				}
			}
		}
		assert.Greater(t, people, 100)
		assert.Greater(t, several, 10)
	}
}

// Every explanation computes again from its leaves, and reaches the decision that Can gives.
func TestExplanationsCheck(t *testing.T) {
	t.Parallel()
	n, reasons := 0, map[ent.Code]int{}
	for name, p := range policies() {
		rules := compiled(t, p)
		w := worlds(t)[1]
		for i := 0; i < len(w.facts); i += 5 {
			s := access.NewScope(rules, w.facts[i])
			targets := slices.Clone(w.targets[i%11 : i%11+1])
			for _, c := range w.facts[i].Children {
				targets = append(targets, access.PupilTarget(&c))
				for _, r := range c.Relations {
					targets = append(targets, access.Target{Person: r.Relative, Profile: ent.ProfileRelative, Classes: c.Classes})
				}
			}
			for _, target := range targets {
				for _, a := range allActions() {
					d, why, err := s.Explain(a, target)
					require.NoError(t, err)
					require.NoError(t, why.Check(), name)
					require.Equal(t, s.Can(a, target), d)
					want := int64(0)
					if d.Allowed {
						want = 1
					}
					require.Equal(t, want, why.Value().IntPart())
					reasons[d.Reason]++
					n++
				}
			}
		}
	}
	assert.Greater(t, n, 5000)
	for _, c := range []ent.Code{
		access.CodeGranted, access.CodeNoRight, access.CodeOutOfReach, access.CodeUnknownAction, access.CodeClosed,
		access.CodePupilChoice, access.CodeApart,
	} {
		assert.NotZero(t, reasons[c], "the academies meet %s", c)
	}
}
