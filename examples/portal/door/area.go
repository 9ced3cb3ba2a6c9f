package door

import (
	"context"
	"crypto/rand"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/ent/sqldb/open"
	"github.com/opencartable/cartable/examples/portal/school"
	"github.com/opencartable/cartable/examples/portal/web"
	"github.com/opencartable/cartable/identity"
	"github.com/opencartable/cartable/identity/account"
	"github.com/opencartable/cartable/identity/accountsql"
	"github.com/opencartable/cartable/identity/cas"
	"github.com/opencartable/cartable/identity/guichet"
	"github.com/opencartable/cartable/identity/saml"
	"github.com/opencartable/cartable/identity/ticketsql"
)

//go:embed templates/*.html
var templates embed.FS

const (
	// tenant is whose accounts these are: a portal has one customer.
	tenant ent.Tenant = "portail"
	// terms is the version of the terms of use that people accept.
	terms = "2026-09"
	// trialPassword is that of the accounts to try, which are fictional.
	trialPassword = "Cartable-Essai-26"
	// academy is the number of the académie in the references of the simulated EduConnect.
	academy = "14"
)

// Options say where the portal is, and who its people are.
type Options struct {
	// Origin is the address of the portal, without a final slash: nothing is guessed from a request.
	Origin string
	// Data is the folder where accounts are kept; in memory when empty.
	Data string
	// School knows the people.
	School *school.Area
	// Now is the clock; time.Now when nil.
	Now func() time.Time
	Log *slog.Logger
}

// Area serves the pages of the door.
type Area struct {
	opt   Options
	site  *web.Site
	views web.Views
	// db is nil when all is in memory.
	db *sqldb.DB

	accounts *account.Service
	sessions *sessions
	mail     mailbox
	trials   []school.Trial
	ids      ids

	partners *partners
	cas      *cas.Server
	idp      *saml.IDP
	logout   identity.Logout
	journal  journal

	sp         *saml.SP
	portals    *guichet.Providers
	chooser    guichet.Chooser
	educonnect *educonnect
	demos      *demos

	// sweepStores removes what is over from the stores that do not do it by themselves. stop ends the sweeping.
	sweepStores func(context.Context) error
	stop        func()
}

// New opens the accounts. Close closes them.
func New(ctx context.Context, o Options) (*Area, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	views, err := web.ParseViews(templates, "templates")
	if err != nil {
		return nil, err
	}
	a := &Area{opt: o, views: views}
	if err := a.build(ctx); err != nil {
		_ = a.Close() // the first error tells more
		return nil, fmt.Errorf("portal: %w", err)
	}
	a.sweeping(context.WithoutCancel(ctx))
	return a, nil
}

// stores are where accounts, sessions, attempts, tickets and states are kept.
type stores struct {
	accounts account.Store
	sessions account.SessionStore
	buckets  account.Buckets
	tickets  cas.Registry
	saml     saml.Store
}

// keep opens the stores: a database in the folder of Options.Data, the memory without one.
func (a *Area) keep(ctx context.Context) (stores, error) {
	if a.opt.Data == "" {
		return stores{
			account.NewMemoryStore(), account.NewMemorySessions(), account.NewMemoryBuckets(), cas.NewMemoryRegistry(a.opt.Now), saml.NewMemoryStore(a.opt.Now),
		}, nil
	}
	db, err := open.SQLite(ctx, filepath.Join(a.opt.Data, "comptes.db"), open.Options{Logger: a.opt.Log})
	if err != nil {
		return stores{}, err
	}
	a.db = db
	if err := db.Migrate(ctx, accountsql.Schema(), ticketsql.Schema()); err != nil {
		return stores{}, err
	}
	tickets, buckets := ticketsql.New(db, tenant, a.opt.Now), accountsql.NewBuckets(db)
	a.sweepStores = func(ctx context.Context) error {
		_, err := tickets.Sweep(ctx)
		_, err2 := buckets.Sweep(ctx, tenant, a.opt.Now())
		return errors.Join(err, err2)
	}
	return stores{accountsql.New(db), accountsql.NewSessions(db), buckets, tickets, tickets.States()}, nil
}

