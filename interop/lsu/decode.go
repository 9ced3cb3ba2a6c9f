package lsu

import (
	"slices"

	"github.com/opencartable/cartable/ent"
)

func (d *decoder) header() {
	h := &d.doc.Header
	d.attrs(func(_, _ []byte) bool { return false })
	for d.child() {
		switch string(d.local) {
		case "editeur":
			h.Editor = d.content()
		case "application":
			h.Application = d.content()
		case "appliVersion":
			h.AppVersion = d.content()
		case "etablissement":
			h.School = d.content()
		default:
			d.skip()
		}
	}
}

// each reads the children of one name of a list; f reads one from its start to its end.
func (d *decoder) each(name string, f func()) {
	d.attrs(func(_, _ []byte) bool { return false })
	for d.child() {
		if string(d.local) != name {
			d.skip()
			continue
		}
		f()
	}
}

func (d *decoder) data() {
	doc := d.doc
	d.attrs(func(_, _ []byte) bool { return false })
	for d.child() {
		switch d.path = d.intern(d.local); d.path {
		case "responsables-etab":
			doc.Degree = ent.SecondDegree
			d.each("responsable-etab", d.head)
		case "directeurs":
			doc.Degree = ent.FirstDegree
			d.each("directeur", d.head)
		case "classes":
			d.each("classe", d.class)
		case "eleves":
			d.each("eleve", d.pupil)
		case "periodes":
			d.each("periode", d.period)
		case "disciplines":
			d.each("discipline", d.discipline)
		case "enseignants":
			d.each("enseignant", d.teacher)
		case "elements-programme":
			d.each("element-programme", d.element)
		case "competences-numeriques-communs":
			d.each("competences-numeriques-commun", d.digitalCommon)
		case "parcours-communs":
			d.each("parcours-commun", d.parcoursCommon)
		case "vies-scolaires-communs":
			d.each("vie-scolaire-commun", d.schoolLifeCommon)
		case "epis-thematiques":
			d.each("epi-thematique", d.theme)
		case "epis":
			d.each("epi", func() { doc.EPIs = append(doc.EPIs, d.project()) })
		case "acc-persos":
			d.each("acc-perso", func() { doc.APs = append(doc.APs, d.project()) })
		case "epis-groupes":
			d.each("epi-groupe", func() { doc.EPIGroups = append(doc.EPIGroups, d.group("epi-ref")) })
		case "acc-persos-groupes":
			d.each("acc-perso-groupe", func() { doc.APGroups = append(doc.APGroups, d.group("acc-perso-ref")) })
		case "bilans-periodiques":
			d.each("bilan-periodique", d.periodic)
		case "bilans-cycle":
			d.each("bilan-cycle", d.cycle)
		default:
			d.skip()
		}
	}
}

func (d *decoder) head() {
	var h Head
	d.attrs(func(name, v []byte) bool {
		switch string(name) {
		case "id":
			h.Key = d.key(v)
		case "libelle":
			h.Label = d.line(v)
		case "civilite":
			h.Civility = Civility(d.intern(v))
		case "nom":
			h.Family = d.line(v)
		case "prenom":
			h.Given = d.line(v)
		default:
			return false
		}
		return true
	})
	d.leaf()
	d.doc.Heads = append(d.doc.Heads, h)
}

func (d *decoder) class() {
	var c Class
	d.attrs(func(name, v []byte) bool {
		switch string(name) {
		case "id":
			c.Key = d.key(v)
		case "id-be":
			c.Number = d.line(v)
		case "libelle":
			c.Label = d.line(v)
		default:
			return false
		}
		return true
	})
	d.leaf()
	d.doc.Classes = append(d.doc.Classes, c)
}

