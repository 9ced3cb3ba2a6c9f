package aaf

import (
	"iter"
	"strings"

	"github.com/opencartable/cartable/ent"
)

// The functions of this file turn what a model holds into the nouns of package ent. Only valid codes pass: a wrong UAI or
// INE stays in the typed record, where an Issue has named it. What points outside the delivery is left out: Dangling has
// it.

// ID returns the identifier under which a person, a structure or a class goes: its key in the feed, with the academy
// before it when Options.Academy is set.
func (m *Model) ID(key string) ent.ID {
	if key == "" {
		return ""
	}
	if m.opt.Academy != "" {
		return ent.ID(m.opt.Academy + "-" + key)
	}
	return ent.ID(key)
}

// known is the identifier of a structure that is in the delivery, "" for another one.
func (m *Model) known(structure string) ent.ID {
	if m.byStruct[structure] == nil {
		return ""
	}
	return m.ID(structure)
}

func (m *Model) classID(structure, code string) ent.ID { return m.ID(classKey(structure, code)) }

// Establishment returns a structure as an establishment.
func (m *Model) Establishment(s *Structure) ent.Establishment {
	e := ent.Establishment{
		ID: m.ID(s.ID), NatureCode: s.NatureCode, Nature: s.Nature, MinistryCode: s.MinistryCode, Ministry: s.Ministry,
		Sector: ent.Sector(s.Sector), Degree: m.degree, Phone: s.Phone, Fax: s.Fax, Mail: s.Mail,
		Address: ent.Place{PostalCode: s.PostalCode, Town: s.Town},
	}
	e.UAI, _ = ent.ParseUAI(s.uai())
	e.Pseudo, _ = ent.ParsePseudoUAI(s.uai())
	e.SIRET, _ = ent.ParseSIRET(strings.ReplaceAll(s.SIRET, " ", ""))
	e.Academy, _ = ent.NormalizeAcademyCode(s.AcademyCode)
	e.Kind, e.Patronym, e.Town = nameParts(s.Name)
	for _, l := range []string{s.Street, s.Box} {
		if l != "" {
			e.Address.Lines = append(e.Address.Lines, l)
		}
	}
	if len(s.Commune) > 0 {
		e.Address.Commune, _ = ent.ParseInseeCode(s.Commune[0])
	}
	for _, p := range append(append([]string(nil), s.Parents...), s.District) {
		if p != "" {
			e.Parents = append(e.Parents, m.ID(p))
		}
	}
	return e
}

// nameParts reads TYPE$PATRONYM$TOWN; a name in one piece, as until 2017, is the patronym.
func nameParts(parts []string) (kind, patronym, town string) {
	switch len(parts) {
	case 0:
		return "", "", ""
	case 1:
		return "", parts[0], ""
	case 2:
		return parts[0], parts[1], ""
	}
	return parts[0], parts[1], parts[2]
}

// Establishments yields the structures as establishments.
func (m *Model) Establishments() iter.Seq[ent.Establishment] {
	return func(yield func(ent.Establishment) bool) {
		for _, s := range m.structures {
			if !yield(m.Establishment(s)) {
				return
			}
		}
	}
}

// EntClass returns a class as a noun of ent; its people go with persons.
func (m *Model) EntClass(c *Class) ent.Class {
	out := ent.Class{
		ID: m.classID(c.Structure, c.Code), Establishment: m.ID(c.Structure), Code: c.Code, Label: c.Label, Levels: c.Levels,
	}
	for _, code := range c.MEFs {
		if mef, err := ent.ParseMEF(code); err == nil {
			out.Programmes = append(out.Programmes, mef)
		}
	}
	return out
}

// EntGroup returns a group as a noun of ent.
func (m *Model) EntGroup(g *Group) ent.Group {
	out := ent.Group{ID: m.classID(g.Structure, g.Code), Establishment: m.ID(g.Structure), Code: g.Code, Label: g.Label}
	for _, c := range g.Classes {
		out.Classes = append(out.Classes, m.classID(g.Structure, c))
	}
	return out
}

// PupilPerson returns a pupil as a person.
func (m *Model) PupilPerson(p *Pupil) ent.Person {
	s := &ent.Schooling{
		SchoolNumber: p.SchoolNumber, Establishment: m.known(p.Structure), LevelCode: p.Level1D.Code, Level: p.Level, Track: p.Track,
		Regime: RegimeOf(p.Regime), RegimeLabel: p.Regime, Scholarship: p.Scholarship.Bool(), Transport: p.Transport.Bool(),
		From: p.From, To: p.To,
	}
	if s.Level == "" {
		s.Level = p.Level1D.Label
	}
	if s.Regime == "" { // the first degree says who eats at school, and nobody sleeps there
		switch p.Canteen {
		case Yes:
			s.Regime = ent.RegimeHalf
		case No:
			s.Regime = ent.RegimeDay
		case Unsaid:
		}
	}
	s.INE, _ = ent.ParseINE(p.INE)
	s.Programme, _ = ent.ParseMEF(p.MEF)
	switch p.Status {
	case "APPRENTI":
		s.Apprentice = Yes.Bool()
	case "SCOLAIRE":
		s.Apprentice = No.Bool()
	}
	for _, c := range p.SubjectCodes {
		if code, err := ent.ParseSubjectCode(c); err == nil {
			s.Subjects = append(s.Subjects, code)
		}
	}
	for _, c := range p.Classes {
		if _, ok := m.classes.byKey[classKey(c.Structure, c.Code)]; ok {
			s.Classes = append(s.Classes, m.classID(c.Structure, c.Code))
		}
	}
	for _, g := range p.Groups {
		if _, ok := m.groups.byKey[classKey(g.Structure, g.Code)]; ok {
			s.Groups = append(s.Groups, m.classID(g.Structure, g.Code))
		}
	}
	out := ent.Person{ID: m.ID(p.ID), Name: p.Name, BirthDate: p.BirthDate, Contact: p.Contact, Schooling: s}
	for _, at := range p.Structures() {
		if m.byStruct[at] != nil {
			out.Affiliations = append(out.Affiliations, ent.Affiliation{Establishment: m.ID(at), Profile: ent.ProfilePupil})
		}
	}
	return out
}

