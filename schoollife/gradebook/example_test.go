package gradebook_test

import (
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/gradebook"
)

// trimestre is one period of one class: a caller's own slices.
func trimestre() gradebook.Input {
	n := decimal.RequireFromString
	test := func(id ent.ID, label, scale, coefficient string, kind gradebook.Kind) gradebook.Assessment {
		return gradebook.Assessment{ID: id, Teaching: "fr", Period: "T1", Label: label, Scale: n(scale), Coefficient: n(coefficient), Kind: kind}
	}
	mark := func(pupil, assessment ent.ID, typed string) gradebook.Mark {
		r, err := gradebook.ParseResult(typed)
		if err != nil {
			panic(err)
		}
		return gradebook.Mark{Pupil: pupil, Assessment: assessment, Result: r}
	}
	return gradebook.Input{
		Periods:   []gradebook.Period{{ID: "T1", Label: "1er trimestre", Index: 1, Count: 3}},
		Teachings: []gradebook.Teaching{{ID: "fr", Label: "Français", Class: "3A", Coefficient: n("4")}, {ID: "eps", Label: "EPS", Class: "3A", Coefficient: n("2")}},
		Assessments: []gradebook.Assessment{
			test("d1", "Rédaction", "20", "2", ""), test("d2", "Dictée", "10", "1", ""), test("d3", "Exposé", "20", "1", ""),
			test("d4", "Lecture cursive", "20", "1", gradebook.KindPointsAboveHalf), test("d5", "Grammaire", "20", "1", gradebook.KindIfImproves),
		},
		Marks: []gradebook.Mark{
			mark("zoe", "d1", "12,5"), mark("zoe", "d2", "8"), mark("zoe", "d3", "abs"), mark("zoe", "d4", "15"), mark("zoe", "d5", "11"),
			mark("ali", "d1", "9"), mark("ali", "d2", "N.Rdu0"), mark("ali", "d3", "14"),
		},
		Finals: []gradebook.Final{{Pupil: "zoe", Teaching: "eps", Period: "T1", Result: gradebook.Points(n("16.25"))}},
	}
}

func ExampleCompute() {
	sheet, err := gradebook.Compute(gradebook.RescaledRoundLast(), trimestre())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range []gradebook.Ref{{Pupil: "zoe", Teaching: "fr", Period: "T1"}, {Pupil: "zoe", Period: "T1"}, {Pupil: "zoe", Teaching: "eps", Period: "T1"}} {
		average, err := sheet.Average(r)
		if err != nil {
			fmt.Println(err)
			return
		}
		shown, _ := average.Decimal()
		exact, _ := average.Exact()
		rank, of := average.Rank()
		fmt.Println(shown, exact, rank, "of", of)
		why, err := sheet.Explain(r)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Print(why.Text(ent.FR))
	}
	class, err := sheet.Statistics(gradebook.Ref{Teaching: "fr", Period: "T1"})
	fmt.Println("class", class.Mean, class.Min, class.Max, err)
	// Output:
	// 15.3 46/3 1 of 2
	// Français : 15,3/20 (15,3333…, arrondi à 0,1 près)
	//   Rédaction 12,5/20, coefficient 2 → 25
	//   Dictée 8/10, ramené sur 20 → 16
	//   Lecture cursive 15/20, 5 au-dessus de la moitié → 5
	//   total 46 ÷ coefficients 3 = 15,3333…/20
	//   Exposé : ne compte pas (absent)
	//   Grammaire : ne compte pas (n'améliore pas la moyenne)
	// 15.6 563/36 1 of 2
	// moyenne générale : 15,6/20 (15,6388…, arrondi à 0,1 près)
	//   Français 15,3333…/20, coefficient 4 → 61,3333…
	//   EPS 16,25/20, coefficient 2 → 32,5
	//   total 93,8333… ÷ coefficients 6 = 15,6388…/20
	// 16.3 65/4 1 of 1
	// EPS : 16,3/20 (16,25, arrondi à 0,1 près) (fixée par l'enseignant)
	// class 11.7 8 15.3 <nil>
}

func ExampleSheet_SetMark() {
	sheet, err := gradebook.Compile(gradebook.RescaledRoundLast(), trimestre())
	if err != nil {
		fmt.Println(err)
		return
	}
	before := sheet.Ran()
	err = sheet.SetMark(gradebook.Mark{Pupil: "zoe", Assessment: "d3", Result: gradebook.Points(decimal.New(18, 0))})
	average, _ := sheet.Average(gradebook.Ref{Pupil: "zoe", Teaching: "fr", Period: "T1"})
	shown, _ := average.Decimal()
	fmt.Println(shown, err, "averages computed:", sheet.Ran().Teachings-before.Teachings)
	err = sheet.SetMark(gradebook.Mark{Pupil: "zoe", Assessment: "d2", Result: gradebook.Points(decimal.New(12, 0))})
	fmt.Println(err)
	// Output:
	// 16 <nil> averages computed: 1
	// gradebook: d2: the mark is above the scale (10). [GRB-ABOVE-SCALE]
}
