package marks

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
	"github.com/opencartable/cartable/examples/portal/academy"
	"github.com/opencartable/cartable/examples/portal/school"
	"github.com/opencartable/cartable/examples/portal/web"
	"github.com/opencartable/cartable/schoollife/gradebook"
)

// classData is a class in a period, for the council.
type classData struct {
	Class, Period ent.ID
	Periods       []periodLink
	Term          gradebook.Term
	Opened        bool
	State         string
	Locker        bool
	Pupils        []classPupil
	Mean          string
	Lacks         []lack
	Trail         []trailLine
	Bulletins     string
	Draft         string
	LSU           string
	Wrong         string
	States        []stateChoice
}

type stateChoice struct {
	Value, Label string
	Current      bool
}

type classPupil struct{ Name, Average, Path string }

// lack counts what was not entered in a teaching.
type lack struct {
	Label, Path                        string
	Averages, Appreciations, Syntheses int
}

func (a *Area) class(r *http.Request, q *asking) (web.Page, error) {
	d, title, err := a.classData(r, q)
	if err != nil {
		return web.Page{}, err
	}
	return a.classPage(d, title), nil
}

func (a *Area) classPage(d *classData, title string) web.Page {
	return web.Page{Title: title, View: a.views["class"], Data: d, Trail: []web.Link{{Text: "Notes", Path: "/notes"}}}
}

// periodAsked is the period that a request names, the first when it names none.
func periodAsked(r *http.Request, room *gradebook.Room) ent.ID {
	id := ent.ID(r.FormValue("periode"))
	if slices.ContainsFunc(room.Periods, func(p gradebook.Period) bool { return p.ID == id }) {
		return id
	}
	return room.Periods[0].ID
}

func (a *Area) classData(r *http.Request, q *asking) (*classData, string, error) {
	class := ent.ID(r.FormValue("classe"))
	b, err := a.desk.Class(r.Context(), q.Asker, class)
	if err != nil {
		return nil, "", fmt.Errorf("portal: %w", err)
	}
	period := periodAsked(r, &b.Room)
	d := &classData{Class: class, Period: period}
	target := access.Target{Profile: ent.ProfilePupil, Establishments: []ent.ID{b.Room.Establishment}, Classes: []ent.ID{class}}
	d.Locker = q.Guard.Scope.Can(access.ActionBulletinLock, target).Allowed
	for _, p := range b.Room.Periods {
		d.Periods = append(d.Periods, periodLink{web.Link{Text: p.Label, Path: address("/notes/classe", "classe", string(class), "periode", string(p.ID))}, p.ID == period})
	}
	d.Term, d.Opened = b.Term(period)
	d.State = "pas encore ouverte"
	if d.Opened {
		d.State = d.Term.State.Label(ent.FR)
	}
	for _, s := range []gradebook.LockState{gradebook.LockOpen, gradebook.LockPartial, gradebook.LockClosed} {
		d.States = append(d.States, stateChoice{string(s), s.Label(ent.FR), s == d.Term.State})
	}
	if d.Opened && d.Term.State.Printable() {
		d.Bulletins = address("/notes/bulletins", "classe", string(class), "periode", string(period))
	}
	d.Draft = address("/notes/bulletins", "classe", string(class), "periode", string(period), "brouillon", "1")
	d.LSU = address("/notes/lsu", "classe", string(class), "periode", string(period))
	if err := a.classFigures(&b, d); err != nil {
		return nil, "", err
	}
	trail, err := a.desk.TermHistory(r.Context(), q.Asker, class, period)
	if err != nil {
		return nil, "", fmt.Errorf("portal: %w", err)
	}
	for _, c := range trail {
		who := "le portail"
		if c.By != "" {
			who = a.source.StaffName(c.By)
		}
		d.Trail = append(d.Trail, trailLine{c.At.In(academy.Paris()).Format("02/01/2006 15:04"), who, "", c.Term.State.Label(ent.FR), c.Why})
	}
	return d, "Classe " + b.Room.Label, nil
}

// classFigures fills the averages and what was not entered.
func (a *Area) classFigures(b *gradebook.ClassBook, d *classData) error {
	sheet, err := gradebook.Compute(policy(), b.Input)
	if err != nil {
		return fmt.Errorf("portal: %w", err)
	}
	if st, err := sheet.Statistics(gradebook.Ref{Class: d.Class, Period: d.Period}); err == nil && st.Count > 0 {
		d.Mean = french(st.Mean)
	}
	for _, m := range b.Room.Members {
		if m.Class != d.Class {
			continue
		}
		avg, err := sheet.Average(gradebook.Ref{Pupil: m.Pupil, Period: d.Period})
		if err != nil {
			continue
		}
		d.Pupils = append(d.Pupils, classPupil{a.source.PupilName(m.Pupil), shown(avg), address("/notes/eleve", "eleve", string(m.Pupil))})
	}
	school.SortFrench(d.Pupils, func(p *classPupil) string { return p.Name })
	lacks, err := b.Lacks(policy(), d.Period)
	if err != nil {
		return fmt.Errorf("portal: %w", err)
	}
	at := map[ent.ID]int{}
	for _, l := range lacks {
		i, ok := at[l.Teaching]
		if !ok {
			i = len(d.Lacks)
			at[l.Teaching] = i
			x := lack{Label: "Synthèse du professeur principal"}
			for _, t := range b.Room.Teachings {
				if t.ID == l.Teaching {
					x = lack{Label: teachingTitle(&t)}
				}
			}
			d.Lacks = append(d.Lacks, x)
		}
		switch l.Kind {
		case gradebook.EntryMark:
			d.Lacks[i].Averages++
		case gradebook.EntrySynthesis:
			d.Lacks[i].Syntheses++
		default:
			d.Lacks[i].Appreciations++
		}
	}
	return nil
}

// setTerm locks a period of a class, or opens it, and sets its dates.
func (a *Area) setTerm(r *http.Request, q *asking) (web.Page, error) {
	d, title, err := a.classData(r, q)
	if err != nil {
		return web.Page{}, err
	}
	t := d.Term
	t.Class, t.Period = d.Class, d.Period
	// Over the version that the form was made from: somebody may have locked meanwhile.
	version, wrong := strconv.ParseInt(r.PostFormValue("version"), 10, 64)
	t.Version = version
	t.State = gradebook.LockState(r.PostFormValue("state"))
	for field, to := range map[string]*ent.Date{"council": &t.Council, "published": &t.Published} {
		*to = ent.Date{}
		if s := strings.TrimSpace(r.PostFormValue(field)); s != "" {
			day, err := ent.ParseDate(s)
			if err != nil {
				wrong = err
			}
			*to = day
		}
	}
	if wrong == nil {
		_, err = a.desk.PutTerm(r.Context(), q.Asker, t, r.PostFormValue("why"))
	}
	switch {
	case wrong != nil:
		d.Wrong = web.French("Les dates s'écrivent jour, mois, année.")
	case err != nil && isDenied(err):
		return failed(err)
	case err != nil:
		d.Wrong = reason(err)
	default:
		return web.Page{Redirect: address("/notes/classe", "classe", string(d.Class), "periode", string(d.Period))}, nil
	}
	p := a.classPage(d, title)
	p.Status = http.StatusUnprocessableEntity
	return p, nil
}
