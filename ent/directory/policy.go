package directory

import (
	"slices"

	"github.com/opencartable/cartable/ent"
)

// Policy says how a comparison decides. Its zero value, but for Today, is the usual one.
type Policy struct {
	// Today is the day of the comparison: rules have no clock of their own.
	Today ent.Date
	// Academy and Degree, when set, are those that the feed must be of.
	Academy ent.AcademyCode
	Degree  ent.Degree
	// AllowOlder accepts a feed older than the last one applied, AllowMissing one that lacks files: somebody knows why.
	AllowOlder   bool
	AllowMissing bool
	// RejectUnknownModify refuses the modification of a person who is not known; otherwise it is an arrival when it says
	// enough.
	RejectUnknownModify bool
	Ownership           Ownership
	Lifecycle           Lifecycle
	Guard               Guard
	Merge               MergePolicy
}

// RelativePolicy says which relatives may have an account. All of them are in the directory: a school calls them.
type RelativePolicy string

// The policies about relatives. Source: SDET 6.3, niveau de responsabilité.
const (
	RelativesLegal    RelativePolicy = "legal"     // legal representatives only
	RelativesInCharge RelativePolicy = "in-charge" // and who looks after the child
)

// admits reports whether a relation makes a relative one who may sign in.
func (p RelativePolicy) admits(r ent.Responsibility) bool {
	return r == ent.ResponsibilityLegal || r == ent.ResponsibilityInCharge && p != RelativesLegal
}

// MaySignIn reports whether a person may have an account and use it: the state lets them in, and a relative is responsible
// for some child as the policy wants it.
func (p RelativePolicy) MaySignIn(a *Account) bool {
	if !a.MaySignIn() {
		return false
	}
	return a.Category != Relative || slices.ContainsFunc(a.Ties, func(t Tie) bool {
		return t.Kind == TieEstablishment && (!t.ByChild || p.admits(t.Responsibility))
	})
}

// OwnershipRule says who decides a field.
type OwnershipRule string

// The rules of ownership.
const (
	// OwnSource lets the best origin that states the field decide; what was written by hand stays.
	OwnSource OwnershipRule = "source"
	// OwnUntilUsed lets origins decide until the person has used the account; afterwards they only fill what is empty.
	OwnUntilUsed OwnershipRule = "until-used"
	// OwnHand lets origins fill the field only while it is empty.
	OwnHand OwnershipRule = "hand"
	// OwnFeed lets origins write over what was written by hand too.
	OwnFeed OwnershipRule = "feed"
)

// Ownership says who decides each field of a person.
type Ownership struct {
	// Fields gives the rule of a field; OwnSource for those that are not there.
	Fields map[ent.Field]OwnershipRule
	// Order lists the kinds of origins from the one that prevails; DefaultOrder when empty.
	Order []string
}

// DefaultOrder is the order in which origins prevail: the second degree over the first, feeds over files, files over what
// timetables say. Source: observed in the most used importer; by hand stands apart, since it keeps what it wrote.
func DefaultOrder() []string {
	return []string{KindAAF, KindAAF1D, KindCSV, KindEDT, KindUDT, KindSSO, KindHand}
}

func (o Ownership) rank(from Origin) int {
	order := o.Order
	if len(order) == 0 {
		order = DefaultOrder()
	}
	if i := slices.Index(order, from.Kind()); i >= 0 {
		return i
	}
	return len(order)
}

// mayWrite reports whether an origin may write a field of an account.
func (o Ownership) mayWrite(a *Account, f ent.Field, from Origin) bool {
	if from.Kind() == KindHand {
		return true
	}
	rule := o.Fields[f]
	empty := Value(&a.Person, f) == ""
	owner, owned := a.Owners[f]
	switch {
	case rule == OwnFeed:
	case owned && owner.Kind() == KindHand: // be it emptied by hand
		return false
	case rule == OwnHand && !empty, rule == OwnUntilUsed && a.Activated && !empty:
		return false
	}
	if !owned {
		owner = a.firstOrigin()
	}
	if owner == from || owner == "" || owner.Kind() == KindHand {
		return true
	}
	// Another origin wrote it: the better one prevails, unless it no longer knows the person or said nothing.
	return empty || !a.liveIn(owner) || o.rank(from) < o.rank(owner)
}

func (a *Account) firstOrigin() Origin {
	for i := range a.Keys {
		if a.Keys[i].Gone.IsZero() {
			return a.Keys[i].Origin
		}
	}
	return ""
}

func (a *Account) liveIn(o Origin) bool {
	return slices.ContainsFunc(a.Keys, func(h HeldKey) bool { return h.Origin == o && h.Gone.IsZero() })
}