func (d *decoder) pupil() {
	var p Pupil
	d.attrs(func(name, v []byte) bool {
		switch string(name) {
		case "id":
			p.Key = d.key(v)
		case "id-be":
			p.SiecleID = d.line(v)
		case "ine":
			p.INE = ent.INE(d.line(v))
		case "nom":
			p.Family = d.line(v)
		case "prenom":
			p.Given = d.line(v)
		case "code-division":
			p.Division = d.intern(v)
		case "classe-ref":
			p.Class = d.key(v)
		default:
			return false
		}
		return true
	})
	if d.doc.SchemaVersion == "13.0" {
		// id-be is any text there: an INE when it has the shape of one.
		if n := ent.INE(p.SiecleID); n.Generation() != "" {
			p.INE, p.SiecleID = n, ""
		}
	}
	d.leaf()
	d.doc.Pupils = append(d.doc.Pupils, p)
}

func (d *decoder) period() {
	var p Period
	d.attrs(func(name, v []byte) bool {
		switch string(name) {
		case "id":
			p.Key = d.key(v)
		case "millesime":
			p.Year = d.line(v)
		case "indice":
			p.Index = d.plain("indice", v)
		case "nb-periodes":
			p.Count = d.plain("nb-periodes", v)
		case "date-debut":
			p.Start = d.date("date-debut", v)
		case "date-fin":
			p.End = d.date("date-fin", v)
		default:
			return false
		}
		return true
	})
	d.leaf()
	d.doc.Periods = append(d.doc.Periods, p)
}

func (d *decoder) discipline() {
	var x Discipline
	d.attrs(func(name, v []byte) bool {
		switch string(name) {
		case "id":
			x.Key = d.key(v)
		case "code":
			x.Code = d.line(v)
		case "code-national":
			x.National = d.line(v)
		case "modalite-election":
			x.Election = Election(d.intern(v))
		case "libelle":
			x.Label = d.line(v)
		case "id-lv":
			x.Language = d.key(v)
		default:
			return false
		}
		return true
	})
	d.leaf()
	d.doc.Disciplines = append(d.doc.Disciplines, x)
}

func (d *decoder) teacher() {
	var t Teacher
	d.attrs(func(name, v []byte) bool {
		switch string(name) {
		case "id":
			t.Key = d.key(v)
		case "type":
			t.Type = TeacherType(d.intern(v))
		case "id-sts":
			t.STS = d.line(v)
		case "civilite":
			t.Civility = Civility(d.intern(v))
		case "nom":
			t.Family = d.line(v)
		case "prenom":
			t.Given = d.line(v)
		default:
			return false
		}
		return true
	})
	d.leaf()
	d.doc.Teachers = append(d.doc.Teachers, t)
}

func (d *decoder) element() {
	var e Element
	d.attrs(func(name, v []byte) bool {
		switch string(name) {
		case "id":
			e.Key = d.key(v)
		case "libelle":
			e.Label = d.line(v)
		default:
			return false
		}
		return true
	})
	d.leaf()
	d.doc.Elements = append(d.doc.Elements, e)
}

func (d *decoder) digitalCommon() {
	var c DigitalCommon
	d.attrs(func(name, v []byte) bool {
		switch string(name) {
		case "id":
			c.Key = d.key(v)
		case "code-structure":
			c.Structure = d.intern(v)
		case "type-structure":
			c.Type = StructureType(d.intern(v))
		default:
			return false
		}
		return true
	})
	c.Text = d.content()
	d.doc.Digital = append(d.doc.Digital, c)
}

func (d *decoder) parcours() Parcours {
	var p Parcours
	d.attrs(func(name, v []byte) bool {
		if string(name) != "code" {
			return false
		}
		p.Code = ParcoursCode(d.intern(v))
		return true
	})
	p.Text = d.content()
	return p
}

func (d *decoder) parcoursCommon() {
	var c ParcoursCommon
	d.attrs(func(name, v []byte) bool {
		switch string(name) {
		case "periode-ref":
			c.Period = d.key(v)
		case "code-division":
			c.Division = d.intern(v)
		case "classe-ref":
			c.Class = d.key(v)
		default:
			return false
		}
		return true
	})
	for d.child() {
		if string(d.local) == "parcours" {
			c.Parcours = append(c.Parcours, d.parcours())
		} else {
			d.skip()
		}
	}
	d.doc.Parcours = append(d.doc.Parcours, c)
}

