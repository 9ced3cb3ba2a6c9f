package life

import (
	"context"
	"crypto/rand"
	"embed"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/ent/sqldb/open"
	"github.com/opencartable/cartable/examples/portal/academy"
	"github.com/opencartable/cartable/examples/portal/school"
	"github.com/opencartable/cartable/examples/portal/web"
	"github.com/opencartable/cartable/schoollife/attendance"
	"github.com/opencartable/cartable/schoollife/attendance/attendancesql"
	"github.com/opencartable/cartable/schoollife/booking"
	"github.com/opencartable/cartable/schoollife/booking/bookingsql"
	"github.com/opencartable/cartable/schoollife/cahier"
	"github.com/opencartable/cartable/schoollife/cahier/cahiersql"
	"github.com/opencartable/cartable/schoollife/timetable/timetablesql"
)

//go:embed templates/*.html
var templates embed.FS

const tenant = ent.Tenant("portail")

// Options say where the school day is kept.
type Options struct {
	// Data is the folder of the database; in memory when empty.
	Data string
	// Academy is the fictional academy whose days are shown.
	Academy *academy.Academy
	// Stores keep the school day instead of the database, when they are given.
	Stores *Stores
	// Origin is the address of the portal, for the calendars.
	Origin string
	Log    *slog.Logger
}

// Area serves the pages of the school day.
type Area struct {
	views    web.Views
	rules    *access.Rules
	db       *sqldb.DB
	source   *source
	calls    *attendance.Service
	books    *cahier.Service
	rooms    *booking.Service
	reasons  attendance.ReasonList
	origin   string
	log      *slog.Logger
	declared []attendance.Reason
}

// New opens the school day. Close closes it.
func New(ctx context.Context, o Options) (*Area, error) {
	views, err := web.ParseViews(templates, "templates")
	if err != nil {
		return nil, err
	}
	rules, err := access.Default().Compile()
	if err != nil {
		return nil, fmt.Errorf("portal: %w", err)
	}
	a := &Area{views: views, rules: rules, origin: o.Origin, log: o.Log}
	stores := o.Stores
	if stores == nil {
		path := ":memory:"
		if o.Data != "" {
			path = filepath.Join(o.Data, "vie.db")
		}
		if a.db, err = open.SQLite(ctx, path, open.Options{Logger: o.Log}); err != nil {
			return nil, fmt.Errorf("portal: %w", err)
		}
		if err := a.db.Migrate(ctx, timetablesql.Schema(), attendancesql.Schema(), cahiersql.Schema(), bookingsql.Schema()); err != nil {
			return nil, errors.Join(fmt.Errorf("portal: %w", err), a.db.Close())
		}
		stores = &Stores{timetablesql.New(a.db), attendancesql.New(a.db), cahiersql.New(a.db), bookingsql.New(a.db)}
	}
	a.source = &source{Academy: o.Academy, Stores: *stores, school: map[ent.ID]*schoolDay{}}
	rule := attendance.Rule{Mode: attendance.ModeTouched, Split: 12*60 + 30, Reasons: attendance.Reasons()}
	counter, err := rule.Counter()
	if err != nil {
		return nil, fmt.Errorf("portal: %w", err)
	}
	if a.reasons, err = attendance.NewReasons(rule.Reasons); err != nil {
		return nil, fmt.Errorf("portal: %w", err)
	}
	for _, r := range rule.Reasons {
		if r.Declarable {
			a.declared = append(a.declared, r)
		}
	}
	a.calls = &attendance.Service{
		Store: stores.Attendance, School: register{a.source}, Counter: counter, Zone: academy.Paris(), Now: o.Academy.Now, NewID: newID, Early: 0,
	}
	a.books = &cahier.Service{Store: stores.Cahiers, School: shelf{a.source}, Zone: academy.Paris(), Now: o.Academy.Now, NewID: newID}
	a.rooms = roomService(stores.Bookings, a.source)
	return a, nil
}

func newID() ent.ID { return ent.ID(strings.ToLower(rand.Text())) }

// Close closes the school day.
func (a *Area) Close() error {
	if a.db == nil {
		return nil
	}
	if err := a.db.Close(); err != nil {
		return fmt.Errorf("portal: %w", err)
	}
	return nil
}

// Menu returns the entry of the area, for pupils, relatives and the professionals of a school.
func (a *Area) Menu(who web.Account) []web.Link {
	if p, ok := school.ParsePerson(who.Ref); ok && (p.Category != school.Staff || professional(who.Profile)) {
		return []web.Link{{Text: "Vie scolaire", Path: "/vie"}}
	}
	return nil
}

