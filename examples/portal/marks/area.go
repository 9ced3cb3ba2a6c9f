package marks

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/ent/sqldb/open"
	"github.com/opencartable/cartable/examples/portal/academy"
	"github.com/opencartable/cartable/examples/portal/school"
	"github.com/opencartable/cartable/examples/portal/web"
	"github.com/opencartable/cartable/schoollife/gradebook"
	"github.com/opencartable/cartable/schoollife/gradebook/gradebooksql"
)

//go:embed templates/*.html
var templates embed.FS

const tenant = ent.Tenant("portail")

// Options say where marks are kept.
type Options struct {
	// Data is the folder of the database; in memory when empty.
	Data string
	// Academy is the fictional academy whose school year is shown.
	Academy *academy.Academy
	// Store keeps the gradebook instead of the database, when it is given.
	Store gradebook.Store
	Log   *slog.Logger
}

// Area serves the pages of the gradebook.
type Area struct {
	views  web.Views
	rules  *access.Rules
	db     *sqldb.DB
	store  gradebook.Store
	source *source
	desk   *gradebook.Service
}

// New opens the gradebook. Close closes it.
func New(ctx context.Context, o Options) (*Area, error) {
	views, err := web.ParseViews(templates, "templates")
	if err != nil {
		return nil, err
	}
	rules, err := access.Default().Compile()
	if err != nil {
		return nil, fmt.Errorf("portal: %w", err)
	}
	path := ":memory:"
	if o.Data != "" {
		path = filepath.Join(o.Data, "notes.db")
	}
	db, err := open.SQLite(ctx, path, open.Options{Logger: o.Log})
	if err != nil {
		return nil, fmt.Errorf("portal: %w", err)
	}
	if err := db.Migrate(ctx, gradebooksql.Schema()); err != nil {
		return nil, errors.Join(fmt.Errorf("portal: %w", err), db.Close())
	}
	a := &Area{views: views, rules: rules, db: db, store: o.Store}
	if a.store == nil {
		a.store = gradebooksql.New(db)
	}
	a.source = newSource(o.Academy, a.store)
	a.desk = &gradebook.Service{Store: a.store, School: a.source, Now: a.source.Now, Zone: academy.Paris(), Policy: policy()}
	return a, nil
}

// policy is that of all schools of the portal.
func policy() gradebook.Policy { return gradebook.RescaledRoundLast() }

// Close closes the gradebook.
func (a *Area) Close() error {
	if err := a.db.Close(); err != nil {
		return fmt.Errorf("portal: %w", err)
	}
	return nil
}

// Menu returns the entry of the area, for those who have marks to write, to read or to publish.
func (a *Area) Menu(who web.Account) []web.Link {
	if p, ok := school.ParsePerson(who.Ref); ok && (p.Category != school.Staff || who.Profile == ent.ProfileTeacher || who.Profile == ent.ProfileDirection) {
		return []web.Link{{Text: "Notes", Path: "/notes"}}
	}
	return nil
}

// asking is who asks, with their rights.
type asking struct {
	gradebook.Asker
	facts access.Facts
	who   web.Account
}

// handler makes a page for somebody whose rights are known.
type handler func(r *http.Request, q *asking) (web.Page, error)

// Routes adds the pages of the area.
func (a *Area) Routes(s *web.Site) {
	page := func(pattern string, h handler) { s.Page(pattern, a.guarded(h)) }
	post := func(pattern string, h handler) { s.Post(pattern, a.guarded(h)) }
	page("/notes", a.home)
	page("/notes/saisie", a.grid)
	post("/notes/saisie", a.save)
	post("/notes/saisie/apercu", a.preview)
	post("/notes/evaluation", a.addAssessment)
	page("/notes/trace", a.trail)
	page("/notes/eleve", a.pupil)
	page("/notes/classe", a.class)
	post("/notes/classe", a.setTerm)
	page("/notes/lsu", a.problems)
	a.files(s)
}

// guarded gathers who asks. What somebody may not see does not exist.
func (a *Area) guarded(h handler) web.Handler {
	return func(r *http.Request, who web.Account) (web.Page, error) {
		// A visitor who leaves must not take the database in memory away with the connection.
		r = r.WithContext(context.WithoutCancel(r.Context()))
		q, err := a.asking(who)
		if err != nil {
			return web.Page{}, err
		}
		p, err := h(r, q)
		if errors.Is(err, access.CodeDenied) || errors.Is(err, gradebook.CodeUnknown) {
			return web.Page{}, web.ErrNotFound
		}
		return p, err
	}
}

func (a *Area) asking(who web.Account) (*asking, error) {
	p, ok := school.ParsePerson(who.Ref)
	if !ok {
		return nil, web.ErrNotFound
	}
	facts, ok := a.source.Facts(p)
	if !ok {
		return nil, web.ErrNotFound
	}
	scope := access.NewScope(a.rules, facts)
	return &asking{gradebook.Asker{Tenant: tenant, Guard: access.Guard{Scope: scope, Now: a.source.Now}}, facts, who}, nil
}

// failed returns an error as it is.
func failed(err error) (web.Page, error) { return web.Page{}, fmt.Errorf("portal: %w", err) }
