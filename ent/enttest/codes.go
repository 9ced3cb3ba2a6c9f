package enttest

import (
	"strconv"

	"github.com/opencartable/cartable/ent"
)

// UnknownSubject is a subject code that no nomenclature holds: groups that are odd cases are taught it.
const UnknownSubject ent.SubjectCode = "999900"

// The subjects taught. Source: the subjects of an academic feed of 2013.
const (
	subHomeroom   ent.SubjectCode = "008400"
	subPhilosophy ent.SubjectCode = "010300"
	subLatin      ent.SubjectCode = "020100"
	subFrench     ent.SubjectCode = "020700"
	subGerman     ent.SubjectCode = "030102"
	subEnglish    ent.SubjectCode = "030201"
	subSpanish    ent.SubjectCode = "030602"
	subHistoryLyc ent.SubjectCode = "040600"
	subHistory    ent.SubjectCode = "042100"
	subEconomics  ent.SubjectCode = "050700"
	subMaths      ent.SubjectCode = "061300"
	subPhysics    ent.SubjectCode = "062300"
	subBiology    ent.SubjectCode = "062900"
	subTechnology ent.SubjectCode = "070800"
	subMusic      ent.SubjectCode = "081300"
	subArts       ent.SubjectCode = "090100"
	subSport      ent.SubjectCode = "100100"
	subApplied    ent.SubjectCode = "278300"
	subHealth     ent.SubjectCode = "312800"
	subPractice   ent.SubjectCode = "001300"
	subWorkshops  ent.SubjectCode = "006300"
	// The local ones are invented: a code of this shape is the academy's own, attached to a national one.
	localSubject   ent.SubjectCode = "A10001"
	localProgramme ent.MEF         = "1031000K11A"
)

// Subjects returns the subjects of the academy: national ones, and one of its own.
func (a *Academy) Subjects() []ent.Subject {
	table := [...][2]string{
		{"001300", "PRATIQUES PROFESSIONNELLES"},
		{"005400", "VIE SCOLAIRE"},
		{"006300", "ATELIERS METIERS"},
		{"006600", "ACCOMPAGNEMENT PERSONNALISE"},
		{"008400", "VIE DE CLASSE"},
		{"010300", "PHILOSOPHIE"},
		{"020100", "LATIN"},
		{"020700", "FRANCAIS"},
		{"030101", "ALLEMAND LV1"},
		{"030102", "ALLEMAND LV2"},
		{"030201", "ANGLAIS LV1"},
		{"030202", "ANGLAIS LV2"},
		{"030601", "ESPAGNOL LV1"},
		{"030602", "ESPAGNOL LV2"},
		{"030902", "ITALIEN LV2"},
		{"040600", "HISTOIRE ET GEOGRAPHIE"},
		{"042100", "HISTOIRE-GEOGRAPHIE-EDUCATION CIVIQUE"},
		{"050700", "SCIENCES ECONOMIQUES ET SOCIALES"},
		{"061300", "MATHEMATIQUES"},
		{"062300", "PHYSIQUE-CHIMIE"},
		{"062400", "SCIENCES PHYSIQUES"},
		{"062900", "SCIENCES DE LA VIE ET DE LA TERRE"},
		{"070800", "TECHNOLOGIE"},
		{"081300", "EDUCATION MUSICALE"},
		{"090100", "ARTS PLASTIQUES"},
		{"100100", "EDUCATION PHYSIQUE ET SPORTIVE"},
		{"270500", "ARTS APPLIQUES"},
		{"278300", "ARTS APPLIQUES ET CULTURES ARTISTIQUES"},
		{"312800", "PREVENTION-SANTE-ENVIRONNEMENT"},
		{"434300", "MANAGEMENT DES ORGANISATIONS"},
	}

	out := make([]ent.Subject, 0, len(table)+1)
	for _, s := range table {
		out = append(out, ent.Subject{Code: ent.SubjectCode(s[0]), Label: s[1]})
	}
	return append(out, ent.Subject{Code: localSubject, Label: "ATELIER FICTIF", National: subMaths})
}

