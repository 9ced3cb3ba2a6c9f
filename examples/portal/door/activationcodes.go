package door

import (
	"net/http"
	"slices"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/examples/portal/school"
	"github.com/opencartable/cartable/examples/portal/web"
	"github.com/opencartable/cartable/identity/account"
)

// classRow is a class whose codes can be printed.
type classRow struct {
	ID, Name, School string
	Pupils           int
}

// manages tells whether somebody administers the accounts of a school.
func manages(who web.Account, s *school.School) bool {
	return who.ManagesAll() || slices.Contains(who.Manages, s.Ref.Key)
}

func (a *Area) codesPage(_ *http.Request, who web.Account) (web.Page, error) {
	if len(who.Manages) == 0 {
		return web.Page{}, web.ErrNotFound
	}
	var rows []classRow
	for _, s := range a.opt.School.Schools() {
		if !manages(who, s) {
			continue
		}
		for _, c := range s.Classes {
			rows = append(rows, classRow{ID: c.Ref.String(), Name: c.Name(), School: s.Title, Pupils: c.Pupils})
		}
	}
	return web.Page{
		Title: "Codes d’activation", View: a.view("codes"), Data: rows,
		Lead: web.French("Un code par élève, imprimé par classe : il sert une fois, et remplace celui d’avant."),
	}, nil
}

// printed is the sheet of a class.
type printed struct {
	Class, Expires string
	Sheet          account.Sheet
	Left           []leftRow
}

type leftRow struct{ Name, Why string }

func (a *Area) printCodes(r *http.Request, who web.Account) (web.Page, error) {
	id := r.PathValue("id")
	var class *school.Class
	for _, s := range a.opt.School.Schools() {
		for _, c := range s.Classes {
			if c.Ref.String() == id && manages(who, s) {
				class = c
			}
		}
	}
	if class == nil {
		return web.Page{}, web.ErrNotFound
	}
	names := map[ent.ID]string{}
	order := account.Order{
		Tenant: tenant, Title: class.Name() + ", " + class.School.Title,
		By: account.Agent{Account: a.ids.of(who.Ref), Profile: ent.ProfileDirection, Administrator: who.ManagesAll(), Establishments: []ent.ID{ent.ID(class.School.Ref.String())}},
	}
	a.opt.School.Members(func(m school.Member) {
		if m.Person.Category == school.Pupil && slices.Contains(m.Classes, class) {
			id := a.ids.of(m.Person.String())
			order.Accounts = append(order.Accounts, id)
			names[id] = m.Name.Display()
		}
	})
	sheet, err := a.accounts.PrintCodes(r.Context(), order)
	if err != nil {
		return web.Page{}, err
	}
	d := printed{Class: order.Title, Expires: sheet.Expires.In(paris()).Format("02/01/2006"), Sheet: sheet}
	for _, l := range sheet.Left {
		d.Left = append(d.Left, leftRow{names[l.Account], sentence(&account.Error{Code: l.Code})})
	}
	return web.Page{
		Title: "Codes de " + class.Name(), View: a.view("sheet"), Data: d, Trail: []web.Link{{Text: "Codes", Path: "/codes"}},
	}, nil
}
