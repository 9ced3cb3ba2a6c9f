package lsu_test

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/interop/lsu"
)

// canary stands in every name and every text of the schools of these tests.
const canary = "CANARI"

func day(y int, m, d uint8) ent.Date { return ent.Date{Year: int16(y), Month: m, Day: d} }

func domains(r *rand.Rand) []lsu.SocleResult {
	var out []lsu.SocleResult
	for _, i := range lsu.Items(lsu.ListDomain) {
		out = append(out, lsu.SocleResult{Domain: lsu.DomainCode(i.Code), Position: lsu.Position(fmt.Sprint(1 + r.IntN(4)))})
	}
	return out
}

func phrase(r *rand.Rand, n int) string {
	words := []string{"Élève", "sérieuse", "et", "appliquée,", "des", "progrès", "à", "l'oral", canary, "continuez", "ainsi", "« très bien »", "maïs & blé", "œuvre"}
	var b strings.Builder
	b.WriteString(canary)
	for b.Len() < n {
		b.WriteByte(' ')
		b.WriteString(words[r.IntN(len(words))])
	}
	return b.String()
}

func guardians(r *rand.Rand, i int) []lsu.Guardian {
	return []lsu.Guardian{
		{
			Civility: lsu.CivilityMme, Family: canary + " MÈRE", Given: canary + "e", Legal1: true, Relationship: "MERE",
			Address: &lsu.Address{Lines: [4]string{fmt.Sprintf("%d RUE DE %s", i+1, canary), "BÂT. B"}, PostalCode: "01000", Town: canary + "VILLE"},
		},
		{Civility: lsu.CivilityM, Family: canary + " PÈRE", Given: canary, Legal2: true, Relationship: "PERE"},
	}
}

