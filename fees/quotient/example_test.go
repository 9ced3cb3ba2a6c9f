package quotient_test

import (
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/quotient"
)

func ExampleFormula_Explain() {
	q, why, err := quotient.Menucourt().Explain(quotient.Input{
		Owner:       "us-1",
		Composition: quotient.Composition{Adults: 1, Children: 2},
		Resources:   []quotient.Resource{{Nature: quotient.NatureRFR, Amount: decimal.RequireFromString("23764")}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	value, _ := q.Value.Value()
	fmt.Println(value, q.Kind.Label(ent.EN))
	fmt.Print(why.Render(ent.FR, ent.Reader{Audience: ent.AudienceConcerned, Person: "us-1"}))
	fmt.Print(why.Render(ent.FR, ent.Reader{Audience: ent.AudienceConcerned, Person: "us-2"}))
	// Output:
	// 495.08 reference tax income by month and person
	// quotient familial : 495,08 EUR — arrondi au pas de 0,01 (au plus proche, la moitié vers le haut) [Menucourt, communal sheet]
	//   quotient avant arrondi : 495,083333333333 EUR — quotient de [Menucourt, communal sheet]
	//     ressources de la période : 1980,333333333333 EUR — quotient de
	//       revenu fiscal de référence : 23764 EUR
	//       pour ramener à la période : 12 [Menucourt, communal sheet]
	//     nombre de parts ou de personnes : 4 pers. — somme de [Menucourt, communal sheet]
	//       personne seule : 1 [Menucourt, communal sheet]
	//       enfants, rangs 1 à 2 : 2 — produit de
	//         nombre : 2
	//         chacun : 1 [Menucourt, communal sheet]
	//       parent seul : 1 [Menucourt, communal sheet]
	// (réservé)
}

func ExampleTaxHousehold_Parts() {
	parts, err := quotient.TaxHousehold{Status: quotient.StatusMarried, Children: 1, Shared: 2}.Parts()
	fmt.Println(parts, err)
	// Output: 3.25 <nil>
}

func ExampleParseFormula() {
	formula, issues := quotient.ParseFormula("quotient.json", []byte(`{
  "format": "cartable.quotient-formula/1",
  "kind": "municipal",
  "name": "our-town",
  "terms": [{"nature": "rfr-year", "over": 12}],
  "divisor": "fiscal-parts",
  "rounding": {"step": "0.01", "mode": "half-up"},
  "roundings": 2
}`))
	fmt.Println(formula.Name == "", issues[0].Message(ent.FR), issues[0].Pos)
	// Output: true Le document n'est pas une formule lisible (roundings). quotient.json:8:3
}
