package tariff_test

import (
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/quotient"
	"github.com/opencartable/cartable/fees/tariff"
)

const canteen = `format: cartable.tariff/1
id: cantine-2025
title: Restauration scolaire
organiser: {siret: "21350238800019", name: Rennes}
from: 2025-09-01
quotient: {kinds: [caf, msa]}
rounding: {step: 0.01, mode: half-up, point: unit}
activities:
  - id: meal
    title: {fr: Repas, en: Meal}
    service: meal
    unit: meal
    rules:
      - {when: {residence: outside}, price: 6.50}
      - bands:
          rows:
            - {below: 400, price: 1.00}
            - {from: 400, below: 900, price: 2.35}
            - {from: 900, price: 4.10}
    modifiers:
      - {title: {fr: Troisième enfant, en: Third child}, when: {rank: {min: 3}}, percent: -50}
cases:
  - {given: {activity: meal, residence: commune, rank: 3, quotient: 700}, price: 1.18}
`

func ExampleCompiled_Explain() {
	sheet, issues := tariff.Parse("cantine.yaml", []byte(canteen))
	if sheet == nil {
		fmt.Println(issues.Err())
		return
	}
	fmt.Println(len(sheet.Validate()), "issues")
	prices, err := sheet.Compile()
	if err != nil {
		fmt.Println(err)
		return
	}
	q, err := tariff.QuotientOf(quotient.Quotient{Kind: quotient.KindCAF, Value: quotient.Known(decimal.New(700, 0))})
	if err != nil {
		fmt.Println(err)
		return
	}
	price, why, err := prices.Explain(&tariff.Input{
		Owner: "us-1", Date: ent.Date{Year: 2025, Month: 11, Day: 4}, Activity: "meal", Quotient: q, Residence: tariff.ResidenceCommune, Rank: 3,
	})
	fmt.Println(price.Amount.Decimal(), err)
	fmt.Print(why.Render(ent.EN, ent.Reader{Audience: ent.AudienceConcerned, Person: "us-1"}))
	fmt.Print(why.Render(ent.EN, ent.Reader{Audience: ent.AudienceConcerned, Person: "us-2"}))
	// Output:
	// 0 issues
	// 1.18 <nil>
	// Meal: 1.18 EUR — rounded to a step of 0.01 (to nearest, half up)
	//   Third child (rank of the child present: 3 or more): 1.175 EUR — product of
	//     value of the band of the quotient: 2.35 EUR — choice of no. 1
	//       band from 400 up to less than 900: 2.35 EUR [cantine-2025.activities[0].rules[1].bands.rows[1]]
	//       CAF family quotient: 700 EUR
	//     Third child: 0.5 — quotient of
	//       Third child: 50 % — sum of
	//         the whole: 100 % [cantine-2025.activities[0].modifiers[0]]
	//         Third child: -50 % [cantine-2025.activities[0].modifiers[0]]
	//       the whole: 100 % [cantine-2025.activities[0].modifiers[0]]
	// (reserved)
}

func ExampleParse() {
	_, issues := tariff.Parse("cantine.yaml", []byte("format: cartable.tariff/1\nid: cantine\ntitle: Cantine\norganiser: {name: Rennes}\n"+
		"rounding: {step: 0.01, mode: half-up, point: unit}\nactivities:\n  - id: meal\n    title: Repas\n    service: meal\n    unit: meal\n    rules:\n      - prise: 3.10\n"))
	for _, i := range issues {
		fmt.Println(i.Pos, i.Message(ent.FR))
	}
	// Output: cantine.yaml:12:9 La clé prise n'existe pas. Peut-être price ?
}
