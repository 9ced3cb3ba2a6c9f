package fees

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/quotient"
	"github.com/opencartable/cartable/fees/tariff"
)

// formula is one that the page offers.
type formula struct {
	Key, Text string
	rule      func() quotient.Formula
}

func formulas() []formula {
	return []formula{
		{"caf", "Quotient de la CAF ou de la MSA (ressources, prestations, parts)", func() quotient.Formula { return quotient.National(quotient.KindCAF) }},
		{"rfr-part", "Revenu fiscal de référence par mois et par part fiscale", quotient.RFRPerPart},
		{"rfr-person", "Revenu fiscal de référence par mois et par personne", quotient.Menucourt},
	}
}

// form is what the parent filled in, as it was typed.
type form struct {
	Sent                              bool
	Source, Formula                   string
	Resources, Benefits, Parts        string
	Adults, Children, Disabled, Known string
	Outside, PAI                      bool
	Rank, From, To, Booking           string
	// Wrong are the fields that cannot be read.
	Wrong []wrong
}

// wrong is a field that cannot be read, and what is expected there.
type wrong struct{ Field, Label, Text string }

// emptyForm is what the page begins with: only what guesses nothing about an income.
func emptyForm() form {
	return form{
		Source: "compute", Formula: "caf", Adults: "2", Children: "2", Disabled: "0", Benefits: "0", Rank: "1",
		From: "16:30", To: "18:00", Booking: string(tariff.BookingRegular),
	}
}

func readForm(r *http.Request) form {
	v := func(name string) string { return strings.TrimSpace(r.PostFormValue(name)) }
	return form{
		Sent: true, Source: v("source"), Formula: v("formula"), Resources: v("resources"), Benefits: v("benefits"), Parts: v("parts"),
		Adults: v("adults"), Children: v("children"), Disabled: v("disabled"), Known: v("known"), Outside: v("residence") == "outside",
		PAI: v("pai") == "1", Rank: v("rank"), From: clock(v("from")), To: clock(v("to")), Booking: v("booking"),
	}
}

// clock writes 16 h 30 as 16:30.
func clock(s string) string {
	return strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", "h", ":", "H", ":").Replace(s)
}

// Invalid tells whether a field could not be read.
func (f *form) Invalid(field string) bool {
	return slices.ContainsFunc(f.Wrong, func(w wrong) bool { return w.Field == field })
}

func (f *form) refuse(field, label, text string) {
	if !f.Invalid(field) {
		f.Wrong = append(f.Wrong, wrong{field, label, text})
	}
}

// amount reads a number as people type it: spaces between thousands, a comma or a point.
func (f *form) amount(field, label, s string) decimal.Decimal {
	s = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", ",", ".", "€", "").Replace(s)
	d, err := ent.ParseNumber(s)
	if err != nil {
		f.refuse(field, label, "un nombre est attendu, comme 1 234,50.")
	}
	return d
}

// count reads a whole number.
func (f *form) count(field, label, s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > 99 {
		f.refuse(field, label, "un nombre entier est attendu, comme 2.")
		return 0
	}
	return n
}

// known reads a whole number that may be left empty: 0 then, which the rules take for unknown.
func (f *form) known(field, label, s string) int {
	if s == "" {
		return 0
	}
	return f.count(field, label, s)
}

// quotient computes the family's quotient, or takes the one that it knows; a family may have none. What could not be read is
// in Wrong.
func (f *form) quotient(who ent.ID) (quotient.Quotient, *ent.Explanation, error) {
	switch f.Source {
	case "none":
		return quotient.Quotient{Kind: quotient.KindCAF}, nil, nil
	case "known":
		return quotient.Quotient{Kind: quotient.KindCAF, Value: quotient.Known(f.amount("known", "Quotient connu", f.Known))}, nil, nil
	}
	chosen := formulas()[0]
	for _, x := range formulas() {
		if x.Key == f.Formula {
			chosen = x
		}
	}
	in := quotient.Input{Owner: who, Composition: quotient.Composition{
		Adults: f.count("adults", "Adultes", f.Adults), Children: f.count("children", "Enfants à charge", f.Children),
		DisabledChildren: f.count("disabled", "Enfants en situation de handicap", f.Disabled),
	}}
	amount := f.amount("resources", "Ressources ou revenu fiscal de référence", f.Resources)
	nature := quotient.NatureRFR
	switch chosen.Key {
	case "caf":
		nature = quotient.NatureTaxable
		in.Resources = append(in.Resources, quotient.Resource{
			Nature: quotient.NatureBenefits, Amount: f.amount("benefits", "Prestations familiales", f.Benefits),
		})
	case "rfr-part":
		in.FiscalParts = quotient.Known(f.amount("parts", "Parts fiscales", f.Parts))
	}
	in.Resources = append(in.Resources, quotient.Resource{Nature: nature, Amount: amount})
	if len(f.Wrong) > 0 {
		return quotient.Quotient{}, nil, nil
	}
	q, why, err := chosen.rule().Explain(in)
	return q, &why, err
}

// input is the family's situation as the tariff asks for it.
func (f *form) input(who ent.ID, doc *tariff.Tariff) tariff.Input {
	children := f.known("children", "Enfants à charge", f.Children)
	rank := f.known("rank", "Rang de l’enfant", f.Rank)
	in := tariff.Input{
		Owner: who, Date: doc.From, Residence: tariff.ResidenceCommune, Regime: tariff.RegimeGeneral, Booking: tariff.Booking(f.Booking),
		Level: tariff.LevelPrimary, Day: tariff.DaySchool, PAI: f.PAI, Rank: rank, EnrolledRank: rank,
		Present: children, Enrolled: children, Children: children,
	}
	if f.Outside {
		in.Residence = tariff.ResidenceOutside
	}
	if in.Date.IsZero() {
		in.Date = ent.Date{Year: 2025, Month: 9, Day: 1} // a sheet without dates holds on any day
	}
	if f.From != "" || f.To != "" {
		x, err := tariff.ParseInterval(f.From + "-" + f.To)
		if err != nil {
			f.refuse("to", "Garderie", "deux heures sont attendues, comme 16:30 et 18:00, la seconde après la première.")
		}
		in.Times = []tariff.Interval{x}
	}
	return in
}
