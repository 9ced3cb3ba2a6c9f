package ent_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
)

func Example() {
	for _, s := range []string{"0750655E", "0750655F", "004001ZV"} {
		uai, err := ent.ParseUAI(s)
		switch {
		case errors.Is(err, ent.CodeUAIPseudo):
			fmt.Println("a service, not an establishment")
		case errors.Is(err, ent.CodeUAIKey):
			fmt.Println("wrong check letter")
		default:
			fmt.Println(uai, err)
		}
	}
	ine, _ := ent.ParseINE("180000001JG")
	fmt.Println(ine.Generation(), ent.Name{Family: "d'Almeida", Given: "ZOÉ"}.Display())

	issue := ent.Codes().New(ent.CodeUAIKey, ent.Pos{File: "ENT_EtabEducNat_0000.xml", Line: 12, Record: "4001"}, "$.ENTStructureUAI")
	fmt.Println(issue.Message(ent.FR))
	fmt.Println(issue)
	// Output:
	// 0750655E <nil>
	// wrong check letter
	// a service, not an establishment
	// rnie D'ALMEIDA Zoé
	// La lettre de contrôle du code UAI est fausse.
	// ENT_EtabEducNat_0000.xml:12 (4001): The check letter of the UAI is wrong. [ENT-UAI-KEY]
}

func ExampleExplanation() {
	income, parts := decimal.NewFromInt(21_000), decimal.RequireFromString("2.5")
	exact := new(big.Rat).Quo(income.Rat(), parts.Rat())
	step := ent.Rounding{Step: decimal.RequireFromString("100"), Mode: ent.RoundDown}
	result, _ := step.Round(exact)

	var t ent.Trace
	t.Push(ent.Step{Op: ent.OpGiven, Value: income, Unit: "EUR", Label: ent.Label{FR: "revenus", EN: "income"}, Owner: "us-1", Audience: ent.AudienceAgent})
	t.Push(ent.Step{Op: ent.OpGiven, Value: parts, Label: ent.Label{FR: "parts", EN: "parts"}})
	t.Fold(2, ent.Step{Op: ent.OpQuotient, Value: ent.Written(exact), Unit: "EUR", Label: ent.Label{FR: "revenus par part", EN: "income per part"}})
	t.Fold(1, ent.Step{Op: ent.OpRound, Value: result, Unit: "EUR", Rounding: &step, Label: ent.Label{FR: "quotient", EN: "quotient"}, Source: "art. 4"})
	e, err := t.Explanation()
	fmt.Println(e.Value(), err, e.Check())

	fmt.Print(e.Render(ent.FR, ent.Reader{Audience: ent.AudienceConcerned, Person: "us-1"}))
	fmt.Print(e.Render(ent.EN, ent.Reader{Audience: ent.AudienceConcerned, Person: "us-2"}))

	doc, _ := json.Marshal(ent.Explanation{Root: e.Root.Operands[0].Operands[1]})
	fmt.Println(string(doc))
	// Output:
	// 8400 <nil> <nil>
	// quotient : 8400 EUR — arrondi au pas de 100 (vers zéro) [art. 4]
	//   revenus par part : 8400 EUR — quotient de
	//     revenus : 21000 EUR
	//     parts : 2,5
	// quotient: 8400 EUR — rounded to a step of 100 (toward zero) [art. 4]
	//   income per part: 8400 EUR — quotient of
	//     (detail reserved)
	// {"format":"cartable.explanation/1","root":{"op":"given","value":"2.5","label":{"fr":"parts","en":"parts"}}}
}