// Programmes returns the study programmes of the second degree: national ones, and one of the academy's own. The first
// degree has none in the feeds; its pupils have a level.
func (a *Academy) Programmes() []ent.Programme {
	const (
		sixth   = "6EME"
		fifth   = "5EME"
		fourth  = "4EME"
		third   = "3EME"
		second  = "2NDE GENERALE & TECHNO YC BT"
		first   = "PREMIERE GENERALE & TECHNO YC BT"
		last    = "TERMINALE GENERALE & TECHNO YC BT"
		firstG  = "PREMIERE GENERALE"
		lastG   = "TERMINALE GENERALE"
		vocOne  = "2NDE PROFESSIONNELLE"
		vocTwo  = "1ERE PROFESSIONNELLE"
		vocLast = "TERMINALE PROFESSIONNELLE"
	)
	table := [...][5]string{
		{"10010002110", "6EME MUSIQUE", "21110010002", sixth, sixth},
		{"10010012110", "6EME", "21110010012", sixth, sixth},
		{"10010022110", "6EME DANSE", "21110010022", sixth, sixth},
		{"10110001110", "5EME", "21120010001", fifth, fifth},
		{"10110002110", "5EME MUSIQUE", "21120010002", fifth, fifth},
		{"10110022110", "5EME DANSE", "21120010022", fifth, fifth},
		{"10210001110", "4EME", "21150010001", fourth, fourth},
		{"10210002110", "4EME MUSIQUE", "21150010002", fourth, fourth},
		{"10210022110", "4EME DANSE", "21150010022", fourth, fourth},
		{"10310002110", "3EME MUSIQUE", "21160010002", third, third},
		{"10310019110", "3EME", "21160010019", third, third},
		{"10310022110", "3EME DANSE", "21160010022", third, third},
		{"16410002110", "6EME SEGPA", "24310010002", "6EME SEGPA", "6EME SEGPA"},
		{"16510002110", "5EME SEGPA", "24320010002", "5EME SEGPA", "5EME SEGPA"},
		{"16610002110", "4EME SEGPA", "24330010002", "4EME SEGPA", "4EME SEGPA"},
		{"16710002110", "3EME SEGPA", "24340010002", "3EME SEGPA", "3EME SEGPA"},
		{"20010014110", "2DE  DETERMINATION", "22111410014", second, "2NDE GENERALE"},
		{"20111010110", "PREMIERE SCIENTIFIQUE SVT", "22121111010", first, firstG},
		{"20112005110", "PREMIERE ECONOMIQUE ET SOCIALE", "22121312005", first, firstG},
		{"20113019110", "PREMIERE  LITTERAIRE", "22121213019", first, firstG},
		{"20211010110", "TERMINALE SCIENTIFIQUE SVT", "22131111010", last, lastG},
		{"20212005110", "TERMINALE ECONOMIQUE ET SOCIALE", "22131312005", last, lastG},
		{"20213019110", "TERMINALE  LITTERAIRE", "22131213019", last, lastG},
		{"24725506310", "2NDPRO ELECTROTEC. ENERG. EQUIP.COMMUNIC", "23810025506", vocOne, "BAC PRO"},
		{"24725506320", "1ERPRO ELECTROTEC. ENERG. EQUIP.COMMUNIC", "23820025506", vocTwo, "BAC PRO"},
		{"24725506330", "TLEPRO ELECTROTEC. ENERG. EQUIP.COMMUNIC", "23830025506", vocLast, "BAC PRO"},
		{"24731202310", "2NDPRO COMMERCE", "23810031202", vocOne, "BAC PRO"},
		{"24731202320", "1ERPRO COMMERCE", "23820031202", vocTwo, "BAC PRO"},
		{"24731202330", "TLEPRO COMMERCE", "23830031202", vocLast, "BAC PRO"},
	}
	out := make([]ent.Programme, 0, len(table)+1)
	for _, p := range table {
		code := ent.MEF(p[0])
		out = append(out, ent.Programme{Code: code, Label: p[1], National: code, Stat: p[2], Level: p[3], Track: p[4]})
	}
	return append(out, ent.Programme{
		Code: localProgramme, Label: "3EME PROJET FICTIF", National: "10310019110", Stat: "21160010019", Level: third, Track: third,
	})
}

