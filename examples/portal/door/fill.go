package door

import (
	"context"
	"fmt"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/examples/portal/school"
	"github.com/opencartable/cartable/identity/account"
)

// Fill makes an account for each person of the fictional academy, under the login that the directory gave. Those whom the door
// proposes are activated, to be tried; the others wait for a code.
func (a *Area) Fill(ctx context.Context, login func(p school.Person) string) error {
	hash, err := a.accounts.Hasher.Hash(ctx, trialPassword)
	if err != nil {
		return fmt.Errorf("portal: %w", err)
	}
	tried, taken := map[string]bool{}, map[string]bool{account.LoginKey("administration"): true}
	a.trials = nil
	for _, c := range a.opt.School.Examples() {
		tried[c.Person.String()] = true
	}
	list := []account.Account{{
		ID: a.ids.of("administrateur"), Login: "administration", Profile: ent.ProfileStaff, Administrator: true, Name: ent.Name{Family: "ENT", Given: "Administration"},
		Mail: "administration@exemple.test", Source: account.SourceManual, Password: hash, Activated: a.opt.Now(),
	}}
	a.trials = append(a.trials, school.Trial{Login: "administration", Name: "Administration de l’ENT", Role: "administrateur, avec un second facteur"})
	a.opt.School.Members(func(m school.Member) {
		x := account.Account{
			ID: a.ids.of(m.Person.String()), Login: login(m.Person), Profile: m.Profile, Name: m.Name, Birth: m.Birth, Mail: m.Mail, Source: account.SourceAAF,
		}
		if x.Login == "" || taken[account.LoginKey(x.Login)] {
			return // whom the directory did not take; or a member of staff who is a relative too, whose account is one
		}
		taken[account.LoginKey(x.Login)] = true
		for _, s := range m.Schools {
			x.Establishments, x.SchoolNames = append(x.Establishments, ent.ID(s.Ref.String())), append(x.SchoolNames, s.Title)
		}
		for _, c := range m.Classes {
			x.Classes = append(x.Classes, ent.ID(c.Ref.String()))
		}
		if tried[m.Person.String()] {
			x.Password, x.Activated = hash, a.opt.Now()
			if x.Mail == "" {
				x.Mail = x.Login + "@exemple.test"
			}
			who, _ := a.opt.School.Account(m.Person.String())
			a.trials = append(a.trials, school.Trial{Login: x.Login, Name: who.Name, Role: who.Role})
		}
		list = append(list, x)
	})
	if err := a.accounts.Save(ctx, tenant, ent.Actor{Kind: ent.ActorSystem}, list...); err != nil {
		return fmt.Errorf("portal: %w", err)
	}
	return nil
}
