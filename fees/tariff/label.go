package tariff

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
)

// sensitive reports whether the condition tells a social situation or a matter of health.
func (c *Condition) sensitive() bool { return len(c.Status) > 0 || c.PAI != nil && *c.PAI }

// Label says the condition in words.
func (c *Condition) Label() ent.Label { return label(c.text(ent.FR), c.text(ent.EN)) }

func (c *Condition) text(lang ent.Lang) string {
	var parts []string
	add := func(fr, en, value string) {
		parts = append(parts, label(fr+" : ", en+": ").In(lang)+value)
	}
	list := func(fr, en string, words []string) {
		if len(words) == 0 {
			return
		}
		texts := make([]string, len(words))
		for i, w := range words {
			texts[i] = wordLabel(w).In(lang)
		}
		add(fr, en, strings.Join(texts, label(" ou ", " or ").In(lang)))
	}
	number := func(fr, en string, r *Range) {
		if r != nil {
			add(fr, en, r.text(lang))
		}
	}
	list("résidence", "residence", words(c.Residence...))
	list("régime", "scheme", words(c.Regime...))
	list("situation", "situation", words(c.Status...))
	list("réservation", "booking", words(c.Booking...))
	list("présence", "presence", words(c.Presence...))
	list("niveau", "level", words(c.Level...))
	list("jour", "day", words(c.Day...))
	list("convive", "guest", words(c.Guest...))
	if c.PAI != nil {
		add("PAI", "care plan (PAI)", yes(*c.PAI, lang))
	}
	number("rang de l'enfant présent", "rank of the child present", c.Rank)
	number("rang de l'enfant inscrit", "rank of the child enrolled", c.EnrolledRank)
	number("enfants présents", "children present", c.Present)
	number("enfants inscrits", "children enrolled", c.Enrolled)
	number("enfants à charge", "dependent children", c.Children)
	number("minutes", "minutes", c.Minutes)
	if c.EndsAfter != nil {
		add("fin après", "ends after", c.EndsAfter.String())
	}
	if c.StartsBefore != nil {
		add("début avant", "starts before", c.StartsBefore.String())
	}
	if q := c.Quotient; q != nil {
		if q.Missing != nil {
			add("quotient non fourni", "quotient not given", yes(*q.Missing, lang))
		}
		if q.bounded() {
			r := Row{From: q.From, Above: q.Above, To: q.To, Below: q.Below}
			add("quotient", "quotient", r.Label(lang))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Custom)) {
		list(name, name, c.Custom[name])
	}
	if len(parts) == 0 {
		return label("toujours", "always").In(lang)
	}
	return strings.Join(parts, label(" ; ", "; ").In(lang))
}

func yes(b bool, lang ent.Lang) string {
	if b {
		return label("oui", "yes").In(lang)
	}
	return label("non", "no").In(lang)
}

func (r *Range) text(lang ent.Lang) string {
	switch {
	case r.Min != nil && r.Max != nil && *r.Min == *r.Max:
		return strconv.Itoa(*r.Min)
	case r.Min != nil && r.Max != nil:
		return strconv.Itoa(*r.Min) + label(" à ", " to ").In(lang) + strconv.Itoa(*r.Max)
	case r.Min != nil:
		return strconv.Itoa(*r.Min) + label(" ou plus", " or more").In(lang)
	case r.Max != nil:
		return strconv.Itoa(*r.Max) + label(" ou moins", " or less").In(lang)
	}
	return label("tous", "all").In(lang)
}

// fill puts parameters in a text.
func fill(text string, lang ent.Lang, params []ent.Param) string {
	for _, p := range params {
		text = strings.ReplaceAll(text, "{"+p.Name()+"}", p.Text(lang))
	}
	return text
}

// Text writes an amount as it is read in a language: "2,35 €" in French, "€2.35" in English, with at least two decimals.
func (a Amount) Text(lang ent.Lang) string { return Euros(a.Decimal(), lang) }