// collège makes a school of the second degree with everything that a version can hold: so many pupils in classes of 25, one
// periodic report a pupil and period, a cycle report for each.
func college(pupils, periods int) *lsu.Document {
	r := rand.New(rand.NewPCG(1, uint64(pupils)))
	d := &lsu.Document{
		Header: lsu.Header{Editor: "EXEMPLE", Application: "EXEMPLE", AppVersion: "1", School: "0990001N"},
		Heads:  []lsu.Head{{Key: "h1", Label: "Odile " + canary}, {Key: "h2", Family: canary, Given: "Paul"}},
	}
	subjects := []string{"020700", "030201", "030602", "042100", "061300", "062300", "062900", "070800", "081300", "090100", "100100", "031300"}
	for i, code := range subjects {
		key := lsu.Key("s" + code)
		d.Disciplines = append(d.Disciplines, lsu.Discipline{Key: key, Code: code, Election: lsu.ElectionCommon, Label: "Matière " + code})
		for k := range 3 {
			d.Teachers = append(d.Teachers, lsu.Teacher{
				Key: lsu.Key(fmt.Sprintf("t%d-%d", i, k)), Type: lsu.TeacherEPP, STS: fmt.Sprint(8000 + i*3 + k), Civility: lsu.CivilityM, Family: canary + fmt.Sprint(i), Given: canary,
			})
		}
		for k := range 10 {
			d.Elements = append(d.Elements, lsu.Element{Key: lsu.Key(fmt.Sprintf("e%d-%d", i, k)), Label: fmt.Sprintf("Élément %d de %s", k, code)})
		}
	}
	d.Disciplines = append(d.Disciplines, lsu.Discipline{Key: "latin", Code: "020300", National: "020300", Election: lsu.ElectionOptional, Label: "Latin"})
	for n := 1; n <= periods; n++ {
		d.Periods = append(d.Periods, lsu.Period{Key: lsu.Key(fmt.Sprintf("p%d", n)), Year: "2025", Index: n, Count: 3})
	}
	d.Themes = []lsu.Theme{{Code: "EPI_ZZ1", Label: "Thème de l'école"}}
	d.EPIs = []lsu.Project{
		{Key: "epi1", Title: "Mesurer le monde", Theme: "EPI_STS", Disciplines: []lsu.Key{"s061300", "s020700"}, Description: phrase(r, 80)},
		{Key: "epi2", Title: "Chanter", Theme: "EPI_ART", Disciplines: []lsu.Key{"s081300", "s020700"}},
	}
	d.EPIGroups = []lsu.ProjectGroup{
		{Key: "eg1", Project: "epi1", Title: "Groupe 1", Comment: phrase(r, 60), Teachings: []lsu.Teaching{{"t4-0", "s061300"}, {"t0-0", "s020700"}}},
		{Key: "eg2", Project: "epi2", Title: "Groupe 2", Teachings: []lsu.Teaching{{"t8-0", "s081300"}, {"t0-1", "s020700"}}},
	}
	d.APs = []lsu.Project{{Key: "ap1", Title: "Aide en français", Disciplines: []lsu.Key{"s020700"}, Description: phrase(r, 60)}}
	d.APGroups = []lsu.ProjectGroup{{Key: "ag1", Project: "ap1", Title: "Groupe A", Comment: phrase(r, 60), Teachings: []lsu.Teaching{{"t0-2", "s020700"}}}}
	for c := 0; c*25 < pupils; c++ {
		division := fmt.Sprintf("%d%c", 6-c/6%4, 'A'+c%6)
		d.Digital = append(d.Digital, lsu.DigitalCommon{Key: lsu.Key("cn" + division), Structure: division, Type: lsu.StructureClass, Text: phrase(r, 100)})
		for _, p := range d.Periods {
			d.Parcours = append(d.Parcours, lsu.ParcoursCommon{Period: p.Key, Division: division, Parcours: []lsu.Parcours{{lsu.ParcoursHealth, phrase(r, 60)}, {lsu.ParcoursFuture, phrase(r, 60)}}})
			d.SchoolLife = append(d.SchoolLife, lsu.SchoolLifeCommon{Period: p.Key, Division: division, Comment: phrase(r, 60)})
		}
	}
	for i := range pupils {
		division := d.Digital[i/25].Structure
		ine, _ := ent.NewINE(100000000 + i)
		key := lsu.Key(fmt.Sprintf("el%d", i))
		d.Pupils = append(d.Pupils, lsu.Pupil{Key: key, SiecleID: fmt.Sprint(100000 + i), INE: ine, Family: canary + "-ŒUVRARD", Given: "Zoé " + canary, Division: division})
		for n, p := range d.Periods {
			d.Periodic = append(d.Periodic, report(r, key, p.Key, n, i, subjects, division))
		}
		d.Cycle = append(d.Cycle, lsu.CycleReport{
			Pupil: key, Cycle: "4", Year: "2025", Created: day(2026, 6, 10), Locked: lsu.MomentOn(day(2026, 6, 12)), Head: "h1", HeadTeachers: []lsu.Key{"t0-0"},
			Socle: domains(r), Synthesis: phrase(r, 200), Complement: &lsu.Complement{Code: "LCA", Position: "2"}, Language: &lsu.Language{Code: "BRE", Position: "1"},
			Guardians: guardians(r, i),
		})
	}
	return d
}

