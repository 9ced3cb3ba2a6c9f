package directorysql

import (
	"context"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
	"github.com/opencartable/cartable/ent/directory"
)

// Facts returns what access decides by, of some persons on a day: affiliations, teachings, the pupil's own situation, and the
// children of a relative with all their relatives, so that a placement is seen, be it by a relative who is not known yet.
// Delegations, recorded decisions and the choices of pupils of age are the caller's to add. Who is not there has no facts.
func (s *Store) Facts(ctx context.Context, today ent.Date, persons ...ent.ID) ([]access.Facts, error) {
	read := func(q directory.Query) ([]directory.Account, error) {
		var out []directory.Account
		if q.Empty() {
			return nil, nil
		}
		for a, err := range s.Accounts(ctx, q) {
			if err != nil {
				return nil, err
			}
			out = append(out, a)
		}
		return out, nil
	}
	list, err := read(directory.Query{IDs: persons})
	if err != nil {
		return nil, err
	}
	var relatives []ent.ID
	for i := range list {
		if list[i].Category == directory.Relative || list[i].Has(ent.ProfileRelative) || list[i].Category == directory.Staff {
			relatives = append(relatives, list[i].ID)
		}
	}
	pupils, err := read(directory.Query{Relatives: relatives})
	if err != nil {
		return nil, err
	}
	children := map[ent.ID][]access.Pupil{}
	for i := range pupils {
		p := PupilFacts(&pupils[i])
		for _, r := range p.Relations {
			children[r.Relative] = append(children[r.Relative], p)
		}
	}
	out := make([]access.Facts, len(list))
	for i := range list {
		a := &list[i]
		view := a.View()
		out[i] = access.FactsOf(&view, today)
		out[i].Children = children[a.ID]
		if out[i].Pupil != nil {
			own := PupilFacts(a)
			out[i].Pupil = &own
		}
	}
	return out, nil
}

// PupilFacts returns what decides who reaches a pupil.
func PupilFacts(a *directory.Account) access.Pupil {
	view := a.View()
	p := access.PupilOf(&view)
	p.Relations = a.Relations()
	for i := range a.Ties {
		p.Placed = p.Placed || a.Ties[i].Kind == directory.TieRelative && a.Ties[i].Kinship == ent.KinshipSocialServices
	}
	return p
}
