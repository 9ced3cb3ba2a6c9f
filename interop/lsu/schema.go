package lsu

// Namespace is the namespace of the import file, in both degrees.
const Namespace = "urn:fr:edu:scolarite:lsun:bilans:import"

// Types that several lines share. Source: the schemas of each version; what one version has otherwise is said on the line.
var (
	tID       = simple{base: baseID}
	tPositive = simple{base: baseInt, min: 1, bounded: true}
	tCount    = simple{base: baseInt, min: 0, max: 999, bounded: true}
	tNoMax    = simple{base: baseInt, min: 0, bounded: true}
	tInt      = simple{base: baseInt, min: -1 << 31, max: 1<<31 - 1, bounded: true}
	tDate     = simple{base: baseDate}
	tBool     = simple{base: baseBool}
	tName     = span(1, 100)
	tCivility = enum("M", "MME")
	tYear     = exactly(4)
	tLock     = simple{minLen: 10, maxLen: 19, lock: true}
	tMark     = span(1, 8)
	tResult   = digit("14")
	tSocle    = digit("04")
	tEmpty600 = simple{maxLen: 600, notBlank: true} // an empty text fails its pattern all the same
)

// division is CodeStructure, 8 characters up to 2019-04-27.
func division(name string) []any {
	return []any{req(name, span(1, 8)).only(v3 &^ v2020), req(name, span(1, 20)).only(v2020 | v7 | v13)}
}

