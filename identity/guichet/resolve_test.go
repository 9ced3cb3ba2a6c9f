package guichet_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity/guichet"
)

// explained resolves a claim, and proves on the way that the explanation computes again and says the same.
func explained(t *testing.T, r guichet.Resolver, c guichet.Claim) guichet.Result {
	t.Helper()
	out, err := r.Resolve(t.Context(), c)
	require.NoError(t, err)
	again, e, err := r.Explain(t.Context(), c)
	require.NoError(t, err)
	assert.True(t, fmt.Sprint(ids(out)) == fmt.Sprint(ids(again)) && out.Outcome == again.Outcome)
	require.NoError(t, e.Check())
	assert.Equal(t, int64(len(out.Candidates)), e.Value().IntPart())
	assert.NotContains(t, e.Render(ent.FR, ent.Reader{}), "1", "an explanation is for agents: nobody else learns that an account exists")
	return out
}

// R-VEC-1: each vector is resolved as a unit. Put side by side, the names of one parent, the number of one child and the school
// of another would name a third person.
func TestRVEC1EachVectorIsAUnit(t *testing.T) {
	t.Parallel()
	var asked []guichet.Query
	s := school{asked: &asked, accounts: []account{
		pupil("lea", "701294", "0790031E"), pupil("tom", "55", "0350029S"),
		// The third family: the number of one vector in the school of the other, and a relative of the same names.
		pupil("zoe", "701294", "0350029S"), pupil("max", "55", "0790031E"),
		relative("paule", guichet.StateActive, "MARTIN", "Paule", "lea", "tom"),
		relative("other", guichet.StateActive, "MARTIN", "Paule", "zoe", "max"),
		relative("father", guichet.StateActive, "DURAND", "Jean", "lea"),
	}}
	out := explained(t, guichet.Resolver{People: s}, vectors(t, "2|MARTIN|Paule|701294|0790031E", "1|MARTIN|Paule|55|0350029S"))
	assert.Equal(t, guichet.OutcomeOne, out.Outcome)
	assert.Equal(t, []ent.ID{"paule"}, ids(out))
	for _, q := range asked {
		assert.Contains(t, []guichet.Pupil{{Number: "701294", School: "0790031E"}, {Number: "55", School: "0350029S"}}, q.Pupil)
		assert.Equal(t, []ent.Profile{ent.ProfileRelative}, q.Profiles)
	}

	// Two vectors that name two persons: the union is offered, never a cross.
	out = explained(t, guichet.Resolver{People: s}, vectors(t, "2|MARTIN|Paule|55|0350029S", "2|DURAND|Jean|701294|0790031E"))
	assert.Equal(t, guichet.OutcomeMany, out.Outcome)
	assert.Equal(t, []ent.ID{"paule", "father"}, ids(out))
}

func TestNamesAreComparedFolded(t *testing.T) {
	t.Parallel()
	s := school{accounts: []account{
		pupil("lea", "701294", "0790031E"),
		relative("anne", guichet.StateActive, "O’Brien Le-Goff", "ANNE SOPHIE", "lea"),
		relative("noel", guichet.StateActive, "Œuvrard", "Noël", "lea"),
		relative("other", guichet.StateActive, "Le Goff", "Anne", "lea"),
	}}
	s.accounts[2].Name.Birth = "Péchet"
	for value, want := range map[string][]ent.ID{
		"2|O'BRIEN-LE GOFF|Anne-Sophie|701294|0790031E":         {"anne"},
		"2|OEUVRARD|NOEL|701294|0790031E":                       {"noel"},
		"2|PECHET|noe\u0308l|701294|0790031E":                   {"noel"},
		"2|LE GOFF|Anne-Sophie|701294|0790031E":                 nil,
		"2|O'BRIEN-LE GOFF|Anne|701294|0790031E":                nil,
		"2|O'BRIEN-LE GOFF|Anne-Sophie Marie|701294|0790031E":   nil,
		"2|O'BRIEN-LE GOFF|Anne-Sophie|701295|0790031E":         nil,
		"2|O'BRIEN-LE GOFF|Anne-Sophie|701294|0350029S":         nil,
		"2|LE GOFF-O'BRIEN|Anne-Sophie|701294|0790031E":         nil,
		"2|Sophie Anne|O'BRIEN-LE GOFF|701294|0790031E":         nil,
		"2|O'BRIEN-LE GOFF|Anne\u2011Sophie|701294|0790031E":    {"anne"},
		"2|\u00d6BRIEN-LE GOFF |Anne-Sophie|701294|0790031E   ": {"anne"},
	} {
		out := explained(t, guichet.Resolver{People: s}, vectors(t, value))
		assert.Equal(t, want, ids(out), fold(value))
	}
}

