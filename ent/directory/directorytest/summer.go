package directorytest

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
)

// September returns the feed that follows a June feed of the second degree: pupils of a final year have left, but for half
// of those of 3e, who go to a lycée of the academy; the others are in a class of the next year of their school; as many
// new pupils as left a school enter its first year, with new relatives; relatives without a pupil have left; one member of
// staff in eight has left, and one in twelve is in another school. The feed June gives is not touched.
func September(june *directory.Records, day ent.Date, seed uint64) *directory.Records {
	s := &summer{
		rng: rand.New(rand.NewPCG(seed, 9)), classes: map[ent.ID]map[ent.MEF][]ent.Class{}, entry: map[ent.ID]ent.MEF{}, //nolint:gosec // fiction
		out: &directory.Records{What: june.What, Places: june.Places},
	}
	s.out.What.Date = day
	for _, c := range june.Places.Classes {
		if len(c.Programmes) == 0 {
			continue
		}
		at := s.classes[c.Establishment]
		if at == nil {
			at = map[ent.MEF][]ent.Class{}
			s.classes[c.Establishment] = at
		}
		at[c.Programmes[0]] = append(at[c.Programmes[0]], c)
	}
	for e, at := range s.classes {
		s.entry[e] = slices.Min(slices.Collect(maps.Keys(at)))
		if _, ok := at["20010014110"]; ok {
			s.lycees = append(s.lycees, e)
		}
	}
	slices.Sort(s.lycees)
	needed := map[directory.Key]bool{}
	for _, r := range june.List {
		if r.Key.Category == directory.Pupil {
			s.pupil(r)
		}
	}
	for i := range s.out.List {
		for _, t := range s.out.List[i].Ties {
			if t.Kind == directory.TieRelative {
				needed[t.Relative] = true
			}
		}
	}
	for _, r := range june.List {
		switch {
		case r.Key.Category == directory.Relative && needed[r.Key]:
			s.out.List = append(s.out.List, r)
		case r.Key.Category == directory.Staff:
			s.staff(r)
		}
	}
	s.out.List = append(s.out.List, s.newcomers...)
	return s.out
}

type summer struct {
	rng       *rand.Rand
	classes   map[ent.ID]map[ent.MEF][]ent.Class
	entry     map[ent.ID]ent.MEF
	lycees    []ent.ID
	out       *directory.Records
	newcomers []directory.Record
	arrived   int
}

// next is the programme that follows another one.
func next(m ent.MEF) ent.MEF {
	if to, ok := map[ent.MEF]ent.MEF{
		"10010012110": "10110001110", "10110001110": "10210001110", "10210001110": "10310019110", "20010014110": "20111010110",
		"20111010110": "20211010110", "20112005110": "20212005110", "20113019110": "20213019110", "16410002110": "16510002110",
		"16510002110": "16610002110", "16610002110": "16710002110", "24731202310": "24731202320", "24731202320": "24731202330",
	}[m]; ok {
		return to
	}
	return m
}

func (s *summer) pupil(r directory.Record) {
	person := r.Person
	schooling := *person.Schooling
	person.Schooling = &schooling
	from := schooling.Establishment
	to := next(schooling.Programme)
	if directory.FinalYear(&person) {
		s.newcomer(r, from)
		if schooling.Programme[:3] != "103" || len(s.lycees) == 0 || s.rng.IntN(2) == 0 {
			return
		}
		from, to = s.lycees[s.rng.IntN(len(s.lycees))], "20010014110"
	}
	r.Person = person
	s.place(&r, from, to)
	s.out.List = append(s.out.List, r)
}

// place puts a pupil into a class of a programme.
func (s *summer) place(r *directory.Record, at ent.ID, programme ent.MEF) {
	r.Person.Schooling.Establishment, r.Person.Schooling.Programme = at, programme
	ties := []directory.Tie{{Kind: directory.TieEstablishment, Target: at, Profile: ent.ProfilePupil}}
	if list := s.classes[at][programme]; len(list) > 0 {
		ties = append(ties, directory.Tie{Kind: directory.TieClass, Target: list[s.rng.IntN(len(list))].ID})
	}
	for _, t := range r.Ties {
		if t.Kind == directory.TieRelative {
			ties = append(ties, t)
		}
	}
	r.Ties = ties
}

// newcomer makes a pupil of the first year of a school, with one relative, after one who left.
func (s *summer) newcomer(left directory.Record, at ent.ID) {
	s.arrived++
	relative := directory.Key{Origin: left.Key.Origin, Category: directory.Relative, ID: "96" + strconv.Itoa(s.arrived)}
	r := directory.Record{Key: left.Key, Person: left.Person}
	r.Key.ID = "95" + strconv.Itoa(s.arrived)
	schooling := *left.Person.Schooling
	schooling.INE, schooling.SchoolNumber = "", "N"+strconv.Itoa(s.arrived)
	r.Person.Schooling = &schooling
	r.Person.Name.Given, r.Person.Name.Family = "Nouveau"+strconv.Itoa(s.arrived), "ARRIVANT"
	if !r.Person.BirthDate.IsZero() {
		r.Person.BirthDate.Year += 4
	}
	r.Ties = []directory.Tie{{Kind: directory.TieRelative, Relative: relative, Kinship: ent.KinshipMother, Responsibility: ent.ResponsibilityLegal}}
	s.place(&r, at, s.entry[at])
	s.newcomers = append(s.newcomers, r, directory.Record{
		Key: relative, Person: ent.Person{Name: ent.Name{Family: "ARRIVANT", Given: "Parent" + strconv.Itoa(s.arrived)}},
	})
}

func (s *summer) staff(r directory.Record) {
	switch n := s.rng.IntN(24); {
	case n < 3:
		return
	case n < 5 && len(s.lycees) > 0:
		r.Ties = []directory.Tie{{Kind: directory.TieEstablishment, Target: s.lycees[s.rng.IntN(len(s.lycees))], Profile: ent.ProfileTeacher}}
	}
	s.out.List = append(s.out.List, r)
}

// Lose returns a feed without some of its records, as when a file of the delivery is lost: what is left still names who
// is not there, pupils their relatives and relatives their pupils.
func Lose(feed *directory.Records, from, to int) *directory.Records {
	out := &directory.Records{What: feed.What, Places: feed.Places}
	out.List = slices.Concat(feed.List[:from], feed.List[to:])
	gone, here := map[directory.Key]bool{}, map[directory.Key]bool{}
	for i := range feed.List {
		if i >= from && i < to {
			gone[feed.List[i].Key] = true
		} else {
			here[feed.List[i].Key] = true
		}
	}
	named := map[directory.Key]bool{}
	for i := range feed.List {
		r := &feed.List[i]
		for _, t := range r.Ties {
			if t.Kind != directory.TieRelative {
				continue
			}
			if gone[r.Key] && here[t.Relative] {
				named[r.Key] = true
			}
			if here[r.Key] && gone[t.Relative] {
				named[t.Relative] = true
			}
		}
	}
	for k := range named {
		out.What.Named = append(out.What.Named, k)
	}
	return out
}
