package fees

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/examples/portal/web"
	"github.com/opencartable/cartable/fees/quotient"
	"github.com/opencartable/cartable/fees/tariff"
)

// simulates tells who has the simulator: relatives, and whoever sees everything.
func simulates(who web.Account) bool { return who.Profile == ent.ProfileRelative || who.Admin }

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
}

// line is a service with its price, or why it has none.
type line struct {
	Service, Unit, Price, Detail, Why, Problem string
}

type simulatorData struct {
	Form     form
	Formulas []formula
	// Quotient is empty when none was given.
	Quotient, Explanation, Problem string
	Missing                        bool
	Sheet                          string
	Lines                          []line
}

// simulator shows the form, and the prices once it was sent. What was typed is in the body of the request: an income stands
// in no address and in no log.
func (a *Area) simulator(r *http.Request, who web.Account) (web.Page, error) {
	if !simulates(who) {
		return web.Page{}, web.ErrNotFound
	}
	now := a.current()
	data := simulatorData{Formulas: formulas(), Sheet: now.doc.Title.FR, Form: form{
		Source: "compute", Formula: "caf", Adults: "2", Children: "2", Disabled: "0", Benefits: "0", Rank: "1", From: "16:30", To: "18:00", Booking: "regular",
	}}
	if r.Method == http.MethodPost {
		data.Form = readForm(r)
		a.answer(&data, who, now)
	}
	return web.Page{
		Title: "Tarifs", View: a.views["simulator"], Data: data,
		Lead: web.French("Votre quotient familial, et ce que coûte chaque service pour votre famille."),
	}, nil
}

func readForm(r *http.Request) form {
	v := func(name string) string { return strings.TrimSpace(r.PostFormValue(name)) }
	return form{
		Sent: true, Source: v("source"), Formula: v("formula"), Resources: v("resources"), Benefits: v("benefits"), Parts: v("parts"),
		Adults: v("adults"), Children: v("children"), Disabled: v("disabled"), Known: v("known"), Outside: v("residence") == "outside",
		PAI: v("pai") == "1", Rank: v("rank"), From: v("from"), To: v("to"), Booking: v("booking"),
	}
}

// owner is to whom the explanations belong: the person who reads them.
func owner(who web.Account) ent.ID {
	if who.Ref == "" {
		return "admin"
	}
	return ent.ID(who.Ref)
}

func (a *Area) answer(data *simulatorData, who web.Account, now sheet) {
	reader := ent.Reader{Audience: ent.AudienceConcerned, Person: owner(who)}
	q, why, err := data.Form.quotient(owner(who))
	if err != nil {
		data.Problem = message(err)
		return
	}
	if why != nil {
		data.Explanation = web.French(why.Render(ent.FR, reader))
	}
	ready, err := tariff.QuotientOf(q)
	if err != nil {
		data.Problem = message(err)
		return
	}
	if data.Missing = !ready.Known(); !data.Missing {
		data.Quotient = tariff.Euros(ready.Decimal(), ent.FR)
	}
	in := data.Form.input(owner(who), now.doc, ready)
	for i := range now.doc.Activities {
		act := &now.doc.Activities[i]
		in.Activity = act.ID
		l := line{Service: act.Title.FR, Unit: act.Unit.Label(ent.FR)}
		price, why, err := now.prices.Explain(&in)
		if err != nil {
			l.Problem = message(err)
		} else {
			l.Price, l.Why = price.Amount.Text(ent.FR), web.French(why.Render(ent.FR, reader))
			if price.Quantity != 1 {
				l.Detail = strconv.Itoa(price.Quantity) + " × " + price.Unit.Text(ent.FR)
			}
		}
		data.Lines = append(data.Lines, l)
	}
}