// A pupil's vector opens a pupil's account only, whatever the caller answers.
func TestAnswersOfAnotherProfileDoNotFit(t *testing.T) {
	t.Parallel()
	r := guichet.Resolver{People: answers{
		person("staff", ent.ProfileDirection, guichet.StateActive, "DUPONT", "Léa").Candidate,
		person("lea", ent.ProfilePupil, guichet.StateActive, "DUPONT", "Léa").Candidate,
	}}
	assert.Equal(t, []ent.ID{"lea"}, ids(explained(t, r, vectors(t, "4|||701294|0790031E"))))
	assert.Equal(t, []ent.ID{"lea"}, ids(explained(t, r, guichet.Claim{Keys: []string{"RENNES-5"}})))
	assert.Empty(t, ids(explained(t, r, guichet.Claim{Keys: []string{"RENNES-5"}, Profiles: []ent.Profile{ent.ProfileRelative}})))
	assert.Empty(t, ids(explained(t, r, guichet.Claim{Mail: "lea@ac-rennes.fr"})), "an answer without the address asked for does not fit")
}

func TestStaffByMailWithoutCase(t *testing.T) {
	t.Parallel()
	a := person("prof", ent.ProfileTeacher, guichet.StateActive, "MARTIN", "Paule")
	a.Mail = "Paule.MARTIN@ac-rennes.fr"
	r := guichet.Resolver{People: school{accounts: []account{a}}}
	out := explained(t, r, guichet.Claim{Mail: "paule.martin@ac-rennes.fr"})
	assert.Equal(t, guichet.OutcomeOne, out.Outcome)
	out = explained(t, r, guichet.Claim{Mail: "paule.martin2@ac-rennes.fr"})
	assert.Equal(t, guichet.OutcomeNone, out.Outcome)
}

// answers always gives the same answer.
type answers []guichet.Candidate

func (a answers) Find(_ context.Context, _ guichet.Query) ([]guichet.Candidate, error) { return a, nil }

