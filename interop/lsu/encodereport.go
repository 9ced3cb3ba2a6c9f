package lsu

import (
	"slices"
	"strings"
)

// reports writes the bilans, less those that are left out.
func (e *encoder) reports() {
	p, d := e.p, e.p.d
	out := func(pupil Key) bool {
		i, ok := p.get(kindPupil, pupil)
		return ok && p.skipPupil[i]
	}
	for _, i := range p.periodic {
		if !p.skipPeriodic[i] && !out(d.Periodic[i].Pupil) {
			e.periodic = append(e.periodic, i)
		}
	}
	for _, i := range p.cycle {
		if !p.skipCycle[i] && !out(d.Cycle[i].Pupil) {
			e.cycle = append(e.cycle, i)
		}
	}
	e.each("bilans-periodiques", len(e.periodic), func(j int) { e.bilan(&d.Periodic[e.periodic[j]]) })
	e.each("bilans-cycle", len(e.cycle), func(j int) { e.bilanCycle(&d.Cycle[e.cycle[j]]) })
}

func (e *encoder) bilan(r *PeriodicReport) {
	e.open("bilan-periodique")
	e.ref("eleve-ref", kindPupil, r.Pupil)
	e.ref("periode-ref", kindPeriod, r.Period)
	council := r.Council
	if council.IsZero() && e.p.c.Council == CouncilFromLock {
		council = r.Locked.Date()
	}
	e.date("date-conseil-classe", council)
	e.date("date-scolarite", r.Schooling)
	e.date("date-creation", r.Created)
	e.attr("date-verrou", string(r.Locked))
	e.signed(r.Head, r.HeadTeachers, r.Teachers)
	e.acquis(r.Results)
	e.digital(r.Digital)
	e.comments("epis-eleve", "epi-eleve", "epi-groupe-ref", kindEPIGroup, r.EPIs)
	e.comments("acc-persos-eleve", "acc-perso-eleve", "acc-perso-groupe-ref", kindAPGroup, r.APs)
	if list := e.parcoursOf(r.Parcours); len(list) > 0 {
		e.open("liste-parcours")
		e.parcours(list)
		e.close()
	}
	e.support(r.Support)
	if e.p.first {
		e.text("appreciation-generale", r.Appraisal)
	} else {
		e.text("acquis-conseils", r.Appraisal)
	}
	e.text("devoirs-faits", r.HomeworkDone)
	if l := r.Life; l != nil && e.open("vie-scolaire") {
		e.count("nb-retards", l.Late)
		e.count("nb-abs-justifiees", l.Excused)
		e.count("nb-abs-injustifiees", l.Unexcused)
		e.count("nb-heures-manquees", l.MissedHours)
		e.text("commentaire", l.Comment)
		e.close()
	}
	e.socle(r.Socle, false)
	e.guardians(r.Guardians)
	e.close()
}

// signed writes who answers for a bilan.
func (e *encoder) signed(head Key, headTeachers, teachers []Key) {
	if e.p.first {
		e.ref("directeur-ref", kindHead, head)
	} else {
		e.ref("responsable-etab-ref", kindHead, head)
	}
	e.refs("prof-princ-refs", kindTeacher, headTeachers)
	e.refs("enseignant-refs", kindTeacher, teachers)
}

func (e *encoder) acquis(list []Result) {
	order := make([]*Result, len(list))
	for i := range list {
		order[i] = &list[i]
	}
	slices.SortStableFunc(order, e.compareResults)
	e.each("liste-acquis", len(order), func(i int) {
		r := order[i]
		e.open("acquis")
		e.ref("discipline-ref", kindDiscipline, r.Discipline)
		e.attr("code-domaine", r.Domain)
		e.refs("enseignant-refs", kindTeacher, r.Teachers)
		e.refs("element-programme-refs", kindElement, r.Elements)
		e.attr("moyenne-eleve", string(r.Mark))
		e.attr("moyenne-structure", string(r.ClassMark))
		notMarked := r.NotMarked || e.p.c.Unmarked == UnmarkedSetsFlag && r.Mark == "" && r.Position == ""
		if e.p.first {
			e.flag("non-evalue", notMarked && len(r.Sub) == 0 || r.NotMarked)
		} else {
			e.flag("eleve-non-note", notMarked)
		}
		e.flag("structure-non-notee", r.ClassNotMarked)
		e.attr("positionnement", string(r.Position))
		appreciation := r.Appreciation
		if t, _ := clean(appreciation); t == "" && e.p.c.Appreciation == AppreciationDash && !e.p.first {
			appreciation = "-"
		}
		e.text("appreciation", appreciation)
		subs := slices.Clone(r.Sub)
		slices.SortStableFunc(subs, func(a, b SubResult) int { return strings.Compare(a.Domain, b.Domain) })
		e.each("sous-domaines", len(subs), func(i int) {
			e.open("sous-domaine")
			e.attr("code-domaine", subs[i].Domain)
			e.refs("element-programme-refs", kindElement, subs[i].Elements)
			e.attr("positionnement", string(subs[i].Position))
			e.flag("non-evalue", subs[i].NotMarked)
			e.close()
		})
		e.close()
	})
}

