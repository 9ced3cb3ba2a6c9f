package aaf

import (
	"sync"

	"github.com/opencartable/cartable/ent"
)

// The tables below follow the order of the 2018 feeds: a record that is written looks like the academy's.

var pupilTable = sync.OnceValue(func() *table[Pupil] {
	return newTable(
		text("ENTEleveINE", "ENTEleveINE", func(p *Pupil) *string { return &p.INE }),
		text("ENTEleveStructRattachId", "", func(p *Pupil) *string { return &p.SchoolNumber }),
		date("ENTPersonDateNaissance", "ENTPersonDateNaissance", func(p *Pupil) *ent.Date { return &p.BirthDate }),
		text("ENTPersonNomPatro", "ENTPersonNomPatro", func(p *Pupil) *string { return &p.Name.Birth }),
		text("sn", "ENTPersonNom", func(p *Pupil) *string { return &p.Name.Family }),
		text("givenName", "ENTPersonPrenom", func(p *Pupil) *string { return &p.Name.Given }),
		list("ENTPersonAutresPrenoms", "ENTPersonAutresPrenoms", func(p *Pupil) *[]string { return &p.Name.Others }),
		text("personalTitle", "ENTPersonCivilite", func(p *Pupil) *string { return &p.Name.Title }),
		linkField(),
		flag("ENTEleveBoursier", "", func(p *Pupil) *Flag { return &p.Scholarship }),
		text("ENTEleveRegime", "", func(p *Pupil) *string { return &p.Regime }),
		flag("ENTEleveTransport", "ENTEleveTransport", func(p *Pupil) *Flag { return &p.Transport }),
		lines("ENTPersonAdresse", "", 4, func(p *Pupil) *[]string { return &p.Contact.Address.Lines }),
		text("ENTPersonCodePostal", "", func(p *Pupil) *string { return &p.Contact.Address.PostalCode }),
		text("ENTPersonVille", "", func(p *Pupil) *string { return &p.Contact.Address.Town }),
		text("ENTPersonPays", "", func(p *Pupil) *string { return &p.Contact.Address.Country }),
		list("ENTEleveAdresseRel", "", func(p *Pupil) *[]string { return &p.AddressOf }),
		text("ENTEleveStatutEleve", "", func(p *Pupil) *string { return &p.Status }),
		text("ENTEleveMEF", "", func(p *Pupil) *string { return &p.MEF }),
		text("ENTEleveLibelleMEF", "", func(p *Pupil) *string { return &p.MEFLabel }),
		text("ENTEleveNivFormation", "", func(p *Pupil) *string { return &p.Level }),
		text("ENTEleveFiliere", "", func(p *Pupil) *string { return &p.Track }),
		list("ENTEleveEnseignements", "", func(p *Pupil) *[]string { return &p.SubjectLabels }),
		list("ENTEleveCodeEnseignements", "", func(p *Pupil) *[]string { return &p.SubjectCodes }),
		text("ENTPersonStructRattach", "ENTPersonStructRattach", func(p *Pupil) *string { return &p.Structure }),
		flag("", "ENTEleveRestaurantScolaire", func(p *Pupil) *Flag { return &p.Canteen }),
		flag("", "ENTEleveGarderieMatin", func(p *Pupil) *Flag { return &p.Morning }),
		flag("", "ENTEleveGarderieSoir", func(p *Pupil) *Flag { return &p.Evening }),
		flag("", "ENTEleveEtudesSurveillees", func(p *Pupil) *Flag { return &p.Study }),
		codeLabel("", "ENTEleveNiveau", func(p *Pupil) *CodeLabel { return &p.Level1D }),
		codeLabel("", "ENTEleveCycle", func(p *Pupil) *CodeLabel { return &p.Cycle }),
		codeLabel("", "ENTEleveTypeClasse", func(p *Pupil) *CodeLabel { return &p.ClassType }),
		date("ENTEleveDateEntreeStructRattach", "ENTEleveDateEntreeStructRattach", func(p *Pupil) *ent.Date { return &p.From }),
		date("ENTEleveDateSortieStructRattach", "ENTEleveDateSortieStructRattach", func(p *Pupil) *ent.Date { return &p.To }),
		classDates("ENTEleveDateEntreeClasses", "ENTEleveDateEntreeClasses", func(p *Pupil) *[]ClassDate { return &p.ClassFrom }),
		classDates("ENTEleveDateSortieClasses", "ENTEleveDateSortieClasses", func(p *Pupil) *[]ClassDate { return &p.ClassTo }),
		classRefs("ENTEleveClasses", "ENTPersonClasses", func(p *Pupil) *[]ClassRef { return &p.Classes }),
		classRefs("ENTEleveGroupes", "ENTPersonGroupes", func(p *Pupil) *[]ClassRef { return &p.Groups }),
		rare(text("mail", "ENTPersonMail", func(p *Pupil) *string { return &p.Contact.Mail })),
		rare(text("homePhone", "ENTPersonTelPerso", func(p *Pupil) *string { return &p.Contact.Home })),
		rare(text("ENTEleveStructureRattachIdMEN", "", func(p *Pupil) *string { return &p.MENStructure })),
		rare(list("ENTEleveParents", "", func(p *Pupil) *[]string { return &p.Parents })),
		rare(text("ENTElevePere", "", func(p *Pupil) *string { return &p.Father })),
		rare(text("ENTEleveMere", "", func(p *Pupil) *string { return &p.Mother })),
		authorityField(),
		rare(text("ENTElevePersRelEleve1", "", func(p *Pupil) *string { return &p.Other[0].Relative })),
		rare(text("ENTEleveQualitePersRelEleve1", "", func(p *Pupil) *string { return &p.Other[0].Quality })),
		rare(text("ENTElevePersRelEleve2", "", func(p *Pupil) *string { return &p.Other[1].Relative })),
		rare(text("ENTEleveQualitePersRelEleve2", "", func(p *Pupil) *string { return &p.Other[1].Quality })),
	)
})

