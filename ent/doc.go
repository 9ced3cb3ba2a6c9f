// Package ent holds the nouns that every French ENT product (Espace Numérique de Travail) shares: identifiers with their
// check keys, persons, households, relations, establishments, classes, groups, subjects and teachings; and the five types
// through which every part of Cartable accounts for what it does: [Issue], [Report], [Explanation], [Loss] and
// [Disclosure].
//
// It performs no input or output and calls no service. An [ID] is an opaque string chosen by the caller: nothing here
// makes, parses or orders one.
//
//	uai, err := ent.ParseUAI("0750655E")
//	if errors.Is(err, ent.CodeUAIKey) {
//		// right shape, wrong check letter
//	}
//	p := ent.Person{
//		ID:   "us-42",
//		Name: ent.Name{Family: "D'ALMEIDA", Given: "Zoé"},
//		Affiliations: []ent.Affiliation{{Establishment: "us-7", Profile: ent.ProfilePupil}},
//	}
//	fmt.Println(p.Name.Display(), uai)
//
// A program that has another package of that name imports this one as cartable:
//
//	import cartable "github.com/opencartable/cartable/ent"
//
// Sources: the SDET (Schéma Directeur des Espaces numériques de Travail) and its annexe opérationnelle for persons,
// structures and national profiles; INSEE for SIREN, SIRET and the code officiel géographique; the ministry of education
// for UAI, INE and MEF.
package ent
