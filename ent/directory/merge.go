package directory

import (
	"math"
	"slices"

	"github.com/opencartable/cartable/ent"
)

// MergeRecord is what a merge leaves, enough to undo it: both accounts as they were, and the fields of the kept one as the
// merge left them, so that what has changed since is told apart.
type MergeRecord struct {
	Kept   ent.ID    `json:"kept"`
	Gone   ent.ID    `json:"gone"`
	On     ent.Date  `json:"on"`
	By     ent.Actor `json:"by"`
	Before []Account `json:"before"`
	After  *Account  `json:"after,omitempty"`
}

// refusal returns why two accounts do not merge, "" when they may: both are used, one origin takes them for two persons, or
// they are of two categories.
func refusal(a, b *Account, proven bool) string {
	switch {
	case a.ID == b.ID:
		return "same"
	case a.State == Merged || b.State == Merged || a.State == Purged || b.State == Purged:
		return "gone"
	case a.Activated && b.Activated && !proven:
		return "used"
	case sharesLiveOrigin(a, b) && !proven:
		return "origin"
	case a.Category != b.Category:
		return "category"
	}
	return ""
}

// MergeOptions say how two accounts are merged, by whom and when.
type MergeOptions struct {
	Ownership Ownership
	On        ent.Date
	By        ent.Actor
	// Proven says that the person proved to hold both accounts, for instance by a code shown in each: only then do two used
	// accounts merge, or two that one origin takes for two persons, as relatives of children in two schools often are.
	Proven bool
	// Keep, when set, is the account to keep, whatever the rule says.
	Keep ent.ID
}

// Merge makes one account of two: the used one is kept, otherwise the one of the better origin. It takes all keys and ties
// of both, and each field from the better origin that has a value; the login and the identifier of the kept account stay.
// The other account becomes Merged. It returns CodeMergeRefused when both are used or when one origin knows both, unless it
// is proven, and when they are of two categories. Unmerge undoes it.
func Merge(a, b *Account, o MergeOptions) (kept, gone Account, record MergeRecord, err error) {
	own, on := o.Ownership, o.On
	if refusal(a, b, o.Proven) != "" {
		return kept, gone, record, catalog().New(CodeMergeRefused, ent.Pos{Record: string(a.ID)}, "$")
	}
	if o.Keep == b.ID || o.Keep == "" && keepsSecond(a, b, own) {
		a, b = b, a
	}
	record = MergeRecord{Kept: a.ID, Gone: b.ID, On: on, By: o.By, Before: []Account{a.Clone(), b.Clone()}}
	kept, gone = a.Clone(), b.Clone()
	better := own.rank(a.firstOrigin()) <= own.rank(b.firstOrigin())
	for _, f := range fieldTable() {
		mine, theirs := f.get(&kept.Person), f.get(&gone.Person)
		if theirs == "" || theirs == mine || mine != "" && better {
			continue
		}
		if owner, held := kept.Owners[f.name]; held && owner.Kind() == KindHand && mine != "" {
			continue
		}
		if err := f.set(&kept.Person, theirs); err != nil {
			return kept, gone, record, err
		}
		if kept.Owners == nil {
			kept.Owners = map[ent.Field]Origin{}
		}
		owner := gone.Owners[f.name]
		if owner == "" {
			owner = gone.firstOrigin()
		}
		if owner != "" {
			kept.Owners[f.name] = owner
		}
	}
	for _, k := range gone.Keys {
		if kept.key(k.Key) < 0 {
			kept.Keys = append(kept.Keys, k)
		}
	}
	all := FieldSet(math.MaxUint64)
	theirs := slices.Concat(gone.Ties, gone.Saved)
	if gone.State != Active && kept.State == Active { // who was on the way to deletion brings back what still holds
		theirs = slices.DeleteFunc(theirs, func(t Tie) bool { return kept.over(&t, all) })
	}
	kept.Ties = mergeTies(kept.Ties, theirs)
	if kept.State != Active && gone.State == Active {
		kept.State, kept.Since = Active, on
		kept.Ties, kept.Saved = mergeTies(kept.Ties, kept.Saved), nil
		kept.Ties = slices.DeleteFunc(kept.Ties, func(t Tie) bool { return kept.over(&t, all) })
	}
	kept.Blocked = kept.Blocked || gone.Blocked
	kept.Version++
	record.After = &Account{ID: kept.ID, Person: clonePerson(&kept.Person)}
	gone = Account{ID: gone.ID, Category: gone.Category, State: Merged, Since: on, Login: gone.Login, Version: gone.Version + 1}
	return kept, gone, record, nil
}

