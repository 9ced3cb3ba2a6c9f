package calendar

import (
	"strings"

	"github.com/opencartable/cartable/ent"
)

// Zone is a set of academies that share their school holidays. The values are those of the ministry's dataset, "Zone A"
// shortened to "A"; one that is not listed here is kept as it is written.
type Zone string

// The zones.
const (
	ZoneA          Zone = "A"
	ZoneB          Zone = "B"
	ZoneC          Zone = "C"
	ZoneCorse      Zone = "Corse"
	ZoneGuadeloupe Zone = "Guadeloupe"
	ZoneGuyane     Zone = "Guyane"
	ZoneMartinique Zone = "Martinique"
	ZoneMayotte    Zone = "Mayotte"
	ZoneReunion    Zone = "Réunion"
	ZonePolynesie  Zone = "Polynésie"
	ZoneSPM        Zone = "Saint-Pierre-et-Miquelon"
	ZoneCaledonie  Zone = "Nouvelle-Calédonie"
	ZoneWallis     Zone = "Wallis et Futuna"
)

// zoneLabels holds the folded names under which feeds write the zones that are no letter.
func zoneLabels() map[string]Zone {
	return map[string]Zone{
		"a": ZoneA, "b": ZoneB, "c": ZoneC,
		"corse":                    ZoneCorse,
		"guadeloupe":               ZoneGuadeloupe,
		"guyane":                   ZoneGuyane,
		"martinique":               ZoneMartinique,
		"mayotte":                  ZoneMayotte,
		"reunion":                  ZoneReunion,
		"polynesie":                ZonePolynesie,
		"polynesie francaise":      ZonePolynesie,
		"saint pierre et miquelon": ZoneSPM,
		"nouvelle caledonie":       ZoneCaledonie,
		"wallis et futuna":         ZoneWallis,
	}
}

// NewZone returns the zone of a label: "Zone A", "A", "La Réunion". An unknown label is kept, without the spaces around
// it.
func NewZone(label string) Zone {
	folded := strings.TrimPrefix(strings.TrimPrefix(foldLabel(label), "zone "), "la ")
	if z, ok := zoneLabels()[folded]; ok {
		return z
	}
	return Zone(strings.TrimSpace(label))
}

// Label returns the zone in words: "zone A", "Réunion".
func (z Zone) Label() string {
	if z == ZoneA || z == ZoneB || z == ZoneC {
		return "zone " + string(z)
	}
	return string(z)
}

// endsInAugust reports whether a summer whose end is not published lasts until 31 August: overseas some schools open
// before.
func (z Zone) endsInAugust() bool {
	return z == ZoneA || z == ZoneB || z == ZoneC || z == ZoneCorse
}

// academy is one académie and its zone. The zones of metropolitan France are those of 2015 and after.
type academy struct {
	code ent.AcademyCode
	name string
	zone Zone
}

// academies lists them: codes from the BCN nomenclature N_ACADEMIE, zones from the yearly arrêté. Caen and Rouen were
// merged in Normandie in 2020; their codes 005 and 021 are from memory, feeds of before hold them.
func academies() []academy {
	return []academy{
		{"003", "Besançon", ZoneA},
		{"004", "Bordeaux", ZoneA},
		{"006", "Clermont-Ferrand", ZoneA},
		{"007", "Dijon", ZoneA},
		{"008", "Grenoble", ZoneA},
		{"022", "Limoges", ZoneA},
		{"010", "Lyon", ZoneA},
		{"013", "Poitiers", ZoneA},
		{"002", "Aix-Marseille", ZoneB},
		{"020", "Amiens", ZoneB},
		{"005", "Caen", ZoneB},
		{"009", "Lille", ZoneB},
		{"012", "Nancy-Metz", ZoneB},
		{"017", "Nantes", ZoneB},
		{"023", "Nice", ZoneB},
		{"070", "Normandie", ZoneB},
		{"018", "Orléans-Tours", ZoneB},
		{"019", "Reims", ZoneB},
		{"014", "Rennes", ZoneB},
		{"021", "Rouen", ZoneB},
		{"015", "Strasbourg", ZoneB},
		{"024", "Créteil", ZoneC},
		{"011", "Montpellier", ZoneC},
		{"001", "Paris", ZoneC},
		{"016", "Toulouse", ZoneC},
		{"025", "Versailles", ZoneC},
		{"027", "Corse", ZoneCorse},
		{"028", "La Réunion", ZoneReunion},
		{"031", "Martinique", ZoneMartinique},
		{"032", "Guadeloupe", ZoneGuadeloupe},
		{"033", "Guyane", ZoneGuyane},
		{"040", "Nouvelle-Calédonie", ZoneCaledonie},
		{"041", "Polynésie française", ZonePolynesie},
		{"042", "Wallis et Futuna", ZoneWallis},
		{"043", "Mayotte", ZoneMayotte},
		{"044", "Saint-Pierre-et-Miquelon", ZoneSPM},
	}
}

