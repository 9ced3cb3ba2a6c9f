package guichet

import "github.com/opencartable/cartable/ent"

// Academy is one entry of the list that the references of EduConnect use: académies, and some wider areas.
type Academy struct {
	// Number has two digits.
	Number string
	// Name is the prefix of join keys: "RENNES", "AIX-MARSEILLE".
	Name string
}

// Code returns the number as ent writes it, "014" for Rennes, and false for abroad, which is no academy.
func (a Academy) Code() (ent.AcademyCode, bool) {
	c, err := ent.NormalizeAcademyCode(a.Number)
	return c, err == nil
}

// Academies returns the list. Source: entcore, SSOEduConnect (47 codes).
func Academies() []Academy {
	return []Academy{
		{"00", "ETRANGER"},
		{"01", "PARIS"},
		{"02", "AIX-MARSEILLE"},
		{"03", "BESANCON"},
		{"04", "BORDEAUX"},
		{"05", "CAEN"},
		{"06", "CLERMONT-FERRAND"},
		{"07", "DIJON"},
		{"08", "GRENOBLE"},
		{"09", "LILLE"},
		{"10", "LYON"},
		{"11", "MONTPELLIER"},
		{"12", "NANCY-METZ"},
		{"13", "POITIERS"},
		{"14", "RENNES"},
		{"15", "STRASBOURG"},
		{"16", "TOULOUSE"},
		{"17", "NANTES"},
		{"18", "ORLEANS-TOURS"},
		{"19", "REIMS"},
		{"20", "AMIENS"},
		{"21", "ROUEN"},
		{"22", "LIMOGES"},
		{"23", "NICE"},
		{"24", "CRETEIL"},
		{"25", "VERSAILLES"},
		{"26", "ANTILLES-GUYANE"},
		{"27", "CORSE"},
		{"28", "LA_REUNION"},
		{"31", "MARTINIQUE"},
		{"32", "GUADELOUPE"},
		{"33", "GUYANE"},
		{"40", "NOUVELLE_CALEDONIE"},
		// One version of the source writes POLYNESIE_FRANCAISE: KeyPolicy.Names settles it.
		{"41", "POLYNESIE"},
		{"42", "WALLIS_ET_FUTUNA"},
		{"43", "MAYOTTE"},
		{"44", "ST_PIERRE_ET_MIQUELON"},
		{"54", "SIEC_ILE_DE_FRANCE"},
		{"61", "FRANCE_METRO"},
		{"62", "DOM"},
		{"63", "COM"},
		{"66", "FRANCE_METRO_+_DOM"},
		{"67", "FRANCE_METRO_+_DOM_+_COM"},
		{"70", "NORMANDIE"},
		{"91", "UNION_EUROPEENNE"},
		{"98", "AGRICOLE"},
		{"99", "NON_DEFINI_OU_SANS_OBJET"},
	}
}

// AcademyOf returns the entry of a number of one or two digits: "1" and "01" are both Paris.
func AcademyOf(number string) (Academy, bool) {
	if len(number) == 1 {
		number = "0" + number
	}
	for _, a := range Academies() {
		if a.Number == number {
			return a, true
		}
	}
	return Academy{}, false
}
