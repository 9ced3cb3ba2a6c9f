package door

import (
	"context"
	"errors"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity"
	"github.com/opencartable/cartable/identity/account"
)

// attributes is what partners may be told of somebody; nil for one who may go nowhere.
func (a *Area) attributes(ctx context.Context, id ent.ID) (*identity.Attributes, error) {
	m, ok := a.opt.School.Member(a.ids.ref(id))
	if !ok {
		return nil, nil // the town hall and administrators are in no school
	}
	x, err := a.accounts.Open(ctx, tenant, id)
	switch {
	case errors.Is(err, account.CodeUnknown):
	case err != nil:
		return nil, err
	case x.Blocked:
		return nil, nil
	}
	out := &identity.Attributes{
		ID: id, Login: x.Login, External: m.Person.Ref.Key, Profile: m.Profile, Name: m.Name, BirthDate: m.Birth, MEF: m.MEF,
		Mail: identity.Mails{Academy: m.Mail}, Extra: map[string][]string{},
	}
	if out.Login == "" {
		out.Login = strings.ReplaceAll(m.Person.String(), "/", "-")
	}
	for i, s := range m.Schools {
		school := identity.School{ID: ent.ID(s.Ref.String()), UAI: s.Est.UAI, External: s.Ref.Key, Name: s.Title, Kind: s.Est.Kind, Main: i == 0}
		for _, c := range m.Classes {
			if c.School == s {
				school.Classes = append(school.Classes, identity.Group{ID: ent.ID(c.Ref.String()), Name: c.Code})
			}
		}
		out.Schools = append(out.Schools, school)
	}
	for _, k := range m.Children {
		kin := identity.Kin{ID: a.ids.of(k.Person.String()), External: k.Person.Ref.Key}
		if k.School != nil {
			kin.UAI = k.School.Est.UAI
		}
		out.Children = append(out.Children, kin)
	}
	return out, nil
}
