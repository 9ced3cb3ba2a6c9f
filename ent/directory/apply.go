package directory

import (
	"slices"

	"github.com/opencartable/cartable/ent"
)

// Apply makes a change to an account in memory: what any store does, on SQL rows or on objects. resolve returns the account
// that holds a key, "" for none: ties to relatives of the same plan name them by key. The version of the account moves by
// one. It returns CodeMoved, and changes nothing, when the account is no longer the one the plan was made from; and
// CodeField or CodePlanFile for a change that no plan holds.
func (c *Change) Apply(a *Account, resolve func(Key) ent.ID) error {
	if c.Version != AnyVersion && c.Version != a.Version {
		return catalog().New(CodeMoved, ent.Pos{Record: string(a.ID)}, "$")
	}
	next := a.Clone()
	if err := c.apply(&next, resolve); err != nil {
		return err
	}
	next.Version++
	*a = next
	return nil
}

// apply does so without looking at the version: several changes of one plan bear the same one.
func (c *Change) apply(a *Account, resolve func(Key) ent.ID) error {
	for _, f := range c.Fields {
		if err := SetValue(&a.Person, f.Field, f.To); err != nil {
			return err
		}
		if f.Owner != "" {
			if a.Owners == nil {
				a.Owners = map[ent.Field]Origin{}
			}
			a.Owners[f.Field] = f.Owner
		}
	}
	switch c.Op {
	case OpSuspend:
		if a.State == Active { // who is further on stays there: the key alone is gone
			a.State, a.Since = Missing, c.Day
		}
	case OpRestore:
		a.State, a.Since, a.Saved = Active, c.Day, nil
	case OpPreDelete:
		if a.State != PreDeleted {
			a.State, a.Since, a.Saved = PreDeleted, c.Day, cloneTies(a.Ties)
		}
		a.Ties = nil
	case OpPurge:
		*a = Account{ID: a.ID, Category: a.Category, State: Purged, Since: c.Day, Version: a.Version}
		return nil
	case OpMerge, OpConflict:
		return nil
	case OpCreate, OpChange, OpAttach, OpDetach:
	}
	for i := range c.Detach {
		a.Ties = withoutTie(a.Ties, &c.Detach[i])
	}
	for _, t := range c.Attach {
		if t.Kind == TieRelative && t.Target == "" {
			t.Target = resolve(t.Relative)
		}
		a.Ties = withTie(a.Ties, t)
	}
	SortTies(a.Ties)
	c.applyKey(a)
	if c.Reason == CodeYearEnd {
		for i := range a.Keys { // a record that says in September what it said in June gives its ties again
			a.Keys[i].Hash = Hash{}
		}
	}
	return nil
}

// applyKey brings the key of the change up to date.
func (c *Change) applyKey(a *Account) {
	i := a.key(c.Key)
	switch {
	case c.KeyGone:
		if i >= 0 {
			a.Keys[i].Gone, a.Keys[i].Hash = c.gone(), Hash{}
		}
	case c.NewKey && i < 0:
		a.Keys = append(a.Keys, HeldKey{Key: c.Key, Hash: c.Hash})
	case i >= 0 && c.speaks():
		a.Keys[i].Hash, a.Keys[i].Gone = c.Hash, ent.Date{}
	}
}

// speaks reports whether the change follows from a record of its key, and not from the clock or from a child.
func (c *Change) speaks() bool {
	return !slices.Contains([]ent.Code{CodeChild, CodeArrived, CodeDelayOver, CodeGraceOver, CodeYearEnd}, c.Reason)
}

// gone is the day on which a key is gone: a key with no day would be a live one.
func (c *Change) gone() ent.Date {
	if c.Day.IsZero() {
		return ent.Date{Year: 1, Month: 1, Day: 1}
	}
	return c.Day
}

// NewAccount returns the account of a change that creates one, under the caller's identifier.
func (c *Change) NewAccount(id ent.ID, resolve func(Key) ent.ID) Account {
	a := c.Account.Clone()
	a.ID, a.Person.ID = id, id
	for i := range a.Ties {
		if t := &a.Ties[i]; t.Kind == TieRelative && t.Target == "" {
			t.Target = resolve(t.Relative)
		}
	}
	SortTies(a.Ties)
	return a
}

// Release lets a pupil wait again, by key, for a relative who is no longer there.
func Release(a *Account, relative ent.ID) {
	for _, ties := range [][]Tie{a.Ties, a.Saved} {
		for i := range ties {
			if t := &ties[i]; t.Kind == TieRelative && t.Target == relative {
				t.Target = ""
			}
		}
		SortTies(ties)
	}
}

// ApplyPlace makes a change of an establishment, a class or a group to the places. A class or a group that is to go and in
// which somebody is, as used says, stays.
func (c *Change) ApplyPlace(p *Places, used func(ent.ID) bool) {
	switch {
	case c.Place == nil:
	case c.Object == ObjectEstablishment:
		i := slices.IndexFunc(p.Establishments, func(e Place) bool { return e.ID == c.ID })
		if i < 0 {
			i = len(p.Establishments)
			p.Establishments = append(p.Establishments, Place{})
		}
		if c.Op != OpAttach {
			p.Establishments[i].Establishment = *c.Place.Establishment
		}
		if k := c.Place.Key; k != (PlaceKey{}) {
			p.Establishments[i].Keys = appendNew(p.Establishments[i].Keys, k)
		}
	case c.Object == ObjectClass:
		p.Classes = slices.DeleteFunc(p.Classes, func(x ent.Class) bool { return x.ID == c.ID && (c.Op != OpPurge || !used(c.ID)) })
		if c.Op != OpPurge {
			p.Classes = append(p.Classes, *c.Place.Class)
		}
	case c.Object == ObjectGroup:
		p.Groups = slices.DeleteFunc(p.Groups, func(x ent.Group) bool { return x.ID == c.ID && (c.Op != OpPurge || !used(c.ID)) })
		if c.Op != OpPurge {
			p.Groups = append(p.Groups, *c.Place.Group)
		}
	}
}
