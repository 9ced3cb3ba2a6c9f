package guichet

import (
	"context"
	"log/slog"
	"slices"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/frtext"
)

// People finds accounts among the caller's. Find answers one Query with every account it fits, whatever its state, merged ones
// too: leaving out the blocked ones would make them unknown. It may answer with too many; the names and the address are compared again
// here. Nobody found is an empty answer, an error is for what could not be asked.
type People interface {
	Find(ctx context.Context, q Query) ([]Candidate, error)
}

// Query is one question about one person: exactly one of Pupil, Key, Mail and Account is set. It is personal data.
type Query struct {
	Tenant ent.Tenant
	// Profiles are those that an account may have to be an answer. An account of two profiles is one candidate for each.
	Profiles []ent.Profile
	// Pupil is a pupil of a school. The relatives of that pupil are wanted when Profiles is that of relatives, the pupil
	// otherwise.
	Pupil Pupil
	// Key is a join key, as KeyPolicy makes them.
	Key string
	// Mail is an academy e-mail address in lower case, to be compared without case.
	Mail string
	// Account is an account known by its identifier: the one that another was merged into, or that a link remembers.
	Account ent.ID
}

// LogValue hides the query.
func (q Query) LogValue() slog.Value { return redacted() }

// String hides the query.
func (q Query) String() string { return hidden }

// GoString hides the query.
func (q Query) GoString() string { return hidden }

// Pupil names a pupil by the number inside the school: together they name one pupil, apart they do not.
type Pupil struct {
	Number string
	School ent.UAI
}

// LogValue hides the pupil.
func (p Pupil) LogValue() slog.Value { return redacted() }

// String hides the pupil.
func (p Pupil) String() string { return hidden }

// GoString hides the pupil.
func (p Pupil) GoString() string { return hidden }

// State is that of an account.
type State string

// The states. An account without one of them is a fault of the caller's, told as CodePeople.
const (
	StateActive State = "active"
	// StateNotActivated: a first sign-in through a portal activates the account, once the person accepts the terms.
	StateNotActivated State = "not-activated"
	StateBlocked      State = "blocked"
	// StateProfileBlocked: all persons of that profile are kept out for a time, as in the first days of a school year.
	StateProfileBlocked State = "profile-blocked"
	// StateMerged: the account was merged into another one, which is followed.
	StateMerged State = "merged"
)

// Candidate is an account that fits, under one profile. It is personal data.
type Candidate struct {
	Account ent.ID      `json:"account"`
	Profile ent.Profile `json:"profile"`
	State   State       `json:"state"`
	// MergedInto is set for StateMerged.
	MergedInto ent.ID `json:"mergedInto,omitempty"`
	// Name is compared with the names of a vector, and shown in a chooser.
	Name ent.Name `json:"name"`
	// Schools and Children are the names that a chooser shows; Children for a relative.
	Schools  []string   `json:"schools,omitempty"`
	Children []ent.Name `json:"children,omitempty"`
	// Mail is the academy e-mail address: it is wanted in the answers to a Query by Mail.
	Mail string `json:"mail,omitempty"`
	// MergedFrom are the merged accounts that led here. It is filled by the Resolver.
	MergedFrom []ent.ID `json:"mergedFrom,omitempty"`
}

// LogValue shows the identifier and the state.
func (c Candidate) LogValue() slog.Value {
	return slog.GroupValue(slog.String("account", string(c.Account)), slog.String("state", string(c.State)))
}

// String hides the candidate.
func (c Candidate) String() string { return hidden }

// GoString hides the candidate.
func (c Candidate) GoString() string { return hidden }

// same reports whether two answers are one account under one profile.
func (c Candidate) same(o Candidate) bool { return c.Account == o.Account && c.Profile == o.Profile }

// join adds what another answer of the same account shows.
func (c *Candidate) join(o Candidate) {
	for _, s := range o.Schools {
		if !slices.Contains(c.Schools, s) {
			c.Schools = append(slices.Clip(c.Schools), s)
		}
	}
	for _, n := range o.Children {
		if !slices.ContainsFunc(c.Children, func(m ent.Name) bool { return m.Display() == n.Display() }) {
			c.Children = append(slices.Clip(c.Children), n)
		}
	}
	for _, id := range o.MergedFrom {
		if !slices.Contains(c.MergedFrom, id) {
			c.MergedFrom = append(slices.Clip(c.MergedFrom), id)
		}
	}
}

// nameKey folds a name for comparison: accents, case, hyphens, apostrophes and spaces do not count.
func nameKey(s string) string { return frtext.Key(s) }

// named reports whether the names are those of a vector. The last name may be the one in use or the one at birth, since the
// two sources need not follow the same usage.
func named(n ent.Name, v Vector) bool {
	family, given := nameKey(v.Family), nameKey(v.Given)
	if family == "" || given == "" {
		return false
	}
	return nameKey(n.Given) == given && (nameKey(n.Family) == family || nameKey(n.Birth) == family)
}

// sameMail compares addresses without case. The one asked for is in ASCII: see parseMail.
func sameMail(a, asked string) bool { return isASCII(a) && strings.EqualFold(a, asked) }