// Structures returns the structures of a pupil: that of attachment, then those of the classes, each once.
func (p *Pupil) Structures() []string {
	var out []string
	if p.Structure != "" {
		out = append(out, p.Structure)
	}
	for _, c := range p.Classes {
		out = appendNew(out, c.Structure)
	}
	return out
}

// RegimeOf returns the regime that a label begins with, "" for another one.
func RegimeOf(label string) ent.Regime {
	up := strings.ToUpper(label)
	switch {
	case strings.HasPrefix(up, "DEMI-PENSIONNAIRE"):
		return ent.RegimeHalf
	case strings.HasPrefix(up, "EXTERNE"):
		return ent.RegimeDay
	case strings.HasPrefix(up, "INTERNE"):
		return ent.RegimeBoarder
	}
	return ""
}

// Relations returns the relations of a pupil, in the sense of the feed's generation. A relative who is not in the
// delivery is left out; Dangling names them.
func (m *Model) Relations(p *Pupil) []ent.Relation {
	var out []ent.Relation
	for _, l := range p.Links {
		if _, ok := m.st.find(catRelative, []byte(l.Relative)); !ok {
			continue
		}
		kinship, _ := ent.ParseKinship(l.Kinship)
		resp, _ := ent.ParseResponsibility(l.Legal, m.gen)
		out = append(out, ent.Relation{
			Pupil: m.ID(p.ID), Relative: m.ID(l.Relative), Kinship: kinship, Responsibility: resp,
			Financial: l.Financial, Payment: l.Payment, Contact: l.Contact,
		})
	}
	return out
}

// RelativePerson returns a relative as a person, affiliated to the establishments of the pupils of whom they are a legal
// representative or in charge. Who is only to be called has no affiliation: none gives a right over school data.
func (m *Model) RelativePerson(p *Relative) ent.Person {
	out := ent.Person{ID: m.ID(p.ID), Name: p.Name, BirthDate: p.BirthDate, Contact: p.Contact}
	var at []string
	for _, id := range m.ChildrenOf(p.ID) {
		child, ok := m.Pupil(id)
		if !ok || m.byStruct[child.Structure] == nil {
			continue
		}
		for _, l := range child.Links {
			if r, _ := ent.ParseResponsibility(l.Legal, m.gen); l.Relative == p.ID && r != ent.ResponsibilityNone {
				at = appendNew(at, child.Structure)
			}
		}
	}
	for _, s := range at {
		out.Affiliations = append(out.Affiliations, ent.Affiliation{Establishment: m.ID(s), Profile: ent.ProfileRelative})
	}
	return out
}

// StaffPerson returns a staff member as a person, with a profile and functions in each structure.
func (m *Model) StaffPerson(s *StaffMember, policy ProfilePolicy) ent.Person {
	out := ent.Person{ID: m.ID(s.ID), Name: s.Name, BirthDate: s.BirthDate, Contact: ent.Contact{Mail: s.Mail}}
	for _, at := range s.Structures() {
		if m.byStruct[at] == nil {
			continue
		}
		a := ent.Affiliation{Establishment: m.ID(at), Profile: m.ProfileIn(s, at, policy)}
		for i := range s.Functions {
			if f := &s.Functions[i]; f.Structure == at {
				a.Functions = append(a.Functions, f.Function)
			}
		}
		out.Affiliations = append(out.Affiliations, a)
	}
	teach := func(c ClassSubject) ent.Teaching {
		t := ent.Teaching{Teacher: out.ID, Establishment: m.ID(c.Structure)}
		t.Subject, _ = ent.ParseSubjectCode(c.Subject)
		return t
	}
	for _, c := range s.taughtClasses() {
		if m.byStruct[c.Structure] == nil {
			continue
		}
		t := teach(c)
		t.Class = m.classID(c.Structure, c.Code)
		out.Teachings = append(out.Teachings, t)
	}
	for _, g := range s.taughtGroups() {
		if m.byStruct[g.Structure] == nil {
			continue
		}
		t := teach(g)
		t.Group = m.classID(g.Structure, g.Code)
		out.Teachings = append(out.Teachings, t)
	}
	for _, c := range s.HeadOf {
		if m.byStruct[c.Structure] == nil {
			continue
		}
		out.HeadTeacherOf = append(out.HeadTeacherOf, m.classID(c.Structure, c.Code))
	}
	return out
}

// EntProgramme returns a programme as a noun of ent.
func EntProgramme(p *Programme) ent.Programme {
	out := ent.Programme{Label: p.Label, Stat: p.Stat, Level: p.Level, Track: p.Track}
	out.Code, _ = ent.ParseMEF(p.ID)
	out.National, _ = ent.ParseMEF(p.National)
	return out
}

// EntSubject returns a subject as a noun of ent.
func EntSubject(s *Subject) ent.Subject {
	out := ent.Subject{Label: s.Label}
	out.Code, _ = ent.ParseSubjectCode(s.ID)
	out.National, _ = ent.ParseSubjectCode(s.National)
	return out
}