// key is what protects codes and second factors in the stores. It is kept beside them: with another one, whoever has a second
// factor could not enter any more. A product keeps it elsewhere.
func (a *Area) key() ([]byte, error) {
	fresh := []byte(rand.Text() + rand.Text())
	if a.opt.Data == "" {
		return fresh, nil
	}
	path := filepath.Join(a.opt.Data, "comptes.cle")
	key, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		key, err = fresh, os.WriteFile(path, fresh, 0o600)
	}
	return key, err
}

// sweepEvery is how often what is over is removed.
const sweepEvery = time.Minute

// sweeping removes what is over until the area is closed.
func (a *Area) sweeping(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	a.stop = func() {
		cancel()
		running.Wait()
	}
	running.Go(func() {
		tick := time.NewTicker(sweepEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				if err := a.sweep(ctx); err != nil && ctx.Err() == nil {
					a.opt.Log.Error("sweep", "error", err)
				}
			}
		}
	})
}

// sweep removes what is over; partners hear of the sessions that nobody ended.
func (a *Area) sweep(ctx context.Context) error {
	_, err := a.accounts.Sweep(ctx, tenant)
	if a.sweepStores != nil {
		err = errors.Join(err, a.sweepStores(ctx))
	}
	return err
}

// build puts the parts together.
func (a *Area) build(ctx context.Context) error {
	in, err := a.keep(ctx)
	if err != nil {
		return err
	}
	key, err := a.key()
	if err != nil {
		return err
	}
	a.sessions = &sessions{area: a, Sessions: account.Sessions{
		Store: in.sessions, Clock: a.opt.Now, Logger: a.opt.Log, OnEnd: a.ended,
	}}
	a.accounts = &account.Service{
		Store: in.accounts, Sessions: &a.sessions.Sessions, Hasher: account.NewHasher(),
		Throttle: &account.Throttle{Buckets: in.buckets}, Keys: account.Keys{Current: key}, Notifier: &a.mail,
		ResetURL: func(token string) string { return a.opt.Origin + "/oubli/" + token },
		Issuer:   "Portail Cartable", Clock: a.opt.Now, Logger: a.opt.Log,
	}
	opaque, err := identity.Opaque(key)
	if err != nil {
		return err
	}
	signing, err := saml.SelfSigned("Portail Cartable", a.opt.Now(), a.opt.Now().AddDate(1, 0, 0))
	if err != nil {
		return err
	}
	if a.partners, err = newPartners(); err != nil {
		return err
	}
	a.cas = &cas.Server{
		BaseURL: a.opt.Origin + "/cas", Services: a.partners, Tickets: in.tickets, Session: a.principal, Attributes: a.attributes,
		Login: a.askToSignIn, SignOut: func(w http.ResponseWriter, r *http.Request) error { a.sessions.End(w, r); return nil },
		Page: a.casPage, Journal: a.journal.keep, Opaque: opaque, Egress: identity.Egress(true), Logger: a.opt.Log, Now: a.opt.Now,
	}
	a.idp, err = saml.NewIDP(saml.IDPConfig{
		EntityID: a.opt.Origin + "/idp/metadata", BaseURL: a.opt.Origin + "/idp", PlainHTTP: true, Keys: []saml.KeyPair{signing},
		Partners: a.partners, Store: in.saml, Session: a.principal, Attributes: a.attributes, Login: a.askToSignIn,
		End: a.endSession, Journal: a.journal.keep, Opaque: opaque, Egress: identity.Egress(true), Page: a.samlPage, Logger: a.opt.Log, Clock: a.opt.Now,
	})
	if err != nil {
		return err
	}
	a.logout = identity.Logout{
		Partners: []func(context.Context, string) identity.Ended{a.cas.EndSession, a.idp.EndSession}, Local: a.endSession,
	}
	if a.educonnect, err = newEduConnect(a, signing, opaque); err != nil {
		return err
	}
	if err := a.trustEduConnect(signing, in.saml); err != nil {
		return err
	}
	a.demos, err = newDemos(a, signing)
	return err
}

// Close waits for what goes on behind an answer, and closes the accounts.
func (a *Area) Close() error {
	if a.stop != nil {
		a.stop()
	}
	if a.accounts != nil {
		a.accounts.Drain()
	}
	if a.db == nil {
		return nil
	}
	if err := a.db.Close(); err != nil {
		return fmt.Errorf("portal: %w", err)
	}
	return nil
}

// Sessions are the portal's.
func (a *Area) Sessions() web.Sessions { return a.sessions }

