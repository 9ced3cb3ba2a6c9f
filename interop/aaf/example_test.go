package aaf_test

import (
	"context"
	"fmt"
	"os"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/enttest"
	"github.com/opencartable/cartable/interop/aaf"
	"github.com/opencartable/cartable/interop/aaf/aaftest"
)

// A delivery is written from a fictional school, read back and joined.
func Example() {
	dir, err := os.MkdirTemp("", "aaf")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	academy := enttest.New(enttest.Options{Schools: 1, OddPerMille: -1})
	if err := aaftest.Write(dir, academy, ent.SecondDegree, aaftest.Options{}); err != nil {
		fmt.Println(err)
		return
	}

	d, err := aaf.Open(dir, aaf.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	m, err := d.Model(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(d.Kind(), m.Date(), m.Degree(), m.Header().VersionAF)
	fmt.Println("balanced:", m.Report().Balanced(), "dangling:", len(m.Dangling()))
	// Output:
	// Complet 2024-09-16 2D AAF-VE2407
	// balanced: true dangling: 0
}

// An issue names its rule, its place and nothing personal.
func ExampleCatalog() {
	i := aaf.Catalog().New(aaf.CodeUnknownRelative, ent.Pos{File: "ENT_Complet_20240916_Eleve_0000.xml", Record: "5000006"},
		"$.Eleve['5000006'].ENTElevePersRelEleve", ent.FieldOf("field", "ENTElevePersRelEleve"), ent.CodeOf("target", "6009999"))
	fmt.Println(i.Message(ent.FR))
	// Output: ENTElevePersRelEleve désigne le responsable 6009999, qui n'est pas dans la livraison.
}