func rare[T any](f field[T]) field[T] {
	f.old = true
	return f
}

func also[T any](f field[T], names ...string) field[T] {
	f.also = names
	return f
}

// linkField reads the six-part value of the second degree.
func linkField() field[Pupil] {
	return parts("ENTElevePersRelEleve", "", 6, 6, func(p *Pupil) *[]Link { return &p.Links },
		func(_ *decoder, p []string) (Link, ent.Code) {
			l := Link{Relative: p[0], Kinship: p[1], Legal: p[3]}
			switch {
			case l.Relative == "":
				return l, CodeParts
			case !readBit(p[2], &l.Financial), !readBit(p[4], &l.Contact), !readBit(p[5], &l.Payment):
				return l, CodeFlag
			}
			return l, ""
		},
		func(l *Link) []string {
			return []string{l.Relative, l.Kinship, bit(l.Financial), l.Legal, bit(l.Contact), bit(l.Payment)}
		})
}

// readBit reads a 0 or a 1; an empty part is a 0.
func readBit(s string, at *bool) bool {
	*at = s == "1"
	return s == "0" || s == "1" || s == ""
}

func bit(b bool) string {
	if b {
		return "1"
	}
	return "0"
}

// authorityField reads ENTEleveAutoriteParentale: relative and kinship in the first degree, where it is the link; the
// relative alone in the second degree up to 2017, where ENTElevePersRelEleve says more.
func authorityField() field[Pupil] {
	return field[Pupil]{
		name2D: "ENTEleveAutoriteParentale", name1D: "ENTEleveAutoriteParentale", old: true,
		set: func(d *decoder, t *Pupil, v []string) {
			for _, s := range v {
				switch n := split(d.parts[:], s); {
				case n == 1:
					t.Authority = append(t.Authority, d.parts[0])
				case n == 2 && d.parts[0] != "":
					t.Links = append(slabOf[Link](d).extend(t.Links, 1), Link{Relative: d.parts[0], Kinship: d.parts[1], Legal: "1"})
				default:
					d.leave(CodeParts, s)
				}
			}
		},
		get: func(t *Pupil) []string { return t.Authority },
	}
}

