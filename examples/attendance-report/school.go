package main

import (
	"errors"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/enttest"
	"github.com/opencartable/cartable/schoollife/attendance"
	"github.com/opencartable/cartable/schoollife/schooltest"
)

// school is a class with what is known of its presence. A product fills it from its own tables.
type school struct {
	pupils    []pupil
	events    map[ent.ID][]attendance.Event
	schedules *attendance.Schedules
	rule      attendance.Rule
	from, to  ent.Date
	// halfDays were open to the class.
	halfDays int

	counter, law *attendance.Counter
}

type pupil struct {
	id   ent.ID
	name string
}

// openSchool returns a class of a fictional academy, in which no person exists.
func openSchool(seed uint64, establishment ent.ID, class, until string) (*school, error) {
	academy := enttest.New(enttest.Options{Seed: seed})
	year, ok := schooltest.New(academy, establishment)
	if !ok {
		return nil, errors.New("attendance-report: no such establishment, or one without lessons")
	}
	t := year.Timetable()
	s := &school{events: map[ent.ID][]attendance.Event{}, rule: year.Rule(), from: t.Year.First, to: ent.Date{Year: t.Year.First.Year, Month: 11, Day: 30}}
	if until != "" {
		var err error
		if s.to, err = ent.ParseDate(until); err != nil {
			return nil, err
		}
	}
	var id ent.ID
	for _, c := range year.Classes() {
		if c.Code == class {
			id = c.ID
		}
	}
	in := map[ent.ID]bool{}
	for _, p := range year.Pupils(id) {
		in[p] = true
	}
	if len(in) == 0 {
		return nil, errors.New("attendance-report: no such class")
	}
	for p := range academy.PupilsIn(establishment) {
		if in[p.ID] {
			s.pupils = append(s.pupils, pupil{p.ID, p.Name.Display()})
		}
	}
	for _, e := range year.Events(s.from, s.to) {
		if in[e.Pupil] {
			s.events[e.Pupil] = append(s.events[e.Pupil], e)
		}
	}
	lessons := year.Lessons()
	s.schedules = attendance.NewSchedules(lessons, t.NewAudience())
	open := map[attendance.HalfDay]bool{}
	for i := range lessons {
		if l := &lessons[i]; !l.Date.Before(s.from) && !s.to.Before(l.Date) {
			open[attendance.HalfDay{Date: l.Date, Afternoon: l.Start >= s.rule.Split}] = true
		}
	}
	s.halfDays = len(open)
	return s, nil
}