func (d *decoder) schoolLifeCommon() {
	var c SchoolLifeCommon
	d.attrs(func(name, v []byte) bool {
		switch string(name) {
		case "periode-ref":
			c.Period = d.key(v)
		case "code-division":
			c.Division = d.intern(v)
		default:
			return false
		}
		return true
	})
	for d.child() {
		if string(d.local) == "commentaire" {
			c.Comment = d.content()
		} else {
			d.skip()
		}
	}
	d.doc.SchoolLife = append(d.doc.SchoolLife, c)
}

func (d *decoder) theme() {
	var t Theme
	d.attrs(func(name, v []byte) bool {
		switch string(name) {
		case "code":
			t.Code = ThemeCode(d.intern(v))
		case "libelle":
			t.Label = d.line(v)
		default:
			return false
		}
		return true
	})
	d.leaf()
	d.doc.Themes = append(d.doc.Themes, t)
}

func (d *decoder) project() Project {
	var p Project
	d.attrs(func(name, v []byte) bool {
		switch string(name) {
		case "id":
			p.Key = d.key(v)
		case "intitule":
			p.Title = d.line(v)
		case "thematique":
			p.Theme = ThemeCode(d.intern(v))
		case "discipline-refs":
			p.Disciplines = d.refs(v)
		default:
			return false
		}
		return true
	})
	for d.child() {
		if string(d.local) == "description" {
			p.Description = d.content()
		} else {
			d.skip()
		}
	}
	return p
}

func (d *decoder) group(project string) ProjectGroup {
	var g ProjectGroup
	d.attrs(func(name, v []byte) bool {
		switch string(name) {
		case "id":
			g.Key = d.key(v)
		case "intitule":
			g.Title = d.line(v)
		case project:
			g.Project = d.key(v)
		default:
			return false
		}
		return true
	})
	for d.child() {
		switch string(d.local) {
		case "commentaire":
			g.Comment = d.content()
		case "enseignants-disciplines":
			d.each("enseignant-discipline", func() {
				var t Teaching
				d.attrs(func(name, v []byte) bool {
					switch string(name) {
					case "enseignant-ref":
						t.Teacher = d.key(v)
					case "discipline-ref":
						t.Discipline = d.key(v)
					default:
						return false
					}
					return true
				})
				d.leaf()
				g.Teachings = append(g.Teachings, t)
			})
		default:
			d.skip()
		}
	}
	return g
}

func (d *decoder) periodic() {
	d.doc.Periodic = append(d.doc.Periodic, PeriodicReport{})
	p := &d.doc.Periodic[len(d.doc.Periodic)-1]
	d.attrs(func(name, v []byte) bool {
		switch string(name) {
		case "eleve-ref":
			p.Pupil = d.key(v)
		case "periode-ref":
			p.Period = d.key(v)
		case "date-conseil-classe":
			p.Council = d.date("date-conseil-classe", v)
		case "date-scolarite":
			p.Schooling = d.date("date-scolarite", v)
		case "date-creation":
			p.Created = d.date("date-creation", v)
		case "date-verrou":
			p.Locked = Moment(d.intern(v))
		case "responsable-etab-ref", "directeur-ref":
			p.Head = d.key(v)
		case "prof-princ-refs":
			p.HeadTeachers = d.refs(v)
		case "enseignant-refs":
			p.Teachers = d.refs(v)
		default:
			return false
		}
		return true
	})
	for d.child() {
		switch string(d.local) {
		case "liste-acquis":
			d.results = d.results[:0]
			d.each("acquis", d.result)
			p.Results = slices.Clone(d.results)
			if len(p.Results) == 0 {
				p.Results = nil
			}
		case "competences-numeriques":
			p.Digital = d.digital()
		case "epis-eleve":
			d.each("epi-eleve", func() { p.EPIs = append(p.EPIs, d.comment("epi-groupe-ref")) })
		case "acc-persos-eleve":
			d.each("acc-perso-eleve", func() { p.APs = append(p.APs, d.comment("acc-perso-groupe-ref")) })
		case "liste-parcours":
			d.each("parcours", func() { p.Parcours = append(p.Parcours, d.parcours()) })
		case "modalites-accompagnement":
			d.each("modalite-accompagnement", func() { p.Support = append(p.Support, d.support()) })
		case "acquis-conseils", "appreciation-generale":
			p.Appraisal = d.content()
		case "devoirs-faits":
			p.HomeworkDone = d.content()
		case "vie-scolaire":
			p.Life = d.life()
		case "socle":
			p.Socle = d.socle()
		case "responsables":
			d.each("responsable", func() { p.Guardians = append(p.Guardians, d.guardian()) })
		default:
			d.skip()
		}
	}
}

