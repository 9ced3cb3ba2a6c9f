package directory

import (
	"cmp"
	"slices"

	"github.com/opencartable/cartable/ent"
)

// TieKind says what a tie binds a person to.
type TieKind string

// The kinds of ties.
const (
	TieEstablishment TieKind = "establishment"
	TieClass         TieKind = "class"        // a pupil in a class
	TieGroup         TieKind = "group"        // a pupil in a group
	TieTeaching      TieKind = "teaching"     // a teacher of a class or group
	TieHead          TieKind = "head-teacher" // a head teacher (professeur principal) of a class
	TieRelative      TieKind = "relative"     // a pupil and a relative
)

// Tie binds a person to an establishment, a class, a group or a relative. Each tie has an origin, which alone removes it: a
// feed never touches what was tied by hand or by another feed.
type Tie struct {
	Kind TieKind `json:"kind"`
	// Target is the establishment, class, group or relative. It is empty for a relative who is not known yet: Relative
	// then says whom the tie waits for.
	Target ent.ID `json:"target,omitempty"`
	Origin Origin `json:"origin"`
	// Establishment is that of the class or group.
	Establishment ent.ID `json:"establishment,omitempty"`
	// Profile and Functions are held in an establishment, within From and To when the origin dates them.
	Profile   ent.Profile    `json:"profile,omitempty"`
	Functions []ent.Function `json:"functions,omitempty"`
	From      ent.Date       `json:"from,omitzero"`
	To        ent.Date       `json:"to,omitzero"`
	// Subject is what is taught; Group says that Target is a group.
	Subject ent.SubjectCode `json:"subject,omitempty"`
	Group   bool            `json:"group,omitempty"`
	// Relative is the key by which the origin names a relative; the rest is the relation.
	Relative       Key                `json:"relative,omitzero"`
	Kinship        ent.Kinship        `json:"kinship,omitempty"`
	Responsibility ent.Responsibility `json:"responsibility,omitempty"`
	Financial      bool               `json:"financial,omitempty"`
	Payment        bool               `json:"payment,omitempty"`
	Contact        bool               `json:"contact,omitempty"`
	// ByChild says that a relative belongs to an establishment because a child does; Responsibility is then the strongest
	// one over the children there.
	ByChild bool `json:"byChild,omitempty"`
}

// same reports whether two ties bind the same things, whatever they say of the bond.
func (t *Tie) same(o *Tie) bool {
	if t.Kind != o.Kind || t.Origin != o.Origin {
		return false
	}
	switch t.Kind {
	case TieRelative:
		if !t.Relative.IsZero() || !o.Relative.IsZero() {
			return t.Relative == o.Relative
		}
	case TieEstablishment:
		return t.Target == o.Target && t.Profile == o.Profile && t.ByChild == o.ByChild
	case TieTeaching:
		return t.Target == o.Target && t.Subject == o.Subject
	case TieClass, TieGroup, TieHead:
	}
	return t.Target == o.Target
}

// Equal reports whether two ties say the same.
func (t *Tie) Equal(o *Tie) bool {
	a, b := *t, *o
	a.Functions, b.Functions = nil, nil
	return slices.Equal(t.Functions, o.Functions) && tieScalars(&a) == tieScalars(&b)
}

// scalars is a Tie without its list, which can be compared.
type scalars struct {
	kind                       TieKind
	target, establishment      ent.ID
	origin                     Origin
	profile                    ent.Profile
	from, to                   ent.Date
	subject                    ent.SubjectCode
	relative                   Key
	kinship                    ent.Kinship
	responsibility             ent.Responsibility
	group, fin, pay, call, kid bool
}

func tieScalars(t *Tie) scalars {
	return scalars{
		t.Kind, t.Target, t.Establishment, t.Origin, t.Profile, t.From, t.To, t.Subject, t.Relative, t.Kinship, t.Responsibility,
		t.Group, t.Financial, t.Payment, t.Contact, t.ByChild,
	}
}

func (t *Tie) kindRank() int {
	return slices.Index([]TieKind{TieEstablishment, TieClass, TieGroup, TieTeaching, TieHead, TieRelative}, t.Kind)
}

func compareTies(a, b Tie) int {
	return cmp.Or(
		cmp.Compare(a.kindRank(), b.kindRank()), cmp.Compare(a.Target, b.Target), a.Relative.Compare(b.Relative),
		cmp.Compare(a.Profile, b.Profile), cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Origin, b.Origin),
	)
}

// SortTies puts ties in the order of this package, so that equal sets give equal bytes.
func SortTies(ties []Tie) { slices.SortStableFunc(ties, compareTies) }

// findTie returns the index of a tie that binds the same things, -1 for none.
func findTie(ties []Tie, t *Tie) int {
	return slices.IndexFunc(ties, func(o Tie) bool { return t.same(&o) })
}

// withTie returns the ties with t in place of the one that binds the same things, or added.
func withTie(ties []Tie, t Tie) []Tie {
	if i := findTie(ties, &t); i >= 0 {
		ties[i] = t
		return ties
	}
	return append(ties, t)
}

// withoutTie returns the ties without the one that binds the same things as t.
func withoutTie(ties []Tie, t *Tie) []Tie {
	return slices.DeleteFunc(ties, func(o Tie) bool { return t.same(&o) })
}

// tieBits is a set of kinds of ties.
func (k TieKind) bit() FieldSet {
	switch k {
	case TieEstablishment:
		return 1 << 57
	case TieClass:
		return 1 << 58
	case TieGroup:
		return 1 << 59
	case TieTeaching:
		return 1 << 60
	case TieHead:
		return 1 << 61
	case TieRelative:
		return 1 << 62
	}
	return 0
}
