package territory_test

import (
	"fmt"
	"testing/fstest"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/territory"
)

func Example() {
	t := territory.Default()

	if d, ok := t.DepartementOfUAI("6200001G"); ok {
		a, _ := t.Academy(d.Academy)
		r, _ := t.Region(d.Region)
		fmt.Println(d.Code, d.Name, "- académie:", a.Name, "- région:", r.Name)
	}
	// The commune of a birth certificate, merged in 2024.
	if c, ok := t.Resolve("16355"); ok {
		fmt.Println(c.Code, c.Name)
	}
	if _, ok := t.Commune("01999"); !ok {
		fmt.Println("01999 is not a commune")
	}
	// Output:
	// 2A Corse-du-Sud - académie: Corse - région: Corse
	// 16097 Val-de-Cognac
	// 01999 is not a commune
}

func ExampleTerritory_With() {
	merged, _ := ent.NewDate(2027, 1, 1)
	t, err := territory.Default().With(territory.Lists{
		Sources: []territory.Source{{List: territory.ListFormer, Title: "arrêté préfectoral", AsOf: merged}},
		Former:  []territory.FormerCommune{{Code: "01002", Name: "L'Abergement-de-Varey", Until: merged, Successor: "01004"}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	c, _ := t.Resolve("01002")
	fmt.Println(c.Name)
	// Output: Ambérieu-en-Bugey
}

func ExampleTerritory_Load() {
	// os.DirFS opens a folder in the same way.
	folder := fstest.MapFS{
		"communes.csv": {Data: []byte("code;name;parent\n01999;Villeneuve-la-Fictive;\n01998\n")},
		"sources.csv":  {Data: []byte("list;title;publisher;licence;url;edition;as_of\ncommunes;arrêté;;;;;2027-01-01\n")},
	}
	_, err := territory.Default().Load(folder)
	fmt.Println(err)
	// Output: territory: communes.csv:3: malformed: wrong number of fields
}