// tracksOf returns the programmes of a kind of lycée, by track then year.
func tracksOf(k kind) [][3]ent.MEF {
	if k == pro {
		return [][3]ent.MEF{
			{"24731202310", "24731202320", "24731202330"},
			{"24725506310", "24725506320", "24725506330"},
		}
	}
	return [][3]ent.MEF{
		{"20010014110", "20111010110", "20211010110"},
		{"20010014110", "20112005110", "20212005110"},
		{"20010014110", "20113019110", "20213019110"},
	}
}

func programmeOf(k kind, level, track int) ent.MEF {
	switch k {
	case college:
		return [...]ent.MEF{"10010012110", "10110001110", "10210001110", "10310019110"}[level-level6e]
	case segpa:
		return [...]ent.MEF{"16410002110", "16510002110", "16610002110", "16710002110"}[level-level6e]
	default:
		return tracksOf(k)[track][level-level2d]
	}
}

// levelCode returns the codes of the levels of the first degree.
func levelCode() [level6e]string {
	return [...]string{"1111", "1112", "1113", "1121", "1122", "1123", "1124", "1125"}
}

// levelName returns a level as people say it.
func levelName(l int) string {
	return [...]string{
		"PS", "MS", "GS", "CP", "CE1", "CE2", "CM1", "CM2", "6e", "5e", "4e", "3e", "2de", "1re", "Tle",
	}[l]
}

// levelPrefix returns what the codes of classes of a level begin with.
func levelPrefix(l int) string { return [...]string{"6", "5", "4", "3", "2", "1", "T"}[l-level6e] }

func levelLabel(k kind, l int) string {
	label := [...]string{"6EME", "5EME", "4EME", "3EME", "2NDE", "1ERE", "TLE"}[l-level6e]
	switch k {
	case segpa:
		return label + " SEGPA"
	case pro:
		return label + " PRO"
	default:
		return label
	}
}

func letter(i int) string {
	if i >= 26 {
		return strconv.Itoa(i + 1)
	}
	return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[i : i+1]
}

// classCode returns the code of a class, in the style of its school.
func classCode(k kind, l, i, track, style int) string {
	prefix := levelPrefix(l)
	switch {
	case k == segpa:
		return prefix + "SEG" + letter(i)
	case k == pro:
		return prefix + [...]string{"COM", "ELEC"}[track] + strconv.Itoa(i+1)
	case k == lycee && l == level2d:
		return "2GT" + strconv.Itoa(i+1)
	case k == lycee:
		return prefix + [...]string{"S", "ES", "L"}[track] + strconv.Itoa(i+1)
	case style == 1:
		return prefix + "0" + strconv.Itoa(i+1)
	case style == 2:
		return prefix + "-" + letter(i)
	}
	return prefix + letter(i)
}

// oddClassCode returns a code with an accent, a space and a full stop, as some schools write them.
func oddClassCode(l, i int) string { return levelPrefix(l) + "è G." + strconv.Itoa(i+1) }

// discipline is the discipline of a teaching post.
type discipline struct{ code, label string }

// The disciplines, indexes of the table. Source: the disciplines of feeds.
const (
	discLetters = iota
	discClassics
	discMaths
	discHistory
	discEnglish
	discSpanish
	discGerman
	discPhysics
	discBiology
	discTechnology
	discSport
	discMusic
	discArts
	discEconomics
	discPhilosophy
	discAdapted
	discLettersPro
	discEnglishPro
	discMathsPro
	discHealth
	discApplied
	discTrade
	disciplineCount
)

