package guichet_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity/guichet"
	"github.com/opencartable/cartable/identity/guichet/guichettest"
)

func TestMemoryStates(t *testing.T) {
	t.Parallel()
	guichettest.RunStates(t, guichet.NewMemoryStates(nil))
	c := newClock()
	s := guichet.NewMemoryStates(c.now)
	require.NoError(t, s.Put(t.Context(), "a", []byte("v"), time.Minute))
	c.pass(time.Minute)
	_, ok, err := s.Take(t.Context(), "a")
	require.NoError(t, err)
	assert.False(t, ok, "its time is over")

	// Full, it refuses: nobody's choice is forgotten for another's. What is over makes room.
	for i := range 100_000 {
		require.NoError(t, s.Put(t.Context(), fmt.Sprint(i), nil, time.Minute))
	}
	require.ErrorIs(t, s.Put(t.Context(), "more", nil, time.Minute), guichet.CodeLimit)
	c.pass(time.Minute)
	require.NoError(t, s.Put(t.Context(), "more", nil, time.Minute))
}

func TestMemoryLinks(t *testing.T) {
	t.Parallel()
	guichettest.RunLinks(t, guichet.NewMemoryLinks())
}

func offered(t *testing.T, c guichet.Chooser) guichet.Offer {
	t.Helper()
	o, err := c.Start(t.Context(), guichet.Choice{
		Claim: guichet.Claim{Tenant: "t", Provider: educonnect, Subject: "abc"},
		Candidates: []guichet.Candidate{
			relative("a", guichet.StateActive, "MARTIN", "Paule").Candidate, relative("b", guichet.StateNotActivated, "MARTIN", "Paule").Candidate,
		},
	})
	require.NoError(t, err)
	return o
}

// R-LINK-1: the candidates stay on the server, under a one-time state bound to the browser.
func TestRLINK1ChoiceIsKeptOnTheServer(t *testing.T) {
	t.Parallel()
	seen := &spy{States: guichet.NewMemoryStates(nil)}
	c := guichet.Chooser{States: seen}
	o := offered(t, c)
	other := offered(t, c)
	assert.NotEqual(t, o.State, other.State)
	assert.NotEqual(t, o.Browser, other.Browser)
	assert.GreaterOrEqual(t, len(o.State), 26, "130 bits")
	assert.GreaterOrEqual(t, len(o.Browser), 26)
	assert.NotContains(t, seen.all(), o.State, "the store holds hashes")
	assert.NotContains(t, seen.all(), o.Browser)

	chosen, err := c.Choose(t.Context(), "t", o.State, o.Browser, 1)
	require.NoError(t, err)
	assert.Equal(t, ent.ID("b"), chosen.Candidate.Account)
	assert.Equal(t, guichet.StateNotActivated, chosen.Candidate.State)
	assert.Equal(t, []string{"t", educonnect, "abc"}, []string{string(chosen.Tenant), chosen.Provider, chosen.Subject})

	// Two tabs share the cookie, each with its own state.
	tab, err := c.Start(t.Context(), guichet.Choice{Candidates: o.Candidates, Browser: other.Browser})
	require.NoError(t, err)
	assert.Equal(t, other.Browser, tab.Browser)
	_, err = c.Choose(t.Context(), "", tab.State, tab.Browser, 0)
	require.NoError(t, err)
	_, err = c.Choose(t.Context(), "t", other.State, tab.Browser, 0)
	require.NoError(t, err)
	weak, err := c.Start(t.Context(), guichet.Choice{Candidates: o.Candidates, Browser: "short"})
	require.NoError(t, err)
	assert.NotEqual(t, "short", weak.Browser)
}