func join(parts ...[]any) []any {
	var out []any
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

func entete() *element {
	e := el("entete",
		one(el("editeur", text(50))), one(el("application", text(50))),
		maybe(el("appliVersion", text(50))).only(v201902|v2020|v7|v13),
		one(el("etablissement", exactly(8))))
	e.all = true
	return e
}

func parcours() *element {
	return el("parcours", text(600), req("code", list(ListParcours)), named("code"))
}

func elementProgramme() *element {
	return el("elements-programme", some(el("element-programme", kindElement, req("id", tID), req("libelle", text(300)), named("id"))),
		unique{child: "element-programme", fields: []string{"libelle"}})
}

// responsables has other rules in the editions of 2019 without denomination, and in the first degree.
func responsables() *element {
	return el("responsables", some(el("responsable",
		maybe(el("adresse",
			opt("ligne1", text(50)).needed(v3|v1d), opt("ligne2", text(50)), opt("ligne3", text(50)), opt("ligne4", text(50)),
			req("code-postal", text(10)), req("commune", text(100)))),
		req("civilite", tCivility).needed(vAll&^openGuardians), req("nom", tName).needed(vAll&^openGuardians), req("prenom", tName).needed(vAll&^openGuardians),
		opt("legal1", tBool).only(v2d), opt("legal2", tBool).only(v2d), opt("lien-parente", text(40)),
		opt("denomination", text(600)).only(openGuardians))))
}

func supports() *element {
	return el("modalites-accompagnement", some(el("modalite-accompagnement", req("code", list(ListSupport)), named("code"),
		maybe(el("complement-ppre", text(600))), maybe(el("complement-contrat-reussite", text(600))).only(v2d&^v2018))),
		unique{child: "modalite-accompagnement", fields: []string{"code"}})
}

// domaine is a component of the socle; its position could be left out of a bilan périodique before version 7.
func domaine(cycle bool) *element {
	position := req("positionnement", tSocle)
	if !cycle {
		position = position.needed(v7 | v13)
	}
	return el("domaine", req("code", list(ListDomain)), position, named("code"))
}

func socle(cycle bool) *element {
	u := unique{child: "domaine", fields: []string{"code"}}
	if cycle {
		return el("socle", times(domaine(true), 8, 8), u)
	}
	return el("socle", times(domaine(false), 8, 8).only(v3|v1d), times(domaine(false), 1, 8).only(v7|v13), u)
}

func secondDegree() *element {
	teachings := func() child {
		return one(el("enseignants-disciplines", some(el("enseignant-discipline",
			req("enseignant-ref", ref(kindTeacher)), req("discipline-ref", ref(kindDiscipline)), named("enseignant-ref", "discipline-ref")))))
	}
	comment := func() *element { return el("commentaire", text(600)) }
	periodDivision := func(child string) unique {
		return unique{child: child, fields: []string{"periode-ref", "code-division"}}
	}
	heads := el("responsables-etab", some(el("responsable-etab", kindHead, req("id", tID), req("libelle", tName), named("id"))),
		unique{child: "responsable-etab", fields: []string{"libelle"}})
	pupils := el("eleves", some(el("eleve", join([]any{
		kindPupil, req("id", tID), req("id-be", tPositive).only(v2d &^ v13), req("id-be", simple{minLen: 1}).only(v13),
		opt("nom", tName), opt("prenom", tName), named("id"),
	}, division("code-division"))...)),
		unique{child: "eleve", fields: []string{"id-be"}})
	periods := el("periodes", some(el("periode", kindPeriod, req("id", tID), req("millesime", tYear), req("indice", tInt), req("nb-periodes", tInt), named("id"))),
		unique{child: "periode", fields: []string{"millesime", "indice", "nb-periodes"}})
	disciplines := el("disciplines", some(el("discipline", kindDiscipline, req("id", tID), req("code", exactly(6)), opt("code-national", exactly(6)),
		req("modalite-election", list(ListElection)), req("libelle", text(40)), opt("id-lv", ref(kindDiscipline)).only(v7|v13), named("id"))),
		unique{child: "discipline", fields: []string{"code", "modalite-election"}, in: v3},
		unique{child: "discipline", fields: []string{"code", "modalite-election", "id-lv"}, in: v7 | v13})
	teachers := el("enseignants", some(el("enseignant", kindTeacher, req("id", tID), req("type", list(ListTeacher)), req("id-sts", tPositive),
		opt("civilite", tCivility), opt("nom", tName), opt("prenom", tName).only(v3&^v2020), opt("prenom", span(0, 100)).only(v2020|v7|v13), named("id"))),
		unique{child: "enseignant", fields: []string{"type", "id-sts"}})
	digital := el("competences-numeriques-communs", some(el("competences-numeriques-commun", kindDigital, tEmpty600,
		req("id", tID), req("code-structure", span(1, 20)), req("type-structure", enum("D", "G")), named("id"))))
	parcoursCommuns := el("parcours-communs", some(el("parcours-commun", join([]any{
		some(parcours()), req("periode-ref", ref(kindPeriod)), unique{child: "parcours", fields: []string{"code"}}, named("periode-ref", "code-division"),
	}, division("code-division"))...)),
		periodDivision("parcours-commun"))
	schoolLife := el("vies-scolaires-communs", some(el("vie-scolaire-commun", join([]any{
		one(comment()), req("periode-ref", ref(kindPeriod)), named("periode-ref", "code-division"),
	}, division("code-division"))...)),
		periodDivision("vie-scolaire-commun"))
	themes := el("epis-thematiques", some(el("epi-thematique", req("code", span(1, 50)), req("libelle", text(100)), named("code"))),
		unique{child: "epi-thematique", fields: []string{"code"}})
	epis := el("epis", some(el("epi", kindEPI, maybe(el("description", text(600))), req("id", tID), req("intitule", text(150)),
		req("thematique", list(ListTheme)).only(v2018), req("thematique", span(1, 50)).only(v2d&^v2018),
		req("discipline-refs", refsMin(kindDiscipline, 2)), named("id"))))
	epiGroups := el("epis-groupes", some(el("epi-groupe", kindEPIGroup, maybe(comment()), teachings(),
		req("id", tID), req("epi-ref", ref(kindEPI)), req("intitule", text(150)), named("id"))))
	aps := el("acc-persos", some(el("acc-perso", kindAP, maybe(el("description", text(600))), req("id", tID), req("intitule", text(150)),
		req("discipline-refs", refs(kindDiscipline)), named("id"))))
	apGroups := el("acc-persos-groupes", some(el("acc-perso-groupe", kindAPGroup, maybe(comment()), teachings(),
		req("id", tID), req("acc-perso-ref", ref(kindAP)), req("intitule", text(150)), named("id"))))

	acquis := el("acquis", maybe(el("appreciation", text(600))), req("discipline-ref", ref(kindDiscipline)),
		req("enseignant-refs", refs(kindTeacher)), opt("element-programme-refs", refs(kindElement)).needed(v3&^v2020),
		opt("moyenne-eleve", tMark), opt("moyenne-structure", tMark), opt("eleve-non-note", tBool), opt("structure-non-notee", tBool),
		opt("positionnement", tResult), named("discipline-ref"))
	bilan := el("bilan-periodique",
		one(el("liste-acquis", some(acquis), unique{child: "acquis", fields: []string{"discipline-ref"}})),
		maybe(el("competences-numeriques", maybe(el("appreciation-num", tEmpty600)),
			any0(el("competence-num", req("code", list(ListDigital)), req("niveau", digit("13")), named("code"))),
			opt("comp-num-commun-refs", refs(kindDigital)), unique{child: "competence-num", fields: []string{"code"}})).only(v2020|v7|v13),
		maybe(el("epis-eleve", some(el("epi-eleve", maybe(comment()), req("epi-groupe-ref", ref(kindEPIGroup)), named("epi-groupe-ref"))),
			unique{child: "epi-eleve", fields: []string{"epi-groupe-ref"}})),
		maybe(el("acc-persos-eleve", some(el("acc-perso-eleve", maybe(comment()), req("acc-perso-groupe-ref", ref(kindAPGroup)), named("acc-perso-groupe-ref"))),
			unique{child: "acc-perso-eleve", fields: []string{"acc-perso-groupe-ref"}})).only(v2d&^v13),
		maybe(el("liste-parcours", some(parcours()), unique{child: "parcours", fields: []string{"code"}})),
		maybe(supports()),
		one(el("acquis-conseils", text(1000))),
		maybe(el("devoirs-faits", text(600))).only(v2d&^v2018),
		one(el("vie-scolaire", maybe(comment()),
			req("nb-retards", tNoMax).only(v2018), req("nb-abs-justifiees", tNoMax).only(v2018),
			req("nb-abs-injustifiees", tNoMax).only(v2018), opt("nb-heures-manquees", tNoMax).only(v2018),
			req("nb-retards", tCount).only(v2d&^v2018), req("nb-abs-justifiees", tCount).only(v2d&^v2018),
			req("nb-abs-injustifiees", tCount).only(v2d&^v2018), opt("nb-heures-manquees", tCount).only(v2d&^v2018))),
		maybe(socle(false)),
		maybe(responsables()),
		req("eleve-ref", ref(kindPupil)), req("periode-ref", ref(kindPeriod)), req("date-conseil-classe", tDate), req("date-scolarite", tDate),
		req("date-verrou", tLock).needed(v3), req("responsable-etab-ref", ref(kindHead)), opt("prof-princ-refs", refs(kindTeacher)),
		named("eleve-ref", "periode-ref"))
	cycle := el("bilan-cycle",
		one(socle(true)), one(el("synthese", text(1500))),
		maybe(el("enseignement-complement", req("code", list(ListComplement)), opt("positionnement", digit("12")))),
		maybe(responsables()),
		maybe(el("langue-culture-regionale", req("code", list(ListLanguage)), opt("positionnement", digit("12")))).only(v2d&^v2018),
		req("eleve-ref", ref(kindPupil)), req("cycle", digit("34")), req("millesime", tYear), req("date-creation", tDate),
		req("date-verrou", tLock).needed(v3), req("responsable-etab-ref", ref(kindHead)), opt("prof-princ-refs", refs(kindTeacher)),
		named("eleve-ref", "cycle"))

	donnees := el("donnees", one(heads), one(pupils), maybe(periods), maybe(disciplines), maybe(teachers), maybe(elementProgramme()),
		maybe(digital).only(v2020|v7|v13), maybe(parcoursCommuns), maybe(schoolLife), maybe(themes).only(v2d&^v2018),
		maybe(epis), maybe(epiGroups), maybe(aps).only(v2d&^v13), maybe(apGroups).only(v2d&^v13),
		maybe(el("bilans-periodiques", some(bilan), unique{child: "bilan-periodique", fields: []string{"eleve-ref", "periode-ref"}})),
		maybe(el("bilans-cycle", some(cycle), unique{child: "bilan-cycle", fields: []string{"eleve-ref", "cycle"}})))
	return el("lsun-bilans", one(entete()), one(donnees),
		req("schemaVersion", enum("2.0", "3.0")).only(v3), req("schemaVersion", enum(Version7.SchemaVersions()...)).only(v7),
		req("schemaVersion", enum("13.0")).only(v13))
}

func firstDegree() *element {
	person := func(name string, k kind) *element {
		return el(name, k, req("id", tID), req("civilite", tCivility), req("nom", tName), req("prenom", tName), named("id"))
	}
	byName := func(child string) unique { return unique{child: child, fields: []string{"civilite", "nom", "prenom"}} }
	domain := func(name string, more ...any) *element {
		return el(name, append(more, req("code-domaine", exactly(7)), opt("element-programme-refs", refs(kindElement)),
			opt("positionnement", tResult), opt("non-evalue", tBool), named("code-domaine"))...)
	}
	acquis := domain("acquis", maybe(el("appreciation", text(600))),
		maybe(el("sous-domaines", some(domain("sous-domaine")), unique{child: "sous-domaine", fields: []string{"code-domaine"}})))
	signed := func(parts ...any) []any {
		return append(parts, req("enseignant-refs", refs(kindTeacher)), req("date-creation", tDate),
			req("date-verrou", simple{base: baseDateTime}), req("directeur-ref", ref(kindHead)))
	}
	bilan := el("bilan-periodique", signed(
		one(el("liste-acquis", some(acquis), unique{child: "acquis", fields: []string{"code-domaine"}})),
		maybe(el("liste-parcours", some(parcours()), unique{child: "parcours", fields: []string{"code"}})),
		maybe(supports()), one(el("appreciation-generale", text(1500))), maybe(socle(false)), maybe(responsables()),
		req("eleve-ref", ref(kindPupil)), req("periode-ref", ref(kindPeriod)), req("date-scolarite", tDate), named("eleve-ref", "periode-ref"))...)
	cycle := el("bilan-cycle", signed(
		one(socle(true)), one(el("synthese", text(1500))), maybe(responsables()),
		req("eleve-ref", ref(kindPupil)), req("cycle", digit("22")), req("millesime", tYear), named("eleve-ref", "cycle"))...)
	donnees := el("donnees",
		one(el("directeurs", some(person("directeur", kindHead)), byName("directeur"))),
		one(el("classes", some(el("classe", kindClass, req("id", tID), req("id-be", tPositive), opt("libelle", text(50)), named("id"))),
			unique{child: "classe", fields: []string{"id-be"}})),
		one(el("eleves", some(el("eleve", kindPupil, req("id", tID), req("ine", exactly(11)), req("classe-ref", ref(kindClass)),
			opt("nom", tName), opt("prenom", tName), named("id"))),
			unique{child: "eleve", fields: []string{"ine"}})),
		maybe(el("periodes", some(el("periode", kindPeriod, req("id", tID), req("millesime", tYear), req("indice", tInt), req("nb-periodes", tInt),
			req("date-debut", tDate), req("date-fin", tDate), named("id"))),
			unique{child: "periode", fields: []string{"millesime", "indice", "nb-periodes", "date-debut", "date-fin"}})),
		one(el("enseignants", some(person("enseignant", kindTeacher)), byName("enseignant"))),
		maybe(elementProgramme()),
		maybe(el("parcours-communs", some(el("parcours-commun", some(parcours()), req("periode-ref", ref(kindPeriod)), req("classe-ref", ref(kindClass)),
			unique{child: "parcours", fields: []string{"code"}}, named("periode-ref", "classe-ref"))),
			unique{child: "parcours-commun", fields: []string{"periode-ref", "classe-ref"}})),
		maybe(el("bilans-periodiques", some(bilan), unique{child: "bilan-periodique", fields: []string{"eleve-ref", "periode-ref"}})),
		maybe(el("bilans-cycle", some(cycle), unique{child: "bilan-cycle", fields: []string{"eleve-ref", "cycle"}})))
	return el("lsun-bilans", one(entete()), one(donnees), req("schemaVersion", enum("1.0")))
}
