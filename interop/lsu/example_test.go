package lsu_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/interop/lsu"
)

// A document made by hand from the caller's tables: what is wrong with it, pupil by pupil, then the file.
func Example() {
	mark, err := lsu.MarkOn20(decimal.RequireFromString("14.70"))
	if err != nil {
		fmt.Println(err)
		return
	}
	zero, two := 0, 2
	report := func(pupil lsu.Key, r lsu.Result) lsu.PeriodicReport {
		r.Discipline, r.Teachers = "français", []lsu.Key{"prof 12"}
		return lsu.PeriodicReport{
			Pupil: pupil, Period: "t1", Head: "principale", Council: ent.Date{Year: 2025, Month: 12, Day: 1}, Schooling: ent.Date{Year: 2025, Month: 11, Day: 28},
			Locked: "2025-12-02T18:00:00", Appraisal: "Ensemble solide.", Life: &lsu.SchoolLife{Late: &two, Excused: &zero, Unexcused: &zero}, Results: []lsu.Result{r},
		}
	}
	doc := &lsu.Document{
		Header: lsu.Header{Editor: "EXEMPLE", Application: "EXEMPLE", School: "0990001N"},
		Heads:  []lsu.Head{{Key: "principale", Label: "Odile PRINCIPALE"}},
		Pupils: []lsu.Pupil{
			{Key: "e1", SiecleID: "100001", Family: "MARTEL", Given: "Noël", Division: lsu.DivisionOf("4001$3A")},
			{Key: "e2", Family: "LEFÈVRE", Given: "Zoé", Division: "3A"},
		},
		Periods:     []lsu.Period{{Key: "t1", Year: lsu.MillesimeOf(ent.Date{Year: 2025, Month: 12, Day: 1}), Index: 1, Count: 3}},
		Disciplines: []lsu.Discipline{{Key: "français", Code: "020700", Election: lsu.ElectionCommon, Label: "Français"}},
		Teachers:    []lsu.Teacher{{Key: "prof 12", Type: lsu.TeacherEPP, STS: "8949", Civility: lsu.CivilityMme, Family: "DURAND-FICTIF"}},
		Periodic: []lsu.PeriodicReport{
			report("e1", lsu.Result{Mark: mark, ClassMark: "11.9/20", Appreciation: "Bon trimestre."}),
			report("e2", lsu.Result{NotMarked: true}),
		},
	}
	for _, p := range lsu.ByPupil(doc, lsu.Check(doc, lsu.Version7, lsu.Choices{})) {
		for _, s := range p.Sentences(ent.FR) {
			fmt.Println(p.Pupil, s)
		}
	}
	var file bytes.Buffer
	r, err := lsu.Write(&file, doc, lsu.WriteOptions{Version: lsu.Version7, LeaveOut: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Tally("bilan-periodique"))
	for line := range strings.Lines(file.String()) {
		if strings.Contains(line, "eleve") || strings.Contains(line, "acquis ") {
			fmt.Print(line)
		}
	}
	// Output:
	// e2 L'élève n'a pas d'identifiant numérique SIECLE.
	// e2 Période 1, 020700 : L'appréciation manque dans une discipline.
	// {2 1 1}
	//     <eleves>
	//       <eleve id="EL_100001" id-be="100001" nom="MARTEL" prenom="Noël" code-division="3A"/>
	//     </eleves>
	//       <bilan-periodique eleve-ref="EL_100001" periode-ref="P_2025_1_3" date-conseil-classe="2025-12-01" date-scolarite="2025-11-28" date-verrou="2025-12-02T18:00:00" responsable-etab-ref="RESP_1">
	//           <acquis discipline-ref="DI_020700S" enseignant-refs="ENS_epp_8949" moyenne-eleve="14.7/20" moyenne-structure="11.9/20">
}

func ExampleCheckFile() {
	file := `<lsun-bilans xmlns="urn:fr:edu:scolarite:lsun:bilans:import" schemaVersion="7.0">
 <entete><editeur>EXEMPLE</editeur><application>EXEMPLE</application><etablissement>0990001N</etablissement></entete>
 <donnees>
  <responsables-etab><responsable-etab id="R1" libelle="Odile PRINCIPALE"/></responsables-etab>
  <eleves><eleve id="EL_1" id-be="0" code-division="3A"/></eleves>
 </donnees>
</lsun-bilans>`
	issues, err := lsu.CheckFile(strings.NewReader(file), lsu.Version7, lsu.Choices{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, i := range issues {
		fmt.Fprintln(os.Stdout, i.Pos, i.Message(ent.FR), lsu.SchemaRule(i.Code))
	}
	// Output:
	// :5:11 (EL_1) id-be est au-dessous de 1. cvc-minInclusive-valid
}
