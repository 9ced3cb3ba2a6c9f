package guichet

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"github.com/opencartable/cartable/ent"
)

// Outcome is what a claim led to.
type Outcome string

// The outcomes.
const (
	// OutcomeNone: no account fits.
	OutcomeNone Outcome = "none"
	// OutcomeOne: an account to open.
	OutcomeOne Outcome = "one"
	// OutcomeNotActivated: one account, to activate.
	OutcomeNotActivated Outcome = "not-activated"
	// OutcomeMany: a choice to offer. Some of the candidates may have to be activated.
	OutcomeMany Outcome = "many"
	// OutcomeBlocked and OutcomeProfileBlocked: accounts fit, and none may be opened.
	OutcomeBlocked        Outcome = "blocked"
	OutcomeProfileBlocked Outcome = "profile-blocked"
)

// Code returns the code of the outcome.
func (o Outcome) Code() ent.Code {
	switch o {
	case OutcomeOne:
		return CodeFound
	case OutcomeNotActivated:
		return CodeNotActivated
	case OutcomeMany:
		return CodeSeveral
	case OutcomeBlocked:
		return CodeBlockedUser
	case OutcomeProfileBlocked:
		return CodeBlockedProfile
	case OutcomeNone:
	}
	return CodeUnknownUser
}

// Result is what a claim led to. The zero Result is a refusal.
type Result struct {
	Outcome Outcome
	// Candidates are the accounts that may be opened or activated: one, or those to choose from.
	Candidates []Candidate
	// Merged says that a merged account was followed: Candidate.MergedFrom tells which.
	Merged bool
	// Remembered says that a link settled it: the page offers a way to another account.
	Remembered bool
}

// LogValue shows the outcome and how many accounts it is about.
func (r Result) LogValue() slog.Value {
	return slog.GroupValue(slog.String("outcome", string(r.Outcome)), slog.Int("candidates", len(r.Candidates)),
		slog.Bool("merged", r.Merged), slog.Bool("remembered", r.Remembered))
}

// Refused reports whether no account may be opened. The caller then explains and logs the person out of the portal, or the
// next person on that computer would be refused too.
func (r Result) Refused() bool {
	return r.Outcome != OutcomeOne && r.Outcome != OutcomeMany && r.Outcome != OutcomeNotActivated
}

// Issue returns the outcome as a text to show.
func (r Result) Issue() ent.Issue { return catalog().New(r.Outcome.Code(), ent.Pos{}, "") }

// Err returns nil unless Refused, then an error that is the code of the outcome.
func (r Result) Err() error {
	if !r.Refused() {
		return nil
	}
	return fmt.Errorf("guichet: %w", r.Issue())
}

const (
	// maxFound is how many accounts one clue may find.
	maxFound = 256
	// maxMerges is how many merges are followed from an account.
	maxMerges = 8
)

// Resolver finds the accounts of a claim.
type Resolver struct {
	People People
	// Links remembers choices; nil for none.
	Links *LinkBook
}

// Resolve asks for each clue of the claim by itself, and returns the union of what fits. A link that was remembered settles a
// choice only while its account is among the candidates, and stands for a clue only with Claim.ByLink. The errors are
// CodeNoClue, CodePort when People or Links fails, CodePeople when its answer makes no sense, CodeLimit. Nobody found is not an
// error: see Result.Err.
func (r Resolver) Resolve(ctx context.Context, c Claim) (Result, error) {
	return r.resolve(ctx, c, nil)
}

// Explain resolves the claim and says how. The explanation holds counts, for an agent to read.
func (r Resolver) Explain(ctx context.Context, c Claim) (Result, ent.Explanation, error) {
	var tr ent.Trace
	out, err := r.resolve(ctx, c, &tr)
	if err != nil {
		return Result{}, ent.Explanation{}, err
	}
	e, err := tr.Explanation()
	return out, e, err
}

func (r Resolver) resolve(ctx context.Context, c Claim, tr *ent.Trace) (Result, error) {
	if r.People == nil {
		return Result{}, fmt.Errorf("guichet: no people: %w", CodePort)
	}
	if len(c.Vectors) > maxValues || len(c.Keys) > 2*maxValues {
		return Result{}, fmt.Errorf("guichet: %w", CodeLimit)
	}
	link, linked, err := r.link(ctx, c)
	if err != nil {
		return Result{}, err
	}
	clues := c.clues()
	if len(clues) == 0 {
		if !linked || !c.ByLink {
			return Result{}, fmt.Errorf("guichet: %w", CodeNoClue)
		}
		clues = []clue{linkClue(link)}
	}
	g := gathering{people: r.People, trace: tr}
	for i := range clues {
		if err := g.ask(ctx, &clues[i], i+1); err != nil {
			return Result{}, err
		}
	}
	out := g.result(len(clues))
	if !linked {
		return out, nil
	}
	return r.remembered(ctx, out, link, tr)
}

func linkClue(l Link) clue {
	return clue{
		query: Query{Tenant: l.Tenant, Profiles: []ent.Profile{l.Profile}, Account: l.Account},
		label: ent.Label{FR: "Compte retenu ({n})", EN: "Remembered account ({n})"},
	}
}

// link returns the link of the subject, unless the person asked for another account.
func (r Resolver) link(ctx context.Context, c Claim) (Link, bool, error) {
	if r.Links == nil || c.Provider == "" || c.Subject == "" || c.Afresh {
		return Link{}, false, nil
	}
	return r.Links.find(ctx, c.Tenant, c.Provider, c.Subject)
}

