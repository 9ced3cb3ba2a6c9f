package directory

import (
	"slices"
	"strings"

	"github.com/opencartable/cartable/ent"
)

// arrivals decides of each record that its origin did not know before: an account that another origin knows already, or a
// person to create.
func (c *comparison) arrivals() error {
	for _, list := range byCategory(c.arrive) {
		records := make([]Record, 0, len(list))
		heads := make([]Head, 0, len(list))
		for _, h := range list {
			r := c.record(h, false)
			if c.acceptable(&r) {
				records, heads = append(records, r), append(heads, h)
				continue
			}
			c.plan.report.Count(string(h.Key.Category), ent.Tally{Kept: -1, Refused: 1})
			delete(c.news, h.Key)
		}
		found, err := c.lookAlikes(records)
		if err != nil {
			return err
		}
		for i := range records {
			c.arrival(heads[i], &records[i], found)
		}
	}
	return nil
}

// byCategory cuts records into batches of one category: all relatives are decided of before a pupil who names them is read.
func byCategory(list []Head) [][]Head {
	var out [][]Head
	for start := 0; start < len(list); {
		end := start + 1
		for end < len(list) && end-start < batch && list[end].Key.Category == list[start].Key.Category {
			end++
		}
		out = append(out, list[start:end])
		start = end
	}
	return out
}

// acceptable reports whether a record says enough to be a person.
func (c *comparison) acceptable(r *Record) bool {
	if r.Op == RecordModify {
		c.issue(&r.Key, CodeModifyUnknown)
		if c.policy.RejectUnknownModify {
			c.issue(&r.Key, CodeModifyRefused)
			return false
		}
	}
	missing := ent.Field("")
	switch {
	case r.Person.Name.Family == "":
		missing = "name.family"
	case r.Person.Name.Given == "" && r.Key.Category != Relative: // a legal person has no first name
		missing = "name.given"
	}
	if missing == "" {
		return true
	}
	c.issue(&r.Key, CodeRequired, ent.FieldOf("field", missing))
	return false
}

// candidates are accounts that may be the persons of some records.
type candidates struct {
	byINE  map[ent.INE][]*Account
	byName map[string][]*Account
}

// lookAlikes asks the directory for accounts with the same INE or the same names as the records.
func (c *comparison) lookAlikes(records []Record) (*candidates, error) {
	out := &candidates{byINE: map[ent.INE][]*Account{}, byName: map[string][]*Account{}}
	if c.empty {
		return out, nil
	}
	q := Query{}
	for i := range records {
		r := &records[i]
		if s := r.Person.Schooling; s != nil && s.INE != "" {
			q.INE = append(q.INE, s.INE)
		}
		q.Names = append(q.Names, NameKey(r.Person.Name))
	}
	list, err := c.accounts(q)
	if err != nil {
		return nil, err
	}
	for i := range list {
		a := &list[i]
		if a.State == Merged || a.State == Purged {
			continue
		}
		if s := a.Person.Schooling; s != nil && s.INE != "" {
			out.byINE[s.INE] = append(out.byINE[s.INE], a)
		}
		name := NameKey(a.Person.Name)
		out.byName[name] = append(out.byName[name], a)
	}
	return out, nil
}

func (c *comparison) arrival(h Head, r *Record, found *candidates) {
	if s := r.Person.Schooling; s != nil && s.INE != "" {
		if same := c.free(found.byINE[s.INE]); len(same) > 0 {
			c.join(h, r, same, CodeSameINE)
			return
		}
	}
	mine := traitsOf(&r.Person, r.Ties)
	for _, a := range c.free(found.byName[NameKey(r.Person.Name)]) {
		if r.Key.Category == Staff && a.otherDegree(h.Key) {
			c.join(h, r, []*Account{a}, CodeSameKey)
			return
		}
	}
	var sure, maybe []*Account
	var best Likeness
	for _, a := range c.free(found.byName[NameKey(r.Person.Name)]) {
		if a.Category != r.Key.Category {
			continue
		}
		theirs := traitsOf(&a.Person, a.Ties)
		if a.State == PreDeleted {
			theirs.at = establishmentsOf(a.Saved)
		}
		l := mine.like(&theirs)
		switch {
		case l.Score >= c.policy.Merge.Auto && (l.SameSchool || r.Key.Category == Relative):
			sure = append(sure, a)
		case l.Score >= c.policy.Merge.Propose:
			maybe = append(maybe, a)
		default:
			continue
		}
		if l.Score > best.Score {
			best = l
		}
	}
	if len(sure) > 0 {
		c.join(h, r, sure, CodeSamePerson, ent.Count("score", int64(best.Score)))
		return
	}
	c.plan.creates = append(c.plan.creates, h)
	if h.Key.Category == Pupil {
		c.brings(r.Ties)
		c.touch(r.Ties)
	}
	if h.Key.Category != Relative {
		c.plan.add(OpCreate, ObjectPerson, profileOf(r), establishmentsOf(r.Ties))
	}
	if len(maybe) > 0 {
		ch := Change{
			Op: OpMerge, Object: ObjectPerson, Key: h.Key, Profile: profileOf(r), Establishments: establishmentsOf(r.Ties),
			Reason: CodeAlike, Params: []ent.Param{ent.Count("score", int64(best.Score))}, Likeness: &best,
		}
		for _, a := range maybe {
			ch.WithIDs = append(ch.WithIDs, a.ID)
		}
		c.add(ch)
	}
}