func professional(p ent.Profile) bool {
	return p == ent.ProfileTeacher || p == ent.ProfileDirection || p == ent.ProfileSchoolLife
}

// asking is who asks, with their rights.
type asking struct {
	guard access.Guard
	facts access.Facts
	who   web.Account
}

func (q *asking) calls() attendance.Asker { return attendance.Asker{Tenant: tenant, Guard: q.guard} }
func (q *asking) rooms() booking.Asker    { return booking.Asker{Tenant: tenant, Guard: q.guard} }
func (q *asking) books() cahier.Asker     { return cahier.Asker{Tenant: tenant, Guard: q.guard} }

// establishments are those of who asks.
func (q *asking) establishments() []ent.ID {
	var out []ent.ID
	for _, x := range q.facts.Affiliations {
		out = append(out, x.Establishment)
	}
	return out
}

// pupils are who asks, as a pupil, and the children of who asks, whose school life is open to them.
func (q *asking) pupils(action access.Action) []ent.ID {
	var out []ent.ID
	if p := q.facts.Pupil; p != nil && q.guard.Scope.Can(action, access.PupilTarget(p)).Allowed {
		out = append(out, p.ID)
	}
	for i := range q.facts.Children {
		if c := &q.facts.Children[i]; q.guard.Scope.Can(action, access.PupilTarget(c)).Allowed {
			out = append(out, c.ID)
		}
	}
	return out
}

// handler makes a page for somebody whose rights are known.
type handler func(r *http.Request, q *asking) (web.Page, error)

// Routes adds the pages of the area.
func (a *Area) Routes(s *web.Site) {
	page := func(pattern string, h handler) { s.Page(pattern, a.guarded(h)) }
	post := func(pattern string, h handler) { s.Post(pattern, a.guarded(h)) }
	page("/vie", a.home)
	page("/vie/emploi-du-temps", a.week)
	page("/vie/agenda", a.agendas)
	post("/vie/agenda", a.makeAgenda)
	post("/vie/agenda/revoquer", a.revokeAgenda)
	page("/vie/appel", a.callPage)
	post("/vie/appel", a.takeCall)
	page("/vie/absences", a.absences)
	post("/vie/absences/declarer", a.declare)
	post("/vie/absences/traiter", a.treat)
	page("/vie/travail", a.work)
	post("/vie/travail/fait", a.setDone)
	page("/vie/travail/donner", a.workForm)
	post("/vie/travail/donner", a.giveWork)
	page("/vie/reservations", a.bookings)
	post("/vie/reservations", a.book)
	post("/vie/reservations/changer", a.changeBooking)
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
		if hidden(err) {
			return web.Page{}, web.ErrNotFound
		}
		return p, err
	}
}

// hidden reports whether an error is one that tells nothing to who asks.
func hidden(err error) bool {
	for _, c := range []error{access.CodeDenied, attendance.CodeUnknown, attendance.CodeLesson, cahier.CodeUnknown, booking.CodeUnknown, errNoLesson} {
		if errors.Is(err, c) {
			return true
		}
	}
	return false
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
	log := func(access.Access) error { return nil } // a product keeps who read what
	return &asking{access.Guard{Scope: access.NewScope(a.rules, facts), Now: a.source.Now, Log: log}, facts, who}, nil
}

// failed returns an error as it is.
func failed(err error) (web.Page, error) { return web.Page{}, fmt.Errorf("portal: %w", err) }

// address is a page with its parameters.
func address(path string, pairs ...string) string {
	q := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	return path + "?" + q.Encode()
}

// dayOf reads a day of a form; today when it is none.
func (a *Area) dayOf(r *http.Request, name string) ent.Date {
	d, err := ent.ParseDate(r.FormValue(name))
	if err != nil {
		return a.source.Today()
	}
	return d
}

// sentence is the French text of an error that a form shows; false for one that is not the visitor's.
func sentence(err error) (string, bool) {
	code, ok := errors.AsType[ent.Code](err)
	if !ok {
		return "", false
	}
	for _, c := range []*ent.Catalog{attendance.Catalog(), cahier.Catalog(), booking.Catalog()} {
		if r, ok := c.Rule(code); ok {
			return web.French(r.FR), true
		}
	}
	return "", false
}

// weekday names a day: "lundi 2 décembre".
func weekday(d ent.Date) string {
	days := [...]string{"dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"}
	months := [...]string{"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"}
	first := ""
	if d.Day == 1 {
		first = "er"
	}
	return fmt.Sprintf("%s %d%s %s", days[d.Weekday()], d.Day, first, months[d.Month-1])
}