// Euros writes a number of euros as [Amount.Text] does.
func Euros(d decimal.Decimal, lang ent.Lang) string {
	s := ent.NumberText(d)
	if -d.Exponent() < 2 {
		s = d.StringFixed(2)
	}
	if lang == ent.EN {
		if rest, negative := strings.CutPrefix(s, "-"); negative {
			return "-€" + rest
		}
		return "€" + s
	}
	return strings.Replace(s, ".", ",", 1) + "\u00a0€"
}

// wordLabel returns a word of a list in both languages; an unknown one as it is.
func wordLabel(w string) ent.Label {
	switch w {
	case string(ResidenceCommune):
		return label("commune", "commune")
	case string(ResidencePartner):
		return label("commune partenaire", "partner commune")
	case string(ResidenceOutside):
		return label("hors commune", "outside")
	case string(RegimeGeneral):
		return label("général (CAF)", "general (CAF)")
	case string(RegimeMSA):
		return label("agricole (MSA)", "agricultural (MSA)")
	case string(RegimeNone): // BookingNone is the same word
		return label("aucun", "none")
	case string(RegimeOther): // ReasonOther is the same word
		return label("autre", "other")
	case string(StatusRSA):
		return label("bénéficiaire du RSA", "RSA recipient")
	case string(StatusCCAS):
		return label("famille désignée par le CCAS", "family designated by the CCAS")
	case string(StatusHealthCover):
		return label("complémentaire santé solidaire", "complementary health cover")
	case string(StatusSeparated):
		return label("parents séparés", "separated parents")
	case string(StatusScholarship):
		return label("boursier", "scholarship holder")
	case string(BookingRegular):
		return label("régulière", "regular")
	case string(BookingOccasional):
		return label("occasionnelle", "occasional")
	case string(BookingLate):
		return label("tardive", "late")
	case string(PresencePresent):
		return label("présent", "present")
	case string(PresenceAbsent):
		return label("absent", "absent")
	case string(LevelNursery):
		return label("maternelle", "nursery")
	case string(LevelPrimary):
		return label("élémentaire", "primary")
	case string(LevelSecondary):
		return label("second degré", "secondary")
	case string(DaySchool):
		return label("jour d'école", "school day")
	case string(DayWednesday):
		return label("mercredi", "Wednesday")
	case string(DayHoliday):
		return label("vacances", "holidays")
	case string(GuestChild):
		return label("enfant", "child")
	case string(GuestAdult):
		return label("adulte", "adult")
	case string(GuestStaff):
		return label("agent", "staff")
	case string(ReasonIllness):
		return label("maladie", "illness")
	case string(ReasonStrike):
		return label("grève", "strike")
	case string(ReasonOuting):
		return label("sortie scolaire", "school outing")
	case string(ReasonClosure):
		return label("fermeture du service", "closure of the service")
	case string(ReasonCancelled):
		return label("annulation à temps", "cancelled in time")
	case string(ReasonConvenience):
		return label("convenance", "convenience")
	case string(ReasonUnannounced):
		return label("absence non signalée", "unannounced absence")
	}
	return label(w, w)
}

// Label returns the reason in words; an unknown one as it is.
func (r Reason) Label(lang ent.Lang) string { return wordLabel(string(r)).In(lang) }

// Label returns the residence in words; an unknown one as it is.
func (r Residence) Label(lang ent.Lang) string { return wordLabel(string(r)).In(lang) }

// Label returns the unit in words; an unknown one as it is.
func (u Unit) Label(lang ent.Lang) string {
	switch u {
	case UnitAct:
		return label("acte", "act").In(lang)
	case UnitMeal:
		return label("repas", "meal").In(lang)
	case UnitQuarterHour:
		return label("quart d'heure", "quarter-hour").In(lang)
	case UnitHalfHour:
		return label("demi-heure", "half-hour").In(lang)
	case UnitHour:
		return label("heure", "hour").In(lang)
	case UnitHalfDay:
		return label("demi-journée", "half-day").In(lang)
	case UnitDay:
		return label("journée", "day").In(lang)
	case UnitWeek:
		return label("semaine", "week").In(lang)
	case UnitMonth:
		return label("mois", "month").In(lang)
	case UnitYear:
		return label("année", "year").In(lang)
	}
	return string(u)
}