func TestOutcomes(t *testing.T) {
	t.Parallel()
	key := func(a account) account { return keyed(a, "RENNES-1") }
	rel := func(id ent.ID, state guichet.State) account { return key(relative(id, state, "MARTIN", "Paule")) }
	merged := func(id, into ent.ID) account {
		a := rel(id, guichet.StateMerged)
		a.MergedInto = into
		return a
	}
	active, blocked, closed, fresh := guichet.StateActive, guichet.StateBlocked, guichet.StateProfileBlocked, guichet.StateNotActivated
	for _, c := range []struct {
		name     string
		accounts []account
		outcome  guichet.Outcome
		code     ent.Code
		ids      []ent.ID
		merged   bool
	}{
		{"nobody is unknown, not blocked", nil, guichet.OutcomeNone, guichet.CodeUnknownUser, nil, false},
		{"one", []account{rel("a", active)}, guichet.OutcomeOne, guichet.CodeFound, []ent.ID{"a"}, false},
		{"to activate", []account{rel("a", fresh)}, guichet.OutcomeNotActivated, guichet.CodeNotActivated, []ent.ID{"a"}, false},
		{"many", []account{rel("a", active), rel("b", fresh)}, guichet.OutcomeMany, guichet.CodeSeveral, []ent.ID{"a", "b"}, false},
		{"blocked", []account{rel("a", blocked)}, guichet.OutcomeBlocked, guichet.CodeBlockedUser, nil, false},
		{"profile blocked", []account{rel("a", closed)}, guichet.OutcomeProfileBlocked, guichet.CodeBlockedProfile, nil, false},
		{"both", []account{rel("a", closed), rel("b", blocked)}, guichet.OutcomeBlocked, guichet.CodeBlockedUser, nil, false},
		{"one blocked does not block the other", []account{rel("a", blocked), rel("b", active), rel("c", closed)}, guichet.OutcomeOne, guichet.CodeFound, []ent.ID{"b"}, false},
		{"merged is followed", []account{merged("a", "b"), relative("b", active, "AUTRE", "Nom")}, guichet.OutcomeOne, guichet.CodeFound, []ent.ID{"b"}, true},
		{"merged twice over", []account{merged("a", "b"), merged("b", "c"), relative("c", fresh, "", "")}, guichet.OutcomeNotActivated, guichet.CodeNotActivated, []ent.ID{"c"}, true},
		{"merged into one that is found too", []account{merged("a", "b"), rel("b", active)}, guichet.OutcomeOne, guichet.CodeFound, []ent.ID{"b"}, true},
		{"merged into a blocked one", []account{merged("a", "b"), relative("b", blocked, "", "")}, guichet.OutcomeBlocked, guichet.CodeBlockedUser, nil, false},
		{"merged into nobody", []account{merged("a", "gone")}, guichet.OutcomeNone, guichet.CodeUnknownUser, nil, false},
		{"an account of two profiles", []account{rel("a", active), key(person("a", ent.ProfilePupil, active, "", ""))}, guichet.OutcomeMany, guichet.CodeSeveral, []ent.ID{"a", "a"}, false},
	} {
		out := explained(t, guichet.Resolver{People: school{accounts: c.accounts}}, guichet.Claim{Keys: []string{"RENNES-1"}})
		assert.Equal(t, c.outcome, out.Outcome, c.name)
		assert.Equal(t, c.ids, ids(out), c.name)
		assert.Equal(t, c.merged, out.Merged, c.name)
		assert.Equal(t, c.code, out.Issue().Code, c.name)
		assert.Equal(t, len(c.ids) == 0, out.Refused(), c.name)
		if out.Refused() {
			require.ErrorIs(t, out.Err(), c.code)
			require.NotErrorIs(t, out.Err(), map[bool]ent.Code{true: guichet.CodeBlockedUser, false: guichet.CodeUnknownUser}[c.code == guichet.CodeUnknownUser])
		} else {
			require.NoError(t, out.Err())
		}
	}
	assert.True(t, guichet.Result{}.Refused(), "the zero value opens nothing")
}

// The children of the two vectors stand in one candidate.
func TestCandidateOfTwoChildren(t *testing.T) {
	t.Parallel()
	a := person("paule", ent.ProfileRelative, guichet.StateActive, "MARTIN", "Paule").Candidate
	one, two := a, a
	one.Children, one.Schools = []ent.Name{{Family: "D", Given: "Léa"}}, []string{"Collège A"}
	two.Children, two.Schools = []ent.Name{{Family: "D", Given: "Tom"}}, []string{"Collège A", "École B"}
	n := 0
	r := guichet.Resolver{People: people(func(guichet.Query) ([]guichet.Candidate, error) {
		n++
		return [][]guichet.Candidate{{one}, {two}}[(n-1)%2], nil
	})}
	out := explained(t, r, vectors(t, "2|MARTIN|Paule|701294|0790031E", "1|MARTIN|Paule|55|0350029S"))
	require.Len(t, out.Candidates, 1)
	assert.Len(t, out.Candidates[0].Children, 2)
	assert.Equal(t, []string{"Collège A", "École B"}, out.Candidates[0].Schools)
	assert.Len(t, one.Children, 1, "the caller's own values are left alone")
}

