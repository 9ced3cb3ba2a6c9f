package people

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/ent/directory/directorysql"
	"github.com/opencartable/cartable/examples/portal/web"
)

// asking is who asks, with what they may do today.
type asking struct {
	who   web.Account
	scope *access.Scope
	guard access.Guard
}

// guarded opens pages to those whom a condition lets in. To the others they do not exist.
func (a *Area) guarded(may func(*asking) bool) func(handler) web.Handler {
	return func(h handler) web.Handler {
		return func(r *http.Request, who web.Account) (web.Page, error) {
			r = lasting(r)
			q, err := a.asking(r.Context(), who)
			if err != nil {
				return web.Page{}, err
			}
			if !may(q) {
				return web.Page{}, web.ErrNotFound
			}
			return h(r, q)
		}
	}
}

// lasting is a request that goes on when the visitor has left. A directory in memory lives in one connection, and an
// interrupted statement may cost a connection: nobody's closed browser may take the directory away.
func lasting(r *http.Request) *http.Request {
	return r.WithContext(context.WithoutCancel(r.Context()))
}

func (a *Area) asking(ctx context.Context, who web.Account) (*asking, error) {
	facts, err := a.facts(ctx, who)
	if err != nil {
		return nil, err
	}
	scope := access.NewScope(a.rules, facts)
	return &asking{who, scope, access.Guard{Scope: scope, Now: a.opt.Now}}, nil
}

// facts gathers what is known of who signed in: the delegations of an administrator, the account of anybody else.
func (a *Area) facts(ctx context.Context, who web.Account) (access.Facts, error) {
	if len(who.Manages) > 0 {
		var d access.Delegation
		for _, m := range who.Manages {
			if m == web.Everywhere {
				d.Everywhere = true
			} else {
				d.Establishments = append(d.Establishments, ent.ID(m))
			}
		}
		return access.Facts{Person: ent.ID(who.Ref), Today: a.today(), Delegations: []access.Delegation{d}}, nil
	}
	nobody := access.Facts{Today: a.today()}
	key, ok := a.keyOf(who.Ref)
	if !ok {
		return nobody, nil
	}
	list, err := a.accounts(ctx, directory.Query{Keys: []directory.Key{key}})
	if err != nil || len(list) == 0 {
		return nobody, err
	}
	all, err := a.factsOf(ctx, list[:1])
	if err != nil {
		return nobody, err
	}
	return all[0], nil
}

// keyOf returns how a delivery names who signed in.
func (a *Area) keyOf(ref string) (directory.Key, bool) {
	if a.opt.Person == nil {
		return directory.Key{}, false
	}
	feed, category, id, ok := a.opt.Person(ref)
	if !ok {
		return directory.Key{}, false
	}
	for _, o := range a.offers() {
		if o.Number == feed {
			return directory.Key{Origin: o.origin, Category: category, ID: id}, true
		}
	}
	return directory.Key{}, false
}

// factsOf gathers what is known of some accounts, and of the pupils whose relatives they are.
func (a *Area) factsOf(ctx context.Context, list []directory.Account) ([]access.Facts, error) {
	ids := make([]ent.ID, len(list))
	for i := range list {
		ids[i] = list[i].ID
	}
	pupils, err := a.accounts(ctx, directory.Query{Relatives: ids})
	if err != nil {
		return nil, err
	}
	children := map[ent.ID][]access.Pupil{}
	for i := range pupils {
		p := pupilOf(&pupils[i])
		for _, r := range p.Relations {
			children[r.Relative] = append(children[r.Relative], p)
		}
	}
	out := make([]access.Facts, len(list))
	for i := range list {
		view := list[i].View()
		out[i] = access.FactsOf(&view, a.today())
		out[i].Children = children[list[i].ID]
		if out[i].Pupil != nil {
			own := pupilOf(&list[i])
			out[i].Pupil = &own
		}
	}
	return out, nil
}

// pupilOf is what decides who reaches a pupil: the relations are those of all relatives.
func pupilOf(x *directory.Account) access.Pupil {
	view := x.View()
	p := access.PupilOf(&view)
	p.Relations = x.Relations()
	return p
}

func (a *Area) accounts(ctx context.Context, q directory.Query) ([]directory.Account, error) {
	if q.Empty() {
		return nil, nil
	}
	var out []directory.Account
	for x, err := range a.store.Accounts(ctx, q) {
		if err != nil {
			return nil, fmt.Errorf("portal: %w", err)
		}
		out = append(out, x)
	}
	return out, nil
}

// imports tells whether the person imports deliveries, which are of a whole academy.
func (q *asking) imports() bool {
	return q.guard.Require(access.ActionDirectoryImport, access.Target{}) == nil
}

// mayImport is imports before a delivery is read from the network.
func (a *Area) mayImport(r *http.Request, who web.Account) error {
	q, err := a.asking(lasting(r).Context(), who)
	if err != nil {
		return err
	}
	if !q.imports() {
		return web.ErrNotFound
	}
	return nil
}

// manages tells whether the person manages the accounts of anybody.
func (q *asking) manages() bool {
	return slices.ContainsFunc(ent.Profiles(), func(p ent.Profile) bool {
		_, err := q.guard.Reach(access.ActionAccountManage, p)
		return err == nil
	})
}

// may tells whether the person may do an action on an account, under one of its profiles. Who is on the way to deletion is
// still where they were.
func (q *asking) may(action access.Action, x *directory.Account) bool {
	at := *x
	if len(at.Ties) == 0 {
		at.Ties = at.Saved
	}
	return slices.ContainsFunc(profilesOf(&at), func(p ent.Profile) bool {
		return q.guard.Require(action, directorysql.Target(&at, p)) == nil
	})
}

// hides tells whether the person may not read a field of somebody: contact data are for those who may read them, and to
// administer accounts is not to.
func (q *asking) hides(f ent.Field, t access.Target) bool {
	return strings.HasPrefix(string(f), "contact.") && q.guard.Require(access.ActionContactRead, t) != nil
}

// masked is a value that the reader may not read: that there is one is no secret.
func masked(v string, hidden bool) string {
	if hidden && v != "" {
		return "(masqué)"
	}
	return fieldValue(v)
}

// actor is who does what the directory records.
func (q *asking) actor() ent.Actor {
	return ent.Actor{Kind: ent.ActorPerson, ID: ent.ID(q.who.Ref), Profile: q.who.Profile}
}

func profilesOf(x *directory.Account) []ent.Profile {
	out := []ent.Profile{x.Profile()}
	for _, t := range x.Ties {
		if t.Kind == directory.TieEstablishment && !slices.Contains(out, t.Profile) {
			out = append(out, t.Profile)
		}
	}
	return out
}

// find reads an account that the person manages.
func (a *Area) find(ctx context.Context, q *asking, id ent.ID) (*directory.Account, error) {
	list, err := a.accounts(ctx, directory.Query{IDs: []ent.ID{id}})
	if err != nil {
		return nil, err
	}
	if len(list) != 1 || !q.may(access.ActionAccountManage, &list[0]) {
		return nil, web.ErrNotFound
	}
	return &list[0], nil
}
