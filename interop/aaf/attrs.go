package aaf

import "sync"

// attrKey numbers the attribute names of the feed; 0 is a name that is not in the table.
type attrKey uint8

// maxKeys bounds the table of names, so that sets of them are small arrays.
const maxKeys = 192

// attrSet is a set of attribute names.
type attrSet [maxKeys / 64]uint64

func (s *attrSet) add(k attrKey)      { s[k/64] |= 1 << (k % 64) }
func (s *attrSet) has(k attrKey) bool { return s[k/64]&(1<<(k%64)) != 0 }

// names is the table of the attribute names, with the bytes that announce each one in a file.
type names struct {
	list []nameInfo
	keys map[string]attrKey
}

type nameInfo struct {
	name string
	// tag is what stands between `name="` and the first value in the usual writing: the name, `"><value>`.
	tag string
	// common tells that the values repeat from record to record: labels, towns, codes.
	common bool
}

// keyOf returns the key of a name and the table's own copy of it; 0 and the name itself when it is unknown.
func keyOf(name string) (attrKey, string) {
	t := nameTable()
	if k, ok := t.keys[name]; ok {
		return k, t.list[k].name
	}
	return 0, name
}

// nameTable holds every attribute name known in 1D and 2D feeds from 2013 to 2025. A name that is missing here is kept as it comes: the table is for speed and for telling what is new.
var nameTable = sync.OnceValue(func() *names {
	t := &names{list: make([]nameInfo, 1, maxKeys), keys: make(map[string]attrKey, maxKeys)}
	add := func(common bool, list ...string) {
		for _, n := range list {
			if _, twice := t.keys[n]; !twice {
				t.keys[n] = attrKey(len(t.list)) //nolint:gosec // a test holds the table under maxKeys
				t.list = append(t.list, nameInfo{name: n, tag: n + `"><value>`, common: common})
			}
		}
	}
	add(false, "ENTPersonJointure", "ENTEleveINE", "ENTEleveStructRattachId", "ENTPersonDateNaissance",
		"ENTElevePersRelEleve", "ENTPersonAdresse", "ENTEleveAdresseRel",
		"ENTEleveParents", "ENTElevePere", "ENTEleveMere", "ENTEleveAutoriteParentale",
		"ENTElevePersRelEleve1", "ENTElevePersRelEleve2", "mail", "homePhone", "telephoneNumber", "mobile",
		"ENTPersonMobileSMS", "ENTAuxPersRelEleveEleve", "ENTPersonSTSId",
		"ENTStructureJointure", "ENTStructureUAI", "ENTEtablissementUAI", "ENTStructureSIREN", "ENTStructureNomCourant",
		"street", "ENTStructureMailSI", "ENTStructureEmail", "ENTStructureClasses", "ENTStructureGroupes", "facsimileTelephoneNumber",
		"ENTMefJointure", "ENTMatJointure", "ENTLibelleMef", "ENTLibelleMatiere", "ENTMEFRattach", "ENTMatiereRattach", "ENTMEFSTAT11",
		"ENTPersonMail", "ENTPersonTelPerso", "ENTPersRelEleveTelPro", "ENTPersRelEleveTelMobile", "ENTPersRelEleveEleve",
		"ENTStructureAdresse", "ENTStructureBoitePostale", "ENTStructureTelephone", "ENTStructureFax")
	add(true, "ENTPersonNomPatro", "sn", "givenName", "ENTPersonAutresPrenoms", "personalTitle", "ENTEleveBoursier",
		"ENTEleveRegime", "ENTEleveTransport", "ENTPersonCodePostal", "ENTPersonVille", "ENTPersonPays",
		"ENTEleveStatutEleve", "ENTEleveMEF", "ENTEleveLibelleMEF", "ENTEleveNivFormation", "ENTEleveFiliere",
		"ENTEleveEnseignements", "ENTEleveCodeEnseignements", "ENTPersonStructRattach",
		"ENTEleveDateEntreeStructRattach", "ENTEleveDateSortieStructRattach", "ENTEleveDateEntreeClasses", "ENTEleveDateSortieClasses",
		"ENTEleveClasses", "ENTEleveGroupes", "ENTEleveEnseignementsEtablissementsAccueil", "ENTEleveStructureRattachIdMEN",
		"ENTEleveQualitePersRelEleve1", "ENTEleveQualitePersRelEleve2", "ENTPersonAdresseDiffusion",
		"ENTAuxEnsCategoDiscipline", "ENTAuxEnsDisciplinesPoste", "ENTAuxEnsMEF", "ENTAuxEnsMatiereEnseignEtab",
		"ENTAuxEnsClasses", "ENTAuxEnsGroupes", "ENTAuxEnsClassesMatieres", "ENTAuxEnsGroupesMatieres", "ENTAuxEnsClassesPrincipal",
		"ENTPersonFonctions", "ENTPersonCategorieEnseignant", "PersEducNatPresenceDevantEleves", "ENTEnsFonctionDir",
		"ENTStructureTypeStruct", "ENTStructureCodeTypeStruct", "ENTEtablissementMinistereTutelle",
		"ENTEtablissementCodeMinistereTutelle", "ENTEtablissementContrat", "postOfficeBox", "postalCode", "l",
		"ENTEtablissementStructRattachFctl", "ENTEtablissementBassin", "ENTServAcAcademie", "ENTServAcCodeAcademie",
		"ENTNivFormation", "ENTFiliere",
		"ENTPersonNom", "ENTPersonPrenom", "ENTPersonCivilite", "ENTPersonClasses", "ENTPersonGroupes",
		"ENTEleveRestaurantScolaire", "ENTEleveGarderieMatin", "ENTEleveGarderieSoir", "ENTEleveEtudesSurveillees",
		"ENTEleveNiveau", "ENTEleveCycle", "ENTEleveTypeClasse", "ENTEnsSpecialites",
		"ENTStructureCodePostal", "ENTStructureVille", "ENTEcoleMinistereTutelle", "ENTEcoleCodeMinistereTutelle",
		"ENTEcoleSecteur", "ENTEcoleCirconscription", "ENTEcoleCommune", "ENTEcoleRPI")
	// The dated twins of July 2025, whose format is not known: kept raw.
	add(true, "ENTPersonStructRattachDate", "ENTAuxEnsCategoDisciplineDate", "ENTAuxEnsMEFDate", "ENTAuxEnsClassesMatieresDate",
		"ENTAuxEnsGroupesMatieresDate", "ENTAuxEnsClassesPrincipalDate", "ENTPersonFonctionsDate",
		"ENTPersonCategorieEnseignantDate", "ENTEnsFonctionDirDate")
	return t
})