func report(r *rand.Rand, pupil, period lsu.Key, n, i int, subjects []string, division string) lsu.PeriodicReport {
	p := lsu.PeriodicReport{
		Pupil: pupil, Period: period, Council: day(2025, 12, 1), Schooling: day(2025, 11, 28), Locked: lsu.MomentAt(day(2025, 12, 2), 18, 0, 0),
		Head: "h1", HeadTeachers: []lsu.Key{"t1-0", "t0-0"},
		Digital:   &lsu.Digital{Commons: []lsu.Key{lsu.Key("cn" + division)}, Appreciation: phrase(r, 100), Competences: []lsu.DigitalResult{{"CN_PRO_SEC", "3"}, {"CN_INF_MEN", "1"}}},
		EPIs:      []lsu.ProjectComment{{"eg2", phrase(r, 60)}, {"eg1", ""}},
		APs:       []lsu.ProjectComment{{"ag1", phrase(r, 60)}},
		Parcours:  []lsu.Parcours{{lsu.ParcoursFuture, phrase(r, 80)}, {lsu.ParcoursCivic, phrase(r, 80)}},
		Support:   []lsu.Support{{Code: lsu.SupportPPRE, PPRE: phrase(r, 60)}, {Code: lsu.SupportCTR, Contract: phrase(r, 60)}, {Code: lsu.SupportPAP}},
		Appraisal: phrase(r, 300), HomeworkDone: phrase(r, 60),
		Life:  &lsu.SchoolLife{Late: new(r.IntN(5)), Excused: new(r.IntN(9)), Unexcused: new(0), MissedHours: new(r.IntN(9)), Comment: phrase(r, 60)},
		Socle: domains(r), Guardians: guardians(r, i),
	}
	for k, code := range subjects {
		mark, err := lsu.MarkOn20(decimal.New(int64(r.IntN(201)), -1))
		if err != nil {
			panic(err)
		}
		p.Results = append(p.Results, lsu.Result{
			Discipline: lsu.Key("s" + code), Teachers: []lsu.Key{lsu.Key(fmt.Sprintf("t%d-%d", k, i%3))},
			Elements: []lsu.Key{lsu.Key(fmt.Sprintf("e%d-%d", k, r.IntN(5)+5)), lsu.Key(fmt.Sprintf("e%d-%d", k, r.IntN(5)))},
			Mark:     mark, ClassMark: "11.5/20", Appreciation: phrase(r, 120),
		})
	}
	return p
}

// école makes a school of the first degree.
func ecole(pupils int) *lsu.Document {
	r := rand.New(rand.NewPCG(2, uint64(pupils)))
	d := &lsu.Document{
		Header:   lsu.Header{Editor: "EXEMPLE", Application: "EXEMPLE", School: "0990001N"},
		Heads:    []lsu.Head{{Key: "h1", Civility: lsu.CivilityMme, Family: canary, Given: "Odile"}},
		Periods:  []lsu.Period{{Key: "s1", Year: "2025", Index: 1, Count: 2, Start: day(2025, 9, 1), End: day(2026, 1, 31)}},
		Teachers: []lsu.Teacher{{Key: "t1", Civility: lsu.CivilityM, Family: canary, Given: "Luc"}, {Key: "t2", Civility: lsu.CivilityMme, Family: canary, Given: "Ève"}},
		Elements: []lsu.Element{{Key: "e1", Label: "Lire à voix haute"}, {Key: "e2", Label: "Compter jusqu'à 100"}},
	}
	for c := 0; c*25 < pupils; c++ {
		class := lsu.Class{Key: lsu.Key(fmt.Sprintf("c%d", c)), Number: fmt.Sprint(700 + c), Label: fmt.Sprintf("CP %d", c)}
		d.Classes = append(d.Classes, class)
		d.Parcours = append(d.Parcours, lsu.ParcoursCommon{Period: "s1", Class: class.Key, Parcours: []lsu.Parcours{{lsu.ParcoursCivic, phrase(r, 60)}}})
	}
	for i := range pupils {
		ine, _ := ent.NewINE(200000000 + i)
		key := lsu.Key(fmt.Sprintf("el%d", i))
		d.Pupils = append(d.Pupils, lsu.Pupil{Key: key, INE: ine, Family: canary, Given: "Zoé", Class: d.Classes[i/25].Key})
		d.Periodic = append(d.Periodic, lsu.PeriodicReport{
			Pupil: key, Period: "s1", Created: day(2026, 1, 20), Schooling: day(2026, 1, 31), Locked: lsu.MomentAt(day(2026, 1, 31), 12, 0, 0),
			Head: "h1", Teachers: []lsu.Key{"t2", "t1"},
			Results: []lsu.Result{
				{Domain: "XXX-RAC", Elements: []lsu.Key{"e2", "e1"}, Position: lsu.Position3, Appreciation: phrase(r, 90)},
				{Domain: "FRA-RAC", NotMarked: true, Sub: []lsu.SubResult{{Domain: "FRA-ECR", Position: lsu.Position2}, {Domain: "FRA-BUL", Elements: []lsu.Key{"e1"}, NotMarked: true}}},
			},
			Parcours:  []lsu.Parcours{{lsu.ParcoursArts, phrase(r, 60)}},
			Support:   []lsu.Support{{Code: lsu.SupportRASED}, {Code: lsu.SupportPPRE, PPRE: phrase(r, 60)}},
			Appraisal: phrase(r, 300), Socle: domains(r), Guardians: guardians(r, i),
		})
		d.Cycle = append(d.Cycle, lsu.CycleReport{
			Pupil: key, Cycle: "2", Year: "2025", Created: day(2026, 6, 10), Locked: lsu.MomentAt(day(2026, 6, 12), 8, 0, 0), Head: "h1", Teachers: []lsu.Key{"t1"},
			Socle: domains(r), Synthesis: phrase(r, 200),
		})
	}
	for i := range d.Periodic {
		for j := range d.Periodic[i].Guardians {
			g := &d.Periodic[i].Guardians[j]
			g.Legal1, g.Legal2 = false, false
		}
	}
	return d
}

