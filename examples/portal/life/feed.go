package life

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"rsc.io/qr"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/examples/portal/academy"
	"github.com/opencartable/cartable/examples/portal/web"
	"github.com/opencartable/cartable/interop/ical"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// feed serves the calendars at their secret addresses: who holds one reads that timetable and nothing else.
func (a *Area) feed() http.Handler {
	return &ical.Feed{
		Logger: a.log,
		Version: func(ctx context.Context, secret string) (string, time.Time, error) {
			t, err := a.token(ctx, secret)
			if err != nil {
				return "", time.Time{}, err
			}
			v, changed, err := a.source.Timetables.Version(ctx, tenant, t.School)
			return fmt.Sprintf("%d %s", v, t.Of.ID), changed, err //nolint:wrapcheck // the handler logs it
		},
		Agenda: func(ctx context.Context, secret string) (*ical.Agenda, error) {
			t, err := a.token(ctx, secret)
			if err != nil {
				return nil, err
			}
			return a.agenda(ctx, &t)
		},
	}
}

func (a *Area) token(ctx context.Context, secret string) (timetable.Token, error) {
	t, err := a.source.Timetables.Token(context.WithoutCancel(ctx), tenant, timetable.HashToken(secret))
	if errors.Is(err, timetable.CodeToken) || err == nil && !t.Opens(secret) {
		return t, fmt.Errorf("portal: %w", ical.CodeUnknownFeed)
	}
	return t, err //nolint:wrapcheck // the handler logs it
}

func (a *Area) agenda(ctx context.Context, t *timetable.Token) (*ical.Agenda, error) {
	ctx = context.WithoutCancel(ctx)
	d, err := a.source.day(ctx, t.School)
	if err != nil || d == nil {
		return nil, errors.Join(err, ical.CodeUnknownFeed)
	}
	w := whose{ref: t.Of, school: t.School, refs: []timetable.Ref{t.Of}}
	if t.Of.Kind == timetable.KindPupil {
		w.refs, _, _ = a.source.refsOf(t.Of.ID)
	}
	lessons, err := a.lessonsOf(ctx, &w, d.timetable.Year.First, d.timetable.Year.Last)
	if err != nil {
		return nil, err
	}
	return &ical.Agenda{
		Name: "Emploi du temps", Host: "portail.exemple.fr", Zone: academy.Paris(), Stamp: d.timetable.Year.First.Time(time.UTC), Refresh: time.Hour,
		Lessons: ical.FromTimetable(lessons, ical.Labels{Subject: d.subject, Resource: a.source.name, Lang: ent.FR}),
	}, nil
}

type agendaData struct {
	Of, Name string
	// Address is shown once, when it was just made.
	Address, Path string
	Size          int
	Tokens        []agendaToken
}

type agendaToken struct {
	Hash, Name, Made string
	Revoked          string
}

func (a *Area) agendas(r *http.Request, q *asking) (web.Page, error) {
	w, _, err := a.asked(r, q)
	if err != nil {
		return web.Page{}, err
	}
	return a.agendaPage(r.Context(), q, &w, "")
}

func (a *Area) agendaPage(ctx context.Context, q *asking, w *whose, secret string) (web.Page, error) {
	data := agendaData{Of: w.param(), Name: w.name}
	if secret != "" {
		data.Address = a.origin + "/agenda/" + secret + ".ics"
		code, err := qr.Encode(data.Address, qr.M)
		if err != nil {
			return failed(err)
		}
		data.Path, data.Size = squares(code), code.Size
	}
	list, err := a.source.Timetables.Tokens(ctx, tenant, q.facts.Person)
	if err != nil {
		return failed(err)
	}
	for _, t := range list {
		x := agendaToken{Hash: t.Hash, Name: a.source.name(t.Of), Made: t.Created.In(academy.Paris()).Format("02/01/2006 15:04")}
		if !t.Revoked.IsZero() {
			x.Revoked = t.Revoked.In(academy.Paris()).Format("02/01/2006 15:04")
		}
		data.Tokens = append(data.Tokens, x)
	}
	return web.Page{
		Title: "Agenda de " + w.name, View: a.views["agenda"], Data: data,
		Trail: []web.Link{{Text: "Vie scolaire", Path: "/vie"}, {Text: "Emploi du temps", Path: address("/vie/emploi-du-temps", "de", w.param())}},
	}, nil
}

// squares draws a code as one path, a unit for each square.
func squares(c *qr.Code) string {
	var b strings.Builder
	for y := range c.Size {
		for x := range c.Size {
			if c.Black(x, y) {
				b.WriteString("M" + strconv.Itoa(x) + " " + strconv.Itoa(y) + "h1v1h-1z")
			}
		}
	}
	return b.String()
}

// makeAgenda makes a secret address. The answer is the page itself, which is the one place where it is shown.
func (a *Area) makeAgenda(r *http.Request, q *asking) (web.Page, error) {
	w, _, err := a.asked(r, q)
	if err != nil {
		return web.Page{}, err
	}
	secret, token, err := timetable.NewToken(nil, timetable.Token{Person: q.facts.Person, Of: w.ref, School: w.school, Created: a.source.Now()})
	if err != nil {
		return failed(err)
	}
	if err := a.source.Timetables.AddToken(r.Context(), tenant, token); err != nil {
		return failed(err)
	}
	return a.agendaPage(r.Context(), q, &w, secret)
}

func (a *Area) revokeAgenda(r *http.Request, q *asking) (web.Page, error) {
	err := a.source.Timetables.Revoke(r.Context(), tenant, q.facts.Person, r.FormValue("agenda"), a.source.Now())
	if errors.Is(err, timetable.CodeToken) {
		return web.Page{}, web.ErrNotFound
	}
	if err != nil {
		return failed(err)
	}
	return web.Page{Redirect: address("/vie/agenda", "de", r.FormValue("de"))}, nil
}
