package lsu

import "github.com/opencartable/cartable/ent"

// Code lists. A code that is not in a list is kept as it was read, and refused by the check of a version.
type (
	// Election is a modalité d'élection: how a subject was chosen.
	Election string
	// TeacherType is the origin of a teacher's identifier.
	TeacherType string
	// Civility is a civilité.
	Civility string
	// StructureType tells a class from a group.
	StructureType string
	// ParcoursCode is one of the parcours éducatifs.
	ParcoursCode string
	// SupportCode is a modalité d'accompagnement.
	SupportCode string
	// ThemeCode is the theme of an EPI: one of the national list, or one that the document declares.
	ThemeCode string
	// DomainCode is a component of the socle commun.
	DomainCode string
	// ComplementCode is an enseignement de complément, at the end of cycle 4.
	ComplementCode string
	// LanguageCode is a regional language and culture.
	LanguageCode string
	// DigitalCode is a digital competence of the CRCN.
	DigitalCode string
	// Position is a level, written as the file writes it: "1" to "4" (insufficient, fragile, satisfactory, very good), "0"
	// in the socle for a pupil who is exempt; "" is missing.
	Position string
)

// The modalités d'élection. The labels of L, R, X and D are not verified.
const (
	ElectionCommon     Election = "S"
	ElectionCompulsory Election = "O"
	ElectionOptional   Election = "F"
	ElectionLocal      Election = "L"
	ElectionR          Election = "R"
	ElectionX          Election = "X"
	ElectionD          Election = "D"
)

// The types of teacher: civil servants known to STS (epp), added by the school (local), from the management (dir), others.
const (
	TeacherEPP   TeacherType = "epp"
	TeacherLocal TeacherType = "local"
	TeacherDir   TeacherType = "dir"
	TeacherOther TeacherType = "autre"
)

// The civilités.
const (
	CivilityM   Civility = "M"
	CivilityMme Civility = "MME"
)

// The structures.
const (
	StructureClass StructureType = "D"
	StructureGroup StructureType = "G"
)

// The parcours.
const (
	ParcoursFuture ParcoursCode = "PAR_AVN"
	ParcoursCivic  ParcoursCode = "PAR_CIT"
	ParcoursArts   ParcoursCode = "PAR_ART"
	ParcoursHealth ParcoursCode = "PAR_SAN"
)

// The modalités d'accompagnement; SEGPA and CTR are of the second degree, RASED of the first.
const (
	SupportPAP   SupportCode = "PAP"
	SupportPAI   SupportCode = "PAI"
	SupportPPRE  SupportCode = "PPRE"
	SupportPPS   SupportCode = "PPS"
	SupportULIS  SupportCode = "ULIS"
	SupportUPE2A SupportCode = "UPE2A"
	SupportSEGPA SupportCode = "SEGPA"
	SupportCTR   SupportCode = "CTR"
	SupportRASED SupportCode = "RASED"
)

// The components of the socle.
const (
	DomainFrench    DomainCode = "CPD_FRA"
	DomainLanguages DomainCode = "CPD_ETR"
	DomainSciences  DomainCode = "CPD_SCI"
	DomainArts      DomainCode = "CPD_ART"
	DomainMethods   DomainCode = "MET_APP"
	DomainCitizen   DomainCode = "FRM_CIT"
	DomainNature    DomainCode = "SYS_NAT"
	DomainWorld     DomainCode = "REP_MND"
)

// The positions.
const (
	PositionExempt Position = "0"
	Position1      Position = "1"
	Position2      Position = "2"
	Position3      Position = "3"
	Position4      Position = "4"
)

// Item is one code of a list with its official label.
type Item struct {
	Code  string
	Label ent.Label
	in    vset
}

func item(code string, in vset, fr, en string) Item {
	return Item{Code: code, Label: ent.Label{FR: fr, EN: en}, in: in}
}

// List names a code list.
type List string

// The code lists.
const (
	ListElection   List = "modalite-election"
	ListTeacher    List = "type-enseignant"
	ListParcours   List = "parcours"
	ListSupport    List = "modalite-accompagnement"
	ListTheme      List = "thematique-epi"
	ListDomain     List = "domaine-socle"
	ListComplement List = "enseignement-complement"
	ListLanguage   List = "langue-culture-regionale"
	ListDigital    List = "competence-num"
	ListPosition   List = "positionnement"
)