func (e *encoder) digital(x *Digital) {
	if x == nil || !e.open("competences-numeriques") {
		return
	}
	e.refs("comp-num-commun-refs", kindDigital, x.Commons)
	e.text("appreciation-num", x.Appreciation)
	list := slices.Clone(x.Competences)
	slices.SortStableFunc(list, compareDigital)
	for _, c := range list {
		e.open("competence-num")
		e.attr("code", string(c.Code))
		e.attr("niveau", string(c.Level))
		e.close()
	}
	e.close()
}

func (e *encoder) comments(list, name, ref string, k kind, comments []ProjectComment) {
	comments = slices.Clone(comments)
	slices.SortStableFunc(comments, e.comparing(k))
	e.each(list, len(comments), func(i int) {
		e.open(name)
		e.ref(ref, k, comments[i].Group)
		e.text("commentaire", comments[i].Comment)
		e.close()
	})
}

func (e *encoder) support(list []Support) {
	kept := make([]Support, 0, len(list))
	for _, s := range list {
		if e.carried(ListSupport, string(s.Code), "modalite-accompagnement") {
			kept = append(kept, s)
		}
	}
	slices.SortStableFunc(kept, compareSupport)
	e.each("modalites-accompagnement", len(kept), func(i int) {
		e.open("modalite-accompagnement")
		e.attr("code", string(kept[i].Code))
		e.text("complement-ppre", kept[i].PPRE)
		e.text("complement-contrat-reussite", kept[i].Contract)
		e.close()
	})
}

// socle writes the components in the order of the nomenclature.
func (e *encoder) socle(list []SocleResult, cycle bool) {
	list = slices.Clone(list)
	if cycle && e.p.c.Socle == SocleLanguageExempt && len(list) == 7 && !slices.ContainsFunc(list, func(s SocleResult) bool { return s.Domain == DomainLanguages }) {
		list = append(list, SocleResult{DomainLanguages, PositionExempt})
	}
	slices.SortStableFunc(list, compareSocle)
	e.each("socle", len(list), func(i int) {
		e.open("domaine")
		e.attr("code", string(list[i].Domain))
		e.attr("positionnement", string(list[i].Position))
		e.close()
	})
}

// openGuardians are the versions in which a guardian may be named by a denomination only.
const openGuardians = v201902 | v2020 | v7 | v13

// complete reports whether a guardian has what a version asks for. Family data never block a bilan.
func (g *Guardian) complete(v vset) bool {
	return v&openGuardians != 0 || g.Civility != "" && !missing(g.Family) && !missing(g.Given)
}

func (a *Address) complete(v vset) bool {
	return !missing(a.PostalCode) && !missing(a.Town) && (v&(v7|v13) != 0 || !missing(a.Lines[0]))
}

func (e *encoder) guardians(list []Guardian) {
	order := make([]*Guardian, 0, len(list))
	for i := range list {
		if list[i].complete(e.p.bit) {
			order = append(order, &list[i])
		} else {
			e.lose("responsable")
		}
	}
	slices.SortStableFunc(order, compareGuardians)
	e.each("responsables", len(order), func(i int) {
		g := order[i]
		e.open("responsable")
		e.person(g.Civility, g.Family, g.Given)
		e.flag("legal1", g.Legal1)
		e.flag("legal2", g.Legal2)
		e.attr("lien-parente", g.Relationship)
		e.attr("denomination", g.Denomination)
		if a := g.Address; a != nil && !a.complete(e.p.bit) {
			e.lose("adresse")
		} else if a != nil && e.open("adresse") {
			e.attr("ligne1", a.Lines[0])
			e.attr("ligne2", a.Lines[1])
			e.attr("ligne3", a.Lines[2])
			e.attr("ligne4", a.Lines[3])
			e.attr("code-postal", a.PostalCode)
			e.attr("commune", a.Town)
			e.close()
		}
		e.close()
	})
}

func (e *encoder) bilanCycle(r *CycleReport) {
	e.open("bilan-cycle")
	e.ref("eleve-ref", kindPupil, r.Pupil)
	e.attr("cycle", r.Cycle)
	e.attr("millesime", r.Year)
	e.date("date-creation", r.Created)
	e.attr("date-verrou", string(r.Locked))
	e.signed(r.Head, r.HeadTeachers, r.Teachers)
	e.socle(r.Socle, true)
	e.text("synthese", r.Synthesis)
	if c := r.Complement; c != nil && e.carried(ListComplement, string(c.Code), "enseignement-complement") && e.open("enseignement-complement") {
		e.attr("code", string(c.Code))
		e.attr("positionnement", string(c.Position))
		e.close()
	}
	e.guardians(r.Guardians)
	if l := r.Language; l != nil && e.carried(ListLanguage, string(l.Code), "langue-culture-regionale") && e.open("langue-culture-regionale") {
		e.attr("code", string(l.Code))
		e.attr("positionnement", string(l.Position))
		e.close()
	}
	e.close()
}