func disciplineOf(i int) discipline {
	return [disciplineCount]discipline{
		{"L0202", "LETTRES MODERNES"},
		{"L0201", "LETTRES CLASSIQUES"},
		{"L1300", "MATHEMATIQUES"},
		{"L1000", "HISTOIRE GEOGRAPHIE"},
		{"L0422", "ANGLAIS"},
		{"L0426", "ESPAGNOL"},
		{"L0421", "ALLEMAND"},
		{"L1500", "SCIENCES PHYSIQUES ET CHIMIQUES"},
		{"L1600", "SCIENCES DE LA VIE ET DE LA TERRE"},
		{"L1400", "TECHNOLOGIE"},
		{"L1900", "EDUCATION PHYSIQUE ET SPORTIVE"},
		{"L1700", "EDUCATION MUSICALE"},
		{"L1800", "ARTS PLASTIQUES"},
		{"L1100", "SCIENCES ECONOMIQUES ET SOCIALES"},
		{"L0100", "PHILOSOPHIE"},
		{"G0170", "ENSEIGNER EN SEGPA OU EREA"},
		{"P0210", "LETTRES HISTOIRE GEOGRAPHIE"},
		{"P0222", "LETTRES ANGLAIS"},
		{"P1315", "MATH.SCIENCES PHYSIQUES"},
		{"P7200", "BIOTECHNOLOGIES SANTE-ENVIRONNEMENT(E F"},
		{"P6500", "ENSEIGNEMENTS ARTISTIQUES ET ARTS APPLIQ"},
		{"P8013", "ECO-GEST OPTION COMMERCE ET VENTE"},
	}[i]
}

// need is a subject that a class or a group is taught, by a teacher of a discipline, so many half-hours a week.
type need struct {
	subject    ent.SubjectCode
	discipline int
	hours      int
}

func needsOf(k kind, level, track int) []need {
	switch k {
	case college:
		out := []need{
			{subFrench, discLetters, 9},
			{subMaths, discMaths, 8},
			{subHistory, discHistory, 6},
			{subEnglish, discEnglish, 7},
			{subBiology, discBiology, 3},
			{subSport, discSport, 7},
			{subArts, discArts, 2},
			{subMusic, discMusic, 2},
		}
		if level > level6e {
			out = append(out, need{subPhysics, discPhysics, 3}, need{subTechnology, discTechnology, 3})
		}
		return out
	case segpa:
		out := []need{
			{subFrench, discAdapted, 9},
			{subMaths, discAdapted, 8},
			{subHistory, discAdapted, 4},
			{subEnglish, discEnglish, 4},
			{subSport, discSport, 6},
			{subArts, discArts, 2},
		}
		if level >= level2d-2 {
			out = append(out, need{subWorkshops, discTechnology, 12})
		}
		return out
	case pro:
		return []need{
			{subFrench, discLettersPro, 5},
			{subHistoryLyc, discLettersPro, 3},
			{subMaths, discMathsPro, 6},
			{subEnglish, discEnglishPro, 4},
			{subHealth, discHealth, 2},
			{subApplied, discApplied, 2},
			{subSport, discSport, 5},
		}
	default:
		return needsOfLycee(level, track)
	}
}

func needsOfLycee(level, track int) []need {
	out := []need{
		{subEnglish, discEnglish, 5},
		{subSport, discSport, 4},
		{subHistoryLyc, discHistory, 6},
		{subHomeroom, discHistory, 1},
	}
	if level == levelTl {
		out = append(out, need{subPhilosophy, discPhilosophy, [...]int{6, 8, 14}[track]})
	} else {
		out = append(out, need{subFrench, discLetters, 8})
	}
	scientist := level == level2d || track == 0
	if scientist || track == 1 {
		out = append(out, need{subMaths, discMaths, 8})
	}
	if scientist {
		out = append(out, need{subPhysics, discPhysics, 7}, need{subBiology, discBiology, 5})
	}
	if level == level2d || track == 1 {
		out = append(out, need{subEconomics, discEconomics, 6})
	}
	return out
}
