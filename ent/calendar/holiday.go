package calendar

import (
	"fmt"
	"slices"

	"github.com/opencartable/cartable/ent"
)

// PublicHoliday is a day on which the law closes schools.
type PublicHoliday struct {
	Date ent.Date
	Name ent.Label
	// Source is the text that makes it one.
	Source string
	// Verified is false for a day that no source at hand confirmed.
	Verified bool
}

// Easter returns Easter Sunday by the Gregorian computation (Meeus, Jones, Butcher), for years 1583 to 9999; nothing for
// another year.
func Easter(year int) ent.Date {
	if year < 1583 || year > 9999 {
		return ent.Date{}
	}
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	g := (8*b + 13) / 25
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 19*l) / 433
	month := (h + l - 7*m + 90) / 25
	day := (h + l - 7*m + 33*month + 19) % 32
	return ent.Date{Year: int16(year), Month: uint8(month), Day: uint8(day)}
}

// The years whose public holidays are computed: the abolition days are of a decree of November 1983.
const firstHolidayYear, lastHolidayYear = 1984, 2999

// The numbers of the articles are cited from memory; the days agree with the file of data.gouv.fr, 2024 to 2028. Good
// Friday is a public holiday only in the communes of Alsace and Moselle that have a Protestant church; it is counted for
// all of them, as that file does.
const (
	lawLabour    = "code du travail, article L3133-1"
	lawAlsace    = "code du travail, article L3134-13; ordonnance du 16 août 1892"
	lawAbolition = "code du travail, article L3422-2; décret n° 83-1003 du 23 novembre 1983"
	lawIslands   = "jours fériés of data.gouv.fr (etalab), 2024 to 2028"
)

// PublicHolidays returns the public holidays of a calendar year in a territory, in order. It returns CodeTerritory for an
// unknown territory and CodeHolidayYear for a year outside 1984 to 2999. The lists are those of today: a day that the law
// added or took away since is not dated. Local days of New Caledonia, French Polynesia and Wallis and Futuna are not
// known here; give them to a [Place] as overrides.
func PublicHolidays(year int, t Territory) ([]PublicHoliday, error) {
	if !slices.Contains(Territories(), t) {
		return nil, fail(CodeTerritory)
	}
	if year < firstHolidayYear || year > lastHolidayYear {
		return nil, fail(CodeHolidayYear, ent.Count("year", int64(year)))
	}
	easter := Easter(year)
	on := func(month, day int) ent.Date {
		return ent.Date{Year: int16(year), Month: uint8(month), Day: uint8(day)}
	}
	var out []PublicHoliday
	add := func(d ent.Date, fr, en, source string) {
		out = append(out, PublicHoliday{d, ent.Label{FR: fr, EN: en}, source, true})
	}
	add(on(1, 1), "1er janvier", "New Year's Day", lawLabour)
	add(easter.AddDays(1), "Lundi de Pâques", "Easter Monday", lawLabour)
	add(on(5, 1), "1er mai", "Labour Day", lawLabour)
	add(on(5, 8), "8 mai", "Victory Day", lawLabour)
	add(easter.AddDays(39), "Ascension", "Ascension Day", lawLabour)
	add(easter.AddDays(50), "Lundi de Pentecôte", "Whit Monday", lawLabour)
	add(on(7, 14), "14 juillet", "National Day", lawLabour)
	add(on(8, 15), "Assomption", "Assumption", lawLabour)
	add(on(11, 1), "Toussaint", "All Saints' Day", lawLabour)
	add(on(11, 11), "11 novembre", "Armistice Day", lawLabour)
	add(on(12, 25), "Jour de Noël", "Christmas Day", lawLabour)
	const fr, en = "Abolition de l'esclavage", "Abolition of slavery"
	switch t {
	case TerritoryAlsaceMoselle:
		add(easter.AddDays(-2), "Vendredi saint", "Good Friday", lawAlsace)
		add(on(12, 26), "2ème jour de Noël", "Second day of Christmas", lawAlsace)
	case TerritoryMayotte:
		add(on(4, 27), fr, en, lawAbolition)
	case TerritoryMartinique:
		add(on(5, 22), fr, en, lawAbolition)
	case TerritoryGuadeloupe:
		add(on(5, 27), fr, en, lawAbolition)
	case TerritoryMartin:
		add(on(5, 28), fr, en, lawIslands)
	case TerritoryGuyane:
		add(on(6, 10), fr, en, lawAbolition)
	case TerritoryBarthelemy:
		add(on(10, 9), fr, en, lawIslands)
	case TerritoryReunion:
		add(on(12, 20), fr, en, lawAbolition)
	default:
	}
	slices.SortStableFunc(out, func(a, b PublicHoliday) int { return a.Date.Compare(b.Date) })
	return out, nil
}

// fail returns an error of the catalogue.
func fail(code ent.Code, params ...ent.Param) error {
	return fmt.Errorf("calendar: %w", catalog().New(code, ent.Pos{}, "", params...))
}

// failDate says that a date is not known.
func failDate(d ent.Date) error { return fail(CodeUnknownDate, ent.DateOf("date", d)) }