// remembered narrows a choice to the account of the link, when it is offered.
func (r Resolver) remembered(ctx context.Context, out Result, link Link, tr *ent.Trace) (Result, error) {
	at := slices.IndexFunc(out.Candidates, func(c Candidate) bool {
		return c.Profile == link.Profile && (c.Account == link.Account || slices.Contains(c.MergedFrom, link.Account))
	})
	if at < 0 {
		return out, nil
	}
	if err := r.Links.touch(ctx, link); err != nil {
		return Result{}, err
	}
	chosen := out.Candidates[at]
	if tr != nil {
		tr.Push(given(1, "Choix retenu", "Remembered choice"))
		tr.Fold(2, counted(ent.OpMin, 1, "Compte ouvert", "Account opened"))
	}
	out.Candidates, out.Remembered, out.Merged = []Candidate{chosen}, true, len(chosen.MergedFrom) > 0
	out.Outcome = outcomeOf(out.Candidates)
	return out, nil
}

func outcomeOf(usable []Candidate) Outcome {
	switch {
	case len(usable) > 1:
		return OutcomeMany
	case usable[0].State == StateNotActivated:
		return OutcomeNotActivated
	}
	return OutcomeOne
}

// gathering is the union of what the clues of one claim find.
type gathering struct {
	people People
	trace  *ent.Trace

	candidates []Candidate
	// matched, lost and repeated count the answers that fit, those merged into an account that is not there, and those found
	// before.
	matched, lost, repeated int
}

// ask adds what one clue finds. An account of another profile or name does not fit.
func (g *gathering) ask(ctx context.Context, k *clue, n int) error {
	found, err := find(ctx, g.people, k.query)
	if err != nil {
		return err
	}
	var otherProfile, otherName int
	for _, c := range found {
		switch {
		case !slices.Contains(k.query.Profiles, c.Profile):
			otherProfile++
		case k.vector != nil && !named(c.Name, *k.vector), k.query.Mail != "" && !sameMail(c.Mail, k.query.Mail):
			otherName++
		default:
			if err := g.add(ctx, k.query, c); err != nil {
				return err
			}
		}
	}
	fit := len(found) - otherProfile - otherName
	g.matched += fit
	if g.trace != nil {
		traceClue(g.trace, k.label, n, len(found), otherProfile, otherName)
	}
	return nil
}

// add puts a candidate among the others, through the merges that lead on from it.
func (g *gathering) add(ctx context.Context, q Query, c Candidate) error {
	c, ok, err := follow(ctx, g.people, q, c)
	if err != nil {
		return err
	}
	if !ok {
		g.lost++
		return nil
	}
	for i := range g.candidates {
		if g.candidates[i].same(c) {
			g.candidates[i].join(c)
			g.repeated++
			return nil
		}
	}
	g.candidates = append(g.candidates, c)
	return nil
}

// result separates what may be opened from what may not. An account that is not there any more is unknown, not blocked.
func (g *gathering) result(clues int) Result {
	var out Result
	var blocked, byProfile int
	for _, c := range g.candidates {
		switch c.State {
		case StateBlocked:
			blocked++
		case StateProfileBlocked:
			byProfile++
		case StateActive, StateNotActivated, StateMerged:
			out.Candidates = append(out.Candidates, c)
			out.Merged = out.Merged || len(c.MergedFrom) > 0
		}
	}
	switch {
	case len(out.Candidates) > 0:
		out.Outcome = outcomeOf(out.Candidates)
	case blocked > 0:
		out.Outcome = OutcomeBlocked
	case byProfile > 0:
		out.Outcome = OutcomeProfileBlocked
	default:
		out.Outcome = OutcomeNone
	}
	if g.trace != nil {
		traceResult(g.trace, clues, g, blocked+byProfile, len(out.Candidates))
	}
	return out
}

// find asks the caller, and checks that the answer makes sense.
func find(ctx context.Context, people People, q Query) ([]Candidate, error) {
	found, err := people.Find(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("guichet: people: %w: %w", CodePort, err)
	}
	if len(found) > maxFound {
		return nil, fmt.Errorf("guichet: people: %w", CodeLimit)
	}
	for _, c := range found {
		if !sound(c) || q.Account != "" && c.Account != q.Account {
			return nil, fmt.Errorf("guichet: people: %w", CodePeople)
		}
	}
	return found, nil
}

// sound reports whether an answer can be used. An unknown state is not held for an active one.
func sound(c Candidate) bool {
	switch c.State {
	case StateActive, StateNotActivated, StateBlocked, StateProfileBlocked:
		return c.Account != "" && c.MergedInto == ""
	case StateMerged:
		return c.Account != "" && c.MergedInto != ""
	}
	return false
}

var errMergeLoop = errors.New("merges that lead nowhere")

// follow returns the account that a merged one leads to, and false when it is not there or has another profile.
func follow(ctx context.Context, people People, q Query, c Candidate) (Candidate, bool, error) {
	var from []ent.ID
	for c.State == StateMerged {
		if len(from) == maxMerges || slices.Contains(from, c.Account) {
			return Candidate{}, false, fmt.Errorf("guichet: people: %w: %w", CodePeople, errMergeLoop)
		}
		from = append(from, c.Account)
		found, err := find(ctx, people, Query{Tenant: q.Tenant, Profiles: []ent.Profile{c.Profile}, Account: c.MergedInto})
		if err != nil {
			return Candidate{}, false, err
		}
		at := slices.IndexFunc(found, func(o Candidate) bool { return o.Profile == c.Profile })
		if at < 0 {
			return Candidate{}, false, nil
		}
		c = found[at]
	}
	c.MergedFrom = from
	return c, true, nil
}
