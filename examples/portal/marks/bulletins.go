package marks

import (
	"fmt"
	"io"
	"net/http"
	"slices"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
	"github.com/opencartable/cartable/examples/portal/academy"
	"github.com/opencartable/cartable/examples/portal/school"
	"github.com/opencartable/cartable/examples/portal/web"
	"github.com/opencartable/cartable/schoollife/gradebook"
	"github.com/opencartable/cartable/schoollife/gradebook/bulletin"
)

// bulletinOptions are those of all schools of the portal.
func bulletinOptions(draft bool) bulletin.Options {
	p := policy()
	return bulletin.Options{Policy: &p, Lang: ent.FR, Draft: draft, Chart: true, Coefficients: true, Zone: academy.Paris()}
}

// people are those whom a bulletin names.
func (s *source) bulletinPeople(r *http.Request, room *gradebook.Room) (bulletin.People, error) {
	y, err := s.year(r.Context(), room.Establishment)
	if err != nil || y == nil {
		return bulletin.People{}, either(err)
	}
	e, _ := s.Establishment(room.Establishment)
	roll, err := s.roll(r.Context(), room)
	if err != nil {
		return bulletin.People{}, err
	}
	return bulletin.People{
		School: bulletin.School{Name: e.Kind + " " + ent.CaseName(e.Patronym), UAI: e.UAI},
		Pupil: func(id ent.ID) (bulletin.Pupil, bool) {
			p, ok := s.Pupil(id)
			return bulletin.Pupil{Name: p.Name.Display(), BirthDate: p.BirthDate}, ok
		},
		HeadTeachers: roll.HeadTeachers, Person: s.StaffName,
		Life: func(pupil, period ent.ID) bulletin.Life {
			l := y.Life(pupil, period)
			return bulletin.Life{Justified: &l.Excused, Unjustified: &l.Unexcused, Late: &l.Late}
		},
	}, nil
}

// bulletins prints those of a class: to the direction and to the head teacher, once the period is locked, or as drafts.
func (a *Area) bulletins(w io.Writer, r *http.Request, who web.Account) error {
	q, err := a.asking(who)
	if err != nil {
		return err
	}
	b, err := a.desk.Class(r.Context(), q.Asker, ent.ID(r.FormValue("classe")))
	if err != nil {
		return fmt.Errorf("portal: %w", err)
	}
	target := access.Target{Profile: ent.ProfilePupil, Establishments: []ent.ID{b.Room.Establishment}, Classes: []ent.ID{b.Room.Class}}
	if err := q.Guard.Require(access.ActionBulletinWrite, target); err != nil {
		return fmt.Errorf("portal: %w", err)
	}
	people, err := a.source.bulletinPeople(r, &b.Room)
	if err != nil {
		return err
	}
	period := periodAsked(r, &b.Room)
	var pupils []ent.ID
	for _, m := range b.Room.Members {
		if m.Class == b.Room.Class && !slices.Contains(pupils, m.Pupil) {
			pupils = append(pupils, m.Pupil)
		}
	}
	school.SortFrench(pupils, func(id *ent.ID) string { return a.source.PupilName(*id) })
	page := bulletin.OnePage(w, bulletin.Page{})
	_, err = bulletin.Batch(r.Context(), page, &b, period, pupils, people, bulletinOptions(r.FormValue("brouillon") != ""), nil)
	if err != nil {
		return fmt.Errorf("portal: %w", err)
	}
	return nil
}

// bulletin prints that of one pupil, to the family, once it is published.
func (a *Area) bulletin(w io.Writer, r *http.Request, who web.Account) error {
	q, err := a.asking(who)
	if err != nil {
		return err
	}
	pupil, period := ent.ID(r.FormValue("eleve")), ent.ID(r.FormValue("periode"))
	b, err := a.desk.Published(r.Context(), q.Asker, pupil, period)
	if err != nil {
		return fmt.Errorf("portal: %w", err)
	}
	people, err := a.source.bulletinPeople(r, &b.Room)
	if err != nil {
		return err
	}
	doc, _, err := bulletin.Make(&b, period, pupil, people, bulletinOptions(false))
	if err != nil {
		return fmt.Errorf("portal: %w", err)
	}
	if err := doc.HTML(w, bulletin.Page{}); err != nil {
		return fmt.Errorf("portal: %w", err)
	}
	return nil
}
