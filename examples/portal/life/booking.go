package life

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
	"github.com/opencartable/cartable/examples/portal/academy"
	"github.com/opencartable/cartable/examples/portal/web"
	"github.com/opencartable/cartable/schoollife/booking"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// shared is what package booking asks of the product: the professionals of a school share its resources.
type shared struct{ *source }

// Target is of [booking.School].
func (s shared) Target(_ context.Context, _ ent.Tenant, r *booking.Resource) (access.Target, error) {
	t := access.Target{Establishments: []ent.ID{r.Establishment}}
	s.Agents(func(id ent.ID, p ent.Person) {
		for _, x := range p.Affiliations {
			if x.Establishment == r.Establishment && professional(x.Profile) {
				t.Owners = append(t.Owners, id)
			}
		}
	})
	return t, nil
}

// stocked writes the resources of a school, once.
func (a *Area) stocked(ctx context.Context, establishment ent.ID) error {
	known, err := a.source.Bookings.Resources(ctx, tenant, establishment)
	if err != nil || len(known) > 0 {
		return err //nolint:wrapcheck // said by the page
	}
	y, ok := a.source.SchoolYear(establishment)
	if !ok {
		return nil
	}
	for _, r := range y.Resources() {
		if _, err := a.source.Bookings.PutResource(ctx, tenant, r, a.source.Now()); err != nil {
			return fmt.Errorf("portal: %w", err)
		}
	}
	return nil
}

type bookingData struct {
	School         string
	Days           []string
	Resources      []bookingRow
	Previous, Next string
	Choices        []dueChoice
	Wrong          string
	Done           string
	Form           bookingForm
	Waiting        []bookingItem
}

type bookingForm struct{ Resource, Day, From, To, Count, Label, Every string }

type bookingRow struct {
	Label, Note string
	Days        []bookingDay
}

type bookingDay struct {
	Day   string
	Items []bookingItem
}

type bookingItem struct {
	ID, Version   string
	Text, Who     string
	State         string
	Mine, Decides bool
}

func (a *Area) bookings(r *http.Request, q *asking) (web.Page, error) {
	return a.bookingPage(r, q, bookingData{Done: map[string]string{"oui": "C'est réservé.", "attente": "La demande est enregistrée : elle attend une validation.", "annule": "La réservation est annulée.", "traite": "C'est traité."}[r.FormValue("fait")]})
}

// bookingPage shows the resources of a school over a week.
func (a *Area) bookingPage(r *http.Request, q *asking, data bookingData) (web.Page, error) {
	var establishment ent.ID
	for _, e := range q.establishments() {
		if _, ok := a.source.SchoolYear(e); ok && professional(q.who.Profile) {
			establishment = e
			break
		}
	}
	if establishment == "" {
		return web.Page{}, web.ErrNotFound
	}
	if err := a.stocked(r.Context(), establishment); err != nil {
		return failed(err)
	}
	on := a.dayOf(r, "semaine")
	grid, err := a.rooms.Week(r.Context(), q.rooms(), establishment, on)
	if err != nil {
		return failed(err)
	}
	data.School = string(establishment)
	for n := range 5 {
		data.Days = append(data.Days, weekday(grid.Monday.AddDays(n)))
	}
	data.Previous, data.Next = address("/vie/reservations", "semaine", grid.Monday.AddDays(-7).String()), address("/vie/reservations", "semaine", grid.Monday.AddDays(7).String())
	manages := q.guard.Scope.Can(access.ActionBookingManage, access.Target{Establishments: []ent.ID{establishment}}).Allowed
	for i := range grid.Resources {
		x := &grid.Resources[i]
		row := bookingRow{Label: x.Label}
		if x.Units() > 1 {
			row.Note = strconv.Itoa(x.Units()) + " exemplaires"
		}
		if x.Moderated {
			row.Note = "soumise à validation"
		}
		for n := range 5 {
			day := bookingDay{Day: data.Days[n]}
			for _, b := range grid.Bookings {
				if b.Resource != x.ID || b.Start.Date != grid.Monday.AddDays(n) || b.Status == booking.StatusCancelled || b.Status == booking.StatusRefused {
					continue
				}
				item := bookingItem{ID: string(b.ID), Version: strconv.FormatInt(b.Version, 10), Text: b.Start.At.French() + " – " + b.End.At.French(), Who: a.source.StaffName(b.Owner), Mine: b.Owner == q.facts.Person}
				if x.Units() > 1 {
					item.Text += " × " + strconv.Itoa(b.Quantity)
				}
				if b.Label != "" {
					item.Who += ", " + b.Label
				}
				if x.Moderated && b.Status != booking.StatusValidated {
					item.State, item.Decides = b.Status.Label(ent.FR), manages
				}
				day.Items = append(day.Items, item)
			}
			row.Days = append(row.Days, day)
		}
		data.Resources = append(data.Resources, row)
		data.Choices = append(data.Choices, dueChoice{Value: string(x.ID), Label: x.Label, Chosen: string(x.ID) == data.Form.Resource})
	}
	if data.Form.Day == "" {
		data.Form = bookingForm{Day: max(a.source.Today().AddDays(1).String(), grid.Monday.String()), From: "10:00", To: "11:00", Count: "1"}
	}
	return web.Page{
		Title: "Réservations", Lead: "Semaine du " + weekday(grid.Monday), View: a.views["bookings"], Data: data, Trail: []web.Link{{Text: "Vie scolaire", Path: "/vie"}},
	}, nil
}