// shuffle returns the document in another order, with other keys when rekey is set.
func shuffle(d *lsu.Document, seed uint64, rekey bool) *lsu.Document {
	r := rand.New(rand.NewPCG(seed, 3))
	c := clone(d)
	mix(r, c.Heads)
	mix(r, c.Classes)
	mix(r, c.Pupils)
	mix(r, c.Periods)
	mix(r, c.Disciplines)
	mix(r, c.Teachers)
	mix(r, c.Elements)
	mix(r, c.Digital)
	mix(r, c.Parcours)
	mix(r, c.SchoolLife)
	mix(r, c.Themes)
	mix(r, c.EPIs)
	mix(r, c.EPIGroups)
	mix(r, c.APs)
	mix(r, c.APGroups)
	mix(r, c.Periodic)
	mix(r, c.Cycle)
	for i := range c.EPIs {
		mix(r, c.EPIs[i].Disciplines)
	}
	for i := range c.EPIGroups {
		mix(r, c.EPIGroups[i].Teachings)
	}
	for i := range c.Parcours {
		mix(r, c.Parcours[i].Parcours)
	}
	for i := range c.Periodic {
		p := &c.Periodic[i]
		mix(r, p.HeadTeachers)
		mix(r, p.Teachers)
		mix(r, p.Results)
		mix(r, p.EPIs)
		mix(r, p.APs)
		mix(r, p.Parcours)
		mix(r, p.Support)
		mix(r, p.Socle)
		mix(r, p.Guardians)
		for j := range p.Results {
			mix(r, p.Results[j].Elements)
			mix(r, p.Results[j].Sub)
		}
		if p.Digital != nil {
			mix(r, p.Digital.Competences)
		}
	}
	for i := range c.Cycle {
		mix(r, c.Cycle[i].Socle)
		mix(r, c.Cycle[i].Guardians)
	}
	if rekey {
		rename(c)
	}
	return c
}

func mix[T any](r *rand.Rand, list []T) {
	r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
}

// rename gives pupils, teachers and elements other keys.
func rename(d *lsu.Document) {
	other := func(k *lsu.Key) {
		if *k != "" {
			*k = lsu.Key("9/" + strings.ToUpper(string(*k)) + " é")
		}
	}
	for i := range d.Pupils {
		other(&d.Pupils[i].Key)
	}
	for i := range d.Elements {
		other(&d.Elements[i].Key)
	}
	for i := range d.Periodic {
		p := &d.Periodic[i]
		other(&p.Pupil)
		for j := range p.Results {
			for k := range p.Results[j].Elements {
				other(&p.Results[j].Elements[k])
			}
			for k := range p.Results[j].Sub {
				for l := range p.Results[j].Sub[k].Elements {
					other(&p.Results[j].Sub[k].Elements[l])
				}
			}
		}
	}
	for i := range d.Cycle {
		other(&d.Cycle[i].Pupil)
	}
}
