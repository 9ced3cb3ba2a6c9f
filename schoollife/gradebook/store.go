package gradebook

import (
	"context"

	"github.com/opencartable/cartable/ent"
)

// Query names entries. Empty lists do not restrict, except that Periods holds one at least.
type Query struct {
	Periods   []ent.ID
	Teachings []ent.ID
	Pupils    []ent.ID
	Kinds     []EntryKind
}

// Outcome is what became of an entry that was to be written.
type Outcome string

// The outcomes.
const (
	OutcomeSaved Outcome = "saved"
	// OutcomeConflict: the version is not the one that follows the last: somebody else wrote meanwhile.
	OutcomeConflict Outcome = "conflict"
	// OutcomeStale: the Term of the class is no longer the one that allowed the entry.
	OutcomeStale Outcome = "stale"
)

// Store keeps entries and terms. Package gradebooktest proves one; gradebooksql is one, and so is [Memory].
type Store interface {
	// Terms returns those of some classes, of all their periods, in any order.
	Terms(ctx context.Context, tenant ent.Tenant, classes []ent.ID) ([]Term, error)
	// PutTerm writes a term whose Version follows the one that is kept (1 for a new one), and its trail. It returns
	// CodeConflict otherwise.
	PutTerm(ctx context.Context, tenant ent.Tenant, change TermChange) error
	// TermHistory returns the trail of a term, oldest first.
	TermHistory(ctx context.Context, tenant ent.Tenant, class, period ent.ID) ([]TermChange, error)

	// Entries returns the last entry of each key, cleared ones too, sorted by kind, teaching, of, item and pupil.
	Entries(ctx context.Context, tenant ent.Tenant, q Query) ([]Entry, error)
	// History returns the entries of a key, oldest first.
	History(ctx context.Context, tenant ent.Tenant, k Key) ([]Entry, error)
	// Save adds entries of different keys, each if its version follows the last one of its key and the Term of its class and
	// period has the version Epoch, and returns what became of each, in order. Two calls at once never both add a version.
	Save(ctx context.Context, tenant ent.Tenant, entries []Entry) ([]Outcome, error)
	// Revise adds an assessment as Save does, once check accepts the results that it has then, and the terms of the classes, which
	// are held meanwhile. When it is not the first version, these terms get a new one, so that no mark checked against the former
	// scale is saved later; that is no change to tell in their trail. check may run again.
	Revise(ctx context.Context, tenant ent.Tenant, e Entry, classes []ent.ID, check func(marks []Entry, terms []Term) error) (Outcome, error)
}