func (a *Area) book(r *http.Request, q *asking) (web.Page, error) {
	f := bookingForm{r.FormValue("ressource"), r.FormValue("jour"), r.FormValue("debut"), r.FormValue("fin"), r.FormValue("quantite"), strings.TrimSpace(r.FormValue("objet")), r.FormValue("semaines")}
	on, err1 := ent.ParseDate(f.Day)
	from, err2 := timetable.ParseClock(f.From)
	to, err3 := timetable.ParseClock(f.To)
	count, err4 := strconv.Atoi(f.Count)
	weeks, err5 := strconv.Atoi("0" + f.Every)
	if errors.Join(err1, err2, err3, err4, err5) != nil {
		return a.bookingPage(r, q, bookingData{Form: f, Wrong: "Donnez un jour, deux heures et un nombre."})
	}
	w := booking.Wish{
		Resource: ent.ID(f.Resource), Quantity: count, Label: f.Label,
		Span: booking.Span{Start: booking.Moment{Date: on, At: from}, End: booking.Moment{Date: on, At: to}},
	}
	var status booking.Status
	var err error
	if weeks > 1 {
		var out booking.Result
		out, err = a.rooms.BookSeries(r.Context(), q.rooms(), w, booking.Recurrence{Days: []int{(int(on.Weekday())+6)%7 + 1}, Every: 1, Count: weeks}, booking.SeriesOptions{})
		if len(out.Booked) > 0 {
			status = out.Booked[0].Status
		}
	} else {
		var b booking.Booking
		b, err = a.rooms.Book(r.Context(), q.rooms(), w)
		status = b.Status
	}
	if refused, ok := errors.AsType[*booking.RefusedError](err); ok {
		text := refused.Refusals[0].Message(ent.FR)
		if n := len(refused.Refusals); n > 1 {
			text += fmt.Sprintf(" (%d séances refusées ; rien n'est réservé.)", n)
		}
		return a.bookingPage(r, q, bookingData{Form: f, Wrong: web.French(text)})
	}
	if err != nil {
		if text, ours := sentence(err); ours && !hidden(err) {
			return a.bookingPage(r, q, bookingData{Form: f, Wrong: text})
		}
		return failed(err)
	}
	done := "oui"
	if status != booking.StatusValidated {
		done = "attente"
	}
	return web.Page{Redirect: address("/vie/reservations", "semaine", on.String(), "fait", done)}, nil
}

func (a *Area) changeBooking(r *http.Request, q *asking) (web.Page, error) {
	base, err := strconv.ParseInt(r.FormValue("version"), 10, 64)
	if err != nil {
		return web.Page{}, web.ErrNotFound
	}
	id, done := ent.ID(r.FormValue("reservation")), "traite"
	var b booking.Booking
	switch r.FormValue("avis") {
	case "valider":
		b, err = a.rooms.Validate(r.Context(), q.rooms(), id, base)
	case "refuser":
		b, err = a.rooms.Refuse(r.Context(), q.rooms(), id, base, "")
	default:
		done = "annule"
		b, err = a.rooms.Cancel(r.Context(), q.rooms(), id, base, "")
	}
	if err != nil {
		if text, ours := sentence(err); ours && !hidden(err) {
			return a.bookingPage(r, q, bookingData{Wrong: text})
		}
		return failed(err)
	}
	return web.Page{Redirect: address("/vie/reservations", "semaine", b.Start.Date.String(), "fait", done)}, nil
}

func roomService(store booking.Store, s *source) *booking.Service {
	return &booking.Service{Store: store, School: shared{s}, Zone: academy.Paris(), NewID: newID, Now: s.Now}
}