// Items returns the codes of a list in the order of the nomenclature 2.10 of the ministry (lsun-nomenclatures-2.10.xml),
// nil for an unknown list. It returns a copy.
func Items(l List) []Item {
	switch l {
	case ListElection:
		return []Item{
			item("S", vAll, "tronc commun", "common core"),
			item("O", vAll, "option obligatoire", "compulsory option"),
			item("F", vAll, "option facultative", "optional subject"),
			item("L", vAll, "ajout local (libellé non vérifié)", "added by the school (label not verified)"),
			item("R", vAll, "R (libellé inconnu)", "R (label unknown)"),
			item("X", vAll, "X (libellé inconnu)", "X (label unknown)"),
			item("D", v7|v13, "D (libellé inconnu)", "D (label unknown)"),
		}
	case ListTeacher:
		return []Item{
			item("epp", vAll, "enseignant connu de STS", "teacher known to STS"),
			item("local", vAll, "enseignant ajouté par l'établissement", "teacher added by the school"),
			item("dir", vAll&^v2018, "personnel de direction", "management"),
			item("autre", vAll&^v2018, "autre", "other"),
		}
	case ListParcours:
		return []Item{
			item("PAR_AVN", v2d, "Parcours avenir", "Future pathway"),
			item("PAR_CIT", vAll, "Parcours citoyen", "Civic pathway"),
			item("PAR_ART", vAll, "Parcours d'éducation artistique et culturelle", "Arts and culture pathway"),
			item("PAR_SAN", vAll, "Parcours éducatif de santé", "Health pathway"),
		}
	case ListSupport:
		return []Item{
			item("PAP", vAll, "Plan d’accompagnement personnalisé", "Personal support plan"),
			item("PAI", vAll, "Projet d’accueil individualisé", "Individual reception project"),
			item("PPRE", vAll, "Programme personnalisé de réussite éducative", "Personal programme for success"),
			item("PPS", vAll, "Projet personnalisé de scolarisation", "Personal schooling project"),
			item("ULIS", vAll, "Unité localisée pour l’inclusion scolaire", "Local unit for inclusion"),
			item("UPE2A", vAll, "Unité pédagogique pour élèves allophones arrivants", "Unit for newly arrived non-French speakers"),
			item("SEGPA", v2d, "Section d’enseignement général adapté", "Adapted general education section"),
			item("CTR", v2d&^v2018, "Contrat de réussite", "Contract for success"),
			item("RASED", v1d, "Réseau d'aides spécialisées aux élèves en difficulté", "Network of specialised help"),
		}
	case ListTheme:
		return []Item{
			item("EPI_SAN", vAll, "Corps, santé, bien-être et sécurité", "Body, health, well-being and safety"),
			item("EPI_ART", vAll, "Culture et création artistiques", "Culture and artistic creation"),
			item("EPI_EDD", vAll, "Transition écologique et développement durable", "Ecological transition and sustainable development"),
			item("EPI_ICC", vAll, "Information, communication, citoyenneté", "Information, communication, citizenship"),
			item("EPI_LGA", vAll, "Langues et cultures de l'Antiquité", "Languages and cultures of Antiquity"),
			item("EPI_LGE", vAll, "Langues et cultures étrangères ou, le cas échéant, régionales", "Foreign or regional languages and cultures"),
			item("EPI_PRO", vAll, "Monde économique et professionnel", "Economic and professional world"),
			item("EPI_STS", vAll, "Sciences, technologie et société", "Science, technology and society"),
		}
	case ListDomain:
		return []Item{
			item("CPD_FRA", vAll, "Comprendre, s'exprimer en utilisant la langue française à l'oral et à l'écrit", "French, spoken and written"),
			item("CPD_ETR", vAll, "Comprendre, s'exprimer en utilisant une langue étrangère et, le cas échéant, une langue régionale", "A foreign and, if any, a regional language"),
			item("CPD_SCI", vAll, "Comprendre, s'exprimer en utilisant les langages mathématiques, scientifiques et informatiques", "Languages of mathematics, science and computing"),
			item("CPD_ART", vAll, "Comprendre, s'exprimer en utilisant les langages des arts et du corps", "Languages of the arts and of the body"),
			item("MET_APP", vAll, "Les méthodes et outils pour apprendre", "Methods and tools for learning"),
			item("FRM_CIT", vAll, "La formation de la personne et du citoyen", "The person and the citizen"),
			item("SYS_NAT", vAll, "Les systèmes naturels et les systèmes techniques", "Natural and technical systems"),
			item("REP_MND", vAll, "Les représentations du monde et l'activité humaine", "Representations of the world and human activity"),
		}
	case ListComplement:
		return []Item{
			item("AUC", vAll, "Aucun", "None"),
			item("LCA", vAll, "Langues et cultures de l'Antiquité", "Languages and cultures of Antiquity"),
			item("LCE", vAll&^v2018, "Langues et cultures européennes", "European languages and cultures"),
			item("LCR", vAll, "Langues et cultures régionales", "Regional languages and cultures"),
			item("CHK", vAll&^v2018, "Chant choral", "Choir"),
			item("PRO", vAll, "Découverte professionnelle", "Discovery of professions"),
			item("LSF", vAll, "Langue des signes française", "French sign language"),
			item("LVE", vAll, "Langue vivante étrangère", "Modern foreign language"),
		}
	case ListLanguage:
		const late = vAll &^ v2019
		return []Item{
			item("AUC", vAll, "Aucun", "None"),
			item("BAQ", vAll, "Basque", "Basque"),
			item("BRE", vAll, "Breton", "Breton"),
			item("CAT", vAll, "Catalan", "Catalan"),
			item("COS", vAll, "Corse", "Corsican"),
			item("CPF", late, "Créole", "Creole"),
			item("FUD", late, "Futunien", "Futunan"),
			item("GAL", late, "Gallo", "Gallo"),
			item("GSW", vAll, "Langue régionale d'Alsace", "Regional language of Alsace"),
			item("MEL", late, "Langues mélanésiennes", "Melanesian languages"),
			item("MOL", late, "Langues régionales des pays mosellans", "Regional languages of Moselle"),
			item("OCI", vAll, "Occitan langue d'oc", "Occitan"),
			item("TAH", late, "Tahitien", "Tahitian"),
			item("WLS", late, "Wallisien", "Wallisian"),
		}
	case ListDigital:
		var out []Item
		for _, c := range []string{
			"INF_MEN", "INF_GER", "INF_TRA", "COM_INT", "COM_PAR", "COM_COL", "COM_SIN", "CRE_TEX",
			"CRE_MUL", "CRE_ADA", "CRE_PRO", "PRO_SEC", "PRO_DON", "PRO_SAN", "ENV_RES", "ENV_EVO",
		} {
			fr, en := digitalLabel(c)
			out = append(out, item("CN_"+c, vAll, fr, en))
		}
		return out
	case ListPosition:
		return []Item{
			item("0", vAll, "Dispensé", "Exempt"),
			item("1", vAll, "Maîtrise insuffisante", "Insufficient command"),
			item("2", vAll, "Maîtrise fragile", "Fragile command"),
			item("3", vAll, "Maîtrise satisfaisante", "Satisfactory command"),
			item("4", vAll, "Très bonne maîtrise", "Very good command"),
		}
	}
	return nil
}

