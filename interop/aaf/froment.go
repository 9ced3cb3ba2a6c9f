package aaf

import (
	"strings"

	"github.com/opencartable/cartable/ent"
)

// The functions of this file turn the nouns of package ent into typed records, so that any base can be written as a feed.
// Identifiers must be the keys of a feed: digits, without an academy before them; class and group identifiers are
// structure$code.

// StructureOf returns an establishment with its classes and groups as a structure.
func StructureOf(e *ent.Establishment, classes []ent.Class, groups []ent.Group, degree ent.Degree) *Structure {
	s := &Structure{
		Head: Head{Op: Add, ID: string(e.ID)}, UAI: string(e.UAI) + string(e.Pseudo), SIRET: string(e.SIRET),
		NatureCode: e.NatureCode, Nature: e.Nature, MinistryCode: e.MinistryCode, Ministry: e.Ministry, Sector: string(e.Sector),
		PostalCode: e.Address.PostalCode, Town: e.Address.Town, Phone: e.Phone, Fax: e.Fax, Mail: e.Mail,
		AcademyCode: string(e.Academy),
	}
	if e.Kind != "" || e.Patronym != "" || e.Town != "" {
		s.Name = []string{plain(e.Kind), plain(e.Patronym), plain(e.Town)}
	}
	if len(e.Address.Lines) > 0 {
		s.Street = e.Address.Lines[0]
	}
	if len(e.Address.Lines) > 1 {
		s.Box = e.Address.Lines[1]
	}
	if degree == ent.FirstDegree {
		if len(e.Parents) > 0 {
			s.District = string(e.Parents[0])
		}
		if c := e.Address.Commune; c != "" {
			s.Commune = []string{string(c), plain(e.Address.Town), departement3(c.Departement())}
		}
		return s
	}
	s.OldUAI = s.UAI
	for _, p := range e.Parents {
		s.Parents = append(s.Parents, string(p))
	}
	for i := range classes {
		c := &classes[i]
		entry := ClassEntry{Code: plain(c.Code), Label: plain(c.Label)}
		for _, m := range c.Programmes {
			entry.MEFs = append(entry.MEFs, string(m))
		}
		s.Classes = append(s.Classes, entry)
	}
	for i := range groups {
		g := &groups[i]
		entry := GroupEntry{Code: plain(g.Code), Label: plain(g.Label)}
		for _, c := range g.Classes {
			_, code := cutKey(string(c))
			entry.Classes = append(entry.Classes, code)
		}
		s.Groups = append(s.Groups, entry)
	}
	return s
}

// Unwritten returns what the records of a feed have no place for in a person of a category: the mobile of a pupil, the
// address of a teacher, the dates of an affiliation. PupilOf, RelativeOf and StaffOf leave it out.
func Unwritten(p *ent.Person, c Category) []ent.Loss {
	var out []ent.Loss
	lost := func(is bool, f ent.Field) {
		if is {
			out = append(out, ent.Loss{Code: CodeNoPlace, Field: f, Count: 1})
		}
	}
	k := &p.Contact
	if c == Pupils {
		lost(k.Mobile != "", "contact.mobile")
		lost(k.SMS != "", "contact.sms")
		lost(k.Work != "", "contact.work")
		lost(p.Schooling != nil && p.Schooling.Regime != "" && p.Schooling.RegimeLabel == "" && p.Schooling.LevelCode == "", "schooling.regime")
	}
	if c == Staff {
		lost(k.Home != "", "contact.home")
		lost(k.Work != "", "contact.work")
		lost(k.Mobile != "" || k.SMS != "", "contact.mobile")
		lost(!k.Address.IsZero(), "contact.address")
	}
	lost(k.Address.Commune != "", "contact.address.commune")
	for _, a := range p.Affiliations {
		lost(!a.From.IsZero() || !a.To.IsZero(), "affiliations.dates")
	}
	return out
}

// plain takes the dollar, which has no escape, out of a part of a composite value.
func plain(s string) string { return strings.ReplaceAll(s, "$", " ") }

// departement3 writes a département as feeds do, on three characters.
func departement3(d ent.DepartementCode) string {
	if len(d) == 2 {
		return "0" + string(d)
	}
	return string(d)
}

