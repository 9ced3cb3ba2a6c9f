// The program booking-server books the rooms and the equipment of one fictional school over HTTP, in JSON: what a vendor copies and
// puts behind its own sessions.
//
//	go run ./examples/booking-server                                    # a database that goes with the program
//	go run ./examples/booking-server -db bookings.db -user chef -manager
//	curl 'localhost:9082/week?on=2030-01-07'
//	curl -d '{"resource":"labo","start":"2030-01-07T10:00","end":"2030-01-07T11:00"}' localhost:9082/bookings
//	curl -d '{"resource":"labo","start":"2030-01-08T10:00","end":"2030-01-08T11:00","repeat":{"days":[2],"every":1,"count":5},"partial":true}' \
//		localhost:9082/bookings
//	curl -X DELETE 'localhost:9082/bookings/ID?version=1'
//
// It is a demonstration: there is no login, everybody who reaches it is the user named at the start. What is decided here is who that
// user is; everything after, from the rights to the double booking that cannot be, is as it would be.
package main

import (
	"context"
	"crypto/rand"
	_ "embed"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"
	_ "time/tzdata" // the zone of the school, wherever this runs

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/ent/sqldb/open"
	"github.com/opencartable/cartable/schoollife/booking"
	"github.com/opencartable/cartable/schoollife/booking/bookingsql"
)

const (
	tenant = ent.Tenant("demo")
	school = ent.ID("college")
)

//go:embed resources.json
var resources []byte

// product is what a vendor has: who asks, and with whom resources are shared.
type product struct {
	service *booking.Service
	rules   *access.Rules
	user    ent.ID
	profile ent.Profile
}

// asker is who asks. A vendor reads its session here.
func (p *product) asker(*http.Request) booking.Asker {
	facts := access.Facts{Person: p.user, Affiliations: []ent.Affiliation{{Establishment: school, Profile: p.profile}}}
	return booking.Asker{Tenant: tenant, Guard: access.Guard{Scope: access.NewScope(p.rules, facts)}}
}

// Target shares every resource of the school with the user of the demonstration.
func (p *product) Target(_ context.Context, _ ent.Tenant, r *booking.Resource) (access.Target, error) {
	return access.Target{Establishments: []ent.ID{r.Establishment}, Owners: []ent.ID{p.user}}, nil
}

// handler makes the tables, adds the resources that are missing, and returns the server.
func handler(ctx context.Context, db *sqldb.DB, user ent.ID, profile ent.Profile) (http.Handler, error) {
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		return nil, err
	}
	if err := db.Migrate(ctx, bookingsql.Schema()); err != nil {
		return nil, err
	}
	p := &product{user: user, profile: profile}
	if p.rules, err = access.Default().Compile(); err != nil {
		return nil, err
	}
	p.service = &booking.Service{Store: bookingsql.New(db), School: p, Zone: zone, NewID: func() ent.ID { return ent.ID(rand.Text()) }}
	var list []booking.Resource
	if err := json.Unmarshal(resources, &list); err != nil {
		return nil, err
	}
	for _, r := range list {
		// One that is there is another version by now: it stays as it is.
		if _, err := p.service.Store.PutResource(ctx, tenant, r, time.Now()); err != nil && !errors.Is(err, booking.CodeStale) {
			return nil, err
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /week", p.week)
	mux.HandleFunc("POST /bookings", p.book)
	mux.HandleFunc("DELETE /bookings/{id}", p.cancel)
	return http.NewCrossOriginProtection().Handler(mux), nil
}

// week answers the calendar of the week of a day.
func (p *product) week(w http.ResponseWriter, r *http.Request) {
	on, err := ent.ParseDate(r.FormValue("on"))
	if err != nil {
		fail(w, err)
		return
	}
	g, err := p.service.Week(r.Context(), p.asker(r), school, on)
	if err != nil {
		fail(w, err)
		return
	}
	answer(w, http.StatusOK, map[string]any{"monday": g.Monday, "resources": g.Resources, "bookings": g.Bookings})
}

// request is what is sent to book once, or on each occurrence of a recurrence.
type request struct {
	Resource ent.ID `json:"resource"`
	booking.Span
	Quantity int                 `json:"quantity"`
	Label    string              `json:"label"`
	Repeat   *booking.Recurrence `json:"repeat"`
	Partial  bool                `json:"partial"`
	DryRun   bool                `json:"dryRun"`
}

// book answers what is booked, and what is refused.
func (p *product) book(w http.ResponseWriter, r *http.Request) {
	in := request{Quantity: 1}
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, 64<<10))
	d.DisallowUnknownFields()
	if err := d.Decode(&in); err != nil {
		answer(w, http.StatusBadRequest, map[string]string{"error": "the body is not a booking"})
		return
	}
	wish := booking.Wish{Resource: in.Resource, Span: in.Span, Quantity: in.Quantity, Label: in.Label}
	if in.Repeat == nil {
		b, err := p.service.Book(r.Context(), p.asker(r), wish)
		if err != nil {
			fail(w, err)
			return
		}
		answer(w, http.StatusCreated, map[string]any{"booked": []booking.Booking{b}})
		return
	}
	out, err := p.service.BookSeries(r.Context(), p.asker(r), wish, *in.Repeat, booking.SeriesOptions{Partial: in.Partial, DryRun: in.DryRun})
	if err != nil {
		fail(w, err)
		return
	}
	answer(w, http.StatusOK, map[string]any{"booked": out.Booked, "refused": refusals(out.Refused)})
}

// cancel cancels a booking as it was seen.
func (p *product) cancel(w http.ResponseWriter, r *http.Request) {
	version, err := strconv.ParseInt(r.FormValue("version"), 10, 64)
	if err != nil {
		answer(w, http.StatusBadRequest, map[string]string{"error": "version: the one that was seen"})
		return
	}
	b, err := p.service.Cancel(r.Context(), p.asker(r), ent.ID(r.PathValue("id")), version, "")
	if err != nil {
		fail(w, err)
		return
	}
	answer(w, http.StatusOK, b)
}

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	addr := flag.String("addr", "localhost:9082", "address of the server")
	file := flag.String("db", "", "SQLite file; by default one that goes with the program")
	user := flag.String("user", "durand", "who everybody is: this is a demonstration")
	manager := flag.Bool("manager", false, "they manage the school's resources")
	flag.Parse()
	if *file == "" {
		dir, err := os.MkdirTemp("", "booking-server")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		*file = filepath.Join(dir, "bookings.db")
	}
	ctx := context.Background()
	db, err := open.SQLite(ctx, *file, open.Options{})
	if err != nil {
		return err
	}
	defer db.Close()
	profile := ent.ProfileTeacher
	if *manager {
		profile = ent.ProfileDirection
	}
	h, err := handler(ctx, db, ent.ID(*user), profile)
	if err != nil {
		return fmt.Errorf("start: %w", err)
	}
	log.Print("http://", *addr, "/week?on=", ent.DateAt(time.Now(), time.Local))
	return (&http.Server{Addr: *addr, Handler: h, ReadHeaderTimeout: 5 * time.Second}).ListenAndServe()
}
