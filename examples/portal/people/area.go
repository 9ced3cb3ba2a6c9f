package people

import (
	"context"
	"embed"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/ent/directory/directorysql"
	"github.com/opencartable/cartable/ent/enttest"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/ent/sqldb/open"
	"github.com/opencartable/cartable/examples/portal/web"
)

//go:embed templates/*.html
var templates embed.FS

// tenant is whose directory it is: a portal has one customer.
const tenant ent.Tenant = "portail"

// Options say where the directory is, and who is who.
type Options struct {
	// Data is the folder where the directory is kept, as a SQLite file; in memory when empty.
	Data string
	// Fictional says that the deliveries are those of Academy, which then gives deliveries to try as well.
	Fictional bool
	Academy   enttest.Options
	// Person reads the reference of a session: which delivery the person is in, and the key there.
	Person func(ref string) (feed int, category directory.Category, key string, ok bool)
	// TempDir is where a delivery that was sent waits to be read; that of the system when empty.
	TempDir string
	// Now is the clock; time.Now when nil.
	Now func() time.Time
	Log *slog.Logger
}

// Area serves the pages of the directory.
type Area struct {
	opt   Options
	views web.Views
	rules *access.Rules
	db    *sqldb.DB
	store *directorysql.Store
	plans plans
	// comparing is held while a delivery is read: one at a time fits in memory.
	comparing sync.Mutex

	mu      sync.Mutex
	offered []offer
	// remembering guards history, and makes one delivery of the outbox wait for another.
	remembering sync.Mutex
	history     map[ent.ID][]ent.Event
}

// New opens the directory. Close closes it.
func New(ctx context.Context, o Options) (*Area, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
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
		path = filepath.Join(o.Data, "annuaire.db")
	}
	db, err := open.SQLite(ctx, path, open.Options{Logger: o.Log})
	if err != nil {
		return nil, fmt.Errorf("portal: %w", err)
	}
	if err := db.Migrate(ctx, directorysql.Schema()); err != nil {
		_ = db.Close() // the first error tells more
		return nil, fmt.Errorf("portal: %w", err)
	}
	return &Area{
		opt: o, views: views, rules: rules, db: db, plans: plans{now: o.Now}, history: map[ent.ID][]ent.Event{},
		store: directorysql.New(db, tenant, directorysql.Options{Clock: o.Now, Logger: o.Log}),
	}, nil
}

// Close closes the directory.
func (a *Area) Close() error {
	if err := a.db.Close(); err != nil {
		return fmt.Errorf("portal: %w", err)
	}
	return nil
}

func (a *Area) today() ent.Date { return ent.DateAt(a.opt.Now(), paris()) }

// paris is the zone of the pages; UTC where the machine has no zones.
func paris() *time.Location {
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		return time.UTC
	}
	return zone
}

// Menu returns the entries of the area, for those who administer accounts.
func (a *Area) Menu(who web.Account) []web.Link {
	if len(who.Manages) == 0 {
		return nil
	}
	menu := []web.Link{
		{Text: "Comptes", Path: "/annuaire/comptes"},
		{Text: "Doublons", Path: "/annuaire/doublons"},
		{Text: "Qui peut voir", Path: "/annuaire/pourquoi"},
	}
	if who.ManagesAll() {
		menu = append([]web.Link{{Text: "Import", Path: "/annuaire/import"}}, menu...)
	}
	return menu
}

// handler makes a page for somebody whose rights were looked at.
type handler func(r *http.Request, q *asking) (web.Page, error)

// Routes adds the pages of the area.
func (a *Area) Routes(s *web.Site) {
	importer := a.guarded(func(q *asking) bool { return q.imports() })
	manager := a.guarded(func(q *asking) bool { return q.manages() })
	s.Page("/annuaire/import", importer(a.importPage))
	s.Upload("/annuaire/import", maxUpload, a.mayImport, importer(a.upload))
	s.Post("/annuaire/import/{feed}", importer(a.compareOffered))
	s.Page("/annuaire/plans/{key}", importer(a.planPage))
	s.Post("/annuaire/plans/{key}/appliquer", importer(a.apply))
	s.Page("/annuaire/imports/{number}", importer(a.reportPage))
	s.Post("/annuaire/imports/{number}/annuler", importer(a.undo))
	s.File("/annuaire/exemples/{name}", "application/zip", a.sample)

	s.Page("/annuaire/comptes", manager(a.list))
	s.Page("/annuaire/comptes/{id}", manager(a.account))
	s.Post("/annuaire/comptes/{id}/{action}", manager(a.change))

	s.Page("/annuaire/doublons", manager(a.duplicates))
	s.Post("/annuaire/doublons/fusionner", manager(a.merge))
	s.Post("/annuaire/doublons/distinguer", manager(a.distinguish))
	s.Post("/annuaire/doublons/defaire", manager(a.unmerge))

	s.Page("/annuaire/pourquoi", manager(a.pupils))
	s.Page("/annuaire/pourquoi/{id}", manager(a.why))
}