var relativeTable = sync.OnceValue(func() *table[Relative] {
	return newTable(
		date("ENTPersonDateNaissance", "", func(r *Relative) *ent.Date { return &r.BirthDate }),
		text("ENTPersonNomPatro", "ENTPersonNomPatro", func(r *Relative) *string { return &r.Name.Birth }),
		text("sn", "ENTPersonNom", func(r *Relative) *string { return &r.Name.Family }),
		text("givenName", "ENTPersonPrenom", func(r *Relative) *string { return &r.Name.Given }),
		rare(list("ENTPersonAutresPrenoms", "ENTPersonAutresPrenoms", func(r *Relative) *[]string { return &r.Name.Others })),
		text("personalTitle", "ENTPersonCivilite", func(r *Relative) *string { return &r.Name.Title }),
		list("ENTAuxPersRelEleveEleve", "ENTPersRelEleveEleve", func(r *Relative) *[]string { return &r.Pupils }),
		text("homePhone", "ENTPersonTelPerso", func(r *Relative) *string { return &r.Contact.Home }),
		text("telephoneNumber", "ENTPersRelEleveTelPro", func(r *Relative) *string { return &r.Contact.Work }),
		lines("ENTPersonAdresse", "ENTPersonAdresse", 4, func(r *Relative) *[]string { return &r.Contact.Address.Lines }),
		text("ENTPersonCodePostal", "ENTPersonCodePostal", func(r *Relative) *string { return &r.Contact.Address.PostalCode }),
		text("ENTPersonVille", "ENTPersonVille", func(r *Relative) *string { return &r.Contact.Address.Town }),
		text("ENTPersonPays", "ENTPersonPays", func(r *Relative) *string { return &r.Contact.Address.Country }),
		flag("ENTPersonAdresseDiffusion", "ENTPersonAdresseDiffusion", func(r *Relative) *Flag { return &r.Shared }),
		text("mobile", "ENTPersRelEleveTelMobile", func(r *Relative) *string { return &r.Contact.Mobile }),
		text("mail", "ENTPersonMail", func(r *Relative) *string { return &r.Contact.Mail }),
		text("ENTPersonMobileSMS", "", func(r *Relative) *string { return &r.Contact.SMS }),
	)
})

