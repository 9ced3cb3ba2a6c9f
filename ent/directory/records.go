package directory

import (
	"crypto/sha256"
	"encoding/json"
	"iter"
	"slices"

	"github.com/opencartable/cartable/ent"
)

// Records is a source whose records are in memory: what a file of a school says, changes made by hand, a test.
type Records struct {
	// What is the feed that the records are.
	What   Feed
	Places Places
	List   []Record
	// Accounts, when set, holds beside each record the account that is meant, of a change by hand on somebody whom a feed
	// knows; "" for the others.
	Accounts []ent.ID
}

// Feed is of [Source].
func (r *Records) Feed() Feed { return r.What }

// Establishments is of [Source].
func (r *Records) Establishments() iter.Seq[ent.Establishment] {
	return func(yield func(ent.Establishment) bool) {
		for i := range r.Places.Establishments {
			if !yield(r.Places.Establishments[i].Establishment) {
				return
			}
		}
	}
}

// Classes is of [Source].
func (r *Records) Classes() iter.Seq[ent.Class] { return slices.Values(r.Places.Classes) }

// Groups is of [Source].
func (r *Records) Groups() iter.Seq[ent.Group] { return slices.Values(r.Places.Groups) }

// Heads is of [Source]. Of two records of one key, the last one counts.
func (r *Records) Heads() iter.Seq[Head] {
	return func(yield func(Head) bool) {
		last := map[Key]int{}
		for i := range r.List {
			if !r.List[i].Key.IsZero() {
				last[r.List[i].Key] = i
			}
		}
		for i := range r.List {
			x := &r.List[i]
			h := Head{Key: x.Key, Op: x.Op, Hash: x.hash(), Ref: uint32(i)} //nolint:gosec // a slice in memory
			if i < len(r.Accounts) {
				h.Account = r.Accounts[i]
			}
			if n, ok := last[x.Key]; ok && n != i && h.Account == "" {
				continue
			}
			if !yield(h) {
				return
			}
		}
	}
}

// Record is of [Source]. What it returns shares nothing with the list.
func (r *Records) Record(h Head) Record {
	out := r.List[h.Ref]
	out.Person = clonePerson(&out.Person)
	out.Ties = cloneTies(out.Ties)
	return out
}

// hash sums up a record; zero for one that cannot be, which is then compared each time.
func (r *Record) hash() Hash {
	b, err := json.Marshal(struct {
		P ent.Person
		T []Tie
		S FieldSet
	}{r.Person, r.Ties, r.Stated})
	if err != nil {
		return Hash{}
	}
	sum := sha256.Sum256(b)
	return Hash(sum[:16])
}

// ByHand returns the source of changes that people make on accounts: each writes what its set names, and owns it from then
// on. Records of RecordDelete put the account on its way to deletion. Establishments, classes and groups are those of the
// directory, which places tells.
func ByHand(places Places, edits ...Edit) *Records {
	out := &Records{What: Feed{Origin: Hand}, Places: places}
	for _, e := range edits {
		op := RecordModify
		switch {
		case e.Delete:
			op = RecordDelete
		case e.Restore:
			op = RecordRestore
		}
		r := Record{Key: e.Key, Op: op, Person: e.Person, Ties: e.Ties, Stated: FieldsOf(e.States...)}
		if e.Account == "" {
			r.Op, r.Stated = RecordAdd, 0
		}
		out.List = append(out.List, r)
		out.Accounts = append(out.Accounts, e.Account)
	}
	return out
}

// Edit is a change made by hand.
type Edit struct {
	// Account is whose; "" for a person to create, whom Key then names.
	Account ent.ID
	Key     Key
	// States names the fields and the kinds of ties that the edit speaks of; all ties by hand of a kind are replaced.
	States []ent.Field
	Person ent.Person
	Ties   []Tie
	// Delete puts the account on its way to deletion. An origin that still knows the person brings them back at its next
	// feed: block such an account.
	Delete bool
	// Restore brings back an account that is missing or on its way to deletion, with the ties that were taken away.
	Restore bool
}
