package competence_test

import (
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/gradebook/competence"
)

func ExamplePolicy_Explain() {
	policy := competence.Policy{Method: competence.MethodGeometric, Limit: 2, Retroactive: competence.RetroactiveYes}
	score, why, err := policy.Explain(competence.EvenThirds(), competence.Window{}, []competence.Result{
		{Code: "R"}, {Code: "V"}, {Code: "ABS"}, {Code: "VV"},
	}, "pupil-1")
	if err != nil {
		fmt.Println(err)
		return
	}
	value, known := score.Value.Value()
	state, _ := competence.StatesFromPercent().Convert(value)
	position, _ := competence.PositionsFromPercent().Convert(value)
	fmt.Println(value, known, state.Code, position.Code, score.NotCounted)
	fmt.Print(why.Render(ent.FR, ent.Reader{Audience: ent.AudienceConcerned, Person: "pupil-1"}))
	// Output:
	// 89 true A 4 [{ABS 1}]
	// score de l'item : 89 % — arrondi au pas de 1 (au plus proche, la moitié vers le haut) [geometric]
	//   moyenne avant arrondi : 89 % — quotient de [geometric]
	//     somme des valeurs pondérées : 267 — somme de
	//       valeur × poids : 67 — produit de
	//         niveau V : 67 %
	//         poids : 1
	//       valeur × poids : 200 — produit de
	//         niveau VV : 100 %
	//         poids : 2
	//     somme des poids : 3 — somme de
	//       poids : 1
	//       poids : 2
}

func ExampleTable_Check() {
	// A school's thresholds for marks on 20, with a gap.
	marks := competence.PositionsBetween(decimal.New(0, 0), decimal.New(8, 0), decimal.New(12, 0), decimal.New(16, 0), decimal.New(20, 0))
	fmt.Println(len(marks.Check()))
	marks.Bands[1].Min = decimal.New(9, 0)
	for _, i := range marks.Check() {
		fmt.Println(i.Path, i.Message(ent.FR))
	}
	// Output:
	// 0
	// $.bands[1].min Un trou sépare cet intervalle du précédent.
}