var staffTable = sync.OnceValue(func() *table[StaffMember] {
	return newTable(
		date("ENTPersonDateNaissance", "ENTPersonDateNaissance", func(s *StaffMember) *ent.Date { return &s.BirthDate }),
		text("ENTPersonNomPatro", "ENTPersonNomPatro", func(s *StaffMember) *string { return &s.Name.Birth }),
		text("sn", "ENTPersonNom", func(s *StaffMember) *string { return &s.Name.Family }),
		text("givenName", "ENTPersonPrenom", func(s *StaffMember) *string { return &s.Name.Given }),
		list("ENTPersonAutresPrenoms", "ENTPersonAutresPrenoms", func(s *StaffMember) *[]string { return &s.Name.Others }),
		text("personalTitle", "ENTPersonCivilite", func(s *StaffMember) *string { return &s.Name.Title }),
		text("mail", "ENTPersonMail", func(s *StaffMember) *string { return &s.Mail }),
		text("ENTPersonStructRattach", "ENTPersonStructRattach", func(s *StaffMember) *string { return &s.Structure }),
		codeLabels("ENTAuxEnsCategoDiscipline", "", func(s *StaffMember) *[]CodeLabel { return &s.Categories }),
		parts("ENTAuxEnsDisciplinesPoste", "", 2, 2, func(s *StaffMember) *[]CodeLabel { return &s.Disciplines },
			func(_ *decoder, p []string) (CodeLabel, ent.Code) { return CodeLabel{Code: p[1], Label: p[0]}, "" },
			func(c *CodeLabel) []string { return []string{c.Label, c.Code} }),
		parts("ENTAuxEnsMEF", "", 3, 3, func(s *StaffMember) *[]StaffMEF { return &s.MEFs },
			func(_ *decoder, p []string) (StaffMEF, ent.Code) { return StaffMEF{p[0], p[1], p[2]}, "" },
			func(m *StaffMEF) []string { return []string{m.Structure, m.MEF, m.Label} }),
		parts("ENTAuxEnsMatiereEnseignEtab", "", 2, 2, func(s *StaffMember) *[]StructLabel { return &s.SubjectLabels },
			func(_ *decoder, p []string) (StructLabel, ent.Code) { return StructLabel{p[0], p[1]}, "" },
			func(l *StructLabel) []string { return []string{l.Structure, l.Label} }),
		classRefs("ENTAuxEnsClasses", "", func(s *StaffMember) *[]ClassRef { return &s.Classes }),
		classRefs("ENTAuxEnsGroupes", "", func(s *StaffMember) *[]ClassRef { return &s.Groups }),
		classSubjects("ENTAuxEnsClassesMatieres", func(s *StaffMember) *[]ClassSubject { return &s.ClassSubjects }),
		classSubjects("ENTAuxEnsGroupesMatieres", func(s *StaffMember) *[]ClassSubject { return &s.GroupSubjects }),
		classRefs("ENTAuxEnsClassesPrincipal", "", func(s *StaffMember) *[]ClassRef { return &s.HeadOf }),
		parts("ENTPersonFonctions", "ENTPersonFonctions", 5, 5, func(s *StaffMember) *[]StaffFunction { return &s.Functions },
			func(_ *decoder, p []string) (StaffFunction, ent.Code) {
				if p[0] == "" {
					return StaffFunction{}, CodeParts
				}
				return StaffFunction{p[0], ent.Function{Code: ent.FunctionCode(p[1]), Label: p[2], Discipline: p[3], DisciplineLabel: p[4]}}, ""
			},
			func(f *StaffFunction) []string {
				return []string{f.Structure, string(f.Code), f.Label, f.Discipline, f.DisciplineLabel}
			}),
		flag("ENTPersonCategorieEnseignant", "ENTPersonCategorieEnseignant", func(s *StaffMember) *Flag { return &s.Teacher }),
		flag("PersEducNatPresenceDevantEleves", "", func(s *StaffMember) *Flag { return &s.FacingPupils }),
		rare(list("ENTEnsFonctionDir", "ENTEnsFonctionDir", func(s *StaffMember) *[]string { return &s.Directs })),
		rare(list("ENTPersonSTSId", "", func(s *StaffMember) *[]string { return &s.STSIDs })),
		codeLabels("", "ENTEnsSpecialites", func(s *StaffMember) *[]CodeLabel { return &s.Specialities }),
	)
})

