package directory

import (
	"log/slog"
	"maps"
	"slices"

	"github.com/opencartable/cartable/ent"
)

// Account is a person of the directory, under the identifier that the caller chose. It is personal data: logs show the
// identifier only.
type Account struct {
	ID ent.ID `json:"id"`
	// Category is that of the person's first key.
	Category Category `json:"category"`
	// Person holds the fields; affiliations, classes, groups and teachings are in Ties. See View.
	Person ent.Person `json:"person"`
	Ties   []Tie      `json:"ties,omitempty"`
	Keys   []HeldKey  `json:"keys,omitempty"`
	State  State      `json:"state"`
	// Since is the day on which the state began.
	Since ent.Date `json:"since,omitzero"`
	// Saved are the ties taken away at pre-deletion, given back at a return.
	Saved []Tie `json:"saved,omitempty"`
	// Owners says which origin wrote a field last, where it is not the origin of the first key.
	Owners map[ent.Field]Origin `json:"owners,omitempty"`
	// Login never changes, Activated says that the person has used the account.
	Login     string `json:"login,omitempty"`
	Activated bool   `json:"activated,omitempty"`
	// Blocked is set by hand and lifted by hand: no feed changes it.
	Blocked bool `json:"blocked,omitempty"`
	// Version moves at each change; a plan applies only to the version it was made from.
	Version int64 `json:"version,omitempty"`
}

// LogValue shows the identifier and the state only.
func (a Account) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", string(a.ID)), slog.String("state", string(a.State)))
}

// HeldKey is a key by which an origin names the person.
type HeldKey struct {
	Key
	Hash Hash `json:"hash,omitzero"`
	// Gone is the day on which the origin stopped knowing the person.
	Gone ent.Date `json:"gone,omitzero"`
}

// Mark is what was last applied of a key: enough to tell, without reading the account, that nothing has changed.
type Mark struct {
	Key   Key
	ID    ent.ID
	Hash  Hash
	Gone  bool
	State State
	// Others says that another origin still knows the person.
	Others bool
	// Profile and Establishment are those under which the guard counts the person; Leaver says that this school year is the
	// last one in that school (see FinalYear).
	Profile       ent.Profile
	Establishment ent.ID
	Leaver        bool
}

// Mark returns the mark of one of the account's keys, false for a key it does not hold.
func (a *Account) Mark(k Key) (Mark, bool) {
	i := a.key(k)
	if i < 0 {
		return Mark{}, false
	}
	h := &a.Keys[i]
	m := Mark{Key: k, ID: a.ID, Hash: h.Hash, Gone: !h.Gone.IsZero(), State: a.State, Leaver: FinalYear(&a.Person)}
	for _, o := range a.Keys {
		m.Others = m.Others || o.Key != k && o.Gone.IsZero()
	}
	for _, t := range a.Ties {
		if t.Kind == TieEstablishment && t.Origin == k.Origin {
			m.Profile, m.Establishment = t.Profile, t.Target
			break
		}
	}
	for i := range a.Ties { // a relative is where the children are
		if t := &a.Ties[i]; m.Profile == "" && t.ByChild {
			m.Profile, m.Establishment = t.Profile, t.Target
		}
	}
	if m.Profile == "" {
		m.Profile = a.Profile()
	}
	return m, true
}

// key returns the index of a key, -1 for none.
func (a *Account) key(k Key) int {
	return slices.IndexFunc(a.Keys, func(h HeldKey) bool { return h.Key == k })
}

// departed reports whether an origin has known the person and no longer does: what it said of schools and classes is over.
func (a *Account) departed(o Origin) bool {
	known := false
	for i := range a.Keys {
		if h := &a.Keys[i]; h.Origin == o {
			if h.Gone.IsZero() {
				return false
			}
			known = true
		}
	}
	return known && o.Kind() != KindHand
}

// over reports whether a tie is one of an origin that no longer knows the person. Who is a pupil's relative is known until
// another origin says who is: states are the kinds of ties that it speaks of.
func (a *Account) over(t *Tie, states FieldSet) bool {
	return !t.ByChild && a.departed(t.Origin) && (t.Kind != TieRelative || states&t.Kind.bit() != 0)
}

// leads reports whether a key is the first live one of its origin: the one that speaks for the person. A key that the
// account does not hold does too.
func (a *Account) leads(k Key) bool {
	for i := range a.Keys {
		h := &a.Keys[i]
		if h.Origin == k.Origin && h.Gone.IsZero() {
			return h.Key == k
		}
	}
	return true
}

