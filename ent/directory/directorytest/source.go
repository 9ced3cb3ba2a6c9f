// Package directorytest makes sources of the fictional academy, and proves that a store of directories does what
// ent/directory says.
//
//	src := directorytest.Source(academy, ent.SecondDegree)
//	plan, err := directory.Compare(ctx, book, src, directory.Policy{Today: day})
package directorytest

import (
	"iter"
	"slices"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/ent/enttest"
)

// Origin returns the origin under which Source gives a degree of an academy.
func Origin(a *enttest.Academy, degree ent.Degree) directory.Origin {
	kind := directory.KindAAF
	if degree == ent.FirstDegree {
		kind = directory.KindAAF1D
	}
	return directory.Origin(kind + ":" + string(a.Code()))
}

// Source returns a degree of the academy as a complete feed of the day given.
func Source(a *enttest.Academy, degree ent.Degree, day ent.Date) *directory.Records {
	origin := Origin(a, degree)
	out := &directory.Records{What: directory.Feed{Origin: origin, Complete: true, Date: day, Academy: a.Code(), Degree: degree}}
	out.Places = Places(a, degree)
	key := func(c directory.Category, id ent.ID) directory.Key {
		return directory.Key{Origin: origin, Category: c, ID: string(id)}
	}
	for p := range a.PupilsOf(degree) {
		r := directory.Record{Key: key(directory.Pupil, p.ID), Ties: personTies(&p.Person)}
		for _, x := range p.Relations {
			r.Ties = append(r.Ties, directory.Tie{
				Kind: directory.TieRelative, Relative: key(directory.Relative, x.Relative), Kinship: x.Kinship, Responsibility: x.Responsibility,
				Financial: x.Financial, Payment: x.Payment, Contact: x.Contact,
			})
		}
		r.Person = fieldsOnly(p.Person)
		out.List = append(out.List, r)
	}
	for p := range a.RelativesOf(degree) {
		out.List = append(out.List, directory.Record{Key: key(directory.Relative, p.ID), Person: fieldsOnly(p.Person)})
	}
	for p := range a.StaffOf(degree) {
		out.List = append(out.List, directory.Record{Key: key(directory.Staff, p.ID), Person: fieldsOnly(p), Ties: personTies(&p)})
	}
	return out
}

// Places returns the establishments, classes and groups of a degree.
func Places(a *enttest.Academy, degree ent.Degree) directory.Places {
	var out directory.Places
	for e := range a.EstablishmentsOf(degree) {
		out.Establishments = append(out.Establishments, directory.Place{Establishment: e})
		out.Classes = append(out.Classes, a.ClassesOf(e.ID)...)
		out.Groups = append(out.Groups, a.GroupsOf(e.ID)...)
	}
	return out
}

// personTies returns what a person is tied to, but for relatives. A relative has none: children bring them.
func personTies(p *ent.Person) []directory.Tie {
	var out []directory.Tie
	for _, a := range p.Affiliations {
		out = append(out, directory.Tie{
			Kind: directory.TieEstablishment, Target: a.Establishment, Profile: a.Profile, Functions: slices.Clone(a.Functions), From: a.From, To: a.To,
		})
	}
	if s := p.Schooling; s != nil {
		for _, c := range s.Classes {
			out = append(out, directory.Tie{Kind: directory.TieClass, Target: c})
		}
		for _, g := range s.Groups {
			out = append(out, directory.Tie{Kind: directory.TieGroup, Target: g})
		}
	}
	for _, t := range p.Teachings {
		tie := directory.Tie{Kind: directory.TieTeaching, Target: t.Class, Subject: t.Subject}
		if t.Group != "" {
			tie.Target, tie.Group = t.Group, true
		}
		out = append(out, tie)
	}
	for _, c := range p.HeadTeacherOf {
		out = append(out, directory.Tie{Kind: directory.TieHead, Target: c})
	}
	return out
}

// fieldsOnly is a person without identifier nor ties.
func fieldsOnly(p ent.Person) ent.Person {
	p.ID, p.Affiliations, p.Teachings, p.HeadTeacherOf = "", nil, nil, nil
	if p.Schooling != nil {
		s := *p.Schooling
		s.Classes, s.Groups = nil, nil
		p.Schooling = &s
	}
	return p
}

// Keyed names the accounts to create after their keys: a test then knows them.
func Keyed(c *directory.Change) ent.ID { return ent.ID(c.Key.String()) }

// People yields the accounts of a book that are in a state.
func People(b *directory.Book, s directory.State) iter.Seq[directory.Account] {
	return func(yield func(directory.Account) bool) {
		for a := range b.All() {
			if a.State == s && !yield(a) {
				return
			}
		}
	}
}