var structureTable = sync.OnceValue(func() *table[Structure] {
	return newTable(
		text("ENTStructureUAI", "ENTStructureUAI", func(s *Structure) *string { return &s.UAI }),
		text("ENTEtablissementUAI", "", func(s *Structure) *string { return &s.OldUAI }),
		text("ENTStructureSIREN", "ENTStructureSIREN", func(s *Structure) *string { return &s.SIRET }),
		lines("ENTStructureNomCourant", "ENTStructureNomCourant", 3, func(s *Structure) *[]string { return &s.Name }),
		text("ENTStructureTypeStruct", "ENTStructureTypeStruct", func(s *Structure) *string { return &s.Nature }),
		text("ENTStructureCodeTypeStruct", "ENTStructureCodeTypeStruct", func(s *Structure) *string { return &s.NatureCode }),
		text("ENTEtablissementMinistereTutelle", "ENTEcoleMinistereTutelle", func(s *Structure) *string { return &s.Ministry }),
		text("ENTEtablissementCodeMinistereTutelle", "ENTEcoleCodeMinistereTutelle", func(s *Structure) *string { return &s.MinistryCode }),
		text("ENTEtablissementContrat", "ENTEcoleSecteur", func(s *Structure) *string { return &s.Sector }),
		text("postOfficeBox", "ENTStructureBoitePostale", func(s *Structure) *string { return &s.Box }),
		text("street", "ENTStructureAdresse", func(s *Structure) *string { return &s.Street }),
		text("postalCode", "ENTStructureCodePostal", func(s *Structure) *string { return &s.PostalCode }),
		text("l", "ENTStructureVille", func(s *Structure) *string { return &s.Town }),
		text("telephoneNumber", "ENTStructureTelephone", func(s *Structure) *string { return &s.Phone }),
		text("facsimileTelephoneNumber", "ENTStructureFax", func(s *Structure) *string { return &s.Fax }),
		also(text("ENTStructureMailSI", "ENTStructureMailSI", func(s *Structure) *string { return &s.Mail }), "ENTStructureEmail"),
		list("ENTEtablissementStructRattachFctl", "", func(s *Structure) *[]string { return &s.Parents }),
		codeLabel("ENTEtablissementBassin", "", func(s *Structure) *CodeLabel { return &s.Area }),
		text("", "ENTEcoleCirconscription", func(s *Structure) *string { return &s.District }),
		lines("", "ENTEcoleCommune", 3, func(s *Structure) *[]string { return &s.Commune }),
		lines("", "ENTEcoleRPI", 3, func(s *Structure) *[]string { return &s.RPI }),
		text("ENTServAcAcademie", "ENTServAcAcademie", func(s *Structure) *string { return &s.Academy }),
		text("ENTServAcCodeAcademie", "ENTServAcCodeAcademie", func(s *Structure) *string { return &s.AcademyCode }),
		catalogueField("ENTStructureClasses", func(s *Structure) *[]ClassEntry { return &s.Classes },
			func(code, label string, rest []string) ClassEntry { return ClassEntry{code, label, rest} },
			func(c *ClassEntry) (string, string, []string) { return c.Code, c.Label, c.MEFs }),
		catalogueField("ENTStructureGroupes", func(s *Structure) *[]GroupEntry { return &s.Groups },
			func(code, label string, rest []string) GroupEntry { return GroupEntry{code, label, rest} },
			func(g *GroupEntry) (string, string, []string) { return g.Code, g.Label, g.Classes }),
	)
})

// catalogueField reads code$label followed by any number of codes, empty ones left out.
func catalogueField[P any](name string, at func(*Structure) *[]P, read func(code, label string, rest []string) P,
	write func(*P) (string, string, []string),
) field[Structure] {
	return parts(name, "", 1, maxParts, at,
		func(_ *decoder, p []string) (P, ent.Code) {
			if p[0] == "" {
				var none P
				return none, CodeParts
			}
			label := ""
			var rest []string
			if len(p) > 1 {
				label = p[1]
				for _, c := range p[2:] {
					if c != "" {
						rest = append(rest, c)
					}
				}
			}
			return read(p[0], label, rest), ""
		},
		func(e *P) []string {
			code, label, rest := write(e)
			return append([]string{code, label}, rest...)
		})
}

var programmeTable = sync.OnceValue(func() *table[Programme] {
	return newTable(
		text("ENTLibelleMef", "", func(p *Programme) *string { return &p.Label }),
		text("ENTMEFRattach", "", func(p *Programme) *string { return &p.National }),
		text("ENTMEFSTAT11", "", func(p *Programme) *string { return &p.Stat }),
		text("ENTNivFormation", "", func(p *Programme) *string { return &p.Level }),
		text("ENTFiliere", "", func(p *Programme) *string { return &p.Track }),
	)
})

var subjectTable = sync.OnceValue(func() *table[Subject] {
	return newTable(
		text("ENTLibelleMatiere", "", func(s *Subject) *string { return &s.Label }),
		text("ENTMatiereRattach", "", func(s *Subject) *string { return &s.National }),
	)
})