// digitalLabel returns the label of a digital competence: those of the cadre de référence (CRCN), not of the nomenclature.
func digitalLabel(code string) (fr, en string) {
	switch code {
	case "INF_MEN":
		return "Mener une recherche et une veille d'information", "Search for and follow information"
	case "INF_GER":
		return "Gérer des données", "Manage data"
	case "INF_TRA":
		return "Traiter des données", "Process data"
	case "COM_INT":
		return "Interagir", "Interact"
	case "COM_PAR":
		return "Partager et publier", "Share and publish"
	case "COM_COL":
		return "Collaborer", "Collaborate"
	case "COM_SIN":
		return "S'insérer dans le monde numérique", "Take one's place in the digital world"
	case "CRE_TEX":
		return "Développer des documents textuels", "Make text documents"
	case "CRE_MUL":
		return "Développer des documents multimédia", "Make multimedia documents"
	case "CRE_ADA":
		return "Adapter les documents à leur finalité", "Adapt documents to their purpose"
	case "CRE_PRO":
		return "Programmer", "Program"
	case "PRO_SEC":
		return "Sécuriser l'environnement numérique", "Secure the digital environment"
	case "PRO_DON":
		return "Protéger les données personnelles et la vie privée", "Protect personal data and privacy"
	case "PRO_SAN":
		return "Protéger la santé, le bien-être et l'environnement", "Protect health, well-being and the environment"
	case "ENV_RES":
		return "Résoudre des problèmes techniques", "Solve technical problems"
	}
	return "Évoluer dans un environnement numérique", "Evolve in a digital environment"
}

// LabelOf returns the label of a code of a list, and whether it is known.
func LabelOf(l List, code string) (ent.Label, bool) {
	for _, i := range Items(l) {
		if i.Code == code {
			return i.Label, true
		}
	}
	return ent.Label{}, false
}

// In reports whether a version accepts the code.
func (i Item) In(v Version) bool { return i.in&v.bit() != 0 }