// message says in French what an error of the rules means.
func message(err error) string {
	var texts []string
	seen := map[string]bool{}
	var walk func(error)
	walk = func(err error) {
		if i, ok := err.(ent.Issue); ok { //nolint:errorlint // each issue of a joined error is wanted
			if m := i.Message(ent.FR); !seen[m] {
				seen[m] = true
				texts = append(texts, m)
			}
			return
		}
		switch x := err.(type) { //nolint:errorlint // as above
		case interface{ Unwrap() []error }:
			for _, e := range x.Unwrap() {
				walk(e)
			}
		case interface{ Unwrap() error }:
			if e := x.Unwrap(); e != nil {
				walk(e)
			}
		}
	}
	walk(err)
	if len(texts) == 0 {
		return web.French("Un nombre manque, ou n'est pas un nombre.")
	}
	return web.French(strings.Join(texts, " "))
}

var errNumber = errors.New("portal: not a number")

// number reads a number as people type it: spaces between thousands, a comma or a point.
func number(s string) (decimal.Decimal, error) {
	s = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", ",", ".", "€", "").Replace(s)
	d, err := ent.ParseNumber(s)
	if err != nil {
		return d, errNumber
	}
	return d, nil
}

// quotient computes the family's quotient, or takes the one that it knows; a family may have none.
func (f *form) quotient(who ent.ID) (quotient.Quotient, *ent.Explanation, error) {
	switch f.Source {
	case "none":
		return quotient.Quotient{Kind: quotient.KindCAF}, nil, nil
	case "known":
		d, err := number(f.Known)
		return quotient.Quotient{Kind: quotient.KindCAF, Value: quotient.Known(d)}, nil, err
	}
	rule := formulas()[0].rule()
	for _, x := range formulas() {
		if x.Key == f.Formula {
			rule = x.rule()
		}
	}
	in := quotient.Input{Owner: who}
	var errs []error
	whole := func(s string) int {
		n, err := strconv.Atoi(s)
		if err != nil {
			errs = append(errs, errNumber)
		}
		return n
	}
	in.Composition = quotient.Composition{Adults: whole(f.Adults), Children: whole(f.Children), DisabledChildren: whole(f.Disabled)}
	amount, err := number(f.Resources)
	errs = append(errs, err)
	nature := quotient.NatureRFR
	if f.Formula == "caf" {
		nature = quotient.NatureTaxable
		benefits, err := number(f.Benefits)
		errs = append(errs, err)
		in.Resources = append(in.Resources, quotient.Resource{Nature: quotient.NatureBenefits, Amount: benefits})
	}
	in.Resources = append(in.Resources, quotient.Resource{Nature: nature, Amount: amount})
	if f.Formula == "rfr-part" {
		parts, err := number(f.Parts)
		errs = append(errs, err)
		in.FiscalParts = quotient.Known(parts)
	}
	if err := errors.Join(errs...); err != nil {
		return quotient.Quotient{}, nil, err
	}
	q, why, err := rule.Explain(in)
	return q, &why, err
}

// input is the family's situation as the tariff asks for it.
func (f *form) input(who ent.ID, doc *tariff.Tariff, q tariff.Quotient) tariff.Input {
	children, _ := strconv.Atoi(f.Children)
	rank, _ := strconv.Atoi(f.Rank)
	in := tariff.Input{
		Owner: who, Date: doc.From, Quotient: q, Residence: tariff.ResidenceCommune, Regime: tariff.RegimeGeneral, Booking: tariff.Booking(f.Booking),
		Level: tariff.LevelPrimary, Day: tariff.DaySchool, PAI: f.PAI, Rank: rank, EnrolledRank: rank,
		Present: children, Enrolled: children, Children: children,
	}
	if f.Outside {
		in.Residence = tariff.ResidenceOutside
	}
	if in.Date.IsZero() {
		in.Date = ent.Date{Year: 2025, Month: 9, Day: 1} // a sheet without dates holds on any day
	}
	if x, err := tariff.ParseInterval(f.From + "-" + f.To); err == nil {
		in.Times = []tariff.Interval{x}
	}
	return in
}
