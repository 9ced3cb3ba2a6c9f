package enttest_test

import (
	"fmt"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/enttest"
)

func Example() {
	a := enttest.New(enttest.Options{Seed: 7, Schools: 3})
	for e := range a.Establishments() {
		fmt.Println(e.ID, e.Name(), len(a.ClassesOf(e.ID)))
	}
	mother := a.ParentOfThreeSchools()
	for p := range a.PupilsOf(ent.SecondDegree) {
		for _, r := range p.Relations {
			if r.Relative == mother {
				fmt.Println(p.Name.Display(), p.Schooling.Classes[0], r.Kinship.Label(ent.FR))
			}
		}
	}
	// Output:
	// 4001 CLG LES TILLEULS VILLEFICTIVE 16
	// 4002 E.P.PU L'ÎLE AUX MOTS VILLEFICTIVE 5
	// 4003 LGT LE CHAT PERCHÉ VILLEFICTIVE 18
	// 4004 IEN VILLEFICTIVE VILLEFICTIVE 0
	// 4005 ZR VILLEFICTIVE VILLEFICTIVE 0
	// DUPUY Clément 4001$4-A mère
	// DUPUY Adèle 4003$1S1 mère
}

func ExampleAcademy_FindMark() {
	a := enttest.Canary(1)
	mark, found := a.FindMark("record refused: CANARIBCDF Zoé")
	fmt.Println(found, mark)
	// Output: true CANARIBCDF Zoé
}