func profileOf(r *Record) ent.Profile {
	a := Account{Category: r.Key.Category, Ties: r.Ties}
	return a.Profile()
}

// otherDegree reports whether the other degree of the same academy knows the account by the same key. Source: observed in
// feeds, for staff only.
func (a *Account) otherDegree(k Key) bool {
	academy := strings.TrimPrefix(string(k.Origin), k.Origin.Kind())
	return slices.ContainsFunc(a.Keys, func(h HeldKey) bool {
		kinds := h.Origin.Kind() + "+" + k.Origin.Kind()
		return h.Gone.IsZero() && h.ID == k.ID && h.Category == k.Category && academy == strings.TrimPrefix(string(h.Origin), h.Origin.Kind()) &&
			(kinds == KindAAF+"+"+KindAAF1D || kinds == KindAAF1D+"+"+KindAAF)
	})
}

// free leaves out the accounts that this origin knows by another key, which are other persons to it, and those that
// somebody settled by hand.
func (c *comparison) free(list []*Account) []*Account {
	var out []*Account
	for _, a := range list {
		if !slices.ContainsFunc(a.Keys, func(h HeldKey) bool {
			return h.Origin == c.feed.Origin && h.Gone.IsZero() && !c.leaving[h.Key] // a key that has changed leaves as another one comes
		}) {
			out = append(out, a)
		}
	}
	return out
}

// join gives the key of a record to the account it is of, or files a conflict when several are possible.
func (c *comparison) join(h Head, r *Record, same []*Account, why ent.Code, params ...ent.Param) {
	delete(c.news, h.Key)
	if len(same) == 1 && !c.taken[same[0].ID] {
		a := same[0]
		c.taken[a.ID] = true
		if h.Key.Category == Relative {
			// Pupils of this source name the relative by this key: it is known from now on.
			c.marks.add(&Mark{Key: h.Key, ID: a.ID, State: a.State})
			c.seen = append(c.seen, true)
			c.joined = append(c.joined, h.Key)
		}
		c.update(a, r, h.Hash, true, why, params...)
		return
	}
	ch := Change{
		Op: OpConflict, Object: ObjectPerson, Key: h.Key, Profile: profileOf(r), Establishments: establishmentsOf(r.Ties), Reason: CodeTwoAccounts,
	}
	for _, a := range same {
		ch.WithIDs = append(ch.WithIDs, a.ID)
	}
	c.add(ch)
	c.plan.report.Count(string(h.Key.Category), ent.Tally{Kept: -1, Refused: 1})
}

// create makes the change that creates the person of a record.
func (c *comparison) create(h Head) Change {
	r := c.record(h, true)
	ties := slices.Concat(r.Ties, c.plan.derived[h.Key])
	SortTies(ties)
	a := &Account{
		Category: h.Key.Category, Person: r.Person, Ties: ties, Keys: []HeldKey{{Key: h.Key, Hash: h.Hash}}, State: Active, Since: c.policy.Today,
	}
	a.Person.ID = ""
	return Change{
		Op: OpCreate, Object: ObjectPerson, Key: h.Key, NewKey: true, Profile: a.Profile(), Establishments: a.establishments(), Reason: CodeNew,
		Hash: h.Hash, Account: a,
	}
}