func (d *decoder) result() {
	d.results = append(d.results, Result{})
	r := &d.results[len(d.results)-1]
	for i := range d.s.NumAttr() {
		name, v := d.s.Attr(i)
		switch string(name) {
		case "discipline-ref":
			r.Discipline = d.key(v)
		case "code-domaine":
			r.Domain = d.intern(v)
		case "enseignant-refs":
			r.Teachers = d.refs(v)
		case "element-programme-refs":
			r.Elements = d.refs(v)
		case "moyenne-eleve":
			r.Mark = Mark(d.intern(v))
		case "moyenne-structure":
			r.ClassMark = Mark(d.intern(v))
		case "eleve-non-note":
			r.NotMarked = d.bool("eleve-non-note", v)
		case "non-evalue":
			r.NotMarked = d.bool("non-evalue", v)
		case "structure-non-notee":
			r.ClassNotMarked = d.bool("structure-non-notee", v)
		case "positionnement":
			r.Position = Position(d.intern(v))
		default:
			if !technical(name) {
				d.lose(name)
			}
		}
	}
	for d.child() {
		switch string(d.local) {
		case "appreciation":
			r.Appreciation = d.content()
		case "sous-domaines":
			d.each("sous-domaine", func() {
				var s SubResult
				d.attrs(func(name, v []byte) bool {
					switch string(name) {
					case "code-domaine":
						s.Domain = d.intern(v)
					case "element-programme-refs":
						s.Elements = d.refs(v)
					case "positionnement":
						s.Position = Position(d.intern(v))
					case "non-evalue":
						s.NotMarked = d.bool("non-evalue", v)
					default:
						return false
					}
					return true
				})
				d.leaf()
				r.Sub = append(r.Sub, s)
			})
		default:
			d.skip()
		}
	}
}

func (d *decoder) digital() *Digital {
	x := &Digital{}
	d.attrs(func(name, v []byte) bool {
		if string(name) != "comp-num-commun-refs" {
			return false
		}
		x.Commons = d.refs(v)
		return true
	})
	for d.child() {
		switch string(d.local) {
		case "appreciation-num":
			x.Appreciation = d.content()
		case "competence-num":
			var c DigitalResult
			d.attrs(func(name, v []byte) bool {
				switch string(name) {
				case "code":
					c.Code = DigitalCode(d.intern(v))
				case "niveau":
					c.Level = Position(d.intern(v))
				default:
					return false
				}
				return true
			})
			d.leaf()
			x.Competences = append(x.Competences, c)
		default:
			d.skip()
		}
	}
	return x
}

func (d *decoder) comment(group string) ProjectComment {
	var c ProjectComment
	d.attrs(func(name, v []byte) bool {
		if string(name) != group {
			return false
		}
		c.Group = d.key(v)
		return true
	})
	for d.child() {
		if string(d.local) == "commentaire" {
			c.Comment = d.content()
		} else {
			d.skip()
		}
	}
	return c
}

func (d *decoder) support() Support {
	var s Support
	d.attrs(func(name, v []byte) bool {
		if string(name) != "code" {
			return false
		}
		s.Code = SupportCode(d.intern(v))
		return true
	})
	for d.child() {
		switch string(d.local) {
		case "complement-ppre":
			s.PPRE = d.content()
		case "complement-contrat-reussite":
			s.Contract = d.content()
		default:
			d.skip()
		}
	}
	return s
}