// mergeTies returns the ties with those of another list that they do not hold.
func mergeTies(ties, more []Tie) []Tie {
	for _, t := range more {
		if findTie(ties, &t) < 0 {
			ties = append(ties, t)
		}
	}
	SortTies(ties)
	return ties
}

// keepsSecond reports whether b is the account to keep.
func keepsSecond(a, b *Account, own Ownership) bool {
	if a.Activated != b.Activated {
		return b.Activated
	}
	if x, y := own.rank(a.firstOrigin()), own.rank(b.firstOrigin()); x != y {
		return y < x
	}
	return compareIDs(b.ID, a.ID) < 0
}

// Retarget makes the ties to the account that is gone lead to the one that is kept, in an account that may hold some; it
// reports whether any did. After a merge it is called on every pupil of a relative.
func (r *MergeRecord) Retarget(a *Account) bool {
	moved := false
	for _, ties := range [][]Tie{a.Ties, a.Saved} {
		for i := range ties {
			if t := &ties[i]; t.Kind == TieRelative && t.Target == r.Gone {
				t.Target, moved = r.Kept, true
			}
		}
		SortTies(ties)
	}
	return moved
}

// Restore makes the ties that Retarget moved lead back to the account that is gone: those of a key that it held.
func (r *MergeRecord) Restore(a *Account) bool {
	moved := false
	for _, ties := range [][]Tie{a.Ties, a.Saved} {
		for i := range ties {
			t := &ties[i]
			if t.Kind != TieRelative || t.Target != r.Kept || len(r.Before) != 2 || r.Before[1].key(t.Relative) < 0 {
				continue
			}
			t.Target, moved = r.Gone, true
		}
		SortTies(ties)
	}
	return moved
}

// Unmerge gives back both accounts as they were before a merge, with what has come since to the kept one: the keys and ties
// that neither held then, and the fields that have changed, stay with it, and so does its login. Restore does so for the ties
// of pupils. It returns CodeNoMerge when the two accounts are not those of the record.
func Unmerge(kept, gone *Account, r *MergeRecord) (a, b Account, err error) {
	if kept.ID != r.Kept || gone.ID != r.Gone || gone.State != Merged || len(r.Before) != 2 {
		return a, b, catalog().New(CodeNoMerge, ent.Pos{Record: string(kept.ID)}, "$")
	}
	a, b = r.Before[0].Clone(), r.Before[1].Clone()
	if r.After != nil {
		if err := keepLater(&a, kept, r.After); err != nil {
			return a, b, err
		}
	}
	for _, k := range kept.Keys {
		if a.key(k.Key) < 0 && b.key(k.Key) < 0 {
			a.Keys = append(a.Keys, k)
		}
	}
	for _, t := range kept.Ties {
		if findTie(a.Ties, &t) < 0 && findTie(b.Ties, &t) < 0 && findTie(b.Saved, &t) < 0 {
			a.Ties = append(a.Ties, t)
		}
	}
	SortTies(a.Ties)
	a.Login, a.Activated, a.Blocked = kept.Login, kept.Activated, kept.Blocked
	a.Version, b.Version = kept.Version+1, gone.Version+1
	return a, b, nil
}

// keepLater gives an account the fields that another one has changed since it was as after, with who changed them.
func keepLater(a, now, after *Account) error {
	for _, f := range fieldTable() {
		v := f.get(&now.Person)
		if v == f.get(&after.Person) {
			continue
		}
		if err := f.set(&a.Person, v); err != nil {
			return err
		}
		delete(a.Owners, f.name)
		if owner, held := now.Owners[f.name]; held {
			if a.Owners == nil {
				a.Owners = map[ent.Field]Origin{}
			}
			a.Owners[f.name] = owner
		}
	}
	return nil
}
