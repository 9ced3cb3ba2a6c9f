package annuaire_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing/fstest"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/interop/annuaire"
)

func ExampleOpenFS() {
	folder := fstest.MapFS{
		"élèves.csv": {Data: []byte("Nom élève;Prénom élève;Date naissance;Niveau;Classe\n" +
			"FICTIF;Léa;05/03/2017;CP;CP-CE1 A\nFICTIF;Tom;01/06/2016;CE1;CP-CE1 A\n")},
		"responsables.csv": {Data: []byte("Nom responsable;Prénom responsable;Nom de famille enfant;Prénom enfant;Nom de famille enfant;Prénom enfant\n" +
			"FICTIF;Sophie;FICTIF;Léa;FICTIF;Tom\nAUTRE;Paul;AUTRE;Zoé;;\n")},
	}
	src, err := annuaire.OpenFS(folder, "École des Lilas@4001_9990001X", annuaire.Options{
		Delivers: []annuaire.Profile{annuaire.Student, annuaire.Relative},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := src.Report().WriteText(os.Stdout, ent.FR); err != nil {
		fmt.Println(err)
	}
	today := ent.Date{Year: 2025, Month: 9, Day: 1}
	plan, err := directory.Compare(context.Background(), directory.NewBook(directory.Places{}, nil), src, directory.Policy{Today: today})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(plan.Count(directory.OpCreate, directory.ObjectPerson), "to create,", src.Places.Classes[0].Label, src.Places.Classes[0].Levels)
	// Output:
	// Relative                 lus 2, gardés 2, refusés 0
	// Student                  lus 2, gardés 2, refusés 0
	// CSV-CHILD-UNKNOWN (avertissement) × 1
	//   responsables.csv:3:12 : L'enfant du responsable n'est pas parmi les élèves : le lien n'est pas fait.
	// 4 to create, CP-CE1 A [CP CE1]
}

func ExampleRead() {
	src, err := annuaire.Read(
		annuaire.Options{School: ent.Establishment{ID: "4001", UAI: "9990001X"}},
		annuaire.File{Name: "CSVExtraction.csv", Content: strings.NewReader("Civilité;Nom;Prénom;Directeur;Classe\nMme;CRAIE;Béatrice;oui;CP-CE1\n;;Jean;non;\n")},
	)
	fmt.Println(src.Files()[0].Profile, src.Files()[0].Rows, err)
	for _, c := range src.Report().Codes() {
		fmt.Println(src.Report().Examples(c)[0])
	}
	// Output:
	// Teacher {2 1 1} <nil>
	// Nobody leaves because of this delivery: 4 files are missing or unread, 1 rows are refused. [CSV-PARTIAL]
	// CSVExtraction.csv:3:2: lastName is missing: the row is refused. [CSV-VALUE-MISSING]
}
