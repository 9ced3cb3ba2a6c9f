package directory

import (
	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/pseudonym"
)

// Pseudonymiser makes a copy of a directory for tests: every personal value is replaced by an invented one, the same for the
// same key, and ties, keys in number, states and dates of the life of accounts stay, so that the copy behaves like the
// directory. Who holds the key can tie the copy to it: this is pseudonymous data in the sense of RGPD article 4(5), not
// anonymous.
type Pseudonymiser struct{ make *pseudonym.Maker }

// NewPseudonymiser returns a pseudonymiser of a secret key of 16 bytes or more, which the caller draws at random and keeps.
func NewPseudonymiser(key []byte) (*Pseudonymiser, error) {
	m, err := pseudonym.New(key)
	if err != nil {
		return nil, err
	}
	return &Pseudonymiser{m}, nil
}

// ID replaces the identifier of a person.
func (p *Pseudonymiser) ID(id ent.ID) ent.ID { return ent.ID(p.make.ID(string(id))) }

// Account returns the copy of an account. Establishments, classes and groups keep their identifiers; pass places through
// Places. Hashes are left out: they would tell who has which record.
func (p *Pseudonymiser) Account(a *Account) Account {
	out := a.Clone()
	out.ID = p.ID(a.ID)
	out.Person.ID = out.ID
	p.make.Name(&out.Person.Name)
	p.make.Contact(&out.Person.Contact)
	out.Person.BirthDate = p.make.Birth(string(a.ID), a.Person.BirthDate)
	if s := out.Person.Schooling; s != nil {
		s.INE = ent.INE(p.make.INE(string(s.INE)))
		if s.SchoolNumber != "" {
			s.SchoolNumber = p.make.ID(s.SchoolNumber)
		}
	}
	out.Login = ""
	if a.Login != "" {
		out.Login = "u" + p.make.ID(a.Login)
	}
	for i := range out.Keys {
		out.Keys[i].Key = p.key(out.Keys[i].Key)
		out.Keys[i].Hash = Hash{}
	}
	p.ties(out.Ties)
	p.ties(out.Saved)
	SortTies(out.Ties)
	return out
}

func (p *Pseudonymiser) key(k Key) Key {
	if k.IsZero() {
		return k
	}
	k.ID = p.make.ID(k.ID)
	return k
}

func (p *Pseudonymiser) ties(ties []Tie) {
	for i := range ties {
		if t := &ties[i]; t.Kind == TieRelative {
			t.Relative = p.key(t.Relative)
			if t.Target != "" {
				t.Target = p.ID(t.Target)
			}
		}
	}
}

// Places returns a copy in which labels of classes and groups, which often hold the name of a teacher, are their codes.
func (p *Pseudonymiser) Places(in *Places) Places {
	out := Places{Establishments: in.Establishments}
	for _, c := range in.Classes {
		c.Label = c.Code
		out.Classes = append(out.Classes, c)
	}
	for _, g := range in.Groups {
		g.Label = g.Code
		out.Groups = append(out.Groups, g)
	}
	return out
}