// Open are the addresses to which other sites post.
func (a *Area) Open() []string {
	return []string{"POST /cas/", "POST /idp/", "POST /saml/", "POST /educonnect-simule/idp/", "POST /essai/"}
}

// Menu returns the entries of the area.
func (a *Area) Menu(who web.Account) []web.Link {
	menu := []web.Link{{Text: "Mon compte", Path: "/mon-compte"}}
	if len(who.Manages) > 0 {
		menu = append(menu, web.Link{Text: "Codes", Path: "/codes"})
	}
	if who.ManagesAll() {
		menu = append(menu, web.Link{Text: "Partenaires", Path: "/partenaires"})
	}
	return menu
}

// Routes adds the pages of the area.
func (a *Area) Routes(s *web.Site) {
	a.site = s
	s.Handle("POST /connexion/compte", a.form(a.signIn))
	s.Handle("POST /connexion/code", a.form(a.secondFactor))
	s.Handle("GET /activation", func(w http.ResponseWriter, r *http.Request) { a.activationPage(w, r, activation{}) })
	s.Handle("POST /activation", a.form(a.activate))
	s.Handle("GET /oubli", func(w http.ResponseWriter, r *http.Request) { a.show(w, r, "forgot", "Mot de passe oublié", forgot{}) })
	s.Handle("POST /oubli", a.form(a.forgot))
	s.Handle("GET /oubli/{token}", func(w http.ResponseWriter, r *http.Request) {
		a.show(w, r, "reset", "Nouveau mot de passe", reset{r.PathValue("token"), "", policies()})
	})
	s.Handle("POST /oubli/{token}", a.form(a.reset))
	s.Handle("GET /courrier", a.mailboxPage)

	s.Handle("GET /educonnect", a.toEduConnect)
	s.Handle("POST /educonnect/choix", a.form(a.choose))
	s.Handle("POST /educonnect/activer", a.form(a.acceptFromEduConnect))
	s.Handle("POST /educonnect/quitter", a.form(a.leaveEduConnect))
	s.Handle("/saml/", http.StripPrefix("/saml", a.sp).ServeHTTP)
	s.Handle("/cas/", http.StripPrefix("/cas", a.cas).ServeHTTP)
	s.Handle("/idp/", http.StripPrefix("/idp", a.idp).ServeHTTP)
	a.educonnect.routes(s)
	a.demos.routes(s)

	s.Page("/mon-compte", a.mine)
	s.Post("/mon-compte/sessions/{id}", a.killSession)
	s.Post("/mon-compte/mot-de-passe", a.changePassword)
	s.Page("/mon-compte/second-facteur", a.secondPage)
	s.Post("/mon-compte/second-facteur", a.confirmSecond)
	s.Post("/mon-compte/second-facteur/retirer", a.removeSecond)
	s.Page("/mon-compte/partenaires", a.releases)
	s.Page("/codes", a.codesPage)
	s.Post("/codes/{id}", a.printCodes)
	s.Page("/partenaires", a.partnersPage)
	s.Post("/partenaires/cas", a.registerCAS)
	s.Post("/partenaires/saml", a.registerSAML)
}

// form bounds a form and reads it.
func (a *Area) form(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
		if err := r.ParseForm(); err != nil {
			a.site.Fail(w, r, http.StatusBadRequest)
			return
		}
		h(w, r)
	}
}

// show writes a page that is open to everybody.
func (a *Area) show(w http.ResponseWriter, r *http.Request, view, title string, data any) {
	a.showStatus(w, r, view, title, data, 0)
}

func (a *Area) showStatus(w http.ResponseWriter, r *http.Request, view, title string, data any, status int) {
	a.site.Show(w, r, web.Page{Title: title, View: a.view(view), Data: data, Status: status, FormAction: "https: http:"})
}

func (a *Area) view(name string) *template.Template { return a.views[name] }

// address is that of the browser: nothing stands in front of the portal.
func address(r *http.Request) netip.Addr {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return at.Addr().Unmap()
}

// askToSignIn sends to the sign-in page, which leads back to an address of ours.
func (a *Area) askToSignIn(w http.ResponseWriter, r *http.Request, back string, _ bool) {
	http.Redirect(w, r, "/connexion?"+url.Values{"suite": {strings.TrimPrefix(back, a.opt.Origin)}}.Encode(), http.StatusSeeOther)
}