// D7: two vectors and two persons give a chooser of two; a forged index is refused; a blocked candidate leaves the other.
func TestAcceptanceD7(t *testing.T) {
	t.Parallel()
	s := school{accounts: []account{
		pupil("lea", "701294", "0790031E"), pupil("tom", "55", "0350029S"),
		relative("paule", guichet.StateActive, "MARTIN", "Paule", "lea"), relative("paule2", guichet.StateActive, "MARTIN", "Paule", "tom"),
	}}
	claim := vectors(t, "2|MARTIN|Paule|701294|0790031E", "1|MARTIN|Paule|55|0350029S")
	out := explained(t, guichet.Resolver{People: s}, claim)
	require.Equal(t, guichet.OutcomeMany, out.Outcome)
	require.Equal(t, []ent.ID{"paule", "paule2"}, ids(out))

	clock := newClock()
	c := guichet.Chooser{States: guichet.NewMemoryStates(clock.now), Clock: clock.now}
	start := func() guichet.Offer {
		o, err := c.Start(t.Context(), guichet.Choice{Claim: claim, Candidates: out.Candidates})
		require.NoError(t, err)
		assert.Len(t, o.Candidates, 2)
		return o
	}
	choose := func(o guichet.Offer, browser string, index int) error {
		_, err := c.Choose(t.Context(), "", o.State, browser, index)
		return err
	}
	for _, index := range []int{-1, 2, 1 << 40} {
		o := start()
		require.ErrorIs(t, choose(o, o.Browser, index), guichet.CodeChoiceIndex)
		require.ErrorIs(t, choose(o, o.Browser, 0), guichet.CodeChoiceUsed, "an attempt uses the state up")
	}
	o := start()
	require.ErrorIs(t, choose(o, start().Browser, 0), guichet.CodeChoiceBrowser)
	o = start()
	require.ErrorIs(t, choose(o, "", 0), guichet.CodeChoiceBrowser, "cookies are refused")
	require.NoError(t, choose(o, o.Browser, 0), "which uses nothing up")
	require.ErrorIs(t, choose(o, o.Browser, 0), guichet.CodeChoiceUsed, "the Back button, a double click")
	require.ErrorIs(t, choose(guichet.Offer{State: "never made"}, o.Browser, 0), guichet.CodeChoiceUsed)
	require.ErrorIs(t, choose(guichet.Offer{State: "nevermade"}, o.Browser, 0), guichet.CodeChoiceUsed)
	o = start()
	assert.Equal(t, 10*time.Minute, o.Expires.Sub(clock.at))
	clock.pass(10*time.Minute - time.Second)
	require.NoError(t, choose(o, o.Browser, 1))
	o = start()
	clock.pass(10 * time.Minute)
	require.ErrorIs(t, choose(o, o.Browser, 0), guichet.CodeChoiceExpired)
	o = start()
	_, err := c.Choose(t.Context(), "another tenant", o.State, o.Browser, 0)
	require.ErrorIs(t, err, guichet.CodeChoiceUsed)

	s.accounts[2].State = guichet.StateBlocked
	out = explained(t, guichet.Resolver{People: s}, claim)
	assert.Equal(t, guichet.OutcomeOne, out.Outcome)
	assert.Equal(t, []ent.ID{"paule2"}, ids(out))
}

// One choice, fifty clicks: one success.
func TestChoiceIsTakenOnce(t *testing.T) {
	t.Parallel()
	c := guichet.Chooser{States: guichet.NewMemoryStates(nil)}
	o := offered(t, c)
	var mu sync.Mutex
	won := 0
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			_, err := c.Choose(t.Context(), "t", o.State, o.Browser, 0)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				won++
			} else {
				assert.ErrorIs(t, err, guichet.CodeChoiceUsed)
			}
		})
	}
	wg.Wait()
	assert.Equal(t, 1, won)
}

func TestChooserFaults(t *testing.T) {
	t.Parallel()
	c := guichet.Chooser{States: guichet.NewMemoryStates(nil)}
	_, err := c.Start(t.Context(), guichet.Choice{})
	require.ErrorIs(t, err, guichet.CodeChoice)
	_, err = guichet.Chooser{}.Start(t.Context(), guichet.Choice{Candidates: offered(t, c).Candidates})
	require.ErrorIs(t, err, guichet.CodeChoice)
	_, err = guichet.Chooser{}.Choose(t.Context(), "t", "s", "b", 0)
	require.ErrorIs(t, err, guichet.CodeChoice)
	broken := guichet.Chooser{States: down{}}
	_, err = broken.Start(t.Context(), guichet.Choice{Candidates: offered(t, c).Candidates})
	require.ErrorIs(t, err, guichet.CodePort)
	_, err = broken.Choose(t.Context(), "t", "s", "b", 0)
	require.ErrorIs(t, err, guichet.CodePort, "a store that is down is not a used choice")
	_, err = guichet.Chooser{States: garbage{}}.Choose(t.Context(), "t", "s", "b", 0)
	require.ErrorIs(t, err, guichet.CodePort)
	assert.NotContains(t, err.Error(), "Canari")
}

// spy keeps what goes into a store.
type spy struct {
	guichet.States
	text strings.Builder
}

func (s *spy) Put(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	s.text.WriteString(key + string(value))
	return s.States.Put(ctx, key, value, ttl)
}

func (s *spy) all() string { return s.text.String() }

var errDown = errors.New("connection refused")