func (d *decoder) life() *SchoolLife {
	l := &SchoolLife{}
	d.attrs(func(name, v []byte) bool {
		switch string(name) {
		case "nb-retards":
			l.Late = d.number("nb-retards", v)
		case "nb-abs-justifiees":
			l.Excused = d.number("nb-abs-justifiees", v)
		case "nb-abs-injustifiees":
			l.Unexcused = d.number("nb-abs-injustifiees", v)
		case "nb-heures-manquees":
			l.MissedHours = d.number("nb-heures-manquees", v)
		default:
			return false
		}
		return true
	})
	for d.child() {
		if string(d.local) == "commentaire" {
			l.Comment = d.content()
		} else {
			d.skip()
		}
	}
	return l
}

func (d *decoder) socle() []SocleResult {
	out := make([]SocleResult, 0, 8)
	d.each("domaine", func() {
		var s SocleResult
		d.attrs(func(name, v []byte) bool {
			switch string(name) {
			case "code":
				s.Domain = DomainCode(d.intern(v))
			case "positionnement":
				s.Position = Position(d.intern(v))
			default:
				return false
			}
			return true
		})
		d.leaf()
		out = append(out, s)
	})
	if len(out) == 0 {
		return nil
	}
	return out
}

func (d *decoder) guardian() Guardian {
	var g Guardian
	d.attrs(func(name, v []byte) bool {
		switch string(name) {
		case "civilite":
			g.Civility = Civility(d.intern(v))
		case "nom":
			g.Family = d.line(v)
		case "prenom":
			g.Given = d.line(v)
		case "legal1":
			g.Legal1 = d.bool("legal1", v)
		case "legal2":
			g.Legal2 = d.bool("legal2", v)
		case "lien-parente":
			g.Relationship = d.intern(v)
		case "denomination":
			g.Denomination = d.line(v)
		default:
			return false
		}
		return true
	})
	for d.child() {
		if string(d.local) != "adresse" {
			d.skip()
			continue
		}
		a := &Address{}
		d.attrs(func(name, v []byte) bool {
			switch string(name) {
			case "ligne1":
				a.Lines[0] = d.line(v)
			case "ligne2":
				a.Lines[1] = d.line(v)
			case "ligne3":
				a.Lines[2] = d.line(v)
			case "ligne4":
				a.Lines[3] = d.line(v)
			case "code-postal":
				a.PostalCode = d.intern(v)
			case "commune":
				a.Town = d.intern(v)
			default:
				return false
			}
			return true
		})
		d.leaf()
		g.Address = a
	}
	return g
}

func (d *decoder) cycle() {
	d.doc.Cycle = append(d.doc.Cycle, CycleReport{})
	c := &d.doc.Cycle[len(d.doc.Cycle)-1]
	d.attrs(func(name, v []byte) bool {
		switch string(name) {
		case "eleve-ref":
			c.Pupil = d.key(v)
		case "cycle":
			c.Cycle = d.intern(v)
		case "millesime":
			c.Year = d.intern(v)
		case "date-creation":
			c.Created = d.date("date-creation", v)
		case "date-verrou":
			c.Locked = Moment(d.intern(v))
		case "responsable-etab-ref", "directeur-ref":
			c.Head = d.key(v)
		case "prof-princ-refs":
			c.HeadTeachers = d.refs(v)
		case "enseignant-refs":
			c.Teachers = d.refs(v)
		default:
			return false
		}
		return true
	})
	for d.child() {
		switch string(d.local) {
		case "socle":
			c.Socle = d.socle()
		case "synthese":
			c.Synthesis = d.content()
		case "enseignement-complement":
			code, position := d.coded()
			c.Complement = &Complement{ComplementCode(code), position}
		case "langue-culture-regionale":
			code, position := d.coded()
			c.Language = &Language{LanguageCode(code), position}
		case "responsables":
			d.each("responsable", func() { c.Guardians = append(c.Guardians, d.guardian()) })
		default:
			d.skip()
		}
	}
}

// coded reads an element that holds a code and a position.
func (d *decoder) coded() (code string, p Position) {
	d.attrs(func(name, v []byte) bool {
		switch string(name) {
		case "code":
			code = d.intern(v)
		case "positionnement":
			p = Position(d.intern(v))
		default:
			return false
		}
		return true
	})
	d.leaf()
	return code, p
}