func TestResolveFaults(t *testing.T) {
	t.Parallel()
	down := errors.New("connection refused")
	claim := guichet.Claim{Keys: []string{"RENNES-1"}}
	_, err := guichet.Resolver{People: school{err: down}}.Resolve(t.Context(), claim)
	require.ErrorIs(t, err, guichet.CodePort, "a store that is down is not an unknown user")
	require.ErrorIs(t, err, down)
	require.NotErrorIs(t, err, guichet.CodeUnknownUser)
	_, err = guichet.Resolver{}.Resolve(t.Context(), claim)
	require.ErrorIs(t, err, guichet.CodePort)
	_, err = guichet.Resolver{People: school{}}.Resolve(t.Context(), guichet.Claim{Provider: "p", Subject: "s"})
	require.ErrorIs(t, err, guichet.CodeNoClue)
	_, err = guichet.Resolver{People: school{}}.Resolve(t.Context(), guichet.Claim{Keys: make([]string, 1000)})
	require.ErrorIs(t, err, guichet.CodeLimit)
	for _, bad := range []guichet.Candidate{
		{Account: "a", Profile: ent.ProfilePupil},
		{Account: "a", Profile: ent.ProfilePupil, State: "other"},
		{Profile: ent.ProfilePupil, State: guichet.StateActive},
		{Account: "a", Profile: ent.ProfilePupil, State: guichet.StateMerged},
		{Account: "a", Profile: ent.ProfilePupil, State: guichet.StateActive, MergedInto: "b"},
		{Account: "a", Profile: ent.ProfilePupil, State: guichet.StateMerged, MergedInto: "a"},
		{Account: "a", Profile: ent.ProfilePupil, State: guichet.StateMerged, MergedInto: "b"},
	} {
		_, err := guichet.Resolver{People: answers{bad}}.Resolve(t.Context(), claim)
		require.ErrorIs(t, err, guichet.CodePeople)
	}
	_, err = guichet.Resolver{People: answers(make([]guichet.Candidate, 1000))}.Resolve(t.Context(), claim)
	require.ErrorIs(t, err, guichet.CodeLimit)
	_, _, err = guichet.Resolver{People: school{err: down}}.Explain(t.Context(), claim)
	require.ErrorIs(t, err, guichet.CodePort)
	// A chain of merges that never ends.
	n := 0
	_, err = guichet.Resolver{People: people(func(q guichet.Query) ([]guichet.Candidate, error) {
		n++
		id := q.Account
		if id == "" {
			id = "a0"
		}
		return []guichet.Candidate{{Account: id, Profile: ent.ProfilePupil, State: guichet.StateMerged, MergedInto: ent.ID(fmt.Sprint("a", n))}}, nil
	})}.Resolve(t.Context(), claim)
	require.ErrorIs(t, err, guichet.CodePeople)
	assert.Less(t, n, 20)
}

func TestExplanationIsForAgents(t *testing.T) {
	t.Parallel()
	s := school{accounts: []account{
		pupil("lea", "701294", "0790031E"),
		relative("paule", guichet.StateBlocked, "MARTIN", "Paule", "lea"),
		relative("jean", guichet.StateActive, "DURAND", "Jean", "lea"),
	}}
	_, e, err := guichet.Resolver{People: s}.Explain(t.Context(), vectors(t, "2|MARTIN|Paule|701294|0790031E"))
	require.NoError(t, err)
	assert.Equal(t, `Comptes proposés : 0 — différence
  Réponses qui correspondent : 1 — somme de
    Vecteur 1 : les responsables de cet enfant qui portent ce nom : 1 — différence
      Comptes trouvés : 2
      dont d'un autre profil : 0
      dont d'un autre nom ou d'une autre adresse : 1
  Comptes déjà trouvés, ou réunis par une fusion : 0
  Comptes fusionnés dans un compte qui n'existe plus : 0
  Comptes bloqués : 1
`, e.Render(ent.FR, ent.Reader{Audience: ent.AudienceAgent}))
}