type down struct{ guichet.Links }

func (down) Put(context.Context, string, []byte, time.Duration) error { return errDown }

func (down) Take(context.Context, string) ([]byte, bool, error) { return nil, false, errDown }

type garbage struct{ down }

func (garbage) Take(context.Context, string) ([]byte, bool, error) {
	return []byte(`"Canari"`), true, nil
}

func TestRememberedChoice(t *testing.T) {
	t.Parallel()
	clock := newClock()
	book := &guichet.LinkBook{Links: guichet.NewMemoryLinks(), Clock: clock.now}
	s := school{accounts: []account{
		keyed(relative("a", guichet.StateActive, "MARTIN", "Paule"), "RENNES-1"),
		keyed(relative("b", guichet.StateActive, "MARTIN", "Paule"), "RENNES-1"),
	}}
	r := guichet.Resolver{People: s, Links: book}
	claim := guichet.Claim{Tenant: "t", Provider: educonnect, Subject: "abc", Keys: []string{"RENNES-1"}}
	out := explained(t, r, claim)
	require.Equal(t, guichet.OutcomeMany, out.Outcome)
	actor := ent.Actor{Kind: ent.ActorPerson, ID: "b", Profile: ent.ProfileRelative}
	chosen := guichet.Chosen{Tenant: "t", Provider: educonnect, Subject: "abc", Candidate: out.Candidates[1]}
	created, err := book.Remember(t.Context(), chosen, actor)
	require.NoError(t, err)
	assert.Equal(t, guichet.EventLinkCreated, created.Type)
	assert.Equal(t, ent.ID("b"), created.Subject)
	assert.Equal(t, actor, created.Actor)
	assert.Equal(t, clock.at, created.At)
	assert.JSONEq(t, `{"provider":"`+educonnect+`","profile":"National_2"}`, string(created.Data), "never the subject")

	clock.pass(time.Hour)
	out = explained(t, r, claim)
	assert.Equal(t, guichet.OutcomeOne, out.Outcome)
	assert.Equal(t, []ent.ID{"b"}, ids(out))
	assert.True(t, out.Remembered)
	list, err := book.List(t.Context(), "t", "b")
	require.NoError(t, err)
	require.Len(t, list, 1)
	assert.Equal(t, clock.at, list[0].Used)
	assert.Equal(t, clock.at.Add(-time.Hour), list[0].Created)

	for _, other := range []guichet.Claim{
		{Tenant: "t", Provider: educonnect, Subject: "abc", Keys: []string{"RENNES-1"}, Afresh: true},
		{Tenant: "t", Provider: educonnect, Subject: "else", Keys: []string{"RENNES-1"}},
		{Tenant: "u", Provider: educonnect, Subject: "abc", Keys: []string{"RENNES-1"}},
	} {
		assert.Equal(t, guichet.OutcomeMany, explained(t, r, other).Outcome)
	}

	// A link opens nothing that the portal does not give any more, and no blocked account.
	assert.Equal(t, guichet.OutcomeNone, explained(t, r, guichet.Claim{Tenant: "t", Provider: educonnect, Subject: "abc", Keys: []string{"RENNES-2"}}).Outcome)
	bare := guichet.Claim{Tenant: "t", Provider: educonnect, Subject: "abc"}
	_, err = r.Resolve(t.Context(), bare)
	require.ErrorIs(t, err, guichet.CodeNoClue)
	bare.ByLink = true
	assert.Equal(t, []ent.ID{"b"}, ids(explained(t, r, bare)))
	s.accounts[1].State = guichet.StateBlocked
	assert.Equal(t, guichet.OutcomeBlocked, explained(t, r, bare).Outcome)
	assert.Equal(t, []ent.ID{"a"}, ids(explained(t, r, claim)), "the other one is opened")

	// The account was merged since: the link leads on.
	s.accounts[1].State, s.accounts[1].MergedInto = guichet.StateMerged, "c"
	s.accounts = append(s.accounts, relative("c", guichet.StateActive, "MARTIN", "Paule"))
	r.People = s
	out = explained(t, r, claim)
	assert.Equal(t, []ent.ID{"c"}, ids(out))
	assert.True(t, out.Merged && out.Remembered)
	assert.Equal(t, []ent.ID{"c"}, ids(explained(t, r, bare)))

	removed, ok, err := book.Forget(t.Context(), list[0], actor)
	require.NoError(t, err)
	assert.True(t, ok)
	assert.Equal(t, guichet.EventLinkRemoved, removed.Type)
	_, ok, err = book.Forget(t.Context(), list[0], actor)
	require.NoError(t, err)
	assert.False(t, ok)
	assert.Equal(t, guichet.OutcomeMany, explained(t, r, claim).Outcome)
	_, err = r.Resolve(t.Context(), bare)
	require.ErrorIs(t, err, guichet.CodeNoClue)
}

