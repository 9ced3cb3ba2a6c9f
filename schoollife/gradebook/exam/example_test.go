package exam_test

import (
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/gradebook/exam"
)

func ExampleDNB_Explain() {
	mark := func(s string) exam.Number { return exam.Known(decimal.RequireFromString(s)) }
	rules, err := exam.DNBRules(2026)
	if err != nil {
		fmt.Println(err)
		return
	}
	result, why, err := rules.Explain(exam.DNBInput{
		Averages: []exam.Average{
			{Subject: "FRANC", Annual: mark("12.5")},
			{Subject: "MATHS", Periods: []exam.Period{{Value: mark("9")}, {Value: mark("10")}}},
		},
		Marks: []exam.Mark{
			{Paper: exam.PaperFrench, Value: mark("11")},
			{Paper: exam.PaperMaths, Value: mark("9.5")},
			{Paper: exam.PaperHistory, Value: mark("25")},
			{Paper: exam.PaperCivics, Value: mark("7")},
			{Paper: exam.PaperSciences, Value: mark("12")},
			{Paper: exam.PaperOral, Value: mark("15")},
		},
	}, "pupil-1")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(result.Decision.Label(ent.FR)+",", result.Mention.Label(ent.FR))
	for _, i := range result.Issues {
		fmt.Println(i.Message(ent.FR))
	}
	// The part of the contrôle continu: the first term of the sum that was rounded.
	part := ent.Explanation{Root: why.Root.Operands[0].Operands[0]}
	fmt.Print(part.Render(ent.FR, ent.Reader{Audience: ent.AudienceConcerned, Person: "pupil-1"}))
	// Output:
	// admis, sans mention
	// À vérifier : aucun arrondi n'a été trouvé dans les textes, les seuils sont comparés à la note exacte.
	// À vérifier : les coefficients des épreuves.
	// À vérifier : l'épreuve de sciences porte sur deux disciplines sur trois et donne une note.
	// part de la note finale : 4,4/20 — produit de
	//   contrôle continu : 11/20 — quotient de
	//     total des moyennes annuelles : 22 — somme de
	//       moyenne annuelle, FRANC : 12,5/20
	//       moyenne annuelle, MATHS : 9,5/20 — quotient de
	//         total des périodes : 19 — somme de
	//           moyenne d'une période : 9/20
	//           moyenne d'une période : 10/20
	//         nombre de périodes : 2
	//     nombre d'enseignements obligatoires : 2
	//   part dans la note finale : 0,4
}

func ExampleBac_Result() {
	rules, err := exam.BacRules(2027, exam.SeriesGeneral)
	if err != nil {
		fmt.Println(err)
		return
	}
	var in exam.BacInput
	for _, papers := range [][]exam.Paper{rules.Continuous, rules.Terminal} {
		for _, p := range papers {
			in.Marks = append(in.Marks, exam.Mark{Paper: p.Code, Value: exam.Known(decimal.New(145, -1))})
		}
	}
	in.Marks[len(in.Marks)-1].Value = exam.Number{} // the grand oral is still to come
	result, err := rules.Result(in)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(result.Decision.Label(ent.FR))
	fmt.Println(result.Issues[len(result.Issues)-1].Message(ent.FR))
	// Output:
	// non établi
	// grand-oral manque : pas de résultat. Une note absente n'est pas un zéro.
}