// Profile returns the main profile of the person, that of the category when no tie says one.
func (a *Account) Profile() ent.Profile {
	v := make([]ent.Affiliation, 0, 2)
	for i := range a.Ties {
		if a.Ties[i].Kind == TieEstablishment {
			v = append(v, ent.Affiliation{Profile: a.Ties[i].Profile})
		}
	}
	if p := ent.MainProfile(v); p != "" {
		return p
	}
	switch a.Category {
	case Pupil:
		return ent.ProfilePupil
	case Relative:
		return ent.ProfileRelative
	case Staff, Guest:
	}
	return ""
}

// establishments returns those of the person, each once, in the order of the ties.
func (a *Account) establishments() []ent.ID { return establishmentsOf(a.Ties) }

func establishmentsOf(ties []Tie) []ent.ID {
	var out []ent.ID
	for i := range ties {
		if t := &ties[i]; t.Kind == TieEstablishment && !slices.Contains(out, t.Target) {
			out = append(out, t.Target)
		}
	}
	return out
}

// View returns the person with the affiliations, classes, groups and teachings that the ties say.
func (a *Account) View() ent.Person {
	p := clonePerson(&a.Person)
	p.ID = a.ID
	p.Affiliations, p.Teachings, p.HeadTeacherOf = nil, nil, nil
	if p.Schooling != nil {
		p.Schooling.Classes, p.Schooling.Groups = nil, nil
	}
	for i := range a.Ties {
		t := &a.Ties[i]
		switch t.Kind {
		case TieEstablishment:
			if !slices.ContainsFunc(p.Affiliations, func(o ent.Affiliation) bool { return o.Establishment == t.Target && o.Profile == t.Profile }) {
				p.Affiliations = append(p.Affiliations, ent.Affiliation{
					Establishment: t.Target, Profile: t.Profile, Functions: slices.Clone(t.Functions), From: t.From, To: t.To,
				})
			}
		case TieClass:
			school(&p).Classes = appendNew(p.Schooling.Classes, t.Target)
		case TieGroup:
			school(&p).Groups = appendNew(p.Schooling.Groups, t.Target)
		case TieTeaching:
			te := ent.Teaching{Teacher: a.ID, Establishment: t.Establishment, Subject: t.Subject, Class: t.Target}
			if t.Group {
				te.Class, te.Group = "", t.Target
			}
			if !slices.Contains(p.Teachings, te) {
				p.Teachings = append(p.Teachings, te)
			}
		case TieHead:
			p.HeadTeacherOf = appendNew(p.HeadTeacherOf, t.Target)
		case TieRelative:
		}
	}
	return p
}

// Relations returns the relations of a pupil with the relatives that are known. Two origins that disagree on a relative
// give two ties; the first one in their order counts.
func (a *Account) Relations() []ent.Relation {
	var out []ent.Relation
	for i := range a.Ties {
		t := &a.Ties[i]
		if t.Kind != TieRelative || t.Target == "" || slices.ContainsFunc(out, func(r ent.Relation) bool { return r.Relative == t.Target }) {
			continue
		}
		out = append(out, ent.Relation{
			Pupil: a.ID, Relative: t.Target, Kinship: t.Kinship, Responsibility: t.Responsibility,
			Financial: t.Financial, Payment: t.Payment, Contact: t.Contact,
		})
	}
	return out
}

// MaySignIn reports whether the state of the account lets the person in. Whether a relative has a right to an account at
// all is [RelativePolicy.MaySignIn].
func (a *Account) MaySignIn() bool { return !a.Blocked && a.State.maySignIn() }

func appendNew[T comparable](list []T, v T) []T {
	if slices.Contains(list, v) {
		return list
	}
	return append(list, v)
}

func clonePerson(p *ent.Person) ent.Person {
	out := *p
	out.Name.Others = slices.Clone(p.Name.Others)
	out.Contact.Address.Lines = slices.Clone(p.Contact.Address.Lines)
	if p.Schooling != nil {
		s := *p.Schooling
		s.Subjects = slices.Clone(s.Subjects)
		s.Classes, s.Groups = slices.Clone(s.Classes), slices.Clone(s.Groups)
		out.Schooling = &s
	}
	return out
}

// Clone returns a copy that shares nothing with the account.
func (a *Account) Clone() Account {
	out := *a
	out.Person = clonePerson(&a.Person)
	out.Ties, out.Saved = cloneTies(a.Ties), cloneTies(a.Saved)
	out.Keys = slices.Clone(a.Keys)
	out.Owners = maps.Clone(a.Owners)
	return out
}

func cloneTies(ties []Tie) []Tie {
	out := slices.Clone(ties)
	for i := range out {
		out[i].Functions = slices.Clone(out[i].Functions)
	}
	return out
}

// Has reports whether the person has a profile in some establishment, or is of its category.
func (a *Account) Has(p ent.Profile) bool {
	return a.Profile() == p || slices.ContainsFunc(a.Ties, func(t Tie) bool { return t.Kind == TieEstablishment && t.Profile == p })
}
