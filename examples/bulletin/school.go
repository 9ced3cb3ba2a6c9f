package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/enttest"
	"github.com/opencartable/cartable/schoollife/gradebook"
	"github.com/opencartable/cartable/schoollife/gradebook/bulletin"
	"github.com/opencartable/cartable/schoollife/schooltest"
)

// school is where this program gets a class. A product fills the same two things from its own tables: a gradebook.ClassBook (or
// the one that gradebook.Service.Class returns), and a bulletin.People.
type school struct {
	head    ent.Establishment
	year    *schooltest.Year
	period  ent.ID
	book    *gradebook.ClassBook
	persons map[ent.ID]ent.Person
	tutors  []ent.ID
}

func openSchool(seed uint64, id ent.ID, class string, period ent.ID, locked bool) (*school, error) {
	academy := enttest.New(enttest.Options{Seed: seed})
	head, ok := academy.Establishment(id)
	year, taught := schooltest.New(academy, id)
	if !ok || !taught {
		return nil, fmt.Errorf("bulletin: the academy has no collège %s", id)
	}
	periods, classes := year.Periods(), year.Classes()
	p := slices.IndexFunc(periods, func(p gradebook.Period) bool { return p.ID == period })
	c := slices.IndexFunc(classes, func(c ent.Class) bool { return c.Code == class })
	if p < 0 || c < 0 {
		return nil, fmt.Errorf("bulletin: the school has no class %s or no period %s", class, period)
	}
	room, _ := year.Room(classes[c].ID)
	end := periods[p].End
	var entries []gradebook.Entry
	for _, x := range classes { // the assessments of a group stand with one of the classes of its pupils
		for _, e := range year.Entries(x.ID, end, 1) {
			taught := slices.ContainsFunc(room.Teachings, func(t gradebook.Teaching) bool { return t.ID == e.Teaching })
			if taught || x.ID == room.Class {
				entries = append(entries, e)
			}
		}
	}
	s := &school{head: head, year: year, period: period, persons: map[ent.ID]ent.Person{}}
	for x := range academy.PupilsIn(id) {
		s.persons[x.ID] = x.Person
	}
	for x := range academy.StaffIn(id) {
		s.persons[x.ID] = x
		if slices.Contains(x.HeadTeacherOf, classes[c].ID) {
			s.tutors = append(s.tutors, x.ID)
		}
	}
	term := gradebook.Term{Class: room.Class, Period: period, State: gradebook.LockOpen}
	if locked {
		term.State, term.Council, term.LockedAt = gradebook.LockClosed, end.AddDays(3), end.AddDays(4).Time(time.UTC).Add(18*time.Hour)
	}
	s.book = &gradebook.ClassBook{Room: room, Entries: entries, Input: gradebook.InputOf(room, entries), Terms: []gradebook.Term{term}}
	return s, nil
}

// order returns the pupils of the class by their names, as a French list has them.
func (s *school) order() []ent.ID {
	list := s.year.Pupils(s.book.Room.Class)
	c := collate.New(language.French)
	slices.SortStableFunc(list, func(a, b ent.ID) int { return c.CompareString(s.name(a), s.name(b)) })
	return list
}

func (s *school) name(id ent.ID) string { return s.persons[id].Name.Display() }

// people says what the gradebook does not know: names, the head of the page, absences.
func (s *school) people() bulletin.People {
	lines := append(slices.Clone(s.head.Address.Lines), strings.TrimSpace(s.head.Address.PostalCode+" "+s.head.Address.Town))
	return bulletin.People{
		School:       bulletin.School{Name: s.head.Name(), UAI: s.head.UAI, Address: slices.DeleteFunc(lines, func(l string) bool { return l == "" })},
		HeadTeachers: s.tutors,
		Pupil: func(id ent.ID) (bulletin.Pupil, bool) {
			p, ok := s.persons[id]
			return bulletin.Pupil{Name: p.Name.Display(), BirthDate: p.BirthDate}, ok
		},
		Person: s.name,
		Life: func(pupil, period ent.ID) bulletin.Life {
			l := s.year.Life(pupil, period)
			return bulletin.Life{Justified: &l.Excused, Unjustified: &l.Unexcused, Late: &l.Late}
		},
	}
}