type brokenLinks struct{ put bool }

func (b brokenLinks) Find(_ context.Context, tenant ent.Tenant, provider, subject string) (guichet.Link, bool, error) {
	if b.put {
		return guichet.Link{Tenant: tenant, Provider: provider, Subject: subject, Account: "a", Profile: ent.ProfilePupil}, true, nil
	}
	return guichet.Link{}, false, errDown
}

func (brokenLinks) Put(context.Context, guichet.Link) error { return errDown }

func (brokenLinks) List(context.Context, ent.Tenant, ent.ID) ([]guichet.Link, error) {
	return nil, errDown
}

func (brokenLinks) Remove(context.Context, ent.Tenant, string, string) (bool, error) {
	return false, errDown
}

func TestLinkFaults(t *testing.T) {
	t.Parallel()
	claim := guichet.Claim{Provider: "p", Subject: "s", Keys: []string{"K-1"}}
	people := answers{pupil("a", "1", "").Candidate}
	chosen := guichet.Chosen{Provider: "p", Subject: "s", Candidate: people[0]}
	for _, book := range []*guichet.LinkBook{{}, {Links: brokenLinks{}}, {Links: brokenLinks{put: true}}} {
		_, err := guichet.Resolver{People: people, Links: book}.Resolve(t.Context(), claim)
		require.ErrorIs(t, err, guichet.CodePort)
		_, err = book.Remember(t.Context(), chosen, ent.Actor{})
		require.ErrorIs(t, err, guichet.CodePort)
		_, err = book.List(t.Context(), "t", "a")
		require.ErrorIs(t, err, guichet.CodePort)
		_, _, err = book.Forget(t.Context(), guichet.Link{}, ent.Actor{})
		require.ErrorIs(t, err, guichet.CodePort)
	}
	chosen.Subject = ""
	_, err := (&guichet.LinkBook{Links: guichet.NewMemoryLinks()}).Remember(t.Context(), chosen, ent.Actor{})
	require.ErrorIs(t, err, guichet.CodeLink, "a transient name is not remembered")
}

// The canary: nothing that holds personal data shows it when it is printed or logged, alone or inside another.
func TestNothingPersonalIsPrinted(t *testing.T) {
	t.Parallel()
	const mark = "Canari"
	name := ent.Name{Family: mark, Given: mark}
	v := guichet.Vector{Profile: ent.ProfileRelative, Family: mark, Given: mark, Pupil: mark}
	ref := guichet.Reference{Source: "AAF", ID: mark}
	c := guichet.Candidate{Account: "a", State: guichet.StateActive, Name: name, Children: []ent.Name{name}, Mail: mark}
	claim := guichet.Claim{Provider: "p", Subject: mark, Vectors: []guichet.Vector{v}, Keys: []string{mark}, Mail: mark}
	attributes := guichet.Attributes{{Name: "n", Values: []string{mark}}}
	edu := guichet.EduConnect{ID: mark, Name: name, INEHash: mark, References: []guichet.Reference{ref}}
	agent := guichet.Agent{Mail: mark, Login: mark, Name: name}
	for _, value := range []any{
		v, ref, c, claim, attributes, edu, agent,
		guichet.Jointure{Key: mark},
		guichet.Delegation{By: mark},
		guichet.GAR{Project: "p", Person: mark},
		guichet.Query{Key: mark},
		guichet.Pupil{Number: mark},
		guichet.Assertion{NameID: mark, Attributes: attributes},
		guichet.Identity{Claim: claim, EduConnect: edu, Agent: agent},
		guichet.Chosen{Subject: mark, Candidate: c},
		guichet.Offer{State: mark, Browser: mark, Candidates: []guichet.Candidate{c}},
		guichet.Link{Subject: mark},
		guichet.Choice{Claim: claim, Candidates: []guichet.Candidate{c}, Browser: mark},
	} {
		assert.NotContains(t, logs(value), mark, "%T", value)
		assert.NotContains(t, fmt.Sprintf("%v %+v %#v", value, value, value), mark, "%T", value)
	}
	r := guichet.Result{Candidates: []guichet.Candidate{c}}
	assert.NotContains(t, fmt.Sprintf("%v %+v %#v", r, r, r)+logs(r), mark)
}