// ZoneOfAcademy returns the zone of an academy.
func ZoneOfAcademy(code ent.AcademyCode) (Zone, bool) {
	for _, a := range academies() {
		if a.code == code {
			return a.zone, true
		}
	}
	return "", false
}

// ZoneOfLabel returns the zone of an academy named by its label, whatever its case, accents and hyphens, with or without
// "académie de" before it: today's Normandie, and Caen and Rouen that it replaced.
func ZoneOfLabel(label string) (Zone, bool) {
	folded := foldLabel(label)
	for _, prefix := range []string{"academie d ", "academie de ", "academie "} {
		folded = strings.TrimPrefix(folded, prefix)
	}
	folded = strings.TrimPrefix(folded, "la ")
	for _, a := range academies() {
		if strings.TrimPrefix(foldLabel(a.name), "la ") == folded {
			return a.zone, true
		}
	}
	z, ok := zoneLabels()[folded]
	return z, ok && len(folded) > 1
}

// foldLabel lowers a label, takes its accents away and turns hyphens and apostrophes into single spaces.
func foldLabel(s string) string {
	s = strings.NewReplacer(
		"à", "a", "â", "a", "ç", "c", "é", "e", "è", "e", "ê", "e", "ë", "e", "î", "i", "ï", "i", "ô", "o", "ù", "u", "û", "u",
		"-", " ", "'", " ", "’", " ",
	).Replace(strings.ToLower(s))
	return strings.Join(strings.Fields(s), " ")
}

// Territory is a part of the country with its own public holidays.
type Territory string

// The territories, named as in the public holidays of data.gouv.fr.
const (
	TerritoryMetropole     Territory = "metropole"
	TerritoryAlsaceMoselle Territory = "alsace-moselle"
	TerritoryGuadeloupe    Territory = "guadeloupe"
	TerritoryGuyane        Territory = "guyane"
	TerritoryMartinique    Territory = "martinique"
	TerritoryReunion       Territory = "la-reunion"
	TerritoryMayotte       Territory = "mayotte"
	TerritoryCaledonie     Territory = "nouvelle-caledonie"
	TerritoryPolynesie     Territory = "polynesie-francaise"
	TerritorySPM           Territory = "saint-pierre-et-miquelon"
	TerritoryWallis        Territory = "wallis-et-futuna"
	TerritoryBarthelemy    Territory = "saint-barthelemy"
	TerritoryMartin        Territory = "saint-martin"
)

// Territories returns all of them.
func Territories() []Territory {
	return []Territory{
		TerritoryMetropole, TerritoryAlsaceMoselle, TerritoryGuadeloupe, TerritoryGuyane, TerritoryMartinique,
		TerritoryReunion, TerritoryMayotte, TerritoryCaledonie, TerritoryPolynesie, TerritorySPM, TerritoryWallis,
		TerritoryBarthelemy, TerritoryMartin,
	}
}

// TerritoryOf returns the territory of a département: Alsace-Moselle for 57, 67 and 68, metropolitan France for the other
// codes of two characters. It returns "" for one that has none.
func TerritoryOf(code ent.DepartementCode) Territory {
	switch code {
	case "57", "67", "68":
		return TerritoryAlsaceMoselle
	case "971":
		return TerritoryGuadeloupe
	case "972":
		return TerritoryMartinique
	case "973":
		return TerritoryGuyane
	case "974":
		return TerritoryReunion
	case "975":
		return TerritorySPM
	case "976":
		return TerritoryMayotte
	case "977":
		return TerritoryBarthelemy
	case "978":
		return TerritoryMartin
	case "986":
		return TerritoryWallis
	case "987":
		return TerritoryPolynesie
	case "988":
		return TerritoryCaledonie
	case "99":
		return ""
	}
	if len(code) == 2 && code.Valid() {
		return TerritoryMetropole
	}
	return ""
}

// territory returns the territory of a zone that has one only; metropolitan France for A, B, C and Corsica, which holds
// everywhere but in Alsace and Moselle. It returns "" for an unknown zone.
func (z Zone) territory() Territory {
	switch z {
	case ZoneA, ZoneB, ZoneC, ZoneCorse:
		return TerritoryMetropole
	case ZoneGuadeloupe:
		return TerritoryGuadeloupe
	case ZoneGuyane:
		return TerritoryGuyane
	case ZoneMartinique:
		return TerritoryMartinique
	case ZoneMayotte:
		return TerritoryMayotte
	case ZoneReunion:
		return TerritoryReunion
	case ZonePolynesie:
		return TerritoryPolynesie
	case ZoneSPM:
		return TerritorySPM
	case ZoneCaledonie:
		return TerritoryCaledonie
	case ZoneWallis:
		return TerritoryWallis
	}
	return ""
}
