package fees

import (
	"net/http"
	"strconv"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/examples/portal/web"
	"github.com/opencartable/cartable/fees/tariff"
)

// simulates tells who has the simulator: relatives, and whoever sees everything.
func simulates(who web.Account) bool { return who.Profile == ent.ProfileRelative || who.Admin }

// line is a service with its price, or why it has none.
type line struct {
	Service, Unit, Price, Detail, Why, Problem string
}

type simulatorData struct {
	Form     *form
	Formulas []formula
	// Quotient is empty when none was given.
	Quotient, Explanation, Problem string
	Missing                        bool
	Sheet, Organiser               string
	Lines                          []line
}

// simulator shows the form, and the prices once it was sent. What was typed is in the body of the request: an income stands
// in no address and in no log.
func (a *Area) simulator(r *http.Request, who web.Account) (web.Page, error) {
	if !simulates(who) {
		return web.Page{}, web.ErrNotFound
	}
	now := a.current()
	typed := emptyForm()
	data := simulatorData{Formulas: formulas(), Sheet: now.doc.Title.FR, Organiser: now.doc.Organiser.Name, Form: &typed}
	p := web.Page{
		Title: "Tarifs", View: a.views["simulator"],
		Lead: web.French("Votre quotient familial, et ce que coûte chaque service pour votre famille."),
	}
	if r.Method == http.MethodPost {
		typed = readForm(r)
		data.answer(owner(who), now)
		if len(typed.Wrong) > 0 {
			p.Status = http.StatusUnprocessableEntity
		}
	}
	p.Data = data
	return p, nil
}

// owner is to whom the explanations belong: the person who reads them.
func owner(who web.Account) ent.ID {
	if who.Ref == "" {
		return "admin"
	}
	return ent.ID(who.Ref)
}

// answer prices each service of the sheet, unless something that was typed cannot be read.
func (d *simulatorData) answer(who ent.ID, now sheet) {
	reader := ent.Reader{Audience: ent.AudienceConcerned, Person: who}
	q, why, err := d.Form.quotient(who)
	in := d.Form.input(who, now.doc)
	if len(d.Form.Wrong) > 0 {
		return
	}
	if err == nil {
		in.Quotient, err = tariff.QuotientOf(q)
	}
	if err != nil {
		d.Problem = message(err)
		return
	}
	if why != nil {
		d.Explanation = web.French(why.Render(ent.FR, reader))
	}
	if d.Missing = !in.Quotient.Known(); !d.Missing {
		d.Quotient = tariff.Euros(in.Quotient.Decimal(), ent.FR)
	}
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
		d.Lines = append(d.Lines, l)
	}
}
