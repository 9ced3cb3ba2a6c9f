package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/enttest"
	"github.com/opencartable/cartable/interop/lsu"
	"github.com/opencartable/cartable/schoollife/gradebook"
	"github.com/opencartable/cartable/schoollife/schooltest"
)

// school is where this program gets what it exports. A product fills the same two things from its own tables: a
// gradebook.ClassBook (or the one that gradebook.Service.Class returns), and an lsu.Roll.
type school struct {
	uai      ent.UAI
	period   gradebook.Period
	year     *schooltest.Year
	entries  map[ent.ID][]gradebook.Entry // by class; the assessments of a group stand with one of the classes of its pupils
	pupils   map[ent.ID]ent.Person
	teachers map[ent.ID]ent.Person
	tutors   map[ent.ID][]ent.ID // the professeurs principaux of a class
	read     ent.Report          // what became of the marks
}

func openSchool(seed uint64, id, period ent.ID) (*school, error) {
	academy := enttest.New(enttest.Options{Seed: seed})
	where, ok := academy.Establishment(id)
	year, taught := schooltest.New(academy, id)
	if !ok || !taught {
		return nil, fmt.Errorf("lsu-export: the academy has no collège %s", id)
	}
	s := &school{uai: where.UAI, year: year, pupils: map[ent.ID]ent.Person{}, teachers: map[ent.ID]ent.Person{}, tutors: map[ent.ID][]ent.ID{}, entries: map[ent.ID][]gradebook.Entry{}}
	for _, p := range year.Periods() {
		if p.ID == period {
			s.period = p
		}
	}
	if s.period.ID == "" {
		return nil, fmt.Errorf("lsu-export: the school has no period %s", period)
	}
	for p := range academy.PupilsIn(id) {
		s.pupils[p.ID] = p.Person
	}
	for p := range academy.StaffIn(id) {
		s.teachers[p.ID] = p
		for _, class := range p.HeadTeacherOf {
			s.tutors[class] = append(s.tutors[class], p.ID)
		}
	}
	for _, c := range year.Classes() {
		s.entries[c.ID] = year.Entries(c.ID, s.period.End, 1)
	}
	return s, nil
}

// document makes the bilans of the school, class by class.
func (s *school) document(ctx context.Context, progress func(class string, done, total int)) (*lsu.Document, error) {
	doc := &lsu.Document{}
	classes := s.year.Classes()
	for i, class := range classes {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		one, report, err := lsu.FromGradebook(s.book(class.ID), policy(), s.period.ID, s.roll(class.ID))
		if err != nil {
			return nil, fmt.Errorf("lsu-export: class %s: %w", class.Code, err)
		}
		s.read.Merge(report)
		programme(one)
		doc.Header = one.Header
		doc.Add(one)
		progress(class.Code, i+1, len(classes))
	}
	return doc, nil
}

// programme adds what was worked on in each discipline, which a gradebook does not hold and which editions before 2020 require.
func programme(doc *lsu.Document) {
	for i := range doc.Disciplines {
		d := &doc.Disciplines[i]
		doc.Elements = append(doc.Elements, lsu.Element{Key: d.Key, Label: fmt.Sprintf("Programme de la période : %s (%s %s)", d.Label, d.Code, d.Election)})
	}
	for i := range doc.Periodic {
		for j := range doc.Periodic[i].Results {
			r := &doc.Periodic[i].Results[j]
			r.Elements = []lsu.Key{r.Discipline}
		}
	}
}

// book is a class whose council was held and whose period is closed.
func (s *school) book(class ent.ID) *gradebook.ClassBook {
	room, _ := s.year.Room(class)
	held := s.period.End.AddDays(3)
	// What is of the class, and of the groups that its pupils share with others.
	entries := slices.Clone(s.entries[class])
	for _, c := range s.year.Classes() {
		for _, e := range s.entries[c.ID] {
			if c.ID != class && slices.ContainsFunc(room.Teachings, func(t gradebook.Teaching) bool { return t.ID == e.Teaching }) {
				entries = append(entries, e)
			}
		}
	}
	return &gradebook.ClassBook{
		Room: room, Entries: entries, Input: gradebook.InputOf(room, entries),
		Terms: []gradebook.Term{{
			Class: class, Period: s.period.ID, State: gradebook.LockClosed, Council: held, LockedAt: held.AddDays(1).Time(time.UTC).Add(18 * time.Hour),
		}},
	}
}

// roll says who the persons are. A number that is missing stays so: the check tells it.
func (s *school) roll(class ent.ID) lsu.Roll {
	return lsu.Roll{
		Header: lsu.Header{Editor: "EXEMPLE", Application: "lsu-export", AppVersion: "1", School: string(s.uai)},
		Heads:  []lsu.Head{{Key: "head", Label: "Odile PRINCIPALE"}}, Head: "head", HeadTeachers: s.tutors[class],
		Pupil: func(id ent.ID) (lsu.Pupil, bool) {
			p, ok := s.pupils[id]
			if !ok {
				return lsu.Pupil{}, false
			}
			return lsu.Pupil{SiecleID: p.Schooling.SchoolNumber, INE: p.Schooling.INE, Family: p.Name.Family, Given: p.Name.Given}, true
		},
		Teacher: func(id ent.ID) (lsu.Teacher, bool) {
			p, ok := s.teachers[id]
			if !ok {
				return lsu.Teacher{}, false
			}
			title := map[string]lsu.Civility{"M.": lsu.CivilityM, "Mme": lsu.CivilityMme}[p.Name.Title]
			// The feed's number of a person is not that of STS in a real school; in the fictional one it serves.
			return lsu.Teacher{Type: lsu.TeacherEPP, STS: string(id), Civility: title, Family: p.Name.Family, Given: p.Name.Given}, true
		},
		Division: func(c ent.ID) string { return lsu.DivisionOf(string(c)) },
		Life: func(pupil, period ent.ID) *lsu.SchoolLife {
			l := s.year.Life(pupil, period)
			return &lsu.SchoolLife{Late: &l.Late, Excused: &l.Excused, Unexcused: &l.Unexcused, MissedHours: &l.Hours}
		},
	}
}

// nameOf is what the list of problems shows of a pupil.
func (s *school) nameOf(doc *lsu.Document, key lsu.Key) string {
	name := s.pupils[ent.ID(key)].Name
	for i := range doc.Pupils {
		if doc.Pupils[i].Key == key {
			return cmp.Or(name.Display(), string(key)) + " (" + doc.Pupils[i].Division + ")"
		}
	}
	return cmp.Or(name.Display(), string(key))
}