// PupilOf returns a pupil and their relations as a record. Subject and class labels, which the second degree repeats in
// the pupil's record, come from the two functions, which may be nil.
func PupilOf(p *ent.Person, relations []ent.Relation, label func(ent.SubjectCode) string, class func(ent.ID) *ent.Class) *Pupil {
	out := &Pupil{Head: Head{Op: Add, ID: string(p.ID)}, Name: p.Name, BirthDate: p.BirthDate, Contact: p.Contact}
	for _, r := range relations {
		out.Links = append(out.Links, Link{
			Relative: string(r.Relative), Kinship: string(r.Kinship), Legal: legalCode(r.Responsibility),
			Financial: r.Financial, Contact: r.Contact, Payment: r.Payment,
		})
	}
	s := p.Schooling
	if s == nil {
		return out
	}
	out.INE, out.SchoolNumber, out.Structure = string(s.INE), s.SchoolNumber, string(s.Establishment)
	out.MEF, out.MEFLabel, out.Level, out.Track = string(s.Programme), s.Level, s.Level, s.Track
	out.Regime = s.RegimeLabel
	out.Scholarship, out.Transport, out.From, out.To = FlagOf(s.Scholarship), FlagOf(s.Transport), s.From, s.To
	if s.Apprentice != nil {
		out.Status = "SCOLAIRE"
		if *s.Apprentice {
			out.Status = "APPRENTI"
		}
	}
	for _, c := range s.Subjects {
		out.SubjectCodes = append(out.SubjectCodes, string(c))
		if label != nil {
			out.SubjectLabels = append(out.SubjectLabels, label(c))
		}
	}
	if s.LevelCode != "" {
		out.Level1D = CodeLabel{s.LevelCode, s.Level}
		switch s.Regime {
		case ent.RegimeHalf:
			out.Canteen = Yes
		case ent.RegimeDay:
			out.Canteen = No
		case ent.RegimeBoarder:
		}
	}
	ref := func(id ent.ID, kind, kindLabel string) ClassRef {
		at, code := cutKey(string(id))
		c := ClassRef{Structure: at, Code: code}
		if s.LevelCode != "" {
			c.TypeCode, c.TypeLabel, c.Label = kind, kindLabel, code
			if class != nil {
				if found := class(id); found != nil && found.Label != "" {
					c.Label = plain(found.Label)
				}
			}
		}
		return c
	}
	for _, id := range s.Classes {
		c := ref(id, "11", "ORDINAIRE")
		out.Classes = append(out.Classes, c)
		if !s.From.IsZero() {
			out.ClassFrom = append(out.ClassFrom, ClassDate{c.Structure, c.Code, s.From})
		}
	}
	for _, id := range s.Groups {
		out.Groups = append(out.Groups, ref(id, "40", "REGROUPEMENT"))
	}
	return out
}

func legalCode(r ent.Responsibility) string {
	switch r {
	case ent.ResponsibilityLegal:
		return "1"
	case ent.ResponsibilityInCharge:
		return "2"
	case ent.ResponsibilityNone:
	}
	return "0"
}

// RelativeOf returns a relative and the pupils who name them as a record.
func RelativeOf(p *ent.Person, pupils []ent.ID) *Relative {
	out := &Relative{Head: Head{Op: Add, ID: string(p.ID)}, Name: p.Name, BirthDate: p.BirthDate, Contact: p.Contact, Shared: No}
	if p.Contact.AddressShared {
		out.Shared = Yes
	}
	for _, c := range pupils {
		out.Pupils = append(out.Pupils, string(c))
	}
	return out
}

// StaffOf returns a staff member as a record. The structure of attachment is that of the first affiliation.
func StaffOf(p *ent.Person, degree ent.Degree) *StaffMember {
	out := &StaffMember{
		Head: Head{Op: Add, ID: string(p.ID)}, Name: p.Name, BirthDate: p.BirthDate, Mail: p.Contact.Mail,
		Teacher: No, FacingPupils: No,
	}
	for i := range p.Affiliations {
		a := &p.Affiliations[i]
		at := string(a.Establishment)
		if i == 0 {
			out.Structure = at
		}
		if a.Profile == ent.ProfileTeacher || len(p.Teachings) > 0 {
			out.Teacher = Yes
		}
		if a.Profile == ent.ProfileDirection && degree == ent.FirstDegree {
			out.Directs, out.Teacher = append(out.Directs, at), Yes
		}
		for _, f := range a.Functions {
			f.Label, f.DisciplineLabel = plain(f.Label), plain(f.DisciplineLabel)
			out.Functions = append(out.Functions, StaffFunction{at, f})
			if degree == ent.FirstDegree {
				out.Specialities = append(out.Specialities, CodeLabel{f.Discipline, f.DisciplineLabel})
			}
		}
	}
	if degree == ent.FirstDegree {
		return out
	}
	for _, t := range p.Teachings {
		out.FacingPupils = Yes
		id, list, older := t.Class, &out.ClassSubjects, &out.Classes
		if t.Group != "" {
			id, list, older = t.Group, &out.GroupSubjects, &out.Groups
		}
		at, code := cutKey(string(id))
		*list = append(*list, ClassSubject{at, code, string(t.Subject)})
		*older = appendNew(*older, ClassRef{Structure: at, Code: code})
	}
	for _, id := range p.HeadTeacherOf {
		at, code := cutKey(string(id))
		out.HeadOf = append(out.HeadOf, ClassRef{Structure: at, Code: code})
	}
	return out
}

// ProgrammeOf returns a programme as a record.
func ProgrammeOf(p *ent.Programme) *Programme {
	return &Programme{
		Head: Head{Op: Add, ID: string(p.Code)}, Label: p.Label, National: string(p.National), Stat: p.Stat, Level: p.Level, Track: p.Track,
	}
}

// SubjectOf returns a subject as a record.
func SubjectOf(s *ent.Subject) *Subject {
	return &Subject{Head: Head{Op: Add, ID: string(s.Code)}, Label: s.Label, National: string(s.National)}
}
